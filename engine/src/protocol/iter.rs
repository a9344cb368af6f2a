//! Iteration, and the two iterators that serve objects without one of their own.

use crate::interp::resume::step_plain;
use crate::native::def::TypeFlags;
use crate::native::{Args, NativeDef, StepFn};
use crate::objects::{Dict, Generator, List, Obj, Set, Tuple};
use crate::types::object_type::default_richcmp;
use crate::types::slots::{Slot, Slots, UnaryFn, self_iter};
use crate::types::{TypeDef, type_lookup, type_name, type_of};
use crate::{Ctx, PyResult, Raised, exceptions::Exc, objects};
use proto_core::{Kind, Value};
use std::cell::{Cell, OnceCell};

/// `iter(v)` of core iterables, generators and iterators with a quick form; None for everything else.
#[inline]
pub fn iter_quick(cx: &Ctx, v: Value) -> Option<Value> {
    objects::iter::iter_fast(cx, v).or_else(|| {
        let own = Generator::of(v).is_some_and(|g| g.kind() == objects::shapes::GENERATOR);
        let known = || {
            let shape = objects::shape_of(v).0;
            let step = cx.steps.at(shape);
            step.shape == shape && step.quick.is_some()
        };
        (own || v.is_kind(Kind::Object) && known()).then_some(v)
    })
}

/// `iter(v)`.
pub fn iter(cx: &mut Ctx, v: Value) -> PyResult {
    if let Some(it) = iter_quick(cx, v) {
        return Ok(it);
    }
    let ty = type_of(cx, v);
    let it = match ty.slots().iter() {
        Some(f) => f.call(cx, v)?,
        None => {
            let name = cx.names.__getitem__;
            if !ty.flags().has(TypeFlags::MAPPING)
                && ty.slots().getitem().is_some()
                && type_lookup(cx, ty, name).is_some()
            {
                return sequence_iter(cx, v);
            }
            let name = type_name(cx, v);
            return Err(cx.type_error(format!("'{name}' object is not iterable")));
        }
    };
    if type_of(cx, it).slots().next().is_none() {
        let name = type_name(cx, it);
        return Err(cx.type_error(format!("iter() returned non-iterator of type '{name}'")));
    }
    Ok(it)
}

/// The next item; None at the end. A safepoint: a native loop over an endless iterator holds up nobody, and can be
/// interrupted.
#[inline]
pub fn next(cx: &mut Ctx, it: Value) -> PyResult<Option<Value>> {
    cx.poll()?;
    if let Some(g) = Generator::of(it) {
        return next_of_generator(cx, g);
    }
    match objects::iter::next_fast(cx, it).or_else(|| quick_step(cx, it)) {
        Some(v) => Ok(v.non_empty()),
        None => next_by_slot(cx, it),
    }
}

/// [`next`] of a generator.
#[inline(never)]
fn next_of_generator(cx: &mut Ctx, g: Generator) -> PyResult<Option<Value>> {
    match step_plain(cx, g) {
        Some(Ok(v)) => Ok(v.non_empty()),
        Some(Err(raised)) => end_of(cx, raised),
        None => next_by_slot(cx, g.value()),
    }
}

/// The next item by the quick form that the iterator's type declares; None as that says, or if the type is not known yet.
#[inline]
pub(crate) fn quick_step(cx: &Ctx, it: Value) -> Option<Value> {
    if !it.is_kind(Kind::Object) {
        return None;
    }
    let shape = objects::shape_of(it).0;
    let known = cx.steps.at(shape);
    if known.shape == shape { known.quick?(cx, it) } else { None }
}

/// For quick forms: the next item of what an iterator is over, EMPTY at the end; None if the ordinary form must ask.
#[inline]
pub fn next_quick(cx: &Ctx, source: Value) -> Option<Value> {
    objects::iter::next_fast(cx, source).or_else(|| {
        // Iterators may be over each other without end.
        if cx.is_stack_short() { None } else { quick_step(cx, source) }
    })
}

/// As [`next`], for who has just asked by [`next_quick`] in vain: another look would make iterators over each other take the square of
/// their number.
pub fn next_tried(cx: &mut Ctx, it: Value) -> PyResult<Option<Value>> {
    if !it.is_kind(Kind::Object) {
        return next(cx, it);
    }
    cx.poll()?;
    next_by_slot(cx, it)
}

/// As [`next_tried`], with an end as [`next_through`] gives it.
pub fn next_through_tried(cx: &mut Ctx, it: Value) -> PyResult {
    if !it.is_kind(Kind::Object) {
        return next_through(cx, it);
    }
    cx.poll()?;
    step_by_slot(cx, it)
}

