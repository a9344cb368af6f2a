//! `sys.monitoring` and `sys._jit`.
//!
//! The interpreter's `monitor` tells of the events ([`fire`]) of code that some tool wants them of ([`wanted`]).

use engine::interp::monitor::{self, Bit, Monitor};
use engine::objects::Set;
use engine::prelude::*;
use proto_core::sync::{AtomicU32, Ordering};

use crate::convert::c_int;
use crate::lifecycle;

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
const BRANCH_BIT: usize = 18;
const BRANCH: u32 = 1 << BRANCH_BIT;
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

/// Events that a callback can switch off for one place.
const CAN_DISABLE: u32 = LOCAL;

/// Tells the interpreter that tools want other events.
fn follow_events(cx: &mut Ctx) {
    let locals = local_events(cx);
    let local = (0..TOOLS).any(|tool| {
        let key = Value::small(tool as i32);
        locals.get(cx, key).ok().flatten().and_then(Dict::of).is_some_and(|d| d.len() > 0)
    });
    let on = local || GLOBAL_EVENTS.iter().any(|set| set.load(Ordering::Relaxed) != 0);
    monitor::changed(cx, on);
}

/// The events that a tool wants of a code object.
fn events_of(cx: &mut Ctx, tool: usize, code: Value) -> Res<u32> {
    let all = GLOBAL_EVENTS[tool].load(Ordering::Relaxed);
    let local = match local_events(cx).get(cx, Value::small(tool as i32))?.and_then(Dict::of) {
        Some(d) => d.get(cx, code)?.and_then(int::to_i64).unwrap_or(0),
        None => 0,
    };
    let set = all | local as u32;
    Ok(if set & CALL != 0 { set | C_EVENTS } else { set })
}

/// The events that any tool wants of a code object.
fn wanted(cx: &mut Ctx, code: Value) -> Res<u32> {
    let mut set = 0;
    for tool in 0..TOOLS {
        set |= events_of(cx, tool, code)?;
    }
    Ok(set)
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

/// Calls the callbacks of all tools that want an event. First comes the code, then the place: an offset or a line.
/// False: all of them are switched off there.
fn fire(cx: &mut Ctx, event: Bit, args: &[Value]) -> Res<bool> {
    let (code, mut wanted) = (args[0], false);
    for tool in 0..TOOLS {
        if events_of(cx, tool, code)? & 1 << event == 0 {
            continue;
        }
        let Some(f) = callbacks(cx).get(cx, callback_key(tool, event))? else { continue };
        let off = disabled(cx)?;
        // Who asks for branches switches both sides off.
        let sides = BRANCH_SIDES & 1 << event != 0;
        let both = sides && callbacks(cx).get(cx, callback_key(tool, BRANCH_BIT))? == Some(f);
        let key = callback_key(tool, if both { BRANCH_BIT } else { event });
        let place = Tuple::new(cx, &[key, code, args[1]]);
        if off.len() > 0 && off.contains(cx, place)? {
            continue;
        }
        wanted = true;
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
    Ok(wanted)
}

/// `sys.monitoring.DISABLE`
fn disable_marker(cx: &mut Ctx) -> PyResult {
    match lifecycle::get(cx, "monitoring DISABLE") {
        Some(v) => Ok(v),
        None => Ok(Value::EMPTY),
    }
}

/// Events that a tool no longer wants, of one code object or of all, are not switched off for places when it wants them again.
fn forget_places(cx: &mut Ctx, tool: usize, events: u32, code: Option<Value>) -> Res<()> {
    let off = disabled(cx)?;
    if events == 0 || off.len() == 0 {
        return Ok(());
    }
    let events = if events & BRANCH_SIDES != 0 { events | BRANCH } else { events };
    let kept = Set::new(cx);
    let mut at = 0;
    while let Some((next, entry)) = off.next_entry(at) {
        at = next;
        let goes = Tuple::of(entry).filter(|t| t.len() == 3).is_some_and(|t| {
            let ours = (0..EVENTS.len()).any(|bit| events & 1 << bit != 0 && t.get(0) == callback_key(tool, bit));
            ours && code.is_none_or(|code| t.get(1) == code)
        });
        if !goes {
            kept.add(cx, entry)?;
        }
    }
    table(cx, "monitoring disabled").set(cx, Value::small(0), kept.value())?;
    Ok(())
}

/// `sys.monitoring.MISSING`
fn missing(cx: &mut Ctx) -> Value {
    lifecycle::get(cx, "monitoring MISSING").unwrap_or(Value::NONE)
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
    forget_places(cx, tool, u32::MAX, None)?;
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
    let callbacks = callbacks(cx);
    let old = callbacks.get(cx, callback_key(tool, bit))?.unwrap_or(Value::NONE);
    // A branch is both of its sides.
    let sides = [bit, monitor::BRANCH_LEFT, monitor::BRANCH_RIGHT];
    for &bit in if 1 << bit == BRANCH { &sides[..] } else { &sides[..1] } {
        let key = callback_key(tool, bit);
        if args[2] == Value::NONE {
            callbacks.remove(cx, key)?;
        } else {
            callbacks.set(cx, key, args[2])?;
        }
    }
    follow_events(cx);
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
    let before = GLOBAL_EVENTS[tool].swap(set, Ordering::Relaxed);
    forget_places(cx, tool, before & !set, None)?;
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
    let locals = tool_locals(cx, tool)?;
    let before = locals.get(cx, args[1])?.and_then(int::to_i64).unwrap_or(0) as u32;
    if set == 0 {
        locals.remove(cx, args[1])?;
    } else {
        locals.set(cx, args[1], value)?;
    }
    forget_places(cx, tool, before & !set, Some(args[1]))?;
    follow_events(cx);
    Ok(Value::NONE)
}

fn get_local_events(cx: &mut Ctx, args: Args) -> PyResult {
    let tool = tool(cx, args[0])?;
    check_code(cx, args[1])?;
    // Where nobody ever set any there are none, whether the tool is in use or not.
    match tool_locals(cx, tool)?.get(cx, args[1])? {
        Some(events) => {
            tool_in_use(cx, args[0])?;
            Ok(events)
        }
        None => Ok(Value::small(0)),
    }
}

/// Events that were switched off for a place come again.
fn restart_events(cx: &mut Ctx, _args: Args) -> PyResult {
    table(cx, "monitoring disabled").remove(cx, Value::small(0))?;
    follow_events(cx);
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
        lifecycle::set(cx, if marker == "DISABLE" { "monitoring DISABLE" } else { "monitoring MISSING" }, v);
    }
    monitor::install(Monitor { wanted, fire, missing });
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

fn jit_available(_: &mut Ctx, _: Args) -> PyResult {
    Ok(Value::bool(engine::interp::jit::is_available()))
}

fn jit_enabled(_: &mut Ctx, _: Args) -> PyResult {
    Ok(Value::bool(engine::interp::jit::is_enabled()))
}

/// Whether the caller runs as machine code: not while it asks, which its handler does.
fn jit_active(_: &mut Ctx, _: Args) -> PyResult {
    Ok(Value::FALSE)
}

/// `sys._jit`
pub static JIT: ModuleDef = ModuleDef {
    doc: "Utilities for observing just-in-time compilation.",
    functions: &[
        def("is_available", "($module, /)", jit_available),
        def("is_enabled", "($module, /)", jit_enabled),
        def("is_active", "($module, /)", jit_active),
    ],
    ..ModuleDef::new("sys._jit")
};
