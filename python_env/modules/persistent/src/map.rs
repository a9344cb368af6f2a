//! `Map`: an immutable map by hash.

use crate::changes;
use crate::hash_iter::{self, Shows};
use crate::host::{self, COUNT, Py, ROOT, SLOTS, cached_hash, hash_of, reduced, repr_as, same, wrong_self};
use crate::views;
use engine::objects::hashing::TupleHash;
use engine::prelude::*;
use proto_core::persistent::trie::{Batch, Entry, MapTrie, Plan, spread};

pub static MAP: TypeDef = TypeDef {
    doc: "Map(mapping_or_pairs=(), /, **kwargs)\n\nAn immutable map. set(), delete() and update() give new maps that share with the old one\nwhat they have in common; any number of threads read one without a lock.",
    flags: TypeFlags::MAPPING.with(TypeFlags::HAS_WEAKREF),
    nnative: SLOTS,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", map_new, "").hide_sig()),
    slots: Slots {
        repr: Some(|cx, v| {
            let m = Map::this(cx, v)?;
            repr_as(cx, v, ("Map", "{...}"), m.len, |cx| Ok(to_dict(cx, m)?.value()))
        }),
        len: Some(|cx, v| Ok(Map::this(cx, v)?.len)),
        getitem: Some(|cx, v, key| {
            let m = Map::this(cx, v)?;
            match m.get(cx, key)? {
                Some(value) => Ok(value),
                None => Err(cx.key_error(key)),
            }
        }),
        contains: Some(|cx, v, key| Ok(Map::this(cx, v)?.get(cx, key)?.is_some())),
        iter: Some(|cx, v| {
            let m = Map::this(cx, v)?;
            Ok(hash_iter::new(cx, m.trie, m.len, Shows::Keys))
        }),
        richcmp: Some(map_richcmp),
        hash: Some(map_hash),
        or: Some(map_or),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "get",
            "($self, key, default=None, /)",
            |cx, args| {
                let m = Map::this(cx, args[0])?;
                Ok(m.get(cx, args[1])?.unwrap_or(args.or_none(2)))
            },
            "The value for key if it is there, else default.",
        )
        .leaf(get_quick),
        NativeDef::new(
            "keys",
            "($self, /)",
            |cx, args| Ok(views::new(cx, &views::KEYS, args[0])),
            "A set-like view of the keys.",
        ),
        NativeDef::new(
            "values",
            "($self, /)",
            |cx, args| Ok(views::new(cx, &views::VALUES, args[0])),
            "A view of the values.",
        ),
        NativeDef::new(
            "items",
            "($self, /)",
            |cx, args| Ok(views::new(cx, &views::ITEMS, args[0])),
            "A set-like view of the pairs (key, value).",
        ),
        NativeDef::new(
            "set",
            "($self, key, value, /)",
            |cx, args| {
                let m = Map::this(cx, args[0])?;
                let new = m.with(cx, args[1], args[2])?;
                Ok(if new == m { args[0] } else { new.object(cx) })
            },
            "A map with the value under the key.",
        )
        .leaf(set_quick),
        NativeDef::new(
            "delete",
            "($self, key, /)",
            |cx, args| {
                let m = Map::this(cx, args[0])?;
                match m.without(cx, args[1])? {
                    Some(new) => Ok(new.object(cx)),
                    None => Err(cx.key_error(args[1])),
                }
            },
            "A map without the key; KeyError if it is not there.",
        ),
        NativeDef::new(
            "discard",
            "($self, key, /)",
            |cx, args| {
                let m = Map::this(cx, args[0])?;
                Ok(m.without(cx, args[1])?.map_or(args[0], |new| new.object(cx)))
            },
            "A map without the key, if it is there.",
        ),
        NativeDef::new(
            "update",
            "($self, /, *args, **kwargs)",
            map_update,
            "A map with the entries of a mapping, of an iterable of pairs, and of the keyword arguments.",
        )
        .hide_sig(),
        NativeDef::new(
            "diff",
            "($self, other, /)",
            |cx, args| {
                let m = Map::this(cx, args[0])?;
                let Some(other) = Map::of(cx, args[1]) else {
                    let name = type_name(cx, args[1]);
                    return Err(cx.type_error(format!("diff() argument must be Map, not {name}")));
                };
                changes::of_maps(cx, m, other)
            },
            "A list of the changes that lead to the other map: ('added', key, None, new),\n('removed', key, old, None) and ('changed', key, old, new). What both share is skipped.",
        ),
        host::UPDATE_IN,
        host::MUTATE,
        host::EVOLVER,
        host::COPY,
        host::COPY_METHOD,
        NativeDef::new(
            "__reduce__",
            "($self, /)",
            |cx, args| {
                let m = Map::this(cx, args[0])?;
                let d = to_dict(cx, m)?.value();
                reduced(cx, args[0], d)
            },
            "Return state information for pickling.",
        ),
    ],
    class_methods: &[
        host::CLASS_GETITEM,
        NativeDef::new(
            "fromkeys",
            "($type, iterable, value=None, /)",
            |cx, args| {
                let d = Dict::new(cx);
                let value = args.or_none(2);
                protocol::for_each(cx, args[1], |cx, k| d.set(cx, k, value))?;
                Ok(from_dict(cx, d)?.object(cx))
            },
            "A map of the keys in the iterable, all with the value.",
        ),
    ],
    ..TypeDef::new("protopython.data", "Map")
};

