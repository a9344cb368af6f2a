//! `slice`: three values in native slots 0 to 2, and the arithmetic of indices. Immutable.

use super::indices::{SliceIdx, normalize};
use super::int;
use super::{Obj, shapes};
use crate::ctx::{Ctx, PyResult};
use crate::protocol;
use crate::types::type_of;
use proto_core::{Heap, Kind, Value};

/// A `slice`.
#[derive(Copy, Clone)]
pub struct Slice(Value);

/// The parts of a slice as integers, clipped to 64 bits: to be applied to a length that is known only under a lock.
#[derive(Copy, Clone, Debug)]
pub struct Bounds {
    start: Option<i64>,
    stop: Option<i64>,
    step: i64,
}

impl Bounds {
    /// Applied to a sequence of `len` items.
    pub fn on(self, len: usize) -> SliceIdx {
        normalize(len, self.start, self.stop, self.step)
    }

    /// Whether it names neighbours, in their order.
    pub fn is_plain(self) -> bool {
        self.step == 1
    }
}

impl Slice {
    /// The handle, if `v` is a slice (the type cannot be subclassed).
    #[inline]
    pub fn of(v: Value) -> Option<Slice> {
        (v.is_kind(Kind::Object) && super::shape_of(v) == shapes::SLICE).then_some(Slice(v))
    }

    /// Makes a slice of any three values.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(heap: &Heap, start: Value, stop: Value, step: Value) -> Value {
        let v = Obj::alloc(heap, shapes::SLICE);
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

    /// As given; may be None.
    #[inline]
    pub fn start(self) -> Value {
        super::instance::native_slot(self.0, 0)
    }

    /// As given; may be None.
    #[inline]
    pub fn stop(self) -> Value {
        super::instance::native_slot(self.0, 1)
    }

    /// As given; may be None.
    #[inline]
    pub fn step(self) -> Value {
        super::instance::native_slot(self.0, 2)
    }

    /// The slice applied to a sequence of `len` items.
    ///
    /// # Errors
    /// TypeError when a part is no integer, ValueError when the step is 0.
    pub fn indices(self, cx: &mut Ctx, len: usize) -> PyResult<SliceIdx> {
        Ok(self.bounds(cx)?.on(len))
    }

    /// Its parts as integers.
    ///
    /// # Errors
    /// As [`Slice::indices`].
    pub fn bounds(self, cx: &mut Ctx) -> PyResult<Bounds> {
        let step = match self.step() {
            Value::NONE => 1,
            v => index_clip(cx, v)?.max(-i64::MAX),
        };
        if step == 0 {
            return Err(cx.value_error("slice step cannot be zero"));
        }
        let start = match self.start() {
            Value::NONE => None,
            v => Some(index_clip(cx, v)?),
        };
        let stop = match self.stop() {
            Value::NONE => None,
            v => Some(index_clip(cx, v)?),
        };
        Ok(Bounds { start, stop, step })
    }

    /// Whether each part is None or an int of one word.
    pub fn is_small(self) -> bool {
        [self.start(), self.stop(), self.step()].into_iter().all(|v| v == Value::NONE || v.as_int().is_some())
    }

    /// Start, stop and step applied to a sequence of `len` (not negative) items, all of any size.
    ///
    /// # Errors
    /// As [`Slice::indices`].
    pub fn long_indices(self, cx: &mut Ctx, len: Value) -> PyResult<(Value, Value, Value)> {
        let step = if self.step() == Value::NONE { Value::small(1) } else { long_index(cx, self.step())? };
        if int::sign(step) == 0 {
            return Err(cx.value_error("slice step cannot be zero"));
        }
        let backwards = int::sign(step) < 0;
        let minus_one = Value::small(-1);
        let (lower, upper) =
            if backwards { (minus_one, protocol::add(cx, len, minus_one)?) } else { (Value::small(0), len) };
        let start = long_bound(cx, self.start(), if backwards { upper } else { lower }, (lower, upper), len)?;
        let stop = long_bound(cx, self.stop(), if backwards { lower } else { upper }, (lower, upper), len)?;
        Ok((start, stop, step))
    }
}

fn long_index(cx: &mut Ctx, v: Value) -> PyResult {
    if type_of(cx, v).slots().index().is_none() {
        return Err(cx.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    protocol::index_value(cx, v)
}

fn long_bound(cx: &mut Ctx, v: Value, default: Value, (lower, upper): (Value, Value), len: Value) -> PyResult {
    if v == Value::NONE {
        return Ok(default);
    }
    let mut i = long_index(cx, v)?;
    if int::sign(i) < 0 {
        i = protocol::add(cx, i, len)?;
        if int::cmp(i, lower).is_lt() {
            i = lower;
        }
    } else if int::cmp(i, upper).is_gt() {
        i = upper;
    }
    Ok(i)
}

/// An index that saturates instead of overflowing, as slices use it.
///
/// # Errors
/// TypeError when `v` is no integer; whatever its `__index__` raises.
pub fn index_clip(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    clipped(cx, v, "slice indices must be integers or None or have an __index__ method")
}

/// The same where None is no index (bounds of `index` methods).
///
/// # Errors
/// As [`index_clip`].
pub fn bound_clip(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    clipped(cx, v, "slice indices must be integers or have an __index__ method")
}

fn clipped(cx: &mut Ctx, v: Value, refusal: &str) -> PyResult<i64> {
    if let Some(i) = v.as_int() {
        return Ok(i);
    }
    if type_of(cx, v).slots().index().is_none() {
        return Err(cx.type_error(refusal));
    }
    let v = protocol::index_value(cx, v)?;
    Ok(match int::to_i64(v) {
        Some(i) => i,
        None if int::sign(v) < 0 => i64::MIN,
        None => i64::MAX,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_like_python() {
        let idx = |len, a, b, s| {
            let i = normalize(len, a, b, s);
            (i.start, i.stop, i.step, i.count)
        };
        assert_eq!(idx(5, None, None, 1), (0, 5, 1, 5));
        assert_eq!(idx(5, None, None, -1), (4, -1, -1, 5));
        assert_eq!(idx(5, Some(-100), Some(100), 2), (0, 5, 2, 3));
        assert_eq!(idx(5, Some(3), Some(1), 1), (3, 1, 1, 0));
        assert_eq!(idx(5, Some(10), Some(0), -2), (4, 0, -2, 2));
        assert_eq!(idx(0, None, None, -1), (-1, -1, -1, 0));
    }
}
