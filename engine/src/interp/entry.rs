//! The ways from native code into the interpreter, and what native code asks about running frames.

use std::sync::Arc;

use engine_code::{Code, CodeFlags};
use proto_core::Value;

use super::bind;
use super::call_slow::{ensure_room, ensure_room_for};
use super::dispatch::{hook_pc, run};
use super::fnptr;
use super::names::namespace_get;
use super::operands::Back;
use super::record::{Exit, OnReturn, Record};
use crate::code_rt::{RuntimeCode, object};
use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::Exc;
use crate::frames;
use crate::native::CallArgs;
use crate::objects::instance::array_get;
use crate::objects::{Cell, Dict, Function, Tuple};
use crate::protocol;
use crate::types;

/// The published position, to be restored when native code has called Python code.
pub(super) struct Saved {
    base: *mut Value,
    pc: *const u32,
    top: *mut Value,
}

impl Saved {
    /// The position now.
    pub(super) fn new(cx: &Ctx) -> Saved {
        Saved { base: cx.run.base, pc: cx.run.pc, top: cx.top() }
    }

    /// Makes it the position again.
    pub(super) fn restore(self, cx: &mut Ctx) {
        cx.run.base = self.base;
        cx.run.pc = self.pc;
        cx.set_top(self.top);
    }

    /// A record for a window opened by native code.
    pub(super) fn record(&self, on_return: OnReturn, window: *mut Value, extra: Value) -> Record {
        Record::new(on_return, window, self.base, self.pc, extra)
    }

    /// Where a window of native code's goes, if it fits, with the caller's window and instruction.
    pub(super) fn place(&self, kind: OnReturn) -> (*mut Value, *mut Value, Back) {
        (self.top.wrapping_add(2), self.base, Back { pc: self.pc, kind })
    }

    /// Where a window for such code goes, above everything in use.
    pub(super) fn window(&self, cx: &mut Ctx, words: usize) -> PyResult<*mut Value> {
        let window = self.top.wrapping_add(2);
        ensure_room(cx, window.wrapping_add(words))?;
        Ok(window)
    }
}

/// Calls a Python function from native code.
pub fn call_function(cx: &mut Ctx, f: Value, args: CallArgs) -> PyResult {
    // SAFETY: callers pass a function object; the window is above everything in use and has been checked to fit.
    unsafe {
        let f = fnptr::callee(f);
        let code = fnptr::code(f);
        let saved = enter(cx, f, code, args.values.len())?;
        let window = saved.top.add(2);
        let n = args.values.len();
        if code.fast_args as usize == n && args.kwnames.is_empty() {
            std::ptr::copy_nonoverlapping(args.values.as_ptr(), window, n);
            for i in n..code.nlocals as usize {
                *window.add(i) = Value::EMPTY;
            }
        } else if let Err(raised) = bind::bind(cx, f, window, args) {
            saved.restore(cx);
            return Err(raised);
        }
        start(cx, saved, code, window)
    }
}

/// Calls code whose register 0 is its namespace: modules, class bodies, `exec`.
fn call_namespace(cx: &mut Ctx, f: Value, namespace: Value) -> PyResult {
    // SAFETY: as in `call_function`.
    unsafe {
        let code = fnptr::code(f);
        let saved = enter(cx, f, code, 0)?;
        let window = saved.top.add(2);
        for i in 0..code.nlocals as usize {
            *window.add(i) = Value::EMPTY;
        }
        if code.nregs > 0 {
            *window = namespace;
        }
        start(cx, saved, code, window)
    }
}

/// Opens a window for `f`: its callee and return address stand, its registers do not.
unsafe fn enter(cx: &mut Ctx, f: Value, code: &RuntimeCode, n: usize) -> PyResult<Saved> {
    protocol::enter_native(cx)?;
    let saved = Saved::new(cx);
    let words = code.nregs as usize + n;
    ensure_room_for(cx, saved.top.wrapping_add(2 + words), n, 0)?;
    let window = saved.window(cx, words)?;
    // SAFETY: the window fits.
    unsafe {
        *window.sub(2) = f;
        *window.sub(1) = Value::from_bits(hook_pc(OnReturn::Native) as u64);
    }
    Ok(saved)
}

