//! Iteration: `for` loops over lists, tuples, ranges, generators and everything else.

use proto_core::{Kind, ShapeId, Value};

use super::dispatch::*;
use super::fnptr;
use super::generator::{for_generator, resume_window};
use super::special::{self, enter};
use super::unwind::unwind;
use crate::ctx::{Ctx, PyResult};
use crate::objects::iter::Pair;
use crate::objects::{self, Generator, List, shapes};
use crate::protocol;
use crate::types;
use engine_code::Op;

/// Goes on in a loop with an item, or behind it if the item is EMPTY.
macro_rules! go_on {
    ($item:expr, $pc:ident, $base:ident, $cx:ident, $table:ident) => {{
        let item = $item;
        if item.is_empty() {
            next!($pc.next(), $base, $cx, $table)
        }
        set($base, $pc.item(), item);
        let target = $pc.body();
        if poll_due($cx) {
            return poll_then(target, $base, $cx, $table);
        }
        next!(target, $base, $cx, $table)
    }};
}

ops! {
    get_iter(pc, base, cx, table) {
        let v = get(base, pc.src());
        if let Some(it) = objects::iter::iter_fast(&*cx, v) {
            set(base, pc.dst(), it);
            next!(pc.next(), base, cx, table)
        }
        enter!(special::unary(returns::ITER.to(pc), base, cx, v, (*cx).names.__iter__), cx, table);
        let cxr = publish(pc, base, cx);
        let r = protocol::iter(cxr, v);
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    for_iter(pc, base, cx, table) {
        let it = get(base, pc.iterator());
        if it.is_kind(Kind::Object) {
            let shape = ShapeId(fnptr::header(it) as u32);
            if shape == shapes::LIST_ITER {
                let item = objects::iter::list_step(it);
                if item.is_empty() {
                    return for_iter_end(pc, base, cx, table);
                }
                go_on!(item, pc, base, cx, table)
            }
            if shape == shapes::RANGE_ITER && !objects::raw::is_shared(it) {
                go_on!(objects::iter::range_next(it), pc, base, cx, table)
            }
            if shape == shapes::TUPLE_ITER {
                let item = objects::iter::tuple_step(it);
                if item.is_empty() {
                    return for_iter_end(pc, base, cx, table);
                }
                go_on!(item, pc, base, cx, table)
            }
        }
        if it.is_kind(Kind::Generator) {
            return for_generator(pc, base, cx, table);
        }
        return for_iter_core(pc, base, cx, table)
    }

    for_pair(pc, base, cx, table) {
        let it = get(base, pc.iterator());
        match next_pair(&*cx, it, base.add(pc.item()), base.add(pc.second())) {
            Step::Pair => {
                let target = pc.body();
                if poll_due(cx) {
                    return poll_then(target, base, cx, table);
                }
                next!(target, base, cx, table)
            }
            Step::End => next!(pc.next(), base, cx, table),
            Step::Item => return unpack_pair(pc, base, cx, table),
            Step::Other => return for_iter_other(pc.view(), base, cx, table),
        }
    }

    range_prep(pc, base, cx, table) {
        let at = pc.window();
        let n = pc.arguments();
        if get(base, at) != (*cx).types.range.value() {
            next!(pc.next(), base, cx, table)
        }
        let (start, stop, step) = match n {
            1 => (Value::small(0), get(base, at + 2), Value::small(1)),
            2 => (get(base, at + 2), get(base, at + 3), Value::small(1)),
            _ => (get(base, at + 2), get(base, at + 3), get(base, at + 4)),
        };
        if start.is_int() && stop.is_int() && step.is_int() && step.bits() != 0 {
            let (first, last, by) = (start.int_unchecked(), stop.int_unchecked(), step.int_unchecked());
            let count = range_count(first, last, by);
            set(base, at, Value::from_bits((count as u64) << 2));
            set(base, at + 1, start);
            set(base, at + 2, step);
            next!(pc.ready(), base, cx, table)
        }
        next!(pc.next(), base, cx, table)
    }

    for_range(pc, base, cx, table) {
        let state = pc.state();
        let left = get(base, state);
        if left.is_int() {
            if (left.bits() as i64) > 0 {
                let item = get(base, state + 1);
                set(base, state, Value::from_bits(left.bits() - 4));
                set(base, pc.item(), item);
                // Past the last item this may wrap; nobody looks at it then.
                let step = get(base, state + 2).bits();
                set(base, state + 1, Value::from_bits(item.bits().wrapping_add(step)));
                let target = pc.body();
                if poll_due(cx) {
                    return poll_then(target, base, cx, table);
                }
                next!(target, base, cx, table)
            }
            next!(pc.next(), base, cx, table)
        }
        return for_iter(pc.view(), base, cx, table)
    }
}

/// What a step of a loop over pairs gave.
enum Step {
    /// Both registers are written.
    Pair,
    /// The first register holds the item, still to be unpacked.
    Item,
    /// There is no further item.
    End,
    /// Nothing was done.
    Other,
}

/// The next item of a core iterator into two registers.
///
/// # Safety
/// Both point at registers of the running window.
#[inline(never)]
unsafe fn next_pair(heap: &proto_core::Heap, it: Value, first: *mut Value, second: *mut Value) -> Step {
    // SAFETY: by the caller.
    unsafe {
        match objects::iter::pair_next(heap, it) {
            Pair::Items(v, w) => {
                *first = v;
                *second = w;
                return Step::Pair;
            }
            Pair::End => return Step::End,
            Pair::Item(item) => {
                *first = item;
                return Step::Item;
            }
            Pair::Unknown => {}
        }
        match objects::iter::next_fast(heap, it) {
            Some(Value::EMPTY) => Step::End,
            Some(item) => {
                *first = item;
                Step::Item
            }
            None => Step::Other,
        }
    }
}

/// Goes on in the loop at `pc` with the item in `r[a]`.
pub(super) unsafe extern "C" fn with_item(pc: At<views::Step>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract; `pc` is at a loop's step.
    unsafe {
        if pc.op() == Op::ForPair as u8 {
            return unpack_pair(At::new(pc.pc()), base, cx, table);
        }
        let target = pc.body();
        if poll_due(cx) {
            return poll_then(target, base, cx, table);
        }
        next!(target, base, cx, table)
    }
}

/// Unpacks the item in `r[a]` for the loop over pairs at `pc`. Errors belong to the instruction behind.
#[inline(never)]
unsafe extern "C" fn unpack_pair(pc: At<f::PairLoop>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let at = pc.next();
        let cxr = publish(at, base, cx);
        match unpack_two(cxr, base.add(pc.item()), base.add(pc.second())) {
            Ok(()) => {
                let target = pc.body();
                if poll_due(cx) {
                    return poll_then(target, base, cx, table);
                }
                next!(target, base, cx, refreshed(cx, table))
            }
            Err(_) => unwind(at, base, cx, table),
        }
    }
}

