//! `BaseException`: layout, methods and accessors.
//!
//! Native slots: arguments, traceback, cause, context, whether the context is suppressed; subclasses add theirs.

use super::table::FLAGS;
use crate::native::{Args, CallArgs, GetSet, NativeDef};
use crate::objects::{Dict, List, Obj, Str, Tuple};
use crate::types::slots::Slots;
use crate::types::{Type, TypeDef, type_name, type_of};
use crate::{Ctx, PyResult, protocol};
use proto_core::{Heap, Value};

/// Native slot of `args`.
pub const ARGS: usize = 0;
/// Native slot of `__traceback__`.
pub const TRACEBACK: usize = 1;
/// Native slot of `__cause__`.
pub const CAUSE: usize = 2;
/// Native slot of `__context__`.
pub const CONTEXT: usize = 3;
/// Native slot of `__suppress_context__`.
pub const SUPPRESS: usize = 4;
/// Number of these.
pub const COUNT: usize = 5;

/// `BaseException`.
pub static BASE_EXCEPTION: TypeDef = TypeDef {
    doc: "Common base class for all exceptions.",
    flags: FLAGS,
    nnative: COUNT as u16,
    slots: Slots {
        new: Some(base_new),
        init: Some(base_init),
        repr: Some(base_repr),
        str: Some(base_str),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("__reduce__", "($self, /)", reduce, "").hide_sig(),
        NativeDef::new("__setstate__", "($self, state, /)", setstate, "").hide_sig(),
        NativeDef::new(
            "with_traceback",
            "($self, object, /)",
            with_traceback,
            "Set self.__traceback__ to tb and return self.",
        ),
        NativeDef::new("add_note", "($self, object, /)", add_note, "Add a note to the exception"),
    ],
    getsets: &[
        GetSet::rw("args", get_args, set_args, ""),
        GetSet::rw("__traceback__", get_tb, set_tb, ""),
        GetSet::rw("__context__", get_context, set_context, "exception context"),
        GetSet::rw("__cause__", get_cause, set_cause, "exception cause"),
        GetSet::rw("__suppress_context__", get_suppress, set_suppress, ""),
        GetSet::rw("__dict__", crate::types::object_type::get_dict, crate::types::object_type::set_dict, ""),
    ],
    ..TypeDef::new("builtins", "BaseException")
};

/// A native slot of an exception; EMPTY for anything else.
#[inline]
pub fn slot(heap: &Heap, exc: Value, i: usize) -> Value {
    Obj::of(exc).map_or(Value::EMPTY, |o| o.slot(heap, i))
}

/// Writes a native slot of an exception.
#[inline]
pub fn set_slot(heap: &Heap, exc: Value, i: usize, v: Value) {
    if let Some(o) = Obj::of(exc) {
        o.set_slot(heap, i, v);
    }
}

/// The traceback (None without one).
pub fn get_traceback(heap: &Heap, exc: Value) -> Value {
    slot(heap, exc, TRACEBACK).non_empty().unwrap_or(Value::NONE)
}

/// The traceback, read without a heap at hand.
pub fn get_tb_of(exc: Value) -> Value {
    Obj::of(exc).map_or(Value::NONE, |o| o.at(TRACEBACK).non_empty().unwrap_or(Value::NONE))
}

/// Sets the traceback (a traceback object or None).
pub fn set_traceback(heap: &Heap, exc: Value, tb: Value) {
    set_slot(heap, exc, TRACEBACK, tb);
}

/// The arguments.
pub fn args_of(heap: &Heap, exc: Value) -> Option<Tuple> {
    Tuple::of(slot(heap, exc, ARGS))
}

/// `BaseException.__new__`: keeps the positional arguments.
pub fn base_new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let Some(ty) = Type::of(class) else { return Err(cx.type_error("cannot create instances of this type")) };
    Ok(super::new_exception(cx, ty, args.positional()))
}

