"""What was deleted from a dict that threads share dies, keys too, however much is left in it; and lookups go on."""

import gc
import threading
import weakref


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n) % 7

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n


def share(d):
    t = threading.Thread(target=lambda: d.get(1))
    t.start()
    t.join()


def alive(refs):
    for _ in range(3):
        gc.collect()
    return sum(r() is not None for r in refs)


for stays in 0, 1, 500:
    for remove in dict.__delitem__, dict.pop, lambda d, k: d.popitem() and None:
        d = {}
        share(d)
        kept = [Key(-i) for i in range(1, stays + 1)]
        for k in kept:
            d[k] = k.n
        refs = []
        for i in range(300):
            k = Key(i)
            d[k] = i
            refs.append(weakref.ref(k))
        for i in reversed(range(300)):
            remove(d, Key(i))
        del k
        # A word on the native stack may hold a few.
        print(stays, alive(refs) < 5, len(d), all(d[Key(-i)] == -i for i in range(1, stays + 1)), d.get(Key(5)), Key(5) in d)
        for i in range(300):
            d[Key(i)] = i
        print(sorted(d.values()) == sorted([*range(-stays, 0), *range(300)]))


def one():
    t = threading.Thread(target=int)
    t.start()
    t.join()
    return weakref.ref(t)


refs = [one() for _ in range(20)]
print(alive(refs) < 3)

# Deleted, looked up and stored again by several threads while others collect.
d, stop, odd = {}, False, []


def change(base):
    for r in range(150):
        for i in range(20):
            d[Key(base + i)] = base + i
        for i in range(20):
            if d.pop(Key(base + i), None) != base + i:
                odd.append((base, i))


def look():
    while not stop:
        for k, v in list(d.items()):
            if k.n != v:
                odd.append((k, v))


def collect():
    while not stop:
        gc.collect()


share(d)
changers = [threading.Thread(target=change, args=(1000 * i,)) for i in range(3)]
others = [threading.Thread(target=f) for f in (look, collect)]
for t in changers + others:
    t.start()
for t in changers:
    t.join()
stop = True
for t in others:
    t.join()
print(odd, d)
