//! Instructions of generators and coroutines. A generator's registers live in the generator object while it is suspended and
//! in a window while it runs; both ways are one copy. Loops and `await` resume generators without native recursion.

use engine_code::formats::Format;
use engine_code::{CodeFlags, Op};
use proto_core::{Heap, Kind, ShapeId, Value};

use super::asyncgen;
use super::chain;
use super::dispatch::*;
use super::exc;
use super::fnptr;
use super::genobj::{self, state};
use super::iter::{for_iter_other, with_item};
use super::operands::{Back, format_of};
use super::record::{Exit, OnReturn, Record};
use super::unwind::{rethrow, unwind};
use crate::code_rt::RuntimeCode;
use crate::ctx::{Ctx, PyResult};
use crate::exceptions::Exc;
use crate::frames;
use crate::native::Role;
use crate::objects::{GenField, GenState, Generator, shapes};
use crate::protocol;
use crate::types;

/// Notes that the generator belongs to a loop: its call returns to the loop's header, where nothing else gets it.
///
/// # Safety
/// `base` is the window of the call that makes the generator `made`.
#[inline(always)]
unsafe fn mark_loops_own(base: *mut Value, shape: ShapeId, made: Value) {
    // SAFETY: by the caller; a window's return address follows an instruction, and is one itself.
    unsafe {
        let to = base.sub(1).read().bits() as *const u32;
        let header = At::<format_of::get_iter>::new(to);
        if header.op() == Op::GetIter as u8
            && header.how() == 1
            && header.src() == At::<views::AnyCall>::preceding(to).dst()
            && shape == shapes::GENERATOR
        {
            Generator::of_unchecked(made).belong_to_loop();
        }
    }
}

