//! The type `_asyncio.Future`.

use engine::objects::Set;
use engine::prelude::*;
use modules_data::contextvars;

use crate::awaiting;
use crate::registry::{self, is_future};
use crate::{call_python, call_soon, obj, raise};

// --- native slots ---

/// One of the states below, EMPTY before `__init__`.
pub const STATE: usize = 0;
/// The loop, EMPTY before `__init__`.
pub const LOOP: usize = 1;
const RESULT: usize = 2;
/// The first callback, and its context.
const CALLBACK: usize = 3;
const CONTEXT_OF_CALLBACK: usize = 4;
/// A list of tuples: further callbacks and their contexts.
const CALLBACKS: usize = 5;
/// The bits below.
const FLAGS: usize = 6;
const EXCEPTION: usize = 7;
const TRACEBACK: usize = 8;
pub const CANCEL_MESSAGE: usize = 9;
/// The `CancelledError` that ended a task, for who asks first.
const CANCELLED_BY: usize = 10;
/// Where it was made, in debug mode.
const SOURCE: usize = 11;
/// Who waits for it: a task, or a set of some.
const AWAITED_BY: usize = 12;
/// How many there are.
pub const SLOTS: u16 = 13;

const PENDING: Value = Value::FALSE;
const CANCELLED: Value = Value::NONE;
const FINISHED: Value = Value::TRUE;

/// An exception was set that nobody has asked for.
pub const UNSEEN: i64 = 1;
/// `__await__` has given it to the task that waits.
const BLOCKING: i64 = 2;
/// A task is to be cancelled at its next step.
pub const MUST_CANCEL: i64 = 4;
/// A task that dies while it is pending says nothing.
pub const SILENT: i64 = 8;

pub fn has(heap: &Heap, o: Obj, bit: i64) -> bool {
    o.slot_int(heap, FLAGS) & bit != 0
}

pub fn set_bit(heap: &Heap, o: Obj, bit: i64, on: bool) {
    let flags = o.slot_int(heap, FLAGS);
    let wanted = if on { flags | bit } else { flags & !bit };
    if wanted != flags {
        o.set_slot(heap, FLAGS, Value::from_usize(wanted as usize));
    }
}

pub fn is_pending(heap: &Heap, o: Obj) -> bool {
    o.slot(heap, STATE) == PENDING
}

fn or_none(v: Value) -> Value {
    v.non_empty().unwrap_or(Value::NONE)
}

const UNINITIALIZED: &str = "Future object is not initialized.";

/// The future, which `__init__` has been called for.
pub fn alive(cx: &mut Ctx, v: Value) -> Res<Obj> {
    let o = obj(cx, v)?;
    if o.slot(cx, LOOP).is_empty() {
        return Err(cx.runtime_error(UNINITIALIZED));
    }
    Ok(o)
}

