//! The semantics of `except*`.

use super::base::{CAUSE, CONTEXT, TRACEBACK, slot};
use super::group::{Matcher, collect_leaves, is_group, split_by};
use super::matching::{check_star_classes, given_matches};
use crate::objects::{List, Str, Tuple};
use crate::types::type_name;
use crate::{Ctx, PyResult, protocol};
use proto_core::{RootVec, Value};

/// One `except*` clause: what of `exc` it handles and what is left (None each for nothing). A naked exception that matches
/// is wrapped in a group, which has no traceback yet.
pub fn eg_match(cx: &mut Ctx, exc: Value, class: Value) -> PyResult<(Value, Value)> {
    check_star_classes(cx, class)?;
    if exc == Value::NONE {
        return Ok((Value::NONE, Value::NONE));
    }
    if given_matches(cx, exc, class) {
        if is_group(cx, exc) {
            return Ok((exc, Value::NONE));
        }
        let empty = Str::new(cx, "");
        let nested = Tuple::new(cx, &[exc]);
        let ty = cx.types.exc(super::Exc::BaseExceptionGroup).value();
        let group = protocol::call(cx, ty, &[empty, nested])?;
        return Ok((group, Value::NONE));
    }
    if !is_group(cx, exc) {
        return Ok((Value::NONE, exc));
    }
    let name = cx.names.split;
    let pair = protocol::call_method(cx, exc, name, &[class])?;
    let Some(pair_tuple) = Tuple::of_sub(cx, pair) else {
        let (got, class) = (type_name(cx, pair), type_name(cx, exc));
        return Err(cx.type_error(format!("{class}.split must return a tuple, not {got}")));
    };
    if pair_tuple.len() < 2 {
        let (n, class) = (pair_tuple.len(), type_name(cx, exc));
        return Err(cx.type_error(format!("{class}.split must return a 2-tuple, got tuple of size {n}")));
    }
    Ok((pair_tuple.get(0), pair_tuple.get(1)))
}

fn same_metadata(cx: &Ctx, a: Value, b: Value) -> bool {
    [TRACEBACK, CAUSE, CONTEXT].iter().all(|&i| slot(cx, a, i) == slot(cx, b, i)) && notes_of(cx, a) == notes_of(cx, b)
}

fn notes_of(cx: &Ctx, exc: Value) -> Option<Value> {
    crate::objects::Obj::of(exc).and_then(|o| o.get_attr(cx, cx.names.__notes__))
}

/// What is raised at the end of `try ... except*`: `list` holds what the clauses raised and, last, what no clause handled
/// (None for nothing). None: nothing is left to raise.
pub fn prep_reraise_star(cx: &mut Ctx, orig: Value, list: Value) -> PyResult {
    let Some(excs) = List::of(list) else { return Ok(Value::NONE) };
    if excs.len() == 0 {
        return Ok(Value::NONE);
    }
    if !is_group(cx, orig) {
        // A naked exception was caught and wrapped: only one clause can have run.
        return Ok(excs.items().find(|&v| v != Value::NONE).unwrap_or(Value::NONE));
    }
    let mut raised = RootVec::new(cx);
    let mut reraised = RootVec::new(cx);
    for e in excs.items().filter(|&e| e != Value::NONE) {
        if is_group(cx, e) && same_metadata(cx, e, orig) {
            reraised.push(e);
        } else {
            raised.push(e);
        }
    }
    let projection = if reraised.is_empty() {
        Value::NONE
    } else {
        let leaves = List::new(cx);
        for i in 0..reraised.len() {
            collect_leaves(cx, reraised[i], leaves);
        }
        split_by(cx, orig, Matcher::Leaves(leaves), false)?.0.unwrap_or(Value::NONE)
    };
    if raised.is_empty() {
        return Ok(projection);
    }
    if projection != Value::NONE {
        raised.push(projection);
    }
    if raised.len() == 1 {
        return Ok(raised[0]);
    }
    let empty = Str::new(cx, "");
    let list = List::from_slice(cx, &raised);
    let ty = cx.types.exc(super::Exc::BaseExceptionGroup).value();
    protocol::call(cx, ty, &[empty, list.value()])
}
