//! Arithmetic: small ints and immediate floats inline, other numbers one call away, everything else through the slots.

use proto_core::{Kind, Value};

use super::dispatch::*;
use super::special::{self, enter};
use crate::ctx::{Ctx, PyResult};
use crate::objects::{List, Str, Tuple, base_value, num};
use crate::protocol::{self, BinOp, UnaryOp};
use crate::types::{self, Layout};

/// Whether both words are small ints.
#[inline(always)]
pub(super) fn both_int(v: Value, w: Value) -> bool {
    (v.bits() | w.bits()) & 3 == 0
}

/// Whether both words are immediate floats.
#[inline(always)]
pub(super) fn both_float(v: Value, w: Value) -> bool {
    v.is_float_imm() && w.is_float_imm()
}

/// Whether one of them may be an instance of a Python class.
#[inline(always)]
fn either_object(v: Value, w: Value) -> bool {
    v.is_kind(Kind::Object) || w.is_kind(Kind::Object)
}

/// Whether the left one is an instance of a native type (a decimal, a date) and the right one of no Python class: no method in Python
/// can have a say.
#[inline(always)]
fn are_native(heap: &proto_core::Heap, v: Value, w: Value) -> bool {
    let is_native = |v: Value| !heap.space().shape(crate::objects::shape_of(v)).of_class;
    v.is_kind(Kind::Object) && is_native(v) && (!w.is_kind(Kind::Object) || is_native(w))
}

/// Whether it is exactly a complex number.
#[inline(always)]
fn is_complex(v: Value) -> bool {
    v.is_kind(Kind::Object) && crate::objects::shape_of(v) == crate::types::COMPLEX_SHAPE
}

/// Stores a float result and goes on, if it is an immediate: boxing one is a call, which handlers leave to others.
macro_rules! float_result {
    ($f:expr, $pc:ident, $base:ident, $cx:ident, $table:ident) => {{
        if let Some(v) = Value::float_imm($f) {
            set($base, $pc.dst(), v);
            next!($pc.next(), $base, $cx, $table)
        }
    }};
}

/// A binary operator: `$int` works on the tagged words and gives `Option<u64>`, `$float` on floats.
macro_rules! binary_op {
    ($($name:ident $slow:ident $op:ident |$v:ident, $w:ident| $int:expr, |$f:ident, $g:ident| $float:expr;)*) => {
        ops! {
            $($name(pc, base, cx, table) {
                let ($v, $w) = (get(base, pc.left()), get(base, pc.right()));
                if both_int($v, $w) {
                    if let Some(bits) = $int {
                        set(base, pc.dst(), Value::from_bits(bits));
                        next!(pc.next(), base, cx, table)
                    }
                } else if both_float($v, $w) {
                    let ($f, $g) = ($v.float_unchecked(), $w.float_unchecked());
                    float_result!($float, pc, base, cx, table)
                }
                return $slow(pc, base, cx, table)
            })*
        }
        mixed_ops! { $($slow $op |$f, $g| Some($float);)* }
    };
}

/// The continuation of an operator on numbers of which one is a float; others go on as [`generic_ops`] does.
macro_rules! mixed_ops {
    ($($slow:ident $op:ident |$f:ident, $g:ident| $float:expr;)*) => {
        $(
            #[inline(never)]
            unsafe extern "C" fn $slow(pc: At<f::Binary>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe {
                    let (v, w) = (get(base, pc.left()), get(base, pc.right()));
                    if !both_int(v, w)
                        && let (Some($f), Some($g)) = (real(v), real(w))
                    {
                        let r: Option<f64> = $float;
                        if let Some(f) = r {
                            set(base, pc.dst(), (*cx).float(f));
                            next!(pc.next(), base, cx, table)
                        }
                    }
                    generic(pc, base, cx, table, BinOp::$op)
                }
            }
        )*
    };
}

