//! Iterators and views over the core containers: objects of fixed shapes whose native slots hold the state.
//!
//! Sequences: slot 0 the sequence (`EMPTY` when done), slot 1 the next index (strings: byte offset). Ranges: slot 0 the next
//! value, slot 1 how many are left, slot 2 the step; long ranges: slots 0 to 2 next, stop, step. Dicts and sets: slot 0 the
//! container, slot 1 the position, slot 2 the expected size (-1 once it was found changed); dicts: slot 3 how many entries are
//! left. Views: slot 0 the dict.
//! `enumerate`: slot 0 the iterator, slot 1 the next number. `zip`: slot 0 the tuple of iterators, slot 1 `strict`.

use super::bytes::Bytes;
use super::{Dict, List, Obj, Range, Set, Str, Tuple, int, raw, shapes, str::short1};
use crate::ctx::{Ctx, PyResult};
use proto_core::{Heap, Kind, NumberWord, ShapeId, Value};

const STATE: usize = super::instance::SLOTS;

/// # Safety
/// `it` is an object.
#[inline(always)]
unsafe fn get(it: Value, i: usize) -> Value {
    // SAFETY: every object has at least six inline slots; callers pass 0, 1 or 2.
    unsafe { raw::load(it, STATE + i) }
}

/// # Safety
/// `it` is an object.
#[inline(always)]
unsafe fn index(it: Value, i: usize) -> i64 {
    // SAFETY: the caller's.
    unsafe { get(it, i) }.as_int().unwrap_or(0)
}

/// # Safety
/// `it` is an object.
#[inline(always)]
unsafe fn set_index(it: Value, i: usize, n: i64) {
    // SAFETY: the caller's; an int needs no barrier.
    unsafe { raw::store_number(it, NumberWord::new(STATE + i), (n << 2) as u64) };
}

/// Marks an iterator as done.
///
/// # Safety
/// `it` is an object.
#[inline]
pub(crate) unsafe fn finish(heap: &Heap, it: Value) -> Value {
    // SAFETY: the caller's; a value word.
    unsafe { heap.store(it, STATE, Value::EMPTY) };
    Value::EMPTY
}

fn make(heap: &Heap, shape: ShapeId, state: [Value; 3]) -> Value {
    let v = heap.alloc_fleeting(Kind::Object, shape, STATE + 6);
    for (i, s) in state.into_iter().enumerate() {
        // SAFETY: a fresh object with six slots.
        unsafe { raw::init(v, STATE + i, s) };
    }
    v
}

const ZERO: Value = Value::small(0);

/// `iter(list)`.
pub fn list_iter(heap: &Heap, l: List) -> Value {
    make(heap, shapes::LIST_ITER, [l.value(), ZERO, Value::EMPTY])
}

/// `reversed(list)`.
pub fn list_rev_iter(heap: &Heap, l: List) -> Value {
    let last = l.len() as i64 - 1;
    make(heap, shapes::LIST_REV_ITER, [l.value(), Value::int(last).unwrap_or(ZERO), Value::EMPTY])
}

/// `iter(tuple)`.
pub fn tuple_iter(heap: &Heap, t: Tuple) -> Value {
    make(heap, shapes::TUPLE_ITER, [t.value(), ZERO, Value::EMPTY])
}

/// `iter(str)`.
pub fn str_iter(heap: &Heap, s: Str) -> Value {
    let shape = if s.is_ascii() { shapes::STR_ASCII_ITER } else { shapes::STR_ITER };
    make(heap, shape, [s.value(), ZERO, Value::EMPTY])
}

/// `iter(bytes)`.
pub fn bytes_iter(heap: &Heap, b: Bytes) -> Value {
    make(heap, shapes::BYTES_ITER, [b.value(), ZERO, Value::EMPTY])
}

/// `iter(range)`.
pub fn range_iter(heap: &Heap, r: Range) -> Value {
    if let Some((start, stop, step)) = r.small() {
        let (a, b, s) = (i128::from(start), i128::from(stop), i128::from(step));
        let n = if s > 0 { (b - a + s - 1).div_euclid(s) } else { (a - b - s - 1).div_euclid(-s) }.max(0);
        // The value behind the last must be an int word too.
        let end = a + n * s;
        if let (Ok(n), Ok(end)) = (i64::try_from(n), i64::try_from(end))
            && let (Some(n), Some(_), Some(first)) = (Value::int(n), Value::int(end), Value::int(start))
            && let Some(step) = Value::int(step)
        {
            return make(heap, shapes::RANGE_ITER, [first, n, step]);
        }
    }
    make(heap, shapes::LONG_RANGE_ITER, [r.start(), r.stop(), r.step()])
}

