//! The stress programs: `stress/NAME.py`, Python programs in which threads do conflicting things to shared objects.
//!
//! A program prints a line per case, `CASE seed=N ok`, and ends with code 0 if all held. What it does is bounded by counts,
//! and how long it may take by a budget: one that is over its budget fails and says in which case.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::{End, Outcome, run};
use crate::scripts::{debug_mode, isolate};

/// Seconds that a program may take; a quick run must do with a third.
pub const BUDGET: u64 = 180;
/// What the debugging modes may take longer.
const DEBUG_FACTOR: u64 = 4;

/// The folder that holds the programs.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stress")
}

/// The names of all programs, sorted.
pub fn all() -> Result<Vec<String>, String> {
    let folder = folder();
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(|e| e.to_string())?.file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".py")
            && !name.starts_with(['_', '.'])
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// How a program is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Fixes the random choices.
    pub seed: u64,
    /// Fewer rounds.
    pub quick: bool,
    /// Multiplies the rounds, as text.
    pub scale: Option<String>,
    /// Seconds a program may take.
    pub budget: Option<u64>,
    /// Further environment variables.
    pub variables: Vec<(String, String)>,
}

impl Settings {
    /// The time limit of one program.
    pub fn limit(&self) -> Duration {
        let factor = if debug_mode().is_some() { DEBUG_FACTOR } else { 1 };
        let default = if self.quick { BUDGET / 3 } else { BUDGET };
        Duration::from_secs(self.budget.unwrap_or(default * factor))
    }
}

/// Runs a program; `cases` empty means all of its cases. What went wrong is for people.
pub fn execute(interpreter: &Path, name: &str, cases: &[String], settings: &Settings) -> Result<Outcome, String> {
    let mut command = Command::new(interpreter);
    command.current_dir(folder()).arg(format!("{name}.py")).arg("--seed").arg(settings.seed.to_string());
    if settings.quick {
        command.arg("--quick");
    }
    if let Some(scale) = &settings.scale {
        command.arg("--scale").arg(scale);
    }
    command.args(cases);
    isolate(&mut command, "0");
    command.envs(settings.variables.iter().cloned());
    let limit = settings.limit();
    let outcome = run(&mut command, b"", limit)?;
    if outcome.success() {
        return Ok(outcome);
    }
    let reached = outcome.stdout.lines().last().unwrap_or("its start");
    let end = match outcome.end {
        End::TimedOut => format!("over its budget of {} s at `{reached}`", limit.as_secs()),
        End::Exited(1) => "failed".to_owned(),
        other => format!("{other} at `{reached}`"),
    };
    let failures = outcome.stdout.lines().filter(|line| !line.ends_with(" ok"));
    let text: Vec<&str> = failures.chain(outcome.stderr.lines()).take(60).collect();
    Err(format!("{end}\n{}", text.join("\n")))
}
