//! `-X profile` and `-X timeline`: what the files say of a program whose threads run, wait, sort and share. No test looks at how
//! long anything took.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{End, Outcome, run};
use protopython_tests::{binary, scripts};
use serde_json::Value;

/// An empty folder of the test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recording_{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn tool() -> PathBuf {
    binary::workspace().join("tests/tools/recorded.py")
}

/// The line of the program that has this mark.
fn line(mark: &str) -> u64 {
    let text = std::fs::read_to_string(tool()).expect("the program");
    let found = text.lines().position(|l| l.ends_with(&format!("# {mark}")));
    found.expect("a marked line") as u64 + 1
}

fn start(folder: &Path, arguments: &[&str], variables: &[(&str, &str)], how: &str) -> Outcome {
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    scripts::isolate(&mut command, "0");
    command.current_dir(folder).args(arguments).arg(tool()).arg(how).envs(variables.iter().copied());
    let outcome = run(&mut command, b"", Duration::from_secs(120)).expect("the program starts");
    assert!(outcome.stdout.starts_with("done 200\n"), "{outcome:?}");
    outcome
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The stacks of a profile, as names with lines, the outermost first.
fn stacks(file: &Value, profile: &str) -> Vec<Vec<(String, u64)>> {
    let frames = file["shared"]["frames"].as_array().expect("frames");
    let found = file["profiles"].as_array().expect("profiles").iter().find(|p| p["name"] == profile);
    let Some(found) = found else { return Vec::new() };
    assert_eq!((found["type"].as_str(), found["unit"].as_str()), (Some("sampled"), Some("seconds")));
    let (samples, weights) =
        (found["samples"].as_array().expect("samples"), found["weights"].as_array().expect("weights"));
    assert_eq!(samples.len(), weights.len());
    let sum: f64 = weights.iter().map(|w| w.as_f64().expect("a number")).sum();
    assert!(sum > 0.0 && (sum - found["endValue"].as_f64().expect("a number")).abs() < 1e-6, "{profile}");
    let name = |i: &Value| {
        let frame = &frames[i.as_u64().expect("an index") as usize];
        (frame["name"].as_str().expect("a name").to_owned(), frame["line"].as_u64().unwrap_or(0))
    };
    samples.iter().map(|s| s.as_array().expect("a stack").iter().map(name).collect()).collect()
}

fn has(stacks: &[Vec<(String, u64)>], function: &str, line: u64, top: Option<&str>) -> bool {
    stacks.iter().any(|stack| {
        stack.contains(&(function.to_owned(), line))
            && match top {
                Some(top) => stack.last().is_some_and(|(name, _)| name == top),
                None => stack.last().is_some_and(|(name, _)| name == function),
            }
    })
}

/// Everything that the profile of one run must show.
fn shows_all(file: &Value) {
    assert_eq!(file["$schema"], "https://www.speedscope.app/file-format-schema.json");
    let running = stacks(file, "runner");
    // A line that calls nothing is seen at the loop's end.
    assert!(running.iter().flatten().any(|(name, _)| name == "runs"), "{running:?}");
    let sorting = stacks(file, "sorter");
    assert!(
        sorting
            .iter()
            .any(|s| s.contains(&("sorts".into(), line("sorts"))) && s.last().unwrap().0.ends_with("[native]")),
        "{sorting:?}"
    );
    for (thread, function) in [("taker", "takes"), ("locker", "locks")] {
        let waiting = stacks(file, &format!("{thread}: waiting"));
        assert!(has(&waiting, function, line(function), Some("[waiting]")), "{thread}: {waiting:?}");
    }
    assert!(has(&stacks(file, "MainThread: waiting"), "main", line("sleeps"), Some("[waiting]")));
}

#[test]
fn a_profile_tells_python_native_and_waiting_apart() {
    let folder = folder("profile");
    let outcome = start(&folder, &["-X", "profile=out.speedscope.json"], &[], "");
    assert!(outcome.success() && outcome.stderr.is_empty(), "{outcome:?}");
    shows_all(&json(&folder.join("out.speedscope.json")));
}

#[test]
fn a_profile_is_written_however_the_program_ends() {
    let folder = folder("ends");
    for (how, end) in [("exception", End::Exited(1)), ("exit", End::Exited(3)), ("interrupt", End::Signalled(2))] {
        let name = format!("{how}.json");
        let outcome = start(&folder, &[], &[("PROTOPYTHON_PROFILE", &name)], how);
        assert_eq!(outcome.end, end, "{outcome:?}");
        shows_all(&json(&folder.join(name)));
    }
}

#[test]
fn collapsed_stacks_have_a_line_for_each_stack() {
    let folder = folder("collapsed");
    let outcome = start(&folder, &["-X", "profile=out.collapsed"], &[], "");
    assert!(outcome.success(), "{outcome:?}");
    let text = std::fs::read_to_string(folder.join("out.collapsed")).expect("a file");
    let mut seen = std::collections::BTreeSet::new();
    for l in text.lines() {
        let (stack, weight) = l.rsplit_once(' ').expect("a stack and its weight");
        assert!(seen.insert(stack) && weight.parse::<u64>().is_ok(), "{l}");
    }
    let takes = format!(";takes (recorded.py:{});", line("takes"));
    let waiting = |l: &&&str| l.starts_with("taker;") && l.contains(&takes) && l.ends_with(";[waiting]");
    assert!(seen.iter().any(|l| waiting(&l)), "{text}");
}

#[test]
fn a_forked_child_writes_a_file_of_its_own_or_none() {
    let folder = folder("fork");
    // Both processes come to their end in good order; the child's file would replace the parent's.
    let outcome = start(&folder, &["-W", "ignore", "-X", "profile=one.json"], &[], "fork");
    assert!(outcome.success(), "{outcome:?}");
    shows_all(&json(&folder.join("one.json")));
    let outcome = start(&folder, &["-W", "ignore", "-X", "profile=p%p.json", "-X", "timeline=t%p.json"], &[], "fork");
    assert!(outcome.success(), "{outcome:?}");
    let files = |start: char| -> Vec<PathBuf> {
        let all = std::fs::read_dir(&folder).expect("the folder").map(|e| e.expect("an entry").path());
        all.filter(|p| p.file_name().unwrap().to_string_lossy().starts_with(start)).collect()
    };
    let profiles = files('p');
    assert_eq!((profiles.len(), files('t').len()), (2, 2), "{profiles:?}");
    let whole = profiles.iter().filter(|p| !stacks(&json(p), "taker: waiting").is_empty()).count();
    assert_eq!(whole, 1, "the child has only what it did itself");
    for path in &profiles {
        let main = stacks(&json(path), "MainThread");
        assert!(!main.is_empty(), "{}", path.display());
    }
    files('t').iter().for_each(|path| assert!(json(path)["traceEvents"].is_array()));
}

#[test]
fn a_timeline_shows_runs_waits_collections_and_promotions() {
    let folder = folder("timeline");
    let outcome = start(&folder, &["-X", "timeline=out.json"], &[], "");
    assert!(outcome.success() && outcome.stderr.is_empty(), "{outcome:?}");
    let file = json(&folder.join("out.json"));
    let events = file["traceEvents"].as_array().expect("events");
    let thread = |name: &str| {
        let named = events.iter().find(|e| e["ph"] == "M" && e["args"]["name"] == name);
        named.unwrap_or_else(|| panic!("no thread {name}"))["tid"].as_u64().expect("a number")
    };
    for (name, what, mark) in [
        ("taker", "wait: SimpleQueue", "takes"),
        ("locker", "wait: lock.__enter__ of lock at 0x", "locks"),
        ("MainThread", "wait: time.sleep", "sleeps"),
    ] {
        let tid = thread(name);
        let from = format!("recorded.py:{}", line(mark));
        let waits = |e: &&Value| {
            e["tid"] == tid
                && e["cat"] == "wait"
                && e["name"].as_str().is_some_and(|n| n.contains(what.trim_start_matches("wait: ")))
                && e["args"]["from"].as_str().is_some_and(|f| f.ends_with(&from))
        };
        assert!(events.iter().any(|e| waits(&e)), "{name}: {what} from {from}");
    }
    // A thread does one thing at a time, and its runs and waits fill its life.
    let main = thread("MainThread");
    let mut spans: Vec<(f64, f64)> = events
        .iter()
        .filter(|e| e["tid"] == main && e["ph"] == "X" && ["run", "wait", "native"].iter().any(|c| e["cat"] == *c))
        .filter(|e| !e["name"].as_str().unwrap_or_default().starts_with("wait: lock of a"))
        .map(|e| (e["ts"].as_f64().expect("a time"), e["dur"].as_f64().expect("a time")))
        .collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    for pair in spans.windows(2) {
        let gap = pair[1].0 - (pair[0].0 + pair[0].1);
        assert!(gap.abs() < 0.01, "{pair:?}");
    }
    assert!(events.iter().any(|e| e["name"] == "global collection" && e["tid"] == main));
    let sorter = thread("sorter");
    assert!(events.iter().any(|e| e["cat"] == "gc" && e["tid"] == sorter));
    let promoted = |name: &str| {
        let counts = events.iter().filter(|e| e["ph"] == "C" && e["name"].as_str().is_some_and(|n| n.contains(name)));
        counts.filter_map(|e| e["args"]["objects"].as_u64()).max().unwrap_or(0)
    };
    // Each list that is appended to the shared one is promoted, with what is in it.
    assert!(promoted("by sharer ") >= 200 * 3, "{}", promoted("by sharer "));
}
