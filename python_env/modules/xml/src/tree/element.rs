//! `Element`: its parts are native slots, each of them read and written as one word; the attributes are a dict and the children a
//! list, made when they are needed.

use engine::objects::list::Seq;
use engine::objects::slice::Slice;
use engine::prelude::*;

use super::methods;

const TAG: usize = 0;
const ATTRIB: usize = 1;
const TEXT: usize = 2;
const TAIL: usize = 3;
const CHILDREN: usize = 4;
const NAMES: [&str; 4] = ["tag", "attrib", "text", "tail"];

pub static ELEMENT: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 5,
    new: Some(
        NativeDef::new(
            "__new__",
            "($type, /, *args, **kwargs)",
            |cx, args| Ok(cx.alloc_instance(args[0])?.value()),
            "",
        )
        .hide_sig(),
    ),
    init: Some(NativeDef::new("__init__", "($self, tag, attrib=<unrepresentable>, /, **extra)", init, "").hide_sig()),
    slots: Slots {
        repr: Some(repr),
        bool: Some(truth),
        len: Some(|cx, v| Ok(Elem::this(cx, v)?.len(cx))),
        getitem: Some(getitem),
        setitem: Some(setitem),
        setattr: Some(setattr),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    members: &[
        Member::rw("tag", TAG as u16, "A string identifying what kind of data this element represents"),
        Member::rw("text", TEXT as u16, "A string of text directly after the start tag, or None"),
        Member::rw("tail", TAIL as u16, "A string of text directly after the end tag, or None"),
    ],
    getsets: &[GetSet::rw(
        "attrib",
        |cx, v| {
            let e = Elem::this(cx, v)?;
            Ok(e.attrib(cx))
        },
        |cx, v, new| {
            let e = Elem::this(cx, v)?;
            if Dict::of_sub(cx, new).is_none() {
                let name = type_name(cx, new);
                return Err(cx.type_error(format!("attrib must be dict, not {name}")));
            }
            e.set_attrib(cx, new);
            Ok(())
        },
        "A dictionary containing the element's attributes",
    )],
    quick: Some(&QuickItems { get: quick_get, set: |_, _, _, _| false, len: quick_len }),
    ..TypeDef::new("xml.etree.ElementTree", "Element")
};

fn quick_len(heap: &Heap, v: Value) -> Option<usize> {
    Obj::of(v).map(|o| Elem(o).len(heap))
}

fn quick_get(heap: &Heap, v: Value, i: i64) -> Value {
    let list = Obj::of(v).and_then(|o| Elem(o).children(heap));
    list.and_then(|l| l.get(usize::try_from(if i < 0 { i + l.len() as i64 } else { i }).ok()?)).unwrap_or(Value::EMPTY)
}

/// An element, also an instance of a subclass.
#[derive(Clone, Copy)]
pub struct Elem(Obj);

fn or_none(v: Value) -> Value {
    if v.is_empty() { Value::NONE } else { v }
}

impl Elem {
    /// The handle, if `v` is an element.
    pub fn of(cx: &mut Ctx, v: Value) -> Option<Elem> {
        if cx.is_exactly(v, &ELEMENT) || cx.is_def(v, &ELEMENT) { Elem::of_slot(v) } else { None }
    }

    /// The handle, if `v` is an element itself.
    pub fn exact(cx: &Ctx, v: Value) -> Option<Elem> {
        if cx.is_exactly(v, &ELEMENT) { Elem::of_slot(v) } else { None }
    }

    /// The handle of what a slot holds that holds nothing but elements.
    pub fn of_slot(v: Value) -> Option<Elem> {
        if v.is_empty() { None } else { Obj::of(v).map(Elem) }
    }

    /// The handle, or a TypeError.
    pub fn this(cx: &mut Ctx, v: Value) -> Res<Elem> {
        match Elem::of(cx, v) {
            Some(e) => Ok(e),
            None => {
                let name = type_name(cx, v);
                Err(cx.type_error(format!("expected an Element, not \"{name}\"")))
            }
        }
    }

    /// Argument `i`, or a TypeError.
    pub fn arg(cx: &mut Ctx, args: &Args, i: usize) -> Res<Elem> {
        match Elem::of(cx, args[i]) {
            Some(e) => Ok(e),
            None => Err(args.wrong(cx, i, "xml.etree.ElementTree.Element")),
        }
    }

    /// A new element; `attrib` is its own dict from now on, or EMPTY.
    pub fn make(cx: &mut Ctx, tag: Value, attrib: Value) -> Value {
        cx.new_object(&ELEMENT, &[tag, attrib, Value::NONE, Value::NONE, Value::EMPTY])
    }

    pub fn value(self) -> Value {
        self.0.value()
    }

    pub fn tag(self, heap: &Heap) -> Value {
        or_none(self.0.slot(heap, TAG))
    }

