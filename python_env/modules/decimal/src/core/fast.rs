//! The usual case: finite numbers of up to 38 digits, results that fit, contexts whose limits are far away. Everything else, which
//! `None` says, is for the general forms.

use super::nat::Tail;
use super::number::{Env, Round, Status, status};
use super::word::{POW128, digits128, wide, wide_by_word};
use std::cmp::Ordering;

/// A finite number with a coefficient of two words.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Fin {
    /// The sign.
    pub neg: bool,
    /// The exponent.
    pub exp: i64,
    /// The digits.
    pub coef: u128,
}

/// Exponents here stay in a range in which adding them is safe; a context may be narrower.
const NEAR: i64 = 1 << 40;

impl Fin {
    #[inline]
    fn new(neg: bool, coef: u128, exp: i64) -> Fin {
        Fin { neg, exp, coef }
    }

    #[inline]
    fn is_near(self) -> bool {
        self.exp.unsigned_abs() < NEAR as u64
    }
}

/// Rounds to the context; `None` unless the result is a normal number, or a zero within limits.
#[inline]
pub fn finish(x: Fin, env: &Env, st: &mut Status) -> Option<Fin> {
    let digits = digits128(x.coef) as i64;
    if x.exp < env.etiny() || x.exp > env.etop() {
        return None;
    }
    if digits <= env.prec {
        let adjusted = x.exp + digits - 1;
        return (x.coef == 0 || adjusted >= env.emin && adjusted <= env.emax).then_some(x);
    }
    let cut = digits - env.prec;
    let (mut kept, tail) = cut_off(x.coef, cut as usize)?;
    let mut exp = x.exp + cut;
    if env.round.grows(tail, (kept % 10) as u64, x.neg) {
        kept += 1;
        if digits128(kept) as i64 > env.prec {
            kept /= 10;
            exp += 1;
        }
    }
    let adjusted = exp + env.prec - 1;
    if adjusted < env.emin || adjusted > env.emax {
        return None;
    }
    *st |= if tail == Tail::Zero { status::ROUNDED } else { status::ROUNDED | status::INEXACT };
    Some(Fin::new(x.neg, kept, exp))
}

#[inline]
fn div_power(n: u128, power: usize) -> Option<(u128, u128)> {
    if n >> 64 == 0 && power < 20 {
        let (n, p) = (n as u64, super::word::POW64[power]);
        return Some((u128::from(n / p), u128::from(n % p)));
    }
    if power < 20 {
        let (q, r) = wide_by_word(0, n, super::word::POW64[power])?;
        return Some((q, u128::from(r)));
    }
    let p = *POW128.get(power)?;
    Some((n / p, n % p))
}

#[inline]
fn cut_off(n: u128, digits: usize) -> Option<(u128, Tail)> {
    let (q, r) = div_power(n, digits)?;
    let tail = Tail::of(r.cmp(&(POW128[digits] / 2)), r == 0);
    Some((q, tail))
}

/// `n * 10**places`, if it fits.
#[inline]
fn up(n: u128, places: i64) -> Option<u128> {
    if n == 0 || places == 0 {
        return Some(n);
    }
    let p = *POW128.get(usize::try_from(places).ok()?)?;
    if n >> 64 == 0 && p >> 64 == 0 {
        return Some(n * p);
    }
    n.checked_mul(p)
}

/// `a + b`
#[inline]
pub fn add(a: Fin, b: Fin, env: &Env, st: &mut Status) -> Option<Fin> {
    let (x, y, exp) = match a.exp.cmp(&b.exp) {
        Ordering::Equal => (a.coef, b.coef, a.exp),
        _ if !a.is_near() || !b.is_near() => return None,
        Ordering::Greater => (up(a.coef, a.exp - b.exp)?, b.coef, b.exp),
        Ordering::Less => (a.coef, up(b.coef, b.exp - a.exp)?, a.exp),
    };
    let sum = if a.neg == b.neg {
        Fin::new(a.neg, x.checked_add(y)?, exp)
    } else {
        match x.cmp(&y) {
            Ordering::Greater => Fin::new(a.neg, x - y, exp),
            Ordering::Less => Fin::new(b.neg, y - x, exp),
            Ordering::Equal => Fin::new(env.round == Round::Floor, 0, exp),
        }
    };
    finish(sum, env, st)
}

