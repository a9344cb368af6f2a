//! Texts of objects: `repr`, `str`, `ascii`, `format`, `dir`.

use crate::objects::{List, Str, sort};
use crate::types::{type_name, type_of};
use crate::{Ctx, PyResult};
use proto_core::Value;

/// `repr(v)`.
pub fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    super::guard(cx, " while getting the repr of an object")?;
    let Some(f) = type_of(cx, v).slots().repr else { return crate::types::object_type::default_repr(cx, v) };
    let r = f(cx, v)?;
    checked(cx, r, "__repr__")
}

fn checked(cx: &mut Ctx, r: Value, method: &str) -> PyResult {
    if Str::of_sub(cx, r).is_some() {
        return Ok(r);
    }
    let got = type_name(cx, r);
    Err(cx.type_error(format!("{method} returned non-string (type {got})")))
}

/// `str(v)`.
pub fn str(cx: &mut Ctx, v: Value) -> PyResult {
    if Str::of(v).is_some() {
        return Ok(v);
    }
    super::guard(cx, " while getting the str of an object")?;
    let Some(f) = type_of(cx, v).slots().str else { return repr(cx, v) };
    let r = f(cx, v)?;
    checked(cx, r, "__str__")
}

/// `ascii(v)`.
pub fn ascii(cx: &mut Ctx, v: Value) -> PyResult {
    let r = repr(cx, v)?;
    let Some(s) = Str::of_sub(cx, r) else { return Ok(r) };
    if s.is_ascii() {
        return Ok(s.value());
    }
    let mut out = String::with_capacity(s.byte_len() * 2);
    for cp in s.chars() {
        match cp {
            0..0x80 => out.push(cp as u8 as char),
            0x80..=0xFF => out.push_str(&format!("\\x{cp:02x}")),
            0x100..=0xFFFF => out.push_str(&format!("\\u{cp:04x}")),
            _ => out.push_str(&format!("\\U{cp:08x}")),
        }
    }
    Ok(Str::new(cx, &out))
}

/// `format(v, spec)`; `spec` a str value, or EMPTY for the empty one.
pub fn format(cx: &mut Ctx, v: Value, spec: Value) -> PyResult {
    let names = cx.names;
    let spec = if spec == Value::EMPTY { names.empty } else { spec };
    if spec == names.empty && (Str::of(v).is_some() || v.is_int()) {
        return str(cx, v);
    }
    let r = match crate::types::slot_python::call_dunder_opt(cx, v, names.__format__, &[spec])? {
        Some(r) => r,
        None => {
            let name = type_name(cx, v);
            return Err(cx.type_error(format!("Type {name} doesn't define __format__")));
        }
    };
    if Str::of_sub(cx, r).is_none() {
        let got = type_name(cx, r);
        return Err(cx.type_error(format!("__format__ must return a str, not {got}")));
    }
    Ok(r)
}

/// A str value as Rust text (surrogates replaced); empty when it is no str.
pub fn text(cx: &Ctx, v: Value) -> String {
    Str::of_sub(cx, v).map_or(String::new(), |s| s.to_string_lossy().into_owned())
}

/// `str(v)` as Rust text; errors give a placeholder and are dropped.
pub fn str_lossy(cx: &mut Ctx, v: Value) -> String {
    match str(cx, v) {
        Ok(s) => text(cx, s),
        Err(r) => {
            cx.clear(r);
            "<unprintable>".to_owned()
        }
    }
}

/// `repr(v)` as Rust text; errors give a placeholder and are dropped.
pub fn repr_lossy(cx: &mut Ctx, v: Value) -> String {
    match repr(cx, v) {
        Ok(s) => text(cx, s),
        Err(r) => {
            cx.clear(r);
            let name = type_name(cx, v);
            format!("<unprintable {name} object>")
        }
    }
}

/// Says that the repr of `v` begins; false when it is under way on this thread already (a container that holds itself).
pub fn repr_enter(cx: &mut Ctx, v: Value) -> bool {
    let active = &mut cx.tcache.repr_active;
    if active.contains(&v.bits()) {
        return false;
    }
    active.push(v.bits());
    true
}

/// Says that the repr of `v` ended.
pub fn repr_leave(cx: &mut Ctx, v: Value) {
    let active = &mut cx.tcache.repr_active;
    if let Some(i) = active.iter().rposition(|&b| b == v.bits()) {
        active.truncate(i);
    }
}

/// `dir(v)`: a sorted list.
pub fn dir(cx: &mut Ctx, v: Value) -> PyResult {
    let name = cx.names.__dir__;
    let Some(f) = super::lookup_special(cx, v, name)? else {
        return Err(cx.type_error("object does not provide __dir__"));
    };
    let names = super::call(cx, f, &[])?;
    let list: List = super::list_of(cx, names)?;
    sort::sort(cx, list, Value::EMPTY, false)?;
    Ok(list.value())
}
