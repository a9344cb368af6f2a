//! Machine code does what the interpreter does: programs run with and without the compiler, which is told to compile at once, or
//! after a few passes, and whose guards fail on purpose.
//!
//! `PROTOPYTHON_JIT_SEEDS=N` tries more seeds. The whole suite of scripts runs so, too: `PYTHON_JIT=threshold=1` in its environment.

use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{End, Outcome, run};
use protopython_tests::{binary, scripts};

const LIMIT: Duration = Duration::from_secs(240);
const PROGRAMS: [&str; 4] = ["numbers", "objects", "frames", "waits"];

fn start(name: &str, jit: &str, debug: &str, seed: u32) -> Outcome {
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    command.arg(format!("{}/jit/{name}.py", env!("CARGO_MANIFEST_DIR")));
    scripts::isolate(&mut command, "0");
    command.env("PYTHON_JIT", jit).env("PROTOPYTHON_SEED", seed.to_string());
    if !debug.is_empty() {
        command.env("PROTOPYTHON_DEBUG", debug);
    }
    run(&mut command, b"", LIMIT).expect("the interpreter starts")
}

/// Runs a program with the compiler; its output must be that of the interpreter.
fn same(name: &str, jit: &str, debug: &str, seed: u32) -> String {
    let (plain, compiled) = (start(name, "off", "", 1), start(name, jit, debug, seed));
    let context = format!("{name}, {jit}, {debug}, seed {seed}\n{}", compiled.stderr);
    assert_eq!(plain.end, End::Exited(0), "{name}: {}", plain.stderr);
    assert_eq!((&compiled.stdout, compiled.end), (&plain.stdout, plain.end), "{context}");
    compiled.stderr
}

/// Whether this build has a compiler for this processor.
fn available() -> bool {
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    command.args(["-c", "import sys; print(sys._jit.is_available())"]);
    scripts::isolate(&mut command, "0");
    run(&mut command, b"", LIMIT).expect("the interpreter starts").stdout == "True\n"
}

/// The number before a word of the report.
fn told(report: &str, word: &str) -> usize {
    let before = report.split(word).next().unwrap_or_default();
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_else(|_| panic!("the report says nothing of{word}:\n{report}"))
}

#[test]
fn compiled_at_once() {
    for name in PROGRAMS {
        let report = same(name, "threshold=1", "jit", 1);
        if available() {
            assert!(told(&report, " units") > 5, "{name}:\n{report}");
        }
    }
}

#[test]
fn compiled_when_warm() {
    for name in PROGRAMS {
        same(name, "threshold=8", "", 1);
    }
}

#[test]
fn guards_fail() {
    let seeds = std::env::var("PROTOPYTHON_JIT_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    for name in PROGRAMS {
        for seed in 1..=seeds {
            same(name, "threshold=1", "exit-stress", seed);
        }
    }
}

#[test]
fn collections_at_every_poll() {
    for name in ["numbers", "objects", "frames"] {
        same(name, "threshold=1", "gc-stress,verify", 1);
        same(name, "threshold=1", "promote-stress,exit-stress", 2);
    }
}
