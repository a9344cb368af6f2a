# `getattr` and `attrgetter`: what a name means may change between two reads of it at the same place.
from operator import attrgetter, itemgetter


class Point:
    kind = "point"

    def __init__(self, x):
        self.x = x

    def double(self):
        return self.x * 2

    @property
    def y(self):
        return self.x + 1

    @staticmethod
    def fixed():
        return "fixed"

    @classmethod
    def named(cls):
        return cls.__name__


def read(o, *names):
    out = []
    for name in names:
        for _ in range(3):
            try:
                v = getattr(o, name)
            except AttributeError as e:
                v = str(e)
            out.append(v() if callable(v) else v)
        out.append(getattr(o, name, "absent") is not None)
    return out


names = ("x", "kind", "double", "y", "fixed", "named", "none", "".join(["ki", "nd"]))
p = Point(3)
print(read(p, *names))
p.x = 10
p.kind = "own"
print(read(p, *names))
del p.x
print(read(p, "x", "kind"))
p.x = 1
Point.kind = property(lambda self: "computed")
print(read(p, "kind"))
del Point.kind
print(read(p, "kind"))
Point.x = property(lambda self: "from the class")
print(read(p, "x"))
del Point.x
print(read(p, "x"))
Point.double = 5
print(read(p, "double"))


class Hook(Point):
    def __getattr__(self, name):
        return f"made {name}"


h = Hook(1)
print(read(h, "x", "other"))
Hook.__getattribute__ = lambda self, name: f"all {name}"
print(read(h, "x", "other"))
del Hook.__getattribute__
print(read(h, "x", "other"))
h.__class__ = Point
print(read(h, "x", "other"))


class Slotted:
    __slots__ = ("a", "b")


s = Slotted()
print(read(s, "a"))
s.a = 4
print(read(s, "a"))
del s.a
print(read(s, "a", "b"))

# Very many attributes, and names that were deleted and came back.
for i in range(300):
    setattr(p, f"n{i}", i)
print([getattr(p, f"n{i}") for i in (0, 5, 150, 299) for _ in range(2)])
for i in range(0, 300, 2):
    delattr(p, f"n{i}")
print([getattr(p, f"n{i}", "gone") for i in (0, 5, 150, 299) for _ in range(2)])

get = attrgetter("x")
print([get(v) for v in (Point(1), Point(2), p) * 2], attrgetter("x", "y")(Point(7)), attrgetter("double")(Point(2)))
for bad in (3, None, Slotted()):
    try:
        print(get(bad))
    except AttributeError as e:
        print(e)
print(attrgetter("__class__.__name__")(p), attrgetter("real")(5), attrgetter("upper")("a")())
print(sorted([Point(3), Point(1), Point(2)], key=get)[0].x)


class Letter(str):
    pass


print(getattr(p, Letter("x")), getattr(p, Letter("none"), 0))
for name in (1, None, b"x"):
    try:
        getattr(p, name)
    except TypeError as e:
        print(e)


class Row(tuple):
    def __getitem__(self, i):
        return f"item {i}"


class Table(dict):
    def __missing__(self, key):
        return f"missing {key}"


first, last, key = itemgetter(0), itemgetter(-1), itemgetter("k")
print(first([1, 2]), last((1, 2)), first("ab"), first(Row((1,))), key({"k": 5}), key(Table()), itemgetter(True)([7, 8]))
for get, bad in ((first, []), (last, ()), (key, {}), (key, [1]), (itemgetter(2), (1, 2)), (first, 3), (itemgetter(-3), [1, 2])):
    try:
        print(get(bad))
    except (LookupError, TypeError) as e:
        print(type(e).__name__, e)
print(sorted([(2, "b"), (1, "c"), (3, "a")], key=itemgetter(1)), itemgetter(slice(1))([1, 2, 3]), itemgetter(2**70)({2**70: 1}))
try:
    first([1], [2])
except TypeError as e:
    print(e)
try:
    first(x=[1])
except TypeError as e:
    print(e)
