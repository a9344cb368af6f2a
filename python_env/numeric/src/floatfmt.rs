//! Floats to text: the shortest form that reads back, and the C-like `e`, `f`, `g` forms with a precision.
//!
//! Numbers of ordinary size with ordinary precisions are scaled by a power of ten in 128 bits, which is exact; others go through the
//! standard library's printer.

use crate::decimal;

/// The kinds of text that a float has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// `repr`: as few digits as identify the number.
    Repr,
    /// Scientific, with digits after the point.
    Exp(usize),
    /// Fixed point, with digits after the point.
    Fixed(usize),
    /// General, with significant digits.
    General(usize),
}

/// Options of [`format`].
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Flags {
    /// Appends `.0` to what would look like an integer.
    pub dot_zero: bool,
    /// The alternate form: always a point, and trailing zeros stay.
    pub alternate: bool,
    /// A `+` before positive numbers.
    pub plus: bool,
    /// Upper case `E`, `INF`, `NAN`.
    pub upper: bool,
}

/// A double has no more decimals than this; what is asked beyond is zeros.
const MAX_DIGITS: usize = 1100;

/// Digits on the native stack: the shortest form of a double has at most 17, the scaled form 20.
struct Digits {
    bytes: [u8; 24],
    len: usize,
}

impl Digits {
    const NONE: Digits = Digits { bytes: [b'0'; 24], len: 0 };

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn trim_zeros(&mut self) {
        while self.len > 1 && self.bytes[self.len - 1] == b'0' {
            self.len -= 1;
        }
    }
}

/// Shortest digits of a positive number and the position of the decimal point: `0.DIGITS * 10**point`.
fn shortest(v: f64) -> (Digits, i32) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(v).as_bytes();
    let mut digits = Digits::NONE;
    let (mut point, mut seen_point) = (0i32, false);
    for (i, &b) in text.iter().enumerate() {
        match b {
            b'.' => seen_point = true,
            b'e' => {
                let exp = std::str::from_utf8(&text[i + 1..]).ok().and_then(|e| e.parse::<i32>().ok());
                point += exp.unwrap_or(0);
                break;
            }
            // Zeros in front move the point only.
            b'0' if digits.len == 0 => point -= i32::from(seen_point),
            _ => {
                point += i32::from(!seen_point);
                if digits.len < digits.bytes.len() {
                    digits.bytes[digits.len] = b;
                    digits.len += 1;
                }
            }
        }
    }
    if digits.len == 0 {
        return (Digits { len: 1, ..Digits::NONE }, 1);
    }
    digits.trim_zeros();
    (digits, point)
}

/// The largest power of ten by which a mantissa of 53 bits may be multiplied in 128 bits.
const MAX_POWER: usize = 22;

