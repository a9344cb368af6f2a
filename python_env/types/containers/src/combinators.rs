//! `map`, `filter` and `zip`.

use engine::objects::{Obj, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::leaf;

/// The iterators of all of `iterables`, as a tuple.
fn iterators(cx: &mut Ctx, iterables: Tuple, zip: bool) -> PyResult {
    let list = engine::objects::List::new(cx);
    for (i, v) in iterables.items().enumerate() {
        match protocol::iter(cx, v) {
            Ok(it) => list.push(cx, it),
            Err(r) if zip && cx.matches(&r, Exc::TypeError) && types::type_of(cx, v).slots().iter().is_none() => {
                cx.clear(r);
                let name = crate::sequence::type_name(cx, v);
                let _ = i;
                return Err(cx.type_error(format!("'{name}' object is not iterable")));
            }
            Err(r) => return Err(r),
        }
    }
    list.wish_tuple(cx)
}

/// `map`: slot 0 the function, slot 1 the tuple of iterators, slot 2 `strict`.
pub static MAP: TypeDef = TypeDef {
    doc: "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, /, *args, strict=False)", map_new, "").leaf(leaf::map_new)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(map_next), ..Slots::NONE },
    methods: &[
        NativeDef::new("__reduce__", "($self, /)", map_reduce, "Return state information for pickling."),
        NativeDef::new("__setstate__", "($self, state, /)", map_setstate, "Set state information for unpickling."),
    ],
    text_signature: "(function, iterable, /, *iterables, strict=False)",
    ..TypeDef::new("builtins", "map")
};

fn map_new(cx: &mut Ctx, args: Args) -> PyResult {
    let strict = args.truth_or(cx, 2, false)?;
    let Some(given) = Tuple::of(args[1]).filter(|t| t.len() >= 2) else {
        return Err(cx.type_error("map() must have at least two arguments."));
    };
    let rest = given.slice(cx, 1, given.len());
    let its = match Tuple::of(rest) {
        Some(t) => iterators(cx, t, false)?,
        None => Tuple::empty(cx),
    };
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, 0, given.get(0));
    obj.set_slot(cx, 1, its);
    obj.set_slot(cx, 2, Value::bool(strict));
    Ok(obj.value())
}

fn map_next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(obj) = Obj::of(it) else { return Ok(Value::EMPTY) };
    let func = obj.slot(cx, 0);
    let Some(its) = Tuple::of(obj.slot(cx, 1)) else { return Ok(Value::EMPTY) };
    if its.len() == 1 {
        let inner = its.get(0);
        return match protocol::next_through(cx, inner)? {
            Value::EMPTY => Ok(Value::EMPTY),
            v => protocol::call(cx, func, &[v]),
        };
    }
    if its.len() == 2 {
        let strict = obj.slot(cx, 2) == Value::TRUE;
        if !strict {
            return match pair(cx, its)? {
                Some(both) => protocol::call(cx, func, &both),
                None => Ok(Value::EMPTY),
            };
        }
    }
    let strict = obj.slot(cx, 2) == Value::TRUE;
    let row = advance(cx, its, strict, "map")?;
    if row == Value::EMPTY {
        return Ok(Value::EMPTY);
    }
    protocol::call_ex(cx, func, row, Value::EMPTY)
}

/// One value of each of two iterators; None when one has ended.
#[inline]
fn pair(cx: &mut Ctx, its: Tuple) -> Res<Option<[Value; 2]>> {
    let a = protocol::next_through(cx, its.get(0))?;
    if a.is_empty() {
        return Ok(None);
    }
    let b = protocol::next_through(cx, its.get(1))?;
    Ok(if b.is_empty() { None } else { Some([a, b]) })
}

/// One value of each iterator as a tuple; EMPTY when one has ended (all must, when `strict`).
fn advance(cx: &mut Ctx, its: Tuple, strict: bool, what: &str) -> PyResult {
    let n = its.len();
    if n == 0 {
        return Ok(Value::EMPTY);
    }
    let row = engine::objects::List::with_capacity(cx, n);
    for i in 0..n {
        if !strict {
            match protocol::next_through(cx, its.get(i))? {
                Value::EMPTY => return Ok(Value::EMPTY),
                v => row.push(cx, v),
            }
            continue;
        }
        match protocol::next(cx, its.get(i))? {
            Some(v) => row.push(cx, v),
            None if i > 0 => {
                let plural = if i == 1 { " " } else { "s 1-" };
                return Err(cx.value_error(format!("{what}() argument {} is shorter than argument{plural}{i}", i + 1)));
            }
            None => {
                for k in 1..n {
                    if protocol::next(cx, its.get(k))?.is_some() {
                        let plural = if k == 1 { " " } else { "s 1-" };
                        return Err(
                            cx.value_error(format!("{what}() argument {} is longer than argument{plural}{k}", k + 1))
                        );
                    }
                }
                return Ok(Value::EMPTY);
            }
        }
    }
    row.wish_tuple(cx)
}

