//! The format-spec mini-language: `format(value, spec)` for `str`, `int`, `float` and `complex`.

use crate::unicode::MODERN;
use crate::{room, wtf8};
use pynumeric::complex::Complex;
use pynumeric::floatfmt::{self, Flags, Style};
use pynumeric::{BigInt, Sign, decimal};

/// Why a value could not be formatted, with the message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FormatError {
    /// `ValueError`
    Value(String),
    /// `OverflowError`
    Overflow(String),
    /// `MemoryError`
    Memory,
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

/// The characters of a spec; nearly all specs are ASCII and need no decoding.
enum Chars<'a> {
    Ascii(&'a [u8]),
    Wide(Vec<u32>),
}

impl Chars<'_> {
    fn of(spec: &[u8]) -> Chars<'_> {
        if spec.is_ascii() { Chars::Ascii(spec) } else { Chars::Wide(wtf8::code_points(spec).collect()) }
    }

    fn get(&self, i: usize) -> Option<u32> {
        match self {
            Chars::Ascii(s) => s.get(i).map(|&b| u32::from(b)),
            Chars::Wide(s) => s.get(i).copied(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Chars::Ascii(s) => s.len(),
            Chars::Wide(s) => s.len(),
        }
    }
}

/// The value of a decimal digit of any script.
pub(crate) fn digit(c: u32) -> Option<u32> {
    if c < 0x80 { c.checked_sub(48).filter(|&d| d < 10) } else { MODERN.decimal(c) }
}

