//! `groupby` and `tee`.

use engine::objects::{Obj, Tuple};
use engine::prelude::*;
use engine::protocol;
use engine::protocol::iter::iter_quick;

use super::{instance, made, obj, step};

/// Slots: 0 iterator, 1 key function or None, 2 key of the running group, 3 current key, 4 current value (both EMPTY before the
/// first), 5 a number that names the running group (groups of the past find that it is not theirs).
pub static GROUPBY: TypeDef = TypeDef {
    doc: "make an iterator that returns consecutive keys and groups from the iterable\n\n  iterable\n    Elements to divide into groups according to the key function.\n  key\n    A function for computing the group category for each element.\n    If the key function is not specified or is None, the element itself\n    is used for grouping.",
    flags: TypeFlags::BASETYPE,
    nnative: 6,
    new: Some(NativeDef::new("__new__", "($type, /, iterable, key=None)", groupby_new, "").leaf(groupby_leaf)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(groupby_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "groupby")
};

fn groupby_new(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[1])?;
    let empty = Value::EMPTY;
    instance(cx, args[0], &[it, args.or(2, Value::NONE), empty, empty, empty, Value::small(0)])
}

fn groupby_leaf(cx: &Ctx, words: &[Value]) -> Value {
    let (v, f) = match *words {
        [_, v] => (v, Value::NONE),
        [_, v, f] => (v, f),
        _ => return Value::EMPTY,
    };
    let empty = Value::EMPTY;
    made(cx, &GROUPBY, iter_quick(cx, v), |it| [it, f, empty, empty, empty, Value::small(0)])
}

/// Reads the next value and its key; false at the end.
fn advance(cx: &mut Ctx, o: Obj) -> Res<bool> {
    let (source, f) = (o.slot(cx, 0), o.slot(cx, 1));
    let v = step(cx, source)?;
    if v == Value::EMPTY {
        return Ok(false);
    }
    let key = if f == Value::NONE { v } else { protocol::call(cx, f, &[v])? };
    o.set_slot(cx, 4, v);
    o.set_slot(cx, 3, key);
    Ok(true)
}

fn groupby_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let group = o.slot(cx, 5).as_int().unwrap_or(0) + 1;
    let group = int::from_i64(cx, group);
    o.set_slot(cx, 5, group);
    let key = loop {
        let (running, current) = (o.slot(cx, 2), o.slot(cx, 3));
        if current != Value::EMPTY && (running == Value::EMPTY || !protocol::eq(cx, running, current)?) {
            break current;
        }
        if !advance(cx, o)? {
            return Ok(Value::EMPTY);
        }
    };
    o.set_slot(cx, 2, key);
    let grouper = cx.new_object(&GROUPER, &[it, key, group]);
    Ok(Tuple::new(cx, &[key, grouper]))
}

/// Slots: 0 the groupby object, 1 the group's key, 2 the group's number.
pub static GROUPER: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 3,
    slots: Slots { iter: Some(slots::self_iter), next: Some(grouper_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "_grouper")
};

fn grouper_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let Some(parent) = Obj::of(o.slot(cx, 0)) else { return Ok(Value::EMPTY) };
    if parent.slot(cx, 5) != o.slot(cx, 2) {
        return Ok(Value::EMPTY);
    }
    if parent.slot(cx, 4) == Value::EMPTY && !advance(cx, parent)? {
        return Ok(Value::EMPTY);
    }
    let (key, current) = (o.slot(cx, 1), parent.slot(cx, 3));
    if current == Value::EMPTY || !protocol::eq(cx, key, current)? {
        return Ok(Value::EMPTY);
    }
    // The comparison or another thread may have taken the value: then the group ends here.
    let v = parent.slot(cx, 4);
    if v == Value::EMPTY {
        return Ok(v);
    }
    parent.set_slot(cx, 4, Value::EMPTY);
    // The key goes too: the next value brings its own.
    parent.set_slot(cx, 3, Value::EMPTY);
    Ok(v)
}

/// An independent iterator over a shared chain of values. Slots: 0 the link that holds the next value.
pub static TEE: TypeDef = TypeDef {
    doc: "Iterator wrapped to make it copyable.",
    flags: TypeFlags::HAS_WEAKREF,
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, iterable, /)", tee_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(tee_next), ..Slots::NONE },
    methods: &[NativeDef::new("__copy__", "($self, /)", tee_copy, "Returns an independent iterator.")],
    ..TypeDef::new("itertools", "_tee")
};

/// A link of the chain. Slots: 0 the source iterator, 1 the value (EMPTY: not read yet), 2 the next link, 3 TRUE at the end,
/// None while the source is asked.
pub static LINK: TypeDef = TypeDef {
    doc: "teedataobject(iterable, values, next, /)\n--\n\nData container common to multiple tee objects.",
    flags: TypeFlags::NO_NEW,
    nnative: 4,
    ..TypeDef::new("itertools", "_tee_dataobject")
};

fn new_link(cx: &mut Ctx, source: Value) -> Value {
    cx.new_object(&LINK, &[source, Value::EMPTY, Value::EMPTY, Value::FALSE])
}

fn tee_new(cx: &mut Ctx, args: Args) -> PyResult {
    one(cx, args[1])
}

/// A tee iterator over `iterable`, sharing the chain when that is one itself.
fn one(cx: &mut Ctx, iterable: Value) -> PyResult {
    let it = protocol::iter(cx, iterable)?;
    let link = if cx.is_def(it, &TEE) {
        let o = obj(cx, it)?;
        o.slot(cx, 0)
    } else {
        new_link(cx, it)
    };
    Ok(cx.new_object(&TEE, &[link]))
}

fn tee_copy(cx: &mut Ctx, args: Args) -> PyResult {
    one(cx, args[0])
}

pub fn tee(cx: &mut Ctx, args: Args) -> PyResult {
    let n = args.index_or(cx, 1, 2)?;
    if n < 0 {
        return Err(cx.value_error("n must be >= 0"));
    }
    if n == 0 {
        return Ok(Tuple::empty(cx));
    }
    // Each is an object of two cells, and the tuple names it.
    cx.make_room_for(n as usize, 136)?;
    let first = one(cx, args[0])?;
    let all = engine::objects::List::from_slice(cx, &[first]);
    for _ in 1..n {
        let next = one(cx, first)?;
        all.push(cx, next);
    }
    all.wish_tuple(cx)
}

fn tee_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let at = o.slot(cx, 0);
    let Some(link) = Obj::of(at) else { return Ok(Value::EMPTY) };
    if link.slot(cx, 1) == Value::EMPTY {
        if link.slot(cx, 3) == Value::TRUE {
            return Ok(Value::EMPTY);
        }
        if link.cas_slot(cx, 3, Value::FALSE, Value::NONE).is_err() {
            return Err(cx.runtime_error("cannot re-enter the tee iterator"));
        }
        if link.slot(cx, 1) != Value::EMPTY {
            // Another thread has read it between our look and our claim.
            link.set_slot(cx, 3, Value::FALSE);
        } else {
            let source = link.slot(cx, 0);
            let stepped = step(cx, source);
            if let Ok(v) = stepped
                && !v.is_empty()
            {
                let next = new_link(cx, source);
                link.set_slot(cx, 2, next);
                link.set_slot(cx, 1, v);
            }
            link.set_slot(cx, 3, Value::bool(matches!(stepped, Ok(Value::EMPTY))));
            if stepped?.is_empty() {
                return Ok(Value::EMPTY);
            }
        }
    }
    let (v, next) = (link.slot(cx, 1), link.slot(cx, 2));
    o.set_slot(cx, 0, next);
    Ok(v)
}
