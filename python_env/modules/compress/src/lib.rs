//! The modules of further compressed formats: `_bz2` and `_lzma`.
//!
//! Coders work on copies of the data in a blocking region: other threads may collect meanwhile.
#![forbid(unsafe_code)]

pub mod bz2;
pub mod lzma;
mod stream;

use engine::prelude::*;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&bz2::BZ2, &lzma::LZMA];
