//! Between Decimals and ints, floats, text and tuples.

use crate::context;
use crate::core::fast::Fin;
use crate::core::nat::Nat;
use crate::core::number::{Dec, Env, Kind, Status, finalize, status};
use crate::core::{arith, text};
use crate::value;
use engine::objects::{Dict, List, Tuple};
use engine::prelude::*;
use pynumeric::int::BigInt;
use pynumeric::{Sign, long};

/// The exact value of an int.
pub fn of_int(cx: &mut Ctx, v: Value) -> PyResult<Dec> {
    let v = if int::is(v) { v } else { objects::base_value(cx, v) };
    if let Some(n) = int::to_i128(v) {
        return Ok(Dec::new(n < 0, Nat::of_u128(n.unsigned_abs()), 0));
    }
    let n = int::to_big(v).unwrap_or_default();
    let digits = objects::int_long::decimal(cx, n.magnitude())?;
    Ok(Dec::new(n.sign() == Sign::Minus, Nat::parse(digits.as_bytes()), 0))
}

/// The exact value of a float.
pub fn of_float(f: f64) -> Dec {
    if f.is_nan() {
        return Dec { neg: f.is_sign_negative(), ..Dec::nan() };
    }
    if f.is_infinite() {
        return Dec::infinity(f < 0.0);
    }
    let bits = f.to_bits();
    let (field, fraction) = ((bits >> 52 & 0x7FF) as i64, bits & ((1 << 52) - 1));
    let (mut m, mut e) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
    let neg = f.is_sign_negative();
    if m == 0 {
        return Dec::small(neg, 0, 0);
    }
    let even = i64::from(m.trailing_zeros()).min((-e).max(0));
    m >>= even;
    e += even;
    // m * 2**e, and for a negative e m * 5**-e * 10**e.
    let (base, n) = if e >= 0 { (2u64, e) } else { (5, -e) };
    let per_step = if base == 2 { 50 } else { 21 };
    let mut coef = Nat::of(m);
    let mut left = n as u32;
    while left > 0 {
        let step = left.min(per_step);
        coef = coef.mul_word(base.pow(step));
        left -= step;
    }
    Dec::new(neg, coef, e.min(0))
}

/// The int that is `a` without its fraction.
pub fn to_int(cx: &mut Ctx, a: &Dec, env: &Env) -> PyResult {
    match a.kind {
        Kind::Finite => {}
        Kind::Infinite => return Err(cx.overflow_error("cannot convert Infinity to integer")),
        _ => return Err(cx.value_error("cannot convert NaN to integer")),
    }
    let mut st = 0;
    let whole = arith::to_integral(a, false, env, &mut st);
    if whole.coef.is_zero() {
        return Ok(Value::small(0));
    }
    let zeros = whole.exp.max(0) as u64;
    if st & status::NO_MEMORY != 0 || !env.fits(whole.coef.digits().saturating_add(zeros), &mut st) {
        return Err(cx.memory_error());
    }
    nat_to_int(cx, whole.neg, &whole.coef.shl(zeros))
}

/// An int of sign and magnitude.
pub fn nat_to_int(cx: &mut Ctx, neg: bool, n: &Nat) -> PyResult {
    if let Some(n) = n.to_u128().and_then(|n| i128::try_from(n).ok()) {
        return Ok(int::from_i128(cx, if neg { -n } else { n }));
    }
    let mut digits = cx.buffer(n.digits() as usize + 20)?;
    n.write(&mut digits);
    let n = int::polling(cx, |go_on| long::parse_decimal(&digits, go_on))?.unwrap_or_default();
    Ok(int::from_big(cx, BigInt::from_biguint(if neg { Sign::Minus } else { Sign::Plus }, n)))
}

