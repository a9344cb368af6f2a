//! The context of a thread and the runtime of a process.

use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::OnceLock;

use proto_core::Published;
use proto_core::memory;
use proto_core::sync::{AtomicPtr, AtomicU32, Mutex, Ordering, lock};
use proto_core::{Config, Context, ContextRoots, Heap, Lives, Shared, Space, SpaceHooks, Stack, Value, poll};

use crate::interp::RunState;
use crate::interp::trace::{self, Which};
use crate::names::Names;
use crate::native::def::TypeDef;
use crate::objects::Dict;
use crate::protocol::iter::StepCache;
use crate::races;
use crate::types::{Base, CoreTypes, Registry, TypeCache};
use crate::watch;

/// Token of a raised exception; the exception itself is pending in the context.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Raised(());

impl Raised {
    /// The token. Whoever makes one has put an exception into the context.
    #[inline(always)]
    pub(crate) fn token() -> Raised {
        Raised(())
    }
}

/// What most operations return.
pub type PyResult<T = Value> = Result<T, Raised>;

/// Bits of the poll word that belong to the engine.
pub mod wake {
    use proto_core::poll::ENGINE;
    /// A signal arrived (main context).
    pub const SIGNAL: u32 = ENGINE;
    /// An exception was sent to this thread.
    pub const ASYNC_EXCEPTION: u32 = ENGINE << 1;
    /// Another thread set this one's trace or profile function.
    pub const TRACERS: u32 = ENGINE << 2;
    /// Finalizers and callbacks of weak references are not to be put off.
    pub const NOW: u32 = ENGINE << 3;
    /// The profiler wants to know what the thread does.
    pub const SAMPLE: u32 = ENGINE << 4;
}

/// What is called at safepoints: gets the poll bits.
pub type PollHook = fn(&mut Ctx, u32) -> PyResult<()>;

/// What all threads of a process have in common.
pub struct Runtime {
    /// The space.
    pub space: &'static Space,
    base: OnceLock<&'static Base>,
    modules: Published,
    builtins: Published,
    state: Published,
    poll_hook: Mutex<Option<PollHook>>,
    main_poll: AtomicPtr<AtomicU32>,
    threads: Mutex<Vec<ThreadEntry>>,
    pub(crate) texts: Mutex<crate::interp::Texts>,
}

/// A thread that has a context.
struct ThreadEntry {
    ident: u64,
    poll: *const AtomicU32,
    context: *const Ctx,
    exception: Option<Shared>,
    tracers: Vec<(Which, Shared)>,
}

// SAFETY: the pointers are only used while the entry is listed, which its thread ends before its context goes.
unsafe impl Send for ThreadEntry {}

