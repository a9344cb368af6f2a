//! `PickleBuffer`: a buffer that a pickle may leave out.

use engine::prelude::*;
use engine::protocol::buffer::{self, Buffer};

/// `pickle.PickleBuffer`. Native slot 0: a memoryview that keeps the wrapped object exported, EMPTY once released; 1: that
/// object.
pub static PICKLE_BUFFER: TypeDef = TypeDef {
    doc: "Wrapper for potentially out-of-band buffers",
    flags: TypeFlags::HAS_WEAKREF,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, object, /)", new, "")),
    slots: Slots { buffer: Some(get_buffer), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "raw",
            "($self, /)",
            raw,
            "Return a memoryview of the raw memory underlying this buffer.\n\nWill raise BufferError is the buffer isn't contiguous.",
        ),
        NativeDef::new(
            "release",
            "($self, /)",
            release,
            "Release the underlying buffer exposed by the PickleBuffer object.",
        ),
    ],
    ..TypeDef::new("pickle", "PickleBuffer")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let view = buffer::get_buffer(cx, args[1], 0)?;
    let view = buffer::memoryview_of(cx, view)?;
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, 0, view);
    obj.set_slot(cx, 1, args[1]);
    Ok(obj.value())
}

/// A view of what the wrapped object shows.
fn get_buffer(cx: &mut Ctx, v: Value, flags: u32) -> Res<Buffer> {
    match Obj::of(v).filter(|o| !o.slot(cx, 0).is_empty()) {
        // Released by another thread just now, it is None: not bytes-like.
        Some(o) => buffer::get_buffer(cx, o.slot(cx, 1).non_empty().unwrap_or(Value::NONE), flags),
        None => Err(cx.value_error("operation forbidden on released PickleBuffer object")),
    }
}

/// Whether the items lie one after another with the first index running fastest.
fn is_fortran(view: &Buffer) -> bool {
    let (Some(shape), Some(strides)) = (&view.shape, &view.strides) else { return true };
    let mut expected = view.itemsize as isize;
    shape.iter().zip(strides).all(|(&n, &stride)| {
        let fits = n <= 1 || stride == expected;
        expected *= n;
        fits
    })
}

/// The memory as it lies there, as one row of bytes; None when it has gaps.
pub fn raw_view(cx: &mut Ctx, v: Value) -> Res<Option<Buffer>> {
    let mut view = get_buffer(cx, v, 0)?;
    if !view.is_contiguous() && !is_fortran(&view) {
        view.release(cx);
        return Ok(None);
    }
    (view.itemsize, view.format, view.shape, view.strides) = (1, cx.intern(b"B"), None, None);
    Ok(Some(view))
}

fn raw(cx: &mut Ctx, args: Args) -> PyResult {
    match raw_view(cx, args[0])? {
        Some(view) => buffer::memoryview_of(cx, view),
        None => Err(cx.raise(Exc::BufferError, "cannot extract raw buffer from non-contiguous buffer")),
    }
}

fn release(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let view = obj.slot(cx, 0);
    obj.set_slot(cx, 0, Value::EMPTY);
    obj.set_slot(cx, 1, Value::EMPTY);
    if !view.is_empty() {
        let name = cx.names.release;
        protocol::call_method(cx, view, name, &[])?;
    }
    Ok(Value::NONE)
}
