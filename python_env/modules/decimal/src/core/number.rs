//! Numbers, contexts, and the step that every operation ends with: rounding to a context.

use super::nat::{Nat, Tail};
use std::cmp::Ordering;

/// The largest precision and exponent.
pub const MAX_PREC: i64 = 999_999_999_999_999_999;
/// The smallest exponent of a normal number.
pub const MIN_EMIN: i64 = -MAX_PREC;
/// The smallest exponent of any number.
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

/// What an operation met, as a set of bits.
pub type Status = u32;

/// The bits of a [`Status`]: signals, and the conditions that are all `InvalidOperation`.
pub mod status {
    #![allow(missing_docs)]
    use super::Status;
    pub const CLAMPED: Status = 1;
    pub const CONVERSION_SYNTAX: Status = 1 << 1;
    pub const DIVISION_BY_ZERO: Status = 1 << 2;
    pub const DIVISION_IMPOSSIBLE: Status = 1 << 3;
    pub const DIVISION_UNDEFINED: Status = 1 << 4;
    pub const INEXACT: Status = 1 << 6;
    pub const INVALID_CONTEXT: Status = 1 << 7;
    pub const INVALID_OPERATION: Status = 1 << 8;
    pub const OVERFLOW: Status = 1 << 11;
    pub const ROUNDED: Status = 1 << 12;
    pub const SUBNORMAL: Status = 1 << 13;
    pub const UNDERFLOW: Status = 1 << 14;
    pub const FLOAT_OPERATION: Status = 1 << 10;
    /// There was no room for the digits: a `MemoryError`, whatever is trapped.
    pub const NO_MEMORY: Status = 1 << 20;
    /// All that is `InvalidOperation`.
    pub const INVALID: Status =
        CONVERSION_SYNTAX | DIVISION_IMPOSSIBLE | DIVISION_UNDEFINED | INVALID_CONTEXT | INVALID_OPERATION;
    /// What makes a result wrong, not only inexact.
    pub const ERRORS: Status = INVALID | DIVISION_BY_ZERO | NO_MEMORY;
}

/// How a result is rounded, numbered as Python's `ROUND_` names are listed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Round {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

impl Round {
    /// All, by number.
    pub const ALL: [Round; 8] = [
        Round::Up,
        Round::Down,
        Round::Ceiling,
        Round::Floor,
        Round::HalfUp,
        Round::HalfDown,
        Round::HalfEven,
        Round::ZeroFiveUp,
    ];

    /// Whether what is kept grows by one, given what was cut off, its last digit and the sign.
    #[inline]
    pub fn grows(self, tail: Tail, last_digit: u64, neg: bool) -> bool {
        if tail == Tail::Zero {
            return false;
        }
        match self {
            Round::Up => true,
            Round::Down => false,
            Round::Ceiling => !neg,
            Round::Floor => neg,
            Round::HalfUp => tail != Tail::Less,
            Round::HalfDown => tail == Tail::More,
            Round::HalfEven => tail == Tail::More || tail == Tail::Half && last_digit % 2 == 1,
            Round::ZeroFiveUp => last_digit == 0 || last_digit == 5,
        }
    }

    /// Whether an overflow gives infinity, not the largest number.
    fn overflows_to_infinity(self, neg: bool) -> bool {
        match self {
            Round::Up | Round::HalfUp | Round::HalfDown | Round::HalfEven => true,
            Round::Down | Round::ZeroFiveUp => false,
            Round::Ceiling => !neg,
            Round::Floor => neg,
        }
    }
}

/// What results are rounded to.
#[derive(Copy, Clone)]
pub struct Env {
    /// Digits.
    pub prec: i64,
    /// The largest adjusted exponent.
    pub emax: i64,
    /// The smallest adjusted exponent of a normal number.
    pub emin: i64,
    /// How.
    pub round: Round,
    /// Whether exponents above `etop` are avoided by zeros at the end.
    pub clamp: bool,
    /// Whether there is memory for so many bytes.
    pub room: fn(usize) -> bool,
}

impl Env {
    /// The widest context.
    pub fn max(room: fn(usize) -> bool) -> Env {
        Env { prec: MAX_PREC, emax: MAX_PREC, emin: MIN_EMIN, round: Round::HalfEven, clamp: false, room }
    }

