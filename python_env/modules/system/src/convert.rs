//! Paths, errors and small conversions that all modules here share.

use std::ffi::CString;
use std::io;

use engine::prelude::*;
use rustix::io::Errno;

/// The exception for a failed system call.
pub fn os_error(cx: &mut Ctx, e: Errno) -> Raised {
    cx.os_error(e.raw_os_error(), None)
}

/// The exception for a failed system call on a file.
pub fn os_error_at(cx: &mut Ctx, e: Errno, path: &Path) -> Raised {
    let filename = path.value;
    cx.os_error(e.raw_os_error(), Some(filename))
}

/// The exception for an error of the standard library.
pub fn io_error(cx: &mut Ctx, e: &io::Error) -> Raised {
    match e.raw_os_error() {
        Some(errno) => cx.os_error(errno, None),
        None => cx.raise(Exc::OSError, e.to_string()),
    }
}

/// `None`, or the exception for the failed call.
pub fn done<T>(cx: &mut Ctx, r: Result<T, Errno>) -> PyResult {
    match r {
        Ok(_) => Ok(Value::NONE),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// Like [`done`] for a call on a path.
pub fn done_at<T>(cx: &mut Ctx, r: Result<T, Errno>, path: &Path) -> PyResult {
    match r {
        Ok(_) => Ok(Value::NONE),
        Err(e) => Err(os_error_at(cx, e, path)),
    }
}

/// Makes a system call that may wait: other threads may collect meanwhile, and signals are handled.
pub fn waiting<T>(cx: &mut Ctx, mut call: impl FnMut() -> Result<T, Errno>) -> Res<Result<T, Errno>> {
    loop {
        match cx.blocking(&mut call) {
            Err(Errno::INTR) => cx.poll()?,
            other => return Ok(other),
        }
    }
}

/// A file name or descriptor from Python.
pub struct Path {
    /// The `str` or `bytes` (for error messages), or the int.
    pub value: Value,
    /// The name in the system's encoding, without zero bytes. Empty for a descriptor.
    pub bytes: Vec<u8>,
    /// The descriptor, where one is allowed and was given.
    pub fd: Option<i32>,
    /// Whether names derived from it should be `bytes`.
    pub was_bytes: bool,
}

/// What a path parameter accepts besides names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// `str`, `bytes`, `os.PathLike`.
    Names,
    /// Descriptors too.
    NamesAndFds,
    /// `None` too, which means the current directory.
    All,
}

impl Path {
    /// As a terminated string; zero bytes were refused before.
    pub fn c_str(&self) -> CString {
        CString::new(self.bytes.clone()).unwrap_or_default()
    }

    /// A name found below this path, in its type.
    pub fn name_like(&self, cx: &Ctx, name: &[u8]) -> Value {
        if self.was_bytes { Bytes::new(cx, name) } else { fs_decode(cx, name) }
    }
}

/// Converts a path argument with CPython's messages.
pub fn path(cx: &mut Ctx, v: Value, function: &str, argument: &str, accept: Accept) -> Res<Path> {
    if v.is_empty() || (v == Value::NONE && accept == Accept::All) {
        return Ok(Path { value: Value::NONE, bytes: b".".to_vec(), fd: None, was_bytes: false });
    }
    if accept != Accept::Names && is_index(cx, v) {
        return Ok(Path { value: v, bytes: Vec::new(), fd: Some(fd(cx, v)?), was_bytes: false });
    }
    let mut value = v;
    if Str::of_sub(cx, v).is_none() && Bytes::of_sub(cx, v).is_none() {
        let wanted = match accept {
            Accept::Names => "string, bytes or os.PathLike",
            Accept::NamesAndFds => "string, bytes, os.PathLike or integer",
            Accept::All => "string, bytes, os.PathLike, integer or None",
        };
        let Some(method) = fspath_method(cx, v)? else {
            let ty = type_name(cx, v);
            return Err(cx.type_error(format!("{function}: {argument} should be {wanted}, not {ty}")));
        };
        value = protocol::call(cx, method, &[])?;
        if Str::of_sub(cx, value).is_none() && Bytes::of_sub(cx, value).is_none() {
            let (outer, inner) = (type_name(cx, v), type_name(cx, value));
            return Err(cx.type_error(format!("expected {outer}.__fspath__() to return str or bytes, not {inner}")));
        }
    }
    let (bytes, was_bytes) = match Bytes::of_sub(cx, value) {
        Some(b) => (b.as_slice().to_vec(), true),
        None => (fs_encode(cx, value)?, false),
    };
    // Who looks at files by name should find what was written to them.
    crate::lifecycle::before_look(cx);
    if bytes.contains(&0) {
        return Err(cx.value_error(format!("{function}: embedded null character in {argument}")));
    }
    Ok(Path { value, bytes, fd: None, was_bytes })
}

fn is_index(cx: &mut Ctx, v: Value) -> bool {
    int::is_sub(cx, v)
        || (Str::of_sub(cx, v).is_none()
            && Bytes::of_sub(cx, v).is_none()
            && types::type_of(cx, v).slots().index().is_some())
}

/// A descriptor argument.
pub fn fd(cx: &mut Ctx, v: Value) -> Res<i32> {
    if v == Value::TRUE || v == Value::FALSE {
        let text = Str::new(cx, "bool is used as a file descriptor");
        warn_runtime(cx, text)?;
    }
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n) {
        Some(n) if i32::try_from(n).is_ok() => Ok(n as i32),
        Some(n) if n > 0 => Err(cx.overflow_error("fd is greater than maximum")),
        Some(_) => Err(cx.overflow_error("fd is less than minimum")),
        None if int::sign(n) < 0 => Err(cx.overflow_error("fd is less than minimum")),
        None => Err(cx.overflow_error("fd is greater than maximum")),
    }
}

