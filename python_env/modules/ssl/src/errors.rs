//! The exceptions, as `ssl` shows them.

use engine::prelude::*;
use rustix::io::Errno;

use crate::failure::{Class, Failure};

const fn exception(name: &'static str, doc: &'static str, bases: &'static [BaseRef]) -> TypeDef {
    TypeDef { doc, bases, flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF), ..TypeDef::new("ssl", name) }
}

/// `ssl.SSLError`
pub static SSL_ERROR: TypeDef = TypeDef {
    slots: Slots { str: Some(text), ..Slots::NONE },
    ..exception("SSLError", "An error occurred in the SSL implementation.", &[BaseRef::Exc(Exc::OSError)])
};
/// `ssl.SSLZeroReturnError`
pub static ZERO_RETURN: TypeDef =
    exception("SSLZeroReturnError", "SSL/TLS session closed cleanly.", &[BaseRef::Def(&SSL_ERROR)]);
/// `ssl.SSLWantReadError`
pub static WANT_READ: TypeDef = exception(
    "SSLWantReadError",
    "Non-blocking SSL socket needs to read more data\nbefore the requested operation can be completed.",
    &[BaseRef::Def(&SSL_ERROR)],
);
/// `ssl.SSLWantWriteError`
pub static WANT_WRITE: TypeDef = exception(
    "SSLWantWriteError",
    "Non-blocking SSL socket needs to write more data\nbefore the requested operation can be completed.",
    &[BaseRef::Def(&SSL_ERROR)],
);
/// `ssl.SSLSyscallError`
pub static SYSCALL: TypeDef =
    exception("SSLSyscallError", "System error when attempting SSL operation.", &[BaseRef::Def(&SSL_ERROR)]);
/// `ssl.SSLEOFError`
pub static EOF: TypeDef =
    exception("SSLEOFError", "SSL/TLS connection terminated abruptly.", &[BaseRef::Def(&SSL_ERROR)]);
/// `ssl.SSLCertVerificationError`
pub static VERIFICATION: TypeDef = exception(
    "SSLCertVerificationError",
    "A certificate could not be verified.",
    &[BaseRef::Def(&SSL_ERROR), BaseRef::Exc(Exc::ValueError)],
);

/// `SSLError.__str__`: the text of the error where it is one, else the arguments.
fn text(cx: &mut Ctx, v: Value) -> PyResult {
    let name = cx.intern(b"strerror");
    let strerror = protocol::getattr(cx, v, name)?;
    if Str::of_sub(cx, strerror).is_some() {
        return Ok(strerror);
    }
    let name = cx.intern(b"args");
    let args = protocol::getattr(cx, v, name)?;
    protocol::str(cx, args)
}

fn set(cx: &mut Ctx, exc: Value, name: &str, v: Value) -> Res<()> {
    let name = cx.intern(name.as_bytes());
    protocol::setattr(cx, exc, name, v)
}

fn of(cx: &mut Ctx, def: &'static TypeDef, code: i64, message: &str, f: Option<&Failure>) -> Res<Raised> {
    let class = cx.type_of_def(def).value();
    let (code, message) = (int::from_i64(cx, code), Str::new(cx, message));
    let exc = protocol::call(cx, class, &[code, message])?;
    let or_none = |cx: &mut Ctx, t: &str| if t.is_empty() { Value::NONE } else { Str::new(cx, t) };
    let reason = or_none(cx, f.map_or("", |f| f.reason));
    set(cx, exc, "reason", reason)?;
    let library = or_none(cx, f.map_or("", |f| f.library));
    set(cx, exc, "library", library)?;
    if let Some((code, message)) = f.and_then(|f| f.verdict.as_ref()) {
        let code = int::from_i64(cx, *code);
        set(cx, exc, "verify_code", code)?;
        let message = Str::new(cx, message);
        set(cx, exc, "verify_message", message)?;
    }
    Ok(cx.raise_exc(exc))
}

/// Raises one of the classes with a number and a text.
pub fn plain(cx: &mut Ctx, def: &'static TypeDef, code: i64, message: &str) -> Raised {
    match of(cx, def, code, message, None) {
        Ok(r) | Err(r) => r,
    }
}

/// Raises `SSLError` with a text alone.
pub fn only_text(cx: &mut Ctx, message: &str) -> Raised {
    let class = cx.type_of_def(&SSL_ERROR).value();
    cx.raise_of(class, message)
}

/// Raises what a failure says.
pub fn raise(cx: &mut Ctx, f: &Failure) -> Raised {
    let def = match f.class {
        Class::Ssl => &SSL_ERROR,
        Class::Eof => &EOF,
        Class::Verification => &VERIFICATION,
    };
    let message = match f.reason {
        "" => format!("[{}] {}", f.library, f.text),
        reason => format!("[{}: {reason}] {}", f.library, f.text),
    };
    match of(cx, def, f.code, &message, Some(f)) {
        Ok(r) | Err(r) => r,
    }
}

/// The operation must be tried again when the other side has sent something.
pub fn want_read(cx: &mut Ctx) -> Raised {
    plain(cx, &WANT_READ, 2, "The operation did not complete (read)")
}

/// The operation must be tried again when there is room.
pub fn want_write(cx: &mut Ctx) -> Raised {
    plain(cx, &WANT_WRITE, 3, "The operation did not complete (write)")
}

/// The other side has closed the connection in order.
pub fn zero_return(cx: &mut Ctx) -> Raised {
    plain(cx, &ZERO_RETURN, 6, "TLS/SSL connection has been closed (EOF)")
}

/// An error of the system.
pub fn os(cx: &mut Ctx, e: Errno) -> Raised {
    cx.os_error(e.raw_os_error(), None)
}

/// Whether the socket only has to become ready.
pub fn is_want(cx: &mut Ctx, raised: &Raised) -> bool {
    [&WANT_READ, &WANT_WRITE].into_iter().any(|def| {
        let ty = cx.type_of_def(def);
        cx.matches_type(raised, ty)
    })
}
