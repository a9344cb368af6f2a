//! `dict_keys`, `dict_values`, `dict_items` and the iterators of dicts.
//!
//! A view is an object whose native slot 0 holds the dict.

use engine::objects::{Dict, Obj, Seq, Set, StrBuilder, Tuple, iter};
use engine::prelude::*;
use engine::protocol;

use crate::sequence;

/// The dict that the view `v` shows.
fn dict_of(cx: &mut Ctx, v: Value) -> Res<Dict> {
    match Obj::of(v).and_then(|o| Dict::of_sub(cx, o.slot(cx, 0))) {
        Some(d) => Ok(d),
        None => Err(sequence::wrong_self(cx, "dict view", v)),
    }
}

const SET_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "isdisjoint",
        "($self, other, /)",
        view_isdisjoint,
        "Return True if the view and the given iterable have a null intersection.",
    ),
    NativeDef::new("__reversed__", "($self, /)", view_reversed, "Return a reverse iterator over the dict view."),
];

pub static DICT_KEYS: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    slots: Slots {
        repr: Some(view_repr),
        len: Some(view_len),
        iter: Some(view_iter),
        contains: Some(keys_contains),
        richcmp: Some(view_richcmp),
        hash: Some(slots::hash_not_implemented),
        sub: Some(view_sub),
        and: Some(view_and),
        or: Some(view_or),
        xor: Some(view_xor),
        ..Slots::NONE
    },
    methods: SET_METHODS,
    getsets: &[GetSet::ro("mapping", view_mapping, "dictionary that this view refers to")],
    ..TypeDef::new("builtins", "dict_keys")
};

pub static DICT_ITEMS: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    slots: Slots {
        repr: Some(view_repr),
        len: Some(view_len),
        iter: Some(view_iter),
        contains: Some(items_contains),
        richcmp: Some(view_richcmp),
        hash: Some(slots::hash_not_implemented),
        sub: Some(view_sub),
        and: Some(view_and),
        or: Some(view_or),
        xor: Some(view_xor),
        ..Slots::NONE
    },
    methods: SET_METHODS,
    getsets: &[GetSet::ro("mapping", view_mapping, "dictionary that this view refers to")],
    ..TypeDef::new("builtins", "dict_items")
};

pub static DICT_VALUES: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    slots: Slots { repr: Some(view_repr), len: Some(view_len), iter: Some(view_iter), ..Slots::NONE },
    methods: &[NativeDef::new(
        "__reversed__",
        "($self, /)",
        view_reversed,
        "Return a reverse iterator over the dict values.",
    )],
    getsets: &[GetSet::ro("mapping", view_mapping, "dictionary that this view refers to")],
    ..TypeDef::new("builtins", "dict_values")
};

fn view_mapping(cx: &mut Ctx, v: Value) -> PyResult {
    let d = dict_of(cx, v)?;
    Ok(types::new_mappingproxy(cx, d.value()))
}

fn view_len(cx: &mut Ctx, v: Value) -> Res<usize> {
    Ok(dict_of(cx, v)?.len())
}

#[derive(PartialEq, Clone, Copy)]
enum Shows {
    Keys,
    Values,
    Items,
}

fn shows(cx: &mut Ctx, v: Value) -> Shows {
    let ty = types::type_of(cx, v);
    if ty == cx.types.dict_keys {
        Shows::Keys
    } else if ty == cx.types.dict_values {
        Shows::Values
    } else {
        Shows::Items
    }
}

fn view_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let d = dict_of(cx, v)?;
    Ok(match shows(cx, v) {
        Shows::Keys => iter::dict_key_iter(cx, d),
        Shows::Values => iter::dict_value_iter(cx, d),
        Shows::Items => iter::dict_item_iter(cx, d),
    })
}

fn view_reversed(cx: &mut Ctx, args: Args) -> PyResult {
    let d = dict_of(cx, args[0])?;
    Ok(match shows(cx, args[0]) {
        Shows::Keys => iter::dict_rev_key_iter(cx, d),
        Shows::Values => iter::dict_rev_value_iter(cx, d),
        Shows::Items => iter::dict_rev_item_iter(cx, d),
    })
}

fn view_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let d = dict_of(cx, v)?;
    let what = shows(cx, v);
    if !protocol::repr_enter(cx, v) {
        return Ok(Str::new(cx, "..."));
    }
    let done = repr_entries(cx, d, what);
    protocol::repr_leave(cx, v);
    done
}

