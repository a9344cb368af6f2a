//! Certificates and keys from files, and where the system keeps those that everybody trusts.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use engine::prelude::*;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;

use crate::context;
use crate::der::{OID, Reader, SEQUENCE};
use crate::errors;
use crate::failure::Failure;
use crate::pem::{self, Block};
use crate::trust::{Store, Trusted, revocation_list};
use crate::x509::Certificate;

/// `ERR_LIB_PEM`'s code, which CPython passes on.
const PEM_LIB: i64 = 524_297;
/// Longest password.
const LONGEST_PASSWORD: usize = 1024;

fn pem_lib(cx: &mut Ctx, library: &'static str) -> Raised {
    let f = Failure { code: PEM_LIB, library, ..Failure::with_text("", "PEM lib") };
    errors::raise(cx, &f)
}

/// A file, whole. Its errors name no file, like OpenSSL's.
fn read(cx: &mut Ctx, path: &Path) -> Res<Vec<u8>> {
    match cx.blocking(|| fs::read(path)) {
        Ok(bytes) => Ok(bytes),
        Err(e) => Err(cx.io_error(&e, None)),
    }
}

fn path(cx: &mut Ctx, v: Value, what: &str) -> Res<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let p = match protocol::fs_path(cx, v) {
        Ok(p) => p,
        Err(r) if cx.matches(&r, Exc::TypeError) => {
            cx.clear(r);
            return Err(cx.type_error(format!("{what} should be a valid filesystem path")));
        }
        Err(r) => return Err(r),
    };
    let bytes = match Bytes::of_sub(cx, p) {
        Some(b) => b.as_slice().to_vec(),
        None => modules_system::convert::fs_encode(cx, p)?,
    };
    if bytes.contains(&0) {
        return Err(cx.value_error("embedded null byte"));
    }
    Ok(std::ffi::OsString::from_vec(bytes).into())
}

/// The bytes of a password; None if it is no text.
fn password_bytes(cx: &mut Ctx, v: Value, wrong: &'static str) -> Res<Vec<u8>> {
    let bytes = match Str::of_sub(cx, v) {
        Some(s) => s.as_bytes().to_vec(),
        None if protocol::buffer::has_buffer(cx, v) => protocol::to_bytes(cx, v)?,
        None => return Err(cx.type_error(wrong)),
    };
    if bytes.len() > LONGEST_PASSWORD {
        return Err(cx.value_error(format!("password cannot be longer than {LONGEST_PASSWORD} bytes")));
    }
    Ok(bytes)
}

/// `load_cert_chain(certfile, keyfile=None, password=None)`
pub fn load_cert_chain(cx: &mut Ctx, args: Args) -> PyResult {
    let certfile = path(cx, args[1], "certfile")?;
    let keyfile = match args.some(2) {
        Some(v) => path(cx, v, "keyfile")?,
        None => certfile.clone(),
    };
    let password = args.some(3);
    let mut secret = None;
    if let Some(v) = password.filter(|v| !protocol::is_callable(cx, *v)) {
        secret = Some(password_bytes(cx, v, "password should be a string or callable")?);
    }
    let text = read(cx, &certfile)?;
    let blocks = pem::blocks(&text);
    let chain: Vec<&Block> = blocks.iter().filter(|b| b.is_certificate()).collect();
    let chain: Option<Vec<CertificateDer>> = chain
        .iter()
        .map(|b| b.data.clone().filter(|d| Certificate::parse(d).is_some()).map(CertificateDer::from))
        .collect();
    let Some(chain) = chain.filter(|c| !c.is_empty()) else { return Err(pem_lib(cx, "SSL")) };
    let keys = if keyfile == certfile { blocks } else { pem::blocks(&read(cx, &keyfile)?) };
    let Some(block) = keys.iter().find(|b| b.is_key()) else { return Err(pem_lib(cx, "SSL")) };
    if block.is_encrypted()
        && secret.is_none()
        && let Some(f) = password
    {
        let v = protocol::call(cx, f, &[])?;
        secret = Some(password_bytes(cx, v, "password callback must return a string")?);
    }
    let secret = secret.unwrap_or_default();
    // The function that makes a key of a password is slow on purpose.
    let Some(der) = cx.blocking(|| block.key(&secret)) else { return Err(pem_lib(cx, "SSL")) };
    if Reader::new(der.secret_der()).next().is_none() {
        return Err(pem_lib(cx, "SSL"));
    }
    let key = match ring::default_provider().key_provider.load_private_key(der) {
        Ok(key) => key,
        Err(e) => {
            let text = format!("this kind or size of private key is not supported: {e}");
            return Err(errors::raise(cx, &Failure::with_text("UNSUPPORTED_PRIVATE_KEY", text)));
        }
    };
    let own = Certificate::parse(&chain[0]).map(|c| c.key);
    if let (Some(public), Some(own)) = (key.public_key(), own)
        && *public != *own
    {
        let f = match kind_of_key(&public) == kind_of_key(own) {
            true => Failure { code: 116, library: "X509", ..Failure::new("KEY_VALUES_MISMATCH") },
            false => Failure { code: 177, ..Failure::new("NO_CERTIFICATE_ASSIGNED") },
        };
        return Err(errors::raise(cx, &f));
    }
    context::change(cx, args[0], |s| {
        // Another of the same kind takes its place.
        s.keys.retain(|k| k.key.algorithm() != key.algorithm());
        s.keys.push(Arc::new(CertifiedKey::new(chain, key)));
    })?;
    Ok(Value::NONE)
}

