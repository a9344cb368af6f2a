//! The codecs written in Rust, with error handlers of any kind.

use std::borrow::Cow;

use engine::objects::{Bytes, Dict, Tuple};
use engine::prelude::*;
use engine::protocol::{self, buffer};
use pytext::codecs::handlers::{self, Encoding, Handler};
use pytext::codecs::{CodecError, Order, escape, single, utf16, utf32};
use pytext::wtf8;

use super::lookup_error;

const WRONG_DECODED: &str = "decoding error handler must return (str, int) tuple";
const WRONG_ENCODED: &str = "encoding error handler must return (str/bytes, int) tuple";

/// The name of the error handler in argument `i`.
fn errors(cx: &mut Ctx, args: Args, i: usize) -> Res<String> {
    match args.or(i, Value::NONE) {
        Value::NONE => Ok("strict".to_owned()),
        v => match Str::of_sub(cx, v) {
            Some(s) => Ok(s.to_string_lossy().into_owned()),
            None => {
                let name = types::type_name(cx, v);
                Err(cx.type_error(format!("argument 2 must be str or None, not {name}")))
            }
        },
    }
}

fn text_arg(cx: &mut Ctx, v: Value) -> Res<Str> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s),
        None => {
            let name = types::type_name(cx, v);
            Err(cx.type_error(format!("argument 1 must be str, not {name}")))
        }
    }
}

/// Bytes, or the UTF-8 of a str where CPython takes one.
fn data_arg(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    if let Some(s) = Str::of_sub(cx, v) {
        return buffer::copied(cx, s.as_bytes());
    }
    buffer::to_bytes(cx, v)
}

fn pair(cx: &mut Ctx, v: Value, n: usize) -> Value {
    let n = int::from_usize(cx, n);
    Tuple::new(cx, &[v, n])
}

fn raise_decode(cx: &mut Ctx, name: &str, input: &[u8], e: &CodecError) -> Raised {
    let source = match Bytes::wish(cx, input) {
        Ok(source) => source,
        Err(raised) => return raised,
    };
    cx.unicode_decode_error(name, source, e.start, e.end, e.reason)
}

/// The exception that a handler is asked about. The object in it is made once.
fn decode_error(cx: &mut Ctx, name: &str, input: &[u8], source: &mut Value, e: &CodecError) -> Res<Raised> {
    cx.poll()?;
    if source.is_empty() {
        *source = Bytes::wish(cx, input)?;
    }
    Ok(cx.unicode_decode_error(name, *source, e.start, e.end, e.reason))
}

fn raise_encode(cx: &mut Ctx, name: &str, text: &[u8], e: &CodecError) -> Raised {
    let source = match Str::wish(cx, text) {
        Ok(source) => source,
        Err(raised) => return raised,
    };
    let (start, end) = (wtf8::index(text, e.start), wtf8::index(text, e.end));
    cx.unicode_encode_error(name, source, start, end, e.reason)
}

/// Asks a registered handler about a decoding error: replacement and position. The handler may put another object into the
/// exception; decoding goes on with that one.
fn ask_decode(
    cx: &mut Ctx,
    handler: &str,
    raised: Raised,
    data: &mut Cow<'_, [u8]>,
    source: &mut Value,
) -> Res<(Value, usize)> {
    let exc = cx.take(raised);
    let key = cx.names.object;
    let before = protocol::getattr(cx, exc, key)?;
    let (replacement, pos) = call_handler(cx, handler, exc, WRONG_DECODED)?;
    let after = protocol::getattr(cx, exc, key)?;
    if after != before {
        match Bytes::of_sub(cx, after) {
            Some(b) => (*data, *source) = (Cow::Owned(buffer::copied(cx, b.as_slice())?), after),
            None => return Err(cx.type_error("object attribute must be bytes")),
        }
    }
    Ok((replacement, position(cx, pos, data.len())?))
}

/// Asks a registered handler what to do about an error: replacement and position.
fn ask(cx: &mut Ctx, handler: &str, raised: Raised, len: usize) -> Res<(Value, usize)> {
    let exc = cx.take(raised);
    let (replacement, pos) = call_handler(cx, handler, exc, WRONG_ENCODED)?;
    Ok((replacement, position(cx, pos, len)?))
}

