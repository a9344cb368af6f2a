//! The conformance scripts: `scripts/AREA/NAME.py` with CPython's output beside them.
//!
//! `NAME.out` is the expected standard output. `NAME.err` exists where the exit code or the standard
//! error is part of the test: its first line is `exit: CODE`, the rest is the standard error.
//! Names that start with `_` are modules for the scripts, no scripts. All run in the folder `scripts`
//! under their relative path, so that tracebacks look the same everywhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::diff::diff;
use crate::process::{End, Outcome, limit_addresses, limit_descriptors, run};

/// Time one script may take, in seconds.
const TIME_LIMIT: u64 = 60;
/// What the debugging modes may take longer.
const DEBUG_FACTOR: u64 = 10;

/// The folder that holds the scripts.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}

/// The relative paths of all scripts, sorted.
pub fn all() -> Result<Vec<String>, String> {
    let root = folder();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|e| e.to_string())?.path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("_").to_owned();
            if name.starts_with(['_', '.']) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".py") {
                let relative = path.strip_prefix(&root).map_err(|e| e.to_string())?;
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// What a script is expected to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    pub stdout: String,
    pub code: i32,
    pub stderr: String,
}

impl Expectation {
    fn paths(script: &str) -> (PathBuf, PathBuf) {
        let path = folder().join(script);
        (path.with_extension("out"), path.with_extension("err"))
    }

    /// Reads the files beside the script.
    pub fn read(script: &str) -> Result<Self, String> {
        let (out, err) = Self::paths(script);
        let stdout = std::fs::read_to_string(&out)
            .map_err(|e| format!("{}: {e} (cargo run -p protopython_tests --bin expect)", out.display()))?;
        let text = match std::fs::read_to_string(&err) {
            Ok(text) => text,
            Err(_) => return Ok(Self { stdout, code: 0, stderr: String::new() }),
        };
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let code = first
            .strip_prefix("exit: ")
            .and_then(|code| code.parse().ok())
            .ok_or_else(|| format!("{}: the first line is no `exit: CODE`", err.display()))?;
        Ok(Self { stdout, code, stderr: rest.to_owned() })
    }

    /// Writes the files beside the script; says whether anything changed.
    pub fn write(&self, script: &str) -> Result<bool, String> {
        if Self::read(script).as_ref() == Ok(self) {
            return Ok(false);
        }
        let (out, err) = Self::paths(script);
        std::fs::write(&out, &self.stdout).map_err(|e| format!("{}: {e}", out.display()))?;
        if self.code == 0 && self.stderr.is_empty() {
            // It may not exist, which is what is wanted.
            let _ = std::fs::remove_file(&err);
        } else {
            let text = format!("exit: {}\n{}", self.code, self.stderr);
            std::fs::write(&err, text).map_err(|e| format!("{}: {e}", err.display()))?;
        }
        Ok(true)
    }

    /// Compares with what happened; the message of a mismatch is for people.
    pub fn check(&self, outcome: &Outcome) -> Result<(), String> {
        let mut problems = String::new();
        if let Some(text) = diff(&self.stdout, &outcome.stdout) {
            problems.push_str(&format!("standard output (- expected, + actual):\n{text}"));
        }
        if outcome.end != End::Exited(self.code) {
            problems.push_str(&format!("{} instead of exit code {}\n", outcome.end, self.code));
        }
        if let Some(text) = diff(&self.stderr, &outcome.stderr) {
            problems.push_str(&format!("standard error (- expected, + actual):\n{text}"));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// Runs one script on `interpreter`. `seed` fixes the order of sets of strings on CPython.
pub fn execute(interpreter: &Path, script: &str, seed: &str) -> Result<Outcome, String> {
    execute_with(interpreter, script, seed, &[])
}

/// As [`execute`], with further environment variables.
pub fn execute_with(
    interpreter: &Path,
    script: &str,
    seed: &str,
    variables: &[(String, String)],
) -> Result<Outcome, String> {
    let mut command = Command::new(interpreter);
    command.arg(script).current_dir(folder()).env("PWD", folder());
    isolate(&mut command, seed);
    command.envs(variables.iter().cloned());
    if let Some(n) = limit("PROTOPYTHON_TEST_NOFILE")? {
        limit_descriptors(&mut command, n);
    }
    if let Some(n) = limit("PROTOPYTHON_TEST_ADDRESSES")? {
        limit_addresses(&mut command, n << 20);
    }
    let mut outcome = run(&mut command, b"", time_limit())?;
    outcome.stdout = without_folder(&outcome.stdout);
    outcome.stderr = without_folder(&outcome.stderr);
    Ok(outcome)
}

/// Takes the folder of the scripts out of paths: the name of a running script is absolute.
fn without_folder(text: &str) -> String {
    let folder = folder();
    let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
    [folder, real].iter().fold(text.to_owned(), |text, folder| text.replace(&format!("{}/", folder.display()), ""))
}

/// Gives a child the same surroundings on every machine.
pub fn isolate(command: &mut Command, seed: &str) {
    let variables =
        ["PYTHONPATH", "PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONHOME", "PYTHONUTF8", "FORCE_COLOR", "PYTHON_COLORS"];
    for name in variables {
        command.env_remove(name);
    }
    command
        .env("PYTHONHASHSEED", seed)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .env("COLUMNS", "80")
        .env("TERM", "dumb");
}

/// The debugging mode of the interpreter under test, if one is set.
pub fn debug_mode() -> Option<String> {
    std::env::var("PROTOPYTHON_DEBUG").ok().filter(|mode| !mode.is_empty())
}

/// What a script may have: `PROTOPYTHON_TEST_NOFILE` descriptors, `PROTOPYTHON_TEST_ADDRESSES` MiB of addresses.
fn limit(variable: &str) -> Result<Option<u64>, String> {
    match std::env::var(variable) {
        Err(_) => Ok(None),
        Ok(text) => text.parse().map(Some).map_err(|_| format!("{variable} is no number")),
    }
}

/// The time limit of a script: `PROTOPYTHON_TEST_TIMEOUT` seconds, else a default by debugging mode.
pub fn time_limit() -> Duration {
    let given = std::env::var("PROTOPYTHON_TEST_TIMEOUT").ok().and_then(|v| v.parse().ok());
    let factor = if debug_mode().is_some() { DEBUG_FACTOR } else { 1 };
    Duration::from_secs(given.unwrap_or(TIME_LIMIT * factor))
}

/// The scripts that are known to fail, with the reason: `expected_failures.txt`.
///
/// A line is `[MODE:]SCRIPT REASON`; one with a mode counts only under that `PROTOPYTHON_DEBUG`.
pub fn expected_failures() -> Result<BTreeMap<String, String>, String> {
    let path = expected_failures_path();
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mode = debug_mode();
    let mut failures = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (script, reason) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if reason.trim().is_empty() {
            return Err(format!("{}: no reason given for {script}", path.display()));
        }
        match script.split_once(':') {
            Some((wanted, script)) if mode.as_deref() == Some(wanted) => {
                failures.insert(script.to_owned(), reason.trim().to_owned());
            }
            Some(_) => {}
            None => {
                failures.insert(script.to_owned(), reason.trim().to_owned());
            }
        }
    }
    Ok(failures)
}

/// Where the list of expected failures lies.
pub fn expected_failures_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("expected_failures.txt")
}
