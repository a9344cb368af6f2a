//! The types of `None`, `...` and `NotImplemented`.

use super::TypeDef;
use super::slots::Slots;
use crate::native::{Args, CallArgs, NativeDef};
use crate::objects::Str;
use crate::protocol::CmpOp;
use crate::{Ctx, PyResult};
use proto_core::Value;

/// `NoneType`.
pub static NONE: TypeDef = TypeDef {
    doc: "The type of the None singleton.",
    text_signature: "()",
    slots: Slots {
        new: Some(new_none),
        repr: Some(repr),
        bool: Some(|_, _| Ok(false)),
        hash: Some(hash),
        richcmp: Some(compare),
        ..Slots::NONE
    },
    ..TypeDef::new("builtins", "NoneType")
};

/// `ellipsis`.
pub static ELLIPSIS: TypeDef = TypeDef {
    doc: "The type of the Ellipsis singleton.",
    text_signature: "()",
    slots: Slots { new: Some(new_ellipsis), repr: Some(repr), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", reduce, "").hide_sig()],
    ..TypeDef::new("builtins", "ellipsis")
};

/// `NotImplementedType`.
pub static NOT_IMPLEMENTED: TypeDef = TypeDef {
    doc: "The type of the NotImplemented singleton.",
    text_signature: "()",
    slots: Slots { new: Some(new_not_implemented), repr: Some(repr), bool: Some(not_implemented_bool), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", reduce, "").hide_sig()],
    ..TypeDef::new("builtins", "NotImplementedType")
};

/// The constructors give the singletons back.
fn no_arguments(cx: &mut Ctx, args: CallArgs, singleton: Value, name: &str) -> PyResult {
    if args.is_empty() { Ok(singleton) } else { Err(cx.type_error(format!("{name} takes no arguments"))) }
}

fn new_none(cx: &mut Ctx, _: Value, args: CallArgs) -> PyResult {
    no_arguments(cx, args, Value::NONE, "NoneType")
}

fn new_ellipsis(cx: &mut Ctx, _: Value, args: CallArgs) -> PyResult {
    no_arguments(cx, args, Value::ELLIPSIS, "EllipsisType")
}

fn new_not_implemented(cx: &mut Ctx, _: Value, args: CallArgs) -> PyResult {
    no_arguments(cx, args, Value::NOT_IMPLEMENTED, "NotImplementedType")
}

fn text(v: Value) -> &'static str {
    match v {
        Value::ELLIPSIS => "Ellipsis",
        Value::NOT_IMPLEMENTED => "NotImplemented",
        _ => "None",
    }
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(Str::new(cx, text(v)))
}

fn hash(_: &mut Ctx, v: Value) -> PyResult<i64> {
    Ok(crate::objects::fast_hash(v).unwrap_or(0))
}

fn compare(_: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    Ok(match op {
        CmpOp::Eq if a == b => Value::TRUE,
        CmpOp::Ne if a == b => Value::FALSE,
        _ => Value::NOT_IMPLEMENTED,
    })
}

fn not_implemented_bool(cx: &mut Ctx, _: Value) -> PyResult<bool> {
    Err(cx.type_error("NotImplemented should not be used in a boolean context"))
}

/// Singletons are pickled by their name.
fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Str::new(cx, text(args[0])))
}
