//! Generalized UTF-8: the storage form of `str`.
//!
//! It is UTF-8 that also admits the three-byte form of lone surrogates, so every Python string has exactly one
//! encoding and concatenation is byte concatenation. Positions in Python are code points; this file converts between
//! them and byte offsets. Functions expect valid input and stay within bounds on any other.

use std::borrow::Cow;

/// Number of bytes of the code point that starts with `lead`.
#[inline]
pub fn width(lead: u8) -> usize {
    match lead {
        0..=0xDF if lead < 0xC0 => 1,
        0..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

/// Number of bytes that encode `cp`.
#[inline]
pub fn encoded_len(cp: u32) -> usize {
    match cp {
        0..=0x7F => 1,
        0x80..=0x7FF => 2,
        0x800..=0xFFFF => 3,
        _ => 4,
    }
}

#[inline]
fn cont(s: &[u8], i: usize) -> u32 {
    u32::from(s.get(i).copied().unwrap_or(0x80) & 0x3F)
}

/// The code point at byte offset `i` and its width; `None` at the end.
#[inline]
pub fn decode(s: &[u8], i: usize) -> Option<(u32, usize)> {
    let b = *s.get(i)?;
    if b < 0x80 {
        return Some((u32::from(b), 1));
    }
    let b0 = u32::from(b);
    Some(match width(b) {
        1 => (0xFFFD, 1),
        2 => ((b0 & 0x1F) << 6 | cont(s, i + 1), 2.min(s.len() - i)),
        3 => ((b0 & 0x0F) << 12 | cont(s, i + 1) << 6 | cont(s, i + 2), 3.min(s.len() - i)),
        _ => ((b0 & 0x07) << 18 | cont(s, i + 1) << 12 | cont(s, i + 2) << 6 | cont(s, i + 3), 4.min(s.len() - i)),
    })
}

/// The code point that ends at byte offset `end` and its width; `None` at the start.
#[inline]
pub fn decode_back(s: &[u8], end: usize) -> Option<(u32, usize)> {
    let mut i = end.checked_sub(1)?;
    while i > 0 && end - i < 4 && s.get(i).is_some_and(|b| b & 0xC0 == 0x80) {
        i -= 1;
    }
    decode(s, i).map(|(c, _)| (c, end - i))
}

/// Appends `cp`, which may be a surrogate.
#[inline]
pub fn push(out: &mut Vec<u8>, cp: u32) {
    let low = |shift: u32| 0x80 | (cp >> shift & 0x3F) as u8;
    match cp {
        0..=0x7F => out.push(cp as u8),
        0x80..=0x7FF => out.extend_from_slice(&[0xC0 | (cp >> 6) as u8, low(0)]),
        0x800..=0xFFFF => out.extend_from_slice(&[0xE0 | (cp >> 12) as u8, low(6), low(0)]),
        _ => out.extend_from_slice(&[0xF0 | (cp >> 18 & 7) as u8, low(12), low(6), low(0)]),
    }
}

/// The encoding of one code point.
pub fn encode(cp: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(4);
    push(&mut out, cp);
    out
}

/// A string of the given code points.
pub fn from_code_points(cps: impl IntoIterator<Item = u32>) -> Vec<u8> {
    let mut out = Vec::new();
    for cp in cps {
        push(&mut out, cp);
    }
    out
}

/// Number of code points.
#[inline]
pub fn count(s: &[u8]) -> usize {
    s.iter().filter(|&&b| (b as i8) >= -0x40).count()
}

/// Whether `i` lies between code points.
#[inline]
pub fn is_boundary(s: &[u8], i: usize) -> bool {
    i == s.len() || s.get(i).is_some_and(|b| b & 0xC0 != 0x80)
}

/// Byte offset of the code point with the given index; the length when the index is past the end.
pub fn offset(s: &[u8], index: usize) -> usize {
    let (mut i, mut left) = (0, index);
    // Whole words first: a long index costs one pass of byte counting.
    while left >= 32 && i + 32 <= s.len() {
        left -= count(&s[i..i + 32]);
        i += 32;
    }
    while i < s.len() && (left > 0 || s[i] & 0xC0 == 0x80) {
        if s[i] & 0xC0 != 0x80 {
            left -= 1;
            i += 1;
            while i < s.len() && s[i] & 0xC0 == 0x80 {
                i += 1;
            }
        } else {
            i += 1;
        }
    }
    i
}

/// Byte offset of the code point that is the `back`-th from the end; 0 when there are not so many.
pub fn offset_back(s: &[u8], back: usize) -> usize {
    let mut i = s.len();
    for _ in 0..back {
        i = i.saturating_sub(1);
        while i > 0 && s[i] & 0xC0 == 0x80 {
            i -= 1;
        }
    }
    i
}

/// Code-point index of a byte offset.
#[inline]
pub fn index(s: &[u8], offset: usize) -> usize {
    count(&s[..offset.min(s.len())])
}

/// The code points `start..end` as a slice of `s` (bounds are clamped).
pub fn slice(s: &[u8], start: usize, end: usize) -> &[u8] {
    let from = offset(s, start);
    let to = from + offset(&s[from..], end.saturating_sub(start));
    &s[from..to]
}

/// The code point with the given index.
pub fn nth(s: &[u8], index: usize) -> Option<u32> {
    decode(s, offset(s, index)).map(|(c, _)| c)
}

/// The extended slice `start, start + step, ...` of `n` code points (`step` may be negative, all indices valid).
pub fn slice_step(s: &[u8], start: usize, step: isize, n: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(n);
    let mut i = offset(s, start);
    for k in 0..n {
        let Some((c, w)) = decode(s, i) else { break };
        push(&mut out, c);
        if k + 1 == n {
            break;
        }
        if step >= 0 {
            i += w;
            for _ in 1..step {
                i += s.get(i).map_or(0, |&b| width(b));
            }
        } else {
            for _ in 0..step.unsigned_abs() {
                i -= decode_back(s, i).map_or(0, |(_, w)| w);
            }
        }
    }
    out
}

/// The string reversed by code points.
pub fn reversed(s: &[u8]) -> Vec<u8> {
    from_code_points(CodePoints::new(s).rev())
}

/// Whether `s` is valid generalized UTF-8 (shortest forms, at most U+10FFFF, surrogates allowed).
pub fn is_valid(s: &[u8]) -> bool {
    let mut rest = s;
    loop {
        match std::str::from_utf8(rest) {
            Ok(_) => return true,
            Err(e) => {
                let tail = &rest[e.valid_up_to()..];
                match tail {
                    [0xED, 0xA0..=0xBF, 0x80..=0xBF, more @ ..] => rest = more,
                    _ => return false,
                }
            }
        }
    }
}

/// Whether a lone surrogate occurs.
pub fn has_surrogates(s: &[u8]) -> bool {
    first_surrogate(s).is_some()
}

/// Byte offset of the first lone surrogate.
pub fn first_surrogate(s: &[u8]) -> Option<usize> {
    memchr::memchr_iter(0xED, s).find(|&i| s.get(i + 1).is_some_and(|&b| b >= 0xA0))
}

/// The string as `&str`, when it has no surrogates.
pub fn as_str(s: &[u8]) -> Option<&str> {
    std::str::from_utf8(s).ok()
}

/// What stands before a surrogate in [`carry`]'s text: a code point that no text means to say.
const MARK: char = '\u{10FFFF}';
/// Private code points that stand for the surrogates there.
const CARRIED: u32 = 0x10_0000;
const SURROGATES: std::ops::RangeInclusive<u32> = 0xD800..=0xDFFF;

/// The string as Rust text from which [`uncarry`] makes it again, so that texts of errors can be put together from names
/// that have lone surrogates.
pub fn carry(s: &[u8]) -> Cow<'_, str> {
    match as_str(s) {
        Some(text) if !text.contains(MARK) => Cow::Borrowed(text),
        _ => {
            let mut out = String::with_capacity(s.len() + 8);
            for cp in code_points(s) {
                match char::from_u32(cp) {
                    Some(MARK) => out.extend([MARK, MARK]),
                    Some(c) => out.push(c),
                    None => {
                        out.push(MARK);
                        out.extend(char::from_u32(CARRIED + cp.wrapping_sub(*SURROGATES.start())));
                    }
                }
            }
            Cow::Owned(out)
        }
    }
}

/// The string that [`carry`] made `text` of, if it is not `text` itself.
pub fn uncarry(text: &str) -> Option<Vec<u8>> {
    let (head, _) = text.split_once(MARK)?;
    let mut out = head.as_bytes().to_vec();
    let mut rest = text[head.len()..].chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        match next.map(|n| u32::from(n).wrapping_sub(CARRIED).wrapping_add(*SURROGATES.start())) {
            Some(cp) if c == MARK && SURROGATES.contains(&cp) => push(&mut out, cp),
            _ => {
                push(&mut out, u32::from(c));
                if c != MARK || next != Some(MARK) {
                    continue;
                }
            }
        }
        rest.next();
    }
    Some(out)
}

