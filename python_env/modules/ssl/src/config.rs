//! What a context is set to, and the configurations of `rustls` that follow from it.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    ClientSessionStore, ResolvesClientCert, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue,
};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ProducesTickets, ResolvesServerCert, ServerSessionMemoryCache};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, CipherSuite, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, KeyLog, NamedGroup,
    PeerMisbehaved, ProtocolVersion, ServerConfig, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion,
};

use crate::ciphers::{self, CIPHERS, Cipher};
use crate::connection::lock;
use crate::failure::Failure;
use crate::trust::{Question, Store};
use crate::x509::Certificate;

/// `CERT_NONE`
pub const CERT_NONE: i64 = 0;
/// `CERT_REQUIRED`
pub const CERT_REQUIRED: i64 = 2;
/// `PROTOCOL_TLS`
pub const PROTOCOL_TLS: i64 = 2;
/// `PROTOCOL_TLSv1_2`
pub const PROTOCOL_TLSV1_2: i64 = 5;
/// `PROTOCOL_TLS_CLIENT`
pub const PROTOCOL_TLS_CLIENT: i64 = 16;
/// `PROTOCOL_TLS_SERVER`
pub const PROTOCOL_TLS_SERVER: i64 = 17;
/// `PROTO_MINIMUM_SUPPORTED`
pub const MINIMUM_SUPPORTED: i64 = -2;
/// `PROTO_MAXIMUM_SUPPORTED`
pub const MAXIMUM_SUPPORTED: i64 = -1;
/// `PROTO_TLSv1_2`
pub const TLS1_2: i64 = 0x303;
/// `PROTO_TLSv1_3`
pub const TLS1_3: i64 = 0x304;
const OP_NO_TICKET: u64 = 1 << 14;
const OP_NO_TLSV1_2: u64 = 1 << 27;
const OP_NO_TLSV1_3: u64 = 1 << 29;
const OP_CIPHER_SERVER_PREFERENCE: u64 = 1 << 22;
/// `OP_IGNORE_UNEXPECTED_EOF`
pub const OP_IGNORE_UNEXPECTED_EOF: u64 = 1 << 7;

/// The counts of `session_stats`.
#[derive(Clone, Copy, Default)]
pub struct Stats {
    /// Handshakes that a client began.
    pub connect: i64,
    /// And ended.
    pub connect_good: i64,
    /// Handshakes that a server began.
    pub accept: i64,
    /// And ended.
    pub accept_good: i64,
    /// Sessions that were taken up again.
    pub hits: i64,
}

/// What a context is set to.
#[derive(Clone)]
pub struct Settings {
    /// `PROTOCOL_...`
    pub protocol: i64,
    /// `CERT_...`
    pub verify_mode: i64,
    /// Whether names are compared.
    pub check_hostname: bool,
    /// `OP_...`
    pub options: u64,
    /// `VERIFY_...`
    pub verify_flags: i64,
    /// `HOSTFLAG_...`
    pub host_flags: i64,
    /// The oldest version.
    pub minimum: i64,
    /// The newest version.
    pub maximum: i64,
    /// Cipher suites.
    pub ciphers: Vec<&'static Cipher>,
    /// Application protocols.
    pub alpn: Vec<Vec<u8>>,
    /// Its own certificates, one for each kind of key.
    pub keys: Vec<Arc<CertifiedKey>>,
    /// The only group for agreeing on keys; None: all there are.
    pub group: Option<NamedGroup>,
    /// Whom it trusts.
    pub store: Store,
    /// Where secrets are written.
    pub key_log: Option<(String, Arc<dyn KeyLog>)>,
    /// Tickets that a server sends.
    pub tickets: i64,
    /// `post_handshake_auth`
    pub post_handshake_auth: bool,
    /// Counts.
    pub stats: Stats,
    sessions: Arc<ServerSessionMemoryCache>,
    ticketer: Option<Arc<dyn ProducesTickets>>,
    made: Option<Arc<Made>>,
}

