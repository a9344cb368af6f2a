//! Compiled code, lowered to operations of the machine.

use super::charset::{Bits, Fold, Single, matches};
use std::sync::Arc;

use super::code::{MAXREPEAT, at, op};
use memchr::memmem::Finder;

/// An operation. Targets are indices of operations; without one the next operation follows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    /// No match this way.
    Fail,
    /// The end of the pattern.
    Match,
    /// One character.
    Char(u32),
    /// One character of `singles[i]`.
    Single(u32),
    /// A position.
    At(u32),
    /// Sets a register to the position; odd ones end a group.
    Mark(u32),
    /// Goes on elsewhere.
    Jump(u32),
    /// Tries the next operation, then `branches[i]`.
    Branch(u32),
    /// What group `i` matched, cases folded.
    Reference(u32, Fold),
    /// Goes on elsewhere unless group `i` has matched.
    IfGroup(u32, u32),
    /// One character several times: `runs[i]`.
    Run(u32),
    /// Enters `loops[i]`.
    Enter(u32),
    /// The end of the body of `loops[i]`.
    Next(u32),
    /// Looks ahead or behind (`looks[i]`); what follows ends with `EndLook`.
    Look(u32),
    /// The look has succeeded.
    EndLook,
    /// What follows, up to `EndAtomic`, is not tried in another way.
    Atomic,
    /// Forgets the choices since `Atomic`.
    EndAtomic,
}

/// What is tried when the first way of a branch fails.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Branch {
    pub other: u32,
    /// What the first way begins with.
    pub first: First,
    /// What the other way begins with.
    pub second: First,
}

/// The characters with which a match can begin.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct First {
    /// Whether every match begins with a character of `bits`, or one from 128 on where `wide` says so.
    pub known: bool,
    /// Characters below 256.
    pub bits: Bits,
    /// Whether a character that takes several bytes may come first.
    pub wide: bool,
    /// The only character of `bits`.
    pub only: Option<u8>,
}

/// How often, and in which order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Greed {
    Most,
    Least,
    /// As often as possible, with no other way.
    Possessive,
}

/// One character several times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub single: u32,
    pub min: usize,
    pub max: usize,
    pub greed: Greed,
    /// The ASCII character that must follow.
    pub hint: Option<u8>,
    /// Whether another number of characters than the largest can never help, in text of one byte a character.
    pub final_narrow: bool,
}

/// Something several times. Two registers: the count, and where the last turn began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    pub min: usize,
    pub max: usize,
    pub lazy: bool,
    pub body: u32,
    pub next: u32,
    pub registers: usize,
}

/// A look ahead or behind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub negative: bool,
    /// Characters to step back.
    pub back: usize,
    /// What follows.
    pub end: u32,
}

/// A pattern that the machine can run.
#[derive(Debug)]
pub struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) singles: Vec<Single>,
    pub(super) branches: Vec<Branch>,
    pub(super) runs: Vec<Run>,
    pub(super) loops: Vec<Loop>,
    pub(super) looks: Vec<Look>,
    pub(super) first: First,
    /// An ASCII text of at least two characters with which every match begins.
    pub(super) prefix: Option<Finder<'static>>,
    /// The length of the ASCII text that is the whole pattern, if it is one.
    pub(super) whole: Option<usize>,
    /// Matches begin at the start of the text only.
    pub(super) at_start: bool,
    /// Matches begin at the start of a line only.
    pub(super) at_line: bool,
    /// A match has at least so many characters.
    pub(super) least: usize,
    pub(super) registers: usize,
    /// Groups.
    pub(super) groups: usize,
    code: Arc<[u32]>,
}

/// A count of the code, where the largest word means any number.
fn count(word: u32) -> usize {
    if word == MAXREPEAT { usize::MAX } else { word as usize }
}

