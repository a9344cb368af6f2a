//! Exponential, logarithms (correctly rounded) and powers.

use super::arith::{div, mul};
use super::nat::Nat;
use super::number::{Dec, Env, MAX_PREC, MIN_EMIN, Round, Status, finalize, nan_among, nan_of, order_abs, status};
use super::word::digits64;
use std::cell::RefCell;
use std::cmp::Ordering;

thread_local! {
    /// ln(10) as this thread knows it, and to how many places.
    static LN10: RefCell<(Nat, u64)> = const { RefCell::new((Nat::EMPTY, 0)) };
}

/// `scale * atanh(1 / n)` in units of `10**-places`.
fn atanh_inverse(n: u64, scale: u64, places: u64) -> Nat {
    let mut term = Nat::of(scale).shl(places).div_word(n).0;
    let mut sum = term.clone();
    let mut k = 1;
    while !term.is_zero() {
        term = term.div_word(n * n).0;
        k += 2;
        sum = sum.add(&term.div_word(k).0);
    }
    sum
}

/// ln(10) in units of `10**-places`, at most one too small.
fn ln10(places: u64) -> Nat {
    LN10.with_borrow_mut(|(known, to)| {
        if *to < places {
            let more = places + places / 4 + 10;
            // Three series with quotients that are whole numbers; what they cut off stays below the last ten places.
            let guard = 10;
            let sum = [(31, 46), (49, 34), (161, 20)]
                .iter()
                .fold(Nat::zero(), |sum, &(n, scale)| sum.add(&atanh_inverse(n, scale, more + guard)));
            (*known, *to) = (sum.cut(guard), more);
        }
        known.cut(*to - places)
    })
}

/// exp of `r / 10**places`, which lies between 0 and 3, in the same units; at most 2 wrong.
fn exp_fixed(r: &Nat, places: u64) -> Nat {
    // The argument is halved so often, and the result squared as often.
    let halvings = ((places as f64).sqrt() * 1.4) as u32 + 2;
    let halvings = halvings.min(56);
    let guard = digits64(1 << halvings) + digits64(places) + 4;
    let w = places + guard;
    let y = r.shl(guard).div_word(1 << halvings).0;
    let one = Nat::power_of_ten(w);
    let mut sum = one.add(&y);
    let mut term = y.clone();
    let mut n = 2;
    while !term.is_zero() {
        term = term.mul(&y).cut(w).div_word(n).0;
        sum = sum.add(&term);
        n += 1;
    }
    for _ in 0..halvings {
        sum = sum.mul(&sum).cut(w);
    }
    sum.cut(guard)
}

/// ln of `x / 10**places`, which lies between 1 and 10, in the same units; at most 30 wrong.
fn ln_fixed(x: &Nat, places: u64) -> Nat {
    const GUARD: u64 = 4;
    let known = 14;
    let first = if places <= known + 2 {
        let scaled = x.cut(places.saturating_sub(17)).to_u64().unwrap_or(1) as f64;
        let value = scaled / 10f64.powi(places.min(17) as i32);
        return Nat::of((value.ln().max(0.0) * 10f64.powi(places as i32)) as u64);
    } else {
        let fewer = (places / 3 + 2).max(known);
        ln_fixed(&x.cut(places - fewer), fewer).shl(places - fewer + GUARD)
    };
    let w = places + GUARD;
    let (x, e) = (x.shl(GUARD), exp_fixed(&first, w));
    // ln(x) = ln(e) + 2 atanh((x - e) / (x + e))
    let (larger, apart) = match x.order(&e) {
        Ordering::Less => (false, e.sub(&x)),
        _ => (true, x.sub(&e)),
    };
    let t = apart.shl(w).div_rem(&x.add(&e)).0;
    let more = atanh(&t, w).mul_word(2);
    let sum = if larger { first.add(&more) } else { first.sub(&more) };
    sum.cut(GUARD)
}

/// atanh of the small `t / 10**places`, in the same units.
fn atanh(t: &Nat, places: u64) -> Nat {
    let square = t.mul(t).cut(places);
    let (mut sum, mut power, mut k) = (t.clone(), t.clone(), 1);
    loop {
        power = power.mul(&square).cut(places);
        k += 2;
        let term = power.div_word(k).0;
        if term.is_zero() {
            return sum;
        }
        sum = sum.add(&term);
    }
}

/// A value known up to `wrong` units of its last place.
struct Approx {
    coef: Nat,
    exp: i64,
    wrong: u64,
}

