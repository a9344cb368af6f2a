//! `sys.monitoring` and `sys._jit`.
//!
//! Events reach the callbacks by way of each thread's trace function ([`dispatch`]), so they are those that it tells apart:
//! start, resumption, lines, instructions, yields, return, exceptions and their way up. A thread with a trace function of its
//! own keeps that.

use engine::interp::trace::{Event, Which, function_of, set_function};
use engine::objects::Set;
use engine::prelude::*;
use proto_core::sync::{AtomicU32, Ordering};

use crate::lifecycle;
use crate::util::c_int;

const TOOLS: usize = 6;
/// Event names in the order of their bits.
const EVENTS: [&str; 19] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];
/// Events that can be set for one code object.
const LOCAL: u32 = (1 << 11) - 1;
const CALL: u32 = 1 << 4;
const C_EVENTS: u32 = 1 << 16 | 1 << 17;
const BRANCH: u32 = 1 << 18;
const BRANCH_SIDES: u32 = 1 << 8 | 1 << 9;

static GLOBAL_EVENTS: [AtomicU32; TOOLS] = [const { AtomicU32::new(0) }; TOOLS];

/// A process-wide dict by name: tool names, callbacks, local event sets.
fn table(cx: &mut Ctx, name: &str) -> Dict {
    if let Some(d) = lifecycle::get(cx, name).and_then(Dict::of) {
        return d;
    }
    let d = Dict::new(cx);
    lifecycle::set(cx, name, d.value());
    d
}

fn names(cx: &mut Ctx) -> Dict {
    table(cx, "monitoring tools")
}

fn callbacks(cx: &mut Ctx) -> Dict {
    table(cx, "monitoring callbacks")
}

fn local_events(cx: &mut Ctx) -> Dict {
    table(cx, "monitoring local events")
}

fn tool(cx: &mut Ctx, v: Value) -> Res<usize> {
    let n = c_int(cx, v)?;
    match usize::try_from(n) {
        Ok(tool) if tool < TOOLS => Ok(tool),
        _ => Err(cx.value_error(format!("invalid tool {n} (must be between 0 and 5)"))),
    }
}

fn tool_in_use(cx: &mut Ctx, v: Value) -> Res<usize> {
    let tool = tool(cx, v)?;
    let name = names(cx).get(cx, Value::small(tool as i32))?;
    match name {
        Some(name) if name != Value::NONE => Ok(tool),
        _ => Err(cx.value_error(format!("tool {tool} is not in use"))),
    }
}

fn use_tool_id(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    if Str::of_sub(cx, args[1]).is_none() {
        return Err(cx.value_error("tool name must be a str"));
    }
    let (names, key) = (names(cx), Value::small(tool as i32));
    if names.get(cx, key)?.is_some_and(|name| name != Value::NONE) {
        return Err(cx.value_error(format!("tool {tool} is already in use")));
    }
    names.set(cx, key, args[1])?;
    Ok(Value::NONE)
}

// --- events ---

const PY_START: usize = 0;
const PY_RESUME: usize = 1;
const PY_RETURN: usize = 2;
const PY_YIELD: usize = 3;
const LINE: usize = 5;
const INSTRUCTION: usize = 6;
const RAISE: usize = 11;
const PY_UNWIND: usize = 13;
const DISPATCHED: u32 = 1 << PY_START
    | 1 << PY_RESUME
    | 1 << PY_RETURN
    | 1 << PY_YIELD
    | 1 << LINE
    | 1 << INSTRUCTION
    | 1 << RAISE
    | 1 << PY_UNWIND;
/// Events that a callback can switch off for one place.
const CAN_DISABLE: u32 = LOCAL;

/// The number of a trace function's event.
fn event_bit(event: Event) -> Option<usize> {
    Some(match event {
        Event::Start => PY_START,
        Event::Resume => PY_RESUME,
        Event::Line => LINE,
        Event::Opcode => INSTRUCTION,
        Event::Return => PY_RETURN,
        Event::Yield => PY_YIELD,
        Event::Raise => RAISE,
        Event::Unwind => PY_UNWIND,
        Event::NativeCall | Event::NativeReturn | Event::NativeRaise => return None,
    })
}

static DISPATCH: NativeDef = NativeDef::new("monitoring_dispatch", "(frame, event, arg, /)", dispatch, "");

/// The function that stands for the tools as trace function.
fn dispatcher(cx: &mut Ctx) -> Value {
    if let Some(f) = lifecycle::get(cx, "monitoring dispatcher") {
        return f;
    }
    let module = cx.intern(b"sys");
    let f = cx.new_function(&DISPATCH, module);
    lifecycle::set(cx, "monitoring dispatcher", f);
    f
}

