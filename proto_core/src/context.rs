//! A thread's context: its heap, value stack, poll word and blocked state.

use crate::heap::Heap;
use crate::memory;
use crate::os;
use crate::space::Space;
use crate::sync::{AtomicU32, AtomicUsize, Ordering, Seat};
use crate::value::Value;
use std::cell::Cell;
use std::ops::Deref;
use std::ptr::NonNull;

/// Bits of the poll word: why the next poll must not pass.
pub mod poll {
    /// The allocation budget is used up.
    pub const COLLECT: u32 = 1;
    /// Somebody stops the world.
    pub const STOP: u32 = 2;
    /// A collection of everything was asked for.
    pub const COLLECT_FULL: u32 = 4;
    /// Objects await their finalizer: `take_finalizable`.
    pub const FINALIZERS: u32 = 8;
    /// Weak references were cleared: `take_cleared_weakref`.
    pub const WEAKREFS: u32 = 16;
    /// The shared heap is due.
    pub const COLLECT_GLOBAL: u32 = 32;
    /// Objects were chosen to be shared (`promote-stress`).
    pub const PROMOTE: u32 = 64;
    /// Memory is short: the reserve was drawn on, or there is no room for another object as large as the last.
    pub const MEMORY: u32 = 128;
    /// Collecting did not help: the program must give something up.
    pub const NO_MEMORY: u32 = 256;
    /// The Rust heap has grown: dead objects may hold a good part of it.
    pub const NATIVE: u32 = 512;
    /// From here on the engine's own: signals, asynchronous exceptions, ...
    pub const ENGINE: u32 = 1 << 16;
    /// All bits that the engine must look at.
    pub const FOR_ENGINE: u32 = !(ENGINE - 1) | FINALIZERS | WEAKREFS | NO_MEMORY;
}

/// The engine's per-thread references.
pub trait ContextRoots {
    /// Calls `f` with each of them. Runs in a collection: must neither allocate nor poll.
    fn visit_roots(&self, f: &mut dyn FnMut(Value));
    /// Empties what remembers shapes, types or names without keeping them alive. Called with the world stopped, by whoever collects:
    /// it touches nothing that its thread may have borrowed while it is at a safepoint.
    fn forget(&self) {}
}

/// One attached thread. The engine embeds it as its own context's first field; it must not move once attached.
#[repr(C)]
pub struct Context {
    heap: Heap,
    pub(crate) seat: Seat,
    /// Lowest native stack address in use while stopped.
    pub(crate) native_low: AtomicUsize,
    /// One past the highest.
    pub(crate) native_high: Cell<usize>,
    stack: Cell<Option<Stack>>,
    stack_base: Cell<*mut Value>,
    stack_limit: Cell<*mut Value>,
    stack_top: Cell<*mut Value>,
    pub(crate) engine_roots: Cell<Option<NonNull<dyn ContextRoots>>>,
    attached: Cell<bool>,
    /// The identity of the thread, once attached.
    ident: Cell<u64>,
}

impl Deref for Context {
    type Target = Heap;

    #[inline(always)]
    fn deref(&self) -> &Heap {
        &self.heap
    }
}

/// Pages kept mapped above the value stack's limit, for windows that overrun before their check.
const STACK_SLACK_WORDS: usize = 4096;

/// The memory of a value stack: addresses, which take memory as they are used. Made before its thread, so that the lack of
/// it can be told to who wanted to start one.
#[derive(Debug)]
pub struct Stack {
    base: usize,
    words: usize,
}

impl Stack {
    /// Addresses for a stack of so many words; None when the system refuses.
    pub fn reserve(words: usize) -> Option<Stack> {
        os::reserve((words + STACK_SLACK_WORDS) * 8).map(|base| Stack { base, words })
    }

    /// Words of the first thread's stack, given what is configured.
    fn first_words(configured: usize) -> usize {
        memory::address_limit().map_or(configured, |limit| configured.min((limit / 512).max(1 << 17)))
    }

    /// Words of a further thread's stack: where addresses are limited, a thousand threads are to find room.
    pub fn thread_words(configured: usize) -> usize {
        memory::address_limit().map_or(configured, |limit| configured.min((limit >> 16).max(1 << 16)))
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: this is what `reserve` made; the context that used it has been detached.
        unsafe { os::unreserve(self.base, (self.words + STACK_SLACK_WORDS) * 8) };
    }
}

