//! Methods of `tuple`.

use engine::objects::{Seq, Slice, Tuple};
use engine::prelude::*;

use crate::leaf;
use crate::sequence::{self, clip_range, richcmp_seq};

/// The tuple behind `self`, also for instances of subclasses.
pub fn this(cx: &mut Ctx, v: Value) -> Res<Tuple> {
    match Tuple::of_sub(cx, v) {
        Some(t) => Ok(t),
        None => Err(sequence::wrong_self(cx, "tuple", v)),
    }
}

pub static TUPLE: TypeDef = TypeDef {
    doc: "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::SEQUENCE),
    new: Some(NativeDef::new("__new__", "($type, iterable=(), /)", tuple_new, "").leaf(leaf::tuple_new)),
    new_of_one: Some(collect),
    slots: Slots {
        repr: Some(tuple_repr),
        len: Some(tuple_len),
        getitem: Some(tuple_getitem),
        iter: Some(tuple_iter),
        contains: Some(tuple_contains),
        add: Some(tuple_add),
        mul: Some(tuple_mul),
        richcmp: Some(tuple_richcmp),
        hash: Some(tuple_hash),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("count", "($self, value, /)", tuple_count, "Return number of occurrences of value."),
        NativeDef::new(
            "index",
            "($self, value, start=0, stop=sys.maxsize, /)",
            tuple_index,
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
        ),
        NativeDef::new("__getnewargs__", "($self, /)", tuple_getnewargs, ""),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    ..TypeDef::new("builtins", "tuple")
};

/// A tuple of what `iterable` yields; an exact tuple is returned as it is.
pub fn collect(cx: &mut Ctx, iterable: Value) -> Res<Value> {
    if Tuple::of(iterable).is_some() {
        return Ok(iterable);
    }
    let list = crate::list::collect_unasked(cx, iterable)?;
    list.wish_tuple(cx)
}

fn tuple_new(cx: &mut Ctx, args: Args) -> PyResult {
    let base = match args.get(1) {
        Some(iterable) => collect(cx, iterable)?,
        None => Tuple::empty(cx),
    };
    cx.wrap_subclass(args[0], base)
}

fn tuple_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let t = this(cx, v)?;
    if t.len() == 0 {
        return Ok(Str::new(cx, "()"));
    }
    sequence::repr_seq(cx, v, Seq::Tuple(t), "(", ")", "(...)")
}

fn tuple_len(cx: &mut Ctx, v: Value) -> Res<usize> {
    Ok(this(cx, v)?.len())
}

fn tuple_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let t = this(cx, v)?;
    if let Some(slice) = Slice::of(key) {
        let idx = slice.indices(cx, t.len())?;
        if idx.step == 1 {
            if idx.count == t.len() {
                return Ok(t.value());
            }
            cx.make_room_for(idx.count, 8)?;
            return Ok(t.slice(cx, idx.start as usize, idx.start as usize + idx.count));
        }
        cx.make_room_for(idx.count, 8)?;
        return Ok(Tuple::build(cx, idx.count, |i| t.get((idx.start + i as i64 * idx.step) as usize)));
    }
    match sequence::key_index(cx, key, t.len(), "tuple")? {
        Some(i) => Ok(t.get(i)),
        None => Err(cx.index_error("tuple index out of range")),
    }
}

fn tuple_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let t = this(cx, v)?;
    Ok(engine::objects::iter::tuple_iter(cx, t))
}

fn tuple_contains(cx: &mut Ctx, v: Value, item: Value) -> Res<bool> {
    let t = this(cx, v)?;
    Ok(sequence::find(cx, Seq::Tuple(t), item, 0, usize::MAX)?.is_some())
}

fn tuple_add(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some(left) = Tuple::of_sub(cx, a) else { return Ok(Value::NOT_IMPLEMENTED) };
    let Some(right) = Tuple::of_sub(cx, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    cx.make_room_for(left.len() + right.len(), size_of::<Value>())?;
    Ok(left.concat(cx, right))
}

fn tuple_mul(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (t, n) = match Tuple::of_sub(cx, a) {
        Some(t) => (t, b),
        None => (this(cx, b)?, a),
    };
    let Some(n) = sequence::repeat_count(cx, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    if n == 1 {
        return Ok(t.value());
    }
    cx.attempt(|heap| t.repeat(heap, n))
}

fn tuple_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    match (Tuple::of_sub(cx, a), Tuple::of_sub(cx, b)) {
        (Some(x), Some(y)) => richcmp_seq(cx, Seq::Tuple(x), Seq::Tuple(y), op),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn tuple_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    this(cx, v)?.hash(cx)
}

fn tuple_count(cx: &mut Ctx, args: Args) -> PyResult {
    let t = this(cx, args[0])?;
    sequence::count(cx, Seq::Tuple(t), args[1])
}

fn tuple_index(cx: &mut Ctx, args: Args) -> PyResult {
    let t = this(cx, args[0])?;
    let (start, stop) = clip_range(cx, args.get(2), args.get(3), t.len())?;
    match sequence::find(cx, Seq::Tuple(t), args[1], start, stop)? {
        Some(i) => Ok(int::from_usize(cx, i)),
        None => Err(cx.value_error("tuple.index(x): x not in tuple")),
    }
}

fn tuple_getnewargs(cx: &mut Ctx, args: Args) -> PyResult {
    let t = this(cx, args[0])?;
    Ok(Tuple::new(cx, &[t.value()]))
}
