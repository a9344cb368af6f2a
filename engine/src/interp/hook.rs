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
    DropShort
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
    GeneratorDefault
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
        let caller = record.caller;
        match const { OnReturn::ALL[KIND as usize] } {
            OnReturn::Call => {
                let at = returns::CALL.of(record);
                set(caller, at.dst(), result);
                next!(at.next(), caller, cx, table)
            }
            OnReturn::Init => {
                let at = returns::INIT.of(record);
                if !result.is_none() {
                    return bad_init(at, caller, cx, table, result);
                }
                set(caller, at.dst(), record.extra);
                next!(at.next(), caller, cx, table)
            }
            OnReturn::Store => {
                let at = returns::STORE.of(record);
                set(caller, at.dst(), result);
                next!(at.next(), caller, cx, table)
            }
            OnReturn::StoreShort => {
                let at = returns::STORE_SHORT.of(record);
                set(caller, at.dst(), result);
                next!(at.next(), caller, cx, table)
            }
            OnReturn::Drop => next!(returns::DROP.of(record).next(), caller, cx, table),
            OnReturn::DropShort => next!(returns::DROP_SHORT.of(record).next(), caller, cx, table),
            OnReturn::Operator => {
                let at = returns::OPERATOR.of(record);
                if result == Value::NOT_IMPLEMENTED {
                    return special::operator_declined(at, caller, cx, table);
                }
                set(caller, at.dst(), result);
                next!(at.next(), caller, cx, table)
            }
            OnReturn::InPlace => {
                let at = returns::IN_PLACE.of(record);
                if result == Value::NOT_IMPLEMENTED {
                    return special::in_place_declined(at, caller, cx, table);
                }
                set(caller, at.dst(), result);
                next!(at.next(), caller, cx, table)
            }
            OnReturn::Reflected => {
                let at = returns::REFLECTED.of(record);
                if result == Value::NOT_IMPLEMENTED {
                    return special::reflected_declined(at, caller, cx, table);
                }
                set(caller, at.dst(), result);
                next!(at.next(), caller, cx, table)
            }
            OnReturn::Compare => {
                let at = returns::COMPARE.of(record);
                if result == Value::NOT_IMPLEMENTED {
                    return special::compare_declined(at, caller, cx, table);
                }
                set(caller, at.dst(), result);
                next!(at.next(), caller, cx, table)
            }
            OnReturn::JumpIf => {
                let at = returns::JUMP_IF.of(record);
                if result == Value::TRUE {
                    jump!(at.target(), caller, cx, table)
                }
                if result == Value::FALSE {
                    next!(at.next(), caller, cx, table)
                }
                special::jump_other(at, caller, cx, table, result, true)
            }
            OnReturn::JumpUnless => {
                let at = returns::JUMP_UNLESS.of(record);
                if result == Value::FALSE {
                    jump!(at.target(), caller, cx, table)
                }
                if result == Value::TRUE {
                    next!(at.next(), caller, cx, table)
                }
                special::jump_other(at, caller, cx, table, result, false)
            }
            OnReturn::TruthIf => {
                let at = returns::TRUTH_IF.of(record);
                if result == Value::TRUE {
                    jump!(at.target(), caller, cx, table)
                }
                if result == Value::FALSE {
                    next!(at.next(), caller, cx, table)
                }
                special::bad_bool(at.pc(), caller, cx, table, result)
            }
            OnReturn::TruthUnless => {
                let at = returns::TRUTH_UNLESS.of(record);
                if result == Value::FALSE {
                    jump!(at.target(), caller, cx, table)
                }
                if result == Value::TRUE {
                    next!(at.next(), caller, cx, table)
                }
                special::bad_bool(at.pc(), caller, cx, table, result)
            }
            OnReturn::Not => {
                let at = returns::NOT.of(record);
                if !result.is_bool() {
                    return special::bad_bool(at.pc(), caller, cx, table, result);
                }
                set(caller, at.dst(), Value::bool(result == Value::FALSE));
                next!(at.next(), caller, cx, table)
            }
            OnReturn::Iter => special::iterator_returned(returns::ITER.of(record), caller, cx, table, result),
            OnReturn::Next => {
                let at = returns::NEXT.of(record);
                set(caller, at.item(), result);
                with_item(at, caller, cx, table)
            }
            OnReturn::GeneratorFor => {
                generator::finished(&mut *cx, record);
                next!(returns::GENERATOR_FOR.of(record).next(), caller, cx, table)
            }
            OnReturn::GeneratorSend => {
                generator::finished(&mut *cx, record);
                let at = returns::GENERATOR_SEND.of(record);
                set(caller, at.value(), result);
                next!(at.done(), caller, cx, table)
            }
            OnReturn::GeneratorNext => {
                generator::finished(&mut *cx, record);
                generator::call_ended(returns::GENERATOR_NEXT.of(record), caller, cx, table, result)
            }
            OnReturn::GeneratorDefault => {
                generator::finished(&mut *cx, record);
                let at = returns::GENERATOR_DEFAULT.of(record);
                set(caller, at.dst(), get(caller, at.window() + 3));
                next!(at.next(), caller, cx, table)
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
unsafe extern "C" fn bad_init(
    pc: At<views::AnyCall>,
    base: *mut Value,
    cx: *mut Ctx,
    table: *const Handler,
    result: Value,
) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        not_none(publish(pc, base, cx), result);
        unwind(pc.pc(), base, cx, table)
    }
}

#[inline(never)]
fn not_none(cx: &mut Ctx, result: Value) {
    let name = crate::types::type_name(cx, result);
    let _ = cx.type_error(format!("__init__() should return None, not '{name}'"));
}
