//! The program `protopython`: reads its arguments, runs what they name, and ends in good order.

pub mod args;
mod help;
mod paths;
pub mod repl;
mod run;
mod switches;

use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use args::{Options, Stop};

/// Runs the program; the result is its exit status.
pub fn main() -> i32 {
    modules_system::os::fatal::let_kill();
    modules_system::os::fd::close_missing();
    match parsed() {
        Ok(options) => {
            for note in &options.notes {
                eprintln!("protopython: {note}");
            }
            run::run(prepare(options))
        }
        Err(Stop::Say(text)) => {
            let _ = std::io::stdout().write_all(text.as_bytes());
            0
        }
        Err(Stop::Fail(text)) => {
            let _ = std::io::stderr().write_all(text.as_bytes());
            if text.starts_with("Fatal Python error") { 1 } else { 2 }
        }
    }
}

/// Not part of the frame that lasts as long as the process, which the collector looks through.
#[inline(never)]
fn parsed() -> Result<Options, Stop> {
    args::parse(std::env::args_os().map(OsStringExt::into_vec).collect())
}

/// Adds the paths: where the binary is, and where modules are looked for.
#[inline(never)]
fn prepare(mut options: Options) -> Options {
    let config = &mut options.config;
    paths::Paths::find(config.flags.ignore_environment != 0).store(config);
    config.path = python_path(config.flags.ignore_environment != 0);
    config.path.push(modules_system::library::ROOT.as_bytes().to_vec());
    options
}

fn python_path(ignore: bool) -> Vec<Vec<u8>> {
    match std::env::var_os("PYTHONPATH").filter(|v| !ignore && !v.is_empty()) {
        Some(list) => list.as_bytes().split(|&b| b == b':').map(<[u8]>::to_vec).collect(),
        None => Vec::new(),
    }
}
