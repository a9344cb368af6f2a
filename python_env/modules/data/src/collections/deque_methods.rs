//! The methods of `deque`.

use engine::objects::{List, Tuple};
use engine::prelude::*;
use engine::protocol;

use super::deque::{DEQUE, Deque, Pause, new_like, reversed};

pub const METHODS: &[NativeDef] = &[
    NativeDef::new("append", "($self, item, /)", append, "Add an element to the right side of the deque.")
        .leaf(append_quick),
    NativeDef::new("appendleft", "($self, item, /)", appendleft, "Add an element to the left side of the deque.")
        .leaf(appendleft_quick),
    NativeDef::new("clear", "($self, /)", clear, "Remove all elements from the deque."),
    NativeDef::new("copy", "($self, /)", copy, "Return a shallow copy of a deque."),
    NativeDef::new("__copy__", "($self, /)", copy, "Return a shallow copy of a deque."),
    NativeDef::new("count", "($self, value, /)", count, "Return number of occurrences of value."),
    NativeDef::new(
        "extend",
        "($self, iterable, /)",
        extend,
        "Extend the right side of the deque with elements from the iterable.",
    ),
    NativeDef::new(
        "extendleft",
        "($self, iterable, /)",
        extendleft,
        "Extend the left side of the deque with elements from the iterable.",
    ),
    NativeDef::new(
        "index",
        "($self, value, start=0, stop=sys.maxsize, /)",
        index,
        "Return first index of value.\n\nRaises ValueError if the value is not present.",
    ),
    NativeDef::new("insert", "($self, index, value, /)", insert, "Insert value before index."),
    NativeDef::new("pop", "($self, /)", pop, "Remove and return the rightmost element.").leaf(pop_quick),
    NativeDef::new("popleft", "($self, /)", popleft, "Remove and return the leftmost element.").leaf(popleft_quick),
    NativeDef::new("remove", "($self, value, /)", remove, "Remove first occurrence of value."),
    NativeDef::new("reverse", "($self, /)", reverse, "Reverse *IN PLACE*."),
    NativeDef::new(
        "rotate",
        "($self, n=1, /)",
        rotate,
        "Rotate the deque n steps to the right.  If n is negative, rotates left.",
    ),
    NativeDef::new("__reversed__", "($self, /)", reversed, "Return a reverse iterator over the deque."),
    NativeDef::new("__reduce__", "($self, /)", reduce, "Return state information for pickling."),
    NativeDef::new("__sizeof__", "($self, /)", sizeof, "Return the size of the deque in memory, in bytes."),
];

pub fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    let bound = match args.or(2, Value::NONE) {
        Value::NONE => None,
        v => {
            if !int::is_sub(cx, v) {
                return Err(cx.type_error("an integer is required"));
            }
            let n = protocol::index(cx, v)?;
            if n < 0 {
                return Err(cx.value_error("maxlen must be non-negative"));
            }
            Some(n as usize)
        }
    };
    d.set_bound(cx, bound);
    if d.len(cx) > 0 {
        d.clear(cx);
    }
    if let Some(iterable) = args.get(1) {
        extend_right(cx, d, iterable)?;
    }
    Ok(Value::NONE)
}

pub fn extend_right(cx: &mut Ctx, d: Deque, iterable: Value) -> Res<()> {
    if iterable == d.0.value() {
        let items = d.snapshot(cx);
        return protocol::for_each(cx, items.value(), |cx, v| {
            d.push_back(cx, v);
            Ok(())
        });
    }
    protocol::for_each(cx, iterable, |cx, v| {
        d.push_back(cx, v);
        Ok(())
    })
}

/// The deque that exactly is `v`, for the quick forms.
fn exact(cx: &Ctx, v: Value) -> Option<Deque> {
    if cx.is_exactly(v, &DEQUE) { Obj::of(v).map(Deque) } else { None }
}

fn append_quick(cx: &Ctx, args: &[Value]) -> Value {
    let [d, v] = *args else { return Value::EMPTY };
    let Some(d) = exact(cx, d) else { return Value::EMPTY };
    d.push_back(cx, v);
    Value::NONE
}

fn appendleft_quick(cx: &Ctx, args: &[Value]) -> Value {
    let [d, v] = *args else { return Value::EMPTY };
    let Some(d) = exact(cx, d) else { return Value::EMPTY };
    d.push_front(cx, v);
    Value::NONE
}

