//! The type `sqlite3.Cursor`: running statements and reading their rows.
//!
//! A cursor is busy while it runs a statement or reads a row. Who finds it so, from within a callback or from another thread, gets a
//! `ProgrammingError`; so the statement is one thread's at a time.

use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};

use engine::prelude::*;
use proto_core::sync::{AtomicBool, AtomicU32, Ordering};

use crate::adapt;
use crate::args;
use crate::bind;
use crate::callbacks::text_of;
use crate::conn::{self, Conn, ISOLATION, LEGACY, Prepared, execute, hold, locked, run};
use crate::connection::{self, CONNECTION, conn_if_any, place};
use crate::errors::{self, failed, misuse};
use crate::raw::{self, Db, Item, SQLITE_DONE, SQLITE_OK, SQLITE_ROW};

/// Native slots.
pub mod slot {
    /// The payload: `Arc<CursorState>`.
    pub const STATE: usize = 0;
    /// The connection; EMPTY before `__init__`.
    pub const CONNECTION: usize = 1;
    pub const DESCRIPTION: usize = 2;
    pub const LAST_ROW: usize = 3;
    pub const ROW_FACTORY: usize = 4;
    /// A list of converters or None, by columns.
    pub const CONVERTERS: usize = 5;
    /// A row that has been read already.
    pub const READY: usize = 6;
}

/// Flags of `detect_types`.
pub const PARSE_DECLTYPES: i64 = 1;
pub const PARSE_COLNAMES: i64 = 2;

#[derive(Default)]
pub struct CursorState {
    busy: AtomicBool,
    is_made: AtomicBool,
    closed: AtomicBool,
    array_size: AtomicU32,
    row_count: AtomicI64,
    /// The statement that has a row to be read.
    active: Mutex<Option<Prepared>>,
}

impl CursorState {
    pub fn is_active(&self) -> bool {
        self.active.try_lock().map_or(true, |active| active.is_some())
    }

    /// Whether a statement that changes data has been left with rows to be read.
    pub fn holds_changes(&self) -> bool {
        self.active.try_lock().map_or(true, |active| active.as_ref().is_some_and(|prepared| prepared.is_dml))
    }

    /// Ends the statement, unless it runs.
    pub fn abandon(&self) {
        let ended = self.active.try_lock().ok().and_then(|mut active| active.take());
        drop(ended);
    }
}

/// The cursor is busy until this is dropped.
struct Busy<'a>(&'a CursorState);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}

const MEMBERS: &[Member] = &[
    Member::computed("connection", |cx, v| Ok(place(cx, v, slot::CONNECTION)), ""),
    Member::computed("description", |cx, v| Ok(place(cx, v, slot::DESCRIPTION)), ""),
    Member::computed("lastrowid", |cx, v| Ok(place(cx, v, slot::LAST_ROW)), ""),
    Member::computed(
        "rowcount",
        |cx, v| {
            let n = state(cx, v)?.row_count.load(Ordering::Relaxed);
            Ok(int::from_i64(cx, n))
        },
        "",
    ),
];

