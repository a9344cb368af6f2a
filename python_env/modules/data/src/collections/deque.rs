//! `deque`: a ring in a list. Native slots: 0 the ring (a list whose length is the capacity, a power of two), 1 index of the
//! first item, 2 number of items, 3 the bound (EMPTY: none), 4 a counter of structural changes, for iterators.
//!
//! Every change happens under the object's lock, so that threads may share a deque.

use engine::objects::{List, Obj, StrBuilder, hashing::simple_eq};
use engine::prelude::*;
use engine::protocol;

use super::deque_methods as methods;

const RING: usize = 0;
const FIRST: usize = 1;
const COUNT: usize = 2;
const BOUND: usize = 3;
const CHANGES: usize = 4;

/// Why a search stops ([`Deque::seek`]).
pub enum Pause {
    /// There are no more items.
    End,
    /// The item is equal.
    Equal,
    /// Only a call can tell whether this item is equal. With the counter of changes when it was there.
    Ask(Value, usize),
}

pub static DEQUE: TypeDef = TypeDef {
    doc: "A list-like sequence optimized for data accesses near its endpoints.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::SEQUENCE).with(TypeFlags::HAS_WEAKREF),
    nnative: 5,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", deque_new, "").hide_sig()),
    new_of_one: Some(|cx, iterable| {
        let v = empty(cx);
        let d = Deque::this(cx, v)?;
        methods::extend_right(cx, d, iterable)?;
        Ok(v)
    }),
    init: Some(
        NativeDef::new("__init__", "($self, /, iterable=(), maxlen=None)", methods::init, "Initialize self.")
            .hide_sig(),
    ),
    slots: Slots {
        repr: Some(deque_repr),
        len: Some(|cx, v| Ok(Deque::this(cx, v)?.len(cx))),
        getitem: Some(methods::getitem),
        setitem: Some(methods::setitem),
        contains: Some(methods::contains),
        iter: Some(deque_iter),
        richcmp: Some(methods::richcmp),
        hash: Some(slots::hash_not_implemented),
        add: Some(methods::concat),
        iadd: Some(methods::iadd),
        mul: Some(methods::repeat),
        imul: Some(methods::irepeat),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    getsets: &[GetSet::ro(
        "maxlen",
        |cx, v| {
            let d = Deque::this(cx, v)?;
            Ok(d.0.slot(cx, BOUND).non_empty().unwrap_or(Value::NONE))
        },
        "maximum size of a deque or None if unbounded",
    )],
    quick: Some(&QuickItems { get: quick_get, set: quick_set, len: quick_len }),
    ..TypeDef::new("collections", "deque")
};

fn quick_len(heap: &Heap, v: Value) -> Option<usize> {
    Obj::of(v).map(|o| Deque(o).len(heap))
}

fn quick_get(heap: &Heap, v: Value, i: i64) -> Value {
    Obj::of(v).and_then(|o| Deque(o).get_index(heap, i)).unwrap_or(Value::EMPTY)
}

fn quick_set(heap: &Heap, v: Value, i: i64, new: Value) -> bool {
    Obj::of(v).is_some_and(|o| Deque(o).set_index(heap, i, new))
}

/// A deque, also an instance of a subclass.
#[derive(Clone, Copy)]
pub struct Deque(pub Obj);

fn number(heap: &Heap, o: Obj, slot: usize) -> usize {
    o.slot(heap, slot).as_int().unwrap_or(0) as usize
}

fn set_number(heap: &Heap, o: Obj, slot: usize, n: usize) {
    o.set_slot(heap, slot, int::from_usize(heap, n));
}

impl Deque {
    /// The handle, or a TypeError.
    pub fn this(cx: &mut Ctx, v: Value) -> Res<Deque> {
        match Deque::of(cx, v) {
            Some(d) => Ok(d),
            None => Err(cx.type_error("deque expected")),
        }
    }

    /// The handle, if `v` is a deque.
    pub fn of(cx: &mut Ctx, v: Value) -> Option<Deque> {
        if cx.is_exactly(v, &DEQUE) || cx.is_def(v, &DEQUE) { Obj::of(v).map(Deque) } else { None }
    }

    /// Number of items.
    pub fn len(self, heap: &Heap) -> usize {
        number(heap, self.0, COUNT)
    }

    /// The bound, if there is one.
    pub fn bound(self, heap: &Heap) -> Option<usize> {
        int::to_i64(self.0.slot(heap, BOUND).non_empty()?).map(|n| n as usize)
    }

    /// Sets the bound.
    pub fn set_bound(self, heap: &Heap, bound: Option<usize>) {
        let v = bound.map_or(Value::EMPTY, |n| int::from_usize(heap, n));
        self.0.set_slot(heap, BOUND, v);
    }

    /// A counter that each structural change raises.
    pub fn changes(self, heap: &Heap) -> usize {
        number(heap, self.0, CHANGES)
    }

    fn ring(self, heap: &Heap) -> Option<List> {
        List::of(self.0.slot(heap, RING))
    }

    /// The item at `i`, if there is one.
    pub fn get(self, heap: &Heap, i: usize) -> Option<Value> {
        heap.lock(self.0.value(), |heap| self.get_locked(heap, i))
    }

    /// Passes the items from `i` that differ from `item` as far as that is known without a call, and says where and why it stops.
    pub fn seek(self, heap: &Heap, item: Value, mut i: usize, stop: usize) -> (usize, Pause) {
        heap.lock(self.0.value(), |heap| {
            while i < stop {
                let Some(v) = self.get_locked(heap, i) else { break };
                match if v == item { Some(true) } else { simple_eq(v, item) } {
                    Some(true) => return (i, Pause::Equal),
                    Some(false) => i += 1,
                    None => return (i, Pause::Ask(v, self.changes(heap))),
                }
            }
            (i, Pause::End)
        })
    }

    /// The item at `i`, if there is one: a negative `i` counts from the end.
    pub fn get_index(self, heap: &Heap, i: i64) -> Option<Value> {
        heap.lock(self.0.value(), |heap| self.get_locked(heap, self.place(heap, i)?))
    }

    /// An index from the start; None if it is negative. The deque is locked.
    fn place(self, heap: &Heap, i: i64) -> Option<usize> {
        usize::try_from(if i < 0 { i + self.len(heap) as i64 } else { i }).ok()
    }

    fn get_locked(self, heap: &Heap, i: usize) -> Option<Value> {
        let ring = self.ring(heap)?;
        if i >= self.len(heap) {
            return None;
        }
        ring.get((number(heap, self.0, FIRST) + i) & (ring.len() - 1))
    }

    /// Replaces the item at `i`, false when there is none: a negative `i` counts from the end.
    pub fn set_index(self, heap: &Heap, i: i64, v: Value) -> bool {
        self.admit(heap, v);
        heap.lock(self.0.value(), |heap| {
            let (Some(ring), Some(i)) = (self.ring(heap), self.place(heap, i)) else { return false };
            i < self.len(heap) && ring.set(heap, (number(heap, self.0, FIRST) + i) & (ring.len() - 1), v)
        })
    }

    /// Room for one more item: doubles a full ring.
    fn reserve(self, heap: &Heap) -> List {
        let (count, first) = (self.len(heap), number(heap, self.0, FIRST));
        match self.ring(heap) {
            Some(ring) if count < ring.len() => ring,
            old => {
                let size = (count * 2).max(8);
                let ring = List::build(heap, size, |i| match old {
                    Some(old) if i < count => old.get((first + i) & (old.len() - 1)).unwrap_or(Value::NONE),
                    _ => Value::NONE,
                });
                self.0.set_slot(heap, RING, ring.value());
                set_number(heap, self.0, FIRST, 0);
                ring
            }
        }
    }

    fn changed(self, heap: &Heap) {
        set_number(heap, self.0, CHANGES, self.changes(heap).wrapping_add(1) & 0xffff_ffff);
    }

    /// Promotes what a shared deque is about to hold, before the lock is taken.
    pub fn admit(self, heap: &Heap, v: Value) {
        if heap.is_shared(self.0.value()) {
            heap.promote(v);
        }
    }

    /// Ring, first place and number of items of a deque that is neither bounded nor shared.
    #[inline(always)]
    fn plain(self, heap: &Heap) -> Option<(List, usize, usize)> {
        let o = self.0;
        if heap.is_shared(o.value()) || !o.at(BOUND).is_empty() {
            return None;
        }
        Some((List::of(o.at(RING))?, o.at(FIRST).as_int()? as usize, o.at(COUNT).as_int()? as usize))
    }

    #[inline(always)]
    fn set_place(self, heap: &Heap, first: usize, count: usize) {
        set_number(heap, self.0, FIRST, first);
        set_number(heap, self.0, COUNT, count);
        self.changed(heap);
    }

    /// Appends at the right end; a bounded deque drops from the left.
    pub fn push_back(self, heap: &Heap, v: Value) {
        if let Some((ring, first, count)) = self.plain(heap)
            && count < ring.len()
        {
            ring.set(heap, (first + count) & (ring.len() - 1), v);
            return self.set_place(heap, first, count + 1);
        }
        self.admit(heap, v);
        heap.lock(self.0.value(), |heap| {
            if self.bound(heap) == Some(0) {
                return;
            }
            let (count, first) = (self.len(heap), number(heap, self.0, FIRST));
            if self.bound(heap) == Some(count)
                && let Some(ring) = self.ring(heap)
            {
                // The number of items stays: who asks for it takes no lock.
                ring.set(heap, first, Value::NONE);
                ring.set(heap, (first + count) & (ring.len() - 1), v);
                set_number(heap, self.0, FIRST, (first + 1) & (ring.len() - 1));
                return self.changed(heap);
            }
            let ring = self.reserve(heap);
            let first = number(heap, self.0, FIRST);
            ring.set(heap, (first + count) & (ring.len() - 1), v);
            set_number(heap, self.0, COUNT, count + 1);
            self.changed(heap);
        });
    }

    /// Appends at the left end; a bounded deque drops from the right.
    pub fn push_front(self, heap: &Heap, v: Value) {
        if let Some((ring, first, count)) = self.plain(heap)
            && count < ring.len()
        {
            let at = first.wrapping_sub(1) & (ring.len() - 1);
            ring.set(heap, at, v);
            return self.set_place(heap, at, count + 1);
        }
        self.admit(heap, v);
        heap.lock(self.0.value(), |heap| {
            if self.bound(heap) == Some(0) {
                return;
            }
            let (count, first) = (self.len(heap), number(heap, self.0, FIRST));
            if self.bound(heap) == Some(count)
                && let Some(ring) = self.ring(heap)
            {
                let at = first.wrapping_sub(1) & (ring.len() - 1);
                ring.set(heap, (first + count - 1) & (ring.len() - 1), Value::NONE);
                ring.set(heap, at, v);
                set_number(heap, self.0, FIRST, at);
                return self.changed(heap);
            }
            let ring = self.reserve(heap);
            let first = number(heap, self.0, FIRST);
            let at = first.wrapping_sub(1) & (ring.len() - 1);
            ring.set(heap, at, v);
            set_number(heap, self.0, FIRST, at);
            set_number(heap, self.0, COUNT, count + 1);
            self.changed(heap);
        });
    }

    fn pop_front_locked(self, heap: &Heap) -> Option<Value> {
        let v = self.get_locked(heap, 0)?;
        let ring = self.ring(heap)?;
        let first = number(heap, self.0, FIRST);
        // The freed place must not keep the item alive.
        ring.set(heap, first & (ring.len() - 1), Value::NONE);
        set_number(heap, self.0, FIRST, (first + 1) & (ring.len() - 1));
        set_number(heap, self.0, COUNT, self.len(heap) - 1);
        self.changed(heap);
        Some(v)
    }

    fn pop_back_locked(self, heap: &Heap) -> Option<Value> {
        let last = self.len(heap).checked_sub(1)?;
        let v = self.get_locked(heap, last)?;
        let ring = self.ring(heap)?;
        ring.set(heap, (number(heap, self.0, FIRST) + last) & (ring.len() - 1), Value::NONE);
        set_number(heap, self.0, COUNT, last);
        self.changed(heap);
        Some(v)
    }

    /// Takes the item at `i` out, by moving those on its shorter side; whether it is there. The deque is locked.
    fn remove_locked(self, heap: &Heap, i: usize) -> bool {
        let (n, first) = (self.len(heap), number(heap, self.0, FIRST));
        let Some(ring) = self.ring(heap).filter(|_| i < n) else { return false };
        let place = |i: usize| (first + i) & (ring.len() - 1);
        let take = |to: usize, from: usize| {
            ring.set(heap, place(to), ring.get(place(from)).unwrap_or(Value::NONE));
        };
        if i < n / 2 {
            (0..i).rev().for_each(|j| take(j + 1, j));
            self.pop_front_locked(heap).is_some()
        } else {
            (i..n - 1).for_each(|j| take(j, j + 1));
            self.pop_back_locked(heap).is_some()
        }
    }

    /// Takes the item at `i` out, if nothing has changed since the counter was `seen`; whether it did.
    pub fn remove_at(self, heap: &Heap, i: usize, seen: usize) -> bool {
        heap.lock(self.0.value(), |heap| self.changes(heap) == seen && self.remove_locked(heap, i))
    }

    /// Takes the leftmost item.
    pub fn pop_front(self, heap: &Heap) -> Option<Value> {
        if let Some((ring, first, count @ 1..)) = self.plain(heap) {
            let at = first & ring.len().wrapping_sub(1);
            let v = ring.get(at)?;
            // The freed place must not keep the item alive.
            ring.set(heap, at, Value::NONE);
            self.set_place(heap, (at + 1) & (ring.len() - 1), count - 1);
            return Some(v);
        }
        heap.lock(self.0.value(), |heap| self.pop_front_locked(heap))
    }

    /// Takes the rightmost item.
    pub fn pop_back(self, heap: &Heap) -> Option<Value> {
        if let Some((ring, first, count @ 1..)) = self.plain(heap) {
            let at = (first + count - 1) & ring.len().wrapping_sub(1);
            let v = ring.get(at)?;
            ring.set(heap, at, Value::NONE);
            self.set_place(heap, first, count - 1);
            return Some(v);
        }
        heap.lock(self.0.value(), |heap| self.pop_back_locked(heap))
    }

    /// Puts an item that is shared already, if the deque is, before the one at `i`, by moving those on the shorter side. A negative
    /// `i` counts from the end. False if the bound is reached.
    pub fn insert(self, heap: &Heap, i: i64, v: Value) -> bool {
        heap.lock(self.0.value(), |heap| {
            let n = self.len(heap);
            if self.bound(heap) == Some(n) {
                return false;
            }
            let i = if i < 0 { (i + n as i64).max(0) } else { i.min(n as i64) } as usize;
            let ring = self.reserve(heap);
            let first = number(heap, self.0, FIRST);
            let place = |i: usize| first.wrapping_add(i) & (ring.len() - 1);
            let take = |to: usize, from: usize| {
                ring.set(heap, place(to), ring.get(place(from)).unwrap_or(Value::NONE));
            };
            if i < n / 2 {
                (0..i).for_each(|j| take(j.wrapping_sub(1), j));
                ring.set(heap, place(i.wrapping_sub(1)), v);
                set_number(heap, self.0, FIRST, place(usize::MAX));
            } else {
                (i..n).rev().for_each(|j| take(j + 1, j));
                ring.set(heap, place(i), v);
            }
            set_number(heap, self.0, COUNT, n + 1);
            self.changed(heap);
            true
        })
    }

    /// Takes the item at `i` out, which counts from the end if it is negative; whether it is there.
    pub fn remove_index(self, heap: &Heap, i: i64) -> bool {
        heap.lock(self.0.value(), |heap| match self.place(heap, i) {
            Some(i) => self.remove_locked(heap, i),
            None => false,
        })
    }

    /// Turns the items by `n` places to the right, as one step.
    pub fn rotate(self, heap: &Heap, n: i64) {
        heap.lock(self.0.value(), |heap| {
            let len = self.len(heap);
            let Some(ring) = self.ring(heap).filter(|_| len > 1) else { return };
            let mask = ring.len() - 1;
            let right = n.rem_euclid(len as i64) as usize;
            let left = len - right;
            // The number of items stays: who asks for it takes no lock.
            let mut first = number(heap, self.0, FIRST);
            let carry = |from: usize, to: usize| {
                let v = ring.get(from & mask).unwrap_or(Value::NONE);
                ring.set(heap, from & mask, Value::NONE);
                ring.set(heap, to & mask, v);
            };
            if right <= left {
                for _ in 0..right {
                    carry(first + len - 1, first.wrapping_sub(1));
                    first = first.wrapping_sub(1) & mask;
                }
            } else {
                for _ in 0..left {
                    carry(first, first + len);
                    first = (first + 1) & mask;
                }
            }
            set_number(heap, self.0, FIRST, first);
            self.changed(heap);
        });
    }

    /// All items as a list, at one moment.
    pub fn snapshot(self, heap: &Heap) -> List {
        heap.lock(self.0.value(), |heap| self.listed(heap))
    }

    /// Replaces all items.
    pub fn replace(self, heap: &Heap, items: List) {
        heap.lock(self.0.value(), |heap| self.refill(heap, items));
    }

    /// Changes all items as one step: `f` gets them in a list of its own, and says whether what it made of it is kept. What it
    /// adds is shared already if the deque is.
    pub fn edit(self, heap: &Heap, f: impl FnOnce(&Heap, List) -> bool) -> bool {
        heap.lock(self.0.value(), |heap| {
            let items = self.listed(heap);
            let keep = f(heap, items);
            if keep {
                self.refill(heap, items);
            }
            keep
        })
    }

    /// The items as a list. The deque is locked.
    fn listed(self, heap: &Heap) -> List {
        let n = self.len(heap);
        List::build(heap, n, |i| self.get_locked(heap, i).unwrap_or(Value::NONE))
    }

    /// Takes the items of a list for its own. The deque is locked.
    fn refill(self, heap: &Heap, items: List) {
        let n = items.len();
        let keep = self.bound(heap).map_or(n, |b| b.min(n));
        let size = keep.next_power_of_two().max(8);
        let ring = List::build(heap, size, |i| {
            if i < keep { items.get(n - keep + i).unwrap_or(Value::NONE) } else { Value::NONE }
        });
        self.0.set_slot(heap, RING, ring.value());
        set_number(heap, self.0, FIRST, 0);
        set_number(heap, self.0, COUNT, keep);
        self.changed(heap);
    }

    /// Drops all items.
    pub fn clear(self, heap: &Heap) {
        let none = List::new(heap);
        self.replace(heap, none);
    }
}

fn deque_new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    for slot in [FIRST, COUNT, CHANGES] {
        o.set_slot(cx, slot, Value::small(0));
    }
    Ok(o.value())
}

