# Rich comparison, hashing, ordering protocols.
class V:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return self.v == o.v if isinstance(o, V) else NotImplemented

    def __lt__(self, o):
        return self.v < o.v if isinstance(o, V) else NotImplemented

    def __repr__(self):
        return f"V({self.v})"


a, b, c = V(1), V(2), V(1)
print(a == c, a != c, a == b, a < b, b > a, a == 1, a != 1, a is c)
try:
    a <= b
except TypeError as e:
    print(e)
try:
    hash(a)
except TypeError as e:
    print(e)
print(sorted([b, a, V(0)]), max(a, b), min([b, a]), a in [c], [a].index(c), [c, b].count(a))


class H(V):
    def __hash__(self):
        return hash(self.v)


print({H(1): "x"}[H(1)], len({H(1), H(1), H(2)}), H(1) in {H(1)})


class NoHash:
    __hash__ = None


try:
    {NoHash()}
except TypeError as e:
    print(e)


class All:
    def __lt__(self, o):
        return "lt"

    def __le__(self, o):
        return "le"

    def __gt__(self, o):
        return "gt"

    def __ge__(self, o):
        return "ge"

    def __eq__(self, o):
        return "eq"

    def __ne__(self, o):
        return "ne"


x = All()
print(x < 1, x <= 1, x > 1, x >= 1, x == 1, x != 1)
print(1 < x, 1 <= x, 1 > x, 1 >= x, 1 == x, 1 != x)


class Sub(All):
    def __lt__(self, o):
        return "sub lt"

    def __gt__(self, o):
        return "sub gt"


print(All() < Sub(), Sub() < All(), All() > Sub())


class OnlyEq:
    def __eq__(self, o):
        return True


print(OnlyEq() == 5, OnlyEq() != 5, 5 == OnlyEq(), [OnlyEq()] == [3], OnlyEq() in [], 7 in [OnlyEq()])
print(object() == object(), (o := object()) == o, o != o, object().__eq__(1), o.__lt__(1))
from functools import total_ordering


@total_ordering
class T:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return self.v == o.v

    def __lt__(self, o):
        return self.v < o.v


print(T(1) <= T(1), T(2) > T(1), T(2) >= T(3), T(1) != T(2))
print(hash(V) == hash(V), V.__hash__, H.__hash__ is not None)


class Raises:
    def __eq__(self, o):
        raise ValueError("eq")

    __hash__ = object.__hash__


r = Raises()
print(r in [r], [r] == [r], (r,) == (r,), {"k": r} == {"k": r})
try:
    [r] == [5]
except ValueError as e:
    print(e)
