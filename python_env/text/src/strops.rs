//! The methods of `str` that look at characters: classes, case, white space, lines.

use crate::search;
use crate::unicode;
use crate::wtf8::{self, code_points};
use std::ops::Range;

/// Whether a one-byte character is white space for `str`.
#[inline]
pub fn is_ascii_space(b: u8) -> bool {
    matches!(b, 9..=13 | 28..=32)
}

/// Whether there are characters and all are of a class: `ascii` says so for bytes below 128, `f` for any character.
fn all(s: &[u8], ascii: impl Fn(u8) -> bool, f: impl Fn(u32) -> bool) -> bool {
    let n = s.iter().take_while(|&&b| b < 0x80 && ascii(b)).count();
    if n == s.len() {
        return n > 0;
    }
    s[n] >= 0x80 && code_points(&s[n..]).all(f)
}

/// `str.isalpha`.
pub fn isalpha(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_alphabetic(), unicode::is_alpha)
}

/// `str.isalnum`.
pub fn isalnum(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_alphanumeric(), unicode::is_alnum)
}

/// `str.isdigit`.
pub fn isdigit(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_digit(), unicode::is_digit)
}

/// `str.isdecimal`.
pub fn isdecimal(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_digit(), unicode::is_decimal)
}

/// `str.isnumeric`.
pub fn isnumeric(s: &[u8]) -> bool {
    all(s, |b| b.is_ascii_digit(), unicode::is_numeric)
}

/// `str.isspace`.
pub fn isspace(s: &[u8]) -> bool {
    all(s, is_ascii_space, unicode::is_space)
}

/// `str.isprintable`.
pub fn isprintable(s: &[u8]) -> bool {
    code_points(s).all(unicode::is_printable)
}

/// `str.isidentifier`.
pub fn isidentifier(s: &[u8]) -> bool {
    let mut chars = code_points(s);
    chars.next().is_some_and(unicode::is_xid_start) && chars.all(unicode::is_xid_continue)
}

/// `str.isupper`.
pub fn isupper(s: &[u8]) -> bool {
    let mut cased = false;
    for c in code_points(s) {
        if unicode::is_lower(c) || unicode::is_title(c) {
            return false;
        }
        cased |= unicode::is_upper(c);
    }
    cased
}

/// `str.islower`.
pub fn islower(s: &[u8]) -> bool {
    let mut cased = false;
    for c in code_points(s) {
        if unicode::is_upper(c) || unicode::is_title(c) {
            return false;
        }
        cased |= unicode::is_lower(c);
    }
    cased
}

