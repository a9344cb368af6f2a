//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`, `BufferedRWPair`.
//!
//! Native slot 1 holds the raw stream, slot 2 the payload. A `FileIO` below is read and written directly; other raw streams
//! through their methods.

mod lines;

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
    /// Whether it is of a kind that reads, and of one that writes.
    reads: bool,
    writes: bool,
    /// Whether the raw stream is exactly a `FileIO`.
    direct: bool,
    /// Its state, if it is of a regular file: then `dirty` writes what waits when somebody looks.
    file: Option<Arc<fileio::State>>,
    /// Whether `dirty` knows of this writer.
    pub listed: AtomicBool,
    finalizing: AtomicBool,
}

impl State {
    /// Whether it is of a regular file.
    pub fn is_of_file(&self) -> bool {
        self.file.is_some()
    }

    /// Whether something waits to be written.
    pub fn holds_something(&self) -> bool {
        !self.buffers.lock().write.is_empty()
    }

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
            init: Some(NativeDef::new("__init__", "($self, /, raw, buffer_size=DEFAULT_BUFFER_SIZE)", $init, "Initialize self.")),
            slots: Slots { repr: Some(repr), next: Some(lines::next), ..Slots::NONE },
            methods: &[
                crate::base::NO_STATE,
                NativeDef::new("_dealloc_warn", "($self, source, /)", |cx, args| Ok(dealloc_warn(cx, args[0], args[1])), ""),
                NativeDef::new("close", "($self, /)", close, ""),
                NativeDef::new("detach", "($self, /)", detach, ""),
                NativeDef::new("seekable", "($self, /)", |cx, args| delegate(cx, args, "seekable"), ""),
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
        NativeDef::new("flush", "($self, /)", |cx, args| delegate(cx, args, "flush"), ""),
        NativeDef::new("readable", "($self, /)", |cx, args| delegate(cx, args, "readable"), ""),
        NativeDef::new("read", "($self, size=-1, /)", read, ""),
        NativeDef::new("read1", "($self, size=-1, /)", read1, ""),
        NativeDef::new("peek", "($self, size=0, /)", peek, ""),
        NativeDef::new("readline", "($self, size=-1, /)", lines::readline, ""),
        NativeDef::new("readinto", "($self, buffer, /)", |cx, args| readinto(cx, args, false), ""),
        NativeDef::new("readinto1", "($self, buffer, /)", |cx, args| readinto(cx, args, true), ""),
    ]
);
stream!(
    BUFFERED_WRITER,
    "BufferedWriter",
    "A buffer for a writeable sequential RawIO object.\n\nThe constructor creates a BufferedWriter for the given writeable raw\nstream. If the buffer_size is not given, it defaults to\nDEFAULT_BUFFER_SIZE.",
    init_writer,
    [
        NativeDef::new("flush", "($self, /)", flush, ""),
        NativeDef::new("writable", "($self, /)", |cx, args| delegate(cx, args, "writable"), ""),
        NativeDef::new("write", "($self, buffer, /)", write, "").leaf(write_leaf),
    ]
);
stream!(
    BUFFERED_RANDOM,
    "BufferedRandom",
    "A buffered interface to random access streams.\n\nThe constructor creates a reader and writer for a seekable stream,\nraw, given in the first argument. If the buffer_size is omitted it\ndefaults to DEFAULT_BUFFER_SIZE.",
    init_random,
    [
        NativeDef::new("flush", "($self, /)", flush, ""),
        NativeDef::new("readable", "($self, /)", |cx, args| delegate(cx, args, "readable"), ""),
        NativeDef::new("writable", "($self, /)", |cx, args| delegate(cx, args, "writable"), ""),
        NativeDef::new("read", "($self, size=-1, /)", read, ""),
        NativeDef::new("read1", "($self, size=-1, /)", read1, ""),
        NativeDef::new("peek", "($self, size=0, /)", peek, ""),
        NativeDef::new("readline", "($self, size=-1, /)", lines::readline, ""),
        NativeDef::new("readinto", "($self, buffer, /)", |cx, args| readinto(cx, args, false), ""),
        NativeDef::new("readinto1", "($self, buffer, /)", |cx, args| readinto(cx, args, true), ""),
        NativeDef::new("write", "($self, buffer, /)", write, ""),
    ]
);