/// The thread's trace function as Python set it: the tools' does not count.
pub fn hide_dispatcher(cx: &mut Ctx, f: Value) -> Value {
    if lifecycle::get(cx, "monitoring dispatcher") == Some(f) { Value::NONE } else { f }
}

/// Traces while some tool has events, and no function of Python's traces.
fn follow_events(cx: &mut Ctx) {
    let wanted = GLOBAL_EVENTS.iter().any(|set| set.load(Ordering::Relaxed) & DISPATCHED != 0) || {
        let locals = local_events(cx);
        locals.len() > 0
    };
    let (ours, now) = (dispatcher(cx), function_of(cx, Which::Trace));
    if wanted && now == Value::NONE {
        set_function(cx, Which::Trace, ours);
    } else if !wanted && now == ours {
        set_function(cx, Which::Trace, Value::NONE);
    }
    trace_running_frames(cx);
}

/// Frames that run already have events from now on.
fn trace_running_frames(cx: &mut Ctx) {
    let ours = dispatcher(cx);
    if function_of(cx, Which::Trace) != ours {
        return;
    }
    let mut view = engine::frames::current(cx);
    while let Some(frame) = view {
        let object = engine::frames::frame_object(cx, &frame);
        if let Ok(code) = protocol::getattr(cx, object, cx.intern(b"f_code")).map_err(|r| cx.clear(r)) {
            let own = protocol::getattr(cx, object, cx.intern(b"f_trace")).unwrap_or(Value::NONE);
            let more = (0..TOOLS).fold(0, |more, tool| more | events_of(cx, tool, code).unwrap_or(0));
            if own == Value::NONE && more & DISPATCHED & !(1 << PY_START) != 0 {
                let _ = protocol::setattr(cx, object, cx.intern(b"f_trace"), ours).map_err(|r| cx.clear(r));
                ask_for_instructions(cx, object, more);
            }
        }
        view = engine::frames::caller(cx, &frame);
    }
}

/// Instructions are told of only where somebody wants them.
fn ask_for_instructions(cx: &mut Ctx, frame: Value, events: u32) {
    let wanted = Value::bool(events & 1 << INSTRUCTION != 0);
    let _ = protocol::setattr(cx, frame, cx.intern(b"f_trace_opcodes"), wanted).map_err(|r| cx.clear(r));
}

/// The events that a tool wants of a code object.
fn events_of(cx: &mut Ctx, tool: usize, code: Value) -> Res<u32> {
    let all = GLOBAL_EVENTS[tool].load(Ordering::Relaxed);
    let local = match local_events(cx).get(cx, Value::small(tool as i32))?.and_then(Dict::of) {
        Some(d) => d.get(cx, code)?.and_then(int::to_i64).unwrap_or(0),
        None => 0,
    };
    Ok(all | local as u32)
}

/// Where callbacks have switched events off: `(tool, event, code, place)`.
fn disabled(cx: &mut Ctx) -> Res<Set> {
    let all = table(cx, "monitoring disabled");
    let key = Value::small(0);
    if let Some(set) = all.get(cx, key)?.and_then(Set::of) {
        return Ok(set);
    }
    let set = Set::new(cx);
    all.set(cx, key, set.value())?;
    Ok(set)
}

/// Calls the callbacks of all tools that want an event. `args[1]` is the place: an offset or a line.
fn fire(cx: &mut Ctx, event: usize, code: Value, args: &[Value]) -> Res<()> {
    for tool in 0..TOOLS {
        if events_of(cx, tool, code)? & 1 << event == 0 {
            continue;
        }
        let Some(f) = callbacks(cx).get(cx, callback_key(tool, event))? else { continue };
        let off = disabled(cx)?;
        let place = Tuple::new(cx, &[callback_key(tool, event), code, args[1]]);
        if off.len() > 0 && off.contains(cx, place)? {
            continue;
        }
        let r = protocol::call(cx, f, args)?;
        if r != disable_marker(cx)? {
            continue;
        }
        if CAN_DISABLE & 1 << event == 0 {
            let name = EVENTS[event];
            callbacks(cx).remove(cx, callback_key(tool, event))?;
            return Err(cx.value_error(format!("Cannot disable {name} events. Callback removed.")));
        }
        off.add(cx, place)?;
    }
    Ok(())
}

/// `sys.monitoring.DISABLE`
fn disable_marker(cx: &mut Ctx) -> PyResult {
    match lifecycle::get(cx, "monitoring DISABLE") {
        Some(v) => Ok(v),
        None => Ok(Value::EMPTY),
    }
}

