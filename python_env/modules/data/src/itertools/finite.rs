//! Iterators that end with their input: `chain`, `islice`, `accumulate`, `takewhile`, ...

use engine::objects::{List, Obj, Tuple};
use engine::prelude::*;
use engine::protocol;
use engine::protocol::iter::iter_quick;

use super::{instance, made, obj, step, step_through, varargs};

/// Slots: 0 iterator, 1 function or None, 2 total (EMPTY before the first), 3 initial value still to be given (EMPTY: none).
pub static ACCUMULATE: TypeDef = TypeDef {
    doc: "Return series of accumulated sums (or other binary function results).",
    flags: TypeFlags::BASETYPE,
    nnative: 4,
    new: Some(
        NativeDef::new("__new__", "($type, /, iterable, func=None, *, initial=None)", accumulate_new, "")
            .leaf(accumulate_leaf),
    ),
    slots: Slots { iter: Some(slots::self_iter), next: Some(accumulate_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "accumulate")
};

fn accumulate_new(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[1])?;
    let initial = match args.or(3, Value::NONE) {
        Value::NONE => Value::EMPTY,
        v => v,
    };
    instance(cx, args[0], &[it, args.or(2, Value::NONE), Value::EMPTY, initial])
}

fn accumulate_leaf(cx: &Ctx, words: &[Value]) -> Value {
    let (v, f) = match *words {
        [_, v] => (v, Value::NONE),
        [_, v, f] => (v, f),
        _ => return Value::EMPTY,
    };
    made(cx, &ACCUMULATE, iter_quick(cx, v), |it| [it, f, Value::EMPTY, Value::EMPTY])
}

fn accumulate_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let initial = o.slot(cx, 3);
    if initial != Value::EMPTY {
        o.set_slot(cx, 3, Value::EMPTY);
        o.set_slot(cx, 2, initial);
        return Ok(initial);
    }
    let source = o.slot(cx, 0);
    let v = step_through(cx, source)?;
    if v == Value::EMPTY {
        return Ok(v);
    }
    let total = match (o.slot(cx, 2), o.slot(cx, 1)) {
        (Value::EMPTY, _) => v,
        (t, Value::NONE) => protocol::add(cx, t, v)?,
        (t, f) => protocol::call(cx, f, &[t, v])?,
    };
    o.set_slot(cx, 2, total);
    Ok(total)
}

/// Slots: 0 iterator (EMPTY when done), 1 size, 2 strict.
pub static BATCHED: TypeDef = TypeDef {
    doc: "Batch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and accumulates data into tuples\nup to size n.  The input is consumed lazily, just enough to\nfill a batch.  The result is yielded as soon as a batch is full\nor when the input iterable is exhausted.\n\n    >>> for batch in batched('ABCDEFG', 3):\n    ...     print(batch)\n    ...\n    ('A', 'B', 'C')\n    ('D', 'E', 'F')\n    ('G',)\n\nIf \"strict\" is True, raises a ValueError if the final batch is shorter\nthan n.",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, /, iterable, n, *, strict=False)", batched_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(batched_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "batched")
};

fn batched_new(cx: &mut Ctx, args: Args) -> PyResult {
    let n = args.index(cx, 2)?;
    if n < 1 {
        return Err(cx.value_error("n must be at least one"));
    }
    let strict = args.truth_or(cx, 3, false)?;
    let it = protocol::iter(cx, args[1])?;
    let n = int::from_i64(cx, n);
    instance(cx, args[0], &[it, n, Value::bool(strict)])
}

fn batched_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let source = o.slot(cx, 0);
    if source == Value::EMPTY {
        return Ok(source);
    }
    let n = o.slot(cx, 1).as_int().unwrap_or(1) as usize;
    let batch = List::new(cx);
    while batch.len() < n {
        match step(cx, source)? {
            Value::EMPTY => {
                o.set_slot(cx, 0, Value::EMPTY);
                break;
            }
            v => batch.push(cx, v),
        }
    }
    if batch.len() == 0 {
        return Ok(Value::EMPTY);
    }
    if batch.len() < n && o.slot(cx, 2) == Value::TRUE {
        return Err(cx.value_error("batched(): incomplete batch"));
    }
    batch.wish_tuple(cx)
}

