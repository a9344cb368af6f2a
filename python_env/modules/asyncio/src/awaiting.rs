//! What `await` iterates: it gives the future to the task, and its result when the task goes on.

use engine::prelude::*;

use crate::future;

/// Slot 0: the future, EMPTY once it was closed or thrown into.
static FUTURE_ITER: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots { iter: Some(slots::self_iter), next: Some(next), ..Slots::NONE },
    methods: &[
        NativeDef::new("send", "($self, value, /)", |cx, a| step(cx, a[0]), ""),
        NativeDef::new("throw", "($self, typ, val=None, tb=None, /)", throw, ""),
        NativeDef::new(
            "close",
            "($self, /)",
            |cx, a| {
                end(cx, a[0]);
                Ok(Value::NONE)
            },
            "",
        ),
    ],
    ..TypeDef::new("_asyncio", "FutureIter")
};

/// The iterator of a future.
pub fn iterator(cx: &mut Ctx, fut: Value) -> PyResult {
    future::alive(cx, fut)?;
    Ok(cx.new_object(&FUTURE_ITER, &[fut]))
}

fn end(heap: &Heap, it: Value) {
    if let Some(o) = Obj::of(it) {
        o.set_slot(heap, 0, Value::EMPTY);
    }
}

/// The slot: EMPTY at an end without a value.
fn next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(fut) = Obj::of(it).and_then(|o| Obj::of(o.slot(cx, 0))) else { return Ok(Value::EMPTY) };
    if future::is_pending(cx, fut) {
        if future::set_blocking(cx, fut) {
            return Err(cx.runtime_error("await wasn't used with future"));
        }
        return Ok(fut.value());
    }
    match future::result(cx, fut)? {
        Value::NONE => Ok(Value::EMPTY),
        v => Err(cx.stop_iteration(v)),
    }
}

/// The method: the end is always an exception.
fn step(cx: &mut Ctx, it: Value) -> PyResult {
    match next(cx, it)? {
        Value::EMPTY => Err(cx.stop_iteration(Value::NONE)),
        v => Ok(v),
    }
}

fn throw(cx: &mut Ctx, args: Args) -> PyResult {
    let (class, value, traceback) = (args[1], args.or_none(2), args.or_none(3));
    if args.get(2).is_some() {
        let text = "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
        engine::exceptions::warn_deprecated(cx, text)?;
    }
    if !traceback.is_none() && !engine::frames::traceback::is_traceback(cx, traceback) {
        return Err(cx.type_error("throw() third argument must be a traceback"));
    }
    let exception = if engine::exceptions::is_exception_class(cx, class) {
        if engine::exceptions::is_instance_of(cx, value, class) {
            value
        } else if value.is_none() {
            protocol::call(cx, class, &[])?
        } else {
            protocol::call(cx, class, &[value])?
        }
    } else if engine::exceptions::is_exception(cx, class) {
        if !value.is_none() {
            return Err(cx.type_error("instance exception may not have a separate value"));
        }
        class
    } else {
        return Err(cx.type_error("exceptions must be classes deriving BaseException or instances of such a class"));
    };
    end(cx, args[0]);
    if !traceback.is_none() {
        exception_base::set_traceback(cx, exception, traceback);
    }
    Err(cx.restore(exception))
}
