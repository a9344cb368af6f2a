//! `product`, `permutations`, `combinations`, `combinations_with_replacement`.
//!
//! Slots: 0 the pool (for `product` a tuple of pools; EMPTY when done), 1 a list of indices (EMPTY before the first result;
//! for `permutations` its cycles follow), 2 the length of a result.
//!
//! A list of indices that another thread may see is never changed: a step makes a new one and publishes it by
//! compare-and-swap, so that threads that share an iterator get each result once.

use engine::objects::{List, Obj, Tuple};
use engine::prelude::*;
use engine::protocol;

use super::{collect, instance, made, varargs};

pub static PRODUCT: TypeDef = TypeDef {
    doc: "product(*iterables, repeat=1)\n\nCartesian product of input iterables.  Equivalent to nested for-loops.\n\nFor example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\nThe leftmost iterators are in the outermost for-loop, so the output tuples\ncycle in a manner similar to an odometer (with the rightmost element changing\non every iteration).\n\nTo compute the product of an iterable with itself, specify the number\nof repetitions with the optional repeat keyword argument. For example,\nproduct(A, repeat=4) means the same as product(A, A, A, A).\n\nproduct('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)\nproduct((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, /, *iterables, repeat=1)", product_new, "").leaf(product_leaf)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(product_next), ..Slots::NONE },
    step: Some(product_step),
    ..TypeDef::new("itertools", "product")
};

pub static PERMUTATIONS: TypeDef = TypeDef {
    doc: "Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, /, iterable, r=None)", permutations_new, "").leaf(permutations_leaf)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(permutations_next), ..Slots::NONE },
    step: Some(permutations_step),
    ..TypeDef::new("itertools", "permutations")
};

pub static COMBINATIONS: TypeDef = TypeDef {
    doc: "Return successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, /, iterable, r)", combinations_new, "").leaf(combinations_leaf)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(combinations_next), ..Slots::NONE },
    step: Some(combinations_step),
    ..TypeDef::new("itertools", "combinations")
};

pub static COMBINATIONS_WITH_REPLACEMENT: TypeDef = TypeDef {
    doc: "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(NativeDef::new("__new__", "($type, /, iterable, r)", with_replacement_new, "")),
    slots: Slots { iter: Some(slots::self_iter), next: Some(with_replacement_next), ..Slots::NONE },
    step: Some(with_replacement_step),
    ..TypeDef::new("itertools", "combinations_with_replacement")
};

#[inline(always)]
fn index_at(list: List, i: usize) -> usize {
    list.get(i).and_then(|v| v.as_int()).unwrap_or(0) as usize
}

#[inline(always)]
fn set_index(cx: &Ctx, list: List, i: usize, n: usize) {
    let v = Value::from_usize(n);
    if !list.set_quick(cx, i as u64, v) {
        list.set(cx, i, v);
    }
}

fn first_indices(cx: &Ctx, n: usize, f: impl Fn(usize) -> usize) -> List {
    List::build(cx, n, |i| int::from_usize(cx, f(i)))
}

/// The items of `pool` at the first `r` of `indices`.
fn pick(cx: &Ctx, pool: Tuple, indices: List, r: usize) -> Value {
    Tuple::build(cx, r, |i| pool.get(index_at(indices, i)))
}

fn product_new(cx: &mut Ctx, args: Args) -> PyResult {
    let repeat = args.index_or(cx, 2, 1)?;
    if repeat < 0 {
        return Err(cx.value_error("repeat argument cannot be negative"));
    }
    let pools = List::new(cx);
    if let Some(t) = varargs(args[1]) {
        if t.len().saturating_mul(repeat as usize) > isize::MAX as usize / 8 {
            return Err(cx.overflow_error("repeat argument too large"));
        }
        cx.make_room_for(t.len().max(1).saturating_mul(repeat as usize), 48)?;
        let once = List::new(cx);
        for v in t.items() {
            let pool = collect(cx, v)?.to_tuple(cx);
            once.push(cx, pool);
        }
        for _ in 0..repeat {
            for i in 0..once.len() {
                if let Some(p) = once.get(i) {
                    pools.push(cx, p);
                }
            }
        }
    }
    let n = int::from_usize(cx, pools.len());
    let pools = pools.to_tuple(cx);
    instance(cx, args[0], &[pools, Value::EMPTY, n])
}

/// A pool of an exact tuple or a list that is not long.
fn quick_pool(cx: &Ctx, v: Value) -> Option<Tuple> {
    Tuple::of(v).or_else(|| Tuple::of(List::of(v).filter(|l| l.len() <= 64)?.to_tuple(cx)))
}

