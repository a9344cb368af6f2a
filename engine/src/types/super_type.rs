//! `super`.

use super::slots::Slots;
use super::{Type, TypeDef, TypeFlags, instance, type_name, type_of};
use crate::native::{Args, Member, NativeDef};
use crate::objects::{Obj, Str};
use crate::{Ctx, PyResult, interp, protocol};
use proto_core::Value;

const CLASS: usize = 0;
const OBJECT: usize = 1;
const OBJECT_TYPE: usize = 2;

/// `super`.
pub static SUPER: TypeDef = TypeDef {
    doc: "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new, "")),
    init: Some(NativeDef::new("super()", "($self, type=None, object_or_type=None, /)", init, "").hide_sig()),
    slots: Slots { repr: Some(repr), getattr: Some(getattr), descr_get: Some(descr_get), ..Slots::NONE },
    members: &[
        Member::ro("__thisclass__", CLASS as u16, "the class invoking super()"),
        Member::ro("__self__", OBJECT as u16, "the instance invoking super(); may be None"),
        Member::ro("__self_class__", OBJECT_TYPE as u16, "the type of the instance invoking super(); may be None"),
    ],
    ..TypeDef::new("builtins", "super")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(cx.alloc_instance(args[0])?.value())
}

/// The class from which the search starts after `class`: the type of `obj`, or `obj` itself.
pub fn check(cx: &mut Ctx, class: Type, obj: Value) -> PyResult<Type> {
    if let Some(t) = Type::of(obj)
        && t.is_subtype(class)
    {
        return Ok(t);
    }
    let own = type_of(cx, obj);
    if own.is_subtype(class) {
        return Ok(own);
    }
    let name = cx.names.__class__;
    if let Some(c) = protocol::getattr_opt(cx, obj, name)?
        && let Some(t) = Type::of(c)
        && t != own
        && t.is_subtype(class)
    {
        return Ok(t);
    }
    let (kind, which) = match Type::of(obj) {
        Some(t) => ("type", t.name_str()),
        None => ("instance of", own.name_str()),
    };
    let wanted = class.name_str();
    Err(cx.type_error(format!(
        "super(type, obj): obj ({kind} {which}) is not an instance or subtype of type ({wanted})."
    )))
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(this) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let (class, obj) = match args.get(1) {
        Some(class) => (class, args.some(2)),
        None => {
            let (class, first) = interp::super_args(cx)?;
            (class, Some(first))
        }
    };
    let Some(ty) = Type::of(class) else {
        let got = type_name(cx, class);
        return Err(cx.type_error(format!("super() argument 1 must be a type, not {got}")));
    };
    let start = match obj {
        Some(o) => check(cx, ty, o)?.value(),
        None => Value::EMPTY,
    };
    this.set_slot(cx, CLASS, class);
    this.set_slot(cx, OBJECT, obj.unwrap_or(Value::EMPTY));
    this.set_slot(cx, OBJECT_TYPE, start);
    Ok(Value::NONE)
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let class = Type::of(instance::native_slot(cx, v, CLASS)).map_or("NULL".to_owned(), Type::name_str);
    let text = match Type::of(instance::native_slot(cx, v, OBJECT_TYPE)) {
        Some(t) => format!("<super: <class '{class}'>, <{} object>>", t.name_str()),
        None => format!("<super: <class '{class}'>, NULL>"),
    };
    Ok(Str::from_text(cx, &text))
}

/// The attribute found after `class` in the MRO of `start`, unbound.
pub fn lookup_after(class: Type, start: Type, name: Value) -> Option<Value> {
    let mut rest = start.mro_types().skip_while(|&t| t != class);
    rest.next();
    rest.find_map(|t| t.dict().get_str(name))
}

/// `super(class, obj).name`, None when there is none.
pub fn super_getattr(cx: &mut Ctx, class: Type, obj: Value, start: Type, name: Value) -> PyResult<Option<Value>> {
    let Some(attr) = lookup_after(class, start, name) else { return Ok(None) };
    match type_of(cx, attr).slots().descr_get() {
        Some(get) => {
            // Through the class itself there is no instance.
            let instance = if obj == start.value() { Value::EMPTY } else { obj };
            get.call(cx, attr, instance, start.value()).map(Some)
        }
        None => Ok(Some(attr)),
    }
}

fn getattr(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    let slots = [CLASS, OBJECT, OBJECT_TYPE].map(|i| instance::native_slot(cx, v, i));
    if let (Some(class), Some(start)) = (Type::of(slots[0]), Type::of(slots[2]))
        && name != cx.names.__class__
        && let Some(a) = super_getattr(cx, class, slots[1], start, name)?
    {
        return Ok(a);
    }
    match super::object_type::generic_getattr_opt(cx, v, name)? {
        Some(a) => Ok(a),
        None => {
            let text = protocol::text(cx, name);
            Err(cx.attribute_error_with(format!("'super' object has no attribute '{text}'"), v, name))
        }
    }
}

fn descr_get(cx: &mut Ctx, v: Value, obj: Value, _: Value) -> PyResult {
    let (class, bound) = (instance::native_slot(cx, v, CLASS), instance::native_slot(cx, v, OBJECT));
    if obj == Value::EMPTY || obj == Value::NONE || bound != Value::EMPTY {
        return Ok(v);
    }
    let own = type_of(cx, v);
    if own != cx.types.super_ {
        return protocol::call(cx, own.value(), &[class, obj]);
    }
    let Some(ty) = Type::of(class) else { return Ok(v) };
    let start = check(cx, ty, obj)?;
    Ok(instance::new_with_slots(cx, own, &[class, obj, start.value()]))
}
