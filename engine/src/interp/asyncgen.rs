//! Asynchronous generators: their steps are awaitables that drive the generator until it produces an item.

use proto_core::Value;

use super::exc;
use super::generator::{Sent, awaitable};
use super::genobj::{self, Thrown, state};
use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::Exc;
use crate::native::def::{GetSet, NativeDef, TypeDef, TypeFlags};
use crate::native::{self, Args};
use crate::objects::{AsyncFlag, GenState, Generator, Obj, shapes};
use crate::protocol;
use crate::types;
use crate::types::slots::{self, Slots};

/// The type `async_generator`.
pub static ASYNC_GENERATOR: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW.with(TypeFlags::HAS_WEAKREF),
    slots: Slots { repr: Some(repr), aiter: Some(slots::self_iter), anext: Some(anext), ..Slots::NONE },
    methods: &[
        NativeDef::new("asend", "($self, value, /)", asend, "asend(v) -> send 'v' in generator."),
        NativeDef::new(
            "athrow",
            "($self, typ, val=None, tb=None, /)",
            athrow,
            "athrow(value)\nathrow(type[,value[,tb]])\n\nraise exception in generator.",
        ),
        NativeDef::new("aclose", "($self, /)", aclose, "aclose() -> raise GeneratorExit inside generator."),
        NativeDef::new(
            "__del__",
            "($self, /)",
            genobj::del_method,
            "Called when the instance is about to be destroyed.",
        ),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, item, /)", native::class_getitem, "See PEP 585")],
    getsets: &[
        GetSet::rw("__name__", genobj::get_name, genobj::set_name, "name of the async generator"),
        GetSet::rw("__qualname__", genobj::get_qualname, genobj::set_qualname, "qualified name of the async generator"),
        GetSet::ro("ag_await", genobj::get_delegate, "object being awaited on, or None"),
        GetSet::ro("ag_running", get_running, ""),
        GetSet::ro("ag_frame", genobj::get_frame, ""),
        GetSet::ro("ag_suspended", genobj::get_suspended, ""),
        GetSet::ro("ag_code", genobj::get_code, ""),
    ],
    ..TypeDef::new("builtins", "async_generator")
};

/// Native slots of a step.
mod step {
    /// The generator.
    pub const GENERATOR: usize = 0;
    /// 0 fresh, 1 under way, 2 over.
    pub const STATE: usize = 1;
    /// `asend`: the value; `athrow`: the first of its arguments, or EMPTY for `aclose`.
    pub const VALUE: usize = 2;
    /// `athrow`: the second and the third.
    pub const MORE: [usize; 2] = [3, 4];
}

/// What `asend` and `__anext__` give.
pub static ASEND: TypeDef = TypeDef {
    nnative: 3,
    // Those that nobody awaits at once are registered by their makers.
    flags: TypeFlags::NO_NEW.with(TypeFlags::NO_DEL),
    slots: Slots {
        iter: Some(slots::self_iter),
        await_: Some(slots::self_iter),
        next: Some(asend_next),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("send", "($self, value, /)", asend_send, ""),
        NativeDef::new("throw", "($self, typ, val=None, tb=None, /)", asend_throw, ""),
        NativeDef::new("close", "($self, /)", asend_close, ""),
        NativeDef::new("__del__", "($self, /)", asend_del, "Called when the instance is about to be destroyed."),
    ],
    ..TypeDef::new("builtins", "async_generator_asend")
};

/// What `athrow` and `aclose` give.
pub static ATHROW: TypeDef = TypeDef {
    nnative: 5,
    // Those that nobody awaits at once are registered by their makers.
    flags: TypeFlags::NO_NEW.with(TypeFlags::NO_DEL),
    slots: Slots {
        iter: Some(slots::self_iter),
        await_: Some(slots::self_iter),
        next: Some(athrow_next),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("send", "($self, value, /)", athrow_send, ""),
        NativeDef::new("throw", "($self, typ, val=None, tb=None, /)", athrow_throw, ""),
        NativeDef::new("close", "($self, /)", athrow_close, ""),
        NativeDef::new("__del__", "($self, /)", athrow_del, "Called when the instance is about to be destroyed."),
    ],
    ..TypeDef::new("builtins", "async_generator_athrow")
};

