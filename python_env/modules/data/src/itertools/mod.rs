//! The module `itertools`.
//!
//! Each iterator keeps its state in native slots; an EMPTY first slot means exhausted. Threads that share an iterator may
//! interleave its steps, but state is never torn, since each slot is one word.

mod combinatoric;
mod finite;
mod grouping;
mod infinite;

use engine::objects::{List, Obj, Tuple};
use engine::prelude::*;
use engine::protocol;

pub static ITERTOOLS: ModuleDef = ModuleDef {
    doc: "Functional tools for creating and using iterators.",
    types: &[
        &infinite::COUNT,
        &infinite::CYCLE,
        &infinite::REPEAT,
        &finite::ACCUMULATE,
        &finite::BATCHED,
        &finite::CHAIN,
        &finite::COMPRESS,
        &finite::DROPWHILE,
        &finite::FILTERFALSE,
        &finite::ISLICE,
        &finite::PAIRWISE,
        &finite::STARMAP,
        &finite::TAKEWHILE,
        &finite::ZIP_LONGEST,
        &grouping::GROUPBY,
        &grouping::GROUPER,
        &grouping::TEE,
        &grouping::LINK,
        &combinatoric::COMBINATIONS,
        &combinatoric::COMBINATIONS_WITH_REPLACEMENT,
        &combinatoric::PERMUTATIONS,
        &combinatoric::PRODUCT,
    ],
    functions: &[NativeDef::new(
        "tee",
        "($module, iterable, n=2, /)",
        grouping::tee,
        "Returns a tuple of n independent iterators.",
    )],
    ..ModuleDef::new("itertools")
};

/// The object behind `self`, whose type the method descriptor has checked.
fn obj(cx: &mut Ctx, v: Value) -> Res<Obj> {
    match Obj::of(v) {
        Some(o) => Ok(o),
        None => Err(cx.type_error("iterator expected")),
    }
}

/// An instance of `cls` with the given native slots.
fn instance(cx: &mut Ctx, cls: Value, slots: &[Value]) -> PyResult {
    let o = cx.alloc_instance(cls)?;
    for (i, &v) in slots.iter().enumerate() {
        o.set_slot(cx, i, v);
    }
    Ok(o.value())
}

/// What the quick form of a constructor gives: an instance of exactly `def` with the slots that `slots` says for the iterator
/// of its input; EMPTY if there is none, or the type is not known yet.
fn made<const N: usize>(
    cx: &Ctx,
    def: &'static TypeDef,
    it: Option<Value>,
    slots: impl FnOnce(Value) -> [Value; N],
) -> Value {
    it.and_then(|it| cx.new_object_of_known(def, &slots(it))).unwrap_or(Value::EMPTY)
}

/// The next value of the iterator `it`, or EMPTY.
fn step(cx: &mut Ctx, it: Value) -> PyResult {
    Ok(protocol::next(cx, it)?.unwrap_or(Value::EMPTY))
}

/// The same for iterators that end when `it` does: with what its end has as value.
fn step_through(cx: &mut Ctx, it: Value) -> PyResult {
    protocol::next_through(cx, it)
}

/// A new list of what `iterable` yields.
fn collect(cx: &mut Ctx, iterable: Value) -> Res<List> {
    protocol::list_of(cx, iterable)
}

/// The values of a `*args` argument.
fn varargs(v: Value) -> Option<Tuple> {
    Tuple::of(v)
}
