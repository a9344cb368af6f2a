//! What happens at a thread's start and end, at safepoints, and at the end of the program.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use engine::ctx::wake;
use engine::objects::generator::GenState;
use engine::objects::{Generator, shapes};
use engine::prelude::*;
use proto_core::poll;

use crate::thread::guards;

static FINALIZING: AtomicBool = AtomicBool::new(false);

/// Whether the program is ending.
pub fn is_finalizing() -> bool {
    FINALIZING.load(Ordering::SeqCst)
}

/// Declares that the program is ending: no further threads start.
pub fn set_finalizing() {
    FINALIZING.store(true, Ordering::SeqCst);
}

/// The dict of process-wide values of native modules.
pub fn state(cx: &Ctx) -> Dict {
    cx.rt.state(cx)
}

/// A process-wide value by name.
pub fn get(cx: &Ctx, name: &str) -> Option<Value> {
    state(cx).get_str(cx.intern(name.as_bytes()))
}

/// Sets a process-wide value.
pub fn set(cx: &Ctx, name: &str, v: Value) {
    state(cx).set_str(cx, cx.intern(name.as_bytes()), v);
}

/// Called at safepoints with what is due.
pub fn at_poll(cx: &mut Ctx, bits: u32) -> Res<()> {
    let due = bits & (poll::WEAKREFS | poll::FINALIZERS);
    if due != 0 && (bits & wake::NOW != 0 || !guards::hold_back(due)) {
        if due & poll::WEAKREFS != 0 {
            crate::weakref::run_callbacks(cx);
        }
        if due & poll::FINALIZERS != 0 {
            run_finalizers(cx);
        }
    }
    if bits & wake::SIGNAL != 0 {
        crate::signal::run_pending(cx)?;
    }
    Ok(())
}

/// Calls `__del__` of the objects that were found dead. Those that own what others use come last, whatever the order in
/// which they were made: a stream's data must be on its way before its file is closed.
pub fn run_finalizers(cx: &mut Ctx) {
    FINALIZERS.fetch_add(1, Ordering::Relaxed);
    run_all_finalizers(cx);
    FINALIZERS.fetch_sub(1, Ordering::Relaxed);
}

/// How many threads are calling finalizers.
static FINALIZERS: AtomicUsize = AtomicUsize::new(0);

/// Whether a thread is calling finalizers. (Not the one that asks: its are called at a poll.)
pub fn others_finalize() -> bool {
    FINALIZERS.load(Ordering::Relaxed) > 0
}

/// In a forked child: other threads are gone.
pub fn after_fork(cx: &Ctx) {
    FINALIZERS.store(usize::from(cx.in_poll_hook()), Ordering::Relaxed);
}

fn run_all_finalizers(cx: &mut Ctx) {
    let ending = is_finalizing();
    let mut shortages = 0;
    let mut later = [Later::new(cx), Later::new(cx), Later::new(cx)];
    loop {
        let obj = match cx.core().take_finalizable() {
            Some(obj) => match order(cx, obj) {
                0 => obj,
                n => {
                    later[n - 1].all.push(obj);
                    continue;
                }
            },
            None => match later.iter_mut().find_map(Later::next) {
                Some(obj) => obj,
                None => break,
            },
        };
        // A generator that another thread runs is not left.
        let generator = objects::Generator::of(obj);
        if ending && generator.is_some_and(|g| g.state() == GenState::Running) {
            continue;
        }
        if let Some(del) = finalizer(cx, obj) {
            call_finalizer(cx, del);
        }
        // Those that have been called may go: their memory is what the others need.
        if cx.relieve(shortages % FULL_AFTER == FULL_AFTER - 1) {
            shortages += 1;
        }
    }
    if shortages > 0 {
        cx.request(poll::MEMORY);
    }
}

/// Of so many shortages among finalizers one asks for a full collection.
const FULL_AFTER: usize = 16;

/// Objects whose finalizers wait for those of others, first come, first served.
struct Later {
    all: RootVec,
    at: usize,
}