pub static FUTURE: TypeDef = TypeDef {
    doc: "This class is *almost* compatible with concurrent.futures.Future.\n\n    Differences:\n\n    - result() and exception() do not take a timeout argument and\n      raise an exception when the future isn't done yet.\n\n    - Callbacks registered with add_done_callback() are always called\n      via the event loop's call_soon_threadsafe().\n\n    - This class is not compatible with the wait() and as_completed()\n      methods in the concurrent.futures package.",
    flags: TypeFlags::BASETYPE
        .with(TypeFlags::HAS_DICT)
        .with(TypeFlags::HAS_WEAKREF)
        .with(TypeFlags::MUTABLE)
        .with(TypeFlags::NO_DEL),
    nnative: SLOTS,
    init: Some(NativeDef::new(
        "__init__",
        "($self, /, *, loop=None)",
        |cx, a| {
            let o = obj(cx, a[0])?;
            init(cx, o, a.or_none(1))?;
            Ok(Value::NONE)
        },
        "",
    )),
    slots: Slots {
        new: Some(|cx, class, _| Ok(cx.alloc_instance(class)?.value())),
        repr: Some(|cx, v| call_python(cx, "asyncio.base_futures", "_future_repr", &[v])),
        iter: Some(awaiting::iterator),
        await_: Some(awaiting::iterator),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "result",
            "($self, /)",
            |cx, a| {
                let o = obj(cx, a[0])?;
                result(cx, o)
            },
            "Return the result this future represents.\n\nIf the future has been cancelled, raises CancelledError.  If the\nfuture's result isn't yet available, raises InvalidStateError.  If\nthe future is done and has an exception set, this exception is raised.",
        ),
        NativeDef::new(
            "exception",
            "($self, /)",
            exception,
            "Return the exception that was set on this future.\n\nThe exception (or None if no exception was set) is returned only if\nthe future is done.  If the future has been cancelled, raises\nCancelledError.  If the future isn't done yet, raises\nInvalidStateError.",
        ),
        NativeDef::new(
            "set_result",
            "($self, result, /)",
            |cx, a| {
                let o = alive(cx, a[0])?;
                set_result(cx, o, a[1])?;
                Ok(Value::NONE)
            },
            "Mark the future done and set its result.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
        ),
        NativeDef::new(
            "set_exception",
            "($self, exception, /)",
            |cx, a| {
                let o = alive(cx, a[0])?;
                set_exception(cx, o, a[1])?;
                Ok(Value::NONE)
            },
            "Mark the future done and set an exception.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
        ),
        NativeDef::new(
            "add_done_callback",
            "($self, fn, /, *, context=<unrepresentable>)",
            |cx, a| {
                let o = obj(cx, a[0])?;
                if o.slot(cx, LOOP).is_empty() {
                    return Err(cx.runtime_error("uninitialized Future object"));
                }
                let context = match a.get(2) {
                    Some(context) if !context.is_none() => context,
                    _ => contextvars::copy_of_current(cx),
                };
                add_done_callback(cx, o, a[1], context)?;
                Ok(Value::NONE)
            },
            "Add a callback to be run when the future becomes done.\n\nThe callback is called with a single argument - the future object. If\nthe future is already done when this is called, the callback is\nscheduled with call_soon.",
        ),
        NativeDef::new(
            "remove_done_callback",
            "($self, fn, /)",
            remove_done_callback,
            "Remove all instances of a callback from the \"call when done\" list.\n\nReturns the number of callbacks removed.",
        ),
        NativeDef::new(
            "cancel",
            "($self, /, msg=None)",
            |cx, a| {
                let o = alive(cx, a[0])?;
                Ok(Value::bool(cancel(cx, o, a.or_none(1))?))
            },
            "Cancel the future and schedule callbacks.\n\nIf the future is already done or cancelled, return False.  Otherwise,\nchange the future's state to cancelled, schedule the callbacks and\nreturn True.",
        ),
        NativeDef::new(
            "cancelled",
            "($self, /)",
            |cx, a| Ok(Value::bool(obj(cx, a[0])?.slot(cx, STATE) == CANCELLED)),
            "Return True if the future was cancelled.",
        ),
        NativeDef::new(
            "done",
            "($self, /)",
            |cx, a| {
                let o = obj(cx, a[0])?;
                Ok(Value::bool(!o.slot(cx, LOOP).is_empty() && !is_pending(cx, o)))
            },
            "Return True if the future is done.\n\nDone means either that a result / exception are available, or that the\nfuture was cancelled.",
        ),
        NativeDef::new(
            "get_loop",
            "($self, /)",
            |cx, a| Ok(alive(cx, a[0])?.slot(cx, LOOP)),
            "Return the event loop the Future is bound to.",
        ),
        NativeDef::new(
            "_make_cancelled_error",
            "($self, /)",
            |cx, a| {
                let o = obj(cx, a[0])?;
                make_cancelled_error(cx, o)
            },
            "Create the CancelledError to raise if the Future is cancelled.\n\nThis should only be called once when handling a cancellation since\nit erases the context exception value.",
        ),
        NativeDef::new("__del__", "($self, /)", del, "Called when the instance is about to be destroyed."),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    getsets: &[
        GetSet::ro(
            "_state",
            |cx, v| {
                let text = match alive(cx, v)?.slot(cx, STATE) {
                    CANCELLED => "CANCELLED",
                    FINISHED => "FINISHED",
                    _ => "PENDING",
                };
                Ok(cx.str_value(text))
            },
            "",
        ),
        GetSet::rw(
            "_asyncio_future_blocking",
            |cx, v| {
                let o = obj(cx, v)?;
                Ok(Value::bool(has(cx, o, BLOCKING)))
            },
            |cx, v, on| {
                let o = alive(cx, v)?;
                let on = wanted(cx, on, "_asyncio.Future", "_asyncio_future_blocking")?;
                set_bit(cx, o, BLOCKING, on);
                Ok(())
            },
            "",
        ),
        GetSet::rw(
            "_log_traceback",
            |cx, v| {
                let o = alive(cx, v)?;
                Ok(Value::bool(has(cx, o, UNSEEN)))
            },
            |cx, v, on| {
                let o = obj(cx, v)?;
                if wanted(cx, on, "_asyncio.Future", "_log_traceback")? {
                    return Err(cx.value_error("_log_traceback can only be set to False"));
                }
                set_bit(cx, o, UNSEEN, false);
                Ok(())
            },
            "",
        ),
        GetSet::ro("_callbacks", callbacks, ""),
        GetSet::ro("_result", |cx, v| Ok(or_none(alive(cx, v)?.slot(cx, RESULT))), ""),
        GetSet::ro("_exception", |cx, v| Ok(or_none(alive(cx, v)?.slot(cx, EXCEPTION))), ""),
        GetSet::rw(
            "_cancel_message",
            |cx, v| Ok(or_none(obj(cx, v)?.slot(cx, CANCEL_MESSAGE))),
            |cx, v, message| {
                given(cx, message, "_asyncio.Future", "_cancel_message")?;
                obj(cx, v)?.set_slot(cx, CANCEL_MESSAGE, message);
                Ok(())
            },
            "",
        ),
        GetSet::ro("_asyncio_awaited_by", awaited_by, ""),
    ],
    members: &[Member::ro("_loop", LOOP as u16, ""), Member::ro("_source_traceback", SOURCE as u16, "")],
    ..TypeDef::new("_asyncio", "Future")
};

