//! `_lru_cache_wrapper`: a function with a bounded cache of results.
//!
//! What is kept is a generation (`lru_order.rs`): an unbounded cache uses its dict alone. Each has its counters, so that
//! `cache_info` tells of one. Concurrent misses of one key may call the function twice, as in CPython.

use engine::objects::{Dict, List, Obj, Tuple};
use engine::prelude::*;
use engine::protocol;
use proto_core::sync::{AtomicU64, Ordering};

use super::lru_order::{self, Generation};
use crate::instances;

const FUNC: usize = 0;
const GENERATION: usize = 1;
const MAXSIZE: usize = 2;
const TYPED: usize = 3;
const INFO: usize = 4;

pub static LRU_CACHE: TypeDef = TypeDef {
    doc: "Create a cached callable that wraps another function.\n\nuser_function:      the function being cached\n\nmaxsize:  0         for no caching\n          None      for unlimited cache size\n          n         for a bounded cache\n\ntyped:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) and f(3.0) as distinct calls\n\ncache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize\n",
    flags: TypeFlags::HAS_DICT.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::METHOD_DESCRIPTOR).with(TypeFlags::MUTABLE),
    nnative: 5,
    new: Some(
        NativeDef::new("__new__", "($type, user_function, maxsize, typed, cache_info_type)", wrapper_new, "")
            .hide_sig(),
    ),
    slots: Slots { call: Some(wrapper_call), descr_get: Some(wrapper_get), ..Slots::NONE },
    methods: &[
        NativeDef::new("cache_info", "($self, /)", cache_info, "Report cache statistics"),
        NativeDef::new("cache_clear", "($self, /)", cache_clear, "Clear the cache and cache statistics"),
        NativeDef::new("__reduce__", "($self, /)", reduce, ""),
        NativeDef::new("__copy__", "($self, /)", |_, args| Ok(args[0]), ""),
        NativeDef::new("__deepcopy__", "($self, memo, /)", |_, args| Ok(args[0]), ""),
    ],
    ..TypeDef::new("functools", "_lru_cache_wrapper")
};

/// A link of the order of use: `lru_order::link`.
static LINK: TypeDef = TypeDef { nnative: 6, flags: TypeFlags::NO_NEW, ..TypeDef::new("functools", "_lru_list_elem") };

/// `lru_order::generation`, and in slot 4 its [`Counts`].
static KEPT: TypeDef = TypeDef { nnative: 5, flags: TypeFlags::NO_NEW, ..TypeDef::new("functools", "_lru_generation") };

const COUNTS: usize = 4;

/// Separates positional from keyword arguments in a key.
static MARK: TypeDef = TypeDef { flags: TypeFlags::NO_NEW, ..TypeDef::new("functools", "_kwd_mark") };

#[derive(Default)]
struct Counts {
    hits: AtomicU64,
    misses: AtomicU64,
}

fn wrapper_new(cx: &mut Ctx, args: Args) -> PyResult {
    if !protocol::is_callable(cx, args[1]) {
        return Err(cx.type_error("the first argument must be callable"));
    }
    let maxsize = if args[2].is_none() {
        Value::NONE
    } else if types::type_of(cx, args[2]).slots().index().is_some() {
        let n = protocol::index(cx, args[2])?.max(0);
        int::from_i64(cx, n)
    } else {
        return Err(cx.type_error("maxsize should be integer or None"));
    };
    let typed = Value::bool(protocol::truth(cx, args[3])?);
    let kept = new_generation(cx).value();
    let o = cx.alloc_instance(args[0])?;
    for (i, v) in [args[1], kept, maxsize, typed, args[4]].into_iter().enumerate() {
        o.set_slot(cx, i, v);
    }
    Ok(o.value())
}

fn new_generation(cx: &mut Ctx) -> Obj {
    let dict = Dict::new(cx).value();
    let kept = cx.new_object(&KEPT, &lru_order::generation(dict));
    let Some(kept) = Obj::of(kept) else { unreachable!("an instance") };
    kept.set_payload(cx, COUNTS, Counts::default());
    kept
}

