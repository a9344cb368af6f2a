//! What `sys.monitoring` is told of.
//!
//! The events come from the same place as those of trace functions: while some tool wants events, threads dispatch through the
//! tracing table. Which events a frame is asked for is looked up once per frame and kept until a tool changes its mind.

use engine_code::{Flags, Op};
use proto_core::sync::{AtomicBool, AtomicU32, Ordering};
use proto_core::{Kind, Value};
use rustc_hash::FxHashSet;
use std::sync::OnceLock;

use super::dispatch::get;
use super::operands::Running;
use super::trace::{self, Event, Which};
use crate::code_rt::{RuntimeCode, offset_of};
use crate::ctx::{Ctx, PyResult};
use crate::frames::View;
use crate::objects::{List, Method, Tuple};

/// Number of an event: its bit in event sets.
pub type Bit = usize;

/// A function starts.
pub const PY_START: Bit = 0;
/// A generator goes on.
pub const PY_RESUME: Bit = 1;
/// A function returns.
pub const PY_RETURN: Bit = 2;
/// A generator yields.
pub const PY_YIELD: Bit = 3;
/// Something is called.
pub const CALL: Bit = 4;
/// A line begins.
pub const LINE: Bit = 5;
/// An instruction begins.
pub const INSTRUCTION: Bit = 6;
/// An unconditional jump.
pub const JUMP: Bit = 7;
/// A branch goes into the body, or on.
pub const BRANCH_LEFT: Bit = 8;
/// A branch goes the other way.
pub const BRANCH_RIGHT: Bit = 9;
/// A generator ends that a loop iterates over or that is awaited.
pub const STOP_ITERATION: Bit = 10;
/// An exception arrives in a frame.
pub const RAISE: Bit = 11;
/// A handler gets an exception.
pub const EXCEPTION_HANDLED: Bit = 12;
/// An exception leaves a frame.
pub const PY_UNWIND: Bit = 13;
/// An exception is thrown into a generator.
pub const PY_THROW: Bit = 14;
/// An exception is raised once more.
pub const RERAISE: Bit = 15;
/// Something that is no Python function has returned.
pub const C_RETURN: Bit = 16;
/// Something that is no Python function has raised.
pub const C_RAISE: Bit = 17;

/// The tools.
pub struct Monitor {
    /// The events that some tool wants of a code object, as bits.
    pub wanted: fn(&mut Ctx, Value) -> PyResult<u32>,
    /// Calls the callbacks for an event. The code object comes first, then the place: an offset or a line. False: nobody wants
    /// it there, until what tools want changes.
    pub fire: fn(&mut Ctx, Bit, &[Value]) -> PyResult<bool>,
    /// What stands for an argument that is not there.
    pub missing: fn(&mut Ctx) -> Value,
}

static MONITOR: OnceLock<Monitor> = OnceLock::new();
static ON: AtomicBool = AtomicBool::new(false);
/// Changes with every change of what tools want.
static VERSION: AtomicU32 = AtomicU32::new(1);

/// Makes the tools known, once per process.
pub fn install(monitor: Monitor) {
    let _ = MONITOR.set(monitor);
}

/// Instructions at which nobody wants an event, as of a version of what tools want. They keep no code alive: see [`forget_places`].
#[derive(Default)]
pub(super) struct Quiet {
    version: u32,
    places: FxHashSet<(usize, Bit)>,
}

/// Whether some tool wants events.
pub fn is_on() -> bool {
    ON.load(Ordering::Acquire)
}

/// Tools want other events than before, `on`: any. All threads hear of it, the others at their next safepoint.
pub fn changed(cx: &mut Ctx, on: bool) {
    VERSION.fetch_add(1, Ordering::AcqRel);
    if ON.swap(on, Ordering::AcqRel) != on {
        cx.rt.set_tracer_of_others(cx, Which::Monitor, Value::NONE);
    }
    trace::set_function(cx, Which::Monitor, Value::NONE);
}

/// Code has been freed: other code may lie where it was.
pub(crate) fn forget_places() {
    VERSION.fetch_add(1, Ordering::AcqRel);
}

/// What is known of a frame for the tools.
pub(super) struct Seen {
    /// Its events, as of a version of what tools want.
    wanted: u32,
    version: u32,
    /// What it has called that is no Python function, and the first argument; EMPTY if nothing.
    called: [Value; 2],
    /// The call, or the branch whose end is not known yet; null if none.
    at: *const u32,
}

impl Default for Seen {
    fn default() -> Self {
        Seen { wanted: 0, version: 0, called: [Value::EMPTY; 2], at: std::ptr::null() }
    }
}

impl Seen {
    pub(super) fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.called.iter().for_each(|&v| visit(v));
        visit(Value::address(self.at));
    }
}

