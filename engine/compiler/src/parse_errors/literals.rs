//! Errors inside numbers, strings and f-strings.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{InterpolatedStringErrorType, LexicalErrorType};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Context, indentation};
use crate::errors::Error;

impl Context<'_> {
    pub(super) fn lexical(&self, kind: &LexicalErrorType, location: TextRange) -> Error {
        match kind {
            LexicalErrorType::UnicodeError
            | LexicalErrorType::MissingUnicodeLbrace
            | LexicalErrorType::MissingUnicodeRbrace => self.unicode(location),
            LexicalErrorType::InvalidByteLiteral => {
                let range = self.string_around(location).unwrap_or(location);
                Error::syntax("bytes can only contain ASCII literal characters", range)
            }
            LexicalErrorType::FStringError(kind) => self.fstring(kind, location, "f"),
            LexicalErrorType::TStringError(kind) => self.fstring(kind, location, "t"),
            LexicalErrorType::IndentationError => {
                indentation("unindent does not match any outer indentation level", location)
            }
            LexicalErrorType::OtherError(msg) if &**msg == "Bytes literal cannot be mixed with non-bytes literals" => {
                self.other(msg, location).0
            }
            _ => self.invalid(location.start()),
        }
    }

    pub(super) fn string_around(&self, location: TextRange) -> Option<TextRange> {
        let inside = |t: &&Token| t.start() <= location.start() && location.start() <= t.end();
        self.tokens.iter().find(|t| t.kind() == TokenKind::String && inside(t)).map(|t| t.range())
    }

    /// A bad escape: CPython counts in bytes of the literal's decoded form.
    pub(super) fn unicode(&self, location: TextRange) -> Error {
        let range = self.string_around(location).unwrap_or(location);
        let text = self.source.slice(range);
        let quote = text.find(['"', '\'']).unwrap_or(0);
        let quoted = &text[quote..];
        let width = if quoted.starts_with("\"\"\"") || quoted.starts_with("'''") { 3 } else { 1 };
        let body = quoted.get(width..).unwrap_or("");
        let error_at = location.start().to_usize().saturating_sub(range.start().to_usize() + quote + width);
        let Some(start) = body.get(..error_at.min(body.len())).and_then(|b| b.rfind('\\')) else {
            return Error::syntax("invalid syntax", range);
        };
        let escape = &body[start..];
        let close = body.len().saturating_sub(width);
        let is_bytes = text[..quote].contains(['b', 'B']);
        let hex = |n: usize| {
            let digits = escape.get(2..).unwrap_or("");
            digits.chars().take_while(char::is_ascii_hexdigit).take(n).count()
        };
        let (end, reason) = match escape.as_bytes().get(1) {
            Some(b'x') => (start + 2 + hex(2), "truncated \\xXX escape"),
            Some(b'u') => (start + 2 + hex(4), "truncated \\uXXXX escape"),
            Some(b'U') if hex(8) == 8 => (start + 10, "illegal Unicode character"),
            Some(b'U') => (start + 2 + hex(8), "truncated \\UXXXXXXXX escape"),
            _ => match escape.find('}') {
                Some(i) if escape.as_bytes().get(2) == Some(&b'{') && i > 3 => {
                    (start + i + 1, "unknown Unicode character name")
                }
                Some(3) if escape.as_bytes().get(2) == Some(&b'{') => (start + 3, "malformed \\N character escape"),
                None if escape.as_bytes().get(2) == Some(&b'{') => (close, "malformed \\N character escape"),
                _ => (close.min(start + 2), "malformed \\N character escape"),
            },
        };
        if is_bytes {
            return Error::syntax(format!("(value error) invalid \\x escape at position {start}"), range);
        }
        // The codec sees what is no ASCII as an escape of ten characters.
        let place = |i: usize| body.get(..i).map_or(i, |b| b.chars().map(|c| if c.is_ascii() { 1 } else { 10 }).sum());
        let (start, last) = (place(start), place(end.max(start + 1)) - 1);
        let msg =
            format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{last}: {reason}");
        Error::syntax(msg, range)
    }

    pub(super) fn fstring(&self, kind: &InterpolatedStringErrorType, location: TextRange, prefix: &str) -> Error {
        use InterpolatedStringErrorType::*;
        let at = location.start();
        let text = self.source.slice(location);
        let at_location = |msg: String| Error::syntax(format!("{prefix}-string: {msg}"), location);
        match kind {
            InvalidConversionFlag if text.starts_with(['}', ':']) => at_location("missing conversion character".into()),
            InvalidConversionFlag if text.trim().is_empty() => {
                at_location("conversion type must come right after the exclamation mark".into())
            }
            InvalidConversionFlag => {
                at_location(format!("invalid conversion character '{text}': expected 's', 'r', or 'a'"))
            }
            SingleRbrace => at_location("single '}' is not allowed".into()),
            LambdaWithoutParentheses => at_location("lambda expressions are not allowed without parentheses".into()),
            ConversionFlagNotImmediatelyAfterExclamation => {
                at_location("conversion type must come right after the exclamation mark".into())
            }
            NewlineInFormatSpec => {
                at_location("newlines are not allowed in format specifiers for single quoted f-strings".into())
            }
            UnclosedLbrace if self.after_conversion(at) => at_location("expecting ':' or '}'".into()),
            UnclosedLbrace if self.token_before(at).is_some_and(|t| t.kind() == TokenKind::Equal) => {
                let msg = format!("{prefix}-string: expecting '!', or ':', or '}}'");
                Error::syntax(msg, self.token_range(at))
            }
            UnclosedLbrace => match self.two_expressions(at) {
                e if e.msg != "invalid syntax" => e,
                _ => at_location("expecting '=', or '!', or ':', or '}'".into()),
            },
            UnterminatedString | UnterminatedTripleQuotedString => self.invalid(at),
        }
    }

    /// Whether `!r` or the like stands before an offset.
    pub(super) fn after_conversion(&self, at: TextSize) -> bool {
        let Some(flag) = self.token_before(at) else { return false };
        self.token_before(flag.start()).is_some_and(|t| t.kind() == TokenKind::Exclamation && t.end() == flag.start())
    }
}
