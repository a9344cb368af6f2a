//! Unpacking assignments.

use proto_core::{Kind, RootVec, Value};

use super::dispatch::*;
use super::unwind::unwind;
use crate::ctx::{Ctx, PyResult, Raised};
use crate::objects::{Dict, List, Tuple};
use crate::protocol;
use crate::types;

ops! {
    unpack_sequence(pc, base, cx, table) {
        let v = get(base, pc.src());
        let (at, n) = (pc.first(), pc.count());
        if let Some(t) = Tuple::of(v) && t.len() == n {
            if n == 2 {
                let (v, w) = (t.get(0), t.get(1));
                set(base, at, v);
                set(base, at + 1, w);
                next!(pc.next(), base, cx, table)
            }
            if n == 3 {
                let (u, v, w) = (t.get(0), t.get(1), t.get(2));
                set(base, at, u);
                set(base, at + 1, v);
                set(base, at + 2, w);
                next!(pc.next(), base, cx, table)
            }
        }
        return unpack_other(pc, base, cx, table)
    }

    unpack_ex(pc, base, cx, table) {
        let v = get(base, pc.src());
        let (at, before, after) = (pc.first(), pc.before(), pc.after());
        let cxr = publish(pc, base, cx);
        let window = std::slice::from_raw_parts_mut(base.add(at), before + 1 + after);
        let r = unpack_starred(cxr, v, before, window);
        finish_unit!(r, pc, base, cx, table)
    }
}

/// Longer tuples, and lists.
#[inline(never)]
unsafe extern "C" fn unpack_other(pc: At<f::Unpack>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let v = get(base, pc.src());
        let (at, n) = (pc.first(), pc.count());
        if let Some(t) = Tuple::of(v)
            && t.len() == n
        {
            for i in 0..n {
                set(base, at + i, t.get(i));
            }
            next!(pc.next(), base, cx, table)
        }
        if let Some(list) = List::of(v)
            && list.len() == n
        {
            for i in 0..n {
                set(base, at + i, list.get(i).unwrap_or(Value::NONE));
            }
            next!(pc.next(), base, cx, table)
        }
        // Subclasses of tuple that iterate as tuples do.
        if v.is_kind(Kind::Object)
            && let Some(t) = tuple_of(&*cx, v)
            && t.len() == n
        {
            for i in 0..n {
                set(base, at + i, t.get(i));
            }
            next!(pc.next(), base, cx, table)
        }
        unpack_slow(pc, base, cx, table)
    }
}

/// The tuple in an instance of a subclass that iterates as tuples do.
#[inline(never)]
fn tuple_of(cx: &Ctx, v: Value) -> Option<Tuple> {
    let iter = |ty: types::Type| ty.slots().iter().map(|f| f.addr());
    let t = Tuple::of_sub(cx, v)?;
    (iter(types::type_of(cx, v)) == iter(cx.types.tuple)).then_some(t)
}

slow! {
    unpack_slow: Unpack(pc, base, cx, table) {
        let v = get(base, pc.src());
        let cxr = publish(pc, base, cx);
        let window = std::slice::from_raw_parts_mut(base.add(pc.first()), pc.count());
        let r = unpack_exact(cxr, v, window);
        match r {
            Ok(()) => next!(pc.next(), base, cx, refreshed(cx, table)),
            Err(_) => return unwind(pc.pc(), base, cx, table),
        }
    }
}

/// Unpacks `v` into exactly as many items as `window` has; nothing is written before all are there.
#[inline(never)]
pub(super) fn unpack_exact(cx: &mut Ctx, v: Value, window: &mut [Value]) -> PyResult<()> {
    let n = window.len();
    let sized =
        Tuple::of(v).map(|t| t.len()).or_else(|| List::of(v).map(|l| l.len())).or_else(|| Dict::of(v).map(|d| d.len()));
    if let Some(len) = sized {
        if len > n {
            return Err(cx.value_error(format!("too many values to unpack (expected {n}, got {len})")));
        }
        if len < n {
            return Err(cx.value_error(format!("not enough values to unpack (expected {n}, got {len})")));
        }
    }
    let it = start(cx, v)?;
    let mut items = RootVec::with_capacity(cx, n);
    while items.len() < n {
        match protocol::next(cx, it)? {
            Some(item) => items.push(item),
            None => {
                let got = items.len();
                return Err(cx.value_error(format!("not enough values to unpack (expected {n}, got {got})")));
            }
        }
    }
    if protocol::next(cx, it)?.is_some() {
        return Err(cx.value_error(format!("too many values to unpack (expected {n})")));
    }
    window.copy_from_slice(&items);
    Ok(())
}

#[inline(never)]
fn unpack_starred(cx: &mut Ctx, v: Value, before: usize, window: &mut [Value]) -> PyResult<()> {
    let after = window.len() - before - 1;
    if let Some(t) = Tuple::of(v).filter(|t| t.len() >= before + after) {
        let n = t.len();
        let middle = List::build(cx, n - before - after, |i| t.get(before + i));
        for (i, slot) in window.iter_mut().enumerate() {
            *slot = match i.cmp(&before) {
                std::cmp::Ordering::Less => t.get(i),
                std::cmp::Ordering::Equal => middle.value(),
                std::cmp::Ordering::Greater => t.get(n - (before + after + 1 - i)),
            };
        }
        return Ok(());
    }
    let it = start(cx, v)?;
    let mut items = RootVec::new(cx);
    while let Some(item) = protocol::next(cx, it)? {
        items.push(item);
        cx.poll()?;
    }
    let n = items.len();
    if n < before + after {
        return Err(
            cx.value_error(format!("not enough values to unpack (expected at least {}, got {n})", before + after))
        );
    }
    window[..before].copy_from_slice(&items[..before]);
    window[before] = List::from_slice(cx, &items[before..n - after]).value();
    window[before + 1..].copy_from_slice(&items[n - after..]);
    Ok(())
}

#[inline(never)]
fn start(cx: &mut Ctx, v: Value) -> PyResult {
    let ty = types::type_of(cx, v);
    if ty.slots().iter().is_none() && ty.slots().getitem().is_none() {
        return Err(not_iterable(cx, v));
    }
    protocol::iter(cx, v)
}

#[inline(never)]
fn not_iterable(cx: &mut Ctx, v: Value) -> Raised {
    let name = types::type_name(cx, v);
    cx.type_error(format!("cannot unpack non-iterable {name} object"))
}
