# The widest context is how programs ask for exact results: what is exact is given, what is not would not fit any memory.
import decimal
from decimal import Decimal as D

wide = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, traps=[decimal.Inexact])
with decimal.localcontext(wide):
    for act in (
        lambda: D(3) / D(8), lambda: D(8) / D(2), lambda: D("1e400") / D(2) ** 200, lambda: D(7) / D(5) ** 90, lambda: D(256) ** -1, lambda: D(2) ** -300,
        lambda: D(4).sqrt(), lambda: D("0.0625").sqrt(), lambda: D(10**60).sqrt(), lambda: (D(12345678901234567890) ** 2).sqrt(), lambda: D("1e7").sqrt(),
        lambda: divmod(D(10**40 + 7), D(256)), lambda: D(10**40) // D(7), lambda: D(10**40) % D(7), lambda: D(1) / D(3), lambda: D(2).sqrt(), lambda: D(3) ** -2,
        lambda: D("1.50") / D("0.5"), lambda: D(-1) / D(1024), lambda: D(0) / D(3), lambda: D(5) + D("1e-40"),
    ):
        try:
            print(act())
        except (MemoryError, decimal.DecimalException) as e:
            print(type(e).__name__)
