//! The module `_signal`: Python handlers run in the main thread, at its polls.

use engine::ctx::wake;
use engine::prelude::*;

use crate::convert::{c_int, io_error};
use crate::os::signals::{self, Disposition, NSIG, SignalSet};
use crate::structseq;
use crate::structseq::make;

structseq!(StructSiginfo, STRUCT_SIGINFO, "signal", "struct_siginfo" = "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.", new, visible 7,
    all ["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"],
    shown ["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"],
    [0 "si_signo", 1 "si_code", 2 "si_errno", 3 "si_pid", 4 "si_uid", 5 "si_status", 6 "si_band"]);

/// `signal.ItimerError`
pub static ITIMER_ERROR: TypeDef = TypeDef {
    bases: &[BaseRef::Exc(Exc::OSError)],
    flags: TypeFlags::BASETYPE,
    ..TypeDef::new("signal", "ItimerError")
};

const SIG_DFL: i32 = 0;
const SIG_IGN: i32 = 1;

/// The dict signal number -> handler, for signals with a handler of Python's.
fn handlers(cx: &mut Ctx) -> Dict {
    let state = crate::lifecycle::state(cx);
    let key = cx.names.signal_handlers;
    if let Some(d) = state.get_str(key).and_then(Dict::of) {
        return d;
    }
    let d = Dict::new(cx);
    state.set_str(cx, key, d.value());
    d
}

/// Prepares the main thread: `poke` makes it poll; SIGINT raises KeyboardInterrupt, SIGPIPE gives an error.
pub fn start(cx: &mut Ctx) -> Res<()> {
    let rt = cx.rt;
    signals::set_main_thread(Box::new(move || rt.poke_main(wake::SIGNAL)));
    let _ = signals::set_disposition(libc::SIGPIPE, Disposition::Ignore);
    let _ = signals::set_disposition(libc::SIGXFSZ, Disposition::Ignore);
    if signals::disposition(libc::SIGINT).is_ok_and(|d| d == Disposition::Default) {
        let _ = signals::set_disposition(libc::SIGINT, Disposition::Noted);
    }
    if cx.rt.space.config().report_locks {
        engine::waits::start();
        let _ = signals::set_disposition(libc::SIGQUIT, Disposition::Noted);
    }
    Ok(())
}

/// Runs the Python handlers of the signals that arrived. Only the main thread has any to run.
pub fn run_pending(cx: &mut Ctx) -> Res<()> {
    if !signals::any_pending() || !signals::on_main_thread() {
        return Ok(());
    }
    signals::begin_taking();
    // One after the other: a handler may itself be interrupted by the next one.
    let mut from = 1;
    while let Some(signum) = signals::take_next(from) {
        if let Err(raised) = handle(cx, signum) {
            signals::taking_ended_early();
            cx.request(wake::SIGNAL);
            return Err(raised);
        }
        from = signum + 1;
    }
    Ok(())
}

/// Calls what handles a signal.
fn handle(cx: &mut Ctx, signum: i32) -> Res<()> {
    let table = handlers(cx);
    let handler = table.get(cx, Value::small(signum))?;
    match handler {
        // The handler went away between the signal and now; at the end of the program all have.
        Some(h) if h.is_int() || h == Value::NONE => ignored(cx, signum),
        None if crate::lifecycle::is_finalizing() => ignored(cx, signum),
        Some(h) => {
            let frame = crate::sys::frames::current(cx);
            protocol::call(cx, h, &[Value::small(signum), frame])?;
        }
        None if signum == libc::SIGINT => return Err(keyboard_interrupt(cx)),
        None if signum == libc::SIGQUIT && engine::waits::is_on() => engine::waits::dump(cx, "what threads do"),
        None => {}
    }
    Ok(())
}

fn ignored(cx: &mut Ctx, signum: i32) {
    let r = cx.raise(Exc::OSError, format!("Signal {signum} ignored due to race condition"));
    let exc = cx.take(r);
    crate::hooks::unraisable(cx, exc, "Exception ignored in", Value::NONE);
}

fn keyboard_interrupt(cx: &mut Ctx) -> Raised {
    cx.raise_args(Exc::KeyboardInterrupt, &[])
}

/// In a forked child, which has only the calling thread.
pub fn after_fork_in_child(cx: &mut Ctx) {
    let rt = cx.rt;
    signals::set_main_thread(Box::new(move || rt.poke_main(wake::SIGNAL)));
    signals::begin_taking();
    while signals::take_next(1).is_some() {}
}

