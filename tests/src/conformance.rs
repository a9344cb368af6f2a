//! CPython's own tests: the units of its package `test`, each run by itself, and the table of what is known to pass.
//!
//! `conformance.tsv` holds a line per unit: its class, its name, and how it ended when the table was last written.
//! `conformance_details.tsv` lists tests of what CPython does in its own way, and why they fail here: a unit of which only such
//! tests fail `differs`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::{End, Limits, Outcome, run, run_limited};
use crate::scripts::isolate;

/// What a unit that waits for timers and other processes may take, in times of its limit of processor time.
const WALL_FACTOR: u32 = 5;

/// How a unit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Every test passed or was skipped.
    Pass,
    /// All tests that failed are listed as details of CPython's implementation.
    Differs,
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
    const ALL: [(State, &'static str); 7] = [
        (State::Pass, "pass"),
        (State::Differs, "differs"),
        (State::Fail, "fail"),
        (State::Import, "import"),
        (State::Skip, "skip"),
        (State::Slow, "slow"),
        (State::Crash, "crash"),
    ];

    /// Whether nothing failed that should not.
    pub fn is_good(self) -> bool {
        matches!(self, State::Pass | State::Differs)
    }

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

/// Tests of details of CPython's implementation.
#[derive(Default)]
pub struct Details(Vec<Detail>);

struct Detail {
    unit: String,
    /// The test as unittest names it, without the unit; `*` stands for any text.
    test: String,
}

impl Details {
    /// Reads the committed list: unit, test, reason.
    pub fn read() -> Result<Details, String> {
        let path = table_path().with_file_name("conformance_details.tsv");
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let row = |(index, line): (usize, &str)| {
            let fields: Vec<&str> = line.split('\t').collect();
            match fields.as_slice() {
                [unit, test, reason] if ![unit, test, reason].iter().any(|f| f.is_empty()) => {
                    Ok(Detail { unit: (*unit).to_owned(), test: (*test).to_owned() })
                }
                _ => Err(format!("{}:{}: not unit, test and reason", path.display(), index + 1)),
            }
        };
        text.lines().enumerate().skip(1).map(row).collect::<Result<_, _>>().map(Details)
    }

    /// The units that the list names.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|detail| detail.unit.as_str())
    }

    /// Whether all of a unit's `bad` results are listed.
    fn cover(&self, unit: &str, report: &str, bad: u32) -> bool {
        let known = |test: &String| self.0.iter().any(|d| d.unit == unit && matches(&d.test, test));
        let failed: Vec<String> = report.lines().filter_map(|line| failed_test(unit, line)).collect();
        bad > 0 && failed.len() as u32 == bad && failed.iter().all(known)
    }
}

/// Whether a pattern, in which `*` stands for any text, is this text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((front, rest)) => text.strip_prefix(front).is_some_and(|text| {
            text.char_indices().map(|(i, _)| &text[i..]).chain([""]).any(|tail| matches(rest, tail))
        }),
    }
}

/// `FAIL: test_x (test.test_unit.Class.test_x) [sub-test]`: the test, without the unit.
fn failed_test(unit: &str, line: &str) -> Option<String> {
    let line = ["FAIL: ", "ERROR: ", "UNEXPECTED SUCCESS: "].iter().find_map(|mark| line.strip_prefix(mark))?;
    let (name, rest) = line.split_once(" (")?;
    let (path, _) = rest.split_once(')')?;
    let path = path.strip_prefix("test.").unwrap_or(path);
    let path = path.strip_prefix(unit).unwrap_or(path).trim_start_matches('.');
    Some(match path.strip_suffix(name) {
        Some(front) if front.is_empty() || front.ends_with('.') => path.to_owned(),
        _ if path.is_empty() => name.to_owned(),
        _ => format!("{path}.{name}"),
    })
}

/// The folder that holds CPython's package `test`: `given`, else `$PEERS/cpython-tests`.
pub fn package(given: Option<PathBuf>) -> Result<PathBuf, String> {
    let peers = std::env::var_os("PEERS").map(|p| PathBuf::from(p).join("cpython-tests"));
    let folder = given.or(peers).ok_or("where is CPython's package `test`? Say --tests FOLDER or set PEERS")?;
    if folder.join("test").is_dir() { Ok(folder) } else { Err(format!("{} has no folder `test`", folder.display())) }
}

