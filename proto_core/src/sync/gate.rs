//! The handshake between who stops the world and those who are stopped, without the heap, so that loom can check it.
//!
//! A [`Seat`] is one context's state. It is written by its own thread and read by the stopper. The stopper sets `stop`,
//! a SeqCst fence, then reads the seats; who leaves a region stores RUNNING, a SeqCst fence, then reads `stop`. Of the
//! two stores at least one is seen by the other side: either the stopper sees RUNNING and waits, or the leaver sees
//! `stop` and goes back. A seat's BLOCKED or PARKED is a release store that the stopper acquires, so it sees all that
//! the context wrote; `stop = 0` is a release store that the context acquires, so it sees all that the stopper wrote.

use super::{AtomicU32, Condvar, Mutex, Ordering, broken, fence, lock, order, wait};

/// Runs, and will come to a poll.
const RUNNING: u32 = 0;
/// Stopped at a poll.
const PARKED: u32 = 1;
/// In a blocking region.
const BLOCKED: u32 = 2;

/// What a context is doing, for those who want to stop it.
#[derive(Debug)]
pub struct Seat(AtomicU32);

impl Seat {
    /// A context that is in a blocking region.
    pub fn blocked() -> Seat {
        Seat(AtomicU32::new(BLOCKED))
    }

    /// Whether it may touch its heap; if not, all that it wrote is visible to the caller.
    pub fn is_running(&self) -> bool {
        // Acquire pairs with the release stores of `enter`, `leave` and `park`.
        self.0.load(Ordering::Acquire) == RUNNING
    }
}

/// Where contexts and stopper meet.
#[derive(Debug)]
pub struct Gate {
    /// Nonzero while somebody wants the world stopped.
    stop: AtomicU32,
    door: Mutex<()>,
    /// The stopper waits here for contexts to arrive.
    arrived: Condvar,
    /// Contexts wait here to go on.
    resume: Condvar,
}

impl Default for Gate {
    fn default() -> Gate {
        Gate { stop: AtomicU32::new(0), door: Mutex::new(()), arrived: Condvar::new(), resume: Condvar::new() }
    }
}

impl Gate {
    /// Enters a blocking region: from here on the context does not touch its heap.
    pub fn enter(&self, seat: &Seat) {
        // Release: publishes all that the context wrote.
        seat.0.store(BLOCKED, order(Ordering::Release, "gate_seat_release"));
        fence(Ordering::SeqCst);
        if self.stop.load(Ordering::Relaxed) != 0 && !broken("gate_enter_notify") {
            // Under the lock, so that the stopper is either before its test of the seats or asleep.
            let door = lock(&self.door);
            self.arrived.notify_all();
            drop(door);
        }
    }

    /// Leaves a blocking region; waits while the world is stopped.
    pub fn leave(&self, seat: &Seat) {
        loop {
            seat.0.store(RUNNING, Ordering::Relaxed);
            if !broken("gate_leave_fence") {
                fence(Ordering::SeqCst);
            }
            // Acquire pairs with the release in `end`.
            if self.stop.load(Ordering::Acquire) == 0 || broken("gate_leave_recheck") {
                return;
            }
            let mut door = lock(&self.door);
            seat.0.store(BLOCKED, Ordering::Release);
            self.arrived.notify_all();
            while self.stop.load(Ordering::Acquire) != 0 {
                door = wait(&self.resume, door);
            }
        }
    }

    /// Waits at a poll until the world goes on. `seen` runs first and takes back the request to stop.
    pub fn park(&self, seat: &Seat, seen: impl FnOnce()) {
        let mut door = lock(&self.door);
        seen();
        seat.0.store(PARKED, Ordering::Release);
        self.arrived.notify_all();
        while self.stop.load(Ordering::Acquire) != 0 {
            door = wait(&self.resume, door);
        }
        // Under the lock: the next stopper cannot be between its store and its test.
        seat.0.store(RUNNING, Ordering::Relaxed);
    }

    /// Begins a stop; one at a time, which is the caller's business. `announce` sets the contexts' poll words, `running`
    /// says whether any of them still runs.
    pub fn begin(&self, announce: impl FnOnce(), running: impl Fn() -> bool) {
        let mut door = lock(&self.door);
        self.stop.store(1, Ordering::Relaxed);
        // Pairs with the fences in `enter` and `leave`.
        if !broken("gate_begin_fence") {
            fence(Ordering::SeqCst);
        }
        announce();
        while running() && !broken("gate_begin_waits") {
            door = wait(&self.arrived, door);
        }
    }

    /// Runs `f` while nobody else is between a region and the gate: for a fork, during a stop.
    pub fn hold<R>(&self, f: impl FnOnce() -> R) -> R {
        let _door = lock(&self.door);
        f()
    }

    /// Ends a stop.
    pub fn end(&self) {
        let door = lock(&self.door);
        // Release: publishes all that the stopper wrote.
        self.stop.store(0, order(Ordering::Release, "gate_end_release"));
        self.resume.notify_all();
        drop(door);
    }
}
