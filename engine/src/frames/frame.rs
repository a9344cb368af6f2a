//! Frame objects.

use proto_core::{Kind, Value};

use super::{View, caller, frame_object, innermost, locals, set_line};
use crate::code_rt::{RuntimeCode, object, offset_of};
use crate::ctx::{Ctx, PyResult};
use crate::exceptions::Exc;
use crate::interp::generator::yield_before;
use crate::interp::genobj;
use crate::interp::record::Record;
use crate::native::Args;
use crate::native::def::{GetSet, NativeDef, TypeDef, TypeFlags};
use crate::objects::instance::{array_of, array_set};
use crate::objects::{Function, Generator, Obj, Str};
use crate::types::instance;
use crate::types::slots::Slots;

/// Native slots of a frame object.
mod slot {
    /// The function.
    pub const FUNCTION: usize = 0;
    /// Address of the first register while the frame runs (reads as an int), else None.
    pub const BASE: usize = 1;
    /// Array of the registers of a frame that has ended.
    pub const REGISTERS: usize = 2;
    /// Address of the instruction (reads as an int).
    pub const PC: usize = 3;
    /// The generator, if it is the frame of one.
    pub const GENERATOR: usize = 4;
    /// `f_back` of a frame that has ended: the object of its caller, or the address of the caller's window (reads as an int) while it
    /// has none. None: there is nobody.
    pub const BACK: usize = 5;
    /// `f_trace`
    pub const TRACE: usize = 6;
    /// Dict of names that are no locals, added through `f_locals`.
    pub const EXTRA: usize = 7;
    /// `f_trace_lines`, `f_trace_opcodes`
    pub const TRACE_LINES: usize = 8;
    pub const TRACE_OPCODES: usize = 9;
    /// TRUE after `clear`: the closure's cells are no locals any more.
    pub const CLEARED: usize = 10;
    /// Count of all.
    pub const COUNT: usize = 11;
}

/// The type `frame`.
pub static FRAME: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: slot::COUNT as u16,
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    methods: &[NativeDef::new("clear", "($self, /)", clear, "Clear all references held by the frame.")],
    getsets: &[
        GetSet::ro("f_back", get_back, ""),
        GetSet::ro("f_code", get_code, "Return the code object being executed in this frame."),
        GetSet::ro("f_globals", get_globals, "Return the global variables used by the frame."),
        GetSet::ro("f_builtins", get_builtins, "Return the built-in variables in the frame."),
        GetSet::ro("f_locals", get_locals, "Return the mapping used by the frame to look up local variables."),
        GetSet::ro("f_lasti", get_lasti, "Return the index of the last attempted instruction in the bytecode."),
        GetSet::rw("f_lineno", get_lineno, set_line::set_lineno, "Return the current line number in the frame."),
        GetSet::rw(
            "f_trace",
            get_trace,
            set_trace,
            "Return the trace function for this frame, or None if no trace function is set.",
        ),
        GetSet::rw("f_trace_lines", get_trace_lines, set_trace_lines, ""),
        GetSet::rw("f_trace_opcodes", get_trace_opcodes, set_trace_opcodes, ""),
        GetSet::ro(
            "f_generator",
            get_generator,
            "Return the generator or coroutine associated with this frame, or None.",
        ),
    ],
    ..TypeDef::new("builtins", "frame")
};

/// A frame object that knows no position yet.
pub(super) fn new(cx: &mut Ctx, view: &View) -> Value {
    instance::new_with_slots(cx, cx.types.frame, &[view.function()])
}

/// The frame object of a frame that is about to end and has none yet: with a copy of its locals, standing at `view.pc`.
pub(super) fn new_detached(cx: &mut Ctx, view: &View, caller: Option<View>) -> Value {
    let registers = copy_locals(cx, view.code(), view.base);
    let back = back_of(cx, caller.as_ref());
    let slots = [view.function(), Value::NONE, registers, Value::address(view.pc), Value::EMPTY, back];
    instance::new_with_slots(cx, cx.types.frame, &slots)
}

