//! What machine code calls.
//!
//! SAFETY of all functions here: they are called by units only, with the context of the running thread, the window that the unit
//! works on and instructions of the code that the window belongs to: the handler contract (see `interp::dispatch`). The
//! registers that the instruction and what may look at the frame need have been written.

use proto_core::{Kind, Value};

use super::tables::{is_call, return_table, returned};
use super::{LEFT, RETURNED};
use crate::ctx::Ctx;
use crate::interp::dispatch::*;
use crate::native::def::Role;
use crate::native::object::role_of;
use crate::objects::{self, Dict, Lookup};
use crate::types::type_epoch;

/// The instruction behind is next.
pub const NEXT: u64 = 0;
/// The jump was taken.
pub const JUMPED: u64 = 1;
/// The unit must be left: [`super::Jit::exit_pc`] and its companions say how.
pub const AWAY: u64 = 2;

/// Runs one instruction by its handler, and what it calls if that has machine code. What machine code takes for granted
/// (classes, the table, registers that nobody else writes to) is looked at again afterwards.
unsafe extern "C" fn step(
    pc: *const u32,
    base: *mut Value,
    cx: *mut Ctx,
    next: *const u32,
    target: *const u32,
    epoch: u64,
) -> u64 {
    // SAFETY: see the module.
    unsafe {
        let jit = &raw mut (*cx).run.jit;
        let (turn, rewrites, table_before) = ((*jit).turn.get(), (*jit).rewrites.get(), (*cx).run.table);
        if collects(pc, base) {
            // What machine code has left on the native stack would be taken for references.
            (*jit).exit_pc = pc;
            (*jit).exit_base = base;
            (*jit).exit = 0;
            return AWAY;
        }
        handle(pc, base, cx);
        while !(*jit).exit_pc.is_null() && (*jit).exit_base > base && (*cx).run.table == table_before {
            if !call(cx) {
                return AWAY;
            }
        }
        let to = (*jit).exit_pc;
        let same = (*jit).exit_base == base
            && !to.is_null()
            && (*cx).run.table == table_before
            && (*jit).turn.get() == turn
            && (*jit).rewrites.get() == rewrites
            && type_epoch() as u64 == epoch;
        match same {
            true if to == next => NEXT,
            true if to == target => JUMPED,
            _ => AWAY,
        }
    }
}

/// Whether the instruction calls what collects because the program asks for it: nobody but the interpreter does that.
#[inline(always)]
unsafe fn collects(pc: *const u32, base: *mut Value) -> bool {
    // SAFETY: see the module; a call's operand A is its window, in which the callee stands.
    unsafe {
        if !is_call(*pc as u8) {
            return false;
        }
        let callee = get(base, (*pc >> 8) as u8 as usize);
        callee.is_kind(Kind::Native) && role_of(callee) == Role::Collects
    }
}

/// Lets the handler of an instruction work; where it leads stands in the context then.
#[inline(always)]
unsafe fn handle(pc: *const u32, base: *mut Value, cx: *mut Ctx) {
    // SAFETY: the caller's: the handler contract.
    unsafe {
        let jit = &raw mut (*cx).run.jit;
        (*jit).exit_pc = std::ptr::null();
        (*jit).exit = 0;
        let handler = (*table().add(*pc as u8 as usize)).0;
        handler(pc, base, cx, return_table());
    }
}

/// Runs the function whose window has just been opened by its machine code, and what is to happen when the window returns. False
/// if it has none, or leaves it.
#[inline(always)]
unsafe fn call(cx: *mut Ctx) -> bool {
    // SAFETY: see the module; the window is a frame's.
    unsafe {
        let jit = &raw mut (*cx).run.jit;
        let (entry, callee) = ((*jit).exit_pc, (*jit).exit_base);
        if (*cx).poll_due() || (*cx).is_stack_short() || entry != code(callee).entry() {
            return false;
        }
        let Some(unit) = (*jit).code_at(entry, type_epoch()) else { return false };
        let out = unit(callee, cx);
        if out.status == LEFT {
            return false;
        }
        debug_assert!(out.status == RETURNED);
        let (to, window) = returned(callee, Value::from_bits(out.value));
        if is_hook(to) {
            handle(to, window, cx);
        } else {
            (*jit).exit_pc = to;
            (*jit).exit_base = window;
        }
        true
    }
}

/// A float as a value.
unsafe extern "C" fn float(cx: *mut Ctx, bits: u64) -> u64 {
    // SAFETY: see the module.
    unsafe { (*cx).float(f64::from_bits(bits)).bits() }
}

/// The remainder of floats, the divisor not zero.
extern "C" fn float_mod(f: f64, g: f64) -> f64 {
    crate::interp::arith::float_mod(f, g)
}

/// Stores a value into an object that is not shared.
unsafe extern "C" fn store(cx: *mut Ctx, object: u64, word: u64, v: u64) {
    // SAFETY: see the module; the object has such a word of a value.
    unsafe { (*cx).store(Value::from_bits(object), word as usize, Value::from_bits(v)) }
}

/// What [`next_item`] answers if the handler must be asked.
pub const UNKNOWN: u64 = 1;

/// The next item of one of the core's iterators, EMPTY at the end.
unsafe extern "C" fn next_item(cx: *mut Ctx, it: u64) -> u64 {
    // SAFETY: see the module.
    unsafe { objects::iter::next_fast(&*cx, Value::from_bits(it)).map_or(UNKNOWN, Value::bits) }
}

/// An iterator over one of the core's containers, EMPTY for others.
unsafe extern "C" fn iter(cx: *mut Ctx, v: u64) -> u64 {
    // SAFETY: see the module.
    unsafe { objects::iter::iter_fast(&*cx, Value::from_bits(v)).unwrap_or(Value::EMPTY).bits() }
}

/// An item of an exact dict by a key that needs no Python code; EMPTY: the handler must be asked.
unsafe extern "C" fn dict_item(dict: u64, key: u64) -> u64 {
    // SAFETY: see the module; both are values in registers.
    unsafe {
        match Dict::of(Value::from_bits(dict)).map(|d| d.get_fast(Value::from_bits(key))) {
            Some(Lookup::Found(v)) => v.bits(),
            _ => Value::EMPTY.bits(),
        }
    }
}

/// The quick form of a native function with the arguments in the window; EMPTY if it has none or leaves the call to the other.
unsafe extern "C" fn leaf(cx: *mut Ctx, f: u64, args: *const Value, n: u64) -> u64 {
    // SAFETY: see the module; `f` is an object of kind `Native`, and `n` arguments stand at `args`.
    unsafe {
        let args = std::slice::from_raw_parts(args, n as usize);
        let f = Value::from_bits(f);
        debug_assert!(f.is_kind(Kind::Native));
        crate::native::object::try_leaf(&*cx, f, args).bits()
    }
}

/// The helpers, for the compiler.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // they are named as the functions above
pub enum Helper {
    Step,
    Float,
    FloatMod,
    Store,
    NextItem,
    Iter,
    DictItem,
    Leaf,
}

impl Helper {
    /// Its address.
    pub fn address(self) -> u64 {
        match self {
            Helper::Step => step as *const () as u64,
            Helper::Float => float as *const () as u64,
            Helper::FloatMod => float_mod as *const () as u64,
            Helper::Store => store as *const () as u64,
            Helper::NextItem => next_item as *const () as u64,
            Helper::Iter => iter as *const () as u64,
            Helper::DictItem => dict_item as *const () as u64,
            Helper::Leaf => leaf as *const () as u64,
        }
    }
}
