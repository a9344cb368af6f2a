//! Neighbours, exponents, digit by digit operations, extremes and classes.

use super::arith::{compare_total, rescale};
use super::nat::Nat;
use super::number::{Dec, Env, Kind, Round, Status, finalize, nan_among, nan_of, order, order_abs, status};
use std::cmp::Ordering;

/// The smallest number above `a`, or the largest below.
pub fn next(a: &Dec, up: bool, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_of(a, env, st) {
        return nan;
    }
    if a.is_infinite() {
        if a.neg != up {
            return a.clone();
        }
        if !env.fits(env.prec as u64, st) {
            return Dec::nan();
        }
        return Dec::new(a.neg, Nat::nines(env.prec as u64), env.etop());
    }
    let env = Env { round: if up { Round::Ceiling } else { Round::Floor }, ..*env };
    // Only what makes the result wrong is told.
    let mut quiet = 0;
    let rounded = finalize(a.clone(), &env, &mut quiet);
    let out = if order(&rounded, a).is_ne() {
        rounded
    } else {
        let tiny = Dec::small(!up, 1, env.etiny() - 1);
        super::arith::add(a, &tiny, false, &env, &mut quiet)
    };
    *st |= quiet & status::ERRORS;
    out
}

/// The neighbour of `a` in the direction of `b`.
pub fn next_toward(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return nan;
    }
    let by = order(a, b);
    if by.is_eq() {
        return a.clone().signed(b.neg);
    }
    let out = next(a, by.is_lt(), env, st);
    if out.is_infinite() {
        *st |= status::OVERFLOW | status::ROUNDED | status::INEXACT;
    } else if out.is_finite() && out.adjusted() < env.emin {
        *st |= status::UNDERFLOW | status::SUBNORMAL | status::ROUNDED | status::INEXACT;
        if out.is_zero() {
            *st |= status::CLAMPED;
        }
    }
    out
}

/// The exponent of the first digit, as a number.
pub fn logb(a: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_of(a, env, st) {
        return nan;
    }
    if a.is_infinite() {
        return Dec::infinity(false);
    }
    if a.is_zero() {
        *st |= status::DIVISION_BY_ZERO;
        return Dec::infinity(true);
    }
    finalize(Dec::int(a.adjusted()), env, st)
}

/// The second operand of `scaleb`, `shift` and `rotate`: a whole number with exponent 0.
fn count(b: &Dec, most: i64) -> Option<i64> {
    if !b.is_finite() || b.exp != 0 {
        return None;
    }
    b.to_i64().filter(|n| n.unsigned_abs() <= most as u64)
}

/// `a * 10**b`
pub fn scaleb(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return nan;
    }
    let Some(n) = count(b, 2 * (env.emax + env.prec)) else { return Dec::fail(st, status::INVALID_OPERATION) };
    if a.is_infinite() {
        return a.clone();
    }
    finalize(Dec { exp: a.exp + n, ..a.clone() }, env, st)
}

/// `a` with its digits shifted by `b` places, within the precision; those shifted out come back where it `rotates`.
pub fn shift(a: &Dec, b: &Dec, rotates: bool, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return nan;
    }
    let Some(n) = count(b, env.prec) else { return Dec::fail(st, status::INVALID_OPERATION) };
    if a.is_infinite() {
        return a.clone();
    }
    let prec = env.prec as u64;
    let kept = a.coef.low(prec);
    let up = |coef: &Nat, n: u64, st: &mut Status| -> Option<Nat> {
        // What is shifted beyond the precision is gone.
        let low = coef.low(prec - n);
        (low.is_zero() || env.fits(low.digits() + n, st)).then(|| low.shl(n))
    };
    let by = n.unsigned_abs();
    let out = match (rotates, n >= 0) {
        (false, true) => up(&kept, by, st),
        (false, false) => Some(kept.cut(by)),
        (true, true) => up(&kept, by, st).map(|high| high.add(&kept.cut(prec - by))),
        (true, false) => up(&kept, prec - by, st).map(|high| high.add(&kept.cut(by))),
    };
    match out {
        Some(coef) => Dec { coef, ..a.clone() },
        None => Dec::nan(),
    }
}

/// What two digits become.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Logic {
    /// Both.
    And,
    /// Either.
    Or,
    /// One of them.
    Xor,
}

