//! What SQLite calls back, and how it is registered.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;

use libsqlite3_sys as ffi;

use super::gate::{Gate, Part};
use super::{Db, Item, SQLITE_DENY, SQLITE_NOMEM, SQLITE_OK, bytes};

/// What a function is registered as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Scalar { deterministic: bool },
    Aggregate,
    Window,
}

/// What SQLite keeps of a registered function.
struct User {
    gate: Arc<Gate>,
    which: usize,
}

impl User {
    fn boxed(db: &Db, which: usize) -> *mut c_void {
        Box::into_raw(Box::new(User { gate: db.gate.clone(), which })).cast()
    }
}

/// # Safety
/// `user` came from [`User::boxed`], and this is the last use of it.
unsafe extern "C" fn destroy(user: *mut c_void) {
    if !user.is_null() {
        // SAFETY: by the caller.
        let user = unsafe { Box::from_raw(user.cast::<User>()) };
        user.gate.free(user.which);
    }
}

/// The arguments of a function that SQL calls.
#[derive(Clone, Copy)]
pub struct Params<'a>(&'a [*mut ffi::sqlite3_value], *mut ffi::sqlite3_context);

impl<'a> Params<'a> {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// An argument; None if memory ran out.
    pub fn get(&self, i: usize) -> Option<Item<'a>> {
        let v = self.0[i];
        // SAFETY: values of the call under way, which ends after the lifetime; each is read as what it is, so the bytes stay.
        unsafe {
            let no_memory = || ffi::sqlite3_errcode(ffi::sqlite3_context_db_handle(self.1)) == SQLITE_NOMEM;
            Some(match ffi::sqlite3_value_type(v) {
                ffi::SQLITE_INTEGER => Item::Int(ffi::sqlite3_value_int64(v)),
                ffi::SQLITE_FLOAT => Item::Float(ffi::sqlite3_value_double(v)),
                ffi::SQLITE_TEXT => {
                    let data = ffi::sqlite3_value_text(v);
                    if data.is_null() && no_memory() {
                        return None;
                    }
                    Item::Text(bytes(data, ffi::sqlite3_value_bytes(v)))
                }
                ffi::SQLITE_BLOB => {
                    let data: *const u8 = ffi::sqlite3_value_blob(v).cast();
                    if data.is_null() && no_memory() {
                        return None;
                    }
                    Item::Blob(bytes(data, ffi::sqlite3_value_bytes(v)))
                }
                _ => Item::Null,
            })
        }
    }
}

/// Where the result of a function goes.
#[derive(Clone, Copy)]
pub struct Answer<'a>(*mut ffi::sqlite3_context, PhantomData<&'a ()>);

impl Answer<'_> {
    /// The result, of which a copy is made.
    pub fn set(&self, item: Item) {
        // SAFETY: the call under way; the bytes are copied before this returns.
        unsafe {
            match item {
                Item::Null => ffi::sqlite3_result_null(self.0),
                Item::Int(n) => ffi::sqlite3_result_int64(self.0, n),
                Item::Float(n) => ffi::sqlite3_result_double(self.0, n),
                Item::Text(b) => match c_int::try_from(b.len()) {
                    Ok(n) => {
                        let data = if n == 0 { c"".as_ptr() } else { b.as_ptr().cast() };
                        ffi::sqlite3_result_text(self.0, data, n, ffi::SQLITE_TRANSIENT());
                    }
                    Err(_) => ffi::sqlite3_result_error_toobig(self.0),
                },
                Item::Blob(b) => match c_int::try_from(b.len()) {
                    Ok(0) => ffi::sqlite3_result_zeroblob(self.0, 0),
                    Ok(n) => ffi::sqlite3_result_blob(self.0, b.as_ptr().cast(), n, ffi::SQLITE_TRANSIENT()),
                    Err(_) => ffi::sqlite3_result_error_toobig(self.0),
                },
            }
        }
    }

    pub fn error(&self, message: &str) {
        // SAFETY: the call under way; the text is copied.
        unsafe { ffi::sqlite3_result_error(self.0, message.as_ptr().cast(), message.len() as c_int) };
    }

    pub fn no_memory(&self) {
        // SAFETY: the call under way.
        unsafe { ffi::sqlite3_result_error_nomem(self.0) };
    }

    pub fn too_big(&self) {
        // SAFETY: the call under way.
        unsafe { ffi::sqlite3_result_error_toobig(self.0) };
    }

    /// The number that belongs to this run of an aggregate, 0 at first; None if there is none yet and none is to be made, or for
    /// lack of memory.
    pub fn instance(&self, make: bool) -> Option<&Cell<u64>> {
        let n = if make { size_of::<u64>() as c_int } else { 0 };
        // SAFETY: the call under way; the memory is aligned for any number, zeroed, and lives as long as the run.
        unsafe { ffi::sqlite3_aggregate_context(self.0, n).cast::<Cell<u64>>().as_ref() }
    }
}

