//! `_ssl._SSLSocket`: a connection as `ssl` drives it, over a socket or over two queues.

use std::sync::{Arc, Mutex};

use engine::prelude::*;
use engine::protocol::buffer::{self, Buffer};
use modules_net::socket::{state, writable};
use modules_net::wait::{self, Limit};
use modules_system::convert::c_int;
use modules_system::os::net;
use rustix::io::Errno;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{CipherSuite, ProtocolVersion};

use crate::config::{CERT_NONE, Kept, OP_IGNORE_UNEXPECTED_EOF, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, Tickets};
use crate::connection::{Core, MOST, SharedQueue, Step, Wire, lock};
use crate::context::{self, SNI, with};
use crate::failure::Failure;
use crate::session::{self, Session};
use crate::{bio, certificate, ciphers, errors, hostname};

/// The payload, in native slot 0.
struct Conn {
    core: Mutex<Core>,
    queues: Option<(SharedQueue, SharedQueue)>,
    is_server: bool,
    host: Option<String>,
    ignore_eof: bool,
    /// What a client keeps, and the number of its session.
    tickets: Arc<Tickets>,
    id: Mutex<Vec<u8>>,
}

/// Slots of the socket, the context, the owner.
const SOCK: usize = 1;
const CONTEXT: usize = 2;
const OWNER: usize = 3;

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `_ssl._SSLSocket`
pub static SSL_SOCKET: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 4,
    methods: &[
        def("cipher", "($self, /)", cipher),
        def("compression", "($self, /)", |_, _| Ok(Value::NONE)),
        def("do_handshake", "($self, /)", do_handshake),
        def("get_channel_binding", "($self, /, cb_type='tls-unique')", get_channel_binding),
        def("get_unverified_chain", "($self, /)", get_unverified_chain),
        def("get_verified_chain", "($self, /)", get_verified_chain),
        def("getpeercert", "($self, der=False, /)", getpeercert),
        def("pending", "($self, /)", pending),
        def("read", "($self, size, buffer=<unrepresentable>, /)", read).hide_sig(),
        def("selected_alpn_protocol", "($self, /)", selected_alpn_protocol),
        def("shared_ciphers", "($self, /)", shared_ciphers),
        def("shutdown", "($self, /)", shutdown),
        def("verify_client_post_handshake", "($self, /)", |cx, _| {
            let text = "Post-handshake auth is not supported by your OpenSSL version.";
            Err(cx.raise(Exc::NotImplementedError, text))
        }),
        def("version", "($self, /)", version),
        def("write", "($self, b, /)", write),
    ],
    getsets: &[
        GetSet::rw("context", |cx, v| Ok(context::slot(cx, v, CONTEXT)), set_context, ""),
        GetSet::rw(
            "owner",
            |cx, v| Ok(context::slot(cx, v, OWNER)),
            set_owner,
            "The Python-level owner of this object.",
        ),
        GetSet::ro("server_hostname", server_hostname, "The currently set server hostname (for SNI)."),
        GetSet::ro(
            "server_side",
            |cx, v| Ok(Value::bool(conn(cx, v)?.is_server)),
            "Whether this is a server-side socket.",
        ),
        GetSet::rw("session", get_session, set_session, "The underlying SSLSession object."),
        GetSet::ro(
            "session_reused",
            |cx, v| Ok(Value::bool(lock(&conn(cx, v)?.core).is_resumed())),
            "Was the client session reused during handshake?",
        ),
    ],
    ..TypeDef::new("_ssl", "_SSLSocket")
};

fn conn(cx: &mut Ctx, v: Value) -> Res<Arc<Conn>> {
    match Obj::of(v).and_then(|o| o.payload::<Arc<Conn>>(cx, 0)) {
        Some(c) => Ok(c.clone()),
        None => Err(cx.type_error("_ssl._SSLSocket expected")),
    }
}

// --- making one ---

/// `context._wrap_socket(sock, server_side, server_hostname=None, *, owner=None, session=None)`
pub fn wrap_socket(cx: &mut Ctx, args: Args) -> PyResult {
    let class = cx.type_of_def(&modules_net::socket::SOCKET).value();
    if !protocol::is_instance(cx, args[1], class)? {
        let ty = type_name(cx, args[1]);
        return Err(cx.type_error(format!("_wrap_socket() argument 'sock' must be _socket.socket, not {ty}")));
    }
    let server = protocol::truth(cx, args[2])?;
    make(cx, args[0], args[1], None, server, [args.some(3), args.some(4), args.some(5)])
}

