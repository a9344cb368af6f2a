//! Signals: a C handler that only takes notes, and the calls that install and mask.

use std::io;
use std::mem::MaybeUninit;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};

use super::parker::Parker;

/// One more than the highest signal number.
pub const NSIG: usize = 65;

static TRIPPED: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
static ANY: AtomicBool = AtomicBool::new(false);
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);
static MAIN_THREAD: AtomicUsize = AtomicUsize::new(0);
static POKE: OnceLock<Box<dyn Fn() + Send + Sync>> = OnceLock::new();

/// What the system does with a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The system's default action.
    Default,
    /// Ignored.
    Ignore,
    /// Noted by our handler.
    Noted,
    /// Somebody else's handler.
    Foreign,
}

extern "C" fn note(signum: libc::c_int) {
    // SAFETY: `__errno_location` always points to the calling thread's errno.
    let errno = unsafe { *libc::__errno_location() };
    note_signal(signum);
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// Marks `signum` as arrived. Async-signal-safe: atomics, `write`, `pthread_kill` and a futex call.
fn note_signal(signum: libc::c_int) {
    let main = MAIN_THREAD.load(Ordering::SeqCst);
    // SAFETY: no preconditions.
    let here = unsafe { libc::pthread_self() };
    if main != 0 && here as usize != main {
        // The main thread runs the handlers: also break off the system call in which it may wait.
        // SAFETY: `main` was its owner's `pthread_self`, and the main thread ends with the process.
        unsafe { libc::pthread_kill(main as libc::pthread_t, signum) };
        return;
    }
    trip(signum);
}

/// Marks `signum` as arrived and makes the main thread look.
pub fn trip(signum: libc::c_int) {
    if let Some(flag) = usize::try_from(signum).ok().and_then(|i| TRIPPED.get(i)) {
        flag.store(true, Ordering::SeqCst);
    }
    ANY.store(true, Ordering::SeqCst);
    if let Some(poke) = POKE.get() {
        poke();
    }
    let fd = WAKEUP_FD.load(Ordering::SeqCst);
    if fd >= 0 {
        let byte = signum as u8;
        // SAFETY: one readable byte; a closed descriptor gives an error, which has nowhere to go.
        unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
    }
    Parker::interrupt_main();
}

/// Declares the calling thread to be the main one; `poke` must be async-signal-safe and make it poll.
pub fn set_main_thread(poke: Box<dyn Fn() + Send + Sync>) {
    // SAFETY: no preconditions.
    MAIN_THREAD.store(unsafe { libc::pthread_self() } as usize, Ordering::SeqCst);
    let _ = POKE.set(poke);
    Parker::set_main();
}

/// Whether the calling thread is the main one.
pub fn on_main_thread() -> bool {
    // SAFETY: no preconditions.
    let here = unsafe { libc::pthread_self() } as usize;
    MAIN_THREAD.load(Ordering::SeqCst) == here
}

/// The main thread's `pthread_self`.
pub fn main_thread() -> u64 {
    MAIN_THREAD.load(Ordering::SeqCst) as u64
}

/// Whether any signal waits for its Python handler.
pub fn any_pending() -> bool {
    ANY.load(Ordering::SeqCst)
}

/// Begins to look for signals that have arrived: those that come from now on count again.
pub fn begin_taking() {
    ANY.store(false, Ordering::SeqCst);
}

/// The looking has been cut short: there may be more.
pub fn taking_ended_early() {
    ANY.store(true, Ordering::SeqCst);
}

/// The first signal numbered `from` or above that has arrived; it has no longer.
pub fn take_next(from: i32) -> Option<i32> {
    (from.max(1)..NSIG as i32).find(|&i| TRIPPED[i as usize].swap(false, Ordering::SeqCst))
}

/// Replaces the descriptor that gets a byte per signal; gives the old one.
pub fn set_wakeup_fd(fd: i32) -> i32 {
    WAKEUP_FD.swap(fd, Ordering::SeqCst)
}

fn check(rc: libc::c_int) -> io::Result<()> {
    if rc == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// How `signum` is handled now.
pub fn disposition(signum: i32) -> io::Result<Disposition> {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null action only queries; `now` is writable.
    check(unsafe { libc::sigaction(signum, std::ptr::null(), now.as_mut_ptr()) })?;
    // SAFETY: zeroed is a valid sigaction, and the call filled it.
    let handler = unsafe { now.assume_init() }.sa_sigaction;
    Ok(match handler {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignore,
        h if h == note as *const () as usize => Disposition::Noted,
        _ => Disposition::Foreign,
    })
}

/// Changes how `signum` is handled. System calls are not restarted, so that waits end.
pub fn set_disposition(signum: i32, to: Disposition) -> io::Result<()> {
    // SAFETY: an all-zero sigaction is valid: default action, empty mask, no flags.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = match to {
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignore => libc::SIG_IGN,
        Disposition::Noted => note as *const () as usize,
        Disposition::Foreign => return Err(io::Error::from_raw_os_error(libc::EINVAL)),
    };
    // An alternate stack, if the runtime set one up, also serves us.
    action.sa_flags = libc::SA_ONSTACK;
    // SAFETY: a valid action whose handler is async-signal-safe; the old action is not asked for.
    check(unsafe { libc::sigaction(signum, &raw const action, std::ptr::null_mut()) })
}

/// Restores the default action and sends the signal to this process: how a program dies by a signal.
pub fn die_by(signum: i32) -> ! {
    let _ = set_disposition(signum, Disposition::Default);
    // SAFETY: no preconditions; with the default action it does not return for SIGINT.
    unsafe {
        libc::kill(libc::getpid(), signum);
    }
    std::process::exit(128 + signum)
}

/// `siginterrupt`: whether `signum` breaks off system calls.
pub fn interrupts(signum: i32, flag: bool) -> io::Result<()> {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: as in `disposition`.
    check(unsafe { libc::sigaction(signum, std::ptr::null(), now.as_mut_ptr()) })?;
    // SAFETY: filled by the call.
    let mut action = unsafe { now.assume_init() };
    if flag {
        action.sa_flags &= !libc::SA_RESTART;
    } else {
        action.sa_flags |= libc::SA_RESTART;
    }
    // SAFETY: the action that was in force, with one flag changed.
    check(unsafe { libc::sigaction(signum, &raw const action, std::ptr::null_mut()) })
}

/// Sends `signum` to the calling thread.
pub fn raise(signum: i32) -> io::Result<()> {
    // SAFETY: no preconditions.
    check(unsafe { libc::raise(signum) })
}

/// Sends `signum` to the thread with the given `pthread_self`.
pub fn pthread_kill(thread: u64, signum: i32) -> io::Result<()> {
    // SAFETY: the caller names a live thread (`thread::handle::with_running`).
    match unsafe { libc::pthread_kill(thread as libc::pthread_t, signum) } {
        0 => Ok(()),
        e => Err(io::Error::from_raw_os_error(e)),
    }
}

/// The calling thread's `pthread_self`, Python's `threading.get_ident()`.
pub fn pthread_self() -> u64 {
    // SAFETY: no preconditions.
    unsafe { libc::pthread_self() as u64 }
}

/// Waits for any signal.
pub fn pause() {
    // SAFETY: no preconditions.
    unsafe { libc::pause() };
}

/// Schedules SIGALRM; gives the seconds that were left.
pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: no preconditions.
    unsafe { libc::alarm(seconds) }
}

