//! What each thread knows: the loop that it runs, the task in it that runs now, and the tasks that were made here and are not done.
//!
//! Tasks are held weakly, in an array of weak cells; a task knows its place. Other threads' records are read while those are stopped.

use engine::objects::{Set, instance};
use engine::prelude::*;

use crate::future::{self, FUTURE};
use crate::task::{self, TASK};
use crate::{call_python, repr_text};

/// A thread's record.
static RECORD: TypeDef = TypeDef { flags: TypeFlags::NO_NEW, nnative: 4, ..TypeDef::new("_asyncio", "_ThreadRecord") };

/// The loop that runs, EMPTY for none.
const LOOP: usize = 0;
/// The task that runs, EMPTY for none.
const CURRENT: usize = 1;
/// The array of weak cells, EMPTY before the first.
const TASKS: usize = 2;
/// How many of its places are in use.
const USED: usize = 3;

/// The least size of the array.
const FIRST: usize = 16;

/// This thread's record, made at first use.
fn record(cx: &mut Ctx) -> Obj {
    if let Some(o) = Obj::of(cx.local(Local::Tasks)) {
        return o;
    }
    let fresh = cx.new_object(&RECORD, &[]);
    cx.set_local(Local::Tasks, fresh);
    match Obj::of(fresh) {
        Some(o) => o,
        None => unreachable!("a record is an object"),
    }
}

// --- the running loop ---

/// The loop that this thread runs, EMPTY for none.
pub fn running_loop(cx: &mut Ctx) -> Value {
    record(cx).slot(cx, LOOP)
}

/// Sets it; None for none.
pub fn set_running_loop(cx: &mut Ctx, event_loop: Value) {
    let o = record(cx);
    o.set_slot(cx, LOOP, if event_loop.is_none() { Value::EMPTY } else { event_loop });
}

/// It, or `RuntimeError`.
pub fn running_loop_or_error(cx: &mut Ctx) -> PyResult {
    match running_loop(cx).non_empty() {
        Some(v) => Ok(v),
        None => Err(cx.runtime_error("no running event loop")),
    }
}

/// It, or what the policy gives.
pub fn event_loop(cx: &mut Ctx) -> PyResult {
    if let Some(v) = running_loop(cx).non_empty() {
        return Ok(v);
    }
    let policy = call_python(cx, "asyncio.events", "_get_event_loop_policy", &[])?;
    let name = cx.intern(b"get_event_loop");
    protocol::call_method(cx, policy, name, &[])
}

fn loop_argument(cx: &mut Ctx, given: Value) -> PyResult {
    if given.is_none() { running_loop_or_error(cx) } else { Ok(given) }
}

// --- the running task ---

fn check_loop(cx: &mut Ctx, o: Obj, event_loop: Value) -> Res<()> {
    if o.slot(cx, LOOP) == event_loop {
        return Ok(());
    }
    let shown = repr_text(cx, event_loop)?;
    Err(cx.runtime_error(format!("loop {shown} is not the running loop")))
}

/// The task runs from now on.
pub fn enter(cx: &mut Ctx, event_loop: Value, task: Value) -> Res<()> {
    let o = record(cx);
    check_loop(cx, o, event_loop)?;
    if let Some(now) = o.slot(cx, CURRENT).non_empty() {
        let (task, now) = (repr_text(cx, task)?, repr_text(cx, now)?);
        return Err(
            cx.runtime_error(format!("Cannot enter into task {task} while another task {now} is being executed."))
        );
    }
    o.set_slot(cx, CURRENT, task);
    Ok(())
}

/// The task does not run any more.
pub fn leave(cx: &mut Ctx, event_loop: Value, task: Value) -> Res<()> {
    let o = record(cx);
    check_loop(cx, o, event_loop)?;
    let now = o.slot(cx, CURRENT);
    if now != task {
        let now = now.non_empty().unwrap_or(Value::NONE);
        let (task, now) = (repr_text(cx, task)?, repr_text(cx, now)?);
        return Err(cx.runtime_error(format!("Invalid attempt to leave task {task} while task {now} is entered.")));
    }
    o.set_slot(cx, CURRENT, Value::EMPTY);
    Ok(())
}

/// Another task (None: none) runs from now on; the one that ran.
pub fn swap(cx: &mut Ctx, event_loop: Value, task: Value) -> PyResult {
    let o = record(cx);
    check_loop(cx, o, event_loop)?;
    let before = o.slot(cx, CURRENT).non_empty().unwrap_or(Value::NONE);
    o.set_slot(cx, CURRENT, if task.is_none() { Value::EMPTY } else { task });
    Ok(before)
}

pub fn current_task(cx: &mut Ctx, args: Args) -> PyResult {
    let event_loop = loop_argument(cx, args.or_none(0))?;
    let own = record(cx);
    if own.slot(cx, LOOP) == event_loop {
        return Ok(own.slot(cx, CURRENT).non_empty().unwrap_or(Value::NONE));
    }
    for other in others(cx).iter().filter_map(|v| Obj::of(*v)) {
        if other.slot(cx, LOOP) == event_loop {
            return Ok(other.slot(cx, CURRENT).non_empty().unwrap_or(Value::NONE));
        }
    }
    Ok(Value::NONE)
}

