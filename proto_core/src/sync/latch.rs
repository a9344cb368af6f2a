//! A mutex for what is held for moments, which takes no atomic step as long as the process has one context.
//!
//! A program with one thread shares nothing and pays nothing: an exchange that nobody contends for is some ten nanoseconds, more
//! than many a thing that it would guard (an item of an array, a random number). Until a second context attaches, nobody but
//! the only one's thread takes a latch, so plain loads and stores do.
//!
//! Who may touch what: the byte is its lock's ([`ByteLock`]). `TOGETHER` is set once, by who turns sharing on: the only
//! context's own thread, or another one while that is stopped or in a blocking region; either way the only context's thread
//! sees it at once, and whoever attaches later has it from the registry's lock. So the flag does not change between
//! the taking of a latch and its release, unless the holder passes a safepoint in between: then it gives back by an exchange what
//! it took by a store, which is right as well. The holder never polls, though, as with every lock of a byte.

use super::{AtomicBool, ByteLock, Ordering};

/// Whether a second context has ever attached to any space of this process.
static TOGETHER: AtomicBool = AtomicBool::new(false);

/// There is more than one context from now on.
pub(crate) fn no_longer_alone() {
    // Release pairs with nothing of its own: the stop that surrounds it, or the registry's lock, orders it (see above).
    TOGETHER.store(true, Ordering::Release);
}

#[inline(always)]
fn is_alone() -> bool {
    !TOGETHER.load(Ordering::Relaxed)
}

/// The lock in a [`Latch`].
pub struct RawLatch(ByteLock);

// SAFETY: exclusive by the byte lock's protocol; where its exchanges are left out there is one thread only that takes latches.
unsafe impl lock_api::RawMutex for RawLatch {
    #[allow(clippy::declare_interior_mutable_const)] // what the trait asks for
    const INIT: RawLatch = RawLatch(ByteLock::new());
    type GuardMarker = lock_api::GuardNoSend;

    #[inline]
    fn lock(&self) {
        if is_alone() { self.0.lock_alone() } else { self.0.lock() }
    }

    #[inline]
    fn try_lock(&self) -> bool {
        self.0.try_lock()
    }

    #[inline]
    unsafe fn unlock(&self) {
        if is_alone() { self.0.unlock_alone() } else { self.0.unlock() }
    }
}

/// What a latch guards. Hold it for moments: no polls, no code of programs, no waiting.
pub type Latch<T> = lock_api::Mutex<RawLatch, T>;

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn counts_alone_and_together() {
        let latch = Arc::new(Latch::new(0u64));
        for _ in 0..1000 {
            *latch.lock() += 1;
        }
        assert!(latch.try_lock().is_some());
        let held = latch.lock();
        assert!(latch.try_lock().is_none());
        no_longer_alone();
        drop(held);
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let latch = Arc::clone(&latch);
                std::thread::spawn(move || (0..20_000).for_each(|_| *latch.lock() += 1))
            })
            .collect();
        for t in threads {
            t.join().expect("no panic");
        }
        assert_eq!(*latch.lock(), 81_000);
    }
}