/// `sqlite3.Cursor`
pub static CURSOR: TypeDef = TypeDef {
    doc: "SQLite database cursor class.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 7,
    new: Some(NativeDef::new("__new__", "($type, /, *args, **kwargs)", new, "").hide_sig()),
    init: Some(NativeDef::new("__init__", "($self, connection, /)", init, "")),
    slots: Slots { iter: Some(|_, v| Ok(v)), next: Some(next_slot), ..Slots::NONE },
    methods: &[
        NativeDef::new("close", "($self, /)", close, "Closes the cursor."),
        NativeDef::new(
            "execute",
            "($self, sql, parameters=(), /)",
            |cx, a| {
                let sql = a.str(cx, 1)?;
                query(cx, a[0], sql, a.get(2), false)
            },
            "Executes an SQL statement.",
        )
        .role(Role::Collects),
        NativeDef::new(
            "executemany",
            "($self, sql, seq_of_parameters, /)",
            |cx, a| {
                let sql = a.str(cx, 1)?;
                query(cx, a[0], sql, a.get(2), true)
            },
            "Repeatedly executes an SQL statement.",
        )
        .role(Role::Collects),
        NativeDef::new("executescript", "($self, sql_script, /)", script, "Executes multiple SQL statements at once."),
        NativeDef::new("fetchall", "($self, /)", |cx, a| fetch(cx, a[0], 0), "Fetches all rows from the resultset."),
        NativeDef::new(
            "fetchmany",
            "($self, /, size=1)",
            |cx, a| {
                let n = match a.get(1) {
                    Some(v) => unsigned(cx, v, "Python int too large for C uint32_t")?,
                    None => state(cx, a[0])?.array_size.load(Ordering::Relaxed),
                };
                if n == 0 { Ok(List::new(cx).value()) } else { fetch(cx, a[0], n as usize) }
            },
            "Fetches several rows from the resultset.\n\n  size\n    The default value is set by the Cursor.arraysize attribute.",
        ),
        NativeDef::new(
            "fetchone",
            "($self, /)",
            |cx, a| Ok(next(cx, a[0])?.unwrap_or(Value::NONE)),
            "Fetches one row from the resultset.",
        ),
        NativeDef::new(
            "setinputsizes",
            "($self, sizes, /)",
            |_, _| Ok(Value::NONE),
            "Required by DB-API. Does nothing in sqlite3.",
        ),
        NativeDef::new(
            "setoutputsize",
            "($self, size, column=None, /)",
            |_, _| Ok(Value::NONE),
            "Required by DB-API. Does nothing in sqlite3.",
        ),
    ],
    getsets: &[
        GetSet::rw(
            "arraysize",
            |cx, v| {
                let n = state(cx, v)?.array_size.load(Ordering::Relaxed);
                Ok(int::from_i64(cx, n.into()))
            },
            |cx, v, new| {
                if new.is_empty() {
                    return Err(cx.raise(
                        Exc::AttributeError,
                        "attribute 'arraysize' of 'sqlite3.Cursor' objects cannot be deleted",
                    ));
                }
                let n = unsigned(cx, new, "Python int too large to convert to C uint32_t")?;
                state(cx, v)?.array_size.store(n, Ordering::Relaxed);
                Ok(())
            },
            "",
        ),
        GetSet::rw(
            "row_factory",
            |cx, v| Ok(place(cx, v, slot::ROW_FACTORY)),
            |cx, v, new| {
                if new.is_empty() {
                    return Err(cx.raise(Exc::AttributeError, "cannot delete row_factory attribute"));
                }
                if let Some(o) = Obj::of(v) {
                    o.set_slot(cx, slot::ROW_FACTORY, new);
                }
                Ok(())
            },
            "",
        ),
    ],
    members: MEMBERS,
    ..TypeDef::new("sqlite3", "Cursor")
};

fn unsigned(cx: &mut Ctx, v: Value, too_large: &str) -> Res<u32> {
    let n = protocol::index_value(cx, v)?;
    if int::sign(n) < 0 {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    int::to_i64(n).and_then(|n| u32::try_from(n).ok()).ok_or_else(|| cx.overflow_error(too_large))
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    o.set_payload(cx, slot::STATE, Arc::new(CursorState::default()));
    Ok(o.value())
}

/// A cursor of a connection.
pub fn fresh(cx: &mut Ctx, connection: Value) -> PyResult {
    let v = cx.new_object(&CURSOR, &[]);
    if let Some(o) = Obj::of(v) {
        let state =
            CursorState { array_size: AtomicU32::new(1), row_count: AtomicI64::new(-1), ..CursorState::default() };
        state.is_made.store(true, Ordering::Relaxed);
        o.set_payload(cx, slot::STATE, Arc::new(state));
        o.set_slot(cx, slot::CONNECTION, connection);
    }
    Ok(v)
}

fn state(cx: &mut Ctx, v: Value) -> Res<Arc<CursorState>> {
    match Obj::of(v).and_then(|o| o.payload::<Arc<CursorState>>(cx, slot::STATE).cloned()) {
        Some(state) => Ok(state),
        None => Err(misuse(cx, "Base Cursor.__init__ not called.")),
    }
}

fn busy<'a>(cx: &mut Ctx, state: &'a CursorState) -> Res<Busy<'a>> {
    if state.busy.swap(true, Ordering::Acquire) {
        return Err(misuse(cx, "Recursive use of cursors not allowed."));
    }
    Ok(Busy(state))
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let class = cx.type_of_def(&CONNECTION);
    if !types::type_of(cx, args[1]).is_subtype(class) {
        let got = if args[1].is_none() { "None".to_owned() } else { types::type_name(cx, args[1]) };
        return Err(cx.type_error(format!("Cursor() argument 1 must be sqlite3.Connection, not {got}")));
    }
    let Some(o) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let state = state(cx, args[0])?;
    let _busy = busy(cx, &state)?;
    let ended = locked(&state.active).take();
    drop(ended);
    o.set_slot(cx, slot::CONNECTION, args[1]);
    for i in [slot::DESCRIPTION, slot::LAST_ROW, slot::ROW_FACTORY, slot::CONVERTERS] {
        o.set_slot(cx, i, Value::NONE);
    }
    o.set_slot(cx, slot::READY, Value::EMPTY);
    state.array_size.store(1, Ordering::Relaxed);
    state.row_count.store(-1, Ordering::Relaxed);
    state.closed.store(false, Ordering::Relaxed);
    if let Some(conn) = conn_if_any(cx, args[1]) {
        conn.check_thread(cx)?;
    }
    state.is_made.store(true, Ordering::Relaxed);
    Ok(Value::NONE)
}

