//! `List`: an immutable sequence.

use crate::hash_iter::Shows;
use crate::host::{self, Py, ROOT, SLOTS, cached_hash, reduced, repr_as, wrong_self};
use crate::tree_iter;
use engine::objects::hashing::TupleHash;
use engine::objects::{List as CoreList, Slice};
use engine::prelude::*;
use proto_core::persistent::tree::{Item, ListTree};
use types_containers::sequence::{key_index, repeat_count};

pub static LIST: TypeDef = TypeDef {
    doc: "List(iterable=(), /)\n\nAn immutable sequence. Slices, sums, set(), insert() and delete() give new lists that share with the\nold ones what they have in common, in O(log n); any number of threads read one without a lock.",
    flags: TypeFlags::SEQUENCE.with(TypeFlags::HAS_WEAKREF),
    nnative: SLOTS,
    new: Some(NativeDef::new("__new__", "($type, iterable=(), /)", list_new, "")),
    slots: Slots {
        repr: Some(|cx, v| {
            let t = this(cx, v)?;
            repr_as(cx, v, ("List", "[...]"), t.len(), |cx| Ok(to_core(cx, t)?.value()))
        }),
        len: Some(|cx, v| Ok(this(cx, v)?.len())),
        getitem: Some(getitem),
        contains: Some(|cx, v, item| Ok(find(cx, v, item, 0, i64::MAX)?.is_some())),
        iter: Some(|cx, v| {
            let t = this(cx, v)?;
            Ok(tree_iter::new(cx, t, Shows::Keys, false))
        }),
        richcmp: Some(richcmp),
        hash: Some(hash),
        add: Some(|cx, a, b| {
            let Some(x) = of(cx, a) else { return Ok(Value::NOT_IMPLEMENTED) };
            match of(cx, b) {
                Some(y) => {
                    let t = x.concat(cx, y);
                    check_length(cx, t)?;
                    Ok(object(cx, t))
                }
                None => {
                    let name = type_name(cx, b);
                    Err(cx.type_error(format!("can only concatenate List (not \"{name}\") to List")))
                }
            }
        }),
        mul: Some(repeat),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "set",
            "($self, index, item, /)",
            |cx, args| {
                let (t, at) = place(cx, args, "List assignment index out of range")?;
                Ok(object(cx, t.with(cx, at, item(args[2]))))
            },
            "A list with another item at the index.",
        ),
        NativeDef::new(
            "append",
            "($self, item, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                Ok(object(cx, t.insert(cx, usize::MAX, item(args[1]))))
            },
            "A list with the item at its end.",
        )
        .leaf(append_quick),
        NativeDef::new(
            "insert",
            "($self, index, item, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let i = args.index(cx, 1)?;
                let at = from_start(i, t.len()).clamp(0, t.len() as i64) as usize;
                Ok(object(cx, t.insert(cx, at, item(args[2]))))
            },
            "A list with the item before the index.",
        ),
        NativeDef::new(
            "delete",
            "($self, index, /)",
            |cx, args| {
                if let Some(slice) = Slice::of(args[1]) {
                    return delete_slice(cx, args[0], slice);
                }
                let (t, at) = place(cx, args, "List assignment index out of range")?;
                Ok(object(cx, t.remove(cx, at)))
            },
            "A list without the item at the index, or without a slice of items.",
        ),
        NativeDef::new(
            "pop",
            "($self, index=-1, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                if t.is_empty() {
                    return Err(cx.index_error("pop from empty List"));
                }
                let i = args.index_or(cx, 1, -1)?;
                let at = from_start(i, t.len());
                match usize::try_from(at).ok().and_then(|at| Some((at, t.get(at)?))) {
                    Some((at, [v, _])) => {
                        let rest = object(cx, t.remove(cx, at));
                        Ok(Tuple::new(cx, &[rest, v]))
                    }
                    None => Err(cx.index_error("pop index out of range")),
                }
            },
            "A list without the item at the index, and that item.",
        ),
        NativeDef::new(
            "remove",
            "($self, value, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                match find(cx, args[0], args[1], 0, i64::MAX)? {
                    Some(at) => Ok(object(cx, t.remove(cx, at))),
                    None => Err(cx.value_error("List.remove(x): x not in list")),
                }
            },
            "A list without the first item that equals value; ValueError if there is none.",
        ),
        NativeDef::new("extend", "($self, iterable, /)", extend, "A list with the items of the iterable at its end."),
        NativeDef::new("update", "($self, iterable, /)", extend, "The same as extend()."),
        NativeDef::new(
            "reverse",
            "($self, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let len = t.len();
                let new = build(cx, len, |i| t.get(len - 1 - i).map_or(Value::NONE, |[v, _]| v))?;
                Ok(object(cx, new))
            },
            "A list of the items from the last to the first.",
        ),
        NativeDef::new(
            "index",
            "($self, value, start=0, stop=sys.maxsize, /)",
            |cx, args| {
                let start = args.some(2).map_or(Ok(0), |v| protocol::index_clip(cx, v))?;
                let stop = args.some(3).map_or(Ok(i64::MAX), |v| protocol::index_clip(cx, v))?;
                match find(cx, args[0], args[1], start, stop)? {
                    Some(at) => Ok(int::from_usize(cx, at)),
                    None => Err(cx.value_error("List.index(x): x not in list")),
                }
            },
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
        ),
        NativeDef::new(
            "count",
            "($self, value, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let mut n = 0;
                t.for_each(|[v, _]| {
                    cx.poll()?;
                    n += usize::from(protocol::eq(cx, v, args[1])?);
                    Ok(())
                })?;
                Ok(int::from_usize(cx, n))
            },
            "Return number of occurrences of value.",
        ),
        NativeDef::new(
            "__reversed__",
            "($self, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                Ok(tree_iter::new(cx, t, Shows::Keys, true))
            },
            "A reverse iterator over the list.",
        ),
        host::UPDATE_IN,
        host::MUTATE,
        host::EVOLVER,
        host::COPY,
        host::COPY_METHOD,
        NativeDef::new(
            "__reduce__",
            "($self, /)",
            |cx, args| {
                let t = this(cx, args[0])?;
                let items = to_core(cx, t)?.value();
                reduced(cx, args[0], items)
            },
            "Return state information for pickling.",
        ),
    ],
    class_methods: &[host::CLASS_GETITEM],
    quick: Some(&QuickItems { get: quick_get, set: |_, _, _, _| false, len: quick_len }),
    ..TypeDef::new("protopython.data", "List")
};

