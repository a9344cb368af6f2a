//! printf-style formatting: `str % args` and `bytes % args`.
//!
//! [`Parser`] yields literals and conversion specs; the caller fetches arguments in order (star width, star precision,
//! value), then calls the helper for the spec's conversion.

use crate::format::Int;
use crate::wtf8;
use pynumeric::floatfmt::{self, Flags as FloatFlags, Style};
use std::fmt;
use std::ops::Range;

/// A width or precision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Amount {
    /// Not given.
    None,
    /// `*`: the next argument.
    Star,
    /// A number.
    Fixed(usize),
}

/// A conversion spec.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spec {
    /// Bytes of the mapping key, if there is one.
    pub key: Option<Range<usize>>,
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A blank: in the sign's place of positive numbers.
    pub blank: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    /// Least width.
    pub width: Amount,
    /// Precision.
    pub precision: Amount,
    /// The conversion character.
    pub conversion: u32,
    /// Byte offset of the conversion character.
    pub at: usize,
}

/// A piece of the format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Text to copy (`%%` gives a piece with one `%`).
    Literal(Range<usize>),
    /// A conversion.
    Spec(Spec),
}

/// What is wrong with a format: all are `ValueError`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PercentError {
    /// The format ends inside a key.
    IncompleteKey,
    /// The format ends inside a spec.
    Incomplete,
    /// The width overflows.
    WidthTooBig,
    /// The precision overflows.
    PrecisionTooBig,
}

impl fmt::Display for PercentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PercentError::IncompleteKey => "incomplete format key",
            PercentError::Incomplete => "incomplete format",
            PercentError::WidthTooBig => "width too big",
            PercentError::PrecisionTooBig => "precision too big",
        })
    }
}

/// `TypeError`: too few arguments.
pub const NOT_ENOUGH: &str = "not enough arguments for format string";
/// `TypeError`: too many arguments for `str`.
pub const NOT_ALL_STR: &str = "not all arguments converted during string formatting";
/// `TypeError`: too many arguments for `bytes`.
pub const NOT_ALL_BYTES: &str = "not all arguments converted during bytes formatting";
/// `TypeError`: a key but no mapping.
pub const NEEDS_MAPPING: &str = "format requires a mapping";
/// `TypeError`: `*` and no int.
pub const STAR_WANTS_INT: &str = "* wants int";

/// Iterator over the pieces of a format.
#[derive(Clone, Debug)]
pub struct Parser<'a> {
    format: &'a [u8],
    pos: usize,
    text: bool,
}

impl<'a> Parser<'a> {
    /// Parses a `str` format.
    pub fn for_str(format: &'a [u8]) -> Self {
        Parser { format, pos: 0, text: true }
    }

    /// Parses a `bytes` format.
    pub fn for_bytes(format: &'a [u8]) -> Self {
        Parser { format, pos: 0, text: false }
    }

    /// Parses the conversion whose `%` stands at `at`; the offset behind it.
    pub fn conversion(format: &'a [u8], at: usize, text: bool) -> Result<(Spec, usize), PercentError> {
        let mut parser = Parser { format, pos: at + 1, text };
        let spec = parser.spec()?;
        Ok((spec, parser.pos))
    }

    fn peek(&self) -> Result<u8, PercentError> {
        self.format.get(self.pos).copied().ok_or(PercentError::Incomplete)
    }

    fn amount(&mut self, too_big: PercentError) -> Result<Amount, PercentError> {
        if self.peek()? == b'*' {
            self.pos += 1;
            return Ok(Amount::Star);
        }
        let (start, mut n) = (self.pos, 0usize);
        while let Some(d) = self.format.get(self.pos).filter(|b| b.is_ascii_digit()) {
            n = n.checked_mul(10).and_then(|n| n.checked_add(usize::from(d - b'0'))).ok_or(too_big)?;
            if n > isize::MAX as usize || (too_big == PercentError::PrecisionTooBig && n > i32::MAX as usize) {
                return Err(too_big);
            }
            self.pos += 1;
        }
        Ok(if self.pos > start { Amount::Fixed(n) } else { Amount::None })
    }

