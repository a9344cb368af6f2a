//! `sys.settrace` and `sys.setprofile`.
//!
//! While one of the two functions is set, the thread dispatches through a table of its own, in which every opcode leads to
//! [`step`]: it tells the functions what happens and goes on with the opcode's handler. A thread that traces nothing runs
//! through the ordinary table and pays nothing.
//!
//! The tracer keeps a stack of the frames it has seen, by window. A window above the topmost one is a call or a generator
//! that goes on, or a frame that ran before tracing began, which has events only if its `f_trace` was set.

use engine_code::{Flags, Op};
use proto_core::{Kind, Value};

use super::dispatch::*;
use super::generator::{behind_yield, yield_before};
use super::jit::Jit;
use super::monitor;
use super::operands::Running;
use super::record::OnReturn;
use crate::code_rt::RuntimeCode;
use crate::ctx::{Ctx, PyResult};
use crate::exceptions;
use crate::frames::{self, View, frame};
use crate::native::{Native, NativeObj};
use crate::objects::Method;
use crate::protocol;
use crate::types::{self, Type};

/// Which of the two functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// That of `sys.settrace`.
    Trace,
    /// That of `sys.setprofile`.
    Profile,
    /// The tools of `sys.monitoring`, which all threads have in common: there is no function.
    Monitor,
}

/// What a function is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// A function starts.
    Start,
    /// A generator goes on.
    Resume,
    /// A line begins.
    Line,
    /// An instruction begins.
    Opcode,
    /// The frame returns.
    Return,
    /// The frame yields.
    Yield,
    /// An exception arrives in the frame.
    Raise,
    /// An exception leaves the frame.
    Unwind,
    /// A native function is called, returns, raises.
    NativeCall,
    /// See above.
    NativeReturn,
    /// See above.
    NativeRaise,
}

impl Event {
    /// Its name for trace and profile functions.
    fn name(self) -> &'static str {
        match self {
            Event::Start | Event::Resume => "call",
            Event::Line => "line",
            Event::Opcode => "opcode",
            Event::Return | Event::Yield | Event::Unwind => "return",
            Event::Raise => "exception",
            Event::NativeCall => "c_call",
            Event::NativeReturn => "c_return",
            Event::NativeRaise => "c_exception",
        }
    }
}

/// A frame that has been seen.
struct Traced {
    base: *mut Value,
    /// Line of the last instruction, 0 if there was none.
    line: u32,
    /// The last instruction.
    last: *const u32,
    /// The native function that it called, for the profiler; EMPTY if none.
    native: Value,
    /// What is kept for the tools of `sys.monitoring`.
    seen: monitor::Seen,
}

/// The tracing state of a thread.
pub struct Tracer {
    trace: Value,
    profile: Value,
    /// A function is set and none is running.
    active: bool,
    frames: Vec<Traced>,
    /// Where the tools of `sys.monitoring` want nothing.
    pub(super) quiet: monitor::Quiet,
    /// What a function is being told, and of which window.
    telling: Option<(Event, *mut Value)>,
    /// Where the window goes on instead: a trace function has set its line.
    jump: Option<(*mut Value, *const u32)>,
    /// Addresses of windows whose published instruction is not the one where they go on.
    apart: Vec<usize>,
    /// What the generator returned that the frame that goes on next was iterating over or waiting for; EMPTY if none has just ended.
    ended: Value,
    /// Whether it was waiting.
    awaited: bool,
}

impl Default for Tracer {
    fn default() -> Self {
        Tracer {
            trace: Value::NONE,
            profile: Value::NONE,
            active: monitor::is_on(),
            frames: Vec::new(),
            quiet: Default::default(),
            telling: None,
            jump: None,
            apart: Vec::new(),
            ended: Value::EMPTY,
            awaited: false,
        }
    }
}