/// Whether some tool wants the event of the topmost frame that was seen.
fn wants(cx: &mut Ctx, code: &'static RuntimeCode, bit: Bit) -> PyResult<bool> {
    if !is_on() || !cx.run.tracer.is_active() {
        return Ok(false);
    }
    let version = VERSION.load(Ordering::Acquire);
    let Some(seen) = cx.run.tracer.seen() else { return Ok(false) };
    if seen.version != version {
        let Some(monitor) = MONITOR.get() else { return Ok(false) };
        let object = code.code_object(cx);
        let wanted = (monitor.wanted)(cx, object)?;
        if let Some(seen) = cx.run.tracer.seen() {
            (seen.version, seen.wanted) = (version, wanted);
        }
    }
    Ok(cx.run.tracer.seen().is_some_and(|seen| seen.wanted & 1 << bit != 0))
}

/// What trace functions call the event, as far as it matters for jumps.
fn kind(bit: Bit) -> Event {
    match bit {
        PY_START => Event::Start,
        PY_RESUME => Event::Resume,
        LINE | JUMP | BRANCH_LEFT | BRANCH_RIGHT => Event::Line,
        INSTRUCTION => Event::Opcode,
        PY_RETURN => Event::Return,
        PY_YIELD => Event::Yield,
        CALL => Event::NativeCall,
        _ => Event::Raise,
    }
}

/// Tells the tools of an event of the frame, at `view.pc`; after the code come `args`, three at most.
fn tell(cx: &mut Ctx, view: &View, bit: Bit, args: &[Value]) -> PyResult<()> {
    let code = view.code();
    if !wants(cx, code, bit)? {
        return Ok(());
    }
    let Some(monitor) = MONITOR.get() else { return Ok(()) };
    let (version, place) = (VERSION.load(Ordering::Acquire), (view.pc as usize, bit));
    let quiet = &mut cx.run.tracer.quiet;
    if quiet.version != version {
        quiet.version = version;
        quiet.places.clear();
    }
    if quiet.places.contains(&place) {
        return Ok(());
    }
    let mut all = [Value::NONE; 4];
    all[0] = code.code_object(cx);
    let n = args.len().min(3);
    all[1..=n].copy_from_slice(&args[..n]);
    let wanted = trace::told(cx, kind(bit), view, |cx| (monitor.fire)(cx, bit, &all[..=n]))?;
    if !wanted && cx.run.tracer.quiet.version == VERSION.load(Ordering::Acquire) {
        cx.run.tracer.quiet.places.insert(place);
    }
    Ok(())
}

fn offset(code: &RuntimeCode, pc: *const u32) -> Value {
    // The start is the word before the first.
    let word = (pc as usize).wrapping_sub(code.entry() as usize) as isize / 4;
    Value::small(offset_of(word as u32) as i32)
}

/// Tells of an event that has nothing but a place.
pub(super) fn at(cx: &mut Ctx, view: &View, bit: Bit) -> PyResult<()> {
    let place = offset(view.code(), view.pc);
    tell(cx, view, bit, &[place])
}

/// Tells of an event with a value: what is returned, yielded, raised.
pub(super) fn with(cx: &mut Ctx, view: &View, bit: Bit, v: Value) -> PyResult<()> {
    let place = offset(view.code(), view.pc);
    tell(cx, view, bit, &[place, v])
}

/// A line begins.
pub(super) fn line(cx: &mut Ctx, view: &View, line: u32) -> PyResult<()> {
    tell(cx, view, LINE, &[Value::small(line as i32)])
}

/// The frame goes on at `view`: what it has called has returned, its branch is decided.
pub(super) fn goes_on(cx: &mut Ctx, view: &View) -> PyResult<()> {
    returned(cx, view, C_RETURN)?;
    let Some(seen) = cx.run.tracer.seen() else { return Ok(()) };
    let from = std::mem::replace(&mut seen.at, std::ptr::null());
    let code = view.code();
    if from.is_null() || !code.contains(from) {
        return Ok(());
    }
    let Some((left, right)) = sides(&code.code.instrs, code.index_of(from) as usize) else { return Ok(()) };
    let to = code.index_of(view.pc) as usize;
    let bit = match to {
        _ if to == left => BRANCH_LEFT,
        _ if to == right => BRANCH_RIGHT,
        _ => return Ok(()),
    };
    let places = [offset(code, from), offset(code, view.pc)];
    tell(cx, &View { base: view.base, pc: from }, bit, &places)
}

/// What the frame has called that is no Python function has returned or raised.
fn returned(cx: &mut Ctx, view: &View, bit: Bit) -> PyResult<()> {
    let Some(seen) = cx.run.tracer.seen() else { return Ok(()) };
    let [callee, first] = std::mem::replace(&mut seen.called, [Value::EMPTY; 2]);
    if callee.is_empty() {
        return Ok(());
    }
    let from = std::mem::replace(&mut seen.at, std::ptr::null());
    let place = offset(view.code(), from);
    tell(cx, &View { base: view.base, pc: from }, bit, &[place, callee, first])
}

/// Both ends of the branch at a word index: where it goes on or into the body of a loop, and the other one.
pub(crate) fn sides(instrs: &[u32], at: usize) -> Option<(usize, usize)> {
    let op = Op::from_u8(*instrs.get(at)? as u8)?;
    if op.info().flags.has(Flags::END) || matches!(op, Op::Send | Op::RangePrep) {
        return None;
    }
    let (next, target) = (at + op.words(), engine_code::dis::jump_target(instrs, at)?);
    // The test of a loop stands behind its body.
    Some(if target <= at { (target, next) } else { (next, target) })
}

