//! UTF-8.

use super::{CodecError, SURROGATES, is_surrogate, run_end};
use crate::wtf8;

/// Decoder (see the module's conventions).
pub fn decode(input: &[u8], pos: &mut usize, out: &mut Vec<u8>, last: bool) -> Result<(), CodecError> {
    let rest = &input[*pos..];
    let Err(e) = std::str::from_utf8(rest) else {
        out.extend_from_slice(rest);
        *pos = input.len();
        return Ok(());
    };
    out.extend_from_slice(&rest[..e.valid_up_to()]);
    *pos += e.valid_up_to();
    let start = *pos;
    match e.error_len() {
        None if last => CodecError::new(start, input.len(), "unexpected end of data"),
        None => Ok(()),
        // The rest may make it a surrogate, which a handler may let pass.
        Some(_) if !last && matches!(input[start..], [0xED, 0xA0..=0xBF]) => Ok(()),
        Some(n) if matches!(input[start], 0xC2..=0xF4) => {
            CodecError::new(start, start + n, "invalid continuation byte")
        }
        Some(n) => CodecError::new(start, start + n, "invalid start byte"),
    }
}

/// Encoder: all text is its own encoding, except surrogates.
pub fn encode(text: &[u8], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    let rest = &text[*pos..];
    let n = wtf8::first_surrogate(rest).unwrap_or(rest.len());
    out.extend_from_slice(&rest[..n]);
    *pos += n;
    if *pos == text.len() {
        return Ok(());
    }
    CodecError::new(*pos, run_end(text, *pos, is_surrogate), SURROGATES)
}
