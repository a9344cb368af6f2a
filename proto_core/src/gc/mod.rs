//! Collection. `local` collects one context's own objects without stopping anybody; `global` stops all contexts and
//! collects the shared ones too.

pub(crate) mod clock;
mod cyclic;
pub(crate) mod global;
mod local;
pub(crate) mod log;
pub(crate) mod mark;
mod pages;
pub mod pauses;
mod reach;
pub(crate) mod span;
pub mod stats;
mod survey;
pub(crate) mod sweep;
pub mod usage;
pub(crate) mod verify;

#[cfg(test)]
mod log_tests;
#[cfg(test)]
mod tests;

use stats::Stats;
use std::cell::{Cell, RefCell};

/// Why a collection happened, for the report.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Cause {
    /// The allocation budget was used up.
    Budget,
    /// The live size had doubled.
    Doubled,
    /// Enough bytes had been promoted.
    Promoted,
    /// The program asked, or an allocation failed.
    Asked,
    /// The Rust heap had grown.
    Native,
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Cause::Budget => "budget used up",
            Cause::Doubled => "live size doubled",
            Cause::Promoted => "promoted bytes",
            Cause::Asked => "asked for",
            Cause::Native => "native memory",
        })
    }
}

/// A heap's collector state.
#[derive(Debug, Default)]
pub(crate) struct GcState {
    /// Native bytes hanging on objects, new since the last full collection.
    pub external: Cell<isize>,
    /// Old objects that may point at young ones.
    pub remembered: RefCell<Vec<u64>>,
    /// Words of large old objects that may do so: addresses.
    pub remembered_slots: RefCell<Vec<usize>>,
    /// Weak reference cells made (or changed) since the last collection, and all others.
    pub weak_young: RefCell<Vec<usize>>,
    pub weak_old: RefCell<Vec<usize>>,
    /// Objects with finalizers, likewise.
    pub final_young: RefCell<Vec<u64>>,
    pub final_old: RefCell<Vec<u64>>,
    /// Dead objects awaiting their finalizer (roots).
    pub final_queue: RefCell<Vec<u64>>,
    /// Who is to be told of cleared weak references (roots).
    pub cleared_queue: RefCell<Vec<u64>>,
    /// Bytes in objects that survived the last collection, and those that survived the last full one.
    pub live_bytes: Cell<usize>,
    pub full_bytes: Cell<usize>,
    pub stats: RefCell<Stats>,
    /// The mark stack's memory between collections.
    pub mark_stack: RefCell<Vec<u64>>,
    /// The memory of promotion's stack between two.
    pub promote_stack: RefCell<Vec<u64>>,
    /// Bytes promoted that the space does not know of yet.
    pub promoted: Cell<usize>,
    /// Objects promoted, as counted when the young lists and when all lists were last searched for what is shared.
    pub searched_young: Cell<u64>,
    pub searched_all: Cell<u64>,
    /// Local collections that a poll has started.
    pub collections: Cell<u32>,
    /// Bytes ever allocated when a waiting thread last collected, and one: 0 if it never did.
    pub idle_at: Cell<u64>,
    /// Whether the next full local collection counts what was dead in cycles, and how many the last one that did so found.
    pub counts_cyclic: Cell<bool>,
    pub cyclic: Cell<usize>,
    /// For timelines.
    pub pauses: RefCell<pauses::Pauses>,
    /// What stores have taken out of objects while somebody marked.
    pub noted: log::Noted,
    /// Tests only: the barrier forgets to remember.
    pub broken_barrier: Cell<bool>,
}

impl GcState {
    /// Moves another heap's state here.
    pub(crate) fn take_over(&self, from: &GcState) {
        let GcState {
            external,
            remembered,
            remembered_slots,
            weak_young,
            weak_old,
            final_young,
            final_old,
            final_queue,
            cleared_queue,
            live_bytes,
            full_bytes,
            stats,
            promoted,
            mark_stack: _,
            promote_stack: _,
            searched_young: _,
            searched_all: _,
            collections: _,
            idle_at: _,
            counts_cyclic: _,
            cyclic: _,
            pauses: _,
            noted: _,
            broken_barrier: _,
        } = from;
        self.external.set(external.take());
        self.remembered.replace(remembered.take());
        self.remembered_slots.replace(remembered_slots.take());
        self.weak_young.replace(weak_young.take());
        self.weak_old.replace(weak_old.take());
        self.final_young.replace(final_young.take());
        self.final_old.replace(final_old.take());
        self.final_queue.replace(final_queue.take());
        self.cleared_queue.replace(cleared_queue.take());
        self.live_bytes.set(live_bytes.take());
        self.full_bytes.set(full_bytes.take());
        self.promoted.set(promoted.take());
        self.stats.replace(stats.take());
        // Whatever was promoted is to be looked for.
        self.searched_young.set(u64::MAX);
        self.searched_all.set(u64::MAX);
    }
}
