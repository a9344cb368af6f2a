//! Raising and handling exceptions.

use proto_core::Value;

use super::dispatch::*;
use super::generator;
use super::unwind::{rethrow, unwind};
use crate::ctx::{Ctx, PyResult};
use crate::exceptions::{self, Exc};
use crate::types;

/// Sets the exception that is raised again. Code that no compiler made may have anything in its place.
#[inline(never)]
pub(super) fn again(cx: &mut Ctx, v: Value) {
    if exceptions::is_exception(cx, v) {
        cx.pending = v;
    } else {
        let _ = cx.system_error("what is raised again is no exception");
    }
}

ops! {
    raise_value(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let _ = exceptions::raise_stmt(cxr, get(base, pc.value()), Value::EMPTY);
        return unwind(pc.pc(), base, cx, table)
    }

    raise_from(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let _ = exceptions::raise_stmt(cxr, get(base, pc.value()), get(base, pc.other()));
        return unwind(pc.pc(), base, cx, table)
    }

    reraise(pc, base, cx, table) {
        again(&mut *cx, get(base, pc.value()));
        return rethrow(pc.pc(), base, cx, table)
    }

    reraise_current(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let handled = cxr.handled_exc();
        if handled.is_none() {
            let _ = cxr.raise(Exc::RuntimeError, "No active exception to reraise");
            return unwind(pc.pc(), base, cx, table);
        }
        again(cxr, handled);
        return rethrow(pc.pc(), base, cx, table)
    }

    push_exc(pc, base, cx, table) {
        let before = if code(base).code.flags.is_generator_like() { generator::enter_handler(&mut *cx) } else { (*cx).handled_exc() };
        set(base, pc.saved(), before);
        (*cx).set_handled_exc(get(base, pc.exception()));
        next!(pc.next(), base, cx, table)
    }

    pop_exc(pc, base, cx, table) {
        let before = get(base, pc.value());
        if before.is_empty() {
            generator::leave_handler(&mut *cx);
        } else {
            (*cx).set_handled_exc(before);
        }
        next!(pc.next(), base, cx, table)
    }

    jump_if_no_match(pc, base, cx, table) {
        let (exception, class) = (get(base, pc.left()), get(base, pc.right()));
        if types::type_of(&*cx, exception).value() == class {
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        match exceptions::check_exc_match(cxr, exception, class) {
            Ok(true) => next!(pc.next(), base, cx, refreshed(cx, table)),
            Ok(false) => next!(pc.target(), base, cx, refreshed(cx, table)),
            Err(_) => return unwind(pc.pc(), base, cx, table),
        }
    }

    check_eg_match(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = split_group(cxr, pc.pc(), base, base.add(pc.exception()), base.add(pc.types()));
        finish_unit!(r, pc, base, cx, table)
    }

    prep_reraise_star(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r: PyResult = exceptions::prep_reraise_star(cxr, get(base, pc.left()), get(base, pc.right()));
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    exc_info(pc, base, cx, table) {
        let exception = get(base, pc.exception());
        let at = pc.first();
        set(base, at, types::type_of(&*cx, exception).value());
        set(base, at + 1, exception);
        set(base, at + 2, traceback(&*cx, exception));
        next!(pc.next(), base, cx, table)
    }

    load_assertion_error(pc, base, cx, table) {
        set(base, pc.dst(), (*cx).types.exc(Exc::AssertionError).value());
        next!(pc.next(), base, cx, table)
    }
}

/// Splits the exception in one register by the classes in the other.
#[inline(never)]
unsafe fn split_group(
    cx: &mut Ctx,
    pc: *const u32,
    base: *mut Value,
    exception: *mut Value,
    classes: *mut Value,
) -> PyResult<()> {
    // SAFETY: both are registers of the frame with that base, which is at that instruction.
    unsafe {
        let given = *exception;
        let (matched, rest) = exceptions::eg_match(cx, given, *classes)?;
        if !matched.is_none() && !exceptions::group::is_group(cx, given) {
            // The group around it was made here.
            crate::frames::add_traceback(cx, matched, pc, base);
        }
        *exception = rest;
        *classes = matched;
    }
    Ok(())
}

/// The traceback of an exception, None if it has none.
#[inline(never)]
fn traceback(cx: &Ctx, exception: Value) -> Value {
    exceptions::get_traceback(cx, exception).non_empty().unwrap_or(Value::NONE)
}
