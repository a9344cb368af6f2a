//! The type `sqlite3.Blob`: a value of a table that is read and written in pieces.

use std::sync::{Arc, Mutex};

use engine::objects::slice::Slice;
use engine::prelude::*;
use proto_core::sync::{AtomicUsize, Ordering};

use crate::args;
use crate::conn::{hold, locked};
use crate::connection::{conn, usable};
use crate::errors::{failed, failed_with, misuse};
use crate::raw::{Blob, SQLITE_OK};

const STATE: usize = 0;
const CONNECTION: usize = 1;

pub struct BlobState {
    blob: Mutex<Option<Blob>>,
    at: AtomicUsize,
}

impl BlobState {
    pub fn is_open(&self) -> bool {
        locked(&self.blob).is_some()
    }

    pub fn abandon(&self) {
        let ended = locked(&self.blob).take();
        drop(ended);
    }
}

/// `sqlite3.Blob`
pub static BLOB: TypeDef = TypeDef {
    // Its items are no sequence.
    flags: TypeFlags::NO_NEW.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MAPPING),
    nnative: 2,
    slots: Slots {
        len: Some(|cx, v| {
            let state = open_state(cx, v)?;
            Ok(length(&state))
        }),
        getitem: Some(getitem),
        setitem: Some(setitem),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "__enter__",
            "($self, /)",
            |cx, a| {
                open_state(cx, a[0])?;
                Ok(a[0])
            },
            "Blob context manager enter.",
        ),
        NativeDef::new(
            "__exit__",
            "($self, type, val, tb, /)",
            |cx, a| {
                open_state(cx, a[0])?.abandon();
                Ok(Value::FALSE)
            },
            "Blob context manager exit.",
        ),
        NativeDef::new(
            "close",
            "($self, /)",
            |cx, a| {
                let (state, _) = state(cx, a[0])?;
                state.abandon();
                Ok(Value::NONE)
            },
            "Close the blob.",
        ),
        NativeDef::new(
            "read",
            "($self, length=-1, /)",
            |cx, a| {
                let wanted = args::c_int_or(cx, a, 1, -1)?;
                let state = open_state(cx, a[0])?;
                let at = state.at.load(Ordering::Relaxed);
                let rest = length(&state).saturating_sub(at);
                let n = usize::try_from(wanted).map_or(rest, |n| n.min(rest));
                let data = read(cx, &state, at, n)?;
                state.at.store(at + n, Ordering::Relaxed);
                Bytes::wish(cx, &data)
            },
            "Read data at the current offset position.\n\n  length\n    Read length in bytes.\n\nIf the end of the blob is reached, the data up to end of file will\nbe returned.  When length is not specified, or is negative,\nBlob.read() will read until the end of the blob.",
        ),
        NativeDef::new(
            "seek",
            "($self, offset, origin=0, /)",
            seek,
            "Set the current access position to offset.\n\nThe origin argument defaults to os.SEEK_SET (absolute blob\npositioning).  Other values for origin are os.SEEK_CUR (seek\nrelative to the current position) and os.SEEK_END (seek relative to\nthe blob's end).",
        ),
        NativeDef::new(
            "tell",
            "($self, /)",
            |cx, a| {
                let at = open_state(cx, a[0])?.at.load(Ordering::Relaxed);
                Ok(int::from_usize(cx, at))
            },
            "Return the current access position for the blob.",
        ),
        NativeDef::new(
            "write",
            "($self, data, /)",
            |cx, a| {
                let data = protocol::to_bytes(cx, a[1])?;
                let state = open_state(cx, a[0])?;
                let at = state.at.load(Ordering::Relaxed);
                write(cx, &state, at, &data)?;
                state.at.store(at + data.len(), Ordering::Relaxed);
                Ok(Value::NONE)
            },
            "Write data at the current offset.\n\nThis function cannot change the blob length.  Writing beyond the end\nof the blob will result in an exception being raised.",
        ),
    ],
    ..TypeDef::new("sqlite3", "Blob")
};

