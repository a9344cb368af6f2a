//! Loads and stores of object words, the barrier, object locks.
//!
//! Loads are acquire and stores release: on x86 both are plain moves, and a reader never asks whether an object is
//! shared. The barrier tests one byte: SHARED means "promote the value first", OLD means "remember the object".

use super::alloc::Heap;
use crate::cell::header::{self, BARRIER, OLD, REMEMBERED, SHARED};
use crate::gc::mark::LARGE_WORDS;
use crate::space::ShapeId;
use crate::sync::{Ordering, broken, order};
use crate::value::Value;

impl Value {
    /// The header word.
    ///
    /// # Safety
    /// `self` points at a live object.
    #[inline(always)]
    pub unsafe fn header(self) -> u64 {
        // SAFETY: by the caller.
        unsafe { header::whole(self.addr()) }
    }

    /// Loads word `index` as a value.
    ///
    /// # Safety
    /// `self` points at a live object and `index` is one of its value words.
    #[inline(always)]
    pub unsafe fn load(self, index: usize) -> Value {
        // SAFETY: by the caller. Acquire pairs with the release in `Heap::store`.
        Value::raw(unsafe { header::word(self.addr(), index) }.load(Ordering::Acquire))
    }

    /// Loads the word at a byte offset as a value.
    ///
    /// # Safety
    /// As for [`Value::load`].
    #[inline(always)]
    pub unsafe fn load_at(self, offset: usize) -> Value {
        // SAFETY: by the caller.
        Value::raw(unsafe { header::word(self.addr() + offset, 0) }.load(Ordering::Acquire))
    }

    /// Loads a raw word.
    ///
    /// # Safety
    /// `self` points at a live object and `index` is inside it.
    #[inline(always)]
    pub unsafe fn load_raw(self, index: usize) -> u64 {
        // SAFETY: by the caller.
        unsafe { header::word(self.addr(), index) }.load(Ordering::Acquire)
    }
}

impl Heap {
    /// Whether all threads may see `v` (immediates: yes).
    #[inline]
    pub fn is_shared(&self, v: Value) -> bool {
        // SAFETY: a pointer in somebody's hands points at a live object.
        !v.is_ptr() || unsafe { header::flags(v.addr()) }.load(Ordering::Relaxed) & SHARED != 0
    }

    /// The object's shape.
    ///
    /// # Safety
    /// `obj` points at a live object.
    #[inline(always)]
    pub unsafe fn shape_id(&self, obj: Value) -> ShapeId {
        // SAFETY: by the caller. Acquire pairs with `set_shape`.
        ShapeId(unsafe { header::shape(obj.addr()) }.load(Ordering::Acquire))
    }

    /// Changes the object's shape (under its lock when shared).
    ///
    /// # Safety
    /// `obj` points at a live object whose memory fits the new shape.
    #[inline(always)]
    pub unsafe fn set_shape(&self, obj: Value, shape: ShapeId) {
        // SAFETY: by the caller. Release: slots written before are seen by who acquires the new shape.
        unsafe { header::shape(obj.addr()) }.store(shape.0, Ordering::Release);
    }

    /// The object's flags.
    ///
    /// # Safety
    /// `obj` points at a live object.
    #[inline(always)]
    pub unsafe fn flags(&self, obj: Value) -> u8 {
        // SAFETY: by the caller.
        unsafe { header::flags(obj.addr()) }.load(Ordering::Acquire)
    }

    /// Sets flag bits.
    ///
    /// # Safety
    /// `obj` points at a live object of this heap or a shared one. SHARED, OLD and REMEMBERED belong to this crate.
    #[inline]
    pub unsafe fn set_flags(&self, obj: Value, bits: u8) {
        // SAFETY: by the caller.
        unsafe { header::set_flags(obj.addr(), bits) }
    }

    /// Clears flag bits.
    ///
    /// # Safety
    /// As for [`Heap::set_flags`].
    #[inline]
    pub unsafe fn clear_flags(&self, obj: Value, bits: u8) {
        // SAFETY: by the caller.
        unsafe { header::clear_flags(obj.addr(), bits) }
    }

    /// The aux half-word.
    ///
    /// # Safety
    /// `obj` points at a live object.
    #[inline(always)]
    pub unsafe fn aux(&self, obj: Value) -> u16 {
        // SAFETY: by the caller.
        unsafe { header::aux(obj.addr()) }.load(Ordering::Acquire)
    }

    /// Sets the aux half-word (for Internal objects it is the subkind and must stay).
    ///
    /// # Safety
    /// As for [`Heap::set_flags`].
    #[inline(always)]
    pub unsafe fn set_aux(&self, obj: Value, aux: u16) {
        // SAFETY: by the caller.
        unsafe { header::aux(obj.addr()) }.store(aux, Ordering::Release);
    }

    /// Loads a value word.
    ///
    /// # Safety
    /// `obj` points at a live object and `word` is one of its value words.
    #[inline(always)]
    pub unsafe fn load(&self, obj: Value, word: usize) -> Value {
        // SAFETY: by the caller.
        unsafe { obj.load(word) }
    }

    /// Stores a value word, with the barrier.
    ///
    /// # Safety
    /// `obj` points at a live object (local to this heap, or shared) and `word` is one of its value words.
    #[inline(always)]
    pub unsafe fn store(&self, obj: Value, word: usize, v: Value) {
        // SAFETY: by the caller.
        unsafe {
            if header::flags(obj.addr()).load(Ordering::Relaxed) & BARRIER != 0 && v.is_ptr() {
                self.barrier(obj, word, v);
            }
            header::word(obj.addr(), word).store(v.bits(), order(Ordering::Release, "heap_store_release"));
        }
    }

