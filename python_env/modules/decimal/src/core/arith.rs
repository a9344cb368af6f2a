//! Addition, multiplication, division and what is made of them.

use super::nat::{Nat, Tail};
use super::number::{Dec, Env, Kind, Round, Status, finalize, nan_among, nan_of, order, status};
use std::cmp::Ordering;

/// `a + b`, or `a - b`.
pub fn add(a: &Dec, b: &Dec, subtract: bool, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return nan;
    }
    let b_neg = b.neg != subtract;
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) if a.neg != b_neg => return Dec::fail(st, status::INVALID_OPERATION),
        (true, _) => return Dec::infinity(a.neg),
        (_, true) => return Dec::infinity(b_neg),
        _ => {}
    }
    let sum = add_finite(a, b, b_neg, env, st);
    finalize(sum, env, st)
}

/// The sum of finite numbers, where one is so small that it matters for rounding only, replaced by a smaller one.
fn add_finite(a: &Dec, b: &Dec, b_neg: bool, env: &Env, st: &mut Status) -> Dec {
    let ((big, big_neg), (small, small_neg)) =
        if a.exp >= b.exp { ((a, a.neg), (b, b_neg)) } else { ((b, b_neg), (a, a.neg)) };
    let (mut small_exp, mut small_coef) = (small.exp, None);
    let mut big_coef = None;
    if big.exp != small.exp && !big.coef.is_zero() {
        let digits = big.coef.digits() as i64;
        let tiny = big.exp - 1 + if digits > env.prec { 0 } else { digits - env.prec - 1 };
        if small.adjusted() < tiny {
            small_exp = tiny;
            small_coef = Some(Nat::of(u64::from(!small.coef.is_zero())));
        }
        match big.shl((big.exp - small_exp) as u64, env, st) {
            Some(shifted) => big_coef = Some(shifted),
            None => return Dec::nan(),
        }
    }
    let (x, y) = (big_coef.as_ref().unwrap_or(&big.coef), small_coef.as_ref().unwrap_or(&small.coef));
    if big_neg == small_neg {
        return Dec::new(big_neg, x.add(y), small_exp);
    }
    match x.order(y) {
        Ordering::Greater => Dec::new(big_neg, x.sub(y), small_exp),
        Ordering::Less => Dec::new(small_neg, y.sub(x), small_exp),
        Ordering::Equal => Dec::new(env.round == Round::Floor, Nat::zero(), small_exp),
    }
}

/// `a * b`, not rounded; `None` for special operands.
fn mul_exact(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if !env.fits(a.coef.digits() + b.coef.digits(), st) {
        return Dec::nan();
    }
    Dec::new(a.neg != b.neg, a.coef.mul(&b.coef), a.exp + b.exp)
}

/// What a product of which one factor is infinite is.
fn mul_infinite(a: &Dec, b: &Dec, st: &mut Status) -> Option<Dec> {
    if !a.is_infinite() && !b.is_infinite() {
        return None;
    }
    if a.is_zero() || b.is_zero() {
        return Some(Dec::fail(st, status::INVALID_OPERATION));
    }
    Some(Dec::infinity(a.neg != b.neg))
}

/// `a * b`
pub fn mul(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(special) = nan_among(&[a, b], env, st).or_else(|| mul_infinite(a, b, st)) {
        return special;
    }
    let product = mul_exact(a, b, env, st);
    finalize(product, env, st)
}

/// `a * b + c`, rounded once.
pub fn fma(a: &Dec, b: &Dec, c: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        // A signaling third operand counts more than a quiet factor.
        let quiet = a.kind != Kind::Signaling && b.kind != Kind::Signaling;
        return if quiet && c.kind == Kind::Signaling { nan_among(&[c], env, st).unwrap_or(nan) } else { nan };
    }
    let product = match mul_infinite(a, b, st) {
        Some(special) if special.is_nan() => return special,
        Some(special) => special,
        None => mul_exact(a, b, env, st),
    };
    if product.is_nan() {
        return product;
    }
    add(&product, c, false, env, st)
}

/// `a / b`
pub fn div(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return nan;
    }
    let neg = a.neg != b.neg;
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return Dec::fail(st, status::INVALID_OPERATION),
        (true, false) => return Dec::infinity(neg),
        (false, true) => {
            *st |= status::CLAMPED;
            return Dec::small(neg, 0, env.etiny());
        }
        _ => {}
    }
    if b.coef.is_zero() {
        if a.coef.is_zero() {
            return Dec::fail(st, status::DIVISION_UNDEFINED);
        }
        *st |= status::DIVISION_BY_ZERO;
        return Dec::infinity(neg);
    }
    let ideal = a.exp - b.exp;
    if a.coef.is_zero() {
        return finalize(Dec::small(neg, 0, ideal), env, st);
    }
    let exact_digits = a.coef.digits() as i64 + 4 * b.coef.digits() as i64;
    let q = short_or_whole(env, exact_digits, st, |env, st| quotient(a, b, ideal, env, st));
    finalize(q.signed(neg), env, st)
}

