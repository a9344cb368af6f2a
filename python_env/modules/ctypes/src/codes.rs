//! Simple values in memory: what the codes of `_SimpleCData._type_` mean.

use engine::prelude::*;
use engine::types::core::{complex_parts, complex_value};
use num_bigint::BigInt;
use parking_lot::Mutex;
use std::collections::BTreeMap;

use crate::data;
use crate::objects::{copy_of, object_at, word_of};
use crate::raw::{self, Block};

/// Bytes of the widest plain number.
const WIDE: usize = 16;

fn bytes_at(addr: usize, n: usize, swapped: bool) -> [u8; WIDE] {
    let mut b = [0; WIDE];
    raw::read(addr, &mut b[..n]);
    if swapped {
        b[..n].reverse();
    }
    b
}

fn put(addr: usize, bytes: &[u8], swapped: bool) {
    let mut b = [0; WIDE];
    let n = bytes.len();
    b[..n].copy_from_slice(bytes);
    if swapped {
        b[..n].reverse();
    }
    raw::write(addr, &b[..n]);
}

/// Bytes of an integer code, and whether it is signed.
pub fn integer(code: u8) -> Option<(usize, bool)> {
    Some(match code {
        b'b' => (1, true),
        b'B' => (1, false),
        b'h' => (2, true),
        b'H' => (2, false),
        b'i' => (4, true),
        b'I' => (4, false),
        b'l' | b'q' => (8, true),
        b'L' | b'Q' => (8, false),
        _ => return None,
    })
}

/// The integer at an address, its sign extended.
pub fn load_int(addr: usize, size: usize, signed: bool, swapped: bool) -> u64 {
    let b = bytes_at(addr, size, swapped);
    let n = u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]);
    let shift = 64 - 8 * size as u32;
    if signed { (((n << shift) as i64) >> shift) as u64 } else { n }
}

/// Stores the low bytes of an integer.
pub fn store_int(addr: usize, size: usize, n: u64, swapped: bool) {
    put(addr, &n.to_le_bytes()[..size], swapped);
}

/// The low 64 bits of an int, or of what `__index__` gives.
pub fn low_bits(cx: &mut Ctx, v: Value) -> Res<u64> {
    let n = if int::is_sub(cx, v) { v } else { protocol::number::index_value(cx, v)? };
    let n = objects::base_value(cx, n);
    if let Some(n) = int::to_i64(n) {
        return Ok(n as u64);
    }
    let big = int::to_big(n).unwrap_or_default();
    let low = big & BigInt::from(u64::MAX);
    Ok(low.iter_u64_digits().next().unwrap_or(0))
}

/// A `double` from the 80 bits of x87's format.
#[cfg(target_arch = "x86_64")]
fn load_wide(addr: usize) -> f64 {
    let b = bytes_at(addr, 10, false);
    let mantissa = u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]);
    let top = u16::from_le_bytes([b[8], b[9]]);
    let (negative, exponent) = (top >> 15 != 0, i32::from(top & 0x7fff));
    let magnitude = match exponent {
        0x7fff if mantissa << 1 == 0 => f64::INFINITY,
        0x7fff => f64::NAN,
        // Two steps: the first is exact, the second rounds once.
        _ => {
            let e = exponent - 16383 - 63;
            let rounded = mantissa as f64;
            if e < -1000 {
                // Of what becomes subnormal only the bits that stay may be rounded, and once.
                let drop = (-1074 - e).clamp(0, 64) as u32;
                let kept = if drop >= 64 {
                    u64::from(drop == 64 && mantissa > 1 << 63)
                } else {
                    let (whole, rest, half) = (mantissa >> drop, mantissa & ((1 << drop) - 1), 1u64 << drop >> 1);
                    whole + u64::from(drop > 0 && (rest > half || rest == half && whole & 1 == 1))
                };
                if drop > 11 { f64::from_bits(kept) } else { rounded * 2f64.powi(e + 500) * 2f64.powi(-500) }
            } else if e > 970 {
                f64::INFINITY
            } else {
                rounded * 2f64.powi(e / 2) * 2f64.powi(e - e / 2)
            }
        }
    };
    if negative { -magnitude } else { magnitude }
}

