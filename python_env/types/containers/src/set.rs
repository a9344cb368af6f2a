//! Methods of `set` and `frozenset`.

use engine::objects::{Dict, Set, StrBuilder, Tuple, iter};
use engine::prelude::*;
use engine::protocol;

use crate::leaf;

use crate::sequence;

/// The set behind `self`, also for instances of subclasses.
pub fn this(cx: &mut Ctx, v: Value) -> Res<Set> {
    match Set::of_sub(cx, v) {
        Some(s) => Ok(s),
        None => Err(sequence::wrong_self(cx, "set", v)),
    }
}

macro_rules! shared_methods {
    ($($more:expr),* $(,)?) => {
        &[
            NativeDef::new("copy", "($self, /)", set_copy, "Return a shallow copy of a set."),
            NativeDef::new("difference", "($self, /, *others)", set_difference, "Return a new set with elements in the set that are not in the others."),
            NativeDef::new("intersection", "($self, /, *others)", set_intersection, "Return a new set with elements common to the set and all others."),
            NativeDef::new("isdisjoint", "($self, other, /)", set_isdisjoint, "Return True if two sets have a null intersection."),
            NativeDef::new("issubset", "($self, other, /)", set_issubset, "Report whether another set contains this set."),
            NativeDef::new("issuperset", "($self, other, /)", set_issuperset, "Report whether this set contains another set."),
            NativeDef::new("symmetric_difference", "($self, other, /)", set_symmetric_difference, "Return a new set with elements in either the set or other but not both."),
            NativeDef::new("union", "($self, /, *others)", set_union, "Return a new set with elements from the set and all others."),
            NativeDef::new("__reduce__", "($self, /)", set_reduce, "Return state information for pickling."),
            NativeDef::new("__sizeof__", "($self, /)", set_sizeof, "S.__sizeof__() -> size of S in memory, in bytes."),
            $($more),*
        ]
    };
}

pub static SET: TypeDef = TypeDef {
    doc: "Build an unordered collection of unique elements.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", set_new, "").leaf(leaf::set_new).hide_sig()),
    new_of_one: Some(|cx, iterable| {
        let s = Set::new(cx);
        add_all(cx, s, iterable)?;
        Ok(s.value())
    }),
    init: Some(NativeDef::new("__init__", "($self, iterable=(), /)", set_init, "Initialize self.")),
    slots: Slots {
        repr: Some(set_repr),
        len: Some(set_len),
        iter: Some(set_iter),
        contains: Some(set_contains),
        richcmp: Some(set_richcmp),
        hash: Some(slots::hash_not_implemented),
        sub: Some(set_sub),
        and: Some(set_and),
        or: Some(set_or),
        xor: Some(set_xor),
        isub: Some(set_isub),
        iand: Some(set_iand),
        ior: Some(set_ior),
        ixor: Some(set_ixor),
        ..Slots::NONE
    },
    methods: shared_methods![
        NativeDef::new(
            "add",
            "($self, object, /)",
            set_add,
            "Add an element to a set.\n\nThis has no effect if the element is already present."
        ).leaf(leaf::set_add),
        NativeDef::new("clear", "($self, /)", set_clear, "Remove all elements from this set."),
        NativeDef::new(
            "discard",
            "($self, object, /)",
            set_discard,
            "Remove an element from a set if it is a member.\n\nUnlike set.remove(), the discard() method does not raise\nan exception when an element is missing from the set."
        ).leaf(leaf::set_discard),
        NativeDef::new(
            "remove",
            "($self, object, /)",
            set_remove,
            "Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError."
        ).leaf(leaf::set_remove),
        NativeDef::new(
            "pop",
            "($self, /)",
            set_pop,
            "Remove and return an arbitrary set element.\n\nRaises KeyError if the set is empty."
        ),
        NativeDef::new("update", "($self, /, *others)", set_update, "Update the set, adding elements from all others."),
        NativeDef::new(
            "difference_update",
            "($self, /, *others)",
            set_difference_update,
            "Update the set, removing elements found in others."
        ),
        NativeDef::new(
            "intersection_update",
            "($self, /, *others)",
            set_intersection_update,
            "Update the set, keeping only elements found in it and all others."
        ),
        NativeDef::new(
            "symmetric_difference_update",
            "($self, other, /)",
            set_symmetric_difference_update,
            "Update the set, keeping only elements found in either set, but not in both."
        ),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    ..TypeDef::new("builtins", "set")
};

