//! How Python calls native slots: one wrapper per class of dunder, behind the slot wrapper descriptors.

use super::slots::{
    BinaryFn, BoolFn, BufferFn, CallFn, CompareFn, ContainsFn, Dunder, HashFn, InitFn, LenFn, Slot, StoreFn, TernaryFn,
    UnaryFn,
};
use crate::native::{CallArgs, bind};
use crate::objects::{Str, int};
use crate::protocol::{self, CmpOp};
use crate::types::type_name;
use crate::{Ctx, PyResult};
use proto_core::Value;

/// Takes exactly `N` positional arguments.
fn take<'a, const N: usize>(cx: &mut Ctx, dunder: &Dunder, args: CallArgs<'a>) -> PyResult<&'a [Value; N]> {
    no_keywords(cx, dunder, args)?;
    match args.values.try_into() {
        Ok(values) => Ok(values),
        Err(_) if N < 2 => {
            let plural = if N == 1 { "" } else { "s" };
            Err(cx.type_error(format!("expected {N} argument{plural}, got {}", args.values.len())))
        }
        Err(_) => Err(bind::positional_count(cx, dunder.name, args.values.len(), N, N, false)),
    }
}

fn no_keywords(cx: &mut Ctx, dunder: &Dunder, args: CallArgs) -> PyResult<()> {
    if args.nkw() > 0 {
        return Err(cx.type_error(format!("wrapper {}() takes no keyword arguments", dunder.name)));
    }
    Ok(())
}

/// `f(self)`.
pub fn unary(cx: &mut Ctx, f: Slot<UnaryFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    take::<0>(cx, d, args)?;
    f.call(cx, receiver)
}

/// `__next__`: the end of the iteration becomes StopIteration.
pub fn next(cx: &mut Ctx, f: Slot<UnaryFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    take::<0>(cx, d, args)?;
    let v = f.call(cx, receiver)?;
    if v == Value::EMPTY { Err(cx.stop_iteration(Value::NONE)) } else { Ok(v) }
}

/// `__bool__`.
pub fn bool(cx: &mut Ctx, f: Slot<BoolFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    take::<0>(cx, d, args)?;
    f.call(cx, receiver).map(Value::bool)
}

/// `__len__`.
pub fn len(cx: &mut Ctx, f: Slot<LenFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    take::<0>(cx, d, args)?;
    let n = f.call(cx, receiver)?;
    Ok(int::from_usize(cx, n))
}

/// `__hash__`.
pub fn hash(cx: &mut Ctx, f: Slot<HashFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    take::<0>(cx, d, args)?;
    let h = f.call(cx, receiver)?;
    Ok(int::from_i64(cx, h))
}

/// `f(self, other)`.
pub fn binary(cx: &mut Ctx, f: Slot<BinaryFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [other] = *take::<1>(cx, d, args)?;
    let r = f.call(cx, receiver, other)?;
    if r == Value::NOT_IMPLEMENTED {
        return protocol::number::sequence_declined(cx, d.name, receiver, other);
    }
    Ok(r)
}

/// `__getattribute__`.
pub fn getattr(cx: &mut Ctx, f: Slot<BinaryFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [name] = *take::<1>(cx, d, args)?;
    let name = attribute_name(cx, name)?;
    f.call(cx, receiver, name)
}

/// The interned form of an attribute's name.
pub fn attribute_name(cx: &mut Ctx, name: Value) -> PyResult {
    match Str::of_sub(cx, name) {
        Some(s) => Ok(s.intern(cx)),
        None => {
            let got = type_name(cx, name);
            Err(cx.type_error(format!("attribute name must be string, not '{got}'")))
        }
    }
}

/// `f(other, self)`.
pub fn reflected(cx: &mut Ctx, f: Slot<BinaryFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [other] = *take::<1>(cx, d, args)?;
    let r = f.call(cx, other, receiver)?;
    if r == Value::NOT_IMPLEMENTED {
        return protocol::number::sequence_declined(cx, d.name, receiver, other);
    }
    Ok(r)
}

fn pow_args(cx: &mut Ctx, d: &Dunder, args: CallArgs) -> PyResult<(Value, Value)> {
    no_keywords(cx, d, args)?;
    match *args.values {
        [a] => Ok((a, Value::NONE)),
        [a, m] => Ok((a, m)),
        _ => Err(cx.type_error(format!("expected 1 or 2 arguments, got {}", args.values.len()))),
    }
}

