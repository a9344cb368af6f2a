//! The module `fcntl`.

use engine::prelude::*;
use rustix::io::Errno;

use crate::convert::{bytes_like, c_int, c_long, os_error, waiting};
use crate::os::fd as raw;
use crate::{descriptors, idle};

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// A descriptor or an object with `fileno()`.
pub fn fileno(cx: &mut Ctx, v: Value) -> Res<i32> {
    let v = if int::is_sub(cx, v) {
        v
    } else {
        match protocol::getattr_opt(cx, v, cx.names.fileno)? {
            Some(method) => protocol::call(cx, method, &[])?,
            None => return Err(cx.type_error("argument must be an int, or have a fileno() method.")),
        }
    };
    let n = c_int(cx, v)?;
    if n < 0 {
        return Err(cx.value_error(format!("file descriptor cannot be a negative integer ({n})")));
    }
    Ok(n)
}

fn small_buffer(cx: &mut Ctx, v: Value, what: &str) -> Res<(usize, [u8; 1024])> {
    let bytes = match Str::of_sub(cx, v) {
        Some(s) => s.as_bytes().to_vec(),
        None => bytes_like(cx, v)?,
    };
    let mut data = [0; 1024];
    match data.get_mut(..bytes.len()) {
        Some(head) => head.copy_from_slice(&bytes),
        None => return Err(cx.value_error(format!("{what} argument 3 is too long"))),
    }
    Ok((bytes.len(), data))
}

