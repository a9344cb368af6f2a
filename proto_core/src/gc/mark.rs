//! Marking of one context's own local objects, and finding its roots.
//!
//! A mark is a bit in the block's side table plus the OLD flag in the header (leaves get the bit only: nothing is ever
//! stored into them). An explicit stack feeds a queue of 16 prefetched objects, so that the misses of a heap larger
//! than the cache overlap. Shared objects are not entered: they cannot point at local ones.

use super::reach::Reach;
use super::span::Span;
use crate::cell::header::{self, OLD, REMEMBERED, SHARED};
use crate::cell::layout::{LayoutTable, for_each_value_word, load_value, may_be_external};
use crate::context::Context;
use crate::heap::Heap;
use crate::heap::arena::Arena;
use crate::heap::block::Meta;
use crate::os;
use crate::space::{ShapeId, ShapesInUse, Space, SpaceHooks};
use crate::sync::Ordering;
use crate::value::{Kind, Value};

/// Length of the prefetch queue.
const QUEUE: usize = 16;
/// Entries of a large object that are visited before what they lead to.
const SLICE: usize = 512;

/// The object that a word may mean, decided from the heap's own structures alone: a word off a stack may be stale or
/// no value at all. `interior`: a pointer into the middle counts too (native stacks); otherwise only what has a
/// pointer's tag, hits an object's start and carries its kind. `owner`: look in this context's blocks only, otherwise in
/// all of the space (whose contexts are then stopped).
pub(crate) fn object_at(arena: &Arena, space: &Space, word: u64, interior: bool, owner: Option<u32>) -> Option<Value> {
    let (meta, at) = cell_at(arena, space, word, interior, owner)?;
    if meta.is_live(at.cell) { at.object(space, word, interior) } else { None }
}

/// A cell at which an object may start.
#[derive(Copy, Clone)]
struct Candidate {
    addr: usize,
    cell: usize,
}

/// The cell that a word of a stack may mean; whether an object lives there is not asked yet.
#[inline(always)]
fn cell_at<'a>(
    arena: &'a Arena,
    space: &Space,
    word: u64,
    interior: bool,
    owner: Option<u32>,
) -> Option<(&'a Meta, Candidate)> {
    let addr = word as usize;
    if !arena.contains(addr) || (!interior && !Value::raw(word).is_ptr()) {
        return None;
    }
    let first = arena.run_start(arena.block_of(addr))?;
    let meta = arena.meta(first);
    let ours = match owner {
        Some(id) => meta.owner.load(Ordering::Acquire) == id,
        None => meta.space.load(Ordering::Acquire) == space.id,
    };
    if !ours {
        return None;
    }
    let base = arena.block_addr(first);
    let cell = meta.start_of((addr - base) >> 6)?;
    Some((meta, Candidate { addr: base + cell * header::CELL, cell }))
}

impl Candidate {
    /// The object, which lives.
    fn object(self, space: &Space, word: u64, interior: bool) -> Option<Value> {
        // SAFETY: a live bit means that an object with a header starts here.
        let shape = unsafe { header::shape(self.addr) }.load(Ordering::Acquire);
        let kind = space.try_shape(ShapeId(shape))?.kind;
        let v = Value::cell_at(self.addr, kind);
        if interior || v.bits() == word { Some(v) } else { None }
    }
}

/// Marks what a local collection keeps.
pub(crate) struct Marker<'a> {
    heap: &'a Heap,
    arena: &'static Arena,
    table: &'static LayoutTable,
    leaf_mask: u32,
    /// In a full collection that looks at everything there is: types live by their instances.
    shapes: Option<ShapesInUse>,
    /// In a full collection: who clears what generators will not use.
    pruner: Option<&'static dyn SpaceHooks>,
    stack: Vec<u64>,
    /// Large objects in work; visited when the stack is empty, so it stays short.
    spans: Vec<Span>,
}

