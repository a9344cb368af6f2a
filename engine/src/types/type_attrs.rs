//! Attributes of classes that are computed: names, bases, documentation, annotations.

use super::{Type, TypeFlags, build, layout, lookup, type_name, type_type};
use crate::exceptions::Exc;
use crate::native::{CallArgs, GetSet};
use crate::objects::{Dict, Str, Tuple};
use crate::protocol::audit;
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

/// The computed attributes of `type`.
pub static GETSETS: &[GetSet] = &[
    GetSet::rw("__name__", get_name, set_name, ""),
    GetSet::rw("__qualname__", get_qualname, set_qualname, ""),
    GetSet::rw("__bases__", get_bases, set_bases, ""),
    GetSet::ro("__base__", get_base, ""),
    GetSet::ro("__mro__", get_mro, ""),
    GetSet::ro("__dict__", get_dict, ""),
    GetSet::rw("__module__", get_module, set_module, ""),
    GetSet::rw("__doc__", get_doc, set_doc, ""),
    GetSet::rw("__abstractmethods__", get_abstract, set_abstract, ""),
    GetSet::ro("__text_signature__", get_text_signature, ""),
    GetSet::rw("__annotations__", get_annotations, set_annotations, ""),
    GetSet::rw("__annotate__", get_annotate, set_annotate, ""),
    GetSet::rw("__type_params__", get_type_params, set_type_params, ""),
    GetSet::ro("__flags__", get_flags, ""),
    GetSet::ro("__basicsize__", get_basicsize, ""),
    GetSet::ro("__itemsize__", get_itemsize, ""),
    GetSet::ro("__dictoffset__", get_dictoffset, ""),
    GetSet::ro("__weakrefoffset__", get_weakrefoffset, ""),
];

fn receiver(cx: &mut Ctx, v: Value) -> PyResult<Type> {
    Type::of(v).ok_or_else(|| cx.type_error("a type is needed"))
}

/// Refuses to change a native type, or to delete.
fn check_set(cx: &mut Ctx, v: Value, value: Value, name: &str) -> PyResult<Type> {
    let ty = receiver(cx, v)?;
    if !ty.is_heap() {
        let class = ty.name_str();
        return Err(cx.type_error(format!("cannot set '{name}' attribute of immutable type '{class}'")));
    }
    if value == Value::EMPTY {
        let class = ty.name_str();
        return Err(cx.type_error(format!("cannot delete '{name}' attribute of immutable type '{class}'")));
    }
    if audit::is_on() {
        let name = Str::new(cx, name);
        audit::tell(cx, "object.__setattr__", &[v, name, value])?;
    }
    Ok(ty)
}

fn get_name(cx: &mut Ctx, v: Value) -> PyResult {
    receiver(cx, v).map(Type::name)
}

/// Names and docstrings of types are texts that can be encoded: half a pair of surrogates cannot.
pub(super) fn check_utf8(cx: &mut Ctx, text: Value) -> PyResult<()> {
    let Some(s) = Str::of(text) else { return Ok(()) };
    let Some(bad) = pytext::wtf8::first_surrogate(s.as_bytes()) else { return Ok(()) };
    let at = pytext::wtf8::index(s.as_bytes(), bad);
    Err(cx.unicode_encode_error("utf-8", text, at, at + 1, "surrogates not allowed"))
}

fn set_name(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let ty = check_set(cx, v, value, "__name__")?;
    let Some(s) = Str::of_sub(cx, value) else {
        let (class, got) = (ty.name_str(), type_name(cx, value));
        return Err(cx.type_error(format!("can only assign string to {class}.__name__, not '{got}'")));
    };
    if s.as_bytes().contains(&0) {
        return Err(cx.value_error("type name must not contain null characters"));
    }
    check_utf8(cx, s.value())?;
    ty.set_word(cx, layout::NAME, s.value());
    Ok(())
}

fn get_qualname(cx: &mut Ctx, v: Value) -> PyResult {
    receiver(cx, v).map(Type::qualname)
}

fn set_qualname(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let ty = check_set(cx, v, value, "__qualname__")?;
    if Str::of_sub(cx, value).is_none() {
        let (class, got) = (ty.name_str(), type_name(cx, value));
        return Err(cx.type_error(format!("can only assign string to {class}.__qualname__, not '{got}'")));
    }
    ty.set_word(cx, layout::QUALNAME, value);
    Ok(())
}

fn get_bases(cx: &mut Ctx, v: Value) -> PyResult {
    receiver(cx, v).map(|t| t.word(layout::BASES))
}

fn set_bases(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let ty = check_set(cx, v, value, "__bases__")?;
    build::set_bases(cx, ty, value)
}

fn get_base(cx: &mut Ctx, v: Value) -> PyResult {
    receiver(cx, v).map(|t| t.base().map_or(Value::NONE, Type::value))
}

