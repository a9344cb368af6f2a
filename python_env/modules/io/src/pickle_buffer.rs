//! The module `_pickle`: `PickleBuffer`. Pickling itself is Python code of the library, which the other names stand for.

use engine::prelude::*;
use engine::protocol::buffer::{self, Buffer};

/// `pickle.PickleBuffer`. Native slot 0: a memoryview of the wrapped object, EMPTY once released.
pub static PICKLE_BUFFER: TypeDef = TypeDef {
    doc: "Wrapper for potentially out-of-band buffers",
    flags: TypeFlags::HAS_WEAKREF,
    nnative: 1,
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
    Ok(obj.value())
}

/// A view of what the wrapped object shows.
fn get_buffer(cx: &mut Ctx, v: Value, flags: u32) -> Res<Buffer> {
    let view = Obj::of(v).map_or(Value::EMPTY, |o| o.slot(cx, 0));
    if view.is_empty() {
        return Err(cx.value_error("operation forbidden on released PickleBuffer object"));
    }
    buffer::get_buffer(cx, view, flags)
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

fn raw(cx: &mut Ctx, args: Args) -> PyResult {
    let mut view = get_buffer(cx, args[0], 0)?;
    if !view.is_contiguous() && !is_fortran(&view) {
        view.release(cx);
        return Err(cx.raise(Exc::BufferError, "cannot extract raw buffer from non-contiguous buffer"));
    }
    (view.itemsize, view.format, view.shape, view.strides) = (1, cx.intern(b"B"), None, None);
    buffer::memoryview_of(cx, view)
}

fn release(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let view = obj.slot(cx, 0);
    obj.set_slot(cx, 0, Value::EMPTY);
    if !view.is_empty() {
        let name = cx.intern(b"release");
        protocol::call_method(cx, view, name, &[])?;
    }
    Ok(Value::NONE)
}

/// `_pickle`
pub static PICKLE: ModuleDef = ModuleDef {
    doc: "Optimized C implementation for the Python pickle module.",
    functions: &[NativeDef::new("__getattr__", "($module, name, /)", module_getattr, "")],
    types: &[&PICKLE_BUFFER],
    ..ModuleDef::new("_pickle")
};

/// The names that `pickle` imports from here, each with what it is called there before that.
const OF_THE_LIBRARY: [(&[u8], &[u8]); 9] = [
    (b"Pickler", b"_Pickler"),
    (b"Unpickler", b"_Unpickler"),
    (b"dump", b"_dump"),
    (b"dumps", b"_dumps"),
    (b"load", b"_load"),
    (b"loads", b"_loads"),
    (b"PickleError", b"PickleError"),
    (b"PicklingError", b"PicklingError"),
    (b"UnpicklingError", b"UnpicklingError"),
];

fn module_getattr(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args.str(cx, 0)?.to_string_lossy().into_owned();
    if let Some((_, there)) = OF_THE_LIBRARY.iter().find(|(here, _)| *here == name.as_bytes()) {
        let pickle = protocol::import_module(cx, "pickle")?;
        let there = cx.intern(there);
        return protocol::getattr(cx, pickle, there);
    }
    Err(cx.raise(Exc::AttributeError, format!("module '_pickle' has no attribute '{name}'")))
}
