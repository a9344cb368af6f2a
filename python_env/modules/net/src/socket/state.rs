//! What a socket object holds, and the objects themselves.

use engine::prelude::*;
use modules_system::convert::c_int;
use modules_system::descriptors;
use modules_system::os::{fd, net};
use proto_core::sync::{AtomicU32, AtomicU64, Ordering};
use rustix::io::Errno;

use crate::wait::{self, Limit};

/// No time-out.
pub const NO_TIMEOUT: i64 = -1;

static DEFAULT_TIMEOUT: AtomicU64 = AtomicU64::new(NO_TIMEOUT as u64);

/// The payload, in native slot 0. The descriptor (as its bits) is taken out by whoever closes it: the swap decides.
pub struct State {
    fd: AtomicU32,
    family: AtomicU32,
    kind: AtomicU32,
    proto: AtomicU32,
    /// Nanoseconds, -1 for none, as bits.
    timeout: AtomicU64,
}

impl Drop for State {
    fn drop(&mut self) {
        let n = self.fd.load(Ordering::Relaxed) as i32;
        if n >= 0 {
            let _ = fd::close(n);
        }
    }
}

/// A copy of the state for one operation.
#[derive(Clone, Copy)]
pub struct Socket {
    /// The descriptor, -1 when closed.
    pub fd: i32,
    /// Address family.
    pub family: i32,
    /// Type.
    pub kind: i32,
    /// Protocol.
    pub proto: i32,
    /// The time-out in nanoseconds.
    pub timeout: i64,
}

impl Socket {
    /// How long an operation that starts now may take.
    pub fn limit(&self) -> Limit {
        Limit::new(self.timeout)
    }

    /// The same for a call that receives with these flags.
    pub fn receive_limit(&self, flags: i32) -> Limit {
        const AT_ONCE: i32 = libc::MSG_DONTWAIT | libc::MSG_OOB | libc::MSG_ERRQUEUE;
        match self.limit() {
            Limit::Forever if flags & AT_ONCE != 0 => Limit::Now,
            limit => limit,
        }
    }
}

fn state(cx: &Ctx, v: Value) -> Option<&State> {
    Obj::of(v)?.payload::<State>(cx, 0)
}

/// The state as it is now.
pub fn get(cx: &Ctx, v: Value) -> Socket {
    match state(cx, v) {
        Some(s) => Socket {
            fd: s.fd.load(Ordering::Acquire) as i32,
            family: s.family.load(Ordering::Relaxed) as i32,
            kind: s.kind.load(Ordering::Relaxed) as i32,
            proto: s.proto.load(Ordering::Relaxed) as i32,
            timeout: s.timeout.load(Ordering::Relaxed) as i64,
        },
        None => Socket { fd: -1, family: 0, kind: 0, proto: 0, timeout: NO_TIMEOUT },
    }
}

/// Takes the descriptor out; -1 if it was gone.
pub fn take_fd(cx: &Ctx, v: Value) -> i32 {
    state(cx, v).map_or(-1, |s| s.fd.swap(u32::MAX, Ordering::AcqRel) as i32)
}

/// `socket.__new__`: a closed socket.
pub fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let obj = cx.alloc_instance(args[0])?;
    let state = State {
        fd: AtomicU32::new(u32::MAX),
        family: AtomicU32::new(0),
        kind: AtomicU32::new(0),
        proto: AtomicU32::new(0),
        timeout: AtomicU64::new(NO_TIMEOUT as u64),
    };
    obj.set_payload(cx, 0, state);
    Ok(obj.value())
}

fn fill(cx: &mut Ctx, v: Value, s: Socket) -> Res<()> {
    let mut timeout = DEFAULT_TIMEOUT.load(Ordering::Relaxed) as i64;
    if s.kind & libc::SOCK_NONBLOCK != 0 {
        timeout = 0;
    } else if timeout >= 0
        && let Err(e) = set_fd_blocking(s.fd, false)
    {
        let _ = fd::close(s.fd);
        return Err(cx.os_error(e.raw_os_error(), None));
    }
    if let Some(state) = state(cx, v) {
        state.family.store(s.family as u32, Ordering::Relaxed);
        state.kind.store((s.kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC)) as u32, Ordering::Relaxed);
        state.proto.store(s.proto as u32, Ordering::Relaxed);
        state.timeout.store(timeout as u64, Ordering::Relaxed);
        // Publishes the fields above to those who acquire the descriptor.
        state.fd.store(s.fd as u32, Ordering::Release);
    }
    Ok(())
}

fn set_fd_blocking(n: i32, blocking: bool) -> Result<(), Errno> {
    rustix::io::ioctl_fionbio(fd::borrow(n)?, !blocking)
}

/// `socket.__init__(family=-1, type=-1, proto=-1, fileno=None)`
pub fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let mut number = |i: usize| args.get(i).map_or(Ok(-1), |v| c_int(cx, v));
    let (mut family, mut kind, mut proto) = (number(1)?, number(2)?, number(3)?);
    let given = args.or(4, Value::NONE);
    if given == Value::NONE {
        family = if family == -1 { libc::AF_INET } else { family };
        kind = if kind == -1 { libc::SOCK_STREAM } else { kind };
        proto = if proto == -1 { 0 } else { proto };
    }
    audit::tell(cx, "socket.__new__", &[args[0], Value::small(family), Value::small(kind), Value::small(proto)])?;
    if given == Value::NONE {
        let made = descriptors::make(cx, || net::socket(family, kind, proto))?;
        let fd = checked(cx, made)?;
        fill(cx, args[0], Socket { fd, family, kind, proto, timeout: 0 })?;
        return Ok(Value::NONE);
    }
    let fd = c_int(cx, given)?;
    if fd < 0 {
        return Err(cx.value_error("negative file descriptor"));
    }
    match net::own_name(fd) {
        Ok(name) if family == -1 => family = name.family().unwrap_or(libc::AF_UNSPEC),
        Err(e) if family == -1 || e == Errno::BADF || e == Errno::NOTSOCK => {
            return Err(cx.os_error(e.raw_os_error(), None));
        }
        _ => {}
    }
    if kind == -1 {
        let found = net::get_int_option(fd, libc::SOL_SOCKET, libc::SO_TYPE);
        kind = checked(cx, found)?;
    }
    if proto == -1 {
        let found = net::get_int_option(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL);
        proto = checked(cx, found)?;
    }
    fill(cx, args[0], Socket { fd, family, kind, proto, timeout: 0 })?;
    Ok(Value::NONE)
}