/// `__pow__`.
pub fn pow(cx: &mut Ctx, f: Slot<TernaryFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let (other, modulus) = pow_args(cx, d, args)?;
    f.call(cx, receiver, other, modulus)
}

/// `__rpow__`.
pub fn rpow(cx: &mut Ctx, f: Slot<TernaryFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let (other, modulus) = pow_args(cx, d, args)?;
    f.call(cx, other, receiver, modulus)
}

/// `__ipow__`.
pub fn ipow(cx: &mut Ctx, f: Slot<TernaryFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [other] = *take::<1>(cx, d, args)?;
    f.call(cx, receiver, other, Value::NONE)
}

/// `__setitem__`, `__set__`.
pub fn setitem(cx: &mut Ctx, f: Slot<StoreFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [key, value] = *take::<2>(cx, d, args)?;
    f.call(cx, receiver, key, value)?;
    Ok(Value::NONE)
}

/// `__delitem__`, `__delete__`.
pub fn delitem(cx: &mut Ctx, f: Slot<StoreFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [key] = *take::<1>(cx, d, args)?;
    f.call(cx, receiver, key, Value::EMPTY)?;
    Ok(Value::NONE)
}

/// `__setattr__`.
pub fn setattr(cx: &mut Ctx, f: Slot<StoreFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [name, value] = *take::<2>(cx, d, args)?;
    let name = attribute_name(cx, name)?;
    super::object_type::check_setattr_wrapper(cx, receiver, f, "__setattr__")?;
    f.call(cx, receiver, name, value)?;
    Ok(Value::NONE)
}

/// `__delattr__`.
pub fn delattr(cx: &mut Ctx, f: Slot<StoreFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [name] = *take::<1>(cx, d, args)?;
    let name = attribute_name(cx, name)?;
    super::object_type::check_setattr_wrapper(cx, receiver, f, "__delattr__")?;
    f.call(cx, receiver, name, Value::EMPTY)?;
    Ok(Value::NONE)
}

/// `__contains__`.
pub fn contains(cx: &mut Ctx, f: Slot<ContainsFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [value] = *take::<1>(cx, d, args)?;
    f.call(cx, receiver, value).map(Value::bool)
}

macro_rules! comparison {
    ($($name:ident = $op:ident),*) => {$(
        #[doc = concat!("`", stringify!($name), "`.")]
        pub fn $name(cx: &mut Ctx, f: Slot<CompareFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
            let [other] = *take::<1>(cx, d, args)?;
            f.call(cx, receiver, other, CmpOp::$op)
        }
    )*};
}
comparison!(lt = Lt, le = Le, eq = Eq, ne = Ne, gt = Gt, ge = Ge);

/// `__call__`.
pub fn call(cx: &mut Ctx, f: Slot<CallFn>, _: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    f.call(cx, receiver, args)
}

/// `__init__`.
pub fn init(cx: &mut Ctx, f: Slot<InitFn>, _: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    f.call(cx, receiver, args)?;
    Ok(Value::NONE)
}

/// `__get__`.
pub fn descr_get(
    cx: &mut Ctx,
    f: Slot<super::slots::DescrGetFn>,
    d: &'static Dunder,
    receiver: Value,
    args: CallArgs,
) -> PyResult {
    no_keywords(cx, d, args)?;
    let (instance, owner) = match *args.values {
        [i] => (i, Value::NONE),
        [i, o] => (i, o),
        _ => return Err(bind::positional_count(cx, d.name, args.values.len(), 1, 2, false)),
    };
    if instance == Value::NONE && owner == Value::NONE {
        return Err(cx.type_error("__get__(None, None) is invalid"));
    }
    // None stands for "no instance", unless the owner is None's own type.
    let absent = |v: Value| if v == Value::NONE { Value::EMPTY } else { v };
    f.call(cx, receiver, absent(instance), absent(owner))
}

/// `__buffer__`.
pub fn buffer(cx: &mut Ctx, f: Slot<BufferFn>, d: &'static Dunder, receiver: Value, args: CallArgs) -> PyResult {
    let [flags] = *take::<1>(cx, d, args)?;
    let flags = protocol::index(cx, flags)?;
    let view = f.call(cx, receiver, flags as u32)?;
    protocol::buffer::memoryview_of(cx, view)
}
