//! The one door to threads, atomics and cells that several threads may see: std's, or under `cfg(model)` those of a model
//! checker (`cfg(loom)` or `cfg(shuttle)` says which), so that the protocols that ship are the ones that are checked.
//! `loom_tests/README.md` says how.

mod bytelock;
mod gate;
#[cfg(not(model))]
mod latch;
#[cfg(model)]
pub mod model;
mod parking;
#[cfg(not(model))]
mod turns;

pub use bytelock::ByteLock;
pub use gate::{Gate, Seat};
#[cfg(not(model))]
pub(crate) use latch::no_longer_alone;
#[cfg(not(model))]
pub use latch::{Latch, RawLatch};

#[cfg(loom)]
use loom as checker;
#[cfg(shuttle)]
use shuttle as checker;
#[cfg(not(model))]
use std as checker;

#[cfg(not(model))]
pub use std::cell::Cell;

pub use checker::{
    hint::spin_loop,
    sync::{
        Arc, Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
    },
    thread, thread_local as per_thread,
};

#[cfg(model)]
pub use model::{Cell, broken, leak, unleak};

/// Numbers in a `static`, which the checkers' atomics cannot be; for those by which nothing is decided between threads.
pub use std::sync::atomic::{AtomicU32 as StaticCounter, AtomicU64 as StaticCounter64};

/// A mutex in a `static`, for what no protocol depends on.
pub use std::sync::Mutex as StaticMutex;

/// Locks a [`StaticMutex`].
pub fn static_lock<T>(m: &StaticMutex<T>) -> std::sync::MutexGuard<'_, T> {
    m.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Whether a model asks for the named part of a protocol to be left out, to prove that it would notice. Every build that is
/// not for the model checker knows at compile time: no.
#[cfg(not(model))]
#[inline(always)]
pub const fn broken(_part: &str) -> bool {
    false
}

/// `order`, or Relaxed where a model asks for the named ordering to be weakened.
#[inline(always)]
#[cfg_attr(model, track_caller)]
pub fn order(order: Ordering, name: &str) -> Ordering {
    if broken(name) { Ordering::Relaxed } else { order }
}

/// Gives up ownership for the life of the process (under a model: of the run).
#[cfg(not(model))]
pub fn leak<T: 'static>(b: Box<T>) -> &'static T {
    Box::leak(b)
}

/// Takes back what [`leak`] gave up.
///
/// # Safety
/// It came from `leak`, and nothing refers to it any more.
#[cfg(not(model))]
pub unsafe fn unleak<T: 'static>(t: &'static T) {
    // SAFETY: by the caller.
    drop(unsafe { Box::from_raw(std::ptr::from_ref(t).cast_mut()) });
}

/// Locks a mutex; the data behind our mutexes is never left half-changed by a panic, so poison is ignored.
pub fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    match m.lock() {
        Ok(g) => g,
        Err(e) => e.into_inner(),
    }
}

/// Waits on a condition variable, ignoring poison as [`lock`] does.
pub fn wait<'a, T>(c: &Condvar, g: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    match c.wait(g) {
        Ok(g) => g,
        Err(e) => e.into_inner(),
    }
}
