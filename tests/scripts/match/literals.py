# match: literals, captures, wildcards, or, guards, values.
import enum


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class NS:
    LIMIT = 100
    name = "const"


def f(x):
    match x:
        case 0:
            return "zero"
        case -1 | 1:
            return "unit"
        case 2.5:
            return "float"
        case "text" | b"bytes":
            return "stringy"
        case None:
            return "none"
        case True:
            return "true"
        case 3 + 4j:
            return "complex"
        case -7 - 1j:
            return "negative complex"
        case Color.RED:
            return "red"
        case NS.LIMIT:
            return "limit"
        case NS.name:
            return "const"
        case int(n) if n > 1000:
            return f"big {n}"
        case int() | float() as n:
            return f"number {n}"
        case str():
            return "other text"
        case _:
            return "?"


for v in (0, 1, -1, 2.5, "text", b"bytes", None, True, False, 3 + 4j, -7 - 1j, Color.RED, Color.BLUE, 100, "const", 5000, 7, 7.5, "zzz", [], 1.0, 0.0):
    print(repr(v), f(v))


def capture(v):
    match v:
        case x:
            return x


print(capture(5))


def fallthrough(v):
    match v:
        case 1:
            return "one"
    return "nothing"


print(fallthrough(1), fallthrough(2))


def guard(v):
    match v:
        case x if x < 0:
            return "neg"
        case x if x == 0:
            return "zero"
        case x if (y := x * 2) > 10:
            return y
        case _:
            return "small"


print(guard(-1), guard(0), guard(6), guard(3))
match = {"match": 1}
case = match["match"]
print(match, case)
_ = "underscore"
match 5:
    case _:
        print(_)
type = 5
print(type)
del type


def tuple_subject(a, b):
    match a, b:
        case 0, 0:
            return "origin"
        case 0, _:
            return "y axis"
        case _, 0:
            return "x axis"
        case x, y:
            return x, y


print(tuple_subject(0, 0), tuple_subject(0, 5), tuple_subject(5, 0), tuple_subject(1, 2))
match (n := 5) + 1:
    case 6 if n == 5:
        print("walrus subject")
match "a" "b":
    case "ab":
        print("joined")
match [1, 2]:
    case []:
        print("never")
    case (1 as one), (2 | 3 as two):
        print(one, two)


class Eq:
    def __eq__(self, o):
        print("eq called with", o)
        return o == 2


match Eq():
    case 1:
        print("one")
    case 2:
        print("two")
