# decimal (pure Python is enough).
from decimal import *

D = Decimal
getcontext().prec = 28


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
D("0.1") + D("0.2"), D(1) / 3, D("1.10"), D(5), D("1e5"), D("-0"), D("NaN"), D("Infinity"), D((1, (1, 2, 3), -2)), D(0.1), D("1_000.5"), D(" 3 ")
D("x")
D([])
D(1) / 0
D("NaN") < 1
D(0) / 0
D("1.23") * D("4.5"), D(7) // 2, D(-7) // 2, D(-7) % 3, D(2) ** 10, D(2) ** D("0.5"), D(2).sqrt(), D(10).ln(), D(100).log10(), D(1).exp(), -D("1.5"), abs(D("-2")), divmod(D(7), 2)
D("1.255").quantize(D("0.01")), D("1.5").quantize(D("1"), ROUND_HALF_UP), D("2.5").quantize(D("1")), D("-1.1").quantize(D("1"), ROUND_CEILING), round(D("2.675"), 2), round(D("2.5")), int(D("3.9")), float(D("1.5"))
D("1.0") == D("1.00"), D(1) == 1, D("1.5") == 1.5, D(1) < 2.5, hash(D("1.5")) == hash(1.5), max(D(1), D(2)), sorted([D(2), D(1)]), sum([D("0.1")] * 3)
D("123.456").as_tuple(), D("1.50").normalize(), D("1E+3").to_integral_value(), D("123").adjusted(), D("1.5").as_integer_ratio(), D("1.50").is_signed(), D("NaN").is_nan(), D("12.3").scaleb(2), D("1.5").copy_sign(D(-1)), D("5").compare(D(3)), D("1.23").same_quantum(D("4.56"))
f"{D('1234.5678'):.2f}", f"{D('1234.5'):,}", f"{D('0.000001')}", f"{D('1E-10')}", f"{D('1.5'):10}|", f"{D(3):e}", f"{D('0.25'):%}", str(D("1E+20")), repr(D("-1.5")), D("1E+3").to_eng_string()
D(1) + 1.5
D("1.5") + "a"
localcontext(prec=5).__enter__().prec, (getcontext().divide(D(1), D(3)), setcontext(Context()))[0]
Context(prec=3).create_decimal("1.23456"), Context(rounding=ROUND_DOWN, prec=2).divide(D(2), D(3)), getcontext().prec, getcontext().rounding
""".strip().splitlines():
    check(line)
