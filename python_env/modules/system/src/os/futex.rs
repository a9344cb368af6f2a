//! The system call under every wait, and the clock that ends it. Beside `lock` and `parker`, so that the model checker can
//! put its own in this file's place (`loom_tests`).

use proto_core::sync::AtomicU32;
use rustix::thread::futex;
use std::time::{Duration, Instant};

/// Sleeps while the word is `seen`, at most for `left`. May return early.
pub fn wait(word: &AtomicU32, seen: u32, left: Option<Duration>) {
    let timeout = left.map(|d| futex::Timespec {
        tv_sec: i64::try_from(d.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(d.subsec_nanos()),
    });
    let _ = futex::wait(word, futex::Flags::PRIVATE, seen, timeout.as_ref());
}

/// Wakes one sleeper.
pub fn wake(word: &AtomicU32) {
    let _ = futex::wake(word, futex::Flags::PRIVATE, 1);
}

/// What is left of the time; None when it is over.
pub fn left(deadline: Instant) -> Option<Duration> {
    deadline.checked_duration_since(Instant::now()).filter(|d| !d.is_zero())
}