impl Tracer {
    /// Shows the values that only the tracer refers to.
    pub fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.trace);
        visit(self.profile);
        visit(self.ended);
        // Addresses of instructions keep their code, here and below.
        if let Some((_, pc)) = self.jump {
            visit(Value::address(pc));
        }
        for f in &self.frames {
            visit(Value::address(f.last));
            visit(f.native);
            f.seen.visit(visit);
        }
    }

    /// What the tools of `sys.monitoring` know of the topmost frame that was seen.
    pub(super) fn seen(&mut self) -> Option<&mut monitor::Seen> {
        self.frames.last_mut().map(|f| &mut f.seen)
    }

    /// Whether somebody wants events.
    fn is_wanted(&self) -> bool {
        !(self.trace.is_none() && self.profile.is_none()) || monitor::is_on()
    }

    /// What a function is being told, and of which window.
    pub fn telling(&self) -> Option<(Event, *mut Value)> {
        self.telling
    }

    /// Lets the window that a function is told of go on at `pc`.
    pub(crate) fn set_jump(&mut self, base: *mut Value, pc: *const u32) {
        self.jump = Some((base, pc));
    }

    /// Where the window will go on, if a trace function has changed that.
    pub(crate) fn jump_of(&self, base: *mut Value) -> Option<*const u32> {
        self.jump.filter(|&(of, _)| of == base).map(|(_, pc)| pc)
    }

    /// Whether the published instruction of the window is not the one where it goes on.
    pub(crate) fn is_apart(&self, base: *mut Value) -> bool {
        self.apart.contains(&(base as usize))
    }

    /// Whether events are to be told.
    #[inline]
    pub fn is_active(&self) -> bool {
        self.active
    }
}

/// One of the thread's functions, None if it is not set.
pub fn function_of(cx: &Ctx, which: Which) -> Value {
    match which {
        Which::Trace => cx.run.tracer.trace,
        Which::Profile => cx.run.tracer.profile,
        Which::Monitor => Value::NONE,
    }
}

/// Sets one of the thread's functions; None: tells it nothing any more.
pub fn set_function(cx: &mut Ctx, which: Which, f: Value) {
    let tracer = &mut cx.run.tracer;
    match which {
        Which::Trace => tracer.trace = f,
        Which::Profile => tracer.profile = f,
        Which::Monitor => {}
    }
    tracer.ended = Value::EMPTY;
    if !tracer.is_wanted() {
        tracer.frames.clear();
    }
    // What a tool's callback sets counts when it has returned.
    if tracer.telling.is_none() || which != Which::Monitor {
        resume(cx);
    }
}

/// Lets events be told again, if a function is set.
fn resume(cx: &mut Ctx) {
    let tracer = &mut cx.run.tracer;
    tracer.active = tracer.is_wanted();
    retable(cx);
}

/// Chooses the thread's table: that of what it does besides running code.
pub(crate) fn retable(cx: &mut Ctx) {
    cx.run.table = if cx.run.tracer.active { tracing_table() } else { untraced_table(&cx.run.jit) };
}

/// The table of a thread that begins.
pub(super) fn first_table(jit: &Jit) -> *const Handler {
    if monitor::is_on() { tracing_table() } else { untraced_table(jit) }
}

/// Tells the tools of `sys.monitoring` something of the frame at `view`, with events switched off.
pub(super) fn told<R>(cx: &mut Ctx, event: Event, view: &View, f: impl FnOnce(&mut Ctx) -> PyResult<R>) -> PyResult<R> {
    pause(cx);
    let outer = cx.run.tracer.telling.replace((event, view.base));
    // The frame is the published one, the place may be another.
    let (base, pc) = (cx.run.base, cx.run.pc);
    cx.run.pc = view.pc;
    let r = f(cx);
    (cx.run.base, cx.run.pc) = (base, pc);
    cx.run.tracer.telling = outer;
    if r.is_err() {
        cx.run.tracer.jump = None;
    }
    resume(cx);
    r
}

/// Stops telling events.
fn pause(cx: &mut Ctx) {
    cx.run.tracer.active = false;
    retable(cx);
}

/// Calls `f` with events switched off.
pub fn untraced<R>(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) -> R) -> R {
    let was = cx.run.tracer.active;
    if was {
        pause(cx);
    }
    let r = f(cx);
    if was {
        resume(cx);
    }
    r
}

