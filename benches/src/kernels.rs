//! The kernels on disk: `kernels/` (one thread) and `threads/` (scaling).

use std::path::{Path, PathBuf};

/// The folder `benches/`.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A kernel file.
#[derive(Debug, Clone)]
pub struct Kernel {
    pub name: String,
    pub path: PathBuf,
    /// Its `N`, the size that takes CPython a third of a second or so.
    pub size: u64,
}

/// All kernels of `benches/<sub>`, sorted by name.
pub fn list(sub: &str) -> Result<Vec<Kernel>, String> {
    let folder = folder().join(sub);
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut kernels = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.extension().is_some_and(|e| e == "py") {
            kernels.push(read(path)?);
        }
    }
    kernels.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(kernels)
}

fn read(path: PathBuf) -> Result<Kernel, String> {
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let size = text
        .lines()
        .find_map(|line| line.strip_prefix("N = "))
        .and_then(|n| n.trim().replace('_', "").parse().ok())
        .ok_or_else(|| format!("{}: no line `N = NUMBER`", path.display()))?;
    let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Kernel { name, path, size })
}
