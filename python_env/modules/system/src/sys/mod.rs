//! The module `sys`.

pub mod config;
pub mod frames;
pub mod info;
pub mod monitoring;
pub mod trace;

use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use engine::prelude::*;

use crate::convert::type_name;
use crate::structseq::make;
use crate::{hooks, lifecycle};

static SWITCH_INTERVAL: AtomicU64 = AtomicU64::new(0);

/// The module's dict.
pub fn dict(cx: &Ctx) -> Option<Dict> {
    lifecycle::get(cx, "module sys").and_then(module_dict)
}

/// Makes the module and puts it into `sys.modules`.
pub fn start(cx: &mut Ctx) -> PyResult {
    let sys = cx.new_module(&SYS)?;
    info::fill(cx, sys)?;
    let modules = cx.rt.modules(cx).value();
    cx.set_module_attr(sys, "modules", modules);
    if config::get().flags.verbose > 0 {
        let stderr = early_stderr(cx)?;
        cx.set_module_attr(sys, "stderr", stderr);
    }
    for (hidden, shown) in [
        ("__excepthook__", "excepthook"),
        ("__displayhook__", "displayhook"),
        ("__unraisablehook__", "unraisablehook"),
        ("__breakpointhook__", "breakpointhook"),
    ] {
        let f = module_dict(sys).and_then(|d| d.get_str(cx.intern(shown.as_bytes())));
        cx.set_module_attr(sys, hidden, f.unwrap_or(Value::NONE));
    }
    let monitoring = cx.new_module(&monitoring::MONITORING)?;
    cx.set_module_attr(sys, "monitoring", monitoring);
    let jit = cx.new_module(&monitoring::JIT)?;
    cx.set_module_attr(sys, "_jit", jit);
    lifecycle::set(cx, "module sys", sys);
    crate::import::add(cx, "sys", sys);
    Ok(sys)
}

/// Stands for `sys.stderr` until there are streams: the import system tells of its first steps under `-v`.
fn early_stderr(cx: &mut Ctx) -> PyResult {
    static WRITE: NativeDef = def("write", "(text, /)", write_early);
    static FLUSH: NativeDef = def("flush", "()", none);
    let (members, module) = (Dict::new(cx), cx.names.sys);
    for function in [&WRITE, &FLUSH] {
        let f = cx.new_function(function, module);
        members.set_str(cx, cx.intern(function.name.as_bytes()), f);
    }
    types::simple_namespace::new_namespace(cx, members)
}

fn write_early(cx: &mut Ctx, args: Args) -> PyResult {
    let text = protocol::text(cx, args[0]).to_string();
    let _ = rustix::io::write(rustix::stdio::stderr(), text.as_bytes());
    Ok(int::from_usize(cx, text.len()))
}

fn exit(cx: &mut Ctx, args: Args) -> PyResult {
    // A tuple becomes the arguments of SystemExit, like any exception's.
    let status = args.or_none(0);
    if let Some(t) = Tuple::of(status) {
        let class = cx.types.exc(Exc::SystemExit).value();
        let exc = protocol::call_ex(cx, class, t.value(), Value::EMPTY)?;
        return Err(cx.raise_exc(exc));
    }
    if status == Value::NONE {
        return Err(cx.raise_args(Exc::SystemExit, &[]));
    }
    Err(cx.raise_args(Exc::SystemExit, &[status]))
}

fn exc_info(cx: &mut Ctx, _args: Args) -> PyResult {
    let exc = cx.handled_exc();
    if exc == Value::NONE || exc.is_empty() {
        return Ok(Tuple::new(cx, &[Value::NONE; 3]));
    }
    let (ty, tb) = hooks::parts(cx, exc);
    Ok(Tuple::new(cx, &[ty, exc, tb]))
}

fn exception(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(cx.handled_exc())
}

