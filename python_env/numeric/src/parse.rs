//! Text to numbers: the rules of `int()`, `float()`, `complex()`, `float.fromhex` and of literals.
//!
//! The text is bytes. Callers that accept Unicode digits and white space turn them into ASCII first
//! (`pytext::unicode::decimals_to_ascii`).

use num_bigint::{BigInt, BigUint, Sign};

/// Why text is no integer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntParseError {
    /// `ValueError`: "int() base must be >= 2 and <= 36, or 0".
    BadBase,
    /// `ValueError`: "invalid literal for int() with base ...".
    Invalid,
    /// `ValueError`: more digits than the limit; holds their number.
    TooManyDigits(usize),
    /// The caller did not want to go on.
    Stopped,
}

/// What `int()` and `float()` strip.
#[inline]
pub fn is_space(b: u8) -> bool {
    matches!(b, 9..=13 | 28..=32)
}

/// Strips white space at both ends.
pub fn trim(s: &[u8]) -> &[u8] {
    let from = s.iter().position(|&b| !is_space(b)).unwrap_or(s.len());
    let to = s.iter().rposition(|&b| !is_space(b)).map_or(from, |i| i + 1);
    &s[from..to]
}

/// Digits without underscores, which may stand singly between digits.
fn strip_underscores(s: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len());
    let mut previous = b'_';
    for &b in s {
        if b == b'_' {
            if previous == b'_' {
                return None;
            }
        } else {
            out.push(b);
        }
        previous = b;
    }
    (previous != b'_').then_some(out)
}

/// `int(text, base)` with a limit on decimal digits (0: none). `base` 0 reads prefixes as literals do. Long texts ask `go_on`
/// whether to go on.
pub fn int(text: &[u8], base: u32, max_digits: usize, go_on: crate::long::GoOn) -> Result<BigInt, IntParseError> {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(IntParseError::BadBase);
    }
    let mut s = trim(text);
    let mut negative = false;
    if let [sign @ (b'+' | b'-'), rest @ ..] = s {
        negative = *sign == b'-';
        s = rest;
    }
    let prefix = match s {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let mut base = base;
    let mut zeros_only = false;
    if base == 0 {
        base = if prefix == 0 { 10 } else { prefix };
        // A decimal literal may not start with 0, unless it is zero.
        zeros_only = prefix == 0 && s.first() == Some(&b'0');
    }
    if prefix == base && prefix != 0 {
        s = &s[2..];
        if let [b'_', rest @ ..] = s {
            s = rest;
        }
    }
    let cleaned;
    if s.contains(&b'_') {
        cleaned = strip_underscores(s).ok_or(IntParseError::Invalid)?;
        s = &cleaned;
    }
    if s.is_empty() || !s.iter().all(|&b| char::from(b).is_digit(base)) {
        return Err(IntParseError::Invalid);
    }
    if zeros_only && s.iter().any(|&b| b != b'0') {
        return Err(IntParseError::Invalid);
    }
    if !base.is_power_of_two() && max_digits > 0 && s.len() > max_digits {
        return Err(IntParseError::TooManyDigits(s.len()));
    }
    if s.len() <= 12 {
        let v = s.iter().fold(0i64, |v, &b| v * i64::from(base) + i64::from(char::from(b).to_digit(base).unwrap_or(0)));
        return Ok(BigInt::from(if negative { -v } else { v }));
    }
    let mag = if base == 10 {
        crate::long::parse_decimal(s, go_on).map_err(|_| IntParseError::Stopped)?
    } else {
        BigUint::parse_bytes(s, base)
    };
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    mag.map(|m| BigInt::from_biguint(sign, m)).ok_or(IntParseError::Invalid)
}

