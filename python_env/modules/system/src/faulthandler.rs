//! `_faulthandler`: what `faulthandler.py` cannot do in Python.

use engine::frames::crash;
use engine::prelude::*;

use crate::convert::c_int;
use crate::os::{fatal, signals};

/// The module.
pub static FAULTHANDLER: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new("enable", "(fd, all_threads, c_stack, /)", enable, "Report fatal signals."),
        NativeDef::new("disable", "()", |_, _| Ok(Value::bool(fatal::disable())), "Report them no more."),
        NativeDef::new("is_enabled", "()", |_, _| Ok(Value::bool(fatal::is_enabled())), "Whether they are reported."),
        NativeDef::new("threads", "()", threads, "(identity, name) of each thread, the last started first."),
        NativeDef::new("die", "(signum, /)", die, "Send this thread a signal that ends the process."),
        NativeDef::new("overflow", "()", overflow, "Use the native stack up."),
    ],
    ..ModuleDef::new("_faulthandler")
};

fn enable(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = c_int(cx, args[0])?;
    let (all, c_stack) = (args.truth_or(cx, 1, true)?, args.truth_or(cx, 2, true)?);
    match fatal::enable(fd, all, c_stack) {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(crate::convert::io_error(cx, &e)),
    }
}

fn threads(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    for (ident, number) in crash::threads() {
        let mut buffer = [0; 32];
        let name = crate::convert::fs_decode(cx, proto_core::os::thread_name(number, &mut buffer));
        let ident = int::from_u64(cx, ident);
        let entry = Tuple::new(cx, &[ident, name]);
        list.push(cx, entry);
    }
    Ok(list.value())
}

fn die(cx: &mut Ctx, args: Args) -> PyResult {
    let signum = c_int(cx, args[0])?;
    if signum == libc::SIGABRT {
        fatal::abort();
    }
    fatal::without_core();
    match signals::raise(signum) {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(crate::convert::io_error(cx, &e)),
    }
}

fn overflow(_cx: &mut Ctx, _args: Args) -> PyResult {
    fatal::without_core();
    Ok(Value::from_usize(deeper(1)))
}

/// Calls itself until the stack ends.
#[allow(unconditional_recursion)]
fn deeper(n: usize) -> usize {
    let words = std::hint::black_box([n; 512]);
    deeper(n + 1) + words[n % 512]
}
