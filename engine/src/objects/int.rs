//! Ints: immediate up to 62 bits, `BigInt` objects beyond (word 1 `limbs << 1 | negative`, 64-bit limbs from word 2,
//! least significant first). Bools count as ints everywhere here.

use super::{raw, shapes};
use crate::ctx::{Ctx, Raised};
use num_traits::ToPrimitive;
use proto_core::{Heap, Kind, Value};
use std::cmp::Ordering;

pub use pynumeric::int::{BigInt, IntError, Sign, hash_i64};

const HEAD: usize = 1;
const LIMBS: usize = 2;

/// An int taken out of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntRef {
    /// Up to 62 bits.
    Small(i64),
    /// More.
    Big(BigInt),
}

impl IntRef {
    /// As a big integer.
    pub fn into_big(self) -> BigInt {
        match self {
            IntRef::Small(i) => BigInt::from(i),
            IntRef::Big(b) => b,
        }
    }
}

/// The immediate int or bool in `v`.
#[inline(always)]
pub fn small(v: Value) -> Option<i64> {
    match v.as_int() {
        Some(i) => Some(i),
        None => v.as_bool().map(i64::from),
    }
}

/// The int in `v`, if `v` is an int or bool.
pub fn of(v: Value) -> Option<IntRef> {
    match small(v) {
        Some(i) => Some(IntRef::Small(i)),
        None if v.is_kind(Kind::BigInt) => Some(IntRef::Big(big(v))),
        None => None,
    }
}

/// The int in `v`, also when it is an instance of a subclass.
pub fn of_sub(heap: &Heap, v: Value) -> Option<IntRef> {
    of(v).or_else(|| of(super::base_value(heap, v)))
}

/// Whether `v` is an int (immediate or not) or bool.
#[inline]
pub fn is_int(v: Value) -> bool {
    v.is_int() || v.is_kind(Kind::BigInt) || v.is_bool()
}

fn limbs(v: &Value) -> (bool, &[u64]) {
    debug_assert!(v.is_kind(Kind::BigInt));
    // SAFETY: a BigInt object holds that many limbs, immutable since birth.
    unsafe {
        let head = raw::load_raw(*v, HEAD);
        (head & 1 != 0, std::slice::from_raw_parts(raw::bytes_at(*v, LIMBS).cast::<u64>(), (head >> 1) as usize))
    }
}

fn big(v: Value) -> BigInt {
    let (negative, limbs) = limbs(&v);
    let digits: Vec<u32> = limbs.iter().flat_map(|l| [*l as u32, (*l >> 32) as u32]).collect();
    BigInt::new(if negative { Sign::Minus } else { Sign::Plus }, digits)
}

fn alloc_big(heap: &Heap, negative: bool, n: usize, limbs: impl Iterator<Item = u64>) -> Value {
    let v = heap.alloc(Kind::BigInt, shapes::INT, LIMBS + n);
    // SAFETY: a fresh object with room for `n` limbs.
    unsafe {
        raw::store_raw(v, HEAD, (n as u64) << 1 | u64::from(negative));
        for (i, l) in limbs.enumerate().take(n) {
            raw::store_raw(v, LIMBS + i, l);
        }
    }
    v
}

/// The int as a value.
#[inline]
pub fn from_i64(heap: &Heap, i: i64) -> Value {
    match Value::int(i) {
        Some(v) => v,
        None => alloc_big(heap, i < 0, 1, std::iter::once(i.unsigned_abs())),
    }
}

/// The int as a value.
pub fn from_u64(heap: &Heap, i: u64) -> Value {
    from_i128(heap, i128::from(i))
}

/// The int as a value.
pub fn from_usize(heap: &Heap, i: usize) -> Value {
    from_i128(heap, i as i128)
}

/// The int as a value.
#[inline]
pub fn from_i128(heap: &Heap, i: i128) -> Value {
    if let Ok(w) = i64::try_from(i)
        && let Some(v) = Value::int(w)
    {
        return v;
    }
    let m = i.unsigned_abs();
    let n = if m >> 64 == 0 { 1 } else { 2 };
    alloc_big(heap, i < 0, n, [m as u64, (m >> 64) as u64].into_iter())
}

