//! Which registers are still needed at an instruction: what it reads, what may be read after it, and what the handler of what it
//! raises may read. The effects by which the verifier judges say so: a register that the analysis gives up holds nothing that
//! verified code looks at before it writes there.

use std::collections::HashMap;

use crate::code::Code;
use crate::effects::{Effect, Operands, RegSet, effects};
use crate::opcodes::{Flags, Op, Span};
use crate::verify::{Decoded, decode};

/// Sets grow round by round; each loop around a loop takes one more. Code that takes more rounds than this comes from no compiler.
const MAX_ROUNDS: usize = 64;

/// No instruction begins at this word.
const NOWHERE: u16 = u16::MAX;

/// What is needed at each instruction of a code object.
pub struct Liveness {
    /// By word: which of the sets.
    at: Box<[u16]>,
    sets: Box<[RegSet]>,
    /// The words of instructions that suspend, in order, with what is needed meanwhile.
    suspended: Box<[(u32, RegSet)]>,
}

impl Liveness {
    /// None for code that does not decode or that takes too long.
    pub fn of(code: &Code) -> Option<Liveness> {
        let flow = Flow::new(code)?;
        let mut at = vec![NOWHERE; code.instrs.len()];
        let (mut sets, mut known) = (Vec::new(), HashMap::new());
        // Neighbours often need the same.
        let mut n = 0;
        for (i, step) in flow.steps.iter().enumerate() {
            let needed = flow.needed(i);
            if sets.get(n) != Some(&needed) {
                n = *known.entry(needed).or_insert(sets.len());
                if n == sets.len() {
                    sets.push(needed);
                }
            }
            at[step.at] = u16::try_from(n).ok().filter(|&n| n != NOWHERE)?;
        }
        let yields = |step: &&Step| matches!(step.operands.op, Op::YieldValue | Op::YieldDelegate);
        let suspended = flow.steps.iter().filter(yields).map(|step| (step.at as u32, flow.suspended(step))).collect();
        Some(Liveness { at: at.into(), sets: sets.into(), suspended })
    }

    /// What is needed while a generator is suspended by the instruction at this word. None if none there suspends.
    pub fn needed_when_suspended(&self, word: usize) -> Option<&RegSet> {
        let i = self.suspended.binary_search_by_key(&word, |&(at, _)| at as usize).ok()?;
        Some(&self.suspended[i].1)
    }

    /// What is needed while the instruction at this word is at work, or when it is the next one. None if none begins there.
    pub fn needed_at(&self, word: usize) -> Option<&RegSet> {
        self.sets.get(*self.at.get(word)? as usize)
    }
}

/// An instruction, with the indices of those that may follow it.
struct Step {
    at: usize,
    operands: Operands,
    /// The one behind it, unless it ends the flow.
    next: Option<usize>,
    target: Option<usize>,
    /// The handler of what it raises, and the register that takes the exception.
    handler: Option<(usize, u16)>,
}

impl Step {
    fn span(&self) -> Span {
        self.operands.op.info().span
    }

    fn is_call(&self) -> bool {
        matches!(self.span(), Span::Call | Span::CallMethod | Span::CallEx)
    }
}

struct Flow {
    steps: Vec<Step>,
    /// Needed from the instruction on.
    before: Vec<RegSet>,
    /// The arguments stand in the window when the code begins, whatever their registers.
    gathers: bool,
}

