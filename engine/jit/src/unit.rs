//! Builds a unit: versions of blocks, joins, exits, and what every lowering uses.

use engine::Ctx;
use engine::code_rt::RuntimeCode;
use engine::interp::jit::facts::{self, Addresses};
use engine::interp::jit::helpers::{self, Helper};
use engine::interp::jit::profile::{Seen, Site, sort};
use engine::interp::jit::{ExitPlace, LEFT, Request};
use engine_code::effects::{Effect, RegSet, effects};
use engine_code::{CodeFlags, Instruction};
use proto_core::{Kind, RootVec, Value};
use rustc_hash::FxHashMap;

use crate::asm::{Asm, Block, Icc, Ty, V};
use crate::state::{Frame, Key, Reg, State, T};

/// Most versions of an instruction with something in machine registers.
const VERSIONS: u32 = 8;
/// Most instructions of a unit, those of several versions more than once.
const INSTRUCTIONS: usize = 6000;
/// Most registers whose values the window has not got. Each exit writes all of them: without a bound, the size of a unit is quadratic in
/// the length of the code, and the time that the back end takes is more.
const DIRTY: usize = 24;

/// What follows a lowering.
pub enum Flow {
    /// The next instruction of the state.
    On,
    /// Nothing: the block has ended.
    Ended,
}

/// What is computed once of each code object.
struct Shape {
    /// Targets of jumps backward.
    headers: Vec<bool>,
}

/// An exit to be written.
struct Exit {
    block: Block,
    state: State,
    /// It is counted.
    counted: bool,
}

/// A unit under construction.
pub struct Unit<'a, 'b> {
    /// The code.
    pub asm: Asm<'b>,
    /// The window.
    pub base: V,
    /// The context.
    pub context: V,
    /// The context, to ask.
    pub cx: &'a mut Ctx,
    /// What is to be compiled.
    pub request: &'a Request<'a>,
    /// Where things are.
    pub places: Addresses,
    /// The epoch that the code is true for.
    pub epoch: u64,
    /// What the code names lives as long as the code: the code of inlined functions, which is known by its address.
    roots: RootVec,
    /// Values that registers are known to hold.
    named: RootVec,
    versions: FxHashMap<Key, Block>,
    counts: FxHashMap<(usize, usize, u32), u32>,
    work: Vec<(State, Block)>,
    exits: Vec<Exit>,
    shapes: FxHashMap<usize, Shape>,
    away: Option<Block>,
    guards: u64,
    /// Instructions so far.
    pub instructions: usize,
    /// Words of the window that may be written.
    pub extent: usize,
    /// Shapes are named.
    pub names_shapes: bool,
}

/// What is made besides code.
pub struct Made {
    pub roots: RootVec,
    pub exits: Vec<ExitPlace>,
    pub instructions: usize,
    pub versions: usize,
    pub names_shapes: bool,
}