/// The int as a value, immediate where possible.
pub fn from_big(heap: &Heap, b: BigInt) -> Value {
    if let Some(v) = b.to_i64().and_then(Value::int) {
        return v;
    }
    let digits = b.iter_u64_digits();
    alloc_big(heap, b.sign() == Sign::Minus, digits.len(), digits)
}

/// The int in `v` if it fits.
#[inline]
pub fn to_i64(v: Value) -> Option<i64> {
    if let Some(i) = small(v) {
        return Some(i);
    }
    to_i128(v).and_then(|i| i64::try_from(i).ok())
}

/// The int in `v` if it fits.
#[inline]
pub fn to_i128(v: Value) -> Option<i128> {
    if let Some(i) = small(v) {
        return Some(i128::from(i));
    }
    if !v.is_kind(Kind::BigInt) {
        return None;
    }
    let (negative, l) = limbs(&v);
    let m = match *l {
        [a] => i128::from(a),
        [a, b] if b >> 63 == 0 => i128::from(b) << 64 | i128::from(a),
        _ => return None,
    };
    Some(if negative { -m } else { m })
}

/// The int in `v` if it fits.
#[inline]
pub fn to_usize(v: Value) -> Option<usize> {
    to_i64(v).and_then(|i| usize::try_from(i).ok())
}

/// The int in `v` as a big integer; `None` if `v` is neither int nor bool.
pub fn to_big(v: Value) -> Option<BigInt> {
    match small(v) {
        Some(i) => Some(BigInt::from(i)),
        None if v.is_kind(Kind::BigInt) => Some(big(v)),
        None => None,
    }
}

/// The int in `v`, rounded to a float; `None` if it is too large (or no int).
#[inline]
pub fn to_f64(v: Value) -> Option<f64> {
    match small(v) {
        Some(i) => Some(i as f64),
        None => pynumeric::int::to_f64(&to_big(v)?).ok(),
    }
}

/// -1, 0 or 1.
pub fn sign(v: Value) -> i32 {
    match small(v) {
        Some(i) => i.signum() as i32,
        None if v.is_kind(Kind::BigInt) => {
            if limbs(&v).0 {
                -1
            } else {
                1
            }
        }
        None => 0,
    }
}

/// `a + b` of ints or bools.
#[inline]
pub fn add(heap: &Heap, a: Value, b: Value) -> Value {
    binary(heap, a, b, i128::checked_add, |x, y| x + y)
}

/// `a - b`.
#[inline]
pub fn sub(heap: &Heap, a: Value, b: Value) -> Value {
    binary(heap, a, b, i128::checked_sub, |x, y| x - y)
}

/// `a * b`.
#[inline]
pub fn mul(heap: &Heap, a: Value, b: Value) -> Value {
    binary(heap, a, b, i128::checked_mul, |x, y| x * y)
}

/// `a & b`.
pub fn and(heap: &Heap, a: Value, b: Value) -> Value {
    binary(heap, a, b, |x, y| Some(x & y), |x, y| x & y)
}

/// `a | b`.
pub fn or(heap: &Heap, a: Value, b: Value) -> Value {
    binary(heap, a, b, |x, y| Some(x | y), |x, y| x | y)
}

/// `a ^ b`.
pub fn xor(heap: &Heap, a: Value, b: Value) -> Value {
    binary(heap, a, b, |x, y| Some(x ^ y), |x, y| x ^ y)
}

#[inline]
fn binary(
    heap: &Heap,
    a: Value,
    b: Value,
    narrow: impl Fn(i128, i128) -> Option<i128>,
    wide: impl Fn(BigInt, BigInt) -> BigInt,
) -> Value {
    if let (Some(x), Some(y)) = (to_i128(a), to_i128(b))
        && let Some(r) = narrow(x, y)
    {
        return from_i128(heap, r);
    }
    match (to_big(a), to_big(b)) {
        (Some(x), Some(y)) => from_big(heap, wide(x, y)),
        _ => Value::EMPTY,
    }
}

fn both(a: Value, b: Value) -> (BigInt, BigInt) {
    (to_big(a).unwrap_or_default(), to_big(b).unwrap_or_default())
}

