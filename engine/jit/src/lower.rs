//! What instructions become. Each has an arm: a lowering, or the handler ([`Unit::generic`]), which is right for all of them; so a
//! lowering is there for speed alone, and may give up on operands that it does not like.

use engine_code::Instruction;
use proto_core::Value;

use crate::asm::Icc;
use crate::num::{Arith, Cmp};
use crate::state::{Reg, State, T};
use crate::unit::{Flow, Unit};

impl Unit<'_, '_> {
    /// Lowers the state's instruction. On: the state is at the next one.
    pub fn lower(&mut self, s: &mut State) -> Flow {
        use Instruction::*;
        let code = s.top().code;
        let Ok(i) = Instruction::decode(&code.code.instrs, s.at as usize) else {
            self.leave(s);
            return Flow::Ended;
        };
        let next = s.at + i.words() as u32;
        let target = i.distance().map_or(next, |d| next.wrapping_add_signed(d));
        if !is_cheap(i) && self.site(s).count == 0 {
            // It was never run: not worth code.
            self.leave(s);
            return Flow::Ended;
        }
        match i {
            Nop(_) => {}
            MoveReg(o) => {
                let reg = self.get(s, o.src.into());
                self.put(s, o.dst.into(), reg);
            }
            MoveAny(o) => {
                let reg = self.get(s, o.src.into());
                self.put(s, o.dst.into(), reg);
            }
            Clear(o) => self.put(s, o.dst.into(), Reg::known(Value::EMPTY)),
            LoadConst(o) => {
                let v = code.constant(o.value.into());
                self.put(s, o.dst.into(), Reg::known(v));
            }
            LoadConstWide(o) => {
                let v = code.constant(o.value as usize);
                self.put(s, o.dst.into(), Reg::known(v));
            }
            LoadInt(o) => self.put(s, o.dst.into(), Reg::known(Value::small(o.value.into()))),
            LoadNones(o) => {
                for r in o.first..o.first + o.count {
                    self.put(s, r.into(), Reg::known(Value::NONE));
                }
            }
            CheckBound(o) => {
                let reg = self.get(s, o.local.into());
                match reg.t {
                    T::Any => {
                        let Some(v) = reg.v else { return self.generic(s) };
                        let empty = self.same(v, Value::EMPTY.bits());
                        self.guard_not(empty, s);
                    }
                    T::Const(bits) if bits == Value::EMPTY.bits() => {
                        self.leave(s);
                        return Flow::Ended;
                    }
                    _ => {}
                }
            }

            LoadFree(o) => return self.load_free(s, o.dst.into(), o.cell.into(), next),
            LoadCell(o) => return self.load_cell(s, o.dst.into(), o.src.into(), next),
            LoadGlobal(o) => return self.load_global(s, o.dst.into(), next),
            LoadAttr(o) => return self.load_attr(s, o.dst.into(), o.object.into(), next),
            StoreAttr(o) => return self.store_attr(s, o.object.into(), o.value.into(), next),
            LoadMethod(o) => return self.load_method(s, o.window.into(), o.object.into(), next),

            LoadSubscr(o) => return self.load_item(s, o.dst.into(), o.container.into(), Ok(o.key.into()), next),
            LoadSubscrI(o) => return self.load_item(s, o.dst.into(), o.container.into(), Err(o.key), next),
            StoreSubscr(o) => {
                return self.store_item(s, o.container.into(), Ok(o.key.into()), o.value.into(), next);
            }
            StoreSubscrI(o) => {
                return self.store_item(s, o.container.into(), Err(o.key), o.value.into(), next);
            }
            UnpackSequence(o) => {
                return self.unpack(s, o.first.into(), o.src.into(), o.count.into(), next);
            }

            Add(o) => return self.binary(s, Arith::Add, o, next),
            Sub(o) => return self.binary(s, Arith::Sub, o, next),
            Mul(o) => return self.binary(s, Arith::Mul, o, next),
            TrueDiv(o) => return self.binary(s, Arith::TrueDiv, o, next),
            FloorDiv(o) => return self.binary(s, Arith::FloorDiv, o, next),
            Mod(o) => return self.binary(s, Arith::Mod, o, next),
            BitAnd(o) => return self.binary(s, Arith::And, o, next),
            BitOr(o) => return self.binary(s, Arith::Or, o, next),
            BitXor(o) => return self.binary(s, Arith::Xor, o, next),
            LShift(o) => return self.binary(s, Arith::LShift, o, next),
            RShift(o) => return self.binary(s, Arith::RShift, o, next),
            AddI(o) => return self.binary_small(s, Arith::Add, o, next),
            SubI(o) => return self.binary_small(s, Arith::Sub, o, next),
            MulI(o) => return self.binary_small(s, Arith::Mul, o, next),
            FloorDivI(o) => return self.binary_small(s, Arith::FloorDiv, o, next),
            ModI(o) => return self.binary_small(s, Arith::Mod, o, next),
            BitAndI(o) => return self.binary_small(s, Arith::And, o, next),
            LShiftI(o) => return self.binary_small(s, Arith::LShift, o, next),
            RShiftI(o) => return self.binary_small(s, Arith::RShift, o, next),
            Neg(o) => return self.negate(s, o.dst.into(), o.src.into(), next),
            Not(o) => return self.not(s, o.dst.into(), o.src.into(), next),

            Lt(o) => return self.compare(s, Cmp::Lt, o, next),
            Le(o) => return self.compare(s, Cmp::Le, o, next),
            Gt(o) => return self.compare(s, Cmp::Gt, o, next),
            Ge(o) => return self.compare(s, Cmp::Ge, o, next),
            Eq(o) => return self.compare(s, Cmp::Eq, o, next),
            Ne(o) => return self.compare(s, Cmp::Ne, o, next),

            Jump(_) => {
                self.go_to(s, target);
                return Flow::Ended;
            }
            LoopBack(_) => {
                self.take(s, target);
                return Flow::Ended;
            }
            JumpIfTrue(o) => return self.jump_if(s, o.value.into(), true, (next, target)),
            JumpIfFalse(o) => return self.jump_if(s, o.value.into(), false, (next, target)),
            JumpIfNone(o) => return self.jump_if_none(s, o.value.into(), true, (next, target)),
            JumpIfNotNone(o) => return self.jump_if_none(s, o.value.into(), false, (next, target)),
            JLt(o) => return self.compare_jump(s, Cmp::Lt, o, true, (next, target)),
            JLe(o) => return self.compare_jump(s, Cmp::Le, o, true, (next, target)),
            JGt(o) => return self.compare_jump(s, Cmp::Gt, o, true, (next, target)),
            JGe(o) => return self.compare_jump(s, Cmp::Ge, o, true, (next, target)),
            JEq(o) => return self.compare_jump(s, Cmp::Eq, o, true, (next, target)),
            JNe(o) => return self.compare_jump(s, Cmp::Ne, o, true, (next, target)),
            JNotLt(o) => return self.compare_jump(s, Cmp::Lt, o, false, (next, target)),
            JNotLe(o) => return self.compare_jump(s, Cmp::Le, o, false, (next, target)),
            JNotGt(o) => return self.compare_jump(s, Cmp::Gt, o, false, (next, target)),
            JNotGe(o) => return self.compare_jump(s, Cmp::Ge, o, false, (next, target)),
            JNotEq(o) => return self.compare_jump(s, Cmp::Eq, o, false, (next, target)),
            JNotNe(o) => return self.compare_jump(s, Cmp::Ne, o, false, (next, target)),
            JLtI(o) => return self.compare_jump_small(s, Cmp::Lt, o, true, (next, target)),
            JLeI(o) => return self.compare_jump_small(s, Cmp::Le, o, true, (next, target)),
            JGtI(o) => return self.compare_jump_small(s, Cmp::Gt, o, true, (next, target)),
            JGeI(o) => return self.compare_jump_small(s, Cmp::Ge, o, true, (next, target)),
            JEqI(o) => return self.compare_jump_small(s, Cmp::Eq, o, true, (next, target)),
            JNeI(o) => return self.compare_jump_small(s, Cmp::Ne, o, true, (next, target)),
            JNotLtI(o) => return self.compare_jump_small(s, Cmp::Lt, o, false, (next, target)),
            JNotLeI(o) => return self.compare_jump_small(s, Cmp::Le, o, false, (next, target)),
            JNotGtI(o) => return self.compare_jump_small(s, Cmp::Gt, o, false, (next, target)),
            JNotGeI(o) => return self.compare_jump_small(s, Cmp::Ge, o, false, (next, target)),
            JNotEqI(o) => return self.compare_jump_small(s, Cmp::Eq, o, false, (next, target)),
            JNotNeI(o) => return self.compare_jump_small(s, Cmp::Ne, o, false, (next, target)),
            JIs(o) => return self.jump_is(s, o, true, (next, target)),
            JNotIs(o) => return self.jump_is(s, o, false, (next, target)),

            GetIter(o) => return self.get_iter(s, o.dst.into(), o.src.into(), next),
            ForIter(o) => return self.for_iter(s, o.item.into(), o.iterator.into(), (next, target)),
            RangePrep(o) => return self.range_prep(s, o.window.into(), o.arguments.into(), target),
            ForRange(o) => return self.for_range(s, o.item.into(), o.state.into(), (next, target)),

            Call(o) => return self.call(s, o, false),
            CallMethod(o) => return self.call(s, o, true),
            ReturnValue(o) => {
                let reg = self.get(s, o.value.into());
                return self.give_back(s, reg);
            }
            ReturnConst(o) => {
                let v = code.constant(o.value.into());
                return self.give_back(s, Reg::known(v));
            }

            DeleteLocal(_) | MakeBig(_) | LoadBig(_) | StoreBig(_) | DeleteBig(_) | MakeCell(_) | StoreCell(_)
            | DeleteCell(_) | StoreFree(_) | DeleteFree(_) | LoadFreeCell(_) | LoadDictOrFree(_) => {
                return self.generic(s);
            }
            StoreGlobal(_) | DeleteGlobal(_) | LoadName(_) | StoreName(_) | DeleteName(_) | LoadDictOrGlobal(_)
            | LoadLocals(_) | DeleteAttr(_) | LoadSuperAttr(_) | LoadSuperMethod(_) | LoadSpecial(_) => {
                return self.generic(s);
            }
            LoadSubscrK(_) | DeleteSubscr(_) | LoadSlice(_) | StoreSlice(_) | BuildSlice(_) | Pow(_) | MatMul(_)
            | Pos(_) | Invert(_) | Is(_) | IsNot(_) | Contains(_) | NotContains(_) | JNotDrain(_) | JIn(_)
            | JNotIn(_) | ForPair(_) => return self.generic(s),
            CallKw(_) | CallMethodKw(_) | CallEx(_) | MakeFunction(_) | LoadBuildClass(_) => return self.generic(s),
            ReturnGenerator(_) | YieldValue(_) | YieldDelegate(_) | Send(_) | GetYieldFromIter(_) | CleanupThrow(_)
            | GetAwaitable(_) | GetAIter(_) | GetANext(_) | EndAsyncFor(_) => {
                // Suspensions return to whoever resumed the window.
                self.leave_quietly(s);
                return Flow::Ended;
            }
            BuildTuple(_)
            | BuildList(_)
            | BuildSet(_)
            | BuildMap(_)
            | BuildString(_)
            | ListAppend(_)
            | ListExtend(_)
            | SetAdd(_)
            | SetUpdate(_)
            | MapAdd(_)
            | DictUpdate(_)
            | DictMerge(_)
            | ListToTuple(_)
            | UnpackEx(_)
            | FormatValue(_)
            | ConvertValue(_)
            | FormatWithSpec(_)
            | BuildInterpolation(_)
            | BuildTemplate(_) => return self.generic(s),
            RaiseValue(_)
            | RaiseFrom(_)
            | Reraise(_)
            | ReraiseCurrent(_)
            | PushExc(_)
            | PopExc(_)
            | JumpIfNoMatch(_)
            | CheckEgMatch(_)
            | PrepReraiseStar(_)
            | ExcInfo(_)
            | LoadAssertionError(_) => {
                return self.generic(s);
            }
            MatchClass(_) | MatchMapping(_) | MatchSequence(_) | MatchKeys(_) | GetLen(_) | ImportName(_)
            | ImportFrom(_) | ImportStar(_) | SetupAnnotations(_) | CallIntrinsic(_) => return self.generic(s),
        }
        s.at = next;
        Flow::On
    }

