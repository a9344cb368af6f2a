//! `SortedMap`: an immutable map in the order of its keys.

use crate::hash_iter::Shows;
use crate::host::{self, Py, ROOT, SLOTS, cached_hash, reduced, repr_as, wrong_self};
use crate::map::{is_mapping, pair_hash};
use crate::{tree_iter, views};
use engine::prelude::*;
use proto_core::persistent::tree::{Item, Order, SortedMapTree};
use proto_core::persistent::trie::Plan;
use types_containers::sequence::key_index;

pub static SORTED_MAP: TypeDef = TypeDef {
    doc: "SortedMap(mapping_or_pairs=(), /, **kwargs)\n\nAn immutable map in the order of its keys, which are compared by '<' and need no hash. New versions share with\nold ones what they have in common; any number of threads read one without a lock.",
    flags: TypeFlags::MAPPING.with(TypeFlags::HAS_WEAKREF),
    nnative: SLOTS,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", map_new, "").hide_sig()),
    slots: Slots {
        repr: Some(|cx, v| {
            let m = SortedMap::this(cx, v)?;
            // A dict where the keys allow it, else pairs.
            repr_as(cx, v, ("SortedMap", "{...}"), m.tree.len(), |cx| match to_dict(cx, m) {
                Ok(d) => Ok(d.value()),
                Err(raised) if cx.matches(&raised, Exc::TypeError) => {
                    cx.clear(raised);
                    Ok(to_pairs(cx, m)?.value())
                }
                Err(raised) => Err(raised),
            })
        }),
        len: Some(|cx, v| Ok(SortedMap::this(cx, v)?.tree.len())),
        getitem: Some(|cx, v, key| {
            let m = SortedMap::this(cx, v)?;
            match m.get(cx, key)? {
                Some(value) => Ok(value),
                None => Err(cx.key_error(key)),
            }
        }),
        contains: Some(|cx, v, key| Ok(SortedMap::this(cx, v)?.get(cx, key)?.is_some())),
        iter: Some(|cx, v| {
            let m = SortedMap::this(cx, v)?;
            Ok(tree_iter::new(cx, m.tree, Shows::Keys, false))
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
                let m = SortedMap::this(cx, args[0])?;
                Ok(m.get(cx, args[1])?.unwrap_or(args.or_none(2)))
            },
            "The value for key if it is there, else default.",
        ),
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
                let m = SortedMap::this(cx, args[0])?;
                let new = m.with(cx, args[1], args[2])?;
                Ok(new.object(cx))
            },
            "A map with the value under the key.",
        ),
        NativeDef::new(
            "delete",
            "($self, key, /)",
            |cx, args| {
                let m = SortedMap::this(cx, args[0])?;
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
                let m = SortedMap::this(cx, args[0])?;
                Ok(m.without(cx, args[1])?.map_or(args[0], |new| new.object(cx)))
            },
            "A map without the key, if it is there.",
        ),
        NativeDef::new(
            "update",
            "($self, /, *args, **kwargs)",
            |cx, args| {
                let m = SortedMap::this(cx, args[0])?;
                let keywords = args.or(2, Value::EMPTY);
                let other = from_args(cx, "update", args[1], keywords)?;
                Ok(m.union(cx, other)?.object(cx))
            },
            "A map with the entries of a mapping, of an iterable of pairs, and of the keyword arguments.",
        )
        .hide_sig(),
        NativeDef::new(
            "range",
            "($self, start=None, stop=None, /)",
            |cx, args| {
                let m = SortedMap::this(cx, args[0])?;
                let (from, to) = bounds(cx, args, m.tree.len(), |cx, key| Ok(m.tree.search(&mut Py(cx), key)?.0))?;
                let tree = m.tree.slice(cx, from, to);
                Ok(SortedMap { tree }.object(cx))
            },
            "A map of the entries with start <= key < stop; None: without a bound.",
        ),
        NativeDef::new(
            "rank",
            "($self, key, /)",
            |cx, args| {
                let m = SortedMap::this(cx, args[0])?;
                let rank = m.tree.search(&mut Py(cx), args[1])?.0;
                Ok(int::from_usize(cx, rank))
            },
            "How many keys are less than key.",
        ),
        NativeDef::new(
            "at",
            "($self, index, /)",
            |cx, args| {
                let m = SortedMap::this(cx, args[0])?;
                match key_index(cx, args[1], m.tree.len(), "SortedMap")? {
                    Some(at) => Ok(pair(cx, m.tree.get(at))),
                    None => Err(cx.index_error("SortedMap index out of range")),
                }
            },
            "The pair (key, value) at an index.",
        ),
        NativeDef::new(
            "floor",
            "($self, key, /)",
            |cx, args| {
                let m = SortedMap::this(cx, args[0])?;
                let (rank, there) = m.tree.search(&mut Py(cx), args[1])?;
                Ok(pair(cx, (rank + usize::from(there)).checked_sub(1).and_then(|at| m.tree.get(at))))
            },
            "The pair with the greatest key that is not greater than key; None if there is none.",
        ),
        NativeDef::new(
            "ceiling",
            "($self, key, /)",
            |cx, args| {
                let m = SortedMap::this(cx, args[0])?;
                let rank = m.tree.search(&mut Py(cx), args[1])?.0;
                Ok(pair(cx, m.tree.get(rank)))
            },
            "The pair with the least key that is not less than key; None if there is none.",
        ),
        NativeDef::new(
            "nearest",
            "($self, key, /)",
            |cx, args| {
                let m = SortedMap::this(cx, args[0])?;
                let (rank, there) = m.tree.search(&mut Py(cx), args[1])?;
                let below = (rank + usize::from(there)).checked_sub(1).and_then(|at| m.tree.get(at));
                let found = nearest(cx, args[1], below, m.tree.get(rank))?;
                Ok(pair(cx, found))
            },
            "The pair with the key for which abs(key - k) is least, the lower one of two; None if there is none.",
        ),
        NativeDef::new(
            "__reversed__",
            "($self, /)",
            |cx, args| {
                let m = SortedMap::this(cx, args[0])?;
                Ok(tree_iter::new(cx, m.tree, Shows::Keys, true))
            },
            "A reverse iterator over the keys.",
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
                let m = SortedMap::this(cx, args[0])?;
                let pairs = to_pairs(cx, m)?.value();
                reduced(cx, args[0], pairs)
            },
            "Return state information for pickling.",
        ),
    ],
    class_methods: &[host::CLASS_GETITEM],
    ..TypeDef::new("protopython.data", "SortedMap")
};

