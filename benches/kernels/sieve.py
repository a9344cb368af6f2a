"""Sieve of Eratosthenes over a list of booleans, without slices."""

N = 5_000_000


def run(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    i = 2
    while i * i <= n:
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = False
        i += 1
    count = 0
    last = 0
    for i, prime in enumerate(flags):
        if prime:
            count += 1
            last = i
    return count, last
