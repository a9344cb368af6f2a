//! Messages of several parts with ancillary data: `sendmsg`, `recvmsg`, `recvmsg_into`, `CMSG_LEN`, `CMSG_SPACE`.

use engine::prelude::*;
use engine::protocol::buffer::Buffer;
use modules_system::convert::{c_int, type_name};
use modules_system::os::net::{self, CONTROL_HEAD, Message, Region};

use super::address::format;
use super::connection::target;
use super::state::get;
use super::transfer::{readable, writable};
use crate::wait;

/// Most parts of one message.
const PARTS_MAX: usize = libc::UIO_MAXIOV as usize;
/// Longest ancillary data, as for the kernel's 32-bit lengths.
const CONTROL_MAX: i64 = 0x7fff_ffff;

fn release(cx: &mut Ctx, views: Vec<Buffer>) {
    for view in views {
        view.release(cx);
    }
}

/// Views of every item of an iterable, and the roots that keep their memory alive.
fn views(
    cx: &mut Ctx,
    v: Value,
    function: &str,
    view: impl Fn(&mut Ctx, Value) -> Res<Buffer>,
) -> Res<(RootVec, Vec<Buffer>)> {
    let list = items(cx, v, function, 1)?;
    let mut owners = RootVec::new(cx);
    let mut out = Vec::new();
    for i in 0..list.len() {
        match view(cx, list.get(i).unwrap_or(Value::NONE)) {
            Ok(b) => {
                owners.push(b.owner);
                out.push(b);
            }
            Err(r) => {
                release(cx, out);
                return Err(r);
            }
        }
    }
    Ok((owners, out))
}

fn items(cx: &mut Ctx, v: Value, function: &str, position: usize) -> Res<List> {
    let ty = types::type_of(cx, v);
    if ty.slots().iter().is_none() && ty.slots().getitem().is_none() {
        return Err(cx.type_error(format!("{function}() argument {position} must be an iterable")));
    }
    protocol::list_of(cx, v)
}

/// Ancillary data in the kernel's form.
fn control_bytes(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    let list = items(cx, v, "sendmsg", 2)?;
    let mut out: Vec<u8> = Vec::new();
    for i in 0..list.len() {
        let item = list.get(i).unwrap_or(Value::NONE);
        let Some(t) = Tuple::of_sub(cx, item) else {
            let ty = type_name(cx, item);
            return Err(
                cx.type_error(format!("[sendmsg() ancillary data items]() argument must be 3-item tuple, not {ty}"))
            );
        };
        if t.len() != 3 {
            let n = t.len();
            return Err(cx.type_error(format!(
                "[sendmsg() ancillary data items]() argument must be tuple of length 3, not {n}"
            )));
        }
        let (level, kind) = (c_int(cx, t.get(0))?, c_int(cx, t.get(1))?);
        let data = protocol::buffer::to_bytes(cx, t.get(2))?;
        out.extend_from_slice(&(CONTROL_HEAD + data.len()).to_ne_bytes());
        out.extend_from_slice(&level.to_ne_bytes());
        out.extend_from_slice(&kind.to_ne_bytes());
        out.extend_from_slice(&data);
        out.resize(net::control_align(out.len()), 0);
    }
    Ok(out)
}

/// `sendmsg(buffers[, ancdata[, flags[, address]]])`
pub fn sendmsg(cx: &mut Ctx, args: Args) -> PyResult {
    let (_owners, views) = views(cx, args[1], "sendmsg", readable)?;
    let r = (|| {
        let control = args.get(2).map_or(Ok(Vec::new()), |v| control_bytes(cx, v))?;
        let flags = args.get(3).map_or(Ok(0), |v| c_int(cx, v))?;
        let to = match args.get(4).filter(|&v| v != Value::NONE) {
            Some(v) => Some(target(cx, args[0], v, "sendmsg")?),
            None => None,
        };
        audit::tell(cx, "socket.sendmsg", &[args[0], args.or(4, Value::NONE)])?;
        if views.len() > PARTS_MAX {
            return Err(cx.raise(Exc::OSError, "sendmsg() argument 1 is too long"));
        }
        let parts: Vec<Region> = views.iter().map(|v| Region::of_view(v, 0, v.len)).collect();
        let s = get(cx, args[0]);
        wait::io(cx, s.fd, true, s.limit(), || net::send_message(s.fd, &parts, &control, flags, to.as_ref()))
    })();
    release(cx, views);
    Ok(int::from_usize(cx, r?))
}