fn repr_entries(cx: &mut Ctx, d: Dict, what: Shows) -> PyResult {
    let mut out = StrBuilder::new();
    out.push_str(match what {
        Shows::Keys => "dict_keys([",
        Shows::Values => "dict_values([",
        Shows::Items => "dict_items([",
    });
    let mut pos = 0;
    let mut first = true;
    while let Some((next, k, v)) = d.next_entry(pos) {
        pos = next;
        if !first {
            out.push_str(", ");
        }
        first = false;
        match what {
            Shows::Keys => sequence::push_repr(cx, &mut out, k)?,
            Shows::Values => sequence::push_repr(cx, &mut out, v)?,
            Shows::Items => {
                out.push_str("(");
                sequence::push_repr(cx, &mut out, k)?;
                out.push_str(", ");
                sequence::push_repr(cx, &mut out, v)?;
                out.push_str(")");
            }
        }
    }
    out.push_str("])");
    out.wish(cx)
}

fn keys_contains(cx: &mut Ctx, v: Value, key: Value) -> Res<bool> {
    dict_of(cx, v)?.contains(cx, key)
}

fn items_contains(cx: &mut Ctx, v: Value, item: Value) -> Res<bool> {
    let d = dict_of(cx, v)?;
    let Some(pair) = Tuple::of_sub(cx, item) else { return Ok(false) };
    if pair.len() != 2 {
        return Ok(false);
    }
    match d.get(cx, pair.get(0))? {
        Some(found) => Ok(found == pair.get(1) || protocol::eq(cx, found, pair.get(1))?),
        None => Ok(false),
    }
}

/// Whether every element of `a` is in `b`.
fn all_in(cx: &mut Ctx, a: Value, b: Value) -> Res<bool> {
    let it = protocol::iter(cx, a)?;
    while let Some(v) = protocol::next(cx, it)? {
        if !protocol::contains(cx, b, v)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_set_like(cx: &mut Ctx, v: Value) -> bool {
    let ty = types::type_of(cx, v);
    Set::of_sub(cx, v).is_some() || ty == cx.types.dict_keys || ty == cx.types.dict_items
}

fn view_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_set_like(cx, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (m, n) = (protocol::length(cx, a)?, protocol::length(cx, b)?);
    let holds = match op {
        CmpOp::Eq => m == n && all_in(cx, a, b)?,
        CmpOp::Ne => !(m == n && all_in(cx, a, b)?),
        CmpOp::Lt => m < n && all_in(cx, a, b)?,
        CmpOp::Le => m <= n && all_in(cx, a, b)?,
        CmpOp::Gt => m > n && all_in(cx, b, a)?,
        CmpOp::Ge => m >= n && all_in(cx, b, a)?,
    };
    Ok(Value::bool(holds))
}

/// A new set of the elements of `v`.
fn to_set(cx: &mut Ctx, v: Value) -> Res<Set> {
    let out = Set::new(cx);
    protocol::for_each(cx, v, |cx, e| out.add(cx, e).map(|_| ()))?;
    Ok(out)
}

fn is_view(cx: &mut Ctx, v: Value) -> bool {
    let ty = types::type_of(cx, v);
    ty == cx.types.dict_keys || ty == cx.types.dict_items
}

fn view_sub(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    // Either may be the view: the other is anything iterable.
    let out = to_set(cx, a)?;
    protocol::for_each(cx, b, |cx, e| out.discard(cx, e).map(|_| ()))?;
    Ok(out.value())
}

fn view_and(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (view, other) = if is_view(cx, a) { (a, b) } else { (b, a) };
    let out = Set::new(cx);
    protocol::for_each(cx, other, |cx, e| {
        if protocol::contains(cx, view, e)? {
            out.add(cx, e)?;
        }
        Ok(())
    })?;
    Ok(out.value())
}

fn view_or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let out = to_set(cx, a)?;
    protocol::for_each(cx, b, |cx, e| out.add(cx, e).map(|_| ()))?;
    Ok(out.value())
}

fn view_xor(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let out = to_set(cx, a)?;
    let other = to_set(cx, b)?;
    let mut pos = 0;
    while let Some((next, e)) = other.next_entry(pos) {
        pos = next;
        if !out.discard(cx, e)? {
            out.add(cx, e)?;
        }
    }
    Ok(out.value())
}

fn view_isdisjoint(cx: &mut Ctx, args: Args) -> PyResult {
    let (view, other) = (args[0], args[1]);
    let it = protocol::iter(cx, other)?;
    while let Some(v) = protocol::next(cx, it)? {
        if protocol::contains(cx, view, v)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

/// The pairs of `d` as a list of tuples.
pub fn items_list(cx: &mut Ctx, d: Dict) -> Seq {
    Seq::List(d.items_list(cx))
}
