# dataclasses.
from dataclasses import FrozenInstanceError, InitVar, KW_ONLY, MISSING, asdict, astuple, dataclass, field, fields, is_dataclass, make_dataclass, replace
from typing import ClassVar


@dataclass
class P:
    x: int
    y: int = 5
    tags: list = field(default_factory=list)
    hidden: int = field(default=1, repr=False, compare=False)
    count: ClassVar[int] = 0


p = P(1)
print(p, p == P(1), p == P(2), p != P(1, 6), P(1, 2, ["a"]), P(x=3, y=4).y, P(1).tags is P(1).tags)
print(asdict(P(1, 2, [P(3)])), astuple(P(1)), [f.name for f in fields(P)], is_dataclass(P), is_dataclass(5), replace(p, x=9))


def err(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


err(lambda: P())
err(lambda: P(1, z=2))
err(lambda: hash(p))
err(lambda: p < p)
err(lambda: replace(p, nope=1))
err(lambda: asdict(5))


@dataclass(order=True, frozen=True)
class V:
    major: int
    minor: int = 0


print(V(1, 2) < V(1, 3), sorted([V(2), V(1, 5)]), hash(V(1)) == hash(V(1)), {V(1): "k"}[V(1)], max(V(1), V(0, 9)))
err(lambda: setattr(V(1), "major", 5))
err(lambda: delattr(V(1), "major"))
err(lambda: V(1) < 5)


@dataclass
class Base:
    a: int

    def hello(self):
        return f"a={self.a}"


@dataclass
class Derived(Base):
    b: str = "b"
    c: InitVar[int] = 3
    total: float = field(init=False)

    def __post_init__(self, c):
        self.total = self.a + c


d = Derived(1, "x", 10)
print(d, d.hello(), d.total, d.c)


@dataclass
class K:
    a: int
    _: KW_ONLY
    b: int = 2
    c: int


print(K(1, c=3))
err(lambda: K(1, 2, 3))


@dataclass(kw_only=True, slots=True)
class S:
    a: int
    b: int = 1


s = S(a=1)
print(s, S.__slots__, hasattr(s, "__dict__"), S.__match_args__, P.__match_args__)
err(lambda: setattr(s, "zz", 1))
M = make_dataclass("M", ["x", ("y", int, 5)], namespace={"double": lambda self: self.x * 2})
print(M(4), M(4).double())
err(lambda: dataclass(type("Bad", (), {"__annotations__": {"x": list}, "x": []})))


def bad_order():
    @dataclass
    class B:
        a: int = 1
        b: int


err(bad_order)


@dataclass(eq=False)
class NoEq:
    x: int


print(NoEq(1) == NoEq(1), NoEq.__hash__ is object.__hash__)


@dataclass(unsafe_hash=True)
class UH:
    x: int


print(hash(UH(1)) == hash(UH(1)))


@dataclass(repr=False)
class R:
    x: int

    def __repr__(self):
        return "custom"


print(R(1), P.__doc__, fields(p)[1].default, fields(P)[0].default is MISSING, fields(P)[0].type)


@dataclass
class Tree:
    v: int
    kids: list["Tree"] = field(default_factory=list)


t = Tree(1, [Tree(2), Tree(3, [Tree(4)])])
print(t, asdict(t))
t.kids.append(t)
print(t)
match d:
    case Derived(a, b):
        print(a, b)
import copy

print(copy.replace(p, y=7))
