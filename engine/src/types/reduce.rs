//! `object.__reduce_ex__`: what `copy` and `pickle` take an object apart with.

use super::{Layout, Type, TypeFlags, type_lookup, type_name, type_of};
use crate::native::NativeObj;
use crate::objects::{Dict, List, Obj, Str, Tuple, int};
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

/// `o.__reduce_ex__(protocol)`: an overridden `__reduce__` comes first.
pub fn reduce_ex(cx: &mut Ctx, o: Value, version: i64) -> PyResult {
    let name = cx.names.__reduce__;
    let ty = type_of(cx, o);
    if let Some(found) = type_lookup(cx, ty, name) {
        let is_default = NativeObj::of(found).and_then(|n| n.owner()) == Some(cx.types.object);
        if !is_default {
            return protocol::call_method(cx, o, name, &[]);
        }
    }
    reduce(cx, o, version)
}

/// `object.__reduce__`.
pub fn reduce(cx: &mut Ctx, o: Value, version: i64) -> PyResult {
    if version >= 2 {
        return reduce_new(cx, o);
    }
    let f = protocol::import_attr(cx, "copyreg", "_reduce_ex")?;
    let version = int::from_i64(cx, version);
    protocol::call(cx, f, &[o, version])
}

/// The arguments for `__new__`: a tuple or None, and keywords or None.
fn new_arguments(cx: &mut Ctx, o: Value) -> PyResult<(Option<Tuple>, Option<Dict>)> {
    let names = cx.names;
    if let Some(f) = protocol::lookup_special(cx, o, names.__getnewargs_ex__)? {
        let pair = protocol::call(cx, f, &[])?;
        let Some(t) = Tuple::of_sub(cx, pair) else {
            let got = type_name(cx, pair);
            return Err(cx.type_error(format!("__getnewargs_ex__ should return a tuple, not '{got}'")));
        };
        if t.len() != 2 {
            let n = t.len();
            return Err(cx.value_error(format!("__getnewargs_ex__ should return a tuple of length 2, not {n}")));
        }
        let Some(args) = Tuple::of_sub(cx, t.get(0)) else {
            let got = type_name(cx, t.get(0));
            return Err(cx.type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{got}'"
            )));
        };
        let Some(kwargs) = Dict::of_sub(cx, t.get(1)) else {
            let got = type_name(cx, t.get(1));
            return Err(cx.type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{got}'"
            )));
        };
        return Ok((Some(args), Some(kwargs)));
    }
    if let Some(f) = protocol::lookup_special(cx, o, names.__getnewargs__)? {
        let args = protocol::call(cx, f, &[])?;
        return match Tuple::of_sub(cx, args) {
            Some(t) => Ok((Some(t), None)),
            None => {
                let got = type_name(cx, args);
                Err(cx.type_error(format!("__getnewargs__ should return a tuple, not '{got}'")))
            }
        };
    }
    Ok((None, None))
}

fn reduce_new(cx: &mut Ctx, o: Value) -> PyResult {
    let ty = type_of(cx, o);
    if ty.slots().new().is_none() {
        let name = ty.full_name(cx);
        return Err(cx.type_error(format!("cannot pickle '{name}' object")));
    }
    let (args, kwargs) = new_arguments(cx, o)?;
    let class = ty.value();
    let (constructor, new_args) = match (args, kwargs) {
        (args, Some(kw)) if kw.len() > 0 => {
            let f = protocol::import_attr(cx, "copyreg", "__newobj_ex__")?;
            let args = args.map_or(Value::EMPTY, |t| t.value());
            let args = if args == Value::EMPTY { Tuple::empty(cx) } else { args };
            (f, Tuple::new(cx, &[class, args, kw.value()]))
        }
        (args, _) => {
            let f = protocol::import_attr(cx, "copyreg", "__newobj__")?;
            let mut items = proto_core::RootVec::from_slice(cx, &[class]);
            if let Some(t) = args {
                for v in t.items() {
                    items.push(v);
                }
            }
            (f, Tuple::new(cx, &items))
        }
    };
    let types = cx.types;
    let container = ty.is_subtype(types.list) || ty.is_subtype(types.dict);
    let state = state_of(cx, o, args.is_none() && !container)?;
    let list_items = if ty.is_subtype(types.list) { protocol::iter(cx, o)? } else { Value::NONE };
    let dict_items = if ty.is_subtype(types.dict) {
        let name = cx.names.items;
        let items = protocol::call_method(cx, o, name, &[])?;
        protocol::iter(cx, items)?
    } else {
        Value::NONE
    };
    Ok(Tuple::new(cx, &[constructor, new_args, state, list_items, dict_items]))
}