impl Later {
    fn new(cx: &Ctx) -> Later {
        Later { all: RootVec::new(cx), at: 0 }
    }

    fn next(&mut self) -> Option<Value> {
        let next = self.all.get(self.at).copied();
        match next {
            // It may go when its finalizer has been called, though others wait.
            Some(_) => {
                self.all.set(self.at, Value::NONE);
                self.at += 1;
            }
            None => {
                self.all.clear();
                self.at = 0;
            }
        }
        next
    }
}

/// When an object is finalized of those that were found dead together: 0 first, 3 last.
fn order(cx: &Ctx, obj: Value) -> usize {
    let flags = types::type_of(cx, obj).flags();
    let all = [TypeFlags::DEL_LAST, TypeFlags::DEL_THIRD, TypeFlags::DEL_SECOND];
    all.iter().position(|&f| flags.has(f)).map_or(0, |i| 3 - i)
}

fn finalizer(cx: &mut Ctx, obj: Value) -> Option<Value> {
    match protocol::lookup_special(cx, obj, cx.names.__del__) {
        Ok(del) => del,
        Err(r) => {
            cx.clear(r);
            None
        }
    }
}

/// What is said of the exception that a bound `__del__` raised.
fn failed_finalizer(cx: &mut Ctx, del: Value) -> String {
    let mut part = |name: &[u8]| {
        let name = cx.intern(name);
        protocol::getattr_opt(cx, del, name).unwrap_or_else(|raised| {
            cx.clear(raised);
            None
        })
    };
    let (object, function) = (part(b"__self__"), part(b"__func__"));
    let (what, shown) = match object.and_then(Generator::of).map(Generator::kind) {
        Some(shapes::COROUTINE) => ("finalizing coroutine", object),
        Some(shapes::GENERATOR) => ("closing generator", object),
        Some(shapes::ASYNC_GENERATOR) => ("closing asynchronous generator", object),
        _ => ("calling deallocator", function),
    };
    let shown = shown.unwrap_or(del);
    format!("Exception ignored while {what} {}", protocol::repr_lossy(cx, shown))
}

fn call_finalizer(cx: &mut Ctx, del: Value) {
    let handled = cx.handled_exc();
    if let Err(r) = protocol::call(cx, del, &[]) {
        let exc = cx.take(r);
        let message = failed_finalizer(cx, del);
        crate::hooks::unraisable(cx, exc, &message, Value::NONE);
    }
    cx.set_handled_exc(handled);
}

/// The program's end: what is left is finalized, and generators are closed, while all modules still work.
pub fn finalize_all(cx: &mut Ctx) {
    cx.core().finalize_all();
    run_finalizers(cx);
}

/// A thread's last act: what it alone held is finalized.
pub fn thread_ends(cx: &mut Ctx) {
    if let Err(r) = cx.poll() {
        let exc = cx.take(r);
        crate::hooks::unraisable(cx, exc, "Exception ignored at the end of a thread", Value::NONE);
    }
}

static BEFORE_LOOK: OnceLock<fn(&mut Ctx)> = OnceLock::new();

/// Sets what is done before a program looks at files by other means than reading them.
pub fn set_before_look(f: fn(&mut Ctx)) {
    // A second call names the same function.
    let _ = BEFORE_LOOK.set(f);
}

/// A program asks for a file's size, starts another program, ...: what it has written must be there.
pub fn before_look(cx: &mut Ctx) {
    if let Some(f) = BEFORE_LOOK.get() {
        f(cx);
    }
}

static BEFORE_LEAVING: OnceLock<fn(&mut Ctx) -> Res<()>> = OnceLock::new();

/// Sets what is done before the process forks, becomes another program or leaves without an end.
pub fn set_before_leaving(f: fn(&mut Ctx) -> Res<()>) {
    // A second call names the same function.
    let _ = BEFORE_LEAVING.set(f);
}

/// The process forks, becomes another program or leaves without an end: what dropped writers held would be written twice, or never.
pub fn before_leaving(cx: &mut Ctx) -> Res<()> {
    BEFORE_LEAVING.get().map_or(Ok(()), |f| f(cx))
}
