//! The module `zlib`.

mod objects;
mod spare;
mod stream;

use crate::arguments::word32;
use engine::objects::Bytes;
use engine::prelude::*;
use stream::{Broken, Compressor, Decompressor, Fault, Flush, Frame, adler32};

/// `zlib`.
pub static ZLIB: ModuleDef = ModuleDef {
    doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.",
    functions: &[
        NativeDef::new(
            "adler32",
            "($module, data, value=1, /)",
            |cx, args| {
                let start = match args.get(1) {
                    Some(v) => word32(cx, v)?,
                    None => 1,
                };
                let data = protocol::to_bytes(cx, args[0])?;
                Ok(int::from_u64(cx, u64::from(adler32(&data, start))))
            },
            "Compute an Adler-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer.",
        ),
        NativeDef::new(
            "crc32",
            "($module, data, value=0, /)",
            |cx, args| {
                let start = match args.get(1) {
                    Some(v) => word32(cx, v)?,
                    None => 0,
                };
                let data = protocol::to_bytes(cx, args[0])?;
                Ok(int::from_u64(cx, u64::from(pytext::binascii::crc32(&data, start))))
            },
            "Compute a CRC-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer.",
        ),
        NativeDef::new(
            "compress",
            "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)",
            compress,
            "Returns a bytes object containing compressed data.",
        ),
        NativeDef::new(
            "decompress",
            "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)",
            decompress,
            "Returns a bytes object containing the uncompressed data.",
        ),
        NativeDef::new(
            "compressobj",
            "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)",
            objects::compressobj,
            "Return a compressor object.",
        ),
        NativeDef::new(
            "decompressobj",
            "($module, /, wbits=MAX_WBITS, zdict=b'')",
            objects::decompressobj,
            "Return a decompressor object.",
        ),
    ],
    constants: &[
        ("DEFLATED", Const::Int(8)),
        ("DEF_BUF_SIZE", Const::Int(16384)),
        ("DEF_MEM_LEVEL", Const::Int(8)),
        ("MAX_WBITS", Const::Int(15)),
        ("ZLIB_VERSION", Const::Str("1.3.2")),
        ("ZLIB_RUNTIME_VERSION", Const::Str("1.3.2")),
        ("Z_BEST_COMPRESSION", Const::Int(9)),
        ("Z_BEST_SPEED", Const::Int(1)),
        ("Z_BLOCK", Const::Int(5)),
        ("Z_DEFAULT_COMPRESSION", Const::Int(-1)),
        ("Z_DEFAULT_STRATEGY", Const::Int(0)),
        ("Z_FILTERED", Const::Int(1)),
        ("Z_FINISH", Const::Int(4)),
        ("Z_FIXED", Const::Int(4)),
        ("Z_FULL_FLUSH", Const::Int(3)),
        ("Z_HUFFMAN_ONLY", Const::Int(2)),
        ("Z_NO_COMPRESSION", Const::Int(0)),
        ("Z_NO_FLUSH", Const::Int(0)),
        ("Z_PARTIAL_FLUSH", Const::Int(1)),
        ("Z_RLE", Const::Int(3)),
        ("Z_SYNC_FLUSH", Const::Int(2)),
        ("Z_TREES", Const::Int(6)),
    ],
    types: &[&ERROR, &objects::ZLIB_DECOMPRESSOR],
    init: Some(|cx, _| {
        cx.add_type(&objects::COMPRESS);
        cx.add_type(&objects::DECOMPRESS);
        Ok(())
    }),
    ..ModuleDef::new("zlib")
};

/// `zlib.error`.
static ERROR: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE),
    bases: &[BaseRef::Exc(Exc::Exception)],
    ..TypeDef::new("zlib", "error")
};

/// Raises `zlib.error`.
#[cold]
fn error(cx: &mut Ctx, text: impl Into<String>) -> Raised {
    let class = cx.type_of_def(&ERROR).value();
    cx.raise_of(class, text.into())
}

/// `Error -3 while decompressing data: ...`
#[cold]
fn bad_data(cx: &mut Ctx, fault: Fault) -> Raised {
    match fault {
        Fault::Data(what) => error(cx, format!("Error -3 while decompressing data: {what}")),
        Fault::NoDictionary => error(cx, "Error 2 while decompressing data"),
        Fault::Memory => cx.memory_error(),
        Fault::OtherDictionary => error(cx, "Error -3 while setting zdict: invalid input data"),
    }
}

fn compress(cx: &mut Ctx, args: Args) -> PyResult {
    let level = args.index_or(cx, 1, -1)?;
    let wbits = args.index_or(cx, 2, 15)?;
    let data = protocol::to_bytes(cx, args[0])?;
    let Some((frame, bits)) = Frame::parse(wbits, true).filter(|_| (-1..=9).contains(&level)) else {
        return Err(error(cx, "Bad compression level"));
    };
    let (mut coder, mut rest, mut out) = (Compressor::new(frame, bits, level, 0), &data[..], Vec::new());
    let done = cx.blocking_pieces(|woken| coder.run_pieces(&mut rest, Flush::Finish, &mut out, woken))?;
    match done {
        Err(Broken::Memory) => Err(cx.memory_error()),
        Ok(()) | Err(Broken::State) => Bytes::wish(cx, &out),
    }
}

fn decompress(cx: &mut Ctx, args: Args) -> PyResult {
    let wbits = args.index_or(cx, 1, 15)?;
    let bufsize = args.index_or(cx, 2, 16384)?;
    let data = protocol::to_bytes(cx, args[0])?;
    if bufsize < 0 {
        return Err(cx.value_error("bufsize must be non-negative"));
    }
    let Some((frame, bits)) = Frame::parse(wbits, false) else {
        return Err(error(cx, "Error -2 while preparing to decompress data: inconsistent stream state"));
    };
    let (mut coder, mut at, mut out) = (Decompressor::new(frame, bits, &[]), 0, Vec::new());
    let done = cx.blocking_pieces(|woken| coder.run_pieces(&data, &mut at, usize::MAX, &mut out, woken))?;
    let ended = coder.done();
    match done {
        Err(fault) => Err(bad_data(cx, fault)),
        Ok(_) if !ended => Err(error(cx, "Error -5 while decompressing data: incomplete or truncated stream")),
        Ok(_) => Bytes::wish(cx, &out),
    }
}
