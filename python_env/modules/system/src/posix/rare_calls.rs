//! Rarer calls: real and saved ids, groups, scheduling, `waitid`, pseudo terminals, vectors, timers, name spaces.

use std::os::fd::IntoRawFd;
use std::time::Duration;

use engine::prelude::*;
use engine::protocol::buffer;
use rustix::io::{self, Errno};
use rustix::pty;

use super::process::{SCHED_PARAM, SchedParam, WaitidResult};
use crate::convert::{c_int, c_long, done, fd, fs_decode, fs_encode, id_arg, io_error, os_error, waiting};
use crate::os::fd::borrow;
use crate::os::process as os;
use crate::os::user;
use crate::structseq::make;
fn std_result<T>(cx: &mut Ctx, r: std::io::Result<T>) -> Res<T> {
    match r {
        Ok(v) => Ok(v),
        Err(e) => Err(io_error(cx, &e)),
    }
}

// --- ids and groups ---

fn three(cx: &mut Ctx, ids: [u32; 3]) -> Value {
    let items = ids.map(i64::from);
    crate::convert::int_tuple(cx, &items)
}

/// `getresuid()`
pub fn getresuid(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(three(cx, os::real_effective_saved(false)))
}

/// `getresgid()`
pub fn getresgid(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(three(cx, os::real_effective_saved(true)))
}

/// `setgroups(groups)`
pub fn setgroups(cx: &mut Ctx, args: Args) -> PyResult {
    let mut groups = Vec::new();
    protocol::for_each(cx, args[0], |cx, v| {
        groups.push(id_arg(cx, v, "gid")?);
        Ok(())
    })?;
    let r = os::setgroups(&groups);
    std_result(cx, r)?;
    Ok(Value::NONE)
}

/// `getgrouplist(user, group)`
pub fn getgrouplist(cx: &mut Ctx, args: Args) -> PyResult {
    let name = c_name(cx, args[0])?;
    let group = id_arg(cx, args[1], "gid")?;
    let groups = user::group_list(&name, group);
    let list = List::new(cx);
    for g in groups {
        let g = int::from_i64(cx, g.into());
        list.push(cx, g);
    }
    Ok(list.value())
}

/// `initgroups(username, gid)`
pub fn initgroups(cx: &mut Ctx, args: Args) -> PyResult {
    let name = c_name(cx, args[0])?;
    let group = id_arg(cx, args[1], "gid")?;
    let r = user::init_groups(&name, group);
    std_result(cx, r)?;
    Ok(Value::NONE)
}

fn c_name(cx: &mut Ctx, v: Value) -> Res<std::ffi::CString> {
    let bytes = fs_encode(cx, v)?;
    match std::ffi::CString::new(bytes) {
        Ok(name) => Ok(name),
        Err(_) => Err(cx.value_error("embedded null byte")),
    }
}

// --- scheduling ---

/// The priority in a `sched_param`.
pub fn priority(cx: &mut Ctx, v: Value) -> Res<i32> {
    if !cx.is_def(v, &SCHED_PARAM) {
        return Err(cx.type_error("must have a sched_param object"));
    }
    let n = protocol::getitem(cx, v, Value::small(0))?;
    c_int(cx, n)
}

/// `sched_getscheduler(pid)`
pub fn sched_getscheduler(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    let r = os::scheduler(pid);
    let n = std_result(cx, r)?;
    Ok(Value::small(n))
}

/// `sched_getparam(pid)`
pub fn sched_getparam(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    let r = os::scheduling_priority(pid);
    let n = std_result(cx, r)?;
    Ok(make::<SchedParam>(cx, &[Value::small(n)]))
}

/// `sched_setscheduler(pid, policy, param)`
pub fn sched_setscheduler(cx: &mut Ctx, args: Args) -> PyResult {
    let (pid, policy) = (c_int(cx, args[0])?, c_int(cx, args[1])?);
    let priority = priority(cx, args[2])?;
    let r = os::set_scheduler(pid, Some(policy), priority);
    std_result(cx, r)?;
    Ok(Value::NONE)
}

