//! The module `_thread`: each Python thread is a thread of the system with a context of its own.

pub mod guards;
pub mod handle;
pub mod local;
pub mod lock;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use engine::prelude::*;
use proto_core::memory;

use crate::convert::c_int;
use crate::os::{signals, user};
use crate::structseq;

structseq!(ExceptHookArgs, EXCEPT_HOOK_ARGS, "_thread", "_ExceptHookArgs" = "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.", new, visible 4,
    all ["exc_type", "exc_value", "exc_traceback", "thread"],
    shown ["exc_type", "exc_value", "exc_traceback", "thread"],
    [0 "exc_type", 1 "exc_value", 2 "exc_traceback", 3 "thread"]);

/// The longest time-out in seconds: what fits nanoseconds in 64 bits.
pub const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// Running threads besides the main one.
pub static RUNNING: AtomicUsize = AtomicUsize::new(0);
static STACK_SIZE: AtomicUsize = AtomicUsize::new(0);

/// Longest name of a thread, in bytes.
const NAME_BYTES: usize = 15;

/// Default size of a thread's native stack. It is reserved, not used, memory.
const DEFAULT_STACK: usize = 64 << 20;

/// What a thread needs beside what a program asks for: the part of its stack that is kept for what runs without checks.
const OWN_STACK: usize = 512 << 10;

/// The stack size for new threads. Where addresses are limited, a thousand threads are to find room.
pub fn stack_bytes() -> usize {
    match STACK_SIZE.load(Ordering::Relaxed) {
        0 => memory::address_limit().map_or(DEFAULT_STACK, |limit| DEFAULT_STACK.min((limit >> 12).max(1 << 20))),
        n => n.saturating_add(OWN_STACK),
    }
}

/// A time-out argument of a lock: absent or -1 waits for ever.
pub fn timeout(cx: &mut Ctx, v: Option<Value>) -> Res<Option<Duration>> {
    let Some(v) = v else { return Ok(None) };
    let nanos = match crate::time::nanoseconds(cx, v, crate::time::Round::Up) {
        Ok(n) => n,
        Err(r) if cx.matches(&r, Exc::OverflowError) => {
            cx.clear(r);
            return Err(cx.overflow_error("timestamp out of range for C PyTime_t"));
        }
        Err(r) => return Err(r),
    };
    if nanos == -1_000_000_000 {
        return Ok(None);
    }
    match u64::try_from(nanos) {
        Ok(n) if n as f64 <= TIMEOUT_MAX * 1e9 => Ok(Some(Duration::from_nanos(n))),
        Ok(_) => Err(cx.overflow_error("timeout value is too large")),
        Err(_) => Err(cx.value_error("timeout value must be a non-negative number")),
    }
}

fn get_ident(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(int::from_u64(cx, signals::pthread_self()))
}

fn get_native_id(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(int::from_i64(cx, rustix::thread::gettid().as_raw_nonzero().get().into()))
}

fn get_main_thread_ident(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(int::from_u64(cx, signals::main_thread()))
}

fn yes(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::TRUE)
}

fn count(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(int::from_usize(cx, RUNNING.load(Ordering::Relaxed)))
}

fn exit(cx: &mut Ctx, _args: Args) -> PyResult {
    Err(cx.raise_args(Exc::SystemExit, &[]))
}

fn interrupt_main(cx: &mut Ctx, args: Args) -> PyResult {
    let signum = args.get(0).map_or(Ok(libc::SIGINT), |v| c_int(cx, v))?;
    crate::signal::simulate(cx, signum)?;
    // In the main thread the handler runs now.
    cx.poll()?;
    Ok(Value::NONE)
}

fn stack_size(cx: &mut Ctx, args: Args) -> PyResult {
    let old = STACK_SIZE.load(Ordering::Relaxed);
    if let Some(v) = args.get(0) {
        let n = protocol::index(cx, v)?;
        let Ok(n) = usize::try_from(n) else {
            return Err(cx.value_error("size must be 0 or a positive value"));
        };
        if n != 0 && n < 32 << 10 {
            return Err(cx.value_error(format!("size not valid: {n} bytes")));
        }
        STACK_SIZE.store(n, Ordering::Relaxed);
    }
    Ok(int::from_usize(cx, old))
}

