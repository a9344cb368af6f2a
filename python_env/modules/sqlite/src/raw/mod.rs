//! SQLite's C interface as handles that own what they name. All `unsafe` of this crate is in this folder.
//!
//! What makes the calls sound:
//! * a [`Db`] is open as long as there is one; statements, blobs and backups hold it, so none outlives its connection;
//! * what can change while a pointer into it is in use (the row of a statement, a blob) is reached through `&mut`, and the pointer's
//!   lifetime is that of the borrow;
//! * every call is made by a thread that holds the connection's [`Gate`]. SQLite's own mutex is then free, and whoever is called back
//!   is called by that thread, for which [`Gate::entered`] has set who answers.

mod gate;
mod hooks;

pub use gate::{Gate, Held, Host, Part, buried};
pub use hooks::{Answer, Kind, Params};

use std::ffi::{CStr, c_char, c_int};
use std::ptr::{self, NonNull};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use libsqlite3_sys as ffi;
use proto_core::memory;

pub use ffi::{
    SQLITE_BUSY, SQLITE_DENY, SQLITE_DONE, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_OK, SQLITE_ROW, SQLITE_TOOBIG,
};

/// What a column, a parameter of a function or a result is.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    Null,
    Int(i64),
    Float(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// What SQLite says of its last failure.
#[derive(Clone)]
pub struct Failure {
    /// The extended code.
    pub code: c_int,
    pub message: Vec<u8>,
    /// The system's number, if it had a part in it.
    pub errno: c_int,
}

/// The version of the library.
pub fn version() -> &'static str {
    ffi::SQLITE_VERSION.to_str().unwrap_or("")
}

/// Whether the library was built to be used by threads in any way.
pub fn threadsafe() -> c_int {
    // SAFETY: reads a constant.
    unsafe { ffi::sqlite3_threadsafe() }
}

/// Whether the text is a whole statement; None if memory ran out.
pub fn complete(sql: &CStr) -> Option<bool> {
    // SAFETY: a terminated string.
    match unsafe { ffi::sqlite3_complete(sql.as_ptr()) } {
        SQLITE_NOMEM => None,
        n => Some(n != 0),
    }
}

/// What a code means, in words.
pub fn code_text(code: c_int) -> &'static [u8] {
    // SAFETY: the function gives a constant string for every number.
    unsafe { CStr::from_ptr(ffi::sqlite3_errstr(code)) }.to_bytes()
}

/// Bytes that SQLite has given out, for as long as `owner` lets them be.
///
/// # Safety
/// `data` is null or has `n` readable bytes that live and stay as they are for the lifetime.
unsafe fn bytes<'a>(data: *const u8, n: c_int) -> &'a [u8] {
    if data.is_null() || n <= 0 {
        return &[];
    }
    // SAFETY: by the caller.
    unsafe { std::slice::from_raw_parts(data, n as usize) }
}

/// A copy of a terminated string; None for null.
///
/// # Safety
/// `text` is null or terminated.
unsafe fn copied(text: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: by the caller.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes().to_vec())
}

/// An open connection.
pub struct Db {
    ptr: NonNull<ffi::sqlite3>,
    gate: Arc<Gate>,
    /// The failure of the last call that may fail, read while the gate was held: what is buried afterwards forgets it.
    last: Mutex<Option<Failure>>,
}

// SAFETY: the library is built so that all threads may use a connection (SQLITE_THREADSAFE=1).
unsafe impl Send for Db {}
// SAFETY: as above; what several calls have to do with each other is done under the gate.
unsafe impl Sync for Db {}

impl Drop for Db {
    fn drop(&mut self) {
        // SAFETY: nothing holds the connection any more, so it is closed at once.
        unsafe { ffi::sqlite3_close(self.ptr.as_ptr()) };
        count_memory();
    }
}

