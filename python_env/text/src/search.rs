//! Searching, counting, splitting and replacing on byte strings.
//!
//! `str` and `bytes` share all of it: in (generalized) UTF-8 a match of bytes is a match of code points. Only the empty
//! needle differs, which matches between characters; [`Unit`] says what a character is.

use crate::wtf8;
use memchr::memmem;
use std::ops::Range;

/// What an empty needle matches between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Bytes: `bytes`, `bytearray`, and `str` known to be ASCII.
    Byte,
    /// Code points of generalized UTF-8.
    Char,
}

impl Unit {
    /// The unit of a `str` with the given ASCII flag.
    #[inline]
    pub fn of_str(ascii: bool) -> Unit {
        if ascii { Unit::Byte } else { Unit::Char }
    }

    #[inline]
    fn step(self, s: &[u8], i: usize) -> usize {
        match self {
            Unit::Byte => 1,
            Unit::Char => s.get(i).map_or(1, |&b| wtf8::width(b)),
        }
    }

    #[inline]
    fn count(self, s: &[u8]) -> usize {
        match self {
            Unit::Byte => s.len(),
            Unit::Char => wtf8::count(s),
        }
    }
}

/// Byte offset of the first occurrence.
#[inline]
pub fn find(s: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [b] => memchr::memchr(*b, s),
        _ => find_by_first(s, needle),
    }
}

/// In texts up to this length looking for the first byte costs less than preparing a search.
const SHORT: usize = 160;
/// In longer ones, as long as it is rare: after so many that were something else the search is prepared.
const TRIES: usize = 6;

fn find_by_first(s: &[u8], needle: &[u8]) -> Option<usize> {
    let last = s.len().checked_sub(needle.len())?;
    let (mut from, mut tries) = (0, if s.len() <= SHORT { usize::MAX } else { TRIES });
    while from <= last {
        if tries == 0 {
            return memmem::find(&s[from..], needle).map(|at| from + at);
        }
        tries -= 1;
        let at = from + memchr::memchr(needle[0], &s[from..=last])?;
        if s[at + 1..at + needle.len()] == needle[1..] {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Byte offset of the last occurrence.
#[inline]
pub fn rfind(s: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(s.len()),
        [b] => memchr::memrchr(*b, s),
        _ => memmem::rfind(s, needle),
    }
}

/// Number of occurrences that do not overlap.
pub fn count(s: &[u8], needle: &[u8], unit: Unit) -> usize {
    match needle {
        [] => unit.count(s) + 1,
        [b] => memchr::memchr_iter(*b, s).count(),
        _ => memmem::find_iter(s, needle).count(),
    }
}

/// Resolves the optional `start` and `end` of a search method in a sequence of `len` units, as slices do. The result is
/// `None` when nothing, not even the empty needle, can match there.
pub fn clamp_bounds(start: isize, end: isize, len: usize) -> Option<Range<usize>> {
    let fix = |i: isize| if i < 0 { len.saturating_sub(i.unsigned_abs()) } else { i as usize };
    let (start, end) = (fix(start), fix(end).min(len));
    (start <= end).then_some(start..end)
}

/// The parts of `s` between separators, at most `maxsplit` of which count; `sep` is not empty.
pub fn parts<'a>(s: &'a [u8], sep: &'a [u8], maxsplit: usize) -> impl Iterator<Item = Range<usize>> + 'a {
    let (mut from, mut left) = (Some(0), maxsplit);
    std::iter::from_fn(move || {
        let start = from?;
        let found = if left == 0 { None } else { find(&s[start..], sep) };
        left = left.saturating_sub(1);
        from = found.map(|n| start + n + sep.len());
        Some(start..found.map_or(s.len(), |n| start + n))
    })
}

/// The words of `s` between white space of one byte.
pub fn words<'a>(s: &'a [u8], space: impl Fn(u8) -> bool + 'a) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut at = 0;
    std::iter::from_fn(move || {
        let from = at + s[at..].iter().position(|&b| !space(b))?;
        at = s[from..].iter().position(|&b| space(b)).map_or(s.len(), |n| from + n);
        Some(from..at)
    })
}

/// `s.split(sep, maxsplit)` for a non-empty separator, as byte ranges.
pub fn split(s: &[u8], sep: &[u8], maxsplit: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut add = |at: usize| {
        out.push(from..at);
        from = at + sep.len();
    };
    match sep {
        [b] => memchr::memchr_iter(*b, s).take(maxsplit).for_each(&mut add),
        _ => memmem::find_iter(s, sep).take(maxsplit).for_each(&mut add),
    }
    out.push(from..s.len());
    out
}

/// `s.rsplit(sep, maxsplit)` for a non-empty separator, as byte ranges in order.
pub fn rsplit(s: &[u8], sep: &[u8], maxsplit: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut end = s.len();
    while out.len() < maxsplit
        && let Some(at) = rfind(&s[..end], sep)
    {
        out.push(at + sep.len()..end);
        end = at;
    }
    out.push(0..end);
    out.reverse();
    out
}

/// `s.split(None, maxsplit)` for white space of one byte, as byte ranges.
pub fn split_bytes_where(s: &[u8], space: impl Fn(u8) -> bool, maxsplit: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut i = 0;
    loop {
        while i < s.len() && space(s[i]) {
            i += 1;
        }
        if i == s.len() {
            return out;
        }
        if out.len() >= maxsplit {
            // The rest keeps its trailing white space.
            out.push(i..s.len());
            return out;
        }
        let from = i;
        while i < s.len() && !space(s[i]) {
            i += 1;
        }
        out.push(from..i);
    }
}

/// `s.rsplit(None, maxsplit)` for white space of one byte, as byte ranges in order.
pub fn rsplit_bytes_where(s: &[u8], space: impl Fn(u8) -> bool, maxsplit: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut end = s.len();
    loop {
        while end > 0 && space(s[end - 1]) {
            end -= 1;
        }
        if end == 0 {
            break;
        }
        if out.len() >= maxsplit {
            out.push(0..end);
            break;
        }
        let to = end;
        while end > 0 && !space(s[end - 1]) {
            end -= 1;
        }
        out.push(end..to);
    }
    out.reverse();
    out
}

/// `s.partition(sep)`: the offsets at which the separator starts and ends.
pub fn partition(s: &[u8], sep: &[u8]) -> Option<(usize, usize)> {
    find(s, sep).map(|i| (i, i + sep.len()))
}

/// `s.rpartition(sep)`.
pub fn rpartition(s: &[u8], sep: &[u8]) -> Option<(usize, usize)> {
    rfind(s, sep).map(|i| (i, i + sep.len()))
}

/// `s.replace(old, new, max)`; `None` when nothing changes.
pub fn replace(s: &[u8], old: &[u8], new: &[u8], max: usize, unit: Unit) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    replace_into(&mut out, s, old, new, max, unit).then_some(out)
}

