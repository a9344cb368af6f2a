//! How instructions follow each other.
//!
//! There is one handler per opcode, all of the same signature. A handler's last expression is the call of the next
//! instruction's handler, which the compiler turns into a jump when it optimizes (`cfg(tail_dispatch)`, set by the build script).
//! Without optimization the same bodies run under a loop: a handler then leaves the next instruction in the context and returns.
//!
//! # Rules for handlers
//!
//! - No local whose address escapes, nothing to drop when the next handler is called: both turn the jump into a call.
//! - What is rare goes into a `slow!` function of the same signature, reached by `return`.
//! - Both arms of a conditional jump dispatch on their own, so that the branch predictor sees two sites.
//! - Before anything that can poll, raise or look at frames, [`publish`] the position.
//!
//! # The handler contract
//!
//! `pc` points at an instruction of verified code whose function is `base[-2]`; `base` points at the first register of that
//! code's window, which lies within the value stack of `cx`, the running thread's context; `table` is [`table`]. All
//! register operands are inside the window. The `unsafe` in handlers rests on this contract.

/// The formats of instructions.
pub(crate) use engine_code::formats as f;
use proto_core::Value;

use super::fnptr;
pub(crate) use super::operands::{At, returns, views};
use super::record::OnReturn;
use crate::code_rt::RuntimeCode;
use crate::ctx::Ctx;

/// A handler: see the module's contract.
pub type HandlerFn = unsafe extern "C" fn(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler);

/// A handler of instructions of format `F`.
type HandlerOf<F> = unsafe extern "C" fn(pc: At<F>, base: *mut Value, cx: *mut Ctx, table: *const Handler);

/// An entry of the dispatch table.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Handler(pub HandlerFn);

impl Handler {
    /// The entry of an opcode of format `F`.
    const fn of<F>(handler: HandlerOf<F>) -> Handler {
        // SAFETY: an `At` is the pointer to the instruction; that it is one of this format the table of opcodes says.
        Handler(unsafe { std::mem::transmute::<HandlerOf<F>, HandlerFn>(handler) })
    }
}

/// Opcode of the first of the instructions that windows with an on-return record return to, one for each kind; never in code
/// objects.
const HOOK_OPS: usize = 216;

/// The places that hooked windows return to, by kind: each looks like a call at window 0 with destination 0, then the hook
/// instruction.
static HOOKS: [[u32; 3]; OnReturn::ALL.len()] = {
    let mut hooks = [[0; 3]; OnReturn::ALL.len()];
    let mut i = 0;
    while i < hooks.len() {
        hooks[i][2] = (HOOK_OPS + i) as u32;
        i += 1;
    }
    hooks
};
const _: () = assert!(HOOK_OPS >= engine_code::opcodes::OP_COUNT && HOOK_OPS + OnReturn::ALL.len() <= 256);

/// The return address of windows with a record of this kind.
#[inline(always)]
pub fn hook_pc(kind: OnReturn) -> *const u32 {
    &raw const HOOKS[kind as usize][2]
}

/// Where those places lie: address and length in bytes.
pub(super) fn hook_places() -> (usize, usize) {
    (HOOKS.as_ptr() as usize, size_of_val(&HOOKS))
}

/// Whether a return address is that of a window with a record.
#[inline(always)]
pub fn is_hook(pc: *const u32) -> bool {
    (pc as usize).wrapping_sub(HOOKS.as_ptr() as usize) < size_of_val(&HOOKS)
}

/// Puts the hooks' handlers into a table.
pub(super) const fn add_hooks(mut table: [Handler; 256]) -> [Handler; 256] {
    let mut i = 0;
    while i < OnReturn::ALL.len() {
        table[HOOK_OPS + i] = Handler(super::hook::HANDLERS[i]);
        i += 1;
    }
    table
}

/// Goes on with the instruction at `$pc`.
macro_rules! next {
    ($pc:expr, $base:expr, $cx:expr, $table:expr) => {{
        let pc: *const u32 = $pc;
        #[cfg(tail_dispatch)]
        {
            let handler = (*$table.add(*pc as u8 as usize)).0;
            return handler(pc, $base, $cx, $table);
        }
        #[cfg(not(tail_dispatch))]
        {
            (*$cx).run.next_pc = pc;
            (*$cx).run.next_base = $base;
            return;
        }
    }};
}

