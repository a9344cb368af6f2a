//! `range` and `slice`.

use engine::objects::{List, Range, Slice, Tuple, iter};
use engine::prelude::*;
use engine::protocol;

use crate::leaf;

use crate::sequence;

fn this(cx: &mut Ctx, v: Value) -> Res<Range> {
    match Range::of(v) {
        Some(r) => Ok(r),
        None => Err(sequence::wrong_self(cx, "range", v)),
    }
}

pub static RANGE: TypeDef = TypeDef {
    doc: "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).",
    flags: TypeFlags::SEQUENCE,
    new: Some(NativeDef::new("__new__", "($type, *args)", range_new, "").leaf(leaf::range_new).hide_sig()),
    slots: Slots {
        repr: Some(range_repr),
        len: Some(range_len),
        bool: Some(range_bool),
        getitem: Some(range_getitem),
        iter: Some(range_iter),
        contains: Some(range_contains),
        richcmp: Some(range_richcmp),
        hash: Some(range_hash),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "count",
            "($self, value, /)",
            range_count,
            "rangeobject.count(value) -> integer -- return number of occurrences of value",
        ),
        NativeDef::new(
            "index",
            "($self, value, /)",
            range_index,
            "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present.",
        ),
        NativeDef::new("__reversed__", "($self, /)", range_reversed, "Return a reverse iterator."),
        NativeDef::new("__reduce__", "($self, /)", range_reduce, ""),
    ],
    members: &[
        Member::computed("start", |cx, v| Ok(this(cx, v)?.start()), ""),
        Member::computed("stop", |cx, v| Ok(this(cx, v)?.stop()), ""),
        Member::computed("step", |cx, v| Ok(this(cx, v)?.step()), ""),
    ],
    ..TypeDef::new("builtins", "range")
};

fn range_new(cx: &mut Ctx, args: Args) -> PyResult {
    let given = match Tuple::of(args[1]) {
        Some(t) => t,
        None => return Err(cx.type_error("range expected at least 1 argument, got 0")),
    };
    let (start, stop, step) = match given.len() {
        0 => return Err(cx.type_error("range expected at least 1 argument, got 0")),
        1 => (Value::small(0), given.get(0), Value::small(1)),
        2 => (given.get(0), given.get(1), Value::small(1)),
        3 => (given.get(0), given.get(1), given.get(2)),
        n => return Err(cx.type_error(format!("range expected at most 3 arguments, got {n}"))),
    };
    let start = protocol::index_value(cx, start)?;
    let stop = protocol::index_value(cx, stop)?;
    let step = protocol::index_value(cx, step)?;
    if step == Value::small(0) {
        return Err(cx.value_error("range() arg 3 must not be zero"));
    }
    Ok(Range::new(cx, start, stop, step))
}

fn range_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let r = this(cx, v)?;
    let mut text = String::from("range(");
    text.push_str(&int_text(r.start()));
    text.push_str(", ");
    text.push_str(&int_text(r.stop()));
    if r.step() != Value::small(1) {
        text.push_str(", ");
        text.push_str(&int_text(r.step()));
    }
    text.push(')');
    Ok(Str::new(cx, &text))
}

fn int_text(v: Value) -> String {
    match int::to_i64(v) {
        Some(i) => i.to_string(),
        None => int::to_big(v).map(|b| b.to_string()).unwrap_or_default(),
    }
}

