//! `super().name`: lookup without making the super object when `super` is the built-in one.

use proto_core::{Kind, Value};

use super::attr::shape_id;
use super::dispatch::*;
use crate::code_rt::cache::{CacheKind, Fill};
use crate::ctx::{Ctx, PyResult};
use crate::native::NativeObj;
use crate::protocol;
use crate::types::{self, Type, lookup, type_epoch};

ops! {
    load_super_attr(pc, base, cx, table) {
        let at = pc.window();
        let cxr = publish(pc, base, cx);
        let name = pc.site().name();
        let r = super_attr(cxr, get(base, at), get(base, at + 1), get(base, at + 2), name, pc.arguments());
        finish!(r, at, pc, base, cx, table)
    }

    load_super_method(pc, base, cx, table) {
        let at = pc.window();
        let f = cached(cx, get(base, at), get(base, at + 1), get(base, at + 2), pc.site().name());
        if !f.is_empty() {
            set(base, at, f);
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let name = pc.site().name();
        let r = super_method(cxr, base.add(at), name, pc.arguments());
        finish_unit!(r, pc, base, cx, table)
    }
}

/// The function that the context's table knows as what `super().name` finds; EMPTY if it knows none.
#[inline(always)]
unsafe fn cached(cx: *mut Ctx, callable: Value, class: Value, receiver: Value, name: Value) -> Value {
    // SAFETY: handler contract. The table's entry is read before anything can change it.
    unsafe {
        let Some(class) = Type::of(class) else { return Value::EMPTY };
        if callable != (*cx).types.super_.value() {
            return Value::EMPTY;
        }
        let e = (*cx).run.mega.get_super(shape_id(receiver), class.data().id, name, type_epoch());
        if e.is_null() { Value::EMPTY } else { Value::from_bits((*e).p1) }
    }
}

/// Remembers a function found behind `class` for receivers of this shape.
fn remember(cx: &mut Ctx, class: Value, receiver: Value, name: Value, epoch: u32, found: Value) {
    let method_like = NativeObj::of(found).is_some_and(|n| n.is_method_like());
    let Some(class) = Type::of(class) else { return };
    if found.is_kind(Kind::Function) || method_like {
        let shape = crate::objects::shape_of(receiver);
        let f = Fill { epoch, p1: found.bits(), ..Fill::new(CacheKind::Function, shape.0, 0) };
        cx.run.mega.put_super(class.data().id, name, &f);
    }
}

/// What stands behind a class in an order of classes.
struct Behind {
    found: Value,
    /// The type whose order it is.
    start: Type,
    /// Whom it is bound to: the receiver, or `EMPTY` where that is `start` itself.
    instance: Value,
}

/// What is found behind `class`; None when the ordinary way must be taken.
#[inline(never)]
fn find(cx: &mut Ctx, callable: Value, class: Value, receiver: Value, name: Value) -> Option<Behind> {
    if callable != cx.types.super_.value() || name == cx.names.__class__ {
        return None;
    }
    let class = Type::of(class)?;
    let (start, instance) = match Type::of(receiver).filter(|r| r.is_subtype(class)) {
        Some(itself) => (itself, Value::EMPTY),
        None => (types::type_of(cx, receiver), receiver),
    };
    if !start.is_subtype(class) {
        return None;
    }
    // What a cache may hold must be seen by mutations of the classes passed.
    lookup::mark_seen(start);
    let mut behind = start.mro_types().skip_while(|t| *t != class).skip(1);
    let found = behind.find_map(|t| t.dict().get_str(name))?;
    Some(Behind { found, start, instance })
}

#[inline(never)]
fn super_attr(cx: &mut Ctx, callable: Value, class: Value, receiver: Value, name: Value, n: usize) -> PyResult {
    if let Some(Behind { found, start, instance }) = find(cx, callable, class, receiver, name) {
        return match types::type_of(cx, found).slots().descr_get() {
            Some(get) => get.call(cx, found, instance, start.value()),
            None => Ok(found),
        };
    }
    let object = super_object(cx, callable, class, receiver, n)?;
    protocol::getattr(cx, object, name)
}

/// Prepares a method call at `window`, where callable, class and receiver stand.
#[inline(never)]
unsafe fn super_method(cx: &mut Ctx, window: *mut Value, name: Value, n: usize) -> PyResult<()> {
    // SAFETY: the window is inside the frame.
    let (callable, class, receiver) = unsafe { (*window, *window.add(1), *window.add(2)) };
    let epoch = type_epoch();
    let (f, unbound) = match find(cx, callable, class, receiver, name) {
        Some(Behind { found, start, instance }) if !instance.is_empty() => {
            // (The shape of a class does not tell whether it is behind another.)
            if Type::of(receiver).is_none() {
                remember(cx, class, receiver, name, epoch, found);
            }
            lookup::lookup_method(cx, found, receiver, start)?
        }
        Some(Behind { found, .. }) if found.is_kind(Kind::Function) => (found, false),
        Some(Behind { found, start, instance }) => match types::type_of(cx, found).slots().descr_get() {
            Some(get) => (get.call(cx, found, instance, start.value())?, false),
            None => (found, false),
        },
        None => {
            let object = super_object(cx, callable, class, receiver, n)?;
            (protocol::getattr(cx, object, name)?, false)
        }
    };
    // SAFETY: as above.
    unsafe {
        *window = f;
        *window.add(2) = if unbound { receiver } else { Value::EMPTY };
    }
    Ok(())
}

/// Calls `super` (or what the name stands for) as it is written: with two arguments or none.
#[inline(never)]
fn super_object(cx: &mut Ctx, callable: Value, class: Value, receiver: Value, n: usize) -> PyResult {
    if n == 0 && callable != cx.types.super_.value() {
        return protocol::call(cx, callable, &[]);
    }
    protocol::call(cx, callable, &[class, receiver])
}
