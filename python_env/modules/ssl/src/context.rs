//! `_ssl._SSLContext`: its attributes, and what is not about files.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use engine::exceptions::warn;
use engine::prelude::*;
use modules_system::convert::c_int;
use rustls::NamedGroup;

use crate::ciphers::{self, Cipher};
use crate::config::{
    CERT_NONE, CERT_REQUIRED, Log, MAXIMUM_SUPPORTED, MINIMUM_SUPPORTED, PROTOCOL_TLS, PROTOCOL_TLS_CLIENT,
    PROTOCOL_TLS_SERVER, PROTOCOL_TLSV1_2, Settings, TLS1_2, TLS1_3,
};
use crate::connection::lock;
use crate::{certificate, errors, loading, socket};

/// The payload, in native slot 0.
pub type Shared = Arc<Mutex<Settings>>;
/// The slot of the callback for names that clients ask for.
pub const SNI: usize = 1;
/// The slot of the callback for messages.
const MESSAGES: usize = 2;

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `_ssl._SSLContext`
pub static SSL_CONTEXT: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    new: Some(def("_SSLContext", "($type, protocol, /)", new)),
    methods: &[
        def("_set_alpn_protocols", "($self, protos, /)", set_alpn_protocols),
        def(
            "_wrap_bio",
            "($self, /, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)",
            socket::wrap_bio,
        ),
        def(
            "_wrap_socket",
            "($self, /, sock, server_side, server_hostname=None, *, owner=None, session=None)",
            socket::wrap_socket,
        ),
        def("cert_store_stats", "($self, /)", cert_store_stats),
        def("get_ca_certs", "($self, /, binary_form=False)", get_ca_certs),
        def("get_ciphers", "($self, /)", get_ciphers),
        def("load_cert_chain", "($self, /, certfile, keyfile=None, password=None)", loading::load_cert_chain),
        def("load_dh_params", "($self, path, /)", loading::load_dh_params),
        def(
            "load_verify_locations",
            "($self, /, cafile=None, capath=None, cadata=None)",
            loading::load_verify_locations,
        ),
        def("session_stats", "($self, /)", session_stats),
        def("set_ciphers", "($self, cipherlist, /)", set_ciphers),
        def("set_default_verify_paths", "($self, /)", loading::set_default_verify_paths),
        def("set_ecdh_curve", "($self, name, /)", set_ecdh_curve),
        def("set_psk_client_callback", "($self, /, callback)", no_psk),
        def("set_psk_server_callback", "($self, /, callback, identity_hint=None)", no_psk),
    ],
    getsets: &[
        GetSet::rw("_host_flags", |cx, v| number(cx, v, |s| s.host_flags), set_host_flags, ""),
        GetSet::rw("_msg_callback", |cx, v| Ok(slot(cx, v, MESSAGES)), set_messages, ""),
        GetSet::rw(
            "check_hostname",
            |cx, v| Ok(Value::bool(with(cx, v, |s| s.check_hostname)?)),
            set_check_hostname,
            "",
        ),
        GetSet::rw("keylog_filename", keylog_filename, set_keylog_filename, ""),
        GetSet::rw("maximum_version", |cx, v| number(cx, v, |s| s.maximum), |cx, v, n| set_version(cx, v, n, true), ""),
        GetSet::rw(
            "minimum_version",
            |cx, v| number(cx, v, |s| s.minimum),
            |cx, v, n| set_version(cx, v, n, false),
            "",
        ),
        GetSet::rw(
            "num_tickets",
            |cx, v| number(cx, v, |s| s.tickets),
            set_num_tickets,
            "Control the number of TLSv1.3 session tickets.",
        ),
        GetSet::rw("options", options, set_options, ""),
        GetSet::rw(
            "post_handshake_auth",
            |cx, v| Ok(Value::bool(with(cx, v, |s| s.post_handshake_auth)?)),
            set_post_handshake_auth,
            "",
        ),
        GetSet::ro("protocol", |cx, v| number(cx, v, |s| s.protocol), ""),
        GetSet::ro("security_level", |_, _| Ok(Value::small(2)), "The current security level."),
        GetSet::rw("sni_callback", |cx, v| Ok(slot(cx, v, SNI)), set_sni_callback, ""),
        GetSet::rw("verify_flags", |cx, v| number(cx, v, |s| s.verify_flags), set_verify_flags, ""),
        GetSet::rw("verify_mode", |cx, v| number(cx, v, |s| s.verify_mode), set_verify_mode, ""),
    ],
    ..TypeDef::new("_ssl", "_SSLContext")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let n = i64::from(c_int(cx, args[1])?);
    match n {
        PROTOCOL_TLS_CLIENT | PROTOCOL_TLS_SERVER => {}
        PROTOCOL_TLS => warn(cx, Exc::DeprecationWarning, "ssl.PROTOCOL_TLS is deprecated", 2)?,
        PROTOCOL_TLSV1_2 => warn(cx, Exc::DeprecationWarning, "ssl.PROTOCOL_TLSv1_2 is deprecated", 2)?,
        _ => return Err(cx.value_error(format!("invalid or unsupported protocol version {n}"))),
    }
    let obj = cx.alloc_instance(args[0])?;
    let shared: Shared = Arc::new(Mutex::new(Settings::new(n)));
    obj.set_payload(cx, 0, shared);
    Ok(obj.value())
}