fn excepthook(cx: &mut Ctx, args: Args) -> PyResult {
    if !engine::exceptions::is_exception(cx, args[1]) {
        let ty = type_name(cx, args[1]);
        hooks::write_stderr(cx, &format!("TypeError: print_exception(): Exception expected for value, {ty} found\n"));
        return Ok(Value::NONE);
    }
    if args[2] != Value::NONE && engine::exceptions::get_traceback(cx, args[1]) == Value::NONE {
        engine::exceptions::set_traceback(cx, args[1], args[2]);
    }
    hooks::print_exception(cx, args[1]);
    Ok(Value::NONE)
}

fn unraisablehook(cx: &mut Ctx, args: Args) -> PyResult {
    if !cx.is_def(args[0], &hooks::UNRAISABLE_HOOK_ARGS) {
        return Err(cx.type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
    }
    hooks::default_unraisable(cx, args[0]);
    Ok(Value::NONE)
}

fn displayhook(cx: &mut Ctx, args: Args) -> PyResult {
    if args[0] == Value::NONE {
        return Ok(Value::NONE);
    }
    let builtins = cx.rt.builtins_dict(cx);
    let underscore = cx.names.underscore;
    builtins.set_str(cx, underscore, Value::NONE);
    let Some(out) = hooks::sys_attr(cx, "stdout").filter(|&f| f != Value::NONE) else {
        return Err(cx.runtime_error("lost sys.stdout"));
    };
    let mut text = protocol::repr(cx, args[0])?;
    let write = cx.names.write;
    if let Err(r) = protocol::call_method(cx, out, write, &[text]) {
        if !cx.matches(&r, Exc::UnicodeEncodeError) {
            return Err(r);
        }
        cx.clear(r);
        text = protocol::ascii(cx, args[0])?;
        protocol::call_method(cx, out, write, &[text])?;
    }
    let newline = Str::new(cx, "\n");
    protocol::call_method(cx, out, write, &[newline])?;
    builtins.set_str(cx, underscore, args[0]);
    Ok(Value::NONE)
}

fn breakpointhook(cx: &mut Ctx, args: Args) -> PyResult {
    let wanted = std::env::var("PYTHONBREAKPOINT").unwrap_or_default();
    let wanted = if wanted.is_empty() { "pdb.set_trace" } else { &wanted };
    if wanted == "0" {
        return Ok(Value::NONE);
    }
    let (module, name) = wanted.rsplit_once('.').unwrap_or(("builtins", wanted));
    match protocol::import_attr(cx, module, name) {
        Ok(f) => protocol::call_ex(cx, f, args[0], args[1]),
        Err(r) => {
            cx.clear(r);
            let text = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{wanted}\"");
            engine::exceptions::warn(cx, Exc::RuntimeWarning, &text, 1)?;
            Ok(Value::NONE)
        }
    }
}

fn getrecursionlimit(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(int::from_usize(cx, cx.recursion_limit()))
}

fn setrecursionlimit(cx: &mut Ctx, args: Args) -> PyResult {
    let n = crate::convert::c_int(cx, args[0])?;
    if n < 1 {
        return Err(cx.value_error("recursion limit must be greater or equal than 1"));
    }
    let depth = engine::frames::depth(cx);
    if depth >= n as usize {
        return Err(cx.raise(
            Exc::RecursionError,
            format!("cannot set the recursion limit to {n} at the recursion depth {depth}: the limit is too low"),
        ));
    }
    cx.set_recursion_limit(n as usize);
    Ok(Value::NONE)
}

fn intern(cx: &mut Ctx, args: Args) -> PyResult {
    match Str::of(args[0]) {
        Some(s) => Ok(s.intern(cx)),
        None if Str::of_sub(cx, args[0]).is_some() => {
            let ty = type_name(cx, args[0]);
            Err(cx.type_error(format!("can't intern {ty}")))
        }
        None => {
            let ty = type_name(cx, args[0]);
            Err(cx.type_error(format!("intern() argument must be str, not {ty}")))
        }
    }
}

fn is_interned(cx: &mut Ctx, args: Args) -> PyResult {
    match Str::of(args[0]) {
        Some(s) => Ok(Value::bool(!args[0].is_ptr() || cx.is_interned(s.value()))),
        None if Str::of_sub(cx, args[0]).is_some() => Ok(Value::FALSE),
        None => {
            let ty = type_name(cx, args[0]);
            Err(cx.type_error(format!("_is_interned() argument must be str, not {ty}")))
        }
    }
}

