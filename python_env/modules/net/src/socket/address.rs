//! Addresses: from Python's tuples and strings to the kernel's form and back.

use std::ffi::CString;
use std::net::{Ipv4Addr, Ipv6Addr};

use engine::prelude::*;
use modules_system::convert::{fs_decode, fs_encode, type_name};
use modules_system::os::net::Addr;
use modules_system::os::resolve::{self, Failure, Hints};

use super::state::Socket;

/// Bytes before the path in the address of a local socket.
const PATH_AT: usize = 2;
/// Room for that path.
const PATH_MAX: usize = 108;

/// The exception for a failed look-up.
pub fn lookup_error(cx: &mut Ctx, failure: Failure) -> Raised {
    match failure {
        Failure::System(e) => cx.os_error(e.raw_os_error(), None),
        Failure::Code(code) => {
            let text = Str::new(cx, &resolve::describe(code));
            let class = cx.type_of_def(&super::GAIERROR).value();
            cx.raise_call(class, &[Value::small(code), text])
        }
    }
}

/// A host argument: str (in IDNA when it is not ASCII), bytes or bytearray.
pub fn host_bytes(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    let bytes = if let Some(s) = Str::of_sub(cx, v) {
        if s.is_ascii() { s.as_bytes().to_vec() } else { idna(cx, v)? }
    } else if Bytes::of_sub(cx, v).is_some() || is_bytearray(cx, v) {
        protocol::buffer::to_bytes(cx, v)?
    } else {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("str, bytes or bytearray expected, not {ty}")));
    };
    if bytes.contains(&0) {
        return Err(cx.type_error("host name must not contain null character"));
    }
    Ok(bytes)
}

fn is_bytearray(cx: &mut Ctx, v: Value) -> bool {
    types::type_of(cx, v).mro_types().any(|t| t.name_str() == "bytearray")
}

fn idna(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    let codec = Str::new(cx, "idna");
    match protocol::call_method(cx, v, cx.names.encode, &[codec]) {
        Ok(b) => protocol::buffer::to_bytes(cx, b),
        Err(r) => {
            cx.clear(r);
            Err(cx.type_error("encoding of hostname failed"))
        }
    }
}

/// Resolves a host to one address without a port. An empty name is the wildcard.
pub fn resolve_host(cx: &mut Ctx, name: &[u8], family: i32) -> Res<Addr> {
    if name.is_empty() {
        let hints = Hints { flags: libc::AI_PASSIVE, kind: [family, libc::SOCK_DGRAM, 0] };
        return match resolve::addresses(None, Some(c"0"), hints) {
            Ok(found) => match found[..] {
                [ref one] => Ok(one.addr),
                _ => Err(cx.raise(Exc::OSError, "wildcard resolved to multiple address")),
            },
            Err(e) => Err(lookup_error(cx, e)),
        };
    }
    if name == b"255.255.255.255" || name == b"<broadcast>" {
        if family != libc::AF_INET && family != libc::AF_UNSPEC {
            return Err(cx.raise(Exc::OSError, "address family mismatched"));
        }
        return Ok(Addr::v4([255; 4], 0));
    }
    if let Ok(text) = std::str::from_utf8(name) {
        if family != libc::AF_INET6
            && let Ok(ip) = text.parse::<Ipv4Addr>()
        {
            return Ok(Addr::v4(ip.octets(), 0));
        }
        if family != libc::AF_INET
            && let Ok(ip) = text.parse::<Ipv6Addr>()
        {
            return Ok(Addr::v6(ip.octets(), 0, 0, 0));
        }
    }
    let name = CString::new(name).unwrap_or_default();
    let hints = Hints { flags: 0, kind: [family, 0, 0] };
    match cx.blocking(|| resolve::addresses(Some(&name), None, hints)) {
        Ok(found) => match found.first() {
            Some(one) => Ok(one.addr),
            None => Err(lookup_error(cx, Failure::Code(libc::EAI_NONAME))),
        },
        Err(e) => Err(lookup_error(cx, e)),
    }
}

/// A number in an address; what does not fit `max` raises the text.
fn number(cx: &mut Ctx, v: Value, max: u32, text: impl FnOnce() -> String) -> Res<u32> {
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n).and_then(|n| u32::try_from(n).ok()).filter(|&n| n <= max) {
        Some(n) => Ok(n),
        None => Err(cx.overflow_error(text())),
    }
}

fn port(cx: &mut Ctx, v: Value, function: &str) -> Res<u16> {
    Ok(number(cx, v, 0xffff, || format!("{function}(): port must be 0-65535."))? as u16)
}

