//! The type `sqlite3.Connection`: opening, closing, transactions, and what is asked of a connection.

use std::ffi::CString;
use std::sync::Arc;

use engine::prelude::*;
use modules_system::{convert, lifecycle, warnings};
use proto_core::sync::Ordering;

use crate::args::{self, call_given, call_warned};
use crate::conn::{self, Conn, DISABLED, ENABLED, ISOLATION, LEGACY, NO_ISOLATION, Options, execute};
use crate::cursor;
use crate::errors::{self, failure_of, misuse};
use crate::raw::{Db, Failure};
use crate::{extras, functions};

/// Native slots.
pub mod slot {
    /// The payload: `Arc<Conn>`; EMPTY before `__init__`.
    pub const CONN: usize = 0;
    /// The list of callables that SQLite knows by their places.
    pub const REFS: usize = 1;
    pub const ROW_FACTORY: usize = 2;
    pub const TEXT_FACTORY: usize = 3;
    pub const TRACE: usize = 4;
    pub const PROGRESS: usize = 5;
    pub const AUTHORIZER: usize = 6;
    /// The exception of a collation, to be raised when SQLite has returned.
    pub const LEFT: usize = 7;
}
use slot::{CONN, REFS, ROW_FACTORY, TEXT_FACTORY};

const INIT: &str = "($self, /, database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=ConnectionType, cached_statements=128, uri=False, *, autocommit=sqlite3.LEGACY_TRANSACTION_CONTROL)";

static INIT_DEF: NativeDef = NativeDef::new("Connection", INIT, init, "");
static CREATE_FUNCTION: NativeDef = NativeDef::new(
    "create_function",
    "($self, /, name, narg, func, *, deterministic=False)",
    functions::create_function,
    "",
);
static CREATE_AGGREGATE: NativeDef =
    NativeDef::new("create_aggregate", "($self, /, name, n_arg, aggregate_class)", functions::create_aggregate, "");
static SET_AUTHORIZER: NativeDef =
    NativeDef::new("set_authorizer", "($self, /, authorizer_callback)", functions::set_authorizer, "");
static SET_PROGRESS: NativeDef =
    NativeDef::new("set_progress_handler", "($self, /, progress_handler, n)", functions::set_progress_handler, "");
static SET_TRACE: NativeDef =
    NativeDef::new("set_trace_callback", "($self, /, trace_callback)", functions::set_trace_callback, "");

const ANY: &str = "($self, /, *args, **kwargs)";

const fn hidden(name: &'static str, f: NativeFn, doc: &'static str) -> NativeDef {
    NativeDef::new(name, ANY, f, doc).hide_sig()
}

/// An exception as an attribute of the connection.
macro_rules! shown {
    ($($name:literal $def:ident),*) => {
        &[$(Member::computed($name, |cx, _| Ok(cx.type_of_def(&errors::$def).value()), "")),*]
    };
}

