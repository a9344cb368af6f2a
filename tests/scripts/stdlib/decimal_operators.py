# Operators on decimals, and with ints on either side, under small contexts: results and flags.
import operator
import random
from decimal import *

r = random.Random(5)
ONE = [operator.neg, operator.pos, abs, int, float, bool, hash, round, str, lambda a: round(a, 2), lambda a: round(a, -1)]
TWO = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, divmod, operator.pow, operator.lt, operator.eq]
ROUNDINGS = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]
SPECIAL = ["0", "-0", "0E5", "-0E-5", "NaN", "-sNaN2", "Infinity", "-Infinity", "1E20", "1E-20", "5E-1", "-25E-1"]


def number():
    if r.random() < 0.2:
        return Decimal(r.choice(SPECIAL))
    return Decimal((r.randrange(2), tuple(r.randrange(10) for _ in range(r.choice([1, 2, 4, 9, 18, 19, 30, 36, 37, 45]))), r.randint(-12, 4)))


def shown(f, *args):
    try:
        return str(f(*args))
    except Exception as e:
        return f"{type(e).__name__}: {e}"


for i in range(1200):
    c = Context(prec=r.choice([1, 3, 9, 19, 28, 38]), rounding=r.choice(ROUNDINGS), Emin=r.choice([-5, -999999]), Emax=r.choice([9, 999999]), traps=[])
    with localcontext(c) as c:
        a = number()
        if i % 3 == 0:
            f = r.choice(ONE)
            got = "a number" if f is hash and a.is_qnan() else shown(f, a)
        else:
            b = r.choice([number(), number(), r.randint(-12, 12), 10**r.randrange(25)])
            f = r.choice(TWO)
            if f is operator.pow:
                b = r.choice([-2, 0, 1, 2, 3, Decimal("0.5"), Decimal(7)])
            got = shown(f, *r.choice([(a, b), (b, a)]) if f is not operator.pow else (a, b))
        print(i, getattr(f, "__name__", f), a, got, [k.__name__ for k, v in c.flags.items() if v])
