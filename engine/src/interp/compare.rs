//! Comparisons to a value, identity, membership.

use proto_core::{Kind, Value};

use super::arith::{both_float, both_int};
use super::dispatch::*;
use super::special::{self, enter};
use crate::ctx::{Ctx, PyResult};
use crate::objects::{self, Dict, Lookup, Seq, Set};
use crate::protocol::{self, CmpOp};

/// A rich comparison: `$int` compares tagged words, `$float` floats.
macro_rules! compare_op {
    ($($name:ident $slow:ident $op:ident $sign:tt;)*) => {
        ops! {
            $($name(pc, base, cx, table) {
                let (v, w) = (get(base, pc.left()), get(base, pc.right()));
                if both_int(v, w) {
                    set(base, pc.dst(), Value::bool((v.bits() as i64) $sign (w.bits() as i64)));
                    next!(pc.next(), base, cx, table)
                }
                if both_float(v, w) {
                    set(base, pc.dst(), Value::bool(v.float_unchecked() $sign w.float_unchecked()));
                    next!(pc.next(), base, cx, table)
                }
                return $slow(pc, base, cx, table)
            })*
        }
        $(
            #[inline(never)]
            unsafe extern "C" fn $slow(pc: At<f::Compare>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe {
                    let (v, w) = (get(base, pc.left()), get(base, pc.right()));
                    if let Some(r) = quick(CmpOp::$op, v, w) {
                        set(base, pc.dst(), Value::bool(r));
                        next!(pc.next(), base, cx, table)
                    }
                    enter!(special::compare(returns::COMPARE.to(pc), base, cx, CmpOp::$op, v, w), cx, table);
                    let cxr = publish(pc, base, cx);
                    let r = protocol::compare(cxr, v, w, CmpOp::$op);
                    finish!(r, pc.dst(), pc, base, cx, table)
                }
            }
        )*
    };
}

compare_op! {
    lt lt_slow Lt <;
    le le_slow Le <=;
    gt gt_slow Gt >;
    ge ge_slow Ge >=;
    eq eq_slow Eq ==;
    ne ne_slow Ne !=;
}

/// Comparisons of common values that need no slots.
#[inline]
pub(super) fn quick(op: CmpOp, v: Value, w: Value) -> Option<bool> {
    objects::simple_compare(op, v, w)
}

/// `v <op> w` as a truth value.
#[inline(never)]
pub(super) fn compare_truth(cx: &mut Ctx, op: CmpOp, v: Value, w: Value) -> PyResult<bool> {
    let r = protocol::compare(cx, v, w, op)?;
    match r.as_bool() {
        Some(b) => Ok(b),
        None => protocol::truth(cx, r),
    }
}

/// Identity as Python's `is` sees it: bits, or numbers of one type and value (a boxed number has no identity of its own).
#[inline(always)]
pub(super) fn identical(v: Value, w: Value) -> bool {
    v == w || (v.is_kind(Kind::Float) && w.is_kind(Kind::Float) && same_boxed_float(v, w))
}

/// `is` and `is not` of two boxed floats.
#[cold]
#[inline(never)]
unsafe extern "C" fn is_boxed(pc: At<f::Combine>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let same = same_boxed_float(get(base, pc.left()), get(base, pc.right()));
        set(base, pc.dst(), Value::bool(same == (pc.op() == engine_code::Op::Is as u8)));
        next!(pc.next(), base, cx, table)
    }
}

#[cold]
#[inline(never)]
fn same_boxed_float(v: Value, w: Value) -> bool {
    match (v.as_float(), w.as_float()) {
        (Some(f), Some(g)) => f.to_bits() == g.to_bits(),
        _ => false,
    }
}

/// `item in container`, if no Python code has to run for it.
#[inline(never)]
pub(super) fn contains_known(container: Value, item: Value) -> Option<bool> {
    match container.kind()? {
        Kind::Dict => match Dict::of(container)?.get_fast(item) {
            Lookup::Found(_) => Some(true),
            Lookup::Absent => Some(false),
            Lookup::Slow => None,
        },
        Kind::Set => Set::of(container)?.contains_fast(item),
        Kind::Tuple | Kind::List => {
            let items = Seq::of(container)?;
            for i in 0..items.len() {
                if objects::simple_eq(items.get(i)?, item)? {
                    return Some(true);
                }
            }
            Some(false)
        }
        _ => None,
    }
}

/// `item in container`.
#[inline(never)]
pub(super) fn contains_value(cx: &mut Ctx, container: Value, item: Value) -> PyResult<bool> {
    protocol::contains(cx, container, item)
}

ops! {
    is_same(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if v != w && v.is_kind(Kind::Float) && w.is_kind(Kind::Float) {
            return is_boxed(pc, base, cx, table);
        }
        set(base, pc.dst(), Value::bool(v == w));
        next!(pc.next(), base, cx, table)
    }

    is_not(pc, base, cx, table) {
        let (v, w) = (get(base, pc.left()), get(base, pc.right()));
        if v != w && v.is_kind(Kind::Float) && w.is_kind(Kind::Float) {
            return is_boxed(pc, base, cx, table);
        }
        set(base, pc.dst(), Value::bool(v != w));
        next!(pc.next(), base, cx, table)
    }

    contains(pc, base, cx, table) {
        if let Some(found) = contains_known(get(base, pc.right()), get(base, pc.left())) {
            set(base, pc.dst(), Value::bool(found));
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = contains_value(cxr, get(base, pc.right()), get(base, pc.left()));
        match r {
            Ok(found) => {
                set(base, pc.dst(), Value::bool(found));
                next!(pc.next(), base, cx, refreshed(cx, table))
            }
            Err(_) => return super::unwind::unwind(pc.pc(), base, cx, table),
        }
    }

    not_contains(pc, base, cx, table) {
        if let Some(found) = contains_known(get(base, pc.right()), get(base, pc.left())) {
            set(base, pc.dst(), Value::bool(!found));
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = contains_value(cxr, get(base, pc.right()), get(base, pc.left()));
        match r {
            Ok(found) => {
                set(base, pc.dst(), Value::bool(!found));
                next!(pc.next(), base, cx, refreshed(cx, table))
            }
            Err(_) => return super::unwind::unwind(pc.pc(), base, cx, table),
        }
    }
}
