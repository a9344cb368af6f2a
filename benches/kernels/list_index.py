"""Building lists with append, indexing and assigning items."""

N = 900_000


def run(n):
    a = []
    for i in range(n):
        a.append(i * 3 + 1)
    b = [0] * n
    for i in range(n):
        b[n - 1 - i] = a[i] + a[i // 2]
    total = 0
    for i in range(1, n):
        if b[i] > b[i - 1]:
            b[i] = b[i - 1]
        total += b[i]
        a[i] = total & 0xFFFF
    while len(a) > 10:
        a.pop()
    return total, sum(a), len(a)
