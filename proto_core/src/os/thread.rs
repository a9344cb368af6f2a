//! Starting threads that nobody joins.
//!
//! They are detached from birth. A thread that is created joinable and detached by its parent may end between: then the C
//! library frees what the parent's call still reads (glibc's bug 19951, in every release before 2.42). Here no call ever takes
//! the name of a thread that may be gone.

use super::page_size;
use std::cell::Cell;
use std::io;
use std::ptr;

/// What a new thread runs.
pub type Body = Box<dyn FnOnce() + Send>;

/// Bytes for handlers of signals; address space alone until a handler runs.
const HANDLER_STACK: usize = 64 << 10;

/// A native stack for the handlers of signals, so that an overflow of the thread's own can be reported.
pub struct HandlerStack(usize);

impl HandlerStack {
    /// Gives the calling thread one until the guard is dropped. None if there is no memory, or if it has one.
    pub fn new() -> Option<HandlerStack> {
        // SAFETY: all-zero is a valid stack_t; a null new stack only queries.
        let old = unsafe {
            let mut old: libc::stack_t = std::mem::zeroed();
            if libc::sigaltstack(ptr::null(), &mut old) != 0 {
                return None;
            }
            old
        };
        if old.ss_flags & libc::SS_DISABLE == 0 {
            return None;
        }
        let base = super::reserve(HANDLER_STACK)?;
        let stack = libc::stack_t { ss_sp: base as *mut _, ss_flags: 0, ss_size: HANDLER_STACK };
        let made = HandlerStack(base);
        // SAFETY: the stack stays mapped until `drop` has taken it away from this thread; the guard cannot leave the thread.
        if unsafe { libc::sigaltstack(&stack, ptr::null_mut()) } == 0 { Some(made) } else { None }
    }
}

impl Drop for HandlerStack {
    fn drop(&mut self) {
        let none = libc::stack_t { ss_sp: ptr::null_mut(), ss_flags: libc::SS_DISABLE, ss_size: HANDLER_STACK };
        // SAFETY: no handler runs on the stack while this code does, and after the first call none ever will.
        unsafe {
            libc::sigaltstack(&none, ptr::null_mut());
            super::unreserve(self.0, HANDLER_STACK);
        }
    }
}

thread_local! {
    /// Whether the native stack is one that `start_detached` asked for: a mapping that nobody else has a part of.
    static OWNS_STACK: Cell<bool> = const { Cell::new(false) };
}

/// Gives back the memory of the native stack below the caller's frames, for a thread that is about to wait for long: what it called
/// before (its own start takes some pages) stays resident else. Does nothing in a thread that was started elsewhere.
#[inline(never)]
pub fn release_dead_stack() {
    /// What the calls in here need, up to the system's. (A handler of a signal that comes meanwhile starts when that has ended.)
    const MARGIN: usize = 2 << 10;
    if !OWNS_STACK.get() {
        return;
    }
    let here = 0usize;
    let end = (ptr::from_ref(&here).addr() - MARGIN) & !(page_size() - 1);
    if let Some((low, _)) = super::stack_bounds()
        && low < end
    {
        // SAFETY: whole pages of this thread's stack, below all frames: the stack grows down, and this is the innermost frame but
        // for the system call's.
        unsafe { super::discard(low, end - low) };
    }
}

extern "C" fn enter(body: *mut libc::c_void) -> *mut libc::c_void {
    // SAFETY: `start_detached` made the pointer from a box and left it to this thread.
    let body = unsafe { Box::from_raw(body.cast::<Body>()) };
    let stack = HandlerStack::new();
    OWNS_STACK.set(true);
    body();
    drop(stack);
    ptr::null_mut()
}

/// Starts a thread whose end nobody waits for; `stack_bytes` is raised to what the system demands. Gives the identity that it has
/// (or had: it may be over).
pub fn start_detached(stack_bytes: usize, body: Body) -> io::Result<u64> {
    let check = |rc: i32| if rc == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(rc)) };
    let page = page_size();
    let size = stack_bytes.max(libc::PTHREAD_STACK_MIN).next_multiple_of(page);
    let body = Box::into_raw(Box::new(body));
    // SAFETY: all-zero is a valid pthread_attr_t to be initialized; it is destroyed once. `enter` takes the box over, unless no
    // thread was made: then it is ours again.
    unsafe {
        let mut attr: libc::pthread_attr_t = std::mem::zeroed();
        let mut thread: libc::pthread_t = 0;
        let mut made = check(libc::pthread_attr_init(&mut attr));
        if made.is_ok() {
            made = check(libc::pthread_attr_setdetachstate(&mut attr, libc::PTHREAD_CREATE_DETACHED))
                .and_then(|()| check(libc::pthread_attr_setstacksize(&mut attr, size)))
                .and_then(|()| check(libc::pthread_create(&mut thread, &attr, enter, body.cast())));
            libc::pthread_attr_destroy(&mut attr);
        }
        match made {
            // The C library writes the identity before the thread runs.
            Ok(()) => Ok(thread as u64),
            Err(e) => {
                drop(Box::from_raw(body));
                Err(e)
            }
        }
    }
}