impl Settings {
    /// As a context of that protocol begins.
    pub fn new(protocol: i64) -> Settings {
        let client = protocol == PROTOCOL_TLS_CLIENT;
        let exact = protocol == PROTOCOL_TLSV1_2;
        Settings {
            protocol,
            verify_mode: if client { CERT_REQUIRED } else { CERT_NONE },
            check_hostname: client,
            // ALL, NO_SSLv3, NO_COMPRESSION, CIPHER_SERVER_PREFERENCE, ENABLE_MIDDLEBOX_COMPAT.
            options: 2_186_412_112,
            verify_flags: 0x8000,
            host_flags: 4,
            minimum: if exact { MINIMUM_SUPPORTED } else { TLS1_2 },
            maximum: MAXIMUM_SUPPORTED,
            ciphers: CIPHERS.iter().collect(),
            alpn: Vec::new(),
            keys: Vec::new(),
            group: None,
            store: Store::default(),
            key_log: None,
            tickets: 2,
            post_handshake_auth: false,
            stats: Stats::default(),
            sessions: ServerSessionMemoryCache::new(1024),
            ticketer: None,
            made: None,
        }
    }

    /// Something has changed: what was made of the settings is made again.
    pub fn changed(&mut self) {
        self.made = None;
    }

    /// The versions that are allowed.
    fn versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let allowed = |version: i64, off: u64| {
            self.options & off == 0
                && (self.minimum <= version)
                && (self.maximum == MAXIMUM_SUPPORTED || self.maximum >= version)
                && (self.protocol != PROTOCOL_TLSV1_2 || version == TLS1_2)
        };
        let mut versions = Vec::new();
        if allowed(TLS1_3, OP_NO_TLSV1_3) {
            versions.push(&rustls::version::TLS13);
        }
        if allowed(TLS1_2, OP_NO_TLSV1_2) {
            versions.push(&rustls::version::TLS12);
        }
        versions
    }

    /// The configurations; they stay until a setting changes.
    pub fn made(&mut self) -> Result<Arc<Made>, Failure> {
        if let Some(made) = &self.made {
            return Ok(made.clone());
        }
        let versions = self.versions();
        if versions.is_empty() {
            return Err(Failure::new("NO_PROTOCOLS_AVAILABLE"));
        }
        // Suites of a version that is off are not offered: servers choose their certificate by them.
        let allowed =
            |c: &&'static Cipher| versions.iter().any(|v| (v.version == ProtocolVersion::TLSv1_3) == c.is_modern());
        let chosen: Vec<&'static Cipher> = self.ciphers.iter().copied().filter(allowed).collect();
        let mut provider = CryptoProvider { cipher_suites: ciphers::supported(&chosen), ..ring::default_provider() };
        provider.kx_groups.retain(|g| self.group.is_none_or(|only| g.name() == only));
        let provider = Arc::new(provider);
        let verifier = Arc::new(Verifier {
            store: self.store.clone(),
            mode: self.verify_mode,
            flags: self.verify_flags,
            host_flags: self.host_flags,
            algorithms: provider.signature_verification_algorithms,
        });
        let of = |e: Error| Failure::of(&e);
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&versions)
            .map_err(|_| Failure::new("NO_CIPHERS_AVAILABLE"))?
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone());
        let own = Arc::new(Own(self.keys.clone()));
        let mut client = builder.with_client_cert_resolver(own.clone());
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&versions)
            .map_err(of)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(own);
        client.alpn_protocols.clone_from(&self.alpn);
        server.alpn_protocols.clone_from(&self.alpn);
        server.session_storage = self.sessions.clone();
        server.send_tls13_tickets = usize::try_from(self.tickets).unwrap_or(0);
        server.ignore_client_order = self.options & OP_CIPHER_SERVER_PREFERENCE != 0;
        if self.options & OP_NO_TICKET == 0 {
            if self.ticketer.is_none() {
                self.ticketer = Some(ring::Ticketer::new().map_err(of)?);
            }
            if let Some(ticketer) = &self.ticketer {
                server.ticketer = ticketer.clone();
            }
        }
        if let Some((_, log)) = &self.key_log {
            (client.key_log, server.key_log) = (log.clone(), log.clone());
        }
        let made = Arc::new(Made { client, server: Arc::new(server) });
        self.made = Some(made.clone());
        Ok(made)
    }
}

