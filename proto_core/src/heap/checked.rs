//! Objects without `unsafe`, for who embeds the heap: every call looks whether the word that it is about is there.
//!
//! Two kinds of object are seen like this. An *array* has numbered slots. An *object with a shape* has slots and names for them:
//! slot `i` is word `2 + i` while the shape calls it inline, and lies in an array that word 1 names otherwise. A slot never changes
//! its meaning. A new attribute stores its value first, then the shape (release); readers load the shape first (acquire). What
//! changes a shared object holds its lock meanwhile.
//!
//! As everywhere in this crate, a value that is in somebody's hands is alive: what was kept across a poll where no collector looks
//! must not come here. And nobody's `unsafe` code should rely on what is in slots that others may store to by these calls.

use super::Heap;
use crate::cell::header::CELL_WORDS;
use crate::cell::layout::{STR_EXTERNAL, sub};
use crate::space::{Shape, ShapeId, ShapeMode};
use crate::value::{Kind, Value};

/// Word of the array with the slots that are not inline; and of an array's length.
const EXTRA: usize = 1;
const LENGTH: usize = 1;
/// Word of the first slot, of both kinds of object.
const SLOTS: usize = 2;
/// Slots that every object has inline: the smallest is one cell.
const ALWAYS_INLINE: usize = CELL_WORDS - SLOTS;

impl Heap {
    /// A new array of `n` slots, all of them EMPTY. Aborts when memory is exhausted; see [`Heap::try_new_array`].
    pub fn new_array(&self, n: usize) -> Value {
        self.as_array(self.alloc_internal(sub::VALUES, n.saturating_add(SLOTS)), n)
    }

    /// As [`Heap::new_array`], for a size that input chooses; None when there is no room for it.
    pub fn try_new_array(&self, n: usize) -> Option<Value> {
        let v = self.try_alloc_internal(sub::VALUES, n.checked_add(SLOTS)?)?;
        Some(self.as_array(v, n))
    }

    fn as_array(&self, fresh: Value, n: usize) -> Value {
        // SAFETY: a fresh object of at least two words; an int may lie in a value word.
        unsafe { self.store_init(fresh, LENGTH, Value::from_usize(n)) };
        fresh
    }

    /// A new object with this shape, all slots EMPTY; None if there is no such shape, or not for objects ([`Kind::Object`]).
    pub fn new_object(&self, shape: ShapeId) -> Option<Value> {
        let shape = self.space().try_shape(shape).filter(|s| s.kind == Kind::Object)?;
        let v = self.alloc(Kind::Object, shape.id, SLOTS + shape.inline_cap as usize);
        if shape.nslots > shape.inline_cap {
            let more = self.new_array((shape.nslots - shape.inline_cap) as usize);
            // SAFETY: word 1 of a fresh object.
            unsafe { self.store_init(v, EXTRA, more) };
        }
        Some(v)
    }

    /// The shape of an object; None for what is none.
    #[inline]
    pub fn shape_of(&self, obj: Value) -> Option<ShapeId> {
        // SAFETY: a live object.
        obj.is_kind(Kind::Object).then(|| unsafe { self.shape_id(obj) })
    }