/// The nearest float.
pub fn to_float(cx: &mut Ctx, a: &Dec) -> PyResult<f64> {
    match a.kind {
        Kind::Signaling => return Err(cx.value_error("cannot convert signaling NaN to float")),
        Kind::Quiet => return Ok(if a.neg { -f64::NAN } else { f64::NAN }),
        Kind::Infinite => return Ok(if a.neg { f64::NEG_INFINITY } else { f64::INFINITY }),
        Kind::Finite => {}
    }
    let sign = if a.neg { -1.0 } else { 1.0 };
    // Both exact: one rounding.
    if let Some(n) = a.coef.to_u64().filter(|&n| n < 1 << 53)
        && a.exp.unsigned_abs() <= 22
    {
        let (n, p) = (n as f64, 10f64.powi(a.exp.unsigned_abs() as i32));
        return Ok(sign * if a.exp < 0 { n / p } else { n * p });
    }
    if a.coef.is_zero() || a.adjusted() < -400 {
        return Ok(sign * 0.0);
    }
    if a.adjusted() > 400 {
        return Ok(sign * f64::INFINITY);
    }
    let mut out = cx.buffer(text::length(a))?;
    text::write(a, false, true, &mut out);
    Ok(pynumeric::parse::float(&out).unwrap_or(f64::NAN))
}

/// The characters that make a number's text: ASCII, and unless a context rounds it, without white space around and without
/// underscores.
fn plain_text(s: Str, fit: Fit) -> Vec<u8> {
    let text = pytext::unicode::decimals_to_ascii(s.as_bytes());
    if fit == Fit::Rounded {
        return text.into_owned();
    }
    let trimmed = pynumeric::parse::trim(&text);
    trimmed.iter().copied().filter(|&b| b != b'_').collect()
}

/// The number that a string spells; a NaN with a status where it spells none.
fn of_text(cx: &mut Ctx, s: Str, fit: Fit, st: &mut Status) -> PyResult<Dec> {
    cx.make_room_beside(s.byte_len().saturating_mul(3))?;
    Ok(text::parse(&plain_text(s, fit), st))
}

/// `d` as it is, or the NaN of a failure if no context can hold it.
fn exactly(d: Dec, st: &mut Status) -> Dec {
    let mut own = 0;
    let out = finalize(d, &Env::max(proto_core::memory::room_for), &mut own);
    if own & (status::INEXACT | status::ROUNDED | status::CLAMPED) != 0 {
        return Dec::fail(st, status::INVALID_OPERATION);
    }
    *st |= own & status::ERRORS;
    out
}

/// Where a number goes that was made from something else: as it is, or rounded to the context.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Fit {
    /// As it is.
    Exact,
    /// As an operation's result.
    Rounded,
}

/// Whether the digits of a NaN have room in a result; one without digits has in any.
fn fits_payload(nan: &Dec, env: &Env) -> bool {
    nan.coef.is_zero() || nan.coef.digits() as i64 <= env.prec - i64::from(env.clamp)
}

/// The number in `v`, which is anything that the constructor takes. A Decimal's own number is not copied but for subclasses.
pub fn construct(cx: &mut Ctx, v: Value, ctx: Value, fit: Fit) -> PyResult<Dec> {
    let mut st = 0;
    let env = context::env(ctx);
    let d = if value::is(cx, v) {
        let d = value::load(v);
        if fit == Fit::Rounded && d.is_nan() && !fits_payload(&d, &env) {
            st |= status::CONVERSION_SYNTAX;
            Dec::nan()
        } else {
            d
        }
    } else if let Some(s) = Str::of_sub(cx, v) {
        let d = of_text(cx, s, fit, &mut st)?;
        if fit == Fit::Rounded && d.is_nan() && !fits_payload(&d, &env) {
            Dec::fail(&mut st, status::CONVERSION_SYNTAX)
        } else {
            d
        }
    } else if int::is_sub(cx, v) {
        of_int(cx, v)?
    } else if Tuple::of_sub(cx, v).is_some() || List::of_sub(cx, v).is_some() {
        of_sequence(cx, v)?
    } else if let Some(f) = float_in(cx, v) {
        context::signal(cx, ctx, status::FLOAT_OPERATION)?;
        of_float(f)
    } else {
        let name = type_name(cx, v);
        return Err(cx.type_error(format!("conversion from {name} to Decimal is not supported")));
    };
    let d = match fit {
        Fit::Exact => exactly(d, &mut st),
        Fit::Rounded => finalize(d, &env, &mut st),
    };
    let told = if fit == Fit::Exact { st & status::ERRORS } else { st };
    context::signal(cx, ctx, told)?;
    Ok(d)
}

