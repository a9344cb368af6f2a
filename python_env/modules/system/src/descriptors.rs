//! File descriptors are a budget: what nobody uses any more still holds its descriptor until it is collected, so making
//! descriptors must lead to a collection as allocating memory does.
//!
//! Who makes a descriptor does so through [`make`]. The system gives out the lowest free number, so a number says how many
//! descriptors are open at least: one at or above three quarters of the limit asks every thread for a collection of what is
//! young before it makes the next. Everything is collected when half as many again are open as survived the last time. And
//! where the system has none left, everything is collected and it is asked again, as long as that gave something back which
//! others were quicker to take.

use std::cell::Cell;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use engine::prelude::*;
use proto_core::poll;
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

/// From which number on a descriptor asks for a collection, three quarters of the limit; 0: to be computed.
static THRESHOLD: AtomicI64 = AtomicI64::new(0);
/// From how many open descriptors on everything is collected, not only what is young.
static FULL_FROM: AtomicI64 = AtomicI64::new(0);
/// How many descriptors may be made before it is asked again.
static PAUSE: AtomicI64 = AtomicI64::new(0);
/// How often a collection was asked for.
static ASKED: AtomicU32 = AtomicU32::new(0);

/// How many threads wait for a descriptor to be given back.
static STARVING: AtomicU32 = AtomicU32::new(0);

/// Whether some have been made since a waiting thread last collected.
static MADE: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// What this thread has followed of [`ASKED`].
    static FOLLOWED: Cell<u32> = const { Cell::new(0) };
}

/// How often a thread tries again while others take what its collections give back.
pub const ATTEMPTS: usize = 50;

/// How long a thread waits for other threads that are finalizing what was collected.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where the limit is unlimited or too large to ever matter.
const LARGEST: i64 = 1 << 32;

/// What came of making descriptors: the highest of their numbers.
pub trait Made {
    /// -1 where there is none.
    fn highest(&self) -> i32;
}

impl Made for i32 {
    fn highest(&self) -> i32 {
        *self
    }
}

impl Made for OwnedFd {
    fn highest(&self) -> i32 {
        self.as_raw_fd()
    }
}

impl<A: Made, B: Made> Made for (A, B) {
    fn highest(&self) -> i32 {
        self.0.highest().max(self.1.highest())
    }
}

impl Made for [i32; 2] {
    fn highest(&self) -> i32 {
        self[0].max(self[1])
    }
}

/// Descriptors that are made and closed within one call, or whose numbers nobody knows.
pub struct Passing<T>(pub T);

impl<T> Made for Passing<T> {
    fn highest(&self) -> i32 {
        -1
    }
}

/// The error of a system call.
pub trait Failure {
    /// Its number, 0 for what is none of the system's.
    fn number(&self) -> i32;
}

impl Failure for i32 {
    fn number(&self) -> i32 {
        *self
    }
}

impl Failure for Errno {
    fn number(&self) -> i32 {
        self.raw_os_error()
    }
}

impl Failure for std::io::Error {
    fn number(&self) -> i32 {
        self.raw_os_error().unwrap_or(0)
    }
}

/// Whether the error says that the process or the system has no descriptor left.
pub fn is_exhaustion(e: &impl Failure) -> bool {
    matches!(e.number(), libc::EMFILE | libc::ENFILE)
}

/// Makes descriptors by calling `call`, which may wait: again after a signal, and once more after a collection where none was
/// left.
///
/// # Errors
/// What handlers of signals raise; the inner result is that of the call.
pub fn make<T: Made, E: Failure>(cx: &mut Ctx, mut call: impl FnMut() -> Result<T, E>) -> Res<Result<T, E>> {
    prepare(cx)?;
    if STARVING.load(Ordering::Relaxed) > 0 && cx.rt.space.is_sharing() {
        // Who has one makes way for who has none.
        cx.blocking(|| std::thread::sleep(Duration::from_millis(1)));
    }
    let mut attempts = 0;
    loop {
        match cx.blocking(&mut call) {
            Ok(made) => {
                note(made.highest());
                return Ok(Ok(made));
            }
            Err(e) if e.number() == libc::EINTR => cx.poll()?,
            Err(e) if is_exhaustion(&e) && attempts < ATTEMPTS && exhausted(cx)? => attempts += 1,
            Err(e) => return Ok(Err(e)),
        }
    }
}

/// The same for a call that closes again what it opens.
///
/// # Errors
/// As [`make`].
pub fn passing<T, E: Failure>(cx: &mut Ctx, mut call: impl FnMut() -> Result<T, E>) -> Res<Result<T, E>> {
    Ok(make(cx, || call().map(Passing))?.map(|p| p.0))
}

/// To be called before descriptors are made: collects if that is due.
///
/// # Errors
/// What handlers of signals raise.
#[inline]
pub fn prepare(cx: &mut Ctx) -> Res<()> {
    let asked = ASKED.load(Ordering::Relaxed);
    if FOLLOWED.get() == asked { Ok(()) } else { collect(cx, asked) }
}

/// Tells of a descriptor that was made.
#[inline]
pub fn note(fd: i32) {
    if !MADE.load(Ordering::Relaxed) {
        MADE.store(true, Ordering::Relaxed);
    }
    let threshold = THRESHOLD.load(Ordering::Relaxed);
    if i64::from(fd) >= threshold {
        pass(fd, threshold);
    }
}

