//! The table of a dict: entries in insertion order and an open-addressed index over them, in one object.
//!
//! Words: 1 `log2 of the index size << 32 | capacity in entries`; 2 `live entries << 32 | entries used`; 3 the version of
//! the set of keys (0: none given yet); from 4 the entries `(hash, key, value)`; then the index, whose slots are 1, 2 or
//! 4 bytes wide and hold an entry's number, `FREE` or `DELETED`.
//!
//! In a published table of a shared dict an entry never changes its key; deletion makes its value `EMPTY`, and every probe
//! passes such an entry by: the key, or one that equals it, may have been stored again behind it. An entry is complete
//! before the index or the count covers it. A global collection makes the key of an entry that has ended `EMPTY`, too: what was
//! deleted dies. So who has found a value reads its key before the next poll, or looks at the value again.

use super::{Str, hashing, raw};
use proto_core::sync::Ordering;
use proto_core::{Heap, RawEntryWord, RawWord, Value, header, sub};

const CONFIG: RawWord = RawWord::of_internal(sub::DICTTABLE, 1);
const COUNTS: RawWord = RawWord::of_internal(sub::DICTTABLE, 2);
const VERSION: RawWord = RawWord::of_internal(sub::DICTTABLE, 3);
const HASHES: RawEntryWord = RawEntryWord::of_internal(sub::DICTTABLE, 0);
const ENTRIES: usize = 4;
const STRIDE: usize = 3;

/// Index slot that was never used: a probe ends here.
pub(super) const FREE: u32 = u32::MAX;
/// Index slot of an entry that is gone.
pub(super) const DELETED: u32 = u32::MAX - 1;

/// The word in which the value of an entry stands.
pub(super) const fn value_word(entry: usize) -> usize {
    ENTRIES + STRIDE * entry + 2
}

/// A dict's table.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) struct Table(pub(super) Value);

/// Where a probe ended.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Probe {
    /// Entry `entry`, to which index slot `slot` points. Its value may be `EMPTY`.
    Found { slot: usize, entry: usize },
    /// No such key; index slot `slot` is free.
    Absent { slot: usize },
}

#[inline(always)]
const fn capacity(log2: u32) -> usize {
    // Three quarters of the index.
    3 << (log2 - 2)
}

/// Log2 of the size of an index over `n` entries.
pub(super) fn log2_for(n: usize) -> u32 {
    let mut log2 = 3;
    while capacity(log2) < n {
        log2 += 1;
    }
    log2
}

#[inline(always)]
const fn width(log2: u32) -> usize {
    if log2 <= 8 {
        1
    } else if log2 <= 16 {
        2
    } else {
        4
    }
}

/// Where the index of a table with room for `cap` entries begins.
#[inline(always)]
fn index_at(t: Value, cap: usize) -> usize {
    t.addr() + (ENTRIES + STRIDE * cap) * 8
}

/// Whether a key is this text: a string, or an instance of a subclass that compares as strings do.
#[inline(always)]
fn is_text(key: Value, text: Str) -> bool {
    match Str::of(key) {
        Some(key) => key.eq(text),
        None => hashing::wrapped_text(key).is_some_and(|key| key.eq(text)),
    }
}

impl Table {
    pub(super) fn alloc(heap: &Heap, log2: u32) -> Table {
        let cap = capacity(log2);
        let index_words = (width(log2) << log2) / 8;
        let t = heap.alloc_internal(sub::DICTTABLE, ENTRIES + STRIDE * cap + index_words);
        // SAFETY: a fresh table; the index lies in its last `index_words` words.
        unsafe {
            raw::store_raw(t, CONFIG, u64::from(log2) << 32 | cap as u64);
            raw::store_raw(t, COUNTS, 0);
            raw::store_raw(t, VERSION, 0);
            header::split(index_at(t, cap), index_words, width(log2));
        }
        Table(t)
    }

