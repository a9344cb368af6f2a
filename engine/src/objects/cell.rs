//! Closure cells and bound methods.

use super::{layout, raw, shapes};
use proto_core::{Heap, Kind, Value};

/// A closure cell.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Cell(Value);

impl Cell {
    /// The handle, if `v` is a cell.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Cell> {
        if v.is_kind(Kind::Cell) { Some(Cell(v)) } else { None }
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// A cell; `EMPTY`: unbound.
    #[inline]
    #[allow(clippy::new_ret_no_self)]
    pub fn new(heap: &Heap, v: Value) -> Value {
        let c = heap.alloc(Kind::Cell, shapes::CELL, 2);
        // SAFETY: a fresh object of two words.
        unsafe { raw::init(c, layout::CELL_VALUE, v) };
        c
    }

    /// The content, `EMPTY` if unbound.
    #[inline(always)]
    pub fn get(self) -> Value {
        // SAFETY: word 1 of a cell is a value.
        unsafe { raw::load(self.0, layout::CELL_VALUE) }
    }

    /// Replaces the content.
    #[inline(always)]
    pub fn set(self, heap: &Heap, v: Value) {
        // SAFETY: as in `get`. One word: no lock is needed.
        unsafe { heap.store(self.0, layout::CELL_VALUE, v) };
    }
}

/// A bound method.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Method(Value);

impl Method {
    /// The handle, if `v` is a bound method.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Method> {
        if v.is_kind(Kind::Method) { Some(Method(v)) } else { None }
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// `func` bound to `self_`.
    #[inline]
    #[allow(clippy::new_ret_no_self)]
    pub fn new(heap: &Heap, func: Value, self_: Value) -> Value {
        let m = heap.alloc(Kind::Method, shapes::METHOD, 3);
        // SAFETY: a fresh object of three words.
        unsafe {
            raw::init(m, layout::METHOD_FUNC, func);
            raw::init(m, layout::METHOD_SELF, self_);
        }
        m
    }

    /// The function.
    #[inline(always)]
    pub fn func(self) -> Value {
        // SAFETY: a method's words are values.
        unsafe { raw::load(self.0, layout::METHOD_FUNC) }
    }

    /// The receiver.
    #[inline(always)]
    pub fn self_(self) -> Value {
        // SAFETY: as in `func`.
        unsafe { raw::load(self.0, layout::METHOD_SELF) }
    }
}