/// `sqlite3.Connection`
pub static CONNECTION: TypeDef = TypeDef {
    doc: "SQLite database connection object.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 8,
    new: Some(NativeDef::new("__new__", "($type, /, *args, **kwargs)", new, "").hide_sig()),
    init: Some(hidden("__init__", init_warned, "")),
    slots: Slots { call: Some(call), ..Slots::NONE },
    methods: &[
        NativeDef::new("__del__", "($self, /)", del, ""),
        NativeDef::new(
            "__enter__",
            "($self, /)",
            |cx, a| {
                conn(cx, a[0])?.db(cx)?;
                Ok(a[0])
            },
            "Called when the connection is used as a context manager.\n\nReturns itself as a convenience to the caller.",
        ),
        NativeDef::new(
            "__exit__",
            "($self, type, value, traceback, /)",
            exit,
            "Called when the connection is used as a context manager.\n\nIf there was any exception, a rollback takes place; otherwise we\ncommit.",
        ),
        NativeDef::new(
            "backup",
            "($self, /, target, *, pages=-1, progress=None, name='main',\n       sleep=0.25)",
            extras::backup,
            "Makes a backup of the database.",
        ),
        NativeDef::new(
            "blobopen",
            "($self, table, column, rowid, /, *, readonly=False, name='main')",
            crate::blob::open,
            "Open and return a BLOB object.\n\n  table\n    Table name.\n  column\n    Column name.\n  rowid\n    Row id.\n  readonly\n    Open the BLOB without write permissions.\n  name\n    Database name.",
        ),
        NativeDef::new(
            "close",
            "($self, /)",
            |cx, a| {
                let conn = conn(cx, a[0])?;
                conn.check_thread(cx)?;
                close(cx, a[0], &conn)?;
                Ok(Value::NONE)
            },
            "Close the database connection.\n\nAny pending transaction is not committed implicitly.",
        ),
        NativeDef::new(
            "commit",
            "($self, /)",
            |cx, a| commit(cx, a[0]),
            "Commit any pending transaction to the database.\n\nIf there is no open transaction, this method is a no-op.",
        ),
        hidden(
            "create_aggregate",
            |cx, a| {
                call_warned(
                    cx,
                    a,
                    &CREATE_AGGREGATE,
                    &["name", "n_arg", "aggregate_class"],
                    "Passing keyword arguments 'name', 'n_arg' and 'aggregate_class' to _sqlite3.Connection.create_aggregate() is deprecated. Parameters 'name', 'n_arg' and 'aggregate_class' will become positional-only in Python 3.15.",
                )
            },
            "Creates a new aggregate.\n\nNote: Passing keyword arguments 'name', 'n_arg' and 'aggregate_class'\nto _sqlite3.Connection.create_aggregate() is deprecated. Parameters\n'name', 'n_arg' and 'aggregate_class' will become positional-only in\nPython 3.15.\n",
        ),
        NativeDef::new(
            "create_collation",
            "($self, name, callback, /)",
            functions::create_collation,
            "Creates a collation function.",
        ),
        hidden(
            "create_function",
            |cx, a| {
                call_warned(
                    cx,
                    a,
                    &CREATE_FUNCTION,
                    &["name", "narg", "func"],
                    "Passing keyword arguments 'name', 'narg' and 'func' to _sqlite3.Connection.create_function() is deprecated. Parameters 'name', 'narg' and 'func' will become positional-only in Python 3.15.",
                )
            },
            "Creates a new function.\n\nNote: Passing keyword arguments 'name', 'narg' and 'func' to\n_sqlite3.Connection.create_function() is deprecated. Parameters\n'name', 'narg' and 'func' will become positional-only in Python 3.15.\n",
        ),
        NativeDef::new(
            "create_window_function",
            "($self, name, num_params, aggregate_class, /)",
            functions::create_window_function,
            "Creates or redefines an aggregate window function. Non-standard.\n\n  name\n    The name of the SQL aggregate window function to be created or\n    redefined.\n  num_params\n    The number of arguments the step and inverse methods takes.\n  aggregate_class\n    A class with step(), finalize(), value(), and inverse() methods.\n    Set to None to clear the window function.",
        ),
        NativeDef::new(
            "cursor",
            "($self, /, factory=<unrepresentable>)",
            |cx, a| cursor_of(cx, a[0], a.get(1)),
            "Return a cursor for the connection.",
        ),
        NativeDef::new(
            "deserialize",
            "($self, data, /, *, name='main')",
            extras::deserialize,
            "Load a serialized database.\n\n  data\n    The serialized database content.\n  name\n    Which database to reopen with the deserialization.\n\nThe deserialize interface causes the database connection to\ndisconnect from the target database, and then reopen it as\nan in-memory database based on the given serialized data.\n\nThe deserialize interface will fail with SQLITE_BUSY if the database\nis currently in a read transaction or is involved in a backup\noperation.",
        ),
        NativeDef::new(
            "enable_load_extension",
            "($self, enable, /)",
            extras::enable_load_extension,
            "Enable dynamic loading of SQLite extension modules.",
        ),
        NativeDef::new(
            "execute",
            "($self, sql, parameters=(), /)",
            |cx, a| {
                a.str(cx, 1)?;
                by_cursor(cx, a[0], b"execute", a.from(1))
            },
            "Executes an SQL statement.",
        )
        .role(Role::Collects),
        NativeDef::new(
            "executemany",
            "($self, sql, parameters, /)",
            |cx, a| {
                a.str(cx, 1)?;
                by_cursor(cx, a[0], b"executemany", a.from(1))
            },
            "Repeatedly executes an SQL statement.",
        )
        .role(Role::Collects),
        NativeDef::new(
            "executescript",
            "($self, sql_script, /)",
            |cx, a| by_cursor(cx, a[0], b"executescript", a.from(1)),
            "Executes multiple SQL statements at once.",
        ),
        NativeDef::new(
            "getconfig",
            "($self, op, /)",
            extras::getconfig,
            "Query a boolean connection configuration option.\n\n  op\n    The configuration verb; one of the sqlite3.SQLITE_DBCONFIG codes.",
        ),
        NativeDef::new(
            "getlimit",
            "($self, category, /)",
            |cx, a| {
                let category = args::c_int(cx, a, 1)?;
                extras::limit(cx, a[0], category, -1)
            },
            "Get connection run-time limits.\n\n  category\n    The limit category to be queried.",
        ),
        NativeDef::new(
            "interrupt",
            "($self, /)",
            |cx, a| {
                conn(cx, a[0])?.db(cx)?.interrupt();
                Ok(Value::NONE)
            },
            "Abort any pending database operation.",
        ),
        NativeDef::new(
            "iterdump",
            "($self, /, *, filter=None)",
            extras::iterdump,
            "Returns iterator to the dump of the database in an SQL text format.\n\n  filter\n    An optional LIKE pattern for database objects to dump",
        ),
        NativeDef::new(
            "load_extension",
            "($self, name, /, *, entrypoint=None)",
            extras::load_extension,
            "Load SQLite extension module.",
        ),
        NativeDef::new(
            "rollback",
            "($self, /)",
            |cx, a| rollback(cx, a[0]),
            "Roll back to the start of any pending transaction.\n\nIf there is no open transaction, this method is a no-op.",
        ),
        NativeDef::new(
            "serialize",
            "($self, /, *, name='main')",
            extras::serialize,
            "Serialize a database into a byte string.\n\n  name\n    Which database to serialize.\n\nFor an ordinary on-disk database file, the serialization is just\na copy of the disk file.  For an in-memory database or a \"temp\"\ndatabase, the serialization is the same sequence of bytes which\nwould be written to disk if that database were backed up to disk.",
        ),
        hidden(
            "set_authorizer",
            |cx, a| {
                call_warned(
                    cx,
                    a,
                    &SET_AUTHORIZER,
                    &["authorizer_callback"],
                    "Passing keyword argument 'authorizer_callback' to _sqlite3.Connection.set_authorizer() is deprecated. Parameter 'authorizer_callback' will become positional-only in Python 3.15.",
                )
            },
            "Set authorizer callback.\n\nNote: Passing keyword argument 'authorizer_callback' to\n_sqlite3.Connection.set_authorizer() is deprecated. Parameter\n'authorizer_callback' will become positional-only in Python 3.15.\n",
        ),
        hidden(
            "set_progress_handler",
            |cx, a| {
                call_warned(
                    cx,
                    a,
                    &SET_PROGRESS,
                    &["progress_handler"],
                    "Passing keyword argument 'progress_handler' to _sqlite3.Connection.set_progress_handler() is deprecated. Parameter 'progress_handler' will become positional-only in Python 3.15.",
                )
            },
            "Set progress handler callback.\n\n  progress_handler\n    A callable that takes no arguments.\n    If the callable returns non-zero, the current query is\n    terminated, and an exception is raised.\n  n\n    The number of SQLite virtual machine instructions that are\n    executed between invocations of 'progress_handler'.\n\nIf 'progress_handler' is None or 'n' is 0, the progress handler is\ndisabled.\n\nNote: Passing keyword argument 'progress_handler' to\n_sqlite3.Connection.set_progress_handler() is deprecated. Parameter\n'progress_handler' will become positional-only in Python 3.15.\n",
        ),
        hidden(
            "set_trace_callback",
            |cx, a| {
                call_warned(
                    cx,
                    a,
                    &SET_TRACE,
                    &["trace_callback"],
                    "Passing keyword argument 'trace_callback' to _sqlite3.Connection.set_trace_callback() is deprecated. Parameter 'trace_callback' will become positional-only in Python 3.15.",
                )
            },
            "Set a trace callback called for each SQL statement (passed as unicode).\n\nNote: Passing keyword argument 'trace_callback' to\n_sqlite3.Connection.set_trace_callback() is deprecated. Parameter\n'trace_callback' will become positional-only in Python 3.15.\n",
        ),
        NativeDef::new(
            "setconfig",
            "($self, op, enable=True, /)",
            extras::setconfig,
            "Set a boolean connection configuration option.\n\n  op\n    The configuration verb; one of the sqlite3.SQLITE_DBCONFIG codes.",
        ),
        NativeDef::new(
            "setlimit",
            "($self, category, limit, /)",
            |cx, a| {
                let (category, limit) = (args::c_int(cx, a, 1)?, args::c_int(cx, a, 2)?);
                extras::limit(cx, a[0], category, limit)
            },
            "Set connection run-time limits.\n\n  category\n    The limit category to be set.\n  limit\n    The new limit. If the new limit is a negative number, the limit\n    is unchanged.\n\nAttempts to increase a limit above its hard upper bound are silently\ntruncated to the hard upper bound. Regardless of whether or not the\nlimit was changed, the prior value of the limit is returned.",
        ),
    ],
    getsets: &[
        GetSet::ro("__text_signature__", |cx, _| Ok(Str::new(cx, "(sql, /)")), ""),
        GetSet::rw("autocommit", get_autocommit, set_autocommit, ""),
        GetSet::rw("isolation_level", get_isolation, set_isolation, ""),
        GetSet::ro(
            "in_transaction",
            |cx, v| {
                let db = conn(cx, v)?.db(cx)?;
                Ok(Value::bool(!conn::is_autocommit(cx, &db)))
            },
            "",
        ),
        GetSet::ro(
            "total_changes",
            |cx, v| {
                let db = conn(cx, v)?.db(cx)?;
                let held = conn::hold(cx, db.gate());
                Ok(Value::small(db.total_changes(&held)))
            },
            "",
        ),
        GetSet::rw(
            "row_factory",
            |cx, v| Ok(place(cx, v, ROW_FACTORY)),
            |cx, v, new| set_place(cx, v, ROW_FACTORY, "row_factory", new),
            "",
        ),
        GetSet::rw(
            "text_factory",
            |cx, v| Ok(place(cx, v, TEXT_FACTORY)),
            |cx, v, new| set_place(cx, v, TEXT_FACTORY, "text_factory", new),
            "",
        ),
    ],
    members: shown!(
        "Warning" WARNING, "Error" ERROR, "InterfaceError" INTERFACE_ERROR, "DatabaseError" DATABASE_ERROR,
        "DataError" DATA_ERROR, "OperationalError" OPERATIONAL_ERROR, "IntegrityError" INTEGRITY_ERROR,
        "InternalError" INTERNAL_ERROR, "ProgrammingError" PROGRAMMING_ERROR,
        "NotSupportedError" NOT_SUPPORTED_ERROR
    ),
    ..TypeDef::new("sqlite3", "Connection")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    let text = cx.types.str.value();
    o.set_slot(cx, ROW_FACTORY, Value::NONE);
    o.set_slot(cx, TEXT_FACTORY, text);
    Ok(o.value())
}

