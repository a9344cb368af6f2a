//! Forking while other threads queue at locks: the gate that ships (`fork_gate.rs`), and what the child finds.

use super::{Model, UnsafeCell, spawn};
use fork_gate::ForkGate;
use std::sync::Arc;

#[path = "../../../python_env/modules/system/src/os/fork_gate.rs"]
#[allow(dead_code)]
mod fork_gate;

pub const MODELS: &[Model] = &[
    Model::new(
        "fork_finds_no_lock_held",
        3,
        2,
        &["fork_gate_waits", "fork_gate_enter_looks", "fork_gate_order"],
        none_held,
    ),
    Model::new("fork_child_goes_on", 3, 2, &["fork_gate_resets"], child_goes_on),
    Model::new("fork_by_two", 3, 2, &["fork_gate_enter_looks"], by_two),
];

/// A lock's queue, which is changed inside of the gate only; true while somebody changes it.
struct World {
    gate: ForkGate,
    busy: UnsafeCell<bool>,
}

// SAFETY: what the models are about: the gate orders the accesses of one other thread with those of who forks.
unsafe impl Sync for World {}
// SAFETY: as above.
unsafe impl Send for World {}

impl World {
    fn new() -> Arc<World> {
        Arc::new(World { gate: ForkGate::default(), busy: UnsafeCell::new(false) })
    }

    /// As in a blocking region: queueing at a lock.
    fn queue(&self) {
        let _inside = self.gate.enter();
        // SAFETY: checked by loom.
        self.busy.with_mut(|p| unsafe { *p = true });
        // SAFETY: as above.
        self.busy.with_mut(|p| unsafe { *p = false });
    }

    /// The memory as the child would have it.
    fn look(&self) {
        // SAFETY: as above.
        assert!(!self.busy.with(|p| unsafe { *p }), "forked while a queue is being changed");
    }
}

/// A thread in a blocking region queues and leaves the queue, again and again, while another forks: the copy is of a moment
/// when no queue is being changed.
fn none_held() {
    let world = World::new();
    let other = Arc::clone(&world);
    let t = spawn(move || {
        other.queue();
        other.queue();
    });
    world.gate.hold(|| {
        world.look();
        false
    });
    t.join().unwrap();
    // The gate is open again.
    world.queue();
}

/// Somebody may be about to look at the gate when the process is copied; the child, which has no such thread, can queue and fork.
fn child_goes_on() {
    let world = World::new();
    let other = Arc::clone(&world);
    let t = spawn(move || other.queue());
    world.gate.hold(|| {
        let child = world.gate.of_child();
        drop(child.enter());
        assert!(!child.is_busy(), "the child would wait for a thread that it does not have");
        false
    });
    t.join().unwrap();
    assert!(!world.gate.is_busy());
}

/// Two threads fork and queue, one at a time as the interpreter's stop makes them; nobody is left out.
fn by_two() {
    let world = World::new();
    let other = Arc::clone(&world);
    let t = spawn(move || {
        other.queue();
    });
    for _ in 0..2 {
        world.gate.hold(|| {
            world.look();
            false
        });
    }
    t.join().unwrap();
}
