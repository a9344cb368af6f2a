//! Numbers: operators, comparisons, ranges.

use engine::interp::jit::helpers::Helper;
use engine::interp::jit::profile::{Seen, sort};
use engine_code::formats;
use proto_core::Value;

use crate::asm::{Fcc, Icc, V};
use crate::state::{Reg, State, T};
use crate::unit::{Flow, Unit};

/// Operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arith {
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    And,
    Or,
    Xor,
    LShift,
    RShift,
}

impl Arith {
    /// Whether it has a form for floats.
    fn has_floats(self) -> bool {
        matches!(self, Arith::Add | Arith::Sub | Arith::Mul | Arith::TrueDiv | Arith::Mod)
    }
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cmp {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

impl Cmp {
    fn ints(self) -> Icc {
        match self {
            Cmp::Lt => Icc::SignedLessThan,
            Cmp::Le => Icc::SignedLessThanOrEqual,
            Cmp::Gt => Icc::SignedGreaterThan,
            Cmp::Ge => Icc::SignedGreaterThanOrEqual,
            Cmp::Eq => Icc::Equal,
            Cmp::Ne => Icc::NotEqual,
        }
    }
    fn floats(self) -> Fcc {
        match self {
            Cmp::Lt => Fcc::LessThan,
            Cmp::Le => Fcc::LessThanOrEqual,
            Cmp::Gt => Fcc::GreaterThan,
            Cmp::Ge => Fcc::GreaterThanOrEqual,
            Cmp::Eq => Fcc::Equal,
            Cmp::Ne => Fcc::NotEqual,
        }
    }
}

/// What an operand is to be taken for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Int,
    Float,
    /// Ints and floats have been seen.
    Mixed,
    Other,
}

/// Sorts that are floats.
const FLOATS: u32 = sort::FLOAT | sort::of_kind(proto_core::Kind::Float);

fn class(reg: Reg, seen: &Seen) -> Class {
    match reg.t {
        T::Int => Class::Int,
        T::Float => Class::Float,
        T::Const(bits) if bits & 3 == 0 => Class::Int,
        T::Const(bits) if bits & 3 == 2 => Class::Float,
        T::Any if seen.only(sort::INT) => Class::Int,
        T::Any if seen.only(FLOATS) => Class::Float,
        T::Any if seen.only(FLOATS | sort::INT) => Class::Mixed,
        _ => Class::Other,
    }
}

/// Such a small int of a small int that another operand is known to be.
fn known(reg: Reg) -> Option<i64> {
    match reg.t {
        T::Const(bits) if bits & 3 == 0 => Some(bits.cast_signed() >> 2),
        _ => None,
    }
}

impl Unit<'_, '_> {
    /// A binary operator on two registers.
    pub fn binary(&mut self, s: &mut State, op: Arith, o: formats::Binary, next: u32) -> Flow {
        let seen = self.site(s).operands;
        let (left, right, dst) = (o.left.into(), o.right.into(), o.dst.into());
        let (v, w) = (self.get(s, left), self.get(s, right));
        match (class(v, &seen[1]), class(w, &seen[2])) {
            (Class::Int, Class::Int) if op != Arith::TrueDiv => {
                let Some(v) = self.int(s, left) else { return Flow::Ended };
                let by = known(w);
                let Some(w) = self.int(s, right) else { return Flow::Ended };
                self.ints(s, op, dst, (v, w, by), next)
            }
            (Class::Other, _) | (_, Class::Other) => self.generic(s),
            // A mixed operand beside an int may be an int: the result is of either sort.
            (Class::Int | Class::Mixed, Class::Int | Class::Mixed) => self.generic(s),
            _ if !op.has_floats() => self.generic(s),
            _ => {
                let Some(f) = self.number(s, left, &seen[1]) else { return Flow::Ended };
                let Some(g) = self.number(s, right, &seen[2]) else { return Flow::Ended };
                self.floats(s, op, dst, f, g, next)
            }
        }
    }

