//! Floats: immediates for the usual exponents, boxed otherwise.

use proto_core::{Heap, Value};
use pynumeric::float as math;
pub use pynumeric::float::FloatError;

/// A float.
#[inline(always)]
pub fn new(heap: &Heap, f: f64) -> Value {
    heap.float(f)
}

/// The number, if `v` is exactly a float.
#[inline(always)]
pub fn of(v: Value) -> Option<f64> {
    v.as_float()
}

/// The number, if `v` is exactly a float, int or bool (an int that is too large for a float gives `None`).
#[inline]
pub fn number(v: Value) -> Option<f64> {
    v.as_float().or_else(|| super::int::to_f64(v))
}

/// `hash(f)`; NaN hashes by the identity of `v`, the object that holds it.
#[inline]
pub fn hash_f64(f: f64, v: Value) -> i64 {
    if f.is_nan() { super::hashing::hash_pointer(v) } else { math::hash(f) }
}

/// `a // b`.
///
/// # Errors
/// Division by zero.
pub fn floordiv(a: f64, b: f64) -> Result<f64, FloatError> {
    math::floor_div(a, b)
}

/// `a % b`.
///
/// # Errors
/// Division by zero.
#[inline]
pub fn modulo(a: f64, b: f64) -> Result<f64, FloatError> {
    math::modulo(a, b)
}

/// `a ** b`.
///
/// # Errors
/// Zero to a negative power, overflow, or the need of a complex result.
pub fn pow(a: f64, b: f64) -> Result<f64, FloatError> {
    math::pow(a, b)
}
