//! Collection, generations, weak references, finalizers, boxes, promotion, threads: against small models.

use crate::cell::header::{self, OLD, REMEMBERED};
use crate::sync::{AtomicBool, AtomicUsize, Ordering};
use crate::{Config, Context, Heap, Kind, Root, RootVec, ShapeId, Shared, Space, Value, sub};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

fn config() -> Config {
    Config { verify: true, stack_words: 1 << 16, ..Config::default() }
}

fn attach(space: &'static Space) -> Box<Context> {
    let cx = Box::new(Context::new(space));
    // SAFETY: boxed, and dropped by this thread.
    unsafe { cx.attach(None) };
    cx
}

fn new_context() -> Box<Context> {
    attach(Space::new(config()))
}

/// An object with `n` value words after the extra word.
fn object(heap: &Heap, n: usize) -> Value {
    heap.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), 2 + n)
}

fn set(heap: &Heap, o: Value, i: usize, v: Value) {
    // SAFETY: the tests keep within their objects.
    unsafe { heap.store(o, 2 + i, v) }
}

fn get(o: Value, i: usize) -> Value {
    // SAFETY: the tests keep within their objects.
    unsafe { o.load(2 + i) }
}

/// Overwrites dead stack below, so that the conservative scan sees little of it.
#[inline(never)]
fn scrub() {
    let mut a = [0usize; 4096];
    std::hint::black_box(&mut a);
}

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

#[test]
fn fresh_objects_read_empty() {
    let cx = new_context();
    for words in [2usize, 7, 8, 9, 17, 64, 100, 1000, 4096, 4097, 20_000] {
        let v = cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), words);
        assert_eq!(v.addr() % 64, 0);
        for i in 1..words {
            // SAFETY: inside the object.
            assert!(unsafe { v.load(i) }.is_empty());
        }
        let raw = cx.alloc_internal(sub::RAW, words);
        for i in 1..words {
            // SAFETY: inside the object.
            assert_eq!(unsafe { raw.load_raw(i) }, 0);
        }
    }
    assert!(cx.try_alloc(Kind::Tuple, ShapeId::of_kind(Kind::Tuple), usize::MAX / 8).is_none());
}

#[test]
fn garbage_is_reused() {
    let mut cx = new_context();
    for _ in 0..200_000 {
        std::hint::black_box(object(&cx, 6));
        cx.poll();
    }
    cx.collect(true);
    let stats = cx.stats();
    assert!(stats.minor.count >= 3, "{stats}");
    assert!(stats.live_bytes < 1 << 20, "{stats}");
    assert!(cx.heap().blocks.borrow().len() < 200);
}

/// Random graphs of objects of random sizes, edges replaced at random, minor and full collections in between. Each
/// object carries its number; what is reachable must be as the model says, and weak references to the rest go.
#[test]
fn random_graphs() {
    for seed in 1..=6 {
        random_graph(seed);
    }
}

