//! What a connection holds beside its Python values, and how it is used: by one thread at a time, each call in a blocking region.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicI32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use engine::prelude::*;
use proto_core::sync::{AtomicBool, AtomicUsize};

use crate::blob::BlobState;
use crate::callbacks::Caller;
use crate::cursor::CursorState;
use crate::errors::{self, failed, misuse};
use crate::raw::{self, Db, Failure, Gate, Held, Host, Stmt};

/// A lock that is held for a few steps that neither wait nor poll.
pub fn locked<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `autocommit`: what PEP 249 wants, what SQLite does, or what `isolation_level` says.
pub const DISABLED: i32 = 0;
pub const ENABLED: i32 = 1;
pub const LEGACY: i32 = -1;

/// A statement and what is known of it.
pub struct Prepared {
    /// None: there is nothing in the text but comments.
    pub stmt: Option<Stmt>,
    pub sql: Arc<[u8]>,
    /// Whether it changes rows.
    pub is_dml: bool,
}

/// Statements that nobody uses, by their text; those that were used last are kept.
#[derive(Default)]
struct Cache {
    room: usize,
    clock: u64,
    by_text: HashMap<Arc<[u8]>, (Prepared, u64)>,
    by_age: BTreeMap<u64, Arc<[u8]>>,
}

impl Cache {
    fn take(&mut self, sql: &[u8]) -> Option<Prepared> {
        let (prepared, age) = self.by_text.remove(sql)?;
        self.by_age.remove(&age);
        Some(prepared)
    }

    /// Keeps a statement; gives what there is no room for any more, to be dropped where no lock is held.
    fn put(&mut self, prepared: Prepared) -> Option<Prepared> {
        if self.room == 0 || self.by_text.contains_key(&prepared.sql) {
            return Some(prepared);
        }
        let oldest = (self.by_text.len() >= self.room).then(|| self.by_age.pop_first()).flatten();
        let out = oldest.and_then(|(_, sql)| self.by_text.remove(&sql)).map(|(out, _)| out);
        self.clock += 1;
        let sql = prepared.sql.clone();
        self.by_age.insert(self.clock, sql.clone());
        self.by_text.insert(sql, (prepared, self.clock));
        out
    }
}

/// Things that are closed with their connection.
struct Users<T> {
    all: Vec<Weak<T>>,
    /// How many there may be before the dead are looked for.
    limit: usize,
}

/// So many may be used at once before the dead are looked for.
const FEW: usize = 1000;

impl<T> Default for Users<T> {
    fn default() -> Self {
        Users { all: Vec::new(), limit: FEW }
    }
}

impl<T> Users<T> {
    fn is_full(&self) -> bool {
        self.all.len() >= self.limit
    }

    /// Forgets those that are dead or done; whether most of them are.
    fn tidy(&mut self, is_used: impl Fn(&T) -> bool) -> bool {
        self.all.retain(|w| w.upgrade().is_some_and(|user| is_used(&user)));
        self.all.len() <= self.limit / 2
    }
}

pub struct Conn {
    db: Mutex<Option<Arc<Db>>>,
    pub gate: Arc<Gate>,
    cache: Mutex<Cache>,
    cursors: Mutex<Users<CursorState>>,
    blobs: Mutex<Users<BlobState>>,
    /// Free places in the list of callables.
    free: Mutex<Vec<usize>>,
    pub detect_types: i64,
    /// The thread that alone may use it, or 0.
    thread: u64,
    pub autocommit: AtomicI32,
    /// An index into `ISOLATION`, or `NO_ISOLATION`.
    pub isolation: AtomicUsize,
    /// A statement that writes has been left with rows to be read: what others write is not committed before it ends.
    pub is_held_up: AtomicBool,
}

pub const ISOLATION: [&str; 4] = ["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"];
pub const NO_ISOLATION: usize = usize::MAX;

/// How a connection is opened.
pub struct Options {
    pub detect_types: i64,
    pub thread: u64,
    pub cached: usize,
    pub autocommit: i32,
    pub isolation: usize,
}

impl Conn {
    pub fn new(db: Arc<Db>, options: &Options) -> Arc<Conn> {
        Arc::new(Conn {
            gate: db.gate().clone(),
            db: Mutex::new(Some(db)),
            cache: Mutex::new(Cache { room: options.cached, ..Cache::default() }),
            cursors: Mutex::default(),
            blobs: Mutex::default(),
            free: Mutex::default(),
            detect_types: options.detect_types,
            thread: options.thread,
            autocommit: AtomicI32::new(options.autocommit),
            isolation: AtomicUsize::new(options.isolation),
            is_held_up: AtomicBool::new(false),
        })
    }

    /// The connection, unless it is closed.
    pub fn db_if_open(&self) -> Option<Arc<Db>> {
        locked(&self.db).clone()
    }

    /// The connection, or `ProgrammingError` when it is closed.
    pub fn db(&self, cx: &mut Ctx) -> Res<Arc<Db>> {
        self.db_if_open().ok_or_else(|| misuse(cx, "Cannot operate on a closed database."))
    }

