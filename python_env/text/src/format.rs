//! The format-spec mini-language: `format(value, spec)` for `str`, `int`, `float` and `complex`.

use crate::wtf8;
use pynumeric::complex::Complex;
use pynumeric::floatfmt::{self, Flags, Style};
use pynumeric::{BigInt, Sign};

/// Why a value could not be formatted, with the message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FormatError {
    /// `ValueError`
    Value(String),
    /// `OverflowError`
    Overflow(String),
}

fn value<T>(message: impl Into<String>) -> Result<T, FormatError> {
    Err(FormatError::Value(message.into()))
}

/// Where the value stands in its field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: padding after the sign.
    Sign,
}

impl Align {
    fn of(c: u32) -> Option<Align> {
        Some(match u8::try_from(c).ok()? {
            b'<' => Align::Left,
            b'>' => Align::Right,
            b'^' => Align::Center,
            b'=' => Align::Sign,
            _ => return None,
        })
    }
}

/// A parsed format spec.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FormatSpec {
    /// The fill character.
    pub fill: u32,
    /// The alignment, the type's own if none was given.
    pub align: Align,
    /// `+`, `-`, a blank, or 0.
    pub sign: u8,
    /// `z`: negative zero becomes zero.
    pub no_neg_zero: bool,
    /// `#`
    pub alternate: bool,
    /// Least width.
    pub width: usize,
    /// Grouping of the integer part: `,`, `_` or 0.
    pub grouping: u8,
    /// Precision.
    pub precision: Option<usize>,
    /// Grouping of the fraction: `,`, `_` or 0.
    pub frac_grouping: u8,
    /// The presentation type, 0 if none was given.
    pub kind: u32,
}

fn code(c: u32) -> String {
    match char::from_u32(c) {
        Some(ch) if c > 32 && c < 128 => ch.to_string(),
        _ => format!("\\x{c:x}"),
    }
}

fn bad_grouping<T>(group: u8, kind: u32) -> Result<T, FormatError> {
    value(format!("Cannot specify '{}' with '{}'.", char::from(group), code(kind)))
}

fn unknown_kind<T>(kind: u32, type_name: &str) -> Result<T, FormatError> {
    value(format!("Unknown format code '{}' for object of type '{type_name}'", code(kind)))
}

/// A run of decimal digits; `None` if there is none.
fn number(chars: &[u32], pos: &mut usize) -> Result<Option<usize>, FormatError> {
    let start = *pos;
    let mut n = 0usize;
    while let Some(&c) = chars.get(*pos) {
        let Some(d) = char::from_u32(c).and_then(|c| c.to_digit(10)) else { break };
        let next = n.checked_mul(10).and_then(|n| n.checked_add(d as usize)).filter(|&n| n <= isize::MAX as usize);
        match next {
            Some(v) => n = v,
            None => return value("Too many decimal digits in format string"),
        }
        *pos += 1;
    }
    Ok((*pos > start).then_some(n))
}

/// Reads `,` and `_`, of which at most one may be given.
fn grouping(chars: &[u32], pos: &mut usize) -> Result<u8, FormatError> {
    let mut found = 0;
    if chars.get(*pos) == Some(&44) {
        found = b',';
        *pos += 1;
    }
    if chars.get(*pos) == Some(&95) {
        if found != 0 {
            return value("Cannot specify both ',' and '_'.");
        }
        found = b'_';
        *pos += 1;
    }
    if found == b'_' && chars.get(*pos) == Some(&44) {
        return value("Cannot specify both ',' and '_'.");
    }
    Ok(found)
}