/// An attribute may be set but not deleted.
fn given(cx: &mut Ctx, v: Value, class: &str, name: &str) -> Res<()> {
    if v.is_empty() {
        let text = format!("attribute '{name}' of '{class}' objects cannot be deleted");
        return Err(cx.raise(Exc::AttributeError, text));
    }
    Ok(())
}

/// The truth of what an attribute is set to.
pub fn wanted(cx: &mut Ctx, v: Value, class: &str, name: &str) -> Res<bool> {
    given(cx, v, class, name)?;
    protocol::truth(cx, v)
}

/// Makes it pending, in the loop or (None) in the one that runs.
pub fn init(cx: &mut Ctx, o: Obj, event_loop: Value) -> Res<()> {
    let event_loop = if event_loop.is_none() { registry::event_loop(cx)? } else { event_loop };
    for slot in
        [RESULT, CALLBACK, CONTEXT_OF_CALLBACK, CALLBACKS, FLAGS, EXCEPTION, TRACEBACK, CANCEL_MESSAGE, CANCELLED_BY]
    {
        if !o.slot(cx, slot).is_empty() {
            o.set_slot(cx, slot, Value::EMPTY);
        }
    }
    o.set_slot(cx, SOURCE, Value::EMPTY);
    o.set_slot(cx, AWAITED_BY, Value::EMPTY);
    o.set_slot(cx, STATE, PENDING);
    o.set_slot(cx, LOOP, event_loop);
    let debug = protocol::call_method(cx, event_loop, cx.names.get_debug, &[])?;
    if protocol::truth(cx, debug)? {
        let stack = call_python(cx, "asyncio.format_helpers", "extract_stack", &[])?;
        o.set_slot(cx, SOURCE, stack);
    }
    Ok(())
}

// --- the end ---

