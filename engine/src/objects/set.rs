//! Sets and frozensets: open addressing with CPython's probe sequence and growth, so that iteration order agrees with
//! CPython's wherever hashes do (ints). Word 1 of a set is the table (`EMPTY`: none yet); `aux` bit `FROZEN`.
//!
//! Table: word 1 the number of slots; word 2 `live << 32 | used slots`; word 3 where `pop` goes on; from 4 the slots
//! `(hash, key)`. A slot goes from unused (both words `EMPTY`, as at birth) to a key to gone (key `EMPTY`, hash -1) and never
//! back, so readers of a shared set need no lock; writers hold it, growth publishes a new table.

use super::{List, hashing, raw, shapes};
use crate::ctx::{Ctx, Raised};
use proto_core::{Heap, Kind, RawEntryWord, RawWord, Value, sub};

const TABLE: usize = 1;
const SLOTS: RawWord = RawWord::of_internal(sub::SETTABLE, 1);
const COUNTS: RawWord = RawWord::of_internal(sub::SETTABLE, 2);
const FINGER: RawWord = RawWord::of_internal(sub::SETTABLE, 3);
const HASHES: RawEntryWord = RawEntryWord::of_internal(sub::SETTABLE, 0);
const ENTRIES: usize = 4;
const MIN_SLOTS: usize = 8;
/// Tables of at most so many slots are walked without a poll.
const WALKED: usize = 1 << 14;
/// Neighbours tried before the next jump.
const LINEAR: usize = 9;
/// Hash word of a slot whose key is gone; no key hashes to -1.
const GONE: i64 = -1;
/// Hash word of a slot that never had a key.
const UNUSED: i64 = Value::EMPTY.bits() as i64;

const FROZEN: u16 = 1;

/// A `set` or `frozenset`.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Set(Value);

#[derive(Copy, Clone, PartialEq, Eq)]
struct Table(Value);

/// Where a probe ended.
#[derive(Copy, Clone)]
enum Probe {
    Found(usize),
    Absent(usize),
}

impl Table {
    fn alloc(heap: &Heap, slots: usize) -> Table {
        let t = heap.alloc_internal(sub::SETTABLE, ENTRIES + 2 * slots);
        // SAFETY: a fresh table; all slots are EMPTY at birth: unused.
        unsafe {
            raw::store_raw(t, SLOTS, slots as u64);
            raw::store_raw(t, COUNTS, 0);
            raw::store_raw(t, FINGER, 0);
        }
        Table(t)
    }

    #[inline(always)]
    fn slots(self) -> usize {
        // SAFETY: a table; the word never changes.
        unsafe { raw::load_raw(self.0, SLOTS) as usize }
    }

    /// (used slots, live keys).
    #[inline(always)]
    fn counts(self) -> (usize, usize) {
        // SAFETY: a table.
        let w = unsafe { raw::load_raw(self.0, COUNTS) };
        (w as u32 as usize, (w >> 32) as usize)
    }

    fn set_counts(self, used: usize, live: usize) {
        // SAFETY: a table, owned or locked.
        unsafe { raw::store_raw(self.0, COUNTS, (live as u64) << 32 | used as u64) };
    }

    #[inline(always)]
    fn hash(self, i: usize) -> i64 {
        // SAFETY: `i` is below the number of slots, here and below.
        unsafe { raw::load_raw(self.0, ENTRIES + 2 * i) as i64 }
    }

    #[inline(always)]
    fn key(self, i: usize) -> Value {
        // SAFETY: as in `hash`.
        unsafe { raw::load(self.0, ENTRIES + 2 * i + 1) }
    }

    fn fill(self, heap: &Heap, i: usize, hash: i64, k: Value) {
        // SAFETY: as in `hash`. The hash first: who sees the key sees it.
        unsafe {
            raw::store_raw(self.0, HASHES.of(i), hash as u64);
            heap.store(self.0, ENTRIES + 2 * i + 1, k);
        }
    }