/// What `anext(it, default)` gives: native slots are the awaitable and the default.
pub static ANEXT_AWAITABLE: TypeDef = TypeDef {
    nnative: 3,
    flags: TypeFlags::NO_NEW,
    slots: Slots {
        iter: Some(slots::self_iter),
        await_: Some(slots::self_iter),
        next: Some(default_next),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("send", "($self, value, /)", default_send, ""),
        NativeDef::new("throw", "($self, typ, val=None, tb=None, /)", default_throw, ""),
        NativeDef::new("close", "($self, /)", default_close, ""),
    ],
    ..TypeDef::new("builtins", "anext_awaitable")
};

pub(super) mod handlers {
    //! Instructions of asynchronous iteration.

    use super::super::dispatch::*;
    use super::super::unwind::rethrow;
    use super::*;

    ops! {
        get_aiter(pc, base, cx, table) {
            let cxr = publish(pc, base, cx);
            let r = aiter_of(cxr, get(base, pc.src()));
            finish!(r, pc.dst(), pc, base, cx, table)
        }

        get_anext(pc, base, cx, table) {
            let cxr = publish(pc, base, cx);
            let r = anext_of(cxr, get(base, pc.src()));
            finish!(r, pc.dst(), pc, base, cx, table)
        }

        end_async_for(pc, base, cx, table) {
            let exception = get(base, pc.value());
            let cxr = publish(pc, base, cx);
            if exc::is_exc(cxr, exception, Exc::StopAsyncIteration) {
                next!(pc.next(), base, cx, table)
            }
            crate::interp::raise::again(cxr, exception);
            return rethrow(pc.pc(), base, cx, table)
        }
    }
}

#[inline(never)]
fn aiter_of(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = types::type_of(cx, v);
    let Some(get) = ty.slots().aiter() else {
        let name = ty.name_str();
        return Err(cx.type_error(format!("'async for' requires an object with __aiter__ method, got {name}")));
    };
    let it = get.call(cx, v)?;
    let it_type = types::type_of(cx, it);
    if it_type.slots().anext().is_none() {
        let name = it_type.name_str();
        let text = format!("'async for' received an object from __aiter__ that does not implement __anext__: {name}");
        return Err(cx.type_error(text));
    }
    Ok(it)
}

#[inline(never)]
fn anext_of(cx: &mut Ctx, v: Value) -> PyResult {
    if let Some(g) = Generator::of(v)
        && g.kind() == shapes::ASYNC_GENERATOR
    {
        return step_of_loop(cx, v);
    }
    let ty = types::type_of(cx, v);
    let Some(get) = ty.slots().anext() else {
        let name = ty.name_str();
        return Err(cx.type_error(format!("'async for' requires an iterator with __anext__ method, got {name}")));
    };
    let step = get.call(cx, v)?;
    match awaitable(cx, step, 0) {
        Ok(it) => Ok(it),
        Err(raised) => {
            let cause = cx.take(raised);
            let name = types::type_of(cx, step).name_str();
            let raised = cx.type_error(format!("'async for' received an invalid object from __anext__: {name}"));
            let error = cx.take(raised);
            exc::set_cause_and_context(cx, error, cause);
            Err(cx.restore(error))
        }
    }
}

#[inline(never)]
fn generator(cx: &mut Ctx, v: Value) -> PyResult<Generator> {
    match Generator::of(v) {
        Some(g) => Ok(g),
        None => Err(cx.type_error("an asynchronous generator is required")),
    }
}

/// The hooks of `sys.set_asyncgen_hooks`, once per generator.
#[inline(never)]
fn init_hooks(cx: &mut Ctx, g: Generator) -> PyResult<()> {
    if g.has(AsyncFlag::HooksRan) {
        return Ok(());
    }
    g.note(AsyncFlag::HooksRan, true);
    let (first, last) = (cx.run.asyncgen_firstiter, cx.run.asyncgen_finalizer);
    if !last.is_none() {
        genobj::state_set(cx, g, state::FINALIZER, last);
    }
    if !first.is_none() {
        protocol::call(cx, first, &[g.value()])?;
    }
    Ok(())
}

