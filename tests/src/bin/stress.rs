//! Runs the stress programs and prints a line for each.
//!
//! `cargo run --release -p protopython_tests --bin stress -- [--quick] [--seed N]... [--scale X] [--budget SECONDS] [NAME[:CASE]]...`

use std::process::ExitCode;

use protopython_tests::binary;
use protopython_tests::stress::{self, Settings};

fn main() -> ExitCode {
    protopython_tests::end(run())
}

/// What was asked for: the programs with their cases, and how to run them, once for each seed.
struct Request {
    seeds: Vec<u64>,
    settings: Settings,
    names: Vec<(String, Vec<String>)>,
}

fn request() -> Result<Request, String> {
    let mut settings = Settings { seed: 0, quick: false, scale: None, budget: None, variables: Vec::new() };
    let (mut seeds, mut names) = (Vec::new(), Vec::<(String, Vec<String>)>::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} takes a value"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("{argument}: not a number: {text}"));
        match argument.as_str() {
            "--quick" => settings.quick = true,
            "--seed" => seeds.push(number(value()?)?),
            "--scale" => settings.scale = Some(value()?),
            "--budget" => settings.budget = Some(number(value()?)?),
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            name => {
                let (name, case) = name.split_once(':').unwrap_or((name, ""));
                names.push((name.to_owned(), case.split(',').filter(|c| !c.is_empty()).map(str::to_owned).collect()));
            }
        }
    }
    let all = stress::all()?;
    if let Some((name, _)) = names.iter().find(|(name, _)| !all.contains(name)) {
        return Err(format!("there is no program {name}; there are {}", all.join(", ")));
    }
    if names.is_empty() {
        names = all.into_iter().map(|name| (name, Vec::new())).collect();
    }
    if seeds.is_empty() {
        seeds.push(1);
    }
    Ok(Request { seeds, settings, names })
}

fn run() -> Result<bool, String> {
    let request = request()?;
    let interpreter = binary::protopython()?;
    let mut failed = Vec::new();
    for &seed in &request.seeds {
        let settings = Settings { seed, ..request.settings.clone() };
        for (name, cases) in &request.names {
            match stress::execute(interpreter, name, cases, &settings) {
                Ok(outcome) => {
                    let cases = outcome.stdout.lines().count();
                    println!("{name:20} seed {seed:4} {cases:3} cases {:6.1} s  ok", outcome.wall.as_secs_f64());
                }
                Err(problem) => {
                    println!("{name:20} seed {seed:4} FAILED: {problem}");
                    failed.push(format!("{name} --seed {seed}"));
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
