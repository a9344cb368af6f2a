//! When a context's thread stood still, one entry for each time: for timelines. Kept only where [`crate::Config::record_pauses`]
//! asks for it, and no more than [`MOST`] of a context.

use crate::heap::Heap;
use std::time::Instant;

/// Entries kept for one context; those beyond are counted.
pub const MOST: usize = 1 << 16;

/// Why a thread stood still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It collected its young objects.
    Minor,
    /// It collected all its own objects.
    Full,
    /// It stopped the others and collected the shared objects.
    Global,
    /// Another thread had stopped it.
    Stopped,
    /// Another thread held the lock of an object: its type, and the line that wanted it.
    Object(String, String),
}

/// A pause.
#[derive(Clone, Debug)]
pub struct Pause {
    /// Why.
    pub why: Why,
    /// When it began.
    pub start: Instant,
    /// How long it lasted, in nanoseconds.
    pub ns: u64,
    /// Objects and bytes that the context had promoted by then.
    pub promoted: (u64, u64),
}

/// The pauses of a context.
#[derive(Clone, Debug, Default)]
pub struct Pauses {
    /// The first of them.
    pub list: Vec<Pause>,
    /// How many more there were.
    pub dropped: u64,
}

impl Heap {
    /// Keeps a pause that began at `start` and ends now, if pauses are kept.
    #[inline]
    pub(crate) fn note_pause(&self, why: Why, start: Instant) {
        if self.space().config().record_pauses {
            self.keep_pause(why, start);
        }
    }

    #[cold]
    fn keep_pause(&self, why: Why, start: Instant) {
        let ns = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let promoted = self.promoted();
        let mut pauses = self.gc.pauses.borrow_mut();
        if pauses.list.len() < MOST {
            pauses.list.push(Pause { why, start, ns, promoted });
        } else {
            pauses.dropped += 1;
        }
    }

    /// The pauses so far, which are forgotten here. To be called by the context's thread, or while that is stopped.
    pub fn take_pauses(&self) -> Pauses {
        self.gc.pauses.take()
    }

    /// Objects and bytes promoted so far.
    pub fn promoted(&self) -> (u64, u64) {
        let stats = self.gc.stats.borrow();
        (stats.promoted_objects, stats.promoted_bytes)
    }

    /// How long this thread has stood still so far because somebody collected, in nanoseconds.
    pub fn collected_ns(&self) -> u64 {
        let stats = self.gc.stats.borrow();
        stats.minor.total_ns + stats.full.total_ns + stats.stopped.total_ns
    }
}
