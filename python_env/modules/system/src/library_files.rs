//! The library as files: what its modules call `__file__` can be opened, asked for and listed, though no such folder exists.
//!
//! Each call asks the system first; only where that finds nothing is a name below [`ROOT`] looked for here.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::os::fd::OwnedFd;
use std::sync::OnceLock;

use rustix::fs::{self, FileType, MemfdFlags, OFlags, SealFlags};
use rustix::io::Errno;

use crate::library::{self, ROOT};

/// What lies in a folder: name and kind.
type Folder = Vec<(&'static str, FileType)>;

/// The folders by their path below the root, "" the root itself.
fn folders() -> &'static BTreeMap<&'static str, Folder> {
    static FOLDERS: OnceLock<BTreeMap<&'static str, Folder>> = OnceLock::new();
    FOLDERS.get_or_init(|| {
        let mut folders: BTreeMap<&'static str, Folder> = BTreeMap::new();
        for path in paths() {
            let mut kind = FileType::RegularFile;
            let mut rest: &'static str = path;
            loop {
                let (folder, name) = rest.rsplit_once('/').unwrap_or(("", rest));
                let known = folders.contains_key(folder);
                folders.entry(folder).or_default().push((name, kind));
                if known || folder.is_empty() {
                    break;
                }
                (rest, kind) = (folder, FileType::Directory);
            }
        }
        folders
    })
}

/// The files' paths below the root. They are kept: there is one library.
fn paths() -> &'static [String] {
    static PATHS: OnceLock<Vec<String>> = OnceLock::new();
    PATHS.get_or_init(|| {
        let Some(library) = library::get() else { return Vec::new() };
        let of_module = |name: &str| {
            let path = name.replace('.', "/");
            if library.find(name) == Some(true) { format!("{path}/__init__.py") } else { format!("{path}.py") }
        };
        let mut all: Vec<String> = library.source_names().map(of_module).collect();
        all.extend(library.data_names().map(str::to_owned));
        all.sort();
        all
    })
}

/// The path below the root.
fn below(path: &[u8]) -> Option<String> {
    // What is elsewhere is told at once.
    if !path.starts_with(b"/protopython") {
        return None;
    }
    let path = String::from_utf8(crate::posix::fs::normalized(path)).ok()?;
    let rest = path.strip_prefix(ROOT)?;
    if rest.is_empty() { Some(String::new()) } else { rest.strip_prefix('/').map(str::to_owned) }
}

/// The bytes of a file of the library.
pub fn read(path: &[u8]) -> Option<Vec<u8>> {
    content(&below(path)?)
}

fn content(path: &str) -> Option<Vec<u8>> {
    paths().binary_search_by(|p| p.as_str().cmp(path)).ok()?;
    let library = library::get()?;
    library.data(path).or_else(|| {
        let name = path.strip_suffix(".py")?;
        library.data(&name.strip_suffix("/__init__").unwrap_or(name).replace('/', "."))
    })
}

/// The names and kinds in a folder of the library.
pub fn list(path: &[u8]) -> Option<&'static [(&'static str, FileType)]> {
    folders().get(below(path)?.as_str()).map(Vec::as_slice)
}

/// What the system would tell of a file or folder of the library: owner and times are the executable's.
pub fn stat(path: &[u8]) -> Option<fs::Stat> {
    let path = below(path)?;
    let folder = folders().keys().position(|p| *p == path);
    let file = paths().binary_search(&path).ok();
    let (mode, size, number) = match (folder, file) {
        (Some(n), _) => (libc::S_IFDIR | 0o555, 0, n),
        (None, Some(n)) => (libc::S_IFREG | 0o444, content(&path)?.len(), n + folders().len()),
        (None, None) => return None,
    };
    let mut st = fs::stat("/proc/self/exe").ok()?;
    (st.st_mode, st.st_size, st.st_nlink) = (mode, size as i64, 1);
    st.st_blocks = size.div_ceil(512) as i64;
    // Files of the executable's device have other numbers.
    st.st_ino = 1 << 60 | number as u64;
    Some(st)
}

/// Opens a file of the library for reading, as a copy that cannot be changed; None: there is no such file.
pub fn open(path: &[u8], flags: i32) -> Option<Result<OwnedFd, Errno>> {
    let path = below(path)?;
    if folders().contains_key(path.as_str()) {
        return Some(Err(Errno::ISDIR));
    }
    let bytes = content(&path)?;
    let writes = OFlags::WRONLY | OFlags::RDWR | OFlags::TRUNC;
    if OFlags::from_bits_retain(flags as u32).intersects(writes) {
        return Some(Err(Errno::ROFS));
    }
    Some(copy(&path, &bytes))
}

fn copy(name: &str, bytes: &[u8]) -> Result<OwnedFd, Errno> {
    let fd = fs::memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut file = std::fs::File::from(fd);
    file.write_all(bytes).and_then(|()| file.rewind()).map_err(|e| Errno::from_io_error(&e).unwrap_or(Errno::IO))?;
    fs::fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    Ok(file.into())
}