/// What `compute` gives for the precision; where that is too long for the memory, what it gives for `exact_digits`, if that is
/// exact: as long as an exact result can be. A precision of 10**18 is how programs ask for exact results.
fn short_or_whole(
    env: &Env,
    exact_digits: i64,
    st: &mut Status,
    compute: impl Fn(&Env, &mut Status) -> (Dec, bool),
) -> Dec {
    let mut met = 0;
    let (whole, _) = compute(env, &mut met);
    if met & status::NO_MEMORY == 0 || exact_digits >= env.prec {
        *st |= met;
        return whole;
    }
    let (short, exact) = compute(&Env { prec: exact_digits, ..*env }, st);
    if exact {
        return short;
    }
    *st |= status::NO_MEMORY;
    Dec::nan()
}

/// The quotient with two digits more than the precision at least, the last of them saying whether it is exact; and whether it is.
fn quotient(a: &Dec, b: &Dec, ideal: i64, env: &Env, st: &mut Status) -> (Dec, bool) {
    let shift = b.coef.digits() as i64 - a.coef.digits() as i64 + env.prec + 1;
    let (mut coef, rest) = if shift >= 0 {
        let Some(up) = a.shl(shift as u64, env, st) else { return (Dec::nan(), false) };
        up.div_rem(&b.coef)
    } else {
        let Some(up) = b.shl(shift.unsigned_abs(), env, st) else { return (Dec::nan(), false) };
        a.coef.div_rem(&up)
    };
    let mut exp = ideal - shift;
    let exact = rest.is_zero();
    if !exact {
        // A last digit of 0 or 5 would look exact, or like a tie.
        if coef.last_digit() % 5 == 0 {
            coef.increment();
        }
    } else if exp < ideal {
        let zeros = coef.trailing_zeros().min((ideal - exp) as u64);
        coef = coef.cut(zeros);
        exp += zeros as i64;
    }
    (Dec::new(false, coef, exp), exact)
}

/// Whole quotient and remainder of finite numbers, `b` not being zero; `None` where the quotient has too many digits.
fn divide_whole(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Option<(Dec, Dec)> {
    let neg = a.neg != b.neg;
    let ideal = a.exp.min(b.exp);
    if a.coef.is_zero() {
        return Some((Dec::small(neg, 0, 0), Dec::small(a.neg, 0, ideal)));
    }
    let apart = a.adjusted() - b.adjusted();
    if apart < 0 {
        let up = a.shl((a.exp - ideal) as u64, env, st)?;
        return Some((Dec::small(neg, 0, 0), Dec::new(a.neg, up, ideal)));
    }
    if apart > env.prec {
        *st |= status::DIVISION_IMPOSSIBLE;
        return None;
    }
    let x = a.shl((a.exp - ideal) as u64, env, st)?;
    let y = b.shl((b.exp - ideal) as u64, env, st)?;
    let (q, r) = x.div_rem(&y);
    if q.digits() as i64 > env.prec {
        *st |= status::DIVISION_IMPOSSIBLE;
        return None;
    }
    Some((Dec::new(neg, q, 0), Dec::new(a.neg, r, ideal)))
}

/// `(a // b, a % b)`, the quotient rounded towards zero.
pub fn divmod(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> (Dec, Dec) {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return (nan.clone(), nan);
    }
    let neg = a.neg != b.neg;
    if a.is_infinite() {
        *st |= status::INVALID_OPERATION;
        let q = if b.is_infinite() { Dec::nan() } else { Dec::infinity(neg) };
        return (q, Dec::nan());
    }
    if b.is_infinite() {
        let r = finalize(a.clone(), env, st);
        return (Dec::small(neg, 0, 0), r);
    }
    if b.coef.is_zero() {
        if a.coef.is_zero() {
            *st |= status::DIVISION_UNDEFINED;
            return (Dec::nan(), Dec::nan());
        }
        *st |= status::DIVISION_BY_ZERO | status::INVALID_OPERATION;
        return (Dec::infinity(neg), Dec::nan());
    }
    match divide_whole(a, b, env, st) {
        Some((q, r)) => (finalize(q, env, st), finalize(r, env, st)),
        None => (Dec::nan(), Dec::nan()),
    }
}

/// `a // b`, rounded towards zero.
pub fn divide_int(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return nan;
    }
    let neg = a.neg != b.neg;
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return Dec::fail(st, status::INVALID_OPERATION),
        (true, false) => return Dec::infinity(neg),
        (false, true) => return Dec::small(neg, 0, 0),
        _ => {}
    }
    if b.coef.is_zero() {
        if a.coef.is_zero() {
            return Dec::fail(st, status::DIVISION_UNDEFINED);
        }
        *st |= status::DIVISION_BY_ZERO;
        return Dec::infinity(neg);
    }
    match divide_whole(a, b, env, st) {
        Some((q, _)) => finalize(q, env, st),
        None => Dec::nan(),
    }
}

