//! The contexts of a space, and stopping them all.

use super::records::Lives;
use crate::context::Context;
use crate::heap::Heap;
use crate::sync::{Gate, Mutex};
use crate::value::Value;
use std::ptr::NonNull;

/// What the engine adds to a space.
pub trait SpaceHooks: Send + Sync {
    /// Names every reference that the engine keeps per runtime (module tables, caches).
    fn visit_space_roots(&self, f: &mut dyn FnMut(Value));
    /// Called once, with the world stopped, after the space's references have been promoted: flush inline caches.
    fn on_sharing(&self) {}
    /// Called in a full collection for each generator that it finds alive, before its references are followed, with its owner or
    /// the world stopped: clears what it will not use. Several threads may call it, for different generators. It neither allocates
    /// on the heap nor waits.
    fn prune_generator(&self, _generator: Value) {}
    /// Called in a global collection, with the world stopped, when all that lives has been found: takes everything else out of
    /// what the engine keeps per runtime without keeping it alive. It neither allocates on the heap nor waits: nobody comes to a
    /// safepoint with a lock that it takes.
    fn forget(&self, _lives: &Lives) {}
    /// For reports: the file and line of the code that the running thread, whose heap this is, is at. It may hold the lock
    /// of an object, so this takes none.
    fn place(&self, _heap: &Heap) -> Option<String> {
        None
    }
    /// For reports: the name of a type, under the same rule.
    fn type_name(&self, _ty: Value) -> Option<String> {
        None
    }
}

/// The attached contexts.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// Held by whoever attaches, detaches or stops the world, and by nobody who runs a program.
    pub(crate) contexts: Mutex<Vec<ContextPtr>>,
    pub(crate) gate: Gate,
}

/// A context in the registry.
#[derive(Copy, Clone, Debug)]
pub(crate) struct ContextPtr(pub NonNull<Context>);

// SAFETY: the registry's holder dereferences it only while that context is stopped, or to reach its atomics.
unsafe impl Send for ContextPtr {}
