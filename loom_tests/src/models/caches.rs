//! Inline caches against classes that change, and the slots of classes against the making of subclasses.

use super::heap::space;
use super::{Model, spawn};
use engine::Ctx;
use engine::cache::{CacheEntry, CacheKind, Fill};
use engine::epoch::Mutations;
use engine::objects::Dict;
use proto_core::Value;
use proto_core::sync::{AtomicU32, Mutex, Ordering, lock};
use std::sync::Arc;

pub const MODELS: &[Model] = &[
    Model::new("cache_torn_entry", 3, 2, &["cache_unchanged", "cache_busy"], torn),
    Model::new("cache_fill_against_mutation", 3, 2, &["epoch_watch_fence", "epoch_written_fence"], stale),
    Model::new("cache_filled_before_sharing", 3, 2, &["transition_promotes"], before_sharing),
    Model::new("class_slots_follow_base", 3, 2, &["class_derives_under_lock"], slots),
];

/// A site's cache. It is shared, as the code that it belongs to is.
struct Site(CacheEntry);

// SAFETY: all but the name, which never changes and is an immediate here, is atomic.
unsafe impl Sync for Site {}
// SAFETY: as above.
unsafe impl Send for Site {}

fn entry() -> Site {
    Site(CacheEntry::new(Value::NONE))
}

/// Two threads fill a site, each with what it found, while a third reads it: it combines no two of the three states.
fn torn() {
    let entry = Arc::new(entry());
    let read = Arc::clone(&entry);
    let read = &read.0;
    let fill = |e: &CacheEntry, id: u32| {
        e.fill(Fill {
            epoch: id,
            index: id,
            p1: u64::from(id),
            p2: u64::from(id),
            ..Fill::new(CacheKind::TypePlain, id, id as u16)
        });
    };
    fill(read, 1);
    let threads = [2, 3].map(|id| {
        let e = Arc::clone(&entry);
        spawn(move || {
            let site = e;
            fill(&site.0, id);
        })
    });
    let consult = || {
        let tag = read.tag();
        if tag.kind() != CacheKind::TypePlain as u8 {
            return;
        }
        let found = (read.epoch(), read.p1(), read.p2());
        if read.unchanged(tag) {
            let id = tag.id();
            assert_eq!((found, tag.slot()), ((id, u64::from(id), u64::from(id)), id as usize), "a torn entry");
        }
    };
    consult();
    for t in threads {
        t.join().unwrap();
    }
    consult();
}

/// A class as its users see it: the dictionary, whether a cache has looked, the epoch, and a site that looks it up.
struct Class {
    mutations: Mutations,
    seen: AtomicU32,
    site: Site,
}

/// The method that the site finds, through its cache or by looking it up and filling the cache.
fn find(c: &Class, d: Dict, name: Value) -> Option<Value> {
    let site = &c.site.0;
    let tag = site.tag();
    if tag.is(7, CacheKind::TypeValue) && site.epoch() == c.mutations.epoch() {
        // SAFETY: the site keeps the word of a value that the model holds.
        let found = unsafe { Value::from_bits(site.p1()) };
        if site.unchanged(tag) {
            return Some(found);
        }
    }
    let epoch = c.mutations.epoch();
    c.mutations.watch(|| {
        c.seen.fetch_or(1, Ordering::SeqCst);
    });
    let found = d.get_str(name);
    if let Some(v) = found {
        site.fill(Fill { epoch, p1: v.bits(), ..Fill::new(CacheKind::TypeValue, 7, 0) });
    }
    found
}

