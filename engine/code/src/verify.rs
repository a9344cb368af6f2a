//! Checks code of unknown origin: what the interpreter relies on without looking.
//!
//! Every opcode is known, every operand in range (registers with their whole spans, constants, names, caches, closure
//! indices, jump targets at instruction starts), exception ranges are sound, and on every path each register is written
//! before it is read and holds a value where the instruction needs one. Cells and the array of locals are what the instructions
//! for them take them to be; what a closure is made of, the function's maker looks at.

use std::fmt;

use crate::code::{Code, CodeFlags, Const};
use crate::effects::{Effect, Operands, RegSet, effects};
use crate::opcodes::{Flags, Intrinsic, NO_CACHE, Op, Role, Second, Span, Special, Word};

/// Why code was rejected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// Qualified name of the code.
    pub code: String,
    /// Word index of the instruction.
    pub at: usize,
    /// What is wrong.
    pub reason: &'static str,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid code {} at {}: {}", self.code, self.at, self.reason)
    }
}

impl std::error::Error for VerifyError {}

/// Verifies a code object and all code inside it.
pub fn verify(code: &Code) -> Result<(), VerifyError> {
    verify_at(code, 0)
}

/// Nesting of code objects and constants that is accepted.
const MAX_NESTING: u32 = 200;

fn verify_at(code: &Code, depth: u32) -> Result<(), VerifyError> {
    let fail = |at: usize, reason: &'static str| VerifyError { code: code.qualname.to_string(), at, reason };
    if depth > MAX_NESTING {
        return Err(fail(0, "nested too deeply"));
    }
    header(code).map_err(|reason| fail(0, reason))?;
    let instructions = decode(code).map_err(|(at, reason)| fail(at, reason))?;
    handlers(code, &instructions).map_err(|reason| fail(0, reason))?;
    Flow::new(code, &instructions).run().map_err(|(at, reason)| fail(at, reason))?;
    for value in &code.consts {
        match value {
            Const::Code(code) => verify_at(code, depth + 1)?,
            value if !plain(value, depth) => return Err(fail(0, "bad constant")),
            _ => {}
        }
    }
    Ok(())
}

/// Whether a constant holds no code inside and is not nested too deeply.
fn plain(value: &Const, depth: u32) -> bool {
    match value {
        Const::Code(_) => false,
        _ if depth > MAX_NESTING => false,
        Const::Tuple(items) | Const::FrozenSet(items) => items.iter().all(|c| plain(c, depth + 1)),
        Const::Slice(items) => items.iter().all(|c| plain(c, depth + 1)),
        _ => true,
    }
}

fn header(code: &Code) -> Result<(), &'static str> {
    let args = [
        code.argcount,
        code.kwonlyargcount,
        code.flags.has(CodeFlags::VARARGS) as u16,
        code.flags.has(CodeFlags::VARKEYWORDS) as u16,
    ];
    let args = args.iter().try_fold(0u16, |sum, &n| sum.checked_add(n)).ok_or("too many arguments")?;
    if code.posonlyargcount > code.argcount {
        return Err("more positional-only than positional parameters");
    }
    let namespace = !code.flags.has(CodeFlags::OPTIMIZED);
    if namespace && (args != 0 || code.nlocals == 0) {
        return Err("no namespace register");
    }
    let gathers = args > code.nlocals;
    if args > code.nregs || code.nlocals > code.nregs || (code.nregs > 256 && !gathers) || code.nregs == 0 {
        return Err("bad register counts");
    }
    if gathers && (code.big_locals.len() < args as usize || code.nlocals > 256) {
        return Err("bad names of parameters");
    }
    if code.varnames.len() != code.nlocals as usize || code.hidden_from > code.nlocals {
        return Err("bad local names");
    }
    if code.cellvars.iter().any(|(_, reg)| *reg >= code.nlocals) {
        return Err("bad cell variable");
    }
    if !code.big_locals.is_empty() && code.big_register >= code.nlocals {
        return Err("bad register of further locals");
    }
    if code.freevars.len() > u16::MAX as usize || code.names.len() > 1 << 16 {
        return Err("too many names");
    }
    let covered = code.positions.runs().try_fold(0u32, |sum, (words, _)| sum.checked_add(words));
    if covered.is_none_or(|words| words as usize > code.instrs.len()) {
        return Err("positions of no instructions");
    }
    if code.flags.has(CodeFlags::HAS_DOCSTRING) && !matches!(code.consts.first(), Some(Const::Str(_))) {
        return Err("no docstring");
    }
    Ok(())
}