/// The settings of a context.
pub fn shared(cx: &mut Ctx, v: Value) -> Res<Shared> {
    match Obj::of(v).and_then(|o| o.payload::<Shared>(cx, 0)) {
        Some(s) => Ok(s.clone()),
        None => Err(cx.type_error("The value must be a SSLContext")),
    }
}

/// Looks at the settings.
pub fn with<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut MutexGuard<Settings>) -> R) -> Res<R> {
    let shared = shared(cx, v)?;
    let r = f(&mut lock(&shared));
    Ok(r)
}

/// Changes the settings.
pub fn change<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut Settings) -> R) -> Res<R> {
    with(cx, v, |s| {
        let r = f(s);
        s.changed();
        r
    })
}

fn number(cx: &mut Ctx, v: Value, f: impl FnOnce(&Settings) -> i64) -> PyResult {
    let n = with(cx, v, |s| f(s))?;
    Ok(int::from_i64(cx, n))
}

/// A native slot; None where it is empty.
pub fn slot(cx: &Ctx, v: Value, i: usize) -> Value {
    match Obj::of(v).map_or(Value::EMPTY, |o| o.slot(cx, i)) {
        Value::EMPTY => Value::NONE,
        found => found,
    }
}

fn set_slot(cx: &Ctx, v: Value, i: usize, to: Value) {
    if let Some(o) = Obj::of(v) {
        o.set_slot(cx, i, to);
    }
}

/// What an attribute is set to; a deletion is refused.
pub fn given(cx: &mut Ctx, of: Value, name: &str, to: Value) -> Res<Value> {
    if to != Value::EMPTY {
        return Ok(to);
    }
    let (key, ty) = (cx.intern(name.as_bytes()), type_name(cx, of));
    Err(cx.attribute_error_with(format!("attribute '{name}' of '{ty}' objects cannot be deleted"), of, key))
}

fn integer(cx: &mut Ctx, of: Value, name: &str, to: Value) -> Res<i64> {
    let to = given(cx, of, name, to)?;
    Ok(i64::from(c_int(cx, to)?))
}

fn set_host_flags(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let n = integer(cx, v, "_host_flags", to)?;
    change(cx, v, |s| s.host_flags = n)
}

fn set_messages(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let to = given(cx, v, "_msg_callback", to)?;
    if to != Value::NONE && !protocol::is_callable(cx, to) {
        return Err(cx.type_error(format!("{} is not callable.", type_name(cx, to))));
    }
    set_slot(cx, v, MESSAGES, to);
    Ok(())
}

fn set_check_hostname(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let to = given(cx, v, "check_hostname", to)?;
    let on = protocol::truth(cx, to)?;
    change(cx, v, |s| {
        if on && s.verify_mode == CERT_NONE {
            s.verify_mode = CERT_REQUIRED;
        }
        s.check_hostname = on;
    })
}

fn set_verify_mode(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let n = integer(cx, v, "verify_mode", to)?;
    if !(CERT_NONE..=CERT_REQUIRED).contains(&n) {
        return Err(cx.value_error("invalid value for verify_mode"));
    }
    if n == CERT_NONE && with(cx, v, |s| s.check_hostname)? {
        return Err(cx.value_error("Cannot set verify_mode to CERT_NONE when check_hostname is enabled."));
    }
    change(cx, v, |s| s.verify_mode = n)
}

fn set_verify_flags(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let n = integer(cx, v, "verify_flags", to)?;
    change(cx, v, |s| s.verify_flags = n)
}

fn options(cx: &mut Ctx, v: Value) -> PyResult {
    let n = with(cx, v, |s| s.options)?;
    Ok(int::from_u64(cx, n))
}

