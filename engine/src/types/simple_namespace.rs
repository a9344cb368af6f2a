//! `types.SimpleNamespace`: attributes given as keywords.

use super::slots::{Slots, hash_not_implemented};
use super::{TypeDef, TypeFlags, type_name, type_of};
use crate::native::{Args, NativeDef};
use crate::objects::{Dict, Obj, Str, StrBuilder, Tuple};
use crate::protocol::CmpOp;
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

/// The type `types.SimpleNamespace`.
pub static SIMPLE_NAMESPACE: TypeDef = TypeDef {
    doc: "A simple attribute-based namespace.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT),
    init: Some(NativeDef::new(
        "__init__",
        "($self, mapping_or_iterable=(), /, **kwargs)",
        namespace_init,
        "Initialize self.",
    )),
    slots: Slots {
        repr: Some(namespace_repr),
        richcmp: Some(namespace_richcmp),
        hash: Some(hash_not_implemented),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("__reduce__", "($self, /)", namespace_reduce, "Return state information for pickling"),
        NativeDef::new(
            "__replace__",
            "($self, /, **changes)",
            namespace_replace,
            "Return a copy of the namespace object with new values for the specified attributes.",
        ),
    ],
    ..TypeDef::new("types", "SimpleNamespace")
};

/// A namespace with the entries of `attrs`.
pub fn new_namespace(cx: &mut Ctx, attrs: Dict) -> PyResult {
    let v = cx.new_object(&SIMPLE_NAMESPACE, &[]);
    set_all(cx, v, attrs)?;
    Ok(v)
}

fn set_all(cx: &mut Ctx, v: Value, attrs: Dict) -> PyResult<()> {
    let mut pos = 0;
    while let Some((next, k, value)) = attrs.next_entry(pos) {
        pos = next;
        let Some(name) = Str::of_sub(cx, k) else {
            return Err(cx.type_error("keywords must be strings"));
        };
        let name = name.intern(cx);
        protocol::setattr(cx, v, name, value)?;
        cx.poll()?;
    }
    Ok(())
}

fn namespace_init(cx: &mut Ctx, args: Args) -> PyResult {
    if let Some(source) = args.get(1) {
        let given = Dict::new(cx);
        protocol::call_method(cx, given.value(), cx.names.update, &[source])?;
        set_all(cx, args[0], given)?;
    }
    if let Some(kwargs) = args.get(2).and_then(Dict::of) {
        set_all(cx, args[0], kwargs)?;
    }
    Ok(Value::NONE)
}

fn attributes(cx: &mut Ctx, v: Value) -> Dict {
    match Obj::of(v) {
        Some(o) => o.dict(cx),
        None => Dict::new(cx),
    }
}

fn namespace_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let exact = type_of(cx, v) == cx.types.simple_namespace;
    let name = if exact { "namespace".to_owned() } else { super::type_short_name(cx, v) };
    if !protocol::repr_enter(cx, v) {
        return Ok(Str::from_text(cx, &format!("{name}(...)")));
    }
    let done = repr_attributes(cx, v, &name);
    protocol::repr_leave(cx, v);
    done
}

fn repr_attributes(cx: &mut Ctx, v: Value, name: &str) -> PyResult {
    let attrs = attributes(cx, v);
    let mut out = StrBuilder::new();
    out.push_str(name);
    out.push_str("(");
    let mut pos = 0;
    let mut first = true;
    while let Some((next, k, value)) = attrs.next_entry(pos) {
        pos = next;
        let Some(key) = Str::of_sub(cx, k).filter(|s| !s.is_empty()) else { continue };
        if !first {
            out.push_str(", ");
        }
        first = false;
        out.push(key);
        out.push_str("=");
        let r = protocol::repr(cx, value)?;
        if let Some(r) = Str::of_sub(cx, r) {
            out.push(r);
        }
    }
    out.push_str(")");
    out.wish(cx)
}

fn namespace_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let ns = cx.types.simple_namespace;
    if !type_of(cx, a).is_subtype(ns) || !type_of(cx, b).is_subtype(ns) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (attributes(cx, a).value(), attributes(cx, b).value());
    protocol::compare(cx, x, y, op)
}

fn namespace_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let attrs = attributes(cx, args[0]).value();
    let class = type_of(cx, args[0]).value();
    let none = Tuple::empty(cx);
    Ok(Tuple::new(cx, &[class, none, attrs]))
}

fn namespace_replace(cx: &mut Ctx, args: Args) -> PyResult {
    let class = type_of(cx, args[0]).value();
    let copy = protocol::call(cx, class, &[])?;
    if !cx.registry.get(&SIMPLE_NAMESPACE).is_some_and(|t| type_of(cx, copy).is_subtype(t)) {
        let (class, got) = (type_of(cx, args[0]).shown_name(cx), type_name(cx, copy));
        return Err(cx.type_error(format!("expect types.SimpleNamespace type, but {class}() returned '{got}' object")));
    }
    let attrs = attributes(cx, args[0]);
    set_all(cx, copy, attrs)?;
    if let Some(changes) = args.get(1).and_then(Dict::of) {
        set_all(cx, copy, changes)?;
    }
    Ok(copy)
}
