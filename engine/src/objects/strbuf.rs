//! Building strings piece by piece in native code.

use super::str::Str;
use crate::ctx::{Ctx, PyResult, Raised};
use proto_core::{Heap, Value};

/// Collects text and makes one string of it. Holds no values, so it may live across safepoints.
#[derive(Default)]
pub struct StrBuilder {
    bytes: Vec<u8>,
}

impl StrBuilder {
    /// An empty builder.
    pub fn new() -> StrBuilder {
        StrBuilder::default()
    }

    /// An empty builder with room for `n` bytes.
    pub fn with_capacity(n: usize) -> StrBuilder {
        StrBuilder { bytes: Vec::with_capacity(n) }
    }

    /// Appends text.
    pub fn push_str(&mut self, s: &str) {
        self.bytes.extend_from_slice(s.as_bytes());
    }

    /// Appends valid generalized UTF-8.
    pub fn push_bytes(&mut self, s: &[u8]) {
        self.bytes.extend_from_slice(s);
    }

    /// Appends a string.
    pub fn push(&mut self, s: Str) {
        self.bytes.extend_from_slice(s.as_bytes());
    }

    /// Appends one code point, which may be a surrogate.
    pub fn push_cp(&mut self, cp: u32) {
        if cp < 0x80 {
            self.bytes.push(cp as u8);
        } else {
            pytext::wtf8::push(&mut self.bytes, cp);
        }
    }

    /// Bytes collected so far.
    pub fn len_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was collected.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What was collected.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends a string of which input chose the length.
    pub fn add(&mut self, cx: &mut Ctx, s: Str) -> Result<(), Raised> {
        cx.reserve(&mut self.bytes, s.byte_len())?;
        self.push(s);
        Ok(())
    }

    /// As [`StrBuilder::finish`], where input chose the length: `MemoryError` where there is no room.
    pub fn wish(self, cx: &mut Ctx) -> PyResult {
        Str::wish(cx, &self.bytes)
    }

    /// The string.
    pub fn finish(self, heap: &Heap) -> Value {
        Str::from_wtf8(heap, &self.bytes)
    }
}

impl std::fmt::Write for StrBuilder {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.push_str(s);
        Ok(())
    }
}
