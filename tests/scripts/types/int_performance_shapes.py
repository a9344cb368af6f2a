# Integer results at the borders of the small representation, through every operator path.
def add(a, b):
    return a + b


def ops(a, b):
    out = [a + b, a - b, a * b, a & b, a | b, a ^ b, a < b, a == b, a >= b]
    if b:
        out += [a // b, a % b, divmod(a, b)]
    return out


edges = []
for bits in (30, 31, 32, 53, 60, 61, 62, 63, 64, 127):
    for d in (-1, 0, 1):
        edges.append(2**bits + d)
        edges.append(-(2**bits) + d)
check = 0
for a in edges + [0, 1, -1, 7]:
    for b in (1, -1, 2, 3, -3, 2**31, 2**61, -(2**62), 2**63, 10**18):
        for r in ops(a, b):
            check = (check * 31 + hash(r)) % (2**61 - 1)
print(check)
total = 0
for i in range(2**61 - 3, 2**61 + 3):
    total += i
print(total, total - 6 * 2**61)
x = 1
for _ in range(130):
    x += x
print(x, x == 2**130)
for _ in range(130):
    x //= 2
print(x)
n = 2**62 - 2
seen = []
while n < 2**62 + 2:
    n += 1
    seen.append(n - 2**62)
print(seen)
n = -(2**61) + 2
for _ in range(4):
    n -= 1
    print(n, end=" ")
print()
print([add(2**61 - 1, 1), add(-(2**61), -1), add(2**60, 2**60), add(2**61, -(2**61)), add(2**62 - 1, 0.5)])
i = 0
i += 2**61
i -= 2**61
print(i, type(i), i == 0)
print([1 << k for k in (59, 60, 61, 62, 63, 64)], [(-1) << k for k in (60, 61, 62, 63)], [(2**70) >> k for k in (5, 8, 9, 10, 70, 71)])
print(sum([2**61] * 4), sum([2**61, 0.5]), sum(range(2**61, 2**61 + 3)), max(2**61, 2**62 - 1), abs(-(2**61)), -(-(2**61)), ~(2**61 - 1), ~(-(2**61)))
d = {2**61: "a", 2**62: "b", 2.0**61: "c"}
print(d, d[2**61], hash(2**61) == hash(2.0**61), [10, 20][2**61 - 2**61 + 1])
print([(a * b) % 1000003 for a in (2**31, 2**32, 3**20, -(3**25)) for b in (2**30, 3**19, -7)])
print([pow(a, b) for a in (2, 3, -5) for b in (0, 1, 31, 61, 62, 63, 64)])
print([int(f) for f in (2.0**53, 2.0**61, 2.0**62, 2.0**63, -(2.0**62), 1e18, 1e19)], [float(v) for v in (2**61 - 1, 2**62, 2**63 - 1)])
print((2**62).bit_length(), (2**61 - 1).bit_count(), f"{2**61:x} {2**62:,} {-(2**63)}", int("4611686018427387904"), int("-2305843009213693953"))
print([x % 10 for x in (2**61, -(2**61), 2**62)], [x // 10 for x in (-(2**61), 2**62)], (2**61) / (2**60), (2**62) / 3, 7 // (2**61), -7 // (2**61), -7 % (2**61))