/// What a connection object holds; `ProgrammingError` before `__init__`.
pub fn conn(cx: &mut Ctx, v: Value) -> Res<Arc<Conn>> {
    match conn_if_any(cx, v) {
        Some(conn) => Ok(conn),
        None => Err(misuse(cx, "Base Connection.__init__ not called.")),
    }
}

pub fn conn_if_any(cx: &Ctx, v: Value) -> Option<Arc<Conn>> {
    Obj::of(v)?.payload::<Arc<Conn>>(cx, CONN).cloned()
}

/// The connection for a thread that may use it.
pub fn usable(cx: &mut Ctx, v: Value) -> Res<(Arc<Conn>, Arc<Db>)> {
    let conn = conn(cx, v)?;
    let db = conn.usable(cx)?;
    Ok((conn, db))
}

/// The callables that SQLite knows.
pub fn refs(cx: &Ctx, v: Value) -> List {
    Obj::of(v).and_then(|o| List::of(o.slot(cx, REFS))).unwrap_or_else(|| List::new(cx))
}

/// A slot that Python reads and writes.
pub fn place(cx: &Ctx, v: Value, i: usize) -> Value {
    Obj::of(v).and_then(|o| o.slot(cx, i).non_empty()).unwrap_or(Value::NONE)
}

fn set_place(cx: &mut Ctx, v: Value, i: usize, name: &str, new: Value) -> Res<()> {
    if new.is_empty() {
        return Err(cx.raise(Exc::AttributeError, format!("cannot delete {name} attribute")));
    }
    if let Some(o) = Obj::of(v) {
        o.set_slot(cx, i, new);
    }
    Ok(())
}