/// What follows from settings.
pub struct Made {
    client: ClientConfig,
    /// For servers.
    pub server: Arc<ServerConfig>,
}

impl Made {
    /// For a client whose sessions are kept there. A ticket is good only for the very verifier and certificate that it was given to.
    pub fn client(&self, sessions: Arc<Tickets>, sni: bool) -> Arc<ClientConfig> {
        let mut config = self.client.clone();
        config.resumption = Resumption::store(sessions);
        config.enable_sni = sni;
        Arc::new(config)
    }

    /// For servers that share no application protocol with the client: they go on without.
    pub fn server_without_alpn(&self) -> Arc<ServerConfig> {
        let mut config = (*self.server).clone();
        config.alpn_protocols.clear();
        Arc::new(config)
    }
}

/// A context's own certificates, for all peers the same; those that sign with elliptic curves are preferred.
#[derive(Debug)]
struct Own(Vec<Arc<CertifiedKey>>);

impl Own {
    /// `suites` are those of a client; before TLS 1.3 they say who signs.
    fn choose(&self, schemes: &[SignatureScheme], suites: Option<&[CipherSuite]>) -> Option<Arc<CertifiedKey>> {
        let is_rsa = |k: &&Arc<CertifiedKey>| k.key.algorithm() == SignatureAlgorithm::RSA;
        let fit = |k: &&Arc<CertifiedKey>| {
            let mut known = suites.unwrap_or_default().iter().filter_map(|s| ciphers::find(*s));
            k.key.choose_scheme(schemes).is_some()
                && (suites.is_none() || known.any(|c| c.is_modern() || (c.auth == "rsa") == is_rsa(k)))
        };
        self.0.iter().filter(fit).min_by_key(is_rsa).cloned()
    }
}

impl ResolvesServerCert for Own {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.choose(hello.signature_schemes(), Some(hello.cipher_suites()))
    }
}

impl ResolvesClientCert for Own {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.choose(schemes, None)
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}

/// Secrets, a line each.
#[derive(Debug)]
pub struct Log(Mutex<File>);

impl Log {
    /// Appends to a file.
    pub fn open(path: &Path) -> std::io::Result<Log> {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        if file.metadata()?.len() == 0 {
            file.write_all(b"# TLS secrets log file, generated by OpenSSL / Python\n")?;
        }
        Ok(Log(Mutex::new(file)))
    }
}

impl KeyLog for Log {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let hex = |b: &[u8]| b.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let line = format!("{label} {} {}\n", hex(client_random), hex(secret));
        // A log that cannot be written must not end the connection.
        let _ = lock(&self.0).write_all(line.as_bytes());
    }
}

/// What a client may resume with.
#[derive(Debug, Default, Clone)]
pub struct Kept {
    hint: Option<NamedGroup>,
    older: Option<Tls12ClientSessionValue>,
    /// A ticket is good once, so those who have the session share them.
    tickets: Arc<Mutex<Vec<Tls13ClientSessionValue>>>,
}

impl Kept {
    /// Whether there is anything to resume with.
    pub fn has_ticket(&self) -> bool {
        self.older.is_some() || !lock(&self.tickets).is_empty()
    }
}

/// The sessions of one connection.
#[derive(Debug, Default)]
pub struct Tickets(Mutex<Kept>);

/// Tickets kept: a server may send as many as it likes.
const MOST_TICKETS: usize = 8;

impl Tickets {
    /// With what another connection has left.
    pub fn new(kept: Kept) -> Tickets {
        Tickets(Mutex::new(kept))
    }

    /// Forgets all for what another connection has left.
    pub fn replace(&self, kept: Kept) {
        self.with(|k| *k = kept);
    }

    /// What there is now.
    pub fn kept(&self) -> Kept {
        self.with(|k| k.clone())
    }

    fn with<R>(&self, f: impl FnOnce(&mut Kept) -> R) -> R {
        f(&mut lock(&self.0))
    }
}

