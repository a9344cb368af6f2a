//! Words of heap objects: the only place of this folder that turns a tagged word into a pointer.
//!
//! Every word that another thread may read is an atomic. Loads acquire (free on x86), raw stores release; a store of
//! a `Value` goes through `Heap::store` and its like, which hold the barrier, or through `init` on an object that nobody else has
//! seen yet. Raw stores take a [`RawWord`], which names no word that may hold a reference, or a [`NumberWord`].

use proto_core::header::{self, SHARED};
use proto_core::sync::{AtomicU64, Ordering, order};
use proto_core::{Heap, NumberWord, RawWord, Value};

/// Address of word `i` of `v`.
///
/// # Safety
/// `v` is a pointer to a heap object of at least `i + 1` words.
#[inline(always)]
pub(crate) unsafe fn word<'a>(v: Value, i: usize) -> &'a AtomicU64 {
    // SAFETY: the caller guarantees the object and its size; objects never move.
    unsafe { header::word(v.addr(), i) }
}

/// Loads a value word.
///
/// # Safety
/// As [`word`], and word `i` holds a value.
#[inline(always)]
pub(crate) unsafe fn load(v: Value, i: usize) -> Value {
    // SAFETY: the caller's.
    unsafe { Value::from_bits(word(v, i).load(Ordering::Acquire)) }
}

/// Loads a raw word.
///
/// # Safety
/// As [`word`].
#[inline(always)]
pub(crate) unsafe fn load_raw(v: Value, i: impl Into<usize>) -> u64 {
    // SAFETY: the caller's.
    unsafe { word(v, i.into()).load(Ordering::Acquire) }
}

/// Stores a word in which nothing that is traced ever is.
///
/// # Safety
/// As [`word`]; the word is one of `v`'s kind.
#[inline(always)]
pub(crate) unsafe fn store_raw(v: Value, i: RawWord, bits: u64) {
    // SAFETY: the caller's.
    unsafe { word(v, i.index()).store(bits, order(Ordering::Release, "raw_store_release")) }
}

/// Stores what reads as an int in a word that holds nothing else.
///
/// # Safety
/// As [`word`].
#[inline(always)]
pub(crate) unsafe fn store_number(v: Value, i: NumberWord, bits: u64) {
    // SAFETY: the caller's.
    unsafe {
        debug_assert!(Value::from_bits(bits).is_int() && !load(v, i.index()).is_ptr());
        word(v, i.index()).store(bits, order(Ordering::Release, "raw_store_release"));
    }
}

/// Compare-and-swap of a raw word.
///
/// # Safety
/// As [`store_raw`].
#[inline(always)]
pub(crate) unsafe fn cas_raw(v: Value, i: RawWord, old: u64, new: u64) -> Result<u64, u64> {
    // SAFETY: the caller's.
    unsafe { word(v, i.index()).compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire) }
}

/// Compare-and-swap of a number: as [`store_number`].
///
/// # Safety
/// As [`word`].
#[inline(always)]
pub(crate) unsafe fn cas_number(v: Value, i: NumberWord, old: u64, new: u64) -> Result<u64, u64> {
    // SAFETY: the caller's.
    unsafe { word(v, i.index()).compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire) }
}

/// Stores a value into an object that was allocated by this thread since its last safepoint and is not published.
///
/// # Safety
/// As [`word`], and the object is fresh: local, young, unknown to anybody else.
#[inline(always)]
pub(crate) unsafe fn init(v: Value, i: usize, x: Value) {
    // SAFETY: the caller's; a fresh object needs no barrier.
    unsafe { word(v, i).store(x.bits(), Ordering::Relaxed) }
}

/// Pointer to the bytes that begin at word `i`.
///
/// # Safety
/// As [`word`].
#[inline(always)]
pub(crate) unsafe fn bytes_at(v: Value, i: usize) -> *mut u8 {
    // SAFETY: the caller's.
    unsafe { (v.addr() as *mut u64).add(i).cast() }
}

/// The header's flags of a heap object.
///
/// # Safety
/// `v` is a pointer to a heap object.
#[inline(always)]
pub(crate) unsafe fn flags(v: Value) -> u8 {
    // SAFETY: the caller's.
    unsafe { header::flags(v.addr()) }.load(Ordering::Acquire)
}

/// The header's `aux` of a heap object.
///
/// # Safety
/// `v` is a pointer to a heap object.
#[inline(always)]
pub(crate) unsafe fn aux(v: Value) -> u16 {
    // SAFETY: the caller's.
    unsafe { header::aux(v.addr()) }.load(Ordering::Acquire)
}

/// Sets the header's `aux`.
///
/// # Safety
/// `v` is a pointer to a heap object whose kind leaves `aux` to this crate.
#[inline(always)]
pub(crate) unsafe fn set_aux(v: Value, aux: u16) {
    // SAFETY: as for `aux`.
    unsafe { header::aux(v.addr()) }.store(aux, Ordering::Release)
}

/// Sets bits of the header's `aux` and clears others, whatever other threads do to further bits.
///
/// # Safety
/// As for [`set_aux`].
#[inline(always)]
pub(crate) unsafe fn change_aux(v: Value, set: u16, clear: u16) {
    // SAFETY: the caller's; a local object is seen by its thread alone.
    unsafe {
        let (word, now) = (header::aux(v.addr()), aux(v));
        if now & set == set && now & clear == 0 {
        } else if !is_shared(v) {
            set_aux(v, (now | set) & !clear);
        } else {
            // Release pairs with the acquire in `aux`: who sees the bits sees what was done before.
            word.fetch_or(set, Ordering::Release);
            word.fetch_and(!clear, Ordering::Release);
        }
    }
}

/// The shape id in the header of a heap object.
///
/// # Safety
/// `v` is a pointer to a heap object.
#[inline(always)]
pub(crate) unsafe fn shape(v: Value) -> u32 {
    // SAFETY: the caller's.
    unsafe { header::shape(v.addr()) }.load(Ordering::Acquire)
}

/// Whether a heap object is shared. Stable for its owner while it does not promote.
///
/// # Safety
/// `v` is a pointer to a heap object.
#[inline(always)]
pub(crate) unsafe fn is_shared(v: Value) -> bool {
    // SAFETY: the caller's.
    unsafe { flags(v) & SHARED != 0 }
}

/// Promotes what is about to be stored into `container`, before its lock is taken: nothing is promoted under a lock.
///
/// # Safety
/// `container` is a pointer to a heap object.
#[inline(always)]
pub(crate) unsafe fn promote_for(heap: &Heap, container: Value, x: Value) {
    // SAFETY: the caller's.
    if unsafe { is_shared(container) } {
        heap.promote(x);
    }
}

/// The number of words to ask for, rounded up to whole cells so that no room of the last one is wasted.
#[inline]
pub(crate) fn whole_cells(words: usize) -> usize {
    (words + 7) & !7
}
