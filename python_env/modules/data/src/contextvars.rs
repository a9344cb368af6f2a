//! The module `_contextvars`.
//!
//! The current context belongs to the thread ([`Local::Context`]). A context keeps its variables in a dict that copies share
//! until one of them is written. Slots of a context: 0 the dict, 1 TRUE while others may share it, 2 TRUE while entered. Only the
//! thread that has entered a context writes to it, slots 0 and 1 included.

use engine::native::with_words;
use engine::objects::Lookup;
use engine::objects::{Dict, List, Obj, Str, Tuple};
use engine::prelude::*;
use engine::protocol;
use std::cell::Cell;

use crate::instances::{self, set_slot, slot};

const VARS: usize = 0;
const SHARED: usize = 1;
const ENTERED: usize = 2;

pub static CONTEXTVARS: ModuleDef = ModuleDef {
    doc: "Context Variables",
    types: &[&CONTEXT, &CONTEXT_VAR, &TOKEN],
    functions: &[NativeDef::new("copy_context", "($module, /)", copy_context, "")],
    init: Some(|cx, _| {
        let missing = missing(cx)?;
        let name = instances::name(cx, "MISSING");
        if let Some(ty) = Type::of(cx.type_of_def(&TOKEN).value()) {
            types::type_type::set_class_attr(cx, ty, name, missing)?;
        }
        Ok(())
    }),
    ..ModuleDef::new("_contextvars")
};

static CONTEXT: TypeDef = TypeDef {
    nnative: 3,
    flags: TypeFlags::HAS_WEAKREF,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", context_new, "").hide_sig()),
    slots: Slots {
        len: Some(|cx, v| Ok(vars(cx, v).len())),
        getitem: Some(context_getitem),
        contains: Some(|cx, v, key| Ok(find(cx, v, key)?.is_some())),
        iter: Some(|cx, v| {
            let keys = vars(cx, v).keys_list(cx).value();
            protocol::iter(cx, keys)
        }),
        richcmp: Some(context_richcmp),
        hash: Some(slots::hash_not_implemented),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("run", "($self, /, *args, **kwargs)", context_run, "").hide_sig(),
        NativeDef::new("copy", "($self, /)", |cx, a| copy(cx, a[0]), "Return a shallow copy of the context object."),
        NativeDef::new(
            "get",
            "($self, key, default=None, /)",
            context_get,
            "Return the value for `key` if `key` has the value in the context object.\n\nIf `key` does not exist, return `default`.",
        ),
        NativeDef::new(
            "keys",
            "($self, /)",
            |cx, a| list_iter(cx, a[0], |cx, d| d.keys_list(cx)),
            "Return a list of all variables in the context object.",
        ),
        NativeDef::new(
            "values",
            "($self, /)",
            |cx, a| list_iter(cx, a[0], |cx, d| d.values_list(cx)),
            "Return a list of all variables' values in the context object.",
        ),
        NativeDef::new(
            "items",
            "($self, /)",
            |cx, a| list_iter(cx, a[0], |cx, d| d.items_list(cx)),
            "Return all variables and their values in the context object.\n\nThe result is returned as a list of 2-tuples (variable, value).",
        ),
    ],
    ..TypeDef::new("_contextvars", "Context")
};

fn list_iter(cx: &mut Ctx, v: Value, f: fn(&Heap, Dict) -> List) -> PyResult {
    let d = vars(cx, v);
    let list = f(cx, d).value();
    protocol::iter(cx, list)
}

fn vars(cx: &Ctx, v: Value) -> Dict {
    Dict::of(slot(cx, v, VARS)).unwrap_or_else(|| Dict::new(cx))
}

fn context_new(cx: &mut Ctx, args: Args) -> PyResult {
    if Tuple::of(args[1]).is_some_and(|t| t.len() > 0) || instances::kwargs(args[2]).is_some() {
        return Err(cx.type_error("Context() does not accept any arguments"));
    }
    let d = Dict::new(cx).value();
    instances::instance(cx, args[0], &[d, Value::FALSE, Value::FALSE])
}