/// `a // b`.
pub fn floordiv(heap: &Heap, a: Value, b: Value) -> Result<Value, IntError> {
    Ok(divmod(heap, a, b)?.0)
}

/// `a % b`.
pub fn modulo(heap: &Heap, a: Value, b: Value) -> Result<Value, IntError> {
    Ok(divmod(heap, a, b)?.1)
}

/// `divmod(a, b)`.
pub fn divmod(heap: &Heap, a: Value, b: Value) -> Result<(Value, Value), IntError> {
    if let (Some(x), Some(y)) = (to_i128(a), to_i128(b)) {
        if y == 0 {
            return Err(IntError::DivisionByZero);
        }
        // Magnitudes are below 2^127, so the quotient fits.
        let (q, r) = (x / y, x % y);
        let (q, r) = if r != 0 && (r < 0) != (y < 0) { (q - 1, r + y) } else { (q, r) };
        return Ok((from_i128(heap, q), from_i128(heap, r)));
    }
    let (x, y) = both(a, b);
    let (q, r) = pynumeric::int::divmod(&x, &y)?;
    Ok((from_big(heap, q), from_big(heap, r)))
}

/// `a / b`, correctly rounded.
pub fn truediv(a: Value, b: Value) -> Result<f64, IntError> {
    if let (Some(x), Some(y)) = (small(a), small(b)) {
        if y == 0 {
            return Err(IntError::DivisionByZero);
        }
        if x.unsigned_abs() <= 1 << 53 && y.unsigned_abs() <= 1 << 53 {
            return Ok(x as f64 / y as f64);
        }
    }
    let (x, y) = both(a, b);
    pynumeric::int::true_div(&x, &y)
}

/// `a ** b` for `b >= 0` (a negative exponent makes a float: see [`super::num`]).
pub fn pow(heap: &Heap, a: Value, b: Value) -> Result<Value, IntError> {
    if let (Some(x), Some(y)) = (small(a), small(b))
        && let Ok(y) = u32::try_from(y)
        && let Some(r) = i128::from(x).checked_pow(y)
        && r != i128::MIN
    {
        return Ok(from_i128(heap, r));
    }
    let (x, y) = both(a, b);
    Ok(from_big(heap, pynumeric::int::pow(&x, &y)?))
}

/// `pow(a, b, m)`.
pub fn pow_mod(heap: &Heap, a: Value, b: Value, m: Value) -> Result<Value, IntError> {
    let (x, y) = both(a, b);
    let r = pynumeric::int::pow_mod(&x, &y, &to_big(m).unwrap_or_default())?;
    Ok(from_big(heap, r))
}

/// `a << b`.
pub fn lshift(heap: &Heap, a: Value, b: Value) -> Result<Value, IntError> {
    if let (Some(x), Some(y)) = (small(a), small(b))
        && (0..64).contains(&y)
    {
        return Ok(from_i128(heap, i128::from(x) << y));
    }
    let (x, y) = both(a, b);
    Ok(from_big(heap, pynumeric::int::shl(&x, &y)?))
}

/// `a >> b`.
pub fn rshift(heap: &Heap, a: Value, b: Value) -> Result<Value, IntError> {
    if let (Some(x), Some(y)) = (small(a), small(b))
        && y >= 0
    {
        return Ok(from_i64(heap, x >> y.min(63)));
    }
    let (x, y) = both(a, b);
    Ok(from_big(heap, pynumeric::int::shr(&x, &y)?))
}

/// `-a`.
pub fn neg(heap: &Heap, a: Value) -> Value {
    match to_i128(a) {
        Some(x) => from_i128(heap, -x),
        None => from_big(heap, -to_big(a).unwrap_or_default()),
    }
}

/// `~a`.
pub fn invert(heap: &Heap, a: Value) -> Value {
    match to_i128(a) {
        Some(x) => from_i128(heap, !x),
        None => from_big(heap, !to_big(a).unwrap_or_default()),
    }
}

/// `abs(a)`.
pub fn abs(heap: &Heap, a: Value) -> Value {
    if sign(a) < 0 {
        neg(heap, a)
    } else {
        // Bools become ints.
        small(a).and_then(Value::int).unwrap_or(a)
    }
}

