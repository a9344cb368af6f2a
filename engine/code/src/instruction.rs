//! Instructions as values: an opcode with the operands of its format, by name.

use crate::effects::Operands;
use crate::for_each_opcode;
use crate::formats::{self, Format, Place, Role};
use crate::opcodes::Op;

/// Why words are no instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// No opcode has this number.
    UnknownOpcode,
    /// The code ends in the middle.
    SecondWordMissing,
    /// Bits that stand for nothing are set.
    SpareBits,
}

impl DecodeError {
    /// In words.
    pub fn reason(self) -> &'static str {
        match self {
            DecodeError::UnknownOpcode => "unknown opcode",
            DecodeError::SecondWordMissing => "second word missing",
            DecodeError::SpareBits => "unused bits of an instruction are set",
        }
    }
}

macro_rules! define {
    ($($op:ident $name:ident $format:ident [$($flag:ident)*] $span:ident $doc:literal;)*) => {
        /// An instruction.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Instruction {
            $(#[doc = $doc] $op(formats::$format),)*
        }

        impl Instruction {
            /// The opcode.
            pub fn op(self) -> Op {
                match self {
                    $(Instruction::$op(_) => Op::$op,)*
                }
            }

            /// Its words; the second is 0 where there is none.
            pub fn encode(self) -> [u32; 2] {
                let (op, [word, second]) = match self {
                    $(Instruction::$op(operands) => (Op::$op, operands.encode()),)*
                };
                [word | op as u32, second]
            }

            /// The instruction that these words are.
            fn of(op: Op, words: [u32; 2]) -> Instruction {
                match op {
                    $(Op::$op => Instruction::$op(Format::decode(words)),)*
                }
            }
        }
    };
}
for_each_opcode!(define);

impl Instruction {
    /// The instruction at a word index of code that has been checked, or is to be.
    ///
    /// # Errors
    /// If there is none, or bits are set that it does not have.
    pub fn decode(code: &[u32], at: usize) -> Result<Instruction, DecodeError> {
        let word = *code.get(at).ok_or(DecodeError::SecondWordMissing)?;
        let op = Op::from_u8(word as u8).ok_or(DecodeError::UnknownOpcode)?;
        let second = match op.words() {
            1 => 0,
            _ => *code.get(at + 1).ok_or(DecodeError::SecondWordMissing)?,
        };
        let i = Instruction::of(op, [word, second]);
        if i.encode() == [word, second] { Ok(i) } else { Err(DecodeError::SpareBits) }
    }

    /// Length in words.
    pub fn words(self) -> usize {
        self.op().words()
    }

    /// Its operands by their places.
    pub fn operands(self) -> Operands {
        let words = self.encode();
        let byte = |place: Place| place.read(words) as u8;
        Operands {
            op: self.op(),
            a: byte(Place::A),
            b: byte(Place::B),
            c: byte(Place::C),
            x: Place::X.read(words) as u16,
        }
    }

    /// How far it jumps, if it may jump.
    pub fn distance(self) -> Option<i32> {
        let jump = self.op().info().operand(Role::Jump)?;
        Some(jump.place.read_signed(self.encode()))
    }

    /// The words of a jump over a distance; None if it does not fit. Instructions that cannot jump are as they are.
    pub fn encode_jump(self, distance: i64) -> Option<[u32; 2]> {
        let words = self.encode();
        let Some(jump) = self.op().info().operand(Role::Jump) else { return Some(words) };
        let fits = i32::try_from(distance).ok()?;
        let words = jump.place.write(words, fits as u32);
        (jump.place.read_signed(words) == fits).then_some(words)
    }
}