/// Tries `f` with more and more digits until it is clear how its result, which is irrational, rounds to `prec` digits.
fn correctly_rounded(neg: bool, env: &Env, st: &mut Status, first_extra: u64, mut f: impl FnMut(u64) -> Approx) -> Dec {
    let mut extra = first_extra;
    loop {
        let wanted = env.prec as u64 + extra;
        if !env.fits(wanted.saturating_mul(4), st) {
            return Dec::nan();
        }
        let x = f(wanted);
        let spare = x.coef.digits().saturating_sub(env.prec as u64);
        if spare > 1 {
            let (half, low) = (Nat::of(5).shl(spare - 1), x.coef.low(spare));
            let apart = if low.order(&half).is_ge() { low.sub(&half) } else { half.sub(&low) };
            if apart.order(&Nat::of(x.wrong)).is_gt() {
                let env = &Env { round: Round::HalfEven, ..*env };
                if let Some(exp) = next_power(&x, env.prec as u64) {
                    *st |= status::INEXACT | status::ROUNDED;
                    return finalize(Dec::new(neg, Nat::power_of_ten(env.prec as u64 - 1), exp), env, st);
                }
                // A digit 1 below it says that it is not exact.
                let coef = x.coef.shl(1).add(&Nat::of(1));
                return finalize(Dec::new(neg, coef, x.exp - 1), env, st);
            }
        }
        extra = extra * 2 + 10;
    }
}

/// Whether the value is, to three digits more than wanted, the next power of ten: then it is taken for that before anybody asks
/// whether it is subnormal. The exponent of a coefficient with all digits.
fn next_power(x: &Approx, prec: u64) -> Option<i64> {
    let spare = x.coef.digits().checked_sub(prec + 3)?;
    let (mut kept, tail) = x.coef.shr(spare);
    if !Round::HalfEven.grows(tail, kept.last_digit(), false) {
        return None;
    }
    kept.increment();
    (kept.digits() > prec + 3).then_some(x.exp + spare as i64 + 4)
}

/// One, with all the digits that the precision allows, inexact.
fn rounded_one(neg: bool, env: &Env, st: &mut Status) -> Dec {
    *st |= status::INEXACT | status::ROUNDED;
    let digits = env.prec as u64 - 1;
    if !env.fits(digits, st) {
        return Dec::nan();
    }
    finalize(Dec::new(neg, Nat::power_of_ten(digits), -(digits as i64)), env, st)
}

/// `e ** a`
pub fn exp(a: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_of(a, env, st) {
        return nan;
    }
    if a.is_infinite() {
        return if a.neg { Dec::small(false, 0, 0) } else { Dec::infinity(false) };
    }
    if a.coef.is_zero() {
        return Dec::small(false, 1, 0);
    }
    let env = &Env { round: Round::HalfEven, ..*env };
    let adjusted = a.adjusted();
    if adjusted >= 20 {
        let exp = if a.neg { 3 * MIN_EMIN } else { 2 * MAX_PREC };
        return finalize(Dec::small(false, 1, exp), env, st);
    }
    if adjusted < -env.prec - 1 {
        if !a.neg || order_abs(a, &Dec::small(false, 9, -env.prec - 4)).is_le() {
            return rounded_one(false, env, st);
        }
        // Below 1, which may be a subnormal number before it is rounded.
        let digits = env.prec as u64 + 2;
        if !env.fits(digits, st) {
            return Dec::nan();
        }
        return finalize(Dec::new(false, Nat::nines(digits), -(digits as i64)), env, st);
    }
    correctly_rounded(false, env, st, 4, |wanted| {
        // |a| is brought to 0 <= r < ln(10) by a multiple of ln(10).
        let whole = (adjusted.max(0) + 1) as u64;
        let places = wanted + 3;
        let wide = places + whole + 2;
        let at = |p: u64| {
            let by = a.exp + p as i64;
            if by >= 0 { a.coef.shl(by as u64) } else { a.coef.cut(by.unsigned_abs()) }
        };
        let (x, unit) = (at(wide), ln10(wide));
        let (mut q, mut r) = x.div_rem(&unit);
        if a.neg && !r.is_zero() {
            q.increment();
            r = unit.sub(&r);
        }
        let k = q.to_u64().and_then(|q| i64::try_from(q).ok()).unwrap_or(i64::MAX / 4).min(4 * MAX_PREC);
        let e = exp_fixed(&r.cut(wide - places), places);
        Approx { coef: e, exp: if a.neg { -k } else { k } - places as i64, wrong: 40 }
    })
}

