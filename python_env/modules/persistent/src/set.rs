//! `Set`: an immutable set by hash.

use crate::changes;
use crate::hash_iter::{self, Shows};
use crate::host::{self, COUNT, Py, ROOT, SLOTS, cached_hash, hash_of, reduced, repr_as, same, wrong_self};
use engine::objects::Set as CoreSet;
use engine::prelude::*;
use proto_core::persistent::trie::{Batch, Entry, Plan, SetTrie, spread};

pub static SET: TypeDef = TypeDef {
    doc: "Set(iterable=(), /)\n\nAn immutable set. add(), discard() and the operators give new sets that share with the old ones\nwhat they have in common; any number of threads read one without a lock.",
    flags: TypeFlags::HAS_WEAKREF,
    nnative: SLOTS,
    new: Some(NativeDef::new("__new__", "($type, iterable=(), /)", set_new, "")),
    slots: Slots {
        repr: Some(|cx, v| {
            let s = Set::this(cx, v)?;
            repr_as(cx, v, ("Set", "{...}"), s.len, |cx| Ok(to_core(cx, s, false)?.value()))
        }),
        len: Some(|cx, v| Ok(Set::this(cx, v)?.len)),
        contains: Some(|cx, v, key| {
            let s = Set::this(cx, v)?;
            Ok(s.find(cx, key)?.1.is_some())
        }),
        iter: Some(|cx, v| {
            let s = Set::this(cx, v)?;
            Ok(hash_iter::new(cx, s.trie, s.len, Shows::Keys))
        }),
        richcmp: Some(set_richcmp),
        hash: Some(set_hash),
        or: Some(|cx, a, b| operator(cx, a, b, Plan::UNION)),
        and: Some(|cx, a, b| operator(cx, a, b, Plan::INTERSECTION)),
        sub: Some(|cx, a, b| operator(cx, a, b, Plan::DIFFERENCE)),
        xor: Some(|cx, a, b| operator(cx, a, b, Plan::EITHER)),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "add",
            "($self, item, /)",
            |cx, args| {
                let s = Set::this(cx, args[0])?;
                let new = s.with(cx, args[1])?;
                Ok(if new == s { args[0] } else { new.object(cx) })
            },
            "A set with the item.",
        ),
        NativeDef::new(
            "remove",
            "($self, item, /)",
            |cx, args| {
                let s = Set::this(cx, args[0])?;
                match s.without(cx, args[1])? {
                    Some(new) => Ok(new.object(cx)),
                    None => Err(cx.key_error(args[1])),
                }
            },
            "A set without the item; KeyError if it is not there.",
        ),
        NativeDef::new(
            "delete",
            "($self, item, /)",
            |cx, args| {
                let s = Set::this(cx, args[0])?;
                match s.without(cx, args[1])? {
                    Some(new) => Ok(new.object(cx)),
                    None => Err(cx.key_error(args[1])),
                }
            },
            "A set without the item; KeyError if it is not there.",
        ),
        NativeDef::new(
            "discard",
            "($self, item, /)",
            |cx, args| {
                let s = Set::this(cx, args[0])?;
                Ok(s.without(cx, args[1])?.map_or(args[0], |new| new.object(cx)))
            },
            "A set without the item, if it is there.",
        ),
        NativeDef::new(
            "update",
            "($self, /, *others)",
            |cx, args| with_all(cx, args, Plan::UNION),
            "A set with the items of all others.",
        ),
        NativeDef::new(
            "union",
            "($self, /, *others)",
            |cx, args| with_all(cx, args, Plan::UNION),
            "A set with the items of all others.",
        ),
        NativeDef::new(
            "intersection",
            "($self, /, *others)",
            |cx, args| with_all(cx, args, Plan::INTERSECTION),
            "A set of the items that all others have, too.",
        ),
        NativeDef::new(
            "difference",
            "($self, /, *others)",
            |cx, args| with_all(cx, args, Plan::DIFFERENCE),
            "A set of the items that none of the others has.",
        ),
        NativeDef::new(
            "symmetric_difference",
            "($self, other, /)",
            |cx, args| {
                let (a, b) = (Set::this(cx, args[0])?, of_value(cx, args[1])?);
                Ok(a.combine(cx, b, Plan::EITHER)?.object(cx))
            },
            "A set of the items that one of the two has.",
        ),
        NativeDef::new(
            "isdisjoint",
            "($self, other, /)",
            |cx, args| {
                let (a, b) = (Set::this(cx, args[0])?, of_value(cx, args[1])?);
                Ok(Value::bool(a.trie.is_disjoint(&mut Py(cx), b.trie)?))
            },
            "Whether the two have nothing in common.",
        ),
        NativeDef::new(
            "issubset",
            "($self, other, /)",
            |cx, args| {
                let (a, b) = (Set::this(cx, args[0])?, of_value(cx, args[1])?);
                Ok(Value::bool(a.is_subset(cx, b)?))
            },
            "Whether the other one has all items of this one.",
        ),
        NativeDef::new(
            "issuperset",
            "($self, other, /)",
            |cx, args| {
                let (a, b) = (Set::this(cx, args[0])?, of_value(cx, args[1])?);
                Ok(Value::bool(b.is_subset(cx, a)?))
            },
            "Whether this one has all items of the other one.",
        ),
        NativeDef::new(
            "diff",
            "($self, other, /)",
            |cx, args| {
                let s = Set::this(cx, args[0])?;
                let Some(other) = Set::of(cx, args[1]) else {
                    let name = type_name(cx, args[1]);
                    return Err(cx.type_error(format!("diff() argument must be Set, not {name}")));
                };
                changes::of_sets(cx, s, other)
            },
            "A list of the changes that lead to the other set: ('removed', item) and ('added', item).",
        ),
        host::MUTATE,
        host::EVOLVER,
        host::COPY,
        host::COPY_METHOD,
        NativeDef::new(
            "__reduce__",
            "($self, /)",
            |cx, args| {
                let s = Set::this(cx, args[0])?;
                let items = List::with_capacity(cx, s.len);
                s.trie.for_each(|e| {
                    items.push(cx, e.key);
                    cx.poll()
                })?;
                reduced(cx, args[0], items.value())
            },
            "Return state information for pickling.",
        ),
    ],
    class_methods: &[host::CLASS_GETITEM],
    ..TypeDef::new("protopython.data", "Set")
};

