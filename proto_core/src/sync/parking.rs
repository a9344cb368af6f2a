//! Where threads wait for a byte lock: the process's parking lot, or the model's.

#[cfg(not(model))]
use parking_lot_core::{DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN};

/// Sleeps on `key` if `still` holds once nobody can be woken in between.
#[cfg(not(model))]
pub(super) fn park(key: usize, still: impl FnOnce() -> bool) {
    // SAFETY: the key is the address of the caller's lock; the callbacks neither panic nor touch the parking lot.
    unsafe {
        parking_lot_core::park(key, still, || {}, |_, _| {}, DEFAULT_PARK_TOKEN, None);
    }
}

/// Wakes the first that sleeps on `key`. `last` is told, while nobody can go to sleep, whether more are left.
#[cfg(not(model))]
pub(super) fn unpark_one(key: usize, last: impl FnOnce(bool)) {
    // SAFETY: as in `park`.
    unsafe {
        parking_lot_core::unpark_one(key, |r| {
            last(r.have_more_threads);
            DEFAULT_UNPARK_TOKEN
        });
    }
}

#[cfg(model)]
pub(super) use super::model::{park, unpark_one};
