//! Generators and coroutines as objects: `send`, `throw`, `close` and their attributes.

use engine_code::{CodeFlags, formats};
use proto_core::{Kind, Value};

use super::dispatch::At;
use super::exc;
use super::fnptr;
use super::generator::{Sent, is_delegate, yield_before};
use super::resume::{Input, Output, Refused, resume, step_plain, while_delegating};
use crate::code_rt::{RuntimeCode, object};
use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::{self, Exc};
use crate::frames;
use crate::native::Role;
use crate::native::def::{GetSet, NativeDef, TypeDef, TypeFlags};
use crate::native::{self, Args};
use crate::objects::instance::{alloc_array, array_get, array_set};
use crate::objects::{Dict, Function, GenField, GenState, Generator, List, Obj, Str, Tuple, shapes};
use crate::protocol;
use crate::types;
use crate::types::slots::{self, Slots};

/// The type `generator`.
pub static GENERATOR: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW.with(TypeFlags::HAS_WEAKREF),
    slots: Slots { repr: Some(repr), iter: Some(slots::self_iter), next: Some(next), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "send",
            "($self, value, /)",
            send_method,
            "send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration.",
        )
        .role(Role::Send),
        NativeDef::new(
            "throw",
            "($self, typ, val=None, tb=None, /)",
            throw_method,
            "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\nStopIteration.",
        ),
        NativeDef::new("close", "($self, /)", close_method, "close() -> raise GeneratorExit inside generator."),
        NativeDef::new("__sizeof__", "($self, /)", sizeof, ""),
        NativeDef::new("__del__", "($self, /)", del_method, "Called when the instance is about to be destroyed."),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, item, /)", native::class_getitem, "See PEP 585")],
    getsets: &[
        GetSet::rw("__name__", get_name, set_name, "name of the generator"),
        GetSet::rw("__qualname__", get_qualname, set_qualname, "qualified name of the generator"),
        GetSet::ro("gi_yieldfrom", get_delegate, "object being iterated by yield from, or None"),
        GetSet::ro("gi_running", get_running, ""),
        GetSet::ro("gi_frame", get_frame, ""),
        GetSet::ro("gi_suspended", get_suspended, ""),
        GetSet::ro("gi_code", get_code, ""),
    ],
    ..TypeDef::new("builtins", "generator")
};

/// The type `coroutine`.
pub static COROUTINE: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW.with(TypeFlags::HAS_WEAKREF),
    slots: Slots { repr: Some(repr), await_: Some(coroutine_await), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "send",
            "($self, value, /)",
            send_method,
            "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration.",
        ),
        NativeDef::new(
            "throw",
            "($self, typ, val=None, tb=None, /)",
            throw_method,
            "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next iterated value or raise\nStopIteration.",
        ),
        NativeDef::new("close", "($self, /)", close_method, "close() -> raise GeneratorExit inside coroutine."),
        NativeDef::new("__sizeof__", "($self, /)", sizeof, ""),
        NativeDef::new("__del__", "($self, /)", del_method, "Called when the instance is about to be destroyed."),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, item, /)", native::class_getitem, "See PEP 585")],
    getsets: &[
        GetSet::rw("__name__", get_name, set_name, "name of the coroutine"),
        GetSet::rw("__qualname__", get_qualname, set_qualname, "qualified name of the coroutine"),
        GetSet::ro("cr_await", get_delegate, "object being awaited on, or None"),
        GetSet::ro("cr_running", get_running, ""),
        GetSet::ro("cr_frame", get_frame, ""),
        GetSet::ro("cr_suspended", get_suspended, ""),
        GetSet::ro("cr_code", get_code, ""),
        GetSet::ro("cr_origin", get_origin, ""),
    ],
    ..TypeDef::new("builtins", "coroutine")
};