/// A set's trie and number of items.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Set {
    pub trie: SetTrie,
    pub len: usize,
}

impl Set {
    const EMPTY: Set = Set { trie: SetTrie::EMPTY, len: 0 };

    /// The set that `v` is.
    #[inline(always)]
    pub fn of(cx: &Ctx, v: Value) -> Option<Set> {
        let o = Obj::of(v).filter(|_| cx.is_exactly(v, &SET))?;
        Some(Set { trie: SetTrie::of(o.at(ROOT))?, len: o.at(COUNT).as_int()? as usize })
    }

    fn this(cx: &mut Ctx, v: Value) -> Res<Set> {
        match Set::of(cx, v) {
            Some(s) => Ok(s),
            None => Err(wrong_self(cx, "Set", v)),
        }
    }

    fn object(self, cx: &mut Ctx) -> Value {
        cx.new_object(&SET, &[self.trie.value(), Value::from_usize(self.len)])
    }

    /// The hash of an item, and the item as it is in the set. A mutable set is looked for as a frozen one.
    fn find(self, cx: &mut Ctx, item: Value) -> Res<(u64, Option<Value>)> {
        let item = match CoreSet::of(item) {
            Some(s) if !s.is_frozen() => s.wish_copy(cx, true)?.value(),
            _ => item,
        };
        let hash = hash_of(cx, item, "set element")?;
        Ok((hash, self.trie.find(hash, |k| same(cx, k, item))?.map(|e| e.key)))
    }

    fn with(self, cx: &mut Ctx, item: Value) -> Res<Set> {
        let hash = hash_of(cx, item, "set element")?;
        let found = self.trie.find(hash, |k| same(cx, k, item))?.map(|e| e.key);
        let trie = self.trie.with(cx, Entry { hash, key: item, value: Value::EMPTY }, found);
        Ok(Set { trie, len: self.len + usize::from(found.is_none()) })
    }

    fn without(self, cx: &mut Ctx, item: Value) -> Res<Option<Set>> {
        let (hash, found) = self.find(cx, item)?;
        let Some(found) = found else { return Ok(None) };
        Ok(Some(Set { trie: self.trie.without(cx, hash, found), len: self.len - 1 }))
    }

    fn combine(self, cx: &mut Ctx, other: Set, plan: Plan) -> Res<Set> {
        let (trie, len) = self.trie.combine(&mut Py(cx), self.len, other.trie, plan)?;
        Ok(Set { trie, len })
    }

