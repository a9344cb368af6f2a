//! Dicts: compact, in insertion order. Word 1 is the [`Table`] (`EMPTY`: no entries yet); word 2 (for the owner or under the lock) a
//! position below which all entries are gone; word 3 (local dicts only) how many index slots removal from the end has
//! used up.
//!
//! **Shared dicts.** Lookups take no lock: they read one table, in which entries never change their meaning. Writers
//! hold the dict's lock; growth and compaction publish a new table. **Keys with code of their own** are probed
//! without the lock; the verdicts of their `__eq__` are remembered by identity; then the lock is taken, and if the table
//! changed meanwhile, the probe is repeated with the remembered verdicts.
//!
//! Caches hold `(version, entry)`: a version belongs to one set of keys of one table.

mod ends;

use super::dict_table::{DELETED, Probe, Table, log2_for};
use super::{List, Str, Tuple, hashing, raw, shapes};
use crate::ctx::{Ctx, Raised};
use proto_core::sync::{Ordering, StaticCounter64, broken};
use proto_core::{Heap, Kind, RawWord, Value};

const TABLE: usize = 1;
const HEAD: RawWord = RawWord::of_kind(Kind::Dict, 2);
const POPPED: RawWord = RawWord::of_kind(Kind::Dict, 3);
/// In the word `HEAD` of a local dict: there has been an iterator over this table, which must see that entries that ended have
/// been followed by others. Their positions are not used again then.
const ITERATED: u64 = 1 << 63;

/// Versions of key sets; 2^40 of them, given only where a cache asks.
static NEXT_VERSION: StaticCounter64 = StaticCounter64::new(1);

/// A `dict`.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Dict(Value);

/// Result of a lookup that runs no Python code.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// The key's value.
    Found(Value),
    /// No such key.
    Absent,
    /// Python code would have to run: use [`Dict::get`].
    Slow,
}

/// Verdicts of `__eq__` on candidates of one lookup.
struct Verdicts {
    seen: [(Value, bool); 8],
    n: usize,
}

impl Verdicts {
    fn new() -> Verdicts {
        Verdicts { seen: [(Value::EMPTY, false); 8], n: 0 }
    }

    fn get(&self, k: Value) -> Option<bool> {
        self.seen.iter().find(|(c, _)| *c == k).map(|(_, v)| *v)
    }

    fn put(&mut self, k: Value, verdict: bool) {
        self.seen[self.n % 8] = (k, verdict);
        self.n += 1;
    }
}

/// What a finished probe saw: the table, how many entries it had, and the result.
type Seen = Option<(Table, usize, Probe)>;