/// `context._wrap_bio(incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)`
pub fn wrap_bio(cx: &mut Ctx, args: Args) -> PyResult {
    let queues = Some((bio::queue(cx, args[1])?, bio::queue(cx, args[2])?));
    let server = protocol::truth(cx, args[3])?;
    make(cx, args[0], Value::NONE, queues, server, [args.some(4), args.some(5), args.some(6)])
}

fn make(
    cx: &mut Ctx,
    context: Value,
    sock: Value,
    queues: Option<(SharedQueue, SharedQueue)>,
    is_server: bool,
    [host, owner, session]: [Option<Value>; 3],
) -> PyResult {
    let host = host.map(|v| host_name(cx, v)).transpose()?;
    let (protocol, check, options) = with(cx, context, |s| (s.protocol, s.check_hostname, s.options))?;
    let wrong = match (is_server, protocol) {
        (true, PROTOCOL_TLS_CLIENT) => "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context",
        (false, PROTOCOL_TLS_SERVER) => "Cannot create a client socket with a PROTOCOL_TLS_SERVER context",
        _ => "",
    };
    if !wrong.is_empty() {
        return Err(errors::plain(cx, &errors::SSL_ERROR, 0, wrong));
    }
    if host.as_ref().is_some_and(|h| h.is_empty() || h.starts_with('.')) {
        return Err(cx.value_error("server_hostname cannot be an empty string or start with a leading dot."));
    }
    if check && host.is_none() && !is_server {
        return Err(cx.value_error("check_hostname requires server_hostname"));
    }
    let mut id = vec![0; 32];
    // The system's generator does not fail.
    let _ = ring::default_provider().secure_random.fill(&mut id);
    let mut kept = Kept::default();
    if let Some(s) = session {
        let given = usable(cx, context, is_server, s)?;
        (id, kept) = (given.id.clone(), given.kept.clone());
    }
    let tickets = Arc::new(Tickets::new(kept));
    let core = if is_server {
        Core::server()
    } else {
        let made = with(cx, context, |s| s.made())?;
        let (name, sni) = server_name(host.as_deref());
        let checked = host.clone().filter(|_| check);
        Core::client(made.map(|m| (m.client(tickets.clone(), sni), name)), checked)
    };
    let ignore_eof = options & OP_IGNORE_UNEXPECTED_EOF != 0;
    let conn = Conn { core: Mutex::new(core), queues, is_server, host, ignore_eof, tickets, id: Mutex::new(id) };
    let owner = owner.unwrap_or(Value::NONE);
    let v = cx.new_object(&SSL_SOCKET, &[Value::EMPTY, sock, context, owner]);
    if let Some(o) = Obj::of(v) {
        o.set_payload(cx, 0, Arc::new(conn));
    }
    with(cx, context, |s| if is_server { s.stats.accept += 1 } else { s.stats.connect += 1 })?;
    Ok(v)
}

fn host_name(cx: &mut Ctx, v: Value) -> Res<String> {
    let Some(s) = Str::of_sub(cx, v) else {
        let bytes = protocol::to_bytes(cx, v)?;
        return String::from_utf8(bytes).map_err(|_| cx.value_error("server_hostname must be ASCII"));
    };
    match s.as_str().filter(|s| s.is_ascii()).map(str::to_owned) {
        Some(host) if host.contains('\0') => {
            Err(cx.type_error("argument must be encoded string without null bytes, not str"))
        }
        Some(host) => Ok(host),
        None => {
            let name = cx.intern(b"encode");
            let ascii = cx.intern(b"ascii");
            let bytes = protocol::call_method(cx, v, name, &[ascii])?;
            let bytes = protocol::to_bytes(cx, bytes)?;
            String::from_utf8(bytes).map_err(|_| cx.value_error("server_hostname must be ASCII"))
        }
    }
}

/// The name for rustls and whether it is sent. What is no name of a host is compared only.
fn server_name(host: Option<&str>) -> (ServerName<'static>, bool) {
    let nobody = || ServerName::from(std::net::IpAddr::from([0, 0, 0, 0]));
    match host.map(|h| (hostname::as_address(h), ServerName::try_from(h.to_owned()))) {
        Some((None, Ok(name))) => (name, true),
        Some((Some(address), _)) => (ServerName::from(address), false),
        _ => (nobody(), false),
    }
}

