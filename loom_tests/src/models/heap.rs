//! The heap between threads: attaching and dying, promotion and publication, collection, weak references, blocks.
//!
//! All of it is the heap that ships, each object's words being atomics of the checker; a touch of an object that has been
//! freed fails the run, and so does a bitmap or counter of a block that two threads touch without order.

use super::{Model, spawn};
use proto_core::header::{HAS_WEAKREF, INTERNED, SHARED};
use proto_core::sync::{AtomicU64, Ordering};
use proto_core::{Config, Context, Kind, Root, ShapeId, Space, SpaceRoot, Value};
use std::sync::Arc;

pub const MODELS: &[Model] = &[
    Model::new("promote_publish", 3, 2, &["heap_store_promotes", "promote_children"], promote_publish),
    Model::new("store_publish", 3, 2, &["heap_store_release"], store_publish),
    Model::new("promote_against_marking", 3, 2, &["promote_bitmap", "global_space_roots"], against_marking),
    Model::new("publish_before_flip", 3, 2, &["gate_begin_waits"], publish_before_flip),
    Model::new("attach_and_die", 3, 2, &["detach_under_registry"], attach_and_die),
    Model::new("block_hand_over", 3, 2, &["hand_over_keeps_shared"], block_hand_over),
    Model::new("weak_read_against_clear", 3, 2, &["weak_clear"], weak_read),
    Model::new("atom_insertion", 3, 2, &["atom_lookup", "atom_promoted"], atoms),
    Model::new("shape_insertion", 3, 2, &["shape_transition_lookup", "shape_transition_release"], shapes),
    Model::new("atom_against_collection", 3, 2, &["atom_leaves_table"], atom_dies),
    Model::new("shape_against_collection", 3, 2, &["shape_leaves_tree"], shape_dies),
    Model::new("marking_against_stores", 3, 2, &["store_logs", "exchange_logs", "clear_logs"], marking_against_stores),
];

#[cfg(shuttle)]
pub const RANDOM: &[Model] =
    &[Model::random("world_of_four", 4000, 400, &["gate_begin_waits", "promote_bitmap", "weak_clear"], world_of_four)];

/// A runtime with windows of one object, so that a run makes few words.
pub fn space() -> &'static Space {
    Space::new(Config { stack_words: 16, gc_stress: true, budget: 1 << 30, ..Config::default() })
}

/// As [`space`]; stores note what they take out of objects, as they do while somebody marks.
pub fn space_being_marked() -> &'static Space {
    Space::new(Config { stack_words: 16, gc_stress: true, budget: 1 << 30, log_stores: true, ..Config::default() })
}

/// Attaches the running thread for as long as `f` runs.
pub fn attached<R>(space: &'static Space, f: impl FnOnce(&mut Context) -> R) -> R {
    let mut cx = Box::new(Context::new(space));
    // SAFETY: the box stays on this thread and its content where it is until it is dropped here.
    unsafe { cx.attach(None) };
    f(&mut cx)
}

/// A cell that holds `v`.
fn cell(cx: &Context, v: Value) -> Value {
    let c = cx.alloc(Kind::Cell, ShapeId::of_kind(Kind::Cell), 2);
    set(cx, c, v);
    c
}

fn set(cx: &Context, cell: Value, v: Value) {
    // SAFETY: word 1 of a cell is a value.
    unsafe { cx.store(cell, 1, v) };
}

fn get(cell: Value) -> Value {
    assert!(cell.is_ptr(), "a cell was read before it was written: {cell:?}");
    // SAFETY: as in `set`.
    unsafe { cell.load(1) }
}

fn is_shared(cx: &Context, v: Value) -> bool {
    cx.is_shared(v)
}

/// A space with one shared cell that it refers to, made by a context that is gone.
fn with_shared_cell() -> (&'static Space, SpaceRoot) {
    let space = space();
    let root = attached(space, |cx| {
        cx.start_sharing();
        space.add_root(cx, cell(cx, Value::NONE))
    });
    (space, root)
}

