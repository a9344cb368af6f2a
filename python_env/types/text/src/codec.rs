//! Encoding and decoding for `str.encode`, `bytes.decode`, `str(bytes, encoding)` and `bytes(str, encoding)`.
//!
//! The common encodings with well-formed data are done here; everything else (other encodings, error handlers) goes
//! through the codec registry of `_codecs`.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::interp;
use engine::objects::Bytes;
use engine::prelude::*;
use engine::protocol;
use pytext::codecs::handlers::{self, Encoding, Handler};

use crate::arguments::type_name;

/// The text of an `encoding` or `errors` argument of a function, with its default.
/// Checks the arguments of a function that name an encoding and an error handler, before it looks at others.
pub fn check_arguments(cx: &mut Ctx, function: &str, encoding: Option<Value>, errors: Option<Value>) -> Res<()> {
    name_arg(cx, encoding, "", (function, "encoding"))?;
    name_arg(cx, errors, "", (function, "errors"))?;
    Ok(())
}

fn name_arg(
    cx: &mut Ctx,
    v: Option<Value>,
    default: &'static str,
    (function, argument): (&str, &str),
) -> Res<Cow<'static, str>> {
    let what = || format!("{function}() argument '{argument}'");
    match v {
        None => Ok(Cow::Borrowed(default)),
        Some(v) => match Str::of_sub(cx, v) {
            Some(s) if s.is_ascii() => {
                // Most calls give one of these.
                const USUAL: [&str; 9] =
                    ["utf-8", "utf8", "strict", "ascii", "latin-1", "latin1", "replace", "ignore", "surrogateescape"];
                Ok(match USUAL.iter().find(|usual| usual.as_bytes() == s.as_bytes()) {
                    Some(usual) => Cow::Borrowed(*usual),
                    None => Cow::Owned(s.to_text().into_owned()),
                })
            }
            Some(s) => match handlers::encode(Encoding::Utf8, s.as_bytes(), Handler::Strict) {
                Ok(_) => Ok(Cow::Owned(s.to_text().into_owned())),
                Err(e) => {
                    let (start, end) = (s.char_of_byte(e.start), s.char_of_byte(e.end));
                    Err(cx.unicode_encode_error("utf-8", s.value(), start, end, e.reason))
                }
            },
            None => {
                let got = if v.is_none() { "None".to_owned() } else { type_name(cx, v) };
                Err(cx.type_error(format!("{} must be str, not {got}", what())))
            }
        },
    }
}

/// A function of the module `_codecs`.
fn registry_call(cx: &mut Ctx, function: &str, args: &[Value]) -> PyResult {
    let name = cx.intern(b"_codecs");
    let module = interp::import_name(cx, name, Value::NONE, Value::NONE, 0)?;
    let f = cx.intern(function.as_bytes());
    let f = protocol::getattr(cx, module, f)?;
    protocol::call(cx, f, args)
}

/// Refuses codecs that do not convert between text and bytes.
fn check_text_encoding(cx: &mut Ctx, encoding: Value, function: &str) -> Res<()> {
    let info = registry_call(cx, "lookup", &[encoding])?;
    let flag = cx.intern(b"_is_text_encoding");
    if let Some(flag) = protocol::getattr_opt(cx, info, flag)?
        && !protocol::truth(cx, flag)?
    {
        let name = Str::of(encoding).map(|e| e.to_text().into_owned()).unwrap_or_default();
        return Err(cx.raise(
            Exc::LookupError,
            format!("'{name}' is not a text encoding; use codecs.{function}() to handle arbitrary codecs"),
        ));
    }
    Ok(())
}

