//! Buffered writers that hold what the system has not got yet.
//!
//! A reference count writes out what a file object held as soon as the program drops it, so `open(p, 'w').write(s)` may be followed
//! by anything that looks at `p`. There are no counts here, and whether a writer was dropped only a collection tells: so who
//! looks at files (opens, reads, renames one, asks for its size, starts a program) flushes all writers first. That is no more
//! than the system may do with a full buffer at any time, and costs at most one call into the system for each call of `write`.
//!
//! That is for regular files. What goes to pipes and sockets, or through raw streams of a program's own, would be seen by others too
//! early: where a dropped writer would never be collected (the process leaves without an end), or once in each of two processes
//! (it forks), a collection tells which were dropped, if any holds something and is not plainly in use.

use std::sync::{Arc, Weak};

use engine::prelude::*;
use parking_lot::Mutex;
use proto_core::sync::{AtomicUsize, Ordering};

use crate::buffered::State;

/// Writers that were written to since the list was last gone through.
struct List {
    /// Locked for moments only: no thread stops or forks meanwhile.
    writers: Mutex<Vec<Weak<State>>>,
    /// How many they are: where there is none, looking costs nothing.
    count: AtomicUsize,
}

/// Those of regular files.
static FILES: List = List::new();
/// All others.
static STREAMS: List = List::new();

impl List {
    const fn new() -> List {
        List { writers: Mutex::new(Vec::new()), count: AtomicUsize::new(0) }
    }

    fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    fn add(&self, s: &Arc<State>) {
        let mut all = self.writers.lock();
        if all.len() == all.capacity() {
            // Closed and collected ones go when there is no room: the list is as long as there are writers.
            all.retain(|w| w.strong_count() > 0);
        }
        all.push(Arc::downgrade(s));
        self.count.store(all.len(), Ordering::Release);
    }

    /// Empties the list. Whoever writes from here on lists it again.
    fn take(&self) -> Vec<Arc<State>> {
        let all = {
            let mut all = self.writers.lock();
            self.count.store(0, Ordering::Release);
            std::mem::take(&mut *all)
        };
        let alive: Vec<_> = all.iter().filter_map(Weak::upgrade).collect();
        for s in &alive {
            s.listed.store(false, Ordering::Release);
        }
        alive
    }
}

/// The buffer of a writer is no longer empty.
pub fn note(s: &Arc<State>) {
    if s.listed.load(Ordering::Relaxed) || s.listed.swap(true, Ordering::AcqRel) {
        return;
    }
    if s.is_of_file() { &FILES } else { &STREAMS }.add(s);
}

/// Flushes all of regular files, except those at work. What goes wrong is left for their own next flush to say.
#[inline]
pub fn flush(cx: &mut Ctx) {
    if !FILES.is_empty() {
        flush_all(cx);
    }
}

#[cold]
fn flush_all(cx: &mut Ctx) {
    for s in FILES.take() {
        if !s.flush_file(cx) {
            note(&s);
        }
    }
}

/// The process forks, or leaves without an end: files are flushed, and what other writers held that were dropped is written as
/// their ends write it. The standard streams are in use; what they hold is no reason.
pub fn before_leaving(cx: &mut Ctx) -> Res<()> {
    flush(cx);
    if STREAMS.is_empty() {
        return Ok(());
    }
    let all = STREAMS.take();
    let mut holding: Vec<Arc<State>> = all.into_iter().filter(|s| s.holds_something()).inspect(note).collect();
    holding.retain(|s| !is_standard(cx, s));
    if holding.is_empty() || all_in_use(cx, &holding) {
        return Ok(());
    }
    // Only the heap holds them from here on.
    drop(holding);
    cx.collect_garbage()
}

/// Whether what runs or the modules soon lead to all of these writers: then no collection need look for dropped ones, which takes
/// as long as the heap is large, at each `fork`.
fn all_in_use(cx: &mut Ctx, writers: &[Arc<State>]) -> bool {
    /// Of what the modules lead to, a millisecond's worth.
    const MOST: usize = 20_000;
    let mut missing: Vec<*const State> = writers.iter().map(Arc::as_ptr).collect();
    let mut roots = engine::frames::needed(cx);
    if let Some(modules) = modules_system::hooks::sys_attr(cx, "modules") {
        roots.push(modules);
    }
    cx.soon_leads_to(&roots, MOST, |v| {
        if let Some(found) = crate::buffered::known_state(cx, v) {
            missing.retain(|&s| s != Arc::as_ptr(&found));
        }
        missing.is_empty()
    })
}

/// Whether a writer is below one of the standard streams.
fn is_standard(cx: &mut Ctx, s: &Arc<State>) -> bool {
    ["stdout", "stderr", "__stdout__", "__stderr__"].iter().any(|name| {
        let stream = modules_system::hooks::sys_attr(cx, name);
        stream.and_then(|v| crate::textio::buffered_below(cx, v)).is_some_and(|below| Arc::ptr_eq(&below, s))
    })
}