/// Appends `s.replace(old, new, max)`; false (and nothing appended) when nothing changes.
pub fn replace_into(out: &mut Vec<u8>, s: &[u8], old: &[u8], new: &[u8], max: usize, unit: Unit) -> bool {
    if max == 0 || old == new {
        return false;
    }
    if old.is_empty() {
        out.reserve(s.len() + new.len() * (unit.count(s) + 1).min(max));
        let (mut i, mut done) = (0, 0);
        while done < max {
            out.extend_from_slice(new);
            done += 1;
            if i >= s.len() {
                break;
            }
            let to = (i + unit.step(s, i)).min(s.len());
            out.extend_from_slice(&s[i..to]);
            i = to;
        }
        out.extend_from_slice(&s[i..]);
        return true;
    }
    let Some(first) = find(s, old) else { return false };
    out.reserve(s.len() + new.len());
    if let ([a], [b]) = (old, new) {
        let start = out.len();
        out.extend_from_slice(s);
        for i in memchr::memchr_iter(*a, s).take(max) {
            out[start + i] = *b;
        }
        return true;
    }
    let mut from = 0;
    let mut put = |at: usize| {
        out.extend_from_slice(&s[from..at]);
        out.extend_from_slice(new);
        from = at + old.len();
    };
    match old {
        [b] => memchr::memchr_iter(*b, s).take(max).for_each(&mut put),
        _ => {
            put(first);
            let rest = first + old.len();
            if max > 1 && s.len() - rest >= old.len() {
                memmem::find_iter(&s[rest..], old).take(max - 1).for_each(|i| put(rest + i));
            }
        }
    }
    out.extend_from_slice(&s[from..]);
    true
}

/// `s.expandtabs(size)`.
pub fn expandtabs(s: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    let mut column = 0;
    for &b in s {
        match b {
            b'\t' => {
                if size > 0 {
                    let n = size - column % size;
                    column += n;
                    out.resize(out.len() + n, b' ');
                }
            }
            b'\n' | b'\r' => {
                column = 0;
                out.push(b);
            }
            _ => {
                column += usize::from(b & 0xC0 != 0x80);
                out.push(b);
            }
        }
    }
    out
}

/// `expandtabs` of `bytes`, where every byte is a column.
pub fn expandtabs_bytes(s: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    let mut column = 0;
    for &b in s {
        if b == b'\t' {
            if size > 0 {
                let n = size - column % size;
                column += n;
                out.resize(out.len() + n, b' ');
            }
            continue;
        }
        column = if b == b'\n' || b == b'\r' { 0 } else { column + 1 };
        out.push(b);
    }
    out
}

