//! Start-up time, memory of small objects, pauses of other threads.

use std::time::Instant;

use protopython_benches::interpreter::Interpreter;
use protopython_benches::stats::median;

use crate::options::Options;
use crate::{Field, Findings};

/// Starts per figure, for each round asked for.
const STARTS_PER_ROUND: usize = 4;
/// Objects held by the memory test.
const OBJECTS: usize = 1_000_000;
/// Their kinds in `scripts/memory.py`; the target is about the first.
const KINDS: [&str; 8] = ["object", "slots", "tuple", "list", "dict", "str", "float", "closure"];
const TARGET_MEMORY: f64 = 1.2;
/// How long a loop is watched, in seconds, and how many lists the other thread holds.
const WATCH: &str = "4";
const LISTS: &str = "1000000";

/// Milliseconds of `-c pass`, from start to exit.
pub fn startup(field: &Field, options: &Options, findings: &mut Findings) {
    let starts = options.rounds * STARTS_PER_ROUND;
    println!("Start-up: milliseconds of `-c pass` (medians of {starts})");
    let mut own = None;
    for interpreter in field.all() {
        let measured =
            if own.is_none() { start_directly(interpreter, starts) } else { start_itself(interpreter, starts) };
        match measured {
            Ok(milliseconds) => {
                println!("{:18} {milliseconds:8.2}", interpreter.name);
                let first = *own.get_or_insert(milliseconds);
                if interpreter.name == "python3.14" && first > milliseconds {
                    findings.missed.push(format!("start-up: {first:.1} ms, {} {milliseconds:.1} ms", interpreter.name));
                }
            }
            Err(message) => {
                own.get_or_insert(f64::NAN);
                findings.errors.push(format!("start-up, {}: {message}", interpreter.name));
            }
        }
    }
}

fn start_directly(interpreter: &Interpreter, starts: usize) -> Result<f64, String> {
    let mut times = Vec::new();
    for _ in 0..starts {
        let start = Instant::now();
        let status = std::process::Command::new(&interpreter.path)
            .args(["-c", "pass"])
            .status()
            .map_err(|e| format!("{}: {e}", interpreter.path.display()))?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        if !status.success() {
            return Err(status.to_string());
        }
    }
    Ok(median(&times))
}

/// A peer may hide behind a wrapper script whose cost is not its own, so it starts itself.
fn start_itself(interpreter: &Interpreter, starts: usize) -> Result<f64, String> {
    Ok(interpreter.measure(&["scripts/spawn.py", &starts.to_string()])?.seconds)
}

/// Bytes per object of a million small ones: peak memory less that of the same script without them.
pub fn memory(field: &Field, findings: &mut Findings) {
    println!("Memory: bytes per object, of {OBJECTS} (with the 8 bytes of the list that holds it)");
    print!("{:18}", "kind");
    field.all().for_each(|interpreter| print!(" {:>12}", interpreter.name));
    println!("    ratio");
    for kind in KINDS {
        print!("{kind:18}");
        let mut figures = Vec::new();
        for interpreter in field.all() {
            match bytes_per_object(interpreter, kind) {
                Ok(bytes) => {
                    print!(" {bytes:12.1}");
                    figures.push(bytes);
                }
                Err(message) => {
                    print!(" {:>12}", "failed");
                    findings.errors.push(format!("memory of {kind}, {}: {message}", interpreter.name));
                }
            }
        }
        if let [own, peer, ..] = figures[..] {
            print!(" {:8.2}", own / peer);
            if own / peer > TARGET_MEMORY && field.peers[0].name == "python3.14" {
                let ratio = own / peer;
                findings.missed.push(format!("memory of {kind}: {ratio:.2} times CPython's, aimed at {TARGET_MEMORY}"));
            }
        }
        println!();
    }
}

fn bytes_per_object(interpreter: &Interpreter, kind: &str) -> Result<f64, String> {
    let full = interpreter.run(&["scripts/memory.py", kind, &OBJECTS.to_string()])?.max_rss;
    let empty = interpreter.run(&["scripts/memory.py", kind, "0"])?.max_rss;
    Ok(full.saturating_sub(empty) as f64 / OBJECTS as f64)
}

/// Gaps in one thread's loop while another holds and replaces many live lists.
pub fn pauses(field: &Field, options: &Options, findings: &mut Findings) {
    println!("Pauses of an arithmetic loop, microseconds, while another thread holds and replaces {LISTS} lists");
    println!(
        "{:18} {:>10} {:>10} {:>10} {:>10} {:>10} {:>12}",
        "", "steps", "median", "99 %", "99.9 %", "max", "replaced"
    );
    for interpreter in field.all() {
        for (label, lists) in [("alone", "0"), ("with lists", LISTS)] {
            let mut runs = Vec::new();
            for _ in 0..options.rounds.min(3) {
                match interpreter.run(&["scripts/pauses.py", WATCH, lists]) {
                    Ok(outcome) => runs.push(outcome.stdout.trim().to_owned()),
                    Err(message) => {
                        findings.errors.push(format!("pauses, {}: {message}", interpreter.name));
                        break;
                    }
                }
            }
            // The run with the smallest maximum: the machine's own interruptions only add.
            let largest = |text: &String| first_line(text).nth(4).and_then(|v| v.parse().ok()).unwrap_or(f64::MAX);
            let Some(best) = runs.iter().min_by(|a, b| largest(a).total_cmp(&largest(b))) else { continue };
            print!("{:18}", format!("{} {}", interpreter.name, label).chars().take(18).collect::<String>());
            let widths = [10, 10, 10, 10, 10, 12];
            first_line(best).zip(widths).for_each(|(value, width)| print!(" {value:>width$}"));
            println!();
            best.lines().skip(1).for_each(|line| println!("    {line}"));
        }
    }
}

/// The figures of a run of `scripts/pauses.py`; what follows are histograms.
fn first_line(text: &str) -> impl Iterator<Item = &str> {
    text.lines().next().unwrap_or("").split(' ')
}
