//! `ZstdCompressor`.
//!
//! What one call does is done in one piece, so that what several threads give to one compressor does not mix; as in CPython signals wait for its end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::prelude::*;

use crate::raw::{self, Failure, Mode, SIZE_ERROR, UNKNOWN_SIZE, Use};
use crate::{dictionary, library_error, parameters};

struct State {
    coder: raw::Compressor,
    last_mode: Mode,
}

type Cell = Arc<Mutex<State>>;

fn cell(cx: &mut Ctx, v: Value) -> Res<Cell> {
    match Obj::of(v).and_then(|o| o.payload::<Cell>(cx, 0)) {
        Some(cell) => Ok(cell.clone()),
        None => Err(cx.type_error("not a ZstdCompressor")),
    }
}

fn locked(cell: &Cell) -> MutexGuard<'_, State> {
    cell.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `compression.zstd.ZstdCompressor`
pub static COMPRESSOR: TypeDef = TypeDef {
    doc: "Create a compressor object for compressing data incrementally.\n\n  level\n    The compression level to use. Defaults to COMPRESSION_LEVEL_DEFAULT.\n  options\n    A dict object that contains advanced compression parameters.\n  zstd_dict\n    A ZstdDict object, a pre-trained Zstandard dictionary.\n\nThread-safe at method level. For one-shot compression, use the compress()\nfunction instead.",
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, level=None, options=None, zstd_dict=None)", new, "")),
    attrs: &[
        ("CONTINUE", Const::Int(Mode::ZSTD_e_continue as i64)),
        ("FLUSH_BLOCK", Const::Int(Mode::ZSTD_e_flush as i64)),
        ("FLUSH_FRAME", Const::Int(Mode::ZSTD_e_end as i64)),
    ],
    methods: &[
        NativeDef::new(
            "compress",
            "($self, /, data, mode=ZstdCompressor.CONTINUE)",
            |cx, args| {
                let data = protocol::to_bytes(cx, args[1])?;
                let Some(mode) = mode(args.c_int_or(cx, 2, Mode::ZSTD_e_continue as i32)?) else {
                    return Err(cx.value_error(
                        "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME.",
                    ));
                };
                compress(cx, args[0], &data, mode)
            },
            "Provide data to the compressor object.\n\n  mode\n    Can be these 3 values ZstdCompressor.CONTINUE,\n    ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME\n\nReturn a chunk of compressed data if possible, or b'' otherwise.\nWhen you have finished providing data to the compressor, call the\nflush() method to finish the compression process.",
        ),
        NativeDef::new(
            "flush",
            "($self, /, mode=ZstdCompressor.FLUSH_FRAME)",
            |cx, args| match mode(args.c_int_or(cx, 1, Mode::ZSTD_e_end as i32)?) {
                Some(mode) if mode != Mode::ZSTD_e_continue => compress(cx, args[0], &[], mode),
                _ => Err(cx.value_error(
                    "mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or ZstdCompressor.FLUSH_BLOCK.",
                )),
            },
            "Finish the compression process.\n\n  mode\n    Can be these 2 values ZstdCompressor.FLUSH_FRAME,\n    ZstdCompressor.FLUSH_BLOCK\n\nFlush any remaining data left in internal buffers.  Since Zstandard\ndata consists of one or more independent frames, the compressor\nobject can still be used after this method is called.",
        ),
        NativeDef::new(
            "set_pledged_input_size",
            "($self, size, /)",
            pledge,
            "Set the uncompressed content size to be written into the frame header.\n\n  size\n    The size of the uncompressed data to be provided to the compressor.\n\nThis method can be used to ensure the header of the frame about to\nbe written includes the size of the data, unless the\nCompressionParameter.content_size_flag is set to False.\nIf last_mode != FLUSH_FRAME, then a RuntimeError is raised.\n\nIt is important to ensure that the pledged data size matches the\nactual data size.  If they do not match the compressed output data\nmay be corrupted and the final chunk written may be lost.",
        ),
    ],
    getsets: &[GetSet::ro(
        "last_mode",
        |cx, v| {
            let cell = cell(cx, v)?;
            let mode = cx.blocking(|| locked(&cell).last_mode);
            Ok(Value::small(mode as i32))
        },
        "The last mode used to this compressor object, its value can be .CONTINUE,\n.FLUSH_BLOCK, .FLUSH_FRAME. Initialized to .FLUSH_FRAME.\n\nIt can be used to get the current state of a compressor, such as, data\nflushed, or a frame ended.",
    )],
    ..TypeDef::new("compression.zstd", "ZstdCompressor")
};

