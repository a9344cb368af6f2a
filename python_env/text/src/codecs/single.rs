//! Encodings of one byte a character: ASCII, Latin-1, and those given by a table.

use super::{CodecError, run_end};
use crate::wtf8;

/// Reason of the table codecs.
pub const UNDEFINED: &str = "character maps to <undefined>";
const NOT_128: &str = "ordinal not in range(128)";
const NOT_256: &str = "ordinal not in range(256)";

/// ASCII decoder.
pub fn ascii_decode(input: &[u8], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    let rest = &input[*pos..];
    let n = rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len());
    out.extend_from_slice(&rest[..n]);
    *pos += n;
    if *pos == input.len() { Ok(()) } else { CodecError::new(*pos, *pos + 1, NOT_128) }
}

/// ASCII encoder.
pub fn ascii_encode(text: &[u8], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    let rest = &text[*pos..];
    let n = rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len());
    out.extend_from_slice(&rest[..n]);
    *pos += n;
    if *pos == text.len() {
        return Ok(());
    }
    CodecError::new(*pos, run_end(text, *pos, |c| c >= 0x80), NOT_128)
}

/// Latin-1 decoder, which cannot fail.
pub fn latin1_decode(input: &[u8]) -> Vec<u8> {
    if input.is_ascii() {
        return input.to_vec();
    }
    wtf8::from_code_points(input.iter().map(|&b| u32::from(b)))
}

/// Latin-1 encoder.
pub fn latin1_encode(text: &[u8], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    while let Some((c, w)) = wtf8::decode(text, *pos) {
        let Ok(b) = u8::try_from(c) else {
            return CodecError::new(*pos, run_end(text, *pos, |c| c > 0xFF), NOT_256);
        };
        out.push(b);
        *pos += w;
    }
    Ok(())
}

/// Decoder by a table of up to 256 characters; U+FFFE marks bytes without one.
pub fn charmap_decode(table: &[u32], input: &[u8], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    while let Some(&b) = input.get(*pos) {
        match table.get(usize::from(b)) {
            Some(&c) if c != 0xFFFE => wtf8::push(out, c),
            _ => return CodecError::new(*pos, *pos + 1, UNDEFINED),
        }
        *pos += 1;
    }
    Ok(())
}

/// The inverse of a decoding table (`codecs.charmap_build`).
#[derive(Clone, Debug, Default)]
pub struct EncodingMap {
    /// Sorted by character; of characters that occur more than once the last byte counts.
    pairs: Vec<(u32, u8)>,
}

impl EncodingMap {
    /// Inverts a table.
    pub fn new(table: &[u32]) -> Self {
        let mut pairs: Vec<(u32, u8)> =
            (0..=255u8).zip(table).filter(|&(_, &c)| c != 0xFFFE).map(|(b, &c)| (c, b)).collect();
        pairs.sort_by_key(|&(c, b)| (c, std::cmp::Reverse(b)));
        pairs.dedup_by_key(|p| p.0);
        EncodingMap { pairs }
    }

    /// The byte of a character.
    pub fn get(&self, c: u32) -> Option<u8> {
        self.pairs.binary_search_by_key(&c, |p| p.0).ok().map(|i| self.pairs[i].1)
    }

    /// Encoder by this map.
    pub fn encode(&self, text: &[u8], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
        while let Some((c, w)) = wtf8::decode(text, *pos) {
            let Some(b) = self.get(c) else {
                return CodecError::new(*pos, run_end(text, *pos, |c| self.get(c).is_none()), UNDEFINED);
            };
            out.push(b);
            *pos += w;
        }
        Ok(())
    }
}