/// How far a walk over the operations has come.
struct Walk {
    /// Operations that may still be looked at.
    budget: u32,
    /// The loops that were begun again.
    loops: u64,
    /// From this operation on all branches know what they begin with.
    known_from: usize,
}

struct Lowering<'a> {
    code: &'a [u32],
    out: Program,
}

impl Program {
    /// Lowers the code of a pattern with `groups` groups; `None` if it is malformed.
    pub fn new(code: &Arc<[u32]>, groups: usize) -> Option<Program> {
        let out = Program {
            ops: Vec::new(),
            singles: Vec::new(),
            branches: Vec::new(),
            runs: Vec::new(),
            loops: Vec::new(),
            looks: Vec::new(),
            first: First::default(),
            prefix: None,
            whole: None,
            at_start: false,
            at_line: false,
            least: 0,
            registers: 2 * groups + 1,
            groups,
            code: Arc::clone(code),
        };
        let mut lowering = Lowering { code, out };
        lowering.body(0, code.len())?;
        let mut program = lowering.out;
        program.ops.push(Op::Fail);
        program.analyse();
        Some(program)
    }

    /// Whether `singles[i]` matches `c`, which is 256 or more.
    pub(super) fn beyond(&self, single: &Single, c: u32) -> bool {
        matches(&self.code[single.at..], c).unwrap_or(false)
    }

    fn analyse(&mut self) {
        // From the end: each branch asks those that follow, however many there are.
        for i in (0..self.ops.len()).rev() {
            match self.ops[i] {
                Op::Branch(b) => {
                    let first = self.first_at(i + 1, i + 1);
                    let second = self.first_at(self.branches[b as usize].other as usize, i + 1);
                    let branch = &mut self.branches[b as usize];
                    (branch.first, branch.second) = (first, second);
                }
                Op::Run(r) => {
                    let mut next = i + 1;
                    while let Some(Op::Mark(_)) = self.ops.get(next) {
                        next += 1;
                    }
                    let own = self.singles[self.runs[r as usize].single as usize].bits;
                    let follows = self.follows(next);
                    let hint = match self.ops.get(next) {
                        Some(&Op::Char(c)) if c < 128 => Some(c as u8),
                        _ => None,
                    };
                    let run = &mut self.runs[r as usize];
                    run.hint = hint;
                    run.final_narrow = follows.is_some_and(|f| f.disjoint(&own));
                }
                _ => {}
            }
        }
        self.first = self.first_at(0, 0);
        let mut ops = self.ops.iter().filter(|op| !matches!(op, Op::Mark(_)));
        match ops.next() {
            Some(&Op::At(at::BEGINNING | at::BEGINNING_STRING)) => self.at_start = true,
            Some(&Op::At(at::BEGINNING_LINE)) => self.at_line = true,
            _ => {}
        }
        let ascii = |op: &Op| match *op {
            Op::Char(c) if c < 128 => Some(c as u8),
            _ => None,
        };
        let length = self.ops.iter().map_while(ascii).count();
        self.whole = (length > 0 && matches!(self.ops.get(length), Some(Op::Match))).then_some(length);
        let prefix: Vec<u8> = self.ops.iter().filter(|op| !matches!(op, Op::Mark(_))).map_while(ascii).collect();
        if prefix.len() > 1 {
            self.prefix = Some(Finder::new(&prefix).into_owned());
        }
    }

    /// What the operation at `pc` must find at its position, if it is one that takes a character.
    fn follows(&self, pc: usize) -> Option<Bits> {
        match *self.ops.get(pc)? {
            Op::Char(c) => {
                let mut bits = Bits::default();
                if let Ok(b) = u8::try_from(c) {
                    bits.add(b);
                }
                Some(bits)
            }
            Op::Single(s) => Some(self.singles[s as usize].bits),
            Op::Run(r) if self.runs[r as usize].min > 0 => {
                Some(self.singles[self.runs[r as usize].single as usize].bits)
            }
            _ => None,
        }
    }

