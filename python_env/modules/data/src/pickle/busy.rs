//! A pickler or unpickler does one thing at a time.

use engine::prelude::*;
use proto_core::sync::{AtomicBool, Ordering};

/// Whether somebody uses the object.
#[derive(Default)]
pub struct Busy(AtomicBool);

/// Takes the object, whose native slot `slot` has a [`Busy`].
///
/// # Errors
/// RuntimeError when somebody uses it: another thread, or what it called itself.
pub fn claim(cx: &mut Ctx, o: Obj, slot: usize, what: &str) -> Res<()> {
    // Acquire pairs with the release below: who comes next sees all that the last one did.
    let taken = o.payload::<Busy>(cx, slot).is_none_or(|b| b.0.swap(true, Ordering::Acquire));
    if taken { Err(cx.runtime_error(format!("{what} object is already used"))) } else { Ok(()) }
}

/// Gives the object back.
pub fn release(cx: &Ctx, o: Obj, slot: usize) {
    if let Some(b) = o.payload::<Busy>(cx, slot) {
        b.0.store(false, Ordering::Release);
    }
}
