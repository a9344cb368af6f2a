//! Integer arithmetic with Python's rules, over machine words and [`BigInt`].

pub use num_bigint::{BigInt, BigUint, Sign};

use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::fmt;

pub use crate::hash::{bigint as hash_big, int as hash_i64};

/// Why an operation on integers failed, with CPython's message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntError {
    /// `ZeroDivisionError`
    DivisionByZero,
    /// `ZeroDivisionError`: 0 to a negative power.
    ZeroToNegative,
    /// `ValueError`: `pow(x, y, 0)`.
    PowModZero,
    /// `ValueError`: no modular inverse.
    NotInvertible,
    /// `ValueError`: a negative shift count.
    NegativeShift,
    /// `OverflowError`: the result would not fit memory.
    TooManyDigits,
    /// `OverflowError`: conversion to float.
    TooLargeForFloat,
    /// `OverflowError`: true division.
    DivisionTooLarge,
    /// `OverflowError`: negative in unsigned bytes.
    NegativeToUnsigned,
    /// `OverflowError`: too big for the number of bytes.
    TooBigToConvert,
}

impl fmt::Display for IntError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IntError::DivisionByZero => "division by zero",
            IntError::ZeroToNegative => "zero to a negative power",
            IntError::PowModZero => "pow() 3rd argument cannot be 0",
            IntError::NotInvertible => "base is not invertible for the given modulus",
            IntError::NegativeShift => "negative shift count",
            IntError::TooManyDigits => "too many digits in integer",
            IntError::TooLargeForFloat => "int too large to convert to float",
            IntError::DivisionTooLarge => "integer division result too large for a float",
            IntError::NegativeToUnsigned => "can't convert negative int to unsigned",
            IntError::TooBigToConvert => "int too big to convert",
        })
    }
}

/// `a // b` of words; `None` when `b` is 0 or the result does not fit.
#[inline]
pub fn floor_div_i64(a: i64, b: i64) -> Option<i64> {
    let q = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q })
}

/// `a % b` of words; `None` when `b` is 0.
#[inline]
pub fn mod_i64(a: i64, b: i64) -> Option<i64> {
    if b == 0 {
        return None;
    }
    let r = a.wrapping_rem(b);
    Some(if r != 0 && (r < 0) != (b < 0) { r + b } else { r })
}

/// `a ** b` of words; `None` on overflow.
#[inline]
pub fn pow_i64(a: i64, b: u32) -> Option<i64> {
    a.checked_pow(b)
}

/// `divmod(a, b)`.
pub fn divmod(a: &BigInt, b: &BigInt) -> Result<(BigInt, BigInt), IntError> {
    if b.is_zero() { Err(IntError::DivisionByZero) } else { Ok(a.div_mod_floor(b)) }
}

/// `a // b`.
pub fn floor_div(a: &BigInt, b: &BigInt) -> Result<BigInt, IntError> {
    if b.is_zero() { Err(IntError::DivisionByZero) } else { Ok(a.div_floor(b)) }
}

/// `a % b`.
pub fn modulo(a: &BigInt, b: &BigInt) -> Result<BigInt, IntError> {
    if b.is_zero() { Err(IntError::DivisionByZero) } else { Ok(a.mod_floor(b)) }
}

/// Results beyond this many bits are refused rather than attempted.
const MAX_BITS: u64 = 1 << 40;

/// Whether `a ** e` would have too many digits to be attempted.
pub fn is_refused(a: &BigInt, e: u64) -> bool {
    e.checked_mul(a.bits()).is_none_or(|n| n >= MAX_BITS)
}

/// `a ** b` for a non-negative exponent.
pub fn pow(a: &BigInt, b: &BigInt) -> Result<BigInt, IntError> {
    if b.is_zero() || a.is_one() {
        return Ok(BigInt::one());
    }
    if a.is_zero() {
        return Ok(BigInt::zero());
    }
    if a.magnitude().is_one() {
        return Ok(if b.bit(0) { a.clone() } else { BigInt::one() });
    }
    let e = b.to_u64().filter(|&e| !is_refused(a, e));
    let e = e.ok_or(IntError::TooManyDigits)?;
    let twos = a.trailing_zeros().unwrap_or(0);
    if twos == 0 {
        return Ok(num_traits::pow::Pow::pow(a, e));
    }
    // Powers of two are shifts.
    Ok(num_traits::pow::Pow::pow(&(a >> twos), e) << (twos * e))
}

/// `pow(a, b, m)`, negative exponents and moduli included.
pub fn pow_mod(a: &BigInt, b: &BigInt, m: &BigInt) -> Result<BigInt, IntError> {
    if m.is_zero() {
        return Err(IntError::PowModZero);
    }
    if b.is_negative() {
        let inverse = mod_inverse(a, m)?;
        return Ok(inverse.modpow(&-b, m));
    }
    Ok(a.modpow(b, m))
}

