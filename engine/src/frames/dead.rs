//! Registers that no instruction will read any more still name what they held. Before a collection that a program asked for they
//! are cleared, so that what the program has dropped is found dead.
//!
//! Which these are follows from the published position of a frame, or from the instruction that waits for the frame above. So
//! whatever may call Python code or poll publishes the instruction at work, and reads its registers by its declared effects or
//! copies them before; the stress mode clears at every safepoint. Suspended generators are cleared by full collections, as they
//! find them.

use engine_code::effects::RegSet;
use proto_core::{RootVec, Value};

use super::others::{engine_context, settle_stopped};
use super::{View, caller, generator_of, innermost};
use crate::code_rt::RuntimeCode;
use crate::ctx::Ctx;
use crate::interp::chain;
use crate::interp::generator::yield_before;
use crate::objects::{Function, GenState, Generator};

/// Clears the temporaries that the calling thread's frames need no more, in the windows and in what running generators
/// remember.
pub fn clear_dead_registers(cx: &mut Ctx) {
    chain::settle(cx);
    let cx = &*cx;
    each_frame(cx, |view, end| {
        // SAFETY: the calling thread's frame.
        unsafe { clear(cx, view, end) };
        if let Some(g) = Generator::of(generator_of(cx, view)) {
            // SAFETY: as above; the generator runs in this window.
            unsafe { remember(cx, g, view, end) };
        }
    });
}

/// What the frames of the thread still need, and their functions.
pub fn needed(cx: &mut Ctx) -> RootVec {
    clear_dead_registers(cx);
    let mut found = RootVec::new(cx);
    each_frame(cx, |view, end| {
        // SAFETY: the calling thread's frame; its function lies two words below its registers, which end at `end`.
        unsafe {
            found.push(*view.base.sub(2));
            let mut at = view.base;
            while at < end {
                found.push(*at);
                at = at.add(1);
            }
        }
    });
    found
}

/// As [`clear_dead_registers`], for the windows of the other threads, which are stopped meanwhile.
pub fn clear_dead_registers_of_others(cx: &mut Ctx) {
    cx.with_others_stopped(|others| {
        for other in others.iter().map(|c| engine_context(c)).filter(|other| other.is_ready()) {
            settle_stopped(other);
            // SAFETY: the thread is stopped.
            each_frame(other, |view, end| unsafe { clear(other, view, end) });
        }
    });
}

/// Calls `f` with each frame of a thread without chains of generators, and where its registers end: those above belong to what it has called.
fn each_frame(cx: &Ctx, mut f: impl FnMut(&View, *mut Value)) {
    let mut end = cx.top();
    let mut frame = innermost(cx);
    while let Some(view) = frame {
        f(&view, end);
        // The next window's callee and return address.
        end = view.base.wrapping_sub(2);
        frame = caller(cx, &view);
    }
}

/// Clears what one frame needs no more.
///
/// # Safety
/// `view` is a frame of `cx`, whose thread is the calling one or is stopped; its registers end at `end`.
unsafe fn clear(cx: &Ctx, view: &View, end: *mut Value) {
    if cx.run.tracer.is_apart(view.base) {
        return;
    }
    let code = view.code();
    let Some(needed) = code.needed_at(view.pc) else { return };
    for (r, blank) in unneeded(code, needed) {
        let register = view.base.wrapping_add(r as usize);
        if register >= end {
            break;
        }
        // SAFETY: one of the frame's own registers, below the next window; no instruction reads it before it is written.
        unsafe { *register = blank };
    }
}

/// Clears what a suspended generator needs no more. A collection calls this: see [`proto_core::SpaceHooks`].
pub(crate) fn prune_generator(generator: Value) {
    let Some(g) = Generator::of(generator).filter(|g| g.state() == GenState::Suspended) else { return };
    let Some(code) = Function::of(g.function()).map(|f| f.code()) else { return };
    // It stands behind its yield, which is one word long.
    let Some(needed) = code.needed_when_suspended(yield_before(g.pc())) else { return };
    for (r, blank) in unneeded(code, needed) {
        g.clear_reg(r as usize, blank);
    }
}

/// The registers that are not needed, with what a cleared one holds: a name nothing, a temporary None.
fn unneeded<'a>(code: &'a RuntimeCode, needed: &'a RegSet) -> impl Iterator<Item = (u16, Value)> + 'a {
    // Variables of comprehensions end with them, other names with the frame.
    let hidden = code.code.hidden_from.min(code.nlocals);
    let big = if code.big_locals.is_empty() { u16::MAX } else { code.code.big_register };
    (hidden..code.nregs.min(256))
        .filter(move |&r| !needed.has(r) && r != big)
        .map(|r| (r, if r < code.nlocals { Value::EMPTY } else { Value::NONE }))
}

/// A running generator remembers the registers with which it was resumed, for its next suspension to overwrite.
///
/// # Safety
/// The generator runs in the frame `view` of the calling thread, whose registers end at `end`.
unsafe fn remember(cx: &Ctx, g: Generator, view: &View, end: *mut Value) {
    for r in 0..g.nregs() {
        let register = view.base.wrapping_add(r);
        // SAFETY: a live register of the frame.
        let now = if register < end { unsafe { *register } } else { Value::NONE };
        if g.reg(r) != now {
            g.set_reg(cx, r, now);
        }
    }
}
