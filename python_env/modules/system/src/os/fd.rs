//! Raw descriptors as Python passes them: plain numbers that may be wrong.

use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicU8, Ordering};

use rustix::io::Errno;

/// A descriptor number for one system call. Negative numbers give `EBADF`.
pub fn borrow(fd: i32) -> Result<BorrowedFd<'static>, Errno> {
    if fd < 0 {
        return Err(Errno::BADF);
    }
    // SAFETY: not -1. The number is only handed to the kernel, which answers EBADF when it is not open;
    // Python programs own their descriptors by number, as in every Python.
    Ok(unsafe { BorrowedFd::borrow_raw(fd) })
}

/// Whether calls on a descriptor wait.
pub fn blocks(fd: i32) -> bool {
    let flags = borrow(fd).and_then(rustix::fs::fcntl_getfl);
    flags.is_ok_and(|flags| !flags.contains(rustix::fs::OFlags::NONBLOCK))
}

/// Closes a descriptor by number.
pub fn close(fd: i32) -> Result<(), Errno> {
    // SAFETY: the caller gives the number up; a wrong one gives EBADF.
    if unsafe { libc::close(fd) } < 0 { Err(last()) } else { Ok(()) }
}

/// `fchmodat` of a name that may be a symbolic link, which is not followed.
pub fn chmod_link(at: BorrowedFd<'_>, path: &std::ffi::CStr, mode: rustix::fs::Mode) -> Result<(), Errno> {
    // SAFETY: a terminated name and numbers.
    let rc = unsafe {
        libc::fchmodat(at.as_raw_fd(), path.as_ptr(), mode.bits() as libc::mode_t, libc::AT_SYMLINK_NOFOLLOW)
    };
    if rc < 0 { Err(last()) } else { Ok(()) }
}

/// Closes a range of descriptors, `low` included, `high` not.
pub fn close_range(low: i32, high: i32) {
    let (low, high) = (low.max(0), high.max(0));
    if low >= high {
        return;
    }
    // SAFETY: numbers only; errors are ignored as `os.closerange` does.
    unsafe { libc::syscall(libc::SYS_close_range, low as u32, (high - 1) as u32, 0) };
}

/// Which of the standard descriptors were closed when the process started, a bit each.
static MISSING: AtomicU8 = AtomicU8::new(0);

// SAFETY: the loader calls what this section names, with arguments that are of no interest, before `main`. Rust's runtime opens
// what is missing there, so this is the one moment to find out.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = look_for_streams;

extern "C" fn look_for_streams() {
    for n in 0..3 {
        // SAFETY: a number; a wrong one gives EBADF.
        if unsafe { libc::fcntl(n, libc::F_GETFD) } < 0 {
            // Relaxed: there is no other thread yet.
            MISSING.fetch_or(1 << n, Ordering::Relaxed);
        }
    }
}

/// Closes the standard descriptors that were closed when the process started.
pub fn close_missing() {
    // Relaxed: see above.
    let missing = MISSING.swap(0, Ordering::Relaxed);
    for n in (0..3).filter(|n| missing & 1 << n != 0) {
        // Nothing could be told of an error.
        let _ = close(n);
    }
}

/// The calling thread's last error.
pub fn last() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO)
}

/// `fcntl` with an integer argument.
pub fn fcntl(fd: i32, command: i32, argument: libc::c_long) -> Result<i32, Errno> {
    // SAFETY: commands that take a pointer are not passed here by the callers in this crate.
    let rc = unsafe { libc::fcntl(fd, command, argument) };
    if rc < 0 { Err(last()) } else { Ok(rc) }
}

/// `fcntl` with a structure: the bytes are passed in and out.
pub fn fcntl_bytes(fd: i32, command: i32, data: &mut [u8; 1024]) -> Result<i32, Errno> {
    // SAFETY: 1024 writable bytes, more than any structure of fcntl.
    let rc = unsafe { libc::fcntl(fd, command, data.as_mut_ptr()) };
    if rc < 0 { Err(last()) } else { Ok(rc) }
}

/// `lockf` in terms of record locks.
pub fn record_lock(fd: i32, command: i32, kind: i32, whence: i32, start: i64, len: i64) -> Result<(), Errno> {
    // SAFETY: all-zero is a valid flock structure.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind as _;
    lock.l_whence = whence as _;
    lock.l_start = start;
    lock.l_len = len;
    // SAFETY: a whole structure.
    if unsafe { libc::fcntl(fd, command, &raw mut lock) } < 0 { Err(last()) } else { Ok(()) }
}

/// `lockf(3)`.
pub fn lockf(fd: i32, command: i32, len: i64) -> Result<(), Errno> {
    // SAFETY: numbers only.
    if unsafe { libc::lockf(fd, command, len) } < 0 { Err(last()) } else { Ok(()) }
}

/// `ioctl` with an integer.
pub fn ioctl(fd: i32, request: u64, argument: libc::c_long) -> Result<i32, Errno> {
    // SAFETY: the caller passes a request that takes an integer, as Python's documentation demands.
    let rc = unsafe { libc::ioctl(fd, request as _, argument) };
    if rc < 0 { Err(last()) } else { Ok(rc) }
}

/// `ioctl` with a buffer.
pub fn ioctl_bytes(fd: i32, request: u64, data: &mut [u8; 1024]) -> Result<i32, Errno> {
    // SAFETY: 1024 writable bytes.
    let rc = unsafe { libc::ioctl(fd, request as _, data.as_mut_ptr()) };
    if rc < 0 { Err(last()) } else { Ok(rc) }
}

/// Makes `to` a copy of `from`.
pub fn dup_to(from: i32, to: i32, inheritable: bool) -> Result<i32, Errno> {
    if from == to {
        let flags = fcntl(from, libc::F_GETFD, 0)?;
        let flags = if inheritable { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
        fcntl(from, libc::F_SETFD, flags.into())?;
        return Ok(to);
    }
    let flags = if inheritable { 0 } else { libc::O_CLOEXEC };
    // SAFETY: numbers only; the caller gives up whatever `to` was.
    let rc = unsafe { libc::dup3(from, to, flags) };
    if rc < 0 { Err(last()) } else { Ok(rc) }
}
