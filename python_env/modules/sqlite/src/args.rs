//! Arguments as CPython's clinic takes them.

use std::ffi::CString;

use engine::native::{Owner, call_def};
use engine::prelude::*;

/// A string's UTF-8; surrogates are an error.
pub fn utf8(cx: &mut Ctx, text: Str) -> Res<Vec<u8>> {
    check_utf8(cx, text)?;
    protocol::buffer::copied(cx, text.as_bytes())
}

/// UnicodeEncodeError for surrogates.
pub fn check_utf8(cx: &mut Ctx, text: Str) -> Res<()> {
    if !text.has_surrogates() {
        return Ok(());
    }
    let bytes = text.as_bytes().to_vec();
    let mut chars = 0;
    let mut rest = &bytes[..];
    // A surrogate begins with ED A0..BF; all else is UTF-8.
    while let Some(&lead) = rest.first() {
        if lead == 0xED && rest.get(1).is_some_and(|&b| b >= 0xA0) {
            break;
        }
        let width = match lead {
            0..0xC0 => 1,
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 4,
        };
        rest = &rest[width.min(rest.len())..];
        chars += 1;
    }
    Err(cx.unicode_encode_error("utf-8", text.value(), chars, chars + 1, "surrogates not allowed"))
}

/// A string argument as a C string.
pub fn c_string(cx: &mut Ctx, args: Args, i: usize) -> Res<CString> {
    let text = args.str(cx, i)?;
    c_string_of(cx, text)
}

pub fn c_string_of(cx: &mut Ctx, text: Str) -> Res<CString> {
    let bytes = utf8(cx, text)?;
    CString::new(bytes).map_err(|_| cx.value_error("embedded null character"))
}

/// A string argument with a default.
pub fn c_string_or(cx: &mut Ctx, args: Args, i: usize, default: &str) -> Res<CString> {
    match args.get(i) {
        Some(_) => c_string(cx, args, i),
        None => Ok(CString::new(default).unwrap_or_default()),
    }
}

/// An int argument as a C int.
pub fn c_int(cx: &mut Ctx, args: Args, i: usize) -> Res<i32> {
    modules_system::convert::c_int(cx, args[i])
}

pub fn c_int_or(cx: &mut Ctx, args: Args, i: usize, default: i32) -> Res<i32> {
    match args.get(i) {
        Some(_) => c_int(cx, args, i),
        None => Ok(default),
    }
}

/// An int as one of SQLite's.
pub fn sqlite_int(cx: &mut Ctx, v: Value) -> Res<i64> {
    int::of_sub(cx, v)
        .and_then(|_| int_of(cx, v))
        .ok_or_else(|| cx.overflow_error("Python int too large to convert to SQLite INTEGER"))
}

fn int_of(cx: &mut Ctx, v: Value) -> Option<i64> {
    // An instance of a subclass is the number that it wraps.
    int::to_i64(v).or_else(|| protocol::index(cx, v).map_err(|raised| cx.clear(raised)).ok())
}

/// A DeprecationWarning where the caller is.
pub fn deprecated(cx: &mut Ctx, text: &str) -> Res<()> {
    let text = Str::new(cx, text);
    modules_system::warnings::warn_category(cx, Exc::DeprecationWarning, text, 1)
}

/// Calls a method with arguments as they were given (declared as `*args, **kwargs`), after a warning if more than `allowed` of them
/// have names that they will not have for long.
pub fn call_warned(cx: &mut Ctx, args: Args, def: &'static NativeDef, names: &[&str], warning: &str) -> PyResult {
    let named = Dict::of(args[2]).filter(|d| d.len() > 0);
    if let Some(named) = named {
        let mut any = false;
        for name in names {
            let key = cx.intern(name.as_bytes());
            any |= named.get_str(key).is_some();
        }
        if any {
            deprecated(cx, warning)?;
        }
    }
    call_given(cx, args, def)
}

/// Calls `def` with what `*args` and `**kwargs` hold.
pub fn call_given(cx: &mut Ctx, args: Args, def: &'static NativeDef) -> PyResult {
    let owner = Owner::Value(types::type_of(cx, args[0]).value());
    let given = Tuple::of(args[1]).map_or(0, Tuple::len);
    let named = Dict::of(args[2]).filter(|d| d.len() > 0);
    let keys = match named {
        Some(d) => d.keys_list(cx).to_tuple(cx),
        None => Value::EMPTY,
    };
    let nkeys = named.map_or(0, Dict::len);
    native::with_words(cx, 1 + given + nkeys, |cx, words| {
        words[0] = args[0];
        if let Some(t) = Tuple::of(args[1]) {
            t.copy_to(&mut words[1..=given]);
        }
        if let (Some(keys), Some(named)) = (Tuple::of(keys), named) {
            for (i, key) in keys.items().enumerate().take(nkeys) {
                words[1 + given + i] = named.get_str(key).unwrap_or(Value::NONE);
            }
        }
        call_def(cx, def, owner, CallArgs { values: words, kwnames: keys })
    })
}
