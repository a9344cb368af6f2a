//! Jumps: unconditional, on truth and identity, fused with a comparison.

use proto_core::{Kind, Value};

use super::arith::{both_float, both_int};
use super::compare::{compare_truth, contains_known, contains_value, identical, quick};
use super::dispatch::*;
use super::record::OnReturn;
use super::special::{self, enter};
use crate::ctx::Ctx;
use crate::objects::{Bytes, Dict, List, Set, Str, Tuple};
use crate::protocol::{self, CmpOp};
use crate::types;

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
        next!(pc.offset(1 + abc(pc)), base, cx, table)
    }

    loop_back(pc, base, cx, table) {
        take!(pc.offset(1 + abc(pc)), base, cx, table)
    }

    jump_if_true(pc, base, cx, table) {
        let v = get(base, a(pc));
        if v == Value::TRUE {
            take!(pc.offset(1 + sbc(pc)), base, cx, table)
        }
        if v == Value::FALSE || v == Value::NONE {
            next!(pc.add(1), base, cx, table)
        }
        if v.is_int() {
            if v.bits() != 0 {
                take!(pc.offset(1 + sbc(pc)), base, cx, table)
            }
            next!(pc.add(1), base, cx, table)
        }
        return jump_if_true_slow(pc, base, cx, table)
    }

    jump_if_false(pc, base, cx, table) {
        let v = get(base, a(pc));
        if v == Value::FALSE || v == Value::NONE {
            next!(pc.offset(1 + sbc(pc)), base, cx, table)
        }
        if v == Value::TRUE {
            next!(pc.add(1), base, cx, table)
        }
        if v.is_int() {
            if v.bits() == 0 {
                next!(pc.offset(1 + sbc(pc)), base, cx, table)
            }
            next!(pc.add(1), base, cx, table)
        }
        return jump_if_false_slow(pc, base, cx, table)
    }

    jump_if_none(pc, base, cx, table) {
        if get(base, a(pc)).is_none() {
            next!(pc.offset(1 + sbc(pc)), base, cx, table)
        }
        next!(pc.add(1), base, cx, table)
    }

    jump_if_not_none(pc, base, cx, table) {
        if !get(base, a(pc)).is_none() {
            take!(pc.offset(1 + sbc(pc)), base, cx, table)
        }
        next!(pc.add(1), base, cx, table)
    }

    j_is(pc, base, cx, table) {
        let (v, w) = (get(base, a(pc)), get(base, b(pc)));
        if v == w {
            take!(pc.offset(2 + sx(pc)), base, cx, table)
        }
        if v.is_kind(Kind::Float) && w.is_kind(Kind::Float) {
            return j_is_boxed(pc, base, cx, table);
        }
        next!(pc.add(2), base, cx, table)
    }

    j_not_is(pc, base, cx, table) {
        let (v, w) = (get(base, a(pc)), get(base, b(pc)));
        if v == w {
            next!(pc.add(2), base, cx, table)
        }
        if v.is_kind(Kind::Float) && w.is_kind(Kind::Float) {
            return j_is_boxed(pc, base, cx, table);
        }
        next!(pc.offset(2 + sx(pc)), base, cx, table)
    }

    j_in(pc, base, cx, table) {
        match contains_known(get(base, b(pc)), get(base, a(pc))) {
            Some(true) => take!(pc.offset(2 + sx(pc)), base, cx, table),
            Some(false) => next!(pc.add(2), base, cx, table),
            None => {}
        }
        let cxr = publish(pc, base, cx);
        let r = contains_value(cxr, get(base, b(pc)), get(base, a(pc)));
        match r {
            Ok(true) => take!(pc.offset(2 + sx(pc)), base, cx, table),
            Ok(false) => next!(pc.add(2), base, cx, table),
            Err(_) => return super::unwind::unwind(pc, base, cx, table),
        }
    }

    j_not_in(pc, base, cx, table) {
        match contains_known(get(base, b(pc)), get(base, a(pc))) {
            Some(false) => next!(pc.offset(2 + sx(pc)), base, cx, table),
            Some(true) => next!(pc.add(2), base, cx, table),
            None => {}
        }
        let cxr = publish(pc, base, cx);
        let r = contains_value(cxr, get(base, b(pc)), get(base, a(pc)));
        match r {
            Ok(false) => next!(pc.offset(2 + sx(pc)), base, cx, table),
            Ok(true) => next!(pc.add(2), base, cx, table),
            Err(_) => return super::unwind::unwind(pc, base, cx, table),
        }
    }
}

