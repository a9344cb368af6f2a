//! The module `_socket`.

mod address;
mod connection;
mod constants;
mod message;
mod names;
pub mod state;
mod transfer;

pub use transfer::writable;

use engine::audited;
use engine::prelude::*;

/// `socket.gaierror`
pub static GAIERROR: TypeDef = TypeDef {
    bases: &[BaseRef::Exc(Exc::OSError)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    ..TypeDef::new("socket", "gaierror")
};

/// `socket.herror`
pub static HERROR: TypeDef = TypeDef {
    bases: &[BaseRef::Exc(Exc::OSError)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    ..TypeDef::new("socket", "herror")
};

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

const fn hidden(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "").hide_sig()
}

/// `_socket.socket`
pub static SOCKET: TypeDef = TypeDef {
    doc: "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOpen a socket of the given type.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::DEL_LAST),
    nnative: 1,
    new: Some(def("__new__", "($type, *args, **kwargs)", state::new)),
    init: Some(def("__init__", "($self, family=-1, type=-1, proto=-1, fileno=None)", state::init)),
    slots: Slots { repr: Some(state::repr), ..Slots::NONE },
    methods: &[
        def("_accept", "($self, /)", connection::accept),
        def("bind", "($self, object, /)", connection::bind).role(Role::Collects),
        def("close", "($self, /)", state::close),
        def("connect", "($self, object, /)", connection::connect),
        def("connect_ex", "($self, object, /)", connection::connect_ex),
        def("detach", "($self, /)", state::detach),
        def("fileno", "($self, /)", state::fileno),
        def("getblocking", "($self, /)", state::getblocking),
        def("getpeername", "($self, /)", connection::getpeername),
        def("getsockname", "($self, /)", connection::getsockname),
        hidden("getsockopt", "($self, level, option, buffersize=0, /)", connection::getsockopt),
        def("gettimeout", "($self, /)", state::gettimeout),
        hidden("listen", "($self, backlog=128, /)", connection::listen),
        hidden("recv", "($self, bufsize, flags=0, /)", transfer::recv),
        hidden("recv_into", "($self, /, buffer, nbytes=0, flags=0)", transfer::recv_into),
        hidden("recvfrom", "($self, bufsize, flags=0, /)", transfer::recvfrom),
        hidden("recvfrom_into", "($self, /, buffer, nbytes=0, flags=0)", transfer::recvfrom_into),
        hidden("recvmsg", "($self, bufsize, ancbufsize=0, flags=0, /)", message::recvmsg),
        hidden("recvmsg_into", "($self, buffers, ancbufsize=0, flags=0, /)", message::recvmsg_into),
        hidden("send", "($self, data, flags=0, /)", transfer::send),
        hidden("sendall", "($self, data, flags=0, /)", transfer::sendall),
        hidden("sendmsg", "($self, buffers, ancdata=(), flags=0, address=None, /)", message::sendmsg),
        hidden("sendto", "($self, *args)", transfer::sendto),
        def("setblocking", "($self, object, /)", state::setblocking),
        hidden("setsockopt", "($self, *args)", connection::setsockopt),
        def("settimeout", "($self, object, /)", state::settimeout),
        def("shutdown", "($self, object, /)", connection::shutdown),
        def("__del__", "($self, /)", state::del),
    ],
    getsets: &[GetSet::ro("timeout", state::timeout, "the socket timeout")],
    members: &[
        Member::computed("family", |cx, v| Ok(int::from_i64(cx, state::get(cx, v).family.into())), "the socket family"),
        Member::computed("type", |cx, v| Ok(int::from_i64(cx, state::get(cx, v).kind.into())), "the socket type"),
        Member::computed("proto", |cx, v| Ok(int::from_i64(cx, state::get(cx, v).proto.into())), "the socket protocol"),
    ],
    ..TypeDef::new("_socket", "socket")
};

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    for (name, exc) in [("error", Exc::OSError), ("timeout", Exc::TimeoutError)] {
        let ty = cx.types.exc(exc).value();
        cx.set_module_attr(module, name, ty);
    }
    let ty = cx.type_of_def(&SOCKET).value();
    cx.set_module_attr(module, "SocketType", ty);
    cx.set_module_attr(module, "has_ipv6", Value::TRUE);
    for (name, n) in constants::FIXED {
        let n = int::from_i64(cx, *n);
        cx.set_module_attr(module, name, n);
    }
    Ok(())
}

/// `_socket`
pub static SOCKET_MODULE: ModuleDef = ModuleDef {
    doc: "Implementation module for socket operations.\n\nSee the socket module for documentation.",
    functions: &[
        hidden("CMSG_LEN", "($module, length, /)", message::cmsg_len),
        hidden("CMSG_SPACE", "($module, length, /)", message::cmsg_space),
        def("close", "($module, object, /)", names::close),
        def("dup", "($module, object, /)", names::dup),
        hidden(
            "getaddrinfo",
            "($module, /, host, port, family=0, type=0, proto=0, flags=0)",
            audited!("socket.getaddrinfo", names::getaddrinfo, Given(0), Given(1), Or(2, 0), Or(3, 0), Or(4, 0)),
        ),
        def("getdefaulttimeout", "($module, /)", state::getdefaulttimeout),
        hidden("gethostbyaddr", "($module, host, /)", audited!("socket.gethostbyaddr", names::gethostbyaddr, Given(0))),
        hidden("gethostbyname", "($module, host, /)", audited!("socket.gethostbyname", names::gethostbyname, Given(0))),
        hidden(
            "gethostbyname_ex",
            "($module, host, /)",
            audited!("socket.gethostbyname", names::gethostbyname_ex, Given(0)),
        ),
        def("gethostname", "($module, /)", audited!("socket.gethostname", names::gethostname)),
        hidden(
            "getnameinfo",
            "($module, sockaddr, flags, /)",
            audited!("socket.getnameinfo", names::getnameinfo, Given(0)),
        ),
        hidden("getprotobyname", "($module, name, /)", names::getprotobyname),
        hidden(
            "getservbyname",
            "($module, servicename, protocolname=<unrepresentable>, /)",
            audited!("socket.getservbyname", names::getservbyname, Given(0), Given(1)),
        ),
        hidden(
            "getservbyport",
            "($module, port, protocolname=<unrepresentable>, /)",
            audited!("socket.getservbyport", names::getservbyport, Given(0), Given(1)),
        ),
        def("htonl", "($module, integer, /)", names::swap32),
        def("htons", "($module, integer, /)", names::swap16),
        def("if_indextoname", "($module, if_index, /)", names::if_indextoname),
        def("if_nameindex", "($module, /)", names::if_nameindex),
        def("if_nametoindex", "($module, oname, /)", names::if_nametoindex),
        def("inet_aton", "($module, ip_addr, /)", names::inet_aton),
        def("inet_ntoa", "($module, packed_ip, /)", names::inet_ntoa),
        hidden("inet_ntop", "($module, af, packed_ip, /)", names::inet_ntop),
        hidden("inet_pton", "($module, af, ip, /)", names::inet_pton),
        def("ntohl", "($module, integer, /)", names::swap32),
        def("ntohs", "($module, integer, /)", names::swap16),
        def("setdefaulttimeout", "($module, object, /)", state::setdefaulttimeout),
        hidden("sethostname", "($module, name, /)", audited!("socket.sethostname", names::sethostname, Given(0))),
        hidden("socketpair", "($module, family=1, type=1, proto=0, /)", connection::socketpair),
    ],
    constants: constants::DECLARED,
    types: &[&SOCKET, &GAIERROR, &HERROR],
    init: Some(init),
    ..ModuleDef::new("_socket")
};
