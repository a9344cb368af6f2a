//! Native memory that hangs on objects: the contents of byte arrays and the like.
//!
//! A heap counts what is new since its last full collection. What the dead among the new ones had is known when they are dropped, by
//! whoever collects; it counts less then. So old garbage with much memory brings the next full collection nearer, and what dies young
//! does not.

use std::cell::Cell;

use super::Heap;

thread_local! {
    /// What was freed on this thread since it last looked, in bytes.
    static FREED: Cell<usize> = const { Cell::new(0) };
}

/// To be told by the `Drop` of what [`Heap::add_external`] counted, in bytes.
pub fn external_freed(bytes: usize) {
    // A thread that ends collects no more.
    let _ = FREED.try_with(|freed| freed.set(freed.get().saturating_add(bytes)));
}

/// What was freed on this thread since the last call.
pub(crate) fn take_freed() -> usize {
    FREED.try_with(Cell::take).unwrap_or(0)
}

impl Heap {
    /// Counts native memory that hangs on objects of this heap; growth brings the next collection nearer.
    pub fn add_external(&self, bytes: isize) {
        self.gc.external.set(self.gc.external.get().saturating_add(bytes));
        if bytes > 0 {
            self.spend(bytes as usize);
        }
    }

    /// The payloads of the dead have been dropped.
    pub(crate) fn less_external(&self) {
        let freed = isize::try_from(take_freed()).unwrap_or(isize::MAX);
        self.gc.external.set(self.gc.external.get().saturating_sub(freed).max(0));
    }
}
