//! Checks of sources that parse: warnings about escapes, statements for the prompt.

use ruff_python_ast::Stmt;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::Warning;
use crate::errors::Error;
use crate::source::Source;

/// Warnings about invalid escape sequences.
pub fn escape_warnings(source: &Source<'_>, tokens: &Tokens) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for token in tokens.iter() {
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
            let Some(c) = text[start + 1..].chars().next() else { break };
            at = start + 1 + c.len_utf8();
            let known = match c {
                '\n' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' | '0'..='7' => true,
                'N' | 'u' | 'U' => !is_bytes,
                _ => false,
            };
            let octal = matches!(c, '4'..='7')
                && text[start + 2..].chars().take(2).filter(|c| matches!(c, '0'..='7')).count() == 2;
            let position = token.start() + TextSize::new(start as u32);
            let (line, col) = source.line_col(position);
            if octal {
                let digits = &text[start + 1..start + 4];
                let message = format!(
                    "\"\\{digits}\" is an invalid octal escape sequence. Such sequences will not work in the future. \
                     Did you mean \"\\\\{digits}\"? A raw string is also an option."
                );
                warnings.push(Warning { message, line, col });
            } else if !known {
                let message = format!(
                    "\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. \
                     Did you mean \"\\\\{c}\"? A raw string is also an option."
                );
                warnings.push(Warning { message, line, col });
            }
        }
    }
    warnings
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
            let msg = "multiple statements found while compiling a single statement";
            return Err(Error::syntax(msg, TextRange::empty(stmt.start())));
        }
        end = stmt.end();
    }
    Ok(())
}