/// What a handler is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Handles {
    /// A str in place of bytes.
    Decoding,
    /// A str or bytes in place of characters.
    Encoding,
}

/// As the East Asian codecs ask: the position is an int, and one too big is out of bounds.
pub fn ask_handler(cx: &mut Ctx, handler: &str, raised: Raised, len: usize, what: Handles) -> Res<(Value, usize)> {
    let wrong = match what {
        Handles::Decoding => WRONG_DECODED,
        Handles::Encoding => "encoding error handler must return (str, int) tuple",
    };
    let exc = cx.take(raised);
    let answer = answer_of(cx, handler, exc, wrong)?;
    let (replacement, pos) = (answer.get(0), answer.get(1));
    let fits =
        Str::of_sub(cx, replacement).is_some() || what == Handles::Encoding && Bytes::of_sub(cx, replacement).is_some();
    if !fits || !int::is_sub(cx, pos) {
        return Err(cx.type_error(wrong));
    }
    match int::to_i64(pos) {
        Some(pos) => Ok((replacement, position(cx, pos, len)?)),
        None => Err(cx.index_error("position -1 from error handler out of bounds")),
    }
}

/// A handler's position: negative ones count from the end.
fn position(cx: &mut Ctx, pos: i64, len: usize) -> Res<usize> {
    let at = if pos < 0 { pos + len as i64 } else { pos };
    if at < 0 || at > len as i64 {
        return Err(cx.index_error(format!("position {at} from error handler out of bounds")));
    }
    Ok(at as usize)
}

fn call_handler(cx: &mut Ctx, handler: &str, exc: Value, wrong: &str) -> Res<(Value, i64)> {
    let answer = answer_of(cx, handler, exc, wrong)?;
    let pos = protocol::ssize(cx, answer.get(1))?;
    Ok((answer.get(0), pos))
}

/// What the handler answers: a tuple of two.
fn answer_of(cx: &mut Ctx, handler: &str, exc: Value, wrong: &str) -> Res<Tuple> {
    let name = Str::new(cx, handler);
    let f = lookup_error(cx, name)?;
    let answer = protocol::call(cx, f, &[exc])?;
    match Tuple::of_sub(cx, answer).filter(|t| t.len() == 2) {
        Some(t) => Ok(t),
        None => Err(cx.type_error(wrong)),
    }
}

/// Decodes `input`: the text and how much was consumed.
fn decode_with(cx: &mut Ctx, enc: Encoding, input: &[u8], errors: &str, last: bool) -> Res<(Vec<u8>, usize)> {
    if let Some(h) = Handler::parse(errors) {
        return match handlers::decode(enc, input, h, last) {
            Ok(done) => Ok(done),
            Err(_) if h.encodes_only() => Err(cx.type_error(handlers::NOT_FOR_DECODING)),
            Err(e) => Err(raise_decode(cx, enc.decoder_name(input), input, &e)),
        };
    }
    let (mut out, mut pos, mut input) = (Vec::new(), 0, Cow::Borrowed(input));
    let mut source = Value::EMPTY;
    while let Err(e) = enc.decode_step(&input, &mut pos, &mut out, last) {
        let raised = decode_error(cx, enc.decoder_name(&input), &input, &mut source, &e)?;
        let (replacement, at) = ask_decode(cx, errors, raised, &mut input, &mut source)?;
        match Str::of_sub(cx, replacement) {
            Some(s) => {
                cx.reserve(&mut out, s.byte_len())?;
                out.extend_from_slice(s.as_bytes());
            }
            None => return Err(cx.type_error(WRONG_DECODED)),
        }
        pos = at;
    }
    Ok((out, pos))
}

