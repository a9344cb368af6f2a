//! Generators and coroutines that delegate to one another, resumed without windows of their own.
//!
//! A generator that stands in a `yield from` or `await` does nothing when it is resumed with None but resume the one that it
//! delegates to, and so on to the innermost, the only one with something to do. Resuming such a *chain* claims all of its
//! members and opens a window for the innermost alone, above the room that the windows of the others would take: they keep their
//! registers in their objects. What the innermost yields goes to whoever resumed the outermost. What it returns goes to its
//! parent, whose window is opened then, where it would have been.
//!
//! The chain is one [`Record`]: of kind `GeneratorChain`, `extra` is the innermost member, `frame` the outermost, `chain` how that one
//! was resumed; `caller` and `pc` are those of who resumed it. Whoever wants to see every frame calls [`settle`] first, which
//! opens all windows with their records; then nothing shows that there was a chain.
//!
//! Members are seen by this thread alone when they are claimed. If one is shared later, so are all to which it delegates, the
//! innermost included: it is the one to look at.

use proto_core::{Heap, Value};

use super::dispatch::*;
use super::generator::{behind_yield, finished, refill};
use super::operands::Back;
use super::record::{OnReturn, Record, RunState};
use crate::ctx::Ctx;
use crate::objects::{GenState, Generator, shapes};

/// Words of a window beside its registers: callee and return address.
const LINK: usize = 2;

/// Whether the suspended generator stands in a delegation.
#[inline(always)]
pub(super) fn delegates(g: Generator) -> bool {
    !g.delegate().is_empty()
}

/// What a member other than the innermost delegates to.
///
/// # Safety
/// The generator stands in a delegation to one.
#[inline(always)]
unsafe fn child(g: Generator) -> Generator {
    // SAFETY: by the caller.
    unsafe { Generator::of_unchecked(g.delegate()) }
}

/// The `send` with which a generator that stands in a delegation resumes what it delegates to.
///
/// # Safety
/// It does stand in one.
unsafe fn send_of(g: Generator) -> At<f::Send> {
    // SAFETY: the verifier demands that a `send` stands right before each `yield_delegate`.
    unsafe { At::preceding(delegation(g).pc()) }
}

/// The delegation in which a generator stands.
///
/// # Safety
/// It does stand in one.
#[inline(always)]
unsafe fn delegation(g: Generator) -> At<f::Delegate> {
    // SAFETY: by the caller.
    unsafe { At::preceding(g.pc()) }
}

/// A member of a chain, if nothing more has to be looked at.
#[inline(always)]
fn plain_child(v: Value) -> Option<Generator> {
    Generator::of(v).filter(|g| {
        (g.is_plain(shapes::GENERATOR) || g.is_plain(shapes::COROUTINE)) && g.state() == GenState::Suspended
    })
}

/// Resumes the chain that begins with `outer`, which is plain and stands in a delegation: opens the window of the innermost,
/// called as `back` says from the window at `base`, where that of `outer` would be at `window`. Null, and nothing done, if there
/// is no chain or it takes more care. Where to go on: [`innermost_pc`].
///
/// # Safety
/// `window` is above everything in use.
#[inline(never)]
pub(super) unsafe fn enter(
    window: *mut Value,
    back: Back,
    base: *mut Value,
    cx: *mut Ctx,
    outer: Generator,
) -> *mut Value {
    // SAFETY: by the caller; generators are read that this thread alone sees.
    unsafe {
        if poll_due(cx) || (*cx).run.tracer.is_active() || !(*cx).run.has_room() {
            return std::ptr::null_mut();
        }
        let (mut inner, mut at) = (outer, window);
        // What delegates to nothing names EMPTY, which is no generator.
        while let Some(next) = plain_child(inner.delegate()) {
            inner.claim_plain();
            at = at.wrapping_add(inner.nregs() + LINK);
            inner = next;
        }
        if inner == outer {
            return std::ptr::null_mut();
        }
        if at.wrapping_add(inner.nregs()) > (*cx).run.soft_limit {
            release(outer, inner);
            return std::ptr::null_mut();
        }
        *at.sub(2) = inner.function();
        *at.sub(1) = Value::from_bits(hook_pc(OnReturn::GeneratorChain) as u64);
        refill(&*cx, at, inner, Value::NONE);
        let handled = (*cx).handled_exc();
        let run = &mut (*cx).run;
        run.push_unchecked(OnReturn::GeneratorChain, at, base, back.pc, inner.value(), handled);
        let record = run.top_mut();
        (*record).frame = outer.value();
        (*record).chain = back.kind;
        run.chains += 1;
        at
    }
}