pub static FROZENSET: TypeDef = TypeDef {
    doc: "Build an immutable unordered collection of unique elements.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    new: Some(NativeDef::new("__new__", "($type, iterable=(), /)", frozenset_new, "").leaf(leaf::frozenset_new)),
    slots: Slots {
        repr: Some(set_repr),
        len: Some(set_len),
        iter: Some(set_iter),
        contains: Some(set_contains),
        richcmp: Some(set_richcmp),
        hash: Some(frozenset_hash),
        sub: Some(set_sub),
        and: Some(set_and),
        or: Some(set_or),
        xor: Some(set_xor),
        ..Slots::NONE
    },
    methods: shared_methods![],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    ..TypeDef::new("builtins", "frozenset")
};

fn set_new(cx: &mut Ctx, args: Args) -> PyResult {
    let s = Set::new(cx);
    cx.wrap_subclass(args[0], s.value())
}

fn set_init(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    if s.len() > 0 {
        s.clear(cx);
    }
    if let Some(iterable) = args.get(1) {
        add_all(cx, s, iterable)?;
    }
    Ok(Value::NONE)
}

fn frozenset_new(cx: &mut Ctx, args: Args) -> PyResult {
    let iterable = args.or(1, Value::EMPTY);
    let exact = args[0] == cx.types.frozenset.value();
    if exact && Set::of(iterable).is_some_and(|s| s.is_frozen()) {
        return Ok(iterable);
    }
    let s = Set::new_frozen(cx);
    if iterable != Value::EMPTY {
        add_all(cx, s, iterable)?;
    }
    cx.wrap_subclass(args[0], s.value())
}

/// Adds what `iterable` yields.
pub fn add_all(cx: &mut Ctx, s: Set, iterable: Value) -> Res<()> {
    if let Some(other) = Set::of(iterable) {
        return s.union_with(cx, other);
    }
    if let Some(d) = Dict::of(iterable) {
        let mut pos = 0;
        while let Some((next, hash, k, _)) = d.next_entry_hashed(pos) {
            pos = next;
            s.add_hashed(cx, k, hash)?;
        }
        return Ok(());
    }
    protocol::for_each(cx, iterable, |cx, v| s.add(cx, v).map(|_| ()))
}

/// `v` itself when it is a set, else a new set of what it yields.
fn as_set(cx: &mut Ctx, v: Value) -> Res<Set> {
    if let Some(s) = Set::of_sub(cx, v) {
        return Ok(s);
    }
    let s = Set::new(cx);
    add_all(cx, s, v)?;
    Ok(s)
}

/// A copy of `s`; operators and methods of `set` give the left operand's base type.
fn fresh(cx: &mut Ctx, s: Set) -> Res<Set> {
    s.wish_copy(cx, s.is_frozen())
}

fn set_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let s = this(cx, v)?;
    let name = sequence::type_name(cx, v);
    if s.len() == 0 {
        return Ok(Str::from_text(cx, &format!("{name}()")));
    }
    protocol::guard(cx, " while getting the repr of an object")?;
    if !protocol::repr_enter(cx, v) {
        return Ok(Str::from_text(cx, &format!("{name}(...)")));
    }
    let plain = types::type_of(cx, v) == cx.types.set;
    let done = repr_items(cx, s, (!plain).then_some(name.as_str()));
    protocol::repr_leave(cx, v);
    done
}