/// The sign and magnitude of ln(a) to about `digits` digits; `a` is positive and not 1.
fn ln_approx(a: &Dec, digits: u64) -> (bool, Approx) {
    let one = Dec::int(1);
    let above = order_abs(a, &one).is_gt();
    // Close to 1 the series converges by itself, and digits count from the first one that is not zero.
    let near = matches!(a.adjusted(), -1 | 0).then(|| {
        let scale = a.exp.min(0).unsigned_abs();
        let (x, one) = (if a.exp > 0 { a.coef.shl(a.exp as u64) } else { a.coef.clone() }, Nat::power_of_ten(scale));
        let apart = if above { x.sub(&one) } else { one.sub(&x) };
        (apart, x.add(&one), scale)
    });
    if let Some((apart, sum, scale)) = near
        && apart.digits() < scale
    {
        let lost = scale - apart.digits();
        let places = digits + lost + 4;
        let t = apart.shl(places).div_rem(&sum).0;
        let out = atanh(&t, places).mul_word(2);
        // Each term of the series may be cut by 3.
        return (!above, Approx { coef: out, exp: -(places as i64), wrong: 10 * (places / lost.max(1) + 10) });
    }
    // a = m * 10**k with 1 <= m < 10
    let k = a.adjusted();
    let places = digits + 4;
    let shift = places as i64 - (a.coef.digits() as i64 - 1);
    let m = if shift >= 0 { a.coef.shl(shift as u64) } else { a.coef.cut(shift.unsigned_abs()) };
    let ln_m = ln_fixed(&m, places);
    let whole = Nat::of(k.unsigned_abs());
    let ks = whole.mul(&ln10(places + 20)).cut(20);
    let (neg, coef) = if k >= 0 { (false, ks.add(&ln_m)) } else { (true, ks.sub(&ln_m)) };
    (neg, Approx { coef, exp: -(places as i64), wrong: 50 })
}

/// The natural logarithm.
pub fn ln(a: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(special) = log_special(a, env, st) {
        return special;
    }
    if order_abs(a, &Dec::int(1)).is_eq() {
        return Dec::small(false, 0, 0);
    }
    let neg = order_abs(a, &Dec::int(1)).is_lt();
    correctly_rounded(neg, env, st, 6, |digits| ln_approx(a, digits).1)
}

fn log_special(a: &Dec, env: &Env, st: &mut Status) -> Option<Dec> {
    if let Some(nan) = nan_of(a, env, st) {
        return Some(nan);
    }
    if a.is_zero() {
        return Some(Dec::infinity(true));
    }
    if a.neg {
        return Some(Dec::fail(st, status::INVALID_OPERATION));
    }
    a.is_infinite().then(|| Dec::infinity(false))
}

/// The logarithm to base 10.
pub fn log10(a: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(special) = log_special(a, env, st) {
        return special;
    }
    if a.coef.trailing_zeros() + 1 == a.coef.digits() && a.coef.digit(a.coef.digits() - 1) == 1 {
        let exact = Dec::int(a.adjusted());
        return finalize(exact, &Env { round: Round::HalfEven, ..*env }, st);
    }
    let neg = order_abs(a, &Dec::int(1)).is_lt();
    correctly_rounded(neg, env, st, 6, |digits| {
        let x = ln_approx(a, digits).1;
        let places = x.coef.digits().max(digits) + 4;
        let coef = x.coef.shl(places).div_rem(&ln10(places)).0;
        Approx { coef, exp: x.exp, wrong: x.wrong + 2 }
    })
}

/// Number of digits of an exponent.
fn exponent_digits(e: i64) -> i64 {
    digits64(e.unsigned_abs()) as i64
}

/// A lower bound of the magnitude of the decimal logarithm of |a|.
fn log_magnitude(a: &Dec, env: &Env, st: &mut Status) -> Option<i64> {
    let t = a.adjusted();
    if t > 0 {
        return Some(exponent_digits(t) - 1);
    }
    if t < -1 {
        return Some(exponent_digits(t + 1) - 1);
    }
    let wide = Env::max(env.room);
    let apart = super::arith::add(&a.clone().signed(false), &Dec::int(1), true, &wide, st);
    // On the safe side, which lies further away above 1.
    apart.is_finite().then(|| apart.adjusted() - if t == 0 { 2 } else { 1 })
}

