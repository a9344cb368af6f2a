//! Native modules about data structures and functions: `itertools`, `_collections`, `_functools`, `_operator`, ...
#![deny(unsafe_code)]

pub mod collections;
pub mod functools;
pub mod itertools;
pub mod operator;
pub mod typing;
mod util;

use engine::prelude::*;

/// Adds what exists before any module is imported (nothing yet).
///
/// # Errors
/// None at present.
pub fn register(_cx: &mut Ctx) -> Res<()> {
    Ok(())
}

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&itertools::ITERTOOLS, &collections::COLLECTIONS, &functools::FUNCTOOLS, &operator::OPERATOR, &typing::TYPING];