/// Slots: 0 iterator over the iterables (EMPTY when done), 1 the one that is running (EMPTY: none).
pub static CHAIN: TypeDef = TypeDef {
    doc: "Return a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, then elements from the next\niterable, until all of the iterables are exhausted.",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, /, *iterables)", chain_new, "").leaf(chain_leaf)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(chain_next), ..Slots::NONE },
    step: Some(chain_step),
    class_methods: &[
        NativeDef::new(
            "from_iterable",
            "($type, iterable, /)",
            chain_from,
            "Alternative chain() constructor taking a single iterable argument that evaluates lazily.",
        ),
        NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585"),
    ],
    ..TypeDef::new("itertools", "chain")
};

fn chain_new(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[1])?;
    instance(cx, args[0], &[it, Value::EMPTY])
}

/// Without keywords nothing can fail.
fn chain_leaf(cx: &Ctx, words: &[Value]) -> Value {
    let sources = Tuple::new(cx, &words[1..]);
    made(cx, &CHAIN, iter_quick(cx, sources), |it| [it, Value::EMPTY])
}

fn chain_from(cx: &mut Ctx, args: Args) -> PyResult {
    chain_new(cx, args)
}

/// The iterable that runs has an item.
fn chain_step(cx: &Ctx, it: Value) -> Option<Value> {
    protocol::iter::next_quick(cx, Obj::of(it)?.at(1).non_empty()?)?.non_empty()
}

fn chain_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    loop {
        let running = o.slot(cx, 1);
        if running != Value::EMPTY {
            match protocol::iter::next_tried(cx, running)? {
                None => o.set_slot(cx, 1, Value::EMPTY),
                Some(v) => return Ok(v),
            }
        }
        let sources = o.slot(cx, 0);
        if sources == Value::EMPTY {
            return Ok(Value::EMPTY);
        }
        match step(cx, sources) {
            Ok(Value::EMPTY) => {
                o.set_slot(cx, 0, Value::EMPTY);
                return Ok(Value::EMPTY);
            }
            Ok(next) => {
                let next = protocol::iter(cx, next)?;
                o.set_slot(cx, 1, next);
            }
            Err(r) => {
                o.set_slot(cx, 0, Value::EMPTY);
                return Err(r);
            }
        }
    }
}

/// Slots: 0 data, 1 selectors.
pub static COMPRESS: TypeDef = TypeDef {
    doc: "Return data elements corresponding to true selector elements.\n\nForms a shorter iterator from selected data elements using the selectors to\nchoose the data elements.",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, /, data, selectors)", compress_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(compress_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "compress")
};

fn compress_new(cx: &mut Ctx, args: Args) -> PyResult {
    let data = protocol::iter(cx, args[1])?;
    let selectors = protocol::iter(cx, args[2])?;
    instance(cx, args[0], &[data, selectors])
}

fn compress_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let (data, selectors) = (o.slot(cx, 0), o.slot(cx, 1));
    loop {
        let v = step_through(cx, data)?;
        if v == Value::EMPTY {
            return Ok(v);
        }
        let selector = step_through(cx, selectors)?;
        if selector == Value::EMPTY {
            return Ok(Value::EMPTY);
        }
        if protocol::truth(cx, selector)? {
            return Ok(v);
        }
    }
}

fn predicate_new(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[2])?;
    instance(cx, args[0], &[it, args[1], Value::FALSE])
}

fn holds(cx: &mut Ctx, predicate: Value, v: Value) -> Res<bool> {
    let verdict = protocol::call(cx, predicate, &[v])?;
    protocol::truth(cx, verdict)
}

