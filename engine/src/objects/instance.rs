//! Objects with slots: instances, modules, subclasses of built-ins, iterators and the like.
//!
//! Word 1 is `extra`: `EMPTY`, the array of slots that do not fit inline, or the dict of an object in dict mode. Slot `i`
//! is word `2 + i` while `i < shape.inline_cap`. The leading `shape.nnative` slots have no name: hidden state of built-in
//! types and `__slots__`.
//!
//! **Protocol.** A slot never changes its meaning. A new attribute stores its value first, then the shape (release); readers
//! load the shape first (acquire). Writers of shared objects hold the lock. A deleted attribute's slot is `EMPTY`. Moving
//! the attributes to a dict (`__dict__` was asked for, or order could not be kept) stores the dict, then the dict-mode
//! shape, then empties the slots; who meets an `EMPTY` slot looks at the shape again.

use super::{Dict, Str, raw};
use proto_core::sync::{broken, spin_loop};
use proto_core::{Heap, Kind, Shape, ShapeId, ShapeMode, Value, sub};
use std::any::Any;

/// Word of `extra`.
pub const EXTRA: usize = 1;
/// Word of slot 0.
pub const SLOTS: usize = 2;
/// Slots that every object has inline: the smallest is one cell.
const ALWAYS_INLINE: usize = proto_core::header::CELL_WORDS - SLOTS;
/// First element of an array of values.
pub const ARRAY_ITEMS: usize = 2;
/// More named attributes than this go to a dict.
const MAX_NAMED: u32 = 64;

/// An object with slots.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Obj(Value);

/// What a locked attempt to store found out.
enum Outcome {
    Done,
    InDict(Dict),
    NoPlace,
}

impl Obj {
    /// The handle, if `v` is an object with slots.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Obj> {
        if v.is_kind(Kind::Object) { Some(Obj(v)) } else { None }
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// A new object of a shape, all slots `EMPTY`. Those of native types (ranges, slices, iterators) are not expected to last.
    #[inline]
    pub fn alloc(heap: &Heap, shape: ShapeId) -> Value {
        let s = heap.space().shape(shape);
        let alloc = if s.of_class { Heap::alloc } else { Heap::alloc_fleeting };
        let v = alloc(heap, Kind::Object, shape, SLOTS + s.inline_cap as usize);
        if s.nnative > s.inline_cap {
            let a = alloc_array(heap, (s.nnative - s.inline_cap) as usize);
            // SAFETY: a fresh object.
            unsafe { raw::init(v, EXTRA, a) };
        }
        v
    }

    /// A new object of a shape whose first slots, all of them inline, are given; the others are `EMPTY`.
    #[inline]
    pub fn with_slots(heap: &Heap, shape: ShapeId, slots: &[Value]) -> Value {
        let v = Obj::alloc(heap, shape);
        let cap = heap.space().shape(shape).inline_cap as usize;
        for (i, s) in slots.iter().enumerate().take(cap) {
            // SAFETY: a fresh object with `cap` slots inline.
            unsafe { raw::init(v, SLOTS + i, *s) };
        }
        v
    }

