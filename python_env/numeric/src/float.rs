//! Arithmetic and conversions of `float` beyond what the processor does.

use crate::hash::{self, MODULUS};
use num_bigint::BigInt;
use std::fmt;

/// Why an operation on floats failed, with the exception that it means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FloatError {
    /// `ZeroDivisionError`: division.
    DivisionByZero,
    /// `ZeroDivisionError`: zero to a negative power.
    ZeroToNegative,
    /// `OverflowError`.
    Overflow,
    /// Not an error: the result is complex.
    NeedsComplex,
    /// `OverflowError`: infinity as an integer or ratio.
    Infinity,
    /// `ValueError`: NaN as an integer or ratio.
    Nan,
}

impl fmt::Display for FloatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FloatError::DivisionByZero => "division by zero",
            FloatError::ZeroToNegative => "zero to a negative power",
            FloatError::Overflow => "(34, 'Numerical result out of range')",
            FloatError::NeedsComplex => "the result is complex",
            FloatError::Infinity => "cannot convert float infinity to integer",
            FloatError::Nan => "cannot convert float NaN to integer",
        })
    }
}

/// `a / b`.
#[inline]
pub fn div(a: f64, b: f64) -> Result<f64, FloatError> {
    if b == 0.0 { Err(FloatError::DivisionByZero) } else { Ok(a / b) }
}

/// `(a // b, a % b)`; the remainder has the divisor's sign.
pub fn divmod(a: f64, b: f64) -> Result<(f64, f64), FloatError> {
    if b == 0.0 {
        return Err(FloatError::DivisionByZero);
    }
    let mut rem = a % b;
    let mut div = (a - rem) / b;
    if rem != 0.0 {
        if (b < 0.0) != (rem < 0.0) {
            rem += b;
            div -= 1.0;
        }
    } else {
        rem = 0.0f64.copysign(b);
    }
    let floor = if div != 0.0 {
        let f = div.floor();
        if div - f > 0.5 { f + 1.0 } else { f }
    } else {
        0.0f64.copysign(a / b)
    };
    Ok((floor, rem))
}

/// `a // b`.
#[inline]
pub fn floor_div(a: f64, b: f64) -> Result<f64, FloatError> {
    divmod(a, b).map(|(q, _)| q)
}

/// `a % b`.
pub fn modulo(a: f64, b: f64) -> Result<f64, FloatError> {
    if b == 0.0 {
        return Err(FloatError::DivisionByZero);
    }
    let rem = a % b;
    Ok(if rem == 0.0 {
        0.0f64.copysign(b)
    } else if (b < 0.0) != (rem < 0.0) {
        rem + b
    } else {
        rem
    })
}

/// `a ** b`.
pub fn pow(a: f64, b: f64) -> Result<f64, FloatError> {
    if b == 0.0 || a == 1.0 {
        return Ok(1.0);
    }
    if a.is_nan() || b.is_nan() {
        return Ok(f64::NAN);
    }
    let odd = |x: f64| (x.abs() % 2.0) == 1.0;
    if b.is_infinite() {
        let m = a.abs();
        return Ok(if m == 1.0 {
            1.0
        } else if (b > 0.0) == (m > 1.0) {
            f64::INFINITY
        } else {
            0.0
        });
    }
    if a.is_infinite() {
        return Ok(match (b > 0.0, odd(b)) {
            (true, true) => a,
            (true, false) => f64::INFINITY,
            (false, true) => 0.0f64.copysign(a),
            (false, false) => 0.0,
        });
    }
    if a == 0.0 {
        if b < 0.0 {
            return Err(FloatError::ZeroToNegative);
        }
        return Ok(if odd(b) { a } else { 0.0 });
    }
    if a < 0.0 && b != b.floor() {
        return Err(FloatError::NeedsComplex);
    }
    let r = a.powf(b);
    if r.is_infinite() { Err(FloatError::Overflow) } else { Ok(r) }
}

/// `float.is_integer`.
pub fn is_integer(v: f64) -> bool {
    v.is_finite() && v == v.floor()
}

/// `hash(float)` of anything but NaN (which hashes by identity).
pub fn hash(v: f64) -> i64 {
    if v.is_infinite() {
        return if v > 0.0 { hash::INF } else { -hash::INF };
    }
    if v == v.trunc() && v.abs() < 9.2e18 {
        return crate::int::hash_i64(v as i64);
    }
    let (mut m, mut e) = frexp(v.abs());
    let mut x: u64 = 0;
    while m != 0.0 {
        x = (x << 28 & MODULUS) | x >> (61 - 28);
        m *= 268_435_456.0;
        e -= 28;
        let y = m as u64;
        m -= y as f64;
        x += y;
        if x >= MODULUS {
            x -= MODULUS;
        }
    }
    let e = e.rem_euclid(61) as u32;
    x = (x << e & MODULUS) | x.checked_shr(61 - e).unwrap_or(0);
    let h = if v < 0.0 { -(x as i64) } else { x as i64 };
    if h == -1 { -2 } else { h }
}

/// `math.frexp`: mantissa in `[0.5, 1)` and exponent.
pub fn frexp(v: f64) -> (f64, i32) {
    if v == 0.0 || !v.is_finite() { (v, 0) } else { libm::frexp(v) }
}