/// The cache key of a call.
fn make_key(cx: &mut Ctx, args: CallArgs, typed: bool) -> PyResult {
    let nkw = args.nkw();
    if !typed && nkw == 0 {
        if let [only] = args.values
            && (only.is_kind(Kind::Str) || only.is_short_str() || int::is(*only) && !only.is_bool())
        {
            return Ok(*only);
        }
        return Ok(Tuple::new(cx, args.values));
    }
    let key = List::from_slice(cx, args.positional());
    if nkw > 0 {
        let mark = instances::singleton(cx, "functools._kwd_mark", |cx| cx.new_object(&MARK, &[]))?;
        key.push(cx, mark);
        for i in 0..nkw {
            let (name, v) = args.keyword(i);
            key.push(cx, name);
            key.push(cx, v);
        }
    }
    if typed {
        for &v in args.values {
            let class = instances::class_of(cx, v);
            key.push(cx, class);
        }
    }
    key.wish_tuple(cx)
}

fn count(cx: &Ctx, kept: Generation, which: fn(&Counts) -> &AtomicU64) {
    let o = kept.object();
    if let Some(counts) = o.payload::<Counts>(cx, COUNTS) {
        // Relaxed: a statistic, nothing is published by it.
        let counter = which(counts);
        if cx.is_shared(o.value()) {
            counter.fetch_add(1, Ordering::Relaxed);
        } else {
            counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }
}

fn wrapper_call(cx: &mut Ctx, w: Value, args: CallArgs) -> PyResult {
    let Some(o) = Obj::of(w) else { return Ok(Value::NONE) };
    let func = o.slot(cx, FUNC);
    let maxsize = o.slot(cx, MAXSIZE);
    let Some(kept) = Generation::of(cx, o, GENERATION) else { return protocol::call_args(cx, func, args) };
    if maxsize.as_int() == Some(0) {
        count(cx, kept, |c| &c.misses);
        return protocol::call_args(cx, func, args);
    }
    let typed = o.slot(cx, TYPED) == Value::TRUE;
    let key = make_key(cx, args, typed)?;
    let hash = protocol::hash(cx, key)?;
    if maxsize.is_none() {
        let Some(dict) = kept.dict(cx) else { return protocol::call_args(cx, func, args) };
        if let Some(v) = dict.get_hashed(cx, key, hash)? {
            count(cx, kept, |c| &c.hits);
            return Ok(v);
        }
        count(cx, kept, |c| &c.misses);
        let v = protocol::call_args(cx, func, args)?;
        dict.set_hashed(cx, key, hash, v)?;
        return Ok(v);
    }
    if let Some(v) = kept.find(cx, key, hash)? {
        count(cx, kept, |c| &c.hits);
        return Ok(v);
    }
    count(cx, kept, |c| &c.misses);
    let v = protocol::call_args(cx, func, args)?;
    let link = lru_order::link(cx, key, hash, v);
    let link = cx.new_object(&LINK, &link);
    if let Some(link) = Obj::of(link) {
        kept.keep(cx, link, maxsize.as_int().unwrap_or(i64::MAX))?;
    }
    Ok(v)
}

fn wrapper_get(cx: &mut Ctx, w: Value, obj: Value, _owner: Value) -> PyResult {
    if obj.is_empty() || obj.is_none() {
        return Ok(w);
    }
    Ok(types::lookup::bind_method(cx, w, obj))
}

fn cache_info(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(o) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let Some(kept) = Generation::of(cx, o, GENERATION) else { return Ok(Value::NONE) };
    let (hits, misses) = match kept.object().payload::<Counts>(cx, COUNTS) {
        Some(c) => (c.hits.load(Ordering::Relaxed), c.misses.load(Ordering::Relaxed)),
        None => (0, 0),
    };
    let (hits, misses) = (int::from_u64(cx, hits), int::from_u64(cx, misses));
    let size = kept.dict(cx).map_or(0, Dict::len);
    let (maxsize, info) = (o.slot(cx, MAXSIZE), o.slot(cx, INFO));
    protocol::call(cx, info, &[hits, misses, maxsize, Value::from_usize(size)])
}

fn cache_clear(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(o) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let new = new_generation(cx);
    Generation::replace(cx, o, GENERATION, new);
    Ok(Value::NONE)
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let name = cx.names.__qualname__;
    protocol::getattr(cx, args[0], name)
}
