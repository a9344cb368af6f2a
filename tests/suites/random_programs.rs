//! Random programs on ProtoPython and on CPython 3.14: the same output, down to error messages.
//!
//! Runs where CPython is installed and `PROTOPYTHON_TEST_CPYTHON=1`. `PROTOPYTHON_TEST_SEEDS=FROM-TO` chooses the seeds;
//! `-- --nocapture` is not needed: a failure prints the difference and where its program lies.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use protopython_tests::process::{Outcome, run};
use protopython_tests::{binary, diff, generate, scripts};

const LIMIT: Duration = Duration::from_secs(60);
const SEEDS: std::ops::Range<u64> = 0..60;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let wanted = std::env::var("PROTOPYTHON_TEST_CPYTHON").is_ok_and(|v| v == "1");
    let trials = match (wanted, binary::cpython()) {
        (true, Some(python)) => trials(&python),
        _ => Ok(Vec::new()),
    };
    match trials {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn trials(python: &Path) -> Result<Vec<Trial>, String> {
    let own = binary::protopython()?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("random_programs");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let seeds = std::env::var("PROTOPYTHON_TEST_SEEDS").ok();
    let seeds = seeds.as_deref().map_or(Some(SEEDS), range).ok_or("PROTOPYTHON_TEST_SEEDS is not FROM-TO")?;
    let trial = |seed| {
        let (python, folder) = (python.to_path_buf(), folder.clone());
        Trial::test(format!("seed_{seed}"), move || compare(own, &python, &folder, seed).map_err(Failed::from))
    };
    Ok(seeds.map(trial).collect())
}

fn range(text: &str) -> Option<std::ops::Range<u64>> {
    let (from, to) = text.split_once('-')?;
    Some(from.parse().ok()?..to.parse().ok()?)
}

fn compare(own: &Path, python: &Path, folder: &Path, seed: u64) -> Result<(), String> {
    let name = format!("seed_{seed}.py");
    std::fs::write(folder.join(&name), generate::program(seed)).map_err(|e| e.to_string())?;
    let expected = execute(python, folder, &name)?;
    let actual = execute(own, folder, &name)?;
    let differs = |kind: &str, left: &str, right: &str| {
        diff::diff(left, right)
            .map(|text| format!("{} {kind} (- CPython, + ProtoPython):\n{text}", folder.join(&name).display()))
    };
    if let Some(text) = differs("output", &expected.stdout, &actual.stdout) {
        return Err(format!("{text}{}", actual.stderr));
    }
    if actual.end != expected.end {
        return Err(format!("{} instead of {}\n{}", actual.end, expected.end, actual.stderr));
    }
    Ok(())
}

fn execute(interpreter: &Path, folder: &Path, script: &str) -> Result<Outcome, String> {
    let mut command = Command::new(interpreter);
    command.arg(script).current_dir(folder).env("PWD", folder);
    scripts::isolate(&mut command, "0");
    run(&mut command, b"", LIMIT)
}
