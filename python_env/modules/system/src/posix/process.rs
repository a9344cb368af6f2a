//! Processes, ids, scheduling, environment, system information.

use std::ffi::CString;

use engine::prelude::*;
use rustix::io::Errno;
use rustix::process as rp;
use rustix::rand::GetRandomFlags;

use crate::convert::{
    Accept, c_int, c_long, done, fs_decode, fs_encode, id_arg, int_tuple, io_error, os_error, os_error_at, path,
};
use crate::descriptors;
use crate::os::process::{self as os, IdCall};
use crate::os::user;
use crate::posix::conf_names;
use crate::structseq;
use crate::structseq::make;

structseq!(UnameResult, UNAME_RESULT, "posix", "uname_result" = "uname_result: Result from os.uname().\n\nThis object may be accessed either as a tuple of\n  (sysname, nodename, release, version, machine),\nor via the attributes sysname, nodename, release, version, and machine.\n\nSee os.uname for more information.", new, visible 5,
    all ["sysname", "nodename", "release", "version", "machine"],
    shown ["sysname", "nodename", "release", "version", "machine"],
    [0 "sysname", 1 "nodename", 2 "release", 3 "version", 4 "machine"]);
structseq!(TimesResult, TIMES_RESULT, "posix", "times_result" = "times_result: Result from os.times().\n\nThis object may be accessed either as a tuple of\n  (user, system, children_user, children_system, elapsed),\nor via the attributes user, system, children_user, children_system,\nand elapsed.\n\nSee os.times for more information.", new, visible 5,
    all ["user", "system", "children_user", "children_system", "elapsed"],
    shown ["user", "system", "children_user", "children_system", "elapsed"],
    [0 "user", 1 "system", 2 "children_user", 3 "children_system", 4 "elapsed"]);
structseq!(SchedParam, SCHED_PARAM, "posix", "sched_param" = "Currently has only one field: sched_priority\n\n  sched_priority\n    A scheduling parameter.", new_of_one "($type, sched_priority)", visible 1,
    all ["sched_priority"], shown ["sched_priority"], [0 "sched_priority"]);
structseq!(WaitidResult, WAITID_RESULT, "posix", "waitid_result" = "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more information.", new, visible 5,
    all ["si_pid", "si_uid", "si_signo", "si_status", "si_code"],
    shown ["si_pid", "si_uid", "si_signo", "si_status", "si_code"],
    [0 "si_pid", 1 "si_uid", 2 "si_signo", 3 "si_status", 4 "si_code"]);
structseq!(StructRusage, STRUCT_RUSAGE, "resource", "struct_rusage" = "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on.", new, visible 16,
    all ["ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt",
         "ru_nswap", "ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw"],
    shown ["ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt",
         "ru_nswap", "ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw"],
    [0 "ru_utime", 1 "ru_stime", 2 "ru_maxrss", 3 "ru_ixrss", 4 "ru_idrss", 5 "ru_isrss", 6 "ru_minflt",
     7 "ru_majflt", 8 "ru_nswap", 9 "ru_inblock", 10 "ru_oublock", 11 "ru_msgsnd", 12 "ru_msgrcv",
     13 "ru_nsignals", 14 "ru_nvcsw", 15 "ru_nivcsw"]);

fn small(n: i32) -> PyResult {
    Ok(Value::small(n))
}

fn unsigned(cx: &Ctx, n: u32) -> PyResult {
    Ok(int::from_i64(cx, i64::from(n)))
}

fn pid_number(p: Option<rp::Pid>) -> i32 {
    rp::Pid::as_raw(p)
}

