//! Global collection: with all contexts stopped, everything that exists is marked from all roots, local and shared alike,
//! and all blocks are swept. Marking runs in parallel once there is enough of it.
//!
//! One marking task owns an object from the moment it sets the bit (by `fetch_or`), so a header's OLD flag is written
//! by one task only.

use super::Cause;
use super::clock::Clock;
use super::mark::{clear_above_top, for_each_stack_word, object_at, visit_precise_roots};
use super::reach::{Reach, clear_weak, resurrect, retain_weak};
use super::span::Span;
use super::stats::GlobalParts;
use super::sweep::{Boxes, Keep, Outcome, sweep_block};
use crate::cell::header::{self, OLD, SHARED};
use crate::cell::layout::{for_each_value_word, load_value, may_be_external};
use crate::context::{Context, poll};
use crate::heap::alloc::words_at;
use crate::heap::arena::Arena;
use crate::heap::block::LARGE;
use crate::memory;
use crate::os;
use crate::space::records::{Dead, Lives, Marks, Reachable, Record};
use crate::space::{DeadShapes, ShapesInUse, Space};
use crate::sync::Ordering;
use crate::sync::{broken, lock};
use crate::value::{Kind, Value};
use std::time::Instant;

/// A task hands half of its stack on when it has grown to this.
const SPLIT: usize = 4096;
/// Below this many blocks one thread marks faster than several can be woken.
const PARALLEL_BLOCKS: usize = 512;

/// Entries of a large object that become a task of their own.
const TASK: usize = 16 << 10;
/// Entries of a large object that are visited before what they lead to.
const SLICE: usize = 512;

/// Marks by `gmark`.
struct GlobalMarker<'r> {
    space: &'static Space,
    arena: &'static Arena,
    shapes: ShapesInUse,
    reachable: Reachable<'r>,
    stack: Vec<u64>,
    /// Records that were reached and not looked into.
    records: Vec<&'r dyn Record>,
    parallel: bool,
}

/// Sets the object's bit; true if this call did, and there is something in the object.
#[inline(always)]
fn claim(arena: &Arena, leaf_mask: u32, parallel: bool, v: Value) -> bool {
    if !v.is_ptr() {
        return false;
    }
    let (meta, cell) = arena.locate(v.addr());
    let word = &meta.groups[cell >> 6].gmark;
    let bit = 1u64 << (cell & 63);
    // Relaxed: the end of the parallel phase orders the bits before the sweep; headers are written by the winner.
    let now = word.load(Ordering::Relaxed);
    if now & bit != 0 {
        return false;
    }
    if !parallel {
        word.store(now | bit, Ordering::Relaxed);
    } else if word.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
        return false;
    }
    let kind = v.kind_unchecked();
    leaf_mask >> kind as u32 & 1 == 0 || may_be_external(kind, meta.words.get() as usize)
}

impl<'r> GlobalMarker<'r> {
    fn visit(&mut self, v: Value) {
        if claim(self.arena, self.space.leaf_mask, false, v) {
            self.stack.push(v.bits());
        } else if !v.is_ptr() {
            self.visit_word(v.bits());
        }
    }

    /// Marks the record that a word names, if it does.
    fn visit_word(&mut self, word: u64) {
        if self.reachable.may_name(word) {
            self.records.extend(self.reachable.mark(word));
        }
    }

    fn drain(&mut self) {
        let (stack, records) = (std::mem::take(&mut self.stack), std::mem::take(&mut self.records));
        let found = Found { space: self.space, shapes: &self.shapes, reachable: self.reachable };
        if !self.parallel {
            return Tracer::<false>::new(found, stack, records).run(None);
        }
        let per = (stack.len() / (4 * rayon::current_num_threads())).max(16);
        rayon::scope(|s| {
            s.spawn(move |s| Tracer::<true>::new(found, Vec::new(), records).run(Some(s)));
            for chunk in stack.chunks(per) {
                s.spawn(move |s| Tracer::<true>::new(found, chunk.to_vec(), Vec::new()).run(Some(s)));
            }
        });
    }
}

/// What marking tasks have in common.
#[derive(Copy, Clone)]
struct Found<'s> {
    space: &'static Space,
    shapes: &'s ShapesInUse,
    reachable: Reachable<'s>,
}

