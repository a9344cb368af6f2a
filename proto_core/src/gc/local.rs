//! Local collection: one context's own objects, nobody else stops.
//!
//! A minor collection keeps every mark of the earlier ones and visits new objects and remembered ones only; a full one
//! starts from nothing and follows when the live size has doubled.

use super::Cause;
use super::clock::{Clock, CpuClock};
use super::mark::{Marker, clear_above_top};
use super::pauses::Why;
use super::reach::{clear_weak, resurrect, retain_weak};
use super::stats::LocalParts;
use super::sweep::{Boxes, Keep};
use crate::cell::header::{self, SHARED};
use crate::context::{Context, poll};
use crate::heap::Heap;
use crate::sync::Ordering;
use crate::sync::lock;
use crate::value::Value;

/// Live bytes that do not count towards "has doubled".
const FULL_SLACK: usize = 8 << 20;

impl Heap {
    /// Whether the next local collection should be a full one.
    pub(crate) fn full_due(&self) -> bool {
        let gc = &self.gc;
        let external = gc.external.get().max(0) as usize;
        gc.live_bytes.get() + external > 2 * gc.full_bytes.get() + FULL_SLACK
    }

    /// Bytes allocated since the last collection.
    pub(crate) fn spent(&self) -> usize {
        (self.granted.get() - self.budget.get()).max(0) as usize
    }

    /// Bytes ever allocated.
    pub(crate) fn allocated(&self) -> u64 {
        self.gc.stats.borrow().allocated_bytes + self.spent() as u64
    }

    /// What may be allocated before the next collection. A pause is as long as much survives; so when most of what was
    /// allocated did, collections come sooner, each with less to mark. At half, not less: the sooner, the more is found
    /// alive that was about to die (a quarter cost 7 % where half survives).
    fn next_budget(&self, survived: usize) -> isize {
        let most = self.space().config().budget;
        let least = most / 2;
        // At the same rate of survival, this much gives `least` survivors.
        let wanted = self.spent().saturating_mul(least) / survived.max(1);
        wanted.clamp(least, most) as isize
    }

    /// Bytes in objects, those allocated since the last collection included.
    pub(crate) fn used_bytes(&self) -> usize {
        self.gc.live_bytes.get() + self.spent()
    }

    fn clear_marks(&self) {
        let larges = self.larges.borrow();
        let (blocks, touched) = (self.blocks.borrow(), self.touched.borrow());
        for &b in blocks.iter().chain(larges.iter()).chain(touched.iter()) {
            for g in &self.arena.meta(b).groups {
                g.mark.set(0);
            }
        }
    }

    /// Moves entries that have been promoted meanwhile to the space's lists; `all`: old entries too.
    pub(crate) fn hand_over_shared(&self, all: bool) {
        let gc = &self.gc;
        let promoted = gc.stats.borrow().promoted_objects;
        if (if all { &gc.searched_all } else { &gc.searched_young }).get() == promoted {
            return;
        }
        gc.searched_young.set(promoted);
        if all {
            gc.searched_all.set(promoted);
        }
        // SAFETY: runs before anything is freed, so the listed objects exist.
        let shared = |addr: usize| unsafe { header::flags(addr) }.load(Ordering::Relaxed) & SHARED != 0;
        let mut weak = Vec::new();
        for list in [&gc.weak_young, &gc.weak_old].into_iter().take(1 + all as usize) {
            list.borrow_mut().retain(|&a| !shared(a) || (weak.push(a), false).1);
        }
        if !weak.is_empty() {
            lock(&self.space().shared_weak).append(&mut weak);
        }
        let mut finals = Vec::new();
        for list in [&gc.final_old, &gc.final_young].into_iter().skip(1 - all as usize) {
            list.borrow_mut().retain(|&v| !shared(Value::raw(v).addr()) || (finals.push(v), false).1);
        }
        if !finals.is_empty() {
            lock(&self.space().shared_final).append(&mut finals);
        }
    }

    /// In a forked child, which lacks this heap's thread: the parent calls the finalizers of what is this heap's alone.
    pub(crate) fn abandon_finalizers(&self) {
        self.hand_over_shared(true);
        for list in [&self.gc.final_young, &self.gc.final_old, &self.gc.final_queue] {
            list.borrow_mut().clear();
        }
    }
}

