//! Filter chains: from Python's dicts to options of the coders, and their encoded properties.

use ::lzma_rust2::filter::FilterType;
use ::lzma_rust2::{EncodeMode, LzmaOptions, MfType};
use engine::prelude::*;

use super::{PRESET_EXTREME, lzma_error};

/// `FILTER_LZMA1`
pub const LZMA1: i64 = 0x4000_0000_0000_0001;
/// `FILTER_LZMA2`
pub const LZMA2: i64 = 0x21;
/// `FILTER_DELTA`
pub const DELTA: i64 = 3;

const DICT_MIN: i64 = 4096;
const DICT_MAX: i64 = (1 << 30) + (1 << 29);

/// One filter of a chain.
pub enum Filter {
    /// LZMA without chunks.
    Lzma1(LzmaOptions),
    /// LZMA in chunks.
    Lzma2(LzmaOptions),
    /// A filter that only rearranges, with its property.
    Other(FilterType, u32),
}

fn entry(cx: &mut Ctx, spec: Value, name: &str) -> Res<Option<i64>> {
    let key = Str::new(cx, name);
    match protocol::getitem(cx, spec, key) {
        Ok(v) => Ok(Some(protocol::index(cx, v)?)),
        Err(r) if cx.matches(&r, Exc::KeyError) => {
            cx.clear(r);
            Ok(None)
        }
        Err(r) => Err(r),
    }
}

fn invalid(cx: &mut Ctx) -> Raised {
    lzma_error(cx, "Invalid or unsupported options")
}

/// Refuses entries that the filter does not know.
fn known(cx: &mut Ctx, spec: Value, names: &[&str], filter: &str) -> Res<()> {
    let Some(dict) = Dict::of_sub(cx, spec) else { return Ok(()) };
    let mut pos = 0;
    while let Some((next, key, _)) = dict.next_entry(pos) {
        pos = next;
        let name = Str::of_sub(cx, key).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if name != "id" && !names.contains(&&*name) {
            return Err(cx.value_error(format!("Invalid filter specifier for {filter} filter")));
        }
    }
    Ok(())
}

