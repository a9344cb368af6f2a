//! The first word of each object: `shape: 32 | lock: 8 | flags: 8 | aux: 16`, four disjoint atomics in one word.
//!
//! Who may write what, when:
//! - *shape*: the owner while the object is local; once shared, whoever holds the object lock (release; readers
//!   acquire the header or the slot they then read).
//! - *lock*: anybody, through [`ByteLock`].
//! - *flags*: the owner by plain stores while local (nobody else reads them); by atomic read-modify-write once
//!   SHARED. SHARED itself is set by the owner, once, before the object is published.
//! - *aux*: written at birth; the engine may change it under the shape's rule.

use crate::sync::{AtomicU8, AtomicU16, AtomicU32, Ordering};
#[cfg(not(model))]
use crate::sync::{AtomicU64, ByteLock};

/// Bytes of a cell.
pub const CELL: usize = 64;
/// Words of a cell.
pub const CELL_WORDS: usize = 8;

/// Visible to all threads; never points at a local object.
pub const SHARED: u8 = 1;
/// Survived a collection (sticky mark); meaningful while local.
pub const OLD: u8 = 2;
/// Already in its owner's remembered set.
pub const REMEMBERED: u8 = 4;
/// Some weak reference names it.
pub const HAS_WEAKREF: u8 = 8;
/// Dropped when it dies.
pub const NEEDS_DROP: u8 = 16;
/// Its content must be copied before the next write.
pub const FROZEN: u8 = 32;
/// A string in the atom table.
pub const INTERNED: u8 = 64;
/// Nothing is left to finalize, though the object is listed among those with finalizers.
pub const NOT_FINALIZED: u8 = 128;
/// What sends a store down the slow path.
pub const BARRIER: u8 = SHARED | OLD;

/// Where the lock byte is within the header.
pub const LOCK_OFFSET: usize = 4;
/// Where the flags byte is within the header.
pub const FLAGS_OFFSET: usize = 5;
/// Where the aux half-word is within the header.
pub const AUX_OFFSET: usize = 6;

/// A header word from its parts, lock free.
#[inline(always)]
pub const fn pack(shape: u32, flags: u8, aux: u16) -> u64 {
    shape as u64 | (flags as u64) << 40 | (aux as u64) << 48
}

/// The shape in a header word.
#[inline(always)]
pub const fn shape_of(header: u64) -> u32 {
    header as u32
}

/// The flags in a header word.
#[inline(always)]
pub const fn flags_of(header: u64) -> u8 {
    (header >> 40) as u8
}

/// The aux half-word in a header word.
#[inline(always)]
pub const fn aux_of(header: u64) -> u16 {
    (header >> 48) as u16
}

/// A word of a heap object as an atomic.
///
/// # Safety
/// `addr` is the address of a live object and `index` is inside it; the reference must not outlive the object.
#[cfg(not(model))]
#[inline(always)]
pub unsafe fn word<'a>(addr: usize, index: usize) -> &'a AtomicU64 {
    // SAFETY: by the caller; heap memory is aligned, always mapped, and only touched through atomics.
    unsafe { &*((addr + index * 8) as *const AtomicU64) }
}

/// Four bytes of a heap object as an atomic: the shape field, or part of a word that is always accessed by halves.
///
/// # Safety
/// As for [`word`], and every access to these bytes has this width; also for the two below.
#[cfg(not(model))]
#[inline(always)]
pub unsafe fn half<'a>(addr: usize) -> &'a AtomicU32 {
    // SAFETY: by the caller.
    unsafe { &*(addr as *const AtomicU32) }
}

/// Two bytes.
///
/// # Safety
/// As for [`half`].
#[cfg(not(model))]
#[inline(always)]
pub unsafe fn quarter<'a>(addr: usize) -> &'a AtomicU16 {
    // SAFETY: by the caller.
    unsafe { &*(addr as *const AtomicU16) }
}

/// One byte.
///
/// # Safety
/// As for [`half`].
#[cfg(not(model))]
#[inline(always)]
pub unsafe fn byte<'a>(addr: usize) -> &'a AtomicU8 {
    // SAFETY: by the caller.
    unsafe { &*(addr as *const AtomicU8) }
}

/// The lock byte.
///
/// # Safety
/// `addr` is the address of a live object.
#[cfg(not(model))]
#[inline(always)]
pub unsafe fn lock<'a>(addr: usize) -> &'a ByteLock {
    // SAFETY: by the caller; ByteLock is a transparent AtomicU8.
    unsafe { &*((addr + LOCK_OFFSET) as *const ByteLock) }
}

