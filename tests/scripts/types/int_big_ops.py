# Arithmetic of big ints of every size and sign, against itself: identities hold, and a digest of all results.
import random
import zlib

r = random.Random(11)


def number(bits):
    n = r.getrandbits(bits)
    kind = r.randrange(8)
    if kind == 0:
        n = 1 << bits
    elif kind == 1:
        n = (1 << bits) - 1
    elif kind == 2:
        n = (1 << bits) - (1 << (bits // 2))
    elif kind == 3:
        n &= ~(((1 << (bits // 2)) - 1) << (bits // 4))
    return -n if r.randrange(3) == 0 else n


digest = 0


def note(*values):
    global digest
    for v in values:
        digest = zlib.crc32(repr(v if isinstance(v, bool) or abs(v) < 1 << 4000 else v % (10**1000 + 7)).encode(), digest)


SIZES = (3, 30, 61, 62, 63, 64, 65, 100, 127, 128, 129, 190, 192, 250, 512, 1000, 1500, 1536, 1600, 2560, 3000, 9000, 16384, 20000)
for size_a in SIZES:
    for size_b in SIZES:
        for _ in range(6):
            a, b = number(size_a), number(size_b)
            note(a + b, a - b, a * b, a & b, a | b, a ^ b, -a, ~a, abs(b), a < b, a <= b, a == b, a > b, hash(a) == hash(b))
            note(hash(a), a.bit_length(), bool(a))
            n = r.randrange(0, 300)
            note(a << n, a >> n, (a << n) >> n == a)
            if b:
                q, m = divmod(a, b)
                note(q, m)
                assert q * b + m == a and a // b == q and a % b == m
                assert (0 <= m < b) if b > 0 else (b < m <= 0)
            assert (a + b) - b == a and (a - b) + b == a and a * b == b * a
            assert (a < b) == (not a >= b) == (b > a) and (a == b) == (not a != b)
            assert hash(a) == (abs(a) % ((1 << 61) - 1)) * (-1 if a < 0 else 1) or hash(a) == -2
print(digest)
print(True % (1 << 200), False // (1 << 200), divmod(True, 1 << 200), (1 << 200) % True, True << 200 == 1 << 200, -True - (1 << 200) < 0)
print(hash(-1), hash(-(1 << 61)), hash((1 << 61) - 1), hash((1 << 61) - 2), hash(1 << 64), hash(-(1 << 122)), hash(1 << 61))
for f in (lambda: (1 << 100) // 0, lambda: (1 << 100) % 0, lambda: divmod(1 << 100, 0), lambda: 1 << -1, lambda: (1 << 100) << -1, lambda: (1 << 100) >> -1):
    try:
        print(f())
    except (ZeroDivisionError, ValueError) as e:
        print(type(e).__name__, e)
print(0 << (1 << 70), (1 << 70) >> (1 << 70), -1 >> (1 << 70), 0 << 1000, -5 >> 1, -(1 << 100) >> 99, -(1 << 100) >> 101)
print(sorted([1 << 70, -(1 << 70), 5, -(1 << 71), 1 << 69]), max(1 << 64, 1 << 65), min(1 << 64, -1))