struct Hooks(&'static Runtime);

impl SpaceHooks for Hooks {
    fn visit_space_roots(&self, f: &mut dyn FnMut(Value)) {
        if let Some(base) = self.0.base.get() {
            base.visit(f);
        }
        for slot in [&self.0.modules, &self.0.builtins, &self.0.state] {
            f(slot.get());
        }
    }

    fn prune_generator(&self, generator: Value) {
        crate::frames::prune_generator(generator);
    }

    fn forget(&self, lives: &Lives) {
        lock(&self.0.texts).retain(lives);
        crate::interp::monitor::forget_places();
        races::forget();
    }

    fn place(&self, heap: &Heap) -> Option<String> {
        // SAFETY: a heap is the first field of its context, and that of a `Ctx`; the caller is its thread, which is
        // somewhere below its code with no other borrow of these fields in use.
        let cx = unsafe { &*std::ptr::from_ref(heap).cast::<Ctx>() };
        if !cx.ready {
            return None;
        }
        let view = crate::frames::innermost(cx)?;
        let code = crate::objects::Function::of(view.function())?.code();
        Some(format!("{}:{}", code.code.filename, code.line_at(view.pc)?))
    }

    fn type_name(&self, ty: Value) -> Option<String> {
        Some(crate::types::Type::of(ty)?.message_name())
    }
}

impl Runtime {
    /// A runtime with its space; it lives as long as the process.
    pub fn new(config: Config) -> &'static Runtime {
        let empty = Published::default;
        let rt: &'static Runtime = Box::leak(Box::new(Runtime {
            space: Space::new(config),
            base: OnceLock::new(),
            modules: empty(),
            builtins: empty(),
            state: empty(),
            poll_hook: Mutex::new(None),
            main_poll: AtomicPtr::new(std::ptr::null_mut()),
            threads: Mutex::new(Vec::new()),
            texts: Mutex::default(),
        }));
        rt.space.set_hooks(Box::new(Hooks(rt)));
        rt
    }

    fn publish(&self, heap: &Heap, slot: &Published, v: Value) {
        if self.space.is_sharing() {
            heap.promote(v);
        }
        slot.set(self.space, v);
    }

    fn dict(&self, slot: &Published) -> Dict {
        match Dict::of(slot.get()) {
            Some(d) => d,
            None => unreachable!("made with the first context"),
        }
    }

    /// `sys.modules`, as `import` sees it.
    pub fn modules(&self, _: &Heap) -> Dict {
        self.dict(&self.modules)
    }

    /// Sets what `import` consults as `sys.modules`.
    pub fn set_modules(&self, heap: &Heap, dict: Value) {
        self.publish(heap, &self.modules, dict);
    }

    /// The dict of the module `builtins`.
    pub fn builtins_dict(&self, _: &Heap) -> Dict {
        self.dict(&self.builtins)
    }

    /// Makes `dict` the builtins of functions whose globals name none.
    pub fn set_builtins_dict(&self, heap: &Heap, dict: Value) {
        self.publish(heap, &self.builtins, dict);
    }

    /// Values of native modules that are one per process, by interned name.
    pub fn state(&self, _: &Heap) -> Dict {
        self.dict(&self.state)
    }

    /// Sets the function called at safepoints that have something for it (signals, finalizers, weak references).
    pub fn set_poll_hook(&self, hook: PollHook) {
        *lock(&self.poll_hook) = Some(hook);
    }

    /// Makes the main thread call the poll hook with `bits` soon. Async-signal-safe.
    pub fn poke_main(&self, bits: u32) {
        let word = self.main_poll.load(Ordering::Acquire);
        if !word.is_null() {
            // SAFETY: the main context is never freed.
            unsafe { (*word).fetch_or(bits, Ordering::Release) };
        }
    }

    /// Sends an exception (or None: takes it back) to the thread with this identity. False if there is none.
    pub fn send_exception(&self, ident: u64, exception: Option<Shared>) -> bool {
        let mut threads = lock(&self.threads);
        let Some(entry) = threads.iter_mut().find(|t| t.ident == ident) else { return false };
        entry.exception = exception;
        // SAFETY: a listed thread's context lives.
        unsafe { (*entry.poll).fetch_or(wake::ASYNC_EXCEPTION, Ordering::Release) };
        true
    }

    /// Makes all other threads call `f`, or nothing if it is None, as their trace or profile function.
    pub fn set_tracer_of_others(&self, cx: &Ctx, which: Which, f: Value) {
        let f = Shared::new(cx, f);
        for entry in lock(&self.threads).iter_mut().filter(|t| t.ident != cx.ident) {
            entry.tracers.push((which, f.clone()));
            // SAFETY: a listed thread's context lives.
            unsafe { (*entry.poll).fetch_or(wake::TRACERS, Ordering::Release) };
        }
    }

    /// In a forked child, which has only the calling thread: that one is the main thread now. Says whether it was before.
    fn only_thread(&self, cx: &Ctx) -> bool {
        crate::frames::crash::only(cx);
        lock(&self.threads).retain(|t| t.ident == cx.ident);
        let word: *const AtomicU32 = cx.core.poll_word();
        self.main_poll.swap(word.cast_mut(), Ordering::AcqRel).cast_const() == word
    }

    /// Asks every thread what it is doing, if it has not been asked: [`wake::SAMPLE`].
    pub(crate) fn ask_all(&self) {
        for entry in lock(&self.threads).iter() {
            // SAFETY: a listed thread's context lives. Its published position is read while the thread may be writing it: two
            // words that are always there, of which nothing is believed. They are not followed here; the thread compares them
            // with its frames (as `frames::crash` does, for whom it is the same race).
            unsafe {
                let word = &*entry.poll;
                // What waits has been asked already: its cache line is left alone.
                if word.load(Ordering::Relaxed) & wake::SAMPLE != 0 {
                    continue;
                }
                let base = (&raw const (*entry.context).run.base).read_volatile();
                let pc = (&raw const (*entry.context).run.pc).read_volatile();
                (*entry.context).asked.set(base.addr(), pc.addr());
                // Pairs with the acquire of the safepoint, which finds the position.
                word.fetch_or(wake::SAMPLE, Ordering::Release);
            }
        }
    }

    /// Identities of the threads with a context.
    pub fn thread_idents(&self) -> Vec<u64> {
        lock(&self.threads).iter().map(|t| t.ident).collect()
    }
}