/// The inverse of `a` modulo `m`, with `m`'s sign.
pub fn mod_inverse(a: &BigInt, m: &BigInt) -> Result<BigInt, IntError> {
    let n = m.abs();
    if n.is_one() {
        return Ok(BigInt::zero());
    }
    let e = a.mod_floor(&n).extended_gcd(&n);
    if !e.gcd.is_one() {
        return Err(IntError::NotInvertible);
    }
    Ok(e.x.mod_floor(m))
}

/// `a << n`.
pub fn shl(a: &BigInt, n: &BigInt) -> Result<BigInt, IntError> {
    if n.is_negative() {
        return Err(IntError::NegativeShift);
    }
    if a.is_zero() {
        return Ok(BigInt::zero());
    }
    match n.to_u64() {
        Some(n) if n < MAX_BITS => Ok(a << n),
        _ => Err(IntError::TooManyDigits),
    }
}

/// `a >> n`.
pub fn shr(a: &BigInt, n: &BigInt) -> Result<BigInt, IntError> {
    if n.is_negative() {
        return Err(IntError::NegativeShift);
    }
    Ok(match n.to_u64() {
        Some(n) => a >> n,
        None if a.is_negative() => -BigInt::one(),
        None => BigInt::zero(),
    })
}

/// `int.bit_count`.
pub fn bit_count(a: &BigInt) -> u64 {
    a.magnitude().iter_u64_digits().map(|d| u64::from(d.count_ones())).sum()
}

/// Multiplies by a power of two, rounding once at most.
fn scale(m: f64, e: i64) -> f64 {
    libm::ldexp(m, e.clamp(-5000, 5000) as i32)
}

/// Correctly rounded conversion.
pub fn to_f64(a: &BigInt) -> Result<f64, IntError> {
    let bits = a.bits();
    if bits > 1024 {
        return Err(IntError::TooLargeForFloat);
    }
    let mag = a.magnitude();
    let v = if bits <= 64 {
        mag.to_u64().unwrap_or(0) as f64
    } else {
        let shift = bits - 64;
        let mut top = (mag >> shift).to_u64().unwrap_or(u64::MAX);
        // The lowest kept bit stands for all that is cut off, so that ties round properly.
        if mag.trailing_zeros().is_some_and(|t| t < shift) {
            top |= 1;
        }
        scale(top as f64, shift as i64)
    };
    if v.is_infinite() {
        return Err(IntError::TooLargeForFloat);
    }
    Ok(if a.is_negative() { -v } else { v })
}

/// `a / b`, correctly rounded.
pub fn true_div(a: &BigInt, b: &BigInt) -> Result<f64, IntError> {
    if b.is_zero() {
        return Err(IntError::DivisionByZero);
    }
    if a.is_zero() {
        return Ok(if b.is_negative() { -0.0 } else { 0.0 });
    }
    let negative = a.is_negative() != b.is_negative();
    let (x, y) = (a.magnitude(), b.magnitude());
    let sign = |v: f64| if negative { -v } else { v };
    if x.bits() <= 53 && y.bits() <= 53 {
        return Ok(sign(x.to_u64().unwrap_or(0) as f64 / y.to_u64().unwrap_or(1) as f64));
    }
    let diff = x.bits() as i64 - y.bits() as i64;
    if diff > 1024 {
        return Err(IntError::DivisionTooLarge);
    }
    if diff < -1076 {
        return Ok(sign(0.0));
    }
    // Quotient of at least 55 bits, but no bit below the least subnormal's half.
    let shift = diff.max(-1022) - 55;
    let (q, r) = if shift >= 0 { x.div_rem(&(y << shift as u64)) } else { (x << (-shift) as u64).div_rem(y) };
    let mut q = q.to_u64().unwrap_or(u64::MAX);
    let sticky = u64::from(!r.is_zero());
    // Round to the precision that the result has, by hand: scaling must not round again.
    let bits = 64 - i64::from(q.leading_zeros());
    let extra = (bits - 53).max(-1074 - shift);
    if extra > 0 {
        let half = 1u64 << (extra - 1);
        let mask = (half << 1) - 1;
        let rest = q & mask;
        q >>= extra;
        if rest > half || (rest == half && (sticky == 1 || q & 1 == 1)) {
            q += 1;
        }
    }
    let v = scale(q as f64, shift + extra.max(0));
    if v.is_infinite() { Err(IntError::DivisionTooLarge) } else { Ok(sign(v)) }
}

/// `int.to_bytes`.
pub fn to_bytes(a: &BigInt, length: usize, little: bool, signed: bool) -> Result<Vec<u8>, IntError> {
    if a.is_negative() && !signed {
        return Err(IntError::NegativeToUnsigned);
    }
    let mut out = if signed {
        let mut v = a.to_signed_bytes_le();
        if a.is_zero() {
            v.clear();
        }
        v
    } else {
        let mut v = a.magnitude().to_bytes_le();
        if a.is_zero() {
            v.clear();
        }
        v
    };
    if out.len() > length {
        return Err(IntError::TooBigToConvert);
    }
    out.resize(length, if a.is_negative() { 0xFF } else { 0 });
    if !little {
        out.reverse();
    }
    Ok(out)
}

