//! Arithmetic on ints so large that it takes a while: it polls meanwhile, so that signals are heard and collectors need not
//! wait. The algorithms are [`pynumeric::long`]'s.

use super::Tuple;
use super::int::{self, IntError, from_big, raise_int};
use crate::protocol::BinOp;
use crate::{Ctx, PyResult};
use proto_core::{Kind, Value};
use pynumeric::long::{self, GoOn, Stopped};
use pynumeric::{BigInt, BigUint};

/// Runs `f`, whose callback is a safepoint.
pub fn polling<T>(cx: &mut Ctx, f: impl FnOnce(GoOn) -> Result<T, Stopped>) -> PyResult<T> {
    let mut polled = Ok(());
    let done = f(&mut || {
        polled = cx.poll();
        polled.is_ok()
    });
    match (done, polled) {
        (Ok(v), _) => Ok(v),
        (Err(Stopped), Err(raised)) => Err(raised),
        (Err(Stopped), Ok(())) => Err(cx.system_error("work stopped without a reason")),
    }
}

/// Whether `a op b` on exact ints takes so long that it must poll: then [`binary`] does it.
#[inline]
pub fn takes_long(op: BinOp, a: Value, b: Value) -> bool {
    let both_big = a.is_kind(Kind::BigInt) && b.is_kind(Kind::BigInt);
    match op {
        BinOp::Mul if both_big => long::is_long_product(int::bit_length(a), int::bit_length(b)),
        BinOp::FloorDiv | BinOp::Mod | BinOp::DivMod if both_big => {
            long::is_long_division(int::bit_length(a), int::bit_length(b))
        }
        BinOp::Pow => b.as_int().is_some_and(|e| {
            e > 64 && {
                let bits = int::bit_length(a).saturating_mul(e as u64) / 2;
                long::is_long_product(bits, bits)
            }
        }),
        _ => false,
    }
}

fn big(v: Value) -> BigInt {
    int::to_big(v).unwrap_or_default()
}

/// `a op b` on exact ints of which [`takes_long`] says so.
pub fn binary(cx: &mut Ctx, op: BinOp, a: Value, b: Value) -> PyResult {
    let (x, y) = (big(a), big(b));
    match op {
        BinOp::Mul => {
            let product = polling(cx, |go_on| long::mul_int(&x, &y, go_on))?;
            Ok(from_big(cx, product))
        }
        BinOp::Pow => {
            let power = match b.as_int().and_then(|e| u64::try_from(e).ok()) {
                Some(e) if !pynumeric::int::is_refused(&x, e) => polling(cx, |go_on| long::pow(&x, e, go_on))?,
                _ => return Err(raise_int(cx, IntError::TooManyDigits, "**")),
            };
            Ok(from_big(cx, power))
        }
        _ => {
            let (q, r) = polling(cx, |go_on| long::divmod(&x, &y, go_on))?;
            Ok(match op {
                BinOp::FloorDiv => from_big(cx, q),
                BinOp::Mod => from_big(cx, r),
                _ => {
                    let both = [from_big(cx, q), from_big(cx, r)];
                    Tuple::new(cx, &both)
                }
            })
        }
    }
}

/// `pow(a, b, m)`.
pub fn pow_mod(cx: &mut Ctx, a: Value, b: Value, m: Value) -> PyResult {
    let bits = int::bit_length(m);
    let divides = long::is_long_division(int::bit_length(a), bits);
    if int::sign(m) == 0 || !divides && !long::is_long_pow_mod(int::bit_length(b), bits) && bits < 1 << 14 {
        return match int::pow_mod(cx, a, b, m) {
            Ok(v) => Ok(v),
            Err(e) => Err(raise_int(cx, e, "pow")),
        };
    }
    let (base, exponent, modulus) = (big(a), big(b), big(m));
    let base = match int::sign(b) {
        -1 => match polling(cx, |go_on| long::mod_inverse(&base, &modulus, go_on))? {
            Some(inverse) => inverse,
            None => return Err(raise_int(cx, IntError::NotInvertible, "pow")),
        },
        _ => base,
    };
    let power = polling(cx, |go_on| long::pow_mod(&base, exponent.magnitude(), &modulus, go_on))?;
    Ok(from_big(cx, power))
}

/// Decimal text of a magnitude.
pub fn decimal(cx: &mut Ctx, n: &BigUint) -> PyResult<String> {
    if long::is_long_text(n.bits()) { polling(cx, |go_on| long::to_decimal(n, go_on)) } else { Ok(n.to_string()) }
}