/// The longest prefix of `s` that is a decimal float without underscores, `inf` or `nan`, and its length.
pub fn float_prefix(s: &[u8]) -> Option<(f64, usize)> {
    let digits = |mut i: usize| {
        while s.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let start = usize::from(matches!(s.first(), Some(b'+' | b'-')));
    let negative = s.first() == Some(&b'-');
    let sign = |v: f64| if negative { -v } else { v };
    let word = |w: &[u8]| s.get(start..start + w.len()).is_some_and(|t| t.eq_ignore_ascii_case(w));
    for (w, v) in [(&b"infinity"[..], f64::INFINITY), (b"inf", f64::INFINITY), (b"nan", f64::NAN)] {
        if word(w) {
            return Some((sign(v), start + w.len()));
        }
    }
    let int_end = digits(start);
    let mut end = int_end;
    let mut count = int_end - start;
    if s.get(end) == Some(&b'.') {
        end = digits(end + 1);
        count += end - int_end - 1;
    }
    if count == 0 {
        return None;
    }
    if matches!(s.get(end), Some(b'e' | b'E')) {
        let exp = end + 1 + usize::from(matches!(s.get(end + 1), Some(b'+' | b'-')));
        if digits(exp) > exp {
            end = digits(exp);
        }
    }
    let text = std::str::from_utf8(&s[start..end]).ok()?;
    text.parse().ok().map(|v| (sign(v), end))
}

/// Removes underscores between digits; `None` where one stands elsewhere.
fn float_underscores(s: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len());
    for (i, &b) in s.iter().enumerate() {
        if b != b'_' {
            out.push(b);
            continue;
        }
        let before = i.checked_sub(1).and_then(|k| s.get(k));
        if !(before.is_some_and(u8::is_ascii_digit) && s.get(i + 1).is_some_and(u8::is_ascii_digit)) {
            return None;
        }
    }
    Some(out)
}

/// Whether the text of a number has underscores elsewhere than between digits.
pub fn misplaced_underscore(text: &[u8]) -> bool {
    text.contains(&b'_') && float_underscores(trim(text)).is_none()
}

/// `float(text)`.
pub fn float(text: &[u8]) -> Option<f64> {
    let s = trim(text);
    if s.contains(&b'_') {
        let cleaned = float_underscores(s)?;
        return float_prefix(&cleaned).filter(|&(_, n)| n == cleaned.len()).map(|(v, _)| v);
    }
    float_prefix(s).filter(|&(_, n)| n == s.len()).map(|(v, _)| v)
}

/// `complex(text)`: the two parts.
pub fn complex(text: &[u8]) -> Option<(f64, f64)> {
    let cleaned;
    let mut s = trim(text);
    if s.contains(&b'_') {
        cleaned = float_underscores(s)?;
        s = &cleaned;
    }
    if let [b'(', inner @ .., b')'] = s {
        s = trim(inner);
    }
    let is_j = |b: Option<&u8>| matches!(b, Some(b'j' | b'J'));
    // A sign before `j` without digits means one.
    let unit = |s: &[u8]| match s {
        [b'+' | b'-', rest @ ..] if is_j(rest.first()) => Some((if s[0] == b'-' { -1.0 } else { 1.0 }, 1)),
        _ if is_j(s.first()) => Some((1.0, 0)),
        _ => None,
    };
    let (real, imag, n) = match float_prefix(s) {
        Some((x, n)) if is_j(s.get(n)) => (0.0, x, n + 1),
        Some((x, n)) if matches!(s.get(n), Some(b'+' | b'-')) => {
            let rest = &s[n..];
            let (y, m) = float_prefix(rest).or_else(|| unit(rest))?;
            if !is_j(rest.get(m)) {
                return None;
            }
            (x, y, n + m + 1)
        }
        Some((x, n)) => (x, 0.0, n),
        None => {
            let (y, m) = unit(s)?;
            (0.0, y, m + 1)
        }
    };
    (n == s.len()).then_some((real, imag))
}

/// Why text is no hexadecimal float.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HexError {
    /// `ValueError`: "invalid hexadecimal floating-point string".
    Invalid,
    /// `OverflowError`: "hexadecimal value too large to represent as a float".
    TooLarge,
}

