//! Floats: immediate for exponents near zero, boxed otherwise (word 1: the bits).

use super::hashing::hash_pointer;
use proto_core::{Heap, Value};

pub use pynumeric::float::{FloatError, divmod, floor_div as floordiv, modulo, pow};

/// The float as a value.
#[inline(always)]
pub fn new(heap: &Heap, f: f64) -> Value {
    heap.float(f)
}

/// The float in `v`, if `v` is exactly a float.
#[inline(always)]
pub fn of(v: Value) -> Option<f64> {
    v.as_float()
}

/// The float in `v`, also when it is an instance of a subclass.
pub fn of_sub(heap: &Heap, v: Value) -> Option<f64> {
    v.as_float().or_else(|| super::base_value(heap, v).as_float())
}

/// A number as a float: float, int or bool; `None` for other values and for ints too large.
#[inline]
pub fn number(v: Value) -> Option<f64> {
    v.as_float().or_else(|| super::int::to_f64(v))
}

/// `hash(f)`; NaN hashes by the identity of its value.
pub fn hash_f64(f: f64, v: Value) -> i64 {
    if f.is_nan() { hash_pointer(v) } else { pynumeric::float::hash(f) }
}