/// The float in `v` or in what an instance of a subclass wraps.
pub fn float_in(cx: &mut Ctx, v: Value) -> Option<f64> {
    float::of(v).or_else(|| float::of(objects::base_value(cx, v)))
}

/// The quick form of the constructor: strings in ASCII that spell finite numbers of ordinary size, small ints, Decimals.
pub fn quick(cx: &Ctx, v: Value) -> Value {
    if let Some(i) = v.as_int() {
        return value::new_small(cx, Fin { neg: i < 0, exp: 0, coef: u128::from(i.unsigned_abs()) });
    }
    if cx.is_exactly(v, &crate::decimal::DECIMAL) {
        return v;
    }
    let Some(s) = Str::of(v) else { return Value::EMPTY };
    match quick_text(s.as_bytes()) {
        Some(x) => value::new_small(cx, x),
        None => Value::EMPTY,
    }
}

/// A finite number of up to 36 digits with an exponent of up to 9.
fn quick_text(s: &[u8]) -> Option<Fin> {
    let (neg, s) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    let (mut low, mut high, mut count, mut point) = (0u64, 0u64, 0usize, None);
    let mut i = 0;
    while let Some(&b) = s.get(i) {
        match b {
            b'0'..=b'9' => {
                if count == 18 {
                    high = low;
                    low = 0;
                } else if count == 36 {
                    return None;
                }
                low = low * 10 + u64::from(b - b'0');
                count += 1;
            }
            b'.' if point.is_none() => point = Some(count),
            b'e' | b'E' => break,
            _ => return None,
        }
        i += 1;
    }
    if count == 0 {
        return None;
    }
    let coef = if count > 18 {
        u128::from(high) * crate::core::word::POW128[count - 18] + u128::from(low)
    } else {
        u128::from(low)
    };
    let mut exp = -(point.map_or(0, |p| count - p) as i64);
    if i < s.len() {
        let (down, digits) = match &s[i + 1..] {
            [b'-', d @ ..] => (true, d),
            [b'+', d @ ..] => (false, d),
            d => (false, d),
        };
        if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let e = digits.iter().fold(0, |n, &b| n * 10 + i64::from(b - b'0'));
        exp += if down { -e } else { e };
    }
    Some(Fin { neg, exp, coef })
}

/// `(sign, digits, exponent)`
fn of_sequence(cx: &mut Ctx, v: Value) -> PyResult<Dec> {
    let parts = protocol::tuple_of(cx, v)?;
    if parts.len() != 3 {
        return Err(cx.value_error("argument must be a sequence of length 3"));
    }
    let word = |cx: &mut Ctx, v: Value| {
        let base = objects::base_value(cx, v);
        int::to_i64(v).or_else(|| int::to_i64(base))
    };
    let neg = match word(cx, parts.get(0)) {
        Some(n @ 0..=1) => n == 1,
        _ => return Err(cx.value_error("sign must be an integer with the value 0 or 1")),
    };
    let last = parts.get(2);
    let mut kind = Kind::Finite;
    let mut exp = 0;
    if let Some(s) = Str::of_sub(cx, last) {
        kind = match s.as_bytes() {
            b"F" => Kind::Infinite,
            b"n" => Kind::Quiet,
            b"N" => Kind::Signaling,
            _ => {
                return Err(cx.value_error("string argument in the third position must be 'F', 'n' or 'N'"));
            }
        };
    } else if !int::is_sub(cx, last) {
        return Err(cx.value_error("exponent must be an integer"));
    } else {
        exp = context::integer(cx, last)?;
    }
    let bad = "coefficient must be a tuple of digits";
    let digits = parts.get(1);
    if Tuple::of_sub(cx, digits).is_none() && List::of_sub(cx, digits).is_none() {
        return Err(cx.value_error(bad));
    }
    let digits = protocol::tuple_of(cx, digits)?;
    if kind == Kind::Infinite {
        return Ok(Dec::infinity(neg));
    }
    let mut text = cx.buffer(digits.len())?;
    for d in digits.items() {
        match word(cx, d) {
            Some(n @ 0..=9) => text.push(b'0' + n as u8),
            _ => return Err(cx.value_error(bad)),
        }
    }
    let coef = Nat::parse(&text);
    // Out of every context's range, but not of a word's.
    let exp = exp.clamp(-text::FAR, text::FAR);
    Ok(Dec { kind, neg, exp, coef })
}

