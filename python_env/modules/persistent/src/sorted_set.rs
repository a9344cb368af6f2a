//! `SortedSet`: an immutable set in the order of its items.

use crate::hash_iter::Shows;
use crate::host::{self, Py, ROOT, SLOTS, cached_hash, reduced, repr_as, wrong_self};
use crate::sorted_map::{bounds, check_key, nearest};
use crate::tree_iter;
use engine::objects::{Set as CoreSet, Slice};
use engine::prelude::*;
use proto_core::persistent::tree::{Item, SortedSetTree};
use proto_core::persistent::trie::Plan;
use types_containers::sequence::key_index;

pub static SORTED_SET: TypeDef = TypeDef {
    doc: "SortedSet(iterable=(), /)\n\nAn immutable set in the order of its items, which are compared by '<' and need no hash. New versions share with\nold ones what they have in common; any number of threads read one without a lock.",
    flags: TypeFlags::HAS_WEAKREF,
    nnative: SLOTS,
    new: Some(NativeDef::new("__new__", "($type, iterable=(), /)", set_new, "")),
    slots: Slots {
        repr: Some(|cx, v| {
            let t = this(cx, v)?;
            repr_as(cx, v, ("SortedSet", "[...]"), t.len(), |cx| Ok(to_list(cx, t)?.value()))
        }),
        len: Some(|cx, v| Ok(this(cx, v)?.len())),
        getitem: Some(getitem),
        contains: Some(|cx, v, item| {
            let t = this(cx, v)?;
            Ok(t.search(&mut Py(cx), item)?.1)
        }),
        iter: Some(|cx, v| {
            let t = this(cx, v)?;
            Ok(tree_iter::new(cx, t, Shows::Keys, false))
        }),
        richcmp: Some(richcmp),
        hash: Some(hash),
        or: Some(|cx, a, b| operator(cx, a, b, Plan::UNION)),
        and: Some(|cx, a, b| operator(cx, a, b, Plan::INTERSECTION)),
        sub: Some(|cx, a, b| operator(cx, a, b, Plan::DIFFERENCE)),
        xor: Some(|cx, a, b| operator(cx, a, b, Plan::EITHER)),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "add",
            "($self, item, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let (rank, there) = t.search(&mut Py(cx), args[1])?;
                if there {
                    return Ok(args[0]);
                }
                check_key(cx, args[1])?;
                let t = t.insert(cx, rank, item(args[1]));
                Ok(object(cx, t))
            },
            "A set with the item.",
        ),
        NativeDef::new("remove", "($self, item, /)", remove, "A set without the item; KeyError if it is not there."),
        NativeDef::new("delete", "($self, item, /)", remove, "A set without the item; KeyError if it is not there."),
        NativeDef::new(
            "discard",
            "($self, item, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let (rank, there) = t.search(&mut Py(cx), args[1])?;
                if !there {
                    return Ok(args[0]);
                }
                let t = t.remove(cx, rank);
                Ok(object(cx, t))
            },
            "A set without the item, if it is there.",
        ),
        NativeDef::new(
            "update",
            "($self, /, *others)",
            |cx, args| with_all(cx, args, Plan::UNION),
            "A set with the items of all others.",
        ),
        NativeDef::new(
            "union",
            "($self, /, *others)",
            |cx, args| with_all(cx, args, Plan::UNION),
            "A set with the items of all others.",
        ),
        NativeDef::new(
            "intersection",
            "($self, /, *others)",
            |cx, args| with_all(cx, args, Plan::INTERSECTION),
            "A set of the items that all others have, too.",
        ),
        NativeDef::new(
            "difference",
            "($self, /, *others)",
            |cx, args| with_all(cx, args, Plan::DIFFERENCE),
            "A set of the items that none of the others has.",
        ),
        NativeDef::new(
            "symmetric_difference",
            "($self, other, /)",
            |cx, args| {
                let (a, b) = (this(cx, args[0])?, of_value(cx, args[1])?);
                let t = a.combine(&mut Py(cx), b, Plan::EITHER)?;
                Ok(object(cx, t))
            },
            "A set of the items that one of the two has.",
        ),
        NativeDef::new(
            "isdisjoint",
            "($self, other, /)",
            |cx, args| {
                let (a, b) = (this(cx, args[0])?, of_value(cx, args[1])?);
                Ok(Value::bool(a.combine(&mut Py(cx), b, Plan::INTERSECTION)?.is_empty()))
            },
            "Whether the two have nothing in common.",
        ),
        NativeDef::new(
            "issubset",
            "($self, other, /)",
            |cx, args| {
                let (a, b) = (this(cx, args[0])?, of_value(cx, args[1])?);
                Ok(Value::bool(is_subset(cx, a, b)?))
            },
            "Whether the other one has all items of this one.",
        ),
        NativeDef::new(
            "issuperset",
            "($self, other, /)",
            |cx, args| {
                let (a, b) = (this(cx, args[0])?, of_value(cx, args[1])?);
                Ok(Value::bool(is_subset(cx, b, a)?))
            },
            "Whether this one has all items of the other one.",
        ),
        NativeDef::new(
            "range",
            "($self, start=None, stop=None, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let (from, to) = bounds(cx, args, t.len(), |cx, key| Ok(t.search(&mut Py(cx), key)?.0))?;
                let t = t.slice(cx, from, to);
                Ok(object(cx, t))
            },
            "A set of the items with start <= item < stop; None: without a bound.",
        ),
        NativeDef::new(
            "rank",
            "($self, item, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let rank = t.search(&mut Py(cx), args[1])?.0;
                Ok(int::from_usize(cx, rank))
            },
            "How many items are less than item.",
        ),
        NativeDef::new(
            "floor",
            "($self, item, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let (rank, there) = t.search(&mut Py(cx), args[1])?;
                Ok(first((rank + usize::from(there)).checked_sub(1).and_then(|at| t.get(at))))
            },
            "The greatest item that is not greater; None if there is none.",
        ),
        NativeDef::new(
            "ceiling",
            "($self, item, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let rank = t.search(&mut Py(cx), args[1])?.0;
                Ok(first(t.get(rank)))
            },
            "The least item that is not less; None if there is none.",
        ),
        NativeDef::new(
            "nearest",
            "($self, item, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let (rank, there) = t.search(&mut Py(cx), args[1])?;
                let below = (rank + usize::from(there)).checked_sub(1).and_then(|at| t.get(at));
                Ok(first(nearest(cx, args[1], below, t.get(rank))?))
            },
            "The item x for which abs(item - x) is least, the lower one of two; None if there is none.",
        ),
        NativeDef::new(
            "__reversed__",
            "($self, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                Ok(tree_iter::new(cx, t, Shows::Keys, true))
            },
            "A reverse iterator over the items.",
        ),
        host::MUTATE,
        host::EVOLVER,
        host::COPY,
        host::COPY_METHOD,
        NativeDef::new(
            "__reduce__",
            "($self, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let items = to_list(cx, t)?.value();
                reduced(cx, args[0], items)
            },
            "Return state information for pickling.",
        ),
    ],
    class_methods: &[host::CLASS_GETITEM],
    ..TypeDef::new("protopython.data", "SortedSet")
};

