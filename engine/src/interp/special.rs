//! Special methods written in Python: found through the context's attribute table and entered as windows of the running
//! interpreter, so that operators, conversions and iteration need no native recursion.
//!
//! Everything here answers null where the ordinary way through the type's slots must be taken: the method is not a plain
//! function that wants these arguments, a subclass may have the first word, somebody waits for a safepoint, there is no room.

use proto_core::{Kind, Value};

use super::attr::shape_id;

use super::dispatch::*;
use super::fnptr;
use super::operands::{Back, Running};
use super::record::OnReturn;
use crate::code_rt::cache::{CacheKind, Fill};
use crate::code_rt::mega::Use;
use crate::ctx::Ctx;
use crate::protocol::{BinOp, CmpOp};
use crate::types::{self, type_epoch};

/// Goes on in a window, if there is one.
macro_rules! enter {
    ($window:expr, $cx:ident, $table:ident) => {{
        let window: *mut proto_core::Value = $window;
        if !window.is_null() {
            next!($crate::interp::fnptr::code(*window.sub(2)).entry(), window, $cx, $table)
        }
    }};
}
pub(super) use enter;

/// The plain Python function that the type of the object `v` has under `name`; EMPTY if it has another sort or none.
#[inline(always)]
pub(super) unsafe fn method(cx: *mut Ctx, v: Value, name: Value) -> Value {
    if !v.is_kind(Kind::Object) {
        return Value::EMPTY;
    }
    // SAFETY: handler contract; `v` is an object. The table's entry is read before anything can change it.
    unsafe {
        let e = (*cx).run.mega.get(shape_id(v), name, Use::Special, type_epoch());
        if !e.is_null() {
            return Value::from_bits((*e).p1);
        }
        find(&mut *cx, v, name)
    }
}

#[cold]
#[inline(never)]
fn find(cx: &mut Ctx, v: Value, name: Value) -> Value {
    let epoch = type_epoch();
    let shape = crate::objects::shape_of(v);
    let ty = types::type_of(cx, v);
    let (found, cacheable) = types::type_lookup_cacheable(cx, ty, name);
    let object = cx.types.object;
    let default = found.is_some() && ty != object && found == types::type_lookup(cx, object, name);
    let f = found.filter(|f| f.is_kind(Kind::Function)).unwrap_or(Value::EMPTY);
    if f.is_empty() && cacheable == types::Cacheable::No {
        return f;
    }
    let fill = Fill { epoch, p1: f.bits(), ..Fill::new(CacheKind::Function, shape.0, default as u16) };
    cx.run.mega.put(name, Use::Special, &fill);
    f
}

/// Whether the object `v` has the method `name` from `object`; false if that is not known.
unsafe fn is_default(cx: *mut Ctx, v: Value, name: Value) -> bool {
    // SAFETY: as in `method`.
    unsafe {
        let _ = method(cx, v, name);
        let e = (*cx).run.mega.get(shape_id(v), name, Use::Special, type_epoch());
        !e.is_null() && (*e).slot == 1
    }
}

/// Equality of a value with a number, a string or None that knows no such value; None if the methods must be asked.
#[inline(never)]
pub(super) unsafe fn unlike(cx: *mut Ctx, op: CmpOp, v: Value, w: Value) -> Option<bool> {
    let differ = match op {
        CmpOp::Eq => false,
        CmpOp::Ne => true,
        _ => return None,
    };
    if !(w.is_int() || w.is_none() || w.is_bool() || w.is_float_imm() || w.is_str()) {
        return None;
    }
    match v.kind()? {
        Kind::List | Kind::Tuple | Kind::Dict | Kind::Function => Some(differ),
        // SAFETY: handler contract.
        Kind::Object => unsafe {
            let names = (*cx).names;
            let default = is_default(cx, v, names.__eq__) && is_default(cx, v, names.__ne__);
            default.then_some(differ)
        },
        _ => None,
    }
}

/// Opens a window for the getter `f` of a property of `v`.
///
/// Out of line, as all that handlers call to open a window: the arguments of [`open`] are passed by address, and a handler with
/// a local whose address is taken dispatches by a call, which grows the native stack.
#[inline(never)]
pub(super) unsafe fn getter(back: Back, base: *mut Value, cx: *mut Ctx, f: Value, v: Value) -> *mut Value {
    // SAFETY: the handler contract; `f` is a function.
    unsafe { open(back, base, cx, f, (v, Value::EMPTY, Value::EMPTY)) }
}

/// Opens a window for the setter `f` of a property of `v`. Out of line, as [`getter`].
#[inline(never)]
pub(super) unsafe fn setter(back: Back, base: *mut Value, cx: *mut Ctx, f: Value, v: Value, new: Value) -> *mut Value {
    // SAFETY: the handler contract; `f` is a function.
    unsafe { open(back, base, cx, f, (v, new, Value::EMPTY)) }
}

