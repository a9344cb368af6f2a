//! The Rust heap: the system's allocator with a reserve behind it.
//!
//! Rust's collections cannot fail where they grow. So addresses are set aside at the start (*ballast*, untouched); when the
//! system refuses a request, a piece of it is given back, which lets the request succeed, and the thread's next poll is told. A
//! large request must moreover leave room for its like (what grew: for twice its size), or the poll is told at once: who copies
//! or doubles what is large meets `MemoryError` one step before the system would refuse.

use super::{LARGE, REMAPPED, address_limit, native, room_for};
use crate::context::poll;
use crate::os;
use crate::sync::{AtomicU32, Ordering, StaticMutex, static_lock};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Pieces of the ballast.
const PIECES: usize = 16;

/// What is set aside.
struct Ballast {
    /// Bytes of a piece; 0 before the start.
    size: usize,
    pieces: [Option<usize>; PIECES],
}

static BALLAST: StaticMutex<Ballast> = StaticMutex::new(Ballast { size: 0, pieces: [None; PIECES] });

thread_local! {
    /// The running thread's poll word; null while it has no context.
    static POLL: Cell<*const AtomicU32> = const { Cell::new(std::ptr::null()) };
    /// Bytes for which there was no room.
    static WANTED: Cell<usize> = const { Cell::new(0) };
    /// Bytes of small requests beyond the limit, of which nobody was told yet.
    static OVERDRAWN: Cell<usize> = const { Cell::new(0) };
    /// A refusal is no misfortune: see [`wishing`].
    static WISHES: Cell<bool> = const { Cell::new(false) };
}

/// Sets the ballast aside.
pub(super) fn take_ballast() {
    let mut ballast = static_lock(&BALLAST);
    ballast.size =
        (address_limit().unwrap_or(1 << 30) / 16).clamp(1 << 20, 64 << 20).next_multiple_of(1 << 20) / PIECES;
    drop(ballast);
    fill();
}

/// Sets aside what was given back; how many bytes of it could not be.
fn fill() -> usize {
    let mut ballast = static_lock(&BALLAST);
    let size = ballast.size;
    let mut missing = 0;
    for piece in &mut ballast.pieces {
        // One that is refused is the last that is asked for.
        if missing == 0 {
            *piece = piece.or_else(|| os::reserve(size));
        }
        missing += if piece.is_none() { size } else { 0 };
    }
    missing
}

/// Gives a piece back; false when there is none left.
fn give() -> bool {
    let mut ballast = static_lock(&BALLAST);
    let size = ballast.size;
    match ballast.pieces.iter_mut().find_map(Option::take) {
        Some(at) => {
            // SAFETY: a reservation of that size that nobody uses.
            unsafe { os::unreserve(at, size) };
            true
        }
        None => false,
    }
}

/// Names the poll word that hears of this thread's requests. Null: none.
pub(crate) fn alarm_here(word: *const AtomicU32) {
    POLL.set(word);
    native::tell();
}

/// Sets bits of the poll word that hears of this thread's requests.
fn request(bits: u32) {
    // SAFETY: the word is in the running thread's context, which takes it out of here before it goes.
    if let Ok(Some(word)) = POLL.try_with(|p| unsafe { p.get().as_ref() }) {
        word.fetch_or(bits, Ordering::Relaxed);
    }
}

/// The Rust heap has grown so much that dead objects may hold a good part of it.
#[cold]
fn collection_is_due() {
    request(poll::NATIVE);
}

/// Memory of other libraries that hangs on an object, in bytes: it counts, as the Rust heap does, as long as this lives.
#[derive(Debug, Default)]
pub struct Counted(usize);

impl Counted {
    /// It is so much now.
    pub fn set(&mut self, bytes: usize) {
        let more = bytes as isize - self.0 as isize;
        self.0 = bytes;
        if native::add(more) {
            collection_is_due();
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.set(0);
    }
}

/// Tells the next poll that memory is short. It is to find room for so many bytes.
#[cold]
fn alarm(wanted: usize) {
    let _ = WANTED.try_with(|w| w.set(w.get().max(wanted)));
    request(poll::MEMORY);
}

/// So many bytes more are taken than there are. The next poll hears of it once `most` are exceeded.
#[cold]
pub(super) fn overdraw(bytes: usize, most: usize) {
    let n = OVERDRAWN.get().saturating_add(bytes);
    OVERDRAWN.set(if n > most { 0 } else { n });
    if n > most {
        alarm(bytes);
    }
}

/// Whether all that had been given back is set aside again, and there is room for what was wanted. Where the C library
/// holds more than that free, it cannot be set aside and need not be.
pub(crate) fn is_eased() -> bool {
    let filled = fill() == 0 || {
        os::trim();
        os::slack() >= 2 * fill()
    };
    filled && room_for(WANTED.get())
}

/// What was wanted is forgotten: room was found, or the program has been told.
pub(crate) fn forget_wanted() {
    WANTED.set(0);
}

/// Runs `f`, whose requests to the Rust heap may be refused: they leave the ballast alone.
pub(super) fn wishing<R>(f: impl FnOnce() -> R) -> R {
    let outer = WISHES.replace(true);
    let r = f();
    WISHES.set(outer);
    r
}

fn wishes() -> bool {
    WISHES.try_with(Cell::get).unwrap_or(false)
}

/// After a large request: is there room for the next?
#[cold]
pub(crate) fn look_ahead(next: usize) {
    if !room_for(next) {
        alarm(next);
    }
}

/// The system refused: again, with pieces of the ballast given back.
#[cold]
fn again(size: usize, f: impl Fn() -> *mut u8) -> *mut u8 {
    if wishes() {
        return std::ptr::null_mut();
    }
    alarm(size);
    loop {
        if !give() {
            return std::ptr::null_mut();
        }
        let p = f();
        if !p.is_null() {
            return p;
        }
    }
}

/// The allocator for the Rust heap of a program that has a runtime.
#[derive(Debug)]
pub struct Allocator;

// SAFETY: all memory is the system allocator's; what is added around it neither panics nor allocates.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller.
        let f = || unsafe { System.alloc(layout) };
        checked(f(), layout.size(), 0, f)
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller.
        let f = || unsafe { System.alloc_zeroed(layout) };
        checked(f(), layout.size(), 0, f)
    }

    #[inline]
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: by the caller; a refusal leaves the old memory as it was.
        let f = || unsafe { System.realloc(old, layout, size) };
        checked(f(), size, layout.size(), f)
    }

    #[inline]
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        let _ = native::count(layout.size(), 0);
        // SAFETY: by the caller.
        unsafe { System.dealloc(p, layout) }
    }
}

/// The memory that a request got, or what a second attempt gives.
#[inline(always)]
fn checked(p: *mut u8, size: usize, old: usize, f: impl Fn() -> *mut u8) -> *mut u8 {
    if p.is_null() {
        let p = again(size, f);
        if !p.is_null() {
            let _ = native::count(old, size);
        }
        return p;
    }
    if native::count(old, size) {
        collection_is_due();
    }
    if size >= LARGE && size > old {
        if old == 0 {
            look_ahead(size);
        } else if !wishes() {
            // What is large is remapped, not copied.
            look_ahead(if size >= REMAPPED { size } else { 2 * size });
        }
    }
    p
}
