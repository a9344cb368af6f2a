//! The module `builtins`: its functions; the types are added by whoever assembles the module.

mod attributes;
mod code;
mod iteration;
mod numbers;
mod output;

pub use code::{Trees, set_trees};

use engine::prelude::*;

/// All functions of `builtins` but `open`, which belongs to `io`.
pub const FUNCTIONS: &[&[NativeDef]] =
    &[attributes::FUNCTIONS, code::FUNCTIONS, iteration::FUNCTIONS, numbers::FUNCTIONS, output::FUNCTIONS];