    /// The exponent of the smallest subnormal number.
    #[inline]
    pub fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }

    /// The largest exponent of a number with all its digits.
    #[inline]
    pub fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }

    /// Whether there is room for an operation on so many digits; else says so.
    pub fn fits(&self, digits: u64, st: &mut Status) -> bool {
        /// Below so many, nobody asks.
        const LITTLE: u64 = 1 << 17;
        // Two operands, the result and what lies between.
        let bytes = usize::try_from(digits / 18).unwrap_or(usize::MAX).saturating_mul(8 * 5);
        let fits = digits < LITTLE || bytes < isize::MAX as usize && (self.room)(bytes);
        if !fits {
            *st |= status::NO_MEMORY;
        }
        fits
    }
}

/// What kind of number.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A number.
    Finite,
    /// Infinity.
    Infinite,
    /// A quiet NaN.
    Quiet,
    /// A signaling NaN.
    Signaling,
}

/// A number of any kind. A NaN's coefficient is its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dec {
    /// What kind.
    pub kind: Kind,
    /// The sign.
    pub neg: bool,
    /// The exponent of the last digit.
    pub exp: i64,
    /// The digits.
    pub coef: Nat,
}

impl Dec {
    /// A finite number.
    pub fn new(neg: bool, coef: Nat, exp: i64) -> Dec {
        Dec { kind: Kind::Finite, neg, exp, coef }
    }

    /// A small one.
    pub fn small(neg: bool, n: u64, exp: i64) -> Dec {
        Dec::new(neg, Nat::of(n), exp)
    }

    /// A whole number.
    pub fn int(n: i64) -> Dec {
        Dec::small(n < 0, n.unsigned_abs(), 0)
    }

    /// Infinity.
    pub fn infinity(neg: bool) -> Dec {
        Dec { kind: Kind::Infinite, neg, exp: 0, coef: Nat::zero() }
    }

    /// The quiet NaN without payload.
    pub fn nan() -> Dec {
        Dec { kind: Kind::Quiet, neg: false, exp: 0, coef: Nat::zero() }
    }

    /// NaN, and the reason.
    pub fn fail(st: &mut Status, why: Status) -> Dec {
        *st |= why;
        Dec::nan()
    }

    /// Whether it is a NaN.
    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    /// Whether it is infinite.
    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }

    /// Whether it is neither infinite nor a NaN.
    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coef.is_zero()
    }

    /// The exponent of the first digit.
    pub fn adjusted(&self) -> i64 {
        self.exp + self.coef.digits() as i64 - 1
    }

    /// The number with another sign.
    pub fn signed(mut self, neg: bool) -> Dec {
        self.neg = neg;
        self
    }

    /// Whether it is a whole number.
    pub fn is_integer(&self) -> bool {
        self.is_finite()
            && (self.exp >= 0 || self.coef.is_zero() || self.coef.trailing_zeros() >= self.exp.unsigned_abs())
    }

    /// Whether this whole number is odd.
    pub fn is_odd_integer(&self) -> bool {
        self.is_integer() && self.exp <= 0 && self.coef.digit(self.exp.unsigned_abs()) % 2 == 1
    }

    /// The whole number as a word.
    pub fn to_i64(&self) -> Option<i64> {
        if !self.is_integer() {
            return None;
        }
        if self.coef.is_zero() {
            return Some(0);
        }
        if self.adjusted() > 19 {
            return None;
        }
        let n = if self.exp >= 0 { self.coef.shl(self.exp as u64) } else { self.coef.cut(self.exp.unsigned_abs()) };
        let n = i128::try_from(n.to_u128()?).ok()?;
        i64::try_from(if self.neg { -n } else { n }).ok()
    }

    /// The digits shifted up, if there is room.
    pub fn shl(&self, n: u64, env: &Env, st: &mut Status) -> Option<Nat> {
        if self.coef.is_zero() {
            return Some(Nat::zero());
        }
        env.fits(self.coef.digits().saturating_add(n), st).then(|| self.coef.shl(n))
    }
}

