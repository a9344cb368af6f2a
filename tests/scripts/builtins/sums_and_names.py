"""sum() of complex numbers, names of codecs in -X dev, and what else tells implementations apart."""
import random
import subprocess
import sys

random.seed(5)
for n in (3, 50, 1000):
    zs = [complex(random.uniform(-1e9, 1e9) * 10 ** random.randint(-9, 9), random.random()) for _ in range(n)]
    print(sum(zs) == complex(sum(z.real for z in zs), sum(z.imag for z in zs)), sum(zs + [1, 2.5], 1j))
print(sum([1e100, 1j, 1.0, -1e100]), sum([0.1] * 10, 0j), sum([1j, 10**400 // 10**399, True]))


class Number:
    def __radd__(self, other):
        return ("radd", other)


print(sum([1j, Number()]), sum([0.5, 1j, Number()]))

code = r"""
for f in (lambda: b"".decode(errors="unknown"), lambda: "".encode("unknown"), lambda: str(b"", "utf-8", "unknown"),
          lambda: bytes("", "utf-8", "unknown"), lambda: bytearray(b"a").decode("utf-8", "strict")):
    try:
        print(repr(f()))
    except LookupError as e:
        print(e)
"""
for options in ([], ["-X", "dev"]):
    subprocess.run([sys.executable, *options, "-c", code])


class Own:
    def __repr__(self):
        return type("S", (str,), {})("<own>")


print(type(ascii(Own())).__name__, ascii(Own()))
for args in ((1, 1), (b"x", "ascii", b"strict"), (b"x", None), (1, "", 1)):
    try:
        str(*args)
    except TypeError as e:
        print(e)


class C:
    pass


C.__type_params__ = "whatever"
print(C.__type_params__)