/// Runs the function whose window is bound.
unsafe fn start(cx: &mut Ctx, saved: Saved, code: &RuntimeCode, window: *mut Value) -> PyResult {
    let record = saved.record(OnReturn::Native, window, Value::EMPTY);
    cx.run.records.push(record);
    // SAFETY: the window is bound and hooked, its record names the native caller.
    unsafe { run(code.entry(), window, cx) };
    saved.restore(cx);
    outcome(cx)
}

/// The outcome of a run that cannot yield.
fn outcome(cx: &mut Ctx) -> PyResult {
    match cx.run.exit {
        Exit::Raised => Err(Raised::token()),
        _ => Ok(std::mem::replace(&mut cx.run.result, Value::EMPTY)),
    }
}

/// A function made of runtime code.
pub fn make_function(cx: &mut Ctx, code: &'static RuntimeCode, globals: Value, closure: Value) -> Value {
    let made = Function::new(cx, code, globals, closure);
    let builtins = builtins_of(cx, globals);
    if let Some(f) = Function::of(made) {
        f.set_builtins(cx, builtins);
    }
    made
}

/// The builtins that code with these globals sees: their `__builtins__`, else those of the running code.
pub fn builtins_of(cx: &mut Ctx, globals: Value) -> Value {
    let name = cx.names.__builtins__;
    match Dict::of_sub(cx, globals).and_then(|d| d.get_str(name)) {
        Some(v) => match crate::native::module_dict(v) {
            Some(dict) => dict.value(),
            None => v,
        },
        None => current_builtins(cx),
    }
}

/// A name in the builtins of a function.
pub(super) fn builtin(cx: &mut Ctx, builtins: Value, name: Value) -> PyResult<Option<Value>> {
    namespace_get(cx, builtins, name)
}

/// Runs a code object (what `exec`, `eval` and `import` do). `locals` is EMPTY when it is the globals. Adds `__builtins__` to the
/// globals.
pub fn exec_code(cx: &mut Ctx, code: Value, globals: Value, locals: Value, closure: Value) -> PyResult {
    let Some(code) = object::runtime_code(cx, code) else {
        return Err(cx.type_error("a code object is required"));
    };
    exec_runtime_code(cx, code, globals, locals, closure)
}

/// As [`exec_code`], for runtime code.
pub fn exec_runtime_code(
    cx: &mut Ctx,
    code: &'static RuntimeCode,
    globals: Value,
    locals: Value,
    closure: Value,
) -> PyResult {
    let Some(dict) = Dict::of_sub(cx, globals) else { return Err(cx.type_error("globals must be a dict")) };
    ensure_builtins(cx, dict);
    let f = make_function(cx, code, globals, closure);
    if code.code.flags.has(CodeFlags::OPTIMIZED) {
        return call_function(cx, f, CallArgs::pos(&[]));
    }
    let namespace = match (locals.is_empty() || locals == globals, dict.value() == globals) {
        (true, true) => Value::EMPTY,
        // A subclass of dict may have methods of its own.
        (true, false) => globals,
        _ => locals,
    };
    call_namespace(cx, f, namespace)
}

/// Adds `__builtins__` to globals that have none: the namespace of the running code's builtins.
pub fn ensure_builtins(cx: &mut Ctx, globals: Dict) {
    let name = cx.names.__builtins__;
    if globals.get_str(name).is_none() {
        let builtins = current_builtins(cx);
        globals.set_str(cx, name, builtins);
    }
}

/// Runs freshly compiled code as a module body.
pub fn exec_module(cx: &mut Ctx, code: Arc<Code>, globals: Value) -> PyResult {
    let code = RuntimeCode::load(cx, code);
    exec_runtime_code(cx, code, globals, Value::EMPTY, Value::EMPTY)
}

/// Runs the function of a class body in `namespace`; gives what the body returns: the `__class__` cell or None.
pub fn run_class_body(cx: &mut Ctx, body: Value, namespace: Value) -> PyResult {
    // What is no class body, but a function that somebody made `__build_class__` call, has variables of its own.
    if Function::of(body).is_some_and(|f| f.code().code.flags.has(CodeFlags::OPTIMIZED)) {
        return call_function(cx, body, CallArgs::pos(&[]));
    }
    call_namespace(cx, body, namespace)
}

