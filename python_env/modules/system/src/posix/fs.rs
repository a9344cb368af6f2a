//! Changing the file tree.

use engine::prelude::*;
use rustix::fs::{self, Access, AtFlags, CWD, FileType, Gid, Mode, Timespec, Timestamps, Uid};
use rustix::io::Errno;

use super::dir_fd;
use crate::convert::{
    Accept, Path, c_int, c_long, done, done_at, fd, fs_decode, id_arg, int_value, os_error, os_error_at, path,
};
use crate::descriptors;
use crate::os::fd::borrow;

fn mode(bits: i32) -> Mode {
    Mode::from_raw_mode(bits as u32)
}

/// The exception for a call on two paths.
fn pair_error(cx: &mut Ctx, e: Errno, a: &Path, b: &Path) -> Raised {
    let (a, b) = (a.value, b.value);
    cx.os_error2(e.raw_os_error(), a, b)
}

/// `mkdir(path, mode=0o777, *, dir_fd=None)`
pub fn mkdir(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "mkdir", "path", Accept::Names)?;
    let bits = args.get(1).map_or(Ok(0o777), |v| c_int(cx, v))?;
    let at = dir_fd(cx, args[2])?;
    let r = at.and_then(|at| cx.blocking(|| fs::mkdirat(at, p.bytes.as_slice(), mode(bits))));
    done_at(cx, r, &p)
}

/// `rmdir(path, *, dir_fd=None)`
pub fn rmdir(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "rmdir", "path", Accept::Names)?;
    let at = dir_fd(cx, args[1])?;
    let r = at.and_then(|at| cx.blocking(|| fs::unlinkat(at, p.bytes.as_slice(), AtFlags::REMOVEDIR)));
    done_at(cx, r, &p)
}

/// `unlink(path, *, dir_fd=None)`
pub fn unlink(cx: &mut Ctx, args: Args) -> PyResult {
    remove_named(cx, args, "unlink")
}

/// `remove(path, *, dir_fd=None)`
pub fn remove(cx: &mut Ctx, args: Args) -> PyResult {
    remove_named(cx, args, "remove")
}

fn remove_named(cx: &mut Ctx, args: Args, name: &str) -> PyResult {
    let p = path(cx, args[0], name, "path", Accept::Names)?;
    let at = dir_fd(cx, args[1])?;
    let r = at.and_then(|at| cx.blocking(|| fs::unlinkat(at, p.bytes.as_slice(), AtFlags::empty())));
    done_at(cx, r, &p)
}

/// `rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)`
pub fn rename(cx: &mut Ctx, args: Args) -> PyResult {
    rename_named(cx, args, "rename")
}

/// `replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)`
pub fn replace(cx: &mut Ctx, args: Args) -> PyResult {
    rename_named(cx, args, "replace")
}

fn rename_named(cx: &mut Ctx, args: Args, name: &str) -> PyResult {
    let a = path(cx, args[0], name, "src", Accept::Names)?;
    let b = path(cx, args[1], name, "dst", Accept::Names)?;
    let (from, to) = (dir_fd(cx, args[2])?, dir_fd(cx, args[3])?);
    let r = from.and_then(|from| {
        let to = to?;
        cx.blocking(|| fs::renameat(from, a.bytes.as_slice(), to, b.bytes.as_slice()))
    });
    match r {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(pair_error(cx, e, &a, &b)),
    }
}

/// `link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)`
pub fn link(cx: &mut Ctx, args: Args) -> PyResult {
    let a = path(cx, args[0], "link", "src", Accept::Names)?;
    let b = path(cx, args[1], "link", "dst", Accept::Names)?;
    let (from, to) = (dir_fd(cx, args[2])?, dir_fd(cx, args[3])?);
    let flags = if args.truth_or(cx, 4, true)? { AtFlags::SYMLINK_FOLLOW } else { AtFlags::empty() };
    let r = from.and_then(|from| {
        let to = to?;
        cx.blocking(|| fs::linkat(from, a.bytes.as_slice(), to, b.bytes.as_slice(), flags))
    });
    match r {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(pair_error(cx, e, &a, &b)),
    }
}