/// A map's trie and number of entries.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Map {
    pub trie: MapTrie,
    pub len: usize,
}

impl Map {
    /// No entries.
    pub const EMPTY: Map = Map { trie: MapTrie::EMPTY, len: 0 };

    /// The map that `v` is.
    #[inline(always)]
    pub fn of(cx: &Ctx, v: Value) -> Option<Map> {
        let o = Obj::of(v).filter(|_| cx.is_exactly(v, &MAP))?;
        Some(Map { trie: MapTrie::of(o.at(ROOT))?, len: o.at(COUNT).as_int()? as usize })
    }

    /// The map that `v` is, or a TypeError.
    #[inline(always)]
    pub fn this(cx: &mut Ctx, v: Value) -> Res<Map> {
        match Map::of(cx, v) {
            Some(m) => Ok(m),
            None => Err(wrong_self(cx, "Map", v)),
        }
    }

    /// An object for it.
    pub fn object(self, cx: &mut Ctx) -> Value {
        cx.new_object(&MAP, &[self.trie.value(), Value::from_usize(self.len)])
    }

    /// The entry of a key.
    #[inline]
    fn find(self, cx: &mut Ctx, key: Value, hash: u64) -> Res<Option<Entry>> {
        self.trie.find(hash, |k| same(cx, k, key))
    }

    /// The value of a key.
    #[inline]
    pub fn get(self, cx: &mut Ctx, key: Value) -> Res<Option<Value>> {
        let hash = hash_of(cx, key, "dict key")?;
        Ok(self.find(cx, key, hash)?.map(|e| e.value))
    }

    /// With a value under a key.
    pub fn with(self, cx: &mut Ctx, key: Value, value: Value) -> Res<Map> {
        let hash = hash_of(cx, key, "dict key")?;
        let found = self.find(cx, key, hash)?;
        let trie = self.trie.with(cx, Entry { hash, key, value }, found.map(|e| e.key));
        Ok(Map { trie, len: self.len + usize::from(found.is_none()) })
    }

    /// Without a key; None if it is not there.
    pub fn without(self, cx: &mut Ctx, key: Value) -> Res<Option<Map>> {
        let hash = hash_of(cx, key, "dict key")?;
        let Some(e) = self.find(cx, key, hash)? else { return Ok(None) };
        Ok(Some(Map { trie: self.trie.without(cx, hash, e.key), len: self.len - 1 }))
    }

    /// With the entries of another one.
    pub fn union(self, cx: &mut Ctx, other: Map) -> Res<Map> {
        let (trie, len) = self.trie.combine(&mut Py(cx), self.len, other.trie, Plan::UNION)?;
        Ok(Map { trie, len })
    }
}

/// `m.get(key)` where no Python code can run.
fn get_quick(cx: &Ctx, args: &[Value]) -> Value {
    let [v, key, ref rest @ ..] = *args else { return Value::EMPTY };
    if rest.len() > 1 {
        return Value::EMPTY;
    }
    let (Some(m), Some(hash)) = (Map::of(cx, v), objects::hashing::fast_hash(key)) else { return Value::EMPTY };
    match m.trie.find(spread(hash), |k| objects::hashing::simple_eq(k, key).ok_or(())) {
        Ok(Some(e)) => e.value,
        Ok(None) => rest.first().copied().unwrap_or(Value::NONE),
        Err(()) => Value::EMPTY,
    }
}

/// `m.set(key, value)` where no Python code can run.
fn set_quick(cx: &Ctx, args: &[Value]) -> Value {
    let [v, key, value] = *args else { return Value::EMPTY };
    let (Some(m), Some(hash)) = (Map::of(cx, v), objects::hashing::fast_hash(key)) else { return Value::EMPTY };
    let hash = spread(hash);
    let Ok(found) = m.trie.find(hash, |k| objects::hashing::simple_eq(k, key).ok_or(())) else { return Value::EMPTY };
    let trie = m.trie.with(cx, Entry { hash, key, value }, found.map(|e| e.key));
    if trie == m.trie {
        return v;
    }
    let len = Value::from_usize(m.len + usize::from(found.is_none()));
    cx.new_object_of_known(&MAP, &[trie.value(), len]).unwrap_or(Value::EMPTY)
}

/// The empty map.
pub fn empty(cx: &mut Ctx) -> Value {
    Map::EMPTY.object(cx)
}

