//! Generators, coroutines and asynchronous generators: the registers of a suspended frame, and who runs it.
//!
//! Words: 1 state, 2 function, 3 where to go on (an instruction's address, which reads as an int), 4 the exception being
//! handled inside, 5 what the interpreter hangs on it, 6 what it delegates to while it waits in a `yield from` or `await` (so that
//! a walk along a chain of them takes one cache line each), 7 number of registers, registers from 8.
//!
//! Who resumes a generator claims it by compare-and-swap of the state (acquire: the registers of the last suspension are
//! visible) and copies the registers out; suspension copies them in, promoting them when the generator is shared, and
//! stores the state last (release).
//!
//! A generator made in the header of a loop is the *loop's own*, which the header's `aux` says, until something else may name
//! it: a frame object, the `gc` module. It is closed when the loop is left early; all others when they are collected.

use super::raw;
use proto_core::sync::broken;
use proto_core::sync::{AtomicU64, Ordering};
use proto_core::{Heap, Kind, NumberWord, ShapeId, Value};

const STATE: NumberWord = NumberWord::new(1);
const FUNCTION: usize = 2;
const PC: NumberWord = NumberWord::new(3);
const FIELDS: usize = 4;
const DELEGATE: usize = 6;
const NREGS: NumberWord = NumberWord::new(7);
const REGS: usize = 8;
/// In `aux`: the generator belongs to a loop.
const LOOPS_OWN: u16 = 1;
/// In `aux`: it got its finalizer after it was made.
const WATCHED: u16 = 2;

// The collector knows a generator that has ended.
const _: () = assert!(
    STATE.index() == proto_core::GENERATOR_STATE && (GenState::Closed as u64) << 2 == proto_core::GENERATOR_ENDED
);

/// What is noted of an asynchronous generator, in `aux`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u16)]
pub enum AsyncFlag {
    /// The hooks of `sys.set_asyncgen_hooks` have run.
    HooksRan = 4,
    /// It is closed, or about to be.
    Closed = 8,
    /// A step is under way.
    Running = 16,
}

/// What a generator is doing.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum GenState {
    /// Not started.
    Created = 0,
    /// Waiting at a yield.
    Suspended = 1,
    /// Running, in some thread.
    Running = 2,
    /// Finished.
    Closed = 3,
}

impl GenState {
    #[inline(always)]
    fn word(self) -> u64 {
        Value::small(self as i32).bits()
    }

    #[inline(always)]
    fn from_word(w: u64) -> GenState {
        match w >> 2 {
            0 => GenState::Created,
            1 => GenState::Suspended,
            2 => GenState::Running,
            _ => GenState::Closed,
        }
    }
}

/// Fields of a generator that resuming does not need.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum GenField {
    /// The exception being handled inside.
    ExcState = 0,
    /// Whatever the interpreter hangs on it.
    Extra = 1,
}

/// A generator, coroutine or asynchronous generator.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Generator(Value);