fn check_pending(cx: &mut Ctx, o: Obj) -> Res<()> {
    if is_pending(cx, o) { Ok(()) } else { Err(raise(cx, "InvalidStateError", "invalid state")) }
}

/// Ends it with a result.
pub fn set_result(cx: &mut Ctx, o: Obj, v: Value) -> Res<()> {
    check_pending(cx, o)?;
    o.set_slot(cx, RESULT, v);
    o.set_slot(cx, STATE, FINISHED);
    schedule_callbacks(cx, o)
}

/// Ends it with an exception: an instance, or a class.
pub fn set_exception(cx: &mut Ctx, o: Obj, exception: Value) -> Res<()> {
    check_pending(cx, o)?;
    let mut exception = if engine::exceptions::is_exception_class(cx, exception) {
        protocol::call(cx, exception, &[])?
    } else {
        exception
    };
    if !engine::exceptions::is_exception(cx, exception) {
        return Err(cx.type_error("invalid exception object"));
    }
    if engine::exceptions::stop_iteration_value(cx, exception).is_some() {
        let text = "StopIteration interacts badly with generators and cannot be raised into a Future";
        let raised = cx.runtime_error(text);
        let replacement = cx.take(raised);
        engine::exceptions::set_cause_and_context(cx, replacement, exception);
        exception = replacement;
    }
    o.set_slot(cx, EXCEPTION, exception);
    let traceback = exception_base::get_traceback(cx, exception);
    o.set_slot(cx, TRACEBACK, traceback);
    o.set_slot(cx, STATE, FINISHED);
    schedule_callbacks(cx, o)?;
    set_bit(cx, o, UNSEEN, true);
    if cx.is_exactly(o.value(), &FUTURE) {
        // From now on its death has something to tell.
        cx.set_finalizer(o.value());
    }
    Ok(())
}

/// Cancels it; false if it is done.
pub fn cancel(cx: &mut Ctx, o: Obj, message: Value) -> Res<bool> {
    set_bit(cx, o, UNSEEN, false);
    if !is_pending(cx, o) {
        return Ok(false);
    }
    o.set_slot(cx, STATE, CANCELLED);
    o.set_slot(cx, CANCEL_MESSAGE, message);
    schedule_callbacks(cx, o)?;
    Ok(true)
}

/// Cancels a task that this `CancelledError` has ended.
pub fn cancel_by(cx: &mut Ctx, o: Obj, exception: Value) -> Res<()> {
    o.set_slot(cx, CANCELLED_BY, exception);
    cancel(cx, o, Value::NONE)?;
    Ok(())
}

pub fn make_cancelled_error(cx: &mut Ctx, o: Obj) -> PyResult {
    if let Some(exception) = o.slot(cx, CANCELLED_BY).non_empty() {
        o.set_slot(cx, CANCELLED_BY, Value::EMPTY);
        return Ok(exception);
    }
    let class = protocol::import_attr(cx, "asyncio.exceptions", "CancelledError")?;
    match o.slot(cx, CANCEL_MESSAGE) {
        Value::EMPTY | Value::NONE => protocol::call(cx, class, &[]),
        message => protocol::call(cx, class, &[message]),
    }
}

/// What it ended with: the result, or its exception raised.
pub fn result(cx: &mut Ctx, o: Obj) -> PyResult {
    match o.slot(cx, STATE) {
        CANCELLED => {
            let exception = make_cancelled_error(cx, o)?;
            Err(cx.raise_exc(exception))
        }
        FINISHED => {
            set_bit(cx, o, UNSEEN, false);
            match o.slot(cx, EXCEPTION).non_empty() {
                None => Ok(or_none(o.slot(cx, RESULT))),
                Some(exception) => {
                    let traceback = or_none(o.slot(cx, TRACEBACK));
                    exception_base::set_traceback(cx, exception, traceback);
                    o.set_slot(cx, TRACEBACK, Value::EMPTY);
                    Err(cx.raise_exc(exception))
                }
            }
        }
        PENDING => Err(raise(cx, "InvalidStateError", "Result is not set.")),
        _ => Err(raise(cx, "InvalidStateError", UNINITIALIZED)),
    }
}