/// `a` with a sign, rounded; a zero has it only where results are rounded down.
#[inline]
pub fn plus(a: Fin, neg: bool, env: &Env, st: &mut Status) -> Option<Fin> {
    let neg = neg && (a.coef != 0 || env.round == Round::Floor);
    finish(Fin { neg, ..a }, env, st)
}

/// `a` without its fraction, if that is a whole number of one word.
#[inline]
pub fn whole(a: Fin) -> Option<i128> {
    let n = match a.exp {
        0 => a.coef,
        1.. => up(a.coef, a.exp)?,
        _ => div_power(a.coef, usize::try_from(-a.exp).ok().filter(|&n| n < POW128.len())?)?.0,
    };
    let n = i128::try_from(n).ok()?;
    Some(if a.neg { -n } else { n })
}

/// The nearest float, where one division or multiplication of exact ones finds it.
#[inline]
pub fn to_float(a: Fin) -> Option<f64> {
    let places = a.exp.unsigned_abs();
    if a.coef >> 53 != 0 || places > 22 {
        return None;
    }
    let (n, p) = (a.coef as f64, POW128[places as usize] as f64);
    let f = if a.exp < 0 { n / p } else { n * p };
    Some(if a.neg { -f } else { f })
}

/// `a * b`
#[inline]
pub fn mul(a: Fin, b: Fin, env: &Env, st: &mut Status) -> Option<Fin> {
    if !a.is_near() || !b.is_near() {
        return None;
    }
    let neg = a.neg != b.neg;
    let exp = a.exp + b.exp;
    if (a.coef | b.coef) >> 64 == 0 {
        return finish(Fin::new(neg, a.coef * b.coef, exp), env, st);
    }
    let (hi, lo) = wide(a.coef, b.coef);
    if hi == 0 {
        return finish(Fin::new(neg, lo, exp), env, st);
    }
    // Up to 76 digits: as many go at once as one word divides by; what is cut off twice is only told zero or not.
    let (q, r) = wide_by_word(hi, lo, super::word::POW64[19])?;
    let first = digits128(q) as i64 - env.prec;
    if first < 1 {
        return None;
    }
    // A digit behind the quotient's says whether something was cut off.
    let (kept, tail) = cut_off(q, first as usize)?;
    let tail = match (tail, r) {
        (t, 0) => t,
        (Tail::Zero, _) => Tail::Less,
        (Tail::Half, _) => Tail::More,
        (t, _) => t,
    };
    let (mut kept, mut exp) = (kept, exp + 19 + first);
    if env.round.grows(tail, (kept % 10) as u64, neg) {
        kept += 1;
        if digits128(kept) as i64 > env.prec {
            kept /= 10;
            exp += 1;
        }
    }
    let adjusted = exp + env.prec - 1;
    if adjusted < env.emin || exp > env.etop() {
        return None;
    }
    *st |= if tail == Tail::Zero { status::ROUNDED } else { status::ROUNDED | status::INEXACT };
    Some(Fin::new(neg, kept, exp))
}