/// Tells the collector what the library holds: databases in memory, pages, statements. Who has dropped many connections gets it back.
fn count_memory() {
    static HELD: LazyLock<Mutex<memory::Counted>> = LazyLock::new(Mutex::default);
    // Who comes while another counts leaves it to that one, or to the next.
    if let Ok(mut held) = HELD.try_lock() {
        // SAFETY: only asks for a number.
        held.set(usize::try_from(unsafe { ffi::sqlite3_memory_used() }).unwrap_or(0));
    }
}

impl Db {
    /// Opens a database; an error says why it could not be.
    pub fn open(path: &CStr, uri: bool) -> Result<Arc<Db>, Failure> {
        let flags = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE | if uri { ffi::SQLITE_OPEN_URI } else { 0 };
        let mut db = ptr::null_mut();
        // SAFETY: a terminated string and a place for the handle, which is set whatever happens.
        let code = unsafe { ffi::sqlite3_open_v2(path.as_ptr(), &mut db, flags, ptr::null()) };
        let Some(ptr) = NonNull::new(db) else {
            return Err(Failure { code: SQLITE_NOMEM, message: Vec::new(), errno: 0 });
        };
        let db = Db { ptr, gate: Gate::new(), last: Mutex::new(None) };
        if code != SQLITE_OK {
            return Err(db.failure());
        }
        // SAFETY: an open connection. Foreign keys are off, as in SQLite itself: the crate that builds it switches them on.
        unsafe {
            let off: c_int = 0;
            ffi::sqlite3_db_config(db.ptr(), ffi::SQLITE_DBCONFIG_ENABLE_FKEY, off, ptr::null_mut::<c_int>());
        }
        Ok(Arc::new(db))
    }

    fn ptr(&self) -> *mut ffi::sqlite3 {
        self.ptr.as_ptr()
    }

    /// The connection's gate.
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// What went wrong in the last call.
    pub fn failure(&self) -> Failure {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        last.unwrap_or_else(|| self.failure_now())
    }

    /// Keeps what SQLite says of a call that has just ended with `code`.
    fn told(&self, code: c_int) -> c_int {
        let fails = !matches!(code, SQLITE_OK | SQLITE_ROW | SQLITE_DONE);
        if code != SQLITE_ROW {
            count_memory();
        }
        let failure = fails.then(|| self.failure_now());
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = failure;
        code
    }

    fn failure_now(&self) -> Failure {
        let _held = self.gate.lock();
        // SAFETY: the connection is open, and while the gate is held nobody changes its message.
        unsafe {
            let code = ffi::sqlite3_extended_errcode(self.ptr());
            let errno = ffi::sqlite3_system_errno(self.ptr());
            Failure { code, message: copied(ffi::sqlite3_errmsg(self.ptr())).unwrap_or_default(), errno }
        }
    }