impl Flow {
    fn new(code: &Code) -> Option<Flow> {
        let decoded = decode(code).ok()?;
        let index = |word: usize| decoded.partition_point(|i| i.at < word);
        let mut handlers = vec![None; decoded.len()];
        // Only the innermost handler sees an exception; fill from the outermost.
        for h in code.exceptions.iter().rev() {
            let covered = handlers.get_mut(index(h.start as usize)..index(h.end as usize))?;
            covered.fill(Some((index(h.target as usize), h.reg)));
        }
        let step = |(i, d): (usize, &Decoded)| {
            let ends = d.operands.op.info().flags.has(Flags::END);
            let next = (!ends).then_some(i + 1);
            Step { at: d.at, operands: d.operands, next, target: d.target.map(index), handler: handlers[i] }
        };
        let steps: Vec<Step> = decoded.iter().enumerate().map(step).collect();
        let before = vec![RegSet::NONE; steps.len()];
        let mut flow = Flow { steps, before, gathers: code.gathers() };
        (0..MAX_ROUNDS).any(|_| !flow.round()).then_some(flow)
    }

    /// Goes through all instructions, the last first; false if that taught nothing.
    fn round(&mut self) -> bool {
        let mut grown = false;
        for i in (0..self.steps.len()).rev() {
            let now = self.needed_before(i);
            grown |= self.before[i] != now;
            self.before[i] = now;
        }
        grown
    }

    fn from(&self, i: Option<usize>) -> RegSet {
        i.and_then(|i| self.before.get(i)).copied().unwrap_or_default()
    }

    /// What is needed where it goes on other than behind itself, before it has written what is written on that way.
    fn elsewhere(&self, step: &Step) -> RegSet {
        let mut there = self.from(step.target);
        effects(step.operands, |e| {
            if let Effect::JumpWrite(r) = e {
                there.remove(r);
            }
        });
        let mut caught = self.from(step.handler.map(|h| h.0));
        if let Some((_, register)) = step.handler {
            caught.remove(register);
        }
        there.join(&caught)
    }

    fn needed_before(&self, i: usize) -> RegSet {
        let step = &self.steps[i];
        let mut set = self.from(step.next);
        effects(step.operands, |e| match e {
            Effect::Write(r) | Effect::WriteMaybe(r) | Effect::Clear(r) | Effect::Kill(r) => set.remove(r),
            Effect::KillFrom(r) => set.remove_from(r),
            _ => {}
        });
        set = set.join(&self.elsewhere(step));
        effects(step.operands, |e| {
            if let Effect::Read(r) | Effect::ReadMaybe(r) = e {
                set.insert(r);
            }
        });
        set
    }

    /// What is needed at the instruction, whether it begins, works, or has written its results. What writes on its way to a
    /// target has that as its position when it polls.
    fn around(&self, i: usize) -> RegSet {
        let step = &self.steps[i];
        let mut after = self.from(step.next);
        if step.is_call() {
            // A call writes its result when it leaves the instruction.
            after.remove(step.operands.c as u16);
        }
        self.before[i].join(&after).join(&self.elsewhere(step))
    }

    /// What a generator needs that an instruction has suspended: what it yielded is no longer its own.
    fn suspended(&self, step: &Step) -> RegSet {
        let mut set = self.from(step.next).join(&self.elsewhere(step));
        if step.operands.op == Op::YieldDelegate {
            // What is thrown in goes to the iterator.
            set.insert(step.operands.a as u16);
        }
        set
    }

