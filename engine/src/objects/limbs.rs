//! Arithmetic straight on the limbs of big ints: sums, products with few limbs, short divisions, right shifts. Everything else
//! goes through the big-integer library, which costs copies in and out.

use super::{raw, shapes};
use proto_core::{Heap, Kind, Value};

use super::int::{LIMBS, SIZE};
use pynumeric::divisor::{Divisor, divide_by_limb};
use std::cmp::Ordering;

/// Products are done here while the shorter operand has at most this many limbs.
const SCHOOLBOOK: usize = 40;

/// An int as sign and limbs, little end first; a word's limb is held here.
pub(super) struct Parts<'a> {
    negative: bool,
    word: [u64; 1],
    big: Option<&'a [u64]>,
}

impl Parts<'_> {
    fn limbs(&self) -> &[u64] {
        match self.big {
            Some(b) => b,
            None if self.word[0] == 0 => &[],
            None => &self.word,
        }
    }
}

/// Takes an exact int or bool apart.
#[inline]
pub(super) fn parts<'a>(v: Value) -> Option<Parts<'a>> {
    if let Some(i) = v.as_int().or_else(|| v.as_bool().map(i64::from)) {
        return Some(Parts { negative: i < 0, word: [i.unsigned_abs()], big: None });
    }
    if !v.is_kind(Kind::BigInt) {
        return None;
    }
    // SAFETY: a big int; its words are written before it is published and never change, and the caller's operand keeps it
    // alive (nothing collects in this module).
    unsafe {
        let size = raw::load_raw(v, SIZE);
        let limbs = std::slice::from_raw_parts(raw::bytes_at(v, LIMBS).cast::<u64>(), (size >> 1) as usize);
        Some(Parts { negative: size & 1 == 1, word: [0], big: Some(limbs) })
    }
}

/// Makes an int of at most `n` limbs, all of which `fill` writes (what it finds there is arbitrary).
#[inline(always)]
fn build(heap: &Heap, negative: bool, n: usize, fill: impl FnOnce(&mut [u64])) -> Value {
    let v = heap.alloc(Kind::BigInt, shapes::INT, LIMBS + n);
    // SAFETY: a fresh object with room for `n` limbs, which nobody else has seen; allocation initializes its words.
    let limbs = unsafe { std::slice::from_raw_parts_mut(raw::bytes_at(v, LIMBS).cast::<u64>(), n) };
    fill(limbs);
    let used = limbs.iter().rposition(|&l| l != 0).map_or(0, |i| i + 1);
    let word = if used == 0 { 0 } else { limbs[0] };
    if used <= 1
        && let Ok(i) = i64::try_from(word)
    {
        // What fits an immediate is always one; the object is garbage then.
        if let Some(small) = Value::int(if negative { -i } else { i }) {
            finish(v, false, 1.min(n));
            return small;
        }
    }
    finish(v, negative, used);
    v
}

fn finish(v: Value, negative: bool, used: usize) {
    // SAFETY: the object of `build`.
    unsafe { raw::store_raw(v, SIZE, (used as u64) << 1 | u64::from(negative)) };
}

/// `out = long + short` with the carry behind; `out` has one limb more than `long`, which is not the shorter one.
fn sum(long: &[u64], short: &[u64], out: &mut [u64]) {
    let (low, high) = long.split_at(short.len());
    let (out_low, out_high) = out.split_at_mut(short.len());
    let mut carry = false;
    // Eight at a time, so that the carry stays in the flag.
    let (x8, x) = low.as_chunks::<8>();
    let (y8, y) = short.as_chunks::<8>();
    let (o8, o) = out_low.as_chunks_mut::<8>();
    for ((o, x), y) in o8.iter_mut().zip(x8).zip(y8) {
        (o[0], carry) = x[0].carrying_add(y[0], carry);
        (o[1], carry) = x[1].carrying_add(y[1], carry);
        (o[2], carry) = x[2].carrying_add(y[2], carry);
        (o[3], carry) = x[3].carrying_add(y[3], carry);
        (o[4], carry) = x[4].carrying_add(y[4], carry);
        (o[5], carry) = x[5].carrying_add(y[5], carry);
        (o[6], carry) = x[6].carrying_add(y[6], carry);
        (o[7], carry) = x[7].carrying_add(y[7], carry);
    }
    for ((o, &x), &y) in o.iter_mut().zip(x).zip(y) {
        (*o, carry) = x.carrying_add(y, carry);
    }
    out_high[..high.len()].copy_from_slice(high);
    out_high[high.len()] = 0;
    for o in out_high {
        if !carry {
            break;
        }
        (*o, carry) = o.overflowing_add(1);
    }
}

