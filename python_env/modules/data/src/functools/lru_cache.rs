//! `_lru_cache_wrapper`: a function with a bounded cache of results.
//!
//! The cache is a dict. An unbounded one maps keys to results. A bounded one maps keys to *links* of a doubly linked list in
//! order of use; the list changes only under the wrapper's lock, in which no Python code runs. The dict is asked outside the
//! lock (keys may have an `__eq__` of their own), so a link may leave the list while somebody holds it: its state slot tells,
//! and a result in hand stays valid. Concurrent misses of one key may call the function twice, as in CPython.

use engine::objects::{Dict, List, Obj, Tuple};
use engine::prelude::*;
use engine::protocol;
use proto_core::sync::{AtomicU64, Ordering};

use crate::util;

const FUNC: usize = 0;
const CACHE: usize = 1;
const MAXSIZE: usize = 2;
const TYPED: usize = 3;
const INFO: usize = 4;
const COUNTS: usize = 5;
const NEWEST: usize = 6;
const OLDEST: usize = 7;
const LEN: usize = 8;

pub static LRU_CACHE: TypeDef = TypeDef {
    doc: "Create a cached callable that wraps another function.\n\nuser_function:      the function being cached\n\nmaxsize:  0         for no caching\n          None      for unlimited cache size\n          n         for a bounded cache\n\ntyped:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) and f(3.0) as distinct calls\n\ncache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize\n",
    flags: TypeFlags::HAS_DICT.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::METHOD_DESCRIPTOR).with(TypeFlags::MUTABLE),
    nnative: 9,
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

/// A link. Slots: 0 newer, 1 older, 2 key, 3 result, 4 TRUE while it is in the list.
static LINK: TypeDef = TypeDef { nnative: 5, flags: TypeFlags::NO_NEW, ..TypeDef::new("functools", "_lru_list_elem") };

const NEWER: usize = 0;
const OLDER: usize = 1;
const KEY: usize = 2;
const RESULT: usize = 3;
const LISTED: usize = 4;

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
    } else if types::type_of(cx, args[2]).slots().index.is_some() {
        let n = protocol::index(cx, args[2])?.max(0);
        int::from_i64(cx, n)
    } else {
        return Err(cx.type_error("maxsize should be integer or None"));
    };
    let typed = Value::bool(protocol::truth(cx, args[3])?);
    let cache = Dict::new(cx).value();
    let o = cx.alloc_instance(args[0])?;
    for (i, v) in [args[1], cache, maxsize, typed, args[4]].into_iter().enumerate() {
        o.set_slot(cx, i, v);
    }
    o.set_payload(cx, COUNTS, Counts::default());
    o.set_slot(cx, LEN, Value::small(0));
    Ok(o.value())
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
        let mark = util::singleton(cx, "functools._kwd_mark", |cx| cx.new_object(&MARK, &[]))?;
        key.push(cx, mark);
        for i in 0..nkw {
            let (name, v) = args.keyword(i);
            key.push(cx, name);
            key.push(cx, v);
        }
    }
    if typed {
        for &v in args.values {
            let class = util::class_of(cx, v);
            key.push(cx, class);
        }
    }
    Ok(key.to_tuple(cx))
}

fn count(cx: &Ctx, o: Obj, which: fn(&Counts) -> &AtomicU64) {
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
    if maxsize.as_int() == Some(0) {
        count(cx, o, |c| &c.misses);
        return protocol::call_args(cx, func, args);
    }
    let typed = o.slot(cx, TYPED) == Value::TRUE;
    let key = make_key(cx, args, typed)?;
    let hash = protocol::hash(cx, key)?;
    let Some(cache) = Dict::of(o.slot(cx, CACHE)) else { return protocol::call_args(cx, func, args) };
    let found = cache.get_hashed(cx, key, hash)?;
    if maxsize.is_none() {
        if let Some(v) = found {
            count(cx, o, |c| &c.hits);
            return Ok(v);
        }
        count(cx, o, |c| &c.misses);
        let v = protocol::call_args(cx, func, args)?;
        cache.set_hashed(cx, key, hash, v)?;
        return Ok(v);
    }
    if let Some(link) = found.and_then(Obj::of) {
        count(cx, o, |c| &c.hits);
        touch(cx, o, link);
        return Ok(link.slot(cx, RESULT));
    }
    count(cx, o, |c| &c.misses);
    let v = protocol::call_args(cx, func, args)?;
    let link = cx.new_object(&LINK, &[Value::EMPTY, Value::EMPTY, key, v, Value::FALSE]);
    // Somebody else may have stored the key meanwhile: then that link stays.
    if cache.set_default(cx, key, link)? != link {
        return Ok(v);
    }
    let max = maxsize.as_int().unwrap_or(i64::MAX);
    if let Some(link) = Obj::of(link)
        && let Some(evicted) = insert(cx, o, link, max)
    {
        let old_key = evicted.slot(cx, KEY);
        cache.remove(cx, old_key)?;
    }
    Ok(v)
}

