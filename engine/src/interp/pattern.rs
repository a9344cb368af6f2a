//! Structural pattern matching.

use proto_core::{Kind, RootVec, Value};

use super::dispatch::*;
use crate::code_rt::cache::{CacheKind, Fill};
use crate::code_rt::mega::Use;
use crate::ctx::{Ctx, PyResult};
use crate::native::def::TypeFlags;
use crate::native::with_words;
use crate::objects::{Dict, List, Obj, Set, Str, Tuple, simple_eq};
use crate::protocol;
use crate::types::{self, Type, type_epoch};

ops! {
    match_class(pc, base, cx, table) {
        let at = pc.first();
        let (subject, class) = (get(base, at), get(base, at + 1));
        if pc.count() == 0
            && shape_type(&*cx, subject) == class
            && Tuple::of(get(base, at + 2)).is_some_and(|names| names.len() == 0)
        {
            set(base, pc.dst(), get(base, at + 2));
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = class_pattern(cxr, get(base, at), get(base, at + 1), get(base, at + 2), pc.count());
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    match_mapping(pc, base, cx, table) {
        let v = get(base, pc.src());
        let r = v.is_ptr() && types::type_of(&*cx, v).flags().has(TypeFlags::MAPPING);
        set(base, pc.dst(), Value::bool(r));
        next!(pc.next(), base, cx, table)
    }

    match_sequence(pc, base, cx, table) {
        let v = get(base, pc.src());
        let r = v.is_ptr() && types::type_of(&*cx, v).flags().has(TypeFlags::SEQUENCE);
        set(base, pc.dst(), Value::bool(r));
        next!(pc.next(), base, cx, table)
    }

    match_keys(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = keys_pattern(cxr, get(base, pc.left()), get(base, pc.right()));
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    get_len(pc, base, cx, table) {
        let v = get(base, pc.src());
        let n = match v.kind() {
            Some(Kind::List) => List::of(v).map(|l| l.len()),
            Some(Kind::Tuple) => Tuple::of(v).map(|t| t.len()),
            Some(Kind::Dict) => Dict::of(v).map(|d| d.len()),
            _ => None,
        };
        if let Some(n) = n {
            set(base, pc.dst(), Value::from_usize(n));
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = protocol::length(cxr, get(base, pc.src())).map(Value::from_usize);
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// The tuple of attributes that a class pattern looks at, or None if the subject does not match.
#[inline(never)]
fn class_pattern(cx: &mut Ctx, subject: Value, class: Value, keywords: Value, positional: usize) -> PyResult {
    let Some(ty) = Type::of(class) else {
        return Err(cx.type_error("called match pattern must be a class"));
    };
    if !is_instance(cx, subject, ty)? {
        return Ok(Value::NONE);
    }
    let keywords = Tuple::of(keywords);
    let count = positional + keywords.map_or(0, |k| k.len());
    if count == 0 {
        return Ok(Tuple::empty(cx));
    }
    with_words(cx, 2 * count, |cx, words| {
        let (values, names) = words.split_at_mut(count);
        if positional > 0 && match_arguments(cx, ty, &mut names[..positional])? {
            values[0] = subject;
        }
        if let Some(keywords) = keywords {
            keywords.copy_to(&mut names[positional..]);
        }
        for i in 0..count {
            if names[i].is_empty() {
                continue;
            }
            match attribute(cx, subject, ty, names, i)? {
                Some(v) => values[i] = v,
                None => return Ok(Value::NONE),
            }
        }
        Ok(Tuple::new(cx, values))
    })
}

/// The type of a value, as a value.
#[inline(always)]
fn shape_type(heap: &proto_core::Heap, v: Value) -> Value {
    types::type_of(heap, v).value()
}

/// `isinstance(subject, ty)`, quickly for ordinary classes and subjects.
fn is_instance(cx: &mut Ctx, subject: Value, ty: Type) -> PyResult<bool> {
    if types::type_of(cx, ty.value()) == cx.types.type_ {
        let own = types::type_of(cx, subject);
        if own.is_subtype(ty) {
            return Ok(true);
        }
        let (name, object) = (cx.names.__class__, cx.types.object);
        if !subject.is_kind(Kind::Object) && !subject.is_kind(Kind::Type) {
            // The core types have no class to lie about.
            return Ok(false);
        }
        if own.flags().has(TypeFlags::GENERIC_GETATTR)
            && types::type_lookup(cx, own, name) == types::type_lookup(cx, object, name)
        {
            return Ok(false);
        }
    }
    protocol::is_instance(cx, subject, ty.value())
}

/// The names of the attributes that positional patterns look at. True: the only one is the subject itself.
fn match_arguments(cx: &mut Ctx, ty: Type, names: &mut [Value]) -> PyResult<bool> {
    let positional = names.len();
    let attribute = cx.names.__match_args__;
    let found = if types::type_of(cx, ty.value()) == cx.types.type_ {
        types::type_lookup(cx, ty, attribute).filter(|v| Tuple::of(*v).is_some())
    } else {
        None
    };
    let found = match found {
        None => protocol::getattr_opt(cx, ty.value(), attribute)?,
        found => found,
    };
    let given = match found {
        Some(v) => match Tuple::of(v) {
            Some(t) => Some(t),
            None => {
                let (class, got) = (ty.name_str(), types::type_name(cx, v));
                return Err(cx.type_error(format!("{class}.__match_args__ must be a tuple (got {got})")));
            }
        },
        None => None,
    };
    let match_self = given.is_none() && ty.flags().has(TypeFlags::MATCH_SELF);
    let allowed = if match_self { 1 } else { given.map_or(0, |n| n.len()) };
    if allowed < positional {
        let (class, s) = (ty.name_str(), if allowed == 1 { "" } else { "s" });
        let text = format!("{class}() accepts {allowed} positional sub-pattern{s} ({positional} given)");
        return Err(cx.type_error(text));
    }
    if let Some(given) = given {
        given.copy_to(names);
    }
    Ok(match_self)
}

/// The attribute `names[i]` of the subject; no name may be used twice.
fn attribute(cx: &mut Ctx, subject: Value, ty: Type, names: &mut [Value], i: usize) -> PyResult<Option<Value>> {
    let Some(name) = Str::of(names[i]) else {
        let got = types::type_name(cx, names[i]);
        return Err(cx.type_error(format!("__match_args__ elements must be strings (got {got})")));
    };
    let atom = if cx.is_interned(names[i]) { names[i] } else { name.intern(cx) };
    names[i] = atom;
    if names[..i].contains(&atom) {
        let (class, text) = (ty.name_str(), protocol::repr_lossy(cx, atom));
        return Err(cx.type_error(format!("{class}() got multiple sub-patterns for attribute {text}")));
    }
    if let Some(v) = stored_attribute(cx, subject, atom) {
        return Ok(Some(v));
    }
    protocol::getattr_opt(cx, subject, atom)
}

/// An attribute in an inline slot of an ordinary object, through the context's table.
fn stored_attribute(cx: &mut Ctx, subject: Value, name: Value) -> Option<Value> {
    let object = Obj::of(subject)?;
    let (shape, epoch) = (object.shape_id(), type_epoch());
    let e = cx.run.mega.get(shape.0, name, Use::Load, epoch);
    // SAFETY: an entry of the table, which nothing changes meanwhile.
    if let Some(e) = unsafe { e.as_ref() } {
        return (e.kind == CacheKind::Slot).then(|| object.slot(cx, e.slot as usize)).and_then(Value::non_empty);
    }
    let ty = types::type_of(cx, subject);
    if !ty.flags().has(TypeFlags::GENERIC_GETATTR) || types::type_lookup_cacheable(cx, ty, name).0.is_some() {
        return None;
    }
    let described = object.shape(cx);
    let slot = described.lookup(name).filter(|s| *s < described.inline_cap)?;
    if described.mode != proto_core::ShapeMode::DictMode {
        let fill = Fill { epoch, ..Fill::new(CacheKind::Slot, shape.0, u16::try_from(slot).ok()?) };
        cx.run.mega.put(name, Use::Load, &fill);
    }
    None
}

/// The tuple of a mapping's values for some keys, or None if one is absent.
#[inline(never)]
fn keys_pattern(cx: &mut Ctx, subject: Value, keys: Value) -> PyResult {
    let Some(keys) = Tuple::of(keys) else { return Ok(Value::NONE) };
    check_keys(cx, keys)?;
    let Some(dict) = Dict::of(subject) else { return mapping_values(cx, subject, keys) };
    with_words(cx, keys.len(), |cx, values| {
        for (key, value) in keys.items().zip(values.iter_mut()) {
            match dict.get(cx, key)? {
                Some(v) => *value = v,
                None => return Ok(Value::NONE),
            }
        }
        Ok(Tuple::new(cx, values))
    })
}

/// As [`keys_pattern`], for a mapping that is no exact dict.
fn mapping_values(cx: &mut Ctx, subject: Value, keys: Tuple) -> PyResult {
    let mut values = RootVec::new(cx);
    let get = cx.names.get;
    let sentinel = cx.tuple(&[Value::NONE]);
    for key in keys.items() {
        let v = protocol::call_method(cx, subject, get, &[key, sentinel])?;
        if v == sentinel {
            return Ok(Value::NONE);
        }
        values.push(v);
    }
    Ok(Tuple::new(cx, &values))
}

/// Raises ValueError if a key occurs twice.
fn check_keys(cx: &mut Ctx, keys: Tuple) -> PyResult<()> {
    let differ = |i: usize, j: usize| simple_eq(keys.get(i), keys.get(j)) == Some(false);
    if keys.len() < 4 && (0..keys.len()).all(|i| (0..i).all(|j| differ(i, j))) {
        return Ok(());
    }
    let seen = Set::new(cx);
    for key in keys.items() {
        if !seen.add(cx, key)? {
            let text = protocol::repr_lossy(cx, key);
            return Err(cx.value_error(format!("mapping pattern checks duplicate key ({text})")));
        }
    }
    Ok(())
}