/// What an operation of a cursor needs.
struct Work {
    o: Obj,
    state: Arc<CursorState>,
    /// The connection's object.
    connection: Value,
    conn: Arc<Conn>,
    db: Arc<Db>,
}

/// The cursor with its connection, if it is good for anything; `ProgrammingError` otherwise.
fn work(cx: &mut Ctx, v: Value) -> Res<Work> {
    let state = state(cx, v)?;
    let Some(o) = Obj::of(v).filter(|_| state.is_made.load(Ordering::Relaxed)) else {
        return Err(misuse(cx, "Base Cursor.__init__ not called."));
    };
    if state.closed.load(Ordering::Relaxed) {
        return Err(misuse(cx, "Cannot operate on a closed cursor."));
    }
    let connection = o.slot(cx, slot::CONNECTION);
    let (conn, db) = connection::usable(cx, connection)?;
    Ok(Work { o, state, connection, conn, db })
}

fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let state = state(cx, args[0])?;
    let _busy = busy(cx, &state)?;
    let connection = Obj::of(args[0]).map_or(Value::EMPTY, |o| o.slot(cx, slot::CONNECTION));
    if connection.is_empty() {
        return Err(misuse(cx, "Base Cursor.__init__ not called."));
    }
    let (conn, _) = connection::usable(cx, connection)?;
    let ended = locked(&state.active).take();
    if let Some(prepared) = ended {
        finish(cx, connection, &conn, prepared)?;
    }
    if let Some(o) = Obj::of(args[0]) {
        o.set_slot(cx, slot::READY, Value::EMPTY);
    }
    state.closed.store(true, Ordering::Relaxed);
    Ok(Value::NONE)
}

/// Resets a statement and gives it to the cache.
fn finish(cx: &mut Ctx, connection: Value, conn: &Conn, mut prepared: Prepared) -> Res<()> {
    run(cx, connection, |host| {
        if let Some(stmt) = &mut prepared.stmt {
            stmt.reset(Some(host));
        }
        conn.give_back(prepared);
    })
}

// --- running ---

fn query(cx: &mut Ctx, v: Value, sql: Str, parameters: Option<Value>, many: bool) -> PyResult {
    let w = work(cx, v)?;
    let busy = busy(cx, &w.state)?;
    let r = query_of(cx, &w, sql, parameters, many);
    drop(busy);
    match r {
        Ok(()) => Ok(v),
        Err(raised) => {
            w.state.row_count.store(-1, Ordering::Relaxed);
            Err(raised)
        }
    }
}

