//! The types of `None`, `...` and `NotImplemented`.

use super::TypeDef;
use super::slots::Slots;
use crate::native::{Args, NativeDef};
use crate::objects::Str;
use crate::protocol::CmpOp;
use crate::{Ctx, PyResult};
use proto_core::Value;

/// `NoneType`.
pub static NONE: TypeDef = TypeDef {
    doc: "The type of the None singleton.",
    new: Some(NativeDef::new("__new__", "($type)", |_, _| Ok(Value::NONE), "")),
    slots: Slots {
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
    new: Some(NativeDef::new("__new__", "($type)", |_, _| Ok(Value::ELLIPSIS), "")),
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", reduce, "").hide_sig()],
    ..TypeDef::new("builtins", "ellipsis")
};

/// `NotImplementedType`.
pub static NOT_IMPLEMENTED: TypeDef = TypeDef {
    doc: "The type of the NotImplemented singleton.",
    new: Some(NativeDef::new("__new__", "($type)", |_, _| Ok(Value::NOT_IMPLEMENTED), "")),
    slots: Slots { repr: Some(repr), bool: Some(not_implemented_bool), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", reduce, "").hide_sig()],
    ..TypeDef::new("builtins", "NotImplementedType")
};

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