/// Defines handlers; an instruction's format comes from the row of its opcode.
macro_rules! ops {
    ($($(#[$meta:meta])* $name:ident($pc:ident, $base:ident, $cx:ident, $table:ident) $body:block)*) => {
        $(
            $(#[$meta])*
            #[allow(unreachable_code, unused_variables, clippy::diverging_sub_expression)]
            pub(in crate::interp) unsafe extern "C" fn $name(
                $pc: $crate::interp::operands::At<$crate::interp::operands::format_of::$name>,
                $base: *mut proto_core::Value,
                $cx: *mut crate::ctx::Ctx,
                $table: *const $crate::interp::dispatch::Handler,
            ) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe { $body }
            }
        )*
    };
}

/// Defines the rare continuations of handlers of a format.
macro_rules! slow {
    // Of instructions of several formats.
    (views $($(#[$meta:meta])* $name:ident: $format:ident($pc:ident, $base:ident, $cx:ident, $table:ident) $body:block)*) => {
        $($crate::interp::dispatch::slow! { @ $crate::interp::operands::views::$format, $(#[$meta])* $name($pc, $base, $cx, $table) $body })*
    };
    ($($(#[$meta:meta])* $name:ident: $format:ident($pc:ident, $base:ident, $cx:ident, $table:ident) $body:block)*) => {
        $($crate::interp::dispatch::slow! { @ engine_code::formats::$format, $(#[$meta])* $name($pc, $base, $cx, $table) $body })*
    };
    (@ $format:ty, $(#[$meta:meta])* $name:ident($pc:ident, $base:ident, $cx:ident, $table:ident) $body:block) => {
            $(#[$meta])*
            #[cold]
            #[inline(never)]
            #[allow(unreachable_code, unused_variables, clippy::diverging_sub_expression)]
            pub(in crate::interp) unsafe extern "C" fn $name(
                $pc: $crate::interp::operands::At<$format>,
                $base: *mut proto_core::Value,
                $cx: *mut crate::ctx::Ctx,
                $table: *const $crate::interp::dispatch::Handler,
            ) {
                // SAFETY: the handler contract (see `interp::dispatch`).
                unsafe { $body }
            }
    };
}

/// Ends a handler by storing a result in register `$dst` and going on behind the instruction, or by unwinding.
macro_rules! finish {
    ($result:expr, $dst:expr, $pc:expr, $base:expr, $cx:expr, $table:expr) => {{
        match $result {
            Ok(v) => {
                $crate::interp::dispatch::set($base, $dst, v);
                // What ran may have switched tracing on or off.
                let table = $crate::interp::dispatch::refreshed($cx, $table);
                next!($pc.next(), $base, $cx, table)
            }
            Err(_) => return $crate::interp::unwind::unwind($pc.pc(), $base, $cx, $table),
        }
    }};
}

/// Ends a handler that has no result.
macro_rules! finish_unit {
    ($result:expr, $pc:expr, $base:expr, $cx:expr, $table:expr) => {{
        match $result {
            Ok(()) => {
                let table = $crate::interp::dispatch::refreshed($cx, $table);
                next!($pc.next(), $base, $cx, table)
            }
            Err(_) => return $crate::interp::unwind::unwind($pc.pc(), $base, $cx, $table),
        }
    }};
}

pub(crate) use {finish, finish_unit, next, ops, slow};

/// Reads a register.
#[inline(always)]
pub(crate) unsafe fn get(base: *mut Value, i: usize) -> Value {
    // SAFETY: the register is inside the window (handler contract).
    unsafe { *base.add(i) }
}
/// Writes a register.
#[inline(always)]
pub(crate) unsafe fn set(base: *mut Value, i: usize, v: Value) {
    // SAFETY: the register is inside the window (handler contract).
    unsafe { *base.add(i) = v }
}

/// The running function.
#[inline(always)]
pub(crate) unsafe fn function(base: *mut Value) -> Value {
    // SAFETY: a frame's function is two words below its registers (handler contract).
    unsafe { *base.sub(2) }
}
/// The running code.
#[inline(always)]
pub(crate) unsafe fn code(base: *mut Value) -> &'static RuntimeCode {
    // SAFETY: `base[-2]` is a function.
    unsafe { fnptr::code(function(base)) }
}

/// Makes the position of the running frame known to everything that walks frames, raises, polls or calls back.
#[inline(always)]
pub(crate) unsafe fn publish<'a>(pc: impl Into<*const u32>, base: *mut Value, cx: *mut Ctx) -> &'a mut Ctx {
    // SAFETY: handler contract: `cx` is this thread's context, used by nobody else while the handler runs.
    unsafe {
        let cx = &mut *cx;
        cx.run.pc = pc.into();
        cx.run.base = base;
        cx.set_top(base.add(code(base).nregs as usize));
        cx
    }
}

/// Makes the position known to reports about stores: all that [`publish`] does but the end of the live stack, which stays
/// as it is.
#[inline(always)]
pub(crate) unsafe fn at_store(pc: impl Into<*const u32>, base: *mut Value, cx: *mut Ctx) {
    // SAFETY: handler contract, as for `publish`.
    unsafe {
        (*cx).run.pc = pc.into();
        (*cx).run.base = base;
    }
}

/// The table to go on with after what may have switched tracing: the thread's, unless the handler was called with one of its own.
#[inline(always)]
pub(super) unsafe fn refreshed(cx: *mut Ctx, table: *const Handler) -> *const Handler {
    // SAFETY: handler contract.
    if super::jit::tables::is_private(table) { table } else { unsafe { (*cx).run.table } }
}

/// Whether something waits for a safepoint.
#[inline(always)]
pub(crate) unsafe fn poll_due(cx: *mut Ctx) -> bool {
    // SAFETY: handler contract.
    unsafe { (*cx).poll_due() }
}

/// Polls, then goes on at `pc`.
#[cold]
#[inline(never)]
pub(super) unsafe extern "C" fn poll_then(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract.
    unsafe {
        let cxr = publish(pc, base, cx);
        crate::watch::polls(cxr);
        match cxr.safepoint() {
            Ok(()) => {
                // Signal handlers may have switched tracing on.
                let table = refreshed(cx, table);
                next!(pc, base, cx, table)
            }
            Err(_) => super::unwind::unwind(pc, base, cx, table),
        }
    }
}

/// An opcode that does not exist.
#[cold]
#[inline(never)]
pub(super) unsafe extern "C" fn invalid(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract.
    unsafe {
        let cxr = publish(pc, base, cx);
        let _ = cxr.system_error("unknown opcode");
        super::unwind::unwind(pc, base, cx, table)
    }
}

macro_rules! build_table {
    ($($op:ident $name:ident $format:ident [$($flag:ident)*] $span:ident $doc:literal;)*) => {
        /// The ordinary handlers.
        pub(super) const ORDINARY: [Handler; 256] = {
            let mut table = [Handler(invalid); 256];
            $(table[engine_code::Op::$op as usize] = Handler::of::<engine_code::formats::$format>(super::handlers::$name);)*
            add_hooks(table)
        };
    };
}
engine_code::for_each_opcode!(build_table);

static TABLE: [Handler; 256] = ORDINARY;

/// The table of threads that are traced.
static TRACING: [Handler; 256] = add_hooks([Handler(super::trace::step); 256]);

/// The dispatch table of threads that are traced.
pub(super) fn tracing_table() -> *const Handler {
    TRACING.as_ptr()
}

/// The table of threads that are looked at for races.
static RACING: [Handler; 256] = add_hooks([Handler(super::racing::step); 256]);

/// The dispatch table of threads that are not traced.
pub(super) fn untraced_table(jit: &super::jit::Jit) -> *const Handler {
    // What accesses machine code makes nobody sees.
    if crate::races::is_on() { RACING.as_ptr() } else { jit.table() }
}

/// The dispatch table.
#[inline(always)]
pub fn table() -> *const Handler {
    TABLE.as_ptr()
}

/// Runs from `pc` until a window with a native record returns; the outcome is in `cx.run`.
///
/// # Safety
/// The handler contract.
pub unsafe fn run(pc: *const u32, base: *mut Value, cx: *mut Ctx) {
    // SAFETY: passed on to the caller.
    unsafe { start((*(*cx).run.table.add(*pc as u8 as usize)).0, pc, base, cx) }
}

/// As [`run`], beginning with the pending exception, raised at `pc`.
///
/// # Safety
/// The handler contract.
pub unsafe fn run_unwind(pc: *const u32, base: *mut Value, cx: *mut Ctx) {
    // SAFETY: passed on to the caller.
    unsafe { start(super::unwind::unwind, pc, base, cx) }
}

unsafe fn start(handler: HandlerFn, pc: *const u32, base: *mut Value, cx: *mut Ctx) {
    // SAFETY: passed on to the caller.
    unsafe {
        let table = (*cx).run.table;
        #[cfg(tail_dispatch)]
        handler(pc, base, cx, table);
        #[cfg(not(tail_dispatch))]
        {
            let (mut handler, mut pc, mut base) = (handler, pc, base);
            loop {
                (*cx).run.next_pc = std::ptr::null();
                handler(pc, base, cx, table);
                pc = (*cx).run.next_pc;
                base = (*cx).run.next_base;
                if pc.is_null() {
                    return;
                }
                handler = (*(*cx).run.table.add(*pc as u8 as usize)).0;
            }
        }
    }
}
