//! Native functions, types and modules: how they are declared, called and seen from Python.
//!
//! A function is declared once with its signature as text ([`NativeDef`]); the binder ([`bind`]) delivers its arguments in
//! declared order. Types and modules are static tables ([`TypeDef`], [`ModuleDef`]).

pub mod args;
pub mod bind;
pub mod def;
pub mod docs;
pub mod object;
pub mod sig;

pub use crate::types::declare::constant as declared_constant;
pub use crate::types::module_type::module_dict;
pub use args::{Args, CallArgs, bad_argument, bad_argument_named, with_prefix, with_words};
pub use bind::{Owner, call_def};
pub use def::{
    BaseRef, Const, GetSet, Leaf, Member, MemberKind, ModuleDef, NativeDef, NativeFn, QuickItems, Role, StepFn,
    TypeDef, TypeFlags,
};
pub use engine_code::Drain;
pub use object::{Native, NativeObj, call_native, call_positional, role_of, try_leaf};

use crate::{Ctx, PyResult};

/// `__class_getitem__` of generic types: `Type[item]`.
pub fn class_getitem(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(crate::types::generic_alias::new_alias(cx, args[0], args[1]))
}
