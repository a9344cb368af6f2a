//! Methods that send and receive bytes.

use std::time::Instant;

use engine::prelude::*;
use engine::protocol::buffer::{self, Buffer};
use modules_system::convert::{c_int, type_name};
use modules_system::os::net::{self, Region};

use super::address::format;
use super::connection::target;
use super::state::get;
use crate::wait::{self, Limit};

fn flags(cx: &mut Ctx, args: Args, i: usize) -> Res<i32> {
    args.get(i).map_or(Ok(0), |v| c_int(cx, v))
}

/// A contiguous view of a bytes-like argument.
pub fn readable(cx: &mut Ctx, v: Value) -> Res<Buffer> {
    let view = match Bytes::of_sub(cx, v) {
        Some(b) => Buffer::of_bytes(cx, b),
        None => buffer::get_buffer(cx, v, 0)?,
    };
    if view.is_contiguous() {
        return Ok(view);
    }
    view.release(cx);
    Err(cx.raise(Exc::BufferError, "memoryview: underlying buffer is not C-contiguous"))
}

/// A view of a writable bytes-like argument.
pub fn writable(cx: &mut Ctx, v: Value, wrong: impl FnOnce(&str) -> String) -> Res<Buffer> {
    if buffer::has_buffer(cx, v) {
        match buffer::get_buffer(cx, v, buffer::WRITABLE) {
            Ok(view) if view.is_contiguous() && !view.readonly => return Ok(view),
            Ok(view) => view.release(cx),
            Err(r) if cx.matches(&r, Exc::BufferError) || cx.matches(&r, Exc::TypeError) => cx.clear(r),
            Err(r) => return Err(r),
        }
    }
    let ty = type_name(cx, v);
    Err(cx.type_error(wrong(&ty)))
}

fn size(cx: &mut Ctx, v: Value, function: &str) -> Res<usize> {
    let n = protocol::index(cx, v)?;
    usize::try_from(n).map_err(|_| cx.value_error(format!("negative buffersize in {function}")))
}

/// `recv(bufsize[, flags])`
pub fn recv(cx: &mut Ctx, args: Args) -> PyResult {
    let s = get(cx, args[0]);
    let n = size(cx, args[1], "recv")?;
    cx.make_room_beside(n)?;
    let flags = flags(cx, args, 2)?;
    let data = wait::io(cx, s.fd, false, s.receive_limit(flags), || net::recv(s.fd, n, flags))?;
    Bytes::wish(cx, &data)
}

/// `recvfrom(bufsize[, flags])`
pub fn recvfrom(cx: &mut Ctx, args: Args) -> PyResult {
    let s = get(cx, args[0]);
    let n = size(cx, args[1], "recvfrom")?;
    cx.make_room_beside(n)?;
    let flags = flags(cx, args, 2)?;
    let (data, from) = wait::io(cx, s.fd, false, s.receive_limit(flags), || net::recv_from(s.fd, n, flags))?;
    let data = Bytes::wish(cx, &data)?;
    let from = sender(cx, &from);
    Ok(Tuple::new(cx, &[data, from]))
}

/// The sender of a message; connected sockets are told none.
pub fn sender(cx: &mut Ctx, from: &net::Addr) -> Value {
    format(cx, from)
}

/// The part of a view that `nbytes` asks for.
fn wanted(cx: &mut Ctx, args: Args, len: usize, function: &str, too_small: &'static str) -> Res<usize> {
    let Some(v) = args.get(2) else { return Ok(len) };
    let n = size(cx, v, function)?;
    if n > len {
        return Err(cx.value_error(too_small));
    }
    Ok(if n == 0 { len } else { n })
}

/// `recv_into(buffer[, nbytes[, flags]])`
pub fn recv_into(cx: &mut Ctx, args: Args) -> PyResult {
    let view = into_view(cx, args[1], "recv_into")?;
    let r = (|| {
        let s = get(cx, args[0]);
        let flags = flags(cx, args, 3)?;
        let n = wanted(cx, args, view.len, "recv_into", "buffer too small for requested bytes")?;
        let to = Region::of_view(&view, 0, n);
        wait::io(cx, s.fd, false, s.receive_limit(flags), || net::recv_into(s.fd, to, flags))
    })();
    view.release(cx);
    Ok(int::from_usize(cx, r?))
}

fn into_view(cx: &mut Ctx, v: Value, function: &str) -> Res<Buffer> {
    writable(cx, v, |ty| format!("{function}() argument 1 must be read-write bytes-like object, not {ty}"))
}

/// `recvfrom_into(buffer[, nbytes[, flags]])`
pub fn recvfrom_into(cx: &mut Ctx, args: Args) -> PyResult {
    let view = into_view(cx, args[1], "recvfrom_into")?;
    let r = (|| {
        let s = get(cx, args[0]);
        let flags = flags(cx, args, 3)?;
        let too_small = "nbytes is greater than the length of the buffer";
        let n = wanted(cx, args, view.len, "recvfrom_into", too_small)?;
        let to = Region::of_view(&view, 0, n);
        wait::io(cx, s.fd, false, s.receive_limit(flags), || net::recv_from_into(s.fd, to, flags))
    })();
    view.release(cx);
    let (n, from) = r?;
    let n = int::from_usize(cx, n);
    let from = sender(cx, &from);
    Ok(Tuple::new(cx, &[n, from]))
}

/// `send(data[, flags])`
pub fn send(cx: &mut Ctx, args: Args) -> PyResult {
    let view = readable(cx, args[1])?;
    let r = (|| {
        let s = get(cx, args[0]);
        let flags = flags(cx, args, 2)?;
        let from = Region::of_view(&view, 0, view.len);
        wait::io(cx, s.fd, true, s.limit(), || net::send(s.fd, from, flags))
    })();
    view.release(cx);
    Ok(int::from_usize(cx, r?))
}

/// `sendall(data[, flags])`: the time-out counts for the whole.
pub fn sendall(cx: &mut Ctx, args: Args) -> PyResult {
    let view = readable(cx, args[1])?;
    let r = (|| {
        let s = get(cx, args[0]);
        let flags = flags(cx, args, 2)?;
        let limit = s.limit();
        let mut sent = 0;
        loop {
            let from = Region::of_view(&view, sent, view.len);
            sent += wait::io(cx, s.fd, true, limit, || net::send(s.fd, from, flags))?;
            cx.poll()?;
            if sent >= view.len {
                return Ok(Value::NONE);
            }
            if matches!(limit, Limit::Until(at) if at <= Instant::now()) {
                return Err(wait::timed_out(cx));
            }
        }
    })();
    view.release(cx);
    r
}

/// `sendto(data[, flags], address)`
pub fn sendto(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args[1]).map_or(0, Tuple::len);
    let Some(t) = Tuple::of(args[1]).filter(|t| t.len() == 2 || t.len() == 3) else {
        return Err(cx.type_error(format!("sendto() takes 2 or 3 arguments ({given} given)")));
    };
    let view = readable(cx, t.get(0))?;
    let r = (|| {
        let flags = if t.len() == 3 { c_int(cx, t.get(1))? } else { 0 };
        let to = target(cx, args[0], t.get(t.len() - 1), "sendto")?;
        audit::tell(cx, "socket.sendto", &[args[0], t.get(t.len() - 1)])?;
        let s = get(cx, args[0]);
        let from = Region::of_view(&view, 0, view.len);
        wait::io(cx, s.fd, true, s.limit(), || net::send_to(s.fd, from, flags, &to))
    })();
    view.release(cx);
    Ok(int::from_usize(cx, r?))
}