/// One thread's state. Its first field is the heap's context, so that handlers reach both through one pointer.
#[repr(C)]
pub struct Ctx {
    core: Context,
    /// The interpreter's state.
    pub run: RunState,
    /// The exception in flight, EMPTY if none.
    pub pending: Value,
    handled: Value,
    /// Interned names.
    pub names: &'static Names,
    /// Built-in types.
    pub types: &'static CoreTypes,
    /// Types of native declarations.
    pub registry: &'static Registry,
    /// Cache of type lookups.
    pub tcache: TypeCache,
    /// How native iterators step.
    pub steps: StepCache,
    /// What `isinstance` has answered.
    pub(crate) verdicts: crate::protocol::instance::Verdicts,
    /// The runtime.
    pub rt: &'static Runtime,
    /// Lowest address that the native stack may reach.
    pub native_limit: usize,
    /// This thread's identity (`threading.get_ident`).
    pub ident: u64,
    local_state: Value,
    /// By [`Local`].
    locals: [Value; Local::COUNT],
    /// Depth of reprs under way, and further counters of the protocols.
    pub repr_depth: u32,
    /// What is recorded of the thread, if anything is.
    pub(crate) watch: watch::Place,
    /// What it had published when the profiler's clock asked.
    pub(crate) asked: watch::Asked,
    /// Its part in looking for races, if that is done.
    pub(crate) races: Option<Box<races::Me>>,
    in_poll_hook: bool,
    /// What polls saw meanwhile.
    after_hook: u32,
    ready: bool,
}

/// What modules keep for each thread and look at all the time; the rest is in [`Ctx::local_state`].
#[derive(Copy, Clone)]
pub enum Local {
    /// The current context of `contextvars`.
    Context,
    /// asyncio's record of the thread.
    Tasks,
}

impl Local {
    /// How many there are.
    const COUNT: usize = Local::Tasks as usize + 1;
}

impl Deref for Ctx {
    type Target = Heap;
    #[inline(always)]
    fn deref(&self) -> &Heap {
        self.core.heap()
    }
}

impl ContextRoots for Ctx {
    fn visit_roots(&self, f: &mut dyn FnMut(Value)) {
        if !self.ready {
            return;
        }
        f(self.pending);
        f(self.handled);
        f(self.local_state);
        self.locals.iter().for_each(|&v| f(v));
        self.run.visit(f);
    }

    fn forget(&self) {
        if !self.ready {
            return;
        }
        self.run.mega.forget();
        self.run.plain.forget();
        self.run.jit.forget();
        self.tcache.forget();
        self.steps.forget();
    }
}

/// Native stack kept for what runs without checks.
const NATIVE_RESERVE: usize = 256 * 1024;

impl Ctx {
    /// The first context of a new runtime, for the running thread.
    pub fn create(config: Config) -> Box<Ctx> {
        pytext::room::ask_with(memory::room_for);
        let rt = Runtime::new(config);
        let cx = Ctx::attach(rt);
        let word: *const AtomicU32 = cx.core.poll_word();
        rt.main_poll.store(word.cast_mut(), Ordering::Release);
        for slot in [&rt.state, &rt.modules, &rt.builtins] {
            rt.publish(&cx, slot, Dict::new(&cx).value());
        }
        cx
    }

    /// A context for the running thread.
    pub fn attach(rt: &'static Runtime) -> Box<Ctx> {
        Ctx::attach_with(rt, None)
    }

