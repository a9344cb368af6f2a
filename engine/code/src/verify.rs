//! Checks code of unknown origin: what the interpreter relies on without looking.
//!
//! Every opcode is known, every operand in range (registers with their whole spans, constants, names, caches, closure
//! indices, jump targets at instruction starts), exception ranges are sound, and on every path each register is written
//! before it is read and holds a value where the instruction needs one. Cells and the array of locals are what the instructions
//! for them take them to be; what a closure is made of, the function's maker looks at.

use std::fmt;

use crate::code::{Code, CodeFlags, Const};
use crate::effects::{Effect, Operands, RegSet, effects};
use crate::formats::{self, Role};
use crate::instruction::Instruction;
use crate::opcodes::{Drain, Flags, Intrinsic, Op, Span, Special};

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
    pub instruction: Instruction,
    pub operands: Operands,
    pub target: Option<usize>,
}

pub(crate) fn decode(code: &Code) -> Result<Vec<Decoded>, (usize, &'static str)> {
    let words = &code.instrs;
    let mut out = Vec::new();
    let mut starts = vec![false; words.len()];
    let mut at = 0;
    while at < words.len() {
        let instruction = Instruction::decode(words, at).map_err(|e| (at, e.reason()))?;
        let next = at + instruction.words();
        starts[at] = true;
        let target = operands(code, instruction, next).map_err(|reason| (at, reason))?;
        out.push(Decoded { at, instruction, operands: instruction.operands(), target });
        at = next;
    }
    match out.last() {
        Some(last) if last.operands.op.info().flags.has(Flags::END) => {}
        _ => return Err((words.len(), "runs off the end")),
    }
    // What takes the arguments from the window does so before anything else has written there.
    let gather = |i: &Decoded| matches!(i.instruction, Instruction::MakeBig(i) if i.arguments == 1);
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
    let mut sent = None;
    for i in all {
        if let Instruction::YieldDelegate(d) = i.instruction
            && sent != Some((d.iterator, d.value))
        {
            return Err((i.at, "delegates without sending"));
        }
        sent = match i.instruction {
            Instruction::Send(s) => Some((s.iterator, s.value)),
            _ => None,
        };
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
fn operands(code: &Code, i: Instruction, next: usize) -> Result<Option<usize>, &'static str> {
    let info = i.op().info();
    let words = i.encode();
    for o in info.operands {
        let n = o.place.read(words) as usize;
        match o.role {
            Role::Const if n >= code.consts.len() => return Err("constant out of range"),
            Role::Free if n >= code.freevars.len() => return Err("free variable out of range"),
            Role::Site if n >= code.names.len() => return Err("name out of range"),
            role if role.is_register() && n >= code.nregs as usize => return Err("register out of range"),
            _ => {}
        }
    }
    particulars(code, i)?;
    window(code, i)?;
    if info.span == Span::Namespace && code.flags.has(CodeFlags::OPTIMIZED) {
        return Err("no namespace in a function");
    }
    let Some(distance) = i.distance() else { return Ok(None) };
    if distance < 0 && !info.flags.has(Flags::BACK) {
        return Err("backward jump that does not poll");
    }
    usize::try_from(next as i64 + distance as i64).map(Some).map_err(|_| "jump into nowhere")
}

/// What the roles of operands do not say.
fn particulars(code: &Code, i: Instruction) -> Result<(), &'static str> {
    use Instruction::*;
    let fail_unless = |holds: bool, reason: &'static str| if holds { Ok(()) } else { Err(reason) };
    let generator = || fail_unless(code.flags.is_generator_like(), "not a generator");
    let array = |register: u8, slot: u16| {
        fail_unless((slot as usize) < code.big_locals.len(), "local out of range")?;
        fail_unless(register as u16 == code.big_register, "not the array of locals")
    };
    let names = |i: formats::CallNames, receiver: usize| {
        let Const::Tuple(names) = &code.consts[i.names as usize] else { return Err("no keyword names") };
        let fits = names.len() + receiver <= i.arguments as usize;
        fail_unless(fits && names.iter().all(|n| matches!(n, Const::Str(_))), "bad keyword names")
    };
    match i {
        MakeFunction(i) => fail_unless(matches!(code.consts[i.code as usize], Const::Code(_)), "function without code"),
        CallIntrinsic(i) => fail_unless(Intrinsic::from_u8(i.count).is_some(), "unknown intrinsic"),
        LoadSpecial(i) => fail_unless(Special::from_u8(i.method).is_some(), "unknown special method"),
        JNotDrain(i) => fail_unless(Drain::from_u8(i.which).is_some(), "unknown function"),
        CallMethod(i) => fail_unless(i.arguments > 0, "method call without receiver"),
        CallMethodKw(i) => {
            fail_unless(i.arguments > 0, "method call without receiver")?;
            names(i, 1)
        }
        CallKw(i) => names(i, 0),
        RangePrep(i) => fail_unless((1..=3).contains(&i.arguments), "bad range call"),
        BuildSlice(i) => fail_unless((2..=3).contains(&i.count), "bad slice"),
        FormatValue(i) | ConvertValue(i) => fail_unless(i.how <= 3, "unknown conversion"),
        BuildInterpolation(i) => fail_unless(i.count <= 3, "unknown conversion"),
        LoadSuperAttr(i) | LoadSuperMethod(i) => fail_unless(matches!(i.arguments, 0 | 2), "bad super call"),
        LoadDictOrFree(i) => fail_unless((i.how as usize) < code.freevars.len(), "free variable out of range"),
        LoadBig(i) => array(i.array, i.slot),
        StoreBig(i) => array(i.array, i.slot),
        DeleteBig(i) => array(i.array, i.slot),
        MakeBig(i) => {
            fail_unless(i.dst as u16 == code.big_register, "not the array of locals")?;
            let room = i.arguments == 0 || code.arg_registers() as usize <= code.big_locals.len();
            let all = i.slots as usize == code.big_locals.len();
            fail_unless(i.arguments <= 1 && room && all, "bad array of locals")
        }
        ReturnGenerator(_) => generator(),
        YieldValue(_) => generator(),
        YieldDelegate(_) => generator(),
        _ => Ok(()),
    }
}