fn exception(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    match o.slot(cx, STATE) {
        CANCELLED => {
            let exception = make_cancelled_error(cx, o)?;
            Err(cx.raise_exc(exception))
        }
        FINISHED => {
            set_bit(cx, o, UNSEEN, false);
            Ok(or_none(o.slot(cx, EXCEPTION)))
        }
        PENDING => Err(raise(cx, "InvalidStateError", "Exception is not set.")),
        _ => Err(raise(cx, "InvalidStateError", UNINITIALIZED)),
    }
}

/// Whether `await` has given it away; that is over then.
pub fn take_blocking(heap: &Heap, o: Obj) -> bool {
    let was = has(heap, o, BLOCKING);
    set_bit(heap, o, BLOCKING, false);
    was
}

/// As [`take_blocking`], the other way round.
pub fn set_blocking(heap: &Heap, o: Obj) -> bool {
    let was = has(heap, o, BLOCKING);
    set_bit(heap, o, BLOCKING, true);
    was
}

// --- callbacks ---

fn schedule_callbacks(cx: &mut Ctx, o: Obj) -> Res<()> {
    let (event_loop, me) = (o.slot(cx, LOOP), o.value());
    let first = o.slot(cx, CALLBACK);
    if !first.is_empty() {
        let context = or_none(o.slot(cx, CONTEXT_OF_CALLBACK));
        o.set_slot(cx, CALLBACK, Value::EMPTY);
        o.set_slot(cx, CONTEXT_OF_CALLBACK, Value::EMPTY);
        call_soon(cx, event_loop, first, Some(me), context)?;
    }
    let Some(list) = List::of(o.slot(cx, CALLBACKS)) else { return Ok(()) };
    o.set_slot(cx, CALLBACKS, Value::EMPTY);
    let mut i = 0;
    while let Some(entry) = list.get(i).and_then(Tuple::of) {
        call_soon(cx, event_loop, entry.get(0), Some(me), entry.get(1))?;
        i += 1;
    }
    Ok(())
}

/// Calls `callback` when it is done.
pub fn add_done_callback(cx: &mut Ctx, o: Obj, callback: Value, context: Value) -> Res<()> {
    if !is_pending(cx, o) {
        let event_loop = o.slot(cx, LOOP);
        return call_soon(cx, event_loop, callback, Some(o.value()), context);
    }
    let list = List::of(o.slot(cx, CALLBACKS));
    if list.is_none() && o.slot(cx, CALLBACK).is_empty() {
        o.set_slot(cx, CALLBACK, callback);
        o.set_slot(cx, CONTEXT_OF_CALLBACK, context);
        return Ok(());
    }
    let entry = Tuple::new(cx, &[callback, context]);
    match list {
        Some(list) => list.push(cx, entry),
        None => {
            let list = List::new(cx);
            list.push(cx, entry);
            o.set_slot(cx, CALLBACKS, list.value());
        }
    }
    Ok(())
}

/// All callbacks with their contexts, in the order in which they will be called.
fn all_callbacks(cx: &mut Ctx, o: Obj) -> List {
    let all = List::new(cx);
    let first = o.slot(cx, CALLBACK);
    if !first.is_empty() {
        let context = or_none(o.slot(cx, CONTEXT_OF_CALLBACK));
        let entry = Tuple::new(cx, &[first, context]);
        all.push(cx, entry);
    }
    if let Some(list) = List::of(o.slot(cx, CALLBACKS)) {
        let mut i = 0;
        while let Some(entry) = list.get(i) {
            all.push(cx, entry);
            i += 1;
        }
    }
    all
}

fn callbacks(cx: &mut Ctx, v: Value) -> PyResult {
    let o = alive(cx, v)?;
    let all = all_callbacks(cx, o);
    Ok(if all.len() == 0 { Value::NONE } else { all.value() })
}