/// `o.__getstate__()`; the default one may be told that there must be nothing hidden.
fn state_of(cx: &mut Ctx, o: Value, required: bool) -> PyResult {
    let name = cx.names.__getstate__;
    let f = protocol::getattr(cx, o, name)?;
    let is_default = NativeObj::of(f).is_some_and(|n| n.receiver() == o && n.owner() == Some(cx.types.object));
    if is_default { getstate(cx, o, required) } else { protocol::call(cx, f, &[]) }
}

/// Whether instances hold state that neither their `__dict__` nor `__slots__` shows.
fn has_hidden_state(ty: Type) -> bool {
    let mut native = ty;
    while native.is_heap() {
        match native.base() {
            Some(b) => native = b,
            None => break,
        }
    }
    let module = native.data().def().is_some_and(|d| std::ptr::eq(d, &super::module_type::MODULE));
    let fixed = native.data().nfixed > 0 && !native.flags().has(TypeFlags::NO_STATE);
    fixed || native.data().layout != Layout::Object || module
}

/// The names of the slots that the classes of the MRO declare, as `copyreg._slotnames` finds them.
fn slot_names(cx: &mut Ctx, ty: Type) -> PyResult<Option<List>> {
    let name = cx.names.__slotnames__;
    let found = match ty.dict().get_str(name) {
        Some(v) => v,
        None => {
            let f = protocol::import_attr(cx, "copyreg", "_slotnames")?;
            protocol::call(cx, f, &[ty.value()])?
        }
    };
    if found == Value::NONE {
        return Ok(None);
    }
    match List::of(found) {
        Some(l) => Ok(Some(l)),
        None => {
            let (class, got) = (ty.name_str(), type_name(cx, found));
            Err(cx.type_error(format!("{class}.__slotnames__ should be a list or None, not {got}")))
        }
    }
}

/// `object.__getstate__`.
pub fn getstate(cx: &mut Ctx, o: Value, required: bool) -> PyResult {
    let ty = type_of(cx, o);
    if required && has_hidden_state(ty) {
        let name = ty.full_name(cx);
        return Err(cx.type_error(format!("cannot pickle '{name}' object")));
    }
    let mut state = Value::NONE;
    if ty.flags().has(TypeFlags::HAS_DICT)
        && let Some(obj) = Obj::of(o)
        && obj.has_attrs(cx)
    {
        // The `__dict__` that somebody has seen, else one for this purpose: the attributes stay in their slots.
        let fresh = Dict::new(cx);
        let seen = obj.each_attr(cx, |name, v| fresh.set_str(cx, name, v));
        state = if seen.is_some() { obj.dict_value(cx) } else { fresh.value() };
    }
    if !ty.is_heap() {
        return Ok(state);
    }
    let Some(names) = slot_names(cx, ty)? else { return Ok(state) };
    if names.len() == 0 {
        return Ok(state);
    }
    let slots = Dict::new(cx);
    for name in names.items() {
        let Some(s) = Str::of_sub(cx, name) else { continue };
        let atom = s.intern(cx);
        if let Some(v) = protocol::getattr_opt(cx, o, atom)? {
            slots.set_str(cx, atom, v);
        }
    }
    if slots.len() == 0 {
        return Ok(state);
    }
    Ok(Tuple::new(cx, &[state, slots.value()]))
}
