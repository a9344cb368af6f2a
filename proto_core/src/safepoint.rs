//! Polls, stopping the world, blocking regions, attaching and detaching.
//!
//! The handshake itself is [`crate::sync::Gate`], where loom checks it. The stopper holds the registry's lock for the
//! whole stop, so contexts neither come nor go meanwhile. Nobody who is running waits for that lock: who wants it enters
//! a region first.

use crate::context::{Context, poll};
use crate::gc::Cause;
use crate::gc::clock::Clock;
use crate::gc::global::collect_world;
use crate::gc::pauses::Why;
use crate::gc::sweep::{Boxes, Keep, Outcome, sweep_block};
use crate::gc::verify::When;
use crate::heap::Heap;
use crate::heap::block::LARGE;
use crate::heap::external::take_freed;
use crate::memory;
use crate::os;
use crate::space::Space;
use crate::space::registry::ContextPtr;
use crate::sync::{AtomicU32, Ordering};
use crate::sync::{MutexGuard, StaticCounter, broken, lock};
use crate::value::Value;
use std::ptr::NonNull;
use std::time::Instant;

/// Bytes of free blocks that keep their memory when a program asks for a collection.
const KEPT_WHEN_ASKED: usize = 1 << 20;

/// The world at rest. Dropping it lets the world go on.
struct Stopped {
    space: &'static Space,
    contexts: MutexGuard<'static, Vec<ContextPtr>>,
}

impl Stopped {
    /// Stops all contexts but `me`. Must not be called by a context whose state is RUNNING unless it holds the guard.
    fn new(space: &'static Space, contexts: MutexGuard<'static, Vec<ContextPtr>>, me: Option<&Context>) -> Stopped {
        // SAFETY: registered contexts stay valid while the registry is held; only atomics are touched until they are
        // stopped.
        let all = || contexts.iter().map(|c| unsafe { c.0.as_ref() });
        let others = || all().filter(|c| me.is_none_or(|m| !std::ptr::eq(m, *c)));
        space.registry.gate.begin(
            || {
                for c in others() {
                    c.heap().poll.fetch_or(poll::STOP, Ordering::Release);
                }
            },
            || others().any(|c| c.seat.is_running()),
        );
        Stopped { space, contexts }
    }

    fn contexts(&self) -> Vec<&Context> {
        // SAFETY: all of them are stopped (or this thread's own), and stay registered while the guard is held.
        self.contexts.iter().map(|c| unsafe { c.0.as_ref() }).collect()
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.space.registry.gate.end();
    }
}

/// Promotes what the space refers to. `cx` is the only context, and stopped (or the caller's own).
fn transition(space: &'static Space, cx: Option<&Context>) {
    if let Some(cx) = cx
        && !broken("transition_promotes")
    {
        space.visit_space_roots(&mut |v| cx.heap().promote(v));
    }
    space.set_sharing();
    if let Some(h) = space.hooks.get() {
        h.on_sharing();
    }
    if space.config().verify
        && let Some(cx) = cx
    {
        cx.heap().verify(When::Between);
        space.verify();
    }
}

/// A blocking region that may be left for a while: where its native stack begins.
#[derive(Clone, Copy)]
pub struct Outside {
    low: usize,
}

impl Context {
    pub(crate) fn safepoint_at(&mut self, low: usize) -> u32 {
        self.native_low.store(low, Ordering::Relaxed);
        let config = self.space().config();
        loop {
            // Acquire: what the requester wrote before it set the bit.
            let bits = self.heap().poll.load(Ordering::Acquire);
            if bits & poll::STOP != 0 {
                self.park();
            } else if bits & poll::PROMOTE != 0 {
                self.promote_chosen();
            } else if bits & poll::COLLECT_GLOBAL != 0 {
                self.heap().poll.fetch_and(!poll::COLLECT_GLOBAL, Ordering::Relaxed);
                self.collect_global(Cause::Promoted);
            } else if bits & poll::MEMORY != 0 {
                self.heap().poll.fetch_and(!poll::MEMORY, Ordering::Relaxed);
                if !self.find_memory() {
                    self.heap().poll.fetch_or(poll::NO_MEMORY, Ordering::Relaxed);
                }
            } else if bits & poll::NATIVE != 0 {
                self.heap().poll.fetch_and(!poll::NATIVE, Ordering::Relaxed);
                self.collect_native();
            } else if bits & (poll::COLLECT | poll::COLLECT_FULL) != 0 {
                let n = self.heap().gc.collections.get().wrapping_add(1);
                self.heap().gc.collections.set(n);
                let stress = config.gc_stress && n.is_multiple_of(16);
                // What only global collections free.
                if self.space().pace.is_due() || stress && n.is_multiple_of(64) {
                    self.collect_global(Cause::Promoted);
                    continue;
                }
                let (full, cause) = if bits & poll::COLLECT_FULL != 0 {
                    (true, Cause::Asked)
                } else if self.heap().full_due() {
                    (true, Cause::Doubled)
                } else {
                    (stress, Cause::Budget)
                };
                self.collect_local(full, cause);
            } else {
                break;
            }
        }
        self.heap().poll.fetch_and(!poll::FOR_ENGINE, Ordering::AcqRel) & poll::FOR_ENGINE
    }