/// `BaseException.__init__`: no keywords; sets the arguments.
pub fn base_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    if args.nkw() > 0 {
        let name = type_name(cx, exc);
        return Err(cx.type_error(format!("{name}() takes no keyword arguments")));
    }
    // Mostly `__new__` has kept the same arguments already.
    let kept =
        args_of(cx, exc).is_some_and(|t| t.len() == args.values.len() && t.items().eq(args.values.iter().copied()));
    if !kept {
        set_args_tuple(cx, exc, args.values);
    }
    Ok(())
}

/// Sets `args`.
pub fn set_args_tuple(cx: &mut Ctx, exc: Value, args: &[Value]) {
    let tuple = Tuple::new(cx, args);
    set_slot(cx, exc, ARGS, tuple);
}

fn base_repr(cx: &mut Ctx, exc: Value) -> PyResult {
    let name = crate::types::type_short_name(cx, exc);
    let args = args_of(cx, exc);
    let text = match args {
        Some(t) if t.len() == 1 => {
            let r = protocol::repr(cx, t.get(0))?;
            format!("{name}({})", protocol::text(cx, r))
        }
        Some(t) => {
            let r = protocol::repr(cx, t.value())?;
            format!("{name}{}", protocol::text(cx, r))
        }
        None => format!("{name}()"),
    };
    Ok(Str::from_text(cx, &text))
}

/// `BaseException.__str__`.
pub fn base_str(cx: &mut Ctx, exc: Value) -> PyResult {
    match args_of(cx, exc) {
        Some(t) if t.len() == 1 => protocol::str(cx, t.get(0)),
        Some(t) if t.len() > 1 => protocol::str(cx, t.value()),
        _ => Ok(cx.names.empty),
    }
}

fn dict_or_empty(cx: &mut Ctx, exc: Value) -> Option<Dict> {
    let obj = Obj::of(exc)?;
    if !obj.has_attrs(cx) {
        return None;
    }
    Some(obj.dict(cx))
}

/// `(type, args)` or `(type, args, state)`, with further state given by a subclass.
pub fn reduce_with(cx: &mut Ctx, exc: Value, args: Value, state: Option<Dict>) -> PyResult {
    let class = type_of(cx, exc).value();
    let dict = dict_or_empty(cx, exc);
    let state = match (state, dict) {
        (Some(s), Some(d)) => {
            let merged = d.copy(cx);
            merged.update_from(cx, s)?;
            Some(merged)
        }
        (Some(s), None) => Some(s),
        (None, d) => d,
    };
    Ok(match state {
        Some(d) => Tuple::new(cx, &[class, args, d.value()]),
        None => Tuple::new(cx, &[class, args]),
    })
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let t = slot(cx, args[0], ARGS).non_empty().unwrap_or_else(|| Tuple::empty(cx));
    reduce_with(cx, args[0], t, None)
}

fn setstate(cx: &mut Ctx, args: Args) -> PyResult {
    if args[1] == Value::NONE {
        return Ok(Value::NONE);
    }
    let Some(state) = Dict::of_sub(cx, args[1]) else { return Err(cx.type_error("state is not a dictionary")) };
    let mut pos = 0;
    while let Some((next, key, value)) = state.next_entry(pos) {
        pos = next;
        let name = crate::types::wrappers::attribute_name(cx, key)?;
        protocol::setattr(cx, args[0], name, value)?;
    }
    Ok(Value::NONE)
}

fn with_traceback(cx: &mut Ctx, args: Args) -> PyResult {
    set_tb(cx, args[0], args[1])?;
    Ok(args[0])
}

fn add_note(cx: &mut Ctx, args: Args) -> PyResult {
    if Str::of_sub(cx, args[1]).is_none() {
        return Err(args.wrong(cx, 1, "str"));
    }
    append_note(cx, args[0], args[1])?;
    Ok(Value::NONE)
}

