//! Methods of `dict`.

use engine::objects::{Dict, List, Seq, Set, StrBuilder, Tuple, iter};
use engine::prelude::*;
use engine::protocol;

use crate::leaf;

use crate::sequence;

/// The dict behind `self`, also for instances of subclasses.
pub fn this(cx: &mut Ctx, v: Value) -> Res<Dict> {
    match Dict::of_sub(cx, v) {
        Some(d) => Ok(d),
        None => Err(sequence::wrong_self(cx, "dict", v)),
    }
}

pub static DICT: TypeDef = TypeDef {
    doc: "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the keyword argument list.  For example:  dict(one=1, two=2)",
    flags: TypeFlags::BASETYPE.with(TypeFlags::MAPPING),
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", dict_new, "").leaf(leaf::dict_new).hide_sig()),
    init: Some(NativeDef::new("__init__", "($self, *args, **kwargs)", dict_init, "Initialize self.").hide_sig()),
    slots: Slots {
        repr: Some(dict_repr),
        len: Some(dict_len),
        getitem: Some(dict_getitem),
        setitem: Some(dict_setitem),
        iter: Some(dict_iter),
        contains: Some(dict_contains),
        or: Some(dict_or),
        ior: Some(dict_ior),
        richcmp: Some(dict_richcmp),
        hash: Some(slots::hash_not_implemented),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("get", "($self, key, default=None, /)", dict_get, "Return the value for key if key is in the dictionary, else default.").leaf(leaf::dict_get),
        NativeDef::new(
            "setdefault",
            "($self, key, default=None, /)",
            dict_setdefault,
            "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
        ).leaf(leaf::dict_setdefault),
        NativeDef::new(
            "pop",
            "($self, key, default=<unrepresentable>, /)",
            dict_pop,
            "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError.",
        ).leaf(leaf::dict_pop),
        NativeDef::new(
            "popitem",
            "($self, /)",
            dict_popitem,
            "Remove and return a (key, value) pair as a 2-tuple.\n\nPairs are returned in LIFO (last-in, first-out) order.\nRaises KeyError if the dict is empty.",
        ),
        NativeDef::new("keys", "($self, /)", dict_keys, "Return a set-like object providing a view on the dict's keys.").leaf(leaf::dict_keys),
        NativeDef::new("values", "($self, /)", dict_values, "Return an object providing a view on the dict's values.").leaf(leaf::dict_values),
        NativeDef::new("items", "($self, /)", dict_items, "Return a set-like object providing a view on the dict's items.").leaf(leaf::dict_items),
        NativeDef::new(
            "update",
            "($self, *args, **kwargs)",
            dict_update,
            "D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\nIf E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]\nIf E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v\nIn either case, this is followed by: for k in F:  D[k] = F[k]",
        )
        .hide_sig(),
        NativeDef::new("clear", "($self, /)", dict_clear, "Remove all items from the dict."),
        NativeDef::new("copy", "($self, /)", dict_copy, "Return a shallow copy of the dict."),
        NativeDef::new("__reversed__", "($self, /)", dict_reversed, "Return a reverse iterator over the dict keys."),
        NativeDef::new("__sizeof__", "($self, /)", dict_sizeof, "Return the size of the dict in memory."),
    ],
    class_methods: &[
        NativeDef::new(
            "fromkeys",
            "($type, iterable, value=None, /)",
            dict_fromkeys,
            "Create a new dictionary with keys from iterable and values set to value.",
        ),
        NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585"),
    ],
    ..TypeDef::new("builtins", "dict")
};

fn dict_new(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Dict::new(cx);
    cx.wrap_subclass(args[0], d.value())
}

fn dict_init(cx: &mut Ctx, args: Args) -> PyResult {
    update_args(cx, args, "dict")?;
    Ok(Value::NONE)
}

fn dict_update(cx: &mut Ctx, args: Args) -> PyResult {
    update_args(cx, args, "update")?;
    Ok(Value::NONE)
}

fn update_args(cx: &mut Ctx, args: Args, name: &str) -> Res<()> {
    let d = this(cx, args[0])?;
    if let Some(pos) = Tuple::of(args[1]) {
        if pos.len() > 1 {
            return Err(cx.type_error(format!("{name} expected at most 1 argument, got {}", pos.len())));
        }
        if pos.len() == 1 {
            update(cx, d, pos.get(0))?;
        }
    }
    if let Some(kw) = Dict::of(args.or(2, Value::EMPTY)) {
        d.update_from(cx, kw)?;
    }
    Ok(())
}