/// `s.zfill(width)`: zeros after the sign; `chars` is the length in characters. `None` when nothing changes.
pub fn zfill(s: &[u8], chars: usize, width: usize) -> Option<Vec<u8>> {
    let fill = width.checked_sub(chars).filter(|&n| n > 0)?;
    let mut out = Vec::with_capacity(s.len() + fill);
    let sign = usize::from(matches!(s.first(), Some(b'+' | b'-')));
    out.extend_from_slice(&s[..sign]);
    out.resize(sign + fill, b'0');
    out.extend_from_slice(&s[sign..]);
    Some(out)
}

/// Padding left and right for `center` (Python puts the odd blank by parity of the width).
pub fn center_padding(chars: usize, width: usize) -> (usize, usize) {
    let pad = width.saturating_sub(chars);
    let left = pad / 2 + (pad & width & 1);
    (left, pad - left)
}

/// `s` with `left` and `right` copies of `fill` around it.
pub fn pad(s: &[u8], left: usize, right: usize, fill: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len() + (left + right) * fill.len());
    for _ in 0..left {
        out.extend_from_slice(fill);
    }
    out.extend_from_slice(s);
    for _ in 0..right {
        out.extend_from_slice(fill);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(s: &str, r: Vec<Range<usize>>) -> Vec<&str> {
        r.into_iter().map(|r| &s[r]).collect()
    }

    #[test]
    fn searching() {
        assert_eq!(find(b"abcabc", b"bc"), Some(1));
        assert_eq!(find(&[b"ab".repeat(200), b"ac".to_vec()].concat(), b"ac"), Some(400));
        assert_eq!(find(&b"ab".repeat(200), b"ac"), None);
        assert_eq!(rfind(b"abcabc", b"bc"), Some(4));
        assert_eq!(count("aéa".as_bytes(), b"", Unit::Char), 4);
        assert_eq!(count(b"aaaa", b"aa", Unit::Byte), 2);
        assert_eq!(clamp_bounds(-3, isize::MAX, 5), Some(2..5));
        assert_eq!(clamp_bounds(6, isize::MAX, 5), None);
    }

    #[test]
    fn splitting() {
        let s = "a,b,,c";
        assert_eq!(parts(s, split(s.as_bytes(), b",", usize::MAX)), ["a", "b", "", "c"]);
        assert_eq!(parts(s, rsplit(s.as_bytes(), b",", 1)), ["a,b,", "c"]);
        let s = "  a  b c  ";
        assert_eq!(parts(s, split_bytes_where(s.as_bytes(), |b| b == b' ', 1)), ["a", "b c  "]);
        assert_eq!(parts(s, rsplit_bytes_where(s.as_bytes(), |b| b == b' ', 1)), ["  a  b", "c"]);
    }

    #[test]
    fn lazy_parts() {
        for (s, sep) in [("a,b,,c", ","), ("", ","), (",", ","), ("a--b---c", "--"), ("abc", "xyz")] {
            for max in [0, 1, 2, usize::MAX] {
                let got: Vec<_> = super::parts(s.as_bytes(), sep.as_bytes(), max).collect();
                assert_eq!(got, split(s.as_bytes(), sep.as_bytes(), max));
            }
        }
        for s in ["", " ", "a", " a  bc d ", "a b"] {
            let space = |b| b == b' ';
            let got: Vec<_> = words(s.as_bytes(), space).collect();
            assert_eq!(got, split_bytes_where(s.as_bytes(), space, usize::MAX));
        }
        let long = "ab".repeat(300);
        for (s, needle) in [("abcabd", "abd"), ("aaab", "aab"), ("aa", "aaa"), ("xaby", "ab"), (&long, "ba")] {
            assert_eq!(find(s.as_bytes(), needle.as_bytes()), s.find(needle));
        }
    }

    #[test]
    fn replacing() {
        let r = |s: &str, o: &str, n: &str, m| {
            replace(s.as_bytes(), o.as_bytes(), n.as_bytes(), m, Unit::Char).map(|v| String::from_utf8(v).unwrap())
        };
        assert_eq!(r("éa", "", "-", usize::MAX).as_deref(), Some("-é-a-"));
        assert_eq!(r("éa", "", "-", 2).as_deref(), Some("-é-a"));
        assert_eq!(r("aXbXc", "X", "yy", 1).as_deref(), Some("ayybXc"));
        assert_eq!(r("aXbXc", "X", "y", 9).as_deref(), Some("aybyc"));
        assert_eq!(r("abc", "X", "y", 9), None);
        assert_eq!(expandtabs("a\té\t\n\tb".as_bytes(), 4), "a   é   \n    b".as_bytes());
        assert_eq!(zfill(b"-7", 2, 4).unwrap(), b"-007");
        assert_eq!(center_padding(1, 4), (1, 2));
        assert_eq!(center_padding(2, 5), (2, 1));
    }
}
