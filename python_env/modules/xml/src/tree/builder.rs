//! `TreeBuilder`: makes elements of starts, ends and text.

use engine::prelude::*;

use super::element::Elem;

/// Native slots: the root, the list of open elements, the element before the current place (EMPTY: none), whether that has ended,
/// text that was not given to it yet (EMPTY, a value, or a list of them), the factories (EMPTY: none), what is inserted, where
/// events go (EMPTY: nowhere), and the name of each event that is asked for.
const ROOT: usize = 0;
const OPEN: usize = 1;
const LAST: usize = 2;
const ENDED: usize = 3;
const DATA: usize = 4;
const ELEMENT: usize = 5;
const COMMENT: usize = 6;
const PI: usize = 7;
const INSERT_COMMENTS: usize = 8;
const INSERT_PIS: usize = 9;
const APPEND: usize = 10;
const EVENTS: usize = 11;

/// The events, in the order of their slots.
pub const NAMES: [&str; 6] = ["start", "end", "start-ns", "end-ns", "comment", "pi"];
pub const START_NS: usize = 2;
pub const END_NS: usize = 3;
const FACTORIES: &[u8] = b"_elementtree.factories";

pub static TREEBUILDER: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE,
    nnative: EVENTS as u16 + NAMES.len() as u16,
    new: Some(NativeDef::new("__new__", "($type, /, *args, **kwargs)", new, "").hide_sig()),
    init: Some(
        NativeDef::new(
            "__init__",
            "($self, element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)",
            init,
            "",
        )
        .hide_sig(),
    ),
    methods: &[
        NativeDef::new("data", "($self, data, /)", |cx, args| data(cx, args[0], args[1]), ""),
        NativeDef::new(
            "start",
            "($self, tag, attrs, /)",
            |cx, args| {
                if Dict::of_sub(cx, args[2]).is_none() {
                    return Err(args.wrong(cx, 2, "dict"));
                }
                start(cx, args[0], args[1], args[2])
            },
            "",
        ),
        NativeDef::new("end", "($self, tag, /)", |cx, args| end(cx, args[0]), ""),
        NativeDef::new("comment", "($self, text, /)", |cx, args| comment(cx, args[0], args[1]), ""),
        NativeDef::new("pi", "($self, target, text=None, /)", |cx, args| pi(cx, args[0], args[1], args.or_none(2)), ""),
        NativeDef::new("close", "($self, /)", |cx, args| close(cx, args[0]), ""),
    ],
    ..TypeDef::new("xml.etree.ElementTree", "TreeBuilder")
};

/// `_set_factories(comment_factory, pi_factory)`: gives those before.
pub fn set_factories(cx: &mut Ctx, args: Args) -> PyResult {
    for v in [args[0], args[1]] {
        if !v.is_none() && !protocol::is_callable(cx, v) {
            let name = type_name(cx, v);
            let which = if v == args[0] { "Comment" } else { "PI" };
            return Err(cx.type_error(format!("{which} factory must be callable, not {name}")));
        }
    }
    let old = factories(cx);
    let key = cx.intern(FACTORIES);
    let new = Tuple::new(cx, &[args[0], args[1]]);
    cx.rt.state(cx).set_str(cx, key, new);
    Ok(Tuple::new(cx, &old))
}

fn factories(cx: &mut Ctx) -> [Value; 2] {
    let key = cx.intern(FACTORIES);
    let known = cx.rt.state(cx).get_str(key).and_then(Tuple::of);
    known.map_or([Value::NONE; 2], |t| [t.get(0), t.get(1)])
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    prepare(cx, o);
    Ok(o.value())
}

fn prepare(cx: &mut Ctx, o: Obj) {
    let [comment, pi] = factories(cx).map(|v| if v.is_none() { Value::EMPTY } else { v });
    let open = List::new(cx).value();
    o.set_slot(cx, OPEN, open);
    o.set_slot(cx, COMMENT, comment);
    o.set_slot(cx, PI, pi);
}

