//! Runs a Python file on the bare engine (no library): for measuring the interpreter alone.
//! `cargo run --release -p engine --example run -- FILE`

use engine::ctx::Ctx;
use engine::interp::{self, CompileMode};
use engine::native::{Args, ModuleDef, NativeDef};
use engine::objects::{Dict, Str, Tuple};
use engine::{PyResult, protocol};
use proto_core::{Config, Value};

static BUILTINS: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new("print", "(*args)", print, ""),
        NativeDef::new("len", "(obj, /)", len, ""),
        NativeDef::new("repr", "(obj, /)", repr, ""),
        NativeDef::new("perf_counter", "()", perf_counter, ""),
        NativeDef::new("__build_class__", "(func, name, /, *bases, **kwds)", build_class, ""),
        NativeDef::new("next", "(it, /)", next, ""),
        NativeDef::new("iter", "(v, /)", iter, ""),
        NativeDef::new("isinstance", "(v, c, /)", isinstance, ""),
        NativeDef::new("collect", "()", collect, ""),
    ],
    ..ModuleDef::new("builtins")
};

fn print(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(items) = Tuple::of(args[0]) else { return Ok(Value::NONE) };
    let mut out = Vec::new();
    for item in items.items() {
        if let Some(n) = engine::objects::int::to_big(item).filter(|_| !item.is_bool()) {
            out.push(n.to_string());
            continue;
        }
        if let Some(f) = item.as_float() {
            out.push(format!("{f:?}"));
            continue;
        }
        if item.is_none() || item.is_bool() {
            out.push(format!("{item:?}"));
            continue;
        }
        let s = protocol::str(cx, item)?;
        out.push(Str::of(s).map_or(String::new(), |s| s.to_string_lossy().into_owned()));
    }
    println!("{}", out.join(" "));
    Ok(Value::NONE)
}

fn len(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::length(cx, args[0]).map(Value::from_usize)
}

fn repr(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::repr(cx, args[0])
}

fn perf_counter(cx: &mut Ctx, _: Args) -> PyResult {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    Ok(cx.float(START.get_or_init(Instant::now).elapsed().as_secs_f64()))
}

fn build_class(cx: &mut Ctx, args: Args) -> PyResult {
    let kwds = args.or(3, Value::EMPTY);
    let bases = args[2];
    engine::types::build::build_class_with(cx, args[0], args[1], bases, kwds)
}

fn next(cx: &mut Ctx, args: Args) -> PyResult {
    match protocol::next(cx, args[0])? {
        Some(v) => Ok(v),
        None => Err(cx.stop_iteration(Value::NONE)),
    }
}

fn iter(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::iter(cx, args[0])
}

fn isinstance(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::is_instance(cx, args[0], args[1]).map(Value::bool)
}

fn collect(cx: &mut Ctx, _: Args) -> PyResult {
    cx.collect_garbage()?;
    Ok(Value::NONE)
}

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: run FILE");
        std::process::exit(2);
    };
    let source = match std::fs::read_to_string(&path) {
        Ok(s) => s,
        Err(e) => {
            eprintln!("{path}: {e}");
            std::process::exit(2);
        }
    };
    let mut cx = Ctx::create(Config::from_env());
    let cx = &mut *cx;
    if run(cx, &source, &path).is_err() {
        let exception = cx.pending;
        cx.pending = Value::EMPTY;
        let mut tb = engine::exceptions::get_traceback(cx, exception);
        while !tb.is_none() && !tb.is_empty() {
            let frame = engine::frames::traceback::frame_of(tb);
            let name = engine::frames::frame::code(frame).map_or(String::new(), |c| c.code.name.to_string());
            eprintln!("  line {:?}, in {name}", engine::frames::traceback::line(tb));
            tb = engine::frames::traceback::next(tb);
        }
        let class = engine::types::type_name(cx, exception);
        let text = protocol::str_lossy(cx, exception);
        eprintln!("{class}: {text}");
        std::process::exit(1);
    }
}

fn run(cx: &mut Ctx, source: &str, path: &str) -> PyResult {
    let module = cx.new_module(&BUILTINS)?;
    let Some(builtins) = engine::native::module_dict(module) else { return Ok(Value::NONE) };
    let names = ["range", "int", "str", "list", "dict", "tuple", "object", "type", "float", "bool", "set", "property", "super", "staticmethod", "classmethod"];
    let types = cx.types;
    let values = [
        types.range, types.int, types.str, types.list, types.dict, types.tuple, types.object, types.type_, types.float,
        types.bool, types.set, types.property, types.super_, types.staticmethod, types.classmethod,
    ];
    for (name, ty) in names.iter().zip(values) {
        let atom = cx.intern(name.as_bytes());
        builtins.set_str(cx, atom, ty.value());
    }
    for row in engine::exceptions::EXCEPTIONS {
        let ty = cx.types.exc(row.exc);
        let name = ty.name();
        builtins.set_str(cx, name, ty.value());
    }
    cx.rt.set_builtins_dict(cx, builtins.value());
    let code = interp::compile_source(cx, source, path, CompileMode::Exec, 0, false, -1)?;
    let globals = Dict::new(cx);
    let (name, main) = (cx.names.__name__, cx.intern(b"__main__"));
    globals.set_str(cx, name, main);
    interp::exec_code(cx, code, globals.value(), Value::EMPTY, Value::EMPTY)
}
