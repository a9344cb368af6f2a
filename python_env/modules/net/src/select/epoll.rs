//! `select.epoll`.

use std::time::Duration;

use engine::prelude::*;
use modules_system::convert::c_int;
use modules_system::fcntl::fileno;
use modules_system::os::{fd, net};
use modules_system::{descriptors, idle};
use proto_core::sync::{AtomicU32, Ordering};

use super::{FD_SETSIZE, deadline};
use crate::wait;

const DEFAULT_EVENTS: u32 = (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32;

/// The payload: the descriptor as its bits. Whoever closes it swaps it for -1.
struct Epoll(AtomicU32);

impl Drop for Epoll {
    fn drop(&mut self) {
        let n = self.0.load(Ordering::Relaxed) as i32;
        if n >= 0 {
            let _ = fd::close(n);
        }
    }
}

/// `select.epoll`
pub static EPOLL: TypeDef = TypeDef {
    doc: "select.epoll(sizehint=-1, flags=0)\n\nReturns an epolling object\n\nsizehint must be a positive integer or -1 for the default size. The\nsizehint is used to optimize internal data structures. It doesn't limit\nthe maximum number of monitored events.",
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, sizehint=-1, flags=0)", new, "")),
    methods: &[
        NativeDef::new("__enter__", "($self, /)", enter, ""),
        NativeDef::new("__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)", close, ""),
        NativeDef::new("close", "($self, /)", close, "Close the epoll control file descriptor."),
        NativeDef::new(
            "fileno",
            "($self, /)",
            |cx, args| Ok(Value::small(open(cx, args[0])?)),
            "Return the epoll control file descriptor.",
        ),
        NativeDef::new(
            "modify",
            "($self, /, fd, eventmask)",
            |cx, args| control(cx, args, libc::EPOLL_CTL_MOD),
            "Modify event mask for a registered file descriptor.",
        ),
        NativeDef::new(
            "register",
            "($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)",
            |cx, args| control(cx, args, libc::EPOLL_CTL_ADD),
            "Registers a new fd or raises an OSError if the fd is already registered.",
        ),
        NativeDef::new(
            "unregister",
            "($self, /, fd)",
            |cx, args| control(cx, args, libc::EPOLL_CTL_DEL),
            "Remove a registered file descriptor from the epoll object.",
        ),
        NativeDef::new(
            "poll",
            "($self, /, timeout=None, maxevents=-1)",
            poll,
            "Wait for events on the epoll file descriptor.",
        ),
    ],
    class_methods: &[NativeDef::new(
        "fromfd",
        "($type, fd, /)",
        fromfd,
        "Create an epoll object from a given control fd.",
    )],
    getsets: &[GetSet::ro(
        "closed",
        |cx, v| Ok(Value::bool(current(cx, v) < 0)),
        "True if the epoll handler is closed",
    )],
    ..TypeDef::new("select", "epoll")
};

fn payload(cx: &Ctx, v: Value) -> Option<&Epoll> {
    Obj::of(v)?.payload::<Epoll>(cx, 0)
}

fn current(cx: &Ctx, v: Value) -> i32 {
    payload(cx, v).map_or(-1, |e| e.0.load(Ordering::Acquire) as i32)
}

fn open(cx: &mut Ctx, v: Value) -> Res<i32> {
    match current(cx, v) {
        -1 => Err(cx.value_error("I/O operation on closed epoll object")),
        n => Ok(n),
    }
}

fn adopt(cx: &mut Ctx, class: Value, n: i32) -> PyResult {
    let obj = cx.alloc_instance(class)?;
    obj.set_payload(cx, 0, Epoll(AtomicU32::new(n as u32)));
    Ok(obj.value())
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let size = args.get(1).map_or(Ok(-1), |v| c_int(cx, v))?;
    let flags = args.get(2).map_or(Ok(0), |v| c_int(cx, v))?;
    if size != -1 && size <= 0 {
        return Err(cx.value_error("negative sizehint"));
    }
    if flags != 0 && flags != libc::EPOLL_CLOEXEC {
        return Err(cx.raise(Exc::OSError, "invalid flags"));
    }
    match descriptors::make(cx, net::epoll_create)? {
        Ok(n) => adopt(cx, args[0], n),
        Err(e) => Err(cx.os_error(e.raw_os_error(), None)),
    }
}

fn fromfd(cx: &mut Ctx, args: Args) -> PyResult {
    let n = c_int(cx, args[1])?;
    adopt(cx, args[0], n)
}

fn enter(cx: &mut Ctx, args: Args) -> PyResult {
    open(cx, args[0])?;
    Ok(args[0])
}

fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let n = payload(cx, args[0]).map_or(-1, |e| e.0.swap(u32::MAX, Ordering::AcqRel) as i32);
    if n >= 0
        && let Err(e) = cx.blocking(|| fd::close(n))
    {
        return Err(cx.os_error(e.raw_os_error(), None));
    }
    Ok(Value::NONE)
}

fn control(cx: &mut Ctx, args: Args, op: i32) -> PyResult {
    let epoll = open(cx, args[0])?;
    let target = fileno(cx, args[1])?;
    let events = match args.get(2) {
        None => DEFAULT_EVENTS,
        Some(v) => {
            let n = protocol::index_value(cx, v)?;
            int::to_i64(n).unwrap_or(-1) as u32
        }
    };
    match net::epoll_control(epoll, op, target, events) {
        Ok(_) => Ok(Value::NONE),
        Err(e) => Err(cx.os_error(e.raw_os_error(), None)),
    }
}

fn poll(cx: &mut Ctx, args: Args) -> PyResult {
    let epoll = open(cx, args[0])?;
    let nanos = match args.get(1).filter(|&v| v != Value::NONE) {
        None => None,
        Some(v) => match wait::nanoseconds(cx, v, 1_000_000_000)? {
            Some(n) => Some(n).filter(|&n| n >= 0),
            None => return Err(cx.type_error("timeout must be an integer or None")),
        },
    };
    if nanos.is_some_and(|n| n > i64::from(i32::MAX) * 1_000_000) {
        return Err(cx.overflow_error("timeout is too large"));
    }
    let max = match args.get(2).map_or(Ok(-1), |v| c_int(cx, v))? {
        -1 => FD_SETSIZE - 1,
        n if n < 1 => return Err(cx.value_error(format!("maxevents must be greater than 0, got {n}"))),
        n => n,
    };
    let until = nanos.and_then(deadline);
    let mut found = Vec::new();
    let mut wait = |millis| {
        found = net::epoll_wait(epoll, max as usize, millis)?;
        Ok(found.len())
    };
    let r = match nanos {
        Some(0) => wait(0),
        _ => {
            let millis = |left: Duration| left.as_nanos().div_ceil(1_000_000) as i32;
            idle::wait_events(cx, until, |left| wait(left.map_or(-1, millis)))?
        }
    };
    if let Err(e) = r {
        return Err(cx.os_error(e.raw_os_error(), None));
    }
    let list = List::new(cx);
    for (fd, events) in found {
        let events = int::from_u64(cx, events.into());
        let item = Tuple::new(cx, &[Value::small(fd), events]);
        list.push(cx, item);
    }
    Ok(list.value())
}