    fn spec(&mut self) -> Result<Spec, PercentError> {
        let mut spec = Spec {
            key: None,
            left: false,
            plus: false,
            blank: false,
            alternate: false,
            zero: false,
            width: Amount::None,
            precision: Amount::None,
            conversion: 0,
            at: 0,
        };
        if self.peek()? == b'(' {
            let start = self.pos + 1;
            let mut depth = 1;
            while depth > 0 {
                self.pos += 1;
                match self.format.get(self.pos) {
                    Some(b'(') => depth += 1,
                    Some(b')') => depth -= 1,
                    Some(_) => {}
                    None => return Err(PercentError::IncompleteKey),
                }
            }
            spec.key = Some(start..self.pos);
            self.pos += 1;
        }
        loop {
            match self.peek()? {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.blank = true,
                b'#' => spec.alternate = true,
                b'0' => spec.zero = true,
                _ => break,
            }
            self.pos += 1;
        }
        spec.width = self.amount(PercentError::WidthTooBig)?;
        if self.peek()? == b'.' {
            self.pos += 1;
            spec.precision = match self.amount(PercentError::PrecisionTooBig)? {
                Amount::None => Amount::Fixed(0),
                p => p,
            };
        }
        // C's length modifiers mean nothing here.
        if matches!(self.peek()?, b'h' | b'l' | b'L') {
            self.pos += 1;
            self.peek()?;
        }
        spec.at = self.pos;
        let (c, w) = match wtf8::decode(self.format, self.pos) {
            Some(found) if self.text => found,
            _ => (u32::from(self.peek()?), 1),
        };
        spec.conversion = c;
        self.pos += w;
        Ok(spec)
    }
}

impl Iterator for Parser<'_> {
    type Item = Result<Piece, PercentError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.pos >= self.format.len() {
            return None;
        }
        let start = self.pos;
        if self.format[start] != b'%' {
            let n = memchr::memchr(b'%', &self.format[start..]).unwrap_or(self.format.len() - start);
            self.pos += n;
            return Some(Ok(Piece::Literal(start..self.pos)));
        }
        self.pos += 1;
        if self.format.get(self.pos) == Some(&b'%') {
            self.pos += 1;
            return Some(Ok(Piece::Literal(start..start + 1)));
        }
        let spec = self.spec();
        if spec.is_err() {
            self.pos = self.format.len();
        }
        Some(spec.map(Piece::Spec))
    }
}

fn push_run(out: &mut Vec<u8>, b: u8, n: usize) {
    out.resize(out.len() + n, b);
}

impl Spec {
    /// Applies the value of a star width.
    pub fn set_width(&mut self, n: isize) {
        self.left |= n < 0;
        self.width = Amount::Fixed(n.unsigned_abs());
    }

    /// Applies the value of a star precision.
    pub fn set_precision(&mut self, n: isize) {
        self.precision = Amount::Fixed(usize::try_from(n).unwrap_or(0));
    }

    /// The precision as a number.
    pub fn precision(&self) -> Option<usize> {
        match self.precision {
            Amount::Fixed(n) => Some(n),
            _ => None,
        }
    }

    fn width(&self) -> usize {
        match self.width {
            Amount::Fixed(n) => n,
            _ => 0,
        }
    }

    /// `ValueError` message for an unknown conversion.
    pub fn unsupported(&self, format: &[u8], text: bool) -> String {
        let c = self.conversion;
        let shown = if (32..127).contains(&c) { char::from(c as u8) } else { '?' };
        let at = if text { wtf8::index(format, self.at) } else { self.at };
        format!("unsupported format character '{shown}' (0x{c:x}) at index {at}")
    }

    /// Pads finished text without sign (`%s`, `%r`, `%a`, `%c`); the precision is applied to `%s`, `%r`, `%a`.
    pub fn format_str(&self, out: &mut Vec<u8>, s: &[u8]) {
        let mut body = s;
        if self.conversion != u32::from(b'c')
            && let Some(p) = self.precision()
        {
            body = wtf8::slice(s, 0, p);
        }
        self.pad(out, body, wtf8::count(body));
    }

    /// The same for `bytes`, where widths count bytes.
    pub fn format_bytes(&self, out: &mut Vec<u8>, s: &[u8]) {
        let mut body = s;
        if self.conversion != u32::from(b'c')
            && let Some(p) = self.precision()
        {
            body = &s[..p.min(s.len())];
        }
        self.pad(out, body, body.len());
    }

    fn pad(&self, out: &mut Vec<u8>, body: &[u8], chars: usize) {
        let fill = self.width().saturating_sub(chars);
        let left = if self.left { 0 } else { fill };
        push_run(out, b' ', left);
        out.extend_from_slice(body);
        push_run(out, b' ', fill - left);
    }

    /// Pads a number, which has `least` digits: zeros (if asked for) go after sign and prefix.
    fn pad_number(&self, out: &mut Vec<u8>, negative: bool, prefix: &[u8], digits: &[u8], least: usize) {
        let sign: &[u8] = match (negative, self.plus, self.blank) {
            (true, ..) => b"-",
            (_, true, _) => b"+",
            (.., true) => b" ",
            _ => b"",
        };
        let lead = least.saturating_sub(digits.len());
        let fill = self.width().saturating_sub(sign.len() + prefix.len() + lead + digits.len());
        let (before, zeros, after) = match (self.left, self.zero) {
            (true, _) => (0, 0, fill),
            (_, true) => (0, fill, 0),
            _ => (fill, 0, 0),
        };
        push_run(out, b' ', before);
        out.extend_from_slice(sign);
        out.extend_from_slice(prefix);
        push_run(out, b'0', zeros + lead);
        out.extend_from_slice(digits);
        push_run(out, b' ', after);
    }

