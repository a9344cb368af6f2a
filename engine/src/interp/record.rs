//! What the interpreter keeps per thread besides the value stack: the published position, and records of windows that
//! do not return to an ordinary call.
//!
//! Records are ordered by window, as a stack is. A window with a record has the hook instruction as its return address.

use proto_core::Value;

/// What happens when a window with a record returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum OnReturn {
    /// As after an ordinary call; the record is there for the frame object only.
    Call,
    /// The native caller of [`super::entry`] goes on.
    Native,
    /// `__init__` of `extra`: the result must be None, the value of the call is `extra`.
    Init,
    /// The result goes to operand `a` of the instruction at `pc`.
    Store,
    /// As `Store`, for instructions of one word.
    StoreShort,
    /// The result is dropped (a setter's).
    Drop,
    /// As `Drop`, for instructions of one word.
    DropShort,
    /// A binary operator's method of the left operand: NotImplemented asks the right one.
    Operator,
    /// The method of an augmented assignment: NotImplemented asks for the plain operator.
    InPlace,
    /// A binary operator's method of the right operand.
    Reflected,
    /// A comparison's method: NotImplemented asks the other operand.
    Compare,
    /// As `Compare`, for a comparison that jumps if it holds.
    JumpIf,
    /// As `Compare`, for a comparison that jumps if it does not hold.
    JumpUnless,
    /// `__bool__` for a jump if true.
    TruthIf,
    /// `__bool__` for a jump if false.
    TruthUnless,
    /// `__bool__` for `not`.
    Not,
    /// `__iter__`
    Iter,
    /// `__next__` for a loop: StopIteration ends it.
    Next,
    /// The generator `extra`, resumed by `for_iter` or `for_range`.
    GeneratorFor,
    /// The generator `extra`, resumed by `send`.
    GeneratorSend,
    /// The generator `extra`, resumed by a call of `next` or `send`.
    GeneratorNext,
    /// The generator `extra`, resumed by a call of `next` with a default, which still stands in the call's window.
    GeneratorDefault,
    /// The generator `extra`, resumed by native code.
    GeneratorNative,
    /// The generator `extra`, to which others delegate that have no windows: see [`super::chain`].
    GeneratorChain,
}

impl OnReturn {
    /// All of them, in order.
    pub const ALL: &[OnReturn] = &[
        OnReturn::Call,
        OnReturn::Native,
        OnReturn::Init,
        OnReturn::Store,
        OnReturn::StoreShort,
        OnReturn::Drop,
        OnReturn::DropShort,
        OnReturn::Operator,
        OnReturn::InPlace,
        OnReturn::Reflected,
        OnReturn::Compare,
        OnReturn::JumpIf,
        OnReturn::JumpUnless,
        OnReturn::TruthIf,
        OnReturn::TruthUnless,
        OnReturn::Not,
        OnReturn::Iter,
        OnReturn::Next,
        OnReturn::GeneratorFor,
        OnReturn::GeneratorSend,
        OnReturn::GeneratorNext,
        OnReturn::GeneratorDefault,
        OnReturn::GeneratorNative,
        OnReturn::GeneratorChain,
    ];

    /// Whether the window is that of a generator.
    pub fn is_generator(self) -> bool {
        matches!(
            self,
            OnReturn::GeneratorFor
                | OnReturn::GeneratorSend
                | OnReturn::GeneratorNext
                | OnReturn::GeneratorDefault
                | OnReturn::GeneratorNative
                | OnReturn::GeneratorChain
        )
    }
    /// Whether the window was opened by native code.
    pub fn is_native(self) -> bool {
        matches!(self, OnReturn::Native | OnReturn::GeneratorNative)
    }
}

/// What is known about one window beyond the stack.
#[derive(Clone, Copy)]
pub struct Record {
    /// First register of the window.
    pub base: *mut Value,
    /// First register of the caller's window, null below the first one.
    pub caller: *mut Value,
    /// The caller's instruction that opened the window.
    pub pc: *const u32,
    /// What to do at the end.
    pub on_return: OnReturn,
    /// The frame object, EMPTY if there is none. Chains: the outermost generator.
    pub frame: Value,
    /// See [`OnReturn`].
    pub extra: Value,
    /// Generators: the thread's handled exception before the generator resumed.
    pub handled: Value,
    /// Generators: whether one of its own `except` or `finally` blocks handles an exception.
    pub own: bool,
    /// Chains: how the outermost generator was resumed.
    pub chain: OnReturn,
}