#[inline(never)]
fn get_running(cx: &mut Ctx, v: Value) -> PyResult {
    let g = generator(cx, v)?;
    Ok(Value::bool(g.has(AsyncFlag::Running)))
}

#[inline(never)]
fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let name = genobj::get_qualname(cx, v)?;
    let name = protocol::str_lossy(cx, name);
    Ok(crate::objects::Str::from_text(cx, &format!("<async_generator object {name} at {:#x}>", v.addr())))
}

#[inline(never)]
fn anext(cx: &mut Ctx, v: Value) -> PyResult {
    let made = step_of_loop(cx, v)?;
    cx.set_finalizer(made);
    Ok(made)
}

/// The next step of an asynchronous loop, which awaits it at once: no finalizer need tell that it was not.
#[inline(never)]
fn step_of_loop(cx: &mut Ctx, v: Value) -> PyResult {
    let g = generator(cx, v)?;
    init_hooks(cx, g)?;
    Ok(cx.new_object(&ASEND, &[v, Value::small(0), Value::NONE]))
}

#[inline(never)]
fn asend(cx: &mut Ctx, args: Args) -> PyResult {
    let g = generator(cx, args[0])?;
    init_hooks(cx, g)?;
    let made = cx.new_object(&ASEND, &[args[0], Value::small(0), args[1]]);
    cx.set_finalizer(made);
    Ok(made)
}

#[inline(never)]
fn athrow(cx: &mut Ctx, args: Args) -> PyResult {
    let g = generator(cx, args[0])?;
    init_hooks(cx, g)?;
    let [ty, value, traceback] = Thrown::of_args(cx, &args, "athrow")?.parts();
    let made = cx.new_object(&ATHROW, &[args[0], Value::small(0), ty, value, traceback]);
    cx.set_finalizer(made);
    Ok(made)
}

#[inline(never)]
fn aclose(cx: &mut Ctx, args: Args) -> PyResult {
    let g = generator(cx, args[0])?;
    init_hooks(cx, g)?;
    let made = cx.new_object(&ATHROW, &[args[0], Value::small(0), Value::EMPTY, Value::EMPTY, Value::EMPTY]);
    cx.set_finalizer(made);
    Ok(made)
}

// --- steps ---

#[inline(never)]
fn parts(cx: &mut Ctx, v: Value) -> PyResult<(Obj, Generator, i64)> {
    let Some(o) = Obj::of(v) else { return Err(cx.type_error("not a step of an asynchronous generator")) };
    let g = generator(cx, o.at(step::GENERATOR))?;
    Ok((o, g, o.at(step::STATE).as_int().unwrap_or(2)))
}

#[inline(never)]
fn set_state(cx: &Ctx, o: Obj, n: i32) {
    o.set_slot(cx, step::STATE, Value::small(n));
}

/// What a step of the generator means for who awaits it: an item ends the step.
#[inline(never)]
fn unwrap(cx: &mut Ctx, o: Obj, g: Generator, r: PyResult<Sent>) -> PyResult<Sent> {
    match r {
        Ok(Sent::Yielded(v)) => Ok(Sent::Yielded(v)),
        Ok(Sent::Produced(v)) => {
            g.note(AsyncFlag::Running, false);
            set_state(cx, o, 2);
            Ok(Sent::Returned(v))
        }
        Ok(Sent::Returned(_)) => {
            g.note(AsyncFlag::Running, false);
            g.note(AsyncFlag::Closed, true);
            set_state(cx, o, 2);
            Err(cx.raise_args(Exc::StopAsyncIteration, &[]))
        }
        Err(raised) => {
            g.note(AsyncFlag::Running, false);
            set_state(cx, o, 2);
            if cx.matches(&raised, Exc::StopAsyncIteration) || cx.matches(&raised, Exc::GeneratorExit) {
                g.note(AsyncFlag::Closed, true);
            }
            Err(raised)
        }
    }
}

#[inline(never)]
fn reused(cx: &mut Ctx, what: &str) -> Raised {
    cx.raise(Exc::RuntimeError, format!("cannot reuse already awaited {what}"))
}

#[inline(never)]
fn busy(cx: &mut Ctx, what: &str) -> Raised {
    cx.raise(Exc::RuntimeError, format!("{what}: asynchronous generator is already running"))
}

