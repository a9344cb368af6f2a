//! The instructions that windows with a record return to, one for each kind of record: where they lead is predicted as the
//! return of an ordinary function is.

use proto_core::Value;

use super::chain;
use super::dispatch::*;
use super::generator;
use super::iter::with_item;
use super::record::{Exit, OnReturn, Record};
use super::special;
use super::unwind::unwind;
use crate::ctx::Ctx;
use crate::frames;

/// Takes a jump, which polls first if somebody waits.
macro_rules! jump {
    ($target:expr, $base:ident, $cx:ident, $table:ident) => {{
        let target = $target;
        if poll_due($cx) {
            return poll_then(target, $base, $cx, $table);
        }
        next!(target, $base, $cx, $table)
    }};
}

/// An array of the handlers for all kinds, which must come in order.
macro_rules! hooks {
    ($($kind:ident)*) => {{
        const HOOKS: &[(OnReturn, HandlerFn)] =
            &[$((OnReturn::$kind, on_return::<{ OnReturn::$kind as u8 }> as HandlerFn)),*];
        let mut handlers = [HOOKS[0].1; OnReturn::ALL.len()];
        let mut i = 0;
        while i < handlers.len() {
            assert!(HOOKS[i].0 as usize == i && OnReturn::ALL[i] as usize == i);
            handlers[i] = HOOKS[i].1;
            i += 1;
        }
        handlers
    }};
}

/// The handlers of the hook instructions, by [`OnReturn`].
pub(super) const HANDLERS: [HandlerFn; OnReturn::ALL.len()] = hooks! {
    Call
    Native
    Init
    Store
    StoreShort
    Drop
    Operator
    InPlace
    Reflected
    Compare
    JumpIf
    JumpUnless
    TruthIf
    TruthUnless
    Not
    Iter
    Next
    GeneratorFor
    GeneratorSend
    GeneratorNext
    GeneratorNative
    GeneratorChain
};

/// Completes the return of the window whose record, of this kind, is on top. `base` is two words below that window, where
/// the result is.
unsafe extern "C" fn on_return<const KIND: u8>(_pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract, but for `base`: a hooked window's record names the caller's window and instruction. The
    // record may be read until another one is pushed.
    unsafe {
        let result = *base;
        if const { KIND == OnReturn::GeneratorChain as u8 } {
            if chain::shorten(cx) {
                return on_return::<{ OnReturn::GeneratorSend as u8 }>(_pc, base, cx, table);
            }
            return chain::returned(cx, table, result);
        }
        let record = (*cx).run.pop_ptr();
        if record.is_null() {
            return;
        }
        let record = &*record;
        if !record.frame.is_empty() {
            detach(cx, record);
        }
        let (caller, at) = (record.caller, record.pc);
        match const { OnReturn::ALL[KIND as usize] } {
            OnReturn::Call => {
                set(caller, c(at), result);
                next!(at.add(2), caller, cx, table)
            }
            OnReturn::Init => {
                if !result.is_none() {
                    return bad_init(at, caller, cx, table, result);
                }
                set(caller, c(at), record.extra);
                next!(at.add(2), caller, cx, table)
            }
            OnReturn::Store => {
                set(caller, a(at), result);
                next!(at.add(2), caller, cx, table)
            }
            OnReturn::StoreShort => {
                set(caller, a(at), result);
                next!(at.add(1), caller, cx, table)
            }
            OnReturn::Drop => next!(at.add(2), caller, cx, table),
            OnReturn::Operator => {
                if result == Value::NOT_IMPLEMENTED {
                    return special::operator_declined(at, caller, cx, table);
                }
                set(caller, a(at), result);
                next!(at.add(2), caller, cx, table)
            }
            OnReturn::InPlace => {
                if result == Value::NOT_IMPLEMENTED {
                    return special::in_place_declined(at, caller, cx, table);
                }
                set(caller, a(at), result);
                next!(at.add(2), caller, cx, table)
            }
            OnReturn::Reflected => {
                if result == Value::NOT_IMPLEMENTED {
                    return special::reflected_declined(at, caller, cx, table);
                }
                set(caller, a(at), result);
                next!(at.add(2), caller, cx, table)
            }
            OnReturn::Compare => {
                if result == Value::NOT_IMPLEMENTED {
                    return special::compare_declined(at, caller, cx, table);
                }
                set(caller, a(at), result);
                next!(at.add(2), caller, cx, table)
            }
            OnReturn::JumpIf => {
                if result == Value::TRUE {
                    jump!(at.offset(2 + sx(at)), caller, cx, table)
                }
                if result == Value::FALSE {
                    next!(at.add(2), caller, cx, table)
                }
                special::jump_other(at, caller, cx, table, result, true)
            }
            OnReturn::JumpUnless => {
                if result == Value::FALSE {
                    jump!(at.offset(2 + sx(at)), caller, cx, table)
                }
                if result == Value::TRUE {
                    next!(at.add(2), caller, cx, table)
                }
                special::jump_other(at, caller, cx, table, result, false)
            }
            OnReturn::TruthIf => {
                if result == Value::TRUE {
                    jump!(at.offset(1 + sbc(at)), caller, cx, table)
                }
                if result == Value::FALSE {
                    next!(at.add(1), caller, cx, table)
                }
                special::bad_bool(at, caller, cx, table, result)
            }
            OnReturn::TruthUnless => {
                if result == Value::FALSE {
                    jump!(at.offset(1 + sbc(at)), caller, cx, table)
                }
                if result == Value::TRUE {
                    next!(at.add(1), caller, cx, table)
                }
                special::bad_bool(at, caller, cx, table, result)
            }
            OnReturn::Not => {
                if !result.is_bool() {
                    return special::bad_bool(at, caller, cx, table, result);
                }
                set(caller, a(at), Value::bool(result == Value::FALSE));
                next!(at.add(1), caller, cx, table)
            }
            OnReturn::Iter => special::iterator_returned(at, caller, cx, table, result),
            OnReturn::Next => {
                set(caller, a(at), result);
                with_item(at, caller, cx, table)
            }
            OnReturn::GeneratorFor => {
                generator::finished(&mut *cx, record);
                next!(at.add(2), caller, cx, table)
            }
            OnReturn::GeneratorSend => {
                generator::finished(&mut *cx, record);
                set(caller, b(at), result);
                next!(at.offset(2 + sx(at)), caller, cx, table)
            }
            OnReturn::GeneratorNext => {
                generator::finished(&mut *cx, record);
                generator::call_ended(at, caller, cx, table, result)
            }
            OnReturn::GeneratorNative => {
                generator::finished(&mut *cx, record);
                (*cx).run.exit = Exit::Returned;
                (*cx).run.result = result;
            }
            OnReturn::GeneratorChain => {}
            OnReturn::Native => {
                (*cx).run.exit = Exit::Returned;
                (*cx).run.result = result;
            }
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn detach(cx: *mut Ctx, record: &Record) {
    // SAFETY: handler contract; the window's registers are still there.
    unsafe { frames::detach(&mut *cx, record) }
}

#[cold]
#[inline(never)]
unsafe extern "C" fn bad_init(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler, result: Value) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        not_none(publish(pc, base, cx), result);
        unwind(pc, base, cx, table)
    }
}

#[inline(never)]
fn not_none(cx: &mut Ctx, result: Value) {
    let name = crate::types::type_name(cx, result);
    let _ = cx.type_error(format!("__init__() should return None, not '{name}'"));
}
