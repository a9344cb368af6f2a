//! The universal word. A [`Value`] is one `u64`; its low two bits say what the rest means:
//!
//! | low bits | meaning |
//! | --- | --- |
//! | `..00` | an int of 62 bits, shifted left by two |
//! | `..01` | a pointer to a cell, bits 2-5 its [`Kind`] (cells are 64-byte aligned) |
//! | `..10` | a float whose exponent is near zero, rotated (see [`Value::float_imm`]) |
//! | `..11` | `None` and friends; strings and bytes of up to seven bytes |
//!
//! What fits an immediate always is one, so equality of bits decides identity.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// What a heap pointer points at. A kind promises a memory layout that is fixed at birth.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Kind {
    /// An object with shape-described slots: instances, modules, subclasses of built-ins.
    Object = 0,
    /// A string of more than seven bytes, generalized UTF-8.
    Str = 1,
    /// Bytes of more than seven bytes.
    Bytes = 2,
    /// A list; its items are in an internal buffer.
    List = 3,
    /// A dict; its entries are in an internal table.
    Dict = 4,
    /// A tuple with its items inline.
    Tuple = 5,
    /// A float that has no immediate form.
    Float = 6,
    /// An int of more than 62 bits.
    BigInt = 7,
    /// A function.
    Function = 8,
    /// A type object.
    Type = 9,
    /// A bound method.
    Method = 10,
    /// A built-in function or descriptor.
    Native = 11,
    /// A set or frozenset.
    Set = 12,
    /// A closure cell.
    Cell = 13,
    /// A generator, coroutine or asynchronous generator.
    Generator = 14,
    /// Buffers, tables and boxes that programs never see.
    Internal = 15,
}

/// Number of kinds.
pub const KINDS: usize = 16;

impl Kind {
    /// The kind with this number (only the low four bits count).
    #[inline(always)]
    pub const fn from_index(i: u8) -> Kind {
        const ALL: [Kind; KINDS] = [
            Kind::Object,
            Kind::Str,
            Kind::Bytes,
            Kind::List,
            Kind::Dict,
            Kind::Tuple,
            Kind::Float,
            Kind::BigInt,
            Kind::Function,
            Kind::Type,
            Kind::Method,
            Kind::Native,
            Kind::Set,
            Kind::Cell,
            Kind::Generator,
            Kind::Internal,
        ];
        ALL[(i & 15) as usize]
    }
}

/// One value. `Copy`, but neither `Send` nor `Sync`: see [`crate::Shared`].
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(transparent)]
pub struct Value(u64, PhantomData<*const ()>);

const TAG: u64 = 3;
const TAG_PTR: u64 = 1;
const TAG_FLOAT: u64 = 2;
const TAG_IMM: u64 = 3;
/// Low five bits of a short string and of short bytes: tag and subtype.
const SUB_MASK: u64 = 0x1f;
const SUB_STR: u64 = TAG_IMM | 1 << 2;
const SUB_BYTES: u64 = TAG_IMM | 2 << 2;
const FLOAT_BIAS: u64 = 1 << 60;
/// Low bits of a pointer that are not address.
pub(crate) const PTR_LOW: u64 = 63;

/// Longest string or bytes that is an immediate.
pub const SHORT_MAX: usize = 7;
/// Smallest and largest immediate int.
pub const INT_MIN: i64 = -(1 << 61);
/// Largest immediate int.
pub const INT_MAX: i64 = (1 << 61) - 1;

impl Value {
    /// `None`.
    pub const NONE: Value = Value::raw(0x003);
    /// `False`.
    pub const FALSE: Value = Value::raw(0x103);
    /// `True`.
    pub const TRUE: Value = Value::raw(0x303);
    /// `Ellipsis`.
    pub const ELLIPSIS: Value = Value::raw(0x403);
    /// `NotImplemented`.
    pub const NOT_IMPLEMENTED: Value = Value::raw(0x603);
    /// Unbound, absent, end of iteration: never seen by programs.
    pub const EMPTY: Value = Value::raw(0x803);