/// As an iterator tells it: the end is a StopIteration with the item.
fn as_iterator(cx: &mut Ctx, r: PyResult<Sent>) -> PyResult {
    match r? {
        Sent::Yielded(v) | Sent::Produced(v) => Ok(v),
        Sent::Returned(v) => Err(cx.stop_iteration(v)),
    }
}

/// Whether `v` is what `asend` or `__anext__` makes, for [`asend_step`].
#[inline]
pub(super) fn is_asend(cx: &Ctx, v: Value) -> bool {
    cx.is_exactly(v, &ASEND)
}

#[inline(never)]
pub(super) fn asend_step(cx: &mut Ctx, v: Value, sent: Value) -> PyResult<Sent> {
    let (o, g, at) = parts(cx, v)?;
    let mut sent = sent;
    match at {
        0 => {
            if g.has(AsyncFlag::Running) {
                set_state(cx, o, 2);
                return Err(busy(cx, "anext()"));
            }
            if sent.is_none() {
                sent = o.at(step::VALUE);
            }
            set_state(cx, o, 1);
        }
        1 => {}
        _ => return Err(reused(cx, "__anext__()/asend()")),
    }
    g.note(AsyncFlag::Running, true);
    let r = genobj::send(cx, g, sent);
    unwrap(cx, o, g, r)
}

#[inline(never)]
fn asend_next(cx: &mut Ctx, v: Value) -> PyResult {
    let r = asend_step(cx, v, Value::NONE);
    as_iterator(cx, r)
}

#[inline(never)]
fn asend_send(cx: &mut Ctx, args: Args) -> PyResult {
    let r = asend_step(cx, args[0], args[1]);
    as_iterator(cx, r)
}

#[inline(never)]
fn asend_throw(cx: &mut Ctx, args: Args) -> PyResult {
    asend_thrown(cx, args[0], |cx| Thrown::of_args(cx, &args, "throw"))
}

#[inline(never)]
fn asend_close(cx: &mut Ctx, args: Args) -> PyResult {
    close_by(cx, args[0], asend_thrown)
}

/// Throws into a step, a fresh one included; what is thrown is made once the step may go on.
#[inline(never)]
fn asend_thrown(cx: &mut Ctx, v: Value, thrown: impl FnOnce(&mut Ctx) -> PyResult<Thrown>) -> PyResult {
    let (o, g, at) = parts(cx, v)?;
    match at {
        0 => {
            if g.has(AsyncFlag::Running) {
                set_state(cx, o, 2);
                return Err(busy(cx, "anext()"));
            }
            set_state(cx, o, 1);
            g.note(AsyncFlag::Running, true);
        }
        1 => {}
        _ => return Err(reused(cx, "__anext__()/asend()")),
    }
    let r = match thrown(cx) {
        Ok(thrown) => genobj::throw(cx, g, thrown),
        Err(raised) => Err(raised),
    };
    let r = unwrap(cx, o, g, r);
    as_iterator(cx, r)
}

#[inline(never)]
fn athrow_step(cx: &mut Ctx, v: Value, sent: Value) -> PyResult {
    let (o, g, at) = parts(cx, v)?;
    let given = Thrown::of_parts([o.at(step::VALUE), o.at(step::MORE[0]), o.at(step::MORE[1])]);
    let closing = o.at(step::VALUE).is_empty();
    if at == 2 {
        return Err(reused(cx, "aclose()/athrow()"));
    }
    if g.state() == GenState::Closed {
        set_state(cx, o, 2);
        return Err(cx.stop_iteration(Value::NONE));
    }
    let r = if at == 0 {
        if g.has(AsyncFlag::Running) {
            set_state(cx, o, 2);
            return Err(busy(cx, if closing { "aclose()" } else { "athrow()" }));
        }
        if g.has(AsyncFlag::Closed) {
            set_state(cx, o, 2);
            return Err(cx.raise_args(Exc::StopAsyncIteration, &[]));
        }
        if !sent.is_none() {
            return Err(cx.raise(Exc::RuntimeError, "can't send non-None value to a just-started coroutine"));
        }
        set_state(cx, o, 1);
        g.note(AsyncFlag::Running, true);
        let thrown = if closing {
            g.note(AsyncFlag::Closed, true);
            let raised = cx.raise_args(Exc::GeneratorExit, &[]);
            Thrown::one(cx.take(raised))
        } else {
            given
        };
        genobj::throw(cx, g, thrown)
    } else {
        genobj::send(cx, g, sent)
    };
    athrow_result(cx, o, g, closing, r)
}