fn repr_items(cx: &mut Ctx, s: Set, name: Option<&str>) -> PyResult {
    let mut out = StrBuilder::new();
    if let Some(name) = name {
        out.push_str(name);
        out.push_str("(");
    }
    out.push_str("{");
    let mut pos = 0;
    let mut first = true;
    while let Some((next, e)) = s.next_entry(pos) {
        pos = next;
        if !first {
            out.push_str(", ");
        }
        first = false;
        sequence::push_repr(cx, &mut out, e)?;
    }
    out.push_str(if name.is_some() { "})" } else { "}" });
    out.wish(cx)
}

fn set_len(cx: &mut Ctx, v: Value) -> Res<usize> {
    Ok(this(cx, v)?.len())
}

fn set_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let s = this(cx, v)?;
    Ok(iter::set_iter(cx, s))
}

/// Whether the type of a set has no hash; a subclass may define one.
fn is_unhashable(cx: &Ctx, v: Value) -> bool {
    let none = slots::hash_not_implemented as *const () as usize;
    types::type_of(cx, v).slots().hash().is_none_or(|h| h.addr() == none)
}

/// Sets as elements: an unhashable set is looked up by its frozen copy.
fn lookup_key(cx: &mut Ctx, key: Value) -> Value {
    match Set::of_sub(cx, key) {
        Some(k) if !k.is_frozen() && is_unhashable(cx, key) => k.copy(cx, true).value(),
        _ => key,
    }
}

fn set_contains(cx: &mut Ctx, v: Value, key: Value) -> Res<bool> {
    let s = this(cx, v)?;
    let key = lookup_key(cx, key);
    s.contains(cx, key)
}

fn set_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (Set::of_sub(cx, a), Set::of_sub(cx, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let holds = match op {
        CmpOp::Eq => x.eq_set(cx, y)?,
        CmpOp::Ne => !x.eq_set(cx, y)?,
        CmpOp::Lt => x.len() < y.len() && x.is_subset(cx, y)?,
        CmpOp::Le => x.is_subset(cx, y)?,
        CmpOp::Gt => x.len() > y.len() && y.is_subset(cx, x)?,
        CmpOp::Ge => y.is_subset(cx, x)?,
    };
    Ok(Value::bool(holds))
}

fn frozenset_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    Ok(this(cx, v)?.hash_frozen())
}

/// Both operands as sets, or `None`: operators take no other iterables.
fn operands(cx: &mut Ctx, a: Value, b: Value) -> Option<(Set, Set)> {
    Some((Set::of_sub(cx, a)?, Set::of_sub(cx, b)?))
}