    pub fn text(self, heap: &Heap) -> Value {
        or_none(self.0.slot(heap, TEXT))
    }

    pub fn tail(self, heap: &Heap) -> Value {
        or_none(self.0.slot(heap, TAIL))
    }

    pub fn set_tag(self, heap: &Heap, v: Value) {
        self.0.set_slot(heap, TAG, v);
    }

    pub fn set_text(self, heap: &Heap, v: Value) {
        self.0.set_slot(heap, TEXT, v);
    }

    pub fn set_tail(self, heap: &Heap, v: Value) {
        self.0.set_slot(heap, TAIL, v);
    }

    /// Takes a dict, or EMPTY for no attributes.
    pub fn set_attrib(self, heap: &Heap, v: Value) {
        self.0.set_slot(heap, ATTRIB, v);
    }

    /// The dict of attributes, if it was made.
    pub fn attrib_if_any(self, heap: &Heap) -> Option<Dict> {
        Dict::of_sub(heap, self.0.slot(heap, ATTRIB).non_empty()?)
    }

    /// The dict of attributes.
    pub fn attrib(self, heap: &Heap) -> Value {
        let now = self.0.slot(heap, ATTRIB);
        if !now.is_empty() {
            return now;
        }
        let made = Dict::new(heap).value();
        match self.0.cas_slot(heap, ATTRIB, Value::EMPTY, made) {
            Ok(()) => made,
            Err(other) => other,
        }
    }

    /// The list of children, if it was made.
    pub fn children(self, heap: &Heap) -> Option<List> {
        List::of(self.0.slot(heap, CHILDREN))
    }

    /// The list of children.
    pub fn children_or_new(self, heap: &Heap) -> List {
        if let Some(list) = self.children(heap) {
            return list;
        }
        let made = List::new(heap);
        match self.0.cas_slot(heap, CHILDREN, Value::EMPTY, made.value()) {
            Ok(()) => made,
            Err(other) => List::of(other).unwrap_or(made),
        }
    }

    /// Takes a list of elements, or EMPTY for no children.
    pub fn set_children(self, heap: &Heap, v: Value) {
        self.0.set_slot(heap, CHILDREN, v);
    }

    /// The children at one moment.
    pub fn snapshot(self, heap: &Heap) -> List {
        self.children(heap).map_or_else(|| List::new(heap), |l| l.copy(heap))
    }

    pub fn len(self, heap: &Heap) -> usize {
        self.children(heap).map_or(0, List::len)
    }

    pub fn child(self, heap: &Heap, i: usize) -> Option<Value> {
        self.children(heap)?.get(i)
    }

    pub fn push(self, heap: &Heap, child: Value) {
        self.children_or_new(heap).push(heap, child);
    }
}

/// Whether two tags are the same, where no Python code is needed to tell.
pub fn equal_quick(a: Value, b: Value) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    Some(Str::of(a)?.eq(Str::of(b)?))
}

/// Whether two tags are the same.
pub fn equal(cx: &mut Ctx, a: Value, b: Value) -> Res<bool> {
    match equal_quick(a, b) {
        Some(known) => Ok(known),
        None => protocol::eq(cx, a, b),
    }
}

/// A new dict: that of argument `i` (if it is given) with the keywords in argument `i + 1`; EMPTY if there is nothing.
pub fn attributes(cx: &mut Ctx, args: &Args, i: usize) -> PyResult {
    let given = match args.get(i) {
        None => None,
        Some(v) => match Dict::of_sub(cx, v) {
            Some(d) => Some(d),
            None => return Err(args.wrong(cx, i, "dict")),
        },
    };
    let extra = args.get(i + 1).and_then(Dict::of).filter(|d| d.len() > 0);
    let mut out = given.filter(|d| d.len() > 0).map(|d| d.copy(cx));
    if let Some(extra) = extra {
        let extra = extra.copy(cx);
        if given.is_none()
            && let Some(named) = extra.remove_str(cx, cx.intern(b"attrib"))
        {
            let Some(named) = Dict::of_sub(cx, named) else {
                let name = type_name(cx, named);
                return Err(cx.type_error(format!("attrib must be dict, not {name}")));
            };
            out = Some(named.copy(cx));
        }
        match out {
            Some(out) => out.update_from(cx, extra)?,
            None => out = Some(extra),
        }
    }
    Ok(out.map_or(Value::EMPTY, Dict::value))
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let e = Elem::this(cx, args[0])?;
    let attrib = attributes(cx, &args, 2)?;
    e.set_tag(cx, args[1]);
    e.set_attrib(cx, attrib);
    e.set_text(cx, Value::NONE);
    e.set_tail(cx, Value::NONE);
    Ok(Value::NONE)
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let e = Elem::this(cx, v)?;
    let tag = e.tag(cx);
    if !protocol::repr_enter(cx, v) {
        let name = type_name(cx, v);
        return Err(cx.runtime_error(format!("reentrant call inside {name}.__repr__")));
    }
    let shown = protocol::repr(cx, tag);
    protocol::repr_leave(cx, v);
    let mut out = StrBuilder::new();
    out.push_str("<Element ");
    if let Some(s) = Str::of(shown?) {
        out.push(s);
    }
    out.push_str(&format!(" at {:#x}>", protocol::id_of(v)));
    out.wish(cx)
}