impl<'a> Marker<'a> {
    pub(crate) fn new(heap: &'a Heap, full: bool) -> Marker<'a> {
        let space = heap.space();
        Marker {
            heap,
            arena: heap.arena,
            table: heap.space().layouts(),
            leaf_mask: heap.space().leaf_mask,
            shapes: (full && !space.is_sharing()).then(|| ShapesInUse::new(space)),
            pruner: if full { space.hooks.get().map(|h| &**h) } else { None },
            stack: heap.gc.mark_stack.take(),
            spans: Vec::new(),
        }
    }

    /// Marks one value's object and queues it for a look inside.
    #[inline(always)]
    pub(crate) fn visit(&mut self, v: Value) {
        if !v.is_ptr() {
            return;
        }
        let (meta, cell) = self.arena.locate(v.addr());
        let group = &meta.groups[cell >> 6];
        let bit = 1u64 << (cell & 63);
        let mark = group.mark.get();
        if (mark | group.shared.load(Ordering::Relaxed)) & bit != 0 {
            return;
        }
        group.mark.set(mark | bit);
        let kind = v.kind_unchecked();
        if self.leaf_mask >> kind as u32 & 1 != 0 && !may_be_external(kind, meta.words.get() as usize) {
            return;
        }
        self.stack.push(v.bits());
    }

    /// Visits everything reachable from what was visited.
    pub(crate) fn drain(&mut self) {
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
                let Some(span) = self.spans.last_mut() else { return };
                match span.take(SLICE) {
                    // SAFETY: a live object of this heap, which is at a safepoint.
                    Some(slice) => unsafe { slice.for_each(|v| self.visit(v)) },
                    None => _ = self.spans.pop(),
                }
                continue;
            }
            let v = Value::raw(queue[head]);
            head = (head + 1) % QUEUE;
            len -= 1;
            self.scan(v);
        }
    }

    #[inline(always)]
    fn scan(&mut self, v: Value) {
        let addr = v.addr();
        // SAFETY: `v` is a live local object of this heap, which is at a safepoint.
        unsafe {
            let flags = header::flags(addr);
            flags.store(flags.load(Ordering::Relaxed) | OLD, Ordering::Relaxed);
            if let Some(shapes) = &self.shapes
                && let Some(ty) = shapes.type_of(self.heap.space(), header::shape(addr).load(Ordering::Relaxed))
            {
                self.visit(ty);
            }
        }
        if v.kind_unchecked() == Kind::Generator
            && let Some(pruner) = self.pruner
        {
            pruner.prune_generator(v);
        }
        self.scan_children(v);
    }

    #[inline(always)]
    fn scan_children(&mut self, v: Value) {
        let (addr, kind, table) = (v.addr(), v.kind_unchecked(), self.table);
        let words = self.heap.words_at(addr);
        // SAFETY: a live object of this kind; the description gives its value words.
        unsafe {
            match Span::of(table, addr, kind, words) {
                Some(span) => self.spans.push(span),
                None => for_each_value_word(table, addr, kind, words, |i| self.visit(load_value(addr, i))),
            }
        }
    }

    /// Old objects into which something was stored.
    pub(crate) fn remembered(&mut self) {
        for bits in self.heap.gc.remembered.borrow().iter() {
            let v = Value::raw(*bits);
            // SAFETY: nothing has been freed since it was remembered.
            if unsafe { header::flags(v.addr()) }.load(Ordering::Relaxed) & SHARED == 0 {
                self.scan_children(v);
            }
        }
        for &slot in self.heap.gc.remembered_slots.borrow().iter() {
            // SAFETY: as above; the slot is a value word.
            self.visit(unsafe { load_value(slot, 0) });
        }
    }

    /// The context's own roots. `low`: where its native stack ends.
    pub(crate) fn roots(&mut self, cx: &Context, full: bool) {
        let (space, arena, id) = (self.heap.space(), self.arena, self.heap.id.get());
        for_each_stack_word(cx, |word, interior| {
            let Some((meta, at)) = cell_at(arena, space, word, interior, Some(id)) else { return };
            let group = &meta.groups[at.cell >> 6];
            // What is marked or shared need not be looked at: most words name something old.
            let new = group.live.get() & !group.mark.get() & !group.shared.load(Ordering::Relaxed);
            if new >> (at.cell & 63) & 1 != 0
                && let Some(v) = at.object(space, word, interior)
            {
                self.visit(v);
            }
        });
        visit_precise_roots(cx, full, &mut |v| self.visit(v));
        if !space.is_sharing() {
            if full {
                space.visit_shape_types(false, &mut |v| self.visit(v));
                space.forget_fresh();
            } else {
                space.visit_fresh_types(&mut |v| self.visit(v));
            }
            // What has been looked at before is old.
            if space.take_roots_changed() || full {
                space.visit_held(&mut |v| self.visit(v));
            }
        }
        self.drain();
    }

    /// Gives the stack's memory back for the next collection, and takes dead types out of their shapes.
    pub(crate) fn finish(mut self) {
        if self.shapes.is_some() {
            self.heap.space().forget_dead_types(|ty| self.alive(ty));
        }
        if self.stack.capacity() <= 1 << 20 {
            self.stack.clear();
            self.heap.gc.mark_stack.replace(std::mem::take(&mut self.stack));
        }
    }
}

