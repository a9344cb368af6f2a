//! What a certificate says, as far as `ssl` asks. Nothing here decides about trust but by what `trust` makes of it.

use crate::der::{self, Element, OCTETS, OID, Reader, SEQUENCE};

/// A parsed certificate.
pub struct Certificate<'a> {
    /// 1 to 3.
    pub version: i64,
    /// The serial number's bytes.
    pub serial: &'a [u8],
    /// The issuer's name, DER.
    pub issuer: &'a [u8],
    /// The subject's name, DER.
    pub subject: &'a [u8],
    /// The public key, DER.
    pub key: &'a [u8],
    /// Since when it is valid.
    pub not_before: (i64, String),
    /// Until when.
    pub not_after: (i64, String),
    extensions: Vec<Extension<'a>>,
}

struct Extension<'a> {
    oid: &'a [u8],
    value: &'a [u8],
}

/// `id-ce` extensions end in one byte.
const ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
const BASIC: &[u8] = &[0x55, 0x1d, 19];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
const CRL_POINTS: &[u8] = &[0x55, 0x1d, 31];
const AUTHORITY_KEY: &[u8] = &[0x55, 0x1d, 35];
const SUBJECT_KEY: &[u8] = &[0x55, 0x1d, 14];
const EXTENDED_USAGE: &[u8] = &[0x55, 0x1d, 37];
/// `authorityInfoAccess` and two of its methods.
const AUTHORITY_INFO: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];
/// Where the state of certificates may be asked for.
pub const OCSP: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 1];
/// Where the issuer's certificate lies.
pub const CA_ISSUERS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 2];
/// The purpose of servers.
pub const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
/// The purpose of clients.
pub const CLIENT_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
const ANY_USAGE: &[u8] = &[0x55, 0x1d, 37, 0];
const COMMON_NAME: &[u8] = &[0x55, 4, 3];

/// One of the names of a subject.
pub enum Name<'a> {
    /// Under a word: `DNS`, `email`, `URI`, or what is not understood.
    Text(&'static str, &'a [u8]),
    /// A distinguished name.
    Directory(&'a [u8]),
    /// 4 or 16 bytes; others are shown as invalid.
    Address(&'a [u8]),
    /// An object identifier.
    Registered(&'a [u8]),
}

impl<'a> Certificate<'a> {
    /// Of DER; None if that is no certificate, or goes on.
    pub fn parse(whole: &'a [u8]) -> Option<Certificate<'a>> {
        let mut outer = Reader::new(whole);
        let mut parts = Reader::new(outer.expect(SEQUENCE)?.body);
        if !outer.rest().is_empty() {
            return None;
        }
        let mut body = Reader::new(parts.expect(SEQUENCE)?.body);
        parts.expect(SEQUENCE)?;
        parts.expect(der::BITS)?;
        let version = match body.optional(0xa0) {
            None => 1,
            Some(e) => i64::from(*Reader::new(e.body).expect(der::INTEGER)?.body.first()?) + 1,
        };
        let serial = body.expect(der::INTEGER)?.body;
        body.expect(SEQUENCE)?;
        let issuer = body.expect(SEQUENCE)?.whole;
        let mut validity = Reader::new(body.expect(SEQUENCE)?.body);
        let (not_before, not_after) = (der::time(validity.next()?)?, der::time(validity.next()?)?);
        let subject = body.expect(SEQUENCE)?.whole;
        let key = body.expect(SEQUENCE)?.whole;
        let mut extensions = Vec::new();
        for e in body {
            if e.tag != 0xa3 {
                continue;
            }
            for e in Reader::new(Reader::new(e.body).expect(SEQUENCE)?.body) {
                let mut e = Reader::new(e.body);
                let oid = e.expect(OID)?.body;
                e.optional(der::BOOLEAN);
                extensions.push(Extension { oid, value: e.expect(OCTETS)?.body });
            }
        }
        Some(Certificate { version, serial, issuer, subject, key, not_before, not_after, extensions })
    }

    fn extension(&self, oid: &[u8]) -> Option<&'a [u8]> {
        self.extensions.iter().find(|e| e.oid == oid).map(|e| e.value)
    }

    fn sequence(&self, oid: &[u8]) -> Option<Reader<'a>> {
        Some(Reader::new(Reader::new(self.extension(oid)?).expect(SEQUENCE)?.body))
    }

    /// Whether issuer and subject are one.
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether it may be an authority's; certificates of version 1 that are their own issuers count.
    pub fn is_authority(&self) -> bool {
        match self.sequence(BASIC) {
            Some(mut basic) => basic.optional(der::BOOLEAN).is_some_and(|e| e.body.first().is_some_and(|&b| b != 0)),
            None => self.version == 1 && self.is_self_issued(),
        }
    }

    /// Whether one with this name and, if both say so, this key can have issued `child`.
    pub fn may_have_issued(&self, child: &Certificate) -> bool {
        let wanted = child.sequence(AUTHORITY_KEY).and_then(|mut e| e.optional(0x80)).map(|e| e.body);
        let own = self.extension(SUBJECT_KEY).and_then(|v| Reader::new(v).expect(OCTETS)).map(|e| e.body);
        self.subject == child.issuer && (wanted.is_none() || own.is_none() || wanted == own)
    }

    /// Whether it names its issuer's key.
    pub fn has_authority_key(&self) -> bool {
        self.extension(AUTHORITY_KEY).is_some()
    }

    /// Whether it says what its key is for.
    pub fn has_key_usage(&self) -> bool {
        self.extension(KEY_USAGE).is_some()
    }

    /// Whether it may sign certificates, as far as it says what its key is for.
    pub fn may_sign_certificates(&self) -> bool {
        match self.extension(KEY_USAGE).and_then(|v| Reader::new(v).expect(der::BITS)) {
            Some(e) => e.body.get(1).is_some_and(|b| b & 0x04 != 0),
            None => true,
        }
    }

    /// Whether it may be used for that purpose.
    pub fn allows(&self, purpose: &[u8]) -> bool {
        match self.sequence(EXTENDED_USAGE) {
            Some(mut all) => all.any(|e| e.tag == OID && (e.body == purpose || e.body == ANY_USAGE)),
            None => true,
        }
    }

    /// The alternative names; None where there are none.
    pub fn alternative_names(&self) -> Option<Vec<Name<'a>>> {
        Some(self.sequence(ALT_NAME)?.map(name).collect())
    }

    /// The subject's common names.
    pub fn common_names(&self) -> Vec<String> {
        attributes(self.subject)
            .into_iter()
            .flatten()
            .filter(|(oid, _)| *oid == COMMON_NAME)
            .map(|(_, value)| text(value))
            .collect()
    }

    /// The addresses of a method of `authorityInfoAccess`.
    pub fn authority_info(&self, method: &[u8]) -> Vec<&'a [u8]> {
        let mut found = Vec::new();
        for e in self.sequence(AUTHORITY_INFO).into_iter().flatten() {
            let mut e = Reader::new(e.body);
            if e.expect(OID).is_some_and(|e| e.body == method)
                && let Some(Name::Text("URI", uri)) = e.next().map(name)
            {
                found.push(uri);
            }
        }
        found
    }

    /// Where lists of revoked certificates lie.
    pub fn revocation_points(&self) -> Vec<&'a [u8]> {
        let mut found = Vec::new();
        for point in self.sequence(CRL_POINTS).into_iter().flatten() {
            let Some(full) = Reader::new(point.body).optional(0xa0).and_then(|e| Reader::new(e.body).optional(0xa0))
            else {
                continue;
            };
            for e in Reader::new(full.body) {
                if let Name::Text("URI", uri) = name(e) {
                    found.push(uri);
                }
            }
        }
        found
    }
}

