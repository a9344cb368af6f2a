"""What is given an iterable asks for one iterator, and does not ask that for another."""

import collections
import weakref

asked = []


class Iterator:
    def __init__(self):
        self.n = 0

    def __iter__(self):
        asked.append("iterator")
        return self

    def __next__(self):
        self.n += 1
        if self.n > 2:
            raise StopIteration
        return self.n


class Iterable:
    def __iter__(self):
        asked.append("iterable")
        return Iterator()


def extended(x):
    into = [0]
    into.extend(x)
    return into


takers = [
    list, tuple, set, frozenset, sum, max, min, sorted, bytes, bytearray, any, all, extended, collections.deque, collections.Counter,
    dict.fromkeys, lambda x: [*x], lambda x: "".join(map(str, x)), lambda x: [].__iadd__(x), lambda x: bytearray().extend(x),
    lambda x: list(zip(x)), lambda x: list(filter(None, x)), lambda x: set().union(x), lambda x: 3 in x, lambda x: print(*x),
]
for take in takers:
    asked.clear()
    take(Iterable())
    assert asked == ["iterable"], (take, asked)

nothing = lambda: 0


class Weak:
    def __iter__(self):
        return weakref.proxy(nothing)


for take in (list, tuple, sorted, extended):
    try:
        take(Weak())
    except TypeError as e:
        assert str(e) == "Weakref proxy referenced a non-iterator 'function' object", e
    else:
        raise AssertionError(take)


class Names(dict):
    def __getattr__(self, name):
        return self[name]


names = Names(offset=5)
assert "Names" in repr(weakref.ref(names))


class Object:
    pass


class Ref(weakref.ref):
    pass


o = Object()
r1 = Ref(o)
r2 = weakref.ref(o)
assert r1 is not r2
assert weakref.getweakrefs(o) == [r2, r1]
r3 = Ref(o)
proxy = weakref.proxy(o)
refs = weakref.getweakrefs(o)
assert refs[0] is r2 and refs[1] is proxy and len(refs) == 4
print("ok")
