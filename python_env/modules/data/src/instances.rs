//! Small helpers that the modules of this crate share.

use engine::objects::{Dict, Obj, Str, Tuple};
use engine::prelude::*;
use engine::protocol;

/// The interned name `text`.
pub fn name(heap: &Heap, text: &str) -> Value {
    heap.intern(text.as_bytes())
}

/// A string.
pub fn text(heap: &Heap, text: &str) -> Value {
    Str::from_text(heap, text)
}

/// Native slot `i` of `v`, EMPTY when `v` has none.
pub fn slot(heap: &Heap, v: Value, i: usize) -> Value {
    types::instance::native_slot(heap, v, i)
}

/// Native slot `i` of `v`, None when it is absent.
pub fn slot_or_none(heap: &Heap, v: Value, i: usize) -> Value {
    slot(heap, v, i).non_empty().unwrap_or(Value::NONE)
}

/// Stores to native slot `i` of `v`.
pub fn set_slot(heap: &Heap, v: Value, i: usize, value: Value) {
    if let Some(o) = Obj::of(v) {
        o.set_slot(heap, i, value);
    }
}

/// The class of `v`.
pub fn class_of(heap: &Heap, v: Value) -> Value {
    types::type_of(heap, v).value()
}

/// An instance of `class` with the given native slots.
pub fn instance(cx: &mut Ctx, class: Value, slots: &[Value]) -> PyResult {
    let o = cx.alloc_instance(class)?;
    for (i, &v) in slots.iter().enumerate() {
        o.set_slot(cx, i, v);
    }
    Ok(o.value())
}

/// The items of a `*args` argument (empty when there is none).
pub fn varargs(heap: &Heap, v: Value) -> Tuple {
    match Tuple::of_sub(heap, v).or_else(|| Tuple::of(Tuple::empty(heap))) {
        Some(t) => t,
        None => unreachable!("the empty tuple is a tuple"),
    }
}

/// The dict of a `**kwargs` argument, if any keyword was given.
pub fn kwargs(v: Value) -> Option<Dict> {
    Dict::of(v).filter(|d| d.len() > 0)
}

/// The one object of a process that `make` makes, kept under `key` in the runtime's state.
pub fn singleton(cx: &mut Ctx, key: &str, make: impl FnOnce(&mut Ctx) -> Value) -> PyResult {
    let key = name(cx, key);
    let state = cx.rt.state(cx);
    if let Some(v) = state.get_str(key) {
        return Ok(v);
    }
    let v = make(cx);
    state.set_default(cx, key, v)
}

/// The text of `repr(v)`.
pub fn repr_text(cx: &mut Ctx, v: Value) -> Res<String> {
    let r = protocol::repr(cx, v)?;
    Ok(protocol::text(cx, r))
}

/// `module.qualname` of the class of `v`.
pub fn class_text(heap: &Heap, v: Value) -> String {
    types::type_full_name(heap, v)
}

/// Calls the function `function` of the Python module `module`.
pub fn call_python(cx: &mut Ctx, module: &str, function: &str, args: &[Value]) -> PyResult {
    let f = protocol::import_attr(cx, module, function)?;
    protocol::call(cx, f, args)
}
