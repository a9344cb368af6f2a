//! Lists. Word 1 is the buffer (`EMPTY`: none yet). Buffer: word 1 `capacity << 32 | length`, items from word 2.
//!
//! **Shared lists.** Readers take no lock: capacity and length of one buffer come from one acquire load, an item is one
//! more. Writers hold the list's lock. A buffer's items are stored before the length that covers them; growth
//! publishes a new buffer and never touches the old one again; a removed item's slot becomes `EMPTY`, so a reader that
//! meets `EMPTY` below the length it saw has raced with a removal and reads again. Values are promoted before the
//! lock is taken. **Local lists** run the same code without the lock.

use super::indices::{SliceIdx, clamped, from_start};
use super::{Tuple, raw, shapes};
use crate::ctx::{Ctx, PyResult};
use proto_core::header::{BARRIER, SHARED};
use proto_core::sync::{broken, spin_loop};
use proto_core::{Heap, Kind, RawWord, Value, sub};

const BUF: usize = 1;
const CAPLEN: RawWord = RawWord::of_internal(sub::LISTBUF, 1);
const ITEMS: usize = 2;
/// Largest number of items: the buffer keeps capacity and length in 32 bits each.
pub const MAX_LEN: usize = u32::MAX as usize - 8;

/// A `list`.
#[derive(Copy, Clone)]
pub struct List(Value);

/// A list or tuple to take items from.
#[derive(Copy, Clone)]
pub enum Seq {
    /// A list.
    List(List),
    /// A tuple.
    Tuple(Tuple),
}

impl Seq {
    /// The sequence, if `v` is exactly a list or tuple.
    pub fn of(v: Value) -> Option<Seq> {
        match v.kind()? {
            Kind::List => Some(Seq::List(List(v))),
            Kind::Tuple => Tuple::of(v).map(Seq::Tuple),
            _ => None,
        }
    }

    /// Number of items.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        match self {
            Seq::List(l) => l.len(),
            Seq::Tuple(t) => t.len(),
        }
    }

    /// Item `i`; `None` when a list is shorter (meanwhile).
    pub fn get(self, i: usize) -> Option<Value> {
        match self {
            Seq::List(l) => l.get(i),
            Seq::Tuple(t) => t.get(i).non_empty(),
        }
    }

    /// The first place from `from` on where the two differ as words, or one of them ends.
    pub fn same_words(self, other: Seq, from: usize) -> usize {
        let n = self.len().min(other.len());
        let mut i = from;
        match (self, other) {
            (Seq::List(x), Seq::List(y)) => {
                while i < n && x.get_quick(i as u64) == y.get_quick(i as u64) {
                    i += 1;
                }
            }
            _ => {
                while i < n && self.get(i) == other.get(i) {
                    i += 1;
                }
            }
        }
        i
    }

    /// A sequence that no other thread can change.
    pub fn stable(self, heap: &Heap) -> Seq {
        match self {
            // SAFETY: `l` is a heap object.
            Seq::List(l) if unsafe { raw::is_shared(l.0) } => Seq::List(l.copy(heap)),
            s => s,
        }
    }
}

/// A list's buffer; never `EMPTY`.
#[derive(Copy, Clone, PartialEq, Eq)]
struct Buf(Value);

impl Buf {
    fn alloc(heap: &Heap, cap: usize, len: usize) -> Buf {
        let words = raw::whole_cells(ITEMS + cap);
        let b = heap.alloc_internal(sub::LISTBUF, words);
        // SAFETY: a fresh buffer.
        unsafe { raw::store_raw(b, CAPLEN, (((words - ITEMS) as u64) << 32) | len as u64) };
        Buf(b)
    }

    fn try_alloc(heap: &Heap, cap: usize, len: usize) -> Option<Buf> {
        if cap > MAX_LEN {
            return None;
        }
        let words = raw::whole_cells(ITEMS + cap);
        let b = heap.try_alloc_internal(sub::LISTBUF, words)?;
        // SAFETY: a fresh buffer.
        unsafe { raw::store_raw(b, CAPLEN, (((words - ITEMS) as u64) << 32) | len as u64) };
        Some(Buf(b))
    }