fn random_graph(seed: u64) {
    let mut cx = new_context();
    let mut rng = Rng(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
    let mut roots = RootVec::from_slice(&cx, &[Value::NONE; 20]);
    let mut root_ids = [None; 20];
    let mut model: HashMap<i32, Vec<Option<i32>>> = HashMap::new();
    let mut weak: Vec<(i32, Root)> = Vec::new();
    let mut next = 0;
    for step in 0..4000 {
        let live = reachable(&model, &root_ids);
        match rng.below(10) {
            0..=5 => {
                let n = 1 + [3, 5, 12, 40, 700, 9000][rng.below(60).saturating_sub(54)];
                let o = object(&cx, n);
                set(&cx, o, 0, Value::small(next));
                let r = rng.below(20);
                let mut edges = vec![None; n.min(6)];
                // The new object refers to what the root held before, so chains grow.
                if n > 1 && rng.below(4) != 0 {
                    set(&cx, o, 1, roots[r]);
                    edges[1] = root_ids[r];
                }
                model.insert(next, edges);
                if rng.below(4) == 0 {
                    let w = cx.new_weak(o, Value::EMPTY);
                    weak.push((next, Root::new(&cx, w)));
                }
                roots.set(r, o);
                root_ids[r] = Some(next);
                next += 1;
            }
            6 | 7 => {
                // An edge between two live objects.
                let ids: Vec<i32> = live.iter().copied().collect();
                if ids.is_empty() {
                    continue;
                }
                let objects = walk(&roots);
                let (a, b) = (ids[rng.below(ids.len())], ids[rng.below(ids.len())]);
                let edges = model.get_mut(&a).expect("in the model");
                if edges.len() > 1 {
                    let i = 1 + rng.below(edges.len() - 1);
                    edges[i] = Some(b);
                    set(&cx, objects[&a], i, objects[&b]);
                }
            }
            8 => {
                let r = rng.below(20);
                roots.set(r, Value::NONE);
                root_ids[r] = None;
            }
            _ => {
                scrub();
                cx.collect(rng.below(4) == 0);
            }
        }
        if step % 100 == 0 {
            check(&roots, &root_ids, &model);
        }
    }
    check(&roots, &root_ids, &model);
    scrub();
    cx.collect(true);
    let live = reachable(&model, &root_ids);
    let mut kept = 0;
    for (id, w) in &weak {
        match cx.weak_get(w.get()) {
            Some(o) => {
                assert_eq!(get(o, 0), Value::small(*id));
                kept += !live.contains(id) as usize;
            }
            None => assert!(!live.contains(id), "a reachable object's weak reference was cleared"),
        }
    }
    // The conservative scan may hold on to a few.
    assert!(kept * 4 <= weak.len() + 40, "{kept} of {} kept alive", weak.len());
}

fn reachable(model: &HashMap<i32, Vec<Option<i32>>>, roots: &[Option<i32>]) -> HashSet<i32> {
    let mut seen = HashSet::new();
    let mut stack: Vec<i32> = roots.iter().flatten().copied().collect();
    while let Some(i) = stack.pop() {
        if seen.insert(i) {
            stack.extend(model[&i].iter().flatten());
        }
    }
    seen
}

fn walk(roots: &[Value]) -> HashMap<i32, Value> {
    let mut found = HashMap::new();
    let mut stack: Vec<Value> = roots.to_vec();
    while let Some(o) = stack.pop() {
        if !o.is_ptr() {
            continue;
        }
        let id = get(o, 0).as_int().expect("a number") as i32;
        if found.insert(id, o).is_none() {
            for i in 1..6 {
                // SAFETY: objects have at least one cell.
                stack.push(unsafe { o.load(2 + i) });
            }
        }
    }
    found
}

fn check(roots: &[Value], root_ids: &[Option<i32>], model: &HashMap<i32, Vec<Option<i32>>>) {
    let objects = walk(roots);
    let live = reachable(model, root_ids);
    assert_eq!(objects.keys().copied().collect::<HashSet<_>>(), live);
    for (id, o) in &objects {
        for (i, e) in model[id].iter().enumerate().skip(1) {
            match e {
                Some(e) => assert_eq!(get(*o, i), objects[e]),
                None => assert!(!get(*o, i).is_ptr()),
            }
        }
    }
}

#[test]
fn old_objects_remember_young_ones() {
    let mut cx = new_context();
    // Small (remembered whole) and large (remembered by word).
    for n in [4, 3000] {
        let old = Root::new(&cx, object(&cx, n));
        cx.collect(false);
        // SAFETY: a live object.
        assert_ne!(unsafe { cx.flags(old.get()) } & OLD, 0);
        let young = cx.new_str(b"a string on the heap");
        set(&cx, old.get(), n - 1, young);
        // SAFETY: a live object.
        assert_eq!(unsafe { cx.flags(old.get()) } & REMEMBERED != 0, n == 4);
        cx.collect(false);
        // SAFETY: a live object.
        assert_eq!(unsafe { cx.flags(old.get()) } & REMEMBERED, 0);
        for _ in 0..100_000 {
            cx.new_str(b"something that reuses the cells");
            cx.poll();
        }
        // SAFETY: a live string.
        assert_eq!(unsafe { cx.str_bytes(get(old.get(), n - 1)) }, b"a string on the heap");
    }
}

#[test]
fn young_values_move_within_large_old_objects() {
    let mut cx = new_context();
    for n in [4, 3000] {
        let old = Root::new(&cx, object(&cx, n));
        cx.collect(false);
        set(&cx, old.get(), n - 1, cx.new_str(b"a string on the heap"));
        // SAFETY: a live local object and value words of it.
        unsafe { cx.move_words(old.get(), 3, 2, n - 1) };
        set(&cx, old.get(), n - 1, Value::NONE);
        cx.heap().close_windows();
        assert!(cx.heap().find_barrier_violation().is_none());
        cx.collect(false);
        for _ in 0..10_000 {
            cx.new_str(b"something that reuses the cells");
            cx.poll();
        }
        // SAFETY: a live string.
        assert_eq!(unsafe { cx.str_bytes(get(old.get(), n - 2)) }, b"a string on the heap");
    }
}

#[test]
fn verifier_finds_a_broken_barrier() {
    let mut cx = new_context();
    let old = Root::new(&cx, object(&cx, 2));
    cx.collect(false);
    assert!(cx.heap().find_barrier_violation().is_none());
    cx.heap().gc.broken_barrier.set(true);
    set(&cx, old.get(), 0, cx.new_str(b"young and forgotten"));
    cx.heap().close_windows();
    assert!(cx.heap().find_barrier_violation().is_some());
    set(&cx, old.get(), 0, Value::NONE);
    cx.heap().gc.broken_barrier.set(false);
}

#[test]
fn value_stack_is_a_root_and_stale_words_do_no_harm() {
    let mut cx = new_context();
    let base = cx.stack_base();
    let o = cx.new_str(b"only on the value stack");
    // SAFETY: within the value stack.
    unsafe {
        *base = o;
        // No object: inside the heap but not at a start, wrong kind, outside.
        *base.add(1) = Value::cell_at(o.addr() + 64 * 3, Kind::Dict);
        *base.add(2) = Value::cell_at(o.addr(), Kind::List);
        *base.add(3) = Value::cell_at(0x40, Kind::List);
        *base.add(4) = Value::cell_at(cx.heap().arena.base + (900 << 16), Kind::Object);
        // Above the top: cleared.
        *base.add(9) = o;
    }
    // SAFETY: within the value stack.
    cx.set_stack_top(unsafe { base.add(5) });
    for _ in 0..3 {
        scrub();
        cx.collect(true);
    }
    // SAFETY: within the value stack; the first word kept its string alive.
    unsafe {
        assert_eq!(cx.str_bytes(*base), b"only on the value stack");
        assert_eq!(*base.add(9), Value::small(0));
    }
}

#[inline(never)]
fn weak_to_garbage(cx: &Context) -> Root {
    let o = object(cx, 2);
    Root::new(cx, cx.new_weak(o, Value::EMPTY))
}

#[test]
fn weak_references_are_cleared_and_tell() {
    let mut cx = new_context();
    let kept = Root::new(&cx, object(&cx, 1));
    let to_kept = Root::new(&cx, cx.new_weak(kept.get(), Value::EMPTY));
    let told = Root::new(&cx, object(&cx, 1));
    let weak: Vec<Root> = (0..50).map(|_| weak_to_garbage(&cx)).collect();
    for w in &weak {
        cx.weak_set_notify(w.get(), told.get());
    }
    scrub();
    cx.collect(true);
    let cleared = weak.iter().filter(|w| cx.weak_get(w.get()).is_none()).count();
    assert!(cleared >= 45, "{cleared}");
    assert_eq!(cx.weak_get(to_kept.get()), Some(kept.get()));
    let mut n = 0;
    while let Some(v) = cx.take_cleared_weakref() {
        assert_eq!(v, told.get());
        n += 1;
    }
    assert_eq!(n, cleared);
}

#[inline(never)]
fn object_told(cx: &Context) -> Root {
    Root::new(cx, object(cx, 1))
}

#[test]
fn a_cleared_weak_reference_outlives_whom_it_told() {
    let mut cx = new_context();
    let weak: Vec<Root> = (0..50).map(|_| weak_to_garbage(&cx)).collect();
    let told: Vec<Root> = weak.iter().map(|_| object_told(&cx)).collect();
    for (w, t) in weak.iter().zip(&told) {
        cx.weak_set_notify(w.get(), t.get());
    }
    scrub();
    cx.collect(true);
    while cx.take_cleared_weakref().is_some() {}
    drop(told);
    scrub();
    cx.collect(true);
    cx.heap().verify(super::verify::When::Between);
    // Sharing follows the words of weak references.
    for w in &weak {
        cx.promote(w.get());
    }
    cx.heap().verify(super::verify::When::Between);
}

#[inline(never)]
fn make_finalizable(cx: &Context, n: i32) {
    let o = object(cx, 2);
    set(cx, o, 0, Value::small(n));
    let inner = cx.new_str(b"reached only from the finalizable object");
    set(cx, o, 1, inner);
    cx.set_finalizer(o);
}

#[test]
fn finalizers_bring_back_once() {
    let mut cx = new_context();
    (0..20).for_each(|n| make_finalizable(&cx, n));
    scrub();
    cx.collect(true);
    assert_ne!(cx.poll() & crate::poll::FINALIZERS, 0);
    let mut seen = HashSet::new();
    while let Some(o) = cx.take_finalizable() {
        assert!(seen.insert(get(o, 0)));
        // SAFETY: a live string.
        assert_eq!(unsafe { cx.str_bytes(get(o, 1)) }, b"reached only from the finalizable object");
    }
    assert!(seen.len() >= 15, "{}", seen.len());
    scrub();
    cx.collect(true);
    let mut again = 0;
    while let Some(o) = cx.take_finalizable() {
        assert!(!seen.contains(&get(o, 0)));
        again += 1;
    }
    assert!(again + seen.len() <= 20);
}

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[inline(never)]
fn make_boxes(cx: &Context, n: usize, count: &Arc<AtomicUsize>) {
    for _ in 0..n {
        std::hint::black_box(cx.native_box(Counted(Arc::clone(count))));
    }
}

#[test]
fn boxes_are_dropped_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let mut cx = new_context();
    let kept = Root::new(&cx, cx.native_box(Counted(Arc::clone(&count))));
    make_boxes(&cx, 1000, &count);
    scrub();
    cx.collect(false);
    cx.collect(true);
    let dropped = count.load(Ordering::Relaxed);
    assert!((990..=1000).contains(&dropped), "{dropped}");
    assert!(cx.unbox::<Counted>(kept.get()).is_some());
    assert!(cx.unbox::<String>(kept.get()).is_none());
    drop(kept);
    cx.start_sharing();
    drop(cx);
    assert_eq!(count.load(Ordering::Relaxed), 1001);
}

