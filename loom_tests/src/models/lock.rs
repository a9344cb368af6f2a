//! The object lock, and the latch, which is one without exchanges while there is one context.

use super::{Model, UnsafeCell, spawn};
use proto_core::sync::{AtomicBool, AtomicU32, ByteLock, Gate, Ordering, Seat};
use std::sync::Arc;

pub const MODELS: &[Model] = &[
    Model::new("object_lock", 3, 3, &["bytelock_release", "bytelock_park_recheck"], contended),
    Model::new("latch_alone_no_longer", 3, 2, &["gate_leave_recheck", "gate_begin_fence", "bytelock_release"], alone),
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

/// A latch (`sync/latch.rs`), its flag, and the handshake by which a second context comes.
struct Latched {
    gate: Gate,
    seat: Seat,
    poll: AtomicU32,
    together: AtomicBool,
    lock: ByteLock,
    data: UnsafeCell<u32>,
}

// SAFETY: the latch orders all accesses to `data`; loom fails the run if it does not.
unsafe impl Sync for Latched {}
// SAFETY: as above.
unsafe impl Send for Latched {}

impl Latched {
    fn add(&self) {
        let alone = || !self.together.load(Ordering::Relaxed);
        if alone() {
            self.lock.lock_alone()
        } else {
            self.lock.lock()
        }
        // SAFETY: the latch is held; checked by loom.
        self.data.with_mut(|p| unsafe { *p += 1 });
        if alone() { self.lock.unlock_alone() } else { self.lock.unlock() }
    }

    fn poll(&self) {
        if self.poll.load(Ordering::Acquire) != 0 {
            self.gate.park(&self.seat, || self.poll.store(0, Ordering::Relaxed));
        }
    }
}

/// The only context takes a latch by plain stores, on both sides of a poll and of leaving a region. A second one stops it, says
/// that they are two, and takes the latch as well: no step of the first may straddle that.
fn alone() {
    let l = Arc::new(Latched {
        gate: Gate::default(),
        seat: Seat::blocked(),
        poll: AtomicU32::new(0),
        together: AtomicBool::new(false),
        lock: ByteLock::new(),
        data: UnsafeCell::new(0),
    });
    let first = Arc::clone(&l);
    let t = spawn(move || {
        first.gate.leave(&first.seat);
        first.add();
        first.poll();
        first.add();
        first.gate.enter(&first.seat);
    });
    l.gate.begin(|| l.poll.store(1, Ordering::Release), || l.seat.is_running());
    l.together.store(true, Ordering::Release);
    l.gate.end();
    l.add();
    t.join().unwrap();
    l.add();
    // SAFETY: the other thread has ended.
    assert_eq!(l.data.with(|p| unsafe { *p }), 4);
}
