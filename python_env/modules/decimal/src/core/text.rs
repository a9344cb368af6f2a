//! Numbers to text and back.

use super::nat::Nat;
use super::number::{Dec, Kind, Status, status};

/// Exponents in text are cut to this; it is out of every context's range, and far from overflowing a word.
pub const FAR: i64 = 4_000_000_000_000_000_000;

/// The number that `text` spells, `ConversionSyntax` where it spells none. It has neither white space nor underscores.
pub fn parse(text: &[u8], st: &mut Status) -> Dec {
    match parse_number(text) {
        Some(d) => d,
        None => Dec::fail(st, status::CONVERSION_SYNTAX),
    }
}

fn parse_number(text: &[u8]) -> Option<Dec> {
    let (neg, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let first = *text.first()?;
    if !first.is_ascii_digit() && first != b'.' {
        return special(neg, text);
    }
    let run = |t: &[u8]| t.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = run(text);
    let (whole, mut rest) = text.split_at(whole);
    let mut fraction: &[u8] = &[];
    if let [b'.', after @ ..] = rest {
        (fraction, rest) = after.split_at(run(after));
    }
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut exp = 0i64;
    if let [b'e' | b'E', after @ ..] = rest {
        let (down, digits) = match after {
            [b'-', d @ ..] => (true, d),
            [b'+', d @ ..] => (false, d),
            _ => (false, after),
        };
        if digits.is_empty() || run(digits) != digits.len() {
            return None;
        }
        for &b in digits {
            exp = exp.saturating_mul(10).saturating_add(i64::from(b - b'0')).min(FAR);
        }
        if down {
            exp = -exp;
        }
        rest = &[];
    }
    if !rest.is_empty() {
        return None;
    }
    let exp = exp - fraction.len() as i64;
    if whole.len() + fraction.len() <= 18 {
        let n = whole.iter().chain(fraction).fold(0, |n, &b| n * 10 + u64::from(b - b'0'));
        return Some(Dec::small(neg, n, exp));
    }
    let coef = match fraction {
        [] => Nat::parse(whole),
        _ => Nat::parse(&[whole, fraction].concat()),
    };
    Some(Dec::new(neg, coef, exp))
}

fn special(neg: bool, text: &[u8]) -> Option<Dec> {
    if text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity") {
        return Some(Dec::infinity(neg));
    }
    let (kind, rest) = match text {
        [b's' | b'S', rest @ ..] => (Kind::Signaling, rest),
        _ => (Kind::Quiet, text),
    };
    let (name, payload) = rest.split_at_checked(3)?;
    if !name.eq_ignore_ascii_case(b"nan") || !payload.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(Dec { kind, neg, exp: 0, coef: Nat::parse(payload) })
}

/// Number of bytes of [`write`], at least.
pub fn length(d: &Dec) -> usize {
    d.coef.digits() as usize + 32
}

/// Appends the number, in scientific notation where it needs an exponent, or in engineering notation.
pub fn write(d: &Dec, engineering: bool, capitals: bool, out: &mut Vec<u8>) {
    if d.neg {
        out.push(b'-');
    }
    match d.kind {
        Kind::Infinite => return out.extend_from_slice(b"Infinity"),
        Kind::Quiet | Kind::Signaling => {
            out.extend_from_slice(if d.kind == Kind::Quiet { b"NaN" } else { b"sNaN" });
            if !d.coef.is_zero() {
                d.coef.write(out);
            }
            return;
        }
        Kind::Finite => {}
    }
    let mut digits = Vec::with_capacity(d.coef.digits() as usize + 18);
    d.coef.write(&mut digits);
    write_digits(&digits, d.exp, engineering, capitals, out);
}