/// Whether a number has digits 0 and 1 only, no sign and no exponent. What exceeds the precision is cut off later.
fn logical(a: &Dec) -> bool {
    a.is_finite()
        && !a.neg
        && a.exp == 0
        && a.coef.limbs().iter().all(|&x| {
            let mut x = x;
            while x % 10 < 2 && x > 0 {
                x /= 10;
            }
            x == 0
        })
}

/// Digit by digit.
pub fn logic(a: &Dec, b: &Dec, op: Logic, env: &Env, st: &mut Status) -> Dec {
    if !logical(a) || !logical(b) {
        return Dec::fail(st, status::INVALID_OPERATION);
    }
    let (x, y) = (a.coef.limbs(), b.coef.limbs());
    let at = |v: &[u64], i: usize| v.get(i).copied().unwrap_or(0);
    let limbs = (0..x.len().max(y.len())).map(|i| by_digits(at(x, i), at(y, i), op)).collect();
    Dec::new(false, Nat::from_limbs(limbs).low(env.prec as u64), 0)
}

fn by_digits(mut x: u64, mut y: u64, op: Logic) -> u64 {
    let (mut out, mut unit) = (0, 1);
    while x > 0 || y > 0 {
        let digit = match op {
            Logic::And => (x % 10) & (y % 10),
            Logic::Or => (x % 10) | (y % 10),
            Logic::Xor => (x % 10) ^ (y % 10),
        };
        out += digit * unit;
        unit = unit.wrapping_mul(10);
        x /= 10;
        y /= 10;
    }
    out
}

/// The other digits, within the precision.
pub fn logical_invert(a: &Dec, env: &Env, st: &mut Status) -> Dec {
    if !logical(a) {
        return Dec::fail(st, status::INVALID_OPERATION);
    }
    if !env.fits(env.prec as u64, st) {
        return Dec::nan();
    }
    // 11...1 is (10**n - 1) / 9.
    let ones = Nat::nines(env.prec as u64).div_word(9).0;
    Dec::new(false, ones.sub(&a.coef.low(env.prec as u64)), 0)
}

/// The larger (or smaller) of two numbers; a quiet NaN loses against a number.
pub fn extreme(a: &Dec, b: &Dec, wants_max: bool, by_magnitude: bool, env: &Env, st: &mut Status) -> Dec {
    match (a.kind, b.kind) {
        (Kind::Quiet, Kind::Finite | Kind::Infinite) => return finalize(b.clone(), env, st),
        (Kind::Finite | Kind::Infinite, Kind::Quiet) => return finalize(a.clone(), env, st),
        _ => {}
    }
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return nan;
    }
    let by = if by_magnitude { order_abs(a, b) } else { Ordering::Equal };
    let by = by.then_with(|| order(a, b)).then_with(|| compare_total(a, b, false));
    let first = if wants_max { by.is_gt() } else { by.is_lt() };
    finalize(if first { a.clone() } else { b.clone() }, env, st)
}

/// What `number_class` says.
pub fn class(a: &Dec, env: &Env) -> &'static str {
    match (a.kind, a.neg) {
        (Kind::Quiet, _) => "NaN",
        (Kind::Signaling, _) => "sNaN",
        (Kind::Infinite, false) => "+Infinity",
        (Kind::Infinite, true) => "-Infinity",
        (Kind::Finite, neg) => match (a.coef.is_zero(), a.adjusted() < env.emin, neg) {
            (true, _, false) => "+Zero",
            (true, _, true) => "-Zero",
            (_, true, false) => "+Subnormal",
            (_, true, true) => "-Subnormal",
            (_, false, false) => "+Normal",
            (_, false, true) => "-Normal",
        },
    }
}

/// Whether the exponents (or kinds) agree.
pub fn same_quantum(a: &Dec, b: &Dec) -> bool {
    match (a.is_finite(), b.is_finite()) {
        (true, true) => a.exp == b.exp,
        (false, false) => a.is_nan() == b.is_nan(),
        _ => false,
    }
}

/// `a` rounded to so many digits, exponents unlimited.
pub fn round_digits(a: &Dec, digits: u64, env: &Env, st: &mut Status) -> Option<Dec> {
    let have = a.coef.digits();
    if have <= digits {
        let up = a.shl(digits - have, env, st)?;
        return Some(Dec::new(a.neg, up, a.exp - if a.coef.is_zero() { 0 } else { (digits - have) as i64 }));
    }
    let (out, _) = rescale(a, a.exp + (have - digits) as i64, env, st)?;
    if out.coef.digits() > digits {
        return Some(Dec::new(out.neg, out.coef.cut(1), out.exp + 1));
    }
    Some(out)
}
