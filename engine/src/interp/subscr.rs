//! Subscripts and slices.

use proto_core::{Kind, Value};

use super::dispatch::*;
use super::special::{self, enter};
use super::unwind::unwind;
use crate::ctx::{Ctx, PyResult};
use crate::objects::{Bytes, Dict, List, Lookup, Seq, Slice, SliceIdx, Str, Tuple};
use crate::protocol;
use crate::types;

/// An item of an exact built-in container, if nothing stands in the way.
#[inline(always)]
fn quick_item(heap: &Ctx, container: Value, key: Value) -> Option<Value> {
    if let Some(list) = List::of(container) {
        if key.is_int() {
            let i = key.int_unchecked();
            if i >= 0 {
                return list.get(i as usize);
            }
            return list.get(usize::try_from(i + list.len() as i64).ok()?);
        }
        return None;
    }
    if let Some(dict) = Dict::of(container) {
        return dict_load(dict, key).non_empty();
    }
    quick_other(heap, container, key)
}

#[inline(never)]
fn quick_other(heap: &Ctx, container: Value, key: Value) -> Option<Value> {
    if !key.is_int() {
        return quick_item_of_base(heap, container, key);
    }
    let i = key.int_unchecked();
    if let Some(tuple) = Tuple::of(container) {
        let n = tuple.len() as i64;
        let i = if i < 0 { i + n } else { i };
        return if (0..n).contains(&i) { Some(tuple.get(i as usize)) } else { None };
    }
    if let Some(bytes) = Bytes::of(container) {
        let bytes = bytes.as_slice();
        let i = if i < 0 { i + bytes.len() as i64 } else { i };
        return bytes.get(usize::try_from(i).ok()?).map(|b| Value::small(i32::from(*b)));
    }
    let Some(s) = Str::of(container) else {
        return match types::quick_items(heap, container) {
            Some(quick) => (quick.get)(heap, container, i).non_empty(),
            None => quick_item_of_base(heap, container, key),
        };
    };
    if i >= 0 && s.is_ascii() {
        let byte = *s.as_bytes().get(i as usize)?;
        return Value::short_str(&[byte]);
    }
    let n = s.len_chars() as i64;
    let i = if i < 0 { i + n } else { i };
    if (0..n).contains(&i) { s.char_at(heap, i as usize) } else { None }
}

/// The item of an instance of a class that derives from `list`, `tuple` or `dict` and leaves subscripts to it. What is absent
/// is left to the slot, which knows what else there is to ask.
fn quick_item_of_base(cx: &Ctx, container: Value, key: Value) -> Option<Value> {
    let base = crate::objects::base_value(cx, container);
    let core = match base.kind()? {
        Kind::List => cx.types.list,
        Kind::Tuple => cx.types.tuple,
        Kind::Dict => cx.types.dict,
        _ => return None,
    };
    let getitem = |ty: types::Type| ty.slots().getitem().map(|f| f.addr());
    if getitem(types::type_of(cx, container)) != getitem(core) {
        return None;
    }
    match Dict::of(base) {
        Some(dict) => dict_load(dict, key).non_empty(),
        None => {
            let (i, seq) = (key.as_int()?, Seq::of(base)?);
            let i = if i < 0 { i + seq.len() as i64 } else { i };
            seq.get(usize::try_from(i).ok()?)
        }
    }
}

