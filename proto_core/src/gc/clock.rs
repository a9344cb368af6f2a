//! Clocks for pauses: wall time, and on request the processor time of the thread.
//!
//! A pause that the operating system gives to another thread is long by the wall clock and short by the other. Reading
//! the latter is a system call (about a microsecond on some virtual machines), so it is off unless asked for.

use crate::os;
use std::time::Instant;

/// Time since it was last asked.
pub(crate) struct Clock(pub Instant);

impl Clock {
    pub(crate) fn start() -> Clock {
        Clock(Instant::now())
    }

    /// Nanoseconds since the last lap.
    pub(crate) fn lap(&mut self) -> u64 {
        let now = Instant::now();
        let ns = now.duration_since(std::mem::replace(&mut self.0, now)).as_nanos();
        u64::try_from(ns).unwrap_or(u64::MAX)
    }
}

/// The thread's processor time since it was made, if it is to be measured.
pub(crate) struct CpuClock(Option<u64>);

impl CpuClock {
    pub(crate) fn start(wanted: bool) -> CpuClock {
        CpuClock(if wanted { os::thread_time_ns() } else { None })
    }

    /// Nanoseconds since the start.
    pub(crate) fn elapsed(&self) -> Option<u64> {
        let start = self.0?;
        Some(os::thread_time_ns()?.saturating_sub(start))
    }
}
