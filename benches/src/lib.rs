//! Benchmarks of ProtoPython: the kernels, and running them in this and in other interpreters.

pub mod interpreter;
pub mod kernels;
pub mod stats;
