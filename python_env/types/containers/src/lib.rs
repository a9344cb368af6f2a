//! The container types (`list tuple dict set frozenset range slice`), their iterators, and the functions of `builtins`.
#![forbid(unsafe_code)]

pub mod builtins;
pub mod combinators;
pub mod dict;
pub mod iter_state;
pub mod iterators;
pub mod leaf;
pub mod list;
pub mod range;
pub mod sequence;
pub mod set;
pub mod tuple;
pub mod views;

use engine::prelude::*;

/// Gives the core container types their methods and adds the other types of this crate.
///
/// # Errors
/// Whatever making a type raises; at start-up nothing should.
pub fn register(cx: &mut Ctx) -> Res<()> {
    let t = cx.types;
    let core: &[(Type, &'static TypeDef)] = &[
        (t.list, &list::LIST),
        (t.tuple, &tuple::TUPLE),
        (t.dict, &dict::DICT),
        (t.set, &set::SET),
        (t.frozenset, &set::FROZENSET),
        (t.range, &range::RANGE),
        (t.slice, &range::SLICE),
        (t.dict_keys, &views::DICT_KEYS),
        (t.dict_values, &views::DICT_VALUES),
        (t.dict_items, &views::DICT_ITEMS),
        (t.list_iterator, &iterators::LIST_ITERATOR),
        (t.list_reverseiterator, &iterators::LIST_REVERSEITERATOR),
        (t.tuple_iterator, &iterators::TUPLE_ITERATOR),
        (t.range_iterator, &iterators::RANGE_ITERATOR),
        (t.longrange_iterator, &iterators::LONGRANGE_ITERATOR),
        (t.str_iterator, &iterators::STR_ITERATOR),
        (t.str_ascii_iterator, &iterators::STR_ASCII_ITERATOR),
        (t.bytes_iterator, &iterators::BYTES_ITERATOR),
        (t.dict_keyiterator, &iterators::DICT_KEYITERATOR),
        (t.dict_valueiterator, &iterators::DICT_VALUEITERATOR),
        (t.dict_itemiterator, &iterators::DICT_ITEMITERATOR),
        (t.dict_reversekeyiterator, &iterators::DICT_REVERSEKEYITERATOR),
        (t.dict_reversevalueiterator, &iterators::DICT_REVERSEVALUEITERATOR),
        (t.dict_reverseitemiterator, &iterators::DICT_REVERSEITEMITERATOR),
        (t.set_iterator, &iterators::SET_ITERATOR),
        (t.enumerate, &iterators::ENUMERATE),
        (t.zip, &combinators::ZIP),
        (t.reversed, &iterators::REVERSED),
    ];
    for (ty, def) in core {
        cx.fill_type(*ty, def);
    }
    for def in BUILTIN_TYPES {
        cx.add_type(def);
    }
    Ok(())
}

/// The types of this crate that `builtins` shows beside the core types.
pub const BUILTIN_TYPES: &[&TypeDef] =
    &[&iterators::ENUMERATE, &iterators::REVERSED, &combinators::MAP, &combinators::FILTER, &combinators::ZIP];