/// A sorted map's tree.
#[derive(Copy, Clone)]
pub struct SortedMap {
    pub tree: SortedMapTree,
}

impl SortedMap {
    /// The sorted map that `v` is.
    pub fn of(cx: &Ctx, v: Value) -> Option<SortedMap> {
        let o = Obj::of(v).filter(|_| cx.is_exactly(v, &SORTED_MAP))?;
        Some(SortedMap { tree: SortedMapTree::of(o.at(ROOT))? })
    }

    fn this(cx: &mut Ctx, v: Value) -> Res<SortedMap> {
        match SortedMap::of(cx, v) {
            Some(m) => Ok(m),
            None => Err(wrong_self(cx, "SortedMap", v)),
        }
    }

    fn object(self, cx: &mut Ctx) -> Value {
        cx.new_object(&SORTED_MAP, &[self.tree.value()])
    }

    /// The value of a key.
    pub fn get(self, cx: &mut Ctx, key: Value) -> Res<Option<Value>> {
        let (rank, there) = self.tree.search(&mut Py(cx), key)?;
        Ok(if there { self.tree.get(rank).map(|[_, value]| value) } else { None })
    }

    fn with(self, cx: &mut Ctx, key: Value, value: Value) -> Res<SortedMap> {
        let (rank, there) = self.tree.search(&mut Py(cx), key)?;
        let tree = match self.tree.get(rank) {
            Some([old, _]) if there => self.tree.with(cx, rank, [old, value]),
            _ => {
                check_key(cx, key)?;
                self.tree.insert(cx, rank, [key, value])
            }
        };
        Ok(SortedMap { tree })
    }

