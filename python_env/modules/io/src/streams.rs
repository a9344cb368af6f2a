//! Helpers of the module `_io`.

use engine::objects::Obj;
use engine::prelude::*;
use engine::protocol;
use engine::protocol::buffer::{self, Buffer};

use crate::{buffered, fileio};

/// The object behind `self`, whose type the method descriptor has checked.
pub fn obj(cx: &mut Ctx, v: Value) -> Res<Obj> {
    match Obj::of(v) {
        Some(o) => Ok(o),
        None => Err(cx.type_error("I/O object expected")),
    }
}

/// How a stream's `repr` calls its type: with the module only where it is native.
pub fn shown_type(cx: &mut Ctx, v: Value) -> String {
    let ty = types::type_of(cx, v);
    if ty.is_heap() { ty.name_str() } else { types::type_full_name(cx, v) }
}

/// The `repr` of a stream by `f`, which must not come to the same stream again.
pub fn guarded_repr(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut Ctx) -> PyResult) -> PyResult {
    if !protocol::repr_enter(cx, v) {
        let name = shown_type(cx, v);
        return Err(cx.runtime_error(format!("reentrant call inside {name}.__repr__")));
    }
    let shown = f(cx);
    protocol::repr_leave(cx, v);
    shown
}

/// Calls a method by name.
///
/// Streams stand on streams on streams: each step asks whether there is native stack left.
pub fn call(cx: &mut Ctx, o: Value, name: &str, args: &[Value]) -> PyResult {
    protocol::enter_native(cx)?;
    let name = cx.intern(name.as_bytes());
    protocol::call_method(cx, o, name, args)
}

/// An error that came while another was on its way has that one as its context.
pub fn after(cx: &mut Ctx, second: Raised, first: Value) -> Raised {
    let exc = cx.take(second);
    engine::exceptions::raise::set_context(cx, exc, first);
    cx.restore(exc)
}

/// `OSError` whose cause is what was raised.
pub fn os_error_from(cx: &mut Ctx, text: &str, cause: Raised) -> Raised {
    let cause = cx.take(cause);
    let raised = cx.raise(Exc::OSError, text);
    let exc = cx.take(raised);
    engine::exceptions::set_cause_and_context(cx, exc, cause);
    cx.restore(exc)
}

/// Reads an attribute by name.
pub fn attr(cx: &mut Ctx, o: Value, name: &str) -> PyResult {
    protocol::enter_native(cx)?;
    let name = cx.intern(name.as_bytes());
    protocol::getattr(cx, o, name)
}

/// Reads an attribute that may be absent.
pub fn attr_opt(cx: &mut Ctx, o: Value, name: &str) -> Res<Option<Value>> {
    protocol::enter_native(cx)?;
    let name = cx.intern(name.as_bytes());
    protocol::getattr_opt(cx, o, name)
}

/// Whether the file object says that it is closed.
pub fn is_closed(cx: &mut Ctx, o: Value) -> Res<bool> {
    // Streams of our own types are not asked by name: a buffered one would ask its raw one.
    let o = if buffered::is_native(cx, o) { buffered::raw(cx, o)? } else { o };
    if cx.is_exactly(o, &fileio::FILE_IO) {
        return Ok(fileio::fd(cx, o) < 0);
    }
    let v = attr(cx, o, "closed")?;
    protocol::truth(cx, v)
}

/// `ValueError` for an operation on a closed file.
pub fn closed_error(cx: &mut Ctx) -> Raised {
    cx.value_error("I/O operation on closed file.")
}

/// Raises `io.UnsupportedOperation`.
pub fn unsupported(cx: &mut Ctx, what: &str) -> Raised {
    match exception(cx, "UnsupportedOperation") {
        Ok(class) => {
            let text = Str::new(cx, what);
            cx.raise_call(class, &[text])
        }
        Err(r) => r,
    }
}

/// The exception class of this name in `_io`.
pub fn exception(cx: &mut Ctx, name: &str) -> PyResult {
    let module = protocol::import_module(cx, "_io")?;
    attr(cx, module, name)
}

/// An optional size argument: None and absent mean -1.
pub fn size(cx: &mut Ctx, v: Option<Value>) -> Res<i64> {
    match v {
        None | Some(Value::NONE) => Ok(-1),
        Some(v) => {
            if types::type_of(cx, v).slots().index().is_none() {
                let name = types::type_name(cx, v);
                return Err(cx.type_error(format!("argument should be integer or None, not '{name}'")));
            }
            protocol::index(cx, v)
        }
    }
}

/// An integer result of another object's method.
pub fn int_of(cx: &mut Ctx, v: Value) -> Res<i64> {
    protocol::index(cx, v)
}

/// The path or descriptor of an error message.
pub fn name_or_none(cx: &mut Ctx, o: Value) -> Option<Value> {
    match attr_opt(cx, o, "name") {
        Ok(v) => v,
        Err(r) => {
            cx.clear(r);
            None
        }
    }
}

/// The memory that a method fills.
pub fn writable(cx: &mut Ctx, v: Value, method: &str) -> Res<Buffer> {
    if buffer::has_buffer(cx, v) {
        match buffer::get_buffer(cx, v, buffer::WRITABLE) {
            Ok(view) if !view.readonly && view.is_contiguous() => return Ok(view),
            Ok(view) => view.release(cx),
            Err(raised) => cx.clear(raised),
        }
    }
    let name = types::type_name(cx, v);
    Err(cx.type_error(format!("{method}() argument must be read-write bytes-like object, not {name}")))
}

/// The position in the state of a stream in memory; `complaint` and the name of its type are said of another value.
pub fn state_position(cx: &mut Ctx, v: Value, complaint: &str) -> Res<usize> {
    if !int::is_sub(cx, v) {
        let name = types::type_name(cx, v);
        return Err(cx.type_error(format!("{complaint} {name}")));
    }
    let at = protocol::number::ssize(cx, v)?;
    usize::try_from(at).map_err(|_| cx.value_error("position value cannot be negative"))
}

/// Gives a stream in memory the attributes in its state.
pub fn restore_attributes(cx: &mut Ctx, stream: Value, v: Value, place: &str) -> PyResult {
    if v == Value::NONE {
        return Ok(v);
    }
    let Some(d) = Dict::of_sub(cx, v) else {
        let name = types::type_name(cx, v);
        return Err(cx.type_error(format!("{place} item of state should be a dict, got a {name}")));
    };
    if let Some(o) = Obj::of(stream) {
        o.dict(cx).update_from(cx, d)?;
    }
    Ok(Value::NONE)
}