#[test]
fn large_objects_come_and_go() {
    let mut cx = new_context();
    let keep = Root::new(&cx, object(&cx, 100_000));
    set(&cx, keep.get(), 99_999, cx.new_str(b"at the very end of it"));
    for i in 0..200 {
        let o = object(&cx, 10_000 + i * 100);
        set(&cx, o, 5, Value::NONE);
        cx.poll();
    }
    scrub();
    cx.collect(true);
    assert!(cx.heap().larges.borrow().len() < 20);
    // SAFETY: a live string.
    assert_eq!(unsafe { cx.str_bytes(get(keep.get(), 99_999)) }, b"at the very end of it");
}

#[test]
fn atoms_and_shapes() {
    let cx = new_context();
    let a = cx.intern(b"a_long_attribute_name");
    assert_eq!(cx.intern(b"a_long_attribute_name"), a);
    assert!(cx.is_interned(a) && cx.is_shared(a));
    let s = cx.new_str(b"another_attribute_name");
    assert_eq!(cx.intern_value(s), Some(s));
    assert_eq!(cx.intern(b"another_attribute_name"), s);
    let space = cx.space();
    let root = space.new_shape(&cx, Kind::Object, Value::NONE, 2, 6, crate::ShapeMode::Normal);
    let mut shape = root;
    let names: Vec<Value> = (0..30).map(|i| cx.intern(format!("name_{i}").as_bytes())).collect();
    for (i, &n) in names.iter().enumerate() {
        let next = space.transition(shape, n);
        assert_eq!(space.transition(shape, n).id, next.id);
        assert_eq!(next.slot as usize, i + 2);
        shape = next;
        assert_eq!(shape.nslots as usize, i + 3);
        for (j, &m) in names.iter().enumerate() {
            assert_eq!(shape.lookup(m), (j <= i).then_some(j as u32 + 2));
        }
    }
    assert_eq!(shape.attribute_names().collect::<Vec<_>>(), names);
    assert_eq!((shape.name_of(2), shape.name_of(0)), (Some(names[0]), None));
    assert_eq!(space.dict_mode_shape(shape).id, space.dict_mode_shape(root).id);
    assert_eq!(space.shape(shape.id).id, shape.id);
}

