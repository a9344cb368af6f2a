//! The heap verifier: walks every object that a context owns and checks the invariants that the rest relies on. It ends
//! the process at the first violation.

use crate::cell::header::{self, REMEMBERED, SHARED};
use crate::cell::layout::{for_each_value_word, load_value};
use crate::heap::Heap;
use crate::heap::block::{GROUPS, LARGE};
use crate::space::ShapeId;
use crate::sync::Ordering;
use crate::value::Value;

impl Heap {
    /// Calls `f` with each live object of the context's blocks. Windows must be closed.
    pub(crate) fn for_each_object(&self, mut f: impl FnMut(Value, bool)) {
        let (larges, blocks, touched) = (self.larges.borrow(), self.blocks.borrow(), self.touched.borrow());
        let young = touched.iter().filter(|&&b| self.arena.meta(b).class.get() == LARGE);
        for &block in blocks.iter().chain(larges.iter()).chain(young) {
            let meta = self.arena.meta(block);
            for g in 0..GROUPS {
                let group = &meta.groups[g];
                let mut live = group.live.get();
                while live != 0 {
                    let bit = live.trailing_zeros() as usize;
                    live &= live - 1;
                    let addr = self.arena.block_addr(block) + (g * 64 + bit) * 64;
                    // SAFETY: a live object.
                    let shape = unsafe { header::shape(addr) }.load(Ordering::Acquire);
                    let Some(shape) = self.space().try_shape(ShapeId(shape)) else {
                        crate::corrupted(&format!("object at {addr:#x} has no shape ({shape})"));
                    };
                    f(Value::from_addr(addr, shape.kind), group.mark.get() >> bit & 1 != 0);
                }
            }
        }
    }

    fn for_each_child(&self, v: Value, mut f: impl FnMut(usize, Value)) {
        // SAFETY: a live object of this kind.
        unsafe {
            for_each_value_word(self.space().layouts(), v.addr(), v.kind_unchecked(), self.words_at(v.addr()), |i| {
                f(i, load_value(v.addr(), i))
            });
        }
    }

    /// After a collection: flags agree with bitmaps; children exist, have their kind, and are shared or in an own
    /// block; no shared object points at a local one.
    pub(crate) fn verify(&self) {
        self.close_windows_for_check();
        self.for_each_object(|v, _| {
            let (meta, cell) = self.arena.locate(v.addr());
            let shared_bit = meta.groups[cell >> 6].shared.load(Ordering::Relaxed) >> (cell & 63) & 1 != 0;
            // SAFETY: a live object.
            let flags = unsafe { header::flags(v.addr()) }.load(Ordering::Relaxed);
            if (flags & SHARED != 0) != shared_bit {
                crate::corrupted(&format!("{v:?}: SHARED flag and bitmap disagree"));
            }
            self.for_each_child(v, |i, child| {
                if !child.is_ptr() {
                    return;
                }
                let at = || format!("{v:?} word {i} -> {child:?}");
                if let Err(what) = self.check_reference(child, flags & SHARED != 0) {
                    crate::corrupted(&format!("{}: {what}", at()));
                }
            });
        });
    }

    /// What is wrong with a reference, if anything.
    fn check_reference(&self, child: Value, from_shared: bool) -> Result<(), &'static str> {
        let addr = child.addr();
        if !self.arena.contains(addr) {
            return Err("points outside the heap");
        }
        let (meta, cell) = self.arena.locate(addr);
        let group = &meta.groups[cell >> 6];
        let shared = group.shared.load(Ordering::Acquire) >> (cell & 63) & 1 != 0;
        if from_shared && !shared {
            return Err("a shared object points at a local one");
        }
        if !shared {
            if meta.owner.load(Ordering::Acquire) != self.id.get() {
                return Err("points at another thread's local object");
            }
            if !meta.is_live(cell) {
                return Err("points at a dead object");
            }
        }
        // SAFETY: the object lives.
        let shape = unsafe { header::shape(addr) }.load(Ordering::Acquire);
        match self.space().try_shape(ShapeId(shape)) {
            Some(s) if s.kind == child.kind_unchecked() => Ok(()),
            Some(_) => Err("pointer and object differ in kind"),
            None => Err("no such shape"),
        }
    }

    /// Before a minor collection: each old object that points at a young one is remembered.
    pub(crate) fn verify_barrier(&self) {
        if let Some((parent, i, child)) = self.find_barrier_violation() {
            crate::corrupted(&format!("{parent:?} word {i} -> {child:?}: old to young, not remembered"));
        }
    }

    /// An old object that points at a young one without being remembered.
    pub(crate) fn find_barrier_violation(&self) -> Option<(Value, usize, Value)> {
        let slots = self.gc.remembered_slots.borrow();
        let mut found = None;
        self.for_each_object(|v, marked| {
            // SAFETY: a live object.
            let flags = unsafe { header::flags(v.addr()) }.load(Ordering::Relaxed);
            if !marked || flags & (SHARED | REMEMBERED) != 0 || found.is_some() {
                return;
            }
            self.for_each_child(v, |i, child| {
                if !child.is_ptr() {
                    return;
                }
                let (meta, cell) = self.arena.locate(child.addr());
                let group = &meta.groups[cell >> 6];
                let kept = group.mark.get() | group.shared.load(Ordering::Relaxed);
                if kept >> (cell & 63) & 1 == 0 && !slots.contains(&(v.addr() + i * 8)) {
                    found = Some((v, i, child));
                }
            });
        });
        found
    }

    fn close_windows_for_check(&self) {
        debug_assert!(self.cursors.iter().all(|c| c.at.get() >= c.end.get()), "verify between collections");
    }
}
