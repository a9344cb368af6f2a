//! Lists, dicts and generators that several threads use at once: the engine's own layouts over the heap that ships.

use super::heap::{space, space_being_marked};
use super::{Model, spawn};
use engine::Ctx;
use engine::objects::{Dict, GenState, Generator, List, Obj, shapes};
use proto_core::sync::{AtomicU32, AtomicU64, Ordering};
use proto_core::{Kind, Root, ShapeId, ShapeMode, Space, SpaceRoot, Value};
use std::sync::Arc;

pub const MODELS: &[Model] = &[
    Model::new("list_growth_and_store", 3, 2, &["list_locked", "list_one_buffer"], list_growth),
    Model::new("list_pop_append_read", 3, 2, &["list_get_rereads"], list_pop_append),
    Model::new("list_copy_against_pop", 3, 2, &["list_locked"], list_copy),
    Model::new("dict_delete_insert_read", 3, 2, &["dict_entries_never_reused"], dict_delete_insert),
    Model::new("dict_resize_replace_get", 3, 2, &["dict_locked"], dict_resize),
    Model::new("dict_iteration", 3, 2, &["dict_entries_never_reused"], dict_iteration),
    Model::new("dict_cached_absence", 3, 2, &["dict_touch_after_insert"], dict_version),
    Model::new("dict_equal_keys_once", 3, 2, &["dict_probe_holds"], dict_equal_keys),
    Model::new("dict_update_is_one_step", 3, 2, &["dict_locked"], dict_update),
    Model::new("items_popped_by_two", 3, 2, &["list_locked", "dict_locked"], popped),
    Model::new("list_item_against_collection", 3, 2, &["promote_bitmap"], list_collected),
    Model::new("dict_value_against_collection", 3, 2, &["promote_bitmap"], dict_collected),
    Model::new("attributes_added_by_two", 3, 2, &["attr_locked"], attributes),
    Model::new("attributes_overflow", 2, 2, &["attr_locked"], attributes_overflow),
    Model::new("attributes_move_to_dict", 3, 2, &["attr_empty_rereads"], attributes_move),
    Model::new("attribute_names_of_one_moment", 3, 2, &["attr_names_locked"], attribute_names),
    Model::new("list_marked_while_items_move", 3, 2, &["store_logs"], list_marked),
    Model::new("dict_marked_while_entries_end", 3, 2, &["store_logs"], dict_marked),
    Model::new("generator_claimed_by_two", 3, 2, &["generator_claim_swaps", "raw_store_release"], generator),
];

#[cfg(shuttle)]
pub const RANDOM: &[Model] = &[Model::random(
    "containers_of_four",
    3000,
    300,
    &["list_locked", "promote_bitmap", "gate_begin_waits"],
    containers_of_four,
)];

/// A space with one shared object that `make` makes, and a handle on it.
fn with_shared(make: impl FnOnce(&mut Ctx) -> Value) -> (&'static Space, SpaceRoot) {
    let space = space();
    let mut cx = Ctx::attached(space);
    cx.context().start_sharing();
    let made = make(&mut cx);
    let root = space.add_root(&cx, made);
    (space, root)
}

/// As [`with_shared`], of a space whose objects somebody marks.
fn with_marked(make: impl FnOnce(&mut Ctx) -> Value) -> (&'static Space, SpaceRoot) {
    let space = space_being_marked();
    let mut cx = Ctx::attached(space);
    cx.context().start_sharing();
    let made = make(&mut cx);
    let root = space.add_root(&cx, made);
    (space, root)
}

