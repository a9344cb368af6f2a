"""Decimals at the edges: counts of the smallest 64-bit integer, powers under a modulus in narrow contexts, NaNs in full ones."""
from decimal import Context, Decimal as D

c = Context(prec=10, traps=[])


def told(f, *args):
    c.clear_flags()
    result = f(*args)
    return str(result), sorted(k.__name__ for k, v in c.flags.items() if v)


for n in (-2**63, 2**63 - 1, 2**63, -2**64, -10, 10, 11):
    for f in (c.rotate, c.shift, c.scaleb):
        print(n, f.__name__, told(f, 123, n))

for limits in (dict(Emax=1), dict(Emax=1, clamp=1), dict(Emax=0, Emin=0), dict(Emax=10, Emin=0, clamp=1)):
    c = Context(prec=5, traps=[], **limits)
    for args in ((2, 10, 9999), (3, 0, 7), (10, 4, 3), (0, 5, 7), (5, 5, 5), (-3, 3, 1000), (D('1E50'), D('12345'), 3)):
        print(limits, args[2], told(c.power, *args))

for limits in (dict(prec=1, clamp=1), dict(prec=1), dict(prec=3, clamp=1)):
    c = Context(traps=[], **limits)
    for text in ('nan', 'nan0', 'nan1', 'snan', 'nan12', '-nan1234'):
        print(limits, text, told(c.create_decimal, text), told(c.create_decimal, D(text)), told(c.plus, D(text)))

try:
    D(10) * (1, 2)
except TypeError as e:
    print(e)
for name in ('nothing',):
    try:
        getattr(D, name)
    except AttributeError as e:
        print(e)