/// Slots: 0 iterator, 1 predicate, 2 TRUE once the dropping has stopped.
pub static DROPWHILE: TypeDef = TypeDef {
    doc: "Drop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable is exhausted.",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, predicate, iterable, /)", predicate_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(dropwhile_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "dropwhile")
};

fn dropwhile_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let (source, predicate) = (o.slot(cx, 0), o.slot(cx, 1));
    loop {
        let v = step_through(cx, source)?;
        if v == Value::EMPTY || o.slot(cx, 2) == Value::TRUE {
            return Ok(v);
        }
        if !holds(cx, predicate, v)? {
            o.set_slot(cx, 2, Value::TRUE);
            return Ok(v);
        }
    }
}

/// Slots: 0 iterator, 1 predicate, 2 TRUE once the end is reached.
pub static TAKEWHILE: TypeDef = TypeDef {
    doc: "Return successive entries from an iterable as long as the predicate evaluates to true for each entry.",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, predicate, iterable, /)", predicate_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(takewhile_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "takewhile")
};

fn takewhile_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    if o.slot(cx, 2) == Value::TRUE {
        return Ok(Value::EMPTY);
    }
    let (source, predicate) = (o.slot(cx, 0), o.slot(cx, 1));
    let v = step_through(cx, source)?;
    if v == Value::EMPTY || holds(cx, predicate, v)? {
        return Ok(v);
    }
    o.set_slot(cx, 2, Value::TRUE);
    Ok(Value::EMPTY)
}

/// Slots: 0 iterator, 1 predicate or None, 2 unused.
pub static FILTERFALSE: TypeDef = TypeDef {
    doc: "Return those items of iterable for which function(item) is false.\n\nIf function is None, return the items that are false.",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, function, iterable, /)", predicate_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(filterfalse_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "filterfalse")
};

fn filterfalse_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let (source, predicate) = (o.slot(cx, 0), o.slot(cx, 1));
    let by_truth = predicate == Value::NONE || predicate == cx.types.bool.value();
    loop {
        let v = step_through(cx, source)?;
        if v == Value::EMPTY {
            return Ok(v);
        }
        let verdict = if by_truth { protocol::truth(cx, v)? } else { holds(cx, predicate, v)? };
        if !verdict {
            return Ok(v);
        }
    }
}

/// Slots: 0 iterator (EMPTY when done), 1 next index to give, 2 stop (EMPTY: none), 3 step, 4 how many were taken.
pub static ISLICE: TypeDef = TypeDef {
    doc: "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an iterator whose next() method returns selected values from an\niterable.  If start is specified, will skip all preceding elements;\notherwise, start defaults to zero.  Step defaults to one.  If\nspecified as another value, step determines how many values are\nskipped between successive calls.  Works like a slice() on a list\nbut returns an iterator.",
    flags: TypeFlags::BASETYPE,
    nnative: 5,
    new: Some(NativeDef::new("__new__", "($type, *args)", islice_new, "").hide_sig().leaf(islice_leaf)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(islice_next), ..Slots::NONE },
    step: Some(islice_step),
    ..TypeDef::new("itertools", "islice")
};

/// A bound as its index; `None` for None and for what is none, -1 included.
fn islice_bound(cx: &mut Ctx, v: Value) -> Option<i64> {
    if v.is_none() {
        return None;
    }
    match protocol::ssize(cx, v) {
        Ok(-1) => None,
        Ok(i) => Some(i),
        Err(r) => {
            cx.clear(r);
            None
        }
    }
}

