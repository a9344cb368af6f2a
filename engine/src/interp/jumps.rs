//! Jumps: unconditional, on truth and identity, fused with a comparison.

use proto_core::{Kind, Value};

use super::arith::{both_float, both_int};
use super::compare::{compare_truth, contains_known, contains_value, identical, quick};
use super::dispatch::*;
use super::special::{self, enter};
use crate::ctx::Ctx;
use crate::native::def::Role;
use crate::native::object::role_of;
use crate::objects::{Bytes, Dict, List, Set, Str, Tuple};
use crate::protocol::{self, CmpOp};
use crate::types;
use engine_code::Drain;

/// Takes a jump that may go backward: polls first if somebody waits.
macro_rules! take {
    ($target:expr, $base:ident, $cx:ident, $table:ident) => {{
        let target = $target;
        if poll_due($cx) {
            return poll_then(target, $base, $cx, $table);
        }
        next!(target, $base, $cx, $table)
    }};
}

ops! {
    jump(pc, base, cx, table) {
        next!(pc.target(), base, cx, table)
    }

    loop_back(pc, base, cx, table) {
        take!(pc.target(), base, cx, table)
    }

    jump_if_true(pc, base, cx, table) {
        let v = get(base, pc.value());
        if v == Value::TRUE {
            take!(pc.target(), base, cx, table)
        }
        if v == Value::FALSE || v == Value::NONE {
            next!(pc.next(), base, cx, table)
        }
        if v.is_int() {
            if v.bits() != 0 {
                take!(pc.target(), base, cx, table)
            }
            next!(pc.next(), base, cx, table)
        }
        return jump_if_true_slow(pc, base, cx, table)
    }

    jump_if_false(pc, base, cx, table) {
        let v = get(base, pc.value());
        if v == Value::FALSE || v == Value::NONE {
            next!(pc.target(), base, cx, table)
        }
        if v == Value::TRUE {
            next!(pc.next(), base, cx, table)
        }
        if v.is_int() {
            if v.bits() == 0 {
                next!(pc.target(), base, cx, table)
            }
            next!(pc.next(), base, cx, table)
        }
        return jump_if_false_slow(pc, base, cx, table)
    }

    jump_if_none(pc, base, cx, table) {
        if get(base, pc.value()).is_none() {
            next!(pc.target(), base, cx, table)
        }
        next!(pc.next(), base, cx, table)
    }

    jump_if_not_none(pc, base, cx, table) {
        if !get(base, pc.value()).is_none() {
            take!(pc.target(), base, cx, table)
        }
        next!(pc.next(), base, cx, table)
    }

    j_is(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if v == w {
            take!(pc.target(), base, cx, table)
        }
        if v.is_kind(Kind::Float) && w.is_kind(Kind::Float) {
            return j_is_boxed(pc, base, cx, table);
        }
        next!(pc.next(), base, cx, table)
    }

    j_not_is(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if v == w {
            next!(pc.next(), base, cx, table)
        }
        if v.is_kind(Kind::Float) && w.is_kind(Kind::Float) {
            return j_is_boxed(pc, base, cx, table);
        }
        next!(pc.target(), base, cx, table)
    }

    j_not_drain(pc, base, cx, table) {
        let (v, types) = (get(base, pc.value()), &(*cx).types);
        let same = match Drain::from_u8(pc.which() as u8) {
            Some(Drain::Tuple) => v == types.tuple.value(),
            Some(Drain::List) => v == types.list.value(),
            Some(Drain::Set) => v == types.set.value(),
            Some(drain) => role_of(v) == Role::Drain(drain),
            None => false,
        };
        if same {
            next!(pc.next(), base, cx, table)
        }
        next!(pc.target(), base, cx, table)
    }

    j_in(pc, base, cx, table) {
        match contains_known(get(base, pc.right()), get(base, pc.left())) {
            Some(true) => take!(pc.target(), base, cx, table),
            Some(false) => next!(pc.next(), base, cx, table),
            None => {}
        }
        let cxr = publish(pc, base, cx);
        let r = contains_value(cxr, get(base, pc.right()), get(base, pc.left()));
        match r {
            Ok(true) => {
                let table = refreshed(cx, table);
                take!(pc.target(), base, cx, table)
            }
            Ok(false) => next!(pc.next(), base, cx, refreshed(cx, table)),
            Err(_) => return super::unwind::unwind(pc.pc(), base, cx, table),
        }
    }

    j_not_in(pc, base, cx, table) {
        match contains_known(get(base, pc.right()), get(base, pc.left())) {
            Some(false) => next!(pc.target(), base, cx, table),
            Some(true) => next!(pc.next(), base, cx, table),
            None => {}
        }
        let cxr = publish(pc, base, cx);
        let r = contains_value(cxr, get(base, pc.right()), get(base, pc.left()));
        match r {
            Ok(false) => next!(pc.target(), base, cx, refreshed(cx, table)),
            Ok(true) => next!(pc.next(), base, cx, refreshed(cx, table)),
            Err(_) => return super::unwind::unwind(pc.pc(), base, cx, table),
        }
    }
}