/// `symlink(src, dst, target_is_directory=False, *, dir_fd=None)`
pub fn symlink(cx: &mut Ctx, args: Args) -> PyResult {
    let a = path(cx, args[0], "symlink", "src", Accept::Names)?;
    let b = path(cx, args[1], "symlink", "dst", Accept::Names)?;
    let at = dir_fd(cx, args[3])?;
    let r = at.and_then(|at| cx.blocking(|| fs::symlinkat(a.bytes.as_slice(), at, b.bytes.as_slice())));
    match r {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(pair_error(cx, e, &a, &b)),
    }
}

/// `readlink(path, *, dir_fd=None)`
pub fn readlink(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "readlink", "path", Accept::Names)?;
    let at = dir_fd(cx, args[1])?;
    match at.and_then(|at| cx.blocking(|| fs::readlinkat(at, p.bytes.as_slice(), Vec::new()))) {
        Ok(target) => Ok(p.name_like(cx, target.to_bytes())),
        Err(e) => Err(os_error_at(cx, e, &p)),
    }
}

/// `chmod(path, mode, *, dir_fd=None, follow_symlinks=True)`
pub fn chmod(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "chmod", "path", Accept::NamesAndFds)?;
    let bits = mode(c_int(cx, args[1])?);
    let follow = args.truth_or(cx, 3, true)?;
    let has_dir = args.get(2).is_some_and(|v| v != Value::NONE);
    let r = match p.fd {
        Some(n) => borrow(n).and_then(|f| fs::fchmod(f, bits)),
        None => {
            let at = dir_fd(cx, args[2])?;
            at.and_then(|at| match follow {
                true => cx.blocking(|| fs::chmodat(at, p.bytes.as_slice(), bits, AtFlags::empty())),
                // The C library knows how, where the system call does not.
                false => cx.blocking(|| crate::os::fd::chmod_link(at, &p.c_str(), bits)),
            })
        }
    };
    if !follow && p.fd.is_none() && matches!(r, Err(Errno::NOTSUP)) {
        return Err(match has_dir {
            true => cx.value_error("chmod: cannot use dir_fd and follow_symlinks together"),
            false => cx.raise(Exc::NotImplementedError, "chmod: follow_symlinks unavailable on this platform"),
        });
    }
    done_at(cx, r, &p)
}

/// `fchmod(fd, mode)`
pub fn fchmod(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let bits = mode(c_int(cx, args[1])?);
    let r = borrow(n).and_then(|f| fs::fchmod(f, bits));
    done(cx, r)
}

fn owner(uid: u32, gid: u32) -> (Option<Uid>, Option<Gid>) {
    ((uid != u32::MAX).then(|| Uid::from_raw(uid)), (gid != u32::MAX).then(|| Gid::from_raw(gid)))
}

/// `chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)`
pub fn chown(cx: &mut Ctx, args: Args) -> PyResult {
    let follow = args.truth_or(cx, 4, true)?;
    chown_named(cx, args, "chown", follow)
}

/// `lchown(path, uid, gid)`
pub fn lchown(cx: &mut Ctx, args: Args) -> PyResult {
    chown_named(cx, args, "lchown", false)
}

fn chown_named(cx: &mut Ctx, args: Args, name: &str, follow: bool) -> PyResult {
    let accept = if name == "chown" { Accept::NamesAndFds } else { Accept::Names };
    let p = path(cx, args[0], name, "path", accept)?;
    let (uid, gid) = owner(id_arg(cx, args[1], "uid")?, id_arg(cx, args[2], "gid")?);
    let r = match p.fd {
        Some(n) => borrow(n).and_then(|f| fs::fchown(f, uid, gid)),
        None => {
            let at = match args.get(3) {
                Some(v) => dir_fd(cx, v)?,
                None => Ok(CWD),
            };
            let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
            at.and_then(|at| cx.blocking(|| fs::chownat(at, p.bytes.as_slice(), uid, gid, flags)))
        }
    };
    done_at(cx, r, &p)
}

