//! Records: what lies on the Rust heap, is named by its address, and lives as long as something names it.
//!
//! Code, for one. A word of an object that holds a record's address reads as an int; so do addresses on the stacks and what
//! the engine shows as its roots. A global collection knows where the records lie and takes every word that it visits and that
//! lies in one for a reference to it: a record's own memory, or another extent that it names. So nobody registers
//! references, and a `&'static` to a record holds from one safepoint to the next, and beyond while its address is where the
//! collector looks. What no word named is taken out while all threads stand still, together with what refers to records
//! weakly ([`crate::SpaceHooks::forget`]); its memory goes when they run again.
//!
//! Local collections do not look at records: all of them live then.

use super::{ShapeId, Space};
use crate::context::poll;
use crate::heap::Heap;
use crate::sync::{AtomicU8, AtomicUsize, Ordering, broken, lock};
use crate::value::Value;
use std::ptr::NonNull;

/// Memory of records made before the first collection for their sake.
const FIRST_LIMIT: usize = 8 << 20;

/// What the collector asks of a record.
pub trait Record: Send + Sync {
    /// Shows every value that the record holds, and the address of every other record, as [`Value::address`] writes it. The
    /// world is stopped; it neither allocates on the heap nor waits.
    fn visit(&self, f: &mut dyn FnMut(Value));
    /// Shows the ids of shapes that the record keeps.
    fn shapes(&self, _f: &mut dyn FnMut(ShapeId)) {}
    /// Takes out of the record, which lives, what it remembers of things that do not. Called with the world stopped after a global
    /// collection has found shapes or atoms dead; it neither allocates on the heap nor waits.
    fn forget(&self, _lives: &Lives) {}
    /// Shows memory of the record's beside itself, by address and size, whose addresses name it, too.
    fn extents(&self, f: &mut dyn FnMut(usize, usize));
    /// About how much memory it takes.
    fn bytes(&self) -> usize;
}

/// A record as its list holds it.
struct Held {
    record: NonNull<dyn Record>,
    bytes: usize,
}

// SAFETY: records are `Send` and `Sync`; the pointer is what `Box::into_raw` gave, and the list owns it.
unsafe impl Send for Held {}
// SAFETY: as above.
unsafe impl Sync for Held {}

impl Held {
    fn get(&self) -> &dyn Record {
        // SAFETY: the list owns what it holds, and frees it only after it has been taken out.
        unsafe { self.record.as_ref() }
    }
}

/// Memory by which a record is known.
#[derive(Copy, Clone, Debug)]
struct Extent {
    start: usize,
    size: u32,
    /// Index in the list.
    of: u32,
}

/// The records of a space.
#[derive(Default)]
pub(crate) struct Records {
    held: Vec<Option<Held>>,
    free: Vec<u32>,
    /// By address, but for those made since the last collection.
    extents: Vec<Extent>,
    /// What all of them take.
    bytes: usize,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} records", self.held.len() - self.free.len())
    }
}

impl Records {
    fn add(&mut self, record: NonNull<dyn Record>, size: usize) {
        let held = Held { record, bytes: 0 };
        let bytes = size + held.get().bytes();
        let of = self.free.pop().unwrap_or(self.held.len() as u32);
        let extents = &mut self.extents;
        let mut note = |start: usize, size: usize| {
            // Parts, should one ever be that large.
            for at in (0..size).step_by(u32::MAX as usize) {
                extents.push(Extent { start: start + at, size: (size - at).min(u32::MAX as usize) as u32, of });
            }
        };
        note(record.as_ptr().cast::<u8>() as usize, size);
        held.get().extents(&mut note);
        let held = Some(Held { bytes, ..held });
        match self.held.get_mut(of as usize) {
            Some(place) => *place = held,
            None => self.held.push(held),
        }
        self.bytes += bytes;
    }

    /// Puts the extents in order; marking looks them up.
    pub(crate) fn sort(&mut self) {
        // Stable: what is in order already is one run.
        self.extents.sort_by_key(|e| e.start);
    }

    /// Takes out what was not marked.
    pub(crate) fn take_dead(&mut self, marks: &Marks) -> Dead {
        let mut dead = Dead::default();
        for (i, (place, mark)) in self.held.iter_mut().zip(&marks.0).enumerate() {
            // Relaxed: the end of marking orders the marks before this.
            if mark.load(Ordering::Relaxed) == 0
                && let Some(held) = place.take()
            {
                self.bytes -= held.bytes;
                self.free.push(i as u32);
                dead.records.push(held);
            }
        }
        if !dead.records.is_empty() {
            let held = &self.held;
            self.extents.retain(|e| {
                let lives = held[e.of as usize].is_some();
                if !lives {
                    dead.extents.push(*e);
                }
                lives
            });
        }
        dead
    }
}

/// Which records a collection has reached; and where they lie.
pub(crate) struct Marks(Box<[AtomicU8]>);

impl Marks {
    pub(crate) fn new(records: &Records) -> Marks {
        Marks(records.held.iter().map(|_| AtomicU8::new(0)).collect())
    }
}

/// The records as marking sees them.
#[derive(Copy, Clone)]
pub(crate) struct Reachable<'a> {
    records: &'a Records,
    marks: &'a Marks,
    low: usize,
    size: usize,
}

