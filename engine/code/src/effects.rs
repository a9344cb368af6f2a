//! Which registers an instruction reads and writes, in order, derived from the opcode table.

use crate::formats::Role;
use crate::opcodes::{Intrinsic, Op, Span, func};

/// One effect of an instruction. All reads are reported before all writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Reads a register that must hold a value.
    Read(u16),
    /// Reads a register that may be EMPTY, but must have been written.
    ReadMaybe(u16),
    /// Afterwards the register is known not to be EMPTY.
    Bound(u16),
    /// Everything from this register up is garbage.
    KillFrom(u16),
    /// The register is garbage.
    Kill(u16),
    /// Writes a value.
    Write(u16),
    /// Writes a value or EMPTY.
    WriteMaybe(u16),
    /// Writes EMPTY.
    Clear(u16),
    /// Writes a value if the jump is taken.
    JumpWrite(u16),
}

/// Operands of an instruction, decoded.
#[derive(Clone, Copy, Debug)]
pub struct Operands {
    /// Opcode.
    pub op: Op,
    /// Operand.
    pub a: u8,
    /// Operand.
    pub b: u8,
    /// Operand.
    pub c: u8,
    /// Low half of the second word.
    pub x: u16,
}

/// Reports all effects. An unknown intrinsic number counts as two operands.
pub fn effects(i: Operands, mut f: impl FnMut(Effect)) {
    use Effect::*;
    let info = i.op.info();
    let (a, b, c, x) = (i.a as u16, i.b as u16, i.c as u16, i.x);
    let roles = [(info.a, a), (info.b, b), (info.c, c)];
    for (role, reg) in roles {
        match role {
            Role::R | Role::B => f(Read(reg)),
            Role::M | Role::C => f(ReadMaybe(reg)),
            _ => {}
        }
    }
    let mut each = |from: u16, count: u16, effect: fn(u16) -> Effect| {
        for reg in from..from.saturating_add(count) {
            f(effect(reg));
        }
    };
    match info.span {
        Span::None | Span::Fill | Span::LoadMethod | Span::Unpack | Span::UnpackEx | Span::Write3 => {}
        Span::Bound => f(Bound(a)),
        Span::Unbind => {}
        Span::Namespace => f(ReadMaybe(0)),
        Span::SuperAttr | Span::SuperMethod => each(a, 3, Read),
        Span::PairB => each(b + 1, 1, Read),
        Span::PairC => each(c + 1, 1, Read),
        Span::List => each(b, c, Read),
        Span::Pairs => each(b, 2 * c, Read),
        Span::Two => each(b, 2, Read),
        Span::Triple => each(b, 3, Read),
        Span::RangePrep | Span::Call => {
            each(a, 1, Read);
            each(a + 2, b, Read);
        }
        Span::CallMethod => {
            each(a, 1, Read);
            each(a + 2, 1, ReadMaybe);
            each(a + 3, b.saturating_sub(1), Read);
        }
        Span::CallEx => {
            each(a, 1, Read);
            each(a + 2, 1, Read);
            each(a + 3, 1, ReadMaybe);
        }
        Span::ForRange => each(b, 3, Read),
        Span::MakeFunction => {
            for (flag, offset) in [
                (func::DEFAULTS, 0),
                (func::KWDEFAULTS, 1),
                (func::ANNOTATE | func::ANNOTATIONS, 2),
                (func::CLOSURE, 3),
            ] {
                if x & flag != 0 {
                    f(Read(a + offset));
                }
            }
        }
        Span::Intrinsic => {
            let arity = Intrinsic::from_u8(i.c).map_or(2, Intrinsic::arity);
            each(b, arity as u16, Read);
        }
    }
    match info.span {
        Span::Call | Span::CallMethod | Span::CallEx => f(KillFrom(a)),
        Span::Fill => (a..a + b).for_each(|r| f(Write(r))),
        Span::LoadMethod | Span::SuperMethod => {
            f(Write(a));
            f(Kill(a + 1));
            f(WriteMaybe(a + 2));
        }
        Span::SuperAttr | Span::MakeFunction => f(Write(a)),
        Span::Write3 => (a..a + 3).for_each(|r| f(Write(r))),
        Span::Unpack => (a..a + c).for_each(|r| f(Write(r))),
        Span::UnpackEx => (a..a.saturating_add(c + 1).saturating_add(x)).for_each(|r| f(Write(r))),
        Span::RangePrep => (a..a + 3).for_each(|r| f(JumpWrite(r))),
        Span::ForRange => (b..b + 3).for_each(|r| f(Write(r))),
        Span::Unbind => f(Clear(a)),
        _ => {}
    }
    for (role, reg) in roles {
        match role {
            Role::W | Role::B | Role::C | Role::H | Role::D => f(Write(reg)),
            Role::E => f(Clear(reg)),
            Role::L => f(JumpWrite(reg)),
            _ => {}
        }
    }
}

/// A set of registers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct RegSet([u64; 4]);

impl RegSet {
    /// No register.
    pub const NONE: RegSet = RegSet([0; 4]);
    /// All registers.
    pub const ALL: RegSet = RegSet([u64::MAX; 4]);

    /// The first `n` registers.
    pub fn first(n: u16) -> RegSet {
        RegSet(std::array::from_fn(|i| match (n as usize).saturating_sub(64 * i) {
            bits @ ..64 => (1 << bits) - 1,
            _ => u64::MAX,
        }))
    }
    /// Whether the set holds it.
    pub fn has(&self, reg: u16) -> bool {
        reg < 256 && self.0[reg as usize / 64] >> (reg % 64) & 1 == 1
    }
    /// Adds a register.
    pub fn insert(&mut self, reg: u16) {
        if reg < 256 {
            self.0[reg as usize / 64] |= 1 << (reg % 64);
        }
    }
    /// Takes a register out.
    pub fn remove(&mut self, reg: u16) {
        if reg < 256 {
            self.0[reg as usize / 64] &= !(1 << (reg % 64));
        }
    }
    /// Takes all from this one up out.
    pub fn remove_from(&mut self, reg: u16) {
        *self = self.meet(&RegSet::first(reg));
    }
    /// All from this register up.
    pub fn from(reg: u16) -> RegSet {
        RegSet(RegSet::first(reg).0.map(|word| !word))
    }
    /// What either holds.
    pub fn join(&self, other: &RegSet) -> RegSet {
        RegSet(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }
    /// What both hold.
    pub fn meet(&self, other: &RegSet) -> RegSet {
        RegSet(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }
}