thread_local! {
    /// How often the values of context variables may have changed, as this thread sees them.
    static CHANGES: Cell<u64> = const { Cell::new(1) };
}

/// A number that differs whenever a context variable of this thread may have got another value: while it is the same, the value that
/// [`value_of`] gave still is the variable's, and alive.
#[inline]
pub fn changes() -> u64 {
    CHANGES.get()
}

fn note_change() {
    CHANGES.set(CHANGES.get() + 1);
}

/// A new context variable.
///
/// # Errors
/// Whatever making its type raises.
pub fn new_variable(cx: &mut Ctx, name: &str) -> PyResult {
    let class = cx.type_of_def(&CONTEXT_VAR).value();
    let name = instances::text(cx, name);
    instances::instance(cx, class, &[name, Value::EMPTY])
}

/// The value of a context variable, if it has one here.
///
/// # Errors
/// Whatever hashing raises.
pub fn value_of(cx: &mut Ctx, var: Value) -> Res<Option<Value>> {
    let context = current(cx);
    vars(cx, context).get(cx, var)
}

/// Gives a context variable a value.
///
/// # Errors
/// Whatever hashing raises.
pub fn set_value(cx: &mut Ctx, var: Value, value: Value) -> Res<()> {
    let context = current(cx);
    let d = own_vars(cx, context);
    d.set(cx, var, value)?;
    note_change();
    Ok(())
}

/// The context of this thread, made at first use.
fn current(cx: &mut Ctx) -> Value {
    if let Some(v) = cx.local(Local::Context).non_empty() {
        return v;
    }
    let d = Dict::new(cx).value();
    let fresh = cx.new_object(&CONTEXT, &[d, Value::FALSE, Value::TRUE]);
    cx.set_local(Local::Context, fresh);
    fresh
}

/// A copy of a context that another thread may be writing.
fn copy(cx: &mut Ctx, context: Value) -> PyResult {
    let d = vars(cx, context).copy(cx).value();
    Ok(cx.new_object(&CONTEXT, &[d, Value::FALSE, Value::FALSE]))
}

/// A copy of this thread's own context: both share the dict until one of them is written.
pub fn copy_of_current(cx: &mut Ctx) -> Value {
    let now = current(cx);
    set_slot(cx, now, SHARED, Value::TRUE);
    let d = vars(cx, now).value();
    cx.new_object(&CONTEXT, &[d, Value::TRUE, Value::FALSE])
}

fn copy_context(cx: &mut Ctx, _: Args) -> PyResult {
    Ok(copy_of_current(cx))
}

/// Calls `f` with `context` entered.
///
/// # Errors
/// `RuntimeError` where it is entered already, `TypeError` where it is no context.
pub fn run_in(cx: &mut Ctx, context: Value, f: impl FnOnce(&mut Ctx) -> PyResult) -> PyResult {
    let Some(o) = Obj::of(context).filter(|_| cx.is_def(context, &CONTEXT)) else {
        return Err(cx.type_error("a context was expected"));
    };
    if o.cas_slot(cx, ENTERED, Value::FALSE, Value::TRUE).is_err() {
        let shown = instances::repr_text(cx, context)?;
        return Err(cx.runtime_error(format!("cannot enter context: {shown} is already entered")));
    }
    let before = current(cx);
    cx.set_local(Local::Context, context);
    note_change();
    let result = f(cx);
    cx.set_local(Local::Context, before);
    note_change();
    o.set_slot(cx, ENTERED, Value::FALSE);
    result
}

/// The context's dict for writing.
fn own_vars(cx: &mut Ctx, context: Value) -> Dict {
    let d = vars(cx, context);
    if slot(cx, context, SHARED) != Value::TRUE {
        return d;
    }
    let own = d.copy(cx);
    set_slot(cx, context, VARS, own.value());
    set_slot(cx, context, SHARED, Value::FALSE);
    own
}

