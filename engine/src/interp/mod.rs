//! The interpreter.
//!
//! [`dispatch`] says how handlers follow each other and what they may rely on; the other modules hold the handlers by
//! family. Python code calls Python code without native recursion: a call opens a window on the value stack and goes on
//! with the callee's first instruction. What is to happen when a window returns to something other than an ordinary
//! call stands in a [`record::Record`]; such windows return to the hook instruction ([`hook`]).

pub mod compile;
pub mod dispatch;
pub mod entry;
pub mod genobj;
pub mod jit;
pub mod monitor;
pub mod record;
pub mod resume;
pub mod trace;

mod arith;
mod asyncgen;
mod attr;
mod attr_store;
mod bind;
mod build;
mod call;
pub(crate) mod call_slow;
pub(crate) mod chain;
mod compare;
mod data;
pub(crate) mod exc;
mod fnptr;
mod format;
pub(crate) mod generator;
mod hook;
pub mod import;
mod intrinsics;
mod iter;
mod jumps;
mod known;
mod names;
pub(crate) mod operands;
mod pattern;
mod racing;
mod raise;
pub mod shadow;
mod source_text;
mod special;
mod subscr;
mod super_attr;
mod unpack;
mod unwind;

pub use asyncgen::anext_with_default;
pub use compile::{
    ALLOW_INCOMPLETE_INPUT, CompileMode, DONT_IMPLY_DEDENT, FROM_FILE, FUTURE_BARRY, ScopeView, Texts, TreeWish,
    compile_source, compile_text, compile_tree, issue as issue_warnings, optimize_level, raise_syntax_error,
    room_for_source, set_optimize, symbols,
};
pub use engine_compiler::tree;
pub use entry::{
    builtins_of, call_function, caller_module_name, current_globals, current_locals, ensure_builtins, exec_code,
    frame_at, make_function, module_name_at, run_class_body, super_args,
};
pub use import::{import as import_name, machinery as import_machinery, set_machinery as set_import_machinery};
pub use known::{known_attr, learn_attr};
pub use record::RunState;
pub use source_text::decode_source;

pub use crate::code_rt::object::{free_variables as code_freevars, is_code as is_code_object};
use crate::native::def::TypeDef;

/// All handlers by the names of the opcode table.
mod handlers {
    pub(super) use super::arith::*;
    pub(super) use super::asyncgen::handlers::*;
    pub(super) use super::attr::*;
    pub(super) use super::attr_store::*;
    pub(super) use super::build::*;
    pub(super) use super::call::*;
    pub(super) use super::compare::*;
    pub(super) use super::data::*;
    pub(super) use super::format::*;
    pub(super) use super::generator::*;
    pub(super) use super::import::*;
    pub(super) use super::intrinsics::*;
    pub(super) use super::iter::*;
    pub(super) use super::jumps::*;
    pub(super) use super::names::*;
    pub(super) use super::pattern::*;
    pub(super) use super::raise::*;
    pub(super) use super::subscr::*;
    pub(super) use super::super_attr::*;
    pub(super) use super::unpack::*;
}

/// Types that the interpreter defines; the type system makes them at boot.
pub static TYPE_DEFS: &[&TypeDef] = &[
    &genobj::GENERATOR,
    &genobj::COROUTINE,
    &genobj::COROUTINE_WRAPPER,
    &asyncgen::ASYNC_GENERATOR,
    &asyncgen::ASEND,
    &asyncgen::ATHROW,
    &asyncgen::ANEXT_AWAITABLE,
    &crate::frames::frame::FRAME,
    &crate::frames::traceback::TRACEBACK,
    &crate::frames::proxy::LOCALS_PROXY,
    &crate::code_rt::object::CODE,
];

/// Whether `v` is a code object.
pub fn is_code(cx: &crate::Ctx, v: proto_core::Value) -> bool {
    is_code_object(cx, v)
}
