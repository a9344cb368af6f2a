# Complex numbers.
z = 3 + 4j


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
z, -z, +z, abs(z), z.real, z.imag, z.conjugate()
z + 1, z - 1j, z * z, z / 2, z / (1 + 1j), z**2, z**-1, z**0.5, z**0
1j * 1j, 2j**2, (1 + 2j) == (1 + 2j), 1 + 0j == 1, z != 3, z == "x"
complex(), complex(1), complex(1, 2), complex("1+2j"), complex("-1.5e3j"), complex(" 3 "), complex("j"), complex("(1-2j)"), complex("nan+infj")
complex("1 + 2j")
complex("abc")
complex(None)
complex("1", 2)
complex(1, "2")
1j, 0j, -0j, 1e20j, 0.5j, -1j, complex(0, -0.0), complex(-0.0, 1), complex(float("inf"), float("nan")), 1 - 1j
repr(1 + 1j), str(2.5 - 0.5j), f"{z}", f"{z:.2f}", f"{z:>12}", f"{1j:+.1e}", f"{z:g}"
f"{z:d}"
f"{z:010}"
hash(1 + 0j) == hash(1), hash(1j), hash(z)
z < 1
z // 1
z % 2
divmod(z, 1)
int(z)
float(z)
z / 0
0j ** -1
round(z)
bool(0j), bool(1j), not 0j
z.real.__class__, z.__class__
z.foo
z.real = 5 if False else 1
complex.from_number(2)
sum([1j, 2, 3.5]), max([1], key=lambda v: v)
pow(z, 2), pow(1j, 2, None)
pow(1j, 2, 3)
(1 + 2j).__add__(1), (1 + 2j).__eq__(1), (1j).__getnewargs__(), (1j).__complex__()
[1j, 1j] == [1j, 1j], {1j: 1}[1j], 1j in [1j]
""".strip().splitlines():
    check(line)
