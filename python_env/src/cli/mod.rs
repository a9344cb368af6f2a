//! The program `protopython`: reads its arguments, runs what they name, and ends in good order.

pub mod args;
pub mod repl;
mod run;

use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use args::{Options, Stop};

/// Runs the program; the result is its exit status.
pub fn main() -> i32 {
    let args = std::env::args_os().map(OsStringExt::into_vec).collect();
    match args::parse(args) {
        Ok(options) => run::run(prepare(options)),
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

/// Adds the paths: where the binary is, and where modules are looked for.
fn prepare(mut options: Options) -> Options {
    let executable = std::env::current_exe().map(|p| p.into_os_string().into_vec()).unwrap_or_default();
    let config = &mut options.config;
    // `/usr/bin/protopython` belongs to the prefix `/usr`.
    let folder = std::path::Path::new(std::ffi::OsStr::from_bytes(&executable)).parent();
    let prefix = folder.map(|f| if f.ends_with("bin") { f.parent().unwrap_or(f) } else { f });
    config.prefix = prefix.map(|p| p.as_os_str().as_bytes().to_vec()).unwrap_or_else(|| b"/".to_vec());
    config.executable = executable;
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
