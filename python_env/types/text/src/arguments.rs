//! Small helpers of the text types.

use engine::objects::List;
use engine::prelude::*;
use engine::protocol;
use pytext::format::FormatError;

/// The name of `v`'s type, for messages.
pub fn type_name(cx: &mut Ctx, v: Value) -> String {
    types::type_name(cx, v)
}

/// The outcome of a `__format__` as a str.
pub fn formatted(cx: &mut Ctx, done: Result<Vec<u8>, FormatError>) -> PyResult {
    match done {
        Ok(bytes) => {
            cx.make_room(bytes.len())?;
            Str::wish(cx, &bytes)
        }
        Err(e) => Err(protocol::format_error(cx, e)),
    }
}

/// The items of an iterable as a list; a list or tuple is copied.
pub fn collect(cx: &mut Ctx, iterable: Value) -> Res<List> {
    let list = List::new(cx);
    protocol::for_each(cx, iterable, |cx, v| {
        list.push(cx, v);
        Ok(())
    })?;
    Ok(list)
}

/// An optional integer argument that saturates, with a default.
pub fn clipped(cx: &mut Ctx, v: Option<Value>, default: i64) -> Res<i64> {
    match v {
        None | Some(Value::NONE) => Ok(default),
        Some(v) => engine::objects::slice::index_clip(cx, v),
    }
}

/// `maxsplit` and `count` arguments: negative means no limit.
pub fn limit(n: i64) -> usize {
    if n < 0 { usize::MAX } else { n as usize }
}

/// The count of a repetition; negative counts as 0, `None` when `v` is no integer.
pub fn repeat_count(cx: &mut Ctx, v: Value) -> Res<Option<usize>> {
    if let Some(i) = v.as_int() {
        return Ok(Some(i.max(0) as usize));
    }
    if types::type_of(cx, v).slots().index().is_none() {
        return Ok(None);
    }
    match protocol::index(cx, v) {
        Ok(i) => Ok(Some(i.max(0) as usize)),
        Err(r) if cx.matches(&r, Exc::IndexError) => {
            cx.clear(r);
            let name = type_name(cx, v);
            Err(cx.overflow_error(format!("cannot fit '{name}' into an index-sized integer")))
        }
        Err(r) => Err(r),
    }
}

/// The number that a key of a sequence is, from whichever end it counts.
pub fn key_number(cx: &mut Ctx, key: Value, what: &str) -> Res<i64> {
    match key.as_int() {
        Some(i) => Ok(i),
        None if types::type_of(cx, key).slots().index().is_none() => {
            let name = type_name(cx, key);
            Err(cx.type_error(format!("{what} indices must be integers or slices, not {name}")))
        }
        None => protocol::subscript_index(cx, key),
    }
}

/// Resolves an integer subscript: `None` when it is out of range.
pub fn key_index(cx: &mut Ctx, key: Value, len: usize, what: &str) -> Res<Option<usize>> {
    let i = key_number(cx, key, what)?;
    let at = if i < 0 { i + len as i64 } else { i };
    Ok((at >= 0 && (at as usize) < len).then_some(at as usize))
}
