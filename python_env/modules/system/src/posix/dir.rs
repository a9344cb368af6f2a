//! Reading directories: `listdir`, `scandir` and its entries.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use engine::prelude::*;
use rustix::fs::{self, AtFlags, CWD, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::stat::{named, stat_result};
use crate::convert::{Accept, Path, fs_encode, os_error_at, path};
use crate::library_files;
use crate::os::fd::borrow;

/// One name with the kind and inode that the directory knows.
struct Found {
    name: Vec<u8>,
    kind: FileType,
    ino: u64,
}

/// Reads a directory whole. One call into the system serves some hundred names, so laziness gains nothing.
fn read(p: &Path) -> Result<VecDeque<Found>, Errno> {
    read_system(p).or_else(|e| match library_files::list(&p.bytes) {
        Some(names) if e == Errno::NOENT && p.fd.is_none() => {
            let found = |&(name, kind): &(&str, _)| Found { name: name.as_bytes().to_vec(), kind, ino: 0 };
            Ok(names.iter().map(found).collect())
        }
        _ => Err(e),
    })
}

fn read_system(p: &Path) -> Result<VecDeque<Found>, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = match p.fd {
        // A descriptor of our own, so that its owner's position and life stay as they are.
        Some(n) => {
            let dup = fs::openat(borrow(n)?, c".", flags, Mode::empty())?;
            Dir::new(dup)?
        }
        None => Dir::new(fs::openat(CWD, p.bytes.as_slice(), flags, Mode::empty())?)?,
    };
    let mut all = VecDeque::new();
    for entry in dir {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            all.push_back(Found { name: name.to_vec(), kind: entry.file_type(), ino: entry.ino() });
        }
    }
    Ok(all)
}

/// `listdir(path=None)`
pub fn listdir(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "listdir", "path", Accept::All)?;
    match crate::descriptors::passing(cx, || read(&p))? {
        Ok(found) => {
            let names = List::with_capacity(cx, found.len());
            for f in &found {
                let name = p.name_like(cx, &f.name);
                names.push(cx, name);
            }
            Ok(names.value())
        }
        Err(e) => Err(os_error_at(cx, e, &p)),
    }
}

// ScandirIterator: slot 0 = the path as given, slot 1 = Rust payload.
struct Scan {
    left: Mutex<VecDeque<Found>>,
    /// Whether the program has neither closed it nor seen its end.
    open: AtomicBool,
    path: Vec<u8>,
    was_bytes: bool,
    fd: Option<i32>,
}

/// The iterator of `scandir`, also a context manager.
pub static SCANDIR_ITERATOR: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 2,
    slots: Slots { iter: Some(slots::self_iter), next: Some(scandir_next), ..Slots::NONE },
    methods: &[
        NativeDef::new("close", "($self)", scandir_close, "Forget the rest."),
        NativeDef::new("__enter__", "($self)", scandir_enter, ""),
        NativeDef::new("__exit__", "($self, *args)", scandir_close, ""),
        NativeDef::new("__del__", "($self, /)", scandir_del, "Called when the instance is about to be destroyed."),
    ],
    ..TypeDef::new("posix", "ScandirIterator")
};

/// `scandir(path=None)`
pub fn scandir(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "scandir", "path", Accept::All)?;
    match crate::descriptors::passing(cx, || read(&p))? {
        Ok(found) => {
            let it = cx.new_object(&SCANDIR_ITERATOR, &[p.value]);
            let scan = Scan {
                left: Mutex::new(found),
                open: AtomicBool::new(true),
                path: if p.value == Value::NONE { b".".to_vec() } else { p.bytes },
                was_bytes: p.was_bytes,
                fd: p.fd,
            };
            if let Some(obj) = Obj::of(it) {
                obj.set_payload(cx, 1, scan);
            }
            Ok(it)
        }
        Err(e) => Err(os_error_at(cx, e, &p)),
    }
}

fn with_scan<R>(cx: &Ctx, it: Value, f: impl FnOnce(&Scan) -> R) -> Option<R> {
    Obj::of(it).and_then(|o| o.payload::<Scan>(cx, 1)).map(f)
}

fn scandir_next(cx: &mut Ctx, it: Value) -> PyResult {
    let next = with_scan(cx, it, |s| {
        let found = s.left.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
        Some((found, s.path.clone(), s.was_bytes, s.fd))
    });
    let Some(Some((found, base, was_bytes, fd))) = next else {
        with_scan(cx, it, |s| s.open.store(false, Ordering::Relaxed));
        cx.skip_finalizer(it);
        return Ok(Value::EMPTY);
    };
    let holder = Path { value: Value::NONE, bytes: Vec::new(), fd: None, was_bytes };
    let name = holder.name_like(cx, &found.name);
    let full = if fd.is_some() {
        found.name.clone()
    } else {
        let mut full = base;
        if full.last() != Some(&b'/') {
            full.push(b'/');
        }
        full.extend_from_slice(&found.name);
        full
    };
    let path = holder.name_like(cx, &full);
    let entry = cx.new_object(&DIR_ENTRY, &[name, path, Value::EMPTY, Value::EMPTY]);
    if let Some(obj) = Obj::of(entry) {
        obj.set_payload(cx, 4, Entry { full, kind: found.kind, ino: found.ino, fd });
    }
    Ok(entry)
}

fn scandir_close(cx: &mut Ctx, args: Args) -> PyResult {
    with_scan(cx, args[0], |s| {
        s.left.lock().unwrap_or_else(PoisonError::into_inner).clear();
        s.open.store(false, Ordering::Relaxed);
    });
    cx.skip_finalizer(args[0]);
    Ok(Value::NONE)
}

