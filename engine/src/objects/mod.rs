//! Typed handles over the core layouts, and their hot operations.
//!
//! A handle is a `Copy` wrapper around a [`Value`] of a known kind: `List::of(v)` checks, `list.value()` goes back. What takes
//! `&Heap` runs no Python code and reaches no safepoint; what takes `&mut Ctx` may. Reads need neither: every word of an
//! object that another thread may see is an atomic, loaded with acquire. All `unsafe` of this folder reads or writes words
//! of objects whose kind the handle proves; see [`raw`].

pub mod bytes;
#[cfg(not(model))]
pub mod cell;
pub mod dict;
mod dict_table;
pub mod float;
#[cfg(not(model))]
pub mod function;
pub mod generator;
pub mod hashing;
mod indices;
pub mod instance;
pub mod int;
#[cfg(not(model))]
pub mod int_long;
#[cfg(not(model))]
pub mod iter;
mod limbs;
pub mod list;
#[cfg(not(model))]
pub mod num;
#[cfg(not(model))]
pub mod range;
pub(crate) mod raw;
#[cfg(not(model))]
pub mod set;
#[cfg(not(model))]
pub mod slice;
#[cfg(not(model))]
pub mod sort;
pub mod str;
#[cfg(not(model))]
pub mod strbuf;
pub mod tuple;

#[cfg(test)]
mod tests;

pub use bytes::Bytes;
#[cfg(not(model))]
pub use cell::{Cell, Method};
pub use dict::{Dict, Lookup};
#[cfg(not(model))]
pub use function::{FnField, Function};
pub use generator::{AsyncFlag, GenField, GenState, Generator};
pub use hashing::{fast_hash, hash_pointer, hash_word, set_hash_seed, simple_compare, simple_eq, simple_lt};
pub use indices::SliceIdx;
pub use instance::Obj;
pub use int::{IntError, IntRef, raise_int};
pub use list::{List, Seq};
#[cfg(not(model))]
pub use num::{NumError, raise_num};
#[cfg(not(model))]
pub use range::Range;
#[cfg(not(model))]
pub use set::Set;
#[cfg(not(model))]
pub use slice::Slice;
pub use str::Str;
#[cfg(not(model))]
pub use strbuf::StrBuilder;
pub use tuple::Tuple;

use proto_core::{Heap, Kind, ShapeId, Value};
use std::sync::OnceLock;

/// Word indices of the layouts, for code that reads them inline.
pub mod layout {
    /// Function: address of the runtime code.
    pub const FUNCTION_CODE: usize = 1;
    /// Function: globals.
    pub const FUNCTION_GLOBALS: usize = 2;
    /// Function: tuple of cells or `EMPTY`.
    pub const FUNCTION_CLOSURE: usize = 3;
    /// Function: tuple of defaults or `EMPTY`.
    pub const FUNCTION_DEFAULTS: usize = 4;
    /// Function: dict of keyword-only defaults or `EMPTY`.
    pub const FUNCTION_KWDEFAULTS: usize = 5;
    /// Function: the built-ins it uses.
    pub const FUNCTION_BUILTINS: usize = 6;
    /// Function: array of further fields or `EMPTY`.
    pub const FUNCTION_EXTRA: usize = 7;
    /// Tuple: length, a raw number.
    pub const TUPLE_LEN: usize = 1;
    /// Tuple: first item.
    pub const TUPLE_ITEMS: usize = 3;
    /// Cell: content.
    pub const CELL_VALUE: usize = 1;
    /// Method: function.
    pub const METHOD_FUNC: usize = 1;
    /// Method: receiver.
    pub const METHOD_SELF: usize = 2;
    /// List: buffer or `EMPTY`.
    pub const LIST_BUFFER: usize = 1;
    /// List buffer: `capacity << 32 | length`.
    pub const LISTBUF_LEN: usize = 1;
    /// List buffer: first item.
    pub const LISTBUF_ITEMS: usize = 2;
    /// Object: overflow array, dict or `EMPTY`.
    pub const OBJECT_EXTRA: usize = super::instance::EXTRA;
    /// Object: slot 0.
    pub const OBJECT_SLOTS: usize = super::instance::SLOTS;
    /// Array of values: first element.
    pub const VALUES_ITEMS: usize = super::instance::ARRAY_ITEMS;
}

/// A core type's fixed shape.
pub struct CoreShape {
    /// The type's name.
    pub name: &'static str,
    /// The shape's id.
    pub id: ShapeId,
    /// Kind of the objects.
    pub kind: Kind,
    /// Native slots of the objects.
    pub nnative: u32,
}