/// The state of exactly a buffered writer.
pub fn known_state(cx: &Ctx, v: Value) -> Option<Arc<State>> {
    let o = Obj::of(v).filter(|_| cx.is_exactly(v, &BUFFERED_WRITER))?;
    o.payload::<Arc<State>>(cx, STATE).cloned()
}

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

/// Checks the raw stream, and only then makes a stream of the object: one whose initialization failed is none.
fn init(cx: &mut Ctx, args: Args, [reads, writes]: [bool; 2]) -> PyResult {
    let o = obj(cx, args[0])?;
    let again = o.slot(cx, STATE) != Value::EMPTY;
    o.set_slot(cx, STATE, Value::EMPTY);
    if reads && writes {
        require(cx, args[1], "seekable", "File or stream is not seekable.")?;
    }
    if reads {
        require(cx, args[1], "readable", "File or stream is not readable.")?;
    }
    if writes {
        require(cx, args[1], "writable", "File or stream is not writable.")?;
    }
    let size = args.index_or(cx, 2, DEFAULT_SIZE as i64)?;
    if size <= 0 {
        return Err(cx.value_error("buffer size must be strictly positive"));
    }
    cx.make_room(size as usize)?;
    let direct = types::type_of(cx, args[1]) == cx.type_of_def(&fileio::FILE_IO);
    o.set_slot(cx, RAW, args[1]);
    let file = if direct { fileio::shared_state(cx, args[1]).filter(|f| f.regular) } else { None };
    let state = State {
        lock: StreamLock::new(),
        buffers: Latch::default(),
        size: size as usize,
        reads,
        writes,
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
    init(cx, args, [true, false])
}

fn init_writer(cx: &mut Ctx, args: Args) -> PyResult {
    init(cx, args, [false, true])
}

fn init_random(cx: &mut Ctx, args: Args) -> PyResult {
    init(cx, args, [true, true])
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
            Ok(Str::from_text(cx, &format!("<{name} name={shown}>")))
        }
        None => Ok(Str::from_text(cx, &format!("<{name}>"))),
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
    let n = match streams::int_of(cx, got) {
        Ok(n) => n,
        Err(r) => return Err(streams::os_error_from(cx, "raw readinto() failed", r)),
    };
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
    let n = match streams::int_of(cx, got) {
        Ok(n) => n,
        Err(r) => {
            cx.clear(r);
            -1
        }
    };
    if n < 0 || n as usize > data.len() {
        return Err(cx.raise(
            Exc::OSError,
            format!("raw write() returned invalid length {n} (should have been between 0 and {})", data.len()),
        ));
    }
    Ok(Some(n as usize))
}

/// `BlockingIOError`: the raw stream takes no more now, and this much was taken by the buffer.
fn would_block(cx: &mut Ctx, written: usize) -> Raised {
    let class = cx.types.exc(Exc::BlockingIOError).value();
    let text = Str::new(cx, "write could not complete without blocking");
    let args = [Value::small(libc::EAGAIN), text, int::from_usize(cx, written)];
    cx.raise_call(class, &args)
}

/// The position of the raw stream.
fn raw_tell(cx: &mut Ctx, raw: Value) -> Res<i64> {
    let at = call(cx, raw, "tell", &[])?;
    raw_position(cx, at)
}

fn raw_seek(cx: &mut Ctx, raw: Value, target: i64, whence: i64) -> Res<i64> {
    let (target, whence) = (int::from_i64(cx, target), int::from_i64(cx, whence));
    let at = call(cx, raw, "seek", &[target, whence])?;
    raw_position(cx, at)
}

