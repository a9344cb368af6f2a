//! The module `_heapq`. An operation on a heap that threads share is one step for them while no Python code has to compare its
//! items: a lock of the module's own is held. Where Python code compares, each step reads and writes the list on its own.

use std::sync::{Mutex, TryLockError};

use engine::objects::{List, simple_lt};
use engine::prelude::*;
use engine::protocol;

pub static HEAPQ: ModuleDef = ModuleDef {
    doc: "Heap queue algorithm (a.k.a. priority queue).",
    functions: &[
        NativeDef::new(
            "heappush",
            "($module, heap, item, /)",
            |cx, a| push(cx, a, CmpOp::Lt),
            "Push item onto heap, maintaining the heap invariant.",
        ).leaf(|cx, args| push_quick(cx, args, CmpOp::Lt)),
        NativeDef::new(
            "heappushpop",
            "($module, heap, item, /)",
            |cx, a| push_pop(cx, a, CmpOp::Lt),
            "Push item on the heap, then pop and return the smallest item from the heap.\n\nThe combined action runs more efficiently than heappush() followed by\na separate call to heappop().",
        ).leaf(|cx, args| push_pop_quick(cx, args, CmpOp::Lt)),
        NativeDef::new(
            "heappop",
            "($module, heap, /)",
            |cx, a| pop(cx, a, CmpOp::Lt),
            "Pop the smallest item off the heap, maintaining the heap invariant.",
        ).leaf(|cx, args| pop_quick(cx, args, CmpOp::Lt)),
        NativeDef::new(
            "heapreplace",
            "($module, heap, item, /)",
            |cx, a| replace(cx, a, CmpOp::Lt),
            "Pop and return the current smallest value, and add the new item.\n\nThis is more efficient than heappop() followed by heappush(), and can be\nmore appropriate when using a fixed-size heap.  Note that the value\nreturned may be larger than item!  That constrains reasonable uses of\nthis routine unless written as part of a conditional replacement:\n\n    if item > heap[0]:\n        item = heapreplace(heap, item)",
        ).leaf(|cx, args| replace_quick(cx, args, CmpOp::Lt)),
        NativeDef::new(
            "heapify",
            "($module, heap, /)",
            |cx, a| heapify(cx, a, CmpOp::Lt),
            "Transform list into a heap, in-place, in O(len(heap)) time.",
        ),
        NativeDef::new(
            "heappush_max",
            "($module, heap, item, /)",
            |cx, a| push(cx, a, CmpOp::Gt),
            "Push item onto max heap, maintaining the heap invariant.",
        ),
        NativeDef::new(
            "heappushpop_max",
            "($module, heap, item, /)",
            |cx, a| push_pop(cx, a, CmpOp::Gt),
            "Maxheap variant of heappushpop.\n\nThe combined action runs more efficiently than heappush_max() followed by\na separate call to heappop_max().",
        ),
        NativeDef::new(
            "heappop_max",
            "($module, heap, /)",
            |cx, a| pop(cx, a, CmpOp::Gt),
            "Maxheap variant of heappop.",
        ),
        NativeDef::new(
            "heapreplace_max",
            "($module, heap, item, /)",
            |cx, a| replace(cx, a, CmpOp::Gt),
            "Maxheap variant of heapreplace.",
        ),
        NativeDef::new(
            "heapify_max",
            "($module, heap, /)",
            |cx, a| heapify(cx, a, CmpOp::Gt),
            "Maxheap variant of heapify.",
        ),
    ],
    constants: &[(
        "__about__",
        Const::Str(
            "Heaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for\nall k, counting elements from 0.",
        ),
    )],
    ..ModuleDef::new("_heapq")
};

fn list(cx: &mut Ctx, args: Args) -> Res<List> {
    match List::of_sub(cx, args[0]) {
        Some(l) => Ok(l),
        None => Err(args.wrong(cx, 0, "list")),
    }
}

fn at(cx: &mut Ctx, heap: List, i: usize) -> PyResult {
    match heap.get(i) {
        Some(v) => Ok(v),
        None => Err(cx.runtime_error("list changed size during iteration")),
    }
}

/// Whether `a` belongs above `b`: for a max heap `b < a`, since only `<` is asked of items.
fn above(cx: &mut Ctx, a: Value, b: Value, order: CmpOp) -> Res<bool> {
    if order == CmpOp::Lt {
        protocol::compare_bool(cx, a, b, CmpOp::Lt)
    } else {
        protocol::compare_bool(cx, b, a, CmpOp::Lt)
    }
}

