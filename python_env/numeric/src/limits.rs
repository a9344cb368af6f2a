//! The process-wide limit on the digits of conversions between `int` and decimal text (`sys.set_int_max_str_digits`).
#![allow(clippy::disallowed_types)] // A lone setting that publishes nothing else: no protocol to model.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The limit a fresh process has.
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;
/// The smallest limit that may be set, besides 0 (none).
pub const STR_DIGITS_CHECK_THRESHOLD: usize = 640;

static MAX_STR_DIGITS: AtomicUsize = AtomicUsize::new(DEFAULT_MAX_STR_DIGITS);

/// The limit in force; 0 means none.
pub fn max_str_digits() -> usize {
    MAX_STR_DIGITS.load(Ordering::Relaxed)
}

/// Sets the limit; the caller has checked it.
pub fn set_max_str_digits(n: usize) {
    MAX_STR_DIGITS.store(n, Ordering::Relaxed);
}
