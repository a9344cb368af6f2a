//! The type `object`: generic attribute access and the methods that everything inherits.

use super::construct::{object_init, object_new};
use super::slots::{Slot, Slots, StoreFn, hash_identity};
use super::{Layout, Type, TypeDef, TypeFlags, reduce, type_lookup, type_name, type_of};
use crate::exceptions::Exc;
use crate::native::{Args, GetSet, Native, NativeDef, NativeObj};
use crate::objects::{Dict, FnField, Function, List, Method, Obj, Str, int};
use crate::protocol::{CmpOp, audit};
use crate::{Ctx, PyResult, Raised, protocol};
use proto_core::{Kind, Value};

/// The type `object`.
pub static OBJECT: TypeDef = TypeDef {
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    flags: TypeFlags::BASETYPE,
    text_signature: "()",
    slots: Slots {
        repr: Some(default_repr),
        str: Some(default_str),
        hash: Some(hash_identity),
        getattr: Some(generic_getattr),
        setattr: Some(generic_setattr),
        richcmp: Some(default_richcmp),
        init: Some(object_init),
        new: Some(object_new),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("__reduce_ex__", "($self, protocol, /)", object_reduce_ex, "Helper for pickle."),
        NativeDef::new("__reduce__", "($self, /)", object_reduce, "Helper for pickle."),
        NativeDef::new("__getstate__", "($self, /)", object_getstate, "Helper for pickle."),
        NativeDef::new(
            "__format__",
            "($self, format_spec, /)",
            object_format,
            "Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise.",
        ),
        NativeDef::new("__sizeof__", "($self, /)", object_sizeof, "Size of object in memory, in bytes."),
        NativeDef::new("__dir__", "($self, /)", object_dir, "Default dir() implementation."),
    ],
    class_methods: &[
        NativeDef::new(
            "__subclasshook__",
            "($type, object, /)",
            object_subclasshook,
            "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\nNotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome is cached).",
        ),
        NativeDef::new(
            "__init_subclass__",
            "($type, /)",
            object_init_subclass,
            "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses.",
        ),
    ],
    getsets: &[GetSet::rw("__class__", get_class, set_class, "the object's class")],
    ..TypeDef::new("builtins", "object")
};

/// `__dict__` of instances, put into classes that add it.
pub static DICT_GETSET: GetSet = GetSet::rw("__dict__", get_dict, set_dict, "dictionary for instance variables");

/// `__weakref__` of instances, put into classes that add it.
pub static WEAKREF_GETSET: GetSet = GetSet::ro("__weakref__", get_weakref, "list of weak references to the object");

/// Whether a looked-up `__getattribute__` is `object`'s.
pub fn is_generic_getattribute(f: Value) -> bool {
    NativeObj::of(f).is_some_and(|n| {
        matches!(n.native(), Native::SlotWrapper(d) if d.name == "__getattribute__")
            && n.owner()
                .and_then(|t| t.slots().getattr())
                .is_some_and(|g| g.addr() == generic_getattr as *const () as usize)
    })
}

/// The attribute in the instance itself, if any.
#[inline]
pub fn instance_get(cx: &Ctx, o: Value, name: Value) -> Option<Value> {
    match o.kind()? {
        Kind::Object => Obj::of(o)?.get_attr(cx, name),
        Kind::Function => Dict::of_sub(cx, Function::of(o)?.extra(FnField::Dict))?.get_str(name),
        _ => None,
    }
}

/// Attribute lookup by the generic algorithm: data descriptor, instance, other descriptor, class attribute.
pub fn generic_getattr_opt(cx: &mut Ctx, o: Value, name: Value) -> PyResult<Option<Value>> {
    let ty = type_of(cx, o);
    let attr = type_lookup(cx, ty, name);
    let mut getter = None;
    if let Some(a) = attr {
        if a.is_kind(Kind::Function) {
            return Ok(Some(match instance_get(cx, o, name) {
                Some(v) => v,
                None => Method::new(cx, a, o),
            }));
        }
        let slots = type_of(cx, a).slots();
        getter = slots.descr_get();
        if let Some(get) = getter
            && slots.descr_set().is_some()
        {
            return get.call(cx, a, o, ty.value()).map(Some);
        }
    }
    if let Some(v) = instance_get(cx, o, name) {
        return Ok(Some(v));
    }
    match (attr, getter) {
        (Some(a), Some(get)) => get.call(cx, a, o, ty.value()).map(Some),
        _ => Ok(attr),
    }
}

