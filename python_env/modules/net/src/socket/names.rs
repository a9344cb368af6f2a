//! Functions that look names up and convert addresses.

use std::ffi::CString;
use std::net::{Ipv4Addr, Ipv6Addr};

use engine::prelude::*;
use modules_system::convert::{c_int, fd, fs_decode, fs_encode, type_name};
use modules_system::descriptors;
use modules_system::os::net::Addr;
use modules_system::os::resolve::{self, Hints, Host};

use super::address::{format, host_bytes, host_text, lookup_error, resolve_host};
use super::state::checked;

fn c_string(bytes: Vec<u8>) -> CString {
    CString::new(bytes).unwrap_or_default()
}

fn latin(cx: &mut Ctx, bytes: &[u8]) -> Value {
    fs_decode(cx, bytes)
}

/// `getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)`
pub fn getaddrinfo(cx: &mut Ctx, args: Args) -> PyResult {
    let host = if args[0] == Value::NONE {
        None
    } else if Str::of_sub(cx, args[0]).is_some() || Bytes::of_sub(cx, args[0]).is_some() {
        Some(c_string(host_bytes(cx, args[0])?))
    } else {
        return Err(cx.type_error("getaddrinfo() argument 1 must be string or None"));
    };
    let port = args[1];
    let service = if port == Value::NONE {
        None
    } else if int::is_sub(cx, port) {
        let text = protocol::str(cx, port)?;
        Some(c_string(protocol::text(cx, text).into_bytes()))
    } else if Str::of_sub(cx, port).is_some() {
        Some(c_string(fs_encode(cx, port)?))
    } else if Bytes::of_sub(cx, port).is_some() {
        Some(c_string(protocol::buffer::to_bytes(cx, port)?))
    } else {
        return Err(cx.raise(Exc::OSError, "Int or String expected"));
    };
    let mut number = |i: usize| args.get(i).map_or(Ok(0), |v| c_int(cx, v));
    let hints = Hints { kind: [number(2)?, number(3)?, number(4)?], flags: number(5)? };
    let found = match cx.blocking(|| resolve::addresses(host.as_deref(), service.as_deref(), hints)) {
        Ok(found) => found,
        Err(e) => return Err(lookup_error(cx, e)),
    };
    let list = List::new(cx);
    for answer in &found {
        let canonical = latin(cx, &answer.canonical);
        let addr = format(cx, &answer.addr);
        let [family, kind, proto] = answer.kind.map(Value::small);
        let item = Tuple::new(cx, &[family, kind, proto, canonical, addr]);
        list.push(cx, item);
    }
    Ok(list.value())
}

/// `getnameinfo(sockaddr, flags)`
pub fn getnameinfo(cx: &mut Ctx, args: Args) -> PyResult {
    let flags = c_int(cx, args[1])?;
    let Some(t) = Tuple::of_sub(cx, args[0]) else {
        return Err(cx.type_error("getnameinfo() argument 1 must be a tuple"));
    };
    if !(2..=4).contains(&t.len()) || Str::of_sub(cx, t.get(0)).is_none() {
        return Err(cx.type_error("getnameinfo(): illegal sockaddr argument"));
    }
    let host = c_string(fs_encode(cx, t.get(0))?);
    let port = c_int(cx, t.get(1))?;
    let mut number = |i: usize| if t.len() > i { protocol::index(cx, t.get(i)) } else { Ok(0) };
    let (flow, scope) = (number(2)?, number(3)?);
    let Some(flow) = u32::try_from(flow).ok().filter(|&f| f <= 0xfffff) else {
        return Err(cx.overflow_error("getnameinfo(): flowinfo must be 0-1048575."));
    };
    let service = c_string(port.to_string().into_bytes());
    // Addresses only: nothing is looked up but the names for them.
    let hints =
        Hints { flags: libc::AI_NUMERICHOST | libc::AI_NUMERICSERV, kind: [libc::AF_UNSPEC, libc::SOCK_DGRAM, 0] };
    let found = match cx.blocking(|| resolve::addresses(Some(&host), Some(&service), hints)) {
        Ok(found) => found,
        Err(e) => return Err(lookup_error(cx, e)),
    };
    let [ref one] = found[..] else {
        return Err(cx.raise(Exc::OSError, "sockaddr resolved to multiple addresses"));
    };
    let addr = match one.kind[0] {
        libc::AF_INET if t.len() != 2 => return Err(cx.raise(Exc::OSError, "IPv4 sockaddr must be 2 tuple")),
        libc::AF_INET6 => Addr::v6(one.addr.field(8), u16::from_be_bytes(one.addr.field(2)), flow, scope as u32),
        _ => one.addr,
    };
    match cx.blocking(|| resolve::names(&addr, flags)) {
        Ok((host, service)) => {
            let fields = [latin(cx, &host), latin(cx, &service)];
            Ok(Tuple::new(cx, &fields))
        }
        Err(e) => Err(lookup_error(cx, e)),
    }
}