/// `iter(set)`.
pub fn set_iter(heap: &Heap, s: Set) -> Value {
    make(heap, shapes::SET_ITER, [s.value(), ZERO, Value::from_usize(s.len())])
}

/// `enumerate` over an iterator, counting from `start`.
pub fn enumerate(heap: &Heap, it: Value, start: Value) -> Value {
    make(heap, shapes::ENUMERATE, [it, start, Value::EMPTY])
}

/// `zip` of two iterators.
pub fn zip_two(heap: &Heap, v: Value, w: Value) -> Value {
    make(heap, shapes::ZIP, [Tuple::new(heap, &[v, w]), Value::FALSE, Value::EMPTY])
}

fn dict_iter(heap: &Heap, shape: ShapeId, d: Dict, from_end: bool) -> Value {
    let pos = if from_end { Value::from_usize(d.end()) } else { ZERO };
    d.note_iterator();
    let len = Value::from_usize(d.len());
    let it = make(heap, shape, [d.value(), pos, len]);
    // SAFETY: a fresh object with six slots.
    unsafe { raw::init(it, STATE + 3, len) };
    it
}

macro_rules! dict_iters {
    ($($(#[$doc:meta])* $name:ident $shape:ident $rev:expr;)*) => {
        $($(#[$doc])* pub fn $name(heap: &Heap, d: Dict) -> Value {
            dict_iter(heap, shapes::$shape, d, $rev)
        })*
    };
}

dict_iters! {
    /// `iter(dict)`.
    dict_key_iter DICT_KEY_ITER false;
    /// `iter(dict.values())`.
    dict_value_iter DICT_VALUE_ITER false;
    /// `iter(dict.items())`.
    dict_item_iter DICT_ITEM_ITER false;
    /// `reversed(dict)`.
    dict_rev_key_iter DICT_REV_KEY_ITER true;
    /// `reversed(dict.values())`.
    dict_rev_value_iter DICT_REV_VALUE_ITER true;
    /// `reversed(dict.items())`.
    dict_rev_item_iter DICT_REV_ITEM_ITER true;
}

/// The view `dict.keys()`; `d` may be a dict or an instance of a subclass.
pub fn dict_keys(heap: &Heap, d: Dict) -> Value {
    make(heap, shapes::DICT_KEYS, [d.value(), Value::EMPTY, Value::EMPTY])
}

/// The view `dict.values()`.
pub fn dict_values(heap: &Heap, d: Dict) -> Value {
    make(heap, shapes::DICT_VALUES, [d.value(), Value::EMPTY, Value::EMPTY])
}

/// The view `dict.items()`.
pub fn dict_items(heap: &Heap, d: Dict) -> Value {
    make(heap, shapes::DICT_ITEMS, [d.value(), Value::EMPTY, Value::EMPTY])
}

/// `iter(v)` of the exact core types, and of the iterators of this module; `None` for everything else.
#[inline]
pub fn iter_fast(heap: &Heap, v: Value) -> Option<Value> {
    match v.kind() {
        Some(Kind::List) => Some(list_iter(heap, List::of(v)?)),
        Some(Kind::Tuple) => Some(tuple_iter(heap, Tuple::of(v)?)),
        Some(Kind::Dict) => Some(dict_key_iter(heap, Dict::of(v)?)),
        Some(Kind::Set) => Some(set_iter(heap, Set::of(v)?)),
        Some(Kind::Object) => {
            let shape = super::shape_of(v);
            if shape == shapes::RANGE {
                return Some(range_iter(heap, Range::of(v)?));
            }
            let dict = |v: Value| Dict::of(Obj::of(v)?.at(0));
            match shape {
                shapes::DICT_ITEMS => Some(dict_item_iter(heap, dict(v)?)),
                shapes::DICT_VALUES => Some(dict_value_iter(heap, dict(v)?)),
                shapes::DICT_KEYS => Some(dict_key_iter(heap, dict(v)?)),
                s if (shapes::LIST_ITER.0..=shapes::SET_ITER.0).contains(&s.0) => Some(v),
                shapes::ENUMERATE | shapes::ZIP | shapes::REVERSED | shapes::STR_ASCII_ITER => Some(v),
                _ => None,
            }
        }
        _ => Some(str_iter(heap, Str::of(v)?)),
    }
}

/// The next item of one of the iterators of this module, `EMPTY` at the end. `None`: `it` is none of them, or must raise (see
/// [`next`]).
#[inline]
pub fn next_fast(heap: &Heap, it: Value) -> Option<Value> {
    if !it.is_kind(Kind::Object) {
        return None;
    }
    // SAFETY: `it` is an object, and its shape says what its slots hold.
    unsafe {
        match ShapeId(raw::shape(it)) {
            shapes::LIST_ITER => Some(list_next(heap, it)),
            // Two words change together.
            shapes::RANGE_ITER if raw::is_shared(it) => Some(heap.lock(it, |_| range_next(it))),
            shapes::RANGE_ITER => Some(range_next(it)),
            shapes::TUPLE_ITER => Some(tuple_next(heap, it)),
            shapes::DICT_KEY_ITER
            | shapes::DICT_VALUE_ITER
            | shapes::DICT_ITEM_ITER
            | shapes::DICT_REV_KEY_ITER
            | shapes::DICT_REV_VALUE_ITER
            | shapes::DICT_REV_ITEM_ITER => dict_next(heap, it),
            shapes::SET_ITER => set_next(heap, it),
            shapes::STR_ITER | shapes::STR_ASCII_ITER => Some(str_next(heap, it)),
            shapes::LIST_REV_ITER => Some(list_rev_next(heap, it)),
            shapes::BYTES_ITER => Some(bytes_next(heap, it)),
            shapes::LONG_RANGE_ITER => Some(long_range_next(heap, it)),
            shapes::ENUMERATE | shapes::ZIP => match pair_next(heap, it) {
                Pair::Items(v, w) => Some(Tuple::new(heap, &[v, w])),
                Pair::Item(v) => Some(v),
                Pair::End => Some(Value::EMPTY),
                Pair::Unknown if raw::shape(it) == shapes::ZIP.0 => zip_more(heap, it),
                Pair::Unknown => None,
            },
            shapes::REVERSED => reversed_next(it),
            _ => None,
        }
    }
}

/// [`next_fast`] for what another iterator is over: those that are over others themselves may be so without end, and are left
/// to their slots, which look at the native stack.
fn next_plain(heap: &Heap, it: Value) -> Option<Value> {
    match super::shape_of(it) {
        shapes::ENUMERATE | shapes::ZIP => None,
        _ => next_fast(heap, it),
    }
}

/// What [`pair_next`] found.
#[derive(Copy, Clone)]
pub enum Pair {
    /// The two items of the next item.
    Items(Value, Value),
    /// The next item, which is no tuple of two.
    Item(Value),
    /// The iterator has ended.
    End,
    /// Nothing was done: the iterator is an unusual one, or must raise.
    Unknown,
}

/// The next item of an iterator that gives pairs, without making a tuple where the iterator would make one.
#[inline]
pub fn pair_next(heap: &Heap, it: Value) -> Pair {
    if !it.is_kind(Kind::Object) {
        return Pair::Unknown;
    }
    // SAFETY: `it` is an object, and its shape says what its slots hold.
    unsafe {
        let item = match ShapeId(raw::shape(it)) {
            shapes::LIST_ITER => list_next(heap, it),
            shapes::TUPLE_ITER => tuple_next(heap, it),
            shapes::DICT_ITEM_ITER => {
                return match dict_entry(heap, it, false) {
                    Some(Some((_, k, v))) => Pair::Items(k, v),
                    Some(None) => Pair::End,
                    None => Pair::Unknown,
                };
            }
            shapes::ENUMERATE => return enumerate_next(heap, it),
            shapes::ZIP => return zip_next(heap, it),
            _ => return Pair::Unknown,
        };
        if item.is_empty() {
            return Pair::End;
        }
        match Tuple::of(item) {
            Some(t) if t.len() == 2 => Pair::Items(t.get(0), t.get(1)),
            _ => Pair::Item(item),
        }
    }
}

/// # Safety
/// `it` is an `enumerate` object.
unsafe fn enumerate_next(heap: &Heap, it: Value) -> Pair {
    // SAFETY: the caller's.
    unsafe {
        let number = get(it, 1);
        // Threads that share one get different numbers elsewhere; so do numbers beyond the small ints.
        let Some(next) = number.as_int().and_then(|i| Value::int(i + 1)) else { return Pair::Unknown };
        if raw::is_shared(it) {
            return Pair::Unknown;
        }
        match next_plain(heap, get(it, 0)) {
            Some(Value::EMPTY) => Pair::End,
            Some(v) => {
                raw::store_number(it, NumberWord::new(STATE + 1), next.bits());
                Pair::Items(number, v)
            }
            None => Pair::Unknown,
        }
    }
}

/// # Safety
/// `it` is a `zip` object.
unsafe fn zip_next(heap: &Heap, it: Value) -> Pair {
    // SAFETY: the caller's.
    let (sources, strict) = unsafe { (Tuple::of(get(it, 0)), get(it, 1)) };
    let Some(sources) = sources.filter(|t| t.len() == 2 && strict != Value::TRUE) else { return Pair::Unknown };
    // Once the first has been advanced, the second must not turn out to be unusual.
    if !is_total(sources.get(1)) {
        return Pair::Unknown;
    }
    match next_plain(heap, sources.get(0)) {
        Some(Value::EMPTY) => Pair::End,
        Some(v) => match next_fast(heap, sources.get(1)) {
            Some(w) if !w.is_empty() => Pair::Items(v, w),
            _ => Pair::End,
        },
        None => Pair::Unknown,
    }
}

/// The most iterators that [`zip_more`] steps.
const ZIPPED: usize = 6;

/// A step of a `zip` of other than two iterators.
///
/// # Safety
/// `it` is a `zip` object.
unsafe fn zip_more(heap: &Heap, it: Value) -> Option<Value> {
    // SAFETY: the caller's.
    let (sources, strict) = unsafe { (Tuple::of(get(it, 0))?, get(it, 1)) };
    let n = sources.len();
    // Once the first has been advanced, the others must not turn out to be unusual.
    if !(3..=ZIPPED).contains(&n) || strict == Value::TRUE || !(1..n).all(|i| is_total(sources.get(i))) {
        return None;
    }
    let mut items = [Value::EMPTY; ZIPPED];
    for (i, item) in items.iter_mut().enumerate().take(n) {
        *item = next_plain(heap, sources.get(i))?;
        if item.is_empty() {
            return Some(Value::EMPTY);
        }
    }
    Some(Tuple::new(heap, &items[..n]))
}

/// A step of `reversed` over an exact tuple, range or ASCII string; `None` over others.
///
/// # Safety
/// `it` is a `reversed` object.
unsafe fn reversed_next(it: Value) -> Option<Value> {
    // SAFETY: the caller's.
    unsafe {
        let (source, i) = (get(it, 0), index(it, 1));
        if raw::is_shared(it) || source.is_empty() || i < 0 {
            return None;
        }
        let item = if let Some(t) = Tuple::of(source) {
            t.get(i as usize).non_empty()?
        } else if let Some(r) = Range::of(source) {
            let (start, _, step) = r.small()?;
            Value::int(start.checked_add(i.checked_mul(step)?)?)?
        } else {
            let s = Str::of(source).filter(|s| s.is_ascii())?;
            short1(*s.as_bytes().get(i as usize)?)
        };
        set_index(it, 1, i - 1);
        Some(item)
    }
}

/// Whether `it` is an iterator of this module that never raises.
fn is_total(it: Value) -> bool {
    let shape = super::shape_of(it).0;
    it.is_kind(Kind::Object) && (shapes::LIST_ITER.0..=shapes::LONG_RANGE_ITER.0).contains(&shape)
}

/// The next item of a list; `EMPTY` where there is none, and nothing is done. For handlers: no call.
///
/// # Safety
/// `it` is a list iterator, and likewise below.
#[inline(always)]
pub(crate) unsafe fn list_step(it: Value) -> Value {
    // SAFETY: the caller's.
    unsafe {
        let Some(l) = List::of(get(it, 0)) else { return Value::EMPTY };
        let i = index(it, 1);
        let Some(v) = l.get(i as usize) else { return Value::EMPTY };
        set_index(it, 1, i + 1);
        v
    }
}

/// As [`list_step`]; at its end the iterator is done.
#[inline(always)]
unsafe fn list_next(heap: &Heap, it: Value) -> Value {
    // SAFETY: the caller's.
    unsafe {
        let v = list_step(it);
        if v.is_empty() { finish(heap, it) } else { v }
    }
}

unsafe fn list_rev_next(heap: &Heap, it: Value) -> Value {
    // SAFETY: the caller's.
    unsafe {
        let Some(l) = List::of(get(it, 0)) else { return Value::EMPTY };
        let i = index(it, 1);
        match usize::try_from(i).ok().and_then(|i| l.get(i)) {
            Some(v) => {
                set_index(it, 1, i - 1);
                v
            }
            None => finish(heap, it),
        }
    }
}

/// The next item of a tuple; `EMPTY` where there is none, and nothing is done.
///
/// # Safety
/// `it` is a tuple iterator.
#[inline(always)]
pub(crate) unsafe fn tuple_step(it: Value) -> Value {
    // SAFETY: the caller's.
    unsafe {
        let Some(t) = Tuple::of(get(it, 0)) else { return Value::EMPTY };
        let i = index(it, 1);
        let v = t.get(i as usize);
        if !v.is_empty() {
            set_index(it, 1, i + 1);
        }
        v
    }
}

/// As [`tuple_step`]; at its end the iterator is done.
#[inline(always)]
unsafe fn tuple_next(heap: &Heap, it: Value) -> Value {
    // SAFETY: the caller's.
    unsafe {
        let v = tuple_step(it);
        if v.is_empty() { finish(heap, it) } else { v }
    }
}

/// The next item of a range of small ints; `EMPTY` at the end.
///
/// # Safety
/// `it` is a range iterator.
#[inline(always)]
pub(crate) unsafe fn range_next(it: Value) -> Value {
    // SAFETY: the caller's.
    unsafe {
        let left = index(it, 1);
        if left <= 0 {
            return Value::EMPTY;
        }
        let v = get(it, 0);
        set_index(it, 1, left - 1);
        // Both are tagged ints, and the iterator was made only if the last sum fits.
        raw::store_number(it, NumberWord::new(STATE), v.bits().wrapping_add(get(it, 2).bits()));
        v
    }
}

unsafe fn long_range_next(heap: &Heap, it: Value) -> Value {
    // SAFETY: the caller's.
    unsafe {
        let (v, stop, step) = (get(it, 0), get(it, 1), get(it, 2));
        if v.is_empty() {
            return Value::EMPTY;
        }
        let order = int::cmp(v, stop);
        if if int::sign(step) > 0 { order.is_ge() } else { order.is_le() } {
            return finish(heap, it);
        }
        heap.store(it, STATE, int::add(heap, v, step).unwrap_or(Value::EMPTY));
        v
    }
}

unsafe fn str_next(heap: &Heap, it: Value) -> Value {
    // SAFETY: the caller's.
    unsafe {
        let Some(s) = Str::of(get(it, 0)) else { return Value::EMPTY };
        let at = index(it, 1);
        let b = s.as_bytes();
        match b.get(at as usize) {
            Some(c) if *c < 128 => {
                set_index(it, 1, at + 1);
                short1(*c)
            }
            Some(_) => match pytext::wtf8::decode(b, at as usize) {
                Some((cp, n)) => {
                    set_index(it, 1, at + n as i64);
                    Str::from_char(heap, cp)
                }
                None => finish(heap, it),
            },
            None => finish(heap, it),
        }
    }
}

unsafe fn bytes_next(heap: &Heap, it: Value) -> Value {
    // SAFETY: the caller's.
    unsafe {
        let Some(b) = Bytes::of(get(it, 0)) else { return Value::EMPTY };
        let i = index(it, 1);
        match b.as_slice().get(i as usize) {
            Some(x) => {
                set_index(it, 1, i + 1);
                Value::small(i32::from(*x))
            }
            None => finish(heap, it),
        }
    }
}

/// The next entry of an iterator (`reversed`: which goes backwards) and its position; `None`: the dict changed its size, or its keys.
///
/// # Safety
/// `it` is a dict iterator.
#[inline(always)]
unsafe fn dict_entry(heap: &Heap, it: Value, reversed: bool) -> Option<Option<(usize, Value, Value)>> {
    // SAFETY: the caller's.
    unsafe {
        let Some(d) = Dict::of(get(it, 0)) else { return Some(None) };
        if d.len() as i64 != index(it, 2) {
            return None;
        }
        let pos = index(it, 1) as usize;
        let found = match reversed {
            false => d.next_entry(pos),
            // The dict was emptied and filled since: nothing is behind the end.
            true if pos > d.end() => None,
            true => d.prev_entry(pos),
        };
        match found {
            Some((next, _, _)) => {
                // Threads that share the iterator may count one entry twice: then its position alone decides.
                let left = index(it, 3);
                if left <= 0 && !raw::is_shared(it) {
                    return None;
                }
                set_index(it, 1, next as i64);
                set_index(it, 3, (left - 1).max(0));
            }
            None => drop(finish(heap, it)),
        }
        Some(found)
    }
}

/// The next key; `None`: the dict changed.
///
/// # Safety
/// `it` is an iterator over the keys of a dict, from its start.
#[inline]
pub(crate) unsafe fn dict_key_next(heap: &Heap, it: Value) -> Option<Value> {
    // SAFETY: the caller's.
    match unsafe { dict_entry(heap, it, false)? } {
        Some((_, k, _)) => Some(k),
        None => Some(Value::EMPTY),
    }
}

/// The next value; `None`: the dict changed.
///
/// # Safety
/// `it` is an iterator over the values of a dict, from its start.
#[inline]
pub(crate) unsafe fn dict_value_next(heap: &Heap, it: Value) -> Option<Value> {
    // SAFETY: the caller's.
    match unsafe { dict_entry(heap, it, false)? } {
        Some((_, _, v)) => Some(v),
        None => Some(Value::EMPTY),
    }
}

/// `None`: the dict changed its size.
unsafe fn dict_next(heap: &Heap, it: Value) -> Option<Value> {
    // SAFETY: the caller's.
    unsafe {
        let reversed = raw::shape(it) >= shapes::DICT_REV_KEY_ITER.0;
        let Some((_, k, v)) = dict_entry(heap, it, reversed)? else { return Some(Value::EMPTY) };
        Some(match ShapeId(raw::shape(it)) {
            shapes::DICT_KEY_ITER | shapes::DICT_REV_KEY_ITER => k,
            shapes::DICT_VALUE_ITER | shapes::DICT_REV_VALUE_ITER => v,
            _ => Tuple::new(heap, &[k, v]),
        })
    }
}

/// `None`: the set changed its size.
unsafe fn set_next(heap: &Heap, it: Value) -> Option<Value> {
    // SAFETY: the caller's.
    unsafe {
        let Some(s) = Set::of(get(it, 0)) else { return Some(Value::EMPTY) };
        if s.len() as i64 != index(it, 2) {
            return None;
        }
        match s.next_entry(index(it, 1) as usize) {
            Some((next, v)) => {
                set_index(it, 1, next as i64);
                Some(v)
            }
            None => Some(finish(heap, it)),
        }
    }
}

/// The next item of one of the iterators of this module, `EMPTY` at the end.
pub fn next(cx: &mut Ctx, it: Value) -> PyResult {
    if let Some(v) = next_fast(cx, it) {
        return Ok(v);
    }
    let Some(o) = Obj::of(it) else { return Err(cx.type_error("not an iterator")) };
    let size = match (Dict::of(o.at(0)), Set::of(o.at(0))) {
        (Some(d), _) => d.len(),
        (_, Some(s)) => s.len(),
        _ => 0,
    };
    let is_set = o.shape_id() == shapes::SET_ITER;
    // (A set has its old size again where another thread adds and removes.)
    if !is_set && o.slot_int(cx, 2) == size as i64 {
        // More entries than there were: others have taken the place of removed ones.
        o.set_slot(cx, 0, Value::EMPTY);
        return Err(cx.runtime_error("dictionary keys changed during iteration"));
    }
    // Once changed, always changed.
    o.set_slot(cx, 2, Value::small(-1));
    let what = if is_set { "Set" } else { "dictionary" };
    Err(cx.runtime_error(format!("{what} changed size during iteration")))
}

/// How many items are left, for `__length_hint__`.
pub fn length_hint(heap: &Heap, it: Value) -> usize {
    let Some(o) = Obj::of(it) else { return 0 };
    let (source, pos) = (o.slot(heap, 0), o.slot_int(heap, 1));
    let rest = |n: usize| n.saturating_sub(pos as usize);
    match o.shape_id() {
        shapes::LIST_ITER => List::of(source).map_or(0, |l| rest(l.len())),
        shapes::LIST_REV_ITER => {
            List::of(source).map_or(0, |l| if pos < l.len() as i64 { (pos + 1) as usize } else { 0 })
        }
        shapes::TUPLE_ITER => Tuple::of(source).map_or(0, |t| rest(t.len())),
        shapes::BYTES_ITER => Bytes::of(source).map_or(0, |b| rest(b.len())),
        shapes::STR_ITER | shapes::STR_ASCII_ITER => {
            Str::of(source).map_or(0, |s| s.len_chars().saturating_sub(s.char_of_byte(pos as usize)))
        }
        shapes::RANGE_ITER => pos.max(0) as usize,
        shapes::LONG_RANGE_ITER if !source.is_empty() => {
            let (stop, step) = (o.slot(heap, 1), o.slot(heap, 2));
            // The quotient of the negated span, negated, rounds up.
            let back = int::sub(heap, source, stop);
            let n = back.and_then(|b| int::floordiv(heap, b, step)).map(|q| int::neg(heap, q));
            n.ok().and_then(int::to_usize).unwrap_or(0)
        }
        shapes::SET_ITER => {
            let Some(s) = Set::of(source) else { return 0 };
            if s.len() as i64 != o.slot_int(heap, 2) {
                return 0;
            }
            let mut n = 0;
            let mut at = pos as usize;
            while let Some((next, _)) = s.next_entry(at) {
                (n, at) = (n + 1, next);
            }
            n
        }
        s if (shapes::DICT_KEY_ITER.0..=shapes::DICT_REV_ITEM_ITER.0).contains(&s.0) => {
            let Some(d) = Dict::of(source) else { return 0 };
            if d.len() as i64 != o.slot_int(heap, 2) {
                return 0;
            }
            let (mut n, mut at) = (0, pos as usize);
            let reversed = s.0 >= shapes::DICT_REV_KEY_ITER.0;
            while let Some((next, _, _)) = if reversed { d.prev_entry(at) } else { d.next_entry(at) } {
                (n, at) = (n + 1, next);
            }
            n
        }
        _ => 0,
    }
}

/// Calls `f` for an iterator whose words change together: under its lock if threads share it.
fn whole<R>(heap: &Heap, it: Obj, f: impl FnOnce(Obj) -> R) -> R {
    if it.is_shared() { heap.lock(it.value(), |_| f(it)) } else { f(it) }
}

/// The next value of the iterator of a range of small ints, and how many are left.
pub fn range_rest(heap: &Heap, it: Obj) -> (Value, Value) {
    whole(heap, it, |it| (it.at(0), it.at(1)))
}

/// Skips `n` items of the iterator of a range of small ints, all of them if it has fewer.
pub fn skip_range(heap: &Heap, it: Obj, n: i64) {
    whole(heap, it, |it| {
        // SAFETY: a range iterator; ints need no barrier, and their sum fits since the iterator was made only if its end does.
        unsafe {
            let left = index(it.value(), 1);
            let n = n.clamp(0, left.max(0));
            set_index(it.value(), 1, left - n);
            set_index(it.value(), 0, index(it.value(), 0) + n * index(it.value(), 2));
        }
    });
}

/// A copy of an iterator at its position.
pub fn copy(heap: &Heap, it: Value) -> Value {
    let Some(o) = Obj::of(it) else { return it };
    let copy = make(heap, o.shape_id(), [o.at(0), o.at(1), o.at(2)]);
    // Threads that share a dict's iterator may count one entry twice, so its count says nothing beside its position: the
    // copy may find as many as there were.
    let left = if o.is_shared() { o.at(2) } else { o.at(3) };
    // SAFETY: a fresh object with six slots.
    unsafe { raw::init(copy, STATE + 3, left) };
    copy
}
