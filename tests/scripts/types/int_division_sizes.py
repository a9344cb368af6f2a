"""Floor division and remainder at every size and sign: identities that hold only for right results, at the limits of each way to divide."""

import random

r = random.Random(7)


def check(a, b):
    q, m = divmod(a, b)
    assert q * b + m == a, (a, b)
    assert m == 0 or (m < 0) == (b < 0) and abs(m) < abs(b), (a, b)
    assert a // b == q and a % b == m, (a, b)
    return (q + m) % 0xFFFFFFFB


def number(bits):
    kind = r.randrange(4)
    n = r.getrandbits(bits)
    if kind == 1:
        n = (1 << bits) - 1 - r.randrange(3)
    elif kind == 2:
        n = (1 << max(bits - 1, 0)) + r.randrange(3)
    elif kind == 3:
        n &= ~((1 << bits // 2) - 1)
    return -n if r.randrange(2) else n


total = 0
sizes = [1, 30, 61, 62, 63, 64, 65, 127, 128, 129, 191, 192, 1407, 1408, 1409, 1471, 1472, 1536, 4000, 16319, 16320, 16384, 16385, 20000, 40000]
for x in sizes:
    for y in sizes:
        for _ in range(4 if x + y < 30000 else 2):
            b = number(y)
            if b:
                total = (total * 31 + check(number(x), b)) % 0xFFFFFFFB
                total = (total * 31 + check(b * number(9), b)) % 0xFFFFFFFB
print(total)

# A quotient of all ones, and one more because of the sign.
for n in (1, 2, 3, 22, 23, 24, 255, 256, 300):
    full = (1 << 64 * (n + 1)) - 1
    d = 1 << 64 * n
    check(full, d)
    check(-full, d)
    check(full, -d)
    print(n, -full // d == -(1 << 64), full % -d == -1)

# The quotient is one digit, the divisor long, and the other way round; far beyond what is divided here.
big = number(3_000_000)
check(big, number(2_999_940) | 1)
check(big, 10**18)
check(big, -(10**40))
try:
    big // 0
except ZeroDivisionError as e:
    print(e)
print(True // 5**40, type(True % 5**40), True % -5**40 == 1 - 5**40)
