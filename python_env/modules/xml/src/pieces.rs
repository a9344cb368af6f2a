//! Pieces of markup: declarations, references, values of attributes.

use crate::chars::{is_char, name_len};
use crate::core::EXPANSION_LIMIT;
use crate::dtd::{Dtd, Entity};
use crate::errors::*;
use crate::events::Place;

/// Moves a place behind what was passed.
pub fn advance(place: &mut Place, passed: &str) {
    // Most pieces are short.
    let characters = |bytes: &[u8]| bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count() as u64;
    let passed = passed.as_bytes();
    place.index += passed.len() as u64;
    match passed.iter().rposition(|b| matches!(b, b'\n' | b'\r')) {
        Some(i) => {
            let ends = passed[..=i].iter().filter(|b| matches!(b, b'\n' | b'\r')).count();
            let pairs = passed[..=i].windows(2).filter(|pair| pair == b"\r\n").count();
            place.line += (ends - pairs) as u64;
            place.column = characters(&passed[i + 1..]);
        }
        None => place.column += characters(passed),
    }
}

/// Line ends as newlines.
pub fn newlines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// The length of a tag: up to the first `>` outside of quotes.
pub fn tag_len(text: &str) -> Option<usize> {
    let mut quote = None;
    for (i, b) in text.bytes().enumerate() {
        match (quote, b) {
            (None, b'"' | b'\'') => quote = Some(b),
            (None, b'>') => return Some(i + 1),
            // An unbalanced quote does not swallow the document.
            (Some(_), b'<') => return Some(i),
            (Some(q), _) if q == b => quote = None,
            _ => {}
        }
    }
    None
}

/// The encoding that the declaration at the start of the bytes names; None while it is not whole.
pub fn declared(bytes: &[u8]) -> Option<Option<String>> {
    let known = bytes.len().min(5);
    if bytes[..known] != b"<?xml"[..known] {
        return Some(None);
    }
    let end = bytes.windows(2).position(|w| w == b"?>")?;
    let text = String::from_utf8_lossy(&bytes[..end]);
    Some(declaration(text.get(5..)?).ok().and_then(|d| d.1))
}

/// `version="..." encoding="..." standalone="..."`, the last as 1, 0 or -1 (absent), or the offset of what is wrong. The
/// version may be missing where there is an encoding (a text declaration).
pub fn declaration(text: &str) -> Result<(String, Option<String>, i8), usize> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    let (mut version, mut encoding, mut standalone) = (None, None, -1);
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches(SPACE);
        let at = text.len() - trimmed.len();
        if trimmed.is_empty() {
            break;
        }
        if trimmed.len() == rest.len() {
            return Err(at);
        }
        let (key, after) = trimmed.split_once('=').ok_or(at)?;
        let after = after.trim_start_matches(SPACE);
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or(text.len() - after.len())?;
        let start = text.len() - after.len() + 1;
        let (value, tail) = after[1..].split_once(quote).ok_or(start)?;
        match key.trim_end_matches(SPACE) {
            "version" if version.is_none() && encoding.is_none() => {
                version = Some(value.to_owned()).filter(|v| v.starts_with("1."));
                version.as_ref().ok_or(start)?;
            }
            "encoding" if encoding.is_none() && standalone < 0 => {
                encoding = Some(value.to_owned()).filter(|v| v.starts_with(|c: char| c.is_ascii_alphabetic()));
                encoding.as_ref().ok_or(start)?;
            }
            "standalone" if standalone < 0 && version.is_some() => {
                standalone = match value {
                    "yes" => 1,
                    "no" => 0,
                    _ => return Err(start),
                };
            }
            _ => return Err(at),
        }
        rest = tail;
    }
    if version.is_none() && encoding.is_none() {
        return Err(0);
    }
    Ok((version.unwrap_or_default(), encoding, standalone))
}

/// The character of `&#...;`, given what stands between.
pub fn char_reference(number: &str) -> Result<char, u8> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(INVALID_TOKEN);
    }
    let code = u32::from_str_radix(digits, radix).ok();
    code.and_then(char::from_u32).filter(|&c| is_char(c)).ok_or(BAD_CHAR_REF)
}

pub fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Appends a normalized value: references resolved, white space as spaces. `within` names the entities around.
pub fn attribute_value<'a>(
    dtd: &'a Dtd,
    standalone: bool,
    raw: &'a str,
    within: &mut Vec<&'a str>,
    out: &mut String,
) -> Result<(), u8> {
    let mut at = 0;
    let special = |b: u8| matches!(b, b'&' | b'\t' | b'\n' | b'\r' | b'<');
    while let Some(n) = raw[at..].bytes().position(special) {
        out.push_str(&raw[at..at + n]);
        at += n;
        match raw.as_bytes()[at] {
            b'&' => {
                let end = raw[at..].find(';').ok_or(INVALID_TOKEN)?;
                let body = &raw[at + 1..at + end];
                at += end + 1;
                if let Some(number) = body.strip_prefix('#') {
                    out.push(char_reference(number)?);
                } else if let Some(c) = predefined(body) {
                    out.push(c);
                } else if body.is_empty() || name_len(body) != body.len() {
                    return Err(INVALID_TOKEN);
                } else {
                    match dtd.entities.get(body) {
                        Some(Entity::Internal(_)) if within.contains(&body) => return Err(RECURSIVE_ENTITY_REF),
                        Some(Entity::Internal(text)) => {
                            within.push(body);
                            if within.len() > 64 || out.len() as u64 > EXPANSION_LIMIT {
                                return Err(AMPLIFICATION_LIMIT_BREACH);
                            }
                            attribute_value(dtd, standalone, text, within, out)?;
                            within.pop();
                        }
                        Some(Entity::External { .. }) => return Err(ATTRIBUTE_EXTERNAL_ENTITY_REF),
                        Some(Entity::Unparsed) => return Err(BINARY_ENTITY_REF),
                        None if dtd.incomplete && !standalone => {}
                        None => return Err(UNDEFINED_ENTITY),
                    }
                }
            }
            b'<' => return Err(INVALID_TOKEN),
            _ => {
                out.push(' ');
                at += if raw[at..].starts_with("\r\n") { 2 } else { 1 };
            }
        }
    }
    out.push_str(&raw[at..]);
    Ok(())
}
