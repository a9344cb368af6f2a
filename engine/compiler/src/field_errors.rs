//! Errors in the replacement fields of f-strings and t-strings: what CPython says instead of a bare "invalid syntax".

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::errors::Error;
use crate::source::Source;

/// Longest field, in tokens, that is looked into.
const MAX_TOKENS: usize = 64;

/// What is open at a place.
#[derive(Clone, Copy)]
enum Open {
    /// The literal part of a string (or of a format specification), and the prefix that messages have.
    Literal(&'static str),
    /// A field: the index of its brace.
    Field(usize, &'static str),
    /// Another bracket.
    Bracket,
}

/// The error for a bare "invalid syntax" at `at`, if that is in a replacement field.
pub fn explain(source: &Source<'_>, tokens: &Tokens, at: TextSize) -> Option<Error> {
    let (brace, prefix) = enclosing_field(tokens, at)?;
    let significant = |t: &&Token| !matches!(t.kind(), TokenKind::NonLogicalNewline | TokenKind::Comment);
    let field: Vec<&Token> = tokens[brace + 1..].iter().filter(significant).take(MAX_TOKENS + 2).collect();
    let first = field.first()?;
    if matches!(first.kind(), TokenKind::Rbrace | TokenKind::Colon | TokenKind::Exclamation | TokenKind::Equal) {
        return None;
    }
    let reach = field.iter().position(|t| t.start() > at).unwrap_or(field.len()).min(MAX_TOKENS);
    let is_expression = |k: &usize| {
        let range = TextRange::new(first.start(), field[*k - 1].end());
        // In parentheses, as a line break in a field is none.
        let text = format!("({})", source.slice(range));
        parse_unchecked(&text, ParseOptions::from(Mode::Expression)).errors().is_empty()
    };
    let Some(k) = (1..=reach).rev().find(is_expression) else {
        return Some(Error::syntax(format!("{prefix}: expecting a valid expression after '{{'"), first.range()));
    };
    let mut next = k;
    let kind = |i: usize| field.get(i).map(|t| t.kind());
    if kind(next) == Some(TokenKind::Equal) {
        next += 1;
    }
    if kind(next) == Some(TokenKind::Exclamation) && kind(next + 1) == Some(TokenKind::Name) {
        let after = field.get(next + 2)?;
        let fits = matches!(after.kind(), TokenKind::Colon | TokenKind::Rbrace);
        return (!fits).then(|| Error::syntax(format!("{prefix}: expecting ':' or '}}'"), after.range()));
    }
    let after = field.get(k)?;
    let fits = matches!(
        after.kind(),
        TokenKind::Equal | TokenKind::Exclamation | TokenKind::Colon | TokenKind::Rbrace | TokenKind::EndOfFile
    );
    (!fits).then(|| Error::syntax(format!("{prefix}: expecting '=', or '!', or ':', or '}}'"), after.range()))
}

/// The prefix of messages about what is in a string at `at`.
pub fn prefix(tokens: &Tokens, at: TextSize) -> &'static str {
    let start = tokens
        .iter()
        .take_while(|t| t.start() < at)
        .filter(|t| matches!(t.kind(), TokenKind::FStringStart | TokenKind::TStringStart));
    if start.last().is_some_and(|t| t.kind() == TokenKind::TStringStart) { "t-string" } else { "f-string" }
}

/// The innermost field around a place: the index of its brace, and the prefix of messages about it.
fn enclosing_field(tokens: &Tokens, at: TextSize) -> Option<(usize, &'static str)> {
    let mut open: Vec<Open> = Vec::new();
    for (i, token) in tokens.iter().enumerate().take_while(|(_, t)| t.start() < at) {
        match token.kind() {
            TokenKind::FStringStart => open.push(Open::Literal("f-string")),
            TokenKind::TStringStart => open.push(Open::Literal("t-string")),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                while open.pop().is_some_and(|o| !matches!(o, Open::Literal(_))) {}
            }
            TokenKind::Lbrace => open.push(match open.last() {
                Some(Open::Literal(prefix)) => Open::Field(i, prefix),
                _ => Open::Bracket,
            }),
            TokenKind::Colon => {
                if let Some(&Open::Field(_, prefix)) = open.last() {
                    open.push(Open::Literal(prefix));
                }
            }
            TokenKind::Rbrace => {
                // A specification ends with its field.
                if matches!(open.last(), Some(Open::Literal(_))) {
                    open.pop();
                }
                open.pop();
            }
            TokenKind::Lpar | TokenKind::Lsqb => open.push(Open::Bracket),
            TokenKind::Rpar | TokenKind::Rsqb if matches!(open.last(), Some(Open::Bracket)) => {
                open.pop();
            }
            _ => {}
        }
    }
    match open.iter().rev().find(|o| !matches!(o, Open::Bracket)) {
        Some(&Open::Field(i, prefix)) => Some((i, prefix)),
        _ => None,
    }
}