fn set_sub(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    match operands(cx, a, b) {
        Some((x, y)) => Ok(x.difference(cx, y, x.is_frozen())?.value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn set_and(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    match operands(cx, a, b) {
        Some((x, y)) => Ok(x.intersection(cx, y, x.is_frozen())?.value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn set_or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    match operands(cx, a, b) {
        Some((x, y)) => {
            let out = fresh(cx, x)?;
            out.union_with(cx, y)?;
            Ok(out.value())
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn set_xor(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    match operands(cx, a, b) {
        Some((x, y)) => Ok(x.symmetric_difference(cx, y, x.is_frozen())?.value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn remove_all(cx: &mut Ctx, s: Set, other: Set) -> Res<()> {
    if s.value() == other.value() {
        s.clear(cx);
        return Ok(());
    }
    let mut pos = 0;
    while let Some((next, e)) = other.next_entry(pos) {
        pos = next;
        s.discard(cx, e)?;
    }
    Ok(())
}

/// Keeps in `s` only what is in `keep`.
fn retain(cx: &mut Ctx, s: Set, keep: Set) -> Res<()> {
    let gone = s.difference(cx, keep, false)?;
    remove_all(cx, s, gone)
}

fn toggle(cx: &mut Ctx, s: Set, other: Set) -> Res<()> {
    let other = other.wish_copy(cx, false)?;
    let mut pos = 0;
    while let Some((next, hash, e)) = other.next_entry_hashed(pos) {
        pos = next;
        if !s.discard_hashed(cx, e, hash)? {
            s.add_hashed(cx, e, hash)?;
        }
    }
    Ok(())
}

macro_rules! inplace {
    ($name:ident, $f:expr) => {
        fn $name(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
            match operands(cx, a, b) {
                Some((x, y)) => {
                    $f(cx, x, y)?;
                    Ok(a)
                }
                None => Ok(Value::NOT_IMPLEMENTED),
            }
        }
    };
}
inplace!(set_isub, remove_all);
inplace!(set_iand, retain);
inplace!(set_ior, |cx: &mut Ctx, x: Set, y: Set| x.union_with(cx, y));
inplace!(set_ixor, toggle);

fn set_copy(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    if s.is_frozen() && Set::of(args[0]).is_some() {
        return Ok(args[0]);
    }
    Ok(fresh(cx, s)?.value())
}

/// The values of a `*others` argument.
fn others(args: Args) -> Tuple {
    match Tuple::of(args[1]) {
        Some(t) => t,
        None => unreachable!("the binder delivers *others as a tuple"),
    }
}

fn set_difference(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let mut out = fresh(cx, s)?;
    for other in others(args).items() {
        let other = as_set(cx, other)?;
        out = out.difference(cx, other, s.is_frozen())?;
    }
    Ok(out.value())
}

fn set_intersection(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let mut out = fresh(cx, s)?;
    for other in others(args).items() {
        let other = as_set(cx, other)?;
        out = out.intersection(cx, other, s.is_frozen())?;
    }
    Ok(out.value())
}

fn set_union(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let out = fresh(cx, s)?;
    for other in others(args).items() {
        add_all(cx, out, other)?;
    }
    Ok(out.value())
}

fn set_symmetric_difference(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let other = as_set(cx, args[1])?;
    Ok(s.symmetric_difference(cx, other, s.is_frozen())?.value())
}

fn set_isdisjoint(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let other = as_set(cx, args[1])?;
    Ok(Value::bool(s.is_disjoint(cx, other)?))
}

fn set_issubset(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let other = as_set(cx, args[1])?;
    Ok(Value::bool(s.is_subset(cx, other)?))
}

fn set_issuperset(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let other = as_set(cx, args[1])?;
    Ok(Value::bool(other.is_subset(cx, s)?))
}

fn set_add(cx: &mut Ctx, args: Args) -> PyResult {
    this(cx, args[0])?.add(cx, args[1])?;
    Ok(Value::NONE)
}

fn set_clear(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    s.clear(cx);
    Ok(Value::NONE)
}

fn set_discard(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let key = lookup_key(cx, args[1]);
    s.discard(cx, key)?;
    Ok(Value::NONE)
}

fn set_remove(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let key = lookup_key(cx, args[1]);
    if s.discard(cx, key)? { Ok(Value::NONE) } else { Err(cx.key_error(args[1])) }
}

fn set_pop(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    match s.pop(cx) {
        Some(v) => Ok(v),
        None => {
            let text = Str::new(cx, "pop from an empty set");
            Err(cx.key_error(text))
        }
    }
}

fn set_update(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    for other in others(args).items() {
        add_all(cx, s, other)?;
    }
    Ok(Value::NONE)
}

fn set_difference_update(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    for other in others(args).items() {
        let other = as_set(cx, other)?;
        remove_all(cx, s, other)?;
    }
    Ok(Value::NONE)
}

fn set_intersection_update(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    for other in others(args).items() {
        let other = as_set(cx, other)?;
        retain(cx, s, other)?;
    }
    Ok(Value::NONE)
}

fn set_symmetric_difference_update(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let other = as_set(cx, args[1])?;
    toggle(cx, s, other)?;
    Ok(Value::NONE)
}

fn set_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let list = engine::objects::List::new(cx);
    let mut pos = 0;
    while let Some((next, e)) = s.next_entry(pos) {
        pos = next;
        list.push(cx, e);
    }
    let state = protocol::call_method(cx, args[0], cx.names.__getstate__, &[])?;
    let ctor_args = Tuple::new(cx, &[list.value()]);
    let class = types::type_of(cx, args[0]).value();
    Ok(Tuple::new(cx, &[class, ctor_args, state]))
}

fn set_sizeof(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    Ok(int::from_usize(cx, 200 + 24 * s.len()))
}
