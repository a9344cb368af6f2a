//! Packages that people bring: fetched from an index, installed by our pip, and their own tests or a program that uses them
//! run as they are.
//!
//! `tests/packages.tsv` has a row for each: the package and its version, what else is installed, what is run, and how it ended here
//! and on CPython. What is fetched stays in `target/packages`.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::binary;
use crate::process::{self, End, Outcome};

/// The variable that names the python whose pip reaches an index.
pub const PIP: &str = "PACKAGES_PIP";

const FETCHING: Duration = Duration::from_secs(600);
const HEAD: &str = "# package\tversion\twith\trun\tours\tcpython\tnote\n";

/// A row of the table.
pub struct Row {
    pub package: String,
    pub version: String,
    /// What else is installed: `name==version`.
    pub with: Vec<String>,
    pub run: Run,
    pub ours: Option<Counts>,
    pub cpython: Option<Counts>,
    pub note: String,
}

/// What is run.
pub enum Run {
    /// pytest with these arguments, in the folder of the source archive.
    Suite(Vec<String>),
    /// `tests/packages/use_NAME.py`, whose output is compared with `use_NAME.out`.
    Program,
}

/// How tests ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl Counts {
    /// `passed/failed/skipped`, as the table has it.
    fn parse(text: &str) -> Option<Counts> {
        let numbers: Vec<u32> = text.split('/').map(|n| n.parse().ok()).collect::<Option<_>>()?;
        let [passed, failed, skipped] = numbers[..] else { return None };
        Some(Counts { passed, failed, skipped })
    }

    /// The counts in pytest's last line: `2 failed, 3 passed, 1 skipped in 0.12s`. Tests that are known to fail are skipped ones.
    pub fn of_pytest(output: &str) -> Option<Counts> {
        let line =
            output.lines().rev().find(|line| line.contains(" in ") && line.contains(|c: char| c.is_ascii_digit()))?;
        let line = line.trim_matches(|c| c == '=' || c == ' ');
        let mut counts = Counts { passed: 0, failed: 0, skipped: 0 };
        for part in line.split(" in ").next()?.split(", ") {
            let (n, what) = part.split_once(' ')?;
            let n: u32 = n.parse().ok()?;
            match what {
                "passed" | "xpassed" => counts.passed += n,
                "failed" | "error" | "errors" => counts.failed += n,
                "skipped" | "xfailed" => counts.skipped += n,
                _ => {}
            }
        }
        Some(counts)
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.passed, self.failed, self.skipped)
    }
}

impl Row {
    fn parse(line: &str) -> Option<Row> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [package, version, with, run, ours, cpython, note] = fields[..] else { return None };
        let words = |text: &str| text.split(' ').filter(|w| !w.is_empty() && *w != "-").map(str::to_owned).collect();
        let counts = |text: &str| if text == "-" { Some(None) } else { Counts::parse(text).map(Some) };
        let run = match run.split_once(' ') {
            None if run == "program" => Run::Program,
            Some(("pytest", arguments)) => Run::Suite(words(arguments)),
            _ => return None,
        };
        Some(Row {
            package: package.to_owned(),
            version: version.to_owned(),
            with: words(with),
            run,
            ours: counts(ours)?,
            cpython: counts(cpython)?,
            note: note.to_owned(),
        })
    }

    fn line(&self) -> String {
        let counts = |c: Option<Counts>| c.map_or("-".to_owned(), |c| c.to_string());
        let with = if self.with.is_empty() { "-".to_owned() } else { self.with.join(" ") };
        let run = match &self.run {
            Run::Suite(arguments) => format!("pytest {}", arguments.join(" ")),
            Run::Program => "program".to_owned(),
        };
        let (ours, cpython) = (counts(self.ours), counts(self.cpython));
        [&*self.package, &self.version, &with, &run, &ours, &cpython, &self.note].join("\t")
    }

    /// The package itself, as pip is asked for it.
    fn own(&self) -> String {
        format!("{}=={}", self.package, self.version)
    }

    /// Everything that is installed.
    fn requirements(&self) -> Vec<String> {
        std::iter::once(self.own()).chain(self.with.iter().cloned()).collect()
    }
}

fn table_path() -> PathBuf {
    binary::workspace().join("tests/packages.tsv")
}

pub fn read_table() -> Result<Vec<Row>, String> {
    let path = table_path();
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let rows = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    rows.map(|(i, line)| Row::parse(line).ok_or_else(|| format!("{}:{}: not a row", path.display(), i + 1))).collect()
}

pub fn write_table(rows: &[Row]) -> Result<(), String> {
    let mut text = HEAD.to_owned();
    for row in rows {
        let _ = writeln!(text, "{}", row.line());
    }
    let path = table_path();
    std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))
}

