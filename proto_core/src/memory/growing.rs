//! Tables that begin small and become large once.

use crate::os;
use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Types of which all-zero bytes are a value.
///
/// # Safety
/// They are.
pub unsafe trait Zeroable {}

/// A table for a cache, of `FIRST` items until four times as many have been set, then of `FULL`; all are zeros at first. A thread that
/// waits knows little, and what it touches counts a thousand times. What was set is forgotten at the change.
pub struct Growing<T: Zeroable + Copy, const FIRST: usize, const FULL: usize> {
    items: NonNull<T>,
    /// Items in use, less one.
    mask: usize,
    /// How often an item was set, until the change.
    set: usize,
    /// The first items. They stay: who has just found one may still look at it when another is set.
    first: NonNull<T>,
}

// SAFETY: it owns the items, as a box does.
unsafe impl<T: Zeroable + Copy + Send, const FIRST: usize, const FULL: usize> Send for Growing<T, FIRST, FULL> {}

impl<T: Zeroable + Copy, const FIRST: usize, const FULL: usize> Growing<T, FIRST, FULL> {
    const LAYOUT: Layout = match Layout::array::<T>(FIRST) {
        Ok(layout) => layout,
        Err(_) => panic!("no such array"),
    };

    /// A table of zeros.
    pub fn new() -> Self {
        const {
            assert!(size_of::<T>() > 0 && align_of::<T>() <= 4096);
            assert!(FIRST.is_power_of_two() && FULL.is_power_of_two() && FIRST < FULL);
        }
        // SAFETY: the layout has a size.
        let p = unsafe { alloc_zeroed(Self::LAYOUT) };
        let Some(first) = NonNull::new(p.cast()) else { handle_alloc_error(Self::LAYOUT) };
        Growing { items: first, mask: FIRST - 1, set: 0, first }
    }

    /// The item of this number; of a greater one, the last bits count.
    #[inline(always)]
    pub fn at(&self, index: usize) -> *const T {
        // SAFETY: `mask` is less than the number of items.
        unsafe { self.items.as_ptr().add(index & self.mask) }
    }

    /// Replaces an item.
    #[inline]
    pub fn set(&mut self, index: usize, item: T) {
        if self.mask != FULL - 1 {
            self.set += 1;
            if self.set > 4 * FIRST {
                self.grow();
            }
        }
        // SAFETY: as in `at`; nobody else writes, by `&mut`.
        unsafe { *self.items.as_ptr().add(index & self.mask) = item };
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        // Where there is no memory it remains as it is, and asks again after as many more.
        self.set = 0;
        if let Some(at) = os::reserve(FULL * size_of::<T>()).and_then(|addr| NonNull::new(addr as *mut T)) {
            self.items = at;
            self.mask = FULL - 1;
        }
    }

    /// Calls `f` with each item in use.
    ///
    /// # Safety
    /// The owner of the table neither sets items nor looks at one meanwhile.
    pub unsafe fn each(&self, f: impl FnMut(&mut T)) {
        // SAFETY: all of them are there, zeros or what was set; by the caller, nobody else refers to them.
        unsafe { std::slice::from_raw_parts_mut(self.items.as_ptr(), self.mask + 1) }.iter_mut().for_each(f);
    }
}

impl<T: Zeroable + Copy, const FIRST: usize, const FULL: usize> Default for Growing<T, FIRST, FULL> {
    fn default() -> Self {
        Growing::new()
    }
}

impl<T: Zeroable + Copy, const FIRST: usize, const FULL: usize> Drop for Growing<T, FIRST, FULL> {
    fn drop(&mut self) {
        // SAFETY: the first items came from this layout; all others from `reserve`, with this size. Items need no drop: they are Copy.
        unsafe {
            if self.items != self.first {
                os::unreserve(self.items.as_ptr() as usize, FULL * size_of::<T>());
            }
            dealloc(self.first.as_ptr().cast(), Self::LAYOUT);
        }
    }
}

#[cfg(all(test, not(model)))]
mod tests {
    use super::*;

    // SAFETY: a number.
    unsafe impl Zeroable for u64 {}

    #[test]
    fn a_table_grows_once_and_keeps_what_was_found() {
        let mut table = Growing::<u64, 4, 4096>::new();
        table.set(5, 7);
        let found = table.at(1);
        // SAFETY: an item of the table.
        assert_eq!(unsafe { (*found, *table.at(2)) }, (7, 0));
        for i in 0..16 {
            table.set(i, 1);
        }
        // SAFETY: as above; what was found before the change stays readable.
        unsafe {
            assert_eq!((*found, *table.at(15), *table.at(15 + 4096), *table.at(14)), (1, 1, 1, 0));
            table.each(|item| *item += 1);
            assert_eq!((*table.at(15), *table.at(4095)), (2, 1));
        }
        let mut n = 0;
        // SAFETY: as above.
        unsafe { table.each(|_| n += 1) };
        assert_eq!(n, 4096);
    }

    #[test]
    fn what_nobody_has_set_takes_no_memory() {
        let mut table = Growing::<u64, 4, { 1 << 20 }>::new();
        (0..17).for_each(|i| table.set(i, 1));
        // Looking takes none, either.
        // SAFETY: an item of the table.
        assert_eq!(unsafe { *table.at(1 << 19) }, 0);
        table.set(1 << 18, 1);
        let start = table.at(0) as usize;
        // A page that is only read is the system's page of zeros, which `mincore` counts.
        assert!(os::resident(start, 8 << 20) <= 3 * os::page_size());
    }
}