fn pop_quick(cx: &Ctx, args: &[Value]) -> Value {
    let [d] = *args else { return Value::EMPTY };
    exact(cx, d).and_then(|d| d.pop_back(cx)).unwrap_or(Value::EMPTY)
}

fn popleft_quick(cx: &Ctx, args: &[Value]) -> Value {
    let [d] = *args else { return Value::EMPTY };
    exact(cx, d).and_then(|d| d.pop_front(cx)).unwrap_or(Value::EMPTY)
}

fn append(cx: &mut Ctx, args: Args) -> PyResult {
    Deque::this(cx, args[0])?.push_back(cx, args[1]);
    Ok(Value::NONE)
}

fn appendleft(cx: &mut Ctx, args: Args) -> PyResult {
    Deque::this(cx, args[0])?.push_front(cx, args[1]);
    Ok(Value::NONE)
}

fn clear(cx: &mut Ctx, args: Args) -> PyResult {
    Deque::this(cx, args[0])?.clear(cx);
    Ok(Value::NONE)
}

fn copy(cx: &mut Ctx, args: Args) -> PyResult {
    let items = Deque::this(cx, args[0])?.snapshot(cx);
    let out = new_like(cx, args[0])?;
    out.replace(cx, items);
    Ok(out.0.value())
}

fn extend(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    extend_right(cx, d, args[1])?;
    Ok(Value::NONE)
}

fn extendleft(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    let source = if args[1] == args[0] { d.snapshot(cx).value() } else { args[1] };
    protocol::for_each(cx, source, |cx, v| {
        d.push_front(cx, v);
        Ok(())
    })?;
    Ok(Value::NONE)
}

fn pop(cx: &mut Ctx, args: Args) -> PyResult {
    match Deque::this(cx, args[0])?.pop_back(cx) {
        Some(v) => Ok(v),
        None => Err(cx.index_error("pop from an empty deque")),
    }
}

fn popleft(cx: &mut Ctx, args: Args) -> PyResult {
    match Deque::this(cx, args[0])?.pop_front(cx) {
        Some(v) => Ok(v),
        None => Err(cx.index_error("pop from an empty deque")),
    }
}

/// The first index in `start..stop` of an item equal to `item`; a change of the deque by what a comparison calls, or while it does,
/// is an error. Items that compare without a call are passed as one step.
fn find(cx: &mut Ctx, d: Deque, item: Value, start: usize, stop: usize, error: Exc) -> Res<Option<usize>> {
    let mut i = start;
    while i < stop {
        let (at, pause) = d.seek(cx, item, i, stop);
        let (v, changes) = match pause {
            Pause::End => return Ok(None),
            Pause::Equal => return Ok(Some(at)),
            Pause::Ask(v, changes) => (v, changes),
        };
        let equal = protocol::eq(cx, v, item)?;
        // Another thread may have moved the item to where the search has been.
        if d.changes(cx) != changes {
            return Err(cx.raise(error, "deque mutated during iteration"));
        }
        if equal {
            return Ok(Some(at));
        }
        i = at + 1;
    }
    Ok(None)
}

pub fn contains(cx: &mut Ctx, v: Value, item: Value) -> Res<bool> {
    let d = Deque::this(cx, v)?;
    Ok(find(cx, d, item, 0, usize::MAX, Exc::RuntimeError)?.is_some())
}

fn count(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    let (mut n, mut from) = (0, 0);
    while let Some(i) = find(cx, d, args[1], from, usize::MAX, Exc::RuntimeError)? {
        n += 1;
        from = i + 1;
    }
    Ok(int::from_usize(cx, n))
}

fn index(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    let len = d.len(cx) as i64;
    let mut clip = |v: Option<Value>, default: i64| -> Res<usize> {
        let i = match v {
            Some(v) => engine::objects::slice::bound_clip(cx, v)?,
            None => default,
        };
        Ok(if i < 0 { i.saturating_add(len).max(0) } else { i.min(len) } as usize)
    };
    let (start, stop) = (clip(args.get(2), 0)?, clip(args.get(3), i64::MAX)?);
    match find(cx, d, args[1], start, stop, Exc::RuntimeError)? {
        Some(i) => Ok(int::from_usize(cx, i)),
        None => Err(cx.value_error("deque.index(x): x not in deque")),
    }
}

