//! Instructions as handlers see them: a pointer that knows its format, and from it the operands by name.
//!
//! What an operand is called, where it stands and how long the instruction is comes from [`engine_code::formats`]; a handler
//! that takes an instruction for one of another format does not compile.

use std::marker::PhantomData;

use engine_code::formats::{self, Format, Operand};
use engine_code::{Role, for_each_format, for_each_opcode};

use super::record::{OnReturn, Record};
use crate::code_rt::cache::CacheEntry;

/// An instruction of format `F` in running code, which lives while it runs.
#[repr(transparent)]
pub(crate) struct At<F>(*const u32, PhantomData<F>);

impl<F> Clone for At<F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F> Copy for At<F> {}

impl<F> From<At<F>> for *const u32 {
    #[inline(always)]
    fn from(at: At<F>) -> *const u32 {
        at.0
    }
}

impl<F: Format> At<F> {
    /// The instruction at `pc`.
    ///
    /// # Safety
    /// There is one of this format, in code that the verifier has seen and that was loaded.
    #[inline(always)]
    pub unsafe fn new(pc: *const u32) -> At<F> {
        At(pc, PhantomData)
    }

    /// Where it stands.
    #[inline(always)]
    pub fn pc(self) -> *const u32 {
        self.0
    }

    /// Where the instruction behind it stands.
    #[inline(always)]
    pub fn next(self) -> *const u32 {
        self.0.wrapping_add(F::WORDS)
    }

    /// The instruction of this format that stands before `next`.
    ///
    /// # Safety
    /// There is one, as for [`At::new`].
    #[inline(always)]
    pub unsafe fn preceding(next: *const u32) -> At<F> {
        At(next.wrapping_sub(F::WORDS), PhantomData)
    }

    /// Number of the opcode.
    #[inline(always)]
    pub fn op(self) -> u8 {
        // SAFETY: an instruction is there.
        unsafe { *self.0 as u8 }
    }

    /// The same, as an instruction of a format whose operands all stand at the same places in this one.
    #[inline(always)]
    pub fn view<G: Format>(self) -> At<G> {
        const { assert!(F::WORDS == G::WORDS && covers(F::OPERANDS, G::OPERANDS), "not an instruction of such a format") };
        At(self.0, PhantomData)
    }
}

/// Whether each operand of `view` is one of `all`: at the same place, and of the same kind.
const fn covers(all: &[Operand], view: &[Operand]) -> bool {
    let mut i = 0;
    while i < view.len() {
        let role = formats::role_at(all, view[i].place);
        // The first register of a group may be read as any other.
        let alike = role as u8 == view[i].role as u8 || matches!((role, view[i].role), (Role::S, Role::R));
        if !alike && !matches!(view[i].role, Role::Spare) {
            return false;
        }
        i += 1;
    }
    true
}

/// The type of an operand for a handler, and how it is read.
///
/// SAFETY of all of them: an [`At`] points at an instruction of its format; runtime code keeps the distance to the cache entry
/// in the second word of an instruction that has one, and both live while the code runs or their address is on the stack.
macro_rules! operand {
    ($name:ident X Spare) => {};
    ($name:ident X Site) => {
        #[inline(always)]
        pub fn $name(self) -> &'static CacheEntry {
            // SAFETY: see above.
            unsafe { &*self.0.byte_offset(*self.0.cast::<i32>().add(1) as isize).cast() }
        }
    };
    ($name:ident $place:ident Jump) => {
        /// Where the jump leads.
        #[inline(always)]
        pub fn $name(self) -> *const u32 {
            // SAFETY: see above; the verifier has seen where it leads.
            unsafe { self.next().offset(signed!(self, $place) as isize) }
        }
    };
    ($name:ident $place:ident Imm) => {
        #[inline(always)]
        pub fn $name(self) -> i64 {
            // SAFETY: see above.
            unsafe { signed!(self, $place) as i64 }
        }
    };
    ($name:ident $place:ident Int) => {
        #[inline(always)]
        pub fn $name(self) -> i32 {
            // SAFETY: see above.
            unsafe { signed!(self, $place) as i32 }
        }
    };
    ($name:ident $place:ident Flag) => {
        #[inline(always)]
        pub fn $name(self) -> bool {
            // SAFETY: see above.
            unsafe { unsigned!(self, $place) != 0 }
        }
    };
    ($name:ident $place:ident $role:ident) => {
        #[inline(always)]
        pub fn $name(self) -> usize {
            // SAFETY: see above.
            unsafe { unsigned!(self, $place) as usize }
        }
    };
}

macro_rules! unsigned {
    ($at:ident, A) => {
        *$at.0.cast::<u8>().add(1)
    };
    ($at:ident, B) => {
        *$at.0.cast::<u8>().add(2)
    };
    ($at:ident, C) => {
        *$at.0.cast::<u8>().add(3)
    };
    ($at:ident, BC) => {
        *$at.0.cast::<u16>().add(1)
    };
    ($at:ident, X) => {
        *$at.0.cast::<u16>().add(2)
    };
    ($at:ident, XX) => {
        *$at.0.add(1)
    };
}

macro_rules! signed {
    ($at:ident, ABC) => {
        *$at.0 as i32 >> 8
    };
    ($at:ident, $place:ident) => {
        (unsigned!($at, $place)).cast_signed()
    };
}