fn getsizeof(cx: &mut Ctx, args: Args) -> PyResult {
    let method = cx.names.__sizeof__;
    // Asked of the type: a `__getattribute__` does not see it.
    let size = match protocol::lookup_special(cx, args[0], method) {
        Ok(Some(f)) => protocol::call(cx, f, &[]),
        Ok(None) => {
            let name = type_name(cx, args[0]);
            Err(cx.type_error(format!("Type {name} doesn't define __sizeof__")))
        }
        Err(r) => Err(r),
    };
    let size = match size {
        Ok(size) => size,
        Err(r) => match args.get(1) {
            Some(default) if cx.matches(&r, Exc::TypeError) || cx.matches(&r, Exc::AttributeError) => {
                cx.clear(r);
                return Ok(default);
            }
            _ => return Err(r),
        },
    };
    let n = protocol::index(cx, size)?;
    if n < 0 {
        return Err(cx.value_error("__sizeof__() should return >= 0"));
    }
    Ok(size)
}

/// There are no reference counts; two is what a fresh object shows elsewhere.
fn getrefcount(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::small(2))
}

fn getswitchinterval(cx: &mut Ctx, _args: Args) -> PyResult {
    let bits = SWITCH_INTERVAL.load(Ordering::Relaxed);
    Ok(float::new(cx, if bits == 0 { 0.005 } else { f64::from_bits(bits) }))
}

/// Threads never take turns, so the interval has no effect.
fn setswitchinterval(cx: &mut Ctx, args: Args) -> PyResult {
    let seconds = protocol::to_f64(cx, args[0])?;
    if seconds <= 0.0 {
        return Err(cx.value_error("switch interval must be strictly positive"));
    }
    SWITCH_INTERVAL.store(seconds.to_bits(), Ordering::Relaxed);
    Ok(Value::NONE)
}

fn get_int_max_str_digits(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(int::from_usize(cx, pynumeric::limits::max_str_digits()))
}

fn set_int_max_str_digits(cx: &mut Ctx, args: Args) -> PyResult {
    let n = protocol::index(cx, args[0])?;
    match usize::try_from(n) {
        Ok(n) if n == 0 || n >= 640 => {
            pynumeric::limits::set_max_str_digits(n);
            Ok(Value::NONE)
        }
        _ => Err(cx.value_error("maxdigits must be 0 or larger than 640")),
    }
}

fn utf8(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Str::new(cx, "utf-8"))
}

fn surrogateescape(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Str::new(cx, "surrogateescape"))
}

fn no(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::FALSE)
}

fn none(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::NONE)
}

fn zero(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::small(0))
}

fn is_finalizing(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::bool(lifecycle::is_finalizing()))
}

/// Hooks that are there may refuse a new one: by an `Exception` quietly, by others loudly.
fn addaudithook(cx: &mut Ctx, args: Args) -> PyResult {
    if let Err(raised) = audit::tell(cx, "sys.addaudithook", &[]) {
        if cx.matches(&raised, Exc::Exception) {
            cx.clear(raised);
            return Ok(Value::NONE);
        }
        return Err(raised);
    }
    audit::add_hook(cx, args[0]);
    Ok(Value::NONE)
}

fn audit_event(cx: &mut Ctx, args: Args) -> PyResult {
    if Str::of_sub(cx, args[0]).is_none() {
        let ty = if args[0].is_none() { "None".to_owned() } else { type_name(cx, args[0]) };
        return Err(cx.type_error(format!("audit() argument 1 must be str, not {ty}")));
    }
    audit::tell_values(cx, args[0], args[1])?;
    Ok(Value::NONE)
}

fn get_asyncgen_hooks(cx: &mut Ctx, _args: Args) -> PyResult {
    let fields = [cx.run.asyncgen_firstiter, cx.run.asyncgen_finalizer];
    Ok(make::<info::AsyncgenHooks>(cx, &fields))
}