/// Calls `see` for each of `n` things in a thread of its own while `change` runs: each of `items` was seen or has been noted.
fn marked_while(
    (space, root): (&'static Space, SpaceRoot),
    items: &[u64],
    n: usize,
    see: impl Fn(Value, usize) -> Value + Send + 'static,
    change: impl FnOnce(&mut Ctx, Value),
) {
    let seen: Arc<Vec<AtomicU64>> = Arc::new((0..n).map(|_| AtomicU64::new(0)).collect());
    let marker = Arc::clone(&seen);
    let t = spawn(move || {
        for (i, place) in marker.iter().enumerate() {
            place.store(see(space.root(root), i).bits(), Ordering::Relaxed);
        }
    });
    let mut cx = Ctx::attached(space);
    change(&mut cx, space.root(root));
    let noted: Vec<bool> = items.iter().map(|&bits| cx.has_noted(bits)).collect();
    drop(cx);
    t.join().unwrap();
    for (&bits, noted) in items.iter().zip(noted) {
        let seen = seen.iter().any(|place| place.load(Ordering::Relaxed) == bits);
        assert!(seen || noted, "an item was neither seen nor noted");
    }
}

/// A marker walks a list from its front while another thread removes the first item: the others move towards the front, past the
/// marker.
fn list_marked() {
    let mut items = Vec::new();
    let shared = with_marked(|cx| {
        let made: Vec<Value> = (0..3).map(|i| List::build(cx, 1, |_| int(i)).value()).collect();
        items.extend(made.iter().map(|v| v.bits()));
        List::from_slice(cx, &made).value()
    });
    let see = |l: Value, i: usize| List::of(l).and_then(|l| l.get(i)).unwrap_or(Value::NONE);
    marked_while(shared, &items, 3, see, |cx, l| {
        let removed = List::of(l).and_then(|l| l.pop_at(cx, 0));
        assert!(removed.is_some());
    });
}

/// A marker walks a dict while another thread removes one entry and gives another a new value.
fn dict_marked() {
    let mut items = Vec::new();
    let shared = with_marked(|cx| {
        let d = Dict::new(cx);
        for i in 0..2 {
            let v = List::build(cx, 1, |_| int(i)).value();
            items.push(v.bits());
            d.set(cx, int(i), v).unwrap();
        }
        d.value()
    });
    let see = |d: Value, i: usize| Dict::of(d).and_then(|d| d.next_entry(i)).map_or(Value::NONE, |(_, _, v)| v);
    marked_while(shared, &items, 2, see, |cx, d| {
        let Some(d) = Dict::of(d) else { panic!("not a dict") };
        assert!(d.remove(cx, int(0)).unwrap().is_some());
        d.set(cx, int(1), Value::NONE).unwrap();
    });
}

/// The list or dict behind the handle, in an attached thread.
fn list(space: &'static Space, root: SpaceRoot) -> (Ctx, List) {
    let cx = Ctx::attached(space);
    match List::of(space.root(root)) {
        Some(l) => (cx, l),
        None => panic!("not a list"),
    }
}

fn dict(space: &'static Space, root: SpaceRoot) -> (Ctx, Dict) {
    let cx = Ctx::attached(space);
    match Dict::of(space.root(root)) {
        Some(d) => (cx, d),
        None => panic!("not a dict"),
    }
}

fn int(i: usize) -> Value {
    Value::from_usize(i)
}

fn ints(n: usize) -> impl FnOnce(&mut Ctx) -> Value {
    move |cx| List::build(cx, n, int).value()
}

/// A full list grows by an append while another thread stores into it and a third reads: the store is in the new buffer, no
/// index is beyond the buffer that is read, no item is missing.
fn list_growth() {
    let (space, root) = with_shared(ints(6));
    let append = spawn(move || {
        let (cx, l) = list(space, root);
        l.push(&cx, int(6));
    });
    let store = spawn(move || {
        let (cx, l) = list(space, root);
        assert!(l.set(&cx, 5, int(50)));
    });
    {
        let (_cx, l) = list(space, root);
        let last = l.get(6);
        assert!(last.is_none() || last == Some(int(6)), "{last:?}");
        let stored = l.get(5);
        assert!(stored == Some(int(5)) || stored == Some(int(50)), "{stored:?}");
    }
    append.join().unwrap();
    store.join().unwrap();
    let (_cx, l) = list(space, root);
    assert_eq!((l.len(), l.get(5), l.get(6)), (7, Some(int(50)), Some(int(6))), "a store was lost");
}

/// The last item is removed and another appended in its place, while a reader that has seen the old length reads it: it
/// gets one or the other, or finds the list shorter; never the hole in between.
fn list_pop_append() {
    let (space, root) = with_shared(ints(2));
    let t = spawn(move || {
        let (cx, l) = list(space, root);
        assert_eq!(l.pop(&cx), Some(int(1)));
        l.push(&cx, int(9));
    });
    {
        let (_cx, l) = list(space, root);
        for _ in 0..2 {
            let v = l.get(1);
            assert!(v.is_none() || v == Some(int(1)) || v == Some(int(9)), "{v:?}");
        }
        assert_eq!(l.get(0), Some(int(0)));
    }
    t.join().unwrap();
}

/// A copy is of one moment, whatever is removed meanwhile.
fn list_copy() {
    let (space, root) = with_shared(ints(3));
    let t = spawn(move || {
        let (cx, l) = list(space, root);
        l.pop_at(&cx, 0);
    });
    {
        let (cx, l) = list(space, root);
        let c = l.copy(&cx);
        let items: Vec<_> = c.items().map(|v| v.bits() >> 2).collect();
        assert!(items == [0, 1, 2] || items == [1, 2], "{items:?}");
    }
    t.join().unwrap();
}

fn key(name: &str) -> Value {
    match Value::short_str(name.as_bytes()) {
        Some(v) => v,
        None => panic!("not a short name"),
    }
}

/// A dict of `n` names `a`, `b`, ... with the values 1, 2, ...
fn names(n: usize) -> impl FnOnce(&mut Ctx) -> Value {
    move |cx| {
        let d = Dict::new(cx);
        for (i, name) in ["a", "b", "c", "d", "e", "f"].iter().enumerate().take(n) {
            d.set_str(cx, key(name), int(i + 1));
        }
        d.value()
    }
}

/// One key is deleted and another inserted while the first is being looked up: the reader never gets the other key's value.
fn dict_delete_insert() {
    let (space, root) = with_shared(names(2));
    let t = spawn(move || {
        let (cx, d) = dict(space, root);
        assert_eq!(d.remove_str(&cx, key("b")), Some(int(2)));
        d.set_str(&cx, key("x"), int(77));
    });
    {
        let (_cx, d) = dict(space, root);
        let b = d.get_str(key("b"));
        assert!(b.is_none() || b == Some(int(2)), "{b:?}");
        let x = d.get_str(key("x"));
        assert!(x.is_none() || x == Some(int(77)), "{x:?}");
        assert_eq!(d.get_str(key("a")), Some(int(1)));
    }
    t.join().unwrap();
}

/// A full table grows while another thread replaces a value and a third looks keys up: nothing is missing meanwhile, and
/// the new value is in the new table.
fn dict_resize() {
    let (space, root) = with_shared(names(6));
    let insert = spawn(move || {
        let (cx, d) = dict(space, root);
        d.set_str(&cx, key("x"), int(77));
    });
    let replace = spawn(move || {
        let (cx, d) = dict(space, root);
        d.set_str(&cx, key("f"), int(60));
    });
    {
        let (_cx, d) = dict(space, root);
        let f = d.get_str(key("f"));
        assert!(f == Some(int(6)) || f == Some(int(60)), "{f:?}");
    }
    insert.join().unwrap();
    replace.join().unwrap();
    let (_cx, d) = dict(space, root);
    assert_eq!((d.get_str(key("f")), d.get_str(key("x")), d.len()), (Some(int(60)), Some(int(77)), 7), "lost");
}

/// A dict is iterated while keys come and go: each pair that is met was there.
fn dict_iteration() {
    let (space, root) = with_shared(names(2));
    let t = spawn(move || {
        let (cx, d) = dict(space, root);
        d.remove_str(&cx, key("b"));
        d.set_str(&cx, key("x"), int(77));
    });
    {
        let (_cx, d) = dict(space, root);
        let mut pos = 0;
        while let Some((next, k, v)) = d.next_entry(pos) {
            let pair = [("a", 1), ("b", 2), ("x", 77)].iter().any(|&(n, i)| k == key(n) && v == int(i));
            assert!(pair, "a pair that never was: {k:?} {v:?}");
            pos = next;
        }
    }
    t.join().unwrap();
}

/// A cache asks for the version and finds a key absent while the key is inserted: once the insertion has returned, the
/// version is no longer good.
fn dict_version() {
    let (space, root) = with_shared(names(1));
    let t = spawn(move || {
        let (cx, d) = dict(space, root);
        d.set_str(&cx, key("x"), int(77));
    });
    let cached = {
        let (_cx, d) = dict(space, root);
        d.cache_str(key("x"))
    };
    t.join().unwrap();
    let (_cx, d) = dict(space, root);
    if cached.0 != 0 && d.version_now() == cached.0 {
        assert_eq!(cached.1, Some(1), "a cache would still find the key absent");
    }
}

/// Two threads insert keys that are not the same but equal, as their `__eq__`, which runs without the lock, says: one entry.
fn dict_equal_keys() {
    fn same(_: &mut Ctx, a: Value, b: Value) -> bool {
        // SAFETY: the model's keys are cells.
        unsafe { a.load(1) == b.load(1) }
    }
    fn new_key(cx: &Ctx, content: usize) -> Value {
        let k = cx.alloc(Kind::Cell, ShapeId::of_kind(Kind::Cell), 2);
        // SAFETY: word 1 of a cell is a value.
        unsafe { cx.store(k, 1, int(content)) };
        k
    }
    let (space, root) = with_shared(|cx| {
        let (d, k) = (Dict::new(cx), new_key(cx, 0));
        assert!(d.set(cx, k, int(0)).is_ok());
        d.value()
    });
    let insert = move |v: usize| {
        let (mut cx, d) = dict(space, root);
        cx.eq = same;
        let k = new_key(&cx, 3);
        assert!(d.set(&mut cx, k, int(v)).is_ok());
        assert!(d.get(&mut cx, k).is_ok_and(|v| v.is_some()), "just stored");
    };
    let t = spawn(move || insert(1));
    insert(2);
    t.join().unwrap();
    let (_cx, d) = dict(space, root);
    let mut n = 0;
    d.for_each(|_, _| n += 1);
    assert_eq!((d.len(), n), (2, 2), "two entries of one key");
}

/// A dict is updated by another while a third thread copies it: the copy has all of the update or nothing.
fn dict_update() {
    let (space, root) = with_shared(names(1));
    let t = spawn(move || {
        let (mut cx, d) = dict(space, root);
        let other = Dict::new(&cx);
        other.set_str(&cx, key("x"), int(7));
        other.set_str(&cx, key("y"), int(8));
        assert!(d.update_from(&mut cx, other).is_ok());
    });
    {
        let (cx, d) = dict(space, root);
        let n = d.copy(&cx).len();
        assert!(n == 1 || n == 3, "half an update: {n}");
    }
    t.join().unwrap();
}

/// Two threads take items out of one list and one dict: each gets items of its own, and all are taken.
fn popped() {
    let (space, lists) = with_shared(ints(2));
    let dicts = {
        let mut cx = Ctx::attached(space);
        let d = names(2)(&mut cx);
        space.add_root(&cx, d)
    };
    let taken = Arc::new(AtomicU32::new(0));
    let take = move |taken: &AtomicU32| {
        let (cx, l) = list(space, lists);
        let Some(d) = Dict::of(space.root(dicts)) else { panic!("not a dict") };
        let item = l.pop(&cx).and_then(|v| v.as_int());
        let value = d.pop_item(&cx).and_then(|(_, v)| v.as_int());
        let (Some(item), Some(value)) = (item, value) else { panic!("one of the items was taken twice") };
        let bits = 1 << item | 1 << (value + 3);
        assert_eq!(taken.fetch_or(bits, Ordering::Relaxed) & bits, 0, "taken by two");
    };
    let other = Arc::clone(&taken);
    let t = spawn(move || take(&other));
    take(&taken);
    t.join().unwrap();
    let (_cx, l) = list(space, lists);
    assert_eq!(l.len(), 0);
    assert_eq!(Dict::of(space.root(dicts)).map(Dict::len), Some(0));
}

/// A cell with an int in it.
fn boxed(cx: &Ctx, i: usize) -> Value {
    let c = cx.alloc(Kind::Cell, ShapeId::of_kind(Kind::Cell), 2);
    // SAFETY: word 1 of a cell is a value.
    unsafe { cx.store(c, 1, int(i)) };
    c
}

fn content(v: Value) -> Option<i64> {
    // SAFETY: the models put cells only where they call this.
    unsafe { v.load(1) }.as_int()
}

/// A fresh object is appended to a shared list, whose buffer grows, and is read by a thread that then collects everything;
/// the appender forgets it and collects its own. It lives for both.
fn list_collected() {
    let (space, root) = with_shared(|cx| List::new(cx).value());
    let t = spawn(move || {
        let (mut cx, l) = list(space, root);
        let kept = Root::new(&cx, l.get(0).unwrap_or(Value::NONE));
        cx.context().collect(true);
        if kept.get() != Value::NONE {
            assert_eq!(content(kept.get()), Some(5));
        }
    });
    let (mut cx, l) = list(space, root);
    l.push(&cx, boxed(&cx, 5));
    cx.context().poll();
    cx.context().collect(false);
    assert_eq!(l.get(0).and_then(content), Some(5));
    drop(cx);
    t.join().unwrap();
}

/// The same for a dict, whose table is made by the store, and whose value is replaced by a second one.
fn dict_collected() {
    let (space, root) = with_shared(|cx| Dict::new(cx).value());
    let t = spawn(move || {
        let (mut cx, d) = dict(space, root);
        let kept = Root::new(&cx, d.get_str(key("a")).unwrap_or(Value::NONE));
        cx.context().collect(true);
        if kept.get() != Value::NONE {
            assert!(matches!(content(kept.get()), Some(5 | 6)));
        }
    });
    let (mut cx, d) = dict(space, root);
    d.set_str(&cx, key("a"), boxed(&cx, 5));
    cx.context().poll();
    d.set_str(&cx, key("a"), boxed(&cx, 6));
    cx.context().collect(false);
    assert_eq!(d.get_str(key("a")).and_then(content), Some(6));
    drop(cx);
    t.join().unwrap();
}

/// Four threads use one list and one dict of fresh objects, in every way, while all of them collect.
#[cfg(shuttle)]
fn containers_of_four() {
    let (space, lists) = with_shared(|cx| List::new(cx).value());
    let dicts = {
        let mut cx = Ctx::attached(space);
        let d = names(0)(&mut cx);
        space.add_root(&cx, d)
    };
    let threads: Vec<_> = (0..4usize)
        .map(|n| {
            spawn(move || {
                for round in 0..2 {
                    let (mut cx, l) = list(space, lists);
                    let Some(d) = Dict::of(space.root(dicts)) else { panic!("not a dict") };
                    let mine = key(["a", "b", "c", "d"][(n + round) % 4]);
                    l.push(&cx, boxed(&cx, n));
                    d.set_str(&cx, mine, boxed(&cx, n));
                    cx.context().poll();
                    let seen = Root::new(&cx, l.get(0).unwrap_or(Value::NONE));
                    let found = Root::new(&cx, d.get_str(mine).unwrap_or(Value::NONE));
                    cx.context().collect(n % 2 == 0);
                    for v in [seen.get(), found.get()] {
                        assert!(v == Value::NONE || content(v).is_some_and(|i| (0..4).contains(&i)));
                    }
                    match n {
                        0 => drop(l.pop_at(&cx, 0)),
                        1 => drop(d.remove_str(&cx, mine)),
                        2 => l.insert(&cx, 0, boxed(&cx, 2)),
                        _ => d.for_each(|_, v| assert!(content(v).is_some())),
                    }
                    cx.context().poll();
                    let copy = l.copy(&cx);
                    assert!(copy.items().all(|v| content(v).is_some()));
                }
            })
        })
        .collect();
    for t in threads {
        t.join().unwrap();
    }
    let (mut cx, l) = list(space, lists);
    cx.context().collect(true);
    assert_eq!(l.len(), 4 * 2 + 2 - 2, "items lost or invented");
    assert!(l.items().all(|v| content(v).is_some()));
}

/// An object without attributes, of a type whose objects have some.
fn object(cx: &mut Ctx) -> Value {
    let shape = cx.space().new_shape(cx, Kind::Object, Value::NONE, 0, 6, ShapeMode::Normal);
    Obj::alloc(cx, shape.id)
}

fn obj(space: &'static Space, root: SpaceRoot) -> (Ctx, Obj) {
    let cx = Ctx::attached(space);
    match Obj::of(space.root(root)) {
        Some(o) => (cx, o),
        None => panic!("not an object"),
    }
}

/// Two threads add one attribute each: the object has both, and a reader that finds the second of one thread finds its first.
fn attributes() {
    let (space, root) = with_shared(object);
    let first = spawn(move || {
        let (cx, o) = obj(space, root);
        assert!(o.set_attr(&cx, key("a"), int(1)));
        assert!(o.set_attr(&cx, key("b"), int(2)));
    });
    let second = spawn(move || {
        let (cx, o) = obj(space, root);
        assert!(o.set_attr(&cx, key("x"), int(3)));
    });
    {
        let (cx, o) = obj(space, root);
        let b = o.get_attr(&cx, key("b"));
        assert!(b.is_none() || b == Some(int(2)), "{b:?}");
        let a = o.get_attr(&cx, key("a"));
        assert!(a == Some(int(1)) || b.is_none() && a.is_none(), "{a:?} {b:?}");
    }
    first.join().unwrap();
    second.join().unwrap();
    let (cx, o) = obj(space, root);
    let all = ["a", "b", "x"].map(|n| o.get_attr(&cx, key(n)));
    assert_eq!(all, [1, 2, 3].map(|i| Some(int(i))), "an attribute was lost");
}

/// Two threads add one attribute each to an object whose inline places are taken: the second buffer comes into being and is replaced
/// by a larger one. Both are there afterwards, and a reader finds an attribute's own value or none.
fn attributes_overflow() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let (space, root) = with_shared(|cx| {
        let v = object(cx);
        let Some(o) = Obj::of(v) else { panic!("not an object") };
        for (i, n) in names.into_iter().enumerate() {
            assert!(o.set_attr(cx, key(n), int(i)));
        }
        v
    });
    let first = spawn(move || {
        let (cx, o) = obj(space, root);
        assert!(o.set_attr(&cx, key("x"), int(10)));
        assert!(o.set_attr(&cx, key("y"), int(11)));
    });
    let second = spawn(move || {
        let (cx, o) = obj(space, root);
        assert!(o.set_attr(&cx, key("z"), int(12)));
    });
    {
        let (cx, o) = obj(space, root);
        let y = o.get_attr(&cx, key("y"));
        assert!(y.is_none() || y == Some(int(11)), "{y:?}");
        let x = o.get_attr(&cx, key("x"));
        assert!(x == Some(int(10)) || x.is_none() && y.is_none(), "{x:?} {y:?}");
        assert_eq!(o.get_attr(&cx, key("f")), Some(int(5)));
    }
    first.join().unwrap();
    second.join().unwrap();
    let (cx, o) = obj(space, root);
    let all = ["x", "y", "z"].map(|n| o.get_attr(&cx, key(n)));
    assert_eq!(all, [10, 11, 12].map(|i| Some(int(i))), "an attribute was lost");
}

