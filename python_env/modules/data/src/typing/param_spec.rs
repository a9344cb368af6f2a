//! `ParamSpec`, `ParamSpecArgs`, `ParamSpecKwargs`.

use engine::prelude::*;
use engine::protocol;

use super::lazy::{self, Lazy};
use super::no_subclass;
use super::type_var::variance;
use crate::instances::{self, slot};

const NAME: usize = 0;
const COVARIANT: usize = 1;
const CONTRAVARIANT: usize = 2;
const INFER: usize = 3;
const BOUND: usize = 4;
const DEFAULT: Lazy = Lazy { value: 5, evaluate: EVALUATE_DEFAULT };
/// Slot of the function that computes the default.
pub const EVALUATE_DEFAULT: usize = 6;

pub static PARAM_SPEC: TypeDef = TypeDef {
    doc: "Parameter specification variable.",
    nnative: 7,
    flags: TypeFlags::HAS_DICT.with(TypeFlags::HAS_WEAKREF),
    new: Some(
        NativeDef::new(
            "__new__",
            "($type, name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)",
            new,
            "",
        )
        .hide_sig(),
    ),
    slots: Slots { repr: Some(repr), or: Some(super::make_union), ..Slots::NONE },
    methods: &[
        NativeDef::new("__typing_subst__", "($self, arg, /)", |cx, a| instances::call_python(cx, "typing", "_paramspec_subst", a.from(0)), ""),
        NativeDef::new(
            "__typing_prepare_subst__",
            "($self, alias, args, /)",
            |cx, a| instances::call_python(cx, "typing", "_paramspec_prepare_subst", a.from(0)),
            "",
        ),
        NativeDef::new("has_default", "($self, /)", |cx, a| Ok(Value::bool(DEFAULT.is_given(cx, a[0]))), ""),
        NativeDef::new("__reduce__", "($self, /)", |cx, a| Ok(slot(cx, a[0], NAME)), ""),
        no_subclass!("ParamSpec"),
    ],
    getsets: &[
        GetSet::ro("args", |cx, v| Ok(cx.new_object(&PARAM_SPEC_ARGS, &[v])), "Represents positional arguments."),
        GetSet::ro("kwargs", |cx, v| Ok(cx.new_object(&PARAM_SPEC_KWARGS, &[v])), "Represents keyword arguments."),
        GetSet::ro(
            "__default__",
            |cx, v| {
                let missing = lazy::no_default(cx)?;
                DEFAULT.get(cx, v, missing)
            },
            "The default value for this ParamSpec.",
        ),
        GetSet::ro("evaluate_default", |cx, v| DEFAULT.evaluator(cx, v), ""),
    ],
    members: &[
        Member::ro("__name__", NAME as u16, ""),
        Member::ro("__covariant__", COVARIANT as u16, ""),
        Member::ro("__contravariant__", CONTRAVARIANT as u16, ""),
        Member::ro("__infer_variance__", INFER as u16, ""),
        Member::ro("__bound__", BOUND as u16, ""),
    ],
    ..TypeDef::new("typing", "ParamSpec")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args.str(cx, 1)?.value();
    let [covariant, contravariant, infer] = variance(cx, args, 4)?;
    let mut bound = Value::EMPTY;
    if let Some(v) = args.some(2) {
        bound = super::type_check(cx, v, "Bound must be a type.")?;
    }
    let v =
        instances::instance(cx, args[0], &[name, covariant, contravariant, infer, bound, args.or(3, Value::EMPTY)])?;
    super::set_caller_module(cx, v)?;
    Ok(v)
}

/// A parameter specification of the syntax `[**P]`.
pub fn make(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(cx.new_object(&PARAM_SPEC, &[args[0], Value::FALSE, Value::FALSE, Value::TRUE]))
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let name = slot(cx, v, NAME);
    if slot(cx, v, INFER) == Value::TRUE {
        return Ok(name);
    }
    let sign = if slot(cx, v, COVARIANT) == Value::TRUE {
        '+'
    } else if slot(cx, v, CONTRAVARIANT) == Value::TRUE {
        '-'
    } else {
        '~'
    };
    let name = protocol::text(cx, name);
    Ok(instances::text(cx, &format!("{sign}{name}")))
}

macro_rules! part {
    ($static:ident, $name:literal, $suffix:literal, $doc:literal) => {
        pub static $static: TypeDef = TypeDef {
            doc: $doc,
            nnative: 1,
            flags: TypeFlags::HAS_WEAKREF,
            new: Some(
                NativeDef::new("__new__", "($type, origin)", |cx, a| instances::instance(cx, a[0], &[a[1]]), "")
                    .hide_sig(),
            ),
            slots: Slots {
                repr: Some(|cx, v| part_repr(cx, v, $suffix)),
                richcmp: Some(|cx, a, b, op| {
                    if cx.is_def(a, &$static) && cx.is_def(b, &$static) {
                        part_richcmp(cx, a, b, op)
                    } else {
                        Ok(Value::NOT_IMPLEMENTED)
                    }
                }),
                hash: Some(slots::hash_not_implemented),
                ..Slots::NONE
            },
            methods: &[no_subclass!($name)],
            members: &[Member::ro("__origin__", 0, "")],
            ..TypeDef::new("typing", $name)
        };
    };
}

part!(PARAM_SPEC_ARGS, "ParamSpecArgs", "args", "The args for a ParamSpec object.");
part!(PARAM_SPEC_KWARGS, "ParamSpecKwargs", "kwargs", "The kwargs for a ParamSpec object.");

fn part_repr(cx: &mut Ctx, v: Value, suffix: &str) -> PyResult {
    let origin = slot(cx, v, 0);
    let shown = if cx.is_def(origin, &PARAM_SPEC) {
        let name = slot(cx, origin, NAME);
        protocol::text(cx, name)
    } else {
        instances::repr_text(cx, origin)?
    };
    Ok(instances::text(cx, &format!("{shown}.{suffix}")))
}

fn part_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (slot(cx, a, 0), slot(cx, b, 0));
    protocol::compare(cx, x, y, op)
}
