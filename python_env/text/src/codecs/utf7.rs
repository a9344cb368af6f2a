//! UTF-7 (RFC 2152).

use super::{CodecError, is_surrogate};
use crate::wtf8;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn value(b: u8) -> Option<u32> {
    ALPHABET.iter().position(|&a| a == b).map(|i| i as u32)
}

/// Characters that need no shift: RFC 2152's set D and white space, and set O.
fn is_direct(c: u32) -> bool {
    let Ok(b) = u8::try_from(c) else { return false };
    b.is_ascii_alphanumeric() || b"'(),-./:? \t\n\r".contains(&b) || b"!\"#$%&*;<=>@[]^_`{|}".contains(&b)
}

/// Decoder (see the module's conventions). An incomplete shift sequence at the end is not consumed without `last`.
pub fn decode(input: &[u8], pos: &mut usize, out: &mut Vec<u8>, last: bool) -> Result<(), CodecError> {
    while let Some(&b) = input.get(*pos) {
        if b != b'+' {
            if b >= 0x80 {
                return CodecError::new(*pos, *pos + 1, "unexpected special character");
            }
            out.push(b);
            *pos += 1;
            continue;
        }
        let start = *pos;
        let mut i = start + 1;
        if input.get(i) == Some(&b'-') {
            out.push(b'+');
            *pos = i + 1;
            continue;
        }
        match input.get(i) {
            None => {
                // A lone plus at the very end is tolerated.
                *pos = if last { i } else { start };
                return Ok(());
            }
            Some(&c) if value(c).is_none() => return CodecError::new(start, i + 1, "ill-formed sequence"),
            Some(_) => {}
        }
        let mut text = Vec::new();
        let (mut buffer, mut bits, mut high) = (0u32, 0u32, 0u32);
        while let Some(v) = input.get(i).and_then(|&b| value(b)) {
            buffer = buffer << 6 | v;
            bits += 6;
            i += 1;
            if bits < 16 {
                continue;
            }
            bits -= 16;
            let unit = buffer >> bits & 0xFFFF;
            buffer &= (1 << bits) - 1;
            if high != 0 {
                if (0xDC00..0xE000).contains(&unit) {
                    wtf8::push(&mut text, 0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
                    high = 0;
                    continue;
                }
                wtf8::push(&mut text, high);
                high = 0;
            }
            if (0xD800..0xDC00).contains(&unit) {
                high = unit;
            } else {
                wtf8::push(&mut text, unit);
            }
        }
        let Some(&stop) = input.get(i) else {
            if !last {
                return Ok(());
            }
            if high != 0 || bits >= 6 || buffer != 0 {
                out.extend_from_slice(&text);
                return CodecError::new(start, i, "unterminated shift sequence");
            }
            out.extend_from_slice(&text);
            *pos = i;
            return Ok(());
        };
        out.extend_from_slice(&text);
        if bits >= 6 {
            return CodecError::new(start, i + 1, "partial character in shift sequence");
        }
        if buffer != 0 {
            return CodecError::new(start, i + 1, "non-zero padding bits in shift sequence");
        }
        // Half a pair counts if what ends the sequence stands for itself.
        if high != 0 && stop < 0x80 && stop != b'+' {
            wtf8::push(out, high);
        }
        *pos = if stop == b'-' { i + 1 } else { i };
    }
    Ok(())
}

/// Encoder, which cannot fail (surrogates pass).
pub fn encode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut shifted, mut buffer, mut bits) = (false, 0u32, 0u32);
    for c in wtf8::code_points(text) {
        if shifted && is_direct(c) {
            if bits > 0 {
                out.push(ALPHABET[(buffer << (6 - bits) & 63) as usize]);
                (buffer, bits) = (0, 0);
            }
            shifted = false;
            // A minus ends the sequence where the character could belong to it.
            if value(c as u8).is_some() || c == u32::from(b'-') {
                out.push(b'-');
            }
        }
        if !shifted {
            if c == u32::from(b'+') {
                out.extend_from_slice(b"+-");
                continue;
            }
            if is_direct(c) {
                out.push(c as u8);
                continue;
            }
            out.push(b'+');
            shifted = true;
        }
        let units = if c >= 0x1_0000 {
            [Some(0xD800 + ((c - 0x1_0000) >> 10)), Some(0xDC00 + (c & 0x3FF))]
        } else {
            [Some(c), None]
        };
        debug_assert!(c < 0x1_0000 || !is_surrogate(c));
        for unit in units.into_iter().flatten() {
            buffer = buffer << 16 | unit;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                out.push(ALPHABET[(buffer >> bits & 63) as usize]);
            }
            buffer &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        out.push(ALPHABET[(buffer << (6 - bits) & 63) as usize]);
    }
    if shifted {
        out.push(b'-');
    }
    out
}