// --- opening and closing ---

fn init_warned(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args[1]).map_or(0, Tuple::len);
    if given > 1 && given <= 8 {
        args::deprecated(
            cx,
            "Passing more than 1 positional argument to _sqlite3.Connection() is deprecated. Parameters 'timeout', 'detect_types', 'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only parameters in Python 3.15.",
        )?;
    }
    call_given(cx, args, &INIT_DEF)
}

fn isolation_of(cx: &mut Ctx, v: Value) -> Res<usize> {
    if v.is_none() {
        return Ok(NO_ISOLATION);
    }
    let Some(text) = Str::of_sub(cx, v) else { return Err(cx.type_error("isolation_level must be str or None")) };
    let text = args::c_string_of(cx, text)?;
    let level = ISOLATION.iter().position(|level| level.as_bytes().eq_ignore_ascii_case(text.as_bytes()));
    level.ok_or_else(|| cx.value_error("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'"))
}

fn autocommit_of(cx: &mut Ctx, v: Value) -> Res<i32> {
    if v == Value::TRUE {
        return Ok(ENABLED);
    }
    if v == Value::FALSE {
        return Ok(DISABLED);
    }
    if int::is_sub(cx, v) && int::to_i64(v) == Some(LEGACY.into()) {
        return Ok(LEGACY);
    }
    Err(cx.value_error("autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL"))
}

