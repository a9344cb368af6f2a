//! The methods of `bytes` and `bytearray` that look at characters, with ASCII's meaning.

use crate::search;
use crate::strops::Ends;
use std::ops::Range;

/// Whether `b` is white space for `bytes`.
#[inline]
pub fn is_space(b: u8) -> bool {
    matches!(b, 9..=13 | 32)
}

fn all(s: &[u8], f: impl Fn(&u8) -> bool) -> bool {
    !s.is_empty() && s.iter().all(f)
}

/// `bytes.isalpha`.
pub fn isalpha(s: &[u8]) -> bool {
    all(s, u8::is_ascii_alphabetic)
}

/// `bytes.isalnum`.
pub fn isalnum(s: &[u8]) -> bool {
    all(s, u8::is_ascii_alphanumeric)
}

/// `bytes.isdigit`.
pub fn isdigit(s: &[u8]) -> bool {
    all(s, u8::is_ascii_digit)
}

/// `bytes.isspace`.
pub fn isspace(s: &[u8]) -> bool {
    all(s, |&b| is_space(b))
}

/// `bytes.islower`.
pub fn islower(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_lowercase) && !s.iter().any(u8::is_ascii_uppercase)
}

/// `bytes.isupper`.
pub fn isupper(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_uppercase) && !s.iter().any(u8::is_ascii_lowercase)
}

/// `bytes.istitle`.
pub fn istitle(s: &[u8]) -> bool {
    let (mut cased, mut previous) = (false, false);
    for b in s {
        if b.is_ascii_uppercase() {
            if previous {
                return false;
            }
            (previous, cased) = (true, true);
        } else if b.is_ascii_lowercase() {
            if !previous {
                return false;
            }
            cased = true;
        } else {
            previous = false;
        }
    }
    cased
}

/// `bytes.capitalize`.
pub fn capitalize(s: &[u8]) -> Vec<u8> {
    let mut out = s.to_ascii_lowercase();
    if let Some(b) = out.first_mut() {
        b.make_ascii_uppercase();
    }
    out
}

/// `bytes.title`.
pub fn title(s: &[u8]) -> Vec<u8> {
    let mut inside = false;
    s.iter()
        .map(|b| {
            let c = if inside { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
            inside = b.is_ascii_alphabetic();
            c
        })
        .collect()
}

/// `bytes.swapcase`.
pub fn swapcase(s: &[u8]) -> Vec<u8> {
    s.iter().map(|&b| if b.is_ascii_alphabetic() { b ^ 0x20 } else { b }).collect()
}

/// `bytes.strip(chars)` and its siblings; `None` strips white space.
pub fn strip(s: &[u8], chars: Option<&[u8]>, ends: Ends) -> Range<usize> {
    let hit = |b: u8| chars.map_or(is_space(b), |set| set.contains(&b));
    let (mut from, mut to) = (0, s.len());
    if ends.left() {
        while from < to && hit(s[from]) {
            from += 1;
        }
    }
    if ends.right() {
        while to > from && hit(s[to - 1]) {
            to -= 1;
        }
    }
    from..to
}

/// `bytes.split(None, maxsplit)` as byte ranges.
pub fn split_whitespace(s: &[u8], maxsplit: usize) -> Vec<Range<usize>> {
    search::split_bytes_where(s, is_space, maxsplit)
}

/// `bytes.rsplit(None, maxsplit)` as byte ranges in order.
pub fn rsplit_whitespace(s: &[u8], maxsplit: usize) -> Vec<Range<usize>> {
    search::rsplit_bytes_where(s, is_space, maxsplit)
}

/// `bytes.splitlines(keepends)` as byte ranges.
pub fn splitlines(s: &[u8], keepends: bool) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(k) = memchr::memchr2(b'\n', b'\r', &s[from..]) {
        let end = from + k;
        let next = end + if s[end..].starts_with(b"\r\n") { 2 } else { 1 };
        out.push(from..if keepends { next } else { end });
        from = next;
    }
    if from < s.len() {
        out.push(from..s.len());
    }
    out
}

/// `bytes.translate(table, delete)`; `table` has 256 entries or is absent.
pub fn translate(s: &[u8], table: Option<&[u8]>, delete: &[u8]) -> Vec<u8> {
    let mut drop = [false; 256];
    for &b in delete {
        drop[usize::from(b)] = true;
    }
    let map = |b: u8| table.and_then(|t| t.get(usize::from(b)).copied()).unwrap_or(b);
    s.iter().filter(|&&b| !drop[usize::from(b)]).map(|&b| map(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods() {
        assert_eq!(title(b"they're b2b"), b"They'Re B2B");
        assert_eq!(capitalize(b"aBC"), b"Abc");
        assert_eq!(swapcase(b"aB\xe9"), b"Ab\xe9");
        assert!(istitle(b"A1B") && isupper(b"A1") && !islower(b"1"));
        assert_eq!(strip(b" \x1c a\t", None, Ends::Both), 1..4);
        assert_eq!(splitlines(b"a\r\nb\x0bc\r", true), [0..3, 3..7]);
        assert_eq!(translate(b"abca", None, b"a"), b"bc");
    }
}
