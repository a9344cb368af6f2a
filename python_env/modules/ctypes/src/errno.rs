//! The `errno` that programs see: a copy for each thread, exchanged with C's around the calls that ask for it.

use std::cell::Cell;

use engine::prelude::*;

use crate::raw;

thread_local! {
    static COPY: Cell<i32> = const { Cell::new(0) };
}

/// Calls `f`, with the thread's copy in the place of C's `errno` if `on`.
pub fn exchanged<R>(on: bool, f: impl FnOnce() -> R) -> R {
    if !on {
        return f();
    }
    let exchange = || COPY.set(raw::swap_errno(COPY.get()));
    exchange();
    let r = f();
    exchange();
    r
}

/// `get_errno()`
pub fn get(cx: &mut Ctx, _: Args) -> PyResult {
    audit::tell(cx, "ctypes.get_errno", &[])?;
    Ok(int::from_i64(cx, COPY.get().into()))
}

/// `set_errno(value)`
pub fn set(cx: &mut Ctx, a: Args) -> PyResult {
    let n = protocol::index(cx, a[0])?;
    let Ok(n) = i32::try_from(n) else {
        let what = if n > 0 { "greater than maximum" } else { "less than minimum" };
        return Err(cx.overflow_error(format!("signed integer is {what}")));
    };
    audit::tell(cx, "ctypes.set_errno", &[a[0]])?;
    Ok(int::from_i64(cx, COPY.replace(n).into()))
}
