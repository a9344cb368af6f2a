//! `TypeVar`.

use engine::objects::Tuple;
use engine::prelude::*;
use engine::protocol;

use super::lazy::{self, Lazy};
use super::no_subclass;
use crate::instances::{self, slot};

const NAME: usize = 0;
const COVARIANT: usize = 1;
const CONTRAVARIANT: usize = 2;
const INFER: usize = 3;
const BOUND: Lazy = Lazy { value: 4, evaluate: 5 };
const CONSTRAINTS: Lazy = Lazy { value: 6, evaluate: 7 };
const DEFAULT: Lazy = Lazy { value: 8, evaluate: EVALUATE_DEFAULT };
/// Slot of the function that computes the default.
pub const EVALUATE_DEFAULT: usize = 9;
const SLOTS: usize = 10;

pub static TYPE_VAR: TypeDef = TypeDef {
    doc: "Type variable.",
    nnative: SLOTS as u16,
    flags: TypeFlags::HAS_DICT.with(TypeFlags::HAS_WEAKREF),
    new: Some(
        NativeDef::new(
            "__new__",
            "($type, name, *constraints, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)",
            new,
            "",
        )
        .hide_sig(),
    ),
    slots: Slots { repr: Some(repr), or: Some(super::make_union), ..Slots::NONE },
    methods: &[
        NativeDef::new("__typing_subst__", "($self, arg, /)", |cx, a| instances::call_python(cx, "typing", "_typevar_subst", a.from(0)), ""),
        NativeDef::new("__typing_prepare_subst__", "($self, alias, args, /)", prepare_subst, ""),
        NativeDef::new("__reduce__", "($self, /)", |cx, a| Ok(slot(cx, a[0], NAME)), ""),
        NativeDef::new("has_default", "($self, /)", |cx, a| Ok(Value::bool(DEFAULT.is_given(cx, a[0]))), ""),
        no_subclass!("TypeVar"),
    ],
    getsets: &[
        GetSet::ro("__bound__", |cx, v| BOUND.get(cx, v, Value::NONE), ""),
        GetSet::ro(
            "__constraints__",
            |cx, v| {
                let none = Tuple::empty(cx);
                CONSTRAINTS.get(cx, v, none)
            },
            "",
        ),
        GetSet::ro("__default__", default, ""),
        GetSet::ro("evaluate_bound", |cx, v| BOUND.evaluator(cx, v), ""),
        GetSet::ro("evaluate_constraints", |cx, v| CONSTRAINTS.evaluator(cx, v), ""),
        GetSet::ro("evaluate_default", |cx, v| DEFAULT.evaluator(cx, v), ""),
    ],
    members: &[
        Member::ro("__name__", NAME as u16, ""),
        Member::ro("__covariant__", COVARIANT as u16, ""),
        Member::ro("__contravariant__", CONTRAVARIANT as u16, ""),
        Member::ro("__infer_variance__", INFER as u16, ""),
    ],
    ..TypeDef::new("typing", "TypeVar")
};

fn default(cx: &mut Ctx, v: Value) -> PyResult {
    let missing = lazy::no_default(cx)?;
    DEFAULT.get(cx, v, missing)
}

/// The three flags of variance, starting at argument `first`.
pub fn variance(cx: &mut Ctx, args: Args, first: usize) -> Res<[Value; 3]> {
    let covariant = args.truth_or(cx, first, false)?;
    let contravariant = args.truth_or(cx, first + 1, false)?;
    let infer = args.truth_or(cx, first + 2, false)?;
    if covariant && contravariant {
        return Err(cx.value_error("Bivariant types are not supported."));
    }
    if infer && (covariant || contravariant) {
        return Err(cx.value_error("Variance cannot be specified with infer_variance."));
    }
    Ok([Value::bool(covariant), Value::bool(contravariant), Value::bool(infer)])
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args.str(cx, 1)?.value();
    let [covariant, contravariant, infer] = variance(cx, args, 5)?;
    let mut bound = Value::EMPTY;
    if let Some(v) = args.some(3) {
        bound = super::type_check(cx, v, "Bound must be a type.")?;
    }
    let constraints = instances::varargs(cx, args[2]);
    let constraints = match constraints.len() {
        0 => Value::EMPTY,
        1 => return Err(cx.type_error("A single constraint is not allowed")),
        _ if !bound.is_empty() => return Err(cx.type_error("Constraints cannot be combined with bound=...")),
        _ => constraints.value(),
    };
    let default = args.or(4, Value::EMPTY);
    let empty = Value::EMPTY;
    let v = instances::instance(
        cx,
        args[0],
        &[name, covariant, contravariant, infer, bound, empty, constraints, empty, default, empty],
    )?;
    super::set_caller_module(cx, v)?;
    Ok(v)
}

/// A type variable of the syntax `[T: bound]`.
pub fn make(cx: &mut Ctx, args: Args) -> PyResult {
    let empty = Value::EMPTY;
    let given = |v: Value| if v.is_none() { empty } else { v };
    let (no, yes) = (Value::FALSE, Value::TRUE);
    let slots = [args[0], no, no, yes, empty, given(args[1]), empty, given(args[2]), empty, empty];
    Ok(cx.new_object(&TYPE_VAR, &slots))
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

fn prepare_subst(cx: &mut Ctx, args: Args) -> PyResult {
    let (v, alias, given) = (args[0], args[1], args[2]);
    let name = cx.names.__parameters__;
    let params = protocol::getattr(cx, alias, name)?;
    let given_len = protocol::length(cx, given)?;
    let index = cx.names.index;
    let index = protocol::call_method(cx, params, index, &[v])?;
    let index = protocol::index(cx, index)? as usize;
    if index < given_len {
        return Ok(given);
    }
    let default = default(cx, v)?;
    if index > given_len || cx.is_def(default, &lazy::NO_DEFAULT) {
        let alias = protocol::str(cx, alias)?;
        let alias = protocol::text(cx, alias);
        return Err(cx.type_error(format!("Too few arguments for {alias}")));
    }
    let more = Tuple::new(cx, &[default]);
    protocol::add(cx, given, more)
}
