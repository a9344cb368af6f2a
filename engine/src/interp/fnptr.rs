//! Reads of function, method and cell objects that are known to be such: what calls do on every instruction.

use proto_core::Value;

use crate::code_rt::RuntimeCode;
use crate::objects::layout;

/// A word of an object.
///
/// # Safety
/// `v` points at a live object with that many words, whose word `index` is a value.
#[inline(always)]
pub unsafe fn word(v: Value, index: usize) -> Value {
    use proto_core::sync::{AtomicU64, Ordering};
    // SAFETY: by the caller; heap words are atomics. Acquire pairs with the release of the publishing store.
    unsafe { Value::from_bits((*((v.addr() + 8 * index) as *const AtomicU64)).load(Ordering::Acquire)) }
}

/// The header word of an object.
///
/// # Safety
/// `v` points at a live object.
#[inline(always)]
pub unsafe fn header(v: Value) -> u64 {
    // SAFETY: by the caller.
    unsafe { word(v, 0).bits() }
}

/// The code of a function.
///
/// # Safety
/// `f` is a function object.
#[inline(always)]
pub unsafe fn code(f: Value) -> &'static RuntimeCode {
    // SAFETY: a function keeps the address of its runtime code in this word, and by it the code.
    unsafe { &*(word(f, layout::FUNCTION_CODE).bits() as *const RuntimeCode) }
}

/// The function that a call of `f` runs: `f`, unless its code was replaced.
///
/// # Safety
/// `f` is a function object.
#[inline(always)]
pub unsafe fn callee(f: Value) -> Value {
    // SAFETY: by the caller.
    if unsafe { code(f) }.replaced { replacement(f) } else { f }
}

#[cold]
#[inline(never)]
fn replacement(f: Value) -> Value {
    crate::objects::Function::of(f).map_or(f, |f| f.callee().value())
}

/// The globals of a function.
///
/// # Safety
/// `f` is a function object.
#[inline(always)]
pub unsafe fn globals(f: Value) -> Value {
    // SAFETY: by the caller.
    unsafe { word(f, layout::FUNCTION_GLOBALS) }
}

/// The built-ins that a function uses, or `EMPTY`.
///
/// # Safety
/// `f` is a function object.
#[inline(always)]
pub unsafe fn builtins(f: Value) -> Value {
    // SAFETY: by the caller.
    unsafe { word(f, layout::FUNCTION_BUILTINS) }
}

/// Cell `i` of a function's closure.
///
/// # Safety
/// `f` is a function object whose code has more than `i` free variables.
#[inline(always)]
pub unsafe fn closure_cell(f: Value, i: usize) -> Value {
    // SAFETY: the closure is then a tuple of as many cells as the code has free variables.
    unsafe { word(word(f, layout::FUNCTION_CLOSURE), layout::TUPLE_ITEMS + i) }
}

/// Content of a cell object.
///
/// # Safety
/// `cell` is a cell object.
#[inline(always)]
pub unsafe fn cell(cell: Value) -> Value {
    // SAFETY: by the caller.
    unsafe { word(cell, layout::CELL_VALUE) }
}
