//! What CPython's parser says of source that does not parse: its grammar is tried a second time, with the rules that explain
//! mistakes, on its tokens. The order in which alternatives are tried decides which mistake is explained, and where.

mod explain;
mod matcher;
mod notation;
mod rules;

pub use matcher::{Explained, Features, Shown, explain};