    /// How long to wait for locks.
    pub fn busy_timeout(&self, _held: &Held, milliseconds: c_int) {
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_busy_timeout(self.ptr(), milliseconds) };
    }

    /// Ends what any thread does with the connection.
    pub fn interrupt(&self) {
        // SAFETY: the connection is open; this is what all threads may do at any time.
        unsafe { ffi::sqlite3_interrupt(self.ptr()) };
    }

    /// Whether no transaction is open.
    pub fn autocommit(&self, _held: &Held) -> bool {
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_get_autocommit(self.ptr()) != 0 }
    }

    pub fn total_changes(&self, _held: &Held) -> c_int {
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_total_changes(self.ptr()) }
    }

    pub fn changes(&self, _held: &Held) -> c_int {
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_changes(self.ptr()) }
    }

    pub fn last_insert_rowid(&self, _held: &Held) -> i64 {
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_last_insert_rowid(self.ptr()) }
    }

    /// A limit as it was, which is set unless the new one is negative; -1 if there is no such limit.
    pub fn limit(&self, category: c_int, value: c_int) -> c_int {
        let _held = self.gate.lock();
        // SAFETY: the connection is open; the library knows which limits there are.
        unsafe { ffi::sqlite3_limit(self.ptr(), category, value) }
    }

    /// A switch, which is set unless `value` is negative. Only for the switches that are numbers.
    pub fn config(&self, switch: c_int, value: c_int) -> Result<bool, c_int> {
        let _held = self.gate.lock();
        let mut now: c_int = 0;
        // SAFETY: the connection is open, and these switches take an int and a place for one.
        match unsafe { ffi::sqlite3_db_config(self.ptr(), switch, value, &mut now as *mut c_int) } {
            SQLITE_OK => Ok(now != 0),
            code => Err(code),
        }
    }

    pub fn enable_load_extension(&self, on: bool) -> c_int {
        let _held = self.gate.lock();
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_enable_load_extension(self.ptr(), on.into()) }
    }

    /// Loads an extension, which is code that the caller trusts; an error in words, if it has any.
    pub fn load_extension(&self, file: &CStr, entry: Option<&CStr>, host: &dyn Host) -> Result<(), Option<Vec<u8>>> {
        let _held = self.gate.entered(Some(host));
        let mut message = ptr::null_mut();
        let entry = entry.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: the connection is open, the strings are terminated; the message is ours to free.
        unsafe {
            let code = ffi::sqlite3_load_extension(self.ptr(), file.as_ptr(), entry, &mut message);
            let text = copied(message);
            ffi::sqlite3_free(message.cast());
            if code == SQLITE_OK { Ok(()) } else { Err(text) }
        }
    }

    /// The first statement of the text, None if there is none in it, and where it ends.
    pub fn prepare(self: &Arc<Db>, sql: &[u8], host: &dyn Host) -> Result<(Option<Stmt>, usize), c_int> {
        let _held = self.gate.entered(Some(host));
        let Ok(n) = c_int::try_from(sql.len()) else { return Err(SQLITE_TOOBIG) };
        let (mut stmt, mut tail) = (ptr::null_mut(), ptr::null());
        // SAFETY: the connection is open; the text has as many bytes as are said.
        let code = unsafe { ffi::sqlite3_prepare_v2(self.ptr(), sql.as_ptr().cast(), n, &mut stmt, &mut tail) };
        if self.told(code) != SQLITE_OK {
            return Err(code);
        }
        let end = (tail as usize).saturating_sub(sql.as_ptr() as usize).min(sql.len());
        Ok((NonNull::new(stmt).map(|ptr| Stmt { ptr, db: self.clone() }), end))
    }

    /// The content of a database as a file would have it; None if there is no such database or no memory.
    pub fn serialize(&self, schema: &CStr) -> Option<Serialized> {
        let _held = self.gate.lock();
        let mut size = 0;
        // SAFETY: the connection is open, the name is terminated; what is returned is ours to free.
        let data = unsafe { ffi::sqlite3_serialize(self.ptr(), schema.as_ptr(), &mut size, 0) };
        NonNull::new(data).map(|data| Serialized { data, size: usize::try_from(size).unwrap_or(0) })
    }

    /// Makes `data` the content of a database in memory.
    pub fn deserialize(&self, schema: &CStr, data: &[u8]) -> c_int {
        let _held = self.gate.lock();
        let size = data.len() as i64;
        // SAFETY: the connection is open, the name is terminated; the copy is as large as is said, and the connection's to free
        // and to grow from here on.
        unsafe {
            let copy = ffi::sqlite3_malloc64(data.len() as u64).cast::<u8>();
            if copy.is_null() {
                return SQLITE_NOMEM;
            }
            ptr::copy_nonoverlapping(data.as_ptr(), copy, data.len());
            let flags = ffi::SQLITE_DESERIALIZE_FREEONCLOSE | ffi::SQLITE_DESERIALIZE_RESIZEABLE;
            self.told(ffi::sqlite3_deserialize(self.ptr(), schema.as_ptr(), copy, size, size, flags as _))
        }
    }

    /// Opens a value of a table to be read and written piece by piece.
    pub fn blob(
        self: &Arc<Db>,
        schema: &CStr,
        table: &CStr,
        column: &CStr,
        row: i64,
        write: bool,
    ) -> Result<Blob, c_int> {
        let _held = self.gate.lock();
        let mut blob = ptr::null_mut();
        // SAFETY: the connection is open, the names are terminated.
        let code = unsafe {
            let (schema, table, column) = (schema.as_ptr(), table.as_ptr(), column.as_ptr());
            ffi::sqlite3_blob_open(self.ptr(), schema, table, column, row, write.into(), &mut blob)
        };
        self.told(code);
        match NonNull::new(blob) {
            Some(ptr) if code == SQLITE_OK => Ok(Blob { ptr, db: self.clone() }),
            _ => Err(code),
        }
    }

    /// Begins to copy the database `name` of `self` to the main one of `target`.
    pub fn backup(self: &Arc<Db>, target: &Arc<Db>, name: &CStr) -> Option<Backup> {
        let _held = both(self, target);
        // SAFETY: two open connections, and terminated names.
        let ptr = unsafe { ffi::sqlite3_backup_init(target.ptr(), c"main".as_ptr(), self.ptr(), name.as_ptr()) };
        if ptr.is_null() {
            target.told(libsqlite3_sys::SQLITE_ERROR);
        }
        NonNull::new(ptr).map(|ptr| Backup { ptr, finished: false, source: self.clone(), target: target.clone() })
    }
}

