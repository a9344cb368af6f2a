//! `classmethod` and `staticmethod`.

use super::core::CoreTypes;
use super::slots::Slots;
use super::{TypeDef, TypeFlags, instance, type_of};
use crate::native::{Args, CallArgs, GetSet, Member, NativeDef};
use crate::objects::{Obj, Str};
use crate::{Ctx, PyResult, protocol};
use proto_core::{Heap, Kind, Value};

/// Native slot of the wrapped callable.
const WRAPPED: usize = 0;

const FLAGS: TypeFlags = TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT);

/// Members and attributes that both types have.
static MEMBERS: &[Member] =
    &[Member::ro("__func__", WRAPPED as u16, ""), Member::ro("__wrapped__", WRAPPED as u16, "")];

static GETSETS: &[GetSet] = &[
    GetSet::ro("__isabstractmethod__", get_abstract, ""),
    GetSet::rw("__dict__", super::object_type::get_dict, super::object_type::set_dict, ""),
    GetSet::rw("__annotations__", get_annotations, set_annotations, ""),
    GetSet::rw("__annotate__", get_annotate, set_annotate, ""),
];

/// `classmethod`.
pub static CLASSMETHOD: TypeDef = TypeDef {
    doc: "classmethod(function, /)\n--\n\nConvert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want those, see the staticmethod builtin.",
    flags: FLAGS,
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new_wrapper, "")),
    init: Some(NativeDef::new("__init__", "($self, function, /)", init_wrapper, "")),
    slots: Slots { repr: Some(repr), descr_get: Some(classmethod_get), ..Slots::NONE },
    members: MEMBERS,
    getsets: GETSETS,
    class_methods: &[NativeDef::new(
        "__class_getitem__",
        "($type, object, /)",
        crate::native::class_getitem,
        "See PEP 585",
    )],
    text_signature: "(function, /)",
    ..TypeDef::new("builtins", "classmethod")
};

/// `staticmethod`.
pub static STATICMETHOD: TypeDef = TypeDef {
    doc: "staticmethod(function, /)\n--\n\nConvert a function to be a static method.\n\nA static method does not receive an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more advanced concept, see the classmethod builtin.",
    flags: FLAGS,
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new_wrapper, "")),
    init: Some(NativeDef::new("__init__", "($self, function, /)", init_wrapper, "")),
    slots: Slots { repr: Some(repr), descr_get: Some(staticmethod_get), call: Some(staticmethod_call), ..Slots::NONE },
    members: MEMBERS,
    getsets: GETSETS,
    class_methods: &[NativeDef::new(
        "__class_getitem__",
        "($type, object, /)",
        crate::native::class_getitem,
        "See PEP 585",
    )],
    text_signature: "(function, /)",
    ..TypeDef::new("builtins", "staticmethod")
};

/// A classmethod object.
pub fn new_classmethod(heap: &Heap, types: &CoreTypes, f: Value) -> Value {
    instance::new_with_slots(heap, types.classmethod, &[f])
}

/// A staticmethod object.
pub fn new_staticmethod(heap: &Heap, types: &CoreTypes, f: Value) -> Value {
    instance::new_with_slots(heap, types.staticmethod, &[f])
}

/// The plain function that an exact staticmethod wraps.
pub fn static_function(cx: &Ctx, v: Value) -> Option<Value> {
    if type_of(cx, v) != cx.types.staticmethod {
        return None;
    }
    Some(instance::native_slot(cx, v, WRAPPED)).filter(|f| f.is_kind(Kind::Function))
}

/// The plain function that an exact classmethod wraps.
pub fn class_function(cx: &Ctx, v: Value) -> Option<Value> {
    if type_of(cx, v) != cx.types.classmethod {
        return None;
    }
    Some(instance::native_slot(cx, v, WRAPPED)).filter(|f| f.is_kind(Kind::Function))
}

fn new_wrapper(cx: &mut Ctx, args: Args) -> PyResult {
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, WRAPPED, Value::NONE);
    Ok(obj.value())
}

fn init_wrapper(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    obj.set_slot(cx, WRAPPED, args[1]);
    let names = cx.names;
    for name in [names.__module__, names.__name__, names.__qualname__, names.__doc__] {
        if let Some(v) = protocol::getattr_opt(cx, args[1], name)? {
            obj.set_attr(cx, name, v);
        }
    }
    Ok(Value::NONE)
}

fn wrapped(cx: &Ctx, v: Value) -> Value {
    instance::native_slot(cx, v, WRAPPED).non_empty().unwrap_or(Value::NONE)
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    // A subclass is shown like its base.
    let is_class = type_of(cx, v).is_subtype(cx.types.classmethod);
    let name = if is_class { "classmethod" } else { "staticmethod" };
    let f = wrapped(cx, v);
    let inner = protocol::repr(cx, f)?;
    let text = format!("<{name}({})>", protocol::text(cx, inner));
    Ok(Str::from_text(cx, &text))
}

fn classmethod_get(cx: &mut Ctx, d: Value, obj: Value, owner: Value) -> PyResult {
    let class = if owner == Value::EMPTY { type_of(cx, obj).value() } else { owner };
    let f = wrapped(cx, d);
    Ok(super::lookup::bind_method(cx, f, class))
}

fn staticmethod_get(cx: &mut Ctx, d: Value, _: Value, _: Value) -> PyResult {
    Ok(wrapped(cx, d))
}

fn staticmethod_call(cx: &mut Ctx, d: Value, args: CallArgs) -> PyResult {
    let f = wrapped(cx, d);
    protocol::call_args(cx, f, args)
}

fn get_abstract(cx: &mut Ctx, v: Value) -> PyResult {
    let (f, name) = (wrapped(cx, v), cx.names.__isabstractmethod__);
    match protocol::getattr_opt(cx, f, name)? {
        Some(a) => protocol::truth(cx, a).map(Value::bool),
        None => Ok(Value::FALSE),
    }
}

fn forwarded(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    if let Some(obj) = Obj::of(v)
        && let Some(own) = obj.get_attr(cx, name)
    {
        return Ok(own);
    }
    let f = wrapped(cx, v);
    let value = protocol::getattr(cx, f, name)?;
    if let Some(obj) = Obj::of(v) {
        obj.set_attr(cx, name, value);
    }
    Ok(value)
}

fn store_own(cx: &mut Ctx, v: Value, name: Value, value: Value) -> PyResult<()> {
    let Some(obj) = Obj::of(v) else { return Ok(()) };
    if value != Value::EMPTY {
        obj.set_attr(cx, name, value);
        return Ok(());
    }
    if obj.del_attr(cx, name) { Ok(()) } else { Err(cx.attribute_error(v, name)) }
}

fn get_annotations(cx: &mut Ctx, v: Value) -> PyResult {
    let name = cx.names.__annotations__;
    forwarded(cx, v, name)
}

fn set_annotations(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let name = cx.names.__annotations__;
    store_own(cx, v, name, value)
}

fn get_annotate(cx: &mut Ctx, v: Value) -> PyResult {
    let name = cx.names.__annotate__;
    forwarded(cx, v, name)
}

fn set_annotate(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let name = cx.names.__annotate__;
    store_own(cx, v, name, value)
}
