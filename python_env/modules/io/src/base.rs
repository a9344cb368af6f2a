//! The abstract bases: `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`. Native slot 0: TRUE once closed.

use engine::objects::{Bytes, List, Obj};
use engine::prelude::*;
use engine::protocol::{self, buffer};

use crate::streams::{self, attr_opt, call, closed_error, is_closed, obj, unsupported};

/// Native slot of the base: whether `close` has run.
const CLOSED: usize = 0;
/// Native slots that the base uses; those of derived types come after.
pub const NATIVE: usize = 1;

pub static IO_BASE: TypeDef = TypeDef {
    doc: "The abstract base class for all I/O classes.\n\nThis class provides dummy implementations for many methods that\nderived classes can override selectively; the default implementations\nrepresent a file that cannot be read, written or seeked.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::NO_STATE).with(TypeFlags::HAS_DICT).with(TypeFlags::HAS_WEAKREF),
    nnative: NATIVE as u16,
    slots: Slots { iter: Some(iter), next: Some(next), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "seek",
            "($self, offset, whence=0, /)",
            |cx, _| Err(unsupported(cx, "seek")),
            "Change the stream position to the given byte offset.",
        ),
        NativeDef::new(
            "tell",
            "($self, /)",
            |cx, args| call(cx, args[0], "seek", &[Value::small(0), Value::small(1)]),
            "Return current stream position.",
        ),
        NativeDef::new(
            "truncate",
            "($self, size=None, /)",
            |cx, _| Err(unsupported(cx, "truncate")),
            "Truncate file to size bytes.",
        ),
        NativeDef::new(
            "flush",
            "($self, /)",
            flush,
            "Flush write buffers, if applicable.\n\nThis is not implemented for read-only and non-blocking streams.",
        ),
        NativeDef::new(
            "close",
            "($self, /)",
            close,
            "Flush and close the IO object.\n\nThis method has no effect if the file is already closed.",
        ),
        NativeDef::new("seekable", "($self, /)", no, "Return whether object supports random access."),
        NativeDef::new("readable", "($self, /)", no, "Return whether object was opened for reading."),
        NativeDef::new("writable", "($self, /)", no, "Return whether object was opened for writing."),
        NativeDef::new("_checkClosed", "($self, msg=None, /)", |cx, args| check_closed(cx, args[0]), ""),
        NativeDef::new(
            "_checkSeekable",
            "($self, msg=None, /)",
            |cx, args| check(cx, args, "seekable", "File or stream is not seekable."),
            "",
        ),
        NativeDef::new(
            "_checkReadable",
            "($self, msg=None, /)",
            |cx, args| check(cx, args, "readable", "File or stream is not readable."),
            "",
        ),
        NativeDef::new(
            "_checkWritable",
            "($self, msg=None, /)",
            |cx, args| check(cx, args, "writable", "File or stream is not writable."),
            "",
        ),
        NativeDef::new(
            "fileno",
            "($self, /)",
            |cx, _| Err(unsupported(cx, "fileno")),
            "Return underlying file descriptor if one exists.\n\nRaise OSError if the IO object does not use a file descriptor.",
        ),
        NativeDef::new(
            "isatty",
            "($self, /)",
            isatty,
            "Return whether this is an 'interactive' stream.\n\nReturn False if it can't be determined.",
        ),
        NativeDef::new("__enter__", "($self, /)", enter, ""),
        NativeDef::new("__exit__", "($self, /, *args)", |cx, args| call(cx, args[0], "close", &[]), ""),
        NativeDef::new(
            "readline",
            "($self, size=-1, /)",
            readline,
            "Read and return a line from the stream.\n\nIf size is specified, at most size bytes will be read.",
        ),
        NativeDef::new("readlines", "($self, hint=-1, /)", readlines, "Return a list of lines from the stream."),
        NativeDef::new(
            "writelines",
            "($self, lines, /)",
            writelines,
            "Write a list of lines to stream.\n\nLine separators are not added, so it is usual for each of the\nlines provided to have a line separator at the end.",
        ),
        NativeDef::new("__del__", "($self, /)", del, ""),
    ],
    getsets: &[GetSet::ro(
        "closed",
        |cx, v| {
            let o = obj(cx, v)?;
            Ok(Value::bool(o.slot(cx, CLOSED) == Value::TRUE))
        },
        "",
    )],
    ..TypeDef::new("_io", "_IOBase")
};

fn no(cx: &mut Ctx, args: Args) -> PyResult {
    let _ = obj(cx, args[0])?;
    Ok(Value::FALSE)
}

fn check_closed(cx: &mut Ctx, v: Value) -> PyResult {
    if is_closed(cx, v)? { Err(closed_error(cx)) } else { Ok(Value::NONE) }
}

