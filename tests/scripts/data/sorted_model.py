# SortedMap against a dict that is sorted when asked; keys without a hash.
import _collections_under_test
import bisect
import random
from protopython.data import SortedMap, SortedSet


def check(m, d):
    keys = sorted(d)
    assert list(m) == keys and list(reversed(m)) == keys[::-1]
    assert list(m.items()) == [(k, d[k]) for k in keys] and list(m.values()) == [d[k] for k in keys]
    assert list(reversed(m.items())) == [(k, d[k]) for k in reversed(keys)]
    assert m == d and d == m and len(m) == len(d)


def run(seed):
    rng = random.Random(seed)
    size = rng.choice([8, 90, 600])
    m, d = SortedMap(), {}
    for step in range(90):
        k = rng.randrange(size)
        op = rng.randrange(10)
        if op < 4:
            m, d = m.set(k, step), {**d, k: step}
        elif op < 6:
            assert (k in m) == (k in d) and m.get(k) == d.get(k)
            m = m.delete(k) if k in d else m.discard(k)
            d = {a: b for a, b in d.items() if a != k}
        elif op == 6:
            more = {rng.randrange(size): -step for _ in range(rng.randrange(200))}
            m, d = rng.choice([m | more, m.update(more), m | SortedMap(more)]), d | more
        else:
            keys = sorted(d)
            low, high = rng.randrange(size + 1), rng.randrange(size + 1)
            i = bisect.bisect_left(keys, low)
            assert m.rank(low) == i
            assert list(m.range(low, high)) == [x for x in keys if low <= x < high]
            assert list(m.range(low)) == keys[i:] and list(m.range(None, low)) == keys[:i]
            above = [x for x in keys if x >= low]
            below = [x for x in keys if x <= low]
            assert m.ceiling(low) == ((above[0], d[above[0]]) if above else None)
            assert m.floor(low) == ((below[-1], d[below[-1]]) if below else None)
            near = min(keys, key=lambda x: (abs(x - low), x), default=None)
            assert m.nearest(low) == (None if near is None else (near, d[near]))
            if keys:
                at = rng.randrange(-len(keys), len(keys))
                assert m.at(at) == (keys[at], d[keys[at]])
        if step % 20 == 0:
            check(m, d)
    check(m, d)
    check(SortedMap(list(d.items())), d)


for seed in range(4):
    run(seed)

m = SortedMap([([2], "b"), ([1], "a"), ([2], "c")])
print(m, m[[2]], [3] in m)
s = SortedSet([[3], [1], [2]])
print(s, s[0], s[-1], s[1:], s.range([2]), s.rank([2]), s.floor([2.5]), s.ceiling([2.5]))
print(SortedSet([1, 5, 9]).nearest(7), SortedSet([1, 5, 9]).nearest(3), SortedSet().nearest(3))
for f in (
    lambda: SortedMap({1: 2, "a": 3}),
    lambda: SortedMap().set(object(), 1),
    lambda: SortedSet([1, "a"]),
    lambda: SortedSet([1j]),
    lambda: SortedSet([1])[::2],
    lambda: SortedSet([1])[5],
    lambda: SortedMap({1: 2}).at(1),
    lambda: SortedMap({1: 2})[3],
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, str(e).partition(" at 0x")[0].replace("'object' and 'object'", "objects"))
print("ok")
