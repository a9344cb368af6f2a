//! The slot functions of Python classes: each looks its dunder up on the type and calls it.

use super::lookup::{lookup_method, type_lookup};
use super::{Type, type_name, type_of};
use crate::exceptions::Exc;
use crate::native::{CallArgs, with_prefix};
use crate::objects::int;
use crate::protocol::buffer::{self, Buffer};
use crate::protocol::{self, CmpOp};
use crate::{Ctx, PyResult};
use proto_core::{Kind, Value};

/// Calls the dunder `name` of `receiver`'s type; None when the type has none.
pub fn call_dunder_opt(cx: &mut Ctx, receiver: Value, name: Value, args: &[Value]) -> PyResult<Option<Value>> {
    let ty = type_of(cx, receiver);
    let Some(attr) = type_lookup(cx, ty, name) else {
        return Ok(None);
    };
    call_found(cx, attr, receiver, ty, args).map(Some)
}

/// Calls `attr`, which was found on the receiver's type.
fn call_found(cx: &mut Ctx, attr: Value, receiver: Value, ty: Type, args: &[Value]) -> PyResult {
    if attr.is_kind(Kind::Function) {
        let args = CallArgs::pos(args);
        return with_prefix(cx, receiver, args, |cx, args| crate::interp::call_function(cx, attr, args));
    }
    match lookup_method(cx, attr, receiver, ty)? {
        (f, true) => with_prefix(cx, receiver, CallArgs::pos(args), |cx, args| protocol::call_args(cx, f, args)),
        (f, false) => protocol::call_args(cx, f, CallArgs::pos(args)),
    }
}

/// Calls the dunder `name` of `receiver`'s type; AttributeError when the type has none.
pub fn call_dunder(cx: &mut Ctx, receiver: Value, name: Value, args: &[Value]) -> PyResult {
    match call_dunder_opt(cx, receiver, name, args)? {
        Some(v) => Ok(v),
        None => Err(cx.attribute_error(receiver, name)),
    }
}

macro_rules! unary {
    ($($field:ident $dunder:ident),* $(,)?) => {$(
        #[doc = concat!("Calls `", stringify!($dunder), "`.")]
        pub fn $field(cx: &mut Ctx, v: Value) -> PyResult {
            let name = cx.names.$dunder;
            call_dunder(cx, v, name, &[])
        }
    )*};
}
unary!(
    neg __neg__, pos __pos__, abs __abs__, invert __invert__, int __int__, float __float__, index __index__, await_ __await__,
    aiter __aiter__, anext __anext__,
);

/// Calls `__repr__`.
pub fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let name = cx.names.__repr__;
    match call_dunder_opt(cx, v, name, &[])? {
        Some(s) => Ok(s),
        None => super::object_type::default_repr(cx, v),
    }
}

/// Calls `__str__`.
pub fn str(cx: &mut Ctx, v: Value) -> PyResult {
    let name = cx.names.__str__;
    call_dunder(cx, v, name, &[])
}

/// Calls `__hash__` and reduces its result to a word.
pub fn hash(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    let name = cx.names.__hash__;
    let ty = type_of(cx, v);
    let h = match type_lookup(cx, ty, name) {
        None | Some(Value::NONE) => return super::slots::hash_not_implemented(cx, v),
        Some(attr) => call_found(cx, attr, v, ty, &[])?,
    };
    if let Some(h) = h.as_int() {
        return Ok(if h == -1 { -2 } else { h });
    }
    let base = crate::objects::base_value(cx, h);
    if !int::is(base) {
        return Err(cx.type_error("__hash__ method should return an integer"));
    }
    Ok(match int::to_i64(base) {
        Some(-1) => -2,
        Some(h) => h,
        None => int::hash(base),
    })
}

/// Calls `__call__`.
pub fn call(cx: &mut Ctx, callee: Value, args: CallArgs) -> PyResult {
    let name = cx.names.__call__;
    let ty = type_of(cx, callee);
    let Some(attr) = type_lookup(cx, ty, name) else {
        return Err(protocol::call::not_callable(cx, callee));
    };
    protocol::guard(cx, " while calling a Python object")?;
    match lookup_method(cx, attr, callee, ty)? {
        (f, true) => with_prefix(cx, callee, args, |cx, args| protocol::call_args(cx, f, args)),
        (f, false) => protocol::call_args(cx, f, args),
    }
}

