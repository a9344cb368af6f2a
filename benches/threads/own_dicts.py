"""Each thread: its own dicts with int and with str keys."""

KIND = "own"
N = 400


def work(n, state, index):
    total = 0
    names = ["name" + str(i) for i in range(1000)]
    for k in range(n):
        counts = {}
        for i in range(15000):
            key = (i * i + k) % 997
            counts[key] = counts.get(key, 0) + 1
        table = {}
        for i in range(8000):
            table[names[i % 1000]] = i
        total += len(counts) + max(counts.values()) + sum(table.values())
    return total