/// What `coroutine.__await__` gives: native slot 0 is the coroutine.
pub static COROUTINE_WRAPPER: TypeDef = TypeDef {
    nnative: 1,
    flags: TypeFlags::NO_NEW,
    slots: Slots { iter: Some(slots::self_iter), next: Some(wrapper_next), ..Slots::NONE },
    methods: &[
        NativeDef::new("send", "($self, value, /)", wrapper_send, ""),
        NativeDef::new("throw", "($self, typ, val=None, tb=None, /)", wrapper_throw, ""),
        NativeDef::new("close", "($self, /)", wrapper_close, ""),
    ],
    ..TypeDef::new("builtins", "coroutine_wrapper")
};

// --- what few generators need ---

/// Positions in the array of a generator's rare state.
pub(crate) mod state {
    /// The frame object.
    pub const FRAME: usize = 0;
    /// Where a coroutine was made.
    pub const ORIGIN: usize = 1;
    /// The finalizer hook of an asynchronous generator.
    pub const FINALIZER: usize = 2;
    /// `__name__`, if it was set.
    pub const NAME: usize = 3;
    /// `__qualname__`, if it was set.
    pub const QUALNAME: usize = 4;
    /// How many there are.
    pub const COUNT: usize = 5;
}

/// A part of a generator's rare state, EMPTY if unset.
pub(crate) fn state_get(g: Generator, i: usize) -> Value {
    array_get(g.field(GenField::Extra), i)
}

/// Sets a part of a generator's rare state.
pub(crate) fn state_set(cx: &Ctx, g: Generator, i: usize, v: Value) {
    let mut array = g.field(GenField::Extra);
    if array.is_empty() {
        array = alloc_array(cx, state::COUNT);
        g.set_field(cx, GenField::Extra, array);
    }
    array_set(cx, array, i, v);
}

/// The generator of a value known to be one.
fn of(cx: &mut Ctx, v: Value) -> PyResult<Generator> {
    match Generator::of(v) {
        Some(g) => Ok(g),
        None => Err(cx.type_error("a generator is required")),
    }
}

fn code_of(g: Generator) -> &'static RuntimeCode {
    // SAFETY: a generator's function is a function.
    unsafe { fnptr::code(g.function()) }
}

/// What a generator is, for messages.
fn kind_name(g: Generator) -> &'static str {
    if g.kind() == shapes::COROUTINE {
        "coroutine"
    } else if g.kind() == shapes::ASYNC_GENERATOR {
        "async generator"
    } else {
        "generator"
    }
}

/// The iterator that a suspended generator delegates to.
pub(super) fn delegate(g: Generator) -> Option<Value> {
    if g.state() != GenState::Suspended {
        return None;
    }
    // SAFETY: a suspended generator stands behind its yield.
    unsafe {
        let at = yield_before(g.pc());
        if is_delegate(at) { g.reg(At::<formats::Delegate>::new(at).iterator()).non_empty() } else { None }
    }
}

// --- send, throw, close ---

/// Sends a value into a generator or coroutine.
pub(super) fn send(cx: &mut Ctx, g: Generator, v: Value) -> PyResult<Sent> {
    if !v.is_none() && g.state() == GenState::Created {
        let what = kind_name(g);
        return Err(cx.type_error(format!("can't send non-None value to a just-started {what}")));
    }
    let r = resume(cx, g, Input::Send(v))?;
    finish(cx, g, r)
}

/// What a step of a coroutine gave.
pub enum Step {
    /// It waits for this.
    Yielded(Value),
    /// It has ended with this.
    Returned(Value),
}

/// `coroutine.send(None)`, or `coroutine.throw(exception)` if that is not EMPTY; the end is no exception.
pub fn step_coroutine(cx: &mut Ctx, coroutine: Value, exception: Value) -> PyResult<Step> {
    let r = match Generator::of(coroutine).filter(|g| g.kind() != shapes::ASYNC_GENERATOR) {
        Some(g) if exception.is_empty() => send(cx, g, Value::NONE),
        Some(g) => throw(cx, g, Thrown::one(exception)),
        None => {
            let names = cx.names;
            let (name, given) = if exception.is_empty() { (names.send, Value::NONE) } else { (names.throw, exception) };
            protocol::call_method(cx, coroutine, name, &[given]).map(Sent::Yielded)
        }
    };
    match r {
        Ok(Sent::Yielded(v) | Sent::Produced(v)) => Ok(Step::Yielded(v)),
        Ok(Sent::Returned(v)) => Ok(Step::Returned(v)),
        Err(raised) => match exc::stop_iteration_value(cx, cx.peek(&raised)) {
            Some(v) => {
                cx.clear(raised);
                Ok(Step::Returned(v))
            }
            None => Err(raised),
        },
    }
}

