//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`, `BufferedRWPair`.
//!
//! Native slot 1 holds the raw stream, slot 2 the payload. A `FileIO` below is read and written directly; other raw streams
//! through their methods.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use engine::objects::{Bytes, Obj};
use engine::prelude::*;
use engine::protocol::{self, buffer};
use proto_core::memory;
use proto_core::sync::Latch;
use proto_core::sync::{AtomicBool, Ordering};

use crate::base::{self, BUFFERED_IO_BASE, NATIVE};
use crate::fileio;
use crate::lock::StreamLock;
use crate::os;
use crate::streams::{self, attr, call, is_closed, obj, unsupported};

/// `io.DEFAULT_BUFFER_SIZE`.
pub const DEFAULT_SIZE: usize = 128 * 1024;

const RAW: usize = NATIVE;
const STATE: usize = NATIVE + 1;

/// What is on its way to or from the raw stream.
#[derive(Default)]
struct Buffers {
    /// Read ahead; `read[at..]` has not been delivered yet.
    read: Vec<u8>,
    at: usize,
    /// Written but not passed on yet.
    write: Vec<u8>,
}

/// The payload.
pub struct State {
    lock: StreamLock,
    buffers: Latch<Buffers>,
    size: usize,
    /// Whether the raw stream is exactly a `FileIO`.
    direct: bool,
    /// Its state, if it is of a regular file: then `dirty` remembers what has not been written yet.
    file: Option<Arc<fileio::State>>,
    /// Whether `dirty` knows of this writer.
    pub listed: AtomicBool,
    finalizing: AtomicBool,
}

impl State {
    /// Writes what waits, as far as the system takes it without an error; false while another thread, or this one, works on the
    /// stream. Errors are left for the stream's own next flush.
    pub fn flush_file(&self, cx: &mut Ctx) -> bool {
        let Some(file) = &self.file else { return true };
        let Some(_held) = self.lock.try_lock() else { return false };
        loop {
            let fd = file.fd();
            let data = std::mem::take(&mut self.buffers.lock().write);
            if fd < 0 || data.is_empty() {
                return true;
            }
            let written = cx.blocking(|| os::write(fd, &data));
            let mut b = self.buffers.lock();
            // Nobody else adds to it while the lock is held.
            match written {
                Ok(n) => b.write.extend_from_slice(&data[n..]),
                Err(_) => b.write = data,
            }
            if !matches!(written, Ok(n) if n > 0) {
                return true;
            }
        }
    }
}

macro_rules! stream {
    ($name:ident, $python:literal, $doc:literal, $init:ident, [$($method:expr),* $(,)?]) => {
        pub static $name: TypeDef = TypeDef {
            doc: $doc,
            bases: &[BaseRef::Def(&BUFFERED_IO_BASE)],
            flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT),
            nnative: 2,
            init: Some(NativeDef::new("__init__", "($self, /, raw, buffer_size=DEFAULT_BUFFER_SIZE)", $init, "Initialize self.").hide_sig()),
            slots: Slots { repr: Some(repr), ..Slots::NONE },
            methods: &[
                crate::base::NO_STATE,
                NativeDef::new("_dealloc_warn", "($self, source, /)", |cx, args| Ok(dealloc_warn(cx, args[0], args[1])), ""),
                NativeDef::new("flush", "($self, /)", flush, ""),
                NativeDef::new("close", "($self, /)", close, ""),
                NativeDef::new("detach", "($self, /)", detach, ""),
                NativeDef::new("seekable", "($self, /)", |cx, args| delegate(cx, args, "seekable"), ""),
                NativeDef::new("readable", "($self, /)", |cx, args| delegate(cx, args, "readable"), ""),
                NativeDef::new("writable", "($self, /)", |cx, args| delegate(cx, args, "writable"), ""),
                NativeDef::new("fileno", "($self, /)", |cx, args| delegate(cx, args, "fileno"), ""),
                NativeDef::new("isatty", "($self, /)", |cx, args| delegate(cx, args, "isatty"), ""),
                NativeDef::new("seek", "($self, target, whence=0, /)", seek, ""),
                NativeDef::new("tell", "($self, /)", tell, ""),
                NativeDef::new("truncate", "($self, pos=None, /)", truncate, ""),
                $($method),*
            ],
            getsets: &[
                GetSet::ro("closed", |cx, v| {
                    let raw = raw(cx, v)?;
                    attr(cx, raw, "closed")
                }, ""),
                GetSet::ro("name", |cx, v| {
                    let raw = raw(cx, v)?;
                    attr(cx, raw, "name")
                }, ""),
                GetSet::ro("mode", |cx, v| {
                    let raw = raw(cx, v)?;
                    attr(cx, raw, "mode")
                }, ""),
                GetSet::ro("raw", raw, ""),
                GetSet::rw(
                    "_finalizing",
                    |cx, v| Ok(Value::bool(state(cx, v)?.finalizing.load(Ordering::Relaxed))),
                    |cx, v, new| {
                        let on = base::finalizing(cx, new)?;
                        state(cx, v)?.finalizing.store(on, Ordering::Relaxed);
                        Ok(())
                    },
                    "",
                ),
            ],
            ..TypeDef::new("_io", $python)
        };
    };
}