/// The integer that `v` truncates to.
pub fn to_bigint(v: f64) -> Result<BigInt, FloatError> {
    if v.is_nan() {
        return Err(FloatError::Nan);
    }
    if v.is_infinite() {
        return Err(FloatError::Infinity);
    }
    if v.abs() < 9.2e18 {
        return Ok(BigInt::from(v as i64));
    }
    // Beyond 2^63 every float is an integer.
    let (m, e) = frexp(v);
    let mantissa = (m * 9_007_199_254_740_992.0) as i64;
    Ok(BigInt::from(mantissa) << (e - 53))
}

/// `float.as_integer_ratio`.
pub fn as_integer_ratio(v: f64) -> Result<(BigInt, BigInt), FloatError> {
    if v.is_nan() {
        return Err(FloatError::Nan);
    }
    if v.is_infinite() {
        return Err(FloatError::Infinity);
    }
    let (mut m, mut e) = frexp(v);
    while m != m.floor() {
        m *= 2.0;
        e -= 1;
    }
    let num = BigInt::from(m as i64);
    Ok(if e >= 0 { (num << e, BigInt::from(1)) } else { (num, BigInt::from(1) << -e) })
}

/// `round(v, ndigits)`: correctly rounded, half to even.
pub fn round(v: f64, ndigits: i64) -> Result<f64, FloatError> {
    if v == 0.0 || !v.is_finite() || ndigits > 323 {
        return Ok(v);
    }
    if ndigits < -308 {
        return Ok(0.0 * v);
    }
    if ndigits == 0 {
        return Ok(v.round_ties_even());
    }
    let text = if ndigits > 0 {
        format!("{v:.*}", ndigits as usize)
    } else {
        // Round the exact integer part's decimal digits by hand; the fraction only breaks ties.
        let exact = format!("{:.1100}", v.abs());
        let (int, frac) = exact.split_once('.').unwrap_or((&exact, ""));
        let drop = (-ndigits) as usize;
        let padded = format!("{int:0>width$}", width = drop + 1);
        let (keep, rest) = padded.split_at(padded.len() - drop);
        let half = format!("5{}", "0".repeat(drop - 1));
        let zero_frac = frac.bytes().all(|b| b == b'0');
        let odd = keep.bytes().last().is_some_and(|b| b & 1 == 1);
        let up = match rest.cmp(half.as_str()) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => !zero_frac || odd,
        };
        let mut digits: Vec<u8> = keep.bytes().collect();
        if up {
            let mut i = digits.len();
            loop {
                if i == 0 {
                    digits.insert(0, b'1');
                    break;
                }
                i -= 1;
                if digits[i] == b'9' {
                    digits[i] = b'0';
                } else {
                    digits[i] += 1;
                    break;
                }
            }
        }
        let sign = if v < 0.0 { "-" } else { "" };
        let body: String = digits.into_iter().map(char::from).collect();
        format!("{sign}{body}e{drop}")
    };
    let r: f64 = text.parse().unwrap_or(v);
    if r.is_infinite() { Err(FloatError::Overflow) } else { Ok(r) }
}

/// The next float from `a` towards `b`.
pub fn nextafter(a: f64, b: f64) -> f64 {
    libm::nextafter(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division() {
        assert_eq!(divmod(-7.0, 2.0), Ok((-4.0, 1.0)));
        assert_eq!(modulo(-1e-100, 3.0), Ok(3.0));
        assert_eq!(divmod(7.0, -2.0), Ok((-4.0, -1.0)));
        assert!(modulo(-4.0, 2.0).unwrap().is_sign_positive());
        assert_eq!(div(1.0, 0.0), Err(FloatError::DivisionByZero));
    }

    #[test]
    fn powers() {
        assert_eq!(pow(-8.0, 1.0 / 3.0), Err(FloatError::NeedsComplex));
        assert_eq!(pow(0.0, -1.0), Err(FloatError::ZeroToNegative));
        assert_eq!(pow(10.0, 400.0), Err(FloatError::Overflow));
        assert_eq!(pow(-1.0, f64::INFINITY), Ok(1.0));
        assert_eq!(pow(f64::NEG_INFINITY, -3.0).map(f64::is_sign_negative), Ok(true));
    }

    #[test]
    fn hashes() {
        for (v, h) in [
            (0.5, 1152921504606846976),
            (1.5, 1152921504606846977),
            (-1.0, -2),
            (1e300, 1224995262755759164),
            (2.75, 1729382256910270466),
            (f64::INFINITY, 314159),
            (5e-324, 16777216),
        ] {
            assert_eq!(hash(v), h, "{v}");
        }
    }

    #[test]
    fn rounding() {
        for (v, n, r) in [
            (2.675, 2, 2.67),
            (0.5, 0, 0.0),
            (1.5, 0, 2.0),
            (1234.5, -2, 1200.0),
            (1250.0, -2, 1200.0),
            (1350.0, -2, 1400.0),
            (1250.5, -2, 1300.0),
            (999.0, -3, 1000.0),
            (5.0, -1, 0.0),
            (15.0, -1, 20.0),
            (1e22, -1, 1e22),
        ] {
            assert_eq!(round(v, n), Ok(r), "{v} {n}");
        }
        assert_eq!(round(1.7e308, -308), Err(FloatError::Overflow));
        assert_eq!(as_integer_ratio(0.75), Ok((BigInt::from(3), BigInt::from(4))));
        assert_eq!(to_bigint(1e20), Ok("100000000000000000000".parse().unwrap()));
    }
}
