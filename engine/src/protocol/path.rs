//! `os.fspath`.

use crate::objects::{Bytes, Str};
use crate::types::type_name;
use crate::{Ctx, PyResult};
use proto_core::Value;

/// The str or bytes that a path-like object stands for.
pub fn fs_path(cx: &mut Ctx, v: Value) -> PyResult {
    if Str::of_sub(cx, v).is_some() || Bytes::of_sub(cx, v).is_some() {
        return Ok(v);
    }
    let name = cx.names.__fspath__;
    // A class that sets it to None has no path.
    let Some(f) = super::lookup_special(cx, v, name)?.filter(|f| *f != Value::NONE) else {
        let got = crate::types::type_short_name(cx, v);
        return Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {got}")));
    };
    let r = super::call(cx, f, &[])?;
    if Str::of_sub(cx, r).is_some() || Bytes::of_sub(cx, r).is_some() {
        return Ok(r);
    }
    let (class, got) = (type_name(cx, v), type_name(cx, r));
    Err(cx.type_error(format!("expected {class}.__fspath__() to return str or bytes, not {got}")))
}

/// The path as text ([`Str::to_text`]); bytes that are no UTF-8 are surrogates there.
pub fn fs_path_text(cx: &mut Ctx, v: Value) -> PyResult<String> {
    let p = fs_path(cx, v)?;
    if let Some(s) = Str::of_sub(cx, p) {
        return Ok(s.to_text().into_owned());
    }
    let Some(b) = Bytes::of_sub(cx, p) else { return Ok(String::new()) };
    let mut decoded = Vec::with_capacity(b.len());
    for chunk in b.as_slice().utf8_chunks() {
        decoded.extend_from_slice(chunk.valid().as_bytes());
        for &byte in chunk.invalid() {
            pytext::wtf8::push(&mut decoded, 0xDC00 + u32::from(byte));
        }
    }
    Ok(pytext::wtf8::carry(&decoded).into_owned())
}