slow! {
    /// `is` and `is not` of two boxed floats.
    j_is_boxed(pc, base, cx, table) {
        let same = identical(get(base, a(pc)), get(base, b(pc)));
        if same == (*pc as u8 == engine_code::Op::JIs as u8) {
            take!(pc.offset(2 + sx(pc)), base, cx, table)
        }
        next!(pc.add(2), base, cx, table)
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
            unsafe extern "C" fn $name(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe {
                    let v = get(base, a(pc));
                    let truth = match quick_truth(&*cx, v) {
                        Some(t) => t,
                        None => {
                            let then = if $wanted { OnReturn::TruthIf } else { OnReturn::TruthUnless };
                            enter!(special::unary(pc, base, cx, v, (*cx).names.__bool__, then), cx, table);
                            let cxr = publish(pc, base, cx);
                            match protocol::truth(cxr, v) {
                                Ok(t) => t,
                                Err(_) => return super::unwind::unwind(pc, base, cx, table),
                            }
                        }
                    };
                    if truth == $wanted {
                        take!(pc.offset(1 + sbc(pc)), base, cx, table)
                    }
                    next!(pc.add(1), base, cx, table)
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
                let (v, w) = (get(base, a(pc)), get(base, b(pc)));
                if both_int(v, w) {
                    if ((v.bits() as i64) $sign (w.bits() as i64)) == $wanted {
                        take!(pc.offset(2 + sx(pc)), base, cx, table)
                    }
                    next!(pc.add(2), base, cx, table)
                }
                if both_float(v, w) {
                    if (v.float_unchecked() $sign w.float_unchecked()) == $wanted {
                        take!(pc.offset(2 + sx(pc)), base, cx, table)
                    }
                    next!(pc.add(2), base, cx, table)
                }
                return $slow(pc, base, cx, table)
            })*
        }
        $(compare_jump_slow! { $slow $op $wanted |v, pc, base| get(base, b(pc)) })*
    };
}

/// Fused comparisons with a small int.
macro_rules! compare_jump_imm {
    ($($name:ident $slow:ident $op:ident $sign:tt $wanted:literal;)*) => {
        ops! {
            $($name(pc, base, cx, table) {
                let v = get(base, a(pc));
                if v.is_int() {
                    if ((v.bits() as i64) $sign (imm_b(pc) << 2)) == $wanted {
                        take!(pc.offset(2 + sx(pc)), base, cx, table)
                    }
                    next!(pc.add(2), base, cx, table)
                }
                return $slow(pc, base, cx, table)
            })*
        }
        $(compare_jump_slow! { $slow $op $wanted |v, pc, base| Value::small(imm_b(pc) as i32) })*
    };
}

macro_rules! compare_jump_slow {
    ($slow:ident $op:ident $wanted:literal |$v:ident, $pc:ident, $base:ident| $right:expr) => {
        #[inline(never)]
        unsafe extern "C" fn $slow($pc: *const u32, $base: *mut Value, cx: *mut Ctx, table: *const Handler) {
            // SAFETY: the handler contract (see `interp::dispatch`).
            unsafe {
                let $v = get($base, a($pc));
                let w = $right;
                let known = match quick(CmpOp::$op, $v, w) {
                    None => special::unlike(cx, CmpOp::$op, $v, w),
                    known => known,
                };
                let truth = match known {
                    Some(t) => t,
                    None => {
                        let then = if $wanted { OnReturn::JumpIf } else { OnReturn::JumpUnless };
                        enter!(special::compare($pc, $base, cx, CmpOp::$op, $v, w, then), cx, table);
                        let cxr = publish($pc, $base, cx);
                        match compare_truth(cxr, CmpOp::$op, $v, w) {
                            Ok(t) => t,
                            Err(_) => return super::unwind::unwind($pc, $base, cx, table),
                        }
                    }
                };
                if truth == $wanted {
                    take!($pc.offset(2 + sx($pc)), $base, cx, table)
                }
                next!($pc.add(2), $base, cx, table)
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