    fn without(self, cx: &mut Ctx, key: Value) -> Res<Option<SortedMap>> {
        let (rank, there) = self.tree.search(&mut Py(cx), key)?;
        Ok(there.then(|| SortedMap { tree: self.tree.remove(cx, rank) }))
    }

    fn union(self, cx: &mut Ctx, other: SortedMap) -> Res<SortedMap> {
        Ok(SortedMap { tree: self.tree.combine(&mut Py(cx), other.tree, Plan::UNION)? })
    }
}

/// A key without an order is refused also where there is nothing to compare it with.
pub fn check_key(cx: &mut Ctx, key: Value) -> Res<()> {
    Py(cx).less(key, key).map(|_| ())
}

/// The pair of an item, or None.
fn pair(cx: &mut Ctx, item: Option<Item>) -> Value {
    match item {
        Some([key, value]) => Tuple::new(cx, &[key, value]),
        None => Value::NONE,
    }
}

/// Of the items on both sides of a key the one whose key is nearer.
pub fn nearest(cx: &mut Ctx, key: Value, below: Option<Item>, above: Option<Item>) -> Res<Option<Item>> {
    let (Some(low), Some(high)) = (below, above) else { return Ok(below.or(above)) };
    if low[0] == high[0] {
        return Ok(Some(low));
    }
    let down = protocol::sub(cx, key, low[0])?;
    let up = protocol::sub(cx, high[0], key)?;
    Ok(Some(if protocol::compare_bool(cx, up, down, CmpOp::Lt)? { high } else { low }))
}

/// The places where a range begins and ends.
pub fn bounds(
    cx: &mut Ctx,
    args: Args,
    len: usize,
    mut rank: impl FnMut(&mut Ctx, Value) -> Res<usize>,
) -> Res<(usize, usize)> {
    let from = match args.or_none(1) {
        Value::NONE => 0,
        key => rank(cx, key)?,
    };
    let to = match args.or_none(2) {
        Value::NONE => len,
        key => rank(cx, key)?,
    };
    Ok((from, to))
}

/// Places of the items of a list in the order of the items.
pub fn sorted_places(cx: &mut Ctx, items: List) -> Res<List> {
    let places = List::build(cx, items.len(), Value::from_usize);
    let name = cx.intern(b"__getitem__");
    let key = protocol::getattr(cx, items.value(), name)?;
    objects::sort::sort(cx, places, key, false)?;
    Ok(places)
}

fn from_pairs(cx: &mut Ctx, keys: List, values: List) -> Res<SortedMap> {
    let places = sorted_places(cx, keys)?;
    let at = |list: List, i: usize| {
        let place = places.get(i).and_then(Value::as_int).unwrap_or(0);
        list.get(place as usize).unwrap_or(Value::NONE)
    };
    // Of equal keys the first one stays, with the last value.
    let (out_keys, out_values) = (List::with_capacity(cx, keys.len()), List::with_capacity(cx, keys.len()));
    for i in 0..places.len() {
        cx.poll()?;
        let (key, value) = (at(keys, i), at(values, i));
        let last = out_keys.len().checked_sub(1).and_then(|n| out_keys.get(n));
        match last {
            Some(last) if !Py(cx).less(last, key)? => {
                out_values.set(cx, out_values.len() - 1, value);
            }
            Some(_) => {
                out_keys.push(cx, key);
                out_values.push(cx, value);
            }
            None => {
                check_key(cx, key)?;
                out_keys.push(cx, key);
                out_values.push(cx, value);
            }
        }
    }
    let tree = SortedMapTree::build(&mut Py(cx), out_keys.len(), |i| {
        [out_keys.get(i).unwrap_or(Value::NONE), out_values.get(i).unwrap_or(Value::NONE)]
    })?;
    Ok(SortedMap { tree })
}

