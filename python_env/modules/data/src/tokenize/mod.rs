//! The module `_tokenize`: `TokenizerIter`, the token stream behind the library's `tokenize`.

mod lexer;
mod strings;

use std::sync::{Mutex, PoisonError};

use engine::exceptions::syntax::{Place, new_syntax_error};
use engine::objects::{Bytes, Obj, Str, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::instances::{self, slot};
use lexer::{Fault, Lexer, Need, Token};

pub static TOKENIZE: ModuleDef = ModuleDef { types: &[&TOKENIZER_ITER], ..ModuleDef::new("_tokenize") };

const READLINE: usize = 0;
const ENCODING: usize = 1;
const STATE: usize = 2;
/// The last source line and its string: most tokens of a line share it. Slot 3 holds the string, slot 4 its number.
const LINE: usize = 3;
const LINE_NUMBER: usize = 4;

static TOKENIZER_ITER: TypeDef = TypeDef {
    nnative: 5,
    new: Some(
        NativeDef::new("__new__", "($type, readline, /, *, encoding=<unrepresentable>, extra_tokens=False)", new, "")
            .hide_sig(),
    ),
    slots: Slots { iter: Some(slots::self_iter), next: Some(next), ..Slots::NONE },
    ..TypeDef::new("_tokenize", "TokenizerIter")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    if args.get(2).is_some() {
        args.str(cx, 2)?;
    }
    let extra = args.truth_or(cx, 3, false)?;
    let o = cx.alloc_instance(args[0])?;
    o.set_slot(cx, READLINE, args[1]);
    o.set_slot(cx, ENCODING, args.or(2, Value::EMPTY));
    o.set_payload(cx, STATE, Mutex::new(Lexer::new(extra)));
    Ok(o.value())
}

/// Asks for one more line; None at the end of the source.
fn read_line(cx: &mut Ctx, it: Value) -> Res<Option<String>> {
    let (f, encoding) = (slot(cx, it, READLINE), slot(cx, it, ENCODING));
    let line = match protocol::call(cx, f, &[]) {
        Ok(line) => line,
        Err(r) if cx.matches(&r, Exc::StopIteration) => {
            cx.clear(r);
            return Ok(None);
        }
        Err(r) => return Err(r),
    };
    let text = if encoding.is_empty() {
        match Str::of_sub(cx, line) {
            Some(s) => s.to_string_lossy().into_owned(),
            None => {
                let name = types::type_name(cx, line);
                return Err(cx.type_error(format!("readline() returned a non-string object ({name})")));
            }
        }
    } else {
        if Bytes::of_sub(cx, line).is_none() {
            let name = types::type_name(cx, line);
            return Err(cx.type_error(format!("readline() returned a non-bytes object ({name})")));
        }
        let decode = cx.names.decode;
        let errors = instances::text(cx, "replace");
        let text = protocol::call_method(cx, line, decode, &[encoding, errors])?;
        protocol::text(cx, text)
    };
    Ok(if text.is_empty() { None } else { Some(text) })
}

fn next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(o) = Obj::of(it) else { return Ok(Value::EMPTY) };
    loop {
        // The lock is not held while Python code runs: two threads may take turns, never tear the state.
        let step = match o.payload::<Mutex<Lexer>>(cx, STATE) {
            Some(state) => state.lock().unwrap_or_else(PoisonError::into_inner).next(),
            None => return Ok(Value::EMPTY),
        };
        match step {
            Need::Token(token) => return make(cx, o, &token),
            Need::End => return Ok(Value::EMPTY),
            Need::Fault(fault) => return Err(raise(cx, &fault)),
            Need::Line => {
                let line = read_line(cx, it)?;
                if let Some(state) = o.payload::<Mutex<Lexer>>(cx, STATE) {
                    state.lock().unwrap_or_else(PoisonError::into_inner).feed(line);
                }
            }
        }
    }
}

fn make(cx: &mut Ctx, o: Obj, t: &Token) -> PyResult {
    let text = instances::text(cx, &t.text);
    let pair = |cx: &mut Ctx, (line, column): (usize, i64)| {
        let parts = [Value::from_usize(line), int::from_i64(cx, column)];
        Tuple::new(cx, &parts)
    };
    let (start, end) = (pair(cx, t.start), pair(cx, t.end));
    let number = Value::from_usize(t.start.0);
    let same = o.slot(cx, LINE_NUMBER) == number
        && Str::of(o.slot(cx, LINE)).is_some_and(|s| s.as_bytes() == t.line.as_bytes());
    let line = if same { o.slot(cx, LINE) } else { instances::text(cx, &t.line) };
    if !same {
        o.set_slot(cx, LINE, line);
        o.set_slot(cx, LINE_NUMBER, number);
    }
    let kind = Value::from_usize(t.kind);
    Ok(Tuple::new(cx, &[kind, text, start, end, line]))
}

fn raise(cx: &mut Ctx, fault: &Fault) -> Raised {
    let class = match fault.class {
        lexer::Class::Syntax => Exc::SyntaxError,
        lexer::Class::Indentation => Exc::IndentationError,
        lexer::Class::Tab => Exc::TabError,
    };
    let (line, column) = (Value::from_usize(fault.line), Value::from_usize(fault.column));
    let Some(text) = &fault.text else { return raise_place_only(cx, fault, line, column) };
    let place = Place {
        filename: instances::text(cx, "<string>"),
        lineno: line,
        offset: column,
        text: instances::text(cx, text),
        end_lineno: if fault.ranged { line } else { Value::NONE },
        end_offset: if fault.ranged { column } else { Value::NONE },
    };
    let exc = new_syntax_error(cx, class, &fault.message, &place);
    cx.raise_exc(exc)
}

/// An error that has a place but shows no line.
fn raise_place_only(cx: &mut Ctx, fault: &Fault, line: Value, column: Value) -> Raised {
    let message = instances::text(cx, &fault.message);
    let class = cx.types.exc(Exc::SyntaxError).value();
    let made = protocol::call(cx, class, &[message]).and_then(|exc| {
        for (name, v) in [("lineno", line), ("offset", column), ("end_lineno", line)] {
            let name = instances::name(cx, name);
            protocol::setattr(cx, exc, name, v)?;
        }
        Ok(exc)
    });
    match made {
        Ok(exc) => cx.raise_exc(exc),
        Err(raised) => raised,
    }
}
