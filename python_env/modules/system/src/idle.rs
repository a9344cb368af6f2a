//! What a thread does that waits for long: it collects. What nobody uses any more may be what others wait for, like the end of a
//! connection or the holder of a lock, and there are no counts that would tell.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use engine::prelude::*;
use proto_core::poll;
use rustix::io::Errno;

use crate::os::net;
use crate::os::parker::Wake;
use crate::thread::guards;
use crate::{convert, descriptors};

/// A wait is long after this time.
const LONG: Duration = Duration::from_millis(50);
/// How often a waiting thread looks whether all others wait, each time after twice as long.
const LOOKS: u32 = 10;
/// The part of its time that a process may spend on collecting while it waits.
const IDLE_PART: u64 = 50;

/// When waiting threads may collect again, on the system's clock in nanoseconds. (No lock: a child of `fork` would inherit it taken.)
static NEXT_IDLE: AtomicU64 = AtomicU64::new(0);

fn now_ns() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Waits by calling `wait` with the time at which it is to give up; whether it was notified. Handlers of signals run
/// meanwhile.
pub fn wait_long(cx: &mut Ctx, deadline: Option<Instant>, mut wait: impl FnMut(Option<Instant>) -> Wake) -> Res<bool> {
    let mut looks = Looks::new();
    loop {
        let until = match (looks.next(), deadline) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        match cx.blocking(|| wait(until)) {
            Wake::Notified => return Ok(true),
            Wake::TimedOut if until == deadline => return Ok(false),
            Wake::TimedOut => looks.look(cx)?,
            Wake::Interrupted => cx.poll()?,
        }
    }
}

/// Comes before a call that reads from a descriptor: if there is nothing to read and the call would wait, waits here as long as there is
/// something to look for. What the descriptor says is the call's business.
///
/// `blocks` says whether the call waits at all, and without a limit.
pub fn before_read(cx: &mut Ctx, n: i32, blocks: impl FnOnce() -> bool) -> Res<()> {
    if net::wait_ready(n, false, Some(Duration::ZERO)) != Ok(false) || !blocks() {
        return Ok(());
    }
    let mut looks = Looks::new();
    while let Some(until) = looks.next() {
        let left = until.saturating_duration_since(Instant::now());
        match cx.blocking(|| net::wait_ready(n, false, Some(left))) {
            Ok(false) => looks.look(cx)?,
            Err(Errno::INTR) => cx.poll()?,
            Ok(true) | Err(_) => break,
        }
    }
    Ok(())
}

/// Waits for events by calling `call` with the time that is left; 0 of them when it has passed, None being for ever. A program that waits
/// for events over and over collects only where it has made descriptors since.
pub fn wait_events(
    cx: &mut Ctx,
    deadline: Option<Instant>,
    mut call: impl FnMut(Option<Duration>) -> Result<usize, Errno>,
) -> Res<Result<usize, Errno>> {
    let mut looks = if descriptors::made_since_idle() { Looks::new() } else { Looks::none() };
    loop {
        let until = match (looks.next(), deadline) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let passed = || deadline.is_some_and(|at| at <= Instant::now());
        match cx.blocking(|| call(until.map(|at| at.saturating_duration_since(Instant::now())))) {
            Ok(0) if until == deadline => return Ok(Ok(0)),
            Ok(0) => looks.look(cx)?,
            Err(Errno::INTR) => {
                cx.poll()?;
                if passed() {
                    return Ok(Ok(0));
                }
            }
            other => return Ok(other),
        }
    }
}

/// Makes a call that may be refused because of a holder that nobody uses any more: again after a collection. `refused` tells that error.
pub fn unless_dropped<T>(
    cx: &mut Ctx,
    refused: impl Fn(Errno) -> bool,
    mut call: impl FnMut() -> Result<T, Errno>,
) -> Res<Result<T, Errno>> {
    match convert::waiting(cx, &mut call)? {
        Err(e) if refused(e) => {
            proto_core::os::forget_calls();
            descriptors::idle();
            cx.collect_garbage()?;
            convert::waiting(cx, &mut call)
        }
        other => Ok(other),
    }
}

/// When a waiting thread looks what it can collect.
struct Looks {
    left: u32,
    slice: Duration,
    next: Option<Instant>,
}

impl Looks {
    fn new() -> Looks {
        Looks { left: LOOKS, slice: LONG, next: Instant::now().checked_add(LONG) }
    }

    fn none() -> Looks {
        Looks { left: 0, ..Looks::new() }
    }

    /// When to look next; None when there is nothing left to look for.
    fn next(&self) -> Option<Instant> {
        if self.left == 0 { None } else { self.next }
    }

    fn look(&mut self, cx: &mut Ctx) -> Res<()> {
        self.slice *= 2;
        self.next = Instant::now().checked_add(self.slice);
        let found = collect(cx)?;
        proto_core::os::release_dead_stack();
        match found {
            Look::Done => self.left = 0,
            Look::Disturbed => self.left -= 1,
            Look::TooEarly(until) => {
                self.left -= 1;
                self.next = Some(self.next.map_or(until, |next| next.min(until)));
            }
        }
        Ok(())
    }
}

/// What a waiting thread has collected.
enum Look {
    /// All that it could.
    Done,
    /// Not everything: other threads run, or finalizers have to wait.
    Disturbed,
    /// Nothing: the process has just spent its part on this, up to then.
    TooEarly(Instant),
}

/// Collects while the thread waits.
fn collect(cx: &mut Ctx) -> Res<Look> {
    let long = LONG.as_nanos() as u64;
    let (start, next) = (now_ns(), NEXT_IDLE.load(Ordering::Relaxed));
    let claimed =
        start >= next && NEXT_IDLE.compare_exchange(next, start + long, Ordering::Relaxed, Ordering::Relaxed).is_ok();
    if !claimed {
        let wait = Duration::from_nanos(next.saturating_sub(start).max(long / 4));
        return Ok(Look::TooEarly(Instant::now() + wait));
    }
    // What it cost is what this thread worked: on a busy machine, most of the time that passes is that of others.
    let worked = proto_core::os::thread_time_ns;
    let before = worked();
    descriptors::idle();
    proto_core::os::forget_calls();
    let done = cx.collect_while_waiting();
    let cost = match (before, worked()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => now_ns() - start,
    };
    NEXT_IDLE.store(now_ns() + (cost * IDLE_PART).max(long / 4), Ordering::Relaxed);
    cx.request(poll::FINALIZERS | poll::WEAKREFS);
    cx.poll()?;
    Ok(if done && !guards::are_waited_for() { Look::Done } else { Look::Disturbed })
}
