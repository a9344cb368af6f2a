//! How long a thread leaves a lock alone that it found taken.
//!
//! Threads that do little but take one lock again and again pass its cache line, and the lines of what it guards, from core to
//! core at each step, and a passage costs more than the step. Then it is better to take turns: who finds the lock taken looks
//! away for some microseconds, and the other one does a batch of steps with all lines in its cache. Who waits longest for a
//! step waits no longer than before by more than one turn.
//!
//! A lock that is taken now and then must not cost its users whole turns, so a thread begins to take turns only after several
//! meetings in close succession, and tries again without them every so often. The rule is each thread's own; nothing of it is
//! shared, and the lock's protocol knows nothing of it.

use super::spin_loop;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// A meeting this soon after the last one is close.
const CLOSE: Duration = Duration::from_micros(2);
/// So many close meetings in a row, and the thread takes turns.
const MEETINGS: u32 = 8;
/// After so many turns the thread tries to do without.
const TURNS: u32 = 64;
/// The turn that a thread leaves to others; longer, up to the other, where there are more than two threads.
const SHORTEST: Duration = Duration::from_micros(5);
const LONGEST: Duration = Duration::from_micros(80);
/// Pauses between two looks at the clock.
const PAUSES: u32 = 8;

/// What a thread knows of its last meetings.
#[derive(Clone, Copy)]
struct Meetings {
    /// When the last one ended with the lock taken.
    last: Option<Instant>,
    /// Close ones in a row; from `MEETINGS` on, turns.
    close: u32,
    turn: Duration,
}

thread_local! {
    static MEETINGS_OF_THREAD: Cell<Meetings> =
        const { Cell::new(Meetings { last: None, close: 0, turn: SHORTEST }) };
}

impl Meetings {
    /// Notes a meeting `after` the last one; the time to look away.
    fn met(&mut self, after: Duration) -> Option<Duration> {
        if self.close < MEETINGS {
            self.close = if after < CLOSE { self.close + 1 } else { 0 };
            self.turn = SHORTEST;
            return None;
        }
        // The own turn, which the others' looking away made possible, has lasted for `after`.
        if after > self.turn * 2 + CLOSE || self.close == MEETINGS + TURNS {
            self.close = 0;
            return None;
        }
        if after < self.turn / 2 {
            self.turn = (self.turn * 2).min(LONGEST);
        }
        self.close += 1;
        Some(self.turn)
    }
}

/// The lock was found taken: looks away for a turn, if that is what has proved good.
pub(super) fn meet() {
    let mut meetings = MEETINGS_OF_THREAD.get();
    let now = Instant::now();
    let turn = meetings.met(meetings.last.map_or(Duration::MAX, |last| now.duration_since(last)));
    MEETINGS_OF_THREAD.set(meetings);
    if let Some(turn) = turn {
        while now.elapsed() < turn {
            (0..PAUSES).for_each(|_| spin_loop());
        }
    }
}

/// The lock is taken at last.
pub(super) fn part() {
    let meetings = MEETINGS_OF_THREAD.get();
    MEETINGS_OF_THREAD.set(Meetings { last: Some(Instant::now()), ..meetings });
}