// --- questions about running frames ---

/// The globals of the running Python function.
pub fn current_globals(cx: &Ctx) -> Option<Value> {
    // SAFETY: the published position is that of a running frame.
    frames::innermost(cx).map(|frame| unsafe { fnptr::globals(frame.function()) })
}

/// The builtins of the running Python function, or the runtime's.
pub fn current_builtins(cx: &Ctx) -> Value {
    match frames::innermost(cx).and_then(|frame| Function::of(frame.function())) {
        Some(f) if !f.builtins().is_empty() => f.builtins(),
        _ => cx.builtins_dict().value(),
    }
}

/// What `locals()` gives in the running frame.
pub fn current_locals(cx: &mut Ctx) -> PyResult {
    match frames::current(cx) {
        Some(frame) => frames::locals::snapshot_live(cx, &frame),
        None => Err(cx.system_error("frame does not exist")),
    }
}

/// The frame object `depth` frames up from the running one.
pub fn frame_at(cx: &mut Ctx, depth: usize) -> Option<Value> {
    let mut frame = frames::current(cx)?;
    for _ in 0..depth {
        frame = frames::caller(cx, &frame)?;
    }
    Some(frames::frame_object(cx, &frame))
}

/// `__name__` in the globals of the frame `depth` frames up, EMPTY if there is none.
pub fn module_name_at(cx: &mut Ctx, depth: usize) -> Value {
    let mut frame = frames::current(cx);
    for _ in 0..depth {
        frame = frame.and_then(|f| frames::caller(cx, &f));
    }
    module_name(cx, frame)
}

fn module_name(cx: &Ctx, frame: Option<frames::View>) -> Value {
    let name = cx.names.__name__;
    // SAFETY: a frame's function is a function.
    let globals = frame.and_then(|f| Dict::of_sub(cx, unsafe { fnptr::globals(f.function()) }));
    globals.and_then(|g| g.get_str(name)).unwrap_or(Value::EMPTY)
}

/// `__name__` of the running code's globals, EMPTY if there is none.
pub fn caller_module_name(cx: &Ctx) -> Value {
    module_name(cx, frames::innermost(cx))
}

/// What `super()` without arguments works on: the class that the running method was defined in, and its first argument.
pub fn super_args(cx: &mut Ctx) -> PyResult<(Value, Value)> {
    let runtime_error = |cx: &mut Ctx, text: &str| Err(cx.raise(Exc::RuntimeError, text));
    let Some(frame) = frames::innermost(cx) else {
        return runtime_error(cx, "super(): no current frame");
    };
    // SAFETY: the frame runs.
    let (code, base) = unsafe { (fnptr::code(frame.function()), frame.base) };
    if code.code.argcount == 0 {
        return runtime_error(cx, "super(): no arguments");
    }
    // SAFETY: register 0 belongs to the window of a function with arguments.
    let mut first = unsafe { *base };
    if code.code.gathers() {
        // The parameters are in the array; a cell there holds one that inner functions use.
        first = array_get(first, 0);
        first = Cell::of(first).map_or(first, |cell| cell.get());
    } else if code.code.cellvars.iter().any(|c| c.1 == 0)
        && let Some(cell) = Cell::of(first)
    {
        first = cell.get();
    }
    if first.is_empty() {
        return runtime_error(cx, "super(): arg[0] deleted");
    }
    let name = cx.names.__class__;
    let Some(i) = code.freevars.iter().position(|&v| v == name) else {
        return runtime_error(cx, "super(): __class__ cell not found");
    };
    let closure = Function::of(frame.function()).and_then(|f| Tuple::of(f.closure()));
    let class = closure.and_then(|c| Cell::of(c.get(i))).map_or(Value::EMPTY, |c| c.get());
    if class.is_empty() {
        return runtime_error(cx, "super(): empty __class__ cell");
    }
    if types::Type::of(class).is_none() {
        return runtime_error(cx, "super(): __class__ is not a type");
    }
    Ok((class, first))
}

/// Compiled code as a Python code object.
pub fn code_object(cx: &mut Ctx, code: Arc<Code>) -> Value {
    let code = RuntimeCode::load(cx, code);
    object::of(cx, code)
}
