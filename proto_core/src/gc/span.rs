//! The values of a large object, visited a slice at a time.
//!
//! All children of a list of a million items at once would make the mark stack megabytes long; they would be claimed long before
//! they are looked into, and by one task.

use crate::cell::header;
use crate::cell::layout::{Layout, LayoutTable, load_value, sub};
use crate::sync::Ordering;
use crate::value::{Kind, Value};

/// Objects of fewer words are visited whole.
const LARGE_WORDS: usize = 2048;

/// Entries of `stride` words each, of which those in `mask` are values.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Span {
    at: usize,
    left: usize,
    stride: usize,
    mask: u8,
}

impl Span {
    /// The values of the object, if it is a large one of regular layout.
    ///
    /// # Safety
    /// `addr` is a live object of this kind, with that many words of memory.
    #[inline(always)]
    pub(crate) unsafe fn of(table: &LayoutTable, addr: usize, kind: Kind, words: usize) -> Option<Span> {
        if words < LARGE_WORDS {
            return None;
        }
        // SAFETY: by the caller.
        unsafe { Span::of_large(table, addr, kind, words) }
    }

    #[cold]
    unsafe fn of_large(table: &LayoutTable, addr: usize, kind: Kind, words: usize) -> Option<Span> {
        let layout = if kind == Kind::Internal {
            // SAFETY: by the caller.
            let aux = unsafe { header::aux(addr) }.load(Ordering::Relaxed);
            table.internal[aux as usize % sub::COUNT]
        } else {
            table.kinds[kind as usize]
        };
        let span = |first: u8, left, stride: u8, mask| Span {
            at: addr + first as usize * 8,
            left,
            stride: stride.into(),
            mask,
        };
        match layout {
            Layout::Values { first, raw: 0 } => Some(span(first, words.saturating_sub(first as usize), 1, 1)),
            Layout::Entries { first, stride, mask } if stride != 0 => {
                // SAFETY: word 1 exists in every object.
                let n = unsafe { header::word(addr, 1) }.load(Ordering::Acquire) as u32;
                let room = words.saturating_sub(first as usize) / stride as usize;
                Some(span(first, room.min(n as usize), stride, mask))
            }
            _ => None,
        }
    }

    /// Takes up to `n` entries off the front; None when there are none.
    pub(crate) fn take(&mut self, n: usize) -> Option<Span> {
        let n = n.min(self.left);
        let front = Span { left: n, ..*self };
        self.at += n * self.stride * 8;
        self.left -= n;
        (n != 0).then_some(front)
    }

    /// The entries of a dict's table, whatever its size; None for other objects.
    ///
    /// # Safety
    /// As for [`Span::of`].
    #[inline(always)]
    pub(crate) unsafe fn of_dict_table(table: &LayoutTable, addr: usize, kind: Kind, words: usize) -> Option<Span> {
        // SAFETY: by the caller.
        let is_table = kind == Kind::Internal && unsafe { header::aux(addr) }.load(Ordering::Relaxed) == sub::DICTTABLE;
        // SAFETY: by the caller.
        if is_table { unsafe { Span::of_large(table, addr, kind, words) } } else { None }
    }

    /// Takes the keys out of entries that have ended, of a dict's table: deletion from a dict that threads share leaves them, for those
    /// who look at the entry meanwhile. Whoever looks later finds no value first.
    ///
    /// # Safety
    /// The object lives, and all who could look at it are stopped, none of them between the parts of one entry.
    #[inline(always)]
    pub(crate) unsafe fn forget_ended_keys(self) {
        for e in 0..self.left {
            let at = self.at + e * self.stride * 8;
            // SAFETY: by the caller; key and value are the second and the third word of an entry.
            unsafe {
                if load_value(at, 2) == Value::EMPTY && load_value(at, 1).is_ptr() {
                    // Whoever looks at it when the world goes on has synchronized with the gate.
                    header::word(at, 1).store(Value::EMPTY.bits(), Ordering::Relaxed);
                }
            }
        }
    }

    /// Entries left.
    pub(crate) fn len(&self) -> usize {
        self.left
    }