/// `Connection.blobopen`
pub fn open(cx: &mut Ctx, args: Args) -> PyResult {
    let table = args::c_string(cx, args, 1)?;
    let column = args::c_string(cx, args, 2)?;
    if !int::is_sub(cx, args[3]) {
        return Err(cx.type_error("expected 'int'"));
    }
    let row = args::sqlite_int(cx, args[3])?;
    let readonly = args.truth_or(cx, 4, false)?;
    let name = args::c_string_or(cx, args, 5, "main")?;
    let (conn, db) = usable(cx, args[0])?;
    let blob = match cx.blocking(|| db.blob(&name, &table, &column, row, !readonly)) {
        Ok(blob) => blob,
        Err(libsqlite3_sys::SQLITE_MISUSE) => return Err(failed_with(cx, libsqlite3_sys::SQLITE_MISUSE)),
        Err(_) => return Err(failed(cx, &db)),
    };
    let state = Arc::new(BlobState { blob: Mutex::new(Some(blob)), at: AtomicUsize::new(0) });
    conn.add_blob(cx, &state);
    let v = cx.new_object(&BLOB, &[Value::EMPTY, args[0]]);
    if let Some(o) = Obj::of(v) {
        o.set_payload(cx, STATE, state);
    }
    Ok(v)
}

/// The blob, and its connection's object; `ProgrammingError` if that is closed or another thread's.
fn state(cx: &mut Ctx, v: Value) -> Res<(Arc<BlobState>, Value)> {
    let Some(o) = Obj::of(v) else { return Err(misuse(cx, "Cannot operate on a closed blob.")) };
    let object = o.slot(cx, CONNECTION);
    let conn = conn(cx, object)?;
    conn.usable(cx)?;
    match o.payload::<Arc<BlobState>>(cx, STATE).cloned() {
        Some(state) => Ok((state, object)),
        None => Err(misuse(cx, "Cannot operate on a closed blob.")),
    }
}

fn open_state(cx: &mut Ctx, v: Value) -> Res<Arc<BlobState>> {
    let (state, _) = state(cx, v)?;
    if state.is_open() { Ok(state) } else { Err(misuse(cx, "Cannot operate on a closed blob.")) }
}

fn length(state: &BlobState) -> usize {
    locked(&state.blob).as_ref().map_or(0, Blob::len)
}

/// Runs `f` on the blob while its connection is nobody else's.
fn with_blob<R>(cx: &mut Ctx, state: &BlobState, f: impl FnOnce(&mut Blob) -> R) -> Res<R> {
    let gate = locked(&state.blob).as_ref().map(|b| b.db().gate().clone());
    let Some(gate) = gate else { return Err(misuse(cx, "Cannot operate on a closed blob.")) };
    let held = hold(cx, &gate);
    let r = locked(&state.blob).as_mut().map(f);
    drop(held);
    r.ok_or_else(|| misuse(cx, "Cannot operate on a closed blob."))
}

fn failure(cx: &mut Ctx, state: &BlobState, code: i32) -> Raised {
    if code == libsqlite3_sys::SQLITE_ABORT {
        return failed_with(cx, code);
    }
    let db = locked(&state.blob).as_ref().map(|b| b.db().clone());
    match db {
        Some(db) => failed(cx, &db),
        None => misuse(cx, "Cannot operate on a closed blob."),
    }
}

fn read(cx: &mut Ctx, state: &BlobState, at: usize, n: usize) -> Res<Vec<u8>> {
    let mut data = cx.zeros(n)?;
    if n > 0 {
        let code = with_blob(cx, state, |b| b.read(at, &mut data))?;
        if code != SQLITE_OK {
            return Err(failure(cx, state, code));
        }
    }
    Ok(data)
}

fn write(cx: &mut Ctx, state: &BlobState, at: usize, data: &[u8]) -> Res<()> {
    if data.len() > length(state).saturating_sub(at) {
        return Err(cx.value_error("data longer than blob length"));
    }
    let code = with_blob(cx, state, |b| b.write(at, data))?;
    if code == SQLITE_OK { Ok(()) } else { Err(failure(cx, state, code)) }
}

