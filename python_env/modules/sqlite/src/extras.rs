//! What else a connection can do: limits, switches, extensions, copies.

use std::time::Duration;

use engine::prelude::*;

use crate::args;
use crate::conn::{hold, run};
use crate::connection::{CONNECTION, conn, usable};
use crate::errors::{OPERATIONAL_ERROR, failed, failed_with, misuse, raise};
use crate::raw::{SQLITE_BUSY, SQLITE_LOCKED, SQLITE_OK};

/// Sets a limit unless the new one is negative; the limit as it was.
pub fn limit(cx: &mut Ctx, v: Value, category: i32, limit: i32) -> PyResult {
    let (conn, db) = usable(cx, v)?;
    let held = hold(cx, &conn.gate);
    let old = db.limit(category, limit);
    drop(held);
    if old < 0 {
        return Err(misuse(cx, "'category' is out of bounds"));
    }
    Ok(Value::small(old))
}

/// The switches that are on or off.
fn switch(cx: &mut Ctx, args: Args) -> Res<i32> {
    let op = args::c_int(cx, args, 1)?;
    if !(libsqlite3_sys::SQLITE_DBCONFIG_ENABLE_FKEY..=libsqlite3_sys::SQLITE_DBCONFIG_TRUSTED_SCHEMA).contains(&op) {
        return Err(cx.value_error(format!("unknown config 'op': {op}")));
    }
    Ok(op)
}

pub fn setconfig(cx: &mut Ctx, args: Args) -> PyResult {
    let op = switch(cx, args)?;
    let enable = args.truth_or(cx, 2, true)?;
    let (conn, db) = usable(cx, args[0])?;
    let held = hold(cx, &conn.gate);
    let now = db.config(op, enable.into());
    drop(held);
    match now {
        Ok(now) if now == enable => Ok(Value::NONE),
        Ok(_) => Err(raise(cx, &OPERATIONAL_ERROR, "Unable to set config")),
        Err(code) => Err(failed_with(cx, code)),
    }
}

pub fn getconfig(cx: &mut Ctx, args: Args) -> PyResult {
    let op = switch(cx, args)?;
    let (conn, db) = usable(cx, args[0])?;
    let held = hold(cx, &conn.gate);
    let now = db.config(op, -1);
    drop(held);
    now.map(Value::bool).map_err(|code| failed_with(cx, code))
}

pub fn enable_load_extension(cx: &mut Ctx, args: Args) -> PyResult {
    let on = protocol::truth(cx, args[1])?;
    audit::tell(cx, "sqlite3.enable_load_extension", &[args[0], Value::bool(on)])?;
    let (conn, db) = usable(cx, args[0])?;
    let held = hold(cx, &conn.gate);
    let code = db.enable_load_extension(on);
    drop(held);
    if code != SQLITE_OK {
        return Err(raise(cx, &OPERATIONAL_ERROR, "Error enabling load extension"));
    }
    Ok(Value::NONE)
}

pub fn load_extension(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args::c_string(cx, args, 1)?;
    let entry = match args.some(2) {
        Some(_) => Some(args::c_string(cx, args, 2)?),
        None => None,
    };
    audit::tell(cx, "sqlite3.load_extension", &[args[0], args[1]])?;
    let (_, db) = usable(cx, args[0])?;
    match run(cx, args[0], |host| db.load_extension(&name, entry.as_deref(), host))? {
        Ok(()) => Ok(Value::NONE),
        Err(Some(text)) => Err(raise(cx, &OPERATIONAL_ERROR, &String::from_utf8_lossy(&text))),
        Err(None) => Err(failed(cx, &db)),
    }
}

pub fn iterdump(cx: &mut Ctx, args: Args) -> PyResult {
    conn(cx, args[0])?.db(cx)?;
    let f = match protocol::import_attr(cx, "sqlite3.dump", "_iterdump") {
        Ok(f) => f,
        Err(raised) if cx.matches(&raised, Exc::AttributeError) => {
            cx.clear(raised);
            return Err(raise(cx, &OPERATIONAL_ERROR, "Failed to obtain _iterdump() reference"));
        }
        Err(raised) => return Err(raised),
    };
    let filter = cx.intern(b"filter");
    protocol::call_kw(cx, f, &[args[0]], &[(filter, args.or_none(1))])
}

pub fn serialize(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args::c_string_or(cx, args, 1, "main")?;
    let (_, db) = usable(cx, args[0])?;
    match cx.blocking(|| db.serialize(&name)) {
        Some(data) => Bytes::wish(cx, data.bytes()),
        None => {
            let text = format!("unable to serialize '{}'", name.to_string_lossy());
            Err(raise(cx, &OPERATIONAL_ERROR, &text))
        }
    }
}

pub fn deserialize(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args::c_string_or(cx, args, 2, "main")?;
    let data = match Str::of_sub(cx, args[1]) {
        Some(text) => args::utf8(cx, text)?,
        None => protocol::to_bytes(cx, args[1])?,
    };
    let (_, db) = usable(cx, args[0])?;
    match cx.blocking(|| db.deserialize(&name, &data)) {
        SQLITE_OK => Ok(Value::NONE),
        libsqlite3_sys::SQLITE_NOMEM => Err(cx.memory_error()),
        _ => Err(failed(cx, &db)),
    }
}

pub fn backup(cx: &mut Ctx, args: Args) -> PyResult {
    let class = cx.type_of_def(&CONNECTION);
    if !types::type_of(cx, args[1]).is_subtype(class) {
        let got = if args[1].is_none() { "None".to_owned() } else { types::type_name(cx, args[1]) };
        return Err(cx.type_error(format!("backup() argument 'target' must be sqlite3.Connection, not {got}")));
    }
    let pages = args::c_int_or(cx, args, 2, -1)?;
    let progress = args.or_none(3);
    let name = args::c_string_or(cx, args, 4, "main")?;
    let pause = match args.get(5) {
        Some(v) => protocol::to_f64(cx, v)?,
        None => 0.25,
    };
    let (_, source) = usable(cx, args[0])?;
    let target = conn(cx, args[1])?.db(cx)?;
    if args[0] == args[1] {
        return Err(cx.value_error("target cannot be the same connection instance"));
    }
    if !progress.is_none() && !protocol::is_callable(cx, progress) {
        return Err(cx.type_error("progress argument must be a callable"));
    }
    let Some(mut backup) = cx.blocking(|| source.backup(&target, &name)) else {
        return Err(failed(cx, &target));
    };
    loop {
        let code = cx.blocking(|| backup.step(if pages == 0 { -1 } else { pages }));
        if !progress.is_none() {
            let (remaining, total) = backup.progress();
            let told = [Value::small(code), Value::small(remaining), Value::small(total)];
            if let Err(raised) = protocol::call(cx, progress, &told) {
                cx.blocking(|| backup.finish());
                return Err(raised);
            }
        }
        match code {
            SQLITE_BUSY | SQLITE_LOCKED => {
                let pause = Duration::try_from_secs_f64(pause).unwrap_or_default();
                cx.blocking(|| std::thread::sleep(pause));
            }
            SQLITE_OK => {}
            _ => break,
        }
        if let Err(raised) = cx.poll() {
            cx.blocking(|| backup.finish());
            return Err(raised);
        }
    }
    match cx.blocking(|| backup.finish()) {
        SQLITE_OK => Ok(Value::NONE),
        _ => Err(failed(cx, &target)),
    }
}
