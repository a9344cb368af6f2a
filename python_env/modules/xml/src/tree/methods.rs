//! The methods of `Element`, and `SubElement`.

use engine::prelude::*;

use super::element::{Elem, attributes, check, equal, has_iter, own_list};
use super::iter;

pub const METHODS: &[NativeDef] = &[
    NativeDef::new("append", "($self, subelement, /)", append, "").leaf(append_quick),
    NativeDef::new("clear", "($self, /)", clear, ""),
    NativeDef::new("__copy__", "($self, /)", copy, ""),
    NativeDef::new("__deepcopy__", "($self, memo, /)", deepcopy, ""),
    NativeDef::new("extend", "($self, elements, /)", extend, ""),
    NativeDef::new("find", "($self, /, path, namespaces=None)", find, ""),
    NativeDef::new("findall", "($self, /, path, namespaces=None)", findall, ""),
    NativeDef::new("findtext", "($self, /, path, default=None, namespaces=None)", findtext, ""),
    NativeDef::new("get", "($self, /, key, default=None)", get, "").leaf(get_quick),
    NativeDef::new("insert", "($self, index, subelement, /)", insert, ""),
    NativeDef::new("items", "($self, /)", |cx, args| pairs(cx, args, Dict::items_list), ""),
    NativeDef::new("iter", "($self, /, tag=None)", iterate, ""),
    NativeDef::new("iterfind", "($self, /, path, namespaces=None)", iterfind, ""),
    NativeDef::new(
        "itertext",
        "($self, /)",
        |cx, args| {
            let e = Elem::this(cx, args[0])?;
            Ok(iter::new(cx, e, Value::EMPTY, true))
        },
        "",
    ),
    NativeDef::new("keys", "($self, /)", |cx, args| pairs(cx, args, Dict::keys_list), ""),
    NativeDef::new("makeelement", "($self, tag, attrib, /)", makeelement, ""),
    NativeDef::new("remove", "($self, subelement, /)", remove, ""),
    NativeDef::new("set", "($self, key, value, /)", set, "").counted(),
    NativeDef::new("__getstate__", "($self, /)", getstate, ""),
    NativeDef::new("__setstate__", "($self, state, /)", setstate, ""),
];

/// `SubElement(parent, tag, attrib={}, **extra)`.
pub fn sub_element(cx: &mut Ctx, args: Args) -> PyResult {
    let parent = Elem::arg(cx, &args, 0)?;
    let attrib = attributes(cx, &args, 2)?;
    let new = Elem::make(cx, args[1], attrib);
    parent.push(cx, new);
    Ok(new)
}

fn append_quick(cx: &Ctx, args: &[Value]) -> Value {
    let [parent, child] = *args else { return Value::EMPTY };
    let (Some(parent), Some(child)) = (Elem::exact(cx, parent), Elem::exact(cx, child)) else { return Value::EMPTY };
    parent.push(cx, child.value());
    Value::NONE
}

fn append(cx: &mut Ctx, args: Args) -> PyResult {
    let parent = Elem::this(cx, args[0])?;
    let Some(child) = Elem::of(cx, args[1]) else {
        let name = if args[1].is_none() { "None".to_owned() } else { type_name(cx, args[1]) };
        return Err(cx.type_error(format!("append() argument 1 must be xml.etree.ElementTree.Element, not {name}")));
    };
    parent.push(cx, child.value());
    Ok(Value::NONE)
}

fn clear(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    e.set_attrib(cx, Value::EMPTY);
    e.set_children(cx, Value::EMPTY);
    e.set_text(cx, Value::NONE);
    e.set_tail(cx, Value::NONE);
    Ok(Value::NONE)
}

fn copy(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let tag = e.tag(cx);
    let attrib = e.attrib_if_any(cx).filter(|d| d.len() > 0).map_or(Value::EMPTY, Dict::value);
    let v = Elem::make(cx, tag, attrib);
    let new = Elem::this(cx, v)?;
    let (text, tail) = (e.text(cx), e.tail(cx));
    new.set_text(cx, text);
    new.set_tail(cx, tail);
    if e.len(cx) > 0 {
        let children = e.snapshot(cx);
        new.set_children(cx, children.value());
    }
    Ok(v)
}

