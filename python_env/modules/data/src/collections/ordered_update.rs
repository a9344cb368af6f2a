//! What fills an `OrderedDict`: as for any mutable mapping, through the `__setitem__` of its class.

use engine::objects::{Dict, Tuple};
use engine::prelude::*;
use engine::protocol;

use super::ordered_dict::{ORDERED_DICT, this};

pub fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args[1]).map_or(0, Tuple::len);
    if given > 1 {
        return Err(cx.type_error(format!("expected at most 1 argument, got {given}")));
    }
    from_arguments(cx, args)
}

pub fn update(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args[1]).map_or(0, Tuple::len);
    if given > 1 {
        return Err(cx.type_error(format!("update() takes at most 1 positional argument ({given} given)")));
    }
    from_arguments(cx, args)
}

pub fn ior(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    update_from(cx, a, b)?;
    Ok(a)
}

pub fn setdefault(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    let default = args.or(2, Value::NONE);
    if is_plain(cx, args[0]) {
        return d.set_default(cx, args[1], default);
    }
    if protocol::contains(cx, args[0], args[1])? {
        return protocol::getitem(cx, args[0], args[1]);
    }
    protocol::setitem(cx, args[0], args[1], default)?;
    Ok(default)
}

fn from_arguments(cx: &mut Ctx, args: Args) -> PyResult {
    this(cx, args[0])?;
    if let Some(source) = Tuple::of(args[1]).and_then(|given| given.items().next()) {
        update_from(cx, args[0], source)?;
    }
    if let Some(named) = Dict::of(args.or(2, Value::EMPTY)) {
        add_items(cx, args[0], named)?;
    }
    Ok(Value::NONE)
}

/// Whether it is an OrderedDict itself.
fn is_plain(cx: &mut Ctx, v: Value) -> bool {
    types::type_of(cx, v) == cx.type_of_def(&ORDERED_DICT)
}

/// Adds what a mapping or an iterable of pairs holds.
pub fn update_from(cx: &mut Ctx, to: Value, source: Value) -> Res<()> {
    if let Some(d) = Dict::of_sub(cx, source)
        && (Dict::of(source).is_some() || is_plain(cx, source))
    {
        return add_items(cx, to, d);
    }
    let keys = cx.names.keys;
    if let Some(keys) = protocol::getattr_opt(cx, source, keys)? {
        let keys = protocol::call(cx, keys, &[])?;
        return protocol::for_each(cx, keys, |cx, key| {
            let v = protocol::getitem(cx, source, key)?;
            store(cx, to, key, v)
        });
    }
    let items = cx.names.items;
    let pairs = match protocol::getattr_opt(cx, source, items)? {
        Some(items) => protocol::call(cx, items, &[])?,
        None => source,
    };
    protocol::for_each(cx, pairs, |cx, pair| {
        let (key, v) = unpacked(cx, pair)?;
        store(cx, to, key, v)
    })
}

/// Adds the items of a dict, as they are at this moment.
fn add_items(cx: &mut Ctx, to: Value, from: Dict) -> Res<()> {
    if let Some(d) = Dict::of_sub(cx, to).filter(|_| stores_natively(cx, to)) {
        return d.update_from(cx, from);
    }
    let seen = from.wish_copy(cx)?;
    let mut at = 0;
    while let Some((next, key, v)) = seen.next_entry(at) {
        protocol::setitem(cx, to, key, v)?;
        cx.poll()?;
        at = next;
    }
    Ok(())
}

/// Whether the class has no `__setitem__` of its own.
fn stores_natively(cx: &mut Ctx, v: Value) -> bool {
    let setitem = |ty: types::Type| ty.slots().setitem().map(|f| f.addr());
    setitem(types::type_of(cx, v)) == setitem(cx.type_of_def(&ORDERED_DICT))
}

fn store(cx: &mut Ctx, to: Value, key: Value, v: Value) -> Res<()> {
    match Dict::of_sub(cx, to).filter(|_| stores_natively(cx, to)) {
        Some(d) => d.set(cx, key, v),
        None => protocol::setitem(cx, to, key, v),
    }
}

/// The two items of a pair.
fn unpacked(cx: &mut Ctx, pair: Value) -> Res<(Value, Value)> {
    if let Some(pair) = Tuple::of(pair).filter(|t| t.len() == 2) {
        return Ok((pair.get(0), pair.get(1)));
    }
    let it = protocol::iter(cx, pair)?;
    let Some(key) = protocol::next(cx, it)? else {
        return Err(cx.value_error("need more than 0 values to unpack"));
    };
    let Some(v) = protocol::next(cx, it)? else {
        return Err(cx.value_error("need more than 1 value to unpack"));
    };
    if protocol::next(cx, it)?.is_some() {
        return Err(cx.value_error("too many values to unpack (expected 2)"));
    }
    Ok((key, v))
}
