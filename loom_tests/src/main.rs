//! The models of the protocols between threads, and what runs them. See `README.md`.
//!
//! `cargo run -p loom_tests` builds this crate once more with `--cfg model --cfg loom` (and `--cfg shuttle`) and runs each
//! model of that build in a process of its own.

#[cfg(model)]
mod models;
#[cfg(not(model))]
mod runner;

#[cfg(not(model))]
fn main() -> std::process::ExitCode {
    runner::main()
}

#[cfg(model)]
fn main() -> std::process::ExitCode {
    models::main()
}