fn encode_with(cx: &mut Ctx, enc: Encoding, text: &[u8], errors: &str) -> Res<Vec<u8>> {
    if let Some(h) = Handler::parse(errors) {
        return match handlers::encode(enc, text, h) {
            Ok(bytes) => Ok(bytes),
            Err(e) => Err(raise_encode(cx, enc.name(), text, &e)),
        };
    }
    let (mut out, mut pos) = (Vec::new(), 0);
    let chars = wtf8::count(text);
    // A place in bytes, and the same in characters.
    let (mut source, mut known) = (Value::EMPTY, (0, 0));
    while let Err(e) = enc.encode_step(text, &mut pos, &mut out) {
        cx.poll()?;
        if source.is_empty() {
            source = Str::wish(cx, text)?;
        }
        if e.start < known.0 {
            known = (0, 0);
        }
        let start = known.1 + wtf8::count(&text[known.0..e.start]);
        let end = start + wtf8::count(&text[e.start..e.end]);
        known = (e.start, start);
        let raised = cx.unicode_encode_error(enc.name(), source, start, end, e.reason);
        let (replacement, at) = ask(cx, errors, raised, chars)?;
        if let Some(s) = Str::of_sub(cx, replacement) {
            let piece = buffer::copied(cx, s.as_bytes())?;
            // In units of four bytes at most.
            cx.reserve(&mut out, piece.len().saturating_mul(4))?;
            // Encodings of all of Unicode take no more than ASCII for what they cannot encode.
            let refused = enc.unit_len().is_some() && !s.is_ascii();
            if refused || enc.encode_step(&piece, &mut 0, &mut out).is_err() {
                return Err(raise_encode(cx, enc.name(), text, &e));
            }
        } else if let Some(b) = Bytes::of_sub(cx, replacement) {
            if enc.unit_len().is_some_and(|n| b.len() % n != 0) {
                return Err(raise_encode(cx, enc.name(), text, &e));
            }
            cx.reserve(&mut out, b.len())?;
            out.extend_from_slice(b.as_slice());
        } else {
            return Err(cx.type_error(WRONG_ENCODED));
        }
        pos = match at.checked_sub(start) {
            Some(n) => e.start + wtf8::offset(&text[e.start..], n),
            None => wtf8::offset(text, at),
        };
    }
    Ok(out)
}

fn encoding(name: &str) -> Encoding {
    Encoding::parse(name).unwrap_or(Encoding::Utf8)
}

/// Room for a copy of the text and what it becomes.
fn room_to_encode(cx: &mut Ctx, s: Str, errors: &str) -> Res<()> {
    let most = match errors {
        "strict" | "ignore" => 4,
        // Names are long.
        "namereplace" => 64,
        _ => 12,
    };
    cx.make_room_beside(s.byte_len().saturating_mul(most))
}

pub fn encode(cx: &mut Ctx, args: Args, name: &str) -> PyResult {
    let s = text_arg(cx, args[0])?;
    let errors = errors(cx, args, 1)?;
    room_to_encode(cx, s, &errors)?;
    let text = buffer::copied(cx, s.as_bytes())?;
    let out = encode_with(cx, encoding(name), &text, &errors)?;
    let out = Bytes::wish(cx, &out)?;
    Ok(pair(cx, out, s.len_chars()))
}

pub fn encode_ordered(cx: &mut Ctx, args: Args, name: &str) -> PyResult {
    let full = match args.index_or(cx, 2, 0)? {
        0 => name.to_owned(),
        n if n < 0 => format!("{name}-le"),
        _ => format!("{name}-be"),
    };
    encode(cx, args, &full)
}

pub fn decode(cx: &mut Ctx, args: Args, name: &str) -> PyResult {
    let data = buffer::to_bytes(cx, args[0])?;
    let errors = errors(cx, args, 1)?;
    let enc = encoding(name);
    // One-byte codecs have nothing to wait for.
    cx.make_room_beside(data.len().saturating_mul(4))?;
    let last = matches!(enc, Encoding::Ascii | Encoding::Latin1) || args.truth_or(cx, 2, false)?;
    let (text, n) = decode_with(cx, enc, &data, &errors, last)?;
    let text = Str::wish(cx, &text)?;
    Ok(pair(cx, text, n))
}