/// The system keeps 15 bytes of a name, up to the first null.
fn set_name(cx: &mut Ctx, args: Args) -> PyResult {
    let name = crate::convert::text(cx, args[0], "set_name", "argument 'name'")?;
    let text = name.replace(char::REPLACEMENT_CHARACTER, "?");
    let end = text.bytes().position(|b| b == 0).unwrap_or(text.len()).min(NAME_BYTES);
    if let Ok(name) = std::ffi::CString::new(&text.as_bytes()[..end]) {
        user::set_thread_name(&name);
    }
    Ok(Value::NONE)
}

fn get_name(cx: &mut Ctx, _args: Args) -> PyResult {
    let name = rustix::thread::name().unwrap_or_default();
    Ok(crate::convert::fs_decode(cx, name.to_bytes()))
}

/// `threading.excepthook` as the C part sees it: prints and goes on.
fn excepthook(cx: &mut Ctx, args: Args) -> PyResult {
    if !cx.is_def(args[0], &EXCEPT_HOOK_ARGS) {
        return Err(cx.type_error("_thread._excepthook argument type must be ExceptHookArgs"));
    }
    let field = |cx: &mut Ctx, i: i64| protocol::getitem(cx, args[0], Value::small(i as i32));
    let (ty, exc, thread) = (field(cx, 0)?, field(cx, 1)?, field(cx, 3)?);
    if ty == cx.types.exc(Exc::SystemExit).value() {
        return Ok(Value::NONE);
    }
    let mut name = None;
    if thread != Value::NONE {
        let v = protocol::getattr_opt(cx, thread, cx.names.name)?;
        if let Some(v) = v {
            let v = protocol::str(cx, v)?;
            name = Str::of_sub(cx, v).map(|s| s.to_string_lossy().into_owned());
        }
    }
    let name = name.unwrap_or_else(|| signals::pthread_self().to_string());
    crate::hooks::write_stderr(cx, &format!("Exception in thread {name}:\n"));
    crate::hooks::print_exception(cx, exc);
    Ok(Value::NONE)
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let max = float::new(cx, TIMEOUT_MAX);
    cx.set_module_attr(module, "TIMEOUT_MAX", max);
    let error = cx.types.exc(Exc::RuntimeError).value();
    cx.set_module_attr(module, "error", error);
    let lock = cx.type_of_def(&lock::LOCK).value();
    cx.set_module_attr(module, "LockType", lock);
    Ok(())
}

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `_thread`
pub static THREAD: ModuleDef = ModuleDef {
    doc: "Primitive operations on threads; the module threading builds on them.",
    functions: &[
        def("start_new_thread", "($module, function, args, kwargs={}, /)", handle::start_new_thread),
        def("start_new", "($module, function, args, kwargs={}, /)", handle::start_new_thread),
        def("start_joinable_thread", "($module, /, function, handle=None, daemon=True)", handle::start_joinable),
        def("_make_thread_handle", "($module, ident, /)", handle::make),
        def("_shutdown", "($module, /)", handle::shutdown),
        def("daemon_threads_allowed", "($module, /)", yes),
        def("_is_main_interpreter", "($module, /)", yes),
        def("_get_main_thread_ident", "($module, /)", get_main_thread_ident),
        def("allocate_lock", "($module, /)", lock::allocate),
        def("allocate", "($module, /)", lock::allocate),
        def("get_ident", "($module, /)", get_ident),
        def("get_native_id", "($module, /)", get_native_id),
        def("_count", "($module, /)", count),
        def("exit", "($module, /)", exit),
        def("exit_thread", "($module, /)", exit),
        def("interrupt_main", "($module, signum=signal.SIGINT, /)", interrupt_main),
        def("stack_size", "($module, size=0, /)", stack_size),
        def("set_name", "($module, /, name)", set_name),
        def("_get_name", "($module, /)", get_name),
        def("_excepthook", "($module, args, /)", excepthook),
    ],
    constants: &[("_NAME_MAXLEN", Const::Int(NAME_BYTES as i64))],
    types: &[&lock::LOCK, &lock::RLOCK, &handle::THREAD_HANDLE, &local::LOCAL, &EXCEPT_HOOK_ARGS],
    init: Some(init),
    ..ModuleDef::new("_thread")
};
