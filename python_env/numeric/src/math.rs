//! The functions of the `math` module, with CPython's choice between domain and range errors.

use crate::hyperbolic;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

/// Why a function has no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MathError {
    /// `ValueError`: "math domain error" or a more precise message of the caller.
    Domain,
    /// `OverflowError`: "math range error".
    Range,
}

impl std::fmt::Display for MathError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            MathError::Domain => "math domain error",
            MathError::Range => "math range error",
        })
    }
}

/// The message of a domain error of `math.function(x)`, which for many functions says what is expected.
pub fn domain_message(function: &str, x: f64) -> String {
    let expected = match function {
        "acos" | "asin" => "expected a number in range from -1 up to 1",
        "acosh" => "expected argument value not less than 1",
        "atanh" => "expected a number between -1 and 1",
        "cos" | "sin" | "tan" => "expected a finite input",
        "gamma" | "lgamma" => "expected a noninteger or positive integer",
        "log" | "log2" | "log10" => "expected a positive input",
        "log1p" => "expected argument value > -1",
        "sqrt" => "expected a nonnegative input",
        _ => return MathError::Domain.to_string(),
    };
    format!("{expected}, got {}", crate::floatfmt::repr(x))
}

/// Result of most functions here.
pub type R = Result<f64, MathError>;

/// The common rule: NaN from a number is a domain error; infinity from a finite one is a range error where the function
/// can overflow, else a domain error.
fn check(x: f64, r: f64, can_overflow: bool) -> R {
    if r.is_nan() && !x.is_nan() {
        return Err(MathError::Domain);
    }
    if r.is_infinite() && x.is_finite() {
        return Err(if can_overflow { MathError::Range } else { MathError::Domain });
    }
    Ok(r)
}

macro_rules! checked {
    ($($(#[$doc:meta])* $name:ident, $overflow:expr, $f:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name(x: f64) -> R {
            let f: fn(f64) -> f64 = $f;
            check(x, f(x), $overflow)
        }
    )*};
}

checked! {
    /// `math.acos`
    acos, false, f64::acos;
    /// `math.acosh`
    acosh, false, hyperbolic::acosh;
    /// `math.asin`
    asin, false, f64::asin;
    /// `math.asinh`
    asinh, false, hyperbolic::asinh;
    /// `math.atan`
    atan, false, f64::atan;
    /// `math.atanh`
    atanh, false, hyperbolic::atanh;
    /// `math.cbrt`
    cbrt, false, f64::cbrt;
    /// `math.cos`
    cos, false, f64::cos;
    /// `math.cosh`
    cosh, true, f64::cosh;
    /// `math.erf`
    erf, false, libm::erf;
    /// `math.erfc`
    erfc, false, libm::erfc;
    /// `math.exp`
    exp, true, f64::exp;
    /// `math.exp2`
    exp2, true, f64::exp2;
    /// `math.expm1`
    expm1, true, f64::exp_m1;
    /// `math.log1p`
    log1p, false, f64::ln_1p;
    /// `math.sin`
    sin, false, f64::sin;
    /// `math.sinh`
    sinh, true, f64::sinh;
    /// `math.sqrt`
    sqrt, false, f64::sqrt;
    /// `math.tan`
    tan, false, f64::tan;
    /// `math.tanh`
    tanh, false, f64::tanh;
}

/// Natural logarithm; zero and negative numbers are domain errors.
pub fn ln(x: f64) -> R {
    log_with(x, f64::ln)
}

/// `math.log2`
pub fn log2(x: f64) -> R {
    log_with(x, f64::log2)
}

/// `math.log10`
pub fn log10(x: f64) -> R {
    log_with(x, f64::log10)
}

fn log_with(x: f64, f: fn(f64) -> f64) -> R {
    if x.is_nan() || x == f64::INFINITY {
        return Ok(x);
    }
    if x <= 0.0 { Err(MathError::Domain) } else { Ok(f(x)) }
}

/// A logarithm of an integer of any size.
pub fn log_int(x: &BigInt, f: fn(f64) -> R) -> R {
    if !x.is_positive() {
        return Err(MathError::Domain);
    }
    let bits = x.bits();
    if bits <= 1000 {
        return f(crate::int::to_f64(x).unwrap_or(f64::INFINITY));
    }
    // x = m * 2^e with m in [0.5, 1)
    let shift = bits - 64;
    let m = (x >> shift).to_u64().unwrap_or(u64::MAX) as f64 / 2f64.powi(64);
    Ok(f(m)? + f(2.0)? * bits as f64)
}

/// `math.atan2`
pub fn atan2(y: f64, x: f64) -> f64 {
    y.atan2(x)
}

/// `math.copysign`
pub fn copysign(x: f64, y: f64) -> f64 {
    x.copysign(y)
}