fn set_asyncgen_hooks(cx: &mut Ctx, args: Args) -> PyResult {
    for (i, name) in ["firstiter", "finalizer"].into_iter().enumerate() {
        if let Some(f) = args.get(i)
            && f != Value::NONE
            && !protocol::is_callable(cx, f)
        {
            let ty = type_name(cx, f);
            return Err(cx.type_error(format!("callable {name} expected, got {ty}")));
        }
    }
    if let Some(f) = args.get(0) {
        cx.run.asyncgen_firstiter = f;
    }
    if let Some(f) = args.get(1) {
        cx.run.asyncgen_finalizer = f;
    }
    Ok(Value::NONE)
}

fn get_origin_depth(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::from_usize(cx.run.origin_depth as usize))
}

fn set_origin_depth(cx: &mut Ctx, args: Args) -> PyResult {
    let depth = protocol::index_value(cx, args[0])?;
    let Some(depth) = int::to_i64(depth).and_then(|n| i32::try_from(n).ok()) else {
        return Err(cx.overflow_error("Python int too large to convert to C int"));
    };
    let Ok(depth) = u32::try_from(depth) else { return Err(cx.value_error("depth must be >= 0")) };
    cx.run.origin_depth = depth;
    Ok(Value::NONE)
}

/// Flags for loading native libraries. None are loaded that way, so they are only kept; `RTLD_NOW` is the default.
static DLOPEN_FLAGS: AtomicI32 = AtomicI32::new(2);

fn getdlopenflags(_cx: &mut Ctx, _args: Args) -> PyResult {
    // Relaxed: a setting of its own.
    Ok(Value::small(DLOPEN_FLAGS.load(Ordering::Relaxed)))
}

fn setdlopenflags(cx: &mut Ctx, args: Args) -> PyResult {
    let flags = protocol::index_value(cx, args[0])?;
    let Some(flags) = int::to_i64(flags).and_then(|n| i32::try_from(n).ok()) else {
        return Err(cx.overflow_error("Python int too large to convert to C int"));
    };
    DLOPEN_FLAGS.store(flags, Ordering::Relaxed);
    Ok(Value::NONE)
}

fn call_tracing(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::call_ex(cx, args[0], args[1], Value::EMPTY)
}

fn clear_type_descriptors(cx: &mut Ctx, args: Args) -> PyResult {
    match Type::of(args[0]) {
        Some(ty) if ty.is_heap() => {
            engine::types::build::clear_type_descriptors(cx, ty);
            Ok(Value::NONE)
        }
        Some(_) => Err(cx.type_error("argument is immutable")),
        None => Err(args.wrong(cx, 0, "type")),
    }
}

fn get_cpu_count_config(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::small(config::get().cpu_count.unwrap_or(-1)))
}

/// The embedded library as a list of (module name, source text).
fn stdlib_sources(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    let Some(library) = crate::library::get() else { return Ok(list.value()) };
    for name in library.source_names() {
        let Some(source) = library.source(name) else { continue };
        let item = [Str::new(cx, name), Str::new(cx, &source)];
        let item = Tuple::new(cx, &item);
        list.push(cx, item);
        cx.poll()?;
    }
    Ok(list.value())
}