    /// As [`Ctx::attach`], with a value stack that exists.
    fn attach_with(rt: &'static Runtime, stack: Option<Stack>) -> Box<Ctx> {
        let mut memory: Box<std::mem::MaybeUninit<Ctx>> = Box::new_uninit();
        let cx: *mut Ctx = memory.as_mut_ptr();
        // SAFETY: the context is written field by field before it is used as a whole. Attaching and booting use `core` alone;
        // `ready` is false until everything is there, and collections happen at polls only, of which there are none here.
        unsafe {
            (&raw mut (*cx).core).write(Context::new(rt.space));
            (&raw mut (*cx).ready).write(false);
            let roots: NonNull<dyn ContextRoots> = NonNull::new_unchecked(cx as *mut dyn ContextRoots);
            let core = &(*cx).core;
            match stack {
                Some(stack) => core.attach_with(stack, Some(roots)),
                None => core.attach(Some(roots)),
            }
            let heap = core.heap();
            let base = rt.base.get_or_init(|| crate::types::boot_space(heap));
            rt.space.note_root();
            (&raw mut (*cx).run).write(RunState::new(core.stack_base(), core.stack_limit()));
            (&raw mut (*cx).pending).write(Value::EMPTY);
            (&raw mut (*cx).handled).write(Value::NONE);
            (&raw mut (*cx).names).write(&base.names);
            (&raw mut (*cx).types).write(&base.types);
            (&raw mut (*cx).registry).write(&base.registry);
            (&raw mut (*cx).tcache).write(TypeCache::new());
            (&raw mut (*cx).steps).write(StepCache::default());
            (&raw mut (*cx).verdicts).write(Default::default());
            (&raw mut (*cx).rt).write(rt);
            let (low, high) = proto_core::os::stack_bounds().unwrap_or((0, usize::MAX));
            // A stack that is hardly larger keeps less back: there must be room to begin.
            let reserve = if high - low < 2 * NATIVE_RESERVE { (high - low) / 3 } else { NATIVE_RESERVE };
            (&raw mut (*cx).native_limit).write(low + reserve);
            (&raw mut (*cx).ident).write(proto_core::os::thread_ident());
            (&raw mut (*cx).local_state).write(Dict::new(heap).value());
            (&raw mut (*cx).locals).write([Value::EMPTY; Local::COUNT]);
            (&raw mut (*cx).repr_depth).write(0);
            (&raw mut (*cx).watch).write(watch::of_new_thread());
            (&raw mut (*cx).asked).write(Default::default());
            (&raw mut (*cx).races).write(None);
            (&raw mut (*cx).in_poll_hook).write(false);
            (&raw mut (*cx).after_hook).write(0);
            (&raw mut (*cx).ready).write(true);
            let poll: *const AtomicU32 = core.poll_word();
            lock(&rt.threads).push(ThreadEntry {
                ident: (*cx).ident,
                poll,
                context: cx,
                exception: None,
                tracers: Vec::new(),
            });
            crate::frames::crash::enter(cx, (*cx).ident);
            memory.assume_init()
        }
    }

    /// The heap's context.
    pub fn core(&mut self) -> &mut Context {
        &mut self.core
    }

    // --- safepoints ---

    /// Whether something waits for a safepoint.
    #[inline(always)]
    pub fn poll_due(&self) -> bool {
        self.core.poll_word().load(Ordering::Relaxed) != 0
    }

    /// Where [`Ctx::poll_due`] looks, for machine code.
    pub(crate) fn poll_address(&self) -> *const AtomicU32 {
        self.core.poll_word()
    }

    /// Whether the next poll looks for memory.
    #[inline(always)]
    pub(crate) fn is_memory_short(&self) -> bool {
        self.core.poll_word().load(Ordering::Relaxed) & poll::MEMORY != 0
    }

    /// A safepoint: may collect, stop for others, call handlers of signals and finalizers. To be called in every native
    /// loop that runs for long or drives an iterator.
    #[inline]
    pub fn poll(&mut self) -> PyResult<()> {
        if self.poll_due() { self.safepoint() } else { Ok(()) }
    }

