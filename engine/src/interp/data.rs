//! Data movement: registers, constants, cells, free variables, locals beyond the registers.

use proto_core::Value;

use super::dispatch::*;
use super::fnptr;
use crate::ctx::{Ctx, Raised};
use crate::exceptions::Exc;
use crate::objects::instance::{alloc_array, array_get, array_set};
use crate::objects::{Cell, Str};

ops! {
    nop(pc, base, cx, table) {
        next!(pc.next(), base, cx, table)
    }

    move_reg(pc, base, cx, table) {
        set(base, pc.dst(), get(base, pc.src()));
        next!(pc.next(), base, cx, table)
    }

    move_any(pc, base, cx, table) {
        set(base, pc.dst(), get(base, pc.src()));
        next!(pc.next(), base, cx, table)
    }

    clear(pc, base, cx, table) {
        set(base, pc.dst(), Value::EMPTY);
        next!(pc.next(), base, cx, table)
    }

    load_const(pc, base, cx, table) {
        set(base, pc.dst(), *code(base).consts().add(pc.value()));
        next!(pc.next(), base, cx, table)
    }

    load_const_wide(pc, base, cx, table) {
        set(base, pc.dst(), *code(base).consts().add(pc.value()));
        next!(pc.next(), base, cx, table)
    }

    load_int(pc, base, cx, table) {
        set(base, pc.dst(), Value::small(pc.value()));
        next!(pc.next(), base, cx, table)
    }

    load_nones(pc, base, cx, table) {
        let first = pc.first();
        for i in 0..pc.count() {
            set(base, first + i, Value::NONE);
        }
        next!(pc.next(), base, cx, table)
    }

    check_bound(pc, base, cx, table) {
        if get(base, pc.local()).is_empty() {
            return unbound_register(pc, base, cx, table);
        }
        next!(pc.next(), base, cx, table)
    }

    delete_local(pc, base, cx, table) {
        if get(base, pc.local()).is_empty() {
            return unbound_register(pc, base, cx, table);
        }
        set(base, pc.local(), Value::EMPTY);
        next!(pc.next(), base, cx, table)
    }

    make_big(pc, base, cx, table) {
        let array = alloc_array(&*cx, pc.slots());
        if pc.arguments() == 1 {
            for i in 0..code(base).nargs as usize {
                big_set(&*cx, array, i, get(base, i));
            }
        }
        set(base, pc.dst(), array);
        next!(pc.next(), base, cx, table)
    }

    load_big(pc, base, cx, table) {
        let v = big_get(get(base, pc.array()), pc.slot());
        if v.is_empty() {
            return unbound_big(pc.pc(), base, cx, table, pc.slot());
        }
        set(base, pc.dst(), v);
        next!(pc.next(), base, cx, table)
    }

    store_big(pc, base, cx, table) {
        big_set(&*cx, get(base, pc.array()), pc.slot(), get(base, pc.value()));
        next!(pc.next(), base, cx, table)
    }

    delete_big(pc, base, cx, table) {
        if big_get(get(base, pc.array()), pc.slot()).is_empty() {
            return unbound_big(pc.pc(), base, cx, table, pc.slot());
        }
        big_set(&*cx, get(base, pc.array()), pc.slot(), Value::EMPTY);
        next!(pc.next(), base, cx, table)
    }

    make_cell(pc, base, cx, table) {
        set(base, pc.cell(), Cell::new(&*cx, get(base, pc.cell())));
        next!(pc.next(), base, cx, table)
    }

    load_cell(pc, base, cx, table) {
        let v = fnptr::cell(get(base, pc.src()));
        if v.is_empty() {
            return unbound_cell(pc, base, cx, table);
        }
        set(base, pc.dst(), v);
        next!(pc.next(), base, cx, table)
    }

    store_cell(pc, base, cx, table) {
        cell_set(&*cx, get(base, pc.container()), get(base, pc.value()));
        next!(pc.next(), base, cx, table)
    }

    delete_cell(pc, base, cx, table) {
        let cell = get(base, pc.value());
        if fnptr::cell(cell).is_empty() {
            return unbound_deleted_cell(pc, base, cx, table);
        }
        cell_set(&*cx, cell, Value::EMPTY);
        next!(pc.next(), base, cx, table)
    }

    load_free(pc, base, cx, table) {
        let v = fnptr::cell(fnptr::closure_cell(function(base), pc.cell()));
        if v.is_empty() {
            return unbound_free(pc.pc(), base, cx, table, pc.cell());
        }
        set(base, pc.dst(), v);
        next!(pc.next(), base, cx, table)
    }

    store_free(pc, base, cx, table) {
        cell_set(&*cx, fnptr::closure_cell(function(base), pc.cell()), get(base, pc.value()));
        next!(pc.next(), base, cx, table)
    }

    delete_free(pc, base, cx, table) {
        let cell = fnptr::closure_cell(function(base), pc.cell());
        if fnptr::cell(cell).is_empty() {
            return unbound_free(pc.pc(), base, cx, table, pc.cell());
        }
        cell_set(&*cx, cell, Value::EMPTY);
        next!(pc.next(), base, cx, table)
    }

    load_free_cell(pc, base, cx, table) {
        set(base, pc.dst(), fnptr::closure_cell(function(base), pc.cell()));
        next!(pc.next(), base, cx, table)
    }
}