fn module_getattr(cx: &mut Ctx, args: Args) -> PyResult {
    if Str::of_sub(cx, args[0]).is_some_and(|s| s.as_bytes() == b"stdlib_module_names") {
        let names = info::stdlib_module_names(cx)?;
        if let Some(d) = dict(cx) {
            d.set_str(cx, cx.intern(b"stdlib_module_names"), names);
        }
        return Ok(names);
    }
    let name = protocol::str_lossy(cx, args[0]);
    let sys = lifecycle::get(cx, "module sys").unwrap_or(Value::NONE);
    Err(cx.attribute_error_with(format!("module 'sys' has no attribute '{name}'"), sys, args[0]))
}

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `sys`
pub static SYS: ModuleDef = ModuleDef {
    doc: "Objects and functions that the interpreter itself uses or keeps.",
    functions: &[
        def("exit", "($module, status=None, /)", exit),
        def("exc_info", "($module, /)", exc_info),
        def("exception", "($module, /)", exception),
        def("excepthook", "($module, exctype, value, traceback, /)", excepthook),
        def("unraisablehook", "($module, unraisable, /)", unraisablehook),
        def("displayhook", "($module, object, /)", displayhook),
        def("breakpointhook", "($module, /, *args, **kwargs)", breakpointhook),
        def("getrecursionlimit", "($module, /)", getrecursionlimit),
        def("setrecursionlimit", "($module, limit, /)", setrecursionlimit),
        def("intern", "($module, string, /)", intern),
        def("_is_interned", "($module, string, /)", is_interned),
        def("_is_immortal", "($module, op, /)", no),
        def("getsizeof", "(object, default=<unrepresentable>)", getsizeof),
        def("getrefcount", "($module, object, /)", getrefcount),
        def("getallocatedblocks", "($module, /)", zero),
        def("getunicodeinternedsize", "($module, /, *, _only_immortal=False)", zero),
        def("getswitchinterval", "($module, /)", getswitchinterval),
        def("setswitchinterval", "($module, interval, /)", setswitchinterval),
        def("get_int_max_str_digits", "($module, /)", get_int_max_str_digits),
        def("set_int_max_str_digits", "($module, /, maxdigits)", set_int_max_str_digits),
        def("getdefaultencoding", "($module, /)", utf8),
        def("getfilesystemencoding", "($module, /)", utf8),
        def("getfilesystemencodeerrors", "($module, /)", surrogateescape),
        def("getdlopenflags", "($module, /)", getdlopenflags),
        def("setdlopenflags", "($module, flags, /)", setdlopenflags),
        def("is_finalizing", "($module, /)", is_finalizing),
        def("_is_gil_enabled", "($module, /)", no),
        def("is_remote_debug_enabled", "($module, /)", no),
        def("is_stack_trampoline_active", "($module, /)", no),
        def("audit", "($module, event, /, *args)", audit_event),
        def("addaudithook", "($module, /, hook)", addaudithook),
        def("get_asyncgen_hooks", "($module, /)", get_asyncgen_hooks),
        def("set_asyncgen_hooks", "(firstiter=<unrepresentable>, finalizer=<unrepresentable>)", set_asyncgen_hooks),
        def("get_coroutine_origin_tracking_depth", "($module, /)", get_origin_depth),
        def("set_coroutine_origin_tracking_depth", "($module, /, depth)", set_origin_depth),
        def("settrace", "($module, function, /)", trace::settrace),
        def("gettrace", "($module, /)", trace::gettrace),
        def("_settraceallthreads", "($module, function, /)", trace::settrace_all),
        def("setprofile", "($module, function, /)", trace::setprofile),
        def("getprofile", "($module, /)", trace::getprofile),
        def("_setprofileallthreads", "($module, function, /)", trace::setprofile_all),
        def("call_tracing", "($module, func, args, /)", call_tracing),
        def("_getframe", "($module, depth=0, /)", frames::getframe),
        def("_getframemodulename", "($module, /, depth=0)", frames::getframemodulename),
        def("_current_frames", "($module, /)", frames::current_frames),
        def("_gc_own_pauses", "($module, /)", crate::gc::own_pauses),
        def("_gc_pauses", "($module, /)", crate::gc::pauses),
        def("_gc_stats", "($module, /)", crate::gc::stats),
        def("_current_exceptions", "($module, /)", frames::current_exceptions),
        def("_clear_internal_caches", "($module, /)", none),
        def("_clear_type_cache", "($module, /)", none),
        def("_clear_type_descriptors", "($module, type, /)", clear_type_descriptors),
        def("_debugmallocstats", "($module, /)", none),
        def("_get_cpu_count_config", "($module, /)", get_cpu_count_config),
        def("_stdlib_sources", "($module, /)", stdlib_sources),
        def("__getattr__", "($module, name, /)", module_getattr),
    ],
    ..ModuleDef::new("sys")
};
