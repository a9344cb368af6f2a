//! A connection: `rustls` between a program's bytes and those of a socket or of two queues.
//!
//! All of it lies under one lock that is held while bytes are turned over and while a socket gives or takes what it can without
//! waiting; nobody holds it while waiting. So two threads may read and write one connection: the order of records is the order
//! in which they had the lock.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use modules_system::os::net::{self, Region};
use rustix::io::Errno;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::{Accepted, Acceptor};
use rustls::{CipherSuite, ClientConfig, ClientConnection, Connection, HandshakeKind, ProtocolVersion, ServerConfig};

use crate::config::{Peer, with_peer};
use crate::failure::Failure;

/// Longest record: 2^14 bytes and what encryption adds.
const LONGEST: usize = (1 << 14) + 2048;
/// Bytes of a record's header.
const HEADER: usize = 5;
/// Most bytes of a program that one write takes.
pub const MOST: usize = 64 << 10;

/// A queue of bytes between a program and a connection.
#[derive(Default)]
pub struct Queue {
    data: Vec<u8>,
    from: usize,
    /// Whether nothing will follow.
    pub ended: bool,
}

impl Queue {
    /// How many bytes wait.
    pub fn len(&self) -> usize {
        self.data.len() - self.from
    }

    /// Appends.
    pub fn push(&mut self, bytes: &[u8]) {
        self.data.extend_from_slice(bytes);
    }

    /// The next bytes, `n` at most.
    pub fn pop(&mut self, n: usize) -> Vec<u8> {
        let n = n.min(self.len());
        let taken = self.data[self.from..self.from + n].to_vec();
        self.from += n;
        // Moved together only when that is as much work as what was taken.
        if self.from >= self.data.len() - self.from {
            self.data.drain(..self.from);
            self.from = 0;
        }
        taken
    }

    /// Room for more, or false.
    pub fn reserve(&mut self, n: usize) -> bool {
        self.data.try_reserve(n).is_ok()
    }
}

/// A queue that objects share.
pub type SharedQueue = Arc<Mutex<Queue>>;

/// Locks; a thread that panicked has left it whole.
pub fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the encrypted bytes go and come from.
pub enum Wire {
    /// A descriptor; it is not waited for.
    Socket(i32),
    /// In and out.
    Queues(SharedQueue, SharedQueue),
}

impl Wire {
    /// Up to `n` more bytes. None at the end of the stream.
    fn take(&self, into: &mut Vec<u8>, n: usize) -> Result<Option<usize>, Errno> {
        match self {
            Wire::Socket(fd) => {
                let start = into.len();
                into.resize(start + n, 0);
                let r = net::recv_into(*fd, Region::of_slice(&mut into[start..]), libc::MSG_DONTWAIT);
                into.truncate(start + *r.as_ref().unwrap_or(&0));
                r.map(|n| (n > 0).then_some(n))
            }
            Wire::Queues(queue, _) => {
                let mut queue = lock(queue);
                let taken = queue.pop(n);
                into.extend_from_slice(&taken);
                match taken.len() {
                    0 if queue.ended => Ok(None),
                    0 => Err(Errno::AGAIN),
                    n => Ok(Some(n)),
                }
            }
        }
    }

    fn give(&self, bytes: &mut [u8]) -> Result<usize, Errno> {
        match self {
            Wire::Socket(fd) => net::send(*fd, Region::of_slice(bytes), libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL),
            Wire::Queues(_, queue) => {
                let mut queue = lock(queue);
                if !queue.reserve(bytes.len()) {
                    return Err(Errno::NOMEM);
                }
                queue.push(bytes);
                Ok(bytes.len())
            }
        }
    }
}

/// How a step ended.
pub enum Step<T> {
    /// With a result.
    Done(T),
    /// More bytes must come first.
    WantRead,
    /// Bytes must go first.
    WantWrite,
    /// A client has said hello, and [`Core::proceed`] is to be told how to go on.
    Hello,
    /// The peer has closed the stream in order.
    Closed,
    /// With an error of TLS.
    Failed(Failure),
    /// With an error of the system.
    Os(Errno),
}

use Step::{Closed, Done, Failed, Hello, Os, WantRead, WantWrite};

/// Passes on whatever is no result.
macro_rules! step {
    ($e:expr) => {
        match $e {
            Done(v) => v,
            WantRead => return WantRead,
            WantWrite => return WantWrite,
            Hello => return Hello,
            Closed => return Closed,
            Failed(f) => return Failed(f),
            Os(e) => return Os(e),
        }
    };
}