fn range_len(cx: &mut Ctx, v: Value) -> Res<usize> {
    let r = this(cx, v)?;
    match r.len_i64() {
        Some(n) => Ok(n as usize),
        None => Err(cx.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

fn range_bool(cx: &mut Ctx, v: Value) -> Res<bool> {
    let r = this(cx, v)?;
    Ok(r.len(cx) != Value::small(0))
}

fn range_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let r = this(cx, v)?;
    if let Some(slice) = Slice::of(key) {
        return r.slice(cx, slice);
    }
    if types::type_of(cx, key).slots().index().is_none() {
        let name = sequence::type_name(cx, key);
        return Err(cx.type_error(format!("range indices must be integers or slices, not {name}")));
    }
    if let (Some((start, _, step)), Some(len), Some(i)) = (r.small(), r.len_i64(), key.as_int()) {
        let i = if i < 0 { i + len } else { i };
        if (0..len).contains(&i) {
            return Ok(int::from_i128(cx, i128::from(start) + i128::from(i) * i128::from(step)));
        }
    }
    let mut i = protocol::index_value(cx, key)?;
    let len = r.len(cx);
    if int::sign(i) < 0 {
        i = protocol::add(cx, i, len)?;
    }
    if int::sign(i) < 0 || int::cmp(i, len).is_ge() {
        return Err(cx.index_error("range object index out of range"));
    }
    let step = protocol::mul(cx, i, r.step())?;
    protocol::add(cx, r.start(), step)
}

fn range_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let r = this(cx, v)?;
    Ok(iter::range_iter(cx, r))
}

/// The position of the int `v` in the range.
fn position(cx: &mut Ctx, r: Range, v: Value) -> Res<Option<Value>> {
    if let (Some((start, _, step)), Some(len), Some(v)) = (r.small(), r.len_i64(), v.as_int()) {
        // Differences of small ints fit a word.
        let offset = v - start;
        let quotient = offset / step;
        let inside =
            quotient * step == offset && (0..len).contains(&quotient) && (offset == 0 || (offset < 0) == (step < 0));
        return Ok(inside.then(|| int::from_i64(cx, quotient)));
    }
    let offset = protocol::sub(cx, v, r.start())?;
    let quotient = protocol::floordiv(cx, offset, r.step())?;
    let back = protocol::mul(cx, quotient, r.step())?;
    let len = r.len(cx);
    let inside = int::cmp(back, offset).is_eq() && int::sign(quotient) >= 0 && int::cmp(quotient, len).is_lt();
    Ok(inside.then_some(quotient))
}

fn is_exact_int(cx: &mut Ctx, v: Value) -> bool {
    let ty = types::type_of(cx, v);
    ty == cx.types.int || ty == cx.types.bool
}

fn as_int(cx: &mut Ctx, v: Value) -> PyResult {
    protocol::index_value(cx, v)
}

fn range_contains(cx: &mut Ctx, v: Value, item: Value) -> Res<bool> {
    let r = this(cx, v)?;
    if is_exact_int(cx, item) {
        let item = as_int(cx, item)?;
        return Ok(position(cx, r, item)?.is_some());
    }
    let it = iter::range_iter(cx, r);
    while let Some(x) = protocol::next(cx, it)? {
        if protocol::eq(cx, x, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn range_count(cx: &mut Ctx, args: Args) -> PyResult {
    let r = this(cx, args[0])?;
    if is_exact_int(cx, args[1]) {
        let item = as_int(cx, args[1])?;
        return Ok(Value::small(i32::from(position(cx, r, item)?.is_some())));
    }
    let mut n = 0;
    let it = iter::range_iter(cx, r);
    while let Some(x) = protocol::next(cx, it)? {
        if protocol::eq(cx, x, args[1])? {
            n += 1;
        }
    }
    Ok(int::from_usize(cx, n))
}

fn range_index(cx: &mut Ctx, args: Args) -> PyResult {
    let r = this(cx, args[0])?;
    if is_exact_int(cx, args[1]) {
        let item = as_int(cx, args[1])?;
        if let Some(i) = position(cx, r, item)? {
            return Ok(i);
        }
        return Err(cx.value_error("range.index(x): x not in range"));
    }
    let it = iter::range_iter(cx, r);
    let mut i = 0;
    while let Some(x) = protocol::next(cx, it)? {
        if protocol::eq(cx, x, args[1])? {
            return Ok(int::from_usize(cx, i));
        }
        i += 1;
    }
    Err(cx.value_error("sequence.index(x): x not in sequence"))
}

fn range_reversed(cx: &mut Ctx, args: Args) -> PyResult {
    let r = this(cx, args[0])?;
    let len = r.len(cx);
    let one = Value::small(1);
    let last = protocol::sub(cx, len, one)?;
    let offset = protocol::mul(cx, last, r.step())?;
    let start = protocol::add(cx, r.start(), offset)?;
    let stop = protocol::sub(cx, r.start(), r.step())?;
    let step = protocol::neg(cx, r.step())?;
    let backwards = Range::new(cx, start, stop, step);
    range_iter(cx, backwards)
}

fn range_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let r = this(cx, args[0])?;
    let inner = Tuple::new(cx, &[r.start(), r.stop(), r.step()]);
    let class = cx.types.range.value();
    Ok(Tuple::new(cx, &[class, inner]))
}

/// What equality and hashing of ranges look at: length, first value, step, as far as they matter.
fn identity(cx: &mut Ctx, r: Range) -> (Value, Value, Value) {
    let len = r.len(cx);
    if len == Value::small(0) {
        (len, Value::NONE, Value::NONE)
    } else if len == Value::small(1) {
        (len, r.start(), Value::NONE)
    } else {
        (len, r.start(), r.step())
    }
}

fn range_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (Range::of(a), Range::of(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (p, q) = (identity(cx, x), identity(cx, y));
    let same = protocol::eq(cx, p.0, q.0)? && protocol::eq(cx, p.1, q.1)? && protocol::eq(cx, p.2, q.2)?;
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn range_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let r = this(cx, v)?;
    let (a, b, c) = identity(cx, r);
    let t = Tuple::new(cx, &[a, b, c]);
    protocol::hash(cx, t)
}

fn slice_this(cx: &mut Ctx, v: Value) -> Res<Slice> {
    match Slice::of(v) {
        Some(s) => Ok(s),
        None => Err(sequence::wrong_self(cx, "slice", v)),
    }
}

pub static SLICE: TypeDef = TypeDef {
    doc: "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. a[0:10:2]).",
    new: Some(NativeDef::new("__new__", "($type, *args)", slice_new, "").hide_sig()),
    slots: Slots { repr: Some(slice_repr), richcmp: Some(slice_richcmp), hash: Some(slice_hash), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "indices",
            "($self, object, /)",
            slice_indices,
            "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and stop\nindices, and the stride length of the extended slice described by\nS. Out of bounds indices are clipped in a manner consistent with the\nhandling of normal slices.",
        ),
        NativeDef::new("__reduce__", "($self, /)", slice_reduce, "Return state information for pickling."),
    ],
    members: &[
        Member::computed("start", |cx, v| Ok(slice_this(cx, v)?.start()), ""),
        Member::computed("stop", |cx, v| Ok(slice_this(cx, v)?.stop()), ""),
        Member::computed("step", |cx, v| Ok(slice_this(cx, v)?.step()), ""),
    ],
    ..TypeDef::new("builtins", "slice")
};

fn slice_new(cx: &mut Ctx, args: Args) -> PyResult {
    let given = match Tuple::of(args[1]) {
        Some(t) if t.len() > 0 => t,
        _ => return Err(cx.type_error("slice expected at least 1 argument, got 0")),
    };
    let none = Value::NONE;
    match given.len() {
        1 => Ok(Slice::new(cx, none, given.get(0), none)),
        2 => Ok(Slice::new(cx, given.get(0), given.get(1), none)),
        3 => Ok(Slice::new(cx, given.get(0), given.get(1), given.get(2))),
        n => Err(cx.type_error(format!("slice expected at most 3 arguments, got {n}"))),
    }
}

fn fields(cx: &mut Ctx, s: Slice) -> Value {
    Tuple::new(cx, &[s.start(), s.stop(), s.step()])
}

fn slice_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let s = slice_this(cx, v)?;
    let mut out = engine::objects::StrBuilder::new();
    out.push_str("slice(");
    sequence::push_repr(cx, &mut out, s.start())?;
    out.push_str(", ");
    sequence::push_repr(cx, &mut out, s.stop())?;
    out.push_str(", ");
    sequence::push_repr(cx, &mut out, s.step())?;
    out.push_str(")");
    out.wish(cx)
}

fn slice_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (Slice::of(a), Slice::of(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let (p, q) = (fields(cx, x), fields(cx, y));
    protocol::compare(cx, p, q, op)
}

fn slice_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let s = slice_this(cx, v)?;
    let t = fields(cx, s);
    protocol::hash(cx, t)
}

/// `slice.indices` works with integers of any size, unlike subscripting.
fn slice_indices(cx: &mut Ctx, args: Args) -> PyResult {
    let s = slice_this(cx, args[0])?;
    let len = protocol::index_value(cx, args[1])?;
    if int::sign(len) < 0 {
        return Err(cx.value_error("length should not be negative"));
    }
    let (start, stop, step) = s.long_indices(cx, len)?;
    Ok(Tuple::new(cx, &[start, stop, step]))
}

fn slice_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let s = slice_this(cx, args[0])?;
    let inner = fields(cx, s);
    let class = cx.types.slice.value();
    Ok(Tuple::new(cx, &[class, inner]))
}

/// The items of a range as a list, for callers that need one.
pub fn to_list(cx: &mut Ctx, r: Range) -> Res<List> {
    crate::list::collect(cx, r.value())
}
