//! What stores take out of objects while somebody marks: the notes of the store contract (see `heap/store.rs`), and the mode that
//! checks them.
//!
//! `PROTOPYTHON_DEBUG=log-stores` sets the marking flag for good. Each collection compares the heap with a *shadow*, what every
//! object referred to after the last one: what an object does not refer to any more must have been noted, and what was noted must
//! be an object. Shared objects are compared by global collections, against the notes of all threads.

use crate::cell::header::{self, SHARED};
use crate::cell::layout::{for_each_value_word, load_value};
use crate::context::Context;
use crate::heap::Heap;
use crate::space::{ShapeId, Space};
use crate::sync::{Ordering, broken, lock};
use crate::value::Value;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// What was taken out of objects: of those that were shared then, and of others.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub shared: Vec<u64>,
    pub local: Vec<u64>,
}

/// What objects referred to, by address; what they refer to twice is there once.
#[derive(Debug, Default)]
pub(crate) struct Shadow(HashMap<usize, Box<[u64]>>);

/// A heap's part in the mode.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub log: RefCell<Log>,
    shadow: RefCell<Shadow>,
}

/// The space's.
#[derive(Debug, Default)]
pub(crate) struct SpaceNoted {
    /// Notes of contexts that are gone, and of roots of the space.
    pub log: Vec<u64>,
    shadow: Shadow,
    roots: HashSet<u64>,
}

impl Heap {
    /// Whether somebody marks what this context sees: what stores take out of old and shared objects is to be noted.
    #[inline(always)]
    pub fn is_marking(&self) -> bool {
        self.marking.get()
    }

    /// Notes a value that is about to leave a word of an object.
    pub(crate) fn log(&self, shared: bool, old: Value) {
        if old.is_ptr() && !self.barrier_is_broken() {
            let mut log = self.gc.noted.log.borrow_mut();
            if shared { &mut log.shared } else { &mut log.local }.push(old.bits());
        }
    }

    /// Notes what `n` words are about to lose.
    ///
    /// # Safety
    /// `obj` is a pointer to a live object, and they are value words of it.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn log_words(&self, obj: Value, first: usize, n: usize) {
        if n > 1 && broken("clear_logs") {
            return;
        }
        // SAFETY: by the caller.
        let shared = unsafe { header::flags(obj.addr()) }.load(Ordering::Relaxed) & SHARED != 0;
        for word in first..first + n {
            // SAFETY: by the caller.
            self.log(shared, unsafe { load_value(obj.addr(), word) });
        }
    }

    /// Notes what is overwritten, and not moved, when `n` words move.
    ///
    /// # Safety
    /// As for [`Heap::log_words`].
    #[cold]
    pub(crate) unsafe fn log_moved(&self, obj: Value, from: usize, to: usize, n: usize) {
        let lost = if to < from { to..from.min(to + n) } else { to.max(from + n)..to + n };
        for word in lost {
            // SAFETY: by the caller.
            self.log(false, unsafe { load_value(obj.addr(), word) });
        }
    }

    /// Notes the type that an object is about to lose with its shape.
    ///
    /// # Safety
    /// `obj` is a pointer to a live object.
    #[cold]
    pub(crate) unsafe fn log_shape(&self, obj: Value) {
        // SAFETY: by the caller.
        let (flags, shape) = unsafe { (header::flags(obj.addr()), header::shape(obj.addr())) };
        let shape = self.space().shape(ShapeId(shape.load(Ordering::Acquire)));
        self.log(flags.load(Ordering::Relaxed) & SHARED != 0, shape.ty());
    }

    /// Notes all that an object that is remembered as a whole refers to: it is written without a barrier from now on.
    #[cold]
    pub(crate) fn log_whole(&self, obj: Value) {
        self.for_each_child(obj, |_, child| self.log(false, child));
    }

    /// Whether a value has been noted.
    #[cfg(model)]
    pub fn has_noted(&self, bits: u64) -> bool {
        let log = self.gc.noted.log.borrow();
        log.local.contains(&bits) || log.shared.contains(&bits)
    }

    /// Compares the local objects with the shadow. The context is at a safepoint, its windows are closed, nothing has been freed.
    pub(crate) fn check_log(&self) {
        let noted = &self.gc.noted;
        let log: HashSet<u64> = noted.log.borrow().local.iter().copied().collect();
        check_notes(self.space(), &log);
        report(noted.shadow.borrow().find_lost(self.space(), &log, false));
    }

    /// A local object that has lost something that no store has noted, and what it lost.
    #[cfg(test)]
    pub(crate) fn find_lost(&self) -> Option<(Value, Value)> {
        let noted = &self.gc.noted;
        let log = noted.log.borrow().local.iter().copied().collect();
        noted.shadow.borrow().find_lost(self.space(), &log, false)
    }

    /// Makes the shadow anew. The context is at a safepoint, after a collection.
    pub(crate) fn cast_shadow(&self) {
        let mut shadow = self.gc.noted.shadow.borrow_mut();
        shadow.0.clear();
        self.for_each_object(|v, _| {
            if !is_shared(v) {
                shadow.note(self.space(), v);
            }
        });
        self.gc.noted.log.borrow_mut().local.clear();
    }
}

