//! Debugging modes that provoke what goes wrong rarely: sharing at random, memory of the dead that cannot be mistaken for
//! living objects, and a store barrier that is broken on purpose, to prove that the modes notice.
//!
//! `promote-stress` chooses one in [`ONE_IN`] of the objects that are allocated and shares it at the next safepoint, with
//! all that it refers to. `PROTOPYTHON_SEED` fixes the choice for a program with one thread.

#[cfg(not(model))]
use crate::cell::header;
use crate::context::{Context, poll};
use crate::gc::mark::object_at;
use crate::heap::Heap;
use crate::sync::Ordering;
use std::cell::{Cell, RefCell};

/// One allocation in so many is chosen.
const ONE_IN: u64 = 61;
/// Fills the memory of dead objects: no shape has this number, and read as a value it is a pointer that faults.
#[cfg(not(model))]
const POISON: u64 = 0xDEAD_DEAD_DEAD_DEAD & !3 | 1;

/// A heap's state of these modes.
#[derive(Debug, Default)]
pub(crate) struct Stress {
    /// Whether objects are chosen.
    pub promotes: bool,
    random: Cell<u64>,
    /// Addresses of chosen objects.
    chosen: RefCell<Vec<usize>>,
}

impl Stress {
    pub(crate) fn new(promotes: bool, seed: u64) -> Stress {
        Stress { promotes, random: Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1), chosen: RefCell::default() }
    }

    /// The next random number (xorshift).
    fn random(&self) -> u64 {
        let mut x = self.random.get();
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.random.set(x);
        x
    }
}

impl Heap {
    /// Considers an object that is being allocated.
    #[cold]
    pub(crate) fn consider(&self, addr: usize) {
        if self.stress.random().is_multiple_of(ONE_IN) {
            self.stress.chosen.borrow_mut().push(addr);
            self.poll.fetch_or(poll::PROMOTE, Ordering::Relaxed);
        }
    }

    /// Whether a barrier is to do nothing: `PROTOPYTHON_DEBUG=broken-barrier`, which only builds with debug assertions know.
    #[inline]
    pub(crate) fn barrier_is_broken(&self) -> bool {
        cfg!(debug_assertions) && self.space().config().broken_barrier
    }
}

impl Context {
    /// Shares the objects that were chosen since the last safepoint.
    pub(crate) fn promote_chosen(&mut self) {
        self.heap().poll.fetch_and(!poll::PROMOTE, Ordering::Relaxed);
        if !self.space().is_sharing() {
            // From the first choice on, a program with one thread is treated like one with several.
            self.start_sharing();
        }
        let heap = self.heap();
        let chosen = heap.stress.chosen.take();
        for addr in chosen {
            // A collection may have come in between: what is not a live object of ours is passed over.
            if let Some(v) = object_at(heap.arena, self.space(), addr as u64, true, Some(heap.id.get())) {
                heap.promote(v);
            }
        }
        // What sharing has left there would keep objects alive that a program without this mode loses.
        crate::roots::clear_below::<2048>();
    }
}

/// Makes the memory of a dead object unusable.
///
/// # Safety
/// `addr` is the address of an object of `words` words that is dead, and whose memory nobody else uses.
#[cfg(not(model))]
#[cold]
pub(crate) unsafe fn poison(addr: usize, words: usize) {
    for i in 0..words {
        // SAFETY: by the caller.
        unsafe { header::word(addr, i) }.store(POISON, Ordering::Relaxed);
    }
}