/// One thread stores a local graph into a shared cell, another reads the cell meanwhile: what it finds must be shared, with
/// all that it reaches, and initialized.
fn promote_publish() {
    let (space, root) = with_shared_cell();
    let t = spawn(move || {
        attached(space, |cx| {
            let found = get(space.root(root));
            if found != Value::NONE {
                assert!(is_shared(cx, found), "a shared cell refers to a local object");
                let inner = get(found);
                assert!(is_shared(cx, inner), "a shared object refers to a local one");
                assert_eq!(get(inner), Value::small(42));
            }
        });
    });
    attached(space, |cx| set(cx, space.root(root), cell(cx, cell(cx, Value::small(42)))));
    t.join().unwrap();
}

/// An object that is shared already gets its content and is then published: who finds it finds the content.
fn store_publish() {
    let (space, root) = with_shared_cell();
    let t = spawn(move || {
        attached(space, |_| {
            let found = get(space.root(root));
            if found != Value::NONE {
                assert_eq!(get(found), Value::small(42), "published before its content");
            }
        });
    });
    attached(space, |cx| {
        let c = cell(cx, Value::NONE);
        cx.promote(c);
        set(cx, c, Value::small(42));
        set(cx, space.root(root), c);
    });
    t.join().unwrap();
}

/// An object is promoted, published and forgotten by its owner, which then collects its own; the other thread loads it
/// before or after a collection of everything. It lives and is initialized.
fn against_marking() {
    let (space, root) = with_shared_cell();
    let t = spawn(move || {
        attached(space, |cx| {
            let found = get(space.root(root));
            let kept = Root::new(cx, found);
            cx.collect(true);
            if kept.get() != Value::NONE {
                assert_eq!(get(kept.get()), Value::small(42));
            }
        });
    });
    attached(space, |cx| {
        set(cx, space.root(root), cell(cx, Value::small(42)));
        cx.poll();
        cx.collect(false);
        assert_eq!(get(get(space.root(root))), Value::small(42));
    });
    t.join().unwrap();
}

/// The stopper marks while the owner is between promotion and publication: the owner, which has not come to a poll, must
/// not be passed over, or the new object is swept.
fn publish_before_flip() {
    let (space, root) = with_shared_cell();
    let t = spawn(move || attached(space, |cx| cx.collect(true)));
    attached(space, |cx| {
        let fresh = cell(cx, Value::small(42));
        cx.promote(fresh);
        set(cx, space.root(root), fresh);
        cx.poll();
        assert_eq!(get(get(space.root(root))), Value::small(42));
    });
    t.join().unwrap();
}

/// The world is stopped while a third context attaches and another one dies, leaving a shared object behind.
fn attach_and_die() {
    let (space, root) = with_shared_cell();
    let dying = spawn(move || attached(space, |cx| set(cx, space.root(root), cell(cx, Value::small(42)))));
    let collecting = spawn(move || attached(space, |cx| cx.collect(true)));
    attached(space, |cx| {
        cx.poll();
        let found = get(space.root(root));
        if found != Value::NONE {
            assert_eq!(get(found), Value::small(42));
        }
    });
    dying.join().unwrap();
    collecting.join().unwrap();
    // What the dead one left behind takes part in the next collection like any other object.
    attached(space, |cx| {
        let left = get(space.root(root));
        assert_eq!(get(left), Value::small(42));
        set(cx, left, cell(cx, Value::small(43)));
        cx.collect(true);
        assert_eq!(get(get(left)), Value::small(43));
    });
}

/// A thread dies and its block passes on with a shared object in it; another thread takes the block while the first one's
/// object is being read. New objects must not fall on it.
fn block_hand_over() {
    let (space, root) = with_shared_cell();
    let dying = spawn(move || {
        attached(space, |cx| {
            cell(cx, Value::small(1));
            set(cx, space.root(root), cell(cx, Value::small(42)));
        });
    });
    let heir = spawn(move || {
        attached(space, |cx| {
            let mine = cell(cx, Value::small(7));
            let another = cell(cx, mine);
            assert_eq!(get(get(another)), Value::small(7));
        });
    });
    let found = get(space.root(root));
    if found != Value::NONE {
        assert_eq!(get(found), Value::small(42), "overwritten by its block's heir");
    }
    dying.join().unwrap();
    heir.join().unwrap();
    assert_eq!(get(get(space.root(root))), Value::small(42));
}