/// Stands for every opcode's handler while the thread is traced.
pub(super) unsafe extern "C" fn step(mut pc: *const u32, base: *mut Value, cx: *mut Ctx, _: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        if (*cx).run.tracer.active && before(publish(pc, base, cx), pc, base).is_err() {
            let table = (*cx).run.table;
            return super::unwind::unwind(pc, base, cx, table);
        }
        if let Some((_, to)) = (*cx).run.tracer.jump.take() {
            pc = to;
            jumped(publish(pc, base, cx), base, pc);
        }
        let handler = (*table().add(*pc as u8 as usize)).0;
        let table = (*cx).run.table;
        handler(pc, base, cx, table)
    }
}

/// The line that a trace function has chosen begins: it knows.
#[cold]
unsafe fn jumped(cx: &mut Ctx, base: *mut Value, pc: *const u32) {
    // SAFETY: handler contract.
    let line = unsafe { code(base) }.line_at(pc).unwrap_or(0);
    if let Some(seen) = cx.run.tracer.frames.last_mut().filter(|seen| seen.base == base) {
        (seen.line, seen.last) = (line, pc);
    }
}

/// Calls one of the functions with events switched off; gives its result. If it raises, it is no longer called.
fn tell(cx: &mut Ctx, which: Which, f: Value, frame: Value, event: Event, arg: Value) -> PyResult {
    pause(cx);
    let (base, pc) = (cx.run.base, cx.run.pc);
    let outer = cx.run.tracer.telling.replace((event, base));
    let name = cx.intern(event.name().as_bytes());
    let r = protocol::call(cx, f, &[frame, name, arg]);
    cx.run.tracer.telling = outer;
    cx.run.base = base;
    cx.run.pc = pc;
    if r.is_err() {
        cx.run.tracer.jump = None;
        set_function(cx, which, Value::NONE);
    } else {
        resume(cx);
    }
    r
}

/// Tells a frame's own trace function, whose result replaces it.
fn tell_local(cx: &mut Ctx, frame: Value, event: Event, arg: Value) -> PyResult<()> {
    let f = frame::trace_function(cx, frame);
    if f.is_none() || cx.run.tracer.trace.is_none() || !cx.run.tracer.active {
        return Ok(());
    }
    let r = tell(cx, Which::Trace, f, frame, event, arg)?;
    if !r.is_none() {
        frame::set_trace_function(cx, frame, r);
    }
    Ok(())
}

/// Tells the profiler.
fn tell_profile(cx: &mut Ctx, frame: Value, event: Event, arg: Value) -> PyResult<()> {
    let f = cx.run.tracer.profile;
    if !f.is_none() && cx.run.tracer.active {
        tell(cx, Which::Profile, f, frame, event, arg)?;
    }
    Ok(())
}