#[test]
fn promotion_marks_the_whole_graph() {
    let mut cx = new_context();
    let (a, b, c) = (object(&cx, 3), object(&cx, 3), cx.new_str(b"shared along with it"));
    set(&cx, a, 0, b);
    set(&cx, b, 0, a);
    set(&cx, b, 1, c);
    let d = object(&cx, 1);
    let s = Shared::new(&cx, a);
    assert!(cx.is_shared(a) && cx.is_shared(b) && cx.is_shared(c) && !cx.is_shared(d));
    // A store into a shared object promotes what is stored.
    set(&cx, a, 2, d);
    assert!(cx.is_shared(d));
    cx.collect(true);
    assert_eq!(s.get(&cx), a);
    assert!(cx.lock(a, |h| h.is_shared(a)));
}

#[test]
fn threads_share_and_collect() {
    let space = Space::new(Config { global_threshold: 1 << 20, ..config() });
    let mut cx = attach(space);
    let table = object(&cx, 64);
    let shared = Shared::new(&cx, table);
    let root = space.add_root(&cx, cx.new_str(b"named by the space itself"));
    cx.start_sharing();
    let threads: Vec<_> = (0..4)
        .map(|t| {
            let shared = shared.clone();
            std::thread::spawn(move || {
                let mut cx = attach(space);
                let table = shared.get(&cx);
                let local = Root::new(&cx, object(&cx, 4));
                set(&cx, local.get(), 0, Value::small(t));
                for i in 0..20_000 {
                    let o = object(&cx, 2);
                    set(&cx, o, 0, Value::small(i));
                    set(&cx, o, 1, cx.new_str(format!("payload of {t} and {i}").as_bytes()));
                    let slot = (i as usize * 7 + t as usize) % 64;
                    cx.lock(table, |h| set(h, table, slot, o));
                    let seen = get(table, (slot + 13) % 64);
                    if seen.is_ptr() {
                        let (n, s) = (get(seen, 0).as_int(), get(seen, 1));
                        // SAFETY: a live string.
                        let text = unsafe { cx.str_bytes(s) };
                        assert!(text.ends_with(format!("and {}", n.expect("an int")).as_bytes()));
                    }
                    cx.poll();
                    if i % 5000 == 0 {
                        cx.collect(i % 10_000 == 0);
                    }
                }
                assert_eq!(get(local.get(), 0), Value::small(t));
            })
        })
        .collect();
    for t in threads {
        // The join is a blocking region: collections go on around it.
        cx.blocking(|| t.join().expect("no panic"));
    }
    cx.collect(true);
    // SAFETY: a live string.
    assert_eq!(unsafe { cx.str_bytes(space.root(root)) }, b"named by the space itself");
    let stats = space.stats();
    assert!(stats.global.count > 0 && stats.promoted_objects > 0, "{stats}");
    // The threads' objects are all but gone.
    assert!(stats.live_bytes < 4 << 20, "{stats}");
}