/// Whether the type's attributes are found in the generic way before a `__getattr__` of its is asked.
pub fn reads_generically(cx: &mut Ctx, ty: Type) -> bool {
    let hooked = ty.slots().getattr().is_some_and(|f| f.addr() == getattribute as *const () as usize);
    let own = cx.names.__getattribute__;
    hooked && type_lookup(cx, ty, own).is_some_and(super::object_type::is_generic_getattribute)
}

/// Calls `__getattribute__`, then `__getattr__` after an AttributeError.
pub fn getattribute(cx: &mut Ctx, o: Value, name: Value) -> PyResult {
    let names = cx.names;
    let ty = type_of(cx, o);
    let first = match type_lookup(cx, ty, names.__getattribute__) {
        Some(f) if super::object_type::is_generic_getattribute(f) => {
            match super::object_type::generic_getattr_opt(cx, o, name) {
                Ok(Some(v)) => return Ok(v),
                Ok(None) => {
                    // Nobody sees the exception where there is a hook.
                    let Some(hook) = type_lookup(cx, ty, names.__getattr__) else {
                        return Err(cx.attribute_error(o, name));
                    };
                    return ask_hook(cx, hook, o, name, ty);
                }
                Err(raised) => Err(raised),
            }
        }
        _ => call_dunder(cx, o, names.__getattribute__, &[name]),
    };
    match first {
        Err(raised) if cx.matches(&raised, Exc::AttributeError) => {
            let Some(hook) = type_lookup(cx, ty, names.__getattr__) else { return Err(raised) };
            cx.clear(raised);
            ask_hook(cx, hook, o, name, ty)
        }
        other => other,
    }
}

/// Calls the `__getattr__` found on the type of `o`.
fn ask_hook(cx: &mut Ctx, hook: Value, o: Value, name: Value, ty: Type) -> PyResult {
    match lookup_method(cx, hook, o, ty)? {
        (f, true) => protocol::call(cx, f, &[o, name]),
        (f, false) => protocol::call(cx, f, &[name]),
    }
}

/// Calls `__setattr__` or `__delattr__`.
pub fn setattr(cx: &mut Ctx, o: Value, name: Value, v: Value) -> PyResult<()> {
    let names = cx.names;
    if v == Value::EMPTY {
        call_dunder(cx, o, names.__delattr__, &[name])?;
    } else {
        call_dunder(cx, o, names.__setattr__, &[name, v])?;
    }
    Ok(())
}

/// Calls the comparison's dunder; NotImplemented without one.
pub fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let name = op.dunder(cx.names);
    let ty = type_of(cx, a);
    let Some(attr) = type_lookup(cx, ty, name) else { return Ok(Value::NOT_IMPLEMENTED) };
    if attr.is_kind(Kind::Function) {
        return crate::interp::call_function(cx, attr, CallArgs::pos(&[a, b]));
    }
    match lookup_method(cx, attr, a, ty) {
        Ok((f, true)) => with_prefix(cx, a, CallArgs::pos(&[b]), |cx, args| protocol::call_args(cx, f, args)),
        Ok((f, false)) => protocol::call_args(cx, f, CallArgs::pos(&[b])),
        // A descriptor that says so is not there.
        Err(r) if cx.matches(&r, Exc::AttributeError) => {
            cx.clear(r);
            Ok(Value::NOT_IMPLEMENTED)
        }
        Err(r) => Err(r),
    }
}

/// Calls `__iter__`, or iterates by `__getitem__`.
pub fn iter(cx: &mut Ctx, v: Value) -> PyResult {
    let names = cx.names;
    let ty = type_of(cx, v);
    match type_lookup(cx, ty, names.__iter__) {
        Some(Value::NONE) => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("'{name}' object is not iterable")))
        }
        Some(_) => call_dunder(cx, v, names.__iter__, &[]),
        None if type_lookup(cx, ty, names.__getitem__).is_some() => protocol::iter::sequence_iter(cx, v),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("'{name}' object is not iterable")))
        }
    }
}

/// Calls `__next__`; a StopIteration without value becomes EMPTY.
pub fn next(cx: &mut Ctx, v: Value) -> PyResult {
    let name = cx.names.__next__;
    match call_dunder(cx, v, name, &[]) {
        Err(raised) if crate::interp::exc::stop_iteration_value(cx, cx.peek(&raised)) == Some(Value::NONE) => {
            cx.clear(raised);
            Ok(Value::EMPTY)
        }
        other => other,
    }
}