/// The gates of two connections, taken in the same order by all.
fn both<'a>(a: &'a Db, b: &'a Db) -> [Held<'a>; 2] {
    if Arc::as_ptr(&a.gate) < Arc::as_ptr(&b.gate) {
        [a.gate.lock(), b.gate.lock()]
    } else {
        [b.gate.lock(), a.gate.lock()]
    }
}

/// The content of a database.
pub struct Serialized {
    data: NonNull<u8>,
    size: usize,
}

impl Serialized {
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the library said that so many bytes are there, and nobody else has them.
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.size) }
    }
}

impl Drop for Serialized {
    fn drop(&mut self) {
        // SAFETY: the library gave it to us.
        unsafe { ffi::sqlite3_free(self.data.as_ptr().cast()) };
    }
}

/// A prepared statement.
pub struct Stmt {
    ptr: NonNull<ffi::sqlite3_stmt>,
    db: Arc<Db>,
}

// SAFETY: as for its connection; a statement is used by one thread at a time.
unsafe impl Send for Stmt {}

impl Drop for Stmt {
    fn drop(&mut self) {
        self.db.gate.bury(gate::Dead::Stmt(self.ptr.as_ptr()), &self.db);
    }
}

impl Stmt {
    fn ptr(&self) -> *mut ffi::sqlite3_stmt {
        self.ptr.as_ptr()
    }

    /// The connection.
    pub fn db(&self) -> &Arc<Db> {
        &self.db
    }

    /// Runs the statement up to its next row or its end.
    pub fn step(&mut self, host: &dyn Host) -> c_int {
        let _held = self.db.gate.entered(Some(host));
        // SAFETY: a live statement, ours alone.
        self.db.told(unsafe { ffi::sqlite3_step(self.ptr()) })
    }

    /// Ends the run. Called back are at most the ends of aggregates.
    pub fn reset(&mut self, host: Option<&dyn Host>) -> c_int {
        let _held = self.db.gate.entered(host);
        // SAFETY: a live statement, ours alone.
        self.db.told(unsafe { ffi::sqlite3_reset(self.ptr()) })
    }

    /// Ends the run and the statement; how it went.
    pub fn finish(mut self, host: &dyn Host) -> c_int {
        self.reset(Some(host))
    }

    pub fn is_readonly(&self) -> bool {
        // SAFETY: a live statement.
        unsafe { ffi::sqlite3_stmt_readonly(self.ptr()) != 0 }
    }

    pub fn parameters(&self) -> usize {
        // SAFETY: a live statement.
        usize::try_from(unsafe { ffi::sqlite3_bind_parameter_count(self.ptr()) }).unwrap_or(0)
    }

    /// The name of a parameter (from 1 on), with its first character.
    pub fn parameter_name(&self, i: usize) -> Option<Vec<u8>> {
        // SAFETY: a live statement; the name lives as long.
        unsafe { copied(ffi::sqlite3_bind_parameter_name(self.ptr(), i as c_int)) }
    }