/// Takes `link` out of the list. The wrapper is locked.
fn unlink(heap: &Heap, o: Obj, link: Obj) {
    let (newer, older) = (link.slot(heap, NEWER), link.slot(heap, OLDER));
    match Obj::of(newer) {
        Some(n) => n.set_slot(heap, OLDER, older),
        None => o.set_slot(heap, NEWEST, older),
    }
    match Obj::of(older) {
        Some(n) => n.set_slot(heap, NEWER, newer),
        None => o.set_slot(heap, OLDEST, newer),
    }
}

/// Puts `link` at the newest end. The wrapper is locked.
fn push_newest(heap: &Heap, o: Obj, link: Obj) {
    let newest = o.slot(heap, NEWEST);
    link.set_slot(heap, NEWER, Value::EMPTY);
    link.set_slot(heap, OLDER, newest);
    match Obj::of(newest) {
        Some(n) => n.set_slot(heap, NEWER, link.value()),
        None => o.set_slot(heap, OLDEST, link.value()),
    }
    o.set_slot(heap, NEWEST, link.value());
}

/// Makes `link` the newest, unless it has left the list.
fn touch(heap: &Heap, o: Obj, link: Obj) {
    if o.slot(heap, NEWEST) == link.value() {
        return;
    }
    heap.lock(o.value(), |heap| {
        if link.slot(heap, LISTED) == Value::TRUE && o.slot(heap, NEWEST) != link.value() {
            unlink(heap, o, link);
            push_newest(heap, o, link);
        }
    });
}

/// Adds a new link; the oldest leaves the list when there are more than `max`.
fn insert(heap: &Heap, o: Obj, link: Obj, max: i64) -> Option<Obj> {
    heap.lock(o.value(), |heap| {
        push_newest(heap, o, link);
        link.set_slot(heap, LISTED, Value::TRUE);
        let len = o.slot_int(heap, LEN);
        if len < max {
            o.set_slot(heap, LEN, int::from_i64(heap, len + 1));
            return None;
        }
        let oldest = Obj::of(o.slot(heap, OLDEST))?;
        unlink(heap, o, oldest);
        oldest.set_slot(heap, LISTED, Value::FALSE);
        Some(oldest)
    })
}

fn wrapper_get(cx: &mut Ctx, w: Value, obj: Value, _owner: Value) -> PyResult {
    if obj.is_empty() || obj.is_none() {
        return Ok(w);
    }
    Ok(types::lookup::bind_method(cx, w, obj))
}

fn cache_info(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(o) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let (hits, misses) = match o.payload::<Counts>(cx, COUNTS) {
        Some(c) => (c.hits.load(Ordering::Relaxed), c.misses.load(Ordering::Relaxed)),
        None => (0, 0),
    };
    let (hits, misses) = (int::from_u64(cx, hits), int::from_u64(cx, misses));
    let size = Dict::of(o.slot(cx, CACHE)).map_or(0, Dict::len);
    let (maxsize, info) = (o.slot(cx, MAXSIZE), o.slot(cx, INFO));
    protocol::call(cx, info, &[hits, misses, maxsize, Value::from_usize(size)])
}

fn cache_clear(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(o) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    if let Some(cache) = Dict::of(o.slot(cx, CACHE)) {
        cache.clear(cx);
    }
    let heap: &Heap = cx;
    heap.lock(o.value(), |heap| {
        let mut at = o.slot(heap, NEWEST);
        while let Some(link) = Obj::of(at) {
            at = link.slot(heap, OLDER);
            link.set_slot(heap, LISTED, Value::FALSE);
        }
        o.set_slot(heap, NEWEST, Value::EMPTY);
        o.set_slot(heap, OLDEST, Value::EMPTY);
        o.set_slot(heap, LEN, Value::small(0));
    });
    if let Some(c) = o.payload::<Counts>(cx, COUNTS) {
        c.hits.store(0, Ordering::Relaxed);
        c.misses.store(0, Ordering::Relaxed);
    }
    Ok(Value::NONE)
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let name = cx.names.__qualname__;
    protocol::getattr(cx, args[0], name)
}