/// Runs of valid UTF-8 and lone surrogates, in order.
pub enum Chunk<'a> {
    /// Text without surrogates.
    Text(&'a str),
    /// One surrogate code point.
    Surrogate(u32),
}

/// Splits a string into runs of text and single surrogates.
pub fn chunks(s: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = s;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = first_surrogate(rest).unwrap_or(rest.len());
        if end == 0 {
            let (c, w) = decode(rest, 0)?;
            rest = &rest[w..];
            return Some(Chunk::Surrogate(c));
        }
        let (head, tail) = rest.split_at(end);
        rest = tail;
        // Invalid input (never produced by this crate) reads as empty text.
        Some(Chunk::Text(std::str::from_utf8(head).unwrap_or_default()))
    })
}

/// Iterator over code points from either end.
#[derive(Clone)]
pub struct CodePoints<'a> {
    s: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> CodePoints<'a> {
    /// All code points of `s`.
    #[inline]
    pub fn new(s: &'a [u8]) -> Self {
        CodePoints { s, start: 0, end: s.len() }
    }

    /// Byte offset of the next code point.
    #[inline]
    pub fn offset(&self) -> usize {
        self.start
    }

    /// What has not been consumed yet.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        &self.s[self.start..self.end]
    }
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.start >= self.end {
            return None;
        }
        let (c, w) = decode(self.s, self.start)?;
        self.start += w;
        Some(c)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let n = self.end - self.start;
        (n.div_ceil(4), Some(n))
    }
}