    fn full_shape(&self, obj: Value) -> Option<&'static Shape> {
        Some(self.space().shape(self.shape_of(obj)?))
    }

    /// Whether `v` is an array.
    fn is_array(&self, v: Value) -> bool {
        // SAFETY: a live object.
        v.is_kind(Kind::Internal) && unsafe { self.aux(v) } == sub::VALUES
    }

    /// How many slots an array or an object with a shape has; 0 for everything else.
    pub fn slots(&self, v: Value) -> usize {
        if self.is_array(v) {
            // SAFETY: word 1 of an array is its length. Others may make objects of this subkind and say something else there.
            let length = unsafe { v.load(LENGTH) }.as_int().and_then(|n| usize::try_from(n).ok());
            return length.unwrap_or(0).min(self.words_at(v.addr()).saturating_sub(SLOTS));
        }
        self.full_shape(v).map_or(0, |shape| shape.nslots as usize)
    }

    /// The object and the word of it that slot `i` is.
    #[inline]
    fn place(&self, v: Value, i: usize) -> Option<(Value, usize)> {
        let Some(shape) = self.full_shape(v) else {
            return (i < self.slots(v)).then(|| (v, SLOTS + i));
        };
        if i >= shape.nslots as usize {
            return None;
        }
        let inline = shape.inline_cap as usize;
        if i < inline {
            let fits = i < ALWAYS_INLINE || SLOTS + i < self.words_at(v.addr());
            return fits.then_some((v, SLOTS + i));
        }
        // SAFETY: word 1 of an object is a value.
        let more = unsafe { v.load(EXTRA) };
        (self.is_array(more) && i - inline < self.slots(more)).then_some((more, SLOTS + i - inline))
    }

    /// What is in a slot; EMPTY when there is no such slot, too.
    #[inline]
    pub fn slot(&self, v: Value, i: usize) -> Value {
        // SAFETY: `place` says that the word is there, and it is a value.
        self.place(v, i).map_or(Value::EMPTY, |(v, word)| unsafe { v.load(word) })
    }

    /// Stores to a slot, with the object locked if it is shared; false when there is no such slot.
    #[inline]
    pub fn set_slot(&self, v: Value, i: usize, new: Value) -> bool {
        self.admit_to(v, new);
        self.update_slot(v, i, |_, _| new)
    }

    /// Replaces what is in a slot by what `f` makes of it, with the object locked if it is shared: nobody else stores to the object
    /// in between. False when there is no such slot; then `f` is not called. `f` must not lock the same object, by
    /// [`Heap::set_slot`] and the like: it would wait for itself.
    #[inline]
    pub fn update_slot(&self, v: Value, i: usize, f: impl FnOnce(&Heap, Value) -> Value) -> bool {
        self.lock_if_any(v, |heap| {
            let Some((holder, word)) = heap.place(v, i) else { return false };
            // SAFETY: `place` says that the word is there, and it is a value.
            let new = f(heap, unsafe { holder.load(word) });
            // SAFETY: as above. The array of slots that are not inline is replaced by who has the lock alone.
            unsafe { heap.store(holder, word, new) };
            true
        })
    }

    /// The attribute `name` (a string) of an object with a shape; None when it has none.
    pub fn attribute(&self, obj: Value, name: Value) -> Option<Value> {
        let name = self.known_atom(name)?;
        let slot = self.full_shape(obj)?.lookup(name)?;
        self.slot(obj, slot as usize).non_empty()
    }

    /// Stores the attribute `name` (a string) of an object with a shape, with the object locked if it is shared. A new one gives the
    /// object the shape that the transition leads to. False when `obj` is no object, or of a shape without names.
    ///
    /// A shape holds a list of its names, so this is for what has dozens of attributes, not thousands.
    pub fn set_attribute(&self, obj: Value, name: Value, v: Value) -> bool {
        let Some(name) = self.intern_value(name) else { return false };
        self.admit_to(obj, v);
        self.lock_if_any(obj, |heap| {
            let Some(shape) = heap.full_shape(obj).filter(|s| s.mode == ShapeMode::Normal) else { return false };
            if let Some(slot) = shape.lookup(name) {
                let Some((holder, word)) = heap.place(obj, slot as usize) else { return false };
                // SAFETY: `place` says that the word is there, and it is a value.
                unsafe { heap.store(holder, word, v) };
                return true;
            }
            let next = heap.space().transition(shape, name);
            let Some((holder, word)) = heap.room_for_slot(obj, next) else { return false };
            // SAFETY: as above; the object is local or locked, and has room for the shape's slots.
            unsafe {
                heap.store(holder, word, v);
                heap.set_shape(obj, next.id);
            }
            true
        })
    }

    /// Where the last slot of a shape, which the object does not have yet, is to be. The object is local or locked.
    fn room_for_slot(&self, obj: Value, next: &Shape) -> Option<(Value, usize)> {
        let (slot, inline) = (next.slot as usize, next.inline_cap as usize);
        if slot < inline {
            return (SLOTS + slot < self.words_at(obj.addr())).then_some((obj, SLOTS + slot));
        }
        // SAFETY: word 1 of an object is a value.
        let old = unsafe { obj.load(EXTRA) };
        let (at, have) = (slot - inline, if self.is_array(old) { self.slots(old) } else { 0 });
        if at < have {
            return Some((old, SLOTS + at));
        }
        let more = self.new_array((at + 1).max(2 * have).next_multiple_of(CELL_WORDS));
        for i in 0..have {
            // SAFETY: a fresh array with more slots than the old one.
            unsafe { self.store_init(more, SLOTS + i, old.load(SLOTS + i)) };
        }
        // SAFETY: word 1 of an object is a value.
        unsafe { self.store(obj, EXTRA, more) };
        Some((more, SLOTS + at))
    }

    /// What is to be stored in a shared object is shared before that is locked: it may take a while.
    #[inline]
    fn admit_to(&self, obj: Value, v: Value) {
        if obj.is_ptr() && v.is_ptr() && self.is_shared(obj) {
            self.promote(v);
        }
    }

    #[inline]
    fn lock_if_any(&self, v: Value, f: impl FnOnce(&Heap) -> bool) -> bool {
        v.is_ptr() && self.lock(v, f)
    }

    /// The atom that is equal to a string, if there is one.
    fn known_atom(&self, name: Value) -> Option<Value> {
        if self.is_interned(name) { Some(name) } else { self.space().atoms().find(self.text(&name)?) }
    }

    /// The bytes of a string; None for what is none, and for one whose bytes lie elsewhere ([`STR_EXTERNAL`]). They are there as
    /// long as nothing polls, which the borrow of the context sees to.
    pub fn text<'a>(&'a self, v: &'a Value) -> Option<&'a [u8]> {
        if v.is_short_str() {
            return Some(v.short_content());
        }
        // SAFETY: a live string; its bytes never change and stay until it is swept, after a poll.
        unsafe {
            let here = v.is_kind(Kind::Str) && self.aux(*v) & STR_EXTERNAL == 0;
            here.then(|| self.str_bytes(*v))
        }
    }
}