impl Generator {
    /// The handle, if `v` is one.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Generator> {
        if v.is_kind(Kind::Generator) { Some(Generator(v)) } else { None }
    }

    /// The handle of a value known to be one.
    ///
    /// # Safety
    /// `v` is of kind `Generator`.
    #[inline(always)]
    pub unsafe fn of_unchecked(v: Value) -> Generator {
        Generator(v)
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    /// A generator that has not started: `shape` says of which sort, `registers` are the first of `nregs`.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(
        heap: &Heap,
        shape: ShapeId,
        function: Value,
        pc: *const u32,
        nregs: usize,
        registers: &[Value],
    ) -> Value {
        let v = heap.alloc(Kind::Generator, shape, REGS + nregs);
        // SAFETY: a fresh object of `REGS + nregs` words, all EMPTY; raw words are tagged as ints.
        unsafe {
            raw::store_number(v, STATE, GenState::Created.word());
            raw::init(v, FUNCTION, function);
            raw::store_number(v, PC, pc as u64);
            raw::store_number(v, NREGS, Value::from_usize(nregs).bits());
            for (i, r) in registers.iter().enumerate().take(nregs) {
                raw::init(v, REGS + i, *r);
            }
        }
        v
    }

    /// Nothing names the fresh generator but the loop in whose header it was made.
    pub fn belong_to_loop(self) {
        // SAFETY: a generator, whose `aux` is this file's; here and below.
        unsafe { raw::set_aux(self.0, LOOPS_OWN) };
    }

    /// Notes where the fresh coroutine was made: the function that called its own, and where that goes on. The place is the
    /// registers after its `nlocals` locals, if it has two more: nothing is in them before it starts.
    ///
    /// # Safety
    /// This thread has just made it.
    #[inline(always)]
    pub unsafe fn note_maker(self, nlocals: usize, function: Value, pc: *const u32) {
        if nlocals + 2 <= self.nregs() {
            // SAFETY: two registers of a fresh object; an instruction's address reads as an int.
            unsafe {
                raw::init(self.0, REGS + nlocals, function);
                raw::init(self.0, REGS + nlocals + 1, Value::from_bits(pc as u64));
            }
        }
    }

    /// What [`Generator::note_maker`] noted of a coroutine that has not started.
    pub fn maker(self, nlocals: usize) -> Option<(Value, *const u32)> {
        let noted = self.state() == GenState::Created && nlocals + 2 <= self.nregs();
        noted.then(|| (self.reg(nlocals), self.reg(nlocals + 1).bits() as *const u32))
    }

    /// Whether that is still so.
    pub fn belongs_to_loop(self) -> bool {
        // SAFETY: as above.
        unsafe { raw::aux(self.0) & LOOPS_OWN != 0 }
    }

    /// Whether [`Generator::note_watched`] was called.
    pub fn is_watched(self) -> bool {
        // SAFETY: as above.
        unsafe { raw::aux(self.0) & WATCHED != 0 }
    }

    /// The running generator has got its finalizer.
    pub fn note_watched(self) {
        // SAFETY: as above.
        unsafe { raw::change_aux(self.0, WATCHED, 0) };
    }

    /// From now on something else names it.
    pub fn named_elsewhere(self) {
        // SAFETY: as above.
        unsafe { raw::change_aux(self.0, 0, LOOPS_OWN) };
    }

    /// Whether that is noted of it.
    #[inline(always)]
    pub fn has(self, flag: AsyncFlag) -> bool {
        // SAFETY: as above.
        unsafe { raw::aux(self.0) & flag as u16 != 0 }
    }

    /// Notes it, or takes the note back.
    #[inline(always)]
    pub fn note(self, flag: AsyncFlag, on: bool) {
        let flag = flag as u16;
        // SAFETY: as above.
        unsafe { if on { raw::change_aux(self.0, flag, 0) } else { raw::change_aux(self.0, 0, flag) } };
    }

    /// The sort: generator, coroutine or asynchronous generator.
    #[inline(always)]
    pub fn kind(self) -> ShapeId {
        // SAFETY: a heap object.
        ShapeId(unsafe { raw::shape(self.0) })
    }

    /// The state.
    #[inline(always)]
    pub fn state(self) -> GenState {
        // SAFETY: a generator, here and below.
        GenState::from_word(unsafe { raw::load_raw(self.0, STATE) })
    }

    /// Makes this thread the one that runs it: the state before, or why not.
    #[inline(always)]
    pub fn claim(self) -> Result<GenState, GenState> {
        loop {
            let before = self.state();
            if matches!(before, GenState::Running | GenState::Closed) {
                return Err(before);
            }
            // SAFETY: a heap object; a local one is seen by this thread alone.
            if unsafe { !raw::is_shared(self.0) } || broken("generator_claim_swaps") {
                // SAFETY: the state word is raw.
                unsafe { raw::store_number(self.0, STATE, GenState::Running.word()) };
                return Ok(before);
            }
            // SAFETY: the state word is raw.
            if unsafe { raw::cas_number(self.0, STATE, before.word(), GenState::Running.word()) }.is_ok() {
                return Ok(before);
            }
        }
    }

    /// Gives a claimed generator back as it was.
    #[inline(always)]
    pub fn unclaim(self, before: GenState) {
        // SAFETY: the state word is raw.
        unsafe { raw::store_number(self.0, STATE, before.word()) };
    }

    /// Whether only this thread sees the generator, which is of sort `kind`, has not ended, does not run, handles no exception
    /// and has nothing hung on it.
    #[inline(always)]
    pub fn is_plain(self, kind: ShapeId) -> bool {
        use proto_core::header::SHARED;
        const LOCAL: u64 = 0xFFFF_FFFF | (SHARED as u64) << 40;
        let empty = Value::EMPTY.bits();
        // SAFETY: a generator.
        unsafe {
            raw::load_raw(self.0, 0usize) & LOCAL == kind.0 as u64
                && raw::load_raw(self.0, STATE) <= GenState::Suspended.word()
                && raw::load_raw(self.0, FIELDS + GenField::ExcState as usize) == empty
                && raw::load_raw(self.0, FIELDS + GenField::Extra as usize) == empty
        }
    }

    /// Starts to run a plain generator: the state before.
    #[inline(always)]
    pub fn claim_plain(self) -> GenState {
        let before = self.state();
        // SAFETY: the state word is raw.
        unsafe { raw::store_number(self.0, STATE, GenState::Running.word()) };
        before
    }

    /// What it delegates to, where it waits in a delegation; else EMPTY.
    #[inline(always)]
    pub fn delegate(self) -> Value {
        // SAFETY: word 6 is a value.
        unsafe { raw::load(self.0, DELEGATE) }
    }

    /// Copies all registers to a window: it delegates to nothing any more.
    ///
    /// # Safety
    /// The window has room for them; the generator is claimed by this thread.
    #[inline(always)]
    pub unsafe fn load_regs(self, heap: &Heap, window: *mut Value) {
        // SAFETY: by the caller; nobody writes the registers of a claimed generator but its thread.
        unsafe {
            copy_words(raw::bytes_at(self.0, REGS).cast(), window.cast(), self.nregs());
        }
        self.end_delegation(heap);
    }

    #[inline(always)]
    fn end_delegation(self, heap: &Heap) {
        if !self.delegate().is_empty() {
            // SAFETY: word 6 is a value.
            unsafe { heap.store(self.0, DELEGATE, Value::EMPTY) };
        }
    }

    /// Suspends a claimed generator at `pc` with the registers at `window`, if its stores need no barrier: it is young, or
    /// remembered (as a whole, so what it loses has been noted). It delegates to `delegate`, unless that is EMPTY. The register `blank`, if it is below `u8::MAX`, becomes None.
    ///
    /// # Safety
    /// The window is the generator's, the register is one of its own.
    #[inline(always)]
    pub unsafe fn suspend_young(self, pc: *const u32, window: *const Value, delegate: Value, blank: usize) -> bool {
        use proto_core::header::{OLD, REMEMBERED, SHARED};
        // SAFETY: by the caller; a local object is seen by its thread alone, and an old one that is remembered will be looked at.
        unsafe {
            let flags = raw::flags(self.0) & (SHARED | OLD | REMEMBERED);
            if flags != 0 && flags != OLD | REMEMBERED {
                return false;
            }
            copy_words(window.cast(), raw::bytes_at(self.0, REGS).cast(), self.nregs());
            if blank < u8::MAX as usize {
                raw::init(self.0, REGS + blank, Value::NONE);
            }
            raw::init(self.0, DELEGATE, delegate);
            raw::store_number(self.0, PC, pc as u64);
            raw::store_number(self.0, STATE, GenState::Suspended.word());
        }
        true
    }

    /// As [`Generator::suspend_young`], for a generator of any age that this thread alone sees.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    pub unsafe fn suspend_local(
        self,
        heap: &Heap,
        pc: *const u32,
        window: *const Value,
        delegate: Value,
        blank: usize,
    ) -> bool {
        // SAFETY: by the caller; what is remembered may be written without a barrier.
        unsafe { heap.remember_whole(self.0) && self.suspend_young(pc, window, delegate, blank) }
    }

    /// Suspends the claimed generator at `pc` with these registers; `delegate` as for [`Generator::suspend_young`].
    #[inline]
    pub fn suspend(self, heap: &Heap, pc: *const u32, registers: &[Value], delegate: Value) {
        let n = self.nregs().min(registers.len());
        // SAFETY: `n` registers exist; what is remembered may be written without a barrier.
        unsafe {
            if heap.remember_whole(self.0) {
                for (i, r) in registers[..n].iter().enumerate() {
                    raw::init(self.0, REGS + i, *r);
                }
                raw::init(self.0, DELEGATE, delegate);
            } else {
                for (i, r) in registers[..n].iter().enumerate() {
                    heap.store(self.0, REGS + i, *r);
                }
                heap.store(self.0, DELEGATE, delegate);
            }
            raw::store_number(self.0, PC, pc as u64);
            raw::store_number(self.0, STATE, GenState::Suspended.word());
        }
    }

    /// Ends the generator and drops what it held.
    pub fn finish(self, heap: &Heap) {
        // SAFETY: all registers exist.
        unsafe { heap.clear_words(self.0, REGS, self.nregs(), Value::EMPTY) };
        self.end_delegation(heap);
        self.set_field(heap, GenField::ExcState, Value::EMPTY);
        // SAFETY: the state word is raw.
        unsafe { raw::store_number(self.0, STATE, GenState::Closed.word()) };
    }

    /// Number of registers.
    #[inline(always)]
    pub fn nregs(self) -> usize {
        // SAFETY: as in `state`.
        unsafe { (raw::load_raw(self.0, NREGS) >> 2) as usize }
    }

    /// Copies the registers out: as [`Generator::load_regs`].
    #[inline]
    pub fn copy_regs(self, heap: &Heap, out: &mut [Value]) {
        let n = self.nregs().min(out.len());
        for (i, o) in out[..n].iter_mut().enumerate() {
            // SAFETY: `n` registers exist.
            *o = unsafe { raw::load(self.0, REGS + i) };
        }
        self.end_delegation(heap);
    }

    /// Register `i`, which it has.
    ///
    /// # Safety
    /// It does have it.
    #[inline(always)]
    pub unsafe fn reg_unchecked(self, i: usize) -> Value {
        // SAFETY: by the caller.
        unsafe { raw::load(self.0, REGS + i) }
    }

    /// Register `i` of a suspended generator.
    pub fn reg(self, i: usize) -> Value {
        // SAFETY: the register exists.
        if i < self.nregs() { unsafe { raw::load(self.0, REGS + i) } } else { Value::EMPTY }
    }

    /// Sets register `i` of a suspended generator.
    pub fn set_reg(self, heap: &Heap, i: usize, v: Value) {
        if i < self.nregs() {
            // SAFETY: the register exists.
            unsafe { heap.store(self.0, REGS + i, v) };
        }
    }

    /// Clears register `i` of a suspended generator while its collector marks, which needs to hear of nothing.
    pub(crate) fn clear_reg(self, i: usize, blank: Value) {
        if i < self.nregs() && !blank.is_ptr() {
            // SAFETY: the register exists; nobody runs who sees the generator.
            unsafe { raw::init(self.0, REGS + i, blank) };
        }
    }

    /// Where it goes on.
    #[inline(always)]
    pub fn pc(self) -> *const u32 {
        // SAFETY: as in `state`.
        unsafe { raw::load_raw(self.0, PC) as *const u32 }
    }

    /// The function that made it.
    #[inline(always)]
    pub fn function(self) -> Value {
        // SAFETY: word 2 is a value.
        unsafe { raw::load(self.0, FUNCTION) }
    }

    /// Whether resuming has to look at more than registers: an exception being handled inside, or what the interpreter
    /// hung on it.
    #[inline(always)]
    pub fn has_state(self) -> bool {
        !self.field(GenField::ExcState).is_empty() || !self.field(GenField::Extra).is_empty()
    }

    /// A further field, `EMPTY` if not set.
    #[inline]
    pub fn field(self, f: GenField) -> Value {
        // SAFETY: words 4 and 5 are values.
        unsafe { raw::load(self.0, FIELDS + f as usize) }
    }

    /// Sets a further field.
    #[inline]
    pub fn set_field(self, heap: &Heap, f: GenField, v: Value) {
        // SAFETY: as in `field`.
        unsafe { heap.store(self.0, FIELDS + f as usize, v) };
    }
}

/// Copies words one by one: wider loads would wait for the narrow stores that have just made them. Most generators have four
/// to eight, which takes no loop.
///
/// # Safety
/// Both ranges are valid and nobody else writes them.
#[inline(always)]
unsafe fn copy_words(from: *const AtomicU64, to: *const AtomicU64, n: usize) {
    // SAFETY: by the caller.
    let copy = |i: usize| unsafe { (*to.add(i)).store((*from.add(i)).load(Ordering::Relaxed), Ordering::Relaxed) };
    if (4..=8).contains(&n) {
        (0..4).for_each(copy);
        (n - 4..n).for_each(copy);
        return;
    }
    let mut i = 0;
    while i < n {
        copy(i);
        i += 1;
    }
}
