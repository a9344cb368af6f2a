# fractions, statistics, numbers.
from fractions import Fraction as F
import statistics as st
import numbers


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
F(1, 2), F(6, 4), F(-3, -6), F("3/4"), F("1.25"), F(" -2/6 "), F(0.5), F(3), F("1e3"), F(F(1, 3)), F.from_float(0.1), F.from_decimal if False else 0, F(0.1).limit_denominator(10), F(numerator=1, denominator=3)
F(1, 0)
F("x")
F(1.5, 2)
F(1, 2) + F(1, 3), F(1, 2) - 1, F(1, 2) * F(2, 3), F(1, 2) / F(1, 4), F(7, 2) // 1, F(7, 2) % 1, F(1, 2) ** 2, F(4, 9) ** -1, F(4) ** F(1, 2), 2 ** F(3), -F(1, 2), abs(F(-1, 2)), divmod(F(7, 2), F(1, 2)), +F(1, 3)
F(1, 2) + 0.5, 1 + F(1, 2), 0.5 * F(1, 2), F(1, 2) + 1j, F(1, 2) == 0.5, F(1, 2) < F(2, 3), F(1, 2) > 0.4, F(1) == 1, hash(F(1, 2)) == hash(0.5), hash(F(3)) == hash(3)
F(1, 2) < 1j
round(F(7, 2)), round(F(5, 2)), round(F(22, 7), 2), int(F(7, 2)), float(F(1, 3)), F(7, 2).__floor__(), F(7, 2).__ceil__(), F(-7, 2).__trunc__(), bool(F(0)), str(F(3)), repr(F(1, 2)), F(1, 2).as_integer_ratio(), F(1, 2).numerator, F(4, 2).is_integer()
f"{F(1, 3):.3f}", f"{F(1, 2)}", f"{F(10, 3):>10}", f"{F(1, 3):.2e}", f"{F(1234567, 10):,.1f}", f"{F(1, 2):.0%}"
sum([F(1, 3)] * 3), max(F(1, 2), F(2, 3)), sorted([F(1, 2), F(1, 3)]), F(10**30, 3)
isinstance(F(1), numbers.Rational), isinstance(1, numbers.Integral), isinstance(1.5, numbers.Real), isinstance(1j, numbers.Complex), isinstance("a", numbers.Number), isinstance(True, numbers.Integral)
st.mean([1, 2, 3, 4]), st.mean([1.5, 2.5]), st.mean([F(1, 2), F(1, 3)]), st.fmean([1, 2]), st.fmean([1, 2], weights=[3, 1]), st.geometric_mean([1, 100]), st.harmonic_mean([40, 60]), st.median([3, 1, 2]), st.median([1, 2, 3, 4]), st.median_low([1, 2, 3, 4]), st.median_high([1, 2, 3, 4]), st.median_grouped([1, 2, 2, 3])
st.mode([1, 2, 2]), st.mode("abb"), st.multimode([1, 1, 2, 2]), st.pstdev([1, 2, 3, 4]), st.stdev([1, 2, 3, 4]), st.pvariance([1, 2, 3, 4]), st.variance([1, 2, 3, 4]), st.variance([F(1), F(2)]), st.quantiles([1, 2, 3, 4, 5], n=4), st.quantiles(range(10), n=5, method="inclusive")
st.mean([])
st.median([])
st.stdev([1])
st.mode([])
st.harmonic_mean([-1])
st.covariance([1, 2, 3], [1, 2, 4]), st.correlation([1, 2, 3], [3, 2, 1]), st.linear_regression([1, 2, 3], [2, 4, 6.5]), st.fmean(range(100))
st.correlation([1], [1])
(n := st.NormalDist(100, 15)).pdf(100), n.cdf(115), n.inv_cdf(0.5), n.zscore(130), n.mean, n + 5, n.overlap(st.NormalDist(110, 15)), n.quantiles(4), st.NormalDist.from_samples([1, 2, 3, 4])
st.kde([1, 2, 3], h=1)(2) > 0
""".strip().splitlines():
    check(line)