/// `math.fmod`
pub fn fmod(x: f64, y: f64) -> R {
    if y.is_infinite() && x.is_finite() {
        return Ok(x);
    }
    let r = x % y;
    if r.is_nan() && !x.is_nan() && !y.is_nan() { Err(MathError::Domain) } else { Ok(r) }
}

/// `math.remainder`: IEEE 754's, ties to even.
pub fn remainder(x: f64, y: f64) -> R {
    if x.is_nan() || y.is_nan() {
        return Ok(x + y);
    }
    if x.is_infinite() || y == 0.0 {
        return Err(MathError::Domain);
    }
    Ok(if y.is_infinite() { x } else { libm::remainder(x, y) })
}

/// `math.pow`
pub fn pow(x: f64, y: f64) -> R {
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return Err(MathError::Domain);
    }
    let r = x.powf(y);
    if !x.is_finite() || !y.is_finite() {
        return Ok(r);
    }
    if r.is_nan() {
        return Err(MathError::Domain);
    }
    if r.is_infinite() { Err(MathError::Range) } else { Ok(r) }
}

/// `math.fma`
pub fn fma(x: f64, y: f64, z: f64) -> R {
    let r = libm::fma(x, y, z);
    if r.is_finite() {
        return Ok(r);
    }
    if r.is_nan() {
        if !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return Err(MathError::Domain);
        }
    } else if x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(MathError::Range);
    }
    Ok(r)
}

/// `math.ldexp` with an exponent clamped to a word.
pub fn ldexp(x: f64, e: i64) -> R {
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    let r = libm::ldexp(x, e.clamp(-3000, 3000) as i32);
    if r.is_infinite() { Err(MathError::Range) } else { Ok(r) }
}

/// `math.modf`: fraction and integer part.
pub fn modf(x: f64) -> (f64, f64) {
    if x.is_infinite() {
        return (0.0f64.copysign(x), x);
    }
    if x.is_nan() {
        return (x, x);
    }
    let t = x.trunc();
    ((x - t).copysign(x), t)
}

/// `math.ulp`
pub fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if !x.is_finite() {
        return x;
    }
    let next = libm::nextafter(x, f64::INFINITY);
    if next.is_infinite() { x - libm::nextafter(x, 0.0) } else { next - x }
}

/// `math.nextafter(x, y, steps=n)`.
pub fn nextafter_steps(x: f64, y: f64, n: u64) -> f64 {
    if n == 0 || x.is_nan() {
        return x;
    }
    if y.is_nan() || x == y {
        return y;
    }
    // Floats of one sign are ordered like their bits: count on a line through zero.
    let line = |v: f64| {
        let m = (v.to_bits() & !(1 << 63)) as i64;
        if v.is_sign_negative() { -i128::from(m) } else { i128::from(m) }
    };
    let (a, b) = (line(x), line(y));
    let to = if b >= a { (a + i128::from(n)).min(b) } else { (a - i128::from(n)).max(b) };
    let r = f64::from_bits(to.unsigned_abs() as u64);
    if to < 0 || (to == 0 && (a < 0 || (b == 0 && y.is_sign_negative()))) { -r } else { r }
}

/// `math.isclose`; negative tolerances are the caller's error.
pub fn isclose(a: f64, b: f64, rel: f64, abs: f64) -> bool {
    if a == b {
        return true;
    }
    if a.is_infinite() || b.is_infinite() {
        return false;
    }
    let diff = (b - a).abs();
    diff <= (rel * b).abs() || diff <= (rel * a).abs() || diff <= abs
}

/// Lanczos approximation, g = 6.0246..., as numerator and denominator polynomials.
#[allow(clippy::excessive_precision)]
const LANCZOS_G: f64 = 6.024680040776729583740234375;
#[allow(clippy::excessive_precision)]
const LANCZOS_NUM: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];
const LANCZOS_DEN: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

fn lanczos(x: f64) -> f64 {
    // Small arguments from the top coefficient down, large ones in 1/x, so that nothing overflows.
    let (mut n, mut d) = (0.0, 0.0);
    if x < 5.0 {
        for i in (0..13).rev() {
            n = n * x + LANCZOS_NUM[i];
            d = d * x + LANCZOS_DEN[i];
        }
    } else {
        for i in 0..13 {
            n = n / x + LANCZOS_NUM[i];
            d = d / x + LANCZOS_DEN[i];
        }
    }
    n / d
}

/// sin(pi x)
fn sinpi(x: f64) -> f64 {
    use std::f64::consts::PI;
    let y = x.abs() % 2.0;
    let r = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1.0f64.copysign(x) * r
}

