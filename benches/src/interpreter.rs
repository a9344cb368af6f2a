//! One Python interpreter and how to measure something in it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{Outcome, run};
use protopython_tests::{binary, scripts};

use crate::kernels::{Kernel, folder};
use crate::programs::Program;

/// One run may take this long.
const LIMIT: Duration = Duration::from_secs(180);

/// An interpreter under measurement.
#[derive(Debug, Clone)]
pub struct Interpreter {
    pub name: String,
    pub path: PathBuf,
}

/// What a driver script printed: its first number, and the rest of the line.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    pub seconds: f64,
    pub check: String,
}

impl Interpreter {
    /// The interpreter of this workspace, built in the same profile.
    pub fn own() -> Result<Self, String> {
        Ok(Self { name: "protopython".to_owned(), path: binary::protopython()?.to_path_buf() })
    }

    /// An interpreter by path, or by name in `$PEERS/bin` or `PATH`.
    pub fn peer(given: &str) -> Result<Self, String> {
        let path = Path::new(given);
        let path = if path.is_file() { Some(path.to_path_buf()) } else { binary::find_peer(given) };
        let path = path.ok_or_else(|| format!("no interpreter {given}"))?;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { name, path })
    }

    /// Runs the interpreter with `arguments`, in the folder `benches/`.
    pub fn run(&self, arguments: &[&str]) -> Result<Outcome, String> {
        let mut command = Command::new(&self.path);
        command.args(arguments).current_dir(folder()).env("PWD", folder());
        scripts::isolate(&mut command, "0");
        let outcome = run(&mut command, b"", LIMIT)?;
        if outcome.success() {
            return Ok(outcome);
        }
        let last = outcome.stderr.lines().rfind(|l| !l.trim().is_empty()).unwrap_or("").trim();
        Err(format!("{}: {last}", outcome.end))
    }

    /// Runs a driver script and reads `seconds check` from its output.
    pub fn measure(&self, arguments: &[&str]) -> Result<Measurement, String> {
        let outcome = self.run(arguments)?;
        let line = outcome.stdout.lines().last().unwrap_or("");
        let (seconds, check) = line.split_once(' ').unwrap_or((line, ""));
        let seconds = seconds.parse().map_err(|_| format!("unexpected output: {line}"))?;
        Ok(Measurement { seconds, check: check.to_owned() })
    }

    /// The time of a single-thread kernel at a share of its normal size.
    pub fn kernel(&self, kernel: &Kernel, scale: f64) -> Result<Measurement, String> {
        let path = format!("kernels/{}.py", kernel.name);
        self.measure(&["scripts/kernel_driver.py", &path, &scaled(kernel, scale)])
    }

    /// The time of a program that does a share of its normal number of loops.
    pub fn program(&self, program: &Program, scale: f64) -> Result<Measurement, String> {
        let loops = ((program.loops as f64 * scale) as u64).max(1).to_string();
        let mut arguments = vec!["scripts/program_driver.py", &program.file, &loops];
        arguments.extend(program.arguments.iter().map(String::as_str));
        self.measure(&arguments)
    }

    /// The time of a scaling kernel on `threads` threads.
    pub fn threads(&self, kernel: &Kernel, threads: usize, scale: f64) -> Result<Measurement, String> {
        let path = format!("threads/{}.py", kernel.name);
        self.measure(&["scripts/thread_driver.py", &path, &threads.to_string(), &scaled(kernel, scale)])
    }
}

/// A small size stays as it is: `fib(33)` at a tenth would be `fib(3)`.
fn scaled(kernel: &Kernel, scale: f64) -> String {
    const SMALL: u64 = 1000;
    if kernel.size < SMALL { kernel.size } else { ((kernel.size as f64 * scale) as u64).max(1) }.to_string()
}