/// Appends digits with an exponent.
pub fn write_digits(digits: &[u8], exp: i64, engineering: bool, capitals: bool, out: &mut Vec<u8>) {
    let left = exp + digits.len() as i64;
    let point = if exp <= 0 && left > -6 {
        left
    } else if !engineering {
        1
    } else if digits == b"0" {
        (left + 1).rem_euclid(3) - 1
    } else {
        (left - 1).rem_euclid(3) + 1
    };
    if point <= 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + point.unsigned_abs() as usize, b'0');
        out.extend_from_slice(digits);
    } else {
        // A point in engineering notation may lie behind the digits, by two at most.
        let (whole, fraction) = digits.split_at_checked(point as usize).unwrap_or((digits, &[]));
        out.extend_from_slice(whole);
        out.resize(out.len() + (point as usize).saturating_sub(digits.len()), b'0');
        if !fraction.is_empty() {
            out.push(b'.');
            out.extend_from_slice(fraction);
        }
    }
    if left != point {
        write_exponent(left - point, capitals, out);
    }
}

fn write_exponent(exp: i64, capital: bool, out: &mut Vec<u8>) {
    out.push(if capital { b'E' } else { b'e' });
    if exp >= 0 {
        out.push(b'+');
    }
    pynumeric::decimal::push_i64(out, exp);
}

/// The digits before and after the point.
fn place(digits: &[u8], point: i64) -> (Vec<u8>, Vec<u8>) {
    let zeros = |n: u64| std::iter::repeat_n(b'0', n as usize);
    if point <= 0 {
        return (vec![b'0'], zeros(point.unsigned_abs()).chain(digits.iter().copied()).collect());
    }
    match digits.split_at_checked(point as usize) {
        Some((a, b)) => (a.to_vec(), b.to_vec()),
        None => (digits.iter().copied().chain(zeros(point as u64 - digits.len() as u64)).collect(), vec![]),
    }
}

/// What `format` is asked for.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The character that fills, in UTF-8.
    pub fill: Vec<u8>,
    /// `<`, `>`, `=` or `^`.
    pub align: u8,
    /// `-`, `+` or a space.
    pub sign: u8,
    /// Whether zeros lose their minus sign.
    pub no_negative_zero: bool,
    /// Whether there is always a point.
    pub alternate: bool,
    /// Whether zeros fill.
    pub zeros: bool,
    /// How many characters at least.
    pub width: usize,
    /// How many digits.
    pub precision: Option<u64>,
    /// Between groups of digits.
    pub separator: Vec<u8>,
    /// Between groups of digits after the point.
    pub fraction_separator: Vec<u8>,
    /// The point.
    pub point: Vec<u8>,
    /// The sizes of groups from the right, as `localeconv` gives them.
    pub groups: Vec<u8>,
    /// The letter; 0: none.
    pub kind: u8,
}

/// Why a specification is none.
#[derive(Debug, PartialEq, Eq)]
pub enum SpecError {
    /// It is malformed.
    Syntax,
    /// A number does not fit.
    TooLarge,
}