fn result(cx: &mut Ctx, r: std::io::Result<()>) -> PyResult {
    match r {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// `getpid()`
pub fn getpid(_cx: &mut Ctx, _args: Args) -> PyResult {
    small(rp::getpid().as_raw_nonzero().get())
}

/// `getppid()`
pub fn getppid(_cx: &mut Ctx, _args: Args) -> PyResult {
    small(pid_number(rp::getppid()))
}

/// `getuid()`
pub fn getuid(cx: &mut Ctx, _args: Args) -> PyResult {
    unsigned(cx, rp::getuid().as_raw())
}

/// `geteuid()`
pub fn geteuid(cx: &mut Ctx, _args: Args) -> PyResult {
    unsigned(cx, rp::geteuid().as_raw())
}

/// `getgid()`
pub fn getgid(cx: &mut Ctx, _args: Args) -> PyResult {
    unsigned(cx, rp::getgid().as_raw())
}

/// `getegid()`
pub fn getegid(cx: &mut Ctx, _args: Args) -> PyResult {
    unsigned(cx, rp::getegid().as_raw())
}

/// `getgroups()`
pub fn getgroups(cx: &mut Ctx, _args: Args) -> PyResult {
    match rp::getgroups() {
        Ok(groups) => {
            let list = List::new(cx);
            for g in groups {
                let g = int::from_i64(cx, i64::from(g.as_raw()));
                list.push(cx, g);
            }
            Ok(list.value())
        }
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `getpgrp()`
pub fn getpgrp(_cx: &mut Ctx, _args: Args) -> PyResult {
    small(rp::getpgrp().as_raw_nonzero().get())
}

/// The number of a process or group; 0 stands for the caller's. Negative numbers name nobody.
fn pid_of(raw: i32, wrong: Errno) -> Result<Option<rp::Pid>, Errno> {
    if raw < 0 { Err(wrong) } else { Ok(rp::Pid::from_raw(raw)) }
}

/// `getpgid(pid)`
pub fn getpgid(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    match pid_of(pid, Errno::SRCH).and_then(rp::getpgid) {
        Ok(p) => small(p.as_raw_nonzero().get()),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `getsid(pid)`
pub fn getsid(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    match pid_of(pid, Errno::SRCH).and_then(rp::getsid) {
        Ok(p) => small(p.as_raw_nonzero().get()),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `setsid()`
pub fn setsid(cx: &mut Ctx, _args: Args) -> PyResult {
    let r = rp::setsid();
    done(cx, r)
}

/// `setpgid(pid, pgrp)`
pub fn setpgid(cx: &mut Ctx, args: Args) -> PyResult {
    let (pid, group) = (c_int(cx, args[0])?, c_int(cx, args[1])?);
    let r = pid_of(pid, Errno::INVAL).and_then(|pid| rp::setpgid(pid, pid_of(group, Errno::INVAL)?));
    done(cx, r)
}

/// `setpgrp()`
pub fn setpgrp(cx: &mut Ctx, _args: Args) -> PyResult {
    let r = rp::setpgid(None, None);
    done(cx, r)
}

fn change_ids(cx: &mut Ctx, call: IdCall, args: Args, names: &[&str]) -> PyResult {
    let mut ids = [u32::MAX; 3];
    for (i, name) in names.iter().enumerate() {
        ids[i] = id_arg(cx, args[i], name)?;
    }
    let r = os::set_ids(call, ids[0], ids[1], ids[2]);
    result(cx, r)
}

/// `setuid(uid)`
pub fn setuid(cx: &mut Ctx, args: Args) -> PyResult {
    change_ids(cx, IdCall::Uid, args, &["uid"])
}

/// `seteuid(euid)`
pub fn seteuid(cx: &mut Ctx, args: Args) -> PyResult {
    change_ids(cx, IdCall::Euid, args, &["uid"])
}

/// `setgid(gid)`
pub fn setgid(cx: &mut Ctx, args: Args) -> PyResult {
    change_ids(cx, IdCall::Gid, args, &["gid"])
}

/// `setegid(egid)`
pub fn setegid(cx: &mut Ctx, args: Args) -> PyResult {
    change_ids(cx, IdCall::Egid, args, &["gid"])
}

/// `setreuid(ruid, euid)`
pub fn setreuid(cx: &mut Ctx, args: Args) -> PyResult {
    change_ids(cx, IdCall::Reuid, args, &["uid", "uid"])
}

/// `setregid(rgid, egid)`
pub fn setregid(cx: &mut Ctx, args: Args) -> PyResult {
    change_ids(cx, IdCall::Regid, args, &["gid", "gid"])
}

/// `setresuid(ruid, euid, suid)`
pub fn setresuid(cx: &mut Ctx, args: Args) -> PyResult {
    change_ids(cx, IdCall::Resuid, args, &["uid", "uid", "uid"])
}

/// `setresgid(rgid, egid, sgid)`
pub fn setresgid(cx: &mut Ctx, args: Args) -> PyResult {
    change_ids(cx, IdCall::Resgid, args, &["gid", "gid", "gid"])
}

/// `getlogin()`
pub fn getlogin(cx: &mut Ctx, _args: Args) -> PyResult {
    // The login name of the terminal's session is not known to us; its owner's name is.
    match user::user_by_id(rp::getuid().as_raw()) {
        Ok(Some(u)) => Ok(fs_decode(cx, &u.name)),
        Ok(None) => Err(os_error(cx, Errno::NXIO)),
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// `kill(pid, signal)`
pub fn kill(cx: &mut Ctx, args: Args) -> PyResult {
    let (pid, signum) = (c_int(cx, args[0])?, c_int(cx, args[1])?);
    let r = os::kill(pid, signum);
    let v = result(cx, r)?;
    // A signal to ourselves has arrived by now: handle it before the next instruction.
    cx.poll()?;
    Ok(v)
}

/// `killpg(pgid, signal)`
pub fn killpg(cx: &mut Ctx, args: Args) -> PyResult {
    let (group, signum) = (c_int(cx, args[0])?, c_int(cx, args[1])?);
    let r = os::killpg(group, signum);
    let v = result(cx, r)?;
    cx.poll()?;
    Ok(v)
}

/// `abort()`
pub fn abort(_cx: &mut Ctx, _args: Args) -> PyResult {
    std::process::abort()
}

/// `_exit(status)`
pub fn exit(cx: &mut Ctx, args: Args) -> PyResult {
    let status = c_int(cx, args[0])?;
    // Writers that were dropped are not collected any more. What their ends raise keeps nobody here.
    if let Err(r) = crate::lifecycle::before_leaving(cx) {
        cx.clear(r);
    }
    os::exit_now(status)
}

/// A child would end the program a second time.
pub fn not_at_shutdown(cx: &mut Ctx) -> Res<()> {
    if crate::lifecycle::is_finalizing() {
        return Err(cx.raise(Exc::PythonFinalizationError, "can't fork at interpreter shutdown"));
    }
    Ok(())
}

/// `fork()`
pub fn fork(cx: &mut Ctx, _args: Args) -> PyResult {
    not_at_shutdown(cx)?;
    if crate::thread::RUNNING.load(std::sync::atomic::Ordering::Relaxed) > 0 {
        let text = Str::new(
            cx,
            &format!(
                "This process (pid={}) is multi-threaded, use of fork() may lead to deadlocks in the child.",
                rp::getpid().as_raw_nonzero()
            ),
        );
        crate::warnings::warn_category(cx, Exc::DeprecationWarning, text, 1)?;
    }
    // A writer that is dropped but not collected would write once in each process.
    crate::lifecycle::before_leaving(cx)?;
    super::run_fork_hooks(cx, super::Fork::Before)?;
    crate::imp::before_fork(cx)?;
    let r = fork_runtime(cx);
    crate::imp::after_fork(cx, matches!(r, Ok(0)))?;
    match r {
        Ok(0) => {
            super::run_fork_hooks(cx, super::Fork::Child)?;
            small(0)
        }
        other => {
            super::run_fork_hooks(cx, super::Fork::Parent)?;
            match other {
                Ok(pid) => small(pid),
                Err(e) => Err(io_error(cx, &e)),
            }
        }
    }
}

/// Splits the process while no other thread is in the middle of anything; zero in the child, which has only this one.
pub fn fork_runtime(cx: &mut Ctx) -> std::io::Result<i32> {
    let (pid, was_main) = cx.fork(|| {
        let mut pid = Ok(0);
        crate::os::fork_gate::hold(|| {
            pid = os::fork();
            matches!(pid, Ok(0))
        });
        pid
    });
    if matches!(pid, Ok(0)) {
        // Threads that were started and have not ended: at most this one.
        crate::thread::RUNNING.store(usize::from(!was_main), std::sync::atomic::Ordering::SeqCst);
        crate::thread::handle::only_this_thread();
        descriptors::after_fork();
        crate::lifecycle::after_fork(cx);
        engine::waits::forget_others();
        crate::signal::after_fork_in_child(cx);
        // The child is in none of the parent's tasks: a loop of its own enters its own.
        cx.set_local(Local::Tasks, Value::EMPTY);
    }
    pid
}

/// The arguments of a program.
pub fn strings(cx: &mut Ctx, v: Value, what: &str) -> Res<Vec<CString>> {
    if Tuple::of_sub(cx, v).is_none() && List::of_sub(cx, v).is_none() {
        return Err(cx.type_error(format!("{what} must be a tuple or list")));
    }
    let mut out = Vec::new();
    protocol::for_each(cx, v, |cx, item| {
        let item = path(cx, item, "execv", "argument", Accept::Names)?;
        out.push(item.c_str());
        Ok(())
    })?;
    Ok(out)
}

/// The `NAME=value` strings of a mapping.
pub fn environment(cx: &mut Ctx, v: Value) -> Res<Vec<CString>> {
    let mut out = Vec::new();
    let keys = protocol::call_method(cx, v, cx.names.keys, &[])?;
    protocol::for_each(cx, keys, |cx, key| {
        let value = protocol::getitem(cx, v, key)?;
        let mut line = path(cx, key, "execve", "environment key", Accept::Names)?.bytes;
        if line.is_empty() || line.contains(&b'=') {
            return Err(cx.value_error("illegal environment variable name"));
        }
        line.push(b'=');
        line.extend(path(cx, value, "execve", "environment value", Accept::Names)?.bytes);
        out.push(CString::new(line).unwrap_or_default());
        Ok(())
    })?;
    Ok(out)
}

/// `execv(path, argv)`
pub fn execv(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "execv", "path", Accept::Names)?;
    let argv = strings(cx, args[1], "execv() arg 2")?;
    if argv.is_empty() {
        return Err(cx.value_error("execv() arg 2 must not be empty"));
    }
    if argv[0].is_empty() {
        return Err(cx.value_error("execv() arg 2 first element cannot be empty"));
    }
    crate::lifecycle::before_leaving(cx)?;
    let e = os::exec(&p.c_str(), &argv, None);
    Err(io_error(cx, &e))
}

/// `execve(path, argv, env)`
pub fn execve(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "execve", "path", Accept::Names)?;
    let argv = strings(cx, args[1], "execve: argv")?;
    if argv.is_empty() {
        return Err(cx.value_error("execve: argv must not be empty"));
    }
    if argv[0].is_empty() {
        return Err(cx.value_error("execve: argv first element cannot be empty"));
    }
    let env = environment(cx, args[2])?;
    crate::lifecycle::before_leaving(cx)?;
    let e = os::exec(&p.c_str(), &argv, Some(&env));
    Err(io_error(cx, &e))
}

/// `system(command)`
pub fn system(cx: &mut Ctx, args: Args) -> PyResult {
    let command = path(cx, args[0], "system", "command", Accept::Names)?;
    crate::lifecycle::before_look(cx);
    let status = descriptors::passing(cx, || {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::process::ExitStatusExt;
        std::process::Command::new("/bin/sh")
            .arg("-c")
            .arg(std::ffi::OsStr::from_bytes(&command.bytes))
            .status()
            .map(ExitStatusExt::into_raw)
    })?;
    match status {
        Ok(status) => small(status),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn wait_for(cx: &mut Ctx, pid: i32, options: i32) -> Res<os::Waited> {
    loop {
        match cx.blocking(|| os::wait4(pid, options)) {
            Ok(w) => return Ok(w),
            Err(e) if e.raw_os_error() == Some(libc::EINTR) => cx.poll()?,
            Err(e) => return Err(io_error(cx, &e)),
        }
    }
}

/// `waitpid(pid, options)`
pub fn waitpid(cx: &mut Ctx, args: Args) -> PyResult {
    let (pid, options) = (c_int(cx, args[0])?, c_int(cx, args[1])?);
    let w = wait_for(cx, pid, options)?;
    Ok(int_tuple(cx, &[w.pid.into(), w.status.into()]))
}

/// `wait()`
pub fn wait(cx: &mut Ctx, _args: Args) -> PyResult {
    let w = wait_for(cx, -1, 0)?;
    Ok(int_tuple(cx, &[w.pid.into(), w.status.into()]))
}

/// The `resource.struct_rusage` of a usage record.
pub fn rusage(cx: &mut Ctx, u: &os::Usage) -> Value {
    let mut fields = [Value::NONE; 16];
    for (i, t) in u.times.iter().enumerate() {
        fields[i] = float::new(cx, *t);
    }
    for (i, n) in u.counts.iter().enumerate() {
        fields[2 + i] = int::from_i64(cx, *n);
    }
    make::<StructRusage>(cx, &fields)
}

fn with_usage(cx: &mut Ctx, w: &os::Waited) -> PyResult {
    let usage = rusage(cx, &w.usage);
    Ok(Tuple::new(cx, &[Value::small(w.pid), Value::small(w.status), usage]))
}

/// `wait3(options)`
pub fn wait3(cx: &mut Ctx, args: Args) -> PyResult {
    let options = c_int(cx, args[0])?;
    let w = wait_for(cx, -1, options)?;
    with_usage(cx, &w)
}

/// `wait4(pid, options)`
pub fn wait4(cx: &mut Ctx, args: Args) -> PyResult {
    let (pid, options) = (c_int(cx, args[0])?, c_int(cx, args[1])?);
    let w = wait_for(cx, pid, options)?;
    with_usage(cx, &w)
}

macro_rules! status_functions {
    ($($name:ident: $py:literal => $f:expr;)*) => {
        $(#[doc = concat!("`", $py, "(status)`")]
        pub fn $name(cx: &mut Ctx, args: Args) -> PyResult {
            let status = c_int(cx, args[0])?;
            let f: fn(i32) -> Value = $f;
            Ok(f(status))
        })*
    };
}

status_functions! {
    wcoredump: "WCOREDUMP" => |s| Value::bool(libc::WCOREDUMP(s));
    wexitstatus: "WEXITSTATUS" => |s| Value::small(libc::WEXITSTATUS(s));
    wifcontinued: "WIFCONTINUED" => |s| Value::bool(libc::WIFCONTINUED(s));
    wifexited: "WIFEXITED" => |s| Value::bool(libc::WIFEXITED(s));
    wifsignaled: "WIFSIGNALED" => |s| Value::bool(libc::WIFSIGNALED(s));
    wifstopped: "WIFSTOPPED" => |s| Value::bool(libc::WIFSTOPPED(s));
    wstopsig: "WSTOPSIG" => |s| Value::small(libc::WSTOPSIG(s));
    wtermsig: "WTERMSIG" => |s| Value::small(libc::WTERMSIG(s));
}

/// `waitstatus_to_exitcode(status)`
pub fn waitstatus_to_exitcode(cx: &mut Ctx, args: Args) -> PyResult {
    let status = c_int(cx, args[0])?;
    if libc::WIFEXITED(status) {
        small(libc::WEXITSTATUS(status))
    } else if libc::WIFSIGNALED(status) {
        small(-libc::WTERMSIG(status))
    } else if libc::WIFSTOPPED(status) {
        Err(cx.value_error(format!("process stopped by delivery of signal {}", libc::WSTOPSIG(status))))
    } else {
        Err(cx.value_error(format!("invalid wait status: {status}")))
    }
}

/// `uname()`
pub fn uname(cx: &mut Ctx, _args: Args) -> PyResult {
    let u = rustix::system::uname();
    let parts = [u.sysname(), u.nodename(), u.release(), u.version(), u.machine()];
    let fields = parts.map(|p| fs_decode(cx, p.to_bytes()));
    Ok(make::<UnameResult>(cx, &fields))
}

/// `times()`
pub fn times(cx: &mut Ctx, _args: Args) -> PyResult {
    match os::times() {
        Ok(t) => {
            let fields = t.map(|v| float::new(cx, v));
            Ok(make::<TimesResult>(cx, &fields))
        }
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// `cpu_count()`
pub fn cpu_count(cx: &mut Ctx, _args: Args) -> PyResult {
    if let Some(n) = crate::sys::config::get().cpu_count {
        return Ok(Value::small(n));
    }
    match user::sysconf(libc::_SC_NPROCESSORS_ONLN) {
        Ok(n) if n > 0 => Ok(int::from_i64(cx, n)),
        _ => Ok(Value::NONE),
    }
}

/// `getloadavg()`
pub fn getloadavg(cx: &mut Ctx, _args: Args) -> PyResult {
    match user::getloadavg() {
        Ok(loads) => {
            let items = loads.map(|v| float::new(cx, v));
            Ok(Tuple::new(cx, &items))
        }
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// `nice(increment)`
pub fn nice(cx: &mut Ctx, args: Args) -> PyResult {
    let n = c_int(cx, args[0])?;
    match rp::nice(n) {
        Ok(n) => small(n),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `getpriority(which, who)`
pub fn getpriority(cx: &mut Ctx, args: Args) -> PyResult {
    let (which, who) = (c_int(cx, args[0])?, c_int(cx, args[1])?);
    let r = match which {
        0 => pid_of(who, Errno::SRCH).and_then(rp::getpriority_process),
        1 => pid_of(who, Errno::SRCH).and_then(rp::getpriority_pgrp),
        2 => rp::getpriority_user(rp::Uid::from_raw(who as u32)),
        _ => Err(Errno::INVAL),
    };
    match r {
        Ok(n) => small(n),
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `setpriority(which, who, priority)`
pub fn setpriority(cx: &mut Ctx, args: Args) -> PyResult {
    let (which, who, n) = (c_int(cx, args[0])?, c_int(cx, args[1])?, c_int(cx, args[2])?);
    let r = match which {
        0 => pid_of(who, Errno::SRCH).and_then(|who| rp::setpriority_process(who, n)),
        1 => pid_of(who, Errno::SRCH).and_then(|who| rp::setpriority_pgrp(who, n)),
        2 => rp::setpriority_user(rp::Uid::from_raw(who as u32), n),
        _ => Err(Errno::INVAL),
    };
    done(cx, r)
}

/// `sched_yield()`
pub fn sched_yield(cx: &mut Ctx, _args: Args) -> PyResult {
    cx.blocking(rustix::thread::sched_yield);
    Ok(Value::NONE)
}

/// `sched_getaffinity(pid)`
pub fn sched_getaffinity(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    match pid_of(pid, Errno::SRCH).and_then(rustix::thread::sched_getaffinity) {
        Ok(cpus) => {
            let set = objects::Set::new(cx);
            for i in (0..rustix::thread::CpuSet::MAX_CPU).filter(|&i| cpus.is_set(i)) {
                let i = int::from_usize(cx, i);
                set.add(cx, i)?;
            }
            Ok(set.value())
        }
        Err(e) => Err(os_error(cx, e)),
    }
}

/// `sched_setaffinity(pid, mask)`
pub fn sched_setaffinity(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    let mut cpus = rustix::thread::CpuSet::new();
    protocol::for_each(cx, args[1], |cx, v| {
        let i = c_long(cx, v)?;
        match usize::try_from(i) {
            Ok(i) if i < rustix::thread::CpuSet::MAX_CPU => {
                cpus.set(i);
                Ok(())
            }
            Ok(_) => Err(cx.overflow_error("could not allocate a large enough CPU set")),
            Err(_) => Err(cx.value_error("negative CPU number")),
        }
    })?;
    let r = pid_of(pid, Errno::SRCH).and_then(|pid| rustix::thread::sched_setaffinity(pid, &cpus));
    done(cx, r)
}

/// `sched_get_priority_max(policy)`
pub fn sched_get_priority_max(cx: &mut Ctx, args: Args) -> PyResult {
    match c_int(cx, args[0])? {
        libc::SCHED_FIFO | libc::SCHED_RR => small(99),
        libc::SCHED_OTHER | libc::SCHED_BATCH | libc::SCHED_IDLE => small(0),
        _ => Err(os_error(cx, Errno::INVAL)),
    }
}

/// `sched_get_priority_min(policy)`
pub fn sched_get_priority_min(cx: &mut Ctx, args: Args) -> PyResult {
    match c_int(cx, args[0])? {
        libc::SCHED_FIFO | libc::SCHED_RR => small(1),
        libc::SCHED_OTHER | libc::SCHED_BATCH | libc::SCHED_IDLE => small(0),
        _ => Err(os_error(cx, Errno::INVAL)),
    }
}

/// `urandom(size)`
pub fn urandom(cx: &mut Ctx, args: Args) -> PyResult {
    let n = protocol::index(cx, args[0])?;
    let Ok(n) = usize::try_from(n) else {
        return Err(cx.value_error("negative argument not allowed"));
    };
    random_bytes(cx, n, GetRandomFlags::empty())
}

/// `getrandom(size, flags=0)`
pub fn getrandom(cx: &mut Ctx, args: Args) -> PyResult {
    let n = protocol::index(cx, args[0])?;
    let flags = args.get(1).map_or(Ok(0), |v| c_int(cx, v))?;
    match usize::try_from(n) {
        Ok(n) => random_bytes(cx, n, GetRandomFlags::from_bits_retain(flags as u32)),
        Err(_) => Err(os_error(cx, Errno::INVAL)),
    }
}

fn random_bytes(cx: &mut Ctx, n: usize, flags: GetRandomFlags) -> PyResult {
    let mut data = cx.zeros(n)?;
    let mut filled = 0;
    while filled < n {
        match rustix::rand::getrandom(&mut data[filled..], flags) {
            Ok(got) => filled += got,
            Err(Errno::INTR) => cx.poll()?,
            Err(e) => return Err(os_error(cx, e)),
        }
    }
    Bytes::wish(cx, &data)
}

/// `strerror(code)`
pub fn strerror(cx: &mut Ctx, args: Args) -> PyResult {
    let code = c_int(cx, args[0])?;
    Ok(Str::new(cx, &user::strerror(code)))
}

/// `umask(mask)`
pub fn umask(cx: &mut Ctx, args: Args) -> PyResult {
    let mask = c_int(cx, args[0])?;
    let old = rp::umask(rustix::fs::Mode::from_raw_mode(mask as u32));
    unsigned(cx, old.as_raw_mode())
}

/// The environment as `posix.environ` wants it: a dict of bytes.
pub fn environ(cx: &mut Ctx) -> Res<Value> {
    use std::os::unix::ffi::OsStrExt;
    let dict = Dict::new(cx);
    for (name, value) in std::env::vars_os() {
        let (name, value) = (Bytes::new(cx, name.as_bytes()), Bytes::new(cx, value.as_bytes()));
        dict.set_default(cx, name, value)?;
    }
    Ok(dict.value())
}

/// `_create_environ()`
pub fn create_environ(cx: &mut Ctx, _args: Args) -> PyResult {
    environ(cx)
}

fn env_name(cx: &mut Ctx, v: Value, function: &str) -> Res<CString> {
    let p = path(cx, v, function, "name", Accept::Names)?;
    Ok(p.c_str())
}

/// `putenv(name, value)`
pub fn putenv(cx: &mut Ctx, args: Args) -> PyResult {
    let name = env_name(cx, args[0], "putenv")?;
    let value = path(cx, args[1], "putenv", "value", Accept::Names)?.c_str();
    if name.to_bytes().contains(&b'=') {
        return Err(cx.value_error("illegal environment variable name"));
    }
    let r = user::set_environment(&name, Some(&value));
    result(cx, r)
}

/// `unsetenv(name)`
pub fn unsetenv(cx: &mut Ctx, args: Args) -> PyResult {
    let name = env_name(cx, args[0], "unsetenv")?;
    let r = user::set_environment(&name, None);
    result(cx, r)
}

fn conf_number(cx: &mut Ctx, v: Value, names: &[(&str, i32)]) -> Res<i32> {
    if let Some(s) = Str::of_sub(cx, v) {
        let wanted = s.to_string_lossy();
        return match names.iter().find(|(n, _)| *n == wanted) {
            Some(&(_, n)) => Ok(n),
            None => Err(cx.value_error("unrecognized configuration name")),
        };
    }
    if !int::is_sub(cx, v) {
        return Err(cx.type_error("configuration names must be strings or integers"));
    }
    c_int(cx, v)
}

/// `sysconf(name)`
pub fn sysconf(cx: &mut Ctx, args: Args) -> PyResult {
    let name = conf_number(cx, args[0], conf_names::SYSCONF)?;
    match user::sysconf(name) {
        Ok(n) => Ok(int::from_i64(cx, n)),
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// `confstr(name)`
pub fn confstr(cx: &mut Ctx, args: Args) -> PyResult {
    let name = conf_number(cx, args[0], conf_names::CONFSTR)?;
    match user::confstr(name) {
        Ok(Some(text)) => Ok(fs_decode(cx, &text)),
        Ok(None) => Ok(Value::NONE),
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// `pathconf(path, name)`
pub fn pathconf(cx: &mut Ctx, args: Args) -> PyResult {
    let p = path(cx, args[0], "pathconf", "path", Accept::NamesAndFds)?;
    if let Some(fd) = p.fd {
        if crate::os::fd::borrow(fd).and_then(rustix::io::fcntl_getfd).is_err() {
            return Err(os_error_at(cx, Errno::BADF, &p));
        }
        return super::rare_calls::fpathconf(cx, args);
    }
    let name = conf_number(cx, args[1], conf_names::PATHCONF)?;
    match user::pathconf(&p.c_str(), name) {
        Ok(n) => Ok(int::from_i64(cx, n)),
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// A dict of names and numbers.
pub fn names_dict(cx: &mut Ctx, names: &[(&str, i32)]) -> Value {
    let dict = Dict::new(cx);
    for (name, n) in names {
        let name = cx.intern(name.as_bytes());
        dict.set_str(cx, name, Value::small(*n));
    }
    dict.value()
}

/// The bytes of a str in the file system's encoding, for `_posixsubprocess`.
pub fn encoded(cx: &mut Ctx, v: Value) -> Res<CString> {
    let bytes = match Bytes::of_sub(cx, v) {
        Some(b) => b.as_slice().to_vec(),
        None => fs_encode(cx, v)?,
    };
    match CString::new(bytes) {
        Ok(s) => Ok(s),
        Err(_) => Err(cx.value_error("embedded null byte")),
    }
}
