//! Encodings by escapes: `unicode_escape`, `raw_unicode_escape`, and the escapes of bytes literals.

use super::CodecError;
use crate::repr::push_escape;
use crate::{unicode, wtf8};

/// An escape that means nothing and stays as it is; CPython warns about the first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadEscape {
    /// `"\z"`: "\"\\z\" is an invalid escape sequence".
    Char(u8),
    /// An octal escape above `\377`, with its value.
    Octal(u32),
}

/// Reads hexadecimal digits: their value and number.
fn hex(input: &[u8], start: usize, max: usize) -> (u32, usize) {
    let mut v = 0u32;
    for n in 0..max {
        match input.get(start + n).and_then(|&b| char::from(b).to_digit(16)) {
            Some(d) => v = v << 4 | d,
            None => return (v, n),
        }
    }
    (v, max)
}

/// Reads up to three octal digits.
fn octal(input: &[u8], start: usize) -> (u32, usize) {
    let digits = input[start..].iter().take(3).take_while(|b| matches!(b, b'0'..=b'7'));
    digits.fold((0, 0), |(v, n), b| (v * 8 + u32::from(b - b'0'), n + 1))
}

/// What a one-letter escape means.
fn simple(b: u8) -> Option<u8> {
    Some(match b {
        b'\\' | b'\'' | b'"' => b,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'f' => 12,
        b'v' => 11,
        b'a' => 7,
        _ => return None,
    })
}

/// Decoder of `unicode_escape` over Latin-1 bytes. The first escape without meaning is recorded in `bad`.
pub fn unicode_decode(
    input: &[u8],
    pos: &mut usize,
    out: &mut Vec<u8>,
    last: bool,
    bad: &mut Option<(usize, BadEscape)>,
) -> Result<(), CodecError> {
    while let Some(&b) = input.get(*pos) {
        let start = *pos;
        if b != b'\\' {
            wtf8::push(out, u32::from(b));
            *pos += 1;
            continue;
        }
        let Some(&c) = input.get(start + 1) else {
            if !last {
                return Ok(());
            }
            return CodecError::new(start, input.len(), "\\ at end of string");
        };
        let (want, reason) = match c {
            b'\n' => {
                *pos += 2;
                continue;
            }
            b'0'..=b'7' => {
                let (v, n) = octal(input, start + 1);
                // More digits may follow in the next chunk.
                if !last && n < 3 && start + 1 + n == input.len() {
                    return Ok(());
                }
                if v > 0xFF && bad.is_none() {
                    *bad = Some((start, BadEscape::Octal(v)));
                }
                wtf8::push(out, v);
                *pos += 1 + n;
                continue;
            }
            b'x' => (2, "truncated \\xXX escape"),
            b'u' => (4, "truncated \\uXXXX escape"),
            b'U' => (8, "truncated \\UXXXXXXXX escape"),
            b'N' => {
                let Some(n) = named(input, start, out, last)? else { return Ok(()) };
                *pos = n;
                continue;
            }
            _ => {
                match simple(c) {
                    Some(v) => out.push(v),
                    None => {
                        if bad.is_none() {
                            *bad = Some((start, BadEscape::Char(c)));
                        }
                        out.push(b'\\');
                        wtf8::push(out, u32::from(c));
                    }
                }
                *pos += 2;
                continue;
            }
        };
        let (v, n) = hex(input, start + 2, want);
        let end = start + 2 + n;
        if n < want {
            if !last && end == input.len() {
                return Ok(());
            }
            return CodecError::new(start, end, reason);
        }
        if v >= 0x11_0000 {
            return CodecError::new(start, end, "illegal Unicode character");
        }
        wtf8::push(out, v);
        *pos = end;
    }
    Ok(())
}

/// `\N{name}` at `start`: the position after it, or `None` when more input must come first.
fn named(input: &[u8], start: usize, out: &mut Vec<u8>, last: bool) -> Result<Option<usize>, CodecError> {
    const MALFORMED: &str = "malformed \\N character escape";
    let Some(&open) = input.get(start + 2) else {
        return if last { CodecError::new(start, input.len(), MALFORMED) } else { Ok(None) };
    };
    if open != b'{' {
        return CodecError::new(start, start + 2, MALFORMED);
    }
    let Some(n) = memchr::memchr(b'}', &input[start + 3..]) else {
        return if last { CodecError::new(start, input.len(), MALFORMED) } else { Ok(None) };
    };
    let end = start + 3 + n + 1;
    if n == 0 {
        return CodecError::new(start, end - 1, MALFORMED);
    }
    let name = std::str::from_utf8(&input[start + 3..end - 1]).ok();
    match name.and_then(unicode::lookup_char) {
        Some(c) => {
            wtf8::push(out, c as u32);
            Ok(Some(end))
        }
        None => CodecError::new(start, end, "unknown Unicode character name"),
    }
}