stream!(
    BUFFERED_READER,
    "BufferedReader",
    "Create a new buffered reader using the given readable raw IO object.",
    init_reader,
    [
        NativeDef::new("read", "($self, size=-1, /)", read, ""),
        NativeDef::new("read1", "($self, size=-1, /)", read1, ""),
        NativeDef::new("peek", "($self, size=0, /)", peek, ""),
        NativeDef::new("readline", "($self, size=-1, /)", readline, ""),
        NativeDef::new("readinto", "($self, buffer, /)", |cx, args| base::readinto(cx, args, "read"), ""),
        NativeDef::new("readinto1", "($self, buffer, /)", |cx, args| base::readinto(cx, args, "read1"), ""),
    ]
);
stream!(
    BUFFERED_WRITER,
    "BufferedWriter",
    "A buffer for a writeable sequential RawIO object.\n\nThe constructor creates a BufferedWriter for the given writeable raw\nstream. If the buffer_size is not given, it defaults to\nDEFAULT_BUFFER_SIZE.",
    init_writer,
    [NativeDef::new("write", "($self, buffer, /)", write, "").leaf(write_leaf),]
);
stream!(
    BUFFERED_RANDOM,
    "BufferedRandom",
    "A buffered interface to random access streams.\n\nThe constructor creates a reader and writer for a seekable stream,\nraw, given in the first argument. If the buffer_size is omitted it\ndefaults to DEFAULT_BUFFER_SIZE.",
    init_random,
    [
        NativeDef::new("read", "($self, size=-1, /)", read, ""),
        NativeDef::new("read1", "($self, size=-1, /)", read1, ""),
        NativeDef::new("peek", "($self, size=0, /)", peek, ""),
        NativeDef::new("readline", "($self, size=-1, /)", readline, ""),
        NativeDef::new("readinto", "($self, buffer, /)", |cx, args| base::readinto(cx, args, "read"), ""),
        NativeDef::new("readinto1", "($self, buffer, /)", |cx, args| base::readinto(cx, args, "read1"), ""),
        NativeDef::new("write", "($self, buffer, /)", write, ""),
    ]
);

fn state(cx: &mut Ctx, v: Value) -> Res<Arc<State>> {
    let found = Obj::of(v).and_then(|o| o.payload::<Arc<State>>(cx, STATE)).cloned();
    match found {
        Some(s) => Ok(s),
        None => Err(cx.value_error("I/O operation on uninitialized object")),
    }
}

