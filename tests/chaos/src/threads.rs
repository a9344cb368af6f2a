//! Which threads live, by the identity that the C library gives them.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use libc::{c_int, c_void, pthread_t};

use crate::Body;
use crate::delay::{Timer, long_delay};

const PLACES: usize = 1 << 14;
const LIVES: u8 = 1;
const ENDED: u8 = 2;

/// An identity and how its thread is. An identity keeps its place: the C library gives it to other threads later.
struct Place {
    thread: AtomicUsize,
    state: AtomicU8,
}

static PLACE: [Place; PLACES] = [const { Place { thread: AtomicUsize::new(0), state: AtomicU8::new(0) } }; PLACES];

/// The place of an identity; None if the list is full.
fn place(thread: pthread_t) -> Option<&'static Place> {
    let thread = thread as usize;
    let start = (thread >> 12).wrapping_mul(0x9e37_79b1);
    (0..PLACES).map(|i| &PLACE[start.wrapping_add(i) % PLACES]).find(|p| {
        let seen = p.thread.load(Ordering::SeqCst);
        seen == thread
            || seen == 0
                && match p.thread.compare_exchange(0, thread, Ordering::SeqCst, Ordering::SeqCst) {
                    Ok(_) => true,
                    Err(other) => other == thread,
                }
    })
}

fn set(state: u8) {
    // SAFETY: no preconditions.
    let me = unsafe { libc::pthread_self() };
    if let Some(place) = place(me) {
        place.state.store(state, Ordering::SeqCst);
    }
}

/// Ends the process with `message` if the thread is known to have ended.
pub fn must_live(thread: pthread_t, message: &str) {
    if place(thread).is_some_and(|p| p.state.load(Ordering::SeqCst) == ENDED) {
        // SAFETY: the message's bytes; the process ends.
        unsafe {
            libc::write(2, message.as_ptr().cast(), message.len());
            libc::abort();
        }
    }
}

/// What a new thread takes over.
struct Start {
    body: Body,
    argument: *mut c_void,
    entered: Arc<AtomicBool>,
}

/// Calls `create` so that the thread runs `body`, and returns when it is in the list.
pub fn create(body: Body, argument: *mut c_void, create: impl FnOnce(Body, *mut c_void) -> c_int) -> c_int {
    let entered = Arc::new(AtomicBool::new(false));
    let given = Box::into_raw(Box::new(Start { body, argument, entered: entered.clone() }));
    let rc = create(start, given.cast());
    if rc != 0 {
        // SAFETY: no thread has taken it over.
        drop(unsafe { Box::from_raw(given) });
        return rc;
    }
    while !entered.load(Ordering::SeqCst) {
        // SAFETY: no preconditions.
        unsafe { libc::sched_yield() };
    }
    rc
}

extern "C" fn start(given: *mut c_void) -> *mut c_void {
    // SAFETY: `create` made it from a box and left it to this thread.
    let given = unsafe { Box::from_raw(given.cast::<Start>()) };
    set(LIVES);
    given.entered.store(true, Ordering::SeqCst);
    at_end();
    let timer = Timer::of_thread();
    long_delay();
    let result = (given.body)(given.argument);
    drop(timer);
    long_delay();
    result
}

/// Asks for [`ended`] after everything else that a thread does at its end.
fn at_end() {
    static KEY: OnceLock<libc::pthread_key_t> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let mut key = 0;
        // SAFETY: writes the key.
        unsafe { libc::pthread_key_create(&mut key, Some(ended)) };
        key
    });
    // SAFETY: the key was made; the value only has to be no null.
    unsafe { libc::pthread_setspecific(*key, std::ptr::dangling()) };
}

/// The destructors of thread-local values have run: what comes now is the C library's.
unsafe extern "C" fn ended(_: *mut c_void) {
    long_delay();
    set(ENDED);
}
