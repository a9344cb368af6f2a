//! `cargo bench`: some kernels end to end (a whole process each, start-up included) under criterion.
//!
//! The comparison with other interpreters is the program `compare`; this one watches our own times
//! from run to run.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use protopython_benches::interpreter::Interpreter;
use protopython_benches::kernels::list;

/// A tenth of a kernel's size keeps a run well below a second.
const SCALE: f64 = 0.1;
const CHOSEN: [&str; 6] = ["attributes", "dict_str", "float_loop", "int_loop", "methods", "str_build"];

fn kernels(criterion: &mut Criterion) {
    let own = match Interpreter::own() {
        Ok(own) => own,
        Err(message) => return eprintln!("{message}"),
    };
    let kernels = match list("kernels") {
        Ok(kernels) => kernels,
        Err(message) => return eprintln!("{message}"),
    };
    let mut group = criterion.benchmark_group("end to end");
    group.sample_size(10).measurement_time(Duration::from_secs(4)).warm_up_time(Duration::from_secs(1));
    group.bench_function("start-up", |b| b.iter(|| own.run(&["-c", "pass"])));
    for kernel in kernels.iter().filter(|k| CHOSEN.contains(&k.name.as_str())) {
        if let Err(message) = own.kernel(kernel, SCALE) {
            eprintln!("{}: {message}", kernel.name);
            continue;
        }
        group.bench_function(&kernel.name, |b| b.iter(|| own.kernel(kernel, SCALE)));
    }
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