/// One marking task. `PARALLEL`: there are others.
struct Tracer<'s, const PARALLEL: bool> {
    found: Found<'s>,
    arena: &'static Arena,
    leaf_mask: u32,
    stack: Vec<u64>,
    /// Records that were reached and not looked into; and large objects in work. Both wait until the stack is empty, so it
    /// stays short.
    records: Vec<&'s dyn Record>,
    spans: Vec<Span>,
}

impl<'s, const PARALLEL: bool> Tracer<'s, PARALLEL> {
    fn new(found: Found<'s>, stack: Vec<u64>, records: Vec<&'s dyn Record>) -> Self {
        let space = found.space;
        Tracer { found, arena: space.arena, leaf_mask: space.leaf_mask, stack, records, spans: Vec::new() }
    }

    #[inline(always)]
    fn visit(&mut self, v: Value) {
        if claim(self.arena, self.leaf_mask, PARALLEL, v) {
            self.stack.push(v.bits());
        } else if !v.is_ptr() && self.found.reachable.may_name(v.bits()) {
            self.records.extend(self.found.reachable.mark(v.bits()));
        }
    }

    #[inline(always)]
    fn reach_shape(&mut self, id: u32) {
        let Found { space, shapes, .. } = self.found;
        if shapes.reach(id) {
            shapes.visit(space, id, &mut |v| self.visit(v));
        }
    }

    /// Visits everything that can be reached.
    fn run(mut self, scope: Option<&rayon::Scope<'s>>) {
        const QUEUE: usize = 16;
        let mut queue = [0u64; QUEUE];
        let (mut head, mut len) = (0, 0);
        loop {
            while len < QUEUE {
                let Some(bits) = self.stack.pop() else { break };
                os::prefetch(Value::raw(bits).addr());
                queue[(head + len) % QUEUE] = bits;
                len += 1;
            }
            if len == 0 {
                if let Some(record) = self.records.pop() {
                    record.visit(&mut |v| self.visit(v));
                    record.shapes(&mut |id| self.reach_shape(id.0));
                    continue;
                }
                let Some(span) = self.spans.last_mut() else { return };
                match span.take(SLICE) {
                    // SAFETY: the object was claimed, so it lives; the world is stopped.
                    Some(slice) => unsafe { slice.for_each(|v| self.visit(v)) },
                    None => _ = self.spans.pop(),
                }
                continue;
            }
            let v = Value::raw(queue[head]);
            head = (head + 1) % QUEUE;
            len -= 1;
            self.scan(v, scope);
            if let Some(s) = scope
                && self.stack.len() > SPLIT
            {
                let half = self.stack.split_off(self.stack.len() / 2);
                let found = self.found;
                s.spawn(move |s| Tracer::<PARALLEL>::new(found, half, Vec::new()).run(Some(s)));
            }
        }
    }

    #[inline(always)]
    fn scan(&mut self, v: Value, scope: Option<&rayon::Scope<'s>>) {
        let space = self.found.space;
        let (arena, table) = (self.arena, space.layouts());
        let (addr, kind) = (v.addr(), v.kind_unchecked());
        let words = words_at(arena, addr);
        if kind == Kind::Generator
            && let Some(pruner) = space.hooks.get()
        {
            pruner.prune_generator(v);
        }
        // SAFETY: a live object in a stopped world; this task claimed it.
        unsafe {
            let flags = header::flags(addr);
            let now = flags.load(Ordering::Relaxed);
            if now & (SHARED | OLD) == 0 {
                flags.store(now | OLD, Ordering::Relaxed);
            }
            self.reach_shape(header::shape(addr).load(Ordering::Relaxed));
            if let Some(entries) = Span::of_dict_table(table, addr, kind, words) {
                entries.forget_ended_keys();
            }
            match Span::of(table, addr, kind, words) {
                Some(span) => self.add_span(span, scope),
                None => for_each_value_word(table, addr, kind, words, |i| self.visit(load_value(addr, i))),
            }
        }
    }