/// Calls `__get__`.
pub fn descr_get(cx: &mut Ctx, d: Value, obj: Value, owner: Value) -> PyResult {
    let name = cx.names.__get__;
    let or_none = |v: Value| if v == Value::EMPTY { Value::NONE } else { v };
    match call_dunder_opt(cx, d, name, &[or_none(obj), or_none(owner)])? {
        Some(v) => Ok(v),
        None => Ok(d),
    }
}

/// Calls `__set__` or `__delete__`.
pub fn descr_set(cx: &mut Ctx, d: Value, obj: Value, v: Value) -> PyResult<()> {
    let names = cx.names;
    if v == Value::EMPTY {
        call_dunder(cx, d, names.__delete__, &[obj])?;
    } else {
        call_dunder(cx, d, names.__set__, &[obj, v])?;
    }
    Ok(())
}

/// Calls `__init__`, which must return None.
pub fn init(cx: &mut Ctx, o: Value, args: CallArgs) -> PyResult<()> {
    let name = cx.names.__init__;
    let ty = type_of(cx, o);
    let Some(attr) = type_lookup(cx, ty, name) else { return Ok(()) };
    let result = match lookup_method(cx, attr, o, ty)? {
        (f, true) => with_prefix(cx, o, args, |cx, args| protocol::call_args(cx, f, args)),
        (f, false) => protocol::call_args(cx, f, args),
    }?;
    if result != Value::NONE {
        let got = type_name(cx, result);
        return Err(cx.type_error(format!("__init__() should return None, not '{got}'")));
    }
    Ok(())
}

/// Calls `__new__`, looked up on the class itself.
pub fn new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let name = cx.names.__new__;
    let f = protocol::getattr(cx, class, name)?;
    with_prefix(cx, class, args, |cx, args| protocol::call_args(cx, f, args))
}