/// A new empty deque of the very type, without a bound.
fn empty(cx: &mut Ctx) -> Value {
    cx.new_object(&DEQUE, &[Value::EMPTY, Value::small(0), Value::small(0), Value::EMPTY, Value::small(0)])
}

/// A new empty deque of the class of `like`, with its bound.
pub fn new_like(cx: &mut Ctx, like: Value) -> Res<Deque> {
    let bound = Deque::this(cx, like)?.bound(cx);
    let class = types::type_of(cx, like).value();
    let v = if class == cx.type_of_def(&DEQUE).value() {
        empty(cx)
    } else {
        let none = engine::objects::Tuple::empty(cx);
        match bound {
            Some(n) => {
                let n = int::from_usize(cx, n);
                protocol::call(cx, class, &[none, n])?
            }
            None => protocol::call(cx, class, &[])?,
        }
    };
    let d = Deque::this(cx, v)?;
    d.set_bound(cx, bound);
    Ok(d)
}

fn deque_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let d = Deque::this(cx, v)?;
    if !protocol::repr_enter(cx, v) {
        return Ok(Str::new(cx, "[...]"));
    }
    let items = d.snapshot(cx);
    let done = protocol::repr(cx, items.value());
    protocol::repr_leave(cx, v);
    let inner = done?;
    let mut out = StrBuilder::new();
    out.push_str(&types::type_short_name(cx, v));
    out.push_str("(");
    if let Some(s) = Str::of(inner) {
        out.push(s);
    }
    if let Some(n) = d.bound(cx) {
        out.push_str(&format!(", maxlen={n}"));
    }
    out.push_str(")");
    out.wish(cx)
}