    /// `%d %i %u %o %x %X`.
    pub fn format_int(&self, out: &mut Vec<u8>, v: Int<'_>) {
        let (base, prefix): (u32, &[u8]) = match u8::try_from(self.conversion) {
            Ok(b'o') => (8, b"0o"),
            Ok(b'x') => (16, b"0x"),
            Ok(b'X') => (16, b"0X"),
            _ => (10, b""),
        };
        let prefix = if self.alternate { prefix } else { b"" };
        v.with_digits(base, self.conversion == u32::from(b'X'), |digits| {
            self.pad_number(out, v.is_negative(), prefix, digits, self.precision().unwrap_or(0));
        });
    }

    /// `%e %E %f %F %g %G`.
    pub fn format_float(&self, out: &mut Vec<u8>, v: f64) {
        let p = self.precision().unwrap_or(6);
        let kind = u8::try_from(self.conversion).unwrap_or(b'g');
        let style = match kind.to_ascii_lowercase() {
            b'e' => Style::Exp(p),
            b'f' => Style::Fixed(p),
            _ => Style::General(p),
        };
        let flags = FloatFlags { alternate: self.alternate, upper: kind.is_ascii_uppercase(), ..FloatFlags::default() };
        if self.width == Amount::None && !self.plus && !self.blank {
            return floatfmt::write(out, v, style, flags);
        }
        let mut text = Vec::with_capacity(40);
        floatfmt::write(&mut text, v, style, flags);
        let (negative, digits) = text.strip_prefix(b"-").map_or((false, text.as_slice()), |d| (true, d));
        self.pad_number(out, negative, b"", digits, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(f: &str) -> Spec {
        match Parser::for_str(f.as_bytes()).next() {
            Some(Ok(Piece::Spec(s))) => s,
            other => panic!("{other:?}"),
        }
    }

    fn error(f: &str) -> Option<PercentError> {
        Parser::for_str(f.as_bytes()).find_map(Result::err)
    }

    #[test]
    fn pieces() {
        let got: Vec<_> = Parser::for_str(b"a%%b%(k(1))5.2fz").map(Result::unwrap).collect();
        assert_eq!(got.len(), 5);
        assert_eq!(got[1], Piece::Literal(1..2));
        let Piece::Spec(s) = &got[3] else { panic!() };
        assert_eq!((s.key.clone(), s.width, s.precision), (Some(6..10), Amount::Fixed(5), Amount::Fixed(2)));
        assert_eq!(error("%"), Some(PercentError::Incomplete));
        assert_eq!(error("%(a"), Some(PercentError::IncompleteKey));
        assert_eq!(error("%(a)"), Some(PercentError::Incomplete));
        assert_eq!(error("%99999999999999999999d"), Some(PercentError::WidthTooBig));
        assert_eq!(spec("%z").unsupported(b"%z", true), "unsupported format character 'z' (0x7a) at index 1");
        assert_eq!(spec("%é").unsupported("%é".as_bytes(), true), "unsupported format character '?' (0xe9) at index 1");
    }

    #[test]
    fn numbers() {
        for (f, v, e) in [
            ("%+05d", 3, "+0003"),
            ("%#x", 255, "0xff"),
            ("%#o", 8, "0o10"),
            ("%#X", 255, "0XFF"),
            ("%.5d", -42, "-00042"),
            ("%08.3d", 42, "00000042"),
            ("%+.3x", 10, "+00a"),
            ("% d", 5, " 5"),
            ("%-05d", 5, "5    "),
            ("%#.5x", 255, "0x000ff"),
            ("%#010x", 255, "0x000000ff"),
            ("%#o", -8, "-0o10"),
        ] {
            let mut out = vec![];
            spec(f).format_int(&mut out, Int::Small(v));
            assert_eq!(String::from_utf8(out).unwrap(), e, "{f}");
        }
        for (f, v, e) in [
            ("%5.1f", 2.25, "  2.2"),
            ("%010f", -1.5, "-01.500000"),
            ("%g", 1e20, "1e+20"),
            ("%#g", 1.0, "1.00000"),
            ("%F", f64::NAN, "NAN"),
            ("%+f", f64::NAN, "+nan"),
            ("%010f", f64::INFINITY, "0000000inf"),
            ("%#.0e", 1.0, "1.e+00"),
        ] {
            let mut out = vec![];
            spec(f).format_float(&mut out, v);
            assert_eq!(String::from_utf8(out).unwrap(), e, "{f}");
        }
        let mut out = vec![];
        spec("%-6.2s").format_str(&mut out, "éàü".as_bytes());
        assert_eq!(out, "éà    ".as_bytes());
    }
}