pub fn raw(cx: &mut Ctx, v: Value) -> PyResult {
    match obj(cx, v)?.slot(cx, RAW) {
        Value::EMPTY => Err(cx.value_error("I/O operation on uninitialized object")),
        Value::NONE => Err(cx.value_error("raw stream has been detached")),
        raw => Ok(raw),
    }
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let size = args.index_or(cx, 2, DEFAULT_SIZE as i64)?;
    if size <= 0 {
        return Err(cx.value_error("buffer size must be strictly positive"));
    }
    cx.make_room(size as usize)?;
    let o = obj(cx, args[0])?;
    let direct = types::type_of(cx, args[1]) == cx.type_of_def(&fileio::FILE_IO);
    o.set_slot(cx, RAW, args[1]);
    let again = o.slot(cx, STATE) != Value::EMPTY;
    let file = if direct { fileio::shared_state(cx, args[1]).filter(|f| f.regular) } else { None };
    let state = State {
        lock: StreamLock::new(),
        buffers: Latch::default(),
        size: size as usize,
        direct,
        file,
        listed: AtomicBool::new(false),
        finalizing: AtomicBool::new(false),
    };
    o.set_payload(cx, STATE, Arc::new(state));
    if again {
        base::reopened(cx, args[0]);
    }
    Ok(Value::NONE)
}

fn require(cx: &mut Ctx, raw: Value, method: &str, text: &str) -> Res<()> {
    let verdict = call(cx, raw, method, &[])?;
    if protocol::truth(cx, verdict)? { Ok(()) } else { Err(unsupported(cx, text)) }
}

fn init_reader(cx: &mut Ctx, args: Args) -> PyResult {
    require(cx, args[1], "readable", "File or stream is not readable.")?;
    init(cx, args)
}

fn init_writer(cx: &mut Ctx, args: Args) -> PyResult {
    require(cx, args[1], "writable", "File or stream is not writable.")?;
    init(cx, args)
}

fn init_random(cx: &mut Ctx, args: Args) -> PyResult {
    require(cx, args[1], "seekable", "File or stream is not seekable.")?;
    require(cx, args[1], "readable", "File or stream is not readable.")?;
    require(cx, args[1], "writable", "File or stream is not writable.")?;
    init(cx, args)
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    streams::guarded_repr(cx, v, |cx| shown(cx, v))
}

fn shown(cx: &mut Ctx, v: Value) -> PyResult {
    let name = streams::shown_type(cx, v);
    match streams::name_or_none(cx, v) {
        Some(file) => {
            let shown = protocol::repr(cx, file)?;
            let shown = protocol::text(cx, shown);
            Ok(Str::new(cx, &format!("<{name} name={shown}>")))
        }
        None => Ok(Str::new(cx, &format!("<{name}>"))),
    }
}

fn delegate(cx: &mut Ctx, args: Args, method: &str) -> PyResult {
    let raw = raw(cx, args[0])?;
    call(cx, raw, method, &[])
}

fn check_open(cx: &mut Ctx, v: Value, what: &str) -> PyResult {
    let raw = raw(cx, v)?;
    if is_closed(cx, raw)? {
        return Err(cx.value_error(format!("{what} closed file")));
    }
    Ok(raw)
}

/// Reads up to `buf.len()` bytes from the raw stream; None when it would block.
fn raw_read(cx: &mut Ctx, s: &State, raw: Value, buf: &mut [u8]) -> Res<Option<usize>> {
    if s.direct {
        return fileio::read_some(cx, raw, buf);
    }
    let bytearray = base::builtin(cx, "bytearray")?;
    let size = int::from_usize(cx, buf.len());
    let into = protocol::call(cx, bytearray, &[size])?;
    let got = call(cx, raw, "readinto", &[into])?;
    if got == Value::NONE {
        return Ok(None);
    }
    let n = streams::int_of(cx, got)?;
    if n < 0 || n as usize > buf.len() {
        return Err(cx.raise(
            Exc::OSError,
            format!("raw readinto() returned invalid length {n} (should have been between 0 and {})", buf.len()),
        ));
    }
    let data = buffer::to_bytes(cx, into)?;
    buf[..n as usize].copy_from_slice(&data[..n as usize]);
    Ok(Some(n as usize))
}

