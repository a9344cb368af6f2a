//! `settrace` and `setprofile`: the functions are kept, but the interpreter calls none of them.

use engine::prelude::*;

fn get(cx: &mut Ctx, key: &[u8]) -> Value {
    let key = cx.intern(key);
    cx.local_state().get_str(key).unwrap_or(Value::NONE)
}

fn set(cx: &mut Ctx, key: &[u8], v: Value) -> PyResult {
    let key = cx.intern(key);
    cx.local_state().set_str(cx, key, v);
    Ok(Value::NONE)
}

pub(super) fn settrace(cx: &mut Ctx, args: Args) -> PyResult {
    set(cx, b"sys trace", args[0])
}

pub(super) fn gettrace(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(get(cx, b"sys trace"))
}

pub(super) fn setprofile(cx: &mut Ctx, args: Args) -> PyResult {
    set(cx, b"sys profile", args[0])
}

pub(super) fn getprofile(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(get(cx, b"sys profile"))
}
