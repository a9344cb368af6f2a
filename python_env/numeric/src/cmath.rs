//! The functions of the `cmath` module.

use crate::cmath_tables::{self as tables, Table};
use crate::complex::Complex;
use crate::hyperbolic;
use crate::math::MathError;
use std::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};

/// Result of a complex function.
pub type C = Result<Complex, MathError>;

/// Above this, squares and sums might overflow.
const LARGE: f64 = f64::MAX / 4.0;
/// `ln(LARGE)`
const LOG_LARGE: f64 = 708.3964185322641;
/// `sqrt(LARGE)`
const SQRT_LARGE: f64 = 6.703903964971298e153;
/// `sqrt(f64::MIN_POSITIVE)`
const SQRT_MIN: f64 = 1.4916681462400413e-154;

fn class(v: f64) -> usize {
    match v {
        _ if v.is_nan() => 6,
        f64::INFINITY => 5,
        f64::NEG_INFINITY => 0,
        _ if v > 0.0 => 4,
        _ if v < 0.0 => 1,
        _ if v.is_sign_negative() => 2,
        _ => 3,
    }
}

fn special(table: &Table, re: f64, im: f64) -> C {
    table[class(re)][class(im)].map(|(a, b)| Complex::new(a, b)).ok_or(MathError::Domain)
}

fn finite(z: Complex) -> bool {
    z.re.is_finite() && z.im.is_finite()
}

/// An infinite modulus with a finite, non-zero angle: the signs come from the angle.
fn directed(modulus: f64, angle: f64) -> bool {
    modulus.is_infinite() && angle.is_finite() && angle != 0.0
}

/// Finite arguments with an infinite result overflowed.
fn ranged(z: Complex) -> C {
    if z.re.is_infinite() || z.im.is_infinite() { Err(MathError::Range) } else { Ok(z) }
}

/// `ln(hypot(re, im))` where the hypotenuse itself might overflow, plus `ln 2`.
fn log_half_hypot(z: Complex) -> f64 {
    libm::hypot(z.re / 2.0, z.im / 2.0).ln()
}

fn is_large(z: Complex) -> bool {
    z.re.abs() > LARGE || z.im.abs() > LARGE
}

/// `f(iz) / i`: what turns a hyperbolic function into its circular one.
fn rotated(f: fn(Complex) -> C, z: Complex) -> C {
    f(Complex::new(-z.im, z.re)).map(|s| Complex::new(s.im, -s.re))
}

