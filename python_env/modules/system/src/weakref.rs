//! The module `_weakref`: references and proxies that do not keep their object alive.
//!
//! A reference's native slots: 0 = the heap's weak cell, 1 = callback, 2 = remembered hash.

use engine::prelude::*;

use crate::convert::type_name;

const CELL: usize = 0;
const CALLBACK: usize = 1;
const HASH: usize = 2;

/// `weakref.ReferenceType`, also known as `weakref.ref`.
pub static REFERENCE: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", ref_new, "").leaf(ref_leaf)),
    init: Some(NativeDef::new("__init__", "($self, *args, **kwargs)", ref_init, "")),
    slots: Slots {
        repr: Some(ref_repr),
        hash: Some(ref_hash),
        call: Some(ref_call),
        richcmp: Some(ref_richcmp),
        ..Slots::NONE
    },
    class_methods: &[NativeDef::new("__class_getitem__", "($type, item, /)", native::class_getitem, "")],
    getsets: &[GetSet::ro("__callback__", ref_callback, "")],
    ..TypeDef::new("weakref", "ReferenceType")
};

/// The object, if it lives.
fn referent(cx: &Ctx, v: Value) -> Option<Value> {
    let cell = Obj::of(v)?.slot(cx, CELL);
    if cell.is_empty() { None } else { cx.weak_get(cell) }
}

fn supports_weakref(cx: &Ctx, v: Value) -> bool {
    v.is_ptr() && types::type_of(cx, v).flags().has(TypeFlags::HAS_WEAKREF)
}

/// The dicts in which a thread remembers its references, its proxies and its callable proxies without callback: by the id of
/// the object, weakly.
type Table = fn(&Ctx) -> Value;
const SHARED_REFS: Table = |cx| cx.names.weakref_references;
const SHARED_PROXIES: Table = |cx| cx.names.weakref_proxies;

/// Remembered ones of dead objects are looked for when a table has this many entries, and again when it has doubled.
const SWEEP_AT: usize = 256;

fn shared_table(cx: &mut Ctx, name: Table) -> Dict {
    let (state, name) = (cx.local_state(), name(cx));
    if let Some(table) = state.get_str(name).and_then(Dict::of) {
        return table;
    }
    let table = Dict::new(cx);
    state.set_str(cx, name, table.value());
    table
}

/// The reference or proxy without callback that this thread has to `obj` already.
fn shared(cx: &Ctx, table: Table, obj: Value) -> Option<Value> {
    let table = cx.local_state().get_str(table(cx)).and_then(Dict::of)?;
    let key = int::from_i64(cx, protocol::id_of(obj) as i64);
    let objects::Lookup::Found(weak) = table.get_fast(key) else { return None };
    // The id may have been another object's.
    cx.weak_get(weak).filter(|&reference| referent(cx, reference) == Some(obj))
}

fn remember(cx: &mut Ctx, table: Table, obj: Value, reference: Value) {
    let table = shared_table(cx, table);
    let n = table.len();
    if n >= SWEEP_AT && n.is_power_of_two() {
        let dead = List::new(cx);
        let mut at = 0;
        while let Some((next, key, weak)) = table.next_entry(at) {
            if cx.weak_get(weak).is_none_or(|reference| referent(cx, reference).is_none()) {
                dead.push(cx, key);
            }
            at = next;
        }
        for key in dead.items() {
            table.remove_fast(cx, key);
        }
    }
    let key = int::from_i64(cx, protocol::id_of(obj) as i64);
    let weak = cx.new_weak(reference, Value::EMPTY);
    table.set_fast(cx, key, weak);
}