/// `d.update(source)`: from a mapping (has `keys`) or an iterable of pairs.
pub fn update(cx: &mut Ctx, d: Dict, source: Value) -> Res<()> {
    // Subclasses count as dicts unless they iterate in a way of their own.
    if let Some(other) = Dict::of_sub(cx, source) {
        let iter = |ty: Type| ty.slots().iter().map(|f| f.addr());
        if iter(type_of(cx, source)) == iter(cx.types.dict) {
            return d.update_from(cx, other);
        }
    }
    if let Some(keys) = protocol::getattr_opt(cx, source, cx.names.keys)? {
        let keys = protocol::call(cx, keys, &[])?;
        return protocol::for_each(cx, keys, |cx, k| {
            let v = protocol::getitem(cx, source, k)?;
            d.set(cx, k, v)
        });
    }
    update_from_pairs(cx, d, source)
}

fn update_from_pairs(cx: &mut Ctx, d: Dict, source: Value) -> Res<()> {
    let it = protocol::iter(cx, source)?;
    let mut i = 0usize;
    loop {
        // Pairs of the core iterators need no tuple.
        match iter::pair_next(cx, it) {
            iter::Pair::Items(k, v) => d.set(cx, k, v)?,
            iter::Pair::End => return Ok(()),
            iter::Pair::Item(pair) => set_pair(cx, d, pair, i)?,
            iter::Pair::Unknown => match protocol::next(cx, it)? {
                Some(pair) => set_pair(cx, d, pair, i)?,
                None => return Ok(()),
            },
        }
        i += 1;
        cx.poll()?;
    }
}

/// Stores item `i` of a sequence of pairs.
fn set_pair(cx: &mut Ctx, d: Dict, pair: Value, i: usize) -> Res<()> {
    let seq = match Seq::of(pair) {
        Some(s) => s,
        None => {
            let found = match protocol::iter(cx, pair) {
                Ok(items) => crate::list::collect(cx, items),
                Err(r) if cx.matches(&r, Exc::TypeError) => {
                    cx.clear(r);
                    Err(cx.type_error("object is not iterable"))
                }
                Err(r) => Err(r),
            };
            match found {
                Ok(l) => Seq::List(l),
                Err(r) if cx.matches(&r, Exc::TypeError) => {
                    let exception = cx.take(r);
                    let note = format!("Cannot convert dictionary update sequence element #{i} to a sequence");
                    engine::exceptions::base::add_note_text(cx, exception, &note)?;
                    return Err(cx.restore(exception));
                }
                Err(r) => return Err(r),
            }
        }
    };
    match (seq.len(), seq.get(0), seq.get(1)) {
        (2, Some(k), Some(v)) => d.set(cx, k, v),
        (n, ..) => {
            Err(cx.value_error(format!("dictionary update sequence element #{i} has length {n}; 2 is required")))
        }
    }
}

fn dict_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let d = this(cx, v)?;
    if d.len() == 0 {
        return Ok(Str::new(cx, "{}"));
    }
    protocol::guard(cx, " while getting the repr of an object")?;
    if !protocol::repr_enter(cx, v) {
        return Ok(Str::new(cx, "{...}"));
    }
    let done = repr_entries(cx, d);
    protocol::repr_leave(cx, v);
    done
}

fn repr_entries(cx: &mut Ctx, d: Dict) -> PyResult {
    let mut out = StrBuilder::new();
    let mut pos = 0;
    out.push_str("{");
    let mut first = true;
    while let Some((next, k, v)) = d.next_entry(pos) {
        pos = next;
        if !first {
            out.push_str(", ");
        }
        first = false;
        sequence::push_repr(cx, &mut out, k)?;
        out.push_str(": ");
        sequence::push_repr(cx, &mut out, v)?;
    }
    out.push_str("}");
    out.wish(cx)
}

fn dict_len(cx: &mut Ctx, v: Value) -> Res<usize> {
    Ok(this(cx, v)?.len())
}

fn dict_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let d = this(cx, v)?;
    if let Some(found) = d.get(cx, key)? {
        return Ok(found);
    }
    // Subclasses may say what a missing key means.
    if Dict::of(v).is_none()
        && let Some(missing) = protocol::lookup_special(cx, v, cx.names.__missing__)?
    {
        return protocol::call(cx, missing, &[key]);
    }
    Err(cx.key_error(key))
}

fn dict_setitem(cx: &mut Ctx, v: Value, key: Value, item: Value) -> Res<()> {
    let d = this(cx, v)?;
    if item == Value::EMPTY {
        return match d.remove(cx, key)? {
            Some(_) => Ok(()),
            None => Err(cx.key_error(key)),
        };
    }
    d.set(cx, key, item)
}

fn dict_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let d = this(cx, v)?;
    Ok(iter::dict_key_iter(cx, d))
}

fn dict_reversed(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    Ok(iter::dict_rev_key_iter(cx, d))
}

