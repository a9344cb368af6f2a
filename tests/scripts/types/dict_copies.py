# Copies of dicts whose last entries came and went: an absent key is found absent, however often.
for n in range(1, 9):
    d = {"a": 1}
    for i in range(200):
        for j in range(n):
            d[i * 7919 + j] = j
        for j in reversed(range(n)):
            del d[i * 7919 + j]
        d = d.copy()
        assert i * 31 + 1 not in d and len(d) == 1
    d = dict(d, b=2)
    d.popitem()
    print(n, d, {**d})
for n in range(1, 9):
    s = {"a"}
    for i in range(200):
        s.update(range(i, i + n))
        for j in range(i, i + n):
            s.discard(j)
        s = s.copy()
        assert i + n + 1 not in s
    print(n, s)