fn finish(cx: &mut Ctx, g: Generator, r: Result<Output, Refused>) -> PyResult<Sent> {
    match r {
        Ok(Output::Yielded(v)) => Ok(Sent::Yielded(v)),
        Ok(Output::Produced(v)) => Ok(Sent::Produced(v)),
        Ok(Output::Returned(v)) => Ok(Sent::Returned(v)),
        Err(Refused::Running) => Err(running(cx, g)),
        Err(Refused::Closed) if g.kind() == shapes::COROUTINE => {
            Err(cx.raise(Exc::RuntimeError, "cannot reuse already awaited coroutine"))
        }
        Err(Refused::Closed) => Ok(Sent::Returned(Value::NONE)),
    }
}

fn running(cx: &mut Ctx, g: Generator) -> Raised {
    let what = kind_name(g);
    cx.value_error(format!("{what} already executing"))
}

/// What is thrown into a generator: the arguments of `throw`, as they were given; EMPTY for those that were not.
#[derive(Clone, Copy)]
pub(super) struct Thrown {
    ty: Value,
    value: Value,
    traceback: Value,
}

impl Thrown {
    /// An exception, or what else was given as the only argument.
    pub(super) fn one(exception: Value) -> Thrown {
        Thrown { ty: exception, value: Value::EMPTY, traceback: Value::EMPTY }
    }

    /// From native slots.
    pub(super) fn of_parts(parts: [Value; 3]) -> Thrown {
        let [ty, value, traceback] = parts;
        Thrown { ty, value, traceback }
    }

    /// For native slots.
    pub(super) fn parts(self) -> [Value; 3] {
        [self.ty, self.value, self.traceback]
    }

    /// The arguments of a method `throw`, or of one with another name.
    pub(super) fn of_args(cx: &mut Ctx, args: &Args, method: &str) -> PyResult<Thrown> {
        let thrown = Thrown { ty: args[1], value: args.or(2, Value::EMPTY), traceback: args.or(3, Value::EMPTY) };
        if !thrown.value.is_empty() {
            let text = format!(
                "the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."
            );
            exceptions::warn_deprecated(cx, &text)?;
        }
        Ok(thrown)
    }

    /// Calls the method `throw` of an iterator with the arguments as they are.
    pub(super) fn call(self, cx: &mut Ctx, method: Value) -> PyResult {
        let n = if self.value.is_empty() {
            1
        } else if self.traceback.is_empty() {
            2
        } else {
            3
        };
        protocol::call(cx, method, &self.parts()[..n])
    }

    fn is_exit(self, cx: &Ctx) -> bool {
        let exit = cx.types.exc(Exc::GeneratorExit);
        exc::is_exc(cx, self.ty, Exc::GeneratorExit) || types::Type::of(self.ty).is_some_and(|ty| ty.is_subtype(exit))
    }
}

/// Raises an exception where the generator stands, or where an iterator that it delegates to does.
pub(super) fn throw(cx: &mut Ctx, g: Generator, thrown: Thrown) -> PyResult<Sent> {
    let Some(inner) = delegate(g) else {
        let exception = instance(cx, thrown)?;
        return throw_here(cx, g, exception);
    };
    match while_delegating(cx, g, |cx| throw_inner(cx, inner, thrown))? {
        Err(Refused::Running) => Err(running(cx, g)),
        Ok(Some(Ok(Sent::Yielded(v) | Sent::Produced(v)))) => Ok(Sent::Yielded(v)),
        Ok(Some(Ok(Sent::Returned(v)))) => {
            // The send loop ends with this value: its handler takes it out of a StopIteration.
            let raised = cx.stop_iteration(v);
            let stop = cx.take(raised);
            throw_here(cx, g, stop)
        }
        Ok(Some(Err(raised))) => {
            let other = cx.take(raised);
            throw_here(cx, g, other)
        }
        Ok(None) | Err(Refused::Closed) => {
            let exception = instance(cx, thrown)?;
            throw_here(cx, g, exception)
        }
    }
}

