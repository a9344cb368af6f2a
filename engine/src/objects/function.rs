//! Python functions: one cell with what calls need, and an array for the rest, made when first written.

use super::instance::{alloc_array, array_get, array_set};
use super::{layout, raw, shapes};
use crate::code_rt::RuntimeCode;
use proto_core::{Heap, Kind, NumberWord, Value};

/// Fields that calls do not need.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum FnField {
    /// `__name__`
    Name,
    /// `__qualname__`
    Qualname,
    /// `__module__`
    Module,
    /// `__doc__`
    Doc,
    /// `__annotations__`
    Annotations,
    /// `__annotate__`
    Annotate,
    /// `__type_params__`
    TypeParams,
    /// `__dict__`
    Dict,
    /// The function that calls go on with, once `__code__` was assigned to.
    Replacement,
}

const FIELDS: usize = 9;
const WORDS: usize = 8;
/// The code: the address of a record.
const CODE: NumberWord = NumberWord::new(layout::FUNCTION_CODE);

/// A Python function.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Function(Value);

impl Function {
    /// The handle, if `v` is a Python function.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Function> {
        if v.is_kind(Kind::Function) { Some(Function(v)) } else { None }
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// A function over `code`, which lives as long as the function. `closure` is a tuple of cells or `EMPTY`.
    #[inline]
    #[allow(clippy::new_ret_no_self)]
    pub fn new(heap: &Heap, code: &'static RuntimeCode, globals: Value, closure: Value) -> Value {
        const { assert!(align_of::<RuntimeCode>() >= 4) };
        let v = heap.alloc(Kind::Function, shapes::FUNCTION, WORDS);
        // SAFETY: a fresh object of `WORDS` words; an aligned address reads as an int.
        unsafe {
            raw::init(v, layout::FUNCTION_CODE, Value::from_bits(std::ptr::from_ref(code) as u64));
            raw::init(v, layout::FUNCTION_GLOBALS, globals);
            raw::init(v, layout::FUNCTION_CLOSURE, closure);
        }
        v
    }

    #[inline(always)]
    fn get(self, word: usize) -> Value {
        // SAFETY: all words of a function are values; callers pass constants below `WORDS`.
        unsafe { raw::load(self.0, word) }
    }

    #[inline(always)]
    fn set(self, heap: &Heap, word: usize, v: Value) {
        // SAFETY: as in `get`.
        unsafe { heap.store(self.0, word, v) };
    }

    /// The code.
    #[inline(always)]
    pub fn code(self) -> &'static RuntimeCode {
        // SAFETY: the word holds the address of runtime code, by which the collector keeps it.
        unsafe { &*(self.get(layout::FUNCTION_CODE).bits() as *const RuntimeCode) }
    }

    /// Replaces the code. Frames and generators that run this function find their code by it, so that stays; calls go on with a
    /// hidden function that has the new code.
    pub fn set_code(self, heap: &Heap, code: &'static RuntimeCode) {
        let hidden = Function(Function::new(heap, code, self.globals(), self.closure()));
        hidden.set_builtins(heap, self.builtins());
        hidden.set(heap, layout::FUNCTION_DEFAULTS, self.defaults());
        hidden.set(heap, layout::FUNCTION_KWDEFAULTS, self.kwdefaults());
        for (field, by_code) in [(FnField::Name, self.code().name), (FnField::Qualname, self.code().qualname)] {
            let own = self.extra(field);
            hidden.set_extra(heap, field, if own.is_empty() { by_code } else { own });
        }
        self.set_extra(heap, FnField::Replacement, hidden.0);
        let retired = std::ptr::from_ref(self.code().retired(heap));
        // SAFETY: an aligned address reads as an int, which needs no barrier. Release: who sees it sees the replacement.
        unsafe { raw::store_number(self.0, CODE, retired as u64) };
    }

    /// The function that a call runs: this one, unless its code was replaced.
    #[inline]
    pub fn callee(self) -> Function {
        if self.code().replaced { Function::of(self.extra(FnField::Replacement)).unwrap_or(self) } else { self }
    }

    /// The globals.
    #[inline(always)]
    pub fn globals(self) -> Value {
        self.get(layout::FUNCTION_GLOBALS)
    }

    /// The tuple of cells, or `EMPTY`.
    #[inline(always)]
    pub fn closure(self) -> Value {
        self.get(layout::FUNCTION_CLOSURE)
    }

    /// The tuple of defaults, or `EMPTY`.
    #[inline(always)]
    pub fn defaults(self) -> Value {
        self.get(layout::FUNCTION_DEFAULTS)
    }

    /// Replaces the defaults.
    pub fn set_defaults(self, heap: &Heap, v: Value) {
        self.set(heap, layout::FUNCTION_DEFAULTS, v);
        self.callee().set(heap, layout::FUNCTION_DEFAULTS, v);
    }

    /// The dict of keyword-only defaults, or `EMPTY`.
    #[inline(always)]
    pub fn kwdefaults(self) -> Value {
        self.get(layout::FUNCTION_KWDEFAULTS)
    }

    /// Replaces the keyword-only defaults.
    pub fn set_kwdefaults(self, heap: &Heap, v: Value) {
        self.set(heap, layout::FUNCTION_KWDEFAULTS, v);
        self.callee().set(heap, layout::FUNCTION_KWDEFAULTS, v);
    }

    /// The built-ins that the function uses, or `EMPTY`.
    #[inline(always)]
    pub fn builtins(self) -> Value {
        self.get(layout::FUNCTION_BUILTINS)
    }

    /// Sets the built-ins.
    #[inline]
    pub fn set_builtins(self, heap: &Heap, v: Value) {
        self.set(heap, layout::FUNCTION_BUILTINS, v);
    }

    /// A further field; `EMPTY` while it has the value that the code gives it.
    #[inline]
    pub fn extra(self, field: FnField) -> Value {
        array_get(self.get(layout::FUNCTION_EXTRA), field as usize)
    }

    /// Sets a further field.
    pub fn set_extra(self, heap: &Heap, field: FnField, v: Value) {
        let array = self.array(heap);
        array_set(heap, array, field as usize, v);
    }

    /// The array of the further fields, made if there is none.
    fn array(self, heap: &Heap) -> Value {
        let mut array = self.get(layout::FUNCTION_EXTRA);
        if array.is_empty() {
            array = alloc_array(heap, FIELDS);
            // SAFETY: a value word. Another thread may have been faster: then its array counts.
            unsafe {
                raw::promote_for(heap, self.0, array);
                if let Err(first) = heap.cas(self.0, layout::FUNCTION_EXTRA, Value::EMPTY, array) {
                    array = first;
                }
            }
        }
        array
    }

    /// The function's `__dict__`; made by whoever comes first.
    pub fn dict(self, heap: &Heap) -> Value {
        let have = self.extra(FnField::Dict);
        if !have.is_empty() {
            return have;
        }
        let d = super::Dict::new(heap).value();
        // Promoted first: nothing is under the lock but the look and the store.
        if let Some(array) = self.array(heap).non_empty() {
            // SAFETY: a heap object.
            unsafe { raw::promote_for(heap, array, d) };
            return heap.lock(self.0, |heap| match array_get(array, FnField::Dict as usize) {
                Value::EMPTY => {
                    array_set(heap, array, FnField::Dict as usize, d);
                    d
                }
                first => first,
            });
        }
        d
    }
}
