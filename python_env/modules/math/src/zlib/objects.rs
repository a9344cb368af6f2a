//! `zlib.Compress`, `zlib.Decompress` and `zlib._ZlibDecompressor`.

use super::stream::{Broken, Compressor, Decompressor, Flush, Frame};
use super::{bad_data, error};
use engine::objects::Bytes;
use engine::prelude::*;
use parking_lot::Mutex;
use std::sync::Arc;

/// Native slot 0: the stream (a Rust value).
pub static COMPRESS: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    methods: &[
        NativeDef::new(
            "compress",
            "($self, data, /)",
            |cx, args| {
                let data = protocol::to_bytes(cx, args[1])?;
                feed(cx, args[0], &data, Flush::No, "compressing data")
            },
            "Returns a bytes object containing compressed data.",
        ),
        NativeDef::new(
            "flush",
            "($self, mode=zlib.Z_FINISH, /)",
            |cx, args| {
                let mode = match args.index_or(cx, 1, 4)? {
                    0 => return Ok(Bytes::new(cx, b"")),
                    1 | 2 => Flush::Sync,
                    3 => Flush::Full,
                    // Z_BLOCK ends at a block too, though not at a byte.
                    5 => Flush::Sync,
                    4 => Flush::Finish,
                    _ => return Err(error(cx, "Error -2 while flushing: inconsistent stream state")),
                };
                feed(cx, args[0], &[], mode, "flushing")
            },
            "Return a bytes object containing any remaining compressed data.",
        ),
        NativeDef::new("copy", "($self, /)", copy_compress, "Return a copy of the compression object."),
        NativeDef::new("__copy__", "($self, /)", copy_compress, ""),
        NativeDef::new("__deepcopy__", "($self, memo, /)", copy_compress, ""),
    ],
    ..TypeDef::new("zlib", "Compress")
};

/// Native slots: 0 the stream (a Rust value), 1 unused data, 2 unconsumed tail.
pub static DECOMPRESS: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 3,
    methods: &[
        NativeDef::new(
            "decompress",
            "($self, data, /, max_length=0)",
            decompress,
            "Return a bytes object containing the decompressed version of the data.",
        ),
        NativeDef::new(
            "flush",
            "($self, length=zlib.DEF_BUF_SIZE, /)",
            flush,
            "Return a bytes object containing any remaining decompressed data.",
        ),
        NativeDef::new("copy", "($self, /)", copy_decompress, "Return a copy of the decompression object."),
        NativeDef::new("__copy__", "($self, /)", copy_decompress, ""),
        NativeDef::new("__deepcopy__", "($self, memo, /)", copy_decompress, ""),
    ],
    getsets: &[GetSet::ro("eof", |cx, v| Ok(Value::bool(input(cx, v)?.lock().stream.done())), "")],
    members: &[Member::ro("unused_data", 1, ""), Member::ro("unconsumed_tail", 2, "")],
    ..TypeDef::new("zlib", "Decompress")
};

/// Native slots: 0 the stream (a Rust value), 1 unused data.
pub static ZLIB_DECOMPRESSOR: TypeDef = TypeDef {
    doc: "Create a decompressor object for decompressing data incrementally.",
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, wbits=15, zdict=b'')", new_zlib_decompressor, "")),
    methods: &[NativeDef::new(
        "decompress",
        "($self, /, data, max_length=-1)",
        pump,
        "Decompress *data*, returning uncompressed data as bytes.",
    )],
    getsets: &[
        GetSet::ro(
            "eof",
            |cx, v| Ok(Value::bool(input(cx, v)?.lock().stream.done())),
            "True if the end-of-stream marker has been reached.",
        ),
        GetSet::ro(
            "needs_input",
            |cx, v| {
                let stream = input(cx, v)?;
                let s = stream.lock();
                Ok(Value::bool(!s.more && !s.stream.done()))
            },
            "True if more input is needed before more decompressed data can be produced.",
        ),
    ],
    members: &[Member::ro("unused_data", 1, "Data found after the end of the compressed stream.")],
    ..TypeDef::new("zlib", "_ZlibDecompressor")
};

struct Output(Arc<Mutex<Compressor>>);

/// A decompressor and what it has not taken.
struct Inward {
    stream: Decompressor,
    /// `_ZlibDecompressor`: input kept for the next call.
    kept: Vec<u8>,
    /// `_ZlibDecompressor`: more output may come without further input.
    more: bool,
    /// `Decompress`: bytes at the start of the unconsumed tail that were taken already. The stream reads ahead of what it
    /// has written, yet the tail must not be empty while output is held back.
    taken: usize,
    /// `Decompress`: `flush` found the end of the stream.
    ended: bool,
}

struct Input(Arc<Mutex<Inward>>);

fn output(cx: &mut Ctx, v: Value) -> Res<Arc<Mutex<Compressor>>> {
    let found = Obj::of(v).and_then(|o| o.payload::<Output>(cx, 0)).map(|s| Arc::clone(&s.0));
    found.ok_or_else(|| cx.type_error("Compress expected"))
}