    /// What a match from `pc` on begins with, when all branches from `known_from` on know it.
    fn first_at(&self, pc: usize, known_from: usize) -> First {
        let mut first = First::default();
        first.known = self.collect_first(pc, &mut first, &mut Walk { budget: 200, loops: 0, known_from });
        first.only = first.bits.single();
        first
    }

    /// Adds what a match from `pc` on can begin with; false when that cannot be said, or it may be empty.
    fn collect_first(&self, mut pc: usize, out: &mut First, walk: &mut Walk) -> bool {
        loop {
            if walk.budget == 0 {
                return false;
            }
            walk.budget -= 1;
            pc = match self.ops[pc] {
                Op::Fail => return true,
                // A part that ends here is not tried in another way, whatever follows.
                Op::Match | Op::Reference(..) | Op::IfGroup(..) | Op::EndLook | Op::EndAtomic => return false,
                Op::Char(c) => {
                    match u8::try_from(c) {
                        Ok(b) => out.bits.add(b),
                        Err(_) => out.wide = true,
                    }
                    out.wide |= c >= 128;
                    return true;
                }
                Op::Single(s) => {
                    out.bits.add_all(&self.singles[s as usize].bits);
                    out.wide = true;
                    return true;
                }
                Op::Run(r) => {
                    let run = self.runs[r as usize];
                    out.bits.add_all(&self.singles[run.single as usize].bits);
                    out.wide = true;
                    if run.min > 0 {
                        return true;
                    }
                    pc + 1
                }
                Op::Branch(b) if pc >= walk.known_from => {
                    let Branch { first, second, .. } = &self.branches[b as usize];
                    for part in [first, second] {
                        out.bits.add_all(&part.bits);
                        out.wide |= part.wide;
                    }
                    return first.known && second.known;
                }
                Op::Branch(b) => {
                    let other = self.branches[b as usize].other as usize;
                    if !self.collect_first(pc + 1, out, walk) {
                        return false;
                    }
                    other
                }
                Op::Jump(to) => to as usize,
                Op::Enter(l) => {
                    let l = self.loops[l as usize];
                    if l.min == 0 && !self.collect_first(l.next as usize + 1, out, walk) {
                        return false;
                    }
                    l.body as usize
                }
                Op::Look(l) => self.looks[l as usize].end as usize,
                Op::Next(l) => {
                    // Another turn may follow, or what stands behind the loop.
                    let Some(bit) = 1u64.checked_shl(l) else { return false };
                    if walk.loops & bit == 0 {
                        walk.loops |= bit;
                        let body = self.loops[l as usize].body as usize;
                        if !self.collect_first(body, out, walk) {
                            return false;
                        }
                    }
                    pc + 1
                }
                Op::At(_) | Op::Mark(_) | Op::Atomic => pc + 1,
            };
        }
    }
}

