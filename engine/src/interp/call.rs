//! Calls and returns. Python functions with exactly the arguments they want are entered in place; everything else goes on
//! in [`super::call_slow`].

use proto_core::{Kind, Value};

use super::bind;
use super::call_slow::{call_n, call_names};
use super::dispatch::*;
use super::entry;
use super::fnptr;
use super::unwind::unwind;
use crate::ctx::{Ctx, PyResult};
use crate::objects::layout::{METHOD_FUNC, METHOD_SELF};
use crate::objects::{Dict, FnField, Function, Tuple};
use crate::protocol;
use engine_code::opcodes::func;

/// Enters the function `$f`, whose arguments stand at `$window + 2`, if it wants exactly `$n` of them.
macro_rules! enter_exact {
    ($f:ident, $window:ident, $n:ident, $pc:ident, $base:ident, $cx:ident, $table:ident) => {{
        let code = fnptr::code($f);
        let callee = $window.add(2);
        let end = callee.wrapping_add(code.nregs as usize);
        if code.fast_args as usize == $n && end <= (*$cx).run.soft_limit {
            if poll_due($cx) {
                return poll_then($pc.pc(), $base, $cx, $table);
            }
            *$window.add(1) = Value::from_bits($pc.next() as u64);
            let mut i = $n;
            while i < code.nlocals as usize {
                *callee.add(i) = Value::EMPTY;
                i += 1;
            }
            next!(code.entry(), callee, $cx, $table)
        }
    }};
}

