//! Runs units of CPython's own tests and compares with the committed table.
//!
//! `cargo run --release -p protopython_tests --bin conformance -- [--tests FOLDER] [--limit SECONDS] [--log FOLDER] [--write]
//! [--passing] [CLASS|UNIT]...`: all units, or those named; `--passing` those that the table says pass. It fails if one
//! that passed does not, or if the interpreter dies. `--limit` counts seconds of the processor, so that a loaded machine changes
//! no verdict. `--write` updates the table from a run of all units.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use protopython_tests::binary;
use protopython_tests::conformance::{self, Home, State, Table, Verdict};

fn main() -> ExitCode {
    protopython_tests::end(run())
}

struct Request {
    tests: Option<PathBuf>,
    limit: Duration,
    log: Option<PathBuf>,
    write: bool,
    passing: bool,
    names: Vec<String>,
}

fn request() -> Result<Request, String> {
    let mut request = Request {
        tests: None,
        limit: Duration::from_secs(150),
        log: None,
        write: false,
        passing: false,
        names: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} takes a value"));
        match argument.as_str() {
            "--tests" => request.tests = Some(value()?.into()),
            "--limit" => {
                let text = value()?;
                let seconds = text.parse().map_err(|_| format!("--limit: not a number: {text}"))?;
                request.limit = Duration::from_secs(seconds);
            }
            "--log" => request.log = Some(value()?.into()),
            "--write" => request.write = true,
            "--passing" => request.passing = true,
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            _ => request.names.push(argument),
        }
    }
    Ok(request)
}

/// The units that were asked for.
fn units(request: &Request, table: &Table) -> Result<Vec<String>, String> {
    let known = |name: &String| table.iter().any(|(unit, row)| unit == name || row.class == *name);
    if let Some(name) = request.names.iter().find(|name| !known(name)) {
        return Err(format!("there is no unit or class {name}"));
    }
    let asked = |unit: &String, class: &String| {
        request.names.is_empty() || request.names.contains(unit) || request.names.contains(class)
    };
    let units = table.iter().filter(|(unit, row)| asked(unit, &row.class));
    let units = units.filter(|(_, row)| !request.passing || row.verdict.state.is_good());
    Ok(units.map(|(unit, _)| unit.clone()).collect())
}

fn run() -> Result<bool, String> {
    let request = request()?;
    if request.write && (request.passing || !request.names.is_empty()) {
        return Err("the table is written from one run of all units: --write takes no names".to_owned());
    }
    let package = conformance::package(request.tests.clone())?;
    let mut table = conformance::read_table()?;
    let units = units(&request, &table)?;
    let interpreter = binary::protopython()?;
    let scratch = std::env::temp_dir().join(format!("conformance_{}", std::process::id()));
    let home = Home::new(&scratch.join("home"), interpreter, &package);
    let results = home.and_then(|home| execute_all(&request, &home, &units, &scratch));
    // What a test left behind is of no interest.
    let _ = std::fs::remove_dir_all(&scratch);
    let results = results?;
    let mut lost = Vec::new();
    for (unit, verdict) in &results {
        let Some(row) = table.get_mut(unit) else { continue };
        let was = row.verdict.state;
        let Verdict { state, tests, bad, skipped } = verdict;
        let change = if *state == was { String::new() } else { format!("  was {was}") };
        println!("{unit:32} {state:7} {tests:5} tests {bad:4} failed {skipped:4} skipped{change}");
        if *state == State::Crash || was.is_good() && !state.is_good() {
            lost.push(unit.as_str());
        }
        row.verdict = verdict.clone();
    }
    summary(&table, &results);
    if request.write {
        conformance::write_table(&table)?;
    }
    if !lost.is_empty() {
        println!("no longer: {}", lost.join(" "));
    }
    Ok(lost.is_empty())
}

/// Runs the units, as many at a time as there are cores.
fn execute_all(
    request: &Request,
    home: &Home,
    units: &[String],
    scratch: &Path,
) -> Result<Vec<(String, Verdict)>, String> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let one = |unit: &String| -> Result<Verdict, String> {
        let folder = scratch.join(unit);
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let (verdict, output) = home.execute(unit, &folder, request.limit)?;
        if let Some(log) = &request.log {
            std::fs::create_dir_all(log).map_err(|e| format!("{}: {e}", log.display()))?;
            let path = log.join(format!("{unit}.log"));
            std::fs::write(&path, output).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        Ok(verdict)
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                // Relaxed: the counter hands out indices and orders nothing else.
                while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = one(unit);
                    results.lock().unwrap_or_else(|e| e.into_inner()).push((unit.clone(), verdict));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(|e| e.into_inner());
    results.sort_by(|a, b| a.0.cmp(&b.0));
    results.into_iter().map(|(unit, verdict)| verdict.map(|v| (unit, v))).collect()
}

/// A line per class, of the units that ran.
fn summary(table: &Table, results: &[(String, Verdict)]) {
    let mut classes: Vec<&str> = table.values().map(|row| row.class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    for class in classes {
        let of_class: Vec<_> =
            results.iter().filter(|(unit, _)| table.get(unit).is_some_and(|row| row.class == class)).collect();
        if of_class.is_empty() {
            continue;
        }
        let units = |state| of_class.iter().filter(|(_, v)| v.state == state).count();
        let (tests, bad) = of_class.iter().fold((0, 0), |(t, b), (_, v)| (t + v.tests, b + v.bad));
        println!(
            "{class}: {} units, {} pass, {} pass but for listed details, {} fail, {} cannot be imported, {} slow, {} skipped, {} crashed; {} of {tests} tests",
            of_class.len(),
            units(State::Pass),
            units(State::Differs),
            units(State::Fail),
            units(State::Import),
            units(State::Slow),
            units(State::Skip),
            units(State::Crash),
            tests.saturating_sub(bad),
        );
    }
}
