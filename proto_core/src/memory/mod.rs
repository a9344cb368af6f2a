//! What becomes of an allocation when memory ends.
//!
//! There are two kinds of request. A *wish* (`try_` forms: sizes that input chooses) may be refused; who asked collects,
//! asks again and then tells the program (`MemoryError`). A *need* (small objects, everything that only has a `&Heap`) draws on a reserve and
//! sets [`poll::MEMORY`](crate::context::poll::MEMORY): the next poll collects, and raises if that did not help.
//!
//! What ends: addresses (`ulimit -v`), which the system refuses; the heap's own reservation, whose last eighth is for needs;
//! and the machine's memory or the control group's, where nobody refuses before the kernel kills, so that we count.

#[cfg(not(model))]
mod allocator;
mod growing;
#[cfg(not(model))]
pub(crate) mod native;

#[cfg(not(model))]
pub use allocator::{Allocator, Counted};
#[cfg(not(model))]
pub(crate) use allocator::{alarm_here, forget_wanted, is_eased};
pub use growing::{Growing, Zeroable};

use crate::os;
use crate::sync::{StaticCounter64 as Counter, StaticMutex, static_lock};
use std::alloc::{Layout, alloc_zeroed};
use std::sync::atomic::Ordering::Relaxed;

/// The last part of the heap's reservation, one in so many blocks, is for needs.
pub(crate) const RESERVE_DIV: usize = 8;

/// What the C library keeps: see [`os::keep_freed`].
#[cfg(not(model))]
const KEPT: (i32, i32) = (16 << 20, 32 << 20);

/// Requests of at least so many bytes are looked at one by one.
pub const LARGE: usize = 1 << 20;

/// The request that fails, counted from now; 0: none does.
static FAIL_IN: Counter = Counter::new(0);
/// A request has failed on purpose and nobody was told yet.
static FAILED: Counter = Counter::new(0);
/// The program is told that the reserve is in use when heaps hold so many bytes.
static TOLD: Counter = Counter::new(0);
/// Bytes that may still be taken before somebody looks how much is left.
static SPARE: Counter = Counter::new(0);
/// What this process may occupy.
static LIMIT: Counter = Counter::new(u64::MAX);
/// What the command line allows it.
static CEILING: Counter = Counter::new(u64::MAX);
/// Bytes of addresses that this process may map; `u64::MAX`: all there are.
static ADDRESSES: Counter = Counter::new(u64::MAX);
/// Settings are read once.
#[cfg(not(model))]
static PREPARED: StaticMutex<bool> = StaticMutex::new(false);

/// The kinds of request.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// May be refused.
    Wish,
    /// May draw on the reserve.
    Need,
}

/// A word of `PROTOPYTHON_DEBUG` that is about memory, and its number.
pub(crate) fn setting(word: &str) -> Option<(&str, usize)> {
    let (name, n) = word.trim().split_once('=')?;
    if matches!(name, "fail-alloc" | "memory-limit") { Some((name, n.parse().ok()?)) } else { None }
}

/// Reads the limits; before the first allocation of the first runtime.
#[cfg(not(model))]
pub(crate) fn prepare() {
    let mut done = static_lock(&PREPARED);
    if std::mem::replace(&mut *done, true) {
        return;
    }
    let (mut fail, mut limit) = (0, os::memory_limit());
    for word in std::env::var("PROTOPYTHON_DEBUG").unwrap_or_default().split(',') {
        match setting(word) {
            Some(("fail-alloc", n)) => fail = n as u64,
            Some(("memory-limit", n)) => limit = n,
            _ => {}
        }
    }
    LIMIT.store((limit as u64).min(CEILING.load(Relaxed)), Relaxed);
    read_address_limit();
    if address_limit().is_none() {
        os::keep_freed(KEPT.0, KEPT.1);
    }
    allocator::take_ballast();
    // One more: the second attempt fails, too.
    FAIL_IN.store(if fail == 0 { 0 } else { fail.saturating_add(1) }, Relaxed);
}

/// Lets this process occupy so many bytes at most, as if its control group allowed no more. To be called before the first runtime is
/// made.
pub fn set_ceiling(bytes: usize) {
    CEILING.store(bytes as u64, Relaxed);
}

/// Bytes that this process may occupy: the machine's, what its control groups allow, or a ceiling.
pub fn limit() -> usize {
    usize::try_from(LIMIT.load(Relaxed)).unwrap_or(usize::MAX)
}

/// Reads how many bytes of addresses this process may map.
#[cfg(not(model))]
pub(crate) fn read_address_limit() {
    let limit = os::address_limit();
    ADDRESSES.store(limit.map_or(u64::MAX, |n| n as u64), Relaxed);
    if let Some(limit) = limit {
        // Each takes 64 MiB of addresses when a second thread first asks for memory: an eighth of the limit at most.
        os::share_pools((limit >> 29).clamp(1, 4) as i32);
    }
}

/// Bytes of addresses that this process may map, where that is limited.
pub fn address_limit() -> Option<usize> {
    let n = ADDRESSES.load(Relaxed);
    (n != u64::MAX).then_some(n as usize)
}

/// Whether this request is to fail (`PROTOPYTHON_DEBUG=fail-alloc=N`): the Nth, and the one after it, which may be the
/// second attempt.
#[inline]
fn is_chosen() -> bool {
    is_injecting() && is_chosen_now()
}