fn fcntl(cx: &mut Ctx, args: Args) -> PyResult {
    let (fd, command) = (fileno(cx, args[0])?, c_int(cx, args[1])?);
    audit::tell(cx, "fcntl.fcntl", &[Value::small(fd), Value::small(command), args.or(2, Value::NONE)])?;
    let argument = args.or(2, Value::small(0));
    if int::is_sub(cx, argument) {
        let n = c_long(cx, argument)?;
        let copies = matches!(command, libc::F_DUPFD | libc::F_DUPFD_CLOEXEC);
        let r = match copies && n <= 0 {
            true => descriptors::make(cx, || raw::fcntl(fd, command, n))?,
            // A number from where the caller says tells nothing of how many there are.
            false if copies => descriptors::passing(cx, || raw::fcntl(fd, command, n))?,
            false => waiting(cx, || raw::fcntl(fd, command, n))?,
        };
        return match r {
            Ok(n) => Ok(Value::small(n)),
            Err(e) => Err(os_error(cx, e)),
        };
    }
    let (n, mut data) = small_buffer(cx, argument, "fcntl")?;
    match waiting(cx, || raw::fcntl_bytes(fd, command, &mut data))? {
        Ok(_) => Bytes::wish(cx, &data[..n]),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn ioctl(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[0])?;
    let request = protocol::index(cx, args[1])? as u64;
    audit::tell(cx, "fcntl.ioctl", &[Value::small(fd), args[1], args.or(2, Value::NONE)])?;
    let argument = args.or(2, Value::small(0));
    if int::is_sub(cx, argument) {
        let n = c_long(cx, argument)?;
        return match waiting(cx, || raw::ioctl(fd, request, n))? {
            Ok(n) => Ok(Value::small(n)),
            Err(e) => Err(os_error(cx, e)),
        };
    }
    let (n, mut data) = small_buffer(cx, argument, "ioctl")?;
    let result = match waiting(cx, || raw::ioctl_bytes(fd, request, &mut data))? {
        Ok(result) => result,
        Err(e) => return Err(os_error(cx, e)),
    };
    let mutate = args.truth_or(cx, 3, true)?;
    if mutate && Bytes::of_sub(cx, argument).is_none() && Str::of_sub(cx, argument).is_none() {
        let view = protocol::buffer::get_buffer(cx, argument, protocol::buffer::WRITABLE)?;
        view.write(0, &data[..n]);
        view.release(cx);
        return Ok(Value::small(result));
    }
    Bytes::wish(cx, &data[..n])
}

fn flock(cx: &mut Ctx, args: Args) -> PyResult {
    use rustix::fs::FlockOperation as Op;
    let (fd, operation) = (fileno(cx, args[0])?, c_int(cx, args[1])?);
    audit::tell(cx, "fcntl.flock", &[Value::small(fd), Value::small(operation)])?;
    let wait = operation & libc::LOCK_NB == 0;
    let operation = match operation & !libc::LOCK_NB {
        libc::LOCK_SH if wait => Op::LockShared,
        libc::LOCK_SH => Op::NonBlockingLockShared,
        libc::LOCK_EX if wait => Op::LockExclusive,
        libc::LOCK_EX => Op::NonBlockingLockExclusive,
        libc::LOCK_UN => Op::Unlock,
        _ => return Err(cx.os_error(libc::EINVAL, None)),
    };
    // The first call does not wait: who holds the lock may be a file that nobody uses any more.
    let first = match operation {
        Op::LockShared => Op::NonBlockingLockShared,
        Op::LockExclusive => Op::NonBlockingLockExclusive,
        other => other,
    };
    let is_taken = |e| e == Errno::WOULDBLOCK;
    let mut r = idle::unless_dropped(cx, is_taken, || rustix::fs::flock(raw::borrow(fd)?, first))?;
    if wait && r.is_err_and(is_taken) {
        r = waiting(cx, || rustix::fs::flock(raw::borrow(fd)?, operation))?;
    }
    crate::convert::done(cx, r)
}

fn lockf(cx: &mut Ctx, args: Args) -> PyResult {
    let (fd, operation) = (fileno(cx, args[0])?, c_int(cx, args[1])?);
    let parts = [2, 3, 4].map(|i| args.or(i, if i == 4 { Value::small(0) } else { Value::NONE }));
    audit::tell(cx, "fcntl.lockf", &[Value::small(fd), Value::small(operation), parts[0], parts[1], parts[2]])?;
    let len = args.get(2).map_or(Ok(0), |v| c_long(cx, v))?;
    let start = args.get(3).map_or(Ok(0), |v| c_long(cx, v))?;
    let whence = args.get(4).map_or(Ok(0), |v| c_int(cx, v))?;
    let kind = match operation & !libc::LOCK_NB {
        libc::LOCK_SH => libc::F_RDLCK,
        libc::LOCK_EX => libc::F_WRLCK,
        libc::LOCK_UN => libc::F_UNLCK,
        _ => return Err(cx.value_error("unrecognized lockf argument")),
    };
    let command = if operation & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
    let r = waiting(cx, || raw::record_lock(fd, command, kind, whence, start, len))?;
    crate::convert::done(cx, r)
}

/// Constants of the C library's bindings, and numbers of Linux that these lack.
macro_rules! numbers {
    ($($name:ident)*; $($other:ident = $value:literal)*) => {
        &[$((stringify!($name), Const::Int(libc::$name as i64)),)* $((stringify!($other), Const::Int($value))),*]
    };
}

/// `fcntl`
pub static FCNTL: ModuleDef = ModuleDef {
    doc: "File control and I/O control on descriptors.",
    functions: &[
        def("fcntl", "($module, fd, cmd, arg=0, /)", fcntl),
        def("ioctl", "($module, fd, request, arg=0, mutate_flag=True, /)", ioctl),
        def("flock", "($module, fd, operation, /)", flock).role(Role::Collects),
        def("lockf", "($module, fd, cmd, len=0, start=0, whence=0, /)", lockf),
    ],
    constants: numbers! {
        FD_CLOEXEC F_ADD_SEALS F_DUPFD F_DUPFD_CLOEXEC F_GETFD F_GETFL F_GETLEASE F_GETLK F_GETOWN
        F_GETPIPE_SZ F_GET_SEALS F_NOTIFY F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW F_RDLCK
        F_SEAL_FUTURE_WRITE F_SEAL_GROW F_SEAL_SEAL F_SEAL_SHRINK F_SEAL_WRITE F_SETFD F_SETFL
        F_SETLEASE F_SETLK F_SETLKW F_SETOWN F_SETPIPE_SZ F_UNLCK F_WRLCK LOCK_EX LOCK_NB LOCK_SH
        LOCK_UN;
        DN_ACCESS=1 DN_ATTRIB=32 DN_CREATE=4 DN_DELETE=8 DN_MODIFY=2 DN_MULTISHOT=2147483648
        DN_RENAME=16 FASYNC=8192 FICLONE=1074041865 FICLONERANGE=1075876877 F_DUPFD_QUERY=1027
        F_EXLCK=4 F_GETLK64=5 F_GETOWN_EX=16 F_GETSIG=11 F_GET_FILE_RW_HINT=1037 F_GET_RW_HINT=1035
        F_OWNER_PGRP=2 F_OWNER_PID=1 F_OWNER_TID=0 F_SETLK64=6 F_SETLKW64=7 F_SETOWN_EX=15
        F_SETSIG=10 F_SET_FILE_RW_HINT=1038 F_SET_RW_HINT=1036 F_SHLCK=8 LOCK_MAND=32 LOCK_READ=64
        LOCK_RW=192 LOCK_WRITE=128 RWH_WRITE_LIFE_EXTREME=5 RWH_WRITE_LIFE_LONG=4
        RWH_WRITE_LIFE_MEDIUM=3 RWH_WRITE_LIFE_NONE=1 RWH_WRITE_LIFE_NOT_SET=0
        RWH_WRITE_LIFE_SHORT=2
    },
    ..ModuleDef::new("fcntl")
};