    /// Calls `f` with each value.
    ///
    /// # Safety
    /// The object lives, and nobody writes to it meanwhile.
    #[inline(always)]
    pub(crate) unsafe fn for_each(self, mut f: impl FnMut(Value)) {
        for e in 0..self.left {
            let at = self.at + e * self.stride * 8;
            for i in (0..self.stride).filter(|i| self.mask >> i & 1 != 0) {
                // SAFETY: by the caller; a value word by the object's layout.
                f(unsafe { load_value(at, i) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LARGE_WORDS;
    use crate::cell::layout::sub;
    use crate::{Config, Context, Heap, Kind, Root, ShapeId, Space, Value};

    const ENTRIES: usize = 2 * LARGE_WORDS;

    fn item(heap: &Heap, i: usize) -> Value {
        let v = heap.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), 3);
        // SAFETY: a fresh object of three words.
        unsafe { heap.store_init(v, 2, Value::from_usize(i)) };
        v
    }

    /// Items in a large array and in a large table survive each kind of collection; what the table's raw words look like
    /// does not.
    #[test]
    fn large_objects_keep_their_items() {
        let space = Space::new(Config { verify: true, stack_words: 1 << 16, ..Config::default() });
        let mut cx = Box::new(Context::new(space));
        // SAFETY: boxed, and dropped by this thread.
        unsafe { cx.attach(None) };
        let array = Root::new(&cx, cx.alloc_internal(sub::VALUES, 1 + ENTRIES));
        let table = Root::new(&cx, cx.alloc_internal(sub::DICTTABLE, 4 + 3 * ENTRIES + 100));
        let mut weak = Vec::new();
        // SAFETY: within the two objects; the words behind a table's entries are raw.
        unsafe {
            cx.init_raw(table.get(), 1, ENTRIES as u64);
            for i in 0..ENTRIES {
                cx.store(array.get(), 1 + i, item(&cx, i));
                cx.store(table.get(), 4 + 3 * i + 1, item(&cx, 2 * i));
                cx.store(table.get(), 4 + 3 * i + 2, item(&cx, 3 * i));
            }
            for i in 0..100 {
                let stray = item(&cx, i);
                weak.push(Root::new(&cx, cx.new_weak(stray, Value::EMPTY)));
                cx.init_raw(table.get(), 4 + 3 * ENTRIES + i, stray.bits());
            }
        }
        let check = |cx: &Context| {
            let number = |v: Value, word| {
                // SAFETY: within the objects.
                unsafe { cx.load(cx.load(v, word), 2) }
            };
            for i in 0..ENTRIES {
                assert_eq!(number(array.get(), 1 + i), Value::from_usize(i));
                assert_eq!(number(table.get(), 4 + 3 * i + 1), Value::from_usize(2 * i));
                assert_eq!(number(table.get(), 4 + 3 * i + 2), Value::from_usize(3 * i));
            }
        };
        cx.collect(false);
        check(&cx);
        cx.collect(true);
        check(&cx);
        let gone = weak.iter().filter(|w| cx.weak_get(w.get()).is_none()).count();
        assert!(gone > 90, "{gone} of the strays went");
        cx.start_sharing();
        cx.promote(array.get());
        cx.promote(table.get());
        cx.collect(true);
        check(&cx);
    }

    /// What was deleted from a shared table dies with its entry, in small tables and in large ones; other entries stay.
    #[test]
    fn keys_of_ended_entries_die() {
        for entries in [8, ENTRIES] {
            let space = Space::new(Config { verify: true, stack_words: 1 << 16, ..Config::default() });
            let mut cx = Box::new(Context::new(space));
            // SAFETY: boxed, and dropped by this thread.
            unsafe { cx.attach(None) };
            cx.start_sharing();
            let table = Root::new(&cx, cx.alloc_internal(sub::DICTTABLE, 4 + 3 * entries));
            let mut weak = Vec::new();
            // SAFETY: within the table.
            unsafe {
                cx.init_raw(table.get(), 1, entries as u64);
                for i in 0..entries {
                    let key = item(&cx, i);
                    cx.store(table.get(), 4 + 3 * i + 1, key);
                    cx.store(table.get(), 4 + 3 * i + 2, Value::TRUE);
                    weak.push(Root::new(&cx, cx.new_weak(key, Value::EMPTY)));
                }
            }
            cx.promote(table.get());
            for i in (1..entries).step_by(2) {
                // SAFETY: within the table.
                unsafe { cx.store(table.get(), 4 + 3 * i + 2, Value::EMPTY) };
            }
            cx.collect(true);
            for i in 0..entries {
                // SAFETY: within the table.
                let key = unsafe { cx.load(table.get(), 4 + 3 * i + 1) };
                assert_eq!(key == Value::EMPTY, i % 2 == 1, "entry {i}");
            }
            // A word on the native stack may hold one or two.
            let live = |odd| weak.iter().skip(odd).step_by(2).filter(|w| cx.weak_get(w.get()).is_some()).count();
            assert_eq!(live(0), entries / 2);
            assert!(live(1) <= 2, "{} of {} keys stay", live(1), entries / 2);
        }
    }
}