    /// The slow half of [`Ctx::poll`].
    #[cold]
    #[inline(never)]
    pub fn safepoint(&mut self) -> PyResult<()> {
        if self.rt.space.config().gc_stress {
            crate::frames::clear_dead_registers(self);
        }
        let top = self.top();
        self.run.settle_limit(top);
        let mut bits = self.core.safepoint();
        if bits & wake::SAMPLE != 0 {
            watch::sample(self);
            bits &= !wake::SAMPLE;
        }
        if bits == 0 {
            return Ok(());
        }
        if bits & poll::NO_MEMORY != 0 {
            self.core.request(bits & !poll::NO_MEMORY);
            return Err(self.memory_error());
        }
        if bits & wake::TRACERS != 0 {
            let mine = lock(&self.rt.threads)
                .iter_mut()
                .find(|t| t.ident == self.ident)
                .map(|t| std::mem::take(&mut t.tracers));
            for (which, f) in mine.unwrap_or_default() {
                let f = f.get(self);
                trace::set_function(self, which, f);
            }
        }
        if bits & wake::ASYNC_EXCEPTION != 0 {
            let sent =
                lock(&self.rt.threads).iter_mut().find(|t| t.ident == self.ident).and_then(|t| t.exception.take());
            if let Some(sent) = sent {
                let later = bits & !wake::ASYNC_EXCEPTION;
                self.core.request(later);
                let exception = sent.get(self);
                return Err(crate::exceptions::raise_stmt(self, exception, Value::EMPTY));
            }
        }
        let signal = bits & wake::SIGNAL;
        let mut rest = bits & !wake::SIGNAL;
        if self.in_poll_hook {
            // A finalizer or a callback is running Python code: those that came meanwhile wait until it is done.
            self.after_hook |= std::mem::take(&mut rest);
        }
        let hook = *lock(&self.rt.poll_hook);
        let Some(hook) = hook else { return Ok(()) };
        let pending = std::mem::replace(&mut self.pending, Value::EMPTY);
        if rest != 0 {
            self.in_poll_hook = true;
            let done = hook(self, rest);
            self.in_poll_hook = false;
            self.core.request(std::mem::take(&mut self.after_hook));
            if done.is_err() {
                self.core.request(signal);
                return done;
            }
        }
        if signal != 0 {
            // Handlers of signals interrupt everything, finalizers and each other.
            hook(self, signal)?;
        }
        self.pending = pending;
        Ok(())
    }

    /// Collects if that is due, and nothing else: for who calls finalizers, which are not to be told of what those before them
    /// used. True if memory is short; what is young is given back then, or everything (`full`). The caller asks for
    /// [`poll::MEMORY`] when it has ended.
    pub fn relieve(&mut self, full: bool) -> bool {
        if self.is_memory_short() {
            self.core.put_shortage_off();
            self.core.collect(full);
            return true;
        }
        if self.core.poll_word().load(Ordering::Relaxed) & (poll::COLLECT | poll::COLLECT_FULL) != 0 {
            let rest = self.core.safepoint();
            self.core.request(rest);
        }
        false
    }

    /// Runs `f`, which may block, while other threads may stop the world around this one.
    pub fn blocking<R>(&mut self, f: impl FnOnce() -> R) -> R {
        watch::around(self, |cx| cx.core.blocking(f))
    }

    /// As [`Ctx::blocking`], for work that takes long: `f` does a piece of it after the other, until it is done (`Some`) or its
    /// argument says that a signal or an exception waits. What those raise ends the work; otherwise it goes on.
    pub fn blocking_pieces<R>(&mut self, mut f: impl FnMut(&dyn Fn() -> bool) -> Option<R>) -> PyResult<R> {
        loop {
            let done = watch::around(self, |cx| {
                cx.core.blocking_with_word(|word| {
                    f(&|| word.load(Ordering::Relaxed) & (wake::SIGNAL | wake::ASYNC_EXCEPTION) != 0)
                })
            });
            if let Some(r) = done {
                return Ok(r);
            }
            self.poll()?;
        }
    }

    /// As [`Ctx::blocking`], for foreign code that calls back: `f` gets a way in, [`Outside::inside`].
    pub fn outside<R>(&mut self, f: impl FnOnce(&Outside) -> R) -> R {
        watch::around(self, |cx| cx.outside_unwatched(f))
    }

