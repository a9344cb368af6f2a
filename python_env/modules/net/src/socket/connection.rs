//! Methods that name, connect and configure a socket.

use engine::prelude::*;
use modules_system::convert::c_int;
use modules_system::os::net;
use modules_system::{descriptors, idle};
use rustix::io::Errno;

use super::address::{self, format, parse};
use super::state::{checked, get};
use crate::wait::{self, Limit};

/// Longest answer of `getsockopt`.
const OPTION_MAX: i64 = 1024;

/// `bind(address)`
pub fn bind(cx: &mut Ctx, args: Args) -> PyResult {
    let s = get(cx, args[0]);
    let addr = parse(cx, s, args[1], "bind")?;
    audit::tell(cx, "socket.bind", &[args[0], args[1]])?;
    // The address may be that of a socket that nobody uses any more.
    let r = idle::unless_dropped(cx, |e| e == Errno::ADDRINUSE, || net::bind(s.fd, &addr))?;
    checked(cx, r)?;
    Ok(Value::NONE)
}

/// `listen(backlog=min(SOMAXCONN, 128))`
pub fn listen(cx: &mut Ctx, args: Args) -> PyResult {
    let s = get(cx, args[0]);
    let backlog = args.get(1).map_or(Ok(libc::SOMAXCONN.min(128)), |v| c_int(cx, v))?;
    let r = net::listen(s.fd, backlog.max(0));
    checked(cx, r)?;
    Ok(Value::NONE)
}

/// `_accept()`: descriptor and address.
pub fn accept(cx: &mut Ctx, args: Args) -> PyResult {
    let s = get(cx, args[0]);
    descriptors::prepare(cx)?;
    let (fd, addr) = wait::io(cx, s.fd, false, s.limit(), || net::accept(s.fd))?;
    descriptors::note(fd);
    let addr = format(cx, &addr);
    Ok(Tuple::new(cx, &[Value::small(fd), addr]))
}

/// Connects; the inner error is the number that `connect_ex` gives.
fn establish(cx: &mut Ctx, args: Args, function: &str) -> Res<Result<(), Errno>> {
    let s = get(cx, args[0]);
    let addr = parse(cx, s, args[1], function)?;
    audit::tell(cx, "socket.connect", &[args[0], args[1]])?;
    let limit = s.limit();
    let first = match limit {
        Limit::Forever => cx.blocking(|| net::connect(s.fd, &addr)),
        _ => net::connect(s.fd, &addr),
    };
    match (first, limit) {
        (Ok(_), _) => return Ok(Ok(())),
        // The connection goes on by itself: its end shows as readiness to write.
        (Err(Errno::INTR), Limit::Forever | Limit::Until(_)) => cx.poll()?,
        (Err(Errno::INPROGRESS), Limit::Until(_)) => {}
        (Err(e), _) => return Ok(Err(e)),
    }
    loop {
        let left = match limit {
            Limit::Until(at) => match wait::left(at) {
                Some(left) => Some(left),
                None => return Ok(Err(Errno::WOULDBLOCK)),
            },
            _ => None,
        };
        match cx.blocking(|| net::wait_ready(s.fd, true, left)) {
            Ok(true) => break,
            Ok(false) | Err(Errno::INTR) => cx.poll()?,
            Err(e) => return Ok(Err(e)),
        }
    }
    Ok(match net::get_int_option(s.fd, libc::SOL_SOCKET, libc::SO_ERROR) {
        Ok(0) | Ok(libc::EISCONN) => Ok(()),
        Ok(e) => Err(Errno::from_raw_os_error(e)),
        Err(e) => Err(e),
    })
}

/// `connect(address)`
pub fn connect(cx: &mut Ctx, args: Args) -> PyResult {
    match establish(cx, args, "connect")? {
        Ok(()) => Ok(Value::NONE),
        Err(Errno::WOULDBLOCK) if matches!(get(cx, args[0]).limit(), Limit::Until(_)) => Err(wait::timed_out(cx)),
        Err(e) => Err(cx.os_error(e.raw_os_error(), None)),
    }
}