fn product_leaf(cx: &Ctx, words: &[Value]) -> Value {
    let mut pools = [Value::EMPTY; 4];
    let given = &words[1..];
    let pools = match pools.get_mut(..given.len()) {
        Some(pools) => pools,
        None => return Value::EMPTY,
    };
    for (place, &v) in pools.iter_mut().zip(given) {
        let Some(pool) = quick_pool(cx, v) else { return Value::EMPTY };
        *place = pool.value();
    }
    let n = Value::from_usize(pools.len());
    made(cx, &PRODUCT, Some(Tuple::new(cx, pools)), |pools| [pools, Value::EMPTY, n])
}

fn permutations_leaf(cx: &Ctx, words: &[Value]) -> Value {
    let [_, v, ref r @ ..] = *words else { return Value::EMPTY };
    let Some(pool) = quick_pool(cx, v) else { return Value::EMPTY };
    let r = match *r {
        [] => Some(pool.len()),
        [r] => r.as_int().and_then(|r| usize::try_from(r).ok()),
        _ => None,
    };
    let Some(r) = r.filter(|&r| r <= pool.len()) else { return Value::EMPTY };
    made(cx, &PERMUTATIONS, Some(pool.value()), |pool| [pool, Value::EMPTY, Value::from_usize(r)])
}

fn combinations_leaf(cx: &Ctx, words: &[Value]) -> Value {
    let [_, v, r] = *words else { return Value::EMPTY };
    let Some(pool) = quick_pool(cx, v) else { return Value::EMPTY };
    let Some(r) = r.as_int().and_then(|r| usize::try_from(r).ok()).filter(|&r| r <= pool.len()) else {
        return Value::EMPTY;
    };
    made(cx, &COMBINATIONS, Some(pool.value()), |pool| [pool, Value::EMPTY, Value::from_usize(r)])
}

/// One step: `first` makes the first indices, `advance` changes them to the next ones (false: there are none), `result`
/// makes what is returned of them.
fn step(
    cx: &Ctx,
    it: Value,
    first: impl Fn(&Ctx) -> List,
    advance: impl Fn(&Ctx, List) -> bool,
    result: impl Fn(&Ctx, List) -> Value,
) -> Option<Value> {
    let o = Obj::of(it)?;
    loop {
        let old = o.slot(cx, 1);
        let shared = cx.is_shared(it);
        let indices = match List::of(old) {
            None => first(cx),
            Some(list) => {
                let list = if shared { list.copy(cx) } else { list };
                if !advance(cx, list) {
                    o.set_slot(cx, 0, Value::EMPTY);
                    return Some(Value::EMPTY);
                }
                list
            }
        };
        let value = result(cx, indices);
        if !shared {
            o.set_slot(cx, 1, indices.value());
            return Some(value);
        }
        if o.cas_slot(cx, 1, old, indices.value()).is_ok() {
            return Some(value);
        }
    }
}

fn product_next(cx: &mut Ctx, it: Value) -> PyResult {
    Ok(product_step(cx, it).unwrap_or(Value::EMPTY))
}

fn product_step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let Some(pools) = Tuple::of(o.slot(cx, 0)) else { return Some(Value::EMPTY) };
    let pool = |i: usize| Tuple::of(pools.get(i));
    let n = pools.len();
    if (0..n).any(|i| pool(i).is_none_or(|p| p.len() == 0)) {
        o.set_slot(cx, 0, Value::EMPTY);
        return Some(Value::EMPTY);
    }
    step(
        cx,
        it,
        |cx| first_indices(cx, n, |_| 0),
        |cx, indices| {
            for d in (0..n).rev() {
                let next = index_at(indices, d) + 1;
                if next < pool(d).map_or(0, |p| p.len()) {
                    set_index(cx, indices, d, next);
                    return true;
                }
                set_index(cx, indices, d, 0);
            }
            false
        },
        |cx, indices| Tuple::build(cx, n, |i| pool(i).map_or(Value::NONE, |p| p.get(index_at(indices, i)))),
    )
}

/// The pool, and the length of results as `permutations` takes it: an int, or None for the pool's length.
fn pool_and_own_length(cx: &mut Ctx, iterable: Value, r: Value) -> Res<(Tuple, usize)> {
    let pool = pool_of(cx, iterable)?;
    let r = match r {
        Value::NONE => pool.len() as i64,
        v if !int::is_sub(cx, v) => return Err(cx.type_error("Expected int as r")),
        v => protocol::ssize(cx, v)?,
    };
    checked_length(cx, r).map(|r| (pool, r))
}

/// The same as the others take it: anything that is an index, looked at first.
fn pool_and_length(cx: &mut Ctx, iterable: Value, r: Value) -> Res<(Tuple, usize)> {
    let r = protocol::ssize(cx, r)?;
    let pool = pool_of(cx, iterable)?;
    checked_length(cx, r).map(|r| (pool, r))
}

