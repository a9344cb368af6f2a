//! What `await` iterates.

use crate::types::{type_name, type_of};
use crate::{Ctx, PyResult};
use proto_core::Value;

/// The iterator of an awaitable: a coroutine itself, a generator marked as coroutine, or what `__await__` returns.
pub fn get_awaitable_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = type_of(cx, v);
    if ty == cx.types.coroutine || ty == cx.types.generator && is_coroutine_generator(cx, v)? {
        return Ok(v);
    }
    let Some(f) = ty.slots().await_() else {
        let name = type_name(cx, v);
        return Err(cx.type_error(format!("object {name} can't be used in 'await' expression")));
    };
    let it = f.call(cx, v)?;
    let made = type_of(cx, it);
    if made == cx.types.coroutine || made == cx.types.generator && is_coroutine_generator(cx, it)? {
        return Err(cx.type_error("__await__() returned a coroutine"));
    }
    if made.slots().next().is_none() {
        let name = type_name(cx, it);
        return Err(cx.type_error(format!("__await__() returned non-iterator of type '{name}'")));
    }
    Ok(it)
}

/// Whether a generator's code is flagged as iterable coroutine (`types.coroutine`).
fn is_coroutine_generator(cx: &mut Ctx, v: Value) -> PyResult<bool> {
    const ITERABLE_COROUTINE: i64 = 0x100;
    let (code, flags) = (cx.intern(b"gi_code"), cx.intern(b"co_flags"));
    let Some(code) = super::getattr_opt(cx, v, code)? else { return Ok(false) };
    let Some(flags) = super::getattr_opt(cx, code, flags)? else { return Ok(false) };
    Ok(flags.as_int().is_some_and(|f| f & ITERABLE_COROUTINE != 0))
}