#[cfg(all(test, not(model)))]
mod tests {
    use crate::{Attached, Config, Kind, Root, ShapeId, ShapeMode, Shared, Space, Value, sub};

    fn attached() -> Attached {
        Attached::new(Space::new(Config { verify: true, stack_words: 1 << 16, ..Config::default() }))
    }

    #[test]
    fn arrays_know_their_ends() {
        let mut cx = attached();
        for n in [0, 1, 6, 7, 5000] {
            let a = Root::new(&cx, cx.new_array(n));
            assert_eq!((cx.slots(a.get()), cx.slot(a.get(), 0)), (n, Value::EMPTY));
            for i in 0..n {
                assert!(cx.set_slot(a.get(), i, cx.new_str(b"an item on the heap")));
            }
            cx.collect(false);
            assert!(!cx.set_slot(a.get(), n, Value::NONE) && cx.slot(a.get(), n).is_empty());
            assert!(!cx.update_slot(a.get(), usize::MAX, |_, v| v));
            for i in 0..n {
                assert_eq!(cx.text(&cx.slot(a.get(), i)), Some(&b"an item on the heap"[..]));
            }
        }
        assert!(cx.try_new_array(usize::MAX).is_none() && cx.try_new_array(1 << 60).is_none());
        // What says more of itself than it has.
        let odd = cx.alloc_internal(sub::VALUES, 2);
        // SAFETY: a fresh object of two words.
        unsafe { cx.store_init(odd, 1, Value::small(1000)) };
        assert_eq!(cx.slots(odd), 6);
        // SAFETY: as above.
        unsafe { cx.store(odd, 1, Value::small(-1)) };
        assert_eq!((cx.slots(odd), cx.slot(odd, 0)), (0, Value::EMPTY));
    }

    #[test]
    fn what_has_no_slots_is_told_so() {
        let cx = attached();
        let others =
            [Value::NONE, Value::small(3), cx.new_str(b"a string on the heap"), cx.native_box(3), cx.float(1e300)];
        for v in others {
            assert_eq!((cx.slots(v), cx.slot(v, 0), cx.shape_of(v)), (0, Value::EMPTY, None));
            assert!(!cx.set_slot(v, 0, Value::NONE) && !cx.set_attribute(v, cx.intern(b"name"), Value::NONE));
            assert!(cx.attribute(v, cx.intern(b"name")).is_none());
        }
        assert!(cx.new_object(ShapeId::of_kind(Kind::Tuple)).is_none() && cx.new_object(ShapeId(1 << 20)).is_none());
        assert!(cx.text(&Value::NONE).is_none() && cx.text(&Value::short_str(b"short").expect("short")).is_some());
        // An object of one cell that claims to have more.
        let wide = cx.space().new_shape(&cx, Kind::Object, Value::EMPTY, 20, 20, ShapeMode::Fixed);
        let small = cx.alloc(Kind::Object, wide.id, 8);
        assert!(cx.set_slot(small, 5, Value::NONE) && !cx.set_slot(small, 6, Value::NONE));
        assert!(!cx.set_attribute(small, cx.intern(b"name"), Value::NONE));
        // SAFETY: the object has room for the slots of its kind's shape; the verifier looks.
        unsafe { cx.set_shape(small, ShapeId::of_kind(Kind::Object)) };
    }

