//! Arithmetic dispatch and conversions to numbers.

use super::{BinOp, UnaryOp};
use crate::native::def::TypeFlags;
use crate::objects::{Str, base_value, float, int, num};
use crate::types::slot_python;
use crate::types::{Type, type_name, type_of};
use crate::{Ctx, PyResult, Raised};
use proto_core::{Kind, Value};

/// Tries the operand's slots; NotImplemented when neither knows.
#[inline]
fn try_binary(cx: &mut Ctx, op: BinOp, a: Value, b: Value) -> PyResult {
    let (ta, tb) = (type_of(cx, a), type_of(cx, b));
    let left = op.slot(ta.slots());
    let mut right = if ta == tb { None } else { op.slot(tb.slots()) };
    if let (Some(l), Some(r)) = (left, right)
        && l.addr() == r.addr()
    {
        right = None;
    }
    if let Some(l) = left {
        if let Some(r) = right
            && tb.is_subtype(ta)
        {
            let x = r.call(cx, a, b)?;
            if x != Value::NOT_IMPLEMENTED {
                return Ok(x);
            }
            right = None;
        }
        let x = l.call(cx, a, b)?;
        if x != Value::NOT_IMPLEMENTED {
            return Ok(x);
        }
    }
    match right {
        Some(r) => r.call(cx, a, b),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `a op b`.
pub fn binary(cx: &mut Ctx, op: BinOp, a: Value, b: Value) -> PyResult {
    if op == BinOp::Pow {
        return pow(cx, a, b, Value::NONE);
    }
    if let (BinOp::Add, Some(x), Some(y)) = (op, Str::of(a), Str::of(b)) {
        return cx.attempt(|heap| x.concat(heap, y));
    }
    // Only an instance of a Python class has an operator of its own that goes first.
    if op == BinOp::Mod
        && Str::of(a).is_some()
        && !b.is_kind(Kind::Object)
        && let Some(format) = cx.types.str.slots().mod_()
    {
        return format.call(cx, a, b);
    }
    cx.make_room(num::int_room(op, a, b))?;
    // Errors are worded by the slots.
    if let Some(Ok(r)) = num::arith(cx, op, a, b) {
        return Ok(r);
    }
    let r = try_binary(cx, op, a, b)?;
    if r == Value::NOT_IMPLEMENTED { Err(unsupported(cx, op, "", a, b)) } else { Ok(r) }
}

/// `a op b`, where `a` is an instance of a native type and no int, float, str or sequence.
pub fn binary_of_natives(cx: &mut Ctx, op: BinOp, a: Value, b: Value) -> PyResult {
    if op == BinOp::Pow {
        return pow(cx, a, b, Value::NONE);
    }
    let r = try_binary(cx, op, a, b)?;
    if r == Value::NOT_IMPLEMENTED { Err(unsupported(cx, op, "", a, b)) } else { Ok(r) }
}

/// `a op= b`.
pub fn inplace(cx: &mut Ctx, op: BinOp, a: Value, b: Value) -> PyResult {
    if let (BinOp::Add, Some(x), Some(y)) = (op, Str::of(a), Str::of(b)) {
        return cx.attempt(|heap| x.concat(heap, y));
    }
    let slots = type_of(cx, a).slots();
    if op == BinOp::Pow {
        if let Some(f) = slots.ipow() {
            let r = f.call(cx, a, b, Value::NONE)?;
            if r != Value::NOT_IMPLEMENTED {
                return Ok(r);
            }
        }
        let r = try_pow(cx, a, b, Value::NONE)?;
        return if r == Value::NOT_IMPLEMENTED { Err(unsupported_text(cx, "**=", a, b)) } else { Ok(r) };
    }
    if let Some(f) = op.inplace_slot(slots) {
        if let Some(r) = before_sequence(cx, op, a, b)? {
            return Ok(r);
        }
        let r = f.call(cx, a, b)?;
        if r != Value::NOT_IMPLEMENTED {
            return Ok(r);
        }
    }
    let r = try_binary(cx, op, a, b)?;
    if r == Value::NOT_IMPLEMENTED { Err(unsupported(cx, op, "=", a, b)) } else { Ok(r) }
}

/// What the Python class of `b` makes of `a += b` or `a *= b` where `a` is a built-in sequence: these extend themselves only if
/// no operand knows the operator.
fn before_sequence(cx: &mut Ctx, op: BinOp, a: Value, b: Value) -> PyResult<Option<Value>> {
    let (ta, tb) = (type_of(cx, a), type_of(cx, b));
    if !matches!(op, BinOp::Add | BinOp::Mul) || !tb.is_heap() || ta.is_heap() || !is_concatenable(cx, ta) {
        return Ok(None);
    }
    let name = op.reflected(cx.names);
    let r = slot_python::call_dunder_opt(cx, b, name, &[a])?;
    Ok(r.filter(|&r| r != Value::NOT_IMPLEMENTED))
}

/// `a op b` (or `a op= b`) once the Python method of `a` has returned NotImplemented; the type of `b` is no subclass of its.
pub(crate) fn left_declined(cx: &mut Ctx, op: BinOp, in_place: bool, a: Value, b: Value) -> PyResult {
    let (ta, tb) = (type_of(cx, a), type_of(cx, b));
    if ta != tb
        && let Some(f) = op.slot(tb.slots())
    {
        let python = op.slot(ta.slots()).is_some_and(|g| g.addr() == f.addr());
        let r = if python {
            let name = op.reflected(cx.names);
            slot_python::call_dunder_opt(cx, b, name, &[a])?.unwrap_or(Value::NOT_IMPLEMENTED)
        } else {
            f.call(cx, a, b)?
        };
        if r != Value::NOT_IMPLEMENTED {
            return Ok(r);
        }
    }
    Err(declined(cx, op, in_place, a, b))
}

/// `a op= b` once the in-place method of `a` has returned NotImplemented.
pub(crate) fn inplace_declined(cx: &mut Ctx, op: BinOp, a: Value, b: Value) -> PyResult {
    let r = try_binary(cx, op, a, b)?;
    if r == Value::NOT_IMPLEMENTED { Err(declined(cx, op, true, a, b)) } else { Ok(r) }
}

/// Raises what an operator raises that no operand knows.
pub(crate) fn declined(cx: &mut Ctx, op: BinOp, in_place: bool, a: Value, b: Value) -> Raised {
    unsupported(cx, op, if in_place { "=" } else { "" }, a, b)
}

/// Whether values of the type concatenate and repeat.
fn is_concatenable(cx: &Ctx, t: Type) -> bool {
    let types = cx.types;
    t.flags().has(TypeFlags::SEQUENCE) && t.slots().add().is_some()
        || t.is_subtype(types.str)
        || t.is_subtype(types.bytes)
        || t.slots().add().is_some() && native_name(t) == "bytearray"
}

fn cannot_concatenate(cx: &mut Ctx, ta: Type, tb: Type) -> Raised {
    let (x, y) = (native_name(ta), shown_name(cx, tb));
    cx.type_error(match x.as_str() {
        "bytes" | "bytearray" => format!("can't concat {y} to {x}"),
        "array" | "array.array" => format!("can only append array (not \"{y}\") to array"),
        _ => format!("can only concatenate {x} (not \"{y}\") to {x}"),
    })
}

/// What a native method called by its name raises for an operand that the operator would offer to the other side:
/// sequences have nobody to offer it to.
#[cold]
pub(crate) fn sequence_declined(cx: &mut Ctx, method: &str, a: Value, b: Value) -> PyResult {
    let (ta, tb) = (type_of(cx, a), type_of(cx, b));
    if !is_concatenable(cx, ta) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    match method {
        "__add__" => Err(cannot_concatenate(cx, ta, tb)),
        "__mul__" | "__rmul__" | "__imul__" => {
            let name = tb.name_str();
            Err(cx.type_error(format!("'{name}' object cannot be interpreted as an integer")))
        }
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

#[cold]
fn unsupported(cx: &mut Ctx, op: BinOp, suffix: &str, a: Value, b: Value) -> Raised {
    let (ta, tb) = (type_of(cx, a), type_of(cx, b));
    if op == BinOp::Add && is_concatenable(cx, ta) {
        return cannot_concatenate(cx, ta, tb);
    }
    if op == BinOp::Mul {
        let other = if is_concatenable(cx, ta) {
            Some(tb)
        } else if is_concatenable(cx, tb) {
            Some(ta)
        } else {
            None
        };
        if let Some(t) = other {
            let name = t.message_name();
            return cx.type_error(format!("can't multiply sequence by non-int of type '{name}'"));
        }
    }
    let text = format!("{}{suffix}", op.symbol());
    if op == BinOp::RShift
        && suffix.is_empty()
        && crate::native::NativeObj::of(a).is_some_and(|n| n.doc().starts_with("Prints the values"))
    {
        let (x, y) = (ta.name_str(), tb.name_str());
        return cx.type_error(format!(
            "unsupported operand type(s) for >>: '{x}' and '{y}'. Did you mean \"print(<message>, file=<output_stream>)\"?"
        ));
    }
    unsupported_text(cx, &text, a, b)
}

/// A type's name as its definition gives it: native types of other modules than `builtins` name their module.
fn shown_name(cx: &Ctx, t: Type) -> String {
    if t.is_heap() { t.name_str() } else { t.full_name(cx) }
}

/// The name of the nearest native type.
fn native_name(t: Type) -> String {
    let mut t = t;
    while t.is_heap() {
        match t.base() {
            Some(b) => t = b,
            None => break,
        }
    }
    t.name_str()
}

#[cold]
fn unsupported_text(cx: &mut Ctx, op: &str, a: Value, b: Value) -> Raised {
    let (x, y) = (type_name(cx, a), type_name(cx, b));
    cx.type_error(format!("unsupported operand type(s) for {op}: '{x}' and '{y}'"))
}

fn try_pow(cx: &mut Ctx, a: Value, b: Value, modulus: Value) -> PyResult {
    let (ta, tb) = (type_of(cx, a), type_of(cx, b));
    let left = ta.slots().pow();
    let mut right = if ta == tb { None } else { tb.slots().pow() };
    if let (Some(l), Some(r)) = (left, right)
        && l.addr() == r.addr()
    {
        right = None;
    }
    if let Some(l) = left {
        if let Some(r) = right
            && tb.is_subtype(ta)
        {
            let x = r.call(cx, a, b, modulus)?;
            if x != Value::NOT_IMPLEMENTED {
                return Ok(x);
            }
            right = None;
        }
        let x = l.call(cx, a, b, modulus)?;
        if x != Value::NOT_IMPLEMENTED {
            return Ok(x);
        }
    }
    if let Some(r) = right {
        let x = r.call(cx, a, b, modulus)?;
        if x != Value::NOT_IMPLEMENTED {
            return Ok(x);
        }
    }
    if modulus != Value::NONE
        && let Some(f) = type_of(cx, modulus).slots().pow()
        && left.is_none_or(|l| l.addr() != f.addr())
    {
        return f.call(cx, a, b, modulus);
    }
    Ok(Value::NOT_IMPLEMENTED)
}

/// `pow(a, b, modulus)`; None for no modulus.
pub fn pow(cx: &mut Ctx, a: Value, b: Value, modulus: Value) -> PyResult {
    let r = try_pow(cx, a, b, modulus)?;
    if r != Value::NOT_IMPLEMENTED {
        return Ok(r);
    }
    if modulus == Value::NONE {
        return Err(unsupported_text(cx, "** or pow()", a, b));
    }
    let (x, y, z) = (type_name(cx, a), type_name(cx, b), type_name(cx, modulus));
    Err(cx.type_error(format!("unsupported operand type(s) for ** or pow(): '{x}', '{y}', '{z}'")))
}

/// `-v`, `+v`, `~v`.
pub fn unary(cx: &mut Ctx, op: UnaryOp, v: Value) -> PyResult {
    let slots = type_of(cx, v).slots();
    let (slot, symbol) = match op {
        UnaryOp::Neg => (slots.neg(), "-"),
        UnaryOp::Pos => (slots.pos(), "+"),
        UnaryOp::Invert => (slots.invert(), "~"),
    };
    match slot {
        Some(f) => f.call(cx, v),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("bad operand type for unary {symbol}: '{name}'")))
        }
    }
}

/// `-v`.
pub fn neg(cx: &mut Ctx, v: Value) -> PyResult {
    unary(cx, UnaryOp::Neg, v)
}

/// `+v`.
pub fn pos(cx: &mut Ctx, v: Value) -> PyResult {
    unary(cx, UnaryOp::Pos, v)
}

/// `~v`.
pub fn invert(cx: &mut Ctx, v: Value) -> PyResult {
    unary(cx, UnaryOp::Invert, v)
}

/// `abs(v)`.
pub fn abs(cx: &mut Ctx, v: Value) -> PyResult {
    match type_of(cx, v).slots().abs() {
        Some(f) => f.call(cx, v),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("bad operand type for abs(): '{name}'")))
        }
    }
}