fn of(cx: &Ctx, v: Value) -> Option<SortedSetTree> {
    let o = Obj::of(v).filter(|_| cx.is_exactly(v, &SORTED_SET))?;
    SortedSetTree::of(o.at(ROOT))
}

fn this(cx: &mut Ctx, v: Value) -> Res<SortedSetTree> {
    match of(cx, v) {
        Some(t) => Ok(t),
        None => Err(wrong_self(cx, "SortedSet", v)),
    }
}

fn object(cx: &mut Ctx, t: SortedSetTree) -> Value {
    cx.new_object(&SORTED_SET, &[t.value()])
}

fn item(v: Value) -> Item {
    [v, Value::EMPTY]
}

fn first(item: Option<Item>) -> Value {
    item.map_or(Value::NONE, |[v, _]| v)
}

fn remove(cx: &mut Ctx, args: Args) -> PyResult {
    let t = this(cx, args[0])?;
    let (rank, there) = t.search(&mut Py(cx), args[1])?;
    if !there {
        return Err(cx.key_error(args[1]));
    }
    let t = t.remove(cx, rank);
    Ok(object(cx, t))
}

/// An iterable as a sorted set.
fn of_value(cx: &mut Ctx, v: Value) -> Res<SortedSetTree> {
    if let Some(t) = of(cx, v) {
        return Ok(t);
    }
    let items = protocol::list_of(cx, v)?;
    objects::sort::sort(cx, items, Value::NONE, false)?;
    let out = List::with_capacity(cx, items.len());
    for i in 0..items.len() {
        cx.poll()?;
        let Some(item) = items.get(i) else { break };
        match out.len().checked_sub(1).and_then(|n| out.get(n)) {
            // Of equal items the first one stays.
            Some(last) if !proto_core::persistent::tree::Order::less(&mut Py(cx), last, item)? => {}
            Some(_) => out.push(cx, item),
            None => {
                check_key(cx, item)?;
                out.push(cx, item);
            }
        }
    }
    SortedSetTree::build(&mut Py(cx), out.len(), |i| item(out.get(i).unwrap_or(Value::NONE)))
}

