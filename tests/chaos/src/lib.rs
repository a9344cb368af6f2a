//! Chaos: a library that is put before the C library (`LD_PRELOAD`) and delays threads at random.
//!
//! With `PROTOPYTHON_CHAOS=SEED` in the environment a thread is delayed when it starts, when it ends, before and after its system
//! calls (waits for futexes, memory, files, polls, the creation of threads), and, by a timer of its own, anywhere else: the part of
//! the interpreter that calls the system without the C library is reached that way. The seed fixes how often and how long, not
//! how the system's scheduler answers.
//!
//! Calls that name a thread are checked: a name of a thread that has ended ends the process with a message, since the C library
//! would follow it into memory that may be gone.
//!
//! `cargo run -p protopython_tests --bin chaos` runs the suites of threads under it.

mod delay;
mod threads;

use std::sync::atomic::{AtomicUsize, Ordering};

use libc::{c_int, c_long, c_void, nfds_t, off_t, pthread_attr_t, pthread_t, size_t, ssize_t};

use delay::{delay, long_delay};

/// The C library's own function of a name, looked up once.
struct Real {
    name: &'static std::ffi::CStr,
    address: AtomicUsize,
}

impl Real {
    const fn new(name: &'static std::ffi::CStr) -> Real {
        Real { name, address: AtomicUsize::new(0) }
    }

    fn address(&self) -> usize {
        let known = self.address.load(Ordering::Relaxed);
        if known != 0 {
            return known;
        }
        // SAFETY: the name is null-terminated.
        let found = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()) } as usize;
        if found == 0 {
            // SAFETY: no preconditions.
            unsafe { libc::abort() };
        }
        self.address.store(found, Ordering::Relaxed);
        found
    }
}

/// Functions that do what the C library's do, with a delay before and after.
macro_rules! delayed {
    ($(fn $name:ident($($arg:ident: $ty:ty),*) -> $result:ty;)*) => {$(
        /// As the C library's.
        ///
        /// # Safety
        /// As for the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $ty),*) -> $result {
            static REAL: Real = Real::new(match std::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                Ok(name) => name,
                Err(_) => c"",
            });
            // SAFETY: the C library's function of this name has this type (a variadic one takes words the same way).
            let real: unsafe extern "C" fn($($ty),*) -> $result = unsafe { std::mem::transmute(REAL.address()) };
            delay();
            // SAFETY: by the caller.
            let result = unsafe { real($($arg),*) };
            delay();
            result
        }
    )*};
}

delayed! {
    fn syscall(number: c_long, a: c_long, b: c_long, c: c_long, d: c_long, e: c_long, f: c_long) -> c_long;
    fn read(fd: c_int, data: *mut c_void, size: size_t) -> ssize_t;
    fn write(fd: c_int, data: *const c_void, size: size_t) -> ssize_t;
    fn writev(fd: c_int, parts: *const libc::iovec, count: c_int) -> ssize_t;
    fn poll(fds: *mut libc::pollfd, count: nfds_t, timeout: c_int) -> c_int;
    fn ppoll(fds: *mut libc::pollfd, count: nfds_t, timeout: *const libc::timespec, mask: *const libc::sigset_t) -> c_int;
    fn epoll_wait(fd: c_int, events: *mut libc::epoll_event, count: c_int, timeout: c_int) -> c_int;
    fn mmap(at: *mut c_void, size: size_t, protection: c_int, flags: c_int, fd: c_int, offset: off_t) -> *mut c_void;
    fn mmap64(at: *mut c_void, size: size_t, protection: c_int, flags: c_int, fd: c_int, offset: off_t) -> *mut c_void;
    fn munmap(at: *mut c_void, size: size_t) -> c_int;
    fn madvise(at: *mut c_void, size: size_t, advice: c_int) -> c_int;
    fn pthread_sigmask(how: c_int, set: *const libc::sigset_t, old: *mut libc::sigset_t) -> c_int;
    fn sem_wait(semaphore: *mut libc::sem_t) -> c_int;
    fn sem_post(semaphore: *mut libc::sem_t) -> c_int;
}

type Body = extern "C" fn(*mut c_void) -> *mut c_void;

static CREATE: Real = Real::new(c"pthread_create");

/// As the C library's; the new thread is delayed at its start and its end, and entered in the list of those that live.
///
/// # Safety
/// As for the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pthread_create(
    thread: *mut pthread_t,
    attr: *const pthread_attr_t,
    body: Body,
    argument: *mut c_void,
) -> c_int {
    type Create = unsafe extern "C" fn(*mut pthread_t, *const pthread_attr_t, Body, *mut c_void) -> c_int;
    // SAFETY: the C library's function has this type.
    let real: Create = unsafe { std::mem::transmute(CREATE.address()) };
    delay();
    // SAFETY: by the caller; `start` is called with what it takes.
    let rc = unsafe { threads::create(body, argument, |start, given| real(thread, attr, start, given)) };
    long_delay();
    rc
}

/// Functions that name a thread: they wait, so that it has time to end, and then check that it lives.
macro_rules! naming {
    ($(fn $name:ident(thread: pthread_t $(, $arg:ident: $ty:ty)*) -> c_int;)*) => {$(
        /// As the C library's, for a thread that lives.
        ///
        /// # Safety
        /// As for the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(thread: pthread_t $(, $arg: $ty)*) -> c_int {
            static REAL: Real = Real::new(match std::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                Ok(name) => name,
                Err(_) => c"",
            });
            // SAFETY: the C library's function of this name has this type.
            let real: unsafe extern "C" fn(pthread_t $(, $ty)*) -> c_int = unsafe { std::mem::transmute(REAL.address()) };
            long_delay();
            threads::must_live(thread, concat!(stringify!($name), " was called for a thread that has ended\n"));
            // SAFETY: by the caller.
            unsafe { real(thread $(, $arg)*) }
        }
    )*};
}

naming! {
    fn pthread_detach(thread: pthread_t) -> c_int;
    fn pthread_kill(thread: pthread_t, signum: c_int) -> c_int;
    fn pthread_getcpuclockid(thread: pthread_t, clock: *mut libc::clockid_t) -> c_int;
    fn pthread_setschedprio(thread: pthread_t, priority: c_int) -> c_int;
    fn pthread_cancel(thread: pthread_t) -> c_int;
}
