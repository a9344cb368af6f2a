//! Promotion: making local objects visible to all threads.
//!
//! An iterative walk sets the SHARED flag and the bitmap bit of each local object that is reachable, weak references'
//! referents included (no shared object may name a local one). Then a release fence: whoever acquires a pointer that is
//! published afterwards sees the flags. It runs in the owner's thread, or for the transition in the stopper's while the
//! owner is stopped.

use crate::cell::header::{self, SHARED};
use crate::cell::layout::{for_each_value_word, load_value, may_be_external, sub};
use crate::heap::Heap;
use crate::sync::{Ordering, broken, fence};
use crate::value::{Kind, Value};

/// Bytes that a heap promotes before it tells the space.
const REPORT: usize = 64 << 10;

impl Heap {
    /// Makes `v` and every local object reachable from it shared.
    #[inline]
    pub fn promote(&self, v: Value) {
        if !self.is_shared(v) {
            self.promote_graph(v);
        }
    }

    #[inline(never)]
    fn promote_graph(&self, v: Value) {
        let mut stack = self.gc.promote_stack.take();
        let (mut objects, mut bytes) = (0, 0);
        self.share_one(v, &mut stack, &mut objects, &mut bytes);
        while let Some(bits) = stack.pop() {
            self.share_children(Value::raw(bits), &mut stack, &mut objects, &mut bytes);
        }
        fence(Ordering::Release);
        if stack.capacity() <= 1 << 16 {
            self.gc.promote_stack.replace(stack);
        }
        if self.space().config().report_promotions {
            self.note_promotion(objects, bytes);
        }
        let mut stats = self.gc.stats.borrow_mut();
        stats.promoted_objects += objects as u64;
        stats.promoted_bytes += bytes as u64;
        drop(stats);
        // The space's counter is one cache line for all threads: it is told now and then.
        let unreported = self.gc.promoted.get() + bytes;
        self.gc.promoted.set(unreported);
        if unreported >= REPORT {
            self.report_promoted();
        }
    }

    /// Adds what has been promoted to the space's count, and asks for a global collection when that is due.
    #[cold]
    fn report_promoted(&self) {
        let space = self.space();
        let bytes = self.gc.promoted.take();
        let total = space.promoted_since.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if total >= space.shared_limit.load(Ordering::Relaxed) {
            self.poll.fetch_or(crate::context::poll::COLLECT_GLOBAL, Ordering::Relaxed);
        }
    }

    #[inline]
    fn share_one(&self, v: Value, stack: &mut Vec<u64>, objects: &mut usize, bytes: &mut usize) {
        if !v.is_ptr() {
            return;
        }
        let addr = v.addr();
        // SAFETY: `v` was found in a live object or given by the caller, so it lives.
        let flags = unsafe { header::flags(addr) };
        let now = flags.load(Ordering::Relaxed);
        if now & SHARED != 0 {
            return;
        }
        flags.store(now | SHARED, Ordering::Release);
        let (meta, cell) = self.arena.locate(addr);
        debug_assert_eq!(meta.owner.load(Ordering::Relaxed), self.id.get(), "promoting a foreign object");
        // Only the owner sets bits here, so load and store suffice. Release pairs with the acquire of readers.
        let word = &meta.groups[cell >> 6].shared;
        if !broken("promote_bitmap") {
            word.store(word.load(Ordering::Relaxed) | 1 << (cell & 63), Ordering::Release);
        }
        *objects += 1;
        *bytes += meta.words.get() as usize * 8;
        let kind = v.kind_unchecked();
        if self.space().leaf_mask >> kind as u32 & 1 == 0 || may_be_external(kind, meta.words.get() as usize) {
            stack.push(v.bits());
        }
    }

    fn share_children(&self, v: Value, stack: &mut Vec<u64>, objects: &mut usize, bytes: &mut usize) {
        if broken("promote_children") {
            return;
        }
        let (addr, kind) = (v.addr(), v.kind_unchecked());
        // SAFETY: a live object; a WEAK cell's w1 and w2 hold values.
        unsafe {
            if kind == Kind::Internal && header::aux(addr).load(Ordering::Relaxed) == sub::WEAK {
                self.share_one(load_value(addr, 1), stack, objects, bytes);
                self.share_one(load_value(addr, 2), stack, objects, bytes);
                return;
            }
            for_each_value_word(self.space().layouts(), addr, kind, self.words_at(addr), |i| {
                self.share_one(load_value(addr, i), stack, objects, bytes);
            });
        }
    }
}