fn mode(n: i32) -> Option<Mode> {
    [Mode::ZSTD_e_continue, Mode::ZSTD_e_flush, Mode::ZSTD_e_end].into_iter().find(|&m| m as i32 == n)
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let (level, options, dict) = (args.some(1), args.some(2), args.some(3));
    if level.is_some() && options.is_some() {
        return Err(cx.type_error("Only one of level or options should be used."));
    }
    let Some(mut coder) = raw::Compressor::new() else {
        return Err(library_error(cx, "Unable to create ZSTD_CCtx instance."));
    };
    // The level that a dictionary is digested for.
    let mut digest_for = 0;
    if let Some(v) = level {
        digest_for = parameters::level(cx, v)?;
        parameters::set_level(cx, &mut coder, digest_for)?;
    }
    if let Some(v) = options {
        digest_for = parameters::set_compression(cx, &mut coder, v)?.unwrap_or(0);
    }
    if let Some(v) = dict {
        let (dict, how) = dictionary::argument(cx, v, Use::Undigested)?;
        let r = cx.blocking(|| coder.load(dict, how, digest_for));
        r.map_err(|e| dictionary::unfit(cx, e, "ZSTD_CDict", "compression"))?;
    }
    let obj = cx.alloc_instance(args[0])?;
    obj.set_payload(cx, 0, Cell::new(Mutex::new(State { coder, last_mode: Mode::ZSTD_e_end })));
    Ok(obj.value())
}

fn compress(cx: &mut Ctx, v: Value, data: &[u8], mode: Mode) -> PyResult {
    let cell = cell(cx, v)?;
    let mut out = Vec::new();
    let mut attempt = |cx: &mut Ctx| {
        cx.blocking(|| {
            let mut state = locked(&cell);
            let begins = state.last_mode == Mode::ZSTD_e_end;
            out.clear();
            let r = state.coder.compress(data, mode, &mut out);
            state.last_mode = if r.is_ok() { mode } else { Mode::ZSTD_e_end };
            if r.is_err() {
                state.coder.reset();
            }
            (r, begins)
        })
    };
    let (mut r, begins) = attempt(cx);
    if begins && r.is_err_and(Failure::is_for_memory) {
        // What a frame needs is asked for when it begins. Dropped compressors may have it.
        cx.collect_for_room();
        (r, _) = attempt(cx);
    }
    match r {
        Ok(()) => Bytes::wish(cx, &out),
        Err(Failure::Memory) => Err(cx.memory_error()),
        Err(Failure::Library(e)) => Err(library_error(cx, &format!("Unable to compress Zstandard data: {}", e.text()))),
    }
}

/// `set_pledged_input_size(size)`
fn pledge(cx: &mut Ctx, args: Args) -> PyResult {
    let size = match args[1] {
        Value::NONE => UNKNOWN_SIZE,
        v if int::is_sub(cx, v) => {
            let n = protocol::index_value(cx, v)?;
            match int::to_i128(n).and_then(|n| u64::try_from(n).ok()).filter(|&n| n < SIZE_ERROR) {
                Some(n) => n,
                None => {
                    return Err(
                        cx.value_error(format!("size argument should be a positive int less than {SIZE_ERROR}"))
                    );
                }
            }
        }
        _ => return Err(cx.type_error("an integer is required")),
    };
    let cell = cell(cx, args[0])?;
    let r = cx.blocking(|| {
        let mut state = locked(&cell);
        (state.last_mode == Mode::ZSTD_e_end).then(|| state.coder.pledge(size))
    });
    match r {
        Some(Ok(())) => Ok(Value::NONE),
        Some(Err(e)) => {
            Err(library_error(cx, &format!("Unable to set pledged uncompressed content size: {}", e.text())))
        }
        None => Err(cx.value_error("set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME")),
    }
}
