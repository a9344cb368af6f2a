//! The module `_lzma`.

mod filters;

use std::io::Write;
use std::sync::PoisonError;

use ::lzma_rust2::{
    Action, CheckType, Lzma2Options, Lzma2Stream, Lzma2Writer, LzmaOptions, LzmaStream, LzmaWriter, Status, XzOptions,
    XzStream, XzWriter,
};
use engine::prelude::*;
use proto_core::memory;

use crate::stream::{self, Decode, Failure, NO_MEMORY, Step, Stream, adopt};
use filters::Filter;

const FORMAT_AUTO: i64 = 0;
const FORMAT_XZ: i64 = 1;
const FORMAT_ALONE: i64 = 2;
const FORMAT_RAW: i64 = 3;
const CHECK_UNKNOWN: i64 = 16;
/// How each `.xz` stream begins.
const XZ_MAGIC: &[u8] = b"\xfd7zXZ\0";
const PRESET_EXTREME: i64 = 1 << 31;

/// `_lzma.LZMAError`
pub static LZMA_ERROR: TypeDef = TypeDef {
    doc: "Call to liblzma failed.",
    bases: &[BaseRef::Exc(Exc::Exception)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    ..TypeDef::new("_lzma", "LZMAError")
};

/// Raises LZMAError.
fn lzma_error(cx: &mut Ctx, text: &str) -> Raised {
    let class = cx.type_of_def(&LZMA_ERROR).value();
    cx.raise_of(class, text.to_string())
}

fn error(cx: &mut Ctx, e: Failure) -> Raised {
    lzma_error(cx, e.0)
}

// --- compressing ---

enum Encoder {
    Xz(XzWriter<Vec<u8>>),
    Alone(LzmaWriter<Vec<u8>>),
    Lzma2(Lzma2Writer<Vec<u8>>),
    Flushed,
}

impl Encoder {
    fn compress(&mut self, data: &[u8]) -> std::io::Result<Vec<u8>> {
        Ok(match self {
            Encoder::Xz(w) => {
                w.write_all(data)?;
                std::mem::take(w.inner_mut())
            }
            Encoder::Alone(w) => {
                w.write_all(data)?;
                std::mem::take(w.inner_mut())
            }
            Encoder::Lzma2(w) => {
                w.write_all(data)?;
                std::mem::take(w.inner_mut())
            }
            Encoder::Flushed => Vec::new(),
        })
    }

    fn flush(&mut self) -> std::io::Result<Vec<u8>> {
        match std::mem::replace(self, Encoder::Flushed) {
            Encoder::Xz(w) => w.finish(),
            Encoder::Alone(w) => w.finish(),
            Encoder::Lzma2(w) => w.finish(),
            Encoder::Flushed => Ok(Vec::new()),
        }
    }
}

fn check_type(cx: &mut Ctx, check: i64) -> Res<CheckType> {
    Ok(match check {
        -1 | 4 => CheckType::Crc64,
        0 => CheckType::None,
        1 => CheckType::Crc32,
        10 => CheckType::Sha256,
        _ => return Err(lzma_error(cx, "Unsupported integrity check")),
    })
}

fn preset_options(cx: &mut Ctx, v: Option<Value>) -> Res<LzmaOptions> {
    let preset = match v {
        Some(v) => protocol::index(cx, v)?,
        None => 6,
    };
    if preset < 0 {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    match u32::try_from(preset & !PRESET_EXTREME) {
        Ok(n @ 0..=9) => Ok(LzmaOptions::with_preset(n)),
        _ => Err(lzma_error(cx, "Invalid or unsupported options")),
    }
}

/// Room for an encoder's dictionary and what finds matches in it.
fn room_for_encoder(cx: &mut Ctx, options: &LzmaOptions) -> Res<()> {
    cx.make_room_beside((options.dict_size as usize).saturating_mul(12))
}

/// `LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)`
fn new_compressor(cx: &mut Ctx, args: Args) -> PyResult {
    let format = args.index_or(cx, 1, FORMAT_XZ)?;
    let check = args.index_or(cx, 2, -1)?;
    let preset = args.get(3).filter(|&v| v != Value::NONE);
    let given = args.get(4).filter(|&v| v != Value::NONE);
    if preset.is_some() && given.is_some() {
        return Err(cx.value_error("Cannot specify both preset and filter chain"));
    }
    if format != FORMAT_XZ && check != -1 && check != 0 {
        return Err(cx.value_error("Integrity checks are only supported by FORMAT_XZ"));
    }
    let chain = match given {
        Some(v) => Some(filters::chain(cx, v)?),
        None => None,
    };
    let made = match format {
        FORMAT_XZ => {
            let mut options = XzOptions { check_type: check_type(cx, check)?, ..XzOptions::default() };
            match chain {
                None => options.lzma_options = preset_options(cx, preset)?,
                Some(chain) => {
                    let Some((Filter::Lzma2(last), before)) = chain.split_last() else {
                        return Err(lzma_error(cx, "Invalid or unsupported options"));
                    };
                    options.lzma_options = last.clone();
                    for f in before.iter().rev() {
                        let Filter::Other(kind, property) = f else {
                            return Err(lzma_error(cx, "Invalid or unsupported options"));
                        };
                        options.prepend_pre_filter(*kind, *property);
                    }
                }
            }
            room_for_encoder(cx, &options.lzma_options)?;
            XzWriter::new(Vec::new(), options).map(Encoder::Xz)
        }
        FORMAT_ALONE => {
            let options = match chain.as_deref() {
                None => preset_options(cx, preset)?,
                Some([Filter::Lzma1(o)]) => o.clone(),
                Some(_) => {
                    return Err(cx.value_error("Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter"));
                }
            };
            room_for_encoder(cx, &options)?;
            LzmaWriter::new_use_header(Vec::new(), &options, None).map(Encoder::Alone)
        }
        FORMAT_RAW => match chain.as_deref() {
            None => return Err(cx.value_error("Must specify filters for FORMAT_RAW")),
            Some([Filter::Lzma1(o)]) => {
                room_for_encoder(cx, o)?;
                LzmaWriter::new_no_header(Vec::new(), o, true).map(Encoder::Alone)
            }
            Some([Filter::Lzma2(o)]) => {
                room_for_encoder(cx, o)?;
                let options = Lzma2Options { lzma_options: o.clone(), ..Lzma2Options::with_preset(6) };
                Ok(Encoder::Lzma2(Lzma2Writer::new(Vec::new(), options)))
            }
            Some(_) => return Err(lzma_error(cx, "Invalid or unsupported options")),
        },
        _ => return Err(cx.value_error(format!("Invalid container format: {format}"))),
    };
    match made {
        Ok(encoder) => adopt(cx, args[0], encoder),
        Err(_) => Err(lzma_error(cx, "Invalid or unsupported options")),
    }
}

/// Input that is compressed between two looks for signals.
const PIECE: usize = 64 << 10;

fn encode(cx: &mut Ctx, v: Value, data: Option<&[u8]>) -> PyResult {
    // What cannot be compressed stays as long as it is.
    cx.make_room_beside(data.map_or(0, |d| d.len() + d.len() / 8))?;
    let cell = stream::shared::<Encoder>(cx, v)?;
    let (mut pieces, mut out) = (data.map(|d| d.chunks(PIECE)), Vec::new());
    let r = cx.blocking_pieces(|woken| {
        let mut coder = cell.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*coder, Encoder::Flushed) {
            return Some(None);
        }
        let Some(pieces) = &mut pieces else {
            return Some(Some(coder.flush().map(|made| out = made)));
        };
        while !woken() {
            match pieces.next().map(|piece| coder.compress(piece)) {
                Some(Ok(made)) => {
                    if !memory::grows(&mut out, made.len()) {
                        return Some(Some(Err(std::io::ErrorKind::OutOfMemory.into())));
                    }
                    out.extend_from_slice(&made);
                }
                Some(Err(e)) => return Some(Some(Err(e))),
                None => return Some(Some(Ok(()))),
            }
        }
        None
    })?;
    match r {
        Some(Ok(())) => Bytes::wish(cx, &out),
        Some(Err(e)) if e.kind() == std::io::ErrorKind::OutOfMemory => Err(cx.memory_error()),
        Some(Err(_)) => Err(lzma_error(cx, "Internal error")),
        None if data.is_none() => Err(cx.value_error("Repeated call to flush()")),
        None => Err(cx.value_error("Compressor has been flushed")),
    }
}

/// `_lzma.LZMACompressor`
pub static COMPRESSOR: TypeDef = TypeDef {
    doc: "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nCreate a compressor object for compressing data incrementally.",
    nnative: 1,
    new: Some(
        NativeDef::new("__new__", "($type, format=FORMAT_XZ, check=-1, preset=None, filters=None)", new_compressor, "")
            .hide_sig(),
    ),
    methods: &[
        NativeDef::new(
            "compress",
            "($self, data, /)",
            |cx, args| {
                let data = protocol::to_bytes(cx, args[1])?;
                encode(cx, args[0], Some(&data))
            },
            "Provide data to the compressor object.",
        ),
        NativeDef::new("flush", "($self, /)", |cx, args| encode(cx, args[0], None), "Finish the compression process."),
    ],
    ..TypeDef::new("_lzma", "LZMACompressor")
};

// --- decompressing ---

const FOREIGN: Failure = Failure("Input format not supported by decoder");

enum Coder {
    /// The format shows in the first bytes.
    Auto,
    Xz(Box<XzStream>),
    Alone(Box<LzmaStream>),
    Lzma2(Box<Lzma2Stream>),
    /// The stream has ended. Its integrity check.
    Ended(i64),
}

struct Decoder {
    coder: Coder,
    limit_kib: u32,
    /// The limit was asked for.
    limited: bool,
    raw: bool,
    /// The format was not named: then a header must look like one that somebody writes.
    picky: bool,
    /// The first bytes, as far as a header goes.
    head: Vec<u8>,
}

/// Bytes of the header of `FORMAT_ALONE`.
const ALONE_HEADER: usize = 13;

/// Whether a header of `FORMAT_ALONE` may begin so. `picky`: as liblzma does where the format must be guessed.
fn may_be_alone(head: &[u8], picky: bool) -> bool {
    let (properties, dict, size) = (head.first(), head.get(1..5), head.get(5..ALONE_HEADER));
    let little = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |n, &b| n << 8 | u64::from(b));
    let known = properties.is_none_or(|&p| p < 225 && p % 9 + p / 9 % 5 <= 4);
    // 2^n or 2^n + 2^(n - 1), and less than 256 GiB where it is told.
    let usual = |n: u64| {
        n == 0 || n == u64::from(u32::MAX) || n.is_power_of_two() || (n.is_multiple_of(3) && (n / 3).is_power_of_two())
    };
    known
        && !(picky
            && (dict.is_some_and(|d| !usual(little(d)))
                || size.map(little).is_some_and(|n| n != u64::MAX && n >= 1 << 38)))
}