fn insert(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    let i = args.index(cx, 1)?;
    d.admit(cx, args[2]);
    if d.insert(cx, i, args[2]) { Ok(Value::NONE) } else { Err(cx.index_error("deque already at its maximum size")) }
}

fn remove(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    loop {
        let seen = d.changes(cx);
        let Some(i) = find(cx, d, args[1], 0, usize::MAX, Exc::IndexError)? else {
            return Err(cx.value_error("deque.remove(x): x not in deque"));
        };
        // Another thread may have moved the item since.
        if d.remove_at(cx, i, seen) {
            return Ok(Value::NONE);
        }
    }
}

fn reverse(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    d.edit(cx, |heap, items| {
        items.reverse(heap);
        true
    });
    Ok(Value::NONE)
}

fn rotate(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    let n = args.index_or(cx, 1, 1)?;
    d.rotate(cx, n);
    Ok(Value::NONE)
}

/// The integer that a subscript is.
fn position(cx: &mut Ctx, key: Value) -> Res<i64> {
    if types::type_of(cx, key).slots().index().is_none() {
        let name = types::type_name(cx, key);
        return Err(cx.type_error(format!("sequence index must be integer, not '{name}'")));
    }
    protocol::subscript_index(cx, key)
}

pub fn getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let d = Deque::this(cx, v)?;
    let i = position(cx, key)?;
    match d.get_index(cx, i) {
        Some(item) => Ok(item),
        None => Err(cx.index_error("deque index out of range")),
    }
}

pub fn setitem(cx: &mut Ctx, v: Value, key: Value, item: Value) -> Res<()> {
    let d = Deque::this(cx, v)?;
    let i = position(cx, key)?;
    let done = if item == Value::EMPTY { d.remove_index(cx, i) } else { d.set_index(cx, i, item) };
    if done { Ok(()) } else { Err(cx.index_error("deque index out of range")) }
}

pub fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (Deque::of(cx, a), Deque::of(cx, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (p, q) = (x.snapshot(cx).value(), y.snapshot(cx).value());
    protocol::compare(cx, p, q, op)
}

pub fn concat(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some(left) = Deque::of(cx, a) else { return Ok(Value::NOT_IMPLEMENTED) };
    let Some(right) = Deque::of(cx, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    let (items, more) = (left.snapshot(cx), right.snapshot(cx));
    items.extend_from_list(cx, more);
    let out = new_like(cx, a)?;
    out.replace(cx, items);
    Ok(out.0.value())
}

pub fn iadd(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let d = Deque::this(cx, a)?;
    extend_right(cx, d, b)?;
    Ok(a)
}

fn repeated(cx: &mut Ctx, d: Deque, n: Value) -> Res<Option<List>> {
    if types::type_of(cx, n).slots().index().is_none() {
        return Ok(None);
    }
    let n = protocol::index(cx, n)?.max(0) as usize;
    let items = d.snapshot(cx);
    cx.attempt(|heap| items.repeat(heap, n)).map(Some)
}

pub fn repeat(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (v, n) = if Deque::of(cx, a).is_some() { (a, b) } else { (b, a) };
    let d = Deque::this(cx, v)?;
    let Some(items) = repeated(cx, d, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let out = new_like(cx, v)?;
    out.replace(cx, items);
    Ok(out.0.value())
}

pub fn irepeat(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let d = Deque::this(cx, a)?;
    if types::type_of(cx, b).slots().index().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let n = protocol::index(cx, b)?.max(0) as usize;
    if d.edit(cx, |heap, items| items.repeat_in_place(heap, n)) { Ok(a) } else { Err(cx.memory_error()) }
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let d = Deque::this(cx, args[0])?;
    let inner = match d.bound(cx) {
        None => Tuple::empty(cx),
        Some(n) => {
            let parts = [Tuple::empty(cx), int::from_usize(cx, n)];
            Tuple::new(cx, &parts)
        }
    };
    let get_state = cx.names.__getstate__;
    let state = protocol::call_method(cx, args[0], get_state, &[])?;
    let it = protocol::iter(cx, args[0])?;
    let class = types::type_of(cx, args[0]).value();
    Ok(Tuple::new(cx, &[class, inner, state, it]))
}

fn sizeof(cx: &mut Ctx, args: Args) -> PyResult {
    let n = Deque::this(cx, args[0])?.len(cx);
    Ok(int::from_usize(cx, 232 + 8 * n))
}
