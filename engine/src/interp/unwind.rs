//! Exceptions on their way up: through the exception tables, frame by frame, adding to the traceback.

use proto_core::Value;

use super::chain;
use super::dispatch::*;
use super::exc;
use super::generator;
use super::record::{Exit, OnReturn};
use super::trace;
use crate::ctx::Ctx;
use crate::exceptions::Exc;
use crate::frames;

/// Goes on with the pending exception, raised by the instruction at `pc`.
#[cold]
#[inline(never)]
pub(super) unsafe extern "C" fn unwind(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        if find_handler(pc, base, &mut *cx, true) {
            let table = refreshed(cx, table);
            next!((*cx).run.pc, (*cx).run.base, cx, table)
        }
    }
}

/// As [`unwind`], without a traceback entry for the frame it starts in: the exception already has one.
#[cold]
#[inline(never)]
pub(super) unsafe extern "C" fn rethrow(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        if find_handler(pc, base, &mut *cx, false) {
            let table = refreshed(cx, table);
            next!((*cx).run.pc, (*cx).run.base, cx, table)
        }
    }
}

/// Leaves frames until one handles the pending exception: publishes where that goes on. False: native code must handle it.
#[inline(never)]
unsafe fn find_handler(mut pc: *const u32, mut base: *mut Value, cx: &mut Ctx, mut add: bool) -> bool {
    chain::settle(cx);
    // SAFETY: handler contract; frames below are found through return addresses and records, as a return does.
    unsafe {
        loop {
            let exception = cx.pending;
            let code = code(base);
            publish(pc, base, cx);
            let handler = code.code.handler_at(code.index_of(pc));
            if !add && handler.is_none() && code.line_at(pc).unwrap_or(0) == 0 {
                // What cleans up and goes on has no line and stands for the instruction that brought the exception there: frames
                // that are left show that one.
                let (window, at) = cx.run.caught;
                let own = |at: *const u32| {
                    let offset = (at as usize).wrapping_sub(code.entry() as usize) / size_of::<u32>();
                    offset < code.code.instrs.len()
                };
                let raised = if window == base && own(at) { Some(at) } else { frames::raised_at(cx, exception, base) };
                if let Some(raised) = raised {
                    publish(raised, base, cx);
                }
            }
            if add && handler.is_some() {
                frames::add_traceback(cx, exception, pc, base);
            } else if add {
                frames::add_last_traceback(cx, exception, pc, base);
            }
            let mut exception = exception;
            if cx.run.tracer.is_active() {
                let target = handler.map(|h| code.entry().add(h.target as usize));
                trace::raised(cx, pc, base, add, target);
                exception = cx.pending;
            }
            add = true;
            if let Some(handler) = handler {
                // Quiet ones pass on what they were given.
                if code.line_at(pc).unwrap_or(0) != 0 {
                    cx.run.caught = (base, pc);
                }
                set(base, handler.reg as usize, exception);
                cx.run.settle_limit(base);
                cx.pending = Value::EMPTY;
                cx.run.pc = code.entry().add(handler.target as usize);
                return true;
            }
            let to = base.sub(1).read().bits() as *const u32;
            if !is_hook(to) {
                let call = At::<views::AnyCall>::preceding(to);
                pc = call.pc();
                base = base.sub(2 + call.window());
                continue;
            }
            let Some(record) = cx.run.records.pop() else { return false };
            if !record.frame.is_empty() {
                frames::detach(cx, &record);
            }
            // Walkers find no record any more: the position must be the caller's.
            cx.run.pc = record.pc;
            cx.run.base = record.caller;
            if record.on_return.is_generator() {
                // Outside its code: it has not started, and lets everything out.
                if code.contains(pc) { generator::failed(cx, &record) } else { generator::finished(cx, &record) }
            }
            if record.on_return.is_native() {
                cx.run.exit = Exit::Raised;
                return false;
            }
            pc = record.pc;
            base = record.caller;
            if record.on_return == OnReturn::Next && exc::is_exc(cx, cx.pending, Exc::StopIteration) {
                // The loop ends.
                cx.pending = Value::EMPTY;
                publish(pc, base, cx);
                cx.run.pc = returns::NEXT.of(&record).next();
                return true;
            }
        }
    }
}