/// Whether `v` is an int of the core layout (a bool included).
fn is_int(v: Value) -> bool {
    v.is_int() || v.is_bool() || int::of(v).is_some()
}

/// The int that `v` stands for as an index (`__index__`); subclasses are unwrapped.
pub fn index_value(cx: &mut Ctx, v: Value) -> PyResult {
    if v.is_int() {
        return Ok(v);
    }
    if int::is_sub(cx, v) {
        return Ok(plain_int(cx, v));
    }
    match type_of(cx, v).slots().index() {
        Some(f) => {
            let r = f.call(cx, v)?;
            int_result(cx, r, "__index__")
        }
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("'{name}' object cannot be interpreted as an integer")))
        }
    }
}

/// The exact int of an int, a bool or an instance of a subclass.
fn plain_int(cx: &Ctx, v: Value) -> Value {
    let base = base_value(cx, v);
    match base {
        Value::TRUE => Value::small(1),
        Value::FALSE => Value::small(0),
        other => other,
    }
}

fn int_result(cx: &mut Ctx, r: Value, method: &str) -> PyResult {
    if is_int(r) && !r.is_bool() {
        return Ok(r);
    }
    if int::is_sub(cx, r) {
        let name = type_name(cx, r);
        crate::exceptions::warn_deprecated(
            cx,
            &format!(
                "{method} returned non-int (type {name}).  The ability to return an instance of a strict subclass of int is deprecated, and may not be supported in a future version of Python."
            ),
        )?;
        return Ok(plain_int(cx, r));
    }
    let name = type_name(cx, r);
    Err(cx.type_error(format!("{method} returned non-int (type {name})")))
}

