//! What other threads are doing: their frames are read while all of them are stopped.

use proto_core::{Context, RootVec, Value};

use super::{caller, frame};
use crate::ctx::{Ctx, Local, PyResult};
use crate::interp::chain;
use crate::objects::instance::array_of;
use crate::objects::{List, Tuple, int};

/// A frame of another thread; its function and its locals stand in the list of promoted values.
struct Seen {
    pc: *const u32,
    locals: usize,
}

/// A thread with its frames, the innermost first. Its handled exception stands before their values.
struct Thread {
    ident: u64,
    frames: Vec<Seen>,
}

/// For each other thread that runs Python code, a tuple of its identity, its innermost frame and the exception that it
/// handles (or None). The frames are copies, with the values that their locals had; these are shared from now on.
pub fn of_other_threads(cx: &mut Ctx) -> PyResult<List> {
    let mut values = RootVec::new(cx);
    let threads = cx.with_others_stopped(|others| {
        let mut threads = Vec::new();
        for other in others.iter().map(|c| engine_context(c)).filter(|other| other.is_ready()) {
            if let Some(thread) = look(other, &mut values) {
                threads.push(thread);
            }
        }
        threads
    });
    let list = List::new(cx);
    let mut at = 0;
    for thread in threads {
        let exception = values[at];
        at += 1;
        let mut starts = Vec::new();
        for seen in &thread.frames {
            starts.push(at);
            at += 1 + seen.locals;
        }
        // Oldest first, since each names the one that called it.
        let mut back = Value::NONE;
        for (seen, &start) in thread.frames.iter().zip(&starts).rev() {
            back =
                frame::copy_of_running(cx, values[start], seen.pc, &values[start + 1..start + 1 + seen.locals], back);
        }
        let ident = int::from_u64(cx, thread.ident);
        let entry = Tuple::new(cx, &[ident, back, exception]);
        list.push(cx, entry);
    }
    Ok(list)
}

/// What the other threads have of a kind; shared from now on.
pub fn local_of_other_threads(cx: &mut Ctx, which: Local) -> RootVec {
    let mut values = RootVec::new(cx);
    cx.with_others_stopped(|others| {
        for other in others.iter().map(|c| engine_context(c)).filter(|other| other.is_ready()) {
            if let Some(v) = other.local(which).non_empty() {
                other.promote(v);
                values.push(v);
            }
        }
    });
    values
}

/// Copies what a stopped thread is doing to `values`; None if it runs no Python code.
fn look(other: &Ctx, values: &mut RootVec) -> Option<Thread> {
    settle_stopped(other);
    let innermost = super::innermost(other)?;
    let mut keep = |v: Value| {
        other.promote(v);
        values.push(v);
    };
    let exception = other.handled_exc();
    keep(if exception.is_empty() { Value::NONE } else { exception });
    let mut frames = Vec::new();
    for view in std::iter::successors(Some(innermost), |view| caller(other, view)) {
        keep(view.function());
        let locals = frame::locals_of_running(&view);
        locals.iter().for_each(|&v| keep(v));
        frames.push(Seen { pc: view.pc, locals: locals.len() });
    }
    Some(Thread { ident: other.ident, frames })
}

/// The frame of another thread whose window begins at `base`, if it still runs. The others are stopped.
fn running<'a>(others: &[&'a Context], base: *mut Value, function: Value) -> Option<(&'a Ctx, super::View)> {
    let mut all = others.iter().map(|c| engine_context(c)).filter(|other| other.is_ready());
    let other = all.find(|other| base >= other.run.stack_base && base < other.run.hard_limit)?;
    settle_stopped(other);
    let innermost = super::innermost(other);
    let view = std::iter::successors(innermost, |view| caller(other, view)).find(|view| view.base == base)?;
    (view.function() == function).then_some((other, view))
}

/// The named locals of such a frame as they are now, in an array; None if it runs no more.
pub(super) fn registers(cx: &mut Ctx, base: *mut Value, function: Value) -> Option<Value> {
    let mut values = RootVec::new(cx);
    cx.with_others_stopped(|others| {
        let (other, view) = running(others, base, function)?;
        for &v in frame::locals_of_running(&view) {
            other.promote(v);
            values.push(v);
        }
        Some(())
    })?;
    Some(array_of(cx, &values))
}

/// Sets a named local of such a frame; false if it runs no more.
pub(super) fn set_register(cx: &mut Ctx, base: *mut Value, function: Value, i: usize, v: Value) -> bool {
    cx.promote(v);
    cx.with_others_stopped(|others| {
        let Some((other, view)) = running(others, base, function) else { return false };
        if i >= view.code().nlocals as usize {
            return false;
        }
        // SAFETY: a window has its code's locals; its thread is stopped, and the value is one that all threads may have.
        unsafe { *base.add(i) = v };
        other.run.jit.note_rewrite();
        true
    })
}

/// The engine's part of a thread's state.
pub(crate) fn engine_context(context: &Context) -> &Ctx {
    // SAFETY: every attached context is the first field of a `Ctx`, which is `repr(C)`.
    unsafe { &*std::ptr::from_ref(context).cast::<Ctx>() }
}

/// Opens the windows of all generators in a stopped thread.
pub(super) fn settle_stopped(other: &Ctx) {
    let run = std::ptr::from_ref(&other.run).cast_mut();
    // SAFETY: a stopped thread's records and stack are whole, and belong to who has stopped it.
    unsafe { chain::settle_all(std::ptr::from_ref::<proto_core::Heap>(other), run) }
}
