//! Side by side: ProtoPython and other interpreters on the same machine in the same run.
//!
//! `cargo run --release -p protopython_benches --bin compare -- [OPTIONS]`. Each figure is the median of
//! interleaved rounds, each in a fresh process; kernels and programs are timed inside the process.

mod kernels;
mod options;
mod system;
mod threads;

use std::process::ExitCode;

use options::{Options, Section};
use protopython_benches::interpreter::Interpreter;

/// The interpreters of a run: ours first.
pub struct Field {
    pub own: Interpreter,
    pub peers: Vec<Interpreter>,
}

impl Field {
    /// Ours, then the peers.
    pub fn all(&self) -> impl Iterator<Item = &Interpreter> {
        std::iter::once(&self.own).chain(&self.peers)
    }
}

/// What a section found: figures that miss their target, and runs that failed.
#[derive(Default)]
pub struct Findings {
    pub missed: Vec<String>,
    pub errors: Vec<String>,
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    match compare(&options) {
        Ok(findings) => report(&findings, options.check),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &Options) -> Result<Findings, String> {
    let own = match &options.binary {
        Some(path) => Interpreter { name: "protopython".to_owned(), path: path.into() },
        None => Interpreter::own()?,
    };
    let peers = match (&options.peers[..], options.no_peer) {
        (_, true) => Vec::new(),
        ([], false) => Interpreter::peer("python3.14").into_iter().collect(),
        (given, false) => given.iter().map(|p| Interpreter::peer(p)).collect::<Result<_, _>>()?,
    };
    let field = Field { own, peers };
    if field.peers.is_empty() && !options.no_peer {
        println!("python3.14 is neither in $PEERS/bin nor in PATH: our own figures only\n");
    }
    let mut findings = Findings::default();
    for section in &options.sections {
        match section {
            Section::Kernels => kernels::compare(&field, options, &mut findings)?,
            Section::Programs => kernels::compare_programs(&field, options, &mut findings)?,
            Section::Threads => threads::compare(&field, options, &mut findings)?,
            Section::Startup => system::startup(&field, options, &mut findings),
            Section::Memory => system::memory(&field, &mut findings),
            Section::Pauses => system::pauses(&field, options, &mut findings),
        }
        println!();
    }
    Ok(findings)
}

fn report(findings: &Findings, check: bool) -> ExitCode {
    if !findings.missed.is_empty() {
        println!("targets missed:");
        findings.missed.iter().for_each(|line| println!("  {line}"));
    }
    if !findings.errors.is_empty() {
        println!("errors:");
        findings.errors.iter().for_each(|line| println!("  {line}"));
    }
    if !findings.errors.is_empty() || (check && !findings.missed.is_empty()) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