/// `object.__getattribute__`.
pub fn generic_getattr(cx: &mut Ctx, o: Value, name: Value) -> PyResult {
    match generic_getattr_opt(cx, o, name)? {
        Some(v) => Ok(v),
        None => Err(cx.attribute_error(o, name)),
    }
}

/// `object.__setattr__`, `object.__delattr__` (EMPTY deletes).
pub fn generic_setattr(cx: &mut Ctx, o: Value, name: Value, v: Value) -> PyResult<()> {
    let ty = type_of(cx, o);
    let attr = type_lookup(cx, ty, name);
    if let Some(a) = attr
        && let Some(set) = type_of(cx, a).slots().descr_set()
    {
        return set.call(cx, a, o, v);
    }
    if instance_set(cx, ty, o, name, v) {
        return Ok(());
    }
    Err(store_error(cx, ty, o, name, v, attr.is_some()))
}

/// Stores to (or deletes from) the instance itself; false when it has no such place.
fn instance_set(cx: &mut Ctx, ty: Type, o: Value, name: Value, v: Value) -> bool {
    match o.kind() {
        Some(Kind::Object) if ty.flags().has(TypeFlags::HAS_DICT) => {
            let Some(obj) = Obj::of(o) else { return false };
            if v == Value::EMPTY {
                return obj.del_attr(cx, name);
            }
            obj.set_attr(cx, name, v);
            let shape = obj.shape(cx);
            if shape.nslots > shape.inline_cap {
                ty.learn_inline_capacity(cx, shape.nslots);
            }
            true
        }
        Some(Kind::Function) => {
            let Some(f) = Function::of(o) else { return false };
            let Some(dict) = Dict::of_sub(cx, f.dict(cx)) else { return false };
            if v == Value::EMPTY {
                return dict.remove_str(cx, name).is_some();
            }
            dict.set_str(cx, name, v);
            true
        }
        _ => false,
    }
}

#[cold]
fn store_error(cx: &mut Ctx, ty: Type, o: Value, name: Value, v: Value, on_class: bool) -> Raised {
    let (type_text, text) = (ty.message_name(), protocol::text(cx, name));
    let has_dict = ty.flags().has(TypeFlags::HAS_DICT) || o.is_kind(Kind::Function);
    if has_dict && v == Value::EMPTY && ty.is_heap() {
        // As CPython's, it says no more than this, so no tracebacks suggest names.
        return cx.raise(Exc::AttributeError, format!("'{type_text}' object has no attribute '{text}'"));
    }
    let message = if has_dict && v == Value::EMPTY {
        format!("'{type_text}' object has no attribute '{text}'")
    } else if on_class {
        format!("'{type_text}' object attribute '{text}' is read-only")
    } else if ty.flags().has(TypeFlags::GENERIC_SETATTR) {
        format!("'{type_text}' object has no attribute '{text}' and no __dict__ for setting new attributes")
    } else {
        format!("'{type_text}' object has no attribute '{text}'")
    };
    cx.attribute_error_with(message, o, name)
}

/// `object.__setattr__` must not go around the `__setattr__` of types.
pub fn check_setattr_wrapper(cx: &mut Ctx, receiver: Value, f: Slot<StoreFn>, what: &str) -> PyResult<()> {
    if Type::of(receiver).is_some() && f.addr() == generic_setattr as *const () as usize {
        let name = type_name(cx, receiver);
        return Err(cx.type_error(format!("can't apply this {what} to {name} object")));
    }
    Ok(())
}

/// `<module.Class object at 0x...>`.
pub fn default_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let name = super::type_full_name(cx, v);
    let text = format!("<{name} object at {:#x}>", protocol::id_of(v));
    Ok(Str::from_text(cx, &text))
}

fn default_str(cx: &mut Ctx, v: Value) -> PyResult {
    match type_of(cx, v).slots().repr() {
        Some(repr) => repr.call(cx, v),
        None => default_repr(cx, v),
    }
}

