//! The bounded share of fuzzing that needs no coverage: the parser, the compiler and the verifier of images on the seeds and on
//! random changes of them. `fuzz/` has the same entry functions as targets of libFuzzer.
//!
//! `PROTOPYTHON_FUZZ_ROUNDS` and `PROTOPYTHON_FUZZ_SEED` say how many and which.

#[path = "../../../fuzz/entries/mutate.rs"]
mod mutate;
#[path = "../../../fuzz/entries/source.rs"]
mod source;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use mutate::{Corpus, number};

/// Seconds after which an input counts as one that hangs.
const LONGEST: u64 = 10;

/// An input that kills the process is in this file; one that panics is kept, too.
fn place(target: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    folder.join(format!("fuzz-{target}"))
}

fn check(target: &str, rounds: usize, entry: fn(&[u8])) {
    let corpus = Corpus::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz"), target).unwrap();
    let seed = number("PROTOPYTHON_FUZZ_SEED", 1);
    for input in corpus.inputs(seed as u64, number("PROTOPYTHON_FUZZ_ROUNDS", rounds)) {
        let start = Instant::now();
        let end = catch_unwind(AssertUnwindSafe(|| entry(&input)));
        let fault = match end {
            Err(_) => "panics",
            Ok(()) if start.elapsed().as_secs() >= LONGEST => "takes too long",
            Ok(()) => continue,
        };
        let file = place(target);
        let _ = std::fs::write(&file, &input);
        panic!("{target} {fault}: the input is in {}, {:?}", file.display(), String::from_utf8_lossy(&input));
    }
}

#[test]
fn parser() {
    check("parser", 4000, source::parser);
}

#[test]
fn compiler() {
    check("compiler", 4000, source::compiler);
}

#[test]
fn image() {
    check("image", 40_000, source::image);
}