    #[inline(always)]
    fn cap_len(self) -> (usize, usize) {
        // SAFETY: a buffer. Acquire pairs with the release of `set_len`: items below the length are visible.
        let w = unsafe { raw::load_raw(self.0, CAPLEN) };
        ((w >> 32) as usize, w as u32 as usize)
    }

    #[inline(always)]
    fn set_len(self, cap: usize, len: usize) {
        debug_assert!(len <= cap);
        // SAFETY: a buffer owned by this thread or locked.
        unsafe { raw::store_raw(self.0, CAPLEN, ((cap as u64) << 32) | len as u64) };
    }

    #[inline(always)]
    fn get(self, i: usize) -> Value {
        // SAFETY: callers check `i` against the capacity.
        unsafe { raw::load(self.0, ITEMS + i) }
    }

    #[inline(always)]
    fn set(self, heap: &Heap, i: usize, v: Value) {
        // SAFETY: callers check `i` against the capacity; the words from `ITEMS` are values.
        unsafe { heap.store(self.0, ITEMS + i, v) };
    }

    /// Whether a store of `v` needs no barrier and no lock: the buffer of a shared list is shared.
    #[inline(always)]
    fn is_plain(self, heap: &Heap, v: Value) -> bool {
        // SAFETY: a buffer is a heap object.
        let flags = unsafe { raw::flags(self.0) };
        flags & BARRIER == 0 || (flags & SHARED == 0 && !v.is_ptr() && !heap.is_marking())
    }

    /// Stores where [`Buf::is_plain`] said that it may be done.
    #[inline(always)]
    fn set_plain(self, heap: &Heap, i: usize, v: Value) {
        // SAFETY: callers check `i` against the capacity; the store needs no barrier.
        unsafe { heap.store_tested(self.0, ITEMS + i, v) };
    }

    /// Stores into a buffer that is not published yet.
    #[inline(always)]
    fn init(self, i: usize, v: Value) {
        // SAFETY: callers pass a fresh buffer and an index below its capacity.
        unsafe { raw::init(self.0, ITEMS + i, v) };
    }

    #[inline(always)]
    fn clear_items(self, heap: &Heap, i: usize, n: usize) {
        // SAFETY: callers check the range against the capacity; the words from `ITEMS` are values.
        unsafe { heap.clear_words(self.0, ITEMS + i, n, Value::EMPTY) };
    }

    /// Moves `n` items within the buffer.
    fn shift(self, heap: &Heap, from: usize, to: usize, n: usize) {
        // SAFETY: a buffer is a heap object.
        if unsafe { !raw::is_shared(self.0) } {
            // SAFETY: callers check both ranges against the capacity; the words from `ITEMS` are values.
            unsafe { heap.move_words(self.0, ITEMS + from, ITEMS + to, n) };
            return;
        }
        let step = |i: usize| self.set(heap, to + i, self.get(from + i));
        if from > to {
            (0..n).for_each(step);
        } else {
            (0..n).rev().for_each(step);
        }
    }
}

/// Room to ask for when `need` items must fit.
fn grown(need: usize) -> usize {
    let cap = if need < 1 << 16 { need * 2 } else { need + need / 2 };
    cap.clamp(6, MAX_LEN.max(need))
}

impl List {
    /// The handle, if `v` is exactly a list.
    #[inline(always)]
    pub fn of(v: Value) -> Option<List> {
        if v.is_kind(Kind::List) { Some(List(v)) } else { None }
    }

