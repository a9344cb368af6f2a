//! Runs every conformance script; each is one named test.
//!
//! `cargo test -p protopython_tests --test scripts [-- FILTER]`. `PROTOPYTHON_DEBUG=gc-stress|verify` reaches
//! the interpreter. With `PROTOPYTHON_TEST_CPYTHON=1` the scripts run on CPython 3.14 too, against the
//! same expectations, so that a test cannot ask for what CPython does not do.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use protopython_tests::binary;
use protopython_tests::scripts::{self, Expectation};

/// Scripts that only an optimized build has to pass, as CI runs them several times over. The frames of the others have many words
/// that nobody writes: an address left there by an earlier call keeps what the program has dropped until the frame ends, and whoever
/// waits in a call under it for the other end of a pipe waits for ever.
const OPTIMIZED: [&str; 1] = ["files/dropped_ends.py"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials(arguments.list) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn trials(list_only: bool) -> Result<Vec<Trial>, String> {
    let names = scripts::all()?;
    let known = Arc::new(scripts::expected_failures()?);
    if let Some(stray) = known.keys().find(|name| !names.contains(name)) {
        return Err(format!("expected_failures.txt names {stray}, which does not exist"));
    }
    let mut trials = Vec::new();
    let interpreter = if list_only { Path::new("") } else { binary::protopython()? };
    for name in &names {
        let (script, known) = (name.clone(), Arc::clone(&known));
        let left_out = cfg!(debug_assertions) && OPTIMIZED.contains(&name.as_str());
        let trial = Trial::test(name, move || {
            let verdict = check(interpreter, &script);
            match (known.get(&script), verdict) {
                (None, Ok(())) | (Some(_), Err(_)) => Ok(()),
                (None, Err(problem)) => Err(Failed::from(problem)),
                (Some(reason), Ok(())) => {
                    Err(format!("passes, but expected_failures.txt says: {reason}. Remove the line.").into())
                }
            }
        });
        trials.push(trial.with_ignored_flag(left_out));
    }
    if std::env::var("PROTOPYTHON_TEST_CPYTHON").is_ok_and(|v| v == "1") {
        let python = binary::cpython().ok_or("CPython 3.14 is neither in $PEERS/bin nor in PATH")?;
        for name in &names {
            let (script, python) = (name.clone(), python.clone());
            trials.push(Trial::test(format!("cpython::{name}"), move || check(&python, &script).map_err(Failed::from)));
        }
    }
    Ok(trials)
}

fn check(interpreter: &Path, script: &str) -> Result<(), String> {
    let expected = Expectation::read(script)?;
    expected.check(&scripts::execute(interpreter, script, "0")?)
}