/// An operand that must be a Decimal or an int.
pub fn operand(cx: &mut Ctx, v: Value) -> PyResult<Dec> {
    match try_operand(cx, v)? {
        Some(d) => Ok(d),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("conversion from {name} to Decimal is not supported")))
        }
    }
}

/// The number in a Decimal or an int.
pub fn try_operand(cx: &mut Ctx, v: Value) -> PyResult<Option<Dec>> {
    if value::is(cx, v) {
        return Ok(Some(value::load(v)));
    }
    if int::is_sub(cx, v) {
        return of_int(cx, v).map(Some);
    }
    Ok(None)
}

/// An operand as a Decimal object: itself, or one made of an int.
pub fn operand_value(cx: &mut Ctx, v: Value) -> PyResult {
    if value::is(cx, v) {
        return Ok(v);
    }
    let d = operand(cx, v)?;
    value::new(cx, &d)
}

/// `DecimalTuple(sign, digits, exponent)`
pub fn to_tuple(cx: &mut Ctx, d: &Dec) -> PyResult {
    let class = context::singleton(cx, "decimal.DecimalTuple", decimal_tuple)?;
    let mut digits = cx.buffer(text::length(d))?;
    match d.kind {
        Kind::Finite => d.coef.write(&mut digits),
        Kind::Infinite => digits.push(b'0'),
        _ if d.coef.is_zero() => {}
        _ => d.coef.write(&mut digits),
    }
    cx.make_room_for(digits.len(), 8)?;
    let digits = Tuple::build(cx, digits.len(), |i| Value::small(i32::from(digits[i] - b'0')));
    let exp = match d.kind {
        Kind::Finite => int::from_i64(cx, d.exp),
        Kind::Infinite => Str::new(cx, "F"),
        Kind::Quiet => Str::new(cx, "n"),
        Kind::Signaling => Str::new(cx, "N"),
    };
    protocol::call(cx, class, &[Value::small(i32::from(d.neg)), digits, exp])
}

/// The class `DecimalTuple`.
pub fn decimal_tuple(cx: &mut Ctx) -> PyResult {
    let maker = protocol::import_attr(cx, "collections", "namedtuple")?;
    let (name, fields) = (Str::new(cx, "DecimalTuple"), Str::new(cx, "sign digits exponent"));
    let (key, module) = (cx.names.module, Str::new(cx, "decimal"));
    protocol::call_kw(cx, maker, &[name, fields], &[(key, module)])
}

/// `(numerator, denominator)` in lowest terms.
pub fn to_ratio(cx: &mut Ctx, d: &Dec) -> PyResult {
    match d.kind {
        Kind::Finite => {}
        Kind::Infinite => return Err(cx.overflow_error("cannot convert Infinity to integer ratio")),
        _ => return Err(cx.value_error("cannot convert NaN to integer ratio")),
    }
    if d.coef.is_zero() {
        return Ok(Tuple::new(cx, &[Value::small(0), Value::small(1)]));
    }
    let env = Env::max(proto_core::memory::room_for);
    let zeros = d.coef.trailing_zeros();
    let (coef, exp) = (d.coef.cut(zeros), d.exp + zeros as i64);
    if !env.fits(coef.digits().saturating_add(exp.unsigned_abs()), &mut 0) {
        return Err(cx.memory_error());
    }
    if exp >= 0 {
        let n = nat_to_int(cx, d.neg, &coef.shl(exp as u64))?;
        return Ok(Tuple::new(cx, &[n, Value::small(1)]));
    }
    // The denominator is a power of ten: twos and fives go one after the other.
    let n = nat_to_int(cx, d.neg, &coef)?;
    let unit = nat_to_int(cx, false, &Nat::power_of_ten(exp.unsigned_abs()))?;
    let gcd = protocol::import_attr(cx, "math", "gcd")?;
    let common = protocol::call(cx, gcd, &[n, unit])?;
    let n = protocol::floordiv(cx, n, common)?;
    let unit = protocol::floordiv(cx, unit, common)?;
    Ok(Tuple::new(cx, &[n, unit]))
}