    /// A binary operator on a register and a small int.
    pub fn binary_small(&mut self, s: &mut State, op: Arith, o: formats::BinaryI, next: u32) -> Flow {
        let seen = self.site(s).operands[1];
        let (left, dst, n) = (o.left.into(), o.dst.into(), o.right as i64);
        let reg = self.get(s, left);
        match class(reg, &seen) {
            Class::Int => {
                let Some(v) = self.int(s, left) else { return Flow::Ended };
                let w = self.asm.k((n << 2).cast_unsigned());
                self.ints(s, op, dst, (v, w, Some(n)), next)
            }
            Class::Float if op.has_floats() => {
                let Some(f) = self.number(s, left, &seen) else { return Flow::Ended };
                let g = self.asm.float(n as f64);
                self.floats(s, op, dst, f, g, next)
            }
            _ => self.generic(s),
        }
    }

    fn floats(&mut self, s: &mut State, op: Arith, dst: usize, f: V, g: V, next: u32) -> Flow {
        let r = match op {
            Arith::Add => self.asm.fadd(f, g),
            Arith::Sub => self.asm.fsub(f, g),
            Arith::Mul => self.asm.fmul(f, g),
            _ => {
                let zero = self.asm.float(0.0);
                let ok = self.asm.fcmp(Fcc::NotEqual, g, zero);
                self.guard(ok, s);
                if op == Arith::TrueDiv { self.asm.fdiv(f, g) } else { self.asm.call_float(Helper::FloatMod, &[f, g]) }
            }
        };
        self.set(s, dst, T::Float, r);
        s.at = next;
        Flow::On
    }

    /// An operator on tagged ints; `by`: the right one, if it is known.
    fn ints(&mut self, s: &mut State, op: Arith, dst: usize, (v, w, by): (V, V, Option<i64>), next: u32) -> Flow {
        let r = match (op, by) {
            (Arith::Add, _) => {
                let (r, over) = self.asm.add_over(v, w);
                self.guard_not(over, s);
                r
            }
            (Arith::Sub, _) => {
                let (r, over) = self.asm.sub_over(v, w);
                self.guard_not(over, s);
                r
            }
            (Arith::Mul, _) => {
                let n = self.asm.sar(v, 2);
                let (r, over) = self.asm.mul_over(n, w);
                self.guard_not(over, s);
                r
            }
            (Arith::And, _) => self.asm.band(v, w),
            (Arith::Or, _) => self.asm.bor(v, w),
            (Arith::Xor, _) => self.asm.bxor(v, w),
            (Arith::Mod, Some(k)) if k > 0 && k & (k - 1) == 0 => self.asm.and(v, 4 * k - 4),
            (Arith::FloorDiv, Some(k)) if k > 0 && k & (k - 1) == 0 => {
                let q = self.asm.sar(v, k.trailing_zeros());
                self.asm.and(q, -4)
            }
            (Arith::Mod | Arith::FloorDiv, Some(k)) if k > 2 && k < 128 => {
                let q = self.quotient(v, k);
                if op == Arith::Mod {
                    let whole = self.asm.times(q, 4 * k);
                    self.asm.isub(v, whole)
                } else {
                    self.asm.shl(q, 2)
                }
            }
            (Arith::Mod | Arith::FloorDiv, _) => {
                // With a positive divisor there is nothing that overflows.
                let ok = self.asm.is(Icc::SignedGreaterThan, w, 0);
                self.guard(ok, s);
                let r = self.asm.srem(v, w);
                let negative = self.asm.sar(r, 63);
                if op == Arith::Mod {
                    let more = self.asm.band(negative, w);
                    self.asm.iadd(r, more)
                } else {
                    let q = self.asm.sdiv(v, w);
                    let q = self.asm.iadd(q, negative);
                    self.asm.shl(q, 2)
                }
            }
            (Arith::RShift, Some(n)) if n >= 0 => {
                let r = self.asm.sar(v, n.min(63) as u32);
                self.asm.and(r, -4)
            }
            (Arith::LShift, Some(n @ 0..=40)) => {
                let r = self.asm.shl(v, n as u32);
                let back = self.asm.sar(r, n as u32);
                let ok = self.asm.icmp(Icc::Equal, back, v);
                self.guard(ok, s);
                r
            }
            _ => return self.generic(s),
        };
        self.set(s, dst, T::Int, r);
        s.at = next;
        Flow::On
    }