    /// Gives a parameter (from 1 on) its value, of which a copy is made.
    pub fn bind(&mut self, i: usize, item: Item) -> c_int {
        let _held = self.db.gate.lock();
        let (ptr, i) = (self.ptr(), i as c_int);
        // SAFETY: a live statement, ours alone; the bytes are copied before the call returns.
        let code = unsafe {
            match item {
                Item::Null => ffi::sqlite3_bind_null(ptr, i),
                Item::Int(n) => ffi::sqlite3_bind_int64(ptr, i, n),
                Item::Float(n) => ffi::sqlite3_bind_double(ptr, i, n),
                Item::Text(b) => match c_int::try_from(b.len()) {
                    Ok(n) => {
                        let data = if n == 0 { c"".as_ptr() } else { b.as_ptr().cast() };
                        ffi::sqlite3_bind_text(ptr, i, data, n, ffi::SQLITE_TRANSIENT())
                    }
                    Err(_) => SQLITE_TOOBIG,
                },
                Item::Blob(b) => match c_int::try_from(b.len()) {
                    Ok(0) => ffi::sqlite3_bind_zeroblob(ptr, i, 0),
                    Ok(n) => ffi::sqlite3_bind_blob(ptr, i, b.as_ptr().cast(), n, ffi::SQLITE_TRANSIENT()),
                    Err(_) => SQLITE_TOOBIG,
                },
            }
        };
        self.db.told(code)
    }

    /// Columns of the result.
    pub fn columns(&self) -> usize {
        // SAFETY: a live statement.
        usize::try_from(unsafe { ffi::sqlite3_column_count(self.ptr()) }).unwrap_or(0)
    }

    /// Columns of the row that there is.
    pub fn row_columns(&self) -> usize {
        // SAFETY: a live statement.
        usize::try_from(unsafe { ffi::sqlite3_data_count(self.ptr()) }).unwrap_or(0)
    }

    /// A column's name; None if memory ran out.
    pub fn column_name(&mut self, i: usize) -> Option<Vec<u8>> {
        let _held = self.db.gate.lock();
        // SAFETY: a live statement, ours alone, so the name lives until it is copied.
        unsafe { copied(ffi::sqlite3_column_name(self.ptr(), i as c_int)) }
    }

    /// The type that a column was declared with, if it was.
    pub fn column_decltype(&mut self, i: usize) -> Option<Vec<u8>> {
        let _held = self.db.gate.lock();
        // SAFETY: as above.
        unsafe { copied(ffi::sqlite3_column_decltype(self.ptr(), i as c_int)) }
    }

    /// A column of the row that there is; None if memory ran out.
    pub fn column(&mut self, i: usize) -> Option<Item<'_>> {
        let _held = self.db.gate.lock();
        let (ptr, i) = (self.ptr(), i as c_int);
        // SAFETY: a live statement, borrowed as long as the bytes, which stay until it is used again.
        unsafe {
            Some(match ffi::sqlite3_column_type(ptr, i) {
                ffi::SQLITE_INTEGER => Item::Int(ffi::sqlite3_column_int64(ptr, i)),
                ffi::SQLITE_FLOAT => Item::Float(ffi::sqlite3_column_double(ptr, i)),
                ffi::SQLITE_TEXT => {
                    let data = ffi::sqlite3_column_text(ptr, i);
                    if data.is_null() && ffi::sqlite3_errcode(self.db.ptr()) == SQLITE_NOMEM {
                        return None;
                    }
                    Item::Text(bytes(data, ffi::sqlite3_column_bytes(ptr, i)))
                }
                ffi::SQLITE_NULL => Item::Null,
                _ => {
                    let data: *const u8 = ffi::sqlite3_column_blob(ptr, i).cast();
                    if data.is_null() && ffi::sqlite3_errcode(self.db.ptr()) == SQLITE_NOMEM {
                        return None;
                    }
                    Item::Blob(bytes(data, ffi::sqlite3_column_bytes(ptr, i)))
                }
            })
        }
    }

    /// A column's bytes, whatever it is: a blob, or null for nothing; None if memory ran out.
    pub fn column_bytes(&mut self, i: usize) -> Option<Item<'_>> {
        let _held = self.db.gate.lock();
        let (ptr, i) = (self.ptr(), i as c_int);
        // SAFETY: as for `column`.
        unsafe {
            let data: *const u8 = ffi::sqlite3_column_blob(ptr, i).cast();
            if data.is_null() {
                return (ffi::sqlite3_errcode(self.db.ptr()) != SQLITE_NOMEM).then_some(Item::Null);
            }
            Some(Item::Blob(bytes(data, ffi::sqlite3_column_bytes(ptr, i))))
        }
    }
}

