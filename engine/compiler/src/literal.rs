//! Literals: numbers, strings with their escapes, docstrings.

use engine_code::{Const, Wtf8};
use num_bigint::BigInt;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::source::Source;

/// An int literal.
pub fn int(value: &ast::Int) -> Const {
    if let Some(n) = value.as_i64() {
        return Const::Int(n);
    }
    if let Some(n) = value.as_u64() {
        return crate::fold::int_const(BigInt::from(n));
    }
    let text = value.to_string().replace('_', "");
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        _ => (&lower[..], 10),
    };
    crate::fold::int_const(BigInt::parse_bytes(digits.as_bytes(), radix).unwrap_or_default())
}

/// Digits of an int literal too long for CPython's default conversion limit.
pub fn too_many_digits(value: &ast::Int) -> Option<usize> {
    if value.as_u64().is_some() {
        return None;
    }
    let text = value.to_string();
    let decimal = text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (decimal && digits > 4300).then_some(digits)
}

/// A string literal, perhaps of several parts.
pub fn string(source: &Source<'_>, value: &ast::StringLiteralValue) -> Wtf8 {
    let parts = value.as_slice();
    if let [one] = parts {
        return string_part(source, one);
    }
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&string_part(source, part).0);
    }
    Wtf8(bytes.into())
}

/// One part of a string literal.
pub fn string_part(source: &Source<'_>, part: &ast::StringLiteral) -> Wtf8 {
    // The parser replaces lone surrogates; where it may have, decode again.
    if part.value.contains('\u{FFFD}') {
        if let Some(Const::Str(text)) = source.tree.and_then(|t| t.constant(&part.node_index)) {
            return text.clone();
        }
        let text = source.slice(part.range());
        if let Some(bytes) = decode_literal(text) {
            return Wtf8(bytes.into());
        }
    }
    Wtf8::from(&*part.value)
}

/// A literal piece of an f-string or t-string.
pub fn interpolated_part(source: &Source<'_>, part: &ast::InterpolatedStringLiteralElement, raw: bool) -> Wtf8 {
    if let Some(Const::Str(text)) = source.tree.and_then(|t| t.constant(&part.node_index)) {
        return text.clone();
    }
    if !raw && source.tree.is_none() && part.value.contains('\u{FFFD}') {
        let text = source.slice(part.range).replace("{{", "{").replace("}}", "}");
        return Wtf8(decode(&text).into());
    }
    Wtf8::from(&*part.value)
}

/// An f-string without replacement fields.
pub fn plain_fstring(source: &Source<'_>, f: &ast::ExprFString) -> Option<Const> {
    let mut bytes = Vec::new();
    for part in f.value.iter() {
        match part {
            ast::FStringPart::Literal(s) => bytes.extend_from_slice(&string_part(source, s).0),
            ast::FStringPart::FString(f) => {
                let raw = f.flags.prefix().is_raw();
                for element in &f.elements {
                    match element {
                        ast::InterpolatedStringElement::Literal(s) => {
                            bytes.extend_from_slice(&interpolated_part(source, s, raw).0);
                        }
                        ast::InterpolatedStringElement::Interpolation(_) => return None,
                    }
                }
            }
        }
    }
    Some(Const::Str(Wtf8(bytes.into())))
}

fn decode_literal(text: &str) -> Option<Vec<u8>> {
    let quote = text.find(['"', '\''])?;
    if text[..quote].contains(['r', 'R']) {
        return None;
    }
    let body = &text[quote..];
    let width = if body.starts_with("\"\"\"") || body.starts_with("'''") { 3 } else { 1 };
    body.get(width..body.len().checked_sub(width)?).map(decode)
}

/// Decodes escapes to generalized UTF-8. The parser has validated them.
fn decode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let Some(c) = rest.chars().next() else { break };
        rest = &rest[c.len_utf8()..];
        let simple = match c {
            '\n' => continue,
            '\\' | '\'' | '"' => c,
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0C',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0B',
            '0'..='7' => {
                let mut n = c as u32 - '0' as u32;
                for _ in 0..2 {
                    match rest.bytes().next() {
                        Some(d @ b'0'..=b'7') => {
                            n = n * 8 + (d - b'0') as u32;
                            rest = &rest[1..];
                        }
                        _ => break,
                    }
                }
                push_code_point(&mut out, n);
                continue;
            }
            'x' | 'u' | 'U' => {
                let len = match c {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                if let Some(n) = rest.get(..len).and_then(|h| u32::from_str_radix(h, 16).ok()) {
                    push_code_point(&mut out, n);
                    rest = &rest[len..];
                }
                continue;
            }
            'N' if rest.starts_with('{') => {
                // A name: let the parser look it up in a literal of its own.
                let end = rest.find('}').map_or(rest.len(), |i| i + 1);
                let literal = format!("\"\\N{}\"", &rest[..end]);
                if let Ok(parsed) = ruff_python_parser::parse_expression(&literal)
                    && let Expr::StringLiteral(s) = parsed.expr()
                {
                    out.extend_from_slice(s.value.to_str().as_bytes());
                }
                rest = &rest[end..];
                continue;
            }
            other => {
                out.push(b'\\');
                other
            }
        };
        push_code_point(&mut out, simple as u32);
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// Appends a code point, surrogates included.
fn push_code_point(out: &mut Vec<u8>, n: u32) {
    match char::from_u32(n) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend_from_slice(&[0xE0 | (n >> 12) as u8, 0x80 | (n >> 6 & 0x3F) as u8, 0x80 | (n & 0x3F) as u8]),
    }
}

/// The docstring of a body, cleaned, with its range, and the statements after it.
pub fn split_docstring<'b>(source: &Source<'_>, body: &'b [Stmt]) -> Option<((Wtf8, TextRange), &'b [Stmt])> {
    let (first, rest) = body.split_first()?;
    let Stmt::Expr(e) = first else { return None };
    let Expr::StringLiteral(s) = &*e.value else { return None };
    Some(((clean_doc(string(source, &s.value)), e.range()), rest))
}

/// Takes the common indentation out of a docstring, as CPython does since 3.13.
fn clean_doc(doc: Wtf8) -> Wtf8 {
    let text = expand_tabs(&doc.0);
    let mut lines = text.split(|&b| b == b'\n');
    let first = lines.next().unwrap_or_default();
    let indent = |line: &[u8]| line.iter().take_while(|&&b| b == b' ').count();
    let margin = lines.clone().filter(|l| indent(l) < l.len()).map(indent).min().unwrap_or(0);
    let mut out = first[indent(first)..].to_vec();
    for line in lines {
        out.push(b'\n');
        out.extend_from_slice(&line[indent(line).min(margin)..]);
    }
    if out == *doc.0 { doc } else { Wtf8(out.into()) }
}

fn expand_tabs(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    for &b in text {
        match b {
            b'\t' => {
                let n = 8 - column % 8;
                out.extend(std::iter::repeat_n(b' ', n));
                column += n;
            }
            b'\n' | b'\r' => {
                out.push(b);
                column = 0;
            }
            _ => {
                out.push(b);
                // Count characters, not continuation bytes.
                column += (b & 0xC0 != 0x80) as usize;
            }
        }
    }
    out
}
