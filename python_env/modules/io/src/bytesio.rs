//! `BytesIO`: native slot 1 holds the payload.

use engine::objects::{Bytes, List, Obj, Tuple};
use engine::prelude::*;
use engine::protocol::{
    self,
    buffer::{self, Buffer, Exports},
};
use proto_core::sync::Latch;

use crate::base::{BUFFERED_IO_BASE, NATIVE, mark_closed};
use crate::streams::{self, closed_error, obj};

const STATE: usize = NATIVE;

#[derive(Default)]
struct Content {
    data: Vec<u8>,
    at: usize,
    closed: bool,
    /// Buffers taken by `getbuffer`.
    exports: Exports,
}

type State = Latch<Content>;

pub static BYTES_IO: TypeDef = TypeDef {
    doc: "Buffered I/O implementation using an in-memory bytes buffer.",
    bases: &[BaseRef::Def(&BUFFERED_IO_BASE)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT).with(TypeFlags::NO_DEL),
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new, "").hide_sig()),
    init: Some(NativeDef::new("__init__", "($self, /, initial_bytes=b'')", init, "Initialize self.")),
    slots: Slots { next: Some(next), ..Slots::NONE },
    methods: &[
        NativeDef::new("read", "($self, size=-1, /)", read, "Read at most size bytes, returned as a bytes object.")
            .leaf(read_leaf),
        NativeDef::new("read1", "($self, size=-1, /)", read, "Read at most size bytes, returned as a bytes object."),
        NativeDef::new("readline", "($self, size=-1, /)", readline, "Next line from the file, as a bytes object."),
        NativeDef::new(
            "readlines",
            "($self, size=None, /)",
            readlines,
            "List of bytes objects, each a line from the file.\n\nCall readline() repeatedly and return a list of the lines so read.\nThe optional size argument, if given, is an approximate bound on the\ntotal number of bytes in the lines returned.",
        ),
        NativeDef::new("readinto", "($self, buffer, /)", readinto, "Read bytes into buffer."),
        NativeDef::new("write", "($self, b, /)", write, "Write bytes to file.\n\nReturn the number of bytes written.")
            .leaf(write_leaf),
        NativeDef::new("seek", "($self, pos, whence=0, /)", seek, "Change stream position."),
        NativeDef::new("tell", "($self, /)", tell, "Current file position, an integer."),
        NativeDef::new("truncate", "($self, size=None, /)", truncate, "Truncate the file to at most size bytes.")
            .role(Role::Resizes),
        NativeDef::new("getvalue", "($self, /)", getvalue, "Retrieve the entire contents of the BytesIO object."),
        NativeDef::new(
            "getbuffer",
            "($self, /)",
            getbuffer,
            "Get a read-write view over the contents of the BytesIO object.",
        ),
        NativeDef::new("close", "($self, /)", close, "Disable all I/O operations.").role(Role::Resizes),
        NativeDef::new("flush", "($self, /)", yes_none, "Does nothing."),
        NativeDef::new("isatty", "($self, /)", |cx, args| with(cx, args[0], |_| Value::FALSE), "Always returns False."),
        NativeDef::new("readable", "($self, /)", yes, "Returns True if the IO object can be read."),
        NativeDef::new("writable", "($self, /)", yes, "Returns True if the IO object can be written."),
        NativeDef::new("seekable", "($self, /)", yes, "Returns True if the IO object can be seeked."),
        NativeDef::new("__getstate__", "($self, /)", getstate, ""),
        NativeDef::new("__setstate__", "($self, state, /)", setstate, "").role(Role::Resizes),
    ],
    getsets: &[GetSet::ro(
        "closed",
        |cx, v| Ok(Value::bool(state(cx, v).is_none_or(|s| s.lock().closed))),
        "True if the file is closed.",
    )],
    ..TypeDef::new("_io", "BytesIO")
};

fn state(cx: &Ctx, v: Value) -> Option<&State> {
    Obj::of(v)?.payload::<State>(cx, STATE)
}

/// Works on the content, unless it is closed.
fn with<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut Content) -> R) -> Res<R> {
    let done = match state(cx, v) {
        Some(s) => {
            let mut c = s.lock();
            if c.closed { None } else { Some(f(&mut c)) }
        }
        None => None,
    };
    match done {
        Some(r) => Ok(r),
        None => Err(closed_error(cx)),
    }
}

/// The same for changes of the size, which exports forbid.
fn resize<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut Content) -> R) -> Res<R> {
    if with(cx, v, |c| c.exports.count() > 0)? {
        // Views that nobody refers to any more still count until they are collected.
        cx.collect_garbage()?;
    }
    let done = with(cx, v, |c| if c.exports.count() > 0 { None } else { Some(f(c)) })?;
    match done {
        Some(r) => Ok(r),
        None => Err(cx.raise(Exc::BufferError, "Existing exports of data: object cannot be re-sized")),
    }
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    o.set_payload(cx, STATE, State::default());
    Ok(o.value())
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let data = match args.or(1, Value::NONE) {
        Value::NONE => Vec::new(),
        v => buffer::to_bytes(cx, v)?,
    };
    resize(cx, args[0], |c| *c = Content { data, ..Content::default() })?;
    Ok(Value::NONE)
}