    /// As [`Unit::leave`], where the interpreter is expected to go on.
    pub fn leave_quietly(&mut self, s: &State) {
        let exit = self.exit(s, false);
        self.asm.jump(exit, &[]);
    }

    /// Goes on at one of two places. `wanted`: the jump is taken if the condition is that.
    pub fn fork(&mut self, s: &State, condition: crate::asm::V, wanted: bool, (next, target): (u32, u32)) -> Flow {
        let (jump, on) = (self.asm.block(), self.asm.block());
        if wanted {
            self.asm.branch(condition, jump, on);
        } else {
            self.asm.branch(condition, on, jump);
        }
        self.asm.at(jump);
        self.take(s, target);
        self.asm.at(on);
        self.go_to(s, next);
        Flow::Ended
    }

    /// Goes on at the one place that is known now.
    fn fork_known(&mut self, s: &State, jumps: bool, (next, target): (u32, u32)) -> Flow {
        if jumps {
            self.take(s, target);
        } else {
            self.go_to(s, next);
        }
        Flow::Ended
    }

    fn jump_if(&mut self, s: &mut State, r: usize, wanted: bool, ways: (u32, u32)) -> Flow {
        use engine::interp::jit::profile::sort;
        let seen = self.site(s).operands[0];
        let reg = self.get(s, r);
        match reg.t {
            T::Const(bits) if bits == Value::TRUE.bits() => return self.fork_known(s, wanted, ways),
            T::Const(bits) if bits == Value::FALSE.bits() || bits == Value::NONE.bits() => {
                return self.fork_known(s, !wanted, ways);
            }
            T::Const(bits) if bits & 3 == 0 => return self.fork_known(s, (bits != 0) == wanted, ways),
            T::Bool => {}
            T::Any if seen.only(sort::BOOL) => {
                let Some(v) = reg.v else { return self.generic(s) };
                // The two differ in one bit.
                let high = self.asm.or(v, 0x200);
                let ok = self.same(high, Value::TRUE.bits());
                self.guard(ok, s);
                self.learn(s, r, T::Bool, v);
            }
            T::Int => {}
            T::Any if seen.only(sort::INT) => {
                if self.int(s, r).is_none() {
                    return Flow::Ended;
                }
            }
            _ => return self.generic(s),
        }
        let reg = self.get(s, r);
        let Some(v) = reg.v else { return self.generic(s) };
        let truth = if reg.t == T::Bool { self.same(v, Value::TRUE.bits()) } else { self.asm.is(Icc::NotEqual, v, 0) };
        self.fork(s, truth, wanted, ways)
    }

