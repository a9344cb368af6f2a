//! Frames as seen from outside: walking the stack, frame objects, tracebacks.
//!
//! A frame is a register window. It gets a frame object only when somebody asks (`sys._getframe`, a traceback); the
//! window then returns to the hook, which detaches the object: it takes a copy of the locals along.

pub mod crash;
mod dead;
pub mod frame;
pub mod locals;
mod others;
pub mod proxy;
mod set_line;
pub mod traceback;

pub(crate) use dead::prune_generator;
pub use dead::{clear_dead_registers, clear_dead_registers_of_others, needed};
pub(crate) use others::engine_context;
pub use others::{local_of_other_threads, of_other_threads};

use proto_core::Value;

use crate::code_rt::{RuntimeCode, offset_of, word_at};
use crate::ctx::Ctx;
use crate::exceptions;
use crate::interp::chain;
use crate::interp::dispatch::{At, hook_pc, is_hook, views};
use crate::interp::record::{OnReturn, Record};
use crate::objects::Function;

/// A running (or waiting) frame.
#[derive(Clone, Copy)]
pub struct View {
    /// First register.
    pub base: *mut Value,
    /// The instruction it is at.
    pub pc: *const u32,
}

impl View {
    /// The function that runs.
    pub fn function(&self) -> Value {
        // SAFETY: a window's callee stands two words below its registers.
        unsafe { *self.base.sub(2) }
    }

    /// Its code.
    pub fn code(&self) -> &'static RuntimeCode {
        match Function::of(self.function()) {
            Some(f) => f.code(),
            None => unreachable!("a window's callee is a function"),
        }
    }

    fn record(&self, cx: &Ctx) -> Option<usize> {
        // SAFETY: the return address stands below the registers.
        let to = unsafe { self.base.sub(1).read().bits() } as *const u32;
        if !is_hook(to) {
            return None;
        }
        cx.run.records.binary_search_by_key(&self.base, |r| r.base).ok()
    }
}

/// The innermost frame, from which all others are found ([`caller`]).
pub fn current(cx: &mut Ctx) -> Option<View> {
    chain::settle(cx);
    innermost(cx)
}

/// The innermost frame. Generators that only delegate may have no frames below it: who walks begins with [`current`].
pub fn innermost(cx: &Ctx) -> Option<View> {
    if cx.run.base.is_null() {
        return None;
    }
    Some(View { base: cx.run.base, pc: cx.run.pc })
}

/// The frame that called this one.
pub fn caller(cx: &Ctx, frame: &View) -> Option<View> {
    match frame.record(cx) {
        Some(i) => {
            let record = &cx.run.records[i];
            (!record.caller.is_null()).then_some(View { base: record.caller, pc: record.pc })
        }
        None => {
            // SAFETY: an ordinary window returns behind the call instruction that opened it, whose window operand says
            // where the caller's registers are.
            unsafe {
                let call = At::<views::AnyCall>::preceding(frame.base.sub(1).read().bits() as *const u32);
                Some(View { base: frame.base.sub(2 + call.window()), pc: call.pc() })
            }
        }
    }
}

/// The generator that runs in a frame, EMPTY if it is no generator's.
pub fn generator_of(cx: &Ctx, view: &View) -> Value {
    match view.record(cx) {
        Some(i) if cx.run.records[i].on_return.is_generator() => cx.run.records[i].extra,
        _ => Value::EMPTY,
    }
}

/// Where a frame is: the file's name, the line, the function's qualified name.
pub fn place(view: &View) -> (&'static str, u32, &'static str) {
    let code = view.code();
    (&code.code.filename, code.line_at(view.pc).unwrap_or(0), &code.code.qualname)
}

/// How many frames there are.
pub fn depth(cx: &mut Ctx) -> usize {
    let innermost = current(cx);
    std::iter::successors(innermost, |frame| caller(cx, frame)).count()
}