/// A new builder that behaves as usual.
pub fn plain(cx: &mut Ctx) -> Value {
    let v = cx.new_object(&TREEBUILDER, &[]);
    if let Some(o) = Obj::of(v) {
        prepare(cx, o);
    }
    v
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(o) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let element = args.some(1).unwrap_or(Value::EMPTY);
    let [comment, pi] = factories(cx).map(|v| if v.is_none() { Value::EMPTY } else { v });
    let (comment, pi) = (args.some(2).unwrap_or(comment), args.some(3).unwrap_or(pi));
    let (comments, pis) = (args.truth_or(cx, 4, false)?, args.truth_or(cx, 5, false)?);
    o.set_slot(cx, ELEMENT, element);
    o.set_slot(cx, COMMENT, comment);
    o.set_slot(cx, PI, pi);
    o.set_slot(cx, INSERT_COMMENTS, Value::bool(comments));
    o.set_slot(cx, INSERT_PIS, Value::bool(pis));
    Ok(Value::NONE)
}

fn object(cx: &mut Ctx, v: Value) -> Res<Obj> {
    Obj::of(v).ok_or_else(|| cx.type_error("a TreeBuilder is required"))
}

/// Asks for events: `append` is called with each.
pub fn set_events(cx: &mut Ctx, v: Value, append: Value, names: [Value; NAMES.len()]) -> Res<()> {
    let o = object(cx, v)?;
    o.set_slot(cx, APPEND, append);
    for (i, name) in names.into_iter().enumerate() {
        o.set_slot(cx, EVENTS + i, name);
    }
    Ok(())
}

/// The name under which the event is told, if it is asked for.
pub fn asks(cx: &mut Ctx, v: Value, event: usize) -> Option<Value> {
    Obj::of(v)?.slot(cx, EVENTS + event).non_empty()
}

/// Tells of an event, if it is asked for.
pub fn event(cx: &mut Ctx, v: Value, event: usize, about: Value) -> Res<()> {
    let o = object(cx, v)?;
    let (append, name) = (o.slot(cx, APPEND), o.slot(cx, EVENTS + event));
    if !append.is_empty() && !name.is_empty() {
        let pair = Tuple::new(cx, &[name, about]);
        protocol::call(cx, append, &[pair])?;
    }
    Ok(())
}

pub fn data(cx: &mut Ctx, v: Value, text: Value) -> PyResult {
    let o = object(cx, v)?;
    // Text before the first element belongs nowhere.
    if o.slot(cx, LAST).is_empty() {
        return Ok(Value::NONE);
    }
    let now = o.slot(cx, DATA);
    match List::of(now) {
        Some(list) => list.push(cx, text),
        None if now.is_empty() && List::of(text).is_none() => o.set_slot(cx, DATA, text),
        None => {
            let list = List::new(cx);
            if !now.is_empty() {
                list.push(cx, now);
            }
            list.push(cx, text);
            o.set_slot(cx, DATA, list.value());
        }
    }
    Ok(Value::NONE)
}

/// The text of all strings in a list.
fn joined(cx: &mut Ctx, parts: Value) -> PyResult {
    let (empty, join) = (Str::new(cx, ""), cx.names.join);
    protocol::call_method(cx, empty, join, &[parts])
}

/// Gives the text to its element.
fn flush(cx: &mut Ctx, o: Obj) -> Res<()> {
    let data = o.slot(cx, DATA);
    if data.is_empty() {
        return Ok(());
    }
    let last = o.slot(cx, LAST);
    if last.is_empty() {
        o.set_slot(cx, DATA, Value::EMPTY);
        return Ok(());
    }
    // What cannot be joined stays.
    let joint = if List::of(data).is_some() { joined(cx, data)? } else { data };
    if o.slot(cx, DATA) == data {
        o.set_slot(cx, DATA, Value::EMPTY);
    }
    let data = joint;
    let tail = o.slot(cx, ENDED) == Value::bool(true);
    if let Some(e) = Elem::exact(cx, last) {
        let before = if tail { e.tail(cx) } else { e.text(cx) };
        let all = together(cx, before, data)?;
        if tail {
            e.set_tail(cx, all)
        } else {
            e.set_text(cx, all)
        }
        return Ok(());
    }
    let name = cx.intern(if tail { b"tail" } else { b"text" });
    let before = protocol::getattr(cx, last, name)?;
    let all = together(cx, before, data)?;
    protocol::setattr(cx, last, name, all)
}

