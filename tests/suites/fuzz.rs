//! The bounded share of fuzzing that needs no coverage: entry functions that need the runtime, on the seeds and on random changes of
//! them. `fuzz/` has the same functions as targets of libFuzzer; the compiler's own tests have those that need no runtime.
//!
//! `PROTOPYTHON_FUZZ_ROUNDS` and `PROTOPYTHON_FUZZ_SEED` say how many and which.

#[path = "../../fuzz/entries/mutate.rs"]
mod mutate;

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mutate::{Corpus, number};
use protopython_tests::process::limit_addresses;
use protopython_tests::{binary, scripts};

/// How long one input may take. Debugging builds are some ten times as slow, and so are others at work.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 10 });
/// Addresses of the process: who asks for more gets `MemoryError`.
const ADDRESSES: u64 = 4 << 30;

/// Kills the child and waits for it, however the test ends.
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn check(target: &str, rounds: usize) {
    let fuzz = binary::workspace().join("fuzz");
    let corpus = Corpus::read(&fuzz, target).unwrap();
    let rounds = number("PROTOPYTHON_FUZZ_ROUNDS", if cfg!(debug_assertions) { rounds / 10 } else { rounds });
    let inputs: Vec<Vec<u8>> = corpus.inputs(number("PROTOPYTHON_FUZZ_SEED", 1) as u64, rounds).collect();
    let log = std::env::temp_dir().join(format!("protopython-fuzz-{}-{target}", std::process::id()));
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    command.arg(fuzz.join("entries/drive.py")).arg(target);
    scripts::isolate(&mut command, "0");
    limit_addresses(&mut command, ADDRESSES);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(std::fs::File::create(&log).expect("a file for what it says"));
    let mut child = Reaped(command.spawn().expect("the interpreter starts"));
    let (mut stdin, mut stdout) = (child.0.stdin.take().unwrap(), child.0.stdout.take().unwrap());

    let done = AtomicUsize::new(0);
    let hung = std::thread::scope(|s| {
        let (inputs, done) = (&inputs, &done);
        s.spawn(move || {
            for input in inputs {
                let length = (input.len() as u32).to_le_bytes();
                // Who died reads no more.
                if stdin.write_all(&length).and_then(|()| stdin.write_all(input)).is_err() {
                    return;
                }
            }
        });
        let answers = s.spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n) = stdout.read(&mut buffer)
                && n > 0
            {
                done.fetch_add(n, Ordering::Relaxed);
            }
        });
        // Whoever does not answer for too long hangs.
        let (mut last, mut since) = (usize::MAX, Instant::now());
        while !answers.is_finished() {
            let now = done.load(Ordering::Relaxed);
            if now != last {
                (last, since) = (now, Instant::now());
            } else if since.elapsed() > LONGEST {
                let _ = child.0.kill();
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    });
    let end = child.0.wait().expect("its end");
    let said = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    if end.success() && done.load(Ordering::Relaxed) == inputs.len() {
        return;
    }
    let n = done.load(Ordering::Relaxed);
    let input = inputs.get(n).map_or(&[][..], Vec::as_slice);
    let file = std::env::temp_dir().join(format!("protopython-fuzz-fault-{target}"));
    let _ = std::fs::write(&file, input);
    let how = if hung { "no answer".to_owned() } else { end.to_string() };
    panic!("{target}: {how} for input {n} of {}, which is in {}: {input:?}\n{said}", inputs.len(), file.display());
}

#[test]
fn trees() {
    check("trees", 3000);
}

#[test]
fn code() {
    check("code", 8000);
}

#[test]
fn pickle() {
    check("pickle", 8000);
}

#[test]
fn marshal() {
    check("marshal", 20_000);
}

#[test]
fn regex() {
    check("regex", 8000);
}

#[test]
fn structs() {
    check("struct", 15_000);
}

#[test]
fn zlib() {
    check("zlib", 3000);
}
