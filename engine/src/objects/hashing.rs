//! Hashes and equality of values for which no Python code runs.

use super::{Str, Tuple, bytes::Bytes, float, int, raw, shapes};
use crate::protocol::CmpOp;
use proto_core::sync::{Ordering, StaticCounter64};
use proto_core::{Kind, Value};

/// Key of the string hash. Chosen once per process, before the first string is hashed; no order is needed then.
static SEED: StaticCounter64 = StaticCounter64::new(0x9E37_79B9_7F4A_7C15);

/// Sets the key of string hashes: call once, before any runtime is created.
pub fn set_hash_seed(seed: u64) {
    SEED.store(seed, Ordering::Relaxed);
}

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let m = u128::from(a) * u128::from(b);
    m as u64 ^ (m >> 64) as u64
}

const K0: u64 = 0xA076_1D64_78BD_642F;
const K1: u64 = 0xE703_7ED1_A0B4_28DB;

/// A hash that is neither 0 (the memo's "not computed") nor -1 (Python's "error").
#[inline(always)]
fn tidy(h: u64) -> i64 {
    if h.wrapping_add(1) <= 1 { 0x5bd1_e995 } else { h as i64 }
}

/// Keyed hash of a word, as of a short string or bytes object: another one in every process.
#[inline(always)]
pub fn hash_word(bits: u64) -> i64 {
    tidy(fold(bits ^ SEED.load(Ordering::Relaxed), K0))
}

/// Keyed hash of bytes: folded multiplications over 16 bytes a step.
pub fn hash_bytes(b: &[u8]) -> i64 {
    let seed = SEED.load(Ordering::Relaxed);
    let word = |s: &[u8], at: usize| -> u64 {
        let mut w = [0u8; 8];
        w.copy_from_slice(&s[at..at + 8]);
        u64::from_le_bytes(w)
    };
    let mut h = seed ^ (b.len() as u64).wrapping_mul(K1);
    if b.len() < 16 {
        let mut tail = [0u8; 16];
        tail[..b.len()].copy_from_slice(b);
        h = fold(word(&tail, 0) ^ K0, word(&tail, 8) ^ h);
        return tidy(fold(h, K1));
    }
    let mut chunks = b.chunks_exact(16);
    for c in &mut chunks {
        h = fold(word(c, 0) ^ K0, word(c, 8) ^ h);
    }
    // The last 16 bytes, overlapping what was read already.
    let last = &b[b.len() - 16..];
    h = fold(word(last, 0) ^ K1, word(last, 8) ^ h);
    tidy(fold(h, K0))
}

/// Hash of identity, spread like CPython's (addresses are multiples of 64).
#[inline]
pub fn hash_pointer(v: Value) -> i64 {
    let h = v.bits().rotate_right(6) as i64;
    if h == -1 { -2 } else { h }
}

/// The hash of a value whose hash needs no Python code; `None` for everything else, unhashable values included.
#[inline(always)]
pub fn fast_hash(v: Value) -> Option<i64> {
    if let Some(i) = v.as_int() {
        return Some(int::hash_i64(i));
    }
    if let Some(s) = Str::of(v) {
        return Some(s.hash());
    }
    fast_hash_rest(v)
}

/// `aux` of an object that wraps a core value whose equality, order and hash its class leaves alone.
const AS_BASE: u16 = 1;

/// `aux` of an object whose class leaves equality and hash as `object` has them.
const BY_IDENTITY: u16 = 2;

/// As [`CHANGED`], of classes whose instances were told so.
static NO_IDENTITY: StaticCounter64 = StaticCounter64::new(0);

/// Tells a fresh object that it compares and hashes by identity.
#[inline(always)]
pub(crate) fn note_by_identity(v: Value) {
    // SAFETY: an object; its kind leaves `aux` to this file.
    unsafe { raw::set_aux(v, BY_IDENTITY) };
}

/// A class whose instances were told that they compare by identity changes that. Its slots have been published.
pub(crate) fn no_longer_by_identity() {
    NO_IDENTITY.store(1, Ordering::Release);
}

/// Whether an object is known to compare and hash by identity.
#[inline(always)]
fn by_identity(v: Value) -> bool {
    // SAFETY: an object's `aux` is this file's. Acquire pairs with the release of `no_longer_by_identity`.
    unsafe { raw::aux(v) == BY_IDENTITY && NO_IDENTITY.load(Ordering::Acquire) == 0 }
}