    /// Stores a value word of an object that was allocated since the last poll and is not shared: no barrier.
    ///
    /// # Safety
    /// As for [`Heap::store`], and the object is as described.
    #[inline(always)]
    pub unsafe fn store_init(&self, obj: Value, word: usize, v: Value) {
        // SAFETY: by the caller.
        unsafe {
            debug_assert!(header::flags(obj.addr()).load(Ordering::Relaxed) & BARRIER == 0);
            header::word(obj.addr(), word).store(v.bits(), Ordering::Release);
        }
    }

    /// Loads a raw word.
    ///
    /// # Safety
    /// `obj` points at a live object and `word` is inside it.
    #[inline(always)]
    pub unsafe fn load_raw(&self, obj: Value, word: usize) -> u64 {
        // SAFETY: by the caller.
        unsafe { obj.load_raw(word) }
    }

    /// Stores a raw word: one that the layout does not call a value, or a raw number that reads as an int.
    ///
    /// # Safety
    /// `obj` points at a live object and `word` is inside it.
    #[inline(always)]
    pub unsafe fn store_raw(&self, obj: Value, word: usize, bits: u64) {
        // SAFETY: by the caller.
        unsafe { header::word(obj.addr(), word) }.store(bits, Ordering::Release);
    }

    /// Compare-and-swap of a value word, with the barrier; the word found on failure.
    ///
    /// # Safety
    /// As for [`Heap::store`].
    #[inline]
    pub unsafe fn cas(&self, obj: Value, word: usize, old: Value, new: Value) -> Result<(), Value> {
        // SAFETY: by the caller. AcqRel: a store and a load in one.
        unsafe {
            if header::flags(obj.addr()).load(Ordering::Relaxed) & BARRIER != 0 {
                self.barrier(obj, word, new);
            }
            match header::word(obj.addr(), word).compare_exchange(
                old.bits(),
                new.bits(),
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => Ok(()),
                Err(found) => Err(Value::raw(found)),
            }
        }
    }

    /// Compare-and-swap of a raw word; the word found on failure.
    ///
    /// # Safety
    /// As for [`Heap::store_raw`].
    #[inline]
    pub unsafe fn cas_raw(&self, obj: Value, word: usize, old: u64, new: u64) -> Result<(), u64> {
        // SAFETY: by the caller.
        unsafe { header::word(obj.addr(), word) }
            .compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire)
            .map(|_| ())
    }

    /// What a store must do first to an object that is shared or old. For handlers that inline the test.
    ///
    /// # Safety
    /// As for [`Heap::store`].
    #[cold]
    #[inline(never)]
    pub unsafe fn barrier(&self, obj: Value, word: usize, v: Value) {
        if !v.is_ptr() || self.barrier_is_broken() {
            return;
        }
        let addr = obj.addr();
        // SAFETY: by the caller.
        let flags = unsafe { header::flags(addr) }.load(Ordering::Relaxed);
        if flags & SHARED != 0 && !broken("heap_store_promotes") {
            self.promote(v);
            return;
        }
        if flags & OLD == 0 || flags & REMEMBERED != 0 {
            return;
        }
        let (meta, cell) = self.arena.locate(v.addr());
        let group = &meta.groups[cell >> 6];
        let kept = group.shared.load(Ordering::Relaxed)
            | if meta.owner.load(Ordering::Relaxed) == self.id.get() { group.mark.get() } else { 0 };
        if kept >> (cell & 63) & 1 != 0 {
            return;
        }
        self.remember(obj, word);
    }

    /// Remembers a local object as a whole: until the next poll any of its words may be stored without a barrier. False for a
    /// shared object, whose stores promote, and for a large one, which is remembered word by word.
    ///
    /// # Safety
    /// `obj` is a pointer to a live object, local to this heap or shared.
    #[inline]
    pub unsafe fn remember_whole(&self, obj: Value) -> bool {
        // SAFETY: by the caller.
        let flags = unsafe { header::flags(obj.addr()) }.load(Ordering::Relaxed);
        if flags & SHARED != 0 {
            return false;
        }
        if flags & OLD != 0 && flags & REMEMBERED == 0 {
            if self.words_at(obj.addr()) >= LARGE_WORDS {
                return false;
            }
            self.remember(obj, 0);
        }
        true
    }

    /// Call before value words of a local object are moved within it without the barrier: a large object is remembered word by
    /// word, and a young value must not leave the word that is remembered. From here on the object is remembered as a whole.
    ///
    /// # Safety
    /// `obj` is a pointer to a live object, local to this heap.
    #[inline]
    pub unsafe fn words_move(&self, obj: Value) {
        // SAFETY: by the caller.
        let flags = unsafe { header::flags(obj.addr()) }.load(Ordering::Relaxed);
        if flags & (OLD | REMEMBERED) == OLD && self.words_at(obj.addr()) >= LARGE_WORDS {
            self.remember_moved(obj);
        }
    }

    /// Runs `f` with the object locked; a local object needs no lock. `f` cannot poll: it only gets the heap.
    #[inline]
    pub fn lock<R>(&self, obj: Value, f: impl FnOnce(&Heap) -> R) -> R {
        if self.is_shared(obj) && obj.is_ptr() {
            // SAFETY: the caller holds `obj`, so it lives; the byte is a lock by the header's layout.
            let lock = unsafe { header::lock(obj.addr()) };
            if cfg!(model) {
                // One attempt less for the checker to interleave.
                lock.lock();
            } else if !lock.try_lock() {
                self.lock_contended(obj, lock);
            }
            let _guard = LockGuard(lock);
            f(self)
        } else {
            f(self)
        }
    }
}

/// Unlocks on the way out, panics included.
struct LockGuard(&'static crate::sync::ByteLock);

impl Drop for LockGuard {
    fn drop(&mut self) {
        self.0.unlock();
    }
}