/// `sched_setparam(pid, param)`
pub fn sched_setparam(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    let priority = priority(cx, args[1])?;
    let r = os::set_scheduler(pid, None, priority);
    std_result(cx, r)?;
    Ok(Value::NONE)
}

/// `sched_rr_get_interval(pid)`
pub fn sched_rr_get_interval(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    let r = os::round_robin_interval(pid);
    let seconds = std_result(cx, r)?;
    Ok(float::new(cx, seconds))
}

// --- waiting ---

/// `waitid(idtype, id, options)`
pub fn waitid(cx: &mut Ctx, args: Args) -> PyResult {
    let (kind, id, options) = (c_int(cx, args[0])?, c_long(cx, args[1])?, c_int(cx, args[2])?);
    let found = waiting(cx, || os::waitid(kind, id as u32, options))?;
    match found {
        Ok(None) => Ok(Value::NONE),
        Ok(Some(info)) => {
            let fields = info.map(Value::small);
            Ok(make::<WaitidResult>(cx, &fields))
        }
        Err(e) => Err(os_error(cx, e)),
    }
}

// --- pseudo terminals ---

/// `posix_openpt(oflag)`
pub fn posix_openpt(cx: &mut Ctx, args: Args) -> PyResult {
    let flags = c_int(cx, args[0])?;
    super::fd::made(cx, || pty::openpt(pty::OpenptFlags::from_bits_retain(flags as u32) | pty::OpenptFlags::CLOEXEC))
}

/// `grantpt(fd)`
pub fn grantpt(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let r = borrow(n).and_then(pty::grantpt);
    done(cx, r)
}

/// `unlockpt(fd)`
pub fn unlockpt(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let r = borrow(n).and_then(pty::unlockpt);
    done(cx, r)
}