    /// The floored quotient of a tagged int by a constant from 3 to 127, by multiplication.
    fn quotient(&mut self, v: V, k: i64) -> V {
        let (m, shift) = reciprocal(k);
        let n = self.asm.sar(v, 2);
        let sign = self.asm.sar(v, 63);
        // The quotient of what is not negative: ~n for negative n, whose quotient is the complement.
        let n = self.asm.bxor(n, sign);
        let mk = self.asm.k(m.cast_unsigned());
        let high = self.asm.smulhi(n, mk);
        let high = if m < 0 { self.asm.iadd(high, n) } else { high };
        let q = self.asm.sar(high, shift);
        self.asm.bxor(q, sign)
    }

    /// A minus before a number.
    pub fn negate(&mut self, s: &mut State, dst: usize, r: usize, next: u32) -> Flow {
        let seen = self.site(s).operands[1];
        let reg = self.get(s, r);
        match class(reg, &seen) {
            Class::Int => {
                let Some(v) = self.int(s, r) else { return Flow::Ended };
                let zero = self.asm.k(0);
                self.ints(s, Arith::Sub, dst, (zero, v, None), next)
            }
            Class::Float => {
                let Some(f) = self.number(s, r, &seen) else { return Flow::Ended };
                let f = self.asm.neg(f);
                self.set(s, dst, T::Float, f);
                s.at = next;
                Flow::On
            }
            _ => self.generic(s),
        }
    }

    /// The condition of a comparison; None: the handler must compare.
    fn condition(&mut self, s: &mut State, cmp: Cmp, left: usize, right: Result<usize, i64>) -> Option<V> {
        let seen = self.site(s).operands;
        // Jumps have their operands at A and B, others at B and C.
        let jumps = self.compares_first(s);
        let (seen_left, seen_right) = if jumps { (seen[0], seen[1]) } else { (seen[1], seen[2]) };
        let v = self.get(s, left);
        let classes = match right {
            Ok(right) => {
                let w = self.get(s, right);
                (class(v, &seen_left), class(w, &seen_right))
            }
            Err(_) => (class(v, &seen_left), Class::Int),
        };
        match (classes, right) {
            ((Class::Int, Class::Int), _) => {
                let v = self.int(s, left)?;
                let w = match right {
                    Ok(right) => self.int(s, right)?,
                    Err(n) => self.asm.k((n << 2).cast_unsigned()),
                };
                Some(self.asm.icmp(cmp.ints(), v, w))
            }
            ((Class::Float, Class::Float), Ok(right)) => {
                let f = self.number(s, left, &seen_left)?;
                let g = self.number(s, right, &seen_right)?;
                Some(self.asm.fcmp(cmp.floats(), f, g))
            }
            ((Class::Float, _), Err(n)) => {
                let f = self.number(s, left, &seen_left)?;
                let g = self.asm.float(n as f64);
                Some(self.asm.fcmp(cmp.floats(), f, g))
            }
            // Ints that are no constants may be too large to be exact as floats.
            ((Class::Float, Class::Int), Ok(right)) => {
                let n = known(self.get(s, right)).filter(|n| n.abs() < 1 << 53)?;
                let f = self.number(s, left, &seen_left)?;
                let g = self.asm.float(n as f64);
                Some(self.asm.fcmp(cmp.floats(), f, g))
            }
            _ => None,
        }
    }

    fn compares_first(&self, s: &State) -> bool {
        let instrs = &s.top().code.code.instrs;
        engine_code::Op::from_u8(instrs[s.at as usize] as u8).is_some_and(engine_code::Op::is_jump)
    }

    /// A comparison to a value.
    pub fn compare(&mut self, s: &mut State, cmp: Cmp, o: formats::Compare, next: u32) -> Flow {
        let Some(c) = self.condition(s, cmp, o.left.into(), Ok(o.right.into())) else { return self.generic(s) };
        let (yes, no) = (self.asm.k(Value::TRUE.bits()), self.asm.k(Value::FALSE.bits()));
        let v = self.asm.select(c, yes, no);
        self.set(s, o.dst.into(), T::Bool, v);
        s.at = next;
        Flow::On
    }

    /// A comparison that jumps.
    pub fn compare_jump(
        &mut self,
        s: &mut State,
        cmp: Cmp,
        o: formats::JumpCompare,
        wanted: bool,
        ways: (u32, u32),
    ) -> Flow {
        match self.condition(s, cmp, o.left.into(), Ok(o.right.into())) {
            Some(c) => self.fork(s, c, wanted, ways),
            None => self.generic(s),
        }
    }

