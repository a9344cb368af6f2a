# Methods of float and its text.
def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
1.5 .as_integer_ratio(), (0.1).as_integer_ratio(), (-2.0).as_integer_ratio()
float("inf").as_integer_ratio()
float("nan").as_integer_ratio()
(2.0).is_integer(), (2.5).is_integer(), float("inf").is_integer()
(1.5).hex(), (-0.1).hex(), (0.0).hex(), (1e300).hex(), (5e-324).hex(), float("inf").hex()
float.fromhex("0x1.8p+1"), float.fromhex("-0x.1p4"), float.fromhex("inf"), float.fromhex("1.5"), float.fromhex("0x1p-1074")
float.fromhex("zz")
float.fromhex("0x1p5000")
(3.7).conjugate(), (3.7).real, (3.7).imag
float.from_number(3)
float.from_number("3")
float(), float(3), float("3.5"), float("  -1e3 "), float("1_0.5"), float("inf"), float("-Infinity"), float("nan"), float(b"2.5")
float("")
float("abc")
float("1..2")
float(None)
float([])
float("1e400"), float("1e-400"), float("-0")
0.1, 0.2, 0.3, 0.1 + 0.2, 1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, 1.0, -0.0, 5e-324
1.7976931348623157e308, 2.2250738585072014e-308, 1e308 * 10, -1e308 * 10, 1e308 * 10 - 1e308 * 10
12345.678, 0.00012345, 1/3, 2/3, 100/3, 1e21, 1e22, 123e20, 4.35, 0.1 + 0.7
round(1.5), round(2.5), round(-1.5), round(0.5), round(2.675, 2), round(1e300, -299), round(1234.5678, -2), round(1.25, 1)
round(1.5, None), round(12.0), round(-0.4), round(1e20)
round(float("nan"))
round(float("inf"))
7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, divmod(7.5, -2), divmod(-7.5, 2), 1e300 // 1e-300
5.0 % float("inf"), -5.0 % float("inf"), 0.0 % 3, -0.0 % 3
2.0**0.5, (-8.0) ** 3, 2.0**-1, 0.0**0, (-8) ** (1/3), 4**0.5, 2**-2
1.0 / 0
1.0 // 0
1.0 % 0
0.0 ** -1
1e200 ** 2
divmod(1.0, 0)
hash(1.0), hash(0.5), hash(float("inf")), hash(-0.0), hash(1e100), hash(0.1)
1.0 == 1, 1.5 == "1.5", float("nan") != float("nan"), 0.0 == -0.0, float("inf") > 10**400
int(1e15), (2.9).__trunc__(), (2.1).__ceil__(), (-2.1).__floor__(), abs(-2.5), -(2.5), +(2.5)
bool(0.0), bool(-0.0), bool(1e-300), bool(float("nan"))
max(1.0, 2), min(1, 0.5), sum([0.1] * 10), sum([1, 2.5, 3]), sum([1e100, 1.0, -1e100])
(1.5).__add__(1), (1.5).__radd__(1), (1.5).__add__("x"), (1.5).__eq__(1.5), (1.5).__lt__(2)
f"{3.14159:.3f}", f"{3.14159:10.2f}|", f"{3.14159:<10.2f}|", f"{1e10:,.1f}", f"{0.5:%}", f"{0.1234:.1%}", f"{1234.5:e}", f"{1234.5:.2E}"
f"{1234.5:g}", f"{1e20:g}", f"{0.00001:g}", f"{1.0:g}", f"{1.0:#g}", f"{float('nan'):f}", f"{float('inf'):5}|", f"{-1.5:+.1f}", f"{1.5:+.1f}", f"{1.5: .1f}"
f"{1.0:n}", f"{2.5:.0f}", f"{3.5:.0f}", f"{-0.0:z.1f}", f"{1e-10:.3}", f"{123456.789:.3}", f"{1e16}", f"{0.1:.20f}"
f"{1.5:d}"
f"{1.5:x}"
str(1e100), repr(1e-7), str(1.0), str(123456789.0), repr(1.1e-5)
3.0.__class__, type(3 / 1), type(3 // 1.0), type(2 * 1.0), isinstance(1.0, int)
float.__getformat__("double")
(0.1).__reduce__ is not None
1_000.5, 1e1_0, .5, 5., 1E5
""".strip().splitlines():
    check(line)
