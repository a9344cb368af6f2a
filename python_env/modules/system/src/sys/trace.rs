//! `settrace` and `setprofile`: the functions belong to the thread, the interpreter calls them.

use engine::interp::trace::{Which, function_of, set_function};
use engine::prelude::*;

pub(super) fn settrace(cx: &mut Ctx, args: Args) -> PyResult {
    audit::tell(cx, "sys.settrace", &[])?;
    set_function(cx, Which::Trace, args[0]);
    Ok(Value::NONE)
}

/// Sets a function of all threads, the others' at their next safepoint.
fn set_all(cx: &mut Ctx, which: Which, f: Value) -> PyResult {
    cx.rt.set_tracer_of_others(cx, which, f);
    set_function(cx, which, f);
    Ok(Value::NONE)
}

pub(super) fn settrace_all(cx: &mut Ctx, args: Args) -> PyResult {
    set_all(cx, Which::Trace, args[0])
}

pub(super) fn setprofile_all(cx: &mut Ctx, args: Args) -> PyResult {
    set_all(cx, Which::Profile, args[0])
}

pub(super) fn gettrace(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(function_of(cx, Which::Trace))
}

pub(super) fn setprofile(cx: &mut Ctx, args: Args) -> PyResult {
    audit::tell(cx, "sys.setprofile", &[])?;
    set_function(cx, Which::Profile, args[0]);
    Ok(Value::NONE)
}

pub(super) fn getprofile(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(function_of(cx, Which::Profile))
}