/// The attributes move to a dict, which `__dict__` was asked for, while one of them is read: it is there all the time.
fn attributes_move() {
    let (space, root) = with_shared(|cx| {
        let v = object(cx);
        assert!(Obj::of(v).is_some_and(|o| o.set_attr(cx, key("a"), int(1))));
        v
    });
    let t = spawn(move || {
        let (cx, o) = obj(space, root);
        assert_eq!(o.dict(&cx).get_str(key("a")), Some(int(1)));
    });
    {
        let (cx, o) = obj(space, root);
        assert_eq!(o.get_attr(&cx, key("a")), Some(int(1)), "missing while it moves");
    }
    t.join().unwrap();
}

/// The names of the attributes are asked for while they move.
fn attribute_names() {
    let (space, root) = with_shared(|cx| {
        let v = object(cx);
        assert!(Obj::of(v).is_some_and(|o| o.set_attr(cx, key("a"), int(1))));
        v
    });
    let t = spawn(move || {
        let (cx, o) = obj(space, root);
        o.dict(&cx);
    });
    {
        let (cx, o) = obj(space, root);
        assert_eq!(o.attrs(&cx).len(), 1, "missing while it moves");
        assert!(o.has_attrs(&cx), "missing while it moves");
    }
    t.join().unwrap();
}

