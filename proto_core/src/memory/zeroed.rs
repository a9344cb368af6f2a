//! Tables of zeros that take no memory where nobody writes.

use crate::os;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// Types of which all-zero bytes are a value.
///
/// # Safety
/// They are.
pub unsafe trait Zeroable {}

// SAFETY: an array has nothing but its items.
unsafe impl<T: Zeroable, const N: usize> Zeroable for [T; N] {}
// SAFETY: as its content.
unsafe impl<T: Zeroable> Zeroable for std::cell::UnsafeCell<T> {}

/// A value of zeros in a mapping of its own: a page that nobody has written takes no memory. (The C library writes zeros over what it
/// hands out.)
pub struct Zeroed<T: Zeroable>(NonNull<T>);

// SAFETY: it owns the value, as a box does.
unsafe impl<T: Zeroable + Send> Send for Zeroed<T> {}
// SAFETY: as above.
unsafe impl<T: Zeroable + Sync> Sync for Zeroed<T> {}

impl<T: Zeroable> Zeroed<T> {
    /// A fresh one. Ends the process where there is no memory.
    pub fn new() -> Zeroed<T> {
        const { assert!(size_of::<T>() > 0 && align_of::<T>() <= 4096 && !std::mem::needs_drop::<T>()) };
        match os::reserve(size_of::<T>()).and_then(|addr| NonNull::new(addr as *mut T)) {
            Some(p) => Zeroed(p),
            None => crate::out_of_memory(),
        }
    }
}

impl<T: Zeroable> Default for Zeroed<T> {
    fn default() -> Self {
        Zeroed::new()
    }
}

impl<T: Zeroable> Deref for Zeroed<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a mapping of the value's size that is ours until the drop; all-zero is a value, by the trait.
        unsafe { self.0.as_ref() }
    }
}

impl<T: Zeroable> DerefMut for Zeroed<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as in `deref`; nobody else refers to the value meanwhile.
        unsafe { self.0.as_mut() }
    }
}

impl<T: Zeroable> Drop for Zeroed<T> {
    fn drop(&mut self) {
        // SAFETY: the mapping came from `reserve`, and the value needs no drop.
        unsafe { os::unreserve(self.0.as_ptr() as usize, size_of::<T>()) };
    }
}