/// `int.from_bytes`.
pub fn from_bytes(bytes: &[u8], little: bool, signed: bool) -> BigInt {
    match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(bytes),
        (false, true) => BigInt::from_signed_bytes_be(bytes),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
    }
}

/// `round(a, ndigits)` for negative `ndigits`, given as `places = -ndigits`: half to even.
pub fn round_to_power_of_ten(a: &BigInt, places: u64) -> BigInt {
    // Beyond the number's own digits everything rounds to 0.
    if places as f64 > a.bits() as f64 * 0.302 + 2.0 {
        return BigInt::zero();
    }
    let unit = num_traits::pow::Pow::pow(&BigInt::from(10), places);
    let (q, r) = a.div_mod_floor(&unit);
    let twice: BigInt = r << 1u32;
    let up = match twice.cmp(&unit) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => q.bit(0),
    };
    (if up { q + 1 } else { q }) * unit
}

/// Text in base 2 to 36 without prefix.
pub fn to_string_radix(a: &BigInt, base: u32) -> String {
    a.to_str_radix(base)
}

/// Whether the decimal text of `a` would exceed `max_digits` (`sys.get_int_max_str_digits()`, 0 means no limit).
pub fn exceeds_digits(a: &BigInt, max_digits: usize) -> bool {
    if max_digits == 0 {
        return false;
    }
    // log10(2) between two bounds decides nearly always without conversion.
    use std::f64::consts::LOG10_2;
    let bits = a.bits() as f64;
    if bits * LOG10_2 < max_digits as f64 - 1.0 {
        return false;
    }
    if (bits - 1.0) * LOG10_2 > max_digits as f64 + 1.0 {
        return true;
    }
    a.magnitude().to_string().len() > max_digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn b(s: &str) -> BigInt {
        s.parse().unwrap()
    }

    #[test]
    fn words() {
        assert_eq!(floor_div_i64(-7, 2), Some(-4));
        assert_eq!(floor_div_i64(i64::MIN, -1), None);
        assert_eq!(mod_i64(-7, 2), Some(1));
        assert_eq!(mod_i64(7, -2), Some(-1));
        assert_eq!(mod_i64(i64::MIN, -1), Some(0));
    }

    #[test]
    fn powers() {
        assert_eq!(pow_mod(&b("3"), &b("-1"), &b("7")), Ok(b("5")));
        assert_eq!(pow_mod(&b("3"), &b("2"), &b("-7")), Ok(b("-5")));
        assert_eq!(pow_mod(&b("2"), &b("-1"), &b("4")), Err(IntError::NotInvertible));
        assert_eq!(pow_mod(&b("5"), &b("0"), &b("1")), Ok(b("0")));
        assert_eq!(pow(&b("-12"), &b("3")), Ok(b("-1728")));
        assert_eq!(shr(&b("-5"), &b("1")), Ok(b("-3")));
    }

    #[test]
    fn floats() {
        assert_eq!(to_f64(&b("9007199254740993")), Ok(9007199254740992.0));
        assert_eq!(to_f64(&(b("9007199254740993") << 80u32)), Ok(9007199254740992.0 * 2f64.powi(80)));
        assert_eq!(to_f64(&((b("9007199254740993") << 80u32) + 1)), Ok(9007199254740994.0 * 2f64.powi(80)));
        assert_eq!(to_f64(&BigInt::from(10).pow(400)), Err(IntError::TooLargeForFloat));
        assert_eq!(true_div(&BigInt::from(10).pow(400), &(BigInt::from(10).pow(399) * 3)), Ok(10.0 / 3.0));
        assert_eq!(true_div(&b("1"), &BigInt::from(10).pow(323)), Ok(1e-323));
        assert_eq!(true_div(&b("-3"), &BigInt::from(10).pow(330)), Ok(-0.0));
        assert_eq!(true_div(&b("12345678901234567890123"), &b("98765432109876543210")), Ok(124.999_998_860_937_5));
        assert_eq!(true_div(&BigInt::from(10).pow(400), &b("7")), Err(IntError::DivisionTooLarge));
    }

    #[test]
    fn bytes() {
        assert_eq!(to_bytes(&b("-129"), 2, false, true), Ok(vec![0xFF, 0x7F]));
        assert_eq!(to_bytes(&b("0"), 0, false, false), Ok(vec![]));
        assert_eq!(to_bytes(&b("256"), 1, false, false), Err(IntError::TooBigToConvert));
        assert_eq!(from_bytes(&[0xFF, 0x7F], false, true), b("-129"));
        assert_eq!(round_to_power_of_ten(&b("25"), 1), b("20"));
        assert_eq!(round_to_power_of_ten(&b("-25"), 1), b("-20"));
        assert_eq!(round_to_power_of_ten(&b("-35"), 1), b("-40"));
        assert_eq!(round_to_power_of_ten(&b("5"), 2), b("0"));
        assert!(exceeds_digits(&BigInt::from(10).pow(10), 10) && !exceeds_digits(&BigInt::from(10).pow(9), 10));
    }
}
