//! Asking for memory before it is used: widths and precisions come from input, and this crate knows no heap to ask.

use std::sync::OnceLock;

static ASK: OnceLock<fn(usize) -> bool> = OnceLock::new();

/// Installs who knows whether so many bytes can be had (once).
pub fn ask_with(f: fn(usize) -> bool) {
    let _ = ASK.set(f);
}

/// Below this nobody is asked.
const LITTLE: usize = 1 << 20;

/// Whether `n` characters may be made of a width or precision.
pub fn is_there_for(n: usize) -> bool {
    // The text, as UTF-8, twice: as it is made, and in the string.
    n < LITTLE || n < isize::MAX as usize / 8 && ASK.get().is_none_or(|ask| ask(8 * n))
}