    fn needed(&self, i: usize) -> RegSet {
        if i == 0 && self.gathers {
            return RegSet::ALL;
        }
        let step = &self.steps[i];
        let mut set = self.around(i);
        // Errors in unpacking have the position of the instruction behind the loop's step, which is not where the loop goes on.
        if let Some(before) = i.checked_sub(1).filter(|&before| self.steps[before].operands.op == Op::ForPair) {
            set = set.join(&self.around(before));
        }
        // In the window of a call arguments move. Beside the callee is the place of the return address.
        let window = step.operands.a as u16;
        match step.span() {
            Span::Call | Span::CallMethod | Span::CallEx => {
                set = set.join(&RegSet::from(window));
                set.remove(window + 1);
            }
            Span::SuperAttr | Span::SuperMethod | Span::LoadMethod => {
                (window..window.saturating_add(3)).for_each(|r| set.insert(r));
            }
            _ => {}
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{CodeFlags, Handler, PositionTable};
    use crate::formats as f;
    use crate::instruction::Instruction as I;
    use crate::verify;

    fn i<F: f::Assemble>(make: fn(F) -> I, operands: F::Given) -> I {
        make(F::assemble(operands))
    }

    /// Code of a function with one parameter, `r0`, and the registers `r1` to `r9`.
    fn code(instructions: &[I], exceptions: &[Handler]) -> Code {
        Code {
            name: "f".into(),
            qualname: "f".into(),
            filename: "<test>".into(),
            firstlineno: 1,
            flags: CodeFlags::OPTIMIZED,
            argcount: 1,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            nlocals: 1,
            hidden_from: 1,
            nregs: 10,
            varnames: ["v".into()].into(),
            cellvars: Box::default(),
            freevars: Box::default(),
            big_locals: Box::default(),
            big_register: 0,
            consts: Box::default(),
            names: Box::default(),
            instrs: instructions.iter().flat_map(|i| i.encode().into_iter().take(i.words())).collect(),
            exceptions: exceptions.into(),
            positions: PositionTable::default(),
        }
    }

    /// The temporaries that verified code needs, by word; None where no instruction begins.
    fn needed(code: &Code) -> Vec<Option<Vec<u16>>> {
        verify(code).unwrap_or_else(|e| panic!("{e}"));
        let liveness = Liveness::of(code).unwrap();
        let temporaries = |set: &RegSet| (code.nlocals..code.nregs).filter(|&r| set.has(r)).collect();
        (0..code.instrs.len()).map(|at| liveness.needed_at(at).map(temporaries)).collect()
    }

    fn at(registers: &[u16]) -> Option<Vec<u16>> {
        Some(registers.to_vec())
    }

    #[test]
    fn what_is_read_later_is_needed() {
        let c = code(&[i(I::MoveReg, (1, 0)), i(I::MoveReg, (2, 1)), i(I::MoveReg, (3, 0)), i(I::ReturnValue, 2)], &[]);
        // The result of the instruction at work may stand already, or not.
        assert_eq!(needed(&c), [at(&[1]), at(&[1, 2]), at(&[2]), at(&[2])]);
    }

    #[test]
    fn a_loop_needs_its_iterator_and_no_old_item() {
        let c = code(
            &[
                i(I::GetIter, (1, 0, 0)),
                I::Jump(f::Jump { target: 2 }),
                i(I::Not, (3, 2)),
                i(I::Nop, ()),
                I::ForIter(f::Loop { item: 2, iterator: 1, body: -4 }),
                i(I::ReturnValue, 0),
            ],
            &[],
        );
        assert_eq!(needed(&c), [at(&[1]), at(&[1]), at(&[1, 2]), at(&[1]), at(&[1]), None, at(&[])]);
    }

    #[test]
    fn the_instruction_behind_a_step_over_pairs_is_the_step() {
        let c = code(
            &[
                i(I::GetIter, (1, 0, 0)),
                I::Jump(f::Jump { target: 1 }),
                i(I::Not, (4, 2)),
                I::ForPair(f::PairLoop { item: 2, iterator: 1, second: 3, body: -3 }),
                i(I::Nop, ()),
                i(I::ReturnValue, 0),
            ],
            &[],
        );
        assert_eq!(needed(&c)[3..], [at(&[1]), None, at(&[1]), at(&[])]);
    }

    #[test]
    fn a_handler_needs_what_it_reads() {
        let c = code(
            &[
                i(I::MoveReg, (1, 0)),
                i(I::Not, (2, 0)),
                i(I::Neg, (2, 0)),
                i(I::ReturnValue, 0),
                i(I::RaiseFrom, (3, 1)),
            ],
            &[Handler { start: 2, end: 3, target: 4, reg: 3 }],
        );
        assert_eq!(needed(&c), [at(&[1]), at(&[1]), at(&[1]), at(&[]), at(&[1, 3])]);
    }

    #[test]
    fn a_call_needs_its_window_but_for_the_return_address() {
        let c = code(
            &[
                i(I::MoveReg, (2, 0)),
                i(I::MoveReg, (3, 0)),
                i(I::MoveReg, (5, 0)),
                i(I::Call, (3, 1, 1)),
                i(I::Add, (1, 1, 2, false)),
                i(I::ReturnValue, 1),
            ],
            &[],
        );
        let all = needed(&c);
        assert_eq!(all[2], at(&[2, 3, 5]));
        // The result's register is written last, the arguments may move in the window.
        assert_eq!(all[3], at(&[2, 3, 5, 6, 7, 8, 9]));
        assert_eq!(all[5], at(&[1, 2]));
    }

    #[test]
    fn a_suspended_generator_needs_what_it_goes_on_with() {
        let mut c = code(
            &[
                i(I::ReturnGenerator, ()),
                i(I::MoveReg, (1, 0)),
                i(I::MoveReg, (2, 0)),
                i(I::YieldValue, (3, 2)),
                i(I::MoveReg, (4, 0)),
                I::Send(f::Send { iterator: 1, value: 4, done: 1 }),
                i(I::YieldDelegate, (1, 4)),
                i(I::ReturnValue, 0),
                i(I::RaiseFrom, (5, 2)),
            ],
            &[Handler { start: 3, end: 4, target: 9, reg: 5 }],
        );
        let suspended = |c: &Code, word: usize| {
            verify(c).unwrap_or_else(|e| panic!("{e}"));
            let liveness = Liveness::of(c).unwrap();
            liveness.needed_when_suspended(word).map(|set| (1..10).filter(|&r| set.has(r)).collect::<Vec<_>>())
        };
        c.flags |= CodeFlags::GENERATOR;
        assert_eq!(suspended(&c, 2), None);
        assert_eq!(suspended(&c, 3), at(&[1, 2]));
        assert_eq!(suspended(&c, 7), at(&[1]));
        c.exceptions = Box::default();
        assert_eq!(suspended(&c, 3), at(&[1]));
        c.instrs[5] = I::Send(f::Send { iterator: 2, value: 4, done: 1 }).encode()[0];
        assert_eq!(verify(&c).unwrap_err().reason, "delegates without sending");
    }

    #[test]
    fn sets_end_where_they_say() {
        for n in [0, 1, 63, 64, 65, 128, 255, 256] {
            let (below, above) = (RegSet::first(n), RegSet::from(n));
            assert!((0..256).all(|r| below.has(r) == (r < n) && above.has(r) == (r >= n)), "{n}");
        }
    }

    #[test]
    fn arguments_that_are_gathered_are_needed_at_the_start() {
        let mut c = code(&[i(I::MakeBig, (0, 1, 3)), i(I::LoadBig, (1, 0, 2)), i(I::ReturnValue, 1)], &[]);
        c.argcount = 3;
        c.big_locals = ["a".into(), "b".into(), "c".into()].into();
        let all = needed(&c);
        assert_eq!(all[0], Some((1..10).collect()));
        assert_eq!(all[2], at(&[1]));
    }

    #[test]
    fn code_that_jumps_about_is_left_alone() {
        let spaghetti = |n: i32| {
            let mut words = vec![i(I::MoveReg, (1, 0)), I::Jump(f::Jump { target: 1 + n - 1 }), i(I::ReturnValue, 1)];
            // Each goes to the one before it, the first of them to the return.
            words.extend((0..n).map(|_| I::LoopBack(f::Jump { target: -2 })));
            code(&words, &[])
        };
        assert_eq!(needed(&spaghetti(20))[10], at(&[1]));
        assert!(verify(&spaghetti(1000)).is_ok());
        assert!(Liveness::of(&spaghetti(1000)).is_none());
    }
}