impl Lowering<'_> {
    fn word(&self, i: usize) -> Option<u32> {
        self.code.get(i).copied()
    }

    /// Where the skip word at `i` leads.
    fn target(&self, i: usize) -> Option<usize> {
        i.checked_add(self.word(i)? as usize).filter(|&to| to <= self.code.len())
    }

    fn emit(&mut self, op: Op) -> usize {
        self.out.ops.push(op);
        self.out.ops.len() - 1
    }

    fn here(&self) -> u32 {
        self.out.ops.len() as u32
    }

    fn single(&mut self, i: usize) -> Option<u32> {
        self.out.singles.push(Single::new(self.code, i)?);
        Some(self.out.singles.len() as u32 - 1)
    }

    /// Lowers the operations in `i..end`.
    fn body(&mut self, mut i: usize, end: usize) -> Option<()> {
        while i < end {
            i = self.operation(i)?;
        }
        (i == end).then_some(())
    }

    /// Lowers the operation at `i`; where the next one stands.
    fn operation(&mut self, i: usize) -> Option<usize> {
        Some(match self.word(i)? {
            op::FAILURE => {
                self.emit(Op::Fail);
                i + 1
            }
            op::SUCCESS => {
                self.emit(Op::Match);
                i + 1
            }
            op::INFO => {
                self.out.least = self.word(i + 3)? as usize;
                self.target(i + 1)?
            }
            op::LITERAL => {
                let c = self.word(i + 1)?;
                self.emit(Op::Char(c));
                i + 2
            }
            op::AT => {
                let at = self.word(i + 1)?;
                self.emit(Op::At(at));
                i + 2
            }
            op::MARK => {
                let mark = self.word(i + 1)?;
                if mark as usize >= 2 * self.out.groups {
                    return None;
                }
                self.emit(Op::Mark(mark));
                i + 2
            }
            op::GROUPREF => self.reference(i, Fold::None)?,
            op::GROUPREF_IGNORE | op::GROUPREF_LOC_IGNORE => self.reference(i, Fold::Ascii)?,
            op::GROUPREF_UNI_IGNORE => self.reference(i, Fold::Unicode)?,
            op::GROUPREF_EXISTS => self.conditional(i)?,
            op::BRANCH => self.branch(i)?,
            op::REPEAT_ONE => self.run(i, Greed::Most)?,
            op::MIN_REPEAT_ONE => self.run(i, Greed::Least)?,
            op::POSSESSIVE_REPEAT_ONE => self.run(i, Greed::Possessive)?,
            op::REPEAT => {
                let to = self.target(i + 1)?;
                let lazy = self.word(to)? == op::MIN_UNTIL;
                if !lazy && self.word(to)? != op::MAX_UNTIL {
                    return None;
                }
                self.repeat(i, to, lazy, false)?;
                to + 1
            }
            op::POSSESSIVE_REPEAT => {
                let to = self.target(i + 1)?;
                self.emit(Op::Atomic);
                self.repeat(i, to, false, true)?;
                self.emit(Op::EndAtomic);
                to + 1
            }
            op::ATOMIC_GROUP => {
                let to = self.target(i + 1)?;
                self.emit(Op::Atomic);
                self.body(i + 2, to.checked_sub(1)?)?;
                self.emit(Op::EndAtomic);
                to
            }
            code @ (op::ASSERT | op::ASSERT_NOT) => {
                let to = self.target(i + 1)?;
                let back = self.word(i + 2)? as usize;
                let look = self.out.looks.len();
                self.out.looks.push(Look { negative: code == op::ASSERT_NOT, back, end: 0 });
                self.emit(Op::Look(look as u32));
                self.body(i + 3, to.checked_sub(1)?)?;
                self.emit(Op::EndLook);
                self.out.looks[look].end = self.here();
                to
            }
            op::ANY_ALL | op::ANY => {
                let single = self.single(i)?;
                self.emit(Op::Single(single));
                i + 1
            }
            op::CATEGORY
            | op::NOT_LITERAL
            | op::LITERAL_IGNORE
            | op::NOT_LITERAL_IGNORE
            | op::LITERAL_UNI_IGNORE
            | op::NOT_LITERAL_UNI_IGNORE
            | op::LITERAL_LOC_IGNORE
            | op::NOT_LITERAL_LOC_IGNORE => {
                let single = self.single(i)?;
                self.emit(Op::Single(single));
                i + 2
            }
            op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE | op::IN_LOC_IGNORE => {
                let single = self.single(i)?;
                self.emit(Op::Single(single));
                self.target(i + 1)?
            }
            _ => return None,
        })
    }

    fn reference(&mut self, i: usize, fold: Fold) -> Option<usize> {
        let group = self.word(i + 1)?;
        if group as usize >= self.out.groups {
            return None;
        }
        self.emit(Op::Reference(group, fold));
        Some(i + 2)
    }

    /// `GROUPREF_EXISTS <group> <skip> yes [JUMP <skip> no]`
    fn conditional(&mut self, i: usize) -> Option<usize> {
        let group = self.word(i + 1)?;
        let to = (i + 1).checked_add(self.word(i + 2)? as usize).filter(|&to| to <= self.code.len() && to >= i + 3)?;
        if group as usize >= self.out.groups {
            return None;
        }
        let test = self.emit(Op::IfGroup(group, 0));
        // With an alternative the first part ends in a jump over the second. Whether it does is seen by walking over it.
        let mut at = i + 3;
        while at < to {
            if self.word(at)? == op::JUMP {
                break;
            }
            at = self.operation(at)?;
        }
        if at == to {
            self.out.ops[test] = Op::IfGroup(group, self.here());
            return Some(to);
        }
        let end = self.target(at + 1)?;
        if at + 2 != to || end < to {
            return None;
        }
        let jump = self.emit(Op::Jump(0));
        self.out.ops[test] = Op::IfGroup(group, self.here());
        self.body(to, end)?;
        self.out.ops[jump] = Op::Jump(self.here());
        Some(end)
    }

    /// `BRANCH <skip> alternative JUMP <to the end> <skip> ... 0`
    fn branch(&mut self, i: usize) -> Option<usize> {
        let mut at = i + 1;
        let mut jumps = Vec::new();
        loop {
            let to = self.target(at)?;
            if to == at {
                return None;
            }
            let last = self.word(to)? == 0;
            let branch = self.out.branches.len();
            if !last {
                self.out.branches.push(Branch::default());
                self.emit(Op::Branch(branch as u32));
            }
            self.body(at + 1, to.checked_sub(2)?)?;
            if last {
                for jump in jumps {
                    self.out.ops[jump] = Op::Jump(self.here());
                }
                return Some(to + 1);
            }
            jumps.push(self.emit(Op::Jump(0)));
            self.out.branches[branch].other = self.here();
            at = to;
        }
    }

    fn bounds(&self, i: usize) -> Option<(usize, usize)> {
        let (min, max) = (count(self.word(i + 2)?), count(self.word(i + 3)?));
        (min <= max).then_some((min, max))
    }

    fn run(&mut self, i: usize, greed: Greed) -> Option<usize> {
        let to = self.target(i + 1)?;
        let (min, max) = self.bounds(i)?;
        let Some(single) = self.single(i + 4) else {
            // Not a single character after all: an ordinary loop over what the block holds.
            self.block_loop(i, to, greed)?;
            return Some(to);
        };
        let run = self.out.runs.len() as u32;
        self.out.runs.push(Run { single, min, max, greed, hint: None, final_narrow: false });
        self.emit(Op::Run(run));
        Some(to)
    }

    fn block_loop(&mut self, i: usize, to: usize, greed: Greed) -> Option<()> {
        let end = to.checked_sub(1)?;
        if greed == Greed::Possessive {
            self.emit(Op::Atomic);
        }
        self.repeat(i, end, greed == Greed::Least, greed == Greed::Possessive)?;
        if greed == Greed::Possessive {
            self.emit(Op::EndAtomic);
        }
        Some(())
    }

    /// The loop at `i` over what stands up to `to`; each turn `atomic` or not.
    fn repeat(&mut self, i: usize, to: usize, lazy: bool, atomic: bool) -> Option<()> {
        let (min, max) = self.bounds(i)?;
        let index = self.out.loops.len();
        let registers = self.out.registers;
        self.out.registers += 2;
        self.out.loops.push(Loop { min, max, lazy, body: 0, next: 0, registers });
        self.emit(Op::Enter(index as u32));
        self.out.loops[index].body = self.here();
        if atomic {
            self.emit(Op::Atomic);
        }
        self.body(i + 4, to)?;
        if atomic {
            self.emit(Op::EndAtomic);
        }
        self.out.loops[index].next = self.here();
        self.emit(Op::Next(index as u32));
        Some(())
    }
}