fn query_of(cx: &mut Ctx, w: &Work, sql: Str, parameters: Option<Value>, many: bool) -> Res<()> {
    let iterator = match parameters {
        Some(all) if many => protocol::iter(cx, all)?,
        _ => Value::EMPTY,
    };
    if w.conn.is_held_up.swap(false, Ordering::Relaxed)
        && w.conn.is_held_by_others(&w.state)
        && conn::is_autocommit(cx, &w.db)
    {
        // By a cursor, perhaps, that the program has dropped.
        cx.collect_garbage()?;
    }
    w.o.set_slot(cx, slot::DESCRIPTION, Value::NONE);
    w.o.set_slot(cx, slot::READY, Value::EMPTY);
    let before = locked(&w.state.active).take();
    if let Some(prepared) = before {
        finish(cx, w.connection, &w.conn, prepared)?;
    }
    let mut prepared = match w.conn.cached(sql.as_bytes()) {
        Some(prepared) => prepared,
        None => conn::prepare(cx, w.connection, &w.db, sql)?,
    };
    let r = query_with(cx, w, &mut prepared, parameters, iterator, many);
    let has_row = matches!(r, Ok(code) if code == SQLITE_ROW);
    if has_row && w.conn.db_if_open().is_some() {
        let writes = prepared.stmt.as_ref().is_some_and(|stmt| !stmt.is_readonly());
        let is_dml = prepared.is_dml;
        let columns = prepared.stmt.as_ref().map_or(0, raw::Stmt::row_columns);
        *locked(&w.state.active) = Some(prepared);
        w.conn.add_cursor(cx, &w.state);
        if writes && is_dml {
            w.conn.is_held_up.store(true, Ordering::Relaxed);
        } else if writes {
            read_ahead(cx, w, columns)?;
        }
    } else {
        // An exception, if there is one, outlives the reset.
        let pending = std::mem::replace(&mut cx.pending, Value::EMPTY);
        let ended = finish(cx, w.connection, &w.conn, prepared);
        if !pending.is_empty() {
            if let Err(raised) = ended {
                cx.clear(raised);
            }
            cx.pending = pending;
        }
    }
    let code = r?;
    if has_row && w.conn.db_if_open().is_none() {
        return Err(misuse(cx, "Cannot operate on a closed database."));
    }
    if !many && code != SQLITE_OK {
        let held = hold(cx, w.db.gate());
        let row = w.db.last_insert_rowid(&held);
        drop(held);
        let row = int::from_i64(cx, row);
        w.o.set_slot(cx, slot::LAST_ROW, row);
    }
    Ok(())
}

/// Reads the first row of a statement that writes, like `pragma journal_mode`, so that it ends if there is no other: nothing is
/// committed before it has ended, and who drops the cursor does not read the row.
fn read_ahead(cx: &mut Ctx, w: &Work, columns: usize) -> Res<()> {
    let first = row(cx, w, columns)?;
    w.o.set_slot(cx, slot::READY, first);
    match advance(cx, w)? {
        None => Ok(()),
        Some((SQLITE_DONE, prepared)) => finish(cx, w.connection, &w.conn, prepared),
        Some((_, prepared)) => {
            let raised = failed(cx, &w.db);
            drop(prepared);
            Err(raised)
        }
    }
}

/// Runs the statement for each set of parameters; the code of the last step, `SQLITE_OK` if there was none.
fn query_with(
    cx: &mut Ctx,
    w: &Work,
    prepared: &mut Prepared,
    parameters: Option<Value>,
    iterator: Value,
    many: bool,
) -> Res<i32> {
    let is_dml = prepared.is_dml;
    w.state.row_count.store(if is_dml { 0 } else { -1 }, Ordering::Relaxed);
    let Some(stmt) = &mut prepared.stmt else { return Ok(SQLITE_OK) };
    if many && stmt.is_readonly() {
        return Err(misuse(cx, "executemany() can only execute DML statements."));
    }
    if is_dml
        && w.conn.autocommit.load(Ordering::Relaxed) == LEGACY
        && let Some(level) = ISOLATION.get(w.conn.isolation.load(Ordering::Relaxed))
        && conn::is_autocommit(cx, &w.db)
    {
        execute(cx, w.connection, &w.db, format!("BEGIN {level}").as_bytes())?;
    }
    let (mut code, mut is_first) = (SQLITE_OK, true);
    loop {
        let given = if many {
            match protocol::next(cx, iterator)? {
                Some(given) => Some(given),
                None => return Ok(code),
            }
        } else if is_first {
            parameters
        } else {
            return Ok(code);
        };
        if many && code == SQLITE_ROW {
            run(cx, w.connection, |host| stmt.reset(Some(host)))?;
        }
        match given {
            Some(given) => bind::parameters(cx, stmt, given)?,
            None if stmt.parameters() > 0 => bind::parameters(cx, stmt, Tuple::empty(cx))?,
            None => {}
        }
        code = run(cx, w.connection, |host| stmt.step(host))?;
        if conn::is_freed(cx, &w.db, code)? {
            code = run(cx, w.connection, |host| {
                stmt.reset(Some(host));
                stmt.step(host)
            })?;
        }
        if w.conn.db_if_open().is_none() {
            return Err(misuse(cx, "Cannot operate on a closed database."));
        }
        if code != SQLITE_ROW && code != SQLITE_DONE {
            return Err(failed(cx, &w.db));
        }
        if is_first {
            describe(cx, w, stmt)?;
            is_first = false;
        }
        if code == SQLITE_DONE {
            if is_dml {
                w.state.row_count.fetch_add(conn::changes(cx, &w.db), Ordering::Relaxed);
            }
            if many {
                run(cx, w.connection, |host| stmt.reset(Some(host)))?;
            }
        }
    }
}

