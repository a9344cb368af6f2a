//! The module `_codecs`: the registry of codecs and error handlers, and the native codecs.
//!
//! The registry lives in the process's state dict: a list of search functions, a dict of codecs found, a dict of handlers.

mod handlers;
mod native;

pub use native::{Handles, ask_handler};

use engine::objects::{Dict, List, Tuple};
use engine::prelude::*;
use engine::protocol;
use pytext::codecs::handlers::{Encoding, Handler};

pub static CODECS: ModuleDef = ModuleDef { functions: FUNCTIONS, init: Some(init), ..ModuleDef::new("_codecs") };

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "register",
        "($module, search_function, /)",
        register,
        "Register a codec search function.\n\nSearch functions are expected to take one argument, the encoding name in\nall lower case letters, and either return None, or a tuple of functions\n(encoder, decoder, stream_reader, stream_writer) (or a CodecInfo object).",
    ),
    NativeDef::new(
        "unregister",
        "($module, search_function, /)",
        unregister,
        "Unregister a codec search function and clear the registry's cache.\n\nIf the search function is not registered, do nothing.",
    ),
    NativeDef::new(
        "lookup",
        "($module, encoding, /)",
        |cx, args| lookup(cx, args[0]),
        "Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.",
    ),
    NativeDef::new(
        "encode",
        "($module, /, obj, encoding='utf-8', errors='strict')",
        encode,
        "Encodes obj using the codec registered for encoding.",
    ),
    NativeDef::new(
        "decode",
        "($module, /, obj, encoding='utf-8', errors='strict')",
        decode,
        "Decodes obj using the codec registered for encoding.",
    ),
    NativeDef::new(
        "register_error",
        "($module, errors, handler, /)",
        register_error,
        "Register the specified error handler under the name errors.\n\nhandler must be a callable object, that\nwill be called with an exception instance containing\ninformation about the location of the encoding/decoding\nerror and must return a (replacement, new position) tuple.",
    ),
    NativeDef::new(
        "_unregister_error",
        "($module, errors, /)",
        unregister_error,
        "Un-register the specified error handler for the error handling `errors'.\n\nOnly custom error handlers can be un-registered. An exception is raised\nif the error handling is a built-in one (e.g., 'strict'), or if an error\noccurs.\n\nOtherwise, this returns True if a custom handler has been successfully\nun-registered, and False if no custom handler for the specified error\nhandling exists.",
    ),
    NativeDef::new(
        "lookup_error",
        "($module, name, /)",
        |cx, args| lookup_error(cx, args[0]),
        "lookup_error(errors) -> handler\n\nReturn the error handler for the specified error handling name or raise a\nLookupError, if no handler exists under this name.",
    ),
    NativeDef::new("utf_8_encode", "($module, str, errors=None, /)", |cx, args| native::encode(cx, args, "utf-8"), ""),
    NativeDef::new(
        "utf_8_decode",
        "($module, data, errors=None, final=False, /)",
        |cx, args| native::decode(cx, args, "utf-8"),
        "",
    ),
    NativeDef::new("utf_7_encode", "($module, str, errors=None, /)", |cx, args| native::encode(cx, args, "utf-7"), ""),
    NativeDef::new(
        "utf_7_decode",
        "($module, data, errors=None, final=False, /)",
        |cx, args| native::decode(cx, args, "utf-7"),
        "",
    ),
    NativeDef::new(
        "utf_16_encode",
        "($module, str, errors=None, byteorder=0, /)",
        |cx, args| native::encode_ordered(cx, args, "utf-16"),
        "",
    ),
    NativeDef::new(
        "utf_16_le_encode",
        "($module, str, errors=None, /)",
        |cx, args| native::encode(cx, args, "utf-16-le"),
        "",
    ),
    NativeDef::new(
        "utf_16_be_encode",
        "($module, str, errors=None, /)",
        |cx, args| native::encode(cx, args, "utf-16-be"),
        "",
    ),
    NativeDef::new(
        "utf_16_decode",
        "($module, data, errors=None, final=False, /)",
        |cx, args| native::decode(cx, args, "utf-16"),
        "",
    ),
    NativeDef::new(
        "utf_16_le_decode",
        "($module, data, errors=None, final=False, /)",
        |cx, args| native::decode(cx, args, "utf-16-le"),
        "",
    ),
    NativeDef::new(
        "utf_16_be_decode",
        "($module, data, errors=None, final=False, /)",
        |cx, args| native::decode(cx, args, "utf-16-be"),
        "",
    ),
    NativeDef::new(
        "utf_16_ex_decode",
        "($module, data, errors=None, byteorder=0, final=False, /)",
        |cx, args| native::decode_ex(cx, args, "utf-16"),
        "",
    ),
    NativeDef::new(
        "utf_32_encode",
        "($module, str, errors=None, byteorder=0, /)",
        |cx, args| native::encode_ordered(cx, args, "utf-32"),
        "",
    ),
    NativeDef::new(
        "utf_32_le_encode",
        "($module, str, errors=None, /)",
        |cx, args| native::encode(cx, args, "utf-32-le"),
        "",
    ),
    NativeDef::new(
        "utf_32_be_encode",
        "($module, str, errors=None, /)",
        |cx, args| native::encode(cx, args, "utf-32-be"),
        "",
    ),
    NativeDef::new(
        "utf_32_decode",
        "($module, data, errors=None, final=False, /)",
        |cx, args| native::decode(cx, args, "utf-32"),
        "",
    ),
    NativeDef::new(
        "utf_32_le_decode",
        "($module, data, errors=None, final=False, /)",
        |cx, args| native::decode(cx, args, "utf-32-le"),
        "",
    ),
    NativeDef::new(
        "utf_32_be_decode",
        "($module, data, errors=None, final=False, /)",
        |cx, args| native::decode(cx, args, "utf-32-be"),
        "",
    ),
    NativeDef::new(
        "utf_32_ex_decode",
        "($module, data, errors=None, byteorder=0, final=False, /)",
        |cx, args| native::decode_ex(cx, args, "utf-32"),
        "",
    ),
    NativeDef::new("ascii_encode", "($module, str, errors=None, /)", |cx, args| native::encode(cx, args, "ascii"), ""),
    NativeDef::new("ascii_decode", "($module, data, errors=None, /)", |cx, args| native::decode(cx, args, "ascii"), ""),
    NativeDef::new(
        "latin_1_encode",
        "($module, str, errors=None, /)",
        |cx, args| native::encode(cx, args, "latin-1"),
        "",
    ),
    NativeDef::new(
        "latin_1_decode",
        "($module, data, errors=None, /)",
        |cx, args| native::decode(cx, args, "latin-1"),
        "",
    ),
    NativeDef::new("unicode_escape_encode", "($module, str, errors=None, /)", native::unicode_escape_encode, ""),
    NativeDef::new(
        "unicode_escape_decode",
        "($module, data, errors=None, final=True, /)",
        native::unicode_escape_decode,
        "",
    ),
    NativeDef::new("raw_unicode_escape_encode", "($module, str, errors=None, /)", native::raw_escape_encode, ""),
    NativeDef::new(
        "raw_unicode_escape_decode",
        "($module, data, errors=None, final=True, /)",
        native::raw_escape_decode,
        "",
    ),
    NativeDef::new("escape_encode", "($module, data, errors=None, /)", native::escape_encode, ""),
    NativeDef::new("escape_decode", "($module, data, errors=None, /)", native::escape_decode, ""),
    NativeDef::new("charmap_build", "($module, map, /)", native::charmap_build, ""),
    NativeDef::new("charmap_encode", "($module, str, errors=None, mapping=None, /)", native::charmap_encode, ""),
    NativeDef::new("charmap_decode", "($module, data, errors=None, mapping=None, /)", native::charmap_decode, ""),
    NativeDef::new("readbuffer_encode", "($module, data, errors=None, /)", native::readbuffer_encode, ""),
];

