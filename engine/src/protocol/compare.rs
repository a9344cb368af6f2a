//! Comparison and hashing.

use super::CmpOp;
use crate::exceptions::{self, Exc};
use crate::native::def::TypeFlags;
use crate::objects::{Obj, Tuple, fast_hash, simple_compare, simple_eq};
use crate::types::slot_python;
use crate::types::slots::hash_not_implemented;
use crate::types::{Type, type_name, type_of};
use crate::{Ctx, PyResult};
use proto_core::{Kind, Value};

/// The value that stands for `v` where it is hashed or compared: an instance of a named tuple, say, does so as its tuple.
#[inline]
fn comparable(heap: &proto_core::Heap, v: Value) -> Value {
    match Obj::of(v) {
        Some(o) if type_of(heap, v).flags().has(TypeFlags::COMPARES_AS_BASE) => o.at(0).non_empty().unwrap_or(v),
        _ => v,
    }
}

/// `a op b` of tuples, nested ones and instances that compare as tuples included, where no Python code can run.
fn compare_tuples(heap: &proto_core::Heap, a: Value, b: Value, op: CmpOp, depth: usize) -> Option<bool> {
    let (a, b) = (comparable(heap, a), comparable(heap, b));
    let (Some(x), Some(y)) = (Tuple::of(a), Tuple::of(b)) else { return simple_compare(op, a, b) };
    let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
    if depth > MAX_NESTED {
        return None;
    }
    if equality && x.len() != y.len() {
        return Some(op == CmpOp::Ne);
    }
    for (&p, &q) in x.as_slice().iter().zip(y.as_slice()) {
        // Identity counts as equality here.
        if p == q {
            continue;
        }
        let equal = match simple_eq(p, q) {
            Some(equal) => equal,
            None => compare_tuples(heap, p, q, CmpOp::Eq, depth + 1)?,
        };
        if !equal {
            return if equality { Some(op == CmpOp::Ne) } else { compare_tuples(heap, p, q, op, depth + 1) };
        }
    }
    Some(op.test(x.len().cmp(&y.len())))
}

/// Nesting up to which tuples are compared without the protocol.
const MAX_NESTED: usize = 16;

/// `a op b`, any object as the result.
pub fn compare(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if a.is_kind(Kind::Object) && b.is_kind(Kind::Object) {
        let ty = type_of(cx, a);
        // Two instances of one class with a comparison in Python: no shorter way knows them.
        if ty == type_of(cx, b) && ty.slots().richcmp_is_python() {
            super::guard(cx, " in comparison")?;
            let r = slot_python::richcmp(cx, a, b, op)?;
            return if r == Value::NOT_IMPLEMENTED { left_declined(cx, a, b, op) } else { Ok(r) };
        }
        // Both leave it to `object`, which knows identity.
        let of_object = cx.types.object.slots().richcmp().map(|f| f.addr());
        if matches!(op, CmpOp::Eq | CmpOp::Ne)
            && ty.slots().richcmp().map(|f| f.addr()) == of_object
            && type_of(cx, b).slots().richcmp().map(|f| f.addr()) == of_object
        {
            return Ok(Value::bool((a == b) == (op == CmpOp::Eq)));
        }
    }
    if let Some(r) = compare_tuples(cx, a, b, op, 0) {
        return Ok(Value::bool(r));
    }
    super::guard(cx, " in comparison")?;
    let (ta, tb) = (type_of(cx, a), type_of(cx, b));
    let mut reflected_first = false;
    if ta != tb
        && tb.is_subtype(ta)
        && let Some(f) = tb.slots().richcmp()
    {
        reflected_first = true;
        let r = f.call(cx, b, a, op.swapped())?;
        if r != Value::NOT_IMPLEMENTED {
            return Ok(r);
        }
    }
    if let Some(f) = ta.slots().richcmp() {
        let r = f.call(cx, a, b, op)?;
        if r != Value::NOT_IMPLEMENTED {
            return Ok(r);
        }
    }
    if reflected_first { nobody_knows(cx, a, b, op) } else { left_declined(cx, a, b, op) }
}