fn seek(cx: &mut Ctx, args: Args) -> PyResult {
    let offset: i64 = args::c_int(cx, args, 1)?.into();
    let origin = args::c_int_or(cx, args, 2, 0)?;
    let state = open_state(cx, args[0])?;
    let len = length(&state) as i64;
    let base = match origin {
        0 => 0,
        1 => state.at.load(Ordering::Relaxed) as i64,
        2 => len,
        _ => return Err(cx.value_error("'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END")),
    };
    if base + offset > i32::MAX.into() {
        return Err(cx.overflow_error("seek offset results in offset overflow"));
    }
    match usize::try_from(base + offset) {
        Ok(at) if at as i64 <= len => {
            state.at.store(at, Ordering::Relaxed);
            Ok(Value::NONE)
        }
        _ => Err(cx.value_error("offset out of blob range")),
    }
}

/// The place of an index.
fn index(cx: &mut Ctx, key: Value, len: usize) -> Res<usize> {
    let n = protocol::index_value(cx, key)?;
    let Some(n) = int::to_i64(n) else {
        return Err(cx.raise(Exc::IndexError, "cannot fit 'int' into an index-sized integer"));
    };
    let at = if n < 0 { n + len as i64 } else { n };
    match usize::try_from(at) {
        Ok(at) if at < len => Ok(at),
        _ => Err(cx.raise(Exc::IndexError, "Blob index out of range")),
    }
}

fn is_index(cx: &Ctx, v: Value) -> bool {
    types::type_of(cx, v).slots().index().is_some() || int::is_sub(cx, v)
}

fn getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let state = open_state(cx, v)?;
    let len = length(&state);
    if is_index(cx, key) {
        let at = index(cx, key, len)?;
        let data = read(cx, &state, at, 1)?;
        return Ok(Value::small(data[0].into()));
    }
    let Some(slice) = slice_of(cx, key, len)? else {
        return Err(cx.type_error("Blob indices must be integers"));
    };
    let (start, step, count) = slice;
    if count == 0 {
        return Ok(Bytes::new(cx, b""));
    }
    forward(cx, step)?;
    let data = read(cx, &state, start, (count - 1) * step + 1)?;
    let picked: Vec<u8> = data.into_iter().step_by(step).collect();
    Bytes::wish(cx, &picked)
}

fn forward(cx: &mut Ctx, step: usize) -> Res<()> {
    if step == 0 {
        return Err(cx.value_error("Blob doesn't support slices with a negative step"));
    }
    Ok(())
}

/// Start, step (0 for a negative one) and count of a slice; None if the key is none.
fn slice_of(cx: &mut Ctx, key: Value, len: usize) -> Res<Option<(usize, usize, usize)>> {
    let Some(slice) = Slice::of(key) else { return Ok(None) };
    let places = slice.indices(cx, len)?;
    Ok(Some((places.start as usize, usize::try_from(places.step).unwrap_or(0), places.count)))
}

fn setitem(cx: &mut Ctx, v: Value, key: Value, new: Value) -> Res<()> {
    let state = open_state(cx, v)?;
    let len = length(&state);
    if is_index(cx, key) {
        if new.is_empty() {
            return Err(cx.type_error("Blob doesn't support item deletion"));
        }
        let at = index(cx, key, len)?;
        if !int::is_sub(cx, new) {
            let name = types::type_name(cx, new);
            return Err(cx.type_error(format!("'{name}' object cannot be interpreted as an integer")));
        }
        let n = protocol::index_value(cx, new)?;
        let Some(byte) = int::to_i64(n).and_then(|n| u8::try_from(n).ok()) else {
            return Err(cx.value_error("byte must be in range(0, 256)"));
        };
        return write(cx, &state, at, &[byte]);
    }
    if Slice::of(key).is_none() {
        return Err(cx.type_error("Blob indices must be integers"));
    }
    if new.is_empty() {
        return Err(cx.type_error("Blob doesn't support slice deletion"));
    }
    let Some((start, step, count)) = slice_of(cx, key, len)? else { return Ok(()) };
    let data = protocol::to_bytes(cx, new)?;
    if data.len() != count {
        return Err(cx.raise(Exc::IndexError, "Blob slice assignment is wrong size"));
    }
    if count == 0 {
        return Ok(());
    }
    forward(cx, step)?;
    if step == 1 {
        return write(cx, &state, start, &data);
    }
    let mut whole = read(cx, &state, start, (count - 1) * step + 1)?;
    for (old, byte) in whole.iter_mut().step_by(step).zip(data) {
        *old = byte;
    }
    write(cx, &state, start, &whole)
}