fn deepcopy(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    if Dict::of_sub(cx, args[1]).is_none() {
        return Err(args.wrong(cx, 1, "dict"));
    }
    deep_element(cx, e, args[1])
}

fn deep_element(cx: &mut Ctx, e: Elem, memo: Value) -> PyResult {
    protocol::guard(cx, " in __deepcopy__")?;
    cx.poll()?;
    let tag = e.tag(cx);
    let tag = deep(cx, tag, memo)?;
    let attrib = match e.attrib_if_any(cx).filter(|d| d.len() > 0) {
        Some(d) => deep(cx, d.value(), memo)?,
        None => Value::EMPTY,
    };
    if !attrib.is_empty() && Dict::of_sub(cx, attrib).is_none() {
        let name = type_name(cx, attrib);
        return Err(cx.type_error(format!("attrib must be dict, not {name}")));
    }
    let v = Elem::make(cx, tag, attrib);
    let new = Elem::this(cx, v)?;
    let text = e.text(cx);
    let text = deep(cx, text, memo)?;
    new.set_text(cx, text);
    let tail = e.tail(cx);
    let tail = deep(cx, tail, memo)?;
    new.set_tail(cx, tail);
    let mut i = 0;
    while let Some(child) = e.child(cx, i) {
        let child = deep(cx, child, memo)?;
        Elem::this(cx, child)?;
        new.push(cx, child);
        i += 1;
    }
    let id = protocol::id(cx, e.value());
    protocol::setitem(cx, memo, id, v)?;
    Ok(v)
}

/// A deep copy; what is usual in trees without the module `copy`.
fn deep(cx: &mut Ctx, v: Value, memo: Value) -> PyResult {
    if v.is_none() || Str::of(v).is_some() {
        return Ok(v);
    }
    if let Some(d) = Dict::of(v) {
        let mut plain = true;
        d.for_each(|k, v| plain &= Str::of(k).is_some() && Str::of(v).is_some());
        if plain {
            return Ok(d.copy(cx).value());
        }
    }
    if let Some(e) = Elem::exact(cx, v) {
        let id = protocol::id(cx, v);
        if let Some(d) = Dict::of_sub(cx, memo)
            && let Some(known) = d.get(cx, id)?
        {
            return Ok(known);
        }
        return deep_element(cx, e, memo);
    }
    let f = protocol::import_attr(cx, "copy", "deepcopy")?;
    protocol::call(cx, f, &[v, memo])
}

fn extend(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    if !has_iter(cx, args[1]) {
        return Err(cx.type_error("'elements' must be an iterable"));
    }
    let items = protocol::list_of(cx, args[1])?;
    // What comes before a bad one is put in.
    for i in 0..items.len() {
        let Some(item) = items.get(i) else { break };
        let child = Elem::this(cx, item)?;
        e.push(cx, child.value());
    }
    Ok(Value::NONE)
}

/// Whether a path is no more than a tag.
fn is_tag(path: Value) -> bool {
    let Some(path) = Str::of(path) else { return false };
    let bytes = path.as_bytes();
    if bytes.starts_with(b"{}") || bytes.starts_with(b"{*}") {
        return false;
    }
    let mut check = true;
    bytes.iter().all(|b| {
        match b {
            b'{' => check = false,
            b'}' => check = true,
            b'/' | b'*' | b'[' | b'@' | b'.' if check => return false,
            _ => {}
        }
        true
    })
}

/// Calls what `xml.etree.ElementPath` has of that name.
fn by_path(cx: &mut Ctx, name: &str, args: &[Value]) -> PyResult {
    let f = protocol::import_attr(cx, "xml.etree.ElementPath", name)?;
    protocol::call(cx, f, args)
}