/// Sets what is known of the columns: their converters, and the description.
fn describe(cx: &mut Ctx, w: &Work, stmt: &mut raw::Stmt) -> Res<()> {
    let n = stmt.columns();
    let detects = w.conn.detect_types;
    if detects != 0 {
        let list = List::new(cx);
        for i in 0..n {
            let converter = converter_of(cx, &w.conn, stmt, i)?;
            list.push(cx, converter.unwrap_or(Value::NONE));
        }
        w.o.set_slot(cx, slot::CONVERTERS, list.value());
    }
    if n == 0 {
        return Ok(());
    }
    let list = List::new(cx);
    for i in 0..n {
        let held = hold(cx, w.db.gate());
        let name = stmt.column_name(i);
        drop(held);
        let Some(mut name) = name else { return Err(cx.memory_error()) };
        if detects & PARSE_COLNAMES != 0
            && let Some(end) = name.iter().position(|&b| b == b'[')
        {
            let blank = end > 0 && name[end - 1] == b' ';
            name.truncate(end - usize::from(blank));
        }
        let name = text_of(cx, &name)?;
        let none = Value::NONE;
        let column = Tuple::new(cx, &[name, none, none, none, none, none, none]);
        list.push(cx, column);
    }
    let description = list.wish_tuple(cx)?;
    w.o.set_slot(cx, slot::DESCRIPTION, description);
    Ok(())
}

/// The converter of a column, by its name or its declared type.
fn converter_of(cx: &mut Ctx, conn: &Conn, stmt: &mut raw::Stmt, i: usize) -> Res<Option<Value>> {
    if conn.detect_types & PARSE_COLNAMES != 0 {
        let held = hold(cx, &conn.gate);
        let name = stmt.column_name(i);
        drop(held);
        let Some(name) = name else { return Err(cx.memory_error()) };
        let mut start = None;
        for (at, &b) in name.iter().enumerate() {
            match (b, start) {
                (b'[', _) => start = Some(at + 1),
                (b']', Some(start)) => {
                    if let Some(converter) = adapt::converter(cx, &name[start..at])? {
                        return Ok(Some(converter));
                    }
                    break;
                }
                _ => {}
            }
        }
    }
    if conn.detect_types & PARSE_DECLTYPES != 0 {
        let held = hold(cx, &conn.gate);
        let declared = stmt.column_decltype(i);
        drop(held);
        if let Some(declared) = declared {
            let end = declared.iter().position(|&b| b == b' ' || b == b'(').unwrap_or(declared.len());
            return adapt::converter(cx, &declared[..end]);
        }
    }
    Ok(None)
}