macro_rules! iterator {
    ($name:ident, $python:literal, $next:ident, $place:expr) => {
        /// Slots: 0 the deque (EMPTY when done), 1 position, 2 the deque's change counter at the start.
        pub static $name: TypeDef = TypeDef {
            nnative: 3,
            new: Some(NativeDef::new(
                "__new__",
                "($type, deque, index=0, /)",
                |cx, args| iterator_new(cx, args, &$name),
                "",
            )),
            slots: Slots { iter: Some(slots::self_iter), next: Some($next), ..Slots::NONE },
            step: Some(|cx, it| step(cx, it, $place)),
            methods: &[
                NativeDef::new(
                    "__length_hint__",
                    "($self, /)",
                    length_hint,
                    "Private method returning an estimate of len(list(it)).",
                ),
                NativeDef::new("__reduce__", "($self, /)", iterator_reduce, "Return state information for pickling."),
            ],
            ..TypeDef::new("collections", $python)
        };
    };
}
iterator!(DEQUE_ITERATOR, "_deque_iterator", next_forward, |i, _| Some(i));
iterator!(DEQUE_REVERSE_ITERATOR, "_deque_reverse_iterator", next_backward, |i, len| len.checked_sub(i + 1));

/// An iterator of type `def` over a deque, some items on.
fn iterator_new(cx: &mut Ctx, args: Args, def: &'static TypeDef) -> PyResult {
    let class = cx.type_of_def(&DEQUE);
    let ty = types::type_of(cx, args[1]);
    if !ty.is_subtype(class) {
        let name = ty.full_name(cx);
        return Err(cx.type_error(format!("argument 1 must be collections.deque, not {name}")));
    }
    let d = Deque::this(cx, args[1])?;
    let index = args.index_or(cx, 2, 0)?.clamp(0, d.len(cx) as i64);
    let changes = int::from_usize(cx, d.changes(cx));
    Ok(cx.new_object(def, &[args[1], int::from_i64(cx, index), changes]))
}