/// The order of two finite or infinite numbers.
pub fn order(a: &Dec, b: &Dec) -> Ordering {
    let sign = |d: &Dec| if d.is_zero() { 0 } else { 1 - 2 * i32::from(d.neg) };
    let by_sign = sign(a).cmp(&sign(b));
    if by_sign.is_ne() || sign(a) == 0 {
        return by_sign;
    }
    let magnitude = order_abs(a, b);
    if a.neg { magnitude.reverse() } else { magnitude }
}

/// The order of their magnitudes.
pub fn order_abs(a: &Dec, b: &Dec) -> Ordering {
    match (a.is_infinite(), b.is_infinite()) {
        (false, false) => {}
        (x, y) => return x.cmp(&y),
    }
    if a.is_zero() || b.is_zero() {
        return b.is_zero().cmp(&a.is_zero());
    }
    let lengths = a.adjusted().cmp(&b.adjusted());
    if lengths.is_ne() {
        return lengths;
    }
    if a.exp >= b.exp {
        a.coef.order_scaled((a.exp - b.exp) as u64, &b.coef, 0)
    } else {
        a.coef.order_scaled(0, &b.coef, (b.exp - a.exp) as u64)
    }
}

/// Rounds `d` to the context.
pub fn finalize(mut d: Dec, env: &Env, st: &mut Status) -> Dec {
    match d.kind {
        Kind::Finite => {}
        Kind::Infinite => return d,
        Kind::Quiet | Kind::Signaling => {
            let room = (env.prec - i64::from(env.clamp)) as u64;
            if d.coef.digits() > room {
                d.coef = d.coef.low(room);
            }
            return d;
        }
    }
    let (etiny, etop) = (env.etiny(), env.etop());
    if d.coef.is_zero() {
        let exp = d.exp.clamp(etiny, if env.clamp { etop } else { env.emax });
        if exp != d.exp {
            *st |= status::CLAMPED;
            d.exp = exp;
        }
        return d;
    }
    let digits = d.coef.digits() as i64;
    let mut least = digits + d.exp - env.prec;
    if least > etop {
        return overflow(d.neg, env, st);
    }
    let subnormal = least < etiny;
    if subnormal {
        least = etiny;
        *st |= status::SUBNORMAL;
    }
    if d.exp < least {
        let (mut kept, tail) = d.coef.shr((least - d.exp) as u64);
        *st |= status::ROUNDED;
        if tail != Tail::Zero {
            *st |= status::INEXACT;
            if subnormal {
                *st |= status::UNDERFLOW;
            }
        }
        if env.round.grows(tail, kept.last_digit(), d.neg) {
            kept.increment();
            if kept.digits() as i64 > env.prec {
                kept = kept.cut(1);
                least += 1;
                if least > etop {
                    return overflow(d.neg, env, st);
                }
            }
        }
        if kept.is_zero() {
            *st |= status::CLAMPED;
        }
        d.coef = kept;
        d.exp = least;
    }
    if env.clamp && d.exp > etop {
        match d.shl((d.exp - etop) as u64, env, st) {
            Some(coef) => d.coef = coef,
            None => return Dec::nan(),
        }
        *st |= status::CLAMPED;
        d.exp = etop;
    }
    d
}

fn overflow(neg: bool, env: &Env, st: &mut Status) -> Dec {
    *st |= status::OVERFLOW | status::INEXACT | status::ROUNDED;
    if env.round.overflows_to_infinity(neg) {
        return Dec::infinity(neg);
    }
    if !env.fits(env.prec as u64, st) {
        return Dec::nan();
    }
    Dec::new(neg, Nat::nines(env.prec as u64), env.etop())
}

/// The NaN that an operation on `a` alone gives for a NaN.
pub fn nan_of(a: &Dec, env: &Env, st: &mut Status) -> Option<Dec> {
    match a.kind {
        Kind::Finite | Kind::Infinite => return None,
        Kind::Signaling => *st |= status::INVALID_OPERATION,
        Kind::Quiet => {}
    }
    Some(finalize(Dec { kind: Kind::Quiet, ..a.clone() }, env, st))
}

/// The same of several operands: the first signaling one counts, then the first quiet one.
pub fn nan_among(all: &[&Dec], env: &Env, st: &mut Status) -> Option<Dec> {
    let signaling = all.iter().find(|d| d.kind == Kind::Signaling);
    let chosen = signaling.or_else(|| all.iter().find(|d| d.kind == Kind::Quiet))?;
    nan_of(chosen, env, st)
}