fn script(cx: &mut Ctx, args: Args) -> PyResult {
    let text = args.str(cx, 1)?;
    let sql = args::c_string_of(cx, text)?;
    let w = work(cx, args[0])?;
    let _busy = busy(cx, &w.state)?;
    let sql = sql.as_bytes();
    if sql.len() > conn::longest(cx, &w.db) {
        return Err(errors::raise(cx, &errors::DATA_ERROR, "query string is too large"));
    }
    if w.conn.autocommit.load(Ordering::Relaxed) == LEGACY && !conn::is_autocommit(cx, &w.db) {
        execute(cx, w.connection, &w.db, b"COMMIT")?;
    }
    let (mut at, mut again) = (0, true);
    loop {
        let rest = &sql[at..];
        let (step, code, end) = run(cx, w.connection, |host| {
            let (stmt, end) = match w.db.prepare(rest, host) {
                Ok(prepared) => prepared,
                Err(code) => return (code, code, 0),
            };
            let Some(mut stmt) = stmt else { return (SQLITE_DONE, SQLITE_OK, end) };
            let first = stmt.step(host);
            let mut code = first;
            while code == SQLITE_ROW {
                code = stmt.step(host);
            }
            (first, stmt.finish(host), end)
        })?;
        if code != SQLITE_OK {
            if std::mem::take(&mut again) && conn::is_freed(cx, &w.db, step)? {
                continue;
            }
            return Err(failed(cx, &w.db));
        }
        if w.conn.db_if_open().is_none() {
            return Err(misuse(cx, "Cannot operate on a closed database."));
        }
        again = true;
        at += end;
        if at >= sql.len() || end == 0 {
            return Ok(args[0]);
        }
    }
}

// --- reading ---

fn next_slot(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(next(cx, v)?.unwrap_or(Value::EMPTY))
}

fn fetch(cx: &mut Ctx, v: Value, n: usize) -> PyResult {
    let list = List::new(cx);
    while let Some(row) = next(cx, v)? {
        list.make_room_to_push(cx)?;
        list.push(cx, row);
        if list.len() == n {
            break;
        }
        cx.poll()?;
    }
    Ok(list.value())
}

/// The row that is there; the statement goes on to the next.
fn next(cx: &mut Ctx, v: Value) -> Res<Option<Value>> {
    let mut w = work(cx, v)?;
    let state = w.state.clone();
    let busy = busy(cx, &state)?;
    let ready = w.o.slot(cx, slot::READY);
    if !ready.is_empty() {
        w.o.set_slot(cx, slot::READY, Value::EMPTY);
        return finished_row(cx, &w, v, ready, busy);
    }
    let columns = match &*locked(&state.active) {
        Some(Prepared { stmt: Some(stmt), .. }) => {
            // The connection may have been opened anew since.
            w.db = stmt.db().clone();
            stmt.row_columns()
        }
        _ => return Ok(None),
    };
    let row = row(cx, &w, columns)?;
    let Some(prepared) = advance(cx, &w)? else { return finished_row(cx, &w, v, row, busy) };
    let (code, mut prepared) = prepared;
    if code == SQLITE_DONE {
        if prepared.is_dml {
            w.state.row_count.store(conn::changes(cx, &w.db), Ordering::Relaxed);
        }
        finish(cx, w.connection, &w.conn, prepared)?;
        return finished_row(cx, &w, v, row, busy);
    }
    let raised = failed(cx, &w.db);
    let exc = cx.take(raised);
    let reset = run(cx, w.connection, |host| {
        if let Some(stmt) = &mut prepared.stmt {
            stmt.reset(Some(host));
        }
        w.conn.give_back(prepared);
    });
    if let Err(raised) = reset {
        cx.clear(raised);
    }
    Err(cx.restore(exc))
}

fn finished_row(cx: &mut Ctx, w: &Work, v: Value, row: Value, busy: Busy) -> Res<Option<Value>> {
    drop(busy);
    let factory = w.o.slot(cx, slot::ROW_FACTORY).non_empty().unwrap_or(Value::NONE);
    if factory.is_none() {
        return Ok(Some(row));
    }
    if factory == cx.type_of_def(&crate::row::ROW).value() {
        return crate::row::fresh(cx, w.o, row).map(Some);
    }
    protocol::call(cx, factory, &[v, row]).map(Some)
}

/// Steps to the next row. If there is none, the statement with the code that says why.
fn advance(cx: &mut Ctx, w: &Work) -> Res<Option<(i32, Prepared)>> {
    let stepped = run(cx, w.connection, |host| {
        let mut active = locked(&w.state.active);
        let code = match &mut *active {
            Some(Prepared { stmt: Some(stmt), .. }) => stmt.step(host),
            _ => return None,
        };
        if code == SQLITE_ROW && w.conn.db_if_open().is_some() { None } else { active.take().map(|p| (code, p)) }
    });
    let stepped = match stepped {
        Ok(stepped) => stepped,
        Err(raised) => {
            // A collation's exception: there is no going on.
            let ended = locked(&w.state.active).take();
            drop(ended);
            return Err(raised);
        }
    };
    if w.conn.db_if_open().is_none() {
        drop(stepped);
        return Err(misuse(cx, "Cannot operate on a closed database."));
    }
    Ok(stepped)
}