/// A mapping, or an iterable of pairs, as a sorted map.
fn of_value(cx: &mut Ctx, v: Value) -> Res<SortedMap> {
    if let Some(m) = SortedMap::of(cx, v) {
        return Ok(m);
    }
    let (keys, values) = (List::new(cx), List::new(cx));
    if let Some(d) = Dict::of(v) {
        let d = d.wish_copy(cx)?;
        d.for_each(|k, value| {
            keys.push(cx, k);
            values.push(cx, value);
        });
        return from_pairs(cx, keys, values);
    }
    if let Some(names) = protocol::getattr_opt(cx, v, cx.names.keys)? {
        let names = protocol::call(cx, names, &[])?;
        protocol::for_each(cx, names, |cx, k| {
            let value = protocol::getitem(cx, v, k)?;
            keys.push(cx, k);
            values.push(cx, value);
            Ok(())
        })?;
        return from_pairs(cx, keys, values);
    }
    let mut i = 0;
    protocol::for_each(cx, v, |cx, row| {
        let row = match protocol::list_of(cx, row) {
            Ok(row) => row,
            Err(raised) if cx.matches(&raised, Exc::TypeError) => {
                cx.clear(raised);
                let text = format!("cannot convert dictionary update sequence element #{i} to a sequence");
                return Err(cx.type_error(text));
            }
            Err(raised) => return Err(raised),
        };
        let (Some(key), Some(value), 2) = (row.get(0), row.get(1), row.len()) else {
            let n = row.len();
            let text = format!("dictionary update sequence element #{i} has length {n}; 2 is required");
            return Err(cx.value_error(text));
        };
        keys.push(cx, key);
        values.push(cx, value);
        i += 1;
        Ok(())
    })?;
    from_pairs(cx, keys, values)
}

fn from_args(cx: &mut Ctx, name: &str, positional: Value, keywords: Value) -> Res<SortedMap> {
    let mut map = SortedMap { tree: SortedMapTree::EMPTY };
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
            let kw = of_value(cx, kw.value())?;
            map.union(cx, kw)
        }
        _ => Ok(map),
    }
}

fn map_new(cx: &mut Ctx, args: Args) -> PyResult {
    let keywords = args.or(2, Value::EMPTY);
    Ok(from_args(cx, "SortedMap", args[1], keywords)?.object(cx))
}

fn to_dict(cx: &mut Ctx, m: SortedMap) -> Res<Dict> {
    let d = Dict::with_capacity(cx, m.tree.len());
    m.tree.for_each(|[key, value]| {
        cx.poll()?;
        d.set(cx, key, value)
    })?;
    Ok(d)
}

fn to_pairs(cx: &mut Ctx, m: SortedMap) -> Res<List> {
    let pairs = List::with_capacity(cx, m.tree.len());
    m.tree.for_each(|item| {
        cx.poll()?;
        let row = pair(cx, Some(item));
        pairs.push(cx, row);
        Ok(())
    })?;
    Ok(pairs)
}

fn map_or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if !is_mapping(cx, a)? || !is_mapping(cx, b)? {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (of_value(cx, a)?, of_value(cx, b)?);
    Ok(x.union(cx, y)?.object(cx))
}

fn map_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let x = SortedMap::this(cx, a)?;
    let equal = match SortedMap::of(cx, b) {
        Some(y) => x.tree.equal(&mut Py(cx), y.tree, &mut |host, a, b| {
            Ok(protocol::eq(host.0, a[0], b[0])? && protocol::eq(host.0, a[1], b[1])?)
        })?,
        None if is_mapping(cx, b)? => {
            protocol::length(cx, b)? == x.tree.len() && {
                let mut equal = true;
                x.tree.for_each(|[key, value]| {
                    if equal {
                        cx.poll()?;
                        equal = match protocol::getitem(cx, b, key) {
                            Ok(other) => protocol::eq(cx, value, other)?,
                            Err(raised) if cx.matches(&raised, Exc::KeyError) => {
                                cx.clear(raised);
                                false
                            }
                            Err(raised) => return Err(raised),
                        };
                    }
                    Ok(())
                })?;
                equal
            }
        }
        None => return Ok(Value::NOT_IMPLEMENTED),
    };
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}

/// That of a frozenset of the pairs, as other immutable mappings have it.
fn map_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let m = SortedMap::this(cx, v)?;
    cached_hash(cx, v, |cx| {
        let mut hashes = cx.buffer::<i64>(m.tree.len())?;
        m.tree.for_each(|[key, value]| {
            cx.poll()?;
            hashes.push(pair_hash(cx, key, value)?);
            Ok(())
        })?;
        Ok(pynumeric::hash::frozenset(hashes))
    })
}
