//! `isinstance` and `issubclass`.

use crate::objects::Tuple;
use crate::types::{Type, type_of};
use crate::{Ctx, PyResult};
use proto_core::Value;

/// `isinstance(v, class)`.
pub fn is_instance(cx: &mut Ctx, v: Value, class: Value) -> PyResult<bool> {
    if type_of(cx, v).value() == class {
        return Ok(true);
    }
    if type_of(cx, class) == cx.types.type_ {
        return real_is_instance(cx, v, class);
    }
    if let Some(alternatives) = union_args(cx, class) {
        return any(cx, alternatives, |cx, c| is_instance(cx, v, c));
    }
    if let Some(classes) = Tuple::of_sub(cx, class) {
        super::guard(cx, " in __instancecheck__")?;
        return any(cx, classes, |cx, c| is_instance(cx, v, c));
    }
    let name = cx.names.__instancecheck__;
    match super::lookup_special(cx, class, name)? {
        Some(check) => {
            super::guard(cx, " in __instancecheck__")?;
            let r = super::call(cx, check, &[v])?;
            super::truth(cx, r)
        }
        None => real_is_instance(cx, v, class),
    }
}

fn any(cx: &mut Ctx, classes: Tuple, mut test: impl FnMut(&mut Ctx, Value) -> PyResult<bool>) -> PyResult<bool> {
    for c in classes.items() {
        if test(cx, c)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn union_args(cx: &mut Ctx, v: Value) -> Option<Tuple> {
    if type_of(cx, v) != cx.types.union_type {
        return None;
    }
    Tuple::of(crate::types::instance::native_slot(cx, v, 0))
}

/// `type.__instancecheck__`: by type, then by `__class__`.
pub fn real_is_instance(cx: &mut Ctx, v: Value, class: Value) -> PyResult<bool> {
    let names = cx.names;
    if let Some(ty) = Type::of(class) {
        let own = type_of(cx, v);
        if own.is_subtype(ty) {
            return Ok(true);
        }
        return match super::getattr_opt(cx, v, names.__class__)? {
            Some(c) if c != own.value() => Ok(Type::of(c).is_some_and(|c| c.is_subtype(ty))),
            _ => Ok(false),
        };
    }
    check_class(cx, class, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
    match super::getattr_opt(cx, v, names.__class__)? {
        Some(c) => abstract_is_subclass(cx, c, class),
        None => Ok(false),
    }
}

/// The `__bases__` of something that acts as a class.
fn bases_of(cx: &mut Ctx, class: Value) -> PyResult<Option<Tuple>> {
    let name = cx.names.__bases__;
    Ok(match super::getattr_opt(cx, class, name)? {
        Some(b) => Tuple::of_sub(cx, b),
        None => None,
    })
}

fn check_class(cx: &mut Ctx, class: Value, message: &str) -> PyResult<()> {
    match bases_of(cx, class)? {
        Some(_) => Ok(()),
        None => Err(cx.type_error(message)),
    }
}

fn abstract_is_subclass(cx: &mut Ctx, derived: Value, class: Value) -> PyResult<bool> {
    if derived == class {
        return Ok(true);
    }
    super::guard(cx, " in __issubclass__")?;
    match bases_of(cx, derived)? {
        Some(bases) => any(cx, bases, |cx, b| abstract_is_subclass(cx, b, class)),
        None => Ok(false),
    }
}

/// `issubclass(derived, class)`.
pub fn is_subclass(cx: &mut Ctx, derived: Value, class: Value) -> PyResult<bool> {
    if type_of(cx, class) == cx.types.type_ {
        return if derived == class { Ok(true) } else { real_is_subclass(cx, derived, class) };
    }
    if let Some(alternatives) = union_args(cx, class) {
        return any(cx, alternatives, |cx, c| is_subclass(cx, derived, c));
    }
    if let Some(classes) = Tuple::of_sub(cx, class) {
        super::guard(cx, " in __subclasscheck__")?;
        return any(cx, classes, |cx, c| is_subclass(cx, derived, c));
    }
    let name = cx.names.__subclasscheck__;
    match super::lookup_special(cx, class, name)? {
        Some(check) => {
            super::guard(cx, " in __subclasscheck__")?;
            let r = super::call(cx, check, &[derived])?;
            super::truth(cx, r)
        }
        None => real_is_subclass(cx, derived, class),
    }
}

/// `type.__subclasscheck__`.
pub fn real_is_subclass(cx: &mut Ctx, derived: Value, class: Value) -> PyResult<bool> {
    if let (Some(d), Some(c)) = (Type::of(derived), Type::of(class)) {
        return Ok(d.is_subtype(c));
    }
    check_class(cx, derived, "issubclass() arg 1 must be a class")?;
    check_class(cx, class, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
    abstract_is_subclass(cx, derived, class)
}