/// What happens before the instruction at `pc` of the frame at `base`, whose position is published.
#[inline(never)]
unsafe fn before(cx: &mut Ctx, pc: *const u32, base: *mut Value) -> PyResult<()> {
    // SAFETY: handler contract.
    let code = unsafe { code(base) };
    let tracer = &mut cx.run.tracer;
    while tracer.frames.last().is_some_and(|f| f.base > base) {
        tracer.frames.pop();
    }
    if tracer.frames.last().is_none_or(|f| f.base < base) {
        // SAFETY: as above.
        unsafe {
            if *pc as u8 == Op::ReturnGenerator as u8 {
                return Ok(());
            }
            opened(cx, code, pc, base)?;
        }
    }
    // A call that let a collection or another thread's request happen first starts once more: it has been told of.
    // SAFETY: handler contract: `pc` is a position in the frame's code.
    let call = unsafe { starts_again(pc) };
    if call && cx.run.tracer.frames.last().is_some_and(|seen| seen.last == pc) {
        return Ok(());
    }
    let view = View { base, pc };
    returned_natively(cx, &view, Event::NativeReturn)?;
    if !cx.run.tracer.ended.is_empty() {
        generator_ended(cx, &view)?;
    }
    if monitor::is_on() {
        monitor::goes_on(cx, &view)?;
    }
    if cx.run.tracer.jump.is_none() {
        line(cx, code, &view)?;
    }
    // SAFETY: as above; operands are registers of the frame.
    unsafe {
        let running = Running::at(pc);
        if let Some(running) = running.filter(|_| monitor::is_on() && cx.run.tracer.jump.is_none()) {
            monitor::before(cx, &view, running)?;
        }
        match running {
            // It goes on elsewhere.
            _ if cx.run.tracer.jump.is_some() => Ok(()),
            Some(Running::ReturnValue(i)) => left(cx, &view, get(base, i.value()), Event::Return),
            Some(Running::ReturnConst(i)) => left(cx, &view, *code.consts().add(i.value()), Event::Return),
            Some(Running::YieldValue(i)) => left(cx, &view, get(base, i.src()), Event::Yield),
            Some(Running::YieldDelegate(i)) => left(cx, &view, get(base, i.value()), Event::Yield),
            Some(Running::Call(i)) => calls(cx, &view, i.window(), Called::Plain),
            Some(Running::CallKw(i)) => calls(cx, &view, i.window(), Called::Plain),
            Some(Running::CallMethod(i)) => calls(cx, &view, i.window(), Called::Method),
            Some(Running::CallMethodKw(i)) => calls(cx, &view, i.window(), Called::Method),
            Some(Running::CallEx(i)) => calls(cx, &view, i.window(), Called::Spread),
            _ => Ok(()),
        }
    }
}

/// Whether the instruction at `pc` is a call, which never follows itself.
///
/// # Safety
/// `pc` is a position in code.
unsafe fn starts_again(pc: *const u32) -> bool {
    // SAFETY: handler contract.
    let op = Op::from_u8(unsafe { *pc } as u8);
    matches!(op, Some(Op::Call | Op::CallMethod | Op::CallKw | Op::CallMethodKw | Op::CallEx))
}

/// A frame that has not been seen.
unsafe fn opened(cx: &mut Ctx, code: &RuntimeCode, pc: *const u32, base: *mut Value) -> PyResult<()> {
    let view = View { base, pc };
    let generator = !frames::generator_of(cx, &view).is_empty();
    let start = if generator { behind_yield(code.entry()) } else { code.entry() };
    let resumed = generator && pc != start && is_yield(code, yield_before(pc));
    let line = if pc == start { 0 } else { code.line_at(yield_before(pc)).unwrap_or(0) };
    let last = previous(code, pc);
    cx.run.tracer.frames.push(Traced { base, line, last, native: Value::EMPTY, seen: Default::default() });
    if pc != start && !resumed {
        return Ok(());
    }
    // The event belongs to the line of the `def` or of the `yield`.
    let at = if resumed { yield_before(pc) } else { code.entry().wrapping_sub(1) };
    cx.run.pc = at;
    let event = if resumed { monitor::PY_RESUME } else { monitor::PY_START };
    let told = monitor::at(cx, &View { base, pc: at }, event);
    if told.is_err() || (cx.run.tracer.trace.is_none() && cx.run.tracer.profile.is_none()) {
        cx.run.pc = pc;
        return told;
    }
    let frame = frames::frame_object(cx, &View { base, pc: at });
    let f = cx.run.tracer.trace;
    let event = if resumed { Event::Resume } else { Event::Start };
    if !f.is_none() {
        let local = tell(cx, Which::Trace, f, frame, event, Value::NONE)?;
        frame::set_trace_function(cx, frame, local);
    }
    tell_profile(cx, frame, event, Value::NONE)?;
    cx.run.pc = pc;
    Ok(())
}

/// The instruction before `pc`.
fn previous(code: &RuntimeCode, pc: *const u32) -> *const u32 {
    let (index, mut before) = (code.index_of(pc) as usize, 0);
    crate::code_rt::walk(&code.code.instrs, |_, i| {
        if i < index {
            before = i;
        }
    });
    code.entry().wrapping_add(before)
}

