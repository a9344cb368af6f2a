//! Iteration: `for` loops over lists, tuples, ranges, generators and everything else.

use proto_core::Value;

use super::dispatch::*;
use super::generator::resume_window;
use super::record::OnReturn;
use super::unwind::unwind;
use crate::ctx::{Ctx, PyResult};
use crate::objects::{self, Generator, shapes};
use crate::protocol;
use crate::types;

ops! {
    get_iter(pc, base, cx, table) {
        let v = get(base, b(pc));
        if let Some(it) = objects::iter::iter_fast(&*cx, v) {
            set(base, a(pc), it);
            next!(pc.add(1), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = protocol::iter(cxr, v);
        finish!(r, a(pc), 1, pc, base, cx, table)
    }

    for_iter(pc, base, cx, table) {
        let it = get(base, b(pc));
        if let Some(item) = objects::iter::next_fast(&*cx, it) {
            if item.is_empty() {
                next!(pc.add(2), base, cx, table)
            }
            set(base, a(pc), item);
            let target = pc.offset(2 + sx(pc));
            if poll_due(cx) {
                return poll_then(target, base, cx, table);
            }
            next!(target, base, cx, table)
        }
        return for_iter_other(pc, base, cx, table)
    }

    range_prep(pc, base, cx, table) {
        let at = a(pc);
        let n = b(pc);
        if get(base, at) != (*cx).types.range.value() {
            next!(pc.add(2), base, cx, table)
        }
        let (start, stop, step) = match n {
            1 => (Value::small(0), get(base, at + 2), Value::small(1)),
            2 => (get(base, at + 2), get(base, at + 3), Value::small(1)),
            _ => (get(base, at + 2), get(base, at + 3), get(base, at + 4)),
        };
        if start.is_int() && stop.is_int() && step.is_int() && step.bits() != 0 {
            let (first, last, by) = (start.int_unchecked(), stop.int_unchecked(), step.int_unchecked());
            let count = range_count(first, last, by);
            set(base, at, Value::from_bits((count as u64) << 2));
            set(base, at + 1, start);
            set(base, at + 2, step);
            next!(pc.offset(2 + sx(pc)), base, cx, table)
        }
        next!(pc.add(2), base, cx, table)
    }

    for_range(pc, base, cx, table) {
        let state = b(pc);
        let left = get(base, state);
        if left.is_int() {
            if (left.bits() as i64) > 0 {
                let item = get(base, state + 1);
                set(base, state, Value::from_bits(left.bits() - 4));
                set(base, a(pc), item);
                // Past the last item this may wrap; nobody looks at it then.
                let step = get(base, state + 2).bits();
                set(base, state + 1, Value::from_bits(item.bits().wrapping_add(step)));
                let target = pc.offset(2 + sx(pc));
                if poll_due(cx) {
                    return poll_then(target, base, cx, table);
                }
                next!(target, base, cx, table)
            }
            next!(pc.add(2), base, cx, table)
        }
        return for_iter(pc, base, cx, table)
    }
}

/// How many items a range of small ints has.
#[inline]
fn range_count(first: i64, last: i64, step: i64) -> i64 {
    // Small ints have 62 bits: differences fit.
    if step > 0 {
        if first < last { (last - first - 1) / step + 1 } else { 0 }
    } else if first > last {
        (first - last - 1) / -step + 1
    } else {
        0
    }
}

#[inline(never)]
unsafe extern "C" fn for_iter_other(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let it = get(base, b(pc));
        if let Some(g) = Generator::of(it)
            && g.kind() == shapes::GENERATOR
        {
            let window = resume_window(&mut *cx, pc, base, g, Value::NONE, OnReturn::GeneratorFor);
            if !window.is_null() {
                next!(g.pc(), window, cx, table)
            }
        }
        let cxr = publish(pc, base, cx);
        let r = next_item(cxr, it);
        match r {
            Ok(item) => {
                if item.is_empty() {
                    next!(pc.add(2), base, cx, table)
                }
                set(base, a(pc), item);
                let target = pc.offset(2 + sx(pc));
                if poll_due(cx) {
                    return poll_then(target, base, cx, table);
                }
                next!(target, base, cx, table)
            }
            Err(_) => unwind(pc, base, cx, table),
        }
    }
}

/// The next item through the type's slot; EMPTY at the end.
#[inline(never)]
fn next_item(cx: &mut Ctx, it: Value) -> PyResult {
    let r = match types::type_of(cx, it).slots().next {
        Some(next) => next(cx, it),
        None => {
            let name = types::type_name(cx, it);
            return Err(cx.type_error(format!("'{name}' object is not an iterator")));
        }
    };
    match r {
        Err(raised) if cx.matches(&raised, crate::exceptions::Exc::StopIteration) => {
            cx.clear(raised);
            Ok(Value::EMPTY)
        }
        r => r,
    }
}
