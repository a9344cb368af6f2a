# enum: Enum, IntEnum, StrEnum, Flag, auto, aliases, functional API.
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, global_enum, member, nonmember, property as eprop, unique, verify, CONTINUOUS, EnumCheck


class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3
    CRIMSON = 1

    def describe(self):
        return f"{self.name}={self.value}"

    @classmethod
    def favourite(cls):
        return cls.BLUE

    @property
    def pretty(self):
        return self.name.title()


print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color(2), Color["BLUE"], Color.CRIMSON is Color.RED, list(Color), len(Color), Color.RED in Color, 1 in Color, 9 in Color)
print(Color.RED.describe(), Color.favourite(), Color.GREEN.pretty, Color.__members__, type(Color.RED), isinstance(Color.RED, Color), Color.RED == 1, Color.RED is Color(1), hash(Color.RED) == hash(Color.RED), {Color.RED: "r"}[Color.RED], f"{Color.RED}", f"{Color.RED:>12}")


def err(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


err(lambda: Color(9))
err(lambda: Color["NOPE"])
err(lambda: Color.NOPE)
err(lambda: setattr(Color, "RED", 5))
err(lambda: delattr(Color, "RED"))
err(lambda: Color.RED < Color.GREEN)
err(lambda: type("Sub", (Color,), {}))
err(lambda: Color())


class Num(IntEnum):
    ONE = 1
    TWO = auto()
    TEN = 10
    NEXT = auto()


print(Num.TWO, Num.NEXT, Num.ONE + 1, Num.ONE < Num.TWO, Num(10), sorted(Num), [10, 20, 30][Num.ONE], f"{Num.ONE}", Num.ONE == 1, repr(Num.ONE), sum(Num))


class Text(StrEnum):
    HELLO = "hello"
    AUTO = auto()


print(Text.HELLO, Text.AUTO, Text.HELLO.upper(), Text("hello") is Text.HELLO, Text.HELLO == "hello", repr(Text.AUTO), "x" + Text.HELLO)


class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


p = Perm.R | Perm.X
print(p, repr(p), p.value, Perm.R in p, Perm.W in p, ~p, p & Perm.R, p ^ Perm.X, bool(Perm(0)), Perm(0), list(p), len(p), Perm.RW, Perm(3) is Perm.RW, list(Perm), p.name)
err(lambda: Perm(8))
err(lambda: Perm.R | 1)


class Bits(IntFlag):
    A = 1
    B = 2


print(Bits.A | Bits.B, Bits.A | 8, Bits(3), Bits.A + 1, repr(Bits.A | 4), int(Bits.A | Bits.B))
err(lambda: unique(Color))
Animal = Enum("Animal", "CAT DOG")
print(list(Animal), Animal.CAT.value, Enum("X", {"a": 1, "b": 2}).b, Enum("Y", ["p", "q"], start=5).q.value)


class Planet(Enum):
    EARTH = (5.97e24, 6.37e6)
    MARS = (6.42e23, 3.39e6)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius

    @property
    def gravity(self):
        return round(6.67e-11 * self.mass / self.radius**2, 2)


print(Planet.EARTH.gravity, Planet.MARS.mass, Planet((5.97e24, 6.37e6)).name)


class Coord(bytes, Enum):
    def __new__(cls, value, label):
        obj = bytes.__new__(cls, [value])
        obj._value_ = value
        obj.label = label
        return obj

    PX = (0, "P.X")
    PY = (1, "P.Y")


print(Coord.PY.label, Coord(1), Coord.PX == b"\0")


class Missing(Enum):
    A = 1

    @classmethod
    def _missing_(cls, value):
        return cls.A if value == "a" else None


print(Missing("a"))
err(lambda: Missing("b"))


class Auto(Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last):
        return name.lower()

    X = auto()
    Y = auto()


print([m.value for m in Auto])


class WithNon(Enum):
    A = 1
    helper = nonmember(5)

    class Inner:
        pass


print(list(WithNon)[:1], WithNon.helper)
import copy
import pickle

print(copy.deepcopy(Color.RED) is Color.RED, Color.RED.__reduce_ex__(4)[0].__name__ if not isinstance(Color.RED.__reduce_ex__(4), str) else "str", list(reversed(Color)))
