//! The heap of a context that ended before anything was shared. The next context takes it over as it is: nothing has to
//! be promoted, and at the end of a program that never started a thread nothing has to be walked.

use super::alloc::Heap;
use crate::gc::GcState;
use crate::sync::Ordering;

/// Blocks and collector state without an owner.
#[derive(Debug)]
pub(crate) struct Dormant {
    blocks: Vec<u32>,
    larges: Vec<u32>,
    /// Blocks with objects that no collection has seen: the heir's next one must sweep them.
    touched: Vec<u32>,
    free_blocks: Vec<u32>,
    gc: GcState,
}

impl Heap {
    /// Gives everything up.
    pub(crate) fn leave(&self) -> Dormant {
        self.close_windows();
        let gc = GcState::default();
        gc.take_over(&self.gc);
        Dormant {
            blocks: self.blocks.take(),
            larges: self.larges.take(),
            touched: self.touched.take(),
            free_blocks: self.free_blocks.take(),
            gc,
        }
    }

    /// Takes everything over; this heap is new and empty.
    pub(crate) fn inherit(&self, left: Dormant) {
        for &b in left.blocks.iter().chain(&left.larges).chain(&left.touched) {
            self.arena.meta(b).owner.store(self.id.get(), Ordering::Release);
        }
        self.gc.take_over(&left.gc);
        self.blocks.replace(left.blocks);
        self.larges.replace(left.larges);
        self.touched.replace(left.touched);
        self.free_blocks.replace(left.free_blocks);
    }
}
