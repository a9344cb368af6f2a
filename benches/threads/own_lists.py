"""Each thread: building, indexing and sorting its own lists."""

KIND = "own"
N = 240


def work(n, state, index):
    total = 0
    for k in range(n):
        a = []
        for i in range(20000):
            a.append((i * 7919 + k) % 10007)
        for i in range(1, len(a)):
            if a[i] > a[i - 1]:
                a[i] -= 1
        a.sort()
        total += a[k] + a[-1] + len([x for x in a if x & 1])
    return total
