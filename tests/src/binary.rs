//! Where the interpreter under test is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The environment variable that names another binary to test.
pub const OVERRIDE: &str = "PROTOPYTHON_BIN";

/// The root folder of the workspace.
pub fn workspace() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// The `protopython` binary of the profile that this program was built with.
///
/// Cargo tells an integration test only about binaries of its own package, so the first call
/// builds it (once per process; nothing happens when it is up to date).
pub fn protopython() -> Result<&'static Path, String> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BINARY.get_or_init(locate).as_deref().map_err(Clone::clone)
}

fn locate() -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os(OVERRIDE) {
        return Ok(PathBuf::from(path));
    }
    built(&["-p", "python_env", "--bin", "protopython"], &format!("protopython{}", std::env::consts::EXE_SUFFIX))
}

/// The library that delays threads when it is preloaded (`tests/chaos`), built like the interpreter.
pub fn chaos() -> Result<PathBuf, String> {
    built(&["-p", "protopython_chaos"], "libprotopython_chaos.so")
}

/// Builds what `what` says in the profile of this program; the file of that name.
fn built(what: &[&str], name: &str) -> Result<PathBuf, String> {
    let folder = profile_folder()?;
    build(&folder, what)?;
    let file = folder.join(name);
    if file.is_file() { Ok(file) } else { Err(format!("{} was not built", file.display())) }
}

/// `target/<profile>`: tests lie in its `deps`, programs in itself.
fn profile_folder() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|e| format!("current executable: {e}"))?;
    let folder = own.parent().ok_or("the executable has no folder")?;
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(folder.to_path_buf())
}

fn build(folder: &Path, what: &[&str]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let mut command = Command::new(cargo);
    command.current_dir(workspace()).args(["build", "--quiet"]).args(what);
    match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => {}
        Some(profile) => {
            command.args(["--profile", profile]);
        }
    }
    if let Some(target) = folder.parent() {
        command.arg("--target-dir").arg(target);
    }
    let status = command.status().map_err(|e| format!("cargo build: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{} does not build", what.join(" "))) }
}

/// CPython 3.14, where it is installed: `$PEERS/bin/python3.14`, else `python3.14` of `PATH`.
pub fn cpython() -> Option<PathBuf> {
    find_peer("python3.14")
}

/// An interpreter by name in `$PEERS/bin` or in `PATH`.
pub fn find_peer(name: &str) -> Option<PathBuf> {
    let peers = std::env::var_os("PEERS").map(|p| PathBuf::from(p).join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    peers.into_iter().chain(std::env::split_paths(&path)).map(|folder| folder.join(name)).find(|p| p.is_file())
}
