//! The lock and the event under `_thread`'s types: no heap, no Python, waits that report signals.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use proto_core::sync::{AtomicBool, AtomicU32, Mutex, MutexGuard, Ordering, broken, lock};

use super::fork_gate;
use super::parker::{Parker, Wake};
use super::spin::{For, spin_until};

const FREE: u32 = 0;
const HELD: u32 = 1;
/// Held, and somebody may be queued.
const CONTENDED: u32 = 2;

/// A queue of parked threads. Its mutex is held inside of the fork gate only, so that it is free in a forked child.
#[derive(Default)]
struct Queue(Mutex<VecDeque<Arc<Parker>>>);

impl Queue {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Parker>>> {
        lock(&self.0)
    }

    fn push(&self, parker: &Arc<Parker>) {
        let _inside = fork_gate::enter();
        let mut queue = self.lock();
        parker.reset();
        queue.push_back(parker.clone());
    }

    /// Takes the thread out again; false when somebody already did, to wake it.
    fn remove(&self, parker: &Arc<Parker>) -> bool {
        let _inside = fork_gate::enter();
        let mut queue = self.lock();
        match queue.iter().position(|p| Arc::ptr_eq(p, parker)) {
            Some(i) => {
                queue.remove(i);
                true
            }
            None => false,
        }
    }

    fn wake_one(&self) {
        let _inside = fork_gate::enter();
        let first = self.lock().pop_front();
        if let Some(parker) = first {
            parker.notify();
        }
    }

    fn wake_all(&self) {
        let _inside = fork_gate::enter();
        let all = std::mem::take(&mut *self.lock());
        for parker in all {
            parker.notify();
        }
    }
}

thread_local! {
    /// The lock that this thread took last and has not released; only for a guess, so its address suffices.
    static TAKEN: Cell<*const RawLock> = const { Cell::new(std::ptr::null()) };
}

/// A mutual exclusion lock that any thread may release.
#[derive(Default)]
pub struct RawLock {
    state: AtomicU32,
    queue: Queue,
}

impl RawLock {
    /// Takes the lock if it is free.
    #[inline]
    pub fn try_acquire(&self) -> bool {
        let taken = self.state.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok();
        if taken {
            TAKEN.set(self);
        }
        taken
    }

    /// Whether somebody holds it.
    pub fn is_held(&self) -> bool {
        self.state.load(Ordering::Relaxed) != FREE
    }

    /// Waits for the lock. `Notified` means that the caller now holds it.
    pub fn acquire(&self, deadline: Option<Instant>) -> Wake {
        // Who waits for a lock that it has taken itself waits for another thread to release it: a condition's way.
        let what = if std::ptr::eq(TAKEN.get(), self) { For::Event } else { For::Holder };
        if spin_until(what, || self.state.load(Ordering::Relaxed) == FREE && self.try_acquire()) {
            return Wake::Notified;
        }
        let parker = Parker::current();
        loop {
            // Queue first, then mark: a holder that sees the mark finds somebody to wake.
            let marked_first = broken("lock_queues_first") && self.state.swap(CONTENDED, Ordering::Acquire) != FREE;
            self.queue.push(&parker);
            if !marked_first && self.state.swap(CONTENDED, Ordering::Acquire) == FREE {
                if !self.queue.remove(&parker) {
                    // Chosen by a releaser meanwhile: its wake-up belongs to the next in line, whom
                    // our own release, seeing CONTENDED, will wake.
                    parker.reset();
                }
                return Wake::Notified;
            }
            match parker.park(deadline) {
                Wake::Notified => {
                    // Taken out of the queue by the releaser, unless the wake-up was a stale one.
                    self.queue.remove(&parker);
                    if self.state.swap(CONTENDED, Ordering::Acquire) == FREE {
                        return Wake::Notified;
                    }
                }
                other => {
                    if !self.queue.remove(&parker)
                        && !broken("lock_late_token")
                        && self.state.swap(CONTENDED, Ordering::Acquire) == FREE
                    {
                        // Released to us at the last moment. An interruption is not lost: its signal
                        // is still pending in the poll word.
                        return Wake::Notified;
                    }
                    return other;
                }
            }
        }
    }

    /// Frees the lock; false if it was free.
    #[inline]
    pub fn release(&self) -> bool {
        TAKEN.set(std::ptr::null());
        match self.state.swap(FREE, Ordering::Release) {
            FREE => false,
            HELD => true,
            _ => {
                if !broken("lock_release_wakes") {
                    self.queue.wake_one();
                }
                true
            }
        }
    }

    /// After a fork, in the child: free, nobody waits.
    pub fn reinit(&self) {
        self.queue.lock().clear();
        self.state.store(FREE, Ordering::Release);
    }
}

/// A flag that is set once, with waiters.
#[derive(Default)]
pub struct Event {
    set: AtomicBool,
    queue: Queue,
}

impl Event {
    /// Whether it has happened.
    pub fn is_set(&self) -> bool {
        self.set.load(Ordering::SeqCst)
    }

    /// Lets everybody pass, now and for ever.
    pub fn set(&self) {
        self.set.store(true, Ordering::SeqCst);
        self.queue.wake_all();
    }

    /// Waits until it is set.
    pub fn wait(&self, deadline: Option<Instant>) -> Wake {
        let parker = Parker::current();
        loop {
            if self.is_set() {
                return Wake::Notified;
            }
            self.queue.push(&parker);
            if self.is_set() && !broken("event_rechecks") {
                self.queue.remove(&parker);
                return Wake::Notified;
            }
            let wake = parker.park(deadline);
            self.queue.remove(&parker);
            if self.is_set() {
                return Wake::Notified;
            }
            if wake != Wake::Notified {
                return wake;
            }
        }
    }
}

#[cfg(all(test, not(model)))]
mod tests {
    use super::*;
    use std::thread;
    use std::time::Duration;

    #[test]
    fn counts_exactly_under_contention() {
        let lock = Arc::new(RawLock::default());
        let total = Arc::new(AtomicU32::new(0));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (lock, total) = (lock.clone(), total.clone());
                thread::spawn(move || {
                    for _ in 0..20_000 {
                        if !lock.try_acquire() {
                            assert_eq!(lock.acquire(None), Wake::Notified);
                        }
                        let n = total.load(Ordering::Relaxed);
                        total.store(n + 1, Ordering::Relaxed);
                        assert!(lock.release());
                    }
                })
            })
            .collect();
        for t in threads {
            t.join().unwrap();
        }
        assert_eq!(total.load(Ordering::Relaxed), 80_000);
        assert!(!lock.release());
    }

    #[test]
    fn a_held_lock_times_out() {
        let lock = RawLock::default();
        assert!(lock.try_acquire());
        let wake = lock.acquire(Some(Instant::now() + Duration::from_millis(3)));
        assert_eq!(wake, Wake::TimedOut);
        assert!(lock.release());
        assert!(lock.try_acquire());
    }

    #[test]
    fn an_event_wakes_everybody() {
        let event = Arc::new(Event::default());
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let event = event.clone();
                thread::spawn(move || event.wait(None))
            })
            .collect();
        event.set();
        for t in waiting {
            assert_eq!(t.join().unwrap(), Wake::Notified);
        }
    }
}