    fn not(&mut self, s: &mut State, dst: usize, r: usize, next: u32) -> Flow {
        use engine::interp::jit::profile::sort;
        let seen = self.site(s).operands[1];
        let reg = self.get(s, r);
        let Some(v) = reg.v else { return self.generic(s) };
        match reg.t {
            T::Bool => {}
            T::Any if seen.only(sort::BOOL) => {
                let high = self.asm.or(v, 0x200);
                let ok = self.same(high, Value::TRUE.bits());
                self.guard(ok, s);
            }
            _ => return self.generic(s),
        }
        let other = self.asm.xor(v, 0x200);
        self.set(s, dst, T::Bool, other);
        s.at = next;
        Flow::On
    }

    fn jump_if_none(&mut self, s: &mut State, r: usize, wanted: bool, ways: (u32, u32)) -> Flow {
        let reg = self.get(s, r);
        let Some(v) = reg.v.filter(|_| reg.t == T::Any) else {
            let none = reg.t == T::of(Value::NONE);
            return self.fork_known(s, none == wanted, ways);
        };
        let none = self.same(v, Value::NONE.bits());
        self.fork(s, none, wanted, ways)
    }

    fn jump_is(&mut self, s: &mut State, o: engine_code::formats::JumpCompare, wanted: bool, ways: (u32, u32)) -> Flow {
        let seen = self.site(s).operands;
        let (v, w) = (self.get(s, o.left.into()), self.get(s, o.right.into()));
        // Boxed floats are told apart by their bits: one operand must be known to be none.
        if !self.is_no_float(s, o.left.into(), v, &seen[0]) && !self.is_no_float(s, o.right.into(), w, &seen[1]) {
            return self.generic(s);
        }
        let (v, w) = (self.word(s, o.left.into()), self.word(s, o.right.into()));
        let same = self.asm.icmp(Icc::Equal, v, w);
        self.fork(s, same, wanted, ways)
    }