/// `filter`: slot 0 the function, slot 1 the iterator.
pub static FILTER: TypeDef = TypeDef {
    doc: "Return an iterator yielding those items of iterable for which function(item)\nis true. If function is None, return the items that are true.",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, function, iterable, /)", filter_new, "").leaf(leaf::filter_new)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(filter_next), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", filter_reduce, "Return state information for pickling.")],
    ..TypeDef::new("builtins", "filter")
};

fn filter_new(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[2])?;
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, 0, args[1]);
    obj.set_slot(cx, 1, it);
    Ok(obj.value())
}

fn filter_next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(obj) = Obj::of(it) else { return Ok(Value::EMPTY) };
    let (func, inner) = (obj.slot(cx, 0), obj.slot(cx, 1));
    let by_truth = func == Value::NONE || func == cx.types.bool.value();
    loop {
        let v = protocol::next_through(cx, inner)?;
        if v.is_empty() {
            return Ok(v);
        }
        let verdict = if by_truth { v } else { protocol::call(cx, func, &[v])? };
        if protocol::truth(cx, verdict)? {
            return Ok(v);
        }
    }
}

/// `zip`: slot 0 the tuple of iterators, slot 1 `strict`.
pub static ZIP: TypeDef = TypeDef {
    doc: "The zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments to zip().  The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  This continues until the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, /, *iterables, strict=False)", zip_new, "").leaf(leaf::zip_new)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(zip_next), ..Slots::NONE },
    methods: &[
        NativeDef::new("__reduce__", "($self, /)", zip_reduce, "Return state information for pickling."),
        NativeDef::new("__setstate__", "($self, state, /)", zip_setstate, "Set state information for unpickling."),
    ],
    ..TypeDef::new("builtins", "zip")
};

fn zip_new(cx: &mut Ctx, args: Args) -> PyResult {
    let strict = args.truth_or(cx, 2, false)?;
    let its = match Tuple::of(args[1]) {
        Some(t) => iterators(cx, t, true)?,
        None => Tuple::empty(cx),
    };
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, 0, its);
    obj.set_slot(cx, 1, Value::bool(strict));
    Ok(obj.value())
}

fn zip_next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(obj) = Obj::of(it) else { return Ok(Value::EMPTY) };
    let Some(its) = Tuple::of(obj.slot(cx, 0)) else { return Ok(Value::EMPTY) };
    let strict = obj.slot(cx, 1) == Value::TRUE;
    if its.len() == 2 && !strict {
        return Ok(match pair(cx, its)? {
            Some(both) => Tuple::new(cx, &both),
            None => Value::EMPTY,
        });
    }
    advance(cx, its, strict, "zip")
}

/// `(class, args)`, with True as state of a strict one.
fn reduced(cx: &mut Ctx, v: Value, args: Value, strict: Value) -> PyResult {
    let class = types::type_of(cx, v).value();
    Ok(if strict == Value::TRUE { Tuple::new(cx, &[class, args, strict]) } else { Tuple::new(cx, &[class, args]) })
}

fn map_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let (func, its, strict) = (obj.slot(cx, 0), obj.slot(cx, 1), obj.slot(cx, 2));
    let Some(its) = Tuple::of(its) else { return Ok(Value::NONE) };
    let given = Tuple::build(cx, its.len() + 1, |i| if i == 0 { func } else { its.get(i - 1) });
    reduced(cx, args[0], given, strict)
}

fn map_setstate(cx: &mut Ctx, args: Args) -> PyResult {
    set_strict(cx, args, 2)
}

fn zip_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let (its, strict) = (obj.slot(cx, 0), obj.slot(cx, 1));
    reduced(cx, args[0], its, strict)
}

fn zip_setstate(cx: &mut Ctx, args: Args) -> PyResult {
    set_strict(cx, args, 1)
}

fn set_strict(cx: &mut Ctx, args: Args, slot: usize) -> PyResult {
    let strict = protocol::truth(cx, args[1])?;
    if let Some(obj) = Obj::of(args[0]) {
        obj.set_slot(cx, slot, Value::bool(strict));
    }
    Ok(Value::NONE)
}

fn filter_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let (func, inner) = (obj.slot(cx, 0), obj.slot(cx, 1));
    let given = Tuple::new(cx, &[func, inner]);
    reduced(cx, args[0], given, Value::FALSE)
}
