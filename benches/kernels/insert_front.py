"""Insertion and removal at the front of a list; slices that shift."""

N = 36_000


def run(n):
    a = []
    for i in range(n):
        a.insert(0, i)
    total = 0
    for _ in range(n // 2):
        total += a.pop(0)
    for i in range(n // 4):
        a.insert(len(a) // 2, i)
        a[0:0] = [i, i + 1]
        del a[0]
    return total, len(a), a[0], a[-1], sum(a)
