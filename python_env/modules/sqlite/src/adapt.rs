//! Adapters and converters: how Python values become SQLite's and come back.

use engine::prelude::*;
use proto_core::sync::{AtomicBool, Ordering};

use crate::errors::misuse;

/// Somebody has registered an adapter for a type that needs none.
static BASE_ADAPTED: AtomicBool = AtomicBool::new(false);

/// `sqlite3.PrepareProtocol`
pub static PREPARE_PROTOCOL: TypeDef = TypeDef {
    doc: "PEP 246 style object adaption protocol type.",
    flags: TypeFlags::BASETYPE,
    init: Some(NativeDef::new("__init__", "($self, /, *args, **kwargs)", |_, _| Ok(Value::NONE), "")),
    ..TypeDef::new("sqlite3", "PrepareProtocol")
};

/// A dict of the module, made at the first call.
fn table(cx: &mut Ctx, key: &[u8]) -> Dict {
    let key = cx.intern(key);
    let state = cx.rt.state(cx);
    if let Some(d) = state.get_str(key).and_then(Dict::of) {
        return d;
    }
    let d = Dict::new(cx);
    state.set_str(cx, key, d.value());
    d
}

/// `sqlite3.adapters`
pub fn adapters(cx: &mut Ctx) -> Dict {
    table(cx, b"sqlite3.adapters")
}

/// `sqlite3.converters`
pub fn converters(cx: &mut Ctx) -> Dict {
    table(cx, b"sqlite3.converters")
}

/// Whether the value may have an adapter.
pub fn may_adapt(cx: &Ctx, v: Value) -> bool {
    let t = cx.types;
    let ty = types::type_of(cx, v);
    BASE_ADAPTED.load(Ordering::Relaxed) || !(ty == t.int || ty == t.float || ty == t.str)
}

/// `register_adapter`
pub fn register_adapter(cx: &mut Ctx, args: Args) -> PyResult {
    let t = cx.types;
    if [t.int, t.float, t.str].iter().any(|base| base.value() == args[0]) {
        BASE_ADAPTED.store(true, Ordering::Relaxed);
    }
    let protocol = cx.type_of_def(&PREPARE_PROTOCOL).value();
    let key = Tuple::new(cx, &[args[0], protocol]);
    adapters(cx).set(cx, key, args[1])?;
    Ok(Value::NONE)
}

/// `register_converter`
pub fn register_converter(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args.str(cx, 0)?;
    let upper = cx.intern(b"upper");
    let key = protocol::call_method(cx, name.value(), upper, &[])?;
    converters(cx).set(cx, key, args[1])?;
    Ok(Value::NONE)
}

/// The converter of a name in any case.
pub fn converter(cx: &mut Ctx, name: &[u8]) -> Res<Option<Value>> {
    let name = crate::callbacks::text_of(cx, name)?;
    let upper = cx.intern(b"upper");
    let key = protocol::call_method(cx, name, upper, &[])?;
    converters(cx).get(cx, key)
}

/// `adapt`
pub fn adapt_function(cx: &mut Ctx, args: Args) -> PyResult {
    let protocol = match args.get(1) {
        Some(p) => p,
        None => cx.type_of_def(&PREPARE_PROTOCOL).value(),
    };
    adapt(cx, args[0], protocol, args.get(2))
}

/// What adapters, the protocol or the object itself make of it, or `other`.
pub fn adapt(cx: &mut Ctx, v: Value, protocol: Value, other: Option<Value>) -> PyResult {
    let class = types::type_of(cx, v).value();
    let key = Tuple::new(cx, &[class, protocol]);
    if let Some(adapter) = adapters(cx).get(cx, key)? {
        return protocol::call(cx, adapter, &[v]);
    }
    for (object, name, argument) in [(protocol, &b"__adapt__"[..], v), (v, b"__conform__", protocol)] {
        let name = cx.intern(name);
        let Some(method) = protocol::getattr_opt(cx, object, name)? else { continue };
        match protocol::call(cx, method, &[argument]) {
            Ok(adapted) if !adapted.is_none() => return Ok(adapted),
            Ok(_) => {}
            Err(raised) if cx.matches(&raised, Exc::TypeError) => cx.clear(raised),
            Err(raised) => return Err(raised),
        }
    }
    other.ok_or_else(|| misuse(cx, "can't adapt"))
}

/// The value that a parameter is bound to.
pub fn for_binding(cx: &mut Ctx, v: Value) -> PyResult {
    if v.is_none() || !may_adapt(cx, v) {
        return Ok(v);
    }
    let protocol = cx.type_of_def(&PREPARE_PROTOCOL).value();
    adapt(cx, v, protocol, Some(v))
}
