//! Objects that this crate itself must understand: boxed floats, strings as atoms need them, boxes of Rust values,
//! weak references, finalizable objects.

use super::alloc::Heap;
use crate::cell::header::{self, HAS_WEAKREF, INTERNED, NEEDS_DROP, NOT_FINALIZED, SHARED, pack};
use crate::cell::layout::sub;
use crate::cell::words::RawWord;
use crate::sync::Ordering;
use crate::value::{Kind, Value};
use std::any::Any;

/// Word of a string's length in bytes.
pub const STR_LEN: usize = 1;
/// Word of a string's memoized hash.
pub const STR_HASH: usize = 2;
/// Word of a string's code-point count, as an int.
pub const STR_CHARS: usize = 3;
/// Word at which a string's bytes begin.
pub const STR_DATA: usize = 4;

/// Who is told when a weak reference is cleared. No collection takes it for a reference, so nothing is noted of it.
const NOTIFIED: RawWord = RawWord::of_internal(sub::WEAK, 2);

type Boxed = Box<dyn Any + Send + Sync>;

impl Heap {
    /// A float, immediate where possible.
    #[inline(always)]
    pub fn float(&self, f: f64) -> Value {
        match Value::float_imm(f) {
            Some(v) => v,
            None => self.float_boxed(f),
        }
    }

    #[inline(never)]
    fn float_boxed(&self, f: f64) -> Value {
        if f == 0.0 {
            let zero = self.space.zero(f.is_sign_negative());
            if !zero.is_empty() {
                return zero;
            }
        }
        let v = self.alloc_small::<2>(Kind::Float, pack(Kind::Float as u32, 0, 0));
        // SAFETY: a fresh object of two words; word 1 is raw.
        unsafe { self.init_raw(v, 1, f.to_bits()) };
        v
    }

    /// A string of generalized UTF-8 bytes, immediate where possible. The caller vouches for the encoding.
    pub fn new_str(&self, bytes: &[u8]) -> Value {
        match Value::short_str(bytes) {
            Some(v) => v,
            None => self.new_long_str(bytes),
        }
    }

