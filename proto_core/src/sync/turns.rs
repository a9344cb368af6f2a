//! How long a thread leaves a lock alone that it found taken.
//!
//! Threads that do little but take one lock again and again pass its cache line, and the lines of what it guards, from core to
//! core at each step, and a passage costs several times the step. Then it is better to take turns: who finds the lock taken
//! looks away for some microseconds, while the other one does a batch of steps with all lines in its cache.
//!
//! A lock that is taken now and then must not cost its users whole turns. So a thread takes turns only after several meetings
//! in close succession, and tries to do without them every so often. The rule is each thread's own: nothing of it is shared,
//! and the locks' protocols know nothing of it.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// After so many turns a thread tries to do without.
const TURNS: u32 = 64;

/// What a thread knows of its last meetings with others at locks of one sort.
#[derive(Debug)]
pub struct Meetings {
    /// A meeting this soon after the last one is close.
    soon: Duration,
    /// So many close ones in a row, and the thread takes turns.
    enough: u32,
    /// The first turn that is left to others, and the longest: each is twice the one before.
    shortest: Duration,
    longest: Duration,
    /// When the last one ended with the lock taken.
    last: Cell<Option<Instant>>,
    /// How many were close; from `enough` on, turns.
    close: Cell<u32>,
    turn: Cell<Duration>,
}

impl Meetings {
    /// None so far. `soon` and `enough` say when to begin with turns, the others how long they are.
    pub const fn new(soon: Duration, enough: u32, shortest: Duration, longest: Duration) -> Meetings {
        let (last, close, turn) = (Cell::new(None), Cell::new(0), Cell::new(shortest));
        Meetings { soon, enough, shortest, longest, last, close, turn }
    }

    /// The lock was found taken, now: how long to look away.
    pub fn met(&self, now: Instant) -> Duration {
        let after = self.last.get().map_or(Duration::MAX, |last| now.duration_since(last));
        let close = self.close.get();
        if close < self.enough {
            self.close.set(if after < self.soon { close + 1 } else { 0 });
            self.turn.set(self.shortest);
            return Duration::ZERO;
        }
        let turn = self.turn.get();
        // The others met this thread's lock, or came back to it, later than who only looked away for a turn.
        let alone = after > turn * 2 + self.soon;
        if alone || close == self.enough + TURNS {
            self.close.set(0);
            return Duration::ZERO;
        }
        self.close.set(close + 1);
        self.turn.set((turn * 2).min(self.longest));
        turn
    }

    /// The lock is taken at last.
    pub fn parted(&self) {
        self.last.set(Some(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn us(n: u64) -> Duration {
        Duration::from_micros(n)
    }

    /// The looks away of meetings that begin `gap` after the last one ended.
    fn meet(m: &Meetings, gap: Duration, n: usize) -> Vec<Duration> {
        let start = Instant::now();
        (0..n)
            .map(|_| {
                m.last.set(Some(start));
                m.met(start + gap)
            })
            .collect()
    }

    #[test]
    fn turns_follow_close_meetings_only() {
        let m = Meetings::new(us(2), 8, us(5), us(20));
        assert!(meet(&m, us(3), 1000).iter().all(Duration::is_zero), "not close");
        assert!(meet(&m, us(1), 8).iter().all(Duration::is_zero), "not enough");
        assert_eq!(meet(&m, us(1), 4), [us(5), us(10), us(20), us(20)]);
        assert_eq!(meet(&m, us(21), 2), [us(20), us(20)], "the own turn has lasted as long");
        assert_eq!(meet(&m, us(43), 1), [Duration::ZERO], "nobody else came");
        assert!(meet(&m, us(1), 8).iter().all(Duration::is_zero), "from the start");
    }

    #[test]
    fn turns_end_for_a_trial() {
        let m = Meetings::new(us(2), 8, us(5), us(20));
        let away = meet(&m, us(1), 3 * (TURNS as usize + 9));
        let turns = away.iter().filter(|d| !d.is_zero()).count();
        assert_eq!(turns, 3 * TURNS as usize);
    }
}