fn usable(cx: &mut Ctx, context: Value, is_server: bool, v: Value) -> Res<Arc<Session>> {
    let Some(s) = session::of(cx, v) else { return Err(cx.type_error("Value is not a SSLSession.")) };
    if context::slot(cx, v, 1) != context {
        return Err(cx.value_error("Session refers to a different SSLContext."));
    }
    if is_server {
        return Err(cx.value_error("Cannot set session for server-side SSLSocket."));
    }
    Ok(s)
}

// --- driving it ---

/// What an operation is called when it takes too long.
#[derive(Clone, Copy)]
enum What {
    Handshake,
    Read,
    Write,
    Shutdown { writing: bool },
}

fn timed_out(cx: &mut Ctx, what: What) -> Raised {
    let text = match what {
        What::Handshake => "The handshake operation timed out",
        What::Read | What::Shutdown { writing: false } => "The read operation timed out",
        What::Write | What::Shutdown { writing: true } => "The write operation timed out",
    };
    cx.raise(Exc::TimeoutError, text)
}

fn wire(cx: &mut Ctx, this: Value, conn: &Conn) -> Res<(Wire, i64)> {
    if let Some((incoming, outgoing)) = &conn.queues {
        return Ok((Wire::Queues(incoming.clone(), outgoing.clone()), 0));
    }
    let s = state::get(cx, context::slot(cx, this, SOCK));
    if s.fd < 0 {
        return Err(errors::plain(cx, &errors::SSL_ERROR, 1, "Underlying socket has been closed."));
    }
    Ok((Wire::Socket(s.fd), s.timeout))
}

/// Does steps, with waits between them, until there is a result; None when the peer has closed the stream.
fn drive<T: Send>(
    cx: &mut Ctx,
    this: Value,
    what: What,
    mut step: impl FnMut(&mut Core, &Wire) -> Step<T> + Send,
) -> Res<Option<T>> {
    let conn = conn(cx, this)?;
    let (_, timeout) = wire(cx, this, &conn)?;
    let limit = Limit::new(timeout);
    loop {
        let (wire, _) = wire(cx, this, &conn)?;
        let r = cx.blocking(|| {
            let mut core = lock(&conn.core);
            let r = step(&mut core, &wire);
            if matches!(r, Step::Failed(_)) {
                core.tell(&wire);
            }
            r
        });
        let writing = match r {
            Step::Done(v) => return Ok(Some(v)),
            Step::Closed => return Ok(None),
            Step::Hello => {
                hello(cx, this, &conn)?;
                continue;
            }
            Step::Failed(f) => return Err(errors::raise(cx, &f)),
            Step::Os(e) => return Err(errors::os(cx, e)),
            Step::WantRead => false,
            Step::WantWrite => true,
        };
        let Wire::Socket(fd) = wire else { return Err(wanted(cx, writing)) };
        let what = if let What::Shutdown { .. } = what { What::Shutdown { writing } } else { what };
        let left = match limit {
            Limit::Now => return Err(wanted(cx, writing)),
            Limit::Forever => None,
            Limit::Until(at) => match wait::left(at) {
                Some(left) => Some(left),
                None => return Err(timed_out(cx, what)),
            },
        };
        match cx.blocking(|| net::wait_ready(fd, writing, left)) {
            Ok(true) => {}
            Ok(false) | Err(Errno::INTR) => {}
            Err(e) => return Err(errors::os(cx, e)),
        }
        cx.poll()?;
    }
}

fn wanted(cx: &mut Ctx, writing: bool) -> Raised {
    if writing { errors::want_write(cx) } else { errors::want_read(cx) }
}