/// `ptsname(fd)`
pub fn ptsname(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    match borrow(n).and_then(|f| pty::ptsname(f, Vec::new())) {
        Ok(name) => Ok(fs_decode(cx, name.to_bytes())),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn enter_terminal(n: i32) -> Result<(), Errno> {
    rustix::process::setsid()?;
    rustix::process::ioctl_tiocsctty(borrow(n)?)?;
    for to in 0..3 {
        crate::os::fd::dup_to(n, to, true)?;
    }
    if n > 2 {
        crate::os::fd::close(n)?;
    }
    Ok(())
}

/// `login_tty(fd)`
pub fn login_tty(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let r = enter_terminal(n);
    done(cx, r)
}

/// `forkpty()`
pub fn forkpty(cx: &mut Ctx, _args: Args) -> PyResult {
    super::process::not_at_shutdown(cx)?;
    let made = crate::descriptors::make(cx, || {
        let master = pty::openpt(pty::OpenptFlags::RDWR | pty::OpenptFlags::NOCTTY | pty::OpenptFlags::CLOEXEC)?;
        pty::grantpt(&master)?;
        pty::unlockpt(&master)?;
        let name = pty::ptsname(&master, Vec::new())?;
        let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
        let slave = rustix::fs::openat(rustix::fs::CWD, name.as_c_str(), flags, rustix::fs::Mode::empty())?;
        Ok::<_, Errno>((master, slave))
    })?;
    let (master, slave) = match made {
        Ok(pair) => pair,
        Err(e) => return Err(os_error(cx, e)),
    };
    crate::lifecycle::before_leaving(cx)?;
    super::run_fork_hooks(cx, super::Fork::Before)?;
    crate::imp::before_fork(cx)?;
    let pid = super::process::fork_runtime(cx);
    crate::imp::after_fork(cx, matches!(pid, Ok(0)))?;
    if matches!(pid, Ok(0)) {
        drop(master);
        let _ = enter_terminal(slave.into_raw_fd());
        super::run_fork_hooks(cx, super::Fork::Child)?;
        return Ok(crate::convert::int_tuple(cx, &[0, -1]));
    }
    super::run_fork_hooks(cx, super::Fork::Parent)?;
    let pid = std_result(cx, pid)?;
    let master = master.into_raw_fd();
    Ok(crate::convert::int_tuple(cx, &[pid.into(), master.into()]))
}

// --- vectors ---

/// `preadv(fd, buffers, offset, flags=0)`
pub fn preadv(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let parts = protocol::list_of(cx, args[1])?;
    let (offset, flags) = (c_long(cx, args[2])?, args.get(3).map_or(Ok(0), |v| c_int(cx, v))?);
    let mut sizes = Vec::new();
    for i in 0..parts.len() {
        let view = buffer::get_buffer(cx, parts.get(i).unwrap_or(Value::NONE), buffer::WRITABLE)?;
        sizes.push(view.len);
        view.release(cx);
    }
    let mut data: Vec<Vec<u8>> = sizes.iter().map(|&n| vec![0; n]).collect();
    let got = waiting(cx, || {
        let mut slices: Vec<_> = data.iter_mut().map(|d| std::io::IoSliceMut::new(d)).collect();
        io::preadv2(borrow(n)?, &mut slices, offset as u64, io::ReadWriteFlags::from_bits_retain(flags as u32))
    })?;
    let got = match got {
        Ok(got) => got,
        Err(e) => return Err(os_error(cx, e)),
    };
    let mut left = got;
    for (i, part) in data.iter().enumerate() {
        let view = buffer::get_buffer(cx, parts.get(i).unwrap_or(Value::NONE), buffer::WRITABLE)?;
        let n = part.len().min(left);
        view.write(0, &part[..n]);
        view.release(cx);
        left -= n;
    }
    Ok(int::from_usize(cx, got))
}

/// `pwritev(fd, buffers, offset, flags=0)`
pub fn pwritev(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    let mut data = Vec::new();
    protocol::for_each(cx, args[1], |cx, v| {
        data.push(crate::convert::bytes_like(cx, v)?);
        Ok(())
    })?;
    let (offset, flags) = (c_long(cx, args[2])?, args.get(3).map_or(Ok(0), |v| c_int(cx, v))?);
    let r = waiting(cx, || {
        let slices: Vec<_> = data.iter().map(|d| std::io::IoSlice::new(d)).collect();
        io::pwritev2(borrow(n)?, &slices, offset as u64, io::ReadWriteFlags::from_bits_retain(flags as u32))
    })?;
    match r {
        Ok(n) => Ok(int::from_usize(cx, n)),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn offset_arg(cx: &mut Ctx, v: Option<Value>) -> Res<Option<u64>> {
    match v.filter(|&v| v != Value::NONE) {
        Some(v) => Ok(Some(c_long(cx, v)? as u64)),
        None => Ok(None),
    }
}

/// `splice(src, dst, count, offset_src=None, offset_dst=None, flags=0)`
pub fn splice(cx: &mut Ctx, args: Args) -> PyResult {
    let (src, dst, count) = (fd(cx, args[0])?, fd(cx, args[1])?, c_long(cx, args[2])?);
    let Ok(count) = usize::try_from(count) else {
        return Err(cx.value_error("negative value for 'count' not allowed"));
    };
    let (from, to) = (offset_arg(cx, args.get(3))?, offset_arg(cx, args.get(4))?);
    let flags = args.get(5).map_or(Ok(0), |v| c_int(cx, v))?;
    let flags = rustix::pipe::SpliceFlags::from_bits_retain(flags as u32);
    let r = waiting(cx, || {
        let (mut from, mut to) = (from, to);
        rustix::pipe::splice(borrow(src)?, from.as_mut(), borrow(dst)?, to.as_mut(), count, flags)
    })?;
    match r {
        Ok(n) => Ok(int::from_usize(cx, n)),
        Err(e) => Err(os_error(cx, e)),
    }
}

// --- configuration ---

/// `fpathconf(fd, name)`
pub fn fpathconf(cx: &mut Ctx, args: Args) -> PyResult {
    let n = fd(cx, args[0])?;
    if borrow(n).and_then(io::fcntl_getfd).is_err() {
        return Err(os_error(cx, Errno::BADF));
    }
    let link = Str::new(cx, &format!("/proc/self/fd/{n}"));
    let posix = crate::import::import(cx, "posix")?;
    protocol::call_method(cx, posix, cx.intern(b"pathconf"), &[link, args[1]])
}

// --- timers ---

fn nanos(d: Duration) -> i128 {
    d.as_nanos() as i128
}

fn span(n: i128) -> rustix::time::Timespec {
    rustix::time::Timespec { tv_sec: (n / 1_000_000_000) as i64, tv_nsec: (n % 1_000_000_000) as _ }
}

fn time_of(t: rustix::time::Timespec) -> i128 {
    nanos(Duration::new(t.tv_sec.max(0) as u64, t.tv_nsec as u32))
}

/// `timerfd_create(clockid, *, flags=TFD_CLOEXEC)`
pub fn timerfd_create(cx: &mut Ctx, args: Args) -> PyResult {
    use rustix::time::TimerfdClockId as Clock;
    let clock = match c_int(cx, args[0])? {
        libc::CLOCK_REALTIME => Clock::Realtime,
        libc::CLOCK_MONOTONIC => Clock::Monotonic,
        libc::CLOCK_BOOTTIME => Clock::Boottime,
        libc::CLOCK_REALTIME_ALARM => Clock::RealtimeAlarm,
        libc::CLOCK_BOOTTIME_ALARM => Clock::BoottimeAlarm,
        _ => return Err(os_error(cx, Errno::INVAL)),
    };
    let flags = args.get(1).map_or(Ok(libc::TFD_CLOEXEC), |v| c_int(cx, v))?;
    let flags = rustix::time::TimerfdFlags::from_bits_retain(flags as u32);
    super::fd::made(cx, || rustix::time::timerfd_create(clock, flags))
}

fn timer_value(cx: &mut Ctx, t: rustix::time::Itimerspec, in_nanos: bool) -> Value {
    let fields = [t.it_value, t.it_interval].map(time_of);
    let fields = if in_nanos {
        fields.map(|n| crate::convert::int_value(cx, n))
    } else {
        fields.map(|n| float::new(cx, n as f64 / 1e9))
    };
    Tuple::new(cx, &fields)
}

fn gettime(cx: &mut Ctx, args: Args, in_nanos: bool) -> PyResult {
    let n = fd(cx, args[0])?;
    match borrow(n).and_then(rustix::time::timerfd_gettime) {
        Ok(t) => Ok(timer_value(cx, t, in_nanos)),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `timerfd_gettime(fd)`
pub fn timerfd_gettime(cx: &mut Ctx, args: Args) -> PyResult {
    gettime(cx, args, false)
}

/// `timerfd_gettime_ns(fd)`
pub fn timerfd_gettime_ns(cx: &mut Ctx, args: Args) -> PyResult {
    gettime(cx, args, true)
}

fn settime(cx: &mut Ctx, args: Args, in_nanos: bool) -> PyResult {
    let n = fd(cx, args[0])?;
    let flags = args.get(1).map_or(Ok(0), |v| c_int(cx, v))?;
    let mut time = |i: usize| -> Res<i128> {
        let Some(v) = args.get(i) else { return Ok(0) };
        if in_nanos {
            let n = protocol::index(cx, v)?;
            Ok(n.into())
        } else {
            crate::time::nanoseconds(cx, v, crate::time::Round::Floor)
        }
    };
    let (initial, interval) = (time(2)?, time(3)?);
    if initial < 0 || interval < 0 {
        return Err(os_error(cx, Errno::INVAL));
    }
    let new = rustix::time::Itimerspec { it_interval: span(interval), it_value: span(initial) };
    let flags = rustix::time::TimerfdTimerFlags::from_bits_retain(flags as u32);
    match borrow(n).and_then(|f| rustix::time::timerfd_settime(f, flags, &new)) {
        Ok(t) => Ok(timer_value(cx, t, in_nanos)),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `timerfd_settime(fd, *, flags=0, initial=0.0, interval=0.0)`
pub fn timerfd_settime(cx: &mut Ctx, args: Args) -> PyResult {
    settime(cx, args, false)
}

/// `timerfd_settime_ns(fd, *, flags=0, initial=0, interval=0)`
pub fn timerfd_settime_ns(cx: &mut Ctx, args: Args) -> PyResult {
    settime(cx, args, true)
}