    /// `ProgrammingError` in a thread that must not use the connection.
    pub fn check_thread(&self, cx: &mut Ctx) -> Res<()> {
        if self.thread == 0 || self.thread == cx.ident {
            return Ok(());
        }
        let text = format!(
            "SQLite objects created in a thread can only be used in that same thread. The object was created in thread id {} and this is thread id {}.",
            self.thread, cx.ident
        );
        Err(misuse(cx, &text))
    }

    /// The connection for a thread that may use it.
    pub fn usable(&self, cx: &mut Ctx) -> Res<Arc<Db>> {
        self.check_thread(cx)?;
        self.db(cx)
    }

    /// A statement of the cache.
    pub fn cached(&self, sql: &[u8]) -> Option<Prepared> {
        locked(&self.cache).take(sql)
    }

    /// A statement that has been reset goes to the cache, unless its connection is closed or another by now.
    pub fn give_back(&self, prepared: Prepared) {
        let db = self.db_if_open();
        let is_ours = match (&prepared.stmt, &db) {
            (Some(stmt), Some(db)) => Arc::ptr_eq(stmt.db(), db),
            (_, db) => db.is_some(),
        };
        let out = if is_ours { locked(&self.cache).put(prepared) } else { Some(prepared) };
        drop(out);
    }

    /// The cursor has a statement under way.
    pub fn add_cursor(&self, cx: &mut Ctx, cursor: &Arc<CursorState>) {
        add(cx, &self.cursors, cursor, CursorState::is_active);
    }

    /// Whether a cursor other than this one has a statement under way that changes data.
    pub fn is_held_by_others(&self, cursor: &Arc<CursorState>) -> bool {
        // Whoever lets the last hold of a cursor go ends its statement, which is nothing to do under a lock.
        let all: Vec<_> = locked(&self.cursors).all.iter().filter_map(Weak::upgrade).collect();
        all.iter().any(|c| !Arc::ptr_eq(c, cursor) && c.holds_changes())
    }

    pub fn add_blob(&self, cx: &mut Ctx, blob: &Arc<BlobState>) {
        add(cx, &self.blobs, blob, BlobState::is_open);
    }

    /// Takes the connection out and ends what uses it, except what runs: that ends as soon as it has returned.
    pub fn shut(&self) {
        let cursors = std::mem::take(&mut locked(&self.cursors).all);
        cursors.iter().filter_map(Weak::upgrade).for_each(|c| c.abandon());
        let blobs = std::mem::take(&mut locked(&self.blobs).all);
        blobs.iter().filter_map(Weak::upgrade).for_each(|b| b.abandon());
        let db = locked(&self.db).take();
        let cache = std::mem::take(&mut *locked(&self.cache));
        drop(cache);
        drop(db);
    }

    /// Puts a callable where SQLite's callbacks find it: into the list `refs`, at the number that this gives.
    pub fn pin(&self, heap: &Heap, refs: List, v: Value) -> usize {
        let mut free = locked(&self.free);
        free.extend(self.gate.take_freed());
        while let Some(i) = free.pop() {
            if refs.set(heap, i, v) {
                return i;
            }
        }
        refs.push(heap, v);
        refs.len() - 1
    }

    /// The place is free again.
    pub fn unpin(&self, heap: &Heap, refs: List, i: usize) {
        refs.set(heap, i, Value::NONE);
        locked(&self.free).push(i);
    }
}

/// Adds one that is used. Where there are many, most of which the program may have dropped, SQLite gets slow: so they are collected,
/// the young ones first.
fn add<T>(cx: &mut Ctx, users: &Mutex<Users<T>>, user: &Arc<T>, is_used: impl Fn(&T) -> bool) {
    let is_full = locked(users).is_full();
    if is_full && !locked(users).tidy(&is_used) {
        cx.core().collect(false);
        if !locked(users).tidy(&is_used) {
            cx.collect_for_room();
            locked(users).tidy(&is_used);
        }
    }
    let mut users = locked(users);
    if is_full {
        users.limit = (2 * users.all.len()).max(FEW);
    }
    users.all.push(Arc::downgrade(user));
}

/// Takes the gate for a few quick calls. What waits for it waits in a region.
pub fn hold<'a>(cx: &mut Ctx, gate: &'a Gate) -> Held<'a> {
    match gate.try_lock() {
        Some(held) => held,
        None => cx.blocking(|| gate.lock()),
    }
}

/// Runs `f`, which calls SQLite, in a blocking region; `object`, the connection's, answers what it calls back. An exception that a
/// collation left is raised.
pub fn run<R>(cx: &mut Ctx, object: Value, f: impl FnOnce(&dyn Host) -> R) -> Res<R> {
    let r = cx.outside(|outside| f(&Caller { outside, object }));
    crate::callbacks::left_over(cx, object)?;
    Ok(r)
}

