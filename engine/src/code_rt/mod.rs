//! Code at run time: an [`engine_code::Code`] with what the interpreter adds to it.
//!
//! A [`RuntimeCode`] owns one block of memory that holds the inline caches, after them a private copy of the instructions, and
//! then the atoms of its names. Where an instruction names an attribute or a global (its second word is `name:16 | cache:16` in the
//! portable form), the copy's second word is instead the distance in bytes from the instruction to its cache entry, so that a
//! handler reaches the entry with one load and one addition. The entry holds the name's atom.
//!
//! Runtime code is made once per code object and is a *record* of the heap ([`proto_core::Record`]): functions, code objects,
//! frames, suspended generators and return addresses name it by address, and it lives while one of them does. Constants and
//! names are shared from birth, so every thread reads them freely, and live as long as the code.

pub mod cache;
pub mod consts;
mod make;
pub mod mega;
pub mod object;
pub mod tables;

pub use make::plain_constant;
pub use object::runtime_code as from_object;

use proto_core::Published;
use std::sync::Arc;
use std::sync::OnceLock;

use engine_code::effects::RegSet;
use engine_code::liveness::Liveness;
use engine_code::{Code, CodeFlags, Const, LineIndex, Op, Role};
use proto_core::{Heap, Lives, Record, Space, Value};

use cache::CacheEntry;

/// What a word of instructions is in the offsets that Python code sees: `f_lasti`, `tb_lasti`, `co_lines`, `dis`.
pub const BYTES_PER_WORD: i64 = 4;

/// Words that those offsets count before the first instruction. No such word is run: it stands for the call itself, which has the
/// line of the `def`, as CPython's `RESUME` has; tracers are told of calls there.
pub const LEAD: u32 = 1;

/// What stands there in `co_code`.
pub const LEAD_WORD: u32 = Op::Nop as u32;

/// The offset of a word as Python code sees it; `u32::MAX` is the one before the first.
pub fn offset_of(word: u32) -> i64 {
    word.wrapping_add(LEAD) as i64 * BYTES_PER_WORD
}

/// The word at an offset as Python code sees it; None before the first instruction.
pub fn word_at(offset: i64) -> Option<u32> {
    u32::try_from(offset / BYTES_PER_WORD - LEAD as i64).ok()
}

/// Whether `co_positions` tells columns.
static DEBUG_RANGES: proto_core::sync::AtomicBool = proto_core::sync::AtomicBool::new(true);

/// `-X no_debug_ranges`: code has lines only.
pub fn set_no_debug_ranges() {
    DEBUG_RANGES.store(false, proto_core::sync::Ordering::Relaxed);
}

fn debug_ranges() -> bool {
    DEBUG_RANGES.load(proto_core::sync::Ordering::Relaxed)
}

/// `fast_args` of code that the inline calling sequence cannot bind.
pub const NO_FAST_ARGS: u16 = 0xFFFF;

