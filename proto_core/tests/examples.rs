//! The examples at a small size: each checks what it has done. Once as they come, with the heap verified after each collection, and
//! once collecting all the time; and as `PROTOPYTHON_DEBUG` says.

use proto_core::Config;

#[path = "../examples/shapes.rs"]
mod shapes;
#[path = "../examples/weak_cache.rs"]
mod weak_cache;
#[path = "../examples/word_count.rs"]
mod word_count;

/// Configurations, and a divisor for the amount of work.
fn configs() -> Vec<(Config, usize)> {
    let config = || Config { stack_words: 1 << 16, ..Config::from_env() };
    vec![
        (Config { verify: true, budget: 64 << 10, global_threshold: 256 << 10, ..config() }, 1),
        (Config { verify: true, gc_stress: true, promote_stress: true, budget: 1, ..config() }, 10),
        (config(), 1),
    ]
}

#[test]
fn word_count() {
    for (config, less) in configs() {
        word_count::run(config.clone(), 3, 500, &word_count::made_up(20_000 / less));
        word_count::run(config, 4, 500, "one line\n");
    }
}

#[test]
fn weak_cache() {
    for (config, less) in configs() {
        weak_cache::run(config, 3, 300, 4000 / less);
    }
}

#[test]
fn shapes() {
    for (config, less) in configs() {
        shapes::run(config, 3, 1000 / less as i64).expect("programs without faults");
    }
}