/// The argument of the `gethost...` functions.
fn host_argument(cx: &mut Ctx, v: Value, function: &str) -> Res<Vec<u8>> {
    if Str::of_sub(cx, v).is_none() && Bytes::of_sub(cx, v).is_none() && type_name(cx, v) != "bytearray" {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("{function}() argument 1 must be str, bytes or bytearray, not {ty}")));
    }
    host_bytes(cx, v)
}

/// `gethostbyname(host)`
pub fn gethostbyname(cx: &mut Ctx, args: Args) -> PyResult {
    let name = host_argument(cx, args[0], "gethostbyname")?;
    let addr = resolve_host(cx, &name, libc::AF_INET)?;
    Ok(host_text(cx, &addr))
}

fn host_entry(cx: &mut Ctx, found: Result<Host, i32>) -> PyResult {
    let host = match found {
        Ok(host) => host,
        Err(code) => {
            let text = Str::new(cx, &resolve::describe_host_error(code));
            let class = cx.type_of_def(&super::HERROR).value();
            return Err(cx.raise_call(class, &[Value::small(code), text]));
        }
    };
    let aliases = List::new(cx);
    for name in &host.aliases {
        let name = latin(cx, name);
        aliases.push(cx, name);
    }
    let addresses = List::new(cx);
    for bytes in &host.addresses {
        let text = match (<[u8; 4]>::try_from(&bytes[..]), <[u8; 16]>::try_from(&bytes[..])) {
            (Ok(ip), _) => Ipv4Addr::from(ip).to_string(),
            (_, Ok(ip)) => Ipv6Addr::from(ip).to_string(),
            _ => continue,
        };
        let text = Str::new(cx, &text);
        addresses.push(cx, text);
    }
    let name = latin(cx, &host.name);
    Ok(Tuple::new(cx, &[name, aliases.value(), addresses.value()]))
}

/// `gethostbyname_ex(host)`
pub fn gethostbyname_ex(cx: &mut Ctx, args: Args) -> PyResult {
    let name = host_argument(cx, args[0], "gethostbyname_ex")?;
    resolve_host(cx, &name, libc::AF_INET)?;
    let name = c_string(name);
    let found = cx.blocking(|| resolve::host_by_name(&name));
    host_entry(cx, found)
}

/// `gethostbyaddr(host)`
pub fn gethostbyaddr(cx: &mut Ctx, args: Args) -> PyResult {
    let name = host_argument(cx, args[0], "gethostbyaddr")?;
    let addr = resolve_host(cx, &name, libc::AF_UNSPEC)?;
    let found = match addr.family() {
        Some(libc::AF_INET) => cx.blocking(|| resolve::host_by_address(&addr.field::<4>(4), libc::AF_INET)),
        Some(libc::AF_INET6) => cx.blocking(|| resolve::host_by_address(&addr.field::<16>(8), libc::AF_INET6)),
        _ => return Err(cx.raise(Exc::OSError, "unsupported address family")),
    };
    host_entry(cx, found)
}

/// `gethostname()`
pub fn gethostname(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(fs_decode(cx, rustix::system::uname().nodename().to_bytes()))
}

/// `sethostname(name)`
pub fn sethostname(cx: &mut Ctx, args: Args) -> PyResult {
    let name = match Bytes::of_sub(cx, args[0]) {
        Some(b) => b.as_slice().to_vec(),
        None => fs_encode(cx, args[0])?,
    };
    let r = rustix::system::sethostname(&name);
    checked(cx, r)?;
    Ok(Value::NONE)
}