/// An instruction with its place and target.
pub(crate) struct Decoded {
    pub at: usize,
    pub operands: Operands,
    pub target: Option<usize>,
}

pub(crate) fn decode(code: &Code) -> Result<Vec<Decoded>, (usize, &'static str)> {
    let words = &code.instrs;
    let mut out = Vec::new();
    let mut starts = vec![false; words.len()];
    let mut at = 0;
    while at < words.len() {
        let word = Word(words[at]);
        let op = Op::from_u8(word.op()).ok_or((at, "unknown opcode"))?;
        let length = op.words();
        let second = match (length, words.get(at + 1)) {
            (1, _) => Word(0),
            (_, Some(&second)) => Word(second),
            (_, None) => return Err((at, "second word missing")),
        };
        starts[at] = true;
        let target = operands(code, op, word, second, at + length).map_err(|reason| (at, reason))?;
        let operands = Operands { op, a: word.a(), b: word.b(), c: word.c(), x: second.x() };
        out.push(Decoded { at, operands, target });
        at += length;
    }
    match out.last() {
        Some(last) if last.operands.op.info().flags.has(Flags::END) => {}
        _ => return Err((words.len(), "runs off the end")),
    }
    // What takes the arguments from the window does so before anything else has written there.
    let gather = |i: &Decoded| i.operands.op == Op::MakeBig && i.operands.b == 1;
    let again = out.first().is_some_and(gather) && out.iter().any(|i| i.target == Some(0));
    if again || out.iter().skip(1).any(gather) || code.exceptions.iter().any(|h| h.target == 0) {
        return Err((0, "arguments taken late"));
    }
    generator_start(code, &out, gather)?;
    if let Some(bad) = out.iter().find(|i| i.target.is_some_and(|t| !starts.get(t).copied().unwrap_or(false))) {
        return Err((bad.at, "jump into nowhere"));
    }
    Ok(out)
}