/// `a op b` once the method of `a` has returned NotImplemented.
pub(crate) fn left_declined(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if let Some(f) = type_of(cx, b).slots().richcmp() {
        let r = f.call(cx, b, a, op.swapped())?;
        if r != Value::NOT_IMPLEMENTED {
            return Ok(r);
        }
    }
    nobody_knows(cx, a, b, op)
}

/// The default: identity for equality, an error for order.
fn nobody_knows(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if matches!(op, CmpOp::Eq | CmpOp::Ne) && exceptions::bytes_warning() {
        warn_of_bytes(cx, a, b)?;
    }
    match op {
        CmpOp::Eq => Ok(Value::bool(a == b)),
        CmpOp::Ne => Ok(Value::bool(a != b)),
        _ => {
            let (x, y) = (type_name(cx, a), type_name(cx, b));
            Err(cx.type_error(format!("'{}' not supported between instances of '{x}' and '{y}'", op.symbol())))
        }
    }
}

/// `-b`: bytes are never equal to text or numbers.
#[cold]
fn warn_of_bytes(cx: &mut Ctx, a: Value, b: Value) -> PyResult<()> {
    let t = cx.types;
    let is = |cx: &Ctx, v: Value, ty: Type| type_of(cx, v).is_subtype(ty);
    for (bytes, other) in [(a, b), (b, a)] {
        let text = if is(cx, bytes, t.bytes) && is(cx, other, t.str) {
            "Comparison between bytes and string"
        } else if is(cx, bytes, t.bytes) && is(cx, other, t.int) {
            "Comparison between bytes and int"
        } else if type_name(cx, bytes) == "bytearray" && is(cx, other, t.str) {
            "Comparison between bytearray and string"
        } else {
            continue;
        };
        return exceptions::warn(cx, Exc::BytesWarning, text, 1);
    }
    Ok(())
}

/// The same as [`compare`].
#[inline]
pub fn richcompare(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    compare(cx, a, b, op)
}

/// The truth of `a op b`; identity decides `==` and `!=` at once, as in containers.
pub fn compare_bool(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult<bool> {
    if let Some(r) = simple_compare(op, a, b) {
        return Ok(r);
    }
    if a == b && !a.is_float() {
        match op {
            CmpOp::Eq => return Ok(true),
            CmpOp::Ne => return Ok(false),
            _ => {}
        }
    }
    let r = compare(cx, a, b, op)?;
    super::truth(cx, r)
}

/// `a is b or a == b`.
#[inline]
pub fn eq(cx: &mut Ctx, a: Value, b: Value) -> PyResult<bool> {
    if a == b {
        return Ok(true);
    }
    match simple_eq(a, b) {
        Some(r) => Ok(r),
        None => {
            let r = compare(cx, a, b, CmpOp::Eq)?;
            super::truth(cx, r)
        }
    }
}

/// `hash(v)`.
#[inline]
pub fn hash(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    if let Some(h) = fast_hash(v) {
        return Ok(h);
    }
    let base = comparable(cx, v);
    if base != v
        && let Some(h) = fast_hash(base)
    {
        return Ok(h);
    }
    if v.is_kind(Kind::Tuple) {
        super::guard(cx, " while hashing a tuple")?;
    } else {
        super::guard(cx, " while calling a Python object")?;
    }
    match type_of(cx, v).slots().hash() {
        Some(f) => f.call(cx, v),
        None => hash_not_implemented(cx, v),
    }
}

/// `hash(v)` for a container; `what` says in the error what `v` was to be ("dict key", "set element").
pub fn hash_for(cx: &mut Ctx, v: Value, what: &str) -> PyResult<i64> {
    match hash(cx, v) {
        Err(raised) if type_of(cx, cx.peek(&raised)) == cx.types.exc(Exc::TypeError) => {
            let exc = cx.take(raised);
            let (name, text) = (type_name(cx, v), super::str_lossy(cx, exc));
            Err(cx.type_error(format!("cannot use '{name}' as a {what} ({text})")))
        }
        other => other,
    }
}