/// Whether some class has ever changed them after instances could be made: then no object's `aux` is believed.
static CHANGED: StaticCounter64 = StaticCounter64::new(0);

/// Notes of a fresh object, which wraps a core value in native slot 0, that it compares and hashes like that.
pub(crate) fn note_compares_as_base(v: Value, yes: bool) {
    if v.is_kind(Kind::Object) {
        // SAFETY: an object; its kind leaves `aux` to this file.
        unsafe { raw::set_aux(v, if yes { AS_BASE } else { 0 }) };
    }
}

/// A class that had left equality, order and hash alone does so no longer. Whoever calls this has not published the change yet.
pub(crate) fn no_longer_as_base() {
    CHANGED.store(1, Ordering::Release);
}

/// The core value that stands for `v` in comparisons and hashes: what it wraps, or itself. `TypeFlags::COMPARES_AS_BASE` says it of the
/// type, which needs the heap; where nothing is believed any more, `protocol::compare` still goes by that.
#[inline(always)]
fn bare(v: Value) -> Value {
    // SAFETY: an object's `aux` is this file's; what it marks has the value in its first slot, for ever. Acquire pairs with the
    // release of `no_longer_as_base`.
    unsafe {
        if v.is_kind(Kind::Object) && raw::aux(v) == AS_BASE && CHANGED.load(Ordering::Acquire) == 0 {
            return super::instance::native_slot(v, 0);
        }
    }
    v
}

/// The text that an object wraps and by which it compares and hashes; None for others, and for strings themselves.
#[cold]
pub(crate) fn wrapped_text(v: Value) -> Option<Str> {
    if v.is_kind(Kind::Object) { Str::of(bare(v)) } else { None }
}

/// Whether a type object's metaclass is `type` itself: it compares and hashes by identity. Classes are frequent keys (registries,
/// dispatch by type).
#[inline(always)]
fn is_plain_class(v: Value) -> bool {
    // SAFETY: a heap object.
    unsafe { raw::shape(v) == shapes::TYPE.0 }
}

#[inline(never)]
fn fast_hash_rest(v: Value) -> Option<i64> {
    if v.is_kind(Kind::Tuple) {
        return tuple_fast_hash(v, 0);
    }
    let v = bare(v);
    if v.is_kind(Kind::Object) {
        return by_identity(v).then(|| hash_pointer(v));
    }
    if let Some(i) = v.as_int() {
        return Some(int::hash_i64(i));
    }
    if let Some(s) = Str::of(v) {
        return Some(s.hash());
    }
    if let Some(f) = v.as_float() {
        return Some(float::hash_f64(f, v));
    }
    match v {
        Value::TRUE => return Some(1),
        Value::FALSE => return Some(0),
        Value::NONE => return Some(0xFCA8_6420),
        Value::ELLIPSIS | Value::NOT_IMPLEMENTED => return Some(hash_pointer(v)),
        _ => {}
    }
    if let Some(b) = Bytes::of(v) {
        return Some(b.hash());
    }
    match v.kind()? {
        Kind::BigInt => Some(int::hash(v)),
        Kind::Function => Some(hash_pointer(v)),
        Kind::Type if is_plain_class(v) => Some(hash_pointer(v)),
        Kind::Tuple => tuple_fast_hash(v, 0),
        _ => None,
    }
}

/// Nesting up to which tuples are hashed and compared here.
const DEPTH: usize = 16;

fn tuple_fast_hash(v: Value, depth: usize) -> Option<i64> {
    let t = Tuple::of(v)?;
    if let Some(h) = t.hash_memo() {
        return Some(h);
    }
    if depth > DEPTH {
        return None;
    }
    let mut acc = TupleHash::new();
    for x in t.items() {
        // What wraps a tuple is a level of the nesting, too.
        let x = bare(x);
        let h = if x.is_kind(Kind::Tuple) { tuple_fast_hash(x, depth + 1)? } else { fast_hash(x)? };
        acc.add(h);
    }
    let h = acc.finish();
    t.set_hash_memo(h);
    Some(h)
}