fn find(cx: &mut Ctx, context: Value, key: Value) -> Res<Option<Value>> {
    if !cx.is_def(key, &CONTEXT_VAR) {
        let shown = instances::repr_text(cx, key)?;
        return Err(cx.type_error(format!("a ContextVar key was expected, got {shown}")));
    }
    vars(cx, context).get(cx, key)
}

fn context_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    match find(cx, v, key)? {
        Some(found) => Ok(found),
        None => Err(cx.key_error(key)),
    }
}

fn context_get(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(find(cx, args[0], args[1])?.unwrap_or(args.or_none(2)))
}

fn context_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) || !cx.is_def(b, &CONTEXT) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (vars(cx, a).value(), vars(cx, b).value());
    protocol::compare(cx, x, y, op)
}

fn context_run(cx: &mut Ctx, args: Args) -> PyResult {
    let context = args[0];
    let given = instances::varargs(cx, args[1]);
    if given.len() == 0 {
        return Err(cx.type_error("run() missing 1 required positional argument"));
    }
    run_in(cx, context, |cx| {
        let f = given.get(0);
        match args.get(2) {
            None => with_words(cx, given.len() - 1, |cx, words| {
                words.iter_mut().enumerate().for_each(|(i, word)| *word = given.get(i + 1));
                protocol::call(cx, f, words)
            }),
            Some(names) => {
                let rest = given.slice(cx, 1, given.len());
                protocol::call_ex(cx, f, rest, names)
            }
        }
    })
}

/// Slots: 0 name, 1 default (EMPTY: none).
static CONTEXT_VAR: TypeDef = TypeDef {
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, name, /, *, default=<unrepresentable>)", var_new, "").hide_sig()),
    slots: Slots { repr: Some(var_repr), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "get",
            "($self, default=<unrepresentable>, /)",
            var_get,
            "Return a value for the context variable for the current context.\n\nIf there is no value for the variable in the current context, the method will:\n * return the value of the default argument of the method, if provided; or\n * return the default value for the context variable, if it was created\n   with one; or\n * raise a LookupError.",
        )
        .leaf(var_get_leaf),
        NativeDef::new(
            "set",
            "($self, value, /)",
            var_set,
            "Call to set a new value for the context variable in the current context.\n\nThe required *value* argument is the new value for the context variable.\n\nReturns a Token object that can be used to restore the variable to its previous\nvalue via the `ContextVar.reset()` method.",
        ),
        NativeDef::new(
            "reset",
            "($self, token, /)",
            |cx, a| reset(cx, a[0], a[1]),
            "Reset the context variable.\n\nThe variable is reset to the value it had before the `ContextVar.set()` that\ncreated the token was used.",
        ),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    members: &[Member::ro("name", 0, "")],
    ..TypeDef::new("_contextvars", "ContextVar")
};

fn var_new(cx: &mut Ctx, args: Args) -> PyResult {
    if Str::of_sub(cx, args[1]).is_none() {
        return Err(cx.type_error("context variable name must be a str"));
    }
    protocol::hash(cx, args[1])?;
    instances::instance(cx, args[0], &[args[1], args.or(2, Value::EMPTY)])
}

fn var_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let (name, default) = (slot(cx, v, 0), slot(cx, v, 1));
    let name = instances::repr_text(cx, name)?;
    let default =
        if default.is_empty() { String::new() } else { format!(" default={}", instances::repr_text(cx, default)?) };
    let at = protocol::id_of(v);
    Ok(instances::text(cx, &format!("<ContextVar name={name}{default} at {at:#x}>")))
}

fn var_get(cx: &mut Ctx, args: Args) -> PyResult {
    let context = current(cx);
    if let Some(v) = vars(cx, context).get(cx, args[0])? {
        return Ok(v);
    }
    if let Some(default) = args.get(1).or_else(|| slot(cx, args[0], 1).non_empty()) {
        return Ok(default);
    }
    Err(cx.raise_args(Exc::LookupError, &[args[0]]))
}

