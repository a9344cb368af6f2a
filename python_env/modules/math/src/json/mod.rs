//! The module `_json`: the scanner and encoder behind `json`.

mod encoder;
mod scanner;

use engine::prelude::*;
use pytext::json::{self, ScanError, Scanned};

/// `_json`.
pub static JSON: ModuleDef = ModuleDef {
    doc: "json speedups\n",
    functions: &[
        NativeDef::new("encode_basestring_ascii", "($module, object, /)", |cx, args| {
            let s = text_argument(cx, args[0])?;
            Ok(Str::ascii(cx, &json::encode_ascii(s.as_bytes())))
        }, "encode_basestring_ascii(string) -> string\n\nReturn an ASCII-only JSON representation of a Python string"),
        NativeDef::new("encode_basestring", "($module, object, /)", |cx, args| {
            let s = text_argument(cx, args[0])?;
            Str::wish(cx, &json::encode(s.as_bytes()))
        }, "encode_basestring(string) -> string\n\nReturn a JSON representation of a Python string"),
        NativeDef::new("scanstring", "($module, string, end, strict=True, /)", scan_string, "scanstring(string, end, strict=True) -> (string, end)\n\nScan the string s for a JSON string. End is the index of the\ncharacter in s after the quote that started the JSON string.").hide_sig(),
    ],
    init: Some(|cx, module| {
        for (name, def) in [("make_scanner", &scanner::SCANNER), ("make_encoder", &encoder::ENCODER)] {
            let ty = cx.add_type(def).value();
            cx.set_module_attr(module, name, ty);
        }
        Ok(())
    }),
    ..ModuleDef::new("_json")
};

fn text_argument(cx: &mut Ctx, v: Value) -> Res<Str> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("first argument must be a string, not {name}")))
        }
    }
}

/// Raises `json.JSONDecodeError(message, doc, pos)`; `at` is a byte offset of `doc`.
#[cold]
fn decode_error(cx: &mut Ctx, doc: Str, message: &str, at: usize) -> Raised {
    let class = match protocol::import_attr(cx, "json.decoder", "JSONDecodeError") {
        Ok(class) => class,
        Err(r) => return r,
    };
    let args = [Str::new(cx, message), doc.value(), int::from_usize(cx, doc.char_of_byte(at))];
    cx.raise_call(class, &args)
}

fn scan_failed(cx: &mut Ctx, doc: Str, e: &ScanError) -> Raised {
    decode_error(cx, doc, e.message(), e.position())
}

/// The scanned string as an object; `start` is where its content starts.
fn scanned(heap: &Heap, doc: &Str, start: usize, s: Scanned) -> Value {
    match s {
        Scanned::Plain(end) if doc.is_ascii() => Str::ascii(heap, &doc.as_bytes()[start..end]),
        Scanned::Plain(end) => Str::from_wtf8(heap, &doc.as_bytes()[start..end]),
        Scanned::Escaped(bytes) => Str::from_wtf8(heap, &bytes),
    }
}

fn scan_string(cx: &mut Ctx, args: Args) -> PyResult {
    let end = args.index(cx, 1)?;
    let strict = args.truth_or(cx, 2, true)?;
    let doc = text_argument(cx, args[0])?;
    let Some(index) = usize::try_from(end).ok().filter(|&i| i <= doc.len_chars()) else {
        return Err(cx.value_error("end is out of bounds"));
    };
    let start = doc.byte_of_char(cx, index);
    match json::scan_string(doc.as_bytes(), start, strict) {
        Ok((s, end)) => {
            let pair = [scanned(cx, &doc, start, s), int::from_usize(cx, doc.char_near(cx, end, (start, index)))];
            Ok(Tuple::new(cx, &pair))
        }
        Err(e) => Err(scan_failed(cx, doc, &e)),
    }
}