/// Raises an exception at the generator's own yield. Its context is what the generator is handling.
fn throw_here(cx: &mut Ctx, g: Generator, exception: Value) -> PyResult<Sent> {
    if g.state() == GenState::Closed {
        if g.kind() == shapes::COROUTINE {
            return Err(cx.raise(Exc::RuntimeError, "cannot reuse already awaited coroutine"));
        }
        return Err(cx.restore(exception));
    }
    exceptions::set_context(cx, exception, g.field(GenField::ExcState));
    let r = resume(cx, g, Input::Throw(exception))?;
    finish(cx, g, r)
}

/// Throws into the iterator delegated to. None: it cannot take it, the outer generator must.
fn throw_inner(cx: &mut Ctx, inner: Value, thrown: Thrown) -> Option<PyResult<Sent>> {
    if thrown.is_exit(cx) {
        return match close_any(cx, inner) {
            Ok(()) => None,
            Err(raised) => Some(Err(raised)),
        };
    }
    if let Some(g) = Generator::of(inner)
        && g.kind() != shapes::ASYNC_GENERATOR
    {
        return Some(throw(cx, g, thrown));
    }
    let name = cx.names.throw;
    let method = match protocol::getattr_opt(cx, inner, name) {
        Ok(Some(method)) => method,
        Ok(None) => return None,
        Err(raised) => return Some(Err(raised)),
    };
    Some(match thrown.call(cx, method) {
        Ok(v) => Ok(Sent::Yielded(v)),
        Err(raised) if cx.matches(&raised, Exc::StopIteration) => {
            let stop = cx.take(raised);
            Ok(Sent::Returned(exc::stop_iteration_value(cx, stop).unwrap_or(Value::NONE)))
        }
        Err(raised) => Err(raised),
    })
}

/// Closes any iterator that can be closed.
fn close_any(cx: &mut Ctx, it: Value) -> PyResult<()> {
    if let Some(g) = Generator::of(it)
        && g.kind() != shapes::ASYNC_GENERATOR
    {
        return close(cx, g).map(drop);
    }
    let name = cx.names.close;
    match protocol::getattr_opt(cx, it, name) {
        Ok(Some(method)) => protocol::call(cx, method, &[]).map(drop),
        Ok(None) => Ok(()),
        Err(raised) => {
            exceptions::unraisable(cx, raised, "Exception ignored while closing generator", it);
            Ok(())
        }
    }
}

/// Closes a generator; gives its return value if it returned one.
pub(super) fn close(cx: &mut Ctx, g: Generator) -> PyResult {
    match g.state() {
        GenState::Created => {
            g.finish(cx);
            return Ok(Value::NONE);
        }
        GenState::Closed => return Ok(Value::NONE),
        GenState::Running => return Err(running(cx, g)),
        GenState::Suspended => {}
    }
    let r = throw_exit(cx, g)?;
    match r {
        Some(Sent::Yielded(_) | Sent::Produced(_)) => {
            let what = kind_name(g);
            Err(cx.raise(Exc::RuntimeError, format!("{what} ignored GeneratorExit")))
        }
        Some(Sent::Returned(v)) => Ok(v),
        None => Ok(Value::NONE),
    }
}