/// Enough blocks for the global collector to mark in parallel.
#[test]
fn large_shared_heaps_are_marked_in_parallel() {
    let space = Space::new(Config { verify: false, ..config() });
    let mut cx = attach(space);
    let mut rng = Rng(77);
    let mut all = RootVec::new(&cx);
    for i in 0..600_000usize {
        let o = object(&cx, 4);
        set(&cx, o, 0, Value::from_usize(i));
        if i > 0 {
            set(&cx, o, 1, all[rng.below(i)]);
            set(&cx, o, 2, all[i - 1]);
        }
        all.push(o);
        cx.poll();
    }
    // Only the last one is held: it reaches all others, in one long chain and by random jumps.
    let last = Shared::new(&cx, all[599_999]);
    drop(all);
    cx.start_sharing();
    for _ in 0..3 {
        scrub();
        cx.collect(true);
    }
    let mut o = last.get(&cx);
    for i in (0..600_000usize).rev() {
        assert_eq!(get(o, 0), Value::from_usize(i));
        assert!(cx.is_shared(o));
        o = get(o, 2);
    }
    assert_eq!(space.stats().global.count, 3);
    drop(last);
    scrub();
    cx.collect(true);
    assert!(space.stats().live_bytes < 16 << 20, "{}", space.stats());
}

