//! Benchmarks of ProtoPython: the kernels and programs, and running them in this and in other interpreters.

pub mod interpreter;
pub mod kernels;
pub mod programs;
pub mod stats;