impl Reach for Marker<'_> {
    fn alive(&self, v: Value) -> bool {
        if !v.is_ptr() {
            return true;
        }
        let (meta, cell) = self.arena.locate(v.addr());
        let group = &meta.groups[cell >> 6];
        (group.mark.get() | group.shared.load(Ordering::Relaxed)) >> (cell & 63) & 1 != 0
    }

    fn keep(&mut self, v: Value) {
        self.visit(v);
        self.drain();
    }
}

/// Calls `f` with each word of a stopped context's value stack and (`true`) native stack.
pub(crate) fn for_each_stack_word(cx: &Context, mut f: impl FnMut(u64, bool)) {
    let (base, top) = (cx.stack_base() as usize, cx.stack_top() as usize);
    for at in (base..top).step_by(8) {
        // SAFETY: the value stack is mapped, and its owner is stopped.
        f(unsafe { std::ptr::read_volatile(at as *const u64) }, false);
    }
    let low = cx.native_low.load(Ordering::Acquire) & !7;
    for at in (low..cx.native_high.get()).step_by(8) {
        // SAFETY: within the native stack of a thread that is stopped, or that runs this.
        f(unsafe { std::ptr::read_volatile(at as *const u64) }, true);
    }
}

/// Calls `f` with what a stopped context refers to other than from its stacks.
pub(crate) fn visit_precise_roots(cx: &Context, full: bool, f: &mut dyn FnMut(Value)) {
    let heap = cx.heap();
    heap.roots.visit(full, f);
    for queue in [&heap.gc.final_queue, &heap.gc.cleared_queue] {
        for &bits in queue.borrow().iter() {
            f(Value::raw(bits));
        }
    }
    if let Some(roots) = cx.engine_roots.get() {
        // SAFETY: valid while attached, by the contract of `attach`; the owner is stopped.
        unsafe { roots.as_ref() }.visit_roots(f);
    }
}

/// Clears the value stack above its top, up to where it has never been used: a gap of `GAP` zero words.
pub(crate) fn clear_above_top(cx: &Context) {
    const GAP: usize = 1024;
    const STEP: usize = 32;
    let (mut at, limit) = (cx.stack_top() as usize, cx.stack_limit() as usize);
    let mut zeros = 0;
    while at < limit && zeros < GAP {
        let n = STEP.min((limit - at) / 8);
        // SAFETY: above the top nothing is live, and the stack is mapped up to its limit, a whole number of words away.
        let words = unsafe { std::slice::from_raw_parts_mut(at as *mut u64, n) };
        if words.iter().fold(0, |all, w| all | w) == 0 {
            zeros += n;
        } else {
            words.fill(0);
            zeros = 0;
        }
        at += n * 8;
    }
}

/// Objects of so many words are remembered word by word, until there are too many.
pub(crate) const LARGE_WORDS: usize = 512;

impl Heap {
    /// Notes that word `word` of the old object `obj` gets a young value. Small objects are noted whole and once,
    /// large ones by word until there are too many.
    pub(crate) fn remember(&self, obj: Value, word: usize) {
        const MAX_SLOTS: usize = 64 << 10;
        if cfg!(test) && self.gc.broken_barrier.get() {
            return;
        }
        if self.words_at(obj.addr()) >= LARGE_WORDS {
            let mut slots = self.gc.remembered_slots.borrow_mut();
            if slots.len() < MAX_SLOTS {
                slots.push(obj.addr() + word * 8);
                return;
            }
        }
        self.remember_object(obj);
    }

    /// Notes the old object `obj` as a whole.
    fn remember_object(&self, obj: Value) {
        // SAFETY: a live local object of this heap.
        unsafe { header::set_flags(obj.addr(), REMEMBERED) };
        // A small one may be written without a barrier from now on.
        if self.is_marking() && self.words_at(obj.addr()) < LARGE_WORDS {
            self.log_whole(obj);
        }
        self.gc.remembered.borrow_mut().push(obj.bits());
    }

    /// Notes the large old object `obj`, whose words are about to move, as a whole, if any word of a large object is noted.
    #[cold]
    pub(crate) fn remember_moved(&self, obj: Value) {
        if !self.gc.remembered_slots.borrow().is_empty() {
            self.remember_object(obj);
        }
    }

    /// Empties the remembered set.
    pub(crate) fn forget_remembered(&self) {
        for bits in self.gc.remembered.borrow_mut().drain(..) {
            // SAFETY: runs before the sweep, so even a dead object's memory is still its own.
            unsafe { header::clear_flags(Value::raw(bits).addr(), REMEMBERED) };
        }
        self.gc.remembered_slots.borrow_mut().clear();
    }
}
