# Sorting: stability, keys, errors, mutation during sort, cmp_to_key, big inputs.
from functools import cmp_to_key

data = [(i * 7919 % 101, i) for i in range(300)]
by_first = sorted(data, key=lambda p: p[0])
print(all(a[0] < b[0] or (a[0] == b[0] and a[1] < b[1]) for a, b in zip(by_first, by_first[1:])))
rev = sorted(data, key=lambda p: p[0], reverse=True)
print(all(a[0] > b[0] or (a[0] == b[0] and a[1] < b[1]) for a, b in zip(rev, rev[1:])))
print(sorted([3, 1.5, True, 2]), sorted(["b", "B", "a"], key=str.lower), sorted([[2], [1, 5], [1]]))
print(sorted([5, 2, 9], key=cmp_to_key(lambda a, b: b - a)))
x = 1
big = []
for _ in range(5000):
    x = x * 1103515245 + 12345 & 0x7FFFFFFF
    big.append(x)
s = sorted(big)
print(all(a <= b for a, b in zip(s, s[1:])), sum(s) == sum(big), s[0], s[-1])
runs = list(range(1000)) + list(range(1000, 0, -1)) + [5] * 100 + list(range(500))
r = sorted(runs)
print(r == sorted(r), r[:3], r[-3:], len(r))
print(sorted(range(20), key=lambda v: v % 3))


class Fails:
    def __init__(self, v):
        self.v = v

    def __lt__(self, o):
        if self.v == 3:
            raise ValueError("compare failed")
        return self.v < o.v


l = [Fails(i) for i in (5, 4, 3, 2, 1)]
try:
    l.sort()
except ValueError as e:
    print(e, len(l), sorted(f.v for f in []) == [])


def key_fails(v):
    if v == 2:
        raise KeyError("key failed")
    return v


l = [3, 2, 1]
try:
    l.sort(key=key_fails)
except KeyError as e:
    print(e, l)
l = [3, 2, 1]


def mutates(v):
    l.append(v)
    return v


try:
    l.sort(key=mutates)
except ValueError as e:
    print(e)
l = [3, 1, 2]
seen = []
l.sort(key=lambda v: (seen.append(len(l)), v)[1])
print(seen, l)


class Weird:
    n = 0

    def __lt__(self, other):
        Weird.n += 1
        return Weird.n % 3 == 0


w = [Weird() for _ in range(50)]
w.sort()
print(len(w))
try:
    sorted([1, "a", None])
except TypeError as e:
    print(e)
try:
    sorted([1, 2], key=5)
except TypeError as e:
    print(e)
try:
    sorted([3, 1], lambda x: x)
except TypeError as e:
    print(e)
print(sorted([2, 1], key=None, reverse=0), sorted([]), sorted([1]), sorted(x for x in "cab"))
nan = float("nan")
print(len(sorted([3.0, nan, 1.0, nan, 2.0])))
print(sorted(["é", "e", "z", "a", "日", "🎉", ""]), sorted([b"b", b"a"]), sorted([(2, "a"), (1, "b"), (1, "a")]))
print(sorted([10**20, 5, -(10**30), 3.5]), sorted([frozenset([1]), frozenset([1, 2]), frozenset()], key=len))
print(min([3, 1, 2], key=lambda v: -v), max(["a", "bbb", "cc"], key=len), max([], default="none"))
