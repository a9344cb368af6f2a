//! What the targets call: entry functions in Rust, and those in Python with a runtime around them.

pub mod runtime;
#[path = "../entries/source.rs"]
pub mod source;
