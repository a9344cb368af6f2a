//! Under the model checker: the words of the heap's objects, each one an atomic that the checker follows, found by address.
//!
//! An object's words come into being when it is allocated and go when it is swept, so that a touch of a freed object, or
//! with the wrong width, fails the run.

use super::header::{AUX_OFFSET, FLAGS_OFFSET, LOCK_OFFSET, aux_of, flags_of, pack, shape_of};
use crate::sync::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, ByteLock, Ordering, leak};
use crate::value::Value;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

#[derive(Clone, Copy)]
enum Unit {
    Word(&'static AtomicU64),
    Half(&'static AtomicU32),
    Quarter(&'static AtomicU16),
    Byte(&'static AtomicU8),
    Lock(&'static ByteLock),
}

thread_local! {
    static UNITS: RefCell<FxHashMap<usize, Unit>> = RefCell::default();
    /// Contents of strings: bytes that never change once the string is known.
    static BYTES: RefCell<FxHashMap<usize, &'static Box<[u8]>>> = RefCell::default();
}

/// Forgets everything: a new run.
pub(crate) fn reset() {
    UNITS.with(|u| u.borrow_mut().clear());
    BYTES.with(|b| b.borrow_mut().clear());
}

fn put(addr: usize, unit: Unit) {
    UNITS.with(|u| u.borrow_mut().insert(addr, unit));
}

fn find(addr: usize) -> Unit {
    match UNITS.with(|u| u.borrow().get(&addr).copied()) {
        Some(u) => u,
        None => panic!("{addr:#x} is no word of a live object"),
    }
}

fn remove(from: usize, to: usize) {
    UNITS.with(|u| {
        let mut u = u.borrow_mut();
        (from..to).for_each(|a| {
            u.remove(&a);
        });
    });
}

/// A new object of that many words of memory.
pub(crate) fn create(addr: usize, words: usize, header: u64) {
    remove(addr, addr + words * 8);
    put(addr, Unit::Half(leak(Box::new(AtomicU32::new(shape_of(header))))));
    put(addr + LOCK_OFFSET, Unit::Lock(leak(Box::new(ByteLock::new()))));
    put(addr + FLAGS_OFFSET, Unit::Byte(leak(Box::new(AtomicU8::new(flags_of(header))))));
    put(addr + AUX_OFFSET, Unit::Quarter(leak(Box::new(AtomicU16::new(aux_of(header))))));
    for i in 1..words {
        put(addr + i * 8, Unit::Word(leak(Box::new(AtomicU64::new(Value::EMPTY.bits())))));
    }
}

/// The object is gone.
pub(crate) fn kill(addr: usize, words: usize) {
    remove(addr, addr + words * 8);
}

/// Splits words into units of `width` bytes, all bits set.
///
/// # Safety
/// None is needed here; see the function of the same name in [`super::header`].
pub unsafe fn split(addr: usize, words: usize, width: usize) {
    remove(addr, addr + words * 8);
    for a in (addr..addr + words * 8).step_by(width) {
        put(
            a,
            match width {
                1 => Unit::Byte(leak(Box::new(AtomicU8::new(u8::MAX)))),
                2 => Unit::Quarter(leak(Box::new(AtomicU16::new(u16::MAX)))),
                _ => Unit::Half(leak(Box::new(AtomicU32::new(u32::MAX)))),
            },
        );
    }
}

/// Sets the content of a string that nobody else knows.
pub(crate) fn set_bytes(addr: usize, bytes: &[u8]) {
    let copy: &'static Box<[u8]> = leak(Box::new(bytes.into()));
    BYTES.with(|b| b.borrow_mut().insert(addr, copy));
}

/// The content of a string.
pub(crate) fn bytes(addr: usize) -> &'static [u8] {
    // A word of the object is looked up so that a dead one is noticed.
    find(addr + 8);
    BYTES.with(|b| b.borrow().get(&addr).copied()).map_or(&[], |b| b)
}

/// A word.
///
/// # Safety
/// None is needed here, nor below: see the functions of the same names in [`super::header`].
pub unsafe fn word<'a>(addr: usize, index: usize) -> &'a AtomicU64 {
    match find(addr + index * 8) {
        Unit::Word(w) => w,
        _ => panic!("{:#x} is no whole word", addr + index * 8),
    }
}

/// An unsigned 32-bit unit.
///
/// # Safety
/// As for [`word`].
pub unsafe fn half<'a>(addr: usize) -> &'a AtomicU32 {
    match find(addr) {
        Unit::Half(w) => w,
        _ => panic!("{addr:#x} is no half word"),
    }
}

/// An unsigned 16-bit unit.
///
/// # Safety
/// As for [`word`].
pub unsafe fn quarter<'a>(addr: usize) -> &'a AtomicU16 {
    match find(addr) {
        Unit::Quarter(w) => w,
        _ => panic!("{addr:#x} is no quarter word"),
    }
}

/// A byte.
///
/// # Safety
/// As for [`word`].
pub unsafe fn byte<'a>(addr: usize) -> &'a AtomicU8 {
    match find(addr) {
        Unit::Byte(w) => w,
        _ => panic!("{addr:#x} is no byte"),
    }
}

/// The lock byte.
///
/// # Safety
/// As for [`word`].
pub unsafe fn lock<'a>(addr: usize) -> &'a ByteLock {
    match find(addr + LOCK_OFFSET) {
        Unit::Lock(l) => l,
        _ => panic!("{addr:#x} has no lock"),
    }
}

/// The header word, from its parts.
///
/// # Safety
/// As for [`word`].
pub unsafe fn whole(addr: usize) -> u64 {
    // SAFETY: by the caller.
    unsafe {
        let shape = half(addr).load(Ordering::Acquire);
        let flags = byte(addr + FLAGS_OFFSET).load(Ordering::Acquire);
        pack(shape, flags, quarter(addr + AUX_OFFSET).load(Ordering::Acquire))
    }
}