impl Context {
    /// A local collection. The native stack's lower end has been published.
    pub(crate) fn collect_local(&self, full: bool, cause: Cause) {
        let config = self.space().config();
        // In this order: the system may give the processor away at the end of a system call.
        let cpu = CpuClock::start(config.cpu_time);
        let mut clock = Clock::start();
        let start = clock.0;
        let mut parts = LocalParts::default();
        let heap = self.heap();
        let gc = &heap.gc;
        // What random sharing broke is to be found soon.
        let n = gc.collections.get();
        let verify = config.verify || (config.promote_stress && (n <= 64 || n.is_multiple_of(16)));
        let report = config.report;
        let (before, live) = (heap.used_bytes(), gc.live_bytes.get());
        heap.close_windows();
        if verify && !full {
            heap.verify_barrier();
        }
        if config.log_stores {
            heap.check_log();
        }
        heap.hand_over_shared(full);
        if full {
            heap.clear_marks();
        }
        let mut marker = Marker::new(heap, full);
        if !full {
            marker.remembered();
        }
        marker.roots(self, full);
        parts.mark = clock.lap();

        // A weak cell that was old at the last collection has an old referent: only a full one can clear it.
        // Both in the order in which they were made; what uses another object is finalized before that one.
        let mut weak = if full { gc.weak_old.take() } else { Vec::new() };
        weak.append(&mut gc.weak_young.borrow_mut());
        let mut finals = if full { gc.final_old.take() } else { Vec::new() };
        finals.append(&mut gc.final_young.borrow_mut());
        clear_weak(&mut weak, &marker, &mut gc.cleared_queue.borrow_mut());
        resurrect(&mut finals, &mut marker, &mut gc.final_queue.borrow_mut());
        retain_weak(&mut weak, &marker);
        gc.weak_old.borrow_mut().append(&mut weak);
        gc.final_old.borrow_mut().append(&mut finals);
        marker.finish();
        parts.weak = clock.lap();
        if full && gc.counts_cyclic.take() {
            gc.cyclic.set(heap.count_cyclic());
        }

        heap.forget_remembered();
        let mut boxes = Boxes::new();
        if full {
            heap.sweep_all(Keep::Local, &mut boxes);
            // What has grown will use them.
            if !matches!(cause, Cause::Doubled) {
                heap.return_pages();
            }
        } else {
            heap.sweep_touched(&mut boxes);
        }
        heap.arena.return_old();
        clear_above_top(self);
        // A full collection also frees what is old: it says nothing of the young.
        let survived = if full { 0 } else { gc.live_bytes.get().saturating_sub(live) };
        drop(boxes);
        heap.less_external();
        self.after_collection(full, heap.next_budget(survived));
        parts.sweep = clock.lap();
        let (ns, cpu) = (parts.total(), cpu.elapsed());
        for stats in [&mut *gc.stats.borrow_mut(), &mut *lock(&self.space().stats)] {
            if full {
                stats.full.add(ns)
            } else {
                stats.minor.add(ns)
            }
            if let Some(cpu) = cpu {
                stats.local_cpu.add(cpu);
            }
        }
        heap.note_pause(if full { Why::Full } else { Why::Minor }, start);
        if report {
            eprintln!(
                "gc: {} collection, context {}: {:.1} us ({parts}; processor {:.1} us), {} -> {} KiB, {cause}",
                if full { "full" } else { "minor" },
                heap.id.get(),
                ns as f64 / 1000.0,
                cpu.unwrap_or(0) as f64 / 1000.0,
                before >> 10,
                heap.used_bytes() >> 10
            );
        }
        if verify {
            heap.verify(super::verify::When::Collected);
        }
        if config.log_stores {
            heap.cast_shadow();
        }
    }

    /// Renews the budget and tells the engine what waits for it.
    pub(crate) fn after_collection(&self, full: bool, budget: isize) {
        let heap = self.heap();
        let gc = &heap.gc;
        let mut stats = gc.stats.borrow_mut();
        stats.allocated_bytes += heap.spent() as u64;
        heap.budget.set(budget);
        heap.granted.set(budget);
        stats.live_bytes = gc.live_bytes.get() as u64;
        stats.held_bytes = heap.arena.held_bytes() as u64;
        if full {
            gc.full_bytes.set(gc.live_bytes.get());
            gc.external.set(0);
        }
        let mut bits = 0;
        if !gc.final_queue.borrow().is_empty() {
            bits |= poll::FINALIZERS;
        }
        if !gc.cleared_queue.borrow().is_empty() {
            bits |= poll::WEAKREFS;
        }
        heap.poll.fetch_and(!(poll::COLLECT | poll::COLLECT_FULL), Ordering::Relaxed);
        heap.poll.fetch_or(bits, Ordering::Relaxed);
    }
}