/// Opens a window above the running frame for the function `f` with up to three arguments; EMPTY ends them. Not to be called by
/// handlers themselves (see [`getter`]).
#[inline(never)]
unsafe fn open(back: Back, base: *mut Value, cx: *mut Ctx, f: Value, args: (Value, Value, Value)) -> *mut Value {
    // SAFETY: the handler contract; `f` is a function.
    unsafe {
        let callee_code = fnptr::code(f);
        let callee = base.add(code(base).nregs as usize + 2);
        let end = callee.wrapping_add(callee_code.nregs as usize);
        let n = if args.1.is_empty() {
            1
        } else if args.2.is_empty() {
            2
        } else {
            3
        };
        if callee_code.fast_args != n || end > (*cx).run.soft_limit || poll_due(cx) {
            return std::ptr::null_mut();
        }
        *callee.sub(2) = f;
        *callee.sub(1) = Value::from_bits(hook_pc(back.kind) as u64);
        // A window has a reserve above it: all three may be written.
        *callee = args.0;
        *callee.add(1) = args.1;
        *callee.add(2) = args.2;
        for i in n as usize..callee_code.nlocals as usize {
            *callee.add(i) = Value::EMPTY;
        }
        (*cx).run.push(back.kind, callee, base, back.pc, Value::EMPTY, Value::EMPTY);
        callee
    }
}

/// Opens a window for the method `name` of `v`, called without arguments.
#[inline(never)]
pub(super) unsafe fn unary(back: Back, base: *mut Value, cx: *mut Ctx, v: Value, name: Value) -> *mut Value {
    // SAFETY: handler contract.
    unsafe {
        let f = method(cx, v, name);
        if f.is_empty() {
            return std::ptr::null_mut();
        }
        open(back, base, cx, f, (v, Value::EMPTY, Value::EMPTY))
    }
}

/// Opens a window for the method `name` of `v`, called with one argument.
#[inline(never)]
pub(super) unsafe fn with_one(
    back: Back,
    base: *mut Value,
    cx: *mut Ctx,
    v: Value,
    name: Value,
    arg: Value,
) -> *mut Value {
    // SAFETY: handler contract.
    unsafe {
        let f = method(cx, v, name);
        if f.is_empty() {
            return std::ptr::null_mut();
        }
        open(back, base, cx, f, (v, arg, Value::EMPTY))
    }
}

/// Opens a window for `container[key] = v`.
#[inline(never)]
pub(super) unsafe fn store_item(
    back: Back,
    base: *mut Value,
    cx: *mut Ctx,
    container: Value,
    key: Value,
    v: Value,
) -> *mut Value {
    // SAFETY: handler contract.
    unsafe {
        let f = method(cx, container, (*cx).names.__setitem__);
        if f.is_empty() {
            return std::ptr::null_mut();
        }
        open(back, base, cx, f, (container, key, v))
    }
}

/// Whether the right operand's type comes before the left one's, which is a Python class: it is a proper subclass.
#[inline(always)]
unsafe fn right_first(cx: *mut Ctx, v: Value, w: Value) -> bool {
    // SAFETY: handler contract; `v` is an object.
    unsafe { w.is_kind(Kind::Object) && shape_id(v) != shape_id(w) && right_first_slow(&*cx, v, w) }
}

#[inline(never)]
fn right_first_slow(cx: &Ctx, v: Value, w: Value) -> bool {
    let (left, right) = (types::type_of(cx, v), types::type_of(cx, w));
    left != right && right.is_subtype(left)
}

/// Whether the right operand's class has a reflected method of its own, beside that of the left one's, which it comes from.
#[inline(never)]
fn overloads(cx: &mut Ctx, v: Value, w: Value, reflected: Value) -> bool {
    let (left, right) = (types::type_of(cx, v), types::type_of(cx, w));
    types::type_lookup(cx, left, reflected) != types::type_lookup(cx, right, reflected)
}

