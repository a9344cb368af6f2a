//! Native modules about numbers, text patterns and encodings of data: `math`, `cmath`, `_sre`, `_json`, `_struct`, hashes, ...
#![deny(unsafe_code)]

mod common;
pub mod math;
pub mod sre;

use engine::prelude::*;

/// Adds what exists before any module is imported (nothing yet).
///
/// # Errors
/// None at present.
pub fn register(_cx: &mut Ctx) -> Res<()> {
    Ok(())
}

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&math::MATH, &sre::SRE];
