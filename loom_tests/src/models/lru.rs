//! `functools.lru_cache`: what a bounded cache keeps and in which order it was used, on the file that ships. What follows
//! `lru_cache.rs` here is its calls.

use super::heap::space;
use super::{Model, spawn};
use engine::Ctx;
use engine::objects::{Dict, Obj};
use lru_order::Generation;
use proto_core::sync::{AtomicU32, Ordering, broken};
use proto_core::{Kind, ShapeMode, Space, SpaceRoot, Value};
use std::sync::Arc;

#[path = "../../../python_env/modules/data/src/functools/lru_order.rs"]
#[allow(dead_code)]
mod lru_order;

pub const MODELS: &[Model] = &[
    Model::new("lru_two_misses", 3, 2, &["lru_takes_its_place"], two_misses),
    Model::new("lru_use_against_eviction", 3, 2, &["lru_asks_whether_listed"], use_against_eviction),
    Model::new("lru_cleared_during_a_call", 3, 2, &["lru_keeps_its_generation"], cleared),
];

/// Where the wrapper has its generation.
const GENERATION: usize = 0;

/// An object with these native slots.
fn object(cx: &Ctx, slots: &[Value]) -> Obj {
    let shape = cx.space().new_shape(cx, Kind::Object, Value::NONE, slots.len() as u32, 0, ShapeMode::Normal);
    let Some(o) = Obj::of(Obj::alloc(cx, shape.id)) else { panic!("not an object") };
    for (i, &v) in slots.iter().enumerate() {
        o.set_slot(cx, i, v);
    }
    o
}

fn new_generation(cx: &Ctx) -> Obj {
    let dict = Dict::new(cx).value();
    object(cx, &lru_order::generation(dict))
}

/// Keys are their own hashes.
fn key(i: u32) -> Value {
    Value::from_usize(i as usize)
}

/// A call of the wrapper, as `wrapper_call` does it.
fn call(cx: &mut Ctx, wrapper: Obj, k: u32, max: i64, function: impl FnOnce() -> Value) -> Value {
    let Some(kept) = Generation::of(cx, wrapper, GENERATION) else { panic!("no generation") };
    if let Some(v) = kept.find(cx, key(k), i64::from(k)).unwrap() {
        return v;
    }
    let v = function();
    let kept = match Generation::of(cx, wrapper, GENERATION) {
        Some(other) if broken("lru_keeps_its_generation") => other,
        _ => kept,
    };
    let slots = lru_order::link(cx, key(k), i64::from(k), v);
    let link = object(cx, &slots);
    kept.keep(cx, link, max).unwrap();
    v
}

/// A shared wrapper whose cache has results for some keys.
fn cache(keys: &[u32], max: i64) -> (&'static Space, SpaceRoot) {
    let space = space();
    let mut cx = Ctx::attached(space);
    cx.context().start_sharing();
    let kept = new_generation(&cx).value();
    let wrapper = object(&cx, &[kept]);
    let root = space.add_root(&cx, wrapper.value());
    for &k in keys {
        call(&mut cx, wrapper, k, max, || key(k));
    }
    (space, root)
}

fn wrapper(space: &'static Space, root: SpaceRoot) -> (Ctx, Obj) {
    let cx = Ctx::attached(space);
    match Obj::of(space.root(root)) {
        Some(o) => (cx, o),
        None => panic!("not an object"),
    }
}

fn size(cx: &Ctx, wrapper: Obj) -> (usize, Generation) {
    let Some(kept) = Generation::of(cx, wrapper, GENERATION) else { panic!("no generation") };
    (kept.dict(cx).map_or(0, Dict::len), kept)
}

/// Nobody is in a call: dict and order have the same links, and no more than the cache may hold.
fn check_whole(cx: &Ctx, wrapper: Obj, max: usize) {
    let (n, kept) = size(cx, wrapper);
    assert!(n <= max, "{n} results in a cache of {max}");
    assert_eq!(kept.listed(cx), (n, n), "the order is not that of the dict");
}

/// Two threads miss with different keys where there is one place: one result is kept, and at no time are there two.
fn two_misses() {
    let (space, root) = cache(&[], 1);
    let t = spawn(move || {
        let (mut cx, w) = wrapper(space, root);
        assert_eq!(call(&mut cx, w, 1, 1, || key(1)), key(1));
    });
    {
        let (mut cx, w) = wrapper(space, root);
        assert_eq!(call(&mut cx, w, 2, 1, || key(2)), key(2));
        assert!(size(&cx, w).0 <= 1, "more results than places");
    }
    t.join().unwrap();
    let (cx, w) = wrapper(space, root);
    check_whole(&cx, w, 1);
}

/// A result is used, and becomes the newest, while another thread's miss takes its place away.
fn use_against_eviction() {
    let (space, root) = cache(&[1, 2], 2);
    let t = spawn(move || {
        let (mut cx, w) = wrapper(space, root);
        assert_eq!(call(&mut cx, w, 1, 2, || key(1)), key(1));
    });
    {
        let (mut cx, w) = wrapper(space, root);
        assert_eq!(call(&mut cx, w, 3, 2, || key(3)), key(3));
    }
    t.join().unwrap();
    let (cx, w) = wrapper(space, root);
    check_whole(&cx, w, 2);
}

/// The cache is cleared while a call computes: what was computed before is not found after.
fn cleared() {
    let (space, root) = cache(&[], 2);
    let truth = Arc::new(AtomicU32::new(1));
    let theirs = Arc::clone(&truth);
    let t = spawn(move || {
        let (mut cx, w) = wrapper(space, root);
        call(&mut cx, w, 7, 2, || key(theirs.load(Ordering::SeqCst)));
    });
    {
        let (mut cx, w) = wrapper(space, root);
        truth.store(2, Ordering::SeqCst);
        let new = new_generation(&cx);
        Generation::replace(&cx, w, GENERATION, new);
        assert_eq!(call(&mut cx, w, 7, 2, || key(2)), key(2), "a result from before the clearing");
    }
    t.join().unwrap();
    let (mut cx, w) = wrapper(space, root);
    assert_eq!(call(&mut cx, w, 7, 2, || key(2)), key(2), "a result from before the clearing is kept");
    check_whole(&cx, w, 2);
}