const SEARCH: &[u8] = b"codecs.search_path";
const CACHE: &[u8] = b"codecs.cache";
const HANDLERS: &[u8] = b"codecs.handlers";

/// A dict of the registry, made on first use.
fn dict(cx: &mut Ctx, key: &[u8]) -> Res<Dict> {
    let state = cx.rt.state(cx);
    let key = cx.intern(key);
    if let Some(d) = state.get_str(key).and_then(Dict::of) {
        return Ok(d);
    }
    let fresh = Dict::new(cx);
    let kept = state.set_default(cx, key, fresh.value())?;
    Ok(Dict::of(kept).unwrap_or(fresh))
}

fn search_path(cx: &mut Ctx) -> Res<List> {
    let state = cx.rt.state(cx);
    let key = cx.intern(SEARCH);
    if let Some(l) = state.get_str(key).and_then(List::of) {
        return Ok(l);
    }
    let fresh = List::new(cx);
    let kept = state.set_default(cx, key, fresh.value())?;
    Ok(List::of(kept).unwrap_or(fresh))
}

fn init(cx: &mut Ctx, _module: Value) -> Res<()> {
    let handlers = dict(cx, HANDLERS)?;
    if handlers.len() > 0 {
        return Ok(());
    }
    // A module that nobody sees makes the functions.
    let holder = cx.new_module(&handlers::HOLDER)?;
    if let Some(functions) = module_dict(holder) {
        for def in handlers::HANDLERS {
            let key = cx.intern(def.name.as_bytes());
            let name = cx.intern(def.name.strip_suffix("_errors").unwrap_or(def.name).as_bytes());
            if let Some(f) = functions.get_str(key) {
                handlers.set_str(cx, name, f);
            }
        }
    }
    Ok(())
}

fn register(cx: &mut Ctx, args: Args) -> PyResult {
    if !protocol::is_callable(cx, args[0]) {
        return Err(cx.type_error("argument must be callable"));
    }
    search_path(cx)?.push(cx, args[0]);
    Ok(Value::NONE)
}