/// Code as the interpreter runs it. The first fields are what a call reads.
#[repr(C)]
pub struct RuntimeCode {
    instrs: *const u32,
    consts: *const Value,
    /// Number of positional arguments if calling needs nothing else (no defaults missing, no `*args`, ...), else
    /// [`NO_FAST_ARGS`].
    pub fast_args: u16,
    /// Registers of a window.
    pub nregs: u16,
    /// Named locals.
    pub nlocals: u16,
    /// Whether a function that has this has been given other code: what calls it goes on with its replacement.
    pub replaced: bool,
    /// Whether closing a suspended generator of it runs Python code of its own.
    pub closes: bool,
    /// Registers bound by a call: positional, keyword-only, `*args`, `**kwargs`.
    pub nargs: u16,
    /// The portable code.
    pub code: Arc<Code>,
    /// Atoms of `code.names`.
    pub names: &'static [Value],
    /// Atoms of `code.varnames`.
    pub varnames: &'static [Value],
    /// Atoms of `code.big_locals`.
    pub big_locals: &'static [Value],
    /// Atoms of `code.cellvars`.
    pub cellvars: &'static [Value],
    /// Atoms of `code.freevars`.
    pub freevars: &'static [Value],
    /// Atom of `code.name`.
    pub name: Value,
    /// Atom of `code.qualname`.
    pub qualname: Value,
    /// Atom of `code.filename`.
    pub filename: Value,
    const_tuple: Value,
    children: Box<[OnceLock<&'static RuntimeCode>]>,
    retired: OnceLock<&'static RuntimeCode>,
    /// The code that this is the replaced form of, which owns the block: they live together.
    origin: Option<&'static RuntimeCode>,
    liveness: OnceLock<Option<Liveness>>,
    lines: OnceLock<LineIndex>,
    object: Published,
    block: *mut [u64],
    ninstrs: usize,
}

// SAFETY: all fields are immutable after construction except the cache entries and `object`, which are atomics; the values
// are shared objects, atoms or immediates, which any thread may read.
unsafe impl Send for RuntimeCode {}
// SAFETY: as above.
unsafe impl Sync for RuntimeCode {}

/// Whether what stands at the word `target` is the end of a delegation.
fn is_cleanup(code: &Code, target: u32) -> bool {
    code.instrs.get(target as usize).is_some_and(|w| *w as u8 == Op::CleanupThrow as u8)
}

impl RuntimeCode {
    /// Makes runtime code for `code`. The result lives while something names it: see [`proto_core::Record`].
    pub fn load(heap: &Heap, code: Arc<Code>) -> &'static RuntimeCode {
        let atom = |s: &Arc<str>| match pytext::wtf8::uncarry(s) {
            Some(bytes) => heap.intern(&bytes),
            None => heap.intern(s.as_bytes()),
        };
        let const_tuple = consts::build(heap, &code.consts);
        let Assembled { block, instrs, names, varnames, big_locals, cellvars, freevars } = assemble(&code, atom);
        let has_children = code.consts.iter().any(|c| matches!(c, Const::Code(_)));
        let children =
            if has_children { code.consts.iter().map(|_| OnceLock::new()).collect() } else { Box::default() };
        let flags = code.flags;
        let simple = !flags.has(CodeFlags::VARARGS)
            && !flags.has(CodeFlags::VARKEYWORDS)
            && code.kwonlyargcount == 0
            && flags.has(CodeFlags::OPTIMIZED);
        let (name, qualname, filename) = (atom(&code.name), atom(&code.qualname), atom(&code.filename));
        let loaded = Box::new(RuntimeCode {
            instrs,
            consts: consts::items(const_tuple),
            fast_args: if simple { code.argcount } else { NO_FAST_ARGS },
            nregs: code.nregs,
            nlocals: code.nlocals,
            replaced: false,
            closes: code.exceptions.iter().any(|h| !is_cleanup(&code, h.target)),
            nargs: code.arg_registers(),
            names,
            varnames,
            big_locals,
            cellvars,
            freevars,
            name,
            qualname,
            filename,
            const_tuple,
            children,
            retired: OnceLock::new(),
            origin: None,
            liveness: OnceLock::new(),
            lines: OnceLock::new(),
            object: Published::default(),
            block,
            ninstrs: code.instrs.len(),
            code,
        });
        heap.space().adopt(heap, loaded)
    }

    /// Atoms that begin with the names of the parameters.
    #[inline]
    pub fn parameters(&self) -> &[Value] {
        if self.nargs > self.nlocals { self.big_locals } else { self.varnames }
    }

    /// The same code for a function whose code was replaced: its running frames go on as before, calls are sent away.
    pub fn retired(&'static self, heap: &Heap) -> &'static RuntimeCode {
        if self.replaced {
            return self;
        }
        self.retired.get_or_init(|| {
            let retired = Box::new(RuntimeCode {
                instrs: self.instrs,
                consts: self.consts,
                fast_args: NO_FAST_ARGS,
                nregs: self.nregs,
                nlocals: self.nlocals,
                replaced: true,
                closes: self.closes,
                nargs: self.nargs,
                code: self.code.clone(),
                names: self.names,
                varnames: self.varnames,
                big_locals: self.big_locals,
                cellvars: self.cellvars,
                freevars: self.freevars,
                name: self.name,
                qualname: self.qualname,
                filename: self.filename,
                const_tuple: self.const_tuple,
                children: self.children.clone(),
                retired: OnceLock::new(),
                origin: Some(self),
                liveness: OnceLock::new(),
                lines: OnceLock::new(),
                object: Published::new(self.object()),
                block: self.block,
                ninstrs: self.ninstrs,
            });
            heap.space().adopt(heap, retired)
        })
    }

    /// First instruction.
    #[inline(always)]
    pub fn entry(&self) -> *const u32 {
        self.instrs
    }

    /// The constants; those that are code are `EMPTY` (see [`RuntimeCode::child`]).
    #[inline(always)]
    pub fn consts(&self) -> *const Value {
        self.consts
    }

    /// The constant `i`, `EMPTY` for code.
    pub fn constant(&self, i: usize) -> Value {
        if i < self.code.consts.len() {
            // SAFETY: `consts` points at as many values as the code has constants; they are pinned and immutable.
            unsafe { *self.consts.add(i) }
        } else {
            Value::EMPTY
        }
    }

    /// The tuple behind [`RuntimeCode::consts`].
    pub fn const_tuple(&self) -> Value {
        self.const_tuple
    }

    /// The runtime code of the constant `i`, if that is code.
    pub fn child(&self, heap: &Heap, i: usize) -> Option<&'static RuntimeCode> {
        let Some(Const::Code(code)) = self.code.consts.get(i) else { return None };
        let slot = self.children.get(i)?;
        Some(slot.get_or_init(|| RuntimeCode::load(heap, code.clone())))
    }

