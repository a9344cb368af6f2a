"""Sorting ints, floats, strings and tuples, with and without a key."""

N = 130_000


def run(n):
    x = 42
    data = []
    for _ in range(n):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        data.append(x)
    ints = sorted(data)
    floats = sorted([v / 7.0 for v in data])
    texts = sorted([str(v) for v in data])
    pairs = sorted([(v & 63, v) for v in data])
    by_key = sorted(data, key=lambda v: v % 10007)
    by_len = sorted(texts, key=len, reverse=True)
    pairs.sort(key=lambda p: p[1])
    ints.reverse()
    ints.sort()
    check = 0
    for i in range(0, n, 97):
        check = (check * 31 + ints[i] + by_key[i] + pairs[i][1] + len(by_len[i])) % 1000000007
    return check, round(floats[n // 2], 6), texts[0], texts[-1]