/// Fills the slots of a fresh reference or proxy. The heap queues `notify` when the object dies.
fn fill(cx: &mut Ctx, reference: Obj, obj: Value, callback: Value) -> Res<()> {
    if !supports_weakref(cx, obj) {
        let ty = type_name(cx, obj);
        return Err(cx.type_error(format!("cannot create weak reference to '{ty}' object")));
    }
    let callback = if callback == Value::NONE { Value::EMPTY } else { callback };
    // Even without a callback, so that `getweakrefs` finds it.
    let cell = cx.new_weak(obj, reference.value());
    reference.set_slot(cx, CELL, cell);
    reference.set_slot(cx, CALLBACK, callback);
    Ok(())
}

fn ref_new(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(positional) = Tuple::of(args[1]) else { return Ok(Value::NONE) };
    let n = positional.len();
    if n == 0 {
        return Err(cx.type_error("__new__ expected at least 1 argument, got 0"));
    }
    let exact = args[0] == cx.type_of_def(&REFERENCE).value();
    if exact && Dict::of(args[2]).is_some_and(|d| d.len() > 0) {
        return Err(cx.type_error("ref() takes no keyword arguments"));
    }
    if n > 2 {
        return Err(cx.type_error(format!("__new__ expected at most 2 arguments, got {n}")));
    }
    let callback = if n > 1 { positional.get(1) } else { Value::NONE };
    let plain = exact && callback == Value::NONE;
    if plain && let Some(known) = shared(cx, SHARED_REFS, positional.get(0)) {
        return Ok(known);
    }
    let obj = cx.alloc_instance(args[0])?;
    fill(cx, obj, positional.get(0), callback)?;
    if plain {
        remember(cx, SHARED_REFS, positional.get(0), obj.value());
    }
    Ok(obj.value())
}

/// The quick form of a call with one argument, to which there is a reference.
fn ref_leaf(cx: &Ctx, words: &[Value]) -> Value {
    match words {
        [_, obj] => shared(cx, SHARED_REFS, *obj).unwrap_or(Value::EMPTY),
        _ => Value::EMPTY,
    }
}

fn ref_init(cx: &mut Ctx, args: Args) -> PyResult {
    let n = Tuple::of(args[1]).map_or(0, |t| t.len());
    if n > 2 {
        return Err(cx.type_error(format!("__init__ expected at most 2 arguments, got {n}")));
    }
    Ok(Value::NONE)
}

fn ref_call(cx: &mut Ctx, v: Value, args: CallArgs) -> PyResult {
    if !args.is_empty() {
        return Err(
            cx.type_error(format!("__call__() takes 0 positional arguments but {} was given", args.values.len()))
        );
    }
    Ok(referent(cx, v).unwrap_or(Value::NONE))
}

fn ref_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let Some(obj) = Obj::of(v) else { return Ok(0) };
    if let Some(n) = int::to_i64(obj.slot(cx, HASH)) {
        return Ok(n);
    }
    let Some(target) = referent(cx, v) else {
        return Err(cx.type_error("weak object has gone away"));
    };
    let n = protocol::hash(cx, target)?;
    let memo = int::from_i64(cx, n);
    obj.set_slot(cx, HASH, memo);
    Ok(n)
}

fn ref_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) || !cx.is_def(b, &REFERENCE) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    match (referent(cx, a), referent(cx, b)) {
        (Some(x), Some(y)) => protocol::compare(cx, x, y, op),
        _ => Ok(Value::bool((a == b) == matches!(op, CmpOp::Eq))),
    }
}

fn ref_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let here = protocol::id_of(v);
    let text = match referent(cx, v) {
        None => format!("<weakref at {here:#x}; dead>"),
        Some(obj) => {
            let (ty, there) = (type_name(cx, obj), protocol::id_of(obj));
            // What the object itself would answer is not asked.
            let name = protocol::lookup_special(cx, obj, cx.names.__name__)?;
            let name = name.and_then(Str::of).map(|s| s.to_text().into_owned());
            match name {
                Some(name) => format!("<weakref at {here:#x}; to '{ty}' at {there:#x} ({name})>"),
                None => format!("<weakref at {here:#x}; to '{ty}' at {there:#x}>"),
            }
        }
    };
    Ok(Str::from_text(cx, &text))
}

