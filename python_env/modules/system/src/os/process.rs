//! Fork, exec and wait.

use std::ffi::{CStr, CString, OsString, c_char, c_int, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Splits the process; zero in the child.
///
/// Only the calling thread lives on in the child: the caller makes sure that the runtime can bear that.
pub fn fork() -> io::Result<i32> {
    // SAFETY: the caller holds no lock of ours; the child is treated as `_posixsubprocess` or
    // `os.fork` demand.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok(pid),
    }
}

/// What `_posixsubprocess.fork_exec` is asked for; everything is allocated before the fork.
pub struct Spawn {
    /// Arguments.
    pub args: Vec<CString>,
    /// Programs to try, in order.
    pub programs: Vec<CString>,
    /// Environment; inherited when absent.
    pub env: Option<Vec<CString>>,
    /// Working directory.
    pub cwd: Option<CString>,
    /// Descriptors that stay open.
    pub keep: Vec<i32>,
    /// Whether the others are closed.
    pub close_fds: bool,
    /// Ends of the pipes: p2c read, p2c write, c2p read, c2p write, err read, err write, errpipe read, errpipe write.
    pub pipes: [i32; 8],
    /// Whether SIGPIPE and the like get their default action back.
    pub restore_signals: bool,
    /// Whether `setsid` is called.
    pub new_session: bool,
    /// Process group, -1 for none.
    pub process_group: i32,
    /// Group, groups and user to change to.
    pub gid: Option<u32>,
    /// Supplementary groups.
    pub groups: Option<Vec<u32>>,
    /// User.
    pub uid: Option<u32>,
    /// File mode mask, -1 for none.
    pub umask: i32,
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect()
}

/// Starts the program; the child reports a failure through the error pipe in `subprocess`'s form.
///
/// A child that runs no Python code shares our memory until it executes: a copy of the page tables costs more than all else. Where
/// that cannot be, `fork` splits the process: for `preexec`, which runs Python code and says whether it succeeded, just before exec,
/// and to change ids, which the C library does in all threads that it knows.
pub fn spawn(
    spawn: &Spawn,
    fork: impl FnOnce() -> io::Result<i32>,
    preexec: Option<&mut dyn FnMut() -> bool>,
) -> io::Result<i32> {
    let argv = pointers(&spawn.args);
    let shares = preexec.is_none() && spawn.uid.is_none() && spawn.gid.is_none() && spawn.groups.is_none();
    // Other threads may change the environment while a child reads it that shares our memory.
    let own = (shares && spawn.env.is_none()).then(environment);
    let envp = own.as_deref().or(spawn.env.as_deref()).map(pointers);
    // No handler of ours may run in the child before exec.
    // SAFETY: valid sets; the mask is restored below.
    let mut old = unsafe { MaybeUninit::<libc::sigset_t>::zeroed().assume_init() };
    // SAFETY: as above.
    unsafe {
        let mut all = MaybeUninit::<libc::sigset_t>::zeroed().assume_init();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, &raw mut old);
    }
    // Without `preexec` the child only makes async-signal-safe calls on memory prepared above.
    let pid = if shares { sharing(&Child { spawn, argv: &argv, envp: envp.as_deref(), mask: &old }) } else { fork() };
    if matches!(pid, Ok(0)) {
        // SAFETY: we are the child of a fork; everything it reads was built before.
        unsafe { child(spawn, &argv, envp.as_deref(), &old, preexec) };
    }
    // SAFETY: the mask saved above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const old, std::ptr::null_mut()) };
    pid
}

/// A copy of the environment.
fn environment() -> Vec<CString> {
    let join = |(name, value): (OsString, OsString)| {
        let mut text = name.into_vec();
        text.push(b'=');
        text.extend_from_slice(value.as_bytes());
        CString::new(text).ok()
    };
    std::env::vars_os().filter_map(join).collect()
}

/// What a child needs that shares our memory.
struct Child<'a> {
    spawn: &'a Spawn,
    argv: &'a [*const c_char],
    envp: Option<&'a [*const c_char]>,
    mask: &'a libc::sigset_t,
}

