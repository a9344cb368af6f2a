//! Floats to text: the shortest form that reads back, and the C-like `e`, `f`, `g` forms with a precision.

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

/// Shortest digits and the position of the decimal point: `0.DIGITS * 10**point`.
fn shortest(v: f64) -> (Vec<u8>, i32) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(v);
    let (mantissa, exp) = match text.split_once('e') {
        Some((m, e)) => (m, e.parse().unwrap_or(0)),
        None => (text, 0i32),
    };
    let (int, frac) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits: Vec<u8> = int.bytes().chain(frac.bytes()).collect();
    let mut point = int.len() as i32 + exp;
    let lead = digits.iter().take_while(|&&b| b == b'0').count();
    digits.drain(..lead);
    point -= lead as i32;
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    if digits.is_empty() { (vec![b'0'], 1) } else { (digits, point) }
}

/// `n` significant digits (correctly rounded) and the decimal point's position.
fn significant(v: f64, n: usize) -> (Vec<u8>, i32) {
    let text = format!("{:.*e}", (n - 1).min(MAX_DIGITS), v);
    let (mantissa, exp) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    digits.resize(n, b'0');
    (digits, if v == 0.0 { 1 } else { exp.parse().unwrap_or(0) + 1 })
}

fn push_exponent(out: &mut String, exp: i32, upper: bool) {
    out.push(if upper { 'E' } else { 'e' });
    out.push(if exp < 0 { '-' } else { '+' });
    out.push_str(&format!("{:02}", exp.unsigned_abs()));
}

/// Lays out digits. `keep` zeros are part of the digits already.
fn layout(out: &mut String, digits: &[u8], point: i32, scientific: bool, flags: Flags) {
    let d = |r: &[u8]| r.iter().map(|&b| char::from(b)).collect::<String>();
    if scientific {
        out.push_str(&d(&digits[..1]));
        if digits.len() > 1 || flags.alternate {
            out.push('.');
            out.push_str(&d(&digits[1..]));
        }
        return push_exponent(out, point - 1, flags.upper);
    }
    let n = digits.len() as i32;
    if point <= 0 {
        out.push_str("0.");
        (point..0).for_each(|_| out.push('0'));
        out.push_str(&d(digits));
    } else if point >= n {
        out.push_str(&d(digits));
        (n..point).for_each(|_| out.push('0'));
        if flags.dot_zero {
            out.push_str(".0");
        } else if flags.alternate {
            out.push('.');
        }
    } else {
        out.push_str(&d(&digits[..point as usize]));
        out.push('.');
        out.push_str(&d(&digits[point as usize..]));
    }
}

/// Text of a float (`PyOS_double_to_string`).
pub fn format(v: f64, style: Style, flags: Flags) -> String {
    let mut out = String::with_capacity(24);
    if v.is_nan() {
        if flags.plus {
            out.push('+');
        }
        out.push_str(if flags.upper { "NAN" } else { "nan" });
        return out;
    }
    if v.is_sign_negative() {
        out.push('-');
    } else if flags.plus {
        out.push('+');
    }
    let v = v.abs();
    if v.is_infinite() {
        out.push_str(if flags.upper { "INF" } else { "inf" });
        return out;
    }
    match style {
        Style::Repr => {
            let (digits, point) = shortest(v);
            layout(&mut out, &digits, point, !(-4 < point && point <= 16), flags);
        }
        Style::Exp(precision) => {
            let (digits, point) = significant(v, precision + 1);
            layout(&mut out, &digits, point, true, flags);
        }
        Style::Fixed(precision) => {
            let known = precision.min(MAX_DIGITS);
            out.push_str(&format!("{v:.known$}"));
            out.extend(std::iter::repeat_n('0', precision - known));
            if precision == 0 && flags.alternate {
                out.push('.');
            } else if precision == 0 && flags.dot_zero {
                out.push_str(".0");
            }
        }
        Style::General(precision) => {
            let precision = precision.max(1);
            let (mut digits, point) = significant(v, precision);
            if !flags.alternate {
                while digits.len() > 1 && digits.last() == Some(&b'0') {
                    digits.pop();
                }
            }
            let scientific = point <= -4 || point > precision.min(1 << 30) as i32 - i32::from(flags.dot_zero);
            layout(&mut out, &digits, point, scientific, flags);
        }
    }
    out
}

/// `repr(float)`.
pub fn repr(v: f64) -> String {
    // The common case without detours: an integer below 1e15.
    if v == v.trunc() && v.abs() < 1e15 && (v != 0.0 || v.is_sign_positive()) {
        return format!("{}.0", v as i64);
    }
    format(v, Style::Repr, Flags { dot_zero: true, ..Flags::default() })
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
    }
}
