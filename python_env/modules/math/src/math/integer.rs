//! `math`: functions of integers of any size.

use crate::arguments::big;
use engine::prelude::*;
use pynumeric::combinatorics as comb_;
use pynumeric::int::{BigInt, Sign};

/// An index as a machine word: `Err(sign)` of what is too large.
fn word(cx: &mut Ctx, v: Value) -> Res<Result<i64, i32>> {
    let v = protocol::index_value(cx, v)?;
    Ok(int::to_i64(v).ok_or_else(|| int::sign(v)))
}

fn factorial_of(cx: &mut Ctx, v: Value) -> PyResult {
    match word(cx, v)? {
        Ok(n) if n < 0 => Err(cx.value_error("factorial() not defined for negative values")),
        Err(sign) if sign < 0 => Err(cx.value_error("factorial() not defined for negative values")),
        Err(_) => Err(cx.overflow_error(format!("factorial() argument should not exceed {}", i64::MAX))),
        Ok(n) => {
            let n = int::polling(cx, |go_on| comb_::factorial(n as u64, go_on))?;
            Ok(int::from_big(cx, n))
        }
    }
}

/// `math.factorial`
pub fn factorial(cx: &mut Ctx, args: Args) -> PyResult {
    factorial_of(cx, args[0])
}

fn natural(cx: &mut Ctx, v: Value, name: &str) -> Res<BigInt> {
    let n = big(cx, v)?;
    if n.sign() == Sign::Minus {
        return Err(cx.value_error(format!("{name} must be a non-negative integer")));
    }
    Ok(n)
}

/// `math.perm`
pub fn perm(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(k) = args.some(1) else { return factorial_of(cx, args[0]) };
    let (n, k) = (protocol::index_value(cx, args[0])?, protocol::index_value(cx, k)?);
    let n = natural(cx, n, "n")?;
    let k = natural(cx, k, "k")?;
    if k > n {
        return Ok(Value::small(0));
    }
    match u64::try_from(&k) {
        Ok(k) if k <= i64::MAX as u64 => {
            let n = int::polling(cx, |go_on| comb_::perm(&n, k, go_on))?;
            Ok(int::from_big(cx, n))
        }
        _ => Err(cx.overflow_error(format!("k must not exceed {}", i64::MAX))),
    }
}

/// `math.comb`
pub fn comb(cx: &mut Ctx, args: Args) -> PyResult {
    let (n, k) = (protocol::index_value(cx, args[0])?, protocol::index_value(cx, args[1])?);
    let n = natural(cx, n, "n")?;
    let k = natural(cx, k, "k")?;
    if k > n {
        return Ok(Value::small(0));
    }
    let rest = &n - &k;
    let k = if rest < k { rest } else { k };
    match u64::try_from(&k) {
        Ok(k) if k <= i64::MAX as u64 => {
            let n = int::polling(cx, |go_on| comb_::comb(&n, k, go_on))?;
            Ok(int::from_big(cx, n))
        }
        _ => Err(cx.overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX))),
    }
}

/// `math.isqrt`
pub fn isqrt(cx: &mut Ctx, args: Args) -> PyResult {
    let n = protocol::index_value(cx, args[0])?;
    if int::sign(n) < 0 {
        return Err(cx.value_error("isqrt() argument must be nonnegative"));
    }
    match int::to_i64(n) {
        Some(i) => Ok(int::from_i64(cx, i.isqrt())),
        None => {
            let n = int::to_big(n).unwrap_or_default();
            let root = int::polling(cx, |go_on| comb_::isqrt(&n, go_on))?;
            Ok(int::from_big(cx, root))
        }
    }
}

/// Asks for what Euclid's steps keep: quotients, products and remainders of both.
fn room_for_steps(cx: &mut Ctx, a: &BigInt, b: &BigInt) -> PyResult<()> {
    let bytes = usize::try_from((a.bits() + b.bits()) / 8).unwrap_or(usize::MAX);
    cx.make_room_beside(bytes.saturating_mul(8))
}

/// `math.gcd`
pub fn gcd(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(items) = Tuple::of(args[0]) else { return Ok(Value::small(0)) };
    let mut small = 0u64;
    let mut large: Option<BigInt> = None;
    for v in items.items() {
        let v = protocol::index_value(cx, v)?;
        match (int::to_i64(v), &large) {
            (Some(i), None) => small = comb_::gcd_u64(small, i.unsigned_abs()),
            _ => {
                let v = int::to_big(v).unwrap_or_default();
                let before = large.unwrap_or_else(|| BigInt::from(small));
                room_for_steps(cx, &before, &v)?;
                large = Some(int::polling(cx, |go_on| comb_::gcd(&before, &v, go_on))?);
            }
        }
    }
    Ok(match large {
        Some(n) => int::from_big(cx, n),
        None => int::from_u64(cx, small),
    })
}

/// `math.lcm`
pub fn lcm(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(items) = Tuple::of(args[0]) else { return Ok(Value::small(1)) };
    let mut result = BigInt::from(1);
    for v in items.items() {
        let v = big(cx, v)?;
        room_for_steps(cx, &result, &v)?;
        result = int::polling(cx, |go_on| comb_::lcm(&result, &v, go_on))?;
    }
    Ok(int::from_big(cx, result))
}