fn dict_contains(cx: &mut Ctx, v: Value, key: Value) -> Res<bool> {
    this(cx, v)?.contains(cx, key)
}

fn dict_or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if Dict::of_sub(cx, a).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (Some(x), Some(y)) = (Dict::of_sub(cx, a), Dict::of_sub(cx, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let out = x.wish_copy(cx)?;
    out.update_from(cx, y)?;
    Ok(out.value())
}

fn dict_ior(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let d = this(cx, a)?;
    update(cx, d, b)?;
    Ok(a)
}

fn dict_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (Dict::of_sub(cx, a), Dict::of_sub(cx, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match op {
        CmpOp::Eq => Ok(Value::bool(equal(cx, x, y)?)),
        CmpOp::Ne => Ok(Value::bool(!equal(cx, x, y)?)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn equal(cx: &mut Ctx, x: Dict, y: Dict) -> Res<bool> {
    if x.len() != y.len() {
        return Ok(false);
    }
    protocol::guard(cx, " in comparison")?;
    let mut pos = 0;
    while let Some((next, k, v)) = x.next_entry(pos) {
        pos = next;
        match y.get(cx, k)? {
            Some(w) if v == w || protocol::eq(cx, v, w)? => {}
            _ => return Ok(false),
        }
        cx.poll()?;
    }
    Ok(true)
}

fn dict_get(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    Ok(d.get(cx, args[1])?.unwrap_or(args.or(2, Value::NONE)))
}

fn dict_setdefault(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    d.set_default(cx, args[1], args.or(2, Value::NONE))
}

fn dict_pop(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    match (d.remove(cx, args[1])?, args.get(2)) {
        (Some(v), _) | (None, Some(v)) => Ok(v),
        (None, None) => Err(cx.key_error(args[1])),
    }
}

fn dict_popitem(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    match d.pop_item(cx) {
        Some((k, v)) => Ok(Tuple::new(cx, &[k, v])),
        None => {
            let text = Str::new(cx, "popitem(): dictionary is empty");
            Err(cx.key_error(text))
        }
    }
}

fn dict_keys(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    Ok(iter::dict_keys(cx, d))
}

fn dict_values(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    Ok(iter::dict_values(cx, d))
}

fn dict_items(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    Ok(iter::dict_items(cx, d))
}

fn dict_clear(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    d.clear(cx);
    Ok(Value::NONE)
}

fn dict_copy(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    Ok(d.wish_copy(cx)?.value())
}

fn dict_sizeof(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    Ok(int::from_usize(cx, 64 + 32 * d.len()))
}

fn dict_fromkeys(cx: &mut Ctx, args: Args) -> PyResult {
    let value = args.or(2, Value::NONE);
    let out = protocol::call(cx, args[0], &[])?;
    // A dict or set that other threads may change is taken as of now.
    let iterable = match (Dict::of(args[1]), Set::of(args[1])) {
        (Some(d), _) if cx.is_shared(args[1]) => d.wish_copy(cx)?.value(),
        (_, Some(s)) if cx.is_shared(args[1]) => s.wish_copy(cx, true)?.value(),
        _ => args[1],
    };
    if let Some(d) = Dict::of(out) {
        if fill_from_hashed(cx, d, iterable, value)? {
            return Ok(out);
        }
        protocol::for_each(cx, iterable, |cx, k| d.set(cx, k, value))?;
    } else {
        protocol::for_each(cx, iterable, |cx, k| protocol::setitem(cx, out, k, value))?;
    }
    Ok(out)
}

/// Gives `d` the keys of an exact dict or set, whose hashes are known; whether `keys` is one.
fn fill_from_hashed(cx: &mut Ctx, d: Dict, keys: Value, value: Value) -> Res<bool> {
    let mut pos = 0;
    if let Some(source) = Dict::of(keys) {
        let n = source.len();
        while let Some((next, hash, k, _)) = source.next_entry_hashed(pos) {
            pos = next;
            d.set_hashed(cx, k, hash, value)?;
            if source.len() != n {
                return Err(cx.runtime_error("dictionary changed size during iteration"));
            }
        }
        return Ok(true);
    }
    let Some(source) = Set::of(keys) else { return Ok(false) };
    let n = source.len();
    while let Some((next, hash, k)) = source.next_entry_hashed(pos) {
        pos = next;
        d.set_hashed(cx, k, hash, value)?;
        if source.len() != n {
            return Err(cx.runtime_error("Set changed size during iteration"));
        }
    }
    Ok(true)
}

/// The keys of `d` as a list, as of now.
pub fn snapshot_keys(cx: &mut Ctx, d: Dict) -> List {
    d.keys_list(cx)
}