/// # Safety
/// Both point at registers of the running window.
#[inline(never)]
unsafe fn unpack_two(cx: &mut Ctx, first: *mut Value, second: *mut Value) -> PyResult<()> {
    let mut items = [Value::EMPTY; 2];
    // SAFETY: by the caller.
    unsafe {
        if let Some(list) = List::of(*first)
            && list.len() == 2
            && let (Some(v), Some(w)) = (list.get(0), list.get(1))
        {
            *first = v;
            *second = w;
            return Ok(());
        }
        super::unpack::unpack_exact(cx, *first, &mut items)?;
        *first = items[0];
        *second = items[1];
    }
    Ok(())
}

/// How many items a range of small ints has.
#[inline]
fn range_count(first: i64, last: i64, step: i64) -> i64 {
    // Small ints have 62 bits: differences fit.
    if step > 0 {
        if first < last { (last - first - 1) / step + 1 } else { 0 }
    } else if first > last {
        (first - last - 1) / -step + 1
    } else {
        0
    }
}

/// The end of a loop over a list or a tuple.
#[inline(never)]
unsafe extern "C" fn for_iter_end(pc: At<f::Loop>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`); the handler has checked what the iterator is.
    unsafe {
        objects::iter::finish(&*cx, get(base, pc.iterator()));
        next!(pc.next(), base, cx, table)
    }
}

/// A loop over one of the less frequent core iterators, or anything else.
#[inline(never)]
unsafe extern "C" fn for_iter_core(pc: At<f::Loop>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let it = get(base, pc.iterator());
        let shape = if it.is_kind(Kind::Object) { fnptr::header(it) as u32 } else { 0 };
        if shape == shapes::DICT_KEY_ITER.0 {
            if let Some(item) = objects::iter::dict_key_next(&*cx, it) {
                go_on!(item, pc, base, cx, table)
            }
        } else if shape == shapes::DICT_VALUE_ITER.0 {
            if let Some(item) = objects::iter::dict_value_next(&*cx, it) {
                go_on!(item, pc, base, cx, table)
            }
        } else if let Some(item) = objects::iter::next_fast(&*cx, it) {
            go_on!(item, pc, base, cx, table)
        } else if let Some(item) = protocol::iter::quick_step(&*cx, it) {
            go_on!(item, pc, base, cx, table)
        }
        for_iter_other(pc, base, cx, table)
    }
}

#[inline(never)]
pub(super) unsafe extern "C" fn for_iter_other(pc: At<f::Loop>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let it = get(base, pc.iterator());
        if let Some(g) = Generator::of(it)
            && g.kind() == shapes::GENERATOR
        {
            let window = resume_window(&mut *cx, returns::GENERATOR_FOR.to(pc), base, g, Value::NONE);
            if !window.is_null() {
                next!(g.pc(), window, cx, table)
            }
        }
        if !protocol::iter::is_known_step(&*cx, it) {
            enter!(special::unary(returns::NEXT.to(pc), base, cx, it, (*cx).names.__next__), cx, table);
        }
        let cxr = publish(pc, base, cx);
        let r = next_item(cxr, it);
        match r {
            Ok(item) => {
                let table = refreshed(cx, table);
                if item.is_empty() {
                    next!(pc.next(), base, cx, table)
                }
                set(base, pc.item(), item);
                with_item(pc.view(), base, cx, table)
            }
            Err(_) => unwind(pc.pc(), base, cx, table),
        }
    }
}

/// The next item through the type's slot; EMPTY at the end.
#[inline(never)]
fn next_item(cx: &mut Ctx, it: Value) -> PyResult {
    let r = match protocol::iter::step_of(cx, it) {
        Some(next) => next.call(cx, it),
        None => {
            let name = types::type_name(cx, it);
            return Err(cx.type_error(format!("'{name}' object is not an iterator")));
        }
    };
    match r {
        Err(raised) if cx.matches(&raised, crate::exceptions::Exc::StopIteration) => {
            cx.clear(raised);
            Ok(Value::EMPTY)
        }
        r => r,
    }
}