/// The map of a dict's entries.
pub fn from_dict(cx: &mut Ctx, d: Dict) -> Res<Map> {
    // Nobody else changes what is read here, and nothing polls meanwhile.
    let d = if cx.is_shared(d.value()) { d.wish_copy(cx)? } else { d };
    let mut batch = cx.attempt(|heap| Batch::<3>::new(heap, d.len()))?;
    let mut pos = 0;
    while let Some((next, hash, key, value)) = d.next_entry_hashed(pos) {
        if !batch.push(cx, Entry { hash: spread(hash), key, value }) {
            break;
        }
        pos = next;
    }
    let len = batch.len();
    Ok(Map { trie: batch.build(&mut Py(cx))?, len })
}

/// A dict of the map's entries.
pub fn to_dict(cx: &mut Ctx, m: Map) -> Res<Dict> {
    cx.make_room_for(m.len, 48)?;
    let d = Dict::with_capacity(cx, m.len);
    m.trie.for_each(|e| {
        cx.poll()?;
        d.set(cx, e.key, e.value)
    })?;
    Ok(d)
}

/// What a mapping or an iterable of pairs says, and keyword arguments, as a map.
fn from_args(cx: &mut Ctx, name: &str, positional: Value, keywords: Value) -> Res<Map> {
    let mut map = Map::EMPTY;
    if let Some(pos) = Tuple::of(positional) {
        if pos.len() > 1 {
            return Err(cx.type_error(format!("{name} expected at most 1 argument, got {}", pos.len())));
        }
        if pos.len() == 1 {
            map = of_value(cx, pos.get(0))?;
        }
    }
    match Dict::of(keywords) {
        Some(kw) if kw.len() > 0 => {
            let kw = from_dict(cx, kw)?;
            map.union(cx, kw)
        }
        _ => Ok(map),
    }
}

/// A mapping, or an iterable of pairs, as a map.
pub fn of_value(cx: &mut Ctx, v: Value) -> Res<Map> {
    if let Some(m) = Map::of(cx, v) {
        return Ok(m);
    }
    if let Some(d) = Dict::of(v) {
        return from_dict(cx, d);
    }
    let d = Dict::new(cx);
    types_containers::dict::update(cx, d, v)?;
    from_dict(cx, d)
}

fn map_new(cx: &mut Ctx, args: Args) -> PyResult {
    let keywords = args.or(2, Value::EMPTY);
    let m = from_args(cx, "Map", args[1], keywords)?;
    // A map of nothing but a map is that map.
    if let Some(pos) = Tuple::of(args[1])
        && pos.len() == 1
        && Map::of(cx, pos.get(0)) == Some(m)
    {
        return Ok(pos.get(0));
    }
    Ok(m.object(cx))
}

fn map_update(cx: &mut Ctx, args: Args) -> PyResult {
    let m = Map::this(cx, args[0])?;
    let keywords = args.or(2, Value::EMPTY);
    let other = from_args(cx, "update", args[1], keywords)?;
    let new = m.union(cx, other)?;
    Ok(if new == m { args[0] } else { new.object(cx) })
}

/// Whether a value is a mapping.
pub fn is_mapping(cx: &mut Ctx, v: Value) -> Res<bool> {
    if Map::of(cx, v).is_some() || Dict::of(v).is_some() {
        return Ok(true);
    }
    let class = protocol::import_attr(cx, "collections.abc", "Mapping")?;
    protocol::is_instance(cx, v, class)
}

fn map_or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if !is_mapping(cx, a)? || !is_mapping(cx, b)? {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (of_value(cx, a)?, of_value(cx, b)?);
    let new = x.union(cx, y)?;
    Ok(if Map::of(cx, a) == Some(new) { a } else { new.object(cx) })
}

fn map_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let m = Map::this(cx, a)?;
    let equal = match Map::of(cx, b) {
        Some(other) if other.len != m.len => false,
        Some(other) => m.trie.equal(&mut Py(cx), other.trie, &mut host::equal_values)?,
        None if is_mapping(cx, b)? => {
            protocol::length(cx, b)? == m.len && {
                let other = of_value(cx, b)?;
                other.len == m.len && m.trie.equal(&mut Py(cx), other.trie, &mut host::equal_values)?
            }
        }
        None => return Ok(Value::NOT_IMPLEMENTED),
    };
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}

/// The hash of a pair.
pub fn pair_hash(cx: &mut Ctx, key: Value, value: Value) -> Res<i64> {
    let mut h = TupleHash::new();
    h.add(protocol::hash(cx, key)?);
    h.add(protocol::hash(cx, value)?);
    Ok(h.finish())
}

/// That of a frozenset of the pairs, as other immutable mappings have it.
fn map_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let m = Map::this(cx, v)?;
    cached_hash(cx, v, |cx| {
        let mut hashes = cx.buffer::<i64>(m.len)?;
        m.trie.for_each(|e| {
            cx.poll()?;
            hashes.push(pair_hash(cx, e.key, e.value)?);
            Ok(())
        })?;
        Ok(pynumeric::hash::frozenset(hashes))
    })
}
