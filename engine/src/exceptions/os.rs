//! `OSError`: its fields, and the subclass that an error number calls for.

use super::base::{self, ARGS, set_slot, slot};
use super::{Exc, fields::FIRST};
use crate::native::{Args, CallArgs, NativeDef};
use crate::objects::{Str, Tuple};
use crate::types::{Type, type_name, type_of};
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

/// Native slot of `errno`.
pub const ERRNO: usize = FIRST;
/// Native slot of `strerror`.
pub const STRERROR: usize = FIRST + 1;
/// Native slot of `filename`.
pub const FILENAME: usize = FIRST + 2;
/// Native slot of `filename2`.
pub const FILENAME2: usize = FIRST + 3;
/// Native slot of `characters_written`.
pub const WRITTEN: usize = FIRST + 4;

/// Methods of OSError.
pub static METHODS: &[NativeDef] = &[NativeDef::new("__reduce__", "($self, /)", reduce, "").hide_sig()];

/// The subclass for an error number.
pub fn subclass_for(errno: i64) -> Option<Exc> {
    let Ok(n) = i32::try_from(errno) else { return None };
    Some(match n {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => Exc::BlockingIOError,
        libc::EPIPE | libc::ESHUTDOWN => Exc::BrokenPipeError,
        libc::ECHILD => Exc::ChildProcessError,
        libc::ECONNABORTED => Exc::ConnectionAbortedError,
        libc::ECONNREFUSED => Exc::ConnectionRefusedError,
        libc::ECONNRESET => Exc::ConnectionResetError,
        libc::EEXIST => Exc::FileExistsError,
        libc::ENOENT => Exc::FileNotFoundError,
        libc::EISDIR => Exc::IsADirectoryError,
        libc::ENOTDIR => Exc::NotADirectoryError,
        libc::EINTR => Exc::InterruptedError,
        libc::EACCES | libc::EPERM => Exc::PermissionError,
        libc::ESRCH => Exc::ProcessLookupError,
        libc::ETIMEDOUT => Exc::TimeoutError,
        _ => return None,
    })
}

/// The system's text for an error number.
pub fn strerror(errno: i32) -> String {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    // Rust appends " (os error N)".
    match text.rfind(" (os error ") {
        Some(i) => text[..i].to_owned(),
        None => text,
    }
}

/// A new OSError of the right subclass.
pub fn new_os_error(cx: &mut Ctx, errno: i32, filename: Option<Value>, filename2: Option<Value>) -> Value {
    let ty = cx.types.exc(subclass_for(errno as i64).unwrap_or(Exc::OSError));
    let text = strerror(errno);
    let message = Str::from_text(cx, &text);
    let exc = super::new_exception(cx, ty, &[Value::small(errno), message]);
    set_slot(cx, exc, ERRNO, Value::small(errno));
    set_slot(cx, exc, STRERROR, message);
    if let Some(f) = filename {
        set_slot(cx, exc, FILENAME, f);
    }
    if let Some(f) = filename2 {
        set_slot(cx, exc, FILENAME2, f);
    }
    exc
}

/// Whether the fields are set by `__init__`: a subclass overrides it but not `__new__`.
fn uses_init(ty: Type) -> bool {
    let slots = ty.slots();
    slots.init().is_some_and(|f| f.addr() != os_error_init as *const () as usize)
        && slots.new().is_some_and(|f| f.addr() == os_error_new as *const () as usize)
}

/// `OSError.__new__`.
pub fn os_error_new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let Some(mut ty) = Type::of(class) else { return Err(cx.type_error("OSError.__new__(X): X is not a type object")) };
    let init_does_it = uses_init(ty);
    if !init_does_it {
        if args.nkw() > 0 {
            let name = ty.name_str();
            return Err(cx.type_error(format!("{name}() takes no keyword arguments")));
        }
        if ty == cx.types.exc(Exc::OSError)
            && (2..=5).contains(&args.values.len())
            && let Some(sub) = args.values[0].as_int().and_then(subclass_for)
        {
            ty = cx.types.exc(sub);
        }
    }
    let obj = cx.alloc_instance(ty.value())?;
    if init_does_it {
        let empty = Tuple::empty(cx);
        obj.set_slot(cx, ARGS, empty);
    } else {
        set_fields(cx, obj.value(), args.values)?;
    }
    Ok(obj.value())
}