#[cfg(target_arch = "x86_64")]
fn store_wide(addr: usize, f: f64) {
    let bits = f.to_bits();
    let (sign, exponent, fraction) = ((bits >> 63) as u16, (bits >> 52 & 0x7ff) as i32, bits << 12);
    let (exponent, mantissa) = match exponent {
        0x7ff => (0x7fff, 1 << 63 | fraction >> 1),
        0 if fraction == 0 => (0, 0),
        0 => {
            let zeros = fraction.leading_zeros();
            (16383 - 1023 - zeros as i32, fraction << zeros)
        }
        e => (e - 1023 + 16383, 1 << 63 | fraction >> 1),
    };
    let mut b = [0; 16];
    b[..8].copy_from_slice(&mantissa.to_le_bytes());
    b[8..10].copy_from_slice(&(exponent as u16 | sign << 15).to_le_bytes());
    raw::write(addr, &b);
}

/// C's `long double` is read and written as a `double` where its format is not known here.
#[cfg(not(target_arch = "x86_64"))]
fn load_wide(addr: usize) -> f64 {
    let b = bytes_at(addr, 16, false);
    let n = u128::from_le_bytes(b);
    let (sign, exponent, fraction) =
        ((n >> 127) as u64, (n >> 112 & 0x7fff) as i64, (n >> 60) as u64 & ((1 << 52) - 1));
    let exponent = match exponent {
        0x7fff => 0x7ff,
        e if e - 16383 + 1023 <= 0 => return f64::from_bits(sign << 63),
        e if e - 16383 + 1023 >= 0x7ff => return f64::from_bits(sign << 63 | 0x7ff << 52),
        e => (e - 16383 + 1023) as u64,
    };
    f64::from_bits(sign << 63 | exponent << 52 | fraction)
}

#[cfg(not(target_arch = "x86_64"))]
fn store_wide(addr: usize, f: f64) {
    let bits = f.to_bits();
    let (sign, exponent, fraction) = (u128::from(bits >> 63), bits >> 52 & 0x7ff, u128::from(bits & ((1 << 52) - 1)));
    let exponent = match exponent {
        0x7ff => 0x7fff,
        0 => 0,
        e => u128::from(e + 16383 - 1023),
    };
    raw::write(addr, &(sign << 127 | exponent << 112 | fraction << 60).to_le_bytes());
}

fn load_float(code: u8, addr: usize, swapped: bool) -> f64 {
    match code {
        b'f' => {
            let b = bytes_at(addr, 4, swapped);
            f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        }
        b'd' => f64::from_bits(load_int(addr, 8, false, swapped)),
        _ => load_wide(addr),
    }
}

fn store_float(code: u8, addr: usize, f: f64, swapped: bool) {
    match code {
        b'f' => {
            // What is too large becomes infinity, as in C.
            put(addr, &(f as f32).to_le_bytes(), swapped);
        }
        b'd' => put(addr, &f.to_le_bytes(), swapped),
        _ => store_wide(addr, f),
    }
}

/// The wide characters at an address as a string.
pub fn wide_string(cx: &mut Ctx, addr: usize, n: usize) -> PyResult {
    let mut out = cx.buffer(n)?;
    for i in 0..n {
        let c = load_int(addr.wrapping_add(4 * i), 4, false, false) as u32;
        if c > 0x10ffff {
            return Err(cx.value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
        }
        push_wtf8(&mut out, c);
    }
    Str::wish(cx, &out)
}

fn push_wtf8(out: &mut Vec<u8>, c: u32) {
    match char::from_u32(c) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        // A lone surrogate.
        None => out.extend_from_slice(&[0xe0 | (c >> 12) as u8, 0x80 | (c >> 6 & 0x3f) as u8, 0x80 | (c & 0x3f) as u8]),
    }
}

/// The bytes at an address.
pub fn byte_string(cx: &mut Ctx, addr: usize, n: usize) -> PyResult {
    let mut out = cx.zeros(n)?;
    raw::read(addr, &mut out);
    Bytes::wish(cx, &out)
}

