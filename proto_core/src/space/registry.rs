//! The contexts of a space, and stopping them all.

use crate::context::Context;
use crate::sync::AtomicU32;
use crate::sync::{Condvar, Mutex};
use crate::value::Value;
use std::ptr::NonNull;

/// What the engine adds to a space.
pub trait SpaceHooks: Send + Sync {
    /// Names every reference that the engine keeps per runtime (module tables, caches).
    fn visit_space_roots(&self, f: &mut dyn FnMut(Value));
    /// Called once, with the world stopped, after the space's references have been promoted: flush inline caches.
    fn on_sharing(&self) {}
}

/// The attached contexts.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// Held by whoever attaches, detaches or stops the world, and by nobody who runs Python.
    pub(crate) contexts: Mutex<Vec<ContextPtr>>,
    /// Nonzero while somebody wants the world stopped.
    pub(crate) stop: AtomicU32,
    pub(crate) gate: Mutex<()>,
    /// The stopper waits here for contexts to arrive.
    pub(crate) arrived: Condvar,
    /// Contexts wait here to go on.
    pub(crate) resume: Condvar,
}

/// A context in the registry.
#[derive(Copy, Clone, Debug)]
pub(crate) struct ContextPtr(pub NonNull<Context>);

// SAFETY: the registry's holder dereferences it only while that context is stopped, or to reach its atomics.
unsafe impl Send for ContextPtr {}