impl Context {
    /// A context that is not attached yet: nothing may be allocated in it.
    pub fn new(space: &'static Space) -> Context {
        let null = std::ptr::null_mut();
        Context {
            heap: Heap::new(space),
            seat: Seat::blocked(),
            native_low: AtomicUsize::new(0),
            native_high: Cell::new(0),
            stack: Cell::new(None),
            stack_base: Cell::new(null),
            stack_limit: Cell::new(null),
            stack_top: Cell::new(null),
            engine_roots: Cell::new(None),
            attached: Cell::new(false),
            ident: Cell::new(0),
        }
    }

    /// Attaches the running thread. May wait for other threads to come to their polls.
    ///
    /// # Safety
    /// The context stays where it is until it is detached or dropped, on this thread; `roots` is valid until then.
    pub unsafe fn attach(&self, roots: Option<NonNull<dyn ContextRoots>>) {
        let words = Stack::first_words(self.space().config().stack_words);
        let Some(stack) = Stack::reserve(words) else { crate::out_of_memory() };
        // SAFETY: by the caller.
        unsafe { self.attach_with(stack, roots) }
    }

    /// As [`Context::attach`], with a value stack that exists.
    ///
    /// # Safety
    /// As for [`Context::attach`].
    pub unsafe fn attach_with(&self, stack: Stack, roots: Option<NonNull<dyn ContextRoots>>) {
        assert!(!self.attached.get(), "attached twice");
        let (base, words) = (stack.base as *mut Value, stack.words);
        self.stack.set(Some(stack));
        self.stack_base.set(base);
        self.stack_top.set(base);
        self.stack_limit.set(base.wrapping_add(words));
        self.native_high.set(os::stack_bounds().map_or(0, |b| b.1));
        self.engine_roots.set(roots);
        self.attached.set(true);
        self.ident.set(os::thread_ident());
        #[cfg(not(model))]
        memory::alarm_here(&self.heap.poll);
        self.register();
        self.space().make_zeros(self);
    }

    /// The identity of the thread that it is attached to, as [`os::thread_ident`] has it.
    pub(crate) fn ident(&self) -> u64 {
        self.ident.get()
    }

    /// The heap.
    #[inline(always)]
    pub fn heap(&self) -> &Heap {
        &self.heap
    }

    // --- value stack ---

    /// Lowest word of the value stack.
    #[inline(always)]
    pub fn stack_base(&self) -> *mut Value {
        self.stack_base.get()
    }

    /// One past the last word that a window may use.
    #[inline(always)]
    pub fn stack_limit(&self) -> *mut Value {
        self.stack_limit.get()
    }

    /// One past the last live word. The engine keeps it current at polls and before native calls.
    #[inline(always)]
    pub fn stack_top(&self) -> *mut Value {
        self.stack_top.get()
    }

    /// Says where the live part of the value stack ends.
    #[inline(always)]
    pub fn set_stack_top(&self, top: *mut Value) {
        debug_assert!(top >= self.stack_base.get());
        self.stack_top.set(top);
    }

    // --- polls ---

    /// The poll word. Handlers test it against zero.
    #[inline(always)]
    pub fn poll_word(&self) -> &AtomicU32 {
        &self.heap.poll
    }

    /// Asks for a stop at the next poll; any thread may, for its own context or one that it knows to live.
    pub fn request(&self, bits: u32) {
        self.heap.poll.fetch_or(bits, Ordering::Release);
    }

    /// A safepoint. Returns what the engine must see to now: bits of [`poll::FOR_ENGINE`], taken out of the poll word.
    #[inline(always)]
    pub fn poll(&mut self) -> u32 {
        if self.heap.poll.load(Ordering::Relaxed) == 0 { 0 } else { self.safepoint() }
    }

    /// The slow half of [`Context::poll`].
    #[cold]
    #[inline(never)]
    pub fn safepoint(&mut self) -> u32 {
        let bits = os::with_spilled_registers(|low| self.safepoint_at(low));
        os::forget_collection();
        bits
    }
}

impl Context {
    /// Statistics of this context so far.
    pub fn stats(&self) -> crate::Stats {
        self.heap.gc.stats.borrow().clone()
    }

    /// Detaches the running thread; nothing may be allocated afterwards. Dropping the context does the same.
    pub fn detach(&mut self) {
        if !self.attached.replace(false) {
            return;
        }
        #[cfg(not(model))]
        memory::alarm_here(std::ptr::null());
        self.unregister();
        self.stack_base.set(std::ptr::null_mut());
        self.stack_top.set(std::ptr::null_mut());
        // No frame is left.
        drop(self.stack.take());
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.detach();
    }
}