/// As [`next`], for iterators over others: EMPTY at the end, and an end that has a value goes on as the StopIteration that it is.
#[inline]
pub fn next_through(cx: &mut Ctx, it: Value) -> PyResult {
    cx.poll()?;
    if let Some(g) = Generator::of(it) {
        return match step_plain(cx, g) {
            Some(stepped) => stepped,
            None => step_by_slot(cx, it),
        };
    }
    match objects::iter::next_fast(cx, it).or_else(|| quick_step(cx, it)) {
        Some(v) => Ok(v),
        None => step_by_slot(cx, it),
    }
}

/// [`next`] of an iterator that is none of the core's.
#[inline(never)]
fn next_by_slot(cx: &mut Ctx, it: Value) -> PyResult<Option<Value>> {
    match step_by_slot(cx, it) {
        Ok(v) => Ok(v.non_empty()),
        Err(raised) => end_of(cx, raised),
    }
}

#[inline(never)]
fn step_by_slot(cx: &mut Ctx, it: Value) -> PyResult {
    super::guard(cx, " while calling a Python object")?;
    match step_of(cx, it) {
        Some(f) => f.call(cx, it),
        None => {
            let name = type_name(cx, it);
            Err(cx.type_error(format!("'{name}' object is not an iterator")))
        }
    }
}

/// An end with a value, which nobody wants here; any other exception goes on.
#[cold]
fn end_of(cx: &mut Ctx, raised: Raised) -> PyResult<Option<Value>> {
    if !cx.matches(&raised, Exc::StopIteration) {
        return Err(raised);
    }
    cx.clear(raised);
    Ok(None)
}

/// The `next` slot of a value's type.
#[inline(always)]
pub fn step_of(cx: &mut Ctx, it: Value) -> Option<Slot<UnaryFn>> {
    let shape = objects::shape_of(it).0;
    let known = cx.steps.at(shape);
    if known.shape == shape { known.slot } else { find_step(cx, it, shape) }
}

/// Whether the value's type is known to be an immutable native one.
#[inline(always)]
pub(crate) fn is_known_step(cx: &Ctx, it: Value) -> bool {
    let shape = objects::shape_of(it).0;
    cx.steps.at(shape).shape == shape
}

#[inline(never)]
fn find_step(cx: &mut Ctx, it: Value, shape: u32) -> Option<Slot<UnaryFn>> {
    let ty = type_of(cx, it);
    let f = ty.slots().next();
    // The slots of other types may change.
    if !ty.is_heap() && !ty.flags().has(TypeFlags::MUTABLE) {
        let quick = ty.data().def().and_then(|def| def.step);
        cx.steps.put(Step { shape, slot: f, quick });
    }
    f
}

const STEPS: usize = 64;

/// How instances of an immutable type step.
#[derive(Clone, Copy)]
struct Step {
    shape: u32,
    slot: Option<Slot<UnaryFn>>,
    quick: Option<StepFn>,
}

/// The `next` slots of immutable types, by shape. A collection that frees shapes empties it. Made at first use: most threads that
/// wait never iterate.
#[derive(Default)]
pub struct StepCache(OnceCell<Box<[Cell<Step>; STEPS]>>);

impl StepCache {
    #[inline(always)]
    fn at(&self, shape: u32) -> Step {
        self.0.get().map_or(Step::NONE, |steps| steps[shape as usize % STEPS].get())
    }

    fn put(&self, step: Step) {
        let steps = self.0.get_or_init(|| Box::new([const { Cell::new(Step::NONE) }; STEPS]));
        steps[step.shape as usize % STEPS].set(step);
    }

    /// Empties the cache. Its owner is stopped at a safepoint, or calls this.
    pub(crate) fn forget(&self) {
        self.0.get().into_iter().flat_map(|steps| steps.iter()).for_each(|step| step.set(Step::NONE));
    }
}

impl Step {
    /// No shape has this number.
    const NONE: Step = Step { shape: u32::MAX, slot: None, quick: None };
}

/// Calls `f` with each item of an iterable. Each step is a safepoint.
pub fn for_each(cx: &mut Ctx, iterable: Value, mut f: impl FnMut(&mut Ctx, Value) -> PyResult<()>) -> PyResult<()> {
    if let Some(tuple) = Tuple::of(iterable) {
        for item in tuple.items() {
            f(cx, item)?;
            cx.poll()?;
        }
        return Ok(());
    }
    if let Some(list) = List::of(iterable) {
        let mut i = 0;
        while let Some(item) = list.get(i) {
            f(cx, item)?;
            cx.poll()?;
            i += 1;
        }
        return Ok(());
    }
    let it = iter(cx, iterable)?;
    each_of(cx, it, f)
}

