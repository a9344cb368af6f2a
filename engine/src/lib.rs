//! The engine of ProtoPython: objects, types, and the interpreter that runs bytecode.
//!
//! - [`ctx`]: the per-thread context and the per-process runtime.
//! - [`objects`]: typed handles over the core layouts; [`types`], [`protocol`], [`native`], [`exceptions`]: the type system.
//! - [`code_rt`]: code objects at run time; [`frames`]: frame and traceback objects; [`interp`]: the interpreter proper.

pub mod code_rt;
pub mod ctx;
pub mod exceptions;
pub mod frames;
pub mod interp;
pub mod names;
pub mod native;
pub mod objects;
pub mod prelude;
pub mod protocol;
pub mod types;

pub use ctx::{Ctx, PyResult, Raised};