/// Parses a spec. `default_kind` and `default_align` are the type's own.
pub fn parse_spec(
    spec: &[u8],
    type_name: &str,
    default_kind: u8,
    default_align: Align,
) -> Result<FormatSpec, FormatError> {
    let chars: Vec<u32> = wtf8::code_points(spec).collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(0);
    let mut out = FormatSpec {
        fill: 32,
        align: default_align,
        sign: 0,
        no_neg_zero: false,
        alternate: false,
        width: 0,
        grouping: 0,
        precision: None,
        frac_grouping: 0,
        kind: u32::from(default_kind),
    };
    let (mut pos, mut filled, mut aligned) = (0, false, false);
    if let Some(align) = chars.get(1).and_then(|&c| Align::of(c)) {
        (out.fill, out.align, filled, aligned) = (at(0), align, true, true);
        pos = 2;
    } else if let Some(align) = chars.first().and_then(|&c| Align::of(c)) {
        (out.align, aligned) = (align, true);
        pos = 1;
    }
    if let c @ (32 | 43 | 45) = at(pos) {
        out.sign = c as u8;
        pos += 1;
    }
    if at(pos) == u32::from(b'z') {
        out.no_neg_zero = true;
        pos += 1;
    }
    if at(pos) == u32::from(b'#') {
        out.alternate = true;
        pos += 1;
    }
    if !filled && at(pos) == u32::from(b'0') {
        out.fill = u32::from(b'0');
        if !aligned && default_align == Align::Right {
            out.align = Align::Sign;
        }
        pos += 1;
    }
    out.width = number(&chars, &mut pos)?.unwrap_or(0);
    // What no memory holds is refused before it is asked for.
    if out.width > 1 << 40 {
        return Err(FormatError::Overflow("width too large".into()));
    }
    out.grouping = grouping(&chars, &mut pos)?;
    if at(pos) == u32::from(b'.') {
        pos += 1;
        out.precision = number(&chars, &mut pos)?;
        out.frac_grouping = grouping(&chars, &mut pos)?;
        if out.precision.is_none() && out.frac_grouping == 0 {
            return value("Format specifier missing precision");
        }
    }
    if chars.len() > pos + 1 {
        let spec = String::from_utf8_lossy(spec);
        return value(format!("Invalid format specifier '{spec}' for object of type '{type_name}'"));
    }
    if pos < chars.len() {
        out.kind = at(pos);
    }
    let kind = u8::try_from(out.kind).unwrap_or(b'?');
    if out.grouping != 0 {
        match kind {
            b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'%' | b'F' | 0 => {}
            b'b' | b'o' | b'x' | b'X' if out.grouping == b'_' => {}
            _ => return bad_grouping(out.grouping, out.kind),
        }
    }
    if kind == b'n' && out.frac_grouping != 0 {
        return bad_grouping(out.frac_grouping, out.kind);
    }
    Ok(out)
}

/// Puts `body` of `chars` characters into the field.
fn pad(out: &mut Vec<u8>, spec: &FormatSpec, chars: usize, body: impl FnOnce(&mut Vec<u8>)) {
    let total = spec.width.saturating_sub(chars);
    let left = match spec.align {
        Align::Right | Align::Sign => total,
        Align::Center => total / 2,
        Align::Left => 0,
    };
    let fill = wtf8::encode(spec.fill);
    (0..left).for_each(|_| out.extend_from_slice(&fill));
    body(out);
    (left..total).for_each(|_| out.extend_from_slice(&fill));
}

/// `format(str, spec)`.
pub fn format_str(s: &[u8], spec: &[u8]) -> Result<Vec<u8>, FormatError> {
    if spec.is_empty() {
        return Ok(s.to_vec());
    }
    let spec = parse_spec(spec, "str", b's', Align::Left)?;
    if spec.kind != u32::from(b's') {
        return unknown_kind(spec.kind, "str");
    }
    match spec.sign {
        0 => {}
        b' ' => return value("Space not allowed in string format specifier"),
        _ => return value("Sign not allowed in string format specifier"),
    }
    if spec.no_neg_zero {
        return value("Negative zero coercion (z) not allowed in string format specifier");
    }
    if spec.alternate {
        return value("Alternate form (#) not allowed in string format specifier");
    }
    if spec.align == Align::Sign {
        return value("'=' alignment not allowed in string format specifier");
    }
    let mut chars = wtf8::count(s);
    let mut body = s;
    if let Some(p) = spec.precision.filter(|&p| p < chars) {
        body = wtf8::slice(s, 0, p);
        chars = p;
    }
    let mut out = Vec::with_capacity(body.len() + spec.width.saturating_sub(chars));
    pad(&mut out, &spec, chars, |out| out.extend_from_slice(body));
    Ok(out)
}

/// Groups digits from the right, adding zeros up to `min` characters.
fn group(digits: &str, separator: u8, size: usize, min: usize) -> String {
    if separator == 0 {
        return format!("{digits:0>min$}");
    }
    let mut out: Vec<u8> = Vec::with_capacity(digits.len() * 4 / 3 + min);
    let mut rest = digits.as_bytes();
    let mut min = min as isize;
    loop {
        let take = size.min(rest.len().max(min.max(1) as usize));
        let n = take.min(rest.len());
        let (head, tail) = rest.split_at(rest.len() - n);
        out.extend(tail.iter().rev());
        out.extend(std::iter::repeat_n(b'0', take - n));
        rest = head;
        min -= take as isize;
        if rest.is_empty() && min <= 0 {
            break;
        }
        out.push(separator);
        min -= 1;
    }
    out.iter().rev().map(|&b| char::from(b)).collect()
}