ops! {
    load_subscr(pc, base, cx, table) {
        let (container, key) = (get(base, pc.container()), get(base, pc.key()));
        if let Some(list) = List::of(container) && key.is_int() {
            // Negative indices are beyond every length here.
            let v = list.get_quick(key.int_unchecked() as u64);
            if !v.is_empty() {
                set(base, pc.dst(), v);
                next!(pc.next(), base, cx, table)
            }
        }
        return load_subscr_other(pc, base, cx, table)
    }

    load_subscr_i(pc, base, cx, table) {
        let container = get(base, pc.container());
        if let Some(list) = List::of(container) {
            let v = list.get_quick(pc.key() as u64);
            if !v.is_empty() {
                set(base, pc.dst(), v);
                next!(pc.next(), base, cx, table)
            }
        }
        if let Some(tuple) = Tuple::of(container) {
            let i = pc.key() as u64;
            if i < tuple.len() as u64 {
                set(base, pc.dst(), tuple.get(i as usize));
                next!(pc.next(), base, cx, table)
            }
        }
        return load_subscr_i_other(pc, base, cx, table)
    }

    load_subscr_k(pc, base, cx, table) {
        let container = get(base, pc.container());
        let key = *code(base).consts().add(pc.key());
        if let Some(dict) = Dict::of(container) {
            let v = dict_load(dict, key);
            if !v.is_empty() {
                set(base, pc.dst(), v);
                next!(pc.next(), base, cx, table)
            }
        }
        return load_subscr_k_other(pc, base, cx, table)
    }

    store_subscr(pc, base, cx, table) {
        let (container, key, v) = (get(base, pc.container()), get(base, pc.key()), get(base, pc.value()));
        if let Some(list) = List::of(container) && key.is_int() && list.set_quick(&*cx, key.int_unchecked() as u64, v) {
            next!(pc.next(), base, cx, table)
        }
        return store_subscr_other(pc, base, cx, table)
    }

    store_subscr_i(pc, base, cx, table) {
        let (container, v) = (get(base, pc.container()), get(base, pc.value()));
        if let Some(list) = List::of(container) && list.set_quick(&*cx, pc.key() as u64, v) {
            next!(pc.next(), base, cx, table)
        }
        return store_subscr_i_other(pc, base, cx, table)
    }

    delete_subscr(pc, base, cx, table) {
        if quick_delete(&*cx, get(base, pc.value()), get(base, pc.other())) {
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        // As in `store_slice`.
        protocol::buffer::forget_views();
        let r = protocol::delitem(cxr, get(base, pc.value()), get(base, pc.other()));
        finish_unit!(r, pc, base, cx, table)
    }

    load_slice(pc, base, cx, table) {
        let container = get(base, pc.container());
        let (start, stop) = (get(base, pc.key()), get(base, pc.key() + 1));
        if let Some(v) = quick_slice(&*cx, container, start, stop) {
            set(base, pc.dst(), v);
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let slice = Slice::new(cxr, start, stop, Value::NONE);
        let r = protocol::getitem(cxr, container, slice);
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    store_slice(pc, base, cx, table) {
        let (start, stop) = (get(base, pc.key()), get(base, pc.key() + 1));
        if quick_store_slice(&*cx, get(base, pc.container()), start, stop, get(base, pc.value())) {
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let slice = Slice::new(cxr, start, stop, Value::NONE);
        // A buffer that changes its size may collect the views of it that the program has dropped.
        protocol::buffer::forget_views();
        let r = protocol::setitem(cxr, get(base, pc.container()), slice, get(base, pc.value()));
        finish_unit!(r, pc, base, cx, table)
    }

    build_slice(pc, base, cx, table) {
        let at = pc.first();
        let step = if pc.count() == 3 { get(base, at + 2) } else { Value::NONE };
        set(base, pc.dst(), Slice::new(&*cx, get(base, at), get(base, at + 1), step));
        next!(pc.next(), base, cx, table)
    }
}

/// Subscripts that are no plain list's: dicts, tuples, strings, negative indices, shared lists.
macro_rules! other_item {
    ($($name:ident $slow:ident $format:ident |$pc:ident, $base:ident| $key:expr;)*) => {
        $(
            #[inline(never)]
            unsafe extern "C" fn $name($pc: At<f::$format>, $base: *mut Value, cx: *mut Ctx, table: *const Handler) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe {
                    if let Some(v) = quick_item(&*cx, get($base, $pc.container()), $key) {
                        set($base, $pc.dst(), v);
                        next!($pc.next(), $base, cx, table)
                    }
                    $slow($pc, $base, cx, table)
                }
            }
        )*
    };
}

/// A constant subscript that is no key of a dict: mostly a slice.
#[inline(never)]
unsafe extern "C" fn load_subscr_k_other(pc: At<f::LoadItemK>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let (container, key) = (get(base, pc.container()), *code(base).consts().add(pc.key()));
        let found = match Slice::of(key) {
            Some(slice) if slice.step().is_none() => quick_slice(&*cx, container, slice.start(), slice.stop()),
            Some(_) => None,
            None => quick_item_of_base(&*cx, container, key),
        };
        if let Some(v) = found {
            set(base, pc.dst(), v);
            next!(pc.next(), base, cx, table)
        }
        load_subscr_k_slow(pc, base, cx, table)
    }
}

other_item! {
    load_subscr_other load_subscr_slow LoadItem |pc, base| get(base, pc.key());
    load_subscr_i_other load_subscr_i_slow LoadItemI |pc, base| Value::small(pc.key() as i32);
}

macro_rules! other_store {
    ($($name:ident $slow:ident $format:ident |$pc:ident, $base:ident| $key:expr;)*) => {
        $(
            #[inline(never)]
            unsafe extern "C" fn $name($pc: At<f::$format>, $base: *mut Value, cx: *mut Ctx, table: *const Handler) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe {
                    at_store($pc, $base, cx);
                    if quick_store(&*cx, get($base, $pc.container()), $key, get($base, $pc.value())) {
                        next!($pc.next(), $base, cx, table)
                    }
                    $slow($pc, $base, cx, table)
                }
            }
        )*
    };
}

other_store! {
    store_subscr_other store_subscr_slow StoreItem |pc, base| get(base, pc.key());
    store_subscr_i_other store_subscr_i_slow StoreItemI |pc, base| Value::small(pc.key() as i32);
}

/// Stores an item of an exact list or dict, if nothing stands in the way.
#[inline(always)]
fn quick_store(heap: &proto_core::Heap, container: Value, key: Value, v: Value) -> bool {
    if let Some(list) = List::of(container) {
        if !key.is_int() {
            return false;
        }
        let i = key.int_unchecked();
        let i = if i < 0 { i + list.len() as i64 } else { i };
        return i >= 0 && list.set_unshared(heap, i as usize, v);
    }
    match Dict::of(container) {
        Some(dict) => dict_store(heap, dict, key, v),
        None if key.is_int() => match types::quick_items(heap, container) {
            Some(quick) => (quick.set)(heap, container, key.int_unchecked(), v),
            None => false,
        },
        None => false,
    }
}

#[inline(never)]
fn dict_store(heap: &proto_core::Heap, dict: Dict, key: Value, v: Value) -> bool {
    dict.set_fast(heap, key, v)
}

/// The value of a key, EMPTY if it is absent or Python code must find it.
#[inline(never)]
fn dict_load(dict: Dict, key: Value) -> Value {
    match dict.get_fast(key) {
        Lookup::Found(v) => v,
        _ => Value::EMPTY,
    }
}

/// Removes an item of an exact list or dict, if nothing stands in the way.
#[inline(never)]
fn quick_delete(heap: &proto_core::Heap, container: Value, key: Value) -> bool {
    if let Some(dict) = Dict::of(container) {
        return matches!(dict.remove_fast(heap, key), Lookup::Found(_));
    }
    let (Some(list), Some(i)) = (List::of(container), key.as_int()) else { return false };
    list.pop_index(heap, i).is_some()
}

/// Replaces a slice of an exact list by the items of a list or tuple.
#[inline(never)]
fn quick_store_slice(heap: &proto_core::Heap, container: Value, start: Value, stop: Value, items: Value) -> bool {
    let (Some(list), Some(items)) = (List::of(container), Seq::of(items)) else { return false };
    if items.len() > MANY {
        return false;
    }
    // The length counts as it is when the items are replaced.
    let part = |len| Some((clip(start, 0, len)?, clip(stop, len, len)?));
    if part(0).is_none() {
        return false;
    }
    list.splice_where(heap, items, |len| part(len).map_or((len, len), |(first, last)| (first, last.max(first))));
    true
}

/// More bytes or items than this are copied the ordinary way: there may be no room.
const MANY: usize = 4096;

/// A slice of an exact list, tuple, string or bytes object by small ints or None.
#[inline(never)]
fn quick_slice(heap: &Ctx, container: Value, start: Value, stop: Value) -> Option<Value> {
    if heap.is_memory_short() {
        return None;
    }
    let kind = container.kind();
    if let Some(list) = List::of(container) {
        let (first, last) = (clip(start, 0, list.len())?, clip(stop, list.len(), list.len())?);
        if last > first + MANY {
            return None;
        }
        let part = list.slice_where(heap, |len| {
            let first = clip(start, 0, len).unwrap_or(0);
            let last = clip(stop, len, len).unwrap_or(len).max(first);
            SliceIdx { start: first as i64, stop: last as i64, step: 1, count: last - first }
        });
        return Some(part.value());
    }
    let len = match kind {
        Some(Kind::Tuple) => Tuple::of(container)?.len(),
        Some(Kind::Bytes) => Bytes::of(container)?.as_slice().len(),
        _ => Str::of(container)?.len_chars(),
    };
    let first = clip(start, 0, len)?;
    let last = clip(stop, len, len)?.max(first);
    if last - first > MANY {
        return None;
    }
    match kind {
        Some(Kind::Tuple) => Some(Tuple::of(container)?.slice(heap, first, last)),
        Some(Kind::Bytes) if first == 0 && last == len => Some(container),
        Some(Kind::Bytes) => Some(Bytes::new(heap, &Bytes::of(container)?.as_slice()[first..last])),
        _ => Some(Str::of(container)?.substr(heap, first, last)),
    }
}

#[inline(always)]
fn clip(v: Value, default: usize, len: usize) -> Option<usize> {
    if v.is_none() {
        return Some(default);
    }
    let i = v.as_int()?;
    let i = if i < 0 { (i + len as i64).max(0) } else { i };
    Some((i as usize).min(len))
}

/// The continuation of a subscript that is not an ordinary one.
macro_rules! slow_item {
    ($($name:ident $format:ident $back:ident |$pc:ident, $base:ident| $key:expr;)*) => {
        $(
            #[inline(never)]
            unsafe extern "C" fn $name($pc: At<f::$format>, $base: *mut Value, cx: *mut Ctx, table: *const Handler) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe {
                    let (container, key) = (get($base, $pc.container()), $key);
                    let name = (*cx).names.__getitem__;
                    enter!(special::with_one(returns::$back.to($pc), $base, cx, container, name, key), cx, table);
                    let cxr = publish($pc, $base, cx);
                    let r: PyResult = protocol::getitem(cxr, container, key);
                    finish!(r, $pc.dst(), $pc, $base, cx, table)
                }
            }
        )*
    };
}

