//! The type `type`: calls, attribute access on classes, and their methods.

use super::build::{subclasses_list, type_new};
use super::construct::type_call;
use super::slots::{Slots, hash_identity};
use super::{Type, TypeDef, TypeFlags, lookup, slots_update, type_lookup, type_of};
use crate::names::Names;
use crate::native::{Args, CallArgs, NativeDef};
use crate::objects::{Dict, List, Str, Tuple};
use crate::{Ctx, PyResult, protocol};
use proto_core::{Heap, Value};

/// The type `type`.
pub static TYPE: TypeDef = TypeDef {
    doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    slots: Slots {
        repr: Some(type_repr),
        call: Some(type_call),
        getattr: Some(type_getattr),
        setattr: Some(type_setattr),
        new: Some(type_new),
        init: Some(type_init),
        or: Some(super::union::type_or),
        hash: Some(hash_identity),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("mro", "($self, /)", type_mro, "Return a type's method resolution order."),
        NativeDef::new("__subclasses__", "($self, /)", type_subclasses, "Return a list of immediate subclasses."),
        NativeDef::new(
            "__instancecheck__",
            "($self, instance, /)",
            type_instancecheck,
            "Check if an object is an instance.",
        ),
        NativeDef::new(
            "__subclasscheck__",
            "($self, subclass, /)",
            type_subclasscheck,
            "Check if a class is a subclass.",
        ),
        NativeDef::new("__dir__", "($self, /)", type_dir, "Specialized __dir__ implementation for types."),
        NativeDef::new("__sizeof__", "($self, /)", type_sizeof, "Return memory consumption of the type object."),
    ],
    class_methods: &[NativeDef::new(
        "__prepare__",
        "($cls, *args, **kwds)",
        type_prepare,
        "Create the namespace for the class statement",
    )
    .hide_sig()],
    getsets: super::type_attrs::GETSETS,
    ..TypeDef::new("builtins", "type")
};

fn type_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(ty) = Type::of(v) else { return Ok(Value::NOT_IMPLEMENTED) };
    let text = format!("<class '{}'>", ty.full_name(cx));
    Ok(Str::from_text(cx, &text))
}