fn timeval(seconds: f64) -> libc::timeval {
    libc::timeval { tv_sec: seconds.trunc() as libc::time_t, tv_usec: (seconds.fract() * 1e6) as libc::suseconds_t }
}

fn seconds(t: libc::timeval) -> f64 {
    t.tv_sec as f64 + t.tv_usec as f64 * 1e-6
}

/// Arms an interval timer (delay, interval); gives its former state.
pub fn setitimer(which: i32, delay: f64, interval: f64) -> io::Result<(f64, f64)> {
    let new = libc::itimerval { it_interval: timeval(interval), it_value: timeval(delay) };
    let mut old = MaybeUninit::<libc::itimerval>::zeroed();
    // SAFETY: both point to whole structures.
    check(unsafe { libc::setitimer(which as _, &raw const new, old.as_mut_ptr()) })?;
    // SAFETY: zero is valid, and the call filled it.
    let old = unsafe { old.assume_init() };
    Ok((seconds(old.it_value), seconds(old.it_interval)))
}

/// An interval timer's state (delay, interval).
pub fn getitimer(which: i32) -> io::Result<(f64, f64)> {
    let mut now = MaybeUninit::<libc::itimerval>::zeroed();
    // SAFETY: points to a whole structure.
    check(unsafe { libc::getitimer(which as _, now.as_mut_ptr()) })?;
    // SAFETY: as above.
    let now = unsafe { now.assume_init() };
    Ok((seconds(now.it_value), seconds(now.it_interval)))
}

