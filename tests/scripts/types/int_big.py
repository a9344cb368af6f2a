# Integers of any size.
a = 123456789012345678901234567890
b = 987654321098765432109876543210


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
a + b, a - b, b - a, a * b
b // a, b % a, divmod(-b, a), divmod(b, -a), -b // -a, -b % -a
a / b, b / a, (10**400) / (10**399)
a ** 3
a & b, a | b, a ^ b, ~a
-a & b, -a | b, -a ^ b, -a & -b
a << 70, a >> 70, -a >> 70, 1 << 200, -1 >> 300
pow(a, b, 10**20), pow(3, -1, 7), pow(a, 0), pow(2, 64, 1), pow(-5, 3, 7)
pow(2, -1, 4)
pow(2, 3, 0)
a == b, a < b, a > 1.5, a == float(a), a != b
10**30 == 1e30, 2**100 == 2.0**100, 2**53 + 1 > 2.0**53
str(a), repr(-a), f"{a:,}", f"{a:x}", f"{a:e}", f"{a:_b}"[:20], f"{-a:040d}"
hex(a), oct(a), bin(2**70), hex(-a)
int(str(a)) == a, int(hex(a), 16) == a, int("1" * 50), int("z" * 20, 36)
float(a), float(2**1023), round(a, -20), round(-a, -25)
float(10**400)
hash(a), hash(-a), hash(10**50)
a.bit_length(), (-a).bit_length()
abs(-a), -a, +a, not a, bool(a)
sum([a, b, 1]), max(a, b), min(a, -b)
a * 0, a * 1, a * -1, a + -a, a - a
1 // a, -1 // a, 1 % a, -1 % a
a // 0
a % 0
a / 0
a << -1
1 << (1 << 70)
2**64 - 2**64, 2**64 - (2**64 - 1), type(2**64 - 2**64 + 5)
2**61, 2**62, 2**63, -2**61, -2**62, -2**63, 2**61 - 1, -2**61 - 1
(2**61) * 2, (2**61) + (2**61), -(2**61) - (2**61), (2**31) * (2**31), (2**32) * (2**32)
0 * 2**100, 2**100 // 2**99, 2**100 % 2**99, 2**100 - 2**100
(10**100).to_bytes(42, "little") == (10**100).to_bytes(42, "big")[::-1]
import_ok := int.from_bytes((10**50).to_bytes(30, "big"), "big") == 10**50
1000000007 ** 10 % 998244353
(2**200).is_integer(), (2**200).as_integer_ratio() == (2**200, 1)
len(str(3**2000)), str(7**300)[:30], str(7**300)[-30:]
(2**521 - 1) % 1000003, (2**521 - 1) // 10**140
[x for x in range(10**20, 10**20 + 3)]
range(2**70)[5], len(range(0, 2**62, 2**60)), 10**20 in range(10**21)
len(range(2**70))
""".strip().splitlines():
    check(line)