/// The directory was closed as soon as it was opened, but the program should know that it leaves that to chance.
fn scandir_del(cx: &mut Ctx, args: Args) -> PyResult {
    if with_scan(cx, args[0], |s| s.open.swap(false, Ordering::Relaxed)) == Some(true) {
        crate::warnings::unclosed(cx, "scandir iterator", args[0], args[0]);
    }
    Ok(Value::NONE)
}

fn scandir_enter(_cx: &mut Ctx, args: Args) -> PyResult {
    Ok(args[0])
}

// DirEntry: slots 0 name, 1 path, 2 and 3 the remembered stat results (followed, link itself), 4 payload.
struct Entry {
    full: Vec<u8>,
    kind: FileType,
    ino: u64,
    fd: Option<i32>,
}

/// `os.DirEntry`.
pub static DIR_ENTRY: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 5,
    slots: Slots { repr: Some(entry_repr), ..Slots::NONE },
    members: &[Member::ro("name", 0, "the entry's base name"), Member::ro("path", 1, "the entry's full path")],
    methods: &[
        NativeDef::new("is_dir", "($self, /, *, follow_symlinks=True)", entry_is_dir, "Whether it is a directory."),
        NativeDef::new(
            "is_file",
            "($self, /, *, follow_symlinks=True)",
            entry_is_file,
            "Whether it is a regular file.",
        ),
        NativeDef::new("is_symlink", "($self, /)", entry_is_symlink, "Whether it is a symbolic link."),
        NativeDef::new("is_junction", "($self, /)", entry_is_junction, "Always false on this system."),
        NativeDef::new("stat", "($self, /, *, follow_symlinks=True)", entry_stat, "The entry's stat_result."),
        NativeDef::new("inode", "($self, /)", entry_inode, "The entry's inode number."),
        NativeDef::new("__fspath__", "($self, /)", entry_fspath, "The entry's path."),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, item, /)", native::class_getitem, "")],
    ..TypeDef::new("posix", "DirEntry")
};

fn entry_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let name = Obj::of(v).map_or(Value::NONE, |o| o.slot(cx, 0));
    let name = protocol::repr(cx, name)?;
    let mut out = StrBuilder::new();
    out.push_str("<DirEntry ");
    if let Some(name) = Str::of(name) {
        out.push(name);
    }
    out.push_str(">");
    out.wish(cx)
}

fn with_entry<R>(cx: &Ctx, v: Value, f: impl FnOnce(&Entry) -> R) -> Option<R> {
    Obj::of(v).and_then(|o| o.payload::<Entry>(cx, 4)).map(f)
}

/// The file type bits of the entry, asking the system only where the directory did not tell.
fn mode_of(cx: &mut Ctx, v: Value, follow: bool) -> Res<Option<FileType>> {
    let known = with_entry(cx, v, |e| e.kind).unwrap_or(FileType::Unknown);
    let ask = known == FileType::Unknown || (follow && known == FileType::Symlink);
    if !ask {
        return Ok(Some(known));
    }
    match raw_stat(cx, v, follow) {
        Ok(st) => Ok(Some(FileType::from_raw_mode(st.st_mode))),
        Err(Errno::NOENT) => Ok(None),
        Err(e) => {
            let name = Obj::of(v).map_or(Value::NONE, |o| o.slot(cx, 1));
            Err(cx.os_error(e.raw_os_error(), Some(name)))
        }
    }
}

fn raw_stat(cx: &mut Ctx, v: Value, follow: bool) -> Result<fs::Stat, Errno> {
    let Some((full, fd)) = with_entry(cx, v, |e| (e.full.clone(), e.fd)) else { return Err(Errno::NOENT) };
    let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    let at = match fd {
        Some(n) => borrow(n)?,
        None => CWD,
    };
    cx.blocking(|| named(at, &full, flags))
}

fn entry_is_dir(cx: &mut Ctx, args: Args) -> PyResult {
    let follow = args.truth_or(cx, 1, true)?;
    Ok(Value::bool(mode_of(cx, args[0], follow)? == Some(FileType::Directory)))
}

fn entry_is_file(cx: &mut Ctx, args: Args) -> PyResult {
    let follow = args.truth_or(cx, 1, true)?;
    Ok(Value::bool(mode_of(cx, args[0], follow)? == Some(FileType::RegularFile)))
}

fn entry_is_symlink(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(mode_of(cx, args[0], false)? == Some(FileType::Symlink)))
}

fn entry_is_junction(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::FALSE)
}

fn entry_stat(cx: &mut Ctx, args: Args) -> PyResult {
    let follow = args.truth_or(cx, 1, true)?;
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let memo = if follow { 2 } else { 3 };
    let known = obj.slot(cx, memo);
    if !known.is_empty() {
        return Ok(known);
    }
    match raw_stat(cx, args[0], follow) {
        Ok(st) => {
            let result = stat_result(cx, &st);
            obj.set_slot(cx, memo, result);
            Ok(result)
        }
        Err(e) => {
            let name = obj.slot(cx, 1);
            Err(cx.os_error(e.raw_os_error(), Some(name)))
        }
    }
}

fn entry_inode(cx: &mut Ctx, args: Args) -> PyResult {
    let ino = with_entry(cx, args[0], |e| e.ino).unwrap_or(0);
    Ok(int::from_u64(cx, ino))
}

fn entry_fspath(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Obj::of(args[0]).map_or(Value::NONE, |o| o.slot(cx, 1)))
}

/// The bytes of a path-like value that is already `str` or `bytes`.
pub fn raw_name(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    match Bytes::of_sub(cx, v) {
        Some(b) => Ok(b.as_slice().to_vec()),
        None => fs_encode(cx, v),
    }
}
