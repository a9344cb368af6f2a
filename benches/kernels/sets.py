"""Sets: building, membership, algebra, removal."""

N = 200


def run(n):
    total = 0
    for k in range(n):
        a = set()
        for i in range(12000):
            a.add((i * i + k) % 9973)
        b = {i * 3 for i in range(3000)}
        total += len(a & b) + len(a | b) + len(a - b) + len(a ^ b)
        hits = 0
        for i in range(10000):
            if i in a:
                hits += 1
        total += hits
        for i in range(0, 3000, 5):
            b.discard(i)
        c = frozenset(b)
        total += len(c) + (c <= b) + (b <= a)
    return total