/// `fchown(fd, uid, gid)`
pub fn fchown(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let (uid, gid) = owner(id_arg(cx, args[1], "uid")?, id_arg(cx, args[2], "gid")?);
    let r = borrow(n).and_then(|f| fs::fchown(f, uid, gid));
    done(cx, r)
}

/// `access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)`
pub fn access(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "access", "path", Accept::Names)?;
    let wanted = Access::from_bits_retain(c_int(cx, args[1])? as u32);
    let at = dir_fd(cx, args[2])?;
    let mut flags = AtFlags::empty();
    if args.truth_or(cx, 3, false)? {
        flags |= AtFlags::EACCESS;
    }
    if !args.truth_or(cx, 4, true)? {
        flags |= AtFlags::SYMLINK_NOFOLLOW;
    }
    let r = at.and_then(|at| cx.blocking(|| fs::accessat(at, p.bytes.as_slice(), wanted, flags)));
    let of_library = || {
        let mode = crate::library_files::stat(&p.bytes).map_or(0, |st| st.st_mode);
        mode & wanted.bits() == wanted.bits() && mode != 0
    };
    Ok(Value::bool(r.is_ok() || r == Err(Errno::NOENT) && of_library()))
}

/// `truncate(path, length)`
pub fn truncate(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "truncate", "path", Accept::NamesAndFds)?;
    let length = c_long(cx, args[1])?;
    let r = match (p.fd, u64::try_from(length)) {
        (_, Err(_)) => Err(Errno::INVAL),
        (Some(n), Ok(length)) => borrow(n).and_then(|f| fs::ftruncate(f, length)),
        (None, Ok(length)) => descriptors::passing(cx, || {
            let f = fs::openat(CWD, p.bytes.as_slice(), fs::OFlags::WRONLY | fs::OFlags::CLOEXEC, Mode::empty())?;
            fs::ftruncate(f, length)
        })?,
    };
    done_at(cx, r, &p)
}

/// `chdir(path)`
pub fn chdir(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "chdir", "path", Accept::NamesAndFds)?;
    let r = match p.fd {
        Some(n) => borrow(n).and_then(rustix::process::fchdir),
        None => rustix::process::chdir(p.bytes.as_slice()),
    };
    done_at(cx, r, &p)
}

/// `fchdir(fd)`
pub fn fchdir(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let r = borrow(n).and_then(rustix::process::fchdir);
    done(cx, r)
}

/// `chroot(path)`
pub fn chroot(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "chroot", "path", Accept::Names)?;
    let r = rustix::process::chroot(p.bytes.as_slice());
    done_at(cx, r, &p)
}

