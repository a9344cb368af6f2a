//! A cache that all threads share and that keeps nothing alive: what somebody holds is found, what nobody holds any more is gone
//! after a collection, and so is its entry.
//!
//! `cargo run --release -p proto_core --example weak_cache`
//!
//! The values are boxes of Rust values with memory of their own, of which the heap is told, so that collections come in time. An
//! entry is an array: a weak reference to the value, and the key. The weak reference tells the entry when it is cleared; whoever gets
//! that from the collector takes the entry out.

use proto_core::persistent::trie::{Entry, MapTrie, spread};
use proto_core::{Attached, Config, Heap, RootVec, Shared, Space, Value, clear_below, external_freed, poll};
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Maps that the entries are divided over.
const SHARDS: usize = 16;
/// Slots of an entry.
const WEAK: usize = 0;
const KEY: usize = 1;
/// Values that a thread holds at a time.
const HELD: usize = 64;

/// What is cached: what was worked out for a key, with much memory.
struct Page {
    key: i64,
    bytes: Vec<u8>,
    /// How many there are.
    alive: &'static AtomicUsize,
}

impl Drop for Page {
    /// Runs once, when a collection has found the box dead.
    fn drop(&mut self) {
        external_freed(self.bytes.len());
        self.alive.fetch_sub(1, Ordering::Relaxed);
    }
}

fn new_page(heap: &Heap, key: i64, alive: &'static AtomicUsize) -> Value {
    alive.fetch_add(1, Ordering::Relaxed);
    let page = Page { key, bytes: vec![key as u8; 4096], alive };
    heap.add_external(page.bytes.len() as isize);
    heap.native_box(page)
}

/// Whether it is the page of a key.
fn is_page(heap: &Heap, v: Value, key: i64) -> bool {
    heap.unbox::<Page>(v).is_some_and(|p| p.key == key && p.bytes.iter().all(|&b| b == key as u8))
}

/// An array of arrays of one slot, each with a map from keys to entries, and a lock of its own.
struct Cache(Shared);

impl Cache {
    fn new(heap: &Heap) -> Cache {
        let shards = heap.new_array(SHARDS);
        for i in 0..SHARDS {
            assert!(heap.set_slot(shards, i, heap.new_array(1)));
        }
        Cache(Shared::new(heap, shards))
    }

    fn shard(&self, heap: &Heap, hash: u64) -> Value {
        heap.slot(self.0.get(heap), (hash >> 60) as usize % SHARDS)
    }

    /// The cached value. Takes no lock: the map is whole, whoever changes it meanwhile.
    fn get(&self, heap: &Heap, key: i64) -> Option<Value> {
        let hash = spread(key);
        let map = heap.slot(self.shard(heap, hash), 0);
        live_value(heap, find(map, hash, key)?)
    }

    /// The cached value, or else what `make` gives, which is cached from now on; and whether it was there. If another thread is
    /// faster, its value is everybody's.
    fn get_or_make(&self, heap: &Heap, key: i64, make: impl FnOnce() -> Value) -> (Value, bool) {
        if let Some(v) = self.get(heap, key) {
            return (v, true);
        }
        let made = make();
        let hash = spread(key);
        let mut taken = (made, false);
        heap.update_slot(self.shard(heap, hash), 0, |heap, map| {
            let old = find(map, hash, key);
            if let Some(v) = old.and_then(|e| live_value(heap, e)) {
                taken = (v, true);
                return map;
            }
            let entry = heap.new_array(2);
            heap.set_slot(entry, WEAK, heap.new_weak(made, entry));
            heap.set_slot(entry, KEY, int(key));
            // The store of this shares the entry, and the value that it refers to weakly.
            map_of(map).with(heap, Entry { hash, key: int(key), value: entry }, old.map(|e| e.key)).value()
        });
        taken
    }

    /// Takes an entry out whose value is gone, unless another one has taken its place.
    fn forget(&self, heap: &Heap, entry: Value) {
        let key = heap.slot(entry, KEY).as_int().expect("an entry");
        let hash = spread(key);
        heap.update_slot(self.shard(heap, hash), 0, |heap, map| match find(map, hash, key) {
            Some(e) if e.value == entry => map_of(map).without(heap, hash, e.key).value(),
            _ => map,
        });
    }

    fn len(&self, heap: &Heap) -> usize {
        let shards = self.0.get(heap);
        (0..SHARDS).map(|i| map_of(heap.slot(heap.slot(shards, i), 0)).count()).sum()
    }
}

fn int(key: i64) -> Value {
    Value::int(key).expect("a small key")
}

fn map_of(slot: Value) -> MapTrie {
    MapTrie::of(slot).expect("a map")
}

/// The entry of a key. (Keys are ints here: equal ones have equal bits.)
fn find(map: Value, hash: u64, key: i64) -> Option<Entry> {
    let Ok(found) = map_of(map).find(hash, |k| Ok::<_, Infallible>(k == int(key)));
    found
}

