//! What every thread is doing, read from the handler of a fatal signal: no lock is taken, nothing is allocated, nothing is stopped.
//!
//! The calling thread's frames are as it left them. Others may run meanwhile, so what is found of them is only as good as its
//! checks: a frame must lie on its thread's value stack below the one that it called, and its instruction in its code. A fault
//! in the middle of all that ends the process, which is what was about to happen anyway.

use proto_core::Value;
use proto_core::sync::{Ordering, StaticCounter, StaticCounter64};

use super::{View, caller, innermost};
use crate::ctx::Ctx;
use crate::objects::Function;

/// Threads that are listed; more go unseen.
const PLACES: usize = 1024;
/// Frames that are shown of each, and threads in all.
const MAX_FRAMES: usize = 100;
const MAX_THREADS: usize = 100;
/// Characters of a name.
const MAX_NAME: usize = 500;

/// One thread; the address of its context is 0 in a free place.
struct Place {
    context: StaticCounter64,
    ident: StaticCounter64,
    thread: StaticCounter,
    /// Threads are numbered as they start.
    number: StaticCounter64,
}

static LIST: [Place; PLACES] = [const {
    Place {
        context: StaticCounter64::new(0),
        ident: StaticCounter64::new(0),
        thread: StaticCounter::new(0),
        number: StaticCounter64::new(0),
    }
}; PLACES];
static STARTED: StaticCounter64 = StaticCounter64::new(1);

/// Stands for a place that somebody is writing.
const TAKEN: u64 = 1;

/// Lists the running thread.
pub(crate) fn enter(cx: *const Ctx, ident: u64) {
    let free = |p: &&Place| p.context.compare_exchange(0, TAKEN, Ordering::AcqRel, Ordering::Relaxed).is_ok();
    if let Some(place) = LIST.iter().find(free) {
        place.ident.store(ident, Ordering::Relaxed);
        place.thread.store(proto_core::os::thread_number(), Ordering::Relaxed);
        place.number.store(STARTED.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        place.context.store(cx as u64, Ordering::Release);
    }
}

/// The context is about to go.
pub(crate) fn leave(cx: *const Ctx) {
    if let Some(place) = LIST.iter().find(|p| p.context.load(Ordering::Relaxed) == cx as u64) {
        place.context.store(0, Ordering::SeqCst);
    }
}

/// In a forked child, which has only the calling thread.
pub(crate) fn only(cx: *const Ctx) {
    for place in &LIST {
        if place.context.load(Ordering::Relaxed) == cx as u64 {
            place.thread.store(proto_core::os::thread_number(), Ordering::Relaxed);
        } else {
            place.context.store(0, Ordering::Relaxed);
        }
    }
}

/// The thread that started last before the one with that number.
fn before(number: u64) -> Option<&'static Place> {
    let lives = |p: &&Place| p.context.load(Ordering::Acquire) > TAKEN && p.number.load(Ordering::Relaxed) < number;
    LIST.iter().filter(lives).max_by_key(|p| p.number.load(Ordering::Relaxed))
}

/// Identities of the listed threads, the last started first, and the numbers that the system gives them.
pub fn threads() -> impl Iterator<Item = (u64, u32)> {
    std::iter::successors(before(u64::MAX), |p| before(p.number.load(Ordering::Relaxed)))
        .map(|p| (p.ident.load(Ordering::Relaxed), p.thread.load(Ordering::Relaxed)))
}