/// # Safety
/// As SQLite calls it: for a function with a [`User`].
unsafe fn called(part: Part, cx: *mut ffi::sqlite3_context, argc: c_int, argv: *mut *mut ffi::sqlite3_value) {
    // SAFETY: SQLite passes what was registered and so many values.
    unsafe {
        let user = &*ffi::sqlite3_user_data(cx).cast::<User>();
        let values = if argc > 0 { std::slice::from_raw_parts(argv, argc as usize) } else { &[] };
        let answer = Answer(cx, PhantomData);
        let answered = user.gate.answered(|host| host.function(user.which, part, Params(values, cx), answer));
        if answered.is_none() && part == Part::Scalar {
            answer.error("nobody is there to run the function");
        }
    }
}

unsafe extern "C" fn scalar(cx: *mut ffi::sqlite3_context, argc: c_int, argv: *mut *mut ffi::sqlite3_value) {
    // SAFETY: registered with a user.
    unsafe { called(Part::Scalar, cx, argc, argv) }
}

unsafe extern "C" fn step(cx: *mut ffi::sqlite3_context, argc: c_int, argv: *mut *mut ffi::sqlite3_value) {
    // SAFETY: registered with a user.
    unsafe { called(Part::Step, cx, argc, argv) }
}

unsafe extern "C" fn inverse(cx: *mut ffi::sqlite3_context, argc: c_int, argv: *mut *mut ffi::sqlite3_value) {
    // SAFETY: registered with a user.
    unsafe { called(Part::Inverse, cx, argc, argv) }
}

unsafe extern "C" fn value(cx: *mut ffi::sqlite3_context) {
    // SAFETY: registered with a user.
    unsafe { called(Part::Value, cx, 0, ptr::null_mut()) }
}

unsafe extern "C" fn last(cx: *mut ffi::sqlite3_context) {
    // SAFETY: registered with a user.
    unsafe { called(Part::Final, cx, 0, ptr::null_mut()) }
}

unsafe extern "C" fn collate(user: *mut c_void, n: c_int, a: *const c_void, m: c_int, b: *const c_void) -> c_int {
    // SAFETY: SQLite passes what was registered, and two texts.
    unsafe {
        let user = &*user.cast::<User>();
        let (a, b) = (bytes(a.cast(), n), bytes(b.cast(), m));
        user.gate.answered(|host| host.collation(user.which, a, b)).unwrap_or(0)
    }
}

/// # Safety
/// `text` is null or a terminated string that lives as long as is said.
unsafe fn text<'a>(text: *const c_char) -> Option<&'a [u8]> {
    // SAFETY: by the caller.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes())
}

unsafe extern "C" fn authorize(
    gate: *mut c_void,
    action: c_int,
    a: *const c_char,
    b: *const c_char,
    c: *const c_char,
    d: *const c_char,
) -> c_int {
    // SAFETY: the gate of an open connection, which holds it; strings that live during the call.
    unsafe {
        let names = [text(a), text(b), text(c), text(d)];
        (*gate.cast::<Gate>()).answered(|host| host.authorizer(action, names)).unwrap_or(SQLITE_DENY)
    }
}

unsafe extern "C" fn progress(gate: *mut c_void) -> c_int {
    // SAFETY: the gate of an open connection, which holds it.
    unsafe { (*gate.cast::<Gate>()).answered(|host| host.progress()) }.map_or(0, |goes_on| (!goes_on).into())
}

unsafe extern "C" fn trace(kind: c_uint, gate: *mut c_void, stmt: *mut c_void, sql: *mut c_void) -> c_int {
    if kind != ffi::SQLITE_TRACE_STMT as c_uint {
        return 0;
    }
    // SAFETY: the gate of an open connection, which holds it; a running statement and its text. The text with its parameters is
    // ours to free.
    unsafe {
        let stmt = stmt.cast::<ffi::sqlite3_stmt>();
        let expanded = ffi::sqlite3_expanded_sql(stmt);
        let plain = text(sql.cast::<c_char>().cast_const()).unwrap_or(b"");
        (*gate.cast::<Gate>()).answered(|host| host.trace(text(expanded), plain));
        ffi::sqlite3_free(expanded.cast());
    }
    0
}