fn unregister(cx: &mut Ctx, args: Args) -> PyResult {
    let path = search_path(cx)?;
    let mut i = 0;
    while let Some(f) = path.get(i) {
        if f == args[0] {
            dict(cx, CACHE)?.clear(cx);
            path.pop_at(cx, i);
            break;
        }
        i += 1;
    }
    Ok(Value::NONE)
}

fn text(cx: &mut Ctx, v: Value, what: &str) -> Res<String> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s.to_text().into_owned()),
        None => {
            let name = types::type_name(cx, v);
            Err(cx.type_error(format!("{what} argument must be str, not {name}")))
        }
    }
}

/// The `CodecInfo` of an encoding.
pub fn lookup(cx: &mut Ctx, encoding: Value) -> PyResult {
    let name = text(cx, encoding, "lookup()")?;
    if let Some(s) = Str::of_sub(cx, encoding)
        && s.has_surrogates()
        && let Err(e) = pytext::codecs::handlers::encode(Encoding::Utf8, s.as_bytes(), Handler::Strict)
    {
        let (start, end) = (s.char_of_byte(e.start), s.char_of_byte(e.end));
        return Err(cx.unicode_encode_error("utf-8", s.value(), start, end, e.reason));
    }
    if name.contains('\0') {
        return Err(cx.value_error("embedded null character"));
    }
    let normalized = pytext::codecs::normalize_name(&name);
    let key = Str::new(cx, &normalized);
    let cache = dict(cx, CACHE)?;
    if let Some(found) = cache.get(cx, key)? {
        return Ok(found);
    }
    let path = search_path(cx)?;
    if path.len() == 0 {
        // The package registers its search function.
        protocol::import_module(cx, "encodings")?;
    }
    let mut i = 0;
    while let Some(f) = path.get(i) {
        i += 1;
        let found = protocol::call(cx, f, &[key])?;
        if found == Value::NONE {
            continue;
        }
        if Tuple::of_sub(cx, found).is_none_or(|t| t.len() != 4) {
            return Err(cx.type_error("codec search functions must return 4-tuples"));
        }
        cache.set(cx, key, found)?;
        return Ok(found);
    }
    Err(cx.raise(Exc::LookupError, format!("unknown encoding: {name}")))
}

/// Runs the encoder (0) or decoder (1) of a codec.
fn run(cx: &mut Ctx, args: Args, which: usize) -> PyResult {
    let encoding = args.get(1).unwrap_or_else(|| Str::new(cx, "utf-8"));
    let info = lookup(cx, encoding)?;
    let Some(t) = Tuple::of_sub(cx, info) else { return Err(cx.type_error("bad codec")) };
    let f = t.get(which);
    let out = match args.get(2) {
        Some(errors) => protocol::call(cx, f, &[args[0], errors]),
        None => protocol::call(cx, f, &[args[0]]),
    };
    let out = match out {
        Ok(out) => out,
        Err(r) => {
            let exc = cx.take(r);
            let (what, name) = (if which == 0 { "encoding" } else { "decoding" }, protocol::str_lossy(cx, encoding));
            let note = Str::from_text(cx, &format!("{what} with '{name}' codec failed"));
            protocol::call_method(cx, exc, cx.names.add_note, &[note])?;
            return Err(cx.restore(exc));
        }
    };
    match Tuple::of_sub(cx, out).filter(|t| t.len() == 2) {
        Some(t) => Ok(t.get(0)),
        None => {
            let what = if which == 0 { "encoder" } else { "decoder" };
            Err(cx.type_error(format!("{what} must return a tuple (object,integer)")))
        }
    }
}

fn encode(cx: &mut Ctx, args: Args) -> PyResult {
    run(cx, args, 0)
}

fn decode(cx: &mut Ctx, args: Args) -> PyResult {
    run(cx, args, 1)
}

fn register_error(cx: &mut Ctx, args: Args) -> PyResult {
    text(cx, args[0], "register_error() argument 1")?;
    if !protocol::is_callable(cx, args[1]) {
        return Err(cx.type_error("handler must be callable"));
    }
    let handlers = dict(cx, HANDLERS)?;
    handlers.set(cx, args[0], args[1])?;
    Ok(Value::NONE)
}

fn unregister_error(cx: &mut Ctx, args: Args) -> PyResult {
    let name = text(cx, args[0], "_unregister_error()")?;
    if pytext::codecs::handlers::Handler::parse(&name).is_some() {
        return Err(cx.value_error(format!("cannot un-register built-in error handler '{name}'")));
    }
    let handlers = dict(cx, HANDLERS)?;
    Ok(Value::bool(handlers.remove(cx, args[0])?.is_some()))
}

/// The error handler of this name.
pub fn lookup_error(cx: &mut Ctx, name: Value) -> PyResult {
    let shown = text(cx, name, "lookup_error()")?;
    let handlers = dict(cx, HANDLERS)?;
    match handlers.get(cx, name)? {
        Some(f) => Ok(f),
        None => Err(cx.raise(Exc::LookupError, format!("unknown error handler name '{shown}'"))),
    }
}