impl<'a> Reachable<'a> {
    /// `records` have been sorted.
    pub(crate) fn new(records: &'a Records, marks: &'a Marks) -> Reachable<'a> {
        let low = records.extents.first().map_or(0, |e| e.start);
        // They do not overlap: the last one ends highest.
        let high = records.extents.last().map_or(0, |e| e.start + e.size as usize);
        Reachable { records, marks, low, size: high - low }
    }

    /// Whether a word may name one.
    #[inline(always)]
    pub(crate) fn may_name(&self, word: u64) -> bool {
        (word as usize).wrapping_sub(self.low) < self.size
    }

    /// The record that a word names.
    fn find(&self, word: u64) -> Option<usize> {
        let extents = &self.records.extents;
        let after = extents.partition_point(|e| e.start <= word as usize);
        let e = extents.get(after.checked_sub(1)?)?;
        ((word as usize) < e.start + e.size as usize).then_some(e.of as usize)
    }

    /// Marks the record that a word names, if it names one. Gives it to whoever is the first.
    #[cold]
    #[inline(never)]
    pub(crate) fn mark(&self, word: u64) -> Option<&'a dyn Record> {
        let of = self.find(word)?;
        let mark = &self.marks.0[of];
        // Relaxed: the marks tell who visits, and are read when marking has ended.
        if mark.load(Ordering::Relaxed) != 0 || mark.swap(1, Ordering::Relaxed) != 0 {
            return None;
        }
        self.records.held[of].as_ref().map(Held::get)
    }

    /// All records that were reached.
    pub(crate) fn living(&self) -> impl Iterator<Item = &'a dyn Record> {
        let marks = self.marks;
        let reached = move |i: usize| marks.0[i].load(Ordering::Relaxed) != 0;
        self.records
            .held
            .iter()
            .enumerate()
            .filter(move |(i, _)| reached(*i))
            .filter_map(|(_, h)| Some(h.as_ref()?.get()))
    }

    /// Whether the record that begins or lies around this address has been reached.
    fn lives(&self, address: usize) -> bool {
        self.find(address as u64).is_some_and(|of| self.marks.0[of].load(Ordering::Relaxed) != 0)
    }
}

/// What a global collection has found alive, for whoever remembers things without keeping them.
pub struct Lives<'a> {
    pub(crate) records: Reachable<'a>,
    pub(crate) space: &'a Space,
}

impl Lives<'_> {
    /// Whether the record at this address does.
    pub fn record(&self, address: usize) -> bool {
        self.records.lives(address)
    }

    /// Whether the shape does: that is, whether its id still is that of the shape that had it.
    pub fn shape(&self, id: u32) -> bool {
        self.space.try_shape(ShapeId(id)).is_some()
    }
}

/// Records that nothing named. Dropping them gives their memory back.
#[derive(Default)]
pub(crate) struct Dead {
    records: Vec<Held>,
    extents: Vec<Extent>,
}

impl Dead {
    /// Whether a word lies in one: for the verifier.
    pub(crate) fn named_by(&self, word: u64) -> bool {
        let after = self.extents.partition_point(|e| e.start <= word as usize);
        after.checked_sub(1).is_some_and(|i| {
            let e = &self.extents[i];
            (word as usize) < e.start + e.size as usize
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

impl Drop for Dead {
    fn drop(&mut self) {
        for held in &self.records {
            // SAFETY: from `Box::into_raw`; no word that the collection could see named it, and what refers to it weakly was
            // told in the same pause.
            drop(unsafe { Box::from_raw(held.record.as_ptr()) });
        }
    }
}

/// When records are collected.
#[derive(Debug)]
pub(crate) struct Pace {
    /// Bytes of those made since the last global collection.
    made: AtomicUsize,
    limit: AtomicUsize,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { made: AtomicUsize::new(0), limit: AtomicUsize::new(FIRST_LIMIT) }
    }
}

impl Pace {
    /// Notes that so much was made; whether a collection is due.
    pub(crate) fn add(&self, bytes: usize) -> bool {
        // Relaxed: a count, by which nothing but the time of a collection is decided.
        self.made.fetch_add(bytes, Ordering::Relaxed) + bytes >= self.limit.load(Ordering::Relaxed)
    }

    /// Whether a collection is due.
    pub(crate) fn is_due(&self) -> bool {
        self.made() >= self.limit.load(Ordering::Relaxed)
    }

    /// Bytes made since the last collection.
    pub(crate) fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    /// A global collection has ended: the next is due when half as much has been made as `live` bytes of objects and records take,
    /// since it costs as much as they are.
    pub(crate) fn collected(&self, live: usize) {
        self.made.store(0, Ordering::Relaxed);
        self.limit.store(FIRST_LIMIT.max(live / 2), Ordering::Relaxed);
    }
}

impl Space {
    /// Makes a record of `record`: it lives as long as a global collection finds its address.
    pub fn adopt<R: Record + 'static>(&self, heap: &Heap, record: Box<R>) -> &'static R {
        let record = NonNull::from(Box::leak(record));
        let mut records = lock(&self.records);
        let before = records.bytes;
        records.add(record, size_of::<R>());
        let bytes = records.bytes - before;
        drop(records);
        self.count_made(heap, bytes);
        // SAFETY: it lives until a collection finds no word that names it: the caller's reference is one until its next
        // safepoint, and after that as this file's head says.
        unsafe { record.as_ref() }
    }

    /// So many bytes were made of what only a global collection frees: asks for one when it is due.
    pub(crate) fn count_made(&self, heap: &Heap, bytes: usize) {
        if self.pace.add(bytes) && !broken("records_pace") {
            heap.poll.fetch_or(poll::COLLECT_GLOBAL, Ordering::Relaxed);
        }
    }

    /// Shows what all records hold: for the verifier.
    pub(crate) fn visit_records(&self, f: &mut dyn FnMut(Value)) {
        for held in lock(&self.records).held.iter().flatten() {
            held.get().visit(f);
        }
    }

    /// How many records there are.
    pub fn record_count(&self) -> usize {
        let records = lock(&self.records);
        records.held.len() - records.free.len()
    }

    /// What the records take, in bytes.
    pub(crate) fn record_bytes(&self) -> usize {
        lock(&self.records).bytes
    }
}