/// Starts a child in our memory, on a stack of its own; returns when it has executed or ended.
fn sharing(child: &Child) -> io::Result<i32> {
    /// Words of 16 bytes, as a stack is aligned.
    const STACK: usize = (128 << 10) / size_of::<u128>();
    let mut stack = Vec::<u128>::with_capacity(STACK);
    // SAFETY: the end of the vector's room. Stack and `child` live until `clone` returns, which with CLONE_VFORK is when the child
    // uses them no more. All signals are blocked, so that no handler of ours runs in the child.
    let pid = unsafe {
        let top = stack.as_mut_ptr().add(STACK);
        let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
        libc::clone(begin, top.cast(), flags, std::ptr::from_ref(child).cast_mut().cast())
    };
    if pid == -1 { Err(io::Error::last_os_error()) } else { Ok(pid) }
}

extern "C" fn begin(child: *mut c_void) -> c_int {
    // SAFETY: what `sharing` gave us, and we are its child. Its table of handlers is a copy; ours stay.
    unsafe {
        let Child { spawn, argv, envp, mask } = &*child.cast::<Child>();
        forget_handlers();
        self::child(spawn, argv, *envp, mask, None)
    }
}

/// Gives signals that have a handler their default action, as exec will: none may run in memory that is the parent's, too.
///
/// # Safety
/// As [`child`].
unsafe fn forget_handlers() {
    for signum in 1..=libc::SIGRTMAX() {
        // SAFETY: valid structures; numbers that the C library keeps to itself are refused.
        unsafe {
            let mut now = MaybeUninit::<libc::sigaction>::zeroed().assume_init();
            let known = libc::sigaction(signum, std::ptr::null(), &raw mut now) == 0;
            if known && now.sa_sigaction != libc::SIG_DFL && now.sa_sigaction != libc::SIG_IGN {
                now.sa_sigaction = libc::SIG_DFL;
                libc::sigaction(signum, &raw const now, std::ptr::null_mut());
            }
        }
    }
}

/// The child between fork and exec. Never returns.
///
/// # Safety
/// Only in a forked child.
unsafe fn child(
    spawn: &Spawn,
    argv: &[*const c_char],
    envp: Option<&[*const c_char]>,
    mask: &libc::sigset_t,
    preexec: Option<&mut dyn FnMut() -> bool>,
) -> ! {
    let error_pipe = spawn.pipes[7];
    // SAFETY: async-signal-safe calls on plain integers and prepared memory.
    unsafe {
        let mut stage = prepare(spawn, mask);
        if stage.is_ok() {
            if let Some(preexec) = preexec
                && !preexec()
            {
                let text = b"SubprocessError:0:Exception occurred in preexec_fn.";
                libc::write(error_pipe, text.as_ptr().cast(), text.len());
                libc::_exit(255);
            }
            stage = if keep_only(spawn) { Ok(()) } else { Err(false) };
        }
        // It is not the program that is to blame.
        let mut message: &[u8] = b"noexec";
        if stage.is_ok() {
            message = b"";
            let environment = envp.map_or(libc::environ.cast::<*const c_char>().cast_const(), <[_]>::as_ptr);
            let mut saved = 0;
            for program in &spawn.programs {
                libc::execve(program.as_ptr(), argv.as_ptr(), environment);
                let e = *libc::__errno_location();
                if e != libc::ENOENT && e != libc::ENOTDIR && saved == 0 {
                    saved = e;
                }
            }
            if saved != 0 {
                *libc::__errno_location() = saved;
            }
        } else if stage == Err(true) {
            message = b"noexec:chdir";
        }
        report(error_pipe, message);
        libc::_exit(255)
    }
}

