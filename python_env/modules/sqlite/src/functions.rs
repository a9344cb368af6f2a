//! Registering what SQLite calls back.

use engine::prelude::*;

use crate::args;
use crate::conn::{hold, is_freed};
use crate::connection::{refs, slot, usable};
use crate::errors::{OPERATIONAL_ERROR, failed, misuse, raise};
use crate::raw::{Db, Kind, SQLITE_OK};

/// Registers a function; the code. `callable` None takes it away.
fn register(cx: &mut Ctx, args: Args, count: &str, kind: Kind, callable: Option<Value>) -> Res<i32> {
    let name = args::c_string(cx, args, 1)?;
    let nargs = args::c_int(cx, args, 2)?;
    let (conn, db) = usable(cx, args[0])?;
    let held = hold(cx, &conn.gate);
    let most = db.limit(libsqlite3_sys::SQLITE_LIMIT_FUNCTION_ARG, -1);
    drop(held);
    if nargs < -1 || nargs > most {
        return Err(misuse(cx, &format!("'{count}' must be between -1 and {most}, not {nargs}")));
    }
    retried(cx, &db, |cx| {
        let which = callable.map(|callable| conn.pin(cx, refs(cx, args[0]), callable));
        let _held = hold(cx, &conn.gate);
        db.create_function(&name, nargs, kind, which)
    })
}

/// Registers something by `f`. What is in use by a statement cannot be replaced; it may be one that the program has dropped.
fn retried(cx: &mut Ctx, db: &Db, mut f: impl FnMut(&mut Ctx) -> i32) -> Res<i32> {
    let code = f(cx);
    if is_freed(cx, db, code)? { Ok(f(cx)) } else { Ok(code) }
}

pub fn create_function(cx: &mut Ctx, args: Args) -> PyResult {
    let deterministic = args.truth_or(cx, 4, false)?;
    match register(cx, args, "narg", Kind::Scalar { deterministic }, some(args[3]))? {
        SQLITE_OK => Ok(Value::NONE),
        _ => Err(raise(cx, &OPERATIONAL_ERROR, "Error creating function")),
    }
}

pub fn create_aggregate(cx: &mut Ctx, args: Args) -> PyResult {
    match register(cx, args, "n_arg", Kind::Aggregate, some(args[3]))? {
        SQLITE_OK => Ok(Value::NONE),
        _ => Err(raise(cx, &OPERATIONAL_ERROR, "Error creating aggregate")),
    }
}

pub fn create_window_function(cx: &mut Ctx, args: Args) -> PyResult {
    let class = some(args[3]).filter(|v| !v.is_none());
    match register(cx, args, "num_params", Kind::Window, class)? {
        SQLITE_OK => Ok(Value::NONE),
        _ => {
            let (_, db) = usable(cx, args[0])?;
            Err(failed(cx, &db))
        }
    }
}

fn some(v: Value) -> Option<Value> {
    v.non_empty()
}

pub fn create_collation(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args::c_string(cx, args, 1)?;
    let (conn, db) = usable(cx, args[0])?;
    let callable = Some(args[2]).filter(|v| !v.is_none());
    if callable.is_some_and(|callable| !protocol::is_callable(cx, callable)) {
        return Err(cx.type_error("parameter must be callable"));
    }
    let code = retried(cx, &db, |cx| {
        let which = callable.map(|callable| conn.pin(cx, refs(cx, args[0]), callable));
        let _held = hold(cx, &conn.gate);
        db.create_collation(&name, which)
    })?;
    if code == SQLITE_OK { Ok(Value::NONE) } else { Err(failed(cx, &db)) }
}

/// Sets the callable of a hook; whether there is one.
fn set_hook(cx: &mut Ctx, v: Value, place: usize, callable: Value) -> bool {
    let is_on = !callable.is_none();
    if let Some(o) = Obj::of(v) {
        o.set_slot(cx, place, if is_on { callable } else { Value::EMPTY });
    }
    is_on
}

pub fn set_authorizer(cx: &mut Ctx, args: Args) -> PyResult {
    let (conn, db) = usable(cx, args[0])?;
    let _held = hold(cx, &conn.gate);
    let is_on = set_hook(cx, args[0], slot::AUTHORIZER, args[1]);
    if db.set_authorizer(is_on) == SQLITE_OK {
        return Ok(Value::NONE);
    }
    set_hook(cx, args[0], slot::AUTHORIZER, Value::NONE);
    Err(raise(cx, &OPERATIONAL_ERROR, "Error setting authorizer callback"))
}

pub fn set_progress_handler(cx: &mut Ctx, args: Args) -> PyResult {
    let every = args::c_int(cx, args, 2)?;
    let (conn, db) = usable(cx, args[0])?;
    let _held = hold(cx, &conn.gate);
    let is_on = set_hook(cx, args[0], slot::PROGRESS, args[1]);
    db.set_progress(if is_on { every } else { 0 });
    Ok(Value::NONE)
}

pub fn set_trace_callback(cx: &mut Ctx, args: Args) -> PyResult {
    let (conn, db) = usable(cx, args[0])?;
    let _held = hold(cx, &conn.gate);
    let is_on = set_hook(cx, args[0], slot::TRACE, args[1]);
    db.set_trace(is_on);
    Ok(Value::NONE)
}
