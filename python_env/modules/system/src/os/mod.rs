//! What these modules ask of the operating system beyond safe crates: parking, signals, processes.
//!
//! This folder is the only place of the crate with `unsafe` code; each block is one call into libc.

pub mod fatal;
pub mod fd;
pub mod fork_gate;
mod futex;
pub mod ipc;
pub mod lock;
pub mod net;
pub mod parker;
pub mod process;
pub mod resolve;
pub mod rlock;
pub mod signals;
pub mod spawn;
mod spin;
pub mod tty;
pub mod user;
