//! Tracebacks as plain text without Python's help: for when the module `traceback` cannot run.

use engine::frames;
use engine::prelude::*;

/// One line of a source file, of the disk's or the embedded library's.
pub fn source_line(filename: &str, line: i64) -> Option<String> {
    let text = match crate::library::source_of_file(filename) {
        Some(text) => text,
        None => String::from_utf8_lossy(&std::fs::read(filename).ok()?).into_owned(),
    };
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    text.lines().nth(index).map(str::to_string)
}

/// The exception, those it came from, and their tracebacks.
pub fn plain(cx: &mut Ctx, exc: Value) -> String {
    let mut out = String::new();
    let mut chain = List::new(cx);
    let mut at = exc;
    // A cycle ends the walk; more than a screen of causes helps nobody.
    while at != Value::NONE && !at.is_empty() && chain.len() < 16 && !chain.items().any(|e| e == at) {
        chain.push(cx, at);
        let cause = attribute(cx, at, "__cause__");
        at = if cause != Value::NONE {
            cause
        } else if attribute(cx, at, "__suppress_context__") == Value::TRUE {
            Value::NONE
        } else {
            attribute(cx, at, "__context__")
        };
    }
    chain = {
        chain.reverse(cx);
        chain
    };
    for i in 0..chain.len() {
        let Some(e) = chain.get(i) else { break };
        if i > 0 {
            let cause = attribute(cx, e, "__cause__") != Value::NONE;
            out.push_str(if cause {
                "\nThe above exception was the direct cause of the following exception:\n\n"
            } else {
                "\nDuring handling of the above exception, another exception occurred:\n\n"
            });
        }
        one(cx, e, &mut out);
    }
    out
}

fn attribute(cx: &mut Ctx, v: Value, name: &str) -> Value {
    match protocol::getattr_opt(cx, v, cx.intern(name.as_bytes())) {
        Ok(v) => v.unwrap_or(Value::NONE),
        Err(r) => {
            cx.clear(r);
            Value::NONE
        }
    }
}

fn one(cx: &mut Ctx, exc: Value, out: &mut String) {
    let mut tb = engine::exceptions::get_traceback(cx, exc);
    if tb != Value::NONE && !tb.is_empty() {
        out.push_str("Traceback (most recent call last):\n");
    }
    let (mut last, mut repeated) = (String::new(), 0);
    while tb != Value::NONE && !tb.is_empty() {
        let frame = frames::traceback::frame_of(tb);
        let line = frames::traceback::line(tb).unwrap_or(0);
        let code = frames::frame::code(frame);
        let file = code.map_or("?", |c| &*c.code.filename);
        let name = code.map_or("?", |c| &*c.code.name);
        let mut entry = format!("  File \"{file}\", line {line}, in {name}\n");
        if let Some(text) = source_line(file, line.into()) {
            entry.push_str(&format!("    {}\n", text.trim()));
        }
        repeated = if entry == last { repeated + 1 } else { 0 };
        if repeated < 3 {
            out.push_str(&entry);
        } else if repeated == 3 {
            out.push_str("  [Previous line repeated more times]\n");
        }
        last = entry;
        tb = frames::traceback::next(tb);
    }
    let class = types::type_of(cx, exc).full_name(cx);
    let class = class.strip_prefix("builtins.").unwrap_or(&class).to_string();
    let text = protocol::str_lossy(cx, exc);
    out.push_str(&class);
    if !text.is_empty() {
        out.push_str(": ");
        out.push_str(&text);
    }
    out.push('\n');
}