macro_rules! define {
    ($($(#[$doc:meta])* $format:ident { $($place:ident $name:ident: $role:ident),* };)*) => { $(
        #[allow(dead_code)]
        impl At<formats::$format> {
            $(operand! { $name $place $role })*
        }
    )* };
}
for_each_format!(define);

/// What several formats have in common, for whoever serves instructions of all of them.
pub(crate) mod views {
    use super::*;

    macro_rules! views {
        ($($(#[$doc:meta])* $view:ident { $($place:ident $name:ident: $role:ident),* };)*) => { $(
            $(#[$doc])*
            #[derive(Clone, Copy)]
            pub(crate) struct $view;

            impl Format for $view {
                const OPERANDS: &'static [Operand] = &[
                    $(Operand { name: stringify!($name), place: engine_code::Place::$place, role: Role::$role }),*
                ];
                fn encode(self) -> [u32; 2] {
                    [0; 2]
                }
                fn decode(_: [u32; 2]) -> $view {
                    $view
                }
            }

            impl At<$view> {
                $(operand! { $name $place $role })*
            }
        )* };
    }

    views! {
        /// A call of any kind.
        AnyCall { A window: S, C dst: D, X rest: Spare };
        /// One word, with a result.
        Short { A dst: W };
        /// Two words, with a result.
        Long { A dst: W, X rest: Spare };
        /// One word.
        ShortEffect {};
        /// Two words.
        LongEffect { X rest: Spare };
        /// The step of a loop of any kind.
        Step { A item: L, X body: Jump };
        /// A jump in two words.
        LongJump { X target: Jump };
        /// A binary operator, whatever is on its right.
        Operator { A dst: W, X in_place: Flag };
    }
}

macro_rules! formats_of {
    ($($op:ident $name:ident $format:ident [$($flag:ident)*] $span:ident $doc:literal;)*) => {
        /// The formats of the instructions, by the names of their handlers.
        #[allow(non_camel_case_types)]
        pub(crate) mod format_of {
            $(pub type $name = engine_code::formats::$format;)*
        }

        /// An instruction in running code, whatever it is.
        #[derive(Clone, Copy)]
        pub(crate) enum Running {
            $(#[allow(dead_code)] $op(At<formats::$format>),)*
        }

        impl Running {
            /// The instruction at `pc`; None if it is none of the table.
            ///
            /// # Safety
            /// `pc` is the place of an instruction in code that the verifier has seen and that was loaded.
            #[inline]
            pub unsafe fn at(pc: *const u32) -> Option<Running> {
                // SAFETY: the table says which format an opcode has.
                unsafe {
                    match engine_code::Op::from_u8(*pc as u8)? {
                        $(engine_code::Op::$op => Some(Running::$op(At::new(pc))),)*
                    }
                }
            }
        }
    };
}
for_each_opcode!(formats_of);

/// The kind of a record, for an instruction of format `V` or one that may be seen as such.
#[derive(Clone, Copy)]
pub(crate) struct Return<V>(OnReturn, PhantomData<V>);

impl<V: Format> Return<V> {
    const fn new(kind: OnReturn) -> Return<V> {
        Return(kind, PhantomData)
    }

    /// The way back to an instruction.
    #[inline(always)]
    pub fn to<F: Format>(self, pc: At<F>) -> Back {
        Back { pc: pc.view::<V>().pc(), kind: self.0 }
    }

    /// The instruction of a record of this kind.
    #[inline(always)]
    pub fn of(self, record: &Record) -> At<V> {
        debug_assert!(record.on_return == self.0 || record.on_return.is_generator());
        At(record.pc, PhantomData)
    }
}

/// To which instruction a window returns, and how.
#[derive(Clone, Copy)]
pub(crate) struct Back {
    pub pc: *const u32,
    pub kind: OnReturn,
}

/// The kinds of records that lead back to an instruction, each with what its instructions have in common: where the record is
/// made, and where it is served.
pub(crate) mod returns {
    use super::views::{AnyCall, Long, LongEffect, LongJump, Operator, Short, ShortEffect, Step};
    use super::{OnReturn, Return, formats};

    macro_rules! returns {
        ($($name:ident $kind:ident $view:ty;)*) => {
            $(pub(crate) const $name: Return<$view> = Return::new(OnReturn::$kind);)*
        };
    }
    returns! {
        CALL Call AnyCall;
        INIT Init AnyCall;
        STORE Store Long;
        STORE_SHORT StoreShort Short;
        DROP Drop LongEffect;
        DROP_SHORT DropShort ShortEffect;
        OPERATOR Operator Operator;
        IN_PLACE InPlace Operator;
        REFLECTED Reflected Operator;
        COMPARE Compare Short;
        JUMP_IF JumpIf LongJump;
        JUMP_UNLESS JumpUnless LongJump;
        TRUTH_IF TruthIf formats::JumpIf;
        TRUTH_UNLESS TruthUnless formats::JumpIf;
        NOT Not Short;
        ITER Iter Short;
        NEXT Next Step;
        GENERATOR_FOR GeneratorFor Step;
        GENERATOR_SEND GeneratorSend formats::Send;
        GENERATOR_NEXT GeneratorNext AnyCall;
        GENERATOR_DEFAULT GeneratorDefault AnyCall;
    }
}
