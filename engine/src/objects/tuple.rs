//! Tuples: items inline. Words: 1 length, 2 hash memo (0: not computed), items from word 3.

use super::{List, hashing::TupleHash, raw, shapes};
use crate::ctx::{Ctx, PyResult, Raised};
use proto_core::{Heap, Kind, RawWord, Value};

const LEN: RawWord = RawWord::of_kind(Kind::Tuple, 1);
const HASH: RawWord = RawWord::of_kind(Kind::Tuple, 2);
const ITEMS: usize = 3;
/// Word of the first item.
pub const FIRST_ITEM: usize = ITEMS;

/// A `tuple`.
#[derive(Copy, Clone)]
pub struct Tuple(Value);

impl Tuple {
    /// The handle, if `v` is exactly a tuple.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Tuple> {
        if v.is_kind(Kind::Tuple) { Some(Tuple(v)) } else { None }
    }

    /// The tuple in `v`, also when it is an instance of a subclass.
    #[inline]
    pub fn of_sub(heap: &Heap, v: Value) -> Option<Tuple> {
        Tuple::of(v).or_else(|| Tuple::of(super::base_value(heap, v)))
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// Makes a tuple of the given items.
    #[inline]
    #[allow(clippy::new_ret_no_self)]
    pub fn new(heap: &Heap, items: &[Value]) -> Value {
        if items.is_empty() {
            return Tuple::empty(heap);
        }
        let v = alloc(heap, items.len());
        for (i, x) in items.iter().enumerate() {
            // SAFETY: a fresh tuple of `items.len()` items.
            unsafe { raw::init(v, ITEMS + i, *x) };
        }
        v
    }

    /// As [`Tuple::new`], of a size that input chooses: `MemoryError` where there is no room.
    #[inline]
    pub fn wish(cx: &mut Ctx, items: &[Value]) -> PyResult {
        cx.make_room_for(items.len(), 8)?;
        Ok(Tuple::new(cx, items))
    }

    /// Makes a tuple of `n` items given by a function that runs no Python code.
    pub fn build(heap: &Heap, n: usize, mut f: impl FnMut(usize) -> Value) -> Value {
        if n == 0 {
            return Tuple::empty(heap);
        }
        let v = alloc(heap, n);
        for i in 0..n {
            // SAFETY: a fresh tuple of `n` items; nothing collects while it is filled.
            unsafe { raw::init(v, ITEMS + i, f(i)) };
        }
        v
    }

    /// `()`.
    #[inline]
    pub fn empty(heap: &Heap) -> Value {
        super::empty_tuple(heap)
    }

    /// A new tuple object without items (for the one that `empty` hands out).
    pub(super) fn alloc_empty(heap: &Heap) -> Value {
        alloc(heap, 0)
    }

    /// Number of items.
    #[inline(always)]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        // SAFETY: a tuple.
        unsafe { raw::load_raw(self.0, LEN) as usize }
    }

    /// Item `i`; `EMPTY` beyond the end.
    #[inline(always)]
    pub fn get(self, i: usize) -> Value {
        if i < self.len() {
            // SAFETY: item `i` exists.
            unsafe { raw::load(self.0, ITEMS + i) }
        } else {
            Value::EMPTY
        }
    }

    /// The items.
    #[inline]
    pub fn items(self) -> impl DoubleEndedIterator<Item = Value> + ExactSizeIterator + Clone {
        (0..self.len()).map(move |i| self.get(i))
    }

    /// The items in place: tuples are immutable and the handle keeps this one alive.
    #[inline]
    pub fn as_slice(&self) -> &[Value] {
        // SAFETY: `len` items follow; a value has the size and layout of its word, and nobody writes them.
        unsafe { std::slice::from_raw_parts(raw::bytes_at(self.0, ITEMS).cast::<Value>(), self.len()) }
    }

    /// Copies as many items as fit.
    pub fn copy_to(self, out: &mut [Value]) {
        for (o, x) in out.iter_mut().zip(self.items()) {
            *o = x;
        }
    }

    /// `t[a:b]`, bounds clamped.
    pub fn slice(self, heap: &Heap, a: usize, b: usize) -> Value {
        let b = b.min(self.len());
        if a == 0 && b == self.len() {
            return self.0;
        }
        Tuple::build(heap, b.saturating_sub(a), |i| self.get(a + i))
    }

    /// The extended slice of `count` items; all indices valid.
    pub fn slice_step(self, heap: &Heap, start: usize, step: isize, count: usize) -> Value {
        Tuple::build(heap, count, |i| self.get(start.wrapping_add_signed(step.wrapping_mul(i as isize))))
    }

    /// `a + b`.
    pub fn concat(self, heap: &Heap, other: Tuple) -> Value {
        let n = self.len();
        if n == 0 {
            return other.0;
        }
        if other.len() == 0 {
            return self.0;
        }
        Tuple::build(heap, n + other.len(), |i| if i < n { self.get(i) } else { other.get(i - n) })
    }

    /// `t * n`; `None` when the result cannot be allocated.
    pub fn repeat(self, heap: &Heap, n: usize) -> Option<Value> {
        let len = self.len();
        if n == 1 {
            return Some(self.0);
        }
        let total = len.checked_mul(n)?;
        if total == 0 {
            return Some(Tuple::empty(heap));
        }
        if total > isize::MAX as usize / 16 {
            return None;
        }
        let v = heap.try_alloc(Kind::Tuple, shapes::TUPLE, ITEMS + total)?;
        // SAFETY: a fresh tuple of `total` items.
        unsafe {
            raw::store_raw(v, LEN, total as u64);
            raw::store_raw(v, HASH, 0);
            for i in 0..total {
                raw::init(v, ITEMS + i, self.get(i % len));
            }
        }
        Some(v)
    }

    /// The items as a list.
    pub fn to_list(self, heap: &Heap) -> List {
        List::from_slice(heap, self.as_slice())
    }

    /// The hash, if it was computed before.
    #[inline]
    pub fn hash_memo(self) -> Option<i64> {
        // SAFETY: a tuple.
        let h = unsafe { raw::load_raw(self.0, HASH) };
        if h == 0 { None } else { Some(h as i64) }
    }

    /// Remembers the hash of a tuple whose items' hashes never change.
    pub(super) fn set_hash_memo(self, h: i64) {
        // SAFETY: a tuple; the memo is idempotent.
        unsafe { raw::store_raw(self.0, HASH, h as u64) };
    }

    /// `hash(t)`, memoized also when items ran code of their own.
    pub fn hash(self, cx: &mut Ctx) -> Result<i64, Raised> {
        if let Some(h) = self.hash_memo().or_else(|| super::fast_hash(self.0)) {
            return Ok(h);
        }
        crate::protocol::guard(cx, " while hashing a tuple")?;
        let mut acc = TupleHash::new();
        for x in self.items() {
            acc.add(crate::protocol::hash(cx, x)?);
        }
        let h = acc.finish();
        self.set_hash_memo(h);
        Ok(h)
    }
}

#[inline]
fn alloc(heap: &Heap, n: usize) -> Value {
    let v = heap.alloc(Kind::Tuple, shapes::TUPLE, ITEMS + n);
    // SAFETY: a fresh object of the asked size.
    unsafe {
        raw::store_raw(v, LEN, n as u64);
        raw::store_raw(v, HASH, 0);
    }
    v
}
