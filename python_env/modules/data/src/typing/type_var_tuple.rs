//! `TypeVarTuple`.

use engine::prelude::*;

use super::lazy::{self, Lazy};
use super::no_subclass;
use crate::instances::{self, slot};

const NAME: usize = 0;
const DEFAULT: Lazy = Lazy { value: 1, evaluate: EVALUATE_DEFAULT };
/// Slot of the function that computes the default.
pub const EVALUATE_DEFAULT: usize = 2;

pub static TYPE_VAR_TUPLE: TypeDef = TypeDef {
    doc: "Type variable tuple. A specialized form of type variable that enables\nvariadic generics.",
    nnative: 3,
    flags: TypeFlags::HAS_DICT.with(TypeFlags::HAS_WEAKREF),
    new: Some(NativeDef::new("__new__", "($type, name, *, default=typing.NoDefault)", new, "").hide_sig()),
    slots: Slots { repr: Some(|cx, v| Ok(slot(cx, v, NAME))), iter: Some(super::unpack_iter), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "__typing_subst__",
            "($self, arg, /)",
            |cx, _| Err(cx.type_error("Substitution of bare TypeVarTuple is not supported")),
            "",
        ),
        NativeDef::new(
            "__typing_prepare_subst__",
            "($self, alias, args, /)",
            |cx, a| instances::call_python(cx, "typing", "_typevartuple_prepare_subst", a.from(0)),
            "",
        ),
        NativeDef::new("__reduce__", "($self, /)", |cx, a| Ok(slot(cx, a[0], NAME)), ""),
        NativeDef::new("has_default", "($self, /)", |cx, a| Ok(Value::bool(DEFAULT.is_given(cx, a[0]))), ""),
        no_subclass!("TypeVarTuple"),
    ],
    getsets: &[
        GetSet::ro(
            "__default__",
            |cx, v| {
                let missing = lazy::no_default(cx)?;
                DEFAULT.get(cx, v, missing)
            },
            "The default value for this TypeVarTuple.",
        ),
        GetSet::ro("evaluate_default", |cx, v| DEFAULT.evaluator(cx, v), ""),
    ],
    members: &[Member::ro("__name__", NAME as u16, "")],
    ..TypeDef::new("typing", "TypeVarTuple")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args.str(cx, 1)?.value();
    let v = instances::instance(cx, args[0], &[name, args.or(2, Value::EMPTY)])?;
    super::set_caller_module(cx, v)?;
    Ok(v)
}

/// A type variable tuple of the syntax `[*Ts]`.
pub fn make(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(cx.new_object(&TYPE_VAR_TUPLE, &[args[0]]))
}