    /// The word as a value.
    ///
    /// # Safety
    /// It is the word of a value: its tag is not "pointer", or a cell of that kind is there and lives as long as the value is used.
    #[inline(always)]
    pub const unsafe fn from_bits(bits: u64) -> Value {
        Value::raw(bits)
    }

    /// The same for this crate, which knows what words it keeps.
    #[inline(always)]
    pub(crate) const fn raw(bits: u64) -> Value {
        Value(bits, PhantomData)
    }

    /// The word.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// A pointer to the cell at `addr` (64-byte aligned).
    ///
    /// # Safety
    /// A cell of this kind is there, or comes to be before the value is used, and lives as long as that.
    #[inline(always)]
    pub const unsafe fn from_addr(addr: usize, kind: Kind) -> Value {
        Value::cell_at(addr, kind)
    }

    /// The address of something that is aligned to four bytes and no cell of the heap, as a word that reads as an int.
    #[inline(always)]
    pub fn address<T>(p: *const T) -> Value {
        Value::raw(p.expose_provenance() as u64 & !3)
    }

    /// The same for this crate.
    #[inline(always)]
    pub(crate) const fn cell_at(addr: usize, kind: Kind) -> Value {
        Value::raw(addr as u64 | (kind as u64) << 2 | TAG_PTR)
    }

    // --- ints ---

    /// The int, when it has an immediate form.
    #[inline(always)]
    pub const fn int(i: i64) -> Option<Value> {
        if i >= INT_MIN && i <= INT_MAX { Some(Value::raw((i as u64) << 2)) } else { None }
    }

    /// An int of 32 bits.
    #[inline(always)]
    pub const fn small(i: i32) -> Value {
        Value::raw((i as i64 as u64) << 2)
    }

    /// A length or index: memory is far smaller than 2^61.
    #[inline(always)]
    pub const fn from_usize(n: usize) -> Value {
        debug_assert!(n as u64 <= INT_MAX as u64);
        Value::raw((n as u64) << 2)
    }

    /// Whether this is an immediate int.
    #[inline(always)]
    pub const fn is_int(self) -> bool {
        self.0 & TAG == 0
    }

    /// The immediate int.
    #[inline(always)]
    pub const fn as_int(self) -> Option<i64> {
        if self.is_int() { Some(self.0 as i64 >> 2) } else { None }
    }

    /// The immediate int of a word known to be one.
    #[inline(always)]
    pub const fn int_unchecked(self) -> i64 {
        self.0 as i64 >> 2
    }

    // --- pointers ---

    /// Whether this points into the heap.
    #[inline(always)]
    pub const fn is_ptr(self) -> bool {
        self.0 & TAG == TAG_PTR
    }

    /// The kind of the object pointed at.
    #[inline(always)]
    pub const fn kind(self) -> Option<Kind> {
        if self.is_ptr() { Some(self.kind_unchecked()) } else { None }
    }

    /// The kind bits of a word known to be a pointer.
    #[inline(always)]
    pub const fn kind_unchecked(self) -> Kind {
        Kind::from_index((self.0 >> 2) as u8)
    }

    /// Whether this points at an object of kind `k`: one mask, one compare.
    #[inline(always)]
    pub const fn is_kind(self, k: Kind) -> bool {
        self.0 & PTR_LOW == (k as u64) << 2 | TAG_PTR
    }

    /// The address of the cell pointed at (meaningless unless `is_ptr`).
    #[inline(always)]
    pub const fn addr(self) -> usize {
        (self.0 & !PTR_LOW) as usize
    }

    // --- floats ---

    /// The immediate form of `f`, which exists for exponents near zero.
    #[inline(always)]
    pub const fn float_imm(f: f64) -> Option<Value> {
        let v = f.to_bits().wrapping_add(FLOAT_BIAS).rotate_left(3);
        if v & TAG == TAG_FLOAT { Some(Value::raw(v)) } else { None }
    }