    pub(crate) fn new_long_str(&self, bytes: &[u8]) -> Value {
        let chars = bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count();
        let v = self.alloc(Kind::Str, crate::ShapeId::of_kind(Kind::Str), STR_DATA + bytes.len().div_ceil(8));
        // SAFETY: a fresh string with room for the bytes.
        unsafe {
            self.init_raw(v, STR_LEN, bytes.len() as u64);
            self.init_raw(v, STR_HASH, 0);
            self.init_raw(v, STR_CHARS, Value::from_usize(chars).bits());
            #[cfg(model)]
            crate::cell::memory::set_bytes(v.addr(), bytes);
            #[cfg(not(model))]
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), (v.addr() + STR_DATA * 8) as *mut u8, bytes.len());
        }
        v
    }

    /// Content of a heap string.
    ///
    /// # Safety
    /// `v` is of kind Str; the slice must not outlive the object.
    #[inline(always)]
    pub unsafe fn str_bytes<'a>(&self, v: Value) -> &'a [u8] {
        #[cfg(model)]
        return crate::cell::memory::bytes(v.addr());
        #[cfg(not(model))]
        // SAFETY: by the caller; length and bytes are immutable since birth.
        unsafe {
            std::slice::from_raw_parts((v.addr() + STR_DATA * 8) as *const u8, v.load_raw(STR_LEN) as usize)
        }
    }

    /// The one string with these bytes (generalized UTF-8): two interned strings are equal iff their bits are.
    pub fn intern(&self, bytes: &[u8]) -> Value {
        match Value::short_str(bytes) {
            Some(v) => v,
            None => self.space.atoms().intern(self, bytes, None),
        }
    }

    /// As [`Heap::intern`], for a string that exists; None when `v` is no exact string.
    pub fn intern_value(&self, v: Value) -> Option<Value> {
        if v.is_short_str() {
            return Some(v);
        }
        if !v.is_kind(Kind::Str) {
            return None;
        }
        // SAFETY: a live string.
        unsafe {
            if self.flags(v) & INTERNED != 0 {
                return Some(v);
            }
            Some(self.space.atoms().intern(self, self.str_bytes(v), Some(v)))
        }
    }

    /// Whether a string is an atom.
    #[inline(always)]
    pub fn is_interned(&self, v: Value) -> bool {
        // SAFETY: a live string.
        v.is_short_str() || v.is_kind(Kind::Str) && unsafe { self.flags(v) } & INTERNED != 0
    }

    /// Boxes a Rust value; it is dropped after the box has died. It must hold no [`Value`]s.
    pub fn native_box<T: Any + Send + Sync>(&self, t: T) -> Value {
        let v = self.alloc_small::<3>(Kind::Internal, pack(Kind::Internal as u32, NEEDS_DROP, sub::NATIVEBOX));
        let boxed: Boxed = Box::new(t);
        // SAFETY: a fat pointer is two words, and both words are inside the fresh object.
        unsafe {
            let words: [u64; 2] = std::mem::transmute(Box::into_raw(boxed));
            self.init_raw(v, 1, words[0]);
            self.init_raw(v, 2, words[1]);
        }
        let (meta, cell) = self.arena.locate(v.addr());
        let drop = &meta.drop[cell >> 6];
        drop.set(drop.get() | 1 << (cell & 63));
        v
    }

    /// The boxed value, if `v` is a box of a `T`. Valid as long as the box is reachable.
    #[inline]
    pub fn unbox<T: Any + Send + Sync>(&self, v: Value) -> Option<&T> {
        if !v.is_kind(Kind::Internal) {
            return None;
        }
        // SAFETY: a live internal object; a NATIVEBOX holds its box in w1 and w2, immutable until it dies.
        unsafe {
            if self.aux(v) != sub::NATIVEBOX {
                return None;
            }
            let words = boxed_words(v.addr());
            // The table of `T` itself, seen without a call. Another one may be of `T`, too, if it was made in another unit.
            if words[1] == table_of::<T>() {
                return Some(&*(words[0] as *const T));
            }
            (&*boxed_at(v.addr())).downcast_ref::<T>()
        }
    }

    /// A weak reference to `obj`. When `obj` dies it is cleared, and `notify` (weak too, EMPTY for nobody) is queued
    /// for [`crate::Context::take_cleared_weakref`] if it still lives.
    pub fn new_weak(&self, obj: Value, notify: Value) -> Value {
        let v = self.alloc_small::<3>(Kind::Internal, pack(Kind::Internal as u32, 0, sub::WEAK));
        // SAFETY: a fresh object; w1 and w2 are raw words by layout. The referent lives.
        unsafe {
            self.init_raw(v, 1, obj.bits());
            self.init_raw(v, 2, if obj.is_ptr() { notify } else { Value::EMPTY }.bits());
            if obj.is_ptr() {
                header::set_flags(obj.addr(), HAS_WEAKREF);
                self.gc.weak_young.borrow_mut().push(v.addr());
            }
        }
        v
    }

    /// Says who is told when the weak reference is cleared; nothing happens when it has been.
    pub fn weak_set_notify(&self, weak: Value, notify: Value) {
        if !self.weak_get(weak).is_some_and(Value::is_ptr) {
            return;
        }
        if self.is_shared(weak) {
            self.promote(notify);
        } else {
            // The young list is what a minor collection looks at.
            self.gc.weak_young.borrow_mut().push(weak.addr());
        }
        // SAFETY: a live weak reference.
        unsafe { self.store_raw(weak, NOTIFIED, notify.bits()) };
    }

    /// Whether `v` is a weak reference cell.
    pub fn is_weak(&self, v: Value) -> bool {
        // SAFETY: a live internal object.
        v.is_kind(Kind::Internal) && unsafe { self.aux(v) } == sub::WEAK
    }

    /// The referent, while it lives.
    #[inline]
    pub fn weak_get(&self, weak: Value) -> Option<Value> {
        if !self.is_weak(weak) {
            return None;
        }
        // SAFETY: a live weak reference; collections clear the word while this thread is stopped.
        unsafe { weak.load(1) }.non_empty()
    }

    /// Calls `f` with what is told when weak references to `obj` are cleared. Looks at every weak reference there is.
    pub fn each_weak_notified(&self, obj: Value, mut f: impl FnMut(Value)) {
        let mut cells = self.gc.weak_young.borrow().clone();
        cells.extend_from_slice(&self.gc.weak_old.borrow());
        cells.extend_from_slice(&crate::sync::lock(&self.space.shared_weak));
        cells.sort_unstable();
        cells.dedup();
        for cell in cells {
            let cell = Value::cell_at(cell, Kind::Internal);
            // SAFETY: the lists hold weak cells that were alive at the last collection; none is reused before the next.
            let (referent, notify) = unsafe { (cell.load(1), cell.load(2)) };
            if referent == obj && !notify.is_empty() {
                f(notify);
            }
        }
    }

    /// The object gets its finalizer called once: when it is found dead it comes back through
    /// [`crate::Context::take_finalizable`].
    pub fn set_finalizer(&self, obj: Value) {
        if !obj.is_ptr() {
            return;
        }
        // SAFETY: a live object.
        let flags = unsafe { self.flags(obj) };
        if flags & NOT_FINALIZED != 0 {
            // SAFETY: a live object that is this heap's or shared.
            unsafe { self.clear_flags(obj, NOT_FINALIZED) };
        }
        if flags & SHARED != 0 {
            self.space.add_shared_finalizable(obj);
        } else {
            self.gc.final_young.borrow_mut().push(obj.bits());
        }
    }

    /// The object's finalizer would have nothing to do any more: it is not called.
    pub fn skip_finalizer(&self, obj: Value) {
        if obj.is_ptr() {
            // SAFETY: a live object that is this heap's or shared: others cannot be reached.
            unsafe { self.set_flags(obj, NOT_FINALIZED) };
        }
    }
}

