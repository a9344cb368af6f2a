//! `SyntaxError` and its place in the source.

use super::base::{self, set_slot, slot};
use super::fields::FIRST;
use crate::native::{CallArgs, Member};
use crate::objects::{Str, Tuple, int};
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

/// Native slot of `msg`; `filename`, `lineno`, `offset`, `text`, `end_lineno`, `end_offset`, `print_file_and_line`,
/// `_metadata` follow.
pub const MSG: usize = FIRST;
const FILENAME: usize = FIRST + 1;
const LINENO: usize = FIRST + 2;
const TEXT: usize = FIRST + 4;
const METADATA: usize = FIRST + 8;

/// The visible fields.
pub static MEMBERS: &[Member] = &[
    Member::rw("msg", MSG as u16, "exception msg"),
    Member::rw("filename", MSG as u16 + 1, "exception filename"),
    Member::rw("lineno", MSG as u16 + 2, "exception lineno"),
    Member::rw("offset", MSG as u16 + 3, "exception offset"),
    Member::rw("text", MSG as u16 + 4, "exception text"),
    Member::rw("end_lineno", MSG as u16 + 5, "exception end lineno"),
    Member::rw("end_offset", MSG as u16 + 6, "exception end offset"),
    Member::rw("print_file_and_line", MSG as u16 + 7, "exception print_file_and_line"),
    Member::rw("_metadata", MSG as u16 + 8, "exception private metadata"),
];

/// `SyntaxError.__init__`: a message, and (filename, lineno, offset, text[, end_lineno, end_offset[, metadata]]).
pub fn syntax_error_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    base::base_init(cx, exc, args)?;
    if let Some(&message) = args.values.first() {
        set_slot(cx, exc, MSG, message);
    }
    if args.values.len() == 2 {
        // What is not given any more is not kept.
        for at in [FILENAME + 4, FILENAME + 5, METADATA] {
            set_slot(cx, exc, at, Value::NONE);
        }
    }
    if args.values.len() != 2 {
        return Ok(());
    }
    let info = protocol::tuple_of(cx, args.values[1])?;
    let n = info.len();
    if !(4..=7).contains(&n) {
        let (bound, limit) = if n < 4 { ("at least", 4) } else { ("at most", 7) };
        return Err(cx.type_error(format!("function takes {bound} {limit} arguments ({n} given)")));
    }
    for i in 0..n.min(6) {
        set_slot(cx, exc, FILENAME + i, info.get(i));
    }
    if n == 7 {
        set_slot(cx, exc, METADATA, info.get(6));
    }
    if n == 5 {
        return Err(cx.type_error("end_offset must be provided when end_lineno is provided"));
    }
    Ok(())
}

/// `SyntaxError.__str__`: the message, with the file's base name and the line.
pub fn syntax_error_str(cx: &mut Ctx, exc: Value) -> PyResult {
    let message = slot(cx, exc, MSG).non_empty().unwrap_or(Value::NONE);
    let filename = Str::of_sub(cx, slot(cx, exc, FILENAME)).map(|s| {
        let path = s.to_text().into_owned();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    });
    let line = int::to_i64(slot(cx, exc, LINENO));
    let s = protocol::str(cx, message)?;
    let text = protocol::text(cx, s);
    let text = match (filename, line) {
        (Some(f), Some(n)) => format!("{text} ({f}, line {n})"),
        (Some(f), None) => format!("{text} ({f})"),
        (None, Some(n)) => format!("{text} (line {n})"),
        (None, None) => return Ok(s),
    };
    Ok(Str::from_text(cx, &text))
}

/// Sets what tracebacks are told beside the place.
pub fn set_metadata(cx: &mut Ctx, exc: Value, metadata: Value) {
    set_slot(cx, exc, METADATA, metadata);
}

/// Sets the name of the file.
pub fn set_filename(cx: &mut Ctx, exc: Value, name: Value) {
    set_slot(cx, exc, FILENAME, name);
}

/// Adds the line that an error is about, if that is missing.
pub fn add_text(cx: &mut Ctx, exc: Value, source: &str) {
    let known = slot(cx, exc, TEXT).non_empty().is_some_and(|v| !v.is_none());
    let line = int::to_i64(slot(cx, exc, LINENO)).and_then(|n| usize::try_from(n - 1).ok());
    if let Some(line) = line.and_then(|n| source.split_inclusive('\n').nth(n)).filter(|_| !known) {
        let text = Str::new(cx, line);
        set_slot(cx, exc, TEXT, text);
    }
}

/// The place of a syntax error; absent parts are EMPTY.
pub struct Place {
    /// File name.
    pub filename: Value,
    /// Line, from 1.
    pub lineno: Value,
    /// Column, from 1.
    pub offset: Value,
    /// The source line.
    pub text: Value,
    /// End line.
    pub end_lineno: Value,
    /// End column.
    pub end_offset: Value,
}

/// A SyntaxError (or subclass) object with its place.
pub fn new_syntax_error(cx: &mut Ctx, exc: super::Exc, message: &str, place: &Place) -> Value {
    let message = Str::from_text(cx, message);
    let none = |v: Value| if v == Value::EMPTY { Value::NONE } else { v };
    let fields = [
        none(place.filename),
        none(place.lineno),
        none(place.offset),
        none(place.text),
        none(place.end_lineno),
        none(place.end_offset),
    ];
    let info = Tuple::new(cx, &fields);
    let ty = cx.types.exc(exc);
    let e = super::new_exception(cx, ty, &[message, info]);
    set_slot(cx, e, MSG, message);
    for (i, &v) in fields.iter().enumerate() {
        set_slot(cx, e, FILENAME + i, v);
    }
    e
}