/// `a ** b`
pub fn pow(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b], env, st) {
        return nan;
    }
    let whole = b.is_integer();
    let neg = a.neg && whole && b.is_odd_integer();
    if a.is_zero() {
        return match (b.is_zero(), b.neg) {
            (true, _) => Dec::fail(st, status::INVALID_OPERATION),
            (_, true) => Dec::infinity(neg),
            _ => Dec::small(neg, 0, 0),
        };
    }
    if a.neg && (!whole || b.is_infinite()) {
        return Dec::fail(st, status::INVALID_OPERATION);
    }
    let one = Dec::int(1);
    if b.is_infinite() {
        return match order_abs(a, &one) {
            Ordering::Equal => rounded_one(neg, env, st),
            by if by.is_lt() == b.neg => Dec::infinity(neg),
            _ => Dec::small(neg, 0, 0),
        };
    }
    if a.is_infinite() {
        return match (b.is_zero(), b.neg) {
            (true, _) => Dec::small(neg, 1, 0),
            (_, true) => Dec::small(neg, 0, 0),
            _ => Dec::infinity(neg),
        };
    }
    if b.is_zero() {
        return Dec::small(neg, 1, 0);
    }
    if order_abs(a, &one).is_eq() {
        return power_of_one(a, b, whole, neg, env, st);
    }
    // Results far out of range are not computed.
    let Some(magnitude) = log_magnitude(a, env, st) else { return Dec::nan() };
    let order = magnitude + b.adjusted();
    let grows = (a.adjusted() < 0) == b.neg;
    let (limit, exp) = if grows { (env.emax, 3 * MAX_PREC) } else { (env.etiny(), env.etiny() - 1) };
    if exponent_digits(limit) < order {
        return finalize(Dec::small(neg, 1, exp), env, st);
    }
    if whole { power_whole(a, b, neg, env, st) } else { power_real(a, b, env, st) }
}

/// A power of 1 or -1, with the zeros that repeated multiplication would give.
fn power_of_one(a: &Dec, b: &Dec, whole: bool, neg: bool, env: &Env, st: &mut Status) -> Dec {
    if !whole {
        return rounded_one(neg, env, st);
    }
    if b.neg {
        return Dec::small(neg, 1, 0);
    }
    let wide = Env::max(env.room);
    let places = mul(b, &Dec::int(-a.exp), &wide, &mut 0).to_i64().unwrap_or(i64::MAX);
    let mut shift = places;
    if places > env.prec - 1 {
        shift = env.prec - 1;
        *st |= status::ROUNDED;
    }
    if shift < 0 {
        shift = 0;
    }
    if !env.fits(shift as u64, st) {
        return Dec::nan();
    }
    Dec::new(neg, Nat::power_of_ten(shift as u64), -shift)
}

/// A power with a whole exponent, by squaring with some digits more than wanted.
fn power_whole(a: &Dec, b: &Dec, neg: bool, env: &Env, st: &mut Status) -> Dec {
    let extra = b.coef.digits() as i64 + b.exp + 2;
    let mut wide = Env { prec: env.prec + extra, round: Round::HalfEven, clamp: false, ..*env };
    let base = if b.neg {
        wide.prec += 1;
        let mut own = 0;
        let inverse = div(&Dec::int(1), a, &wide, &mut own);
        *st |= own;
        if own & status::ERRORS != 0 {
            return Dec::nan();
        }
        inverse
    } else {
        a.clone()
    };
    let mut own = 0;
    let gone = |d: &Dec, own: Status| !d.is_finite() || d.coef.is_zero() && own & status::CLAMPED != 0;
    let mut out = match b.clone().signed(false).to_i64() {
        Some(n) => {
            let n = n.unsigned_abs();
            let mut out = base.clone();
            for bit in (0..n.ilog2()).rev() {
                out = mul(&out, &out, &wide, &mut own);
                if n >> bit & 1 == 1 {
                    out = mul(&out, &base, &wide, &mut own);
                }
                if gone(&out, own) {
                    break;
                }
            }
            out
        }
        None => {
            // So large an exponent ends in overflow or underflow, or the base is next to 1.
            let (mut out, mut base) = (Dec::int(1), base);
            let mut n = b.coef.clone();
            if !env.fits(n.digits().saturating_add(b.exp.max(0) as u64), st) {
                return Dec::nan();
            }
            n = if b.exp >= 0 { n.shl(b.exp as u64) } else { n.cut(b.exp.unsigned_abs()) };
            while !n.is_zero() {
                if n.is_odd() {
                    out = mul(&out, &base, &wide, &mut own);
                    if gone(&out, own) {
                        break;
                    }
                }
                base = mul(&base, &base, &wide, &mut own);
                n = n.div_word(2).0;
                if base.is_nan() {
                    out = Dec::nan();
                    break;
                }
            }
            out
        }
    };
    *st |= own;
    out.neg = neg;
    if out.is_infinite() {
        // How an overflow rounds is the caller's affair.
        out = Dec::small(neg, 1, 3 * MAX_PREC);
    }
    finalize(out, env, st)
}

