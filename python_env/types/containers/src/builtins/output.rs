//! Text in and out: `print`, `input`, `repr`, `ascii`, `format`.

use engine::native::NativeObj;
use engine::objects::{Dict, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::sequence::type_name;

pub const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "ascii",
        "($module, obj, /)",
        ascii,
        "Return an ASCII-only representation of an object.\n\nAs repr(), return a string containing a printable representation of an\nobject, but escape the non-ASCII characters in the string returned by\nrepr() using \\\\x, \\\\u or \\\\U escapes. This generates a string similar\nto that returned by repr() in Python 2.",
    ),
    NativeDef::new(
        "format",
        "($module, value, format_spec='', /)",
        format,
        "Return type(value).__format__(value, format_spec)\n\nMany built-in types implement format_spec according to the\nFormat Specification Mini-language. See help('FORMATTING') for\ndetails.",
    ),
    NativeDef::new(
        "input",
        "($module, prompt='', /)",
        input,
        "Read a string from standard input.  The trailing newline is stripped.\n\nThe prompt string, if given, is printed to standard output without a\ntrailing newline before reading input.\n\nIf the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.\nOn *nix systems, readline is used if available.",
    ),
    NativeDef::new(
        "print",
        "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
        print,
        "Prints the values to a stream, or to sys.stdout by default.\n\nsep\n  string inserted between values, default a space.\nend\n  string appended after the last value, default a newline.\nfile\n  a file-like object (stream); defaults to the current sys.stdout.\nflush\n  whether to forcibly flush the stream.",
    ),
    NativeDef::new(
        "repr",
        "($module, obj, /)",
        repr,
        "Return the canonical string representation of the object.\n\nFor many object types, including most builtins, eval() will return\nan object with the same value.",
    ),
];

fn ascii(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::ascii(cx, args[0])
}

fn repr(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::repr(cx, args[0])
}

fn format(cx: &mut Ctx, args: Args) -> PyResult {
    let spec = match args.get(1) {
        Some(v) if Str::of_sub(cx, v).is_some() => v,
        Some(v) => {
            let name = type_name(cx, v);
            return Err(cx.type_error(format!("format() argument 2 must be str, not {name}")));
        }
        None => Str::new(cx, ""),
    };
    protocol::format(cx, args[0], spec)
}

/// An attribute of the module `sys`, if it has it.
fn sys_attr(cx: &mut Ctx, name: Value) -> Res<Option<Value>> {
    let Some(modules) = Dict::of(cx.sys_modules()) else { return Ok(None) };
    match modules.get_str(cx.names.sys) {
        Some(sys) => protocol::getattr_opt(cx, sys, name),
        None => Ok(None),
    }
}

/// A separator argument: a str or `None` for the default.
fn text_arg(cx: &mut Ctx, v: Value, name: &str, default: &str) -> PyResult {
    if v == Value::NONE || v == Value::EMPTY {
        return Ok(Str::new(cx, default));
    }
    if Str::of_sub(cx, v).is_some() {
        return Ok(v);
    }
    let ty = type_name(cx, v);
    Err(cx.type_error(format!("{name} must be None or a string, not {ty}")))
}

/// The whole line, if nobody can tell that it is written at once: by the file's native method, of ASCII text (which every encoding has) and
/// numbers. Threads' lines do not mix then.
fn plain_line(file: Value, write: Value, values: Tuple, sep: Value, end: Value) -> Option<StrBuilder> {
    const LONGEST: usize = 1 << 13;
    if values.len() == 0 || NativeObj::of(write)?.receiver() != file {
        return None;
    }
    let ascii = |v: Value| Str::of(v).filter(|s| s.is_ascii() && s.byte_len() <= LONGEST);
    let (sep, end) = (ascii(sep)?, ascii(end)?);
    let mut line = StrBuilder::new();
    for (i, v) in values.items().enumerate() {
        if i > 0 {
            line.push(sep);
        }
        match ascii(v) {
            Some(s) => line.push(s),
            None => line.push_str(&v.as_int()?.to_string()),
        }
        if line.len_bytes() > LONGEST {
            return None;
        }
    }
    line.push(end);
    Some(line)
}