fn yes(cx: &mut Ctx, args: Args) -> PyResult {
    with(cx, args[0], |_| Value::TRUE)
}

fn yes_none(cx: &mut Ctx, args: Args) -> PyResult {
    with(cx, args[0], |_| Value::NONE)
}

fn take(c: &mut Content, n: usize) -> Vec<u8> {
    let from = c.at.min(c.data.len());
    let to = from.saturating_add(n).min(c.data.len());
    if to > from {
        c.at = to;
    }
    c.data[from..to].to_vec()
}

fn read(cx: &mut Ctx, args: Args) -> PyResult {
    let n = streams::size(cx, args.get(1))?;
    let out = with(cx, args[0], |c| take(c, if n < 0 { usize::MAX } else { n as usize }))?;
    Bytes::wish(cx, &out)
}

fn readinto(cx: &mut Ctx, args: Args) -> PyResult {
    let view = streams::writable(cx, args[1], "readinto")?;
    let taken = with(cx, args[0], |c| take(c, view.len));
    if let Ok(taken) = &taken {
        view.write(0, taken);
    }
    view.release(cx);
    Ok(int::from_usize(cx, taken?.len()))
}

/// What quick forms read and write at most.
const QUICK: usize = 4096;

/// A few bytes.
fn read_leaf(cx: &Ctx, args: &[Value]) -> Value {
    let [v, n] = *args else { return Value::EMPTY };
    let (Some(n), Some(s)) = (n.as_int().and_then(|n| usize::try_from(n).ok()), state(cx, v)) else {
        return Value::EMPTY;
    };
    let mut c = s.lock();
    if c.closed || n > QUICK {
        return Value::EMPTY;
    }
    let from = c.at.min(c.data.len());
    let to = (from + n).min(c.data.len());
    if to > from {
        c.at = to;
    }
    Bytes::new(cx, &c.data[from..to])
}

/// A few bytes at the end, for which there is room.
fn write_leaf(cx: &Ctx, args: &[Value]) -> Value {
    let [v, data] = *args else { return Value::EMPTY };
    let (Some(data), Some(s)) = (Bytes::of(data), state(cx, v)) else { return Value::EMPTY };
    let data = data.as_slice();
    let mut c = s.lock();
    let fits = data.len() <= QUICK.min(c.data.capacity() - c.data.len());
    if c.closed || c.exports.count() > 0 || c.at != c.data.len() || !fits {
        return Value::EMPTY;
    }
    c.data.extend_from_slice(data);
    c.at += data.len();
    int::from_usize(cx, data.len())
}

fn line(c: &mut Content, limit: i64) -> Vec<u8> {
    let rest = &c.data[c.at.min(c.data.len())..];
    let n = pytext::search::find(rest, b"\n").map_or(rest.len(), |i| i + 1);
    take(c, if limit < 0 { n } else { n.min(limit as usize) })
}

fn readline(cx: &mut Ctx, args: Args) -> PyResult {
    let limit = streams::size(cx, args.get(1))?;
    let out = with(cx, args[0], |c| line(c, limit))?;
    Bytes::wish(cx, &out)
}

/// Unlike that of other streams, it ends with the line that reaches the size.
fn readlines(cx: &mut Ctx, args: Args) -> PyResult {
    let size = streams::size(cx, args.get(1))?;
    let list = List::new(cx);
    let mut total = 0;
    loop {
        let out = with(cx, args[0], |c| line(c, -1))?;
        if out.is_empty() {
            return Ok(list.value());
        }
        total += out.len() as i64;
        let out = Bytes::wish(cx, &out)?;
        list.push(cx, out);
        if size > 0 && total >= size {
            return Ok(list.value());
        }
        cx.poll()?;
    }
}

fn next(cx: &mut Ctx, v: Value) -> PyResult {
    let out = with(cx, v, |c| line(c, -1))?;
    if out.is_empty() { Ok(Value::EMPTY) } else { Bytes::wish(cx, &out) }
}