/// `out = long - short`, which is not negative; `out` is as long as `long`.
fn difference(long: &[u64], short: &[u64], out: &mut [u64]) {
    let (low, high) = long.split_at(short.len());
    let (out_low, out_high) = out.split_at_mut(short.len());
    let mut borrow = false;
    for ((o, &x), &y) in out_low.iter_mut().zip(low).zip(short) {
        (*o, borrow) = x.borrowing_sub(y, borrow);
    }
    out_high.copy_from_slice(high);
    for o in out_high {
        if !borrow {
            break;
        }
        (*o, borrow) = o.overflowing_sub(1);
    }
}

/// `a + b`, or `a - b` when `subtract`; None when one is no int.
pub(super) fn add(heap: &Heap, a: Value, b: Value, subtract: bool) -> Option<Value> {
    let (p, q) = (parts(a)?, parts(b)?);
    let q_negative = q.negative != subtract;
    let (x, y) = (p.limbs(), q.limbs());
    if p.negative == q_negative {
        let (long, short) = if x.len() >= y.len() { (x, y) } else { (y, x) };
        return Some(build(heap, p.negative, long.len() + 1, |out| sum(long, short, out)));
    }
    // Opposite signs: the smaller magnitude is taken from the larger, whose sign stays.
    let order = x.len().cmp(&y.len()).then_with(|| x.iter().rev().cmp(y.iter().rev()));
    let (long, short, negative) = if order.is_ge() { (x, y, p.negative) } else { (y, x, q_negative) };
    Some(build(heap, negative, long.len(), |out| difference(long, short, out)))
}

/// `a * b` when one of them is short; None otherwise.
pub(super) fn mul(heap: &Heap, a: Value, b: Value) -> Option<Value> {
    let (p, q) = (parts(a)?, parts(b)?);
    let (x, y) = (p.limbs(), q.limbs());
    let (long, short) = if x.len() >= y.len() { (x, y) } else { (y, x) };
    if short.len() > SCHOOLBOOK {
        return None;
    }
    Some(build(heap, p.negative != q.negative, long.len() + short.len(), |out| {
        let Some((&first, rest)) = short.split_first() else { return out.fill(0) };
        let mut carry = 0;
        for (o, &l) in out.iter_mut().zip(long) {
            (*o, carry) = l.carrying_mul(first, carry);
        }
        out[long.len()] = carry;
        for (j, &s) in rest.iter().enumerate() {
            let row = &mut out[j + 1..];
            let mut carry = 0;
            for (o, &l) in row.iter_mut().zip(long) {
                (*o, carry) = l.carrying_mul_add(s, *o, carry);
            }
            row[long.len()] = carry;
        }
    }))
}

/// Dividends of at most this many limbs are divided here, on the stack.
const DIVIDEND: usize = 256;
/// Longer ones too, while the divisor or the quotient is this short: the library's recursion pays off only beyond.
const SHORT: usize = 64;
/// And while there are at most this many products of limbs: a few milliseconds, in which nobody polls.
const PRODUCTS: usize = 1 << 22;

/// `(a // b, a % b)`, `b` not zero, of moderate size; None for others. Only what is asked for is made.
pub(super) fn divide(heap: &Heap, a: Value, b: Value, quotient: bool, remainder: bool) -> Option<(Value, Value)> {
    let (p, q) = (parts(a)?, parts(b)?);
    let (x, y) = (p.limbs(), q.limbs());
    if y.is_empty() {
        return None;
    }
    if x.len() < y.len() && p.negative == q.negative {
        return Some((Value::small(0), a.as_bool().map_or(a, |b| Value::small(i32::from(b)))));
    }
    let job = Division { x, y, signs: (p.negative, q.negative), quotient, remainder };
    let quot = x.len().saturating_sub(y.len()) + 2;
    match x.len().max(y.len()) {
        0..23 => Some(job.within::<24>(heap)),
        23..DIVIDEND => Some(job.within::<{ DIVIDEND + 1 }>(heap)),
        n if quot.min(y.len()) <= SHORT && quot.saturating_mul(y.len()) <= PRODUCTS => {
            let mut room = Vec::new();
            // Without memory the library's path says so.
            room.try_reserve_exact(n + 1 + quot + y.len()).ok()?;
            room.resize(n + 1 + quot + y.len(), 0);
            let (rest, room) = room.split_at_mut(n + 1);
            let (quot, normal) = room.split_at_mut(quot);
            Some(job.run(heap, rest, quot, normal))
        }
        _ => None,
    }
}