/// Where the generator goes on whose record is on top: the innermost one of a chain.
///
/// # Safety
/// It has just been put there.
#[inline(always)]
pub(super) unsafe fn innermost_pc(cx: *mut Ctx) -> *const u32 {
    // SAFETY: by the caller.
    unsafe { Generator::of_unchecked((*(*cx).run.top_ptr()).extra).pc() }
}

/// Gives the members from `outer` on, `inner` not included, back as they were.
///
/// # Safety
/// They delegate to one another in this order.
#[inline(always)]
unsafe fn release(outer: Generator, inner: Generator) {
    let mut at = outer;
    while at != inner {
        // SAFETY: by the caller.
        let next = unsafe { child(at) };
        at.unclaim(GenState::Suspended);
        at = next;
    }
}

/// Suspends the chain whose record is on top: its innermost generator yields from the window at `base`, behind `pc`. `delegate` and
/// the register `blank` as for [`Generator::suspend_young`]. Gives the record, which is off and reads as that of the outermost generator; null,
/// and nothing done, if it takes more care.
///
/// # Safety
/// As described; the instruction is one word long.
#[inline(always)]
pub(super) unsafe fn leave(
    cx: *mut Ctx,
    pc: *const u32,
    base: *mut Value,
    delegate: Value,
    blank: usize,
) -> *const Record {
    // SAFETY: by the caller; see the head of this file about sharing.
    unsafe {
        let record = (*cx).run.top_mut();
        let inner = Generator::of_unchecked((*record).extra);
        if (*record).own || (*cx).run.tracer.is_active() {
            return std::ptr::null();
        }
        let resume = behind_yield(pc);
        if !inner.suspend_young(resume, base, delegate, blank)
            && !inner.suspend_local(&*cx, resume, base, delegate, blank)
        {
            return std::ptr::null();
        }
        release(Generator::of_unchecked((*record).frame), inner);
        (*record).on_return = (*record).chain;
        (*cx).run.chains -= 1;
        (*cx).run.pop_ptr()
    }
}

/// The innermost generator of the chain whose record is on top has returned `result`: its parent goes on.
///
/// # Safety
/// Handler contract.
pub(super) unsafe extern "C" fn returned(cx: *mut Ctx, table: *const Handler, result: Value) {
    // SAFETY: handler contract; the room below the innermost window is that of its parent's.
    unsafe {
        let record = (*cx).run.top_mut();
        let (outer, inner) = (Generator::of_unchecked((*record).frame), Generator::of_unchecked((*record).extra));
        finished(&mut *cx, &*record);
        let mut parent = outer;
        loop {
            let next = child(parent);
            if next == inner {
                break;
            }
            parent = next;
        }
        let window = (*record).base.sub(LINK + parent.nregs());
        let kind = if parent == outer { (*record).chain } else { OnReturn::GeneratorChain };
        open(&*cx, window, parent, kind);
        (*record).base = window;
        (*record).extra = parent.value();
        (*record).on_return = kind;
        (*record).own = false;
        if parent == outer {
            (*record).frame = Value::EMPTY;
            (*cx).run.chains -= 1;
        }
        let at = send_of(parent);
        set(window, at.value(), result);
        next!(at.done(), window, cx, table)
    }
}

/// Members that a return looks through for the parent of the innermost one.
const SHORT: usize = 16;