/// Calls `f` with each item of an iterator, which is not asked for one of its own. Each step is a safepoint.
pub fn each_of(cx: &mut Ctx, iterator: Value, mut f: impl FnMut(&mut Ctx, Value) -> PyResult<()>) -> PyResult<()> {
    let it = std::hint::black_box(iterator);
    while let Some(item) = next(cx, it)? {
        f(cx, item)?;
    }
    Ok(())
}

/// A new list of the items; those of an exact list, dict or set are of one moment.
pub fn list_of(cx: &mut Ctx, iterable: Value) -> PyResult<List> {
    if let Some(list) = List::of(iterable) {
        return list.wish_copy(cx);
    }
    if let Some(dict) = Dict::of(iterable) {
        cx.make_room_for(dict.len(), 8)?;
        return Ok(dict.keys_list(cx));
    }
    if let Some(set) = Set::of(iterable) {
        cx.make_room_for(set.len(), 8)?;
        return Ok(set.items_list(cx));
    }
    let list = List::new(cx);
    for_each(cx, iterable, |cx, v| {
        list.make_room_to_push(cx)?;
        list.push(cx, v);
        Ok(())
    })?;
    Ok(list)
}

/// A tuple of the items; the same one when it is a tuple already.
pub fn tuple_of(cx: &mut Ctx, iterable: Value) -> PyResult<Tuple> {
    if let Some(t) = Tuple::of(iterable) {
        return Ok(t);
    }
    let tuple = match List::of(iterable) {
        Some(list) => list.wish_tuple(cx)?,
        None => list_of(cx, iterable)?.wish_tuple(cx)?,
    };
    Tuple::of(tuple).ok_or_else(|| cx.system_error("tuple"))
}

const SEQUENCE_METHODS: &[NativeDef] = &[
    NativeDef::new(
        "__length_hint__",
        "($self, /)",
        sequence_length_hint,
        "Private method returning an estimate of len(list(it)).",
    ),
    NativeDef::new("__reduce__", "($self, /)", sequence_reduce, "Return state information for pickling."),
    NativeDef::new("__setstate__", "($self, state, /)", sequence_setstate, "Set state information for unpickling."),
];

/// Iterates by `__getitem__` with 0, 1, 2, ...: native slots are the sequence (EMPTY when exhausted) and the index.
pub static SEQUENCE_ITERATOR: TypeDef = sequence_iterator("iterator");

/// The same over a bytearray.
pub static BYTEARRAY_ITERATOR: TypeDef = sequence_iterator("bytearray_iterator");

/// The same over a memoryview.
pub static MEMORY_ITERATOR: TypeDef = sequence_iterator("memory_iterator");

const fn sequence_iterator(name: &'static str) -> TypeDef {
    TypeDef {
        nnative: 2,
        flags: TypeFlags::NO_NEW,
        slots: Slots { iter: Some(self_iter), next: Some(sequence_next), ..Slots::NONE },
        methods: SEQUENCE_METHODS,
        ..TypeDef::new("builtins", name)
    }
}

/// An iterator over `seq[0]`, `seq[1]`, ...
pub fn sequence_iter(cx: &mut Ctx, seq: Value) -> PyResult {
    sequence_iter_as(cx, &SEQUENCE_ITERATOR, seq)
}

/// The same, of the iterator type `def`.
pub fn sequence_iter_as(cx: &mut Ctx, def: &'static TypeDef, seq: Value) -> PyResult {
    Ok(cx.new_object(def, &[seq, Value::small(0)]))
}

fn sequence_next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(obj) = Obj::of(it) else { return Ok(Value::EMPTY) };
    let seq = obj.slot(cx, 0);
    let Some(i) = obj.slot(cx, 1).as_int().filter(|_| seq != Value::EMPTY) else { return Ok(Value::EMPTY) };
    match super::getitem(cx, seq, Value::small(i as i32)) {
        Ok(v) => {
            obj.set_slot(cx, 1, Value::small(i as i32 + 1));
            Ok(v)
        }
        Err(r) if cx.matches(&r, Exc::IndexError) || cx.matches(&r, Exc::StopIteration) => {
            cx.clear(r);
            obj.set_slot(cx, 0, Value::EMPTY);
            Ok(Value::EMPTY)
        }
        Err(r) => Err(r),
    }
}

fn sequence_length_hint(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NOT_IMPLEMENTED) };
    let seq = obj.slot(cx, 0);
    if seq == Value::EMPTY {
        return Ok(Value::small(0));
    }
    if type_of(cx, seq).slots().len().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let n = super::length(cx, seq)? as i64 - obj.slot(cx, 1).as_int().unwrap_or(0);
    Ok(objects::int::from_i64(cx, n.max(0)))
}