slow! {
    /// `is` and `is not` of two boxed floats.
    j_is_boxed: JumpCompare(pc, base, cx, table) {
        let same = identical(get(base, pc.left()), get(base, pc.right()));
        if same == (pc.op() == engine_code::Op::JIs as u8) {
            take!(pc.target(), base, cx, table)
        }
        next!(pc.next(), base, cx, table)
    }
}

/// Truth of a value that needs no call; bools and None were looked at before.
#[inline]
pub(super) fn quick_truth(heap: &proto_core::Heap, v: Value) -> Option<bool> {
    if v.is_int() {
        return Some(v.bits() != 0);
    }
    if v.is_short_str() || v.is_short_bytes() {
        return Some(v.short_len() != 0);
    }
    if v.is_float_imm() {
        return Some(true);
    }
    if v.is_ptr() { truth_of_object(heap, v) } else { None }
}

/// As [`quick_truth`], for what lies in the heap: containers by their length, what has neither length nor `__bool__`.
#[inline(never)]
fn truth_of_object(heap: &proto_core::Heap, v: Value) -> Option<bool> {
    let n = match v.kind_unchecked() {
        Kind::List => List::of(v)?.len(),
        Kind::Tuple => Tuple::of(v)?.len(),
        Kind::Dict => Dict::of(v)?.len(),
        Kind::Set => Set::of(v)?.len(),
        Kind::Str => Str::of(v)?.as_bytes().len(),
        Kind::Bytes => Bytes::of(v)?.as_slice().len(),
        Kind::Function | Kind::Method | Kind::Native | Kind::Generator => 1,
        Kind::Object => {
            let slots = types::type_of(heap, v).slots();
            return (slots.bool().is_none() && slots.len().is_none()).then_some(true);
        }
        _ => return None,
    };
    Some(n != 0)
}

/// The continuation of a truth test of something other than a bool.
macro_rules! truth_slow {
    ($($name:ident $wanted:literal;)*) => {
        $(
            #[inline(never)]
            unsafe extern "C" fn $name(pc: At<f::JumpIf>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe {
                    let v = get(base, pc.value());
                    let truth = match quick_truth(&*cx, v) {
                        Some(t) => t,
                        None => {
                            let then = if $wanted { returns::TRUTH_IF } else { returns::TRUTH_UNLESS };
                            enter!(special::unary(then.to(pc), base, cx, v, (*cx).names.__bool__), cx, table);
                            let cxr = publish(pc, base, cx);
                            match protocol::truth(cxr, v) {
                                Ok(t) => t,
                                Err(_) => return super::unwind::unwind(pc.pc(), base, cx, table),
                            }
                        }
                    };
                    let table = refreshed(cx, table);
                    if truth == $wanted {
                        take!(pc.target(), base, cx, table)
                    }
                    next!(pc.next(), base, cx, table)
                }
            }
        )*
    };
}

truth_slow! {
    jump_if_true_slow true;
    jump_if_false_slow false;
}

