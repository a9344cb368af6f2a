//! Benchmarks of ProtoPython: the kernels and programs, and running them in this and in other interpreters.

#![forbid(unsafe_code)]

pub mod interpreter;
pub mod kernels;
pub mod programs;
pub mod stats;
