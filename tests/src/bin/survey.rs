//! Runs all conformance scripts and prints what fails, one line each, and a table by area.
//!
//! `cargo run -p protopython_tests [-- [--write-failures] [--full] [FILTER...]]`: a working tool, while
//! `cargo test` is the judge. `--write-failures` replaces `expected_failures.txt` by what fails now.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use protopython_tests::binary;
use protopython_tests::scripts::{self, Expectation};

fn main() -> ExitCode {
    protopython_tests::end(survey().map(|()| true))
}

fn survey() -> Result<(), String> {
    let (options, filters): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|a| a.starts_with("--"));
    let interpreter = binary::protopython()?;
    let mut names = scripts::all()?;
    names.retain(|name| filters.is_empty() || filters.iter().any(|f| name.contains(f.as_str())));
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                // Relaxed: the counter hands out indices and orders nothing else.
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = scripts::execute(interpreter, name, "0")
                        .and_then(|outcome| Expectation::read(name)?.check(&outcome));
                    results.lock().unwrap_or_else(|e| e.into_inner()).insert(name.as_str(), verdict);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(|e| e.into_inner());
    let mut areas: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, verdict) in &results {
        let area = areas.entry(name.split('/').next().unwrap_or("")).or_default();
        area.1 += 1;
        match verdict {
            Ok(()) => area.0 += 1,
            Err(problem) if options.iter().any(|o| o == "--full") => println!("{name}:\n{problem}"),
            Err(problem) => println!("{name}: {}", reason(problem)),
        }
    }
    for (area, (passed, total)) in &areas {
        println!("{area:12} {passed:4} of {total}");
    }
    let passed = results.values().filter(|v| v.is_ok()).count();
    println!("{:12} {passed:4} of {}", "all", results.len());
    if options.iter().any(|o| o == "--write-failures") {
        write_failures(&results)?;
    }
    Ok(())
}

/// The most telling line of a failure: the last line of an unexpected traceback, else the first wrong line.
fn reason(problem: &str) -> String {
    let unexpected = |line: &&str| line.get(4..6) == Some(" +");
    let error = problem.split("standard error").nth(1);
    let line = error
        .and_then(|text| text.lines().rfind(|l| unexpected(l) && l.trim().len() > 4))
        .or_else(|| problem.lines().find(unexpected))
        .or_else(|| problem.lines().nth(1))
        .unwrap_or(problem);
    let text = line.get(6..).unwrap_or(line).trim();
    text.chars().take(150).collect()
}

fn write_failures(results: &BTreeMap<&str, Result<(), String>>) -> Result<(), String> {
    let mut text = String::from(
        "# Scripts that are known to fail: `[MODE:]SCRIPT REASON`. A script that passes must leave this list.\n",
    );
    for (name, verdict) in results {
        if let Err(problem) = verdict {
            text.push_str(&format!("{name} {}\n", reason(problem)));
        }
    }
    let path = scripts::expected_failures_path();
    std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))
}