/// `a / b`
#[inline]
pub fn div(a: Fin, b: Fin, env: &Env, st: &mut Status) -> Option<Fin> {
    if b.coef == 0 || b.coef >> 64 != 0 || !a.is_near() || !b.is_near() {
        return None;
    }
    let (neg, ideal) = (a.neg != b.neg, a.exp - b.exp);
    if a.coef == 0 {
        return finish(Fin::new(neg, 0, ideal), env, st);
    }
    let d = b.coef as u64;
    // The plain quotient, where it is exact.
    if a.coef >> 64 == 0 && (a.coef as u64).is_multiple_of(d) {
        return finish(Fin::new(neg, u128::from(a.coef as u64 / d), ideal), env, st);
    }
    let shift = digits128(b.coef) as i64 - digits128(a.coef) as i64 + env.prec + 1;
    let power = *POW128.get(usize::try_from(shift).ok()?)?;
    let (hi, lo) = wide(a.coef, power);
    let (mut q, r) = wide_by_word(hi, lo, d)?;
    let mut exp = ideal - shift;
    if r != 0 {
        if q % 5 == 0 {
            q += 1;
        }
        return finish(Fin::new(neg, q, exp), env, st);
    }
    while exp < ideal {
        // Many zeros at once, then one by one.
        let step = if ideal - exp >= 8 && q % 100_000_000 == 0 { 8 } else { 1 };
        let (next, rest) = div_power(q, step)?;
        if rest != 0 {
            break;
        }
        q = next;
        exp += step as i64;
    }
    finish(Fin::new(neg, q, exp), env, st)
}

/// Whole quotient and remainder of the coefficients, and the remainder's exponent.
#[inline]
fn divide_whole(a: Fin, b: Fin, env: &Env) -> Option<(u128, u128, i64)> {
    if b.coef == 0 || !a.is_near() || !b.is_near() {
        return None;
    }
    let exp = a.exp.min(b.exp);
    let (x, y) = (up(a.coef, a.exp - exp)?, up(b.coef, b.exp - exp)?);
    let (q, r) = if (x | y) >> 64 == 0 {
        let (x, y) = (x as u64, y as u64);
        (u128::from(x / y), u128::from(x % y))
    } else {
        (x / y, x % y)
    };
    (digits128(q) as i64 <= env.prec).then_some((q, r, exp))
}

/// The whole part of `a / b`.
#[inline]
pub fn divide_int(a: Fin, b: Fin, env: &Env, st: &mut Status) -> Option<Fin> {
    let (q, _, _) = divide_whole(a, b, env)?;
    finish(Fin::new(a.neg != b.neg, q, 0), env, st)
}

/// `a % b`
#[inline]
pub fn remainder(a: Fin, b: Fin, env: &Env, st: &mut Status) -> Option<Fin> {
    let (_, r, exp) = divide_whole(a, b, env)?;
    finish(Fin::new(a.neg, r, exp), env, st)
}

/// `a` with the exponent `exp`.
#[inline]
pub fn quantize(a: Fin, exp: i64, env: &Env, st: &mut Status) -> Option<Fin> {
    if !a.is_near() || exp.unsigned_abs() >= NEAR as u64 {
        return None;
    }
    let mut own = 0;
    let coef = if exp <= a.exp {
        up(a.coef, a.exp - exp)?
    } else {
        own = status::ROUNDED;
        let (mut kept, tail) = match usize::try_from(exp - a.exp) {
            _ if a.coef == 0 => {
                own = 0;
                (0, Tail::Zero)
            }
            Ok(n) if n < POW128.len() => cut_off(a.coef, n)?,
            _ => return None,
        };
        if tail != Tail::Zero {
            own |= status::INEXACT;
        }
        kept += u128::from(env.round.grows(tail, (kept % 10) as u64, a.neg));
        kept
    };
    let out = Fin::new(a.neg, coef, exp);
    if digits128(coef) as i64 > env.prec {
        return None;
    }
    let out = finish(out, env, &mut own)?;
    *st |= own;
    Some(out)
}

/// The order of two numbers.
#[inline]
pub fn order(a: Fin, b: Fin) -> Option<Ordering> {
    if !a.is_near() || !b.is_near() {
        return None;
    }
    let sign = |x: Fin| if x.coef == 0 { 0 } else { 1 - 2 * i32::from(x.neg) };
    if sign(a) != sign(b) || sign(a) == 0 {
        return Some(sign(a).cmp(&sign(b)));
    }
    let exp = a.exp.min(b.exp);
    let by = up(a.coef, a.exp - exp)?.cmp(&up(b.coef, b.exp - exp)?);
    Some(if a.neg { by.reverse() } else { by })
}