/// The decoders that also tell the byte order they found.
pub fn decode_ex(cx: &mut Ctx, args: Args, name: &str) -> PyResult {
    let data = buffer::to_bytes(cx, args[0])?;
    let errors = errors(cx, args, 1)?;
    let given = args.index_or(cx, 2, 0)?;
    cx.make_room_beside(data.len().saturating_mul(4))?;
    let last = args.truth_or(cx, 3, false)?;
    let (order, mark) = match given {
        0 if name == "utf-16" && data.len() >= 2 => utf16::detect_order(&data),
        0 if name == "utf-32" && data.len() >= 4 => utf32::detect_order(&data),
        n if n > 0 => (Order::Big, 0),
        n if n < 0 => (Order::Little, 0),
        _ => (Order::NATIVE, 0),
    };
    let found = if given != 0 || mark > 0 { if order == Order::Big { 1 } else { -1 } } else { 0 };
    let enc = if name == "utf-16" { Encoding::Utf16(order) } else { Encoding::Utf32(order) };
    let (text, n) = decode_with(cx, enc, &data[mark..], &errors, last)?;
    let parts = [Str::wish(cx, &text)?, int::from_usize(cx, n + mark), Value::small(found)];
    Ok(Tuple::new(cx, &parts))
}

pub fn unicode_escape_encode(cx: &mut Ctx, args: Args) -> PyResult {
    let s = text_arg(cx, args[0])?;
    room_to_encode(cx, s, "strict")?;
    let out = Bytes::wish(cx, &escape::unicode_encode(s.as_bytes()))?;
    Ok(pair(cx, out, s.len_chars()))
}

pub fn raw_escape_encode(cx: &mut Ctx, args: Args) -> PyResult {
    let s = text_arg(cx, args[0])?;
    room_to_encode(cx, s, "strict")?;
    let out = Bytes::wish(cx, &escape::raw_encode(s.as_bytes()))?;
    Ok(pair(cx, out, s.len_chars()))
}

/// One step of a decoder.
trait Step: FnMut(&[u8], &mut usize, &mut Vec<u8>, bool) -> Result<(), CodecError> {}
impl<F: FnMut(&[u8], &mut usize, &mut Vec<u8>, bool) -> Result<(), CodecError>> Step for F {}

fn escape_decode_with(cx: &mut Ctx, args: Args, name: &str, mut step: impl Step) -> PyResult {
    let mut data: Cow<'_, [u8]> = Cow::Owned(data_arg(cx, args[0])?);
    let given = data.len();
    cx.make_room_beside(given.saturating_mul(4))?;
    let errors = errors(cx, args, 1)?;
    let last = args.truth_or(cx, 2, true)?;
    let (mut out, mut pos, mut source) = (Vec::new(), 0, Value::EMPTY);
    while let Err(e) = step(&data, &mut pos, &mut out, last) {
        let raised = decode_error(cx, name, &data, &mut source, &e)?;
        if errors == "strict" {
            return Err(raised);
        }
        let (replacement, at) = ask_decode(cx, &errors, raised, &mut data, &mut source)?;
        if let Some(s) = Str::of_sub(cx, replacement) {
            cx.reserve(&mut out, s.byte_len())?;
            out.extend_from_slice(s.as_bytes());
        }
        pos = at;
    }
    let text = Str::wish(cx, &out)?;
    Ok(pair(cx, text, if last { given } else { pos }))
}

pub fn unicode_escape_decode(cx: &mut Ctx, args: Args) -> PyResult {
    let mut bad = None;
    let done =
        escape_decode_with(cx, args, "unicodeescape", |input: &[u8], pos: &mut usize, out: &mut Vec<u8>, last| {
            escape::unicode_decode(input, pos, out, last, &mut bad)
        })?;
    warn_of_escape(cx, "", bad.map(|b| b.1))?;
    Ok(done)
}

/// The warning of the first escape sequence that means nothing, in a literal with this prefix.
fn warn_of_escape(cx: &mut Ctx, prefix: &str, bad: Option<escape::BadEscape>) -> Res<()> {
    let what = match bad {
        None => return Ok(()),
        Some(escape::BadEscape::Char(c)) => format!("{prefix}\"\\{}\" is an invalid escape sequence", char::from(c)),
        Some(escape::BadEscape::Octal(n)) => format!("{prefix}\"\\{n:o}\" is an invalid octal escape sequence"),
    };
    engine::exceptions::warn_deprecated(cx, &format!("{what}. Such sequences will not work in the future. "))
}

