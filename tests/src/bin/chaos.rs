//! Runs what tests threads under the library that delays them (`tests/chaos`): the stress programs, with fewer rounds, and the
//! scripts about threads.
//!
//! `cargo run --release -p protopython_tests --bin chaos -- [--seed N]... [--scale X] [--budget SECONDS] [NAME]...`; a NAME is that of
//! a stress program (`NAME:CASE` for one of its cases) or the beginning of a script's path.

use std::path::Path;
use std::process::ExitCode;

use protopython_tests::binary;
use protopython_tests::scripts::{self, Expectation};
use protopython_tests::stress::{self, Settings};

/// Scripts in which threads or processes meet.
const SCRIPTS: [&str; 4] = ["threads/", "process/fork", "process/at_exit_threads", "process/signals"];
/// Rounds of the stress programs, against a quick run of `stress`.
const SCALE: &str = "0.15";
/// Seconds that a program may take.
const BUDGET: u64 = 90;

fn main() -> ExitCode {
    protopython_tests::end(run())
}

struct Request {
    seeds: Vec<u64>,
    scale: String,
    budget: u64,
    names: Vec<String>,
}

fn request() -> Result<Request, String> {
    let mut request = Request { seeds: Vec::new(), scale: SCALE.to_owned(), budget: BUDGET, names: Vec::new() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} takes a value"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("{argument}: not a number: {text}"));
        match argument.as_str() {
            "--seed" => request.seeds.push(number(value()?)?),
            "--scale" => request.scale = value()?,
            "--budget" => request.budget = number(value()?)?,
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            name => request.names.push(name.to_owned()),
        }
    }
    if request.seeds.is_empty() {
        request.seeds.push(1);
    }
    Ok(request)
}

/// Runs the script and compares with what CPython does without delays.
fn script(interpreter: &Path, name: &str, variables: &[(String, String)]) -> Result<f64, String> {
    let outcome = scripts::execute_with(interpreter, name, "0", variables)?;
    Expectation::read(name)?.check(&outcome)?;
    Ok(outcome.wall.as_secs_f64())
}

/// The chosen stress programs, each with its chosen cases, and the chosen scripts.
type Chosen = (Vec<(String, Vec<String>)>, Vec<String>);

fn chosen(names: &[String]) -> Result<Chosen, String> {
    let all = stress::all()?;
    let known = scripts::expected_failures()?;
    let tests = |script: &String| SCRIPTS.iter().any(|start| script.starts_with(start)) && !known.contains_key(script);
    let all_scripts: Vec<String> = scripts::all()?.into_iter().filter(tests).collect();
    if names.is_empty() {
        return Ok((all.into_iter().map(|name| (name, Vec::new())).collect(), all_scripts));
    }
    let (mut programs, mut chosen_scripts) = (Vec::new(), Vec::new());
    for name in names {
        let (program, case) = name.split_once(':').unwrap_or((name, ""));
        if all.iter().any(|p| p == program) {
            let cases = case.split(',').filter(|c| !c.is_empty()).map(str::to_owned).collect();
            programs.push((program.to_owned(), cases));
            continue;
        }
        let before = chosen_scripts.len();
        chosen_scripts.extend(all_scripts.iter().filter(|s| s.starts_with(name.as_str())).cloned());
        if chosen_scripts.len() == before {
            return Err(format!("neither a stress program nor a script about threads: {name}"));
        }
    }
    Ok((programs, chosen_scripts))
}

fn run() -> Result<bool, String> {
    let request = request()?;
    let (programs, chosen_scripts) = chosen(&request.names)?;
    let interpreter = binary::protopython()?;
    let library = binary::chaos()?.display().to_string();
    let mut failed = Vec::new();
    for &seed in &request.seeds {
        let variables =
            vec![("LD_PRELOAD".to_owned(), library.clone()), ("PROTOPYTHON_CHAOS".to_owned(), seed.to_string())];
        let settings = Settings {
            seed,
            quick: true,
            scale: Some(request.scale.clone()),
            budget: Some(request.budget),
            variables: variables.clone(),
        };
        let of_stress = programs.iter().map(|(name, cases)| {
            let result = stress::execute(interpreter, name, cases, &settings);
            (name, result.map(|outcome| outcome.wall.as_secs_f64()))
        });
        let of_scripts = chosen_scripts.iter().map(|name| (name, script(interpreter, name, &variables)));
        for (name, result) in of_stress.chain(of_scripts) {
            match result {
                Ok(seconds) => println!("{name:34} seed {seed:4} {seconds:6.1} s  ok"),
                Err(problem) => {
                    println!("{name:34} seed {seed:4} FAILED: {problem}");
                    failed.push(format!("--seed {seed} {name}"));
                }
            }
        }
    }
    if failed.is_empty() {
        return Ok(true);
    }
    println!("failed: {}", failed.join(", "));
    Ok(false)
}