/// A power with any exponent, by way of logarithm and exponential, each correctly rounded to some more digits.
fn power_real(a: &Dec, b: &Dec, env: &Env, st: &mut Status) -> Dec {
    let mut wide = Env::max(env.room);
    wide.prec = env.prec.max(a.coef.digits() as i64).saturating_add(4 + 19).min(MAX_PREC);
    let mut own = 0;
    let logarithm = ln(a, &wide, &mut own);
    let product = mul(&logarithm, b, &wide, &mut own);
    *st |= own & status::ERRORS | status::INEXACT | status::ROUNDED;
    let mut out = exp(&product, &wide, st);
    if out.is_nan() {
        return out;
    }
    if out.is_finite() && order_abs(&out, &Dec::int(1)).is_eq() {
        let digits = env.prec as u64 - 1;
        if !env.fits(digits, st) {
            return Dec::nan();
        }
        out = Dec::new(false, Nat::power_of_ten(digits), -(digits as i64));
    }
    if out.is_infinite() {
        out = Dec::small(false, 1, 3 * MAX_PREC);
    }
    finalize(out, env, st)
}

/// `pow(a, b, m)` of whole numbers.
pub fn pow_mod(a: &Dec, b: &Dec, m: &Dec, env: &Env, st: &mut Status) -> Dec {
    if let Some(nan) = nan_among(&[a, b, m], env, st) {
        return nan;
    }
    let whole = [a, b, m].iter().all(|d| d.is_integer());
    if !whole || b.neg && !b.is_zero() || m.is_zero() || m.adjusted() >= env.prec || a.is_zero() && b.is_zero() {
        return Dec::fail(st, status::INVALID_OPERATION);
    }
    let neg = a.neg && b.is_odd_integer();
    let at_zero = |d: &Dec| match d.exp {
        e if e >= 0 => (d.coef.clone(), e as u64),
        e => (d.coef.cut(e.unsigned_abs()), 0),
    };
    let (m, m_zeros) = at_zero(m);
    let m = m.shl(m_zeros);
    let power = |base: &Nat, n: &Nat| -> Nat {
        let (mut out, mut base, mut n) = (Nat::of(1).div_rem(&m).1, base.clone(), n.clone());
        while !n.is_zero() {
            let (half, odd) = n.div_word(2);
            if odd == 1 {
                out = out.mul(&base).div_rem(&m).1;
            }
            base = base.mul(&base).div_rem(&m).1;
            n = half;
        }
        out
    };
    let (base, base_zeros) = at_zero(a);
    let tens = power(&Nat::of(10).div_rem(&m).1, &Nat::of(base_zeros));
    let mut base = base.div_rem(&m).1.mul(&tens).div_rem(&m).1;
    let (n, mut zeros) = at_zero(b);
    if zeros > 1 << 20 {
        // b = n * 10**zeros, but no machine raises to the tenth power so often.
        *st |= status::NO_MEMORY;
        return Dec::nan();
    }
    while zeros > 0 {
        base = power(&base, &Nat::of(10));
        zeros -= 1;
    }
    // No longer than the precision because `m` is not; neither the limits of the exponent nor `clamp` say anything about it.
    Dec::new(neg, power(&base, &n), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_and_inverses() {
        let mut text = Vec::new();
        ln10(60).write(&mut text);
        assert_eq!(text, b"2302585092994045684017991454684364207601101488628772976033327");
        for places in [10, 30, 100, 400, 1500] {
            for x in [1u64, 2, 3, 7, 9] {
                let x = Nat::of(x).shl(places);
                let back = exp_fixed(&ln_fixed(&x, places), places);
                let apart = if back.order(&x).is_ge() { back.sub(&x) } else { x.sub(&back) };
                assert!(apart.to_u64().is_some_and(|n| n < 1000), "{places} {apart:?}");
            }
        }
    }
}