/// Groups digits of a fraction from the left by threes.
fn group_fraction(digits: &str, separator: u8) -> String {
    if separator == 0 {
        return digits.to_owned();
    }
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && i % 3 == 0 {
            out.push(char::from(separator));
        }
        out.push(c);
    }
    out
}

/// A number taken apart for layout.
struct Parts<'a> {
    negative: bool,
    prefix: &'a str,
    /// Digits before the point, which are grouped.
    int: &'a str,
    group_size: usize,
    /// Digits after the point.
    frac: &'a str,
    has_point: bool,
    /// Exponent, `%`, ...
    tail: &'a str,
}

fn layout(spec: &FormatSpec, p: &Parts<'_>) -> Vec<u8> {
    let sign = match (p.negative, spec.sign) {
        (true, _) => "-",
        (false, b'+') => "+",
        (false, b' ') => " ",
        _ => "",
    };
    let frac = group_fraction(p.frac, spec.frac_grouping);
    let fixed = sign.len() + p.prefix.len() + usize::from(p.has_point) + frac.len() + p.tail.len();
    let zero_pad = spec.fill == u32::from(b'0') && spec.align == Align::Sign;
    let min = if zero_pad { spec.width.saturating_sub(fixed) } else { 0 };
    let int = if p.int.is_empty() { String::new() } else { group(p.int, spec.grouping, p.group_size, min) };
    let chars = fixed + int.len();
    let mut out = Vec::with_capacity(chars.max(spec.width));
    let head = [sign, p.prefix].concat();
    let body = [int.as_str(), if p.has_point { "." } else { "" }, &frac, p.tail].concat();
    if spec.align == Align::Sign {
        out.extend_from_slice(head.as_bytes());
        pad(&mut out, spec, chars, |out| out.extend_from_slice(body.as_bytes()));
    } else {
        pad(&mut out, spec, chars, |out| {
            out.extend_from_slice(head.as_bytes());
            out.extend_from_slice(body.as_bytes());
        });
    }
    out
}

/// An integer to format.
#[derive(Clone, Copy, Debug)]
pub enum Int<'a> {
    /// One word.
    Small(i64),
    /// Any size.
    Big(&'a BigInt),
}

impl Int<'_> {
    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        match self {
            Int::Small(v) => *v < 0,
            Int::Big(b) => b.sign() == Sign::Minus,
        }
    }

    /// Digits of the absolute value in base 2, 8, 10 or 16.
    pub fn digits(&self, base: u32) -> String {
        match self {
            Int::Small(v) => {
                let v = v.unsigned_abs();
                match base {
                    2 => format!("{v:b}"),
                    8 => format!("{v:o}"),
                    16 => format!("{v:x}"),
                    _ => v.to_string(),
                }
            }
            Int::Big(b) => b.magnitude().to_str_radix(base),
        }
    }

    fn code_point(&self) -> Option<u32> {
        let v = match self {
            Int::Small(v) => *v,
            Int::Big(b) => i64::try_from(*b).ok()?,
        };
        u32::try_from(v).ok().filter(|&c| c < 0x11_0000)
    }

    fn to_f64(self) -> Result<f64, FormatError> {
        match self {
            Int::Small(v) => Ok(v as f64),
            Int::Big(b) => pynumeric::int::to_f64(b).map_err(|e| FormatError::Overflow(e.to_string())),
        }
    }
}

/// `format(int, spec)`; `type_name` is for messages (`"int"`, `"bool"`). The caller has checked the limit on digits.
pub fn format_int(v: Int<'_>, spec: &[u8], type_name: &str) -> Result<Vec<u8>, FormatError> {
    let spec = parse_spec(spec, type_name, b'd', Align::Right)?;
    let kind = u8::try_from(spec.kind).unwrap_or(b'?');
    let (base, prefix) = match kind {
        b'd' | b'n' => (10, ""),
        b'b' => (2, "0b"),
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        b'c' => (0, ""),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => return float_with(v.to_f64()?, &spec, type_name),
        _ => return unknown_kind(spec.kind, type_name),
    };
    if spec.precision.is_some() {
        return value("Precision not allowed in integer format specifier");
    }
    if spec.no_neg_zero {
        return value("Negative zero coercion (z) not allowed in integer format specifier");
    }
    if kind == b'c' {
        if spec.sign != 0 {
            return value("Sign not allowed with integer format specifier 'c'");
        }
        if spec.alternate {
            return value("Alternate form (#) not allowed with integer format specifier 'c'");
        }
        let Some(c) = v.code_point() else {
            return Err(FormatError::Overflow("%c arg not in range(0x110000)".into()));
        };
        let mut out = Vec::new();
        pad(&mut out, &spec, 1, |out| wtf8::push(out, c));
        return Ok(out);
    }
    let mut digits = v.digits(base);
    if kind == b'X' {
        digits.make_ascii_uppercase();
    }
    Ok(layout(
        &spec,
        &Parts {
            negative: v.is_negative(),
            prefix: if spec.alternate { prefix } else { "" },
            int: &digits,
            group_size: if base == 10 { 3 } else { 4 },
            frac: "",
            has_point: false,
            tail: "",
        },
    ))
}