/// Whether there is a `yield` at `pc`, which may be a second word.
fn is_yield(code: &RuntimeCode, pc: *const u32) -> bool {
    let index = code.index_of(pc) as usize;
    let mut found = false;
    crate::code_rt::walk(&code.code.instrs, |op, i| {
        found |= i == index && matches!(op, Op::YieldValue | Op::YieldDelegate);
    });
    found
}

/// Tells the frame's function of a line that begins.
fn line(cx: &mut Ctx, code: &RuntimeCode, view: &View) -> PyResult<()> {
    let Some(line) = code.line_at(view.pc).filter(|&n| n != 0) else { return Ok(()) };
    let Some(seen) = cx.run.tracer.frames.last_mut() else { return Ok(()) };
    // An instruction that starts once more, as a call does after a poll, begins no line; a jump to itself does.
    // SAFETY: the published position.
    let op = Op::from_u8(unsafe { *view.pc } as u8);
    let jumps_back = || op.is_some_and(|op| op.info().flags.has(Flags::BACK));
    // Nor does the step of a delegation that goes on.
    let again = view.pc < seen.last && op != Some(Op::Send);
    let begins = line != seen.line || again || (view.pc == seen.last && jumps_back());
    let (before, last) = (seen.line, seen.last);
    seen.line = line;
    seen.last = view.pc;
    if !cx.run.tracer.trace.is_none() {
        trace_line(cx, code, view, begins, line != before, last)?;
    }
    // Tools hear of it after the trace function.
    if monitor::is_on() && line != before && last != view.pc && is_call(code, last) && cx.run.tracer.jump.is_none() {
        apart(cx, view, last, |cx, at| monitor::at(cx, at, monitor::INSTRUCTION))?;
        if frames::existing_object(cx, view).is_some() {
            frames::frame_object(cx, view);
        }
    }
    if begins && cx.run.tracer.jump.is_none() { monitor::line(cx, view, line) } else { Ok(()) }
}

/// Tells the frame's trace function of the instruction, and of the line if it `begins` there; `changes`: the last one, `last`,
/// had another.
fn trace_line(
    cx: &mut Ctx,
    code: &RuntimeCode,
    view: &View,
    begins: bool,
    changes: bool,
    last: *const u32,
) -> PyResult<()> {
    let Some(frame) = frames::existing_object(cx, view) else { return Ok(()) };
    if frame::traces_opcodes(cx, frame) && changes && last != view.pc && is_call(code, last) {
        apart(cx, view, last, |cx, at| {
            let frame = frames::frame_object(cx, at);
            tell_local(cx, frame, Event::Opcode, Value::NONE)
        })?;
        frames::frame_object(cx, view);
    }
    if begins && frame::traces_lines(cx, frame) {
        tell_local(cx, frame, Event::Line, Value::NONE)?;
    }
    if frame::traces_opcodes(cx, frame) && cx.run.tracer.jump.is_none() {
        tell_local(cx, frame, Event::Opcode, Value::NONE)?;
    }
    Ok(())
}

/// Tells of what happens at `last`, where the frame has been, and not where it goes on. So ends a call: it keeps or drops its result
/// itself, for which CPython has an instruction; a debugger that was called stops there, on the line of the call.
fn apart(
    cx: &mut Ctx,
    view: &View,
    last: *const u32,
    tell: impl FnOnce(&mut Ctx, &View) -> PyResult<()>,
) -> PyResult<()> {
    cx.run.pc = last;
    cx.run.tracer.apart.push(view.base as usize);
    let r = tell(cx, &View { base: view.base, pc: last });
    cx.run.tracer.apart.pop();
    cx.run.pc = view.pc;
    r
}

/// Whether the instruction at `pc` is a call.
fn is_call(code: &RuntimeCode, pc: *const u32) -> bool {
    // SAFETY: a position in the code's instructions.
    let op = code.contains(pc).then(|| Op::from_u8(unsafe { *pc } as u8)).flatten();
    op.is_some_and(|op| op.info().flags.has(Flags::CALLS))
}

