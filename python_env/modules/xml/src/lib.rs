//! `pyexpat`: the XML parser below `xml.etree`, `xml.sax`, `xml.dom` and `plistlib`.
//!
//! Its interface is expat's: a document is pushed in pieces of any size, handlers are called for what is complete, and
//! errors have expat's numbers. No crate parses that way, so the parser is ours: [`core`] is plain Rust without Values, which tells [`events`],
//! [`parser`] the Python object around it.
#![forbid(unsafe_code)]

mod chars;
mod core;
mod dtd;
mod errors;
mod events;
mod module;
mod parser;
mod pieces;
mod tree;

use engine::prelude::*;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&module::PYEXPAT, &tree::ELEMENTTREE];
