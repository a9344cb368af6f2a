//! Length, items, membership, truth.

use crate::exceptions::Exc;
use crate::native::def::TypeFlags;
use crate::objects::{int, simple_eq};
use crate::types::{Type, type_lookup, type_name, type_of};
use crate::{Ctx, PyResult, Raised};
use proto_core::Value;

/// `len(v)`.
pub fn length(cx: &mut Ctx, v: Value) -> PyResult<usize> {
    match type_of(cx, v).slots().len() {
        Some(f) => f.call(cx, v),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("object of type '{name}' has no len()")))
        }
    }
}

/// `operator.length_hint(v, default)`.
pub fn length_hint(cx: &mut Ctx, v: Value, default: usize) -> PyResult<usize> {
    if type_of(cx, v).slots().len().is_some() {
        match length(cx, v) {
            Err(r) if cx.matches(&r, Exc::TypeError) => cx.clear(r),
            other => return other,
        }
    }
    let name = cx.names.__length_hint__;
    let Some(hint) = super::lookup_special(cx, v, name)? else { return Ok(default) };
    let result = match super::call(cx, hint, &[]) {
        Ok(r) => r,
        Err(r) if cx.matches(&r, Exc::TypeError) => {
            cx.clear(r);
            return Ok(default);
        }
        Err(r) => return Err(r),
    };
    if result == Value::NOT_IMPLEMENTED {
        return Ok(default);
    }
    if !int::is_sub(cx, result) {
        let got = type_name(cx, result);
        return Err(cx.type_error(format!("__length_hint__ must be an integer, not {got}")));
    }
    match super::index(cx, result)? {
        n if n < 0 => Err(cx.value_error("__length_hint__() should return >= 0")),
        n => Ok(n as usize),
    }
}

/// What asking an iterable for its length raises, before it is copied: only classes can raise.
pub fn check_length(cx: &mut Ctx, v: Value) -> PyResult<()> {
    if type_of(cx, v).is_heap() {
        length_hint(cx, v, 0)?;
    }
    Ok(())
}

/// `o[key]`.
pub fn getitem(cx: &mut Ctx, o: Value, key: Value) -> PyResult {
    if let Some(f) = type_of(cx, o).slots().getitem() {
        return f.call(cx, o, key);
    }
    if let Some(ty) = Type::of(o) {
        if ty == cx.types.type_ {
            return Ok(crate::types::generic_alias::new_alias(cx, o, key));
        }
        let name = cx.names.__class_getitem__;
        return match super::getattr_opt(cx, o, name)? {
            Some(f) if !f.is_none() => super::call(cx, f, &[key]),
            _ => {
                let name = ty.name_str();
                Err(cx.type_error(format!("type '{name}' is not subscriptable")))
            }
        };
    }
    let name = type_name(cx, o);
    Err(cx.type_error(format!("'{name}' object is not subscriptable")))
}

/// `o[key] = v`.
pub fn setitem(cx: &mut Ctx, o: Value, key: Value, v: Value) -> PyResult<()> {
    match type_of(cx, o).slots().setitem() {
        Some(f) => f.call(cx, o, key, v),
        None => {
            let name = type_name(cx, o);
            Err(cx.type_error(format!("'{name}' object does not support item assignment")))
        }
    }
}

/// `del o[key]`.
pub fn delitem(cx: &mut Ctx, o: Value, key: Value) -> PyResult<()> {
    match type_of(cx, o).slots().setitem() {
        Some(f) => f.call(cx, o, key, Value::EMPTY),
        None => Err(no_deletion(cx, o, key)),
    }
}

/// The words depend on whether the deletion could be meant for a sequence: by an index, of what C calls a sequence.
#[cold]
fn no_deletion(cx: &mut Ctx, o: Value, key: Value) -> Raised {
    let (name, ty) = (type_name(cx, o), type_of(cx, o));
    let sequence = ty.is_heap() || ty.slots().len().is_some() || ty.slots().contains().is_some();
    let indexed = key.is_int() || type_of(cx, key).slots().index().is_some();
    let be = if sequence && indexed { "doesn't" } else { "does not" };
    cx.type_error(format!("'{name}' object {be} support item deletion"))
}

/// `v in container`.
pub fn contains(cx: &mut Ctx, container: Value, v: Value) -> PyResult<bool> {
    match type_of(cx, container).slots().contains() {
        Some(f) => f.call(cx, container, v),
        None => contains_by_iteration(cx, container, v),
    }
}

/// Membership by iteration and equality.
pub fn contains_by_iteration(cx: &mut Ctx, container: Value, v: Value) -> PyResult<bool> {
    let it = match super::iter(cx, container) {
        Ok(it) => it,
        Err(r) if cx.matches(&r, Exc::TypeError) => {
            cx.clear(r);
            let name = type_name(cx, container);
            return Err(cx.type_error(format!("argument of type '{name}' is not a container or iterable")));
        }
        Err(r) => return Err(r),
    };
    while let Some(item) = super::next(cx, it)? {
        if item == v || super::eq(cx, item, v)? {
            return Ok(true);
        }
        cx.poll()?;
    }
    Ok(false)
}

/// `bool(v)`.
#[inline]
pub fn truth(cx: &mut Ctx, v: Value) -> PyResult<bool> {
    match v {
        Value::TRUE => Ok(true),
        Value::FALSE | Value::NONE => Ok(false),
        _ if v.is_int() => Ok(v != Value::small(0)),
        _ => truth_slow(cx, v),
    }
}

fn truth_slow(cx: &mut Ctx, v: Value) -> PyResult<bool> {
    let slots = type_of(cx, v).slots();
    match (slots.bool(), slots.len()) {
        (Some(f), _) => f.call(cx, v),
        (None, Some(f)) => f.call(cx, v).map(|n| n > 0),
        (None, None) => Ok(true),
    }
}

/// Whether `v` looks like a sequence: items by index, and not a dict.
pub fn is_sequence(cx: &mut Ctx, v: Value) -> bool {
    let ty = type_of(cx, v);
    let name = cx.names.__getitem__;
    !ty.flags().has(TypeFlags::MAPPING) && ty.slots().getitem().is_some() && type_lookup(cx, ty, name).is_some()
}

/// Whether `v` has items by key.
pub fn is_mapping(cx: &Ctx, v: Value) -> bool {
    type_of(cx, v).slots().getitem().is_some()
}

/// Equality of items as containers use it: identity first.
#[inline]
pub fn same(cx: &mut Ctx, a: Value, b: Value) -> PyResult<bool> {
    match simple_eq(a, b) {
        Some(r) => Ok(r),
        None => super::eq(cx, a, b),
    }
}