/// A weak reference is read while a collection clears it: the reader gets nothing, or an object that lives for as long as
/// it holds it.
fn weak_read() {
    let (space, root) = with_shared_cell();
    let weak = attached(space, |cx| {
        let referent = cell(cx, Value::small(42));
        let weak = cx.new_weak(referent, Value::EMPTY);
        set(cx, space.root(root), weak);
        // SAFETY: a live object.
        assert_ne!(unsafe { cx.flags(referent) } & HAS_WEAKREF, 0);
        weak
    });
    let bits = weak.bits();
    let t = spawn(move || attached(space, |cx| cx.collect(true)));
    attached(space, |cx| {
        // SAFETY: a root of the space holds the weak reference.
        let weak = unsafe { Value::from_bits(bits) };
        for _ in 0..2 {
            let Some(found) = cx.weak_get(weak) else { break };
            let kept = Root::new(cx, found);
            cx.poll();
            assert_eq!(get(kept.get()), Value::small(42));
        }
    });
    t.join().unwrap();
    // Nobody holds it any more; the next collection clears the reference if the last one did not.
    attached(space, |cx| {
        cx.collect(true);
        assert_eq!(cx.weak_get(get(space.root(root))), None);
    });
}

/// Two threads intern the same text at once: one atom, shared and flagged before either of them has it.
fn atoms() {
    let space = space();
    attached(space, |cx| cx.start_sharing());
    let seen = Arc::new(AtomicU64::new(0));
    let other = Arc::clone(&seen);
    let intern = move |seen: &AtomicU64| {
        attached(space, |cx| {
            let atom = cx.intern(b"a_longer_name");
            // SAFETY: a live string.
            unsafe {
                assert_eq!(cx.flags(atom) & (SHARED | INTERNED), SHARED | INTERNED);
                assert_eq!(cx.str_bytes(atom), b"a_longer_name");
            }
            let before = seen.swap(atom.bits(), Ordering::AcqRel);
            assert!(before == 0 || before == atom.bits(), "two atoms of one text");
        });
    };
    let t = spawn(move || intern(&other));
    intern(&seen);
    t.join().unwrap();
}

/// Two threads add the same attribute to one shape and one of them adds another to the result, so that the table of shapes
/// grows: one shape per step, and a shape that somebody has is in the table.
fn shapes() {
    let space = space();
    let from = attached(space, |cx| {
        cx.start_sharing();
        space.new_shape(cx, Kind::Object, Value::NONE, 0, 6, proto_core::ShapeMode::Normal)
    });
    let seen = Arc::new(AtomicU64::new(0));
    let step = move |seen: &AtomicU64, further: bool| {
        let (a, b) = (Value::short_str(b"a").unwrap_or(Value::NONE), Value::short_str(b"b").unwrap_or(Value::NONE));
        let next = space.transition(from, a);
        assert!(std::ptr::eq(space.shape(next.id), next), "a shape that is not in the table");
        let before = seen.swap(u64::from(next.id.0), Ordering::AcqRel);
        assert!(before == 0 || before == u64::from(next.id.0), "two shapes of one step");
        if further {
            let last = space.transition(next, b);
            assert_eq!(space.shape(last.id).nslots, 2);
        }
    };
    let other = Arc::clone(&seen);
    let t = spawn(move || step(&other, true));
    step(&seen, false);
    t.join().unwrap();
}

/// A thread interns a text whose atom nobody holds, while another collects everything: it finds the atom, which lives from then on,
/// or none.
fn atom_dies() {
    let space = space();
    attached(space, |cx| {
        cx.start_sharing();
        cx.intern(b"a_longer_name");
    });
    let t = spawn(move || {
        attached(space, |cx| {
            let atom = Root::new(cx, cx.intern(b"a_longer_name"));
            cx.poll();
            // SAFETY: a live string.
            assert_eq!(unsafe { cx.str_bytes(atom.get()) }, b"a_longer_name");
            assert_eq!(cx.intern(b"a_longer_name"), atom.get(), "two atoms of one text");
        });
    });
    attached(space, |cx| cx.collect(true));
    t.join().unwrap();
}

