//! Quick forms of constructors and methods of the number types: exact arguments of ordinary size, no error, no Python code.
//!
//! Each gets the positional arguments, class or receiver included, and answers EMPTY where the ordinary form must decide.

use engine::objects::Bytes;
use engine::prelude::*;
use pynumeric::parse;

/// Digits that surely fit a small int, sign and digits of base 10 or below.
const SURE_DIGITS: usize = 18;

/// Plain decimal digits with an optional sign.
fn decimal(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > SURE_DIGITS {
        return None;
    }
    let mut n = 0i64;
    for b in digits {
        let d = b.wrapping_sub(b'0');
        if d > 9 {
            return None;
        }
        n = n * 10 + i64::from(d);
    }
    Some(if negative { -n } else { n })
}

/// Plain digits of base 2 to 36, few enough for a small int in any base.
fn digits_of(text: &[u8], base: u32) -> Option<i64> {
    if text.is_empty() || text.len() > 11 || !(2..=36).contains(&base) {
        return None;
    }
    text.iter().try_fold(0i64, |n, &b| {
        let d = char::from(b).to_digit(base)?;
        Some(n * i64::from(base) + i64::from(d))
    })
}

/// `int(x)` and `int(text, base)`.
pub fn int_new(cx: &Ctx, args: &[Value]) -> Value {
    if args.first() != Some(&cx.types.int.value()) {
        return Value::EMPTY;
    }
    let made = match *args {
        [_, v] if v.is_int() => Some(v),
        [_, v] => match (Str::of(v), float::of(v), v.as_bool()) {
            (Some(s), ..) => decimal(s.as_bytes()).and_then(Value::int),
            // Within the small ints, where the conversion is exact.
            (_, Some(x), _) if x.abs() < (1u64 << 60) as f64 => Value::int(x as i64),
            (.., Some(b)) => Some(Value::small(i32::from(b))),
            _ => None,
        },
        [_, v, base] => match (Str::of(v), base.as_int()) {
            (Some(s), Some(10)) => decimal(s.as_bytes()).and_then(Value::int),
            (Some(s), Some(base)) => {
                u32::try_from(base).ok().and_then(|b| digits_of(s.as_bytes(), b)).and_then(Value::int)
            }
            _ => None,
        },
        _ => None,
    };
    made.unwrap_or(Value::EMPTY)
}

/// `float(x)`.
pub fn float_new(cx: &Ctx, args: &[Value]) -> Value {
    let [class, v] = *args else { return Value::EMPTY };
    if class != cx.types.float.value() {
        return Value::EMPTY;
    }
    if v.is_float() {
        return v;
    }
    let made = match (v.as_int(), Str::of(v)) {
        (Some(n), _) if n.unsigned_abs() <= 1 << 53 => Some(n as f64),
        (_, Some(s)) if s.is_ascii() => parse::float(s.as_bytes()),
        _ => None,
    };
    made.map_or(Value::EMPTY, |x| float::new(cx, x))
}

/// Whether an argument is the byte order `little`; None for what is no byte order.
fn little(order: Value) -> Option<bool> {
    match Str::of(order)?.as_bytes() {
        b"little" => Some(true),
        b"big" => Some(false),
        _ => None,
    }
}

/// `int.from_bytes(bytes, order)` of at most seven bytes, unsigned.
pub fn from_bytes(cx: &Ctx, args: &[Value]) -> Value {
    let (class, data, little) = match *args {
        [class, data] => (class, data, Some(false)),
        [class, data, order] => (class, data, little(order)),
        _ => return Value::EMPTY,
    };
    let (Some(little), Some(data)) = (little, Bytes::of(data).filter(|b| b.len() <= 7)) else { return Value::EMPTY };
    if class != cx.types.int.value() {
        return Value::EMPTY;
    }
    let add = |n: i64, b: &u8| n << 8 | i64::from(*b);
    let bytes = data.as_slice();
    let n = if little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) };
    Value::int(n).unwrap_or(Value::EMPTY)
}

/// `int.to_bytes(length, order)` of a number that is not negative and fits.
pub fn to_bytes(cx: &Ctx, args: &[Value]) -> Value {
    let (n, length, little) = match *args {
        [n] => (n, 1, Some(false)),
        [n, length] => (n, length.as_int().unwrap_or(-1), Some(false)),
        [n, length, order] => (n, length.as_int().unwrap_or(-1), little(order)),
        _ => return Value::EMPTY,
    };
    let (Some(n), Some(little)) = (n.as_int(), little) else { return Value::EMPTY };
    if n < 0 || !(1..=8).contains(&length) || length < 8 && n >> (8 * length) != 0 {
        return Value::EMPTY;
    }
    let length = length as usize;
    if little { Bytes::new(cx, &n.to_le_bytes()[..length]) } else { Bytes::new(cx, &n.to_be_bytes()[8 - length..]) }
}

/// `bool()`, `bool(x)` of the simplest values.
pub fn bool_new(_: &Ctx, args: &[Value]) -> Value {
    match *args {
        [_] => Value::FALSE,
        [_, v] if v.is_bool() => v,
        [_, v] if v.is_none() => Value::FALSE,
        [_, v] => match v.as_int() {
            Some(i) => Value::bool(i != 0),
            None => Str::of(v).map_or(Value::EMPTY, |s| Value::bool(s.byte_len() > 0)),
        },
        _ => Value::EMPTY,
    }
}