/// `str.encode(encoding, errors)`.
pub fn encode_args(cx: &mut Ctx, s: Str, encoding: Option<Value>, errors: Option<Value>) -> PyResult {
    let enc = name_arg(cx, encoding, "utf-8", ("encode", "encoding"))?;
    let err = name_arg(cx, errors, "strict", ("encode", "errors"))?;
    checked_names(cx, Some(&enc), Some(&err))?;
    if let (Some(encoding), Some(handler)) = (Encoding::parse(&enc), Handler::parse(&err)) {
        let plain = match encoding {
            Encoding::Utf8 => !s.has_surrogates(),
            Encoding::Ascii | Encoding::Latin1 => s.is_ascii(),
            _ => false,
        };
        if plain {
            return Bytes::wish(cx, s.as_bytes());
        }
        let most = if matches!(handler, Handler::Strict | Handler::Ignore) { 4 } else { 12 };
        cx.make_room_beside(s.byte_len().saturating_mul(most))?;
        return match handlers::encode(encoding, s.as_bytes(), handler) {
            Ok(bytes) => Bytes::wish(cx, &bytes),
            Err(e) => {
                let (start, end) = (s.char_of_byte(e.start), s.char_of_byte(e.end));
                Err(cx.unicode_encode_error(encoding.name(), s.value(), start, end, e.reason))
            }
        };
    }
    let (enc, err) = (Str::new(cx, &enc), Str::new(cx, &err));
    check_text_encoding(cx, enc, "encode")?;
    let out = registry_call(cx, "encode", &[s.value(), enc, err])?;
    if Bytes::of_sub(cx, out).is_some() {
        return Ok(out);
    }
    if let Some(bytes) = protocol::buffer_bytes(cx, out)? {
        return Bytes::wish(cx, &bytes);
    }
    let (got, enc) = (type_name(cx, out), Str::of(enc).map(|e| e.to_text().into_owned()).unwrap_or_default());
    Err(cx.type_error(format!(
        "'{enc}' encoder returned '{got}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types"
    )))
}

/// Whether names of encodings and handlers are looked up even where nothing needs them: `-X dev`.
static CHECKS_NAMES: AtomicBool = AtomicBool::new(false);

/// Sets that.
pub fn check_names(on: bool) {
    // Relaxed: set before any program runs.
    CHECKS_NAMES.store(on, Ordering::Relaxed);
}

/// In `-X dev`: `LookupError` for a name that nobody knows.
fn checked_names(cx: &mut Ctx, encoding: Option<&str>, errors: Option<&str>) -> Res<()> {
    if !CHECKS_NAMES.load(Ordering::Relaxed) {
        return Ok(());
    }
    if let Some(name) = encoding.filter(|name| Encoding::parse(name).is_none()) {
        let name = Str::new(cx, name);
        registry_call(cx, "lookup", &[name])?;
    }
    if let Some(name) = errors.filter(|name| Handler::parse(name).is_none()) {
        let name = Str::new(cx, name);
        registry_call(cx, "lookup_error", &[name])?;
    }
    Ok(())
}

/// `bytes.decode(encoding, errors)`.
pub fn decode_args(
    cx: &mut Ctx,
    function: &str,
    bytes: &[u8],
    encoding: Option<Value>,
    errors: Option<Value>,
) -> PyResult {
    let enc = name_arg(cx, encoding, "utf-8", (function, "encoding"))?;
    let err = name_arg(cx, errors, "strict", (function, "errors"))?;
    checked_names(cx, Some(&enc), Some(&err))?;
    // Nobody is asked what nothing means.
    if bytes.is_empty() {
        return Ok(Str::new(cx, ""));
    }
    if let (Some(encoding), Some(handler)) = (Encoding::parse(&enc), Handler::parse(&err)) {
        if encoding == Encoding::Utf8
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return Str::wish(cx, text.as_bytes());
        }
        if matches!(encoding, Encoding::Ascii | Encoding::Latin1) && bytes.is_ascii() {
            return Str::wish(cx, bytes);
        }
        cx.make_room_beside(bytes.len().saturating_mul(4))?;
        return match handlers::decode(encoding, bytes, handler, true) {
            Ok((text, _)) => Str::wish(cx, &text),
            Err(_) if handler.encodes_only() => Err(cx.type_error(handlers::NOT_FOR_DECODING)),
            Err(e) => {
                let source = Bytes::wish(cx, bytes)?;
                Err(cx.unicode_decode_error(encoding.decoder_name(bytes), source, e.start, e.end, e.reason))
            }
        };
    }
    let source = Bytes::wish(cx, bytes)?;
    let (enc_v, err_v) = (Str::new(cx, &enc), Str::new(cx, &err));
    check_text_encoding(cx, enc_v, "decode")?;
    let out = registry_call(cx, "decode", &[source, enc_v, err_v])?;
    if Str::of_sub(cx, out).is_some() {
        return Ok(out);
    }
    let got = type_name(cx, out);
    Err(cx.type_error(format!(
        "'{enc}' decoder returned '{got}' instead of 'str'; use codecs.decode() to decode to arbitrary types"
    )))
}
