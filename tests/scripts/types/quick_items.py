"""Items at int indices of everything that has them, at both ends and beyond, and of subclasses that have their own way."""

import array
from collections import deque


def get(o, i):
    try:
        return o[i]
    except (IndexError, TypeError) as e:
        return f"{type(e).__name__}: {e}"


def put(o, i, v):
    try:
        o[i] = v
    except (IndexError, TypeError, ValueError, OverflowError) as e:
        return f"{type(e).__name__}: {e}"
    return o[i]


values = [
    array.array(code, [1, 2, 3]) for code in "bBhHiIlLqQfd"
] + [array.array("w", "añ€"), bytearray(b"abc"), b"abc", deque([1, 2, 3]), deque([1], 1), memoryview(b"abc"), range(3)]
for o in values:
    print(type(o).__name__, getattr(o, "typecode", ""), [get(o, i) for i in (0, 2, -1, -3, 3, -4, 2**70, -(2**70), True)], len(o))
for o in values:
    if hasattr(o, "__setitem__") and type(o) is not memoryview:
        print(type(o).__name__, getattr(o, "typecode", ""), [put(o, 0, v) for v in (7, -1, 200, 70000, 2**40, 2**70, 1.5, "x", None)])
print(put(array.array("d"), 0, 1.0), put(deque(), 0, 1), put(bytearray(), 0, 1))
print(array.array("d", [True, 2])[0], array.array("i", range(10))[2:5], array.array("i", range(10))[::-3], array.array("B", b"xyz")[-2:])


class Deque(deque):
    def __getitem__(self, i):
        return ("own", i)

    def __len__(self):
        return 42


class Bytes(bytearray):
    def __setitem__(self, i, v):
        super().__setitem__(i, v ^ 1)


class Iterates(array.array):
    def __iter__(self):
        return iter("abc")


d, b, a = Deque([1, 2]), Bytes(b"ab"), Iterates("i", [1, 2])
b[0] = 8
print(d[0], len(d), list(d), b[0], list(a), a[1], len(a), sum(array.array("d", [0.5] * 5)))
print(list(deque(range(5))), list("añ€"), [*"xy"], sorted("hello"), [c for c in "héy"], list(bytearray(b"hi")))
x = deque(range(3))
x.extend(x)
print(x, [*array.array("h", [1, 2])], b"abcdef"[1:3], b"abcdef"[:], b"abcdef"[4:99], b"abcdef"[-2:], b"abcdef"[5:2], b""[0:1])
ba = bytearray(5)
view = memoryview(ba)
ba[1] = 9
view[0] = 5
print(ba, [view[i] for i in range(5)])
print(2**10, 2**62, 2**63, (-2) ** 3, (-2) ** 63, 0**0, 2**-1, 3**39, 3**41, True**2, 10**18, 10**19)


# --- class methods through instances, and what may take their place ---
class C:
    tag = "C"

    @classmethod
    def make(cls, x=0):
        return cls.tag, x


class D(C):
    tag = "D"


def through(o):
    return o.make(1), o.make()[0], getattr(o, "make")(2)


for o in (C(), D()) * 3:
    print(through(o), o.make.__self__ is type(o))
o = D()
o.make = lambda x=0: ("instance", x)
print(through(o))
C.make = staticmethod(lambda x=0: ("static", x))
print(through(D()))
D.make = classmethod(lambda cls, x=0: (cls.__name__, x, "new"))
print(through(D()), through(C()))

# --- plain objects ---
a, b = object(), object()
print(type(a) is object, a == b, a == a)
for args in ((1,), (1, 2)):
    try:
        object(*args)
    except TypeError as e:
        print(e)
print((lambda f: [f(), f()])(lambda: type(object()).__name__))


class Str(str):
    def __iter__(self):
        return iter([1, 2])


print(list(Str("abc")), list(str(Str("abc"))))
