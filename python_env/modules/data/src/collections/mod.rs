//! The module `_collections`.

pub mod defaultdict;
pub mod deque;
pub mod deque_methods;
pub mod ordered_dict;
mod ordered_update;
mod tuplegetter;

use engine::objects::Dict;
use engine::prelude::*;
use engine::protocol;

pub static COLLECTIONS: ModuleDef = ModuleDef {
    doc: "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n- defaultdict:  dict subclass with a default value factory\n",
    types: &[
        &deque::DEQUE,
        &deque::DEQUE_ITERATOR,
        &deque::DEQUE_REVERSE_ITERATOR,
        &defaultdict::DEFAULTDICT,
        &ordered_dict::ORDERED_DICT,
        &tuplegetter::TUPLEGETTER,
    ],
    functions: &[NativeDef::new(
        "_count_elements",
        "($module, mapping, iterable, /)",
        count_elements,
        "Count elements in the iterable, updating the mapping",
    )],
    ..ModuleDef::new("_collections")
};

fn count_elements(cx: &mut Ctx, args: Args) -> PyResult {
    let mapping = args[0];
    let one = Value::small(1);
    let plain = match Dict::of_sub(cx, mapping) {
        Some(d) if keeps_dict_methods(cx, mapping) => Some(d),
        _ => None,
    };
    match plain {
        Some(d) => protocol::for_each(cx, args[1], |cx, key| {
            let more = |old: Option<Value>| match old {
                Some(old) => Value::int(old.as_int()? + 1),
                None => Some(one),
            };
            if d.update_fast(cx, key, more) {
                return Ok(());
            }
            let n = match d.get(cx, key)? {
                Some(old) => protocol::add(cx, old, one)?,
                None => one,
            };
            d.set(cx, key, n)
        })?,
        None => protocol::for_each(cx, args[1], |cx, key| {
            let get = cx.names.get;
            let old = protocol::call_method(cx, mapping, get, &[key, Value::small(0)])?;
            let n = protocol::add(cx, old, one)?;
            protocol::setitem(cx, mapping, key, n)
        })?,
    }
    Ok(Value::NONE)
}

/// Whether `get` and `__setitem__` of the mapping are those of `dict`.
fn keeps_dict_methods(cx: &mut Ctx, mapping: Value) -> bool {
    let (ty, dict) = (types::type_of(cx, mapping), cx.types.dict);
    [cx.names.get, cx.names.__setitem__]
        .into_iter()
        .all(|name| types::type_lookup(cx, ty, name) == types::type_lookup(cx, dict, name))
}