    #[test]
    fn attributes_beyond_the_object() {
        let mut cx = attached();
        let space = cx.space();
        let root = space.new_shape(&cx, Kind::Object, Value::EMPTY, 1, 6, ShapeMode::Normal).id;
        for shared in [false, true] {
            let obj = Root::new(&cx, cx.new_object(root).expect("a shape of objects"));
            if shared {
                cx.promote(obj.get());
            }
            assert!(cx.set_slot(obj.get(), 0, Value::TRUE));
            for i in 0..40 {
                let name = cx.new_str(format!("attribute number {i}").as_bytes());
                assert!(cx.attribute(obj.get(), name).is_none());
                assert!(cx.set_attribute(obj.get(), name, cx.new_str(format!("value number {i}").as_bytes())));
                assert_eq!(cx.slots(obj.get()), i + 2);
                cx.collect(i % 7 == 0);
            }
            let again = Root::new(&cx, cx.new_object(cx.shape_of(obj.get()).expect("an object")).expect("its shape"));
            cx.collect(true);
            for i in 0..40 {
                let name = cx.intern(format!("attribute number {i}").as_bytes());
                let v = cx.attribute(obj.get(), name).expect("stored above");
                assert_eq!(cx.text(&v), Some(format!("value number {i}").as_bytes()));
                assert!(cx.set_attribute(obj.get(), name, Value::from_usize(i)));
                assert_eq!(cx.attribute(obj.get(), name), Some(Value::from_usize(i)));
                assert!(cx.attribute(again.get(), name).is_none());
            }
            assert_eq!((cx.slots(again.get()), cx.slot(obj.get(), 0)), (41, Value::TRUE));
        }
    }

    /// Threads add attributes to one object and count in one slot: nothing is lost.
    #[test]
    fn changes_from_many_threads() {
        const THREADS: usize = 4;
        const EACH: usize = 12;
        const ROUNDS: usize = 2000;
        let space = Space::new(Config { verify: true, stack_words: 1 << 16, ..Config::default() });
        let mut cx = Attached::new(space);
        let root = space.new_shape(&cx, Kind::Object, Value::EMPTY, 1, 6, ShapeMode::Normal).id;
        let obj = Shared::new(&cx, cx.new_object(root).expect("a shape of objects"));
        assert!(cx.set_slot(obj.get(&cx), 0, Value::small(0)));
        cx.start_sharing();
        let work = |t: usize| {
            let mut cx = Attached::new(space);
            let obj = obj.get(&cx);
            for i in 0..ROUNDS {
                let name = cx.intern(format!("attribute {} of {t}", i % EACH).as_bytes());
                assert!(cx.set_attribute(obj, name, Value::from_usize(i)));
                assert_eq!(cx.attribute(obj, name), Some(Value::from_usize(i)));
                assert!(cx.update_slot(obj, 0, |_, n| Value::int(n.as_int().expect("a count") + 1).expect("fits")));
                cx.poll();
            }
        };
        cx.blocking(|| std::thread::scope(|s| (0..THREADS).for_each(|t| drop(s.spawn(move || work(t))))));
        let obj = obj.get(&cx);
        assert_eq!(cx.slot(obj, 0), Value::from_usize(THREADS * ROUNDS));
        assert_eq!(cx.slots(obj), 1 + THREADS * EACH);
        for t in 0..THREADS {
            for i in 0..EACH {
                let name = cx.intern(format!("attribute {i} of {t}").as_bytes());
                let last = cx.attribute(obj, name).and_then(Value::as_int).expect("stored") as usize;
                assert!(last % EACH == i && last + EACH >= ROUNDS);
            }
        }
    }
}