/// A name (an atom) of the builtins that the running code sees; looking it up may run Python code.
pub fn builtin(cx: &mut Ctx, name: Value) -> PyResult {
    let builtins = crate::interp::entry::current_builtins(cx);
    let found = match Dict::of(builtins) {
        Some(dict) => match dict.get_str(name) {
            Some(v) => Some(v),
            // A key that is no string may be equal to it.
            None => dict.get(cx, name)?,
        },
        None => match super::getitem(cx, builtins, name) {
            Ok(v) => Some(v),
            Err(raised) if cx.matches(&raised, Exc::KeyError) => {
                cx.clear(raised);
                None
            }
            Err(raised) => return Err(raised),
        },
    };
    found.ok_or_else(|| {
        let name = super::text(cx, name);
        cx.raise(Exc::AttributeError, name)
    })
}

fn sequence_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NOT_IMPLEMENTED) };
    let name = cx.names.iter;
    let iter = builtin(cx, name)?;
    let seq = obj.slot(cx, 0);
    if seq == Value::EMPTY {
        let empty = Tuple::empty(cx);
        let args = Tuple::new(cx, &[empty]);
        return Ok(Tuple::new(cx, &[iter, args]));
    }
    let args = Tuple::new(cx, &[seq]);
    let index = obj.slot(cx, 1);
    Ok(Tuple::new(cx, &[iter, args, index]))
}

fn sequence_setstate(cx: &mut Ctx, args: Args) -> PyResult {
    let i = args.index(cx, 1)?;
    if let Some(obj) = Obj::of(args[0])
        && obj.slot(cx, 0) != Value::EMPTY
    {
        let v = objects::int::from_i64(cx, i.max(0));
        obj.set_slot(cx, 1, v);
    }
    Ok(Value::NONE)
}

/// `iter(callable, sentinel)`: native slots are the callable (EMPTY when exhausted), the sentinel, and the number of the thread that
/// met the end.
pub static CALLABLE_ITERATOR: TypeDef = TypeDef {
    nnative: 3,
    flags: TypeFlags::NO_NEW,
    slots: Slots { iter: Some(self_iter), next: Some(callable_next), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", callable_reduce, "Return state information for pickling.")],
    ..TypeDef::new("builtins", "callable_iterator")
};

/// `iter(callable, sentinel)`.
pub fn callable_iter(cx: &mut Ctx, callable: Value, sentinel: Value) -> Value {
    cx.new_object(&CALLABLE_ITERATOR, &[callable, sentinel, Value::EMPTY])
}

fn callable_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NOT_IMPLEMENTED) };
    let name = cx.names.iter;
    let iter = builtin(cx, name)?;
    let (callable, sentinel) = (obj.slot(cx, 0), obj.slot(cx, 1));
    let inner = if callable == Value::EMPTY {
        let empty = Tuple::empty(cx);
        Tuple::new(cx, &[empty])
    } else {
        Tuple::new(cx, &[callable, sentinel])
    };
    Ok(Tuple::new(cx, &[iter, inner]))
}

fn callable_next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(obj) = Obj::of(it) else { return Ok(Value::EMPTY) };
    let (callable, sentinel) = (obj.slot(cx, 0), obj.slot(cx, 1));
    if callable == Value::EMPTY {
        return Ok(callable);
    }
    let result = match super::call(cx, callable, &[]) {
        Ok(v) => v,
        Err(r) if cx.matches(&r, Exc::StopIteration) => {
            cx.clear(r);
            return Ok(callable_end(cx, obj));
        }
        Err(r) => return Err(r),
    };
    // The call may have used the iterator up. If another thread met the end meanwhile, the result is an item like those before.
    let ended = obj.slot(cx, 0) == Value::EMPTY;
    if ended && objects::int::to_i128(obj.slot(cx, 2)) == Some(cx.ident.into()) || is_sentinel(cx, sentinel, result)? {
        return Ok(callable_end(cx, obj));
    }
    Ok(result)
}

/// Whether the result is equal to the sentinel. None, the most frequent one, equals nothing else that compares by identity.
fn is_sentinel(cx: &mut Ctx, sentinel: Value, result: Value) -> PyResult<bool> {
    let identity = default_richcmp as *const () as usize;
    if sentinel.is_none() && type_of(cx, result).slots().richcmp().is_some_and(|f| f.addr() == identity) {
        return Ok(result.is_none());
    }
    super::eq(cx, sentinel, result)
}

fn callable_end(cx: &mut Ctx, it: Obj) -> Value {
    let me = objects::int::from_u64(cx, cx.ident);
    it.set_slot(cx, 2, me);
    it.set_slot(cx, 0, Value::EMPTY);
    Value::EMPTY
}