fn ref_callback(cx: &mut Ctx, v: Value) -> PyResult {
    let callback = Obj::of(v).map_or(Value::EMPTY, |o| o.slot(cx, CALLBACK));
    Ok(if callback.is_empty() || referent(cx, v).is_none() { Value::NONE } else { callback })
}

/// Calls the callbacks of references whose objects died.
pub fn run_callbacks(cx: &mut Ctx) {
    while let Some(reference) = cx.core().take_cleared_weakref() {
        let Some(obj) = Obj::of(reference) else { continue };
        let callback = obj.slot(cx, CALLBACK);
        if callback.is_empty() {
            continue;
        }
        obj.set_slot(cx, CALLBACK, Value::EMPTY);
        if let Err(r) = protocol::call(cx, callback, &[reference]) {
            let exc = cx.take(r);
            crate::hooks::unraisable(cx, exc, "Exception ignored while calling weakref callback", callback);
        }
    }
}

// --- proxies ---

fn dead(cx: &mut Ctx) -> Raised {
    cx.raise(Exc::ReferenceError, "weakly-referenced object no longer exists")
}

fn is_proxy(cx: &mut Ctx, v: Value) -> bool {
    cx.is_def(v, &PROXY) || cx.is_def(v, &CALLABLE_PROXY)
}

/// The object behind a proxy; anything else is itself.
fn target(cx: &mut Ctx, v: Value) -> PyResult {
    if !is_proxy(cx, v) {
        return Ok(v);
    }
    match referent(cx, v) {
        Some(obj) => Ok(obj),
        None => Err(dead(cx)),
    }
}

macro_rules! forward {
    ($($name:ident => $f:path;)*) => {
        $(fn $name(cx: &mut Ctx, v: Value) -> PyResult {
            let v = target(cx, v)?;
            $f(cx, v)
        })*
    };
}

forward! {
    proxy_str => protocol::str;
    proxy_iter => protocol::iter;
    proxy_neg => protocol::neg;
    proxy_pos => protocol::pos;
    proxy_abs => protocol::abs;
    proxy_invert => protocol::invert;
    proxy_int => protocol::int_value;
    proxy_float => protocol::float_value;
    proxy_index => protocol::index_value;
}

/// The slots of the operators, named after them, and all slots of proxies.
macro_rules! operators {
    ({ $($op:ident $symbol:literal: $slot:ident $in_place:ident, $dunder:ident $reflected:ident $idunder:ident,
        $name:literal $iname:literal, [$($small:ident)?];)* }) => {
        mod forwarded {
            use super::*;
            $(
                fn $slot(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
                    let (a, b) = (target(cx, a)?, target(cx, b)?);
                    protocol::binary(cx, BinOp::$op, a, b)
                }
                fn $in_place(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
                    let (a, b) = (target(cx, a)?, target(cx, b)?);
                    protocol::inplace(cx, BinOp::$op, a, b)
                }
            )*
            pub(super) const SLOTS: Slots = Slots {
                $($slot: Some($slot), $in_place: Some($in_place),)*
                ..Slots::NONE
            };
        }
    };
}
engine::for_each_operator!(operators);

fn proxy_pow(cx: &mut Ctx, a: Value, b: Value, c: Value) -> PyResult {
    let (a, b, c) = (target(cx, a)?, target(cx, b)?, target(cx, c)?);
    protocol::pow(cx, a, b, c)
}

fn proxy_ipow(cx: &mut Ctx, a: Value, b: Value, c: Value) -> PyResult {
    let (a, b, _) = (target(cx, a)?, target(cx, b)?, target(cx, c)?);
    protocol::inplace(cx, BinOp::Pow, a, b)
}

fn proxy_divmod(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (a, b) = (target(cx, a)?, target(cx, b)?);
    protocol::divmod(cx, a, b)
}