    fn outside_unwatched<R>(&mut self, f: impl FnOnce(&Outside) -> R) -> R {
        let cx = NonNull::from(self);
        // SAFETY: the context is this thread's and stays where it is. `cx` was made from the only reference to it, which is not
        // used while the region lasts: what happens meanwhile reaches the context through `cx` (`Outside::inside`).
        unsafe {
            let core = NonNull::new_unchecked(&raw mut (*cx.as_ptr()).core);
            Context::outside(core, |region| f(&Outside { cx, region, is_inside: std::cell::Cell::new(false) }))
        }
    }

    /// Calls `fork` while all other threads are stopped; what it returns, and in the child (it returned `Ok(0)`) whether this
    /// was the main thread.
    pub fn fork<E>(&mut self, fork: impl FnOnce() -> Result<i32, E>) -> (Result<i32, E>, bool) {
        let mut result = Ok(0);
        let rt = self.rt;
        self.core.fork(|| {
            // The profiler's clock is the one thread that holds this and is not stopped.
            let _threads = lock(&rt.threads);
            result = fork();
            matches!(result, Ok(0))
        });
        let was_main = matches!(result, Ok(0)) && self.rt.only_thread(self);
        if matches!(result, Ok(0)) {
            watch::after_fork(self);
            races::after_fork();
        }
        (result, was_main)
    }

    /// Whether the native stack comes to its end.
    #[inline(always)]
    pub fn is_stack_short(&self) -> bool {
        // A whole word: a byte of zeros within a word that some earlier call has left makes the address of a neighbour of what that
        // named, and the collector, which searches the stack conservatively, keeps it.
        let here = 0usize;
        std::ptr::from_ref(&here).addr() < self.native_limit
    }

    /// Asks this thread's next poll to see `bits`.
    pub fn request(&self, bits: u32) {
        self.core.request(bits);
    }

    /// Collects everything that can be, temporaries that no frame needs any more included.
    pub fn collect_garbage(&mut self) -> PyResult<()> {
        if self.space().is_sharing() {
            crate::frames::clear_dead_registers_of_others(self);
        }
        self.collect_for_room();
        self.core.request(poll::FINALIZERS | poll::WEAKREFS | wake::NOW);
        self.poll()
    }

    /// Collects what can be while the thread waits for long, temporaries that its frames need no more included. See
    /// [`Context::collect_while_waiting`].
    pub fn collect_while_waiting(&mut self) -> bool {
        crate::frames::clear_dead_registers(self);
        self.core.collect_while_waiting()
    }

    /// Collects everything that can be, for what memory could not be had for. Finalizers come at the next poll.
    #[cold]
    #[inline(never)]
    pub fn collect_for_room(&mut self) {
        crate::frames::clear_dead_registers(self);
        self.core.collect(true);
    }

    /// Finalizes an object that has a finalizer and that nothing names any more: at once (true), or when the finalizer or
    /// signal handler that this thread is in has ended.
    pub(crate) fn finalize_now(&mut self, v: Value) -> PyResult<bool> {
        let at_once = !self.in_poll_hook;
        self.core.queue_finalizer(v);
        self.request(wake::NOW);
        self.poll()?;
        Ok(at_once)
    }

    /// Calls `f` with the contexts of the other threads while all of them are stopped. See [`Context::with_others_stopped`].
    pub(crate) fn with_others_stopped<R>(&mut self, f: impl FnOnce(&[&Context]) -> R) -> R {
        self.core.with_others_stopped(f)
    }

    /// Whether a finalizer, a weak reference's callback or a signal handler runs: others wait until it has ended.
    pub fn in_poll_hook(&self) -> bool {
        self.in_poll_hook
    }

