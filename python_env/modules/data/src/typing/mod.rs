//! The module `_typing`: type parameters, type aliases and `Generic`.
//!
//! Bounds, constraints, defaults and alias values are evaluated when first asked for; a value slot is EMPTY until then.

mod alias;
mod generic;
mod lazy;
mod param_spec;
mod type_var;
mod type_var_tuple;

use engine::objects::Tuple;
use engine::prelude::*;
use engine::protocol;

use crate::instances;

pub static TYPING: ModuleDef = ModuleDef {
    doc: "Primitives and accelerators for the typing module.\n",
    types: &[
        &type_var::TYPE_VAR,
        &param_spec::PARAM_SPEC,
        &param_spec::PARAM_SPEC_ARGS,
        &param_spec::PARAM_SPEC_KWARGS,
        &type_var_tuple::TYPE_VAR_TUPLE,
        &alias::TYPE_ALIAS,
        &generic::GENERIC,
    ],
    functions: &[NativeDef::new("_idfunc", "($module, x, /)", |_, args| Ok(args[0]), "")],
    init: Some(|cx, module| {
        let no_default = lazy::no_default(cx)?;
        cx.set_module_attr(module, "NoDefault", no_default);
        let union = cx.types.union_type.value();
        cx.set_module_attr(module, "Union", union);
        Ok(())
    }),
    ..ModuleDef::new("_typing")
};

/// What the interpreter calls for the syntax of type parameters; a module of its own, since `_typing` shows none of it.
pub static TYPE_PARAMS: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new("_make_typevar", "(name, evaluate_bound, evaluate_constraints, /)", type_var::make, "")
            .hide_sig(),
        NativeDef::new("_make_paramspec", "(name, /)", param_spec::make, "").hide_sig(),
        NativeDef::new("_make_typevartuple", "(name, /)", type_var_tuple::make, "").hide_sig(),
        NativeDef::new("_set_typeparam_default", "(param, evaluate, /)", set_default, "").hide_sig(),
        NativeDef::new("_make_typealias", "(name, type_params, evaluate, /)", alias::make, "").hide_sig(),
        NativeDef::new("_subscript_generic", "(params, /)", generic::subscript, "").hide_sig(),
    ],
    ..ModuleDef::new("_type_params")
};

/// `param` with a default that `evaluate` computes.
fn set_default(cx: &mut Ctx, args: Args) -> PyResult {
    let at = if cx.is_def(args[0], &type_var::TYPE_VAR) {
        type_var::EVALUATE_DEFAULT
    } else if cx.is_def(args[0], &param_spec::PARAM_SPEC) {
        param_spec::EVALUATE_DEFAULT
    } else if cx.is_def(args[0], &type_var_tuple::TYPE_VAR_TUPLE) {
        type_var_tuple::EVALUATE_DEFAULT
    } else {
        let name = types::type_name(cx, args[0]);
        return Err(cx.type_error(format!("Expected a type param, got {name}")));
    };
    instances::set_slot(cx, args[0], at, args[1]);
    Ok(args[0])
}

/// The module of the code that calls for a type parameter, stored as its `__module__`. (Those of the syntax have that of their type.)
fn set_caller_module(cx: &mut Ctx, v: Value) -> Res<()> {
    let module = engine::interp::caller_module_name(cx);
    let module = if module.is_empty() { Value::NONE } else { module };
    let name = cx.names.__module__;
    protocol::setattr(cx, v, name, module)
}

/// `a | b` of a type parameter or alias: `Union[a, b]`, where strings are forward references.
fn make_union(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    for v in [a, b] {
        if Str::of_sub(cx, v).is_some() {
            let union = cx.types.union_type.value();
            let both = Tuple::new(cx, &[a, b]);
            return protocol::getitem(cx, union, both);
        }
    }
    let both = Tuple::new(cx, &[a, b]);
    types::union::from_alternatives(cx, both)
}

/// Checks an argument that must be a type, through `typing._type_check`.
fn type_check(cx: &mut Ctx, v: Value, message: &str) -> PyResult {
    let message = instances::text(cx, message);
    instances::call_python(cx, "typing", "_type_check", &[v, message])
}

/// `__mro_entries__` of what cannot be a base class.
macro_rules! no_subclass {
    ($name:literal) => {
        NativeDef::new(
            "__mro_entries__",
            "($self, object, /)",
            |cx, _| Err(cx.type_error(concat!("Cannot subclass an instance of ", $name))),
            "",
        )
    };
}
use no_subclass;

/// `*Ts` and `*Alias`: an iterator over the one value `Unpack[v]`.
fn unpack_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let unpack = protocol::import_attr(cx, "typing", "Unpack")?;
    let unpacked = protocol::getitem(cx, unpack, v)?;
    let one = Tuple::new(cx, &[unpacked]);
    protocol::iter(cx, one)
}