/// Moves the item at `pos` up to its place, not above `start`.
fn sift_down(cx: &mut Ctx, heap: List, start: usize, mut pos: usize, order: CmpOp) -> Res<()> {
    let len = heap.len();
    let item = at(cx, heap, pos)?;
    while pos > start {
        let parent_pos = (pos - 1) >> 1;
        let parent = at(cx, heap, parent_pos)?;
        let up = above(cx, item, parent, order)?;
        if heap.len() != len {
            return Err(cx.runtime_error("list changed size during iteration"));
        }
        if !up {
            break;
        }
        heap.set(cx, pos, parent);
        heap.set(cx, parent_pos, item);
        pos = parent_pos;
    }
    Ok(())
}

/// Moves the item at `pos` to a leaf along the better children, then up to its place.
fn sift_up(cx: &mut Ctx, heap: List, mut pos: usize, order: CmpOp) -> Res<()> {
    let len = heap.len();
    let start = pos;
    let limit = len >> 1;
    while pos < limit {
        let mut child = 2 * pos + 1;
        if child + 1 < len {
            let (a, b) = (at(cx, heap, child)?, at(cx, heap, child + 1)?);
            if !above(cx, a, b, order)? {
                child += 1;
            }
            if heap.len() != len {
                return Err(cx.runtime_error("list changed size during iteration"));
            }
        }
        let (up, down) = (at(cx, heap, child)?, at(cx, heap, pos)?);
        heap.set(cx, child, down);
        heap.set(cx, pos, up);
        pos = child;
    }
    sift_down(cx, heap, start, pos, order)
}

fn push(cx: &mut Ctx, args: Args, order: CmpOp) -> PyResult {
    let heap = list(cx, args)?;
    if let Some(done) = in_turn(cx, args, order, push_in) {
        return Ok(done);
    }
    heap.push(cx, args[1]);
    let last = heap.len().saturating_sub(1);
    sift_down(cx, heap, 0, last, order)?;
    Ok(Value::NONE)
}

fn pop(cx: &mut Ctx, args: Args, order: CmpOp) -> PyResult {
    let heap = list(cx, args)?;
    if let Some(done) = in_turn(cx, args, order, pop_in) {
        return Ok(done);
    }
    let Some(last) = heap.pop(cx) else { return Err(cx.index_error("index out of range")) };
    let Some(top) = heap.get(0) else { return Ok(last) };
    heap.set(cx, 0, last);
    sift_up(cx, heap, 0, order)?;
    Ok(top)
}

fn replace(cx: &mut Ctx, args: Args, order: CmpOp) -> PyResult {
    let heap = list(cx, args)?;
    if let Some(done) = in_turn(cx, args, order, replace_in) {
        return Ok(done);
    }
    let Some(top) = heap.get(0) else { return Err(cx.index_error("index out of range")) };
    heap.set(cx, 0, args[1]);
    sift_up(cx, heap, 0, order)?;
    Ok(top)
}

fn push_pop(cx: &mut Ctx, args: Args, order: CmpOp) -> PyResult {
    let heap = list(cx, args)?;
    if let Some(done) = in_turn(cx, args, order, push_pop_in) {
        return Ok(done);
    }
    let Some(top) = heap.get(0) else { return Ok(args[1]) };
    if !above(cx, top, args[1], order)? {
        return Ok(args[1]);
    }
    let Some(top) = heap.get(0) else { return Err(cx.index_error("index out of range")) };
    heap.set(cx, 0, args[1]);
    sift_up(cx, heap, 0, order)?;
    Ok(top)
}

fn heapify(cx: &mut Ctx, args: Args, order: CmpOp) -> PyResult {
    let heap = list(cx, args)?;
    if in_turn(cx, args, order, heapify_in).is_some() {
        return Ok(Value::NONE);
    }
    for i in (0..heap.len() / 2).rev() {
        sift_up(cx, heap, i, order)?;
        cx.poll()?;
    }
    Ok(Value::NONE)
}

/// The heap of a quick form: an exact list that no other thread sees.
fn own(cx: &Ctx, v: Value) -> Option<List> {
    List::of(v).filter(|_| !cx.is_shared(v))
}

/// A form of an operation that runs no Python code and does not poll; EMPTY where it would have to.
type Quick = fn(&Ctx, List, &[Value], CmpOp) -> Value;

/// Locks for heaps that threads share, by address.
static LOCKS: [Mutex<()>; 64] = [const { Mutex::new(()) }; 64];

/// The quick form on a shared heap, undisturbed by other operations of this module.
fn in_turn(cx: &mut Ctx, args: Args, order: CmpOp, f: Quick) -> Option<Value> {
    let heap = List::of(args[0]).filter(|_| cx.is_shared(args[0]))?;
    let lock = &LOCKS[(args[0].addr() >> 6) % LOCKS.len()];
    // Taken by who runs, never in a blocking region: a fork stops who runs and finds no lock held.
    let guard = loop {
        match lock.try_lock() {
            Ok(guard) => break guard,
            Err(TryLockError::Poisoned(guard)) => break guard.into_inner(),
            Err(TryLockError::WouldBlock) => cx.blocking(std::thread::yield_now),
        }
    };
    let done = f(cx, heap, &[args[0], args.or(1, Value::EMPTY)], order);
    drop(guard);
    done.non_empty()
}

