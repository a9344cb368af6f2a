//! The lock of a stream: held while a buffer is moved to or from the raw stream, which may run Python code, so waiting for it
//! counts as blocking (a collector may run meanwhile). Taking it again on the same thread is an error, as in CPython.

use engine::prelude::*;
use parking_lot::Mutex;
use parking_lot::lock_api::RawMutex as _;
use proto_core::sync::{AtomicUsize, Ordering};

/// A lock that knows its owner.
pub struct StreamLock {
    raw: parking_lot::RawMutex,
    /// Identity of the thread that holds it, 0 when none does; written by the holder only.
    owner: AtomicUsize,
}

/// Holds a [`StreamLock`].
pub struct Held<'a>(&'a StreamLock);

thread_local! {
    static ME: Mutex<u8> = const { Mutex::new(0) };
}

/// A number that no other running thread has.
fn me() -> usize {
    ME.with(|m| std::ptr::from_ref(m).addr())
}

impl StreamLock {
    /// A free lock.
    pub const fn new() -> StreamLock {
        StreamLock { raw: parking_lot::RawMutex::INIT, owner: AtomicUsize::new(0) }
    }

    /// Whether somebody holds the lock.
    pub fn is_held(&self) -> bool {
        self.raw.is_locked()
    }

    /// Takes the lock if it is free.
    pub fn try_lock(&self) -> Option<Held<'_>> {
        if !self.raw.try_lock() {
            return None;
        }
        self.owner.store(me(), Ordering::Relaxed);
        Some(Held(self))
    }

    /// Takes the lock.
    ///
    /// # Errors
    /// RuntimeError when this thread holds it already (a signal handler that writes to the stream it interrupted).
    pub fn lock<'a>(&'a self, cx: &mut Ctx, what: &str) -> Res<Held<'a>> {
        if !self.raw.try_lock() {
            if self.owner.load(Ordering::Relaxed) == me() {
                return Err(cx.runtime_error(format!("reentrant call inside {what}")));
            }
            cx.blocking(|| self.raw.lock());
        }
        self.owner.store(me(), Ordering::Relaxed);
        Ok(Held(self))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.owner.store(0, Ordering::Relaxed);
        unlock(&self.0.raw);
    }
}

#[allow(unsafe_code)]
fn unlock(raw: &parking_lot::RawMutex) {
    // SAFETY: called by the drop of `Held`, which exists only while this thread holds the lock.
    unsafe { raw.unlock() }
}