fn print(cx: &mut Ctx, args: Args) -> PyResult {
    let file = match args.or(3, Value::NONE) {
        Value::NONE => match sys_attr(cx, cx.names.stdout)? {
            None => return Err(cx.runtime_error("lost sys.stdout")),
            // A program without a console has no standard output; print does nothing then.
            Some(Value::NONE) => return Ok(Value::NONE),
            Some(f) => f,
        },
        f => f,
    };
    let sep = text_arg(cx, args.or(1, Value::NONE), "sep", " ")?;
    let end = text_arg(cx, args.or(2, Value::NONE), "end", "\n")?;
    let flush = args.truth_or(cx, 4, false)?;
    let write = protocol::getattr(cx, file, cx.names.write)?;
    if let Some(line) = Tuple::of(args[0]).and_then(|values| plain_line(file, write, values, sep, end)) {
        let line = line.wish(cx)?;
        protocol::call(cx, write, &[line])?;
        if flush {
            protocol::call_method(cx, file, cx.names.flush, &[])?;
        }
        return Ok(Value::NONE);
    }
    if let Some(values) = Tuple::of(args[0]) {
        for (i, v) in values.items().enumerate() {
            if i > 0 {
                protocol::call(cx, write, &[sep])?;
            }
            let text = protocol::str(cx, v)?;
            protocol::call(cx, write, &[text])?;
        }
    }
    protocol::call(cx, write, &[end])?;
    if flush {
        protocol::call_method(cx, file, cx.names.flush, &[])?;
    }
    Ok(Value::NONE)
}

/// The line as the module `readline` reads it, if the program has imported that and both streams are the terminal.
fn edited(cx: &mut Ctx, stdin: Value, stdout: Value, prompt: Option<Value>) -> Res<Option<Value>> {
    use std::io::IsTerminal;
    let key = cx.names.readline;
    let Some(module) = cx.rt.modules(cx).get_str(key).filter(|&m| m != Value::NONE) else { return Ok(None) };
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Ok(None);
    }
    for (stream, fd) in [(stdin, 0), (stdout, 1)] {
        let fileno = cx.names.fileno;
        match protocol::call_method(cx, stream, fileno, &[]) {
            Ok(n) if n == Value::small(fd) => {}
            Ok(_) => return Ok(None),
            Err(r) => {
                cx.clear(r);
                return Ok(None);
            }
        }
    }
    let hook = cx.intern(b"_input");
    let Some(hook) = protocol::getattr_opt(cx, module, hook)? else { return Ok(None) };
    protocol::call_method(cx, stdout, cx.names.flush, &[])?;
    let prompt = prompt.unwrap_or_else(|| Str::new(cx, ""));
    let line = protocol::call(cx, hook, &[prompt])?;
    Ok(Some(line).filter(|&line| line != Value::NONE))
}

/// Flushes a stream; one that cannot is of no interest to who asks for input.
fn flush_what_can(cx: &mut Ctx, stream: Value) {
    if let Err(raised) = protocol::call_method(cx, stream, cx.names.flush, &[]) {
        cx.clear(raised);
    }
}

fn input(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(stdin) = sys_attr(cx, cx.names.stdin)?.filter(|v| *v != Value::NONE) else {
        return Err(cx.runtime_error("input(): lost sys.stdin"));
    };
    let Some(stdout) = sys_attr(cx, cx.names.stdout)?.filter(|v| *v != Value::NONE) else {
        return Err(cx.runtime_error("input(): lost sys.stdout"));
    };
    audit::tell(cx, "builtins.input", &[args.or(0, Value::NONE)])?;
    if let Some(stderr) = sys_attr(cx, cx.names.stderr)?.filter(|v| *v != Value::NONE) {
        flush_what_can(cx, stderr);
    }
    let prompt = match args.get(0) {
        Some(prompt) => Some(protocol::str(cx, prompt)?),
        None => None,
    };
    if let Some(line) = edited(cx, stdin, stdout, prompt)? {
        audit::tell(cx, "builtins.input/result", &[line])?;
        return Ok(line);
    }
    if let Some(text) = prompt {
        protocol::call_method(cx, stdout, cx.names.write, &[text])?;
    }
    flush_what_can(cx, stdout);
    let readline = cx.names.readline;
    let line = protocol::call_method(cx, stdin, readline, &[])?;
    let Some(s) = Str::of_sub(cx, line) else {
        return Err(cx.type_error("object.readline() returned non-string"));
    };
    let n = s.byte_len();
    if n == 0 {
        return Err(cx.eof_error("EOF when reading a line"));
    }
    if s.as_bytes().ends_with(b"\n") {
        return Ok(s.slice_bytes(cx, 0, n - 1));
    }
    Ok(line)
}