/// Descriptors, directory, ids; `Err(true)` when the directory is to blame.
///
/// # Safety
/// As [`child`].
unsafe fn prepare(spawn: &Spawn, mask: &libc::sigset_t) -> Result<(), bool> {
    let [p2c_read, p2c_write, c2p_read, mut c2p_write, err_read, mut err_write, errpipe_read, _] = spawn.pipes;
    let ok = |rc: c_int| if rc < 0 { Err(false) } else { Ok(rc) };
    // SAFETY: system calls on integers and terminated strings.
    unsafe {
        for fd in [p2c_write, c2p_read, err_read] {
            if fd >= 0 {
                ok(libc::close(fd))?;
            }
        }
        ok(libc::close(errpipe_read))?;
        if c2p_write == 0 {
            c2p_write = ok(libc::dup(c2p_write))?;
        }
        while err_write == 0 || err_write == 1 {
            err_write = ok(libc::dup(err_write))?;
        }
        for (from, to) in [(p2c_read, 0), (c2p_write, 1), (err_write, 2)] {
            if from == to {
                ok(libc::fcntl(to, libc::F_SETFD, 0))?;
            } else if from >= 0 {
                ok(libc::dup2(from, to))?;
            }
        }
        if let Some(cwd) = &spawn.cwd
            && libc::chdir(cwd.as_ptr()) < 0
        {
            return Err(true);
        }
        if spawn.umask >= 0 {
            libc::umask(spawn.umask as libc::mode_t);
        }
        if spawn.restore_signals {
            for signum in [libc::SIGPIPE, libc::SIGXFSZ] {
                libc::signal(signum, libc::SIG_DFL);
            }
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::from_ref(mask), std::ptr::null_mut());
        if spawn.new_session {
            ok(libc::setsid())?;
        }
        if spawn.process_group >= 0 {
            ok(libc::setpgid(0, spawn.process_group))?;
        }
        if let Some(groups) = &spawn.groups {
            ok(libc::setgroups(groups.len(), groups.as_ptr()))?;
        }
        if let Some(gid) = spawn.gid {
            ok(libc::setregid(gid, gid))?;
        }
        if let Some(uid) = spawn.uid {
            ok(libc::setreuid(uid, uid))?;
        }
    }
    Ok(())
}

/// Closes what the new program is not to have; false if what it is to have is not open.
///
/// # Safety
/// As [`child`].
unsafe fn keep_only(spawn: &Spawn) -> bool {
    for &fd in &spawn.keep {
        // Kept descriptors survive exec; the error pipe must not.
        let flags = if fd == spawn.pipes[7] { libc::FD_CLOEXEC } else { 0 };
        // SAFETY: numbers only.
        if unsafe { libc::fcntl(fd, libc::F_SETFD, flags) } < 0 {
            return false;
        }
    }
    if spawn.close_fds {
        // SAFETY: as this function.
        unsafe { close_others(&spawn.keep) };
    }
    true
}

/// Closes every descriptor above 2 that is not in `keep` (sorted).
///
/// # Safety
/// As [`child`].
unsafe fn close_others(keep: &[i32]) {
    let mut from = 3u32;
    for &fd in keep.iter().filter(|&&fd| fd > 2) {
        let fd = fd as u32;
        if fd > from {
            // SAFETY: a system call on integers; the ranges leave the kept descriptors out.
            unsafe { libc::syscall(libc::SYS_close_range, from, fd - 1, 0) };
        }
        from = from.max(fd + 1);
    }
    // SAFETY: as above.
    unsafe { libc::syscall(libc::SYS_close_range, from, u32::MAX, 0) };
}

/// Writes `OSError:<errno in hex>:<message>`.
///
/// # Safety
/// As [`child`].
unsafe fn report(pipe: i32, message: &[u8]) {
    let mut text = [0u8; 64];
    let mut len = 0;
    let mut put = |bytes: &[u8]| {
        for &b in bytes {
            if len < text.len() {
                text[len] = b;
                len += 1;
            }
        }
    };
    put(b"OSError:");
    // SAFETY: the thread's own errno.
    let errno = unsafe { *libc::__errno_location() } as u32;
    let mut started = false;
    for shift in (0..8).rev() {
        let digit = (errno >> (shift * 4)) & 15;
        started |= digit != 0 || shift == 0;
        if started {
            put(&[b"0123456789ABCDEF"[digit as usize]]);
        }
    }
    put(b":");
    put(message);
    // SAFETY: a readable buffer of that length.
    unsafe { libc::write(pipe, text.as_ptr().cast(), len) };
}

