//! `bytes`: immediate up to 7 bytes.
//!
//! Words: 1 length, 2 hash memo, data from word 3.

use super::{hashing, raw, shapes};
use crate::ctx::{Ctx, PyResult};
use proto_core::{Heap, Kind, RawWord, Value};

const LEN: RawWord = RawWord::of_kind(Kind::Bytes, 1);
const HASH: RawWord = RawWord::of_kind(Kind::Bytes, 2);
const DATA: usize = 3;

/// A `bytes` object.
#[derive(Copy, Clone)]
pub struct Bytes(Value);

impl Bytes {
    /// The handle, if `v` is exactly a bytes object.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Bytes> {
        if v.is_bytes() { Some(Bytes(v)) } else { None }
    }

    /// The bytes object in `v`, also when it is an instance of a subclass.
    pub fn of_sub(heap: &Heap, v: Value) -> Option<Bytes> {
        Bytes::of(v).or_else(|| Bytes::of(super::base_value(heap, v)))
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// Makes a bytes object.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(heap: &Heap, b: &[u8]) -> Value {
        Value::short_bytes(b).unwrap_or_else(|| {
            let v = heap.alloc(Kind::Bytes, shapes::BYTES, DATA + b.len().div_ceil(8));
            fill(v, b);
            v
        })
    }

    /// As [`Bytes::new`], of a size that input chooses: `MemoryError` where there is no room.
    #[inline]
    pub fn wish(cx: &mut Ctx, b: &[u8]) -> PyResult {
        cx.make_room(b.len())?;
        Ok(Bytes::new(cx, b))
    }

    /// The same bytes at an address that lasts: an immediate is copied to an object of its own.
    pub fn on_heap(self, heap: &Heap) -> Bytes {
        if self.0.is_ptr() {
            return self;
        }
        let b = self.0.short_content();
        let v = heap.alloc(Kind::Bytes, shapes::BYTES, DATA + 1);
        fill(v, b);
        Bytes(v)
    }

    /// Makes a bytes object of `n` bytes that `fill` writes; `None` when it cannot be allocated.
    pub fn try_fill(heap: &Heap, n: usize, fill: impl FnOnce(&mut [u8])) -> Option<Value> {
        if n <= proto_core::SHORT_MAX {
            let mut b = [0u8; proto_core::SHORT_MAX];
            fill(&mut b[..n]);
            return Value::short_bytes(&b[..n]);
        }
        if n > isize::MAX as usize / 2 {
            return None;
        }
        let v = heap.try_alloc(Kind::Bytes, shapes::BYTES, DATA + n.div_ceil(8))?;
        // SAFETY: a fresh object with room for `n` bytes, which nobody else has seen.
        unsafe {
            raw::store_raw(v, LEN, n as u64);
            raw::store_raw(v, HASH, 0);
            let p = raw::bytes_at(v, DATA);
            std::ptr::write_bytes(p, 0, n);
            fill(std::slice::from_raw_parts_mut(p, n));
        }
        Some(v)
    }

    /// `n` zero bytes; `None` when they cannot be allocated.
    pub fn try_zeroed(heap: &Heap, n: usize) -> Option<Value> {
        Bytes::try_fill(heap, n, |_| {})
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        if !self.0.is_ptr() {
            return self.0.short_content();
        }
        // SAFETY: a heap bytes object; its data is immutable and the handle keeps it alive.
        unsafe {
            let len = raw::load_raw(self.0, LEN) as usize;
            std::slice::from_raw_parts(raw::bytes_at(self.0, DATA), len)
        }
    }

    /// Number of bytes.
    #[inline(always)]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        if self.0.is_ptr() {
            // SAFETY: a heap bytes object.
            unsafe { raw::load_raw(self.0, LEN) as usize }
        } else {
            self.0.short_len()
        }
    }

    /// `hash(b)`, memoized.
    pub fn hash(self) -> i64 {
        if !self.0.is_ptr() {
            return hashing::hash_word(self.0.bits());
        }
        // SAFETY: a heap bytes object; the memo is idempotent.
        unsafe {
            let h = raw::load_raw(self.0, HASH);
            if h != 0 {
                return h as i64;
            }
            // Short content hashes like the immediate of it, also where it was given an address.
            let h = match Value::short_bytes(self.as_slice()) {
                Some(short) => hashing::hash_word(short.bits()),
                None => hashing::hash_bytes(self.as_slice()),
            };
            raw::store_raw(self.0, HASH, h as u64);
            h
        }
    }

    /// `a + b`; `None` when the result cannot be allocated.
    pub fn concat(self, heap: &Heap, other: Bytes) -> Option<Value> {
        let (a, b) = (self.as_slice(), other.as_slice());
        if a.is_empty() {
            return Some(other.0);
        }
        if b.is_empty() {
            return Some(self.0);
        }
        Bytes::try_fill(heap, a.len() + b.len(), |out| {
            out[..a.len()].copy_from_slice(a);
            out[a.len()..].copy_from_slice(b);
        })
    }

    /// `b * n`; `None` when the result cannot be allocated.
    pub fn repeat(self, heap: &Heap, n: usize) -> Option<Value> {
        let b = self.as_slice();
        if n == 1 {
            return Some(self.0);
        }
        let total = b.len().checked_mul(n)?;
        Bytes::try_fill(heap, total, |out| {
            if let [one] = b {
                out.fill(*one);
            } else if !b.is_empty() {
                for c in out.chunks_exact_mut(b.len()) {
                    c.copy_from_slice(b);
                }
            }
        })
    }
}

/// Writes length and content of a fresh object with room for `b`.
fn fill(v: Value, b: &[u8]) {
    // SAFETY: callers allocated room for `b` just now.
    unsafe {
        raw::store_raw(v, LEN, b.len() as u64);
        raw::store_raw(v, HASH, 0);
        std::ptr::copy_nonoverlapping(b.as_ptr(), raw::bytes_at(v, DATA), b.len());
    }
}
