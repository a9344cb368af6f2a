//! The thread's own heap: allocation, loads and stores with their barrier, boxes, weak references.

pub(crate) mod alloc;
pub(crate) mod arena;
pub(crate) mod block;
mod checked;
mod dormant;
pub(crate) mod external;
mod runs;
pub(crate) mod special;
pub(crate) mod store;

pub use alloc::Heap;
pub(crate) use dormant::Dormant;