/// A client has said hello: asks the callback for names, then goes on with the context that is in place.
fn hello(cx: &mut Ctx, this: Value, conn: &Conn) -> Res<()> {
    /// Alerts: something went wrong here; nothing in common.
    const INTERNAL_ERROR: u8 = 80;
    const HANDSHAKE_FAILURE: u8 = 40;
    let Some((name, alpn)) = lock(&conn.core).hello() else { return Ok(()) };
    let context = context::slot(cx, this, CONTEXT);
    let callback = context::slot(cx, context, SNI);
    let refused = |alert| Err((alert, Failure::new("CALLBACK_FAILED")));
    let mut answer = Ok(());
    if callback != Value::NONE {
        let shown = match context::slot(cx, this, OWNER) {
            Value::NONE => context::slot(cx, this, SOCK),
            owner => owner,
        };
        let name = name.map_or(Value::NONE, |n| Str::new(cx, &n));
        match protocol::call(cx, callback, &[shown, name, context]) {
            Ok(Value::NONE) => {}
            Ok(v) => match c_int(cx, v) {
                Ok(n) => answer = refused(n as u8),
                Err(r) => {
                    engine::exceptions::unraisable(cx, r, "Exception ignored in ssl servername callback", v);
                    answer = refused(INTERNAL_ERROR);
                }
            },
            Err(r) => {
                engine::exceptions::unraisable(cx, r, "Exception ignored in ssl servername callback", callback);
                answer = refused(HANDSHAKE_FAILURE);
            }
        }
    }
    let context = context::slot(cx, this, CONTEXT);
    let config = match answer {
        Err(e) => Err(e),
        Ok(()) => with(cx, context, |s| {
            if s.keys.is_empty() {
                return Err((HANDSHAKE_FAILURE, Failure::new("NO_SHARED_CIPHER")));
            }
            let made = s.made().map_err(|f| (INTERNAL_ERROR, f))?;
            let shares = alpn.is_empty() || s.alpn.iter().any(|p| alpn.contains(p));
            Ok(if shares { made.server.clone() } else { made.server_without_alpn() })
        })?,
    };
    cx.blocking(|| lock(&conn.core).proceed(config));
    Ok(())
}

fn ensure_ready(cx: &mut Ctx, this: Value) -> Res<()> {
    if lock(&conn(cx, this)?.core).ready {
        return Ok(());
    }
    do_handshake(cx, Args(&[this])).map(|_| ())
}

fn do_handshake(cx: &mut Ctx, args: Args) -> PyResult {
    let (conn, this) = (conn(cx, args[0])?, args[0]);
    let before = lock(&conn.core).ready;
    drive(cx, this, What::Handshake, |core, wire| core.handshake(wire))?;
    if !before {
        let resumed = lock(&conn.core).is_resumed();
        if !conn.is_server && !resumed {
            // The session that was offered was not taken: this is another one.
            let mut id = vec![0; 32];
            let _ = ring::default_provider().secure_random.fill(&mut id);
            *lock(&conn.id) = id;
        }
        let context = context::slot(cx, this, CONTEXT);
        with(cx, context, |s| {
            if conn.is_server {
                s.stats.accept_good += 1
            } else {
                s.stats.connect_good += 1
            }
            s.stats.hits += i64::from(resumed);
        })?;
    }
    Ok(Value::NONE)
}

/// `read(size[, buffer])`
fn read(cx: &mut Ctx, args: Args) -> PyResult {
    /// What a record holds at most.
    const RECORD: usize = 16 << 10;
    let size = protocol::index(cx, args[1])?;
    let into = match args.get(2) {
        Some(v) => {
            Some(writable(cx, v, |ty| format!("read() argument 2 must be read-write bytes-like object, not {ty}"))?)
        }
        None if size < 0 => return Err(cx.value_error("size should not be negative")),
        None => None,
    };
    let n = match (&into, usize::try_from(size)) {
        (Some(view), Ok(n)) if n > 0 => n.min(view.len),
        (Some(view), _) => view.len,
        (None, n) => n.unwrap_or(0),
    };
    let r = read_some(cx, args[0], n.min(RECORD));
    match into {
        None => Bytes::wish(cx, &r?),
        Some(view) => {
            let fits = r.as_ref().is_ok_and(|bytes| view.write(0, bytes));
            view.release(cx);
            let n = r?.len();
            if !fits {
                return Err(cx.buffer_error("the buffer cannot be written to"));
            }
            Ok(int::from_usize(cx, n))
        }
    }
}