/// The trace function: tells the tools, and gives the function for the rest of the frame's events. A callback that sets the
/// frame's own trace function has it called instead.
fn dispatch(cx: &mut Ctx, args: Args) -> PyResult {
    let (frame, arg) = (args[0], args[2]);
    let Some(event) = cx.run.tracer.telling().and_then(|(event, _)| event_bit(event)) else { return Ok(Value::NONE) };
    let code = protocol::getattr(cx, frame, cx.intern(b"f_code"))?;
    let place = if event == LINE { "f_lineno" } else { "f_lasti" };
    let place = protocol::getattr(cx, frame, cx.intern(place.as_bytes()))?;
    match event {
        PY_RETURN | PY_YIELD => fire(cx, event, code, &[code, place, arg])?,
        RAISE => {
            let exc = Tuple::of(arg).filter(|t| t.len() == 3).map_or(Value::NONE, |t| t.get(1));
            lifecycle::set(cx, "monitoring raised", exc);
            fire(cx, event, code, &[code, place, exc])?;
        }
        PY_UNWIND => {
            // What leaves a frame has arrived in it before.
            let exc = lifecycle::get(cx, "monitoring raised").unwrap_or(Value::NONE);
            fire(cx, event, code, &[code, place, exc])?;
        }
        _ => fire(cx, event, code, &[code, place])?,
    }
    let own = protocol::getattr(cx, frame, cx.intern(b"f_trace"))?;
    let ours = dispatcher(cx);
    if own != Value::NONE && own != ours {
        return Ok(own);
    }
    let mut more = 0;
    for tool in 0..TOOLS {
        more |= events_of(cx, tool, code)?;
    }
    if more & DISPATCHED & !(1 << PY_START) == 0 {
        return Ok(Value::NONE);
    }
    ask_for_instructions(cx, frame, more);
    Ok(ours)
}

fn forget(cx: &mut Ctx, tool: usize) -> Res<()> {
    if let Some(set) = GLOBAL_EVENTS.get(tool) {
        set.store(0, Ordering::Relaxed);
    }
    let callbacks = callbacks(cx);
    for bit in 0..EVENTS.len() {
        callbacks.remove(cx, callback_key(tool, bit))?;
    }
    local_events(cx).remove(cx, Value::small(tool as i32))?;
    follow_events(cx);
    Ok(())
}

fn clear_tool_id(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    forget(cx, tool)?;
    Ok(Value::NONE)
}

fn free_tool_id(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    forget(cx, tool)?;
    names(cx).remove(cx, Value::small(tool as i32))?;
    Ok(Value::NONE)
}

fn get_tool(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    Ok(names(cx).get(cx, Value::small(tool as i32))?.unwrap_or(Value::NONE))
}

fn callback_key(tool: usize, bit: usize) -> Value {
    Value::small((tool * EVENTS.len() + bit) as i32)
}

fn register_callback(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    let event = c_int(cx, args[1])?;
    if event <= 0 || event.count_ones() != 1 {
        return Err(cx.value_error("The callback can only be set for one event at a time"));
    }
    let bit = event.trailing_zeros() as usize;
    if bit >= EVENTS.len() {
        return Err(cx.value_error(format!("invalid event {event}")));
    }
    audit::tell(cx, "sys.monitoring.register_callback", &[args[2]])?;
    let (callbacks, key) = (callbacks(cx), callback_key(tool, bit));
    let old = callbacks.get(cx, key)?.unwrap_or(Value::NONE);
    if args[2] == Value::NONE {
        callbacks.remove(cx, key)?;
    } else {
        callbacks.set(cx, key, args[2])?;
    }
    Ok(old)
}

/// Checks an event set: calls bring their returns with them, and a branch is both of its sides.
fn event_set(cx: &mut Ctx, v: Value) -> Res<u32> {
    let n = c_int(cx, v)?;
    let mut set = n as u32;
    if n < 0 || set >= 1 << EVENTS.len() {
        return Err(cx.value_error(format!("invalid event set 0x{set:x}")));
    }
    if set & C_EVENTS != 0 {
        if set & C_EVENTS != C_EVENTS || set & CALL == 0 {
            return Err(cx.value_error("cannot set C_RETURN or C_RAISE events independently"));
        }
        set &= !C_EVENTS;
    }
    if set & BRANCH != 0 {
        set = set & !BRANCH | BRANCH_SIDES;
    }
    Ok(set)
}

fn set_events(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    let set = event_set(cx, args[1])?;
    tool_in_use(cx, args[0])?;
    GLOBAL_EVENTS[tool].store(set, Ordering::Relaxed);
    follow_events(cx);
    Ok(Value::NONE)
}