fn islice_new(cx: &mut Ctx, args: Args) -> PyResult {
    let given = varargs(args[1]).map_or(0, Tuple::len);
    let (Some(values), 2..=4) = (varargs(args[1]), given) else {
        return Err(native::bind::positional_count(cx, "islice", given, 2, 4, false));
    };
    let (first, stop, by) = match given {
        2 => (Value::NONE, values.get(1), Value::NONE),
        n => (values.get(1), values.get(2), if n == 4 { values.get(3) } else { Value::NONE }),
    };
    let start = if first.is_none() { Some(0) } else { islice_bound(cx, first) };
    let end = islice_bound(cx, stop);
    if end.is_none() && !stop.is_none() {
        return Err(cx.value_error("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
    }
    let (Some(start @ 0..), 0..) = (start, end.unwrap_or(0)) else {
        return Err(cx.value_error("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
    };
    let step = if by.is_none() { Some(1) } else { islice_bound(cx, by) };
    let Some(step @ 1..) = step else {
        return Err(cx.value_error("Step for islice() must be a positive integer or None."));
    };
    let it = protocol::iter(cx, values.get(0))?;
    let start = int::from_i64(cx, start);
    let stop = end.map_or(Value::EMPTY, |s| int::from_i64(cx, s));
    let by = int::from_i64(cx, step);
    instance(cx, args[0], &[it, start, stop, by, Value::small(0)])
}

/// Of a quick iterable, with small bounds.
fn islice_leaf(cx: &Ctx, words: &[Value]) -> Value {
    let (start, stop) = match *words {
        [_, _, stop] => (0, stop),
        [_, _, start, stop] => (start.as_int().unwrap_or(-1), stop),
        _ => return Value::EMPTY,
    };
    let small = |i: i64| (0..=i64::from(i32::MAX)).contains(&i);
    let (true, Some(stop)) = (small(start), stop.as_int().filter(|&i| small(i))) else { return Value::EMPTY };
    let [start, stop] = [start, stop].map(|i| Value::small(i as i32));
    made(cx, &ISLICE, iter_quick(cx, words[1]), |it| [it, start, stop, Value::small(1), Value::small(0)])
}

/// The next item of the source is the next one to give.
fn islice_step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let source = o.at(0).non_empty()?;
    let (next, by, taken) = (o.at(1).as_int()?, o.at(3).as_int()?, o.slot(cx, 4).as_int()?);
    let stop = match o.at(2) {
        Value::EMPTY => i64::MAX,
        v => v.as_int()?,
    };
    if next != taken || next >= stop {
        return None;
    }
    let v = protocol::iter::next_quick(cx, source)?;
    if v.is_empty() {
        o.set_slot(cx, 0, v);
        return Some(v);
    }
    let taken = taken + 1;
    o.set_slot(cx, 1, int::from_i64(cx, (next + by).min(stop.max(taken))));
    o.set_slot(cx, 4, int::from_i64(cx, taken));
    Some(v)
}

/// The next value of the iterator that slot 0 holds, which is given up with the first error or end.
fn step_or_drop(cx: &mut Ctx, o: Obj, source: Value) -> PyResult {
    let stepped = protocol::iter::next_through_tried(cx, source);
    if matches!(stepped, Ok(Value::EMPTY) | Err(_)) {
        o.set_slot(cx, 0, Value::EMPTY);
    }
    stepped
}

fn islice_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let source = o.slot(cx, 0);
    if source == Value::EMPTY {
        return Ok(source);
    }
    let at = |i: usize| o.slot(cx, i).non_empty().and_then(int::to_i64);
    let (next, stop, by, mut taken) = (at(1).unwrap_or(0), at(2), at(3).unwrap_or(1), at(4).unwrap_or(0));
    if stop.is_some_and(|s| next >= s) {
        // Items before the stop are consumed all the same.
        while stop.is_some_and(|s| taken < s) {
            taken += 1;
            if step_or_drop(cx, o, source)? == Value::EMPTY {
                break;
            }
        }
        o.set_slot(cx, 0, Value::EMPTY);
        return Ok(Value::EMPTY);
    }
    loop {
        let v = step_or_drop(cx, o, source)?;
        if v == Value::EMPTY {
            return Ok(v);
        }
        taken += 1;
        if taken > next {
            let following = next.saturating_add(by);
            let following = stop.map_or(following, |s| following.min(s.max(taken)));
            let (a, b) = (int::from_i64(cx, following), int::from_i64(cx, taken));
            o.set_slot(cx, 1, a);
            o.set_slot(cx, 4, b);
            return Ok(v);
        }
    }
}

/// Slots: 0 iterator (EMPTY when done), 1 the previous value (EMPTY before the first).
pub static PAIRWISE: TypeDef = TypeDef {
    doc: "Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ...",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, iterable, /)", pairwise_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(pairwise_next), ..Slots::NONE },
    step: Some(pairwise_step),
    ..TypeDef::new("itertools", "pairwise")
};

fn pairwise_new(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[1])?;
    instance(cx, args[0], &[it, Value::EMPTY])
}