    /// Whether this is an immediate float.
    #[inline(always)]
    pub const fn is_float_imm(self) -> bool {
        self.0 & TAG == TAG_FLOAT
    }

    /// The immediate float.
    #[inline(always)]
    pub const fn as_float_imm(self) -> Option<f64> {
        if self.is_float_imm() { Some(self.float_unchecked()) } else { None }
    }

    /// The float of a word known to be an immediate float.
    #[inline(always)]
    pub const fn float_unchecked(self) -> f64 {
        f64::from_bits(self.0.rotate_right(3).wrapping_sub(FLOAT_BIAS))
    }

    /// The float, immediate or boxed.
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        if self.is_float_imm() {
            return Some(self.float_unchecked());
        }
        if self.is_kind(Kind::Float) {
            // SAFETY: a live pointer of kind Float has its bits in word 1, immutable since birth.
            return Some(f64::from_bits(unsafe { *((self.addr() + 8) as *const u64) }));
        }
        None
    }

    // --- other immediates ---

    /// `True` or `False`.
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        Value::raw(Value::FALSE.0 | (b as u64) << 9)
    }

    /// Whether this is `True` or `False`.
    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.0 | 0x200 == Value::TRUE.0
    }

    /// The bool.
    #[inline(always)]
    pub const fn as_bool(self) -> Option<bool> {
        if self.is_bool() { Some(self.0 == Value::TRUE.0) } else { None }
    }

    /// Whether this is `None`.
    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.0 == Value::NONE.0
    }

    /// Whether this is [`Value::EMPTY`].
    #[inline(always)]
    pub const fn is_empty(self) -> bool {
        self.0 == Value::EMPTY.0
    }

    /// `None` for EMPTY, else the value.
    #[inline(always)]
    pub const fn non_empty(self) -> Option<Value> {
        if self.is_empty() { None } else { Some(self) }
    }

    const fn short(sub: u64, bytes: &[u8]) -> Option<Value> {
        if bytes.len() > SHORT_MAX {
            return None;
        }
        let n = bytes.len();
        // Two loads that overlap instead of a loop.
        let content = match n {
            0 => 0,
            1 => bytes[0] as u64,
            2 | 3 => pair(bytes, 0) | pair(bytes, n - 2) << (8 * (n - 2)),
            _ => quad(bytes, 0) | quad(bytes, n - 4) << (8 * (n - 4)),
        };
        Some(Value::raw(sub | (n as u64) << 5 | content << 8))
    }

    /// The immediate string of these bytes (generalized UTF-8), if there are at most seven.
    #[inline]
    pub const fn short_str(bytes: &[u8]) -> Option<Value> {
        Value::short(SUB_STR, bytes)
    }

    /// The immediate bytes object, if there are at most seven bytes.
    #[inline]
    pub const fn short_bytes(bytes: &[u8]) -> Option<Value> {
        Value::short(SUB_BYTES, bytes)
    }

    /// Whether this is an immediate string.
    #[inline(always)]
    pub const fn is_short_str(self) -> bool {
        self.0 & SUB_MASK == SUB_STR
    }

    /// Whether this is an immediate bytes object.
    #[inline(always)]
    pub const fn is_short_bytes(self) -> bool {
        self.0 & SUB_MASK == SUB_BYTES
    }

    /// Whether this is a string, immediate or not (exact `str`).
    #[inline(always)]
    pub const fn is_str(self) -> bool {
        self.is_short_str() || self.is_kind(Kind::Str)
    }

    /// Whether this is a bytes object, immediate or not (exact `bytes`).
    #[inline(always)]
    pub const fn is_bytes(self) -> bool {
        self.is_short_bytes() || self.is_kind(Kind::Bytes)
    }

    /// Whether this is a float, immediate or boxed.
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        self.is_float_imm() || self.is_kind(Kind::Float)
    }

    /// Length of an immediate string or bytes object.
    #[inline(always)]
    pub const fn short_len(self) -> usize {
        (self.0 >> 5 & 7) as usize
    }

    /// Content of an immediate string or bytes object, read in place.
    #[inline(always)]
    pub fn short_content(&self) -> &[u8] {
        #[cfg(target_endian = "big")]
        compile_error!("short strings are read in place and need a little-endian target");
        let len = if self.0 & TAG == TAG_IMM { self.short_len() } else { 0 };
        // SAFETY: a Value is eight bytes; the content starts at byte 1 and `len` is at most 7.
        unsafe { std::slice::from_raw_parts((&raw const self.0).cast::<u8>().add(1), len) }
    }
}

