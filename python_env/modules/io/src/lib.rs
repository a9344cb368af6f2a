//! Streams and codecs: the native modules `_io` and `_codecs`.
#![deny(unsafe_code)]

mod base;
mod buffered;
mod bytesio;
mod codecs;
mod dirty;
mod fileio;
mod locale;
mod lock;
mod marshal;
mod newline;
mod open;
mod os;
mod position;
mod streams;
mod stringio;
mod textio;

pub use codecs::{Handles, ask_handler};
pub use dirty::{before_leaving, flush as flush_dirty};
pub use open::{open_file, set_warn_default_encoding};

use engine::objects::{Dict, Tuple};
use engine::prelude::*;
use engine::protocol;

static IO: ModuleDef = ModuleDef {
    doc: "The io module provides the Python interfaces to stream handling. The\nbuiltin open function is defined in this module.",
    functions: open::FUNCTIONS,
    constants: &[("DEFAULT_BUFFER_SIZE", Const::Int(buffered::DEFAULT_SIZE as i64))],
    types: &[
        &base::IO_BASE,
        &base::RAW_IO_BASE,
        &base::BUFFERED_IO_BASE,
        &base::TEXT_IO_BASE,
        &fileio::FILE_IO,
        &bytesio::BYTES_IO,
        &bytesio::BYTES_IO_BUFFER,
        &stringio::STRING_IO,
        &buffered::BUFFERED_READER,
        &buffered::BUFFERED_WRITER,
        &buffered::BUFFERED_RANDOM,
        &buffered::BUFFERED_RW_PAIR,
        &textio::TEXT_IO_WRAPPER,
        &newline::INCREMENTAL_NEWLINE_DECODER,
    ],
    init: Some(io_init),
    ..ModuleDef::new("_io")
};

/// Adds the exceptions: one of them has two bases, which a static table cannot say.
fn io_init(cx: &mut Ctx, module: Value) -> Res<()> {
    let blocking = cx.types.exc(Exc::BlockingIOError).value();
    cx.set_module_attr(module, "BlockingIOError", blocking);
    let bases = [cx.types.exc(Exc::OSError).value(), cx.types.exc(Exc::ValueError).value()];
    let bases = Tuple::new(cx, &bases);
    let name = Str::new(cx, "UnsupportedOperation");
    let dict = Dict::new(cx);
    let module_name = Str::new(cx, "io");
    let key = cx.names.__module__;
    dict.set_str(cx, key, module_name);
    let meta = cx.types.type_.value();
    let class = protocol::call(cx, meta, &[name, bases, dict.value()])?;
    cx.set_module_attr(module, "UnsupportedOperation", class);
    Ok(())
}

/// Adds what exists before any module is imported (nothing: types are made with the module).
///
/// # Errors
/// None at present.
pub fn register(_cx: &mut Ctx) -> Res<()> {
    Ok(())
}

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&IO, &codecs::CODECS, &marshal::MARSHAL, &locale::LOCALE];