/// An array of the named locals of the window at `base`.
fn copy_locals(cx: &Ctx, code: &RuntimeCode, base: *mut Value) -> Value {
    // SAFETY: a window has its code's locals.
    let locals = unsafe { std::slice::from_raw_parts(base, code.nlocals as usize) };
    array_of(cx, locals)
}

/// The named locals of a frame, whose thread is stopped or the calling one.
pub(super) fn locals_of_running(view: &View) -> &[Value] {
    // SAFETY: a window has its code's locals, and its thread does not touch them meanwhile.
    unsafe { std::slice::from_raw_parts(view.base, view.code().nlocals as usize) }
}

/// A frame object with copies of the locals of another thread's frame, as if it had ended at `pc`.
pub(super) fn copy_of_running(cx: &mut Ctx, function: Value, pc: *const u32, locals: &[Value], back: Value) -> Value {
    let registers = array_of(cx, locals);
    let slots = [function, Value::NONE, registers, Value::address(pc), Value::EMPTY, back];
    instance::new_with_slots(cx, cx.types.frame, &slots)
}

/// The object stands for the running frame `view`.
pub(super) fn set_live(cx: &Ctx, frame: Value, view: &View) {
    if let Some(f) = Obj::of(frame) {
        f.set_slot(cx, slot::BASE, Value::address(view.base));
        f.set_slot(cx, slot::PC, Value::address(view.pc));
    }
}

/// Notes where the frame is.
pub(super) fn set_pc(cx: &Ctx, frame: Value, pc: *const u32) {
    if let Some(f) = Obj::of(frame) {
        f.set_slot(cx, slot::PC, Value::address(pc));
    }
}

/// The frame object that a suspended generator keeps, EMPTY if none.
pub(super) fn of_generator(generator: Value) -> Value {
    Generator::of(generator).map_or(Value::EMPTY, |g| genobj::state_get(g, genobj::state::FRAME))
}

/// Makes the generator keep its frame object from now on.
pub(super) fn keep_with_generator(cx: &Ctx, generator: Value, frame: Value) {
    if let (Some(f), Some(g)) = (Obj::of(frame), Generator::of(generator)) {
        g.named_elsewhere();
        f.set_slot(cx, slot::GENERATOR, generator);
        genobj::state_set(cx, g, genobj::state::FRAME, frame);
    }
}

/// The frame object of a suspended or fresh generator.
pub(crate) fn for_suspended(cx: &mut Ctx, generator: Generator) -> Value {
    let kept = of_generator(generator.value());
    if !kept.is_empty() {
        return kept;
    }
    let frame = cx.new_object(&FRAME, &[generator.function()]);
    set_pc(cx, frame, generator.pc());
    keep_with_generator(cx, generator.value(), frame);
    frame
}

/// The generator was suspended: the frame no longer has a window.
pub(crate) fn suspended(cx: &Ctx, frame: Value, pc: *const u32) {
    if let Some(f) = Obj::of(frame) {
        f.set_slot(cx, slot::BASE, Value::NONE);
        f.set_slot(cx, slot::PC, Value::address(pc));
    }
}

/// The generator goes on in this window.
pub(crate) fn resumed(cx: &Ctx, frame: Value, base: *mut Value) {
    if let Some(f) = Obj::of(frame) {
        f.set_slot(cx, slot::BASE, Value::address(base));
    }
}