fn iterator_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let class = types::type_of(cx, args[0]).value();
    let inner = match Obj::of(args[0]).map(|o| (o.slot(cx, 0), o.slot(cx, 1))) {
        Some((deque, at)) if deque != Value::EMPTY => Tuple::new(cx, &[deque, at]),
        _ => {
            let none = cx.type_of_def(&DEQUE).value();
            let empty = protocol::call(cx, none, &[])?;
            Tuple::new(cx, &[empty, Value::small(0)])
        }
    };
    Ok(Tuple::new(cx, &[class, inner]))
}

fn deque_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let d = Deque::this(cx, v)?;
    let changes = int::from_usize(cx, d.changes(cx));
    Ok(cx.new_object(&DEQUE_ITERATOR, &[v, Value::small(0), changes]))
}

/// `reversed(deque)`.
pub fn reversed(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    let changes = int::from_usize(cx, d.changes(cx));
    Ok(cx.new_object(&DEQUE_REVERSE_ITERATOR, &[args[0], Value::small(0), changes]))
}

fn next_forward(cx: &mut Ctx, it: Value) -> PyResult {
    advance(cx, it, |i, _| Some(i))
}

fn next_backward(cx: &mut Ctx, it: Value) -> PyResult {
    advance(cx, it, |i, len| len.checked_sub(i + 1))
}

