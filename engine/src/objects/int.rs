//! Integers: immediates of 62 bits, and big ones in cells.
//!
//! Words of a big int: 1 `limbs << 1 | negative`, limbs of 64 bits (little end first) from word 2. Canonical: what fits
//! an immediate is always one, so two ints are equal iff they are the same word or both big with the same limbs.

#[cfg(not(model))]
pub use super::int_long::polling;
use super::{limbs, raw, shapes};
use crate::ctx::{Ctx, Raised};
use crate::exceptions::Exc;
use proto_core::{Heap, Kind, RawWord, RawWords, Value};
use pynumeric::int as big;
pub use pynumeric::int::IntError;
use pynumeric::{BigInt, BigUint, Sign};
use std::cmp::Ordering;

pub(super) const SIZE: RawWord = RawWord::of_kind(Kind::BigInt, 1);
pub(super) const LIMBS: usize = 2;
const LIMB_WORDS: RawWords = RawWords::of_kind(Kind::BigInt, LIMBS);

/// An int taken apart.
pub enum IntRef {
    /// One word.
    Small(i64),
    /// More.
    Big(BigInt),
}

/// `v` as an integer, if it is exactly an int or a bool.
#[inline]
pub fn of(v: Value) -> Option<IntRef> {
    if let Some(i) = v.as_int() {
        return Some(IntRef::Small(i));
    }
    if let Some(b) = v.as_bool() {
        return Some(IntRef::Small(i64::from(b)));
    }
    if v.is_kind(Kind::BigInt) { Some(IntRef::Big(load(v))) } else { None }
}

/// The same for instances of subclasses too.
#[inline]
pub fn of_sub(heap: &Heap, v: Value) -> Option<IntRef> {
    of(v).or_else(|| of(super::base_value(heap, v)))
}

/// Whether `v` is exactly an int or a bool.
#[inline(always)]
pub fn is(v: Value) -> bool {
    v.is_int() || v.is_bool() || v.is_kind(Kind::BigInt)
}

/// The same for instances of subclasses too.
#[inline]
pub fn is_sub(heap: &Heap, v: Value) -> bool {
    is(v) || is(super::base_value(heap, v))
}

fn load(v: Value) -> BigInt {
    // SAFETY: a big int; its words are written before it is published and never change.
    let (size, n) = unsafe {
        let size = raw::load_raw(v, SIZE);
        (size, (size >> 1) as usize)
    };
    let mut digits = Vec::with_capacity(n * 2);
    for i in 0..n {
        // SAFETY: as above, `n` limbs.
        let limb = unsafe { raw::load_raw(v, LIMBS + i) };
        digits.push(limb as u32);
        digits.push((limb >> 32) as u32);
    }
    let sign = if size & 1 == 1 { Sign::Minus } else { Sign::Plus };
    BigInt::from_biguint(sign, BigUint::new(digits))
}

fn store(heap: &Heap, negative: bool, limbs: &[u64]) -> Value {
    let v = heap.alloc(Kind::BigInt, shapes::INT, LIMBS + limbs.len());
    // SAFETY: a fresh object with room for the limbs.
    unsafe {
        raw::store_raw(v, SIZE, (limbs.len() as u64) << 1 | u64::from(negative));
        for (i, &limb) in limbs.iter().enumerate() {
            raw::store_raw(v, LIMB_WORDS.at(i), limb);
        }
    }
    v
}

/// An int of any machine word.
#[inline(always)]
pub fn from_i64(heap: &Heap, i: i64) -> Value {
    match Value::int(i) {
        Some(v) => v,
        None => store(heap, i < 0, &[i.unsigned_abs()]),
    }
}

/// An int of an unsigned word.
#[inline]
pub fn from_u64(heap: &Heap, i: u64) -> Value {
    match i64::try_from(i) {
        Ok(i) => from_i64(heap, i),
        Err(_) => store(heap, false, &[i]),
    }
}

