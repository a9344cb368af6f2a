//! The text and byte types: `str`, `bytes`, `bytearray`, `memoryview`.
#![forbid(unsafe_code)]

pub mod arguments;
pub mod bytearray;
mod bytearray_content;
pub mod bytes;
pub mod bytes_methods;
pub mod codec;
pub mod leaf;
pub mod memoryview;
pub mod str;
pub mod str_format;
pub mod str_methods;
pub mod str_percent;

use engine::prelude::*;

/// Gives `str` and `bytes` their methods and adds the other types of this crate.
///
/// # Errors
/// Whatever making a type raises; at start-up nothing should.
pub fn register(cx: &mut Ctx) -> Res<()> {
    let t = cx.types;
    cx.fill_type(t.str, &str::STR);
    cx.fill_type(t.bytes, &bytes::BYTES);
    for def in BUILTIN_TYPES {
        cx.add_type(def);
    }
    engine::protocol::buffer::set_memoryviews(engine::protocol::buffer::Memoryviews {
        def: &memoryview::MEMORYVIEW,
        make: memoryview::of_buffer,
        owner: memoryview::owner,
    });
    Ok(())
}

/// The types of this crate that `builtins` shows beside the core types.
pub const BUILTIN_TYPES: &[&TypeDef] = &[&bytearray::BYTEARRAY, &memoryview::MEMORYVIEW];
