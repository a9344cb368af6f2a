//! Shared libraries and their symbols.

use std::ffi::CString;

use engine::prelude::*;

use crate::function::PYTHON_API;
use crate::{data, raw};

/// What the loader says, as text; where it finds a symbol that is null it says nothing.
fn said(message: Vec<u8>, what: &str, name: &[u8]) -> String {
    if message.is_empty() {
        return format!("{what} '{}' not found", String::from_utf8_lossy(name));
    }
    String::from_utf8_lossy(&message).into_owned()
}

fn c_string(cx: &mut Ctx, bytes: &[u8]) -> Res<CString> {
    CString::new(bytes).map_err(|_| cx.value_error("embedded null byte"))
}

/// `dlopen(name, flag=RTLD_NOW)`
pub fn open(cx: &mut Ctx, a: Args) -> PyResult {
    let flags = a.index_or(cx, 1, libc::RTLD_NOW.into())? as i32 | libc::RTLD_NOW;
    let name = match a[0] {
        v if v.is_none() => None,
        v => {
            let path = protocol::path::fs_path(cx, v)?;
            let encode = protocol::import_attr(cx, "os", "fsencode")?;
            let bytes = protocol::call(cx, encode, &[path])?;
            let bytes = protocol::to_bytes(cx, bytes)?;
            Some(c_string(cx, &bytes)?)
        }
    };
    audit::tell(cx, "ctypes.dlopen", &[a[0]])?;
    // Constructors of the library run here; they may call back.
    let opened = cx.outside(|outside| raw::with_outside(outside, || raw::open_library(name.as_ref(), flags)));
    match opened {
        Ok(handle) => Ok(int::from_usize(cx, handle)),
        Err(message) => {
            let text = said(message, "library", b"");
            Err(cx.raise(Exc::OSError, text))
        }
    }
}

fn handle(cx: &mut Ctx, v: Value) -> Res<usize> {
    Ok(crate::codes::low_bits(cx, v)? as usize)
}

/// `dlclose(handle)`
pub fn close(cx: &mut Ctx, a: Args) -> PyResult {
    let h = handle(cx, a[0])?;
    match cx.outside(|outside| raw::with_outside(outside, || raw::close_library(h))) {
        Ok(()) => Ok(Value::NONE),
        Err(message) => {
            let text = said(message, "library", b"");
            Err(cx.raise(Exc::OSError, text))
        }
    }
}

/// `dlsym(handle, name)`
pub fn symbol(cx: &mut Ctx, a: Args) -> PyResult {
    let h = handle(cx, a[0])?;
    let name = a.str(cx, 1)?;
    let name = c_string(cx, name.as_bytes())?;
    audit::tell(cx, "ctypes.dlsym/handle", &[a[0], a[1]])?;
    match raw::symbol(h, &name) {
        Ok(addr) => Ok(int::from_usize(cx, addr)),
        Err(message) => {
            let text = said(message, "symbol", name.as_bytes());
            Err(cx.raise(Exc::OSError, text))
        }
    }
}

/// `dllist()`
pub fn list(cx: &mut Ctx, _: Args) -> PyResult {
    let decode = protocol::import_attr(cx, "os", "fsdecode")?;
    let out = List::new(cx);
    for name in raw::loaded_libraries() {
        let bytes = Bytes::new(cx, &name);
        let text = protocol::call(cx, decode, &[bytes])?;
        out.push(cx, text);
    }
    Ok(out.value())
}

fn dll_handle(cx: &mut Ctx, dll: Value) -> Res<usize> {
    let name = cx.intern(b"_handle");
    let v = protocol::getattr(cx, dll, name)?;
    if !int::is_sub(cx, v) {
        return Err(cx.type_error("the _handle attribute of the second argument must be an integer"));
    }
    handle(cx, v)
}

/// The address of a library's function, and the library.
pub fn function(cx: &mut Ctx, name: Value, dll: Value, flags: i64) -> Res<(usize, Value)> {
    let bytes = if let Some(s) = Str::of_sub(cx, name) {
        s.as_bytes().to_vec()
    } else if let Some(b) = Bytes::of_sub(cx, name) {
        b.as_slice().to_vec()
    } else {
        return Err(cx.type_error("function name must be string, bytes object or integer"));
    };
    audit::tell(cx, "ctypes.dlsym", &[dll, name])?;
    let h = dll_handle(cx, dll)?;
    let wanted = c_string(cx, &bytes)?;
    match raw::symbol(h, &wanted) {
        Ok(addr) => Ok((addr, dll)),
        Err(message) => {
            let mut text = said(message, "function", &bytes);
            if flags & PYTHON_API != 0 && (bytes.starts_with(b"Py") || bytes.starts_with(b"_Py")) {
                text.push_str(" (this runtime has no C API of Python)");
            }
            Err(cx.raise(Exc::AttributeError, text))
        }
    }
}

/// `in_dll(class, library, name)`
pub fn in_dll(cx: &mut Ctx, a: Args) -> PyResult {
    let name = a.str(cx, 2)?;
    audit::tell(cx, "ctypes.dlsym", &[a[1], a[2]])?;
    let h = dll_handle(cx, a[1])?;
    let name = c_string(cx, name.as_bytes())?;
    match raw::symbol(h, &name) {
        Ok(addr) => data::over(cx, a[0], addr, Value::EMPTY, 0),
        Err(message) => {
            let text = said(message, "symbol", name.as_bytes());
            Err(cx.value_error(text))
        }
    }
}
