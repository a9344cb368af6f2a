//! `partial` and its `Placeholder`. Slots of a partial: 0 the function, 1 the tuple of arguments, 2 the dict of keywords,
//! 3 how many of the arguments are placeholders.

use engine::objects::{Dict, List, Obj, Str, StrBuilder, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::instances;

const FUNC: usize = 0;
const ARGS: usize = 1;
const KEYWORDS: usize = 2;
const HOLES: usize = 3;

pub static PARTIAL: TypeDef = TypeDef {
    doc: "Create a new function with partial application of the given arguments and keywords.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT).with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE),
    nnative: 4,
    new: Some(NativeDef::new("__new__", "($type, *args, **keywords)", partial_new, "").hide_sig()),
    slots: Slots { call: Some(partial_call), repr: Some(partial_repr), descr_get: Some(partial_get), ..Slots::NONE },
    methods: &[
        NativeDef::new("__reduce__", "($self, /)", partial_reduce, ""),
        NativeDef::new("__setstate__", "($self, state, /)", partial_setstate, ""),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    members: &[
        Member::ro("func", FUNC as u16, "function object to use in future partial calls"),
        Member::ro("args", ARGS as u16, "tuple of arguments to future partial calls"),
        Member::ro("keywords", KEYWORDS as u16, "dictionary of keyword arguments to future partial calls"),
    ],
    text_signature: "(func, /, *args, **keywords)",
    ..TypeDef::new("functools", "partial")
};

pub static PLACEHOLDER: TypeDef = TypeDef {
    doc: "The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.",
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", placeholder_new, "").hide_sig()),
    slots: Slots { repr: Some(|cx, _| Ok(instances::text(cx, "Placeholder"))), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", |cx, _| Ok(instances::text(cx, "Placeholder")), "")],
    ..TypeDef::new("functools", "_PlaceholderType")
};

/// The object `Placeholder`.
pub fn placeholder(cx: &mut Ctx) -> PyResult {
    instances::singleton(cx, "functools.Placeholder", |cx| cx.new_object(&PLACEHOLDER, &[]))
}

fn placeholder_new(cx: &mut Ctx, args: Args) -> PyResult {
    if Tuple::of(args[1]).is_some_and(|t| t.len() > 0) || instances::kwargs(args[2]).is_some() {
        return Err(cx.type_error("_PlaceholderType takes no arguments"));
    }
    placeholder(cx)
}

fn count_holes(cx: &mut Ctx, t: Tuple) -> usize {
    t.items().filter(|&v| cx.is_def(v, &PLACEHOLDER)).count()
}

fn partial_new(cx: &mut Ctx, args: Args) -> PyResult {
    let given = instances::varargs(cx, args[1]);
    if given.len() == 0 {
        return Err(cx.type_error("type 'partial' takes at least one argument"));
    }
    let mut func = given.get(0);
    if !protocol::is_callable(cx, func) {
        return Err(cx.type_error("the first argument must be callable"));
    }
    if given.len() > 1 && cx.is_def(given.get(given.len() - 1), &PLACEHOLDER) {
        return Err(cx.type_error("trailing Placeholders are not allowed"));
    }
    if let Some(d) = instances::kwargs(args[2]) {
        let mut held = false;
        d.for_each(|_, v| held |= v.is_kind(Kind::Object) && cx.is_def(v, &PLACEHOLDER));
        if held {
            return Err(cx.type_error("Placeholder cannot be passed as a keyword argument"));
        }
    }
    let mut bound = given.slice(cx, 1, given.len());
    let mut keywords = Dict::new(cx);
    // A plain partial of a partial is one partial of the inner function.
    if cx.is_def(func, &PARTIAL)
        && let Some(inner) = Obj::of(func)
        && !inner.has_attrs(cx)
    {
        let (inner_func, inner_args, inner_keywords) =
            (inner.slot(cx, FUNC), inner.slot(cx, ARGS), inner.slot(cx, KEYWORDS));
        if let (Some(old), Some(new)) = (Tuple::of_sub(cx, inner_args), Tuple::of(bound)) {
            func = inner_func;
            bound = fill(cx, old, new);
            if let Some(d) = Dict::of_sub(cx, inner_keywords) {
                keywords = d.copy(cx);
            }
        }
    }
    if let Some(more) = instances::kwargs(args[2]) {
        keywords.update_from(cx, more)?;
    }
    let holes = Tuple::of(bound).map_or(0, |t| count_holes(cx, t));
    instances::instance(cx, args[0], &[func, bound, keywords.value(), Value::from_usize(holes)])
}

/// `old` with its placeholders replaced by the first of `new`, followed by the rest of `new`.
fn fill(cx: &mut Ctx, old: Tuple, new: Tuple) -> Value {
    let all = List::new(cx);
    let mut next = 0;
    for v in old.items() {
        if next < new.len() && cx.is_def(v, &PLACEHOLDER) {
            all.push(cx, new.get(next));
            next += 1;
        } else {
            all.push(cx, v);
        }
    }
    for v in new.items().skip(next) {
        all.push(cx, v);
    }
    all.to_tuple(cx)
}

fn partial_call(cx: &mut Ctx, p: Value, args: CallArgs) -> PyResult {
    let (func, bound, holes) =
        (instances::slot(cx, p, FUNC), instances::slot(cx, p, ARGS), instances::slot(cx, p, HOLES));
    let holes = holes.as_int().unwrap_or(0) as usize;
    let bound = instances::varargs(cx, bound);
    let given = args.positional();
    if given.len() < holes {
        let n = given.len();
        return Err(cx.type_error(format!(
            "missing positional arguments in 'partial' call; expected at least {holes}, got {n}"
        )));
    }
    let own = Dict::of_sub(cx, instances::slot(cx, p, KEYWORDS)).filter(|d| d.len() > 0);
    let Some(own) = own else {
        let total = bound.len() + args.values.len() - holes;
        return native::with_words(cx, total, |cx, words| {
            let mut next = 0;
            for (word, v) in words.iter_mut().zip(bound.items()) {
                *word = v;
                if holes > 0 && cx.is_def(v, &PLACEHOLDER) {
                    *word = given[next];
                    next += 1;
                }
            }
            words[bound.len()..].copy_from_slice(&args.values[next..]);
            protocol::call_args(cx, func, CallArgs { values: words, kwnames: args.kwnames })
        });
    };
    let keywords = own.copy(cx);
    for i in 0..args.nkw() {
        let (name, v) = args.keyword(i);
        keywords.set(cx, name, v)?;
    }
    let given = Tuple::new(cx, given);
    let all = match Tuple::of(given) {
        Some(given) => fill(cx, bound, given),
        None => given,
    };
    protocol::call_ex(cx, func, all, keywords.value())
}

fn partial_get(cx: &mut Ctx, p: Value, obj: Value, _owner: Value) -> PyResult {
    if obj.is_empty() || obj.is_none() {
        return Ok(p);
    }
    Ok(types::lookup::bind_method(cx, p, obj))
}

fn partial_repr(cx: &mut Ctx, p: Value) -> PyResult {
    if !protocol::repr_enter(cx, p) {
        return Ok(instances::text(cx, "..."));
    }
    let r = repr_inner(cx, p);
    protocol::repr_leave(cx, p);
    r
}

fn repr_inner(cx: &mut Ctx, p: Value) -> PyResult {
    let mut out = StrBuilder::new();
    out.push_str(&instances::class_text(cx, p));
    out.push_str("(");
    let push = |cx: &mut Ctx, out: &mut StrBuilder, v: Value| -> Res<()> {
        let r = protocol::repr(cx, v)?;
        if let Some(s) = Str::of_sub(cx, r) {
            out.push(s);
        }
        Ok(())
    };
    let (func, bound, keywords) =
        (instances::slot(cx, p, FUNC), instances::slot(cx, p, ARGS), instances::slot(cx, p, KEYWORDS));
    push(cx, &mut out, func)?;
    for v in instances::varargs(cx, bound).items() {
        out.push_str(", ");
        push(cx, &mut out, v)?;
    }
    if let Some(d) = Dict::of_sub(cx, keywords) {
        let mut pos = 0;
        while let Some((next, k, v)) = d.next_entry(pos) {
            pos = next;
            let k = protocol::str(cx, k)?;
            out.push_str(", ");
            if let Some(k) = Str::of_sub(cx, k) {
                out.push(k);
            }
            out.push_str("=");
            push(cx, &mut out, v)?;
        }
    }
    out.push_str(")");
    out.wish(cx)
}

fn partial_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let p = args[0];
    let (func, bound, keywords) =
        (instances::slot(cx, p, FUNC), instances::slot(cx, p, ARGS), instances::slot(cx, p, KEYWORDS));
    let dict = match Obj::of(p) {
        Some(o) if o.has_attrs(cx) => o.dict(cx).value(),
        _ => Value::NONE,
    };
    let state = Tuple::new(cx, &[func, bound, keywords, dict]);
    let inner = Tuple::new(cx, &[func]);
    let class = instances::class_of(cx, p);
    Ok(Tuple::new(cx, &[class, inner, state]))
}

fn partial_setstate(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(t) = Tuple::of_sub(cx, args[1]).filter(|t| t.len() == 4) else {
        return Err(cx.type_error("invalid partial state"));
    };
    let (func, bound, keywords, dict) = (t.get(0), t.get(1), t.get(2), t.get(3));
    let Some(bound) = Tuple::of_sub(cx, bound).filter(|_| protocol::is_callable(cx, func)) else {
        return Err(cx.type_error("invalid partial state"));
    };
    let is_dict = |cx: &Ctx, v: Value| v.is_none() || Dict::of_sub(cx, v).is_some();
    if !is_dict(cx, keywords) || !is_dict(cx, dict) {
        return Err(cx.type_error("invalid partial state"));
    }
    if bound.len() > 0 && cx.is_def(bound.get(bound.len() - 1), &PLACEHOLDER) {
        return Err(cx.type_error("trailing Placeholders are not allowed"));
    }
    let keywords = match Dict::of(keywords) {
        Some(d) => d,
        None => {
            let fresh = Dict::new(cx);
            if let Some(d) = Dict::of_sub(cx, keywords) {
                fresh.update_from(cx, d)?;
            }
            fresh
        }
    };
    let holes = count_holes(cx, bound);
    if let Some(o) = Obj::of(args[0]) {
        o.set_slot(cx, FUNC, func);
        let plain = bound.slice(cx, 0, bound.len());
        o.set_slot(cx, ARGS, plain);
        o.set_slot(cx, KEYWORDS, keywords.value());
        o.set_slot(cx, HOLES, Value::from_usize(holes));
        if Dict::of_sub(cx, dict).is_some() {
            o.set_dict(cx, dict);
        } else if o.has_attrs(cx) {
            let none = Dict::new(cx);
            o.set_dict(cx, none.value());
        }
    }
    Ok(Value::NONE)
}