fn raw_write(cx: &mut Ctx, s: &State, raw: Value, data: &[u8]) -> Res<Option<usize>> {
    if s.direct {
        return fileio::write_some(cx, raw, data);
    }
    let bytes = Bytes::wish(cx, data)?;
    let got = call(cx, raw, "write", &[bytes])?;
    if got == Value::NONE {
        return Ok(None);
    }
    let n = streams::int_of(cx, got)?;
    if n < 0 || n as usize > data.len() {
        return Err(cx.raise(
            Exc::OSError,
            format!("raw write() returned invalid length {n} (should have been between 0 and {})", data.len()),
        ));
    }
    Ok(Some(n as usize))
}

/// Passes on what was written; the lock is held.
fn flush_held(cx: &mut Ctx, s: &State, raw: Value) -> Res<()> {
    rewind_held(cx, s, raw)?;
    loop {
        let data = std::mem::take(&mut s.buffers.lock().write);
        if data.is_empty() {
            return Ok(());
        }
        let mut at = 0;
        while at < data.len() {
            let mut step = raw_write(cx, s, raw, &data[at..]);
            if let Ok(Some(n)) = step {
                at += n;
                // A partial write may have been cut short by a signal: its handler runs before the next one waits.
                step = if at < data.len() { cx.poll().map(|()| Some(n)) } else { Ok(Some(n)) };
            }
            match step {
                Ok(Some(_)) => {}
                other => {
                    // What could not be written stays in front of what came meanwhile.
                    let mut b = s.buffers.lock();
                    let mut rest = data[at..].to_vec();
                    rest.append(&mut b.write);
                    b.write = rest;
                    drop(b);
                    other?;
                    let args = [
                        Value::small(libc::EAGAIN),
                        Str::new(cx, "write could not complete without blocking"),
                        Value::small(0),
                    ];
                    return Err(cx.raise_args(Exc::BlockingIOError, &args));
                }
            }
        }
    }
}

/// Gives up what was read ahead: the raw position moves back to where the reader is.
fn rewind_held(cx: &mut Ctx, s: &State, raw: Value) -> Res<()> {
    let ahead = {
        let mut b = s.buffers.lock();
        let ahead = b.read.len() - b.at;
        b.read.clear();
        b.at = 0;
        ahead
    };
    // Streams that cannot seek simply lose it only when they also write, which sockets keep apart.
    if ahead > 0 {
        let back = int::from_i64(cx, -(ahead as i64));
        call(cx, raw, "seek", &[back, Value::small(1)])?;
    }
    Ok(())
}

/// Whether another thread works on the stream at the end of the program, still so after CPython's second of patience, which all
/// streams share: a daemon thread may stay in a read or write for ever.
pub fn stays_taken(cx: &mut Ctx, v: Value) -> bool {
    const PATIENCE: Duration = Duration::from_secs(1);
    const LOOK: Duration = Duration::from_millis(10);
    static DEADLINE: OnceLock<Instant> = OnceLock::new();
    let Some(s) = Obj::of(v).and_then(|o| o.payload::<Arc<State>>(cx, STATE)).cloned() else { return false };
    while s.lock.try_lock().is_none() {
        if Instant::now() >= *DEADLINE.get_or_init(|| Instant::now() + PATIENCE) {
            return true;
        }
        cx.blocking(|| std::thread::sleep(LOOK));
    }
    false
}

fn flush(cx: &mut Ctx, args: Args) -> PyResult {
    let raw = check_open(cx, args[0], "flush of")?;
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    let pending = !s.buffers.lock().write.is_empty();
    if pending {
        flush_held(cx, &s, raw)?;
    }
    if !s.direct {
        call(cx, raw, "flush", &[])?;
    }
    Ok(Value::NONE)
}

fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    let raw = o.slot(cx, RAW);
    if raw == Value::EMPTY || raw == Value::NONE {
        return Ok(Value::NONE);
    }
    if is_closed(cx, raw)? {
        return Ok(Value::NONE);
    }
    if state(cx, args[0]).is_ok_and(|s| s.finalizing.load(Ordering::Relaxed)) {
        dealloc_warn(cx, args[0], args[0]);
    }
    let flushed = call(cx, args[0], "flush", &[]);
    for def in [&BUFFERED_READER, &BUFFERED_WRITER, &BUFFERED_RANDOM] {
        base::closed(cx, args[0], def);
    }
    match flushed {
        Ok(_) => call(cx, raw, "close", &[]),
        Err(r) => {
            let exc = cx.take(r);
            match call(cx, raw, "close", &[]) {
                Ok(_) => Err(cx.restore(exc)),
                Err(second) => Err(streams::after(cx, second, exc)),
            }
        }
    }
}

/// Passes on that nobody closed the stream; what the raw stream says of that is its own affair.
fn dealloc_warn(cx: &mut Ctx, v: Value, source: Value) -> Value {
    if let Ok(raw) = raw(cx, v)
        && let Err(r) = call(cx, raw, "_dealloc_warn", &[source])
    {
        cx.clear(r);
    }
    Value::NONE
}

fn detach(cx: &mut Ctx, args: Args) -> PyResult {
    call(cx, args[0], "flush", &[])?;
    let raw = raw(cx, args[0])?;
    obj(cx, args[0])?.set_slot(cx, RAW, Value::NONE);
    Ok(raw)
}

fn seek(cx: &mut Ctx, args: Args) -> PyResult {
    let raw = check_open(cx, args[0], "seek of")?;
    let mut target = args.index(cx, 1)?;
    let whence = args.index_or(cx, 2, 0)?;
    if !(0..=4).contains(&whence) {
        return Err(cx.value_error(format!("whence value {whence} unsupported")));
    }
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    if !s.buffers.lock().write.is_empty() {
        flush_held(cx, &s, raw)?;
    }
    {
        let mut b = s.buffers.lock();
        let ahead = (b.read.len() - b.at) as i64;
        if whence == 1 {
            target -= ahead;
        }
        b.read.clear();
        b.at = 0;
    }
    let target = int::from_i64(cx, target);
    call(cx, raw, "seek", &[target, Value::small(whence as i32)])
}

fn tell(cx: &mut Ctx, args: Args) -> PyResult {
    let raw = check_open(cx, args[0], "tell of")?;
    let s = state(cx, args[0])?;
    let pos = call(cx, raw, "tell", &[])?;
    let pos = streams::int_of(cx, pos)?;
    let b = s.buffers.lock();
    let here = pos - (b.read.len() - b.at) as i64 + b.write.len() as i64;
    drop(b);
    Ok(int::from_i64(cx, here))
}

fn truncate(cx: &mut Ctx, args: Args) -> PyResult {
    let raw = check_open(cx, args[0], "truncate of")?;
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    if !s.buffers.lock().write.is_empty() {
        flush_held(cx, &s, raw)?;
    }
    rewind_held(cx, &s, raw)?;
    let size = args.or(1, Value::NONE);
    call(cx, raw, "truncate", &[size])
}

/// Takes up to `n` bytes of what was read ahead.
fn take(s: &State, n: usize) -> Vec<u8> {
    let mut b = s.buffers.lock();
    let end = (b.at + n).min(b.read.len());
    let out = b.read[b.at..end].to_vec();
    b.at = end;
    if b.at == b.read.len() {
        b.read.clear();
        b.at = 0;
    }
    out
}

