//! How a task runs: one step of its coroutine at a time, each called by the loop.

use engine::interp::genobj::{Step, step_coroutine};
use engine::objects::{Generator, shapes};
use engine::prelude::*;
use modules_data::contextvars;

use crate::future::{self, FUTURE, MUST_CANCEL};
use crate::registry;
use crate::task::{self, CONTEXT, CORO, TASK, WAITS_FOR};
use crate::{call_soon, obj, raise, repr_text};

/// What the loop calls for a step. Slots: 0 the task, 1 an exception to throw, EMPTY for none.
static STEP: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 2,
    slots: Slots {
        call: Some(|cx, v, args| {
            no_arguments(cx, args, 0)?;
            let callback = obj(cx, v)?;
            let (task, exception) = (callback.slot(cx, 0), callback.slot(cx, 1));
            let task = obj(cx, task)?;
            run(cx, task, exception)?;
            Ok(Value::NONE)
        }),
        ..Slots::NONE
    },
    getsets: &[GetSet::ro("__qualname__", qualname, "")],
    members: &[Member::ro("__self__", 0, "")],
    ..TypeDef::new("_asyncio", "TaskStepMethWrapper")
};

/// What is called when the future is done that the task in slot 0 waits for.
static WAKEUP: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots {
        call: Some(|cx, v, args| {
            no_arguments(cx, args, 1)?;
            let task = obj(cx, v)?.slot(cx, 0);
            let task = obj(cx, task)?;
            wake(cx, task, args.values[0])?;
            Ok(Value::NONE)
        }),
        ..Slots::NONE
    },
    getsets: &[GetSet::ro("__qualname__", qualname, "")],
    members: &[Member::ro("__self__", 0, "")],
    ..TypeDef::new("_asyncio", "TaskWakeupMethWrapper")
};

fn no_arguments(cx: &mut Ctx, args: CallArgs, expected: usize) -> Res<()> {
    if args.nkw() > 0 {
        return Err(cx.type_error("function takes no keyword arguments"));
    }
    let given = args.values.len();
    if given != expected {
        return Err(cx.type_error(format!("function takes exactly {expected} positional arguments, {given} given")));
    }
    Ok(())
}

fn qualname(cx: &mut Ctx, v: Value) -> PyResult {
    let task = obj(cx, v)?.slot(cx, 0);
    let coro = obj(cx, task)?.slot(cx, CORO).non_empty().unwrap_or(Value::NONE);
    let name = cx.names.__qualname__;
    protocol::getattr(cx, coro, name)
}

/// What the loop is to call for a step that throws `exception` (EMPTY: none).
pub fn step_callback(cx: &mut Ctx, task: Obj, exception: Value) -> Value {
    cx.new_object(&STEP, &[task.value(), exception])
}

fn step_soon(cx: &mut Ctx, task: Obj, exception: Value) -> Res<()> {
    let callback = step_callback(cx, task, exception);
    let (event_loop, context) = (task.slot(cx, future::LOOP), task.slot(cx, CONTEXT));
    call_soon(cx, event_loop, callback, None, context)
}

/// The next step throws a `RuntimeError`.
fn fail_soon(cx: &mut Ctx, task: Obj, message: &str) -> Res<()> {
    let raised = cx.runtime_error(message);
    let exception = cx.take(raised);
    step_soon(cx, task, exception)
}

/// A step, as the running task.
fn run(cx: &mut Ctx, task: Obj, exception: Value) -> Res<()> {
    if !future::is_pending(cx, task) {
        let shown = repr_text(cx, task.value())?;
        let with = if exception.is_empty() { String::new() } else { repr_text(cx, exception)? };
        return Err(raise(cx, "InvalidStateError", &format!("__step(): already done: {shown} {with}")));
    }
    let event_loop = task.slot(cx, future::LOOP);
    registry::enter(cx, event_loop, task.value())?;
    let done = prepare_and_step(cx, task, exception);
    if !future::is_pending(cx, task) {
        // Words of a task that has ended would keep it alive.
        proto_core::clear_below::<512>();
    }
    match done {
        Ok(()) => registry::leave(cx, event_loop, task.value()),
        Err(raised) => {
            let first = cx.take(raised);
            if let Err(second) = registry::leave(cx, event_loop, task.value()) {
                cx.clear(second);
            }
            Err(cx.restore(first))
        }
    }
}

