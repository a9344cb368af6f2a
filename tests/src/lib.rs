//! What the test suites and the benchmarks share: finding (and building) the interpreter, running a
//! child process within limits, the conformance scripts with their expectations, and the stress programs.

pub mod binary;
pub mod conformance;
pub mod diff;
pub mod generate;
pub mod process;
pub mod scripts;
pub mod stress;