impl Spec {
    /// Reads a specification.
    pub fn parse(text: &[u8]) -> Result<Spec, SpecError> {
        let mut spec = Spec {
            fill: vec![b' '],
            align: b'>',
            sign: b'-',
            no_negative_zero: false,
            alternate: false,
            zeros: false,
            width: 0,
            precision: None,
            separator: vec![],
            fraction_separator: vec![],
            point: vec![b'.'],
            groups: vec![3, 0],
            kind: 0,
        };
        let aligns = |b: Option<&u8>| b.is_some_and(|b| b"<>=^".contains(b));
        let first = match text.first() {
            Some(0..0x80) => 1,
            Some(0xC0..0xE0) => 2,
            Some(0xE0..0xF0) => 3,
            Some(_) => 4,
            None => 0,
        };
        let (mut at, mut aligned) = (0, false);
        if first > 0 && aligns(text.get(first)) {
            spec.fill = text[..first].to_vec();
            spec.align = text[first];
            (at, aligned) = (first + 1, true);
        } else if aligns(text.first()) {
            spec.align = text[0];
            (at, aligned) = (1, true);
        }
        let mut take = |set: &[u8]| {
            let found = text.get(at).copied().filter(|b| set.contains(b));
            at += usize::from(found.is_some());
            found
        };
        if let Some(sign) = take(b"+- ") {
            spec.sign = sign;
        }
        spec.no_negative_zero = take(b"z").is_some();
        spec.alternate = take(b"#").is_some();
        if take(b"0").is_some() {
            if aligned {
                return Err(SpecError::Syntax);
            }
            (spec.zeros, spec.align, spec.fill) = (true, b'=', vec![b'0']);
        }
        if let Some(first) = take(b"123456789") {
            spec.width = number(usize::from(first - b'0'), &mut take)?;
        } else if spec.zeros && take(b"0").is_some() {
            spec.width = number(0, &mut take)?;
        }
        spec.separator.extend(take(b",_"));
        if take(b".").is_some() {
            let first = take(b"0123456789");
            if let Some(first) = first {
                spec.precision = Some(number(usize::from(first - b'0'), &mut take)? as u64);
            }
            spec.fraction_separator.extend(take(b",_"));
            if first.is_none() && spec.fraction_separator.is_empty() {
                return Err(SpecError::Syntax);
            }
        }
        if let Some(kind) = take(b"eEfFgGnN%") {
            spec.kind = kind;
        }
        if at != text.len()
            || matches!(spec.kind, b'n' | b'N') && !(spec.separator.is_empty() && spec.fraction_separator.is_empty())
        {
            return Err(SpecError::Syntax);
        }
        Ok(spec)
    }
}

fn number(first: usize, take: &mut impl FnMut(&[u8]) -> Option<u8>) -> Result<usize, SpecError> {
    let mut n = first;
    while let Some(b) = take(b"0123456789") {
        n = n.checked_mul(10).and_then(|n| n.checked_add(usize::from(b - b'0'))).ok_or(SpecError::TooLarge)?;
    }
    if n > isize::MAX as usize { Err(SpecError::TooLarge) } else { Ok(n) }
}

/// What a number looks like after it has been rounded as `spec` wants it.
pub fn format(d: &Dec, spec: &Spec, capitals: bool) -> Vec<u8> {
    let percent = if spec.kind == b'%' { &b"%"[..] } else { b"" };
    let sign: &[u8] = match (d.neg && !(spec.no_negative_zero && d.is_zero()), spec.sign) {
        (true, _) => b"-",
        (false, b'+') => b"+",
        (false, b' ') => b" ",
        _ => b"",
    };
    if !d.is_finite() {
        let mut body = Vec::new();
        write(&Dec { neg: false, ..d.clone() }, false, capitals, &mut body);
        body.extend_from_slice(percent);
        let spec = if spec.zeros { &Spec { align: b'>', fill: vec![b' '], ..spec.clone() } } else { spec };
        return align(sign, &body, spec);
    }
    let mut digits = Vec::new();
    d.coef.write(&mut digits);
    let left = d.exp + digits.len() as i64;
    let point = match spec.kind.to_ascii_lowercase() {
        b'e' => match spec.precision {
            Some(p) if d.is_zero() => 1 - p as i64,
            _ => 1,
        },
        b'f' | b'%' => left,
        _ if d.exp <= 0 && left > -6 => left,
        _ => 1,
    };
    let (whole, fraction) = place(&digits, point);
    let exp = left - point;
    let mut tail = Vec::new();
    if !fraction.is_empty() || spec.alternate {
        tail.extend_from_slice(&spec.point);
        group_fraction(&fraction, &spec.fraction_separator, &mut tail);
    }
    if exp != 0 || matches!(spec.kind, b'e' | b'E') {
        let capital = if spec.kind == 0 { capitals } else { spec.kind.is_ascii_uppercase() };
        write_exponent(exp, capital, &mut tail);
    }
    tail.extend_from_slice(percent);
    let least = if spec.zeros { spec.width.saturating_sub(characters(&tail) + sign.len()) } else { 0 };
    let mut body = group(&whole, spec, least);
    body.extend_from_slice(&tail);
    align(sign, &body, spec)
}

fn characters(text: &[u8]) -> usize {
    text.iter().filter(|&&b| b & 0xC0 != 0x80).count()
}

