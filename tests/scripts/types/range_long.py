# Slices of ranges whose numbers do not fit a word.
import sys

m = sys.maxsize
r = range(-m, m)
print(r[m + 1 : m + 5], r[::-1][0] == m - 1, r[:: 2**70], r[-1:][0] == m - 1)
r = range(0, m**3, 2 * m)
print(r[m + 1 : m + 2][0] == (m + 1) * 2 * m, len(r[:10]), list(r[:2]), r[5:2], r[::-1][-1])
print(range(10)[:: 2**100], range(10)[2**100 :], range(10)[-(2**100) : 2**100 : 3])
try:
    r[:: 0]
except ValueError as e:
    print(e)
for bad in -(2**234), 2**234, 37:
    try:
        int("0", bad)
    except ValueError as e:
        print(e)
for v in 0, object(), "1":
    try:
        int.from_bytes(v, "big")
    except TypeError as e:
        print(str(e).replace(hex(id(v)), ""))


class B(bytearray):
    pass


print(int(B(b"12")), int(B(b"ff"), 16), int.from_bytes([1, 2]), int.from_bytes(B(b"\1\2")))
for view in {}.keys(), {}.values(), {}.items(), iter({}), iter(""), iter("\u20ac"):
    for args in (), ({},):
        try:
            type(view)(*args)
        except TypeError as e:
            print(e)
import copy

for view in {}.keys(), {}.values(), {}.items():
    try:
        copy.copy(view)
    except TypeError as e:
        print(e)
for template in b"no format", bytearray(b"no format"), "no format":
    for arg in bytearray(b"1"), b"1", memoryview(b"1"):
        try:
            print(template % arg)
        except TypeError as e:
            print(e)
