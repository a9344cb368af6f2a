//! What a thread has seen of operands where its code is hot: the compiler's only knowledge of types.
//!
//! A recording begins at a hot place and lasts for some passes of it or some thousand instructions. Profiles are hints: what they
//! say wrongly costs time.

use engine_code::{Op, Role, Span};
use proto_core::{Kind, Root, Value};
use rustc_hash::FxHashMap;

use crate::ctx::Ctx;
use crate::interp::dispatch::{function, get};
use crate::interp::fnptr;

/// Sorts of values, as bits.
pub mod sort {
    use proto_core::{Kind, Value};
    /// A small int.
    pub const INT: u32 = 1;
    /// An immediate float.
    pub const FLOAT: u32 = 2;
    /// A bool.
    pub const BOOL: u32 = 4;
    /// None.
    pub const NONE: u32 = 8;
    /// A short string.
    pub const STR: u32 = 16;
    /// Nothing.
    pub const EMPTY: u32 = 32;
    /// Another immediate.
    pub const OTHER: u32 = 64;

    /// A reference to an object of this kind.
    pub const fn of_kind(kind: Kind) -> u32 {
        256 << kind as u32
    }

    /// That of a value.
    pub fn of(v: Value) -> u32 {
        if v.is_int() {
            INT
        } else if v.is_float_imm() {
            FLOAT
        } else if v.is_ptr() {
            of_kind(v.kind_unchecked())
        } else if v.is_bool() {
            BOOL
        } else if v.is_none() {
            NONE
        } else if v.is_empty() {
            EMPTY
        } else if v.is_short_str() {
            STR
        } else {
            OTHER
        }
    }
}

/// Most shapes that are told apart.
pub const SHAPES: usize = 4;

/// What was seen of one operand.
#[derive(Clone, Copy, Default, Debug)]
pub struct Seen {
    /// Sorts of values: see [`sort`].
    pub sorts: u32,
    /// Shapes of objects of kind `Object`, 0: none.
    pub shapes: [u32; SHAPES],
    /// There were more.
    pub many_shapes: bool,
}

impl Seen {
    fn add(&mut self, v: Value) {
        self.sorts |= sort::of(v);
        if !v.is_kind(Kind::Object) {
            return;
        }
        // SAFETY: the value stands in a register: it lives.
        let shape = unsafe { fnptr::header(v) } as u32;
        match self.shapes.iter_mut().find(|s| **s == shape || **s == 0) {
            Some(slot) => *slot = shape,
            None => self.many_shapes = true,
        }
    }

    /// The only shape seen.
    pub fn shape(&self) -> Option<u32> {
        let only = !self.many_shapes && self.shapes[0] != 0 && self.shapes[1] == 0;
        (only && self.sorts == sort::of_kind(Kind::Object)).then_some(self.shapes[0])
    }

    /// Whether all values were of these sorts.
    pub fn only(&self, sorts: u32) -> bool {
        self.sorts != 0 && self.sorts & !sorts == 0
    }
}

/// What was seen of one instruction.
#[derive(Clone, Copy, Default, Debug)]
pub struct Site {
    /// How often it ran.
    pub count: u32,
    /// Its operands, by their places A, B, C. Calls: the callee and the first argument.
    pub operands: [Seen; 3],
    /// Address of the code of the called function, 0: not seen.
    pub callee: usize,
    /// There were several.
    pub many_callees: bool,
}

/// What a thread has seen.
#[derive(Default)]
pub struct Profile {
    sites: FxHashMap<usize, Site>,
    /// By the address of its code: a function that was called.
    functions: FxHashMap<usize, Root>,
}

impl Profile {
    /// What was seen of the instruction at `pc`.
    pub fn site(&self, pc: *const u32) -> Site {
        self.sites.get(&(pc as usize)).copied().unwrap_or_default()
    }

    /// The functions that were seen need not live any longer.
    pub(super) fn forget_functions(&mut self) {
        self.functions.clear();
    }

    pub(super) fn forget_shapes(&mut self) {
        for seen in self.sites.values_mut().flat_map(|site| &mut site.operands) {
            seen.shapes = [0; SHAPES];
            seen.many_shapes = false;
        }
    }

    /// A function with code at this address that was called.
    pub fn function_of(&self, code: usize) -> Option<Value> {
        Some(self.functions.get(&code)?.get())
    }

    fn note(&mut self, heap: &Root, pc: *const u32, base: *mut Value) {
        // SAFETY: the handler contract: an instruction stands at `pc`, and its registers are those of the window at `base`.
        unsafe {
            let word = *pc;
            let Some(op) = Op::from_u8(word as u8) else { return };
            let info = op.info();
            let site = self.sites.entry(pc as usize).or_default();
            site.count = site.count.saturating_add(1);
            let byte = |n: u32| (word >> (8 * n)) as u8 as usize;
            for (i, role) in [info.a, info.b, info.c].into_iter().enumerate() {
                if matches!(role, Role::R | Role::M | Role::B) {
                    site.operands[i].add(get(base, byte(i as u32 + 1)));
                }
            }
            match info.span {
                Span::Call | Span::CallMethod => {
                    let f = get(base, byte(1));
                    site.operands[0].add(f);
                    if byte(2) > 0 {
                        site.operands[1].add(get(base, byte(1) + 2));
                    }
                    if f.is_kind(Kind::Function) {
                        let code = std::ptr::from_ref(fnptr::code(f)) as usize;
                        site.many_callees |= site.callee != 0 && site.callee != code;
                        site.callee = code;
                        self.functions.entry(code).or_insert_with(|| heap.beside(f));
                    }
                }
                Span::ForRange => site.operands[1].add(get(base, byte(2))),
                _ => {}
            }
        }
    }
}

/// A recording under way.
pub(super) struct Recorder {
    /// The place that is hot.
    pub target: *const u32,
    /// The function that runs there.
    pub function: Root,
    passes: u32,
    steps: u32,
    /// Passes and steps after which it ends.
    limit: (u32, u32),
}

impl Recorder {
    pub fn new(target: *const u32, function: Root, threshold: u32) -> Recorder {
        // A program that compiles at once is not kept waiting for more.
        let limit = if threshold < 16 { (2, 400) } else { (40, 4000) };
        Recorder { target, function, passes: 0, steps: 0, limit }
    }
}

/// Notes what the instruction at `pc` is about to use; at the end of the recording, compiles. Out of line: its locals must not lie
/// on the native stack of the handler that goes on by a jump.
#[inline(never)]
pub(super) fn observe(pc: *const u32, base: *mut Value, cx: &mut Ctx) {
    let jit = &mut cx.run.jit;
    let Some(rest) = &mut jit.rest else { return };
    let Some(recorder) = &mut rest.recorder else { return };
    recorder.steps += 1;
    if pc == recorder.target {
        recorder.passes += 1;
        // SAFETY: the handler contract; the target is in the code of the window at hand.
        recorder.function.set(unsafe { function(base) });
    }
    let ended = recorder.passes >= recorder.limit.0 || recorder.steps >= recorder.limit.1;
    if !ended {
        return rest.profile.note(&recorder.function, pc, base);
    }
    let Some(recorder) = rest.recorder.take() else { return };
    crate::interp::trace::retable(cx);
    if recorder.passes > 0 {
        // SAFETY: the handler contract. The position is made known, since the compiler may allocate.
        unsafe { crate::interp::dispatch::publish(pc, base, cx) };
        super::compile(cx, recorder);
    }
}