fn prepare_and_step(cx: &mut Ctx, task: Obj, exception: Value) -> Res<()> {
    let mut exception = exception;
    if future::has(cx, task, MUST_CANCEL) {
        if exception.is_empty() || !is_cancelled_error(cx, exception)? {
            exception = future::make_cancelled_error(cx, task)?;
        }
        future::set_bit(cx, task, MUST_CANCEL, false);
    }
    task.set_slot(cx, WAITS_FOR, Value::EMPTY);
    step(cx, task, exception)
}

fn is_cancelled_error(cx: &mut Ctx, exception: Value) -> Res<bool> {
    let class = protocol::import_attr(cx, "asyncio.exceptions", "CancelledError")?;
    Ok(engine::exceptions::is_instance_of(cx, exception, class))
}

/// The task is done.
fn ended(cx: &mut Ctx, task: Obj) {
    registry::unregister(cx, task);
    if cx.is_exactly(task.value(), &TASK) && !future::has(cx, task, future::UNSEEN) {
        cx.skip_finalizer(task.value());
    }
}

/// One step of the coroutine, and what follows from what it gives.
fn step(cx: &mut Ctx, task: Obj, exception: Value) -> Res<()> {
    let Some(coro) = task.slot(cx, CORO).non_empty() else {
        return Err(cx.runtime_error("uninitialized Task object"));
    };
    let raised = match step_coroutine(cx, coro, exception) {
        Ok(Step::Yielded(v)) => return wait_for(cx, task, v),
        Ok(Step::Returned(v)) => {
            if future::has(cx, task, MUST_CANCEL) {
                // It was cancelled right before its end.
                future::set_bit(cx, task, MUST_CANCEL, false);
                let message = task.slot(cx, future::CANCEL_MESSAGE).non_empty().unwrap_or(Value::NONE);
                future::cancel(cx, task, message)?;
            } else {
                future::set_result(cx, task, v)?;
            }
            ended(cx, task);
            return Ok(());
        }
        Err(raised) => raised,
    };
    let fatal = cx.matches(&raised, Exc::KeyboardInterrupt) || cx.matches(&raised, Exc::SystemExit);
    let exception = cx.take(raised);
    if is_cancelled_error(cx, exception)? {
        future::cancel_by(cx, task, exception)?;
    } else {
        future::set_exception(cx, task, exception)?;
    }
    ended(cx, task);
    if fatal { Err(cx.restore(exception)) } else { Ok(()) }
}