/// Replaces the process image; returns only the error.
pub fn exec(program: &CStr, args: &[CString], env: Option<&[CString]>) -> io::Error {
    let argv = pointers(args);
    let envp = env.map(pointers);
    // SAFETY: terminated strings in null-terminated arrays, alive through the call.
    unsafe {
        match &envp {
            Some(envp) => libc::execve(program.as_ptr(), argv.as_ptr(), envp.as_ptr()),
            None => libc::execv(program.as_ptr(), argv.as_ptr()),
        };
    }
    io::Error::last_os_error()
}

/// A finished child.
pub struct Waited {
    /// Its process id; zero when none had changed its state.
    pub pid: i32,
    /// The status word.
    pub status: i32,
    /// User and system time in seconds, then the other fields of `getrusage`.
    pub usage: Usage,
}

/// Resource usage: two times in seconds and fourteen counters.
pub struct Usage {
    /// `ru_utime`, `ru_stime`.
    pub times: [f64; 2],
    /// `ru_maxrss` and those after it.
    pub counts: [i64; 14],
}

fn usage(u: &libc::rusage) -> Usage {
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
    Usage {
        times: [seconds(u.ru_utime), seconds(u.ru_stime)],
        counts: [
            u.ru_maxrss,
            u.ru_ixrss,
            u.ru_idrss,
            u.ru_isrss,
            u.ru_minflt,
            u.ru_majflt,
            u.ru_nswap,
            u.ru_inblock,
            u.ru_oublock,
            u.ru_msgsnd,
            u.ru_msgrcv,
            u.ru_nsignals,
            u.ru_nvcsw,
            u.ru_nivcsw,
        ],
    }
}

/// Waits for a child.
pub fn wait4(pid: i32, options: i32) -> io::Result<Waited> {
    let mut status = 0;
    let mut ru = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both are writable.
    let pid = unsafe { libc::wait4(pid, &raw mut status, options, ru.as_mut_ptr()) };
    if pid < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: zeroed is valid.
    Ok(Waited { pid, status, usage: usage(&unsafe { ru.assume_init() }) })
}

/// Processor times of the process and its children in seconds, and elapsed time: as `times(2)`.
pub fn times() -> io::Result<[f64; 5]> {
    let mut t = MaybeUninit::<libc::tms>::zeroed();
    // SAFETY: writable.
    let elapsed = unsafe { libc::times(t.as_mut_ptr()) };
    // SAFETY: zeroed is valid; sysconf has no preconditions.
    let (t, tick) = unsafe { (t.assume_init(), libc::sysconf(libc::_SC_CLK_TCK) as f64) };
    if elapsed == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok([t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed].map(|v| v as f64 / tick))
}

