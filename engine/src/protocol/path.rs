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
        let got = type_name(cx, v);
        return Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {got}")));
    };
    let r = super::call(cx, f, &[])?;
    if Str::of_sub(cx, r).is_some() || Bytes::of_sub(cx, r).is_some() {
        return Ok(r);
    }
    let (class, got) = (type_name(cx, v), type_name(cx, r));
    Err(cx.type_error(format!("expected {class}.__fspath__() to return str or bytes, not {got}")))
}

/// The path as text; bytes are decoded as UTF-8 with replacement.
pub fn fs_path_text(cx: &mut Ctx, v: Value) -> PyResult<String> {
    let p = fs_path(cx, v)?;
    if let Some(s) = Str::of_sub(cx, p) {
        return Ok(s.to_string_lossy().into_owned());
    }
    Ok(Bytes::of_sub(cx, p).map_or(String::new(), |b| String::from_utf8_lossy(b.as_slice()).into_owned()))
}
