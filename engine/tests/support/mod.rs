//! A runtime without library, for tests and measurements of the engine alone: built-in types, the functions of
//! `builtins`, a `print` of its own.

use engine::ctx::Ctx;
use engine::interp::{self, CompileMode};
use engine::native::{Args, ModuleDef, NativeDef};
use engine::objects::{Dict, Str, Tuple};
use engine::{PyResult, protocol};
use proto_core::Value;

static BUILTINS: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new("print", "(*args, sep=' ', end='\\n', file=None, flush=False)", print, ""),
        NativeDef::new("perf_counter", "()", perf_counter, ""),
        NativeDef::new("collect", "()", collect, ""),
    ],
    ..ModuleDef::new("builtins")
};

fn print(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(items) = Tuple::of(args[0]) else { return Ok(Value::NONE) };
    let mut out = Vec::new();
    for item in items.items() {
        let s = protocol::str(cx, item)?;
        out.push(Str::of(s).map_or(String::new(), |s| s.to_string_lossy().into_owned()));
    }
    let text = |i: usize, default: &str| match args.get(i).and_then(Str::of) {
        Some(s) => s.to_string_lossy().into_owned(),
        None => default.to_owned(),
    };
    print!("{}{}", out.join(&text(1, " ")), text(2, "\n"));
    Ok(Value::NONE)
}

fn perf_counter(cx: &mut Ctx, _: Args) -> PyResult {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    Ok(cx.float(START.get_or_init(Instant::now).elapsed().as_secs_f64()))
}

fn collect(cx: &mut Ctx, _: Args) -> PyResult {
    cx.collect_garbage()?;
    Ok(Value::NONE)
}

/// Runs source text as the main program.
#[allow(dead_code)]
pub fn run(cx: &mut Ctx, source: &str, path: &str) -> PyResult {
    let prelude = Dict::new(cx);
    run_with(cx, source, path, prelude)
}

/// Runs source text as the main program, with further builtins.
pub fn run_with(cx: &mut Ctx, source: &str, path: &str, prelude: Dict) -> PyResult {
    let module = cx.new_module(&BUILTINS)?;
    let Some(builtins) = engine::native::module_dict(module) else { return Ok(Value::NONE) };
    types_numbers::register(cx)?;
    types_text::register(cx)?;
    types_containers::register(cx)?;
    for table in types_containers::builtins::FUNCTIONS {
        for def in table.iter() {
            let name = cx.intern(def.name.as_bytes());
            if builtins.get_str(name).is_none() {
                let f = cx.new_function(def, module);
                builtins.set_str(cx, name, f);
            }
        }
    }
    for def in types_containers::BUILTIN_TYPES.iter().chain(types_text::BUILTIN_TYPES) {
        let ty = cx.add_type(def);
        builtins.set_str(cx, ty.name(), ty.value());
    }
    let names = [
        "range",
        "int",
        "str",
        "list",
        "dict",
        "tuple",
        "object",
        "type",
        "float",
        "bool",
        "set",
        "property",
        "super",
        "staticmethod",
        "classmethod",
        "slice",
        "bytes",
        "frozenset",
        "complex",
    ];
    let types = cx.types;
    let values = [
        types.range,
        types.int,
        types.str,
        types.list,
        types.dict,
        types.tuple,
        types.object,
        types.type_,
        types.float,
        types.bool,
        types.set,
        types.property,
        types.super_,
        types.staticmethod,
        types.classmethod,
        types.slice,
        types.bytes,
        types.frozenset,
        types.complex,
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
    for (name, v) in
        [("Ellipsis", Value::ELLIPSIS), ("NotImplemented", Value::NOT_IMPLEMENTED), ("__debug__", Value::TRUE)]
    {
        let atom = cx.intern(name.as_bytes());
        builtins.set_str(cx, atom, v);
    }
    builtins.update_from(cx, prelude)?;
    cx.rt.set_builtins_dict(cx, builtins.value());
    let (name, modules) = (cx.intern(b"builtins"), cx.rt.modules(cx));
    modules.set_str(cx, name, module);
    let code = interp::compile_source(cx, source, path, CompileMode::Exec, 0, false, -1)?;
    let globals = Dict::new(cx);
    let (name, main) = (cx.names.__name__, cx.intern(b"__main__"));
    globals.set_str(cx, name, main);
    interp::exec_code(cx, code, globals.value(), Value::EMPTY, Value::EMPTY)
}

/// The pending exception as lines of text, innermost frame last.
pub fn describe(cx: &mut Ctx) -> String {
    let exception = cx.pending;
    cx.pending = Value::EMPTY;
    let mut out = String::new();
    let mut tb = engine::exceptions::get_traceback(cx, exception);
    while !tb.is_none() && !tb.is_empty() {
        let frame = engine::frames::traceback::frame_of(tb);
        let name = engine::frames::frame::code(frame).map_or(String::new(), |c| c.code.name.to_string());
        let line = engine::frames::traceback::line(tb).unwrap_or(0);
        out.push_str(&format!("  line {line}, in {name}\n"));
        tb = engine::frames::traceback::next(tb);
    }
    let class = engine::types::type_name(cx, exception);
    let text = protocol::str_lossy(cx, exception);
    out + &format!("{class}: {text}")
}