/// A step that finds the deque unchanged.
#[inline(always)]
fn step(cx: &Ctx, it: Value, place: fn(usize, usize) -> Option<usize>) -> Option<Value> {
    let o = Obj::of(it)?;
    let d = Deque(Obj::of(o.at(0))?);
    let i = o.at(1).as_int()? as usize;
    if let Some((ring, first, count)) = d.plain(cx) {
        let at = place(i, count).filter(|_| i < count && d.0.at(CHANGES) == o.at(2))?;
        let item = ring.get((first + at) & (ring.len() - 1))?;
        o.set_slot(cx, 1, int::from_usize(cx, i + 1));
        return Some(item);
    }
    let item = cx.lock(d.0.value(), |heap| {
        let len = d.len(heap);
        let at = place(i, len).filter(|_| i < len && d.changes(heap) == number(heap, o, 2))?;
        d.get_locked(heap, at)
    })?;
    o.set_slot(cx, 1, int::from_usize(cx, i + 1));
    Some(item)
}

fn advance(cx: &mut Ctx, it: Value, place: fn(usize, usize) -> Option<usize>) -> PyResult {
    if let Some(item) = step(cx, it, place) {
        return Ok(item);
    }
    // Slot 0 never holds anything but a deque, and nothing at the end.
    let Some((o, d)) = Obj::of(it).and_then(|o| Some((o, Deque(Obj::of(o.at(0))?)))) else { return Ok(Value::EMPTY) };
    let changed = d.changes(cx) != number(cx, o, 2);
    o.set_slot(cx, 0, Value::EMPTY);
    if changed { Err(cx.runtime_error("deque mutated during iteration")) } else { Ok(Value::EMPTY) }
}

fn length_hint(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(o) = Obj::of(args[0]) else { return Ok(Value::small(0)) };
    let v = o.slot(cx, 0);
    if v == Value::EMPTY {
        return Ok(Value::small(0));
    }
    let len = Deque::this(cx, v)?.len(cx);
    let left = len.saturating_sub(number(cx, o, 1));
    Ok(int::from_usize(cx, left))
}