/// `math.gamma`
pub fn gamma(x: f64) -> R {
    use std::f64::consts::PI;
    if x.is_nan() || x == f64::INFINITY {
        return Ok(x);
    }
    if x == f64::NEG_INFINITY || x == 0.0 {
        return Err(MathError::Domain);
    }
    if x == x.floor() {
        if x < 0.0 {
            return Err(MathError::Domain);
        }
        if x <= 23.0 {
            return Ok((2..x as u64).map(|k| k as f64).product());
        }
    }
    let a = x.abs();
    if a < 1e-20 {
        let r = 1.0 / x;
        return if r.is_infinite() { Err(MathError::Range) } else { Ok(r) };
    }
    if a > 200.0 {
        return if x < 0.0 { Ok(0.0 / sinpi(x)) } else { Err(MathError::Range) };
    }
    let y = a + LANCZOS_G - 0.5;
    // z is what rounding lost in y.
    let z = if a > LANCZOS_G - 0.5 { (y - a) - (LANCZOS_G - 0.5) } else { (y - (LANCZOS_G - 0.5)) - a };
    let z = z * LANCZOS_G / y;
    let r = if x < 0.0 {
        let mut r = -PI / sinpi(a) / a * y.exp() / lanczos(a);
        r -= z * r;
        if a < 140.0 {
            r / y.powf(a - 0.5)
        } else {
            let s = y.powf(a / 2.0 - 0.25);
            r / s / s
        }
    } else {
        let mut r = lanczos(a) / y.exp();
        r += z * r;
        if a < 140.0 {
            r * y.powf(a - 0.5)
        } else {
            let s = y.powf(a / 2.0 - 0.25);
            r * s * s
        }
    };
    if r.is_infinite() { Err(MathError::Range) } else { Ok(r) }
}

/// `math.lgamma`
pub fn lgamma(x: f64) -> R {
    if !x.is_finite() {
        return Ok(if x.is_nan() { x } else { f64::INFINITY });
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(MathError::Domain) } else { Ok(0.0) };
    }
    let a = x.abs();
    if a < 1e-20 {
        return Ok(-a.ln());
    }
    let mut r = lanczos(a).ln() - LANCZOS_G;
    r += (a - 0.5) * ((a + LANCZOS_G - 0.5).ln() - 1.0);
    if x < 0.0 {
        r = std::f64::consts::PI.ln() - sinpi(a).abs().ln() - a.ln() - r;
    }
    if r.is_infinite() { Err(MathError::Range) } else { Ok(r) }
}

/// Truncation of a finite float: shared by `floor`, `ceil` and `trunc`, whose results are integers.
pub fn to_integer(x: f64) -> Result<BigInt, crate::float::FloatError> {
    if x.is_zero() { Ok(BigInt::zero()) } else { crate::float::to_bigint(x) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors() {
        assert_eq!(sqrt(-1.0), Err(MathError::Domain));
        assert_eq!(exp(1000.0), Err(MathError::Range));
        assert_eq!(ln(0.0), Err(MathError::Domain));
        assert_eq!(pow(0.0, -1.0), Err(MathError::Domain));
        assert_eq!(pow(10.0, 400.0), Err(MathError::Range));
        assert_eq!(fmod(1.0, 0.0), Err(MathError::Domain));
        assert_eq!(sin(f64::INFINITY), Err(MathError::Domain));
        assert_eq!(atanh(1.0), Err(MathError::Domain));
        assert_eq!(gamma(-1.0), Err(MathError::Domain));
        assert_eq!(gamma(172.0), Err(MathError::Range));
        assert_eq!(ldexp(1.0, 2000), Err(MathError::Range));
    }

    #[test]
    fn values() {
        assert_eq!(gamma(5.0), Ok(24.0));
        assert_eq!(gamma(0.5), Ok(1.7724538509055159));
        assert_eq!(gamma(-1.5), Ok(2.3632718012073544));
        assert_eq!(gamma(170.5), Ok(5.56209241456e305));
        assert_eq!(lgamma(0.5), Ok(0.5723649429247004));
        assert_eq!(lgamma(100.25), Ok(360.2845596377643));
        assert_eq!(lgamma(-0.5), Ok(1.265512123484645));
        assert_eq!(log_int(&BigInt::from(10).pow(400), ln), Ok(921.0340371976182));
        assert_eq!(log_int(&BigInt::from(10).pow(400), log10), Ok(400.0));
        assert_eq!(remainder(5.0, 2.0), Ok(1.0));
        assert_eq!(ulp(1.0), 2.220446049250313e-16);
        assert_eq!(nextafter_steps(0.0, 1.0, 3), 1.5e-323);
        assert_eq!(modf(-2.5), (-0.5, -2.0));
        assert_eq!(erf(0.3), Ok(0.3286267594591274));
        // One unit in the last place from the C library's.
        assert!(erfc(3.0).is_ok_and(|v| (v / 2.209049699858544e-05 - 1.0).abs() < 3e-16));
    }
}
