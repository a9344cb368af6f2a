"""Random operations on decimals, to compare two implementations. As a program it prints what each of them gives, a line each:

    _decimals.py [SEED [COUNT [WHAT]]]

WHAT is a comma-separated list of "small", "medium", "large" and "edge" (how many digits, and whether near the limits of exponents).
Run it with CPython and with the interpreter under test, and compare the outputs.
"""
import random
import sys
from decimal import *

ROUNDINGS = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]
ONE = ["abs", "minus", "plus", "exp", "ln", "log10", "logb", "logical_invert", "next_minus", "next_plus", "normalize", "sqrt",
       "to_integral_exact", "to_integral_value", "number_class", "to_sci_string", "to_eng_string", "is_normal", "is_subnormal",
       "copy_abs", "copy_negate", "is_signed", "is_zero", "create_decimal", "_apply"]
TWO = ["add", "subtract", "multiply", "divide", "divide_int", "remainder", "remainder_near", "divmod", "power", "quantize",
       "compare", "compare_signal", "compare_total", "compare_total_mag", "copy_sign", "max", "max_mag", "min", "min_mag",
       "next_toward", "rotate", "shift", "scaleb", "same_quantum", "logical_and", "logical_or", "logical_xor"]
FREE = ["hash", "int", "float", "bool", "repr", "str", "as_tuple", "adjusted", "round", "format", "compare", "ratio"]


def digits(r, what):
    if what == "small":
        n = r.choice([1, 2, 3, 5, 8, 12, 17, 18, 19, 20])
    elif what == "large":
        n = r.choice([200, 500, 719, 720, 721, 1500, 3000])
    else:
        n = r.choice([1, 2, 9, 18, 19, 27, 28, 29, 35, 36, 37, 38, 39, 40, 54, 55, 72, 73, 90])
    kind = r.randrange(8)
    if kind == 0:
        return "9" * n
    if kind == 1:
        return "1" + "0" * (n - 1)
    if kind == 2:
        return "4" * (n - 1) + "5"
    if kind == 3:
        return "".join(r.choice("01") for _ in range(n))
    if kind == 4:
        head = "".join(r.choice("0123456789") for _ in range(n))
        k = r.randrange(n)
        return head[:k] + "5" + "0" * (n - k - 1)
    return "".join(r.choice("0123456789") for _ in range(n))


def number(r, what, ctx):
    kind = r.randrange(60)
    sign = r.choice(["", "", "-"])
    if kind == 0:
        return sign + r.choice(["Inf", "NaN", "sNaN", "NaN123", "sNaN5", "NaN" + "9" * 30])
    if kind == 1:
        return sign + "0E%d" % r.choice([0, 0, 5, -5, ctx.Emax, ctx.Emin, ctx.Etiny(), ctx.Emax + 5])
    if kind == 2:
        return sign + "1"
    if kind == 3:
        return sign + str(r.choice([0, 1, 2, 3, 5, 10, -1, 7, 100]))
    d = digits(r, what)
    if what == "edge":
        e = r.choice([ctx.Emax, ctx.Emin, ctx.Etiny(), ctx.Etop()]) + r.randint(-3 - len(d), 5)
    else:
        e = r.choice([0, 0, -2, -len(d), -len(d) + 1, r.randint(-30, 30), r.randint(-3, 3), r.randint(-120, 120)])
    return "%s%sE%d" % (sign, d, e)


def made(r, what, ctx):
    if ctx.Emax > 10**17 and what == "edge":
        return Decimal(r.choice([1, 15, 999]))
    try:
        return Decimal(number(r, what, ctx))
    except InvalidOperation:
        return Decimal("1.5")