impl Db {
    /// Registers a function under a number, or takes it away.
    pub fn create_function(&self, name: &CStr, nargs: c_int, kind: Kind, which: Option<usize>) -> c_int {
        let _held = self.gate.lock();
        let flags = match kind {
            Kind::Scalar { deterministic: true } => ffi::SQLITE_UTF8 | ffi::SQLITE_DETERMINISTIC,
            _ => ffi::SQLITE_UTF8,
        };
        let (db, name) = (self.ptr(), name.as_ptr());
        let Some(which) = which else {
            // SAFETY: an open connection, a terminated name.
            let code = unsafe {
                match kind {
                    Kind::Window => ffi::sqlite3_create_window_function(
                        db,
                        name,
                        nargs,
                        flags,
                        ptr::null_mut(),
                        None,
                        None,
                        None,
                        None,
                        None,
                    ),
                    _ => {
                        ffi::sqlite3_create_function_v2(db, name, nargs, flags, ptr::null_mut(), None, None, None, None)
                    }
                }
            };
            return self.told(code);
        };
        let user = User::boxed(self, which);
        // SAFETY: an open connection, a terminated name; `destroy` frees the user, also if this fails.
        let code = unsafe {
            match kind {
                Kind::Scalar { .. } => ffi::sqlite3_create_function_v2(
                    db,
                    name,
                    nargs,
                    flags,
                    user,
                    Some(scalar),
                    None,
                    None,
                    Some(destroy),
                ),
                Kind::Aggregate => ffi::sqlite3_create_function_v2(
                    db,
                    name,
                    nargs,
                    flags,
                    user,
                    None,
                    Some(step),
                    Some(last),
                    Some(destroy),
                ),
                Kind::Window => ffi::sqlite3_create_window_function(
                    db,
                    name,
                    nargs,
                    flags,
                    user,
                    Some(step),
                    Some(last),
                    Some(value),
                    Some(inverse),
                    Some(destroy),
                ),
            }
        };
        self.told(code)
    }

    /// Registers a collation under a number, or takes it away.
    pub fn create_collation(&self, name: &CStr, which: Option<usize>) -> c_int {
        let _held = self.gate.lock();
        let user = which.map_or(ptr::null_mut(), |which| User::boxed(self, which));
        let (collate, destroys) = match which {
            Some(_) => {
                (Some(collate as unsafe extern "C" fn(_, _, _, _, _) -> _), Some(destroy as unsafe extern "C" fn(_)))
            }
            None => (None, None),
        };
        // SAFETY: an open connection, a terminated name; `destroy` frees the user. If this fails nobody else does.
        unsafe {
            let code =
                ffi::sqlite3_create_collation_v2(self.ptr(), name.as_ptr(), ffi::SQLITE_UTF8, user, collate, destroys);
            if self.told(code) != SQLITE_OK {
                destroy(user);
            }
            code
        }
    }

    fn gate_ptr(&self) -> *mut c_void {
        Arc::as_ptr(&self.gate).cast_mut().cast()
    }

    pub fn set_authorizer(&self, on: bool) -> c_int {
        let _held = self.gate.lock();
        // SAFETY: an open connection; it holds its gate.
        unsafe {
            match on {
                true => ffi::sqlite3_set_authorizer(self.ptr(), Some(authorize), self.gate_ptr()),
                false => ffi::sqlite3_set_authorizer(self.ptr(), None, ptr::null_mut()),
            }
        }
    }

    /// Asks the host every so many steps, never for 0.
    pub fn set_progress(&self, every: c_int) {
        let _held = self.gate.lock();
        // SAFETY: an open connection; it holds its gate.
        unsafe {
            match every {
                n if n > 0 => ffi::sqlite3_progress_handler(self.ptr(), n, Some(progress), self.gate_ptr()),
                _ => ffi::sqlite3_progress_handler(self.ptr(), 0, None, ptr::null_mut()),
            }
        }
    }

    pub fn set_trace(&self, on: bool) {
        let _held = self.gate.lock();
        // SAFETY: an open connection; it holds its gate.
        unsafe {
            match on {
                true => {
                    ffi::sqlite3_trace_v2(self.ptr(), ffi::SQLITE_TRACE_STMT as c_uint, Some(trace), self.gate_ptr())
                }
                false => ffi::sqlite3_trace_v2(self.ptr(), 0, None, ptr::null_mut()),
            }
        };
    }
}
