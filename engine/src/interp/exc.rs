//! Small questions about exceptions that the interpreter asks.

use proto_core::Value;

use crate::ctx::Ctx;
use crate::exceptions::base::{is_exception_type, slot};
use crate::exceptions::raise::{set_cause, set_context};
use crate::exceptions::{Exc, fields};
use crate::types::{Type, type_of};

/// Whether an exception is an instance of a built-in class.
pub(crate) fn is_exc(cx: &Ctx, exception: Value, class: Exc) -> bool {
    type_of(cx, exception).is_subtype(cx.types.exc(class))
}

/// The value of a StopIteration; None if the exception is another.
pub(crate) fn stop_iteration_value(cx: &Ctx, exception: Value) -> Option<Value> {
    if !is_exc(cx, exception, Exc::StopIteration) {
        return None;
    }
    Some(slot(cx, exception, fields::FIRST).non_empty().unwrap_or(Value::NONE))
}

/// Makes `other` both the cause and the context of an exception.
pub(crate) fn set_cause_and_context(cx: &mut Ctx, exception: Value, other: Value) {
    set_cause(cx, exception, other);
    set_context(cx, exception, other);
}

/// Whether `v` is a class of exceptions.
pub(crate) fn is_exception_class(cx: &Ctx, v: Value) -> bool {
    Type::of(v).is_some_and(|ty| is_exception_type(cx, ty))
}

/// Whether `v` is an instance of the class `class`, by its type alone.
pub(crate) fn is_instance_of(cx: &Ctx, v: Value, class: Value) -> bool {
    Type::of(class).is_some_and(|ty| type_of(cx, v).is_subtype(ty))
}
