//! The exceptions of the module, and which of them a failure is.

use engine::prelude::*;

use crate::conn;
use crate::constants::code_name;
use crate::raw::{self, Db, Failure};

macro_rules! exceptions {
    ($($name:ident $text:literal: $base:expr;)*) => {
        $(
            /// The exception of that name.
            pub static $name: TypeDef = TypeDef {
                flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE),
                bases: &[$base],
                ..TypeDef::new("sqlite3", $text)
            };
        )*

        /// All of them.
        pub static EXCEPTIONS: &[&TypeDef] = &[$(&$name),*];
    };
}

exceptions! {
    WARNING "Warning": BaseRef::Exc(Exc::Exception);
    ERROR "Error": BaseRef::Exc(Exc::Exception);
    INTERFACE_ERROR "InterfaceError": BaseRef::Def(&ERROR);
    DATABASE_ERROR "DatabaseError": BaseRef::Def(&ERROR);
    DATA_ERROR "DataError": BaseRef::Def(&DATABASE_ERROR);
    OPERATIONAL_ERROR "OperationalError": BaseRef::Def(&DATABASE_ERROR);
    INTEGRITY_ERROR "IntegrityError": BaseRef::Def(&DATABASE_ERROR);
    INTERNAL_ERROR "InternalError": BaseRef::Def(&DATABASE_ERROR);
    PROGRAMMING_ERROR "ProgrammingError": BaseRef::Def(&DATABASE_ERROR);
    NOT_SUPPORTED_ERROR "NotSupportedError": BaseRef::Def(&DATABASE_ERROR);
}

/// Raises one of the exceptions.
pub fn raise(cx: &mut Ctx, def: &'static TypeDef, message: &str) -> Raised {
    let class = cx.type_of_def(def).value();
    cx.raise_of(class, message)
}

/// Raises `ProgrammingError`.
pub fn misuse(cx: &mut Ctx, message: &str) -> Raised {
    raise(cx, &PROGRAMMING_ERROR, message)
}

/// Raises what the connection says of its last failure.
pub fn failed(cx: &mut Ctx, db: &Db) -> Raised {
    let failure = conn::failure(cx, db);
    failure_of(cx, failure)
}

/// Raises what a code means.
pub fn failed_with(cx: &mut Ctx, code: i32) -> Raised {
    failure_of(cx, Failure { code, message: raw::code_text(code).to_vec(), errno: 0 })
}

/// Raises the exception for a failure, which knows the code.
pub fn failure_of(cx: &mut Ctx, failure: Failure) -> Raised {
    use libsqlite3_sys as ffi;
    let def = match failure.code & 0xFF {
        raw::SQLITE_NOMEM => return cx.memory_error(),
        ffi::SQLITE_INTERNAL | ffi::SQLITE_NOTFOUND => &INTERNAL_ERROR,
        ffi::SQLITE_ERROR
        | ffi::SQLITE_PERM
        | ffi::SQLITE_ABORT
        | ffi::SQLITE_BUSY
        | ffi::SQLITE_LOCKED
        | ffi::SQLITE_READONLY
        | ffi::SQLITE_INTERRUPT
        | ffi::SQLITE_IOERR
        | ffi::SQLITE_FULL
        | ffi::SQLITE_CANTOPEN
        | ffi::SQLITE_PROTOCOL
        | ffi::SQLITE_EMPTY
        | ffi::SQLITE_SCHEMA => &OPERATIONAL_ERROR,
        ffi::SQLITE_TOOBIG => &DATA_ERROR,
        ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => &INTEGRITY_ERROR,
        ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => &INTERFACE_ERROR,
        _ => &DATABASE_ERROR,
    };
    match exception(cx, def, &failure) {
        Ok(exc) => cx.raise_exc(exc),
        Err(raised) => raised,
    }
}

fn exception(cx: &mut Ctx, def: &'static TypeDef, failure: &Failure) -> PyResult {
    let class = cx.type_of_def(def).value();
    let message = Str::new(cx, &String::from_utf8_lossy(&failure.message));
    let exc = protocol::call(cx, class, &[message])?;
    let (code, name) = (int::from_i64(cx, failure.code.into()), Str::new(cx, code_name(failure.code)));
    let key = cx.intern(b"sqlite_errorcode");
    protocol::setattr(cx, exc, key, code)?;
    let key = cx.intern(b"sqlite_errorname");
    protocol::setattr(cx, exc, key, name)?;
    Ok(exc)
}
