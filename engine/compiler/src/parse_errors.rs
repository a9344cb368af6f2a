//! The parser's errors in CPython's words.

use ruff_python_ast::token::Tokens;
use ruff_python_ast::{Mod, Stmt};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::errors::{Error, ErrorKind};
use crate::source::Source;
use crate::{SyntaxError, Warning};

/// Turns an error of the later passes into one with line and column.
pub fn locate(source: &Source<'_>, e: Error) -> SyntaxError {
    let mut error = SyntaxError {
        kind: e.kind,
        msg: e.msg,
        line: 0,
        col: 0,
        end_line: 0,
        end_col: 0,
        text: None,
        incomplete: false,
    };
    if let Some(range) = e.range {
        (error.line, error.col) = char_col(source, range.start());
        (error.end_line, error.end_col) = char_col(source, range.end());
    }
    error
}

/// Line and column in characters, both from 1.
pub fn char_col(source: &Source<'_>, offset: TextSize) -> (u32, u32) {
    let (line, col) = source.line_col(offset);
    let text = source.line_text(line);
    let chars = text.get(..col as usize).map_or(col as usize, |t| t.chars().count());
    (line, chars as u32 + 1)
}

/// Checks that must precede parsing.
pub fn check_tokens(_source: &Source<'_>) -> Option<SyntaxError> {
    None
}

/// The first error, translated.
pub fn translate(source: &Source<'_>, parsed: &Parsed<Mod>) -> Option<SyntaxError> {
    let first = parsed.errors().iter().min_by_key(|e| e.location.start())?;
    let mut error = locate(source, Error::syntax(format!("invalid syntax ({})", first.error), first.location));
    error.text = Some(source.line_text(error.line).to_string());
    Some(error)
}

/// Warnings about invalid escape sequences.
pub fn escape_warnings(_source: &Source<'_>, _tokens: &Tokens) -> Vec<Warning> {
    Vec::new()
}

/// `compile(..., 'single')` takes one statement.
pub fn check_single(body: &[Stmt]) -> Result<(), Error> {
    match body {
        [_, second, ..] => {
            let range = TextRange::empty(second.range().start());
            Err(Error::syntax("multiple statements found while compiling a single statement", range))
        }
        _ => Ok(()),
    }
}

/// An error kind that only incomplete input causes.
pub fn _is_syntax(e: &SyntaxError) -> bool {
    e.kind == ErrorKind::Syntax
}