/// The frame has ended: takes a copy of the named locals.
///
/// # Safety
/// The registers of the record's window are still there.
pub(super) unsafe fn detach(cx: &mut Ctx, record: &Record) {
    let (frame, base) = (record.frame, record.base);
    let Some(f) = Obj::of(frame) else { return };
    let code = code_of(f);
    let registers = copy_locals(cx, code, base);
    // The record is off the list already: the caller is the one that it names.
    let caller = (!record.caller.is_null()).then_some(View { base: record.caller, pc: record.pc });
    // Nobody called a generator that has ended.
    let back = if generator(frame).is_some() { Value::NONE } else { back_of(cx, caller.as_ref()) };
    if cx.run.base == base {
        f.set_slot(cx, slot::PC, Value::address(cx.run.pc));
    }
    f.set_slot(cx, slot::REGISTERS, registers);
    f.set_slot(cx, slot::BASE, Value::NONE);
    f.set_slot(cx, slot::BACK, back);
}

/// What a frame that ends keeps of its caller.
fn back_of(cx: &Ctx, caller: Option<&View>) -> Value {
    let Some(view) = caller else { return Value::NONE };
    let object = view.record(cx).map_or(Value::EMPTY, |i| cx.run.records[i].frame);
    if object.is_empty() { Value::address(view.base) } else { object }
}

/// An exception came from `frame` to the one at `view`, which now has an object.
pub(super) fn came_back(cx: &Ctx, frame: Value, view: &View, object: Value) {
    if let Some(f) = Obj::of(frame)
        && f.slot(cx, slot::BACK) == Value::address(view.base)
        && f.slot(cx, slot::BASE).is_none()
    {
        f.set_slot(cx, slot::BACK, object);
    }
}

fn code_of(f: Obj) -> &'static RuntimeCode {
    match Function::of(f.at(slot::FUNCTION)) {
        Some(function) => function.code(),
        None => unreachable!("a frame object has a function"),
    }
}

/// The code of a frame object.
pub fn code(frame: Value) -> Option<&'static RuntimeCode> {
    Obj::of(frame).map(code_of)
}

/// The function of a frame object.
pub fn function(frame: Value) -> Value {
    Obj::of(frame).map_or(Value::EMPTY, |f| f.at(slot::FUNCTION))
}

/// The window, if the frame runs (in this thread).
pub(super) fn live_base(cx: &Ctx, frame: Value) -> Option<*mut Value> {
    let base = Obj::of(frame)?.slot(cx, slot::BASE);
    if !base.is_int() {
        return None;
    }
    let base = base.bits() as *mut Value;
    // Another thread's window is not ours to read.
    (base >= cx.run.stack_base && base < cx.run.hard_limit).then_some(base)
}

/// The window, if the frame runs in another thread, or did when it was last looked at.
pub(super) fn foreign_base(cx: &Ctx, frame: Value) -> Option<*mut Value> {
    let base = Obj::of(frame)?.slot(cx, slot::BASE);
    (base.is_int() && live_base(cx, frame).is_none()).then(|| base.bits() as *mut Value)
}

/// The registers kept by a frame that has ended.
pub(super) fn kept_registers(frame: Value) -> Option<Value> {
    Obj::of(frame)?.at(slot::REGISTERS).non_empty()
}

/// The generator of a frame.
pub(super) fn generator(frame: Value) -> Option<Generator> {
    Generator::of(Obj::of(frame)?.at(slot::GENERATOR))
}

/// The dict of names that are no locals; EMPTY if there is none.
pub(super) fn extra(cx: &Ctx, frame: Value) -> Value {
    Obj::of(frame).map_or(Value::EMPTY, |f| f.slot(cx, slot::EXTRA))
}

/// Sets that dict.
pub(super) fn set_extra(cx: &Ctx, frame: Value, dict: Value) {
    if let Some(f) = Obj::of(frame) {
        f.set_slot(cx, slot::EXTRA, dict);
    }
}

/// The frame's view, if it runs in this thread.
fn view(cx: &Ctx, frame: Value) -> Option<View> {
    let base = live_base(cx, frame)?;
    // Frames without windows have no objects.
    let mut v = innermost(cx);
    while let Some(found) = v {
        if found.base == base {
            return Some(found);
        }
        v = caller(cx, &found);
    }
    None
}

