"""Iterators of itertools, of deques and of arrays over each other: what is given, what is taken from below, when it ends."""

import array
import itertools as it
from collections import deque


class Noisy:
    """Says what is taken from it."""

    def __init__(self, n):
        self.n, self.at = n, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at == self.n:
            raise StopIteration
        self.at += 1
        return self.at


def gen(n):
    for i in range(n):
        yield i


for source in (lambda: iter(range(10)), lambda: Noisy(10), lambda: gen(10), lambda: iter(deque(range(10))), lambda: iter(array.array("i", range(10)))):
    s = source()
    print(list(it.islice(s, 2, 9, 3)), list(s))
    s = source()
    print(list(it.islice(s, 0)), next(s), list(it.islice(s, 3)), next(s))
    x = it.islice(source(), 1, None, 4)
    print(next(x), next(x), next(x), next(x, "end"), next(x, "end"))
    print(list(it.chain(source(), "ab", source()))[8:15], list(it.pairwise(source()))[:3])
    c = it.cycle(it.islice(source(), 3))
    print([next(c) for _ in range(8)], list(zip(it.count(5, 2), source()))[-1], list(it.repeat("r", 3)))
    print(list(it.chain.from_iterable(it.islice(source(), 2) for _ in range(2))))

print(list(it.islice(it.count(2**61 - 2), 4)), next(it.count(2.5, 0.5)), list(it.islice(it.count(-3, -1), 3)))
print(list(it.product("ab", range(2), repeat=1)), list(it.product()), list(it.product([], [1])), len(list(it.product(range(3), repeat=4))))
print(list(it.permutations("abc", 2)), list(it.permutations([], 0)), list(it.permutations("ab", 3)))
print(list(it.combinations("abcd", 3)), list(it.combinations_with_replacement("ab", 3)))
p = it.product("ab", "cd")
print(next(p), next(p), list(p), next(p, "end"))
x = it.pairwise([1])
print(next(x, "end"), next(x, "end"))

# Nested without end: an error at the limit, no crash.
s = iter(range(5))
for _ in range(50_000):
    s = it.islice(it.chain(s), 0, None)
try:
    print(next(s) == 0)
except RecursionError:
    print(True)

# What it is over changes meanwhile.
d = deque([1, 2, 3])
i = iter(d)
next(i)
d.append(4)
try:
    next(i)
except RuntimeError as e:
    print(e)
a = array.array("d", [1.5, 2.5])
i = iter(a)
print(next(i))
a.append(3.5)
print(list(i), next(i, "end"))
a.append(4.5)
print(next(i, "end"))
for bad in (lambda: it.islice([1], -1), lambda: it.islice([1], 1, 2, 0), lambda: it.islice([1], "x")):
    try:
        bad()
    except ValueError as e:
        print(e)