/// A set of signals.
#[derive(Clone, Copy)]
pub struct SignalSet(libc::sigset_t);

impl SignalSet {
    /// The empty set.
    pub fn new() -> SignalSet {
        let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
        // SAFETY: sigemptyset initializes the set.
        unsafe { libc::sigemptyset(set.as_mut_ptr()) };
        // SAFETY: initialized above.
        SignalSet(unsafe { set.assume_init() })
    }

    /// Every signal that the C library lets a program use.
    pub fn full() -> SignalSet {
        let mut set = SignalSet::new();
        // SAFETY: a valid set.
        unsafe { libc::sigfillset(&raw mut set.0) };
        set
    }

    /// Adds a signal; false for a number that is none.
    pub fn add(&mut self, signum: i32) -> bool {
        // SAFETY: a valid set; a bad number gives -1.
        unsafe { libc::sigaddset(&raw mut self.0, signum) == 0 }
    }

    /// For the C library.
    pub fn as_ptr(&self) -> *const libc::sigset_t {
        &raw const self.0
    }

    /// The members.
    pub fn members(&self) -> Vec<i32> {
        // SAFETY: a valid set; the numbers are in range.
        (1..NSIG as i32).filter(|&n| unsafe { libc::sigismember(&raw const self.0, n) } == 1).collect()
    }
}

impl Default for SignalSet {
    fn default() -> Self {
        SignalSet::new()
    }
}

/// Changes the calling thread's mask; gives the former one.
pub fn pthread_sigmask(how: i32, set: &SignalSet) -> io::Result<SignalSet> {
    let mut old = SignalSet::new();
    // SAFETY: both sets are valid.
    match unsafe { libc::pthread_sigmask(how, &raw const set.0, &raw mut old.0) } {
        0 => Ok(old),
        e => Err(io::Error::from_raw_os_error(e)),
    }
}

/// The signals that are blocked and pending.
pub fn sigpending() -> io::Result<SignalSet> {
    let mut set = SignalSet::new();
    // SAFETY: a valid set.
    check(unsafe { libc::sigpending(&raw mut set.0) })?;
    Ok(set)
}

/// Waits for one of the signals.
pub fn sigwait(set: &SignalSet) -> io::Result<i32> {
    let mut signum = 0;
    // SAFETY: a valid set and a writable int.
    match unsafe { libc::sigwait(&raw const set.0, &raw mut signum) } {
        0 => Ok(signum),
        e => Err(io::Error::from_raw_os_error(e)),
    }
}

/// What arrived in [`sigtimedwait`].
pub struct SignalInfo {
    /// `si_signo`, `si_code`, `si_errno`.
    pub head: [i32; 3],
    /// `si_pid`.
    pub pid: i32,
    /// `si_uid`.
    pub uid: u32,
    /// `si_status`.
    pub status: i32,
}

/// Waits for one of the signals, at most for the given time.
pub fn sigtimedwait(set: &SignalSet, timeout: Option<f64>) -> io::Result<Option<SignalInfo>> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let limit = timeout.map(|s| libc::timespec { tv_sec: s.trunc() as libc::time_t, tv_nsec: (s.fract() * 1e9) as _ });
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: valid set, writable info, a limit that is null or points to a live timespec.
    let rc = unsafe { libc::sigtimedwait(&raw const set.0, info.as_mut_ptr(), limit) };
    if rc < 0 {
        let e = io::Error::last_os_error();
        return if e.raw_os_error() == Some(libc::EAGAIN) { Ok(None) } else { Err(e) };
    }
    // SAFETY: zeroed is valid and the call filled it; the accessors read plain integers of the union.
    unsafe {
        let info = info.assume_init();
        Ok(Some(SignalInfo {
            head: [info.si_signo, info.si_code, info.si_errno],
            pid: info.si_pid(),
            uid: info.si_uid(),
            status: info.si_status(),
        }))
    }
}

/// The C library's description of a signal.
pub fn describe(signum: i32) -> Option<String> {
    if !(1..NSIG as i32).contains(&signum) {
        return None;
    }
    // SAFETY: strsignal gives a string that lives until the next call in this thread; it is copied at once.
    let text = unsafe {
        let p = libc::strsignal(signum);
        if p.is_null() {
            return None;
        }
        std::ffi::CStr::from_ptr(p).to_string_lossy().into_owned()
    };
    if text.starts_with("Unknown signal") { None } else { Some(text) }
}