/// What the raw stream says where it is.
fn raw_position(cx: &mut Ctx, at: Value) -> Res<i64> {
    match streams::int_of(cx, at)? {
        at if at < 0 => Err(cx.raise(Exc::OSError, format!("Raw stream returned invalid position {at}"))),
        at => Ok(at),
    }
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
                    return Err(would_block(cx, 0));
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
        raw_seek(cx, raw, -(ahead as i64), 1)?;
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

/// Of the kinds that write; a reader's goes to the raw stream.
fn flush(cx: &mut Ctx, args: Args) -> PyResult {
    let raw = check_open(cx, args[0], "flush of")?;
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    flush_held(cx, &s, raw)?;
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
    // Who comes meanwhile waits, and finds a closed stream.
    let s = state(cx, args[0]).ok();
    let _held = match &s {
        Some(s) => Some(s.lock.lock(cx, "a buffered stream")?),
        None => None,
    };
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
    if !s.direct {
        require(cx, raw, "seekable", "File or stream is not seekable.")?;
    } else if !fileio::seekable(cx, raw)? {
        return Err(unsupported(cx, "File or stream is not seekable."));
    }
    let _held = s.lock.lock(cx, "a buffered stream")?;
    if s.reads && whence < 2 && !s.buffers.lock().read.is_empty() {
        let end = raw_tell(cx, raw)?;
        let mut b = s.buffers.lock();
        // Within what was read ahead, or was delivered of it, the raw stream need not move.
        let start = end - b.read.len() as i64;
        let wanted = if whence == 0 { target - start } else { target.saturating_add(b.at as i64) };
        if (0..=b.read.len() as i64).contains(&wanted) {
            b.at = wanted as usize;
            return Ok(int::from_i64(cx, (start + wanted).max(0)));
        }
    }
    if !s.buffers.lock().write.is_empty() {
        flush_held(cx, &s, raw)?;
    }
    if whence == 1 {
        let b = s.buffers.lock();
        target -= (b.read.len() - b.at) as i64;
    }
    let at = raw_seek(cx, raw, target, whence)?;
    let mut b = s.buffers.lock();
    b.read.clear();
    b.at = 0;
    drop(b);
    Ok(int::from_i64(cx, at))
}

fn tell(cx: &mut Ctx, args: Args) -> PyResult {
    let raw = check_open(cx, args[0], "tell of")?;
    let s = state(cx, args[0])?;
    let pos = raw_tell(cx, raw)?;
    let b = s.buffers.lock();
    let here = pos - (b.read.len() - b.at) as i64 + b.write.len() as i64;
    drop(b);
    // Devices say 0 wherever they are.
    Ok(int::from_i64(cx, here.max(0)))
}

fn truncate(cx: &mut Ctx, args: Args) -> PyResult {
    let raw = check_open(cx, args[0], "truncate of")?;
    let s = state(cx, args[0])?;
    if !s.writes {
        return Err(unsupported(cx, "truncate"));
    }
    let _held = s.lock.lock(cx, "a buffered stream")?;
    flush_held(cx, &s, raw)?;
    let size = args.or(1, Value::NONE);
    call(cx, raw, "truncate", &[size])
}

/// Takes up to `n` bytes of what was read ahead.
fn take(s: &State, n: usize) -> Vec<u8> {
    let mut b = s.buffers.lock();
    let end = (b.at + n).min(b.read.len());
    let out = b.read[b.at..end].to_vec();
    // What was delivered stays until the next block: who seeks back a little finds it.
    b.at = end;
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
        forget_read(&s);
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
            forget_read(&s);
            // Whole blocks; the last one is read into the buffer.
            let wish = missing.min(out.len().max(LARGEST_WISH).max(s.size));
            let mut block = cx.zeros(wish - wish % s.size)?;
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

/// What is there, else what one read of the raw stream gives.
fn read1(cx: &mut Ctx, args: Args) -> PyResult {
    let n = streams::size(cx, args.get(1))?;
    let raw = check_open(cx, args[0], "read of")?;
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    before_read(cx, &s, raw)?;
    let n = if n < 0 { s.size } else { n as usize };
    let out = take(&s, n);
    if !out.is_empty() || n == 0 {
        return Bytes::wish(cx, &out);
    }
    forget_read(&s);
    let mut block = cx.zeros(n.min(s.size.max(LARGEST_WISH)))?;
    let got = raw_read(cx, &s, raw, &mut block)?;
    Bytes::wish(cx, &block[..got.unwrap_or(0)])
}

/// Gives up what was delivered of the buffer, before the raw stream moves without it.
fn forget_read(s: &State) {
    let mut b = s.buffers.lock();
    b.read.clear();
    b.at = 0;
}

/// Fills the caller's memory; `once`: with one read of the raw stream at most.
fn readinto(cx: &mut Ctx, args: Args, once: bool) -> PyResult {
    let view = streams::writable(cx, args[1], if once { "readinto1" } else { "readinto" })?;
    let done = readinto_view(cx, args[0], &view, once);
    view.release(cx);
    match done? {
        Some(n) => Ok(int::from_usize(cx, n)),
        None => Ok(Value::NONE),
    }
}

fn readinto_view(cx: &mut Ctx, v: Value, view: &buffer::Buffer, once: bool) -> Res<Option<usize>> {
    let raw = check_open(cx, v, "readinto of")?;
    let s = state(cx, v)?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    before_read(cx, &s, raw)?;
    let mut filled = 0;
    while filled < view.len {
        let ready = take(&s, view.len - filled);
        if !ready.is_empty() {
            view.write(filled as isize, &ready);
            filled += ready.len();
            continue;
        }
        if once && filled > 0 && view.len - filled <= s.size {
            break;
        }
        let got = if view.len - filled > s.size {
            forget_read(&s);
            let mut block = cx.zeros((view.len - filled).min(s.size.max(LARGEST_WISH)))?;
            let got = raw_read(cx, &s, raw, &mut block)?;
            view.write(filled as isize, &block[..got.unwrap_or(0)]);
            filled += got.unwrap_or(0);
            if once && got.is_some() {
                break;
            }
            got
        } else {
            fill(cx, &s, raw)?
        };
        match got {
            Some(0) => break,
            Some(_) => {}
            None if filled == 0 => return Ok(None),
            None => break,
        }
    }
    Ok(Some(filled))
}

fn peek(cx: &mut Ctx, args: Args) -> PyResult {
    let raw = check_open(cx, args[0], "peek of")?;
    let s = state(cx, args[0])?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    before_read(cx, &s, raw)?;
    let empty = {
        let b = s.buffers.lock();
        b.at == b.read.len()
    };
    if empty {
        fill(cx, &s, raw)?;
    }
    let ahead = {
        let b = s.buffers.lock();
        b.read[b.at..].to_vec()
    };
    Bytes::wish(cx, &ahead)
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
    is_one_of(cx, v, &[&BUFFERED_WRITER, &BUFFERED_RANDOM])
}

/// Whether `v` is exactly one of the types here.
pub fn is_native(cx: &mut Ctx, v: Value) -> bool {
    is_one_of(cx, v, &[&BUFFERED_READER, &BUFFERED_WRITER, &BUFFERED_RANDOM])
}

fn is_one_of(cx: &Ctx, v: Value, types: &[&'static TypeDef]) -> bool {
    // Classes made by Python code have no declaration.
    types::type_of(cx, v).data().def().is_some_and(|def| types.iter().any(|&t| std::ptr::eq(t, def)))
}

/// Buffers `data`, passing on what is there when there is no room, and at once what is larger than the buffer.
pub fn write_bytes(cx: &mut Ctx, v: Value, data: &[u8]) -> Res<()> {
    check_open(cx, v, "write to")?;
    let s = state(cx, v)?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    // Another thread may have closed the stream meanwhile.
    let raw = check_open(cx, v, "write to")?;
    if !s.buffers.lock().read.is_empty() {
        rewind_held(cx, &s, raw)?;
    }
    if !add(cx, &s, data, s.size.saturating_sub(1))? {
        write_past(cx, &s, raw, data)?;
    }
    crate::dirty::note(&s);
    Ok(())
}

/// Adds `data` to the buffer if that holds no more than the buffer's size, and this no more than `most`.
fn add(cx: &mut Ctx, s: &State, data: &[u8], most: usize) -> Res<bool> {
    let mut b = s.buffers.lock();
    if data.len() > most || b.write.len() + data.len() > s.size {
        return Ok(false);
    }
    // A few bytes are no wish: who handles a MemoryError may say so.
    if data.len() >= memory::LARGE && !memory::grows(&mut b.write, data.len()) {
        drop(b);
        return Err(cx.memory_error());
    }
    b.write.extend_from_slice(data);
    Ok(true)
}

/// Writes what is in the buffer, then of `data` what is more than a buffer holds. A raw stream that would block leaves the buffer full,
/// and the error says how much of `data` is taken.
fn write_past(cx: &mut Ctx, s: &State, raw: Value, data: &[u8]) -> Res<()> {
    if let Err(r) = flush_held(cx, s, raw) {
        let exc = cx.take(r);
        if !engine::exceptions::is_exc(cx, exc, Exc::BlockingIOError) {
            return Err(cx.restore(exc));
        }
        if add(cx, s, data, s.size)? {
            return Ok(());
        }
        let taken = add_some(cx, s, data)?;
        return Err(would_block(cx, taken));
    }
    let mut at = 0;
    while data.len() - at > s.size {
        match raw_write(cx, s, raw, &data[at..])? {
            Some(n) => at += n,
            None => {
                let taken = add_some(cx, s, &data[at..])?;
                return Err(would_block(cx, at + taken));
            }
        }
        // A partial write may have been cut short by a signal: its handler runs before the next one waits.
        cx.poll()?;
    }
    add(cx, s, &data[at..], s.size).map(|_| ())
}

/// Fills the buffer with the beginning of `data`; how much that is.
fn add_some(cx: &mut Ctx, s: &State, data: &[u8]) -> Res<usize> {
    let room = s.size.saturating_sub(s.buffers.lock().write.len());
    let n = room.min(data.len());
    add(cx, s, &data[..n], s.size)?;
    Ok(n)
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
    crate::dirty::note(s);
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
    init: Some(NativeDef::new(
        "__init__",
        "($self, reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
        pair_init,
        "Initialize self.",
    )),
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
            let writer = side(cx, v, 1)?;
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

/// One side of a pair that was initialized.
fn side(cx: &mut Ctx, v: Value, side: usize) -> PyResult {
    match obj(cx, v)?.slot(cx, RAW + side) {
        Value::EMPTY => Err(cx.value_error("I/O operation on uninitialized object")),
        stream => Ok(stream),
    }
}

fn pair_call(cx: &mut Ctx, args: Args, of: usize, method: &str) -> PyResult {
    let target = side(cx, args[0], of)?;
    let f = attr(cx, target, method)?;
    protocol::call_ex(cx, f, args[1], Value::EMPTY)
}

/// Closes both, whatever the first says.
fn pair_close(cx: &mut Ctx, args: Args) -> PyResult {
    let (reader, writer) = (side(cx, args[0], 0)?, side(cx, args[0], 1)?);
    match call(cx, writer, "close", &[]) {
        Ok(_) => call(cx, reader, "close", &[]),
        Err(r) => {
            let exc = cx.take(r);
            match call(cx, reader, "close", &[]) {
                Ok(_) => Err(cx.restore(exc)),
                Err(second) => Err(streams::after(cx, second, exc)),
            }
        }
    }
}

fn pair_isatty(cx: &mut Ctx, args: Args) -> PyResult {
    for of in [1, 0] {
        let s = side(cx, args[0], of)?;
        let tty = call(cx, s, "isatty", &[])?;
        if tty != Value::FALSE {
            return Ok(tty);
        }
    }
    Ok(Value::FALSE)
}