/// A float, or a small int that is exact as one.
#[inline(always)]
fn real(v: Value) -> Option<f64> {
    if v.is_int() {
        let n = v.int_unchecked();
        return (n.unsigned_abs() <= 1 << 53).then_some(n as f64);
    }
    v.as_float()
}

/// The continuation of a binary operator whose operands are not the usual ones.
macro_rules! generic_ops {
    ($($slow:ident $op:ident;)*) => {
        $(
            #[inline(never)]
            unsafe extern "C" fn $slow(pc: At<f::Binary>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe { generic(pc, base, cx, table, BinOp::$op) }
            }
        )*
    };
}

/// Any operator on any operands.
#[inline(never)]
unsafe extern "C" fn generic(pc: At<f::Binary>, base: *mut Value, cx: *mut Ctx, table: *const Handler, op: BinOp) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if op == BinOp::Add && v.is_str() && w.is_str() {
            let s = concat(&*cx, v, w);
            if !s.is_empty() {
                set(base, pc.dst(), s);
                next!(pc.next(), base, cx, table)
            }
        }
        if op == BinOp::Add && is_sequence(v) && is_sequence(w) {
            let joined = join(&*cx, v, w, pc.in_place());
            if !joined.is_empty() {
                set(base, pc.dst(), joined);
                next!(pc.next(), base, cx, table)
            }
        }
        if either_object(v, w) {
            if is_complex(v) || is_complex(w) {
                let z = complex_op(&*cx, op, v, w);
                if !z.is_empty() {
                    set(base, pc.dst(), z);
                    next!(pc.next(), base, cx, table)
                }
            }
            if are_native(&*cx, v, w) && !pc.in_place() {
                let cxr = publish(pc, base, cx);
                let r = protocol::number::binary_of_natives(cxr, op, v, w);
                finish!(r, pc.dst(), pc, base, cx, table)
            }
            enter!(special::binary(pc.view(), base, cx, op, v, w), cx, table);
            let r = subclass_op(&*cx, op, v, w, pc.in_place());
            if !r.is_empty() {
                set(base, pc.dst(), r);
                next!(pc.next(), base, cx, table)
            }
        }
        let r = number_op(&*cx, op, v, w);
        if !r.is_empty() {
            set(base, pc.dst(), r);
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = apply(cxr, op, v, w, pc.in_place());
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// A binary operator that is never inline.
macro_rules! plain_ops {
    ($($name:ident $slow:ident $op:ident;)*) => {
        ops! {
            $($name(pc, base, cx, table) {
                return $slow(pc, base, cx, table)
            })*
        }
        generic_ops! { $($slow $op;)* }
    };
}

/// A binary operator with a small int as right operand. The last word: whether floats are worth doing in place.
macro_rules! immediate_op {
    ($($name:ident $slow:ident $op:ident |$v:ident, $w:ident| $int:expr, |$f:ident, $g:ident| $float:expr, $hot:literal;)*) => {
        ops! {
            $($name(pc, base, cx, table) {
                let $v = get(base, pc.left());
                if $v.is_int() {
                    let $w = Value::from_bits((pc.right() << 2) as u64);
                    if let Some(bits) = $int {
                        set(base, pc.dst(), Value::from_bits(bits));
                        next!(pc.next(), base, cx, table)
                    }
                } else if $hot && $v.is_float_imm() {
                    let ($f, $g) = ($v.float_unchecked(), pc.right() as f64);
                    let r: Option<f64> = $float;
                    if let Some(r) = r {
                        float_result!(r, pc, base, cx, table)
                    }
                }
                return $slow(pc, base, cx, table)
            })*
        }
        $(
            #[inline(never)]
            unsafe extern "C" fn $slow(pc: At<f::BinaryI>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe {
                    let $v = get(base, pc.left());
                    if $v.is_float_imm() {
                        let ($f, $g) = ($v.float_unchecked(), pc.right() as f64);
                        let r: Option<f64> = $float;
                        if let Some(r) = r {
                            set(base, pc.dst(), (*cx).float(r));
                            next!(pc.next(), base, cx, table)
                        }
                    }
                    let w = Value::small(pc.right() as i32);
                    if $v.is_kind(Kind::Object) {
                        enter!(special::binary(pc.view(), base, cx, BinOp::$op, $v, w), cx, table);
                        let r = subclass_op(&*cx, BinOp::$op, $v, w, pc.in_place());
                        if !r.is_empty() {
                            set(base, pc.dst(), r);
                            next!(pc.next(), base, cx, table)
                        }
                    }
                    let r = number_op(&*cx, BinOp::$op, $v, w);
                    if !r.is_empty() {
                        set(base, pc.dst(), r);
                        next!(pc.next(), base, cx, table)
                    }
                    let cxr = publish(pc, base, cx);
                    let r = apply(cxr, BinOp::$op, $v, w, pc.in_place());
                    finish!(r, pc.dst(), pc, base, cx, table)
                }
            }
        )*
    };
}

/// The concatenation of two strings; EMPTY for others, and where memory ends.
#[inline(never)]
fn concat(heap: &proto_core::Heap, v: Value, w: Value) -> Value {
    match (Str::of(v), Str::of(w)) {
        (Some(s), Some(t)) => s.concat(heap, t).unwrap_or(Value::EMPTY),
        _ => Value::EMPTY,
    }
}

/// The operator on numbers of the core types; EMPTY for other operands and for errors. Out of line, since it returns
/// through memory.
#[inline(never)]
fn number_op(heap: &proto_core::Heap, op: BinOp, v: Value, w: Value) -> Value {
    if num::int_room(op, v, w) != 0 {
        // The general way asks for the memory first.
        return Value::EMPTY;
    }
    match num::arith(heap, op, v, w) {
        Some(Ok(r)) => r,
        _ => Value::EMPTY,
    }
}

/// The operator on complex numbers; EMPTY for other operands and for errors.
#[inline(never)]
fn complex_op(heap: &proto_core::Heap, op: BinOp, v: Value, w: Value) -> Value {
    num::complex_arith(heap, op, v, w).unwrap_or(Value::EMPTY)
}

/// The operator on instances of number types' subclasses that leave it to those types (`IntEnum`, say); EMPTY for other operands and
/// for errors.
#[inline(never)]
fn subclass_op(cx: &Ctx, op: BinOp, v: Value, w: Value, in_place: bool) -> Value {
    match (as_number(cx, op, v, in_place), as_number(cx, op, w, false)) {
        (Some(v), Some(w)) => number_op(cx, op, v, w),
        _ => Value::EMPTY,
    }
}

/// The number that an operand is to an operator which its class did not take into its own hands.
fn as_number(cx: &Ctx, op: BinOp, v: Value, in_place: bool) -> Option<Value> {
    if !v.is_kind(Kind::Object) {
        return Some(v);
    }
    let ty = types::type_of(cx, v);
    let core = match ty.data().layout {
        Layout::Core(Kind::BigInt, _) => cx.types.int,
        Layout::Core(Kind::Float, _) => cx.types.float,
        _ => return None,
    };
    let own = op.slot(ty.slots())?.addr() != op.slot(core.slots())?.addr();
    if own || in_place && op.inplace_slot(ty.slots()).is_some() {
        return None;
    }
    Some(base_value(cx, v))
}

/// Whether it is a tuple or list, and no instance of a subclass.
#[inline(always)]
fn is_sequence(v: Value) -> bool {
    v.is_kind(Kind::Tuple) || v.is_kind(Kind::List)
}

/// `v + w` of two short tuples or two short lists; EMPTY for others, for which room has to be made first, and for `list += list`.
#[inline(never)]
fn join(heap: &proto_core::Heap, v: Value, w: Value, in_place: bool) -> Value {
    const SHORT: usize = 256;
    if let (Some(v), Some(w)) = (Tuple::of(v), Tuple::of(w))
        && v.len() + w.len() <= SHORT
    {
        return v.concat(heap, w);
    }
    if let (Some(v), Some(w)) = (List::of(v), List::of(w))
        && !in_place
        && v.len() + w.len() <= SHORT
    {
        return v.concat(heap, w).value();
    }
    Value::EMPTY
}

#[inline(never)]
fn apply(cx: &mut Ctx, op: BinOp, v: Value, w: Value, in_place: bool) -> PyResult {
    if !in_place {
        return protocol::binary(cx, op, v, w);
    }
    if v.is_kind(Kind::Object) {
        // A buffer that grows may collect the views of it that the program has dropped.
        protocol::buffer::forget_views();
    }
    protocol::inplace(cx, op, v, w)
}

/// Sum of two tagged ints; the tag bits stay zero.
#[inline(always)]
fn int_add(v: Value, w: Value) -> Option<u64> {
    (v.bits() as i64).checked_add(w.bits() as i64).map(|n| n as u64)
}

#[inline(always)]
fn int_sub(v: Value, w: Value) -> Option<u64> {
    (v.bits() as i64).checked_sub(w.bits() as i64).map(|n| n as u64)
}

#[inline(always)]
fn int_mul(v: Value, w: Value) -> Option<u64> {
    (v.bits() as i64 >> 2).checked_mul(w.bits() as i64).map(|n| n as u64)
}

/// A small power of a small int.
#[inline(always)]
fn int_pow(v: Value, w: Value) -> Option<Value> {
    let exponent = u32::try_from(w.int_unchecked()).ok()?;
    v.int_unchecked().checked_pow(exponent).and_then(Value::int)
}

/// Floored quotient. Tagged operands divide like untagged ones.
#[inline(always)]
fn int_floordiv(v: Value, w: Value) -> Option<u64> {
    let (n, d) = (v.bits() as i64 >> 2, w.bits() as i64 >> 2);
    if d == 0 || d == -1 {
        return None;
    }
    // SAFETY: just checked; it spares the compiler its own checks.
    unsafe { std::hint::assert_unchecked(d != 0 && d != -1) };
    let q = n / d;
    let q = if (n % d != 0) && ((n ^ d) < 0) { q - 1 } else { q };
    Some((q << 2) as u64)
}

/// Remainder with the sign of the divisor. Scaling both operands by four scales the remainder.
#[inline(always)]
fn int_mod(v: Value, w: Value) -> Option<u64> {
    let (n, d) = (v.bits() as i64, w.bits() as i64);
    if d == 0 || d == -4 {
        return None;
    }
    // SAFETY: just checked.
    unsafe { std::hint::assert_unchecked(d != 0 && d != -1) };
    let r = n % d;
    Some(if r != 0 && (r ^ d) < 0 { r + d } else { r } as u64)
}

#[inline(always)]
fn int_shl(v: Value, w: Value) -> Option<u64> {
    let (n, s) = (v.bits() as i64, w.bits() as i64 >> 2);
    if !(0..=61).contains(&s) {
        return None;
    }
    let r = n << s;
    if r >> s == n { Some(r as u64) } else { None }
}

#[inline(always)]
fn int_shr(v: Value, w: Value) -> Option<u64> {
    let (n, s) = (v.bits() as i64, w.bits() as i64 >> 2);
    if s < 0 {
        return None;
    }
    Some(((n >> s.min(63)) & !3) as u64)
}

/// Remainder of floats with the sign of the divisor, which is not zero.
#[inline(always)]
pub(super) fn float_mod(f: f64, g: f64) -> f64 {
    let r = f % g;
    if r != 0.0 { if (r < 0.0) != (g < 0.0) { r + g } else { r } } else { 0f64.copysign(g) }
}

binary_op! {
    add add_slow Add |v, w| int_add(v, w), |f, g| f + g;
    sub sub_slow Sub |v, w| int_sub(v, w), |f, g| f - g;
    mul mul_slow Mul |v, w| int_mul(v, w), |f, g| f * g;
}

ops! {
    modulo(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if both_int(v, w) && let Some(bits) = int_mod(v, w) {
            set(base, pc.dst(), Value::from_bits(bits));
            next!(pc.next(), base, cx, table)
        }
        return modulo_slow(pc, base, cx, table)
    }

    true_div(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if both_float(v, w) {
            // Immediate floats are never zero.
            float_result!(v.float_unchecked() / w.float_unchecked(), pc, base, cx, table)
        }
        if both_int(v, w) && w.bits() != 0 {
            let (n, d) = (v.int_unchecked(), w.int_unchecked());
            // Exact as floats up to 2**53, then one correctly rounded division.
            if n.unsigned_abs() < 1 << 53 && d.unsigned_abs() < 1 << 53 {
                float_result!(n as f64 / d as f64, pc, base, cx, table)
            }
        }
        return true_div_slow(pc, base, cx, table)
    }

    floor_div(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if both_int(v, w) && let Some(bits) = int_floordiv(v, w) {
            set(base, pc.dst(), Value::from_bits(bits));
            next!(pc.next(), base, cx, table)
        }
        return floor_div_slow(pc, base, cx, table)
    }

    l_shift(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if both_int(v, w) && let Some(bits) = int_shl(v, w) {
            set(base, pc.dst(), Value::from_bits(bits));
            next!(pc.next(), base, cx, table)
        }
        return l_shift_slow(pc, base, cx, table)
    }

    r_shift(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if both_int(v, w) && let Some(bits) = int_shr(v, w) {
            set(base, pc.dst(), Value::from_bits(bits));
            next!(pc.next(), base, cx, table)
        }
        return r_shift_slow(pc, base, cx, table)
    }

    bit_and(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if both_int(v, w) {
            set(base, pc.dst(), Value::from_bits(v.bits() & w.bits()));
            next!(pc.next(), base, cx, table)
        }
        return bit_and_slow(pc, base, cx, table)
    }

    bit_or(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if both_int(v, w) {
            set(base, pc.dst(), Value::from_bits(v.bits() | w.bits()));
            next!(pc.next(), base, cx, table)
        }
        return bit_or_slow(pc, base, cx, table)
    }

    bit_xor(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if both_int(v, w) {
            set(base, pc.dst(), Value::from_bits(v.bits() ^ w.bits()));
            next!(pc.next(), base, cx, table)
        }
        return bit_xor_slow(pc, base, cx, table)
    }

    neg(pc, base, cx, table) {
        let v = get(base, pc.src());
        if v.is_int() && let Some(n) = (v.bits() as i64).checked_neg() {
            set(base, pc.dst(), Value::from_bits(n as u64));
            next!(pc.next(), base, cx, table)
        }
        if v.is_float_imm() {
            // The sign does not touch the exponent: still immediate.
            let f = -v.float_unchecked();
            set(base, pc.dst(), Value::float_imm(f).unwrap_or(v));
            next!(pc.next(), base, cx, table)
        }
        return neg_slow(pc, base, cx, table)
    }

    pos(pc, base, cx, table) {
        let v = get(base, pc.src());
        if v.is_int() {
            set(base, pc.dst(), v);
            next!(pc.next(), base, cx, table)
        }
        return pos_slow(pc, base, cx, table)
    }

    invert(pc, base, cx, table) {
        let v = get(base, pc.src());
        if v.is_int() {
            set(base, pc.dst(), Value::from_bits(!v.bits() & !3));
            next!(pc.next(), base, cx, table)
        }
        return invert_slow(pc, base, cx, table)
    }

    not(pc, base, cx, table) {
        let v = get(base, pc.src());
        if v.is_bool() {
            set(base, pc.dst(), Value::bool(v == Value::FALSE));
            next!(pc.next(), base, cx, table)
        }
        return not_slow(pc, base, cx, table)
    }
}

mixed_ops! {
    true_div_slow TrueDiv |f, g| (g != 0.0).then(|| f / g);
    modulo_slow Mod |f, g| (g != 0.0).then(|| float_mod(f, g));
}

generic_ops! {
    floor_div_slow FloorDiv;
    l_shift_slow LShift;
    r_shift_slow RShift;
    bit_and_slow BitAnd;
    bit_or_slow BitOr;
    bit_xor_slow BitXor;
}

plain_ops! {
    mat_mul mat_mul_slow MatMul;
}

generic_ops! {
    pow_slow Pow;
}

ops! {
    pow(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if v.is_int() && w.is_int() && let Some(r) = int_pow(v, w) {
            set(base, pc.dst(), r);
            next!(pc.next(), base, cx, table)
        }
        return pow_slow(pc, base, cx, table)
    }
}

immediate_op! {
    add_i add_i_slow Add |v, w| int_add(v, w), |f, g| Some(f + g), true;
    sub_i sub_i_slow Sub |v, w| int_sub(v, w), |f, g| Some(f - g), true;
    mul_i mul_i_slow Mul |v, w| int_mul(v, w), |f, g| Some(f * g), true;
    floor_div_i floor_div_i_slow FloorDiv |v, w| int_floordiv(v, w), |f, g| { let _ = (f, g); None }, false;
    mod_i mod_i_slow Mod |v, w| int_mod(v, w), |f, g| (g != 0.0).then(|| float_mod(f, g)), false;
    bit_and_i bit_and_i_slow BitAnd |v, w| Some(v.bits() & w.bits()), |f, g| { let _ = (f, g); None }, false;
    l_shift_i l_shift_i_slow LShift |v, w| int_shl(v, w), |f, g| { let _ = (f, g); None }, false;
    r_shift_i r_shift_i_slow RShift |v, w| int_shr(v, w), |f, g| { let _ = (f, g); None }, false;
}

slow! {
    neg_slow: Unary(pc, base, cx, table) {
        enter!(special::unary(returns::STORE_SHORT.to(pc), base, cx, get(base, pc.src()), (*cx).names.__neg__), cx, table);
        let cxr = publish(pc, base, cx);
        let r = protocol::unary(cxr, UnaryOp::Neg, get(base, pc.src()));
        finish!(r, pc.dst(), pc, base, cx, table)
    }
    pos_slow: Unary(pc, base, cx, table) {
        enter!(special::unary(returns::STORE_SHORT.to(pc), base, cx, get(base, pc.src()), (*cx).names.__pos__), cx, table);
        let cxr = publish(pc, base, cx);
        let r = protocol::unary(cxr, UnaryOp::Pos, get(base, pc.src()));
        finish!(r, pc.dst(), pc, base, cx, table)
    }
    invert_slow: Unary(pc, base, cx, table) {
        enter!(special::unary(returns::STORE_SHORT.to(pc), base, cx, get(base, pc.src()), (*cx).names.__invert__), cx, table);
        let cxr = publish(pc, base, cx);
        let r = protocol::unary(cxr, UnaryOp::Invert, get(base, pc.src()));
        finish!(r, pc.dst(), pc, base, cx, table)
    }
    not_slow: Unary(pc, base, cx, table) {
        if let Some(truth) = super::jumps::quick_truth(&*cx, get(base, pc.src())) {
            set(base, pc.dst(), Value::bool(!truth));
            next!(pc.next(), base, cx, table)
        }
        enter!(special::unary(returns::NOT.to(pc), base, cx, get(base, pc.src()), (*cx).names.__bool__), cx, table);
        let cxr = publish(pc, base, cx);
        let r = protocol::truth(cxr, get(base, pc.src())).map(|t| Value::bool(!t));
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}
