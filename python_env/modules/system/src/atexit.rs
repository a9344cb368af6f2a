//! The module `atexit`.

use engine::prelude::*;

const KEY: &str = "atexit";

/// The list of (function, args, kwargs).
fn callbacks(cx: &mut Ctx) -> List {
    if let Some(list) = crate::lifecycle::get(cx, KEY).and_then(List::of) {
        return list;
    }
    let list = List::new(cx);
    crate::lifecycle::set(cx, KEY, list.value());
    list
}

fn register(cx: &mut Ctx, args: Args) -> PyResult {
    if !protocol::is_callable(cx, args[0]) {
        return Err(cx.type_error("the first argument must be callable"));
    }
    let entry = Tuple::new(cx, &[args[0], args[1], args[2]]);
    let list = callbacks(cx);
    list.push(cx, entry);
    Ok(args[0])
}

fn unregister(cx: &mut Ctx, args: Args) -> PyResult {
    let list = callbacks(cx);
    // From the oldest on, counted from the newest as in CPython: a comparison may change the list.
    let mut at = list.len();
    while at > 0 {
        at = (at - 1).min(list.len());
        let Some(entry) = list.len().checked_sub(at + 1).and_then(|i| list.get(i)) else { continue };
        let function = Tuple::of(entry).map_or(Value::NONE, |t| t.get(0));
        if protocol::eq(cx, function, args[0])?
            && let Some(i) = (0..list.len()).find(|&i| list.get(i) == Some(entry))
        {
            list.pop_at(cx, i);
        }
    }
    Ok(Value::NONE)
}

fn clear(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = callbacks(cx);
    list.clear(cx);
    Ok(Value::NONE)
}

fn ncallbacks(cx: &mut Ctx, _args: Args) -> PyResult {
    let n = callbacks(cx).len();
    Ok(int::from_usize(cx, n))
}

/// Calls everything, last registered first; errors are reported and do not stop the others. What is registered or taken back
/// meanwhile comes too late.
pub fn run(cx: &mut Ctx) {
    let list = callbacks(cx);
    let all = list.to_tuple(cx);
    let Some(all) = Tuple::of(all) else { return };
    for i in (0..all.len()).rev() {
        let Some(t) = Tuple::of(all.get(i)) else { continue };
        let kwargs = t.get(2);
        if let Err(r) = protocol::call_ex(cx, t.get(0), t.get(1), kwargs) {
            let exc = cx.take(r);
            let shown = protocol::repr_lossy(cx, t.get(0));
            crate::hooks::unraisable(cx, exc, &format!("Exception ignored in atexit callback {shown}"), Value::NONE);
        }
    }
    list.clear(cx);
}

fn run_exitfuncs(cx: &mut Ctx, _args: Args) -> PyResult {
    run(cx);
    Ok(Value::NONE)
}

/// `atexit`
pub static ATEXIT: ModuleDef = ModuleDef {
    doc: "Functions to call when the program ends.",
    functions: &[
        NativeDef::new("register", "($module, func, /, *args, **kwargs)", register, "Call func at the end."),
        NativeDef::new("unregister", "($module, func, /)", unregister, "Don't call func at the end."),
        NativeDef::new("_clear", "($module, /)", clear, ""),
        NativeDef::new("_ncallbacks", "($module, /)", ncallbacks, ""),
        NativeDef::new("_run_exitfuncs", "($module, /)", run_exitfuncs, ""),
    ],
    ..ModuleDef::new("atexit")
};
