//! `attrgetter`, `itemgetter`, `methodcaller`.

use engine::interp;
use engine::objects::{Dict, List, Lookup, Obj, Seq, Str, StrBuilder, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::instances::{self, slot};

/// How an instance is called.
const SIGNATURE: &[GetSet] = &[GetSet::ro("__text_signature__", |cx, _| Ok(instances::text(cx, "(obj, /)")), "")];

/// Slots: 0 the names as given (interned), 1 for each name itself or a tuple of its dotted parts.
pub static ATTRGETTER: TypeDef = TypeDef {
    doc: "Return a callable object that fetches the given attribute(s) from its operand.\n\nAfter f = attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).",
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, *attrs)", attrgetter_new, "").hide_sig()),
    slots: Slots { call: Some(attrgetter_call), repr: Some(plain_repr), ..Slots::NONE },
    quick_call: Some(attrgetter_quick),
    methods: &[NativeDef::new("__reduce__", "($self, /)", plain_reduce, "Return state information for pickling")],
    getsets: SIGNATURE,
    text_signature: "(attr, /, *attrs)",
    ..TypeDef::new("operator", "attrgetter")
};

/// Slots: 0 the items.
pub static ITEMGETTER: TypeDef = TypeDef {
    doc: "Return a callable object that fetches the given item(s) from its operand.\n\nAfter f = itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, *items)", itemgetter_new, "").hide_sig()),
    slots: Slots { call: Some(itemgetter_call), repr: Some(plain_repr), ..Slots::NONE },
    quick_call: Some(itemgetter_quick),
    methods: &[NativeDef::new("__reduce__", "($self, /)", plain_reduce, "Return state information for pickling")],
    getsets: SIGNATURE,
    text_signature: "(item, /, *items)",
    ..TypeDef::new("operator", "itemgetter")
};

/// Slots: 0 the name, 1 the tuple of arguments, 2 the dict of keywords or EMPTY.
pub static METHODCALLER: TypeDef = TypeDef {
    doc: "Return a callable object that calls the given method on its operand.\n\nAfter f = methodcaller('name'), the call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).",
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", methodcaller_new, "").hide_sig()),
    slots: Slots { call: Some(methodcaller_call), repr: Some(methodcaller_repr), ..Slots::NONE },
    methods: &[NativeDef::new(
        "__reduce__",
        "($self, /)",
        methodcaller_reduce,
        "Return state information for pickling",
    )],
    getsets: SIGNATURE,
    text_signature: "(name, /, *args, **kwargs)",
    ..TypeDef::new("operator", "methodcaller")
};

/// The only argument of a getter's call.
fn operand(cx: &mut Ctx, args: CallArgs, what: &str) -> PyResult {
    if args.nkw() > 0 {
        return Err(cx.type_error(format!("{what}() takes no keyword arguments")));
    }
    match args.values {
        [v] => Ok(*v),
        all => {
            let n = all.len();
            Err(cx.type_error(format!("{what} expected 1 argument, got {n}")))
        }
    }
}

/// What a getter is made of: at least one argument.
fn all_given(cx: &mut Ctx, args: Args, what: &str) -> Res<Tuple> {
    let given = instances::varargs(cx, args[1]);
    if given.len() == 0 {
        return Err(cx.type_error(format!("{what} expected 1 argument, got 0")));
    }
    Ok(given)
}

fn attrgetter_new(cx: &mut Ctx, args: Args) -> PyResult {
    let names = all_given(cx, args, "attrgetter")?;
    cx.make_room_for(names.len(), 24)?;
    let names = names.to_list(cx);
    let paths = List::new(cx);
    for (i, v) in names.items().enumerate() {
        cx.poll()?;
        let Some(s) = Str::of_sub(cx, v) else { return Err(cx.type_error("attribute name must be a string")) };
        names.set(cx, i, s.intern(cx));
        let path = if s.as_bytes().contains(&b'.') {
            let parts = List::new(cx);
            for part in s.as_bytes().split(|&b| b == b'.') {
                let part = Str::wish(cx, part)?;
                if let Some(part) = Str::of(part) {
                    parts.push(cx, part.intern(cx));
                }
            }
            parts.to_tuple(cx)
        } else {
            s.intern(cx)
        };
        paths.push(cx, path);
    }
    let (names, paths) = (names.wish_tuple(cx)?, paths.wish_tuple(cx)?);
    instances::instance(cx, args[0], &[names, paths])
}

