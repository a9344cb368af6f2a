//! Builds the models, runs them one by one, then each of their mutations, and prints a table.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const USAGE: &str = "\
Checks the protocols between threads with loom and shuttle.

  cargo run -p loom_tests -- [--quick] [--mutations | --no-mutations] [--seed N] [NAME...]

  --quick          a bounded share: every model with its smaller bound, every mutation
  --mutations      only the mutations
  --no-mutations   only the models
  --seed N         the seed of the random schedules (default: 1, 2, ...)
  NAME             only models whose name contains it
";

/// One line of the models' own list.
struct Model {
    checker: &'static str,
    name: String,
    bound: String,
    quick: String,
    /// Seconds that it may take.
    budget: u64,
    mutations: Vec<String>,
}

struct Options {
    quick: bool,
    models: bool,
    mutations: bool,
    seed: Option<String>,
    names: Vec<String>,
}

/// How a run of one model ended.
enum End {
    /// Nothing found; what it said about itself.
    Passed(String),
    /// The text of the failure.
    Failed(String),
    OutOfTime,
}

pub fn main() -> ExitCode {
    let mut options = Options { quick: false, models: true, mutations: true, seed: None, names: Vec::new() };
    let mut args = std::env::args().skip(1);
    while let Some(a) = args.next() {
        match a.as_str() {
            "--quick" => options.quick = true,
            "--mutations" => options.models = false,
            "--no-mutations" => options.mutations = false,
            "--seed" => options.seed = args.next(),
            "-h" | "--help" => {
                print!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            other if other.starts_with('-') => {
                eprint!("unknown option {other}\n\n{USAGE}");
                return ExitCode::FAILURE;
            }
            name => options.names.push(name.to_owned()),
        }
    }
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<bool, String> {
    let started = Instant::now();
    let mut models = Vec::new();
    let mut binaries = Vec::new();
    for checker in ["loom", "shuttle"] {
        let binary = build(checker)?;
        for m in list(checker, &binary)? {
            if options.names.is_empty() || options.names.iter().any(|n| m.name.contains(n.as_str())) {
                models.push(m);
            }
        }
        binaries.push((checker, binary));
    }
    let binary = |m: &Model| binaries.iter().find(|b| b.0 == m.checker).map(|b| b.1.clone()).unwrap_or_default();
    println!("built in {:.0} s; {} models", started.elapsed().as_secs_f64(), models.len());

    let mut failures = Vec::new();
    if options.models {
        println!("\n{:<44} {:>8} {:>10} {:>8}  result", "model", "bound", "runs", "seconds");
        for m in &models {
            let bound = if options.quick { &m.quick } else { &m.bound };
            let start = Instant::now();
            let end = one(&binary(m), m, bound, options, "");
            let seconds = start.elapsed().as_secs_f64();
            let (runs, result) = match &end {
                End::Passed(runs) => (runs.as_str(), "ok".to_owned()),
                End::Failed(_) => ("", "FAILED".to_owned()),
                End::OutOfTime => ("", format!("FAILED: more than its {} s", m.budget)),
            };
            println!("{:<44} {bound:>8} {runs:>10} {seconds:>8.1}  {result}", format!("{}::{}", m.checker, m.name));
            if !matches!(end, End::Passed(_)) {
                failures.push((m.name.clone(), end));
            }
        }
    }
    if options.mutations {
        println!("\n{:<40} {:<30} {:>8} {:>8}  result", "mutation", "model", "bound", "seconds");
        for m in &models {
            for part in &m.mutations {
                let start = Instant::now();
                // What the quick share finds need not be looked for with more.
                let mut end = one(&binary(m), m, &m.quick, options, part);
                let mut bound = &m.quick;
                if matches!(end, End::Passed(_)) && m.bound != m.quick {
                    bound = &m.bound;
                    end = one(&binary(m), m, bound, options, part);
                }
                let seconds = start.elapsed().as_secs_f64();
                let result = match &end {
                    End::Failed(text) => format!("found: {}", headline(text)),
                    End::Passed(_) => "NOT FOUND".to_owned(),
                    End::OutOfTime => "NOT FOUND in time".to_owned(),
                };
                println!("{part:<40} {:<30} {bound:>8} {seconds:>8.1}  {result}", m.name);
                if !matches!(end, End::Failed(_)) {
                    failures.push((format!("{part} in {}", m.name), End::Failed("the mutation was not found".into())));
                }
            }
        }
    }
    for (name, end) in &failures {
        if let End::Failed(text) = end {
            println!("\n== {name}\n{text}");
        }
    }
    println!("\n{} failures, {:.0} s in all", failures.len(), started.elapsed().as_secs_f64());
    Ok(failures.is_empty())
}

/// Builds this crate for one checker, in a target folder of its own; the path of the binary.
fn build(checker: &str) -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    let target = root.join("target").join(checker);
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(root)
        .args(["build", "--quiet", "--release", "--locked", "-p", "loom_tests", "--target-dir"])
        .arg(&target)
        .env("RUSTFLAGS", format!("--cfg model --cfg {checker}"))
        .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true")
        .env("CARGO_PROFILE_RELEASE_PANIC", "unwind")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if !status.success() {
        return Err(format!("the models for {checker} do not build"));
    }
    Ok(target.join("release").join("loom_tests"))
}

fn list(checker: &'static str, binary: &Path) -> Result<Vec<Model>, String> {
    let out = Command::new(binary).arg("list").output().map_err(|e| format!("{}: {e}", binary.display()))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let field = |l: &mut std::str::Split<'_, char>| l.next().unwrap_or_default().to_owned();
    Ok(text
        .lines()
        .map(|line| {
            let mut f = line.split('\t');
            Model {
                checker,
                name: field(&mut f),
                bound: field(&mut f),
                quick: field(&mut f),
                budget: field(&mut f).parse().unwrap_or(0),
                mutations: f.next().unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            }
        })
        .collect())
}

/// Runs one model; kills it when its time is over.
fn one(binary: &Path, m: &Model, bound: &str, options: &Options, broken: &str) -> End {
    let log = std::env::temp_dir().join(format!("protopython-model-{}.log", std::process::id()));
    let Ok(file) = std::fs::File::create(&log) else { return End::Failed("no place for a log".into()) };
    let Ok(both) = file.try_clone() else { return End::Failed("no place for a log".into()) };
    let mut command = Command::new(binary);
    command.args(["run", &m.name, bound, options.seed.as_deref().unwrap_or(""), broken]);
    command.env("SHUTTLE_SILENCE_WARNINGS", "1");
    let child = command.stdout(Stdio::from(file)).stderr(Stdio::from(both)).stdin(Stdio::null()).spawn();
    let Ok(mut child) = child else { return End::Failed("cannot start".into()) };
    let deadline = Instant::now() + Duration::from_secs(m.budget);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if Instant::now() > deadline => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            _ => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let text = std::fs::read(&log).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    match status {
        None => End::OutOfTime,
        Some(s) if s.success() => End::Passed(text.lines().last().unwrap_or_default().to_owned()),
        Some(_) => End::Failed(text),
    }
}

/// The line of a failure that says most.
fn headline(text: &str) -> String {
    if let Some(l) = text.lines().find(|l| l.starts_with("protopython: ")) {
        return l.to_owned();
    }
    let mut lines = text.lines().skip_while(|l| !l.contains("panicked at"));
    let mut out = String::new();
    let at = lines.next().and_then(|l| l.split("panicked at ").nth(1)).unwrap_or("?");
    let said = lines.find(|l| !l.trim().is_empty()).unwrap_or("");
    let _ = write!(out, "{}", said.trim());
    if out.len() < 12 {
        let _ = write!(out, " ({at})");
    }
    out.chars().take(100).collect()
}
