//! The module `_pickle`: objects to bytes and back.
//!
//! * writing: [`pickler`] (the type and the functions), [`save`] (the dispatch and the types with instructions of their own),
//!   [`plain`] (ordinary instances), [`reduce`] (all other objects), [`global`] (what is found by its name), [`memo`], [`output`]
//! * reading: [`unpickler`], [`load`] (the machine), [`build`] (what it makes), [`find`], [`unmemo`], [`input`]
//! * both: [`opcodes`], [`state`] (what the library has for pickling), [`proxy`], [`busy`], [`errors`], [`buffer`]
//!
//! One run is a `Saver` or a `Loader` on the native stack. Objects that other threads may change are written as they were at one
//! moment.

use engine::prelude::*;

pub mod buffer;
mod build;
mod busy;
mod errors;
mod find;
mod global;
mod input;
mod load;
mod memo;
mod opcodes;
mod output;
mod pickler;
mod plain;
mod proxy;
mod reduce;
mod save;
mod state;
mod unmemo;
mod unpickler;

/// `_pickle`
pub static PICKLE: ModuleDef = ModuleDef {
    doc: "Optimized C implementation for the Python pickle module.",
    functions: &[pickler::DUMP, pickler::DUMPS, unpickler::LOAD, unpickler::LOADS],
    types: &[
        &buffer::PICKLE_BUFFER,
        &errors::PICKLE_ERROR,
        &errors::PICKLING_ERROR,
        &errors::UNPICKLING_ERROR,
        &pickler::PICKLER,
        &unpickler::UNPICKLER,
    ],
    init: Some(state::init),
    ..ModuleDef::new("_pickle")
};