/// Reads one more block ahead; how many bytes came, None when it would block.
fn fill(cx: &mut Ctx, s: &State, raw: Value) -> Res<Option<usize>> {
    let mut block = cx.zeros(s.size)?;
    let got = raw_read(cx, s, raw, &mut block)?;
    if let Some(n) = got {
        let mut b = s.buffers.lock();
        let at = b.at;
        b.read.drain(..at);
        b.at = 0;
        if !memory::grows(&mut b.read, n) {
            drop(b);
            return Err(cx.memory_error());
        }
        b.read.extend_from_slice(&block[..n]);
    }
    Ok(got)
}

fn before_read(cx: &mut Ctx, s: &State, raw: Value) -> Res<()> {
    if s.buffers.lock().write.is_empty() { Ok(()) } else { flush_held(cx, s, raw) }
}

/// Bytes that are asked of a raw stream at once before it has given as many.
const LARGEST_WISH: usize = 1 << 20;

fn read(cx: &mut Ctx, args: Args) -> PyResult {
    let n = streams::size(cx, args.get(1))?;
    if n < -1 {
        return Err(cx.value_error("read length must be non-negative or -1"));
    }
    let raw = check_open(cx, args[0], "read of")?;
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    before_read(cx, &s, raw)?;
    let mut out = take(&s, if n < 0 { usize::MAX >> 1 } else { n as usize });
    if n < 0 {
        let rest = if s.direct {
            fileio::read_to_end(cx, raw)?
        } else {
            // Raw streams that only read piecewise are read to the end by `read`.
            let rest = match streams::attr_opt(cx, raw, "readall")? {
                Some(f) => protocol::call(cx, f, &[])?,
                None => call(cx, raw, "read", &[])?,
            };
            if rest == Value::NONE { None } else { Some(buffer::to_bytes(cx, rest)?) }
        };
        return match rest {
            Some(rest) => {
                cx.reserve(&mut out, rest.len())?;
                out.extend_from_slice(&rest);
                Bytes::wish(cx, &out)
            }
            None if out.is_empty() => Ok(Value::NONE),
            None => Bytes::wish(cx, &out),
        };
    }
    while out.len() < n as usize {
        let missing = n as usize - out.len();
        // Large rests go past the buffer, in blocks that grow with what came: a size is only a wish.
        let got = if missing >= s.size {
            let mut block = cx.zeros(missing.min(out.len().max(LARGEST_WISH).max(s.size)))?;
            cx.reserve(&mut out, block.len())?;
            let got = raw_read(cx, &s, raw, &mut block)?;
            out.extend_from_slice(&block[..got.unwrap_or(0)]);
            got
        } else {
            let got = fill(cx, &s, raw)?;
            cx.reserve(&mut out, missing)?;
            out.extend(take(&s, missing));
            got
        };
        match got {
            Some(0) => break,
            Some(_) => {}
            None if out.is_empty() => return Ok(Value::NONE),
            None => break,
        }
    }
    Bytes::wish(cx, &out)
}

fn read1(cx: &mut Ctx, args: Args) -> PyResult {
    let n = streams::size(cx, args.get(1))?;
    let raw = check_open(cx, args[0], "read of")?;
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    before_read(cx, &s, raw)?;
    let n = if n < 0 { s.size } else { n as usize };
    let mut out = take(&s, n);
    if out.is_empty() && n > 0 {
        fill(cx, &s, raw)?;
        out = take(&s, n);
    }
    Bytes::wish(cx, &out)
}

fn peek(cx: &mut Ctx, args: Args) -> PyResult {
    let raw = check_open(cx, args[0], "peek of")?;
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    before_read(cx, &s, raw)?;
    if s.buffers.lock().read.is_empty() {
        fill(cx, &s, raw)?;
    }
    let ahead = {
        let b = s.buffers.lock();
        b.read[b.at..].to_vec()
    };
    Bytes::wish(cx, &ahead)
}