    /// Whether the thread can run Python code.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready
    }

    // --- memory ---

    /// Says that an object of so many bytes is about to be made, or a buffer for it: `MemoryError` where there is no room.
    /// For sizes that input chooses, before what cannot fail.
    #[inline]
    pub fn make_room(&mut self, bytes: usize) -> PyResult<()> {
        if self.is_little(bytes) { Ok(()) } else { self.find_room(bytes) }
    }

    /// Whether so many bytes are granted without asking. What is small is not, either, while nobody has looked at a shortage:
    /// who makes many without polling would use the reserve up.
    #[inline]
    fn is_little(&self, bytes: usize) -> bool {
        bytes < memory::LARGE && !memory::is_injecting() && !self.is_memory_short()
    }

    #[cold]
    #[inline(never)]
    fn find_room(&mut self, bytes: usize) -> PyResult<()> {
        if bytes < isize::MAX as usize && (self.core.make_room(bytes) || self.room_of_temporaries(bytes)) {
            return Ok(());
        }
        Err(self.memory_error())
    }

    /// Looks for room once more: what is missing may be held by temporaries alone.
    fn room_of_temporaries(&mut self, bytes: usize) -> bool {
        crate::frames::clear_dead_registers(self);
        self.core.make_room(bytes)
    }

    /// As [`Ctx::make_room`], for what comes to lie on the Rust heap only, perhaps in many pieces.
    pub fn make_room_beside(&mut self, bytes: usize) -> PyResult<()> {
        if bytes < memory::LARGE && !memory::is_injecting() {
            return Ok(());
        }
        self.attempt(|_| (bytes < isize::MAX as usize && memory::room_for(bytes)).then_some(()))
    }

    /// As [`Ctx::make_room`], for `n` things of so many bytes each.
    #[inline]
    pub fn make_room_for(&mut self, n: usize, each: usize) -> PyResult<()> {
        self.make_room(n.saturating_mul(each))
    }

    /// What `f` allocates by a `try_` form; where it cannot, again after a collection, or `MemoryError`.
    #[inline]
    pub fn attempt<R>(&mut self, mut f: impl FnMut(&Heap) -> Option<R>) -> PyResult<R> {
        match f(self) {
            Some(r) => Ok(r),
            None => {
                self.collect_for_room();
                f(self).ok_or_else(|| self.memory_error())
            }
        }
    }

    /// Makes room for `more` items in a vector on the Rust heap, or raises `MemoryError`. Grows by doubling.
    pub fn reserve<T>(&mut self, v: &mut Vec<T>, more: usize) -> PyResult<()> {
        if v.capacity() - v.len() >= more {
            return Ok(());
        }
        self.attempt(|_| memory::grows(v, more).then_some(()))
    }

    /// A buffer on the Rust heap with room for `n` items, or `MemoryError`.
    pub fn buffer<T>(&mut self, n: usize) -> PyResult<Vec<T>> {
        let bytes = n.saturating_mul(size_of::<T>());
        self.attempt(|_| {
            let mut v = Vec::new();
            memory::wish(bytes, || v.try_reserve_exact(n))?;
            Some(v)
        })
    }

    /// A buffer on the Rust heap of `n` zeros, or `MemoryError`.
    pub fn zeros(&mut self, n: usize) -> PyResult<Vec<u8>> {
        self.attempt(|_| memory::zeros(n))
    }

    // --- value stack ---

    /// Where the live part of the value stack ends.
    #[inline(always)]
    pub fn top(&self) -> *mut Value {
        self.core.stack_top()
    }

    /// Says where the live part of the value stack ends.
    #[inline(always)]
    pub fn set_top(&mut self, top: *mut Value) {
        self.core.set_stack_top(top);
    }

    // --- exceptions being handled ---

    /// `sys.exception()`: None if no exception is being handled.
    #[inline]
    pub fn handled_exc(&self) -> Value {
        self.handled
    }

    /// Sets what `sys.exception()` gives.
    #[inline]
    pub fn set_handled_exc(&mut self, v: Value) {
        self.handled = v;
    }

    // --- state ---

    /// What the thread has of that kind; EMPTY before it was made.
    #[inline]
    pub fn local(&self, which: Local) -> Value {
        self.locals[which as usize]
    }

    /// Sets it.
    #[inline]
    pub fn set_local(&mut self, which: Local, v: Value) {
        self.locals[which as usize] = v;
    }

    /// A dict that belongs to this thread alone: thread-local values, hooks.
    pub fn local_state(&self) -> Dict {
        match Dict::of(self.local_state) {
            Some(d) => d,
            None => unreachable!("made at birth"),
        }
    }

    /// Whether `v` is of exactly the type made from a declaration of the engine's own, which exists since boot.
    #[inline]
    pub fn is_exactly(&self, v: Value, def: &'static TypeDef) -> bool {
        self.registry.get(def) == Some(crate::types::type_of(self, v))
    }

    /// `sys.modules`.
    pub fn sys_modules(&self) -> Value {
        self.rt.modules(self).value()
    }

    /// The dict of the module `builtins`.
    pub fn builtins_dict(&self) -> Dict {
        self.rt.builtins_dict(self)
    }

    /// `sys.getrecursionlimit()`
    pub fn recursion_limit(&self) -> usize {
        self.run.recursion_limit
    }

    /// `sys.setrecursionlimit()`, for this thread.
    pub fn set_recursion_limit(&mut self, limit: usize) {
        self.run.recursion_limit = limit;
        let depth = crate::frames::depth(self);
        let top = self.top();
        self.run.allow_frames(top, limit.saturating_sub(depth));
    }
}

