# List against list, step by step, old versions kept and looked at again.
import _collections_under_test
import random
from protopython.data import List


def check(p, l):
    assert len(p) == len(l) and list(p) == l, (p, l)
    assert list(reversed(p)) == l[::-1]
    assert p == List(l) and not p != List(l)
    if l:
        assert p[0] == l[0] and p[-1] == l[-1] and p[len(l) // 2] == l[len(l) // 2]


def place(rng, n):
    return rng.choice([rng.randrange(n + 1), -rng.randrange(n + 2), rng.randrange(2 * n + 3), None])


def run(seed):
    rng = random.Random(seed)
    start = rng.choice([0, 3, 61, 62, 63, 500, 2500])
    p, l = List(range(start)), list(range(start))
    kept = []
    for step in range(100):
        op, n = rng.randrange(13), len(l)
        i = rng.randrange(-n, n) if n else 0
        if op < 3:
            p, l = p.append(step), l + [step]
        elif op == 3:
            at = rng.randrange(-n - 2, n + 3)
            p, l = p.insert(at, step), l.copy()
            l.insert(at, step)
        elif op == 4 and n:
            p, l = p.delete(i), l.copy()
            del l[i]
        elif op == 5 and n:
            p, l = p.set(i, step), l.copy()
            l[i] = step
        elif op == 6:
            which = slice(place(rng, n), place(rng, n), rng.choice([None, 1, 1, 2, -1, -3]))
            check(p[which], l[which])
            if rng.randrange(3) == 0:
                p, l = p[which], l[which]
        elif op == 7 and n < 5_000:
            q, k = rng.choice(kept or [(p, l)])
            p, l = p + q, l + k
        elif op == 8:
            which = slice(place(rng, n), place(rng, n), rng.choice([None, 1, 2, -1]))
            p, l = p.delete(which), l.copy()
            del l[which]
        elif op == 9:
            more = list(range(rng.randrange(100)))
            p, l = p.extend(iter(more)), l + more
        elif op == 10 and n:
            q, x = p.pop(i)
            l = l.copy()
            assert x == l.pop(i)
            p = q
        elif op == 11 and n:
            x = rng.choice(l)
            assert p.index(x) == l.index(x) and p.count(x) == l.count(x) and x in p
        else:
            q, k = rng.choice(kept or [(p, l)])
            assert (p < q, p <= q, p == q, p > q, p >= q) == (l < k, l <= k, l == k, l > k, l >= k)
        kept.append((p, l))
        if step % 20 == 0:
            check(p, l)
    for p, l in kept[::15]:
        check(p, l)
    p, l = p[:50], l[:50]
    for n in (-1, 0, 1, 2, 5, 100):
        check(p * n, l * n)
        check(n * p, n * l)
    check(p.reverse(), l[::-1])
    with p.mutate() as b:
        b.append(1)
        b += [2, 3]
        b.insert(0, 9)
        b[1:3] = [7, 7, 7]
        del b[0]
        assert b.pop() == 3
    l += [1, 2]
    l.insert(0, 9)
    l[1:3] = [7, 7, 7]
    del l[0]
    check(b.finish(), l)


for seed in range(6):
    run(seed)
print(hash(List([1, 2])) == hash(List([1]).append(2)), List([1]) == [1], List([1]) == (1,))
print("ok")
