//! `frozendict` (PEP 814): an immutable mapping in insertion order. It has a dict of its own that nobody changes, so reading it is reading a
//! dict: without a lock, whoever sees it. Native slots: 1 that dict; 2 and 3 the hash ([`cached_hash`]). (Slot 0 is where instances
//! of subclasses of core types have theirs.)

use crate::host::{self, cached_hash, wrong_self};
use crate::map::{is_mapping, pair_hash};
use engine::objects::{hashing, iter};
use engine::prelude::*;
use types_containers::dict::update;

const DICT: usize = 1;

pub static FROZENDICT: TypeDef = TypeDef {
    doc: "frozendict() -> new empty immutable dictionary\nfrozendict(mapping) -> new immutable dictionary initialized from a mapping\n    object's (key, value) pairs\nfrozendict(iterable) -> new immutable dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\n    d = frozendict(d)\nfrozendict(**kwargs) -> new immutable dictionary initialized with the name=value\n    pairs in the keyword argument list.  For example:  frozendict(one=1, two=2)",
    flags: TypeFlags::BASETYPE.with(TypeFlags::MAPPING),
    nnative: host::SLOTS,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", frozendict_new, "").hide_sig()),
    slots: Slots {
        repr: Some(frozendict_repr),
        len: Some(|cx, v| Ok(this(cx, v)?.len())),
        getitem: Some(|cx, v, key| {
            if let Some(found) = this(cx, v)?.get(cx, key)? {
                return Ok(found);
            }
            // Subclasses may say what a missing key means.
            if !cx.is_exactly(v, &FROZENDICT)
                && let Some(missing) = protocol::lookup_special(cx, v, cx.names.__missing__)?
            {
                return protocol::call(cx, missing, &[key]);
            }
            Err(cx.key_error(key))
        }),
        contains: Some(|cx, v, key| this(cx, v)?.contains(cx, key)),
        iter: Some(|cx, v| {
            let d = this(cx, v)?;
            Ok(iter::dict_key_iter(cx, d))
        }),
        richcmp: Some(richcmp),
        hash: Some(hash),
        or: Some(or),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "get",
            "($self, key, default=None, /)",
            |cx, args| {
                let d = this(cx, args[0])?;
                Ok(d.get(cx, args[1])?.unwrap_or(args.or_none(2)))
            },
            "Return the value for key if key is in the dictionary, else default.",
        ),
        NativeDef::new(
            "keys",
            "($self, /)",
            |cx, args| {
                let d = this(cx, args[0])?;
                Ok(iter::dict_keys(cx, d))
            },
            "Return a set-like object providing a view on the dict's keys.",
        ),
        NativeDef::new(
            "values",
            "($self, /)",
            |cx, args| {
                let d = this(cx, args[0])?;
                Ok(iter::dict_values(cx, d))
            },
            "Return an object providing a view on the dict's values.",
        ),
        NativeDef::new(
            "items",
            "($self, /)",
            |cx, args| {
                let d = this(cx, args[0])?;
                Ok(iter::dict_items(cx, d))
            },
            "Return a set-like object providing a view on the dict's items.",
        ),
        NativeDef::new("copy", "($self, /)", copy, "Return a shallow copy of the frozendict."),
        NativeDef::new("__copy__", "($self, /)", copy, "Return a shallow copy of the frozendict."),
        NativeDef::new(
            "__reversed__",
            "($self, /)",
            |cx, args| {
                let d = this(cx, args[0])?;
                Ok(iter::dict_rev_key_iter(cx, d))
            },
            "Return a reverse iterator over the dict keys.",
        ),
        NativeDef::new(
            "__getnewargs__",
            "($self, /)",
            |cx, args| {
                let d = this(cx, args[0])?.wish_copy(cx)?;
                Ok(Tuple::new(cx, &[d.value()]))
            },
            "",
        ),
    ],
    class_methods: &[
        NativeDef::new(
            "fromkeys",
            "($type, iterable, value=None, /)",
            |cx, args| {
                let d = Dict::new(cx);
                let value = args.or_none(2);
                protocol::for_each(cx, args[1], |cx, k| d.set(cx, k, value))?;
                if args[0] == cx.type_of_def(&FROZENDICT).value() {
                    return Ok(object(cx, d));
                }
                protocol::call(cx, args[0], &[d.value()])
            },
            "Create a new dictionary with keys from iterable and values set to value.",
        ),
        NativeDef::new(
            "__class_getitem__",
            "($type, object, /)",
            native::class_getitem,
            "frozendicts are generic over two types, signifying (respectively) the types of the frozendict's keys and values",
        ),
    ],
    ..TypeDef::new("builtins", "frozendict")
};