#[test]
fn many_short_threads_reuse_memory() {
    let space = Space::new(config());
    let mut cx = attach(space);
    let out = Shared::new(&cx, object(&cx, 4));
    for i in 0..200 {
        let out = out.clone();
        let t = std::thread::spawn(move || {
            let cx = attach(space);
            let o = cx.new_str(b"left behind by a thread");
            set(&cx, out.get(&cx), i % 4, o);
            for _ in 0..100 {
                std::hint::black_box(object(&cx, 20));
            }
        });
        cx.blocking(|| t.join().expect("no panic"));
    }
    cx.collect(true);
    for i in 0..4 {
        // SAFETY: a live string.
        assert_eq!(unsafe { cx.str_bytes(get(out.get(&cx), i)) }, b"left behind by a thread");
    }
    let held = cx.heap().blocks.borrow().len();
    assert!(held < 50, "{held}");
}

#[test]
fn handshake_passes_blocked_and_running_threads() {
    let space = Space::new(config());
    let mut cx = attach(space);
    cx.start_sharing();
    let stop = Arc::new(AtomicBool::new(false));
    let threads: Vec<_> = (0..3)
        .map(|i| {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                let mut cx = attach(space);
                let mine = Root::new(&cx, cx.new_str(b"survives while its owner sleeps"));
                while !stop.load(Ordering::Relaxed) {
                    if i == 0 {
                        cx.poll();
                    } else {
                        cx.blocking(|| std::thread::sleep(std::time::Duration::from_micros(50 * i)));
                    }
                    std::hint::black_box(object(&cx, 3));
                    // SAFETY: a live string.
                    assert_eq!(unsafe { cx.str_bytes(mine.get()) }, b"survives while its owner sleeps");
                }
            })
        })
        .collect();
    for _ in 0..200 {
        cx.collect(true);
    }
    stop.store(true, Ordering::Relaxed);
    for t in threads {
        cx.blocking(|| t.join().expect("no panic"));
    }
    assert!(space.stats().global.count >= 200);
}

