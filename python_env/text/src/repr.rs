//! `repr` and `ascii` of `str`, `bytes` and `bytearray`.

use crate::unicode;
use crate::wtf8;

const HEX: &[u8; 16] = b"0123456789abcdef";

fn push_hex(out: &mut Vec<u8>, prefix: &[u8], c: u32, digits: u32) {
    out.extend_from_slice(prefix);
    for k in (0..digits).rev() {
        out.push(HEX[(c >> (4 * k) & 15) as usize]);
    }
}

/// Appends the `\x`, `\u` or `\U` escape of a character.
pub fn push_escape(out: &mut Vec<u8>, c: u32) {
    match c {
        0..=0xFF => push_hex(out, b"\\x", c, 2),
        0x100..=0xFFFF => push_hex(out, b"\\u", c, 4),
        _ => push_hex(out, b"\\U", c, 8),
    }
}

/// Double quotes only where they save escapes.
fn quote_of(s: &[u8]) -> u8 {
    if memchr::memchr(b'\'', s).is_some() && memchr::memchr(b'"', s).is_none() { b'"' } else { b'\'' }
}

fn push_ascii(out: &mut Vec<u8>, b: u8, quote: u8) {
    match b {
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\t' => out.extend_from_slice(b"\\t"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        _ if b == quote => out.extend_from_slice(&[b'\\', b]),
        32..=126 => out.push(b),
        _ => push_hex(out, b"\\x", u32::from(b), 2),
    }
}

fn quoted(s: &[u8], printable: impl Fn(u32) -> bool) -> Vec<u8> {
    let quote = quote_of(s);
    let mut out = Vec::with_capacity(s.len() + 2);
    out.push(quote);
    let mut i = 0;
    while let Some((c, w)) = wtf8::decode(s, i) {
        if c < 0x80 {
            push_ascii(&mut out, c as u8, quote);
        } else if printable(c) {
            out.extend_from_slice(&s[i..i + w]);
        } else {
            push_escape(&mut out, c);
        }
        i += w;
    }
    out.push(quote);
    out
}

/// `repr(str)`.
pub fn str_repr(s: &[u8]) -> Vec<u8> {
    quoted(s, unicode::is_printable)
}

/// `ascii(str)`.
pub fn str_ascii(s: &[u8]) -> Vec<u8> {
    quoted(s, |_| false)
}

/// `ascii(obj)` of a finished representation: every non-ASCII character escaped, quotes untouched.
pub fn escape_non_ascii(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for c in wtf8::code_points(s) {
        if c < 0x80 {
            out.push(c as u8);
        } else {
            push_escape(&mut out, c);
        }
    }
    out
}

/// `repr(bytes)`.
pub fn bytes_repr(s: &[u8]) -> Vec<u8> {
    let quote = quote_of(s);
    let mut out = Vec::with_capacity(s.len() + 3);
    out.extend_from_slice(&[b'b', quote]);
    for &b in s {
        push_ascii(&mut out, b, quote);
    }
    out.push(quote);
    out
}

/// The inside of `repr(bytearray)`: as for `bytes`, the caller adds the type's name.
pub fn bytearray_repr(type_name: &str, s: &[u8]) -> Vec<u8> {
    let mut out = format!("{type_name}(").into_bytes();
    let inner = bytes_repr(s);
    // Unlike `bytes`, quotes are escaped also where the other kind delimits.
    if inner.starts_with(b"b\"") {
        for b in inner {
            if b == b'\'' {
                out.push(b'\\');
            }
            out.push(b);
        }
    } else {
        out.extend_from_slice(&inner);
    }
    out.push(b')');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reprs() {
        let r = |s: &str| String::from_utf8(str_repr(s.as_bytes())).unwrap();
        assert_eq!(r("a'b"), "\"a'b\"");
        assert_eq!(r("a'\"b"), "'a\\'\"b'");
        assert_eq!(r("\n\\\x7f\u{a0}é\u{2028}\u{e0001}😀"), "'\\n\\\\\\x7f\\xa0é\\u2028\\U000e0001😀'");
        assert_eq!(str_repr(&wtf8::encode(0xDC80)), b"'\\udc80'");
        assert_eq!(str_ascii("é😀€".as_bytes()), b"'\\xe9\\U0001f600\\u20ac'");
        assert_eq!(bytes_repr(b"a'\x00\xff\t"), b"b\"a'\\x00\\xff\\t\"");
    }
}
