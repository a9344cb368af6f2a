//! Native modules about numbers, text patterns and encodings of data: `math`, `cmath`, `_sre`, `_json`, `_struct`, hashes, ...
#![forbid(unsafe_code)]

mod arguments;

pub mod array;
pub mod binascii;
pub mod cmaths;
pub mod csv;
pub mod hashes;
pub mod json;
pub mod math;
pub mod random;
pub mod sre;
pub mod strings;
pub mod structs;
pub mod unicodedata;
pub mod zlib;

use engine::prelude::*;

/// Adds what exists before any module is imported (nothing yet).
///
/// # Errors
/// None at present.
pub fn register(_cx: &mut Ctx) -> Res<()> {
    Ok(())
}

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[
    &array::ARRAY_MODULE,
    &binascii::BINASCII,
    &binascii::STATISTICS,
    &cmaths::CMATH,
    &csv::CSV,
    &hashes::BLAKE2,
    &hashes::derive::DERIVE,
    &hashes::MD5,
    &hashes::SHA1,
    &hashes::SHA2,
    &hashes::SHA3,
    &json::JSON,
    &math::MATH,
    &random::RANDOM_MODULE,
    &sre::SRE,
    &strings::STRING,
    &structs::STRUCT_MODULE,
    &unicodedata::UNICODEDATA,
    &zlib::ZLIB,
];
