//! What must not end or hold up the process, whatever it does to it: wrapping without end, and signals that come while native
//! code works.

use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{End, run};
use protopython_tests::{binary, scripts};

/// Only for what hangs.
const LIMIT: Duration = Duration::from_secs(600);

/// Runs a program of `tests/tools`; what it printed.
fn tool(name: &str, arguments: &[&str]) -> String {
    let path = format!("{}/tools/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    command.arg(path).args(arguments);
    scripts::isolate(&mut command, "0");
    let outcome = run(&mut command, b"", LIMIT).expect("the interpreter starts");
    assert_eq!(outcome.end, End::Exited(0), "{}\n{}", outcome.stdout, outcome.stderr);
    outcome.stdout
}

/// Integers, patterns, nesting, compression and hashes: each operation takes minutes or for ever, and the signal comes after a tenth of a second.
#[test]
fn signals_are_heard_while_native_code_works() {
    let names = [
        "int *",
        "int * longer",
        "int **",
        "int //",
        "int %",
        "divmod",
        "pow with modulus",
        "pow of 2048 bits",
        "pow inverse",
        "str of an int",
        "repr of an int",
        "format of an int",
        "% of an int",
        "int of a str",
        "factorial",
        "comb",
        "comb of large",
        "perm",
        "isqrt",
        "gcd",
        "lcm",
        "prod",
        "re.match",
        "re.search",
        "re.fullmatch",
        "re.findall",
        "re.split",
        "re.sub",
        "re.finditer",
        "re with a look",
        "re atomic",
        "re lazy",
        "re of characters",
        "re of bytes",
        "eq of nested",
        "repr of nested",
        "zlib.compress",
        "zlib.decompress",
        "bz2.compress",
        "bz2.decompress",
        "lzma.compress",
        "lzma.decompress",
        "sha256",
        "pbkdf2",
        "scrypt",
        "marshal.dumps",
    ];
    let printed = tool("interrupted.py", &names);
    assert!(printed.ends_with(&format!("{0} of {0} heard\n", names.len())), "{printed}");
}

/// What CPython does not survive itself, so that no expectation of its can exist: nothing is "done" where a slot recurses.
#[test]
fn native_recursion_raises() {
    let printed = tool("native_recursion.py", &[]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.last(), Some(&"alive"), "{printed}");
    let (chains, texts): (Vec<&str>, Vec<&str>) =
        lines[..lines.len() - 1].iter().partition(|l| l.contains("RecursionError"));
    assert_eq!((chains.len(), texts.len()), (11, 18), "{printed}");
    assert!(texts.iter().all(|l| l.ends_with("refused")), "{printed}");
}

/// A share of `wrap.py`, which finds the types that can hold another and wraps each in itself: less depth on a small stack than
/// 100,000 on a large one, which takes hours (`--depth 100000`). `PROTOPYTHON_WRAP_SEED` and `PROTOPYTHON_WRAP_SECONDS` take others.
#[test]
fn what_is_wrapped_without_end_raises() {
    let variable = |name: &str, default: &str| std::env::var(name).unwrap_or(default.to_owned());
    let (seed, seconds) = (variable("PROTOPYTHON_WRAP_SEED", "1"), variable("PROTOPYTHON_WRAP_SECONDS", "15"));
    let shared = ["--seed", &seed, "--seconds", &seconds];
    let printed = tool("wrap.py", &[&["--stack", "131072", "--depth", "3000"], &shared[..]].concat());
    assert!(printed.ends_with(" ways to wrap\n"), "{printed}");
    // Containers of the core types, as deep as it says.
    for only in ["[x]", "closure"] {
        let printed = tool("wrap.py", &[&["--depth", "100000", "--only", only], &shared[2..]].concat());
        assert!(printed.ends_with(" ways to wrap\n"), "{printed}");
    }
}