/// Python's tuple hash (a simplified xxHash over the items' hashes).
pub struct TupleHash {
    acc: u64,
    len: u64,
}

const XX1: u64 = 11_400_714_785_074_694_791;
const XX2: u64 = 14_029_467_366_897_019_727;
const XX5: u64 = 2_870_177_450_012_600_261;

impl TupleHash {
    /// No items yet.
    #[allow(clippy::new_without_default)]
    pub fn new() -> TupleHash {
        TupleHash { acc: XX5, len: 0 }
    }

    /// Adds the hash of the next item.
    #[inline]
    pub fn add(&mut self, h: i64) {
        self.acc = self.acc.wrapping_add((h as u64).wrapping_mul(XX2)).rotate_left(31).wrapping_mul(XX1);
        self.len += 1;
    }

    /// The tuple's hash.
    pub fn finish(self) -> i64 {
        let h = self.acc.wrapping_add(self.len ^ (XX5 ^ 3_527_539));
        if h == u64::MAX { 1_546_275_796 } else { h as i64 }
    }
}

/// What equality needs to know about a value.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Class {
    Str,
    Bytes,
    Number,
    Tuple,
    /// Equal to itself only.
    Identity,
    /// May have an `__eq__` of its own.
    Other,
}

#[inline]
fn class(v: Value) -> Class {
    if !v.is_ptr() {
        if v.is_int() || v.is_float_imm() || v.is_bool() {
            Class::Number
        } else if v.is_short_str() {
            Class::Str
        } else if v.is_short_bytes() {
            Class::Bytes
        } else {
            Class::Identity
        }
    } else {
        match v.kind_unchecked() {
            Kind::Str => Class::Str,
            Kind::Bytes => Class::Bytes,
            Kind::Float | Kind::BigInt => Class::Number,
            Kind::Tuple => Class::Tuple,
            Kind::Function | Kind::Generator => Class::Identity,
            Kind::Type if is_plain_class(v) => Class::Identity,
            Kind::Object if by_identity(v) => Class::Identity,
            _ => Class::Other,
        }
    }
}

/// `a is b or a == b` where no Python code can run; `None` means that it may: ask `protocol::eq`.
#[inline(always)]
pub fn simple_eq(a: Value, b: Value) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    if let (Some(x), Some(y)) = (Str::of(a), Str::of(b)) {
        return Some(x.eq(y));
    }
    if a.is_int() && b.is_int() {
        return Some(false);
    }
    simple_eq_rest(a, b, 0)
}

#[inline(never)]
fn simple_eq_rest(a: Value, b: Value, depth: usize) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    if let (Some(x), Some(y)) = (Tuple::of(a), Tuple::of(b)) {
        return tuple_eq(x, y, depth);
    }
    let (a, b) = (bare(a), bare(b));
    let (ca, cb) = (class(a), class(b));
    // bytes == str may warn (`-b`), which the protocol does; keys of different classes are unequal here.
    match (ca, cb) {
        (Class::Other, _) | (_, Class::Other) => None,
        (Class::Bytes, _) | (_, Class::Bytes) if ca != cb && crate::exceptions::bytes_warning() => None,
        (Class::Number, Class::Number) => Some(int::number_eq(a, b)),
        (Class::Str, Class::Str) => Some(Str::of(a)?.eq(Str::of(b)?)),
        (Class::Bytes, Class::Bytes) => Some(Bytes::of(a)?.as_slice() == Bytes::of(b)?.as_slice()),
        (Class::Tuple, Class::Tuple) => tuple_eq(Tuple::of(a)?, Tuple::of(b)?, depth),
        _ => Some(false),
    }
}

#[inline]
fn tuple_eq(x: Tuple, y: Tuple, depth: usize) -> Option<bool> {
    if depth > DEPTH {
        return None;
    }
    // Items are compared up to the first difference, as Python does; lengths first is not observable here.
    if x.len() != y.len() {
        return Some(false);
    }
    for (&p, &q) in x.as_slice().iter().zip(y.as_slice()) {
        // Equal ints, and equal short strings, are the same word.
        let plain = p.is_int() && q.is_int() || p.is_short_str() && q.is_short_str();
        if p != q && (plain || !simple_eq_rest(p, q, depth + 1)?) {
            return Some(false);
        }
    }
    Some(true)
}

