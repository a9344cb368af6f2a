//! What an object looks like in memory: its header word and the description that tracing follows.

pub mod header;
pub mod layout;
#[cfg(model)]
pub mod memory;
pub mod words;
