//! Memory ends, and the process lives: growth up to a limit, sizes that no machine has, requests that fail on purpose, threads
//! where addresses are few.
//!
//! `PROTOPYTHON_FAIL_ALLOC=FROM-TO` tries every request in that range instead of the samples.

use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{End, Outcome, run};
use protopython_tests::{binary, scripts};

const LIMIT: Duration = Duration::from_secs(120);

/// A run with at most so many KiB of addresses. The shell sets the limit.
fn limited(kib: usize, arguments: &[&str]) -> Outcome {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {kib}; exec \"$0\" \"$@\"")]);
    command.arg(binary::protopython().expect("the interpreter builds")).args(arguments);
    scripts::isolate(&mut command, "0");
    run(&mut command, b"", LIMIT).expect("the shell starts")
}

/// A run of a program that sets its limits itself.
fn unlimited(name: &str) -> Outcome {
    unlimited_with(name, &[])
}

fn unlimited_with(name: &str, arguments: &[&str]) -> Outcome {
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    command.arg(program(name)).args(arguments);
    scripts::isolate(&mut command, "0");
    run(&mut command, b"", LIMIT).expect("the interpreter starts")
}

fn program(name: &str) -> String {
    format!("{}/memory/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs `f` on all names, a few at a time; the names for which it complained, with what it said.
fn all<T: Sync>(items: &[T], f: impl Fn(&T) -> Result<(), String> + Sync) -> Vec<String> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let complaints = std::sync::Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from).min(8);
    std::thread::scope(|s| {
        for _ in 0..workers {
            s.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    if let Err(text) = f(item) {
                        complaints.lock().expect("no panic").push(text);
                    }
                }
            });
        }
    });
    complaints.into_inner().expect("no panic")
}

#[test]
fn growth_without_end_ends_in_memory_error() {
    let list = limited(4_000_000, &[&program("growth.py"), "--list"]);
    let cases: Vec<&str> = list.stdout.lines().collect();
    assert!(cases.len() > 80, "{}", list.stderr);
    let complaints = all(&cases, |case| {
        let outcome = limited(500_000, &[&program("growth.py"), case]);
        let fine = outcome.end == End::Exited(0) && outcome.stdout.ends_with("works\n");
        if fine { Ok(()) } else { Err(format!("{case}: {}\n{}{}", outcome.end, outcome.stdout, outcome.stderr)) }
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// `PROTOPYTHON_GROWTH=1` takes one row in 1, all of them, instead of one in 40.
#[test]
fn growth_of_each_method_and_function_ends_in_memory_error() {
    let chosen = std::env::var("PROTOPYTHON_GROWTH").ok().and_then(|n| n.parse().ok());
    let list = limited(4_000_000, &[&program("growth_library.py"), "--list"]);
    let cases: Vec<&str> = list.stdout.lines().step_by(chosen.unwrap_or(40)).collect();
    assert!(cases.len() > 12, "{}", list.stderr);
    let complaints = all(&cases, |case| {
        let outcome = limited(300_000, &[&program("growth_library.py"), case]);
        let fine = outcome.end == End::Exited(0) && outcome.stdout.ends_with("works\n");
        if fine { Ok(()) } else { Err(format!("{case}: {}\n{}{}", outcome.end, outcome.stdout, outcome.stderr)) }
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn sizes_that_no_machine_has_are_refused() {
    let outcome = limited(4_000_000, &[&program("huge_sizes.py")]);
    assert_eq!(outcome.end, End::Exited(0), "{}{}", outcome.stdout, outcome.stderr);
    assert!(outcome.stdout.ends_with("all refused or done\n"), "{}", outcome.stdout);
}

#[test]
fn a_limit_that_the_program_sets_is_kept_and_goes() {
    let outcome = unlimited("limit_set_by_program.py");
    let step =
        "[199999]\nitems MemoryError\nbuffers MemoryError\nentries MemoryError\none_large MemoryError\n[199999]\n";
    let expected = format!("512 {step}1024 {step}done [199999] True\n");
    assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Exited(0), expected.as_str()), "{}", outcome.stderr);
}

#[test]
fn a_list_that_cannot_be_sorted_keeps_its_items() {
    let outcome = unlimited("sorting.py");
    let expected = "with keys MemoryError 4000000 [4000000, 3999999] [2, 1]\n\
                    shared MemoryError 4000000 [4000000, 3999999] [2, 1]\n\
                    shared, with keys MemoryError 4000000 [4000000, 3999999] [2, 1]\n[1, 2, 3]\n";
    assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Exited(0), expected), "{}", outcome.stderr);
}

#[test]
fn cycles_are_freed_where_they_cannot_be_counted() {
    let outcome = unlimited("counting_cycles.py");
    let expected = "alone True 1500000\nin a thread True 1500000\n";
    assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Exited(0), expected), "{}", outcome.stderr);
}

