//! The list of models, and how one is run.

mod caches;
mod fork;
mod gate;
mod heap;
mod lock;
mod lru;
mod objects;
mod os;
mod threading;

use proto_core::sync::model;
use std::process::ExitCode;
use std::time::Instant;

/// One model: a protocol with the threads that use it.
pub struct Model {
    name: &'static str,
    /// Preemption bound: in full, and for the quick share.
    bound: u32,
    quick: u32,
    /// Parts of the protocol that it misses when they are left out; the names that `proto_core::sync::broken` is asked for.
    mutations: &'static [&'static str],
    /// Made for random schedules; its bounds are numbers of them.
    random: bool,
    run: fn(),
}

impl Model {
    const fn new(name: &'static str, bound: u32, quick: u32, mutations: &'static [&'static str], run: fn()) -> Model {
        Model { name, bound, quick, mutations, random: false, run }
    }

    /// A model that only random schedules can get through.
    #[cfg(shuttle)]
    const fn random(name: &'static str, runs: u32, quick: u32, mutations: &'static [&'static str], run: fn()) -> Model {
        Model { name, bound: runs, quick, mutations, random: true, run }
    }

    /// The bounds in full and for the quick share; for the random schedules of one of loom's models, their number.
    fn extent(&self) -> (u32, u32) {
        if cfg!(loom) || self.random { (self.bound, self.quick) } else { (4000, 400) }
    }
}

/// Seconds that a model may take; one that needs longer has to get a smaller bound.
const BUDGET: u64 = 120;

#[cfg(loom)]
fn all() -> Vec<&'static Model> {
    protocols()
}

/// The same models at random, where some mutations (weak orderings) cannot show; and what is too large for loom.
#[cfg(shuttle)]
fn all() -> Vec<&'static Model> {
    protocols().into_iter().chain(heap::RANDOM).chain(objects::RANDOM).collect()
}

fn protocols() -> Vec<&'static Model> {
    [
        gate::MODELS,
        lock::MODELS,
        heap::MODELS,
        objects::MODELS,
        caches::MODELS,
        threading::MODELS,
        lru::MODELS,
        fork::MODELS,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `list`, or `run NAME BOUND SEED BROKEN`.
pub fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let arg = |i: usize| args.get(i).map_or("", String::as_str);
    match arg(0) {
        "list" => {
            for m in all() {
                let (bound, quick) = m.extent();
                let mutations = if cfg!(loom) || m.random { m.mutations.join(" ") } else { String::new() };
                println!("{}\t{bound}\t{quick}\t{BUDGET}\t{mutations}", m.name);
            }
            ExitCode::SUCCESS
        }
        "run" => {
            let Some(m) = all().into_iter().find(|m| m.name == arg(1)) else {
                eprintln!("no model {}", arg(1));
                return ExitCode::FAILURE;
            };
            model::set_broken(arg(4));
            let start = Instant::now();
            let runs = check(m, arg(2).parse().unwrap_or(m.extent().0), arg(3));
            eprintln!("{:.1} s", start.elapsed().as_secs_f64());
            println!("{runs}");
            ExitCode::SUCCESS
        }
        _ => ExitCode::FAILURE,
    }
}

/// Starts a thread of the model, with a stack that the heap's functions fit on.
#[cfg(loom)]
pub fn spawn(f: impl FnOnce() + Send + 'static) -> loom::thread::JoinHandle<()> {
    match loom::thread::Builder::new().stack_size(1 << 15).spawn(f) {
        Ok(t) => t,
        Err(e) => panic!("{e}"),
    }
}

/// Starts a thread of the model.
#[cfg(shuttle)]
pub fn spawn(f: impl FnOnce() + Send + 'static) -> shuttle::thread::JoinHandle<()> {
    shuttle::thread::spawn(f)
}

#[cfg(loom)]
pub use loom::cell::UnsafeCell;

/// Data that something else must guard: a run in which two threads are inside at once fails.
#[cfg(shuttle)]
pub struct UnsafeCell<T> {
    data: std::cell::UnsafeCell<T>,
    inside: std::cell::Cell<bool>,
}

#[cfg(shuttle)]
impl<T> UnsafeCell<T> {
    pub fn new(t: T) -> UnsafeCell<T> {
        UnsafeCell { data: std::cell::UnsafeCell::new(t), inside: std::cell::Cell::new(false) }
    }

    pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        self.with_mut(|p| f(p))
    }

    pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        assert!(!self.inside.replace(true), "two threads inside");
        // The others get their chance to come in.
        shuttle::thread::yield_now();
        let r = f(self.data.get());
        self.inside.set(false);
        r
    }
}

/// Explores all schedules within the bound; the number of runs.
#[cfg(loom)]
fn check(m: &'static Model, bound: u32, _seed: &str) -> u64 {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    let runs = Arc::new(AtomicU64::new(0));
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(bound as usize);
    builder.max_branches = 100_000;
    let counted = Arc::clone(&runs);
    builder.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        model::begin();
        spawn(m.run).join().unwrap();
    });
    runs.load(Ordering::Relaxed)
}

/// Tries random schedules, the same ones for the same seed.
#[cfg(shuttle)]
fn check(m: &'static Model, bound: u32, seed: &str) -> u64 {
    use shuttle::scheduler::{PctScheduler, RandomScheduler};
    let seed = seed.parse().unwrap_or(1);
    eprintln!("seed {seed} (again with: cargo run -p loom_tests -- --seed {seed} {})", m.name);
    let run = move || {
        model::begin();
        (m.run)();
    };
    let mut config = shuttle::Config::new();
    config.stack_size = 1 << 20;
    config.max_steps = shuttle::MaxSteps::FailAfter(1_000_000);
    let half = bound as usize / 2;
    let random = shuttle::Runner::new(RandomScheduler::new_from_seed(seed, half), config.clone()).run(run);
    let pct = shuttle::Runner::new(PctScheduler::new_from_seed(seed, 3, bound as usize - half), config).run(run);
    (random + pct) as u64
}
