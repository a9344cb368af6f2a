//! Small conversions that several of these modules share.

use engine::prelude::*;
use pynumeric::int::BigInt;

/// `v.__index__()` as an integer of any size.
pub fn big(cx: &mut Ctx, v: Value) -> Res<BigInt> {
    let v = protocol::index_value(cx, v)?;
    Ok(int::to_big(v).unwrap_or_default())
}

/// The number in `v`: an exact float at once, else through `__float__` or `__index__`.
#[inline]
pub fn real(cx: &mut Ctx, v: Value) -> Res<f64> {
    match float::of(v) {
        Some(x) => Ok(x),
        None => protocol::to_f64(cx, v),
    }
}

/// The bytes of an ASCII string or of a bytes-like object, as `binascii` takes them.
pub fn ascii_or_bytes(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    if let Some(s) = Str::of_sub(cx, v) {
        return match s.is_ascii() {
            true => Ok(s.as_bytes().to_vec()),
            false => Err(cx.value_error("string argument should contain only ASCII characters")),
        };
    }
    match protocol::buffer_bytes(cx, v)? {
        Some(b) => Ok(b),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("argument should be bytes, buffer or ASCII string, not '{name}'")))
        }
    }
}

/// An index that Python may give as any int, clipped to `0..=limit`.
pub fn clip(i: i64, limit: usize) -> usize {
    usize::try_from(i).unwrap_or(0).min(limit)
}

/// `v` reduced modulo 2^32, as the checksum functions take their start.
pub fn word32(cx: &mut Ctx, v: Value) -> Res<u32> {
    let v = protocol::index_value(cx, v)?;
    if let Some(i) = int::to_i64(v) {
        return Ok(i as u32);
    }
    let digits = int::to_big(v).unwrap_or_default().to_signed_bytes_le();
    let mut low = [0u8; 4];
    for (to, from) in low.iter_mut().zip(digits) {
        *to = from;
    }
    Ok(u32::from_le_bytes(low))
}

/// The receiver as an object with slots; its type was checked by the method descriptor.
pub fn this(cx: &mut Ctx, v: Value) -> Res<Obj> {
    match Obj::of(v) {
        Some(o) => Ok(o),
        None => Err(cx.type_error("object expected")),
    }
}