/// Reads a value.
pub fn load(cx: &mut Ctx, code: u8, addr: usize, swapped: bool) -> PyResult {
    if let Some((size, signed)) = integer(code) {
        let n = load_int(addr, size, signed, swapped);
        return Ok(if signed { int::from_i64(cx, n as i64) } else { int::from_u64(cx, n) });
    }
    let word = |addr| load_int(addr, 8, false, false);
    match code {
        b'c' => {
            let mut b = [0];
            raw::read(addr, &mut b);
            Ok(Bytes::new(cx, &b))
        }
        b'?' => Ok(Value::bool(load_int(addr, 1, false, false) != 0)),
        b'v' => Ok(Value::bool(load_int(addr, 2, false, false) != 0)),
        b'f' | b'd' | b'g' => Ok(float::new(cx, load_float(code, addr, swapped))),
        b'F' | b'D' | b'G' => {
            let (part, size) = match code {
                b'F' => (b'f', 4),
                b'D' => (b'd', 8),
                _ => (b'g', 16),
            };
            Ok(complex_value(cx, load_float(part, addr, swapped), load_float(part, addr.wrapping_add(size), swapped)))
        }
        b'u' => {
            let c = load_int(addr, 4, false, swapped) as u32;
            if c > 0x10ffff {
                return Err(cx.value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
            }
            Ok(Str::from_char(cx, c))
        }
        b'P' => Ok(match word(addr) {
            0 => Value::NONE,
            n => int::from_u64(cx, n),
        }),
        b'z' => match word(addr) as usize {
            0 => Ok(Value::NONE),
            p => byte_string(cx, p, raw::string_len(p)),
        },
        b'Z' => match word(addr) as usize {
            0 => Ok(Value::NONE),
            p => wide_string(cx, p, raw::wide_len(p)),
        },
        b'O' => object_at(cx, word(addr)),
        _ => Err(cx.system_error("unknown code")),
    }
}

/// Memory with a copy of a string in C's wide characters, and a zero behind it.
pub fn wide_block(cx: &mut Ctx, s: Str) -> Res<Block> {
    let mut bytes = cx.buffer(4 * s.len_chars())?;
    for c in s.chars() {
        bytes.extend_from_slice(&c.to_ne_bytes());
    }
    match Block::of(&bytes, 4) {
        Some(block) => Ok(block),
        None => Err(cx.memory_error()),
    }
}

/// How many short strings get a place for good.
const SHORT_STRINGS: usize = 1 << 16;

/// Where short bytes lie, which have no place of their own: C may keep the address as long as the program has the constant, so they stay.
fn short_addr(bytes: &[u8]) -> Option<usize> {
    static PLACES: Mutex<BTreeMap<Box<[u8]>, Block>> = Mutex::new(BTreeMap::new());
    let mut places = PLACES.lock();
    if let Some(block) = places.get(bytes) {
        return Some(block.addr());
    }
    if places.len() >= SHORT_STRINGS {
        return None;
    }
    let block = Block::of(bytes, 1)?;
    let addr = block.addr();
    places.insert(bytes.into(), block);
    Some(addr)
}

/// Where the bytes of a bytes object lie with a zero behind them, and what keeps them there.
pub fn bytes_addr(cx: &mut Ctx, v: Value, b: Bytes) -> Res<(usize, Value)> {
    let heap = b.on_heap(cx);
    let placed =
        if heap.value() == b.value() { raw::terminated_addr(heap.as_slice()) } else { short_addr(b.as_slice()) };
    if let Some(addr) = placed {
        return Ok((addr, v));
    }
    Ok((copy_of(cx, b)?, v))
}

fn pointer_value(cx: &mut Ctx, v: Value) -> Res<Option<u64>> {
    if v.is_none() {
        return Ok(Some(0));
    }
    if int::is_sub(cx, v) {
        return low_bits(cx, v).map(Some);
    }
    Ok(None)
}

/// Stores a value; gives what must be kept as long as the memory is used, or None.
pub fn store(cx: &mut Ctx, code: u8, addr: usize, v: Value, swapped: bool) -> PyResult {
    if let Some((size, _)) = integer(code) {
        let n = low_bits(cx, v)?;
        store_int(addr, size, n, swapped);
        return Ok(Value::NONE);
    }
    let name = |cx: &Ctx| types::type_name(cx, v);
    match code {
        b'c' => {
            let b = char_byte(cx, v)?;
            raw::write(addr, &[b]);
        }
        b'?' => {
            let on = protocol::truth(cx, v)?;
            raw::write(addr, &[on.into()]);
        }
        b'v' => {
            let on = protocol::truth(cx, v)?;
            store_int(addr, 2, if on { u64::MAX } else { 0 }, false);
        }
        b'f' | b'd' | b'g' => {
            let f = protocol::to_f64(cx, v)?;
            store_float(code, addr, f, swapped);
        }
        b'F' | b'D' | b'G' => {
            let (re, im) = complex_of(cx, v)?;
            let (part, size) = match code {
                b'F' => (b'f', 4),
                b'D' => (b'd', 8),
                _ => (b'g', 16),
            };
            store_float(part, addr, re, swapped);
            store_float(part, addr.wrapping_add(size), im, swapped);
        }
        b'u' => {
            let Some(s) = Str::of_sub(cx, v) else {
                let got = name(cx);
                return Err(cx.type_error(format!("a unicode character expected, not instance of {got}")));
            };
            let mut chars = s.chars();
            match (chars.next(), s.len_chars()) {
                (Some(c), 1) => store_int(addr, 4, c.into(), swapped),
                (_, n) => {
                    return Err(cx.type_error(format!("a unicode character expected, not a string of length {n}")));
                }
            }
        }
        b'P' => match pointer_value(cx, v)? {
            Some(n) => store_int(addr, 8, n, false),
            None => return Err(cx.type_error("cannot be converted to pointer")),
        },
        b'z' => {
            if let Some(b) = Bytes::of_sub(cx, v) {
                let (at, kept) = bytes_addr(cx, v, b)?;
                store_int(addr, 8, at as u64, false);
                return Ok(kept);
            }
            match pointer_value(cx, v)? {
                Some(n) => store_int(addr, 8, n, false),
                None => {
                    let got = name(cx);
                    return Err(cx.type_error(format!("bytes or integer address expected instead of {got} instance")));
                }
            }
        }
        b'Z' => {
            if let Some(s) = Str::of_sub(cx, v) {
                let block = wide_block(cx, s)?;
                store_int(addr, 8, block.addr() as u64, false);
                return Ok(data::keep_block(cx, block));
            }
            match pointer_value(cx, v)? {
                Some(n) => store_int(addr, 8, n, false),
                None => {
                    let got = name(cx);
                    return Err(
                        cx.type_error(format!("unicode string or integer address expected instead of {got} instance"))
                    );
                }
            }
        }
        b'O' => {
            let word = word_of(cx, v)?;
            store_int(addr, 8, word, false);
            return Ok(v);
        }
        _ => return Err(cx.system_error("unknown code")),
    }
    Ok(Value::NONE)
}

/// The byte that a `c_char` is set to.
fn char_byte(cx: &mut Ctx, v: Value) -> Res<u8> {
    let wanted = "one character bytes, bytearray, or an integer in range(256) expected";
    if let Some(b) = Bytes::of_sub(cx, v) {
        return match b.as_slice() {
            &[b] => Ok(b),
            other => {
                let n = other.len();
                Err(cx.type_error(format!("{wanted}, not bytes of length {n}")))
            }
        };
    }
    if int::is_sub(cx, v) {
        let n = int::to_i64(objects::base_value(cx, v));
        return match n.and_then(|n| u8::try_from(n).ok()) {
            Some(b) => Ok(b),
            None => Err(cx.type_error("integer not in range(256)")),
        };
    }
    let name = types::type_name(cx, v);
    if data::is_bytearray(cx, v)? {
        return match protocol::to_bytes(cx, v)?.as_slice() {
            &[b] => Ok(b),
            other => Err(cx.type_error(format!("{wanted}, not bytearray of length {}", other.len()))),
        };
    }
    Err(cx.type_error(format!("{wanted}, not {name}")))
}

fn complex_of(cx: &mut Ctx, v: Value) -> Res<(f64, f64)> {
    if let Some(parts) = complex_parts(cx, v) {
        return Ok(parts);
    }
    if let Some(f) = float::number(v) {
        return Ok((f, 0.0));
    }
    let name = cx.intern(b"__complex__");
    if protocol::attr::lookup_special(cx, v, name)?.is_some() {
        let class = cx.types.complex.value();
        let made = protocol::call(cx, class, &[v])?;
        return Ok(complex_parts(cx, made).unwrap_or_default());
    }
    let f = protocol::to_f64(cx, v)?;
    Ok((f, 0.0))
}
