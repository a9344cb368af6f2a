//! Descriptors: opening, reading, writing, duplicating, terminals.

use std::os::fd::{AsRawFd, IntoRawFd};

use engine::prelude::*;
use rustix::fs::{self, Mode, OFlags, SeekFrom};
use rustix::io::{self, Errno, FdFlags};
use rustix::pipe::PipeFlags;
use rustix::{event, pty, termios};

use super::dir_fd;
use crate::convert::{Accept, bytes_like, c_int, c_long, done, fd, fs_decode, os_error, os_error_at, path, waiting};
use crate::descriptors::{self, Made};
use crate::idle;
use crate::library_files;
use crate::os::fd as raw;
use crate::os::fd::borrow;
use crate::structseq;
use crate::structseq::make;

structseq!(TerminalSize, TERMINAL_SIZE, "os", "terminal_size" = "A tuple of (columns, lines) for holding terminal window size", new, visible 2,
    all ["columns", "lines"], shown ["columns", "lines"], [0 "columns", 1 "lines"]);

fn number(cx: &mut Ctx, r: Result<u64, Errno>) -> PyResult {
    match r {
        Ok(n) => Ok(int::from_u64(cx, n)),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// The number of a new descriptor.
pub fn made<F: IntoRawFd + Made>(cx: &mut Ctx, call: impl FnMut() -> Result<F, Errno>) -> PyResult {
    match descriptors::make(cx, call)? {
        Ok(f) => Ok(Value::small(f.into_raw_fd())),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `open(path, flags, mode=0o777, *, dir_fd=None)`
pub fn open(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "open", "path", Accept::Names)?;
    let flags = OFlags::from_bits_retain(c_int(cx, args[1])? as u32) | OFlags::CLOEXEC;
    let mode = args.get(2).map_or(Ok(0o777), |v| c_int(cx, v))?;
    audit::tell(cx, "open", &[args[0], Value::NONE, Value::small(flags.bits() as i32)])?;
    let at = match dir_fd(cx, args[3])? {
        Ok(at) => at,
        Err(e) => return Err(os_error_at(cx, e, &p)),
    };
    let r = descriptors::make(cx, || {
        let opened = fs::openat(at, p.bytes.as_slice(), flags, Mode::from_raw_mode(mode as u32));
        opened.or_else(|e| match library_files::open(&p.bytes, flags.bits() as i32) {
            Some(copy) if e == Errno::NOENT => copy,
            _ => Err(e),
        })
    })?;
    match r {
        Ok(f) => Ok(Value::small(f.into_raw_fd())),
        Err(e) => Err(os_error_at(cx, e, &p)),
    }
}

/// `close(fd)`
pub fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let r = cx.blocking(|| raw::close(n));
    done(cx, r)
}

/// `closerange(fd_low, fd_high)`
pub fn closerange(cx: &mut Ctx, args: Args) -> PyResult {
    let (low, high) = (c_int(cx, args[0])?, c_int(cx, args[1])?);
    cx.blocking(|| raw::close_range(low, high));
    Ok(Value::NONE)
}

fn length(cx: &mut Ctx, v: Value) -> Res<usize> {
    let n = protocol::index(cx, v)?;
    match usize::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) => Err(os_error(cx, Errno::INVAL)),
    }
}

/// Zeros to read over, or MemoryError. What is read may be what this program wrote elsewhere.
fn buffer(cx: &mut Ctx, n: usize) -> Res<Vec<u8>> {
    crate::lifecycle::before_look(cx);
    cx.make_room(n)?;
    // Beyond this no call reads anyway.
    cx.zeros(n.min(0x7fff_f000))
}

