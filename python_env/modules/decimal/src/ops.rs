//! From operations on numbers to operations on objects.

use crate::context;
use crate::convert;
use crate::core::fast::{self, Fin};
use crate::core::number::{Dec, Env, Status};
use crate::value;
use engine::objects::Tuple;
use engine::prelude::*;

/// An operation on one number.
pub type One = fn(&Dec, &Env, &mut Status) -> Dec;
/// An operation on two.
pub type Two = fn(&Dec, &Dec, &Env, &mut Status) -> Dec;
/// The quick form of one.
pub type QuickTwo = fn(Fin, Fin, &Env, &mut Status) -> Option<Fin>;

/// The result of an operation in a context.
pub fn result(cx: &mut Ctx, ctx: Value, d: &Dec, met: Status) -> PyResult {
    context::signal(cx, ctx, met)?;
    value::new(cx, d)
}

/// `f(a)` in a context; `a` is a Decimal or an int.
pub fn one(cx: &mut Ctx, a: Value, ctx: Value, f: One) -> PyResult {
    let x = convert::operand(cx, a)?;
    let mut met = 0;
    let d = f(&x, &context::env(ctx), &mut met);
    result(cx, ctx, &d, met)
}

/// `f(a, b)` in a context.
pub fn two(cx: &mut Ctx, a: Value, b: Value, ctx: Value, f: Two) -> PyResult {
    let x = convert::operand(cx, a)?;
    let y = convert::operand(cx, b)?;
    let mut met = 0;
    let d = f(&x, &y, &context::env(ctx), &mut met);
    result(cx, ctx, &d, met)
}

/// `f(a, b)` in a context, quick if it can be.
#[inline(always)]
pub fn two_quick(cx: &mut Ctx, a: Value, b: Value, ctx: Value, quick: QuickTwo, f: Two) -> PyResult {
    if let Some(x) = value::small_operand(cx, a)
        && let Some(y) = value::small_operand(cx, b)
    {
        let mut met = 0;
        if let Some(r) = quick(x, y, &context::env(ctx), &mut met) {
            context::signal(cx, ctx, met)?;
            return value::new_of_small(cx, r);
        }
    }
    two(cx, a, b, ctx, f)
}

/// A binary operator: what is neither a Decimal nor an int is somebody else's affair.
#[inline(always)]
pub fn operator(cx: &mut Ctx, a: Value, b: Value, quick: QuickTwo, f: Two) -> PyResult {
    if let Some(x) = value::small_operand(cx, a)
        && let Some(y) = value::small_operand(cx, b)
    {
        let ctx = context::current(cx)?;
        let mut met = 0;
        if let Some(r) = quick(x, y, &context::env(ctx), &mut met) {
            context::signal(cx, ctx, met)?;
            return value::new_of_small(cx, r);
        }
    }
    operator_general(cx, a, b, f)
}

/// As [`operator`], in general.
#[inline(never)]
pub fn operator_general(cx: &mut Ctx, a: Value, b: Value, f: Two) -> PyResult {
    let Some(x) = convert::try_operand(cx, a)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let Some(y) = convert::try_operand(cx, b)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let ctx = context::current(cx)?;
    let mut met = 0;
    let d = f(&x, &y, &context::env(ctx), &mut met);
    result(cx, ctx, &d, met)
}

/// A unary operator; what the quick form needs of it is the result's sign.
#[inline(always)]
pub fn unary(cx: &mut Ctx, v: Value, sign: fn(bool) -> bool, f: One) -> PyResult {
    let ctx = context::current(cx)?;
    if let Some(x) = value::small(v) {
        let mut met = 0;
        if let Some(r) = fast::plus(x, sign(x.neg), &context::env(ctx), &mut met) {
            context::signal(cx, ctx, met)?;
            return value::new_of_small(cx, r);
        }
    }
    one(cx, v, ctx, f)
}

/// `(a // b, a % b)` in a context.
pub fn divmod(cx: &mut Ctx, x: &Dec, y: &Dec, ctx: Value) -> PyResult {
    let mut met = 0;
    let (q, r) = crate::core::arith::divmod(x, y, &context::env(ctx), &mut met);
    context::signal(cx, ctx, met)?;
    let q = value::new(cx, &q)?;
    let r = value::new(cx, &r)?;
    Ok(Tuple::new(cx, &[q, r]))
}

/// A power in a context; `m` is None for none.
pub fn power(cx: &mut Ctx, x: &Dec, y: &Dec, m: Option<&Dec>, ctx: Value) -> PyResult {
    let env = context::env(ctx);
    let mut met = 0;
    let d = match m {
        Some(m) => crate::core::power::pow_mod(x, y, m, &env, &mut met),
        None => crate::core::power::pow(x, y, &env, &mut met),
    };
    result(cx, ctx, &d, met)
}

/// Text as a string.
pub fn text(cx: &mut Ctx, bytes: &[u8]) -> PyResult {
    cx.make_room(bytes.len())?;
    Ok(Str::ascii(cx, bytes))
}