#[cold]
fn pass(fd: i32, threshold: i64) {
    if threshold == 0 {
        let limit = limit();
        THRESHOLD.store((limit * 3 / 4).max(1), Ordering::Relaxed);
        FULL_FROM.store(0, Ordering::Relaxed);
        PAUSE.store(0, Ordering::Relaxed);
        return note(fd);
    }
    if PAUSE.fetch_sub(1, Ordering::Relaxed) <= 0 {
        ask();
    }
}

/// Whether descriptors have been made since a waiting thread last collected.
pub fn made_since_idle() -> bool {
    MADE.load(Ordering::Relaxed)
}

/// A waiting thread collects.
pub fn idle() {
    MADE.store(false, Ordering::Relaxed);
}

/// Asks all threads for a collection, and not again before an eighth of the limit has been made.
fn ask() {
    PAUSE.store(limit() / 8, Ordering::Relaxed);
    ASKED.fetch_add(1, Ordering::Relaxed);
}

/// The limit has changed.
pub fn limit_changed() {
    THRESHOLD.store(0, Ordering::Relaxed);
}

fn limit() -> i64 {
    getrlimit(Resource::Nofile).current.and_then(|n| i64::try_from(n).ok()).unwrap_or(LARGEST).min(LARGEST)
}

/// How many descriptors are open.
fn count() -> i64 {
    match std::fs::read_dir("/proc/self/fd") {
        // Less the one that reads the directory.
        Ok(all) => (all.count() as i64 - 1).max(0),
        // None is left for that: then the numbers below the limit are few, or nearly all in use.
        Err(_) => (0..limit().min(1 << 16) as i32).filter(|&n| crate::posix::fd::is_open(n)).count() as i64,
    }
}

/// A collection of the young objects, and of everything if that leaves more than half as much again as the last one of
/// everything left.
#[cold]
fn collect(cx: &mut Ctx, asked: u32) -> Res<()> {
    if cx.in_poll_hook() {
        // No finalizer runs now: it stays due.
        return Ok(());
    }
    FOLLOWED.set(asked);
    cx.core().collect(false);
    cx.request(poll::FINALIZERS | poll::WEAKREFS);
    cx.poll()?;
    let full_from = FULL_FROM.load(Ordering::Relaxed).max(limit() * 3 / 4);
    if count() >= full_from {
        cx.collect_garbage()?;
        let used = count();
        FULL_FROM.store(used + used / 2, Ordering::Relaxed);
    }
    Ok(())
}

/// Collects everything because no descriptor is left; whether some are free then. Files that other threads have dropped are
/// closed by those threads: they get a moment for it.
///
/// # Errors
/// What handlers of signals raise.
#[cold]
pub fn exhausted(cx: &mut Ctx) -> Res<bool> {
    if cx.in_poll_hook() {
        return Ok(false);
    }
    ask();
    FOLLOWED.set(ASKED.load(Ordering::Relaxed));
    cx.collect_garbage()?;
    let _starving = Starving::new();
    let start = Instant::now();
    let mut wait = Duration::from_millis(1);
    while count() >= limit() {
        let others_close = crate::lifecycle::others_finalize() || cx.core().others_are_due(poll::FINALIZERS);
        let patience = if others_close { PATIENCE } else { PATIENCE / 10 };
        if !cx.rt.space.is_sharing() || start.elapsed() > patience {
            return Ok(false);
        }
        cx.blocking(|| std::thread::sleep(wait));
        // Others have taken what the last collection freed, and dropped it again. This also finalizes what ended threads have
        // left: they ask one thread for that, which may sleep.
        cx.collect_garbage()?;
        wait = (wait * 2).min(PATIENCE / 20);
    }
    Ok(true)
}

/// Counts a thread as starving.
struct Starving;

impl Starving {
    fn new() -> Starving {
        STARVING.fetch_add(1, Ordering::Relaxed);
        Starving
    }
}

impl Drop for Starving {
    fn drop(&mut self) {
        STARVING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// In a forked child: other threads are gone.
pub fn after_fork() {
    STARVING.store(0, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_high_number_asks_for_a_collection() {
        let limit = limit();
        limit_changed();
        note(-1);
        assert_eq!(THRESHOLD.load(Ordering::Relaxed), 0, "no descriptor, nothing to compute");
        let asked = || ASKED.load(Ordering::Relaxed);
        let before = asked();
        note(0);
        assert_eq!((THRESHOLD.load(Ordering::Relaxed), asked()), (limit * 3 / 4, before));
        if limit < i64::from(i32::MAX) {
            note(i32::MAX);
            assert_eq!(asked(), before + 1);
            for _ in 0..limit / 8 {
                note(i32::MAX);
            }
            assert_eq!(asked(), before + 1, "not at once again");
            note(i32::MAX);
            assert_eq!(asked(), before + 2);
        }
        assert!(count() >= 3);
    }

    #[test]
    fn the_highest_number_counts() {
        assert_eq!((3, (7, 5)).highest(), 7);
        assert_eq!([4, 9].highest(), 9);
        assert_eq!(Passing(12).highest(), -1);
    }
}
