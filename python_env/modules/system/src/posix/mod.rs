//! The module `posix`, which `os` builds on.

pub mod conf_names;
pub mod dir;
pub mod fd;
pub mod fs;
pub mod process;
pub mod rare_calls;
pub mod spawn;
pub mod stat;
pub mod subprocess;

use engine::audited;
use engine::prelude::*;
use rustix::fs::CWD;
use rustix::io::Errno;
use std::os::fd::BorrowedFd;

use crate::convert::type_name;
use crate::os::fd::borrow;

/// A `dir_fd` argument; absent or `None` is the current directory.
pub fn dir_fd(cx: &mut Ctx, v: Value) -> Res<Result<BorrowedFd<'static>, Errno>> {
    if v.is_empty() || v == Value::NONE {
        return Ok(Ok(CWD));
    }
    if !int::is_sub(cx, v) && types::type_of(cx, v).slots().index().is_none() {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("argument should be integer or None, not {ty}")));
    }
    Ok(borrow(crate::convert::fd(cx, v)?))
}

/// Whether a toolkit wants to be called while the prompt waits: there is no interface by which one could ask for it.
fn no_input_hook(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::FALSE)
}

fn input_hook(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::NONE)
}

/// When a fork hook runs.
#[derive(Clone, Copy)]
pub enum Fork {
    /// Before, newest first.
    Before,
    /// In the parent.
    Parent,
    /// In the child.
    Child,
}

impl Fork {
    fn key(self) -> &'static str {
        match self {
            Fork::Before => "fork_before",
            Fork::Parent => "fork_parent",
            Fork::Child => "fork_child",
        }
    }
}

fn hooks(cx: &mut Ctx, when: Fork) -> List {
    let state = crate::lifecycle::state(cx);
    let key = cx.intern(when.key().as_bytes());
    if let Some(list) = state.get_str(key).and_then(List::of) {
        return list;
    }
    let list = List::new(cx);
    state.set_str(cx, key, list.value());
    list
}

/// Runs the functions of `register_at_fork`; their errors are reported and ignored.
pub fn run_fork_hooks(cx: &mut Ctx, when: Fork) -> Res<()> {
    let list = hooks(cx, when).copy(cx);
    if matches!(when, Fork::Before) {
        list.reverse(cx);
    }
    for i in 0..list.len() {
        let f = list.get(i).unwrap_or(Value::NONE);
        if let Err(r) = protocol::call(cx, f, &[]) {
            let exc = cx.take(r);
            crate::hooks::unraisable(cx, exc, "Exception ignored in atfork callback", f);
        }
    }
    Ok(())
}

fn register_at_fork(cx: &mut Ctx, args: Args) -> PyResult {
    let pairs = [(0, Fork::Before), (1, Fork::Child), (2, Fork::Parent)];
    if pairs.iter().all(|&(i, _)| args.get(i).is_none()) {
        return Err(cx.type_error("At least one argument is required."));
    }
    for (i, when) in pairs {
        if let Some(f) = args.get(i) {
            if !protocol::is_callable(cx, f) {
                let (name, ty) = (when.key(), type_name(cx, f));
                return Err(cx.type_error(format!("'{name}' must be callable, not {ty}")));
            }
            let list = hooks(cx, when);
            list.push(cx, f);
        }
    }
    Ok(Value::NONE)
}

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), Const::Int(libc::$name as i64))),*] };
}

