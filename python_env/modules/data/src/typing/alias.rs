//! `TypeAliasType`: `type A[T] = ...`. Slots: 0 name, 1 type parameters (a tuple or EMPTY), 2 value, 3 the function that
//! computes it, 4 module, 5 the parameters with type variable tuples unpacked (made when first asked for).

use engine::objects::{List, Tuple};
use engine::prelude::*;
use engine::protocol;

use super::lazy::{Lazy, NO_DEFAULT};
use super::type_var_tuple::TYPE_VAR_TUPLE;
use crate::instances::{self, set_slot, slot};

const NAME: usize = 0;
const PARAMS: usize = 1;
const VALUE: Lazy = Lazy { value: 2, evaluate: 3 };
const MODULE: usize = 4;
const UNPACKED: usize = 5;

pub static TYPE_ALIAS: TypeDef = TypeDef {
    doc: "Type alias.",
    nnative: 6,
    new: Some(NativeDef::new("__new__", "($type, name, value, *, type_params=())", new, "").hide_sig()),
    slots: Slots {
        repr: Some(|cx, v| Ok(slot(cx, v, NAME))),
        iter: Some(super::unpack_iter),
        or: Some(alias_or),
        getitem: Some(getitem),
        getattr: Some(getattr),
        ..Slots::NONE
    },
    methods: &[NativeDef::new("__reduce__", "($self, /)", |cx, a| Ok(slot(cx, a[0], NAME)), "")],
    getsets: &[
        GetSet::ro("__parameters__", parameters, ""),
        GetSet::ro("__type_params__", type_params, ""),
        GetSet::ro("__value__", |cx, v| VALUE.get(cx, v, Value::NONE), ""),
        GetSet::ro("evaluate_value", |cx, v| VALUE.evaluator(cx, v), ""),
    ],
    members: &[Member::ro("__name__", NAME as u16, "")],
    ..TypeDef::new("typing", "TypeAliasType")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args.str(cx, 1)?.value();
    let mut params = Value::EMPTY;
    if let Some(given) = args.get(3) {
        let Some(t) = Tuple::of_sub(cx, given) else { return Err(cx.type_error("type_params must be a tuple")) };
        check_params(cx, t)?;
        if t.len() > 0 {
            params = given;
        }
    }
    let module = engine::interp::caller_module_name(cx);
    instances::instance(cx, args[0], &[name, params, args[2], Value::EMPTY, module])
}

/// Every parameter must be one, and none without a default may follow one with a default.
fn check_params(cx: &mut Ctx, params: Tuple) -> Res<()> {
    let mut default_seen = false;
    let attr = instances::name(cx, "__default__");
    for p in params.items() {
        let shown = |cx: &mut Ctx| instances::repr_text(cx, p);
        let is_param = cx.is_def(p, &super::type_var::TYPE_VAR)
            || cx.is_def(p, &super::param_spec::PARAM_SPEC)
            || cx.is_def(p, &TYPE_VAR_TUPLE);
        if !is_param {
            let shown = shown(cx)?;
            return Err(cx.type_error(format!("Expected a type param, got {shown}")));
        }
        let default = protocol::getattr(cx, p, attr)?;
        if !cx.is_def(default, &NO_DEFAULT) {
            default_seen = true;
        } else if default_seen {
            let shown = shown(cx)?;
            return Err(cx.type_error(format!("non-default type parameter '{shown}' follows default type parameter")));
        }
    }
    Ok(())
}

/// An alias of the statement `type name[params] = value`.
pub fn make(cx: &mut Ctx, args: Args) -> PyResult {
    let params = if args[1].is_none() { Value::EMPTY } else { args[1] };
    let module = engine::interp::caller_module_name(cx);
    Ok(cx.new_object(&TYPE_ALIAS, &[args[0], params, Value::EMPTY, args[2], module]))
}

fn type_params(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(match slot(cx, v, PARAMS).non_empty() {
        Some(t) => t,
        None => Tuple::empty(cx),
    })
}

fn parameters(cx: &mut Ctx, v: Value) -> PyResult {
    if let Some(known) = slot(cx, v, UNPACKED).non_empty() {
        return Ok(known);
    }
    let params = type_params(cx, v)?;
    let out = List::new(cx);
    for p in instances::varargs(cx, params).items() {
        if cx.is_def(p, &TYPE_VAR_TUPLE) {
            let it = super::unpack_iter(cx, p)?;
            if let Some(unpacked) = protocol::next(cx, it)? {
                out.push(cx, unpacked);
            }
        } else {
            out.push(cx, p);
        }
    }
    let made = out.to_tuple(cx);
    set_slot(cx, v, UNPACKED, made);
    Ok(made)
}

/// `__module__` is the alias's own: a descriptor of that name would hide the module of the class.
fn getattr(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    if name == cx.names.__module__ {
        return Ok(instances::slot_or_none(cx, v, MODULE));
    }
    types::object_type::generic_getattr(cx, v, name)
}

fn alias_or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    types::union::type_or(cx, a, b)
}

fn getitem(cx: &mut Ctx, v: Value, args: Value) -> PyResult {
    if slot(cx, v, PARAMS).is_empty() {
        return Err(cx.type_error("Only generic type aliases are subscriptable"));
    }
    Ok(types::generic_alias::new_alias(cx, v, args))
}
