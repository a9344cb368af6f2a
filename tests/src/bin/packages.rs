//! Runs packages from an index, unmodified: their own tests, or programs that use them.
//!
//! `PACKAGES_PIP=python3 cargo run --release -p protopython_tests --bin packages -- [--cpython] [--limit SECONDS] [--log FOLDER]
//! [--write] [PACKAGE...]`: all rows of `tests/packages.tsv`, or those named. It needs a python whose pip reaches an index,
//! named by `PACKAGES_PIP`, for what is not in `target/packages` yet. A row fails when less passes than the table says, or more
//! fails. `--cpython` runs CPython (`$PEERS/bin/python3.14`) instead and fills its column; `--write` writes the table, and after
//! `--cpython` what the programs shall write (a new program's counts are right in the next run).

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use protopython_tests::binary;
use protopython_tests::packages::{self, Cache};

fn main() -> ExitCode {
    protopython_tests::end(run())
}

fn run() -> Result<bool, String> {
    let (mut cpython, mut write, mut limit, mut log, mut names) =
        (false, false, Duration::from_secs(1800), None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} takes a value"));
        match argument.as_str() {
            "--cpython" => cpython = true,
            "--write" => write = true,
            "--limit" => {
                let text = value()?;
                limit = Duration::from_secs(text.parse().map_err(|_| format!("--limit: not a number: {text}"))?);
            }
            "--log" => log = Some(PathBuf::from(value()?)),
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            _ => names.push(argument),
        }
    }
    let mut rows = packages::read_table()?;
    if let Some(name) = names.iter().find(|name| !rows.iter().any(|row| row.package == **name)) {
        return Err(format!("there is no package {name} in tests/packages.tsv"));
    }
    let python = if cpython {
        binary::cpython().ok_or("--cpython: there is no python3.14 in $PEERS/bin or PATH")?
    } else {
        binary::protopython()?.to_path_buf()
    };
    let cache = Cache::new()?;
    let mut lost = Vec::new();
    for row in rows.iter_mut().filter(|row| names.is_empty() || names.contains(&row.package)) {
        let (counts, outcome) = match cache.execute(row, &python, !cpython, limit) {
            Ok(done) => done,
            Err(message) => {
                println!("{:20} {:12} {message}", row.package, row.version);
                lost.push(row.package.clone());
                continue;
            }
        };
        if let Some(folder) = &log {
            std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
            let path = folder.join(format!("{}.log", row.package));
            let text = format!("{}{}", outcome.stdout, outcome.stderr);
            std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        if cpython && write {
            packages::expect(row, &outcome)?;
        }
        let known = if cpython { &mut row.cpython } else { &mut row.ours };
        let worse = known.is_some_and(|known| counts.passed < known.passed || counts.failed > known.failed);
        let change = known.filter(|known| *known != counts).map_or(String::new(), |known| format!("  was {known}"));
        let seconds = outcome.wall.as_secs();
        println!(
            "{:20} {:12} {counts} passed/failed/skipped, {}, {seconds} s{change}",
            row.package, row.version, outcome.end
        );
        if worse {
            lost.push(row.package.clone());
        }
        *known = Some(counts);
    }
    if write {
        packages::write_table(&rows)?;
    }
    if !lost.is_empty() {
        println!("no longer: {}", lost.join(" "));
    }
    Ok(lost.is_empty())
}
