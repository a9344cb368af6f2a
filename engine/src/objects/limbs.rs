//! Arithmetic straight on the limbs of big ints: sums, products with few limbs, right shifts. Everything else goes through
//! the big-integer library, which costs copies in and out.

use super::{raw, shapes};
use proto_core::{Heap, Kind, Value};

use super::int::{LIMBS, SIZE};

/// Products are done here while the shorter operand has at most this many limbs.
const SCHOOLBOOK: usize = 24;

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

/// Makes an int of at most `n` limbs that `fill` writes into zeroed words.
fn build(heap: &Heap, negative: bool, n: usize, fill: impl FnOnce(&mut [u64])) -> Value {
    let v = heap.alloc(Kind::BigInt, shapes::INT, LIMBS + n);
    // SAFETY: a fresh object with room for `n` limbs, which nobody else has seen.
    let limbs = unsafe { std::slice::from_raw_parts_mut(raw::bytes_at(v, LIMBS).cast::<u64>(), n) };
    limbs.fill(0);
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

/// `a + b`, or `a - b` when `subtract`; None when one is no int.
pub(super) fn add(heap: &Heap, a: Value, b: Value, subtract: bool) -> Option<Value> {
    let (p, q) = (parts(a)?, parts(b)?);
    let q_negative = q.negative != subtract;
    let (x, y) = (p.limbs(), q.limbs());
    if p.negative == q_negative {
        let (long, short) = if x.len() >= y.len() { (x, y) } else { (y, x) };
        return Some(build(heap, p.negative, long.len() + 1, |out| {
            let mut carry = false;
            for (i, &l) in long.iter().enumerate() {
                let (sum, c1) = l.overflowing_add(short.get(i).copied().unwrap_or(0));
                let (sum, c2) = sum.overflowing_add(u64::from(carry));
                out[i] = sum;
                carry = c1 | c2;
            }
            out[long.len()] = u64::from(carry);
        }));
    }
    // Opposite signs: the smaller magnitude is taken from the larger, whose sign stays.
    let order = x.len().cmp(&y.len()).then_with(|| x.iter().rev().cmp(y.iter().rev()));
    let (long, short, negative) = if order.is_ge() { (x, y, p.negative) } else { (y, x, q_negative) };
    Some(build(heap, negative, long.len(), |out| {
        let mut borrow = false;
        for (i, &l) in long.iter().enumerate() {
            let (rest, b1) = l.overflowing_sub(short.get(i).copied().unwrap_or(0));
            let (rest, b2) = rest.overflowing_sub(u64::from(borrow));
            out[i] = rest;
            borrow = b1 | b2;
        }
    }))
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
        for (j, &s) in short.iter().enumerate() {
            let mut carry = 0u128;
            for (i, &l) in long.iter().enumerate() {
                let t = u128::from(l) * u128::from(s) + u128::from(out[i + j]) + carry;
                out[i + j] = t as u64;
                carry = t >> 64;
            }
            out[j + long.len()] = carry as u64;
        }
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
