# set and frozenset.
def s(x):
    return sorted(x)


a, b = {1, 2, 3, 4}, {3, 4, 5}
print(s(a | b), s(a & b), s(a - b), s(a ^ b), a <= b, a < {1, 2, 3, 4, 5}, a >= {1}, a > a, a == {4, 3, 2, 1}, a != b)
print(s(a.union(b, [9])), s(a.intersection(b, [4])), s(a.difference([1], [2])), s(a.symmetric_difference([1, 9])), s(a.union()))
print(a.issubset([1, 2, 3, 4]), a.issuperset([1]), a.isdisjoint([7]), a.isdisjoint(b))
c = a.copy()
c.add(10)
c.add(10)
c.discard(1)
c.discard(100)
c.remove(2)
print(s(c), len(c), 10 in c, 1 not in c)
c.update([1, 2], "a")
print(len(c), "a" in c)
c = {1, 2, 3}
c.intersection_update([2, 3, 4])
print(c)
c.difference_update([2])
print(c)
c.symmetric_difference_update([3, 5])
print(c)
c |= {6}
c &= {5, 6, 7}
c -= {5}
c ^= {1}
print(s(c))
x = c.pop()
print(x in (1, 6), len(c))
c.clear()
print(c, set(), set("a"), {1}, frozenset(), frozenset([1]), bool(set()), bool({0}))


def err(f, *a):
    try:
        print(f(*a))
    except Exception as e:
        print(type(e).__name__, e)


err({1}.remove, 2)
err(set().pop)
err(set, 5)
err({1}.add, [])
err(lambda: {[]})
err(hash, set())
err(lambda: {1} | [2])
err(lambda: {1} < [1])
err({1}.union, 5)
err({1}.update, 5)
err(frozenset().add if hasattr(frozenset, "add") else lambda: frozenset().add)
err(lambda: a[0])
err(set, 1, 2)
f = frozenset([1, 2, 3])
print(hash(f) == hash(frozenset([3, 2, 1])), {f: "v"}[frozenset([1, 2, 3])], f in {f}, {1, 2, 3} in {f}, f == {1, 2, 3})
print(s(f | {9}), type(f | {9}).__name__, type({9} | f).__name__, s(f - {1}), f.copy() is f, frozenset(f) is f)
print(s({x % 3 for x in range(10)}), s(set("hello")), len({1, 1.0, True}), s({*a, *b}))
try:
    for x in a:
        a.add(x + 100)
except RuntimeError as e:
    print(e)
big = set(range(1000))
big -= set(range(0, 1000, 2))
print(len(big), sum(big), 3 in big, 4 in big)
print(set() == frozenset(), {1} == frozenset({1}), set() < {1}, not set() > {1})
print(repr({"a"}), repr(frozenset({1})), str(set()), repr({(1, 2)}), repr({frozenset()}))


class S(set):
    pass


z = S([1, 2])
z.tag = "t"
print(z, type(z | {3}).__name__, type(z.copy()).__name__, z.tag)
r = set()
r.add(frozenset(r))
print(r, s(map(len, [{1, 2}, {3}])), min({3, 1, 2}), sum({1, 2}), any({0}), sorted({"b", "a"}))
print({1, 2}.__contains__(1), {1}.__len__(), {1}.__eq__({1}), {1}.__or__({2}) == {1, 2}, {1}.__or__([1]), {1}.__sub__({1}))
