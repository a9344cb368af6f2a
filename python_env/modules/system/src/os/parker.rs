//! A thread's private place to wait, which a signal handler may interrupt.
//!
//! Locks, joins and sleeps queue a thread's [`Parker`] and wait on its futex word. A signal handler sets one
//! bit of the main thread's word, so that no wake-up is lost between a check for signals and the wait itself.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::thread::futex;

const NOTIFIED: u32 = 1;
const INTERRUPTED: u32 = 2;

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

static MAIN: OnceLock<Arc<Parker>> = OnceLock::new();

thread_local! {
    static CURRENT: RefCell<Option<Arc<Parker>>> = const { RefCell::new(None) };
}

impl Parker {
    /// The calling thread's parker.
    pub fn current() -> Arc<Parker> {
        CURRENT.with(|slot| slot.borrow_mut().get_or_insert_with(Arc::default).clone())
    }

    /// Declares the calling thread to be the one whose waits signals interrupt.
    pub fn set_main() {
        let _ = MAIN.set(Parker::current());
    }

    /// Interrupts the main thread's wait. Async-signal-safe: two atomics and one system call.
    pub fn interrupt_main() {
        if let Some(parker) = MAIN.get() {
            parker.word.fetch_or(INTERRUPTED, Ordering::SeqCst);
            let _ = futex::wake(&parker.word, futex::Flags::PRIVATE, 1);
        }
    }

    /// Forgets a notification meant for an earlier wait. An interruption stays.
    pub fn reset(&self) {
        self.word.fetch_and(!NOTIFIED, Ordering::SeqCst);
    }

    /// Wakes the owner, or lets its next wait return at once.
    pub fn notify(&self) {
        self.word.fetch_or(NOTIFIED, Ordering::SeqCst);
        let _ = futex::wake(&self.word, futex::Flags::PRIVATE, 1);
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
                Some(at) => match at.checked_duration_since(Instant::now()) {
                    None | Some(Duration::ZERO) => return Wake::TimedOut,
                    Some(left) => Some(timespec(left)),
                },
            };
            let _ = futex::wait(&self.word, futex::Flags::PRIVATE, seen, timeout.as_ref());
        }
    }
}

fn timespec(d: Duration) -> futex::Timespec {
    futex::Timespec { tv_sec: i64::try_from(d.as_secs()).unwrap_or(i64::MAX), tv_nsec: i64::from(d.subsec_nanos()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_before_the_wait_counts() {
        let p = Parker::current();
        p.notify();
        assert_eq!(p.park(None), Wake::Notified);
        let soon = Instant::now() + Duration::from_millis(2);
        assert_eq!(p.park(Some(soon)), Wake::TimedOut);
    }
}