impl Record {
    /// A record without frame object.
    pub fn new(on_return: OnReturn, base: *mut Value, caller: *mut Value, pc: *const u32, extra: Value) -> Record {
        Record {
            base,
            caller,
            pc,
            on_return,
            frame: Value::EMPTY,
            extra,
            handled: Value::EMPTY,
            own: false,
            chain: on_return,
        }
    }
}

/// How a run of the interpreter ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// The function returned `result`.
    Returned,
    /// The generator yielded `result`, from a `yield from` or `await` if it is asynchronous.
    Yielded,
    /// The asynchronous generator produced the item `result`.
    Produced,
    /// An exception is pending.
    Raised,
}

/// The interpreter's state of one thread.
pub struct RunState {
    /// No window may end above this. It lies below the end of the stack; see [`super::call_slow::grow`] for what happens there.
    pub soft_limit: *mut Value,
    /// Published position: window of the running frame, null if none runs.
    pub base: *mut Value,
    /// Published position: the running frame's instruction.
    pub pc: *const u32,
    /// The window in which an exception was last caught, and the instruction from which it came.
    pub(super) caught: (*mut Value, *const u32),
    /// Windows with records, outermost first.
    pub records: Vec<Record>,
    /// How many of them are chains.
    pub chains: usize,
    /// How the last run ended.
    pub exit: Exit,
    /// Its result.
    pub result: Value,
    /// `sys.setrecursionlimit`
    pub recursion_limit: usize,
    /// First word of the value stack.
    pub stack_base: *mut Value,
    /// End of the value stack, less the reserve that native calls may use.
    pub hard_limit: *mut Value,
    /// Attributes of values of many shapes.
    pub mega: crate::code_rt::mega::MegaCache,
    /// How instances of plain classes are made.
    pub plain: super::call_slow::PlainCache,
    /// Machine code and the way to it.
    pub jit: super::jit::Jit,
    /// The dispatch table in use.
    pub(super) table: *const super::dispatch::Handler,
    /// `sys.settrace` and `sys.setprofile`
    pub tracer: super::trace::Tracer,
    /// `sys.set_coroutine_origin_tracking_depth`
    pub origin_depth: u32,
    /// Asynchronous generator hooks: first iteration.
    pub asyncgen_firstiter: Value,
    /// Asynchronous generator hooks: finalizer.
    pub asyncgen_finalizer: Value,
    #[cfg(not(tail_dispatch))]
    pub(super) next_pc: *const u32,
    #[cfg(not(tail_dispatch))]
    pub(super) next_base: *mut Value,
}

/// Fewest words that a frame takes, since windows overlap: callee and return address.
const FRAME_WORDS: usize = 2;
/// Words at the end of the stack that windows never reach, so that short argument lists need no check of their own.
const RESERVE: usize = 4096;

/// Room for so many records is made before there are any: a thread that waits needs few.
const FIRST_RECORDS: usize = 8;

impl RunState {
    /// The state of a thread with this value stack.
    pub fn new(stack_base: *mut Value, stack_end: *mut Value) -> RunState {
        let hard_limit = stack_end.wrapping_sub(RESERVE);
        let jit = super::jit::Jit::default();
        let mut state = RunState {
            soft_limit: hard_limit,
            base: std::ptr::null_mut(),
            pc: std::ptr::null(),
            caught: (std::ptr::null_mut(), std::ptr::null()),
            records: Vec::with_capacity(FIRST_RECORDS),
            chains: 0,
            exit: Exit::Returned,
            result: Value::EMPTY,
            recursion_limit: 1000,
            stack_base,
            hard_limit,
            mega: Default::default(),
            plain: Default::default(),
            table: super::trace::first_table(&jit),
            jit,
            tracer: Default::default(),
            origin_depth: 0,
            asyncgen_firstiter: Value::NONE,
            asyncgen_finalizer: Value::NONE,
            #[cfg(not(tail_dispatch))]
            next_pc: std::ptr::null(),
            #[cfg(not(tail_dispatch))]
            next_base: std::ptr::null_mut(),
        };
        state.allow_frames(stack_base, state.recursion_limit);
        state
    }

    /// Lets windows grow up to where, at the earliest, `frames` more frames than at `from` could be running.
    pub fn allow_frames(&mut self, from: *mut Value, frames: usize) {
        let room = (self.hard_limit as usize).saturating_sub(from as usize) / 8;
        let words = frames.saturating_mul(FRAME_WORDS).min(room);
        self.soft_limit = from.wrapping_add(words);
    }

