//! The standard error handlers as Python callables.

use engine::objects::{Bytes, Obj, Tuple};
use engine::prelude::*;
use engine::protocol;
use pytext::codecs::CodecError;
use pytext::codecs::handlers::{self, Encoding, Handler, Replacement};

/// The functions, as a module.
pub static HOLDER: ModuleDef = ModuleDef { functions: HANDLERS, ..ModuleDef::new("codecs") };

pub const HANDLERS: &[NativeDef] = &[
    NativeDef::new(
        "strict_errors",
        "(exc, /)",
        strict,
        "Implements the 'strict' error handling, which raises a UnicodeError on coding errors.",
    ),
    NativeDef::new(
        "ignore_errors",
        "(exc, /)",
        |cx, args| handle(cx, args[0], Handler::Ignore),
        "Implements the 'ignore' error handling, which ignores malformed data and continues.",
    ),
    NativeDef::new(
        "replace_errors",
        "(exc, /)",
        |cx, args| handle(cx, args[0], Handler::Replace),
        "Implements the 'replace' error handling, which replaces malformed data with a replacement marker.",
    ),
    NativeDef::new(
        "xmlcharrefreplace_errors",
        "(exc, /)",
        |cx, args| handle(cx, args[0], Handler::XmlCharRefReplace),
        "Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.",
    ),
    NativeDef::new(
        "backslashreplace_errors",
        "(exc, /)",
        |cx, args| handle(cx, args[0], Handler::BackslashReplace),
        "Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.",
    ),
    NativeDef::new(
        "namereplace_errors",
        "(exc, /)",
        |cx, args| handle(cx, args[0], Handler::NameReplace),
        "Implements the 'namereplace' error handling, which replaces an unencodable character with a \\N{...} escape sequence.",
    ),
    NativeDef::new("surrogateescape_errors", "(exc, /)", |cx, args| handle(cx, args[0], Handler::SurrogateEscape), ""),
    NativeDef::new("surrogatepass_errors", "(exc, /)", |cx, args| handle(cx, args[0], Handler::SurrogatePass), ""),
];

fn strict(cx: &mut Ctx, args: Args) -> PyResult {
    if !types::type_of(cx, args[0]).is_subtype(cx.types.exc(Exc::BaseException)) {
        return Err(cx.type_error("codec must pass exception instance"));
    }
    Err(cx.raise_exc(args[0]))
}

fn attr(cx: &mut Ctx, v: Value, name: &str) -> PyResult {
    let name = cx.intern(name.as_bytes());
    protocol::getattr(cx, v, name)
}

fn position(cx: &mut Ctx, exc: Value, name: &str) -> Res<usize> {
    let v = attr(cx, exc, name)?;
    Ok(protocol::index(cx, v)?.max(0) as usize)
}

/// The encoding that an exception names. A name that breaks off before the byte order is none.
fn named(name: &str) -> Encoding {
    Encoding::parse(name).filter(|_| !name.ends_with(['-', '_'])).unwrap_or(Encoding::Ascii)
}

/// What a native handler does with an exception object: a tuple of replacement and position to go on.
fn handle(cx: &mut Ctx, exc: Value, h: Handler) -> PyResult {
    let ty = types::type_of(cx, exc);
    let is = |e: Exc| ty.is_subtype(cx.types.exc(e));
    let (decoding, encoding, translating) =
        (is(Exc::UnicodeDecodeError), is(Exc::UnicodeEncodeError), is(Exc::UnicodeTranslateError));
    if Obj::of(exc).is_none() || !(decoding || encoding || translating) {
        let name = types::type_name(cx, exc);
        return Err(cx.type_error(format!("don't know how to handle {name} in error callback")));
    }
    let only_bytes = matches!(
        h,
        Handler::XmlCharRefReplace | Handler::NameReplace | Handler::SurrogateEscape | Handler::SurrogatePass
    );
    if translating && only_bytes {
        return Err(cx.type_error("don't know how to handle UnicodeTranslateError in error callback"));
    }
    let (start, end) = (position(cx, exc, "start")?, position(cx, exc, "end")?);
    let object = attr(cx, exc, "object")?;
    if decoding {
        let name = attr(cx, exc, "encoding")?;
        let name = protocol::text(cx, name);
        let enc = named(&name);
        // A handler is asked at each error: what cannot change is not copied.
        let object_bytes = Bytes::of_sub(cx, object);
        let copy = if object_bytes.is_some() { Vec::new() } else { protocol::buffer::to_bytes(cx, object)? };
        let bytes = object_bytes.as_ref().map_or(&copy[..], |b| b.as_slice());
        let e = CodecError { start, end: end.min(bytes.len()), reason: "" };
        let mut out = Vec::new();
        return match handlers::handle_decode(h, enc, bytes, &e, &mut out) {
            Some(pos) => result(cx, &out, pos),
            None if h.encodes_only() => Err(cx.type_error(handlers::NOT_FOR_DECODING)),
            None => Err(cx.raise_exc(exc)),
        };
    }
    let Some(s) = Str::of_sub(cx, object) else { return Err(cx.type_error("object attribute must be str")) };
    let text = s.as_bytes();
    let chars = s.len_chars();
    let (from, to) = (s.byte_of_char(cx, start.min(chars)), s.byte_of_char(cx, end.min(chars)));
    if translating && h == Handler::Replace {
        let marks: Vec<u8> = std::iter::repeat_n("\u{fffd}".as_bytes(), end - start).flatten().copied().collect();
        return result(cx, &marks, end);
    }
    let name = if encoding {
        let name = attr(cx, exc, "encoding")?;
        protocol::text(cx, name)
    } else {
        String::new()
    };
    let enc = named(&name);
    // Names are long, and all characters that one error names are replaced at once.
    let each = if h == Handler::NameReplace { 64 } else { 12 };
    cx.make_room_beside(to.saturating_sub(from).saturating_mul(each))?;
    let e = CodecError { start: from, end: to, reason: "" };
    match handlers::handle_encode(h, enc, text, &e) {
        Some(Replacement::Text(t)) => result(cx, &t, end),
        Some(Replacement::Bytes(b)) => {
            let parts = [Bytes::new(cx, &b), int::from_usize(cx, end)];
            Ok(Tuple::new(cx, &parts))
        }
        None => Err(cx.raise_exc(exc)),
    }
}

fn result(cx: &mut Ctx, text: &[u8], pos: usize) -> PyResult {
    let parts = [Str::wish(cx, text)?, int::from_usize(cx, pos)];
    Ok(Tuple::new(cx, &parts))
}
