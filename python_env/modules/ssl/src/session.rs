//! `_ssl.SSLSession`: what a client may take a session up again with.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use engine::prelude::*;

use crate::config::Kept;

/// What a session object holds, in native slot 0; the context that it belongs to is in slot 1.
pub struct Session {
    /// A number of ours: those of TLS stay inside of rustls. A resumed session has that of the one which it goes on with.
    pub id: Vec<u8>,
    /// What was kept.
    pub kept: Kept,
    time: i64,
}

/// Seconds for which rustls and OpenSSL keep sessions.
const LIFETIME: i64 = 7200;

impl Session {
    /// As of now.
    pub fn new(id: Vec<u8>, kept: Kept) -> Session {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64);
        Session { id, kept, time }
    }
}

/// `_ssl.SSLSession`
pub static SSL_SESSION: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 2,
    slots: Slots { richcmp: Some(compare), hash: Some(hash), ..Slots::NONE },
    getsets: &[
        GetSet::ro(
            "has_ticket",
            |cx, v| Ok(Value::bool(get(cx, v)?.kept.has_ticket())),
            "Does the session contain a ticket?",
        ),
        GetSet::ro(
            "id",
            |cx, v| {
                let s = get(cx, v)?;
                Ok(Bytes::new(cx, &s.id))
            },
            "Session ID.",
        ),
        GetSet::ro(
            "ticket_lifetime_hint",
            |cx, v| {
                let n = if get(cx, v)?.kept.has_ticket() { LIFETIME } else { 0 };
                Ok(int::from_i64(cx, n))
            },
            "Ticket life time hint.",
        ),
        GetSet::ro(
            "time",
            |cx, v| {
                let n = get(cx, v)?.time;
                Ok(int::from_i64(cx, n))
            },
            "Session creation time (seconds since epoch).",
        ),
        GetSet::ro("timeout", |cx, _| Ok(int::from_i64(cx, LIFETIME)), "Session timeout (delta in seconds)."),
    ],
    ..TypeDef::new("_ssl", "SSLSession")
};

/// The session of an object.
pub fn of(cx: &Ctx, v: Value) -> Option<Arc<Session>> {
    if !cx.is_exactly(v, &SSL_SESSION) {
        return None;
    }
    Obj::of(v)?.payload::<Arc<Session>>(cx, 0).cloned()
}

fn get(cx: &mut Ctx, v: Value) -> Res<Arc<Session>> {
    of(cx, v).ok_or_else(|| cx.type_error("Value is not a SSLSession."))
}

fn compare(cx: &mut Ctx, a: Value, b: Value, op: protocol::CmpOp) -> PyResult {
    let (Some(a), Some(b)) = (of(cx, a), of(cx, b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    match op {
        protocol::CmpOp::Eq => Ok(Value::bool(a.id == b.id)),
        protocol::CmpOp::Ne => Ok(Value::bool(a.id != b.id)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let s = get(cx, v)?;
    let id = Bytes::new(cx, &s.id);
    protocol::hash(cx, id)
}
