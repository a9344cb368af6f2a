# Map and frozen keys of every kind against dict, step by step, old versions kept and looked at again.
import _collections_under_test
import random
from protopython.data import Map


class Key:
    """Hashes collide in all digits, and equality is Python code."""

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 3

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n

    def __repr__(self):
        return f"Key({self.n})"


KINDS = [
    lambda n: n,
    lambda n: n << 40,
    lambda n: f"key number {n}",
    lambda n: (n, str(n)),
    lambda n: n / 7,
    Key,
]


def check(m, d):
    assert len(m) == len(d)
    assert m == d and not m != d and d == m
    assert dict(m) == d == dict(m.items())
    assert set(m) == set(d) == set(m.keys()), "keys"
    assert sorted(map(repr, m.values())) == sorted(map(repr, d.values()))
    assert m.keys() == d.keys() and m.items() == d.items()


def run(seed):
    rng = random.Random(seed)
    make = KINDS[seed % len(KINDS)]
    size = rng.choice([5, 40, 150])
    m, d = Map(), {}
    kept = []
    for step in range(70):
        k = make(rng.randrange(size))
        op = rng.randrange(12)
        if op < 5:
            m, d = m.set(k, step), {**d, k: step}
        elif op < 8:
            if k in d:
                m = m.delete(k)
                d = {key: v for key, v in d.items() if key != k}
            else:
                try:
                    m.delete(k)
                    assert False, "a key that is not there"
                except KeyError as e:
                    assert e.args[0] == k
                assert m.discard(k) == m
        elif op == 8:
            more = {make(rng.randrange(size)): -step for _ in range(rng.randrange(60))}
            m, d = rng.choice([m.update(more), m | more, m | Map(more), m.update(more.items())]), d | more
        elif op == 9:
            m2 = Map(d)
            assert m2 == m and (hash(m2) == hash(m) if d else True)
        elif op == 10:
            with m.mutate() as t:
                for _ in range(rng.randrange(20)):
                    key = make(rng.randrange(size))
                    if rng.randrange(2):
                        t[key] = step
                        d = {**d, key: step}
                    else:
                        gone = t.pop(key, None)
                        assert gone == d.get(key)
                        d = {a: b for a, b in d.items() if a != key}
            m = t.finish()
        else:
            assert m.get(k) == d.get(k) and (k in m) == (k in d) and m.get(k, 5) == d.get(k, 5)
        kept.append((m, d))
        if step % 25 == 0:
            check(m, d)
    for m, d in kept[::10]:
        check(m, d)
    for (a, x), (b, y) in zip(kept[::7], kept[3::11]):
        seen = {}
        for kind, key, old, new in a.diff(b):
            assert key not in seen
            seen[key] = kind
            if kind == "added":
                assert key not in x and old is None and y[key] == new
            elif kind == "removed":
                assert key not in y and new is None and x[key] == old
            else:
                assert kind == "changed" and x[key] == old and y[key] == new and old != new
        assert set(seen) == {k for k in x.keys() | y.keys() if k not in x or k not in y or x[k] != y[k]}
        assert (a == b) == (x == y)


for seed in range(6):
    run(seed)
print("ok")