slow! {
    unbound_register: Local(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let name = code(base).varnames.get(pc.local()).copied().unwrap_or(Value::EMPTY);
        let _ = unbound_local(cxr, name);
        return super::unwind::unwind(pc.pc(), base, cx, table)
    }

    unbound_cell: Unary(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let name = cell_name(base, pc.src());
        let _ = unbound_local(cxr, name);
        return super::unwind::unwind(pc.pc(), base, cx, table)
    }

    unbound_deleted_cell: Use(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let name = cell_name(base, pc.value());
        let _ = unbound_local(cxr, name);
        return super::unwind::unwind(pc.pc(), base, cx, table)
    }
}

/// The slot of the array of locals that the instruction at `pc` wants is EMPTY.
#[cold]
#[inline(never)]
unsafe extern "C" fn unbound_big(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler, slot: usize) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let cxr = publish(pc, base, cx);
        match code(base).code.big_locals.get(slot) {
            Some(name) => drop(unbound_named(cxr, name)),
            None => drop(cxr.system_error("no such local")),
        }
        super::unwind::unwind(pc, base, cx, table)
    }
}

/// The cell of the closure that the instruction at `pc` wants is empty.
#[cold]
#[inline(never)]
unsafe extern "C" fn unbound_free(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler, cell: usize) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let cxr = publish(pc, base, cx);
        let name = code(base).freevars.get(cell).copied().unwrap_or(Value::EMPTY);
        let _ = free_error(cxr, name);
        super::unwind::unwind(pc, base, cx, table)
    }
}

/// Raises the NameError of an unbound free variable.
#[inline(never)]
pub(super) fn free_error(cx: &mut Ctx, name: Value) -> Raised {
    let text = Str::of(name).map_or(String::new(), |s| s.to_text().into_owned());
    let text =
        format!("cannot access free variable '{text}' where it is not associated with a value in enclosing scope");
    cx.raise(Exc::NameError, text)
}

#[inline(never)]
fn unbound_text(name: &str) -> String {
    format!("cannot access local variable '{name}' where it is not associated with a value")
}

#[inline(never)]
fn unbound_named(cx: &mut Ctx, name: &str) -> Raised {
    cx.raise(Exc::UnboundLocalError, unbound_text(name))
}

#[inline(never)]
fn unbound_local(cx: &mut Ctx, name: Value) -> Raised {
    let text = Str::of(name).map_or(String::new(), |s| s.to_text().into_owned());
    unbound_named(cx, &text)
}

/// Name of the cell variable in a register.
#[inline(never)]
unsafe fn cell_name(base: *mut Value, register: usize) -> Value {
    // SAFETY: handler contract, from the callers.
    let code = unsafe { code(base) };
    let at = code.code.cellvars.iter().position(|c| c.1 as usize == register);
    at.and_then(|i| code.cellvars.get(i).copied()).unwrap_or(Value::EMPTY)
}

#[inline]
fn cell_set(heap: &proto_core::Heap, cell: Value, v: Value) {
    if let Some(cell) = Cell::of(cell) {
        cell.set(heap, v);
    }
}

#[inline(never)]
fn big_get(array: Value, i: usize) -> Value {
    array_get(array, i)
}

#[inline(never)]
fn big_set(heap: &proto_core::Heap, array: Value, i: usize, v: Value) {
    array_set(heap, array, i, v);
}
