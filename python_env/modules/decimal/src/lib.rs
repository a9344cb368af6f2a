//! `_decimal`: decimal numbers after the General Decimal Arithmetic Specification, the module behind `decimal`.
//!
//! [`core`] is plain Rust without Values: numbers in limbs of 18 digits and all operations, with a quick form of the usual ones for
//! numbers of up to 36 digits. Around it are the Python types. A Decimal never changes, so threads share it without locks; a context
//! is a handful of words.
#![forbid(unsafe_code)]

mod compare;
mod context;
mod context_methods;
mod convert;
pub mod core;
mod decimal;
mod format;
mod methods;
mod module;
mod ops;
mod signal_dict;
mod signals;
mod value;

use engine::prelude::*;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&module::DECIMAL_MODULE];