fn check(cx: &mut Ctx, args: Args, method: &str, text: &str) -> PyResult {
    let verdict = call(cx, args[0], method, &[])?;
    if verdict == Value::TRUE { Ok(verdict) } else { Err(unsupported(cx, text)) }
}

/// Only streams that the base closed say no; what `closed` answers does not matter.
fn flush(cx: &mut Ctx, args: Args) -> PyResult {
    if obj(cx, args[0])?.slot(cx, CLOSED) == Value::TRUE { Err(closed_error(cx)) } else { Ok(Value::NONE) }
}

/// Marks a file as closed.
pub fn mark_closed(cx: &mut Ctx, v: Value) -> Res<()> {
    obj(cx, v)?.set_slot(cx, CLOSED, Value::TRUE);
    Ok(())
}

/// `close` of the base: flushes, and notes that the stream is closed.
pub fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    if o.slot(cx, CLOSED) == Value::TRUE {
        return Ok(Value::NONE);
    }
    let flushed = call(cx, args[0], "flush", &[]);
    o.set_slot(cx, CLOSED, Value::TRUE);
    flushed?;
    Ok(Value::NONE)
}

/// What Python stores in `_finalizing`.
pub fn finalizing(cx: &mut Ctx, v: Value) -> Res<bool> {
    match v {
        Value::TRUE | Value::FALSE => Ok(v == Value::TRUE),
        Value::EMPTY => Err(cx.type_error("can't delete numeric/char attribute")),
        _ => Err(cx.type_error("attribute value type must be bool")),
    }
}

/// A stream of this type was closed: nothing is left for its finalizer, unless Python code derived from the type.
pub fn closed(cx: &mut Ctx, v: Value, def: &'static TypeDef) {
    if types::type_of(cx, v) == cx.type_of_def(def) {
        cx.skip_finalizer(v);
    }
}

/// A stream that may have been closed is initialized again.
pub fn reopened(cx: &Ctx, v: Value) {
    if !types::type_of(cx, v).is_heap() {
        cx.set_finalizer(v);
    }
}

/// Streams that die open are closed.
fn del(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let closed = match attr_opt(cx, v, "closed") {
        Ok(Some(closed)) => protocol::truth(cx, closed),
        Ok(None) => Ok(true),
        Err(r) => Err(r),
    };
    match closed {
        Ok(false) => {}
        Ok(true) => return Ok(Value::NONE),
        Err(r) => {
            cx.clear(r);
            return Ok(Value::NONE);
        }
    }
    let native = !types::type_of(cx, v).is_heap();
    let done = if native && modules_system::lifecycle::is_finalizing() {
        at_exit(cx, v)
    } else {
        let name = cx.intern(b"_finalizing");
        if let Err(r) = protocol::setattr(cx, v, name, Value::TRUE) {
            cx.clear(r);
        }
        call(cx, v, "close", &[])
    };
    if let Err(r) = done {
        let exc = cx.take(r);
        modules_system::hooks::unraisable(cx, exc, "Exception ignored while finalizing file", v);
    }
    Ok(Value::NONE)
}

/// The program ends: what was written goes out and it is said that nobody closed the file. It is not closed, for threads that
/// are still there may use it. The standard streams come last of all.
fn at_exit(cx: &mut Ctx, v: Value) -> PyResult {
    let below = |cx: &Ctx, v: Value| Obj::of(v).map_or(v, |o| o.slot(cx, NATIVE));
    let ty = types::type_of(cx, v);
    let buffered = if ty == cx.type_of_def(&crate::textio::TEXT_IO_WRAPPER) { below(cx, v) } else { v };
    let raw = if ty == cx.type_of_def(&crate::fileio::FILE_IO) { v } else { below(cx, buffered) };
    if types::type_of(cx, raw) == cx.type_of_def(&crate::fileio::FILE_IO) {
        if crate::fileio::is_lent(cx, raw) {
            return Ok(Value::NONE);
        }
        crate::fileio::dealloc_warn(cx, raw, v);
    }
    // A daemon thread may hold the stream for ever, in a read or write that does not end.
    if types::type_of(cx, buffered) == cx.type_of_def(&crate::buffered::BUFFERED_READER)
        || crate::buffered::stays_taken(cx, buffered)
    {
        return Ok(Value::NONE);
    }
    call(cx, v, "flush", &[])
}

fn isatty(cx: &mut Ctx, args: Args) -> PyResult {
    check_closed(cx, args[0])?;
    Ok(Value::FALSE)
}

fn enter(cx: &mut Ctx, args: Args) -> PyResult {
    check_closed(cx, args[0])?;
    Ok(args[0])
}

fn iter(cx: &mut Ctx, v: Value) -> PyResult {
    check_closed(cx, v)?;
    Ok(v)
}

