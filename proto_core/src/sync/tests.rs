//! The handshake under loom: `RUSTFLAGS="--cfg loom" cargo test --release -p proto_core --lib sync`.

use super::{Arc, AtomicU32, Gate, Ordering, Seat, thread};
use loom::cell::UnsafeCell;

/// Stands for a context's heap: loom fails the test when two threads touch it without order.
struct World {
    gate: Gate,
    seat: Seat,
    poll: AtomicU32,
    heap: UnsafeCell<u32>,
}

// SAFETY: what the tests are about: the gate orders all accesses to `heap`.
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
}

fn check(context: fn(&World), stops: usize) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(move || {
        let world = Arc::new(World {
            gate: Gate::default(),
            seat: Seat::blocked(),
            poll: AtomicU32::new(0),
            heap: UnsafeCell::new(0),
        });
        let w = Arc::clone(&world);
        let t = thread::spawn(move || context(&w));
        for _ in 0..stops {
            world.stop_once();
        }
        t.join().unwrap();
    });
}

#[test]
fn regions_are_never_entered_by_both() {
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

#[test]
fn polls_stop_and_wake() {
    check(
        |w| {
            w.gate.leave(&w.seat);
            w.touch();
            if w.poll.load(Ordering::Acquire) != 0 {
                w.gate.park(&w.seat, || w.poll.store(0, Ordering::Relaxed));
            }
            w.touch();
            w.gate.enter(&w.seat);
        },
        1,
    );
}

#[test]
fn two_stops_in_a_row() {
    check(
        |w| {
            w.gate.leave(&w.seat);
            w.touch();
            if w.poll.load(Ordering::Acquire) != 0 {
                w.gate.park(&w.seat, || w.poll.store(0, Ordering::Relaxed));
            }
            w.gate.enter(&w.seat);
        },
        2,
    );
}