/// `getcwd()`
pub fn getcwd(cx: &mut Ctx, _args: Args) -> PyResult {
    match rustix::process::getcwd(Vec::new()) {
        Ok(dir) => Ok(fs_decode(cx, dir.to_bytes())),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `getcwdb()`
pub fn getcwdb(cx: &mut Ctx, _args: Args) -> PyResult {
    match rustix::process::getcwd(Vec::new()) {
        Ok(dir) => Bytes::wish(cx, dir.to_bytes()),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `mkfifo(path, mode=0o666, *, dir_fd=None)`
pub fn mkfifo(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "mkfifo", "path", Accept::Names)?;
    let bits = args.get(1).map_or(Ok(0o666), |v| c_int(cx, v))?;
    let at = dir_fd(cx, args[2])?;
    let r = at.and_then(|at| cx.blocking(|| fs::mknodat(at, p.bytes.as_slice(), FileType::Fifo, mode(bits), 0)));
    done_at(cx, r, &p)
}

/// `mknod(path, mode=0o600, device=0, *, dir_fd=None)`
pub fn mknod(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "mknod", "path", Accept::Names)?;
    let bits = args.get(1).map_or(Ok(0o600), |v| c_int(cx, v))? as u32;
    let device = args.get(2).map_or(Ok(0), |v| c_long(cx, v))? as u64;
    let at = dir_fd(cx, args[3])?;
    let kind = if bits & 0o170000 == 0 { FileType::RegularFile } else { FileType::from_raw_mode(bits) };
    let r =
        at.and_then(|at| cx.blocking(|| fs::mknodat(at, p.bytes.as_slice(), kind, Mode::from_raw_mode(bits), device)));
    done_at(cx, r, &p)
}

fn timespec_of_seconds(cx: &mut Ctx, v: Value) -> Res<Timespec> {
    let nanos = crate::time::nanoseconds(cx, v, crate::time::Round::Floor)?;
    Ok(split(nanos))
}

fn split(nanos: i128) -> Timespec {
    Timespec { tv_sec: nanos.div_euclid(1_000_000_000) as i64, tv_nsec: nanos.rem_euclid(1_000_000_000) as i64 }
}

/// `utime(path, times=None, *, ns=<unset>, dir_fd=None, follow_symlinks=True)`
pub fn utime(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "utime", "path", Accept::NamesAndFds)?;
    let times = args.get(1).filter(|&v| v != Value::NONE);
    let ns = args.get(2);
    let follow = args.truth_or(cx, 4, true)?;
    if times.is_some() && ns.is_some() {
        return Err(cx.value_error("utime: you may specify either 'times' or 'ns' but not both"));
    }
    let pair = |cx: &mut Ctx, v: Value, what: &str| match Tuple::of_sub(cx, v) {
        Some(t) if t.len() == 2 => Ok((t.get(0), t.get(1))),
        _ => Err(cx.type_error(format!(
            "utime: '{what}' must be {}",
            if what == "times" { "either a tuple of two ints or None" } else { "a tuple of two ints" }
        ))),
    };
    let stamps = if let Some(v) = times {
        let (a, m) = pair(cx, v, "times")?;
        Timestamps { last_access: timespec_of_seconds(cx, a)?, last_modification: timespec_of_seconds(cx, m)? }
    } else if let Some(v) = ns {
        let (a, m) = pair(cx, v, "ns")?;
        let (a, m) = (i128::from(c_long(cx, a)?), i128::from(c_long(cx, m)?));
        Timestamps { last_access: split(a), last_modification: split(m) }
    } else {
        let now = Timespec { tv_sec: 0, tv_nsec: fs::UTIME_NOW as _ };
        Timestamps { last_access: now, last_modification: now }
    };
    let r = match p.fd {
        Some(n) => borrow(n).and_then(|f| fs::futimens(f, &stamps)),
        None => {
            let at = dir_fd(cx, args[3])?;
            let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
            at.and_then(|at| cx.blocking(|| fs::utimensat(at, p.bytes.as_slice(), &stamps, flags)))
        }
    };
    done_at(cx, r, &p)
}

/// `fspath(path)`
pub fn fspath(cx: &mut Ctx, args: Args) -> PyResult {
    fspath_value(cx, args[0])
}

/// The `str` or `bytes` of a path-like object.
pub fn fspath_value(cx: &mut Ctx, v: Value) -> PyResult {
    if Str::of_sub(cx, v).is_some() || Bytes::of_sub(cx, v).is_some() {
        return Ok(v);
    }
    let Some(method) = crate::convert::fspath_method(cx, v)? else {
        let ty = crate::convert::type_name(cx, v);
        return Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {ty}")));
    };
    let got = protocol::call(cx, method, &[])?;
    if Str::of_sub(cx, got).is_some() || Bytes::of_sub(cx, got).is_some() {
        return Ok(got);
    }
    let (outer, inner) = (crate::convert::type_name(cx, v), crate::convert::type_name(cx, got));
    Err(cx.type_error(format!("expected {outer}.__fspath__() to return str or bytes, not {inner}")))
}

/// `_path_normpath(path)`: `posixpath.normpath`.
pub fn path_normpath(cx: &mut Ctx, args: Args) -> PyResult {
    let (text, was_bytes) = raw(cx, args[0])?;
    cx.make_room_beside(text.len())?;
    let out = normalized(&text);
    if was_bytes { Bytes::wish(cx, &out) } else { Str::wish(cx, &out) }
}

fn raw(cx: &mut Ctx, v: Value) -> Res<(Vec<u8>, bool)> {
    let v = fspath_value(cx, v)?;
    Ok(match Bytes::of_sub(cx, v) {
        Some(b) => (protocol::buffer::copied(cx, b.as_slice())?, true),
        None => {
            let s = Str::of_sub(cx, v);
            (protocol::buffer::copied(cx, s.as_ref().map_or(b"", Str::as_bytes))?, false)
        }
    })
}

/// Collapses `//`, `.` and `..`; exactly two leading slashes stay, as POSIX allows them a meaning.
pub fn normalized(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return b".".to_vec();
    }
    let slashes = text.iter().take_while(|&&b| b == b'/').count();
    let root: &[u8] = match slashes {
        0 => b"",
        2 => b"//",
        _ => b"/",
    };
    let mut out = Vec::with_capacity(text.len());
    out.extend_from_slice(root);
    // What stands before it is not taken back: the root, and `..` that lead out of a relative path.
    let mut floor = out.len();
    for part in text.split(|&b| b == b'/').filter(|part| !matches!(*part, b"" | b".")) {
        let up = part == b"..";
        if up && out.len() > floor {
            let cut = out[floor..].iter().rposition(|&b| b == b'/').unwrap_or(0);
            out.truncate(floor + cut);
            continue;
        }
        if up && !root.is_empty() {
            continue;
        }
        if out.len() > root.len() {
            out.push(b'/');
        }
        out.extend_from_slice(part);
        if up {
            floor = out.len();
        }
    }
    if out.is_empty() { b".".to_vec() } else { out }
}

