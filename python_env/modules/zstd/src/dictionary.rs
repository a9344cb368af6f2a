//! `ZstdDict`.

use std::sync::Arc;

use engine::prelude::*;

use crate::library_error;
use crate::raw::{Dictionary, Unfit, Use};

/// `compression.zstd.ZstdDict`
pub static DICT: TypeDef = TypeDef {
    doc: "Represents a Zstandard dictionary.\n\n  dict_content\n    The content of a Zstandard dictionary as a bytes-like object.\n  is_raw\n    If true, perform no checks on *dict_content*, useful for some\n    advanced cases. Otherwise, check that the content represents\n    a Zstandard dictionary created by the zstd library or CLI.\n\nThe dictionary can be used for compression or decompression, and can be shared\nby multiple ZstdCompressor or ZstdDecompressor objects.",
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, dict_content, /, *, is_raw=False)", new, "")),
    slots: Slots {
        repr: Some(|cx, v| {
            let d = dictionary(cx, v)?;
            let text = format!("<ZstdDict dict_id={} dict_size={}>", d.id(), d.content().len());
            Ok(Str::new(cx, &text))
        }),
        len: Some(|cx, v| Ok(dictionary(cx, v)?.content().len())),
        ..Slots::NONE
    },
    getsets: &[
        GetSet::ro(
            "as_digested_dict",
            |cx, v| tagged(cx, v, Use::Digested),
            "Load as a digested dictionary to compressor.\n\nPass this attribute as zstd_dict argument:\ncompress(dat, zstd_dict=zd.as_digested_dict)\n\n1. Some advanced compression parameters of compressor may be\n   overridden by parameters of digested dictionary.\n2. ZstdDict has a digested dictionaries cache for each compression\n   level.  It's faster when loading again a digested dictionary with\n   the same compression level.\n3. No need to use this for decompression.",
        ),
        GetSet::ro(
            "as_prefix",
            |cx, v| tagged(cx, v, Use::Prefix),
            "Load as a prefix to compressor/decompressor.\n\nPass this attribute as zstd_dict argument:\ncompress(dat, zstd_dict=zd.as_prefix)\n\n1. Prefix is compatible with long distance matching, while\n   dictionary is not.\n2. It only works for the first frame, then the\n   compressor/decompressor will return to no prefix state.\n3. When decompressing, must use the same prefix as when compressing.",
        ),
        GetSet::ro(
            "as_undigested_dict",
            |cx, v| tagged(cx, v, Use::Undigested),
            "Load as an undigested dictionary to compressor.\n\nPass this attribute as zstd_dict argument:\ncompress(dat, zstd_dict=zd.as_undigested_dict)\n\n1. The advanced compression parameters of compressor will not be\n   overridden.\n2. Loading an undigested dictionary is costly. If load an undigested\n   dictionary multiple times, consider reusing a compressor object.\n3. No need to use this for decompression.",
        ),
        GetSet::ro(
            "dict_content",
            |cx, v| {
                let d = dictionary(cx, v)?;
                Bytes::wish(cx, d.content())
            },
            "The content of a Zstandard dictionary, as a bytes object.",
        ),
        GetSet::ro(
            "dict_id",
            |cx, v| {
                let id = dictionary(cx, v)?.id();
                Ok(int::from_u64(cx, u64::from(id)))
            },
            "The Zstandard dictionary, an int between 0 and 2**32.\n\nA non-zero value represents an ordinary Zstandard dictionary,\nconforming to the standardised format.\n\nA value of zero indicates a 'raw content' dictionary,\nwithout any restrictions on format or content.",
        ),
    ],
    ..TypeDef::new("compression.zstd", "ZstdDict")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let content = protocol::to_bytes(cx, args[1])?;
    let is_raw = args.truth_or(cx, 2, false)?;
    // The least that the library takes.
    if content.len() < 8 {
        return Err(cx.value_error("Zstandard dictionary content too short (must have at least eight bytes)"));
    }
    let d = Dictionary::new(content);
    if !is_raw && d.id() == 0 {
        return Err(cx.value_error("invalid Zstandard dictionary"));
    }
    let obj = cx.alloc_instance(args[0])?;
    obj.set_payload(cx, 0, Arc::new(d));
    Ok(obj.value())
}

fn find(cx: &Ctx, v: Value) -> Option<Arc<Dictionary>> {
    Obj::of(v)?.payload::<Arc<Dictionary>>(cx, 0).cloned()
}

fn dictionary(cx: &mut Ctx, v: Value) -> Res<Arc<Dictionary>> {
    find(cx, v).ok_or_else(|| cx.type_error("not a ZstdDict"))
}

fn tagged(cx: &mut Ctx, v: Value, how: Use) -> PyResult {
    Ok(Tuple::new(cx, &[v, Value::small(how as i32)]))
}

/// The argument `zstd_dict`: a dictionary, which is used by `default`, or a pair with the way of using it.
pub fn argument(cx: &mut Ctx, v: Value, default: Use) -> Res<(Arc<Dictionary>, Use)> {
    if cx.is_exactly(v, &DICT)
        && let Some(d) = find(cx, v)
    {
        return Ok((d, default));
    }
    if let Some(pair) = Tuple::of(v)
        && pair.len() == 2
    {
        let (first, how) = (pair.get(0), pair.get(1));
        if cx.is_exactly(first, &DICT)
            && int::is_sub(cx, how)
            && let Some(d) = find(cx, first)
        {
            let how = protocol::c_int(cx, how)?;
            if let Some(how) = [Use::Digested, Use::Undigested, Use::Prefix].into_iter().find(|&u| u as i32 == how) {
                return Ok((d, how));
            }
        }
    }
    Err(cx.type_error("zstd_dict argument should be a ZstdDict object."))
}

/// The exception for a dictionary that cannot be used.
pub fn unfit(cx: &mut Ctx, e: Unfit, prepared: &str, purpose: &str) -> Raised {
    let text = match e {
        Unfit::Content => format!("Failed to create a {prepared} instance from Zstandard dictionary content."),
        Unfit::Library(e) => format!("Unable to load Zstandard dictionary or prefix for {purpose}: {}", e.text()),
    };
    library_error(cx, &text)
}