fn read_some(cx: &mut Ctx, this: Value, n: usize) -> Res<Vec<u8>> {
    if n == 0 {
        return Ok(Vec::new());
    }
    ensure_ready(cx, this)?;
    let ignore_eof = conn(cx, this)?.ignore_eof;
    let mut bytes = cx.zeros(n)?;
    let got = drive(cx, this, What::Read, |core, wire| core.read(wire, &mut bytes, ignore_eof))?;
    match got {
        Some(got) => bytes.truncate(got),
        // Who has closed this side, too, is told.
        None if lock(&conn(cx, this)?.core).is_closing() => return Err(errors::zero_return(cx)),
        None => bytes.clear(),
    }
    Ok(bytes)
}

/// `write(b)`: as much as a few records hold.
fn write(cx: &mut Ctx, args: Args) -> PyResult {
    let view = match Bytes::of_sub(cx, args[1]) {
        Some(b) => Buffer::of_bytes(cx, b),
        None => buffer::get_buffer(cx, args[1], 0)?,
    };
    let done = match ensure_ready(cx, args[0]) {
        Ok(()) => write_pieces(cx, args[0], &view),
        Err(r) => Err(r),
    };
    view.release(cx);
    done
}

/// Writes all of a buffer, unless the socket does not take more now: then what it took.
fn write_pieces(cx: &mut Ctx, v: Value, view: &Buffer) -> PyResult {
    let mut bytes = Vec::with_capacity(view.len.min(MOST));
    let mut written = 0;
    loop {
        bytes.clear();
        if !view.read_into(written as isize, (view.len - written).min(MOST), &mut bytes) {
            return Err(cx.buffer_error("memoryview: underlying buffer is not C-contiguous"));
        }
        let mut begun = None;
        match drive(cx, v, What::Write, |core, wire| core.write(wire, &bytes, &mut begun)) {
            Ok(n) => written += n.unwrap_or(0),
            Err(r) => {
                // What was taken is sent by whoever writes next, who must offer the same again.
                let conn = conn(cx, v)?;
                lock(&conn.core).unfinished = begun;
                if written > 0 && errors::is_want(cx, &r) {
                    cx.clear(r);
                    return Ok(int::from_usize(cx, written));
                }
                return Err(r);
            }
        }
        if written >= view.len {
            return Ok(int::from_usize(cx, written));
        }
    }
}

fn shutdown(cx: &mut Ctx, args: Args) -> PyResult {
    let conn = conn(cx, args[0])?;
    if !lock(&conn.core).ready {
        return Err(errors::raise(cx, &Failure::new("SHUTDOWN_WHILE_IN_INIT")));
    }
    let ignore_eof = conn.ignore_eof;
    drive(cx, args[0], What::Shutdown { writing: false }, |core, wire| core.shutdown(wire, ignore_eof))?;
    Ok(context::slot(cx, args[0], SOCK))
}

// --- what is known ---

fn pending(cx: &mut Ctx, args: Args) -> PyResult {
    let n = lock(&conn(cx, args[0])?.core).pending();
    Ok(int::from_usize(cx, n))
}

fn cipher_row(cx: &mut Ctx, suite: CipherSuite) -> PyResult {
    let Some(c) = ciphers::find(suite) else { return Ok(Value::NONE) };
    let (name, protocol) = (Str::new(cx, c.name), Str::new(cx, c.protocol));
    let bits = int::from_i64(cx, c.bits);
    Ok(Tuple::new(cx, &[name, protocol, bits]))
}

fn cipher(cx: &mut Ctx, args: Args) -> PyResult {
    let suite = lock(&conn(cx, args[0])?.core).live().and_then(|c| c.negotiated_cipher_suite());
    suite.map_or(Ok(Value::NONE), |s| cipher_row(cx, s.suite()))
}

fn shared_ciphers(cx: &mut Ctx, args: Args) -> PyResult {
    let context = context::slot(cx, args[0], CONTEXT);
    let Some(offered) = lock(&conn(cx, args[0])?.core).offered.clone() else { return Ok(Value::NONE) };
    let own = with(cx, context, |s| s.ciphers.clone())?;
    let list = List::new(cx);
    for suite in offered.into_iter().filter(|s| own.iter().any(|c| c.suite == *s)) {
        let row = cipher_row(cx, suite)?;
        list.push(cx, row);
    }
    Ok(list.value())
}

fn version(cx: &mut Ctx, args: Args) -> PyResult {
    let version = lock(&conn(cx, args[0])?.core).version();
    Ok(match version {
        Some(ProtocolVersion::TLSv1_3) => Str::new(cx, "TLSv1.3"),
        Some(ProtocolVersion::TLSv1_2) => Str::new(cx, "TLSv1.2"),
        _ => Value::NONE,
    })
}