/// An int of a length or index.
#[inline]
pub fn from_usize(heap: &Heap, i: usize) -> Value {
    from_u64(heap, i as u64)
}

/// An int of two words.
pub fn from_i128(heap: &Heap, i: i128) -> Value {
    if let Ok(i) = i64::try_from(i) {
        return from_i64(heap, i);
    }
    let a = i.unsigned_abs();
    let (low, high) = (a as u64, (a >> 64) as u64);
    if high == 0 { store(heap, i < 0, &[low]) } else { store(heap, i < 0, &[low, high]) }
}

/// An int of any size.
pub fn from_big(heap: &Heap, n: BigInt) -> Value {
    if n.bits() < 63
        && let Ok(i) = i64::try_from(&n)
    {
        return from_i64(heap, i);
    }
    let digits = n.magnitude().to_u64_digits();
    store(heap, n.sign() == Sign::Minus, &digits)
}

/// The value as one word, if it fits (bools count as 0 and 1).
#[inline]
pub fn to_i64(v: Value) -> Option<i64> {
    if let Some(i) = v.as_int() {
        return Some(i);
    }
    if v.is_kind(Kind::BigInt) {
        let (negative, limb) = only_limb(v)?;
        return if negative { 0i64.checked_sub_unsigned(limb) } else { i64::try_from(limb).ok() };
    }
    v.as_bool().map(i64::from)
}

/// The sign (true: negative) and the magnitude of a big int of one limb.
fn only_limb(v: Value) -> Option<(bool, u64)> {
    // SAFETY: a big int; its words are written before it is published and never change.
    unsafe {
        let size = raw::load_raw(v, SIZE);
        (size >> 1 == 1).then(|| (size & 1 == 1, raw::load_raw(v, LIMBS)))
    }
}

/// The value as a non-negative machine size, if it fits.
pub fn to_usize(v: Value) -> Option<usize> {
    if v.is_kind(Kind::BigInt) {
        return only_limb(v).filter(|&(negative, _)| !negative).and_then(|(_, limb)| usize::try_from(limb).ok());
    }
    to_i64(v).and_then(|i| usize::try_from(i).ok())
}

/// The value as a big integer, if it is an int or bool.
pub fn to_big(v: Value) -> Option<BigInt> {
    Some(match of(v)? {
        IntRef::Small(i) => BigInt::from(i),
        IntRef::Big(n) => n,
    })
}

/// The nearest float; `None` when it is too large (or `v` is no int).
pub fn to_f64(v: Value) -> Option<f64> {
    match of(v)? {
        IntRef::Small(i) => Some(i as f64),
        IntRef::Big(n) => big::to_f64(&n).ok(),
    }
}

/// -1, 0 or 1.
pub fn sign(v: Value) -> i32 {
    match limbs::size(v) {
        None | Some((_, 0)) => 0,
        Some((negative, _)) => 1 - 2 * i32::from(negative),
    }
}

fn pair(a: Value, b: Value) -> (BigInt, BigInt) {
    (to_big(a).unwrap_or_default(), to_big(b).unwrap_or_default())
}

/// Both as words, when both are small.
#[inline(always)]
fn small(a: Value, b: Value) -> Option<(i64, i64)> {
    let word = |v: Value| v.as_int().or_else(|| v.as_bool().map(i64::from));
    Some((word(a)?, word(b)?))
}

/// The int in `v`, if it is exactly an int or a bool and has at most 127 bits.
#[inline]
pub fn to_i128(v: Value) -> Option<i128> {
    if let Some(i) = v.as_int().or_else(|| v.as_bool().map(i64::from)) {
        return Some(i128::from(i));
    }
    if !v.is_kind(Kind::BigInt) {
        return None;
    }
    // SAFETY: a big int; its words never change, and it has at least one limb.
    unsafe {
        let size = raw::load_raw(v, SIZE);
        let m = match size >> 1 {
            1 => i128::from(raw::load_raw(v, LIMBS)),
            2 if raw::load_raw(v, LIMBS + 1) >> 63 == 0 => {
                i128::from(raw::load_raw(v, LIMBS + 1)) << 64 | i128::from(raw::load_raw(v, LIMBS))
            }
            _ => return None,
        };
        Some(if size & 1 != 0 { -m } else { m })
    }
}

