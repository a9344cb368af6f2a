//! The module `select`: which descriptors are ready.

mod epoll;
mod poll;

use std::time::{Duration, Instant};

use engine::prelude::*;
use modules_system::fcntl::fileno;
use modules_system::idle;
use modules_system::os::net::{self, PollFd};

use crate::wait;

/// One more than the highest descriptor that `select` takes.
const FD_SETSIZE: i32 = 1024;

/// What `select` calls readable: `poll`'s events in its terms.
const READABLE: i16 = libc::POLLIN | libc::POLLRDNORM | libc::POLLRDBAND | libc::POLLHUP | libc::POLLERR;
const WRITABLE: i16 = libc::POLLOUT | libc::POLLWRNORM | libc::POLLWRBAND | libc::POLLERR;
const EXCEPTIONAL: i16 = libc::POLLPRI;

/// Waits with `poll` until something is ready or `until` has passed; handlers of signals run meanwhile.
fn poll_until(cx: &mut Ctx, fds: &mut [PollFd], until: Option<Instant>, at_once: bool) -> Res<usize> {
    let r = match at_once {
        true => net::poll(fds, Some(Duration::ZERO)),
        false => idle::wait_events(cx, until, |left| net::poll(fds, left))?,
    };
    r.map_err(|e| cx.os_error(e.raw_os_error(), None))
}

fn deadline(nanos: i64) -> Option<Instant> {
    Instant::now().checked_add(Duration::from_nanos(nanos.max(0) as u64))
}

/// One of `select`'s three lists.
struct Wanted {
    objects: List,
    /// Where its descriptors stand among all.
    from: usize,
    asked: i16,
}

fn gather(cx: &mut Ctx, v: Value, asked: i16, ask: i16, fds: &mut Vec<PollFd>) -> Res<Wanted> {
    let ty = types::type_of(cx, v);
    if ty.slots().iter().is_none() && ty.slots().getitem().is_none() {
        return Err(cx.type_error("arguments 1-3 must be sequences"));
    }
    // A list is looked at as it is: what a `fileno` takes out of it does not count.
    let items = match List::of(v) {
        Some(list) => list,
        None => protocol::list_of(cx, v)?,
    };
    let objects = List::new(cx);
    let from = fds.len();
    let mut i = 0;
    while let Some(item) = items.get(i) {
        let fd = fileno(cx, item)?;
        if fd >= FD_SETSIZE {
            return Err(cx.value_error("filedescriptor out of range in select()"));
        }
        if i >= FD_SETSIZE as usize {
            return Err(cx.value_error("too many file descriptors in select()"));
        }
        fds.push(PollFd { fd, events: ask, revents: 0 });
        objects.push(cx, item);
        i += 1;
    }
    Ok(Wanted { objects, from, asked })
}

fn chosen(cx: &mut Ctx, w: &Wanted, fds: &[PollFd]) -> Value {
    let list = List::new(cx);
    for i in 0..w.objects.len() {
        if fds.get(w.from + i).is_some_and(|f| f.revents & w.asked != 0) {
            list.push(cx, w.objects.get(i).unwrap_or(Value::NONE));
        }
    }
    list.value()
}

/// `select(rlist, wlist, xlist, timeout=None)`
fn select(cx: &mut Ctx, args: Args) -> PyResult {
    let timeout = args.or(3, Value::NONE);
    let nanos = if timeout == Value::NONE {
        None
    } else {
        match wait::nanoseconds(cx, timeout, 1_000_000_000)? {
            Some(n) if n < 0 => return Err(cx.value_error("timeout must be non-negative")),
            Some(n) => Some(n),
            None => return Err(cx.type_error("timeout must be a float or None")),
        }
    };
    let mut fds = Vec::new();
    let lists = [
        gather(cx, args[0], READABLE, libc::POLLIN | libc::POLLRDNORM | libc::POLLRDBAND, &mut fds)?,
        gather(cx, args[1], WRITABLE, libc::POLLOUT | libc::POLLWRNORM | libc::POLLWRBAND, &mut fds)?,
        gather(cx, args[2], EXCEPTIONAL, libc::POLLPRI, &mut fds)?,
    ];
    let until = nanos.and_then(deadline);
    loop {
        let ready = poll_until(cx, &mut fds, until, nanos == Some(0))?;
        if fds.iter().any(|f| f.revents & libc::POLLNVAL != 0) {
            return Err(cx.os_error(libc::EBADF, None));
        }
        let mut some = ready == 0;
        for w in &lists {
            for f in &mut fds[w.from..w.from + w.objects.len()] {
                if f.revents & w.asked != 0 {
                    some = true;
                } else if f.revents != 0 {
                    // An event that `select` does not report (a hang-up of a writer): not to be looked at again.
                    f.fd = -1;
                }
            }
        }
        if some {
            break;
        }
    }
    let [r, w, x] = lists.each_ref().map(|l| chosen(cx, l, &fds));
    Ok(Tuple::new(cx, &[r, w, x]))
}

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), Const::Int(libc::$name as i64))),*] };
}

const NUMBERS: &[(&str, Const)] = constants! {
    EPOLLERR EPOLLEXCLUSIVE EPOLLHUP EPOLLIN EPOLLMSG EPOLLONESHOT EPOLLOUT EPOLLPRI EPOLLRDBAND EPOLLRDHUP
    EPOLLRDNORM EPOLLWAKEUP EPOLLWRBAND EPOLLWRNORM EPOLL_CLOEXEC PIPE_BUF POLLERR POLLHUP POLLIN POLLNVAL POLLOUT
    POLLPRI POLLRDBAND POLLRDHUP POLLRDNORM POLLWRBAND POLLWRNORM
};

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let error = cx.types.exc(Exc::OSError).value();
    cx.set_module_attr(module, "error", error);
    cx.set_module_attr(module, "EPOLLET", Value::int(1 << 31).unwrap_or(Value::NONE));
    cx.set_module_attr(module, "POLLMSG", Value::small(0x400));
    Ok(())
}

/// `select`
pub static SELECT: ModuleDef = ModuleDef {
    doc: "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE ***\nOn Windows, only sockets are supported; on Unix, all file descriptors.",
    functions: &[
        NativeDef::new(
            "select",
            "($module, rlist, wlist, xlist, timeout=None, /)",
            select,
            "Wait until one or more file descriptors are ready for some kind of I/O.",
        ),
        NativeDef::new("poll", "($module, /)", poll::make, "Returns a polling object."),
    ],
    constants: NUMBERS,
    types: &[&epoll::EPOLL],
    init: Some(init),
    ..ModuleDef::new("select")
};
