//! Quick forms of the functions that loops call most: floats and ints that are exact as floats, no error.

use engine::prelude::*;
use pynumeric::math::{self as pm, R};

/// A float, or an int that is exact as one.
fn real(v: Value) -> Option<f64> {
    match v.as_int() {
        Some(i) => (i.unsigned_abs() <= 1 << 53).then_some(i as f64),
        None => v.as_float(),
    }
}

fn apply(cx: &Ctx, args: &[Value], f: fn(f64) -> R) -> Value {
    let [v] = *args else { return Value::EMPTY };
    real(v).and_then(|x| f(x).ok()).map_or(Value::EMPTY, |r| float::new(cx, r))
}

macro_rules! unary {
    ($($name:ident)*) => {$(
        /// `math` function of the same name.
        pub fn $name(cx: &Ctx, args: &[Value]) -> Value {
            apply(cx, args, pm::$name)
        }
    )*};
}
unary!(cos exp sin sqrt tan);

/// `math.fabs`
pub fn fabs(cx: &Ctx, args: &[Value]) -> Value {
    apply(cx, args, |x| Ok(x.abs()))
}

/// Whole floats up to here are small ints.
const SMALL: f64 = 1e18;

fn whole(args: &[Value], f: fn(f64) -> f64) -> Value {
    let [v] = *args else { return Value::EMPTY };
    if v.is_int() {
        return v;
    }
    match v.as_float() {
        Some(x) if x.abs() < SMALL => Value::int(f(x) as i64).unwrap_or(Value::EMPTY),
        _ => Value::EMPTY,
    }
}

/// `math.floor`
pub fn floor(_: &Ctx, args: &[Value]) -> Value {
    whole(args, f64::floor)
}

/// `math.ceil`
pub fn ceil(_: &Ctx, args: &[Value]) -> Value {
    whole(args, f64::ceil)
}

/// `math.gcd(a, b)`
pub fn gcd(_: &Ctx, args: &[Value]) -> Value {
    let [a, b] = *args else { return Value::EMPTY };
    let (Some(a), Some(b)) = (a.as_int(), b.as_int()) else { return Value::EMPTY };
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i64::try_from(a).ok().and_then(Value::int).unwrap_or(Value::EMPTY)
}
