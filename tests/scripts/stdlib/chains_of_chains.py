"""Iterators over iterators over iterators: each step asks each of them once, whichever has ended."""

import itertools

N = 3000

x = iter([1, 2, 3])
for _ in range(N):
    x = itertools.chain(x, [1])
print(sum(x))

x = iter([1, 2, 3])
for _ in range(N):
    x = itertools.chain([1], x)
print(sum(x))

x = iter(range(N))
for _ in range(2000):
    x = itertools.islice(x, N)
print(sum(x))

x = iter(range(2 * N))
for i in range(500):
    x = itertools.islice(x, 1, None)
print(next(x), sum(1 for _ in x))

x = iter(range(10))
for _ in range(8):
    x = itertools.pairwise(x)
print(len(list(x)))

x = iter(())
for i in range(20_000):
    x = itertools.islice(x, 5)
try:
    print(next(x, "end"))
except RecursionError:
    print("end")