    /// Puts a large object's values aside, for other tasks if there are enough of them.
    #[cold]
    fn add_span(&mut self, mut span: Span, scope: Option<&rayon::Scope<'s>>) {
        let found = self.found;
        while let Some(s) = scope
            && span.len() > TASK
            && let Some(part) = span.take(TASK)
        {
            s.spawn(move |s| {
                let mut task = Tracer::<PARALLEL>::new(found, Vec::new(), Vec::new());
                task.spans.push(part);
                task.run(Some(s));
            });
        }
        self.spans.push(span);
    }
}

impl Reach for GlobalMarker<'_> {
    fn alive(&self, v: Value) -> bool {
        if !v.is_ptr() {
            return true;
        }
        let (meta, cell) = self.arena.locate(v.addr());
        meta.groups[cell >> 6].gmark.load(Ordering::Relaxed) >> (cell & 63) & 1 != 0
    }

    fn keep(&mut self, v: Value) {
        self.visit(v);
        self.drain();
    }
}

/// Collects everything. All `contexts` are stopped, and the caller holds the registry. The boxes are to be dropped after
/// the world has resumed, and so is the report printed, and the records go. `start`: when the stop was asked for.
pub(crate) fn collect_world(
    space: &'static Space,
    contexts: &[&Context],
    start: Instant,
    cause: Cause,
) -> (Boxes, Unused, Option<String>) {
    let mut clock = Clock(start);
    let mut parts = GlobalParts { handshake: clock.lap(), ..GlobalParts::default() };
    let arena = space.arena;
    let (mut blocks, mut before) = (0, 0);
    for cx in contexts {
        before += cx.heap().used_bytes();
        cx.heap().close_windows();
        cx.heap().hand_over_shared(true);
        blocks += cx.heap().blocks.borrow().len();
    }
    if space.config().log_stores {
        super::log::check_world(space, contexts);
    }
    let mut records = lock(&space.records);
    records.sort();
    let marks = Marks::new(&records);
    let mut marker = GlobalMarker {
        space,
        arena,
        shapes: ShapesInUse::new(space),
        reachable: Reachable::new(&records, &marks),
        stack: Vec::new(),
        records: Vec::new(),
        // A program with one thread stays one.
        parallel: blocks >= PARALLEL_BLOCKS
                && space.is_sharing()
                && !space.forked.load(Ordering::Relaxed)
                // Where addresses are few, the workers might not get their stacks.
                && memory::address_limit().is_none(),
    };
    for cx in contexts {
        for_each_stack_word(cx, |word, interior| match object_at(arena, space, word, interior, None) {
            Some(v) => marker.visit(v),
            None => marker.visit_word(word),
        });
        visit_precise_roots(cx, true, &mut |v| marker.visit(v));
    }
    if !broken("global_space_roots") {
        space.visit_strong_roots(&mut |v| marker.visit(v));
    }
    parts.roots = clock.lap();
    marker.drain();
    parts.mark = clock.lap();

    let mut shared_weak = std::mem::take(&mut *lock(&space.shared_weak));
    clear_weak(&mut shared_weak, &marker, &mut lock(&space.cleared_queue));
    for cx in contexts {
        let gc = &cx.heap().gc;
        gc.weak_old.borrow_mut().append(&mut gc.weak_young.borrow_mut());
        clear_weak(&mut gc.weak_old.borrow_mut(), &marker, &mut gc.cleared_queue.borrow_mut());
    }
    let mut shared_final = std::mem::take(&mut *lock(&space.shared_final));
    resurrect(&mut shared_final, &mut marker, &mut lock(&space.final_queue));
    *lock(&space.shared_final) = shared_final;
    for cx in contexts {
        let gc = &cx.heap().gc;
        gc.final_old.borrow_mut().append(&mut gc.final_young.borrow_mut());
        resurrect(&mut gc.final_old.borrow_mut(), &mut marker, &mut gc.final_queue.borrow_mut());
    }
    space.forget_dead_types(|ty| marker.alive(ty));
    retain_weak(&mut shared_weak, &marker);
    *lock(&space.shared_weak) = shared_weak;

    let dead_shapes = space.take_dead_shapes(&marker.shapes);
    let died = Died { shapes: !dead_shapes.is_empty(), atoms: space.atoms().retain(|v| marker.alive(v)) };
    forget(space, contexts, marker.reachable, died);

    parts.weak = clock.lap();
    let mut boxes = Boxes::new();
    let mut live = 0;
    for cx in contexts {
        let heap = cx.heap();
        retain_weak(&mut heap.gc.weak_old.borrow_mut(), &marker);
        heap.forget_remembered();
        heap.sweep_all(Keep::Global, &mut boxes);
        heap.return_pages();
        clear_above_top(cx);
        cx.after_collection(true, space.config().budget as isize);
        live += heap.gc.live_bytes.get();
    }
    let dead = Unused { records: records.take_dead(&marks), _shapes: dead_shapes };
    drop(records);
    live += sweep_orphans(space, Keep::Global, &mut boxes);

    space.promoted_since.store(0, Ordering::Relaxed);
    space.shared_limit.store(space.config().global_threshold.max(live), Ordering::Relaxed);
    space.pace.collected(live + space.record_bytes());
    let mut bits = 0;
    if !lock(&space.final_queue).is_empty() {
        bits |= poll::FINALIZERS;
    }
    if !lock(&space.cleared_queue).is_empty() {
        bits |= poll::WEAKREFS;
    }
    for cx in contexts {
        cx.heap().poll.fetch_and(!poll::COLLECT_GLOBAL, Ordering::Relaxed);
        cx.heap().poll.fetch_or(bits, Ordering::Relaxed);
        if space.config().verify {
            cx.heap().verify(super::verify::When::Collected);
        }
    }
    if space.config().verify && space.is_sharing() {
        space.verify();
    }
    if space.config().verify {
        super::verify::verify_records(space, contexts, &dead.records);
    }
    if space.config().log_stores {
        super::log::cast_shadows(space, contexts);
    }
    let mut stats = lock(&space.stats);
    parts.sweep = clock.lap();
    stats.add_global(&parts);
    stats.held_bytes = arena.held_bytes() as u64;
    stats.live_bytes = live as u64;
    let report = space.config().report.then(|| {
        format!(
            "gc: global collection, {} contexts: {:.1} us ({parts}), {} -> {} KiB, {cause}",
            contexts.len(),
            parts.total() as f64 / 1000.0,
            before >> 10,
            live >> 10
        )
    });
    (boxes, dead, report)
}