fn readline(cx: &mut Ctx, args: Args) -> PyResult {
    let limit = streams::size(cx, args.get(1))?;
    let raw = check_open(cx, args[0], "readline of")?;
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    before_read(cx, &s, raw)?;
    let mut line = Vec::new();
    loop {
        let room = if limit < 0 { usize::MAX >> 1 } else { limit as usize - line.len() };
        let n = {
            let b = s.buffers.lock();
            let ahead = &b.read[b.at..];
            pytext::search::find(ahead, b"\n").map_or(ahead.len(), |i| i + 1).min(room)
        };
        cx.reserve(&mut line, n)?;
        line.extend(take(&s, n));
        if line.last() == Some(&b'\n') || (limit >= 0 && line.len() >= limit as usize) {
            break;
        }
        match fill(cx, &s, raw)? {
            Some(0) | None => break,
            Some(_) => {}
        }
    }
    Bytes::wish(cx, &line)
}

fn write(cx: &mut Ctx, args: Args) -> PyResult {
    if Str::of_sub(cx, args[1]).is_some() {
        return Err(cx.type_error("a bytes-like object is required, not 'str'"));
    }
    let data = buffer::to_bytes(cx, args[1])?;
    write_bytes(cx, args[0], &data)?;
    Ok(int::from_usize(cx, data.len()))
}

/// Whether `v` is exactly one of the writers here, whose `write` a text stream may bypass.
pub fn is_plain_writer(cx: &mut Ctx, v: Value) -> bool {
    let ty = types::type_of(cx, v);
    ty == cx.type_of_def(&BUFFERED_WRITER) || ty == cx.type_of_def(&BUFFERED_RANDOM)
}

/// Whether `v` is exactly one of the types here.
pub fn is_native(cx: &mut Ctx, v: Value) -> bool {
    is_plain_writer(cx, v) || types::type_of(cx, v) == cx.type_of_def(&BUFFERED_READER)
}

/// Buffers `data`, passing the buffer on when it is full.
pub fn write_bytes(cx: &mut Ctx, v: Value, data: &[u8]) -> Res<()> {
    let raw = check_open(cx, v, "write to")?;
    let s = state(cx, v)?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    if !s.buffers.lock().read.is_empty() {
        rewind_held(cx, &s, raw)?;
    }
    let full = {
        let mut b = s.buffers.lock();
        // A few bytes are no wish: who handles a MemoryError may say so.
        if data.len() >= memory::LARGE && !memory::grows(&mut b.write, data.len()) {
            drop(b);
            return Err(cx.memory_error());
        }
        b.write.extend_from_slice(data);
        b.write.len() > s.size
    };
    if full {
        return flush_held(cx, &s, raw);
    }
    if s.file.is_some() {
        crate::dirty::note(&s);
    }
    Ok(())
}

/// Buffers `data` where that takes nothing else: `v` is exactly a `BufferedWriter` over an open `FileIO` at which nobody works, and has room.
pub fn append(cx: &Ctx, v: Value, data: &[u8]) -> Option<()> {
    let o = Obj::of(v).filter(|_| cx.is_exactly(v, &BUFFERED_WRITER))?;
    let s = o.payload::<Arc<State>>(cx, STATE).filter(|s| s.direct)?;
    if fileio::fd(cx, o.slot(cx, RAW)) < 0 {
        return None;
    }
    let mut b = s.buffers.lock();
    // Who passes the buffer on takes that lock first and the buffers then: it is seen here, or it will see what is added here.
    if s.lock.is_held() || b.write.len() + data.len() > s.size.min(b.write.capacity()) {
        return None;
    }
    b.write.extend_from_slice(data);
    drop(b);
    if s.file.is_some() {
        crate::dirty::note(s);
    }
    Some(())
}

/// The quick form of `write`.
fn write_leaf(cx: &Ctx, args: &[Value]) -> Value {
    let [v, data] = *args else { return Value::EMPTY };
    let Some(data) = Bytes::of(data) else { return Value::EMPTY };
    append(cx, v, data.as_slice()).map_or(Value::EMPTY, |()| int::from_usize(cx, data.len()))
}

