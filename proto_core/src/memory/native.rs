//! The Rust heap as the collector sees it: what hangs on objects, whatever they are, counts.
//!
//! A dead object of a few words may hold megabytes (a compressor's window, a parser's tables), and nothing in the heap's own numbers
//! tells. So each thread counts what it takes from the Rust heap and gives back, and tells the process in portions. When all threads
//! together hold so much more than after the last collection that was made for it, the next poll of who crossed the line collects.
//!
//! Words: `NEW` belongs to its thread. `HELD`, `BASE` and `DUE` are everybody's; they are numbers that decide when work is done, not
//! whether it is right, so no order between them matters.

use super::{address_limit, limit};
use crate::os;
use crate::sync::StaticCounter64 as Counter;
use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;

/// Smaller requests do not count. What objects have of them is no more than a small multiple of what a heap allocates between two
/// collections.
const COUNTED: usize = 1 << 10;
/// Bytes of a portion.
const PORTION: isize = 1 << 20;
/// Bytes by which the Rust heap may grow, in any case, before somebody collects.
const LEAST: i64 = 64 << 20;
/// Bytes by which it may grow when what has been found dead is about to be finalized.
const SOON: i64 = 8 << 20;
/// Free bytes that the C library may keep in any case.
const SLACK: usize = 128 << 20;

/// Bytes that all threads hold, but for portions that have not been told: a signed number, since what one thread took another may
/// give back, and tell it first.
static HELD: Counter = Counter::new(0);
/// The same after the last collection for its sake.
static BASE: Counter = Counter::new(0);
/// When it exceeds this, somebody collects.
static DUE: Counter = Counter::new(LEAST as u64);

thread_local! {
    /// What this thread has not told yet.
    static NEW: Cell<isize> = const { Cell::new(0) };
}

/// A request of `old` bytes (0: a new one) has become one of `new` bytes (0: it was freed). Whether a collection is due.
#[inline(always)]
#[must_use]
pub(super) fn count(old: usize, new: usize) -> bool {
    let counted = |n: usize| if n >= COUNTED { n as isize } else { 0 };
    let more = counted(new) - counted(old);
    more != 0 && add(more)
}

#[inline]
pub(super) fn add(more: isize) -> bool {
    // The cell has no destructor: it can be used to the thread's very end.
    let n = NEW.with(|new| {
        let n = new.get() + more;
        new.set(n);
        n
    });
    n.unsigned_abs() >= PORTION.unsigned_abs() && tell()
}

/// Tells the process what this thread has counted.
#[cold]
pub(super) fn tell() -> bool {
    let n = NEW.with(Cell::take) as i64;
    let held = (HELD.fetch_add(n as u64, Relaxed) as i64).wrapping_add(n);
    n > 0 && held > DUE.load(Relaxed) as i64
}

fn held() -> i64 {
    HELD.load(Relaxed) as i64
}

/// Whether the Rust heap has grown enough for a collection.
pub(crate) fn is_due() -> bool {
    tell();
    held() > DUE.load(Relaxed) as i64
}

/// After a collection of the thread's own objects: whether most of the growth is still there.
pub(crate) fn is_still_held() -> bool {
    tell();
    held() > ((BASE.load(Relaxed) + DUE.load(Relaxed)) / 2) as i64
}

/// All that could be freed has been. The next collection is due after as much again; `objects`: bytes of heaps, which cost time to
/// search. None: some of it will be free soon, so that a little more is enough.
pub(crate) fn settle(objects: Option<usize>) {
    tell();
    let held = held().max(0);
    // What many threads freed lies in pools of their own.
    let slack = os::slack();
    if slack > SLACK && slack as i64 > held {
        os::trim();
    }
    let Some(objects) = objects else {
        DUE.store((held + SOON) as u64, Relaxed);
        return;
    };
    let most = address_limit().unwrap_or(usize::MAX).min(limit()) / 8;
    let growth = (objects as i64).max(held).max(LEAST).min(i64::try_from(most).unwrap_or(i64::MAX));
    BASE.store(held as u64, Relaxed);
    DUE.store((held + growth) as u64, Relaxed);
}