/// `a.bit_length()`.
pub fn bit_length(a: Value) -> u64 {
    match small(a) {
        Some(i) => u64::from(64 - i.unsigned_abs().leading_zeros()),
        None => to_big(a).map_or(0, |b| b.bits()),
    }
}

/// Order of two ints or bools.
pub fn cmp(a: Value, b: Value) -> Ordering {
    match (to_i128(a), to_i128(b)) {
        (Some(x), Some(y)) => x.cmp(&y),
        _ => {
            let (x, y) = both(a, b);
            x.cmp(&y)
        }
    }
}

/// Equality of two ints or bools.
#[inline]
pub fn eq(a: Value, b: Value) -> bool {
    match (small(a), small(b)) {
        (Some(x), Some(y)) => x == y,
        (None, None) if a.is_kind(Kind::BigInt) && b.is_kind(Kind::BigInt) => limbs(&a) == limbs(&b),
        // What fits 62 bits is never big.
        _ => false,
    }
}

/// Order of an int and a float, exact; `None` for NaN.
pub fn cmp_float(a: Value, f: f64) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    if let Some(i) = small(a) {
        if i.unsigned_abs() <= 1 << 53 {
            return (i as f64).partial_cmp(&f);
        }
        if f >= 9_223_372_036_854_775_808.0 {
            return Some(Ordering::Less);
        }
        if f < -9_223_372_036_854_775_808.0 {
            return Some(Ordering::Greater);
        }
        let whole = f.trunc();
        return Some(i.cmp(&(whole as i64)).then_with(|| whole.partial_cmp(&f).unwrap_or(Ordering::Equal)));
    }
    if f.is_infinite() {
        return Some(if f > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    // A big int is beyond 2^61, where a float has no fraction.
    if f.abs() < (1u64 << 60) as f64 {
        return Some(if sign(a) < 0 { Ordering::Less } else { Ordering::Greater });
    }
    let b = pynumeric::float::to_bigint(f).ok()?;
    Some(to_big(a)?.cmp(&b))
}

/// `a == b` for any mix of ints, bools and floats.
pub fn number_eq(a: Value, b: Value) -> bool {
    number_cmp(a, b) == Some(Ordering::Equal)
}

/// Order for any mix of ints, bools and floats; `None` if one is NaN or no number.
pub fn number_cmp(a: Value, b: Value) -> Option<Ordering> {
    match (a.as_float(), b.as_float()) {
        (Some(x), Some(y)) => x.partial_cmp(&y),
        (Some(x), None) if is_int(b) => cmp_float(b, x).map(Ordering::reverse),
        (None, Some(y)) if is_int(a) => cmp_float(a, y),
        (None, None) if is_int(a) && is_int(b) => Some(cmp(a, b)),
        _ => None,
    }
}

/// `hash(a)` of an int or bool.
pub fn hash(a: Value) -> i64 {
    if let Some(i) = small(a) {
        return hash_i64(i);
    }
    if !a.is_kind(Kind::BigInt) {
        return 0;
    }
    const P: u128 = (1 << 61) - 1;
    let (negative, l) = limbs(&a);
    let x = l.iter().rev().fold(0u128, |x, d| (x << 64 | u128::from(*d)) % P) as i64;
    let h = if negative { -x } else { x };
    if h == -1 { -2 } else { h }
}

/// The decimal digits (or those of another base, without a prefix).
pub fn to_string_radix(a: Value, base: u32) -> String {
    match small(a) {
        Some(i) if base == 10 => i.to_string(),
        _ => pynumeric::int::to_string_radix(&to_big(a).unwrap_or_default(), base),
    }
}

/// Raises CPython's exception for an error of int arithmetic.
#[cold]
pub fn raise_int(cx: &mut Ctx, e: IntError) -> Raised {
    let text = e.to_string();
    match e {
        IntError::DivisionByZero | IntError::ZeroToNegative => cx.zero_division_error(text),
        IntError::PowModZero | IntError::NotInvertible | IntError::NegativeShift => cx.value_error(text),
        IntError::TooManyDigits
        | IntError::TooLargeForFloat
        | IntError::DivisionTooLarge
        | IntError::NegativeToUnsigned
        | IntError::TooBigToConvert => cx.overflow_error(text),
    }
}
