//! UTF-32.

use super::{CodecError, Order, SURROGATES, is_surrogate};
use crate::wtf8;

/// The little-endian mark.
pub const BOM_LE: [u8; 4] = [0xFF, 0xFE, 0, 0];
/// The big-endian mark.
pub const BOM_BE: [u8; 4] = [0, 0, 0xFE, 0xFF];

/// The order that a mark at the start gives, with the mark's length (0: none, native order).
pub fn detect_order(input: &[u8]) -> (Order, usize) {
    match input {
        [0xFF, 0xFE, 0, 0, ..] => (Order::Little, 4),
        [0, 0, 0xFE, 0xFF, ..] => (Order::Big, 4),
        _ => (Order::NATIVE, 0),
    }
}

/// Decoder (see the module's conventions).
pub fn decode(order: Order, input: &[u8], pos: &mut usize, out: &mut Vec<u8>, last: bool) -> Result<(), CodecError> {
    while let Some(&b) = input.get(*pos..).and_then(|r| r.first_chunk::<4>()) {
        let c = if order == Order::Little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) };
        if is_surrogate(c) {
            return CodecError::new(*pos, *pos + 4, "code point in surrogate code point range(0xd800, 0xe000)");
        }
        if c >= 0x11_0000 {
            return CodecError::new(*pos, *pos + 4, "code point not in range(0x110000)");
        }
        wtf8::push(out, c);
        *pos += 4;
    }
    if *pos < input.len() && last { CodecError::new(*pos, input.len(), "truncated data") } else { Ok(()) }
}

/// Encoder.
pub fn encode(order: Order, text: &[u8], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    while let Some((c, w)) = wtf8::decode(text, *pos) {
        if is_surrogate(c) {
            return CodecError::new(*pos, *pos + w, SURROGATES);
        }
        out.extend_from_slice(&if order == Order::Little { c.to_le_bytes() } else { c.to_be_bytes() });
        *pos += w;
    }
    Ok(())
}