/// The coroutine waits for what it has given.
fn wait_for(cx: &mut Ctx, task: Obj, v: Value) -> Res<()> {
    if v.is_none() {
        // It makes way for one round of the loop.
        return step_soon(cx, task, Value::EMPTY);
    }
    if v == task.value() {
        let shown = repr_text(cx, v)?;
        return fail_soon(cx, task, &format!("Task cannot await on itself: {shown}"));
    }
    let event_loop = task.slot(cx, future::LOOP);
    if cx.is_exactly(v, &TASK) || cx.is_exactly(v, &FUTURE) {
        let fut = obj(cx, v)?;
        if fut.slot(cx, future::LOOP) != event_loop {
            return of_another_loop(cx, task, v);
        }
        if !future::take_blocking(cx, fut) {
            return yielded(cx, task, v);
        }
        future::add_to_awaited_by(cx, v, task.value())?;
        let (callback, context) = (cx.new_object(&WAKEUP, &[task.value()]), task.slot(cx, CONTEXT));
        future::add_done_callback(cx, fut, callback, context)?;
        return waits(cx, task, v);
    }
    let names = cx.names;
    match protocol::getattr_opt(cx, v, names._asyncio_future_blocking)? {
        Some(blocking) if !blocking.is_none() => {
            let blocking = protocol::truth(cx, blocking)?;
            let other = crate::call_python(cx, "asyncio.futures", "_get_loop", &[v])?;
            if other != event_loop {
                return of_another_loop(cx, task, v);
            }
            if !blocking {
                return yielded(cx, task, v);
            }
            future::add_to_awaited_by(cx, v, task.value())?;
            protocol::setattr(cx, v, names._asyncio_future_blocking, Value::FALSE)?;
            let (callback, context) = (cx.new_object(&WAKEUP, &[task.value()]), task.slot(cx, CONTEXT));
            protocol::call_method_kw(cx, v, names.add_done_callback, &[callback], &[(names.context, context)])?;
            waits(cx, task, v)
        }
        _ => {
            let (task_text, text) = (repr_text(cx, task.value())?, repr_text(cx, v)?);
            let message = if Generator::of(v).is_some_and(|g| g.kind() == shapes::GENERATOR) {
                format!("yield was used instead of yield from for generator in task {task_text} with {text}")
            } else {
                format!("Task got bad yield: {text}")
            };
            fail_soon(cx, task, &message)
        }
    }
}

fn waits(cx: &mut Ctx, task: Obj, fut: Value) -> Res<()> {
    task.set_slot(cx, WAITS_FOR, fut);
    if future::has(cx, task, MUST_CANCEL) {
        let message = task.slot(cx, future::CANCEL_MESSAGE).non_empty().unwrap_or(Value::NONE);
        if task::cancel_other(cx, fut, message)? {
            future::set_bit(cx, task, MUST_CANCEL, false);
        }
    }
    Ok(())
}

fn of_another_loop(cx: &mut Ctx, task: Obj, fut: Value) -> Res<()> {
    let (task_text, text) = (repr_text(cx, task.value())?, repr_text(cx, fut)?);
    fail_soon(cx, task, &format!("Task {task_text} got Future {text} attached to a different loop"))
}

fn yielded(cx: &mut Ctx, task: Obj, fut: Value) -> Res<()> {
    let (task_text, text) = (repr_text(cx, task.value())?, repr_text(cx, fut)?);
    fail_soon(cx, task, &format!("yield was used instead of yield from in task {task_text} with {text}"))
}

/// The future is done that the task has waited for.
fn wake(cx: &mut Ctx, task: Obj, fut: Value) -> Res<()> {
    future::discard_from_awaited_by(cx, fut, task.value())?;
    let result = if cx.is_exactly(fut, &FUTURE) || cx.is_exactly(fut, &TASK) {
        let o = obj(cx, fut)?;
        future::result(cx, o)
    } else {
        let name = cx.names.result;
        protocol::call_method(cx, fut, name, &[])
    };
    match result {
        Ok(_) => run(cx, task, Value::EMPTY),
        Err(raised) => {
            let exception = cx.take(raised);
            run(cx, task, exception)
        }
    }
}

/// The first step of a task that begins where it is made.
pub fn start_at_once(cx: &mut Ctx, task: Obj) -> Res<()> {
    let event_loop = task.slot(cx, future::LOOP);
    let before = registry::swap(cx, event_loop, task.value())?;
    registry::register(cx, task);
    let context = task.slot(cx, CONTEXT);
    let stepped = contextvars::run_in(cx, context, |cx| {
        prepare_and_step(cx, task, Value::EMPTY)?;
        Ok(Value::NONE)
    });
    let first = stepped.err().map(|raised| cx.take(raised));
    let left = registry::swap(cx, event_loop, before);
    if let Some(exception) = first {
        if let Err(second) = left {
            cx.clear(second);
        }
        return Err(cx.restore(exception));
    }
    left?;
    if !future::is_pending(cx, task) {
        task.set_slot(cx, CORO, Value::EMPTY);
    }
    Ok(())
}
