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
    for (modes, seed) in [
        ("verify", "1"),
        ("gc-stress", "1"),
        ("promote-stress", "1"),
        ("promote-stress", "2"),
        ("log-stores", "1"),
        ("log-stores,promote-stress", "1"),
    ] {
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
fn a_broken_barrier_is_found_by_comparing_with_the_shadow() {
    let outcome = stores("broken-barrier,log-stores", "1");
    assert!(noticed(&outcome) && outcome.stderr.contains("no store has noted it"), "{outcome:?}");
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
fn waits_for_locks_and_queues_are_reported_by_kind_and_line() {
    let outcome = program("queues.py", "locks", "1");
    assert!(outcome.success() && outcome.stdout == "done\n", "{outcome:?}");
    for (kind, line) in [("Lock", 13), ("RLock", 15), ("Queue", 17), ("SimpleQueue", 18), ("Condition", 20)] {
        let head = format!("locks: {kind} at 0x");
        let at = outcome.stderr.find(&head).unwrap_or_else(|| panic!("no {head}: {}", outcome.stderr));
        let site = outcome.stderr[at..].lines().nth(1).unwrap_or_default();
        assert!(site.contains(&format!("queues.py:{line}: ")), "{kind}: {}", outcome.stderr);
    }
    // The holder's line is the waiters' own here.
    for line in [13, 15] {
        let held = |l: &str| {
            l.contains(&format!("queues.py:{line}: "))
                && l.contains("held since")
                && l.ends_with(&format!("queues.py:{line}"))
        };
        assert!(outcome.stderr.lines().any(held), "{line}: {}", outcome.stderr);
    }
}

/// Runs `deadlock.py` until it has reported, and gives the report.
fn deadlock(what: &str) -> String {
    let interpreter = binary::protopython().expect("the interpreter builds");
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("deadlock_{what}"));
    let errors = std::fs::File::create(&file).expect("a file");
    let mut command = Command::new(interpreter);
    command.current_dir(binary::workspace().join("tests/tools")).args(["deadlock.py", what]);
    isolate(&mut command, "0");
    let mut child = command.env("PROTOPYTHON_DEBUG", "locks").stderr(errors).spawn().expect("it starts");
    let read = || std::fs::read_to_string(&file).unwrap_or_default();
    let started = std::time::Instant::now();
    // The last line of a report is an empty one. Only a report that never comes takes so long.
    while !(read().contains("deadlock") && read().ends_with("\n\n")) && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    read()
}

#[test]
fn threads_that_wait_for_each_other_are_reported() {
    let report = deadlock("locks");
    assert!(report.contains("deadlock: threads wait for each other"), "{report}");
    for words in [
        "[first] (most recent call first):",
        "deadlock.py\", line 17 in first",
        "  holds Lock at 0x",
        "deadlock.py:15\n",
        "  waits for RLock at 0x",
        "deadlock.py:22, in ",
        "\ncycle:\n",
        "deadlock.py:24 for Lock",
    ] {
        assert!(report.contains(words), "no {words}: {report}");
    }
}

#[test]
fn a_program_in_which_all_wait_is_reported() {
    let report = deadlock("queue");
    assert!(report.contains("deadlock: all threads wait"), "{report}");
    for words in ["waits for Queue at 0x", "waits for SimpleQueue at 0x", "waits for Thread at 0x", "deadlock.py:29\n"]
    {
        assert!(report.contains(words), "no {words}: {report}");
    }
    for what in ["self", "handler"] {
        let report = deadlock(what);
        assert!(report.contains("deadlock: all threads wait") && report.contains("waits for Lock"), "{report}");
    }
}

#[test]
fn a_signal_asks_what_threads_do() {
    let interpreter = binary::protopython().expect("the interpreter builds");
    let mut command = Command::new(interpreter);
    let code = "import os, signal, threading\n\
        lock = threading.Lock()\n\
        lock.acquire()\n\
        t = threading.Thread(target=lock.acquire, name='waiter', daemon=True)\n\
        t.start()\n\
        while not t.ident: pass\n\
        threading.Event().wait(0.3)\n\
        os.kill(os.getpid(), signal.SIGQUIT)\n\
        print('goes on')\n\
        lock.release()";
    command.args(["-c", code]).env("PROTOPYTHON_DEBUG", "locks");
    isolate(&mut command, "0");
    let outcome = run(&mut command, b"", Duration::from_secs(60)).expect("it starts");
    assert!(outcome.success() && outcome.stdout == "goes on\n", "{outcome:?}");
    for words in ["locks: what threads do", "[waiter]", "waits for Lock at 0x", "holds Lock at 0x", "<string>:3"] {
        assert!(outcome.stderr.contains(words), "no {words}: {}", outcome.stderr);
    }
}

#[test]
fn words_that_mean_nothing_are_refused() {
    for (words, bad) in
        [("gc,lokcs", "lokcs"), ("fail-alloc=many", "fail-alloc=many"), ("memory-limit", "memory-limit")]
    {
        let outcome = program("promotions.py", words, "1");
        assert_eq!(outcome.end, End::Exited(2), "{outcome:?}");
        assert!(outcome.stderr.contains(&format!("'{bad}', which means nothing")), "{outcome:?}");
    }
    // All others, some of them with empty ones between.
    let known = [
        "verify,gc-stress",
        " promote-stress , gc-cpu,",
        "gc,locks,promotions",
        "fail-alloc=0",
        "memory-limit=1000000000",
    ];
    for words in known {
        let outcome = program("promotions.py", words, "1");
        assert!(outcome.success(), "{words}: {outcome:?}");
    }
}

#[test]
fn nothing_is_reported_unasked() {
    let outcome = program("promotions.py", "", "1");
    assert!(outcome.success() && outcome.stderr.is_empty(), "{outcome:?}");
}

/// What `races.py` does under a mode, and its report.
fn races(what: &str, mode: &str) -> String {
    let interpreter = binary::protopython().expect("the interpreter builds");
    let mut command = Command::new(interpreter);
    command.current_dir(binary::workspace().join("tests/tools")).args(["races.py", what]);
    isolate(&mut command, "0");
    let outcome = run(command.env("PROTOPYTHON_DEBUG", mode), b"", Duration::from_secs(120)).expect("it starts");
    assert!(outcome.success() && outcome.stdout == "done\n", "{what}: {outcome:?}");
    outcome.stderr
}

#[test]
fn updates_that_threads_may_lose_are_found_in_one_run() {
    let source = std::fs::read_to_string(binary::workspace().join("tests/tools/races.py")).expect("the program");
    for (what, place) in [
        ("attribute", "attribute 'n' of Counter object at 0x"),
        ("by_function", "attribute 'n' of Counter object at 0x"),
        ("key", "key 0 of dict object at 0x"),
        ("counted", "key 'a' of dict object at 0x"),
        ("item", "item -1 of list object at 0x"),
        ("variable", "key 'total' of dict object at 0x"),
        ("closure", "variable 'n' of a closure"),
    ] {
        let report = races(what, "races");
        let line = 1 + source.lines().position(|l| l.ends_with(&format!("# {what}"))).expect("a marked line");
        let first = report.find(&format!(": {place}")).unwrap_or_else(|| panic!("{what}: {report}"));
        // Two threads' accesses, one of them at the line that writes.
        assert!(report[first..].contains(&format!("races.py\", line {line}, in ")), "{what}: {report}");
        assert!(report[first..].matches("races.py\", line ").count() >= 3, "{what}: {report}");
        assert!([" reads it:", " read it:", " checked it:"].iter().any(|l| report.contains(l)), "{what}: {report}");
        assert!(report.starts_with("races: lost update: ") || report.starts_with("races: check and act: "), "{report}");
    }
}

#[test]
fn what_is_ordered_or_whole_is_no_race() {
    for what in ["locked", "appended", "passed", "told", "conditions", "futures", "own", "read_only", "unordered"] {
        assert_eq!(races(what, "races"), "races: 0 found\n", "{what}");
    }
    for what in ["locked", "passed", "told", "futures", "own", "read_only"] {
        assert_eq!(races(what, "races=all"), "races: 0 found\n", "{what}, all");
    }
    let report = races("unordered", "races=all");
    assert!(report.contains("races: unordered write: attribute 'n' of Counter object at 0x"), "{report}");
}

#[test]
fn our_examples_have_no_races() {
    for name in ["count_names.py", "mandelbrot.py", "pipeline.py", "pool_map.py", "shared_dict.py"] {
        let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
        command.arg(binary::workspace().join("examples").join(name)).arg("--small");
        command.current_dir(env!("CARGO_TARGET_TMPDIR"));
        isolate(&mut command, "0");
        let outcome = run(command.env("PROTOPYTHON_DEBUG", "races"), b"", Duration::from_secs(240)).expect("it starts");
        assert!(outcome.success() && outcome.stderr == "races: 0 found\n", "{name}: {outcome:?}");
    }
}