/// What nothing refers to any more. Dropping it, when the world has resumed, gives its memory back.
pub(crate) struct Unused {
    records: Dead,
    _shapes: DeadShapes,
}

/// Whether shapes died, whose ids sites and tables may hold; and atoms, whose addresses tables may hold.
struct Died {
    shapes: bool,
    atoms: bool,
}

/// Makes everything forget what it remembers of the dead without keeping them alive.
fn forget(space: &'static Space, contexts: &[&Context], reachable: Reachable<'_>, died: Died) {
    let lives = Lives { records: reachable, space };
    if let Some(hooks) = space.hooks.get() {
        hooks.forget(&lives);
    }
    if died.shapes {
        for record in reachable.living() {
            record.forget(&lives);
        }
    }
    if !died.shapes && !died.atoms {
        return;
    }
    for cx in contexts {
        if let Some(roots) = cx.engine_roots.get() {
            // SAFETY: valid while attached, by the contract of `attach`; the owner is stopped.
            unsafe { roots.as_ref() }.forget();
        }
    }
}

/// Sweeps the blocks of finished threads; returns the bytes that live in them.
fn sweep_orphans(space: &'static Space, keep: Keep, boxes: &mut Boxes) -> usize {
    let (arena, mut free, mut live) = (space.arena, Vec::new(), 0);
    for block in space.take_orphans() {
        let meta = arena.meta(block);
        let mut delta = 0;
        let outcome = sweep_block(arena, block, keep, boxes, &mut delta);
        match outcome {
            Outcome::Empty if meta.class.get() == LARGE => arena.release(block, meta.run.get()),
            Outcome::Empty => free.push(block),
            Outcome::Room | Outcome::Sparse | Outcome::Full => {
                live += meta.live_count.get() as usize * meta.words.get() as usize * 8;
                space.give_orphan(block, outcome == Outcome::Room);
            }
        }
    }
    space.give_free(&mut free);
    live
}
