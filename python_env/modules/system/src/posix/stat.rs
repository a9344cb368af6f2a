//! `stat` and its relatives.

use engine::prelude::*;
use rustix::fs::{self, AtFlags};
use rustix::io::Errno;
use std::os::fd::BorrowedFd;

use super::dir_fd;
use crate::convert::{Accept, Path, fd, os_error, os_error_at, path};
use crate::library_files;
use crate::os::fd::borrow;
use crate::structseq;
use crate::structseq::make;

structseq!(StatResult, STAT_RESULT, "os", "stat_result" = "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the attributes st_mode, st_ino, st_dev, st_nlink, and so on.\n\nPosix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\nor st_flags, they are available as attributes only.\n\nSee os.stat for more information.", new, visible 10,
    all ["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "", "", "",
         "st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns",
         "st_blksize", "st_blocks", "st_rdev"],
    shown ["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size"],
    [0 "st_mode", 1 "st_ino", 2 "st_dev", 3 "st_nlink", 4 "st_uid", 5 "st_gid", 6 "st_size",
     10 "st_atime", 11 "st_mtime", 12 "st_ctime", 13 "st_atime_ns", 14 "st_mtime_ns", 15 "st_ctime_ns",
     16 "st_blksize", 17 "st_blocks", 18 "st_rdev"]);

structseq!(StatvfsResult, STATVFS_RESULT, "os", "statvfs_result" = "statvfs_result: Result from statvfs or fstatvfs.\n\nThis object may be accessed either as a tuple of\n  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\nor via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\nSee os.statvfs for more information.", new, visible 10,
    all ["f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_favail",
         "f_flag", "f_namemax", "f_fsid"],
    shown ["f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_favail",
           "f_flag", "f_namemax"],
    [0 "f_bsize", 1 "f_frsize", 2 "f_blocks", 3 "f_bfree", 4 "f_bavail", 5 "f_files", 6 "f_ffree",
     7 "f_favail", 8 "f_flag", 9 "f_namemax", 10 "f_fsid"]);

/// The `os.stat_result` for what the system told.
pub fn stat_result(cx: &mut Ctx, st: &fs::Stat) -> Value {
    let times = [
        (st.st_atime, st.st_atime_nsec as i64),
        (st.st_mtime, st.st_mtime_nsec as i64),
        (st.st_ctime, st.st_ctime_nsec as i64),
    ];
    let mut fields = [Value::NONE; 19];
    let plain = [st.st_mode as u64, st.st_ino, st.st_dev, st.st_nlink, st.st_uid as u64, st.st_gid as u64];
    for (slot, n) in fields.iter_mut().zip(plain) {
        *slot = int::from_u64(cx, n);
    }
    fields[6] = int::from_i64(cx, st.st_size);
    for (i, (sec, nsec)) in times.into_iter().enumerate() {
        fields[7 + i] = int::from_i64(cx, sec);
        fields[10 + i] = float::new(cx, sec as f64 + 1e-9 * nsec as f64);
        fields[13 + i] = int::from_i128(cx, i128::from(sec) * 1_000_000_000 + i128::from(nsec));
    }
    fields[16] = int::from_i64(cx, st.st_blksize);
    fields[17] = int::from_i64(cx, st.st_blocks);
    fields[18] = int::from_u64(cx, st.st_rdev);
    make::<StatResult>(cx, &fields)
}

fn stat_path(cx: &mut Ctx, p: &Path, dir: Value, follow: bool, function: &str) -> PyResult {
    if let Some(n) = p.fd {
        if !dir.is_empty() && dir != Value::NONE {
            return Err(cx.value_error(format!("{function}: can't specify dir_fd without matching path")));
        }
        if !follow {
            return Err(cx.value_error(format!("{function}: cannot use fd and follow_symlinks together")));
        }
        return match borrow(n).and_then(|fd| cx.blocking(|| fs::fstat(fd))) {
            Ok(st) => Ok(stat_result(cx, &st)),
            Err(e) => Err(os_error(cx, e)),
        };
    }
    let at = dir_fd(cx, dir)?;
    let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    match at.and_then(|at| cx.blocking(|| named(at, &p.bytes, flags))) {
        Ok(st) => Ok(stat_result(cx, &st)),
        Err(e) => Err(os_error_at(cx, e, p)),
    }
}

/// What the system tells of a name, or what is told of the library's files.
pub(super) fn named(at: BorrowedFd<'_>, path: &[u8], flags: AtFlags) -> Result<fs::Stat, Errno> {
    fs::statat(at, path, flags).or_else(|e| library_files::stat(path).filter(|_| e == Errno::NOENT).ok_or(e))
}

/// `stat(path, *, dir_fd=None, follow_symlinks=True)`
pub fn stat(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "stat", "path", Accept::NamesAndFds)?;
    let follow = args.truth_or(cx, 2, true)?;
    stat_path(cx, &p, args[1], follow, "stat")
}

/// `lstat(path, *, dir_fd=None)`
pub fn lstat(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "lstat", "path", Accept::Names)?;
    stat_path(cx, &p, args[1], false, "lstat")
}

/// `fstat(fd)`
pub fn fstat(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    match borrow(n).and_then(|fd| cx.blocking(|| fs::fstat(fd))) {
        Ok(st) => Ok(stat_result(cx, &st)),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn statvfs_result(cx: &mut Ctx, s: &fs::StatVfs) -> Value {
    let numbers = [
        s.f_bsize,
        s.f_frsize,
        s.f_blocks,
        s.f_bfree,
        s.f_bavail,
        s.f_files,
        s.f_ffree,
        s.f_favail,
        s.f_flag.bits(),
        s.f_namemax,
        s.f_fsid,
    ];
    let mut fields = [Value::NONE; 11];
    for (slot, n) in fields.iter_mut().zip(numbers) {
        *slot = int::from_u64(cx, n);
    }
    make::<StatvfsResult>(cx, &fields)
}

/// `statvfs(path)`
pub fn statvfs(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "statvfs", "path", Accept::NamesAndFds)?;
    let result = match p.fd {
        Some(n) => borrow(n).and_then(fs::fstatvfs),
        None => cx.blocking(|| fs::statvfs(p.bytes.as_slice())),
    };
    match result {
        Ok(s) => Ok(statvfs_result(cx, &s)),
        Err(e) => Err(os_error_at(cx, e, &p)),
    }
}

/// `fstatvfs(fd)`
pub fn fstatvfs(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    match borrow(n).and_then(fs::fstatvfs) {
        Ok(s) => Ok(statvfs_result(cx, &s)),
        Err(e) => Err(os_error(cx, e)),
    }
}