/// The first child with a tag.
fn first(cx: &mut Ctx, e: Elem, tag: Value) -> Res<Option<Elem>> {
    let mut i = 0;
    while let Some(child) = e.child(cx, i).and_then(Elem::of_slot) {
        let its = child.tag(cx);
        if equal(cx, its, tag)? {
            return Ok(Some(child));
        }
        i += 1;
        if i % 1024 == 0 {
            cx.poll()?;
        }
    }
    Ok(None)
}

fn find(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    if args.some(2).is_some() || !is_tag(args[1]) {
        return by_path(cx, "find", &[args[0], args[1], args.or_none(2)]);
    }
    Ok(first(cx, e, args[1])?.map_or(Value::NONE, Elem::value))
}

fn findtext(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let default = args.or_none(2);
    if args.some(3).is_some() || !is_tag(args[1]) {
        return by_path(cx, "findtext", &[args[0], args[1], default, args.or_none(3)]);
    }
    let Some(found) = first(cx, e, args[1])? else { return Ok(default) };
    let text = found.text(cx);
    Ok(if text.is_none() { Str::new(cx, "") } else { text })
}

fn findall(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    if args.some(2).is_some() || !is_tag(args[1]) {
        return by_path(cx, "findall", &[args[0], args[1], args.or_none(2)]);
    }
    let out = List::new(cx);
    let mut i = 0;
    while let Some(child) = e.child(cx, i).and_then(Elem::of_slot) {
        let its = child.tag(cx);
        if equal(cx, its, args[1])? {
            out.push(cx, child.value());
        }
        i += 1;
        if i % 1024 == 0 {
            cx.poll()?;
        }
    }
    Ok(out.value())
}

fn iterfind(cx: &mut Ctx, args: Args) -> PyResult {
    by_path(cx, "iterfind", &[args[0], args[1], args.or_none(2)])
}

/// For an element itself and a key that is a string.
fn get_quick(cx: &Ctx, args: &[Value]) -> Value {
    let (v, key, default) = match *args {
        [v, key] => (v, key, Value::NONE),
        [v, key, default] => (v, key, default),
        _ => return Value::EMPTY,
    };
    let Some(e) = Elem::exact(cx, v) else { return Value::EMPTY };
    if Str::of(key).is_none() {
        return Value::EMPTY;
    }
    match e.attrib_if_any(cx) {
        None => default,
        // Where it isn't found, a key of another kind may equal it.
        Some(d) => Dict::of(d.value()).and_then(|d| d.get_str(key)).unwrap_or(Value::EMPTY),
    }
}

fn get(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let found = match e.attrib_if_any(cx) {
        Some(d) => d.get(cx, args[1])?,
        None => None,
    };
    Ok(found.unwrap_or(args.or_none(2)))
}

fn set(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let attrib = e.attrib(cx);
    if let Some(d) = Dict::of_sub(cx, attrib) {
        d.set(cx, args[1], args[2])?;
    }
    Ok(Value::NONE)
}

fn pairs(cx: &mut Ctx, args: Args, f: fn(Dict, &Heap) -> List) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    Ok(match e.attrib_if_any(cx) {
        Some(d) => f(d, cx).value(),
        None => List::new(cx).value(),
    })
}

fn insert(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let i = args.index(cx, 1)?;
    let child = Elem::arg(cx, &args, 2)?;
    e.children_or_new(cx).insert_at(cx, i, child.value());
    Ok(Value::NONE)
}

fn iterate(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let tag = args.or_none(1);
    let all = tag.is_none() || Str::of_sub(cx, tag).is_some_and(|s| s.as_bytes() == b"*");
    Ok(iter::new(cx, e, if all { Value::EMPTY } else { tag }, false))
}

fn makeelement(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(d) = Dict::of_sub(cx, args[2]) else { return Err(args.wrong(cx, 2, "dict")) };
    let attrib = d.copy(cx).value();
    Ok(Elem::make(cx, args[1], attrib))
}

