//! Checks of sources that parse: warnings about escapes, statements for the prompt.

use ruff_python_ast::Stmt;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::Warning;
use crate::errors::Error;
use crate::parse_errors;
use crate::source::Source;

/// Warnings about invalid escape sequences, and about numbers that run into a keyword.
pub fn token_warnings(source: &Source<'_>, tokens: &Tokens) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut number: Option<TextRange> = None;
    for token in tokens.iter() {
        if let Some(range) = number.take()
            && range.end() == token.start()
            && is_operator_word(token.kind())
        {
            let text = source.slice(range);
            let what = match text.get(..2) {
                Some("0x" | "0X") => "hexadecimal",
                Some("0o" | "0O") => "octal",
                Some("0b" | "0B") => "binary",
                _ if text.ends_with(['j', 'J']) => "imaginary",
                _ => "decimal",
            };
            let last = TextRange::empty(range.end() - TextSize::new(1));
            warnings.push(Warning::new(source, format!("invalid {what} literal"), last, true));
        }
        if matches!(token.kind(), TokenKind::Int | TokenKind::Float | TokenKind::Complex) {
            number = Some(token.range());
        }
        let (text, is_bytes) = match token.kind() {
            TokenKind::String | TokenKind::FStringMiddle | TokenKind::TStringMiddle => {
                if token.string_flags().is_some_and(|f| f.is_raw_string()) {
                    continue;
                }
                (source.slice(token.range()), token.string_flags().is_some_and(|f| f.is_byte_string()))
            }
            _ => continue,
        };
        let mut at = 0;
        while let Some(i) = text[at..].find('\\') {
            let start = at + i;
            let Some(c) = text[start + 1..].chars().next() else {
                // The text ends before a field.
                if token.kind() != TokenKind::String && source.text[token.end().to_usize()..].starts_with('{') {
                    let place = TextRange::empty(token.end());
                    warnings.push(Warning::new(source, invalid_escape('{'), place, true));
                }
                break;
            };
            at = start + 1 + c.len_utf8();
            let known = match c {
                '\n' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' | '0'..='7' => true,
                'N' | 'u' | 'U' => !is_bytes,
                _ => false,
            };
            let octal = matches!(c, '4'..='7')
                && text[start + 2..].chars().take(2).filter(|c| matches!(c, '0'..='7')).count() == 2;
            let position = token.start() + TextSize::new(start as u32);
            if octal {
                let digits = &text[start + 1..start + 4];
                let message = format!(
                    "\"\\{digits}\" is an invalid octal escape sequence. Such sequences will not work in the future. \
                     Did you mean \"\\\\{digits}\"? A raw string is also an option."
                );
                let range = TextRange::at(position, TextSize::new(2));
                warnings.push(Warning::new(source, message, range, true));
            } else if !known {
                let range = TextRange::at(position, TextSize::new(1 + c.len_utf8() as u32));
                warnings.push(Warning::new(source, invalid_escape(c), range, true));
            }
        }
    }
    warnings
}

fn invalid_escape(c: char) -> String {
    format!(
        "\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. \
         Did you mean \"\\\\{c}\"? A raw string is also an option."
    )
}

/// Words that may follow a number without a space.
fn is_operator_word(kind: TokenKind) -> bool {
    use TokenKind as T;
    matches!(kind, T::And | T::Else | T::For | T::If | T::In | T::Is | T::Or | T::Not)
}

/// `compile(..., 'single')` takes one statement, or several simple ones in one line.
pub fn check_single(source: &Source<'_>, body: &[Stmt]) -> Result<(), Error> {
    let Some((first, rest)) = body.split_first() else {
        return Err(Error::syntax("invalid syntax", TextRange::default()));
    };
    let mut end = first.end();
    for stmt in rest {
        let between = source.slice(TextRange::new(end.min(stmt.start()), stmt.start()));
        if between.contains('\n') {
            return Err(parse_errors::second_statement(source, stmt.start()));
        }
        end = stmt.end();
    }
    Ok(())
}
