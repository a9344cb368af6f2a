//! `BaseExceptionGroup` and `ExceptionGroup`.

use super::base::{self, set_slot, slot};
use super::fields::FIRST;
use super::{Exc, is_exception, matching};
use crate::native::{Args, CallArgs, NativeDef};
use crate::objects::{List, Str, Tuple};
use crate::types::{Type, type_name, type_of};
use crate::{Ctx, PyResult, protocol};
use proto_core::{RootVec, Value};

/// Native slot of `message`.
pub const MESSAGE: usize = FIRST;
/// Native slot of the tuple of nested exceptions.
pub const EXCEPTIONS: usize = FIRST + 1;

/// Native slot of the text of the sequence that was passed, if that is neither a tuple nor a list.
const SHOWN: usize = FIRST + 2;

/// Methods of groups.
pub static METHODS: &[NativeDef] = &[
    NativeDef::new("derive", "($self, excs, /)", derive, ""),
    NativeDef::new("split", "($self, matcher_value, /)", split, ""),
    NativeDef::new("subgroup", "($self, matcher_value, /)", subgroup, ""),
];

/// `BaseExceptionGroup.__new__`.
pub fn group_new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    if args.nkw() > 0 || args.values.len() != 2 {
        let n = args.values.len();
        return Err(cx.type_error(format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({n} given)")));
    }
    let [message, list] = *args.values else { return Err(cx.system_error("arguments")) };
    if Str::of_sub(cx, message).is_none() {
        let got = type_name(cx, message);
        return Err(cx.type_error(format!("BaseExceptionGroup.__new__() argument 1 must be str, not {got}")));
    }
    if !protocol::is_sequence(cx, list) {
        return Err(cx.type_error("second argument (exceptions) must be a sequence"));
    }
    let items = protocol::tuple_of(cx, list)?;
    if items.len() == 0 {
        return Err(cx.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut nested_base = false;
    let exception = cx.types.exc(Exc::Exception);
    for (i, item) in items.items().enumerate() {
        if !is_exception(cx, item) {
            return Err(cx.value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
        }
        nested_base |= !type_of(cx, item).is_subtype(exception);
    }
    // Other sequences may change later.
    let standard = Tuple::of_sub(cx, list).is_some() || List::of_sub(cx, list).is_some();
    let shown = if standard { Value::EMPTY } else { protocol::repr(cx, list)? };
    let Some(mut ty) = Type::of(class) else { return Err(cx.type_error("not a type")) };
    let (base_group, group) = (cx.types.exc(Exc::BaseExceptionGroup), cx.types.exc(Exc::ExceptionGroup));
    if ty == base_group {
        if !nested_base {
            ty = group;
        }
    } else if ty == group {
        if nested_base {
            return Err(cx.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
    } else if nested_base && ty.is_subtype(exception) {
        let name = ty.name_str();
        return Err(cx.type_error(format!("Cannot nest BaseExceptions in '{name}'")));
    }
    let obj = cx.alloc_instance(ty.value())?;
    let given = Tuple::new(cx, args.values);
    obj.set_slot(cx, base::ARGS, given);
    obj.set_slot(cx, MESSAGE, message);
    obj.set_slot(cx, EXCEPTIONS, items.value());
    obj.set_slot(cx, SHOWN, shown);
    Ok(obj.value())
}

/// `BaseExceptionGroup.__init__`: as BaseException's.
pub fn group_init(cx: &mut Ctx, exc: Value, args: CallArgs) -> PyResult<()> {
    base::base_init(cx, exc, args)
}

/// The nested exceptions.
pub fn exceptions_of(cx: &Ctx, group: Value) -> Option<Tuple> {
    Tuple::of(slot(cx, group, EXCEPTIONS))
}

/// `message (2 sub-exceptions)`.
pub fn group_str(cx: &mut Ctx, exc: Value) -> PyResult {
    let message = protocol::text(cx, slot(cx, exc, MESSAGE));
    let n = exceptions_of(cx, exc).map_or(0, |t| t.len());
    let plural = if n == 1 { "" } else { "s" };
    Ok(Str::from_text(cx, &format!("{message} ({n} sub-exception{plural})")))
}

/// `Name('message', [exceptions])`: shows the sequence that was passed.
pub fn group_repr(cx: &mut Ctx, exc: Value) -> PyResult {
    let name = crate::types::type_short_name(cx, exc);
    let message = protocol::repr(cx, slot(cx, exc, MESSAGE))?;
    let message = protocol::text(cx, message);
    let given = base::args_of(cx, exc).filter(|t| t.len() == 2).map(|t| t.get(1));
    let shown = match (given, exceptions_of(cx, exc)) {
        (Some(g), Some(t)) if List::of_sub(cx, g).is_some() => t.to_list(cx).value(),
        (_, Some(t)) => t.value(),
        (Some(g), None) => g,
        (None, None) => Tuple::empty(cx),
    };
    let shown = match slot(cx, exc, SHOWN) {
        text if Str::of_sub(cx, text).is_some() => text,
        _ => protocol::repr(cx, shown)?,
    };
    Ok(Str::from_text(cx, &format!("{name}({message}, {})", protocol::text(cx, shown))))
}

fn derive(cx: &mut Ctx, args: Args) -> PyResult {
    let message = slot(cx, args[0], MESSAGE);
    let class = cx.types.exc(Exc::BaseExceptionGroup).value();
    protocol::call(cx, class, &[message, args[1]])
}

/// What selects exceptions: classes, or a predicate.
#[derive(Copy, Clone)]
pub enum Matcher {
    /// A class or a tuple of classes.
    Classes(Value),
    /// A function of the exception.
    Predicate(Value),
    /// Membership in a list of leaves, by identity.
    Leaves(List),
}

fn matcher_of(cx: &mut Ctx, v: Value) -> PyResult<Matcher> {
    let is_class = |cx: &Ctx, v: Value| Type::of(v).is_some_and(|t| base::is_exception_type(cx, t));
    if is_class(cx, v) {
        return Ok(Matcher::Classes(v));
    }
    if let Some(t) = Tuple::of_sub(cx, v)
        && t.len() > 0
        && t.items().all(|c| is_class(cx, c))
    {
        return Ok(Matcher::Classes(v));
    }
    if protocol::is_callable(cx, v) && Type::of(v).is_none() {
        return Ok(Matcher::Predicate(v));
    }
    Err(cx.type_error("expected an exception type, a tuple of exception types, or a callable (other than a class)"))
}

fn matches(cx: &mut Ctx, exc: Value, matcher: Matcher) -> PyResult<bool> {
    match matcher {
        Matcher::Classes(c) => Ok(matching::given_matches(cx, exc, c)),
        Matcher::Predicate(f) => {
            let r = protocol::call(cx, f, &[exc])?;
            protocol::truth(cx, r)
        }
        Matcher::Leaves(list) => Ok(!is_group(cx, exc) && list.items().any(|v| v == exc)),
    }
}

/// Whether `exc` is a group.
pub fn is_group(cx: &Ctx, exc: Value) -> bool {
    type_of(cx, exc).is_subtype(cx.types.exc(Exc::BaseExceptionGroup))
}

/// A group like `orig` of some of its exceptions; None for none.
fn subset(cx: &mut Ctx, orig: Value, items: &RootVec) -> PyResult<Option<Value>> {
    if items.is_empty() {
        return Ok(None);
    }
    let list = List::from_slice(cx, items);
    let name = cx.names.derive;
    let group = protocol::call_method(cx, orig, name, &[list.value()])?;
    if !is_group(cx, group) {
        return Err(cx.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    for i in [base::TRACEBACK, base::CONTEXT, base::CAUSE] {
        let v = slot(cx, orig, i);
        set_slot(cx, group, i, v);
    }
    // As in CPython, where setting the cause does this, be there one or not.
    set_slot(cx, group, base::SUPPRESS, Value::TRUE);
    let notes = cx.names.__notes__;
    if let Some(list) = protocol::getattr_opt(cx, orig, notes)?
        && protocol::is_sequence(cx, list)
    {
        let copy = protocol::list_of(cx, list)?;
        protocol::setattr(cx, group, notes, copy.value())?;
    }
    Ok(Some(group))
}

/// Splits an exception into the part that matches and, if wanted, the rest.
pub fn split_by(
    cx: &mut Ctx,
    exc: Value,
    matcher: Matcher,
    want_rest: bool,
) -> PyResult<(Option<Value>, Option<Value>)> {
    if matches(cx, exc, matcher)? {
        return Ok((Some(exc), None));
    }
    if !is_group(cx, exc) {
        return Ok((None, want_rest.then_some(exc)));
    }
    protocol::guard(cx, " in exceptiongroup_split_recursive")?;
    let Some(items) = exceptions_of(cx, exc) else { return Ok((None, None)) };
    let mut matched = RootVec::new(cx);
    let mut rest = RootVec::new(cx);
    for item in items.items() {
        let (m, r) = split_by(cx, item, matcher, want_rest)?;
        if let Some(m) = m {
            matched.push(m);
        }
        if let Some(r) = r {
            rest.push(r);
        }
    }
    let m = subset(cx, exc, &matched)?;
    let r = if want_rest { subset(cx, exc, &rest)? } else { None };
    Ok((m, r))
}

fn split(cx: &mut Ctx, args: Args) -> PyResult {
    let matcher = matcher_of(cx, args[1])?;
    let (m, r) = split_by(cx, args[0], matcher, true)?;
    Ok(Tuple::new(cx, &[m.unwrap_or(Value::NONE), r.unwrap_or(Value::NONE)]))
}

fn subgroup(cx: &mut Ctx, args: Args) -> PyResult {
    let matcher = matcher_of(cx, args[1])?;
    let (m, _) = split_by(cx, args[0], matcher, false)?;
    Ok(m.unwrap_or(Value::NONE))
}

/// The leaves of an exception tree, in order.
pub fn collect_leaves(cx: &mut Ctx, exc: Value, into: List) {
    if !is_group(cx, exc) {
        into.push(cx, exc);
        return;
    }
    if let Some(items) = exceptions_of(cx, exc) {
        for item in items.items() {
            collect_leaves(cx, item, into);
        }
    }
}