/// Writes what all threads are doing, or the one with the identity `me` alone.
pub fn dump(out: &mut dyn FnMut(&[u8]), me: u64, all: bool) {
    let mut next = before(u64::MAX);
    let mut shown = 0;
    while let Some(place) = next {
        next = before(place.number.load(Ordering::Relaxed));
        let ident = place.ident.load(Ordering::Relaxed);
        if ident != me && !all {
            continue;
        }
        if shown == MAX_THREADS {
            return out(b"...\n");
        }
        if shown > 0 {
            out(b"\n");
        }
        shown += 1;
        if all {
            out(if ident == me { b"Current thread 0x" } else { b"Thread 0x" });
            hex(out, ident, 16);
            name(out, place.thread.load(Ordering::Relaxed));
            out(b" (most recent call first):\n");
        } else {
            out(b"Stack (most recent call first):\n");
        }
        // SAFETY: a listed context is there, and fields are read that are always readable; see above about other threads.
        stack(out, unsafe { &*(place.context.load(Ordering::Acquire) as *const Ctx) });
    }
    if shown == 0 {
        out(b"Stack (most recent call first):\n  <no Python frame>\n");
    }
}

/// The stack of the thread with that identity.
pub fn stack_of(out: &mut dyn FnMut(&[u8]), ident: u64) {
    let of = |p: &&Place| p.context.load(Ordering::Acquire) > TAKEN && p.ident.load(Ordering::Relaxed) == ident;
    if let Some(place) = LIST.iter().find(of) {
        // SAFETY: as in `dump`.
        stack(out, unsafe { &*(place.context.load(Ordering::Acquire) as *const Ctx) });
    }
}

fn stack(out: &mut dyn FnMut(&[u8]), cx: &Ctx) {
    let mut view = innermost(cx).filter(|v| plausible(cx, v));
    if view.is_none() {
        return out(b"  <no Python frame>\n");
    }
    for _ in 0..MAX_FRAMES {
        let Some(frame) = view else { return };
        let code = frame.code();
        out(b"  File \"");
        text(out, &code.code.filename);
        out(b"\", line ");
        match code.line_at(frame.pc) {
            Some(n) => decimal(out, n),
            None => out(b"???"),
        }
        out(b" in ");
        text(out, &code.code.name);
        out(b"\n");
        view = caller(cx, &frame).filter(|v| v.base < frame.base && plausible(cx, v));
    }
    out(b"  ...\n");
}

/// Whether there may be a frame.
fn plausible(cx: &Ctx, view: &View) -> bool {
    let low = cx.run.stack_base.wrapping_add(2);
    if view.base < low || view.base > cx.run.hard_limit || !(view.base as usize).is_multiple_of(size_of::<Value>()) {
        return false;
    }
    Function::of(view.function()).is_some_and(|f| f.code().contains(view.pc))
}

fn hex(out: &mut dyn FnMut(&[u8]), n: u64, digits: u32) {
    for i in (0..digits).rev() {
        out(&[b"0123456789abcdef"[(n >> (4 * i)) as usize & 15]]);
    }
}

fn decimal(out: &mut dyn FnMut(&[u8]), n: u32) {
    if n >= 10 {
        decimal(out, n / 10);
    }
    out(&[b'0' + (n % 10) as u8]);
}

/// A name in ASCII, as CPython writes it.
fn text(out: &mut dyn FnMut(&[u8]), s: &str) {
    for (i, c) in s.chars().enumerate() {
        if i == MAX_NAME {
            return out(b"...");
        }
        match c as u32 {
            n @ 0x20..=0x7e => out(&[n as u8]),
            n @ 0..=0xff => {
                out(b"\\x");
                hex(out, n.into(), 2);
            }
            n @ 0..=0xffff => {
                out(b"\\u");
                hex(out, n.into(), 4);
            }
            n => {
                out(b"\\U");
                hex(out, n.into(), 8);
            }
        }
    }
}

/// The name that the system has for a thread.
fn name(out: &mut dyn FnMut(&[u8]), thread: u32) {
    let mut buffer = [0; 32];
    let name = proto_core::os::thread_name(thread, &mut buffer);
    if !name.is_empty() {
        out(b" [");
        name.iter().for_each(|&b| out(&[if (0x20..0x7f).contains(&b) { b } else { b'?' }]));
        out(b"]");
    }
}