/// Where the frame is.
pub fn pc(cx: &Ctx, frame: Value) -> *const u32 {
    if let Some(pc) = live_base(cx, frame).and_then(|base| cx.run.tracer.jump_of(base)) {
        return pc;
    }
    match view(cx, frame) {
        Some(v) => v.pc,
        None => Obj::of(frame).map_or(std::ptr::null(), |f| f.slot(cx, slot::PC).bits() as *const u32),
    }
}

/// The address of the frame's last instruction; `None` before the first one.
fn last(cx: &Ctx, frame: Value) -> Option<*const u32> {
    let code = code(frame)?;
    let pc = pc(cx, frame);
    // A suspended generator stands behind its yield.
    let suspended = generator(frame).is_some() && live_base(cx, frame).is_none();
    code.contains(pc).then(|| if suspended { yield_before(pc) } else { pc })
}

/// Current line of a frame.
pub fn line(cx: &Ctx, frame: Value) -> Option<u32> {
    let code = code(frame)?;
    let Some(pc) = last(cx, frame) else { return Some(object::call_line(&code.code)) };
    let suspended = generator(frame).is_some() && live_base(cx, frame).is_none();
    // What the compiler made for no line of its own belongs to what came before: another thread may be stopped there.
    let before = || (0..code.index_of(pc)).rev().find_map(|word| code.line_of(word));
    code.line_at(pc).or_else(before).or(suspended.then_some(code.code.firstlineno))
}

fn get_back(cx: &mut Ctx, frame: Value) -> PyResult {
    if let Some(v) = view(cx, frame) {
        return Ok(match caller(cx, &v) {
            Some(back) => frame_object(cx, &back),
            None => Value::NONE,
        });
    }
    let back = Obj::of(frame).and_then(|f| f.slot(cx, slot::BACK).non_empty());
    Ok(back.filter(|back| !back.is_int()).unwrap_or(Value::NONE))
}

fn get_code(cx: &mut Ctx, frame: Value) -> PyResult {
    Ok(code(frame).map_or(Value::NONE, |code| object::of(cx, code)))
}

fn get_globals(_: &mut Ctx, frame: Value) -> PyResult {
    Ok(Function::of(function(frame)).map_or(Value::NONE, |f| f.globals()))
}

fn get_builtins(_: &mut Ctx, frame: Value) -> PyResult {
    Ok(Function::of(function(frame)).map_or(Value::NONE, |f| f.builtins()))
}

fn get_locals(cx: &mut Ctx, frame: Value) -> PyResult {
    locals::mapping(cx, frame)
}

fn get_lasti(cx: &mut Ctx, frame: Value) -> PyResult {
    // Before the first instruction it is at the call itself.
    let (Some(code), Some(pc)) = (code(frame), last(cx, frame)) else { return Ok(Value::small(0)) };
    Ok(Value::from_usize(offset_of(code.index_of(pc)) as usize))
}

fn get_lineno(cx: &mut Ctx, frame: Value) -> PyResult {
    Ok(line(cx, frame).map_or(Value::NONE, |n| Value::from_usize(n as usize)))
}

fn read(cx: &Ctx, frame: Value, i: usize, default: Value) -> Value {
    Obj::of(frame).and_then(|f| f.slot(cx, i).non_empty()).unwrap_or(default)
}

fn write(cx: &mut Ctx, frame: Value, i: usize, v: Value) -> PyResult<()> {
    if let Some(f) = Obj::of(frame) {
        f.set_slot(cx, i, v);
    }
    Ok(())
}

/// `f_trace`
pub(crate) fn trace_function(cx: &Ctx, frame: Value) -> Value {
    read(cx, frame, slot::TRACE, Value::NONE)
}

/// Sets `f_trace`.
pub(crate) fn set_trace_function(cx: &Ctx, frame: Value, f: Value) {
    if let Some(o) = Obj::of(frame) {
        o.set_slot(cx, slot::TRACE, f);
    }
}