fn set_options(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    /// All that switch a version off.
    const VERSIONS: u64 = 1 << 25 | 1 << 26 | 1 << 27 | 1 << 28 | 1 << 29;
    let to = given(cx, v, "options", to)?;
    let n = protocol::index_value(cx, to)?;
    if int::sign(n) < 0 {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    let Some(n) = int::to_big(n).and_then(|n| u64::try_from(n).ok()) else {
        return Err(cx.overflow_error("Python int too large for C uint64_t"));
    };
    let fresh = n & !with(cx, v, |s| s.options)?;
    if fresh & VERSIONS != 0 {
        let text = "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated";
        warn(cx, Exc::DeprecationWarning, text, 2)?;
    }
    change(cx, v, |s| s.options = n)
}

fn set_version(cx: &mut Ctx, v: Value, to: Value, newest: bool) -> Res<()> {
    let n = integer(cx, v, if newest { "maximum_version" } else { "minimum_version" }, to)?;
    let protocol = with(cx, v, |s| s.protocol)?;
    if protocol == PROTOCOL_TLSV1_2 {
        let text = "The context's protocol doesn't support modification of highest and lowest version.";
        return Err(cx.value_error(text));
    }
    let old = match n {
        0x300 => Some("SSLv3"),
        0x301 => Some("TLSv1"),
        0x302 => Some("TLSv1_1"),
        MINIMUM_SUPPORTED | MAXIMUM_SUPPORTED | TLS1_2 | TLS1_3 => None,
        _ => return Err(cx.value_error(format!("Unsupported TLS/SSL version 0x{n:x}"))),
    };
    if let Some(name) = old {
        warn(cx, Exc::DeprecationWarning, &format!("ssl.TLSVersion.{name} is deprecated"), 2)?;
    }
    change(cx, v, |s| match (newest, n) {
        (true, MINIMUM_SUPPORTED) => s.maximum = TLS1_2,
        (true, _) => s.maximum = n,
        (false, MAXIMUM_SUPPORTED) => s.minimum = TLS1_3,
        (false, _) => s.minimum = n,
    })
}

fn set_num_tickets(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let n = integer(cx, v, "num_tickets", to)?;
    if n < 0 {
        return Err(cx.value_error("value must be non-negative"));
    }
    if with(cx, v, |s| s.protocol)? != PROTOCOL_TLS_SERVER {
        return Err(cx.value_error("SSLContext is not a server context."));
    }
    change(cx, v, |s| s.tickets = n)
}

fn set_post_handshake_auth(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let to = given(cx, v, "post_handshake_auth", to)?;
    let on = protocol::truth(cx, to)?;
    change(cx, v, |s| s.post_handshake_auth = on)
}

fn keylog_filename(cx: &mut Ctx, v: Value) -> PyResult {
    let name = with(cx, v, |s| s.key_log.as_ref().map(|(name, _)| name.clone()))?;
    Ok(name.map_or(Value::NONE, |n| Str::new(cx, &n)))
}

fn set_keylog_filename(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let to = given(cx, v, "keylog_filename", to)?;
    if to == Value::NONE {
        return change(cx, v, |s| s.key_log = None);
    }
    let name = protocol::fs_path_text(cx, to)?;
    match Log::open(&PathBuf::from(&name)) {
        Ok(log) => change(cx, v, |s| s.key_log = Some((name, Arc::new(log)))),
        Err(e) => Err(cx.io_error(&e, Some(to))),
    }
}

fn set_sni_callback(cx: &mut Ctx, v: Value, to: Value) -> Res<()> {
    let to = given(cx, v, "sni_callback", to)?;
    if with(cx, v, |s| s.protocol)? == PROTOCOL_TLS_CLIENT {
        return Err(cx.value_error("sni_callback cannot be set on TLS_CLIENT context"));
    }
    if to != Value::NONE && !protocol::is_callable(cx, to) {
        return Err(cx.type_error("not a callable object"));
    }
    set_slot(cx, v, SNI, to);
    Ok(())
}

/// `_set_alpn_protocols(protos)`: names with their lengths before them.
fn set_alpn_protocols(cx: &mut Ctx, args: Args) -> PyResult {
    let bytes = protocol::to_bytes(cx, args[1])?;
    let (mut rest, mut all) = (&bytes[..], Vec::new());
    while let Some((&n, more)) = rest.split_first() {
        let Some((name, more)) = more.split_at_checked(usize::from(n)).filter(|_| n > 0) else {
            return Err(cx.memory_error());
        };
        all.push(name.to_vec());
        rest = more;
    }
    change(cx, args[0], |s| s.alpn = all)?;
    Ok(Value::NONE)
}

fn counts(cx: &mut Ctx, rows: &[(&str, i64)]) -> PyResult {
    let dict = Dict::new(cx);
    for (name, n) in rows {
        let (key, n) = (cx.intern(name.as_bytes()), int::from_i64(cx, *n));
        dict.set_str(cx, key, n);
    }
    Ok(dict.value())
}

fn cert_store_stats(cx: &mut Ctx, args: Args) -> PyResult {
    let (all, lists) = with(cx, args[0], |s| (s.store.known(), s.store.lists.len() as i64))?;
    let authorities = all.iter().filter(|c| c.is_authority).count() as i64;
    counts(cx, &[("x509", all.len() as i64), ("crl", lists), ("x509_ca", authorities)])
}

fn session_stats(cx: &mut Ctx, args: Args) -> PyResult {
    let s = with(cx, args[0], |s| s.stats)?;
    counts(
        cx,
        &[
            ("number", 0),
            ("connect", s.connect),
            ("connect_good", s.connect_good),
            ("connect_renegotiate", 0),
            ("accept", s.accept),
            ("accept_good", s.accept_good),
            ("accept_renegotiate", 0),
            ("hits", s.hits),
            ("misses", 0),
            ("timeouts", 0),
            ("cache_full", 0),
        ],
    )
}

fn get_ca_certs(cx: &mut Ctx, args: Args) -> PyResult {
    let binary = args.truth_or(cx, 1, false)?;
    let all = with(cx, args[0], |s| s.store.known())?;
    let list = List::new(cx);
    for c in all.iter().filter(|c| c.is_authority) {
        let v = if binary { Bytes::new(cx, &c.der) } else { certificate::info(cx, &c.der)? };
        list.push(cx, v);
    }
    Ok(list.value())
}

fn cipher_info(cx: &mut Ctx, c: &Cipher) -> Value {
    let (kea, auth) =
        if c.is_modern() { ("kx-any", "auth-any".into()) } else { ("kx-ecdhe", format!("auth-{}", c.auth)) };
    let dict = Dict::new(cx);
    let put = |cx: &mut Ctx, name: &str, v: Value| {
        let key = cx.intern(name.as_bytes());
        dict.set_str(cx, key, v);
    };
    let bits = int::from_i64(cx, c.bits);
    let id = int::from_i64(cx, c.id());
    put(cx, "id", id);
    for (name, text) in [("name", c.name), ("protocol", c.protocol), ("description", &c.description())] {
        let v = Str::new(cx, text);
        put(cx, name, v);
    }
    put(cx, "strength_bits", bits);
    put(cx, "alg_bits", bits);
    put(cx, "aead", Value::TRUE);
    let v = Str::new(cx, c.symmetric);
    put(cx, "symmetric", v);
    put(cx, "digest", Value::NONE);
    for (name, text) in [("kea", kea), ("auth", &auth)] {
        let v = Str::new(cx, text);
        put(cx, name, v);
    }
    dict.value()
}

fn get_ciphers(cx: &mut Ctx, args: Args) -> PyResult {
    let chosen = with(cx, args[0], |s| s.ciphers.clone())?;
    let list = List::new(cx);
    for c in chosen {
        let v = cipher_info(cx, c);
        list.push(cx, v);
    }
    Ok(list.value())
}

fn set_ciphers(cx: &mut Ctx, args: Args) -> PyResult {
    let text = args.str(cx, 1)?.to_string_lossy().into_owned();
    match ciphers::choose(&text) {
        Some(chosen) => {
            change(cx, args[0], |s| s.ciphers = chosen)?;
            Ok(Value::NONE)
        }
        None => Err(errors::only_text(cx, "No cipher can be selected.")),
    }
}

/// `set_ecdh_curve(name)`: keys are agreed upon with that curve only.
fn set_ecdh_curve(cx: &mut Ctx, args: Args) -> PyResult {
    let name = match Str::of_sub(cx, args[1]) {
        Some(s) => s.to_string_lossy().into_owned(),
        None => String::from_utf8_lossy(&protocol::to_bytes(cx, args[1])?).into_owned(),
    };
    let group = match &*name {
        "prime256v1" | "P-256" => NamedGroup::secp256r1,
        "secp384r1" | "P-384" => NamedGroup::secp384r1,
        "X25519" | "x25519" => NamedGroup::X25519,
        _ => {
            let name = quoted(cx, args[1])?;
            return Err(cx.value_error(format!("unknown elliptic curve name {name}")));
        }
    };
    change(cx, args[0], |s| s.group = Some(group))?;
    Ok(Value::NONE)
}

fn quoted(cx: &mut Ctx, v: Value) -> Res<String> {
    let v = protocol::repr(cx, v)?;
    Ok(Str::of_sub(cx, v).map_or(String::new(), |s| s.to_string_lossy().into_owned()))
}

fn no_psk(cx: &mut Ctx, _: Args) -> PyResult {
    Err(cx.raise(Exc::NotImplementedError, "TLS-PSK is not supported by your OpenSSL version."))
}
