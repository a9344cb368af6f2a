# math: every function, special values, errors.
import math
from math import *

nan2 = float("nan")


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
pi, e, tau, inf, nan, -inf
sqrt(16), sqrt(2), round(cbrt(27), 9), isqrt(17), isqrt(10**40), hypot(3, 4), hypot(1, 2, 3), hypot(), dist([0, 0], [3, 4])
sqrt(-1)
isqrt(-1)
isqrt(2.0)
sin(1), cos(1), tan(1), asin(1), acos(0.5), atan(1), atan2(1, -1), sinh(1), cosh(1), tanh(1), asinh(1), acosh(2), atanh(0.5)
asin(2)
acosh(0.5)
atanh(1)
exp(1), exp2(10), expm1(1e-10), log(10), log(8, 2), log2(1024), log10(1000), log1p(1e-10), log(10**400), log2(2**2000), log10(10**500)
log(0)
log(-1)
log(10, 1)
exp(1000)
pow(2, 0.5), pow(0, 0), pow(-8, 3), pow(inf, 0), pow(1, nan)
pow(-1, 0.5)
pow(0, -1)
pow(10, 400)
floor(2.7), floor(-2.7), ceil(2.1), ceil(-2.1), trunc(-2.9), floor(10**30), ceil(1e20), floor(2), trunc(5)
floor(nan)
ceil(inf)
floor("a")
fabs(-2), fmod(7, 3), fmod(-7, 3), remainder(7, 3), remainder(8, 3), modf(3.7), modf(-0.5), modf(inf), frexp(8.5), frexp(0), ldexp(0.5, 5), ldexp(1, -1075)
fmod(1, 0)
fmod(inf, 1)
remainder(1, 0)
ldexp(1, 5000)
copysign(1, -0.0), copysign(-3, 1), isnan(nan), isinf(-inf), isfinite(1), isfinite(nan), isclose(0.1 + 0.2, 0.3), isclose(1, 1.1), isclose(1, 1.1, rel_tol=0.2), isclose(0, 1e-10, abs_tol=1e-9), isclose(inf, inf)
isclose(1, 1, rel_tol=-1)
nextafter(1, 2), nextafter(0, 1), nextafter(1, 2, steps=3), ulp(1), ulp(0), ulp(inf)
factorial(0), factorial(5), factorial(20), factorial(30), comb(5, 2), comb(50, 25), comb(3, 5), perm(5, 2), perm(5), perm(3, 5)
factorial(-1)
factorial(2.5)
comb(-1, 2)
gcd(12, 18), gcd(0, 5), gcd(), gcd(-4, 6), gcd(12, 18, 27), gcd(10**30, 6**20), lcm(4, 6), lcm(), lcm(0, 3), lcm(2, 3, 4)
gcd(1.5, 2)
fsum([0.1] * 10), fsum([1e100, 1, -1e100]), fsum([]), fsum([inf, 1]), sum([0.1] * 10), prod([1, 2, 3]), prod([]), prod([2.5, 2], start=3), sumprod([1, 2], [3, 4]), sumprod([0.1] * 3, [10] * 3)
fsum([inf, -inf])
fsum(["a"])
sumprod([1], [1, 2])
gamma(5), gamma(0.5), lgamma(10), erf(1), erfc(1), erf(0), gamma(171)
gamma(0)
gamma(-1)
gamma(172)
degrees(pi), radians(180), degrees(1), fma(2, 3, 4), fma(0.1, 10, -1)
sin("a")
sin()
sqrt(10**400)
math.floor(type("F", (), {"__floor__": lambda s: "custom"})()), math.ceil(type("F", (), {"__ceil__": lambda s: 5})()), sqrt(type("F", (), {"__float__": lambda s: 4.0})())
""".strip().splitlines():
    check(line)