/// `v.__index__()` as a machine word; `misfit` makes the error of one that does not fit.
#[inline(always)]
fn word(cx: &mut Ctx, v: Value, misfit: fn(&mut Ctx, Value) -> Raised) -> PyResult<i64> {
    if let Some(i) = v.as_int() {
        return Ok(i);
    }
    let r = index_value(cx, v)?;
    int::to_i64(r).ok_or_else(|| misfit(cx, v))
}

#[cold]
fn no_index_sized(cx: &Ctx, v: Value) -> String {
    format!("cannot fit '{}' into an index-sized integer", type_name(cx, v))
}

/// `v.__index__()` as a machine word; OverflowError when it does not fit.
#[inline]
pub fn index(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    word(cx, v, |cx, v| cx.overflow_error(no_index_sized(cx, v)))
}

/// An argument that CPython converts to `Py_ssize_t`: as [`index`] with that conversion's error.
#[inline]
pub fn ssize(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    word(cx, v, |cx, _| cx.overflow_error("Python int too large to convert to C ssize_t"))
}

/// An argument that CPython converts to a C `int`.
pub fn c_int(cx: &mut Ctx, v: Value) -> PyResult<i32> {
    if let Some(n) = v.as_int().and_then(|n| i32::try_from(n).ok()) {
        return Ok(n);
    }
    let n = index_value(cx, v)?;
    match int::to_i64(n).and_then(|n| i32::try_from(n).ok()) {
        Some(n) => Ok(n),
        None => Err(cx.overflow_error("Python int too large to convert to C int")),
    }
}