fn get_mro(cx: &mut Ctx, v: Value) -> PyResult {
    receiver(cx, v).map(|t| t.mro().map_or(Value::NONE, |m| m.value()))
}

pub(super) fn get_dict(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    Ok(super::mappingproxy::new_proxy(cx, ty.dict().value()))
}

fn get_module(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    let name = cx.names.__module__;
    // The dictionary of `type` holds this very descriptor.
    if let Some(def) = ty.data().def() {
        return Ok(cx.intern(def.module.as_bytes()));
    }
    match ty.dict().get_str(name) {
        Some(m) => Ok(m),
        None => Err(cx.attribute_error(v, name)),
    }
}

fn set_module(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let ty = check_set(cx, v, value, "__module__")?;
    let name = cx.names.__module__;
    // The line number belongs to the module.
    let line = cx.names.__firstlineno__;
    ty.dict().remove_str(cx, line);
    type_type::set_class_attr(cx, ty, name, value)
}

fn get_doc(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    let name = cx.names.__doc__;
    if let Some(def) = ty.data().def().filter(|d| !d.doc.is_empty()) {
        // The text of a constructor's signature may stand before the documentation.
        let text = def.doc.split_once("\n--\n\n").map_or(def.doc, |(_, rest)| rest);
        return Ok(Str::new(cx, text));
    }
    let own = ty.dict().get_str(name);
    if own.is_none_or(Value::is_none)
        && let Some(doc) = ty.data().def().and_then(|def| crate::native::docs::of(def.module, def.name))
    {
        return Ok(Str::new(cx, doc));
    }
    match own {
        Some(d) => match super::type_of(cx, d).slots().descr_get() {
            Some(get) => get.call(cx, d, Value::EMPTY, v),
            None => Ok(d),
        },
        None => Ok(Value::NONE),
    }
}

fn set_doc(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let ty = check_set(cx, v, value, "__doc__")?;
    let name = cx.names.__doc__;
    type_type::set_class_attr(cx, ty, name, value)
}

fn get_abstract(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    let name = cx.names.__abstractmethods__;
    match ty.dict().get_str(name) {
        Some(a) if ty != cx.types.type_ => Ok(a),
        _ => Err(cx.attribute_error_with("__abstractmethods__", v, name)),
    }
}

fn set_abstract(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let ty = receiver(cx, v)?;
    let name = cx.names.__abstractmethods__;
    let is_abstract = value != Value::EMPTY && protocol::truth(cx, value)?;
    if value == Value::EMPTY {
        if ty.dict().remove_str(cx, name).is_none() {
            return Err(cx.raise_args(Exc::AttributeError, &[name]));
        }
    } else {
        ty.dict().set_str(cx, name, value);
    }
    if is_abstract {
        ty.data().add_flags(TypeFlags::ABSTRACT);
    } else {
        ty.data().remove_flags(TypeFlags::ABSTRACT);
    }
    lookup::bump_epoch();
    Ok(())
}

fn get_text_signature(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    let Some(def) = ty.data().def() else { return Ok(Value::NONE) };
    if !def.text_signature.is_empty() {
        return Ok(Str::new(cx, def.text_signature));
    }
    // The constructor's own signature, without its first parameter.
    let shown = def.init.as_ref().or(def.new.as_ref()).filter(|d| !d.hidden_sig);
    let constructor = shown.map_or("", |d| d.sig.text());
    Ok(match constructor.split_once(", ") {
        Some((first, rest)) if first.starts_with("($") && !rest.contains("*args") => {
            Str::new(cx, &format!("({}", rest.strip_prefix("/, ").unwrap_or(rest)))
        }
        _ => Value::NONE,
    })
}

fn get_annotations(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    let names = cx.names;
    if !ty.is_heap() {
        let class = ty.name_str();
        return Err(cx.attribute_error_with(
            format!("type object '{class}' has no attribute '__annotations__'"),
            v,
            names.__annotations__,
        ));
    }
    let dict = ty.dict();
    for key in [names.__annotations__, names.__annotations_cache__] {
        if let Some(a) = dict.get_str(key) {
            return match super::type_of(cx, a).slots().descr_get() {
                Some(get) => get.call(cx, a, Value::EMPTY, v),
                None => Ok(a),
            };
        }
    }
    let annotate = get_annotate(cx, v)?;
    let annotations = if protocol::is_callable(cx, annotate) {
        let a = protocol::call_args(cx, annotate, CallArgs::pos(&[Value::small(1)]))?;
        if Dict::of_sub(cx, a).is_none() {
            let got = type_name(cx, a);
            return Err(cx.type_error(format!("__annotate__ returned non-dict of type '{got}'")));
        }
        a
    } else {
        Dict::new(cx).value()
    };
    dict.set_str(cx, names.__annotations_cache__, annotations);
    Ok(annotations)
}