/// `float.fromhex`.
pub fn float_fromhex(text: &[u8]) -> Result<f64, HexError> {
    let mut s = trim(text);
    let mut negative = false;
    if let [sign @ (b'+' | b'-'), rest @ ..] = s {
        negative = *sign == b'-';
        s = rest;
    }
    let sign = |v: f64| if negative { -v } else { v };
    if s.eq_ignore_ascii_case(b"inf") || s.eq_ignore_ascii_case(b"infinity") {
        return Ok(sign(f64::INFINITY));
    }
    if s.eq_ignore_ascii_case(b"nan") {
        return Ok(sign(f64::NAN));
    }
    if let [b'0', b'x' | b'X', rest @ ..] = s {
        s = rest;
    }
    let (mut mantissa, mut exp, mut sticky, mut digits, mut point) = (0u64, 0i64, false, 0usize, false);
    let mut i = 0;
    while let Some(&b) = s.get(i) {
        if b == b'.' && !point {
            point = true;
        } else if let Some(d) = char::from(b).to_digit(16) {
            digits += 1;
            if mantissa >> 58 == 0 {
                mantissa = mantissa << 4 | u64::from(d);
                exp -= if point { 4 } else { 0 };
            } else {
                sticky |= d != 0;
                exp += if point { 0 } else { 4 };
            }
        } else {
            break;
        }
        i += 1;
    }
    if digits == 0 {
        return Err(HexError::Invalid);
    }
    if let [b'p' | b'P', rest @ ..] = &s[i..] {
        let (neg, body) = match rest {
            [b'-', r @ ..] => (true, r),
            [b'+', r @ ..] => (false, r),
            r => (false, r),
        };
        if body.is_empty() || !body.iter().all(u8::is_ascii_digit) {
            return Err(HexError::Invalid);
        }
        let e = body.iter().fold(0i64, |v, b| (v * 10 + i64::from(b - b'0')).min(1 << 50));
        exp += if neg { -e } else { e };
    } else if i != s.len() {
        return Err(HexError::Invalid);
    }
    if mantissa == 0 {
        return Ok(sign(0.0));
    }
    // Normalize to 64 bits, then round once to what the exponent leaves.
    let shift = i64::from(mantissa.leading_zeros());
    let (m, e) = (mantissa << shift, exp - shift);
    if e + 64 > 1024 {
        return Err(HexError::TooLarge);
    }
    let extra = (11).max(-1074 - e);
    if extra > 64 {
        return Ok(sign(0.0));
    }
    let wide = u128::from(m);
    let half = 1u128 << (extra - 1);
    let rest = wide & (2 * half - 1);
    let mut q = wide >> extra;
    if rest > half || (rest == half && (sticky || q & 1 == 1)) {
        q += 1;
    }
    let v = libm::ldexp(q as f64, (e + extra) as i32);
    if v.is_infinite() { Err(HexError::TooLarge) } else { Ok(sign(v)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints() {
        let p = |s: &str, b| int(s.as_bytes(), b, 4300, &mut || true).ok().map(|v| v.to_string());
        assert_eq!(p(" -1_000 ", 10).as_deref(), Some("-1000"));
        assert_eq!(p("0x_ff", 16).as_deref(), Some("255"));
        assert_eq!(p("0b1", 16).as_deref(), Some("177"));
        assert_eq!(p("0o17", 0).as_deref(), Some("15"));
        assert_eq!(p("00_0", 0).as_deref(), Some("0"));
        assert_eq!(p("Zz", 36).as_deref(), Some("1295"));
        for (s, b) in
            [("", 10), ("1__0", 10), ("_1", 10), ("1_", 10), ("01", 0), ("0x", 0), ("+-1", 10), ("9", 8), ("0x1", 10)]
        {
            assert_eq!(p(s, b), None, "{s}");
        }
        assert_eq!(int(&[b'9'; 5000], 10, 4300, &mut || true), Err(IntParseError::TooManyDigits(5000)));
        assert_eq!(int(&[b'9'; 5000], 10, 0, &mut || true).map(|v| v + 1), Ok(BigInt::from(10).pow(5000)));
        assert_eq!(int(b"1", 1, 0, &mut || true), Err(IntParseError::BadBase));
    }

    #[test]
    fn floats() {
        for (s, v) in [
            (" 1_0.5e1_0 ", 1.05e11),
            ("-.5", -0.5),
            ("5.", 5.0),
            ("1e400", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
        ] {
            assert_eq!(float(s.as_bytes()), Some(v), "{s}");
        }
        assert!(float(b"-nan").is_some_and(f64::is_nan));
        for s in ["", ".", "1e", "1_.5", "e5", "0x1", "1 2", "infinit", "1__0"] {
            assert_eq!(float(s.as_bytes()), None, "{s}");
        }
        for (s, v) in [
            ("0x1.8p1", 3.0),
            ("-.1p4", -1.0),
            ("1.fffffffffffff7p1023", f64::MAX),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("1", 1.0),
        ] {
            assert_eq!(float_fromhex(s.as_bytes()), Ok(v), "{s}");
        }
        assert_eq!(float_fromhex(b"1.fffffffffffff8p1023"), Err(HexError::TooLarge));
        assert_eq!(float_fromhex(b"0x"), Err(HexError::Invalid));
    }

    #[test]
    fn complexes() {
        for (s, v) in [
            ("1+2j", (1.0, 2.0)),
            (" ( -j ) ", (0.0, -1.0)),
            ("3", (3.0, 0.0)),
            ("1e5-J", (1e5, -1.0)),
            ("2.5j", (0.0, 2.5)),
            ("j", (0.0, 1.0)),
        ] {
            assert_eq!(complex(s.as_bytes()), Some(v), "{s}");
        }
        for s in ["", "1+", "1+2", "1j+2", "1 + 2j", "(1", "+", "1+2jj"] {
            assert_eq!(complex(s.as_bytes()), None, "{s}");
        }
    }
}