/// `BufferedRWPair`: native slot 1 the reader, slot 2 the writer.
pub static BUFFERED_RW_PAIR: TypeDef = TypeDef {
    doc: "A buffered reader and writer object together.\n\nA buffered reader object and buffered writer object put together to\nform a sequential IO object that can read and write. This is typically\nused with a socket or two-way pipe.",
    bases: &[BaseRef::Def(&BUFFERED_IO_BASE)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT),
    nnative: 2,
    init: Some(
        NativeDef::new(
            "__init__",
            "($self, reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
            pair_init,
            "Initialize self.",
        )
        .hide_sig(),
    ),
    methods: &[
        NativeDef::new("read", "($self, *args)", |cx, args| pair_call(cx, args, 0, "read"), ""),
        NativeDef::new("read1", "($self, *args)", |cx, args| pair_call(cx, args, 0, "read1"), ""),
        NativeDef::new("peek", "($self, *args)", |cx, args| pair_call(cx, args, 0, "peek"), ""),
        NativeDef::new("readinto", "($self, *args)", |cx, args| pair_call(cx, args, 0, "readinto"), ""),
        NativeDef::new("readinto1", "($self, *args)", |cx, args| pair_call(cx, args, 0, "readinto1"), ""),
        NativeDef::new("readable", "($self, *args)", |cx, args| pair_call(cx, args, 0, "readable"), ""),
        NativeDef::new("write", "($self, *args)", |cx, args| pair_call(cx, args, 1, "write"), ""),
        NativeDef::new("flush", "($self, *args)", |cx, args| pair_call(cx, args, 1, "flush"), ""),
        NativeDef::new("writable", "($self, *args)", |cx, args| pair_call(cx, args, 1, "writable"), ""),
        NativeDef::new("close", "($self, /)", pair_close, ""),
        NativeDef::new("isatty", "($self, /)", pair_isatty, ""),
    ],
    getsets: &[GetSet::ro(
        "closed",
        |cx, v| {
            let writer = obj(cx, v)?.slot(cx, RAW + 1);
            attr(cx, writer, "closed")
        },
        "",
    )],
    ..TypeDef::new("_io", "BufferedRWPair")
};

fn pair_init(cx: &mut Ctx, args: Args) -> PyResult {
    require(cx, args[1], "readable", "File or stream is not readable.")?;
    require(cx, args[2], "writable", "File or stream is not writable.")?;
    let size = args.index_or(cx, 3, DEFAULT_SIZE as i64)?;
    let size = int::from_i64(cx, size);
    let (reader, writer) = (cx.type_of_def(&BUFFERED_READER).value(), cx.type_of_def(&BUFFERED_WRITER).value());
    let reader = protocol::call(cx, reader, &[args[1], size])?;
    let writer = protocol::call(cx, writer, &[args[2], size])?;
    let o = obj(cx, args[0])?;
    o.set_slot(cx, RAW, reader);
    o.set_slot(cx, RAW + 1, writer);
    Ok(Value::NONE)
}

fn pair_call(cx: &mut Ctx, args: Args, side: usize, method: &str) -> PyResult {
    let target = obj(cx, args[0])?.slot(cx, RAW + side);
    let f = attr(cx, target, method)?;
    protocol::call_ex(cx, f, args[1], Value::EMPTY)
}

fn pair_close(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    let (reader, writer) = (o.slot(cx, RAW), o.slot(cx, RAW + 1));
    let done = call(cx, writer, "close", &[]);
    call(cx, reader, "close", &[])?;
    done
}

fn pair_isatty(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    for side in [RAW + 1, RAW] {
        let s = o.slot(cx, side);
        let tty = call(cx, s, "isatty", &[])?;
        if tty != Value::FALSE {
            return Ok(tty);
        }
    }
    Ok(Value::FALSE)
}
