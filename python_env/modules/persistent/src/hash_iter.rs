//! Iterators over maps and sets. Native slots: 0 the cursor, 1 what is given out, 2 how many are left.

use crate::host::slot;
use engine::prelude::*;
use proto_core::persistent::trie::{Cursor, Trie};

const CURSOR: usize = 0;
const SHOWS: usize = 1;
const LEFT: usize = 2;

/// What an iterator or a view gives.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Shows {
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// Pairs of both.
    Items,
}

impl Shows {
    /// As a native slot holds it.
    pub fn value(self) -> Value {
        Value::small(self as i32)
    }

    /// Back from that.
    #[inline(always)]
    pub fn of(v: Value) -> Shows {
        match v.as_int() {
            Some(1) => Shows::Values,
            Some(2) => Shows::Items,
            _ => Shows::Keys,
        }
    }

    /// What it gives of an entry.
    #[inline(always)]
    pub fn of_entry(self, heap: &Heap, key: Value, value: Value) -> Value {
        match self {
            Shows::Keys => key,
            Shows::Values => value,
            Shows::Items => Tuple::new(heap, &[key, value]),
        }
    }
}

macro_rules! iterator {
    ($name:ident, $python:literal, $width:literal) => {
        pub static $name: TypeDef = TypeDef {
            flags: TypeFlags::NO_NEW,
            nnative: 3,
            slots: Slots {
                iter: Some(slots::self_iter),
                next: Some(|cx, it| Ok(step::<$width>(cx, it).unwrap_or(Value::EMPTY))),
                ..Slots::NONE
            },
            step: Some(step::<$width>),
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
iterator!(MAP_ITERATOR, "map_iterator", 3);
iterator!(SET_ITERATOR, "set_iterator", 2);

/// An iterator over a trie of `len` entries.
pub fn new<const W: usize>(cx: &mut Ctx, trie: Trie<W>, len: usize, shows: Shows) -> Value {
    let cursor = Cursor::new(cx, trie).value();
    let def = if W == 3 { &MAP_ITERATOR } else { &SET_ITERATOR };
    cx.new_object(def, &[cursor, shows.value(), int::from_usize(cx, len)])
}

#[inline]
fn step<const W: usize>(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let e = cx.lock(it, |heap| {
        let left = o.at(LEFT).as_int().filter(|n| *n > 0)?;
        let e = Cursor::<W>::of(o.at(CURSOR))?.next(heap)?;
        o.set_slot(heap, LEFT, Value::from_usize(left as usize - 1));
        Some(e)
    });
    Some(e.map_or(Value::EMPTY, |e| Shows::of(o.at(SHOWS)).of_entry(cx, e.key, e.value)))
}