/// Two threads resume one shared generator: one of them claims it, the other is told that it runs, or resumes it after the
/// suspension and sees the registers of that.
fn generator() {
    let (space, root) =
        with_shared(|cx| Generator::new(cx, shapes::GENERATOR, Value::NONE, std::ptr::null(), 1, &[int(0)]));
    let (running, resumed) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let resume = move |running: &AtomicU32, resumed: &AtomicU32| {
        let cx = Ctx::attached(space);
        let Some(g) = Generator::of(space.root(root)) else { panic!("not a generator") };
        match g.claim() {
            Ok(_) => {
                assert_eq!(running.fetch_add(1, Ordering::Relaxed), 0, "run by two threads");
                let mut regs = [Value::NONE];
                g.copy_regs(&cx, &mut regs);
                regs[0] = int((regs[0].bits() >> 2) as usize + 1);
                running.fetch_sub(1, Ordering::Relaxed);
                g.suspend(&cx, std::ptr::null(), &regs, Value::EMPTY);
                resumed.fetch_add(1, Ordering::Relaxed);
            }
            Err(state) => assert_eq!(state, GenState::Running),
        }
    };
    let (a, b) = (Arc::clone(&running), Arc::clone(&resumed));
    let t = spawn(move || resume(&a, &b));
    resume(&running, &resumed);
    t.join().unwrap();
    let _cx = Ctx::attached(space);
    let Some(g) = Generator::of(space.root(root)) else { panic!("not a generator") };
    assert_eq!(g.reg(0), int(resumed.load(Ordering::Relaxed) as usize), "a step was lost");
}
