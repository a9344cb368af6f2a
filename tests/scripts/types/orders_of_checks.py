# What is looked at first when several things are wrong, and what else a value may change before it is used.
import operator


def show(f, *args):
    try:
        print(repr(f(*args)))
    except Exception as e:
        print(type(e).__name__, e)


b = bytearray(b"ab")
for key in (9, -9, 0, "x", 1.5, 2**70):
    for value in (300, -1, 2**70, "x", None, 65):
        show(b.__setitem__, key, value)
for key in (9, -9, 0, "x", 2**70):
    show(b.__delitem__, key)
print(b)


class Clears:
    def __index__(self):
        b.clear()
        return 7


class Grows:
    def __index__(self):
        b.extend(b"xyz")
        return 65


b = bytearray(b"0123")
show(b.__setitem__, 2, Clears())
show(b.__setitem__, 2, Grows())
show(b.__setitem__, -1, Grows())
print(b)

for order in ("C", "F", "A", None, "c", "", "CF", 5, b"C"):
    show(memoryview(bytes(range(6))).cast("B", [2, 3]).tobytes, order)
    show(memoryview(bytes(range(12))).cast("h", [3, 2]).tobytes, order)
    show(memoryview(bytes(range(8))).cast("B", [2, 2, 2]).tobytes, order)
    show(memoryview(b"abcdef")[::-2].tobytes, order)
show(lambda: memoryview(bytes(range(6))).cast("B", [2, 3]).tobytes(order="F"))

show(pow, b"a", 1j, {1})
show(pow, 2, 1j, 3)
show(pow, 1j, 2, 3)
show(pow, 1j, "x", 3)
show((1j).__pow__, "x", 3)
show((1j).__rpow__, "x", 3)
show((1j).__pow__, 2, None)


class L(list):
    pass


class S2(str):
    pass


class Adds:
    def __add__(self, other):
        return "added"

    def __getitem__(self, i):
        return i


show(operator.iconcat, L([1]), {2: 3})
show(operator.iconcat, [1], {2})
show(operator.iconcat, L([1]), 5)
show(operator.concat, L([1]), {2: 3})
show(operator.concat, type("T", (tuple,), {})((1,)), {2: 3})
show(operator.iconcat, S2("a"), {2: 3})
show(operator.concat, S2("a"), "b")
show(operator.concat, Adds(), {2: 3})
show(operator.concat, Adds(), [])


class S(str):
    pass


print(__import__(S("textwrap")).__name__, __import__(S("xml.dom")).__name__, __import__("xml", fromlist=[S("sax")]).sax.__name__)
show(__import__, S(""))
show(__import__, S("no_such_module"))
show(__import__, b"os")
