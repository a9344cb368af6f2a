//! Polling objects: a list of descriptors for `poll`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::prelude::*;
use modules_system::fcntl::fileno;
use modules_system::os::net::PollFd;
use proto_core::sync::{AtomicBool, Ordering};

use super::{deadline, poll_until};
use crate::wait;

const DEFAULT_EVENTS: i16 = libc::POLLIN | libc::POLLPRI | libc::POLLOUT;

/// The payload: what is registered, in that order. The lock is held for a moment only.
#[derive(Default)]
struct Registered {
    fds: Mutex<Vec<PollFd>>,
    /// Whether a thread polls.
    polling: AtomicBool,
}

/// The type of polling objects.
pub static POLL: TypeDef = TypeDef {
    nnative: 1,
    new: Some(NativeDef::new(
        "__new__",
        "($type, *args, **kwargs)",
        |cx, _| Err(cx.type_error("cannot create 'select.poll' instances")),
        "",
    )),
    methods: &[
        NativeDef::new(
            "register",
            "($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
            register,
            "Register a file descriptor with the polling object.",
        ),
        NativeDef::new("modify", "($self, fd, eventmask, /)", modify, "Modify an already registered file descriptor."),
        NativeDef::new(
            "unregister",
            "($self, fd, /)",
            unregister,
            "Remove a file descriptor being tracked by the polling object.",
        ),
        NativeDef::new("poll", "($self, timeout=None, /)", poll, "Polls the set of registered file descriptors."),
    ],
    ..TypeDef::new("select", "poll")
};

/// `select.poll()`
pub fn make(cx: &mut Ctx, _args: Args) -> PyResult {
    let v = cx.new_object(&POLL, &[]);
    if let Some(obj) = Obj::of(v) {
        obj.set_payload(cx, 0, Registered::default());
    }
    Ok(v)
}

fn registered(cx: &Ctx, v: Value) -> Option<MutexGuard<'_, Vec<PollFd>>> {
    let r = Obj::of(v)?.payload::<Registered>(cx, 0)?;
    Some(r.fds.lock().unwrap_or_else(PoisonError::into_inner))
}

fn events(cx: &mut Ctx, v: Option<Value>) -> Res<i16> {
    let Some(v) = v else { return Ok(DEFAULT_EVENTS) };
    let n = protocol::index_value(cx, v)?;
    if int::sign(n) < 0 {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    match int::to_i64(n).and_then(|n| u16::try_from(n).ok()) {
        Some(n) => Ok(n as i16),
        None => Err(cx.overflow_error("Python int too large for C unsigned short")),
    }
}

fn register(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[1])?;
    let events = events(cx, args.get(2))?;
    if let Some(mut all) = registered(cx, args[0]) {
        match all.iter_mut().find(|p| p.fd == fd) {
            Some(p) => p.events = events,
            None => all.push(PollFd { fd, events, revents: 0 }),
        }
    }
    Ok(Value::NONE)
}

fn modify(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[1])?;
    let events = events(cx, args.get(2))?;
    let found = registered(cx, args[0])
        .is_some_and(|mut all| all.iter_mut().find(|p| p.fd == fd).map(|p| p.events = events).is_some());
    match found {
        true => Ok(Value::NONE),
        false => Err(cx.os_error(libc::ENOENT, None)),
    }
}

fn unregister(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[1])?;
    let found = registered(cx, args[0])
        .is_some_and(|mut all| all.iter().position(|p| p.fd == fd).map(|i| all.remove(i)).is_some());
    match found {
        true => Ok(Value::NONE),
        false => Err(cx.key_error(Value::small(fd))),
    }
}

fn poll(cx: &mut Ctx, args: Args) -> PyResult {
    let nanos = match args.get(1).filter(|&v| v != Value::NONE) {
        None => None,
        Some(v) => match wait::nanoseconds(cx, v, 1_000_000)? {
            Some(n) => Some(n).filter(|&n| n >= 0),
            None => return Err(cx.type_error("timeout must be an integer or None")),
        },
    };
    let mut fds = registered(cx, args[0]).map_or_else(Vec::new, |all| all.clone());
    let until = nanos.and_then(deadline);
    let polling = |cx: &Ctx, now: bool| {
        let object = Obj::of(args[0]);
        object.and_then(|o| o.payload::<Registered>(cx, 0)).is_some_and(|r| r.polling.swap(now, Ordering::AcqRel))
    };
    if polling(cx, true) {
        return Err(cx.runtime_error("concurrent poll() invocation"));
    }
    let r = poll_until(cx, &mut fds, until, nanos == Some(0));
    polling(cx, false);
    r?;
    let list = List::new(cx);
    for p in fds.iter().filter(|p| p.revents != 0) {
        let item = Tuple::new(cx, &[Value::small(p.fd), Value::small(i32::from(p.revents as u16))]);
        list.push(cx, item);
    }
    Ok(list.value())
}