fn pool_of(cx: &mut Ctx, iterable: Value) -> Res<Tuple> {
    let pool = collect(cx, iterable)?.to_tuple(cx);
    Tuple::of(pool).ok_or_else(|| cx.type_error("iterable expected"))
}

fn checked_length(cx: &mut Ctx, r: i64) -> Res<usize> {
    let Ok(r) = usize::try_from(r) else { return Err(cx.value_error("r must be non-negative")) };
    // The indices, and each result.
    cx.make_room_for(r, 16)?;
    Ok(r)
}

fn permutations_new(cx: &mut Ctx, args: Args) -> PyResult {
    let (pool, r) = pool_and_own_length(cx, args[1], args.or(2, Value::NONE))?;
    let state = if r > pool.len() { Value::EMPTY } else { pool.value() };
    let n = int::from_usize(cx, r);
    instance(cx, args[0], &[state, Value::EMPTY, n])
}

fn permutations_next(cx: &mut Ctx, it: Value) -> PyResult {
    Ok(permutations_step(cx, it).unwrap_or(Value::EMPTY))
}

fn permutations_step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let Some(pool) = Tuple::of(o.slot(cx, 0)) else { return Some(Value::EMPTY) };
    let (n, r) = (pool.len(), o.slot(cx, 2).as_int().unwrap_or(0) as usize);
    let advance = |cx: &Ctx, list: List| {
        for i in (0..r).rev() {
            let left = index_at(list, n + i).saturating_sub(1);
            set_index(cx, list, n + i, left);
            if left == 0 {
                // Rotate the tail: index i goes to the end.
                let first = index_at(list, i);
                for j in i..n - 1 {
                    let next = index_at(list, j + 1);
                    set_index(cx, list, j, next);
                }
                set_index(cx, list, n - 1, first);
                set_index(cx, list, n + i, n - i);
            } else {
                let j = n - left;
                let (a, b) = (index_at(list, i), index_at(list, j));
                set_index(cx, list, i, b);
                set_index(cx, list, j, a);
                return true;
            }
        }
        false
    };
    step(
        cx,
        it,
        |cx| first_indices(cx, n + r, |i| if i < n { i } else { n - (i - n) }),
        advance,
        |cx, list| pick(cx, pool, list, r),
    )
}

fn combinations_new(cx: &mut Ctx, args: Args) -> PyResult {
    let (pool, r) = pool_and_length(cx, args[1], args[2])?;
    let state = if r > pool.len() { Value::EMPTY } else { pool.value() };
    let n = int::from_usize(cx, r);
    instance(cx, args[0], &[state, Value::EMPTY, n])
}

fn combinations_next(cx: &mut Ctx, it: Value) -> PyResult {
    Ok(combinations_step(cx, it).unwrap_or(Value::EMPTY))
}

fn combinations_step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let Some(pool) = Tuple::of(o.slot(cx, 0)) else { return Some(Value::EMPTY) };
    let (n, r) = (pool.len(), o.slot(cx, 2).as_int().unwrap_or(0) as usize);
    let advance = |cx: &Ctx, indices: List| {
        let Some(i) = (0..r).rev().find(|&i| index_at(indices, i) != i + n - r) else { return false };
        let first = index_at(indices, i) + 1;
        for j in i..r {
            set_index(cx, indices, j, first + j - i);
        }
        true
    };
    step(cx, it, |cx| first_indices(cx, r, |i| i), advance, |cx, indices| pick(cx, pool, indices, r))
}

fn with_replacement_new(cx: &mut Ctx, args: Args) -> PyResult {
    let (pool, r) = pool_and_length(cx, args[1], args[2])?;
    let state = if pool.len() == 0 && r > 0 { Value::EMPTY } else { pool.value() };
    let n = int::from_usize(cx, r);
    instance(cx, args[0], &[state, Value::EMPTY, n])
}

fn with_replacement_next(cx: &mut Ctx, it: Value) -> PyResult {
    Ok(with_replacement_step(cx, it).unwrap_or(Value::EMPTY))
}

fn with_replacement_step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    let Some(pool) = Tuple::of(o.slot(cx, 0)) else { return Some(Value::EMPTY) };
    let (n, r) = (pool.len(), o.slot(cx, 2).as_int().unwrap_or(0) as usize);
    let advance = |cx: &Ctx, indices: List| {
        let Some(i) = (0..r).rev().find(|&i| index_at(indices, i) + 1 != n) else { return false };
        let next = index_at(indices, i) + 1;
        for j in i..r {
            set_index(cx, indices, j, next);
        }
        true
    };
    step(cx, it, |cx| first_indices(cx, r, |_| 0), advance, |cx, indices| pick(cx, pool, indices, r))
}