/// Opens the file; if there are no descriptors left, after a collection once more.
fn open(cx: &mut Ctx, path: &CString, uri: bool) -> Res<Arc<Db>> {
    lifecycle::before_look(cx);
    for last in [false, true] {
        match cx.blocking(|| Db::open(path, uri)) {
            Ok(db) => return Ok(db),
            Err(failure) if !last && conn::lacks_descriptors(&failure) => cx.collect_garbage()?,
            Err(failure) => return Err(failure_of(cx, failure)),
        }
    }
    Err(failure_of(cx, Failure { code: libsqlite3_sys::SQLITE_CANTOPEN, message: Vec::new(), errno: 0 }))
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(o) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let path = protocol::fs_path(cx, args[1])?;
    let path = match Bytes::of_sub(cx, path) {
        Some(b) => b.as_slice().to_vec(),
        None => convert::fs_encode(cx, path)?,
    };
    let Ok(path) = CString::new(path) else { return Err(cx.value_error("embedded null byte")) };
    let timeout = match args.get(2) {
        Some(v) => protocol::to_f64(cx, v)?,
        None => 5.0,
    };
    let detect_types = args::c_int_or(cx, args, 3, 0)?;
    let isolation = match args.get(4) {
        Some(v) => isolation_of(cx, v)?,
        None => 0,
    };
    let check_thread = args.truth_or(cx, 5, true)?;
    let cached = args::c_int_or(cx, args, 7, 128)?;
    let uri = args.truth_or(cx, 8, false)?;
    let autocommit = match args.get(9) {
        Some(v) => autocommit_of(cx, v)?,
        None => LEGACY,
    };
    audit::tell(cx, "sqlite3.connect", &[args[1]])?;
    if let Some(old) = conn_if_any(cx, args[0]) {
        // Cursors go on with the old database until their statements end.
        end_pep249(cx, args[0], &old)?;
        o.set_slot(cx, CONN, Value::EMPTY);
        cx.blocking(|| drop(old));
    }
    let db = open(cx, &path, uri)?;
    let held = conn::hold(cx, db.gate());
    db.busy_timeout(&held, (timeout * 1000.0) as i32);
    drop(held);
    let options = Options {
        detect_types: detect_types.into(),
        thread: if check_thread { cx.ident } else { 0 },
        cached: usize::try_from(cached).unwrap_or(0),
        autocommit,
        isolation,
    };
    let refs = List::new(cx).value();
    let text = cx.types.str.value();
    for (i, v) in [(REFS, refs), (ROW_FACTORY, Value::NONE), (TEXT_FACTORY, text)] {
        o.set_slot(cx, i, v);
    }
    for i in [slot::TRACE, slot::PROGRESS, slot::AUTHORIZER, slot::LEFT] {
        o.set_slot(cx, i, Value::EMPTY);
    }
    o.set_payload(cx, CONN, Conn::new(db.clone(), &options));
    audit::tell(cx, "sqlite3.connect/handle", &[args[0]])?;
    if autocommit == DISABLED {
        execute(cx, args[0], &db, b"BEGIN")?;
    }
    Ok(Value::NONE)
}