/// Splits the text of a float (without sign) for layout: integer digits, fraction digits, whether there is a point, rest.
fn split_number(text: &str) -> (&str, &str, bool, &str) {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let (int, rest) = text.split_at(digits(text));
    match rest.strip_prefix('.') {
        Some(rest) => {
            let (frac, tail) = rest.split_at(digits(rest));
            (int, frac, true, tail)
        }
        None => (int, "", false, rest),
    }
}

/// Text of one float part, without the sign of zero that `z` removes.
fn float_text(v: f64, spec: &FormatSpec, dot_zero: bool, type_name: &str) -> Result<String, FormatError> {
    let kind = u8::try_from(spec.kind).unwrap_or(b'?');
    let mut flags = Flags { alternate: spec.alternate, upper: kind.is_ascii_uppercase(), ..Flags::default() };
    let precision = spec.precision.unwrap_or(6);
    if precision > i32::MAX as usize {
        return value("precision too big");
    }
    let (style, v, percent) = match kind {
        0 => {
            flags.dot_zero = dot_zero;
            (spec.precision.map_or(Style::Repr, Style::General), v, false)
        }
        b'e' | b'E' => (Style::Exp(precision), v, false),
        b'f' | b'F' => (Style::Fixed(precision), v, false),
        b'g' | b'G' | b'n' => (Style::General(precision), v, false),
        b'%' => (Style::Fixed(precision), v * 100.0, true),
        _ => return unknown_kind(spec.kind, type_name),
    };
    let mut text = floatfmt::format(v, style, flags);
    if spec.no_neg_zero && text.starts_with('-') && v.is_finite() {
        let mantissa = text.split(['e', 'E']).next().unwrap_or("");
        if !mantissa.bytes().any(|b| matches!(b, b'1'..=b'9')) {
            text.remove(0);
        }
    }
    if percent {
        text.push('%');
    }
    Ok(text)
}

fn number_layout(text: &str, spec: &FormatSpec) -> Vec<u8> {
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |b| (true, b));
    let (int, frac, has_point, tail) = split_number(body);
    layout(spec, &Parts { negative, prefix: "", int, group_size: 3, frac, has_point, tail })
}

fn float_with(v: f64, spec: &FormatSpec, type_name: &str) -> Result<Vec<u8>, FormatError> {
    Ok(number_layout(&float_text(v, spec, true, type_name)?, spec))
}

/// `format(float, spec)`.
pub fn format_float(v: f64, spec: &[u8]) -> Result<Vec<u8>, FormatError> {
    if spec.is_empty() {
        return Ok(floatfmt::repr(v).into_bytes());
    }
    float_with(v, &parse_spec(spec, "float", 0, Align::Right)?, "float")
}