fn together(cx: &mut Ctx, before: Value, data: Value) -> PyResult {
    if before.is_none() {
        return Ok(data);
    }
    let both = List::from_slice(cx, &[before, data]).value();
    joined(cx, both)
}

/// Puts a node into the element that is open; false where none is.
fn insert(cx: &mut Ctx, o: Obj, node: Value) -> Res<bool> {
    let Some(parent) = List::of(o.slot(cx, OPEN)).and_then(|l| l.get(l.len().checked_sub(1)?)) else {
        return Ok(false);
    };
    if let Some(parent) = Elem::exact(cx, parent) {
        let child = Elem::this(cx, node)?;
        parent.push(cx, child.value());
    } else {
        let append = cx.names.append;
        protocol::call_method(cx, parent, append, &[node])?;
    }
    Ok(true)
}

/// `attrib` is the new element's own, or EMPTY.
pub fn start(cx: &mut Ctx, v: Value, tag: Value, attrib: Value) -> PyResult {
    let o = object(cx, v)?;
    flush(cx, o)?;
    let factory = o.slot(cx, ELEMENT);
    let node = if factory.is_empty() {
        Elem::make(cx, tag, attrib)
    } else {
        let attrib = if attrib.is_empty() { Dict::new(cx).value() } else { attrib };
        protocol::call(cx, factory, &[tag, attrib])?
    };
    o.set_slot(cx, ENDED, Value::EMPTY);
    if !insert(cx, o, node)? {
        if !o.slot(cx, ROOT).is_empty() {
            let class = cx.type_of_def(&super::PARSE_ERROR).value();
            let message = Str::new(cx, "multiple elements on top level");
            let exc = protocol::call(cx, class, &[message])?;
            return Err(cx.raise_exc(exc));
        }
        o.set_slot(cx, ROOT, node);
    }
    if let Some(open) = List::of(o.slot(cx, OPEN)) {
        open.push(cx, node);
    }
    o.set_slot(cx, LAST, node);
    event(cx, v, 0, node)?;
    Ok(node)
}

pub fn end(cx: &mut Ctx, v: Value) -> PyResult {
    let o = object(cx, v)?;
    flush(cx, o)?;
    let Some(node) = List::of(o.slot(cx, OPEN)).and_then(|l| l.pop(cx)) else {
        return Err(cx.index_error("pop from empty stack"));
    };
    o.set_slot(cx, LAST, node);
    o.set_slot(cx, ENDED, Value::bool(true));
    event(cx, v, 1, node)?;
    Ok(node)
}

/// A comment or an instruction, made by the factory.
fn single(cx: &mut Ctx, o: Obj, node: Value, wanted: usize) -> Res<()> {
    if o.slot(cx, wanted) == Value::bool(true) && insert(cx, o, node)? {
        o.set_slot(cx, LAST, node);
        o.set_slot(cx, ENDED, Value::bool(true));
    }
    Ok(())
}

pub fn comment(cx: &mut Ctx, v: Value, text: Value) -> PyResult {
    let o = object(cx, v)?;
    flush(cx, o)?;
    let factory = o.slot(cx, COMMENT);
    let mut node = text;
    if !factory.is_empty() {
        node = protocol::call(cx, factory, &[text])?;
        single(cx, o, node, INSERT_COMMENTS)?;
    }
    event(cx, v, 4, node)?;
    Ok(node)
}

pub fn pi(cx: &mut Ctx, v: Value, target: Value, text: Value) -> PyResult {
    let o = object(cx, v)?;
    flush(cx, o)?;
    let factory = o.slot(cx, PI);
    let node = if factory.is_empty() {
        Tuple::new(cx, &[target, text])
    } else {
        let node = protocol::call(cx, factory, &[target, text])?;
        single(cx, o, node, INSERT_PIS)?;
        node
    };
    event(cx, v, 5, node)?;
    Ok(node)
}

pub fn close(cx: &mut Ctx, v: Value) -> PyResult {
    let o = object(cx, v)?;
    Ok(o.slot(cx, ROOT).non_empty().unwrap_or(Value::NONE))
}
