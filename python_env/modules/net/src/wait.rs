//! Time-outs, and system calls that may wait.

use std::time::{Duration, Instant};

use engine::prelude::*;
use modules_system::os::net;
use modules_system::{descriptors, idle};
use rustix::io::Errno;

/// Nanoseconds from a number of seconds, rounded away from zero; None when `v` is no number.
pub fn nanoseconds(cx: &mut Ctx, v: Value, per_unit: i64) -> Res<Option<i64>> {
    if let Some(x) = float::of(v).or_else(|| float::of(objects::base_value(cx, v))) {
        if x.is_nan() {
            return Err(cx.value_error("Invalid value NaN (not a number)"));
        }
        let scaled = x * per_unit as f64;
        let whole = if scaled >= 0.0 { scaled.ceil() } else { scaled.floor() };
        if !(-9.223e18..9.223e18).contains(&whole) {
            return Err(out_of_range(cx));
        }
        return Ok(Some(whole as i64));
    }
    if !int::is_sub(cx, v) && types::type_of(cx, v).slots().index().is_none() {
        return Ok(None);
    }
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n).and_then(|n| n.checked_mul(per_unit)) {
        Some(n) => Ok(Some(n)),
        None => Err(out_of_range(cx)),
    }
}

fn out_of_range(cx: &mut Ctx) -> Raised {
    cx.overflow_error("timestamp out of range for C PyTime_t")
}

/// How long an operation may take: for ever, not at all, or until an instant.
#[derive(Clone, Copy)]
pub enum Limit {
    /// The descriptor blocks.
    Forever,
    /// The descriptor does not block.
    Now,
    /// The descriptor does not block; readiness is waited for.
    Until(Instant),
}

impl Limit {
    /// From a socket's time-out in nanoseconds; -1 is none.
    pub fn new(timeout: i64) -> Limit {
        match u64::try_from(timeout) {
            Err(_) => Limit::Forever,
            Ok(0) => Limit::Now,
            Ok(n) => match Instant::now().checked_add(Duration::from_nanos(n)) {
                Some(at) => Limit::Until(at),
                None => Limit::Forever,
            },
        }
    }
}

/// What is left until an instant; None when it has passed.
pub fn left(until: Instant) -> Option<Duration> {
    until.checked_duration_since(Instant::now()).filter(|d| !d.is_zero())
}

/// The exception for an operation that took too long.
pub fn timed_out(cx: &mut Ctx) -> Raised {
    cx.raise(Exc::TimeoutError, "timed out")
}

/// Makes a call that sends or receives on `fd`, which blocks unless there is a time-out. Interrupted, it runs the
/// handlers of the signals that arrived and tries again, within the same limit.
pub fn io<T>(cx: &mut Ctx, fd: i32, writing: bool, limit: Limit, mut call: impl FnMut() -> Result<T, Errno>) -> Res<T> {
    let mut attempts = 0;
    if !writing && matches!(limit, Limit::Forever) {
        idle::before_read(cx, fd, || !net::receives_in_time(fd))?;
    }
    loop {
        let r = match limit {
            Limit::Forever => cx.blocking(&mut call),
            // Such a descriptor never waits: no need for a region.
            Limit::Now | Limit::Until(_) => call(),
        };
        match (r, limit) {
            (Ok(v), _) => return Ok(v),
            (Err(Errno::INTR), _) => cx.poll()?,
            (Err(Errno::AGAIN), Limit::Until(at)) => ready(cx, fd, writing, at)?,
            (Err(e), _)
                if descriptors::is_exhaustion(&e)
                    && attempts < descriptors::ATTEMPTS
                    && descriptors::exhausted(cx)? =>
            {
                attempts += 1;
            }
            (Err(e), _) => return Err(cx.os_error(e.raw_os_error(), None)),
        }
    }
}

/// Waits until `fd` is ready, or raises TimeoutError.
pub fn ready(cx: &mut Ctx, fd: i32, writing: bool, until: Instant) -> Res<()> {
    loop {
        let Some(time) = left(until) else { return Err(timed_out(cx)) };
        match cx.blocking(|| net::wait_ready(fd, writing, Some(time))) {
            Ok(true) => return Ok(()),
            Ok(false) | Err(Errno::INTR) => cx.poll()?,
            Err(e) => return Err(cx.os_error(e.raw_os_error(), None)),
        }
    }
}
