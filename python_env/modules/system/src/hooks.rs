//! Exceptions that nobody caught: `sys.excepthook`, `sys.unraisablehook`, and the text they print.

use engine::prelude::*;

use crate::structseq;
use crate::structseq::make;

structseq!(UnraisableHookArgs, UNRAISABLE_HOOK_ARGS, "sys", "UnraisableHookArgs", no_new, visible 5,
    all ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"],
    shown ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"],
    [0 "exc_type", 1 "exc_value", 2 "exc_traceback", 3 "err_msg", 4 "object"]);

/// An attribute of `sys`.
pub fn sys_attr(cx: &mut Ctx, name: &str) -> Option<Value> {
    let dict = crate::sys::dict(cx)?;
    dict.get_str(cx.intern(name.as_bytes()))
}

/// Writes to `sys.stderr`, or to descriptor 2 where there is none. Errors have nowhere to go.
pub fn write_stderr(cx: &mut Ctx, text: &str) {
    let value = Str::new(cx, text);
    write_stderr_value(cx, value);
}

/// The same for a str value, which may hold what has no encoding.
pub fn write_stderr_value(cx: &mut Ctx, text: Value) {
    if let Some(file) = sys_attr(cx, "stderr").filter(|&f| f != Value::NONE) {
        match protocol::call_method(cx, file, cx.names.write, &[text]) {
            Ok(_) => return,
            Err(r) => cx.clear(r),
        }
    }
    let stderr = rustix::stdio::stderr();
    let _ = rustix::io::write(stderr, protocol::str_lossy(cx, text).as_bytes());
}

/// Flushes a standard stream.
pub fn flush(cx: &mut Ctx, name: &str) -> Res<()> {
    if let Some(file) = sys_attr(cx, name).filter(|&f| f != Value::NONE) {
        let closed = match protocol::getattr_opt(cx, file, cx.names.closed)? {
            Some(v) => protocol::truth(cx, v)?,
            None => false,
        };
        if !closed {
            protocol::call_method(cx, file, cx.names.flush, &[])?;
        }
    }
    Ok(())
}

fn flush_quietly(cx: &mut Ctx, name: &str) {
    if let Err(r) = flush(cx, name) {
        cx.clear(r);
    }
}

/// Whether the program has no `sys.stderr`, which is None then: it wants to hear of no exception.
fn is_mute(cx: &mut Ctx) -> bool {
    sys_attr(cx, "stderr") == Some(Value::NONE)
}

/// Prints an exception with its traceback to `sys.stderr`.
pub fn print_exception(cx: &mut Ctx, exc: Value) {
    flush_quietly(cx, "stdout");
    if is_mute(cx) {
        return;
    }
    match by_traceback_module(cx, exc) {
        Ok(()) => {}
        Err(r) => {
            // No module (embedded start), no memory, no stack: say what can be said.
            cx.clear(r);
            let text = crate::traceback::plain(cx, exc);
            write_stderr(cx, &text);
        }
    }
    flush_quietly(cx, "stderr");
}

fn by_traceback_module(cx: &mut Ctx, exc: Value) -> Res<()> {
    let module = crate::import::import(cx, "traceback")?;
    register_command(cx)?;
    let print = protocol::getattr(cx, module, cx.intern(b"_print_exception_bltin"))?;
    protocol::call(cx, print, &[exc])?;
    Ok(())
}

/// Tells `linecache` the source of `-c`, once.
fn register_command(cx: &mut Ctx) -> Res<()> {
    let state = crate::lifecycle::state(cx);
    let Some(code) = state.remove_str(cx, cx.intern(b"command code")) else { return Ok(()) };
    let source = crate::lifecycle::get(cx, "command source").unwrap_or(Value::NONE);
    let register = protocol::import_attr(cx, "linecache", "_register_code")?;
    let name = Str::new(cx, "<string>");
    protocol::call(cx, register, &[code, source, name])?;
    Ok(())
}

/// Type and traceback of an exception.
pub fn parts(cx: &mut Ctx, exc: Value) -> (Value, Value) {
    let ty = types::type_of(cx, exc).value();
    let tb = match protocol::getattr_opt(cx, exc, cx.names.__traceback__) {
        Ok(Some(tb)) => tb,
        Ok(None) => Value::NONE,
        Err(r) => {
            cx.clear(r);
            Value::NONE
        }
    };
    (ty, tb)
}