    /// Moves the limit back that large frames have moved, if the stack ends low again, at `top`: frames to come may be small.
    pub fn settle_limit(&mut self, top: *mut Value) {
        let first = self.recursion_limit.saturating_mul(FRAME_WORDS);
        if self.soft_limit > self.stack_base.wrapping_add(first) && top < self.stack_base.wrapping_add(first / 2) {
            self.allow_frames(self.stack_base, self.recursion_limit);
        }
    }

    /// Calls `visit` with every value that only this state refers to.
    pub fn visit(&self, visit: &mut dyn FnMut(Value)) {
        let RunState { records, result, tracer, asyncgen_firstiter, asyncgen_finalizer, pc, caught, jit, .. } = self;
        tracer.visit(visit);
        jit.visit(visit);
        // Addresses of instructions, by which their code lives.
        visit(Value::address(*pc));
        visit(Value::address(caught.1));
        for r in records {
            visit(Value::address(r.pc));
            visit(r.frame);
            visit(r.extra);
            visit(r.handled);
        }
        visit(*result);
        visit(*asyncgen_firstiter);
        visit(*asyncgen_finalizer);
    }

    /// The record of the window at `base`. Callers know that it has one.
    pub fn record_of(&mut self, base: *mut Value) -> Option<&mut Record> {
        self.records.iter_mut().rev().find(|r| r.base == base)
    }

    /// Adds a record on top, from its parts.
    #[inline(always)]
    pub(crate) fn push(
        &mut self,
        on_return: OnReturn,
        base: *mut Value,
        caller: *mut Value,
        pc: *const u32,
        extra: Value,
        handled: Value,
    ) {
        if !self.has_room() {
            self.reserve();
        }
        // SAFETY: there is room.
        unsafe { self.push_unchecked(on_return, base, caller, pc, extra, handled) };
    }

    /// As [`RunState::push`], when [`RunState::has_room`] has said yes.
    ///
    /// # Safety
    /// There is room.
    #[inline(always)]
    pub(crate) unsafe fn push_unchecked(
        &mut self,
        on_return: OnReturn,
        base: *mut Value,
        caller: *mut Value,
        pc: *const u32,
        extra: Value,
        handled: Value,
    ) {
        let at = self.records.len();
        // SAFETY: by the caller; the fields are written in place, since a record in a local would lie in memory.
        unsafe {
            let r = self.records.as_mut_ptr().add(at);
            (&raw mut (*r).base).write(base);
            (&raw mut (*r).caller).write(caller);
            (&raw mut (*r).pc).write(pc);
            (&raw mut (*r).on_return).write(on_return);
            (&raw mut (*r).frame).write(Value::EMPTY);
            (&raw mut (*r).extra).write(extra);
            (&raw mut (*r).handled).write(handled);
            (&raw mut (*r).own).write(false);
            self.records.set_len(at + 1);
        }
    }

    #[cold]
    #[inline(never)]
    fn reserve(&mut self) {
        self.records.reserve(1);
    }

    /// Whether a record can be added without making room.
    #[inline(always)]
    pub fn has_room(&self) -> bool {
        self.records.len() < self.records.capacity()
    }

    /// The top record, null if there is none.
    #[inline(always)]
    pub fn top_ptr(&self) -> *const Record {
        match self.records.len().checked_sub(1) {
            Some(last) => self.records.as_ptr().wrapping_add(last),
            None => std::ptr::null(),
        }
    }

    /// The top record.
    ///
    /// # Safety
    /// There is one.
    #[inline(always)]
    pub(super) unsafe fn top_mut(&mut self) -> *mut Record {
        // SAFETY: by the caller.
        unsafe { self.records.as_mut_ptr().add(self.records.len() - 1) }
    }

    /// Takes the top record off. It may be read until the next record is pushed; null if there is none. Handlers use this
    /// form since a record in a local would lie in memory.
    #[inline(always)]
    pub fn pop_ptr(&mut self) -> *const Record {
        match self.records.len().checked_sub(1) {
            Some(last) => {
                // SAFETY: shortens the vector; records need no drop.
                unsafe { self.records.set_len(last) };
                self.records.as_ptr().wrapping_add(last)
            }
            None => std::ptr::null(),
        }
    }

    /// Inserts a record in window order.
    pub fn insert(&mut self, record: Record) {
        let at = self.records.iter().rposition(|r| r.base < record.base).map_or(0, |i| i + 1);
        self.records.insert(at, record);
    }
}
