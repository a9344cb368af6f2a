//! The views `keys()`, `values()` and `items()` of maps and sorted maps. Native slot 0: the map.

use crate::hash_iter::{self, Shows};
use crate::host::{slot, wrong_self};
use crate::map::Map;
use crate::sorted_map::SortedMap;
use crate::tree_iter;
use engine::objects::Set;
use engine::prelude::*;

/// What a view is over.
enum Source {
    Hashed(Map),
    Sorted(SortedMap),
}

fn source(cx: &mut Ctx, v: Value) -> Res<Source> {
    let map = slot(v, 0);
    if let Some(m) = Map::of(cx, map) {
        return Ok(Source::Hashed(m));
    }
    match SortedMap::of(cx, map) {
        Some(m) => Ok(Source::Sorted(m)),
        None => Err(wrong_self(cx, "view", v)),
    }
}

const SET_SLOTS: Slots = Slots {
    len: Some(view_len),
    hash: Some(slots::hash_not_implemented),
    sub: Some(|cx, a, b| operator(cx, a, b, protocol::sub)),
    and: Some(|cx, a, b| operator(cx, a, b, protocol::and)),
    or: Some(|cx, a, b| operator(cx, a, b, protocol::or)),
    xor: Some(|cx, a, b| operator(cx, a, b, protocol::xor)),
    richcmp: Some(view_richcmp),
    ..Slots::NONE
};

macro_rules! reversed {
    ($shows:expr) => {
        NativeDef::new(
            "__reversed__",
            "($self, /)",
            |cx, args| {
                let source = source(cx, args[0])?;
                match source {
                    Source::Sorted(m) => Ok(tree_iter::new(cx, m.tree, $shows, true)),
                    Source::Hashed(_) => {
                        let name = type_name(cx, args[0]);
                        Err(cx.type_error(format!("'{name}' object of a Map is not reversible")))
                    }
                }
            },
            "A reverse iterator over the view of a sorted map.",
        )
    };
}

const ISDISJOINT: NativeDef = NativeDef::new(
    "isdisjoint",
    "($self, other, /)",
    |cx, args| {
        let mut found = false;
        let other = protocol::list_of(cx, args[1])?;
        protocol::for_each(cx, other.value(), |cx, v| {
            found = found || protocol::contains(cx, args[0], v)?;
            Ok(())
        })?;
        Ok(Value::bool(!found))
    },
    "Whether the view and the iterable have nothing in common.",
);

pub static KEYS: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots {
        repr: Some(|cx, v| view_repr(cx, v, "KeysView")),
        iter: Some(|cx, v| view_iter(cx, v, Shows::Keys)),
        contains: Some(|cx, v, key| protocol::contains(cx, slot(v, 0), key)),
        ..SET_SLOTS
    },
    methods: &[ISDISJOINT, reversed!(Shows::Keys)],
    getsets: &[GetSet::ro("mapping", |_, v| Ok(slot(v, 0)), "The map that the view is over.")],
    ..TypeDef::new("protopython.data", "KeysView")
};

pub static VALUES: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots {
        repr: Some(|cx, v| view_repr(cx, v, "ValuesView")),
        iter: Some(|cx, v| view_iter(cx, v, Shows::Values)),
        len: Some(view_len),
        ..Slots::NONE
    },
    methods: &[reversed!(Shows::Values)],
    getsets: &[GetSet::ro("mapping", |_, v| Ok(slot(v, 0)), "The map that the view is over.")],
    ..TypeDef::new("protopython.data", "ValuesView")
};

pub static ITEMS: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots {
        repr: Some(|cx, v| view_repr(cx, v, "ItemsView")),
        iter: Some(|cx, v| view_iter(cx, v, Shows::Items)),
        contains: Some(items_contains),
        ..SET_SLOTS
    },
    methods: &[ISDISJOINT, reversed!(Shows::Items)],
    getsets: &[GetSet::ro("mapping", |_, v| Ok(slot(v, 0)), "The map that the view is over.")],
    ..TypeDef::new("protopython.data", "ItemsView")
};

/// A view of a map.
pub fn new(cx: &mut Ctx, def: &'static TypeDef, map: Value) -> Value {
    cx.new_object(def, &[map])
}

fn view_len(cx: &mut Ctx, v: Value) -> Res<usize> {
    Ok(match source(cx, v)? {
        Source::Hashed(m) => m.len,
        Source::Sorted(m) => m.tree.len(),
    })
}

fn view_iter(cx: &mut Ctx, v: Value, shows: Shows) -> PyResult {
    Ok(match source(cx, v)? {
        Source::Hashed(m) => hash_iter::new(cx, m.trie, m.len, shows),
        Source::Sorted(m) => tree_iter::new(cx, m.tree, shows, false),
    })
}

fn view_repr(cx: &mut Ctx, v: Value, name: &str) -> PyResult {
    if !protocol::repr_enter(cx, v) {
        return Ok(Str::new(cx, "..."));
    }
    let done = protocol::repr(cx, slot(v, 0));
    protocol::repr_leave(cx, v);
    let inner = done?;
    let mut out = StrBuilder::new();
    out.push_str(name);
    out.push_str("(");
    if let Some(s) = Str::of(inner) {
        out.add(cx, s)?;
    }
    out.push_str(")");
    out.wish(cx)
}

fn items_contains(cx: &mut Ctx, v: Value, item: Value) -> Res<bool> {
    let pair = match Tuple::of_sub(cx, item) {
        Some(t) if t.len() == 2 => (t.get(0), t.get(1)),
        _ => return Ok(false),
    };
    let found = match source(cx, v)? {
        Source::Hashed(m) => m.get(cx, pair.0)?,
        Source::Sorted(m) => m.get(cx, pair.0)?,
    };
    match found {
        Some(value) => protocol::eq(cx, value, pair.1),
        None => Ok(false),
    }
}

/// The elements of an operand as a set of its own, if it is an iterable.
fn set_of(cx: &mut Ctx, v: Value) -> PyResult {
    let set = Set::new(cx);
    protocol::for_each(cx, v, |cx, item| set.add(cx, item).map(|_| ()))?;
    Ok(set.value())
}

/// An operator of two operands, one of them a view: both become sets.
fn operator(cx: &mut Ctx, a: Value, b: Value, f: fn(&mut Ctx, Value, Value) -> PyResult) -> PyResult {
    for v in [a, b] {
        if type_of(cx, v).slots().iter().is_none() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
    }
    let (a, b) = (set_of(cx, a)?, set_of(cx, b)?);
    f(cx, a, b)
}

fn view_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let class = protocol::import_attr(cx, "collections.abc", "Set")?;
    if Set::of_sub(cx, b).is_none() && !protocol::is_instance(cx, b, class)? {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (set_of(cx, a)?, set_of(cx, b)?);
    protocol::compare(cx, a, b, op)
}