ops! {
    return_generator(pc, base, cx, table) {
        let code = code(base);
        let flags = code.code.flags;
        let shape = if flags.has(CodeFlags::ASYNC_GENERATOR) {
            shapes::ASYNC_GENERATOR
        } else if flags.has(CodeFlags::COROUTINE) {
            shapes::COROUTINE
        } else {
            shapes::GENERATOR
        };
        let registers = std::slice::from_raw_parts(base, code.nlocals as usize);
        let made = Generator::new(&*cx, shape, function(base), pc.next(), code.nregs as usize, registers);
        if shape != shapes::GENERATOR || code.closes {
            // Closed when it dies: `finally` blocks run, coroutines never awaited are reported. A generator that delegates
            // to another has nothing to do: the other is closed when it dies.
            (*cx).set_finalizer(made);
        }
        if !code.code.exceptions.is_empty() {
            mark_loops_own(base, shape, made);
        }
        if (*cx).run.origin_depth != 0 && shape == shapes::COROUTINE {
            publish(pc, base, cx);
            genobj::track_origin(&mut *cx, made);
        }
        let to = base.sub(1).read().bits() as *const u32;
        let call = At::<views::AnyCall>::preceding(to);
        let caller = base.sub(2 + call.window());
        if shape == shapes::COROUTINE {
            Generator::of_unchecked(made).note_maker(code.nlocals as usize, function(caller), to);
        }
        set(caller, call.dst(), made);
        next!(to, caller, cx, table)
    }

    yield_value(pc, base, cx, table) {
        let v = get(base, pc.src());
        let record = (*cx).run.top_ptr();
        if is_plain(record, OnReturn::GeneratorFor)
            && Generator::of_unchecked((*record).extra).suspend_young(pc.next(), base, Value::EMPTY, blank(pc.dst(), base))
        {
            let _ = (*cx).run.pop_ptr();
            let (at, caller) = (returns::GENERATOR_FOR.of(&*record), (*record).caller);
            set(caller, at.item(), v);
            if at.op() == Op::ForPair as u8 {
                return with_item(at, caller, cx, table);
            }
            let target = at.body();
            if poll_due(cx) {
                return poll_then(target, caller, cx, table);
            }
            next!(target, caller, cx, table)
        }
        if is_plain(record, OnReturn::GeneratorNative)
            && Generator::of_unchecked((*record).extra).kind() == shapes::GENERATOR
            && Generator::of_unchecked((*record).extra).suspend_young(pc.next(), base, Value::EMPTY, blank(pc.dst(), base))
        {
            let _ = (*cx).run.pop_ptr();
            (*cx).run.exit = Exit::Yielded;
            (*cx).run.result = v;
            return;
        }
        return yield_slow(pc, base, cx, table)
    }

    yield_delegate(pc, base, cx, table) {
        let v = get(base, pc.value());
        let record = (*cx).run.top_ptr();
        if is_plain(record, OnReturn::GeneratorFor)
            && Generator::of_unchecked((*record).extra).suspend_young(pc.next(), base, get(base, pc.iterator()), blank(pc.value(), base))
        {
            let _ = (*cx).run.pop_ptr();
            let (at, caller) = (returns::GENERATOR_FOR.of(&*record), (*record).caller);
            set(caller, at.item(), v);
            return with_item(at, caller, cx, table);
        }
        if is_plain(record, OnReturn::GeneratorSend)
            && Generator::of_unchecked((*record).extra).suspend_young(pc.next(), base, get(base, pc.iterator()), blank(pc.value(), base))
        {
            let _ = (*cx).run.pop_ptr();
            let (at, caller) = (returns::GENERATOR_SEND.of(&*record), (*record).caller);
            set(caller, at.value(), v);
            next!(at.next(), caller, cx, table)
        }
        if !record.is_null() && (*record).on_return == OnReturn::GeneratorChain {
            let record = chain::leave(cx, pc.pc(), base, get(base, pc.iterator()), blank(pc.value(), base));
            if !record.is_null() {
                return deliver(record, v, false, cx, table);
            }
        }
        let record = leave(&mut *cx, pc.pc(), base, code(base));
        if record.is_null() {
            return invalid(pc.pc(), base, cx, table);
        }
        return deliver(record, v, false, cx, table)
    }

    send(pc, base, cx, table) {
        let it = get(base, pc.iterator());
        if let Some(g) = Generator::of(it) && g.kind() != shapes::ASYNC_GENERATOR {
            let v = get(base, pc.value());
            if v.is_none() && (g.is_plain(shapes::GENERATOR) || g.is_plain(shapes::COROUTINE)) {
                if chain::delegates(g) {
                    let window = base.add(code(base).nregs as usize + 2);
                    let window = chain::enter(window, returns::GENERATOR_SEND.to(pc), base, cx, g);
                    if !window.is_null() {
                        next!(chain::innermost_pc(cx), window, cx, table)
                    }
                }
                let window = enter_plain(returns::GENERATOR_SEND.to(pc), base, cx, g, v);
                if !window.is_null() {
                    next!(g.pc(), window, cx, table)
                }
            }
            let window = resume_window(&mut *cx, returns::GENERATOR_SEND.to(pc), base, g, v);
            if !window.is_null() {
                next!(g.pc(), window, cx, table)
            }
        }
        return send_slow(pc, base, cx, table)
    }

    get_yield_from_iter(pc, base, cx, table) {
        let v = get(base, pc.src());
        let cxr = publish(pc, base, cx);
        let r = yield_from_iter(cxr, code(base), v);
        if let Ok(to) = r
            && !to.is_kind(Kind::Generator)
            && !code(base).closes
        {
            watch(cxr, to);
        }
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    cleanup_throw(pc, base, cx, table) {
        let exception = get(base, pc.exception());
        let cxr = publish(pc, base, cx);
        if let Some(v) = exc::stop_iteration_value(cxr, exception) {
            set(base, pc.dst(), v);
            next!(pc.next(), base, cx, table)
        }
        super::raise::again(cxr, exception);
        return rethrow(pc.pc(), base, cx, table)
    }

    get_awaitable(pc, base, cx, table) {
        let v = get(base, pc.src());
        let cxr = publish(pc, base, cx);
        let r = awaitable(cxr, v, pc.how() as u8);
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// Instructions that yield have one length.
const YIELD: usize = <f::Unary as Format>::WORDS;
const _: () = assert!(YIELD == <f::Delegate as Format>::WORDS && YIELD == <f::Plain as Format>::WORDS);

/// The yielding instruction, or the one that made the generator, before the place where a generator goes on.
#[inline(always)]
pub(crate) fn yield_before(resume: *const u32) -> *const u32 {
    resume.wrapping_sub(YIELD)
}

/// Where the generator goes on that such an instruction suspends.
#[inline(always)]
pub(crate) fn behind_yield(pc: *const u32) -> *const u32 {
    pc.wrapping_add(YIELD)
}

/// The register that takes what is sent to a generator that stands behind the `yield` at `pc`.
#[inline(always)]
unsafe fn result_register(pc: *const u32) -> usize {
    // SAFETY: `pc` is the address of a yielding instruction.
    unsafe { if is_delegate(pc) { At::<f::Delegate>::new(pc).value() } else { At::<f::Unary>::new(pc).dst() } }
}

/// That register, if it is a temporary. It is set to None when the generator leaves, so that nothing is left to do when it
/// goes on with None. For a named local, and for the last register number, `u8::MAX`.
#[inline(always)]
unsafe fn blank(register: usize, base: *mut Value) -> usize {
    // SAFETY: handler contract.
    unsafe { if register < code(base).nlocals as usize { u8::MAX as usize } else { register } }
}

/// Whether a generator's record is of this kind and leaving it has to look at nothing more.
#[inline(always)]
unsafe fn is_plain(record: *const Record, kind: OnReturn) -> bool {
    // SAFETY: handler contract; null or the top record.
    unsafe { !record.is_null() && (*record).on_return == kind && (*record).frame.is_empty() && !(*record).own }
}

/// A `yield` to anything other than a loop, or from a generator that needs more care.
#[inline(never)]
unsafe extern "C" fn yield_slow(pc: At<f::Unary>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let v = get(base, pc.src());
        let record = (*cx).run.top_ptr();
        if is_plain(record, OnReturn::GeneratorSend)
            && Generator::of_unchecked((*record).extra).suspend_young(
                pc.next(),
                base,
                Value::EMPTY,
                blank(pc.dst(), base),
            )
        {
            let _ = (*cx).run.pop_ptr();
            let (at, caller) = (returns::GENERATOR_SEND.of(&*record), (*record).caller);
            set(caller, at.value(), v);
            next!(at.next(), caller, cx, table)
        }
        if !record.is_null() && (*record).on_return == OnReturn::GeneratorChain {
            let record = chain::leave(cx, pc.pc(), base, Value::EMPTY, blank(pc.dst(), base));
            if !record.is_null() {
                return deliver(record, v, false, cx, table);
            }
        }
        let code = code(base);
        let produced = code.code.flags.has(CodeFlags::ASYNC_GENERATOR);
        if is_plain(record, OnReturn::GeneratorNative)
            && Generator::of_unchecked((*record).extra).suspend_young(
                pc.next(),
                base,
                Value::EMPTY,
                blank(pc.dst(), base),
            )
        {
            let _ = (*cx).run.pop_ptr();
            (*cx).run.exit = if produced { Exit::Produced } else { Exit::Yielded };
            (*cx).run.result = v;
            return;
        }
        let record = leave(&mut *cx, pc.pc(), base, code);
        if record.is_null() {
            return invalid(pc.pc(), base, cx, table);
        }
        deliver(record, v, produced, cx, table)
    }
}

/// Opens a window above the running frame in which the plain generator `g` goes on with `sent`; null if there is no room for
/// it or its record.
#[inline(always)]
unsafe fn enter_plain(back: Back, base: *mut Value, cx: *mut Ctx, g: Generator, sent: Value) -> *mut Value {
    // SAFETY: handler contract.
    unsafe {
        let window = base.add(code(base).nregs as usize + 2);
        if enter_plain_at(window, back, base, cx, g, sent) { window } else { std::ptr::null_mut() }
    }
}

/// Opens the window for the plain generator `g`, called as `back` says from the window at `base`; false if there is no
/// room for it or its record.
///
/// # Safety
/// The window is above everything in use; the record to come names who goes on.
#[inline(always)]
pub(super) unsafe fn enter_plain_at(
    window: *mut Value,
    back: Back,
    base: *mut Value,
    cx: *mut Ctx,
    g: Generator,
    sent: Value,
) -> bool {
    // SAFETY: by the caller.
    unsafe {
        if window.wrapping_add(g.nregs()) > (*cx).run.soft_limit || !(*cx).run.has_room() {
            return false;
        }
        *window.sub(2) = g.function();
        *window.sub(1) = Value::from_bits(hook_pc(back.kind) as u64);
        refill(&*cx, window, g, sent);
        let handled = (*cx).handled_exc();
        (*cx).run.push_unchecked(back.kind, window, base, back.pc, g.value(), handled);
        true
    }
}

/// Claims the plain generator `g` and fills its window, for it to go on with `sent`.
///
/// # Safety
/// The window has room for its registers.
#[inline(always)]
pub(super) unsafe fn refill(heap: &Heap, window: *mut Value, g: Generator, sent: Value) {
    // SAFETY: by the caller; a suspended generator stands behind its yield.
    unsafe {
        g.load_regs(heap, window);
        if g.claim_plain() == GenState::Suspended {
            let register = result_register(yield_before(g.pc()));
            // A temporary holds None since the generator left (see `blank`).
            let temporary = register >= fnptr::code(g.function()).nlocals as usize && register < u8::MAX as usize;
            if !sent.is_none() || !temporary {
                set(window, register, sent);
            }
        }
    }
}

/// A loop's step over a generator.
#[inline(never)]
pub(super) unsafe extern "C" fn for_generator(pc: At<f::Loop>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract; the iterator is of kind `Generator`.
    unsafe {
        let g = Generator::of_unchecked(get(base, pc.iterator()));
        if g.is_plain(shapes::GENERATOR) {
            if chain::delegates(g) {
                let window = base.add(code(base).nregs as usize + 2);
                let window = chain::enter(window, returns::GENERATOR_FOR.to(pc), base, cx, g);
                if !window.is_null() {
                    next!(chain::innermost_pc(cx), window, cx, table)
                }
            }
            let window = enter_plain(returns::GENERATOR_FOR.to(pc), base, cx, g, Value::NONE);
            if !window.is_null() {
                next!(g.pc(), window, cx, table)
            }
        }
        for_iter_other(pc, base, cx, table)
    }
}

/// A call of `next(generator)`, `next(generator, default)` or `generator.send(v)`: the generator goes on in a window.
/// Null if the call must go the ordinary way.
#[inline(never)]
pub(super) unsafe fn resume_call(pc: At<f::Call>, base: *mut Value, cx: *mut Ctx, role: Role, n: usize) -> *mut Value {
    // SAFETY: the handler contract; the arguments stand at the call's window.
    unsafe {
        let args = base.add(pc.window() + 2);
        let sends = role == Role::Send;
        if n == 0 || n > 2 || sends && n != 2 {
            return std::ptr::null_mut();
        }
        let Some(g) = Generator::of(*args) else { return std::ptr::null_mut() };
        if g.kind() != shapes::GENERATOR {
            return std::ptr::null_mut();
        }
        let sent = if sends { *args.add(1) } else { Value::NONE };
        let next = role == Role::Next && n == 2;
        let back = if next { returns::GENERATOR_DEFAULT } else { returns::GENERATOR_NEXT }.to(pc);
        if sent.is_none() && g.is_plain(shapes::GENERATOR) && chain::delegates(g) {
            let window = base.add(code(base).nregs as usize + 2);
            let window = chain::enter(window, back, base, cx, g);
            if !window.is_null() {
                return window;
            }
        }
        resume_window(&mut *cx, back, base, g, sent)
    }
}

/// The end of a generator that a call of `next` or `send` resumed.
#[inline(never)]
pub(super) unsafe extern "C" fn call_ended(
    at: At<views::AnyCall>,
    base: *mut Value,
    cx: *mut Ctx,
    table: *const Handler,
    result: Value,
) {
    // SAFETY: the handler contract; the call's operands still stand in its window.
    unsafe {
        let cxr = publish(at, base, cx);
        let _ = cxr.stop_iteration(result);
        unwind(at.pc(), base, cx, table)
    }
}

/// The running generator begins to handle an exception. Gives what `pop_exc` restores: EMPTY for the outermost handler, for
/// at its end that is what whoever has resumed the generator last handles.
#[cold]
#[inline(never)]
pub(super) fn enter_handler(cx: &mut Ctx) -> Value {
    let handled = cx.handled_exc();
    match cx.run.records.last_mut() {
        Some(record) if record.on_return.is_generator() && !record.own => {
            record.own = true;
            Value::EMPTY
        }
        _ => handled,
    }
}

/// The running generator has handled its exception.
#[cold]
#[inline(never)]
pub(super) fn leave_handler(cx: &mut Ctx) {
    if let Some(record) = cx.run.records.last_mut() {
        record.own = false;
        let handled = record.handled;
        cx.set_handled_exc(handled);
    }
}

/// Suspends the running generator behind `pc`, which is one word long. Gives the record of its window.
#[inline(always)]
pub(super) unsafe fn leave(cx: &mut Ctx, pc: *const u32, base: *mut Value, code: &RuntimeCode) -> *const Record {
    chain::settle(cx);
    let record = cx.run.pop_ptr();
    // SAFETY: a record that was just taken off may still be read; handler contract: the window has `nregs` registers.
    unsafe {
        if record.is_null() {
            return record;
        }
        let Some(g) = Generator::of((*record).extra) else { return std::ptr::null() };
        let registers = std::slice::from_raw_parts(base, code.nregs as usize);
        let resume = behind_yield(pc);
        if (*record).own || !(*record).frame.is_empty() {
            leave_slow(cx, g, &*record, resume);
        }
        let delegate = if is_delegate(pc) { get(base, At::<f::Delegate>::new(pc).iterator()) } else { Value::EMPTY };
        g.suspend(cx, resume, registers, delegate);
        let blank = blank(result_register(pc), base);
        if blank < u8::MAX as usize {
            g.set_reg(cx, blank, Value::NONE);
        }
    }
    record
}

/// A generator that suspends while it handles an exception, or that has a frame object.
#[cold]
#[inline(never)]
fn leave_slow(cx: &mut Ctx, g: Generator, record: &Record, resume: *const u32) {
    if record.own {
        let own = cx.handled_exc();
        g.set_field(cx, GenField::ExcState, own);
        cx.set_handled_exc(record.handled);
    }
    if !record.frame.is_empty() {
        frames::frame::suspended(cx, record.frame, resume);
        genobj::state_set(cx, g, state::FRAME, record.frame);
    }
}

/// Gives what a generator yielded to whoever resumed it.
unsafe extern "C" fn deliver(record: *const Record, v: Value, produced: bool, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the record was just taken off; it names the caller's window and instruction.
    unsafe {
        let (record, caller) = (&*record, (*record).caller);
        match record.on_return {
            OnReturn::GeneratorSend => {
                let at = returns::GENERATOR_SEND.of(record);
                set(caller, at.value(), v);
                next!(at.next(), caller, cx, table)
            }
            OnReturn::GeneratorFor => {
                let at = returns::GENERATOR_FOR.of(record);
                set(caller, at.item(), v);
                with_item(at, caller, cx, table)
            }
            OnReturn::GeneratorNext | OnReturn::GeneratorDefault => {
                let at = returns::GENERATOR_NEXT.of(record);
                set(caller, at.dst(), v);
                next!(at.next(), caller, cx, table)
            }
            _ => {
                (*cx).run.exit = if produced { Exit::Produced } else { Exit::Yielded };
                (*cx).run.result = v;
            }
        }
    }
}

/// Opens a window above the running frame in which `g` goes on with `sent`. Null if that must go the ordinary way: the
/// generator runs already or has ended, or there is no room.
#[inline(never)]
pub(super) unsafe fn resume_window(
    cx: &mut Ctx,
    back: Back,
    base: *mut Value,
    g: Generator,
    sent: Value,
) -> *mut Value {
    // SAFETY: handler contract.
    unsafe {
        let window = base.add(code(base).nregs as usize + 2);
        let nregs = fnptr::code(g.function()).nregs as usize;
        if window.wrapping_add(nregs) > cx.run.soft_limit || (g.state() == GenState::Created && !sent.is_none()) {
            return std::ptr::null_mut();
        }
        let Ok(before) = g.claim() else { return std::ptr::null_mut() };
        let record = Record::new(back.kind, window, base, back.pc, g.value());
        open(cx, window, g, nregs, before, sent, record);
        window
    }
}

/// Fills the window of a claimed generator and pushes its record. `sent` EMPTY: an exception is about to be thrown in.
#[inline(always)]
pub(super) unsafe fn open(
    cx: &mut Ctx,
    window: *mut Value,
    g: Generator,
    nregs: usize,
    before: GenState,
    sent: Value,
    mut record: Record,
) {
    // SAFETY: the caller checked that the window fits; a suspended generator stands behind its yield.
    unsafe {
        *window.sub(2) = g.function();
        *window.sub(1) = Value::from_bits(hook_pc(record.on_return) as u64);
        g.copy_regs(cx, std::slice::from_raw_parts_mut(window, nregs));
        if before == GenState::Suspended && !sent.is_empty() {
            set(window, result_register(yield_before(g.pc())), sent);
        }
        record.handled = cx.handled_exc();
        cx.run.records.push(record);
        if !g.field(GenField::ExcState).is_empty() || !g.field(GenField::Extra).is_empty() {
            open_slow(cx, g, window);
        }
    }
}

/// A generator that was handling an exception or has a frame object.
#[cold]
#[inline(never)]
fn open_slow(cx: &mut Ctx, g: Generator, window: *mut Value) {
    let own = g.field(GenField::ExcState);
    if !own.is_empty() {
        g.set_field(cx, GenField::ExcState, Value::EMPTY);
        cx.set_handled_exc(own);
        if let Some(record) = cx.run.records.last_mut() {
            record.own = true;
        }
    }
    let frame = genobj::state_get(g, state::FRAME);
    if !frame.is_empty() {
        if let Some(record) = cx.run.records.last_mut() {
            record.frame = frame;
        }
        frames::frame::resumed(cx, frame, window);
    }
}

/// Whether the instruction is a `yield_delegate`.
#[inline(always)]
pub(super) unsafe fn is_delegate(pc: *const u32) -> bool {
    // SAFETY: `pc` is the address of an instruction.
    unsafe { *pc as u8 == engine_code::Op::YieldDelegate as u8 }
}

/// The window of a generator returned.
#[inline(never)]
pub(super) fn finished(cx: &mut Ctx, record: &Record) {
    cx.set_handled_exc(record.handled);
    if let Some(g) = Generator::of(record.extra) {
        g.finish(cx);
    }
}

/// The window of a generator is left by the pending exception. StopIteration does not get out of a generator.
#[cold]
#[inline(never)]
pub(super) fn failed(cx: &mut Ctx, record: &Record) {
    finished(cx, record);
    let Some(g) = Generator::of(record.extra) else { return };
    let what = match g.kind() {
        k if k == shapes::COROUTINE => "coroutine",
        k if k == shapes::ASYNC_GENERATOR => "async generator",
        _ => "generator",
    };
    let exception = cx.pending;
    let name = if exc::is_exc(cx, exception, Exc::StopIteration) {
        "StopIteration"
    } else if g.kind() == shapes::ASYNC_GENERATOR && exc::is_exc(cx, exception, Exc::StopAsyncIteration) {
        "StopAsyncIteration"
    } else {
        return;
    };
    cx.pending = Value::EMPTY;
    let _ = cx.raise(Exc::RuntimeError, format!("{what} raised {name}"));
    let error = cx.pending;
    exc::set_cause_and_context(cx, error, exception);
}

slow! {
    send_slow: Send(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        match send_to(cxr, get(base, pc.iterator()), base.add(pc.value())) {
            Ok(false) => next!(pc.next(), base, cx, refreshed(cx, table)),
            Ok(true) => next!(pc.done(), base, cx, refreshed(cx, table)),
            Err(_) => return unwind(pc.pc(), base, cx, table),
        }
    }
}

/// What sending a value to an iterator gave.
pub(super) enum Sent {
    /// It yielded.
    Yielded(Value),
    /// It is an asynchronous generator and produced an item.
    Produced(Value),
    /// It ended with this value.
    Returned(Value),
}

/// Sends the value in a register to any iterator; puts what it gives there. True: it has ended.
#[inline(never)]
unsafe fn send_to(cx: &mut Ctx, it: Value, register: *mut Value) -> PyResult<bool> {
    // SAFETY: a register of the frame.
    unsafe {
        let (v, ended) = match send_value(cx, it, *register)? {
            Sent::Yielded(v) | Sent::Produced(v) => (v, false),
            Sent::Returned(v) => (v, true),
        };
        *register = v;
        Ok(ended)
    }
}

/// Sends a value to any iterator.
#[inline(never)]
pub(super) fn send_value(cx: &mut Ctx, it: Value, v: Value) -> PyResult<Sent> {
    if let Some(g) = Generator::of(it)
        && g.kind() != shapes::ASYNC_GENERATOR
    {
        return genobj::send(cx, g, v);
    }
    if asyncgen::is_asend(cx, it) {
        return asyncgen::asend_step(cx, it, v);
    }
    let r = if v.is_none() {
        match types::type_of(cx, it).slots().next() {
            Some(next) => next.call(cx, it),
            None => {
                let name = types::type_name(cx, it);
                return Err(cx.type_error(format!("'{name}' object is not an iterator")));
            }
        }
    } else {
        let name = cx.names.send;
        protocol::call_method(cx, it, name, &[v])
    };
    match r {
        Ok(v) if v.is_empty() => Ok(Sent::Returned(Value::NONE)),
        Ok(v) => Ok(Sent::Yielded(v)),
        Err(raised) if cx.matches(&raised, Exc::StopIteration) => {
            let exception = cx.take(raised);
            Ok(Sent::Returned(exc::stop_iteration_value(cx, exception).unwrap_or(Value::NONE)))
        }
        Err(raised) => Err(raised),
    }
}

#[inline(never)]
fn yield_from_iter(cx: &mut Ctx, code: &RuntimeCode, v: Value) -> PyResult {
    if let Some(g) = Generator::of(v) {
        if g.kind() == shapes::GENERATOR {
            return Ok(v);
        }
        if g.kind() == shapes::COROUTINE {
            let flags = code.code.flags;
            if flags.has(CodeFlags::COROUTINE) || flags.has(CodeFlags::ITERABLE_COROUTINE) {
                return Ok(v);
            }
            return Err(cx.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
        }
    }
    protocol::iter(cx, v)
}

/// The running generator delegates to `to`, which is no generator: if that has a `close`, it is called when the generator dies.
#[inline(never)]
fn watch(cx: &mut Ctx, to: Value) {
    let ty = types::type_of(cx, to);
    let close = cx.names.close;
    if !ty.is_heap() && types::type_lookup(cx, ty, close).is_none() {
        return;
    }
    // SAFETY: the record on top is that of the running frame.
    let running = unsafe { cx.run.top_ptr().as_ref() }.and_then(|record| Generator::of(record.extra));
    if let Some(g) = running
        && !g.is_watched()
    {
        g.note_watched();
        cx.set_finalizer(g.value());
    }
}

/// The iterator of an awaitable. `from`: 0 an `await`, 1 `__aenter__`, 2 `__aexit__`.
#[inline(never)]
pub(super) fn awaitable(cx: &mut Ctx, v: Value, from: u8) -> PyResult {
    if let Some(g) = Generator::of(v) {
        if g.kind() == shapes::COROUTINE {
            if genobj::delegate(g).is_some() {
                return Err(cx.raise(Exc::RuntimeError, "coroutine is being awaited already"));
            }
            return Ok(v);
        }
        // SAFETY: a generator's function is a function.
        let code = unsafe { fnptr::code(g.function()) };
        if code.code.flags.has(CodeFlags::ITERABLE_COROUTINE) {
            return Ok(v);
        }
    }
    let ty = types::type_of(cx, v);
    let Some(get) = ty.slots().await_() else {
        let name = ty.name_str();
        let text = match from {
            1 => format!("'async with' received an object from __aenter__ that does not implement __await__: {name}"),
            2 => format!("'async with' received an object from __aexit__ that does not implement __await__: {name}"),
            _ => format!("'{name}' object can't be awaited"),
        };
        return Err(cx.type_error(text));
    };
    let it = get.call(cx, v)?;
    if Generator::of(it).is_some_and(|g| g.kind() == shapes::COROUTINE) {
        return Err(cx.type_error("__await__() returned a coroutine"));
    }
    let it_type = types::type_of(cx, it);
    if it_type.slots().next().is_none() && !it.is_kind(Kind::Generator) {
        let name = it_type.name_str();
        return Err(cx.type_error(format!("__await__() returned non-iterator of type '{name}'")));
    }
    Ok(it)
}
