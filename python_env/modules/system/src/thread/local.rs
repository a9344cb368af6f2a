//! `_thread._local`: attributes that each thread has for itself.
//!
//! The values live in the context (`cx.local_state()`), in one dict per local object, found by a number that is
//! never reused. So they are never promoted, and end with their thread. When a local object dies, its number goes
//! into a log; a context drops what belongs to logged numbers the next time it uses any local object.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use engine::prelude::*;

use crate::convert::type_name;

static NEXT: AtomicU64 = AtomicU64::new(1);
static DEAD: Mutex<Vec<u64>> = Mutex::new(Vec::new());
/// How many there are: each access looks here first, so that threads do not meet at the log. Written under its lock (release), read
/// by accesses (acquire), who then take the lock anyway if it has changed.
static LOGGED: AtomicUsize = AtomicUsize::new(0);

/// A local object's number; logs its end if some context has values of it.
struct Number {
    number: u64,
    used: AtomicBool,
}

impl Drop for Number {
    fn drop(&mut self) {
        if !*self.used.get_mut() {
            return;
        }
        let mut log = DEAD.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(self.number);
        LOGGED.store(log.len(), Ordering::Release);
    }
}

/// Slots: 0 = payload [`Number`], 1 = args, 2 = kwargs for `__init__` in further threads.
pub static LOCAL: TypeDef = TypeDef {
    doc: "Thread-local data.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, /, *args, **kwargs)", local_new, "")),
    slots: Slots { getattr: Some(local_getattr), setattr: Some(local_setattr), ..Slots::NONE },
    ..TypeDef::new("_thread", "_local")
};

fn local_new(cx: &mut Ctx, args: Args) -> PyResult {
    let (positional, keywords) = (args[1], args[2]);
    let some = Tuple::of(positional).is_some_and(|t| t.len() > 0) || Dict::of(keywords).is_some_and(|d| d.len() > 0);
    if some && !overrides_init(cx, args[0]) {
        return Err(cx.type_error("Initialization arguments are not supported"));
    }
    let obj = cx.alloc_instance(args[0])?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    obj.set_payload(cx, 0, Number { number, used: AtomicBool::new(false) });
    obj.set_slot(cx, 1, positional);
    obj.set_slot(cx, 2, keywords);
    // The creating thread's __init__ is called by type.__call__: not again at the first use.
    if overrides_init(cx, args[0]) {
        let dict = Dict::new(cx);
        store_dict(cx, obj.value(), dict)?;
    }
    Ok(obj.value())
}

fn overrides_init(cx: &mut Ctx, cls: Value) -> bool {
    let Some(ty) = Type::of(cls) else { return false };
    let init = cx.names.__init__;
    let object = cx.types.object;
    types::type_lookup(cx, ty, init) != types::type_lookup(cx, object, init)
}

fn number(cx: &Ctx, v: Value) -> u64 {
    Obj::of(v).and_then(|o| o.payload::<Number>(cx, 0)).map_or(0, |n| n.number)
}

/// The context's table number -> dict, with the dead ones removed.
fn table(cx: &mut Ctx) -> Res<Dict> {
    let state = cx.local_state();
    let (key, seen_key) = (cx.names.threading_local, cx.names.threading_local_seen);
    let table = match state.get_str(key).and_then(Dict::of) {
        Some(t) => t,
        None => {
            let t = Dict::new(cx);
            state.set_str(cx, key, t.value());
            t
        }
    };
    let seen = state.get_str(seen_key).and_then(int::to_i64).unwrap_or(0) as usize;
    if LOGGED.load(Ordering::Acquire) == seen {
        return Ok(table);
    }
    let dead: Vec<u64> = {
        let log = DEAD.lock().unwrap_or_else(PoisonError::into_inner);
        log.get(seen..).map(<[u64]>::to_vec).unwrap_or_default()
    };
    if !dead.is_empty() {
        for n in &dead {
            let n = int::from_u64(cx, *n);
            table.remove(cx, n)?;
        }
        let now = int::from_usize(cx, seen + dead.len());
        state.set_str(cx, seen_key, now);
    }
    Ok(table)
}

fn store_dict(cx: &mut Ctx, v: Value, dict: Dict) -> Res<()> {
    let key = int::from_u64(cx, number(cx, v));
    if let Some(n) = Obj::of(v).and_then(|o| o.payload::<Number>(cx, 0)) {
        n.used.store(true, Ordering::Relaxed);
    }
    table(cx)?.set(cx, key, dict.value())
}

/// This thread's dict of the local object, made (and `__init__` called) on first use.
fn dict_of(cx: &mut Ctx, v: Value) -> Res<Dict> {
    let key = int::from_u64(cx, number(cx, v));
    if let Some(d) = table(cx)?.get(cx, key)?.and_then(Dict::of) {
        return Ok(d);
    }
    let dict = Dict::new(cx);
    store_dict(cx, v, dict)?;
    let cls = types::type_of(cx, v).value();
    if overrides_init(cx, cls) {
        let obj = Obj::of(v);
        let (args, kwargs) = obj.map_or((Value::EMPTY, Value::EMPTY), |o| (o.slot(cx, 1), o.slot(cx, 2)));
        let init = protocol::lookup_special(cx, v, cx.names.__init__)?;
        if let Some(init) = init {
            let args = if args.is_empty() { Tuple::empty(cx) } else { args };
            if let Err(r) = protocol::call_ex(cx, init, args, kwargs) {
                // A failed __init__ is tried again at the next use.
                table(cx)?.remove(cx, key)?;
                return Err(r);
            }
        }
    }
    Ok(dict)
}

fn is_dict_name(cx: &Ctx, name: Value) -> bool {
    Str::of_sub(cx, name).is_some_and(|s| s.as_bytes() == b"__dict__")
}

fn local_getattr(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    let dict = dict_of(cx, v)?;
    if is_dict_name(cx, name) {
        return Ok(dict.value());
    }
    let ty = types::type_of(cx, v);
    let found = types::type_lookup(cx, ty, name);
    if let Some(attr) = found {
        let slots = types::type_of(cx, attr).slots();
        if let (Some(get), Some(_)) = (slots.descr_get(), slots.descr_set()) {
            return get.call(cx, attr, v, ty.value());
        }
    }
    if let Some(value) = dict.get(cx, name)? {
        return Ok(value);
    }
    if let Some(attr) = found {
        return match types::type_of(cx, attr).slots().descr_get() {
            Some(get) => get.call(cx, attr, v, ty.value()),
            None => Ok(attr),
        };
    }
    Err(cx.attribute_error(v, name))
}

fn local_setattr(cx: &mut Ctx, v: Value, name: Value, value: Value) -> Res<()> {
    let dict = dict_of(cx, v)?;
    if is_dict_name(cx, name) {
        let ty = type_name(cx, v);
        return Err(cx.raise(Exc::AttributeError, format!("'{ty}' object attribute '__dict__' is read-only")));
    }
    let ty = types::type_of(cx, v);
    if let Some(attr) = types::type_lookup(cx, ty, name)
        && let Some(set) = types::type_of(cx, attr).slots().descr_set()
    {
        return set.call(cx, attr, v, value);
    }
    if !value.is_empty() {
        return dict.set(cx, name, value);
    }
    match dict.remove(cx, name)? {
        Some(_) => Ok(()),
        None => Err(cx.attribute_error(v, name)),
    }
}
