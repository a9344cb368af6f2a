//! The heap of ProtoPython: values, objects, allocation, collection, sharing between threads.
//!
//! See `README.md` for a guide to embedding it, the memory model and the safepoint protocol. A [`Value`] is one word; objects are runs of
//! 64-byte cells that never move. Each thread owns a [`Heap`] inside its [`Context`] and collects it alone; what other
//! threads may see has been promoted. The [`Space`] is what all contexts of a runtime have in common.

mod attached;
pub mod cell;
mod context;
pub mod gc;
mod heap;
pub mod memory;
pub mod os;
pub mod persistent;
mod promote;
mod published;
mod report;
mod roots;
mod safepoint;
mod space;
mod stress;
pub mod sync;
mod value;

pub use attached::Attached;
pub use cell::header;
pub use cell::layout::{GENERATOR_ENDED, GENERATOR_STATE, Layout, LayoutTable, STR_EXTERNAL, STR_INDEX_WORDS, sub};
pub use cell::words::{NumberWord, RawEntryWord, RawWord, RawWords};
pub use context::{Context, ContextRoots, Stack, poll};
pub use gc::pauses::{Pause, Pauses, Why};
pub use gc::stats::{GlobalParts, Histogram, Stats};
pub use gc::usage::Usage;
pub use heap::Heap;
pub use heap::alloc::MAX_WORDS;
pub use heap::external::external_freed;
pub use heap::special::{STR_CHARS, STR_DATA, STR_HASH, STR_LEN};
pub use published::Published;
pub use roots::{Root, RootVec, Shared, clear_below};
pub use safepoint::Outside;
pub use space::{Atoms, Config, Lives, Record, Shape, ShapeId, ShapeMode, Space, SpaceHooks, SpaceRoot};
pub use value::{INT_MAX, INT_MIN, KINDS, Kind, SHORT_MAX, Value};

/// The code in the guide.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Guide;

/// Ends the process: there is no memory for what cannot fail.
#[cold]
pub(crate) fn out_of_memory() -> ! {
    eprintln!("protopython: out of memory");
    // Prints nothing unless RUST_BACKTRACE asks for it.
    let trace = std::backtrace::Backtrace::capture();
    if trace.status() == std::backtrace::BacktraceStatus::Captured {
        eprintln!("{trace}");
    }
    std::process::abort()
}

/// Ends the process: the heap's own structures contradict each other.
#[cold]
pub(crate) fn corrupted(what: &str) -> ! {
    eprintln!("protopython: heap corrupted: {what}");
    std::process::abort()
}
