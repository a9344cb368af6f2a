//! Fatal signals: what all threads are doing is written, then the signal does what it does by default.

use std::io;
use std::mem::MaybeUninit;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use engine::frames::crash;
use proto_core::os::HandlerStack;

use super::signals::{self, Disposition};

/// The signals, and how CPython calls them.
const FATAL: [(i32, &[u8]); 5] = [
    (libc::SIGBUS, b"Bus error"),
    (libc::SIGILL, b"Illegal instruction"),
    (libc::SIGFPE, b"Floating-point exception"),
    (libc::SIGABRT, b"Aborted"),
    (libc::SIGSEGV, b"Segmentation fault"),
];

static TO: AtomicI32 = AtomicI32::new(-1);
static ALL: AtomicBool = AtomicBool::new(true);
static C_STACK: AtomicBool = AtomicBool::new(true);

/// What the signals did before; empty while nobody has enabled anything.
static BEFORE: Mutex<Vec<libc::sigaction>> = Mutex::new(Vec::new());

/// Async-signal-safe as far as looking at threads that go on can be: `write`, `open`, `read`, `sigaction` and `raise`.
extern "C" fn handle(signum: libc::c_int) {
    let to = TO.load(Ordering::SeqCst);
    let mut out = |text: &[u8]| {
        // SAFETY: readable bytes; a closed descriptor gives an error, which has nowhere to go.
        unsafe { libc::write(to, text.as_ptr().cast(), text.len()) };
    };
    // SAFETY: an all-zero action is the default one. From here on a fault in this handler ends the process.
    unsafe {
        let action: libc::sigaction = MaybeUninit::zeroed().assume_init();
        libc::sigaction(signum, &raw const action, std::ptr::null_mut());
    }
    let name = FATAL.iter().find(|f| f.0 == signum).map_or(&b"Fatal signal"[..], |f| f.1);
    out(b"Fatal Python error: ");
    out(name);
    out(b"\n\n");
    let me = proto_core::os::thread_ident();
    crash::dump(&mut out, me, ALL.load(Ordering::SeqCst));
    if C_STACK.load(Ordering::SeqCst) {
        out(b"\nCurrent thread's C stack trace (most recent call first):\n  <cannot get C stack on this system>\n");
    }
    // SAFETY: no preconditions; the signal is not blocked (SA_NODEFER).
    unsafe { libc::raise(signum) };
}

/// Lets the signals kill that a program may also send. Rust's runtime has handlers of its own for two of them, which tell an
/// overflow of the stack; they take any other for a fault that repeats itself when they return, and a sent one does not.
pub fn let_kill() {
    for signum in [libc::SIGSEGV, libc::SIGBUS] {
        if signals::disposition(signum).is_ok_and(|d| d == Disposition::Foreign) {
            let _ = signals::set_disposition(signum, Disposition::Default);
        }
    }
}

/// From now on fatal signals write to the descriptor.
pub fn enable(to: i32, all_threads: bool, c_stack: bool) -> io::Result<()> {
    let mut before = BEFORE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    TO.store(to, Ordering::SeqCst);
    ALL.store(all_threads, Ordering::SeqCst);
    C_STACK.store(c_stack, Ordering::SeqCst);
    if !before.is_empty() {
        return Ok(());
    }
    // Threads of ours have a stack for handlers; so has the first, unless nobody gave it one. It keeps it for life.
    std::mem::forget(HandlerStack::new());
    for (signum, _) in FATAL {
        // SAFETY: all-zero actions are valid; the handler lives as long as the process.
        let old = unsafe {
            let mut action: libc::sigaction = MaybeUninit::zeroed().assume_init();
            action.sa_sigaction = handle as *const () as usize;
            action.sa_flags = libc::SA_NODEFER | libc::SA_ONSTACK;
            let mut old: libc::sigaction = MaybeUninit::zeroed().assume_init();
            if libc::sigaction(signum, &raw const action, &raw mut old) != 0 {
                return Err(io::Error::last_os_error());
            }
            old
        };
        before.push(old);
    }
    Ok(())
}

/// Takes the handlers away again; whether there were any.
pub fn disable() -> bool {
    let before = std::mem::take(&mut *BEFORE.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    for ((signum, _), old) in FATAL.iter().zip(&before) {
        // SAFETY: the action that was in force.
        unsafe { libc::sigaction(*signum, old, std::ptr::null_mut()) };
    }
    !before.is_empty()
}

/// Whether fatal signals are reported.
pub fn is_enabled() -> bool {
    !BEFORE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_empty()
}

/// The process dies of a call to `abort`, without a file that holds its memory.
pub fn abort() -> ! {
    without_core();
    // SAFETY: no preconditions.
    unsafe { libc::abort() }
}

/// A fault that is made on purpose leaves no file with the memory behind.
pub fn without_core() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a valid limit.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
}
