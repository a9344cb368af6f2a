//! Parameters of coders: names, bounds, and what a dict of options sets.
//!
//! Only those that have a name can be set. The library has others, which it calls experimental; one of them has it keep addresses of
//! its caller's memory.

use engine::prelude::*;

use crate::raw::{self, CParam, DParam, Error};
use crate::{library_error, table};

/// The parameters of compression, by the names in `CompressionParameter`.
const COMPRESSION: [(CParam, &str); 19] = [
    (CParam::ZSTD_c_compressionLevel, "compression_level"),
    (CParam::ZSTD_c_windowLog, "window_log"),
    (CParam::ZSTD_c_hashLog, "hash_log"),
    (CParam::ZSTD_c_chainLog, "chain_log"),
    (CParam::ZSTD_c_searchLog, "search_log"),
    (CParam::ZSTD_c_minMatch, "min_match"),
    (CParam::ZSTD_c_targetLength, "target_length"),
    (CParam::ZSTD_c_strategy, "strategy"),
    (CParam::ZSTD_c_enableLongDistanceMatching, "enable_long_distance_matching"),
    (CParam::ZSTD_c_ldmHashLog, "ldm_hash_log"),
    (CParam::ZSTD_c_ldmMinMatch, "ldm_min_match"),
    (CParam::ZSTD_c_ldmBucketSizeLog, "ldm_bucket_size_log"),
    (CParam::ZSTD_c_ldmHashRateLog, "ldm_hash_rate_log"),
    (CParam::ZSTD_c_contentSizeFlag, "content_size_flag"),
    (CParam::ZSTD_c_checksumFlag, "checksum_flag"),
    (CParam::ZSTD_c_dictIDFlag, "dict_id_flag"),
    (CParam::ZSTD_c_nbWorkers, "nb_workers"),
    (CParam::ZSTD_c_jobSize, "job_size"),
    (CParam::ZSTD_c_overlapLog, "overlap_log"),
];

/// The parameter of decompression.
const DECOMPRESSION: (DParam, &str) = (DParam::ZSTD_d_windowLogMax, "window_log_max");

const UNSUPPORTED: &str = "Unsupported parameter";
const C_TYPE: &[u8] = b"CompressionParameter";
const D_TYPE: &[u8] = b"DecompressionParameter";

fn compression(key: i32) -> Option<(CParam, &'static str)> {
    COMPRESSION.into_iter().find(|(p, _)| *p as i32 == key)
}

fn decompression(key: i32) -> Option<(DParam, &'static str)> {
    (DECOMPRESSION.0 as i32 == key).then_some(DECOMPRESSION)
}

/// `get_param_bounds(parameter, is_compress)`
pub fn bounds(cx: &mut Ctx, args: Args) -> PyResult {
    let key = protocol::c_int(cx, args[0])?;
    let is_compress = protocol::truth(cx, args[1])?;
    let (found, kind) = if is_compress {
        (compression(key).map(|(p, _)| raw::compression_bounds(p)), "compression")
    } else {
        (decompression(key).map(|(p, _)| raw::decompression_bounds(p)), "decompression")
    };
    match found {
        Some(Ok((low, high))) => Ok(Tuple::new(cx, &[Value::small(low), Value::small(high)])),
        other => {
            let why = other.and_then(Result::err).map_or(UNSUPPORTED, Error::text);
            Err(library_error(cx, &format!("Unable to get zstd {kind} parameter bounds: {why}")))
        }
    }
}

/// `set_parameter_types(c_parameter_type, d_parameter_type)`
pub fn set_types(cx: &mut Ctx, args: Args) -> PyResult {
    for i in 0..2 {
        if types::Type::of(args[i]).is_none() {
            return Err(args.wrong(cx, i, "type"));
        }
    }
    let state = table(cx);
    for (name, class) in [(C_TYPE, args[0]), (D_TYPE, args[1])] {
        let key = cx.intern(name);
        state.set_str(cx, key, class);
    }
    Ok(Value::NONE)
}

fn is_of(cx: &mut Ctx, v: Value, name: &[u8]) -> bool {
    let key = cx.intern(name);
    table(cx).get_str(key) == Some(types::type_of(cx, v).value())
}

