//! Global names, builtins, and names in the namespaces of modules and class bodies.

use proto_core::Value;

use super::data::free_error;
use super::dispatch::*;
use super::fnptr;
use crate::code_rt::cache::{CacheEntry, CacheKind, Fill, Tag};
use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::Exc;
use crate::objects::{Dict, Function, Str};
use crate::protocol;

ops! {
    load_global(pc, base, cx, table) {
        let entry = pc.site();
        let tag = entry.tag();
        if tag.kind() == CacheKind::Global as u8 {
            if let Some(v) = cached_global(tag, fnptr::globals(function(base))) {
                set(base, pc.dst(), v);
                next!(pc.next(), base, cx, table)
            }
        } else if tag.kind() == CacheKind::Builtin as u8
            && let Some(v) = cached_builtin(entry, tag, function(base)) && entry.unchanged(tag)
        {
            set(base, pc.dst(), v);
            next!(pc.next(), base, cx, table)
        }
        return load_global_slow(pc, base, cx, table)
    }

    store_global(pc, base, cx, table) {
        let entry = pc.site();
        let tag = entry.tag();
        if tag.kind() == CacheKind::Global as u8 {
            at_store(pc, base, cx);
            if set_cached(&*cx, fnptr::globals(function(base)), tag, get(base, pc.value())) {
                next!(pc.next(), base, cx, table)
            }
        }
        return store_global_slow(pc, base, cx, table)
    }

    delete_global(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = delete_global_named(cxr, fnptr::globals(function(base)), pc.site().name());
        finish_unit!(r, pc, base, cx, table)
    }

    load_name(pc, base, cx, table) {
        if get(base, 0).is_empty() {
            return load_global(pc, base, cx, table);
        }
        return load_name_slow(pc, base, cx, table)
    }

    store_name(pc, base, cx, table) {
        if get(base, 0).is_empty() {
            return store_global(pc, base, cx, table);
        }
        let cxr = publish(pc, base, cx);
        let r = namespace_set(cxr, get(base, 0), pc.site().name(), get(base, pc.value()));
        finish_unit!(r, pc, base, cx, table)
    }

    delete_name(pc, base, cx, table) {
        if get(base, 0).is_empty() {
            return delete_global(pc, base, cx, table);
        }
        let cxr = publish(pc, base, cx);
        let r = namespace_delete(cxr, get(base, 0), pc.site().name());
        finish_unit!(r, pc, base, cx, table)
    }

    load_dict_or_global(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = name_in_or_global(cxr, get(base, pc.object()), function(base), pc.site());
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    load_dict_or_free(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = name_in_or_free(cxr, get(base, pc.object()), pc.site().name(), function(base), pc.how());
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    load_locals(pc, base, cx, table) {
        let namespace = get(base, 0);
        let v = if namespace.is_empty() { fnptr::globals(function(base)) } else { namespace };
        set(base, pc.dst(), v);
        next!(pc.next(), base, cx, table)
    }
}

#[inline(always)]
fn cached_global(tag: Tag, globals: Value) -> Option<Value> {
    Dict::of(globals)?.value_in(tag.id() as u64, tag.slot() as u32)
}

/// # Safety
/// `function` is a function object.
#[inline(always)]
unsafe fn cached_builtin(entry: &CacheEntry, tag: Tag, function: Value) -> Option<Value> {
    // SAFETY: by the caller.
    let (globals, builtins) = unsafe { (fnptr::globals(function), fnptr::builtins(function)) };
    if Dict::of(globals)?.version_now() != tag.id() as u64 {
        return None;
    }
    Dict::of(builtins)?.value_in(entry.p1(), tag.slot() as u32)
}

#[inline(never)]
fn set_cached(heap: &proto_core::Heap, globals: Value, tag: Tag, v: Value) -> bool {
    Dict::of(globals).is_some_and(|d| d.set_value_at(heap, tag.id() as u64, tag.slot() as u32, v))
}

/// What is too large for one word of a cache.
#[inline(never)]
fn far_global(entry: &CacheEntry, function: Value) -> Option<Value> {
    let tag = entry.tag();
    let f = Function::of(function)?;
    let globals = Dict::of(f.globals())?;
    let v = if tag.kind() == CacheKind::FarGlobal as u8 {
        globals.value_at(entry.p1(), entry.index())?
    } else if tag.kind() == CacheKind::FarBuiltin as u8 && globals.version_now() == entry.p1() {
        Dict::of(f.builtins())?.value_at(entry.p2(), entry.index())?
    } else {
        return None;
    };
    entry.unchanged(tag).then_some(v)
}

slow! {
    load_global_slow: LoadName(pc, base, cx, table) {
        if let Some(v) = far_global(pc.site(), function(base)) {
            set(base, pc.dst(), v);
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = global(cxr, function(base), pc.site());
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    store_global_slow: UseName(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let globals = fnptr::globals(function(base));
        if let Some(globals) = Dict::of(globals) {
            set_and_fill(cxr, pc.site(), globals, get(base, pc.value()));
        } else {
            set_in_subclass(cxr, globals, pc.site().name(), get(base, pc.value()));
        }
        next!(pc.next(), base, cx, table)
    }
}

#[inline(never)]
unsafe extern "C" fn load_name_slow(pc: At<f::LoadName>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let cxr = publish(pc, base, cx);
        let r = name_in_or_plain_global(cxr, get(base, 0), function(base), pc.site());
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// Globals of a subclass of dict: its own `__setitem__` is for the namespace only.
#[inline(never)]
fn set_in_subclass(cx: &mut Ctx, globals: Value, name: Value, v: Value) {
    if let Some(dict) = Dict::of_sub(cx, globals) {
        dict.set_str(cx, name, v);
    }
}

#[inline(never)]
fn set_and_fill(cx: &mut Ctx, entry: &CacheEntry, globals: Dict, v: Value) {
    globals.set_str(cx, entry.name(), v);
    fill_global(entry, globals);
}

/// Remembers where a global stands. The version is read first: an entry found under a later key set has another one.
#[inline(never)]
fn fill_global(entry: &CacheEntry, globals: Dict) {
    let (version, index) = globals.cache_str(entry.name());
    if let (Some(index), true) = (index, version != 0) {
        entry.fill(match (u32::try_from(version), u16::try_from(index)) {
            (Ok(version), Ok(index)) => Fill::new(CacheKind::Global, version, index),
            _ => Fill { index, p1: version, ..Fill::new(CacheKind::FarGlobal, 0, 0) },
        });
    }
}

/// Looks a global or builtin up and fills the cache.
#[inline(never)]
fn global(cx: &mut Ctx, function: Value, entry: &CacheEntry) -> PyResult {
    // Globals of a subclass of dict (`__missing__`), as annotationlib makes them.
    if let Some(f) = Function::of(function)
        && Dict::of(f.globals()).is_none()
        && let Some(v) = namespace_get(cx, f.globals(), entry.name())?
    {
        return Ok(v);
    }
    plain_global(cx, function, entry)
}

/// The same where methods of a subclass of dict have no say: behind a namespace that does not have the name.
#[inline(never)]
fn plain_global(cx: &mut Ctx, function: Value, entry: &CacheEntry) -> PyResult {
    let name = entry.name();
    let Some(f) = Function::of(function) else { return Err(cx.system_error("frame without function")) };
    if let Some(globals) = Dict::of(f.globals()) {
        if let Some(v) = globals.get_str(name) {
            fill_global(entry, globals);
            return Ok(v);
        }
        if let Some(builtins) = Dict::of(f.builtins()) {
            let (version, absent) = globals.cache_str(name);
            let (p1, index) = builtins.cache_str(name);
            if let Some(v) = builtins.get_str(name) {
                if let (Some(index), None, true) = (index, absent, version != 0 && p1 != 0) {
                    entry.fill(match (u32::try_from(version), u16::try_from(index)) {
                        (Ok(near), Ok(slot)) => Fill { p1, ..Fill::new(CacheKind::Builtin, near, slot) },
                        _ => Fill { index, p1: version, p2: p1, ..Fill::new(CacheKind::FarBuiltin, 0, 0) },
                    });
                }
                return Ok(v);
            }
        }
    }
    if Dict::of(f.globals()).is_none()
        && let Some(v) = Dict::of_sub(cx, f.globals()).and_then(|globals| globals.get_str(name))
    {
        return Ok(v);
    }
    let builtins = f.builtins();
    if let Some(dict) = Dict::of(builtins)
        && let Some(v) = dict.get_str(name)
    {
        return Ok(v);
    }
    if Dict::of(builtins).is_none()
        && !builtins.is_empty()
        && let Some(v) = namespace_get(cx, builtins, name)?
    {
        return Ok(v);
    }
    // A key that is no string may be equal to the name.
    for dict in [f.globals(), builtins] {
        if let Some(dict) = Dict::of(dict)
            && let Some(v) = dict.get(cx, name)?
        {
            return Ok(v);
        }
    }
    Err(name_error(cx, name))
}

/// Raises NameError for a name that is nowhere.
#[inline(never)]
pub(super) fn name_error(cx: &mut Ctx, name: Value) -> Raised {
    let text = Str::of(name).map_or(String::new(), |s| s.to_text().into_owned());
    let raised = cx.raise(Exc::NameError, format!("name '{text}' is not defined"));
    let exc = cx.take(raised);
    let attribute = cx.names.name;
    match protocol::setattr(cx, exc, attribute, name) {
        Ok(()) => cx.restore(exc),
        Err(raised) => raised,
    }
}

/// A name in a namespace that may be any mapping.
#[inline(never)]
pub(super) fn namespace_get(cx: &mut Ctx, namespace: Value, name: Value) -> PyResult<Option<Value>> {
    if let Some(dict) = Dict::of(namespace) {
        return Ok(dict.get_str(name));
    }
    match protocol::getitem(cx, namespace, name) {
        Ok(v) => Ok(Some(v)),
        Err(raised) if cx.matches(&raised, Exc::KeyError) => {
            cx.clear(raised);
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

#[inline(never)]
fn namespace_set(cx: &mut Ctx, namespace: Value, name: Value, v: Value) -> PyResult<()> {
    if let Some(dict) = Dict::of(namespace) {
        dict.set_str(cx, name, v);
        return Ok(());
    }
    protocol::setitem(cx, namespace, name, v)
}

#[inline(never)]
fn namespace_delete(cx: &mut Ctx, namespace: Value, name: Value) -> PyResult<()> {
    if let Some(dict) = Dict::of(namespace) {
        return match dict.remove_str(cx, name) {
            Some(_) => Ok(()),
            None => Err(name_error(cx, name)),
        };
    }
    match protocol::delitem(cx, namespace, name) {
        Err(raised) if cx.matches(&raised, Exc::KeyError) => {
            cx.clear(raised);
            Err(name_error(cx, name))
        }
        r => r,
    }
}

#[inline(never)]
fn delete_global_named(cx: &mut Ctx, globals: Value, name: Value) -> PyResult<()> {
    // Methods of a subclass of dict have no say.
    match Dict::of_sub(cx, globals).and_then(|globals| globals.remove_str(cx, name)) {
        Some(_) => Ok(()),
        None => Err(name_error(cx, name)),
    }
}

#[inline(never)]
fn name_in_or_global(cx: &mut Ctx, namespace: Value, function: Value, entry: &CacheEntry) -> PyResult {
    if let Some(v) = namespace_get(cx, namespace, entry.name())? {
        return Ok(v);
    }
    global(cx, function, entry)
}

#[inline(never)]
fn name_in_or_plain_global(cx: &mut Ctx, namespace: Value, function: Value, entry: &CacheEntry) -> PyResult {
    if let Some(v) = namespace_get(cx, namespace, entry.name())? {
        return Ok(v);
    }
    plain_global(cx, function, entry)
}

#[inline(never)]
fn name_in_or_free(cx: &mut Ctx, namespace: Value, name: Value, function: Value, i: usize) -> PyResult {
    if let Some(v) = namespace_get(cx, namespace, name)? {
        return Ok(v);
    }
    // SAFETY: the frame's function; verified code names an existing free variable.
    let v = unsafe { fnptr::cell(fnptr::closure_cell(function, i)) };
    if v.is_empty() { Err(free_error(cx, name)) } else { Ok(v) }
}
