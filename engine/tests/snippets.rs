//! Runs the Python files of `snippets/`, which assert what they expect, plainly and with a collection at every poll.

mod support;

use std::path::Path;

use engine::ctx::Ctx;
use proto_core::Config;

fn run_all(config: impl Fn() -> Config) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snippets");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("folder").map(|e| e.expect("entry").path()).collect();
    files.sort();
    for file in files {
        let source = std::fs::read_to_string(&file).expect("readable");
        let mut cx = Ctx::create(config());
        let name = file.display().to_string();
        if support::run(&mut cx, &source, &name).is_err() {
            panic!("{name}:\n{}", support::describe(&mut cx));
        }
    }
}

/// Tests run on threads with small stacks; the interpreter needs a main thread's.
fn with_stack(f: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(f).expect("thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn plain() {
    with_stack(|| run_all(Config::default));
}

#[test]
fn collecting_at_every_poll() {
    with_stack(|| run_all(|| Config { gc_stress: true, verify: true, ..Config::default() }));
}
