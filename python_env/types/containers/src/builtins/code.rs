//! Compilation and execution: `compile`, `eval`, `exec`, `__import__`, `__build_class__`, `breakpoint`.

use std::sync::OnceLock;

use engine::interp;
use engine::objects::{Bytes, Cell, Dict, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::sequence::type_name;

pub const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("__build_class__", "($module, /, *args, **kwds)", build_class, "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nInternal helper function used by the class statement.").hide_sig(),
    NativeDef::new("__import__", "($module, /, name, globals=None, locals=None, fromlist=(), level=0)", import, "Import a module.\n\nBecause this function is meant for use by the Python\ninterpreter and not for general use, it is better to use\nimportlib.import_module() to programmatically import a module."),
    NativeDef::new("breakpoint", "($module, /, *args, **kws)", breakpoint, "Call sys.breakpointhook(*args, **kws).\n\nsys.breakpointhook() must accept whatever arguments are passed.\n\nBy default, this drops you into the pdb debugger."),
    NativeDef::new("compile", "($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)", compile, "Compile source into a code object that can be executed by exec() or eval().\n\nThe source code may represent a Python module, statement or expression.\nThe filename will be used for run-time error messages.\nThe mode must be 'exec' to compile a module, 'single' to compile a\nsingle (interactive) statement, or 'eval' to compile an expression.\nThe flags argument, if present, controls which future statements influence\nthe compilation of the code.\nThe dont_inherit argument, if true, stops the compilation inheriting\nthe effects of any future statements in effect in the code calling\ncompile; if absent or false these statements do influence the compilation,\nin addition to any features explicitly specified."),
    NativeDef::new("eval", "($module, source, /, globals=None, locals=None)", eval, "Evaluate the given source in the context of globals and locals.\n\nThe source may be a string representing a Python expression\nor a code object as returned by compile().\nThe globals must be a dictionary and locals can be any mapping,\ndefaulting to the current globals and locals.\nIf only globals is given, locals defaults to it."),
    NativeDef::new("exec", "($module, source, /, globals=None, locals=None, *, closure=None)", exec, "Execute the given source in the context of globals and locals.\n\nThe source may be a string representing one or more Python statements\nor a code object as returned by compile().\nThe globals must be a dictionary and locals can be any mapping,\ndefaulting to the current globals and locals.\nIf only globals is given, locals defaults to it.\nThe closure must be a tuple of cellvars, and can only be used\nwhen source is a code object requiring exactly that many cellvars."),
];

fn build_class(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(given) = Tuple::of(args[0]).filter(|t| t.len() >= 2) else {
        return Err(cx.type_error("__build_class__: not enough arguments"));
    };
    let bases = given.slice(cx, 2, given.len());
    types::build_class_with(cx, given.get(0), given.get(1), bases, args.or(1, Value::EMPTY))
}

fn import(cx: &mut Ctx, args: Args) -> PyResult {
    let level = args.index_or(cx, 4, 0)?;
    let fromlist = args.or(3, Value::NONE);
    interp::import_name(cx, args[0], args.or(1, Value::NONE), fromlist, level)
}

fn breakpoint(cx: &mut Ctx, args: Args) -> PyResult {
    let sys_name = cx.names.sys;
    let sys = interp::import_name(cx, sys_name, Value::NONE, Value::NONE, 0)?;
    let hook_name = cx.intern(b"breakpointhook");
    match protocol::getattr_opt(cx, sys, hook_name)? {
        Some(hook) => {
            audit::tell(cx, "builtins.breakpoint", &[hook])?;
            protocol::call_ex(cx, hook, args[0], args.or(1, Value::EMPTY))
        }
        None => Err(cx.runtime_error("lost sys.breakpointhook")),
    }
}

/// Decodes source that is no file's; what is wrong with it is said of `filename`.
fn decoded(cx: &mut Ctx, bytes: &[u8], filename: &str) -> Res<String> {
    // Before anything is said about the encoding.
    if bytes.contains(&0) {
        return Err(null_byte(cx));
    }
    let text = interp::decode_source(cx, bytes, "<string>");
    if let Err(raised) = &text
        && cx.matches(raised, Exc::SyntaxError)
    {
        let exception = cx.peek(raised);
        let name = Str::from_text(cx, filename);
        engine::exceptions::syntax::set_filename(cx, exception, name);
    }
    text
}