/// A method is replaced while a site looks it up and fills its cache: once the replacement has returned, no lookup finds
/// the old one, not even by the cache that was filled meanwhile.
fn stale() {
    let name = || Value::short_str(b"m").unwrap_or(Value::NONE);
    let space = space();
    let root = {
        let mut cx = Ctx::attached(space);
        cx.context().start_sharing();
        let d = Dict::new(&cx);
        d.set_str(&cx, name(), Value::small(1));
        space.add_root(&cx, d.value())
    };
    let class = Arc::new(Class { mutations: Mutations::default(), seen: AtomicU32::new(0), site: entry() });
    let (c, name_of) = (Arc::clone(&class), name);
    let t = spawn(move || {
        let cx = Ctx::attached(space);
        let Some(d) = Dict::of(space.root(root)) else { panic!("not a dict") };
        let found = find(&c, d, name_of());
        assert!(found == Some(Value::small(1)) || found == Some(Value::small(2)), "{found:?}");
        drop(cx);
    });
    let cx = Ctx::attached(space);
    let Some(d) = Dict::of(space.root(root)) else { panic!("not a dict") };
    class.mutations.mutate(|| {
        d.set_str(&cx, name(), Value::small(2));
        class.mutations.written(|| class.seen.load(Ordering::Acquire) != 0);
    });
    assert_eq!(find(&class, d, name()), Some(Value::small(2)), "the old method after its replacement returned");
    drop(cx);
    t.join().unwrap();
    assert_eq!(find(&class, d, name()), Some(Value::small(2)), "an entry filled meanwhile is still good");
}

/// A site was filled while there was one thread, with an object that was its own. The second thread, which makes the runtime share,
/// finds a shared object there, and not the old one after a replacement has returned.
fn before_sharing() {
    let name = || Value::short_str(b"m").unwrap_or(Value::NONE);
    let space = space();
    let method = |cx: &Ctx, n: usize| {
        let made = Dict::new(cx);
        made.set_str(cx, Value::short_str(b"n").unwrap_or(Value::NONE), Value::from_usize(n));
        made.value()
    };
    let number = |v: Value| Dict::of(v).and_then(|d| d.get_str(Value::short_str(b"n").unwrap_or(Value::NONE)));
    let class = Arc::new(Class { mutations: Mutations::default(), seen: AtomicU32::new(0), site: entry() });
    let mut cx = Ctx::attached(space);
    let d = Dict::new(&cx);
    let first = method(&cx, 1);
    d.set_str(&cx, name(), first);
    let root = space.add_root(&cx, d.value());
    assert_eq!(find(&class, d, name()), Some(first));
    cx.context().start_sharing();
    let (c, name_of) = (Arc::clone(&class), name);
    let t = spawn(move || {
        let cx = Ctx::attached(space);
        let Some(d) = Dict::of(space.root(root)) else { panic!("not a dict") };
        let Some(found) = find(&c, d, name_of()) else { panic!("no method") };
        assert!(cx.is_shared(found), "another thread's own object in a cache");
        let n = number(found);
        assert!(n == Some(Value::small(1)) || n == Some(Value::small(2)), "{n:?}");
        drop(cx);
    });
    let second = method(&cx, 2);
    class.mutations.mutate(|| {
        d.set_str(&cx, name(), second);
        class.mutations.written(|| class.seen.load(Ordering::Acquire) != 0);
    });
    assert_eq!(
        find(&class, d, name()).and_then(number),
        Some(Value::small(2)),
        "the old method after its replacement returned"
    );
    t.join().unwrap();
}

/// A class is made while a slot of its base changes: the new class is among the base's subclasses before it takes over the
/// slots, and both happen under the lock, so it ends with the new ones.
fn slots() {
    struct World {
        mutations: Mutations,
        base: AtomicU32,
        sub: AtomicU32,
        subclasses: Mutex<Vec<()>>,
    }
    let world = Arc::new(World {
        mutations: Mutations::default(),
        base: AtomicU32::new(1),
        sub: AtomicU32::new(0),
        subclasses: Mutex::new(Vec::new()),
    });
    let w = Arc::clone(&world);
    let t = spawn(move || {
        w.mutations.mutate(|| lock(&w.subclasses).push(()));
        w.mutations.derive(|| w.sub.store(w.base.load(Ordering::Acquire), Ordering::Release));
    });
    world.mutations.mutate(|| {
        world.base.store(2, Ordering::Release);
        if !lock(&world.subclasses).is_empty() {
            world.sub.store(2, Ordering::Release);
        }
    });
    t.join().unwrap();
    assert_eq!(world.sub.load(Ordering::Acquire), 2, "a class with its base's old slots");
}
