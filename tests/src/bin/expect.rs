//! Writes the expectations of the conformance scripts with CPython 3.14, the judge of behaviour.
//!
//! `cargo run -p protopython_tests --bin expect [-- FILTER...]`. Each script runs twice with different
//! hash seeds: one whose output differs is no test and is refused.

use std::process::ExitCode;

use protopython_tests::process::{End, Outcome};
use protopython_tests::scripts::{self, Expectation};
use protopython_tests::{binary, diff};

fn main() -> ExitCode {
    let filters: Vec<String> = std::env::args().skip(1).collect();
    protopython_tests::end(write_all(&filters).map(|refused| refused == 0))
}

/// Handles the scripts that match any filter; returns how many were refused.
fn write_all(filters: &[String]) -> Result<usize, String> {
    let python = binary::cpython().ok_or("CPython 3.14 is neither in $PEERS/bin nor in PATH")?;
    let (mut written, mut refused, mut total) = (0, 0, 0);
    for script in scripts::all()? {
        if !filters.is_empty() && !filters.iter().any(|f| script.contains(f.as_str())) {
            continue;
        }
        total += 1;
        let first = scripts::execute(&python, &script, "1")?;
        let second = scripts::execute(&python, &script, "2")?;
        match expectation(&first, &second) {
            Ok(expectation) => written += usize::from(expectation.write(&script)?),
            Err(problem) => {
                refused += 1;
                println!("{script}: refused: {problem}");
            }
        }
    }
    println!("{total} scripts, {written} expectations written, {refused} refused");
    Ok(refused)
}

fn expectation(first: &Outcome, second: &Outcome) -> Result<Expectation, String> {
    let End::Exited(code) = first.end else { return Err(first.end.to_string()) };
    if let Some(text) = diff::diff(&first.stdout, &second.stdout) {
        return Err(format!("two runs print different things:\n{text}"));
    }
    if let Some(text) = diff::diff(&first.stderr, &second.stderr) {
        return Err(format!("two runs report different things:\n{text}"));
    }
    for text in [&first.stdout, &first.stderr] {
        if let Some(line) = text.lines().find(|line| line.contains(" at 0x") || line.contains("/lib/python")) {
            return Err(format!("addresses and installation paths differ elsewhere: {line}"));
        }
    }
    Ok(Expectation { stdout: first.stdout.clone(), code, stderr: first.stderr.clone() })
}