    /// Waits at a poll until the world goes on.
    fn park(&self) {
        let mut clock = Clock::start();
        let start = clock.0;
        let word = &self.heap().poll;
        self.space().registry.gate.park(&self.seat, || {
            word.fetch_and(!poll::STOP, Ordering::Relaxed);
        });
        self.heap().gc.stats.borrow_mut().stopped.add(clock.lap());
        self.heap().note_pause(Why::Stopped, start);
    }

    fn enter_region(&self, low: usize) {
        self.native_low.store(low, Ordering::Relaxed);
        self.space().registry.gate.enter(&self.seat);
    }

    fn leave_region(&self) {
        self.space().registry.gate.leave(&self.seat);
    }

    /// Runs `f`, which may block for long, while others may collect around this thread. `f` gets nothing of the heap
    /// and must not look at heap memory that it got elsewhere.
    pub fn blocking<R>(&mut self, f: impl FnOnce() -> R) -> R {
        self.blocking_with_word(|_| f())
    }

    /// As [`Context::blocking`]; `f` may look at the poll word, to see whether it had better end soon.
    pub fn blocking_with_word<R>(&mut self, f: impl FnOnce(&AtomicU32) -> R) -> R {
        struct Leave<'a>(&'a Context);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.leave_region();
            }
        }
        os::with_spilled_registers(|low| {
            self.enter_region(low);
            let _leave = Leave(self);
            f(&self.heap().poll)
        })
    }

    /// As [`Context::blocking`], for work that calls back: `f` gets what [`Context::back_inside`] wants for as long as the heap is
    /// to be looked at.
    ///
    /// # Safety
    /// `this` is the running thread's context; it is not borrowed while `f` runs, except within [`Context::back_inside`].
    pub unsafe fn outside<R>(this: NonNull<Context>, f: impl FnOnce(Outside) -> R) -> R {
        struct Leave(NonNull<Context>);
        impl Drop for Leave {
            fn drop(&mut self) {
                // SAFETY: the context outlives the region.
                unsafe { self.0.as_ref() }.leave_region();
            }
        }
        os::with_spilled_registers(|low| {
            // SAFETY: by the caller.
            unsafe { this.as_ref() }.enter_region(low);
            let _leave = Leave(this);
            f(Outside { low })
        })
    }

    /// Runs `f` in the middle of what [`Context::outside`] runs, with the heap at its disposal. Of the heap's values nothing that
    /// `f` had is left on the native stack when the region goes on: what is below the region's beginning is not searched.
    ///
    /// # Safety
    /// As for [`Context::outside`]; `outside` is what the innermost region that this thread is in got.
    pub unsafe fn back_inside<R>(this: NonNull<Context>, outside: Outside, f: impl FnOnce() -> R) -> R {
        struct Enter(NonNull<Context>, usize);
        impl Drop for Enter {
            fn drop(&mut self) {
                // SAFETY: the context outlives the region.
                unsafe { self.0.as_ref() }.enter_region(self.1);
            }
        }
        // SAFETY: by the caller.
        unsafe { this.as_ref() }.leave_region();
        let _enter = Enter(this, outside.low);
        f()
    }

    /// The registry's lock, taken as if blocked: its holder may be waiting for this very context.
    fn lock_registry(&self, low: usize) -> MutexGuard<'static, Vec<ContextPtr>> {
        let space = self.space();
        self.enter_region(low);
        let guard = lock(&space.registry.contexts);
        // Nobody stops the world while we hold the guard, so this does not wait.
        self.leave_region();
        guard
    }

    /// Stops the world and collects everything.
    pub(crate) fn collect_global(&self, cause: Cause) {
        let low = self.native_low.load(Ordering::Relaxed);
        let space = self.space();
        let before = space.stats_global_count();
        let guard = self.lock_registry(low);
        if space.stats_global_count() != before {
            // Somebody else did while we waited.
            return;
        }
        let start = Instant::now();
        let stopped = Stopped::new(space, guard, Some(self));
        let (boxes, dead, report) = collect_world(space, &stopped.contexts(), start, cause);
        drop(stopped);
        self.heap().gc.stats.borrow_mut().stopped.add(start.elapsed().as_nanos() as u64);
        self.heap().note_pause(Why::Global, start);
        if let Some(line) = report {
            eprintln!("{line}");
        }
        drop((boxes, dead));
        // They were of many heaps, which have begun to count anew.
        take_freed();
    }

    /// The Rust heap has grown: what dead objects hold of it is freed, unless somebody else has just done so.
    #[cold]
    fn collect_native(&self) {
        #[cfg(not(model))]
        if memory::native::is_due() {
            self.collect_local(true, Cause::Native);
            if self.space().is_sharing() && memory::native::is_still_held() {
                self.collect_global(Cause::Native);
            }
            let heap = self.heap();
            // What awaits its finalizer is freed by the collection after that.
            let awaits = !heap.gc.final_queue.borrow().is_empty() || !lock(&self.space().final_queue).is_empty();
            memory::native::settle(if awaits { None } else { Some(heap.arena.held_bytes()) });
        }
    }

    /// Memory is short: collects unless the shortage has passed. False if the program must be told.
    #[cold]
    fn find_memory(&self) -> bool {
        let heap = self.heap();
        if !heap.is_short() {
            return true;
        }
        self.collect_everything();
        heap.end_shortage()
    }

    /// Collects everything: the shared objects and the records, too, where there may be some to free.
    fn collect_everything(&self) {
        let space = self.space();
        let global = space.is_sharing() || space.pace.made() > 0;
        // A global collection does not tell whose the dead were.
        if !global || self.heap().gc.counts_cyclic.get() {
            self.collect_local(true, Cause::Asked);
        }
        if global {
            self.collect_global(Cause::Asked);
        }
    }

    /// The program hears of the shortage by other means than a poll.
    pub fn shortage_is_told(&self) {
        self.heap().forget_shortage();
        self.heap().poll.fetch_and(!poll::MEMORY, Ordering::Relaxed);
    }

    /// The next poll does not look for memory. Who calls this asks again.
    pub fn put_shortage_off(&self) {
        self.heap().poll.fetch_and(!poll::MEMORY, Ordering::Relaxed);
    }

    /// Makes room for an object of so many bytes, or for its like beside the heap: collects where there is none. False if
    /// that did not help. A wish: nothing is reserved.
    pub fn make_room(&mut self, bytes: usize) -> bool {
        // Of what is small there is room beside the heap, and this may be asked often.
        let fits = |heap: &Heap| if bytes < memory::LARGE { heap.arena.has_room(bytes) } else { heap.has_room(bytes) };
        let has_room = |heap: &Heap| memory::admits(0) && fits(heap);
        has_room(self.heap()) || {
            self.collect(true);
            has_room(self.heap())
        }
    }

    /// Collects now. `full`: everything, shared objects and records included; otherwise a minor collection of this context's
    /// own.
    pub fn collect(&mut self, full: bool) {
        os::with_spilled_registers(|low| {
            self.native_low.store(low, Ordering::Relaxed);
            if full {
                self.collect_everything();
                // Who asks for this wants to have the memory back. The little that stays spares those who ask often.
                self.heap().arena.keep_at_most(KEPT_WHEN_ASKED);
            } else {
                self.collect_local(false, Cause::Asked);
            }
        });
        os::forget_collection();
    }

    /// A thread that waits for long uses the time to collect what it has dropped, unless it did nothing since it last had
    /// the time. (Collections in between may have been minor ones, which see no shared object.) Shared objects are only collected while all other threads wait too, so that nobody is held up: false if
    /// that was not so.
    pub fn collect_while_waiting(&mut self) -> bool {
        let allocated = self.heap().allocated() + 1;
        if self.heap().gc.idle_at.get() == allocated {
            return true;
        }
        let done = os::with_spilled_registers(|low| {
            self.native_low.store(low, Ordering::Relaxed);
            if !self.space().is_sharing() {
                self.collect_everything();
                self.heap().arena.give_back();
                return true;
            }
            let contexts = self.lock_registry(low);
            // SAFETY: registered contexts stay valid while the registry is held.
            let running =
                |c: &ContextPtr| !std::ptr::eq(c.0.as_ptr(), self) && unsafe { c.0.as_ref() }.seat.is_running();
            let disturbs = contexts.iter().any(running);
            drop(contexts);
            if disturbs {
                self.collect_local(false, Cause::Asked);
            } else {
                self.collect_global(Cause::Asked);
                self.heap().arena.give_back();
            }
            !disturbs
        });
        os::forget_collection();
        if done {
            self.heap().gc.idle_at.set(allocated);
        }
        done
    }

    /// Whether another context has any of these polls to come: a thread that the system has not let run since it was asked.
    pub fn others_are_due(&mut self, bits: u32) -> bool {
        os::with_spilled_registers(|low| {
            self.native_low.store(low, Ordering::Relaxed);
            let contexts = self.lock_registry(low);
            // SAFETY: registered contexts stay valid while the registry is held.
            let due = |c: &ContextPtr| unsafe { c.0.as_ref() }.heap().poll.load(Ordering::Relaxed) & bits != 0;
            contexts.iter().any(|c| !std::ptr::eq(c.0.as_ptr(), self) && due(c))
        })
    }

    /// The process's limits have changed: the heap's reservation keeps to the new limit of addresses.
    #[cfg(not(model))]
    pub fn limits_changed(&mut self) {
        crate::memory::read_address_limit();
        let arena = self.heap().arena;
        let (limit, mapped) = (crate::memory::address_limit(), os::mapped());
        self.with_others_stopped(|_| arena.fit(limit, mapped));
    }

    /// Calls `f` with the other contexts while all of them are stopped. `f` may read what they own and promote it; it must
    /// neither allocate in this context or theirs, nor wait for anything.
    pub fn with_others_stopped<R>(&mut self, f: impl FnOnce(&[&Context]) -> R) -> R {
        os::with_spilled_registers(|low| {
            self.native_low.store(low, Ordering::Relaxed);
            let guard = self.lock_registry(low);
            let stopped = Stopped::new(self.space(), guard, Some(self));
            let mut others = stopped.contexts();
            others.retain(|c| !std::ptr::eq(*c, self));
            f(&others)
        })
    }

    /// Makes the runtime fit for a second thread: call before one is started, so that its attaching need not wait.
    pub fn start_sharing(&mut self) {
        if self.space().is_sharing() {
            return;
        }
        os::with_spilled_registers(|low| {
            let guard = self.lock_registry(low);
            let space = self.space();
            if !space.is_sharing() {
                // The only context: there is nobody to stop.
                transition(space, Some(self));
            }
            drop(guard);
        });
    }

    pub(crate) fn register(&self) {
        let space = self.space();
        // Not a context yet, so waiting for the lock is safe.
        let mut contexts = lock(&space.registry.contexts);
        if !space.is_sharing() && !contexts.is_empty() {
            let stopped = Stopped::new(space, contexts, None);
            transition(space, stopped.contexts().first().copied());
            drop(stopped);
            contexts = lock(&space.registry.contexts);
        }
        static NEXT: StaticCounter = StaticCounter::new(1);
        self.heap().id.set(NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        if let Some(left) = lock(&space.dormant).take() {
            self.heap().inherit(left);
        }
        // Nobody stops the world while we hold the registry, so this does not wait.
        self.leave_region();
        contexts.push(ContextPtr(NonNull::from(self)));
    }

    /// Takes the context out of the registry and hands its blocks on: shared objects live on in them.
    pub(crate) fn unregister(&mut self) {
        let space = self.space();
        self.set_stack_top(self.stack_base());
        self.native_low.store(self.native_high.get(), Ordering::Relaxed);
        let mut contexts = self.lock_registry(self.native_high.get());
        contexts.retain(|c| !std::ptr::eq(c.0.as_ptr(), self));
        if !space.is_sharing() {
            // The only one so far: what the space refers to is still local. The next context, if any, inherits all.
            *lock(&space.dormant) = Some(self.heap().leave());
            return;
        }
        let first = contexts.first().copied();
        // Held until the blocks have a place again: a collection in between would miss them.
        let mut held = Some(contexts);
        let boxes = self.retire(first, || {
            if broken("detach_under_registry") {
                held = None;
            }
        });
        drop(held);
        drop(boxes);
    }

    /// Frees what only this context could see and hands its blocks on. The caller holds the registry, from which the
    /// context has been taken out; `other` is one that is still in it. `homeless` is called before blocks lose their owner.
    fn retire(&self, other: Option<ContextPtr>, homeless: impl FnOnce()) -> Boxes {
        let space = self.space();
        let heap = self.heap();
        heap.close_windows();
        heap.hand_over_shared(true);
        let (arena, mut boxes, mut free, mut delta) = (heap.arena, Boxes::new(), Vec::new(), 0);
        // Objects with finalizers die with their thread: they and those already waiting go to whoever polls next.
        for list in [&heap.gc.final_old, &heap.gc.final_young] {
            heap.gc.final_queue.borrow_mut().append(&mut list.borrow_mut());
        }
        if !heap.gc.final_queue.borrow().is_empty()
            && let Some(other) = other
        {
            // SAFETY: registered contexts stay valid while the registry is held; only an atomic is touched.
            unsafe { other.0.as_ref() }.request(poll::FINALIZERS);
        }
        for (own, shared) in
            [(&heap.gc.final_queue, &space.final_queue), (&heap.gc.cleared_queue, &space.cleared_queue)]
        {
            let left = own.take();
            left.iter().for_each(|&bits| heap.promote(Value::raw(bits)));
            lock(shared).extend(left);
        }
        homeless();
        let mut blocks = heap.blocks.take();
        blocks.append(&mut heap.larges.borrow_mut());
        blocks.extend(heap.touched.take().iter().filter(|&&b| arena.meta(b).class.get() == LARGE));
        for block in blocks {
            let meta = arena.meta(block);
            let keep = if broken("hand_over_keeps_shared") { Keep::Global } else { Keep::SharedOnly };
            match sweep_block(arena, block, keep, &mut boxes, &mut delta) {
                Outcome::Empty if meta.class.get() == LARGE => arena.release(block, meta.run.get()),
                Outcome::Empty => free.push(block),
                outcome => space.give_orphan(block, outcome == Outcome::Room),
            }
        }
        heap.free_blocks.borrow_mut().clear();
        space.give_free(&mut free);
        space.count_finished(&heap.gc.stats.borrow());
        if space.config().log_stores {
            lock(&space.noted).log.append(&mut heap.gc.noted.log.borrow_mut().shared);
        }
        boxes
    }

    /// Calls `fork`, which says whether it returns in the child, while the world is stopped, so that the child finds
    /// nothing half done. The child has this thread only: there the other contexts are retired as if their threads had
    /// ended.
    pub fn fork(&mut self, fork: impl FnOnce() -> bool) {
        os::with_spilled_registers(|low| {
            self.native_low.store(low, Ordering::Relaxed);
            let space = self.space();
            let mut stopped = Stopped::new(space, self.lock_registry(low), Some(self));
            if space.registry.gate.hold(fork) {
                space.forked.store(true, Ordering::Relaxed);
                let me = |c: &ContextPtr| std::ptr::eq(c.0.as_ptr(), self);
                let gone: Vec<ContextPtr> = stopped.contexts.iter().copied().filter(|c| !me(c)).collect();
                stopped.contexts.retain(me);
                for c in gone {
                    // SAFETY: the memory of a thread that a fork left behind is still there (no thread has started
                    // since), and its context was stopped.
                    let gone = unsafe { c.0.as_ref() };
                    gone.heap().abandon_finalizers();
                    // Boxes are not dropped: they may hold that thread's locks.
                    std::mem::forget(gone.retire(stopped.contexts.first().copied(), || ()));
                }
            }
        });
    }

    /// The object's finalizer is called at the next poll: nobody else knows the object any more.
    pub fn queue_finalizer(&self, v: Value) {
        self.heap().gc.final_queue.borrow_mut().push(v.bits());
        self.request(poll::FINALIZERS);
    }

    /// The next object whose finalizer is to be called, once. Empty the queue when a poll returned
    /// [`poll::FINALIZERS`].
    pub fn take_finalizable(&mut self) -> Option<Value> {
        let mut queue = self.heap().gc.final_queue.borrow_mut();
        if queue.is_empty() {
            // All of them at once: who finalizes one also decides when those that it uses come.
            queue.append(&mut lock(&self.space().final_queue));
        }
        queue.pop().map(Value::raw)
    }

    /// At the end of the program: all that has a finalizer and is this context's or shared awaits it now, in the order in
    /// which it was made.
    pub fn finalize_all(&mut self) {
        let heap = self.heap();
        heap.hand_over_shared(true);
        let mut all = std::mem::take(&mut *lock(&self.space().shared_final));
        for list in [&heap.gc.final_old, &heap.gc.final_young] {
            all.append(&mut list.borrow_mut());
        }
        // The queue is emptied from its end.
        heap.gc.final_queue.borrow_mut().extend(all.into_iter().rev());
    }

    /// The next object to be told that its weak reference was cleared. Empty the queue when a poll returned
    /// [`poll::WEAKREFS`].
    pub fn take_cleared_weakref(&mut self) -> Option<Value> {
        let own = self.heap().gc.cleared_queue.borrow_mut().pop();
        own.or_else(|| lock(&self.space().cleared_queue).pop()).map(Value::raw)
    }
}