    /// (log2 of the index size, capacity).
    #[inline(always)]
    pub(super) fn config(self) -> (u32, usize) {
        // SAFETY: a table; the word never changes.
        let w = unsafe { raw::load_raw(self.0, CONFIG) };
        ((w >> 32) as u32, w as u32 as usize)
    }

    /// (entries used, live entries).
    #[inline(always)]
    pub(super) fn counts(self) -> (usize, usize) {
        // SAFETY: a table. Acquire pairs with `set_counts`: entries below the count are complete.
        let w = unsafe { raw::load_raw(self.0, COUNTS) };
        (w as u32 as usize, (w >> 32) as usize)
    }

    #[inline(always)]
    pub(super) fn set_counts(self, used: usize, live: usize) {
        // SAFETY: a table, owned or locked.
        unsafe { raw::store_raw(self.0, COUNTS, (live as u64) << 32 | used as u64) };
    }

    #[inline(always)]
    pub(super) fn version(self) -> u64 {
        // SAFETY: a table.
        unsafe { raw::load_raw(self.0, VERSION) }
    }

    /// Forgets the version: the set of keys changed. After the change, so that whoever asked for a version in between
    /// and looked a key up before the change holds one that is never valid again.
    #[inline(always)]
    pub(super) fn touch(self) {
        // SAFETY: a table, owned or locked.
        unsafe {
            if cfg!(model) {
                // Loom forgets that a plain store cannot come between what a swap read and what it wrote.
                raw::word(self.0, VERSION.index()).swap(0, Ordering::Release);
            } else {
                raw::store_raw(self.0, VERSION, 0);
            }
        }
    }

    /// Gives the table `fresh` as its version unless it has one.
    pub(super) fn give_version(self, fresh: u64) -> u64 {
        // SAFETY: a table; the swap only replaces "none given".
        match unsafe { raw::cas_raw(self.0, VERSION, 0, fresh) } {
            Ok(_) => fresh,
            Err(have) => have,
        }
    }

    #[inline(always)]
    pub(super) fn hash(self, e: usize) -> i64 {
        // SAFETY: `e` is below the capacity, here and below.
        unsafe { raw::load_raw(self.0, ENTRIES + STRIDE * e) as i64 }
    }

    #[inline(always)]
    pub(super) fn key(self, e: usize) -> Value {
        // SAFETY: as in `hash`.
        unsafe { raw::load(self.0, ENTRIES + STRIDE * e + 1) }
    }

    #[inline(always)]
    pub(super) fn value(self, e: usize) -> Value {
        // SAFETY: as in `hash`.
        unsafe { raw::load(self.0, ENTRIES + STRIDE * e + 2) }
    }

    #[inline(always)]
    pub(super) fn set_value(self, heap: &Heap, e: usize, v: Value) {
        // SAFETY: as in `hash`; the third word of an entry is a value.
        unsafe { heap.store(self.0, ENTRIES + STRIDE * e + 2, v) };
    }

    /// Ends an entry. `with_key`: its key goes too (tables of local dicts only).
    #[inline(always)]
    pub(super) fn clear_entry(self, heap: &Heap, e: usize, with_key: bool) {
        // SAFETY: as in `hash`; key and value are values.
        unsafe {
            heap.store(self.0, ENTRIES + STRIDE * e + 2, Value::EMPTY);
            if with_key {
                heap.store(self.0, ENTRIES + STRIDE * e + 1, Value::EMPTY);
            }
        }
    }

    /// Fills entry `e`, which nothing covers yet.
    #[inline(always)]
    pub(super) fn fill(self, heap: &Heap, e: usize, hash: i64, k: Value, v: Value) {
        // SAFETY: as in `hash`; key and value go through the barrier.
        unsafe {
            raw::store_raw(self.0, HASHES.of(e), hash as u64);
            heap.store(self.0, ENTRIES + STRIDE * e + 1, k);
            heap.store(self.0, ENTRIES + STRIDE * e + 2, v);
        }
    }