/// The frame is about to do the instruction at `view`.
pub(super) unsafe fn before(cx: &mut Ctx, view: &View, running: Running) -> PyResult<()> {
    at(cx, view, INSTRUCTION)?;
    let code = view.code();
    match running {
        Running::Jump(jump) | Running::LoopBack(jump) => {
            let (next, target) = (code.index_of(jump.next()), code.index_of(jump.target()) as usize);
            // Handlers stand apart in CPython, and a return is copied to where it is reached from: no jumps there.
            let returns = code.code.instrs.get(target).is_some_and(|&word| word as u8 == Op::ReturnConst as u8);
            if returns || code.code.exceptions.iter().any(|h| h.target == next) {
                return Ok(());
            }
            let places = [offset(code, view.pc), offset(code, jump.target())];
            tell(cx, view, JUMP, &places)
        }
        Running::Call(i) => calls(cx, view, i.window(), First::Register(2, i.arguments())),
        Running::CallKw(i) => calls(cx, view, i.window(), First::Register(2, i.arguments())),
        Running::CallMethod(i) => calls(cx, view, i.window(), First::OfMethod(i.arguments())),
        Running::CallMethodKw(i) => calls(cx, view, i.window(), First::OfMethod(i.arguments())),
        Running::CallEx(i) => calls(cx, view, i.window(), First::Spread),
        // The callee is called by the instruction itself only if it is the class; what follows is a call otherwise.
        // SAFETY: handler contract: the operands are registers of the frame.
        Running::RangePrep(i) if unsafe { get(view.base, i.window()) } == cx.types.range.value() => {
            calls(cx, view, i.window(), First::Register(2, i.arguments()))
        }
        Running::RangePrep(_) => Ok(()),
        Running::LoadSuperAttr(i) | Running::LoadSuperMethod(i) => {
            calls(cx, view, i.window(), First::Register(1, i.arguments()))
        }
        _ => {
            let branches = sides(&code.code.instrs, code.index_of(view.pc) as usize).is_some();
            let wanted = branches && (wants(cx, code, BRANCH_LEFT)? || wants(cx, code, BRANCH_RIGHT)?);
            if let Some(seen) = cx.run.tracer.seen().filter(|_| wanted) {
                seen.at = view.pc;
            }
            Ok(())
        }
    }
}

/// Where the first argument of a call is.
enum First {
    /// In this register of the window, if there are any arguments; so many there are.
    Register(usize, usize),
    /// As after `load_method`.
    OfMethod(usize),
    /// In a tuple or list.
    Spread,
}

/// The frame is about to call what stands in the window `at`.
fn calls(cx: &mut Ctx, view: &View, at: usize, first: First) -> PyResult<()> {
    if !wants(cx, view.code(), CALL)? {
        return Ok(());
    }
    let Some(monitor) = MONITOR.get() else { return Ok(()) };
    // SAFETY: handler contract: the operands are registers of the frame.
    let register = |i: usize| unsafe { get(view.base, at + i) };
    let argument = |i: usize, n: usize| if n > 0 { register(i) } else { Value::EMPTY };
    let callee = register(0);
    let first = match first {
        First::Register(i, n) => argument(i, n),
        First::OfMethod(n) if register(2).is_empty() => argument(3, n.saturating_sub(1)),
        First::OfMethod(n) => argument(2, n),
        First::Spread => {
            let args = register(2);
            let list = List::of(args).filter(|l| l.len() > 0).and_then(|l| l.get(0));
            Tuple::of(args).filter(|t| t.len() > 0).map(|t| t.get(0)).or(list).unwrap_or(Value::EMPTY)
        }
    };
    let (callee, first) = match Method::of(callee) {
        Some(method) => (method.func(), method.self_()),
        None => (callee, first),
    };
    let first = if first.is_empty() { (monitor.missing)(cx) } else { first };
    let place = offset(view.code(), view.pc);
    tell(cx, view, CALL, &[place, callee, first])?;
    if let Some(seen) = cx.run.tracer.seen().filter(|_| !callee.is_kind(Kind::Function)) {
        (seen.called, seen.at) = ([callee, first], view.pc);
    }
    Ok(())
}

/// An exception at `view` that arrives there, or is raised once more; `thrown`: into a generator. `handler`: where it is handled.
pub(super) fn raised(
    cx: &mut Ctx,
    view: &View,
    exception: Value,
    arrives: bool,
    thrown: bool,
    handler: Option<*const u32>,
) -> PyResult<()> {
    returned(cx, view, C_RAISE)?;
    if let Some(seen) = cx.run.tracer.seen() {
        seen.at = std::ptr::null();
    }
    if thrown {
        with(cx, view, PY_THROW, exception)?;
    }
    with(cx, view, if arrives { RAISE } else { RERAISE }, exception)?;
    match handler {
        Some(pc) => {
            let place = offset(view.code(), pc);
            tell(cx, view, EXCEPTION_HANDLED, &[place, exception])
        }
        None => with(cx, view, PY_UNWIND, exception),
    }
}