fn name<'a>(e: Element<'a>) -> Name<'a> {
    match e.tag {
        0x81 => Name::Text("email", e.body),
        0x82 => Name::Text("DNS", e.body),
        0x86 => Name::Text("URI", e.body),
        0x87 => Name::Address(e.body),
        0x88 => Name::Registered(e.body),
        0xa4 => Name::Directory(e.body),
        0xa3 => Name::Text("X400Name", b"<unsupported>"),
        0xa5 => Name::Text("EdiPartyName", b"<unsupported>"),
        _ => Name::Text("othername", b"<unsupported>"),
    }
}

/// The attributes of a distinguished name (DER), by relative names: identifier and value.
pub fn attributes(name: &[u8]) -> Vec<Vec<(&[u8], Element<'_>)>> {
    let Some(all) = Reader::new(name).expect(SEQUENCE) else { return Vec::new() };
    Reader::new(all.body)
        .map(|set| {
            Reader::new(set.body)
                .filter_map(|e| {
                    let mut e = Reader::new(e.body);
                    Some((e.expect(OID)?.body, e.next()?))
                })
                .collect()
        })
        .collect()
}

/// The text of a string of any of ASN.1's kinds.
pub fn text(e: Element) -> String {
    match e.tag {
        // BMPString and UniversalString; T61String is taken for Latin 1, as OpenSSL does.
        0x1e => String::from_utf16_lossy(&pairs(e.body)),
        0x1c => e
            .body
            .chunks_exact(4)
            .map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]]))
            .map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        0x14 => e.body.iter().map(|&b| char::from(b)).collect(),
        _ => String::from_utf8_lossy(e.body).into_owned(),
    }
}

fn pairs(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect()
}

/// OpenSSL's form of an address.
pub fn address(bytes: &[u8]) -> String {
    match bytes {
        [a, b, c, d] => format!("{a}.{b}.{c}.{d}"),
        _ if bytes.len() == 16 => {
            let groups: Vec<String> = pairs(bytes).iter().map(|n| format!("{n:X}")).collect();
            groups.join(":")
        }
        _ => "<invalid>".into(),
    }
}