fn signal_number(cx: &mut Ctx, v: Value) -> Res<i32> {
    let n = c_int(cx, v)?;
    if (1..NSIG as i32).contains(&n) { Ok(n) } else { Err(cx.value_error("signal number out of range")) }
}

fn default_int_handler(cx: &mut Ctx, _args: Args) -> PyResult {
    Err(keyboard_interrupt(cx))
}

fn in_module(cx: &mut Ctx, name: &str) -> PyResult {
    let module = crate::import::import(cx, "_signal")?;
    protocol::getattr(cx, module, cx.intern(name.as_bytes()))
}

fn current_handler(cx: &mut Ctx, signum: i32) -> PyResult {
    let table = handlers(cx);
    if let Some(h) = table.get(cx, Value::small(signum))? {
        return Ok(h);
    }
    Ok(match signals::disposition(signum) {
        Ok(Disposition::Default) => Value::small(SIG_DFL),
        Ok(Disposition::Ignore) => Value::small(SIG_IGN),
        Ok(Disposition::Noted) if signum == libc::SIGINT => in_module(cx, "default_int_handler")?,
        _ => Value::NONE,
    })
}

fn signal(cx: &mut Ctx, args: Args) -> PyResult {
    let n = c_int(cx, args[0])?;
    if !signals::on_main_thread() {
        return Err(cx.value_error("signal only works in main thread of the main interpreter"));
    }
    if !(1..NSIG as i32).contains(&n) {
        return Err(cx.value_error("signal number out of range"));
    }
    let handler = args[1];
    // An IntEnum member compares equal to its number.
    let to = match int::of_sub(cx, handler).map(|_| int::to_i64(objects::base_value(cx, handler))) {
        Some(Some(0)) => Disposition::Default,
        Some(Some(1)) => Disposition::Ignore,
        _ if protocol::is_callable(cx, handler) => Disposition::Noted,
        _ => {
            return Err(cx.type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"));
        }
    };
    run_pending(cx)?;
    let old = current_handler(cx, n)?;
    if let Err(e) = signals::set_disposition(n, to) {
        return Err(io_error(cx, &e));
    }
    let table = handlers(cx);
    if to == Disposition::Noted {
        table.set(cx, Value::small(n), handler)?;
    } else {
        let plain = if to == Disposition::Default { SIG_DFL } else { SIG_IGN };
        table.set(cx, Value::small(n), Value::small(plain))?;
    }
    Ok(old)
}

fn getsignal(cx: &mut Ctx, args: Args) -> PyResult {
    let n = signal_number(cx, args[0])?;
    current_handler(cx, n)
}

fn raise_signal(cx: &mut Ctx, args: Args) -> PyResult {
    let n = c_int(cx, args[0])?;
    if let Err(e) = signals::raise(n) {
        return Err(io_error(cx, &e));
    }
    cx.poll()?;
    Ok(Value::NONE)
}

fn pthread_kill(cx: &mut Ctx, args: Args) -> PyResult {
    let thread = protocol::index(cx, args[0])?;
    let n = c_int(cx, args[1])?;
    audit::tell(cx, "signal.pthread_kill", &[args[0], args[1]])?;
    if let Err(e) = crate::thread::handle::with_running(thread as u64, |thread| signals::pthread_kill(thread, n)) {
        return Err(io_error(cx, &e));
    }
    cx.poll()?;
    Ok(Value::NONE)
}

fn alarm(cx: &mut Ctx, args: Args) -> PyResult {
    let n = c_int(cx, args[0])?;
    Ok(int::from_i64(cx, i64::from(signals::alarm(n as u32))))
}

fn pause(cx: &mut Ctx, _args: Args) -> PyResult {
    cx.blocking(signals::pause);
    cx.poll()?;
    Ok(Value::NONE)
}

fn pair(cx: &Ctx, (a, b): (f64, f64)) -> Value {
    let items = [float::new(cx, a), float::new(cx, b)];
    Tuple::new(cx, &items)
}

fn timer_error(cx: &mut Ctx, e: &std::io::Error) -> Raised {
    let ty = match in_module(cx, "ItimerError") {
        Ok(ty) => ty,
        Err(r) => return r,
    };
    let errno = e.raw_os_error().unwrap_or(libc::EINVAL);
    let text = Str::new(cx, &crate::os::user::strerror(errno));
    match protocol::call(cx, ty, &[Value::small(errno), text]) {
        Ok(exc) => cx.raise_exc(exc),
        Err(r) => r,
    }
}

fn setitimer(cx: &mut Ctx, args: Args) -> PyResult {
    let which = c_int(cx, args[0])?;
    let delay = crate::time::seconds(cx, args[1])?;
    let interval = match args.get(2) {
        Some(v) => crate::time::seconds(cx, v)?,
        None => 0.0,
    };
    match signals::setitimer(which, delay, interval) {
        Ok(old) => Ok(pair(cx, old)),
        Err(e) => Err(timer_error(cx, &e)),
    }
}

fn getitimer(cx: &mut Ctx, args: Args) -> PyResult {
    let which = c_int(cx, args[0])?;
    match signals::getitimer(which) {
        Ok(now) => Ok(pair(cx, now)),
        Err(e) => Err(timer_error(cx, &e)),
    }
}

fn siginterrupt(cx: &mut Ctx, args: Args) -> PyResult {
    let n = signal_number(cx, args[0])?;
    let flag = protocol::truth(cx, args[1])?;
    match signals::interrupts(n, flag) {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn set_wakeup_fd(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = c_int(cx, args[0])?;
    if !signals::on_main_thread() {
        return Err(cx.value_error("set_wakeup_fd only works in main thread of the main interpreter"));
    }
    if fd >= 0 {
        if !crate::posix::fd::is_open(fd) {
            return Err(cx.os_error(libc::EBADF, None));
        }
        let flags = crate::os::fd::borrow(fd).and_then(rustix::fs::fcntl_getfl);
        if flags.is_ok_and(|f| !f.contains(rustix::fs::OFlags::NONBLOCK)) {
            return Err(cx.value_error(format!("the fd {fd} must be in non-blocking mode")));
        }
    }
    Ok(Value::small(signals::set_wakeup_fd(if fd < 0 { -1 } else { fd })))
}

fn set_of(cx: &mut Ctx, v: Value) -> Res<SignalSet> {
    let mut set = SignalSet::new();
    protocol::for_each(cx, v, |cx, item| {
        let n = match protocol::index(cx, item) {
            Err(r) if cx.matches(&r, Exc::OverflowError) => {
                cx.clear(r);
                -1
            }
            r => r?,
        };
        if !(1..NSIG as i64).contains(&n) {
            return Err(cx.value_error(format!("signal number {n} out of range [1; {}]", NSIG - 1)));
        }
        set.add(n as i32);
        Ok(())
    })?;
    Ok(set)
}

fn python_set(cx: &mut Ctx, set: &SignalSet) -> PyResult {
    let out = objects::Set::new(cx);
    for n in set.members() {
        out.add(cx, Value::small(n))?;
    }
    Ok(out.value())
}

fn pthread_sigmask(cx: &mut Ctx, args: Args) -> PyResult {
    let how = c_int(cx, args[0])?;
    let set = set_of(cx, args[1])?;
    match signals::pthread_sigmask(how, &set) {
        Ok(old) => {
            cx.poll()?;
            python_set(cx, &old)
        }
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn sigpending(cx: &mut Ctx, _args: Args) -> PyResult {
    match signals::sigpending() {
        Ok(set) => python_set(cx, &set),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn sigwait(cx: &mut Ctx, args: Args) -> PyResult {
    let set = set_of(cx, args[0])?;
    match cx.blocking(|| signals::sigwait(&set)) {
        Ok(n) => Ok(Value::small(n)),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn wait_info(cx: &mut Ctx, set: &SignalSet, timeout: Option<f64>) -> PyResult {
    let end = timeout.map(|t| std::time::Instant::now() + std::time::Duration::from_secs_f64(t));
    loop {
        let left = end.map(|e| e.saturating_duration_since(std::time::Instant::now()).as_secs_f64());
        match cx.blocking(|| signals::sigtimedwait(set, left)) {
            Ok(None) => return Ok(Value::NONE),
            Ok(Some(info)) => {
                let mut fields = [Value::small(0); 7];
                for (slot, n) in fields.iter_mut().zip(info.head) {
                    *slot = Value::small(n);
                }
                fields[3] = Value::small(info.pid);
                fields[4] = int::from_i64(cx, i64::from(info.uid));
                fields[5] = Value::small(info.status);
                return Ok(make::<StructSiginfo>(cx, &fields));
            }
            Err(e) if e.raw_os_error() == Some(libc::EINTR) => cx.poll()?,
            Err(e) => return Err(io_error(cx, &e)),
        }
    }
}

fn sigwaitinfo(cx: &mut Ctx, args: Args) -> PyResult {
    let set = set_of(cx, args[0])?;
    wait_info(cx, &set, None)
}

fn sigtimedwait(cx: &mut Ctx, args: Args) -> PyResult {
    let set = set_of(cx, args[0])?;
    let timeout = crate::time::seconds(cx, args[1])?;
    if timeout.is_nan() || timeout < 0.0 {
        return Err(cx.value_error("timeout must be non-negative"));
    }
    wait_info(cx, &set, Some(timeout.min(1e9)))
}

fn strsignal(cx: &mut Ctx, args: Args) -> PyResult {
    let n = signal_number(cx, args[0])?;
    Ok(crate::convert::opt_str(cx, signals::describe(n).as_deref()))
}

fn valid_signals(cx: &mut Ctx, _args: Args) -> PyResult {
    python_set(cx, &SignalSet::full())
}

fn pidfd_send_signal(cx: &mut Ctx, args: Args) -> PyResult {
    let (fd, n) = (c_int(cx, args[0])?, c_int(cx, args[1])?);
    if args.get(2).is_some_and(|v| v != Value::NONE) {
        return Err(cx.type_error("siginfo must be None"));
    }
    let r = crate::os::fd::borrow(fd).and_then(|f| {
        let signal = rustix::process::Signal::from_named_raw(n).ok_or(rustix::io::Errno::INVAL)?;
        rustix::process::pidfd_send_signal(f, signal)
    });
    let v = crate::convert::done(cx, r)?;
    cx.poll()?;
    Ok(v)
}

/// Simulates a signal's arrival: `_thread.interrupt_main`.
pub fn simulate(cx: &mut Ctx, signum: i32) -> Res<()> {
    if !(1..NSIG as i32).contains(&signum) {
        return Err(cx.value_error("signal number out of range"));
    }
    // A signal that Python does not handle is ignored, as in CPython.
    if signals::disposition(signum).is_ok_and(|d| d == Disposition::Noted) {
        signals::trip(signum);
    }
    Ok(())
}

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), Const::Int(libc::$name as i64))),*] };
}

const NUMBERS: &[(&str, Const)] = numbers! {
    ITIMER_PROF ITIMER_REAL ITIMER_VIRTUAL SIGABRT SIGALRM SIGBUS SIGCHLD SIGCONT SIGFPE SIGHUP SIGILL
    SIGINT SIGIO SIGIOT SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT SIGSEGV SIGSTKFLT SIGSTOP SIGSYS
    SIGTERM SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ
    SIG_BLOCK SIG_SETMASK SIG_UNBLOCK
};

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    for (name, n) in [
        ("NSIG", NSIG as i32),
        ("SIG_DFL", SIG_DFL),
        ("SIG_IGN", SIG_IGN),
        ("SIGCLD", libc::SIGCHLD),
        ("SIGRTMIN", libc::SIGRTMIN()),
        ("SIGRTMAX", libc::SIGRTMAX()),
    ] {
        cx.set_module_attr(module, name, Value::small(n));
    }
    Ok(())
}

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `_signal`
pub static SIGNAL: ModuleDef = ModuleDef {
    doc: "Signal handling.",
    functions: &[
        def("default_int_handler", "($module, signalnum, frame, /)", default_int_handler),
        def("signal", "($module, signalnum, handler, /)", signal),
        def("getsignal", "($module, signalnum, /)", getsignal),
        def("raise_signal", "($module, signalnum, /)", raise_signal),
        def("pthread_kill", "($module, thread_id, signalnum, /)", pthread_kill),
        def("alarm", "($module, seconds, /)", alarm),
        def("pause", "($module, /)", pause),
        def("setitimer", "($module, which, seconds, interval=0.0, /)", setitimer),
        def("getitimer", "($module, which, /)", getitimer),
        def("siginterrupt", "($module, signalnum, flag, /)", siginterrupt),
        def("set_wakeup_fd", "($module, fd, /, *, warn_on_full_buffer=True)", set_wakeup_fd),
        def("pthread_sigmask", "($module, how, mask, /)", pthread_sigmask),
        def("sigpending", "($module, /)", sigpending),
        def("sigwait", "($module, sigset, /)", sigwait),
        def("sigwaitinfo", "($module, sigset, /)", sigwaitinfo),
        def("sigtimedwait", "($module, sigset, timeout, /)", sigtimedwait),
        def("strsignal", "($module, signalnum, /)", strsignal),
        def("valid_signals", "($module, /)", valid_signals),
        def("pidfd_send_signal", "($module, pidfd, signalnum, siginfo=None, flags=0, /)", pidfd_send_signal),
    ],
    constants: NUMBERS,
    types: &[&STRUCT_SIGINFO, &ITIMER_ERROR],
    init: Some(init),
    ..ModuleDef::new("_signal")
};