/// Equality is identity; inequality inverts the type's equality.
pub fn default_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    match op {
        CmpOp::Eq if a == b => Ok(Value::TRUE),
        CmpOp::Ne => {
            let Some(cmp) = type_of(cx, a).slots().richcmp() else { return Ok(Value::NOT_IMPLEMENTED) };
            let r = cmp.call(cx, a, b, CmpOp::Eq)?;
            if r == Value::NOT_IMPLEMENTED {
                return Ok(r);
            }
            protocol::truth(cx, r).map(|t| Value::bool(!t))
        }
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn object_reduce_ex(cx: &mut Ctx, args: Args) -> PyResult {
    let version = args.index(cx, 1)?;
    reduce::reduce_ex(cx, args[0], version)
}

fn object_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    reduce::reduce(cx, args[0], 0)
}

fn object_getstate(cx: &mut Ctx, args: Args) -> PyResult {
    reduce::getstate(cx, args[0], false)
}

fn object_format(cx: &mut Ctx, args: Args) -> PyResult {
    let spec = args.str(cx, 1)?;
    if !spec.is_empty() {
        let name = type_name(cx, args[0]);
        return Err(cx.type_error(format!("unsupported format string passed to {name}.__format__")));
    }
    protocol::str(cx, args[0])
}

fn object_sizeof(cx: &mut Ctx, args: Args) -> PyResult {
    let ty = type_of(cx, args[0]);
    let words = match Obj::of(args[0]) {
        Some(o) => o.shape(cx).inline_cap as usize + 2,
        None => ty.data().nfixed as usize + 2,
    };
    Ok(int::from_usize(cx, words * 8))
}

fn object_subclasshook(_: &mut Ctx, _: Args) -> PyResult {
    Ok(Value::NOT_IMPLEMENTED)
}

fn object_init_subclass(_: &mut Ctx, _: Args) -> PyResult {
    Ok(Value::NONE)
}

/// Adds the attributes of a class and of its bases to `into`.
pub fn merge_class_names(cx: &mut Ctx, ty: Type, into: Dict) -> PyResult<()> {
    for k in ty.mro_types() {
        let dict = k.dict();
        let mut pos = 0;
        while let Some((next, key, _)) = dict.next_entry(pos) {
            into.set(cx, key, Value::NONE)?;
            pos = next;
        }
    }
    Ok(())
}

fn object_dir(cx: &mut Ctx, args: Args) -> PyResult {
    let names = cx.names;
    let found = Dict::new(cx);
    if let Some(dict) = protocol::getattr_opt(cx, args[0], names.__dict__)?
        && let Some(dict) = Dict::of_sub(cx, dict)
    {
        let mut pos = 0;
        while let Some((next, key, _)) = dict.next_entry(pos) {
            found.set(cx, key, Value::NONE)?;
            pos = next;
        }
    }
    if let Some(class) = protocol::getattr_opt(cx, args[0], names.__class__)?
        && let Some(ty) = Type::of(class)
    {
        merge_class_names(cx, ty, found)?;
    }
    let keys: List = found.keys_list(cx);
    Ok(keys.value())
}

fn get_class(cx: &mut Ctx, o: Value) -> PyResult {
    Ok(type_of(cx, o).value())
}