/// Source text from what `compile`, `eval` and `exec` take: a str, or bytes with a coding cookie.
fn source_text(cx: &mut Ctx, v: Value, what: &str, filename: &str) -> Res<String> {
    let text = if let Some(s) = Str::of_sub(cx, v) {
        match s.as_str() {
            Some(text) => text.to_owned(),
            None => {
                let (at, _) = pytext::wtf8::code_points(s.as_bytes())
                    .enumerate()
                    .find(|(_, cp)| (0xd800..0xe000).contains(cp))
                    .unwrap_or((0, 0));
                return Err(cx.unicode_encode_error("utf-8", v, at, at + 1, "surrogates not allowed"));
            }
        }
    } else if let Some(b) = Bytes::of_sub(cx, v) {
        let bytes = b.as_slice().to_vec();
        decoded(cx, &bytes, filename)?
    } else if let Some(buffer) = protocol::buffer_bytes(cx, v)? {
        decoded(cx, &buffer, filename)?
    } else {
        let third = if what == "compile" { "AST" } else { "code" };
        return Err(cx.type_error(format!("{what}() arg 1 must be a string, bytes or {third} object")));
    };
    if text.contains('\0') { Err(null_byte(cx)) } else { Ok(text) }
}

#[cold]
fn null_byte(cx: &mut Ctx) -> Raised {
    let text = Str::new(cx, "source code string cannot contain null bytes");
    let class = cx.types.exc(Exc::SyntaxError).value();
    cx.raise_call(class, &[text])
}

/// What knows the trees of `ast`: another crate's, set at start-up.
#[derive(Clone, Copy, Debug)]
pub struct Trees {
    /// The tree of a source text with this file name.
    pub parse: fn(&mut Ctx, &str, &str, interp::TreeWish) -> PyResult,
    /// Whether a value is a node.
    pub is_node: fn(&mut Ctx, Value) -> Res<bool>,
    /// The code of a node, compiled with file name, mode, flags, whether those of the caller count, and level of optimization.
    pub compile: fn(&mut Ctx, Value, &str, interp::CompileMode, u32, bool, i32) -> Res<Option<Value>>,
}

static TREES: OnceLock<Trees> = OnceLock::new();

/// Says how `compile()` deals with trees.
pub fn set_trees(trees: Trees) {
    // A second runtime in the process sets the same functions.
    let _ = TREES.set(trees);
}

/// `ast.PyCF_ONLY_AST`
const ONLY_AST: i64 = 0x400;
/// `ast.PyCF_TYPE_COMMENTS`
const TYPE_COMMENTS: i64 = 0x1000;
/// What `ast.PyCF_OPTIMIZED_AST` has beside `PyCF_ONLY_AST`.
const OPTIMIZED_AST: i64 = 0x8000;
/// All flags that mean something: future statements, an old one, and those of `ast` and `codeop`.
const KNOWN_FLAGS: i64 = 0x1FE_0000 | 0x10 | 0xF600;

/// Tells audit hooks of text that will be compiled.
fn tell_of_source(cx: &mut Ctx, text: &str, filename: &str) -> Res<()> {
    if audit::is_on() {
        let (text, filename) = (Bytes::wish(cx, text.as_bytes())?, Str::from_text(cx, filename));
        audit::tell(cx, "compile", &[text, filename])?;
    }
    Ok(())
}

