//! File descriptors: the system calls that `_io` makes. The only place of the crate with `unsafe` code; each block is one
//! call into libc with memory that lives across it.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::io::Error;

fn check(n: isize) -> Result<usize, i32> {
    if n < 0 { Err(Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)) } else { Ok(n as usize) }
}

/// `read(2)`.
pub fn read(fd: i32, buf: &mut [u8]) -> Result<usize, i32> {
    // SAFETY: `buf` is writable for its length.
    check(unsafe { libc::read(fd, buf.as_mut_ptr().cast(), buf.len()) })
}

/// `write(2)`.
pub fn write(fd: i32, buf: &[u8]) -> Result<usize, i32> {
    // SAFETY: `buf` is readable for its length.
    check(unsafe { libc::write(fd, buf.as_ptr().cast(), buf.len()) })
}

/// `lseek(2)`.
pub fn seek(fd: i32, offset: i64, whence: i32) -> Result<u64, i32> {
    // SAFETY: no memory is involved.
    check(unsafe { libc::lseek(fd, offset, whence) } as isize).map(|n| n as u64)
}

/// `open(2)`.
pub fn open(path: &CStr, flags: i32, mode: u32) -> Result<i32, i32> {
    // SAFETY: `path` is a C string.
    check(unsafe { libc::open(path.as_ptr(), flags, mode) } as isize).map(|fd| fd as i32)
}

/// `close(2)`.
pub fn close(fd: i32) -> Result<(), i32> {
    // SAFETY: no memory is involved.
    check(unsafe { libc::close(fd) } as isize).map(|_| ())
}

/// `ftruncate(2)`.
pub fn truncate(fd: i32, size: i64) -> Result<(), i32> {
    // SAFETY: no memory is involved.
    check(unsafe { libc::ftruncate(fd, size) } as isize).map(|_| ())
}

/// `isatty(3)`.
pub fn isatty(fd: i32) -> bool {
    // SAFETY: no memory is involved.
    unsafe { libc::isatty(fd) == 1 }
}

/// What `fstat(2)` says that files need.
pub struct Stat {
    /// Whether it is a directory.
    pub is_dir: bool,
    /// Whether it is a regular file.
    pub is_regular: bool,
    /// Whether it is a character device.
    pub is_device: bool,
    /// Preferred size of transfers.
    pub block_size: i64,
    /// Size in bytes.
    pub size: i64,
}

/// `fstat(2)`.
pub fn stat(fd: i32) -> Result<Stat, i32> {
    // SAFETY: the structure is plain old data for which all zeros is valid.
    let mut st: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: `st` is writable.
    check(unsafe { libc::fstat(fd, &mut st) } as isize)?;
    let kind = st.st_mode & libc::S_IFMT;
    Ok(Stat {
        is_dir: kind == libc::S_IFDIR,
        is_regular: kind == libc::S_IFREG,
        is_device: kind == libc::S_IFCHR,
        block_size: st.st_blksize as i64,
        size: st.st_size,
    })
}

/// Makes the descriptor close on exec.
pub fn set_cloexec(fd: i32) -> Result<(), i32> {
    // SAFETY: no memory is involved.
    check(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) } as isize).map(|_| ())
}
