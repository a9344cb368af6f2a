# Exponents and precisions that no memory could hold written out.
from decimal import *


def check(source):
    try:
        shown = repr(eval(source, globals()))
    except Exception as e:
        shown = type(e).__name__ + ": " + str(e)
    print(source, "=>", shown[:200])


big, tiny = Decimal("1e999999999999999999"), Decimal("1e-999999999999999999")
wide = Context(prec=28, Emax=MAX_EMAX, Emin=MIN_EMIN)
whole = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
for line in """
Decimal("1e999999999") + 1
Decimal("1e999999999") - Decimal("1e-999999999")
wide.add(big, tiny)
wide.subtract(big, 1)
wide.multiply(big, tiny)
wide.divide(tiny, big)
wide.divide(big, 3)
wide.fma(big, 1, tiny)
wide.sqrt(big)
wide.exp(tiny), wide.exp(-tiny)
wide.ln(big), wide.ln(tiny), wide.log10(big)
wide.exp(big)
wide.exp(-big)
wide.power(10, 10**17)
wide.power(Decimal("1.5"), big)
wide.power(Decimal("0.5"), big)
wide.power(big, Decimal("0.5"))
wide.remainder(big, 3)
wide.remainder(3, big)
wide.divide_int(big, 7)
wide.quantize(big, 1)
wide.scaleb(1, 10**18)
wide.logb(big)
wide.normalize(Decimal("1000e999999999999999990"))
big > tiny, big == tiny, big > 10**300, Decimal("1e400") > 1e308, big > 1e308, tiny < 5e-324, max(big, tiny)
float(big), float(tiny), float(-big)
hash(big), hash(tiny)
int(tiny), round(tiny), bool(tiny)
int(big)
round(big)
int(Decimal("1e1000000000000"))
format(big, "e"), format(big, ".3g"), format(tiny, ".2f")
format(big, "f")
format(tiny, "f")
format(Decimal(1), ".999999999999999f")
whole.divide(1, 3)
whole.sqrt(2)
whole.next_minus(Decimal("inf"))
whole.logical_invert(1)
whole.add(Decimal("1e999999999999"), 1)
whole.add(Decimal("1e100"), 1) == Decimal(10) ** 100 + 1
whole.multiply(Decimal("1e100"), 3), whole.add(5, 7)
Context(prec=10**9, rounding=ROUND_DOWN, Emax=5, Emin=-5).quantize(1, Decimal("1e-100000000000"))
Decimal((0, (1,), 10**18))
Decimal((0, (1,), -2 * 10**18))
Decimal("1e-1999999999999999997"), Decimal("9.9e999999999999999999")
""".strip().splitlines():
    check(line)
digits = Decimal(7) ** 3000
with localcontext(prec=4000):
    n = Decimal(7) ** 3000
    print(n == 7**3000, int(n) == 7**3000, Decimal(7**3000) == n, n.sqrt() ** 2 == n, (n * n).sqrt() == n, n % 1000, hash(n) == hash(7**3000))
    print(str(n)[-40:], str(Decimal(2).sqrt())[:50], str(Decimal(2).sqrt())[-20:], str(Decimal(2).ln())[-20:], str(Decimal(1).exp())[-20:])
