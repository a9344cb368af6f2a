//! What the checkers do not bring along: cells whose races they report, a parking lot, futexes and a clock, and memory that
//! lives as long as one run. A model calls [`begin`] first in each of its runs.
//!
//! The checkers run all threads of a run on one thread of the system, one at a time, so a `thread_local` is what all of
//! them see.

use super::{AtomicU32, Condvar, Mutex, Ordering, lock, wait};
use std::cell::{Cell as Plain, RefCell};
use std::collections::VecDeque;

/// A `Cell` that the checker watches: a read or write that nothing orders with another thread's write fails the run.
#[cfg(loom)]
pub struct Cell<T>(loom::cell::UnsafeCell<T>);

#[cfg(loom)]
impl<T: Copy> Cell<T> {
    /// A cell.
    pub fn new(t: T) -> Cell<T> {
        Cell(loom::cell::UnsafeCell::new(t))
    }
    /// The value.
    #[track_caller]
    pub fn get(&self) -> T {
        // SAFETY: loom fails the run where this races.
        self.0.with(|p| unsafe { *p })
    }
    /// Replaces the value.
    #[track_caller]
    pub fn set(&self, t: T) {
        // SAFETY: as in `get`.
        self.0.with_mut(|p| unsafe { *p = t });
    }
    /// Replaces the value and gives the one before.
    #[track_caller]
    pub fn replace(&self, t: T) -> T {
        // SAFETY: as in `get`.
        self.0.with_mut(|p| unsafe { std::mem::replace(&mut *p, t) })
    }
    /// Takes the value.
    #[track_caller]
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }
}

#[cfg(loom)]
impl<T: Copy + std::fmt::Debug> std::fmt::Debug for Cell<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cell({:?})", self.get())
    }
}

#[cfg(loom)]
impl<T: Copy + Default> Default for Cell<T> {
    fn default() -> Cell<T> {
        Cell::new(T::default())
    }
}

#[cfg(shuttle)]
pub use std::cell::Cell;

/// Who waits for what, and what time it is. Made anew for each run.
struct Lot {
    queue: Mutex<VecDeque<(usize, u64)>>,
    moved: Condvar,
    /// 1 once the model's clock has passed all deadlines.
    late: AtomicU32,
}

struct Leaked(*mut u8, unsafe fn(*mut u8));

thread_local! {
    static BROKEN: RefCell<String> = const { RefCell::new(String::new()) };
    static LOT: Plain<Option<&'static Lot>> = const { Plain::new(None) };
    static TICKET: Plain<u64> = const { Plain::new(0) };
    static LEAKED: RefCell<Vec<Leaked>> = const { RefCell::new(Vec::new()) };
}

/// Says which part of a protocol [`broken`] reports as left out; empty for none.
pub fn set_broken(part: &str) {
    BROKEN.with(|b| *b.borrow_mut() = part.to_owned());
}

/// See [`super::order`]: true for the part that the model wants left out.
pub fn broken(part: &str) -> bool {
    BROKEN.with(|b| *b.borrow() == part)
}

/// Begins a run: gives back what the run before leaked.
pub fn begin() {
    crate::cell::memory::reset();
    crate::heap::arena::forget();
    let old = LEAKED.with(|l| std::mem::take(&mut *l.borrow_mut()));
    for Leaked(p, free) in old.into_iter().rev() {
        // SAFETY: the pointer came from `Box::into_raw` in `leak`, with the function for its type; its run is over.
        unsafe { free(p) };
    }
    let lot =
        leak(Box::new(Lot { queue: Mutex::new(VecDeque::new()), moved: Condvar::new(), late: AtomicU32::new(0) }));
    LOT.set(Some(lot));
    TICKET.set(0);
}

/// Gives up ownership for the rest of the run.
pub fn leak<T: 'static>(b: Box<T>) -> &'static T {
    unsafe fn free<T>(p: *mut u8) {
        // SAFETY: by the caller, `p` came from a `Box<T>`.
        drop(unsafe { Box::from_raw(p.cast::<T>()) });
    }
    let p = Box::into_raw(b);
    LEAKED.with(|l| l.borrow_mut().push(Leaked(p.cast(), free::<T>)));
    // SAFETY: freed at the beginning of the next run only.
    unsafe { &*p }
}

/// Takes back what [`leak`] gave up: its memory stays until the run ends, as that of everything leaked.
///
/// # Safety
/// As outside of models.
pub unsafe fn unleak<T: 'static>(_: &'static T) {}

fn lot() -> &'static Lot {
    match LOT.get() {
        Some(l) => l,
        None => panic!("a model must call proto_core::sync::model::begin first"),
    }
}

fn enqueue(queue: &mut VecDeque<(usize, u64)>, key: usize) -> u64 {
    let ticket = TICKET.get() + 1;
    TICKET.set(ticket);
    queue.push_back((key, ticket));
    ticket
}

/// Sleeps on `key` if `still` holds.
pub(super) fn park(key: usize, still: impl FnOnce() -> bool) {
    let lot = lot();
    let mut queue = lock(&lot.queue);
    if !still() {
        return;
    }
    let ticket = enqueue(&mut queue, key);
    while queue.iter().any(|e| e.1 == ticket) {
        queue = wait(&lot.moved, queue);
    }
}

/// Wakes the first that sleeps on `key`; `last` hears whether more are left.
pub(super) fn unpark_one(key: usize, last: impl FnOnce(bool)) {
    let lot = lot();
    let mut queue = lock(&lot.queue);
    if let Some(i) = queue.iter().position(|e| e.0 == key) {
        queue.remove(i);
    }
    last(queue.iter().any(|e| e.0 == key));
    lot.moved.notify_all();
}

/// Sleeps while the word is `seen`, until woken, or until the model's clock is late when `timed`.
pub fn futex_wait(word: &AtomicU32, seen: u32, timed: bool) {
    let lot = lot();
    let key = std::ptr::from_ref(word) as usize;
    let mut queue = lock(&lot.queue);
    if word.load(Ordering::SeqCst) != seen || timed && is_late() {
        return;
    }
    let ticket = enqueue(&mut queue, key);
    while queue.iter().any(|e| e.1 == ticket) {
        if timed && is_late() {
            queue.retain(|e| e.1 != ticket);
            return;
        }
        queue = wait(&lot.moved, queue);
    }
}

/// Wakes one sleeper.
pub fn futex_wake(word: &AtomicU32) {
    unpark_one(std::ptr::from_ref(word) as usize, |_| {});
}

/// Whether all deadlines have passed.
pub fn is_late() -> bool {
    lot().late.load(Ordering::SeqCst) != 0
}

/// Lets all deadlines pass.
pub fn be_late() {
    let lot = lot();
    let queue = lock(&lot.queue);
    lot.late.store(1, Ordering::SeqCst);
    lot.moved.notify_all();
    drop(queue);
}
