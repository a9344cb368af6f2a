//! Building containers.

use proto_core::Value;

use super::dispatch::*;
use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::Exc;
use crate::objects::{Dict, FnField, Function, List, Set, Str, Tuple};
use crate::protocol;
use crate::types;

/// The registers of a group.
#[inline(never)]
unsafe fn group<'a>(base: *mut Value, at: usize, n: usize) -> &'a [Value] {
    // SAFETY: the group is inside the window (handler contract); the caller writes no register while it holds the slice.
    unsafe { std::slice::from_raw_parts(base.add(at), n) }
}

ops! {
    build_tuple(pc, base, cx, table) {
        let v = tuple_of(&*cx, group(base, pc.first(), pc.count()));
        set(base, pc.dst(), v);
        next!(pc.next(), base, cx, table)
    }

    build_list(pc, base, cx, table) {
        let v = list_of(&*cx, group(base, pc.first(), pc.count()));
        set(base, pc.dst(), v);
        next!(pc.next(), base, cx, table)
    }

    build_set(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = set_of(cxr, group(base, pc.first(), pc.count()));
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    build_map(pc, base, cx, table) {
        let n = pc.count();
        if n == 0 {
            let v = Dict::new(&*cx).value();
            set(base, pc.dst(), v);
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = dict_of(cxr, group(base, pc.first(), 2 * n));
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    build_string(pc, base, cx, table) {
        let v = concatenate(&*cx, group(base, pc.first(), pc.count()));
        if v.is_empty() {
            let cxr = publish(pc, base, cx);
            let r: PyResult = Err(cxr.memory_error());
            finish!(r, pc.dst(), pc, base, cx, table)
        }
        set(base, pc.dst(), v);
        next!(pc.next(), base, cx, table)
    }

    list_append(pc, base, cx, table) {
        let (list, v) = (get(base, pc.container()), get(base, pc.value()));
        if let Some(list) = List::of(list) && list.push_quick(&*cx, v) {
            next!(pc.next(), base, cx, table)
        }
        return list_append_other(pc, base, cx, table)
    }

    list_extend(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = extend(cxr, get(base, pc.container()), get(base, pc.value()), pc.how() == 1);
        finish_unit!(r, pc, base, cx, table)
    }

    set_add(pc, base, cx, table) {
        if let Some(set) = Set::of(get(base, pc.container()))
            && !set.is_frozen()
            && set.add_simple(&*cx, get(base, pc.value()))
        {
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = add_to_set(cxr, get(base, pc.container()), get(base, pc.value()));
        finish_unit!(r, pc, base, cx, table)
    }

    set_update(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let container = get(base, pc.container());
        let r = add_all(cxr, container, get(base, pc.value()));
        finish_unit!(r, pc, base, cx, table)
    }

    map_add(pc, base, cx, table) {
        let (key, v) = (get(base, pc.key()), get(base, pc.value()));
        if let Some(dict) = Dict::of(get(base, pc.container())) {
            if store_simple(&*cx, dict, key, v) {
                next!(pc.next(), base, cx, table)
            }
            let cxr = publish(pc, base, cx);
            let r = store(cxr, dict, key, v);
            finish_unit!(r, pc, base, cx, table)
        }
        next!(pc.next(), base, cx, table)
    }

    dict_update(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = update(cxr, get(base, pc.container()), get(base, pc.value()));
        finish_unit!(r, pc, base, cx, table)
    }

    dict_merge(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = merge(cxr, get(base, pc.container()), get(base, pc.key()), get(base, pc.value()));
        finish_unit!(r, pc, base, cx, table)
    }

    list_to_tuple(pc, base, cx, table) {
        let v = get(base, pc.src());
        let cxr = publish(pc, base, cx);
        let r = to_tuple(cxr, v);
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// An append that needs room, a barrier or a lock.
#[inline(never)]
unsafe extern "C" fn list_append_other(pc: At<f::Put>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        append(&*cx, get(base, pc.container()), get(base, pc.value()));
        next!(pc.next(), base, cx, table)
    }
}

#[inline(never)]
fn tuple_of(heap: &proto_core::Heap, items: &[Value]) -> Value {
    Tuple::new(heap, items)
}

#[inline(never)]
fn list_of(heap: &proto_core::Heap, items: &[Value]) -> Value {
    List::from_slice(heap, items).value()
}

#[inline(never)]
fn to_tuple(cx: &mut Ctx, v: Value) -> PyResult {
    List::of(v).map_or(Ok(v), |list| list.wish_tuple(cx))
}

#[inline(never)]
fn append(heap: &proto_core::Heap, list: Value, v: Value) {
    if let Some(list) = List::of(list) {
        list.push(heap, v);
    }
}

#[inline(never)]
fn store_simple(heap: &proto_core::Heap, dict: Dict, key: Value, v: Value) -> bool {
    dict.set_fast(heap, key, v)
}

#[inline(never)]
fn store(cx: &mut Ctx, dict: Dict, key: Value, v: Value) -> PyResult<()> {
    dict.set(cx, key, v)
}

#[inline(never)]
fn set_of(cx: &mut Ctx, items: &[Value]) -> PyResult {
    let set = Set::new(cx);
    for &item in items {
        set.add(cx, item)?;
    }
    Ok(set.value())
}

#[inline(never)]
fn add_all(cx: &mut Ctx, set: Value, items: Value) -> PyResult<()> {
    protocol::for_each(cx, items, |cx, v| add_to_set(cx, set, v))
}

#[inline(never)]
fn add_to_set(cx: &mut Ctx, set: Value, item: Value) -> PyResult<()> {
    match Set::of(set).filter(|s| !s.is_frozen()) {
        Some(s) => s.add(cx, item).map(drop),
        // A program may put anything where the executed annotations are recorded.
        None => {
            let name = types::type_name(cx, set);
            Err(cx.type_error(format!("'{name}' object is not a set")))
        }
    }
}

#[inline(never)]
fn dict_of(cx: &mut Ctx, pairs: &[Value]) -> PyResult {
    let dict = Dict::with_capacity(cx, pairs.len() / 2);
    for pair in pairs.chunks_exact(2) {
        if !dict.set_fast(cx, pair[0], pair[1]) {
            dict.set(cx, pair[0], pair[1])?;
        }
    }
    Ok(dict.value())
}

/// EMPTY when there is no memory.
#[inline(never)]
fn concatenate(heap: &proto_core::Heap, parts: &[Value]) -> Value {
    Str::concat_values(heap, parts).unwrap_or(Value::EMPTY)
}

#[inline(never)]
fn extend(cx: &mut Ctx, list: Value, items: Value, starred: bool) -> PyResult<()> {
    let Some(target) = List::of(list) else { return Ok(()) };
    if let Some(other) = List::of(items) {
        target.extend_from_list(cx, other);
        return Ok(());
    }
    if Tuple::of(items).is_none() {
        let slots = types::type_of(cx, items).slots();
        if starred && slots.iter().is_none() && slots.getitem().is_none() {
            let name = types::type_name(cx, items);
            return Err(cx.type_error(format!("Value after * must be an iterable, not {name}")));
        }
    }
    protocol::for_each(cx, items, |cx, v| {
        target.push(cx, v);
        Ok(())
    })
}

/// Copies a mapping into a dict. `on_duplicate` says what a key that is there already means.
#[inline(never)]
fn copy_into(
    cx: &mut Ctx,
    dict: Dict,
    mapping: Value,
    mut on_duplicate: impl FnMut(&mut Ctx, Value) -> PyResult<()>,
) -> PyResult<()> {
    // Subclasses count as dicts unless they iterate in a way of their own.
    let iter = |ty: types::Type| ty.slots().iter().map(|f| f.addr());
    let plain = iter(types::type_of(cx, mapping)) == iter(cx.types.dict);
    if let Some(source) = Dict::of_sub(cx, mapping).filter(|_| plain) {
        if dict.len() == 0 {
            return dict.update_from(cx, source);
        }
        // What other threads may change is taken as of now.
        let source = if cx.is_shared(source.value()) { source.wish_copy(cx)? } else { source };
        let mut position = 0;
        while let Some((next, key, v)) = source.next_entry(position) {
            if dict.contains(cx, key)? {
                on_duplicate(cx, key)?;
            }
            dict.set(cx, key, v)?;
            position = next;
        }
        return Ok(());
    }
    let name = cx.names.keys;
    let keys = protocol::call_method(cx, mapping, name, &[])?;
    protocol::for_each(cx, keys, |cx, key| {
        let v = protocol::getitem(cx, mapping, key)?;
        if dict.contains(cx, key)? {
            on_duplicate(cx, key)?;
        }
        dict.set(cx, key, v)
    })
}

#[inline(never)]
fn has_keys(cx: &mut Ctx, mapping: Value) -> PyResult<bool> {
    let name = cx.names.keys;
    Ok(Dict::of(mapping).is_some() || protocol::getattr_opt(cx, mapping, name)?.is_some())
}

#[inline(never)]
fn update(cx: &mut Ctx, dict: Value, mapping: Value) -> PyResult<()> {
    let Some(d) = Dict::of(dict) else { return Ok(()) };
    if !has_keys(cx, mapping)? {
        let name = types::type_name(cx, mapping);
        return Err(cx.type_error(format!("'{name}' object is not a mapping")));
    }
    copy_into(cx, d, mapping, |_, _| Ok(()))
}

/// `module.qualname()` of a callable, as argument errors name it.
#[inline(never)]
fn describe(cx: &mut Ctx, callable: Value) -> PyResult<String> {
    let (qualname, module) = (cx.names.__qualname__, cx.names.__module__);
    let own = match Function::of(callable).map(|f| f.extra(FnField::Qualname)) {
        Some(v) if !v.is_empty() => Some(v),
        _ => protocol::getattr_opt(cx, callable, qualname)?,
    };
    let Some(own) = own.filter(|v| v.is_str()) else { return Ok(protocol::str_lossy(cx, callable)) };
    let text = protocol::str_lossy(cx, own);
    match protocol::getattr_opt(cx, callable, module)? {
        Some(m) if m.is_str() && protocol::str_lossy(cx, m) != "builtins" => {
            Ok(format!("{}.{text}()", protocol::str_lossy(cx, m)))
        }
        _ => Ok(format!("{text}()")),
    }
}

#[inline(never)]
fn merge(cx: &mut Ctx, dict: Value, mapping: Value, callable: Value) -> PyResult<()> {
    let Some(d) = Dict::of(dict) else { return Ok(()) };
    if !has_keys(cx, mapping)? {
        let what = describe(cx, callable)?;
        let name = types::type_name(cx, mapping);
        return Err(cx.type_error(format!("{what} argument after ** must be a mapping, not {name}")));
    }
    copy_into(cx, d, mapping, |cx, key| Err(duplicate(cx, callable, key)))
}

#[inline(never)]
fn duplicate(cx: &mut Ctx, callable: Value, key: Value) -> Raised {
    let what = match describe(cx, callable) {
        Ok(what) => what,
        Err(raised) => return raised,
    };
    let key = protocol::str_lossy(cx, key);
    cx.raise(Exc::TypeError, format!("{what} got multiple values for keyword argument '{key}'"))
}