impl ClientSessionStore for Tickets {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        self.with(|k| k.hint = Some(group));
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.with(|k| k.hint)
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.with(|k| k.older = Some(value));
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.with(|k| k.older.clone())
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {
        self.with(|k| k.older = None);
    }

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.with(|k| {
            let mut tickets = lock(&k.tickets);
            if tickets.len() == MOST_TICKETS {
                tickets.remove(0);
            }
            tickets.push(value);
        });
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.with(|k| lock(&k.tickets).pop())
    }
}

/// What a thread that drives a handshake knows of the peer, and what became of its certificate.
#[derive(Default)]
pub struct Peer {
    /// Whom the certificate must be for.
    pub host: Option<String>,
    /// The chain that was found.
    pub chain: Option<Vec<CertificateDer<'static>>>,
    /// Why there is none.
    pub denial: Option<(i64, String)>,
}

thread_local! {
    /// A verifier serves all connections of a context, because tickets are bound to it; so what belongs to one lies here.
    static PEER: RefCell<Peer> = RefCell::default();
}

/// Runs `f`, in which certificates may be verified; what came of it stands in `peer`.
pub fn with_peer<R>(peer: &mut Peer, f: impl FnOnce() -> R) -> R {
    PEER.with(|p| p.swap(&RefCell::new(std::mem::take(peer))));
    let r = f();
    *peer = PEER.with(RefCell::take);
    r
}

/// Judges peers by what a context trusts.
#[derive(Debug)]
struct Verifier {
    store: Store,
    mode: i64,
    flags: i64,
    host_flags: i64,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    fn judge(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        of_client: bool,
        now: UnixTime,
    ) -> Result<(), Error> {
        if self.mode == CERT_NONE {
            return Ok(());
        }
        let mut chain = vec![own.clone()];
        chain.extend_from_slice(others);
        PEER.with(|p| {
            let mut p = p.borrow_mut();
            let (flags, host_flags) = (self.flags, self.host_flags);
            let q = Question { chain: &chain, of_client, host: p.host.as_deref(), flags, host_flags, now };
            match self.store.verify(&q) {
                Ok(chain) => {
                    p.chain = Some(chain);
                    Ok(())
                }
                Err(denial) => {
                    p.denial = Some((denial.code, denial.message));
                    Err(Error::InvalidCertificate(denial.error))
                }
            }
        })
    }

    /// Whether the peer has the certificate's key. Only the first algorithm of a scheme is TLS 1.3's.
    fn signed(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
        only_first: bool,
    ) -> Result<HandshakeSignatureValid, Error> {
        let bad = || Error::InvalidCertificate(CertificateError::BadSignature);
        use SignatureScheme as S;
        if only_first && matches!(dss.scheme, S::RSA_PKCS1_SHA256 | S::RSA_PKCS1_SHA384 | S::RSA_PKCS1_SHA512) {
            return Err(Error::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme));
        }
        let key = SubjectPublicKeyInfoDer::from(Certificate::parse(own).ok_or_else(bad)?.key);
        let key = webpki::RawPublicKeyEntity::try_from(&key).map_err(|_| bad())?;
        let (_, all) = self.algorithms.mapping.iter().find(|(scheme, _)| *scheme == dss.scheme).ok_or_else(bad)?;
        let all = if only_first { &all[..all.len().min(1)] } else { all };
        if all.iter().any(|a| key.verify_signature(*a, message, dss.signature()).is_ok()) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        Err(bad())
    }
}

/// What verifiers of servers and of clients have in common: signatures, whoever made them.
macro_rules! judges_signatures {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            self.signed(message, cert, dss, false)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            self.signed(message, cert, dss, true)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.algorithms.supported_schemes()
        }
    };
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(own, others, false, now).map(|()| ServerCertVerified::assertion())
    }

    judges_signatures!();
}

impl ClientCertVerifier for Verifier {
    fn offer_client_auth(&self) -> bool {
        self.mode != CERT_NONE
    }

    fn client_auth_mandatory(&self) -> bool {
        self.mode == CERT_REQUIRED
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(own, others, true, now).map(|()| ClientCertVerified::assertion())
    }

    judges_signatures!();
}
