"""All threads read all over one big shared dict of objects."""

KIND = "read"
N = 10_000_000


def setup(threads):
    return {i: ("item", i, i * 2) for i in range(200_000)}


def work(n, state, index):
    total = 0
    key = index * 7
    for _ in range(n):
        key = (key * 75 + 74) % 65537
        item = state[key]
        total += item[1]
    return total & 0xFFFF
