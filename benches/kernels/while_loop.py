"""A while loop over machine-sized integers (Collatz lengths)."""

N = 62_000


def run(n):
    best = 0
    best_start = 0
    start = 1
    while start < n:
        length = 1
        x = start
        while x != 1:
            if x & 1:
                x = 3 * x + 1
            else:
                x >>= 1
            length += 1
        if length > best:
            best = length
            best_start = start
        start += 1
    return best * 1000000 + best_start