    /// Whether `pc` is the address of one of the instructions.
    pub fn contains(&self, pc: *const u32) -> bool {
        let start = self.instrs as usize;
        (start..start + self.ninstrs * 4).contains(&(pc as usize))
    }

    /// Word index of an instruction address.
    #[inline]
    pub fn index_of(&self, pc: *const u32) -> u32 {
        ((pc as usize).wrapping_sub(self.instrs as usize) / 4) as u32
    }

    /// The registers that are needed by the instruction at `pc`, at work or next, or after it; None if that is not known.
    pub fn needed_at(&self, pc: *const u32) -> Option<&RegSet> {
        self.liveness(pc)?.needed_at(self.index_of(pc) as usize)
    }

    /// The registers that a generator needs which has yielded at `pc`; None if that is not known.
    pub fn needed_when_suspended(&self, pc: *const u32) -> Option<&RegSet> {
        self.liveness(pc)?.needed_when_suspended(self.index_of(pc) as usize)
    }

    fn liveness(&self, pc: *const u32) -> Option<&Liveness> {
        if !self.contains(pc) {
            return None;
        }
        self.liveness.get_or_init(|| Liveness::of(&self.code)).as_ref()
    }

    /// Source line of the instruction at `pc`.
    pub fn line_at(&self, pc: *const u32) -> Option<u32> {
        self.line_of(self.index_of(pc))
    }

    /// Source line of the instruction at this word.
    pub fn line_of(&self, word: u32) -> Option<u32> {
        self.lines.get_or_init(|| LineIndex::new(&self.code.positions)).line_at(word)
    }

    /// The Python code object.
    pub fn code_object(&'static self, cx: &mut crate::ctx::Ctx) -> Value {
        object::of(cx, self)
    }

    /// The Python code object made by [`RuntimeCode::set_object`], `EMPTY` if none yet.
    pub(crate) fn object(&self) -> Value {
        self.object.get()
    }

    /// Publishes the (shared) Python code object; returns the one that won.
    pub(crate) fn set_object(&self, space: &Space, object: Value) -> Value {
        self.object.set_first(space, object)
    }

    /// Whether calls bind just the named parameters: there is neither `*args` nor `**kwargs`, nor a namespace.
    #[inline]
    pub fn is_fixed(&self) -> bool {
        let flags = self.code.flags;
        flags.has(CodeFlags::OPTIMIZED) && !flags.has(CodeFlags::VARARGS) && !flags.has(CodeFlags::VARKEYWORDS)
    }

    /// Whether the code is that of a generator, coroutine or async generator.
    pub fn is_generator_like(&self) -> bool {
        self.code.flags.is_generator_like()
    }

    /// The inline caches.
    pub fn caches(&self) -> &[CacheEntry] {
        let bytes = self.instrs as usize - self.block.cast::<u64>() as usize;
        // SAFETY: the block starts with cache entries and they end where the instructions begin.
        unsafe { std::slice::from_raw_parts(self.block.cast(), bytes / size_of::<CacheEntry>()) }
    }
}

impl Record for RuntimeCode {
    fn visit(&self, f: &mut dyn FnMut(Value)) {
        for atoms in [self.names, self.varnames, self.big_locals, self.cellvars, self.freevars] {
            atoms.iter().for_each(|&v| f(v));
        }
        for v in [self.name, self.qualname, self.filename, self.const_tuple, self.object()] {
            f(v);
        }
        let children = self.children.iter().filter_map(OnceLock::get);
        for code in children.chain(self.retired.get()).chain(&self.origin) {
            f(Value::address(*code));
        }
    }