#[inline(never)]
fn athrow_result(cx: &mut Ctx, o: Obj, g: Generator, closing: bool, r: PyResult<Sent>) -> PyResult {
    if !closing {
        let r = unwrap(cx, o, g, r);
        return as_iterator(cx, r);
    }
    match r {
        Ok(Sent::Yielded(v)) => Ok(v),
        Ok(Sent::Produced(_)) => {
            g.note(AsyncFlag::Running, false);
            set_state(cx, o, 2);
            Err(cx.raise(Exc::RuntimeError, "async generator ignored GeneratorExit"))
        }
        Ok(Sent::Returned(_)) => {
            g.note(AsyncFlag::Running, false);
            set_state(cx, o, 2);
            Err(cx.stop_iteration(Value::NONE))
        }
        Err(raised) => {
            g.note(AsyncFlag::Running, false);
            set_state(cx, o, 2);
            if cx.matches(&raised, Exc::StopAsyncIteration) || cx.matches(&raised, Exc::GeneratorExit) {
                cx.clear(raised);
                return Err(cx.stop_iteration(Value::NONE));
            }
            Err(raised)
        }
    }
}

#[inline(never)]
fn athrow_next(cx: &mut Ctx, v: Value) -> PyResult {
    athrow_step(cx, v, Value::NONE)
}

#[inline(never)]
fn athrow_send(cx: &mut Ctx, args: Args) -> PyResult {
    athrow_step(cx, args[0], args[1])
}

#[inline(never)]
fn athrow_throw(cx: &mut Ctx, args: Args) -> PyResult {
    athrow_thrown(cx, args[0], |cx| Thrown::of_args(cx, &args, "throw"))
}

#[inline(never)]
fn athrow_close(cx: &mut Ctx, args: Args) -> PyResult {
    close_by(cx, args[0], athrow_thrown)
}

/// [`asend_thrown`] of the other kind of step.
#[inline(never)]
fn athrow_thrown(cx: &mut Ctx, v: Value, thrown: impl FnOnce(&mut Ctx) -> PyResult<Thrown>) -> PyResult {
    let (o, g, at) = parts(cx, v)?;
    if at == 2 {
        return Err(reused(cx, "aclose()/athrow()"));
    }
    let closing = o.at(step::VALUE).is_empty();
    if at == 0 {
        if g.has(AsyncFlag::Running) {
            set_state(cx, o, 2);
            return Err(busy(cx, if closing { "aclose()" } else { "athrow()" }));
        }
        set_state(cx, o, 1);
        g.note(AsyncFlag::Running, true);
    }
    let r = match thrown(cx) {
        Ok(thrown) => genobj::throw(cx, g, thrown),
        Err(raised) => Err(raised),
    };
    athrow_result(cx, o, g, closing, r)
}

/// Closes a step, also one that has not begun: it is told `GeneratorExit` and must end.
#[inline(never)]
fn close_by(
    cx: &mut Ctx,
    v: Value,
    throw: fn(&mut Ctx, Value, fn(&mut Ctx) -> PyResult<Thrown>) -> PyResult,
) -> PyResult {
    let (_, _, at) = parts(cx, v)?;
    if at == 2 {
        return Ok(Value::NONE);
    }
    let exit = |cx: &mut Ctx| {
        let raised = cx.raise_args(Exc::GeneratorExit, &[]);
        Ok(Thrown::one(cx.take(raised)))
    };
    match throw(cx, v, exit) {
        Ok(_) => Err(cx.raise(Exc::RuntimeError, "coroutine ignored GeneratorExit")),
        Err(raised)
            if cx.matches(&raised, Exc::StopIteration)
                || cx.matches(&raised, Exc::StopAsyncIteration)
                || cx.matches(&raised, Exc::GeneratorExit) =>
        {
            cx.clear(raised);
            Ok(Value::NONE)
        }
        Err(raised) => Err(raised),
    }
}