#[test]
fn attaching_makes_the_first_context_share() {
    let space = Space::new(config());
    let mut cx = attach(space);
    let ty = object(&cx, 2);
    space.new_shape(&cx, Kind::Object, ty, 0, 6, crate::ShapeMode::Normal);
    let root = space.add_root(&cx, object(&cx, 1));
    assert!(!cx.is_shared(ty) && !cx.is_shared(space.root(root)));
    let done = Arc::new(AtomicBool::new(false));
    let t = {
        let done = Arc::clone(&done);
        std::thread::spawn(move || {
            let cx = attach(space);
            assert!(cx.is_shared(space.root(root)));
            done.store(true, Ordering::Release);
        })
    };
    while !done.load(Ordering::Acquire) {
        cx.poll();
    }
    t.join().expect("no panic");
    assert!(space.is_sharing() && cx.is_shared(ty));
}

/// Before anything is shared, contexts that follow one another inherit the whole heap.
#[test]
fn successive_contexts_inherit() {
    let space = Space::new(config());
    let mut cx = attach(space);
    let table = object(&cx, 3000);
    let root = space.add_root(&cx, table);
    cx.collect(false);
    for i in 0..2000 {
        set(&cx, table, i, cx.new_str(format!("made by the first, number {i}").as_bytes()));
    }
    drop(cx);
    std::thread::spawn(move || {
        let mut cx = attach(space);
        let table = space.root(root);
        assert!(!space.is_sharing() && !cx.is_shared(table));
        for round in 0..4 {
            cx.collect(round == 3);
            for _ in 0..20_000 {
                std::hint::black_box(object(&cx, 4));
                cx.poll();
            }
        }
        for i in 0..2000 {
            // SAFETY: a live string.
            let text = unsafe { cx.str_bytes(get(table, i)) };
            assert_eq!(text, format!("made by the first, number {i}").as_bytes());
        }
    })
    .join()
    .expect("no panic");
}

#[test]
fn stress_modes() {
    let space = Space::new(Config { gc_stress: true, promote_stress: true, budget: 1, ..config() });
    let mut cx = attach(space);
    cx.start_sharing();
    let base = cx.stack_base();
    for i in 0..300usize {
        let o = object(&cx, 3);
        set(&cx, o, 0, Value::from_usize(i));
        if i > 0 {
            // SAFETY: within the value stack.
            set(&cx, o, 1, unsafe { *base.add((i - 1) % 40) });
        }
        // SAFETY: within the value stack.
        unsafe {
            *base.add(i % 40) = o;
            cx.set_stack_top(base.add((i + 1).min(40)));
        }
        cx.poll();
    }
    // SAFETY: within the value stack.
    assert_eq!(get(unsafe { *base.add(299 % 40) }, 0), Value::small(299));
    assert!(cx.stats().minor.count + cx.stats().full.count + space.stats().global.count >= 300);
}

#[test]
fn sizes() {
    assert_eq!(size_of::<Value>(), 8);
    assert_eq!(size_of::<Option<Value>>(), 16);
    assert_eq!(header::CELL, 64);
}

#[inline(never)]
fn new_instance(cx: &Context, shape: ShapeId) -> Root {
    Root::new(cx, cx.alloc(Kind::Object, shape, 8))
}