pub fn next(cx: &mut Ctx, v: Value) -> PyResult {
    let line = call(cx, v, "readline", &[])?;
    if protocol::length(cx, line)? == 0 { Ok(Value::EMPTY) } else { Ok(line) }
}

/// Lines by `peek` where the stream has it, else byte by byte.
fn readline(cx: &mut Ctx, args: Args) -> PyResult {
    let limit = streams::size(cx, args.get(1))?;
    let peek = attr_opt(cx, args[0], "peek")?;
    let mut line: Vec<u8> = Vec::new();
    while limit < 0 || (line.len() as i64) < limit {
        let mut n = 1;
        if let Some(peek) = peek {
            let ahead = protocol::call(cx, peek, &[Value::small(1)])?;
            let Some(ahead) = Bytes::of_sub(cx, ahead) else {
                let name = types::type_name(cx, ahead);
                return Err(cx.raise(Exc::OSError, format!("peek() should have returned a bytes object, not '{name}'")));
            };
            if ahead.len() > 0 {
                n = ahead.as_slice().iter().position(|&b| b == b'\n').map_or(ahead.len(), |i| i + 1);
                if limit >= 0 {
                    n = n.min(limit as usize - line.len());
                }
            }
        }
        let n = int::from_usize(cx, n);
        let piece = call(cx, args[0], "read", &[n])?;
        let Some(piece) = Bytes::of_sub(cx, piece) else {
            let name = types::type_name(cx, piece);
            return Err(cx.raise(Exc::OSError, format!("read() should have returned a bytes object, not '{name}'")));
        };
        if piece.len() == 0 {
            break;
        }
        cx.reserve(&mut line, piece.len())?;
        line.extend_from_slice(piece.as_slice());
        if line.last() == Some(&b'\n') {
            break;
        }
    }
    Bytes::wish(cx, &line)
}

fn readlines(cx: &mut Ctx, args: Args) -> PyResult {
    let hint = streams::size(cx, args.get(1))?;
    let list = List::new(cx);
    let mut total = 0;
    let it = protocol::iter(cx, args[0])?;
    while let Some(line) = protocol::next(cx, it)? {
        list.push(cx, line);
        if hint > 0 {
            total += protocol::length(cx, line)? as i64;
            if total > hint {
                break;
            }
        }
    }
    Ok(list.value())
}

fn writelines(cx: &mut Ctx, args: Args) -> PyResult {
    check_closed(cx, args[0])?;
    let file = args[0];
    protocol::for_each(cx, args[1], |cx, line| call(cx, file, "write", &[line]).map(|_| ()))?;
    Ok(Value::NONE)
}

pub static RAW_IO_BASE: TypeDef = TypeDef {
    doc: "Base class for raw binary I/O.",
    bases: &[BaseRef::Def(&IO_BASE)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::NO_STATE).with(TypeFlags::HAS_DICT).with(TypeFlags::DEL_LAST),
    methods: &[
        NativeDef::new("read", "($self, size=-1, /)", raw_read, ""),
        NativeDef::new("readall", "($self, /)", raw_readall, "Read until EOF, using multiple read() call."),
        NativeDef::new("readinto", "($self, buffer, /)", not_implemented, ""),
        NativeDef::new("write", "($self, b, /)", not_implemented, ""),
    ],
    ..TypeDef::new("_io", "_RawIOBase")
};

fn not_implemented(cx: &mut Ctx, _args: Args) -> PyResult {
    Err(cx.raise_args(Exc::NotImplementedError, &[]))
}

fn raw_read(cx: &mut Ctx, args: Args) -> PyResult {
    let n = streams::size(cx, args.get(1))?;
    if n < 0 {
        return call(cx, args[0], "readall", &[]);
    }
    let bytearray = builtin(cx, "bytearray")?;
    let size = int::from_i64(cx, n);
    let buf = protocol::call(cx, bytearray, &[size])?;
    let got = call(cx, args[0], "readinto", &[buf])?;
    if got == Value::NONE {
        return Ok(got);
    }
    let got = streams::int_of(cx, got)?;
    let data = buffer::to_bytes(cx, buf)?;
    if got < 0 || got as usize > data.len() {
        return Err(cx.value_error(format!("readinto returned {got} outside buffer size {}", data.len())));
    }
    Bytes::wish(cx, &data[..got as usize])
}

/// A name of the module `builtins`.
pub fn builtin(cx: &mut Ctx, name: &str) -> PyResult {
    let key = cx.intern(name.as_bytes());
    match cx.builtins_dict().get_str(key) {
        Some(v) => Ok(v),
        None => Err(cx.runtime_error(format!("lost builtins.{name}"))),
    }
}