/// Opens a window for the binary operator `op`.
#[inline(never)]
pub(super) unsafe fn binary(
    pc: At<views::Operator>,
    base: *mut Value,
    cx: *mut Ctx,
    op: BinOp,
    v: Value,
    w: Value,
) -> *mut Value {
    // SAFETY: handler contract.
    unsafe {
        let names = (*cx).names;
        if op == BinOp::Pow {
            return std::ptr::null_mut();
        }
        if !v.is_kind(Kind::Object) {
            if !w.is_kind(Kind::Object) || !(v.is_int() || v.is_float_imm()) {
                return std::ptr::null_mut();
            }
            let f = method(cx, w, op.reflected(names));
            if f.is_empty() || is_number(&*cx, w) {
                return std::ptr::null_mut();
            }
            // The number's own method does not know such an operand.
            return open(returns::REFLECTED.to(pc), base, cx, f, (w, v, Value::EMPTY));
        }
        if pc.in_place() {
            let f = method(cx, v, op.in_place(names));
            if !f.is_empty() {
                return open(returns::IN_PLACE.to(pc), base, cx, f, (v, w, Value::EMPTY));
            }
            if has_in_place(&*cx, v, op) {
                return std::ptr::null_mut();
            }
        }
        let f = method(cx, v, op.dunder(names));
        if f.is_empty() || right_first(cx, v, w) && overloads(&mut *cx, v, w, op.reflected(names)) {
            return std::ptr::null_mut();
        }
        open(returns::OPERATOR.to(pc), base, cx, f, (v, w, Value::EMPTY))
    }
}

/// Whether an object is one of a number type's subclass, which numbers may know.
#[inline(never)]
fn is_number(cx: &Ctx, w: Value) -> bool {
    let ty = types::type_of(cx, w);
    ty.is_subtype(cx.types.int) || ty.is_subtype(cx.types.float)
}

#[inline(never)]
fn has_in_place(cx: &Ctx, v: Value, op: BinOp) -> bool {
    let slots = types::type_of(cx, v).slots();
    op.inplace_slot(slots).is_some()
}

/// Opens a window for the comparison `op`.
#[inline(never)]
pub(super) unsafe fn compare(back: Back, base: *mut Value, cx: *mut Ctx, op: CmpOp, v: Value, w: Value) -> *mut Value {
    // SAFETY: handler contract.
    unsafe {
        if !v.is_kind(Kind::Object) {
            return std::ptr::null_mut();
        }
        let f = method(cx, v, op.dunder((*cx).names));
        if f.is_empty() || right_first(cx, v, w) {
            return std::ptr::null_mut();
        }
        open(back, base, cx, f, (v, w, Value::EMPTY))
    }
}

// --- what an operator's window returned ---

/// The operator of an arithmetic instruction, with its operands.
unsafe fn operation(pc: *const u32, base: *mut Value) -> Option<(BinOp, Value, Value)> {
    // SAFETY: the handler contract.
    unsafe {
        let plain = |op, i: At<f::Binary>| Some((op, get(base, i.left()), get(base, i.right())));
        let small = |op, i: At<f::BinaryI>| Some((op, get(base, i.left()), Value::small(i.right() as i32)));
        crate::for_each_operator!(operators Running::at(pc)?, plain small)
    }
}

/// The operator that an instruction stands for: those of an operator's row.
macro_rules! operators {
    ($running:expr, $plain:ident $small:ident { $($op:ident $symbol:literal: $slot:ident $in_place:ident,
        $dunder:ident $reflected:ident $idunder:ident, $name:literal $iname:literal, [$($immediate:ident)?];)* }) => {
        match $running {
            $(Running::$op(i) => $plain(BinOp::$op, i),
            $(Running::$immediate(i) => $small(BinOp::$op, i),)?)*
            _ => None,
        }
    };
}
use operators;

/// The comparison of an instruction, with its operands.
unsafe fn comparison(pc: *const u32, base: *mut Value) -> Option<(CmpOp, Value, Value)> {
    use Running::*;
    // SAFETY: the handler contract.
    unsafe {
        let plain = |op, i: At<f::Compare>| Some((op, get(base, i.left()), get(base, i.right())));
        let jump = |op, i: At<f::JumpCompare>| Some((op, get(base, i.left()), get(base, i.right())));
        let small = |op, i: At<f::JumpCompareI>| Some((op, get(base, i.left()), Value::small(i.right() as i32)));
        match Running::at(pc)? {
            Lt(i) => plain(CmpOp::Lt, i),
            Le(i) => plain(CmpOp::Le, i),
            Gt(i) => plain(CmpOp::Gt, i),
            Ge(i) => plain(CmpOp::Ge, i),
            Eq(i) => plain(CmpOp::Eq, i),
            Ne(i) => plain(CmpOp::Ne, i),
            JLt(i) | JNotLt(i) => jump(CmpOp::Lt, i),
            JLe(i) | JNotLe(i) => jump(CmpOp::Le, i),
            JGt(i) | JNotGt(i) => jump(CmpOp::Gt, i),
            JGe(i) | JNotGe(i) => jump(CmpOp::Ge, i),
            JEq(i) | JNotEq(i) => jump(CmpOp::Eq, i),
            JNe(i) | JNotNe(i) => jump(CmpOp::Ne, i),
            JLtI(i) | JNotLtI(i) => small(CmpOp::Lt, i),
            JLeI(i) | JNotLeI(i) => small(CmpOp::Le, i),
            JGtI(i) | JNotGtI(i) => small(CmpOp::Gt, i),
            JGeI(i) | JNotGeI(i) => small(CmpOp::Ge, i),
            JEqI(i) | JNotEqI(i) => small(CmpOp::Eq, i),
            JNeI(i) | JNotNeI(i) => small(CmpOp::Ne, i),
            _ => None,
        }
    }
}