/// The quick form of `get()` of a variable that is set.
fn var_get_leaf(cx: &Ctx, words: &[Value]) -> Value {
    let [var] = words else { return Value::EMPTY };
    let context = cx.local(Local::Context).non_empty();
    let vars = context.and_then(|context| Dict::of(slot(cx, context, VARS)));
    match vars.map(|vars| vars.get_identical(*var)) {
        Some(Lookup::Found(v)) => v,
        _ => Value::EMPTY,
    }
}

fn var_set(cx: &mut Ctx, args: Args) -> PyResult {
    let context = current(cx);
    let d = own_vars(cx, context);
    let old = d.get(cx, args[0])?.unwrap_or(Value::EMPTY);
    d.set(cx, args[0], args[1])?;
    note_change();
    Ok(cx.new_object(&TOKEN, &[context, args[0], old, Value::FALSE]))
}

fn reset(cx: &mut Ctx, var: Value, token: Value) -> PyResult {
    if !cx.is_def(token, &TOKEN) {
        let shown = instances::repr_text(cx, token)?;
        return Err(cx.type_error(format!("expected an instance of Token, got {shown}")));
    }
    if slot(cx, token, USED) == Value::TRUE {
        let shown = instances::repr_text(cx, token)?;
        return Err(cx.runtime_error(format!("{shown} has already been used once")));
    }
    if slot(cx, token, VAR) != var {
        let shown = instances::repr_text(cx, token)?;
        return Err(cx.value_error(format!("{shown} was created by a different ContextVar")));
    }
    let context = current(cx);
    if slot(cx, token, CONTEXT_OF) != context {
        let shown = instances::repr_text(cx, token)?;
        return Err(cx.value_error(format!("{shown} was created in a different Context")));
    }
    set_slot(cx, token, USED, Value::TRUE);
    let d = own_vars(cx, context);
    match slot(cx, token, OLD).non_empty() {
        Some(old) => d.set(cx, var, old)?,
        None => {
            d.remove(cx, var)?;
        }
    }
    note_change();
    Ok(Value::NONE)
}

const CONTEXT_OF: usize = 0;
const VAR: usize = 1;
const OLD: usize = 2;
const USED: usize = 3;

/// Slots: 0 the context, 1 the variable, 2 its old value (EMPTY: none), 3 TRUE once used.
static TOKEN: TypeDef = TypeDef {
    nnative: 4,
    new: Some(
        NativeDef::new(
            "__new__",
            "($type, *args, **kwargs)",
            |cx, _| Err(cx.runtime_error("Tokens can only be created by ContextVars")),
            "",
        )
        .hide_sig(),
    ),
    slots: Slots { repr: Some(token_repr), hash: Some(slots::hash_not_implemented), ..Slots::NONE },
    methods: &[
        NativeDef::new("__enter__", "($self, /)", |_, a| Ok(a[0]), "Enter into Token context manager."),
        NativeDef::new(
            "__exit__",
            "($self, type, value, traceback, /)",
            |cx, a| {
                let var = slot(cx, a[0], VAR);
                reset(cx, var, a[0])
            },
            "Exit from Token context manager, restore the linked ContextVar.",
        ),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    getsets: &[GetSet::ro(
        "old_value",
        |cx, v| match slot(cx, v, OLD).non_empty() {
            Some(old) => Ok(old),
            None => missing(cx),
        },
        "",
    )],
    members: &[Member::ro("var", VAR as u16, "")],
    ..TypeDef::new("_contextvars", "Token")
};

static MISSING: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    slots: Slots { repr: Some(|cx, _| Ok(instances::text(cx, "<Token.MISSING>"))), ..Slots::NONE },
    ..TypeDef::new("builtins", "Token.MISSING")
};

fn missing(cx: &mut Ctx) -> PyResult {
    instances::singleton(cx, "contextvars.MISSING", |cx| cx.new_object(&MISSING, &[]))
}

fn token_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let used = if slot(cx, v, USED) == Value::TRUE { " used" } else { "" };
    let var = slot(cx, v, VAR);
    let var = instances::repr_text(cx, var)?;
    let at = protocol::id_of(v);
    Ok(instances::text(cx, &format!("<Token{used} var={var} at {at:#x}>")))
}
