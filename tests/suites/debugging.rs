//! The debugging modes: they find a store barrier that is broken on purpose, and leave a sound program alone.
//!
//! `PROTOPYTHON_DEBUG=broken-barrier` is known to builds with debug assertions only, so the tests of it exist only there.

use std::process::Command;
use std::time::Duration;

use protopython_tests::binary;
use protopython_tests::process::{End, Outcome, run};
use protopython_tests::scripts::isolate;

/// What `tools/old_and_shared_containers.py` prints.
const EXPECTED: &str = "3994725\n";

fn program(name: &str, modes: &str, seed: &str) -> Outcome {
    let interpreter = binary::protopython().expect("the interpreter builds");
    let mut command = Command::new(interpreter);
    command.current_dir(binary::workspace().join("tests/tools")).arg(name);
    isolate(&mut command, "0");
    command.env("PROTOPYTHON_DEBUG", modes).env("PROTOPYTHON_SEED", seed);
    run(&mut command, b"", Duration::from_secs(120)).expect("the program starts")
}

fn stores(modes: &str, seed: &str) -> Outcome {
    program("old_and_shared_containers.py", modes, seed)
}

#[test]
fn a_sound_barrier_passes_all_modes() {
    for (modes, seed) in [("verify", "1"), ("gc-stress", "1"), ("promote-stress", "1"), ("promote-stress", "2")] {
        let outcome = stores(modes, seed);
        assert!(outcome.success() && outcome.stdout == EXPECTED, "{modes}, seed {seed}: {outcome:?}");
    }
}

/// The process ended because something noticed: not by itself, and not by running out of time or memory.
#[cfg(debug_assertions)]
fn noticed(outcome: &Outcome) -> bool {
    match outcome.end {
        End::Signalled(_) => true,
        End::Exited(code) => code != 0,
        End::TimedOut | End::OutOfMemory => false,
    }
}

#[test]
#[cfg(debug_assertions)]
fn a_broken_barrier_is_found_by_the_verifier() {
    let outcome = stores("broken-barrier,verify", "1");
    assert!(noticed(&outcome) && outcome.stderr.contains("heap corrupted"), "{outcome:?}");
}

#[test]
#[cfg(debug_assertions)]
fn a_broken_barrier_is_found_by_collecting_at_every_poll() {
    let outcome = stores("broken-barrier,gc-stress", "1");
    assert!(noticed(&outcome), "{outcome:?}");
}

#[test]
#[cfg(debug_assertions)]
fn a_broken_barrier_is_found_by_sharing_at_random() {
    for seed in ["1", "2", "3"] {
        let outcome = stores("broken-barrier,promote-stress", seed);
        assert!(noticed(&outcome), "seed {seed}: {outcome:?}");
    }
}

#[test]
fn an_interrupted_call_is_traced_once() {
    for seed in ["1", "2"] {
        let outcome = program("traced_calls.py", "promote-stress", seed);
        assert!(outcome.success() && outcome.stdout == "2000\n", "seed {seed}: {outcome:?}");
    }
}

#[test]
fn promotions_are_reported_by_line() {
    let outcome = program("promotions.py", "promotions", "1");
    assert!(outcome.success(), "{outcome:?}");
    // (stores, objects) of a line; a container counts as two objects, itself and what holds its items.
    let line = |n: u32| -> (u32, u32) {
        let place = format!("promotions.py:{n}: ");
        let found = outcome.stderr.lines().find_map(|l| l.split_once(&place));
        let mut numbers = found.map_or("", |(_, what)| what).split(' ').filter_map(|word| word.parse().ok());
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    };
    for (n, what, each) in [(18, "append", 5), (19, "dict store", 2), (20, "attribute store", 2)] {
        let (stores, objects) = line(n);
        // A table or buffer that grew is one more.
        assert!((10..15).contains(&stores) && objects >= 10 * each && objects < 10 * each + 5, "{what}: {outcome:?}");
    }
    assert_eq!(line(21), (0, 0), "a local store: {outcome:?}");
}

#[test]
fn contended_locks_are_reported_by_object_and_line() {
    // A thread that is interrupted holds the lock nearly always. Should no two meet all the same: once more.
    let reported = (0..10).any(|_| {
        let outcome = program("contended.py", "locks", "1");
        assert!(outcome.success() && outcome.stdout == "202000\n", "{outcome:?}");
        assert!(outcome.stderr.contains("locks: "), "{outcome:?}");
        outcome.stderr.contains("locks: list object at 0x") && outcome.stderr.contains("contended.py:9: ")
    });
    assert!(reported, "no contention of the list was reported");
}

#[test]
fn nothing_is_reported_unasked() {
    let outcome = program("promotions.py", "", "1");
    assert!(outcome.success() && outcome.stderr.is_empty(), "{outcome:?}");
}
