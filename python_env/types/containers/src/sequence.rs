//! What lists and tuples (and some other sequences) have in common: search, comparison, representation, indices.

use engine::objects::{Seq, StrBuilder};
use engine::prelude::*;
use engine::protocol;

/// The name of `v`'s type, for messages.
pub fn type_name(cx: &mut Ctx, v: Value) -> String {
    types::type_name(cx, v)
}

/// The error of a method whose `self` is of a wrong type.
pub fn wrong_self(cx: &mut Ctx, expected: &str, v: Value) -> Raised {
    let name = type_name(cx, v);
    cx.type_error(format!("descriptor requires a '{expected}' object but received a '{name}'"))
}

/// Resolves an integer subscript: `None` when it is out of range.
///
/// # Errors
/// `TypeError` when `key` has no `__index__`, `IndexError` when it is too large for a machine integer.
pub fn key_index(cx: &mut Ctx, key: Value, len: usize, what: &str) -> Res<Option<usize>> {
    let i = key_int(cx, key, what)?;
    let at = if i < 0 { i + len as i64 } else { i };
    Ok((at >= 0 && (at as usize) < len).then_some(at as usize))
}

/// The integer that a key is, to be applied to a length later.
pub fn key_int(cx: &mut Ctx, key: Value, what: &str) -> Res<i64> {
    if let Some(i) = key.as_int() {
        return Ok(i);
    }
    if types::type_of(cx, key).slots().index().is_none() {
        let name = type_name(cx, key);
        return Err(cx.type_error(format!("{what} indices must be integers or slices, not {name}")));
    }
    protocol::subscript_index(cx, key)
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

/// Optional `start` and `stop` arguments of `index` methods, clipped to `0..=len`.
pub fn clip_range(cx: &mut Ctx, start: Option<Value>, stop: Option<Value>, len: usize) -> Res<(usize, usize)> {
    let start = match start {
        Some(v) => clip(cx, v, len)?,
        None => 0,
    };
    let stop = match stop {
        Some(v) => clip(cx, v, len)?,
        None => usize::MAX,
    };
    Ok((start, stop))
}

fn clip(cx: &mut Ctx, v: Value, len: usize) -> Res<usize> {
    let i = engine::objects::slice::bound_clip(cx, v)?;
    Ok(if i < 0 { (i + len as i64).max(0) as usize } else { i as usize })
}

/// The first position in `start..stop` whose item equals `item`; the sequence may change meanwhile.
pub fn find(cx: &mut Ctx, seq: Seq, item: Value, start: usize, stop: usize) -> Res<Option<usize>> {
    let mut i = start;
    while i < stop {
        let Some(v) = seq.get(i) else { break };
        if v == item || protocol::eq(cx, v, item)? {
            return Ok(Some(i));
        }
        cx.poll()?;
        i += 1;
    }
    Ok(None)
}

/// How many items equal `item`.
pub fn count(cx: &mut Ctx, seq: Seq, item: Value) -> PyResult {
    let mut n = 0;
    let mut i = 0;
    while let Some(v) = seq.get(i) {
        if v == item || protocol::eq(cx, v, item)? {
            n += 1;
        }
        cx.poll()?;
        i += 1;
    }
    Ok(int::from_usize(cx, n))
}

/// Lexicographic comparison.
pub fn richcmp_seq(cx: &mut Ctx, a: Seq, b: Seq, op: CmpOp) -> PyResult {
    if matches!(op, CmpOp::Eq | CmpOp::Ne) && a.len() != b.len() {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    protocol::guard(cx, " in comparison")?;
    let mut i = a.same_words(b, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(i)) {
        if x != y && !protocol::eq(cx, x, y)? {
            // The comparison may have made a list so short that these items are beyond its end.
            if i >= a.len() || i >= b.len() {
                break;
            }
            return match op {
                CmpOp::Eq => Ok(Value::FALSE),
                CmpOp::Ne => Ok(Value::TRUE),
                _ => protocol::compare(cx, x, y, op),
            };
        }
        cx.poll()?;
        i += 1;
    }
    let (m, n) = (a.len(), b.len());
    Ok(Value::bool(match op {
        CmpOp::Eq => m == n,
        CmpOp::Ne => m != n,
        CmpOp::Lt => m < n,
        CmpOp::Le => m <= n,
        CmpOp::Gt => m > n,
        CmpOp::Ge => m >= n,
    }))
}

/// `open + ", ".join(map(repr, seq)) + close`, or `recursive` when `v` is being printed already.
pub fn repr_seq(cx: &mut Ctx, v: Value, seq: Seq, open: &str, close: &str, recursive: &str) -> PyResult {
    protocol::guard(cx, " while getting the repr of an object")?;
    if !protocol::repr_enter(cx, v) {
        return Ok(Str::new(cx, recursive));
    }
    let done = repr_items(cx, seq, open, close);
    protocol::repr_leave(cx, v);
    done
}

fn repr_items(cx: &mut Ctx, seq: Seq, open: &str, close: &str) -> PyResult {
    let mut out = StrBuilder::new();
    out.push_str(open);
    let mut i = 0;
    while let Some(item) = seq.get(i) {
        if i > 0 {
            out.push_str(", ");
        }
        push_repr(cx, &mut out, item)?;
        i += 1;
    }
    if i == 1 && close == ")" {
        out.push_str(",");
    }
    out.push_str(close);
    out.wish(cx)
}

/// Appends `repr(v)`.
pub fn push_repr(cx: &mut Ctx, out: &mut StrBuilder, v: Value) -> Res<()> {
    cx.poll()?;
    let r = protocol::repr(cx, v)?;
    match Str::of_sub(cx, r) {
        Some(s) => out.add(cx, s),
        None => Err(cx.type_error("__repr__ returned non-string")),
    }
}