/// Whether a call failed for a lock that something holds which the program has dropped: cursors that were not read to their end
/// hold locks until they are collected; or for lack of descriptors, which connections hold.
pub fn is_freed(cx: &mut Ctx, db: &Db, code: i32) -> Res<bool> {
    let before = raw::buried();
    match code & 0xFF {
        raw::SQLITE_BUSY | raw::SQLITE_LOCKED => {
            cx.collect_garbage()?;
            Ok(raw::buried() != before)
        }
        libsqlite3_sys::SQLITE_CANTOPEN if lacks_descriptors(&failure(cx, db)) => {
            cx.collect_garbage()?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

pub fn lacks_descriptors(failure: &Failure) -> bool {
    matches!(failure.errno, libc::EMFILE | libc::ENFILE)
}

/// What the connection says of its last failure.
pub fn failure(cx: &mut Ctx, db: &Db) -> Failure {
    let _held = hold(cx, db.gate());
    db.failure()
}

/// Whether no transaction is open.
pub fn is_autocommit(cx: &mut Ctx, db: &Db) -> bool {
    let held = hold(cx, db.gate());
    db.autocommit(&held)
}

/// Rows that the last statement has changed.
pub fn changes(cx: &mut Ctx, db: &Db) -> i64 {
    let held = hold(cx, db.gate());
    db.changes(&held).into()
}

/// Runs the only statement of a text that gives no rows.
pub fn execute(cx: &mut Ctx, object: Value, db: &Arc<Db>, sql: &[u8]) -> Res<()> {
    let once = |cx: &mut Ctx| {
        run(cx, object, |host| match db.prepare(sql, host) {
            Ok((Some(mut stmt), _)) => {
                let code = stmt.step(host);
                (code, stmt.finish(host))
            }
            Ok((None, _)) => (raw::SQLITE_DONE, raw::SQLITE_OK),
            Err(code) => (code, code),
        })
    };
    let (mut step, mut code) = once(cx)?;
    if is_freed(cx, db, step)? {
        (step, code) = once(cx)?;
    }
    if step != raw::SQLITE_DONE && step != raw::SQLITE_ROW || code != raw::SQLITE_OK {
        return Err(failed(cx, db));
    }
    Ok(())
}

/// How long a text may be.
pub fn longest(cx: &mut Ctx, db: &Db) -> usize {
    let _held = hold(cx, db.gate());
    db.limit(libsqlite3_sys::SQLITE_LIMIT_SQL_LENGTH, -1).max(0) as usize
}

/// The statement of a text, which must have no more than one.
pub fn prepare(cx: &mut Ctx, object: Value, db: &Arc<Db>, text: Str) -> Res<Prepared> {
    let sql: Arc<[u8]> = crate::args::utf8(cx, text)?.into();
    if sql.len() > longest(cx, db) {
        return Err(errors::raise(cx, &errors::DATA_ERROR, "query string is too large"));
    }
    if sql.contains(&0) {
        return Err(misuse(cx, "the query contains a null character"));
    }
    let mut prepared = run(cx, object, |host| db.prepare(&sql, host))?;
    if let Err(code) = prepared
        && is_freed(cx, db, code)?
    {
        prepared = run(cx, object, |host| db.prepare(&sql, host))?;
    }
    match prepared {
        Err(_) => Err(failed(cx, db)),
        Ok((stmt, end)) => {
            if !code_of(&sql[end..]).is_empty() {
                return Err(misuse(cx, "You can only execute one statement at a time."));
            }
            let is_dml = is_dml(code_of(&sql));
            Ok(Prepared { stmt, sql, is_dml })
        }
    }
}

/// The text without the blanks and comments that it begins with.
fn code_of(sql: &[u8]) -> &[u8] {
    let mut rest = sql;
    loop {
        rest = match rest {
            [b' ' | b'\t' | b'\x0c' | b'\n' | b'\r', more @ ..] => more,
            [b'-', b'-', more @ ..] => match more.iter().position(|&b| b == b'\n') {
                Some(i) => &more[i..],
                None => return &[],
            },
            [b'/', b'*', more @ ..] => match more.windows(2).position(|w| w == b"*/") {
                Some(i) => &more[i + 2..],
                None => return &[],
            },
            _ => return rest,
        }
    }
}

fn is_dml(sql: &[u8]) -> bool {
    [&b"insert"[..], b"update", b"delete", b"replace"]
        .iter()
        .any(|word| sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_code() {
        assert_eq!(code_of(b" \n-- a\n/* b */ select"), b"select");
        assert_eq!(code_of(b"-- a"), b"");
        assert_eq!(code_of(b"/* a"), b"");
        assert_eq!(code_of(b"/"), b"/");
    }

    #[test]
    fn what_changes_rows() {
        assert!(is_dml(b"InSert into t"));
        assert!(is_dml(b"replace"));
        assert!(!is_dml(b"select"));
        assert!(!is_dml(b"inser"));
    }
}
