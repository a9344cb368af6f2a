//! Text algorithms of the Python runtime: everything that `str`, `bytes` and the text modules compute, on plain slices
//! and without knowledge of the heap.
//!
//! A Python string is generalized UTF-8 (see [`wtf8`]); results that are text come back as `Vec<u8>` in that form.

#![forbid(unsafe_code)]

pub mod binascii;
pub mod byteops;
pub mod codecs;
pub mod format;
pub mod json;
pub mod percent;
pub mod pystruct;
pub mod regex;
pub mod repr;
pub mod room;
pub mod search;
pub mod strformat;
pub mod strops;
pub mod unicode;
mod unicode_tables;
pub mod wtf8;
