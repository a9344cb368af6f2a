//! A thread's private place to wait, which a signal handler may interrupt.
//!
//! Locks, joins and sleeps queue a thread's [`Parker`] and wait on its futex word. A signal handler sets one
//! bit of the main thread's word, so that no wake-up is lost between a check for signals and the wait itself.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::AtomicPtr;
use std::time::Instant;

use proto_core::sync::{AtomicU32, Ordering, broken, per_thread};

use super::futex;

const NOTIFIED: u32 = 1;
const INTERRUPTED: u32 = 2;
/// The owner sleeps, or is about to: only then is a wake-up worth a system call.
const SLEEPING: u32 = 4;

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Somebody called [`Parker::notify`] (now or before the wait began).
    Notified,
    /// A signal arrived: its Python handler should run now.
    Interrupted,
    /// The deadline passed.
    TimedOut,
}

/// One thread's futex word.
#[derive(Default)]
pub struct Parker {
    word: AtomicU32,
}

/// The main thread's, which lives as long as the process: a handler may look at any time. In a forked child another thread may
/// be the main one.
static MAIN: AtomicPtr<Parker> = AtomicPtr::new(std::ptr::null_mut());

per_thread! {
    static CURRENT: RefCell<Option<Arc<Parker>>> = RefCell::default();
}

impl Parker {
    /// The calling thread's parker.
    pub fn current() -> Arc<Parker> {
        CURRENT.with(|slot| slot.borrow_mut().get_or_insert_with(Arc::default).clone())
    }

    /// Declares the calling thread to be the one whose waits signals interrupt.
    pub fn set_main() {
        MAIN.store(Arc::into_raw(Parker::current()).cast_mut(), Ordering::SeqCst);
    }

    /// Interrupts the main thread's wait. Async-signal-safe: two atomics and one system call.
    pub fn interrupt_main() {
        // SAFETY: null or a parker whose count `set_main` never gives back.
        if let Some(parker) = unsafe { MAIN.load(Ordering::SeqCst).as_ref() } {
            parker.interrupt();
        }
    }

    /// Interrupts the owner's wait, or the next one.
    pub fn interrupt(&self) {
        self.signal(INTERRUPTED);
    }

    /// Forgets a notification meant for an earlier wait. An interruption stays.
    pub fn reset(&self) {
        self.word.fetch_and(!NOTIFIED, Ordering::SeqCst);
    }

    /// Wakes the owner, or lets its next wait return at once.
    pub fn notify(&self) {
        self.signal(NOTIFIED);
    }

    fn signal(&self, bit: u32) {
        if self.word.fetch_or(bit, Ordering::SeqCst) & SLEEPING != 0 && !broken("parker_wakes_sleeper") {
            futex::wake(&self.word);
        }
    }

    /// Waits until notified, interrupted or past the deadline; consumes what it reports.
    pub fn park(&self, deadline: Option<Instant>) -> Wake {
        loop {
            let seen = self.word.load(Ordering::SeqCst);
            if seen & INTERRUPTED != 0 {
                self.word.fetch_and(!INTERRUPTED, Ordering::SeqCst);
                return Wake::Interrupted;
            }
            if seen & NOTIFIED != 0 {
                self.word.fetch_and(!NOTIFIED, Ordering::SeqCst);
                return Wake::Notified;
            }
            let timeout = match deadline {
                None => None,
                Some(at) => match futex::left(at) {
                    None => return Wake::TimedOut,
                    left => left,
                },
            };
            // Whoever sets a bit before this leaves the word different, so that the wait does not begin; whoever does
            // so afterwards sees SLEEPING.
            if self.word.compare_exchange(seen, SLEEPING, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                futex::wait(&self.word, SLEEPING, timeout);
                self.word.fetch_and(!SLEEPING, Ordering::SeqCst);
            }
        }
    }
}

#[cfg(all(test, not(model)))]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_notification_before_the_wait_counts() {
        let p = Parker::current();
        p.notify();
        assert_eq!(p.park(None), Wake::Notified);
        let soon = Instant::now() + Duration::from_millis(2);
        assert_eq!(p.park(Some(soon)), Wake::TimedOut);
    }
}