/// A step that dies before it has begun was never awaited.
#[inline(never)]
fn never_awaited(cx: &mut Ctx, v: Value, method: &str) -> PyResult {
    let (_, g, at) = parts(cx, v)?;
    if at == 0 {
        let name = genobj::get_qualname(cx, g.value())?;
        let name = protocol::repr_lossy(cx, name);
        let text = format!("coroutine method '{method}' of {name} was never awaited");
        crate::exceptions::warn(cx, Exc::RuntimeWarning, &text, 1)?;
    }
    Ok(Value::NONE)
}

#[inline(never)]
fn asend_del(cx: &mut Ctx, args: Args) -> PyResult {
    never_awaited(cx, args[0], "asend")
}

#[inline(never)]
fn athrow_del(cx: &mut Ctx, args: Args) -> PyResult {
    let closing = Obj::of(args[0]).is_some_and(|o| o.at(step::VALUE).is_empty());
    never_awaited(cx, args[0], if closing { "aclose" } else { "athrow" })
}

/// The collector found a suspended asynchronous generator dead: its loop's hook closes it.
#[inline(never)]
pub(super) fn finalize(cx: &mut Ctx, g: Generator) -> PyResult<()> {
    let hook = genobj::state_get(g, state::FINALIZER);
    if g.state() == GenState::Suspended && !hook.is_empty() && !g.has(AsyncFlag::Closed) {
        return protocol::call(cx, hook, &[g.value()]).map(drop);
    }
    genobj::close(cx, g).map(drop)
}

// --- anext(it, default) ---

/// `anext(it, default)` for an awaitable made by `__anext__`.
#[inline(never)]
pub fn anext_with_default(cx: &mut Ctx, awaitable: Value, default: Value) -> Value {
    cx.new_object(&ANEXT_AWAITABLE, &[awaitable, default, Value::EMPTY])
}

/// The iterator behind, made at the first step.
#[inline(never)]
fn inner(cx: &mut Ctx, v: Value) -> PyResult<(Obj, Value)> {
    let Some(o) = Obj::of(v) else { return Err(cx.type_error("not an anext_awaitable")) };
    let mut it = o.at(2);
    if it.is_empty() {
        let step = o.at(0);
        it = awaitable(cx, step, 0)?;
        o.set_slot(cx, 2, it);
    }
    Ok((o, it))
}

#[inline(never)]
fn with_default(cx: &mut Ctx, o: Obj, r: PyResult) -> PyResult {
    match r {
        Err(raised) if cx.matches(&raised, Exc::StopAsyncIteration) => {
            cx.clear(raised);
            let default = o.at(1);
            Err(cx.stop_iteration(default))
        }
        r => r,
    }
}

#[inline(never)]
fn default_next(cx: &mut Ctx, v: Value) -> PyResult {
    let (o, it) = inner(cx, v)?;
    let sent = super::generator::send_value(cx, it, Value::NONE);
    let r = genobj::to_python(cx, sent);
    with_default(cx, o, r)
}

#[inline(never)]
fn default_send(cx: &mut Ctx, args: Args) -> PyResult {
    let (o, it) = inner(cx, args[0])?;
    let sent = super::generator::send_value(cx, it, args[1]);
    let r = genobj::to_python(cx, sent);
    with_default(cx, o, r)
}

#[inline(never)]
fn default_throw(cx: &mut Ctx, args: Args) -> PyResult {
    let (o, it) = inner(cx, args[0])?;
    let name = cx.names.throw;
    let method = protocol::getattr(cx, it, name)?;
    let thrown = Thrown::of_parts([args[1], args.or(2, Value::EMPTY), args.or(3, Value::EMPTY)]);
    let r = thrown.call(cx, method);
    with_default(cx, o, r)
}

#[inline(never)]
fn default_close(cx: &mut Ctx, args: Args) -> PyResult {
    let (o, it) = inner(cx, args[0])?;
    let name = cx.names.close;
    let r = protocol::call_method(cx, it, name, &[]);
    with_default(cx, o, r)
}
