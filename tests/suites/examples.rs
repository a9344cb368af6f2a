//! Runs the programs in `examples/` at a small size and checks the part of their output that is fixed.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{Outcome, run};
use protopython_tests::{binary, scripts};

const LIMIT: Duration = Duration::from_secs(120);

/// Runs one example; the outcome has exit code 0 and an empty standard error.
fn example(name: &str, arguments: &[&str]) -> Outcome {
    let script = binary::workspace().join("examples").join(name);
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    command.arg(script).arg("--small").args(arguments);
    scripts::isolate(&mut command, "0");
    let outcome = run(&mut command, b"", LIMIT).expect("the interpreter starts");
    assert!(
        outcome.success() && outcome.stderr.is_empty(),
        "{name}: {}\n{}{}",
        outcome.end,
        outcome.stdout,
        outcome.stderr
    );
    outcome
}

fn assert_lines(outcome: &Outcome, expected: &[&str]) {
    for line in expected {
        assert!(outcome.stdout.lines().any(|l| l == *line), "no line {line:?} in:\n{}", outcome.stdout);
    }
}

/// A folder below Cargo's for temporary files of tests.
fn temporary(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn count_names_counts_the_carried_library() {
    let outcome = example("count_names.py", &["--threads", "2"]);
    assert!(outcome.stdout.starts_with("read 20 files"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("2 threads: "), "{}", outcome.stdout);
    assert!(outcome.stdout.lines().any(|l| l.ends_with("  self")), "{}", outcome.stdout);
}

#[test]
fn count_names_counts_given_files_exactly() {
    let folder = temporary("count_names");
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let text = "def one(two):  # comment names\n    'string names'\n    return two + f\"{two}\" + 3e5 + one\n";
    std::fs::write(folder.join("a.py"), text).expect("a file");
    std::fs::write(folder.join("b.py"), "two = r'raw' + été + \"\"\"doc\nstring\"\"\"\n").expect("a file");
    let outcome = example("count_names.py", &["--threads", "3", "--paths", &folder.to_string_lossy()]);
    assert_lines(&outcome, &["8 identifiers, 5 different", "        3  two", "        2  one", "        1  été"]);
}

#[test]
fn mandelbrot_writes_the_same_png_as_everywhere() {
    let file = temporary("mandelbrot.png");
    let outcome = example("mandelbrot.py", &["--threads", "2", "--output", &file.to_string_lossy()]);
    assert_lines(&outcome, &["90 x 60, 60 iterations, crc f5ee18e8"]);
    let png = std::fs::read(&file).expect("the picture");
    assert_eq!(png.len(), 16328);
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xaeB\x60\x82"));
}

#[test]
fn shared_dict_shows_no_torn_pair() {
    let outcome = example("shared_dict.py", &["--readers", "2"]);
    let value = "2000 items, value of one reader's baskets: 157849908";
    assert_lines(&outcome, &[value, "torn pairs seen: 0, in snapshots: 0"]);
}

#[test]
fn pipeline_loses_nothing() {
    let outcome = example("pipeline.py", &["--parsers", "2"]);
    assert_lines(
        &outcome,
        &["3000 requests, 29795580 bytes", "  200: 1490", "  404: 500", "      268 GET /static/app.js"],
    );
}

#[test]
fn pool_map_maps_and_reports_failures() {
    let outcome = example("pool_map.py", &["--threads", "2"]);
    let failures = "failures reported: ['loan -1 has no terms']";
    assert_lines(&outcome, &["60 loans, total interest 41653.25", failures]);
}

#[test]
fn shared_index_shows_whole_versions() {
    let outcome = example("shared_index.py", &["--readers", "3"]);
    assert_lines(&outcome, &["published 40 versions", "the first version is as it was"]);
    assert!(outcome.stdout.contains(", 0 wrong"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("the last version changed 51 entries"), "{}", outcome.stdout);
}