    /// The shape.
    #[inline(always)]
    pub fn shape(self, heap: &Heap) -> &'static Shape {
        heap.space().shape(self.shape_id())
    }

    /// The shape's id.
    #[inline(always)]
    pub fn shape_id(self) -> ShapeId {
        // SAFETY: a heap object.
        ShapeId(unsafe { raw::shape(self.0) })
    }

    #[inline(always)]
    fn extra(self) -> Value {
        // SAFETY: word 1 of an object is a value.
        unsafe { raw::load(self.0, EXTRA) }
    }

    pub(super) fn is_shared(self) -> bool {
        // SAFETY: a heap object.
        unsafe { raw::is_shared(self.0) }
    }

    fn locked<R>(self, heap: &Heap, f: impl FnOnce(&Heap) -> R) -> R {
        if self.is_shared() && !broken("attr_locked") { heap.lock(self.0, f) } else { f(heap) }
    }

    /// Slot `i` by number (of a shape with at least that many); `EMPTY` when it is not there (any more).
    #[inline]
    pub fn slot(self, heap: &Heap, i: usize) -> Value {
        if i < ALWAYS_INLINE {
            return self.at(i);
        }
        let cap = self.shape(heap).inline_cap as usize;
        if i < cap {
            // SAFETY: the object has `inline_cap` slots inline.
            return unsafe { raw::load(self.0, SLOTS + i) };
        }
        array_get(self.extra(), i - cap)
    }

    /// Slot `i` of an object known to have it inline (native slots of declared types with few of them).
    #[inline(always)]
    pub fn at(self, i: usize) -> Value {
        if i < ALWAYS_INLINE {
            // SAFETY: every object has at least so many inline slots.
            unsafe { raw::load(self.0, SLOTS + i) }
        } else {
            Value::EMPTY
        }
    }

    /// Stores to slot `i`, which exists.
    #[inline]
    pub fn set_slot(self, heap: &Heap, i: usize, v: Value) {
        if i < ALWAYS_INLINE {
            // SAFETY: every object has at least so many inline slots.
            return unsafe { heap.store(self.0, SLOTS + i, v) };
        }
        let cap = self.shape(heap).inline_cap as usize;
        // SAFETY: inline slots and elements of the array are values; `array_word` checks the bound.
        unsafe {
            if i < cap {
                heap.store(self.0, SLOTS + i, v);
            } else if let Some((array, word)) = array_word(self.extra(), i - cap) {
                heap.store(array, word, v);
            }
        }
    }

    /// Compare-and-swap of slot `i`; the value found on failure.
    pub fn cas_slot(self, heap: &Heap, i: usize, old: Value, new: Value) -> Result<(), Value> {
        if !self.is_shared() {
            // Nobody else looks.
            let now = self.slot(heap, i);
            if now != old {
                return Err(now);
            }
            self.set_slot(heap, i, new);
            return Ok(());
        }
        let cap = self.shape(heap).inline_cap as usize;
        // SAFETY: as in `set_slot`.
        unsafe {
            if i < cap {
                heap.cas(self.0, SLOTS + i, old, new)
            } else if let Some((array, word)) = array_word(self.extra(), i - cap) {
                heap.cas(array, word, old, new)
            } else {
                Err(Value::EMPTY)
            }
        }
    }

    /// The int in native slot `i`, 0 if there is none.
    #[inline]
    pub fn slot_int(self, heap: &Heap, i: usize) -> i64 {
        self.slot(heap, i).as_int().unwrap_or(0)
    }

    /// The Rust value boxed in native slot `i`.
    #[inline]
    pub fn payload<T: Any + Send + Sync>(self, heap: &Heap, i: usize) -> Option<&T> {
        heap.unbox::<T>(self.slot(heap, i))
    }

    /// Boxes a Rust value into native slot `i`.
    pub fn set_payload<T: Any + Send + Sync>(self, heap: &Heap, i: usize, t: T) {
        let boxed = heap.native_box(t);
        self.set_slot(heap, i, boxed);
    }

    // --- attributes ---

    /// The attribute of the object itself.
    #[inline]
    pub fn get_attr(self, heap: &Heap, name: Value) -> Option<Value> {
        let name = atom(heap, name)?;
        loop {
            let shape = self.shape(heap);
            match shape.mode {
                ShapeMode::Fixed => return None,
                ShapeMode::DictMode => return held_dict(self.extra())?.get_str(name),
                ShapeMode::Normal => {
                    let slot = shape.lookup(name)?;
                    if let Some(v) = self.read(shape, slot).non_empty() {
                        return Some(v);
                    }
                    // Deleted, unless the attributes have just moved to a dict.
                    if self.shape_id() == shape.id && held_dict(self.extra()).is_none() || broken("attr_empty_rereads")
                    {
                        return None;
                    }
                    spin_loop();
                }
            }
        }
    }

    #[inline]
    fn read(self, shape: &Shape, slot: u32) -> Value {
        if slot < shape.inline_cap {
            // SAFETY: an inline slot.
            unsafe { raw::load(self.0, SLOTS + slot as usize) }
        } else {
            array_get(self.extra(), (slot - shape.inline_cap) as usize)
        }
    }

    /// Stores an attribute of the object itself; false when its type gives it none.
    pub fn set_attr(self, heap: &Heap, name: Value, v: Value) -> bool {
        let Some(name) = atom(heap, name) else { return false };
        // SAFETY: a heap object.
        unsafe { raw::promote_for(heap, self.0, v) };
        match self.locked(heap, |heap| self.store_attr(heap, name, v)) {
            Outcome::Done => true,
            Outcome::NoPlace => false,
            Outcome::InDict(d) => {
                d.set_str(heap, name, v);
                true
            }
        }
    }

    /// The object is owned or locked.
    fn store_attr(self, heap: &Heap, name: Value, v: Value) -> Outcome {
        let shape = self.shape(heap);
        match shape.mode {
            ShapeMode::Fixed => Outcome::NoPlace,
            ShapeMode::DictMode => Outcome::InDict(self.to_dict(heap)),
            ShapeMode::Normal => match shape.lookup(name) {
                Some(slot) => {
                    if self.read(shape, slot).is_empty() && slot + 1 != shape.nslots {
                        // Deleted before and not the last one: it comes back at the end, which slots cannot say.
                        return Outcome::InDict(self.to_dict(heap));
                    }
                    self.set_slot(heap, slot as usize, v);
                    Outcome::Done
                }
                None if shape.nslots - shape.nnative >= MAX_NAMED => Outcome::InDict(self.to_dict(heap)),
                None => {
                    let next = heap.space().transition(shape, name);
                    if next.slot >= shape.inline_cap {
                        self.reserve(heap, (next.slot - shape.inline_cap) as usize + 1);
                    }
                    self.set_slot(heap, next.slot as usize, v);
                    // SAFETY: the slot is there and filled; owned or locked.
                    unsafe { heap.set_shape(self.0, next.id) };
                    Outcome::Done
                }
            },
        }
    }

    /// Makes room for `n` slots beyond the inline ones.
    fn reserve(self, heap: &Heap, n: usize) {
        let old = self.extra();
        let have = array_len(old);
        if have >= n {
            return;
        }
        let a = alloc_array(heap, raw::whole_cells(ARRAY_ITEMS + n.max(have * 2)) - ARRAY_ITEMS);
        for i in 0..have {
            // SAFETY: a fresh array with more elements.
            unsafe { raw::init(a, ARRAY_ITEMS + i, array_get(old, i)) };
        }
        // SAFETY: word 1 of an object is a value. What a shared object's array holds is shared.
        unsafe {
            raw::promote_for(heap, self.0, a);
            heap.store(self.0, EXTRA, a);
        }
    }

    /// Deletes an attribute of the object itself; false when there is none.
    pub fn del_attr(self, heap: &Heap, name: Value) -> bool {
        let Some(name) = atom(heap, name) else { return false };
        let in_dict = self.locked(heap, |heap| {
            let shape = self.shape(heap);
            match shape.mode {
                ShapeMode::Fixed => Ok(false),
                ShapeMode::DictMode => Err(self.to_dict(heap)),
                ShapeMode::Normal => match shape.lookup(name) {
                    Some(slot) if !self.read(shape, slot).is_empty() => {
                        self.set_slot(heap, slot as usize, Value::EMPTY);
                        Ok(true)
                    }
                    _ => Ok(false),
                },
            }
        });
        match in_dict {
            Ok(done) => done,
            Err(d) => d.remove_str(heap, name).is_some(),
        }
    }

    /// Moves the attributes to a dict, if they are not in one yet. The object is owned or locked.
    fn to_dict(self, heap: &Heap) -> Dict {
        let shape = self.shape(heap);
        if let Some(d) = held_dict(self.extra()) {
            return d;
        }
        let d = Dict::with_capacity(heap, (shape.nslots - shape.nnative) as usize);
        if shape.mode == ShapeMode::Normal {
            for (name, slot) in shape.attribute_names().zip(shape.nnative..) {
                if let Some(v) = self.read(shape, slot).non_empty() {
                    d.set_str(heap, name, v);
                }
            }
        }
        self.install(heap, d.value());
        d
    }

    /// Makes `d`, a dict or an instance of a subclass, the home of the attributes. The object is owned or locked. A fresh
    /// dict of a shared object's attributes holds shared values only, so promoting it here marks two objects.
    fn install(self, heap: &Heap, d: Value) {
        let shape = self.shape(heap);
        // Native slots beyond the inline ones cannot share word 1 with a dict.
        debug_assert!(shape.nnative <= shape.inline_cap);
        // SAFETY: word 1 and inline slots are values; owned or locked; the dict-mode shape keeps the native slots.
        unsafe {
            raw::promote_for(heap, self.0, d);
            heap.store(self.0, EXTRA, d);
            if shape.mode == ShapeMode::Normal {
                heap.set_shape(self.0, heap.space().dict_mode_shape(shape).id);
                let (from, to) = (shape.nnative as usize, shape.nslots.min(shape.inline_cap) as usize);
                heap.clear_words(self.0, SLOTS + from, to.saturating_sub(from), Value::EMPTY);
            }
        }
    }

    /// The object's `__dict__`. From then on the attributes live there.
    pub fn dict(self, heap: &Heap) -> Dict {
        self.locked(heap, |heap| self.to_dict(heap))
    }

    /// The object's `__dict__` itself, which may be an instance of a subclass of dict.
    pub fn dict_value(self, heap: &Heap) -> Value {
        self.locked(heap, |heap| {
            self.to_dict(heap);
            self.extra()
        })
    }

    /// The dict, if the attributes live in one already.
    #[inline]
    pub fn dict_if_any(self) -> Option<Dict> {
        held_dict(self.extra())
    }

    /// Makes `d`, a dict or an instance of a subclass, the object's `__dict__`.
    pub fn set_dict(self, heap: &Heap, d: Value) {
        debug_assert!(held_dict(d).is_some());
        // SAFETY: a heap object.
        unsafe { raw::promote_for(heap, self.0, d) };
        self.locked(heap, |heap| self.install(heap, d));
    }

    /// Calls `f` with the names of the attributes in slots; the dict, if they are in one. Locked, since a move to a dict
    /// empties one slot after the other.
    fn each_name(self, heap: &Heap, mut f: impl FnMut(&Heap, Value)) -> Option<Dict> {
        let mut look = |heap: &Heap| {
            let shape = self.shape(heap);
            if let Some(d) = held_dict(self.extra()) {
                return Some(d);
            }
            if shape.mode == ShapeMode::Normal {
                for (name, slot) in shape.attribute_names().zip(shape.nnative..) {
                    if !self.read(shape, slot).is_empty() {
                        f(heap, name);
                    }
                }
            }
            None
        };
        if broken("attr_names_locked") { look(heap) } else { self.locked(heap, look) }
    }

    /// Calls `f` with the names and values of the attributes in slots, as they are at one moment; the dict, if they are in one.
    /// `f` runs no Python code and promotes nothing.
    pub fn each_attr(self, heap: &Heap, mut f: impl FnMut(Value, Value)) -> Option<Dict> {
        self.locked(heap, |heap| {
            let shape = self.shape(heap);
            if let Some(d) = held_dict(self.extra()) {
                return Some(d);
            }
            if shape.mode == ShapeMode::Normal {
                for (name, slot) in shape.attribute_names().zip(shape.nnative..) {
                    if let Some(v) = self.read(shape, slot).non_empty() {
                        f(name, v);
                    }
                }
            }
            None
        })
    }

    /// Whether the object has attributes of its own.
    pub fn has_attrs(self, heap: &Heap) -> bool {
        let mut any = false;
        self.each_name(heap, |_, _| any = true).map_or(any, |d| d.len() > 0)
    }

    /// The names of the object's own attributes, in order.
    pub fn attrs(self, heap: &Heap) -> super::List {
        let out = super::List::new(heap);
        self.each_name(heap, |heap, name| out.push(heap, name)).map_or(out, |d| d.keys_list(heap))
    }
}

