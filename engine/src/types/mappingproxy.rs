//! `types.MappingProxyType`: a read-only view of a mapping, held in native slot 0.

use super::slots::Slots;
use super::{TypeDef, TypeFlags, instance, type_name, type_of};
use crate::native::{self, Args, NativeDef};
use crate::objects::{List, Seq, Str, Tuple};
use crate::protocol::CmpOp;
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

/// The type `mappingproxy`.
pub static MAPPINGPROXY: TypeDef = TypeDef {
    doc: "Read-only proxy of a mapping.",
    flags: TypeFlags::MAPPING,
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, /, mapping)", proxy_new, "")),
    slots: Slots {
        repr: Some(|cx, v| {
            let r = protocol::repr(cx, mapping(cx, v))?;
            let text = Str::of(r).map(|s| s.to_text().into_owned()).unwrap_or_default();
            Ok(Str::from_text(cx, &format!("mappingproxy({text})")))
        }),
        str: Some(|cx, v| protocol::str(cx, mapping(cx, v))),
        hash: Some(|cx, v| protocol::hash(cx, mapping(cx, v))),
        len: Some(|cx, v| protocol::length(cx, mapping(cx, v))),
        getitem: Some(|cx, v, k| protocol::getitem(cx, mapping(cx, v), k)),
        contains: Some(|cx, v, k| protocol::contains(cx, mapping(cx, v), k)),
        iter: Some(|cx, v| protocol::iter(cx, mapping(cx, v))),
        richcmp: Some(proxy_richcmp),
        or: Some(|cx, a, b| protocol::binary(cx, protocol::BinOp::BitOr, unwrap(cx, a), unwrap(cx, b))),
        ior: Some(|cx, a, b| {
            let names = (type_name(cx, a), type_name(cx, b));
            Err(cx.type_error(format!("'|=' is not supported by {}; use '|' instead", names.0)))
        }),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "get",
            "($self, key, default=None, /)",
            |cx, args| forward(cx, args, "get"),
            "Return the value for key if key is in the mapping, else default.",
        ),
        NativeDef::new(
            "keys",
            "($self, /)",
            |cx, args| forward(cx, args, "keys"),
            "a set-like object providing a view on the underlying mapping's keys",
        ),
        NativeDef::new(
            "values",
            "($self, /)",
            |cx, args| forward(cx, args, "values"),
            "an object providing a view on the underlying mapping's values",
        ),
        NativeDef::new(
            "items",
            "($self, /)",
            |cx, args| forward(cx, args, "items"),
            "a set-like object providing a view on the underlying mapping's items",
        ),
        NativeDef::new(
            "copy",
            "($self, /)",
            |cx, args| forward(cx, args, "copy"),
            "a shallow copy of the underlying mapping",
        ),
        NativeDef::new("__reversed__", "($self, /)", |cx, args| forward(cx, args, "__reversed__"), "reverse iterator"),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    ..TypeDef::new("builtins", "mappingproxy")
};

fn mapping(cx: &Ctx, v: Value) -> Value {
    instance::native_slot(cx, v, 0)
}

/// The mapping behind a proxy; other values are themselves.
fn unwrap(cx: &Ctx, v: Value) -> Value {
    if type_of(cx, v) == cx.types.mappingproxy { mapping(cx, v) } else { v }
}

/// A proxy of `target`, which the caller knows to be a mapping.
pub fn new_proxy(cx: &mut Ctx, target: Value) -> Value {
    cx.new_object(&MAPPINGPROXY, &[target])
}

fn proxy_new(cx: &mut Ctx, args: Args) -> PyResult {
    let target = args[1];
    let is_mapping = type_of(cx, target).slots().getitem().is_some() && Seq::of(target).is_none();
    if !is_mapping || List::of_sub(cx, target).is_some() || Tuple::of_sub(cx, target).is_some() {
        let name = type_name(cx, target);
        return Err(cx.type_error(format!("mappingproxy() argument must be a mapping, not {name}")));
    }
    Ok(new_proxy(cx, target))
}

fn proxy_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (a, b) = (unwrap(cx, a), unwrap(cx, b));
    protocol::compare(cx, a, b, op)
}

/// Calls the method `name` of the mapping with the same arguments.
fn forward(cx: &mut Ctx, args: Args, name: &str) -> PyResult {
    let target = mapping(cx, args[0]);
    let name = cx.intern(name.as_bytes());
    match (args.get(1), args.get(2)) {
        (None, _) => protocol::call_method(cx, target, name, &[]),
        (Some(key), None) => protocol::call_method(cx, target, name, &[key]),
        (Some(key), Some(default)) => protocol::call_method(cx, target, name, &[key, default]),
    }
}
