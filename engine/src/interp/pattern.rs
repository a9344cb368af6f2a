//! Structural pattern matching.

use proto_core::{RootVec, Value};

use super::dispatch::*;
use crate::ctx::{Ctx, PyResult};
use crate::native::def::TypeFlags;
use crate::objects::{Dict, Set, Str, Tuple};
use crate::protocol;
use crate::types::{self, Type};

ops! {
    match_class(pc, base, cx, table) {
        let at = b(pc);
        let cxr = publish(pc, base, cx);
        let r = class_pattern(cxr, get(base, at), get(base, at + 1), get(base, at + 2), c(pc));
        finish!(r, a(pc), 1, pc, base, cx, table)
    }

    match_mapping(pc, base, cx, table) {
        let r = types::type_of(&*cx, get(base, b(pc))).flags().has(TypeFlags::MAPPING);
        set(base, a(pc), Value::bool(r));
        next!(pc.add(1), base, cx, table)
    }

    match_sequence(pc, base, cx, table) {
        let r = types::type_of(&*cx, get(base, b(pc))).flags().has(TypeFlags::SEQUENCE);
        set(base, a(pc), Value::bool(r));
        next!(pc.add(1), base, cx, table)
    }

    match_keys(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = keys_pattern(cxr, get(base, b(pc)), get(base, c(pc)));
        finish!(r, a(pc), 1, pc, base, cx, table)
    }

    get_len(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = protocol::length(cxr, get(base, b(pc))).map(Value::from_usize);
        finish!(r, a(pc), 1, pc, base, cx, table)
    }
}

/// The tuple of attributes that a class pattern looks at, or None if the subject does not match.
#[inline(never)]
fn class_pattern(cx: &mut Ctx, subject: Value, class: Value, keywords: Value, positional: usize) -> PyResult {
    let Some(ty) = Type::of(class) else {
        return Err(cx.type_error("called match pattern must be a class"));
    };
    let plain = types::type_of(cx, class) == cx.types.type_ && types::type_of(cx, subject).is_subtype(ty);
    if !plain && !protocol::is_instance(cx, subject, class)? {
        return Ok(Value::NONE);
    }
    if positional == 0 && Tuple::of(keywords).is_some_and(|k| k.len() == 0) {
        return Ok(Tuple::empty(cx));
    }
    let mut values = RootVec::new(cx);
    let mut seen = RootVec::new(cx);
    if positional > 0 && !positional_attributes(cx, subject, ty, positional, &mut values, &mut seen)? {
        return Ok(Value::NONE);
    }
    if let Some(names) = Tuple::of(keywords) {
        for name in names.items() {
            match attribute(cx, subject, ty, name, &mut seen)? {
                Some(v) => values.push(v),
                None => return Ok(Value::NONE),
            }
        }
    }
    Ok(Tuple::new(cx, &values))
}

/// Adds the attributes that positional patterns look at. False: one is absent.
#[inline(never)]
fn positional_attributes(
    cx: &mut Ctx,
    subject: Value,
    ty: Type,
    positional: usize,
    values: &mut RootVec,
    seen: &mut RootVec,
) -> PyResult<bool> {
    let name = cx.names.__match_args__;
    let names = protocol::getattr_opt(cx, ty.value(), name)?;
    let names = match names {
        Some(v) => match Tuple::of(v) {
            Some(t) => Some(t),
            None => {
                let (class, got) = (ty.name_str(), types::type_name(cx, v));
                return Err(cx.type_error(format!("{class}.__match_args__ must be a tuple (got {got})")));
            }
        },
        None => None,
    };
    let match_self = names.is_none() && ty.flags().has(TypeFlags::MATCH_SELF);
    let allowed = if match_self { 1 } else { names.map_or(0, |n| n.len()) };
    if allowed < positional {
        let (class, s) = (ty.name_str(), if allowed == 1 { "" } else { "s" });
        let text = format!("{class}() accepts {allowed} positional sub-pattern{s} ({positional} given)");
        return Err(cx.type_error(text));
    }
    if match_self {
        values.push(subject);
        return Ok(true);
    }
    for i in 0..positional {
        let name = names.map_or(Value::NONE, |n| n.get(i));
        if Str::of(name).is_none() {
            let got = types::type_name(cx, name);
            return Err(cx.type_error(format!("__match_args__ elements must be strings (got {got})")));
        }
        match attribute(cx, subject, ty, name, seen)? {
            Some(v) => values.push(v),
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// An attribute of the subject that no other sub-pattern may look at.
#[inline(never)]
fn attribute(cx: &mut Ctx, subject: Value, ty: Type, name: Value, seen: &mut RootVec) -> PyResult<Option<Value>> {
    let atom = Str::of(name).map_or(name, |s| s.intern(cx));
    if seen.contains(&atom) {
        let (class, text) = (ty.name_str(), protocol::repr_lossy(cx, name));
        return Err(cx.type_error(format!("{class}() got multiple sub-patterns for attribute {text}")));
    }
    seen.push(atom);
    protocol::getattr_opt(cx, subject, atom)
}

/// The tuple of a mapping's values for some keys, or None if one is absent.
#[inline(never)]
fn keys_pattern(cx: &mut Ctx, subject: Value, keys: Value) -> PyResult {
    let Some(keys) = Tuple::of(keys) else { return Ok(Value::NONE) };
    let seen = Set::new(cx);
    let mut values = RootVec::new(cx);
    let get = cx.names.get;
    let sentinel = cx.tuple(&[Value::NONE]);
    for key in keys.items() {
        if !seen.add(cx, key)? {
            let text = protocol::repr_lossy(cx, key);
            return Err(cx.value_error(format!("mapping pattern checks duplicate key ({text})")));
        }
        let found = match Dict::of(subject) {
            Some(d) => d.get(cx, key)?,
            None => {
                let v = protocol::call_method(cx, subject, get, &[key, sentinel])?;
                (v != sentinel).then_some(v)
            }
        };
        match found {
            Some(v) => values.push(v),
            None => return Ok(Value::NONE),
        }
    }
    Ok(Tuple::new(cx, &values))
}