/// `f_trace_lines`
pub(crate) fn traces_lines(cx: &Ctx, frame: Value) -> bool {
    read(cx, frame, slot::TRACE_LINES, Value::TRUE) == Value::TRUE
}

/// `f_trace_opcodes`
pub(crate) fn traces_opcodes(cx: &Ctx, frame: Value) -> bool {
    read(cx, frame, slot::TRACE_OPCODES, Value::FALSE) == Value::TRUE
}

fn get_trace(cx: &mut Ctx, frame: Value) -> PyResult {
    Ok(read(cx, frame, slot::TRACE, Value::NONE))
}

fn set_trace(cx: &mut Ctx, frame: Value, v: Value) -> PyResult<()> {
    write(cx, frame, slot::TRACE, v)
}

fn get_trace_lines(cx: &mut Ctx, frame: Value) -> PyResult {
    Ok(read(cx, frame, slot::TRACE_LINES, Value::TRUE))
}

fn set_trace_lines(cx: &mut Ctx, frame: Value, v: Value) -> PyResult<()> {
    if v.is_empty() {
        return Err(cx.type_error("can't delete numeric/char attribute"));
    }
    set_flag(cx, frame, slot::TRACE_LINES, v)
}

fn get_trace_opcodes(cx: &mut Ctx, frame: Value) -> PyResult {
    Ok(read(cx, frame, slot::TRACE_OPCODES, Value::FALSE))
}

fn set_trace_opcodes(cx: &mut Ctx, frame: Value, v: Value) -> PyResult<()> {
    if v.is_empty() {
        let text = "attribute 'f_trace_opcodes' of 'frame' objects cannot be deleted";
        return Err(cx.raise(Exc::AttributeError, text));
    }
    set_flag(cx, frame, slot::TRACE_OPCODES, v)
}

fn set_flag(cx: &mut Ctx, frame: Value, i: usize, v: Value) -> PyResult<()> {
    if !v.is_bool() {
        return Err(cx.type_error("attribute value type must be bool"));
    }
    write(cx, frame, i, v)
}

fn get_generator(cx: &mut Ctx, frame: Value) -> PyResult {
    Ok(read(cx, frame, slot::GENERATOR, Value::NONE))
}

fn clear(cx: &mut Ctx, args: Args) -> PyResult {
    let frame = args[0];
    if live_base(cx, frame).is_some() {
        return Err(cx.raise(Exc::RuntimeError, "cannot clear an executing frame"));
    }
    if let Some(g) = generator(frame) {
        if g.state() == crate::objects::GenState::Suspended {
            return Err(cx.raise(Exc::RuntimeError, "cannot clear a suspended frame"));
        }
        return Ok(Value::NONE);
    }
    if let Some(registers) = kept_registers(frame) {
        for i in 0..code(frame).map_or(0, |c| c.nlocals as usize) {
            array_set(cx, registers, i, Value::EMPTY);
        }
    }
    set_extra(cx, frame, Value::EMPTY);
    write(cx, frame, slot::CLEARED, Value::TRUE)?;
    Ok(Value::NONE)
}

/// Whether `clear` was called.
pub(super) fn is_cleared(cx: &Ctx, frame: Value) -> bool {
    read(cx, frame, slot::CLEARED, Value::FALSE) == Value::TRUE
}

fn repr(cx: &mut Ctx, frame: Value) -> PyResult {
    let Some(code) = code(frame) else { return Ok(Value::NONE) };
    let line = line(cx, frame).map_or("None".to_owned(), |n| n.to_string());
    let text =
        format!("<frame at {:#x}, file '{}', line {line}, code {}>", frame.addr(), code.code.filename, code.code.name);
    Ok(Str::from_text(cx, &text))
}

/// Whether `v` is a frame object.
pub fn is_frame(cx: &Ctx, v: Value) -> bool {
    v.is_kind(Kind::Object) && cx.is_exactly(v, &FRAME)
}