fn text_argument(cx: &mut Ctx, args: Args, i: usize, function: &str, place: &str) -> Res<String> {
    match Str::of_sub(cx, args[i]) {
        Some(s) => Ok(s.to_string_lossy().into_owned()),
        None => {
            let ty = type_name(cx, args[i]);
            Err(cx.type_error(format!("{function}() argument{place} must be str, not {ty}")))
        }
    }
}

fn proto_argument(cx: &mut Ctx, args: Args, function: &str) -> Res<Option<CString>> {
    if args.get(1).is_none() {
        return Ok(None);
    }
    Ok(Some(c_string(text_argument(cx, args, 1, function, " 2")?.into_bytes())))
}

/// `getservbyname(servicename[, protocolname])`
pub fn getservbyname(cx: &mut Ctx, args: Args) -> PyResult {
    let name = c_string(text_argument(cx, args, 0, "getservbyname", " 1")?.into_bytes());
    let proto = proto_argument(cx, args, "getservbyname")?;
    match cx.blocking(|| resolve::service_port(&name, proto.as_deref())) {
        Some(port) => Ok(Value::small(i32::from(port))),
        None => Err(cx.raise(Exc::OSError, "service/proto not found")),
    }
}

/// `getservbyport(port[, protocolname])`
pub fn getservbyport(cx: &mut Ctx, args: Args) -> PyResult {
    let port = c_int(cx, args[0])?;
    let proto = proto_argument(cx, args, "getservbyport")?;
    let Ok(port) = u16::try_from(port) else {
        return Err(cx.overflow_error("getservbyport: port must be 0-65535."));
    };
    match cx.blocking(|| resolve::service_name(port, proto.as_deref())) {
        Some(name) => Ok(latin(cx, &name)),
        None => Err(cx.raise(Exc::OSError, "port/proto not found")),
    }
}

/// `getprotobyname(name)`
pub fn getprotobyname(cx: &mut Ctx, args: Args) -> PyResult {
    let name = c_string(text_argument(cx, args, 0, "getprotobyname", " 1")?.into_bytes());
    match cx.blocking(|| resolve::protocol_number(&name)) {
        Some(n) => Ok(Value::small(n)),
        None => Err(cx.raise(Exc::OSError, "protocol not found")),
    }
}

/// An unsigned argument of `bits` bits.
fn unsigned(cx: &mut Ctx, v: Value, bits: u32, ty: &str) -> Res<u32> {
    let n = protocol::index_value(cx, v)?;
    if int::sign(n) < 0 {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    match int::to_i64(n).filter(|&n| n < 1 << bits) {
        Some(n) => Ok(n as u32),
        None => Err(cx.overflow_error(format!("Python int too large for C {ty}"))),
    }
}

/// `htons(integer)` and `ntohs(integer)`
pub fn swap16(cx: &mut Ctx, args: Args) -> PyResult {
    let n = unsigned(cx, args[0], 16, "uint16_t")?;
    Ok(Value::small(i32::from((n as u16).to_be())))
}

/// `htonl(integer)` and `ntohl(integer)`
pub fn swap32(cx: &mut Ctx, args: Args) -> PyResult {
    let n = unsigned(cx, args[0], 32, "uint32_t")?;
    Ok(int::from_u64(cx, n.to_be().into()))
}

/// One number of a dotted address: decimal, octal with a leading 0, hexadecimal with 0x.
fn dotted_part(text: &str) -> Option<u32> {
    let digits = |t: &str, radix| {
        if t.starts_with(['+', '-']) { None } else { u32::from_str_radix(t, radix).ok() }
    };
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => digits(hex, 16),
        None if text.len() > 1 && text.starts_with('0') => digits(&text[1..], 8),
        None => digits(text, 10),
    }
}

/// The address in a text of one to four numbers, of which the last fills the remaining bytes.
fn dotted(text: &str) -> Option<[u8; 4]> {
    // The C library ignores what follows white space.
    let text = text.split_ascii_whitespace().next()?;
    let parts: Vec<u32> = text.split('.').map(dotted_part).collect::<Option<_>>()?;
    let (&last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|&p| p > 255) {
        return None;
    }
    let room = 32 - 8 * first.len() as u32;
    if u64::from(last) >= 1 << room {
        return None;
    }
    let high = first.iter().enumerate().fold(0, |n, (i, &p)| n | p << (24 - 8 * i));
    Some((high | last).to_be_bytes())
}