impl DoubleEndedIterator for CodePoints<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        if self.start >= self.end {
            return None;
        }
        let (c, w) = decode_back(self.s, self.end)?;
        self.end -= w;
        Some(c)
    }
}

/// Iterator over the code points of `s`.
#[inline]
pub fn code_points(s: &[u8]) -> CodePoints<'_> {
    CodePoints::new(s)
}

/// Order by code points, which for this encoding is the order of bytes.
#[inline]
pub fn compare(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    a.cmp(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carried_text_comes_back() {
        let with = |cps: &[u32]| from_code_points(cps.iter().copied());
        for s in [
            with(&[]),
            with(&[0x61, 0x10FFFF]),
            with(&[0xD800]),
            with(&[0x61, 0xDFFF, 0xD800, 0x62]),
            with(&[0x10FFFF, 0x100000, 0x10FFFF, 0x10FFFF, 0xDC80]),
            with(&[0x10FFFF, 0xD800, 0x10FFFF]),
            with(&[0x100000, 0x1007FF]),
        ] {
            let text = carry(&s).into_owned();
            assert_eq!(uncarry(&text).unwrap_or(text.into_bytes()), s);
        }
        assert_eq!(uncarry("a\u{10FFFF}b\u{10FFFF}").as_deref(), Some("a\u{10FFFF}b\u{10FFFF}".as_bytes()));
        assert_eq!(uncarry("plain é"), None);
    }

    #[test]
    fn positions() {
        let mut s = "aé€😀z".as_bytes().to_vec();
        push(&mut s, 0xD800);
        assert_eq!(count(&s), 6);
        assert_eq!((0..=7).map(|i| offset(&s, i)).collect::<Vec<_>>(), [0, 1, 3, 6, 10, 11, 14, 14]);
        assert_eq!(index(&s, 6), 3);
        assert_eq!(slice(&s, 1, 3), "é€".as_bytes());
        assert_eq!(slice(&s, 5, 2), b"");
        assert_eq!(nth(&s, 5), Some(0xD800));
        assert_eq!(code_points(&s).rev().collect::<Vec<_>>(), [0xD800, 0x7A, 0x1F600, 0x20AC, 0xE9, 0x61]);
        assert_eq!(slice_step(&s, 4, -2, 3), "z€a".as_bytes());
        assert_eq!(slice_step(&s, 0, 2, 3), "a€z".as_bytes());
        assert!(is_valid(&s) && has_surrogates(&s));
        assert!(!is_valid(b"\xc0\x80") && !is_valid(b"\xed\xa0"));
        let long = "é".repeat(100);
        assert_eq!(offset(long.as_bytes(), 77), 154);
    }
}
