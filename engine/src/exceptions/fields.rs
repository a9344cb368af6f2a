//! Exceptions with a few fields of their own: SystemExit, StopIteration, AttributeError, NameError, ImportError, KeyError.

use super::base::{self, set_slot, slot};
use crate::native::{Args, CallArgs, NativeDef};
use crate::objects::{Dict, Str, Tuple};
use crate::{Ctx, PyResult, protocol};
use proto_core::{RootVec, Value};

/// The first native slot after those of `BaseException`.
pub const FIRST: usize = base::COUNT;

/// `SystemExit.__init__`.
pub fn system_exit_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    base::base_init(cx, exc, args)?;
    match *args.values {
        [] => {}
        [code] => set_slot(cx, exc, FIRST, code),
        _ => set_slot(cx, exc, FIRST, slot(cx, exc, base::ARGS)),
    }
    Ok(())
}

/// `StopIteration.__init__`.
pub fn stop_iteration_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    base::base_init(cx, exc, args)?;
    let value = args.values.first().copied().unwrap_or(Value::NONE);
    set_slot(cx, exc, FIRST, value);
    Ok(())
}

/// Sets the arguments and stores the given keywords in slots from [`FIRST`] on.
fn init_with_keywords(
    cx: &mut Ctx,
    exc: Value,
    class: &str,
    args: CallArgs,
    keywords: &[(&str, usize)],
) -> PyResult<()> {
    base::set_args_tuple(cx, exc, args.positional());
    for &(_, at) in keywords {
        // What a second call does not give is not kept.
        if !slot(cx, exc, FIRST + at).is_empty() {
            set_slot(cx, exc, FIRST + at, Value::NONE);
        }
    }
    let mut given = RootVec::new(cx);
    for i in 0..args.nkw() {
        let (name, value) = args.keyword(i);
        let text = Str::of_sub(cx, name).map_or(String::new(), |s| s.to_text().into_owned());
        match keywords.iter().find(|k| k.0 == text) {
            Some(&(_, at)) => {
                given.push(value);
                set_slot(cx, exc, FIRST + at, value);
            }
            None => {
                let mut message = format!("{class}() got an unexpected keyword argument '{text}'");
                if let Some(better) = super::suggest::closest(&text, keywords.iter().map(|k| k.0)) {
                    message.push_str(&format!(". Did you mean '{better}'?"));
                }
                return Err(cx.type_error(message));
            }
        }
    }
    Ok(())
}

/// `AttributeError.__init__`.
pub fn attribute_error_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    init_with_keywords(cx, exc, "AttributeError", args, &[("name", 0), ("obj", 1)])
}

/// `NameError.__init__`.
pub fn name_error_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    init_with_keywords(cx, exc, "NameError", args, &[("name", 0)])
}

/// `ImportError.__init__`.
pub fn import_error_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    init_with_keywords(cx, exc, "ImportError", args, &[("name", 1), ("path", 2), ("name_from", 3)])?;
    let message = if let [message] = *args.positional() { message } else { Value::NONE };
    set_slot(cx, exc, FIRST, message);
    Ok(())
}

/// `ImportError.__str__`.
pub fn import_error_str(cx: &mut Ctx, exc: Value) -> PyResult {
    let message = slot(cx, exc, FIRST);
    if Str::of(message).is_some() { Ok(message) } else { base::base_str(cx, exc) }
}

/// `KeyError.__str__`: the repr of a single argument, so that `KeyError('')` shows something.
pub fn key_error_str(cx: &mut Ctx, exc: Value) -> PyResult {
    match base::args_of(cx, exc) {
        Some(t) if t.len() == 1 => protocol::repr(cx, t.get(0)),
        _ => base::base_str(cx, exc),
    }
}

/// A dict of the named slots that are set.
fn state_of(cx: &mut Ctx, exc: Value, fields: &[(Value, usize)]) -> Option<Dict> {
    let mut state = None;
    for &(name, at) in fields {
        if let Some(v) = slot(cx, exc, at).non_empty().filter(|&v| v != Value::NONE) {
            let dict = *state.get_or_insert_with(|| Dict::new(cx));
            dict.set_str(cx, name, v);
        }
    }
    state
}

/// Methods of ImportError.
pub static IMPORT_ERROR_METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "($self, /)", import_error_reduce, "").hide_sig()];

fn import_error_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let names = cx.names;
    let state =
        state_of(cx, args[0], &[(names.name, FIRST + 1), (names.path, FIRST + 2), (names.name_from, FIRST + 3)]);
    let t = slot(cx, args[0], base::ARGS);
    base::reduce_with(cx, args[0], t, state)
}

/// Methods of AttributeError.
pub static ATTRIBUTE_ERROR_METHODS: &[NativeDef] = &[
    NativeDef::new("__reduce__", "($self, /)", attribute_error_reduce, "").hide_sig(),
    NativeDef::new("__getstate__", "($self, /)", attribute_error_getstate, "").hide_sig(),
];

fn attribute_error_state(cx: &mut Ctx, exc: Value) -> Option<Dict> {
    let names = cx.names;
    let state = state_of(cx, exc, &[(names.name, FIRST)]);
    let t = base::args_of(cx, exc);
    let args = match t {
        Some(t) => t.value(),
        None => Tuple::empty(cx),
    };
    let dict = state.unwrap_or_else(|| Dict::new(cx));
    dict.set_str(cx, names.args, args);
    Some(dict)
}

fn attribute_error_getstate(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(attribute_error_state(cx, args[0]).map_or(Value::NONE, |d| d.value()))
}

fn attribute_error_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let state = attribute_error_state(cx, args[0]);
    let t = slot(cx, args[0], base::ARGS);
    base::reduce_with(cx, args[0], t, state)
}