/// `_path_splitroot_ex(p)`: (drive, root, rest).
pub fn path_splitroot_ex(cx: &mut Ctx, args: Args) -> PyResult {
    let (text, was_bytes) = raw(cx, args[0])?;
    let slashes = text.iter().take_while(|&&b| b == b'/').count();
    let root = match slashes {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    let make = |cx: &Ctx, part: &[u8]| if was_bytes { Bytes::new(cx, part) } else { Str::from_wtf8(cx, part) };
    let parts = [make(cx, b""), make(cx, &text[..root]), make(cx, &text[root..])];
    Ok(Tuple::new(cx, &parts))
}

fn attribute(cx: &mut Ctx, v: Value, function: &str) -> Res<Vec<u8>> {
    Ok(path(cx, v, function, "attribute", Accept::Names)?.bytes)
}

/// `getxattr(path, attribute, *, follow_symlinks=True)`
pub fn getxattr(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "getxattr", "path", Accept::NamesAndFds)?;
    let name = attribute(cx, args[1], "getxattr")?;
    let follow = args.truth_or(cx, 2, true)?;
    let mut buffer = vec![0u8; 65536];
    let r = match (p.fd, follow) {
        (Some(n), _) => borrow(n).and_then(|f| fs::fgetxattr(f, name.as_slice(), &mut buffer[..])),
        (None, true) => fs::getxattr(p.bytes.as_slice(), name.as_slice(), &mut buffer[..]),
        (None, false) => fs::lgetxattr(p.bytes.as_slice(), name.as_slice(), &mut buffer[..]),
    };
    match r {
        Ok(n) => Bytes::wish(cx, &buffer[..n]),
        Err(e) => Err(os_error_at(cx, e, &p)),
    }
}

/// `setxattr(path, attribute, value, flags=0, *, follow_symlinks=True)`
pub fn setxattr(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "setxattr", "path", Accept::NamesAndFds)?;
    let name = attribute(cx, args[1], "setxattr")?;
    let value = crate::convert::bytes_like(cx, args[2])?;
    let flags = args.get(3).map_or(Ok(0), |v| c_int(cx, v))?;
    let flags = fs::XattrFlags::from_bits_retain(flags as u32);
    let follow = args.truth_or(cx, 4, true)?;
    let r = match (p.fd, follow) {
        (Some(n), _) => borrow(n).and_then(|f| fs::fsetxattr(f, name.as_slice(), &value, flags)),
        (None, true) => fs::setxattr(p.bytes.as_slice(), name.as_slice(), &value, flags),
        (None, false) => fs::lsetxattr(p.bytes.as_slice(), name.as_slice(), &value, flags),
    };
    done_at(cx, r, &p)
}