/// The whole header: shape, lock, flags and aux of one moment.
///
/// # Safety
/// `addr` is the address of a live object.
#[cfg(not(model))]
#[inline(always)]
pub unsafe fn whole(addr: usize) -> u64 {
    // SAFETY: by the caller.
    unsafe { word(addr, 0) }.load(Ordering::Acquire)
}

/// Makes words that are to be accessed by units of `width` bytes; all bits are set.
///
/// # Safety
/// `addr` is the address of `words` words of a fresh object that nobody else knows.
#[cfg(not(model))]
#[inline(always)]
pub unsafe fn split(addr: usize, words: usize, _width: usize) {
    for i in 0..words {
        // SAFETY: by the caller.
        unsafe { word(addr, i) }.store(u64::MAX, Ordering::Relaxed);
    }
}

/// Makes the header of an object whose memory was just claimed. Release is free and lets the verifier read foreign headers.
///
/// # Safety
/// `addr` is the start of `words` words of the heap that nobody else knows.
#[inline(always)]
pub(crate) unsafe fn create(addr: usize, words: usize, header: u64) {
    #[cfg(model)]
    super::memory::create(addr, words, header);
    #[cfg(not(model))]
    {
        let _ = words;
        // SAFETY: by the caller.
        unsafe { word(addr, 0) }.store(header, Ordering::Release);
    }
}

#[cfg(model)]
pub use super::memory::{byte, half, lock, quarter, split, whole, word};

/// The shape field.
///
/// # Safety
/// `addr` is the address of a live object.
#[inline(always)]
pub unsafe fn shape<'a>(addr: usize) -> &'a AtomicU32 {
    // SAFETY: by the caller.
    unsafe { half(addr) }
}

/// The flags byte.
///
/// # Safety
/// `addr` is the address of a live object.
#[inline(always)]
pub unsafe fn flags<'a>(addr: usize) -> &'a AtomicU8 {
    // SAFETY: by the caller.
    unsafe { byte(addr + FLAGS_OFFSET) }
}

/// The aux half-word.
///
/// # Safety
/// `addr` is the address of a live object.
#[inline(always)]
pub unsafe fn aux<'a>(addr: usize) -> &'a AtomicU16 {
    // SAFETY: by the caller.
    unsafe { quarter(addr + AUX_OFFSET) }
}

/// Sets flag bits by the rule at the head of this file.
///
/// # Safety
/// `addr` is the address of a live object that is shared or owned by the caller.
#[inline]
pub unsafe fn set_flags(addr: usize, bits: u8) {
    // SAFETY: by the caller.
    let f = unsafe { flags(addr) };
    let now = f.load(Ordering::Relaxed);
    if now & SHARED != 0 {
        // AcqRel so that what the setter did before is seen by whoever reads the flag with acquire.
        f.fetch_or(bits, Ordering::AcqRel);
    } else {
        f.store(now | bits, Ordering::Release);
    }
}

/// Clears flag bits by the rule at the head of this file.
///
/// # Safety
/// As for [`set_flags`].
#[inline]
pub unsafe fn clear_flags(addr: usize, bits: u8) {
    // SAFETY: by the caller.
    let f = unsafe { flags(addr) };
    let now = f.load(Ordering::Relaxed);
    if now & SHARED != 0 {
        f.fetch_and(!bits, Ordering::AcqRel);
    } else {
        f.store(now & !bits, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing() {
        let h = pack(0xdead_beef, OLD | FROZEN, 0x1234);
        assert_eq!((shape_of(h), flags_of(h), aux_of(h)), (0xdead_beef, OLD | FROZEN, 0x1234));
        let mem = Box::new([h; 8]);
        let a = mem.as_ptr() as usize;
        // SAFETY: the array is as good as an object of one cell.
        unsafe {
            assert_eq!(shape(a).load(Ordering::Relaxed), 0xdead_beef);
            assert_eq!(flags(a).load(Ordering::Relaxed), OLD | FROZEN);
            assert_eq!(aux(a).load(Ordering::Relaxed), 0x1234);
            set_flags(a, SHARED);
            set_flags(a, HAS_WEAKREF);
            clear_flags(a, FROZEN);
            assert_eq!(flags(a).load(Ordering::Relaxed), OLD | SHARED | HAS_WEAKREF);
        }
    }
}