def context(r, what):
    if what == "large":
        prec = r.choice([100, 300, 999, 2000])
    else:
        prec = r.choice([1, 2, 3, 5, 9, 16, 17, 18, 19, 28, 28, 28, 34, 35, 36, 37, 38, 39, 40, 60])
    emax = r.choice([1, 9, 99, 999, 999999, 999999, MAX_EMAX])
    emin = r.choice([0, -1, -9, -99, -999999, -999999, MIN_EMIN])
    if what == "edge":
        emax, emin = r.choice([(9, -9), (99, -99), (384, -383), (6144, -6143), (MAX_EMAX, MIN_EMIN), (0, 0)])
    c = Context(prec=prec, rounding=r.choice(ROUNDINGS), Emin=emin, Emax=emax, clamp=r.choice([0, 0, 0, 1]), capitals=r.choice([0, 1, 1]))
    c.clear_traps()
    return c


def shown(f):
    try:
        v = f()
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)
    if isinstance(v, float):
        return v.hex()
    if isinstance(v, tuple):
        return str([str(x) for x in v])
    return str(v)


def free(r, name, a, b):
    if name == "hash":
        return lambda: None if a.is_qnan() else hash(a)
    if name == "int":
        return lambda: int(a) if a.adjusted() < 5000 else None
    if name == "ratio":
        return lambda: a.as_integer_ratio() if abs(a.adjusted()) < 500 else None
    if name == "round":
        n = r.randint(-5, 30)
        return lambda: round(a, n)
    if name == "format":
        spec = r.choice(["", "<", ">", "=", "^", "*^", "0"][:6]) + r.choice(["", "+", " ", "-"]) + r.choice(["", "", "z"]) + r.choice(["", "", "#"]) + \
            r.choice(["", "", "30", "7", "012"]) + r.choice(["", "", ",", "_"]) + r.choice(["", "", ".%d" % r.randint(0, 12)]) + \
            r.choice(["", "e", "E", "f", "F", "g", "G", "%", "n"])
        return lambda: (spec, format(a, spec)) if abs(a.adjusted()) < 500 else None
    if name == "compare":
        return lambda: [a < b, a <= b, a == b, a != b, a > b, a >= b]
    return lambda: getattr(a, name)() if hasattr(a, name) else {"float": float, "bool": bool, "repr": repr, "str": str}[name](a)


def lines(seed, count, kinds):
    """Yields what `count` operations give."""
    sys.set_int_max_str_digits(0)
    r = random.Random(seed)
    for i in range(count):
        what = r.choice(kinds)
        c = context(r, what)
        a, b, d = (made(r, what, c) for _ in range(3))
        if c.Emax > 10**17 and what == "edge":
            wide = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
            a, b = (x.scaleb(r.choice([MAX_EMAX - 3, MIN_EMIN, 0, 5]), wide) for x in (a, b))
        kind = r.randrange(10)
        if kind < 3:
            name = r.choice(ONE)
            if name == "exp" and a.adjusted() > 20 and not c.prec < 100:
                continue
            f = lambda: getattr(c, name)(a)
            text = "%s(%s)" % (name, a)
        elif kind < 8:
            name = r.choice(TWO)
            if name in ("rotate", "shift", "scaleb"):
                b = Decimal(r.randint(-c.prec - 2, c.prec + 2))
            if name == "power" and r.random() < 0.7:
                b = Decimal(r.choice([r.randint(-30, 30), "0.5", "-1.5", 2, 3, 100, 1000, "2.00", "1E2"]))
            if name == "quantize" and r.random() < 0.7 and a.is_finite():
                b = Decimal((0, (1,), max(min(a.as_tuple().exponent + r.randint(-20, 30), 10**6), -10**6)))
            f = lambda: getattr(c, name)(a, b)
            text = "%s(%s, %s)" % (name, a, b)
        elif kind == 8:
            f = lambda: c.fma(a, b, d)
            text = "fma(%s, %s, %s)" % (a, b, d)
        else:
            name = r.choice(FREE)
            f = free(r, name, a, b)
            text = "%s(%s)" % (name, a)
        with localcontext(c) as c:
            got = shown(f)
            flags = [k.__name__ for k, v in c.flags.items() if v]
            yield f"{i} {c.prec} {c.rounding} {c.Emin} {c.Emax} {c.clamp} {text} -> {got} {flags}"


def main(seed="0", count="1000", kinds="small,medium,edge"):
    for line in lines(int(seed), int(count), kinds.split(",")):
        print(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
