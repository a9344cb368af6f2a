//! The operators, each declared once.
//!
//! A row of [`for_each_operator!`](crate::for_each_operator) is a binary operator of source text that has a slot, one for the right operand and
//! one for augmented assignment. From it come its part of [`BinOp`], which slots it uses, the names of its methods, its text in messages, the
//! functions of this module and of the module `operator`, what proxies forward, and which instructions stand for it: they bear
//! its name, so that a row without them does not compile. `divmod` has no symbol and `**` takes three operands: [`BinOp`] has them by
//! hand.

use crate::names::Names;
use crate::types::slots::{BinaryFn, Slot, TypeSlots};
use crate::{Ctx, PyResult};
use proto_core::Value;

/// Calls `$callback! { given { rows } }` with the table.
///
/// `Variant symbol: slot in_place_slot, __method__ __reflected__ __in_place__, operator_name in_place_name, [small]`: the opcode has
/// the variant's name, `small` is that of the instruction with a small int on the right, if there is one.
#[macro_export]
macro_rules! for_each_operator {
    ($($callback:ident)::+ $($given:tt)*) => {
        $($callback)::+! {
            $($given)* {
                Add "+": add iadd, __add__ __radd__ __iadd__, "add" "iadd", [AddI];
                Sub "-": sub isub, __sub__ __rsub__ __isub__, "sub" "isub", [SubI];
                Mul "*": mul imul, __mul__ __rmul__ __imul__, "mul" "imul", [MulI];
                MatMul "@": matmul imatmul, __matmul__ __rmatmul__ __imatmul__, "matmul" "imatmul", [];
                TrueDiv "/": truediv itruediv, __truediv__ __rtruediv__ __itruediv__, "truediv" "itruediv", [];
                FloorDiv "//": floordiv ifloordiv, __floordiv__ __rfloordiv__ __ifloordiv__, "floordiv" "ifloordiv", [FloorDivI];
                Mod "%": mod_ imod, __mod__ __rmod__ __imod__, "mod" "imod", [ModI];
                LShift "<<": lshift ilshift, __lshift__ __rlshift__ __ilshift__, "lshift" "ilshift", [LShiftI];
                RShift ">>": rshift irshift, __rshift__ __rrshift__ __irshift__, "rshift" "irshift", [RShiftI];
                BitAnd "&": and iand, __and__ __rand__ __iand__, "and_" "iand", [BitAndI];
                BitOr "|": or ior, __or__ __ror__ __ior__, "or_" "ior", [];
                BitXor "^": xor ixor, __xor__ __rxor__ __ixor__, "xor" "ixor", [];
            }
        }
    };
}

macro_rules! define {
    ({ $($op:ident $symbol:literal: $slot:ident $in_place:ident, $dunder:ident $reflected:ident $idunder:ident,
        $name:literal $iname:literal, [$($small:ident)?];)* }) => {
        /// A binary operation.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum BinOp {
            $(#[doc = concat!("`", $symbol, "`")] $op,)*
            /// `divmod`
            DivMod,
            /// `**`
            Pow,
        }

        impl BinOp {
            /// The slot of the operation (`pow` apart, which takes three operands).
            #[inline]
            pub(crate) fn slot(self, s: &TypeSlots) -> Option<Slot<BinaryFn>> {
                match self {
                    $(BinOp::$op => s.$slot(),)*
                    BinOp::DivMod => s.divmod(),
                    BinOp::Pow => None,
                }
            }

            /// The in-place slot.
            #[inline]
            pub(crate) fn inplace_slot(self, s: &TypeSlots) -> Option<Slot<BinaryFn>> {
                match self {
                    $(BinOp::$op => s.$in_place(),)*
                    BinOp::DivMod | BinOp::Pow => None,
                }
            }

            /// The operator as messages show it.
            pub const fn symbol(self) -> &'static str {
                match self {
                    $(BinOp::$op => $symbol,)*
                    BinOp::DivMod => "divmod()",
                    BinOp::Pow => "** or pow()",
                }
            }

            /// The special method's name.
            #[inline]
            pub fn dunder(self, names: &Names) -> Value {
                match self {
                    $(BinOp::$op => names.$dunder,)*
                    BinOp::DivMod => names.__divmod__,
                    BinOp::Pow => names.__pow__,
                }
            }

            /// The name of the method that the right operand is asked for.
            #[inline]
            pub fn reflected(self, names: &Names) -> Value {
                match self {
                    $(BinOp::$op => names.$reflected,)*
                    BinOp::DivMod => names.__rdivmod__,
                    BinOp::Pow => names.__rpow__,
                }
            }

            /// The name of the augmented assignment's method.
            #[inline]
            pub fn in_place(self, names: &Names) -> Value {
                match self {
                    $(BinOp::$op => names.$idunder,)*
                    BinOp::DivMod => names.__divmod__,
                    BinOp::Pow => names.__ipow__,
                }
            }
        }

        $(
            #[doc = concat!("`a ", $symbol, " b`")]
            #[inline]
            pub fn $slot(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
                super::binary(cx, BinOp::$op, a, b)
            }
        )*
    };
}
for_each_operator!(define);

/// `divmod(a, b)`
#[inline]
pub fn divmod(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    super::binary(cx, BinOp::DivMod, a, b)
}