/// The two words of a NATIVEBOX's box: where the value is, and the table of its type.
///
/// # Safety
/// `addr` is a NATIVEBOX.
#[inline(always)]
unsafe fn boxed_words(addr: usize) -> [u64; 2] {
    // SAFETY: by the caller; both words are inside the object.
    unsafe { [header::word(addr, 1).load(Ordering::Acquire), header::word(addr, 2).load(Ordering::Acquire)] }
}

/// The table of a type, as it stands in boxes of it that this unit makes. The tables of two types differ: each says the type's id.
#[inline(always)]
fn table_of<T: Any + Send + Sync>() -> u64 {
    let none: *const (dyn Any + Send + Sync) = std::ptr::null::<T>();
    // SAFETY: such a pointer is two words, as in `native_box`.
    unsafe { std::mem::transmute::<*const (dyn Any + Send + Sync), [u64; 2]>(none)[1] }
}

/// The boxed value of a NATIVEBOX.
///
/// # Safety
/// `addr` is a NATIVEBOX whose box has not been dropped.
pub(crate) unsafe fn boxed_at(addr: usize) -> *mut (dyn Any + Send + Sync) {
    // SAFETY: by the caller; the words came out of `Box::into_raw` in `native_box`.
    unsafe { std::mem::transmute::<[u64; 2], *mut (dyn Any + Send + Sync)>(boxed_words(addr)) }
}

/// Takes the box out of a dead NATIVEBOX.
///
/// # Safety
/// As for [`boxed_at`]; the object is dead and this is called once.
pub(crate) unsafe fn take_box(addr: usize) -> Boxed {
    // SAFETY: by the caller.
    unsafe { Box::from_raw(boxed_at(addr)) }
}