/// Before the innermost of a long chain returns: opens the windows of those nearest to it, an eighth of all, so that one walk along
/// the chain serves many returns. True if the innermost is none of a chain any more.
///
/// # Safety
/// The record of a chain is on top.
pub(super) unsafe fn shorten(cx: *mut Ctx) -> bool {
    // SAFETY: by the caller.
    unsafe {
        let run = &mut (*cx).run;
        let record = run.top_mut();
        let (outer, inner) = (Generator::of_unchecked((*record).frame), Generator::of_unchecked((*record).extra));
        let members = || std::iter::successors(Some(outer), |&g| Some(child(g))).take_while(|&g| g != inner);
        if members().take(SHORT + 1).count() <= SHORT {
            return false;
        }
        let n = members().count();
        let top = run.records.len() - 1;
        let heap: *const Heap = &**cx;
        settle_one(&*heap, run, top, n - n / 8);
    }
    true
}

/// Opens the window of a claimed member, which waits for what it delegates to.
///
/// # Safety
/// The window is the member's.
unsafe fn open(heap: &Heap, window: *mut Value, member: Generator, kind: OnReturn) {
    // SAFETY: by the caller.
    unsafe {
        *window.sub(2) = member.function();
        *window.sub(1) = Value::from_bits(hook_pc(kind) as u64);
        member.load_regs(heap, window);
        set(window, delegation(member).value(), Value::NONE);
    }
}

/// Opens the windows of all members of all chains, with their records.
#[inline(always)]
pub(crate) fn settle(cx: &mut Ctx) {
    if cx.run.chains != 0 {
        // SAFETY: this thread's own state.
        unsafe { settle_all(std::ptr::from_ref::<Heap>(cx), &raw mut cx.run) };
    }
}

/// As [`settle`], for any thread.
///
/// # Safety
/// It is the calling thread's state, or that of a stopped thread.
#[cold]
#[inline(never)]
pub(crate) unsafe fn settle_all(heap: *const Heap, run: *mut RunState) {
    // SAFETY: by the caller: nobody else looks at it.
    let (heap, run) = unsafe { (&*heap, &mut *run) };
    let mut i = run.records.len();
    while run.chains != 0 && i > 0 {
        i -= 1;
        if run.records[i].on_return == OnReturn::GeneratorChain {
            // SAFETY: the record of a chain.
            unsafe { settle_one(heap, run, i, 0) };
            run.chains -= 1;
        }
    }
}

/// Opens the windows of the members of the chain with the record `i`, but for the first `kept`, which stay a chain.
///
/// # Safety
/// It is the record of a chain of more than `kept` members besides the innermost.
unsafe fn settle_one(heap: &Heap, run: &mut RunState, i: usize, kept: usize) {
    let of_chain = run.records[i];
    // SAFETY: by the caller; the members' windows end where the innermost one begins.
    unsafe {
        let (outer, inner) = (Generator::of_unchecked(of_chain.frame), Generator::of_unchecked(of_chain.extra));
        let members = || std::iter::successors(Some(outer), |&g| Some(child(g))).take_while(|&g| g != inner).skip(kept);
        let (n, words) = members().fold((0, 0), |(n, words), g| (n + 1, words + g.nregs() + LINK));
        let mut below = Record { base: of_chain.base.sub(words), own: false, ..of_chain };
        if kept == 0 {
            (below.on_return, below.frame) = (of_chain.chain, Value::EMPTY);
        }
        run.records.splice(i..i, std::iter::repeat_n(below, n));
        for (j, g) in members().enumerate() {
            open(heap, below.base, g, below.on_return);
            below.extra = g.value();
            run.records[i + j] = below;
            below.caller = below.base;
            below.pc = send_of(g).pc();
            below.base = below.base.add(g.nregs() + LINK);
            (below.on_return, below.frame) = (OnReturn::GeneratorSend, Value::EMPTY);
        }
        *of_chain.base.sub(1) = Value::from_bits(hook_pc(OnReturn::GeneratorSend) as u64);
        run.records[i + n] = Record { extra: of_chain.extra, own: of_chain.own, ..below };
    }
}