fn input(cx: &mut Ctx, v: Value) -> Res<Arc<Mutex<Inward>>> {
    let found = Obj::of(v).and_then(|o| o.payload::<Input>(cx, 0)).map(|s| Arc::clone(&s.0));
    found.ok_or_else(|| cx.type_error("Decompress expected"))
}

/// The preset dictionary of a decompressor.
fn dictionary(cx: &mut Ctx, v: Option<Value>) -> Res<Vec<u8>> {
    let Some(v) = v else { return Ok(Vec::new()) };
    match protocol::buffer_bytes(cx, v)? {
        Some(bytes) => Ok(bytes),
        None => Err(cx.type_error("zdict argument must support the buffer protocol")),
    }
}

/// `zlib.compressobj`
pub fn compressobj(cx: &mut Ctx, args: Args) -> PyResult {
    let (level, method) = (args.index_or(cx, 0, -1)?, args.index_or(cx, 1, 8)?);
    let (wbits, memory) = (args.index_or(cx, 2, 15)?, args.index_or(cx, 3, 8)?);
    let strategy = args.index_or(cx, 4, 0)?;
    let preset = match args.get(5) {
        Some(v) if v != Value::NONE => Some(protocol::to_bytes(cx, v)?),
        _ => None,
    };
    let ok = (-1..=9).contains(&level) && method == 8 && (1..=9).contains(&memory) && (0..=4).contains(&strategy);
    let Some((frame, bits)) = Frame::parse(wbits, true).filter(|_| ok) else {
        return Err(cx.value_error("Invalid initialization option"));
    };
    let mut stream = Compressor::new(frame, bits, level, strategy);
    if !preset.is_none_or(|d| stream.set_dictionary(&d)) {
        return Err(cx.value_error("Invalid dictionary"));
    }
    wrap_compress(cx, stream)
}

fn wrap_compress(cx: &mut Ctx, stream: Compressor) -> PyResult {
    let v = cx.new_object(&COMPRESS, &[Value::EMPTY]);
    let o = crate::arguments::this(cx, v)?;
    o.set_payload(cx, 0, Output(Arc::new(Mutex::new(stream))));
    Ok(v)
}

fn feed(cx: &mut Ctx, v: Value, data: &[u8], flush: Flush, what: &str) -> PyResult {
    let stream = output(cx, v)?;
    // The lock is released before the region ends, so that nobody waits for it while a collector waits for them.
    let (mut rest, mut out) = (data, Vec::new());
    let ok = cx.blocking_pieces(|woken| stream.lock().run_pieces(&mut rest, flush, &mut out, woken))?;
    match ok {
        Ok(()) => Bytes::wish(cx, &out),
        Err(Broken::Memory) => Err(cx.memory_error()),
        Err(Broken::State) => Err(error(cx, format!("Error -2 while {what}: inconsistent stream state"))),
    }
}

fn copy_compress(cx: &mut Ctx, args: Args) -> PyResult {
    let stream = output(cx, args[0])?.lock().clone();
    match stream.finished {
        true => Err(cx.value_error("Inconsistent stream state")),
        false => wrap_compress(cx, stream),
    }
}

/// `zlib.decompressobj`
pub fn decompressobj(cx: &mut Ctx, args: Args) -> PyResult {
    let wbits = args.index_or(cx, 0, 15)?;
    let preset = dictionary(cx, args.get(1))?;
    let Some((frame, bits)) = Frame::parse(wbits, false) else {
        return Err(cx.value_error("Invalid initialization option"));
    };
    let empty = Bytes::new(cx, b"");
    wrap_decompress(cx, Decompressor::new(frame, bits, &preset), 0, empty, empty)
}

fn wrap_decompress(cx: &mut Ctx, stream: Decompressor, taken: usize, unused: Value, tail: Value) -> PyResult {
    let v = cx.new_object(&DECOMPRESS, &[Value::EMPTY, unused, tail]);
    let o = crate::arguments::this(cx, v)?;
    let inward = Inward { stream, kept: Vec::new(), more: false, taken, ended: false };
    o.set_payload(cx, 0, Input(Arc::new(Mutex::new(inward))));
    Ok(v)
}

fn copy_decompress(cx: &mut Ctx, args: Args) -> PyResult {
    let o = crate::arguments::this(cx, args[0])?;
    let (unused, tail) = (o.slot(cx, 1), o.slot(cx, 2));
    let stream = input(cx, args[0])?;
    let (copy, taken, ended) = {
        let s = stream.lock();
        (s.stream.clone(), s.taken, s.ended)
    };
    if ended {
        return Err(cx.value_error("Inconsistent stream state"));
    }
    wrap_decompress(cx, copy, taken, unused, tail)
}