#[test]
fn a_failed_request_is_a_memory_error() {
    let chosen = std::env::var("PROTOPYTHON_FAIL_ALLOC").ok();
    let range = chosen.as_deref().and_then(|text| text.split_once('-'));
    let requests: Vec<usize> = match range {
        Some((from, to)) => (from.parse().expect("a number")..=to.parse().expect("a number")).collect(),
        None => (1..=20).chain((23..400).step_by(23)).chain((400..4000).step_by(211)).collect(),
    };
    let complaints = all(&requests, |n| {
        let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
        command.arg(program("every_type.py"));
        scripts::isolate(&mut command, "0");
        command.env("PROTOPYTHON_DEBUG", format!("fail-alloc={n}"));
        let outcome = run(&mut command, b"", LIMIT).expect("the interpreter starts");
        let told = outcome.stderr.contains("MemoryError");
        match outcome.end {
            End::Exited(0) => Ok(()),
            End::Exited(_) if told => Ok(()),
            end => Err(format!("request {n}: {end}\n{}{}", outcome.stdout, outcome.stderr)),
        }
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// `memory-limit` stands for a control group's limit: nobody refuses before the kernel kills, so we count.
#[test]
fn a_limit_that_nobody_enforces_is_kept() {
    let complaints = all(&["list_of_lists", "str_concat", "bytearray_iadd", "dict_str", "bytes_zero"], |case| {
        let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
        command.args([&program("growth.py"), *case]);
        scripts::isolate(&mut command, "0");
        command.env("PROTOPYTHON_DEBUG", format!("memory-limit={}", 256 << 20));
        let outcome = run(&mut command, b"", LIMIT).expect("the interpreter starts");
        let fine = outcome.end == End::Exited(0) && outcome.stdout.ends_with("works\n");
        if fine { Ok(()) } else { Err(format!("{case}: {}\n{}{}", outcome.end, outcome.stdout, outcome.stderr)) }
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn threads_find_room_where_addresses_are_few() {
    for (kib, threads) in [(4_000_000, "200"), (8_000_000, "1000")] {
        let outcome = limited(kib, &[&program("waiting_threads.py"), threads]);
        assert_eq!(outcome.end, End::Exited(0), "{threads}: {}{}", outcome.stdout, outcome.stderr);
    }
}

/// A thousand of them are to take less than 40 MB.
#[test]
fn waiting_threads_take_little_memory() {
    let outcome = unlimited_with("waiting_threads.py", &["500"]);
    let each: f64 = outcome.stdout.trim().parse().unwrap_or(f64::MAX);
    assert!(each < 45.0, "KiB of a thread: {}{}", outcome.stdout, outcome.stderr);
}

/// A block's pages without a live cell go back, freed large objects after a while. (Of pages of 16 tuples one in seven keeps one.)
#[test]
fn memory_comes_back_after_a_peak() {
    let outcome = unlimited("after_peak.py");
    let stays = |name: &str| -> i32 {
        let line = outcome.stdout.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|n| n.trim().parse().ok()).unwrap_or(i32::MAX)
    };
    for (name, most) in [("survivors", 40), ("buffers", 20), ("nothing", 20)] {
        assert!(stays(name) <= most, "per cent: {}{}", outcome.stdout, outcome.stderr);
    }
}

#[test]
fn a_program_can_ask_where_the_memory_is() {
    let outcome = unlimited("usage.py");
    let expected = "['held', 'kept', 'limit', 'live', 'local', 'pauses', 'resident', 'shared']\n\
                    True True\nTrue\nTrue True True\nTrue True True\nTrue True\n\
                    minor True True\nfull True True\nglobal True True\n";
    assert_eq!((outcome.stdout.as_str(), outcome.end), (expected, End::Exited(0)), "{}", outcome.stderr);
}

#[test]
fn stacks_of_any_size_run() {
    let code = "import threading\n\
        def deep(n): return 0 if n == 0 else 1 + deep(n - 1)\n\
        def nested(n):\n    v = []\n    for _ in range(n): v = [v]\n    repr(v)\n\
        def body(f, n):\n    try: f(n)\n    except RecursionError: pass\n    done.append(f)\n\
        done = []\n\
        for size in (32768, 65536, 262144, 1 << 20):\n    threading.stack_size(size)\n\
        \x20   for f in (deep, nested):\n        t = threading.Thread(target=body, args=(f, 900)); t.start(); t.join()\n\
        for size in (-1, 1, 4096, 32767):\n    try: threading.stack_size(size)\n    except ValueError: done.append(size)\n\
        print(len(done))";
    let outcome = limited(4_000_000, &["-c", code]);
    assert_eq!((outcome.stdout.as_str(), outcome.end), ("12\n", End::Exited(0)), "{}", outcome.stderr);
}