const POWERS: [u128; MAX_POWER + 1] = {
    let mut powers = [1; MAX_POWER + 1];
    let mut i = 1;
    while i <= MAX_POWER {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// `v * 10**power`, rounded half to even. `None` where 128 bits do not hold the exact product; `v` is positive and finite.
fn scaled(v: f64, power: i32) -> Option<u128> {
    let bits = v.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
    let (mantissa, exp) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    let ten = *POWERS.get(power.unsigned_abs() as usize)?;
    // The quotient `n / d` is the exact product.
    let mut n = u128::from(mantissa);
    let mut d = 1u128;
    if power >= 0 {
        n *= ten;
    } else {
        d = ten;
    }
    if exp >= 0 {
        if exp > n.leading_zeros() as i32 {
            return None;
        }
        n <<= exp;
    } else {
        if power >= 0 && exp <= -128 {
            // Below 2**127 / 2**128.
            return Some(0);
        }
        if -exp >= d.leading_zeros() as i32 {
            return None;
        }
        d <<= -exp;
    }
    let (q, rest) = if d.is_power_of_two() { (n >> d.trailing_zeros(), n & (d - 1)) } else { (n / d, n % d) };
    // `d` is below 2**127, so twice the rest fits.
    let up = rest * 2 > d || (rest * 2 == d && q & 1 == 1);
    Some(q + u128::from(up))
}

/// `n` significant digits of a positive number and the decimal point's position, by integer arithmetic.
fn significant_fast(v: f64, n: usize) -> Option<(Digits, i32)> {
    if n > 17 || !(1e-12..1e22).contains(&v) {
        return None;
    }
    // The exponent may be off by one near powers of ten, and rounding may add a digit.
    let mut exp = v.log10().floor() as i32;
    for _ in 0..3 {
        let m = u64::try_from(scaled(v, n as i32 - 1 - exp)?).ok()?;
        let mut buffer = [0; 20];
        let text = decimal::digits(m, &mut buffer);
        match text.len().cmp(&n) {
            std::cmp::Ordering::Less => exp -= 1,
            std::cmp::Ordering::Greater => exp += 1,
            std::cmp::Ordering::Equal => {
                let mut digits = Digits { len: n, ..Digits::NONE };
                digits.bytes[..n].copy_from_slice(text);
                return Some((digits, exp + 1));
            }
        }
    }
    None
}

/// `n` significant digits of a number that is not negative (correctly rounded) and the decimal point's position.
fn significant(v: f64, n: usize) -> (Vec<u8>, i32) {
    let text = format!("{:.*e}", (n - 1).min(MAX_DIGITS), v);
    let (mantissa, exp) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    digits.resize(n, b'0');
    (digits, if v == 0.0 { 1 } else { exp.parse().unwrap_or(0) + 1 })
}

fn push_zeros(out: &mut Vec<u8>, n: usize) {
    out.resize(out.len() + n, b'0');
}

fn push_exponent(out: &mut Vec<u8>, exp: i32, upper: bool) {
    out.push(if upper { b'E' } else { b'e' });
    out.push(if exp < 0 { b'-' } else { b'+' });
    let exp = exp.unsigned_abs();
    if exp < 10 {
        out.push(b'0');
    }
    out.extend_from_slice(decimal::digits(u64::from(exp), &mut [0; 20]));
}

/// Lays out digits, of which there is at least one.
fn layout(out: &mut Vec<u8>, digits: &[u8], point: i32, scientific: bool, flags: Flags) {
    if scientific {
        out.push(digits[0]);
        if digits.len() > 1 || flags.alternate {
            out.push(b'.');
            out.extend_from_slice(&digits[1..]);
        }
        return push_exponent(out, point - 1, flags.upper);
    }
    let n = digits.len() as i32;
    if point <= 0 {
        out.extend_from_slice(b"0.");
        push_zeros(out, point.unsigned_abs() as usize);
        out.extend_from_slice(digits);
    } else if point >= n {
        out.extend_from_slice(digits);
        push_zeros(out, (point - n) as usize);
        if flags.dot_zero {
            out.extend_from_slice(b".0");
        } else if flags.alternate {
            out.push(b'.');
        }
    } else {
        let (int, frac) = digits.split_at(point as usize);
        out.extend_from_slice(int);
        out.push(b'.');
        out.extend_from_slice(frac);
    }
}

/// Fixed point with `precision` decimals; `v` is finite and not negative.
fn push_fixed(out: &mut Vec<u8>, v: f64, precision: usize) {
    let fast = if precision <= MAX_POWER { scaled(v, precision as i32) } else { None };
    if let Some(m) = fast.and_then(|m| u64::try_from(m).ok()) {
        let mut buffer = [0; 20];
        let digits = decimal::digits(m, &mut buffer);
        if precision == 0 {
            return out.extend_from_slice(digits);
        }
        let int = digits.len().saturating_sub(precision);
        if int == 0 {
            out.extend_from_slice(b"0.");
            push_zeros(out, precision - digits.len());
            return out.extend_from_slice(digits);
        }
        out.extend_from_slice(&digits[..int]);
        out.push(b'.');
        return out.extend_from_slice(&digits[int..]);
    }
    use std::io::Write;
    let known = precision.min(MAX_DIGITS);
    // Writing to a vector does not fail.
    let _ = write!(out, "{v:.known$}");
    push_zeros(out, precision - known);
}

/// Appends the text of a float (`PyOS_double_to_string`).
pub fn write(out: &mut Vec<u8>, v: f64, style: Style, flags: Flags) {
    if v.is_nan() {
        if flags.plus {
            out.push(b'+');
        }
        return out.extend_from_slice(if flags.upper { b"NAN" } else { b"nan" });
    }
    if v.is_sign_negative() {
        out.push(b'-');
    } else if flags.plus {
        out.push(b'+');
    }
    let v = v.abs();
    if v.is_infinite() {
        return out.extend_from_slice(if flags.upper { b"INF" } else { b"inf" });
    }
    match style {
        Style::Repr => {
            let (digits, point) = shortest(v);
            layout(out, digits.as_slice(), point, !(-4 < point && point <= 16), flags);
        }
        Style::Exp(precision) => match significant_fast(v, precision + 1) {
            Some((digits, point)) => layout(out, digits.as_slice(), point, true, flags),
            None => {
                let (digits, point) = significant(v, precision + 1);
                layout(out, &digits, point, true, flags);
            }
        },
        Style::Fixed(precision) => {
            push_fixed(out, v, precision);
            if precision == 0 && flags.alternate {
                out.push(b'.');
            } else if precision == 0 && flags.dot_zero {
                out.extend_from_slice(b".0");
            }
        }
        Style::General(precision) => {
            let precision = precision.max(1);
            let scientific =
                |point: i32| point <= -4 || point > precision.min(1 << 30) as i32 - i32::from(flags.dot_zero);
            if let Some((mut digits, point)) = significant_fast(v, precision) {
                if !flags.alternate {
                    digits.trim_zeros();
                }
                return layout(out, digits.as_slice(), point, scientific(point), flags);
            }
            let (mut digits, point) = significant(v, precision);
            if !flags.alternate {
                while digits.len() > 1 && digits.last() == Some(&b'0') {
                    digits.pop();
                }
            }
            layout(out, &digits, point, scientific(point), flags);
        }
    }
}

fn text(bytes: Vec<u8>) -> String {
    // What is written above is ASCII.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Text of a float (`PyOS_double_to_string`).
pub fn format(v: f64, style: Style, flags: Flags) -> String {
    let mut out = Vec::with_capacity(24);
    write(&mut out, v, style, flags);
    text(out)
}

/// Appends `repr(float)`.
pub fn write_repr(out: &mut Vec<u8>, v: f64) {
    // The common case without detours: an integer below 1e15.
    if v == v.trunc() && v.abs() < 1e15 && (v != 0.0 || v.is_sign_positive()) {
        decimal::push_i64(out, v as i64);
        return out.extend_from_slice(b".0");
    }
    if (1e-4..1e15).contains(&v.abs()) {
        // Where Python's form and the printer's agree.
        let mut buffer = zmij::Buffer::new();
        return out.extend_from_slice(buffer.format_finite(v).as_bytes());
    }
    write(out, v, Style::Repr, Flags { dot_zero: true, ..Flags::default() });
}

/// `repr(float)`.
pub fn repr(v: f64) -> String {
    let mut out = Vec::with_capacity(24);
    write_repr(&mut out, v);
    text(out)
}

/// `float.hex`.
pub fn hex(v: f64) -> String {
    if !v.is_finite() {
        return repr(v);
    }
    let sign = if v.is_sign_negative() { "-" } else { "" };
    if v == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = v.to_bits();
    let (mantissa, biased) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7FF) as i32);
    let (lead, exp) = if biased == 0 { (0, -1022) } else { (1, biased - 1023) };
    let exp_sign = if exp < 0 { '-' } else { '+' };
    format!("{sign}0x{lead}.{mantissa:013x}p{exp_sign}{}", exp.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reprs() {
        for (v, t) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1e16, "1e+16"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e15, "1000000000000000.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e300, "1.5e+300"),
            (5e-324, "5e-324"),
            (0.1 + 0.2, "0.30000000000000004"),
            (123456789.125, "123456789.125"),
            (-12.0, "-12.0"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(repr(v), t);
        }
        assert_eq!(hex(1.5), "0x1.8000000000000p+0");
        assert_eq!(hex(-5e-324), "-0x0.0000000000001p-1022");
    }

    #[test]
    fn styles() {
        let f = |v, s| format(v, s, Flags::default());
        assert_eq!(f(2.5, Style::Fixed(0)), "2");
        assert_eq!(f(0.125, Style::Fixed(2)), "0.12");
        assert_eq!(f(1234.5678, Style::Exp(3)), "1.235e+03");
        assert_eq!(f(0.0, Style::Exp(2)), "0.00e+00");
        assert_eq!(f(0.0, Style::General(6)), "0");
        assert_eq!(f(1e6, Style::General(6)), "1e+06");
        assert_eq!(f(123456.0, Style::General(6)), "123456");
        assert_eq!(f(0.0001, Style::General(6)), "0.0001");
        assert_eq!(f(0.00001, Style::General(6)), "1e-05");
        let alt = Flags { alternate: true, ..Flags::default() };
        assert_eq!(format(1.0, Style::General(6), alt), "1.00000");
        assert_eq!(format(1.0, Style::Exp(0), alt), "1.e+00");
        assert_eq!(format(3.0, Style::Fixed(0), alt), "3.");
        assert_eq!(f(1.0, Style::Fixed(1200)).len(), 1202);
        assert_eq!(f(9.9999996, Style::General(6)), "10");
        assert_eq!(f(9.9999996, Style::Exp(5)), "1.00000e+01");
        assert_eq!(f(123456789.0, Style::General(6)), "1.23457e+08");
    }

    /// The fast forms against the standard library's printer.
    #[test]
    fn scaled_agrees() {
        let mut x = 0x2545F4914F6CDD1Du64;
        for i in 0..200_000u32 {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            let m = (x >> 11) as f64;
            let v = match i % 4 {
                0 => m / (1u64 << 53) as f64 * 10f64.powi((x % 40) as i32 - 20),
                1 => (x % 100_000_000) as f64 / 8192.0,
                2 => (x % 100_000) as f64 / 1000.0,
                _ => f64::from_bits(x & !(1 << 63)),
            };
            if !v.is_finite() {
                continue;
            }
            let p = (x >> 5) as usize % 18;
            assert_eq!(f2(v, Style::Fixed(p)), format!("{v:.p$}"));
            if v != 0.0
                && let Some((digits, point)) = significant_fast(v, p.max(1))
            {
                let (wanted, at) = significant(v, p.max(1));
                assert_eq!((digits.as_slice(), point), (wanted.as_slice(), at), "{v:e} {p}");
            }
            let mut out = vec![];
            write_repr(&mut out, v);
            assert_eq!(String::from_utf8(out).unwrap().parse::<f64>(), Ok(v));
            assert_eq!(repr(v), format(v, Style::Repr, Flags { dot_zero: true, ..Flags::default() }));
        }
    }

    fn f2(v: f64, s: Style) -> String {
        format(v, s, Flags::default())
    }
}
