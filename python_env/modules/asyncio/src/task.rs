//! The type `_asyncio.Task`. How it runs is in `step`.

use std::sync::atomic::{AtomicI64, Ordering};

use engine::objects::Generator;
use engine::prelude::*;
use modules_data::contextvars;

use crate::future::{self, FUTURE};
use crate::registry;
use crate::{call_python, call_soon, obj, repr_text, step};

const FIRST: usize = future::SLOTS as usize;
/// The coroutine, EMPTY before `__init__`.
pub const CORO: usize = FIRST;
pub const CONTEXT: usize = FIRST + 1;
/// A string, or the number of a name that was not given.
const NAME: usize = FIRST + 2;
/// The future that it waits for, EMPTY for none.
pub const WAITS_FOR: usize = FIRST + 3;
/// How often it was asked to cancel itself.
const CANCELS: usize = FIRST + 4;
/// Its place in its thread's record.
pub const PLACE: usize = FIRST + 5;

/// The number of the next task without a name.
static NEXT_NAME: AtomicI64 = AtomicI64::new(1);

pub static TASK: TypeDef = TypeDef {
    doc: "A coroutine wrapped in a Future.",
    bases: &[BaseRef::Def(&FUTURE)],
    flags: TypeFlags::BASETYPE
        .with(TypeFlags::HAS_DICT)
        .with(TypeFlags::HAS_WEAKREF)
        .with(TypeFlags::MUTABLE)
        .with(TypeFlags::NO_DEL),
    nnative: 6,
    init: Some(NativeDef::new(
        "__init__",
        "($self, coro, *, loop=None, name=None, context=None, eager_start=False)",
        init,
        "",
    )),
    slots: Slots { repr: Some(|cx, v| call_python(cx, "asyncio.base_tasks", "_task_repr", &[v])), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "cancel",
            "($self, /, msg=None)",
            cancel,
            "Request that this task cancel itself.\n\nThis arranges for a CancelledError to be thrown into the\nwrapped coroutine on the next cycle through the event loop.\nThe coroutine then has a chance to clean up or even deny\nthe request using try/except/finally.",
        ),
        NativeDef::new(
            "cancelling",
            "($self, /)",
            |cx, a| {
                let n = obj(cx, a[0])?.slot_int(cx, CANCELS);
                Ok(int::from_i64(cx, n))
            },
            "Return the count of the task's cancellation requests.\n\nThis count is incremented when .cancel() is called\nand may be decremented using .uncancel().",
        ),
        NativeDef::new(
            "uncancel",
            "($self, /)",
            |cx, a| {
                let o = obj(cx, a[0])?;
                let left = (o.slot_int(cx, CANCELS) - 1).max(0);
                o.set_slot(cx, CANCELS, Value::from_usize(left as usize));
                if left == 0 {
                    future::set_bit(cx, o, future::MUST_CANCEL, false);
                }
                Ok(int::from_i64(cx, left))
            },
            "Decrement the task's count of cancellation requests.\n\nThis should be used by tasks that catch CancelledError\nand wish to continue indefinitely until they are cancelled again.\n\nReturns the remaining number of cancellation requests.",
        ),
        NativeDef::new(
            "get_stack",
            "($self, /, *, limit=None)",
            |cx, a| call_python(cx, "asyncio.base_tasks", "_task_get_stack", &[a[0], a.or_none(1)]),
            "Return the list of stack frames for this task's coroutine.",
        ),
        NativeDef::new(
            "print_stack",
            "($self, /, *, limit=None, file=None)",
            |cx, a| call_python(cx, "asyncio.base_tasks", "_task_print_stack", &[a[0], a.or_none(1), a.or_none(2)]),
            "Print the stack or traceback for this task's coroutine.",
        ),
        NativeDef::new(
            "set_result",
            "($self, result, /)",
            |cx, _| Err(cx.runtime_error("Task does not support set_result operation")),
            "",
        ),
        NativeDef::new(
            "set_exception",
            "($self, exception, /)",
            |cx, _| Err(cx.runtime_error("Task does not support set_exception operation")),
            "",
        ),
        NativeDef::new("get_coro", "($self, /)", |cx, a| Ok(or_none(obj(cx, a[0])?.slot(cx, CORO))), ""),
        NativeDef::new("get_context", "($self, /)", |cx, a| Ok(or_none(obj(cx, a[0])?.slot(cx, CONTEXT))), ""),
        NativeDef::new("get_name", "($self, /)", get_name, ""),
        NativeDef::new(
            "set_name",
            "($self, value, /)",
            |cx, a| {
                let o = obj(cx, a[0])?;
                set_name(cx, o, a[1])?;
                Ok(Value::NONE)
            },
            "",
        ),
        NativeDef::new("__del__", "($self, /)", del, "Called when the instance is about to be destroyed."),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    getsets: &[
        GetSet::rw(
            "_log_destroy_pending",
            |cx, v| {
                let o = obj(cx, v)?;
                Ok(Value::bool(!future::has(cx, o, future::SILENT)))
            },
            |cx, v, on| {
                let o = obj(cx, v)?;
                let on = future::wanted(cx, on, "_asyncio.Task", "_log_destroy_pending")?;
                future::set_bit(cx, o, future::SILENT, !on);
                Ok(())
            },
            "",
        ),
        GetSet::ro(
            "_must_cancel",
            |cx, v| {
                let o = obj(cx, v)?;
                Ok(Value::bool(future::has(cx, o, future::MUST_CANCEL)))
            },
            "",
        ),
    ],
    members: &[Member::ro("_coro", CORO as u16, ""), Member::ro("_fut_waiter", WAITS_FOR as u16, "")],
    ..TypeDef::new("_asyncio", "Task")
};