fn flow(cx: &mut Ctx, v: Value, function: &str) -> Res<u32> {
    number(cx, v, 0xfffff, || format!("{function}(): flowinfo must be 0-1048575."))
}

fn any_u32(cx: &mut Ctx, v: Value) -> Res<u32> {
    let n = protocol::index_value(cx, v)?;
    // The C API takes such numbers modulo the word.
    Ok(int::to_i64(n).map_or(u32::MAX, |n| n as u32))
}

fn tuple(cx: &mut Ctx, v: Value, function: &str, family: &str) -> Res<Tuple> {
    match Tuple::of_sub(cx, v) {
        Some(t) => Ok(t),
        None => {
            let ty = type_name(cx, v);
            Err(cx.type_error(format!("{function}(): {family} address must be tuple, not {ty}")))
        }
    }
}

/// The address argument of a socket's method.
pub fn parse(cx: &mut Ctx, s: Socket, v: Value, function: &str) -> Res<Addr> {
    match s.family {
        libc::AF_INET => {
            let t = tuple(cx, v, function, "AF_INET")?;
            if t.len() != 2 {
                return Err(cx.type_error("AF_INET address must be a pair (host, port)"));
            }
            let host = host_bytes(cx, t.get(0))?;
            let port = port(cx, t.get(1), function)?;
            let mut addr = resolve_host(cx, &host, libc::AF_INET)?;
            addr.set_port(port);
            Ok(addr)
        }
        libc::AF_INET6 => {
            let t = tuple(cx, v, function, "AF_INET6")?;
            if !(2..=4).contains(&t.len()) {
                return Err(cx.type_error("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"));
            }
            let host = host_bytes(cx, t.get(0))?;
            let port = port(cx, t.get(1), function)?;
            let flow = if t.len() > 2 { flow(cx, t.get(2), function)? } else { 0 };
            let scope = if t.len() > 3 { any_u32(cx, t.get(3))? } else { 0 };
            let found = resolve_host(cx, &host, libc::AF_INET6)?;
            let scope = if scope == 0 { u32::from_ne_bytes(found.field(24)) } else { scope };
            Ok(Addr::v6(found.field(8), port, flow, scope))
        }
        libc::AF_UNIX => local(cx, v),
        libc::AF_NETLINK => {
            let t = tuple(cx, v, function, "AF_NETLINK")?;
            if t.len() != 2 {
                return Err(cx.type_error("AF_NETLINK address must be a pair (pid, groups)"));
            }
            let (pid, groups) = (any_u32(cx, t.get(0))?, any_u32(cx, t.get(1))?);
            packed(cx, libc::AF_NETLINK, &[&[0; 2], &pid.to_ne_bytes(), &groups.to_ne_bytes()])
        }
        libc::AF_VSOCK => {
            let t = tuple(cx, v, function, "AF_VSOCK")?;
            if t.len() != 2 {
                return Err(cx.type_error("AF_VSOCK address must be a pair (CID, port)"));
            }
            let (cid, port) = (any_u32(cx, t.get(0))?, any_u32(cx, t.get(1))?);
            packed(cx, libc::AF_VSOCK, &[&[0; 2], &port.to_ne_bytes(), &cid.to_ne_bytes(), &[0; 4]])
        }
        libc::AF_PACKET => packet(cx, s, v, function),
        _ => Err(cx.raise(Exc::OSError, format!("{function}(): bad family"))),
    }
}

fn packed(cx: &mut Ctx, family: i32, parts: &[&[u8]]) -> Res<Addr> {
    let mut bytes = (family as libc::sa_family_t).to_ne_bytes().to_vec();
    for part in parts {
        bytes.extend_from_slice(part);
    }
    match Addr::new(&bytes) {
        Some(addr) => Ok(addr),
        None => Err(cx.raise(Exc::OSError, "address too long")),
    }
}

fn local(cx: &mut Ctx, v: Value) -> Res<Addr> {
    let mut path = match Str::of_sub(cx, v) {
        Some(_) => fs_encode(cx, v)?,
        None => protocol::buffer::to_bytes(cx, v)?,
    };
    // A name that starts with a zero byte is no file: all its bytes count and no terminator follows.
    let is_abstract = path.first().is_none_or(|&b| b == 0);
    if path.len() + usize::from(!is_abstract) > PATH_MAX {
        return Err(cx.raise(Exc::OSError, "AF_UNIX path too long"));
    }
    if !is_abstract {
        path.push(0);
    }
    packed(cx, libc::AF_UNIX, &[&path])
}