/// Two magnitudes to divide, the divisor not zero, with their signs (`true`: negative) and what is wanted.
struct Division<'a> {
    x: &'a [u64],
    y: &'a [u64],
    signs: (bool, bool),
    quotient: bool,
    remainder: bool,
}

impl Division<'_> {
    /// For fewer than `N` limbs.
    #[inline(never)]
    fn within<const N: usize>(&self, heap: &Heap) -> (Value, Value) {
        let (mut rest, mut quot, mut normal) = ([0u64; N], [0u64; N], [0u64; N]);
        let quot = &mut quot[..self.x.len().saturating_sub(self.y.len()) + 2];
        self.run(heap, &mut rest[..=self.x.len().max(self.y.len())], quot, &mut normal[..self.y.len()])
    }

    /// With room of zeros: a limb more than the longer operand, the quotient's limbs and one, the divisor's.
    fn run(&self, heap: &Heap, rest: &mut [u64], quot: &mut [u64], normal: &mut [u64]) -> (Value, Value) {
        let (x, y) = (self.x, self.y);
        if let [d] = *y {
            rest[0] = divide_by_limb(x, d, quot);
        } else {
            rest[..x.len()].copy_from_slice(x);
            if x.len() >= y.len() {
                normal.copy_from_slice(y);
                long_division(&mut rest[..=x.len()], normal, &mut quot[..=x.len() - y.len()]);
            }
        }
        let differ = self.signs.0 != self.signs.1;
        if differ && rest.iter().any(|&l| l != 0) {
            // Floored: one less, and what remains has the divisor's sign.
            for l in quot.iter_mut() {
                *l = l.wrapping_add(1);
                if *l != 0 {
                    break;
                }
            }
            let mut borrow = false;
            for (i, o) in rest.iter_mut().enumerate() {
                (*o, borrow) = y.get(i).copied().unwrap_or(0).borrowing_sub(*o, borrow);
            }
        }
        let make = |wanted: bool, negative: bool, limbs: &[u64]| {
            if !wanted {
                return Value::EMPTY;
            }
            let used = limbs.iter().rposition(|&l| l != 0).map_or(1, |i| i + 1);
            build(heap, negative, used, |out| out.copy_from_slice(&limbs[..used]))
        };
        (make(self.quotient, differ, quot), make(self.remainder, self.signs.1, rest))
    }
}

/// Knuth's algorithm D: leaves the remainder of `u` by `d` in `u`, and `d` changed. `d` has two limbs at least, the last one
/// not zero; `u` has a spare last limb of zero; `quot` has `u.len() - d.len()` limbs.
fn long_division(u: &mut [u64], d: &mut [u64], quot: &mut [u64]) {
    let n = d.len();
    let shift = d[n - 1].leading_zeros();
    shift_left(d, shift);
    shift_left(u, shift);
    let (top, next) = (u128::from(d[n - 1]), u128::from(d[n - 2]));
    let divisor = Divisor::new(d[n - 1]);
    for j in (0..quot.len()).rev() {
        let (high, low) = (u[j + n], u[j + n - 1]);
        let head = u128::from(high) << 64 | u128::from(low);
        let (mut guess, mut left) = if u128::from(high) >= top {
            (u128::from(u64::MAX), head - top * u128::from(u64::MAX))
        } else {
            let (guess, left) = divisor.divide(head);
            (u128::from(guess), u128::from(left))
        };
        while left >> 64 == 0 && guess * next > (left << 64 | u128::from(u[j + n - 2])) {
            guess -= 1;
            left += top;
        }
        let guess = guess as u64;
        let (mut carry, mut borrow) = (0u64, false);
        for (o, &l) in u[j..].iter_mut().zip(d.iter()) {
            let low;
            (low, carry) = l.carrying_mul(guess, carry);
            (*o, borrow) = o.borrowing_sub(low, borrow);
        }
        (u[j + n], borrow) = u[j + n].borrowing_sub(carry, borrow);
        quot[j] = guess;
        if borrow {
            // The guess was one too high.
            quot[j] -= 1;
            let mut carry = false;
            for (o, &l) in u[j..].iter_mut().zip(d.iter()) {
                (*o, carry) = o.carrying_add(l, carry);
            }
            u[j + n] = u[j + n].wrapping_add(u64::from(carry));
        }
    }
    if shift > 0 {
        let mut high = 0;
        for l in u.iter_mut().rev() {
            (*l, high) = (*l >> shift | high, *l << (64 - shift));
        }
    }
}