fn set_class(cx: &mut Ctx, o: Value, v: Value) -> PyResult<()> {
    if v == Value::EMPTY {
        return Err(cx.type_error("can't delete __class__ attribute"));
    }
    let Some(new) = Type::of(v) else {
        let got = type_name(cx, v);
        return Err(cx.type_error(format!("__class__ must be set to a class, not '{got}' object")));
    };
    if audit::is_on() {
        let name = Str::new(cx, "__class__");
        audit::tell(cx, "object.__setattr__", &[o, name, v])?;
    }
    let old = type_of(cx, o);
    if new == old {
        return Ok(());
    }
    let module = cx.types.module;
    let modules = old.is_subtype(module) && new.is_subtype(module);
    if !(modules || old.is_heap() && new.is_heap()) {
        return Err(cx.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    let (a, b) = (old.data(), new.data());
    let dicts = old.flags().has(TypeFlags::HAS_DICT) == new.flags().has(TypeFlags::HAS_DICT);
    let same_slots = a.nfixed == b.nfixed && slot_names_agree(cx, old, new)?;
    if a.layout != b.layout || !dicts || !same_slots {
        let (x, y) = (new.name_str(), old.name_str());
        return Err(cx.type_error(format!("__class__ assignment: '{x}' object layout differs from '{y}'")));
    }
    super::instance::change_type(cx, o, new);
    if Type::of(o).is_some() {
        // What caches know of the class depends on its metaclass.
        super::lookup::bump_epoch();
    }
    Ok(())
}

/// Whether both types have the same layout of named slots: a common solid base, or the same names added to the same base.
fn slot_names_agree(cx: &mut Ctx, a: Type, b: Type) -> PyResult<bool> {
    let (sa, sb) = (super::build::solid_base(a), super::build::solid_base(b));
    if sa == sb {
        return Ok(true);
    }
    if sa.base() != sb.base() {
        return Ok(false);
    }
    match (slot_names(cx, sa)?, slot_names(cx, sb)?) {
        (Some(p), Some(q)) => protocol::eq(cx, p.value(), q.value()),
        _ => Ok(false),
    }
}

/// The names of the slots that a class adds, sorted as they lie in its instances; None if that is no longer known.
fn slot_names(cx: &mut Ctx, class: Type) -> PyResult<Option<List>> {
    let Some(given) = class.dict().get_str(cx.names.__slots__) else { return Ok(None) };
    let given =
        if Str::of_sub(cx, given).is_some() { List::from_slice(cx, &[given]) } else { protocol::list_of(cx, given)? };
    let (names, out) = (cx.names, List::new(cx));
    for v in given.items() {
        let Some(name) = Str::of_sub(cx, v) else { return Ok(None) };
        let Some(class_name) = Str::of(class.name()) else { return Ok(None) };
        let name = super::build::mangle(cx, class_name, name);
        if name != names.__dict__ && name != names.__weakref__ {
            out.push(cx, name);
        }
    }
    let added = class.base().map_or(0, |base| base.data().nfixed);
    if out.len() != (class.data().nfixed - added) as usize {
        return Ok(None);
    }
    crate::objects::sort::sort(cx, out, Value::EMPTY, false)?;
    Ok(Some(out))
}

/// The `__dict__` of an instance.
pub fn get_dict(cx: &mut Ctx, o: Value) -> PyResult {
    if Type::of(o).is_some() {
        // Of a metaclass that inherits the descriptor from a plain class.
        return super::type_attrs::get_dict(cx, o);
    }
    match Obj::of(o) {
        Some(obj) if type_of(cx, o).flags().has(TypeFlags::HAS_DICT) => Ok(obj.dict_value(cx)),
        _ => {
            let name = cx.names.__dict__;
            Err(cx.attribute_error(o, name))
        }
    }
}

/// Replaces the `__dict__` of an instance.
pub fn set_dict(cx: &mut Ctx, o: Value, v: Value) -> PyResult<()> {
    set_dict_of(cx, o, v)
}

/// `__dict__` of instances of native types that have one: it cannot be deleted.
pub static NATIVE_DICT_GETSET: GetSet = GetSet::rw(
    "__dict__",
    get_dict,
    |cx, o, v| if v == Value::EMPTY { Err(cx.type_error("cannot delete __dict__")) } else { set_dict_of(cx, o, v) },
    "dictionary for instance variables",
);

fn set_dict_of(cx: &mut Ctx, o: Value, v: Value) -> PyResult<()> {
    if Type::of(o).is_some() {
        return Err(cx.raise(Exc::AttributeError, "attribute '__dict__' of 'type' objects is not writable"));
    }
    let dict = if v == Value::EMPTY {
        Dict::new(cx).value()
    } else if Dict::of_sub(cx, v).is_some() {
        v
    } else {
        let got = type_name(cx, v);
        return Err(cx.type_error(format!("__dict__ must be set to a dictionary, not a '{got}'")));
    };
    match Obj::of(o) {
        Some(obj) if !matches!(type_of(cx, o).data().layout, Layout::Type) => {
            obj.set_dict(cx, dict);
            Ok(())
        }
        _ => {
            let name = cx.names.__dict__;
            Err(cx.attribute_error(o, name))
        }
    }
}

/// Weak references are objects of their own and the referent keeps no list of them that Python could walk.
fn get_weakref(cx: &mut Ctx, v: Value) -> PyResult {
    let mut first = Value::NONE;
    cx.each_weak_notified(v, |reference| {
        if first == Value::NONE {
            first = reference;
        }
    });
    Ok(first)
}
