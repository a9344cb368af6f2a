//! Certificates and authorities that a context trusts, and whether a chain leads to one of them.
//!
//! `webpki` judges chains. What it lacks stands around it: a certificate that is trusted by itself, OpenSSL's switches, and
//! OpenSSL's code for why a chain was refused, which programs read.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage, OwnedCertRevocationList,
    RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy,
};

use crate::connection::lock;
use crate::hostname;
use crate::pem::{self, Block};
use crate::x509::{CLIENT_AUTH, Certificate, SERVER_AUTH};

/// `VERIFY_CRL_CHECK_LEAF`
const CRL_CHECK_LEAF: i64 = 4;
/// `VERIFY_CRL_CHECK_CHAIN` without the other.
const CRL_CHECK_ALL: i64 = 8;
/// `VERIFY_X509_STRICT`
const STRICT: i64 = 32;
/// `VERIFY_X509_PARTIAL_CHAIN`
const PARTIAL_CHAIN: i64 = 0x80000;

/// A certificate in a store.
#[derive(Debug)]
pub struct Trusted {
    /// As it came.
    pub der: CertificateDer<'static>,
    /// Whether it is an authority's.
    pub is_authority: bool,
    anchor: Option<TrustAnchor<'static>>,
    is_self_issued: bool,
    may_sign: bool,
    since: i64,
    until: i64,
}

impl Trusted {
    /// None if it is no certificate.
    pub fn new(der: Vec<u8>) -> Option<Arc<Trusted>> {
        let der = CertificateDer::from(der);
        let c = Certificate::parse(&der)?;
        let (is_authority, is_self_issued, may_sign) =
            (c.is_authority(), c.is_self_issued(), c.may_sign_certificates());
        let (since, until) = (c.not_before.0, c.not_after.0);
        let anchor = webpki::anchor_from_trusted_cert(&der).ok().map(|a| a.to_owned());
        Some(Arc::new(Trusted { der, is_authority, anchor, is_self_issued, may_sign, since, until }))
    }

    fn is_valid(&self, now: i64) -> bool {
        (self.since..=self.until).contains(&now)
    }

    /// Whether chains may end here.
    fn ends_chains(&self, flags: i64) -> bool {
        self.is_self_issued || flags & PARTIAL_CHAIN != 0
    }
}

type Lists = Vec<Arc<CertRevocationList<'static>>>;

/// What a context trusts.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// In the order of loading.
    pub certificates: Vec<Arc<Trusted>>,
    /// Lists of revoked certificates.
    pub lists: Lists,
    /// Folders that are looked into when somebody is verified.
    pub folders: Vec<PathBuf>,
    /// What was found there and used.
    used: Arc<Mutex<Vec<Arc<Trusted>>>>,
}

#[derive(Clone, Debug, Default)]
struct Folder {
    certificates: Vec<Arc<Trusted>>,
    lists: Lists,
}

/// Folders that have been read, with the time of their last change.
static FOLDERS: Mutex<Option<HashMap<PathBuf, (SystemTime, Arc<Folder>)>>> = Mutex::new(None);

/// A list of revoked certificates; None if it is none.
pub fn revocation_list(der: &[u8]) -> Option<Arc<CertRevocationList<'static>>> {
    BorrowedCertRevocationList::from_der(der).ok()?;
    OwnedCertRevocationList::from_der(der).ok().map(|l| Arc::new(l.into()))
}

/// The certificates of a folder, whose files OpenSSL's `rehash` has named: eight digits, a point, a number.
fn folder(path: &Path) -> Arc<Folder> {
    let Ok(changed) = fs::metadata(path).and_then(|m| m.modified()) else { return Arc::default() };
    if let Some((at, known)) = lock(&FOLDERS).get_or_insert_default().get(path)
        && *at == changed
    {
        return known.clone();
    }
    let mut found = Folder::default();
    let mut files: Vec<PathBuf> = fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let Some((hash, number)) = name.split_once('.') else { continue };
        let number = number.strip_prefix('r').unwrap_or(number);
        let is_named = hash.len() == 8
            && hash.bytes().all(|b| b.is_ascii_hexdigit())
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit());
        let Some(text) = is_named.then(|| fs::read(&file).ok()).flatten() else { continue };
        for block in pem::blocks(&text) {
            found.add(block);
        }
    }
    let found = Arc::new(found);
    lock(&FOLDERS).get_or_insert_default().insert(path.to_owned(), (changed, found.clone()));
    found
}

impl Folder {
    fn add(&mut self, block: Block) {
        let Some(data) = &block.data else { return };
        if block.is_certificate() {
            self.certificates.extend(Trusted::new(data.clone()));
        } else if block.label == "X509 CRL" {
            self.lists.extend(revocation_list(data));
        }
    }
}

/// Why nobody is trusted: OpenSSL's code and words, and what the peer is told.
#[derive(Debug)]
pub struct Denial {
    /// `X509_V_ERR_...`
    pub code: i64,
    /// What it means.
    pub message: String,
    /// For the alert.
    pub error: CertificateError,
}