/// The window of a call: callee, return address, arguments.
fn window(code: &Code, i: Instruction) -> Result<(), &'static str> {
    use Instruction::*;
    let (window, arguments, dst) = match i {
        Call(i) | CallMethod(i) => (i.window, i.arguments, i.dst),
        CallKw(i) | CallMethodKw(i) => (i.window, i.arguments, i.dst),
        CallEx(i) => (i.window, 2, i.dst),
        _ => return Ok(()),
    };
    if window as u16 + 2 + arguments as u16 > code.nregs {
        return Err("call window out of range");
    }
    if dst > window { Err("call destination in its window") } else { Ok(()) }
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
    fn kinds(&self, i: Instruction) -> Result<(), &'static str> {
        use Instruction::*;
        let cell = |register: u8| if self.cells.has(register as u16) { Ok(()) } else { Err("not a cell") };
        let array = |register: u8| {
            if self.arrays.has(register as u16) { Ok(()) } else { Err("not the array of locals") }
        };
        match i {
            LoadCell(i) => cell(i.src),
            StoreCell(i) => cell(i.container),
            DeleteCell(i) => cell(i.value),
            LoadBig(i) => array(i.array),
            DeleteBig(i) => array(i.array),
            StoreBig(i) if self.arrays.has(i.value as u16) => Err("reads the array of locals"),
            StoreBig(i) => array(i.array),
            _ => Ok(()),
        }
    }

    fn make_kinds(&mut self, i: Instruction, before: &State) {
        use Instruction::*;
        match i {
            MakeCell(i) => self.cells.insert(i.cell as u16),
            LoadFreeCell(i) => self.cells.insert(i.dst as u16),
            MoveReg(i) if before.cells.has(i.src as u16) => self.cells.insert(i.dst as u16),
            MoveAny(i) if before.cells.has(i.src as u16) => self.cells.insert(i.dst as u16),
            MakeBig(i) => self.arrays.insert(i.dst as u16),
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
        state.kinds(instruction.instruction).map_err(|reason| (at, reason))?;
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
        state.make_kinds(instruction.instruction, &before);
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