pub fn raw_escape_decode(cx: &mut Ctx, args: Args) -> PyResult {
    escape_decode_with(cx, args, "rawunicodeescape", escape::raw_decode)
}

pub fn escape_encode(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(data) = Bytes::of_sub(cx, args[0]) else {
        let name = types::type_name(cx, args[0]);
        return Err(cx.type_error(format!("escape_encode() argument 1 must be bytes, not {name}")));
    };
    cx.make_room_beside(data.len().saturating_mul(4))?;
    let out = Bytes::wish(cx, &escape::bytes_encode(data.as_slice()))?;
    Ok(pair(cx, out, data.len()))
}

pub fn escape_decode(cx: &mut Ctx, args: Args) -> PyResult {
    let data = data_arg(cx, args[0])?;
    let errors = errors(cx, args, 1)?;
    let mut bad = None;
    let done = escape::bytes_decode(
        &data,
        |out| match errors.as_str() {
            "replace" => {
                out.push(b'?');
                true
            }
            "ignore" => true,
            _ => false,
        },
        &mut bad,
    );
    match done {
        Ok(out) => {
            warn_of_escape(cx, "b", bad.map(|b| b.1))?;
            let out = Bytes::wish(cx, &out)?;
            Ok(pair(cx, out, data.len()))
        }
        Err(e) => Err(cx.value_error(e.to_string())),
    }
}

pub fn readbuffer_encode(cx: &mut Ctx, args: Args) -> PyResult {
    let data = data_arg(cx, args[0])?;
    let out = Bytes::wish(cx, &data)?;
    Ok(pair(cx, out, data.len()))
}

/// The reverse of a decoding table: a dict from code point to byte.
pub fn charmap_build(cx: &mut Ctx, args: Args) -> PyResult {
    let table = text_arg(cx, args[0])?;
    let cps: Vec<u32> = table.chars().collect();
    let d = Dict::new(cx);
    for (i, c) in cps.into_iter().enumerate() {
        // U+FFFE stands for "no character".
        if c != 0xfffe && i < 256 {
            d.set(cx, Value::small(c as i32), Value::small(i as i32))?;
        }
    }
    Ok(d.value())
}

/// What a mapping has for a key; None for absent or None.
fn mapped(cx: &mut Ctx, mapping: Value, key: u32) -> Res<Option<Value>> {
    let key = Value::small(key as i32);
    let found = match Dict::of(mapping) {
        Some(d) => d.get(cx, key)?,
        None => match protocol::getitem(cx, mapping, key) {
            Ok(v) => Some(v),
            Err(r) if cx.matches(&r, Exc::LookupError) => {
                cx.clear(r);
                None
            }
            Err(r) => return Err(r),
        },
    };
    Ok(found.filter(|v| *v != Value::NONE))
}

fn map_char(cx: &mut Ctx, mapping: Value, c: u32, out: &mut Vec<u8>) -> Res<bool> {
    let Some(v) = mapped(cx, mapping, c)? else { return Ok(false) };
    if int::is_sub(cx, v) {
        let n = protocol::index(cx, v)?;
        if !(0..256).contains(&n) {
            return Err(cx.type_error("character mapping must be in range(256)"));
        }
        out.push(n as u8);
    } else if let Some(b) = Bytes::of_sub(cx, v) {
        cx.reserve(out, b.as_slice().len())?;
        out.extend_from_slice(b.as_slice());
    } else {
        let name = types::type_name(cx, v);
        return Err(cx.type_error(format!("character mapping must return integer, bytes or None, not {name}")));
    }
    Ok(true)
}