/// `read(fd, length)`
pub fn read(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let len = length(cx, args[1])?;
    let mut data = buffer(cx, len)?;
    idle::before_read(cx, n, || crate::os::fd::blocks(n))?;
    match waiting(cx, || io::read(borrow(n)?, &mut data[..]))? {
        Ok(got) => Bytes::wish(cx, &data[..got]),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `readinto(fd, buffer)`
pub fn readinto(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let target = match protocol::buffer::get_buffer(cx, args[1], protocol::buffer::WRITABLE) {
        Ok(target) => target,
        Err(r) => {
            cx.clear(r);
            let ty = type_name(cx, args[1]);
            return Err(cx.type_error(format!("readinto() argument 2 must be read-write bytes-like object, not {ty}")));
        }
    };
    let mut data = buffer(cx, target.len)?;
    let r = match idle::before_read(cx, n, || crate::os::fd::blocks(n)) {
        Ok(()) => waiting(cx, || io::read(borrow(n)?, &mut data[..])),
        Err(raised) => Err(raised),
    };
    if let Ok(Ok(got)) = &r {
        target.write(0, &data[..*got]);
    }
    target.release(cx);
    number(cx, r?.map(|n| n as u64))
}

/// `write(fd, data)`
pub fn write(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let data = bytes_like(cx, args[1])?;
    let r = waiting(cx, || io::write(borrow(n)?, &data))?;
    if r.is_ok_and(|n| n < data.len()) {
        // A signal may have cut it short: its handler comes first.
        cx.poll()?;
    }
    number(cx, r.map(|n| n as u64))
}

/// `pread(fd, length, offset)`
pub fn pread(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let len = length(cx, args[1])?;
    let offset = c_long(cx, args[2])?;
    let mut data = buffer(cx, len)?;
    match waiting(cx, || io::pread(borrow(n)?, &mut data[..], offset as u64))? {
        Ok(got) => Bytes::wish(cx, &data[..got]),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `pwrite(fd, buffer, offset)`
pub fn pwrite(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let data = bytes_like(cx, args[1])?;
    let offset = c_long(cx, args[2])?;
    let r = waiting(cx, || io::pwrite(borrow(n)?, &data, offset as u64))?;
    number(cx, r.map(|n| n as u64))
}

/// `readv(fd, buffers)`
pub fn readv(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let parts = protocol::list_of(cx, args[1])?;
    let part = |cx: &mut Ctx, i: usize| {
        let v = parts.get(i).unwrap_or(Value::NONE);
        protocol::buffer::get_buffer(cx, v, protocol::buffer::WRITABLE)
    };
    let mut total = 0;
    for i in 0..parts.len() {
        let view = part(cx, i)?;
        total += view.len;
        view.release(cx);
    }
    let mut data = buffer(cx, total)?;
    let got = match waiting(cx, || io::read(borrow(n)?, &mut data[..]))? {
        Ok(got) => got,
        Err(e) => return Err(os_error(cx, e)),
    };
    let mut at = 0;
    for i in 0..parts.len() {
        let view = part(cx, i)?;
        let end = (at + view.len).min(got);
        view.write(0, &data[at..end]);
        view.release(cx);
        at = end;
    }
    Ok(int::from_usize(cx, got))
}

/// `writev(fd, buffers)`
pub fn writev(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let mut data = Vec::new();
    protocol::for_each(cx, args[1], |cx, v| {
        data.extend(bytes_like(cx, v)?);
        Ok(())
    })?;
    let r = waiting(cx, || io::write(borrow(n)?, &data))?;
    number(cx, r.map(|n| n as u64))
}

/// `lseek(fd, position, whence)`
pub fn lseek(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let at = c_long(cx, args[1])?;
    let from = match c_int(cx, args[2])? {
        0 => u64::try_from(at).map(SeekFrom::Start).map_err(|_| Errno::INVAL),
        1 => Ok(SeekFrom::Current(at)),
        2 => Ok(SeekFrom::End(at)),
        3 => Ok(SeekFrom::Data(at as u64)),
        4 => Ok(SeekFrom::Hole(at as u64)),
        _ => Err(Errno::INVAL),
    };
    let r = from.and_then(|from| fs::seek(borrow(n)?, from));
    number(cx, r)
}

/// `dup(fd)`
pub fn dup(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    made(cx, || io::fcntl_dupfd_cloexec(borrow(n)?, 0))
}

/// `dup2(fd, fd2, inheritable=True)`
pub fn dup2(cx: &mut Ctx, args: Args) -> PyResult {
    let (from, to) = (fd(cx, args[0])?, fd(cx, args[1])?);
    let inheritable = args.truth_or(cx, 2, true)?;
    // The number is the caller's choice and says nothing of how many there are.
    match descriptors::passing(cx, || raw::dup_to(from, to, inheritable))? {
        Ok(n) => Ok(Value::small(n)),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn pair<A: IntoRawFd + Made, B: IntoRawFd + Made>(
    cx: &mut Ctx,
    call: impl FnMut() -> Result<(A, B), Errno>,
) -> PyResult {
    match descriptors::make(cx, call)? {
        Ok((a, b)) => {
            let ends = [Value::small(a.into_raw_fd()), Value::small(b.into_raw_fd())];
            Ok(Tuple::new(cx, &ends))
        }
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `pipe()`
pub fn pipe(cx: &mut Ctx, _args: Args) -> PyResult {
    pair(cx, || rustix::pipe::pipe_with(PipeFlags::CLOEXEC))
}

/// `pipe2(flags)`
pub fn pipe2(cx: &mut Ctx, args: Args) -> PyResult {
    let flags = PipeFlags::from_bits_retain(c_int(cx, args[0])? as u32);
    pair(cx, || rustix::pipe::pipe_with(flags))
}

/// `openpty()`
pub fn openpty(cx: &mut Ctx, _args: Args) -> PyResult {
    pair(cx, || {
        let master = pty::openpt(pty::OpenptFlags::RDWR | pty::OpenptFlags::NOCTTY | pty::OpenptFlags::CLOEXEC)?;
        pty::grantpt(&master)?;
        pty::unlockpt(&master)?;
        let name = pty::ptsname(&master, Vec::new())?;
        let slave =
            fs::openat(fs::CWD, name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        Ok((master, slave))
    })
}

/// `fsync(fd)`
pub fn fsync(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let r = waiting(cx, || fs::fsync(borrow(n)?))?;
    done(cx, r)
}

/// `fdatasync(fd)`
pub fn fdatasync(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let r = waiting(cx, || fs::fdatasync(borrow(n)?))?;
    done(cx, r)
}

/// `sync()`
pub fn sync(cx: &mut Ctx, _args: Args) -> PyResult {
    cx.blocking(fs::sync);
    Ok(Value::NONE)
}

/// `ftruncate(fd, length)`
pub fn ftruncate(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let len = c_long(cx, args[1])?;
    let r = match u64::try_from(len) {
        Ok(len) => waiting(cx, || fs::ftruncate(borrow(n)?, len))?,
        Err(_) => Err(Errno::INVAL),
    };
    done(cx, r)
}

/// `isatty(fd)`
pub fn isatty(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    Ok(Value::bool(borrow(n).is_ok_and(termios::isatty)))
}

/// `ttyname(fd)`
pub fn ttyname(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    match borrow(n).and_then(|f| termios::ttyname(f, Vec::new())) {
        Ok(name) => Ok(fs_decode(cx, name.to_bytes())),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `ctermid()`
pub fn ctermid(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Str::new(cx, "/dev/tty"))
}

/// `get_terminal_size(fd=STDOUT_FILENO)`
pub fn get_terminal_size(cx: &mut Ctx, args: Args) -> PyResult {
    let n = match args.get(0) {
        Some(v) => fd(cx, v)?,
        None => 1,
    };
    match borrow(n).and_then(termios::tcgetwinsize) {
        Ok(size) => {
            let fields = [Value::small(i32::from(size.ws_col)), Value::small(i32::from(size.ws_row))];
            Ok(make::<TerminalSize>(cx, &fields))
        }
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `tcgetpgrp(fd)`
pub fn tcgetpgrp(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let r = borrow(n).and_then(termios::tcgetpgrp);
    number(cx, r.map(|p| p.as_raw_nonzero().get() as u64))
}

/// `tcsetpgrp(fd, pgid)`
pub fn tcsetpgrp(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let group = c_int(cx, args[1])?;
    let r = borrow(n).and_then(|f| {
        match rustix::process::Pid::from_raw(group.max(0)) {
            Some(pid) => termios::tcsetpgrp(f, pid),
            // What the system says of a bad descriptor goes before what it says of the group.
            None => termios::tcgetpgrp(f).and(Err(Errno::INVAL)),
        }
    });
    done(cx, r)
}

/// `get_inheritable(fd)`
pub fn get_inheritable(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    match borrow(n).and_then(io::fcntl_getfd) {
        Ok(flags) => Ok(Value::bool(!flags.contains(FdFlags::CLOEXEC))),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `set_inheritable(fd, inheritable)`
pub fn set_inheritable(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let inheritable = protocol::truth(cx, args[1])?;
    let r = borrow(n).and_then(|f| {
        let mut flags = io::fcntl_getfd(f)?;
        flags.set(FdFlags::CLOEXEC, !inheritable);
        io::fcntl_setfd(f, flags)
    });
    done(cx, r)
}

/// `get_blocking(fd)`
pub fn get_blocking(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    match borrow(n).and_then(fs::fcntl_getfl) {
        Ok(flags) => Ok(Value::bool(!flags.contains(OFlags::NONBLOCK))),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `set_blocking(fd, blocking)`
pub fn set_blocking(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let blocking = protocol::truth(cx, args[1])?;
    let r = borrow(n).and_then(|f| {
        let mut flags = fs::fcntl_getfl(f)?;
        flags.set(OFlags::NONBLOCK, !blocking);
        fs::fcntl_setfl(f, flags)
    });
    done(cx, r)
}

/// `device_encoding(fd)`
pub fn device_encoding(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    if borrow(n).is_ok_and(termios::isatty) { Ok(Str::new(cx, "UTF-8")) } else { Ok(Value::NONE) }
}

/// `lockf(fd, command, length)`
pub fn lockf(cx: &mut Ctx, args: Args) -> PyResult {
    let (n, command, len) = (fd(cx, args[0])?, c_int(cx, args[1])?, c_long(cx, args[2])?);
    let r = waiting(cx, || raw::lockf(n, command, len))?;
    done(cx, r)
}

/// `sendfile(out_fd, in_fd, offset, count)`
pub fn sendfile(cx: &mut Ctx, args: Args) -> PyResult {
    let (out, input) = (fd(cx, args[0])?, fd(cx, args[1])?);
    let offset = if args[2] == Value::NONE { None } else { Some(c_long(cx, args[2])?) };
    let count = length(cx, args[3])?;
    crate::lifecycle::before_look(cx);
    let r = waiting(cx, || {
        let mut at = offset.map(|o| o as u64);
        fs::sendfile(borrow(out)?, borrow(input)?, at.as_mut(), count)
    })?;
    number(cx, r.map(|n| n as u64))
}

fn optional_offset(cx: &mut Ctx, args: Args, i: usize) -> Res<Option<u64>> {
    match args.get(i).filter(|&v| v != Value::NONE) {
        Some(v) => Ok(Some(c_long(cx, v)? as u64)),
        None => Ok(None),
    }
}

/// `copy_file_range(src, dst, count, offset_src=None, offset_dst=None)`
pub fn copy_file_range(cx: &mut Ctx, args: Args) -> PyResult {
    let (src, dst) = (fd(cx, args[0])?, fd(cx, args[1])?);
    let Ok(count) = usize::try_from(protocol::index(cx, args[2])?) else {
        return Err(cx.value_error("negative value for 'count' not allowed"));
    };
    let (from, to) = (optional_offset(cx, args, 3)?, optional_offset(cx, args, 4)?);
    crate::lifecycle::before_look(cx);
    let r = waiting(cx, || {
        let (mut a, mut b) = (from, to);
        fs::copy_file_range(borrow(src)?, a.as_mut(), borrow(dst)?, b.as_mut(), count)
    })?;
    number(cx, r.map(|n| n as u64))
}

/// `posix_fadvise(fd, offset, length, advice)`
pub fn posix_fadvise(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let (offset, len, advice) = (c_long(cx, args[1])?, c_long(cx, args[2])?, c_int(cx, args[3])?);
    let advice = match advice {
        0 => Ok(fs::Advice::Normal),
        1 => Ok(fs::Advice::Random),
        2 => Ok(fs::Advice::Sequential),
        3 => Ok(fs::Advice::WillNeed),
        4 => Ok(fs::Advice::DontNeed),
        5 => Ok(fs::Advice::NoReuse),
        _ => Err(Errno::INVAL),
    };
    let r = advice.and_then(|a| fs::fadvise(borrow(n)?, offset as u64, std::num::NonZeroU64::new(len as u64), a));
    done(cx, r)
}

/// `posix_fallocate(fd, offset, length)`
pub fn posix_fallocate(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let (offset, len) = (c_long(cx, args[1])?, c_long(cx, args[2])?);
    let r = waiting(cx, || fs::fallocate(borrow(n)?, fs::FallocateFlags::empty(), offset as u64, len as u64))?;
    done(cx, r)
}

/// `memfd_create(name, flags=MFD_CLOEXEC)`
pub fn memfd_create(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "memfd_create", "name", Accept::Names)?;
    let flags = args.get(1).map_or(Ok(1), |v| c_int(cx, v))?;
    made(cx, || fs::memfd_create(p.bytes.as_slice(), fs::MemfdFlags::from_bits_retain(flags as u32)))
}

/// `eventfd(initval, flags=EFD_CLOEXEC)`
pub fn eventfd(cx: &mut Ctx, args: Args) -> PyResult {
    let initial = c_long(cx, args[0])?;
    let flags = args.get(1).map_or(Ok(libc::EFD_CLOEXEC), |v| c_int(cx, v))?;
    made(cx, || event::eventfd(initial as u32, event::EventfdFlags::from_bits_retain(flags as u32)))
}

/// `eventfd_read(fd)`
pub fn eventfd_read(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let mut data = [0u8; 8];
    let r = waiting(cx, || io::read(borrow(n)?, &mut data[..]))?;
    number(cx, r.map(|_| u64::from_ne_bytes(data)))
}

/// `eventfd_write(fd, value)`
pub fn eventfd_write(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let v = protocol::index_value(cx, args[1])?;
    let v = int::to_big(v).and_then(|b| u64::try_from(b).ok()).unwrap_or(u64::MAX);
    let r = waiting(cx, || io::write(borrow(n)?, &v.to_ne_bytes()))?;
    done(cx, r)
}

/// `pidfd_open(pid, flags=0)`
pub fn pidfd_open(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    let flags = args.get(1).map_or(Ok(0), |v| c_int(cx, v))?;
    let flags = rustix::process::PidfdFlags::from_bits_retain(flags as u32);
    made(cx, || {
        let p = rustix::process::Pid::from_raw(pid.max(0)).ok_or(Errno::INVAL)?;
        rustix::process::pidfd_open(p, flags)
    })
}

/// Whether a descriptor is open, for the standard streams.
pub fn is_open(n: i32) -> bool {
    borrow(n).and_then(io::fcntl_getfd).is_ok_and(|_| n.as_raw_fd() >= 0)
}
