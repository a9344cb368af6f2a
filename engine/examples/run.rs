//! Runs a Python file on the bare engine (no library): for measuring the interpreter alone.
//! `cargo run --release -p engine --example run -- FILE`

#[path = "../tests/support/mod.rs"]
mod support;

use engine::ctx::Ctx;
use proto_core::Config;

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: run FILE");
        std::process::exit(2);
    };
    let source = match std::fs::read_to_string(&path) {
        Ok(s) => s,
        Err(e) => {
            eprintln!("{path}: {e}");
            std::process::exit(2);
        }
    };
    let mut cx = Ctx::create(Config::from_env());
    if support::run(&mut cx, &source, &path).is_err() {
        eprintln!("{}", support::describe(&mut cx));
        std::process::exit(1);
    }
}