slow_item! {
    load_subscr_slow LoadItem STORE_SHORT |pc, base| get(base, pc.key());
    load_subscr_i_slow LoadItemI STORE_SHORT |pc, base| Value::small(pc.key() as i32);
    load_subscr_k_slow LoadItemK STORE |pc, base| *code(base).consts().add(pc.key());
}

#[inline(never)]
unsafe extern "C" fn store_subscr_slow(pc: At<f::StoreItem>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let (container, key, v) = (get(base, pc.container()), get(base, pc.key()), get(base, pc.value()));
        enter!(special::store_item(returns::DROP_SHORT.to(pc), base, cx, container, key, v), cx, table);
        let cxr = publish(pc, base, cx);
        if Slice::of(key).is_some() {
            // As in `store_slice`.
            protocol::buffer::forget_views();
        }
        match protocol::setitem(cxr, container, key, v) {
            Ok(()) => next!(pc.next(), base, cx, refreshed(cx, table)),
            Err(_) => unwind(pc.pc(), base, cx, table),
        }
    }
}

#[inline(never)]
unsafe extern "C" fn store_subscr_i_slow(pc: At<f::StoreItemI>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let (container, key, v) = (get(base, pc.container()), Value::small(pc.key() as i32), get(base, pc.value()));
        enter!(special::store_item(returns::DROP_SHORT.to(pc), base, cx, container, key, v), cx, table);
        let cxr = publish(pc, base, cx);
        match protocol::setitem(cxr, container, key, v) {
            Ok(()) => next!(pc.next(), base, cx, refreshed(cx, table)),
            Err(_) => unwind(pc.pc(), base, cx, table),
        }
    }
}
