//! Loads and stores of object words, the barrier, object locks.
//!
//! Loads are acquire and stores release: on x86 both are plain moves, and a reader never asks whether an object is
//! shared. The barrier tests one byte: SHARED means "promote the value first", OLD means "remember the object".
//!
//! **The contract of stores.** While a context's *marking* flag is set, whoever takes a reference out of an object that existed when
//! it was set notes what was there ([`Heap::log`]): a marker that began then finds all that could be reached then, whatever the
//! program does meanwhile. Such an object is OLD or SHARED (marking begins right after a collection, and a leaf holds nothing), so
//! the byte above sends its stores down the slow path. That holds for each way to overwrite a word that may hold a reference:
//! by references and by what is none ([`Heap::store`]), by exchanges ([`Heap::cas`]), clears ([`Heap::clear_words`]), moves within an
//! object ([`Heap::move_words`]), other shapes ([`Heap::set_shape`]). What is stored without a barrier goes into words that never hold
//! one ([`RawWord`], [`NumberWord`]), into fresh objects, or into what is remembered as a whole, which was noted as a whole, too.

use super::alloc::Heap;
use crate::cell::header::{self, BARRIER, OLD, REMEMBERED, SHARED};
use crate::cell::words::{NumberWord, RawWord};
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

    /// Changes the object's shape (under its lock when shared). The type of the old one is noted while somebody marks.
    ///
    /// # Safety
    /// `obj` points at a live object whose memory fits the new shape.
    #[inline(always)]
    pub unsafe fn set_shape(&self, obj: Value, shape: ShapeId) {
        // SAFETY: by the caller. Release: slots written before are seen by who acquires the new shape.
        unsafe {
            if header::flags(obj.addr()).load(Ordering::Relaxed) & BARRIER != 0 && self.is_marking() {
                self.log_shape(obj);
            }
            header::shape(obj.addr()).store(shape.0, Ordering::Release);
        }
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
            if header::flags(obj.addr()).load(Ordering::Relaxed) & BARRIER != 0 && (v.is_ptr() || self.is_marking()) {
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

    /// Stores a value word of an object whose header the caller has tested as [`Heap::store`] does: it needs no barrier. For
    /// handlers that inline the test.
    ///
    /// # Safety
    /// As for [`Heap::store`], and the object's flags lack [`BARRIER`]; or they lack SHARED, `v` is no reference, and
    /// [`Heap::is_marking`] is false.
    #[inline(always)]
    pub unsafe fn store_tested(&self, obj: Value, word: usize, v: Value) {
        // SAFETY: by the caller.
        unsafe {
            debug_assert!(
                header::flags(obj.addr()).load(Ordering::Relaxed) & if v.is_ptr() { BARRIER } else { SHARED } == 0
            );
            header::word(obj.addr(), word).store(v.bits(), Ordering::Release);
        }
    }

    /// Stores something that is no reference in `n` value words.
    ///
    /// # Safety
    /// As for [`Heap::store`], for each of the words.
    #[inline(always)]
    pub unsafe fn clear_words(&self, obj: Value, first: usize, n: usize, with: Value) {
        debug_assert!(!with.is_ptr());
        // SAFETY: by the caller.
        unsafe {
            if header::flags(obj.addr()).load(Ordering::Relaxed) & BARRIER != 0 && self.is_marking() {
                self.log_words(obj, first, n);
            }
            for word in first..first + n {
                header::word(obj.addr(), word).store(with.bits(), Ordering::Release);
            }
        }
    }

    /// Moves `n` value words of a local object from word `from` on to word `to` and those behind it.
    ///
    /// # Safety
    /// `obj` is a pointer to a live object, local to this heap; all the words are values of it.
    #[inline]
    pub unsafe fn move_words(&self, obj: Value, from: usize, to: usize, n: usize) {
        // SAFETY: by the caller; nobody else looks at a local object.
        unsafe {
            self.words_move(obj);
            if self.is_marking() && header::flags(obj.addr()).load(Ordering::Relaxed) & OLD != 0 {
                self.log_moved(obj, from, to, n);
            }
            #[cfg(not(model))]
            std::ptr::copy((obj.addr() as *const u64).add(from), (obj.addr() as *mut u64).add(to), n);
            #[cfg(model)]
            {
                let words: Vec<u64> = (from..from + n).map(|i| obj.load_raw(i)).collect();
                for (word, bits) in (to..).zip(words) {
                    header::word(obj.addr(), word).store(bits, Ordering::Release);
                }
            }
        }
    }

    /// Stores a word that the layout does not call a value.
    ///
    /// # Safety
    /// `obj` points at a live object of the word's kind or subkind, and the word is inside it.
    #[inline(always)]
    pub unsafe fn store_raw(&self, obj: Value, word: RawWord, bits: u64) {
        // SAFETY: by the caller.
        unsafe { header::word(obj.addr(), word.index()) }.store(bits, Ordering::Release);
    }

    /// Stores a number in a word that holds numbers alone.
    ///
    /// # Safety
    /// As for [`Heap::store_raw`]; `bits` read as an int.
    #[inline(always)]
    pub unsafe fn store_number(&self, obj: Value, word: NumberWord, bits: u64) {
        // SAFETY: by the caller.
        unsafe {
            debug_assert!(bits & 3 == 0 && !obj.load(word.index()).is_ptr());
            header::word(obj.addr(), word.index()).store(bits, Ordering::Release);
        }
    }

    /// Stores any word of an object that was allocated since the last poll and is not shared.
    ///
    /// # Safety
    /// As for [`Heap::store_init`]; a word that the layout calls a value gets one, or reads as an int.
    #[inline(always)]
    pub unsafe fn init_raw(&self, obj: Value, word: usize, bits: u64) {
        // SAFETY: by the caller.
        unsafe { self.store_init(obj, word, Value::raw(bits)) };
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
                self.barrier_of_exchange(obj, word, old, new);
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
    pub unsafe fn cas_raw(&self, obj: Value, word: RawWord, old: u64, new: u64) -> Result<(), u64> {
        // SAFETY: by the caller.
        unsafe { header::word(obj.addr(), word.index()) }
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
        if self.is_marking() && !broken("store_logs") {
            // SAFETY: by the caller.
            unsafe { self.log_words(obj, word, 1) };
        }
        // SAFETY: by the caller.
        unsafe { self.admit(obj, word, v) };
    }

    /// As [`Heap::barrier`], for an exchange: what is lost, if it succeeds, is what the caller expects to find.
    #[cold]
    unsafe fn barrier_of_exchange(&self, obj: Value, word: usize, old: Value, new: Value) {
        if self.is_marking() && !broken("exchange_logs") {
            // SAFETY: by the caller.
            self.log(unsafe { header::flags(obj.addr()) }.load(Ordering::Relaxed) & SHARED != 0, old);
        }
        // SAFETY: by the caller.
        unsafe { self.admit(obj, word, new) };
    }

    /// Makes `v` fit to stand in the object: shared or remembered.
    ///
    /// # Safety
    /// As for [`Heap::store`].
    unsafe fn admit(&self, obj: Value, word: usize, v: Value) {
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

    /// Remembers a local object as a whole, and notes what it refers to while somebody marks: until the next poll any of its words may be stored without a barrier. False for a
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

    /// Before value words of a local object are moved within it without the barrier: a large object is remembered word by
    /// word, and a young value must not leave the word that is remembered. From here on the object is remembered as a whole.
    ///
    /// # Safety
    /// `obj` is a pointer to a live object, local to this heap.
    #[inline]
    unsafe fn words_move(&self, obj: Value) {
        // SAFETY: by the caller.
        let flags = unsafe { header::flags(obj.addr()) }.load(Ordering::Relaxed);
        if flags & (OLD | REMEMBERED) == OLD && self.words_at(obj.addr()) >= LARGE_WORDS {
            self.remember_moved(obj);
        }
    }

    /// Runs `f` with the object locked; a local object needs no lock. `f` cannot poll: it only gets the heap. It
    /// must not lock the same object again: it would wait for itself.
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