/// An operation on two ints of up to 127 bits whose result has no more.
#[inline]
fn medium(heap: &Heap, a: Value, b: Value, f: fn(i128, i128) -> Option<i128>) -> Option<Value> {
    f(to_i128(a)?, to_i128(b)?).filter(|r| *r != i128::MIN).map(|r| from_i128(heap, r))
}

macro_rules! op {
    ($(#[$doc:meta])* $name:ident, |$h:ident, $x:ident, $y:ident| $fast:expr, |$p:ident, $q:ident| $slow:expr $(, $medium:expr)?) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// As the operation's [`IntError`]s.
        pub fn $name($h: &Heap, a: Value, b: Value) -> Result<Value, IntError> {
            if let Some(($x, $y)) = small(a, b)
                && let Some(v) = $fast
            {
                return Ok(v);
            }
            $(if let Some(v) = medium($h, a, b, $medium) {
                return Ok(v);
            })?
            if let Some(v) = on_limbs($h, stringify!($name), a, b) {
                return Ok(v);
            }
            let ($p, $q) = pair(a, b);
            let n: BigInt = $slow;
            Ok(from_big($h, n))
        }
    };
}

/// The operation straight on the limbs, where that is possible; `name` is a constant, so only its arm remains.
#[inline(always)]
fn on_limbs(heap: &Heap, name: &str, a: Value, b: Value) -> Option<Value> {
    match name {
        "add" => limbs::add(heap, a, b, false),
        "sub" => limbs::add(heap, a, b, true),
        "mul" => limbs::mul(heap, a, b),
        "floordiv" => limbs::divide(heap, a, b, true, false).map(|(q, _)| q),
        "modulo" => limbs::divide(heap, a, b, false, true).map(|(_, r)| r),
        "lshift" => limbs::shl(heap, a, b),
        "rshift" => limbs::shr(heap, a, b),
        "and" => limbs::bits(heap, a, b, |x, y| x & y),
        "or" => limbs::bits(heap, a, b, |x, y| x | y),
        "xor" => limbs::bits(heap, a, b, |x, y| x ^ y),
        _ => None,
    }
}

op!(/** `a + b` */ add, |heap, x, y| Some(from_i64(heap, x + y)), |p, q| p + q, i128::checked_add);
op!(/** `a - b` */ sub, |heap, x, y| Some(from_i64(heap, x - y)), |p, q| p - q, i128::checked_sub);
op!(/** `a * b` */ mul, |heap, x, y| Some(from_i128(heap, i128::from(x) * i128::from(y))), |p, q| p * q, i128::checked_mul);
op!(/** `a // b` */ floordiv, |heap, x, y| big::floor_div_i64(x, y).map(|q| from_i64(heap, q)), |p, q| big::floor_div(&p, &q)?, |x, y| Some(floor(x, y)?.0));
op!(/** `a % b` */ modulo, |heap, x, y| big::mod_i64(x, y).map(|r| from_i64(heap, r)), |p, q| big::modulo(&p, &q)?, |x, y| Some(floor(x, y)?.1));
op!(/** `a & b` */ and, |heap, x, y| Value::int(x & y), |p, q| p & q, |x, y| Some(x & y));
op!(/** `a | b` */ or, |heap, x, y| Value::int(x | y), |p, q| p | q, |x, y| Some(x | y));
op!(/** `a ^ b` */ xor, |heap, x, y| Value::int(x ^ y), |p, q| p ^ q, |x, y| Some(x ^ y));
op!(/** `a << b` */ lshift, |heap, x, y| (0..64).contains(&y).then(|| from_i128(heap, i128::from(x) << y)), |p, q| big::shl(&p, &q)?);
op!(/** `a >> b` */ rshift, |_heap, x, y| (y >= 0).then(|| Value::int(x >> y.min(63))).flatten(), |p, q| big::shr(&p, &q)?);
op!(
    /** `a ** b` for a non-negative exponent */
    pow,
    |heap, x, y| u32::try_from(y).ok().and_then(|y| big::pow_i64(x, y)).map(|v| from_i64(heap, v)),
    |p, q| big::pow(&p, &q)?
);

/// Floored quotient and remainder; `None` when `y` is 0.
fn floor(x: i128, y: i128) -> Option<(i128, i128)> {
    let (q, r) = (x.checked_div(y)?, x.checked_rem(y)?);
    Some(if r != 0 && (r < 0) != (y < 0) { (q - 1, r + y) } else { (q, r) })
}

/// `(a // b, a % b)`.
///
/// # Errors
/// `DivisionByZero`.
pub fn divmod(heap: &Heap, a: Value, b: Value) -> Result<(Value, Value), IntError> {
    if let Some((x, y)) = small(a, b)
        && let (Some(q), Some(r)) = (big::floor_div_i64(x, y), big::mod_i64(x, y))
    {
        return Ok((from_i64(heap, q), from_i64(heap, r)));
    }
    if let Some(both) = limbs::divide(heap, a, b, true, true) {
        return Ok(both);
    }
    let (p, q) = pair(a, b);
    let (q, r) = big::divmod(&p, &q)?;
    Ok((from_big(heap, q), from_big(heap, r)))
}

/// `pow(a, b, m)`.
///
/// # Errors
/// `PowModZero`, `NotInvertible`.
pub fn pow_mod(heap: &Heap, a: Value, b: Value, m: Value) -> Result<Value, IntError> {
    let (p, q) = pair(a, b);
    let m = to_big(m).unwrap_or_default();
    Ok(from_big(heap, big::pow_mod(&p, &q, &m)?))
}

/// `a / b`, correctly rounded.
///
/// # Errors
/// `DivisionByZero`, `DivisionTooLarge`.
pub fn truediv(a: Value, b: Value) -> Result<f64, IntError> {
    const EXACT: i64 = 1 << 53;
    if let Some((x, y)) = small(a, b) {
        if y == 0 {
            return Err(IntError::DivisionByZero);
        }
        if x.abs() <= EXACT && y.abs() <= EXACT {
            return Ok(x as f64 / y as f64);
        }
    }
    let (p, q) = pair(a, b);
    big::true_div(&p, &q)
}

/// `-v`.
pub fn neg(heap: &Heap, v: Value) -> Value {
    match v.as_int().or_else(|| v.as_bool().map(i64::from)) {
        Some(i) => from_i64(heap, -i),
        None => limbs::neg(heap, v).unwrap_or(v),
    }
}

/// `~v`.
pub fn invert(heap: &Heap, v: Value) -> Value {
    match of(v) {
        Some(IntRef::Small(i)) => from_i64(heap, !i),
        Some(IntRef::Big(n)) => from_big(heap, !n),
        None => v,
    }
}

/// `abs(v)`.
pub fn abs(heap: &Heap, v: Value) -> Value {
    if sign(v) < 0 { neg(heap, v) } else { v }
}

/// `v.bit_length()`.
pub fn bit_length(v: Value) -> u64 {
    limbs::size(v).map_or(0, |(_, bits)| bits)
}

/// Order of two ints (or bools).
pub fn cmp(a: Value, b: Value) -> Ordering {
    match small(a, b) {
        Some((x, y)) => x.cmp(&y),
        None => limbs::cmp(a, b).unwrap_or(Ordering::Equal),
    }
}

/// Equality of two ints (or bools).
pub fn eq(a: Value, b: Value) -> bool {
    a == b || cmp(a, b).is_eq()
}

/// Order of an int and a float, exact at any size; `None` for NaN.
pub fn cmp_float(v: Value, f: f64) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    if let Some(i) = to_i64(v)
        && i.unsigned_abs() <= 1 << 53
    {
        return (i as f64).partial_cmp(&f);
    }
    if f.is_infinite() {
        return Some(if f > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = pynumeric::float::to_bigint(f).ok()?;
    let order = to_big(v)?.cmp(&whole);
    // Equal whole parts: the fraction decides.
    Some(if order.is_eq() { f.trunc().partial_cmp(&f)? } else { order })
}

/// Order of two numbers (int, bool, float); `None` when one is NaN or no number.
pub fn number_cmp(a: Value, b: Value) -> Option<Ordering> {
    match (a.as_float(), b.as_float()) {
        (Some(x), Some(y)) => x.partial_cmp(&y),
        (Some(x), None) if is(b) => cmp_float(b, x).map(Ordering::reverse),
        (None, Some(y)) if is(a) => cmp_float(a, y),
        (None, None) if is(a) && is(b) => Some(cmp(a, b)),
        _ => None,
    }
}

/// Equality of two numbers.
pub fn number_eq(a: Value, b: Value) -> bool {
    number_cmp(a, b).is_some_and(Ordering::is_eq)
}

/// `hash` of one word.
#[inline(always)]
pub fn hash_i64(i: i64) -> i64 {
    // Most ints are below the modulus and hash to themselves.
    if i.unsigned_abs() < pynumeric::hash::MODULUS && i != -1 { i } else { pynumeric::hash::int(i) }
}

/// `hash(v)` of an int or bool.
pub fn hash(v: Value) -> i64 {
    match v.as_int() {
        Some(i) => hash_i64(i),
        None => limbs::hash(v).unwrap_or(0),
    }
}

/// The int that `text` spells in the given base (0: as literals do), without a limit on digits.
pub fn parse(heap: &Heap, text: &[u8], base: u32) -> Option<Value> {
    pynumeric::parse::int(text, base, 0, &mut || true).ok().map(|n| from_big(heap, n))
}

/// Text in base 2 to 36, without a prefix.
pub fn to_string_radix(v: Value, radix: u32) -> String {
    match of(v) {
        Some(IntRef::Small(i)) if radix == 10 => i.to_string(),
        Some(IntRef::Small(i)) => big::to_string_radix(&BigInt::from(i), radix),
        Some(IntRef::Big(n)) => big::to_string_radix(&n, radix),
        None => String::new(),
    }
}

/// Raises what `e` means; `op` is the operation's symbol.
#[cold]
pub fn raise_int(cx: &mut Ctx, e: IntError, op: &str) -> Raised {
    let exc = match e {
        IntError::DivisionByZero | IntError::ZeroToNegative => Exc::ZeroDivisionError,
        IntError::PowModZero | IntError::NotInvertible | IntError::NegativeShift => Exc::ValueError,
        IntError::TooManyDigits | IntError::TooLargeForFloat | IntError::DivisionTooLarge => Exc::OverflowError,
        IntError::NegativeToUnsigned | IntError::TooBigToConvert => Exc::OverflowError,
    };
    // CPython names the operation where a modulo by zero went wrong.
    let text = match (e, op) {
        (IntError::DivisionByZero, "%") => "division by zero".to_owned(),
        _ => e.to_string(),
    };
    cx.raise(exc, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_and_ints_compare_exactly() {
        let v = Value::int((1 << 53) + 1).expect("62 bits");
        assert_eq!(cmp_float(v, (1u64 << 53) as f64), Some(Ordering::Greater));
        assert_eq!(cmp_float(Value::small(1), 1.5), Some(Ordering::Less));
        assert_eq!(cmp_float(Value::small(-1), -1.5), Some(Ordering::Greater));
        assert_eq!(cmp_float(Value::small(1), f64::NAN), None);
        assert!(number_eq(Value::TRUE, Value::small(1)));
    }

    #[test]
    fn words_hash_to_themselves_below_the_modulus() {
        assert_eq!(hash_i64(5), 5);
        assert_eq!(hash_i64(-1), -2);
        assert_eq!(hash_i64((1 << 61) - 1), 0);
    }
}
