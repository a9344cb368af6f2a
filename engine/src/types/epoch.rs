//! When what was looked up on a type goes stale, and how classes change while others look them up.
//!
//! **The epoch.** A mutation of a type that a cache may have seen (flag `SEEN_BY_CACHE`) bumps the epoch *after* it wrote;
//! whoever fills a cache sets the flag, reads the epoch, looks up, and stores what it found with that epoch. So a lookup
//! that starts after the mutation returned sees the new epoch and misses. The flag and the dictionary form a store/load
//! pair in both directions; a SeqCst fence stands on each side.
//!
//! **The lock.** Slots are derived from the dictionaries along the MRO and from the bases' slots. They are computed and
//! stored under one lock, by who changes a class for all classes below it, and by who makes a class for that one: a new
//! class that reads its base's slots just before a mutation and stored them after it would keep the old ones for ever.

use proto_core::sync::{AtomicU32, Mutex, Ordering, broken, fence, lock};

/// Epoch and lock of the types of a process.
pub struct Mutations {
    epoch: AtomicU32,
    lock: Mutex<()>,
}

impl Default for Mutations {
    fn default() -> Mutations {
        Mutations { epoch: AtomicU32::new(1), lock: Mutex::new(()) }
    }
}

impl Mutations {
    /// The first epoch.
    #[cfg(not(model))]
    pub const fn new() -> Mutations {
        Mutations { epoch: AtomicU32::new(1), lock: Mutex::new(()) }
    }

    /// Where it stands, for machine code.
    pub fn epoch_address(&self) -> *const AtomicU32 {
        &self.epoch
    }

    /// The current epoch.
    #[inline]
    pub fn epoch(&self) -> u32 {
        // Acquire pairs with the release in `bump`: who sees the new epoch sees the mutation.
        self.epoch.load(Ordering::Acquire)
    }

    /// Invalidates every cache of type lookups.
    pub fn bump(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }

    /// Before a lookup whose result is to be cached: `mark` flags the types that it will look at.
    #[inline]
    pub fn watch(&self, mark: impl FnOnce()) {
        mark();
        if !broken("epoch_watch_fence") {
            fence(Ordering::SeqCst);
        }
    }

    /// After a write to a type: `seen` says whether a cache may have looked at it.
    #[inline]
    pub fn written(&self, seen: impl FnOnce() -> bool) {
        if !broken("epoch_written_fence") {
            fence(Ordering::SeqCst);
        }
        if seen() {
            self.bump();
        }
    }

    /// Runs `f`, which changes a class and all that is derived from it. No Python code runs and nothing polls meanwhile, so
    /// that waiting for the lock needs no blocking region.
    pub fn mutate<R>(&self, f: impl FnOnce() -> R) -> R {
        let _guard = lock(&self.lock);
        f()
    }

    /// Runs `f`, which computes and stores what a class, known to its bases already, derives from them.
    pub fn derive<R>(&self, f: impl FnOnce() -> R) -> R {
        if broken("class_derives_under_lock") {
            return f();
        }
        self.mutate(f)
    }
}