/// `cmath.sqrt`
pub fn sqrt(z: Complex) -> C {
    if !finite(z) {
        return special(&tables::SQRT, z.re, z.im);
    }
    if z.re == 0.0 && z.im == 0.0 {
        return Ok(Complex::new(0.0, z.im));
    }
    let (ax, ay) = (z.re.abs(), z.im.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        // An odd power, because the square root is taken of half the sum.
        let (x, y) = (libm::ldexp(ax, 53), libm::ldexp(ay, 53));
        libm::ldexp((x + libm::hypot(x, y)).sqrt(), -27)
    } else {
        let x = ax / 8.0;
        2.0 * (x + libm::hypot(x, ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    Ok(if z.re >= 0.0 { Complex::new(s, d.copysign(z.im)) } else { Complex::new(d, s.copysign(z.im)) })
}

/// `cmath.acos`
pub fn acos(z: Complex) -> C {
    if !finite(z) {
        return special(&tables::ACOS, z.re, z.im);
    }
    if is_large(z) {
        let m = log_half_hypot(z) + 2.0 * LN_2;
        let im = if z.re < 0.0 { -m.copysign(z.im) } else { m.copysign(-z.im) };
        return Ok(Complex::new(z.im.abs().atan2(z.re), im));
    }
    let s1 = sqrt(Complex::new(1.0 - z.re, -z.im))?;
    let s2 = sqrt(Complex::new(1.0 + z.re, z.im))?;
    Ok(Complex::new(2.0 * s1.re.atan2(s2.re), hyperbolic::asinh(s2.re * s1.im - s2.im * s1.re)))
}

/// `cmath.acosh`
pub fn acosh(z: Complex) -> C {
    if !finite(z) {
        return special(&tables::ACOSH, z.re, z.im);
    }
    if is_large(z) {
        return Ok(Complex::new(log_half_hypot(z) + 2.0 * LN_2, z.im.atan2(z.re)));
    }
    let s1 = sqrt(Complex::new(z.re - 1.0, z.im))?;
    let s2 = sqrt(Complex::new(z.re + 1.0, z.im))?;
    Ok(Complex::new(hyperbolic::asinh(s1.re * s2.re + s1.im * s2.im), 2.0 * s1.im.atan2(s2.re)))
}

/// `cmath.asinh`
pub fn asinh(z: Complex) -> C {
    if !finite(z) {
        return special(&tables::ASINH, z.re, z.im);
    }
    if is_large(z) {
        let m = log_half_hypot(z) + 2.0 * LN_2;
        let re = if z.im >= 0.0 { m.copysign(z.re) } else { -m.copysign(-z.re) };
        return Ok(Complex::new(re, z.im.atan2(z.re.abs())));
    }
    let s1 = sqrt(Complex::new(1.0 + z.im, -z.re))?;
    let s2 = sqrt(Complex::new(1.0 - z.im, z.re))?;
    Ok(Complex::new(hyperbolic::asinh(s1.re * s2.im - s2.re * s1.im), z.im.atan2(s1.re * s2.re - s1.im * s2.im)))
}

/// `cmath.asin`
pub fn asin(z: Complex) -> C {
    rotated(asinh, z)
}

/// `cmath.atanh`
pub fn atanh(z: Complex) -> C {
    if !finite(z) {
        return special(&tables::ATANH, z.re, z.im);
    }
    if z.re.is_sign_negative() {
        return atanh(z.neg()).map(Complex::neg);
    }
    let ay = z.im.abs();
    if z.re > SQRT_LARGE || ay > SQRT_LARGE {
        let h = libm::hypot(z.re / 2.0, z.im / 2.0);
        return Ok(Complex::new(z.re / 4.0 / h / h, -FRAC_PI_2.copysign(-z.im)));
    }
    if z.re == 1.0 && ay < SQRT_MIN {
        if ay == 0.0 {
            return Err(MathError::Domain);
        }
        let re = -(ay.sqrt() / libm::hypot(ay, 2.0).sqrt()).ln();
        return Ok(Complex::new(re, (2.0f64.atan2(-ay) / 2.0).copysign(z.im)));
    }
    let x = 1.0 - z.re;
    Ok(Complex::new(
        (4.0 * z.re / (x * x + ay * ay)).ln_1p() / 4.0,
        -(-2.0 * z.im).atan2(x * (1.0 + z.re) - ay * ay) / 2.0,
    ))
}

/// `cmath.atan`
pub fn atan(z: Complex) -> C {
    rotated(atanh, z)
}

/// `cmath.cosh`
pub fn cosh(z: Complex) -> C {
    let (sin, cos) = z.im.sin_cos();
    if directed(z.re, z.im) {
        let im = f64::INFINITY.copysign(sin);
        return Ok(Complex::new(f64::INFINITY.copysign(cos), if z.re > 0.0 { im } else { -im }));
    }
    if !finite(z) {
        return special(&tables::COSH, z.re, z.im);
    }
    if z.re.abs() > LOG_LARGE {
        let x = z.re - 1.0f64.copysign(z.re);
        return ranged(Complex::new(cos * x.cosh() * E, sin * x.sinh() * E));
    }
    ranged(Complex::new(cos * z.re.cosh(), sin * z.re.sinh()))
}

/// `cmath.cos`
pub fn cos(z: Complex) -> C {
    cosh(Complex::new(-z.im, z.re))
}

/// `cmath.sinh`
pub fn sinh(z: Complex) -> C {
    let (sin, cos) = z.im.sin_cos();
    if directed(z.re, z.im) {
        let re = f64::INFINITY.copysign(cos);
        return Ok(Complex::new(if z.re > 0.0 { re } else { -re }, f64::INFINITY.copysign(sin)));
    }
    if !finite(z) {
        return special(&tables::SINH, z.re, z.im);
    }
    if z.re.abs() > LOG_LARGE {
        let x = z.re - 1.0f64.copysign(z.re);
        return ranged(Complex::new(cos * x.sinh() * E, sin * x.cosh() * E));
    }
    ranged(Complex::new(cos * z.re.sinh(), sin * z.re.cosh()))
}

/// `cmath.sin`
pub fn sin(z: Complex) -> C {
    rotated(sinh, z)
}

/// `cmath.tanh`
pub fn tanh(z: Complex) -> C {
    if directed(z.re, z.im) {
        let (sin, cos) = z.im.sin_cos();
        return Ok(Complex::new(1.0f64.copysign(z.re), 0.0f64.copysign(2.0 * sin * cos)));
    }
    if !finite(z) {
        return special(&tables::TANH, z.re, z.im);
    }
    if z.re.abs() > LOG_LARGE {
        let (sin, cos) = z.im.sin_cos();
        return Ok(Complex::new(1.0f64.copysign(z.re), 4.0 * sin * cos * (-2.0 * z.re.abs()).exp()));
    }
    let (tx, ty, cx) = (z.re.tanh(), z.im.tan(), 1.0 / z.re.cosh());
    let denom = 1.0 + (tx * ty) * (tx * ty);
    Ok(Complex::new(tx * (1.0 + ty * ty) / denom, ty / denom * cx * cx))
}

/// `cmath.tan`
pub fn tan(z: Complex) -> C {
    rotated(tanh, z)
}

/// `cmath.exp`
pub fn exp(z: Complex) -> C {
    let (sin, cos) = z.im.sin_cos();
    if directed(z.re, z.im) {
        let m = if z.re > 0.0 { f64::INFINITY } else { 0.0 };
        return Ok(Complex::new(m.copysign(cos), m.copysign(sin)));
    }
    if !finite(z) {
        return special(&tables::EXP, z.re, z.im);
    }
    if z.re > LOG_LARGE {
        let l = (z.re - 1.0).exp();
        return ranged(Complex::new(l * cos * E, l * sin * E));
    }
    let l = z.re.exp();
    ranged(Complex::new(l * cos, l * sin))
}

/// `cmath.log` with base e
pub fn log(z: Complex) -> C {
    if !finite(z) {
        return special(&tables::LOG, z.re, z.im);
    }
    let (ax, ay) = (z.re.abs(), z.im.abs());
    let re = if is_large(z) {
        log_half_hypot(z) + LN_2
    } else if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        if ax == 0.0 && ay == 0.0 {
            return Err(MathError::Domain);
        }
        libm::hypot(libm::ldexp(ax, 53), libm::ldexp(ay, 53)).ln() - 53.0 * LN_2
    } else {
        let h = libm::hypot(ax, ay);
        if (0.71..=1.73).contains(&h) {
            let (a, b) = (ax.max(ay), ax.min(ay));
            ((a - 1.0) * (a + 1.0) + b * b).ln_1p() / 2.0
        } else {
            h.ln()
        }
    };
    Ok(Complex::new(re, z.im.atan2(z.re)))
}

/// `cmath.log10`
pub fn log10(z: Complex) -> C {
    log(z).map(|r| Complex::new(r.re / LN_10, r.im / LN_10))
}

/// `cmath.phase`
pub fn phase(z: Complex) -> f64 {
    z.im.atan2(z.re)
}

/// `cmath.polar`; the modulus may overflow.
pub fn polar(z: Complex) -> Result<(f64, f64), MathError> {
    z.abs().map(|r| (r, phase(z))).map_err(|_| MathError::Range)
}

/// `cmath.rect`
pub fn rect(r: f64, phi: f64) -> C {
    let (sin, cos) = phi.sin_cos();
    if directed(r, phi) {
        let z = Complex::new(f64::INFINITY.copysign(cos), f64::INFINITY.copysign(sin));
        return Ok(if r > 0.0 { z } else { z.neg() });
    }
    if !r.is_finite() || !phi.is_finite() {
        return special(&tables::RECT, r, phi);
    }
    Ok(if phi == 0.0 { Complex::new(r, r * phi) } else { Complex::new(r * cos, r * sin) })
}

/// `cmath.isclose`
pub fn isclose(a: Complex, b: Complex, rel: f64, abs: f64) -> bool {
    if a == b {
        return true;
    }
    let infinite = |z: Complex| z.re.is_infinite() || z.im.is_infinite();
    if infinite(a) || infinite(b) {
        return false;
    }
    let size = |z: Complex| libm::hypot(z.re, z.im);
    let diff = size(a.sub(b));
    diff <= rel * size(b) || diff <= rel * size(a) || diff <= abs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: C, re: f64, im: f64) {
        let g = got.unwrap();
        let ok = |a: f64, b: f64| a == b || (a - b).abs() <= 4e-16 * b.abs() || (a.is_nan() && b.is_nan());
        assert!(ok(g.re, re) && ok(g.im, im), "{g:?} is not ({re}, {im})");
    }

    #[test]
    fn values() {
        let z = Complex::new(1.5, -0.7);
        close(acos(z), 0.5197180607001674, 1.1434825057507427);
        close(acosh(z), 1.1434825057507427, -0.5197180607001674);
        close(asin(z), 1.0510782660947293, -1.1434825057507427);
        close(asinh(z), 1.256224290548298, -0.37763751260048967);
        close(atan(z), 1.0481900601732534, -0.19672553752436592);
        close(atanh(z), 0.5522912544270343, -1.2320272579322145);
        close(cos(z), 0.08878714307836615, 0.7566834395044794);
        close(cosh(z), 1.7992221155117072, -1.3717194860439141);
        close(exp(z), 3.427784871286351, -2.8871833678116254);
        close(log(z), 0.5039789601999894, -0.4366271598135413);
        close(log10(z), 0.21887528141019397, -0.18962476615611024);
        close(sin(z), 1.2520247904576618, -0.053660088298855685);
        close(sinh(z), 1.6285627557746438, -1.5154638817677113);
        close(sqrt(z), 1.2560442937501617, -0.27865259349653004);
        close(tan(z), 0.12156023989318226, -1.6403580932846322);
        close(tanh(z), 0.9785346579475253, -0.09625761166375989);
        assert_eq!(log(Complex::default()), Err(MathError::Domain));
        assert_eq!(exp(Complex::new(1000.0, 1.0)), Err(MathError::Range));
        close(exp(Complex::new(f64::NEG_INFINITY, f64::NAN)), 0.0, 0.0);
        assert_eq!(exp(Complex::new(1.0, f64::INFINITY)), Err(MathError::Domain));
        close(sqrt(Complex::new(-4.0, -0.0)), 0.0, -2.0);
    }
}