fn to_list(cx: &mut Ctx, t: SortedSetTree) -> Res<List> {
    let items = List::with_capacity(cx, t.len());
    t.for_each(|[v, _]| {
        items.push(cx, v);
        cx.poll()
    })?;
    Ok(items)
}

fn set_new(cx: &mut Ctx, args: Args) -> PyResult {
    match args.get(1) {
        Some(v) if of(cx, v).is_some() => Ok(v),
        Some(v) => {
            let t = of_value(cx, v)?;
            Ok(object(cx, t))
        }
        None => Ok(object(cx, SortedSetTree::EMPTY)),
    }
}

fn getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let t = this(cx, v)?;
    if let Some(slice) = Slice::of(key) {
        let idx = slice.indices(cx, t.len())?;
        if idx.step != 1 {
            return Err(cx.value_error("slices of a SortedSet have a step of 1"));
        }
        let t = t.slice(cx, idx.at(0), idx.at(0) + idx.count);
        return Ok(object(cx, t));
    }
    match key_index(cx, key, t.len(), "SortedSet")?.and_then(|at| t.get(at)) {
        Some([item, _]) => Ok(item),
        None => Err(cx.index_error("SortedSet index out of range")),
    }
}

fn with_all(cx: &mut Ctx, args: Args, plan: Plan) -> PyResult {
    let first = this(cx, args[0])?;
    let mut t = first;
    if let Some(others) = Tuple::of(args[1]) {
        for other in others.items() {
            let other = of_value(cx, other)?;
            t = t.combine(&mut Py(cx), other, plan)?;
        }
    }
    Ok(if t == first { args[0] } else { object(cx, t) })
}

fn is_set(cx: &mut Ctx, v: Value) -> Res<bool> {
    if of(cx, v).is_some() || CoreSet::of_sub(cx, v).is_some() {
        return Ok(true);
    }
    let class = protocol::import_attr(cx, "collections.abc", "Set")?;
    protocol::is_instance(cx, v, class)
}

fn operator(cx: &mut Ctx, a: Value, b: Value, plan: Plan) -> PyResult {
    if !is_set(cx, a)? || !is_set(cx, b)? {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (of_value(cx, a)?, of_value(cx, b)?);
    let t = x.combine(&mut Py(cx), y, plan)?;
    Ok(object(cx, t))
}

fn is_subset(cx: &mut Ctx, a: SortedSetTree, b: SortedSetTree) -> Res<bool> {
    Ok(a.len() <= b.len() && a.combine(&mut Py(cx), b, Plan::DIFFERENCE)?.is_empty())
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_set(cx, b)? {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let x = this(cx, a)?;
    let Some(y) = of(cx, b) else {
        // Items of a set of another kind may have no order: that set decides.
        let items = to_list(cx, x)?;
        let core = CoreSet::new(cx);
        protocol::for_each(cx, items.value(), |cx, item| core.add(cx, item).map(|_| ()))?;
        return protocol::compare(cx, core.value(), b, op);
    };
    let equal = |cx: &mut Ctx| x.equal(&mut Py(cx), y, &mut |host, a, b| protocol::eq(host.0, a[0], b[0]));
    Ok(Value::bool(match op {
        CmpOp::Eq => equal(cx)?,
        CmpOp::Ne => !equal(cx)?,
        CmpOp::Le => is_subset(cx, x, y)?,
        CmpOp::Ge => is_subset(cx, y, x)?,
        CmpOp::Lt => x.len() < y.len() && is_subset(cx, x, y)?,
        CmpOp::Gt => x.len() > y.len() && is_subset(cx, y, x)?,
    }))
}

/// That of a frozenset.
fn hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let t = this(cx, v)?;
    cached_hash(cx, v, |cx| {
        let mut hashes = cx.buffer::<i64>(t.len())?;
        t.for_each(|[v, _]| {
            cx.poll()?;
            hashes.push(protocol::hash(cx, v)?);
            Ok(())
        })?;
        Ok(pynumeric::hash::frozenset(hashes))
    })
}
