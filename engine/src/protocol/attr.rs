//! Attribute access. Names are interned strings.

use crate::exceptions::Exc;
use crate::native::def::TypeFlags;
use crate::types::lookup::lookup_method;
use crate::types::module_type::{module_getattr, module_getattr_opt};
use crate::types::object_type::{generic_getattr, generic_getattr_opt, instance_get};
use crate::types::type_type::{type_getattr, type_getattr_opt};
use crate::types::{type_lookup, type_name, type_of};
use crate::{Ctx, PyResult};
use proto_core::{Kind, Value};

/// `o.name`.
pub fn getattr(cx: &mut Ctx, o: Value, name: Value) -> PyResult {
    match type_of(cx, o).slots().getattr() {
        Some(get) => get.call(cx, o, name),
        None => Err(cx.attribute_error(o, name)),
    }
}

/// `o.name`, None when there is no such attribute. The common cases make no exception.
pub fn getattr_opt(cx: &mut Ctx, o: Value, name: Value) -> PyResult<Option<Value>> {
    let ty = type_of(cx, o);
    let result = match ty.slots().getattr() {
        Some(f) if f.addr() == generic_getattr as *const () as usize => generic_getattr_opt(cx, o, name),
        Some(f) if f.addr() == type_getattr as *const () as usize => type_getattr_opt(cx, o, name),
        Some(f) if f.addr() == module_getattr as *const () as usize => module_getattr_opt(cx, o, name),
        Some(f) => f.call(cx, o, name).map(Some),
        None => Ok(None),
    };
    match result {
        Err(raised) if cx.matches(&raised, Exc::AttributeError) => {
            cx.clear(raised);
            Ok(None)
        }
        other => other,
    }
}

/// Whether `o.name` exists.
pub fn hasattr(cx: &mut Ctx, o: Value, name: Value) -> PyResult<bool> {
    Ok(getattr_opt(cx, o, name)?.is_some())
}

/// `o.name = v`.
pub fn setattr(cx: &mut Ctx, o: Value, name: Value, v: Value) -> PyResult<()> {
    match type_of(cx, o).slots().setattr() {
        Some(set) => set.call(cx, o, name, v),
        None => {
            let (ty, text) = (type_name(cx, o), super::text(cx, name));
            let what = if v == Value::EMPTY { "del" } else { "assign to" };
            Err(cx.type_error(format!("'{ty}' object has no attributes ({what} .{text})")))
        }
    }
}

/// `del o.name`.
pub fn delattr(cx: &mut Ctx, o: Value, name: Value) -> PyResult<()> {
    setattr(cx, o, name, Value::EMPTY)
}

/// A special method: looked up on the type only, bound to `o`.
pub fn lookup_special(cx: &mut Ctx, o: Value, name: Value) -> PyResult<Option<Value>> {
    let ty = type_of(cx, o);
    let Some(attr) = type_lookup(cx, ty, name) else { return Ok(None) };
    match type_of(cx, attr).slots().descr_get() {
        Some(get) => get.call(cx, attr, o, ty.value()).map(Some),
        None => Ok(Some(attr)),
    }
}

/// What `o.name(...)` calls: `(function, true)` when `o` is to be passed as the first argument.
pub fn load_method(cx: &mut Ctx, o: Value, name: Value) -> PyResult<(Value, bool)> {
    let ty = type_of(cx, o);
    if !ty.flags().has(TypeFlags::GENERIC_GETATTR) {
        return getattr(cx, o, name).map(|f| (f, false));
    }
    let Some(attr) = type_lookup(cx, ty, name) else {
        return match instance_get(cx, o, name) {
            Some(v) => Ok((v, false)),
            None => Err(cx.attribute_error(o, name)),
        };
    };
    // A function is no data descriptor; anything else is asked.
    if (attr.is_kind(Kind::Function) || type_of(cx, attr).slots().descr_set().is_none())
        && let Some(v) = instance_get(cx, o, name)
    {
        return Ok((v, false));
    }
    lookup_method(cx, attr, o, ty)
}