/// The algorithm that a public key is for.
fn kind_of_key(der: &[u8]) -> Option<&[u8]> {
    let mut parts = Reader::new(Reader::new(der).expect(SEQUENCE)?.body);
    Some(Reader::new(parts.expect(SEQUENCE)?.body).expect(OID)?.body)
}

/// `load_dh_params(path)`: finite fields are not used for agreeing on keys; the file is looked at.
pub fn load_dh_params(cx: &mut Ctx, args: Args) -> PyResult {
    let path = path(cx, args[1], "path")?;
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(e) => return Err(cx.io_error(&e, Some(args[1]))),
    };
    let found = pem::blocks(&text).iter().any(|b| b.label.ends_with("DH PARAMETERS") && b.data.is_some());
    if !found {
        let f = Failure { code: 9 << 23 | 108, library: "PEM", ..Failure::new("NO_START_LINE") };
        return Err(errors::raise(cx, &f));
    }
    Ok(Value::NONE)
}

/// Adds what a text holds; how many there were, and whether one was no certificate.
fn add(store: &mut Store, text: &[u8], lists: bool) -> (usize, bool) {
    let (mut n, mut bad) = (0, false);
    for block in pem::blocks(text) {
        let data = block.data.as_deref();
        if block.is_certificate() {
            match data.and_then(|d| Trusted::new(d.to_vec())) {
                Some(c) => {
                    store.add(c);
                    n += 1;
                }
                None => bad = true,
            }
        } else if lists && block.label == "X509 CRL" {
            match data.and_then(revocation_list) {
                Some(list) => {
                    store.lists.push(list);
                    n += 1;
                }
                None => bad = true,
            }
        }
    }
    (n, bad)
}

/// `load_verify_locations(cafile=None, capath=None, cadata=None)`
pub fn load_verify_locations(cx: &mut Ctx, args: Args) -> PyResult {
    let (file, folder, data) = (args.some(1), args.some(2), args.some(3));
    if file.is_none() && folder.is_none() && data.is_none() {
        return Err(cx.type_error("cafile, capath and cadata cannot be all omitted"));
    }
    let file = file.map(|v| path(cx, v, "cafile")).transpose()?;
    let folder = folder.map(|v| path(cx, v, "capath")).transpose()?;
    if let Some(v) = data {
        from_data(cx, args[0], v)?;
    }
    if let Some(file) = file {
        let text = read(cx, &file)?;
        // Certificates are looked at outside of the lock; who loads at the same time adds to the same store.
        let mut fresh = Store::default();
        let (n, bad) = cx.blocking(|| add(&mut fresh, &text, true));
        if bad {
            return Err(pem_lib(cx, "X509"));
        }
        if n == 0 {
            let f = Failure { code: 136, library: "X509", ..Failure::new("NO_CERTIFICATE_OR_CRL_FOUND") };
            return Err(errors::raise(cx, &f));
        }
        merge(cx, args[0], fresh)?;
    }
    if let Some(folder) = folder {
        context::change(cx, args[0], |s| s.store.folders.push(folder))?;
    }
    Ok(Value::NONE)
}