/// Decompresses at most `limit` bytes, and says what remains of the data.
fn inflate(cx: &mut Ctx, v: Value, data: &[u8], limit: usize) -> PyResult {
    let stream = input(cx, v)?;
    // What is left over.
    cx.make_room_beside(data.len())?;
    let (mut taken, mut out) = (None, Vec::new());
    let (done, ended, at) = cx.blocking_pieces(|woken| {
        let mut s = stream.lock();
        if taken.is_none() && s.stream.done() {
            return Some((Ok(()), true, 0));
        }
        let at = taken.get_or_insert_with(|| std::mem::take(&mut s.taken).min(data.len()));
        let done = s.stream.run_pieces(data, at, limit, &mut out, woken)?;
        let ended = s.stream.done();
        let mut at = *at;
        if !ended && out.len() == limit && at == data.len() && at > 0 && s.stream.holds_back() {
            at -= 1;
            s.taken = 1;
        }
        Some((done.map(|_| ()), ended, at))
    })?;
    if let Err(fault) = done {
        return Err(bad_data(cx, fault));
    }
    let o = crate::arguments::this(cx, v)?;
    let rest = &data[at..];
    if ended {
        if let Some(before) = Bytes::of(o.slot(cx, 1)) {
            let all = if before.len() == 0 {
                Bytes::wish(cx, rest)?
            } else {
                cx.make_room_for(before.len() + rest.len(), 2)?;
                let all = [before.as_slice(), rest].concat();
                Bytes::wish(cx, &all)?
            };
            o.set_slot(cx, 1, all);
        }
        let empty = Bytes::new(cx, b"");
        o.set_slot(cx, 2, empty);
    } else {
        let rest = Bytes::wish(cx, rest)?;
        o.set_slot(cx, 2, rest);
    }
    Bytes::wish(cx, &out)
}

fn decompress(cx: &mut Ctx, args: Args) -> PyResult {
    let most = args.index_or(cx, 2, 0)?;
    let Ok(most) = usize::try_from(most) else { return Err(cx.value_error("max_length must be non-negative")) };
    let data = protocol::to_bytes(cx, args[1])?;
    inflate(cx, args[0], &data, if most == 0 { usize::MAX } else { most })
}

fn flush(cx: &mut Ctx, args: Args) -> PyResult {
    if args.index_or(cx, 1, 16384)? <= 0 {
        return Err(cx.value_error("length must be greater than zero"));
    }
    let o = crate::arguments::this(cx, args[0])?;
    let tail = Bytes::of(o.slot(cx, 2)).map(|b| b.as_slice().to_vec()).unwrap_or_default();
    let stream = input(cx, args[0])?;
    let done = stream.lock().stream.done();
    let out = if done { Bytes::new(cx, b"") } else { inflate(cx, args[0], &tail, usize::MAX)? };
    let mut s = stream.lock();
    s.ended = s.stream.done();
    Ok(out)
}

fn new_zlib_decompressor(cx: &mut Ctx, args: Args) -> PyResult {
    let wbits = args.index_or(cx, 1, 15)?;
    let preset = match args.get(2) {
        Some(v) => protocol::to_bytes(cx, v)?,
        None => Vec::new(),
    };
    let Some((frame, bits)) = Frame::parse(wbits, false) else {
        return Err(cx.value_error("Invalid initialization option"));
    };
    let o = cx.alloc_instance(args[0])?;
    let stream = Decompressor::new(frame, bits, &preset);
    let inward = Inward { stream, kept: Vec::new(), more: false, taken: 0, ended: false };
    o.set_payload(cx, 0, Input(Arc::new(Mutex::new(inward))));
    let empty = Bytes::new(cx, b"");
    o.set_slot(cx, 1, empty);
    Ok(o.value())
}

/// `_ZlibDecompressor.decompress`
fn pump(cx: &mut Ctx, args: Args) -> PyResult {
    let most = args.index_or(cx, 2, -1)?;
    let limit = usize::try_from(most).unwrap_or(usize::MAX);
    let data = protocol::to_bytes(cx, args[1])?;
    let stream = input(cx, args[0])?;
    let (done, out, unused) = cx.blocking(|| {
        let mut out = Vec::new();
        let mut s = stream.lock();
        if s.stream.done() {
            return (None, out, Vec::new());
        }
        let mut kept = std::mem::take(&mut s.kept);
        kept.extend_from_slice(&data);
        let done = s.stream.run(&kept, limit, &mut out);
        let rest = kept.split_off(*done.as_ref().unwrap_or(&0));
        let ended = s.stream.done();
        s.more = !ended && out.len() >= limit && (!rest.is_empty() || s.stream.holds_back());
        let unused = if ended {
            rest
        } else {
            s.kept = rest;
            Vec::new()
        };
        (Some(done), out, unused)
    });
    match done {
        None => Err(cx.raise(Exc::EOFError, "End of stream already reached")),
        Some(Err(fault)) => Err(bad_data(cx, fault)),
        Some(Ok(_)) => {
            if !unused.is_empty() {
                let o = crate::arguments::this(cx, args[0])?;
                let unused = Bytes::wish(cx, &unused)?;
                o.set_slot(cx, 1, unused);
            }
            Bytes::wish(cx, &out)
        }
    }
}
