# match: class patterns, __match_args__, builtins with one positional, errors.
from dataclasses import dataclass


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


@dataclass
class Line:
    start: Point
    end: Point
    color: str = "black"


class Sub(Point):
    pass


def f(v):
    match v:
        case Point(0, 0):
            return "origin"
        case Point(x=0, y=y):
            return f"on y at {y}"
        case Point(x, 0):
            return f"on x at {x}"
        case Sub(x, y):
            return f"sub {x} {y}"
        case Point(x, y) if x == y:
            return "diagonal"
        case Point():
            return "somewhere"
        case Line(Point(x1, y1), Point(x2, y2), color="red"):
            return f"red {x1} {y1} {x2} {y2}"
        case Line(color=c):
            return f"line {c}"
        case bool(b):
            return f"bool {b}"
        case int(n):
            return f"int {n}"
        case str(s) | bytes(s):
            return f"text {s}"
        case list([a, b]) | tuple([a, b]):
            return f"pair {a} {b}"
        case list(l):
            return f"list {l}"
        case dict({"k": v}):
            return f"dict k {v}"
        case float(x):
            return f"float {x}"
        case set(s) | frozenset(s):
            return f"set {sorted(s)}"
        case type(__name__=n):
            return f"class {n}"
        case _:
            return "other"


for v in (Point(0, 0), Point(0, 5), Point(5, 0), Sub(1, 2), Point(3, 3), Point(1, 2), Line(Point(1, 2), Point(3, 4), "red"), Line(1, 2), True, 5, "s", b"b", [1, 2], (1, 2), [1], {"k": 7}, 1.5, {2, 1}, int, None):
    print(f(v))


def err(code, **ns):
    try:
        exec(code, {"Point": Point, **ns})
    except TypeError as e:
        print(e)


err("match Point(1, 2):\n case Point(1, 2, 3): pass")
err("match 5:\n case int(1, 2): pass")
err("match Point(1, 2):\n case Point(1, x=1): pass")


class NoArgs:
    pass


class BadArgs:
    __match_args__ = ["x"]


class BadArgs2:
    __match_args__ = (5,)


err("match v:\n case C(1): pass", C=NoArgs, v=NoArgs())
err("match v:\n case C(1): pass", C=BadArgs, v=BadArgs())
err("match v:\n case C(1): pass", C=BadArgs2, v=BadArgs2())
err("match v:\n case C(): pass", C=5, v=5)
match NoArgs():
    case NoArgs(missing=_):
        print("never")
    case NoArgs():
        print("attribute missing means no match")


class Prop:
    @property
    def p(self):
        raise ValueError("property failed")


try:
    match Prop():
        case Prop(p=1):
            pass
except ValueError as e:
    print(e)


class Meta(type):
    def __instancecheck__(cls, o):
        return o == 5


class Any5(metaclass=Meta):
    pass


match 5:
    case Any5():
        print("custom instance check")


@dataclass
class Expr:
    pass


@dataclass
class Num(Expr):
    v: int


@dataclass
class Add(Expr):
    l: Expr
    r: Expr


@dataclass
class Mul(Expr):
    l: Expr
    r: Expr


def ev(e):
    match e:
        case Num(v):
            return v
        case Add(Num(0), x) | Add(x, Num(0)):
            return ev(x)
        case Add(l, r):
            return ev(l) + ev(r)
        case Mul(l, r):
            return ev(l) * ev(r)


print(ev(Add(Mul(Num(2), Num(3)), Add(Num(0), Num(4)))))
