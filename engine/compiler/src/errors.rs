//! Errors inside the compiler; [`crate::parse_errors`] translates the parser's.

use ruff_text_size::TextRange;

/// Result of the passes.
pub type Result<T = ()> = std::result::Result<T, Error>;

/// Which exception an error becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
    /// `RecursionError`: the source is nested too deeply.
    Recursion,
    /// `MemoryError`: the source is too complex.
    Memory,
    /// `SystemError`: a fault of the compiler.
    Internal,
}

/// An error with a source range.
#[derive(Clone, Debug)]
pub struct Error {
    /// Its kind.
    pub kind: ErrorKind,
    /// CPython's message.
    pub msg: String,
    /// Where.
    pub range: Option<TextRange>,
}

impl Error {
    /// A `SyntaxError`.
    pub fn syntax(msg: impl Into<String>, range: TextRange) -> Error {
        Error { kind: ErrorKind::Syntax, msg: msg.into(), range: Some(range) }
    }

    /// Nesting too deep.
    pub fn recursion() -> Error {
        let msg = "maximum recursion depth exceeded during compilation".into();
        Error { kind: ErrorKind::Recursion, msg, range: None }
    }

    /// Too much of something for the instruction format.
    pub fn too_big(what: &str) -> Error {
        Error { kind: ErrorKind::Memory, msg: format!("code too complex: {what}"), range: None }
    }

    /// A broken assumption of the compiler.
    pub fn internal(msg: &str) -> Error {
        Error { kind: ErrorKind::Internal, msg: format!("compiler: {msg}"), range: None }
    }
}