    /// Fills an entry of a table that is not published.
    #[inline(always)]
    fn init(self, e: usize, hash: i64, k: Value, v: Value) {
        // SAFETY: as in `hash`; the table is fresh.
        unsafe {
            raw::store_raw(self.0, HASHES.of(e), hash as u64);
            raw::init(self.0, ENTRIES + STRIDE * e + 1, k);
            raw::init(self.0, ENTRIES + STRIDE * e + 2, v);
        }
    }

    #[inline(always)]
    fn slot(self, log2: u32, cap: usize, i: usize) -> u32 {
        debug_assert!(i < 1 << log2);
        // SAFETY: the index begins behind `cap` entries and has `1 << log2` slots of the width that goes with `log2`;
        // each slot is always accessed with that width.
        unsafe {
            let base = index_at(self.0, cap);
            if log2 <= 8 {
                let x = header::byte(base + i).load(Ordering::Acquire);
                if x >= 254 { u32::from(x) | 0xFFFF_FF00 } else { u32::from(x) }
            } else if log2 <= 16 {
                let x = header::quarter(base + 2 * i).load(Ordering::Acquire);
                if x >= 65534 { u32::from(x) | 0xFFFF_0000 } else { u32::from(x) }
            } else {
                header::half(base + 4 * i).load(Ordering::Acquire)
            }
        }
    }

    #[inline(always)]
    pub(super) fn set_slot(self, i: usize, x: u32) {
        let (log2, cap) = self.config();
        debug_assert!(i < 1 << log2);
        // SAFETY: as in `slot`; `FREE` and `DELETED` truncate to their narrow forms. Release: the entry is complete.
        unsafe {
            let base = index_at(self.0, cap);
            if log2 <= 8 {
                header::byte(base + i).store(x as u8, Ordering::Release);
            } else if log2 <= 16 {
                header::quarter(base + 2 * i).store(x as u16, Ordering::Release);
            } else {
                header::half(base + 4 * i).store(x, Ordering::Release);
            }
        }
    }