/// The object of a frame that is left, if somebody wants to know: a profiler does of frames older than itself, too.
fn told_of(cx: &mut Ctx, view: &View) -> Option<Value> {
    if cx.run.tracer.profile.is_none() {
        frames::existing_object(cx, view)
    } else {
        Some(frames::frame_object(cx, view))
    }
}

/// The frame is about to return or to yield `v`.
fn left(cx: &mut Ctx, view: &View, v: Value, event: Event) -> PyResult<()> {
    monitor::with(cx, view, if event == Event::Yield { monitor::PY_YIELD } else { monitor::PY_RETURN }, v)?;
    match last_lined(cx, view) {
        // What returns without a line of its own returns from the line that ran last.
        Some(last) => apart(cx, view, last, |cx, at| tell_left(cx, at, v, event))?,
        None => tell_left(cx, view, v, event)?,
    }
    cx.run.tracer.frames.pop();
    // SAFETY: the top record is that of the frame that leaves.
    let to = unsafe { cx.run.top_ptr().as_ref() }.map(|record| record.on_return);
    let awaited = matches!(to, Some(OnReturn::GeneratorSend | OnReturn::GeneratorChain));
    if event == Event::Return && (awaited || to == Some(OnReturn::GeneratorFor)) {
        (cx.run.tracer.ended, cx.run.tracer.awaited) = (v, awaited);
    }
    Ok(())
}

/// The last instruction with a line that ran in the frame, if the one that runs has none.
fn last_lined(cx: &Ctx, view: &View) -> Option<*const u32> {
    let (code, seen) = (view.code(), cx.run.tracer.frames.last()?);
    let lined = |pc| code.line_at(pc).is_some_and(|line| line != 0);
    (!lined(view.pc) && seen.base == view.base && code.contains(seen.last) && lined(seen.last)).then_some(seen.last)
}

fn tell_left(cx: &mut Ctx, view: &View, v: Value, event: Event) -> PyResult<()> {
    if let Some(frame) = told_of(cx, view) {
        tell_local(cx, frame, event, v)?;
        tell_profile(cx, frame, event, v)?;
    }
    Ok(())
}

/// A generator has ended inside the instruction before `view`: a StopIteration that nobody sees but tracers and tools.
#[cold]
fn generator_ended(cx: &mut Ctx, view: &View) -> PyResult<()> {
    let value = std::mem::replace(&mut cx.run.tracer.ended, Value::EMPTY);
    let Some(last) = cx.run.tracer.frames.last().map(|seen| seen.last) else { return Ok(()) };
    let raised = cx.stop_iteration(value);
    let exception = cx.take(raised);
    // Trace functions hear of the end of a loop's generator only if it returns something.
    let told = cx.run.tracer.awaited || !value.is_none();
    apart(cx, view, last, |cx, at| {
        if told && let Some(frame) = frames::existing_object(cx, at) {
            let class = types::type_of(cx, exception).value();
            let arg = cx.tuple(&[class, exception, Value::NONE]);
            tell_local(cx, frame, Event::Raise, arg)?;
        }
        monitor::with(cx, at, monitor::STOP_ITERATION, exception)
    })
}

/// How a call finds its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    /// They follow the callee.
    Plain,
    /// As prepared by `load_method`: the first may be a receiver.
    Method,
    /// They are in a tuple and a dict.
    Spread,
}