/// The dict of a frozendict, also of an instance of a subclass.
fn of(cx: &mut Ctx, v: Value) -> Option<Dict> {
    if !cx.is_exactly(v, &FROZENDICT) && !cx.is_def(v, &FROZENDICT) {
        return None;
    }
    Dict::of(Obj::of(v)?.at(DICT))
}

fn this(cx: &mut Ctx, v: Value) -> Res<Dict> {
    match of(cx, v) {
        Some(d) => Ok(d),
        None => Err(wrong_self(cx, "frozendict", v)),
    }
}

/// A frozendict over a dict that nobody else has.
fn object(cx: &mut Ctx, d: Dict) -> Value {
    cx.new_object(&FROZENDICT, &[Value::EMPTY, d.value()])
}

fn frozendict_new(cx: &mut Ctx, args: Args) -> PyResult {
    let exact = args[0] == cx.type_of_def(&FROZENDICT).value();
    let keywords = Dict::of(args.or(2, Value::EMPTY)).filter(|kw| kw.len() > 0);
    let positional = Tuple::of(args[1]);
    let n = positional.map_or(0, Tuple::len);
    if n > 1 {
        return Err(cx.type_error(format!("frozendict expected at most 1 argument, got {n}")));
    }
    let source = positional.filter(|_| n == 1).map(|t| t.get(0));
    if exact
        && keywords.is_none()
        && let Some(v) = source
        && cx.is_exactly(v, &FROZENDICT)
    {
        return Ok(v);
    }
    let d = match source {
        Some(v) => copied(cx, v)?,
        None => Dict::new(cx),
    };
    if let Some(kw) = keywords {
        d.update_from(cx, kw)?;
    }
    if exact {
        return Ok(object(cx, d));
    }
    let o = cx.alloc_instance(args[0])?;
    o.set_slot(cx, DICT, d.value());
    Ok(o.value())
}

/// A dict of its own of a mapping or of pairs.
fn copied(cx: &mut Ctx, v: Value) -> Res<Dict> {
    if let Some(d) = of(cx, v) {
        return d.wish_copy(cx);
    }
    let d = Dict::new(cx);
    update(cx, d, v)?;
    Ok(d)
}

fn copy(cx: &mut Ctx, args: Args) -> PyResult {
    if cx.is_exactly(args[0], &FROZENDICT) {
        return Ok(args[0]);
    }
    let d = this(cx, args[0])?;
    Ok(object(cx, d))
}

fn frozendict_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let d = this(cx, v)?;
    let name = types::type_short_name(cx, v);
    host::repr_as(cx, v, (&name, "{...}"), d.len(), |_| Ok(d.value()))
}

fn or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let mapping =
        |cx: &mut Ctx, v: Value| Ok(of(cx, v).is_some() || Dict::of_sub(cx, v).is_some() || is_mapping(cx, v)?);
    if !mapping(cx, a)? || !mapping(cx, b)? {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let left = of(cx, a).is_some();
    if left && cx.is_exactly(a, &FROZENDICT) && protocol::length(cx, b)? == 0 {
        return Ok(a);
    }
    let d = copied(cx, a)?;
    match of(cx, b) {
        Some(other) => d.update_from(cx, other)?,
        None => update(cx, d, b)?,
    }
    Ok(if left { object(cx, d) } else { d.value() })
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let x = this(cx, a)?;
    let Some(y) = of(cx, b).or_else(|| Dict::of_sub(cx, b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    protocol::compare(cx, x.value(), y.value(), op)
}

/// That of a frozenset of the items.
fn hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let d = this(cx, v)?;
    cached_hash(cx, v, |cx| {
        let mut hashes = cx.buffer::<i64>(d.len())?;
        let mut pos = 0;
        while let Some((next, k, value)) = d.next_entry(pos) {
            cx.poll()?;
            hashes.push(match (hashing::fast_hash(k), hashing::fast_hash(value)) {
                (Some(h), Some(g)) => {
                    let mut pair = hashing::TupleHash::new();
                    pair.add(h);
                    pair.add(g);
                    pair.finish()
                }
                _ => pair_hash(cx, k, value)?,
            });
            pos = next;
        }
        Ok(pynumeric::hash::frozenset(hashes))
    })
}
