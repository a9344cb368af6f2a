"""Tuples: building, unpacking, swapping, star targets, comparison."""

N = 2_000_000


def minmax(a, b):
    if a < b:
        return a, b
    return b, a


def run(n):
    x, y, z = 1, 2, 3
    total = 0
    for i in range(n):
        x, y = y, x
        lo, hi = minmax(x + i, y)
        (a, b), c = (lo, hi), z
        x, y, z = c & 1023, b & 1023, a & 1023
        total += x
    pairs = [(i & 15, i) for i in range(1000)]
    for _ in range(n // 20000):
        for k, (p, q) in enumerate(pairs):
            total += k + p - q
        for p in pairs:
            first, *rest = p
            total += first + len(rest)
            if p > (7, 0):
                total += 1
    return total
