//! Parameters: which value goes where, and as what.

use engine::prelude::*;

use crate::adapt;
use crate::args;
use crate::callbacks::float_of;
use crate::conn::hold;
use crate::errors::{failed, misuse};
use crate::raw::{Item, SQLITE_OK, Stmt};

/// Binds all parameters of a statement to what a sequence or a mapping has for them.
pub fn parameters(cx: &mut Ctx, stmt: &mut Stmt, given: Value) -> Res<()> {
    let needed = stmt.parameters();
    if Dict::of_sub(cx, given).is_some() {
        return by_name(cx, stmt, given, needed);
    }
    if Tuple::of(given).is_none() && List::of(given).is_none() && !protocol::is_sequence(cx, given) {
        return Err(misuse(cx, "parameters are of unsupported type"));
    }
    let n = protocol::length(cx, given)?;
    if n != needed {
        let text = format!(
            "Incorrect number of bindings supplied. The current statement uses {needed}, and there are {n} supplied."
        );
        return Err(misuse(cx, &text));
    }
    for i in 0..n {
        if let Some(name) = stmt.parameter_name(i + 1).filter(|name| !name.starts_with(b"?")) {
            let text = format!(
                "Binding {} ('{}') is a named parameter, but you supplied a sequence which requires nameless (qmark) placeholders.",
                i + 1,
                String::from_utf8_lossy(&name)
            );
            return Err(misuse(cx, &text));
        }
        let v = match (Tuple::of(given), List::of(given)) {
            (Some(t), _) => t.get(i),
            (_, Some(list)) => match list.get(i) {
                Some(v) => v,
                None => return Err(cx.raise(Exc::IndexError, "list index out of range")),
            },
            _ => {
                let index = int::from_usize(cx, i);
                protocol::getitem(cx, given, index)?
            }
        };
        parameter(cx, stmt, i + 1, v)?;
    }
    Ok(())
}

fn by_name(cx: &mut Ctx, stmt: &mut Stmt, given: Value, needed: usize) -> Res<()> {
    for i in 1..=needed {
        let Some(name) = stmt.parameter_name(i) else {
            let text = format!("Binding {i} has no name, but you supplied a dictionary (which has only names).");
            return Err(misuse(cx, &text));
        };
        // Without the colon.
        let name = name.get(1..).unwrap_or_default();
        let key = crate::callbacks::text_of(cx, name)?;
        let v = match Dict::of(given) {
            Some(d) => d.get(cx, key)?,
            None => match protocol::getitem(cx, given, key) {
                Ok(v) => Some(v),
                Err(raised) if cx.matches(&raised, Exc::LookupError) => {
                    cx.clear(raised);
                    None
                }
                Err(raised) => return Err(raised),
            },
        };
        let Some(v) = v else {
            let text = format!("You did not supply a value for binding parameter :{}.", String::from_utf8_lossy(name));
            return Err(misuse(cx, &text));
        };
        parameter(cx, stmt, i, v)?;
    }
    Ok(())
}

fn parameter(cx: &mut Ctx, stmt: &mut Stmt, i: usize, v: Value) -> Res<()> {
    let v = adapt::for_binding(cx, v)?;
    let code = bind(cx, stmt, i, v)?;
    if code != SQLITE_OK {
        let db = stmt.db().clone();
        return Err(failed(cx, &db));
    }
    Ok(())
}

fn bind(cx: &mut Ctx, stmt: &mut Stmt, i: usize, v: Value) -> Res<i32> {
    let gate = stmt.db().gate().clone();
    let item = if v.is_none() {
        Item::Null
    } else if int::is_sub(cx, v) {
        Item::Int(args::sqlite_int(cx, v)?)
    } else if let Some(n) = float_of(cx, v)? {
        Item::Float(n)
    } else if let Some(text) = Str::of_sub(cx, v) {
        args::check_utf8(cx, text)?;
        if i32::try_from(text.byte_len()).is_err() {
            return Err(cx.overflow_error("string longer than INT_MAX bytes"));
        }
        let _held = hold(cx, &gate);
        return Ok(stmt.bind(i, Item::Text(text.as_bytes())));
    } else if let Some(b) = Bytes::of(v) {
        if i32::try_from(b.len()).is_err() {
            return Err(cx.overflow_error("BLOB longer than INT_MAX bytes"));
        }
        let _held = hold(cx, &gate);
        return Ok(stmt.bind(i, Item::Blob(b.as_slice())));
    } else if protocol::buffer::has_buffer(cx, v) {
        let data = protocol::to_bytes(cx, v)?;
        if i32::try_from(data.len()).is_err() {
            return Err(cx.overflow_error("BLOB longer than INT_MAX bytes"));
        }
        let _held = hold(cx, &gate);
        return Ok(stmt.bind(i, Item::Blob(&data)));
    } else {
        let name = types::type_name(cx, v);
        return Err(misuse(cx, &format!("Error binding parameter {i}: type '{name}' is not supported")));
    };
    let _held = hold(cx, &gate);
    Ok(stmt.bind(i, item))
}