    /// Whether a register is known to hold no float, perhaps by a guard.
    fn is_no_float(&mut self, s: &mut State, r: usize, reg: Reg, seen: &engine::interp::jit::profile::Seen) -> bool {
        use proto_core::Kind;
        match reg.t {
            T::Int | T::Bool => true,
            T::Ref(k) => k != Kind::Float as u8,
            T::Const(bits) => bits & 3 != 2 && bits & 63 != engine::interp::jit::facts::tag(Kind::Float),
            T::Home | T::Float => false,
            T::Any => {
                let kind = seen.sorts >> 8;
                if seen.sorts & 255 != 0 || kind.count_ones() != 1 {
                    return false;
                }
                let kind = Kind::from_index(kind.trailing_zeros() as u8);
                kind != Kind::Float && self.object(s, r, kind).is_some()
            }
        }
    }
}

/// What is lowered even if it was not seen: it ends blocks, or is nearly nothing.
fn is_cheap(i: Instruction) -> bool {
    use Instruction::*;
    matches!(
        i,
        Nop(_)
            | MoveReg(_)
            | MoveAny(_)
            | Clear(_)
            | LoadConst(_)
            | LoadInt(_)
            | LoadNones(_)
            | Jump(_)
            | LoopBack(_)
            | ReturnValue(_)
            | ReturnConst(_)
    )
}