fn write(cx: &mut Ctx, args: Args) -> PyResult {
    if Str::of_sub(cx, args[1]).is_some() {
        return Err(cx.type_error("a bytes-like object is required, not 'str'"));
    }
    let data = buffer::to_bytes(cx, args[1])?;
    let n = data.len();
    let (at, len, room) = with(cx, args[0], |c| (c.at, c.data.len(), c.data.capacity()))?;
    let end = at.saturating_add(n);
    if n > 0 && end > room {
        // By doubling, where it grows little by little.
        cx.make_room(end.max(2 * len) - len)?;
    }
    resize(cx, args[0], |c| {
        if n == 0 {
            return;
        }
        let end = c.at + n;
        if end > c.data.len() {
            c.data.resize(end, 0);
        }
        c.data[c.at..end].copy_from_slice(&data);
        c.at = end;
    })?;
    Ok(int::from_usize(cx, n))
}

fn seek(cx: &mut Ctx, args: Args) -> PyResult {
    let pos = args.index(cx, 1)?;
    let whence = args.index_or(cx, 2, 0)?;
    let base = match whence {
        0 if pos < 0 => return Err(cx.value_error(format!("negative seek value {pos}"))),
        0 => 0,
        1 => with(cx, args[0], |c| c.at as i64)?,
        2 => with(cx, args[0], |c| c.data.len() as i64)?,
        _ => return Err(cx.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    let at = base.saturating_add(pos).max(0);
    with(cx, args[0], |c| c.at = at as usize)?;
    Ok(int::from_i64(cx, at))
}

fn tell(cx: &mut Ctx, args: Args) -> PyResult {
    let at = with(cx, args[0], |c| c.at)?;
    Ok(int::from_usize(cx, at))
}

fn truncate(cx: &mut Ctx, args: Args) -> PyResult {
    let size = match args.or(1, Value::NONE) {
        Value::NONE => with(cx, args[0], |c| c.at as i64)?,
        v => protocol::index(cx, v)?,
    };
    if size < 0 {
        return Err(cx.value_error(format!("negative size value {size}")));
    }
    resize(cx, args[0], |c| c.data.truncate(size as usize))?;
    Ok(int::from_i64(cx, size))
}

fn getvalue(cx: &mut Ctx, args: Args) -> PyResult {
    let n = with(cx, args[0], |c| c.data.len())?;
    cx.make_room_beside(n)?;
    let data = with(cx, args[0], |c| c.data.clone())?;
    Bytes::wish(cx, &data)
}

/// What a view of a `BytesIO` was taken of. Native slot 0: the stream.
pub static BYTES_IO_BUFFER: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots { buffer: Some(export), ..Slots::NONE },
    ..TypeDef::new("_io", "_BytesIOBuffer")
};

fn export(cx: &mut Ctx, v: Value, _flags: u32) -> Res<Buffer> {
    let stream = Obj::of(v).map_or(Value::NONE, |o| o.slot(cx, 0));
    let (data, len, guard) = with(cx, stream, |c| {
        let guard = c.exports.guard();
        (c.data.as_mut_ptr(), c.data.len(), guard)
    })?;
    let mut view = Buffer::bytes(cx, v, data, len, false);
    view.guard = Some(guard);
    Ok(view)
}

fn getbuffer(cx: &mut Ctx, args: Args) -> PyResult {
    with(cx, args[0], |_| ())?;
    let exporter = cx.new_object(&BYTES_IO_BUFFER, &[args[0]]);
    let view = export(cx, exporter, buffer::WRITABLE)?;
    buffer::memoryview_of(cx, view)
}

fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let busy = |cx: &Ctx| state(cx, args[0]).is_some_and(|s| s.lock().exports.count() > 0);
    if busy(cx) {
        cx.collect_garbage()?;
    }
    if busy(cx) {
        return Err(cx.raise(Exc::BufferError, "Existing exports of data: object cannot be re-sized"));
    }
    if let Some(s) = state(cx, args[0]) {
        *s.lock() = Content { closed: true, ..Content::default() };
    }
    mark_closed(cx, args[0])?;
    Ok(Value::NONE)
}

fn getstate(cx: &mut Ctx, args: Args) -> PyResult {
    let (data, at) = with(cx, args[0], |c| (c.data.clone(), c.at))?;
    let dict = match obj(cx, args[0])?.has_attrs(cx) {
        true => obj(cx, args[0])?.dict(cx).value(),
        false => Value::NONE,
    };
    let parts = [Bytes::new(cx, &data), int::from_usize(cx, at), dict];
    Ok(Tuple::new(cx, &parts))
}

fn setstate(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(t) = Tuple::of_sub(cx, args[1]).filter(|t| t.len() == 3) else {
        let name = types::type_name(cx, args[1]);
        return Err(cx.type_error(format!("BytesIO.__setstate__ argument should be 3-tuple, got {name}")));
    };
    let data = buffer::to_bytes(cx, t.get(0))?;
    resize(cx, args[0], |c| (c.data, c.at) = (data, 0))?;
    let at = streams::state_position(cx, t.get(1), "second item of state must be an integer, not")?;
    with(cx, args[0], |c| c.at = at)?;
    streams::restore_attributes(cx, args[0], t.get(2), "third")
}