/// `a % b`, with the sign of `a`.
pub fn remainder(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(special) = remainder_special(a, b, env, st) {
        return special;
    }
    match divide_whole(a, b, env, st) {
        Some((_, r)) => finalize(r, env, st),
        None => Dec::nan(),
    }
}

fn remainder_special(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Option<Dec> {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return Some(nan);
    }
    if a.is_infinite() {
        return Some(Dec::fail(st, status::INVALID_OPERATION));
    }
    if b.is_infinite() {
        return Some(finalize(a.clone(), env, st));
    }
    if b.coef.is_zero() {
        let why = if a.coef.is_zero() { status::DIVISION_UNDEFINED } else { status::INVALID_OPERATION };
        return Some(Dec::fail(st, why));
    }
    None
}

/// `a - n * b` for the whole number nearest to `a / b`, the even one of two.
pub fn remainder_near(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(special) = remainder_special(a, b, env, st) {
        return special;
    }
    let ideal = a.exp.min(b.exp);
    if a.coef.is_zero() {
        return finalize(Dec::small(a.neg, 0, ideal), env, st);
    }
    let apart = a.adjusted() - b.adjusted();
    if apart > env.prec {
        return Dec::fail(st, status::DIVISION_IMPOSSIBLE);
    }
    let Some(x) = a.shl((a.exp - ideal) as u64, env, st) else { return Dec::nan() };
    if apart <= -2 {
        return finalize(Dec::new(a.neg, x, ideal), env, st);
    }
    let Some(y) = b.shl((b.exp - ideal) as u64, env, st) else { return Dec::nan() };
    let (mut q, mut r) = x.div_rem(&y);
    let mut neg = a.neg;
    let over = r.mul_word(2).order(&y);
    if over.is_gt() || over.is_eq() && q.is_odd() {
        r = y.sub(&r);
        neg = !neg;
        q.increment();
    }
    if q.digits() as i64 > env.prec {
        return Dec::fail(st, status::DIVISION_IMPOSSIBLE);
    }
    finalize(Dec::new(neg, r, ideal), env, st)
}

/// `a` with the exponent `exp`, digits cut off being rounded; also whether digits were cut off, and which. The number must be
/// finite. `None` where there is no room.
pub fn rescale(a: &Dec, exp: i64, env: &Env, st: &mut Status) -> Option<(Dec, Tail)> {
    if a.exp >= exp {
        let up = a.shl(a.exp.abs_diff(exp), env, st)?;
        return Some((Dec::new(a.neg, up, exp), Tail::Zero));
    }
    let (mut kept, tail) = a.coef.shr(exp.abs_diff(a.exp));
    if env.round.grows(tail, kept.last_digit(), a.neg) {
        kept.increment();
    }
    Some((Dec::new(a.neg, kept, exp), tail))
}

/// `a` with the exponent of `b`.
pub fn quantize(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return nan;
    }
    match (a.is_infinite(), b.is_infinite()) {
        (true, true) => return a.clone(),
        (false, false) => {}
        _ => return Dec::fail(st, status::INVALID_OPERATION),
    }
    let exp = b.exp;
    if exp > env.emax || exp < env.etiny() {
        return Dec::fail(st, status::INVALID_OPERATION);
    }
    if a.coef.is_zero() {
        return finalize(Dec::small(a.neg, 0, exp), env, st);
    }
    if a.coef.digits() as i64 + a.exp - exp > env.prec {
        return Dec::fail(st, status::INVALID_OPERATION);
    }
    let Some((out, tail)) = rescale(a, exp, env, st) else { return Dec::nan() };
    if out.coef.digits() as i64 > env.prec || out.adjusted() > env.emax {
        return Dec::fail(st, status::INVALID_OPERATION);
    }
    if exp > a.exp {
        *st |= status::ROUNDED;
        if tail != Tail::Zero {
            *st |= status::INEXACT;
        }
    }
    finalize(out, env, st)
}