const NUMBERS: &[(&str, Const)] = constants! {
    CLONE_FILES CLONE_FS CLONE_NEWCGROUP CLONE_NEWIPC CLONE_NEWNET CLONE_NEWNS CLONE_NEWPID CLONE_NEWUSER
    CLONE_NEWUTS CLONE_SIGHAND CLONE_SYSVSEM CLONE_THREAD CLONE_VM
    CLD_CONTINUED CLD_DUMPED CLD_EXITED CLD_KILLED CLD_STOPPED CLD_TRAPPED
    EFD_CLOEXEC EFD_NONBLOCK EFD_SEMAPHORE
    F_LOCK F_OK F_TEST F_TLOCK F_ULOCK GRND_NONBLOCK GRND_RANDOM MFD_ALLOW_SEALING MFD_CLOEXEC MFD_HUGETLB
    O_ACCMODE O_APPEND O_ASYNC O_CLOEXEC O_CREAT O_DIRECT O_DIRECTORY O_DSYNC O_EXCL O_LARGEFILE O_NDELAY
    O_NOATIME O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_RDONLY O_RDWR O_RSYNC O_SYNC O_TMPFILE O_TRUNC O_WRONLY
    POSIX_FADV_DONTNEED POSIX_FADV_NOREUSE POSIX_FADV_NORMAL POSIX_FADV_RANDOM POSIX_FADV_SEQUENTIAL
    POSIX_FADV_WILLNEED PRIO_PGRP PRIO_PROCESS PRIO_USER P_ALL P_PGID P_PID P_PIDFD
    RTLD_DEEPBIND RTLD_GLOBAL RTLD_LAZY RTLD_LOCAL RTLD_NODELETE RTLD_NOLOAD RTLD_NOW
    R_OK SCHED_BATCH SCHED_DEADLINE SCHED_FIFO SCHED_IDLE SCHED_OTHER SCHED_RESET_ON_FORK SCHED_RR SEEK_DATA SEEK_HOLE
    ST_APPEND ST_MANDLOCK ST_NOATIME ST_NODEV ST_NODIRATIME ST_NOEXEC ST_NOSUID ST_RDONLY ST_RELATIME
    ST_SYNCHRONOUS TFD_NONBLOCK TFD_TIMER_ABSTIME TFD_TIMER_CANCEL_ON_SET SPLICE_F_MORE SPLICE_F_MOVE SPLICE_F_NONBLOCK
    RWF_APPEND RWF_DSYNC RWF_HIPRI RWF_NOWAIT RWF_SYNC MFD_HUGE_16GB MFD_HUGE_16MB MFD_HUGE_1GB MFD_HUGE_1MB
    MFD_HUGE_256MB MFD_HUGE_2GB MFD_HUGE_2MB MFD_HUGE_32MB MFD_HUGE_512KB MFD_HUGE_512MB MFD_HUGE_64KB MFD_HUGE_8MB
    MFD_HUGE_MASK MFD_HUGE_SHIFT
    ST_WRITE WCONTINUED WEXITED WNOHANG WNOWAIT WSTOPPED WUNTRACED W_OK XATTR_CREATE
    XATTR_REPLACE X_OK
};

const FIXED: &[(&str, i32)] = &[
    ("EX_OK", 0),
    ("EX_USAGE", 64),
    ("EX_DATAERR", 65),
    ("EX_NOINPUT", 66),
    ("EX_NOUSER", 67),
    ("EX_NOHOST", 68),
    ("EX_UNAVAILABLE", 69),
    ("EX_SOFTWARE", 70),
    ("EX_OSERR", 71),
    ("EX_OSFILE", 72),
    ("EX_CANTCREAT", 73),
    ("EX_IOERR", 74),
    ("EX_TEMPFAIL", 75),
    ("EX_PROTOCOL", 76),
    ("EX_NOPERM", 77),
    ("EX_CONFIG", 78),
    ("NGROUPS_MAX", 65536),
    ("TMP_MAX", 238_328),
    ("XATTR_SIZE_MAX", 65536),
    ("PIDFD_NONBLOCK", libc::O_NONBLOCK),
    ("SCHED_NORMAL", 0),
    ("CLONE_NEWTIME", 0x80),
    ("O_FSYNC", libc::O_SYNC),
];