    /// The list in `v`, also when it is an instance of a subclass.
    #[inline]
    pub fn of_sub(heap: &Heap, v: Value) -> Option<List> {
        List::of(v).or_else(|| List::of(super::base_value(heap, v)))
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// An empty list.
    #[inline]
    pub fn new(heap: &Heap) -> List {
        // All words are EMPTY at birth: no buffer.
        List(heap.alloc(Kind::List, shapes::LIST, 2))
    }

    /// An empty list with room for `n` items.
    pub fn with_capacity(heap: &Heap, n: usize) -> List {
        let l = List::new(heap);
        if n > 0 {
            l.publish_fresh(Buf::alloc(heap, n.min(MAX_LEN), 0));
        }
        l
    }

    /// A list of the given items.
    #[inline]
    pub fn from_slice(heap: &Heap, items: &[Value]) -> List {
        List::build(heap, items.len(), |i| items[i])
    }

    /// A list of `n` items given by a function that runs no Python code.
    #[inline]
    pub fn build(heap: &Heap, n: usize, mut f: impl FnMut(usize) -> Value) -> List {
        let l = List::new(heap);
        if n > 0 {
            let b = Buf::alloc(heap, n, n);
            for i in 0..n {
                b.init(i, f(i));
            }
            l.publish_fresh(b);
        }
        l
    }

    /// Gives a list that nobody else has seen its buffer.
    #[inline(always)]
    fn publish_fresh(self, b: Buf) {
        // SAFETY: `self` was allocated by the caller, which did nothing else since.
        unsafe { raw::init(self.0, BUF, b.0) };
    }

    #[inline(always)]
    fn buf(self) -> Option<Buf> {
        // SAFETY: word 1 of a list is a value.
        let b = unsafe { raw::load(self.0, BUF) };
        if b.is_empty() { None } else { Some(Buf(b)) }
    }

    /// Makes `b` the buffer. A fresh buffer holds shared values only when the list is shared, so promoting it
    /// marks one object and may be done under the lock.
    fn publish(self, heap: &Heap, b: Buf) {
        // SAFETY: word 1 of a list is a value.
        unsafe {
            raw::promote_for(heap, self.0, b.0);
            heap.store(self.0, BUF, b.0);
        }
    }

    /// Runs `f` with the list locked, if it is shared.
    #[inline(always)]
    fn locked<R>(self, heap: &Heap, f: impl FnOnce(&Heap) -> R) -> R {
        // SAFETY: a list is a heap object.
        if unsafe { raw::is_shared(self.0) } && !broken("list_locked") { heap.lock(self.0, f) } else { f(heap) }
    }

    /// Promotes `v` when the list is shared.
    #[inline(always)]
    fn admit(self, heap: &Heap, v: Value) {
        // SAFETY: a list is a heap object.
        unsafe { raw::promote_for(heap, self.0, v) };
    }

    /// Number of items.
    #[inline(always)]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        match self.buf() {
            Some(b) => b.cap_len().1,
            None => 0,
        }
    }

    /// Item `i`.
    #[inline(always)]
    pub fn get(self, i: usize) -> Option<Value> {
        loop {
            let b = self.buf()?;
            let len = if broken("list_one_buffer") { self.len() } else { b.cap_len().1 };
            if i >= len {
                return None;
            }
            let v = b.get(i);
            if !v.is_empty() || broken("list_get_rereads") {
                return Some(v);
            }
            // Raced with a removal in a shared list: look again.
            spin_loop();
        }
    }

    /// Replaces item `i`; false when there is none.
    #[inline(always)]
    pub fn set(self, heap: &Heap, i: usize, v: Value) -> bool {
        self.admit(heap, v);
        self.locked(heap, |heap| match self.buf() {
            Some(b) if i < b.cap_len().1 => {
                b.set(heap, i, v);
                true
            }
            _ => false,
        })
    }

    /// Item `i`; `EMPTY` when there is none, or it has just been removed. For handlers: no call, no loop.
    #[inline(always)]
    pub fn get_quick(self, i: u64) -> Value {
        match self.buf() {
            Some(b) if i < b.cap_len().1 as u64 => b.get(i as usize),
            _ => Value::EMPTY,
        }
    }

    /// Replaces item `i` where that is a plain store; false when it is not, or when there is no such item.
    #[inline(always)]
    pub fn set_quick(self, heap: &Heap, i: u64, v: Value) -> bool {
        match self.buf() {
            Some(b) if i < b.cap_len().1 as u64 && b.is_plain(heap, v) => {
                b.set_plain(heap, i as usize, v);
                true
            }
            _ => false,
        }
    }

    /// Appends where that is two plain stores; else does nothing and says so.
    #[inline(always)]
    pub fn push_quick(self, heap: &Heap, v: Value) -> bool {
        let Some(b) = self.buf() else { return false };
        let (cap, len) = b.cap_len();
        if len >= cap || !b.is_plain(heap, v) {
            return false;
        }
        b.set_plain(heap, len, v);
        b.set_len(cap, len + 1);
        true
    }

    /// Replaces item `i` of a list that is not shared; false when it is, or when there is no such item.
    #[inline(always)]
    pub fn set_unshared(self, heap: &Heap, i: usize, v: Value) -> bool {
        // SAFETY: a list is a heap object.
        if unsafe { raw::is_shared(self.0) } {
            return false;
        }
        match self.buf() {
            Some(b) if i < b.cap_len().1 => {
                b.set(heap, i, v);
                true
            }
            _ => false,
        }
    }

    /// Appends an item.
    #[inline(always)]
    pub fn push(self, heap: &Heap, v: Value) {
        self.admit(heap, v);
        self.locked(heap, |heap| {
            if let Some(b) = self.buf() {
                let (cap, len) = b.cap_len();
                if len < cap {
                    b.set(heap, len, v);
                    b.set_len(cap, len + 1);
                    return;
                }
            }
            self.push_grow(heap, v);
        });
    }

    #[cold]
    #[inline(never)]
    fn push_grow(self, heap: &Heap, v: Value) {
        let b = self.reserve(heap, 1);
        let (cap, len) = b.cap_len();
        if len < cap {
            b.set(heap, len, v);
            b.set_len(cap, len + 1);
        }
    }

    /// A buffer with room for `extra` more items. The list is owned or locked.
    fn reserve(self, heap: &Heap, extra: usize) -> Buf {
        let (old, len) = match self.buf() {
            Some(b) => {
                let (cap, len) = b.cap_len();
                if len + extra <= cap {
                    return b;
                }
                (Some(b), len)
            }
            None => (None, 0),
        };
        let need = len + extra;
        // 32 GiB of items: beyond what `try_alloc` admits elsewhere.
        assert!(need <= MAX_LEN, "out of memory");
        // Fresh lists that get all items at once take what they need.
        let b = match old {
            None if extra > 1 => Buf::alloc(heap, need, len),
            // Where there is no room for what may come, there may be some for what is here.
            _ => Buf::try_alloc(heap, grown(need), len).unwrap_or_else(|| Buf::alloc(heap, need + need / 16, len)),
        };
        if let Some(old) = old {
            for i in 0..len {
                b.init(i, old.get(i));
            }
        }
        self.publish(heap, b);
        b
    }

    /// Inserts before item `i` (clamped to the length).
    pub fn insert(self, heap: &Heap, i: usize, v: Value) {
        self.insert_at(heap, i as i64, v);
    }

    /// `self.insert(i, v)`: a negative `i` counts from the end.
    pub fn insert_at(self, heap: &Heap, i: i64, v: Value) {
        self.admit(heap, v);
        self.locked(heap, |heap| {
            let b = self.reserve(heap, 1);
            let (cap, len) = b.cap_len();
            let i = from_start(i, len).clamp(0, len as i64) as usize;
            b.set(heap, len, v);
            b.set_len(cap, len + 1);
            if i < len {
                // The new last slot is covered: shift, then put the item in its place.
                b.shift(heap, i, i + 1, len - i);
                b.set(heap, i, v);
            }
        });
    }

    /// Removes and returns the last item.
    #[inline]
    pub fn pop(self, heap: &Heap) -> Option<Value> {
        self.locked(heap, |heap| {
            let b = self.buf()?;
            let (cap, len) = b.cap_len();
            let last = len.checked_sub(1)?;
            let v = b.get(last);
            b.set_len(cap, last);
            b.clear_items(heap, last, 1);
            Some(v)
        })
    }

    /// Removes and returns item `i`.
    pub fn pop_at(self, heap: &Heap, i: usize) -> Option<Value> {
        self.pop_index(heap, i64::try_from(i).ok()?)
    }

    /// `self.pop(i)`: a negative `i` counts from the end.
    pub fn pop_index(self, heap: &Heap, i: i64) -> Option<Value> {
        self.locked(heap, |heap| {
            let b = self.buf()?;
            let len = b.cap_len().1;
            let i = usize::try_from(from_start(i, len)).ok().filter(|&i| i < len)?;
            let v = b.get(i);
            self.cut(heap, b, i, 1);
            Some(v)
        })
    }

    /// `self[i] = v`, false if there is no such item: a negative `i` counts from the end.
    pub fn set_index(self, heap: &Heap, i: i64, v: Value) -> bool {
        self.admit(heap, v);
        self.locked(heap, |heap| {
            let Some(b) = self.buf() else { return false };
            let len = b.cap_len().1;
            let Some(i) = usize::try_from(from_start(i, len)).ok().filter(|&i| i < len) else { return false };
            b.set(heap, i, v);
            true
        })
    }

    /// Removes `item` itself, which was seen at `at` and may have moved since; false if it is there no more.
    pub fn remove_seen(self, heap: &Heap, at: usize, item: Value) -> bool {
        self.locked(heap, |heap| {
            let Some(b) = self.buf() else { return false };
            let len = b.cap_len().1;
            let here = if at < len && b.get(at) == item { Some(at) } else { (0..len).find(|&i| b.get(i) == item) };
            if let Some(i) = here {
                self.cut(heap, b, i, 1);
            }
            here.is_some()
        })
    }

    /// Removes `n` existing items from `i`. The list is owned or locked.
    fn cut(self, heap: &Heap, b: Buf, i: usize, n: usize) {
        let (cap, len) = b.cap_len();
        b.shift(heap, i + n, i, len - i - n);
        b.set_len(cap, len - n);
        b.clear_items(heap, len - n, n);
    }

    /// Removes the items `a..b`, bounds clamped.
    pub fn remove_range(self, heap: &Heap, a: usize, b: usize) {
        self.remove_slice(heap, |len| {
            let (a, b) = clamped(a, b, len);
            SliceIdx { start: a as i64, stop: b as i64, step: 1, count: b - a }
        });
    }

    /// Appends the items of a sequence (which may be this list).
    pub fn extend(self, heap: &Heap, src: Seq) {
        self.splice_where(heap, src, |len| (len, len));
    }

    /// Appends the items of a list.
    pub fn extend_from_list(self, heap: &Heap, src: List) {
        self.extend(heap, Seq::List(src));
    }

    /// Slice assignment `self[a:b] = src`, bounds clamped.
    pub fn splice(self, heap: &Heap, a: usize, b: usize, src: Seq) {
        self.splice_where(heap, src, |len| clamped(a, b, len));
    }

    /// What is to be stored here, at one moment, and shared if the list is.
    fn source(self, heap: &Heap, src: Seq) -> Seq {
        let src = match src {
            Seq::List(l) if l.0 == self.0 => Seq::List(l.copy(heap)),
            s => s.stable(heap),
        };
        // SAFETY: a list is a heap object.
        if unsafe { raw::is_shared(self.0) } {
            (0..src.len()).filter_map(|i| src.get(i)).for_each(|v| heap.promote(v));
        }
        src
    }

    /// `self[a:b] = src`, where `place` says from the length, which nobody changes meanwhile, what `a` and `b` are.
    pub fn splice_where(self, heap: &Heap, src: Seq, place: impl FnOnce(usize) -> (usize, usize)) {
        let src = self.source(heap, src);
        let n = src.len();
        self.locked(heap, |heap| {
            let len = self.len();
            let (a, b) = place(len);
            let old = b - a;
            if n > old {
                let grow = n - old;
                let buf = self.reserve(heap, grow);
                let (cap, _) = buf.cap_len();
                buf.shift(heap, b, b + grow, len - b);
                (0..n).for_each(|i| buf.set(heap, a + i, src.get(i).unwrap_or(Value::NONE)));
                buf.set_len(cap, len + grow);
            } else if let Some(buf) = self.buf() {
                (0..n).for_each(|i| buf.set(heap, a + i, src.get(i).unwrap_or(Value::NONE)));
                if n < old {
                    self.cut(heap, buf, a + n, old - n);
                }
            }
        });
    }

    /// Assigns to an extended slice, which `which` names from the length. The number of its items if `src` has another.
    pub fn assign_slice(self, heap: &Heap, src: Seq, which: impl FnOnce(usize) -> SliceIdx) -> Result<(), usize> {
        let src = self.source(heap, src);
        self.locked(heap, |heap| {
            let idx = which(self.len());
            if src.len() != idx.count {
                return Err(idx.count);
            }
            if let Some(b) = self.buf() {
                for i in 0..idx.count {
                    b.set(heap, idx.at(i), src.get(i).unwrap_or(Value::NONE));
                }
            }
            Ok(())
        })
    }

    /// Deletes the extended slice of `count` items.
    pub fn delete_step(self, heap: &Heap, start: usize, step: isize, count: usize) {
        self.remove_slice(heap, |_| SliceIdx { start: start as i64, stop: 0, step: step as i64, count });
    }

    /// Deletes a slice, which `which` names from the length.
    pub fn remove_slice(self, heap: &Heap, which: impl FnOnce(usize) -> SliceIdx) {
        self.locked(heap, |heap| {
            let Some(b) = self.buf() else { return };
            let (cap, len) = b.cap_len();
            let idx = which(len);
            if idx.count == 0 {
                return;
            }
            if idx.step == 1 {
                return self.cut(heap, b, idx.start as usize, idx.count);
            }
            let low = if idx.step > 0 { idx.at(0) } else { idx.at(idx.count - 1) };
            let gap = idx.step.unsigned_abs() as usize;
            let mut to = low;
            for i in low..len {
                let removed = (i - low).is_multiple_of(gap) && (i - low) / gap < idx.count;
                if !removed {
                    b.set(heap, to, b.get(i));
                    to += 1;
                }
            }
            if to < len {
                b.set_len(cap, to);
                b.clear_items(heap, to, len - to);
            }
        });
    }

    /// The items `a..b`, bounds clamped.
    pub fn slice(self, heap: &Heap, a: usize, b: usize) -> List {
        self.slice_where(heap, |len| {
            let (a, b) = clamped(a, b, len);
            SliceIdx { start: a as i64, stop: b as i64, step: 1, count: b - a }
        })
    }

    /// The items of a slice, which `which` names from the length.
    pub fn slice_where(self, heap: &Heap, which: impl FnOnce(usize) -> SliceIdx) -> List {
        self.locked(heap, |heap| {
            let Some(buf) = self.buf() else { return List::new(heap) };
            let idx = which(buf.cap_len().1);
            if idx.step == 1 {
                let start = idx.start as usize;
                return List::build(heap, idx.count, |i| buf.get(start + i));
            }
            List::build(heap, idx.count, |i| buf.get(idx.at(i)))
        })
    }

    /// A copy.
    pub fn copy(self, heap: &Heap) -> List {
        self.slice(heap, 0, usize::MAX)
    }

    /// Asks for room for `n` more items.
    pub fn make_room(self, cx: &mut Ctx, n: usize) -> PyResult<()> {
        let (cap, len) = self.buf().map_or((0, 0), |b| b.cap_len());
        if n <= cap - len { Ok(()) } else { cx.make_room_for(len.saturating_add(n), 8) }
    }

    /// Asks for room for one more item, and for those for which [`List::push`] makes room with it.
    #[inline]
    pub fn make_room_to_push(self, cx: &mut Ctx) -> PyResult<()> {
        let (cap, len) = self.buf().map_or((0, 0), |b| b.cap_len());
        if len < cap { Ok(()) } else { cx.make_room_for(len.saturating_mul(2), 8) }
    }

    /// As [`List::copy`]: `MemoryError` where there is no room.
    pub fn wish_copy(self, cx: &mut Ctx) -> PyResult<List> {
        cx.make_room_for(self.len(), 8)?;
        Ok(self.copy(cx))
    }

    /// Removes all items.
    pub fn clear(self, heap: &Heap) {
        self.locked(heap, |heap| {
            // SAFETY: word 1 of a list is a value.
            unsafe { heap.store(self.0, BUF, Value::EMPTY) };
        });
    }

    /// Takes the content: the result has the items, this list is empty.
    pub fn take(self, heap: &Heap) -> List {
        let out = List::new(heap);
        self.locked(heap, |heap| {
            if let Some(b) = self.buf() {
                out.publish_fresh(b);
                // SAFETY: word 1 of a list is a value.
                unsafe { heap.store(self.0, BUF, Value::EMPTY) };
            }
        });
        out
    }

    /// Whether something was put into the list since it was taken, even if nothing of it is left.
    pub(super) fn is_touched(self) -> bool {
        self.buf().is_some()
    }

    /// Gives this list the content of `from`, which must be the caller's own.
    pub(super) fn put_back(self, heap: &Heap, from: List) {
        if let Some(b) = from.buf() {
            self.admit(heap, b.0);
            self.locked(heap, |heap| self.publish(heap, b));
        } else {
            self.clear(heap);
        }
    }

    /// Reverses the items in place.
    pub fn reverse(self, heap: &Heap) {
        self.locked(heap, |heap| {
            let Some(b) = self.buf() else { return };
            let len = b.cap_len().1;
            for i in 0..len / 2 {
                let (x, y) = (b.get(i), b.get(len - 1 - i));
                b.set(heap, i, y);
                b.set(heap, len - 1 - i, x);
            }
        });
    }

    /// `a + b`.
    pub fn concat(self, heap: &Heap, other: List) -> List {
        let Seq::List(other) = Seq::List(other).stable(heap) else { return self };
        let n2 = other.len();
        self.locked(heap, |heap| {
            let (buf, n1) = match self.buf() {
                Some(b) => (Some(b), b.cap_len().1),
                None => (None, 0),
            };
            List::build(heap, n1 + n2, |i| match buf {
                Some(b) if i < n1 => b.get(i),
                _ => other.get(i - n1).unwrap_or(Value::NONE),
            })
        })
    }

    /// `l * n`; `None` when the result cannot be allocated.
    pub fn repeat(self, heap: &Heap, n: usize) -> Option<List> {
        let Seq::List(src) = Seq::List(self).stable(heap) else { return None };
        let len = src.len();
        let total = len.checked_mul(n)?;
        let out = List::new(heap);
        let (Some(from), true) = (src.buf(), total > 0) else { return Some(out) };
        let b = Buf::try_alloc(heap, total, total)?;
        if len == 1 {
            let v = from.get(0);
            (0..total).for_each(|i| b.init(i, v));
        } else {
            for k in 0..n {
                (0..len).for_each(|i| b.init(k * len + i, from.get(i)));
            }
        }
        out.publish_fresh(b);
        Some(out)
    }

    /// `l *= n`; false when the result cannot be allocated.
    pub fn repeat_in_place(self, heap: &Heap, n: usize) -> bool {
        if n == 0 {
            self.clear(heap);
            return true;
        }
        self.locked(heap, |heap| {
            let Some(from) = self.buf() else { return true };
            let len = from.cap_len().1;
            let made = len.checked_mul(n).and_then(|total| Buf::try_alloc(heap, total, total));
            let Some(b) = made else { return false };
            for k in 0..n {
                (0..len).for_each(|i| b.init(k * len + i, from.get(i)));
            }
            self.publish(heap, b);
            true
        })
    }

    /// As [`List::to_tuple`], where input chose how many there are: `MemoryError` where there is no room.
    pub fn wish_tuple(self, cx: &mut Ctx) -> PyResult {
        cx.make_room_for(self.len(), 8)?;
        Ok(self.to_tuple(cx))
    }

    /// The items as a tuple.
    pub fn to_tuple(self, heap: &Heap) -> Value {
        self.locked(heap, |heap| match self.buf() {
            Some(b) => Tuple::build(heap, b.cap_len().1, |i| b.get(i)),
            None => Tuple::empty(heap),
        })
    }

    /// The items, each read when it is its turn: the list may change meanwhile.
    pub fn items(self) -> impl Iterator<Item = Value> {
        (0..).map_while(move |i| self.get(i))
    }

    /// Runs `f` on the words of the items of a local list that nothing else can reach meanwhile.
    pub(super) fn with_words<R>(self, f: impl FnOnce(&mut [u64]) -> R) -> R {
        match self.buf() {
            None => f(&mut []),
            Some(b) => {
                let len = b.cap_len().1;
                // SAFETY: the caller owns the list and its buffer alone; `len` words of items follow. Permuting them
                // needs no barrier: the buffer references the same values before and after.
                f(unsafe { std::slice::from_raw_parts_mut(raw::bytes_at(b.0, ITEMS).cast::<u64>(), len) })
            }
        }
    }
}