impl Drop for Ctx {
    fn drop(&mut self) {
        watch::ended(self);
        crate::frames::crash::leave(self);
        lock(&self.rt.threads).retain(|t| t.ident != self.ident);
        self.core.detach();
    }
}

/// The inside of [`Ctx::outside`]: neither it nor a reference to it can leave the thread or outlive the region.
pub struct Outside {
    cx: NonNull<Ctx>,
    region: proto_core::Outside,
    is_inside: std::cell::Cell<bool>,
}

impl Outside {
    /// Runs `f` with the context, as if the region had ended; it may run Python code. Then the region goes on, so what `f` found
    /// must be more than a Value. None, and `f` is not called, where the region has been left already.
    pub fn inside<R>(&self, f: impl FnOnce(&mut Ctx) -> R) -> Option<R> {
        if self.is_inside.replace(true) {
            return None;
        }
        let mut cx = self.cx;
        // SAFETY: this is the thread of the region (a pointer makes the type neither Send nor Sync), in which nobody uses the
        // context; the flag tells that no other call is under way in this very region, and regions that began in `f` have ended.
        let r = unsafe {
            let core = NonNull::new_unchecked(&raw mut (*cx.as_ptr()).core);
            Context::back_inside(core, self.region, || watch::inside(cx.as_mut(), f))
        };
        self.is_inside.set(false);
        Some(r)
    }
}

/// What a new thread runs: gets the value passed to [`spawn`], and gives what is done when the thread's context has ended: who is
/// told there that the thread is over finds its heap and its stack given back.
pub type ThreadBody<E> = fn(&mut Ctx, Value) -> E;

/// Starts an operating system thread with a context of its own, which calls `body` with `payload`. Gives the thread's identity;
/// the thread may be over by then.
pub fn spawn<E: FnOnce() + 'static>(
    cx: &mut Ctx,
    stack_size: usize,
    payload: Value,
    body: ThreadBody<E>,
) -> std::io::Result<u64> {
    cx.core.start_sharing();
    let payload = Shared::new(cx, payload);
    match start(cx, stack_size, payload.clone(), body) {
        Ok(ident) => Ok(ident),
        // What the dead hold, their buffers and finished threads' stacks, may be what is missing.
        Err(_) => {
            cx.collect_for_room();
            start(cx, stack_size, payload, body)
        }
    }
}

fn start<E: FnOnce() + 'static>(
    cx: &mut Ctx,
    stack_size: usize,
    payload: Shared,
    body: ThreadBody<E>,
) -> std::io::Result<u64> {
    let words = Stack::thread_words(cx.space().config().stack_words);
    let Some(stack) = Stack::reserve(words) else { return Err(std::io::ErrorKind::OutOfMemory.into()) };
    let known = races::starts(cx);
    let rt = cx.rt;
    let limit = cx.recursion_limit();
    let life = move || {
        let mut cx = Ctx::attach_with(rt, Some(stack));
        cx.races = races::of_new_thread(known);
        cx.set_recursion_limit(limit);
        let value = payload.get(&cx);
        drop(payload);
        let top = cx.top();
        // SAFETY: the stack has room at its bottom; the payload stays there while the body runs.
        unsafe { *top = value };
        cx.set_top(top.wrapping_add(1));
        let after = body(&mut cx, value);
        drop(cx);
        after();
    };
    proto_core::os::start_detached(stack_size, Box::new(life))
}