/// Native slot `i` (below six) of an object; `EMPTY` for other values.
#[inline(always)]
pub fn native_slot(v: Value, i: usize) -> Value {
    Obj::of(v).map_or(Value::EMPTY, |o| o.at(i))
}

/// The dict that `extra` is, or, for an instance of a subclass of dict, holds in its native slot 0.
#[inline(always)]
pub(crate) fn held_dict(extra: Value) -> Option<Dict> {
    Dict::of(extra).or_else(|| Dict::of(Obj::of(extra)?.at(0)))
}

/// The interned form of a name; `None` if it is no string.
#[inline]
fn atom(heap: &Heap, name: Value) -> Option<Value> {
    if heap.is_interned(name) { Some(name) } else { Str::of(name).map(|s| s.intern(heap)) }
}

/// An internal array of `n` values, all `EMPTY`. Word 1: the number of elements as an int.
pub fn alloc_array(heap: &Heap, n: usize) -> Value {
    let a = heap.alloc_internal(sub::VALUES, ARRAY_ITEMS + n);
    // SAFETY: a fresh object; an int may lie in a value word.
    unsafe { raw::init(a, 1, Value::from_usize(n)) };
    a
}

/// A new array of these values.
pub(crate) fn array_of(heap: &Heap, values: &[Value]) -> Value {
    let a = alloc_array(heap, values.len());
    for (i, v) in values.iter().enumerate() {
        // SAFETY: a fresh array with so many elements.
        unsafe { raw::init(a, ARRAY_ITEMS + i, *v) };
    }
    a
}