/// What is fetched, and where it lies.
pub struct Cache {
    folder: PathBuf,
    pip: Option<OsString>,
}

impl Cache {
    /// The cache in `target/packages`; what is not in it is fetched by the pip of the python that `PACKAGES_PIP` names.
    pub fn new() -> Result<Cache, String> {
        let folder = binary::workspace().join("target/packages");
        for part in ["wheels", "sources"] {
            let path = folder.join(part);
            std::fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        Ok(Cache { folder, pip: std::env::var_os(PIP) })
    }

    fn wheels(&self) -> PathBuf {
        self.folder.join("wheels")
    }

    fn sources(&self) -> PathBuf {
        self.folder.join("sources")
    }

    /// A file for `name==version` in a folder of the cache, if there is one with one of the endings.
    fn find(&self, folder: &Path, requirement: &str, endings: &[&str]) -> Option<PathBuf> {
        let (name, version) = requirement.split_once("==").map_or((requirement, None), |(n, v)| (n, Some(v)));
        let wanted = normal(name);
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.filter_map(|e| Some(e.ok()?.path())).collect();
        files.sort();
        files.into_iter().find(|path| {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(stem) = endings.iter().find_map(|end| file.strip_suffix(end)) else { return false };
            let found = if file.ends_with(".whl") {
                let mut parts = stem.split('-');
                parts.next().zip(parts.next())
            } else {
                stem.rsplit_once('-')
            };
            found.is_some_and(|(n, v)| normal(n) == wanted && version.is_none_or(|want| want == v))
        })
    }

    fn download(&self, requirement: &str, to: &Path, how: &[&str]) -> Result<(), String> {
        let Some(pip) = &self.pip else {
            return Err(format!(
                "{requirement} is not in {}: set {PIP} to a python whose pip reaches an index ({PIP}=python3)",
                self.folder.display()
            ));
        };
        let mut command = Command::new(pip);
        command.args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"]).arg(to).args(how).arg(requirement);
        let outcome = process::run(&mut command, b"", FETCHING)?;
        if outcome.success() {
            Ok(())
        } else {
            Err(format!("{requirement}: {}: {}", outcome.end, outcome.stderr.trim()))
        }
    }

    /// Has what pip shall install: a wheel for any machine, else the source.
    fn fetch(&self, requirement: &str) -> Result<(), String> {
        let wheels = self.wheels();
        if self.find(&wheels, requirement, &["-none-any.whl", ".tar.gz"]).is_some() {
            return Ok(());
        }
        let pure = ["--only-binary=:all:", "--platform=any", "--python-version=3.14"];
        self.download(requirement, &wheels, &pure).or_else(|first| {
            self.download(requirement, &wheels, &["--no-binary=:all:"]).map_err(|e| format!("{first}\n{e}"))
        })
    }

    /// The unpacked source of a package.
    fn source(&self, row: &Row, python: &Path) -> Result<PathBuf, String> {
        let (folder, own) = (self.sources(), row.own());
        let archive = match self.find(&folder, &own, &[".tar.gz"]) {
            Some(archive) => archive,
            None => {
                self.download(&own, &folder, &["--no-binary=:all:"])?;
                let found = self.find(&folder, &own, &[".tar.gz"]);
                found.ok_or_else(|| format!("{own}: its source is no .tar.gz of that version"))?
            }
        };
        let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let unpacked = folder.join(name.trim_end_matches(".tar.gz"));
        // Anew each time: tests leave files behind.
        let _ = std::fs::remove_dir_all(&unpacked);
        let mut command = Command::new(python);
        command.args(["-m", "tarfile", "-e"]).arg(&archive).arg(&folder);
        must(&mut command, FETCHING)?;
        if unpacked.is_dir() {
            Ok(unpacked)
        } else {
            Err(format!("{}: does not unpack to its name", archive.display()))
        }
    }

    /// The library of a python without an environment: pip installs into a folder that is put on its path.
    fn library_for(&self, row: &Row, cpython: &Path, folder: &Path) -> Result<(), String> {
        self.fetch("pip")?;
        let wheel = self.find(&self.wheels(), "pip", &["-none-any.whl"]).ok_or("pip has no wheel")?;
        self.install(row, || {
            let mut command = Command::new(cpython);
            // What a source is built with lies there already.
            command.env("PYTHONPATH", folder).arg(wheel.join("pip")).arg("install").arg("--target").arg(folder);
            command
        })
    }

    /// Installs with the pip that `pip` starts: wheels first, since what is built from its source needs them.
    fn install(&self, row: &Row, pip: impl Fn() -> Command) -> Result<(), String> {
        let wheels = self.wheels();
        let ready = |name: &String| self.find(&wheels, name, &["-none-any.whl"]).is_some();
        let (first, second): (Vec<_>, Vec<_>) = row.requirements().into_iter().partition(ready);
        for requirements in [first, second].iter().filter(|r| !r.is_empty()) {
            let mut command = pip();
            command.args(["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--find-links"]).arg(&wheels);
            must(command.args(requirements), FETCHING)?;
        }
        Ok(())
    }

    /// Runs what a row says on our interpreter (`interpreter`, in a fresh environment) or on CPython (beside a fresh folder).
    pub fn execute(&self, row: &Row, python: &Path, ours: bool, limit: Duration) -> Result<(Counts, Outcome), String> {
        for requirement in row.requirements() {
            self.fetch(&requirement)?;
        }
        let kind = if ours { "ours" } else { "cpython" };
        let home = self.folder.join("homes").join(format!("{}-{kind}", row.package));
        let _ = std::fs::remove_dir_all(&home);
        let (mut command, unpacker) = if ours {
            must(Command::new(python).args(["-m", "venv"]).arg(&home), FETCHING)?;
            let own = home.join("bin/python");
            self.install(row, || {
                let mut command = Command::new(&own);
                command.args(["-m", "pip", "install"]);
                command
            })?;
            (Command::new(&own), own)
        } else {
            self.library_for(row, python, &home)?;
            let mut command = Command::new(python);
            command.env("PYTHONPATH", &home);
            (command, python.to_path_buf())
        };
        match &row.run {
            Run::Suite(arguments) => {
                command.current_dir(self.source(row, &unpacker)?);
                command.args([
                    "-X",
                    "faulthandler",
                    "-m",
                    "pytest",
                    "-q",
                    "-p",
                    "no:cacheprovider",
                    "-rfE",
                    "--tb=short",
                ]);
                command.args(arguments);
                let outcome = process::run(&mut command, b"", limit)?;
                // Without a last line the run was cut short, whatever its tests did.
                let counts = Counts::of_pytest(&outcome.stdout).filter(|_| matches!(outcome.end, End::Exited(_)));
                Ok((counts.unwrap_or(Counts { passed: 0, failed: 1, skipped: 0 }), outcome))
            }
            Run::Program => {
                command.current_dir(&home).arg(program(&row.package, "py"));
                let outcome = process::run(&mut command, b"", limit)?;
                let expected = std::fs::read_to_string(program(&row.package, "out")).unwrap_or_default();
                let passed = outcome.success() && outcome.stdout == expected;
                Ok((Counts { passed: passed.into(), failed: (!passed).into(), skipped: 0 }, outcome))
            }
        }
    }
}

/// A file of a package's program.
fn program(package: &str, ending: &str) -> PathBuf {
    binary::workspace().join(format!("tests/packages/use_{package}.{ending}"))
}

/// Takes what a program wrote on CPython as what it shall write; nothing for a suite.
pub fn expect(row: &Row, outcome: &Outcome) -> Result<(), String> {
    if !matches!(row.run, Run::Program) {
        return Ok(());
    }
    if !outcome.success() {
        return Err(format!("{}: {} on CPython: {}", row.package, outcome.end, outcome.stderr));
    }
    let path = program(&row.package, "out");
    std::fs::write(&path, &outcome.stdout).map_err(|e| format!("{}: {e}", path.display()))
}

/// A project's name as an index compares it.
fn normal(name: &str) -> String {
    name.to_lowercase().replace(['-', '.'], "_")
}

fn must(command: &mut Command, limit: Duration) -> Result<(), String> {
    let outcome = process::run(command, b"", limit)?;
    if outcome.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}\n{}{}", outcome.end, outcome.stdout, outcome.stderr))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_lines_of_pytest() {
        let of = |text| Counts::of_pytest(text).map(|c| c.to_string());
        assert_eq!(
            of("..\n=== 2 failed, 3 passed, 1 skipped, 1 xfailed, 4 warnings in 0.12s ===\n").as_deref(),
            Some("3/2/2")
        );
        assert_eq!(of("5 passed, 31000 deselected in 41.05s (0:00:41)\n").as_deref(), Some("5/0/0"));
        assert_eq!(of("1 skipped, 2 errors in 3.62s").as_deref(), Some("0/2/1"));
        assert_eq!(of("Fatal Python error: Aborted\n"), None);
    }

    #[test]
    fn table_is_read_and_written_alike() {
        let path = table_path();
        let text = std::fs::read_to_string(&path).expect("the table");
        let rows = read_table().expect("rows");
        let lines: Vec<String> = rows.iter().map(Row::line).collect();
        assert_eq!(text, format!("{HEAD}{}\n", lines.join("\n")));
    }
}