/// Shifts by less than a limb; the bits that leave at the end are zero.
fn shift_left(limbs: &mut [u64], shift: u32) {
    if shift > 0 {
        let mut low = 0;
        for l in limbs.iter_mut() {
            (*l, low) = (*l << shift | low, *l >> (64 - shift));
        }
    }
}

/// The order of two ints; None when one is no int.
pub(super) fn cmp(a: Value, b: Value) -> Option<Ordering> {
    let (p, q) = (parts(a)?, parts(b)?);
    if p.negative != q.negative {
        return Some(q.negative.cmp(&p.negative));
    }
    let (x, y) = (p.limbs(), q.limbs());
    let order = x.len().cmp(&y.len()).then_with(|| x.iter().rev().cmp(y.iter().rev()));
    Some(if p.negative { order.reverse() } else { order })
}

/// `-v` of a big int; None for others.
pub(super) fn neg(heap: &Heap, v: Value) -> Option<Value> {
    let p = parts(v)?;
    let limbs = p.big?;
    Some(build(heap, !p.negative, limbs.len(), |out| out.copy_from_slice(limbs)))
}

/// Sign and number of bits of the magnitude; None when `v` is no int.
pub(super) fn size(v: Value) -> Option<(bool, u64)> {
    let p = parts(v)?;
    let limbs = p.limbs();
    let top = limbs.last().map_or(0, |l| u64::from(64 - l.leading_zeros()));
    Some((p.negative, (limbs.len() as u64).saturating_sub(1) * 64 + top))
}

/// The magnitude modulo the prime of Python's hashes, and the sign; None when `v` is no int.
pub(super) fn hash(v: Value) -> Option<i64> {
    let p = parts(v)?;
    const MODULUS: u64 = pynumeric::hash::MODULUS;
    let mut h = 0u64;
    for &l in p.limbs().iter().rev() {
        // Two to the 64th is eight, two to the 61st is one.
        let n = u128::from(h) * 8 + u128::from(l);
        h = (n as u64 & MODULUS) + (n >> 61) as u64;
        h -= if h >= MODULUS { MODULUS } else { 0 };
    }
    let h = if p.negative { -(h as i64) } else { h as i64 };
    Some(if h == -1 { -2 } else { h })
}

/// `v << n` by a moderate number of bits; None for others.
pub(super) fn shl(heap: &Heap, v: Value, n: Value) -> Option<Value> {
    const MOST: i64 = 1 << 20;
    let p = parts(v)?;
    let n = n.as_int().filter(|n| (0..MOST).contains(n))? as usize;
    let (words, bits) = (n / 64, (n % 64) as u32);
    let source = p.limbs();
    if source.is_empty() {
        return Some(Value::small(0));
    }
    Some(build(heap, p.negative, source.len() + words + 1, |out| {
        let (low, high) = out.split_at_mut(words);
        low.fill(0);
        let mut carry = 0;
        for (o, &l) in high.iter_mut().zip(source) {
            *o = l << bits | carry;
            carry = if bits == 0 { 0 } else { l >> (64 - bits) };
        }
        high[source.len()] = carry;
    }))
}

/// `v >> n` for a non-negative `v`; None for others.
pub(super) fn shr(heap: &Heap, v: Value, n: Value) -> Option<Value> {
    let p = parts(v)?;
    let n = usize::try_from(n.as_int()?).ok()?;
    if p.negative {
        return None;
    }
    let (words, bits) = (n / 64, (n % 64) as u32);
    let source = p.limbs().get(words..).unwrap_or(&[]);
    Some(build(heap, false, source.len(), |out| {
        for (i, &l) in source.iter().enumerate() {
            let high = source.get(i + 1).copied().unwrap_or(0);
            out[i] = if bits == 0 { l } else { l >> bits | high << (64 - bits) };
        }
    }))
}

/// `a ^ b`, `a & b` or `a | b` of two non-negative ints; None for others.
pub(super) fn bits(heap: &Heap, a: Value, b: Value, op: fn(u64, u64) -> u64) -> Option<Value> {
    let (p, q) = (parts(a)?, parts(b)?);
    if p.negative || q.negative {
        return None;
    }
    let (x, y) = (p.limbs(), q.limbs());
    let at = |s: &[u64], i: usize| s.get(i).copied().unwrap_or(0);
    Some(build(heap, false, x.len().max(y.len()), |out| {
        for (i, slot) in out.iter_mut().enumerate() {
            *slot = op(at(x, i), at(y, i));
        }
    }))
}
