//! Pickling of the core iterators: `__reduce__` and `__setstate__`.
//!
//! An iterator over a sequence is rebuilt from the sequence and a position, one over a range from what is left of the range,
//! one over a dict or set from a list of what is left.

use engine::objects::{Obj, Range, Tuple, int, iter, shapes};
use engine::prelude::*;
use engine::protocol;

/// `(f, (source,), state)`; no state when it is EMPTY.
fn rebuilt_by(cx: &mut Ctx, f: Value, source: Value, state: Value) -> PyResult {
    let inner = Tuple::new(cx, &[source]);
    Ok(if state.is_empty() { Tuple::new(cx, &[f, inner]) } else { Tuple::new(cx, &[f, inner, state]) })
}

/// `__reduce__` of the core iterators.
pub fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(it) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let shape = it.shape_id();
    // First of all: it may run Python code, which may use the iterator up.
    let name = if shape == shapes::LIST_REV_ITER { cx.names.reversed } else { cx.names.iter };
    let f = protocol::iter::builtin(cx, name)?;
    let (source, at) = (it.slot(cx, 0), it.slot(cx, 1));
    match shape {
        shapes::RANGE_ITER => {
            let ((next, left), step) = (iter::range_rest(cx, it), it.slot(cx, 2));
            let stop = int::mul(cx, left, step).and_then(|n| int::add(cx, next, n)).unwrap_or(next);
            let rest = Range::new(cx, next, stop, step);
            rebuilt_by(cx, f, rest, Value::NONE)
        }
        shapes::LONG_RANGE_ITER => {
            let (stop, step) = (at, it.slot(cx, 2));
            let start = if source.is_empty() { stop } else { source };
            let rest = Range::new(cx, start, stop, step);
            rebuilt_by(cx, f, rest, Value::NONE)
        }
        shapes::LIST_REV_ITER if !source.is_empty() => rebuilt_by(cx, f, source, at),
        shapes::LIST_REV_ITER => {
            let empty = List::new(cx);
            rebuilt_by(cx, f, empty.value(), Value::EMPTY)
        }
        shapes::LIST_ITER | shapes::TUPLE_ITER | shapes::BYTES_ITER | shapes::STR_ITER | shapes::STR_ASCII_ITER
            if !source.is_empty() =>
        {
            let at = match Str::of(source) {
                Some(s) => int::from_usize(cx, s.char_of_byte(at.as_int().unwrap_or(0) as usize)),
                None => at,
            };
            rebuilt_by(cx, f, source, at)
        }
        shapes::TUPLE_ITER | shapes::BYTES_ITER => {
            let empty = Tuple::empty(cx);
            rebuilt_by(cx, f, empty, Value::EMPTY)
        }
        shapes::STR_ITER | shapes::STR_ASCII_ITER => {
            let empty = Str::new(cx, "");
            rebuilt_by(cx, f, empty, Value::EMPTY)
        }
        _ => {
            let copy = iter::copy(cx, args[0]);
            let rest = crate::list::collect(cx, copy)?;
            rebuilt_by(cx, f, rest.value(), Value::EMPTY)
        }
    }
}

/// A position as an int, clamped to a word.
fn position(cx: &mut Ctx, v: Value) -> Res<i64> {
    if !int::is_sub(cx, v) {
        return Err(cx.type_error("an integer is required"));
    }
    protocol::index(cx, v)
}

/// `__setstate__` of the core iterators that have a position.
pub fn setstate(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(it) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let source = it.slot(cx, 0);
    match it.shape_id() {
        shapes::RANGE_ITER => {
            let n = protocol::index(cx, args[1])?;
            iter::skip_range(cx, it, n);
        }
        shapes::LONG_RANGE_ITER => return skip_in_long_range(cx, it, args[1]),
        shapes::LIST_ITER => {
            let n = position(cx, args[1])?;
            if let Some(l) = List::of(source) {
                // A negative position means "at the end".
                let n = if n < 0 { l.len() as i64 } else { n.min(l.len() as i64) };
                it.set_slot(cx, 1, Value::from_usize(n as usize));
            }
        }
        shapes::LIST_REV_ITER => {
            let n = position(cx, args[1])?;
            if let Some(l) = List::of(source) {
                let n = int::from_i64(cx, n.clamp(-1, l.len() as i64 - 1));
                it.set_slot(cx, 1, n);
            }
        }
        shapes::STR_ITER | shapes::STR_ASCII_ITER => {
            let n = position(cx, args[1])?;
            if let Some(s) = Str::of(source) {
                let at = s.byte_of_char(cx, (n.max(0) as usize).min(s.len_chars()));
                it.set_slot(cx, 1, Value::from_usize(at));
            }
        }
        _ => {
            let n = position(cx, args[1])?;
            let len = match (Tuple::of(source), Bytes::of(source)) {
                (Some(t), _) => t.len(),
                (_, Some(b)) => b.len(),
                _ => return Ok(Value::NONE),
            };
            it.set_slot(cx, 1, Value::from_usize((n.max(0) as usize).min(len)));
        }
    }
    Ok(Value::NONE)
}

/// Skips the first `state` items of a long range's iterator.
fn skip_in_long_range(cx: &mut Ctx, it: Obj, state: Value) -> PyResult {
    if !int::is_sub(cx, state) {
        let got = types::type_name(cx, state);
        return Err(cx.type_error(format!("state must be an int, not {got}")));
    }
    let (next, stop, step) = (it.slot(cx, 0), it.slot(cx, 1), it.slot(cx, 2));
    if next.is_empty() || int::sign(state) <= 0 {
        return Ok(Value::NONE);
    }
    let skipped = int::mul(cx, state, step).and_then(|n| int::add(cx, next, n));
    let Ok(skipped) = skipped else { return Err(cx.memory_error()) };
    // Not beyond the end: the iterator gives its rest as a range.
    let order = int::cmp(skipped, stop);
    let beyond = if int::sign(step) > 0 { order.is_ge() } else { order.is_le() };
    it.set_slot(cx, 0, if beyond { stop } else { skipped });
    Ok(Value::NONE)
}
