//! `UnicodeEncodeError`, `UnicodeDecodeError`, `UnicodeTranslateError`.

use super::base::{self, set_slot, slot};
use super::fields::FIRST;
use crate::native::{CallArgs, Member, MemberKind};
use crate::objects::{Bytes, Str, int};
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

/// Native slot of `encoding`; `object`, `start`, `end`, `reason` follow.
pub const ENCODING: usize = FIRST;
const OBJECT: usize = FIRST + 1;
const START: usize = FIRST + 2;
const END: usize = FIRST + 3;
const REASON: usize = FIRST + 4;

/// The fields.
pub static MEMBERS: &[Member] = &[
    Member::rw("encoding", ENCODING as u16, "exception encoding").kind(MemberKind::OrNone),
    Member::rw("object", OBJECT as u16, "exception object"),
    Member::rw("start", START as u16, "exception start"),
    Member::rw("end", END as u16, "exception end"),
    Member::rw("reason", REASON as u16, "exception reason"),
];

/// The fields of UnicodeTranslateError.
pub static TRANSLATE_MEMBERS: &[Member] = &[
    Member::rw("object", OBJECT as u16, "exception object"),
    Member::rw("start", START as u16, "exception start"),
    Member::rw("end", END as u16, "exception end"),
    Member::rw("reason", REASON as u16, "exception reason"),
];

fn count_error(cx: &mut Ctx, expected: usize, got: usize) -> crate::Raised {
    cx.type_error(format!("function takes exactly {expected} arguments ({got} given)"))
}

fn require_str(cx: &mut Ctx, v: Value, position: usize) -> PyResult<()> {
    if Str::of_sub(cx, v).is_none() {
        let got = crate::types::type_name(cx, v);
        let got = if v == Value::NONE { "None".to_owned() } else { got };
        return Err(cx.type_error(format!("argument {position} must be str, not {got}")));
    }
    Ok(())
}

fn init(cx: &mut Ctx, exc: Value, args: CallArgs, first: usize) -> PyResult<()> {
    base::base_init(cx, exc, args)?;
    let values = args.values;
    let expected = 5 - first;
    if values.len() != expected {
        return Err(count_error(cx, expected, values.len()));
    }
    if first == 0 {
        require_str(cx, values[0], 1)?;
    }
    let start = protocol::index(cx, values[2 - first])?;
    let end = protocol::index(cx, values[3 - first])?;
    require_str(cx, values[4 - first], expected)?;
    for (i, &v) in values.iter().enumerate() {
        set_slot(cx, exc, ENCODING + first + i, v);
    }
    let (start, end) = (int::from_i64(cx, start), int::from_i64(cx, end));
    set_slot(cx, exc, START, start);
    set_slot(cx, exc, END, end);
    Ok(())
}

/// `UnicodeEncodeError.__init__`.
pub fn encode_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    if let Some(&object) = args.values.get(1) {
        require_str(cx, object, 2)?;
    }
    init(cx, exc, args, 0)
}

/// `UnicodeDecodeError.__init__`: a bytes-like object is copied.
pub fn decode_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    init(cx, exc, args, 0)?;
    let object = args.values[1];
    if Bytes::of_sub(cx, object).is_none() {
        if !protocol::buffer::has_buffer(cx, object) {
            return Err(protocol::buffer::not_bytes_like(cx, object));
        }
        let bytes = protocol::buffer::to_bytes(cx, object)?;
        let bytes = Bytes::new(cx, &bytes);
        set_slot(cx, exc, OBJECT, bytes);
    }
    Ok(())
}

/// `UnicodeTranslateError.__init__`.
pub fn translate_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    if let Some(&object) = args.values.first() {
        require_str(cx, object, 1)?;
    }
    init(cx, exc, args, 1)
}

struct Parts {
    encoding: String,
    reason: String,
    start: i64,
    end: i64,
    /// One character or byte that there is; the others' numbers may be anything.
    one: bool,
}

fn parts(cx: &mut Ctx, exc: Value) -> PyResult<Option<Parts>> {
    if slot(cx, exc, OBJECT) == Value::EMPTY {
        return Ok(None);
    }
    let text = |cx: &mut Ctx, i: usize| -> PyResult<String> {
        let v = slot(cx, exc, i).non_empty().unwrap_or(Value::NONE);
        let s = protocol::str(cx, v)?;
        Ok(protocol::text(cx, s))
    };
    let (encoding, reason) = (text(cx, ENCODING)?, text(cx, REASON)?);
    let number = |cx: &Ctx, i: usize| int::to_i64(slot(cx, exc, i)).unwrap_or(0);
    // The `__str__` of those two may have taken the object away.
    let object = slot(cx, exc, OBJECT);
    let len = match (Str::of_sub(cx, object), Bytes::of_sub(cx, object)) {
        (Some(s), _) => s.len_chars(),
        (_, Some(b)) => b.len(),
        _ if object == Value::EMPTY => return Err(cx.type_error("UnicodeError 'object' attribute is not set")),
        _ => return Err(cx.type_error("UnicodeError 'object' attribute must be a string or bytes")),
    } as i64;
    let (start, end) = (number(cx, START), number(cx, END));
    let one = (0..len).contains(&start) && end == start.saturating_add(1);
    Ok(Some(Parts { encoding, reason, start, end, one }))
}

fn escaped(cp: u32) -> String {
    match cp {
        0..=0xFF => format!("\\x{cp:02x}"),
        0x100..=0xFFFF => format!("\\u{cp:04x}"),
        _ => format!("\\U{cp:08x}"),
    }
}

fn char_text(cx: &mut Ctx, exc: Value, verb: &str, p: &Parts, prefix: &str) -> String {
    let object = Str::of_sub(cx, slot(cx, exc, OBJECT));
    match object.and_then(|s| s.cp_at(cx, p.start as usize)) {
        Some(cp) if p.one => {
            format!("{prefix}can't {verb} character '{}' in position {}: {}", escaped(cp), p.start, p.reason)
        }
        _ => {
            format!("{prefix}can't {verb} characters in position {}-{}: {}", p.start, p.end.saturating_sub(1), p.reason)
        }
    }
}

/// `UnicodeEncodeError.__str__`.
pub fn encode_str(cx: &mut Ctx, exc: Value) -> PyResult {
    let Some(p) = parts(cx, exc)? else { return Ok(cx.names.empty) };
    let prefix = format!("'{}' codec ", p.encoding);
    let text = char_text(cx, exc, "encode", &p, &prefix);
    Ok(Str::from_text(cx, &text))
}

/// `UnicodeTranslateError.__str__`.
pub fn translate_str(cx: &mut Ctx, exc: Value) -> PyResult {
    let Some(p) = parts(cx, exc)? else { return Ok(cx.names.empty) };
    let text = char_text(cx, exc, "translate", &p, "");
    Ok(Str::from_text(cx, &text))
}

/// `UnicodeDecodeError.__str__`.
pub fn decode_str(cx: &mut Ctx, exc: Value) -> PyResult {
    let Some(p) = parts(cx, exc)? else { return Ok(cx.names.empty) };
    let byte = Bytes::of_sub(cx, slot(cx, exc, OBJECT)).and_then(|b| b.as_slice().get(p.start as usize).copied());
    let text = match byte {
        Some(b) if p.one => {
            format!("'{}' codec can't decode byte {b:#04x} in position {}: {}", p.encoding, p.start, p.reason)
        }
        _ => format!(
            "'{}' codec can't decode bytes in position {}-{}: {}",
            p.encoding,
            p.start,
            p.end.saturating_sub(1),
            p.reason
        ),
    };
    Ok(Str::from_text(cx, &text))
}