fn warn_runtime(cx: &mut Ctx, text: Value) -> Res<()> {
    crate::warnings::warn_category(cx, Exc::RuntimeWarning, text, 1)
}

/// A C `int` argument.
pub fn c_int(cx: &mut Ctx, v: Value) -> Res<i32> {
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n) {
        Some(n) if i32::try_from(n).is_ok() => Ok(n as i32),
        Some(n) if n > 0 => Err(cx.overflow_error("signed integer is greater than maximum")),
        Some(_) => Err(cx.overflow_error("signed integer is less than minimum")),
        None => Err(cx.overflow_error("Python int too large to convert to C int")),
    }
}

/// A C `long` argument.
pub fn c_long(cx: &mut Ctx, v: Value) -> Res<i64> {
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n) {
        Some(n) => Ok(n),
        None => Err(cx.overflow_error("Python int too large to convert to C long")),
    }
}

/// A user or group id; -1 means "unchanged".
pub fn id_arg(cx: &mut Ctx, v: Value, what: &str) -> Res<u32> {
    if !int::is_sub(cx, v) && types::type_of(cx, v).slots().index().is_none() {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("{what} should be integer, not {ty}")));
    }
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n) {
        Some(n @ -1..=0xFFFF_FFFF) => Ok(n as u32),
        None if int::sign(n) > 0 => Err(cx.overflow_error(format!("{what} is greater than maximum"))),
        // A C long that is no id counts as too small, as in CPython.
        _ => Err(cx.overflow_error(format!("{what} is less than minimum"))),
    }
}

/// The bytes of a str in the file system's encoding: UTF-8, where U+DC80..U+DCFF stand for single bytes.
pub fn fs_encode(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    let Some(s) = Str::of_sub(cx, v) else {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {ty}")));
    };
    let text = s.as_bytes();
    if s.is_ascii() || std::str::from_utf8(text).is_ok() {
        return Ok(text.to_vec());
    }
    let mut out = Vec::with_capacity(text.len());
    let (mut i, mut chars) = (0, 0);
    while let Some((cp, width)) = pytext::wtf8::decode(text, i) {
        if (0xDC80..=0xDCFF).contains(&cp) {
            out.push((cp - 0xDC00) as u8);
        } else if (0xD800..=0xDFFF).contains(&cp) {
            return Err(no_bytes(cx, v, text, i, chars));
        } else {
            out.extend_from_slice(&text[i..i + width]);
        }
        i += width;
        chars += 1;
    }
    Ok(out)
}

/// The error for the surrogates from the byte `i` (character `at`) of `text` on: it names those that no byte can be, up to the
/// first character that has bytes.
fn no_bytes(cx: &mut Ctx, v: Value, text: &[u8], mut i: usize, at: usize) -> Raised {
    let mut end = at;
    while let Some((cp, width)) = pytext::wtf8::decode(text, i)
        && (0xD800..=0xDFFF).contains(&cp)
    {
        i += width;
        end += 1;
    }
    cx.unicode_encode_error("utf-8", v, at, end, "surrogates not allowed")
}

/// The str for a name of the system: bytes that are no UTF-8 become U+DC80..U+DCFF.
pub fn fs_decode(heap: &Heap, name: &[u8]) -> Value {
    if let Ok(text) = std::str::from_utf8(name) {
        return Str::new(heap, text);
    }
    Str::from_wtf8(heap, &fs_decode_bytes(name))
}

/// As [`fs_decode`], giving generalized UTF-8.
pub fn fs_decode_bytes(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + 8);
    for chunk in name.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        for &b in chunk.invalid() {
            pytext::wtf8::push(&mut out, 0xDC00 + u32::from(b));
        }
    }
    out
}

/// The name of a value's type, for messages.
pub fn type_name(cx: &mut Ctx, v: Value) -> String {
    types::type_name(cx, v)
}

/// The bytes of an object with the buffer protocol.
pub fn bytes_like(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    protocol::buffer::to_bytes(cx, v)
}

/// An int, or a big one, from 128 bits.
pub fn int_value(heap: &Heap, n: i128) -> Value {
    int::from_i128(heap, n)
}

/// A tuple of ints.
pub fn int_tuple(heap: &Heap, items: &[i64]) -> Value {
    Tuple::build(heap, items.len(), |i| int::from_i64(heap, items[i]))
}

/// A str, or `None`.
pub fn opt_str(heap: &Heap, text: Option<&str>) -> Value {
    text.map_or(Value::NONE, |t| Str::new(heap, t))
}

/// The text of a str argument without lone surrogates.
pub fn text(cx: &mut Ctx, v: Value, function: &str, argument: &str) -> Res<String> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s.to_string_lossy().into_owned()),
        None => {
            let ty = type_name(cx, v);
            Err(cx.type_error(format!("{function}() {argument} must be str, not {ty}")))
        }
    }
}

/// The `__fspath__` of the object's class; one that is None says that there is none.
pub fn fspath_method(cx: &mut Ctx, v: Value) -> Res<Option<Value>> {
    Ok(protocol::lookup_special(cx, v, cx.names.__fspath__)?.filter(|f| *f != Value::NONE))
}