/// Ends the transaction that is always open where PEP 249 rules.
fn end_pep249(cx: &mut Ctx, object: Value, conn: &Conn) -> Res<()> {
    match conn.db_if_open() {
        Some(db) if conn.autocommit.load(Ordering::Relaxed) == DISABLED && !conn::is_autocommit(cx, &db) => {
            execute(cx, object, &db, b"ROLLBACK")
        }
        _ => Ok(()),
    }
}

fn close(cx: &mut Ctx, object: Value, conn: &Conn) -> Res<()> {
    let result = end_pep249(cx, object, conn);
    if conn.db_if_open().is_some() {
        let pending = std::mem::replace(&mut cx.pending, Value::EMPTY);
        cx.blocking(|| {
            let held = conn.gate.lock();
            conn.shut();
            drop(held);
        });
        cx.pending = pending;
    }
    result
}

fn close_quietly(cx: &mut Ctx, object: Value, conn: &Conn) -> Res<()> {
    if let Err(raised) = close(cx, object, conn) {
        engine::exceptions::unraisable(cx, raised, "Exception ignored while closing database", object);
    }
    Ok(())
}

fn del(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(conn) = conn_if_any(cx, args[0]) else { return Ok(Value::NONE) };
    if conn.gate.try_lock().is_none() {
        // The program ends, and a daemon thread is inside.
        return Ok(Value::NONE);
    }
    if conn.db_if_open().is_some() {
        warnings::unclosed(cx, "database in", args[0], args[0]);
        close_quietly(cx, args[0], &conn)?;
    }
    Ok(Value::NONE)
}

/// `sqlite3.connect`
pub fn connect(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args[0]);
    let n = given.map_or(0, Tuple::len);
    if n > 1 && n <= 8 {
        args::deprecated(
            cx,
            "Passing more than 1 positional argument to sqlite3.connect() is deprecated. Parameters 'timeout', 'detect_types', 'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only parameters in Python 3.15.",
        )?;
    }
    let key = cx.intern(b"factory");
    let factory = match (given, Dict::of(args[1]).and_then(|d| d.get_str(key))) {
        (Some(given), _) if n > 5 => given.get(5),
        (_, Some(factory)) => factory,
        _ => cx.type_of_def(&CONNECTION).value(),
    };
    let (values, names) = (args[0], args[1]);
    protocol::call_ex(cx, factory, values, names)
}

// --- cursors ---

fn cursor_of(cx: &mut Ctx, v: Value, factory: Option<Value>) -> PyResult {
    usable(cx, v)?;
    let cursor = match factory {
        Some(factory) => protocol::call(cx, factory, &[v])?,
        None => cursor::fresh(cx, v)?,
    };
    let class = cx.type_of_def(&cursor::CURSOR);
    if !types::type_of(cx, cursor).is_subtype(class) {
        let got = types::type_name(cx, cursor);
        return Err(cx.type_error(format!("factory must return a cursor, not {got}")));
    }
    let factory = place(cx, v, ROW_FACTORY);
    if !factory.is_none()
        && let Some(o) = Obj::of(cursor)
    {
        o.set_slot(cx, cursor::slot::ROW_FACTORY, factory);
    }
    Ok(cursor)
}

/// Makes a cursor and calls one of its methods; the cursor.
fn by_cursor(cx: &mut Ctx, v: Value, method: &[u8], given: &[Value]) -> PyResult {
    let class = cx.type_of_def(&CONNECTION);
    let cursor = if types::type_of(cx, v) == class {
        cursor_of(cx, v, None)?
    } else {
        let name = cx.intern(b"cursor");
        protocol::call_method(cx, v, name, &[])?
    };
    let given = &given[..given.iter().position(|v| v.is_empty()).unwrap_or(given.len())];
    let name = cx.intern(method);
    protocol::call_method(cx, cursor, name, given)?;
    Ok(cursor)
}