/// The frame is about to call what stands in the window `at`.
unsafe fn calls(cx: &mut Ctx, view: &View, at: usize, called: Called) -> PyResult<()> {
    let has_receiver = called != Called::Spread;
    if cx.run.tracer.profile.is_none() {
        return Ok(());
    }
    // SAFETY: handler contract: the operands are registers of the frame.
    let (mut callee, receiver, method) = unsafe {
        let window = view.base.add(at);
        (*window, *window.add(2), called == Called::Method)
    };
    // What a method of a native function calls is that function. (CPython does not tell of it where arguments are spread.)
    let of_method = Method::of(callee).filter(|_| has_receiver).map(Method::func).filter(|f| f.is_kind(Kind::Native));
    let bound = of_method.is_some();
    callee = of_method.unwrap_or(callee);
    if !callee.is_kind(Kind::Native) {
        return Ok(());
    }
    let get = types::type_of(cx, callee).slots().descr_get();
    let callee = match get {
        Some(get) if method && !bound && !receiver.is_empty() => {
            // A class is its own owner to a native class method.
            let of_class = NativeObj::of(callee).is_some_and(|n| matches!(n.native(), Native::ClassMethod(_)));
            let ty = match Type::of(receiver) {
                Some(class) if of_class => class.value(),
                _ => types::type_of(cx, receiver).value(),
            };
            get.call(cx, callee, receiver, ty)?
        }
        _ => callee,
    };
    let frame = frames::frame_object(cx, view);
    if let Some(seen) = cx.run.tracer.frames.last_mut() {
        seen.native = callee;
    }
    tell_profile(cx, frame, Event::NativeCall, callee)
}

/// The native function that the frame called has returned or raised.
fn returned_natively(cx: &mut Ctx, view: &View, event: Event) -> PyResult<()> {
    let Some(seen) = cx.run.tracer.frames.last_mut() else { return Ok(()) };
    let native = std::mem::replace(&mut seen.native, Value::EMPTY);
    if native.is_empty() {
        return Ok(());
    }
    let frame = frames::frame_object(cx, view);
    tell_profile(cx, frame, event, native)
}

/// The pending exception arrives in the frame at `base`, where it goes on at `handler`, if it has one there. An error of the
/// function replaces the exception.
#[cold]
#[inline(never)]
pub(super) fn raised(cx: &mut Ctx, pc: *const u32, base: *mut Value, arrives: bool, handler: Option<*const u32>) {
    let tracer = &mut cx.run.tracer;
    while tracer.frames.last().is_some_and(|f| f.base > base) {
        tracer.frames.pop();
    }
    let view = View { base, pc };
    let unseen = tracer.frames.last().is_none_or(|f| f.base < base);
    // A generator that goes on with an exception has not been seen since it yielded.
    let thrown = unseen && monitor::is_on() && is_yield(view.code(), pc);
    // Nor has one whose trace function was set from a function that it called.
    let late = unseen && !cx.run.tracer.trace.is_none() && has_trace_function(cx, &view);
    if unseen && !thrown && !late {
        return;
    }
    if unseen {
        let tracer = &mut cx.run.tracer;
        let line = view.code().line_at(pc).unwrap_or(0);
        tracer.frames.push(Traced { base, line, last: pc, native: Value::EMPTY, seen: Default::default() });
    }
    let exception = std::mem::replace(&mut cx.pending, Value::EMPTY);
    let r = tell_raised(cx, &view, exception, arrives, handler.is_none())
        .and_then(|()| monitor::raised(cx, &view, exception, arrives, thrown, handler));
    if r.is_ok() {
        cx.pending = exception;
    }
    if handler.is_none() {
        cx.run.tracer.frames.pop();
    }
}

/// Whether the frame has a trace function of its own.
fn has_trace_function(cx: &mut Ctx, view: &View) -> bool {
    frames::existing_object(cx, view).is_some_and(|frame| !frame::trace_function(cx, frame).is_none())
}

fn tell_raised(cx: &mut Ctx, view: &View, exception: Value, arrives: bool, leaves: bool) -> PyResult<()> {
    returned_natively(cx, view, Event::NativeRaise)?;
    let Some(frame) = told_of(cx, view) else { return Ok(()) };
    if arrives {
        let class = types::type_of(cx, exception).value();
        let traceback = exceptions::get_traceback(cx, exception);
        let arg = cx.tuple(&[class, exception, traceback]);
        tell_local(cx, frame, Event::Raise, arg)?;
    }
    if leaves {
        tell_local(cx, frame, Event::Unwind, Value::NONE)?;
        tell_profile(cx, frame, Event::Unwind, Value::NONE)?;
    }
    Ok(())
}