fn selected_alpn_protocol(cx: &mut Ctx, args: Args) -> PyResult {
    let name = lock(&conn(cx, args[0])?.core).live().and_then(|c| c.alpn_protocol().map(<[u8]>::to_vec));
    Ok(name.map_or(Value::NONE, |n| Str::new(cx, &String::from_utf8_lossy(&n))))
}

fn getpeercert(cx: &mut Ctx, args: Args) -> PyResult {
    let binary = args.truth_or(cx, 1, false)?;
    let own = {
        let conn = conn(cx, args[0])?;
        let core = lock(&conn.core);
        if !core.ready {
            drop(core);
            return Err(cx.value_error("handshake not done yet"));
        }
        core.certificates().and_then(|c| c.first().map(|c| c.to_vec()))
    };
    let Some(own) = own else { return Ok(Value::NONE) };
    if binary {
        return Bytes::wish(cx, &own);
    }
    let context = context::slot(cx, args[0], CONTEXT);
    if with(cx, context, |s| s.verify_mode)? == CERT_NONE {
        return Ok(Dict::new(cx).value());
    }
    certificate::info(cx, &own)
}

fn chain(cx: &mut Ctx, all: Option<Vec<Vec<u8>>>) -> PyResult {
    let Some(all) = all else { return Ok(Value::NONE) };
    let list = List::new(cx);
    for der in all {
        let v = certificate::new(cx, &der);
        list.push(cx, v);
    }
    Ok(list.value())
}

fn get_unverified_chain(cx: &mut Ctx, args: Args) -> PyResult {
    let all = lock(&conn(cx, args[0])?.core).certificates().map(|all| all.iter().map(|c| c.to_vec()).collect());
    chain(cx, all)
}

fn get_verified_chain(cx: &mut Ctx, args: Args) -> PyResult {
    let all = {
        let conn = conn(cx, args[0])?;
        let core = lock(&conn.core);
        let found = core.peer.chain.as_deref().or(core.certificates());
        found.map(|all| all.iter().map(|c| c.to_vec()).collect())
    };
    chain(cx, all)
}

fn get_channel_binding(cx: &mut Ctx, args: Args) -> PyResult {
    let kind = match args.get(1) {
        Some(_) => args.str(cx, 1)?.to_string_lossy().into_owned(),
        None => "tls-unique".into(),
    };
    Err(cx.value_error(format!("'{kind}' channel binding type not implemented")))
}

fn server_hostname(cx: &mut Ctx, v: Value) -> PyResult {
    let host = conn(cx, v)?.host.clone();
    Ok(host.map_or(Value::NONE, |h| Str::new(cx, &h)))
}

fn set_context(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let to = context::given(cx, v, "context", to)?;
    context::shared(cx, to)?;
    if let Some(o) = Obj::of(v) {
        o.set_slot(cx, CONTEXT, to);
    }
    Ok(())
}

fn set_owner(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let to = context::given(cx, v, "owner", to)?;
    if let Some(o) = Obj::of(v) {
        o.set_slot(cx, OWNER, to);
    }
    Ok(())
}

fn get_session(cx: &mut Ctx, v: Value) -> PyResult {
    let conn = conn(cx, v)?;
    if conn.is_server || !lock(&conn.core).ready {
        return Ok(Value::NONE);
    }
    let s = Session::new(lock(&conn.id).clone(), conn.tickets.kept());
    let context = context::slot(cx, v, CONTEXT);
    let made = cx.new_object(&session::SSL_SESSION, &[Value::EMPTY, context]);
    if let Some(o) = Obj::of(made) {
        o.set_payload(cx, 0, Arc::new(s));
    }
    Ok(made)
}

fn set_session(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let to = context::given(cx, v, "session", to)?;
    let conn = conn(cx, v)?;
    let context = context::slot(cx, v, CONTEXT);
    let s = usable(cx, context, conn.is_server, to)?;
    if lock(&conn.core).has_begun() {
        return Err(cx.value_error("Cannot set session after handshake."));
    }
    conn.tickets.replace(s.kept.clone());
    *lock(&conn.id) = s.id.clone();
    Ok(())
}
