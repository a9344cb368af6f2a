//! The lock under `_thread.RLock`: its owner may take it again. Who the caller is, is for the caller to say.

use proto_core::sync::{AtomicU64, Ordering, broken};

use super::lock::RawLock;

/// A lock that its owner may take again.
#[derive(Default)]
pub struct Recursive {
    /// What the others wait for.
    pub lock: RawLock,
    /// The owner's number; only its owner can find itself here.
    owner: AtomicU64,
    /// Written by the owner only.
    count: AtomicU64,
}

impl Recursive {
    /// Whether anybody holds it.
    pub fn is_held(&self) -> bool {
        self.lock.is_held()
    }

    /// Whether `me` holds it.
    pub fn is_owned(&self, me: u64) -> bool {
        self.owner.load(Ordering::Relaxed) == me
    }

    /// How often `me` holds it.
    pub fn depth(&self, me: u64) -> u64 {
        if self.is_owned(me) { self.count.load(Ordering::Relaxed) } else { 0 }
    }

    /// Owner and depth as they may be just now.
    pub fn glance(&self) -> (u64, u64) {
        (self.owner.load(Ordering::Relaxed), self.count.load(Ordering::Relaxed))
    }

    /// Takes it once more, if `me` holds it.
    pub fn again(&self, me: u64) -> bool {
        let owned = self.is_owned(me);
        if owned {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
        owned
    }

    /// The caller has just taken `lock` and holds it `count` times from now on.
    pub fn enter(&self, me: u64, count: u64) {
        self.owner.store(me, Ordering::Relaxed);
        self.count.store(count, Ordering::Relaxed);
    }

    /// Undoes one acquisition; false if the caller does not own it.
    pub fn leave(&self, me: u64) -> bool {
        if !self.is_owned(me) {
            return false;
        }
        if self.count.fetch_sub(1, Ordering::Relaxed) == 1 || broken("rlock_counts") {
            self.owner.store(0, Ordering::Relaxed);
            self.lock.release();
        }
        true
    }

    /// Frees it whole; how often `me` held it, if it did.
    pub fn leave_all(&self, me: u64) -> Option<u64> {
        if !self.is_owned(me) {
            return None;
        }
        let count = self.count.swap(0, Ordering::Relaxed);
        if !broken("rlock_disowns_first") {
            self.owner.store(0, Ordering::Relaxed);
            self.lock.release();
        } else {
            self.lock.release();
            self.owner.store(0, Ordering::Relaxed);
        }
        Some(count)
    }

    /// After a fork, in the child: free, nobody waits.
    pub fn reinit(&self) {
        self.owner.store(0, Ordering::Relaxed);
        self.count.store(0, Ordering::Relaxed);
        self.lock.reinit();
    }
}
