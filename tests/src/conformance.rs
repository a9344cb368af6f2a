//! CPython's own tests: the units of its package `test`, each run by itself, and the table of what is known to pass.
//!
//! `conformance.tsv` holds a line per unit: its class, its name, and how it ended when the table was last written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::{End, Outcome, run};
use crate::scripts::isolate;

/// How a unit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Every test passed or was skipped.
    Pass,
    /// Tests failed.
    Fail,
    /// The unit or its set-up raised.
    Import,
    /// The whole unit is skipped: it says what the platform lacks.
    Skip,
    /// It did not end in time.
    Slow,
    /// The interpreter died.
    Crash,
}

impl State {
    const ALL: [(State, &'static str); 6] = [
        (State::Pass, "pass"),
        (State::Fail, "fail"),
        (State::Import, "import"),
        (State::Skip, "skip"),
        (State::Slow, "slow"),
        (State::Crash, "crash"),
    ];

    fn parse(text: &str) -> Option<State> {
        State::ALL.iter().find(|(_, name)| *name == text).map(|(state, _)| *state)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = State::ALL.iter().find(|(state, _)| state == self).map_or("", |(_, name)| name);
        f.pad(name)
    }
}

/// What a unit's run gave.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub state: State,
    /// Tests that ran.
    pub tests: u32,
    /// Failures, errors and unexpected successes among them.
    pub bad: u32,
    pub skipped: u32,
}

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    pub class: String,
    pub verdict: Verdict,
}

/// The rows by unit.
pub type Table = BTreeMap<String, Row>;

fn table_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance.tsv")
}

/// Reads the committed table.
pub fn read_table() -> Result<Table, String> {
    let path = table_path();
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut table = Table::new();
    for (index, line) in text.lines().enumerate().skip(1) {
        let (unit, row) = parse_row(line).ok_or_else(|| format!("{}:{}: not a row", path.display(), index + 1))?;
        table.insert(unit, row);
    }
    Ok(table)
}

fn parse_row(line: &str) -> Option<(String, Row)> {
    let mut fields = line.split('\t');
    let (class, unit, state) = (fields.next()?, fields.next()?, State::parse(fields.next()?)?);
    let mut number = || fields.next()?.parse().ok();
    let verdict = Verdict { state, tests: number()?, bad: number()?, skipped: number()? };
    Some((unit.to_owned(), Row { class: class.to_owned(), verdict }))
}

/// Writes the table, sorted by class and unit.
pub fn write_table(table: &Table) -> Result<(), String> {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_key(|(unit, row)| (&row.class, *unit));
    let mut text = String::from("class\tunit\tstate\ttests\tfailed\tskipped\n");
    for (unit, row) in rows {
        let Verdict { state, tests, bad, skipped } = &row.verdict;
        text.push_str(&format!("{}\t{unit}\t{state}\t{tests}\t{bad}\t{skipped}\n", row.class));
    }
    let path = table_path();
    std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))
}

/// The folder that holds CPython's package `test`: `given`, else `$PEERS/cpython-tests`.
pub fn package(given: Option<PathBuf>) -> Result<PathBuf, String> {
    let peers = std::env::var_os("PEERS").map(|p| PathBuf::from(p).join("cpython-tests"));
    let folder = given.or(peers).ok_or("where is CPython's package `test`? Say --tests FOLDER or set PEERS")?;
    if folder.join("test").is_dir() { Ok(folder) } else { Err(format!("{} has no folder `test`", folder.display())) }
}

/// Runs a unit in the folder `scratch`; gives what it wrote, too.
pub fn execute(
    interpreter: &Path,
    package: &Path,
    unit: &str,
    scratch: &Path,
    limit: Duration,
) -> Result<(Verdict, String), String> {
    let mut command = Command::new(interpreter);
    command.current_dir(scratch).args(["-m", "unittest", "-v"]).arg(format!("test.{unit}"));
    isolate(&mut command, "0");
    command.env("PYTHONPATH", package);
    let outcome = run(&mut command, b"", limit)?;
    Ok((judge(&outcome), format!("{}{}", outcome.stdout, outcome.stderr)))
}

fn judge(outcome: &Outcome) -> Verdict {
    let report = &outcome.stderr;
    let tests = report.lines().rev().find_map(tests_run).unwrap_or(0);
    let counts = report.lines().rev().find_map(result_counts).unwrap_or_default();
    let count = |names: &[&str]| counts.iter().filter(|(name, _)| names.contains(name)).map(|(_, n)| n).sum();
    let bad = count(&["failures", "errors", "unexpected successes"]);
    let skipped = count(&["skipped"]);
    let broken = report.contains("unittest.loader._FailedTest") || report.contains("ERROR: setUpModule");
    let state = match outcome.end {
        End::TimedOut | End::OutOfMemory => State::Slow,
        End::Signalled(_) | End::Exited(101 | 134) => State::Crash,
        End::Exited(0) => State::Pass,
        // unittest's code for "no tests ran".
        End::Exited(5) => State::Skip,
        End::Exited(_) if broken && tests <= 1 || tests == 0 => State::Import,
        End::Exited(_) => State::Fail,
    };
    Verdict { state, tests, bad, skipped }
}

/// `Ran 12 tests in 0.1s`
fn tests_run(line: &str) -> Option<u32> {
    line.strip_prefix("Ran ")?.split(' ').next()?.parse().ok()
}

/// `FAILED (failures=1, skipped=2)`
fn result_counts(line: &str) -> Option<Vec<(&str, u32)>> {
    let rest = line.strip_prefix("FAILED").or_else(|| line.strip_prefix("OK"))?;
    let rest = rest.trim().trim_start_matches('(').trim_end_matches(')');
    if rest.is_empty() {
        return Some(Vec::new());
    }
    rest.split(", ").map(|part| part.split_once('=').and_then(|(name, n)| Some((name, n.parse().ok()?)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_read() {
        assert_eq!(tests_run("Ran 12 tests in 0.100s"), Some(12));
        assert_eq!(tests_run("Random"), None);
        assert_eq!(result_counts("OK"), Some(Vec::new()));
        assert_eq!(result_counts("FAILED (failures=1, skipped=2)"), Some(vec![("failures", 1), ("skipped", 2)]));
        assert_eq!(result_counts("OK, said the test"), None);
    }

    #[test]
    fn the_table_is_whole() {
        let table = read_table().expect("the table is committed");
        assert!(table.len() > 300, "{} units", table.len());
        assert!(table.values().all(|row| row.verdict.state != State::Crash));
    }
}
