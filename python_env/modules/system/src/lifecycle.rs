//! What happens at a thread's start and end, at safepoints, and at the end of the program.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::ctx::wake;
use engine::prelude::*;
use proto_core::poll;

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
    if bits & poll::WEAKREFS != 0 {
        crate::weakref::run_callbacks(cx);
    }
    if bits & poll::FINALIZERS != 0 {
        run_finalizers(cx);
    }
    if bits & wake::SIGNAL != 0 {
        crate::signal::run_pending(cx)?;
    }
    Ok(())
}

/// Calls `__del__` of the objects that were found dead.
pub fn run_finalizers(cx: &mut Ctx) {
    while let Some(obj) = cx.core().take_finalizable() {
        let del = match protocol::lookup_special(cx, obj, cx.intern(b"__del__")) {
            Ok(Some(del)) => del,
            Ok(None) => continue,
            Err(r) => {
                cx.clear(r);
                continue;
            }
        };
        let handled = cx.handled_exc();
        if let Err(r) = protocol::call(cx, del, &[]) {
            let exc = cx.take(r);
            let function = protocol::getattr(cx, del, cx.intern(b"__func__"));
            let shown = match function {
                Ok(f) => f,
                Err(r) => {
                    cx.clear(r);
                    del
                }
            };
            crate::hooks::unraisable(cx, exc, "Exception ignored while calling deallocator", shown);
        }
        cx.set_handled_exc(handled);
    }
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
