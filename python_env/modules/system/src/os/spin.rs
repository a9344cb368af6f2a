//! Waiting for something that is about to happen, without giving the processor up.

use std::cell::Cell;
use std::hint;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The longest wait worth a look: parking and waking a thread costs both sides about so much.
const LONGEST: Duration = Duration::from_micros(40);
/// What is tried even by a thread whose last waits were all in vain.
const SHORTEST: Duration = Duration::from_nanos(500);
/// After so many waits in vain a thread tries a long one again.
const RETRY: u32 = 64;
/// Pauses before the first look at a lock that somebody else holds: a few microseconds, in which the holder releases and
/// takes it several times without losing the cache line. Two threads that take turns at each step are slower than one.
const TURN: u32 = 256;
/// Pauses between two looks.
const GAP: u32 = 8;

thread_local! {
    /// How long this thread's next wait may be, and how many were in vain since the last that was not.
    static PATIENCE: Cell<(Duration, u32)> = const { Cell::new((LONGEST, 0)) };
}

/// Counts waits for another thread's doing, on a cache line of its own: a thread that comes to wait has released its locks.
#[repr(align(128))]
struct Waits(AtomicU32);
static WAITS: Waits = Waits(AtomicU32::new(0));

/// No `OnceLock`: in a forked child nobody would end what a thread that it lacks has begun.
fn several_processors() -> bool {
    const UNKNOWN: u8 = 0;
    const ONE: u8 = 1;
    const SEVERAL: u8 = 2;
    static PROCESSORS: AtomicU8 = AtomicU8::new(UNKNOWN);
    let mut known = PROCESSORS.load(Ordering::Relaxed);
    if known == UNKNOWN {
        known = if std::thread::available_parallelism().is_ok_and(|n| n.get() > 1) { SEVERAL } else { ONE };
        PROCESSORS.store(known, Ordering::Relaxed);
    }
    known == SEVERAL
}

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Whoever holds a lock is to release it.
    Holder,
    /// Another thread is to do something: the waiter holds the lock itself.
    Event,
}

/// Looks until `ready` or until it is not worth the time; the result of the last look. Learns from success and failure.
pub fn spin_until(what: For, mut ready: impl FnMut() -> bool) -> bool {
    if !several_processors() {
        return ready();
    }
    let (patience, failures) = PATIENCE.get();
    let start = Instant::now();
    match what {
        For::Event => {
            WAITS.0.fetch_add(1, Ordering::Relaxed);
        }
        For::Holder => {
            let waits = WAITS.0.load(Ordering::Relaxed);
            for _ in 0..TURN / GAP {
                pause(GAP);
                if WAITS.0.load(Ordering::Relaxed) != waits {
                    break;
                }
            }
        }
    }
    loop {
        if ready() {
            PATIENCE.set(((patience * 2).min(LONGEST), 0));
            return true;
        }
        if start.elapsed() > patience {
            let next = if failures == RETRY { (LONGEST, 0) } else { ((patience / 2).max(SHORTEST), failures + 1) };
            PATIENCE.set(next);
            return false;
        }
        pause(GAP);
    }
}

fn pause(n: u32) {
    for _ in 0..n {
        hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vain_wait_ends_and_shortens_the_next() {
        for what in [For::Holder, For::Event] {
            let before = PATIENCE.get().0;
            assert!(!spin_until(what, || false));
            assert!(PATIENCE.get().0 < before || !several_processors());
            let mut looks = 0;
            assert!(spin_until(what, || {
                looks += 1;
                looks > 1 || !several_processors()
            }));
        }
    }
}