/// `connection(sql)`: a statement, for what it is worth.
fn call(cx: &mut Ctx, v: Value, args: CallArgs) -> PyResult {
    let (_, db) = usable(cx, v)?;
    if args.nkw() > 0 {
        return Err(cx.type_error("sqlite3.Connection() takes no keyword arguments"));
    }
    let [sql] = *args.positional() else {
        let n = args.values.len();
        return Err(cx.type_error(format!("function takes exactly 1 argument ({n} given)")));
    };
    let Some(text) = Str::of_sub(cx, sql) else {
        let got = if sql.is_none() { "None".to_owned() } else { types::type_name(cx, sql) };
        return Err(cx.type_error(format!("argument 1 must be str, not {got}")));
    };
    conn::prepare(cx, v, &db, text)?;
    Ok(cx.new_object(&crate::STATEMENT, &[]))
}

// --- transactions ---

/// Ends the transaction with `sql`.
fn end(cx: &mut Ctx, v: Value, sql: &[u8]) -> PyResult {
    let (conn, db) = usable(cx, v)?;
    match conn.autocommit.load(Ordering::Relaxed) {
        LEGACY if !conn::is_autocommit(cx, &db) => execute(cx, v, &db, sql)?,
        DISABLED => {
            execute(cx, v, &db, sql)?;
            execute(cx, v, &db, b"BEGIN")?;
        }
        _ => {}
    }
    Ok(Value::NONE)
}

fn commit(cx: &mut Ctx, v: Value) -> PyResult {
    end(cx, v, b"COMMIT")
}

fn rollback(cx: &mut Ctx, v: Value) -> PyResult {
    end(cx, v, b"ROLLBACK")
}

fn exit(cx: &mut Ctx, args: Args) -> PyResult {
    let commits = args.from(1).iter().all(|v| v.is_none());
    if !commits {
        rollback(cx, args[0])?;
        return Ok(Value::FALSE);
    }
    match commit(cx, args[0]) {
        Ok(_) => Ok(Value::FALSE),
        Err(raised) => {
            // To let go of the database.
            let exc = cx.take(raised);
            match rollback(cx, args[0]) {
                Ok(_) => Err(cx.restore(exc)),
                Err(second) => {
                    let second = cx.take(second);
                    engine::exceptions::set_context(cx, second, exc);
                    Err(cx.restore(second))
                }
            }
        }
    }
}

fn get_autocommit(cx: &mut Ctx, v: Value) -> PyResult {
    let (conn, _) = usable(cx, v)?;
    Ok(match conn.autocommit.load(Ordering::Relaxed) {
        ENABLED => Value::TRUE,
        DISABLED => Value::FALSE,
        n => Value::small(n),
    })
}

fn set_autocommit(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    if new.is_empty() {
        return Err(cx.raise(Exc::AttributeError, "cannot delete autocommit attribute"));
    }
    let (conn, db) = usable(cx, v)?;
    let new = autocommit_of(cx, new)?;
    match (new, conn::is_autocommit(cx, &db)) {
        (ENABLED, false) => execute(cx, v, &db, b"COMMIT")?,
        (DISABLED, true) => execute(cx, v, &db, b"BEGIN")?,
        _ => {}
    }
    conn.autocommit.store(new, Ordering::Relaxed);
    Ok(())
}

fn get_isolation(cx: &mut Ctx, v: Value) -> PyResult {
    let conn = conn(cx, v)?;
    conn.db(cx)?;
    match ISOLATION.get(conn.isolation.load(Ordering::Relaxed)) {
        Some(level) => Ok(Str::new(cx, level)),
        None => Ok(Value::NONE),
    }
}

fn set_isolation(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    if new.is_empty() {
        return Err(cx.raise(Exc::AttributeError, "cannot delete attribute"));
    }
    let conn = conn(cx, v)?;
    let level = isolation_of(cx, new)?;
    conn.isolation.store(level, Ordering::Relaxed);
    if level == NO_ISOLATION {
        commit(cx, v)?;
    }
    Ok(())
}