/// What an entry refers to, while it lives. From here on the caller holds it.
fn live_value(heap: &Heap, e: Entry) -> Option<Value> {
    heap.weak_get(heap.slot(e.value, WEAK))
}

/// What every thread does at its polls.
fn poll_and_tidy(cx: &mut Attached, cache: &Cache) {
    if cx.poll() & poll::WEAKREFS != 0 {
        tidy(cx, cache);
    }
}

/// Takes the entries out whose values have died.
fn tidy(cx: &mut Attached, cache: &Cache) {
    while let Some(entry) = cx.take_cleared_weakref() {
        cache.forget(cx, entry);
    }
}

/// Asks for keys again and again, and holds the last values that it got. Returns hits, and some of what it holds at the end.
fn work(
    space: &'static Space,
    cache: &Cache,
    seed: u64,
    keys: u64,
    rounds: usize,
    alive: &'static AtomicUsize,
) -> (usize, Vec<(i64, Shared)>) {
    let mut cx = Attached::new(space);
    let mut held = RootVec::from_slice(&cx, &[Value::NONE; HELD]);
    let (mut state, mut hits, mut last) = (seed, 0, Vec::new());
    for i in 0..rounds {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let key = ((state >> 33) % keys) as i64;
        let (v, hit) = cache.get_or_make(&cx, key, || new_page(&cx, key, alive));
        assert!(is_page(&cx, v, key), "another key's page");
        hits += usize::from(hit);
        held.set(i % HELD, v);
        if i + 8 >= rounds {
            // In this form it may leave the thread.
            last.push((key, Shared::new(&cx, v)));
        }
        poll_and_tidy(&mut cx, cache);
    }
    (hits, last)
}

/// In a frame of its own, so that nothing of what it looked at is left on the caller's stack.
#[inline(never)]
fn check_held(cx: &Attached, cache: &Cache, held: &[(i64, Shared)]) {
    for (key, v) in held {
        let found = cache.get(cx, *key).expect("somebody holds it");
        assert!(found == v.get(cx) && is_page(cx, found, *key));
    }
}

#[inline(never)]
fn count_found(cx: &Attached, cache: &Cache, keys: u64) -> usize {
    (0..keys as i64).filter(|&k| cache.get(cx, k).is_some()).count()
}

/// Collects everything, and sees to what that found.
#[inline(never)]
fn collect(cx: &mut Attached, cache: &Cache) {
    // What calls have left on the stack below would be taken for references.
    clear_below::<4096>();
    cx.collect(true);
    tidy(cx, cache);
}

/// So many threads ask for so many keys.
pub fn run(config: Config, threads: u64, keys: u64, rounds: usize) {
    // What a stack still seems to name lives on; it is not much.
    const FEW: usize = 8;
    // What is shared is collected when so many bytes of objects have been shared. The pages' own memory is not among these: a cache of
    // things that are larger than their objects sets a limit that is lower than usual.
    let space = Space::new(Config { global_threshold: 1 << 20, ..config });
    let alive: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    let mut cx = Attached::new(space);
    cx.start_sharing();
    let cache = Cache::new(&cx);
    let shared = &cache;
    let results: Vec<_> = cx.blocking(|| {
        thread::scope(|s| {
            let start = |seed| s.spawn(move || work(space, shared, seed, keys, rounds, alive));
            let started: Vec<_> = (1..=threads).map(start).collect();
            started.into_iter().map(|t| t.join().expect("no panic")).collect()
        })
    });
    let hits: usize = results.iter().map(|r| r.0).sum();
    let held: Vec<_> = results.into_iter().flat_map(|r| r.1).collect();
    let (asked, different) = (threads as usize * rounds, held.iter().map(|h| h.0).collect::<HashSet<_>>().len());
    println!("{hits} hits of {asked}; {} pages, {} entries", alive.load(Ordering::Relaxed), cache.len(&cx));
    assert!(hits > 0 && hits < asked);

    // The threads are gone, and with them all that they held but what they handed over.
    collect(&mut cx, &cache);
    check_held(&cx, &cache, &held);
    let (found, pages) = (count_found(&cx, &cache, keys), alive.load(Ordering::Relaxed));
    println!("{different} are held: {found} found, {pages} pages, {} entries", cache.len(&cx));
    assert!((different..=different + FEW).contains(&found));
    assert_eq!((pages, cache.len(&cx)), (found, found), "an entry for each value, and no other");

    drop(held);
    collect(&mut cx, &cache);
    let (found, pages) = (count_found(&cx, &cache, keys), alive.load(Ordering::Relaxed));
    println!("none is held: {found} found, {pages} pages, {} entries", cache.len(&cx));
    assert!(found <= FEW && pages == found && cache.len(&cx) == found);
    println!("{}", space.stats());
}

#[allow(dead_code, reason = "the tests include this file")]
fn main() {
    run(Config::from_env(), 4, 2000, 50_000);
}