/// A run of decimal digits; `None` if there is none.
fn number(chars: &Chars<'_>, pos: &mut usize) -> Result<Option<usize>, FormatError> {
    let start = *pos;
    let mut n = 0usize;
    while let Some(d) = chars.get(*pos).and_then(digit) {
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
fn grouping(chars: &Chars<'_>, pos: &mut usize) -> Result<u8, FormatError> {
    let mut found = 0;
    if chars.get(*pos) == Some(44) {
        found = b',';
        *pos += 1;
    }
    if chars.get(*pos) == Some(95) {
        if found != 0 {
            return value("Cannot specify both ',' and '_'.");
        }
        found = b'_';
        *pos += 1;
    }
    if found == b'_' && chars.get(*pos) == Some(44) {
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
    let chars = Chars::of(spec);
    let at = |i: usize| chars.get(i).unwrap_or(0);
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
    if let Some(align) = chars.get(1).and_then(Align::of) {
        (out.fill, out.align, filled, aligned) = (at(0), align, true, true);
        pos = 2;
    } else if let Some(align) = chars.get(0).and_then(Align::of) {
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
    if !room::is_there_for(out.width) {
        return Err(FormatError::Memory);
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
        let spec = crate::wtf8::carry(spec);
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

fn push_fill(out: &mut Vec<u8>, fill: u32, n: usize) {
    if fill < 0x80 {
        out.resize(out.len() + n, fill as u8);
    } else {
        let fill = wtf8::encode(fill);
        (0..n).for_each(|_| out.extend_from_slice(&fill));
    }
}

/// Puts `body` of `chars` characters into the field.
fn pad(out: &mut Vec<u8>, spec: &FormatSpec, chars: usize, body: impl FnOnce(&mut Vec<u8>)) {
    let total = spec.width.saturating_sub(chars);
    let left = match spec.align {
        Align::Right | Align::Sign => total,
        Align::Center => total / 2,
        Align::Left => 0,
    };
    push_fill(out, spec.fill, left);
    body(out);
    push_fill(out, spec.fill, total - left);
}

/// Appends `format(s, spec)`, `s` a str of `chars` characters.
pub fn write_str(out: &mut Vec<u8>, s: &[u8], chars: usize, spec: &[u8]) -> Result<(), FormatError> {
    if spec.is_empty() {
        out.extend_from_slice(s);
        return Ok(());
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
    let (mut body, mut chars) = (s, chars);
    if let Some(p) = spec.precision.filter(|&p| p < chars) {
        body = wtf8::slice(s, 0, p);
        chars = p;
    }
    pad(out, &spec, chars, |out| out.extend_from_slice(body));
    Ok(())
}

/// `format(str, spec)`.
pub fn format_str(s: &[u8], spec: &[u8]) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    write_str(&mut out, s, wtf8::count(s), spec).map(|()| out)
}

/// Calls `f(digits, zeros)` for each group from the right when digits are grouped by `size` and zeros make at least `min` characters of
/// digits and separators.
fn groups(digits: usize, size: usize, min: usize, mut f: impl FnMut(usize, usize)) {
    let (mut rest, mut min) = (digits, min as isize);
    loop {
        let take = size.min(rest.max(min.max(1) as usize));
        let n = take.min(rest);
        f(n, take - n);
        rest -= n;
        min -= take as isize;
        if rest == 0 && min <= 0 {
            return;
        }
        min -= 1;
    }
}

/// How many characters [`push_grouped`] writes.
fn grouped_len(digits: usize, separator: u8, size: usize, min: usize) -> usize {
    if separator == 0 {
        return digits.max(min);
    }
    let mut len = 0usize;
    groups(digits, size, min, |n, zeros| len += n + zeros + 1);
    len - 1
}

/// Appends digits, grouped from the right, with zeros up to `min` characters.
fn push_grouped(out: &mut Vec<u8>, digits: &[u8], separator: u8, size: usize, min: usize) {
    if separator == 0 {
        push_fill(out, 48, min.saturating_sub(digits.len()));
        return out.extend_from_slice(digits);
    }
    let start = out.len();
    let mut end = digits.len();
    groups(digits.len(), size, min, |n, zeros| {
        if out.len() > start {
            out.push(separator);
        }
        out.extend(digits[end - n..end].iter().rev());
        end -= n;
        push_fill(out, 48, zeros);
    });
    out[start..].reverse();
}

/// A number taken apart for layout.
struct Parts<'a> {
    negative: bool,
    prefix: &'a [u8],
    /// Digits before the point, which are grouped.
    int: &'a [u8],
    group_size: usize,
    /// Digits after the point.
    frac: &'a [u8],
    has_point: bool,
    /// Exponent, `%`, ...
    tail: &'a [u8],
}

fn layout(out: &mut Vec<u8>, spec: &FormatSpec, p: &Parts<'_>) {
    let sign: &[u8] = match (p.negative, spec.sign) {
        (true, _) => b"-",
        (false, b'+') => b"+",
        (false, b' ') => b" ",
        _ => b"",
    };
    let separators = if spec.frac_grouping == 0 || p.frac.is_empty() { 0 } else { (p.frac.len() - 1) / 3 };
    let fixed = sign.len() + p.prefix.len() + usize::from(p.has_point) + p.frac.len() + separators + p.tail.len();
    let zero_pad = spec.fill == u32::from(b'0') && spec.align == Align::Sign;
    let min = if zero_pad { spec.width.saturating_sub(fixed) } else { 0 };
    let int = if p.int.is_empty() { 0 } else { grouped_len(p.int.len(), spec.grouping, p.group_size, min) };
    let head = |out: &mut Vec<u8>| {
        out.extend_from_slice(sign);
        out.extend_from_slice(p.prefix);
    };
    let body = |out: &mut Vec<u8>| {
        if !p.int.is_empty() {
            push_grouped(out, p.int, spec.grouping, p.group_size, min);
        }
        if p.has_point {
            out.push(b'.');
        }
        if separators == 0 {
            out.extend_from_slice(p.frac);
        } else {
            // Digits of a fraction are grouped from the left.
            for (i, three) in p.frac.chunks(3).enumerate() {
                if i > 0 {
                    out.push(spec.frac_grouping);
                }
                out.extend_from_slice(three);
            }
        }
        out.extend_from_slice(p.tail);
    };
    if spec.align == Align::Sign {
        head(out);
        pad(out, spec, fixed + int, body);
    } else {
        pad(out, spec, fixed + int, |out| {
            head(out);
            body(out);
        });
    }
}

/// An integer to format.
#[derive(Clone, Copy, Debug)]
pub enum Int<'a> {
    /// One word.
    Small(i64),
    /// Any size.
    Big(&'a BigInt),
    /// A big one whose decimal digits somebody has made.
    Digits(&'a BigInt, &'a str),
}

impl Int<'_> {
    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        match self {
            Int::Small(v) => *v < 0,
            Int::Big(b) | Int::Digits(b, _) => b.sign() == Sign::Minus,
        }
    }

    /// Calls `f` with the digits of the absolute value in base 2, 8, 10 or 16, `upper` case or lower.
    pub fn with_digits<R>(&self, base: u32, upper: bool, f: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Int::Small(v) if base == 10 => f(decimal::digits(v.unsigned_abs(), &mut [0; 20])),
            Int::Small(v) => {
                let (shift, mask) = match base {
                    2 => (1, 1),
                    8 => (3, 7),
                    _ => (4, 15),
                };
                let letters: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
                let mut buffer = [0; 64];
                let (mut at, mut rest) = (buffer.len(), v.unsigned_abs());
                loop {
                    at -= 1;
                    buffer[at] = letters[(rest & mask) as usize];
                    rest >>= shift;
                    if rest == 0 {
                        return f(&buffer[at..]);
                    }
                }
            }
            Int::Digits(_, digits) if base == 10 => f(digits.as_bytes()),
            Int::Big(b) | Int::Digits(b, _) => {
                let mut digits = b.magnitude().to_str_radix(base);
                if upper {
                    digits.make_ascii_uppercase();
                }
                f(digits.as_bytes())
            }
        }
    }

    /// Whether a C `long` holds it.
    fn is_c_long(&self) -> bool {
        match self {
            Int::Small(_) => true,
            Int::Big(b) | Int::Digits(b, _) => i64::try_from(*b).is_ok(),
        }
    }

    fn code_point(&self) -> Option<u32> {
        let v = match self {
            Int::Small(v) => *v,
            Int::Big(b) | Int::Digits(b, _) => i64::try_from(*b).ok()?,
        };
        u32::try_from(v).ok().filter(|&c| c < 0x11_0000)
    }

    fn to_f64(self) -> Result<f64, FormatError> {
        match self {
            Int::Small(v) => Ok(v as f64),
            Int::Big(b) | Int::Digits(b, _) => {
                pynumeric::int::to_f64(b).map_err(|e| FormatError::Overflow(e.to_string()))
            }
        }
    }
}

/// `format(int, spec)`; `type_name` is for messages (`"int"`, `"bool"`). The caller has checked the limit on digits.
pub fn format_int(v: Int<'_>, spec: &[u8], type_name: &str) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    write_int(&mut out, v, spec, type_name).map(|()| out)
}

/// Appends [`format_int`].
pub fn write_int(out: &mut Vec<u8>, v: Int<'_>, spec: &[u8], type_name: &str) -> Result<(), FormatError> {
    let spec = parse_spec(spec, type_name, b'd', Align::Right)?;
    let kind = u8::try_from(spec.kind).unwrap_or(b'?');
    let (base, prefix): (u32, &[u8]) = match kind {
        b'd' | b'n' => (10, b""),
        b'b' => (2, b"0b"),
        b'o' => (8, b"0o"),
        b'x' => (16, b"0x"),
        b'X' => (16, b"0X"),
        b'c' => (0, b""),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => return float_with(out, v.to_f64()?, &spec, type_name),
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
            let why = if v.is_c_long() {
                "%c arg not in range(0x110000)"
            } else {
                "Python int too large to convert to C long"
            };
            return Err(FormatError::Overflow(why.into()));
        };
        pad(out, &spec, 1, |out| wtf8::push(out, c));
        return Ok(());
    }
    v.with_digits(base, kind == b'X', |digits| {
        layout(
            out,
            &spec,
            &Parts {
                negative: v.is_negative(),
                prefix: if spec.alternate { prefix } else { b"" },
                int: digits,
                group_size: if base == 10 { 3 } else { 4 },
                frac: b"",
                has_point: false,
                tail: b"",
            },
        );
    });
    Ok(())
}

/// Splits the text of a float (without sign) for layout: integer digits, fraction digits, whether there is a point, rest.
fn split_number(text: &[u8]) -> (&[u8], &[u8], bool, &[u8]) {
    let digits = |s: &[u8]| s.iter().take_while(|b| b.is_ascii_digit()).count();
    let (int, rest) = text.split_at(digits(text));
    match rest.strip_prefix(b".") {
        Some(rest) => {
            let (frac, tail) = rest.split_at(digits(rest));
            (int, frac, true, tail)
        }
        None => (int, b"", false, rest),
    }
}

/// Calls `f` with the text of one float part, without the sign of zero that `z` removes.
fn float_text<R>(
    v: f64,
    spec: &FormatSpec,
    dot_zero: bool,
    type_name: &str,
    f: impl FnOnce(&[u8]) -> R,
) -> Result<R, FormatError> {
    let kind = u8::try_from(spec.kind).unwrap_or(b'?');
    let mut flags = Flags { alternate: spec.alternate, upper: kind.is_ascii_uppercase(), ..Flags::default() };
    let precision = spec.precision.unwrap_or(6);
    if precision > i32::MAX as usize {
        return value("precision too big");
    }
    if !room::is_there_for(precision) {
        return Err(FormatError::Memory);
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
    let mut text = Vec::with_capacity(40);
    floatfmt::write(&mut text, v, style, flags);
    if percent {
        text.push(b'%');
    }
    if spec.no_neg_zero && text.first() == Some(&b'-') && v.is_finite() {
        let mut mantissa = text.iter().take_while(|b| !matches!(b, b'e' | b'E'));
        if !mantissa.any(|b| matches!(b, b'1'..=b'9')) {
            return Ok(f(&text[1..]));
        }
    }
    Ok(f(&text))
}

fn number_layout(out: &mut Vec<u8>, text: &[u8], spec: &FormatSpec) {
    let (negative, body) = text.strip_prefix(b"-").map_or((false, text), |b| (true, b));
    let (int, frac, has_point, tail) = split_number(body);
    layout(out, spec, &Parts { negative, prefix: b"", int, group_size: 3, frac, has_point, tail });
}

fn float_with(out: &mut Vec<u8>, v: f64, spec: &FormatSpec, type_name: &str) -> Result<(), FormatError> {
    float_text(v, spec, true, type_name, |text| number_layout(out, text, spec))
}

/// `format(float, spec)`.
pub fn format_float(v: f64, spec: &[u8]) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    write_float(&mut out, v, spec).map(|()| out)
}

/// Appends [`format_float`].
pub fn write_float(out: &mut Vec<u8>, v: f64, spec: &[u8]) -> Result<(), FormatError> {
    if spec.is_empty() {
        floatfmt::write_repr(out, v);
        return Ok(());
    }
    float_with(out, v, &parse_spec(spec, "float", 0, Align::Right)?, "float")
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
    // There are two numbers, and both together.
    if !room::is_there_for(spec.precision.unwrap_or(0).saturating_mul(2)) {
        return Err(FormatError::Memory);
    }
    let re = float_text(v.re, &spec, false, "complex", <[u8]>::to_vec)?;
    let im = float_text(v.im, &spec, false, "complex", <[u8]>::to_vec)?;
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
        number_layout(&mut body, &im, &tight);
    } else {
        number_layout(&mut body, &re, &tight);
        number_layout(&mut body, &im, &FormatSpec { sign: b'+', ..tight });
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
            Err(FormatError::Memory) => "!!!".into(),
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
