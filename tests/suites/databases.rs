//! SQLite: what its callbacks may do to it, beyond what CPython survives.

use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{End, run};
use protopython_tests::{binary, scripts};

/// Only for what hangs.
const LIMIT: Duration = Duration::from_secs(600);

#[test]
fn callbacks_close_and_re_enter() {
    let path = format!("{}/tools/sqlite_hostile.py", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    command.arg("-Wignore").arg(path);
    scripts::isolate(&mut command, "0");
    let outcome = run(&mut command, b"", LIMIT).expect("the interpreter starts");
    assert_eq!(outcome.end, End::Exited(0), "{}\n{}", outcome.stdout, outcome.stderr);
    assert_eq!(outcome.stdout, "fine\n");
}