/// Fused comparisons. `$wanted`: the jump is taken when the comparison is that.
macro_rules! compare_jump {
    ($($name:ident $slow:ident $op:ident $sign:tt $wanted:literal;)*) => {
        ops! {
            $($name(pc, base, cx, table) {
                let (v, w) = (get(base, pc.left()), get(base, pc.right()));
                if both_int(v, w) {
                    if ((v.bits() as i64) $sign (w.bits() as i64)) == $wanted {
                        take!(pc.target(), base, cx, table)
                    }
                    next!(pc.next(), base, cx, table)
                }
                if both_float(v, w) {
                    if (v.float_unchecked() $sign w.float_unchecked()) == $wanted {
                        take!(pc.target(), base, cx, table)
                    }
                    next!(pc.next(), base, cx, table)
                }
                return $slow(pc, base, cx, table)
            })*
        }
        $(compare_jump_slow! { $slow $op $wanted JumpCompare |v, pc, base| get(base, pc.right()) })*
    };
}

/// Fused comparisons with a small int.
macro_rules! compare_jump_imm {
    ($($name:ident $slow:ident $op:ident $sign:tt $wanted:literal;)*) => {
        ops! {
            $($name(pc, base, cx, table) {
                let v = get(base, pc.left());
                if v.is_int() {
                    if ((v.bits() as i64) $sign (pc.right() << 2)) == $wanted {
                        take!(pc.target(), base, cx, table)
                    }
                    next!(pc.next(), base, cx, table)
                }
                return $slow(pc, base, cx, table)
            })*
        }
        $(compare_jump_slow! { $slow $op $wanted JumpCompareI |v, pc, base| Value::small(pc.right() as i32) })*
    };
}

macro_rules! compare_jump_slow {
    ($slow:ident $op:ident $wanted:literal $format:ident |$v:ident, $pc:ident, $base:ident| $right:expr) => {
        #[inline(never)]
        unsafe extern "C" fn $slow($pc: At<f::$format>, $base: *mut Value, cx: *mut Ctx, table: *const Handler) {
            // SAFETY: the handler contract (see `interp::dispatch`).
            unsafe {
                let $v = get($base, $pc.left());
                let w = $right;
                let known = match quick(CmpOp::$op, $v, w) {
                    None => special::unlike(cx, CmpOp::$op, $v, w),
                    known => known,
                };
                let truth = match known {
                    Some(t) => t,
                    None => {
                        let then = if $wanted { returns::JUMP_IF } else { returns::JUMP_UNLESS };
                        enter!(special::compare(then.to($pc), $base, cx, CmpOp::$op, $v, w), cx, table);
                        let cxr = publish($pc, $base, cx);
                        match compare_truth(cxr, CmpOp::$op, $v, w) {
                            Ok(t) => t,
                            Err(_) => return super::unwind::unwind($pc.pc(), $base, cx, table),
                        }
                    }
                };
                if truth == $wanted {
                    take!($pc.target(), $base, cx, table)
                }
                next!($pc.next(), $base, cx, table)
            }
        }
    };
}

compare_jump! {
    j_lt j_lt_slow Lt < true;
    j_le j_le_slow Le <= true;
    j_gt j_gt_slow Gt > true;
    j_ge j_ge_slow Ge >= true;
    j_eq j_eq_slow Eq == true;
    j_ne j_ne_slow Ne != true;
    j_not_lt j_not_lt_slow Lt < false;
    j_not_le j_not_le_slow Le <= false;
    j_not_gt j_not_gt_slow Gt > false;
    j_not_ge j_not_ge_slow Ge >= false;
    j_not_eq j_not_eq_slow Eq == false;
    j_not_ne j_not_ne_slow Ne != false;
}

compare_jump_imm! {
    j_lt_i j_lt_i_slow Lt < true;
    j_le_i j_le_i_slow Le <= true;
    j_gt_i j_gt_i_slow Gt > true;
    j_ge_i j_ge_i_slow Ge >= true;
    j_eq_i j_eq_i_slow Eq == true;
    j_ne_i j_ne_i_slow Ne != true;
    j_not_lt_i j_not_lt_i_slow Lt < false;
    j_not_le_i j_not_le_i_slow Le <= false;
    j_not_gt_i j_not_gt_i_slow Gt > false;
    j_not_ge_i j_not_ge_i_slow Ge >= false;
    j_not_eq_i j_not_eq_i_slow Eq == false;
    j_not_ne_i j_not_ne_i_slow Ne != false;
}