impl<'a, 'b> Unit<'a, 'b> {
    /// Builds everything. `first` is the state at the target.
    pub fn build(
        cx: &'a mut Ctx,
        request: &'a Request<'a>,
        (asm, base, context): (Asm<'b>, V, V),
    ) -> Result<(Asm<'b>, Made), String> {
        let Some((code, globals, _)) = facts::function_parts(request.function) else {
            return Err("what is hot is no function".into());
        };
        let at = code.index_of(request.target);
        let (places, roots, named) = (facts::addresses(cx), RootVec::new(cx), RootVec::new(cx));
        let mut unit = Unit {
            asm,
            base,
            context,
            request,
            places,
            epoch: engine::types::type_epoch() as u64,
            roots,
            named,
            versions: FxHashMap::default(),
            counts: FxHashMap::default(),
            work: Vec::new(),
            exits: Vec::new(),
            shapes: FxHashMap::default(),
            away: None,
            guards: 0,
            instructions: 0,
            extent: code.nregs as usize,
            names_shapes: false,
            cx,
        };
        // The size of the window is known at the end.
        let (room, body) = (unit.asm.block(), unit.asm.block());
        unit.asm.jump(room, &[]);
        unit.asm.at(body);
        let function = unit.asm.load(base, -16);
        let frame = Frame {
            code,
            like: request.function,
            function: Reg { t: T::Ref(Kind::Function as u8), v: Some(function), dirty: false },
            offset: 0,
            call: 0,
            seen: true,
        };
        let mut state = State { frames: vec![frame], regs: vec![Reg::HOME; code.nregs as usize], at };
        if request.target == code.entry() {
            // A call has emptied the locals that are no arguments.
            for i in code.nargs..code.nlocals {
                state.regs[i as usize] = Reg { dirty: false, ..Reg::known(Value::EMPTY) };
            }
        }
        let there = unit.asm.load(function, facts::word_at(Kind::Function, engine::objects::layout::FUNCTION_GLOBALS));
        let same = unit.same(there, globals.bits());
        let entry = state.clone();
        unit.guard(same, &state);
        unit.go(state);
        while let Some((state, block)) = unit.work.pop() {
            unit.asm.at(block);
            unit.straight(state);
        }
        unit.asm.at(room);
        let limit = unit.asm.k(unit.places.soft_limit);
        let limit = unit.asm.load(limit, 0);
        let end = unit.asm.add(base, 8 * unit.extent as i64);
        let fits = unit.asm.icmp(Icc::UnsignedLessThanOrEqual, end, limit);
        let exit = unit.exit(&entry, false);
        unit.asm.branch(fits, body, exit);
        let exits = unit.write_exits();
        if let Some(away) = unit.away {
            unit.asm.at(away);
            unit.asm.ret(LEFT, None);
        }
        let made = Made {
            roots: unit.roots,
            exits,
            instructions: unit.instructions,
            versions: unit.versions.len(),
            names_shapes: unit.names_shapes,
        };
        Ok((unit.asm, made))
    }

    /// A register is known to hold this value.
    ///
    /// The code does not keep it alive: a guard has compared what was just read with it, or it is an attribute of a class whose
    /// shape and epoch have been looked at; and nothing is done with it that would be wrong for another value in its place.
    pub fn name(&mut self, v: Value) {
        if v.is_ptr() {
            self.named.push(v);
        }
    }

    /// The value of a word that the code names.
    pub fn named(&self, bits: u64) -> Option<Value> {
        self.named.iter().copied().find(|v| v.bits() == bits)
    }

    /// Code that is named by its address.
    pub fn root_code(&mut self, code: &'static RuntimeCode) {
        let object = facts::code_object(self.cx, code);
        self.roots.push(object);
    }

    /// The address of an instruction.
    pub fn pc(code: &'static RuntimeCode, at: u32) -> *const u32 {
        code.entry().wrapping_add(at as usize)
    }

    /// What was seen of the instruction at hand.
    pub fn site(&self, s: &State) -> Site {
        self.request.profile.site(Self::pc(s.top().code, s.at))
    }

    fn headers(&mut self, code: &'static RuntimeCode) -> &Shape {
        self.shapes.entry(std::ptr::from_ref(code) as usize).or_insert_with(|| {
            let instrs = &code.code.instrs;
            let mut headers = vec![false; instrs.len() + 1];
            let mut at = 0;
            while let Ok(i) = Instruction::decode(instrs, at) {
                let next = at + i.words();
                if let Some(target) = i.distance().and_then(|d| next.checked_add_signed(d as isize))
                    && target <= at
                {
                    headers[target] = true;
                }
                at = next;
            }
            Shape { headers }
        })
    }

    /// The registers of a frame that must be home if somebody looks before the instruction at `at` runs: those that are needed, and
    /// named ones, which `f_locals` shows.
    fn wanted(frame: &Frame, at: u32) -> RegSet {
        let code = frame.code;
        let needed = code.needed_at(Self::pc(code, at)).copied().unwrap_or(RegSet::ALL);
        let named = if code.code.flags.has(CodeFlags::OPTIMIZED) { code.nlocals } else { 1 };
        needed.join(&RegSet::first(named))
    }

    /// For each frame: its registers' places, and which of them are wanted.
    fn extents(s: &State) -> Vec<(usize, usize, RegSet)> {
        let n = s.frames.len();
        (0..n)
            .map(|i| {
                let f = &s.frames[i];
                match s.frames.get(i + 1) {
                    // The words below an inlined frame's registers are its function and return address.
                    Some(inner) => (f.offset, inner.offset - 2, Self::wanted(f, inner.call + 2)),
                    None => (f.offset, f.offset + f.code.nregs as usize, Self::wanted(f, s.at)),
                }
            })
            .collect()
    }

    // --- blocks ---

    /// Lowers instructions until the block ends.
    fn straight(&mut self, mut s: State) {
        let mut first = true;
        loop {
            if !std::mem::take(&mut first) && self.is_join(&s) {
                return self.go(s);
            }
            self.instructions += 1;
            if self.instructions > INSTRUCTIONS {
                return self.leave(&s);
            }
            if s.regs.iter().filter(|r| r.dirty).count() > DIRTY {
                self.home(&mut s);
            }
            match self.lower(&mut s) {
                Flow::On => {}
                Flow::Ended => return,
            }
        }
    }

    fn is_join(&mut self, s: &State) -> bool {
        let at = s.at as usize;
        self.headers(s.top().code).headers.get(at).copied().unwrap_or(false)
    }

    /// Forgets what nobody needs at the instruction.
    fn tidy(&mut self, s: &mut State) {
        let extents = Self::extents(s);
        let mut wanted = vec![false; s.regs.len()];
        for (from, to, set) in extents {
            let registers = wanted.iter_mut().take(to).skip(from);
            registers.enumerate().for_each(|(r, wanted)| *wanted = set.has(r as u16));
        }
        let end = s.top().offset + s.top().code.nregs as usize;
        s.regs.resize(end, Reg::HOME);
        for (i, reg) in s.regs.iter_mut().enumerate() {
            if !wanted.get(i).copied().unwrap_or(false) {
                *reg = Reg::HOME;
            }
        }
    }

    /// Goes on at the state's instruction: in a version that is there, or in one to be made.
    pub fn go(&mut self, mut s: State) {
        self.tidy(&mut s);
        if self.is_join(&s) {
            self.generalize(&mut s);
        }
        let mut key = s.key();
        if !self.versions.contains_key(&key) {
            let top = s.top();
            let place = (std::ptr::from_ref(top.code) as usize, s.frames.len(), s.at);
            let n = self.counts.entry(place).or_insert(0);
            *n += 1;
            if *n > VERSIONS {
                self.all_home(&mut s);
                key = s.key();
            }
        }
        let mut values = Vec::new();
        s.each(|r| {
            if r.t.ty().is_some() {
                values.extend(r.v);
            }
        });
        let block = match self.versions.get(&key) {
            Some(&block) => block,
            None => {
                let block = self.asm.block();
                let asm = &mut self.asm;
                let mut state = s;
                state.each(|r| r.v = r.t.ty().map(|ty| asm.param(block, ty)));
                self.versions.insert(key, block);
                self.work.push((state, block));
                block
            }
        };
        self.asm.jump(block, &values);
    }

    /// Goes to another instruction of the frame.
    pub fn go_to(&mut self, s: &State, at: u32) {
        let mut s = s.clone();
        s.at = at;
        self.go(s);
    }

    /// Takes a jump: one backward polls, and sees whether classes have changed.
    pub fn take(&mut self, s: &State, at: u32) {
        let mut s = s.clone();
        if at <= s.at {
            s.at = at;
            let poll = self.asm.watch_half(self.places.poll);
            let epoch = self.asm.watch_half(self.places.epoch);
            let moved = self.asm.xor(epoch, self.epoch as i64);
            let due = self.asm.bor(poll, moved);
            let quiet = self.asm.is(Icc::Equal, due, 0);
            let (on, exit) = (self.asm.block(), self.exit(&s, false));
            self.asm.branch(quiet, on, exit);
            self.asm.at(on);
        }
        s.at = at;
        self.go(s);
    }

    /// Numbers are no constants in loops.
    fn generalize(&mut self, s: &mut State) {
        let asm = &mut self.asm;
        for r in &mut s.regs {
            let T::Const(bits) = r.t else { continue };
            // A sort is enough to know how it is held.
            if bits & 3 == 0 {
                *r = Reg { t: T::Int, v: Some(asm.k(bits)), ..*r };
            } else if bits == Value::TRUE.bits() || bits == Value::FALSE.bits() {
                *r = Reg { t: T::Bool, v: Some(asm.k(bits)), ..*r };
            } else if bits & 3 == 2 {
                *r = Reg { t: T::Float, v: Some(asm.float(immediate_float(bits))), ..*r };
            }
        }
    }

    // --- exits ---

    /// A block that leaves the unit before the state's instruction.
    pub fn exit(&mut self, s: &State, counted: bool) -> Block {
        let block = self.asm.cold_block();
        self.exits.push(Exit { block, state: s.clone(), counted });
        block
    }

    /// Leaves the unit.
    pub fn leave(&mut self, s: &State) {
        let exit = self.exit(s, true);
        self.asm.jump(exit, &[]);
    }

    /// Goes on if `ok`, else leaves before the state's instruction.
    pub fn guard(&mut self, ok: V, s: &State) {
        self.guards += 1;
        let (on, exit) = (self.asm.block(), self.exit(s, true));
        let ok = if self.is_stressed() { self.asm.k(0) } else { ok };
        self.asm.branch(ok, on, exit);
        self.asm.at(on);
    }

    /// As [`Unit::guard`], if not `bad`.
    pub fn guard_not(&mut self, bad: V, s: &State) {
        let ok = self.asm.is_zero(bad);
        self.guard(ok, s);
    }

    /// Whether the guard at hand fails on purpose.
    fn is_stressed(&self) -> bool {
        let Some(seed) = self.request.settings.exit_stress else { return false };
        let mix = (seed ^ self.request.first_exit as u64 ^ self.guards << 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mix >> 59 == 0
    }

    /// Whether a word is this one.
    pub fn same(&mut self, v: V, bits: u64) -> V {
        let k = self.asm.k(bits);
        self.asm.icmp(Icc::Equal, v, k)
    }

    /// Whether the low bits of a value say that it refers to an object of this kind.
    pub fn is_kind(&mut self, v: V, kind: Kind) -> V {
        let low = self.asm.and(v, 63);
        self.asm.is(Icc::Equal, low, facts::tag(kind) as i64)
    }

    fn write_exits(&mut self) -> Vec<ExitPlace> {
        let common = self.asm.cold_block();
        let pc = self.asm.param(common, Ty::Word);
        let base = self.asm.param(common, Ty::Word);
        let number = self.asm.param(common, Ty::Word);
        let mut list = Vec::new();
        let mut exits = std::mem::take(&mut self.exits);
        for Exit { block, state, counted } in &mut exits {
            self.asm.at(*block);
            self.home(state);
            let (code, at, offset) = (state.top().code, state.at, state.top().offset);
            let n = if *counted {
                let op = Instruction::decode(&code.code.instrs, at as usize).map_or("", |i| i.op().info().name);
                list.push(ExitPlace { line: code.line_of(at).unwrap_or(0), op });
                self.request.first_exit as u64 + list.len() as u64 - 1
            } else {
                0
            };
            let values =
                [self.asm.k(Self::pc(code, at) as u64), self.asm.add(self.base, 8 * offset as i64), self.asm.k(n)];
            self.asm.jump(common, &values);
        }
        self.asm.at(common);
        for (v, place) in [(pc, self.places.exit_pc), (base, self.places.exit_base), (number, self.places.exit)] {
            let p = self.asm.k(place);
            self.asm.store(v, p, 0);
        }
        self.asm.ret(LEFT, None);
        list
    }

    // --- registers ---

    /// Writes every register that is wanted to its window, and what frames of inlined calls consist of.
    pub fn home(&mut self, s: &mut State) {
        let extents = Self::extents(s);
        for (i, (from, to, wanted)) in extents.into_iter().enumerate() {
            for r in from..to.min(s.regs.len()) {
                if s.regs[r].dirty && wanted.has((r - from) as u16) {
                    let v = self.boxed(s, r);
                    self.asm.store(v, self.base, 8 * r as i32);
                    s.regs[r].dirty = false;
                }
            }
            if !s.frames[i].seen {
                let (function, call) = (s.frames[i].function, s.frames[i].call);
                let caller = s.frames[i - 1].code;
                let function = self.word_of(function);
                let to = self.asm.k(Self::pc(caller, call + 2) as u64);
                let at = 8 * s.frames[i].offset as i32;
                self.asm.store(function, self.base, at - 16);
                self.asm.store(to, self.base, at - 8);
                s.frames[i].seen = true;
            }
        }
    }

    /// Everything goes home, and nothing is known any more.
    fn all_home(&mut self, s: &mut State) {
        self.home(s);
        s.regs.iter_mut().for_each(|r| *r = Reg::HOME);
    }

    /// The value in the place `i` of the window, as a word.
    fn boxed(&mut self, s: &State, i: usize) -> V {
        self.word_of(s.regs[i])
    }

    /// A register's value as a word.
    pub fn word_of(&mut self, r: Reg) -> V {
        match (r.t, r.v) {
            (T::Const(bits), _) => self.asm.k(bits),
            (T::Float, Some(v)) => self.box_float(v),
            (_, Some(v)) => v,
            // Callers read first.
            (_, None) => self.asm.k(Value::EMPTY.bits()),
        }
    }

    /// A float as a value: immediate, or boxed out of line.
    fn box_float(&mut self, f: V) -> V {
        let bits = self.asm.float_bits(f);
        let bias = self.asm.k(1 << 60);
        let sum = self.asm.iadd(bits, bias);
        let word = self.asm.rotl(sum, 3);
        let tag = self.asm.and(word, 3);
        let fits = self.asm.is(Icc::Equal, tag, 2);
        let (slow, done) = (self.asm.cold_block(), self.asm.block());
        let result = self.asm.param(done, Ty::Word);
        self.asm.branch_with(fits, (done, &[word]), (slow, &[]));
        self.asm.at(slow);
        let made = self.asm.call(Helper::Float, &[self.context, bits]);
        self.asm.jump(done, &[made]);
        self.asm.at(done);
        result
    }

    /// Register `r` of the innermost frame; what is home only is read.
    pub fn get(&mut self, s: &mut State, r: usize) -> Reg {
        let i = s.index(r);
        if s.regs.len() <= i {
            s.regs.resize(i + 1, Reg::HOME);
        }
        if s.regs[i].t == T::Home {
            let v = self.asm.load(self.base, 8 * i as i32);
            s.regs[i] = Reg { t: T::Any, v: Some(v), dirty: false };
        }
        s.regs[i]
    }

    /// As [`Unit::get`], as a word.
    pub fn word(&mut self, s: &mut State, r: usize) -> V {
        let reg = self.get(s, r);
        if reg.t == T::Float && !reg.dirty {
            return self.asm.load(self.base, 8 * s.index(r) as i32);
        }
        self.word_of(reg)
    }

    /// Register `r` has a new value.
    pub fn set(&mut self, s: &mut State, r: usize, t: T, v: V) {
        self.put(s, r, Reg::new(t, v));
    }

    /// As [`Unit::set`], for what another register holds or what is known.
    pub fn put(&mut self, s: &mut State, r: usize, reg: Reg) {
        let i = s.index(r);
        if s.regs.len() <= i {
            s.regs.resize(i + 1, Reg::HOME);
        }
        s.regs[i] = Reg { dirty: true, ..reg };
    }

    /// More is known of the value in register `r`.
    pub fn learn(&mut self, s: &mut State, r: usize, t: T, v: V) {
        let i = s.index(r);
        s.regs[i].t = t;
        s.regs[i].v = Some(v);
    }

    /// The small int in register `r`, tagged; leaves if it is something else. None: it cannot be one, and the block has ended.
    pub fn int(&mut self, s: &mut State, r: usize) -> Option<V> {
        let reg = self.get(s, r);
        match reg.t {
            T::Int => reg.v,
            T::Const(bits) if bits & 3 == 0 => Some(self.asm.k(bits)),
            T::Any => {
                let v = reg.v?;
                let tag = self.asm.and(v, 3);
                let ok = self.asm.is(Icc::Equal, tag, 0);
                self.guard(ok, s);
                self.learn(s, r, T::Int, v);
                Some(v)
            }
            _ => {
                self.leave(s);
                None
            }
        }
    }

    /// The number in register `r` as a float, of an int if ints were seen there.
    pub fn number(&mut self, s: &mut State, r: usize, seen: &Seen) -> Option<V> {
        let reg = self.get(s, r);
        match reg.t {
            T::Float => reg.v,
            T::Int => {
                let n = self.asm.sar(reg.v?, 2);
                Some(self.asm.float_of_int(n))
            }
            T::Const(bits) if bits & 3 == 0 => Some(self.asm.float((bits.cast_signed() >> 2) as f64)),
            T::Const(bits) if bits & 3 == 2 => Some(self.asm.float(immediate_float(bits))),
            T::Any if seen.sorts == sort::INT => {
                let v = self.int(s, r)?;
                let n = self.asm.sar(v, 2);
                Some(self.asm.float_of_int(n))
            }
            T::Any => {
                let (v, mixed) = (reg.v?, seen.sorts & sort::INT != 0);
                let done = self.asm.block();
                let result = self.asm.param(done, Ty::Float);
                let (quick, slow, other) = (self.asm.block(), self.asm.cold_block(), self.asm.cold_block());
                let tag = self.asm.and(v, 3);
                let is_quick = self.asm.is(Icc::Equal, tag, 2);
                self.asm.branch(is_quick, quick, slow);
                self.asm.at(quick);
                let bits = self.asm.rotr(v, 3);
                let bias = self.asm.k(1 << 60);
                let bits = self.asm.isub(bits, bias);
                let f = self.asm.bits_float(bits);
                self.asm.jump(done, &[f]);
                self.asm.at(slow);
                let boxed = self.asm.block();
                let is_boxed = self.is_kind(v, Kind::Float);
                self.asm.branch(is_boxed, boxed, other);
                self.asm.at(boxed);
                let bits = self.asm.load(v, facts::word_at(Kind::Float, 1));
                let f = self.asm.bits_float(bits);
                self.asm.jump(done, &[f]);
                self.asm.at(other);
                if mixed {
                    let ok = self.asm.is(Icc::Equal, tag, 0);
                    self.guard(ok, s);
                    let n = self.asm.sar(v, 2);
                    let f = self.asm.float_of_int(n);
                    self.asm.jump(done, &[f]);
                } else {
                    self.leave(s);
                }
                self.asm.at(done);
                if !mixed {
                    self.learn(s, r, T::Float, result);
                }
                Some(result)
            }
            _ => {
                self.leave(s);
                None
            }
        }
    }

    /// The reference to an object of this kind in register `r`; leaves if it is something else.
    pub fn object(&mut self, s: &mut State, r: usize, kind: Kind) -> Option<V> {
        let reg = self.get(s, r);
        match reg.t {
            T::Ref(k) if k == kind as u8 => reg.v,
            T::Const(bits) if bits & 63 == facts::tag(kind) => Some(self.asm.k(bits)),
            T::Any => {
                let v = reg.v?;
                let ok = self.is_kind(v, kind);
                self.guard(ok, s);
                self.learn(s, r, T::Ref(kind as u8), v);
                Some(v)
            }
            _ => {
                self.leave(s);
                None
            }
        }
    }

    // --- instructions that their handlers do ---

    /// Lets the handler do the instruction, and goes on behind it or where it jumps. Right for every instruction.
    pub fn generic(&mut self, s: &mut State) -> Flow {
        let code = s.top().code;
        let Ok(i) = Instruction::decode(&code.code.instrs, s.at as usize) else {
            self.leave(s);
            return Flow::Ended;
        };
        let info = i.op().info();
        let next = s.at + i.words() as u32;
        let target = i.distance().map(|d| next.wrapping_add_signed(d));
        let status = self.step(s, next, target);
        if info.flags.has(engine_code::Flags::END) && target.is_none() {
            // It cannot go on here.
            let away = self.away();
            self.asm.jump(away, &[]);
            return Flow::Ended;
        }
        if let Some(target) = target {
            let (on, jumped, rest) = (self.asm.block(), self.asm.block(), self.asm.block());
            let is_next = self.asm.is_zero(status);
            self.asm.branch(is_next, on, rest);
            self.asm.at(rest);
            let has = self.asm.is(Icc::Equal, status, helpers::JUMPED as i64);
            let away = self.away();
            self.asm.branch(has, jumped, away);
            let (mut go, mut jump) = (s.clone(), s.clone());
            self.forget_written(&mut go, i, false);
            self.forget_written(&mut jump, i, true);
            self.asm.at(jumped);
            // The handler has polled.
            self.go_to(&jump, target);
            self.asm.at(on);
            self.go_to(&go, next);
            return Flow::Ended;
        }
        let (on, away) = (self.asm.block(), self.away());
        let is_next = self.asm.is_zero(status);
        self.asm.branch(is_next, on, away);
        self.asm.at(on);
        self.forget_written(s, i, false);
        s.at = next;
        Flow::On
    }

    /// Everything home, then the handler; gives what it answers.
    pub fn step(&mut self, s: &mut State, next: u32, target: Option<u32>) -> V {
        let (code, offset) = (s.top().code, s.top().offset);
        self.home(s);
        let values = [
            self.asm.k(Self::pc(code, s.at) as u64),
            self.asm.add(self.base, 8 * offset as i64),
            self.context,
            self.asm.k(Self::pc(code, next) as u64),
            self.asm.k(Self::pc(code, target.unwrap_or(next)) as u64),
            self.asm.k(self.epoch),
        ];
        self.asm.call(Helper::Step, &values)
    }

    /// Where a step leads that has left the unit.
    pub fn away(&mut self) -> Block {
        let asm = &mut self.asm;
        *self.away.get_or_insert_with(|| asm.cold_block())
    }

    /// The registers that an instruction has written are home.
    pub fn forget_written(&mut self, s: &mut State, i: Instruction, jumped: bool) {
        let offset = s.top().offset;
        let end = s.regs.len();
        effects(i.operands(), |effect| {
            let (from, to) = match effect {
                Effect::Write(r) | Effect::WriteMaybe(r) | Effect::Clear(r) | Effect::Kill(r) => (r, r + 1),
                Effect::JumpWrite(r) if jumped => (r, r + 1),
                Effect::KillFrom(r) => (r, u16::MAX),
                _ => return,
            };
            for i in from as usize..(to as usize).min(end.saturating_sub(offset)) {
                s.regs[offset + i] = Reg::HOME;
            }
        });
    }
}

/// The float of an immediate.
pub fn immediate_float(bits: u64) -> f64 {
    f64::from_bits(bits.rotate_right(3).wrapping_sub(1 << 60))
}