/// An open value of a table.
pub struct Blob {
    ptr: NonNull<ffi::sqlite3_blob>,
    db: Arc<Db>,
}

// SAFETY: as for a statement.
unsafe impl Send for Blob {}

impl Drop for Blob {
    fn drop(&mut self) {
        self.db.gate.bury(gate::Dead::Blob(self.ptr.as_ptr()), &self.db);
    }
}

impl Blob {
    /// The connection.
    pub fn db(&self) -> &Arc<Db> {
        &self.db
    }

    pub fn len(&self) -> usize {
        // SAFETY: a live blob.
        usize::try_from(unsafe { ffi::sqlite3_blob_bytes(self.ptr.as_ptr()) }).unwrap_or(0)
    }

    /// Reads as many bytes as `out` has, from `at` on.
    pub fn read(&mut self, at: usize, out: &mut [u8]) -> c_int {
        let _held = self.db.gate.lock();
        let (Ok(n), Ok(at)) = (c_int::try_from(out.len()), c_int::try_from(at)) else { return SQLITE_TOOBIG };
        // SAFETY: a live blob, ours alone, and room for so many bytes.
        self.db.told(unsafe { ffi::sqlite3_blob_read(self.ptr.as_ptr(), out.as_mut_ptr().cast(), n, at) })
    }

    /// Writes at `at`.
    pub fn write(&mut self, at: usize, data: &[u8]) -> c_int {
        let _held = self.db.gate.lock();
        let (Ok(n), Ok(at)) = (c_int::try_from(data.len()), c_int::try_from(at)) else { return SQLITE_TOOBIG };
        // SAFETY: a live blob, ours alone, and so many bytes.
        self.db.told(unsafe { ffi::sqlite3_blob_write(self.ptr.as_ptr(), data.as_ptr().cast(), n, at) })
    }
}

/// A copy under way.
pub struct Backup {
    ptr: NonNull<ffi::sqlite3_backup>,
    finished: bool,
    source: Arc<Db>,
    target: Arc<Db>,
}

impl Backup {
    /// Copies so many pages, all for a negative number.
    pub fn step(&mut self, pages: c_int) -> c_int {
        let _held = both(&self.source, &self.target);
        // SAFETY: a backup that has not been finished, of two open connections.
        unsafe { ffi::sqlite3_backup_step(self.ptr.as_ptr(), pages) }
    }

    /// Pages still to be copied, and all pages.
    pub fn progress(&self) -> (c_int, c_int) {
        // SAFETY: as above.
        unsafe { (ffi::sqlite3_backup_remaining(self.ptr.as_ptr()), ffi::sqlite3_backup_pagecount(self.ptr.as_ptr())) }
    }

    /// Ends the copy; how it went.
    pub fn finish(mut self) -> c_int {
        self.end()
    }

    fn end(&mut self) -> c_int {
        let _held = both(&self.source, &self.target);
        self.finished = true;
        // SAFETY: called once: by `finish`, or when it is dropped without.
        self.target.told(unsafe { ffi::sqlite3_backup_finish(self.ptr.as_ptr()) })
    }
}

impl Drop for Backup {
    fn drop(&mut self) {
        if !self.finished {
            self.end();
        }
    }
}