enum Stage {
    /// A client that has said nothing yet.
    Fresh(Result<(Arc<ClientConfig>, ServerName<'static>), Failure>),
    /// A server that waits for a client's hello.
    Accepting(Box<Acceptor>),
    /// It has come.
    Accepted(Box<Accepted>),
    /// From then on.
    Live(Box<Connection>),
    /// There is none any more.
    Over,
}

/// A connection's state.
pub struct Core {
    stage: Stage,
    /// The record that is being received.
    record: Vec<u8>,
    /// Encrypted bytes that are to be sent, from `sent` on.
    out: Vec<u8>,
    sent: usize,
    /// How many bytes have ever been put into `out`, and have left it.
    put: u64,
    left: u64,
    /// Bytes of the program that can be read.
    plain: usize,
    /// What is known of the peer.
    pub peer: Peer,
    /// The suites that a client has offered.
    pub offered: Option<Vec<CipherSuite>>,
    /// A write that was not finished when its caller had to go: so many bytes, sent when `left` is there.
    pub unfinished: Option<(usize, u64)>,
    /// Whether the handshake is over.
    pub ready: bool,
    first: bool,
    closing: bool,
    closed: bool,
    failure: Option<Failure>,
}

impl Core {
    fn new(stage: Stage, host: Option<String>) -> Core {
        Core {
            stage,
            record: Vec::new(),
            out: Vec::new(),
            sent: 0,
            put: 0,
            left: 0,
            plain: 0,
            peer: Peer { host, ..Peer::default() },
            offered: None,
            unfinished: None,
            ready: false,
            first: true,
            closing: false,
            closed: false,
            failure: None,
        }
    }

    /// A client. What its context does not allow shows at the handshake.
    pub fn client(config: Result<(Arc<ClientConfig>, ServerName<'static>), Failure>, host: Option<String>) -> Core {
        Core::new(Stage::Fresh(config), host)
    }

    /// Whether bytes have been exchanged.
    pub fn has_begun(&self) -> bool {
        !matches!(self.stage, Stage::Fresh(_))
    }

    /// The client's hello.
    fn begin(&mut self) {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Fresh(Ok((config, name))) => match ClientConnection::new(config, name) {
                Ok(c) => self.stage = Stage::Live(Box::new(c.into())),
                Err(e) => self.failure = Some(Failure::of(&e)),
            },
            Stage::Fresh(Err(failure)) => self.failure = Some(failure),
            stage => self.stage = stage,
        }
    }

    /// A server.
    pub fn server() -> Core {
        Core::new(Stage::Accepting(Box::default()), None)
    }

    /// The connection, once there is one.
    pub fn live(&self) -> Option<&Connection> {
        match &self.stage {
            Stage::Live(c) => Some(c),
            _ => None,
        }
    }

    /// The peer's certificates.
    pub fn certificates(&self) -> Option<&[CertificateDer<'static>]> {
        self.live()?.peer_certificates()
    }

    /// Whether an older session was taken up.
    pub fn is_resumed(&self) -> bool {
        self.live().is_some_and(|c| c.handshake_kind() == Some(HandshakeKind::Resumed))
    }

    /// The version agreed upon.
    pub fn version(&self) -> Option<ProtocolVersion> {
        self.live()?.protocol_version().filter(|_| self.ready)
    }

    /// How many bytes can be read at once.
    pub fn pending(&self) -> usize {
        self.plain
    }

    /// Whether this side has said that it ends.
    pub fn is_closing(&self) -> bool {
        self.closing
    }

    /// Name and application protocols in the hello.
    pub fn hello(&mut self) -> Option<(Option<String>, Vec<Vec<u8>>)> {
        let Stage::Accepted(accepted) = &self.stage else { return None };
        let hello = accepted.client_hello();
        let name = hello.server_name().map(str::to_owned);
        let alpn = hello.alpn().map(|all| all.map(<[u8]>::to_vec).collect()).unwrap_or_default();
        self.offered = Some(hello.cipher_suites().to_vec());
        Some((name, alpn))
    }

    /// Goes on after the hello, or refuses with an alert.
    pub fn proceed(&mut self, config: Result<Arc<ServerConfig>, (u8, Failure)>) {
        match (std::mem::replace(&mut self.stage, Stage::Over), config) {
            (Stage::Accepted(accepted), Ok(config)) => match accepted.into_connection(config) {
                Ok(c) => {
                    self.stage = Stage::Live(Box::new(c.into()));
                    self.collect();
                }
                Err((e, mut alert)) => {
                    let mut bytes = Vec::new();
                    // Writing to memory cannot fail.
                    let _ = alert.write_all(&mut bytes);
                    self.queue(&bytes);
                    self.failure = Some(Failure::of(&e));
                }
            },
            (Stage::Accepted(_), Err((alert, failure))) => self.refuse(alert, failure),
            (stage, _) => self.stage = stage,
        }
    }

    /// Ends with an alert that is not encrypted: nothing has been agreed upon.
    fn refuse(&mut self, alert: u8, failure: Failure) {
        self.stage = Stage::Over;
        self.queue(&[0x15, 3, 3, 0, 2, 2, alert]);
        self.failure = Some(failure);
    }

    fn queue(&mut self, bytes: &[u8]) {
        self.put += bytes.len() as u64;
        self.out.extend_from_slice(bytes);
    }

    /// Takes what `rustls` has to send.
    fn collect(&mut self) {
        if let Stage::Live(c) = &mut self.stage {
            let before = self.out.len();
            while c.wants_write() {
                // Writing to memory cannot fail.
                if c.write_tls(&mut self.out).is_err() {
                    break;
                }
            }
            self.put += (self.out.len() - before) as u64;
        }
    }

    /// Sends what the wire takes.
    fn flush(&mut self, wire: &Wire) -> Step<()> {
        while self.sent < self.out.len() {
            match wire.give(&mut self.out[self.sent..]) {
                Ok(n) => {
                    self.sent += n;
                    self.left += n as u64;
                }
                Err(Errno::AGAIN) => return WantWrite,
                Err(Errno::INTR) => {}
                Err(e) => return Os(e),
            }
        }
        self.out.clear();
        self.sent = 0;
        Done(())
    }

    /// Receives a record, no byte beyond it, and lets `rustls` look at it.
    fn receive(&mut self, wire: &Wire, ignore_eof: bool) -> Step<()> {
        if self.closed {
            return Closed;
        }
        loop {
            let need = match self.record.get(..HEADER) {
                None => HEADER - self.record.len(),
                Some(header) => {
                    if let Some((alert, failure)) = foreign(header, self.first) {
                        self.refuse(alert, failure.clone());
                        return Failed(failure);
                    }
                    let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
                    HEADER + length - self.record.len().min(HEADER + length)
                }
            };
            if need == 0 {
                break;
            }
            match wire.take(&mut self.record, need) {
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) if ignore_eof && self.record.is_empty() => {
                    self.closed = true;
                    return Closed;
                }
                // Nothing goes on after that, in neither direction.
                Ok(None) => return self.fail(Failure::eof()),
                Err(Errno::AGAIN) => return WantRead,
                Err(e) => return Os(e),
            }
        }
        self.first = false;
        let record = std::mem::take(&mut self.record);
        self.digest(&record)
    }

    fn digest(&mut self, record: &[u8]) -> Step<()> {
        let mut rest = record;
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        match stage {
            Stage::Accepting(mut acceptor) => {
                while !rest.is_empty() {
                    if !matches!(acceptor.read_tls(&mut rest), Ok(n) if n > 0) {
                        break;
                    }
                }
                match acceptor.accept() {
                    Ok(None) => {
                        self.stage = Stage::Accepting(acceptor);
                        Done(())
                    }
                    Ok(Some(accepted)) => {
                        self.stage = Stage::Accepted(Box::new(accepted));
                        Hello
                    }
                    Err((e, mut alert)) => {
                        let mut bytes = Vec::new();
                        // Writing to memory cannot fail.
                        let _ = alert.write_all(&mut bytes);
                        self.queue(&bytes);
                        self.fail(Failure::of(&e))
                    }
                }
            }
            Stage::Live(mut c) => {
                let mut result = Ok(());
                with_peer(&mut self.peer, || {
                    while !rest.is_empty() && result.is_ok() {
                        match c.read_tls(&mut rest) {
                            Ok(n) if n > 0 => {}
                            _ => break,
                        }
                        result = c.process_new_packets().map(|state| {
                            self.plain = state.plaintext_bytes_to_read();
                            self.closed |= state.peer_has_closed();
                        });
                    }
                });
                self.stage = Stage::Live(c);
                self.collect();
                match result {
                    Ok(()) => Done(()),
                    Err(e) => {
                        let failure = match self.peer.denial.take() {
                            Some((code, message)) => Failure::untrusted(code, message),
                            None => Failure::of(&e),
                        };
                        self.fail(failure)
                    }
                }
            }
            stage => {
                self.stage = stage;
                self.fail(Failure::new("INTERNAL_ERROR"))
            }
        }
    }

    fn fail<T>(&mut self, failure: Failure) -> Step<T> {
        self.failure = Some(failure.clone());
        Failed(failure)
    }

    /// What went wrong before, after the alert about it has been sent as far as possible.
    fn sound(&mut self, wire: &Wire) -> Step<()> {
        match self.failure.clone() {
            Some(failure) => {
                let _ = self.flush(wire);
                Failed(failure)
            }
            None => Done(()),
        }
    }

    /// After an error: the alert about it goes out as far as the wire takes it.
    pub fn tell(&mut self, wire: &Wire) {
        self.collect();
        let _ = self.flush(wire);
    }

    /// The next part of the handshake.
    pub fn handshake(&mut self, wire: &Wire) -> Step<()> {
        self.begin();
        loop {
            step!(self.sound(wire));
            if matches!(self.stage, Stage::Accepted(_)) {
                return Hello;
            }
            self.collect();
            if self.live().is_some_and(|c| !c.is_handshaking()) {
                step!(self.flush(wire));
                self.ready = true;
                return Done(());
            }
            // What several records of the peer call for goes out at once: the second of two small ones would wait for an answer to the
            // first.
            match self.receive(wire, false) {
                WantRead => {
                    step!(self.flush(wire));
                    return WantRead;
                }
                // A peer that ends here has broken off.
                Closed => return Failed(Failure::eof()),
                other => step!(other),
            }
        }
    }

    /// Up to `into.len()` bytes of the program.
    pub fn read(&mut self, wire: &Wire, into: &mut [u8], ignore_eof: bool) -> Step<usize> {
        loop {
            if let Stage::Live(c) = &mut self.stage
                && self.plain > 0
                && let Ok(n) = c.reader().read(into)
                && n > 0
            {
                self.plain = self.plain.saturating_sub(n);
                return Done(n);
            }
            step!(self.sound(wire));
            if self.closed {
                return Closed;
            }
            // Answers of ours (to new keys) go along where they can.
            if let Os(e) = self.flush(wire) {
                return Os(e);
            }
            step!(self.receive(wire, ignore_eof));
        }
    }

    /// Encrypts and sends bytes of the program. `begun` is what has been taken already and until where it must be sent.
    pub fn write(&mut self, wire: &Wire, bytes: &[u8], begun: &mut Option<(usize, u64)>) -> Step<usize> {
        if begun.is_none() {
            step!(self.sound(wire));
            if self.closing {
                return Failed(Failure::new("PROTOCOL_IS_SHUTDOWN"));
            }
            *begun = match self.unfinished.take() {
                Some((n, _)) if n > bytes.len() => return Failed(Failure::new("BAD_WRITE_RETRY")),
                Some(other) => Some(other),
                None => {
                    let Stage::Live(c) = &mut self.stage else { return Failed(Failure::new("UNINITIALIZED")) };
                    c.set_buffer_limit(None);
                    let n = match c.writer().write(&bytes[..bytes.len().min(MOST)]) {
                        Ok(n) => n,
                        Err(_) => return Failed(Failure::new("INTERNAL_ERROR")),
                    };
                    self.collect();
                    Some((n, self.put))
                }
            };
        }
        let Some((n, until)) = *begun else { return Failed(Failure::new("INTERNAL_ERROR")) };
        match self.flush(wire) {
            Done(()) => Done(n),
            // Others have put more behind it.
            WantWrite if self.left >= until => Done(n),
            other => {
                step!(other);
                Done(n)
            }
        }
    }

    /// Says that this side ends; with `wait`, receives until the peer has said it, too.
    pub fn shutdown(&mut self, wire: &Wire, ignore_eof: bool) -> Step<()> {
        step!(self.sound(wire));
        if let Stage::Live(c) = &mut self.stage
            && !self.closing
        {
            self.closing = true;
            c.send_close_notify();
            self.collect();
        }
        step!(self.flush(wire));
        loop {
            if self.plain > 0 {
                return Failed(Failure::new("APPLICATION_DATA_AFTER_CLOSE_NOTIFY"));
            }
            match self.receive(wire, ignore_eof) {
                Closed => return Done(()),
                other => step!(other),
            }
        }
    }
}

/// What the first bytes are, if they are no record of TLS: the alert that answers, and the error.
fn foreign(header: &[u8], first: bool) -> Option<(u8, Failure)> {
    const PROTOCOL_VERSION: u8 = 70;
    const RECORD_OVERFLOW: u8 = 22;
    let (kind, major) = (header[0], header[1]);
    let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
    if first && (!(0x14..=0x18).contains(&kind) || major != 3) {
        let failure = match header {
            b"GET /" | b"POST " | b"HEAD " | b"PUT /" | b"PUT h" => Failure::new("HTTP_REQUEST"),
            b"CONNE" => Failure::new("HTTPS_PROXY_REQUEST"),
            _ => Failure::new("WRONG_VERSION_NUMBER"),
        };
        return Some((PROTOCOL_VERSION, failure));
    }
    if major != 3 {
        return Some((PROTOCOL_VERSION, Failure::new("WRONG_VERSION_NUMBER")));
    }
    (length > LONGEST).then(|| (RECORD_OVERFLOW, Failure::new("PACKET_LENGTH_TOO_LONG")))
}
