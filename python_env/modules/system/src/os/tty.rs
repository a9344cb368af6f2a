//! Terminals and the system log.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use rustix::io::Errno;

use super::fd::last;

/// The settings of a terminal.
pub type Settings = libc::termios;
/// Number of control characters.
pub const NCCS: usize = libc::NCCS;

fn check(rc: libc::c_int) -> Result<(), Errno> {
    if rc < 0 { Err(last()) } else { Ok(()) }
}

/// `tcgetattr`
pub fn settings(fd: i32) -> Result<Settings, Errno> {
    let mut now = MaybeUninit::<Settings>::zeroed();
    // SAFETY: a writable structure.
    check(unsafe { libc::tcgetattr(fd, now.as_mut_ptr()) })?;
    // SAFETY: zeroed is valid, and the call filled it.
    Ok(unsafe { now.assume_init() })
}

/// Input and output speed.
pub fn speeds(s: &Settings) -> [u32; 2] {
    // SAFETY: a whole structure.
    unsafe { [libc::cfgetispeed(s), libc::cfgetospeed(s)] }
}

/// Sets both speeds.
pub fn set_speeds(s: &mut Settings, [input, output]: [u32; 2]) -> Result<(), Errno> {
    // SAFETY: a whole structure.
    unsafe {
        check(libc::cfsetispeed(s, input))?;
        check(libc::cfsetospeed(s, output))
    }
}

/// `tcsetattr`
pub fn set_settings(fd: i32, when: i32, s: &Settings) -> Result<(), Errno> {
    // SAFETY: a whole structure.
    check(unsafe { libc::tcsetattr(fd, when, s) })
}

/// `tcsendbreak`
pub fn send_break(fd: i32, duration: i32) -> Result<(), Errno> {
    // SAFETY: numbers only.
    check(unsafe { libc::tcsendbreak(fd, duration) })
}

/// `tcdrain`
pub fn drain(fd: i32) -> Result<(), Errno> {
    // SAFETY: numbers only.
    check(unsafe { libc::tcdrain(fd) })
}

/// `tcflush`
pub fn flush(fd: i32, queue: i32) -> Result<(), Errno> {
    // SAFETY: numbers only.
    check(unsafe { libc::tcflush(fd, queue) })
}

/// `tcflow`
pub fn flow(fd: i32, action: i32) -> Result<(), Errno> {
    // SAFETY: numbers only.
    check(unsafe { libc::tcflow(fd, action) })
}

/// `openlog`; the C library keeps the pointer, so the name lives for ever.
pub fn open_log(ident: &'static CStr, options: i32, facility: i32) {
    // SAFETY: a terminated string that is never freed.
    unsafe { libc::openlog(ident.as_ptr(), options, facility) }
}

/// `closelog`
pub fn close_log() {
    // SAFETY: no preconditions.
    unsafe { libc::closelog() }
}

/// `setlogmask`
pub fn set_log_mask(mask: i32) -> i32 {
    // SAFETY: no preconditions.
    unsafe { libc::setlogmask(mask) }
}

/// `syslog`
pub fn log(priority: i32, message: &CStr) {
    // SAFETY: a fixed format with one string.
    unsafe { libc::syslog(priority, c"%s".as_ptr(), message.as_ptr()) }
}
