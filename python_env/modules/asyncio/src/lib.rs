//! The module `_asyncio`: futures, tasks, and which loop and task a thread runs.
//!
//! As everywhere in asyncio, a future belongs to the thread of its loop. Other threads may look at one; what they see is whole, but
//! they must not change it.

#![forbid(unsafe_code)]

mod awaiting;
mod future;
mod registry;
mod step;
mod task;

use engine::prelude::*;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&ASYNCIO];

static ASYNCIO: ModuleDef = ModuleDef {
    doc: "Accelerator module for asyncio",
    types: &[&future::FUTURE, &task::TASK],
    functions: &[
        NativeDef::new(
            "current_task",
            "($module, /, loop=None)",
            registry::current_task,
            "Return a currently executed task.",
        ),
        NativeDef::new(
            "all_tasks",
            "($module, /, loop=None)",
            registry::all_tasks,
            "Return a set of all tasks for the loop.",
        ),
        NativeDef::new("_register_task", "($module, /, task)", registry::register_function, "Register a new task."),
        NativeDef::new(
            "_register_eager_task",
            "($module, /, task)",
            registry::register_eager_function,
            "Register a new task that begins at once.",
        ),
        NativeDef::new("_unregister_task", "($module, /, task)", registry::unregister_function, "Unregister a task."),
        NativeDef::new(
            "_unregister_eager_task",
            "($module, /, task)",
            registry::unregister_eager_function,
            "Unregister a task that began at once.",
        ),
        NativeDef::new(
            "_enter_task",
            "($module, /, loop, task)",
            |cx, a| registry::enter(cx, a[0], a[1]).map(|()| Value::NONE),
            "Enter into task execution or resume suspended task.",
        ),
        NativeDef::new(
            "_leave_task",
            "($module, /, loop, task)",
            |cx, a| registry::leave(cx, a[0], a[1]).map(|()| Value::NONE),
            "Leave task execution or suspend a task.",
        ),
        NativeDef::new(
            "_swap_current_task",
            "($module, /, loop, task)",
            |cx, a| registry::swap(cx, a[0], a[1]),
            "Temporarily swap in the supplied task and return the original one (or None).",
        ),
        NativeDef::new(
            "_get_running_loop",
            "($module, /)",
            |cx, _| Ok(registry::running_loop(cx).non_empty().unwrap_or(Value::NONE)),
            "Return the running event loop or None.",
        ),
        NativeDef::new(
            "_set_running_loop",
            "($module, loop, /)",
            |cx, a| {
                registry::set_running_loop(cx, a[0]);
                Ok(Value::NONE)
            },
            "Set the running event loop.",
        ),
        NativeDef::new(
            "get_running_loop",
            "($module, /)",
            |cx, _| registry::running_loop_or_error(cx),
            "Return the running event loop.  Raise a RuntimeError if there is none.",
        ),
        NativeDef::new(
            "get_event_loop",
            "($module, /)",
            |cx, _| registry::event_loop(cx),
            "Return the running event loop, or what the policy gives.",
        ),
        NativeDef::new(
            "future_add_to_awaited_by",
            "($module, fut, waiter, /)",
            |cx, a| future::add_to_awaited_by(cx, a[0], a[1]).map(|()| Value::NONE),
            "Record that `fut` is awaited on by `waiter`.",
        ),
        NativeDef::new(
            "future_discard_from_awaited_by",
            "($module, fut, waiter, /)",
            |cx, a| future::discard_from_awaited_by(cx, a[0], a[1]).map(|()| Value::NONE),
            "Forget that `fut` is awaited on by `waiter`.",
        ),
    ],
    ..ModuleDef::new("_asyncio")
};

/// Calls the function `function` of the Python module `module`.
fn call_python(cx: &mut Ctx, module: &str, function: &str, args: &[Value]) -> PyResult {
    let f = protocol::import_attr(cx, module, function)?;
    protocol::call(cx, f, args)
}

/// Raises an exception of `asyncio.exceptions`.
fn raise(cx: &mut Ctx, class: &str, message: &str) -> Raised {
    match protocol::import_attr(cx, "asyncio.exceptions", class) {
        Ok(class) => cx.raise_of(class, message),
        Err(raised) => raised,
    }
}

/// The text of `repr(v)`.
fn repr_text(cx: &mut Ctx, v: Value) -> Res<String> {
    let r = protocol::repr(cx, v)?;
    Ok(protocol::text(cx, r))
}

/// The object, which methods have checked.
fn obj(cx: &mut Ctx, v: Value) -> Res<Obj> {
    match Obj::of(v) {
        Some(o) => Ok(o),
        None => Err(cx.type_error("a future was expected")),
    }
}

/// `loop.call_soon(callback[, argument], context=context)`.
fn call_soon(cx: &mut Ctx, event_loop: Value, callback: Value, argument: Option<Value>, context: Value) -> Res<()> {
    let names = cx.names;
    let both = [callback, argument.unwrap_or(Value::NONE)];
    let args = if argument.is_some() { &both[..] } else { &both[..1] };
    protocol::call_method_kw(cx, event_loop, names.call_soon, args, &[(names.context, context)])?;
    Ok(())
}