/// Only what runs in a generator's frame suspends: it is made first of all, once.
fn generator_start(
    code: &Code,
    all: &[Decoded],
    gather: impl Fn(&Decoded) -> bool,
) -> Result<(), (usize, &'static str)> {
    let is = |i: &Decoded, op: Op| i.operands.op == op;
    let start = usize::from(all.first().is_some_and(gather));
    let made = all.get(start).filter(|i| is(i, Op::ReturnGenerator));
    let late = all.iter().enumerate().find(|(n, i)| *n != start && is(i, Op::ReturnGenerator));
    let suspends = all.iter().find(|i| is(i, Op::YieldValue) || is(i, Op::YieldDelegate));
    // A generator that delegates is resumed by going on with the `send` right before.
    let mut before = None;
    for i in all {
        let (it, value) = (i.operands.a, i.operands.b);
        if is(i, Op::YieldDelegate) && before != Some((Op::Send, it, value)) {
            return Err((i.at, "delegates without sending"));
        }
        before = Some((i.operands.op, it, value));
    }
    match (made, late, suspends) {
        (_, Some((_, bad)), _) | (None, _, Some(bad)) => Err((bad.at, "suspends what is no generator")),
        (Some(made), ..) => {
            let again = |target: usize| target <= made.at;
            let jump = all.iter().find(|i| i.target.is_some_and(again));
            if jump.is_some() || code.exceptions.iter().any(|h| again(h.target as usize)) {
                return Err((made.at, "generator made again"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Checks one instruction's operands; returns its jump target.
fn operands(code: &Code, op: Op, word: Word, second: Word, next: usize) -> Result<Option<usize>, &'static str> {
    let info = op.info();
    let mut distance = None;
    for (role, byte) in [(info.a, word.a()), (info.b, word.b()), (info.c, word.c())] {
        match role {
            Role::Const if word.bc() as usize >= code.consts.len() => return Err("constant out of range"),
            Role::Free if word.bc() as usize >= code.freevars.len() => return Err("free variable out of range"),
            Role::Jump16 => distance = Some(word.bc() as i16 as i64),
            Role::Jump24 => distance = Some(word.distance24() as i64),
            role if role.is_register() && byte as u16 >= code.nregs => return Err("register out of range"),
            _ => {}
        }
    }
    if info.second.has_cache() && second.cache() != NO_CACHE && second.cache() >= code.ncaches {
        return Err("cache out of range");
    }
    match info.second {
        Second::NameCache if second.x() as usize >= code.names.len() => return Err("name out of range"),
        Second::ConstCache if second.x() as usize >= code.consts.len() => return Err("constant out of range"),
        Second::ConstWide if second.0 as usize >= code.consts.len() => return Err("constant out of range"),
        Second::JumpCache | Second::Jump => distance = Some(second.x() as i16 as i64),
        _ => {}
    }
    special_operands(code, op, word, second)?;
    let Some(distance) = distance else { return Ok(None) };
    if distance < 0 && !info.flags.has(Flags::BACK) {
        return Err("backward jump that does not poll");
    }
    usize::try_from(next as i64 + distance).map(Some).map_err(|_| "jump into nowhere")
}

/// What the table's columns do not say.
fn special_operands(code: &Code, op: Op, word: Word, second: Word) -> Result<(), &'static str> {
    let is_code = |i: u16| matches!(code.consts[i as usize], Const::Code(_));
    match op {
        Op::MakeFunction if !is_code(word.bc()) => return Err("function without code"),
        Op::CallIntrinsic if Intrinsic::from_u8(word.c()).is_none() => return Err("unknown intrinsic"),
        Op::LoadSpecial if Special::from_u8(word.c()).is_none() => return Err("unknown special method"),
        Op::CallMethod | Op::CallMethodKw if word.b() == 0 => return Err("method call without receiver"),
        Op::RangePrep if !(1..=3).contains(&word.b()) => return Err("bad range call"),
        Op::BuildSlice if !(2..=3).contains(&word.c()) => return Err("bad slice"),
        Op::FormatValue | Op::ConvertValue | Op::BuildInterpolation if word.c() > 3 => {
            return Err("unknown conversion");
        }
        Op::LoadSuperAttr | Op::LoadSuperMethod if !matches!(word.c(), 0 | 2) => return Err("bad super call"),
        Op::LoadDictOrFree if word.c() as usize >= code.freevars.len() => return Err("free variable out of range"),
        Op::LoadBig | Op::StoreBig | Op::DeleteBig if second.x() as usize >= code.big_locals.len() => {
            return Err("local out of range");
        }
        Op::LoadBig if word.b() as u16 != code.big_register => return Err("not the array of locals"),
        Op::MakeBig | Op::StoreBig | Op::DeleteBig if word.a() as u16 != code.big_register => {
            return Err("not the array of locals");
        }
        Op::MakeBig if word.b() > 1 || word.b() == 1 && (code.arg_registers() as usize) > code.big_locals.len() => {
            return Err("bad array of locals");
        }
        Op::MakeBig if second.x() as usize != code.big_locals.len() => return Err("bad array of locals"),
        Op::CallKw | Op::CallMethodKw => {
            let Const::Tuple(names) = &code.consts[second.x() as usize] else { return Err("no keyword names") };
            let receiver = (op == Op::CallMethodKw) as usize;
            if names.len() + receiver > word.b() as usize || !names.iter().all(|n| matches!(n, Const::Str(_))) {
                return Err("bad keyword names");
            }
        }
        Op::ReturnGenerator if !code.flags.is_generator_like() => return Err("not a generator"),
        Op::YieldValue | Op::YieldDelegate if !code.flags.is_generator_like() => return Err("not a generator"),
        _ => {}
    }
    if op.info().span == Span::Namespace && code.flags.has(CodeFlags::OPTIMIZED) {
        return Err("no namespace in a function");
    }
    if matches!(op.info().span, Span::Call | Span::CallMethod | Span::CallEx) {
        // The window: callee, return address, arguments.
        let args = if op == Op::CallEx { 2 } else { word.b() as u16 };
        if word.a() as u16 + 2 + args > code.nregs {
            return Err("call window out of range");
        }
        if word.c() > word.a() {
            return Err("call destination in its window");
        }
    }
    Ok(())
}

fn handlers(code: &Code, instructions: &[Decoded]) -> Result<(), &'static str> {
    let start_at = |word: u32| instructions.binary_search_by_key(&(word as usize), |i| i.at).is_ok();
    for h in &code.exceptions {
        let end_ok = h.end as usize == code.instrs.len() || start_at(h.end);
        if h.start >= h.end || !start_at(h.start) || !end_ok || !start_at(h.target) || h.reg >= code.nregs {
            return Err("bad exception table");
        }
    }
    Ok(())
}

/// What is known of the registers at a point.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    /// Written on every path.
    written: RegSet,
    /// Holds a value (not EMPTY) on every path.
    bound: RegSet,
    /// Holds a cell on every path.
    cells: RegSet,
    /// Holds the array of locals on every path.
    arrays: RegSet,
}

impl State {
    fn meet(&self, other: &State) -> State {
        State {
            written: self.written.meet(&other.written),
            bound: self.bound.meet(&other.bound),
            cells: self.cells.meet(&other.cells),
            arrays: self.arrays.meet(&other.arrays),
        }
    }

    fn write(&mut self, reg: u16, bound: bool) {
        self.kill(reg);
        self.written.insert(reg);
        if bound {
            self.bound.insert(reg);
        }
    }

    fn kill(&mut self, reg: u16) {
        for set in [&mut self.written, &mut self.bound, &mut self.cells, &mut self.arrays] {
            set.remove(reg);
        }
    }

    fn kill_from(&mut self, reg: u16) {
        for set in [&mut self.written, &mut self.bound, &mut self.cells, &mut self.arrays] {
            set.remove_from(reg);
        }
    }

    /// What an instruction takes a register to be, and what it makes of one.
    fn kinds(&self, i: Operands) -> Result<(), &'static str> {
        match i.op {
            Op::LoadCell if !self.cells.has(i.b as u16) => Err("not a cell"),
            Op::StoreCell | Op::DeleteCell if !self.cells.has(i.a as u16) => Err("not a cell"),
            Op::LoadBig if !self.arrays.has(i.b as u16) => Err("not the array of locals"),
            Op::StoreBig | Op::DeleteBig if !self.arrays.has(i.a as u16) => Err("not the array of locals"),
            Op::StoreBig if self.arrays.has(i.b as u16) => Err("reads the array of locals"),
            _ => Ok(()),
        }
    }

    fn make_kinds(&mut self, i: Operands, before: &State) {
        let (a, b) = (i.a as u16, i.b as u16);
        match i.op {
            Op::MakeCell | Op::LoadFreeCell => self.cells.insert(a),
            Op::MoveReg | Op::MoveAny if before.cells.has(b) => self.cells.insert(a),
            Op::MakeBig => self.arrays.insert(a),
            _ => {}
        }
    }
}

struct Flow<'c> {
    code: &'c Code,
    instructions: &'c [Decoded],
    before: Vec<Option<State>>,
    work: Vec<usize>,
    /// Handlers that cover each instruction, as indices into the table, innermost first.
    covering: Vec<Option<u32>>,
}