fn proxy_next(cx: &mut Ctx, v: Value) -> PyResult {
    let v = target(cx, v)?;
    if types::type_of(cx, v).slots().next().is_none() {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("Weakref proxy referenced a non-iterator '{ty}' object")));
    }
    Ok(protocol::next(cx, v)?.unwrap_or(Value::EMPTY))
}

fn proxy_getattr(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    let v = target(cx, v)?;
    protocol::getattr(cx, v, name)
}

fn proxy_setattr(cx: &mut Ctx, v: Value, name: Value, value: Value) -> Res<()> {
    let v = target(cx, v)?;
    if value.is_empty() { protocol::delattr(cx, v, name) } else { protocol::setattr(cx, v, name, value) }
}

fn proxy_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let v = target(cx, v)?;
    protocol::getitem(cx, v, key)
}

fn proxy_setitem(cx: &mut Ctx, v: Value, key: Value, value: Value) -> Res<()> {
    let v = target(cx, v)?;
    if value.is_empty() { protocol::delitem(cx, v, key) } else { protocol::setitem(cx, v, key, value) }
}

fn proxy_contains(cx: &mut Ctx, v: Value, item: Value) -> Res<bool> {
    let v = target(cx, v)?;
    protocol::contains(cx, v, item)
}

fn proxy_len(cx: &mut Ctx, v: Value) -> Res<usize> {
    let v = target(cx, v)?;
    protocol::length(cx, v)
}

fn proxy_bool(cx: &mut Ctx, v: Value) -> Res<bool> {
    let v = target(cx, v)?;
    protocol::truth(cx, v)
}

fn proxy_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (a, b) = (target(cx, a)?, target(cx, b)?);
    protocol::compare(cx, a, b, op)
}

fn proxy_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let here = protocol::id_of(v);
    let text = match referent(cx, v) {
        None => format!("<weakproxy at {here:#x}; dead>"),
        Some(obj) => {
            let (ty, there) = (type_name(cx, obj), protocol::id_of(obj));
            format!("<weakproxy at {here:#x}; to '{ty}' at {there:#x}>")
        }
    };
    Ok(Str::from_text(cx, &text))
}

fn proxy_call(cx: &mut Ctx, v: Value, args: CallArgs) -> PyResult {
    let v = target(cx, v)?;
    protocol::call_args(cx, v, args)
}

fn proxy_bytes(cx: &mut Ctx, args: Args) -> PyResult {
    let v = target(cx, args[0])?;
    protocol::call_method(cx, v, cx.names.__bytes__, &[])
}

fn proxy_reversed(cx: &mut Ctx, args: Args) -> PyResult {
    let v = target(cx, args[0])?;
    protocol::call_method(cx, v, cx.names.__reversed__, &[])
}

const PROXY_SLOTS: Slots = Slots {
    repr: Some(proxy_repr),
    str: Some(proxy_str),
    hash: Some(slots::hash_not_implemented),
    iter: Some(proxy_iter),
    next: Some(proxy_next),
    getattr: Some(proxy_getattr),
    setattr: Some(proxy_setattr),
    getitem: Some(proxy_getitem),
    setitem: Some(proxy_setitem),
    contains: Some(proxy_contains),
    len: Some(proxy_len),
    bool: Some(proxy_bool),
    richcmp: Some(proxy_richcmp),
    neg: Some(proxy_neg),
    pos: Some(proxy_pos),
    abs: Some(proxy_abs),
    invert: Some(proxy_invert),
    int: Some(proxy_int),
    float: Some(proxy_float),
    index: Some(proxy_index),
    divmod: Some(proxy_divmod),
    pow: Some(proxy_pow),
    ipow: Some(proxy_ipow),
    ..forwarded::SLOTS
};

const PROXY_METHODS: &[NativeDef] = &[
    NativeDef::new("__bytes__", "($self, /)", proxy_bytes, ""),
    NativeDef::new("__reversed__", "($self, /)", proxy_reversed, ""),
];