fn set_annotations(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let ty = receiver(cx, v)?;
    let names = cx.names;
    if !ty.is_heap() {
        let class = ty.name_str();
        return Err(cx.type_error(format!("cannot set '__annotations__' attribute of immutable type '{class}'")));
    }
    let dict = ty.dict();
    let key =
        if dict.get_str(names.__annotations__).is_some() { names.__annotations__ } else { names.__annotations_cache__ };
    if value == Value::EMPTY {
        if dict.remove_str(cx, key).is_none() {
            return Err(cx.attribute_error_with("__annotations__", v, names.__annotations__));
        }
    } else {
        dict.set_str(cx, key, value);
    }
    for key in [names.__annotate_func__, names.__annotate__] {
        if dict.get_str(key).is_some() {
            dict.set_str(cx, key, Value::NONE);
        }
    }
    lookup::bump_epoch();
    Ok(())
}

fn get_annotate(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    let names = cx.names;
    if !ty.is_heap() {
        let class = ty.name_str();
        return Err(cx.attribute_error_with(
            format!("type object '{class}' has no attribute '__annotate__'"),
            v,
            names.__annotate__,
        ));
    }
    let dict = ty.dict();
    // One that the class has defined itself comes first.
    for key in [names.__annotate__, names.__annotate_func__] {
        if let Some(f) = dict.get_str(key) {
            return match super::type_of(cx, f).slots().descr_get() {
                Some(get) => get.call(cx, f, Value::EMPTY, v),
                None => Ok(f),
            };
        }
    }
    dict.set_str(cx, names.__annotate_func__, Value::NONE);
    Ok(Value::NONE)
}

fn set_annotate(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let ty = receiver(cx, v)?;
    let names = cx.names;
    if value == Value::EMPTY {
        return Err(cx.type_error("cannot delete __annotate__ attribute"));
    }
    if !ty.is_heap() {
        let class = ty.name_str();
        return Err(cx.type_error(format!("cannot set '__annotate__' attribute of immutable type '{class}'")));
    }
    if value != Value::NONE && !protocol::is_callable(cx, value) {
        return Err(cx.type_error("__annotate__ must be callable or None"));
    }
    ty.dict().set_str(cx, names.__annotate_func__, value);
    if value != Value::NONE {
        ty.dict().remove_str(cx, names.__annotations_cache__);
    }
    lookup::bump_epoch();
    Ok(())
}

fn get_type_params(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    let name = cx.names.__type_params__;
    match ty.dict().get_str(name) {
        Some(p) if ty != cx.types.type_ => Ok(p),
        _ => Ok(Tuple::empty(cx)),
    }
}

fn set_type_params(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let ty = check_set(cx, v, value, "__type_params__")?;
    let name = cx.names.__type_params__;
    type_type::set_class_attr(cx, ty, name, value)
}

/// CPython's `Py_TPFLAGS_*` that programs test.
fn get_flags(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    let flags = ty.flags();
    let mut bits: i64 = 1 << 12 | 1 << 18;
    for (flag, bit) in [
        (TypeFlags::SEQUENCE, 5),
        (TypeFlags::MAPPING, 6),
        (TypeFlags::HEAP, 9),
        (TypeFlags::BASETYPE, 10),
        (TypeFlags::ABSTRACT, 20),
        (TypeFlags::MATCH_SELF, 22),
    ] {
        if flags.has(flag) {
            bits |= 1 << bit;
        }
    }
    if !ty.is_heap() && !flags.has(TypeFlags::MUTABLE) {
        bits |= 1 << 8;
    }
    // CPython allocates the types of most native modules; `copyreg` looks for the nearest base that is not allocated.
    if ty.data().def().is_some_and(|d| {
        !matches!(d.module, "builtins" | "types" | "weakref" | "sys" | "_contextvars" | "string.templatelib")
    }) {
        bits |= 1 << 9;
    }
    let types = cx.types;
    for (base, bit) in [
        (types.int, 24),
        (types.list, 25),
        (types.tuple, 26),
        (types.bytes, 27),
        (types.str, 28),
        (types.dict, 29),
        (types.exc(crate::exceptions::Exc::BaseException), 30),
        (types.type_, 31),
    ] {
        if ty.is_subtype(base) {
            bits |= 1 << bit;
        }
    }
    Ok(crate::objects::int::from_i64(cx, bits))
}

fn get_basicsize(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    Ok(Value::small(16 + 8 * ty.data().nfixed as i32))
}

fn get_itemsize(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    let types = cx.types;
    Ok(Value::small(if ty.is_subtype(types.int) {
        4
    } else if ty.is_subtype(types.tuple) {
        8
    } else if ty.is_subtype(types.bytes) {
        1
    } else {
        0
    }))
}

fn get_dictoffset(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    Ok(Value::small(if ty.flags().has(TypeFlags::HAS_DICT) || ty == cx.types.type_ { -1 } else { 0 }))
}

fn get_weakrefoffset(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = receiver(cx, v)?;
    Ok(Value::small(if ty.flags().has(TypeFlags::HAS_WEAKREF) { -32 } else { 0 }))
}