fn lzma_options(cx: &mut Ctx, spec: Value) -> Res<LzmaOptions> {
    let names = ["preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];
    known(cx, spec, &names, "LZMA")?;
    let preset = entry(cx, spec, "preset")?.unwrap_or(6) & !PRESET_EXTREME;
    let Ok(preset @ 0..=9) = u32::try_from(preset) else {
        return Err(lzma_error(cx, &format!("Invalid compression preset: {preset}")));
    };
    let mut o = LzmaOptions::with_preset(preset);
    let field = |cx: &mut Ctx, name: &str, low: i64, high: i64, now: u32| -> Res<u32> {
        match entry(cx, spec, name)? {
            None => Ok(now),
            Some(n) if (low..=high).contains(&n) => Ok(n as u32),
            Some(_) => Err(invalid(cx)),
        }
    };
    o.dict_size = field(cx, "dict_size", DICT_MIN, DICT_MAX, o.dict_size)?;
    o.lc = field(cx, "lc", 0, 4, o.lc)?;
    o.lp = field(cx, "lp", 0, 4, o.lp)?;
    o.pb = field(cx, "pb", 0, 4, o.pb)?;
    o.nice_len = field(cx, "nice_len", 2, 273, o.nice_len)?.max(LzmaOptions::NICE_LEN_MIN);
    o.depth_limit = field(cx, "depth", 0, i64::from(i32::MAX), o.depth_limit.max(0) as u32)? as i32;
    if o.lc + o.lp > 4 {
        return Err(invalid(cx));
    }
    match entry(cx, spec, "mode")? {
        None => {}
        Some(1) => o.mode = EncodeMode::Fast,
        Some(2) => o.mode = EncodeMode::Normal,
        Some(_) => return Err(invalid(cx)),
    }
    match entry(cx, spec, "mf")? {
        None => {}
        Some(3 | 4) => o.mf = MfType::Hc4,
        Some(0x12..=0x14) => o.mf = MfType::Bt4,
        Some(_) => return Err(invalid(cx)),
    }
    Ok(o)
}

fn filter(cx: &mut Ctx, spec: Value) -> Res<Filter> {
    if types::type_of(cx, spec).slots().getitem().is_none() || Dict::of_sub(cx, spec).is_none() {
        return Err(cx.type_error("Filter specifier must be a dict or dict-like object"));
    }
    let Some(id) = entry(cx, spec, "id")? else {
        return Err(cx.value_error("Filter specifier must have an \"id\" entry"));
    };
    let kind = match id {
        LZMA1 => return Ok(Filter::Lzma1(lzma_options(cx, spec)?)),
        LZMA2 => return Ok(Filter::Lzma2(lzma_options(cx, spec)?)),
        DELTA => {
            known(cx, spec, &["dist"], "delta")?;
            return match entry(cx, spec, "dist")?.unwrap_or(1) {
                n @ 1..=256 => Ok(Filter::Other(FilterType::Delta, n as u32)),
                _ => Err(invalid(cx)),
            };
        }
        4 => FilterType::BcjX86,
        5 => FilterType::BcjPpc,
        6 => FilterType::BcjIa64,
        7 => FilterType::BcjArm,
        8 => FilterType::BcjArmThumb,
        9 => FilterType::BcjSparc,
        _ => return Err(cx.value_error(format!("Invalid filter ID: {id}"))),
    };
    known(cx, spec, &["start_offset"], "BCJ")?;
    let start = entry(cx, spec, "start_offset")?.unwrap_or(0);
    Ok(Filter::Other(kind, start as u32))
}

/// The filters of a sequence.
pub fn chain(cx: &mut Ctx, v: Value) -> Res<Vec<Filter>> {
    let list = protocol::list_of(cx, v)?;
    if list.len() > 4 {
        return Err(cx.value_error("Too many filters - liblzma supports a maximum of 4"));
    }
    let mut out = Vec::new();
    for i in 0..list.len() {
        out.push(filter(cx, list.get(i).unwrap_or(Value::NONE))?);
    }
    Ok(out)
}

/// The one-byte form of a dictionary's size.
fn dict_byte(size: u32) -> u8 {
    (0..40u32).find(|&b| u64::from(2 | (b & 1)) << (b / 2 + 11) >= u64::from(size)).unwrap_or(40) as u8
}

/// `_encode_filter_properties(filter)`
pub fn encode_properties(cx: &mut Ctx, args: Args) -> PyResult {
    let bytes = match filter(cx, args[0])? {
        Filter::Lzma1(o) => {
            let mut bytes = vec![((o.pb * 5 + o.lp) * 9 + o.lc) as u8];
            bytes.extend_from_slice(&o.dict_size.to_le_bytes());
            bytes
        }
        Filter::Lzma2(o) => vec![dict_byte(o.dict_size)],
        Filter::Other(FilterType::Delta, n) => vec![(n - 1) as u8],
        Filter::Other(_, 0) => Vec::new(),
        Filter::Other(_, n) => n.to_le_bytes().to_vec(),
    };
    Bytes::wish(cx, &bytes)
}

/// `_decode_filter_properties(filter_id, encoded_props)`
pub fn decode_properties(cx: &mut Ctx, args: Args) -> PyResult {
    let id = protocol::index(cx, args[0])?;
    let props = protocol::to_bytes(cx, args[1])?;
    let fields: Vec<(&str, i64)> = match (id, &props[..]) {
        (LZMA1, &[p, a, b, c, d]) if p < 225 => {
            let p = i64::from(p);
            let size = u32::from_le_bytes([a, b, c, d]);
            vec![("dict_size", size.into()), ("lc", p % 9), ("lp", p / 9 % 5), ("pb", p / 45)]
        }
        (LZMA2, &[b]) if b <= 40 => {
            let size = if b == 40 { i64::from(u32::MAX) } else { (2 | (i64::from(b) & 1)) << (b / 2 + 11) };
            vec![("dict_size", size)]
        }
        (DELTA, &[n]) => vec![("dist", i64::from(n) + 1)],
        (4..=9, &[]) => Vec::new(),
        (4..=9, &[a, b, c, d]) => vec![("start_offset", u32::from_le_bytes([a, b, c, d]).into())],
        _ => return Err(invalid(cx)),
    };
    let dict = Dict::new(cx);
    let id = int::from_i64(cx, id);
    dict.set_str(cx, cx.intern(b"id"), id);
    for (name, n) in fields {
        let n = int::from_i64(cx, n);
        dict.set_str(cx, cx.intern(name.as_bytes()), n);
    }
    Ok(dict.value())
}
