//! What runs on one thread, the kernels and the programs: time ratios to each peer.

use protopython_benches::interpreter::{Interpreter, Measurement};
use protopython_benches::stats::{geometric_mean, median};
use protopython_benches::{kernels, programs};

use crate::options::Options;
use crate::{Field, Findings};

/// The geometric mean of the ratios to CPython that is aimed at, and the least of them.
struct Target {
    mean: f64,
    least: f64,
}

const KERNELS: Target = Target { mean: 2.4, least: 1.0 };
const PROGRAMS: Target = Target { mean: 1.4, least: 0.9 };

/// Something that an interpreter runs.
struct Task {
    name: String,
    run: Box<dyn Fn(&Interpreter) -> Result<Measurement, String>>,
}

/// The times of one task in one interpreter, or why there are none.
type Times = Result<f64, String>;

/// The kernels of `kernels/`.
pub fn compare(field: &Field, options: &Options, findings: &mut Findings) -> Result<(), String> {
    let scale = options.scale;
    let kernels = kernels::list("kernels")?.into_iter().filter(|k| options.wants(&k.name));
    let task = |k: kernels::Kernel| Task { name: k.name.clone(), run: Box::new(move |i| i.kernel(&k, scale)) };
    table("Kernels", &KERNELS, kernels.map(task).collect(), field, options, findings);
    Ok(())
}

/// The programs of `programs/`.
pub fn compare_programs(field: &Field, options: &Options, findings: &mut Findings) -> Result<(), String> {
    let scale = options.scale;
    let programs = programs::list()?.into_iter().filter(|p| options.wants(&p.name));
    let task = |p: programs::Program| Task { name: p.name.clone(), run: Box::new(move |i| i.program(&p, scale)) };
    table("Programs", &PROGRAMS, programs.map(task).collect(), field, options, findings);
    Ok(())
}

/// Runs the tasks in all interpreters and prints the table.
fn table(what: &str, target: &Target, tasks: Vec<Task>, field: &Field, options: &Options, findings: &mut Findings) {
    println!("{what}, one thread: seconds (medians of {}), and how many times faster than a peer", options.rounds);
    print!("{:18} {:>11}", what.to_lowercase().trim_end_matches('s'), field.own.name);
    field.peers.iter().for_each(|peer| print!(" {:>11}  ratio", peer.name));
    println!();
    let mut ratios: Vec<Vec<(f64, String)>> = vec![Vec::new(); field.peers.len()];
    for task in &tasks {
        let times = rounds(field, task, options, findings);
        print!("{:18} {:>11}", task.name, show(&times[0]));
        for (column, time) in times[1..].iter().enumerate() {
            print!(" {:>11}", show(time));
            match (&times[0], time) {
                (Ok(own), Ok(peer)) => {
                    print!(" {:6.2}", peer / own);
                    ratios[column].push((peer / own, task.name.clone()));
                }
                _ => print!(" {:>6}", "-"),
            }
        }
        println!();
    }
    for (peer, ratios) in field.peers.iter().zip(&ratios) {
        summary(what, target, peer, ratios, tasks.len(), findings);
    }
}

/// Interleaved rounds of one task; a failure or another checksum than ours voids an interpreter's times.
fn rounds(field: &Field, task: &Task, options: &Options, findings: &mut Findings) -> Vec<Times> {
    let mut times: Vec<Result<Vec<f64>, String>> = field.all().map(|_| Ok(Vec::new())).collect();
    let mut check: Option<String> = None;
    for _ in 0..options.rounds {
        for (interpreter, times) in field.all().zip(&mut times) {
            let Ok(list) = times else { continue };
            match (task.run)(interpreter) {
                Ok(measured) if check.as_ref().is_none_or(|c| *c == measured.check) => {
                    list.push(measured.seconds);
                    check = Some(measured.check);
                }
                Ok(measured) => {
                    *times = Err(format!("result {} instead of {}", measured.check, check.as_deref().unwrap_or("")));
                }
                Err(message) => *times = Err(message),
            }
        }
    }
    for (interpreter, times) in field.all().zip(&times) {
        if let Err(message) = times {
            findings.errors.push(format!("{}, {}: {message}", task.name, interpreter.name));
        }
    }
    times.into_iter().map(|times| times.map(|list| median(&list))).collect()
}

fn summary(
    what: &str,
    target: &Target,
    peer: &Interpreter,
    ratios: &[(f64, String)],
    tasks: usize,
    findings: &mut Findings,
) {
    let values: Vec<f64> = ratios.iter().map(|(ratio, _)| *ratio).collect();
    let mean = geometric_mean(&values);
    let Some((least, worst)) = ratios.iter().min_by(|a, b| a.0.total_cmp(&b.0)) else { return };
    let below = ratios.iter().filter(|(ratio, _)| *ratio < target.least);
    println!(
        "against {}: geometric mean {mean:.2}, least {least:.2} ({worst}), {} below {}, {} of {tasks}",
        peer.name,
        below.clone().count(),
        target.least,
        ratios.len()
    );
    if peer.name != "python3.14" {
        return;
    }
    let what = what.to_lowercase();
    if mean < target.mean {
        findings.missed.push(format!("{what}: geometric mean {mean:.2}, aimed at {}", target.mean));
    }
    for (ratio, name) in below {
        findings.missed.push(format!("{name}: {ratio:.2}, aimed at {}", target.least));
    }
}

fn show(times: &Times) -> String {
    times.as_ref().map_or_else(|_| "failed".to_owned(), |seconds| format!("{seconds:.3}"))
}
