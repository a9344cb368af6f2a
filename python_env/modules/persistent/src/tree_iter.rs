//! Iterators over lists and sorted collections, in both directions. Native slots: 0 the tree, 1 the place of the next item, 2 how many
//! are left, 3 the leaf at hand, 4 the place of its first item, 5 what is given out and in which direction.

use crate::hash_iter::Shows;
use crate::host::slot;
use engine::prelude::*;
use proto_core::persistent::tree::{Leaf, Tree};

const TREE: usize = 0;
const NEXT: usize = 1;
const LEFT: usize = 2;
const LEAF: usize = 3;
const START: usize = 4;
const MODE: usize = 5;
/// Added to what is given out: from the end.
const BACKWARDS: i64 = 4;

macro_rules! iterator {
    ($name:ident, $python:literal, $width:literal, $keyed:literal) => {
        pub static $name: TypeDef = TypeDef {
            flags: TypeFlags::NO_NEW,
            nnative: 6,
            slots: Slots {
                iter: Some(slots::self_iter),
                next: Some(|cx, it| Ok(step::<$width, $keyed>(cx, it).unwrap_or(Value::EMPTY))),
                ..Slots::NONE
            },
            step: Some(step::<$width, $keyed>),
            methods: &[NativeDef::new(
                "__length_hint__",
                "($self, /)",
                |_, args| Ok(slot(args[0], LEFT).non_empty().unwrap_or(Value::small(0))),
                "Private method returning an estimate of len(list(it)).",
            )],
            ..TypeDef::new("protopython.data", $python)
        };
    };
}
iterator!(LIST_ITERATOR, "list_iterator", 1, false);
iterator!(SORTED_SET_ITERATOR, "sorted_set_iterator", 1, true);
iterator!(SORTED_MAP_ITERATOR, "sorted_map_iterator", 2, true);

/// An iterator over a tree.
pub fn new<const W: usize, const KEYED: bool>(
    cx: &mut Ctx,
    tree: Tree<W, KEYED>,
    shows: Shows,
    backwards: bool,
) -> Value {
    let def = match (W, KEYED) {
        (1, false) => &LIST_ITERATOR,
        (1, true) => &SORTED_SET_ITERATOR,
        _ => &SORTED_MAP_ITERATOR,
    };
    let len = tree.len();
    let next = if backwards { len.saturating_sub(1) } else { 0 };
    let mode = shows as i64 + if backwards { BACKWARDS } else { 0 };
    let slots = [
        tree.value(),
        Value::from_usize(next),
        Value::from_usize(len),
        Value::EMPTY,
        Value::small(0),
        int::from_i64(cx, mode),
    ];
    cx.new_object(def, &slots)
}

#[inline]
fn step<const W: usize, const KEYED: bool>(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let mode = o.at(MODE).as_int()?;
    let item = cx.lock(it, |heap| {
        let left = o.at(LEFT).as_int().filter(|n| *n > 0)?;
        let at = o.at(NEXT).as_int()? as usize;
        let start = o.at(START).as_int()? as usize;
        let known = Leaf::<W, KEYED>::of(o.at(LEAF)).and_then(|leaf| leaf.get(at.wrapping_sub(start)));
        let item = match known {
            Some(item) => item,
            None => {
                let (leaf, i) = Tree::<W, KEYED>::of(o.at(TREE))?.leaf_at(at)?;
                o.set_slot(heap, LEAF, leaf.value());
                o.set_slot(heap, START, Value::from_usize(at - i));
                leaf.get(i)?
            }
        };
        o.set_slot(heap, LEFT, Value::from_usize(left as usize - 1));
        let next = if mode >= BACKWARDS { at.saturating_sub(1) } else { at + 1 };
        o.set_slot(heap, NEXT, Value::from_usize(next));
        Some(item)
    });
    let shows = Shows::of(Value::small(mode as i32 & 3));
    Some(item.map_or(Value::EMPTY, |[key, value]| shows.of_entry(cx, key, value)))
}