    fn is_subset(self, cx: &mut Ctx, other: Set) -> Res<bool> {
        Ok(self.len <= other.len && self.trie.is_subset(&mut Py(cx), other.trie)?)
    }
}

/// An iterable as a set.
fn of_value(cx: &mut Ctx, v: Value) -> Res<Set> {
    if let Some(s) = Set::of(cx, v) {
        return Ok(s);
    }
    let core = match CoreSet::of(v) {
        Some(s) if !cx.is_shared(v) => s,
        Some(s) => s.wish_copy(cx, true)?,
        None => {
            let s = CoreSet::new(cx);
            protocol::for_each(cx, v, |cx, item| s.add(cx, item).map(|_| ()))?;
            s
        }
    };
    // Nobody else changes what is read here, and nothing polls meanwhile.
    let mut batch = cx.attempt(|heap| Batch::<2>::new(heap, core.len()))?;
    let mut pos = 0;
    while let Some((next, hash, key)) = core.next_entry_hashed(pos) {
        if !batch.push(cx, Entry { hash: spread(hash), key, value: Value::EMPTY }) {
            break;
        }
        pos = next;
    }
    let len = batch.len();
    if len == 0 {
        return Ok(Set::EMPTY);
    }
    Ok(Set { trie: batch.build(&mut Py(cx))?, len })
}

/// A core set of the items.
fn to_core(cx: &mut Ctx, s: Set, frozen: bool) -> Res<CoreSet> {
    let core = CoreSet::new_as(cx, frozen);
    s.trie.for_each(|e| {
        cx.poll()?;
        core.add(cx, e.key).map(|_| ())
    })?;
    Ok(core)
}

fn set_new(cx: &mut Ctx, args: Args) -> PyResult {
    match args.get(1) {
        Some(v) if Set::of(cx, v).is_some() => Ok(v),
        Some(v) => Ok(of_value(cx, v)?.object(cx)),
        None => Ok(Set::EMPTY.object(cx)),
    }
}

fn with_all(cx: &mut Ctx, args: Args, plan: Plan) -> PyResult {
    let mut s = Set::this(cx, args[0])?;
    let first = s;
    if let Some(others) = Tuple::of(args[1]) {
        for other in others.items() {
            let other = of_value(cx, other)?;
            s = s.combine(cx, other, plan)?;
        }
    }
    Ok(if s == first { args[0] } else { s.object(cx) })
}

/// Whether operators take it: sets of any kind.
fn is_set(cx: &mut Ctx, v: Value) -> Res<bool> {
    if Set::of(cx, v).is_some() || CoreSet::of_sub(cx, v).is_some() {
        return Ok(true);
    }
    let class = protocol::import_attr(cx, "collections.abc", "Set")?;
    protocol::is_instance(cx, v, class)
}

fn operator(cx: &mut Ctx, a: Value, b: Value, plan: Plan) -> PyResult {
    if !is_set(cx, a)? || !is_set(cx, b)? {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (of_value(cx, a)?, of_value(cx, b)?);
    let new = x.combine(cx, y, plan)?;
    Ok(if Set::of(cx, a) == Some(new) { a } else { new.object(cx) })
}

fn set_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_set(cx, b)? {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (Set::this(cx, a)?, of_value(cx, b)?);
    let equal = |cx: &mut Ctx| -> Res<bool> {
        Ok(x.len == y.len && x.trie.equal(&mut Py(cx), y.trie, &mut host::equal_values)?)
    };
    Ok(Value::bool(match op {
        CmpOp::Eq => equal(cx)?,
        CmpOp::Ne => !equal(cx)?,
        CmpOp::Le => x.is_subset(cx, y)?,
        CmpOp::Ge => y.is_subset(cx, x)?,
        CmpOp::Lt => x.len < y.len && x.is_subset(cx, y)?,
        CmpOp::Gt => x.len > y.len && y.is_subset(cx, x)?,
    }))
}

/// That of a frozenset.
fn set_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let s = Set::this(cx, v)?;
    cached_hash(cx, v, |cx| {
        let mut hashes = cx.buffer::<i64>(s.len)?;
        s.trie.for_each(|e| {
            cx.poll()?;
            hashes.push(protocol::hash(cx, e.key)?);
            Ok(())
        })?;
        Ok(pynumeric::hash::frozenset(hashes))
    })
}
