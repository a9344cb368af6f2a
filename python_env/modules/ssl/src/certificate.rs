//! Certificates as Python sees them: `_ssl.Certificate`, and the dictionary of `getpeercert`.

use engine::prelude::*;
use rustls::pki_types::CertificateDer;

use crate::der::{self, Element, Reader};
use crate::errors;
use crate::objects::OBJECTS;
use crate::pem;
use crate::x509::{self, CA_ISSUERS, Certificate, Name, OCSP};

/// `_ssl.Certificate`
pub static CERTIFICATE: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots { repr: Some(repr), richcmp: Some(compare), hash: Some(hash), ..Slots::NONE },
    methods: &[
        NativeDef::new("public_bytes", "($self, /, format=Encoding.PEM)", public_bytes, ""),
        NativeDef::new(
            "get_info",
            "($self, /)",
            |cx, args| {
                let der = der_of(cx, args[0])?;
                info(cx, &der)
            },
            "",
        ),
    ],
    ..TypeDef::new("_ssl", "Certificate")
};

const DER: i64 = 2;
const PEM: i64 = 1;

/// An object for a certificate.
pub fn new(cx: &mut Ctx, der: &[u8]) -> Value {
    let v = cx.new_object(&CERTIFICATE, &[Value::EMPTY]);
    if let Some(o) = Obj::of(v) {
        o.set_payload(cx, 0, CertificateDer::from(der.to_vec()));
    }
    v
}

fn der_of(cx: &mut Ctx, v: Value) -> Res<CertificateDer<'static>> {
    match Obj::of(v).filter(|_| cx.is_exactly(v, &CERTIFICATE)).and_then(|o| o.payload::<CertificateDer>(cx, 0)) {
        Some(der) => Ok(der.clone()),
        None => Err(cx.type_error("Certificate expected")),
    }
}

fn public_bytes(cx: &mut Ctx, args: Args) -> PyResult {
    let der = der_of(cx, args[0])?;
    match args.index_or(cx, 1, PEM)? {
        PEM => Ok(Str::new(cx, &pem::armour("CERTIFICATE", &der))),
        DER => Bytes::wish(cx, &der),
        _ => Err(cx.value_error("Unsupported format")),
    }
}

fn compare(cx: &mut Ctx, a: Value, b: Value, op: protocol::CmpOp) -> PyResult {
    if !cx.is_exactly(b, &CERTIFICATE) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = der_of(cx, a)? == der_of(cx, b)?;
    match op {
        protocol::CmpOp::Eq => Ok(Value::bool(same)),
        protocol::CmpOp::Ne => Ok(Value::bool(!same)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let der = der_of(cx, v)?;
    let bytes = Bytes::new(cx, &der);
    protocol::hash(cx, bytes)
}

/// The subject as RFC 2253 writes it: the last part first.
fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let der = der_of(cx, v)?;
    let subject = Certificate::parse(&der).map(|c| c.subject).unwrap_or_default();
    let mut parts: Vec<String> = x509::attributes(subject)
        .iter()
        .map(|set| {
            let set: Vec<String> = set.iter().map(|(oid, e)| format!("{}={}", short_name(oid), escaped(*e))).collect();
            set.join("+")
        })
        .collect();
    parts.reverse();
    Ok(Str::new(cx, &format!("<_ssl.Certificate '{}'>", parts.join(","))))
}

fn escaped(e: Element) -> String {
    let mut text = String::new();
    for c in x509::text(e).chars() {
        if ",+\"\\<>;".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

fn short_name(oid: &[u8]) -> String {
    let dotted = der::dotted(oid).unwrap_or_default();
    OBJECTS.iter().find(|o| o.3 == dotted).map_or(dotted, |o| o.1.into())
}

fn long_name(oid: &[u8]) -> String {
    let dotted = der::dotted(oid).unwrap_or_default();
    OBJECTS.iter().find(|o| o.3 == dotted).map_or(dotted, |o| o.2.into())
}

/// A list of values; they stay reachable from it while more are made.
fn tuple_of(cx: &mut Ctx, n: usize, mut make: impl FnMut(&mut Ctx, usize) -> PyResult) -> PyResult {
    let list = List::new(cx);
    for i in 0..n {
        let v = make(cx, i)?;
        list.push(cx, v);
    }
    Ok(list.to_tuple(cx))
}

fn distinguished(cx: &mut Ctx, name: &[u8]) -> PyResult {
    let sets = x509::attributes(name);
    tuple_of(cx, sets.len(), |cx, i| {
        tuple_of(cx, sets[i].len(), |cx, k| {
            let (oid, value) = sets[i][k];
            let (name, value) = (Str::new(cx, &long_name(oid)), Str::new(cx, &x509::text(value)));
            Ok(Tuple::new(cx, &[name, value]))
        })
    })
}

fn texts(cx: &mut Ctx, all: &[&[u8]]) -> PyResult {
    tuple_of(cx, all.len(), |cx, i| Ok(Str::new(cx, &String::from_utf8_lossy(all[i]))))
}

fn alternative(cx: &mut Ctx, name: &Name) -> PyResult {
    let (kind, value) = match name {
        Name::Text(kind, text) => (*kind, Str::new(cx, &String::from_utf8_lossy(text))),
        Name::Address(bytes) => ("IP Address", Str::new(cx, &x509::address(bytes))),
        Name::Registered(oid) => ("Registered ID", Str::new(cx, &der::dotted(oid).unwrap_or("<INVALID>".into()))),
        Name::Directory(body) => {
            // The sequence stands in a tag of its own.
            let name = Reader::new(body).next().map_or(&[][..], |e| e.whole);
            ("DirName", distinguished(cx, name)?)
        }
    };
    let kind = Str::new(cx, kind);
    Ok(Tuple::new(cx, &[kind, value]))
}

/// The number without its sign's byte, as OpenSSL prints it.
fn serial(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().skip_while(|b| **b == 0).map(|b| format!("{b:02X}")).collect();
    if digits.is_empty() { "00".into() } else { digits }
}

/// What `getpeercert` says of a certificate.
pub fn info(cx: &mut Ctx, der: &[u8]) -> PyResult {
    let Some(c) = Certificate::parse(der) else {
        return Err(errors::only_text(cx, "Error decoding the certificate"));
    };
    let dict = Dict::new(cx);
    let put = |cx: &mut Ctx, name: &str, v: Value| {
        let key = cx.intern(name.as_bytes());
        dict.set_str(cx, key, v);
    };
    let v = distinguished(cx, c.subject)?;
    put(cx, "subject", v);
    let v = distinguished(cx, c.issuer)?;
    put(cx, "issuer", v);
    put(cx, "version", Value::small(c.version as i32));
    for (name, text) in
        [("serialNumber", &serial(c.serial)), ("notBefore", &c.not_before.1), ("notAfter", &c.not_after.1)]
    {
        let v = Str::new(cx, text);
        put(cx, name, v);
    }
    if let Some(names) = c.alternative_names() {
        let v = tuple_of(cx, names.len(), |cx, i| alternative(cx, &names[i]))?;
        put(cx, "subjectAltName", v);
    }
    let lists = [
        ("OCSP", c.authority_info(OCSP)),
        ("caIssuers", c.authority_info(CA_ISSUERS)),
        ("crlDistributionPoints", c.revocation_points()),
    ];
    for (name, all) in lists.iter().filter(|(_, all)| !all.is_empty()) {
        let v = texts(cx, all)?;
        put(cx, name, v);
    }
    Ok(dict.value())
}
