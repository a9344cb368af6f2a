//! Audit events: what `sys.addaudithook` has added is told of what programs do.
//!
//! Until a hook is added an event costs one load. A hook stays for good, as in CPython.

use crate::interp::trace;
use crate::native::Args;
use crate::objects::{Bytes, Str, Tuple};
use crate::protocol;
use crate::{Ctx, PyResult};
use proto_core::Value;
use proto_core::sync::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

static HOOKED: AtomicBool = AtomicBool::new(false);

/// Taken while a hook is added.
static ADDING: Mutex<()> = Mutex::new(());

/// Whether there are hooks.
#[inline]
pub fn is_on() -> bool {
    // Relaxed: who adds a hook tells other threads of it by other means, or they may miss it.
    HOOKED.load(Ordering::Relaxed)
}

/// The hooks, in a tuple, which no list of objects shows as something that could be changed.
fn hooks(cx: &Ctx) -> Option<Tuple> {
    cx.rt.state(cx).get_str(cx.intern(b"audit hooks")).and_then(Tuple::of)
}

/// Adds a hook.
pub fn add_hook(cx: &Ctx, hook: Value) {
    let _one = ADDING.lock().unwrap_or_else(PoisonError::into_inner);
    let old = hooks(cx);
    let n = old.map_or(0, Tuple::len);
    let new = Tuple::build(cx, n + 1, |i| old.filter(|_| i < n).map_or(hook, |t| t.get(i)));
    cx.rt.state(cx).set_str(cx, cx.intern(b"audit hooks"), new);
    HOOKED.store(true, Ordering::Relaxed);
}

/// Tells the hooks of an event.
#[inline]
pub fn tell(cx: &mut Ctx, event: &str, args: &[Value]) -> PyResult<()> {
    if is_on() { tell_hooks(cx, event, args) } else { Ok(()) }
}

#[cold]
fn tell_hooks(cx: &mut Ctx, event: &str, args: &[Value]) -> PyResult<()> {
    let (event, args) = (Str::new(cx, event), Tuple::new(cx, args));
    tell_values(cx, event, args)
}

/// Tells the hooks: event and arguments as a str and a tuple. Hooks are not traced, unless they have a true `__cantrace__`.
pub fn tell_values(cx: &mut Ctx, event: Value, args: Value) -> PyResult<()> {
    let Some(hooks) = hooks(cx) else { return Ok(()) };
    for hook in hooks.items() {
        let traced = match protocol::getattr_opt(cx, hook, cx.intern(b"__cantrace__"))? {
            Some(v) => protocol::truth(cx, v)?,
            None => false,
        };
        if traced {
            protocol::call(cx, hook, &[event, args])?;
        } else {
            trace::untraced(cx, |cx| protocol::call(cx, hook, &[event, args]))?;
        }
    }
    Ok(())
}

/// Where a part of an event comes from.
#[derive(Clone, Copy)]
pub enum Part {
    /// This argument; None when it is not given.
    Given(usize),
    /// This argument, or a number when it is not given or None.
    Or(usize, i32),
    /// This argument as the bytes that the system gets.
    Encoded(usize),
    /// A number.
    Number(i32),
    /// None.
    Nothing,
}

/// Tells the hooks of an event whose parts are arguments.
#[cold]
pub fn tell_parts(cx: &mut Ctx, event: &str, args: &Args, parts: &[Part]) -> PyResult<()> {
    const MOST: usize = 8;
    let mut values = [Value::NONE; MOST];
    for (value, part) in values.iter_mut().zip(parts) {
        *value = match *part {
            Part::Given(i) => args.or(i, Value::NONE),
            Part::Or(i, n) => match args.or(i, Value::NONE) {
                Value::NONE => Value::small(n),
                v => v,
            },
            Part::Encoded(i) => encoded(cx, args.or(i, Value::NONE)),
            Part::Number(n) => Value::small(n),
            Part::Nothing => Value::NONE,
        };
    }
    tell_hooks(cx, event, &values[..parts.len().min(MOST)])
}

/// A str as bytes; half pairs of surrogates stand for bytes that are no UTF-8.
fn encoded(cx: &mut Ctx, v: Value) -> Value {
    let Some(s) = Str::of_sub(cx, v) else { return v };
    let mut bytes = Vec::with_capacity(s.byte_len());
    for c in pytext::wtf8::code_points(s.as_bytes()) {
        match c {
            0xdc80..=0xdcff => bytes.push((c - 0xdc00) as u8),
            c => pytext::wtf8::push(&mut bytes, c),
        }
    }
    Bytes::new(cx, &bytes)
}

/// A native function that tells the hooks of an event, and then calls another: `audited!("os.rmdir", rmdir, Given(0), Or(1, -1))`.
#[macro_export]
macro_rules! audited {
    ($event:literal, $f:path $(, $part:expr)* $(,)?) => {{
        fn told(cx: &mut $crate::Ctx, args: $crate::native::Args) -> $crate::PyResult {
            if $crate::protocol::audit::is_on() {
                #[allow(unused_imports)]
                use $crate::protocol::audit::Part::*;
                $crate::protocol::audit::tell_parts(cx, $event, &args, &[$($part),*])?;
            }
            $f(cx, args)
        }
        told
    }};
}
