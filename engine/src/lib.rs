//! The engine of ProtoPython: objects, types, and the interpreter that runs bytecode.
//!
//! - [`ctx`]: the per-thread context and the per-process runtime.
//! - [`objects`]: typed handles over the core layouts; [`types`], [`protocol`], [`native`], [`exceptions`]: the type system.
//! - [`code_rt`]: code objects at run time; [`frames`]: frame and traceback objects; [`interp`]: the interpreter proper.

// Under a model checker only the layouts are there, not all that uses them.
#![cfg_attr(model, allow(dead_code))]

#[cfg(not(model))]
pub mod code_rt;
#[cfg(not(model))]
pub mod ctx;
#[cfg(not(model))]
pub mod exceptions;
#[cfg(not(model))]
pub mod frames;
#[cfg(not(model))]
pub mod interp;
#[cfg(not(model))]
pub mod names;
#[cfg(not(model))]
pub mod native;
pub mod objects;
#[cfg(not(model))]
pub mod prelude;
#[cfg(not(model))]
pub mod protocol;
#[cfg(not(model))]
pub mod races;
#[cfg(not(model))]
pub mod types;
#[cfg(not(model))]
pub mod waits;
#[cfg(not(model))]
pub mod watch;

#[cfg(model)]
#[path = "code_rt/cache.rs"]
pub mod cache;
#[cfg(model)]
#[path = "types/epoch.rs"]
pub mod epoch;
#[cfg(model)]
mod model;
#[cfg(model)]
pub use model::ctx;
#[cfg(model)]
pub(crate) use model::{exceptions, protocol};

pub use ctx::{Ctx, PyResult, Raised};
#[cfg(not(model))]
pub use ctx::{Local, Outside};
