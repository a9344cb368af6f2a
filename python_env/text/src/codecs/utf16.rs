//! UTF-16. A byte order mark is the caller's business: [`detect_order`] reads one, [`BOM_LE`] and [`BOM_BE`] write one.

use super::{CodecError, Order, SURROGATES, is_surrogate};
use crate::wtf8;

/// The little-endian mark.
pub const BOM_LE: [u8; 2] = [0xFF, 0xFE];
/// The big-endian mark.
pub const BOM_BE: [u8; 2] = [0xFE, 0xFF];

/// The order that a mark at the start gives, with the mark's length (0: none, native order).
pub fn detect_order(input: &[u8]) -> (Order, usize) {
    match input {
        [0xFF, 0xFE, ..] => (Order::Little, 2),
        [0xFE, 0xFF, ..] => (Order::Big, 2),
        _ => (Order::NATIVE, 0),
    }
}

/// Decoder (see the module's conventions).
pub fn decode(order: Order, input: &[u8], pos: &mut usize, out: &mut Vec<u8>, last: bool) -> Result<(), CodecError> {
    let unit = |i: usize| {
        let b = [*input.get(i)?, *input.get(i + 1)?];
        Some(u32::from(if order == Order::Little { u16::from_le_bytes(b) } else { u16::from_be_bytes(b) }))
    };
    let end = input.len();
    out.reserve((end - *pos).saturating_mul(3) / 2);
    while let Some(c) = unit(*pos) {
        let start = *pos;
        match c {
            0xD800..=0xDBFF => match unit(start + 2) {
                Some(low @ 0xDC00..=0xDFFF) => {
                    wtf8::push(out, 0x1_0000 + ((c - 0xD800) << 10) + (low - 0xDC00));
                    *pos += 4;
                    continue;
                }
                Some(_) => return CodecError::new(start, start + 2, "illegal UTF-16 surrogate"),
                None if last => return CodecError::new(start, end, "unexpected end of data"),
                None => return Ok(()),
            },
            0xDC00..=0xDFFF => return CodecError::new(start, start + 2, "illegal encoding"),
            _ => wtf8::push(out, c),
        }
        *pos += 2;
    }
    if *pos < end && last { CodecError::new(*pos, end, "truncated data") } else { Ok(()) }
}

/// Encoder.
pub fn encode(order: Order, text: &[u8], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    out.reserve((text.len() - *pos).saturating_mul(2));
    let mut put = |u: u32| {
        let u = u as u16;
        out.extend_from_slice(&if order == Order::Little { u.to_le_bytes() } else { u.to_be_bytes() });
    };
    while let Some((c, w)) = wtf8::decode(text, *pos) {
        if is_surrogate(c) {
            return CodecError::new(*pos, *pos + w, SURROGATES);
        }
        if c < 0x1_0000 {
            put(c);
        } else {
            put(0xD800 + ((c - 0x1_0000) >> 10));
            put(0xDC00 + (c & 0x3FF));
        }
        *pos += w;
    }
    Ok(())
}
