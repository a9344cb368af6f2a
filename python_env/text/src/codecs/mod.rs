//! Encodings. Every codec is a resumable step function, so that error handlers (Python code, perhaps) run between steps.
//!
//! A decoder appends text to `out` from `*pos` on; at an error it returns the offending bytes with `*pos` at their start,
//! and the caller appends a replacement, sets `*pos`, and calls again. Without `last`, an incomplete sequence at the end
//! is no error and stays unconsumed. Encoders do the same over text; their positions are byte offsets of the text.

pub mod escape;
pub mod handlers;
pub mod single;
pub mod utf16;
pub mod utf32;
pub mod utf7;
pub mod utf8;

/// Input that a codec cannot handle; positions are byte offsets of the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodecError {
    /// Start of the offending part.
    pub start: usize,
    /// Its end.
    pub end: usize,
    /// CPython's explanation.
    pub reason: &'static str,
}

impl CodecError {
    pub(crate) fn new<T>(start: usize, end: usize, reason: &'static str) -> Result<T, CodecError> {
        Err(CodecError { start, end, reason })
    }
}

/// Byte orders.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl Order {
    /// This machine's order.
    pub const NATIVE: Order = if cfg!(target_endian = "little") { Order::Little } else { Order::Big };
}

/// End of the run of characters from `start` that satisfy `bad`: encoders report such runs as one error.
pub(crate) fn run_end(text: &[u8], start: usize, bad: impl Fn(u32) -> bool) -> usize {
    let mut i = start;
    while let Some((c, w)) = crate::wtf8::decode(text, i)
        && bad(c)
    {
        i += w;
    }
    i
}

/// Whether `c` is a surrogate.
#[inline]
pub(crate) fn is_surrogate(c: u32) -> bool {
    (0xD800..0xE000).contains(&c)
}

/// Reason of the UTF encoders.
pub(crate) const SURROGATES: &str = "surrogates not allowed";

/// Canonical spelling for comparing names: lower case, runs of other characters than letters, digits and dots become one
/// underscore.
pub fn normalize_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}
