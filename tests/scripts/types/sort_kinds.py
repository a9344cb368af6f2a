# Sorting by kind of key: ints near and far apart, floats with zeros, strings, tuples, mixtures; stability both ways.
import random

r = random.Random(7)


def check(items, **kw):
    done = sorted(items, **kw)
    copy = list(items)
    copy.sort(**kw)
    assert copy == done and list(map(repr, copy)) == list(map(repr, done))
    return done


ints = [r.randrange(-50, 50) for _ in range(300)]
far = [r.randrange(-(1 << 60), 1 << 60) for _ in range(300)]
print(check(ints)[:8], check(ints, reverse=True)[:8])
print(check(far)[:2], check(far, reverse=True)[-1])
# The index tells equal keys apart.
pairs = [(k, i) for i, k in enumerate(ints)]
print(check(pairs, key=lambda p: p[0])[:6])
print(check(pairs, key=lambda p: p[0], reverse=True)[:6])
print(check(pairs, key=lambda p: p[0] << 50)[:6])
print(check(pairs, key=lambda p: -p[0] / 3)[:6])
print(check(pairs, key=lambda p: p[0] / 3, reverse=True)[:6])
print(check([0.0, -0.0, 1.5, -1.5, 1e300, -1e300, 5e-324, float("inf"), float("-inf"), 0.0, -0.0]))
print(check([0.0, -0.0, 1.5, 0, -0.0, False], reverse=True))
floats = [v / 7 for v in ints]
print(check(floats)[:3], check(floats, reverse=True)[:3])
nan = float("nan")
print(len(sorted([1.0, nan, 0.5, nan])), sorted([2.0, 1.0, 3.0]), sorted([1e308 * 10, -1e308 * 10, 3.0]))
texts = [str(v) for v in ints]
print(check(texts)[:6], check(texts, key=len)[:6], check(texts, key=len, reverse=True)[:4])
print(check(["b\0", "b", "", "ab", "abcdefgh", "abcdefghi", "abcdefgh\0", "é", "z", "\U0001f600"]))
# Tuples: ties in the first place, strings of equal beginnings, numbers of several types, unequal lengths, nested.
print(check([(v & 3, -v) for v in ints])[:5])
print(check([(v & 3, -v) for v in ints], reverse=True)[:5])
print(check([(v / 4, str(v)) for v in ints])[:4])
print(check([("abcdefghi"[: v % 10] + str(v), v) for v in range(40)])[:6])
print(check([(1, 2.0), (1.0, 1), (0.5, 3), (1, 0)]))
print(check([(True, 2), (1, 1), (0, 5), (False, 4)]))
print(check([(1,), (1, 2), (), (0, 9, 9)]))
print(check([((1, 2), "a"), ((1, 1), "b"), ((0,), "c")]))
print(check([(10**30, 1), (10**29, 2), (5, 3)]))
print(check([(), (), ()]), check([(2.5, nan), (1.5, nan)])[0][0])
print(check([(b"b", 1), (b"a", 2)]), check([[3, 1], [2, 5], [2, 4]]))
for bad in ([1, "a"], [(1, "a"), (1, 2)], [(1, None), (1, None)], [(1, None), (1, 2)], [{}, {}], [3j, 1j]):
    try:
        print(sorted(bad))
    except TypeError as e:
        print(e)


class Text(str):
    def __lt__(self, other):
        return len(self) < len(other)


class Number(int):
    def __lt__(self, other):
        return int(other) < int(self)


print(sorted([Text("ccc"), Text("a"), Text("bb")]), sorted([Number(1), Number(3), Number(2)]))
print(sorted([(Number(1), 0), (Number(3), 0), (Number(2), 0)]))
x = nan
print(x == x, x != x, x <= x, [x] == [x], (x,) == (x,), x in [x], nan < 1.0, max(1.0, nan), max(nan, 1.0) != 1.0)
if x == x:
    print("identity decided")