fn control_size(cx: &mut Ctx, v: Option<Value>) -> Res<usize> {
    let n = v.map_or(Ok(0), |v| protocol::index(cx, v))?;
    if !(0..=CONTROL_MAX).contains(&n) {
        return Err(cx.value_error("invalid ancillary data buffer length"));
    }
    Ok(n as usize)
}

fn receive(cx: &mut Ctx, socket: Value, parts: &mut [Region], control: usize, flags: i32) -> Res<Message> {
    let s = get(cx, socket);
    wait::io(cx, s.fd, false, s.receive_limit(flags), || net::recv_message(s.fd, parts, control, flags))
}

/// The list of (level, type, data) in a control buffer.
fn control_list(cx: &mut Ctx, control: &[u8]) -> Value {
    let list = List::new(cx);
    let mut rest = control;
    while rest.len() >= CONTROL_HEAD {
        let word = |at: usize| <[u8; 4]>::try_from(&rest[at..at + 4]).map_or(0, i32::from_ne_bytes);
        let at = CONTROL_HEAD - 8;
        let len = <[u8; 8]>::try_from(&rest[..8]).map_or(0, usize::from_ne_bytes);
        let (level, kind) = (word(at), word(at + 4));
        if len < CONTROL_HEAD {
            break;
        }
        let data = Bytes::new(cx, &rest[CONTROL_HEAD..len.min(rest.len())]);
        let item = Tuple::new(cx, &[Value::small(level), Value::small(kind), data]);
        list.push(cx, item);
        rest = &rest[net::control_align(len).min(rest.len())..];
    }
    list.value()
}

fn result(cx: &mut Ctx, first: Value, m: &Message) -> Value {
    let control = control_list(cx, &m.control);
    let from = format(cx, &m.from);
    Tuple::new(cx, &[first, control, Value::small(m.flags), from])
}

/// `recvmsg(bufsize[, ancbufsize[, flags]])`
pub fn recvmsg(cx: &mut Ctx, args: Args) -> PyResult {
    let n = protocol::index(cx, args[1])?;
    let Ok(n) = usize::try_from(n) else {
        return Err(cx.value_error("negative buffer size in recvmsg()"));
    };
    let control = control_size(cx, args.get(2))?;
    let flags = args.get(3).map_or(Ok(0), |v| c_int(cx, v))?;
    let mut data = cx.zeros(n)?;
    let m = receive(cx, args[0], &mut [Region::of_slice(&mut data)], control, flags)?;
    let bytes = Bytes::wish(cx, &data[..m.len.min(n)])?;
    Ok(result(cx, bytes, &m))
}

/// `recvmsg_into(buffers[, ancbufsize[, flags]])`
pub fn recvmsg_into(cx: &mut Ctx, args: Args) -> PyResult {
    let (_owners, views) = views(cx, args[1], "recvmsg_into", |cx, v| {
        writable(cx, v, |_| {
            "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers".to_string()
        })
    })?;
    let r = (|| {
        if views.len() > PARTS_MAX {
            return Err(cx.raise(Exc::OSError, "recvmsg_into() argument 1 is too long"));
        }
        let control = control_size(cx, args.get(2))?;
        let flags = args.get(3).map_or(Ok(0), |v| c_int(cx, v))?;
        let mut parts: Vec<Region> = views.iter().map(|v| Region::of_view(v, 0, v.len)).collect();
        receive(cx, args[0], &mut parts, control, flags)
    })();
    release(cx, views);
    let m = r?;
    let n = int::from_usize(cx, m.len);
    Ok(result(cx, n, &m))
}

fn space(cx: &mut Ctx, args: Args, name: &str, least: usize, f: impl Fn(usize) -> usize) -> PyResult {
    let n = protocol::index_value(cx, args[0])?;
    let Some(n) = int::to_i64(n) else {
        return Err(cx.overflow_error("Python int too large to convert to C ssize_t"));
    };
    let most = CONTROL_MAX - least as i64;
    match usize::try_from(n).ok().filter(|_| n <= most) {
        Some(n) => Ok(int::from_usize(cx, f(n))),
        None => Err(cx.overflow_error(format!("{name}() argument out of range"))),
    }
}

/// `CMSG_LEN(length)`
pub fn cmsg_len(cx: &mut Ctx, args: Args) -> PyResult {
    space(cx, args, "CMSG_LEN", CONTROL_HEAD, |n| CONTROL_HEAD + n)
}

/// `CMSG_SPACE(length)`
pub fn cmsg_space(cx: &mut Ctx, args: Args) -> PyResult {
    // With room for the padding around one byte, whatever the length is.
    let least = CONTROL_HEAD + net::control_align(1);
    space(cx, args, "CMSG_SPACE", least, |n| CONTROL_HEAD + net::control_align(n))
}