fn type_init(cx: &mut Ctx, _: Value, args: CallArgs) -> PyResult<()> {
    let n = args.positional().len();
    if n == 1 && args.nkw() > 0 {
        return Err(cx.type_error("type.__init__() takes no keyword arguments"));
    }
    if n != 1 && n != 3 {
        return Err(cx.type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(())
}

/// Attribute lookup on a class: data descriptor of the metaclass, the class and its bases, the metaclass.
pub fn type_getattr_opt(cx: &mut Ctx, v: Value, name: Value) -> PyResult<Option<Value>> {
    let Some(ty) = Type::of(v) else { return super::object_type::generic_getattr_opt(cx, v, name) };
    let meta = type_of(cx, v);
    let meta_attr = type_lookup(cx, meta, name);
    let mut getter = None;
    if let Some(a) = meta_attr {
        let slots = type_of(cx, a).slots();
        getter = slots.descr_get();
        if let Some(get) = getter
            && slots.descr_set().is_some()
        {
            return get.call(cx, a, v, meta.value()).map(Some);
        }
    }
    if let Some(a) = type_lookup(cx, ty, name) {
        return match type_of(cx, a).slots().descr_get() {
            Some(get) => get.call(cx, a, Value::EMPTY, v).map(Some),
            None => Ok(Some(a)),
        };
    }
    match (meta_attr, getter) {
        (Some(a), Some(get)) => get.call(cx, a, v, meta.value()).map(Some),
        _ => Ok(meta_attr),
    }
}

/// `type.__getattribute__`.
pub fn type_getattr(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    match type_getattr_opt(cx, v, name)? {
        Some(a) => Ok(a),
        None => {
            let text = protocol::text(cx, name);
            let class = Type::of(v).map_or(String::new(), Type::message_name);
            Err(cx.attribute_error_with(format!("type object '{class}' has no attribute '{text}'"), v, name))
        }
    }
}

/// `type.__setattr__`, `type.__delattr__` (EMPTY deletes).
pub fn type_setattr(cx: &mut Ctx, v: Value, name: Value, value: Value) -> PyResult<()> {
    let Some(ty) = Type::of(v) else { return super::object_type::generic_setattr(cx, v, name, value) };
    if !ty.is_heap() && !ty.flags().has(TypeFlags::MUTABLE) {
        let (text, class) = (protocol::repr_text(cx, name)?, ty.full_name(cx));
        return Err(cx.type_error(format!("cannot set {text} attribute of immutable type '{class}'")));
    }
    let meta = type_of(cx, v);
    if let Some(a) = type_lookup(cx, meta, name)
        && let Some(set) = type_of(cx, a).slots().descr_set()
    {
        return set.call(cx, a, v, value);
    }
    set_class_attr(cx, ty, name, value)
}

/// Writes to a class dictionary and makes caches and slots follow. EMPTY deletes.
pub fn set_class_attr(cx: &mut Ctx, ty: Type, name: Value, value: Value) -> PyResult<()> {
    let is_slot = Str::of(name).is_some_and(|s| {
        let bytes = s.as_bytes();
        super::slots::slot_of_dunder(bytes).is_some() || bytes == b"__del__"
    });
    let (names, heap): (_, &Heap) = (cx.names, cx);
    let found = lookup::with_type_lock(|| write_locked(heap, names, ty, name, value, is_slot));
    if found {
        return Ok(());
    }
    let (text, class) = (protocol::text(cx, name), ty.message_name());
    Err(cx.attribute_error_with(format!("type object '{class}' has no attribute '{text}'"), ty.value(), name))
}

/// The store, under the type lock; false when there is nothing to delete.
fn write_locked(heap: &Heap, names: &Names, ty: Type, name: Value, value: Value, is_slot: bool) -> bool {
    let dict = ty.dict();
    let old = dict.get_str(name);
    if value == Value::EMPTY {
        if dict.remove_str(heap, name).is_none() {
            return false;
        }
    } else {
        dict.set_str(heap, name, value);
        if !is_slot && old.is_some_and(|o| lookup::is_plain(heap, o)) && lookup::is_plain(heap, value) {
            return true;
        }
    }
    if is_slot {
        slots_update::refresh_tree(heap, names, ty);
    }
    // The store above and the flag below form a store/load pair with `lookup::mark_seen`.
    lookup::type_written(|| ty.flags().has(TypeFlags::SEEN_BY_CACHE));
    true
}

fn receiver(cx: &mut Ctx, args: Args) -> PyResult<Type> {
    Type::of(args[0]).ok_or_else(|| cx.type_error("a type is needed"))
}

fn type_mro(cx: &mut Ctx, args: Args) -> PyResult {
    let ty = receiver(cx, args)?;
    let order = super::mro::linearize(cx, ty)?;
    match Tuple::of(order) {
        Some(t) => Ok(List::build(cx, t.len(), |i| t.get(i)).value()),
        None => Ok(order),
    }
}

fn type_subclasses(cx: &mut Ctx, args: Args) -> PyResult {
    let ty = receiver(cx, args)?;
    Ok(subclasses_list(cx, ty).value())
}

fn type_instancecheck(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::real_is_instance(cx, args[1], args[0]).map(Value::bool)
}

fn type_subclasscheck(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::real_is_subclass(cx, args[1], args[0]).map(Value::bool)
}

fn type_dir(cx: &mut Ctx, args: Args) -> PyResult {
    let ty = receiver(cx, args)?;
    let found = Dict::new(cx);
    super::object_type::merge_class_names(cx, ty, found)?;
    Ok(found.keys_list(cx).value())
}

fn type_sizeof(_: &mut Ctx, _: Args) -> PyResult {
    Ok(Value::small(928))
}

fn type_prepare(cx: &mut Ctx, _: Args) -> PyResult {
    Ok(Dict::new(cx).value())
}