/// The records of the other threads.
fn others(cx: &mut Ctx) -> RootVec {
    engine::frames::local_of_other_threads(cx, Local::Tasks)
}

// --- the tasks that there are ---

/// Whether it is one of our tasks, or of a class that derives from them.
pub fn is_task(cx: &mut Ctx, v: Value) -> bool {
    cx.is_exactly(v, &TASK) || cx.is_def(v, &TASK)
}

/// Notes a task that is not done.
pub fn register(cx: &mut Ctx, task: Obj) {
    let o = record(cx);
    let mut used = o.slot_int(cx, USED) as usize;
    let array = o.slot(cx, TASKS);
    let size = instance::array_len(array);
    if used == size {
        used = compact(cx, o, array, size);
    }
    let array = o.slot(cx, TASKS);
    let cell = cx.new_weak(task.value(), Value::EMPTY);
    instance::array_set(cx, array, used, cell);
    task.set_slot(cx, task::PLACE, Value::from_usize(used));
    o.set_slot(cx, USED, Value::from_usize(used + 1));
}

/// Moves the living to the front of an array with room for as many again; how many there are.
fn compact(cx: &mut Ctx, o: Obj, array: Value, size: usize) -> usize {
    let living = (0..size).filter(|&i| cx.weak_get(instance::array_get(array, i)).is_some()).count();
    let fresh = instance::alloc_array(cx, (2 * living).max(FIRST));
    let mut used = 0;
    for i in 0..size {
        let cell = instance::array_get(array, i);
        if let Some(task) = cx.weak_get(cell).and_then(Obj::of) {
            instance::array_set(cx, fresh, used, cell);
            task.set_slot(cx, task::PLACE, Value::from_usize(used));
            used += 1;
        }
    }
    o.set_slot(cx, TASKS, fresh);
    used
}

/// Forgets a task, which is done.
pub fn unregister(cx: &mut Ctx, task: Obj) {
    let Some(place) = task.slot(cx, task::PLACE).as_int() else { return };
    task.set_slot(cx, task::PLACE, Value::EMPTY);
    let o = record(cx);
    let (array, place) = (o.slot(cx, TASKS), place as usize);
    // Who ends a task that another thread has made finds somebody else's place here.
    if cx.weak_get(instance::array_get(array, place)) != Some(task.value()) {
        return;
    }
    instance::array_set(cx, array, place, Value::EMPTY);
    let used = o.slot_int(cx, USED) as usize;
    if place + 1 == used {
        o.set_slot(cx, USED, Value::from_usize(place));
    }
}

fn function(cx: &mut Ctx, task: Value, own: fn(&mut Ctx, Obj), foreign: &str) -> PyResult {
    match Obj::of(task) {
        Some(o) if is_task(cx, task) => {
            own(cx, o);
            Ok(Value::NONE)
        }
        _ => call_python(cx, "_asyncio_tasks", foreign, &[task]),
    }
}

pub fn register_function(cx: &mut Ctx, args: Args) -> PyResult {
    function(cx, args[0], register, "_register_task")
}

pub fn register_eager_function(cx: &mut Ctx, args: Args) -> PyResult {
    function(cx, args[0], register, "_register_eager_task")
}

pub fn unregister_function(cx: &mut Ctx, args: Args) -> PyResult {
    function(cx, args[0], unregister, "_unregister_task")
}

pub fn unregister_eager_function(cx: &mut Ctx, args: Args) -> PyResult {
    function(cx, args[0], unregister, "_unregister_eager_task")
}

pub fn all_tasks(cx: &mut Ctx, args: Args) -> PyResult {
    let event_loop = loop_argument(cx, args.or_none(0))?;
    // Tasks of other classes.
    let found = call_python(cx, "_asyncio_tasks", "all_tasks", &[event_loop])?;
    let Some(found) = Set::of_sub(cx, found) else { return Ok(found) };
    let own = record(cx);
    let mut records = others(cx);
    records.push(own.value());
    for o in records.iter().filter_map(|v| Obj::of(*v)) {
        let array = o.slot(cx, TASKS);
        for i in 0..instance::array_len(array) {
            let Some(task) = cx.weak_get(instance::array_get(array, i)) else { continue };
            let Some(t) = Obj::of(task) else { continue };
            if t.slot(cx, future::LOOP) == event_loop && future::is_pending(cx, t) {
                found.add(cx, task)?;
            }
        }
    }
    Ok(found.value())
}

/// Whether it is a future or task of ours, or of a class that derives from them.
pub fn is_future(cx: &mut Ctx, v: Value) -> bool {
    cx.is_exactly(v, &FUTURE) || cx.is_exactly(v, &TASK) || cx.is_def(v, &FUTURE)
}