/// Calls `__len__`.
pub fn len(cx: &mut Ctx, v: Value) -> PyResult<usize> {
    let name = cx.names.__len__;
    let n = call_dunder(cx, v, name, &[])?;
    let n = protocol::index_value(cx, n)?;
    match int::to_i64(n) {
        Some(n) if n >= 0 => Ok(n as usize),
        Some(_) => Err(cx.value_error("__len__() should return >= 0")),
        None if int::sign(n) < 0 => Err(cx.value_error("__len__() should return >= 0")),
        None => Err(cx.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

/// Calls `__getitem__`.
pub fn getitem(cx: &mut Ctx, o: Value, key: Value) -> PyResult {
    let name = cx.names.__getitem__;
    call_dunder(cx, o, name, &[key])
}

/// Calls `__setitem__` or `__delitem__`.
pub fn setitem(cx: &mut Ctx, o: Value, key: Value, v: Value) -> PyResult<()> {
    let names = cx.names;
    if v == Value::EMPTY {
        call_dunder(cx, o, names.__delitem__, &[key])?;
    } else {
        call_dunder(cx, o, names.__setitem__, &[key, v])?;
    }
    Ok(())
}

/// Calls `__contains__`, or searches the iteration.
pub fn contains(cx: &mut Ctx, o: Value, v: Value) -> PyResult<bool> {
    let name = cx.names.__contains__;
    let ty = type_of(cx, o);
    match type_lookup(cx, ty, name) {
        Some(Value::NONE) => {
            let name = type_name(cx, o);
            Err(cx.type_error(format!("'{name}' object is not a container")))
        }
        Some(_) => {
            let r = call_dunder(cx, o, name, &[v])?;
            protocol::truth(cx, r)
        }
        None => protocol::sequence::contains_by_iteration(cx, o, v),
    }
}

/// Calls `__bool__`, else `__len__`.
pub fn bool(cx: &mut Ctx, v: Value) -> PyResult<bool> {
    let names = cx.names;
    match call_dunder_opt(cx, v, names.__bool__, &[])? {
        Some(Value::TRUE) => Ok(true),
        Some(Value::FALSE) => Ok(false),
        Some(other) => {
            let got = type_name(cx, other);
            Err(cx.type_error(format!("__bool__ should return bool, returned {got}")))
        }
        None => {
            let ty = type_of(cx, v);
            if type_lookup(cx, ty, names.__len__).is_some() { len(cx, v).map(|n| n > 0) } else { Ok(true) }
        }
    }
}

/// Whether `b`'s type overrides `name` compared with `a`'s.
fn overrides(cx: &mut Ctx, a: Type, b: Type, name: Value) -> bool {
    match (type_lookup(cx, a, name), type_lookup(cx, b, name)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(x), Some(y)) => x != y,
    }
}

fn maybe(cx: &mut Ctx, receiver: Value, name: Value, other: Value) -> PyResult {
    Ok(call_dunder_opt(cx, receiver, name, &[other])?.unwrap_or(Value::NOT_IMPLEMENTED))
}

/// A binary operation of which one operand's class (or both) has Python-level methods.
fn binary(cx: &mut Ctx, a: Value, b: Value, left_is: bool, right_is: bool, name: Value, reflected: Value) -> PyResult {
    let (ta, tb) = (type_of(cx, a), type_of(cx, b));
    let mut try_right = ta != tb && right_is;
    if left_is {
        if try_right && tb.is_subtype(ta) && overrides(cx, ta, tb, reflected) {
            let r = maybe(cx, b, reflected, a)?;
            if r != Value::NOT_IMPLEMENTED {
                return Ok(r);
            }
            try_right = false;
        }
        let r = maybe(cx, a, name, b)?;
        if r != Value::NOT_IMPLEMENTED || ta == tb {
            return Ok(r);
        }
    }
    if try_right { maybe(cx, b, reflected, a) } else { Ok(Value::NOT_IMPLEMENTED) }
}

/// The functions of the binary operators' slots.
macro_rules! operators {
    ({ $($op:ident $symbol:literal: $slot:ident $in_place:ident, $dunder:ident $reflected:ident $idunder:ident,
        $name:literal $iname:literal, [$($small:ident)?];)* }) => {
        binary! { $($slot $dunder $reflected,)* divmod __divmod__ __rdivmod__ }
        $(
            #[doc = concat!("Calls `", stringify!($idunder), "`.")]
            pub fn $in_place(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
                let name = cx.names.$idunder;
                maybe(cx, a, name, b)
            }
        )*
    };
}

macro_rules! binary {
    ($($field:ident $dunder:ident $reflected:ident),* $(,)?) => {$(
        #[doc = concat!("Calls `", stringify!($dunder), "` or `", stringify!($reflected), "`.")]
        pub fn $field(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
            let is = super::slots::SlotId::$field.info().is_python;
            let (left, right) = (is(type_of(cx, a).slots()), is(type_of(cx, b).slots()));
            let names = cx.names;
            binary(cx, a, b, left, right, names.$dunder, names.$reflected)
        }
    )*};
}
crate::for_each_operator!(operators);

/// Calls `__pow__` or `__rpow__`.
pub fn pow(cx: &mut Ctx, a: Value, b: Value, modulus: Value) -> PyResult {
    let names = cx.names;
    let is = super::slots::SlotId::pow.info().is_python;
    let left = is(type_of(cx, a).slots());
    if modulus == Value::NONE {
        let right = is(type_of(cx, b).slots());
        return binary(cx, a, b, left, right, names.__pow__, names.__rpow__);
    }
    if left {
        let r = call_dunder_opt(cx, a, names.__pow__, &[b, modulus])?.unwrap_or(Value::NOT_IMPLEMENTED);
        if r != Value::NOT_IMPLEMENTED {
            return Ok(r);
        }
    }
    if type_of(cx, b) != type_of(cx, a) && is(type_of(cx, b).slots()) {
        return Ok(call_dunder_opt(cx, b, names.__rpow__, &[a, modulus])?.unwrap_or(Value::NOT_IMPLEMENTED));
    }
    Ok(Value::NOT_IMPLEMENTED)
}

/// Calls `__ipow__`.
pub fn ipow(cx: &mut Ctx, a: Value, b: Value, _: Value) -> PyResult {
    let name = cx.names.__ipow__;
    maybe(cx, a, name, b)
}

/// Calls `__buffer__`, which returns a memoryview.
pub fn buffer(cx: &mut Ctx, v: Value, flags: u32) -> PyResult<Buffer> {
    let name = cx.names.__buffer__;
    let view = call_dunder(cx, v, name, &[Value::small(flags as i32)])?;
    match type_of(cx, view).slots().buffer() {
        Some(f) if buffer::is_memoryview(cx, view) => {
            let mut b = f.call(cx, view, flags)?;
            if buffer::hears(cx, v) {
                b.told = buffer::Told { exporter: v, given: view };
            }
            Ok(b)
        }
        _ => {
            let got = type_name(cx, view);
            Err(cx.type_error(format!("__buffer__ returned non-memoryview object (type {got})")))
        }
    }
}