/// The tree of an exact instance.
#[inline(always)]
fn tree(v: Value) -> Option<ListTree> {
    ListTree::of(Obj::of(v)?.at(ROOT))
}

fn quick_get(_: &Heap, v: Value, i: i64) -> Value {
    let Some(t) = tree(v) else { return Value::EMPTY };
    let at = if i < 0 { i + t.len() as i64 } else { i };
    usize::try_from(at).ok().and_then(|at| t.get(at)).map_or(Value::EMPTY, |[v, _]| v)
}

fn quick_len(_: &Heap, v: Value) -> Option<usize> {
    tree(v).map(ListTree::len)
}

#[inline]
fn of(cx: &Ctx, v: Value) -> Option<ListTree> {
    if cx.is_exactly(v, &LIST) { tree(v) } else { None }
}

fn this(cx: &mut Ctx, v: Value) -> Res<ListTree> {
    match of(cx, v) {
        Some(t) => Ok(t),
        None => Err(wrong_self(cx, "List", v)),
    }
}

fn object(cx: &mut Ctx, t: ListTree) -> Value {
    cx.new_object(&LIST, &[t.value()])
}

fn item(v: Value) -> Item {
    [v, Value::EMPTY]
}

/// A place from the start; still negative if it lies before that.
fn from_start(i: i64, len: usize) -> i64 {
    if i < 0 { i.saturating_add(len as i64) } else { i }
}

/// Lengths are small ints, as places are.
fn check_length(cx: &mut Ctx, t: ListTree) -> Res<()> {
    if t.len() as u64 > 1 << 60 { Err(cx.memory_error()) } else { Ok(()) }
}

/// `list.append(item)` without a poll.
fn append_quick(cx: &Ctx, args: &[Value]) -> Value {
    let [v, new] = *args else { return Value::EMPTY };
    let Some(t) = of(cx, v) else { return Value::EMPTY };
    let t = t.insert(cx, usize::MAX, item(new));
    cx.new_object_of_known(&LIST, &[t.value()]).unwrap_or(Value::EMPTY)
}

/// A tree of `len` items.
fn build(cx: &mut Ctx, len: usize, mut f: impl FnMut(usize) -> Value) -> Res<ListTree> {
    cx.make_room_for(len, 9)?;
    ListTree::build(&mut Py(cx), len, |i| item(f(i)))
}

/// The tree of an iterable.
fn of_iterable(cx: &mut Ctx, v: Value) -> Res<ListTree> {
    if let Some(t) = of(cx, v) {
        return Ok(t);
    }
    if let Some(t) = Tuple::of(v) {
        return build(cx, t.len(), |i| t.get(i));
    }
    let items = protocol::list_of(cx, v)?;
    build(cx, items.len(), |i| items.get(i).unwrap_or(Value::NONE))
}

/// A core list of the items.
fn to_core(cx: &mut Ctx, t: ListTree) -> Res<CoreList> {
    cx.make_room_for(t.len(), 8)?;
    let items = CoreList::with_capacity(cx, t.len());
    t.for_each(|[v, _]| {
        items.push(cx, v);
        cx.poll()
    })?;
    Ok(items)
}

fn list_new(cx: &mut Ctx, args: Args) -> PyResult {
    match args.get(1) {
        Some(v) if of(cx, v).is_some() => Ok(v),
        Some(v) => {
            let t = of_iterable(cx, v)?;
            Ok(object(cx, t))
        }
        None => Ok(object(cx, ListTree::EMPTY)),
    }
}

