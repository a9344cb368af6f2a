//! Lazily evaluated values, and `NoDefault`.

use engine::objects::{Str, StrBuilder, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::instances::{self, set_slot, slot};

pub static NO_DEFAULT: TypeDef = TypeDef {
    doc: "The type of the NoDefault singleton.",
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", no_default_new, "").hide_sig()),
    slots: Slots { repr: Some(|cx, _| Ok(instances::text(cx, "typing.NoDefault"))), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", |cx, _| Ok(instances::text(cx, "NoDefault")), "")],
    ..TypeDef::new("builtins", "NoDefaultType")
};

/// `typing.NoDefault`
pub fn no_default(cx: &mut Ctx) -> PyResult {
    instances::singleton(cx, "typing.NoDefault", |cx| cx.new_object(&NO_DEFAULT, &[]))
}

fn no_default_new(cx: &mut Ctx, args: Args) -> PyResult {
    if Tuple::of(args[1]).is_some_and(|t| t.len() > 0) || instances::kwargs(args[2]).is_some() {
        return Err(cx.type_error("NoDefaultType takes no arguments"));
    }
    no_default(cx)
}

/// A callable that gives a value known already. Slot 0: the value.
pub static CONST_EVALUATOR: TypeDef = TypeDef {
    nnative: 1,
    flags: TypeFlags::NO_NEW,
    slots: Slots { call: Some(const_call), repr: Some(const_repr), ..Slots::NONE },
    ..TypeDef::new("_typing", "_ConstEvaluator")
};

static CALL: NativeDef = NativeDef::new(
    "constevaluator.__call__",
    "(format, /)",
    |cx, args| {
        let format = protocol::index(cx, args[0])?;
        Ok(int::from_i64(cx, format))
    },
    "",
);

/// The format of annotations that gives text.
const STRING: i64 = 4;

fn const_call(cx: &mut Ctx, e: Value, args: CallArgs) -> PyResult {
    let format = native::call_def(cx, &CALL, native::Owner::None, args)?;
    let v = slot(cx, e, 0);
    if format.as_int() != Some(STRING) {
        return Ok(v);
    }
    let mut out = StrBuilder::new();
    let Some(items) = Tuple::of(v) else {
        push_type(cx, &mut out, v)?;
        return out.wish(cx);
    };
    out.push_str("(");
    for (i, item) in items.items().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        push_type(cx, &mut out, item)?;
    }
    out.push_str(")");
    out.wish(cx)
}

fn push_type(cx: &mut Ctx, out: &mut StrBuilder, v: Value) -> Res<()> {
    types::generic_alias::push_type_repr(cx, out, v)
}

fn const_repr(cx: &mut Ctx, e: Value) -> PyResult {
    let v = slot(cx, e, 0);
    let r = protocol::repr(cx, v)?;
    let mut out = StrBuilder::new();
    out.push_str("<constevaluator ");
    if let Some(s) = Str::of_sub(cx, r) {
        out.push(s);
    }
    out.push_str(">");
    out.wish(cx)
}

/// A lazily evaluated attribute: the slots of its value and of the function that computes it (each may be EMPTY).
#[derive(Copy, Clone)]
pub struct Lazy {
    /// Slot of the value.
    pub value: usize,
    /// Slot of the function.
    pub evaluate: usize,
}

impl Lazy {
    /// The value, computed now if need be; `missing` when there is neither value nor function.
    pub fn get(self, cx: &mut Ctx, v: Value, missing: Value) -> PyResult {
        if let Some(known) = slot(cx, v, self.value).non_empty() {
            return Ok(known);
        }
        let Some(evaluate) = slot(cx, v, self.evaluate).non_empty() else { return Ok(missing) };
        let made = protocol::call(cx, evaluate, &[Value::small(1)])?;
        set_slot(cx, v, self.value, made);
        Ok(made)
    }

    /// The function that computes the value: made for a value given as such, None when there is neither.
    pub fn evaluator(self, cx: &mut Ctx, v: Value) -> PyResult {
        if let Some(f) = slot(cx, v, self.evaluate).non_empty() {
            return Ok(f);
        }
        match slot(cx, v, self.value).non_empty() {
            Some(known) if !cx.is_def(known, &NO_DEFAULT) => Ok(cx.new_object(&CONST_EVALUATOR, &[known])),
            _ => Ok(Value::NONE),
        }
    }

    /// `has_default()`, for a default.
    pub fn is_given(self, cx: &mut Ctx, v: Value) -> bool {
        if !slot(cx, v, self.evaluate).is_empty() {
            return true;
        }
        let known = slot(cx, v, self.value);
        !known.is_empty() && !cx.is_def(known, &NO_DEFAULT)
    }
}