/// `weakref.ProxyType`
pub static PROXY: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 3,
    slots: PROXY_SLOTS,
    methods: PROXY_METHODS,
    ..TypeDef::new("weakref", "ProxyType")
};

/// `weakref.CallableProxyType`
pub static CALLABLE_PROXY: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 3,
    slots: Slots { call: Some(proxy_call), ..PROXY_SLOTS },
    ..TypeDef::new("weakref", "CallableProxyType")
};

fn proxy(cx: &mut Ctx, args: Args) -> PyResult {
    let callable = protocol::is_callable(cx, args[0]);
    let def = if callable { &CALLABLE_PROXY } else { &PROXY };
    let plain = args.or_none(1) == Value::NONE;
    if plain
        && let Some(known) = shared(cx, SHARED_PROXIES, args[0])
        && cx.is_def(known, def)
    {
        return Ok(known);
    }
    let new = cx.new_object(def, &[]);
    if let Some(obj) = Obj::of(new) {
        fill(cx, obj, args[0], args.or_none(1))?;
    }
    if plain {
        remember(cx, SHARED_PROXIES, args[0], new);
    }
    Ok(new)
}

/// The references and proxies to an object.
fn weak_refs(cx: &mut Ctx, v: Value) -> List {
    let list = List::new(cx);
    cx.each_weak_notified(v, |reference| list.push(cx, reference));
    list
}

fn getweakrefcount(cx: &mut Ctx, args: Args) -> PyResult {
    let n = weak_refs(cx, args[0]).len();
    Ok(int::from_usize(cx, n))
}

fn getweakrefs(cx: &mut Ctx, args: Args) -> PyResult {
    let refs = weak_refs(cx, args[0]);
    // The reference that `ref(object)` gives comes first, the proxy second.
    let sorted = List::new(cx);
    let mut rest = Vec::new();
    for (i, reference) in refs.items().enumerate() {
        let plain = Obj::of(reference).is_some_and(|o| o.slot(cx, CALLBACK).is_empty());
        match types::type_of(cx, reference) {
            ty if plain && ty == cx.type_of_def(&REFERENCE) => sorted.insert(cx, 0, reference),
            ty if plain && (ty == cx.type_of_def(&PROXY) || ty == cx.type_of_def(&CALLABLE_PROXY)) => {
                sorted.push(cx, reference);
            }
            _ => rest.push(i),
        }
    }
    rest.into_iter().filter_map(|i| refs.get(i)).for_each(|reference| sorted.push(cx, reference));
    Ok(sorted.value())
}

/// Removes a key whose value is a dead reference; one that was replaced meanwhile stays.
fn remove_dead_weakref(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(dict) = Dict::of_sub(cx, args[0]) else {
        let ty = type_name(cx, args[0]);
        return Err(cx.type_error(format!("_remove_dead_weakref() argument 1 must be dict, not {ty}")));
    };
    if let Some(reference) = dict.get(cx, args[1])?
        && referent(cx, reference).is_none()
    {
        dict.remove(cx, args[1])?;
    }
    Ok(Value::NONE)
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let ty = cx.type_of_def(&REFERENCE).value();
    cx.set_module_attr(module, "ref", ty);
    Ok(())
}

/// `_weakref`
pub static WEAKREF: ModuleDef = ModuleDef {
    doc: "Weak-reference support module.",
    functions: &[
        NativeDef::new("proxy", "($module, object, callback=None, /)", proxy, "A proxy that holds object weakly."),
        NativeDef::new("getweakrefcount", "($module, object, /)", getweakrefcount, ""),
        NativeDef::new("getweakrefs", "($module, object, /)", getweakrefs, ""),
        NativeDef::new("_remove_dead_weakref", "($module, dct, key, /)", remove_dead_weakref, ""),
    ],
    types: &[&REFERENCE, &PROXY, &CALLABLE_PROXY],
    init: Some(init),
    ..ModuleDef::new("_weakref")
};