/// `OSError.__init__`.
pub fn os_error_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    let ty = type_of(cx, exc);
    if !uses_init(ty) {
        return Ok(());
    }
    if args.nkw() > 0 {
        let name = ty.name_str();
        return Err(cx.type_error(format!("{name}() takes no keyword arguments")));
    }
    set_fields(cx, exc, args.values)
}

fn set_fields(cx: &mut Ctx, exc: Value, args: &[Value]) -> PyResult<()> {
    let n = args.len();
    let mut kept = n;
    if (2..=5).contains(&n) {
        set_slot(cx, exc, ERRNO, args[0]);
        set_slot(cx, exc, STRERROR, args[1]);
        let filename = args.get(2).copied().filter(|&f| f != Value::NONE);
        if let Some(f) = filename {
            let blocking = type_of(cx, exc) == cx.types.exc(Exc::BlockingIOError);
            if blocking && (f.is_int() || type_of(cx, f).slots().index().is_some()) {
                let written = protocol::index(cx, f)?;
                set_slot(cx, exc, WRITTEN, crate::objects::int::from_i64(cx, written));
            } else {
                set_slot(cx, exc, FILENAME, f);
                if let Some(f2) = args.get(4).copied().filter(|&f| f != Value::NONE) {
                    set_slot(cx, exc, FILENAME2, f2);
                }
                kept = 2;
            }
        }
    }
    base::set_args_tuple(cx, exc, &args[..kept]);
    Ok(())
}

/// `OSError.__str__`.
pub fn os_error_str(cx: &mut Ctx, exc: Value) -> PyResult {
    let get = |cx: &Ctx, i| slot(cx, exc, i).non_empty();
    let (errno, strerror) = (get(cx, ERRNO), get(cx, STRERROR));
    let (f1, f2) = (get(cx, FILENAME), get(cx, FILENAME2));
    let text = |cx: &mut Ctx, v: Option<Value>| -> PyResult<String> {
        let s = protocol::str(cx, v.unwrap_or(Value::NONE))?;
        Ok(protocol::text(cx, s))
    };
    let message = match (f1, f2) {
        (Some(a), other) => {
            let head = format!("[Errno {}] {}: ", text(cx, errno)?, text(cx, strerror)?);
            let a = protocol::repr(cx, a)?;
            let a = protocol::text(cx, a);
            match other {
                Some(b) => {
                    let b = protocol::repr(cx, b)?;
                    format!("{head}{a} -> {}", protocol::text(cx, b))
                }
                None => format!("{head}{a}"),
            }
        }
        _ if errno.is_some() && strerror.is_some() => format!("[Errno {}] {}", text(cx, errno)?, text(cx, strerror)?),
        _ => return base::base_str(cx, exc),
    };
    Ok(Str::from_text(cx, &message))
}

/// Reads `characters_written`.
pub fn get_written(cx: &mut Ctx, exc: Value) -> PyResult {
    match slot(cx, exc, WRITTEN).non_empty() {
        Some(v) => Ok(v),
        None => {
            let name = cx.names.characters_written;
            Err(cx.attribute_error_with("characters_written", exc, name))
        }
    }
}

/// Writes `characters_written`.
pub fn set_written(cx: &mut Ctx, exc: Value, v: Value) -> PyResult<()> {
    if v == Value::EMPTY {
        get_written(cx, exc)?;
        set_slot(cx, exc, WRITTEN, Value::EMPTY);
        return Ok(());
    }
    let n = protocol::index(cx, v)?;
    let n = crate::objects::int::from_i64(cx, n);
    set_slot(cx, exc, WRITTEN, n);
    Ok(())
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let exc = args[0];
    let Some(tuple) = base::args_of(cx, exc) else {
        let name = type_name(cx, exc);
        return Err(cx.type_error(format!("cannot pickle '{name}' object")));
    };
    let full = match (tuple.len(), slot(cx, exc, FILENAME).non_empty(), slot(cx, exc, FILENAME2).non_empty()) {
        (2, Some(f), None) => Tuple::new(cx, &[tuple.get(0), tuple.get(1), f]),
        (2, Some(f), Some(g)) => Tuple::new(cx, &[tuple.get(0), tuple.get(1), f, Value::NONE, g]),
        _ => tuple.value(),
    };
    base::reduce_with(cx, exc, full, None)
}
