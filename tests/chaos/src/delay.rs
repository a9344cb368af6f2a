//! How long a thread is delayed, and the timer that does it between system calls.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use libc::c_int;

/// The seed; zero: nothing is delayed.
static SEED: AtomicU64 = AtomicU64::new(0);
/// Threads so far: each has random numbers of its own.
static THREADS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static STATE: Cell<u64> = const { Cell::new(0) };
    /// In a delay: one that comes in between, by the timer, waits no longer.
    static DELAYED: Cell<bool> = const { Cell::new(false) };
}

extern "C" fn at_load() {
    // SAFETY: the name is null-terminated; nobody changes the environment before the program begins.
    let text = unsafe { libc::getenv(c"PROTOPYTHON_CHAOS".as_ptr()) };
    if text.is_null() {
        return;
    }
    // SAFETY: a null-terminated string of the environment.
    let seed = unsafe { libc::strtoull(text, std::ptr::null_mut(), 10) };
    SEED.store(seed.wrapping_mul(2).wrapping_add(1), Ordering::Relaxed);
    // SAFETY: an all-zero action is valid; the handler only sleeps.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = at_timer as *const () as usize;
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigaction(signal(), &action, std::ptr::null_mut());
    }
    // Of processor time: programs wait for signals in their main thread, which any handled signal ends.
    std::mem::forget(Timer::start(libc::CLOCK_THREAD_CPUTIME_ID));
}

#[used]
#[unsafe(link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = at_load;

/// The timers' signal: programs take theirs from the other end.
fn signal() -> c_int {
    libc::SIGRTMAX() - 1
}

extern "C" fn at_timer(_signal: c_int) {
    // SAFETY: the address of this thread's errno.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let kept = unsafe { *errno };
    delay();
    // SAFETY: as above.
    unsafe { *errno = kept };
}

/// The thread's next random number (splitmix64).
fn random() -> u64 {
    STATE.with(|state| {
        let mut s = state.get();
        if s == 0 {
            let number = THREADS.fetch_add(1, Ordering::Relaxed) + 1;
            s = SEED.load(Ordering::Relaxed) ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93);
        }
        s = s.wrapping_add(0x9e37_79b9_7f4a_7c15);
        state.set(s);
        let z = (s ^ s >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    })
}

fn sleep(ns: u64) {
    let time = libc::timespec { tv_sec: 0, tv_nsec: ns as _ };
    // SAFETY: a valid time; what is left after an interruption is not asked for.
    unsafe { libc::nanosleep(&time, std::ptr::null_mut()) };
}

fn once(f: impl FnOnce(u64)) {
    if SEED.load(Ordering::Relaxed) == 0 || DELAYED.replace(true) {
        return;
    }
    // SAFETY: the address of this thread's errno; what the delay does must not be seen.
    unsafe {
        let errno = libc::__errno_location();
        let kept = *errno;
        f(random());
        *errno = kept;
    }
    DELAYED.set(false);
}

fn yield_now() {
    // SAFETY: no preconditions.
    unsafe { libc::sched_yield() };
}

/// At a system call: mostly nothing, now and then a moment, seldom a time slice.
pub fn delay() {
    once(|r| match r % 64 {
        0..=7 => yield_now(),
        8..=11 => (0..(r >> 8) % 2000).for_each(|_| std::hint::spin_loop()),
        12..=14 => sleep((r >> 8) % 200_000),
        15 => sleep((r >> 8) % 2_000_000),
        _ => {}
    });
}

/// Where a thread starts, ends or is named: mostly something.
pub fn long_delay() {
    once(|r| match r % 8 {
        0 | 1 => {}
        2..=4 => yield_now(),
        5 | 6 => sleep((r >> 8) % 200_000),
        _ => sleep((r >> 8) % 3_000_000),
    });
}

/// A thread's timer.
pub struct Timer(libc::timer_t);

impl Timer {
    /// Starts one for the calling thread: of its processor time, or, for one in four, of real time, so that waits are interrupted,
    /// too. None if the system has no more.
    pub fn of_thread() -> Option<Timer> {
        if SEED.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let real = random().is_multiple_of(4);
        Timer::start(if real { libc::CLOCK_MONOTONIC } else { libc::CLOCK_THREAD_CPUTIME_ID })
    }

    fn start(clock: libc::clockid_t) -> Option<Timer> {
        let every = 300_000 + random() % 5_000_000;
        // SAFETY: all-zero is valid for these structures, whose fields are set then; the timer is this thread's own.
        unsafe {
            let mut event: libc::sigevent = std::mem::zeroed();
            event.sigev_notify = libc::SIGEV_THREAD_ID;
            event.sigev_signo = signal();
            event.sigev_notify_thread_id = libc::gettid();
            let mut timer: libc::timer_t = std::mem::zeroed();
            if libc::timer_create(clock, &mut event, &mut timer) != 0 {
                return None;
            }
            let interval = libc::timespec { tv_sec: 0, tv_nsec: every as _ };
            let times = libc::itimerspec { it_interval: interval, it_value: interval };
            libc::timer_settime(timer, 0, &times, std::ptr::null_mut());
            Some(Timer(timer))
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: made by `start`, deleted once.
        unsafe { libc::timer_delete(self.0) };
    }
}