    /// Probes for a key with the given hash. `same(key)` decides about candidates with an equal hash; its error ends
    /// the probe.
    #[inline(always)]
    pub(super) fn probe<E>(self, hash: i64, mut same: impl FnMut(usize, Value) -> Result<bool, E>) -> Result<Probe, E> {
        let (log2, cap) = self.config();
        let mask = (1usize << log2) - 1;
        let mut perturb = hash as u64;
        let mut i = perturb as usize & mask;
        loop {
            let x = self.slot(log2, cap, i);
            if x == FREE {
                return Ok(Probe::Absent { slot: i });
            }
            if x != DELETED {
                let e = x as usize;
                if self.hash(e) == hash && same(e, self.key(e))? {
                    return Ok(Probe::Found { slot: i, entry: e });
                }
            }
            perturb >>= 5;
            i = (i.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
        }
    }

    /// Probes for a string.
    #[inline(always)]
    pub(super) fn probe_str(self, hash: i64, s: Str) -> Probe {
        let r = self.probe(hash, |_, k| Ok::<bool, std::convert::Infallible>(k == s.value() || is_text(k, s)));
        match r {
            Ok(p) => p,
        }
    }

    /// As [`Table::probe_str`], past entries that have ended: the string may live behind one.
    #[cold]
    pub(super) fn probe_str_live(self, hash: i64, s: Str) -> Probe {
        let r = self.probe(hash, |e, k| {
            let same = k == s.value() || is_text(k, s);
            Ok::<bool, std::convert::Infallible>(same && !self.value(e).is_empty())
        });
        match r {
            Ok(p) => p,
        }
    }

    /// The live entry of a string, else a free slot for it.
    #[inline(always)]
    pub(super) fn probe_str_to_store(self, hash: i64, s: Str) -> Probe {
        match self.probe_str(hash, s) {
            Probe::Found { entry, .. } if self.value(entry).is_empty() => self.probe_str_live(hash, s),
            p => p,
        }
    }

    /// Probes for a key for which no Python code runs; `None` when a candidate's `__eq__` might.
    #[inline(always)]
    pub(super) fn probe_simple(self, hash: i64, key: Value) -> Option<Probe> {
        self.probe(hash, |_, k| hashing::simple_eq(k, key).ok_or(())).ok()
    }

    /// As [`Table::probe_simple`], past entries that have ended: an equal key of another type may live behind one.
    #[cold]
    pub(super) fn probe_live(self, hash: i64, key: Value) -> Option<Probe> {
        self.probe(hash, |e, k| if self.value(e).is_empty() { Ok(false) } else { hashing::simple_eq(k, key).ok_or(()) })
            .ok()
    }

    /// Where a key is stored for which no Python code runs: at its live entry, else at a free slot; `None` as in
    /// [`Table::probe_simple`].
    #[inline(always)]
    pub(super) fn probe_to_store(self, hash: i64, key: Value) -> Option<Probe> {
        match self.probe_simple(hash, key) {
            Some(Probe::Found { entry, .. }) if self.value(entry).is_empty() => self.probe_live(hash, key),
            p => p,
        }
    }

    /// The index slot that points at entry `e` (of a key with this hash).
    pub(super) fn slot_of(self, hash: i64, e: usize) -> Option<usize> {
        let r = self.probe(hash, |x, _| Ok::<bool, std::convert::Infallible>(x == e));
        match r {
            Ok(Probe::Found { slot, .. }) => Some(slot),
            Ok(Probe::Absent { .. }) => None,
        }
    }

    /// The free index slot where a new key with this hash goes.
    pub(super) fn free_slot(self, hash: i64) -> usize {
        let r = self.probe(hash, |_, _| Ok::<bool, std::convert::Infallible>(false));
        match r {
            Ok(Probe::Found { slot, .. } | Probe::Absent { slot }) => slot,
        }
    }

    /// The index slot where a new key with this hash goes in the table of a local dict: whoever takes out and puts back the same
    /// key must not make its chain longer each time.
    pub(super) fn vacant_slot(self, hash: i64) -> usize {
        let (log2, cap) = self.config();
        let mask = (1usize << log2) - 1;
        let mut perturb = hash as u64;
        let mut i = perturb as usize & mask;
        while self.slot(log2, cap, i) < DELETED {
            perturb >>= 5;
            i = (i.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1)) & mask;
        }
        i
    }

    /// A fresh table with the live entries of `self` and room for `more` beyond them.
    pub(super) fn rebuilt(self, heap: &Heap, more: usize) -> Table {
        let (used, live) = self.counts();
        let t = Table::alloc(heap, log2_for(live + more));
        let mut n = 0;
        for e in 0..used {
            let v = self.value(e);
            if !v.is_empty() {
                let hash = self.hash(e);
                t.init(n, hash, self.key(e), v);
                t.set_slot(t.free_slot(hash), n as u32);
                n += 1;
            }
        }
        t.set_counts(n, n);
        t
    }

    /// A fresh copy. The table does not change meanwhile.
    pub(super) fn copied(self, heap: &Heap) -> Table {
        let (used, live) = self.counts();
        let (log2, cap) = self.config();
        if used != live || log2 > log2_for(live + live / 4) {
            return self.rebuilt(heap, 0);
        }
        let t = Table::alloc(heap, log2);
        let index_words = (width(log2) << log2) / 8;
        // SAFETY: both tables have the same layout; `t` is fresh.
        unsafe {
            for w in ENTRIES..ENTRIES + STRIDE * used {
                raw::init(t.0, w, raw::load(self.0, w));
            }
            if cfg!(model) {
                (0..1 << log2).for_each(|i| t.set_slot(i, self.slot(log2, cap, i)));
            } else {
                for w in ENTRIES + STRIDE * cap..ENTRIES + STRIDE * cap + index_words {
                    raw::init(t.0, w, raw::load(self.0, w));
                }
            }
        }
        t.set_counts(used, live);
        t
    }
}