/// `format(complex, spec)`.
pub fn format_complex(v: Complex, spec: &[u8]) -> Result<Vec<u8>, FormatError> {
    if spec.is_empty() {
        return Ok(v.repr().into_bytes());
    }
    let spec = parse_spec(spec, "complex", 0, Align::Right)?;
    if spec.kind == u32::from(b'%') {
        return unknown_kind(spec.kind, "complex");
    }
    let re = float_text(v.re, &spec, false, "complex")?;
    let im = float_text(v.im, &spec, false, "complex")?;
    if spec.fill == u32::from(b'0') {
        return value("Zero padding is not allowed in complex format specifier");
    }
    if spec.align == Align::Sign {
        return value("'=' alignment flag is not allowed in complex format specifier");
    }
    // Without a type the result looks like `str(v)`: a zero real part goes, otherwise there are parentheses.
    let plain = spec.kind == 0;
    let skip_real = plain && v.re == 0.0 && v.re.is_sign_positive();
    let tight = FormatSpec { width: 0, ..spec };
    let mut body = Vec::new();
    if plain && !skip_real {
        body.push(b'(');
    }
    if skip_real {
        body.extend_from_slice(&number_layout(&im, &tight));
    } else {
        body.extend_from_slice(&number_layout(&re, &tight));
        body.extend_from_slice(&number_layout(&im, &FormatSpec { sign: b'+', ..tight }));
    }
    body.push(b'j');
    if plain && !skip_real {
        body.push(b')');
    }
    let mut out = Vec::new();
    pad(&mut out, &spec, body.len(), |out| out.extend_from_slice(&body));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(r: Result<Vec<u8>, FormatError>) -> String {
        match r {
            Ok(v) => String::from_utf8(v).unwrap(),
            Err(FormatError::Value(m)) => format!("!{m}"),
            Err(FormatError::Overflow(m)) => format!("!!{m}"),
        }
    }

    #[test]
    fn strings() {
        for (s, e) in [
            ("", "a"),
            ("3", "a  "),
            ("^4", " a  "),
            ("é>3", "ééa"),
            ("08", "a0000000"),
            (".0", ""),
            ("+", "!Sign not allowed in string format specifier"),
            ("=", "!'=' alignment not allowed in string format specifier"),
            (",", "!Cannot specify ',' with 's'."),
            ("d", "!Unknown format code 'd' for object of type 'str'"),
            ("5y5", "!Invalid format specifier '5y5' for object of type 'str'"),
            (".", "!Format specifier missing precision"),
        ] {
            assert_eq!(show(format_str(b"a", s.as_bytes())), e, "{s}");
        }
    }

    #[test]
    fn ints() {
        for (v, s, e) in [
            (1, "é", "!Unknown format code '\\xe9' for object of type 'int'"),
            (1, ".3", "!Precision not allowed in integer format specifier"),
            (-1, "c", "!!%c arg not in range(0x110000)"),
            (1, ",x", "!Cannot specify ',' with 'x'."),
            (1, ",_", "!Cannot specify both ',' and '_'."),
            (1, ",,", "!Cannot specify ',' with ','."),
            (1, "99999999999999999999", "!Too many decimal digits in format string"),
            (1234, "06,", "01,234"),
            (-1234, "08,", "-001,234"),
            (1234, "07,", "001,234"),
            (255, "#010x", "0x000000ff"),
            (255, "#_b", "0b1111_1111"),
            (255, "#012_x", "0x0_0000_00ff"),
            (5, "é<4", "5ééé"),
            (5, "._f", "5.000_000"),
            (5, ".,d", "5"),
            (42, "+5", "  +42"),
            (42, "*=+6", "+***42"),
            (0x1F600, "c", "😀"),
            (1234567, ",", "1,234,567"),
            (1, "%", "100.000000%"),
        ] {
            assert_eq!(show(format_int(Int::Small(v), s.as_bytes(), "int")), e, "{v} {s}");
        }
    }

    #[test]
    fn floats() {
        for (v, s, e) in [
            (1234.56789, ",.4,f", "1,234.567,9"),
            (1234.56789, ".6_f", "1234.567_890"),
            (-0.01, "z.1f", "0.0"),
            (1e20, "", "1e+20"),
            (123456.0, ".3", "1.23e+05"),
            (100000.0, ".6", "1e+05"),
            (12345678.9, "015,.2f", "0,012,345,678.90"),
            (f64::NAN, "010", "0000000nan"),
            (f64::NEG_INFINITY, "+010.2F", "-000000INF"),
            (0.123456789, ".4,%", "12.345,7%"),
            (1234567.8912345, ",.6_", "1.234_57e+06"),
            (1234.5, "012.6,f", "1234.500,000"),
            (1e6, "_", "1_000_000.0"),
            (2.0, "#.0f", "2."),
            (2.0, "#", "2.0"),
            (3.0, "n", "3"),
            (1.5, "s", "!Unknown format code 's' for object of type 'float'"),
            (1.5, ",n", "!Cannot specify ',' with 'n'."),
        ] {
            assert_eq!(show(format_float(v, s.as_bytes())), e, "{v} {s}");
        }
        let c = |a, b, s: &str| show(format_complex(Complex::new(a, b), s.as_bytes()));
        assert_eq!(c(1.0, 2.0, ">20.2f"), "          1.00+2.00j");
        assert_eq!(c(0.0, 1.0, ".3"), "1j");
        assert_eq!(c(1.0, 1.0, "._f"), "1.000_000+1.000_000j");
        assert_eq!(c(0.0, 1.0, "010"), "!Zero padding is not allowed in complex format specifier");
    }
}