/// Calls `sys.excepthook` for an exception that ended the program or a prompt's statement.
pub fn uncaught(cx: &mut Ctx, exc: Value) {
    let (ty, tb) = parts(cx, exc);
    if let Some(dict) = crate::sys::dict(cx) {
        for (name, v) in [("last_exc", exc), ("last_type", ty), ("last_value", exc), ("last_traceback", tb)] {
            dict.set_str(cx, cx.intern(name.as_bytes()), v);
        }
    }
    let Some(hook) = sys_attr(cx, "excepthook") else {
        write_stderr(cx, "sys.excepthook is missing\n");
        print_exception(cx, exc);
        return;
    };
    if let Err(r) = audit::tell(cx, "sys.excepthook", &[hook, ty, exc, tb]) {
        let second = cx.take(r);
        if engine::exceptions::is_exc(cx, second, Exc::RuntimeError) {
            // So a listener keeps the exception from being told.
            return;
        }
        unraisable(cx, second, "Exception ignored in audit hook", Value::EMPTY);
    }
    if let Err(r) = protocol::call(cx, hook, &[ty, exc, tb]) {
        let second = cx.take(r);
        if engine::exceptions::is_exc(cx, second, Exc::SystemExit) {
            // The hook asked for the end: its caller is on the way there anyway.
            return;
        }
        write_stderr(cx, "Error in sys.excepthook:\n");
        print_exception(cx, second);
        write_stderr(cx, "\nOriginal exception was:\n");
        print_exception(cx, exc);
    }
    flush_quietly(cx, "stderr");
}

/// What is said when nothing better is known; the hook gets no message then, but the object.
const BARE: &str = "Exception ignored in";

/// Reports an exception that cannot be raised anywhere (in a callback, a finalizer, ...) and forgets it. The object, if there
/// is one, ends the message.
pub fn unraisable(cx: &mut Ctx, exc: Value, message: &str, object: Value) {
    let (ty, mut tb) = parts(cx, exc);
    if tb == Value::NONE && !crate::lifecycle::is_finalizing() {
        engine::frames::add_current(cx, exc);
        tb = parts(cx, exc).1;
    }
    let (text, object) = match object.non_empty().filter(|o| !o.is_none()) {
        Some(object) if message == BARE => (Value::NONE, object),
        Some(object) => {
            let text = format!("{message} {}", protocol::repr_lossy(cx, object));
            (Str::from_text(cx, &text), Value::NONE)
        }
        None => (Str::from_text(cx, message), Value::NONE),
    };
    let args = make::<UnraisableHookArgs>(cx, &[ty, exc, tb, text, object]);
    let hook = sys_attr(cx, "unraisablehook");
    let failed = match hook {
        Some(hook) => {
            let told = audit::tell(cx, "sys.unraisablehook", &[hook, args]);
            told.and_then(|()| protocol::call(cx, hook, &[args])).err()
        }
        None => {
            default_unraisable(cx, args);
            None
        }
    };
    if let Some(r) = failed {
        let second = cx.take(r);
        write_stderr(cx, "Exception ignored in sys.unraisablehook: ");
        print_exception(cx, second);
    }
}

/// `sys.__unraisablehook__`
pub fn default_unraisable(cx: &mut Ctx, args: Value) {
    if is_mute(cx) {
        return;
    }
    let field = |cx: &mut Ctx, i: i32| match protocol::getitem(cx, args, Value::small(i)) {
        Ok(v) => v,
        Err(r) => {
            cx.clear(r);
            Value::NONE
        }
    };
    let (exc, message, object) = (field(cx, 1), field(cx, 3), field(cx, 4));
    let message = Str::of_sub(cx, message).map(|s| s.to_string_lossy().into_owned());
    let mut head = message.unwrap_or_else(|| BARE.to_string());
    if object == Value::NONE || object.is_empty() {
        head.push_str(":\n");
    } else {
        let shown = protocol::repr_lossy(cx, object);
        head.push_str(&format!(": {shown}\n"));
    }
    write_stderr(cx, &head);
    if exc != Value::NONE {
        print_exception(cx, exc);
    }
    flush_quietly(cx, "stderr");
}