#[cold]
fn is_chosen_now() -> bool {
    let chosen = FAIL_IN.fetch_update(Relaxed, Relaxed, |n| n.checked_sub(1)).is_ok_and(|n| n <= 2);
    if chosen {
        FAILED.store(1, Relaxed);
    }
    chosen
}

/// Whether requests fail on purpose.
#[inline(always)]
pub fn is_injecting() -> bool {
    FAIL_IN.load(Relaxed) != 0
}

/// Whether the program is to be told that heaps which hold so many bytes have drawn on the reserve.
pub(crate) fn is_news(held: usize) -> bool {
    held as u64 >= TOLD.load(Relaxed) || FAILED.load(Relaxed) != 0
}

/// After a collection: whether the reserve of a reservation of `size` bytes is still in use. If so, the program is told
/// now, and the next time when some more of it is gone: so that its handlers have something to work with.
pub(crate) fn is_strained(held: usize, size: usize) -> bool {
    let failed = FAILED.swap(0, Relaxed) != 0;
    if held <= size - size / RESERVE_DIV && has_room(LARGE) {
        TOLD.store(0, Relaxed);
        return failed;
    }
    TOLD.store(held as u64 + (size as u64).min(LIMIT.load(Relaxed)) / 128, Relaxed);
    true
}

/// Whether `bytes` more may be taken from the system. Those who hear no and go on draw on the reserve.
pub fn admits(bytes: usize) -> bool {
    if cfg!(model) {
        return true;
    }
    if is_chosen() {
        return false;
    }
    let bytes = bytes as u64;
    SPARE.fetch_update(Relaxed, Relaxed, |spare| spare.checked_sub(bytes)).is_ok() || look(bytes)
}

/// As [`admits`], but only asks.
pub(crate) fn has_room(bytes: usize) -> bool {
    if cfg!(model) {
        return true;
    }
    bytes as u64 <= SPARE.load(Relaxed) || look(bytes as u64)
}

/// Looks how much is left.
#[cold]
fn look(bytes: u64) -> bool {
    let limit = LIMIT.load(Relaxed);
    let Some(occupied) = os::occupied() else { return true };
    // A sixteenth is the reserve.
    let free = (limit - limit / 16).saturating_sub(occupied as u64);
    let enough = bytes <= free;
    SPARE.store(if enough { (free - bytes) / 8 } else { 0 }, Relaxed);
    enough
}

/// What programs have freed may lie scattered, so that the system gets none of it back; of so many times what is asked for,
/// one piece is taken to be large enough.
const SCATTERED: usize = 8;

/// Whether there is room for `bytes` in one piece beside the heap.
pub fn room_for(bytes: usize) -> bool {
    let mapped = || address_limit().is_none() || os::could_reserve(bytes);
    bytes == 0 || has_room(bytes) && (mapped() || bytes < REMAPPED && os::slack() / SCATTERED >= bytes)
}

/// From so many bytes on, the C library gives each request a mapping of its own, always.
const REMAPPED: usize = 32 << 20;

/// A model has no Rust heap to run out of.
#[cfg(model)]
pub(crate) fn is_eased() -> bool {
    true
}

/// See [`is_eased`].
#[cfg(model)]
pub(crate) fn forget_wanted() {}

/// Whether a vector has room for `more` items, or could get it: for loops that know no context. Who hears no raises
/// an exception.
#[must_use]
pub fn grows<T>(v: &mut Vec<T>, more: usize) -> bool {
    if v.capacity() - v.len() >= more {
        return true;
    }
    let (each, old) = (size_of::<T>(), v.capacity());
    // It doubles.
    let new = v.len().saturating_add(more).max(old.saturating_mul(2)).saturating_mul(each);
    wish_more(new, new - old * each, || v.try_reserve(more)).is_some()
}

/// `n` zeros, or None: as [`wish`]. Pages that the system gives are not touched.
pub fn zeros(n: usize) -> Option<Vec<u8>> {
    if n == 0 {
        return Some(Vec::new());
    }
    wish(n, || {
        let layout = Layout::array::<u8>(n).map_err(|_| ())?;
        // SAFETY: `n` is not 0.
        let p = unsafe { alloc_zeroed(layout) };
        // SAFETY: memory of the global allocator for `n` bytes, all of them initialized.
        if p.is_null() { Err(()) } else { Ok(unsafe { Vec::from_raw_parts(p, n, n) }) }
    })
}

/// Runs `f`, which asks the Rust heap for `bytes` by a `try_` form. None: it was refused, and may be asked again after a
/// collection.
#[inline]
pub fn wish<R, E>(bytes: usize, f: impl FnOnce() -> Result<R, E>) -> Option<R> {
    wish_more(bytes, bytes, f)
}

/// As [`wish`], where `more` of the bytes are new.
fn wish_more<R, E>(bytes: usize, more: usize, f: impl FnOnce() -> Result<R, E>) -> Option<R> {
    #[cfg(not(model))]
    {
        if bytes < LARGE && !is_injecting() {
            // What is small is a need: it is refused only where it cannot be had. A handler of `MemoryError` makes such requests.
            if !admits(more) {
                allocator::overdraw(more, (LIMIT.load(Relaxed) / 128) as usize);
            }
            return f().ok();
        }
        if !admits(more) {
            return None;
        }
        allocator::wishing(f).ok()
    }
    #[cfg(model)]
    {
        let _ = (bytes, more);
        f().ok()
    }
}