/// Throws GeneratorExit; None if the generator let it out.
fn throw_exit(cx: &mut Ctx, g: Generator) -> PyResult<Option<Sent>> {
    let raised = cx.raise_args(Exc::GeneratorExit, &[]);
    let exit = cx.take(raised);
    match throw(cx, g, Thrown::one(exit)) {
        Ok(sent) => Ok(Some(sent)),
        Err(raised) if cx.matches(&raised, Exc::GeneratorExit) || cx.matches(&raised, Exc::StopIteration) => {
            cx.clear(raised);
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// The exception instance that is thrown: one that cannot be made gives way to the error.
fn instance(cx: &mut Ctx, thrown: Thrown) -> PyResult {
    let Thrown { ty, value, traceback } = thrown;
    let given = |v: Value| !v.is_none() && !v.is_empty();
    if given(traceback) && !frames::traceback::is_traceback(cx, traceback) {
        return Err(cx.type_error("throw() third argument must be a traceback object"));
    }
    let exception = if exc::is_exception_class(cx, ty) {
        match made(cx, ty, value) {
            Ok(exception) => exception,
            Err(raised) => cx.take(raised),
        }
    } else if exceptions::is_exception(cx, ty) {
        if given(value) {
            return Err(cx.type_error("instance exception may not have a separate value"));
        }
        ty
    } else {
        let name = types::type_name(cx, ty);
        return Err(
            cx.type_error(format!("exceptions must be classes or instances deriving from BaseException, not {name}"))
        );
    };
    if given(traceback) {
        exceptions::set_traceback(cx, exception, traceback);
    }
    Ok(exception)
}

/// An exception of class `class`, made from `v` if that is none yet.
fn made(cx: &mut Ctx, class: Value, v: Value) -> PyResult {
    if exceptions::is_exception(cx, v) && exc::is_instance_of(cx, v, class) {
        return Ok(v);
    }
    let exception = if v.is_none() || v.is_empty() {
        protocol::call(cx, class, &[])?
    } else if let Some(items) = Tuple::of(v) {
        protocol::call_ex(cx, class, items.value(), Value::EMPTY)?
    } else {
        protocol::call(cx, class, &[v])?
    };
    if !exceptions::is_exception(cx, exception) {
        let name = types::type_name(cx, exception);
        let class = protocol::repr_lossy(cx, class);
        return Err(
            cx.type_error(format!("calling {class} should have returned an instance of BaseException, not {name}"))
        );
    }
    Ok(exception)
}

/// What `next` and `send` give to Python: the end is a StopIteration.
pub(super) fn to_python(cx: &mut Ctx, sent: PyResult<Sent>) -> PyResult {
    match sent? {
        Sent::Yielded(v) | Sent::Produced(v) => Ok(v),
        Sent::Returned(v) => Err(cx.stop_iteration(v)),
    }
}

/// The slot `next`: EMPTY at an end without a value.
fn next(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    if let Some(r) = step_plain(cx, g) {
        return r;
    }
    match send(cx, g, Value::NONE)? {
        Sent::Yielded(v) | Sent::Produced(v) => Ok(v),
        Sent::Returned(Value::NONE) => Ok(Value::EMPTY),
        Sent::Returned(v) => Err(cx.stop_iteration(v)),
    }
}

fn send_method(cx: &mut Ctx, args: Args) -> PyResult {
    let g = of(cx, args[0])?;
    let r = send(cx, g, args[1]);
    to_python(cx, r)
}

fn throw_method(cx: &mut Ctx, args: Args) -> PyResult {
    let g = of(cx, args[0])?;
    let thrown = Thrown::of_args(cx, &args, "throw")?;
    let r = throw(cx, g, thrown);
    to_python(cx, r)
}

fn close_method(cx: &mut Ctx, args: Args) -> PyResult {
    let g = of(cx, args[0])?;
    close(cx, g)
}

/// Closes the generator, or reports a coroutine that was never awaited.
pub(super) fn del_method(cx: &mut Ctx, args: Args) -> PyResult {
    finalize(cx, args[0])?;
    Ok(Value::NONE)
}

fn sizeof(_: &mut Ctx, args: Args) -> PyResult {
    let n = Generator::of(args[0]).map_or(0, |g| code_of(g).nregs as usize);
    Ok(Value::from_usize((n + 16) * 8))
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    let name = get_qualname(cx, v)?;
    let name = protocol::str_lossy(cx, name);
    let what = match kind_name(g) {
        "async generator" => "async_generator",
        what => what,
    };
    Ok(Str::from_text(cx, &format!("<{what} object {name} at {:#x}>", v.addr())))
}

// --- attributes ---

pub(super) fn get_name(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    Ok(state_get(g, state::NAME).non_empty().unwrap_or_else(|| function_name(g, false)))
}

pub(super) fn get_qualname(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    Ok(state_get(g, state::QUALNAME).non_empty().unwrap_or_else(|| function_name(g, true)))
}

/// The name of the function that made the generator.
fn function_name(g: Generator, qualified: bool) -> Value {
    use crate::objects::FnField;
    let code = code_of(g);
    let (field, default) = if qualified { (FnField::Qualname, code.qualname) } else { (FnField::Name, code.name) };
    Function::of(g.function()).and_then(|f| f.extra(field).non_empty()).unwrap_or(default)
}

fn set_text(cx: &mut Ctx, v: Value, name: Value, field: usize, text: &str) -> PyResult<()> {
    let g = of(cx, v)?;
    if Str::of(name).is_none() {
        return Err(cx.type_error(format!("{text} must be set to a string object")));
    }
    state_set(cx, g, field, name);
    Ok(())
}

pub(super) fn set_name(cx: &mut Ctx, v: Value, name: Value) -> PyResult<()> {
    set_text(cx, v, name, state::NAME, "__name__")
}

pub(super) fn set_qualname(cx: &mut Ctx, v: Value, name: Value) -> PyResult<()> {
    set_text(cx, v, name, state::QUALNAME, "__qualname__")
}

pub(super) fn get_delegate(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    Ok(delegate(g).unwrap_or(Value::NONE))
}

pub(super) fn get_running(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    Ok(Value::bool(g.state() == GenState::Running))
}

pub(super) fn get_suspended(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    Ok(Value::bool(g.state() == GenState::Suspended))
}

pub(super) fn get_frame(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    match g.state() {
        GenState::Closed => Ok(Value::NONE),
        GenState::Running => {
            let mut frame = frames::current(cx);
            while let Some(view) = frame {
                if frames::generator_of(cx, &view) == v {
                    return Ok(frames::frame_object(cx, &view));
                }
                frame = frames::caller(cx, &view);
            }
            Ok(Value::NONE)
        }
        _ => Ok(frames::frame::for_suspended(cx, g)),
    }
}

pub(super) fn get_code(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    Ok(object::of(cx, code_of(g)))
}

fn get_origin(cx: &mut Ctx, v: Value) -> PyResult {
    let g = of(cx, v)?;
    Ok(state_get(g, state::ORIGIN).non_empty().unwrap_or(Value::NONE))
}

/// Notes where a coroutine is made: a tuple of (file, line, function) from the innermost frame outward.
#[cold]
pub(super) fn track_origin(cx: &mut Ctx, coroutine: Value) {
    let Some(g) = Generator::of(coroutine) else { return };
    let list = List::new(cx);
    let mut frame = frames::current(cx).and_then(|f| frames::caller(cx, &f));
    for _ in 0..cx.run.origin_depth {
        let Some(view) = frame else { break };
        let code = view.code();
        let line = code.line_at(view.pc).map_or(Value::NONE, |n| Value::from_usize(n as usize));
        let entry = Tuple::new(cx, &[code.filename, line, code.name]);
        list.push(cx, entry);
        frame = frames::caller(cx, &view);
    }
    let origin = list.to_tuple(cx);
    state_set(cx, g, state::ORIGIN, origin);
}

// --- coroutine wrappers ---

fn coroutine_await(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(cx.new_object(&COROUTINE_WRAPPER, &[v]))
}

fn wrapped(cx: &mut Ctx, wrapper: Value) -> PyResult<Generator> {
    let coroutine = Obj::of(wrapper).map_or(Value::EMPTY, |o| o.at(0));
    of(cx, coroutine)
}

fn wrapper_next(cx: &mut Ctx, v: Value) -> PyResult {
    let g = wrapped(cx, v)?;
    let r = send(cx, g, Value::NONE);
    to_python(cx, r)
}

fn wrapper_send(cx: &mut Ctx, args: Args) -> PyResult {
    let g = wrapped(cx, args[0])?;
    let r = send(cx, g, args[1]);
    to_python(cx, r)
}

fn wrapper_throw(cx: &mut Ctx, args: Args) -> PyResult {
    let g = wrapped(cx, args[0])?;
    let thrown = Thrown::of_args(cx, &args, "throw")?;
    let r = throw(cx, g, thrown);
    to_python(cx, r)
}

fn wrapper_close(cx: &mut Ctx, args: Args) -> PyResult {
    let g = wrapped(cx, args[0])?;
    close(cx, g)
}

/// Whether `v` is a generator made by `types.coroutine`, which may be awaited.
pub fn is_iterable_coroutine(v: Value) -> bool {
    v.is_kind(Kind::Generator)
        && Generator::of(v).is_some_and(|g| code_of(g).code.flags.has(CodeFlags::ITERABLE_COROUTINE))
}

/// Closes a generator that the collector found dead; what it raises is unraisable.
pub fn finalize(cx: &mut Ctx, v: Value) -> PyResult<()> {
    let g = of(cx, v)?;
    if g.kind() == shapes::ASYNC_GENERATOR {
        return super::asyncgen::finalize(cx, g);
    }
    if g.kind() == shapes::COROUTINE && g.state() == GenState::Created {
        never_awaited(cx, g)?;
        g.finish(cx);
        return Ok(());
    }
    close(cx, g).map(drop)
}

/// Warns of a coroutine that was never awaited. Where its origin is not known, the warning names the line that made it: that
/// is where reference counts would have found it dropped, while a collection may come anywhere.
fn never_awaited(cx: &mut Ctx, g: Generator) -> PyResult<()> {
    let warn = protocol::import_attr(cx, "warnings", "_warn_unawaited_coroutine")?;
    let libraries = Function::of(warn)
        .is_some_and(|f| Str::of(f.code().filename).is_some_and(|name| name.as_bytes().ends_with(b"/_py_warnings.py")));
    let origin = state_get(g, state::ORIGIN);
    let maker = if libraries && (origin.is_empty() || origin.is_none()) { maker(g) } else { None };
    let Some((function, line)) = maker else {
        return protocol::call(cx, warn, &[g.value()]).map(drop);
    };
    let name = get_qualname(cx, g.value())?;
    let message = format!("coroutine '{}' was never awaited", protocol::str_lossy(cx, name));
    let message = Str::from_text(cx, &message);
    let globals = function.globals();
    let (filename, category) = (function.code().filename, cx.types.exc(Exc::RuntimeWarning).value());
    let module = match protocol::getitem(cx, globals, cx.names.__name__) {
        Ok(module) => module,
        Err(raised) => {
            cx.clear(raised);
            Str::new(cx, "<string>")
        }
    };
    let (key, fresh) = (cx.intern(b"__warningregistry__"), Dict::new(cx).value());
    let registry = protocol::call_method(cx, globals, cx.names.setdefault, &[key, fresh])?;
    let warn = protocol::import_attr(cx, "warnings", "warn_explicit")?;
    let line = Value::from_usize(line as usize);
    protocol::call(cx, warn, &[message, category, filename, line, module, registry, Value::NONE, g.value()]).map(drop)
}

/// The function that made a coroutine, and the line in it.
fn maker(g: Generator) -> Option<(Function, u32)> {
    let (function, pc) = g.maker(code_of(g).nlocals as usize)?;
    let function = Function::of(function)?;
    let code = function.code();
    let goes_on = code.index_of(pc);
    // What a native call left there is no place in the code.
    let call = goes_on.checked_sub(2).filter(|_| (goes_on as usize) < code.code.instrs.len())?;
    Some((function, code.line_of(call)?))
}
