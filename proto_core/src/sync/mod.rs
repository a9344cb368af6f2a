//! The one door to threads and atomics: std's, or loom's under `cfg(loom)`, so that the protocols that
//! ship are the ones that are model-checked. Heap words are raw memory and always use std's atomics.

mod bytelock;
mod gate;
#[cfg(all(test, loom))]
mod tests;

pub use bytelock::ByteLock;
pub use gate::{Gate, Seat};

#[cfg(not(loom))]
pub use std::sync::{
    Arc, Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
};
#[cfg(not(loom))]
pub use std::thread;

#[cfg(loom)]
pub use loom::sync::{
    Arc, Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
};
#[cfg(loom)]
pub use loom::thread;

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