fn remove(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let child = match Elem::of(cx, args[1]) {
        Some(child) => child.value(),
        None => return Err(args.wrong(cx, 1, "xml.etree.ElementTree.Element")),
    };
    // Whether Python code has compared: what that changes is seen as CPython sees it, what other threads change is not.
    let mut asked = false;
    let mut i = 0;
    loop {
        let Some(v) = e.child(cx, i) else {
            // What another thread takes away moves the others down, past this search.
            if !asked && has(cx, e, child) {
                cx.poll()?;
                i = 0;
                continue;
            }
            return Err(missing(cx));
        };
        let mut same = v == child;
        if !same && (Elem::exact(cx, v).is_none() || Elem::exact(cx, child).is_none()) {
            asked = true;
            same = protocol::eq(cx, v, child)?;
        }
        if same {
            if e.children(cx).is_some_and(|l| l.remove_seen(cx, i, v)) {
                return Ok(Value::NONE);
            }
            // The comparison or another thread has moved it, or taken it away.
            if !has(cx, e, v) {
                return if asked { Ok(Value::NONE) } else { Err(missing(cx)) };
            }
            cx.poll()?;
            i = 0;
            continue;
        }
        i += 1;
        if i % 1024 == 0 {
            cx.poll()?;
        }
    }
}

fn missing(cx: &mut Ctx) -> Raised {
    cx.value_error("Element.remove(x): element not found")
}

/// Whether an element is a child itself, at one moment.
fn has(heap: &Heap, e: Elem, child: Value) -> bool {
    e.snapshot(heap).items().any(|v| v == child)
}

const STATE: [&[u8]; 5] = [b"tag", b"_children", b"attrib", b"text", b"tail"];

fn getstate(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let out = Dict::new(cx);
    let (tag, children, text, tail) = (e.tag(cx), e.snapshot(cx).value(), e.text(cx), e.tail(cx));
    let attrib = e.attrib_if_any(cx).map_or_else(|| Dict::new(cx).value(), Dict::value);
    for (name, v) in STATE.into_iter().zip([tag, children, attrib, text, tail]) {
        let name = cx.intern(name);
        out.set(cx, name, v)?;
    }
    Ok(out.value())
}

fn setstate(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let Some(state) = Dict::of(args[1]) else {
        let shown = protocol::repr_lossy(cx, args[1]);
        return Err(cx.type_error(format!("Don't know how to unpickle \"{shown}\" as an Element")));
    };
    let known = STATE.map(|name| cx.intern(name));
    let keys = state.keys_list(cx);
    for i in 0..keys.len() {
        let key = keys.get(i).unwrap_or(Value::NONE);
        let mut expected = false;
        for &name in &known {
            expected |= equal(cx, name, key)?;
        }
        if !expected {
            let key = protocol::str_lossy(cx, key);
            return Err(cx.type_error(format!("this function got an unexpected keyword argument '{key}'")));
        }
    }
    let found = known.map(|name| state.get_str(name));
    let Some(tag) = found[0] else { return Err(cx.type_error("tag may not be NULL")) };
    let children = match found[1] {
        None => Value::EMPTY,
        Some(v) if List::of_sub(cx, v).is_none() => return Err(cx.type_error("'_children' is not a list")),
        Some(v) => {
            let list = own_list(cx, v)?;
            check(cx, list)?;
            list.value()
        }
    };
    let attrib = match found[2].filter(|v| !v.is_none()) {
        None => Value::EMPTY,
        Some(v) if Dict::of_sub(cx, v).is_some() => v,
        Some(v) => {
            let name = type_name(cx, v);
            return Err(cx.type_error(format!("attrib must be dict, not {name}")));
        }
    };
    e.set_tag(cx, tag);
    e.set_text(cx, found[3].unwrap_or(Value::NONE));
    e.set_tail(cx, found[4].unwrap_or(Value::NONE));
    e.set_children(cx, children);
    e.set_attrib(cx, attrib);
    Ok(Value::NONE)
}