fn follow(cx: &mut Ctx, v: Value, path: Value) -> PyResult {
    let Some(parts) = Tuple::of(path) else {
        let found = protocol::getattr(cx, v, path)?;
        interp::learn_attr(cx, v, path);
        return Ok(found);
    };
    let mut v = v;
    for part in parts.items() {
        v = protocol::getattr(cx, v, part)?;
    }
    Ok(v)
}

/// What the only item of the tuple in slot `i` of a getter is; None if it has several.
fn only(g: Value, i: usize) -> Option<Value> {
    let items = Tuple::of(Obj::of(g)?.at(i))?;
    (items.len() == 1).then(|| items.get(0))
}

/// One name without dots, of an object whose attributes are known.
fn attrgetter_quick(cx: &Ctx, words: &[Value]) -> Value {
    let &[g, v] = words else { return Value::EMPTY };
    only(g, 1).map_or(Value::EMPTY, |name| interp::known_attr(cx, v, name))
}

/// One item of an exact list, tuple or dict.
fn itemgetter_quick(_: &Ctx, words: &[Value]) -> Value {
    let &[g, v] = words else { return Value::EMPTY };
    let Some(key) = only(g, 0) else { return Value::EMPTY };
    if let Some(dict) = Dict::of(v) {
        return match dict.get_fast(key) {
            Lookup::Found(item) => item,
            _ => Value::EMPTY,
        };
    }
    let item = || {
        let items = Seq::of(v)?;
        let i = key.as_int()?;
        items.get(usize::try_from(if i < 0 { i + items.len() as i64 } else { i }).ok()?)
    };
    item().unwrap_or(Value::EMPTY)
}

fn attrgetter_call(cx: &mut Ctx, g: Value, args: CallArgs) -> PyResult {
    let v = operand(cx, args, "attrgetter")?;
    let paths = slot(cx, g, 1);
    let paths = instances::varargs(cx, paths);
    if paths.len() == 1 {
        return follow(cx, v, paths.get(0));
    }
    let out = List::new(cx);
    for path in paths.items() {
        let item = follow(cx, v, path)?;
        out.push(cx, item);
    }
    out.wish_tuple(cx)
}

fn itemgetter_new(cx: &mut Ctx, args: Args) -> PyResult {
    let items = all_given(cx, args, "itemgetter")?.value();
    instances::instance(cx, args[0], &[items])
}

fn itemgetter_call(cx: &mut Ctx, g: Value, args: CallArgs) -> PyResult {
    let v = operand(cx, args, "itemgetter")?;
    let items = slot(cx, g, 0);
    let items = instances::varargs(cx, items);
    if items.len() == 1 {
        return protocol::getitem(cx, v, items.get(0));
    }
    let out = List::new(cx);
    for item in items.items() {
        let item = protocol::getitem(cx, v, item)?;
        out.push(cx, item);
    }
    out.wish_tuple(cx)
}

/// `operator.itemgetter(1, 2)`: what slot 0 holds, in parentheses.
fn plain_repr(cx: &mut Ctx, g: Value) -> PyResult {
    if !protocol::repr_enter(cx, g) {
        let name = instances::class_text(cx, g);
        return Ok(instances::text(cx, &format!("{name}(...)")));
    }
    let items = slot(cx, g, 0);
    let r = call_text(cx, g, items, Value::EMPTY, Value::EMPTY);
    protocol::repr_leave(cx, g);
    r
}