/// The row that the statement has.
fn row(cx: &mut Ctx, w: &Work, n: usize) -> PyResult {
    let text_factory = place(cx, w.connection, connection::slot::TEXT_FACTORY);
    let plain_text = text_factory == cx.types.str.value();
    let converters = match w.conn.detect_types {
        0 => None,
        _ => List::of(w.o.slot(cx, slot::CONVERTERS)),
    };
    native::with_words(cx, n, |cx, words| {
        let held = hold(cx, w.db.gate());
        let mut active = locked(&w.state.active);
        let Some(Prepared { stmt: Some(stmt), .. }) = &mut *active else {
            return Err(misuse(cx, "Cannot operate on a closed database."));
        };
        let mut all_done = true;
        for (i, word) in words.iter_mut().enumerate() {
            let (v, later) = column(cx, stmt, i, plain_text, converters)?;
            *word = v;
            all_done &= !later;
        }
        drop(active);
        drop(held);
        if !all_done {
            finish_columns(cx, words, text_factory, converters)?;
        }
        Tuple::wish(cx, words)
    })
}

/// A column's value; or what its converter or the text factory gets, and true.
fn column(
    cx: &mut Ctx,
    stmt: &mut raw::Stmt,
    i: usize,
    plain_text: bool,
    converters: Option<List>,
) -> Res<(Value, bool)> {
    if converters.and_then(|list| list.get(i)).is_some_and(|c| !c.is_none()) {
        return match stmt.column_bytes(i) {
            None => Err(cx.memory_error()),
            Some(Item::Blob(b)) => Ok((marked(cx, b)?, true)),
            Some(_) => Ok((Value::NONE, false)),
        };
    }
    let Some(item) = stmt.column(i) else { return Err(cx.memory_error()) };
    Ok((
        match item {
            Item::Null => Value::NONE,
            Item::Int(n) => int::from_i64(cx, n),
            Item::Float(n) => float::new(cx, n),
            Item::Blob(b) => Bytes::wish(cx, b)?,
            Item::Text(b) if plain_text => {
                if std::str::from_utf8(b).is_err() {
                    let text = b.to_vec();
                    return Err(undecodable(cx, stmt, i, &text));
                }
                Str::wish(cx, b)?
            }
            Item::Text(b) => return Ok((marked(cx, b)?, true)),
        },
        false,
    ))
}

/// Bytes that something is yet to be called with: in a list, which no column is.
fn marked(cx: &mut Ctx, b: &[u8]) -> PyResult {
    let bytes = Bytes::wish(cx, b)?;
    Ok(List::from_slice(cx, &[bytes]).value())
}

fn finish_columns(cx: &mut Ctx, words: &mut [Value], text_factory: Value, converters: Option<List>) -> Res<()> {
    for (i, word) in words.iter_mut().enumerate() {
        let Some(bytes) = List::of(*word).and_then(|list| list.get(0)) else { continue };
        let f = converters.and_then(|list| list.get(i)).filter(|c| !c.is_none()).unwrap_or(text_factory);
        *word = if f == cx.types.bytes.value() { bytes } else { protocol::call(cx, f, &[bytes])? };
    }
    Ok(())
}

#[cold]
fn undecodable(cx: &mut Ctx, stmt: &mut raw::Stmt, i: usize, text: &[u8]) -> Raised {
    let Some(name) = stmt.column_name(i) else { return cx.memory_error() };
    let end = text.iter().position(|&b| b == 0).unwrap_or(text.len());
    let mut message = b"Could not decode to UTF-8 column '".to_vec();
    message.extend_from_slice(&name);
    message.extend_from_slice(b"' with text '");
    message.extend_from_slice(&text[..end]);
    message.extend_from_slice(b"'");
    message.truncate(198);
    let shown: String = message.iter().map(|&b| if b.is_ascii() { char::from(b) } else { '\u{FFFD}' }).collect();
    errors::raise(cx, &errors::OPERATIONAL_ERROR, &shown)
}