/// The two bytes at `i`.
#[inline(always)]
const fn pair(b: &[u8], i: usize) -> u64 {
    b[i] as u64 | (b[i + 1] as u64) << 8
}

/// The four bytes at `i`.
#[inline(always)]
const fn quad(b: &[u8], i: usize) -> u64 {
    pair(b, i) | pair(b, i + 2) << 16
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::NONE => f.write_str("None"),
            Value::TRUE => f.write_str("True"),
            Value::FALSE => f.write_str("False"),
            Value::ELLIPSIS => f.write_str("Ellipsis"),
            Value::NOT_IMPLEMENTED => f.write_str("NotImplemented"),
            Value::EMPTY => f.write_str("EMPTY"),
            v if v.is_int() => write!(f, "{}", v.int_unchecked()),
            v if v.is_float_imm() => write!(f, "{:?}", v.float_unchecked()),
            v if v.is_ptr() => write!(f, "<{:?} at {:#x}>", v.kind_unchecked(), v.addr()),
            v if v.is_short_str() || v.is_short_bytes() => {
                write!(f, "\"{}\"", v.short_content().escape_ascii())
            }
            v => write!(f, "<word {:#x}>", v.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints() {
        for i in [0, 1, -1, INT_MIN, INT_MAX, 1 << 40] {
            assert_eq!(Value::int(i).and_then(Value::as_int), Some(i));
        }
        assert_eq!(Value::int(INT_MAX + 1), None);
        assert_eq!(Value::int(INT_MIN - 1), None);
        assert_eq!(Value::small(-5), Value::int(-5).expect("fits"));
    }

    #[test]
    fn floats() {
        for f in [1.0, -1.0, 0.1, 1e77, -1e-76, std::f64::consts::PI, 123456.789] {
            let v = Value::float_imm(f).expect("near one");
            assert_eq!(v.as_float_imm(), Some(f));
            assert!(v.is_float() && !v.is_int() && !v.is_ptr());
        }
        for f in [0.0, -0.0, f64::INFINITY, f64::NAN, f64::MAX, 5e-324] {
            assert_eq!(Value::float_imm(f), None);
        }
    }

    #[test]
    fn short_strings() {
        for s in ["", "a", "ab", "abc", "four", "fivey", "sixsix", "seven77", "\0\0"] {
            let v = Value::short_str(s.as_bytes()).expect("short");
            assert_eq!(v.short_content(), s.as_bytes());
            assert!(v.is_str() && !v.is_bytes() && !v.is_bool() && !v.is_ptr());
            assert_ne!(v, Value::short_bytes(s.as_bytes()).expect("short"));
        }
        assert_eq!(Value::short_str(b"eightish"), None);
    }

    #[test]
    fn specials_and_pointers() {
        assert_eq!(Value::bool(true), Value::TRUE);
        assert_eq!(Value::bool(false), Value::FALSE);
        let all = [Value::NONE, Value::TRUE, Value::FALSE, Value::ELLIPSIS, Value::NOT_IMPLEMENTED, Value::EMPTY];
        for (i, v) in all.iter().enumerate() {
            assert!(!v.is_ptr() && !v.is_int() && !v.is_float() && !v.is_str() && !v.is_bytes());
            assert_eq!(v.is_bool(), i == 1 || i == 2);
        }
        let p = Value::cell_at(0x1000, Kind::Type);
        assert_eq!((p.addr(), p.kind()), (0x1000, Some(Kind::Type)));
        assert!(p.is_kind(Kind::Type) && !p.is_kind(Kind::Object));
    }
}
