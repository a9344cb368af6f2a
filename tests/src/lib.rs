//! What the test suites and the benchmarks share: finding (and building) the interpreter, running a
//! child process within limits, and the conformance scripts with their expectations.

pub mod binary;
pub mod diff;
pub mod generate;
pub mod process;
pub mod scripts;
