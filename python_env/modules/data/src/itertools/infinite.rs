//! `count`, `cycle`, `repeat`.

use engine::objects::{List, Obj};
use engine::prelude::*;
use engine::protocol;

use super::{instance, obj, step};

/// Slots: 0 next value, 1 step.
pub static COUNT: TypeDef = TypeDef {
    doc: "Return a count object whose .__next__() method returns consecutive values.",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, /, start=0, step=1)", count_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(count_next), repr: Some(count_repr), ..Slots::NONE },
    step: Some(count_step),
    ..TypeDef::new("itertools", "count")
};

fn check_number(cx: &mut Ctx, v: Value) -> Res<()> {
    let slots = types::type_of(cx, v).slots();
    if slots.index().is_some()
        || slots.float().is_some()
        || slots.int().is_some()
        || types::type_of(cx, v).is_subtype(cx.types.complex)
    {
        return Ok(());
    }
    Err(cx.type_error("a number is required"))
}

fn count_new(cx: &mut Ctx, args: Args) -> PyResult {
    let (start, by) = (args.or(1, Value::small(0)), args.or(2, Value::small(1)));
    check_number(cx, start)?;
    check_number(cx, by)?;
    // Steps of one from a machine word are counted in plain ints, whatever kinds of int were given.
    let plain =
        |cx: &mut Ctx, v| if int::is_sub(cx, v) { int::to_i64(engine::objects::base_value(cx, v)) } else { None };
    if plain(cx, by) == Some(1)
        && let Some(first) = plain(cx, start).filter(|&n| n < i64::MAX)
    {
        let first = int::from_i64(cx, first);
        return instance(cx, args[0], &[first, Value::small(1)]);
    }
    instance(cx, args[0], &[start, by])
}

/// Small ints.
fn count_step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let (now, by) = (o.at(0), o.at(1));
    let next = int::from_i64(cx, now.as_int()? + by.as_int()?);
    o.cas_slot(cx, 0, now, next).is_ok().then_some(now)
}

fn count_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    loop {
        let (now, by) = (o.slot(cx, 0), o.slot(cx, 1));
        let next = protocol::add(cx, now, by)?;
        if o.cas_slot(cx, 0, now, next).is_ok() {
            return Ok(now);
        }
    }
}

fn count_repr(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let (now, by) = (o.slot(cx, 0), o.slot(cx, 1));
    let name = types::type_short_name(cx, it);
    let start = protocol::repr_text(cx, now)?;
    if int::is_sub(cx, by) && int::to_i64(engine::objects::base_value(cx, by)) == Some(1) {
        return Ok(Str::from_text(cx, &format!("{name}({start})")));
    }
    let by = protocol::repr_text(cx, by)?;
    Ok(Str::from_text(cx, &format!("{name}({start}, {by})")))
}

/// Slots: 0 the iterator (EMPTY once it has ended), 1 the list of what it gave, 2 the index into that.
pub static CYCLE: TypeDef = TypeDef {
    doc: "Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, iterable, /)", cycle_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(cycle_next), ..Slots::NONE },
    step: Some(cycle_step),
    ..TypeDef::new("itertools", "cycle")
};

fn cycle_new(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[1])?;
    let saved = List::new(cx).value();
    instance(cx, args[0], &[it, saved, Value::small(0)])
}

/// The iterable has ended.
fn cycle_step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let (saved, at) = (List::of(o.at(1))?, o.at(2));
    let i = at.as_int()? as usize;
    let v = saved.get(i)?;
    if !o.at(0).is_empty() {
        return None;
    }
    let next = if i + 1 == saved.len() { 0 } else { i + 1 };
    o.cas_slot(cx, 2, at, int::from_usize(cx, next)).is_ok().then_some(v)
}

fn cycle_next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let Some(saved) = List::of(o.slot(cx, 1)) else { return Ok(Value::EMPTY) };
    let source = o.slot(cx, 0);
    if source != Value::EMPTY {
        let v = step(cx, source)?;
        if v != Value::EMPTY {
            saved.push(cx, v);
            return Ok(v);
        }
        o.set_slot(cx, 0, Value::EMPTY);
    }
    loop {
        let len = saved.len();
        if len == 0 {
            return Ok(Value::EMPTY);
        }
        let at = o.slot(cx, 2);
        let i = at.as_int().unwrap_or(0) as usize;
        let next = int::from_usize(cx, (i + 1) % len);
        if o.cas_slot(cx, 2, at, next).is_ok()
            && let Some(v) = saved.get(i)
        {
            return Ok(v);
        }
    }
}

/// Slots: 0 the object, 1 how many are left (EMPTY: no end).
pub static REPEAT: TypeDef = TypeDef {
    doc: "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not specified, returns the object\nendlessly.",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, /, object, times=<unrepresentable>)", repeat_new, "").hide_sig()),
    slots: Slots { iter: Some(slots::self_iter), next: Some(repeat_next), repr: Some(repeat_repr), ..Slots::NONE },
    step: Some(repeat_step),
    methods: &[NativeDef::new(
        "__length_hint__",
        "($self, /)",
        repeat_hint,
        "Private method returning an estimate of len(list(it)).",
    )],
    ..TypeDef::new("itertools", "repeat")
};

fn repeat_new(cx: &mut Ctx, args: Args) -> PyResult {
    let times = match args.get(2) {
        None => Value::EMPTY,
        Some(v) => {
            let n = protocol::ssize(cx, v)?.max(0);
            int::from_i64(cx, n)
        }
    };
    instance(cx, args[0], &[args[1], times])
}

fn repeat_step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    loop {
        let left = o.at(1);
        let Some(n) = left.as_int() else { return Some(o.at(0)) };
        if n <= 0 {
            return Some(Value::EMPTY);
        }
        let fewer = int::from_i64(cx, n - 1);
        if o.cas_slot(cx, 1, left, fewer).is_ok() {
            return Some(o.at(0));
        }
    }
}

fn repeat_next(cx: &mut Ctx, it: Value) -> PyResult {
    Ok(repeat_step(cx, it).unwrap_or(Value::EMPTY))
}

fn repeat_repr(cx: &mut Ctx, it: Value) -> PyResult {
    let o = obj(cx, it)?;
    let name = types::type_short_name(cx, it);
    let v = o.slot(cx, 0);
    let shown = protocol::repr(cx, v)?;
    let shown = protocol::text(cx, shown);
    Ok(match o.slot(cx, 1).as_int() {
        Some(n) => Str::from_text(cx, &format!("{name}({shown}, {n})")),
        None => Str::from_text(cx, &format!("{name}({shown})")),
    })
}

fn repeat_hint(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    match o.slot(cx, 1) {
        Value::EMPTY => Err(cx.type_error("len() of unsized object")),
        n => Ok(n),
    }
}
