//! The contract of stores: whatever takes a reference out of an object that a marker may not have seen notes it.

use crate::cell::header;
use crate::sync::Ordering;
use crate::{Config, Context, Kind, Root, ShapeId, ShapeMode, Space, Value};

fn attach(space: &'static Space) -> Box<Context> {
    let cx = Box::new(Context::new(space));
    // SAFETY: boxed, and dropped by this thread.
    unsafe { cx.attach(None) };
    cx
}

fn logging() -> Box<Context> {
    attach(Space::new(Config { verify: true, log_stores: true, stack_words: 1 << 16, ..Config::default() }))
}

const WORDS: usize = 10;

/// An object whose words from 2 on hold objects, all of which have survived a collection.
fn filled(cx: &mut Context) -> (Root, Vec<Root>) {
    let item = |cx: &Context| Root::new(cx, cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), 3));
    let items: Vec<Root> = (2..WORDS).map(|_| item(cx)).collect();
    let holder = Root::new(cx, cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), WORDS));
    for (word, v) in (2..).zip(&items) {
        // SAFETY: within the object.
        unsafe { cx.store(holder.get(), word, v.get()) };
    }
    cx.collect(false);
    (holder, items)
}

/// What has been noted since the last collection, of local and of shared objects.
fn noted(cx: &Context) -> Vec<u64> {
    let mut log = cx.heap().gc.noted.log.borrow_mut();
    let mut all = std::mem::take(&mut log.local);
    all.append(&mut log.shared);
    all
}

/// A way to overwrite the words 2 to 4 of an object.
type Overwrite = fn(&Context, Value);

/// Each is called with an object of [`filled`] and keeps within it.
const WAYS: &[(&str, Overwrite)] = &[
    ("a reference", |cx, o| {
        // SAFETY: by the caller; here and below.
        (2..5).for_each(|i| unsafe { cx.store(o, i, o) });
    }),
    ("an immediate", |cx, o| {
        // SAFETY: as above.
        (2..5).for_each(|i| unsafe { cx.store(o, i, Value::small(1)) });
    }),
    ("an exchange", |cx, o| {
        // SAFETY: as above.
        (2..5).for_each(|i| assert!(unsafe { cx.cas(o, i, o.load(i), Value::NONE) }.is_ok()));
    }),
    ("a clear", |cx, o| {
        // SAFETY: as above.
        unsafe { cx.clear_words(o, 2, 3, Value::EMPTY) }
    }),
];

#[test]
fn each_way_to_overwrite_notes_what_was_there() {
    for shared in [false, true] {
        for (name, overwrite) in WAYS {
            let mut cx = logging();
            let (holder, items) = filled(&mut cx);
            if shared {
                cx.start_sharing();
                cx.promote(holder.get());
            }
            noted(&cx);
            overwrite(&cx, holder.get());
            let log = noted(&cx);
            for item in &items[..3] {
                assert!(log.contains(&item.get().bits()), "{name}, shared: {shared}");
            }
            assert!(!log.contains(&items[4].get().bits()), "{name} notes what stays, shared: {shared}");
        }
    }
}

#[test]
fn moves_note_what_they_overwrite_and_do_not_move() {
    // From, to, how many; and the words that are lost.
    for (from, to, n, lost) in [(4, 2, 4, 2..4), (2, 4, 4, 6..8), (6, 2, 2, 2..4), (2, 3, 1, 3..4), (2, 2, 3, 0..0)] {
        let mut cx = logging();
        let (holder, items) = filled(&mut cx);
        noted(&cx);
        // SAFETY: within the object.
        unsafe { cx.move_words(holder.get(), from, to, n) };
        let log = noted(&cx);
        for (word, item) in (2..).zip(&items) {
            assert_eq!(log.contains(&item.get().bits()), lost.contains(&word), "{from} to {to}, {n}: word {word}");
        }
    }
}

#[test]
fn what_is_remembered_as_a_whole_is_noted_as_a_whole() {
    let mut cx = logging();
    let (holder, items) = filled(&mut cx);
    noted(&cx);
    // SAFETY: a live local object.
    assert!(unsafe { cx.remember_whole(holder.get()) });
    let log = noted(&cx);
    assert!(items.iter().all(|item| log.contains(&item.get().bits())));
    // One that a store has remembered before, too: its other words may be written plainly from then on.
    cx.collect(false);
    noted(&cx);
    let young = cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), 3);
    // SAFETY: within the object.
    unsafe { cx.store(holder.get(), 2, young) };
    let log = noted(&cx);
    assert!(items.iter().all(|item| log.contains(&item.get().bits())));
}

#[test]
fn a_shape_that_goes_notes_its_type() {
    let mut cx = logging();
    let class = |cx: &Context| {
        let ty = cx.alloc(Kind::Type, ShapeId::of_kind(Kind::Type), 8);
        let shape = cx.space().new_class_shape(cx, Kind::Object, ty, 0, 6, ShapeMode::Normal);
        (Root::new(cx, ty), shape.id)
    };
    let ((first, one), (_second, other)) = (class(&cx), class(&cx));
    let o = Root::new(&cx, cx.alloc(Kind::Object, one, 8));
    cx.collect(false);
    noted(&cx);
    // SAFETY: both shapes fit the object.
    unsafe { cx.set_shape(o.get(), other) };
    assert!(noted(&cx).contains(&first.get().bits()));
}

#[test]
fn young_objects_need_no_notes() {
    let cx = logging();
    let old = cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), 3);
    let young = cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), 3);
    // SAFETY: within the objects.
    unsafe {
        cx.store(young, 2, old);
        cx.store(young, 2, Value::NONE);
    }
    assert!(noted(&cx).is_empty());
}

/// What the mode is for: a store that forgets the notes is found.
#[test]
fn a_store_that_notes_nothing_is_found() {
    let mut cx = logging();
    let (holder, _items) = filled(&mut cx);
    assert!(cx.heap().find_lost().is_none());
    let lost = {
        // SAFETY: within the object; around the barrier, as nobody may.
        unsafe {
            let lost = holder.get().load(3);
            header::word(holder.get().addr(), 3).store(Value::NONE.bits(), Ordering::Release);
            lost
        }
    };
    assert_eq!(cx.heap().find_lost(), Some((holder.get(), lost)));
    // Put back, so that the collection at the end finds nothing.
    // SAFETY: as above.
    unsafe { header::word(holder.get().addr(), 3).store(lost.bits(), Ordering::Release) };
}

#[test]
fn what_the_space_loses_is_noted() {
    let mut cx = logging();
    let space = cx.space();
    let kept = cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), 3);
    let root = space.add_root(&cx, kept);
    cx.collect(true);
    space.set_root(&cx, root, Value::NONE);
    assert!(crate::sync::lock(&space.noted).log.contains(&kept.bits()));
}
