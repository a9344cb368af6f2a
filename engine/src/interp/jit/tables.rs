//! The dispatch tables of threads that compile.
//!
//! * [`counting_table`]: the ordinary handlers, but jumps backward and calls go through [`edge`], which lets the handler dispatch
//!   through a table in which everything leads to [`arrive`]: that sees where the edge leads.
//! * [`recording_table`]: everything leads to [`observe`], which notes operands and goes on with the ordinary handler.
//! * [`return_table`]: everything leads back to machine code, which had one instruction done by its handler.
//!
//! The first and the second are tables of a thread (`run.table`); the others are private to one instruction, so handlers keep
//! the table that they were called with (see `dispatch::refreshed`).

use engine_code::opcodes::Flags;
use engine_code::{Op, Span};
use proto_core::Value;

use super::{LEFT, Out, RETURNED};
use crate::ctx::Ctx;
use crate::interp::dispatch::*;
use crate::types::type_epoch;

/// What leads to code that may be hot: jumps backward and calls.
const fn is_edge(flags: Flags) -> bool {
    flags.has(Flags::BACK) || flags.has(Flags::CALLS)
}

/// The ordinary table with other handlers for edges.
macro_rules! counting {
    ($($op:ident $name:ident $format:ident [$($flag:ident)*] $span:ident $doc:literal;)*) => {
        static COUNTING: [Handler; 256] = {
            let mut table = ORDINARY;
            $(if is_edge(Flags::NONE$(.or(Flags::$flag))*) {
                table[Op::$op as usize] = Handler(edge);
            })*
            table
        };
    };
}
engine_code::for_each_opcode!(counting);

macro_rules! calls {
    ($($op:ident $name:ident $format:ident [$($flag:ident)*] $span:ident $doc:literal;)*) => {
        static CALLS: [bool; 256] = {
            let mut calls = [false; 256];
            $(calls[Op::$op as usize] = matches!(Span::$span, Span::Call | Span::CallMethod | Span::CallEx);)*
            calls
        };
    };
}
engine_code::for_each_opcode!(calls);

/// Whether an opcode is a call's, with a window.
#[inline(always)]
pub(super) fn is_call(op: u8) -> bool {
    CALLS[op as usize]
}

static RECORDING: [Handler; 256] = add_hooks([Handler(observe); 256]);

/// The tables that are private to one instruction, side by side: see [`is_private`].
static PRIVATE: [[Handler; 256]; 2] = [[Handler(arrive); 256], [Handler(come_back); 256]];

/// The dispatch table of a thread that compiles.
pub fn counting_table() -> *const Handler {
    COUNTING.as_ptr()
}

/// That of a thread that records.
pub fn recording_table() -> *const Handler {
    RECORDING.as_ptr()
}

/// The table that leads back to [`super::helpers`].
#[inline(always)]
pub fn return_table() -> *const Handler {
    PRIVATE[1].as_ptr()
}

/// Whether a table belongs to one instruction.
#[inline(always)]
pub fn is_private(table: *const Handler) -> bool {
    (table as usize).wrapping_sub(PRIVATE.as_ptr() as usize) < size_of_val(&PRIVATE)
}

/// An instruction that may jump backward or call: its handler, then [`arrive`].
unsafe extern "C" fn edge(pc: *const u32, base: *mut Value, cx: *mut Ctx, _: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let jit = &mut (*cx).run.jit;
        jit.edge_pc = pc;
        jit.edge_base = base;
        let handler = (*table().add(*pc as u8 as usize)).0;
        handler(pc, base, cx, PRIVATE[0].as_ptr())
    }
}

