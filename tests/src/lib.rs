//! What the test suites and the benchmarks share: finding (and building) the interpreter, running a
//! child process within limits, the conformance scripts with their expectations, and the stress programs.

pub mod binary;
pub mod conformance;
pub mod diff;
pub mod generate;
pub mod packages;
pub mod process;
pub mod scripts;
pub mod stress;
pub mod terminal;

/// How a program ends: with code 0 if `result` is true; an error is printed.
pub fn end(result: Result<bool, String>) -> std::process::ExitCode {
    match result {
        Ok(true) => std::process::ExitCode::SUCCESS,
        Ok(false) => std::process::ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            std::process::ExitCode::FAILURE
        }
    }
}
