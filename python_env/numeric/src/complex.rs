//! Complex arithmetic as C's Annex G has it: infinities survive, and real operands stay real.

use crate::float;
use crate::floatfmt::{self, Flags, Style};
use crate::hash;
use std::fmt;

/// A complex number.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Complex {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

/// Why a complex operation failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ComplexError {
    /// `ZeroDivisionError`
    DivisionByZero,
    /// `ZeroDivisionError`
    ZeroPower,
    /// `OverflowError`
    PowerOverflow,
    /// `OverflowError`
    AbsOverflow,
}

impl fmt::Display for ComplexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ComplexError::DivisionByZero => "division by zero",
            ComplexError::ZeroPower => "zero to a negative or complex power",
            ComplexError::PowerOverflow => "complex exponentiation",
            ComplexError::AbsOverflow => "absolute value too large",
        })
    }
}

/// An infinite part becomes 1, a finite one 0, with the sign kept.
fn boxed(v: f64) -> f64 {
    f64::from(u8::from(v.is_infinite())).copysign(v)
}

fn nan_to_zero(v: f64) -> f64 {
    if v.is_nan() { 0.0f64.copysign(v) } else { v }
}

// Plain methods beside their mixed forms (`mul_real` and so on); division can fail, so operators would not fit all.
#[allow(clippy::should_implement_trait)]
impl Complex {
    /// One.
    pub const ONE: Complex = Complex { re: 1.0, im: 0.0 };

    /// A number from its parts.
    #[inline]
    pub const fn new(re: f64, im: f64) -> Self {
        Complex { re, im }
    }

    fn both_nan(self) -> bool {
        self.re.is_nan() && self.im.is_nan()
    }

    fn is_zero(self) -> bool {
        self.re == 0.0 && self.im == 0.0
    }

    fn any_infinite(self) -> bool {
        self.re.is_infinite() || self.im.is_infinite()
    }

    fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }

    /// `self + o`
    pub fn add(self, o: Complex) -> Complex {
        Complex::new(self.re + o.re, self.im + o.im)
    }

    /// `self + r` for a real `r`
    pub fn add_real(self, r: f64) -> Complex {
        Complex::new(self.re + r, self.im)
    }

    /// `self - o`
    pub fn sub(self, o: Complex) -> Complex {
        Complex::new(self.re - o.re, self.im - o.im)
    }

    /// `self - r` for a real `r`
    pub fn sub_real(self, r: f64) -> Complex {
        Complex::new(self.re - r, self.im)
    }

    /// `r - self` for a real `r`
    pub fn real_sub(r: f64, o: Complex) -> Complex {
        Complex::new(r - o.re, -o.im)
    }

    /// `-self`
    pub fn neg(self) -> Complex {
        Complex::new(-self.re, -self.im)
    }

    /// `self * o`
    pub fn mul(self, o: Complex) -> Complex {
        let (mut a, mut b, mut c, mut d) = (self.re, self.im, o.re, o.im);
        let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
        let r = Complex::new(ac - bd, ad + bc);
        if !r.both_nan() {
            return r;
        }
        let mut again = false;
        if self.any_infinite() {
            (a, b, c, d) = (boxed(a), boxed(b), nan_to_zero(c), nan_to_zero(d));
            again = true;
        }
        if c.is_infinite() || d.is_infinite() {
            (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), boxed(c), boxed(d));
            again = true;
        }
        if !again && [ac, bd, ad, bc].into_iter().any(f64::is_infinite) {
            (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), nan_to_zero(c), nan_to_zero(d));
            again = true;
        }
        if !again {
            return r;
        }
        Complex::new(f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c))
    }

    /// `self * r` for a real `r`
    pub fn mul_real(self, r: f64) -> Complex {
        Complex::new(self.re * r, self.im * r)
    }

    /// `self / o`
    pub fn div(self, o: Complex) -> Result<Complex, ComplexError> {
        let (x, y) = (o.re.abs(), o.im.abs());
        let mut r = if x >= y {
            if x == 0.0 {
                return Err(ComplexError::DivisionByZero);
            }
            let ratio = o.im / o.re;
            let denom = o.re + o.im * ratio;
            Complex::new((self.re + self.im * ratio) / denom, (self.im - self.re * ratio) / denom)
        } else if y >= x {
            let ratio = o.re / o.im;
            let denom = o.re * ratio + o.im;
            Complex::new((self.re * ratio + self.im) / denom, (self.im * ratio - self.re) / denom)
        } else {
            Complex::new(f64::NAN, f64::NAN)
        };
        if r.both_nan() {
            if self.any_infinite() && o.is_finite() {
                let (a, b) = (boxed(self.re), boxed(self.im));
                r.re = f64::INFINITY * (a * o.re + b * o.im);
                r.im = f64::INFINITY * (b * o.re - a * o.im);
            } else if o.any_infinite() && self.is_finite() {
                let (a, b) = (boxed(o.re), boxed(o.im));
                r.re = 0.0 * (self.re * a + self.im * b);
                r.im = 0.0 * (self.im * a - self.re * b);
            }
        }
        Ok(r)
    }

    /// `self / r` for a real `r`
    pub fn div_real(self, r: f64) -> Result<Complex, ComplexError> {
        if r == 0.0 { Err(ComplexError::DivisionByZero) } else { Ok(Complex::new(self.re / r, self.im / r)) }
    }

    /// `r / self` for a real `r`
    pub fn real_div(r: f64, o: Complex) -> Result<Complex, ComplexError> {
        let (x, y) = (o.re.abs(), o.im.abs());
        let mut q = if x >= y {
            if x == 0.0 {
                return Err(ComplexError::DivisionByZero);
            }
            let ratio = o.im / o.re;
            let denom = o.re + o.im * ratio;
            Complex::new(r / denom, -r * ratio / denom)
        } else if y >= x {
            let ratio = o.re / o.im;
            let denom = o.re * ratio + o.im;
            Complex::new(r * ratio / denom, -r / denom)
        } else {
            Complex::new(f64::NAN, f64::NAN)
        };
        if q.both_nan() && r.is_finite() && o.any_infinite() {
            q = Complex::new(0.0 * (r * boxed(o.re)), 0.0 * (-r * boxed(o.im)));
        }
        Ok(q)
    }

    fn powu(self, n: u32) -> Complex {
        let (mut r, mut p, mut mask) = (Complex::ONE, self, 1u32);
        while n >= mask {
            if n & mask != 0 {
                r = r.mul(p);
            }
            mask <<= 1;
            p = p.mul(p);
        }
        r
    }

    /// `self ** o`
    pub fn pow(self, o: Complex) -> Result<Complex, ComplexError> {
        let r = if o.im == 0.0 && o.re == o.re.floor() && o.re.abs() <= 100.0 {
            let n = o.re as i32;
            let p = if n == 0 { Complex::ONE } else { self.powu(n.unsigned_abs()) };
            if n < 0 { Complex::ONE.div(p).map_err(|_| ComplexError::ZeroPower)? } else { p }
        } else if self.is_zero() {
            if o.im != 0.0 || o.re < 0.0 {
                return Err(ComplexError::ZeroPower);
            }
            Complex::default()
        } else {
            let size = libm::hypot(self.re, self.im);
            let angle = self.im.atan2(self.re);
            let (mut len, mut phase) = (size.powf(o.re), angle * o.re);
            if o.im != 0.0 {
                len *= (-angle * o.im).exp();
                phase += o.im * size.ln();
            }
            Complex::new(len * phase.cos(), len * phase.sin())
        };
        if r.any_infinite() { Err(ComplexError::PowerOverflow) } else { Ok(r) }
    }

    /// `abs(self)`
    pub fn abs(self) -> Result<f64, ComplexError> {
        if !self.is_finite() {
            return Ok(if self.any_infinite() { f64::INFINITY } else { f64::NAN });
        }
        let r = libm::hypot(self.re, self.im);
        if r.is_finite() { Ok(r) } else { Err(ComplexError::AbsOverflow) }
    }

    /// `repr(self)`
    pub fn repr(self) -> String {
        let part = |v: f64, plus| floatfmt::format(v, Style::Repr, Flags { plus, ..Flags::default() });
        if self.re == 0.0 && self.re.is_sign_positive() {
            return format!("{}j", part(self.im, false));
        }
        format!("({}{}j)", part(self.re, false), part(self.im, true))
    }

    /// `hash(self)`; parts that are NaN hash as `nan_hash`.
    pub fn hash(self, nan_hash: i64) -> i64 {
        let part = |v: f64| if v.is_nan() { nan_hash } else { float::hash(v) };
        hash::complex(part(self.re), part(self.im))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic() {
        let c = Complex::new;
        assert_eq!(c(1.0, 2.0).mul(c(3.0, 4.0)), c(-5.0, 10.0));
        assert_eq!(c(f64::INFINITY, f64::NAN).mul(c(1.0, 1.0)).re, f64::INFINITY);
        assert_eq!(c(1.0, 2.0).div(c(3.0, 4.0)), Ok(c(0.44, 0.08)));
        assert_eq!(c(0.0, 1.0).pow(c(2.0, 0.0)), Ok(c(-1.0, 0.0)));
        assert_eq!(c(0.0, 0.0).pow(c(-1.0, 0.0)), Err(ComplexError::ZeroPower));
        assert_eq!(c(1e300, 0.0).pow(c(2.0, 0.0)), Err(ComplexError::PowerOverflow));
        assert_eq!(c(3.0, 4.0).abs(), Ok(5.0));
        assert_eq!(Complex::real_div(1.0, c(0.0, f64::INFINITY)), Ok(c(0.0, -0.0)));
    }

    #[test]
    fn text() {
        let r = |a, b| Complex::new(a, b).repr();
        assert_eq!(r(0.0, 1.0), "1j");
        assert_eq!(r(-0.0, 1.0), "(-0+1j)");
        assert_eq!(r(1.5, -2e20), "(1.5-2e+20j)");
        assert_eq!(r(f64::NAN, f64::INFINITY), "(nan+infj)");
        assert_eq!(Complex::new(1.0, 2.0).hash(0), 2_000_007);
        assert_eq!(Complex::new(0.5, -1.0).hash(0), 1152921504604846970);
    }
}