fn push_repr(cx: &mut Ctx, out: &mut StrBuilder, v: Value) -> Res<()> {
    let r = protocol::repr(cx, v)?;
    if let Some(s) = Str::of_sub(cx, r) {
        out.push(s);
    }
    Ok(())
}

fn call_text(cx: &mut Ctx, g: Value, items: Value, first: Value, keywords: Value) -> PyResult {
    let mut out = StrBuilder::new();
    out.push_str(&instances::class_text(cx, g));
    out.push_str("(");
    let mut separator = "";
    if !first.is_empty() {
        push_repr(cx, &mut out, first)?;
        separator = ", ";
    }
    for v in instances::varargs(cx, items).items() {
        out.push_str(separator);
        push_repr(cx, &mut out, v)?;
        separator = ", ";
    }
    if let Some(d) = Dict::of(keywords) {
        let mut pos = 0;
        while let Some((next, k, v)) = d.next_entry(pos) {
            pos = next;
            out.push_str(", ");
            if let Some(k) = Str::of_sub(cx, k) {
                out.push(k);
            }
            out.push_str("=");
            push_repr(cx, &mut out, v)?;
        }
    }
    out.push_str(")");
    out.wish(cx)
}

fn plain_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let class = instances::class_of(cx, args[0]);
    let items = slot(cx, args[0], 0);
    Ok(Tuple::new(cx, &[class, items]))
}

fn methodcaller_new(cx: &mut Ctx, args: Args) -> PyResult {
    let given = instances::varargs(cx, args[1]);
    if given.len() == 0 {
        return Err(cx.type_error("methodcaller needs at least one argument, the method name"));
    }
    let Some(name) = Str::of_sub(cx, given.get(0)) else { return Err(cx.type_error("method name must be a string")) };
    let rest = given.slice(cx, 1, given.len());
    let keywords = instances::kwargs(args[2]).map_or(Value::EMPTY, Dict::value);
    let name = name.intern(cx);
    instances::instance(cx, args[0], &[name, rest, keywords])
}

fn methodcaller_call(cx: &mut Ctx, g: Value, args: CallArgs) -> PyResult {
    let v = operand(cx, args, "methodcaller")?;
    let (name, rest, keywords) = (slot(cx, g, 0), slot(cx, g, 1), slot(cx, g, 2));
    if !keywords.is_empty() {
        let f = protocol::getattr(cx, v, name)?;
        return protocol::call_ex(cx, f, rest, keywords);
    }
    let rest = instances::varargs(cx, rest);
    protocol::call_method(cx, v, name, rest.as_slice())
}

fn methodcaller_repr(cx: &mut Ctx, g: Value) -> PyResult {
    if !protocol::repr_enter(cx, g) {
        let name = instances::class_text(cx, g);
        return Ok(instances::text(cx, &format!("{name}(...)")));
    }
    let (name, rest, keywords) = (slot(cx, g, 0), slot(cx, g, 1), slot(cx, g, 2));
    let r = call_text(cx, g, rest, name, keywords);
    protocol::repr_leave(cx, g);
    r
}

fn methodcaller_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let g = args[0];
    let (name, rest, keywords) = (slot(cx, g, 0), slot(cx, g, 1), slot(cx, g, 2));
    let class = instances::class_of(cx, g);
    if keywords.is_empty() {
        let all = List::from_slice(cx, &[name]);
        for v in instances::varargs(cx, rest).items() {
            all.push(cx, v);
        }
        let all = all.to_tuple(cx);
        return Ok(Tuple::new(cx, &[class, all]));
    }
    let partial = protocol::import_attr(cx, "functools", "partial")?;
    let inner = Tuple::new(cx, &[class, name]);
    let made = protocol::call_ex(cx, partial, inner, keywords)?;
    Ok(Tuple::new(cx, &[made, rest]))
}