fn compile(cx: &mut Ctx, args: Args) -> PyResult {
    let filename = protocol::fs_path_text(cx, args[1])?;
    let mode = args.str(cx, 2)?.to_string_lossy().into_owned();
    let flags = args.index_or(cx, 3, 0)?;
    let dont_inherit = args.truth_or(cx, 4, false)?;
    let optimize = args.index_or(cx, 5, -1)?;
    if flags & !KNOWN_FLAGS != 0 {
        return Err(cx.value_error("compile(): unrecognised flags"));
    }
    if !(-1..=2).contains(&optimize) {
        return Err(cx.value_error("compile(): invalid optimize value"));
    }
    let function_type = mode == "func_type";
    let mode = match mode.as_str() {
        "exec" => interp::CompileMode::Exec,
        "eval" => interp::CompileMode::Eval,
        "single" => interp::CompileMode::Single,
        "func_type" if flags & ONLY_AST == 0 => {
            return Err(cx.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
        }
        "func_type" => interp::CompileMode::Eval,
        _ if flags & ONLY_AST != 0 => {
            return Err(cx.value_error("compile() mode must be 'exec', 'eval', 'single' or 'func_type'"));
        }
        _ => return Err(cx.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let v = args[0];
    let text = Str::of_sub(cx, v).is_some() || Bytes::of_sub(cx, v).is_some() || protocol::buffer::has_buffer(cx, v);
    if let Some(trees) = TREES.get().filter(|_| !text)
        && (trees.is_node)(cx, v)?
    {
        if flags & OPTIMIZED_AST != 0 && flags & ONLY_AST != 0 {
            let optimized = protocol::import_attr(cx, "_ast_optimized", "optimized")?;
            return protocol::call(cx, optimized, &[v, Value::small(interp::optimize_level(optimize as i32).into())]);
        }
        if flags & ONLY_AST != 0 {
            return Ok(v);
        }
        audit::tell(cx, "compile", &[v, Value::NONE])?;
        let (flags, optimize) = (flags as u32, optimize as i32);
        if let Some(code) = (trees.compile)(cx, v, &filename, mode, flags, !dont_inherit, optimize)? {
            return Ok(code);
        }
    }
    let text = source_text(cx, v, "compile", &filename)?;
    tell_of_source(cx, &text, &filename)?;
    if flags & ONLY_AST != 0 {
        return match TREES.get() {
            Some(trees) => {
                const PARSER: u32 = interp::ALLOW_INCOMPLETE_INPUT | interp::DONT_IMPLY_DEDENT | interp::FUTURE_BARRY;
                let minor = args.index_or(cx, 6, -1)?;
                let wish = interp::TreeWish {
                    mode,
                    function_type,
                    type_comments: flags & TYPE_COMMENTS != 0,
                    minor: u32::try_from(minor).ok(),
                    optimize: (flags & OPTIMIZED_AST != 0).then(|| interp::optimize_level(optimize as i32)),
                    flags: flags as u32 & PARSER,
                };
                (trees.parse)(cx, &text, &filename, wish)
            }
            None => Err(cx.raise(Exc::NotImplementedError, "no syntax trees in this runtime")),
        };
    }
    interp::compile_source(cx, &text, &filename, mode, flags as u32, !dont_inherit, optimize as i32)
}

/// The namespaces of `eval` and `exec`: given ones, or those of the caller.
fn namespaces(cx: &mut Ctx, globals: Value, locals: Value, what: &str) -> Res<(Value, Value)> {
    let no_mapping = |cx: &Ctx, v: Value| types::type_of(cx, v).slots().getitem().is_none();
    let bad_locals = locals != Value::NONE && no_mapping(cx, locals);
    if bad_locals && what != "exec" {
        return Err(cx.type_error("locals must be a mapping"));
    }
    if globals == Value::NONE && !bad_locals {
        let Some(g) = interp::current_globals(cx) else {
            return Err(cx.type_error(format!("{what} must be given globals and locals when called without a frame")));
        };
        let l = if locals == Value::NONE { interp::current_locals(cx)? } else { locals };
        return Ok((g, l));
    }
    if globals != Value::NONE && Dict::of_sub(cx, globals).is_none() {
        let name = type_name(cx, globals);
        return Err(cx.type_error(match what {
            "exec" => format!("exec() globals must be a dict, not {name}"),
            _ if no_mapping(cx, globals) => "globals must be a dict".to_owned(),
            _ => "globals must be a real dict; try eval(expr, {}, mapping)".to_owned(),
        }));
    }
    if bad_locals {
        let name = type_name(cx, locals);
        return Err(cx.type_error(format!("locals must be a mapping or None, not {name}")));
    }
    let l = if locals == Value::NONE { globals } else { locals };
    Ok((globals, l))
}

fn run(cx: &mut Ctx, args: Args, mode: interp::CompileMode, what: &str, closure: Value) -> PyResult {
    let (globals, locals) = namespaces(cx, args.or(1, Value::NONE), args.or(2, Value::NONE), what)?;
    if let Some(g) = Dict::of_sub(cx, globals) {
        interp::ensure_builtins(cx, g);
    }
    let code = if interp::is_code(cx, args[0]) {
        args[0]
    } else {
        let text = source_text(cx, args[0], what, "<string>")?;
        let text = if what == "eval" { text.trim_start_matches([' ', '\t']) } else { &text };
        tell_of_source(cx, text, "<string>")?;
        interp::compile_text(cx, text, mode)?
    };
    audit::tell(cx, "exec", &[code])?;
    let free = interp::code_freevars(code);
    if what == "eval" && free > 0 {
        return Err(cx.type_error(format!("code object passed to {what}() may not contain free variables")));
    }
    let locals = if locals == globals { Value::EMPTY } else { locals };
    interp::exec_code(cx, code, globals, locals, closure)
}

fn eval(cx: &mut Ctx, args: Args) -> PyResult {
    run(cx, args, interp::CompileMode::Eval, "eval", Value::EMPTY)
}

fn exec(cx: &mut Ctx, args: Args) -> PyResult {
    let given = args.or(3, Value::NONE);
    let code = interp::is_code(cx, args[0]);
    let free = if code { interp::code_freevars(args[0]) } else { 0 };
    let closure = match Tuple::of(given) {
        _ if !code && given.is_none() => Value::EMPTY,
        _ if !code => return Err(cx.type_error("closure can only be used when source is a code object")),
        None if free == 0 && given.is_none() => Value::EMPTY,
        _ if free == 0 => return Err(cx.type_error("cannot use a closure with this code object")),
        Some(cells) if cells.len() == free && cells.items().all(|cell| Cell::of(cell).is_some()) => given,
        _ => return Err(cx.type_error(format!("code object requires a closure of exactly length {free}"))),
    };
    run(cx, args, interp::CompileMode::Exec, "exec", closure)?;
    Ok(Value::NONE)
}
