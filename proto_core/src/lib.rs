//! The heap of ProtoPython: values, objects, allocation, collection, sharing between threads.
//!
//! See `README.md` for the memory model and the safepoint protocol. A [`Value`] is one word; objects are runs of
//! 64-byte cells that never move. Each thread owns a [`Heap`] inside its [`Context`] and collects it alone; what other
//! threads may see has been promoted. The [`Space`] is what all contexts of a runtime have in common.

// Heap words are raw memory, which loom cannot replace: under `cfg(loom)` only the protocols in `sync` exist.
#[cfg(not(loom))]
pub mod cell;
#[cfg(not(loom))]
mod context;
#[cfg(not(loom))]
pub mod gc;
#[cfg(not(loom))]
mod heap;
#[cfg(not(loom))]
pub mod os;
#[cfg(not(loom))]
mod promote;
#[cfg(not(loom))]
mod roots;
#[cfg(not(loom))]
mod safepoint;
#[cfg(not(loom))]
mod space;
pub mod sync;
mod value;

#[cfg(not(loom))]
pub use cell::header;
#[cfg(not(loom))]
pub use cell::layout::{Layout, LayoutTable, STR_EXTERNAL, STR_INDEX_WORDS, sub};
#[cfg(not(loom))]
pub use context::{Context, ContextRoots, poll};
#[cfg(not(loom))]
pub use gc::stats::Stats;
#[cfg(not(loom))]
pub use heap::Heap;
#[cfg(not(loom))]
pub use heap::alloc::MAX_WORDS;
#[cfg(not(loom))]
pub use heap::special::{STR_CHARS, STR_DATA, STR_HASH, STR_LEN};
#[cfg(not(loom))]
pub use roots::{Root, RootVec, Shared};
#[cfg(not(loom))]
pub use space::{Atoms, Config, Shape, ShapeId, ShapeMode, Space, SpaceHooks, SpaceRoot};
pub use value::{INT_MAX, INT_MIN, KINDS, Kind, SHORT_MAX, Value};

/// Ends the process: there is no memory for what cannot fail.
#[cfg(not(loom))]
#[cold]
pub(crate) fn out_of_memory() -> ! {
    eprintln!("protopython: out of memory");
    std::process::abort()
}

/// Ends the process: the heap's own structures contradict each other.
#[cfg(not(loom))]
#[cold]
pub(crate) fn corrupted(what: &str) -> ! {
    eprintln!("protopython: heap corrupted: {what}");
    std::process::abort()
}