/// The format's text.
pub fn to_text(cx: &mut Ctx, v: Value, engineering: bool, capitals: bool) -> PyResult<Vec<u8>> {
    if let Some(x) = value::small(v) {
        let mut digits = [0; 40];
        let at = digits_of(x.coef, &mut digits);
        let mut out = Vec::with_capacity(48);
        if x.neg {
            out.push(b'-');
        }
        text::write_digits(&digits[at..], x.exp, engineering, capitals, &mut out);
        return Ok(out);
    }
    let d = value::load(v);
    let mut out = cx.buffer(text::length(&d))?;
    text::write(&d, engineering, capitals, &mut out);
    Ok(out)
}

/// Puts the digits of `n` at the end of `out`; where they start.
fn digits_of(n: u128, out: &mut [u8; 40]) -> usize {
    let mut at = out.len();
    let mut rest = n;
    loop {
        let (q, r) = if rest >> 64 == 0 { (0, rest as u64) } else { (rest / BASE19, (rest % BASE19) as u64) };
        let mut buffer = pynumeric::decimal::Buffer::default();
        let d = pynumeric::decimal::digits(r, &mut buffer);
        at -= d.len();
        out[at..at + d.len()].copy_from_slice(d);
        if q == 0 {
            return at;
        }
        let missing = 19 - d.len();
        at -= missing;
        out[at..at + missing].fill(b'0');
        rest = q;
    }
}

const BASE19: u128 = 10_000_000_000_000_000_000;

/// What `localeconv` and a caller's dict say of a format with the type `n`, or of any format where there is a dict.
pub fn localize(cx: &mut Ctx, spec: &mut text::Spec, given: Option<Dict>) -> PyResult<()> {
    let dict = match given {
        Some(d) => d,
        None => {
            let f = protocol::import_attr(cx, "locale", "localeconv")?;
            let conv = protocol::call(cx, f, &[])?;
            match Dict::of_sub(cx, conv) {
                Some(d) => d,
                None => return Ok(()),
            }
        }
    };
    for (name, slot) in [("decimal_point", 0), ("thousands_sep", 1), ("grouping", 2)] {
        let key = cx.intern(name.as_bytes());
        let Some(v) = dict.get_str(key) else { continue };
        if slot < 2 {
            let Some(s) = Str::of_sub(cx, v) else {
                return Err(cx.type_error("bad argument type for built-in operation"));
            };
            let to = if slot == 0 { &mut spec.point } else { &mut spec.separator };
            *to = s.as_bytes().to_vec();
        } else if let Some(s) = Str::of_sub(cx, v) {
            spec.groups = s.as_bytes().to_vec();
        } else if given.is_none() && List::of_sub(cx, v).is_some() {
            let sizes = protocol::tuple_of(cx, v)?;
            spec.groups.clear();
            for n in sizes.items() {
                spec.groups.push(int::to_i64(n).map_or(0, |n| n.clamp(0, 127) as u8));
            }
        } else {
            return Err(cx.type_error("bad argument type for built-in operation"));
        }
    }
    let long = |text: &[u8]| text.len() > 4;
    if given.is_some()
        && (spec.point.is_empty() || long(&spec.point) || long(&spec.separator) || !spec.groups.is_ascii())
    {
        return Err(cx.value_error("invalid override dict"));
    }
    if spec.groups.is_empty() || spec.groups[0] == 0 {
        spec.separator.clear();
    }
    Ok(())
}
