//! `range`: three ints in native slots 0 to 2. Immutable.

use super::int;
use super::slice::Slice;
use super::{Obj, shapes};
use crate::ctx::{Ctx, PyResult};
use proto_core::{Heap, Kind, Value};

/// A `range`.
#[derive(Copy, Clone)]
pub struct Range(Value);

impl Range {
    /// The handle, if `v` is a range (the type cannot be subclassed).
    #[inline]
    pub fn of(v: Value) -> Option<Range> {
        (v.is_kind(Kind::Object) && super::shape_of(v) == shapes::RANGE).then_some(Range(v))
    }

    /// Makes a range of three exact ints; `step` is not 0.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(heap: &Heap, start: Value, stop: Value, step: Value) -> Value {
        let v = Obj::alloc(heap, shapes::RANGE);
        if let Some(o) = Obj::of(v) {
            o.set_slot(heap, 0, start);
            o.set_slot(heap, 1, stop);
            o.set_slot(heap, 2, step);
        }
        v
    }

    /// The value.
    #[inline]
    pub fn value(self) -> Value {
        self.0
    }

    #[inline]
    fn slot(self, i: usize) -> Value {
        super::instance::native_slot(self.0, i)
    }

    /// First value.
    #[inline]
    pub fn start(self) -> Value {
        self.slot(0)
    }

    /// Bound, exclusive.
    #[inline]
    pub fn stop(self) -> Value {
        self.slot(1)
    }

    /// Distance.
    #[inline]
    pub fn step(self) -> Value {
        self.slot(2)
    }

    /// All three, when each is one word.
    #[inline]
    pub fn small(self) -> Option<(i64, i64, i64)> {
        Some((self.start().as_int()?, self.stop().as_int()?, self.step().as_int()?))
    }

    /// Number of values, when it fits one word.
    pub fn len_i64(self) -> Option<i64> {
        let n = match self.small() {
            Some((start, stop, step)) => count(i128::from(start), i128::from(stop), i128::from(step)),
            None => return self.len_big().and_then(|n| i64::try_from(&n).ok()),
        };
        i64::try_from(n).ok()
    }

    fn len_big(self) -> Option<pynumeric::BigInt> {
        let (start, stop, step) = (int::to_big(self.start())?, int::to_big(self.stop())?, int::to_big(self.step())?);
        let zero = pynumeric::BigInt::default();
        let (distance, stride) = if step > zero { (stop - start, step) } else { (start - stop, -step) };
        if distance <= zero {
            return Some(zero);
        }
        Some((distance - 1) / stride + 1)
    }

    /// Number of values, of any size.
    pub fn len(self, heap: &Heap) -> Value {
        match self.len_i64() {
            Some(n) => int::from_i64(heap, n),
            None => int::from_big(heap, self.len_big().unwrap_or_default()),
        }
    }

    /// The value at index `i`, which the caller has checked to be inside.
    pub fn get(self, heap: &Heap, i: i64) -> Option<Value> {
        let (start, _, step) = self.small()?;
        Some(int::from_i128(heap, i128::from(start) + i128::from(i) * i128::from(step)))
    }

    /// `self[slice]`, again a range.
    ///
    /// # Errors
    /// As [`Slice::indices`].
    pub fn slice(self, cx: &mut Ctx, slice: Slice) -> PyResult {
        // Sums and products of two words fit two.
        if let (Some((start, _, step)), Some(len), true) = (self.small(), self.len_i64(), slice.is_small()) {
            let i = slice.indices(cx, len as usize)?;
            let at = |n: i64| i128::from(start) + i128::from(step) * i128::from(n);
            let ends = (at(i.start), at(i.stop), i128::from(step) * i128::from(i.step));
            let (a, b, c) = (int::from_i128(cx, ends.0), int::from_i128(cx, ends.1), int::from_i128(cx, ends.2));
            return Ok(Range::new(cx, a, b, c));
        }
        let len = self.len(cx);
        let (from, to, stride) = slice.long_indices(cx, len)?;
        let big = |v: Value| int::to_big(v).unwrap_or_default();
        let (start, step) = (big(self.start()), big(self.step()));
        // An empty or one-element result keeps CPython's start and stop: both ends are mapped.
        let new_step = &step * big(stride);
        let new_start = &start + &step * big(from);
        let new_stop = &start + &step * big(to);
        let (a, b, c) = (int::from_big(cx, new_start), int::from_big(cx, new_stop), int::from_big(cx, new_step));
        Ok(Range::new(cx, a, b, c))
    }
}

/// How many values `start, start + step, ...` lie before `stop`.
fn count(start: i128, stop: i128, step: i128) -> i128 {
    if step > 0 && start < stop {
        (stop - start - 1) / step + 1
    } else if step < 0 && start > stop {
        (start - stop - 1) / -step + 1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts() {
        assert_eq!(super::count(0, 10, 3), 4);
        assert_eq!(super::count(10, 0, -3), 4);
        assert_eq!(super::count(0, 0, 1), 0);
        assert_eq!(super::count(5, 0, 1), 0);
    }
}