/// The list and the place that an index names in it.
fn place(cx: &mut Ctx, args: Args, error: &str) -> Res<(ListTree, usize)> {
    let t = this(cx, args[0])?;
    match key_index(cx, args[1], t.len(), "List")? {
        Some(at) => Ok((t, at)),
        None => Err(cx.index_error(error)),
    }
}

fn getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let t = this(cx, v)?;
    let Some(slice) = Slice::of(key) else {
        return match key_index(cx, key, t.len(), "List")?.and_then(|i| t.get(i)) {
            Some([item, _]) => Ok(item),
            None => Err(cx.index_error("List index out of range")),
        };
    };
    let idx = slice.indices(cx, t.len())?;
    let new = if idx.step == 1 {
        t.slice(cx, idx.at(0), idx.at(0) + idx.count)
    } else {
        build(cx, idx.count, |i| t.get(idx.at(i)).map_or(Value::NONE, |[v, _]| v))?
    };
    Ok(if new == t { v } else { object(cx, new) })
}

fn delete_slice(cx: &mut Ctx, v: Value, slice: Slice) -> PyResult {
    let t = this(cx, v)?;
    let idx = slice.indices(cx, t.len())?;
    if idx.count == 0 {
        return Ok(v);
    }
    if idx.step == 1 {
        let (before, rest) = t.split(cx, idx.at(0));
        let after = rest.split(cx, idx.count).1;
        let t = before.concat(cx, after);
        return Ok(object(cx, t));
    }
    // What stays lies between the places that go.
    let (first, last) = (idx.at(0), idx.at(idx.count - 1));
    let (low, step) = (first.min(last), idx.step.unsigned_abs() as usize);
    let gone = |i: usize| i >= low && (i - low).is_multiple_of(step) && (i - low) / step < idx.count;
    let mut left = CoreList::with_capacity(cx, t.len() - idx.count);
    let mut i = 0;
    t.for_each(|[v, _]| {
        if !gone(i) {
            left.push(cx, v);
        }
        i += 1;
        cx.poll()
    })?;
    left = std::hint::black_box(left);
    let t = build(cx, left.len(), |i| left.get(i).unwrap_or(Value::NONE))?;
    Ok(object(cx, t))
}

fn extend(cx: &mut Ctx, args: Args) -> PyResult {
    let t = this(cx, args[0])?;
    let more = of_iterable(cx, args[1])?;
    if more.is_empty() {
        return Ok(args[0]);
    }
    let t = t.concat(cx, more);
    check_length(cx, t)?;
    Ok(object(cx, t))
}

/// By doubling: the copies share their nodes.
fn repeat(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (v, n) = if of(cx, a).is_some() { (a, b) } else { (b, a) };
    let (Some(t), Some(mut n)) = (of(cx, v), repeat_count(cx, n)?) else { return Ok(Value::NOT_IMPLEMENTED) };
    let (mut all, mut power) = (ListTree::EMPTY, t);
    while n > 0 && !t.is_empty() {
        if n & 1 == 1 {
            all = all.concat(cx, power);
            check_length(cx, all)?;
        }
        n >>= 1;
        if n > 0 {
            power = power.concat(cx, power);
            check_length(cx, power)?;
        }
    }
    Ok(object(cx, all))
}

/// The first place of an item that equals `value`.
fn find(cx: &mut Ctx, v: Value, value: Value, start: i64, stop: i64) -> Res<Option<usize>> {
    let t = this(cx, v)?;
    let bound = |i: i64| from_start(i, t.len()).clamp(0, t.len() as i64) as usize;
    let (mut at, stop) = (bound(start), bound(stop));
    while at < stop {
        let Some((leaf, i)) = t.leaf_at(at) else { break };
        cx.poll()?;
        for k in i..leaf.len().min(i + stop - at) {
            let Some([v, _]) = leaf.get(k) else { break };
            if protocol::eq(cx, v, value)? {
                return Ok(Some(at));
            }
            at += 1;
        }
    }
    Ok(None)
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (of(cx, a), of(cx, b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let mut same = |host: &mut Py<'_>, a: Item, b: Item| protocol::eq(host.0, a[0], b[0]);
    if matches!(op, CmpOp::Eq | CmpOp::Ne) {
        let equal = x.equal(&mut Py(cx), y, &mut same)?;
        return Ok(Value::bool(equal == (op == CmpOp::Eq)));
    }
    let at = x.mismatch(&mut Py(cx), y, &mut same)?;
    match at.and_then(|at| Some((x.get(at)?, y.get(at)?))) {
        Some(([v, _], [w, _])) => protocol::compare(cx, v, w, op),
        None => Ok(Value::bool(op.test(x.len().cmp(&y.len())))),
    }
}

fn hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let t = this(cx, v)?;
    cached_hash(cx, v, |cx| {
        let mut acc = TupleHash::new();
        t.for_each(|[v, _]| {
            cx.poll()?;
            acc.add(protocol::hash(cx, v)?);
            Ok(())
        })?;
        // Not that of a tuple of the same items, which is not equal.
        acc.add(t.len() as i64);
        Ok(acc.finish())
    })
}
