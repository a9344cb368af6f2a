//! Inverse hyperbolic functions, correctly rounded (as the C library has them since glibc 2.43).
//!
//! They are evaluated with pairs of floats, about 100 bits, and rounded once.

use crate::sums::{fast_two_sum, two_product, two_sum};

/// An unevaluated sum of two floats; the second is at most half an ulp of the first.
#[derive(Clone, Copy)]
struct Pair(f64, f64);

/// The natural logarithm of 2.
const LN2: Pair = Pair(std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);
/// Up to here the series of `atanh` is used directly: `(sqrt(2) - 1) / (sqrt(2) + 1)`.
const SERIES_END: f64 = 0.171_572_875_253_809_9;
/// Below, `x - x^3/6` rounds to `x`.
const TINY: f64 = 7.450_580_596_923_828e-9;
/// Above, `1 / x^2` does not count.
const HUGE: f64 = 1_152_921_504_606_846_976.0;

impl Pair {
    fn sum(a: f64, b: f64) -> Pair {
        let (hi, lo) = two_sum(a, b);
        Pair(hi, lo)
    }

    fn product(a: f64, b: f64) -> Pair {
        let (hi, lo) = two_product(a, b);
        Pair(hi, lo)
    }

    fn plus(self, o: Pair) -> Pair {
        let (hi, e) = two_sum(self.0, o.0);
        let (lo, f) = two_sum(self.1, o.1);
        let (hi, e) = fast_two_sum(hi, e + lo);
        let (hi, lo) = fast_two_sum(hi, e + f);
        Pair(hi, lo)
    }

    fn times(self, o: Pair) -> Pair {
        let (hi, lo) = two_product(self.0, o.0);
        let (hi, lo) = fast_two_sum(hi, lo + (self.0 * o.1 + self.1 * o.0));
        Pair(hi, lo)
    }

    fn over(self, o: Pair) -> Pair {
        let q = self.0 / o.0;
        let rest = self.plus(o.times(Pair(-q, 0.0)));
        let q2 = rest.0 / o.0;
        let rest = rest.plus(o.times(Pair(-q2, 0.0)));
        let (hi, lo) = fast_two_sum(q, q2);
        Pair(hi, lo).plus(Pair(rest.0 / o.0, 0.0))
    }

    fn sqrt(self) -> Pair {
        let r = self.0.sqrt();
        let rest = self.plus(Pair::product(-r, r));
        let (hi, lo) = fast_two_sum(r, rest.0 / (2.0 * r));
        // One more step of Newton's method: the first quotient has 53 bits only.
        let rest = self.plus(Pair(-hi, -lo).times(Pair(hi, lo)));
        Pair(hi, lo).plus(Pair(rest.0 / (2.0 * hi), 0.0))
    }

    /// `x + x^3/3 + x^5/5 + ...` for `|x| <= SERIES_END`.
    fn atanh_series(self) -> Pair {
        let z = self.times(self);
        // The square is below 2^-5: the last ten terms count in the low half only.
        let tail = (11..=21).rev().fold(0.0, |sum, k| sum * z.0 + 1.0 / f64::from(2 * k + 1));
        let head = (0..=10).rev().fold(Pair(tail, 0.0), |sum, k| {
            let term = Pair(1.0, 0.0).over(Pair(f64::from(2 * k + 1), 0.0));
            sum.times(z).plus(term)
        });
        self.times(head)
    }

    /// The natural logarithm of a number above 1.
    fn ln(self) -> Pair {
        let (mut m, mut k) = libm::frexp(self.0);
        if m < std::f64::consts::FRAC_1_SQRT_2 {
            m *= 2.0;
            k -= 1;
        }
        let m = Pair(m, libm::ldexp(self.1, -k));
        let s = m.plus(Pair(-1.0, 0.0)).over(m.plus(Pair(1.0, 0.0)));
        let log = s.atanh_series();
        LN2.times(Pair(f64::from(k), 0.0)).plus(Pair(2.0 * log.0, 2.0 * log.1))
    }

    fn round(self) -> f64 {
        self.0 + self.1
    }
}

/// `atanh(x)`; NaN outside of -1 to 1.
pub fn atanh(x: f64) -> f64 {
    let a = x.abs();
    if a < TINY || a.is_nan() {
        return x;
    }
    if a >= 1.0 {
        return if a == 1.0 { f64::INFINITY.copysign(x) } else { f64::NAN };
    }
    let r = if a <= SERIES_END {
        Pair(a, 0.0).atanh_series().round()
    } else {
        0.5 * Pair::sum(1.0, a).over(Pair::sum(1.0, -a)).ln().round()
    };
    r.copysign(x)
}

/// `asinh(x)`
pub fn asinh(x: f64) -> f64 {
    let a = x.abs();
    if a < TINY || !a.is_finite() {
        return x;
    }
    if a > HUGE {
        return log_of_double(a).copysign(x);
    }
    let x_pair = Pair(a, 0.0);
    let root = Pair::product(a, a).plus(Pair(1.0, 0.0)).sqrt();
    of_parts(x_pair, root, x_pair.plus(root)).copysign(x)
}

/// `acosh(x)`; NaN below 1.
pub fn acosh(x: f64) -> f64 {
    if x.is_nan() || x < 1.0 {
        return f64::NAN;
    }
    if x == 1.0 || x.is_infinite() {
        return if x == 1.0 { 0.0 } else { x };
    }
    if x > HUGE {
        return log_of_double(x);
    }
    let root = Pair::sum(x, -1.0).times(Pair::sum(x, 1.0)).sqrt();
    of_parts(root, Pair(x, 0.0), Pair(x, 0.0).plus(root))
}

/// `atanh(sinh / cosh)` while that is small, else `ln(sinh + cosh)`.
fn of_parts(sinh: Pair, cosh: Pair, sum: Pair) -> f64 {
    if sinh.0 <= SERIES_END * cosh.0 { sinh.over(cosh).atanh_series().round() } else { sum.ln().round() }
}

/// `ln(2 * x)`, also where the double is not a float.
fn log_of_double(x: f64) -> f64 {
    Pair(x, 0.0).ln().plus(LN2).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_correctly() {
        // Computed with 60 decimal digits.
        assert_eq!(acosh(2.0), 1.3169578969248168);
        assert_eq!(atanh(0.5), 0.5493061443340549);
        assert_eq!(asinh(1.0), 0.881373587019543);
        assert_eq!(acosh(1.0), 0.0);
        assert_eq!(asinh(-0.0).to_bits(), (-0.0f64).to_bits());
        assert_eq!(atanh(1.0), f64::INFINITY);
        assert!(atanh(1.5).is_nan() && acosh(0.5).is_nan() && asinh(f64::NAN).is_nan());
        assert_eq!(acosh(1.7976931348623157e308), 710.475860073944);
        assert_eq!(asinh(f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert_eq!(asinh(5e-324), 5e-324);
    }
}