fn get_events(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    let set = GLOBAL_EVENTS[tool].load(Ordering::Relaxed);
    Ok(int::from_i64(cx, i64::from(set)))
}

fn check_code(cx: &mut Ctx, v: Value) -> Res<()> {
    if types::type_of(cx, v) == cx.types.code { Ok(()) } else { Err(cx.type_error("code must be a code object")) }
}

fn tool_locals(cx: &mut Ctx, tool: usize) -> Res<Dict> {
    let (all, key) = (local_events(cx), Value::small(tool as i32));
    if let Some(d) = all.get(cx, key)?.and_then(Dict::of) {
        return Ok(d);
    }
    let d = Dict::new(cx);
    all.set(cx, key, d.value())?;
    Ok(d)
}

fn set_local_events(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    check_code(cx, args[1])?;
    let set = event_set(cx, args[2])?;
    tool_in_use(cx, args[0])?;
    if set & !LOCAL != 0 {
        return Err(cx.value_error(format!("invalid local event set 0x{set:x}")));
    }
    let value = int::from_i64(cx, i64::from(set));
    tool_locals(cx, tool)?.set(cx, args[1], value)?;
    follow_events(cx);
    Ok(Value::NONE)
}

fn get_local_events(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    check_code(cx, args[1])?;
    tool_in_use(cx, args[0])?;
    Ok(tool_locals(cx, tool)?.get(cx, args[1])?.unwrap_or(Value::small(0)))
}

/// Events that were switched off for a place come again.
fn restart_events(cx: &mut Ctx, _args: Args) -> PyResult {
    table(cx, "monitoring disabled").remove(cx, Value::small(0))?;
    Ok(Value::NONE)
}

/// For each event that some tool set: the tools, as bits.
fn all_events(cx: &mut Ctx, _args: Args) -> PyResult {
    let result = Dict::new(cx);
    for (bit, name) in EVENTS.iter().enumerate() {
        let tools = (0..TOOLS)
            .filter(|&t| GLOBAL_EVENTS[t].load(Ordering::Relaxed) & 1 << bit != 0)
            .fold(0, |tools, t| tools | 1 << t);
        if tools != 0 {
            result.set_str(cx, cx.intern(name.as_bytes()), Value::small(tools));
        }
    }
    Ok(result.value())
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let names = Dict::new(cx);
    for (bit, name) in EVENTS.iter().enumerate() {
        names.set_str(cx, cx.intern(name.as_bytes()), Value::small(1 << bit));
    }
    names.set_str(cx, cx.intern(b"NO_EVENTS"), Value::small(0));
    let events = types::simple_namespace::new_namespace(cx, names)?;
    cx.set_module_attr(module, "events", events);
    for marker in ["DISABLE", "MISSING"] {
        let object = cx.types.object.value();
        let v = protocol::call(cx, object, &[])?;
        cx.set_module_attr(module, marker, v);
        if marker == "DISABLE" {
            lifecycle::set(cx, "monitoring DISABLE", v);
        }
    }
    Ok(())
}

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `sys.monitoring`
pub static MONITORING: ModuleDef = ModuleDef {
    functions: &[
        def("use_tool_id", "($module, tool_id, name, /)", use_tool_id),
        def("clear_tool_id", "($module, tool_id, /)", clear_tool_id),
        def("free_tool_id", "($module, tool_id, /)", free_tool_id),
        def("get_tool", "($module, tool_id, /)", get_tool),
        def("register_callback", "($module, tool_id, event, func, /)", register_callback),
        def("get_events", "($module, tool_id, /)", get_events),
        def("set_events", "($module, tool_id, event_set, /)", set_events),
        def("get_local_events", "($module, tool_id, code, /)", get_local_events),
        def("set_local_events", "($module, tool_id, code, event_set, /)", set_local_events),
        def("restart_events", "($module, /)", restart_events),
        def("_all_events", "($module, /)", all_events),
    ],
    constants: &[
        ("DEBUGGER_ID", Const::Int(0)),
        ("COVERAGE_ID", Const::Int(1)),
        ("PROFILER_ID", Const::Int(2)),
        ("OPTIMIZER_ID", Const::Int(5)),
    ],
    init: Some(init),
    ..ModuleDef::new("sys.monitoring")
};

fn no(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::FALSE)
}

/// `sys._jit`: there is no compiler to machine code yet.
pub static JIT: ModuleDef = ModuleDef {
    doc: "Utilities for observing just-in-time compilation.",
    functions: &[
        def("is_available", "($module, /)", no),
        def("is_enabled", "($module, /)", no),
        def("is_active", "($module, /)", no),
    ],
    ..ModuleDef::new("sys._jit")
};