/// `a` rounded to a whole number; whether that is told.
pub fn to_integral(a: &Dec, tells: bool, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_of(a, env, st) {
        return nan;
    }
    if a.is_infinite() || a.exp >= 0 {
        return a.clone();
    }
    if a.coef.is_zero() {
        return Dec::small(a.neg, 0, 0);
    }
    let Some((out, tail)) = rescale(a, 0, env, st) else { return Dec::nan() };
    if tells {
        *st |= status::ROUNDED;
        if tail != Tail::Zero {
            *st |= status::INEXACT;
        }
    }
    out
}

/// `a` rounded, without zeros at the end.
pub fn reduce(a: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_of(a, env, st) {
        return nan;
    }
    let a = finalize(a.clone(), env, st);
    if !a.is_finite() {
        return a;
    }
    if a.coef.is_zero() {
        return Dec::small(a.neg, 0, 0);
    }
    let most = if env.clamp { env.etop() } else { env.emax };
    let zeros = a.coef.trailing_zeros().min((most - a.exp).max(0) as u64);
    Dec::new(a.neg, a.coef.cut(zeros), a.exp + zeros as i64)
}

/// The square root.
pub fn sqrt(a: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_of(a, env, st) {
        return nan;
    }
    if a.is_infinite() && !a.neg {
        return a.clone();
    }
    // Half the exponent, rounded down.
    let ideal = a.exp >> 1;
    if a.is_zero() {
        return finalize(Dec::small(a.neg, 0, ideal), env, st);
    }
    if a.neg {
        return Dec::fail(st, status::INVALID_OPERATION);
    }
    let root = short_or_whole(env, a.coef.digits() as i64 + 1, st, |env, st| root(a, ideal, env, st));
    finalize(root, &Env { round: Round::HalfEven, ..*env }, st)
}

/// The square root of a positive number, as [`quotient`] gives quotients.
fn root(a: &Dec, ideal: i64, env: &Env, st: &mut Status) -> (Dec, bool) {
    let digits = a.coef.digits() as i64;
    let odd = a.exp & 1;
    // The coefficient with an even exponent, and with so many digits that its root has one more than the precision.
    let length = (digits + odd + 1) >> 1;
    let shift = env.prec + 1 - length;
    let (n, lost) = if shift >= 0 {
        match a.shl((2 * shift + odd) as u64, env, st) {
            Some(n) => (n, false),
            None => return (Dec::nan(), false),
        }
    } else {
        let by = (-2 * shift - odd) as u64;
        let (n, tail) = a.coef.shr(by);
        (n, tail != Tail::Zero)
    };
    let (mut root, exact) = n.sqrt();
    let exact = exact && !lost;
    let mut exp = ideal - shift;
    if exact {
        if exp < ideal {
            let zeros = root.trailing_zeros().min((ideal - exp) as u64);
            root = root.cut(zeros);
            exp += zeros as i64;
        }
    } else if root.last_digit() % 5 == 0 {
        root.increment();
    }
    (Dec::new(false, root, exp), exact)
}

/// `-a`, `+a` or `abs(a)`, rounded; zero loses its sign except where results are rounded down.
pub fn plus(a: &Dec, neg: bool, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_of(a, env, st) {
        return nan;
    }
    let neg = if a.is_zero() && env.round != Round::Floor { false } else { neg };
    finalize(a.clone().signed(neg), env, st)
}

/// `abs(a)`, rounded.
pub fn abs(a: &Dec, env: &Env, st: &mut Status) -> Dec {
    if a.neg { plus(a, !a.neg, env, st) } else { plus(a, a.neg, env, st) }
}

/// -1, 0 or 1, or a NaN.
pub fn compare(a: &Dec, b: &Dec, signals: bool, env: &Env, st: &mut Status) -> Dec {
    if signals && (a.is_nan() || b.is_nan()) {
        *st |= status::INVALID_OPERATION;
    }
    match nan_among(&[a, b], env, st) {
        Some(nan) => nan,
        None => Dec::int(order(a, b) as i64),
    }
}

/// The total order of all representations; by magnitudes where `mag`.
pub fn compare_total(a: &Dec, b: &Dec, mag: bool) -> Ordering {
    let (a_neg, b_neg) = if mag { (false, false) } else { (a.neg, b.neg) };
    if a_neg != b_neg {
        return b_neg.cmp(&a_neg);
    }
    let rank = |d: &Dec| match d.kind {
        Kind::Finite | Kind::Infinite => 0,
        Kind::Signaling => 1,
        Kind::Quiet => 2,
    };
    let by = rank(a).cmp(&rank(b)).then_with(|| {
        if rank(a) != 0 {
            return a.coef.order(&b.coef);
        }
        super::number::order_abs(a, b).then_with(|| match a.is_infinite() {
            true => Ordering::Equal,
            false => a.exp.cmp(&b.exp),
        })
    });
    if a_neg { by.reverse() } else { by }
}
