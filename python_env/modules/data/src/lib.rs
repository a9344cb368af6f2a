//! Native modules about data structures and functions: `itertools`, `_collections`, `_functools`, `_operator`, ...
#![forbid(unsafe_code)]

pub mod abc;
pub mod ast;
pub mod bisect;
pub mod collections;
pub mod contextvars;
pub mod functools;
pub mod heapq;
mod instances;
pub mod itertools;
pub mod opcode;
pub mod operator;
pub mod pickle;
pub mod queue;
pub mod stat;
pub mod symtable;
pub mod templatelib;
pub mod tokenize;
pub mod types_module;
pub mod typing;

use engine::prelude::*;

/// Adds what exists before any module is imported: the parts of template strings.
///
/// # Errors
/// Whatever making a type raises; at start-up nothing should.
pub fn register(cx: &mut Ctx) -> Res<()> {
    templatelib::register(cx)
}

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[
    &abc::ABC,
    &ast::AST,
    &bisect::BISECT,
    &collections::COLLECTIONS,
    &contextvars::CONTEXTVARS,
    &functools::FUNCTOOLS,
    &heapq::HEAPQ,
    &itertools::ITERTOOLS,
    &opcode::OPCODE,
    &operator::OPERATOR,
    &pickle::PICKLE,
    &queue::QUEUE,
    &stat::STAT,
    &symtable::SYMTABLE,
    &tokenize::TOKENIZE,
    &types_module::TYPES,
    &typing::TYPING,
    &typing::TYPE_PARAMS,
];