/// An installation that has the package `test`: a link to the interpreter, and beside it the folder of site packages that
/// the interpreter names. So the children of a test find the package, too, whatever options they are started with.
pub struct Home {
    interpreter: PathBuf,
    support: PathBuf,
    details: Details,
}

impl Home {
    /// Makes the installation in `folder`.
    pub fn new(folder: &Path, interpreter: &Path, package: &Path) -> Result<Home, String> {
        let bin = folder.join("bin");
        std::fs::create_dir_all(&bin).map_err(|e| format!("{}: {e}", bin.display()))?;
        let copy = bin.join(interpreter.file_name().unwrap_or("python".as_ref()));
        if std::fs::hard_link(interpreter, &copy).is_err() {
            std::fs::copy(interpreter, &copy).map_err(|e| format!("{}: {e}", copy.display()))?;
        }
        let site = site_packages(&copy)?;
        let link =
            |from: &Path, to: &Path| std::os::unix::fs::symlink(from, to).map_err(|e| format!("{}: {e}", to.display()));
        if !site.starts_with(folder) {
            return Err(format!("{} keeps its packages in {}", copy.display(), site.display()));
        }
        std::fs::create_dir_all(&site).map_err(|e| format!("{}: {e}", site.display()))?;
        let package = package.canonicalize().map_err(|e| format!("{}: {e}", package.display()))?;
        // Not a link: tests resolve where they lie, and look for the package there.
        tree(&package.join("test"), &site.join("test"))?;
        // C functions for tests to call, in the file of an extension module that nobody imports.
        let (from, to) = (package.join("lib-dynload"), site.join("lib-dynload"));
        for entry in std::fs::read_dir(&from).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with("_ctypes_test.") {
                std::fs::create_dir_all(&to).map_err(|e| format!("{}: {e}", to.display()))?;
                link(&entry.path(), &to.join(entry.file_name()))?;
            }
        }
        let support = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance_support");
        for entry in std::fs::read_dir(&support).map_err(|e| format!("{}: {e}", support.display()))?.flatten() {
            if entry.path().is_file() {
                link(&entry.path(), &site.join(entry.file_name()))?;
            }
        }
        Ok(Home { interpreter: copy, support, details: Details::read()? })
    }

    /// Runs a unit in the folder `scratch` with `limit` of processor time; gives what it wrote, too.
    pub fn execute(&self, unit: &str, scratch: &Path, limit: Duration) -> Result<(Verdict, String), String> {
        let mut command = Command::new(&self.interpreter);
        command.current_dir(scratch).args(["-m", "unittest", "-v"]).arg(format!("test.{unit}"));
        isolate(&mut command, "0");
        // The package is this installation's own: tests of what is written beside modules may write.
        command.env_remove("PYTHONDONTWRITEBYTECODE");
        // Tests of the prompt and of line editing open terminals.
        command.env("TERM", "xterm");
        let own = self.support.join(unit);
        if own.is_dir() {
            command.env("PYTHONPATH", own);
        }
        let outcome = run_limited(&mut command, b"", Limits { wall: limit * WALL_FACTOR, cpu: Some(limit) })?;
        Ok((judge(unit, &outcome, &self.details), format!("{}{}", outcome.stdout, outcome.stderr)))
    }
}

/// Makes a folder whose files are those of another, without copying them where the system allows that.
fn tree(from: &Path, to: &Path) -> Result<(), String> {
    let from = from.canonicalize().map_err(|e| format!("{}: {e}", from.display()))?;
    std::fs::create_dir_all(to).map_err(|e| format!("{}: {e}", to.display()))?;
    for entry in std::fs::read_dir(&from).map_err(|e| format!("{}: {e}", from.display()))?.flatten() {
        let (path, place) = (entry.path(), to.join(entry.file_name()));
        let made = match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                tree(&path, &place)?;
                continue;
            }
            Ok(kind) if kind.is_file() => {
                std::fs::hard_link(&path, &place).or_else(|_| std::fs::copy(&path, &place).map(drop))
            }
            _ => std::fs::read_link(&path).and_then(|target| std::os::unix::fs::symlink(target, &place)),
        };
        made.map_err(|e| format!("{}: {e}", place.display()))?;
    }
    Ok(())
}

