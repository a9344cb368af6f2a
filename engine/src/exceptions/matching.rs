//! `raise` and `except`: what may be raised, and what an except clause matches.

use super::base::is_exception_type;
use super::raise::{set_cause, set_context};
use super::{Exc, new_exception};
use crate::objects::Tuple;
use crate::types::{Type, type_of};
use crate::{Ctx, PyResult, Raised, protocol};
use proto_core::Value;

/// Whether `v` is an exception object.
pub fn is_exception(cx: &Ctx, v: Value) -> bool {
    is_exception_type(cx, type_of(cx, v))
}

/// Whether `v` is an instance of a built-in exception class.
pub fn is_exc(cx: &Ctx, v: Value, exc: Exc) -> bool {
    type_of(cx, v).is_subtype(cx.types.exc(exc))
}

/// Whether `v` is an exception class.
pub fn is_exception_class(cx: &Ctx, v: Value) -> bool {
    Type::of(v).is_some_and(|t| is_exception_type(cx, t))
}

/// Whether `v`'s type derives from the class `ty`.
pub fn is_instance_of(cx: &Ctx, v: Value, ty: Value) -> bool {
    Type::of(ty).is_some_and(|t| type_of(cx, v).is_subtype(t))
}

/// Makes `cause` both cause and context of `exc`.
pub fn set_cause_and_context(cx: &mut Ctx, exc: Value, cause: Value) {
    set_cause(cx, exc, cause);
    set_context(cx, exc, cause);
}

/// The value of a StopIteration; None for any other exception.
pub fn stop_iteration_value(cx: &Ctx, exc: Value) -> Option<Value> {
    is_exc(cx, exc, Exc::StopIteration)
        .then(|| super::base::slot(cx, exc, super::fields::FIRST).non_empty().unwrap_or(Value::NONE))
}

/// An exception object from what a `raise` statement names: an instance, or a class to call.
pub fn instantiate(cx: &mut Ctx, what: Value, message: &str) -> PyResult {
    if is_exception(cx, what) {
        return Ok(what);
    }
    match Type::of(what) {
        Some(ty) if is_exception_type(cx, ty) => {
            let exc = protocol::call(cx, what, &[])?;
            if is_exception(cx, exc) {
                return Ok(exc);
            }
            let (class, got) = (protocol::repr_lossy(cx, what), type_of(cx, exc).value());
            let got = protocol::repr_lossy(cx, got);
            Err(cx.type_error(format!("calling {class} should have returned an instance of BaseException, not {got}")))
        }
        _ => Err(cx.type_error(message)),
    }
}

/// `raise exc from cause` (`cause` EMPTY: none given).
pub fn raise_stmt(cx: &mut Ctx, exc: Value, cause: Value) -> Raised {
    let exc = match instantiate(cx, exc, "exceptions must derive from BaseException") {
        Ok(e) => e,
        Err(r) => return r,
    };
    if cause != Value::EMPTY {
        let cause = match cause {
            Value::NONE => Value::NONE,
            other => match instantiate(cx, other, "exception causes must derive from BaseException") {
                Ok(c) => c,
                Err(r) => return r,
            },
        };
        set_cause(cx, exc, cause);
    }
    cx.raise_exc(exc)
}

/// Checks that an except clause names exception classes.
fn check_classes(cx: &mut Ctx, class: Value) -> PyResult<()> {
    const MESSAGE: &str = "catching classes that do not inherit from BaseException is not allowed";
    let ok = |cx: &Ctx, v: Value| Type::of(v).is_some_and(|t| is_exception_type(cx, t));
    let fine = match Tuple::of_sub(cx, class) {
        Some(classes) => classes.items().all(|c| ok(cx, c)),
        None => ok(cx, class),
    };
    if fine { Ok(()) } else { Err(cx.type_error(MESSAGE)) }
}

/// Whether `except class` catches `exc`.
pub fn check_exc_match(cx: &mut Ctx, exc: Value, class: Value) -> PyResult<bool> {
    if let Some(ty) = Type::of(class)
        && is_exception_type(cx, ty)
    {
        return Ok(type_of(cx, exc).is_subtype(ty));
    }
    check_classes(cx, class)?;
    Ok(given_matches(cx, exc, class))
}

/// Whether an exception is an instance of a class or of one in a tuple, without checks.
pub fn given_matches(cx: &Ctx, exc: Value, class: Value) -> bool {
    let ty = type_of(cx, exc);
    match Tuple::of_sub(cx, class) {
        Some(classes) => classes.items().any(|c| Type::of(c).is_some_and(|c| ty.is_subtype(c))),
        None => Type::of(class).is_some_and(|c| ty.is_subtype(c)),
    }
}

/// Checks the classes of an `except*` clause.
pub fn check_star_classes(cx: &mut Ctx, class: Value) -> PyResult<()> {
    check_classes(cx, class)?;
    let group = cx.types.exc(Exc::BaseExceptionGroup);
    let is_group = |v: Value| Type::of(v).is_some_and(|t| t.is_subtype(group));
    let bad = match Tuple::of_sub(cx, class) {
        Some(classes) => classes.items().any(is_group),
        None => is_group(class),
    };
    if bad {
        return Err(cx.type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
    }
    Ok(())
}

/// A RuntimeError that replaces `exc` (StopIteration leaving a generator), chained to it.
pub fn replace_with_runtime_error(cx: &mut Ctx, exc: Value, message: &str) -> Raised {
    let text = crate::objects::Str::from_text(cx, message);
    let ty = cx.types.exc(Exc::RuntimeError);
    let fresh = new_exception(cx, ty, &[text]);
    set_cause(cx, fresh, exc);
    set_context(cx, fresh, exc);
    cx.restore(fresh)
}