/// The index of a subscript: as [`index`] with IndexError.
#[inline]
pub fn subscript_index(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    word(cx, v, |cx, v| cx.index_error(no_index_sized(cx, v)))
}

/// `v.__index__()`, clipped to a machine word.
pub fn index_clip(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    let r = index_value(cx, v)?;
    Ok(int::to_i64(r).unwrap_or(if int::sign(r) < 0 { i64::MIN } else { i64::MAX }))
}

/// `v` as an int by `__int__` or `__index__` (texts are the business of `int()`).
pub fn int_value(cx: &mut Ctx, v: Value) -> PyResult {
    if is_int(v) {
        return Ok(plain_int(cx, v));
    }
    let slots = type_of(cx, v).slots();
    if let Some(f) = slots.int() {
        let r = f.call(cx, v)?;
        return int_result(cx, r, "__int__");
    }
    if slots.index().is_some() {
        return index_value(cx, v);
    }
    let name = type_name(cx, v);
    Err(cx.type_error(format!("int() argument must be a string, a bytes-like object or a real number, not '{name}'")))
}

/// `v` as a machine float, by `__float__` or `__index__`.
pub fn to_f64(cx: &mut Ctx, v: Value) -> PyResult<f64> {
    if let Some(f) = float::of(v) {
        return Ok(f);
    }
    if let Some(f) = float::of(base_value(cx, v)) {
        return Ok(f);
    }
    let slots = type_of(cx, v).slots();
    if !is_int(v)
        && let Some(f) = slots.float()
    {
        let r = f.call(cx, v)?;
        return match float::of(base_value(cx, r)) {
            Some(x) => Ok(x),
            None => {
                let (name, got) = (type_name(cx, v), type_name(cx, r));
                Err(cx.type_error(format!("{name}.__float__ returned non-float (type {got})")))
            }
        };
    }
    if is_int(v) || slots.index().is_some() {
        let i = index_value(cx, v)?;
        return match int::to_f64(i) {
            Some(x) => Ok(x),
            None => Err(cx.overflow_error("int too large to convert to float")),
        };
    }
    let name = type_name(cx, v);
    Err(cx.type_error(format!("must be real number, not {name}")))
}

/// `float(v)` of a number: unlike [`to_f64`] it asks the `__float__` of a subclass of float.
pub fn float_value(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = type_of(cx, v);
    if ty.is_heap()
        && !is_int(v)
        && let Some(f) = ty.slots().float()
    {
        let r = f.call(cx, v)?;
        if float::of(r).is_some() {
            return Ok(r);
        }
        let (name, got) = (type_name(cx, v), type_name(cx, r));
        let Some(x) = float::of(base_value(cx, r)) else {
            return Err(cx.type_error(format!("{name}.__float__ returned non-float (type {got})")));
        };
        let text = format!(
            "{name}.__float__ returned non-float (type {got}).  The ability to return an instance of a strict subclass of float is deprecated, and may be removed in a future version of Python."
        );
        crate::exceptions::raise::warn_deprecated(cx, &text)?;
        return Ok(float::new(cx, x));
    }
    let f = to_f64(cx, v)?;
    Ok(float::new(cx, f))
}