/// There is a previous value.
fn pairwise_step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let (source, old) = (o.at(0).non_empty()?, o.at(1).non_empty()?);
    let new = protocol::iter::next_quick(cx, source)?;
    o.set_slot(cx, 1, new);
    if new.is_empty() {
        o.set_slot(cx, 0, new);
        return Some(new);
    }
    Some(Tuple::new(cx, &[old, new]))
}

fn pairwise_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let source = o.slot(cx, 0);
    if source == Value::EMPTY {
        return Ok(source);
    }
    let mut old = o.slot(cx, 1);
    if old == Value::EMPTY {
        old = step_or_drop(cx, o, source)?;
        o.set_slot(cx, 1, old);
    }
    let new = if old == Value::EMPTY { old } else { step_or_drop(cx, o, source)? };
    if new == Value::EMPTY {
        return Ok(new);
    }
    o.set_slot(cx, 1, new);
    Ok(Tuple::new(cx, &[old, new]))
}

/// Slots: 0 function, 1 iterator of argument sequences.
pub static STARMAP: TypeDef = TypeDef {
    doc: "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, function, iterable, /)", starmap_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(starmap_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "starmap")
};

fn starmap_new(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[2])?;
    instance(cx, args[0], &[args[1], it])
}

fn starmap_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let (f, source) = (o.slot(cx, 0), o.slot(cx, 1));
    match step_through(cx, source)? {
        Value::EMPTY => Ok(Value::EMPTY),
        v => {
            let list = if Tuple::of(v).is_some() { v } else { super::collect(cx, v)?.to_tuple(cx) };
            protocol::call_ex(cx, f, list, Value::EMPTY)
        }
    }
}

/// Slots: 0 list of iterators (None where one has ended), 1 fill value.
pub static ZIP_LONGEST: TypeDef = TypeDef {
    doc: "Return a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.  The .__next__()\nmethod continues until the longest iterable in the argument sequence\nis exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the fillvalue is substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword argument.",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, /, *iterables, fillvalue=None)", zip_longest_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(zip_longest_next), ..Slots::NONE },
    ..TypeDef::new("itertools", "zip_longest")
};

fn zip_longest_new(cx: &mut Ctx, args: Args) -> PyResult {
    let its = List::new(cx);
    if let Some(t) = varargs(args[1]) {
        for v in t.items() {
            let it = protocol::iter(cx, v)?;
            its.push(cx, it);
        }
    }
    instance(cx, args[0], &[its.value(), args.or(2, Value::NONE)])
}

fn zip_longest_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let Some(its) = List::of(o.slot(cx, 0)) else { return Ok(Value::EMPTY) };
    let fill = o.slot(cx, 1);
    // None marks an iterator that has ended (no iterator is None). Counted anew each time: two threads may find one end.
    let ended = |its: List| (0..its.len()).all(|i| its.get(i).is_none_or(|v| v == Value::NONE));
    if ended(its) {
        return Ok(Value::EMPTY);
    }
    let row = List::with_capacity(cx, its.len());
    for i in 0..its.len() {
        let source = its.get(i).unwrap_or(Value::NONE);
        let v = if source == Value::NONE { Value::EMPTY } else { step(cx, source)? };
        if v != Value::EMPTY {
            row.push(cx, v);
            continue;
        }
        if source != Value::NONE {
            its.set(cx, i, Value::NONE);
            if ended(its) {
                return Ok(Value::EMPTY);
            }
        }
        row.push(cx, fill);
    }
    row.wish_tuple(cx)
}