    fn forget(&self, lives: &Lives) {
        if self.origin.is_none() {
            self.caches().iter().for_each(|entry| entry.forget(|shape| lives.shape(shape)));
        }
    }

    fn extents(&self, f: &mut dyn FnMut(usize, usize)) {
        if self.origin.is_none() {
            f(self.block.cast::<u64>() as usize, self.block.len() * 8);
        }
    }

    fn bytes(&self) -> usize {
        if self.origin.is_some() {
            return 0;
        }
        let code = &self.code;
        let names = code.names.len() + code.varnames.len() + code.cellvars.len() + code.freevars.len();
        // What the block does not hold: the portable code with its constants and positions, about.
        const HEADERS: usize = size_of::<Code>() + 4 * 64;
        HEADERS + self.block.len() * 8 + code.instrs.len() * 6 + code.consts.len() * 48 + names * 32
    }
}

impl Drop for RuntimeCode {
    fn drop(&mut self) {
        if self.origin.is_some() {
            return;
        }
        // SAFETY: `assemble` made the block as a boxed slice, and this is its owner; who shares it, the replaced form, goes in
        // the same collection.
        let mut block = unsafe { Box::from_raw(self.block) };
        if cfg!(debug_assertions) {
            // No instruction, and read as a value a pointer that faults.
            block.fill(0xDEAD_DEAD_DEAD_DEAD);
        }
    }
}

/// A block of memory and what lies in it.
struct Assembled {
    block: *mut [u64],
    instrs: *const u32,
    names: &'static [Value],
    varnames: &'static [Value],
    big_locals: &'static [Value],
    cellvars: &'static [Value],
    freevars: &'static [Value],
}

/// Lays out caches, instructions and atoms.
fn assemble(code: &Code, atom: impl Fn(&Arc<str>) -> Value) -> Assembled {
    let wants_entry = |op: Op| op.info().operand(Role::Site).is_some();
    let mut count = 0;
    walk(&code.instrs, |op, _| count += wants_entry(op) as usize);
    let cache_words = count * size_of::<CacheEntry>() / 8;
    let instr_words = code.instrs.len().div_ceil(2) + 1;
    let atoms =
        code.names.len() + code.varnames.len() + code.big_locals.len() + code.cellvars.len() + code.freevars.len();
    let words = cache_words + instr_words + atoms;
    let block: *mut [u64] = Box::into_raw(vec![0u64; words].into_boxed_slice());
    let start = block.cast::<u64>();
    // SAFETY: the block has room for the entries, behind them all instructions, and behind those the atoms; nothing else refers to
    // it yet, and the slices of atoms, which are never written again, live as long as it.
    unsafe {
        let entries = start.cast::<CacheEntry>();
        let instrs = start.add(cache_words).cast::<u32>();
        let mut free = start.add(cache_words + instr_words).cast::<Value>();
        let mut place = |values: &mut dyn Iterator<Item = Value>| -> &'static [Value] {
            let first = free;
            for v in values {
                free.write(v);
                free = free.add(1);
            }
            std::slice::from_raw_parts(first, free.offset_from(first) as usize)
        };
        let names = place(&mut code.names.iter().map(&atom));
        let varnames = place(&mut code.varnames.iter().map(&atom));
        let big_locals = place(&mut code.big_locals.iter().map(&atom));
        let cellvars = place(&mut code.cellvars.iter().map(|c| atom(&c.0)));
        let freevars = place(&mut code.freevars.iter().map(&atom));
        std::ptr::copy_nonoverlapping(code.instrs.as_ptr(), instrs, code.instrs.len());
        let mut next = 0;
        walk(&code.instrs, |op, i| {
            if wants_entry(op) {
                let name = names.get((code.instrs[i + 1] & 0xFFFF) as usize).copied().unwrap_or(Value::EMPTY);
                let entry = entries.add(next);
                entry.write(CacheEntry::new(name));
                next += 1;
                let distance = entry as isize - instrs.add(i) as isize;
                *instrs.add(i + 1) = distance as i32 as u32;
            }
        });
        Assembled { block, instrs, names, varnames, big_locals, cellvars, freevars }
    }
}

/// Visits each instruction (not second words) with its word index.
pub fn walk(instrs: &[u32], mut visit: impl FnMut(Op, usize)) {
    let mut i = 0;
    while i < instrs.len() {
        let Some(op) = Op::from_u8(instrs[i] as u8) else { return };
        if i + op.words() > instrs.len() {
            return;
        }
        visit(op, i);
        i += op.words();
    }
}