/// The exception for a value that a parameter does not take.
fn illegal(cx: &mut Ctx, kind: &str, key: i32, value: i32, known: Option<(&str, Result<(i32, i32), Error>)>) -> Raised {
    match known {
        None => cx.value_error(format!("invalid {kind} parameter 'unknown parameter (key {key})'")),
        Some((name, Err(_))) => cx.value_error(format!("invalid {kind} parameter '{name}'")),
        Some((name, Ok((low, high)))) => cx.value_error(format!(
            "{kind} parameter '{name}' received an illegal value {value}; the valid range is [{low}, {high}]"
        )),
    }
}

/// Sets the level, which must be within its bounds.
pub fn set_level(cx: &mut Ctx, coder: &mut raw::Compressor, level: i32) -> Res<()> {
    let r = raw::compression_bounds(CParam::ZSTD_c_compressionLevel).and_then(|(low, high)| {
        if (low..=high).contains(&level) {
            coder.set(CParam::ZSTD_c_compressionLevel, level).map(|()| None)
        } else {
            Ok(Some((low, high)))
        }
    });
    match r {
        Ok(None) => Ok(()),
        Ok(Some((low, high))) => {
            Err(cx.value_error(format!("illegal compression level {level}; the valid range is [{low}, {high}]")))
        }
        Err(e) => Err(library_error(cx, &format!("Unable to set zstd compression level: {}", e.text()))),
    }
}

/// The argument `level`.
pub fn level(cx: &mut Ctx, v: Value) -> Res<i32> {
    if !int::is_sub(cx, v) {
        return Err(cx.type_error("invalid type for level, expected int"));
    }
    let n = protocol::index_value(cx, v)?;
    if let Some(n) = int::to_i64(n).and_then(|n| i32::try_from(n).ok()) {
        return Ok(n);
    }
    match raw::compression_bounds(CParam::ZSTD_c_compressionLevel) {
        Ok((low, high)) => {
            Err(cx.value_error(format!("illegal compression level; the valid range is [{low}, {high}]")))
        }
        Err(e) => Err(library_error(cx, e.text())),
    }
}

/// Calls `f` with the items of a dict of options. `other` is the type of keys that are meant for the other kind of coder.
fn options(
    cx: &mut Ctx,
    v: Value,
    class: &str,
    other: (&[u8], &'static str),
    mut f: impl FnMut(&mut Ctx, i32, i32) -> Res<()>,
) -> Res<()> {
    let Some(dict) = Dict::of_sub(cx, v) else {
        let given = type_name(cx, v);
        return Err(cx.type_error(format!("{class}() argument 'options' must be dict, not {given}")));
    };
    let mut at = 0;
    while let Some((next, key, value)) = dict.next_entry(at) {
        at = next;
        if is_of(cx, key, other.0) {
            return Err(cx.type_error(other.1));
        }
        let key = protocol::c_int(cx, key)?;
        let value = protocol::c_int(cx, value)?;
        f(cx, key, value)?;
    }
    Ok(())
}

/// Sets what a dict of options says; the level that it names.
pub fn set_compression(cx: &mut Ctx, coder: &mut raw::Compressor, v: Value) -> Res<Option<i32>> {
    let mut chosen = None;
    let other = (D_TYPE, "compression options dictionary key must not be a DecompressionParameter attribute");
    options(cx, v, "ZstdCompressor", other, |cx, key, value| {
        let Some((parameter, name)) = compression(key) else {
            return Err(illegal(cx, "compression", key, value, None));
        };
        if parameter == CParam::ZSTD_c_compressionLevel {
            chosen = Some(value);
            return set_level(cx, coder, value);
        }
        coder
            .set(parameter, value)
            .map_err(|_| illegal(cx, "compression", key, value, Some((name, raw::compression_bounds(parameter)))))
    })?;
    Ok(chosen)
}

/// Sets what a dict of options says.
pub fn set_decompression(cx: &mut Ctx, coder: &mut raw::Decompressor, v: Value) -> Res<()> {
    let other = (C_TYPE, "decompression options dictionary key must not be a CompressionParameter attribute");
    options(cx, v, "ZstdDecompressor", other, |cx, key, value| {
        let Some((parameter, name)) = decompression(key) else {
            return Err(illegal(cx, "decompression", key, value, None));
        };
        coder
            .set(parameter, value)
            .map_err(|_| illegal(cx, "decompression", key, value, Some((name, raw::decompression_bounds(parameter)))))
    })
}