/// As [`above`] where no Python code has to run.
fn above_quick(a: Value, b: Value, order: CmpOp) -> Option<bool> {
    if order == CmpOp::Lt { simple_lt(a, b) } else { simple_lt(b, a) }
}

/// Deeper than any heap.
const DEPTH: usize = 64;

/// Puts `item` in the place of item `root` of the first `len` items. None, and nothing done, where Python code has to compare.
fn settle(cx: &Ctx, heap: List, root: usize, len: usize, item: Value, order: CmpOp) -> Option<()> {
    // The way down along the better children, then how far up from its end the item belongs.
    let mut way = [root; DEPTH];
    let mut n = 0;
    loop {
        let mut child = 2 * way[n] + 1;
        if child >= len {
            break;
        }
        if child + 1 < len && !above_quick(heap.get(child)?, heap.get(child + 1)?, order)? {
            child += 1;
        }
        n += 1;
        way[n] = child;
    }
    while n > 0 && above_quick(item, heap.get(way[n])?, order)? {
        n -= 1;
    }
    for i in 0..n {
        heap.set(cx, way[i], heap.get(way[i + 1])?);
    }
    heap.set(cx, way[n], item);
    Some(())
}

/// Of an operation whose heap no other thread sees.
fn quick(cx: &Ctx, args: &[Value], order: CmpOp, f: Quick) -> Value {
    match args.first().and_then(|&heap| own(cx, heap)) {
        Some(heap) => f(cx, heap, args, order),
        None => Value::EMPTY,
    }
}

fn push_quick(cx: &Ctx, args: &[Value], order: CmpOp) -> Value {
    quick(cx, args, order, push_in)
}

fn pop_quick(cx: &Ctx, args: &[Value], order: CmpOp) -> Value {
    // Other counts are the general form's to refuse.
    if args.len() == 1 { quick(cx, args, order, pop_in) } else { Value::EMPTY }
}

fn replace_quick(cx: &Ctx, args: &[Value], order: CmpOp) -> Value {
    quick(cx, args, order, replace_in)
}

fn push_pop_quick(cx: &Ctx, args: &[Value], order: CmpOp) -> Value {
    quick(cx, args, order, push_pop_in)
}

/// All of it or, where Python code has to compare, some of it: that much is done again.
fn heapify_in(cx: &Ctx, heap: List, _: &[Value], order: CmpOp) -> Value {
    let len = heap.len();
    for i in (0..len / 2).rev() {
        let settled = heap.get(i).and_then(|item| settle(cx, heap, i, len, item, order));
        if settled.is_none() {
            return Value::EMPTY;
        }
    }
    Value::NONE
}

fn push_in(cx: &Ctx, heap: List, args: &[Value], order: CmpOp) -> Value {
    let [_, item] = *args else { return Value::EMPTY };
    let last = heap.len();
    let mut pos = last;
    while pos > 0 {
        let parent = (pos - 1) >> 1;
        match heap.get(parent).and_then(|v| above_quick(item, v, order)) {
            Some(true) => pos = parent,
            Some(false) => break,
            None => return Value::EMPTY,
        }
    }
    heap.push(cx, item);
    let mut at = last;
    while at > pos {
        let parent = (at - 1) >> 1;
        if let Some(v) = heap.get(parent) {
            heap.set(cx, at, v);
        }
        at = parent;
    }
    heap.set(cx, pos, item);
    Value::NONE
}

fn pop_in(cx: &Ctx, heap: List, _: &[Value], order: CmpOp) -> Value {
    let Some(len) = heap.len().checked_sub(1) else { return Value::EMPTY };
    let (Some(top), Some(last)) = (heap.get(0), heap.get(len)) else { return Value::EMPTY };
    if len > 0 && settle(cx, heap, 0, len, last, order).is_none() {
        return Value::EMPTY;
    }
    heap.pop(cx);
    top
}

fn replace_in(cx: &Ctx, heap: List, args: &[Value], order: CmpOp) -> Value {
    let [_, item] = *args else { return Value::EMPTY };
    let Some(top) = heap.get(0) else { return Value::EMPTY };
    if settle(cx, heap, 0, heap.len(), item, order).is_some() { top } else { Value::EMPTY }
}

fn push_pop_in(cx: &Ctx, heap: List, args: &[Value], order: CmpOp) -> Value {
    let [_, item] = *args else { return Value::EMPTY };
    match heap.get(0) {
        None => item,
        Some(top) => match above_quick(top, item, order) {
            Some(true) => replace_in(cx, heap, args, order),
            Some(false) => item,
            None => Value::EMPTY,
        },
    }
}
