//! Regular expressions: runs the code that Python's `re` compiles.
//!
//! [`Program`] lowers the words of that code once, when a pattern is made, to operations for a backtracking machine; [`Machine`]
//! runs them. The machine has one stack, of choices still open and of registers to restore when one is taken, and never
//! recurses. Positions are byte offsets: a text is either one byte a character ([`Narrow`]) or generalized UTF-8 ([`Wide`]).

mod charset;
mod code;
mod machine;
mod program;
#[cfg(test)]
mod tests;

pub use machine::{Machine, Mode, Narrow, Request, Stopped, Text, Wide};
pub use program::Program;