ops! {
    call(pc, base, cx, table) {
        let window = base.add(pc.window());
        let f = *window;
        let n = pc.arguments();
        if f.is_kind(Kind::Function) {
            enter_exact!(f, window, n, pc, base, cx, table)
        }
        return call_n(pc, base, cx, table, n)
    }

    call_method(pc, base, cx, table) {
        let window = base.add(pc.window());
        let f = *window;
        let n = pc.arguments();
        if window.add(2).read().is_empty() {
            return call_unbound(pc, base, cx, table);
        }
        if f.is_kind(Kind::Function) {
            enter_exact!(f, window, n, pc, base, cx, table)
        }
        return call_n(pc, base, cx, table, n)
    }

    call_kw(pc, base, cx, table) {
        return call_names(pc, base, cx, table, pc.arguments())
    }

    call_method_kw(pc, base, cx, table) {
        let n = pc.arguments();
        let args = base.add(pc.window() + 2);
        if args.read().is_empty() {
            std::ptr::copy(args.add(1), args, n - 1);
            return call_names(pc, base, cx, table, n - 1);
        }
        return call_names(pc, base, cx, table, n)
    }

    call_ex(pc, base, cx, table) {
        let at = pc.window();
        let cxr = publish(pc, base, cx);
        match spread(cxr, base.add(at)) {
            Ok(true) => {
                let window = base.add(at);
                *window.add(1) = Value::from_bits(pc.next() as u64);
                next!(fnptr::code(*window).entry(), window.add(2), cx, table)
            }
            Ok(false) => {}
            Err(_) => return unwind(pc.pc(), base, cx, table),
        }
        let r = protocol::call_ex(cxr, get(base, at), get(base, at + 2), get(base, at + 3));
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    return_value(pc, base, cx, table) {
        let v = get(base, pc.value());
        let to = base.sub(1).read().bits() as *const u32;
        let call = At::<views::AnyCall>::preceding(to);
        let caller = base.sub(2 + call.window());
        set(caller, call.dst(), v);
        next!(to, caller, cx, table)
    }

    return_const(pc, base, cx, table) {
        let v = *code(base).consts().add(pc.value());
        let to = base.sub(1).read().bits() as *const u32;
        let call = At::<views::AnyCall>::preceding(to);
        let caller = base.sub(2 + call.window());
        set(caller, call.dst(), v);
        next!(to, caller, cx, table)
    }

    make_function(pc, base, cx, table) {
        return make_function_slow(pc, base, cx, table)
    }

    load_build_class(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = build_class_function(cxr, function(base));
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// Binds the spread arguments of a call of a Python function or of a method that is one. False: the call takes the ordinary way.
#[inline(never)]
unsafe fn spread(cx: &mut Ctx, window: *mut Value) -> PyResult<bool> {
    // SAFETY: handler contract: callee, arguments and keywords stand at `window`, the topmost of the frame.
    unsafe {
        let (callee, args, kwargs) = (*window, *window.add(2), *window.add(3));
        let (f, receiver) = if callee.is_kind(Kind::Function) {
            (callee, Value::EMPTY)
        } else if callee.is_kind(Kind::Method) {
            (fnptr::word(callee, METHOD_FUNC), fnptr::word(callee, METHOD_SELF))
        } else {
            return Ok(false);
        };
        if !f.is_kind(Kind::Function) {
            return Ok(false);
        }
        cx.poll()?;
        let f = fnptr::callee(f);
        let bound = bind::bind_spread(cx, f, window.add(2), receiver, args, kwargs)?;
        if bound {
            *window = f;
        }
        Ok(bound)
    }
}

/// A method call that turned out to be a call of something else: the arguments move down.
#[inline(never)]
unsafe extern "C" fn call_unbound(pc: At<f::Call>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract; `b` counts the empty receiver.
    unsafe {
        let window = base.add(pc.window());
        let args = window.add(2);
        let n = pc.arguments() - 1;
        for i in 0..n {
            *args.add(i) = *args.add(i + 1);
        }
        call_n(pc, base, cx, table, n)
    }
}

/// Whether a value is what code with so many free variables needs: a tuple of as many cells.
#[inline(never)]
fn is_closure(closure: Value, count: usize) -> bool {
    match Tuple::of(closure) {
        Some(cells) => cells.len() == count && cells.items().all(|cell| cell.is_kind(Kind::Cell)),
        None => closure.is_empty() && count == 0,
    }
}

#[inline(never)]
unsafe extern "C" fn make_function_slow(
    pc: At<f::MakeFunction>,
    base: *mut Value,
    cx: *mut Ctx,
    table: *const Handler,
) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let (at, flags) = (pc.window(), pc.parts() as u16);
        let f = function(base);
        let heap = &*cx;
        let Some(child) = code(base).child(heap, pc.code()) else { return invalid(pc.pc(), base, cx, table) };
        let register = |flag: u16, i: usize| if flags & flag != 0 { get(base, at + i) } else { Value::EMPTY };
        let closure = register(func::CLOSURE, 3);
        // The verifier knows no tuples, and `fnptr::closure_cell` relies on this.
        if !is_closure(closure, child.code.freevars.len()) {
            let cxr = publish(pc, base, cx);
            let _ = cxr.system_error("a closure is not a tuple of as many cells as there are free variables");
            return unwind(pc.pc(), base, cx, table);
        }
        let made = Function::new(heap, child, fnptr::globals(f), closure);
        if let (Some(made), Some(outer)) = (Function::of(made), Function::of(f)) {
            made.set_builtins(heap, outer.builtins());
            if flags & func::DEFAULTS != 0 {
                made.set_defaults(heap, get(base, at));
            }
            if flags & func::KWDEFAULTS != 0 {
                made.set_kwdefaults(heap, get(base, at + 1));
            }
            if flags & func::ANNOTATE != 0 {
                made.set_extra(heap, FnField::Annotate, get(base, at + 2));
            }
            if flags & func::ANNOTATIONS != 0 {
                made.set_extra(heap, FnField::Annotations, annotations(heap, get(base, at + 2)));
            }
        }
        set(base, at, made);
        next!(pc.next(), base, cx, table)
    }
}

/// The dict of a flat tuple of names and annotations.
#[inline(never)]
fn annotations(heap: &proto_core::Heap, flat: Value) -> Value {
    let dict = Dict::new(heap);
    if let Some(flat) = Tuple::of(flat) {
        for i in (0..flat.len()).step_by(2) {
            dict.set_str(heap, flat.get(i), flat.get(i + 1));
        }
    }
    dict.value()
}

#[inline(never)]
fn build_class_function(cx: &mut Ctx, function: Value) -> PyResult {
    let name = cx.names.__build_class__;
    let builtins = Function::of(function).map_or(Value::EMPTY, |f| f.builtins());
    match entry::builtin(cx, builtins, name)? {
        Some(v) => Ok(v),
        None => Err(cx.raise(crate::exceptions::Exc::NameError, "__build_class__ not found")),
    }
}
