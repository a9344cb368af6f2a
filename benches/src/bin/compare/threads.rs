//! The scaling kernels: (time of 1 thread) / (time of N threads), N times the work.

use protopython_benches::interpreter::Interpreter;
use protopython_benches::kernels::{Kernel, list};
use protopython_benches::stats::median;

use crate::options::Options;
use crate::{Field, Findings};

/// The efficiency aimed at on two cores, by kernel.
fn target(kernel: &str) -> f64 {
    match kernel {
        "queue_pair" => 1.0,
        "lock_counter" => 0.5,
        "shared_append" | "shared_dict_write" => 0.4,
        name if name.starts_with("read_") => 0.95,
        _ => 0.90,
    }
}

/// Runs the scaling kernels in all interpreters and prints the table.
pub fn compare(field: &Field, options: &Options, findings: &mut Findings) -> Result<(), String> {
    let n = options.threads;
    println!("Threads: seconds of 1 and of {n} threads, each doing the same work; efficiency = first / second");
    print!("{:18} {:>6}", "kernel", "target");
    field.all().for_each(|interpreter| print!(" | {:>11} 1 {:>8} {:>5}", interpreter.name, n, "eff."));
    println!();
    for kernel in list("threads")?.iter().filter(|k| options.wants(&k.name)) {
        print!("{:18} {:6.2}", kernel.name, target(&kernel.name));
        for interpreter in field.all() {
            match efficiency(interpreter, kernel, options) {
                Ok((one, many)) => {
                    print!(" | {one:13.3} {many:8.3} {:5.2}", one / many);
                    let missed = one / many < target(&kernel.name);
                    if missed && interpreter.path == field.own.path && n == 2 {
                        let (got, aim) = (one / many, target(&kernel.name));
                        findings.missed.push(format!("threads, {}: {got:.2}, aimed at {aim}", kernel.name));
                    }
                }
                Err(message) => {
                    print!(" | {:>28}", "failed");
                    findings.errors.push(format!("{}, {}: {message}", kernel.name, interpreter.name));
                }
            }
        }
        println!();
    }
    Ok(())
}

/// Median times of one and of `options.threads` threads, in interleaved rounds.
fn efficiency(interpreter: &Interpreter, kernel: &Kernel, options: &Options) -> Result<(f64, f64), String> {
    let (mut one, mut many) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let alone = interpreter.threads(kernel, 1, options.scale)?;
        let together = interpreter.threads(kernel, options.threads, options.scale)?;
        if alone.check != together.check {
            return Err(format!("result {} on 1 thread, {} on {}", alone.check, together.check, options.threads));
        }
        one.push(alone.seconds);
        many.push(together.seconds);
    }
    Ok((median(&one), median(&many)))
}
