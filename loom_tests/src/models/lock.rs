//! The object lock.

use super::{Model, UnsafeCell, spawn};
use proto_core::sync::ByteLock;
use std::sync::Arc;

pub const MODELS: &[Model] = &[
    Model::new("object_lock", 3, 3, &["bytelock_release", "bytelock_park_recheck"], contended),
    Model::new("object_lock_three", 3, 2, &["bytelock_release_parked", "bytelock_keeps_parked"], three),
];

struct Guarded {
    lock: ByteLock,
    data: UnsafeCell<u32>,
}

// SAFETY: the lock orders all accesses to `data`; loom fails the run if it does not.
unsafe impl Sync for Guarded {}
// SAFETY: as above.
unsafe impl Send for Guarded {}

impl Guarded {
    fn new() -> Arc<Guarded> {
        Arc::new(Guarded { lock: ByteLock::new(), data: UnsafeCell::new(0) })
    }

    fn add(&self) {
        self.lock.lock();
        // SAFETY: the lock is held; checked by loom.
        self.data.with_mut(|p| unsafe { *p += 1 });
        self.lock.unlock();
    }

    fn value(&self) -> u32 {
        self.lock.lock();
        // SAFETY: as in `add`.
        let v = self.data.with(|p| unsafe { *p });
        self.lock.unlock();
        v
    }
}

/// One takes the lock twice while the other wants it: it finds it taken, marks it and is about to park when the holder
/// frees it. It must look again under the parking lot's lock, or it sleeps for ever.
fn contended() {
    let g = Guarded::new();
    let other = Arc::clone(&g);
    let t = spawn(move || {
        other.add();
        other.add();
    });
    g.add();
    t.join().unwrap();
    assert_eq!(g.value(), 3);
}

/// Two wait when the lock is freed: the one that is woken must leave the mark for the other, and see what the last holder
/// wrote.
fn three() {
    let g = Guarded::new();
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let g = Arc::clone(&g);
            spawn(move || g.add())
        })
        .collect();
    g.add();
    for t in threads {
        t.join().unwrap();
    }
    assert_eq!(g.value(), 3);
}