/// Encoder of `unicode_escape`.
pub fn unicode_encode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in wtf8::code_points(text) {
        match c {
            0x5C => out.extend_from_slice(b"\\\\"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0A => out.extend_from_slice(b"\\n"),
            0x0D => out.extend_from_slice(b"\\r"),
            0x20..=0x7E => out.push(c as u8),
            _ => push_escape(&mut out, c),
        }
    }
    out
}

/// Decoder of `raw_unicode_escape` over Latin-1 bytes.
pub fn raw_decode(input: &[u8], pos: &mut usize, out: &mut Vec<u8>, last: bool) -> Result<(), CodecError> {
    while let Some(&b) = input.get(*pos) {
        let start = *pos;
        if b != b'\\' {
            wtf8::push(out, u32::from(b));
            *pos += 1;
            continue;
        }
        let (want, reason) = match input.get(start + 1) {
            None if !last => return Ok(()),
            None => {
                out.push(b'\\');
                *pos += 1;
                continue;
            }
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            Some(&c) => {
                out.push(b'\\');
                wtf8::push(out, u32::from(c));
                *pos += 2;
                continue;
            }
        };
        let (v, n) = hex(input, start + 2, want);
        let end = start + 2 + n;
        if n < want {
            if !last && end == input.len() {
                return Ok(());
            }
            return CodecError::new(start, end, reason);
        }
        if v >= 0x11_0000 {
            return CodecError::new(start, end, "\\Uxxxxxxxx out of range");
        }
        wtf8::push(out, v);
        *pos = end;
    }
    Ok(())
}

/// Encoder of `raw_unicode_escape`.
pub fn raw_encode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in wtf8::code_points(text) {
        match u8::try_from(c) {
            Ok(b) => out.push(b),
            Err(_) => push_escape(&mut out, c),
        }
    }
    out
}

/// What is wrong with the escapes of bytes (`ValueError`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BytesEscapeError {
    /// "Trailing \ in string"
    Trailing,
    /// "invalid \x escape at position N"
    InvalidHex(usize),
}

impl std::fmt::Display for BytesEscapeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BytesEscapeError::Trailing => f.write_str("Trailing \\ in string"),
            BytesEscapeError::InvalidHex(at) => write!(f, "invalid \\x escape at position {at}"),
        }
    }
}

/// `codecs.escape_decode`: bytes with the escapes of bytes literals. A bad `\x` goes to `on_bad_hex`, which may append a
/// replacement (errors `replace`, `ignore`) and return true.
pub fn bytes_decode(
    input: &[u8],
    mut on_bad_hex: impl FnMut(&mut Vec<u8>) -> bool,
    bad: &mut Option<(usize, BadEscape)>,
) -> Result<Vec<u8>, BytesEscapeError> {
    let mut out = Vec::with_capacity(input.len());
    let mut i = 0;
    while let Some(&b) = input.get(i) {
        if b != b'\\' {
            out.push(b);
            i += 1;
            continue;
        }
        let Some(&c) = input.get(i + 1) else { return Err(BytesEscapeError::Trailing) };
        let start = i;
        i += 2;
        match c {
            b'\n' => {}
            b'0'..=b'7' => {
                let (v, n) = octal(input, start + 1);
                if v > 0xFF && bad.is_none() {
                    *bad = Some((start, BadEscape::Octal(v)));
                }
                out.push(v as u8);
                i = start + 1 + n;
            }
            b'x' => {
                let (v, n) = hex(input, i, 2);
                if n == 2 {
                    out.push(v as u8);
                } else if !on_bad_hex(&mut out) {
                    return Err(BytesEscapeError::InvalidHex(start));
                }
                i += n;
            }
            _ => match simple(c) {
                Some(v) => out.push(v),
                None => {
                    if bad.is_none() {
                        *bad = Some((start, BadEscape::Char(c)));
                    }
                    out.extend_from_slice(&[b'\\', c]);
                }
            },
        }
    }
    Ok(out)
}

/// `codecs.escape_encode`: the inside of `repr(bytes)` with single quotes escaped.
pub fn bytes_encode(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    for &b in input {
        match b {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', b]),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            32..=126 => out.push(b),
            _ => push_escape(&mut out, u32::from(b)),
        }
    }
    out
}