/// `connect_ex(address)`
pub fn connect_ex(cx: &mut Ctx, args: Args) -> PyResult {
    let r = establish(cx, args, "connect_ex")?;
    Ok(Value::small(r.err().map_or(0, Errno::raw_os_error)))
}

/// `shutdown(how)`
pub fn shutdown(cx: &mut Ctx, args: Args) -> PyResult {
    let s = get(cx, args[0]);
    let how = c_int(cx, args[1])?;
    let r = net::shutdown(s.fd, how);
    checked(cx, r)?;
    Ok(Value::NONE)
}

/// `getsockname()`
pub fn getsockname(cx: &mut Ctx, args: Args) -> PyResult {
    let s = get(cx, args[0]);
    let r = net::own_name(s.fd);
    let addr = checked(cx, r)?;
    Ok(format(cx, &addr))
}

/// `getpeername()`
pub fn getpeername(cx: &mut Ctx, args: Args) -> PyResult {
    let s = get(cx, args[0]);
    let r = net::peer_name(s.fd);
    let addr = checked(cx, r)?;
    Ok(format(cx, &addr))
}

/// `getsockopt(level, option[, buffersize])`
pub fn getsockopt(cx: &mut Ctx, args: Args) -> PyResult {
    let s = get(cx, args[0]);
    let (level, name) = (c_int(cx, args[1])?, c_int(cx, args[2])?);
    let size = args.get(3).map_or(Ok(0), |v| c_int(cx, v))?;
    if size == 0 {
        let r = net::get_int_option(s.fd, level, name);
        let n = checked(cx, r)?;
        return Ok(int::from_i64(cx, n.into()));
    }
    if !(1..=OPTION_MAX).contains(&i64::from(size)) {
        return Err(cx.raise(Exc::OSError, "getsockopt buflen out of range"));
    }
    let mut value = vec![0; size as usize];
    let r = net::get_option(s.fd, level, name, &mut value);
    let n = checked(cx, r)?;
    Bytes::wish(cx, &value[..n])
}

/// `setsockopt(level, option, value)`, `setsockopt(level, option, None, optlen)`
pub fn setsockopt(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args[1]).map_or(0, Tuple::len);
    let Some(t) = Tuple::of(args[1]).filter(|&t| t.len() == 3 || (t.len() == 4 && t.get(2) == Value::NONE)) else {
        return Err(cx.type_error(format!("setsockopt() takes exactly 3 arguments ({given} given)")));
    };
    let s = get(cx, args[0]);
    let (level, name) = (c_int(cx, t.get(0))?, c_int(cx, t.get(1))?);
    let value = t.get(2);
    let r = if t.len() == 4 {
        let len = protocol::index(cx, t.get(3))?;
        net::set_option_length(s.fd, level, name, len as u32)
    } else if int::is_sub(cx, value) {
        let n = c_int(cx, value)?;
        net::set_option(s.fd, level, name, &n.to_ne_bytes())
    } else {
        let bytes = protocol::buffer::to_bytes(cx, value)?;
        net::set_option(s.fd, level, name, &bytes)
    };
    checked(cx, r)?;
    Ok(Value::NONE)
}

/// `socketpair([family[, type[, proto]]])`
pub fn socketpair(cx: &mut Ctx, args: Args) -> PyResult {
    let mut number = |i: usize, default: i32| args.get(i).map_or(Ok(default), |v| c_int(cx, v));
    let (family, kind, proto) = (number(0, libc::AF_UNIX)?, number(1, libc::SOCK_STREAM)?, number(2, 0)?);
    let r = descriptors::make(cx, || net::socketpair(family, kind, proto))?;
    let [a, b] = checked(cx, r)?;
    let a = super::state::adopt(cx, a, family, kind, proto)?;
    let b = super::state::adopt(cx, b, family, kind, proto)?;
    Ok(Tuple::new(cx, &[a, b]))
}

/// The address argument of `sendto` and `sendmsg`.
pub fn target(cx: &mut Ctx, socket: Value, v: Value, function: &str) -> Res<net::Addr> {
    let s = get(cx, socket);
    address::parse(cx, s, v, function)
}
