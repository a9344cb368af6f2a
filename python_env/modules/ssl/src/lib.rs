//! The module `_ssl`, over `rustls` and the cryptography of `ring`.
//!
//! `ssl.py` is the library's own. Here are contexts (`context`, `loading`), connections (`socket` drives `connection`), trust
//! (`trust`, `hostname`), and what Python sees of certificates and sessions. What knows of no Python: `connection`, `config`,
//! `trust`, `failure`, `ciphers`, `hostname`, `x509`, `der`, `pem`.
#![forbid(unsafe_code)]

mod bio;
mod certificate;
mod ciphers;
mod config;
mod connection;
mod constants;
mod context;
mod der;
mod errors;
mod failure;
mod hostname;
mod loading;
mod objects;
mod pem;
mod session;
mod socket;
mod trust;
mod x509;

use engine::prelude::*;
use rustls::crypto::ring;

use objects::{OBJECTS, Row};

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&SSL];

/// The interface of OpenSSL that `ssl` finds here.
const API: [i32; 5] = [3, 0, 0, 0, 0];

static SSL: ModuleDef = ModuleDef {
    doc: "Implementation module for SSL socket operations.  See the socket module\nfor documentation.",
    functions: &[
        NativeDef::new(
            "RAND_add",
            "($module, string, entropy, /)",
            |_, _| Ok(Value::NONE),
            "Mix string into the OpenSSL PRNG state.\n\nentropy (a float) is a lower bound on the entropy contained in\nstring.  See RFC 4086.",
        ),
        NativeDef::new(
            "RAND_bytes",
            "($module, n, /)",
            random,
            "Generate n cryptographically strong pseudo-random bytes.",
        ),
        NativeDef::new(
            "RAND_status",
            "($module, /)",
            |_, _| Ok(Value::TRUE),
            "Returns True if the OpenSSL PRNG has been seeded with enough data and False if not.\n\nIt is necessary to seed the PRNG with RAND_add() on some platforms before\nusing the ssl() function.",
        ),
        NativeDef::new("_test_decode_cert", "($module, path, /)", decode_file, ""),
        NativeDef::new(
            "get_default_verify_paths",
            "($module, /)",
            loading::get_default_verify_paths,
            "Return search paths and environment vars that are used by SSLContext's set_default_verify_paths() to load default CAs.\n\nThe values are 'cert_file_env', 'cert_file', 'cert_dir_env', 'cert_dir'.",
        ),
        NativeDef::new(
            "nid2obj",
            "($module, nid, /)",
            nid2obj,
            "Lookup NID, short name, long name and OID of an ASN1_OBJECT by NID.",
        ),
        NativeDef::new(
            "txt2obj",
            "($module, /, txt, name=False)",
            txt2obj,
            "Lookup NID, short name, long name and OID of an ASN1_OBJECT.\n\nBy default objects are looked up by OID. With name=True short and\nlong name are also matched.",
        ),
    ],
    constants: constants::CONSTANTS,
    types: &[
        &context::SSL_CONTEXT,
        &socket::SSL_SOCKET,
        &bio::MEMORY_BIO,
        &session::SSL_SESSION,
        &certificate::CERTIFICATE,
        &errors::SSL_ERROR,
        &errors::ZERO_RETURN,
        &errors::WANT_READ,
        &errors::WANT_WRITE,
        &errors::SYSCALL,
        &errors::EOF,
        &errors::VERIFICATION,
    ],
    init: Some(init),
    ..ModuleDef::new("_ssl")
};

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let info = Tuple::new(cx, &API.map(Value::small));
    for name in ["OPENSSL_VERSION_INFO", "_OPENSSL_API_VERSION"] {
        cx.set_module_attr(module, name, info);
    }
    Ok(())
}

fn random(cx: &mut Ctx, args: Args) -> PyResult {
    let Ok(n) = usize::try_from(i64::from(modules_system::convert::c_int(cx, args[0])?)) else {
        return Err(cx.value_error("num must be positive"));
    };
    let mut bytes = cx.zeros(n)?;
    match ring::default_provider().secure_random.fill(&mut bytes) {
        Ok(()) => Bytes::wish(cx, &bytes),
        Err(_) => Err(errors::only_text(cx, "the system has no random bytes")),
    }
}

fn row(cx: &mut Ctx, row: &Row) -> Value {
    let list = List::new(cx);
    list.push(cx, int::from_i64(cx, row.0));
    for text in [row.1, row.2, row.3] {
        let v = Str::new(cx, text);
        list.push(cx, v);
    }
    list.to_tuple(cx)
}

fn txt2obj(cx: &mut Ctx, args: Args) -> PyResult {
    let text = args.str(cx, 0)?.to_string_lossy().into_owned();
    let names = args.truth_or(cx, 1, false)?;
    match OBJECTS.iter().find(|o| o.3 == text || names && (o.1 == text || o.2 == text)) {
        Some(found) => Ok(row(cx, found)),
        None => {
            let text: String = text.chars().take(100).collect();
            Err(cx.value_error(format!("unknown object '{text}'")))
        }
    }
}

fn nid2obj(cx: &mut Ctx, args: Args) -> PyResult {
    let n = i64::from(modules_system::convert::c_int(cx, args[0])?);
    if n < 0 {
        return Err(cx.value_error("NID must be positive."));
    }
    match OBJECTS.iter().find(|o| o.0 == n) {
        Some(found) => Ok(row(cx, found)),
        None => Err(cx.value_error(format!("unknown NID {n}"))),
    }
}

/// `_test_decode_cert(path)`: what `getpeercert` would say of a file's first certificate.
fn decode_file(cx: &mut Ctx, args: Args) -> PyResult {
    let path = protocol::fs_path_text(cx, args[0])?;
    let Ok(text) = std::fs::read(path) else { return Err(errors::only_text(cx, "Can't open file")) };
    let blocks = pem::blocks(&text);
    match blocks.iter().find(|b| b.is_certificate()).and_then(|b| b.data.as_deref()) {
        Some(der) if x509::Certificate::parse(der).is_some() => certificate::info(cx, der),
        _ => Err(errors::only_text(cx, "Error decoding PEM-encoded file")),
    }
}