/// `removexattr(path, attribute, *, follow_symlinks=True)`
pub fn removexattr(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "removexattr", "path", Accept::NamesAndFds)?;
    let name = attribute(cx, args[1], "removexattr")?;
    let follow = args.truth_or(cx, 2, true)?;
    let r = match (p.fd, follow) {
        (Some(n), _) => borrow(n).and_then(|f| fs::fremovexattr(f, name.as_slice())),
        (None, true) => fs::removexattr(p.bytes.as_slice(), name.as_slice()),
        (None, false) => fs::lremovexattr(p.bytes.as_slice(), name.as_slice()),
    };
    done_at(cx, r, &p)
}

/// `listxattr(path=None, *, follow_symlinks=True)`
pub fn listxattr(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "listxattr", "path", Accept::All)?;
    let follow = args.truth_or(cx, 1, true)?;
    let mut buffer = vec![0u8; 65536];
    let r = match (p.fd, follow) {
        (Some(n), _) => borrow(n).and_then(|f| fs::flistxattr(f, &mut buffer[..])),
        (None, true) => fs::listxattr(p.bytes.as_slice(), &mut buffer[..]),
        (None, false) => fs::llistxattr(p.bytes.as_slice(), &mut buffer[..]),
    };
    match r {
        Ok(n) => {
            let names = List::new(cx);
            for name in buffer[..n].split(|&b| b == 0).filter(|n| !n.is_empty()) {
                let name = fs_decode(cx, name);
                names.push(cx, name);
            }
            Ok(names.value())
        }
        Err(e) => Err(os_error_at(cx, e, &p)),
    }
}

/// `major(device)`
pub fn major(cx: &mut Ctx, args: Args) -> PyResult {
    let n = device(cx, args[0])?;
    Ok(if n == u64::MAX { Value::small(-1) } else { int_value(cx, fs::major(n).into()) })
}

/// `minor(device)`
pub fn minor(cx: &mut Ctx, args: Args) -> PyResult {
    let n = device(cx, args[0])?;
    Ok(if n == u64::MAX { Value::small(-1) } else { int_value(cx, fs::minor(n).into()) })
}

/// `makedev(major, minor)`
pub fn makedev(cx: &mut Ctx, args: Args) -> PyResult {
    let (a, b) = (half(cx, args[0])?, half(cx, args[1])?);
    let n = fs::makedev(a, b);
    Ok(if n == u64::MAX { Value::small(-1) } else { int_value(cx, n.into()) })
}

/// The number of a device; -1 is none.
fn device(cx: &mut Ctx, v: Value) -> Res<u64> {
    let n = protocol::index_value(cx, v)?;
    match int::to_i128(n) {
        Some(-1) => Ok(u64::MAX),
        _ if int::sign(n) < 0 => Err(cx.overflow_error("can't convert negative int to unsigned")),
        Some(n) => u64::try_from(n).map_err(|_| cx.overflow_error("int too big to convert")),
        None => Err(cx.overflow_error("int too big to convert")),
    }
}

/// One of its two halves.
fn half(cx: &mut Ctx, v: Value) -> Res<u32> {
    let n = device(cx, v)?;
    match u32::try_from(n) {
        _ if n == u64::MAX => Ok(u32::MAX),
        Ok(n) => Ok(n),
        Err(_) => Err(cx.overflow_error("Python int too large to convert to C unsigned int")),
    }
}

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn paths_are_normalized_as_posixpath_does() {
        for (from, to) in [
            ("", "."),
            ("/", "/"),
            ("//", "//"),
            ("///", "/"),
            ("a//b/./c/..", "a/b"),
            ("../x/..", ".."),
            ("/..", "/"),
            ("//a/../..", "//"),
            ("a/..", "."),
            ("./a", "a"),
        ] {
            assert_eq!(normalized(from.as_bytes()), to.as_bytes(), "{from}");
        }
    }
}