/// Sends a signal to a process.
pub fn kill(pid: i32, signum: i32) -> io::Result<()> {
    // SAFETY: no preconditions.
    if unsafe { libc::kill(pid, signum) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Sends a signal to a process group.
pub fn killpg(group: i32, signum: i32) -> io::Result<()> {
    // SAFETY: no preconditions.
    if unsafe { libc::killpg(group, signum) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Ends the process at once, running nothing.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: does not return.
    unsafe { libc::_exit(status) }
}

/// Sets the ids of the process; -1 leaves one as it is.
pub fn set_ids(call: IdCall, a: u32, b: u32, c: u32) -> io::Result<()> {
    // SAFETY: plain integers.
    let rc = unsafe {
        match call {
            IdCall::Uid => libc::setuid(a),
            IdCall::Euid => libc::seteuid(a),
            IdCall::Gid => libc::setgid(a),
            IdCall::Egid => libc::setegid(a),
            IdCall::Reuid => libc::setreuid(a, b),
            IdCall::Regid => libc::setregid(a, b),
            IdCall::Resuid => libc::setresuid(a, b, c),
            IdCall::Resgid => libc::setresgid(a, b, c),
        }
    };
    if rc == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Which of the id calls.
#[derive(Clone, Copy)]
pub enum IdCall {
    /// setuid
    Uid,
    /// seteuid
    Euid,
    /// setgid
    Gid,
    /// setegid
    Egid,
    /// setreuid
    Reuid,
    /// setregid
    Regid,
    /// setresuid
    Resuid,
    /// setresgid
    Resgid,
}

/// Resource usage of the process (0), its children (-1) or the thread (1).
pub fn getrusage(who: i32) -> io::Result<Usage> {
    let mut ru = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: writable; an unknown `who` gives an error.
    if unsafe { libc::getrusage(who as _, ru.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: filled.
    Ok(usage(&unsafe { ru.assume_init() }))
}

/// The limits (present, maximum) of a process, 0 for this one, before they are changed to `new`.
pub fn prlimit(pid: i32, which: u32, new: Option<[u64; 2]>) -> io::Result<[u64; 2]> {
    let mut old = MaybeUninit::<libc::rlimit64>::zeroed();
    let new = new.map(|[rlim_cur, rlim_max]| libc::rlimit64 { rlim_cur, rlim_max });
    let new = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: `new` is null or points at limits that live across the call; `old` is writable.
    done(unsafe { libc::prlimit64(pid, which as _, new, old.as_mut_ptr()) })?;
    // SAFETY: filled.
    let old = unsafe { old.assume_init() };
    Ok([old.rlim_cur, old.rlim_max])
}

/// Real, effective and saved id: of the user, or of the group.
pub fn real_effective_saved(of_group: bool) -> [u32; 3] {
    let [mut real, mut effective, mut saved] = [0; 3];
    // SAFETY: three writable ids; the calls cannot fail with them.
    unsafe {
        if of_group {
            libc::getresgid(&raw mut real, &raw mut effective, &raw mut saved);
        } else {
            libc::getresuid(&raw mut real, &raw mut effective, &raw mut saved);
        }
    }
    [real, effective, saved]
}

fn done(rc: c_int) -> io::Result<c_int> {
    if rc < 0 { Err(io::Error::last_os_error()) } else { Ok(rc) }
}

/// `setgroups`
pub fn setgroups(groups: &[u32]) -> io::Result<()> {
    // SAFETY: a slice with its length.
    done(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) }).map(|_| ())
}

/// `sched_getscheduler`
pub fn scheduler(pid: i32) -> io::Result<i32> {
    // SAFETY: numbers only.
    done(unsafe { libc::sched_getscheduler(pid) })
}

/// `sched_getparam`
pub fn scheduling_priority(pid: i32) -> io::Result<i32> {
    let mut param = libc::sched_param { sched_priority: 0 };
    // SAFETY: a writable structure.
    done(unsafe { libc::sched_getparam(pid, &raw mut param) })?;
    Ok(param.sched_priority)
}

/// `sched_setscheduler`, or `sched_setparam` where the policy stays.
pub fn set_scheduler(pid: i32, policy: Option<i32>, priority: i32) -> io::Result<()> {
    let param = libc::sched_param { sched_priority: priority };
    // SAFETY: a whole structure.
    let rc = unsafe {
        match policy {
            Some(policy) => libc::sched_setscheduler(pid, policy, &raw const param),
            None => libc::sched_setparam(pid, &raw const param),
        }
    };
    done(rc).map(|_| ())
}

/// `sched_rr_get_interval` in seconds.
pub fn round_robin_interval(pid: i32) -> io::Result<f64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a writable structure.
    done(unsafe { libc::sched_rr_get_interval(pid, &raw mut t) })?;
    Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
}

/// `waitid`: pid, uid, signal, status, code; None when no child had changed its state.
pub fn waitid(kind: i32, id: u32, options: i32) -> Result<Option<[i32; 5]>, rustix::io::Errno> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: a writable structure.
    if unsafe { libc::waitid(kind as libc::idtype_t, id, info.as_mut_ptr(), options) } < 0 {
        return Err(super::fd::last());
    }
    // SAFETY: zeroed is valid, and the call filled what a child's signal has.
    let fields = unsafe {
        let info = info.assume_init();
        [info.si_pid(), info.si_uid() as i32, info.si_signo, info.si_status(), info.si_code]
    };
    Ok(if fields[0] == 0 { None } else { Some(fields) })
}
