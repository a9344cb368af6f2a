"""Operators and comparisons that a class leaves to the built-in type below it, and those that it takes over, also later."""

import enum
import operator

OPS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.and_,
       operator.or_, operator.xor, operator.lshift, operator.rshift, operator.pow]


class Plain(int):
    pass


class Deep(Plain):
    pass


class Real(float):
    pass


class Both(int):
    def __add__(self, other):
        return ("add", int(self), int(other))

    def __radd__(self, other):
        return ("radd", int(self), int(other))


class Reflected(int):
    def __rmul__(self, other):
        return ("rmul", int(self), int(other))


class InPlace(int):
    def __iadd__(self, other):
        return ("iadd", int(self), int(other))


class Level(enum.IntEnum):
    LOW = 3
    HIGH = 9


class Flags(enum.IntFlag):
    A = 1
    B = 4


def show(f, *arguments):
    try:
        r = f(*arguments)
        print(f.__name__, *map(repr, arguments), "->", type(r).__name__, repr(r))
    except Exception as e:
        print(f.__name__, *map(repr, arguments), "->", type(e).__name__, e)


values = [7, Plain(5), Deep(2), Level.HIGH, True, 2.5, Real(1.5), 1 << 70, Plain(1 << 65), 1 + 2j]
for f in OPS:
    for v in values:
        for w in values:
            if f is operator.lshift and isinstance(w, int) and w > 99 or f is operator.pow and abs(w) > 99:
                continue
            show(f, v, w)


def small(v):
    return v + 1, v - 1, v * 3, v // 2, v % 4, v & 6, v << 2, v >> 1


print(small(Plain(11)), small(Level.HIGH), small(Flags.A | Flags.B), small(Deep(1 << 61)))
for v in (Both(4), Reflected(5), InPlace(6)):
    for w in (3, Plain(3), 2.5, Both(8), Reflected(9)):
        show(operator.add, v, w)
        show(operator.add, w, v)
        show(operator.mul, v, w)
        show(operator.mul, w, v)
        show(operator.iadd, v, w)
        show(operator.iadd, w, v)
v = InPlace(6)
v += 1
print(v)
v = Plain(6)
v += 1
print(type(v), v)
print(Flags.A | Flags.B, Flags.A + 1, Flags.A | 8, Level.LOW | Level.HIGH, Level.LOW < Level.HIGH, Level.LOW == 3)


def later(values):
    return [v + 1 for v in values], [2 * v for v in values], [v == 5 for v in values]


numbers = [Plain(5), Deep(6)] * 3
print(later(numbers))
Plain.__add__ = lambda self, other: "added"
Plain.__rmul__ = lambda self, other: "multiplied"
Plain.__eq__ = lambda self, other: "equal"
Plain.__hash__ = int.__hash__
print(later(numbers))
del Plain.__add__, Plain.__rmul__, Plain.__eq__
print(later(numbers))

# Sequences.


class Row(tuple):
    def __radd__(self, other):
        return ("row", other)


class Items(list):
    def __radd__(self, other):
        return ["items", *other]


print((1,) + (2, 3), () + (1,), (1,) + Row((2,)), Row((1,)) + (2,), [1] + [2], [1] + Items([2]), Items([1]) + [2])
x = y = [1]
x += [2]
x += (3,)
x = x + [4]
print(x, y)
t = u = (1,)
t += (2,)
print(t, u, t is u)
same = [1, 2]
print(same + same, (same + same) is same, [*range(300)] + [1] == [*range(300), 1], len((1,) * 300 + (2,) * 300))
for a, b in (([1], (1,)), ((1,), [1]), ([1], None), ((1,), 1)):
    show(operator.add, a, b)

# Equality that nobody defines is identity.


class Thing:
    pass


class Known:
    def __eq__(self, other):
        return "known"

    __hash__ = None


class Meta(type):
    def __eq__(cls, other):
        return "meta"

    __hash__ = type.__hash__


class Made(metaclass=Meta):
    pass


a, b = Thing(), Thing()
print(a == b, a != b, a == a, a != a, a == Known(), Known() == a, a != Known(), a == None, a == 1, 1 == a, a == "a", Made == a, a == Made)
print(Thing == Thing, Thing == Known, Thing != Known, len == len, len == print, a.__eq__(b), object() == object())
for f in (operator.lt, operator.ge):
    try:
        f(a, b)
    except TypeError as e:
        print(e)
Thing.__eq__ = lambda self, other: "now"
print(a == b, a == 1, 1 == a)