impl Decoder {
    fn choose(&mut self, first: u8) {
        self.coder = if first == 0xFD {
            Coder::Xz(Box::new(XzStream::new_mem_limit(false, self.limit_kib)))
        } else {
            Coder::Alone(Box::new(LzmaStream::new_mem_limit(self.limit_kib, None)))
        };
    }

    fn check(&self) -> i64 {
        match &self.coder {
            Coder::Xz(s) => match s.check_type() {
                None => CHECK_UNKNOWN,
                Some(CheckType::None) => 0,
                Some(CheckType::Crc32) => 1,
                Some(CheckType::Crc64) => 4,
                Some(CheckType::Sha256) => 10,
            },
            Coder::Auto => CHECK_UNKNOWN,
            Coder::Ended(check) => *check,
            Coder::Alone(_) | Coder::Lzma2(_) => 0,
        }
    }
}

impl Decode for Decoder {
    fn unusable(cx: &mut Ctx) -> Raised {
        lzma_error(cx, "Internal error")
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Failure> {
        if let (Coder::Auto, Some(&first)) = (&self.coder, input.first()) {
            self.choose(first);
        }
        let before = self.head.len();
        self.head.extend_from_slice(&input[..input.len().min(ALONE_HEADER - before)]);
        // liblzma refuses a header of this format at its first wrong byte; one of the other when it is whole.
        if matches!(self.coder, Coder::Alone(_)) && !self.raw && !may_be_alone(&self.head, self.picky) {
            return Err(FOREIGN);
        }
        let (r, foreign) = match &mut self.coder {
            Coder::Auto => return Ok(Step { consumed: 0, produced: 0, ended: false }),
            Coder::Ended(_) => return Ok(Step { consumed: 0, produced: 0, ended: true }),
            Coder::Xz(s) => {
                let foreign = !XZ_MAGIC.starts_with(&self.head[..self.head.len().min(XZ_MAGIC.len())]);
                (s.process(input, output, Action::Run), foreign)
            }
            Coder::Alone(s) => {
                let foreign = s.total_out() == 0 && !self.raw;
                (s.process(input, output, Action::Run), foreign)
            }
            Coder::Lzma2(s) => (s.process(input, output, Action::Run), false),
        };
        let consumed = r.as_ref().map_or(0, |r| r.bytes_consumed);
        self.head.truncate(before.saturating_add(consumed));
        match r {
            Ok(r) => Ok(Step {
                consumed: r.bytes_consumed,
                produced: r.bytes_produced,
                ended: r.status == Status::StreamEnd,
            }),
            Err(e) if e.kind() == std::io::ErrorKind::OutOfMemory && !self.limited => Err(NO_MEMORY),
            Err(e) if e.kind() == std::io::ErrorKind::OutOfMemory => Err(Failure("Memory usage limit exceeded")),
            Err(_) if foreign => Err(FOREIGN),
            Err(_) => Err(Failure("Corrupt input data")),
        }
    }

    fn given_back(&self) -> &[u8] {
        match &self.coder {
            Coder::Alone(s) => s.unused_input(),
            _ => &[],
        }
    }

    fn end(&mut self) {
        self.coder = Coder::Ended(self.check());
    }
}

/// `LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)`
fn new_decompressor(cx: &mut Ctx, args: Args) -> PyResult {
    let format = args.index_or(cx, 1, FORMAT_AUTO)?;
    let limit = args.get(2).filter(|&v| v != Value::NONE);
    let given = args.get(3).filter(|&v| v != Value::NONE);
    let raw = format == FORMAT_RAW;
    if raw && limit.is_some() {
        return Err(cx.value_error("Cannot specify memory limit with FORMAT_RAW"));
    }
    if raw && given.is_none() {
        return Err(cx.value_error("Must specify filters for FORMAT_RAW"));
    }
    if !raw && given.is_some() {
        return Err(cx.value_error("Cannot specify filters except with FORMAT_RAW"));
    }
    let limit_kib = match limit {
        Some(v) => u32::try_from(protocol::index(cx, v)?.max(0) / 1024).unwrap_or(u32::MAX),
        // Nobody asks before the dictionary is made, which the data chooses: where addresses are few, half of them at most.
        None => memory::address_limit().map_or(u32::MAX, |n| u32::try_from(n / 2048).unwrap_or(u32::MAX)),
    };
    let limited = limit.is_some();
    let coder = match format {
        FORMAT_AUTO => Coder::Auto,
        FORMAT_XZ => Coder::Xz(Box::new(XzStream::new_mem_limit(false, limit_kib))),
        FORMAT_ALONE => Coder::Alone(Box::new(LzmaStream::new_mem_limit(limit_kib, None))),
        FORMAT_RAW => match raw_coder(cx, given.unwrap_or(Value::NONE))? {
            Some(coder) => coder,
            None => return Err(lzma_error(cx, "Invalid or unsupported options")),
        },
        _ => return Err(cx.value_error(format!("Invalid container format: {format}"))),
    };
    adopt(
        cx,
        args[0],
        Stream::new(Decoder { coder, limit_kib, limited, raw, picky: format == FORMAT_AUTO, head: Vec::new() }),
    )
}

fn raw_coder(cx: &mut Ctx, given: Value) -> Res<Option<Coder>> {
    let chain = filters::chain(cx, given)?;
    let Some((last, before)) = chain.split_last() else { return Ok(None) };
    if let Filter::Lzma1(o) | Filter::Lzma2(o) = last {
        cx.make_room_beside(o.dict_size as usize)?;
    }
    let mut configs = Vec::new();
    for f in before {
        let Filter::Other(filter_type, property) = f else { return Ok(None) };
        configs.push(::lzma_rust2::filter::FilterConfig { filter_type: *filter_type, property: *property });
    }
    Ok(match last {
        Filter::Lzma1(o) => {
            let made = LzmaStream::new(u64::MAX, o.lc, o.lp, o.pb, o.dict_size, None).and_then(|mut s| {
                if !configs.is_empty() {
                    s.set_filters(&configs)?;
                }
                Ok(s)
            });
            made.ok().map(|s| Coder::Alone(Box::new(s)))
        }
        Filter::Lzma2(o) => {
            let mut s = Lzma2Stream::new(o.dict_size);
            (configs.is_empty() || s.set_filters(&configs).is_ok()).then(|| Coder::Lzma2(Box::new(s)))
        }
        Filter::Other(..) => None,
    })
}

/// `_lzma.LZMADecompressor`
pub static DECOMPRESSOR: TypeDef = TypeDef {
    doc: "Create a decompressor object for decompressing data incrementally.\n\n  format\n    Specifies the container format of the input stream.  If this is\n    FORMAT_AUTO (the default), the decompressor will automatically detect\n    whether the input is FORMAT_XZ or FORMAT_ALONE.",
    nnative: 1,
    new: Some(NativeDef::new(
        "__new__",
        "($type, format=FORMAT_AUTO, memlimit=None, filters=None)",
        new_decompressor,
        "",
    )),
    methods: &[NativeDef::new(
        "decompress",
        "($self, /, data, max_length=-1)",
        |cx, args| stream::decompress::<Decoder>(cx, args, "Already at end of stream", error),
        "Decompress *data*, returning uncompressed data as bytes.",
    )],
    getsets: &[
        GetSet::ro(
            "check",
            |cx, v| {
                let n = stream::payload::<Stream<Decoder>>(cx, v).map_or(CHECK_UNKNOWN, |s| s.decoder().check());
                Ok(int::from_i64(cx, n))
            },
            "ID of the integrity check used by the input stream.",
        ),
        GetSet::ro("eof", stream::eof::<Decoder>, "True if the end-of-stream marker has been reached."),
        GetSet::ro(
            "needs_input",
            stream::needs_input::<Decoder>,
            "True if more input is needed before more decompressed data can be produced.",
        ),
        GetSet::ro("unused_data", stream::unused_data::<Decoder>, "Data found after the end of the compressed stream."),
    ],
    ..TypeDef::new("_lzma", "LZMADecompressor")
};

fn is_check_supported(cx: &mut Ctx, args: Args) -> PyResult {
    let n = protocol::index(cx, args[0])?;
    Ok(Value::bool(matches!(n, 0 | 1 | 4 | 10)))
}

/// `_lzma`
pub static LZMA: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new(
            "is_check_supported",
            "($module, check_id, /)",
            is_check_supported,
            "Test whether the given integrity check is supported.\n\nAlways returns True for CHECK_NONE and CHECK_CRC32.",
        ),
        NativeDef::new("_encode_filter_properties", "($module, filter, /)", filters::encode_properties, ""),
        NativeDef::new(
            "_decode_filter_properties",
            "($module, filter_id, encoded_props, /)",
            filters::decode_properties,
            "",
        ),
    ],
    types: &[&COMPRESSOR, &DECOMPRESSOR, &LZMA_ERROR],
    constants: &[
        ("FORMAT_AUTO", Const::Int(FORMAT_AUTO)),
        ("FORMAT_XZ", Const::Int(FORMAT_XZ)),
        ("FORMAT_ALONE", Const::Int(FORMAT_ALONE)),
        ("FORMAT_RAW", Const::Int(FORMAT_RAW)),
        ("CHECK_NONE", Const::Int(0)),
        ("CHECK_CRC32", Const::Int(1)),
        ("CHECK_CRC64", Const::Int(4)),
        ("CHECK_SHA256", Const::Int(10)),
        ("CHECK_ID_MAX", Const::Int(15)),
        ("CHECK_UNKNOWN", Const::Int(CHECK_UNKNOWN)),
        ("FILTER_LZMA1", Const::Int(filters::LZMA1)),
        ("FILTER_LZMA2", Const::Int(filters::LZMA2)),
        ("FILTER_DELTA", Const::Int(filters::DELTA)),
        ("FILTER_X86", Const::Int(4)),
        ("FILTER_POWERPC", Const::Int(5)),
        ("FILTER_IA64", Const::Int(6)),
        ("FILTER_ARM", Const::Int(7)),
        ("FILTER_ARMTHUMB", Const::Int(8)),
        ("FILTER_SPARC", Const::Int(9)),
        ("MF_HC3", Const::Int(3)),
        ("MF_HC4", Const::Int(4)),
        ("MF_BT2", Const::Int(0x12)),
        ("MF_BT3", Const::Int(0x13)),
        ("MF_BT4", Const::Int(0x14)),
        ("MODE_FAST", Const::Int(1)),
        ("MODE_NORMAL", Const::Int(2)),
        ("PRESET_DEFAULT", Const::Int(6)),
        ("PRESET_EXTREME", Const::Int(PRESET_EXTREME)),
    ],
    ..ModuleDef::new("_lzma")
};
