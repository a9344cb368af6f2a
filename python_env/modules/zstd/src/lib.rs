//! The module `_zstd`, over the zstd library built in.
//!
//! [`raw`] is the library's interface as safe handles. Coders work on copies of the data in a blocking region: other threads may collect
//! meanwhile.
#![deny(unsafe_code)]

mod compressor;
mod decompressor;
mod dictionary;
mod parameters;
#[allow(unsafe_code)]
mod raw;

use engine::prelude::*;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&ZSTD];

/// `compression.zstd.ZstdError`
static ZSTD_ERROR: TypeDef = TypeDef {
    doc: "An error occurred in the zstd library.",
    bases: &[BaseRef::Exc(Exc::Exception)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    ..TypeDef::new("compression.zstd", "ZstdError")
};

/// Raises ZstdError.
fn library_error(cx: &mut Ctx, text: &str) -> Raised {
    let class = cx.type_of_def(&ZSTD_ERROR).value();
    cx.raise_of(class, text.to_string())
}

/// What the module keeps, made at the first call.
fn table(cx: &mut Ctx) -> Dict {
    let key = cx.intern(b"_zstd");
    let state = cx.rt.state(cx);
    if let Some(d) = state.get_str(key).and_then(Dict::of) {
        return d;
    }
    let d = Dict::new(cx);
    state.set_str(cx, key, d.value());
    d
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let number = raw::version();
    let text = format!("{}.{}.{}", number / 10_000, number / 100 % 100, number % 100);
    let text = Str::new(cx, &text);
    cx.set_module_attr(module, "zstd_version", text);
    for (name, n) in [
        ("zstd_version_number", u64::from(number)),
        ("ZSTD_CLEVEL_DEFAULT", raw::default_level() as u64),
        ("ZSTD_DStreamOutSize", raw::output_size() as u64),
    ] {
        let n = int::from_u64(cx, n);
        cx.set_module_attr(module, name, n);
    }
    Ok(())
}

static ZSTD: ModuleDef = ModuleDef {
    doc: "Implementation module for Zstandard compression.",
    types: &[&compressor::COMPRESSOR, &decompressor::DECOMPRESSOR, &dictionary::DICT, &ZSTD_ERROR],
    constants: &[
        ("ZSTD_c_compressionLevel", Const::Int(100)),
        ("ZSTD_c_windowLog", Const::Int(101)),
        ("ZSTD_c_hashLog", Const::Int(102)),
        ("ZSTD_c_chainLog", Const::Int(103)),
        ("ZSTD_c_searchLog", Const::Int(104)),
        ("ZSTD_c_minMatch", Const::Int(105)),
        ("ZSTD_c_targetLength", Const::Int(106)),
        ("ZSTD_c_strategy", Const::Int(107)),
        ("ZSTD_c_enableLongDistanceMatching", Const::Int(160)),
        ("ZSTD_c_ldmHashLog", Const::Int(161)),
        ("ZSTD_c_ldmMinMatch", Const::Int(162)),
        ("ZSTD_c_ldmBucketSizeLog", Const::Int(163)),
        ("ZSTD_c_ldmHashRateLog", Const::Int(164)),
        ("ZSTD_c_contentSizeFlag", Const::Int(200)),
        ("ZSTD_c_checksumFlag", Const::Int(201)),
        ("ZSTD_c_dictIDFlag", Const::Int(202)),
        ("ZSTD_c_nbWorkers", Const::Int(400)),
        ("ZSTD_c_jobSize", Const::Int(401)),
        ("ZSTD_c_overlapLog", Const::Int(402)),
        ("ZSTD_d_windowLogMax", Const::Int(100)),
        ("ZSTD_fast", Const::Int(1)),
        ("ZSTD_dfast", Const::Int(2)),
        ("ZSTD_greedy", Const::Int(3)),
        ("ZSTD_lazy", Const::Int(4)),
        ("ZSTD_lazy2", Const::Int(5)),
        ("ZSTD_btlazy2", Const::Int(6)),
        ("ZSTD_btopt", Const::Int(7)),
        ("ZSTD_btultra", Const::Int(8)),
        ("ZSTD_btultra2", Const::Int(9)),
    ],
    functions: &[
        NativeDef::new(
            "train_dict",
            "($module, samples_bytes, samples_sizes, dict_size, /)",
            |cx, args| {
                let Some(samples) = Bytes::of_sub(cx, args[0]) else { return Err(args.wrong(cx, 0, "bytes")) };
                let Some(sizes) = Tuple::of_sub(cx, args[1]) else { return Err(args.wrong(cx, 1, "tuple")) };
                let room = protocol::ssize(cx, args[2])?;
                let (samples, sizes, mut out) = training(cx, samples, sizes, room)?;
                let r = cx.blocking(|| raw::train(&samples, &sizes, &mut out));
                made(cx, r, "train", &out)
            },
            "Train a Zstandard dictionary on sample data.\n\n  samples_bytes\n    Concatenation of samples.\n  samples_sizes\n    Tuple of samples' sizes.\n  dict_size\n    The size of the dictionary.",
        ),
        NativeDef::new(
            "finalize_dict",
            "($module, custom_dict_bytes, samples_bytes, samples_sizes,\n              dict_size, compression_level, /)",
            |cx, args| {
                let Some(content) = Bytes::of_sub(cx, args[0]) else { return Err(args.wrong(cx, 0, "bytes")) };
                let Some(samples) = Bytes::of_sub(cx, args[1]) else { return Err(args.wrong(cx, 1, "bytes")) };
                let Some(sizes) = Tuple::of_sub(cx, args[2]) else { return Err(args.wrong(cx, 2, "tuple")) };
                let room = protocol::ssize(cx, args[3])?;
                let level = protocol::c_int(cx, args[4])?;
                let content = protocol::buffer::copied(cx, content.as_slice())?;
                let (samples, sizes, mut out) = training(cx, samples, sizes, room)?;
                let r = cx.blocking(|| raw::finalize(&content, &samples, &sizes, level, &mut out));
                made(cx, r, "finalize", &out)
            },
            "Finalize a Zstandard dictionary.\n\n  custom_dict_bytes\n    Custom dictionary content.\n  samples_bytes\n    Concatenation of samples.\n  samples_sizes\n    Tuple of samples' sizes.\n  dict_size\n    The size of the dictionary.\n  compression_level\n    Optimize for a specific Zstandard compression level, 0 means default.",
        ),
        NativeDef::new(
            "get_param_bounds",
            "($module, /, parameter, is_compress)",
            parameters::bounds,
            "Get CompressionParameter/DecompressionParameter bounds.\n\n  parameter\n    The parameter to get bounds.\n  is_compress\n    True for CompressionParameter, False for DecompressionParameter.",
        ),
        NativeDef::new(
            "get_frame_size",
            "($module, /, frame_buffer)",
            |cx, args| {
                let data = protocol::to_bytes(cx, args[0])?;
                match cx.blocking(|| raw::frame_size(&data)) {
                    Ok(n) => Ok(int::from_usize(cx, n)),
                    Err(e) => Err(library_error(
                        cx,
                        &format!(
                            "Error when finding the compressed size of a Zstandard frame. Ensure the frame_buffer argument starts from the beginning of a frame, and its length is not less than this complete frame. Zstd error message: {}.",
                            e.text()
                        ),
                    )),
                }
            },
            "Get the size of a Zstandard frame, including the header and optional checksum.\n\n  frame_buffer\n    A bytes-like object, it should start from the beginning of a frame,\n    and contains at least one complete frame.",
        ),
        NativeDef::new(
            "get_frame_info",
            "($module, /, frame_buffer)",
            |cx, args| {
                let data = protocol::to_bytes(cx, args[0])?;
                let Some((size, id)) = raw::frame_info(&data) else {
                    return Err(library_error(
                        cx,
                        "Error when getting information from the header of a Zstandard frame. Ensure the frame_buffer argument starts from the beginning of a frame, and its length is not less than the frame header (6~18 bytes).",
                    ));
                };
                let size = if size == raw::UNKNOWN_SIZE { Value::NONE } else { int::from_u64(cx, size) };
                let id = int::from_u64(cx, u64::from(id));
                Ok(Tuple::new(cx, &[size, id]))
            },
            "Get Zstandard frame infomation from a frame header.\n\n  frame_buffer\n    A bytes-like object, containing the header of a Zstandard frame.",
        ),
        NativeDef::new(
            "set_parameter_types",
            "($module, /, c_parameter_type, d_parameter_type)",
            parameters::set_types,
            "Set CompressionParameter and DecompressionParameter types for validity check.\n\n  c_parameter_type\n    CompressionParameter IntEnum type object\n  d_parameter_type\n    DecompressionParameter IntEnum type object",
        ),
    ],
    init: Some(init),
    ..ModuleDef::new("_zstd")
};

/// What a dictionary is made of and the room for it.
fn training(cx: &mut Ctx, samples: Bytes, sizes: Tuple, room: i64) -> Res<(Vec<u8>, Vec<usize>, Vec<u8>)> {
    let room = match usize::try_from(room) {
        Ok(n) if n > 0 => n,
        _ => return Err(cx.value_error("dict_size argument should be positive number.")),
    };
    let count = sizes.len();
    if u32::try_from(count).is_err() {
        return Err(cx.value_error(format!("The number of samples should be <= {}.", u32::MAX)));
    }
    let mut lengths = cx.buffer::<usize>(count)?;
    let mut sum = Some(0usize);
    for i in 0..count {
        let v = sizes.get(i);
        if !int::is_sub(cx, v) {
            return Err(cx.type_error("an integer is required"));
        }
        let n = protocol::index_value(cx, v)?;
        let n = int::to_usize(n);
        sum = sum.zip(n).and_then(|(sum, n)| sum.checked_add(n));
        lengths.push(n.unwrap_or_default());
    }
    if sum != Some(samples.len()) {
        return Err(cx.value_error("The samples size tuple doesn't match the concatenation's size."));
    }
    let samples = protocol::buffer::copied(cx, samples.as_slice())?;
    let out = cx.buffer(room)?;
    Ok((samples, lengths, out))
}

fn made(cx: &mut Ctx, r: Result<(), raw::Error>, what: &str, out: &[u8]) -> PyResult {
    match r {
        Ok(()) => Bytes::wish(cx, out),
        Err(e) => Err(library_error(cx, &format!("Unable to {what} the Zstandard dictionary: {}", e.text()))),
    }
}