/// The folder in which an interpreter looks for packages.
fn site_packages(interpreter: &Path) -> Result<PathBuf, String> {
    let mut command = Command::new(interpreter);
    command.args(["-I", "-c", "import site; print(site.getsitepackages()[0])"]);
    let outcome = run(&mut command, b"", Duration::from_secs(60))?;
    match outcome.stdout.trim() {
        "" => Err(format!("{} names no site packages: {}", interpreter.display(), outcome.stderr)),
        path => Ok(path.into()),
    }
}

fn judge(unit: &str, outcome: &Outcome, details: &Details) -> Verdict {
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
        End::Exited(_) if tests == 0 && skips(report) => State::Skip,
        End::Exited(_) if broken && tests <= 1 || tests == 0 => State::Import,
        End::Exited(_) if details.cover(unit, report, bad) => State::Differs,
        End::Exited(_) => State::Fail,
    };
    Verdict { state, tests, bad, skipped }
}

/// Whether the import of the unit ended with what says that it is to be skipped.
fn skips(report: &str) -> bool {
    report.trim_end().lines().next_back().is_some_and(|line| line.starts_with("unittest.case.SkipTest"))
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
    fn a_skip_at_import_is_a_skip() {
        let detail = |test: &str| Detail { unit: "test_x".to_owned(), test: test.to_owned() };
        let details = Details(vec![detail("Of.test_a"), detail("*.test_b")]);
        let outcome = |stderr: &str| {
            let (stdout, stderr) = (String::new(), stderr.to_owned());
            judge(
                "test_x",
                &Outcome { stdout, stderr, end: End::Exited(1), wall: Duration::ZERO, max_rss: 0 },
                &details,
            )
            .state
        };
        assert_eq!(
            outcome("Traceback (most recent call last):\n  ...\nunittest.case.SkipTest: No module\n"),
            State::Skip
        );
        assert_eq!(outcome("Traceback (most recent call last):\n  ...\nImportError: No module\n"), State::Import);
        assert_eq!(outcome("Ran 2 tests in 0.1s\n\nFAILED (errors=1)\n"), State::Fail);
        let (a, b) = ("FAIL: test_a (test.test_x.Of.test_a)", "ERROR: test_b (test.test_x.In.test_b) (i=1)");
        assert_eq!(
            outcome(&format!("{a}\n{b}\nRan 2 tests in 0.1s\n\nFAILED (failures=1, errors=1)\n")),
            State::Differs
        );
        assert_eq!(outcome(&format!("{a}\nRan 2 tests in 0.1s\n\nFAILED (failures=2)\n")), State::Fail);
        let c = "FAIL: test_c (test.test_x.Of.test_c)";
        assert_eq!(outcome(&format!("{c}\nRan 2 tests in 0.1s\n\nFAILED (failures=1)\n")), State::Fail);
    }

    #[test]
    fn failed_tests_have_names() {
        assert_eq!(failed_test("test_x", "FAIL: test_a (test.test_x.C.test_a) [s]").as_deref(), Some("C.test_a"));
        assert_eq!(failed_test("test_x", "FAIL: doc (test.test_x.__test__)").as_deref(), Some("__test__.doc"));
        assert_eq!(failed_test("test_x", "FAIL: test_x (test)").as_deref(), Some("test.test_x"));
        assert_eq!(failed_test("test_x", "ok"), None);
        assert!(matches("*.test_b", "In.test_b") && matches("a*", "a") && !matches("a*c", "ab"));
    }

    #[test]
    fn the_details_name_units() {
        let (table, details) = (read_table().expect("the table"), Details::read().expect("the details"));
        assert_eq!(details.units().find(|unit| !table.contains_key(*unit)), None);
    }

    #[test]
    fn the_table_is_whole() {
        let table = read_table().expect("the table is committed");
        assert!(table.len() > 300, "{} units", table.len());
        assert!(table.values().all(|row| row.verdict.state != State::Crash));
    }
}
