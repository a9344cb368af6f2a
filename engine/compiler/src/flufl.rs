//! `from __future__ import barry_as_FLUFL`: inequality is written `<>`, and `!=` is an error.

use std::borrow::Cow;

use ruff_python_ast::PythonVersion;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::ParseOptions;
use ruff_text_size::{Ranged, TextRange};

use crate::SyntaxError;
use crate::errors::Error;
use crate::parse_errors;
use crate::source::Source;

/// The text with `!=` for `<>` behind such an import, or everywhere if `always`. Lengths and places stay.
pub fn translate<'t>(text: Cow<'t, str>, filename: &str, always: bool) -> Result<Cow<'t, str>, SyntaxError> {
    if !always && !text.contains("barry_as_FLUFL") {
        return Ok(text);
    }
    if parse_errors::check_tokens(&Source::new(&text, filename)).is_some() {
        // Whoever parses it says so.
        return Ok(text);
    }
    let options = ParseOptions::from(ruff_python_parser::Mode::Module).with_target_version(PythonVersion::PY314);
    let parsed = crate::parse_tree(&text, options);
    let new = replace(&text, filename, parsed.tokens(), always);
    crate::discard(parsed);
    Ok(new?.map_or(text, Cow::Owned))
}

/// The new text, if there is an import.
fn replace(text: &str, filename: &str, tokens: &[Token], always: bool) -> Result<Option<String>, SyntaxError> {
    let Some(from) = (if always { Some(0) } else { import(text, tokens) }) else { return Ok(None) };
    let mut new = text.to_string();
    for pair in tokens[from..].windows(2) {
        if pair[0].kind() == TokenKind::NotEqual {
            let source = Source::new(text, filename);
            let error = Error::syntax("with Barry as BDFL, use '<>' instead of '!='", pair[0].range());
            return Err(parse_errors::located_with_text(&source, error, false));
        }
        if pair[0].kind() == TokenKind::Less && pair[1].kind() == TokenKind::Greater && pair[0].end() == pair[1].start()
        {
            new.replace_range(TextRange::new(pair[0].start(), pair[1].end()).to_std_range(), "!=");
        }
    }
    Ok(Some(new))
}

/// Index of the token behind the import.
fn import(text: &str, tokens: &[Token]) -> Option<usize> {
    let word = |t: &Token| &text[t.range().to_std_range()];
    let start = tokens.windows(3).position(|w| {
        let kinds = w.iter().map(Token::kind);
        kinds.eq([TokenKind::From, TokenKind::Name, TokenKind::Import]) && word(&w[1]) == "__future__"
    })?;
    let rest = &tokens[start..];
    let end = rest.iter().position(|t| matches!(t.kind(), TokenKind::Newline | TokenKind::Semi))?;
    rest[..end].iter().any(|t| word(t) == "barry_as_FLUFL").then_some(start + end)
}