/// `str.istitle`.
pub fn istitle(s: &[u8]) -> bool {
    let (mut cased, mut previous) = (false, false);
    for c in code_points(s) {
        if unicode::is_upper(c) || unicode::is_title(c) {
            if previous {
                return false;
            }
            (previous, cased) = (true, true);
        } else if unicode::is_lower(c) {
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

const SIGMA: u32 = 0x3A3;

/// Appends the lower case of `c`, which stands at bytes `at..at + width` of `s`: a capital sigma at the end of a word
/// becomes a final sigma.
fn push_lower_at(out: &mut Vec<u8>, s: &[u8], c: u32, at: usize, width: usize) {
    if c != SIGMA {
        return unicode::push_lower(out, c);
    }
    let cased = |c: Option<u32>| c.is_some_and(unicode::is_cased);
    let before = code_points(&s[..at]).rev().find(|&c| !unicode::is_case_ignorable(c));
    let after = code_points(&s[at + width..]).find(|&c| !unicode::is_case_ignorable(c));
    wtf8::push(out, if cased(before) && !cased(after) { 0x3C2 } else { 0x3C3 });
}

/// Maps every character with its position.
fn map(s: &[u8], mut f: impl FnMut(&mut Vec<u8>, u32, usize, usize)) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    let mut i = 0;
    while let Some((c, w)) = wtf8::decode(s, i) {
        f(&mut out, c, i, w);
        i += w;
    }
    out
}

/// `str.lower`.
pub fn lower(s: &[u8]) -> Vec<u8> {
    if s.is_ascii() {
        return s.to_ascii_lowercase();
    }
    map(s, |out, c, i, w| push_lower_at(out, s, c, i, w))
}

/// `str.upper`.
pub fn upper(s: &[u8]) -> Vec<u8> {
    if s.is_ascii() {
        return s.to_ascii_uppercase();
    }
    map(s, |out, c, _, _| unicode::push_upper(out, c))
}

/// `str.casefold`.
pub fn casefold(s: &[u8]) -> Vec<u8> {
    unicode::casefold(s)
}

/// `str.capitalize`.
pub fn capitalize(s: &[u8]) -> Vec<u8> {
    if s.is_ascii() {
        let mut out = s.to_ascii_lowercase();
        if let Some(b) = out.first_mut() {
            b.make_ascii_uppercase();
        }
        return out;
    }
    map(s, |out, c, i, w| if i == 0 { unicode::push_title(out, c) } else { push_lower_at(out, s, c, i, w) })
}

/// `str.title`.
pub fn title(s: &[u8]) -> Vec<u8> {
    let mut inside = false;
    if s.is_ascii() {
        let mut out = s.to_vec();
        for b in &mut out {
            *b = if inside { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
            inside = b.is_ascii_alphabetic();
        }
        return out;
    }
    map(s, |out, c, i, w| {
        if inside {
            push_lower_at(out, s, c, i, w)
        } else {
            unicode::push_title(out, c)
        }
        inside = unicode::is_cased(c);
    })
}

/// `str.swapcase`.
pub fn swapcase(s: &[u8]) -> Vec<u8> {
    map(s, |out, c, i, w| {
        if unicode::is_upper(c) {
            push_lower_at(out, s, c, i, w);
        } else if unicode::is_lower(c) {
            unicode::push_upper(out, c);
        } else {
            wtf8::push(out, c);
        }
    })
}

/// Which ends a strip method works on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ends {
    /// `lstrip`
    Left,
    /// `rstrip`
    Right,
    /// `strip`
    Both,
}

impl Ends {
    /// Whether the left end is stripped.
    pub fn left(self) -> bool {
        self != Ends::Right
    }

    /// Whether the right end is stripped.
    pub fn right(self) -> bool {
        self != Ends::Left
    }
}

#[inline]
fn strip_where(s: &[u8], ends: Ends, f: impl Fn(u32) -> bool) -> Range<usize> {
    let (mut from, mut to) = (0, s.len());
    if ends.left() {
        while let Some((c, w)) = wtf8::decode(s, from)
            && f(c)
        {
            from += w;
        }
    }
    if ends.right() {
        while to > from
            && let Some((c, w)) = wtf8::decode_back(s, to)
            && f(c)
        {
            to -= w;
        }
    }
    from..to.max(from)
}

/// `str.strip()` and its siblings: what remains.
pub fn strip(s: &[u8], ends: Ends) -> Range<usize> {
    // Nothing to do for most strings.
    if let (Some(&a), Some(&b)) = (s.first(), s.last())
        && (a | b) < 0x80
        && !(ends.left() && is_ascii_space(a))
        && !(ends.right() && is_ascii_space(b))
    {
        return 0..s.len();
    }
    strip_where(s, ends, unicode::is_space)
}

/// `str.strip(chars)` and its siblings.
pub fn strip_chars(s: &[u8], chars: &[u8], ends: Ends) -> Range<usize> {
    if let [one] = chars {
        return strip_where(s, ends, |c| c == u32::from(*one));
    }
    if chars.is_ascii() {
        let mut set = [false; 128];
        for &b in chars {
            set[usize::from(b)] = true;
        }
        return strip_where(s, ends, |c| c < 128 && set[c as usize]);
    }
    strip_where(s, ends, |c| code_points(chars).any(|x| x == c))
}

/// `str.split(None, maxsplit)` as byte ranges.
pub fn split_whitespace(s: &[u8], ascii: bool, maxsplit: usize) -> Vec<Range<usize>> {
    if ascii {
        return search::split_bytes_where(s, is_ascii_space, maxsplit);
    }
    let mut out = Vec::new();
    let mut i = 0;
    loop {
        i += strip(&s[i..], Ends::Left).start;
        if i == s.len() {
            return out;
        }
        if out.len() >= maxsplit {
            out.push(i..s.len());
            return out;
        }
        let from = i;
        while let Some((c, w)) = wtf8::decode(s, i)
            && !unicode::is_space(c)
        {
            i += w;
        }
        out.push(from..i);
    }
}

/// `str.rsplit(None, maxsplit)` as byte ranges in order.
pub fn rsplit_whitespace(s: &[u8], ascii: bool, maxsplit: usize) -> Vec<Range<usize>> {
    if ascii {
        return search::rsplit_bytes_where(s, is_ascii_space, maxsplit);
    }
    let mut out = Vec::new();
    let mut end = s.len();
    loop {
        end = strip(&s[..end], Ends::Right).end;
        if end == 0 {
            break;
        }
        if out.len() >= maxsplit {
            out.push(0..end);
            break;
        }
        let to = end;
        while let Some((c, w)) = wtf8::decode_back(s, end)
            && !unicode::is_space(c)
        {
            end -= w;
        }
        out.push(end..to);
    }
    out.reverse();
    out
}

/// `str.splitlines(keepends)` as byte ranges.
pub fn splitlines(s: &[u8], keepends: bool) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut from, mut i) = (0, 0);
    if s.is_ascii() {
        // Line breaks below 128 are those in 10..=13 and 28..=30.
        while let Some(n) = s[i..].iter().position(|&b| matches!(b, 10..=13 | 28..=30)) {
            let end = i + n;
            i = end + 1;
            if s[end] == b'\r' && s.get(i) == Some(&b'\n') {
                i += 1;
            }
            out.push(from..if keepends { i } else { end });
            from = i;
        }
        if from < s.len() {
            out.push(from..s.len());
        }
        return out;
    }
    while let Some((c, w)) = wtf8::decode(s, i) {
        if !unicode::is_line_break(c) {
            i += w;
            continue;
        }
        let end = i;
        i += w;
        if c == 0x0D && s.get(i) == Some(&b'\n') {
            i += 1;
        }
        out.push(from..if keepends { i } else { end });
        from = i;
    }
    if from < s.len() {
        out.push(from..s.len());
    }
    out
}