fn append_note(cx: &mut Ctx, exc: Value, note: Value) -> PyResult<()> {
    let name = cx.names.__notes__;
    let list = match protocol::getattr_opt(cx, exc, name)? {
        Some(v) => match List::of_sub(cx, v) {
            Some(l) => l,
            None => return Err(cx.type_error("Cannot add note: __notes__ is not a list")),
        },
        None => {
            let list = List::new(cx);
            protocol::setattr(cx, exc, name, list.value())?;
            list
        }
    };
    list.push(cx, note);
    Ok(())
}

/// Adds a note to an exception.
pub fn add_note_text(cx: &mut Ctx, exc: Value, text: &str) -> PyResult<()> {
    let note = Str::from_text(cx, text);
    append_note(cx, exc, note)
}

fn get_args(cx: &mut Ctx, exc: Value) -> PyResult {
    Ok(slot(cx, exc, ARGS).non_empty().unwrap_or(Value::NONE))
}

fn set_args(cx: &mut Ctx, exc: Value, v: Value) -> PyResult<()> {
    if v == Value::EMPTY {
        return Err(cx.type_error("args may not be deleted"));
    }
    let tuple = protocol::tuple_of(cx, v)?;
    set_slot(cx, exc, ARGS, tuple.value());
    Ok(())
}

fn get_tb(cx: &mut Ctx, exc: Value) -> PyResult {
    Ok(get_traceback(cx, exc))
}

fn set_tb(cx: &mut Ctx, exc: Value, v: Value) -> PyResult<()> {
    if v == Value::EMPTY {
        return Err(cx.type_error("__traceback__ may not be deleted"));
    }
    if v != Value::NONE && type_of(cx, v) != cx.types.traceback {
        return Err(cx.type_error("__traceback__ must be a traceback or None"));
    }
    set_traceback(cx, exc, v);
    Ok(())
}

fn chained(cx: &mut Ctx, v: Value, what: &str) -> PyResult {
    if v == Value::EMPTY {
        return Err(cx.type_error(format!("__{what}__ may not be deleted")));
    }
    if v != Value::NONE && !super::is_exception(cx, v) {
        return Err(cx.type_error(format!("exception {what} must be None or derive from BaseException")));
    }
    Ok(if v == Value::NONE { Value::EMPTY } else { v })
}

fn get_context(cx: &mut Ctx, exc: Value) -> PyResult {
    Ok(slot(cx, exc, CONTEXT).non_empty().unwrap_or(Value::NONE))
}

fn set_context(cx: &mut Ctx, exc: Value, v: Value) -> PyResult<()> {
    let v = chained(cx, v, "context")?;
    set_slot(cx, exc, CONTEXT, v);
    Ok(())
}

fn get_cause(cx: &mut Ctx, exc: Value) -> PyResult {
    Ok(slot(cx, exc, CAUSE).non_empty().unwrap_or(Value::NONE))
}

fn set_cause(cx: &mut Ctx, exc: Value, v: Value) -> PyResult<()> {
    let v = chained(cx, v, "cause")?;
    set_slot(cx, exc, CAUSE, v);
    set_slot(cx, exc, SUPPRESS, Value::TRUE);
    Ok(())
}

fn get_suppress(cx: &mut Ctx, exc: Value) -> PyResult {
    Ok(Value::bool(slot(cx, exc, SUPPRESS) == Value::TRUE))
}

fn set_suppress(cx: &mut Ctx, exc: Value, v: Value) -> PyResult<()> {
    if v == Value::EMPTY {
        return Err(cx.type_error("can't delete numeric/char attribute"));
    }
    if !v.is_bool() {
        return Err(cx.type_error("attribute value type must be bool"));
    }
    set_slot(cx, exc, SUPPRESS, v);
    Ok(())
}

/// Whether `ty` is an exception class.
pub fn is_exception_type(_: &Ctx, ty: Type) -> bool {
    ty.flags().has(crate::types::TypeFlags::EXCEPTION)
}