macro_rules! core_shapes {
    ($($const_name:ident $id:literal $name:literal $kind:ident $nnative:literal;)*) => {
        /// Fixed shape ids. The main type of a kind has the kind's number; ids below 64 are reserved.
        pub mod shapes {
            use proto_core::ShapeId;
            $(#[doc = concat!("Shape of `", $name, "`.")] pub const $const_name: ShapeId = ShapeId($id);)*
        }

        /// The table of fixed shapes, which the type system registers from.
        pub const CORE_SHAPES: &[CoreShape] = &[
            $(CoreShape { name: $name, id: shapes::$const_name, kind: Kind::$kind, nnative: $nnative },)*
        ];
    };
}

core_shapes! {
    STR 1 "str" Str 0;
    BYTES 2 "bytes" Bytes 0;
    LIST 3 "list" List 0;
    DICT 4 "dict" Dict 0;
    TUPLE 5 "tuple" Tuple 0;
    FLOAT 6 "float" Float 0;
    INT 7 "int" BigInt 0;
    FUNCTION 8 "function" Function 0;
    TYPE 9 "type" Type 0;
    METHOD 10 "method" Method 0;
    NATIVE 11 "builtin_function_or_method" Native 0;
    SET 12 "set" Set 0;
    CELL 13 "cell" Cell 0;
    GENERATOR 14 "generator" Generator 0;
    FROZENSET 16 "frozenset" Set 0;
    COROUTINE 17 "coroutine" Generator 0;
    ASYNC_GENERATOR 18 "async_generator" Generator 0;
    RANGE 19 "range" Object 3;
    SLICE 20 "slice" Object 3;
    LIST_ITER 21 "list_iterator" Object 3;
    LIST_REV_ITER 22 "list_reverseiterator" Object 3;
    TUPLE_ITER 23 "tuple_iterator" Object 3;
    STR_ITER 24 "str_iterator" Object 3;
    BYTES_ITER 25 "bytes_iterator" Object 3;
    RANGE_ITER 26 "range_iterator" Object 3;
    LONG_RANGE_ITER 27 "longrange_iterator" Object 3;
    DICT_KEY_ITER 28 "dict_keyiterator" Object 4;
    DICT_VALUE_ITER 29 "dict_valueiterator" Object 4;
    DICT_ITEM_ITER 30 "dict_itemiterator" Object 4;
    DICT_REV_KEY_ITER 31 "dict_reversekeyiterator" Object 4;
    DICT_REV_VALUE_ITER 32 "dict_reversevalueiterator" Object 4;
    DICT_REV_ITEM_ITER 33 "dict_reverseitemiterator" Object 4;
    SET_ITER 34 "set_iterator" Object 3;
    DICT_KEYS 35 "dict_keys" Object 3;
    DICT_VALUES 36 "dict_values" Object 3;
    DICT_ITEMS 37 "dict_items" Object 3;
    BOOL 38 "bool" Internal 0;
    NONE 39 "NoneType" Internal 0;
    ELLIPSIS 40 "ellipsis" Internal 0;
    NOT_IMPLEMENTED 41 "NotImplementedType" Internal 0;
    ENUMERATE 42 "enumerate" Object 2;
    ZIP 43 "zip" Object 2;
    REVERSED 44 "reversed" Object 2;
    STR_ASCII_ITER 45 "str_ascii_iterator" Object 3;
}

/// The shape of any value, immediates included.
#[inline(always)]
pub fn shape_of(v: Value) -> ShapeId {
    if v.is_ptr() {
        // SAFETY: a pointer value names a live heap object.
        return ShapeId(unsafe { raw::shape(v) });
    }
    if v.is_int() {
        return shapes::INT;
    }
    if v.is_float_imm() {
        return shapes::FLOAT;
    }
    if v.is_short_str() {
        return shapes::STR;
    }
    if v.is_short_bytes() {
        return shapes::BYTES;
    }
    match v {
        Value::TRUE | Value::FALSE => shapes::BOOL,
        Value::ELLIPSIS => shapes::ELLIPSIS,
        Value::NOT_IMPLEMENTED => shapes::NOT_IMPLEMENTED,
        _ => shapes::NONE,
    }
}

/// An instance of a subclass of a core type holds its base value in native slot 0: that value, else `v` itself.
#[inline]
pub fn base_value(heap: &Heap, v: Value) -> Value {
    #[cfg(model)]
    return (heap, v).1;
    #[cfg(not(model))]
    match Obj::of(v) {
        Some(o) => wrapped(heap, o).unwrap_or(v),
        None => v,
    }
}

#[cfg(not(model))]
fn wrapped(heap: &Heap, o: Obj) -> Option<Value> {
    use crate::types::{self, Layout};
    match types::type_of(heap, o.value()).data().layout {
        Layout::Core(kind, _) if kind != Kind::Object => o.at(0).non_empty(),
        _ => None,
    }
}

/// The one empty tuple of the process's first runtime; other runtimes of the process make new ones.
fn empty_tuple(heap: &Heap) -> Value {
    if cfg!(model) {
        return Tuple::alloc_empty(heap);
    }
    static EMPTY: OnceLock<(usize, u64)> = OnceLock::new();
    let space = std::ptr::from_ref(heap.space()) as usize;
    let (owner, bits) = *EMPTY.get_or_init(|| {
        let t = Tuple::alloc_empty(heap);
        heap.space().add_root(heap, t);
        (space, t.bits())
    });
    // SAFETY: the word is that of a tuple which is a root of this space.
    if owner == space { unsafe { Value::from_bits(bits) } } else { Tuple::alloc_empty(heap) }
}
