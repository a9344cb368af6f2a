"""Arbitrary-precision integers: factorials, fibonacci, powers, digits."""

N = 13_000


def run(n):
    f = 1
    acc = 0
    for i in range(1, n + 1):
        f *= i
        acc ^= f >> (i * 3)
    a, b = 0, 1
    for _ in range(n * 12):
        a, b = b, a + b
    m = (1 << 521) - 1
    x = 3
    for i in range(n * 6):
        x = (x * x + i) % m
    p = pow(7, 1 << 400, m)
    q = f // (a + 1)
    text = str(a % 10**4200)
    digits = sum(map(int, text[:1000]))
    k = 1000000007
    return acc % k, a % k, b % k, x % k, p % k, q % k, digits, int(text) % k
