//! The soak: `cargo run --release -p protopython_benches --bin soak -- [--seconds N] [--threads N] [--binary PATH]`.
//!
//! Runs `scripts/soak.py`, which prints throughput, memory and pauses, and `scripts/churn.py`, which makes and drops classes, code,
//! attribute names, files and threads; exit code 1 on a leak or a wrong result.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use protopython_benches::interpreter::Interpreter;
use protopython_benches::kernels::folder;

/// The script may take so much longer than it was asked to: a hang must end, too.
const GRACE: Duration = Duration::from_secs(120);

struct Options {
    seconds: f64,
    threads: usize,
    binary: Option<PathBuf>,
}

fn options() -> Result<Options, String> {
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get());
    let mut options = Options { seconds: 60.0, threads, binary: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let bad = || format!("{name}: bad value {value}");
        match name.as_str() {
            "--seconds" => options.seconds = value.parse().ok().filter(|s| *s > 0.0).ok_or_else(bad)?,
            "--threads" => options.threads = value.parse().ok().filter(|n| *n > 0).ok_or_else(bad)?,
            "--binary" => options.binary = Some(PathBuf::from(&value)),
            _ => return Err(format!("usage: soak [--seconds N] [--threads N] [--binary PATH]; not {name}")),
        }
    }
    Ok(options)
}

fn soak() -> Result<bool, String> {
    let options = options()?;
    let binary = match options.binary {
        Some(path) => path,
        None => Interpreter::own()?.path,
    };
    // More rounds show a smaller leak; a second of the soak is worth one.
    let rounds = (options.seconds as u64).clamp(8, 40).to_string();
    if !run(&binary, "scripts/churn.py", &[rounds], GRACE)? {
        return Ok(false);
    }
    let limit = Duration::from_secs_f64(options.seconds * 2.0) + GRACE;
    run(&binary, "scripts/soak.py", &[options.seconds.to_string(), options.threads.to_string()], limit)
}

/// Runs a script; whether it ended well. A hang is an error.
fn run(binary: &Path, script: &str, arguments: &[String], limit: Duration) -> Result<bool, String> {
    let debug = std::env::var("PROTOPYTHON_DEBUG").unwrap_or_default();
    let mut child = Command::new(binary)
        // Pauses are to be told from time that the operating system gave to other threads.
        .env("PROTOPYTHON_DEBUG", format!("gc-cpu,{debug}"))
        .arg(folder().join(script))
        .args(arguments)
        .spawn()
        .map_err(|e| format!("{}: {e}", binary.display()))?;
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            return Ok(status.success());
        }
        if Instant::now() > end {
            child.kill().map_err(|e| e.to_string())?;
            return Err(format!("{script} hangs"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn main() -> ExitCode {
    match soak() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("soak: {message}");
            ExitCode::FAILURE
        }
    }
}
