//! The lock byte in an object's header: spins briefly, then parks.
//!
//! States of the byte: 0 free, `LOCKED`, `LOCKED | PARKED` (somebody waits in the parking lot). Anybody may
//! change it, by compare-and-swap only. Taking it is an acquire; it pairs with the release of the unlocking
//! exchange. The holder never polls and never blocks except on leaf locks, so waiting here is short and needs
//! no safepoint.

use super::parking::{park, unpark_one};
#[cfg(not(model))]
use super::turns::Meetings;
use super::{AtomicU8, Ordering, broken, order, spin_loop, thread};
#[cfg(not(model))]
use std::time::{Duration, Instant};

const LOCKED: u8 = 1;
const PARKED: u8 = 2;
/// Looks at a taken lock before parking. The distance between looks doubles up to `LONGEST` pauses, so that the holder can
/// go on without losing the cache line at each of its steps.
const SPINS: u32 = if cfg!(model) { 0 } else { 40 };
const LONGEST: u32 = 8;

#[cfg(not(model))]
thread_local! {
    /// With others at objects' locks. A turn ends soon enough for a stop of the world, which waits for who waits here.
    static MEETINGS: Meetings = const {
        Meetings::new(Duration::from_micros(2), 8, Duration::from_micros(5), Duration::from_micros(20))
    };
}

/// Operations on a lock byte that lives in a header.
#[repr(transparent)]
pub struct ByteLock(AtomicU8);

impl ByteLock {
    /// A free lock.
    #[cfg(not(model))]
    pub const fn new() -> ByteLock {
        ByteLock(AtomicU8::new(0))
    }

    /// A free lock.
    #[cfg(model)]
    pub fn new() -> ByteLock {
        ByteLock(AtomicU8::new(0))
    }

    /// Takes the lock.
    #[inline]
    pub fn lock(&self) {
        // Acquire: pairs with the release in `unlock`.
        if self.0.compare_exchange_weak(0, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.lock_slow();
        }
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_lock(&self) -> bool {
        self.0.compare_exchange(0, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Takes the lock where no other thread can want it at this time.
    #[inline]
    pub fn lock_alone(&self) {
        if self.0.load(Ordering::Relaxed) != 0 {
            // Its own holder asks again, or somebody was at it just before: the ordinary way.
            return self.lock();
        }
        self.0.store(LOCKED, Ordering::Relaxed);
    }

    /// Gives the lock back where no other thread can want it at this time.
    #[inline]
    pub fn unlock_alone(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    #[cold]
    fn lock_slow(&self) {
        let mut spins = 0;
        #[cfg(not(model))]
        self.look_away();
        loop {
            let s = self.0.load(Ordering::Relaxed);
            if s & LOCKED == 0 {
                // Keeps PARKED: others may still wait.
                if self.0.compare_exchange_weak(s, s | LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                    #[cfg(not(model))]
                    MEETINGS.with(Meetings::parted);
                    return;
                }
                continue;
            }
            if s & PARKED == 0 {
                if spins < SPINS {
                    spins += 1;
                    for _ in 0..1u32 << spins.min(LONGEST) {
                        spin_loop();
                    }
                    if spins > 20 {
                        thread::yield_now();
                    }
                    continue;
                }
                if self.0.compare_exchange_weak(s, s | PARKED, Ordering::Relaxed, Ordering::Relaxed).is_err() {
                    continue;
                }
            }
            let key = std::ptr::from_ref(self) as usize;
            // The look under the parking lot's lock: a holder that frees the lock from here on will wake us.
            park(key, || broken("bytelock_park_recheck") || self.0.load(Ordering::Relaxed) == LOCKED | PARKED);
            spins = 0;
        }
    }

    /// The lock was found taken: leaves it alone for a turn, if meetings are frequent.
    #[cfg(not(model))]
    fn look_away(&self) {
        let now = Instant::now();
        let turn = MEETINGS.with(|m| m.met(now));
        if !turn.is_zero() {
            while now.elapsed() < turn {
                (0..8).for_each(|_| spin_loop());
            }
        }
    }

    /// Gives the lock back. Only the holder may call it.
    #[inline]
    pub fn unlock(&self) {
        // Release: publishes the holder's writes to the next one's acquire.
        if self.0.compare_exchange(LOCKED, 0, order(Ordering::Release, "bytelock_release"), Ordering::Relaxed).is_err()
        {
            self.unlock_slow();
        }
    }

    #[cold]
    fn unlock_slow(&self) {
        let key = std::ptr::from_ref(self) as usize;
        // Under the parking lot's lock, so nobody parks between this store and the wake-up.
        unpark_one(key, |more| {
            let left = if more && !broken("bytelock_keeps_parked") { PARKED } else { 0 };
            self.0.store(left, order(Ordering::Release, "bytelock_release_parked"));
        });
    }
}

impl Default for ByteLock {
    fn default() -> Self {
        ByteLock::new()
    }
}

#[cfg(all(test, not(model)))]
mod tests {
    use super::super::{Arc, AtomicU64};
    use super::*;

    #[test]
    fn counts_under_contention() {
        let lock = Arc::new((ByteLock::new(), AtomicU64::new(0)));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let l = Arc::clone(&lock);
                std::thread::spawn(move || {
                    for _ in 0..20_000 {
                        l.0.lock();
                        // Not an atomic increment: only the lock keeps it whole.
                        let n = l.1.load(Ordering::Relaxed);
                        l.1.store(n + 1, Ordering::Relaxed);
                        l.0.unlock();
                    }
                })
            })
            .collect();
        for t in threads {
            t.join().expect("no panic");
        }
        assert_eq!(lock.1.load(Ordering::Relaxed), 80_000);
    }
}
