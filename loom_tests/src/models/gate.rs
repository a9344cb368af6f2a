//! The handshake between who stops the world and those who are stopped, without the heap.

use super::{Model, UnsafeCell, spawn};
use proto_core::sync::{AtomicU32, Gate, Ordering, Seat};
use std::sync::Arc;

pub const MODELS: &[Model] = &[
    Model::new("gate_regions", 3, 3, &["gate_leave_fence", "gate_leave_recheck"], regions),
    Model::new("gate_polls", 3, 3, &["gate_seat_release", "gate_begin_fence"], polls),
    Model::new("gate_two_stops", 3, 2, &["gate_end_release"], two_stops),
    Model::new("gate_enter_wakes", 3, 3, &["gate_enter_notify"], enter_wakes),
];

/// Stands for a context's heap: loom fails the run when two threads touch it without order.
struct World {
    gate: Gate,
    seat: Seat,
    poll: AtomicU32,
    heap: UnsafeCell<u32>,
}

// SAFETY: what the models are about: the gate orders all accesses to `heap`.
unsafe impl Sync for World {}
// SAFETY: as above.
unsafe impl Send for World {}

impl World {
    fn touch(&self) {
        // SAFETY: checked by loom.
        self.heap.with_mut(|p| unsafe { *p += 1 });
    }

    fn stop_once(&self) {
        self.gate.begin(|| self.poll.store(1, Ordering::Release), || self.seat.is_running());
        self.touch();
        self.gate.end();
    }

    fn poll(&self) {
        if self.poll.load(Ordering::Acquire) != 0 {
            self.gate.park(&self.seat, || self.poll.store(0, Ordering::Relaxed));
        }
    }
}

fn check(context: fn(&World), stops: usize) {
    let world = Arc::new(World {
        gate: Gate::default(),
        seat: Seat::blocked(),
        poll: AtomicU32::new(0),
        heap: UnsafeCell::new(0),
    });
    let w = Arc::clone(&world);
    let t = spawn(move || context(&w));
    for _ in 0..stops {
        world.stop_once();
    }
    t.join().unwrap();
}

/// The context leaves its region while the stopper looks at its seat: one of the two must see the other's store.
fn regions() {
    check(
        |w| {
            for _ in 0..2 {
                w.gate.leave(&w.seat);
                w.touch();
                w.gate.enter(&w.seat);
            }
        },
        1,
    );
}

/// The context is at a poll when the stop is announced, or comes to one later, or enters a region instead.
fn polls() {
    check(
        |w| {
            w.gate.leave(&w.seat);
            w.touch();
            w.poll();
            w.touch();
            w.gate.enter(&w.seat);
        },
        1,
    );
}

/// The second stop begins before the context has woken from the first.
fn two_stops() {
    check(
        |w| {
            w.gate.leave(&w.seat);
            w.touch();
            w.poll();
            w.gate.enter(&w.seat);
        },
        2,
    );
}

/// The stopper sleeps until all have arrived, and the context arrives by entering a region: it must wake the stopper.
fn enter_wakes() {
    check(
        |w| {
            w.gate.leave(&w.seat);
            w.touch();
            w.gate.enter(&w.seat);
        },
        1,
    );
}
