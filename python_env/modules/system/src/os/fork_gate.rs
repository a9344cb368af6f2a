//! A fork copies the memory, not the threads: a mutex that another thread holds at that moment is held for ever in the child.
//!
//! Threads that run Python code are stopped at a safepoint, where they hold none. Those in a blocking region go on, and there they
//! queue at locks and events: they do so *inside* of this gate, and a fork waits until nobody is inside.

use proto_core::sync::{AtomicBool, AtomicUsize, Ordering, broken, fence, thread};

/// The gate.
#[derive(Default)]
pub struct ForkGate {
    inside: AtomicUsize,
    closed: AtomicBool,
}

/// Being inside ends with this.
pub struct Inside<'a>(&'a ForkGate);

impl ForkGate {
    /// An open gate.
    #[cfg(not(model))]
    pub const fn new() -> ForkGate {
        ForkGate { inside: AtomicUsize::new(0), closed: AtomicBool::new(false) }
    }

    /// Goes inside; waits while a fork is made.
    pub fn enter(&self) -> Inside<'_> {
        loop {
            // One of the two sees the other: first say, then, behind a fence, look.
            self.inside.fetch_add(1, Ordering::SeqCst);
            say_before_looking();
            if !self.closed.load(Ordering::SeqCst) || broken("fork_gate_enter_looks") {
                return Inside(self);
            }
            self.inside.fetch_sub(1, Ordering::SeqCst);
            while self.closed.load(Ordering::SeqCst) {
                thread::yield_now();
            }
        }
    }

    /// Calls `fork` while nobody is inside; one thread at a time does. It gives true in the child, which has only the calling
    /// thread.
    pub fn hold(&self, fork: impl FnOnce() -> bool) -> bool {
        self.closed.store(true, Ordering::SeqCst);
        say_before_looking();
        while self.inside.load(Ordering::SeqCst) != 0 && !broken("fork_gate_waits") {
            thread::yield_now();
        }
        let child = fork();
        self.reopen(child);
        child
    }

    fn reopen(&self, child: bool) {
        if child && !broken("fork_gate_resets") {
            // Somebody may have been about to see that the gate is closed.
            self.inside.store(0, Ordering::SeqCst);
        }
        self.closed.store(false, Ordering::SeqCst);
    }

    /// Whether a fork would have to wait, or is being made.
    #[cfg(model)]
    pub fn is_busy(&self) -> bool {
        self.inside.load(Ordering::SeqCst) != 0 || self.closed.load(Ordering::SeqCst)
    }

    /// What a child that is forked now finds, opened by its only thread.
    #[cfg(model)]
    pub fn of_child(&self) -> ForkGate {
        let gate = ForkGate {
            inside: AtomicUsize::new(self.inside.load(Ordering::SeqCst)),
            closed: AtomicBool::new(self.closed.load(Ordering::SeqCst)),
        };
        gate.reopen(true);
        gate
    }
}

/// The fence itself, because the checker knows the order of fences only.
fn say_before_looking() {
    if !broken("fork_gate_order") {
        fence(Ordering::SeqCst);
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(not(model))]
static GATE: ForkGate = ForkGate::new();

/// Goes inside of the process's gate: for the time of a critical section in a blocking region.
#[cfg(not(model))]
pub fn enter() -> Inside<'static> {
    GATE.enter()
}

/// Forks while nobody is inside of the process's gate.
#[cfg(not(model))]
pub fn hold(fork: impl FnOnce() -> bool) -> bool {
    GATE.hold(fork)
}
