//! Decimals as Python objects: what their words mean.
//!
//! Native slots: 0 kind, sign and form (an int), 1 the exponent, 2 and 3 the coefficient: 61 bits each, or in slot 2 a bytes object
//! with the limbs. None of them ever changes once the object is out.

use crate::core::fast::Fin;
use crate::core::nat::Nat;
use crate::core::number::{Dec, Kind as NumberKind};
use crate::decimal::DECIMAL;
use engine::objects::{Bytes, Obj};
use engine::prelude::*;

/// Number of native slots.
pub const NATIVE: u16 = 4;

const KIND: i64 = 3;
const NEGATIVE: i64 = 4;
const LIMBS: i64 = 8;
/// Bits of the coefficient in a slot.
const PART: u32 = 61;
const MASK: u128 = (1 << PART) - 1;

/// Whether `v` is a Decimal.
#[inline]
pub fn is(cx: &mut Ctx, v: Value) -> bool {
    cx.is_exactly(v, &DECIMAL) || v.is_kind(Kind::Object) && cx.is_def(v, &DECIMAL)
}

#[inline]
fn part(n: u128) -> Value {
    Value::int(n as i64).unwrap_or(Value::EMPTY)
}

/// The words of a small number; `None` if its coefficient is too long.
#[inline]
fn words(x: Fin) -> Option<[Value; 4]> {
    let high = x.coef >> PART;
    if high >> PART != 0 {
        return None;
    }
    let meta = if x.neg { NEGATIVE } else { 0 };
    Some([Value::small(meta as i32), Value::int(x.exp)?, part(x.coef & MASK), part(high)])
}

/// The number in a Decimal, if it is finite and small.
#[inline]
pub fn small(v: Value) -> Option<Fin> {
    let o = Obj::of(v)?;
    let meta = o.at(0).as_int()?;
    if meta & !NEGATIVE != 0 {
        return None;
    }
    let coef = o.at(2).as_int()? as u128 | (o.at(3).as_int()? as u128) << PART;
    Some(Fin { neg: meta != 0, exp: o.at(1).as_int()?, coef })
}

/// The number in a Decimal or a small int, if it is finite and small.
#[inline]
pub fn small_operand(cx: &mut Ctx, v: Value) -> Option<Fin> {
    if let Some(i) = v.as_int() {
        return Some(Fin { neg: i < 0, exp: 0, coef: u128::from(i.unsigned_abs()) });
    }
    if is(cx, v) { small(v) } else { None }
}

/// The number in a Decimal.
pub fn load(v: Value) -> Dec {
    if let Some(x) = small(v) {
        return Dec::new(x.neg, Nat::of_u128(x.coef), x.exp);
    }
    let Some(o) = Obj::of(v) else { return Dec::nan() };
    let meta = o.at(0).as_int().unwrap_or(0);
    let kind = match meta & KIND {
        0 => NumberKind::Finite,
        1 => NumberKind::Infinite,
        2 => NumberKind::Quiet,
        _ => NumberKind::Signaling,
    };
    let coef = match Bytes::of(o.at(2)) {
        Some(b) if meta & LIMBS != 0 => {
            let word = |c: &[u8]| c.iter().rev().fold(0u64, |n, &b| n << 8 | u64::from(b));
            Nat::from_limbs(b.as_slice().chunks_exact(8).map(word).collect())
        }
        _ => {
            let half = |i: usize| o.at(i).as_int().unwrap_or(0) as u128;
            Nat::of_u128(half(2) | half(3) << PART)
        }
    };
    Dec { kind, neg: meta & NEGATIVE != 0, exp: o.at(1).as_int().unwrap_or(0), coef }
}

/// The words of a number.
fn words_of(cx: &mut Ctx, d: &Dec) -> PyResult<[Value; 4]> {
    if let Some(coef) = d.coef.to_u128()
        && let Some(mut w) = words(Fin { neg: d.neg, exp: d.exp, coef })
    {
        let meta = d.kind as i64 | if d.neg { NEGATIVE } else { 0 };
        w[0] = Value::small(meta as i32);
        return Ok(w);
    }
    let limbs = d.coef.limbs();
    let bytes = cx.attempt(|heap| {
        Bytes::try_fill(heap, limbs.len() * 8, |out| {
            for (slot, x) in out.chunks_exact_mut(8).zip(limbs) {
                slot.copy_from_slice(&x.to_le_bytes());
            }
        })
    })?;
    let meta = d.kind as i64 | if d.neg { NEGATIVE } else { 0 } | LIMBS;
    let exp = Value::int(d.exp).unwrap_or(Value::small(0));
    Ok([Value::small(meta as i32), exp, bytes, Value::small(0)])
}

/// A Decimal of a small number; EMPTY where it is not small enough, or nobody has made the type yet.
#[inline]
pub fn new_small(cx: &Ctx, x: Fin) -> Value {
    match words(x) {
        Some(w) => cx.new_object_of_known(&DECIMAL, &w).unwrap_or(Value::EMPTY),
        None => Value::EMPTY,
    }
}

/// A Decimal.
pub fn new(cx: &mut Ctx, d: &Dec) -> PyResult {
    let w = words_of(cx, d)?;
    Ok(cx.new_object(&DECIMAL, &w))
}

/// A Decimal of a small number.
#[inline]
pub fn new_of_small(cx: &mut Ctx, x: Fin) -> PyResult {
    match new_small(cx, x) {
        v if v.is_empty() => new(cx, &Dec::new(x.neg, Nat::of_u128(x.coef), x.exp)),
        v => Ok(v),
    }
}

/// An instance of `class`, which is Decimal or derives from it.
pub fn new_of(cx: &mut Ctx, class: Value, d: &Dec) -> PyResult {
    let w = words_of(cx, d)?;
    instance(cx, class, &w)
}

fn instance(cx: &mut Ctx, class: Value, w: &[Value]) -> PyResult {
    let o = cx.alloc_instance(class)?;
    for (i, &v) in w.iter().enumerate() {
        o.set_slot(cx, i, v);
    }
    Ok(o.value())
}

/// The same number as an instance of `class`.
pub fn as_class(cx: &mut Ctx, class: Value, v: Value) -> PyResult {
    if types::type_of(cx, v).value() == class {
        return Ok(v);
    }
    let w = match Obj::of(v) {
        Some(o) => [o.at(0), o.at(1), o.at(2), o.at(3)],
        None => return Ok(v),
    };
    instance(cx, class, &w)
}
