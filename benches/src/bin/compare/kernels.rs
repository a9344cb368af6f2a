//! The single-thread kernels: time ratios to each peer.

use protopython_benches::interpreter::Interpreter;
use protopython_benches::kernels::{Kernel, list};
use protopython_benches::stats::{geometric_mean, median};

use crate::options::Options;
use crate::{Field, Findings};

/// The geometric mean of the ratios to CPython that is aimed at, and the least of them.
const TARGET_MEAN: f64 = 2.0;
const TARGET_LEAST: f64 = 0.8;

/// The times of one kernel in one interpreter, or why there are none.
type Times = Result<f64, String>;

/// Runs the kernels in all interpreters and prints the table.
pub fn compare(field: &Field, options: &Options, findings: &mut Findings) -> Result<(), String> {
    let kernels: Vec<Kernel> = list("kernels")?.into_iter().filter(|k| options.wants(&k.name)).collect();
    println!("Kernels, one thread: seconds (medians of {}), and how many times faster than a peer", options.rounds);
    print!("{:18} {:>11}", "kernel", field.own.name);
    field.peers.iter().for_each(|peer| print!(" {:>11}  ratio", peer.name));
    println!();
    let mut ratios: Vec<Vec<(f64, String)>> = vec![Vec::new(); field.peers.len()];
    for kernel in &kernels {
        let times = rounds(field, kernel, options, findings);
        print!("{:18} {:>11}", kernel.name, show(&times[0]));
        for (column, time) in times[1..].iter().enumerate() {
            print!(" {:>11}", show(time));
            match (&times[0], time) {
                (Ok(own), Ok(peer)) => {
                    print!(" {:6.2}", peer / own);
                    ratios[column].push((peer / own, kernel.name.clone()));
                }
                _ => print!(" {:>6}", "-"),
            }
        }
        println!();
    }
    for (peer, ratios) in field.peers.iter().zip(&ratios) {
        summary(peer, ratios, kernels.len(), findings);
    }
    Ok(())
}

/// Interleaved rounds of one kernel; a failure or another checksum than ours voids an interpreter's times.
fn rounds(field: &Field, kernel: &Kernel, options: &Options, findings: &mut Findings) -> Vec<Times> {
    let mut times: Vec<Result<Vec<f64>, String>> = field.all().map(|_| Ok(Vec::new())).collect();
    let mut check: Option<String> = None;
    for _ in 0..options.rounds {
        for (interpreter, times) in field.all().zip(&mut times) {
            let Ok(list) = times else { continue };
            match interpreter.kernel(kernel, options.scale) {
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
            findings.errors.push(format!("{}, {}: {message}", kernel.name, interpreter.name));
        }
    }
    times.into_iter().map(|times| times.map(|list| median(&list))).collect()
}

fn summary(peer: &Interpreter, ratios: &[(f64, String)], kernels: usize, findings: &mut Findings) {
    let values: Vec<f64> = ratios.iter().map(|(ratio, _)| *ratio).collect();
    let mean = geometric_mean(&values);
    let Some((least, worst)) = ratios.iter().min_by(|a, b| a.0.total_cmp(&b.0)) else { return };
    println!(
        "against {}: geometric mean {mean:.2}, least {least:.2} ({worst}), {} of {kernels}",
        peer.name,
        ratios.len()
    );
    if peer.name != "python3.14" {
        return;
    }
    if mean < TARGET_MEAN {
        findings.missed.push(format!("kernels: geometric mean {mean:.2}, aimed at {TARGET_MEAN}"));
    }
    for (ratio, name) in ratios.iter().filter(|(ratio, _)| *ratio < TARGET_LEAST) {
        findings.missed.push(format!("kernel {name}: {ratio:.2}, aimed at {TARGET_LEAST}"));
    }
}

fn show(times: &Times) -> String {
    times.as_ref().map_or_else(|_| "failed".to_owned(), |seconds| format!("{seconds:.3}"))
}
