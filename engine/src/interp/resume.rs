//! Generators resumed by native code.

use proto_core::Value;

use super::chain;
use super::dispatch::{publish, run, run_unwind};
use super::entry::Saved;
use super::fnptr;
use super::generator::{enter_plain_at, leave, open, yield_before};
use super::record::{Exit, OnReturn};
use crate::ctx::{Ctx, PyResult, Raised};
use crate::objects::{GenState, Generator, shapes};
use crate::protocol;

/// What a generator is resumed with.
#[derive(Clone, Copy)]
pub enum Input {
    /// A value for the `yield` it stands at.
    Send(Value),
    /// An exception instance, raised where it stands.
    Throw(Value),
}

/// What it did.
#[derive(Clone, Copy)]
pub enum Output {
    /// It yielded (an asynchronous generator: it awaits).
    Yielded(Value),
    /// An asynchronous generator produced an item.
    Produced(Value),
    /// It returned.
    Returned(Value),
}

/// Why a generator cannot be resumed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It runs already.
    Running,
    /// It has ended.
    Closed,
}

/// Resumes a generator that this thread claims. The inner result is that of the generator.
pub fn resume(cx: &mut Ctx, g: Generator, input: Input) -> PyResult<Result<Output, Refused>> {
    protocol::enter_native(cx)?;
    // SAFETY: a generator's function is a function.
    let code = unsafe { fnptr::code(g.function()) };
    let nregs = code.nregs as usize;
    let saved = Saved::new(cx);
    let goes_on = matches!(input, Input::Send(v) if v.is_none());
    let delegable = g.is_plain(shapes::GENERATOR) || g.is_plain(shapes::COROUTINE);
    let plain = delegable || g.is_plain(shapes::ASYNC_GENERATOR);
    if goes_on && (delegable && step_chain(cx, g, &saved) || plain && step_one(cx, g, &saved)) {
        // It has run.
    } else {
        let window = saved.window(cx, nregs)?;
        let before = match g.claim() {
            Ok(before) => before,
            Err(GenState::Running) => return Ok(Err(Refused::Running)),
            Err(_) => return Ok(Err(Refused::Closed)),
        };
        let record = saved.record(OnReturn::GeneratorNative, window, g.value());
        let sent = match input {
            Input::Send(v) => v,
            Input::Throw(_) => Value::EMPTY,
        };
        let pc = g.pc();
        // SAFETY: the window fits and is hooked; its record names the native caller; `pc` is where the generator stands.
        unsafe {
            open(cx, window, g, nregs, before, sent, record);
            match input {
                Input::Send(_) => run(pc, window, cx),
                Input::Throw(exception) => {
                    cx.pending = exception;
                    // Where it has not started, that is at the line of its `def`.
                    let at = if before == GenState::Created { code.entry().wrapping_sub(1) } else { yield_before(pc) };
                    run_unwind(at, window, cx);
                }
            }
        }
    }
    saved.restore(cx);
    let result = std::mem::replace(&mut cx.run.result, Value::EMPTY);
    match cx.run.exit {
        Exit::Raised => Err(Raised::token()),
        Exit::Returned => Ok(Ok(Output::Returned(result))),
        Exit::Yielded => Ok(Ok(Output::Yielded(result))),
        Exit::Produced => Ok(Ok(Output::Produced(result))),
    }
}

/// Resumes a plain generator that delegates to others with None; false, and nothing done, if it does not or takes more care.
fn step_chain(cx: &mut Ctx, g: Generator, saved: &Saved) -> bool {
    if !chain::delegates(g) {
        return false;
    }
    let (window, base, back) = saved.place(OnReturn::GeneratorNative);
    // SAFETY: the window is above everything in use; its record names the native caller.
    unsafe {
        let window = chain::enter(window, back, base, cx, g);
        if !window.is_null() {
            run(chain::innermost_pc(cx), window, cx);
        }
        !window.is_null()
    }
}

/// Resumes a plain generator with None; false, and nothing done, if there is no room for it.
#[inline(always)]
fn step_one(cx: &mut Ctx, g: Generator, saved: &Saved) -> bool {
    let (window, base, back) = saved.place(OnReturn::GeneratorNative);
    // SAFETY: the window is above everything in use; its record names the native caller.
    unsafe {
        let entered = enter_plain_at(window, back, base, cx, g, Value::NONE);
        if entered {
            run(g.pc(), window, cx);
        }
        entered
    }
}

/// Calls `f` while the generator `g`, which is suspended at a delegation, counts as running: it shows in the stack.
pub(super) fn while_delegating<R>(
    cx: &mut Ctx,
    g: Generator,
    f: impl FnOnce(&mut Ctx) -> R,
) -> PyResult<Result<R, Refused>> {
    protocol::enter_native(cx)?;
    // SAFETY: a generator's function is a function.
    let code = unsafe { fnptr::code(g.function()) };
    let nregs = code.nregs as usize;
    let saved = Saved::new(cx);
    let window = saved.window(cx, nregs)?;
    let before = match g.claim() {
        Ok(before) => before,
        Err(GenState::Running) => return Ok(Err(Refused::Running)),
        Err(_) => return Ok(Err(Refused::Closed)),
    };
    let record = saved.record(OnReturn::GeneratorNative, window, g.value());
    let at = yield_before(g.pc());
    // SAFETY: the window fits; its record, which `f` leaves on top, names the native caller; the generator stands behind the
    // instruction at `at`.
    let r = unsafe {
        open(cx, window, g, nregs, before, Value::EMPTY, record);
        let cx = publish(at, window, cx);
        let r = f(cx);
        leave(cx, at, window, code);
        r
    };
    saved.restore(cx);
    Ok(Ok(r))
}

/// Resumes a generator that needs no care with None, the common step of a native loop. The inner result is what it yields, or
/// EMPTY if it returned None; None: [`resume`] must do it.
#[inline(never)]
pub(crate) fn step_plain(cx: &mut Ctx, g: Generator) -> Option<PyResult> {
    if !g.is_plain(shapes::GENERATOR) {
        return None;
    }
    if let Err(raised) = protocol::enter_native(cx) {
        return Some(Err(raised));
    }
    let saved = Saved::new(cx);
    if !step_chain(cx, g, &saved) && !step_one(cx, g, &saved) {
        return None;
    }
    saved.restore(cx);
    let result = std::mem::replace(&mut cx.run.result, Value::EMPTY);
    Some(match cx.run.exit {
        Exit::Raised => Err(Raised::token()),
        Exit::Returned if result.is_none() => Ok(Value::EMPTY),
        Exit::Returned => Err(cx.stop_iteration(result)),
        Exit::Yielded | Exit::Produced => Ok(result),
    })
}