/// Optional abilities in the form that `os` tests.
const HAVE: &[&str] = &[
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FDOPENDIR",
    "HAVE_FSTATAT",
    "HAVE_FSTATVFS",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_LINKAT",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_MKNODAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
];

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let environ = process::environ(cx)?;
    cx.set_module_attr(module, "environ", environ);
    let error = cx.types.exc(Exc::OSError).value();
    cx.set_module_attr(module, "error", error);
    for (name, n) in FIXED.iter().chain(spawn::CONSTANTS) {
        cx.set_module_attr(module, name, Value::small(*n));
    }
    let have = List::new(cx);
    for name in HAVE {
        let name = Str::new(cx, name);
        have.push(cx, name);
    }
    cx.set_module_attr(module, "_have_functions", have.value());
    let names = process::names_dict(cx, conf_names::SYSCONF);
    cx.set_module_attr(module, "sysconf_names", names);
    let names = process::names_dict(cx, conf_names::PATHCONF);
    cx.set_module_attr(module, "pathconf_names", names);
    let names = process::names_dict(cx, conf_names::CONFSTR);
    cx.set_module_attr(module, "confstr_names", names);
    Ok(())
}

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `posix`
pub static POSIX: ModuleDef = ModuleDef {
    doc: "Access to operating system functionality that POSIX standardizes.",
    functions: &[
        def("stat", "($module, /, path, *, dir_fd=None, follow_symlinks=True)", stat::stat),
        def("lstat", "($module, /, path, *, dir_fd=None)", stat::lstat),
        def("fstat", "($module, /, fd)", stat::fstat),
        def("statvfs", "($module, /, path)", stat::statvfs),
        def("fstatvfs", "($module, fd, /)", stat::fstatvfs),
        def("listdir", "($module, /, path=None)", audited!("os.listdir", dir::listdir, Given(0))),
        def("scandir", "($module, /, path=None)", audited!("os.scandir", dir::scandir, Given(0))),
        def(
            "mkdir",
            "($module, /, path, mode=511, *, dir_fd=None)",
            audited!("os.mkdir", fs::mkdir, Given(0), Or(1, 0o777), Or(2, -1)),
        ),
        def("rmdir", "($module, /, path, *, dir_fd=None)", audited!("os.rmdir", fs::rmdir, Given(0), Or(1, -1))),
        def("unlink", "($module, /, path, *, dir_fd=None)", audited!("os.remove", fs::unlink, Given(0), Or(1, -1))),
        def("remove", "($module, /, path, *, dir_fd=None)", audited!("os.remove", fs::remove, Given(0), Or(1, -1))),
        def(
            "rename",
            "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            audited!("os.rename", fs::rename, Given(0), Given(1), Or(2, -1), Or(3, -1)),
        ),
        def(
            "replace",
            "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            audited!("os.rename", fs::replace, Given(0), Given(1), Or(2, -1), Or(3, -1)),
        ),
        def(
            "link",
            "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)",
            audited!("os.link", fs::link, Given(0), Given(1), Or(2, -1), Or(3, -1)),
        ),
        def(
            "symlink",
            "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)",
            audited!("os.symlink", fs::symlink, Given(0), Given(1), Or(3, -1)),
        ),
        def("readlink", "($module, /, path, *, dir_fd=None)", fs::readlink),
        def(
            "chmod",
            "($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)",
            audited!("os.chmod", fs::chmod, Given(0), Given(1), Or(2, -1)),
        ),
        def("fchmod", "($module, /, fd, mode)", audited!("os.chmod", fs::fchmod, Given(0), Given(1), Number(-1))),
        def(
            "chown",
            "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)",
            audited!("os.chown", fs::chown, Given(0), Given(1), Given(2), Or(3, -1)),
        ),
        def(
            "lchown",
            "($module, /, path, uid, gid)",
            audited!("os.chown", fs::lchown, Given(0), Given(1), Given(2), Number(-1)),
        ),
        def(
            "fchown",
            "($module, /, fd, uid, gid)",
            audited!("os.chown", fs::fchown, Given(0), Given(1), Given(2), Number(-1)),
        ),
        def(
            "access",
            "($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
            fs::access,
        ),
        def("truncate", "($module, /, path, length)", audited!("os.truncate", fs::truncate, Given(0), Given(1))),
        def("chdir", "($module, /, path)", audited!("os.chdir", fs::chdir, Given(0))),
        def("fchdir", "($module, /, fd)", audited!("os.chdir", fs::fchdir, Given(0))),
        def("chroot", "($module, /, path)", fs::chroot),
        def("getcwd", "($module, /)", fs::getcwd),
        def("getcwdb", "($module, /)", fs::getcwdb),
        def("mkfifo", "($module, /, path, mode=438, *, dir_fd=None)", fs::mkfifo),
        def("mknod", "($module, /, path, mode=384, device=0, *, dir_fd=None)", fs::mknod),
        def(
            "utime",
            "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)",
            audited!("os.utime", fs::utime, Given(0), Given(1), Given(2), Or(3, -1)),
        ),
        def("fspath", "($module, /, path)", fs::fspath),
        def("_path_normpath", "($module, /, path)", fs::path_normpath),
        def("_path_splitroot_ex", "($module, /, p)", fs::path_splitroot_ex),
        def(
            "getxattr",
            "($module, /, path, attribute, *, follow_symlinks=True)",
            audited!("os.getxattr", fs::getxattr, Given(0), Given(1)),
        ),
        def(
            "setxattr",
            "($module, /, path, attribute, value, flags=0, *, follow_symlinks=True)",
            audited!("os.setxattr", fs::setxattr, Given(0), Given(1), Given(2), Or(3, 0)),
        ),
        def(
            "removexattr",
            "($module, /, path, attribute, *, follow_symlinks=True)",
            audited!("os.removexattr", fs::removexattr, Given(0), Given(1)),
        ),
        def(
            "listxattr",
            "($module, /, path=None, *, follow_symlinks=True)",
            audited!("os.listxattr", fs::listxattr, Given(0)),
        ),
        def("major", "($module, device, /)", fs::major),
        def("minor", "($module, device, /)", fs::minor),
        def("makedev", "($module, major, minor, /)", fs::makedev),
        def("open", "($module, /, path, flags, mode=511, *, dir_fd=None)", fd::open),
        def("close", "($module, /, fd)", fd::close),
        def("closerange", "($module, fd_low, fd_high, /)", fd::closerange),
        def("read", "($module, fd, length, /)", fd::read),
        def("readinto", "($module, fd, buffer, /)", fd::readinto),
        def("write", "($module, fd, data, /)", fd::write),
        def("pread", "($module, fd, length, offset, /)", fd::pread),
        def("pwrite", "($module, fd, buffer, offset, /)", fd::pwrite),
        def("readv", "($module, fd, buffers, /)", fd::readv),
        def("writev", "($module, fd, buffers, /)", fd::writev),
        def("lseek", "($module, fd, position, whence, /)", fd::lseek),
        def("dup", "($module, fd, /)", fd::dup),
        def("dup2", "($module, /, fd, fd2, inheritable=True)", fd::dup2),
        def("pipe", "($module, /)", fd::pipe),
        def("pipe2", "($module, flags, /)", fd::pipe2),
        def("openpty", "($module, /)", fd::openpty),
        def("fsync", "($module, /, fd)", fd::fsync),
        def("fdatasync", "($module, /, fd)", fd::fdatasync),
        def("sync", "($module, /)", fd::sync),
        def("ftruncate", "($module, fd, length, /)", audited!("os.truncate", fd::ftruncate, Given(0), Given(1))),
        def("isatty", "($module, fd, /)", fd::isatty),
        def("ttyname", "($module, fd, /)", fd::ttyname),
        def("ctermid", "($module, /)", fd::ctermid),
        def("get_terminal_size", "($module, fd=<unrepresentable>, /)", fd::get_terminal_size),
        def("tcgetpgrp", "($module, fd, /)", fd::tcgetpgrp),
        def("tcsetpgrp", "($module, fd, pgid, /)", fd::tcsetpgrp),
        def("get_inheritable", "($module, fd, /)", fd::get_inheritable),
        def("set_inheritable", "($module, fd, inheritable, /)", fd::set_inheritable),
        def("get_blocking", "($module, fd, /)", fd::get_blocking),
        def("set_blocking", "($module, fd, blocking, /)", fd::set_blocking),
        def("device_encoding", "($module, /, fd)", fd::device_encoding),
        def(
            "lockf",
            "($module, fd, command, length, /)",
            audited!("os.lockf", fd::lockf, Given(0), Given(1), Given(2)),
        ),
        def("sendfile", "($module, /, out_fd, in_fd, offset, count)", fd::sendfile),
        def("copy_file_range", "($module, /, src, dst, count, offset_src=None, offset_dst=None)", fd::copy_file_range),
        def("posix_fadvise", "($module, fd, offset, length, advice, /)", fd::posix_fadvise),
        def("posix_fallocate", "($module, fd, offset, length, /)", fd::posix_fallocate),
        def("memfd_create", "($module, /, name, flags=MFD_CLOEXEC)", fd::memfd_create),
        def("eventfd", "($module, /, initval, flags=EFD_CLOEXEC)", fd::eventfd),
        def("eventfd_read", "($module, /, fd)", fd::eventfd_read),
        def("eventfd_write", "($module, /, fd, value)", fd::eventfd_write),
        def("pidfd_open", "($module, /, pid, flags=0)", fd::pidfd_open),
        def("getpid", "($module, /)", process::getpid),
        def("getppid", "($module, /)", process::getppid),
        def("getuid", "($module, /)", process::getuid),
        def("geteuid", "($module, /)", process::geteuid),
        def("getgid", "($module, /)", process::getgid),
        def("getegid", "($module, /)", process::getegid),
        def("getgroups", "($module, /)", process::getgroups),
        def("getpgrp", "($module, /)", process::getpgrp),
        def("getpgid", "($module, /, pid)", process::getpgid),
        def("getsid", "($module, pid, /)", process::getsid),
        def("setsid", "($module, /)", process::setsid),
        def("setpgid", "($module, pid, pgrp, /)", process::setpgid),
        def("setpgrp", "($module, /)", process::setpgrp),
        def("setuid", "($module, uid, /)", process::setuid),
        def("seteuid", "($module, euid, /)", process::seteuid),
        def("setgid", "($module, gid, /)", process::setgid),
        def("setegid", "($module, egid, /)", process::setegid),
        def("setreuid", "($module, ruid, euid, /)", process::setreuid),
        def("setregid", "($module, rgid, egid, /)", process::setregid),
        def("setresuid", "($module, ruid, euid, suid, /)", process::setresuid),
        def("setresgid", "($module, rgid, egid, sgid, /)", process::setresgid),
        def("getlogin", "($module, /)", process::getlogin),
        def("kill", "($module, pid, signal, /)", audited!("os.kill", process::kill, Given(0), Given(1))),
        def("killpg", "($module, pgid, signal, /)", audited!("os.killpg", process::killpg, Given(0), Given(1))),
        def("abort", "($module, /)", process::abort),
        def("_exit", "($module, /, status)", process::exit).role(Role::Collects),
        def("fork", "($module, /)", audited!("os.fork", process::fork)).role(Role::Collects),
        def(
            "register_at_fork",
            "($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)",
            register_at_fork,
        ),
        def("forkpty", "($module, /)", audited!("os.forkpty", rare_calls::forkpty)).role(Role::Collects),
        def(
            "posix_spawn",
            "($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)",
            audited!("os.posix_spawn", spawn::posix_spawn, Given(0), Given(1), Given(2)),
        ),
        def(
            "posix_spawnp",
            "($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)",
            audited!("os.posix_spawn", spawn::posix_spawnp, Given(0), Given(1), Given(2)),
        ),
        def("waitid", "($module, idtype, id, options, /)", rare_calls::waitid),
        def("getresuid", "($module, /)", rare_calls::getresuid),
        def("getresgid", "($module, /)", rare_calls::getresgid),
        def("setgroups", "($module, groups, /)", rare_calls::setgroups),
        def("getgrouplist", "($module, user, group, /)", rare_calls::getgrouplist),
        def("initgroups", "($module, username, gid, /)", rare_calls::initgroups),
        def("sched_getscheduler", "($module, pid, /)", rare_calls::sched_getscheduler),
        def("sched_setscheduler", "($module, pid, policy, param, /)", rare_calls::sched_setscheduler),
        def("sched_getparam", "($module, pid, /)", rare_calls::sched_getparam),
        def("sched_setparam", "($module, pid, param, /)", rare_calls::sched_setparam),
        def("sched_rr_get_interval", "($module, pid, /)", rare_calls::sched_rr_get_interval),
        def("posix_openpt", "($module, oflag, /)", rare_calls::posix_openpt),
        def("grantpt", "($module, fd, /)", rare_calls::grantpt),
        def("unlockpt", "($module, fd, /)", rare_calls::unlockpt),
        def("ptsname", "($module, fd, /)", rare_calls::ptsname),
        def("login_tty", "($module, fd, /)", rare_calls::login_tty),
        def("preadv", "($module, fd, buffers, offset, flags=0, /)", rare_calls::preadv),
        def("pwritev", "($module, fd, buffers, offset, flags=0, /)", rare_calls::pwritev),
        def("splice", "($module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)", rare_calls::splice),
        def("fpathconf", "($module, fd, name, /)", rare_calls::fpathconf),
        def("timerfd_create", "($module, clockid, /, *, flags=TFD_CLOEXEC)", rare_calls::timerfd_create),
        def("timerfd_gettime", "($module, fd, /)", rare_calls::timerfd_gettime),
        def("timerfd_gettime_ns", "($module, fd, /)", rare_calls::timerfd_gettime_ns),
        def("timerfd_settime", "($module, fd, /, *, flags=0, initial=0.0, interval=0.0)", rare_calls::timerfd_settime),
        def(
            "timerfd_settime_ns",
            "($module, fd, /, *, flags=0, initial=0, interval=0)",
            rare_calls::timerfd_settime_ns,
        ),
        def("execv", "($module, path, argv, /)", audited!("os.exec", process::execv, Given(0), Given(1), Nothing))
            .role(Role::Collects),
        def(
            "execve",
            "($module, /, path, argv, env)",
            audited!("os.exec", process::execve, Given(0), Given(1), Given(2)),
        )
        .role(Role::Collects),
        def("system", "($module, /, command)", audited!("os.system", process::system, Encoded(0))),
        def("waitpid", "($module, pid, options, /)", process::waitpid),
        def("wait", "($module, /)", process::wait),
        def("wait3", "($module, /, options)", process::wait3),
        def("wait4", "($module, /, pid, options)", process::wait4),
        def("WCOREDUMP", "($module, status, /)", process::wcoredump),
        def("WEXITSTATUS", "($module, /, status)", process::wexitstatus),
        def("WIFCONTINUED", "($module, /, status)", process::wifcontinued),
        def("WIFEXITED", "($module, /, status)", process::wifexited),
        def("WIFSIGNALED", "($module, /, status)", process::wifsignaled),
        def("WIFSTOPPED", "($module, /, status)", process::wifstopped),
        def("WSTOPSIG", "($module, /, status)", process::wstopsig),
        def("WTERMSIG", "($module, /, status)", process::wtermsig),
        def("waitstatus_to_exitcode", "($module, /, status)", process::waitstatus_to_exitcode),
        def("uname", "($module, /)", process::uname),
        def("times", "($module, /)", process::times),
        def("cpu_count", "($module, /)", process::cpu_count),
        def("getloadavg", "($module, /)", process::getloadavg),
        def("nice", "($module, increment, /)", process::nice),
        def("getpriority", "($module, /, which, who)", process::getpriority),
        def("setpriority", "($module, /, which, who, priority)", process::setpriority),
        def("sched_yield", "($module, /)", process::sched_yield),
        def("sched_getaffinity", "($module, pid, /)", process::sched_getaffinity),
        def("sched_setaffinity", "($module, pid, mask, /)", process::sched_setaffinity),
        def("sched_get_priority_max", "($module, /, policy)", process::sched_get_priority_max),
        def("sched_get_priority_min", "($module, /, policy)", process::sched_get_priority_min),
        def("urandom", "($module, size, /)", process::urandom),
        def("_is_inputhook_installed", "($module, /)", no_input_hook),
        def("_inputhook", "($module, /)", input_hook),
        def("getrandom", "($module, /, size, flags=0)", process::getrandom),
        def("strerror", "($module, code, /)", process::strerror),
        def("umask", "($module, mask, /)", process::umask),
        def("_create_environ", "($module, /)", process::create_environ),
        def("putenv", "($module, name, value, /)", audited!("os.putenv", process::putenv, Encoded(0), Encoded(1))),
        def("unsetenv", "($module, name, /)", audited!("os.unsetenv", process::unsetenv, Encoded(0))),
        def("sysconf", "($module, name, /)", process::sysconf),
        def("pathconf", "($module, /, path, name)", process::pathconf),
        def("confstr", "($module, name, /)", process::confstr),
    ],
    constants: NUMBERS,
    types: &[
        &dir::DIR_ENTRY,
        &stat::STAT_RESULT,
        &stat::STATVFS_RESULT,
        &fd::TERMINAL_SIZE,
        &process::UNAME_RESULT,
        &process::TIMES_RESULT,
        &process::SCHED_PARAM,
        &process::WAITID_RESULT,
    ],
    init: Some(init),
    ..ModuleDef::new("posix")
};