fn merge(cx: &mut Ctx, context: Value, fresh: Store) -> Res<()> {
    context::change(cx, context, |s| {
        for c in fresh.certificates {
            s.store.add(c);
        }
        s.store.lists.extend(fresh.lists);
    })
}

/// `cadata`: text, or DER one after the other.
fn from_data(cx: &mut Ctx, context: Value, v: Value) -> Res<()> {
    const WRONG: &str = "cadata should be an ASCII string or a bytes-like object";
    let (bytes, is_text) = match Str::of_sub(cx, v) {
        Some(s) if s.is_ascii() => (s.as_bytes().to_vec(), true),
        None if protocol::buffer::has_buffer(cx, v) => (protocol::to_bytes(cx, v)?, false),
        _ => return Err(cx.type_error(WRONG)),
    };
    if bytes.is_empty() {
        return Err(cx.value_error("Empty certificate data"));
    }
    let mut fresh = Store::default();
    let (n, bad) = if is_text {
        add(&mut fresh, &bytes, false)
    } else {
        let mut reader = Reader::new(&bytes);
        let mut n = 0;
        while let Some(c) = reader.next().and_then(|e| Trusted::new(e.whole.to_vec())) {
            fresh.add(c);
            n += 1;
        }
        (n, n > 0 && !reader.rest().is_empty())
    };
    if n == 0 {
        let why = if is_text { "no start line" } else { "not enough data" };
        let text = format!("{why}: cadata does not contain a certificate");
        return Err(errors::plain(cx, &errors::SSL_ERROR, 0, &text));
    }
    if bad {
        let f = match is_text {
            true => Failure { code: PEM_LIB, library: "PEM", ..Failure::new("BAD_BASE64_DECODE") },
            false => Failure { library: "ASN1", ..Failure::new("NOT_ENOUGH_DATA") },
        };
        return Err(errors::raise(cx, &f));
    }
    merge(cx, context, fresh)
}

/// OpenSSL's folder on this system: the first that has certificates.
fn openssl_folder() -> &'static str {
    const PLACES: [&str; 5] = ["/usr/lib/ssl", "/etc/pki/tls", "/etc/ssl", "/usr/local/ssl", "/etc/openssl"];
    let has = |place: &&&str| {
        fs::metadata(format!("{place}/cert.pem")).is_ok()
            || fs::read_dir(format!("{place}/certs")).is_ok_and(|mut d| d.next().is_some())
    };
    PLACES.iter().find(has).unwrap_or(&PLACES[0])
}

/// `get_default_verify_paths()`
pub fn get_default_verify_paths(cx: &mut Ctx, _: Args) -> PyResult {
    let folder = openssl_folder();
    let list = List::new(cx);
    for text in ["SSL_CERT_FILE", &format!("{folder}/cert.pem"), "SSL_CERT_DIR", &format!("{folder}/certs")] {
        let v = Str::new(cx, text);
        list.push(cx, v);
    }
    Ok(list.to_tuple(cx))
}

/// `set_default_verify_paths()`
pub fn set_default_verify_paths(cx: &mut Ctx, args: Args) -> PyResult {
    let mut fresh = Store::default();
    let folders: Vec<PathBuf> = cx.blocking(|| {
        let folder = openssl_folder();
        let file = env::var_os("SSL_CERT_FILE").map_or_else(|| format!("{folder}/cert.pem").into(), PathBuf::from);
        // One that is not there is no error.
        if let Ok(text) = fs::read(file) {
            add(&mut fresh, &text, true);
        }
        match env::var_os("SSL_CERT_DIR") {
            Some(all) => env::split_paths(&all).collect(),
            None => vec![format!("{folder}/certs").into()],
        }
    });
    merge(cx, args[0], fresh)?;
    context::change(cx, args[0], |s| s.store.folders.extend(folders))?;
    Ok(Value::NONE)
}
