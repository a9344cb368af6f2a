# Set and SortedSet against set.
import _collections_under_test
import operator
import random
from protopython.data import Set, SortedSet

OPERATORS = [operator.or_, operator.and_, operator.sub, operator.xor]
RELATIONS = [operator.lt, operator.le, operator.eq, operator.ne, operator.ge, operator.gt]
METHODS = ["union", "intersection", "difference", "symmetric_difference"]
TESTS = ["issubset", "issuperset", "isdisjoint"]


def check(p, s, cls):
    assert len(p) == len(s) and set(p) == s and p == s and s == p, (p, s)
    assert hash(p) == hash(frozenset(s))
    if cls is SortedSet:
        assert list(p) == sorted(s) and list(reversed(p)) == sorted(s, reverse=True)


def run(cls, seed):
    rng = random.Random(seed)
    size = rng.choice([6, 50, 250])
    p, s = cls(), set()
    others = [(p, s)]
    for step in range(90):
        x = rng.randrange(size)
        op = rng.randrange(9)
        if op < 3:
            p, s = p.add(x), s | {x}
        elif op < 5:
            assert (x in p) == (x in s)
            if x in s:
                p, s = p.remove(x), s - {x}
            else:
                assert p.discard(x) == p
                try:
                    p.remove(x)
                    assert False, "an item that is not there"
                except KeyError as e:
                    assert e.args == (x,)
        else:
            q, t = rng.choice(others)
            if op == 5:
                f = rng.choice(OPERATORS)
                assert type(f(p, t)) is cls and f(p, t) == f(s, t)
                p, s = f(p, q), f(s, t)
            elif op == 6:
                name = rng.choice(METHODS)
                assert getattr(p, name)(list(t)) == getattr(s, name)(t)
            elif op == 7:
                for f in RELATIONS:
                    assert f(p, q) == f(s, t) == f(p, t), (f, p, q)
                for name in TESTS:
                    assert getattr(p, name)(q) == getattr(s, name)(t) == getattr(p, name)(list(t))
            else:
                p, s = cls(range(x)), set(range(x))
        others.append((p, s))
        check(p, s, cls)
    with p.mutate() as b:
        b.add(-1)
        b |= {-2, -3}
        b.discard(-2)
    check(b.finish(), s | {-1, -3}, cls)


for seed in range(3):
    run(Set, seed)
    run(SortedSet, seed)

a, b = Set("abc"), Set("bcd")
print(sorted(a.diff(b)))
print(frozenset("ab") | Set("c") == set("abc"), type(frozenset("ab") | Set("c")).__name__)
print("ok")