fn truth(cx: &mut Ctx, v: Value) -> Res<bool> {
    engine::exceptions::warn_deprecated(
        cx,
        "Testing an element's truth value will always return True in future versions.  Use specific 'len(elem)' or 'elem is not \
         None' test instead.",
    )?;
    Ok(Elem::this(cx, v)?.len(cx) > 0)
}

/// Parts of an element are never deleted.
fn setattr(cx: &mut Ctx, v: Value, name: Value, new: Value) -> Res<()> {
    if new.is_empty() && Str::of_sub(cx, name).and_then(|n| n.as_str().map(|n| NAMES.contains(&n))) == Some(true) {
        return Err(cx.raise(Exc::AttributeError, "can't delete element attribute"));
    }
    types::object_type::generic_setattr(cx, v, name, new)
}

enum Key {
    At(i64),
    Slice(engine::objects::slice::Bounds),
}

fn key_of(cx: &mut Ctx, key: Value) -> Res<Key> {
    if let Some(s) = Slice::of(key) {
        return Ok(Key::Slice(s.bounds(cx)?));
    }
    if types::type_of(cx, key).slots().index().is_none() {
        return Err(cx.type_error("element indices must be integers"));
    }
    Ok(Key::At(protocol::subscript_index(cx, key)?))
}

fn getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let e = Elem::this(cx, v)?;
    match key_of(cx, key)? {
        Key::At(i) => match quick_get(cx, v, i) {
            Value::EMPTY => Err(cx.index_error("child index out of range")),
            child => Ok(child),
        },
        Key::Slice(bounds) => Ok(match e.children(cx) {
            Some(list) => list.slice_where(cx, |len| bounds.on(len)).value(),
            None => List::new(cx).value(),
        }),
    }
}

fn setitem(cx: &mut Ctx, v: Value, key: Value, new: Value) -> Res<()> {
    let e = Elem::this(cx, v)?;
    match key_of(cx, key)? {
        Key::At(i) => {
            let there = e.children(cx).filter(|_| !quick_get(cx, v, i).is_empty());
            let done = if new.is_empty() {
                there.is_some_and(|l| l.pop_index(cx, i).is_some())
            } else if there.is_some() {
                Elem::this(cx, new)?;
                there.is_some_and(|l| l.set_index(cx, i, new))
            } else {
                false
            };
            if done { Ok(()) } else { Err(cx.index_error("child assignment index out of range")) }
        }
        Key::Slice(bounds) if new.is_empty() => {
            if let Some(list) = e.children(cx) {
                list.remove_slice(cx, |len| bounds.on(len));
            }
            Ok(())
        }
        Key::Slice(bounds) => {
            if !has_iter(cx, new) {
                return Err(cx.type_error("assignment expects an iterable"));
            }
            let items = own_list(cx, new)?;
            let other = (!bounds.is_plain()).then(|| bounds.on(e.len(cx)).count).filter(|&n| n != items.len());
            if let Some(n) = other {
                return Err(wrong_size(cx, items, n));
            }
            check(cx, items)?;
            let Some(src) = Seq::of(items.value()) else { return Ok(()) };
            let list = e.children_or_new(cx);
            if bounds.is_plain() {
                list.splice_where(cx, src, |len| {
                    let idx = bounds.on(len);
                    let start = idx.start as usize;
                    (start, start + idx.count)
                });
                return Ok(());
            }
            list.assign_slice(cx, src, |len| bounds.on(len)).map_err(|n| wrong_size(cx, items, n))
        }
    }
}

/// Whether `iter(v)` may work.
pub fn has_iter(cx: &mut Ctx, v: Value) -> bool {
    let slots = types::type_of(cx, v).slots();
    slots.iter().is_some() || slots.getitem().is_some()
}

fn wrong_size(cx: &mut Ctx, items: List, n: usize) -> Raised {
    let given = items.len();
    cx.value_error(format!("attempt to assign sequence of size {given} to extended slice of size {n}"))
}

/// Refuses a list of anything but elements.
pub fn check(cx: &mut Ctx, items: List) -> Res<()> {
    for i in 0..items.len() {
        if let Some(v) = items.get(i) {
            Elem::this(cx, v)?;
        }
    }
    Ok(())
}

/// The items of an iterable as a list that nobody else has.
pub fn own_list(cx: &mut Ctx, iterable: Value) -> Res<List> {
    let items = protocol::list_of(cx, iterable)?;
    Ok(if items.value() == iterable { items.copy(cx) } else { items })
}
