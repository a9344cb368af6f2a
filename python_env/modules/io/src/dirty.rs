//! Buffered writers of regular files that hold what the system has not got yet.
//!
//! A reference count writes out what a file object held as soon as the program drops it, so `open(p, 'w').write(s)` may be followed
//! by anything that looks at `p`. There are no counts here, and whether a writer was dropped only a collection tells: so who
//! looks at files (opens, reads, renames one, asks for its size, starts a program) flushes all writers first. That is no more
//! than the system may do with a full buffer at any time, and costs at most one call into the system for each call of `write`.

use std::sync::{Arc, Weak};

use engine::prelude::*;
use parking_lot::Mutex;
use proto_core::sync::{AtomicUsize, Ordering};

use crate::buffered::State;

/// Those that were written to since they were last flushed here. Locked for moments only: no thread stops or forks meanwhile.
static WRITERS: Mutex<Vec<Weak<State>>> = Mutex::new(Vec::new());
/// How many they are: where there is none, looking costs nothing.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The buffer of a writer is no longer empty.
pub fn note(s: &Arc<State>) {
    if s.listed.load(Ordering::Relaxed) || s.listed.swap(true, Ordering::AcqRel) {
        return;
    }
    let mut all = WRITERS.lock();
    if all.len() == all.capacity() {
        // Closed and collected ones go when there is no room: the list is as long as there are writers.
        all.retain(|w| w.strong_count() > 0);
    }
    all.push(Arc::downgrade(s));
    COUNT.store(all.len(), Ordering::Release);
}

/// Flushes all of them, except those at work. What goes wrong is left for their own next flush to say.
#[inline]
pub fn flush(cx: &mut Ctx) {
    if COUNT.load(Ordering::Acquire) > 0 {
        flush_all(cx);
    }
}

#[cold]
fn flush_all(cx: &mut Ctx) {
    let all = {
        let mut all = WRITERS.lock();
        COUNT.store(0, Ordering::Release);
        std::mem::take(&mut *all)
    };
    for s in all.iter().filter_map(Weak::upgrade) {
        // Whoever writes from here on lists it again.
        s.listed.store(false, Ordering::Release);
        if !s.flush_file(cx) {
            note(&s);
        }
    }
}