/// The frame object of a frame, made if there is none yet.
pub fn frame_object(cx: &mut Ctx, view: &View) -> Value {
    chain::settle(cx);
    if let Some(i) = view.record(cx) {
        let record = cx.run.records[i];
        if !record.frame.is_empty() {
            frame::set_pc(cx, record.frame, view.pc);
            return record.frame;
        }
        let kept = if record.on_return.is_generator() { frame::of_generator(record.extra) } else { Value::EMPTY };
        let object = if kept.is_empty() { frame::new(cx, view) } else { kept };
        frame::set_live(cx, object, view);
        if record.on_return.is_generator() {
            frame::keep_with_generator(cx, record.extra, object);
        }
        cx.run.records[i].frame = object;
        return object;
    }
    let object = frame::new(cx, view);
    frame::set_live(cx, object, view);
    // SAFETY: the window is an ordinary one; from now on it returns to the hook, and the record knows to where in truth.
    unsafe {
        let call = At::<views::AnyCall>::preceding(view.base.sub(1).read().bits() as *const u32);
        let caller = view.base.sub(2 + call.window());
        *view.base.sub(1) = Value::from_bits(hook_pc(OnReturn::Call) as u64);
        let mut record = Record::new(OnReturn::Call, view.base, caller, call.pc(), Value::EMPTY);
        record.frame = object;
        cx.run.insert(record);
    }
    object
}

/// The frame object of a frame, if there is one; it knows its position then.
pub(crate) fn existing_object(cx: &mut Ctx, view: &View) -> Option<Value> {
    chain::settle(cx);
    let i = view.record(cx)?;
    let object = cx.run.records[i].frame.non_empty()?;
    frame::set_pc(cx, object, view.pc);
    Some(object)
}

/// The window of a frame with an object ends: the object keeps what it needs.
///
/// # Safety
/// The window's registers are still there.
pub(crate) unsafe fn detach(cx: &mut Ctx, record: &Record) {
    // SAFETY: by the caller.
    unsafe { frame::detach(cx, record) }
}

/// Adds an entry for the frame at `base` to the traceback of an exception.
///
/// # Safety
/// `base` and `pc` are the published position.
pub(crate) unsafe fn add_traceback(cx: &mut Ctx, exception: Value, pc: *const u32, base: *mut Value) {
    let view = View { base, pc };
    let object = frame_object(cx, &view);
    add_entry(cx, exception, object, &view);
}

/// As [`add_traceback`], for a frame that the exception leaves: a frame object made now need not be attached to the window.
///
/// # Safety
/// `base` and `pc` are the published position.
pub(crate) unsafe fn add_last_traceback(cx: &mut Ctx, exception: Value, pc: *const u32, base: *mut Value) {
    chain::settle(cx);
    let view = View { base, pc };
    let back = match view.record(cx) {
        Some(i) => {
            let record = cx.run.records[i];
            if !record.frame.is_empty() || record.on_return.is_generator() {
                // SAFETY: by the caller.
                return unsafe { add_traceback(cx, exception, pc, base) };
            }
            (!record.caller.is_null()).then_some(View { base: record.caller, pc: record.pc })
        }
        None => caller(cx, &view),
    };
    let object = frame::new_detached(cx, &view, back);
    add_entry(cx, exception, object, &view);
}

/// Adds an entry for the frame that runs to the traceback of an exception, if one runs.
pub fn add_current(cx: &mut Ctx, exception: Value) {
    if let Some(view) = current(cx) {
        let object = frame_object(cx, &view);
        add_entry(cx, exception, object, &view);
    }
}

/// Where the frame at `base` raised an exception, as the newest entry of its traceback says.
pub(crate) fn raised_at(cx: &Ctx, exception: Value, base: *mut Value) -> Option<*const u32> {
    let entry = exceptions::get_traceback(cx, exception);
    if !traceback::is_traceback(cx, entry) {
        return None;
    }
    let frame = traceback::frame_of(entry);
    let lasti = traceback::lasti(entry)?;
    let code = frame::code(frame)?;
    let at = word_at(lasti)? as usize;
    (frame::live_base(cx, frame) == Some(base)).then(|| code.entry().wrapping_add(at))
}

/// Puts an entry for the frame at `view` before the traceback of an exception.
fn add_entry(cx: &mut Ctx, exception: Value, object: Value, view: &View) {
    let next = exceptions::get_traceback(cx, exception);
    if traceback::is_traceback(cx, next) {
        frame::came_back(cx, traceback::frame_of(next), view, object);
    }
    let lasti = offset_of(view.code().index_of(view.pc));
    let entry = traceback::new(cx, next, object, lasti);
    exceptions::set_traceback(cx, exception, entry);
}