/// The instruction behind an edge.
unsafe extern "C" fn arrive(pc: *const u32, base: *mut Value, cx: *mut Ctx, _: *const Handler) {
    // SAFETY: the handler contract.
    unsafe {
        let table = (*cx).run.table;
        let jit = &mut (*cx).run.jit;
        // Behind it in the same window is no loop's header, and no entry.
        let counts = table == COUNTING.as_ptr() && (base != jit.edge_base || pc <= jit.edge_pc);
        if counts && !(*cx).poll_due() {
            if let Some(unit) = (*cx).run.jit.code_at(pc, type_epoch()) {
                (*cx).run.jit.entered = Some(unit);
                return enter(pc, base, cx, table);
            }
            let jit = &mut (*cx).run.jit;
            jit.countdown -= 1;
            if jit.countdown == 0 {
                return warm_then(pc, base, cx, table);
            }
        }
        let handler = (*table.add(*pc as u8 as usize)).0;
        handler(pc, base, cx, table)
    }
}

#[cold]
#[inline(never)]
unsafe extern "C" fn warm_then(pc: *const u32, base: *mut Value, cx: *mut Ctx, _: *const Handler) {
    // SAFETY: the handler contract.
    unsafe {
        // A return leads behind a call: that is no header either.
        let header = base == (*cx).run.jit.edge_base || pc == code(base).entry();
        (*cx).run.jit.countdown = 1;
        if !header {
            // The next edge is looked at instead.
        } else if super::warm(&mut *cx, pc) {
            super::record(&mut *cx, pc, function(base));
        }
        let table = (*cx).run.table;
        let handler = (*table.add(*pc as u8 as usize)).0;
        handler(pc, base, cx, table)
    }
}

/// Runs the machine code that was found, then goes on where it says. A handler like all others, so that it is reached by a jump
/// and goes on by one.
#[inline(never)]
unsafe extern "C" fn enter(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract; the unit was made for the instruction at hand, and is entered with its window.
    unsafe {
        let Some(unit) = (*cx).run.jit.entered else {
            let handler = (*table.add(*pc as u8 as usize)).0;
            return handler(pc, base, cx, table);
        };
        let Out { status, value } = unit(base, cx);
        let (pc, base) = match status {
            RETURNED => returned(base, Value::from_bits(value)),
            _ => {
                debug_assert!(status == LEFT);
                let jit = &mut (*cx).run.jit;
                if jit.exit != 0 {
                    jit.count_exit();
                }
                (jit.exit_pc, jit.exit_base)
            }
        };
        if pc.is_null() {
            return;
        }
        let table = (*cx).run.table;
        let handler = (*table.add(*pc as u8 as usize)).0;
        handler(pc, base, cx, table)
    }
}

/// What the return instructions do: gives a value to whoever opened the window.
#[inline(always)]
pub(super) unsafe fn returned(base: *mut Value, v: Value) -> (*const u32, *mut Value) {
    // SAFETY: the handler contract, as for `return_value`.
    unsafe {
        let to = base.sub(1).read().bits() as *const u32;
        let call = At::<views::AnyCall>::preceding(to);
        let caller = base.sub(2 + call.window());
        set(caller, call.dst(), v);
        (to, caller)
    }
}

/// Stands for every instruction behind one that machine code had done.
unsafe extern "C" fn come_back(pc: *const u32, base: *mut Value, cx: *mut Ctx, _: *const Handler) {
    // SAFETY: the handler contract.
    unsafe {
        let jit = &mut (*cx).run.jit;
        jit.exit_pc = pc;
        jit.exit_base = base;
    }
}

/// Stands for every handler of a thread that records.
unsafe extern "C" fn observe(pc: *const u32, base: *mut Value, cx: *mut Ctx, _: *const Handler) {
    // SAFETY: the handler contract.
    unsafe {
        super::profile::observe(pc, base, &mut *cx);
        let table = (*cx).run.table;
        let handler = (*table_of(table, pc)).0;
        handler(pc, base, cx, table)
    }
}

/// The handler behind one that observes.
#[inline(always)]
unsafe fn table_of(table: *const Handler, pc: *const u32) -> *const Handler {
    // SAFETY: an instruction stands at `pc`.
    let op = unsafe { *pc as u8 as usize };
    let ordinary = table == RECORDING.as_ptr();
    // SAFETY: tables have an entry for each byte.
    unsafe { if ordinary { crate::interp::dispatch::table().add(op) } else { table.add(op) } }
}