/// `inet_aton(ip_addr)`
pub fn inet_aton(cx: &mut Ctx, args: Args) -> PyResult {
    let text = text_argument(cx, args, 0, "inet_aton", "")?;
    match dotted(&text) {
        Some(bytes) => Bytes::wish(cx, &bytes),
        None => Err(cx.raise(Exc::OSError, "illegal IP address string passed to inet_aton")),
    }
}

/// `inet_ntoa(packed_ip)`
pub fn inet_ntoa(cx: &mut Ctx, args: Args) -> PyResult {
    let bytes = protocol::buffer::to_bytes(cx, args[0])?;
    match <[u8; 4]>::try_from(bytes) {
        Ok(ip) => Ok(Str::new(cx, &Ipv4Addr::from(ip).to_string())),
        Err(_) => Err(cx.raise(Exc::OSError, "packed IP wrong length for inet_ntoa")),
    }
}

/// `inet_pton(af, ip)`
pub fn inet_pton(cx: &mut Ctx, args: Args) -> PyResult {
    let family = c_int(cx, args[0])?;
    let text = text_argument(cx, args, 1, "inet_pton", " 2")?;
    let bytes = match family {
        libc::AF_INET => text.parse::<Ipv4Addr>().ok().map(|ip| Bytes::new(cx, &ip.octets())),
        libc::AF_INET6 => text.parse::<Ipv6Addr>().ok().map(|ip| Bytes::new(cx, &ip.octets())),
        _ => return Err(cx.os_error(libc::EAFNOSUPPORT, None)),
    };
    match bytes {
        Some(bytes) => Ok(bytes),
        None => Err(cx.raise(Exc::OSError, "illegal IP address string passed to inet_pton")),
    }
}

/// `inet_ntop(af, packed_ip)`
pub fn inet_ntop(cx: &mut Ctx, args: Args) -> PyResult {
    let family = c_int(cx, args[0])?;
    let bytes = protocol::buffer::to_bytes(cx, args[1])?;
    let text = match family {
        libc::AF_INET => <[u8; 4]>::try_from(bytes).map(|ip| Ipv4Addr::from(ip).to_string()),
        libc::AF_INET6 => <[u8; 16]>::try_from(bytes).map(|ip| Ipv6Addr::from(ip).to_string()),
        _ => return Err(cx.value_error(format!("unknown address family {family}"))),
    };
    match text {
        Ok(text) => Ok(Str::new(cx, &text)),
        Err(_) => Err(cx.value_error("invalid length of packed IP address string")),
    }
}

/// `if_nameindex()`
pub fn if_nameindex(cx: &mut Ctx, _args: Args) -> PyResult {
    let found = resolve::interfaces();
    let found = checked(cx, found)?;
    let list = List::new(cx);
    for (index, name) in &found {
        let fields = [int::from_u64(cx, (*index).into()), fs_decode(cx, name)];
        let item = Tuple::new(cx, &fields);
        list.push(cx, item);
    }
    Ok(list.value())
}

/// `if_nametoindex(if_name)`
pub fn if_nametoindex(cx: &mut Ctx, args: Args) -> PyResult {
    let name = match Bytes::of_sub(cx, args[0]) {
        Some(b) => b.as_slice().to_vec(),
        None => fs_encode(cx, args[0])?,
    };
    let r = resolve::interface_index(&c_string(name));
    let n = checked(cx, r)?;
    Ok(int::from_u64(cx, n.into()))
}

/// `if_indextoname(if_index)`
pub fn if_indextoname(cx: &mut Ctx, args: Args) -> PyResult {
    let n = unsigned(cx, args[0], 32, "unsigned int")?;
    let r = resolve::interface_name(n);
    let name = checked(cx, r)?;
    Ok(fs_decode(cx, name.as_bytes()))
}

/// `close(fd)`
pub fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    match cx.blocking(|| modules_system::os::fd::close(n)) {
        Ok(()) | Err(rustix::io::Errno::CONNRESET) => Ok(Value::NONE),
        Err(e) => Err(cx.os_error(e.raw_os_error(), None)),
    }
}

/// `dup(fd)`: a descriptor that exec closes.
pub fn dup(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let r = descriptors::make(cx, || modules_system::os::fd::fcntl(n, libc::F_DUPFD_CLOEXEC, 0))?;
    let n = checked(cx, r)?;
    Ok(Value::small(n))
}