/// The result of a system call.
pub fn checked<T>(cx: &mut Ctx, r: Result<T, Errno>) -> Res<T> {
    match r {
        Ok(v) => Ok(v),
        Err(e) => Err(cx.os_error(e.raw_os_error(), None)),
    }
}

/// A socket object for a descriptor.
pub fn adopt(cx: &mut Ctx, fd: i32, family: i32, kind: i32, proto: i32) -> PyResult {
    let ty = cx.type_of_def(&super::SOCKET).value();
    let value = protocol::call_method(cx, ty, cx.names.__new__, &[ty])?;
    fill(cx, value, Socket { fd, family, kind, proto, timeout: 0 })?;
    Ok(value)
}

/// `close()`
pub fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let n = take_fd(cx, args[0]);
    if n >= 0 {
        match cx.blocking(|| fd::close(n)) {
            // The peer may be gone already; the descriptor is closed all the same.
            Ok(()) | Err(Errno::CONNRESET) => {}
            Err(e) => return Err(cx.os_error(e.raw_os_error(), None)),
        }
    }
    Ok(Value::NONE)
}

/// `detach()`
pub fn detach(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::small(take_fd(cx, args[0])))
}

/// `fileno()`
pub fn fileno(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::small(get(cx, args[0]).fd))
}

/// `__del__`: a socket that was not closed says so.
pub fn del(cx: &mut Ctx, args: Args) -> PyResult {
    if get(cx, args[0]).fd >= 0 {
        modules_system::warnings::unclosed(cx, "socket", args[0], args[0]);
        // At the end of the program threads that are still there may use it.
        if modules_system::lifecycle::is_finalizing() {
            return Ok(Value::NONE);
        }
        let n = take_fd(cx, args[0]);
        if n >= 0 {
            let _ = fd::close(n);
        }
    }
    Ok(Value::NONE)
}

/// `<socket object, fd=3, family=2, type=1, proto=0>`
pub fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let s = get(cx, v);
    let text = format!("<socket object, fd={}, family={}, type={}, proto={}>", s.fd, s.family, s.kind, s.proto);
    Ok(Str::new(cx, &text))
}

/// A time-out argument in nanoseconds.
fn timeout_arg(cx: &mut Ctx, v: Value) -> Res<i64> {
    if v == Value::NONE {
        return Ok(NO_TIMEOUT);
    }
    match wait::nanoseconds(cx, v, 1_000_000_000)? {
        Some(n) if n >= 0 => Ok(n),
        Some(_) => Err(cx.value_error("Timeout value out of range")),
        None => {
            let ty = type_name(cx, v);
            Err(cx.type_error(format!("'{ty}' object cannot be interpreted as an integer or float")))
        }
    }
}

fn timeout_value(cx: &mut Ctx, nanos: i64) -> Value {
    if nanos < 0 { Value::NONE } else { float::new(cx, nanos as f64 / 1e9) }
}

fn set_timeout(cx: &mut Ctx, v: Value, nanos: i64) -> PyResult {
    let s = get(cx, v);
    let r = set_fd_blocking(s.fd, nanos < 0);
    checked(cx, r)?;
    if let Some(state) = state(cx, v) {
        state.timeout.store(nanos as u64, Ordering::Relaxed);
    }
    Ok(Value::NONE)
}

/// `settimeout(timeout)`
pub fn settimeout(cx: &mut Ctx, args: Args) -> PyResult {
    let nanos = timeout_arg(cx, args[1])?;
    set_timeout(cx, args[0], nanos)
}

/// `setblocking(flag)`
pub fn setblocking(cx: &mut Ctx, args: Args) -> PyResult {
    let block = protocol::truth(cx, args[1])?;
    set_timeout(cx, args[0], if block { NO_TIMEOUT } else { 0 })
}

/// `gettimeout()`
pub fn gettimeout(cx: &mut Ctx, args: Args) -> PyResult {
    timeout(cx, args[0])
}

/// The attribute `timeout`.
pub fn timeout(cx: &mut Ctx, v: Value) -> PyResult {
    let nanos = get(cx, v).timeout;
    Ok(timeout_value(cx, nanos))
}

/// `getblocking()`
pub fn getblocking(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(get(cx, args[0]).timeout != 0))
}

/// `setdefaulttimeout(timeout)`
pub fn setdefaulttimeout(cx: &mut Ctx, args: Args) -> PyResult {
    let nanos = timeout_arg(cx, args[0])?;
    DEFAULT_TIMEOUT.store(nanos as u64, Ordering::Relaxed);
    Ok(Value::NONE)
}

/// `getdefaulttimeout()`
pub fn getdefaulttimeout(cx: &mut Ctx, _args: Args) -> PyResult {
    let nanos = DEFAULT_TIMEOUT.load(Ordering::Relaxed) as i64;
    Ok(timeout_value(cx, nanos))
}