fn deny<T>(code: i64, message: &str, error: CertificateError) -> Result<T, Denial> {
    Err(Denial { code, message: message.into(), error })
}

/// What is asked of a chain.
pub struct Question<'a> {
    /// The chain, the peer's own certificate first.
    pub chain: &'a [CertificateDer<'a>],
    /// Whether the peer is a client.
    pub of_client: bool,
    /// Whom it must be for.
    pub host: Option<&'a str>,
    /// `verify_flags`
    pub flags: i64,
    /// `_host_flags`
    pub host_flags: i64,
    /// The time.
    pub now: UnixTime,
}

impl Store {
    /// Adds a certificate unless it is there.
    pub fn add(&mut self, certificate: Arc<Trusted>) {
        if !self.certificates.iter().any(|c| c.der == certificate.der) {
            self.certificates.push(certificate);
        }
    }

    /// All certificates that were loaded or used.
    pub fn known(&self) -> Vec<Arc<Trusted>> {
        let mut all = self.certificates.clone();
        for used in lock(&self.used).iter() {
            if !all.iter().any(|c| c.der == used.der) {
                all.push(used.clone());
            }
        }
        all
    }

    /// The chain from the peer's certificate to one that is trusted, or why there is none.
    pub fn verify(&self, q: &Question) -> Result<Vec<CertificateDer<'static>>, Denial> {
        let now = i64::try_from(q.now.as_secs()).unwrap_or(i64::MAX);
        let folders: Vec<Arc<Folder>> = self.folders.iter().map(|f| folder(f)).collect();
        let mut trusted = self.certificates.clone();
        trusted.extend(folders.iter().flat_map(|f| f.certificates.iter().cloned()));
        let lists: Lists = self.lists.iter().chain(folders.iter().flat_map(|f| f.lists.iter())).cloned().collect();
        let Some((leaf, c)) = q.chain.first().and_then(|leaf| Some((leaf, Certificate::parse(leaf)?))) else {
            return deny(1, "unspecified certificate verification error", CertificateError::BadEncoding);
        };
        if let Some(own) = trusted.iter().find(|t| t.der == *leaf && t.ends_chains(q.flags)) {
            self.extras(q, &c, std::slice::from_ref(leaf))?;
            times(&c, now)?;
            self.note(own);
            return Ok(vec![leaf.clone().into_owned()]);
        }
        let (anchors, owners): (Vec<_>, Vec<_>) = trusted
            .iter()
            .filter(|t| t.is_authority && t.may_sign && t.ends_chains(q.flags) && t.is_valid(now))
            .filter_map(|t| Some((t.anchor.clone()?, t)))
            .unzip();
        match self.path(q, leaf, &anchors, &lists) {
            Ok((mut chain, root)) => {
                let Some(root) = owners.get(root) else {
                    return deny(1, "unspecified certificate verification error", CertificateError::UnknownIssuer);
                };
                chain.push(root.der.clone());
                self.extras(q, &c, &chain)?;
                self.note(root);
                Ok(chain)
            }
            Err(e) => self.explain(q, &c, &trusted, now, &e),
        }
    }

    fn note(&self, used: &Arc<Trusted>) {
        if !self.certificates.iter().any(|c| Arc::ptr_eq(c, used)) {
            let mut all = lock(&self.used);
            if !all.iter().any(|c| c.der == used.der) {
                all.push(used.clone());
            }
        }
    }

    /// What `webpki` finds: the chain without its end, and the place of that among the anchors.
    fn path(
        &self,
        q: &Question,
        leaf: &CertificateDer,
        anchors: &[TrustAnchor<'static>],
        lists: &Lists,
    ) -> Result<(Vec<CertificateDer<'static>>, usize), webpki::Error> {
        let lists: Vec<&CertRevocationList> = lists.iter().map(|l| &**l).collect();
        let revocation = match q.flags & (CRL_CHECK_LEAF | CRL_CHECK_ALL) {
            0 => None,
            _ if lists.is_empty() => return Err(webpki::Error::UnknownRevocationStatus),
            which => RevocationOptionsBuilder::new(&lists).ok().map(|b| {
                let depth = if which & CRL_CHECK_ALL == 0 {
                    RevocationCheckDepth::EndEntity
                } else {
                    RevocationCheckDepth::Chain
                };
                b.with_depth(depth)
                    .with_status_policy(UnknownStatusPolicy::Deny)
                    .with_expiration_policy(ExpirationPolicy::Enforce)
                    .build()
            }),
        };
        let own = EndEntityCert::try_from(leaf)?;
        let usage = if q.of_client { KeyUsage::client_auth() } else { KeyUsage::server_auth() };
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
        let path = own.verify_for_usage(algorithms, anchors, &q.chain[1..], q.now, usage, revocation, None)?;
        let mut chain = vec![leaf.clone().into_owned()];
        chain.extend(path.intermediate_certificates().map(|c| c.der().into_owned()));
        let end = path.anchor();
        let place = anchors.iter().position(|a| std::ptr::eq(a, end) || a == end);
        Ok((chain, place.unwrap_or(usize::MAX)))
    }

    /// What `webpki` is not asked: the host, and what strict checks demand.
    fn extras(&self, q: &Question, own: &Certificate, chain: &[CertificateDer]) -> Result<(), Denial> {
        let purpose = if q.of_client { CLIENT_AUTH } else { SERVER_AUTH };
        if !own.allows(purpose) {
            return deny(26, "unsuitable certificate purpose", CertificateError::InvalidPurpose);
        }
        // A chain of one certificate, which the program itself trusts, need not look like an authority's (RFC 6818).
        if q.flags & STRICT != 0 && chain.len() > 1 {
            for (i, c) in chain.iter().enumerate() {
                let Some(c) = Certificate::parse(c) else { continue };
                if !(c.has_authority_key() || i + 1 == chain.len() && c.is_self_issued()) {
                    return deny(85, "Missing Authority Key Identifier", CertificateError::BadEncoding);
                }
                if c.is_authority() && c.version == 3 && !c.has_key_usage() {
                    return deny(92, "CA cert does not include key usage extension", CertificateError::BadEncoding);
                }
            }
        }
        host(q, own)
    }

    /// OpenSSL's reason for a chain that `webpki` has refused.
    fn explain<T>(
        &self,
        q: &Question,
        own: &Certificate,
        trusted: &[Arc<Trusted>],
        now: i64,
        e: &webpki::Error,
    ) -> Result<T, Denial> {
        let given: Vec<Certificate> = q.chain[1..].iter().filter_map(|c| Certificate::parse(c)).collect();
        let roots: Vec<(Certificate, &Arc<Trusted>)> =
            trusted.iter().filter_map(|t| Some((Certificate::parse(&t.der)?, t))).collect();
        let mut chain = vec![own];
        // As long as the peer's certificates can make it, and no longer.
        let ended = loop {
            let Some(&last) = chain.last().filter(|_| chain.len() <= given.len() + 1) else { break false };
            if let Some((root, t)) = roots.iter().find(|(r, _)| r.may_have_issued(last)) {
                chain.push(root);
                if t.ends_chains(q.flags) {
                    break true;
                }
                continue;
            }
            if last.is_self_issued() {
                let unknown = CertificateError::UnknownIssuer;
                return match chain.len() {
                    1 => deny(18, "self-signed certificate", unknown),
                    _ => deny(19, "self-signed certificate in certificate chain", unknown),
                };
            }
            match given.iter().find(|c| c.may_have_issued(last)) {
                Some(issuer) => chain.push(issuer),
                None => break false,
            }
        };
        if !ended {
            return deny(20, "unable to get local issuer certificate", CertificateError::UnknownIssuer);
        }
        if !own.allows(if q.of_client { CLIENT_AUTH } else { SERVER_AUTH }) {
            return deny(26, "unsuitable certificate purpose", CertificateError::InvalidPurpose);
        }
        if chain[1..].iter().any(|c| !c.is_authority() || !c.may_sign_certificates()) {
            return deny(79, "invalid CA certificate", CertificateError::UnknownIssuer);
        }
        host(q, own)?;
        use webpki::Error as E;
        match e {
            E::CertRevoked => return deny(23, "certificate revoked", CertificateError::Revoked),
            E::UnknownRevocationStatus => {
                return deny(3, "unable to get certificate CRL", CertificateError::UnknownRevocationStatus);
            }
            E::CrlExpired { .. } => return deny(12, "CRL has expired", CertificateError::ExpiredRevocationList),
            _ => {}
        }
        for c in chain.iter().rev() {
            times(c, now)?;
        }
        let bad = CertificateError::BadEncoding;
        match e {
            E::UnsupportedCriticalExtension => {
                deny(34, "unhandled critical extension", CertificateError::UnhandledCriticalExtension)
            }
            E::CertDistrusted => deny(28, "certificate rejected", CertificateError::Revoked),
            E::NameConstraintViolation => deny(47, "permitted subtree violation", bad),
            E::PathLenConstraintViolated => deny(25, "path length constraint exceeded", bad),
            E::MaximumPathDepthExceeded => deny(22, "certificate chain too long", bad),
            E::UnknownIssuer | E::InvalidSignatureForPublicKey => {
                deny(7, "certificate signature failure", CertificateError::BadSignature)
            }
            e => deny(1, &format!("unspecified certificate verification error: {e}"), bad),
        }
    }
}

fn times(c: &Certificate, now: i64) -> Result<(), Denial> {
    if now < c.not_before.0 {
        return deny(9, "certificate is not yet valid or the system clock is incorrect", CertificateError::BadEncoding);
    }
    if now > c.not_after.0 {
        return deny(10, "certificate has expired", CertificateError::Expired);
    }
    Ok(())
}

fn host(q: &Question, own: &Certificate) -> Result<(), Denial> {
    match q.host {
        Some(host) if !hostname::matches(own, host, q.host_flags) => {
            let (code, what) = match hostname::as_address(host) {
                Some(_) => (64, "IP address"),
                None => (62, "Hostname"),
            };
            let message = format!("{what} mismatch, certificate is not valid for '{host}'.");
            deny(code, &message, CertificateError::NotValidForName)
        }
        _ => Ok(()),
    }
}