impl Dict {
    /// The handle, if `v` is exactly a dict.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Dict> {
        if v.is_kind(Kind::Dict) { Some(Dict(v)) } else { None }
    }

    /// The dict in `v`, also when it is an instance of a subclass.
    #[inline]
    pub fn of_sub(heap: &Heap, v: Value) -> Option<Dict> {
        Dict::of(v).or_else(|| Dict::of(super::base_value(heap, v)))
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// An empty dict.
    #[inline]
    pub fn new(heap: &Heap) -> Dict {
        let d = heap.alloc(Kind::Dict, shapes::DICT, 4);
        // SAFETY: a fresh object of 4 words; word 1 is EMPTY at birth.
        unsafe {
            raw::store_raw(d, HEAD, 0);
            raw::store_raw(d, POPPED, 0);
        }
        Dict(d)
    }

    /// An empty dict with room for `n` entries.
    pub fn with_capacity(heap: &Heap, n: usize) -> Dict {
        let d = Dict::new(heap);
        if n > 0 {
            // SAFETY: a fresh dict.
            unsafe { raw::init(d.0, TABLE, Table::alloc(heap, log2_for(n)).0) };
        }
        d
    }

    #[inline(always)]
    fn table(self) -> Option<Table> {
        // SAFETY: word 1 of a dict is a value.
        let t = unsafe { raw::load(self.0, TABLE) };
        if t.is_empty() { None } else { Some(Table(t)) }
    }

    #[inline(always)]
    fn is_shared(self) -> bool {
        // SAFETY: a dict is a heap object.
        unsafe { raw::is_shared(self.0) }
    }

    #[inline(always)]
    fn locked<R>(self, heap: &Heap, f: impl FnOnce(&Heap) -> R) -> R {
        if self.is_shared() && !broken("dict_locked") { heap.lock(self.0, f) } else { f(heap) }
    }

    /// Makes `t` the table. What a table of a shared dict holds is shared already, so promoting the table marks one
    /// object and may be done under the lock.
    fn publish(self, heap: &Heap, t: Table) {
        // SAFETY: word 1 of a dict is a value; words 2 and 3 are raw.
        unsafe {
            raw::promote_for(heap, self.0, t.0);
            heap.store(self.0, TABLE, t.0);
            raw::store_raw(self.0, HEAD, 0);
            raw::store_raw(self.0, POPPED, 0);
        }
    }

    /// Number of entries.
    #[inline(always)]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        match self.table() {
            Some(t) => t.counts().1,
            None => 0,
        }
    }

    // --- lookups without Python code ---

    /// The value of a string key.
    #[inline(always)]
    pub fn get_str(self, key: Value) -> Option<Value> {
        let s = Str::of(key)?;
        let t = self.table()?;
        match t.probe_str(s.hash(), s) {
            Probe::Found { entry, .. } => t.value(entry).non_empty().or_else(|| Dict::get_str_live(t, s)),
            Probe::Absent { .. } => None,
        }
    }

    /// Looks a string up past its entry that has ended.
    #[cold]
    fn get_str_live(t: Table, s: Str) -> Option<Value> {
        match t.probe_str_live(s.hash(), s) {
            Probe::Found { entry, .. } => t.value(entry).non_empty(),
            Probe::Absent { .. } => None,
        }
    }

    /// Looks up a key for which no Python code has to run.
    #[inline(always)]
    pub fn get_fast(self, key: Value) -> Lookup {
        let Some(hash) = hashing::fast_hash(key) else { return Lookup::Slow };
        self.get_fast_hashed(key, hash)
    }

    /// As [`Dict::get_fast`], for an object whose hash is its identity.
    pub fn get_identical(self, key: Value) -> Lookup {
        self.get_fast_hashed(key, hashing::hash_pointer(key))
    }

    #[inline(always)]
    fn get_fast_hashed(self, key: Value, hash: i64) -> Lookup {
        let Some(t) = self.table() else { return Lookup::Absent };
        match t.probe_simple(hash, key) {
            Some(Probe::Found { entry, .. }) => match t.value(entry).non_empty() {
                Some(v) => Lookup::Found(v),
                None => Dict::get_live(t, key, hash),
            },
            Some(Probe::Absent { .. }) => Lookup::Absent,
            None => Lookup::Slow,
        }
    }

    /// Looks a key up past its entry that has ended.
    #[cold]
    fn get_live(t: Table, key: Value, hash: i64) -> Lookup {
        match t.probe_live(hash, key) {
            // Empty again: it ended meanwhile.
            Some(Probe::Found { entry, .. }) => t.value(entry).non_empty().map_or(Lookup::Absent, Lookup::Found),
            Some(Probe::Absent { .. }) => Lookup::Absent,
            None => Lookup::Slow,
        }
    }

    /// Stores under a string key.
    #[inline]
    pub fn set_str(self, heap: &Heap, key: Value, v: Value) {
        if let Some(s) = Str::of(key) {
            self.admit(heap, key, v);
            let hash = s.hash();
            self.locked(heap, |heap| {
                let p = self.table().map(|t| t.probe_str_to_store(hash, s));
                self.store_at(heap, p, hash, key, v);
            });
        }
    }

    /// Removes a string key.
    pub fn remove_str(self, heap: &Heap, key: Value) -> Option<Value> {
        let s = Str::of(key)?;
        let hash = s.hash();
        self.locked(heap, |_| {
            let t = self.table()?;
            match t.probe_str_to_store(hash, s) {
                Probe::Found { slot, entry } => {
                    self.remove_at(heap, t, slot, entry, !self.is_iterated()).map(|(_, v)| v)
                }
                Probe::Absent { .. } => None,
            }
        })
    }

    /// Stores under a key for which no Python code has to run; false (and nothing done) otherwise.
    #[inline]
    pub fn set_fast(self, heap: &Heap, key: Value, v: Value) -> bool {
        let Some(hash) = hashing::fast_hash(key) else { return false };
        self.set_fast_hashed(heap, key, hash, v)
    }

    #[inline]
    fn set_fast_hashed(self, heap: &Heap, key: Value, hash: i64, v: Value) -> bool {
        self.admit(heap, key, v);
        self.locked(heap, |heap| {
            let p = match self.table() {
                None => None,
                Some(t) => match t.probe_to_store(hash, key) {
                    None => return false,
                    p => p,
                },
            };
            self.store_at(heap, p, hash, key, v);
            true
        })
    }

    /// Replaces the value of a key for which no Python code has to run by what `f` makes of it (`None`: it is absent), in one
    /// probe. False, and nothing done, when the dict is shared, code has to run, or `f` gives nothing.
    #[inline]
    pub fn update_fast(self, heap: &Heap, key: Value, f: impl FnOnce(Option<Value>) -> Option<Value>) -> bool {
        if self.is_shared() {
            return false;
        }
        let Some(hash) = hashing::fast_hash(key) else { return false };
        let (p, old) = match self.table() {
            None => (None, None),
            Some(t) => match t.probe_simple(hash, key) {
                None => return false,
                p @ Some(Probe::Found { entry, .. }) => (p, t.value(entry).non_empty()),
                p => (p, None),
            },
        };
        let Some(new) = f(old) else { return false };
        self.store_at(heap, p, hash, key, new);
        true
    }

    /// Removes a key for which no Python code has to run, and gives its value.
    pub fn remove_fast(self, heap: &Heap, key: Value) -> Lookup {
        self.remove_fast_if(heap, key, |_| true)
    }

    /// As `remove_fast`, unless the value has been replaced: only while it is `seen` itself.
    pub fn remove_seen(self, heap: &Heap, key: Value, seen: Value) -> Lookup {
        self.remove_fast_if(heap, key, |v| v == seen)
    }

    fn remove_fast_if(self, heap: &Heap, key: Value, unwanted: impl FnOnce(Value) -> bool) -> Lookup {
        let Some(hash) = hashing::fast_hash(key) else { return Lookup::Slow };
        self.locked(heap, |_| {
            let Some(t) = self.table() else { return Lookup::Absent };
            match t.probe_to_store(hash, key) {
                Some(Probe::Found { entry, .. }) if !unwanted(t.value(entry)) => Lookup::Absent,
                Some(Probe::Found { slot, entry }) => match self.remove_at(heap, t, slot, entry, !self.is_iterated()) {
                    Some((_, v)) => Lookup::Found(v),
                    None => Lookup::Absent,
                },
                Some(Probe::Absent { .. }) => Lookup::Absent,
                None => Lookup::Slow,
            }
        })
    }

    #[inline(always)]
    fn admit(self, heap: &Heap, key: Value, v: Value) {
        if self.is_shared() {
            heap.promote(key);
            heap.promote(v);
        }
    }

    /// Stores where a probe of the current table ended. The dict is owned or locked.
    #[inline(always)]
    fn store_at(self, heap: &Heap, p: Option<Probe>, hash: i64, key: Value, v: Value) {
        if let (Some(t), Some(Probe::Found { entry, .. })) = (self.table(), p)
            && !t.value(entry).is_empty()
        {
            t.set_value(heap, entry, v);
            return;
        }
        self.append(heap, p, hash, key, v);
    }

    /// Appends an entry. A found entry is one that ended since it was found: its index slot is pointed at the new one.
    fn append(self, heap: &Heap, p: Option<Probe>, hash: i64, key: Value, v: Value) {
        // SAFETY: word 3 of a dict is raw.
        let popped = unsafe { raw::load_raw(self.0, POPPED) } as usize;
        let (t, slot) = match (self.table(), p) {
            (Some(t), Some(Probe::Found { slot, .. } | Probe::Absent { slot }))
                if t.counts().0 + popped < t.config().1 =>
            {
                let (used, live) = t.counts();
                let gaps = used + popped != live && matches!(p, Some(Probe::Absent { .. })) && !self.is_shared();
                (t, if gaps { t.vacant_slot(hash) } else { slot })
            }
            (Some(t), _) => {
                let (_, live) = t.counts();
                let bigger = t.rebuilt(heap, (live / 2).max(live.min(64)).max(1));
                self.publish(heap, bigger);
                // The old table's version is good no longer, for those who read the dict's word before.
                t.touch();
                (bigger, bigger.free_slot(hash))
            }
            (None, _) => {
                let t = Table::alloc(heap, 3);
                self.publish(heap, t);
                (t, t.free_slot(hash))
            }
        };
        let (used, live) = t.counts();
        if broken("dict_touch_after_insert") {
            t.touch();
        }
        t.fill(heap, used, hash, key, v);
        t.set_slot(slot, used as u32);
        t.set_counts(used + 1, live + 1);
        if !broken("dict_touch_after_insert") {
            t.touch();
        }
    }

    /// Notes that there is an iterator over the dict.
    #[inline]
    pub(super) fn note_iterator(self) {
        // A shared dict never uses a position again.
        if !self.is_shared() {
            // SAFETY: word 2 of a dict is raw, and the dict is owned.
            unsafe { raw::store_raw(self.0, HEAD, raw::load_raw(self.0, HEAD) | ITERATED) };
        }
    }

    #[inline]
    fn is_iterated(self) -> bool {
        // SAFETY: word 2 of a dict is raw.
        unsafe { raw::load_raw(self.0, HEAD) & ITERATED != 0 }
    }

    /// Where an iterator from the end begins: behind the last entry.
    pub(super) fn end(self) -> usize {
        self.table().map_or(0, |t| t.counts().0)
    }

    /// Ends an entry; `None` if it had ended before. The dict is owned or locked. `reuse`: a position at the end is free again.
    fn remove_at(self, heap: &Heap, t: Table, slot: usize, entry: usize, reuse: bool) -> Option<(Value, Value)> {
        let v = t.value(entry).non_empty()?;
        let k = t.key(entry);
        let (used, live) = t.counts();
        let local = !self.is_shared() || broken("dict_entries_never_reused");
        t.clear_entry(heap, entry, local);
        if local {
            t.set_slot(slot, DELETED);
            // SAFETY: words 2 and 3 of a dict are raw.
            unsafe {
                if reuse && entry + 1 == used {
                    // The position is used again, the index slot is not: count it.
                    raw::store_raw(self.0, POPPED, raw::load_raw(self.0, POPPED) + 1);
                    t.set_counts(used - 1, live - 1);
                } else {
                    let head = raw::load_raw(self.0, HEAD);
                    if head & !ITERATED == entry as u64 {
                        raw::store_raw(self.0, HEAD, head + 1);
                    }
                    t.set_counts(used, live - 1);
                }
                if reuse && live == 1 {
                    // Nothing left: all positions are free again, their index slots are not.
                    let used = t.counts().0;
                    raw::store_raw(self.0, HEAD, 0);
                    raw::store_raw(self.0, POPPED, raw::load_raw(self.0, POPPED) + used as u64);
                    t.set_counts(0, 0);
                }
            }
        } else {
            t.set_counts(used, live - 1);
        }
        t.touch();
        Some((k, v))
    }

    // --- any keys ---

    /// Probes the current table for any key. Python code may run.
    fn find(self, cx: &mut Ctx, key: Value, hash: i64, verdicts: &mut Verdicts) -> Result<Seen, Raised> {
        'again: loop {
            let Some(t) = self.table() else { return Ok(None) };
            let used = t.counts().0;
            let mut moved = false;
            let p = t.probe(hash, |e, k| {
                // An entry that has ended is passed by.
                if t.value(e).is_empty() {
                    return Ok(false);
                }
                if let Some(known) = hashing::simple_eq(k, key).or_else(|| verdicts.get(k)) {
                    return Ok(known);
                }
                let verdict = crate::protocol::eq(cx, k, key)?;
                verdicts.put(k, verdict);
                // The code may have changed this very dict: what was probed so far is void then.
                if self.table() != Some(t) || t.key(e) != k {
                    moved = true;
                    return Ok(true);
                }
                Ok(verdict)
            })?;
            if moved {
                continue 'again;
            }
            return Ok(Some((t, used, p)));
        }
    }

    /// Whether what a probe saw still holds, now that the dict is locked.
    fn holds(self, seen: &Seen) -> bool {
        match (seen, self.table()) {
            (None, None) => true,
            (Some((t, used, p)), Some(now)) => {
                *t == now
                    && t.counts().0 == *used
                    && match p {
                        // A local dict clears the key of an ended entry.
                        Probe::Found { entry, .. } => !t.key(*entry).is_empty(),
                        Probe::Absent { .. } => true,
                    }
            }
            _ => false,
        }
    }

    /// Probes for any key, then runs `f` with the dict locked and the probe's result still true.
    fn with_probe<R>(
        self,
        cx: &mut Ctx,
        key: Value,
        hash: i64,
        v: Value,
        mut f: impl FnMut(&Heap, Option<(Table, Probe)>) -> R,
    ) -> Result<R, Raised> {
        let mut verdicts = Verdicts::new();
        loop {
            let seen = self.find(cx, key, hash, &mut verdicts)?;
            self.admit(cx, key, v);
            let r = self.locked(cx, |heap| {
                if self.holds(&seen) || broken("dict_probe_holds") {
                    Some(f(heap, seen.map(|(t, _, p)| (t, p))))
                } else {
                    None
                }
            });
            if let Some(r) = r {
                return Ok(r);
            }
        }
    }

    #[inline(always)]
    fn hash_of(cx: &mut Ctx, key: Value) -> Result<i64, Raised> {
        match hashing::fast_hash(key) {
            Some(h) => Ok(h),
            None => crate::protocol::hash_for(cx, key, "dict key"),
        }
    }

    /// `self.get(key)`.
    #[inline]
    pub fn get(self, cx: &mut Ctx, key: Value) -> Result<Option<Value>, Raised> {
        let hash = Dict::hash_of(cx, key)?;
        self.get_hashed(cx, key, hash)
    }

    /// [`Dict::get`] of a key whose hash is known.
    #[inline]
    pub fn get_hashed(self, cx: &mut Ctx, key: Value, hash: i64) -> Result<Option<Value>, Raised> {
        match self.get_fast_hashed(key, hash) {
            Lookup::Found(v) => Ok(Some(v)),
            Lookup::Absent => Ok(None),
            Lookup::Slow => match self.find(cx, key, hash, &mut Verdicts::new())? {
                Some((t, _, Probe::Found { entry, .. })) => Ok(t.value(entry).non_empty()),
                _ => Ok(None),
            },
        }
    }

    /// `key in self`.
    pub fn contains(self, cx: &mut Ctx, key: Value) -> Result<bool, Raised> {
        Ok(self.get(cx, key)?.is_some())
    }

    /// `self[key] = v`.
    #[inline]
    pub fn set(self, cx: &mut Ctx, key: Value, v: Value) -> Result<(), Raised> {
        let hash = Dict::hash_of(cx, key)?;
        self.set_hashed(cx, key, hash, v)
    }

    /// [`Dict::set`] of a key whose hash is known.
    #[inline]
    pub fn set_hashed(self, cx: &mut Ctx, key: Value, hash: i64, v: Value) -> Result<(), Raised> {
        if self.set_fast_hashed(cx, key, hash, v) {
            return Ok(());
        }
        self.with_probe(cx, key, hash, v, |heap, p| {
            self.store_at(heap, p.map(|(_, p)| p), hash, key, v);
        })
    }

    /// Removes a key and returns its value.
    pub fn remove(self, cx: &mut Ctx, key: Value) -> Result<Option<Value>, Raised> {
        Ok(self.remove_entry(cx, key)?.map(|(_, v)| v))
    }

    /// Removes a key and returns the stored key and its value.
    pub fn remove_entry(self, cx: &mut Ctx, key: Value) -> Result<Option<(Value, Value)>, Raised> {
        let hash = Dict::hash_of(cx, key)?;
        self.remove_entry_hashed(cx, key, hash)
    }

    /// As [`Dict::remove_entry`], for a key whose hash is known.
    pub fn remove_entry_hashed(self, cx: &mut Ctx, key: Value, hash: i64) -> Result<Option<(Value, Value)>, Raised> {
        self.with_probe(cx, key, hash, Value::NONE, |heap, p| match p {
            Some((t, Probe::Found { slot, entry })) => self.remove_at(heap, t, slot, entry, !self.is_iterated()),
            _ => None,
        })
    }

    /// `self.setdefault(key, v)`.
    pub fn set_default(self, cx: &mut Ctx, key: Value, v: Value) -> Result<Value, Raised> {
        let hash = Dict::hash_of(cx, key)?;
        self.set_default_hashed(cx, key, hash, v)
    }

    /// As [`Dict::set_default`], for a key whose hash is known.
    pub fn set_default_hashed(self, cx: &mut Ctx, key: Value, hash: i64, v: Value) -> Result<Value, Raised> {
        if let Lookup::Found(have) = self.get_fast_hashed(key, hash) {
            return Ok(have);
        }
        self.with_probe(cx, key, hash, v, |heap, p| {
            if let Some((t, Probe::Found { entry, .. })) = p
                && let Some(have) = t.value(entry).non_empty()
            {
                return have;
            }
            self.append(heap, p.map(|(_, p)| p), hash, key, v);
            v
        })
    }

    // --- iteration by position ---

    /// The first entry at or after `pos`: (position after it, key, value).
    #[inline]
    pub fn next_entry(self, pos: usize) -> Option<(usize, Value, Value)> {
        self.next_entry_hashed(pos).map(|(p, _, k, v)| (p, k, v))
    }

    /// The first entry at or after `pos`: (position after it, hash, key, value).
    #[inline]
    pub fn next_entry_hashed(self, pos: usize) -> Option<(usize, i64, Value, Value)> {
        let t = self.table()?;
        let used = t.counts().0;
        let mut e = pos;
        if e == 0 && !self.is_shared() {
            // SAFETY: word 2 of a dict is raw.
            e = unsafe { raw::load_raw(self.0, HEAD) & !ITERATED } as usize;
        }
        while e < used {
            // The key first: a local dict clears it together with the value, a shared one never.
            let (k, v) = (t.key(e), t.value(e));
            if !v.is_empty() {
                return Some((e + 1, t.hash(e), k, v));
            }
            e += 1;
        }
        None
    }

    /// The last entry before position `pos` (`usize::MAX`: from the end): (its position, key, value).
    pub fn prev_entry(self, pos: usize) -> Option<(usize, Value, Value)> {
        let t = self.table()?;
        let mut e = pos.min(t.counts().0);
        while e > 0 {
            e -= 1;
            let (k, v) = (t.key(e), t.value(e));
            if !v.is_empty() {
                return Some((e, k, v));
            }
        }
        None
    }

    /// Calls `f` for every entry. `f` runs no Python code; concurrent changes may or may not be seen.
    pub fn for_each(self, mut f: impl FnMut(Value, Value)) {
        let mut pos = 0;
        while let Some((next, k, v)) = self.next_entry(pos) {
            f(k, v);
            pos = next;
        }
    }

    // --- whole dicts ---

    /// Removes all entries.
    pub fn clear(self, heap: &Heap) {
        self.locked(heap, |heap| {
            // SAFETY: word 1 of a dict is a value, words 2 and 3 are raw.
            unsafe {
                heap.store(self.0, TABLE, Value::EMPTY);
                raw::store_raw(self.0, HEAD, 0);
                raw::store_raw(self.0, POPPED, 0);
            }
        });
    }

    /// As [`Dict::copy`]: `MemoryError` where there is no room.
    pub fn wish_copy(self, cx: &mut Ctx) -> Result<Dict, Raised> {
        cx.make_room_for(self.len(), 48)?;
        Ok(self.copy(cx))
    }

    /// A copy, of one moment.
    pub fn copy(self, heap: &Heap) -> Dict {
        let d = Dict::new(heap);
        self.locked(heap, |heap| {
            if let Some(t) = self.table()
                && t.counts().1 > 0
            {
                // SAFETY: word 3 of a dict is raw.
                let popped = unsafe { raw::load_raw(self.0, POPPED) };
                // The count of used index slots stays behind, so an index that has such slots is not copied.
                let t = if popped == 0 { t.copied(heap) } else { t.rebuilt(heap, 0) };
                // SAFETY: `d` is fresh.
                unsafe { raw::init(d.0, TABLE, t.0) };
            }
        });
        d
    }

    /// A dict that no other thread changes.
    fn stable(self, heap: &Heap) -> Dict {
        if self.is_shared() { self.copy(heap) } else { self }
    }

    /// Makes the content of this empty dict a copy of `other`'s; false if it is not empty.
    fn become_copy(self, heap: &Heap, other: Dict) -> bool {
        if self.is_shared() || self.len() != 0 {
            return false;
        }
        let c = other.copy(heap);
        if let Some(t) = c.table() {
            self.publish(heap, t);
        }
        true
    }

    /// `self.update(other)`.
    pub fn update_from(self, cx: &mut Ctx, other: Dict) -> Result<(), Raised> {
        self.merge(cx, other, true)
    }

    /// Adds the entries of `other` whose keys are missing.
    pub fn merge_missing(self, cx: &mut Ctx, other: Dict) -> Result<(), Raised> {
        self.merge(cx, other, false)
    }

    fn merge(self, cx: &mut Ctx, other: Dict, replace: bool) -> Result<(), Raised> {
        if self == other || self.become_copy(cx, other) {
            return Ok(());
        }
        let other = other.stable(cx);
        let len = other.len();
        cx.make_room_for(len, 48)?;
        let mut pos = self.merge_at_once(cx, other, replace);
        while let Some((next, hash, k, v)) = other.next_entry_hashed(pos) {
            cx.poll()?;
            if replace || self.get_hashed(cx, k, hash)?.is_none() {
                self.set_hashed(cx, k, hash, v)?;
            }
            if other.len() != len {
                return Err(cx.runtime_error("dict mutated during update"));
            }
            pos = next;
        }
        Ok(())
    }

    /// Makes room for `n` more entries at once. The dict is owned or locked.
    fn reserve(self, heap: &Heap, n: usize) {
        let Some(t) = self.table() else {
            if n > 0 {
                self.publish(heap, Table::alloc(heap, log2_for(n)));
            }
            return;
        };
        // SAFETY: word 3 of a dict is raw.
        let popped = unsafe { raw::load_raw(self.0, POPPED) } as usize;
        if t.counts().0 + popped + n > t.config().1 {
            self.publish(heap, t.rebuilt(heap, n));
            t.touch();
        }
    }

    /// Adds the entries of `other`, which nobody changes meanwhile, as one step; returns the position of the first key for
    /// which Python code would have to run.
    fn merge_at_once(self, heap: &Heap, other: Dict, replace: bool) -> usize {
        if self.is_shared() {
            other.for_each(|k, v| self.admit(heap, k, v));
        }
        self.locked(heap, |heap| {
            self.reserve(heap, other.len());
            let mut pos = 0;
            while let Some((next, hash, k, v)) = other.next_entry_hashed(pos) {
                let p = match self.table() {
                    None => None,
                    Some(t) => match t.probe_to_store(hash, k) {
                        None => return pos,
                        p => p,
                    },
                };
                let there = matches!((self.table(), &p), (Some(t), Some(Probe::Found { entry, .. })) if !t.value(*entry).is_empty());
                if replace || !there {
                    self.store_at(heap, p, hash, k, v);
                }
                pos = next;
            }
            pos
        })
    }

    fn list_of(self, heap: &Heap, f: impl Fn(&Heap, Value, Value) -> Value) -> List {
        let d = self.stable(heap);
        let out = List::with_capacity(heap, d.len());
        d.for_each(|k, v| out.push(heap, f(heap, k, v)));
        out
    }

    /// `list(self)`.
    pub fn keys_list(self, heap: &Heap) -> List {
        self.list_of(heap, |_, k, _| k)
    }

    /// `list(self.values())`.
    pub fn values_list(self, heap: &Heap) -> List {
        self.list_of(heap, |_, _, v| v)
    }

    /// `list(self.items())`.
    pub fn items_list(self, heap: &Heap) -> List {
        self.list_of(heap, |heap, k, v| Tuple::new(heap, &[k, v]))
    }

    // --- caches ---

    /// The version of the current set of keys, given now if there was none; 0 for a dict without a table, which caches
    /// must not hold.
    pub fn keys_version(self, _heap: &Heap) -> u64 {
        match self.table() {
            None => 0,
            Some(t) => version_of(t),
        }
    }

    /// The version given before, 0 if none.
    #[inline(always)]
    pub fn version_now(self) -> u64 {
        match self.table() {
            Some(t) => t.version(),
            None => 0,
        }
    }

    /// The word of a table in which the value of an entry stands, for machine code.
    pub(crate) const fn value_word(entry: usize) -> usize {
        super::dict_table::value_word(entry)
    }

    /// What a cache needs about a string key: the version (0: do not cache) and the entry, if there is one.
    pub fn cache_str(self, key: Value) -> (u64, Option<u32>) {
        let (Some(s), Some(t)) = (Str::of(key), self.table()) else { return (0, None) };
        let version = version_of(t);
        match t.probe_str_to_store(s.hash(), s) {
            Probe::Found { entry, .. } if !t.value(entry).is_empty() => (version, Some(entry as u32)),
            _ => (version, None),
        }
    }

    /// The entry of a string key, for a cache that asked for the version before.
    pub fn entry_index_str(self, key: Value) -> Option<u32> {
        self.cache_str(key).1
    }

    /// Where a string key stands.
    pub fn place_of_str(self, key: Value) -> Option<u32> {
        let (s, t) = (Str::of(key)?, self.table()?);
        match t.probe_str(s.hash(), s) {
            Probe::Found { entry, .. } if !t.value(entry).is_empty() => Some(entry as u32),
            _ => None,
        }
    }

    /// [`Dict::get_str`] of an interned key that probably stands at a place.
    #[inline]
    pub fn get_str_near(self, key: Value, place: u32) -> Option<Value> {
        let (t, place) = (self.table()?, place as usize);
        if place < t.config().1
            && t.key(place) == key
            && let Some(v) = t.value(place).non_empty()
        {
            return Some(v);
        }
        self.get_str(key)
    }

    /// The value of a cached entry, if the set of keys is still the one the cache saw.
    #[inline(always)]
    pub fn value_at(self, version: u64, entry: u32) -> Option<Value> {
        let t = self.table()?;
        if t.version() == version && version != 0 { t.value(entry as usize).non_empty() } else { None }
    }

    /// As [`Dict::value_at`], for a version that was given to some dict: it is not 0.
    #[inline(always)]
    pub fn value_in(self, version: u64, entry: u32) -> Option<Value> {
        let t = self.table()?;
        if t.version() == version { t.value(entry as usize).non_empty() } else { None }
    }

    /// Stores into a cached entry; false when the cache is stale.
    #[inline(always)]
    pub fn set_value_at(self, heap: &Heap, version: u64, entry: u32, v: Value) -> bool {
        // SAFETY: a dict is a heap object.
        unsafe { raw::promote_for(heap, self.0, v) };
        self.locked(heap, |heap| {
            let Some(t) = self.table() else { return false };
            if t.version() != version || version == 0 || t.value(entry as usize).is_empty() {
                return false;
            }
            t.set_value(heap, entry as usize, v);
            true
        })
    }
}

fn version_of(t: Table) -> u64 {
    match t.version() {
        0 => t.give_version(NEXT_VERSION.fetch_add(1, Ordering::Relaxed)),
        v => v,
    }
}