fn is_shared(v: Value) -> bool {
    // SAFETY: callers pass live objects.
    unsafe { header::flags(v.addr()) }.load(Ordering::Relaxed) & SHARED != 0
}

/// Objects that a word may refer to.
fn references(space: &Space, v: Value) -> HashSet<u64> {
    let mut found = HashSet::new();
    let words = crate::heap::alloc::words_at(space.arena, v.addr());
    // SAFETY: a live object of this kind.
    unsafe {
        for_each_value_word(space.layouts(), v.addr(), v.kind_unchecked(), words, |i| {
            let child = load_value(v.addr(), i);
            if child.is_ptr() {
                found.insert(child.bits());
            }
        });
    }
    found
}

/// Whatever was noted is an object.
fn check_notes(space: &Space, log: &HashSet<u64>) {
    for &bits in log {
        let v = Value::raw(bits);
        let (meta, cell) = space.arena.locate(v.addr());
        if !space.arena.contains(v.addr()) || !meta.is_live(cell) {
            crate::corrupted(&format!("{v:?} was noted by a store and is no object"));
        }
    }
}

impl Shadow {
    fn note(&mut self, space: &Space, v: Value) {
        let found = references(space, v);
        if !found.is_empty() {
            self.0.insert(v.bits() as usize, found.into_iter().collect());
        }
    }

    /// An object, shared or not, that has lost something that is not in the log.
    fn find_lost(&self, space: &Space, log: &HashSet<u64>, shared: bool) -> Option<(Value, Value)> {
        self.0.iter().find_map(|(&bits, before)| {
            let v = Value::raw(bits as u64);
            if is_shared(v) != shared {
                return None;
            }
            let now = references(space, v);
            let lost = before.iter().find(|&b| !now.contains(b) && !log.contains(b));
            lost.map(|&lost| (v, Value::raw(lost)))
        })
    }
}

fn report(lost: Option<(Value, Value)>) {
    if let Some((v, lost)) = lost {
        crate::corrupted(&format!("{v:?} lost {lost:?}, and no store has noted it"));
    }
}

/// Before a global collection: compares everything with its shadow. The world is stopped, windows are closed.
pub(crate) fn check_world(space: &Space, contexts: &[&Context]) {
    let mut noted = lock(&space.noted);
    let mut log = HashSet::new();
    for cx in contexts {
        cx.heap().check_log();
        log.extend(cx.heap().gc.noted.log.borrow_mut().shared.drain(..));
    }
    check_notes(space, &log);
    // What the space held may have been a local object, which is gone.
    log.extend(noted.log.drain(..));
    report(noted.shadow.find_lost(space, &log, true));
    let now = held(space);
    if let Some(&lost) = noted.roots.iter().find(|&b| !now.contains(b) && !log.contains(b)) {
        crate::corrupted(&format!("the space lost {:?}, and nobody has noted it", Value::raw(lost)));
    }
}

/// After a global collection: makes all shadows anew.
pub(crate) fn cast_shadows(space: &Space, contexts: &[&Context]) {
    let mut noted = lock(&space.noted);
    let noted = &mut *noted;
    noted.shadow.0.clear();
    let mut note = |v: Value, _: bool| {
        if is_shared(v) {
            noted.shadow.note(space, v);
        }
    };
    for cx in contexts {
        cx.heap().cast_shadow();
        cx.heap().for_each_object(&mut note);
    }
    for block in space.orphans() {
        crate::gc::verify::for_each_in_block(space, block, &mut note);
    }
    noted.roots = held(space);
}

/// What the roots of the space refer to. (What waits in its queues is whoever's takes it out.)
fn held(space: &Space) -> HashSet<u64> {
    let mut found: HashSet<u64> = lock(&space.roots).slots.iter().copied().collect();
    if let Some(hooks) = space.hooks.get() {
        hooks.visit_space_roots(&mut |v| _ = found.insert(v.bits()));
    }
    found.retain(|&bits| Value::raw(bits).is_ptr());
    found
}

impl Space {
    /// Notes a reference that the space has held.
    pub(crate) fn log_root(&self, old: Value) {
        if self.config().log_stores && old.is_ptr() {
            lock(&self.noted).log.push(old.bits());
        }
    }
}