fn raw_readall(cx: &mut Ctx, args: Args) -> PyResult {
    let mut all = Vec::new();
    loop {
        let size = int::from_usize(cx, crate::buffered::DEFAULT_SIZE);
        let piece = call(cx, args[0], "read", &[size])?;
        if piece == Value::NONE {
            if all.is_empty() {
                return Ok(piece);
            }
            break;
        }
        let Some(b) = Bytes::of_sub(cx, piece) else {
            return Err(cx.type_error("read() should return bytes"));
        };
        if b.len() == 0 {
            break;
        }
        cx.reserve(&mut all, b.len())?;
        all.extend_from_slice(b.as_slice());
    }
    Bytes::wish(cx, &all)
}

pub static BUFFERED_IO_BASE: TypeDef = TypeDef {
    doc: "Base class for buffered IO objects.",
    bases: &[BaseRef::Def(&IO_BASE)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::NO_STATE).with(TypeFlags::HAS_DICT).with(TypeFlags::DEL_THIRD),
    methods: &[
        NativeDef::new(
            "detach",
            "($self, /)",
            |cx, _| Err(unsupported(cx, "detach")),
            "Disconnect this buffer from its underlying raw stream and return it.",
        ),
        NativeDef::new(
            "read",
            "($self, size=-1, /)",
            |cx, _| Err(unsupported(cx, "read")),
            "Read and return up to n bytes.",
        ),
        NativeDef::new(
            "read1",
            "($self, size=-1, /)",
            |cx, _| Err(unsupported(cx, "read1")),
            "Read and return up to size bytes, with at most one read() call to the underlying raw stream.",
        ),
        NativeDef::new("readinto", "($self, buffer, /)", |cx, args| readinto(cx, args, "read"), ""),
        NativeDef::new("readinto1", "($self, buffer, /)", |cx, args| readinto(cx, args, "read1"), ""),
        NativeDef::new(
            "write",
            "($self, b, /)",
            |cx, _| Err(unsupported(cx, "write")),
            "Write buffer b to the IO stream.",
        ),
    ],
    ..TypeDef::new("_io", "_BufferedIOBase")
};

/// Fills a writable buffer through the method `read` or `read1`.
pub fn readinto(cx: &mut Ctx, args: Args, method: &str) -> PyResult {
    let view = streams::writable(cx, args[1], if method == "read1" { "readinto1" } else { "readinto" })?;
    let n = int::from_usize(cx, view.len);
    let data = match call(cx, args[0], method, &[n]) {
        Ok(v) => v,
        Err(r) => {
            view.release(cx);
            return Err(r);
        }
    };
    let copied = Bytes::of_sub(cx, data).map(|b| {
        if b.len() <= view.len {
            view.write(0, b.as_slice());
        }
        b.len()
    });
    let room = view.len;
    view.release(cx);
    match copied {
        Some(n) if n <= room => Ok(int::from_usize(cx, n)),
        Some(n) => Err(cx.value_error(format!("read() returned too much data: {room} bytes requested, {n} returned"))),
        None if data == Value::NONE => Ok(data),
        None => Err(cx.type_error("read() should return bytes")),
    }
}

pub static TEXT_IO_BASE: TypeDef = TypeDef {
    doc: "Base class for text I/O.\n\nThis class provides a character and line based interface to stream\nI/O. There is no readinto method because Python's character strings\nare immutable.",
    bases: &[BaseRef::Def(&IO_BASE)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::NO_STATE).with(TypeFlags::HAS_DICT).with(TypeFlags::DEL_SECOND),
    methods: &[
        NativeDef::new(
            "detach",
            "($self, /)",
            |cx, _| Err(unsupported(cx, "detach")),
            "Separate the underlying buffer from the TextIOBase and return it.",
        ),
        NativeDef::new(
            "read",
            "($self, size=-1, /)",
            |cx, _| Err(unsupported(cx, "read")),
            "Read at most size characters from stream.",
        ),
        NativeDef::new(
            "readline",
            "($self, size=-1, /)",
            |cx, _| Err(unsupported(cx, "readline")),
            "Read until newline or EOF.",
        ),
        NativeDef::new("write", "($self, s, /)", |cx, _| Err(unsupported(cx, "write")), "Write string s to stream."),
    ],
    getsets: &[
        GetSet::ro("encoding", |_, _| Ok(Value::NONE), "Encoding of the text stream."),
        GetSet::ro("newlines", |_, _| Ok(Value::NONE), "Line endings translated so far."),
        GetSet::ro("errors", |_, _| Ok(Value::NONE), "The error setting of the decoder or encoder."),
    ],
    ..TypeDef::new("_io", "_TextIOBase")
};

/// `__getstate__` of streams over files: what is open elsewhere cannot be pickled.
pub const NO_STATE: NativeDef = NativeDef::new("__getstate__", "($self, /)", no_state, "");

fn no_state(cx: &mut Ctx, args: Args) -> PyResult {
    let class = types::type_of(cx, args[0]).name_str();
    Err(cx.type_error(format!("cannot pickle '{class}' instances")))
}