/// Starts a thread that runs no code of a program and that no signal ever interrupts: what a program does with signals does not see it.
pub fn start_helper(body: Body) -> io::Result<()> {
    // SAFETY: sets are written before they are read; the caller's own mask is back before this returns, and the new thread begins
    // with the one of the moment at which it was made.
    unsafe {
        let (mut all, mut own): (libc::sigset_t, libc::sigset_t) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut own);
        let started = start_detached(0, body);
        libc::pthread_sigmask(libc::SIG_SETMASK, &own, ptr::null_mut());
        started.map(drop)
    }
}

/// The calling thread's identity.
pub fn thread_ident() -> u64 {
    // SAFETY: no preconditions.
    unsafe { libc::pthread_self() as u64 }
}

/// The number that the system gives the calling thread.
pub fn thread_number() -> u32 {
    // SAFETY: no preconditions.
    unsafe { libc::gettid() as u32 }
}

/// The name that the system has for a thread of this process, empty if it is gone. Async-signal-safe.
pub fn thread_name(number: u32, buffer: &mut [u8; 32]) -> &[u8] {
    let mut path = *b"/proc/self/task/0000000000/comm\0";
    let (mut n, mut digits) = (number, [0; 10]);
    let mut at = digits.len();
    while at == digits.len() || n > 0 {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
    }
    let mut end = 16;
    for part in [&digits[at..], b"/comm\0"] {
        path[end..end + part.len()].copy_from_slice(part);
        end += part.len();
    }
    // SAFETY: the path is null-terminated; the buffer is as long as said.
    let read = unsafe {
        let file = libc::open(path.as_ptr().cast(), libc::O_RDONLY | libc::O_CLOEXEC);
        if file < 0 {
            return &[];
        }
        let read = libc::read(file, buffer.as_mut_ptr().cast(), buffer.len());
        libc::close(file);
        read
    };
    let name = &buffer[..usize::try_from(read).unwrap_or(0)];
    name.strip_suffix(b"\n").unwrap_or(name)
}

#[cfg(all(test, not(model)))]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn threads_without_number_end_unnamed() {
        let (done, ended) = mpsc::channel();
        for i in 0..2000 {
            let done = done.clone();
            let body = Box::new(move || done.send(i).unwrap());
            // The system may lend fewer threads at a time than are started here: what ends makes room.
            while start_detached(1 << 16, body.clone()).is_err() {
                std::thread::yield_now();
            }
        }
        drop(done);
        assert_eq!(ended.iter().sum::<i32>(), (0..2000).sum());
    }

    /// Writes to some 160 KiB of the stack.
    #[inline(never)]
    fn deep() {
        let mut below = [1u8; 160 << 10];
        std::hint::black_box(&mut below);
    }

    /// Of the running thread's stack, what occupies memory.
    fn stack_resident() -> usize {
        let (low, high) = crate::os::stack_bounds().unwrap();
        crate::os::resident(low, high - low)
    }

    #[test]
    fn what_calls_left_below_is_given_back() {
        let (done, ended) = mpsc::channel();
        let body = move || {
            deep();
            let before = stack_resident();
            release_dead_stack();
            done.send((before, stack_resident())).unwrap();
        };
        start_detached(1 << 20, Box::new(body)).unwrap();
        let (before, after) = ended.recv().unwrap();
        assert!(before >= 160 << 10, "{before}");
        // Besides the frames in use, the margin and what the question takes.
        assert!(after <= 64 << 10, "{after}");
    }

    #[test]
    fn who_was_started_elsewhere_keeps_the_stack() {
        let (before, after) = std::thread::spawn(|| {
            deep();
            let before = stack_resident();
            release_dead_stack();
            (before, stack_resident())
        })
        .join()
        .unwrap();
        assert!(before >= 160 << 10 && after >= before, "{before} {after}");
    }

    #[test]
    fn a_thread_has_a_stack_for_handlers() {
        let (done, ended) = mpsc::channel();
        start_detached(0, Box::new(move || done.send(HandlerStack::new().is_none()).unwrap())).unwrap();
        assert!(ended.recv().unwrap());
    }
}