fn packet(cx: &mut Ctx, s: Socket, v: Value, function: &str) -> Res<Addr> {
    let t = tuple(cx, v, function, "AF_PACKET")?;
    if !(2..=5).contains(&t.len()) {
        return Err(cx.type_error(
            "AF_PACKET address must be a tuple of two to five elements (ifname, proto[, pkttype[, hatype[, addr]]])",
        ));
    }
    let name = host_bytes(cx, t.get(0))?;
    let proto = number(cx, t.get(1), 0xffff, || format!("{function}(): proto must be 0-65535."))?;
    let kind = if t.len() > 2 { any_u32(cx, t.get(2))? } else { 0 };
    let hardware = if t.len() > 3 { any_u32(cx, t.get(3))? } else { 0 };
    let address = if t.len() > 4 { protocol::buffer::to_bytes(cx, t.get(4))? } else { Vec::new() };
    if address.len() > 8 {
        return Err(cx.value_error("hardware address must be 8 bytes or less"));
    }
    let name = CString::new(name).unwrap_or_default();
    let index = match resolve::interface_index(&name) {
        Ok(n) => n,
        Err(e) => return Err(cx.os_error(e.raw_os_error(), None)),
    };
    let mut eight = [0; 8];
    eight[..address.len()].copy_from_slice(&address);
    let _ = s;
    packed(
        cx,
        libc::AF_PACKET,
        &[
            &(proto as u16).to_be_bytes(),
            &index.to_ne_bytes(),
            &(hardware as u16).to_ne_bytes(),
            &[kind as u8, address.len() as u8],
            &eight,
        ],
    )
}

/// What Python sees of an address; `None` where the kernel gave none.
pub fn format(cx: &mut Ctx, addr: &Addr) -> Value {
    let Some(family) = addr.family() else { return Value::NONE };
    match family {
        libc::AF_INET => {
            let host = host_text(cx, addr);
            Tuple::new(cx, &[host, Value::small(i32::from(port_of(addr)))])
        }
        libc::AF_INET6 => {
            let host = host_text(cx, addr);
            let flow = u32::from_be_bytes(addr.field(4));
            let scope = u32::from_ne_bytes(addr.field(24));
            let fields = [
                host,
                Value::small(i32::from(port_of(addr))),
                int::from_u64(cx, flow.into()),
                int::from_u64(cx, scope.into()),
            ];
            Tuple::new(cx, &fields)
        }
        libc::AF_UNIX => {
            let path = &addr.as_bytes()[PATH_AT..];
            if path.first() == Some(&0) && !path.is_empty() && addr.as_bytes().len() > PATH_AT + 1 {
                return Bytes::new(cx, path);
            }
            let end = path.iter().position(|&b| b == 0).unwrap_or(path.len());
            fs_decode(cx, &path[..end])
        }
        libc::AF_NETLINK => pair(cx, u32::from_ne_bytes(addr.field(4)), u32::from_ne_bytes(addr.field(8))),
        libc::AF_VSOCK => pair(cx, u32::from_ne_bytes(addr.field(8)), u32::from_ne_bytes(addr.field(4))),
        libc::AF_PACKET => {
            let index = u32::from_ne_bytes(addr.field(4));
            let name = resolve::interface_name(index).unwrap_or_default();
            let [kind, len] = addr.field(10);
            let hardware = Bytes::new(cx, &addr.field::<8>(12)[..usize::from(len).min(8)]);
            let fields = [
                fs_decode(cx, name.as_bytes()),
                Value::small(i32::from(u16::from_be_bytes(addr.field(2)))),
                Value::small(i32::from(kind)),
                Value::small(i32::from(u16::from_ne_bytes(addr.field(8)))),
                hardware,
            ];
            Tuple::new(cx, &fields)
        }
        _ => {
            let data = Bytes::new(cx, &addr.as_bytes()[2..]);
            Tuple::new(cx, &[Value::small(family), data])
        }
    }
}

fn pair(cx: &mut Ctx, a: u32, b: u32) -> Value {
    let fields = [int::from_u64(cx, a.into()), int::from_u64(cx, b.into())];
    Tuple::new(cx, &fields)
}

fn port_of(addr: &Addr) -> u16 {
    u16::from_be_bytes(addr.field(2))
}

/// The numeric host of an IPv4 or IPv6 address.
pub fn host_text(cx: &mut Ctx, addr: &Addr) -> Value {
    let text = match addr.family() {
        Some(libc::AF_INET6) => Ipv6Addr::from(addr.field::<16>(8)).to_string(),
        _ => Ipv4Addr::from(addr.field::<4>(4)).to_string(),
    };
    Str::new(cx, &text)
}