    /// A comparison with a small int that jumps.
    pub fn compare_jump_small(
        &mut self,
        s: &mut State,
        cmp: Cmp,
        o: formats::JumpCompareI,
        wanted: bool,
        ways: (u32, u32),
    ) -> Flow {
        match self.condition(s, cmp, o.left.into(), Err(o.right as i64)) {
            Some(c) => self.fork(s, c, wanted, ways),
            None => self.generic(s),
        }
    }

    /// The beginning of a loop over a range.
    pub fn range_prep(&mut self, s: &mut State, window: usize, n: usize, target: u32) -> Flow {
        let range = self.cx.types.range.value();
        if self.get(s, window).t != T::of(range) || n > 3 {
            return self.generic(s);
        }
        let last = if n == 1 { window + 2 } else { window + 3 };
        let by = if n == 3 { known(self.get(s, window + 4)) } else { Some(1) };
        let Some(by @ (1 | -1)) = by else { return self.generic(s) };
        for r in window + 2..window + 2 + n {
            let reg = self.get(s, r);
            if !matches!(reg.t, T::Int | T::Any) && known(reg).is_none() {
                return self.generic(s);
            }
        }
        let first = if n == 1 { Some(self.asm.k(0)) } else { self.int(s, window + 2) };
        let Some(first) = first else { return Flow::Ended };
        let Some(last) = self.int(s, last) else { return Flow::Ended };
        let (from, to) = if by == 1 { (first, last) } else { (last, first) };
        let (left, over) = self.asm.sub_over(to, from);
        self.guard_not(over, s);
        let zero = self.asm.k(0);
        let left = self.asm.smax(left, zero);
        self.set(s, window, T::Int, left);
        self.set(s, window + 1, T::Int, first);
        self.put(s, window + 2, Reg::known(Value::small(by as i32)));
        self.go_to(s, target);
        Flow::Ended
    }

    /// A step of such a loop.
    pub fn for_range(&mut self, s: &mut State, item: usize, state: usize, (next, target): (u32, u32)) -> Flow {
        let seen = self.site(s).operands[1];
        let reg = self.get(s, state);
        if class(reg, &seen) != Class::Int {
            return self.for_iter(s, item, state, (next, target));
        }
        let Some(left) = self.int(s, state) else { return Flow::Ended };
        let Some(at) = self.int(s, state + 1) else { return Flow::Ended };
        let Some(by) = self.int(s, state + 2) else { return Flow::Ended };
        let (more, end) = (self.asm.block(), self.asm.block());
        let has = self.asm.is(Icc::SignedGreaterThan, left, 0);
        self.asm.branch(has, more, end);
        self.asm.at(end);
        self.go_to(s, next);
        self.asm.at(more);
        let left = self.asm.add(left, -4);
        let after = self.asm.iadd(at, by);
        self.set(s, state, T::Int, left);
        self.set(s, state + 1, T::Int, after);
        self.set(s, item, T::Int, at);
        self.take(s, target);
        Flow::Ended
    }
}

/// Multiplier m and shift so that n / k is the upper word of n times m (plus n if m is negative), shifted, for n from 0 to 2^61.
fn reciprocal(k: i64) -> (i64, u32) {
    let mut bits = 0;
    while (1u128 << bits) < k.cast_unsigned().into() {
        bits += 1;
    }
    let m = (1u128 << (63 + bits)) / u128::from(k.cast_unsigned()) + 1;
    ((m as u64).cast_signed(), bits - 1)
}

#[cfg(test)]
mod tests {
    use super::reciprocal;

    #[test]
    fn reciprocals_divide() {
        let max = (1i64 << 61) - 1;
        for k in 3..128 {
            let (m, shift) = reciprocal(k);
            let edges = [0, 1, k - 1, k, k + 1, max, max - 1, max / k * k, max / k * k - 1, 1 << 60, 12_345_678_901];
            for n in edges.into_iter().chain((0..1000).map(|i| max - i * 7919)) {
                let high = ((i128::from(n) * i128::from(m)) >> 64) as i64;
                let high = if m < 0 { high + n } else { high };
                assert_eq!(high >> shift, n / k, "{n} / {k}");
            }
        }
    }
}