/// The number of elements of an array made by [`alloc_array`], 0 for anything else.
pub fn array_len(array: Value) -> usize {
    if !array.is_kind(Kind::Internal) {
        return 0;
    }
    // SAFETY: the internal objects that `extra` words name are arrays.
    unsafe { (raw::load_raw(array, 1usize) >> 2) as usize }
}

#[inline]
fn array_word(array: Value, i: usize) -> Option<(Value, usize)> {
    if i < array_len(array) { Some((array, ARRAY_ITEMS + i)) } else { None }
}

/// Element `i` of an array made by [`alloc_array`]; `EMPTY` if there is none.
#[inline]
pub fn array_get(array: Value, i: usize) -> Value {
    match array_word(array, i) {
        // SAFETY: the element exists.
        Some((a, w)) => unsafe { raw::load(a, w) },
        None => Value::EMPTY,
    }
}

/// Stores element `i`, if there is one; whether there is.
#[inline]
pub(crate) fn array_replace(heap: &Heap, array: Value, i: usize, v: Value) -> bool {
    let place = array_word(array, i);
    if let Some((a, w)) = place {
        // SAFETY: the element exists.
        unsafe { heap.store(a, w, v) };
    }
    place.is_some()
}

/// As [`array_replace`], for who knows that it exists.
pub fn array_set(heap: &Heap, array: Value, i: usize, v: Value) {
    let _there = array_replace(heap, array, i, v);
}
