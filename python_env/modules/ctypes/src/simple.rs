//! `_SimpleCData`: numbers, characters, strings by address, objects.

use engine::prelude::*;

use crate::info::{self, Form, Info};
use crate::{codes, data, raw};

fn code_of(cx: &mut Ctx, v: Value) -> Res<(u8, bool, bool)> {
    let info = data::info_of(cx, v)?;
    match *info::data(cx, info)? {
        Info { form: Form::Simple(code), swapped, direct, .. } => Ok((code, swapped, direct)),
        _ => Err(cx.type_error("a simple type is needed")),
    }
}

/// `value`
pub fn value(cx: &mut Ctx, v: Value) -> PyResult {
    let (code, swapped, _) = code_of(cx, v)?;
    let addr = data::addr(cx, v)?;
    codes::load(cx, code, addr, swapped)
}

/// `value = new`
pub fn set_value(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    if new.is_empty() {
        return Err(cx.type_error("can't delete attribute"));
    }
    let (code, swapped, _) = code_of(cx, v)?;
    let addr = data::addr(cx, v)?;
    let kept = codes::store(cx, code, addr, new, swapped)?;
    data::keep(cx, v, 0, kept)
}

/// `__init__`
pub fn init(cx: &mut Ctx, a: Args) -> PyResult {
    let given = Tuple::of(a[1]).map_or(0, Tuple::len);
    match Tuple::of(a[1]) {
        Some(t) if given == 1 => {
            set_value(cx, a[0], t.get(0))?;
            Ok(Value::NONE)
        }
        _ if given == 0 => Ok(Value::NONE),
        _ => Err(cx.type_error(format!("__init__ expected at most 1 argument, got {given}"))),
    }
}

/// `__bool__`: whether any byte is not zero.
pub fn truth(cx: &mut Ctx, a: Args) -> PyResult {
    let (addr, n) = {
        let m = data::memory(cx, a[0])?;
        (m.addr(), m.size())
    };
    let mut bytes = cx.zeros(n)?;
    raw::read(addr, &mut bytes);
    Ok(Value::bool(bytes.iter().any(|&b| b != 0)))
}

/// `__repr__`
pub fn repr(cx: &mut Ctx, a: Args) -> PyResult {
    let (_, _, direct) = code_of(cx, a[0])?;
    let name = types::type_name(cx, a[0]);
    if !direct {
        let id = protocol::id_of(a[0]);
        return Ok(Str::new(cx, &format!("<{name} object at {id:#x}>")));
    }
    let v = value(cx, a[0])?;
    let text = protocol::repr(cx, v)?;
    let text = protocol::text(cx, text);
    Ok(Str::new(cx, &format!("{name}({text})")))
}

/// `__ctypes_from_outparam__`: a simple value is given as what it is in Python.
pub fn from_outparam(cx: &mut Ctx, a: Args) -> PyResult {
    let info = data::info_of(cx, a[0])?;
    match *info::data(cx, info)? {
        Info { form: Form::Simple(code), direct: true, swapped, .. } => {
            let addr = data::addr(cx, a[0])?;
            codes::load(cx, code, addr, swapped)
        }
        _ => Ok(a[0]),
    }
}