    /// Fills a slot of a table that nobody else has seen.
    #[inline(always)]
    fn init(self, i: usize, hash: i64, k: Value) {
        // SAFETY: as in `hash`, and the table is fresh.
        unsafe {
            raw::store_raw(self.0, HASHES.of(i), hash as u64);
            raw::init(self.0, ENTRIES + 2 * i + 1, k);
        }
    }

    fn end(self, heap: &Heap, i: usize) {
        // SAFETY: as in `hash`; the hash word says "gone" before the key goes, so a probe never stops here.
        unsafe {
            raw::store_raw(self.0, HASHES.of(i), GONE as u64);
            heap.store(self.0, ENTRIES + 2 * i + 1, Value::EMPTY);
        }
    }

    #[inline(always)]
    fn probe<E>(self, hash: i64, mut same: impl FnMut(usize, Value) -> Result<bool, E>) -> Result<Probe, E> {
        let mask = self.slots() - 1;
        let mut perturb = hash as u64;
        let mut i = hash as usize & mask;
        loop {
            let last = if i + LINEAR <= mask { i + LINEAR } else { i };
            for j in i..=last {
                let k = self.key(j);
                let h = self.hash(j);
                if k.is_empty() {
                    if h == UNUSED {
                        return Ok(Probe::Absent(j));
                    }
                } else if h == hash && same(j, k)? {
                    return Ok(Probe::Found(j));
                }
            }
            perturb >>= 5;
            i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// Probes for a small int, whose hash decides among ints. `None`: Python code would have to run.
    #[inline(always)]
    fn probe_int(self, key: Value, hash: i64) -> Option<Probe> {
        let mask = self.slots() - 1;
        let mut perturb = hash as u64;
        let mut i = hash as usize & mask;
        loop {
            let last = if i + LINEAR <= mask { i + LINEAR } else { i };
            for j in i..=last {
                let k = self.key(j);
                if k == key {
                    return Some(Probe::Found(j));
                }
                if k.is_empty() {
                    if self.hash(j) == UNUSED {
                        return Some(Probe::Absent(j));
                    }
                } else if !k.is_int() && self.hash(j) == hash && hashing::simple_eq(k, key)? {
                    return Some(Probe::Found(j));
                }
            }
            perturb >>= 5;
            i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// Probes for any key. `None`: Python code would have to run.
    #[inline(never)]
    fn probe_any(self, key: Value, hash: i64) -> Option<Probe> {
        self.probe(hash, |_, k| hashing::simple_eq(k, key).ok_or(())).ok()
    }

    /// Where a key that is not there goes in a table without gone slots.
    #[inline(always)]
    fn free_slot(self, hash: i64) -> usize {
        let mask = self.slots() - 1;
        let mut perturb = hash as u64;
        let mut i = hash as usize & mask;
        loop {
            let last = if i + LINEAR <= mask { i + LINEAR } else { i };
            for j in i..=last {
                if self.key(j).is_empty() {
                    return j;
                }
            }
            perturb >>= 5;
            i = i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// A fresh table with the live keys and more than `room` slots.
    fn resized(self, heap: &Heap, room: usize) -> Table {
        let mut slots = MIN_SLOTS;
        while slots <= room {
            slots <<= 1;
        }
        let t = Table::alloc(heap, slots);
        let mut n = 0;
        for i in 0..self.slots() {
            let (k, h) = (self.key(i), self.hash(i));
            if !k.is_empty() {
                t.init(t.free_slot(h), h, k);
                n += 1;
            }
        }
        t.set_counts(n, n);
        t
    }
}

impl Set {
    /// The handle, if `v` is exactly a set or frozenset.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Set> {
        if v.is_kind(Kind::Set) { Some(Set(v)) } else { None }
    }

    /// The set in `v`, also when it is an instance of a subclass.
    pub fn of_sub(heap: &Heap, v: Value) -> Option<Set> {
        Set::of(v).or_else(|| Set::of(super::base_value(heap, v)))
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// An empty set.
    pub fn new(heap: &Heap) -> Set {
        Set(heap.alloc(Kind::Set, shapes::SET, 2))
    }

    /// An empty frozenset, to be filled with `add` before anybody else sees it.
    pub fn new_frozen(heap: &Heap) -> Set {
        let v = heap.alloc(Kind::Set, shapes::FROZENSET, 2);
        // SAFETY: a fresh set.
        unsafe { raw::set_aux(v, FROZEN) };
        Set(v)
    }

    /// An empty set of the given sort.
    pub fn new_as(heap: &Heap, frozen: bool) -> Set {
        if frozen { Set::new_frozen(heap) } else { Set::new(heap) }
    }

    /// Whether this is a frozenset.
    pub fn is_frozen(self) -> bool {
        // SAFETY: a set.
        unsafe { raw::aux(self.0) & FROZEN != 0 }
    }

    #[inline(always)]
    fn table(self) -> Option<Table> {
        // SAFETY: word 1 of a set is a value.
        let t = unsafe { raw::load(self.0, TABLE) };
        if t.is_empty() { None } else { Some(Table(t)) }
    }

    #[inline(always)]
    fn is_shared(self) -> bool {
        // SAFETY: a set is a heap object.
        unsafe { raw::is_shared(self.0) }
    }

    fn locked<R>(self, heap: &Heap, f: impl FnOnce(&Heap) -> R) -> R {
        if self.is_shared() { heap.lock(self.0, f) } else { f(heap) }
    }

    fn publish(self, heap: &Heap, t: Table) {
        // SAFETY: word 1 of a set is a value. A table of a shared set holds shared keys only.
        unsafe {
            raw::promote_for(heap, self.0, t.0);
            heap.store(self.0, TABLE, t.0);
        }
    }

    /// Number of keys.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        self.table().map_or(0, |t| t.counts().1)
    }

    /// Probes for any key. Python code may run; what `__eq__` said is kept only for this probe, which starts again when
    /// the table changes under it.
    fn find(self, cx: &mut Ctx, key: Value, hash: i64) -> Result<Option<(Table, usize, Probe)>, Raised> {
        // Verdicts by identity, so that repeated probes call no `__eq__` twice in a row.
        let mut seen = [(Value::EMPTY, false); 8];
        let mut n = 0;
        loop {
            let Some(t) = self.table() else { return Ok(None) };
            let used = t.counts().0;
            let mut moved = false;
            let p = t.probe(hash, |i, k| {
                if let Some(known) = hashing::simple_eq(k, key) {
                    return Ok(known);
                }
                if let Some((_, verdict)) = seen.iter().find(|(c, _)| *c == k) {
                    return Ok(*verdict);
                }
                let verdict = crate::protocol::eq(cx, k, key)?;
                seen[n % 8] = (k, verdict);
                n += 1;
                if self.table() != Some(t) || t.key(i) != k {
                    moved = true;
                    return Ok(true);
                }
                Ok::<bool, Raised>(verdict)
            })?;
            if !moved {
                return Ok(Some((t, used, p)));
            }
        }
    }

    /// As `find` where no Python code has to run; the outer `None` means that it has to.
    #[inline(always)]
    fn find_simple(self, key: Value, hash: i64) -> Option<Option<(Table, Probe)>> {
        let Some(t) = self.table() else { return Some(None) };
        let p = if key.is_int() { t.probe_int(key, hash)? } else { t.probe_any(key, hash)? };
        Some(Some((t, p)))
    }

    fn with_probe<R>(
        self,
        cx: &mut Ctx,
        key: Value,
        hash: i64,
        mut f: impl FnMut(&Heap, Option<(Table, Probe)>) -> R,
    ) -> Result<R, Raised> {
        loop {
            let seen = self.find(cx, key, hash)?;
            if self.is_shared() {
                cx.promote(key);
            }
            let r = self.locked(cx, |heap| {
                let holds = match (seen, self.table()) {
                    (None, None) => true,
                    (Some((t, used, p)), Some(now)) => {
                        let same_key = match p {
                            Probe::Found(i) => !t.key(i).is_empty(),
                            Probe::Absent(_) => t.counts().0 == used,
                        };
                        t == now && same_key
                    }
                    _ => false,
                };
                holds.then(|| f(heap, seen.map(|(t, _, p)| (t, p))))
            });
            if let Some(r) = r {
                return Ok(r);
            }
        }
    }

    fn hash_of(cx: &mut Ctx, v: Value) -> Result<i64, Raised> {
        match hashing::fast_hash(v) {
            Some(h) => Ok(h),
            None => crate::protocol::hash_for(cx, v, "set element"),
        }
    }

    /// `v in self`.
    pub fn contains(self, cx: &mut Ctx, v: Value) -> Result<bool, Raised> {
        let hash = Set::hash_of(cx, v)?;
        self.contains_hashed(cx, v, hash)
    }

    /// [`Set::contains`] of a value whose hash is known.
    #[inline]
    pub fn contains_hashed(self, cx: &mut Ctx, v: Value, hash: i64) -> Result<bool, Raised> {
        let p = match self.find_simple(v, hash) {
            Some(p) => p.map(|(_, p)| p),
            None => self.find(cx, v, hash)?.map(|(_, _, p)| p),
        };
        Ok(matches!(p, Some(Probe::Found(_))))
    }

    /// Whether `v`, for which no Python code has to run, is a member; `None` when it has to.
    #[inline]
    pub fn contains_fast(self, v: Value) -> Option<bool> {
        let p = self.find_simple(v, hashing::fast_hash(v)?)?;
        Some(matches!(p, Some((_, Probe::Found(_)))))
    }

    /// Adds a value; whether it is new.
    pub fn add(self, cx: &mut Ctx, v: Value) -> Result<bool, Raised> {
        let hash = Set::hash_of(cx, v)?;
        self.add_hashed(cx, v, hash)
    }

    /// Adds a value for which no Python code has to run; whether that was so.
    pub fn add_simple(self, heap: &Heap, v: Value) -> bool {
        if v.is_int()
            && !self.is_shared()
            && let Some(t) = self.table()
        {
            let hash = super::int::hash_i64(v.int_unchecked());
            match t.probe_int(v, hash) {
                Some(Probe::Found(_)) => return true,
                Some(Probe::Absent(i)) => {
                    self.insert_at(heap, t, i, hash, v);
                    return true;
                }
                None => {}
            }
        }
        match hashing::fast_hash(v) {
            Some(hash) => self.add_simple_hashed(heap, v, hash).is_some(),
            None => false,
        }
    }

    #[inline]
    fn add_simple_hashed(self, heap: &Heap, v: Value, hash: i64) -> Option<bool> {
        if !self.is_shared() {
            let p = self.find_simple(v, hash)?;
            if let Some((t, Probe::Absent(i))) = p {
                self.insert_at(heap, t, i, hash, v);
                return Some(true);
            }
            return Some(self.insert(heap, p, hash, v));
        }
        self.add_shared(heap, v, hash)
    }

    #[inline(never)]
    fn add_shared(self, heap: &Heap, v: Value, hash: i64) -> Option<bool> {
        heap.promote(v);
        self.locked(heap, |heap| {
            let p = self.find_simple(v, hash)?;
            Some(self.insert(heap, p, hash, v))
        })
    }

    /// [`Set::add`] of a value whose hash is known.
    #[inline]
    pub fn add_hashed(self, cx: &mut Ctx, v: Value, hash: i64) -> Result<bool, Raised> {
        if let Some(added) = self.add_simple_hashed(cx, v, hash) {
            return Ok(added);
        }
        self.with_probe(cx, v, hash, |heap, p| self.insert(heap, p, hash, v))
    }

    /// Inserts where a probe of the current table ended. The set is owned or locked.
    fn insert(self, heap: &Heap, p: Option<(Table, Probe)>, hash: i64, v: Value) -> bool {
        let (t, i) = match p {
            Some((_, Probe::Found(_))) => return false,
            Some((t, Probe::Absent(i))) => (t, i),
            None => {
                let t = Table::alloc(heap, MIN_SLOTS);
                self.publish(heap, t);
                (t, t.free_slot(hash))
            }
        };
        self.insert_at(heap, t, i, hash, v);
        true
    }

    /// Fills the unused slot `i` of the current table. The set is owned or locked.
    #[inline(always)]
    fn insert_at(self, heap: &Heap, t: Table, i: usize, hash: i64, v: Value) {
        let (used, live) = t.counts();
        t.fill(heap, i, hash, v);
        t.set_counts(used + 1, live + 1);
        if (used + 1) * 5 >= (t.slots() - 1) * 3 {
            self.grow(heap, t, live + 1);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(self, heap: &Heap, t: Table, live: usize) {
        self.publish(heap, t.resized(heap, if live > 50_000 { live * 2 } else { live * 4 }));
    }

    /// Removes a value; whether it was a member.
    pub fn discard(self, cx: &mut Ctx, v: Value) -> Result<bool, Raised> {
        let hash = Set::hash_of(cx, v)?;
        self.discard_hashed(cx, v, hash)
    }

    /// Removes a value for which no Python code has to run; whether it was a member. `None` (and nothing done) when Python
    /// code would have to run.
    pub fn discard_simple(self, heap: &Heap, v: Value) -> Option<bool> {
        self.discard_simple_hashed(heap, v, hashing::fast_hash(v)?)
    }

    #[inline]
    fn discard_simple_hashed(self, heap: &Heap, v: Value, hash: i64) -> Option<bool> {
        self.locked(heap, |_| {
            let p = self.find_simple(v, hash)?;
            let Some((t, Probe::Found(i))) = p else { return Some(false) };
            let (used, live) = t.counts();
            t.end(heap, i);
            t.set_counts(used, live - 1);
            Some(true)
        })
    }

    /// [`Set::discard`] of a value whose hash is known.
    pub fn discard_hashed(self, cx: &mut Ctx, v: Value, hash: i64) -> Result<bool, Raised> {
        if let Some(removed) = self.discard_simple_hashed(cx, v, hash) {
            return Ok(removed);
        }
        self.with_probe(cx, v, hash, |heap, p| match p {
            Some((t, Probe::Found(i))) => {
                let (used, live) = t.counts();
                t.end(heap, i);
                t.set_counts(used, live - 1);
                true
            }
            _ => false,
        })
    }

    /// Removes and returns some member.
    pub fn pop(self, heap: &Heap) -> Option<Value> {
        self.locked(heap, |_| {
            let t = self.table()?;
            let (used, live) = t.counts();
            if live == 0 {
                return None;
            }
            let mask = t.slots() - 1;
            // SAFETY: word 3 of a table is raw.
            let mut i = unsafe { raw::load_raw(t.0, FINGER) } as usize & mask;
            while t.key(i).is_empty() {
                i = (i + 1) & mask;
            }
            let k = t.key(i);
            t.end(heap, i);
            t.set_counts(used, live - 1);
            // SAFETY: as above.
            unsafe { raw::store_raw(t.0, FINGER, i as u64 + 1) };
            Some(k)
        })
    }

    /// Removes all members.
    pub fn clear(self, heap: &Heap) {
        // SAFETY: word 1 of a set is a value.
        self.locked(heap, |heap| unsafe { heap.store(self.0, TABLE, Value::EMPTY) });
    }

    /// As [`Set::copy`]: `MemoryError` where there is no room.
    pub fn wish_copy(self, cx: &mut Ctx, frozen: bool) -> Result<Set, Raised> {
        cx.make_room_for(self.len(), 48)?;
        Ok(self.copy(cx, frozen))
    }

    /// A copy, of one moment.
    pub fn copy(self, heap: &Heap, frozen: bool) -> Set {
        let out = Set::new_as(heap, frozen);
        self.locked(heap, |heap| {
            if let Some(t) = self.table()
                && t.counts().1 > 0
            {
                let (used, live) = t.counts();
                // A set without gone slots is copied slot by slot, others are built anew: as CPython orders them.
                let room = if used == live { t.slots() - 1 } else { live * 2 };
                // SAFETY: `out` is fresh.
                unsafe { raw::init(out.0, TABLE, t.copied(heap, used == live, room).0) };
            }
        });
        out
    }

    /// The members of one moment, in the order of iteration.
    pub fn items_list(self, heap: &Heap) -> List {
        let out = List::new(heap);
        self.locked(heap, |heap| {
            let mut pos = 0;
            while let Some((next, member)) = self.next_entry(pos) {
                out.push(heap, member);
                pos = next;
            }
        });
        out
    }

    /// A set that no other thread changes.
    fn stable(self, heap: &Heap) -> Set {
        if self.is_shared() && !self.is_frozen() { self.copy(heap, false) } else { self }
    }

    /// The first member at or after slot `pos`: (position after it, member).
    #[inline]
    pub fn next_entry(self, pos: usize) -> Option<(usize, Value)> {
        self.next_entry_hashed(pos).map(|(p, _, k)| (p, k))
    }

    /// The first member at or after slot `pos`: (position after it, hash, member).
    #[inline]
    pub fn next_entry_hashed(self, pos: usize) -> Option<(usize, i64, Value)> {
        let t = self.table()?;
        for i in pos..t.slots() {
            let k = t.key(i);
            let h = t.hash(i);
            if !k.is_empty() && h != GONE {
                return Some((i + 1, h, k));
            }
        }
        None
    }

    /// Shows the members of a set that no other thread changes, until `visit` says no; gives where it stopped. Long sets are left to
    /// loops that poll.
    #[inline(always)]
    fn walk(self, mut visit: impl FnMut(i64, Value) -> bool) -> usize {
        let Some(t) = self.table().filter(|t| t.slots() <= WALKED) else { return 0 };
        for i in 0..t.slots() {
            let k = t.key(i);
            let h = t.hash(i);
            if !k.is_empty() && h != GONE && !visit(h, k) {
                return i;
            }
        }
        t.slots()
    }

    /// As [`Set::walk`], telling of each member whether `other` has it, as long as that needs no Python code.
    #[inline(always)]
    fn walk_with(self, other: Set, mut tell: impl FnMut(i64, Value, bool) -> bool) -> usize {
        self.walk(|h, k| match other.find_simple(k, h) {
            Some(found) => tell(h, k, matches!(found, Some((_, Probe::Found(_))))),
            None => false,
        })
    }

    /// Adds the members to `into`, which this thread alone sees, as long as that needs no Python code; gives where it stopped.
    fn walk_into(self, heap: &Heap, into: Set) -> usize {
        self.walk(|h, k| match into.find_simple(k, h) {
            Some(p) => {
                into.insert(heap, p, h, k);
                true
            }
            None => false,
        })
    }

    /// Adds a key that is not there to a set that nobody else has seen.
    #[inline]
    fn put_new(self, heap: &Heap, hash: i64, k: Value) {
        let t = self.table().unwrap_or_else(|| {
            let t = Table::alloc(heap, MIN_SLOTS);
            self.publish(heap, t);
            t
        });
        self.insert_at(heap, t, t.free_slot(hash), hash, k);
    }

    /// Replaces the content by that of `other`, which must be the caller's own.
    pub fn replace(self, heap: &Heap, other: Set) {
        if self.is_shared() {
            heap.promote(other.0);
        }
        self.locked(heap, |heap| {
            let t = other.table().map_or(Value::EMPTY, |t| t.0);
            // SAFETY: word 1 of a set is a value.
            unsafe { heap.store(self.0, TABLE, t) };
        });
    }

    /// `self |= other`.
    pub fn union_with(self, cx: &mut Ctx, other: Set) -> Result<(), Raised> {
        if self == other {
            return Ok(());
        }
        let other = other.stable(cx);
        // Room for both at once, as CPython does.
        let n = other.len();
        cx.make_room_for(n, 64)?;
        self.locked(cx, |heap| {
            if let Some(t) = self.table() {
                let (used, live) = t.counts();
                if (used + n) * 5 >= (t.slots() - 1) * 3 {
                    self.publish(heap, t.resized(heap, (live + n) * 2));
                }
            } else if n * 5 >= (MIN_SLOTS - 1) * 3 {
                let t = Table::alloc(heap, MIN_SLOTS);
                self.publish(heap, t.resized(heap, n * 2));
            }
        });
        let mut pos = match self.is_shared() {
            true => self.union_at_once(cx, other),
            // The members of `other` are all to be there: what is not found goes where the probe ended.
            false => other.walk_into(cx, self),
        };
        while let Some((next, h, k)) = other.next_entry_hashed(pos) {
            cx.poll()?;
            self.add_hashed(cx, k, h)?;
            pos = next;
        }
        Ok(())
    }

    /// Adds the members of `other`, which nobody changes meanwhile, as one step; returns the position of the first one for
    /// which Python code would have to run.
    fn union_at_once(self, heap: &Heap, other: Set) -> usize {
        let mut pos = 0;
        while let Some((next, _, k)) = other.next_entry_hashed(pos) {
            heap.promote(k);
            pos = next;
        }
        self.locked(heap, |heap| {
            let mut pos = 0;
            while let Some((next, h, k)) = other.next_entry_hashed(pos) {
                let Some(p) = self.find_simple(k, h) else { return pos };
                self.insert(heap, p, h, k);
                pos = next;
            }
            pos
        })
    }

    /// `self & other`.
    pub fn intersection(self, cx: &mut Ctx, other: Set, frozen: bool) -> Result<Set, Raised> {
        if self == other {
            return self.wish_copy(cx, frozen);
        }
        let out = Set::new_as(cx, frozen);
        // The smaller one is walked.
        let (small, large) = if other.len() > self.len() { (self, other) } else { (other, self) };
        let small = small.stable(cx);
        let mut pos = small.walk_with(large, |h, k, has| {
            if has {
                out.put_new(cx, h, k);
            }
            true
        });
        while let Some((next, h, k)) = small.next_entry_hashed(pos) {
            cx.poll()?;
            if large.contains_hashed(cx, k, h)? {
                out.add_hashed(cx, k, h)?;
            }
            pos = next;
        }
        Ok(out)
    }

    /// `self - other`.
    pub fn difference(self, cx: &mut Ctx, other: Set, frozen: bool) -> Result<Set, Raised> {
        let out = Set::new_as(cx, frozen);
        if self == other {
            return Ok(out);
        }
        if self.len() >> 2 > other.len() {
            let out = self.wish_copy(cx, frozen)?;
            out.difference_update(cx, other)?;
            return Ok(out);
        }
        let walked = self.stable(cx);
        let mut pos = walked.walk_with(other, |h, k, has| {
            if !has {
                out.put_new(cx, h, k);
            }
            true
        });
        while let Some((next, h, k)) = walked.next_entry_hashed(pos) {
            cx.poll()?;
            if !other.contains_hashed(cx, k, h)? {
                out.add_hashed(cx, k, h)?;
            }
            pos = next;
        }
        Ok(out)
    }

    /// `self -= other`.
    pub fn difference_update(self, cx: &mut Ctx, other: Set) -> Result<(), Raised> {
        if self == other {
            self.clear(cx);
            return Ok(());
        }
        let other = other.stable(cx);
        let mut pos = 0;
        while let Some((next, h, k)) = other.next_entry_hashed(pos) {
            cx.poll()?;
            self.discard_hashed(cx, k, h)?;
            pos = next;
        }
        Ok(())
    }

    /// `self ^= other`.
    pub fn symmetric_difference_update(self, cx: &mut Ctx, other: Set) -> Result<(), Raised> {
        if self == other {
            self.clear(cx);
            return Ok(());
        }
        let other = other.stable(cx);
        let mut pos = 0;
        while let Some((next, h, k)) = other.next_entry_hashed(pos) {
            cx.poll()?;
            if !self.discard_hashed(cx, k, h)? {
                self.add_hashed(cx, k, h)?;
            }
            pos = next;
        }
        Ok(())
    }

    /// `self ^ other`.
    pub fn symmetric_difference(self, cx: &mut Ctx, other: Set, frozen: bool) -> Result<Set, Raised> {
        // CPython starts from the second operand.
        let out = other.wish_copy(cx, frozen)?;
        out.symmetric_difference_update(cx, self)?;
        Ok(out)
    }

    /// `self <= other`.
    pub fn is_subset(self, cx: &mut Ctx, other: Set) -> Result<bool, Raised> {
        if self.len() > other.len() {
            return Ok(false);
        }
        let walked = self.stable(cx);
        let mut all = true;
        let mut pos = walked.walk_with(other, |_, _, has| {
            all = has;
            has
        });
        if !all {
            return Ok(false);
        }
        while let Some((next, h, k)) = walked.next_entry_hashed(pos) {
            cx.poll()?;
            if !other.contains_hashed(cx, k, h)? {
                return Ok(false);
            }
            pos = next;
        }
        Ok(true)
    }

    /// `self.isdisjoint(other)`.
    pub fn is_disjoint(self, cx: &mut Ctx, other: Set) -> Result<bool, Raised> {
        if self == other {
            return Ok(self.len() == 0);
        }
        let (small, large) = if other.len() > self.len() { (self, other) } else { (other, self) };
        let small = small.stable(cx);
        let mut none = true;
        let mut pos = small.walk_with(large, |_, _, has| {
            none = !has;
            !has
        });
        if !none {
            return Ok(false);
        }
        while let Some((next, h, k)) = small.next_entry_hashed(pos) {
            cx.poll()?;
            if large.contains_hashed(cx, k, h)? {
                return Ok(false);
            }
            pos = next;
        }
        Ok(true)
    }

    /// `self == other`.
    pub fn eq_set(self, cx: &mut Ctx, other: Set) -> Result<bool, Raised> {
        if self.len() != other.len() {
            return Ok(false);
        }
        self.is_subset(cx, other)
    }

    /// `hash(frozenset)`. The members' hashes are kept in the table, so no code runs.
    pub fn hash_frozen(self) -> i64 {
        let mut pos = 0;
        pynumeric::hash::frozenset(std::iter::from_fn(|| {
            let (next, h, _) = self.next_entry_hashed(pos)?;
            pos = next;
            Some(h)
        }))
    }
}

impl Table {
    /// A fresh copy: slot by slot, or built anew with more than `room` slots.
    fn copied(self, heap: &Heap, exact: bool, room: usize) -> Table {
        if !exact {
            return self.resized(heap, room);
        }
        let t = Table::alloc(heap, self.slots());
        for i in 0..self.slots() {
            t.init(i, self.hash(i), self.key(i));
        }
        let (used, live) = self.counts();
        t.set_counts(used, live);
        t
    }
}
