//! The locks that a thread holds by `with`, and what waits until it has freed them.
//!
//! Without reference counts, finalizers and callbacks of weak references run at some later poll: that may be while their thread
//! holds a lock that they take too, such as an `Event`'s in `wait` and in a finalizer that calls `set`. Python's locks are not
//! reentrant, so the thread would wait for itself, in a program that is right where objects are finalized as they are
//! dropped. So they wait for the end of the `with` block, though not for long: a whole program may be in one.
//!
//! Only `with` is counted. A lock that was taken by `acquire` may be one that another thread releases.

use std::cell::Cell;
use std::ops::Deref;
use std::time::{Duration, Instant};

use engine::prelude::*;
use proto_core::sync::{AtomicU64, Ordering};

use crate::os::lock::RawLock;
use crate::os::signals::pthread_self;

/// How long finalizers wait for the end of a `with` block.
const LONGEST: Duration = Duration::from_secs(1);

thread_local! {
    /// How many locks this thread holds by `with`.
    static HELD: Cell<u32> = const { Cell::new(0) };
    /// Since when finalizers wait for that, and the poll bits that are due then.
    static WAITING: Cell<Option<(Instant, u32)>> = const { Cell::new(None) };
    /// The lock that this thread has released within its `with` block: conditions take theirs again. Only its address.
    static LENT: Cell<usize> = const { Cell::new(0) };
}

/// A lock that knows whether a `with` block holds it.
#[derive(Default)]
pub struct Guarded {
    raw: RawLock,
    /// The thread whose `with` block holds the lock, or 0. Written by that thread only: others that read it compare it with
    /// their own number, so no order is needed.
    holder: AtomicU64,
}

impl Deref for Guarded {
    type Target = RawLock;

    fn deref(&self) -> &RawLock {
        &self.raw
    }
}

impl Guarded {
    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// The caller has taken the lock at the start of a `with` block.
    #[inline]
    pub fn entered(&self) {
        self.holder.store(pthread_self(), Ordering::Relaxed);
        HELD.set(HELD.get() + 1);
    }

    /// The caller has taken the lock by `acquire`: perhaps again, within a block.
    #[inline]
    pub fn taken(&self) {
        if LENT.get() == self.address() {
            LENT.set(0);
            self.entered();
        }
    }

    /// The caller is about to free the lock, at the end of a block or within it (`lent`).
    #[inline]
    pub fn leaves(&self, cx: &Ctx, lent: bool) {
        if self.holder.load(Ordering::Relaxed) == pthread_self() {
            self.holder.store(0, Ordering::Relaxed);
            LENT.set(if lent { self.address() } else { 0 });
            let held = HELD.get().saturating_sub(1);
            HELD.set(held);
            if held == 0
                && let Some((_, bits)) = WAITING.take()
            {
                cx.request(bits);
            }
        }
    }

    /// After a fork, in the child: free.
    pub fn reinit(&self, cx: &Ctx) {
        self.leaves(cx, false);
        self.raw.reinit();
    }
}

/// Whether what is due by `bits` has to wait for the end of a `with` block of this thread.
pub fn hold_back(bits: u32) -> bool {
    if HELD.get() == 0 {
        return false;
    }
    match WAITING.get() {
        Some((since, _)) if since.elapsed() >= LONGEST => false,
        waiting => {
            let (since, before) = waiting.unwrap_or_else(|| (Instant::now(), 0));
            WAITING.set(Some((since, before | bits)));
            true
        }
    }
}

/// Whether something waits for the end of a `with` block of this thread.
pub fn are_waited_for() -> bool {
    HELD.get() != 0 && WAITING.get().is_some()
}
