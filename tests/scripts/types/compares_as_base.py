"""Instances of classes over tuple, str, bytes and int as keys, in sets and in sorts, as their values; until a class says otherwise."""

from collections import namedtuple

P = namedtuple("P", "x y")
Deep = namedtuple("Deep", "p name")


class S(str):
    pass


class I(int):
    pass


class B(bytes):
    pass


d = {P(1, 2): "p", S("key"): "s", I(7): "i", B(b"b"): "b", Deep(P(1, 2), S("n")): "deep"}
print(d[(1, 2)], d["key"], d[7], d[b"b"], d[((1, 2), "n")], d[P(1, 2)], d[S("key")], d[I(7)], d[Deep(P(1, 2), "n")])
print((1, 2) in {P(1, 2)}, P(1, 2) == (1, 2), P(1, 2) != P(1, 3), P(1, 2) < (1, 3), (1, 3) > P(1, 2), S("a") < "b")
print(hash(P(1, 2)) == hash((1, 2)), hash(S("q")) == hash("q"), hash(I(-1)), hash(I(5)) == hash(5))
print(sorted([P(2, 1), P(1, 5), P(1, 2)]), sorted([S("b"), "a", S("c")]), max(I(3), 2, I(9)))
print([P(1, 2), (1, 2)].count((1, 2)), [P(0, 0)].index((0, 0)), len({P(1, 1), (1, 1), P(1, 1)}), len({S("z"), "z", S("z")}))
print({I(1), True, 1.0, 1} == {1}, I(10**30) in {10**30}, {10**30: 1}[I(10**30)])
try:
    {P([], 1): 1}
except TypeError as e:
    print(e)
print(P(float("nan"), 1) == P(float("nan"), 1))


# Classes with methods of their own.
class Lower(str):
    def __eq__(self, other):
        return str(self).lower() == str(other).lower()

    def __hash__(self):
        return hash(str(self).lower())


e = {Lower("Abc"): 1}
print(e[Lower("aBC")], "Abc" in {Lower("abc"): 1}, Lower("X") in {Lower("x")}, Lower("A") == "a", "A" == Lower("a"))


# A class that changes after instances were made and used as keys.
class Late(tuple):
    pass


a, b = Late((1, 2)), Late((3, 4))
keys = {a: "a"}
print(keys[Late((1, 2))], a == (1, 2), a < b)
Late.__eq__ = lambda self, other: True
Late.__hash__ = lambda self: 0
print(a == (9,), a == b, (9,) == a, hash(a), [b].index((5,)), P(1, 2) == (1, 2), d[P(1, 2)])
Late.__lt__ = lambda self, other: "less"
print(a < b, sorted([P(2, 1), P(1, 1)]))


# An instance changes its class.
class Other(tuple):
    def __eq__(self, other):
        return "other"

    __hash__ = None


class First(tuple):
    pass


c = First((1,))
print(c == (1,), {c: 1}[(1,)])
c.__class__ = Other
print(c == (1,), (1,) == c)
try:
    hash(c)
except TypeError as e:
    print(e)


# Nested without end: an error or an answer, no crash.
class Row(tuple):
    pass


deep = Row((1,))
for _ in range(200_000):
    deep = Row((deep,))
for use in (hash, lambda v: {v: 1}, lambda v: v in {(1,)}):
    try:
        use(deep)
        print("answered")
    except RecursionError:
        print("answered")