pub fn charmap_encode(cx: &mut Ctx, args: Args) -> PyResult {
    let mapping = args.or(2, Value::NONE);
    if mapping == Value::NONE {
        return encode(cx, args, "latin-1");
    }
    let s = text_arg(cx, args[0])?;
    let errors = errors(cx, args, 1)?;
    cx.make_room_beside(s.len_chars().saturating_mul(12))?;
    let cps: Vec<u32> = s.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < cps.len() {
        if map_char(cx, mapping, cps[i], &mut out)? {
            i += 1;
            continue;
        }
        let start = i;
        let mut scratch = Vec::new();
        while i < cps.len() && !map_char(cx, mapping, cps[i], &mut scratch)? {
            i += 1;
        }
        let raised = cx.unicode_encode_error("charmap", s.value(), start, i, "character maps to <undefined>");
        if errors == "strict" {
            return Err(raised);
        }
        let (replacement, at) = ask(cx, &errors, raised, cps.len())?;
        if let Some(b) = Bytes::of_sub(cx, replacement) {
            out.extend_from_slice(b.as_slice());
        } else if let Some(r) = Str::of_sub(cx, replacement) {
            cx.make_room_beside(r.byte_len().saturating_mul(6))?;
            let piece: Vec<u32> = r.chars().collect();
            for c in piece {
                if !map_char(cx, mapping, c, &mut out)? {
                    return Err(cx.unicode_encode_error(
                        "charmap",
                        s.value(),
                        start,
                        i,
                        "character maps to <undefined>",
                    ));
                }
            }
        }
        i = at;
    }
    let bytes = Bytes::wish(cx, &out)?;
    Ok(pair(cx, bytes, cps.len()))
}

pub fn charmap_decode(cx: &mut Ctx, args: Args) -> PyResult {
    let mapping = args.or(2, Value::NONE);
    if mapping == Value::NONE {
        return decode(cx, args, "latin-1");
    }
    let mut data: Cow<'_, [u8]> = Cow::Owned(buffer::to_bytes(cx, args[0])?);
    let errors = errors(cx, args, 1)?;
    let table: Option<Vec<u32>> = Str::of_sub(cx, mapping).map(|s| s.chars().collect());
    cx.make_room_beside(data.len().saturating_mul(4))?;
    let (mut out, mut pos, mut source) = (Vec::new(), 0, Value::EMPTY);
    while pos < data.len() {
        let e = match &table {
            Some(table) => match single::charmap_decode(table, &data, &mut pos, &mut out) {
                Ok(()) => break,
                Err(e) => e,
            },
            None => {
                let b = data[pos];
                match mapped(cx, mapping, u32::from(b))? {
                    Some(v) if int::is_sub(cx, v) => match protocol::index(cx, v)? {
                        0xfffe => CodecError { start: pos, end: pos + 1, reason: "character maps to <undefined>" },
                        c if (0..=0x10ffff).contains(&c) => {
                            wtf8::push(&mut out, c as u32);
                            pos += 1;
                            continue;
                        }
                        _ => return Err(cx.type_error("character mapping must be in range(0x110000)")),
                    },
                    Some(v) => match Str::of_sub(cx, v) {
                        Some(s) if s.as_bytes() != "\u{fffe}".as_bytes() => {
                            cx.reserve(&mut out, s.byte_len())?;
                            out.extend_from_slice(s.as_bytes());
                            pos += 1;
                            continue;
                        }
                        Some(_) => CodecError { start: pos, end: pos + 1, reason: "character maps to <undefined>" },
                        None => return Err(cx.type_error("character mapping must return integer, None or str")),
                    },
                    None => CodecError { start: pos, end: pos + 1, reason: "character maps to <undefined>" },
                }
            }
        };
        let raised = decode_error(cx, "charmap", &data, &mut source, &e)?;
        if errors == "strict" {
            return Err(raised);
        }
        let (replacement, at) = ask_decode(cx, &errors, raised, &mut data, &mut source)?;
        if let Some(s) = Str::of_sub(cx, replacement) {
            cx.reserve(&mut out, s.byte_len())?;
            out.extend_from_slice(s.as_bytes());
        }
        pos = at;
    }
    let text = Str::wish(cx, &out)?;
    Ok(pair(cx, text, data.len()))
}