/// What an arithmetic instruction gives whose first method did not know the operands.
#[inline(never)]
unsafe fn retry(pc: At<views::Operator>, base: *mut Value, cx: &mut Ctx, on_return: OnReturn) -> crate::ctx::PyResult {
    use crate::protocol::number;
    // SAFETY: the handler contract.
    let Some((op, v, w)) = (unsafe { operation(pc.pc(), base) }) else {
        return Err(cx.system_error("not an operator"));
    };
    match on_return {
        OnReturn::InPlace => number::inplace_declined(cx, op, v, w),
        OnReturn::Reflected => Err(number::declined(cx, op, pc.in_place(), v, w)),
        _ => number::left_declined(cx, op, pc.in_place(), v, w),
    }
}

/// The result of a comparison instruction whose first method did not know the operands.
#[inline(never)]
unsafe fn retry_compare(pc: *const u32, base: *mut Value, cx: &mut Ctx) -> crate::ctx::PyResult {
    // SAFETY: the handler contract.
    let Some((op, v, w)) = (unsafe { comparison(pc, base) }) else { return Err(cx.system_error("not a comparison")) };
    crate::protocol::compare::left_declined(cx, v, w, op)
}

slow! { views
    /// An arithmetic instruction whose first method returned NotImplemented.
    operator_declined: Operator(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = retry(pc, base, cxr, OnReturn::Operator);
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    /// As `operator_declined`, for the method of an augmented assignment.
    in_place_declined: Operator(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = retry(pc, base, cxr, OnReturn::InPlace);
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    /// As `operator_declined`, for the last method to be asked.
    reflected_declined: Operator(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = retry(pc, base, cxr, OnReturn::Reflected);
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    /// A comparison whose first method returned NotImplemented.
    compare_declined: Short(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = retry_compare(pc.pc(), base, cxr);
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// A comparing jump whose method returned something other than a bool.
#[cold]
#[inline(never)]
pub(super) unsafe extern "C" fn jump_other(
    pc: At<views::LongJump>,
    base: *mut Value,
    cx: *mut Ctx,
    table: *const Handler,
    result: Value,
    wanted: bool,
) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let cxr = publish(pc, base, cx);
        match truth_of_jump(pc.pc(), base, cxr, result) {
            Ok(truth) if truth == wanted => {
                let target = pc.target();
                if poll_due(cx) {
                    return poll_then(target, base, cx, table);
                }
                next!(target, base, cx, refreshed(cx, table))
            }
            Ok(_) => next!(pc.next(), base, cx, refreshed(cx, table)),
            Err(_) => super::unwind::unwind(pc.pc(), base, cx, table),
        }
    }
}

#[inline(never)]
unsafe fn truth_of_jump(pc: *const u32, base: *mut Value, cx: &mut Ctx, result: Value) -> crate::ctx::PyResult<bool> {
    // SAFETY: the handler contract.
    let result = if result == Value::NOT_IMPLEMENTED { unsafe { retry_compare(pc, base, cx)? } } else { result };
    crate::protocol::truth(cx, result)
}

/// What `__bool__` returned, if that is no bool.
#[cold]
#[inline(never)]
pub(super) unsafe extern "C" fn bad_bool(
    pc: *const u32,
    base: *mut Value,
    cx: *mut Ctx,
    table: *const Handler,
    result: Value,
) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        no_bool(publish(pc, base, cx), result);
        super::unwind::unwind(pc, base, cx, table)
    }
}

#[inline(never)]
fn no_bool(cx: &mut Ctx, result: Value) {
    let got = types::type_name(cx, result);
    let _ = cx.type_error(format!("__bool__ should return bool, returned {got}"));
}

/// What `__iter__` returned, if that is no generator: it must be an iterator.
#[inline(never)]
pub(super) unsafe extern "C" fn iterator_returned(
    pc: At<views::Short>,
    base: *mut Value,
    cx: *mut Ctx,
    table: *const Handler,
    result: Value,
) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let cxr = publish(pc, base, cx);
        if types::type_of(cxr, result).slots().next().is_some() {
            set(base, pc.dst(), result);
            next!(pc.next(), base, cx, table)
        }
        no_iterator(cxr, result);
        super::unwind::unwind(pc.pc(), base, cx, table)
    }
}

#[inline(never)]
fn no_iterator(cx: &mut Ctx, result: Value) {
    let got = types::type_name(cx, result);
    let _ = cx.type_error(format!("iter() returned non-iterator of type '{got}'"));
}