/// `str.translate`: `f` appends what a character becomes.
pub fn translate<E>(
    s: &[u8],
    out: &mut Vec<u8>,
    mut f: impl FnMut(u32, &mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    code_points(s).try_for_each(|c| f(c, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(v: Vec<u8>) -> String {
        String::from_utf8(v).unwrap()
    }

    #[test]
    fn cases() {
        assert_eq!(text(lower("ΑΣ ΑΣΑ Σ Α.Σ".as_bytes())), "ας ασα σ α.ς");
        assert_eq!(text(upper("straße ŉ ﬁ".as_bytes())), "STRASSE ʼN FI");
        assert_eq!(text(title("ßa ﬁx they're ǆx".as_bytes())), "Ssa Fix They'Re ǅx");
        assert_eq!(text(capitalize("ǆABC".as_bytes())), "ǅabc");
        assert_eq!(text(swapcase("aBß Σ".as_bytes())), "AbSS σ");
        assert_eq!(text(casefold("Straße ΑΣ İ".as_bytes())), "strasse ασ i\u{307}");
        assert_eq!(text(lower("İ".as_bytes())), "i\u{307}");
    }

    #[test]
    fn classes() {
        assert!(istitle("Hello World 9a".replace("9a", "9A").as_bytes()) && !istitle(b"HeLLo") && !istitle(b""));
        assert!(isupper("ABC1".as_bytes()) && !isupper(b"1") && islower("ª".as_bytes()));
        assert!(isidentifier("éa_1".as_bytes()) && !isidentifier(b"1a") && !isidentifier(b""));
        assert!(isprintable(b"") && !isprintable(b"\n") && isspace("\u{2003}\x1c".as_bytes()));
    }

    #[test]
    fn splitting() {
        let s = "\u{2003}é x\u{3000}\u{3000}z ";
        let get = |r: Vec<Range<usize>>| r.into_iter().map(|r| &s[r]).collect::<Vec<_>>();
        assert_eq!(get(split_whitespace(s.as_bytes(), false, usize::MAX)), ["é", "x", "z"]);
        assert_eq!(get(split_whitespace(s.as_bytes(), false, 1)), ["é", "x\u{3000}\u{3000}z "]);
        assert_eq!(get(rsplit_whitespace(s.as_bytes(), false, 1)), ["\u{2003}é x", "z"]);
        assert_eq!(&s[strip(s.as_bytes(), Ends::Both)], "é x\u{3000}\u{3000}z");
        assert_eq!(strip_chars("xéyéx".as_bytes(), "éx".as_bytes(), Ends::Both), 3..4);
        assert_eq!(splitlines(b"a\r\nb\n\nc", false), [0..1, 3..4, 5..5, 6..7]);
        assert_eq!(splitlines("a\u{2028}".as_bytes(), true), vec![0..4; 1]);
    }
}