fn or_none(v: Value) -> Value {
    v.non_empty().unwrap_or(Value::NONE)
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let (o, coro) = (obj(cx, args[0])?, args[1]);
    future::init(cx, o, args.or_none(2))?;
    for slot in [CORO, CONTEXT, NAME, WAITS_FOR, CANCELS, PLACE] {
        o.set_slot(cx, slot, Value::EMPTY);
    }
    if !is_coroutine(cx, coro)? {
        future::set_bit(cx, o, future::SILENT, true);
        let shown = repr_text(cx, coro)?;
        return Err(cx.type_error(format!("a coroutine was expected, got {shown}")));
    }
    match args.or_none(3) {
        Value::NONE => {
            let n = NEXT_NAME.fetch_add(1, Ordering::Relaxed);
            o.set_slot(cx, NAME, Value::from_usize(n as usize));
        }
        name => set_name(cx, o, name)?,
    }
    let context = match args.or_none(4) {
        Value::NONE => contextvars::copy_of_current(cx),
        context => context,
    };
    o.set_slot(cx, CONTEXT, context);
    o.set_slot(cx, CORO, coro);
    if cx.is_exactly(args[0], &TASK) {
        // One that dies before its end says so.
        cx.set_finalizer(args[0]);
    }
    let event_loop = o.slot(cx, future::LOOP);
    if args.truth_or(cx, 5, false)? {
        let name = cx.names.is_running;
        let running = protocol::call_method(cx, event_loop, name, &[])?;
        if protocol::truth(cx, running)? {
            step::start_at_once(cx, o)?;
            return Ok(Value::NONE);
        }
    }
    let callback = step::step_callback(cx, o, Value::EMPTY);
    call_soon(cx, event_loop, callback, None, context)?;
    registry::register(cx, o);
    Ok(Value::NONE)
}

fn is_coroutine(cx: &mut Ctx, v: Value) -> Res<bool> {
    if Generator::of(v).is_some_and(|g| g.kind() == objects::shapes::COROUTINE) {
        return Ok(true);
    }
    let answer = call_python(cx, "asyncio.coroutines", "iscoroutine", &[v])?;
    protocol::truth(cx, answer)
}

fn set_name(cx: &mut Ctx, o: Obj, name: Value) -> Res<()> {
    let name = if Str::of(name).is_some() { name } else { protocol::str(cx, name)? };
    o.set_slot(cx, NAME, name);
    Ok(())
}

fn get_name(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    if let Some(n) = o.slot(cx, NAME).as_int() {
        let name = cx.str_value(&format!("Task-{n}"));
        o.set_slot(cx, NAME, name);
    }
    Ok(or_none(o.slot(cx, NAME)))
}

fn cancel(cx: &mut Ctx, args: Args) -> PyResult {
    let (o, message) = (future::alive(cx, args[0])?, args.or_none(1));
    future::set_bit(cx, o, future::UNSEEN, false);
    if !future::is_pending(cx, o) {
        return Ok(Value::FALSE);
    }
    let asked = o.slot_int(cx, CANCELS) + 1;
    o.set_slot(cx, CANCELS, Value::from_usize(asked as usize));
    if let Some(waits_for) = o.slot(cx, WAITS_FOR).non_empty()
        && cancel_other(cx, waits_for, message)?
    {
        return Ok(Value::TRUE);
    }
    future::set_bit(cx, o, future::MUST_CANCEL, true);
    o.set_slot(cx, future::CANCEL_MESSAGE, message);
    Ok(Value::TRUE)
}

/// `other.cancel(msg=message)`.
pub fn cancel_other(cx: &mut Ctx, other: Value, message: Value) -> Res<bool> {
    let names = cx.names;
    let done = protocol::call_method_kw(cx, other, names.cancel, &[], &[(names.msg, message)])?;
    protocol::truth(cx, done)
}

fn del(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    if future::is_pending(cx, o) && !future::has(cx, o, future::SILENT) {
        let message = cx.str_value("Task was destroyed but it is pending!");
        future::tell(cx, o, &[("task", args[0]), ("message", message)])?;
    }
    future::finalize(cx, args)
}