/// A thread gives an object a shape that no other has, while another collects everything: the shape that it found in the tree stays,
/// or it has made one.
fn shape_dies() {
    let space = space();
    let name = Value::short_str(b"a").unwrap_or(Value::NONE);
    let from = attached(space, |cx| {
        cx.start_sharing();
        let from = space.new_shape(cx, Kind::Object, Value::NONE, 0, 6, proto_core::ShapeMode::Normal);
        space.transition(from, name);
        from
    });
    let t = spawn(move || {
        attached(space, |cx| {
            let next = space.transition(from, Value::short_str(b"a").unwrap_or(Value::NONE));
            let object = Root::new(cx, cx.alloc(Kind::Object, next.id, 8));
            cx.poll();
            // SAFETY: a live object.
            assert_eq!(unsafe { cx.shape_id(object.get()) }, next.id);
            let shape = space.shape(next.id);
            assert!(std::ptr::eq(shape, next), "a shape that is not in the table");
            let again = space.transition(from, Value::short_str(b"a").unwrap_or(Value::NONE));
            assert!(std::ptr::eq(shape, again), "two shapes of one step");
        });
    });
    attached(space, |cx| cx.collect(true));
    t.join().unwrap();
}

/// A marker looks at the words of an object one by one while a thread overwrites them by a store, by an exchange and by a clear of
/// several: of what was there when both began, each object was seen by the one or noted by the other.
fn marking_against_stores() {
    let space = space_being_marked();
    let roots = attached(space, |cx| {
        cx.start_sharing();
        let object = cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), 6);
        // SAFETY: within the object, whose words from 1 on are values.
        unsafe { (2..6).for_each(|i| cx.store(object, i, cell(cx, Value::small(i as i32)))) };
        space.add_root(cx, object)
    });
    let object = move || space.root(roots);
    // SAFETY: as above.
    let before: Vec<u64> = (2..6).map(|i| unsafe { object().load(i) }.bits()).collect();
    let seen: Arc<Vec<AtomicU64>> = Arc::new((2..6).map(|_| AtomicU64::new(0)).collect());
    let marker = Arc::clone(&seen);
    let t = spawn(move || {
        for (word, place) in (2..6).zip(marker.iter()) {
            // SAFETY: as above.
            place.store(unsafe { object().load(word) }.bits(), Ordering::Relaxed);
        }
    });
    let noted: Vec<bool> = attached(space, |cx| {
        let o = object();
        // SAFETY: as above; the object is shared, and this is the only thread that writes it.
        unsafe {
            cx.store(o, 2, Value::NONE);
            assert!(cx.cas(o, 3, o.load(3), Value::NONE).is_ok());
            cx.clear_words(o, 4, 2, Value::EMPTY);
        }
        before.iter().map(|&bits| cx.has_noted(bits)).collect()
    });
    t.join().unwrap();
    for (i, (&bits, noted)) in before.iter().zip(noted).enumerate() {
        assert!(noted || seen[i].load(Ordering::Relaxed) == bits, "word {} was neither seen nor noted", i + 2);
    }
}

/// Four threads attach, publish, read, hold weak references, collect and die in every order that chance gives.
#[cfg(shuttle)]
fn world_of_four() {
    let (space, root) = with_shared_cell();
    let threads: Vec<_> = (0..4)
        .map(|n| {
            spawn(move || {
                for _ in 0..2 {
                    attached(space, |cx| {
                        let fresh = cell(cx, cell(cx, Value::small(42)));
                        let weak = Root::new(cx, cx.new_weak(fresh, Value::EMPTY));
                        set(cx, space.root(root), fresh);
                        cx.poll();
                        let found = Root::new(cx, get(space.root(root)));
                        if n % 2 == 0 {
                            cx.collect(true);
                        } else {
                            cx.collect(false);
                        }
                        cx.poll();
                        assert_eq!(get(get(found.get())), Value::small(42));
                        if let Some(mine) = cx.weak_get(weak.get()) {
                            assert_eq!(get(get(mine)), Value::small(42));
                        }
                    });
                }
            })
        })
        .collect();
    for t in threads {
        t.join().unwrap();
    }
    attached(space, |_| assert_eq!(get(get(get(space.root(root)))), Value::small(42)));
}