fn align(sign: &[u8], body: &[u8], spec: &Spec) -> Vec<u8> {
    let missing = spec.width.saturating_sub(characters(body) + sign.len());
    let (before, between, after) = match spec.align {
        b'<' => (0, 0, missing),
        b'=' => (0, missing, 0),
        b'^' => (missing / 2, 0, missing - missing / 2),
        _ => (missing, 0, 0),
    };
    let fill = |n: usize| spec.fill.repeat(n);
    [&fill(before), sign, &fill(between), body, &fill(after)].concat()
}

fn group_fraction(digits: &[u8], separator: &[u8], out: &mut Vec<u8>) {
    if separator.is_empty() {
        return out.extend_from_slice(digits);
    }
    for (i, piece) in digits.chunks(3).enumerate() {
        if i > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(piece);
    }
}

/// The digits before the point in groups, with zeros before them up to `least` characters.
fn group(digits: &[u8], spec: &Spec, least: usize) -> Vec<u8> {
    let separated = !spec.separator.is_empty();
    let gap = if separated { characters(&spec.separator) } else { 0 };
    let mut left: Vec<u8> = digits.to_vec();
    if !separated {
        let zeros = least.saturating_sub(left.len());
        left.splice(0..0, std::iter::repeat_n(b'0', zeros));
        return left;
    }
    // From the right: pieces of the sizes given, the last size again and again.
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    let mut sizes = spec.groups.iter().copied().peekable();
    let (mut size, mut missing) = (0usize, least as i64);
    let mut cut = true;
    loop {
        match sizes.peek() {
            Some(0) | None => {}
            Some(127) => cut = false,
            Some(&n) => size = usize::from(n),
        }
        if !matches!(sizes.peek(), Some(0 | 127) | None) {
            sizes.next();
        }
        if size == 0 || !cut {
            let wanted = left.len().max(missing.max(1) as usize);
            let mut piece = vec![b'0'; wanted - left.len()];
            piece.append(&mut left);
            pieces.push(piece);
            break;
        }
        // A piece is as long as its group, or as what is left of digits and of the width.
        let n = left.len().max(missing.max(1) as usize).min(size);
        let from = left.len().saturating_sub(n);
        let mut piece = vec![b'0'; n - (left.len() - from)];
        piece.extend(left.drain(from..));
        missing -= n as i64;
        pieces.push(piece);
        if left.is_empty() && missing <= 0 {
            break;
        }
        missing -= gap as i64;
    }
    pieces.reverse();
    pieces.join(&spec.separator[..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, spec: &str) -> String {
        let d = parse(text.as_bytes(), &mut 0);
        String::from_utf8(format(&d, &Spec::parse(spec.as_bytes()).expect("a specification"), true)).expect("text")
    }

    #[test]
    fn notation() {
        for (text, sci, eng) in [
            ("123E-10", "1.23E-8", "12.3E-9"),
            ("0E+7", "0E+7", "0.00E+9"),
            ("-1.5e3", "-1.5E+3", "-1.5E+3"),
            ("0.000001", "0.000001", "0.000001"),
            (".", "NaN", "NaN"),
            ("snan007", "sNaN7", "sNaN7"),
            ("-iNF", "-Infinity", "-Infinity"),
        ] {
            let d = parse(text.as_bytes(), &mut 0);
            for (eng, wanted) in [(false, sci), (true, eng)] {
                let mut out = Vec::new();
                write(&d, eng, true, &mut out);
                assert_eq!(String::from_utf8_lossy(&out), wanted);
            }
        }
    }

    #[test]
    fn groups() {
        assert_eq!(shown("1234567.5", ","), "1,234,567.5");
        assert_eq!(shown("1234567", "012,"), "0,001,234,567");
        assert_eq!(shown("0", "06,"), "00,000");
        assert_eq!(shown("1", "05,"), "0,001");
        assert_eq!(shown("-1", "^5"), " -1  ");
        assert_eq!(shown("NaN", "010"), "       NaN");
    }
}