/// The order of two tuples is that of the first items that differ.
#[inline]
fn tuple_compare(op: CmpOp, x: Tuple, y: Tuple, depth: usize) -> Option<bool> {
    if depth > DEPTH {
        return None;
    }
    for (&p, &q) in x.as_slice().iter().zip(y.as_slice()) {
        // Identity counts as equality here.
        if p == q {
            continue;
        }
        let ints = p.is_int() && q.is_int();
        let floats = p.is_float_imm() && q.is_float_imm();
        let equal = match (ints, floats) {
            (true, _) => false,
            (_, true) => p.float_unchecked() == q.float_unchecked(),
            _ => simple_eq_rest(p, q, depth + 1)?,
        };
        if !equal {
            return match op {
                CmpOp::Eq => Some(false),
                CmpOp::Ne => Some(true),
                _ if ints => Some(op.test((p.bits() as i64).cmp(&(q.bits() as i64)))),
                _ => simple_compare_rest(op, p, q, depth + 1),
            };
        }
    }
    Some(op.test(x.len().cmp(&y.len())))
}

/// `a < b` where no Python code can run; `None` means that it may, or that the values do not compare.
#[inline(always)]
pub fn simple_lt(a: Value, b: Value) -> Option<bool> {
    simple_compare(CmpOp::Lt, a, b)
}

/// The order of two immediate strings: the first byte of the content weighs most; what is missing is zeros, so that the
/// lengths decide last.
#[inline(always)]
pub(super) fn cmp_short(a: Value, b: Value) -> std::cmp::Ordering {
    let (v, w) = (a.bits() >> 8, b.bits() >> 8);
    v.swap_bytes().cmp(&w.swap_bytes()).then(a.short_len().cmp(&b.short_len()))
}

/// `a op b` where no Python code can run; `None` means that it may, or that the values do not compare.
#[inline(always)]
pub fn simple_compare(op: CmpOp, a: Value, b: Value) -> Option<bool> {
    if a.is_int() && b.is_int() {
        return Some(op.test((a.bits() as i64).cmp(&(b.bits() as i64))));
    }
    if a.is_short_str() && b.is_short_str() {
        return Some(match op {
            CmpOp::Eq => a == b,
            CmpOp::Ne => a != b,
            _ => op.test(cmp_short(a, b)),
        });
    }
    simple_compare_rest(op, a, b, 0)
}

#[inline(never)]
fn simple_compare_rest(op: CmpOp, a: Value, b: Value, depth: usize) -> Option<bool> {
    // Only their types know an order of them.
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) && matches!(a.kind(), Some(Kind::Set | Kind::List | Kind::Dict)) {
        return None;
    }
    if let (Some(x), Some(y)) = (Tuple::of(a), Tuple::of(b)) {
        return tuple_compare(op, x, y, depth);
    }
    if a.is_float_imm() && b.is_float_imm() {
        let order = a.float_unchecked().partial_cmp(&b.float_unchecked());
        return Some(order.map_or(op == CmpOp::Ne, |o| op.test(o)));
    }
    let (a, b) = (bare(a), bare(b));
    if a.is_kind(Kind::Object) || b.is_kind(Kind::Object) {
        return None;
    }
    match (class(a), class(b)) {
        // A NaN is unequal to everything and in no order.
        (Class::Number, Class::Number) => Some(int::number_cmp(a, b).map_or(op == CmpOp::Ne, |o| op.test(o))),
        (Class::Str, Class::Str) => {
            let (x, y) = (Str::of(a)?, Str::of(b)?);
            Some(match op {
                CmpOp::Eq => x.eq(y),
                CmpOp::Ne => !x.eq(y),
                _ => op.test(x.cmp(y)),
            })
        }
        (Class::Bytes, Class::Bytes) => Some(op.test(Bytes::of(a)?.as_slice().cmp(Bytes::of(b)?.as_slice()))),
        (Class::Tuple, Class::Tuple) => tuple_compare(op, Tuple::of(a)?, Tuple::of(b)?, depth),
        _ => match op {
            CmpOp::Eq => simple_eq_rest(a, b, depth),
            CmpOp::Ne => simple_eq_rest(a, b, depth).map(|equal| !equal),
            _ => None,
        },
    }
}