fn remove_done_callback(cx: &mut Ctx, args: Args) -> PyResult {
    let o = alive(cx, args[0])?;
    let all = all_callbacks(cx, o);
    let kept = List::new(cx);
    let (mut i, mut removed) = (0, 0);
    while let Some(entry) = all.get(i).and_then(Tuple::of) {
        i += 1;
        // The comparison is the callbacks' own: CPython asks them, too.
        if protocol::eq(cx, entry.get(0), args[1])? {
            removed += 1;
        } else {
            kept.push(cx, entry.value());
        }
    }
    if removed > 0 && is_pending(cx, o) {
        o.set_slot(cx, CALLBACK, Value::EMPTY);
        o.set_slot(cx, CONTEXT_OF_CALLBACK, Value::EMPTY);
        o.set_slot(cx, CALLBACKS, if kept.len() == 0 { Value::EMPTY } else { kept.value() });
    }
    Ok(Value::from_usize(removed))
}

// --- who waits ---

/// Notes that the task `waiter` waits for `fut`, if both are ours.
pub fn add_to_awaited_by(cx: &mut Ctx, fut: Value, waiter: Value) -> Res<()> {
    if !is_future(cx, fut) || !is_future(cx, waiter) {
        return Ok(());
    }
    let o = obj(cx, fut)?;
    match o.slot(cx, AWAITED_BY) {
        Value::EMPTY => o.set_slot(cx, AWAITED_BY, waiter),
        now => {
            if let Some(set) = Set::of(now) {
                set.add(cx, waiter)?;
            } else if now != waiter {
                let set = Set::new(cx);
                set.add(cx, now)?;
                set.add(cx, waiter)?;
                o.set_slot(cx, AWAITED_BY, set.value());
            }
        }
    }
    Ok(())
}

/// It does not any more.
pub fn discard_from_awaited_by(cx: &mut Ctx, fut: Value, waiter: Value) -> Res<()> {
    if !is_future(cx, fut) {
        return Ok(());
    }
    let o = obj(cx, fut)?;
    let now = o.slot(cx, AWAITED_BY);
    if now == waiter {
        o.set_slot(cx, AWAITED_BY, Value::EMPTY);
    } else if let Some(set) = Set::of(now) {
        set.discard(cx, waiter)?;
    }
    Ok(())
}

fn awaited_by(cx: &mut Ctx, v: Value) -> PyResult {
    let o = obj(cx, v)?;
    match o.slot(cx, AWAITED_BY) {
        Value::EMPTY => Ok(Value::NONE),
        now => match Set::of(now) {
            Some(set) => Ok(set.copy(cx, true).value()),
            None => {
                let set = Set::new_frozen(cx);
                set.add(cx, now)?;
                Ok(set.value())
            }
        },
    }
}

// --- death ---

/// Tells the loop's handler of `exception`s something that happened to a future.
pub fn tell(cx: &mut Ctx, o: Obj, entries: &[(&str, Value)]) -> Res<()> {
    let context = Dict::new(cx);
    for (key, v) in entries {
        let key = cx.intern(key.as_bytes());
        context.set_str(cx, key, *v);
    }
    if let Some(source) = o.slot(cx, SOURCE).non_empty() {
        let key = cx.names.source_traceback;
        context.set_str(cx, key, source);
    }
    let (event_loop, name) = (o.slot(cx, LOOP), cx.intern(b"call_exception_handler"));
    protocol::call_method(cx, event_loop, name, &[context.value()])?;
    Ok(())
}

fn del(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    if !has(cx, o, UNSEEN) || o.slot(cx, EXCEPTION).is_empty() {
        return Ok(Value::NONE);
    }
    set_bit(cx, o, UNSEEN, false);
    let message = format!("{} exception was never retrieved", types::type_short_name(cx, args[0]));
    let message = cx.str_value(&message);
    let exception = o.slot(cx, EXCEPTION);
    tell(cx, o, &[("message", message), ("exception", exception), ("future", args[0])])?;
    Ok(Value::NONE)
}

/// What a native task's death says of an exception that nobody has asked for.
pub fn finalize(cx: &mut Ctx, args: Args) -> PyResult {
    del(cx, args)
}