/// A class shape keeps its type only as long as an object has it; in the only context, and shared.
#[test]
fn a_type_lives_by_its_instances() {
    let mut cx = new_context();
    let space = cx.space();
    for shared in [false, true] {
        if shared {
            cx.start_sharing();
        }
        // The argument must not be inlined: its copies on the stack would keep the type alive.
        #[inline(never)]
        fn shape_of(cx: &Context, name: &[u8]) -> &'static crate::Shape {
            let ty = cx.new_str(name);
            cx.space().new_class_shape(cx, Kind::Object, ty, 0, 6, crate::ShapeMode::Normal)
        }
        let (used, unused) = (shape_of(&cx, b"the type of an instance"), shape_of(&cx, b"the type of nothing").id);
        let (used_id, instance) = (used.id, new_instance(&cx, used.id));
        let later = space.transition(used, cx.intern(b"attribute of the class")).id;
        let further = new_instance(&cx, space.transition(used, cx.intern(b"attribute of an object")).id);
        scrub();
        for _ in 0..2 {
            cx.collect(true);
            // SAFETY: a type made above, alive by the instance.
            assert_eq!(unsafe { cx.str_bytes(space.shape(used_id).ty()) }, b"the type of an instance");
            // What no object has is gone, and the tree does not lead there any more.
            assert!(space.try_shape(unused).is_none() && space.try_shape(later).is_none());
        }
        drop(instance);
        scrub();
        cx.collect(true);
        // An object of a shape that descends from it keeps it.
        assert!(!space.shape(used_id).ty().is_empty());
        let again = space.transition(space.shape(used_id), cx.intern(b"attribute of the class"));
        assert!(again.name == cx.intern(b"attribute of the class") && space.try_shape(again.id).is_some());
        drop(further);
        scrub();
        cx.collect(true);
        assert!(space.try_shape(used_id).is_none());
    }
}

/// A record that counts its end.
struct Held {
    holds: Value,
    ended: &'static std::sync::atomic::AtomicUsize,
}

// SAFETY: the value is shared.
unsafe impl Send for Held {}
// SAFETY: as above.
unsafe impl Sync for Held {}

impl crate::Record for Held {
    fn visit(&self, f: &mut dyn FnMut(Value)) {
        f(self.holds);
    }

    fn extents(&self, _: &mut dyn FnMut(usize, usize)) {}

    fn bytes(&self) -> usize {
        0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// A record lives as long as an object's word or another record names it, and so does what it refers to; alone and shared.
#[test]
fn records_live_while_they_are_named() {
    use std::sync::atomic::AtomicUsize;
    static ENDED: AtomicUsize = AtomicUsize::new(0);
    /// The stack may name some of the dead, where a word of it looks like their address.
    const N: usize = 100;
    const FEW: usize = 10;
    let mut cx = new_context();
    let space = cx.space();
    for shared in [false, true] {
        if shared {
            cx.start_sharing();
        }
        ENDED.store(0, Ordering::Relaxed);
        // Objects name a record each, which names another, which holds a string. A third is named by nothing.
        #[inline(never)]
        fn make(cx: &Context) -> RootVec {
            let adopt = |holds: Value| {
                cx.promote(holds);
                Value::address(cx.space().adopt(cx, Box::new(Held { holds, ended: &ENDED })))
            };
            let mut made = RootVec::new(cx);
            for _ in 0..N {
                let outer = adopt(adopt(cx.new_str(b"held by a record alone")));
                adopt(cx.new_str(b"held by a record that nothing names"));
                let o = object(cx, 3);
                set(cx, o, 0, outer);
                made.push(o);
            }
            made
        }
        #[inline(never)]
        fn check(cx: &Context, made: &RootVec) {
            for &o in made.iter() {
                let outer = get(o, 0).bits() as *const Held;
                // SAFETY: the object names the outer record, that the inner one, and that the string.
                let text = unsafe { cx.str_bytes((*((*outer).holds.bits() as *const Held)).holds) };
                assert_eq!(text, b"held by a record alone");
            }
        }
        let before = space.record_count();
        let made = make(&cx);
        assert_eq!(space.record_count(), before + 3 * N);
        scrub();
        for _ in 0..3 {
            cx.collect(true);
            cx.collect(false);
            let ended = ENDED.load(Ordering::Relaxed);
            assert!((N - FEW..=N).contains(&ended), "{ended} of {N} have ended");
            check(&cx, &made);
        }
        drop(made);
        // A collection of everything looks for records if any was made since the last.
        drop(make(&cx));
        scrub();
        cx.collect(true);
        let ended = ENDED.load(Ordering::Relaxed);
        assert!((6 * N - 3 * FEW..=6 * N).contains(&ended), "{ended} of {} have ended", 6 * N);
    }
}