impl<'c> Flow<'c> {
    fn new(code: &'c Code, instructions: &'c [Decoded]) -> Flow<'c> {
        let mut covering = vec![None; instructions.len()];
        // Only the innermost handler sees an exception; fill from the outermost.
        for (n, h) in code.exceptions.iter().enumerate().rev() {
            let from = instructions.partition_point(|i| i.at < h.start as usize);
            let to = instructions.partition_point(|i| i.at < h.end as usize);
            covering[from..to].fill(Some(n as u32));
        }
        Flow { code, instructions, before: vec![None; instructions.len()], work: Vec::new(), covering }
    }

    fn run(mut self) -> Result<(), (usize, &'static str)> {
        let mut bound = RegSet::first(self.code.arg_registers().min(self.code.nlocals));
        if !self.code.flags.has(CodeFlags::OPTIMIZED) {
            // The namespace may be EMPTY; only instructions made for it look at it.
            bound = RegSet::NONE;
        }
        let written = RegSet::first(self.code.nlocals);
        self.join(0, State { written, bound, cells: RegSet::NONE, arrays: RegSet::NONE });
        while let Some(i) = self.work.pop() {
            self.step(i)?;
        }
        Ok(())
    }

    fn join(&mut self, i: usize, state: State) {
        let new = self.before[i].map_or(state, |old| old.meet(&state));
        if self.before[i] != Some(new) {
            self.before[i] = Some(new);
            self.work.push(i);
        }
    }

    fn index(&self, word: usize) -> usize {
        self.instructions.partition_point(|i| i.at < word)
    }

    fn step(&mut self, i: usize) -> Result<(), (usize, &'static str)> {
        let Some(mut state) = self.before[i] else { return Ok(()) };
        let instruction = &self.instructions[i];
        let at = instruction.at;
        let info = instruction.operands.op.info();
        if let Some(n) = self.covering[i] {
            let h = self.code.exceptions[n as usize];
            let mut raised = state;
            // What the instruction kills before it raises is gone for the handler, too.
            effects(instruction.operands, |e| {
                if let Effect::KillFrom(reg) = e {
                    raised.written.remove_from(reg.max(self.code.nlocals));
                    for set in [&mut raised.bound, &mut raised.cells, &mut raised.arrays] {
                        set.remove_from(reg);
                    }
                }
            });
            raised.write(h.reg, true);
            let target = self.index(h.target as usize);
            self.join(target, raised);
        }
        state.kinds(instruction.operands).map_err(|reason| (at, reason))?;
        let before = state;
        let of_arrays = matches!(instruction.operands.op, Op::LoadBig | Op::StoreBig | Op::DeleteBig);
        let nregs = self.code.nregs;
        let mut error = None;
        let mut jumped = RegSet::NONE;
        effects(instruction.operands, |effect| {
            let (reg, problem) = match effect {
                Effect::Read(r) if !state.bound.has(r) || !state.written.has(r) => (r, Some("reads an unset register")),
                Effect::ReadMaybe(r) if !state.written.has(r) => (r, Some("reads an unwritten register")),
                Effect::Read(r) | Effect::ReadMaybe(r) if state.arrays.has(r) && !of_arrays => {
                    (r, Some("reads the array of locals"))
                }
                Effect::Read(r) | Effect::ReadMaybe(r) => (r, None),
                Effect::Bound(r) => {
                    state.bound.insert(r);
                    (r, None)
                }
                Effect::KillFrom(r) => {
                    // Named locals are never above a window, but an image might say so.
                    state.kill_from(r);
                    (0, None)
                }
                Effect::Kill(r) => {
                    state.kill(r);
                    (r, None)
                }
                Effect::Write(r) => {
                    state.write(r, true);
                    (r, None)
                }
                Effect::WriteMaybe(r) | Effect::Clear(r) => {
                    state.write(r, false);
                    (r, None)
                }
                Effect::JumpWrite(r) => {
                    jumped.insert(r);
                    (r, None)
                }
            };
            if reg >= nregs {
                error = Some("register out of range");
            } else if problem.is_some() {
                error = problem;
            }
        });
        if let Some(reason) = error {
            return Err((at, reason));
        }
        state.make_kinds(instruction.operands, &before);
        if let Some(target) = instruction.target {
            let mut taken = state;
            (0..nregs).filter(|&r| jumped.has(r)).for_each(|r| taken.write(r, true));
            let target = self.index(target);
            self.join(target, taken);
        }
        if !info.flags.has(Flags::END) {
            self.join(i + 1, state);
        }
        Ok(())
    }
}
