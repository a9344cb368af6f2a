//! Where a compiler to machine code hooks into the interpreter.
//!
//! The compiler itself is the crate `engine_jit`; this is the part that must know handlers and windows. A thread that compiles
//! dispatches through a table in which jumps backward and calls lead to [`tables::edge`]: it counts, and enters machine code
//! where there is some. What becomes hot is run through the recording table for a while ([`profile`]); then the compiler is
//! handed what was seen. The ordinary table knows nothing of all this, and a thread that does not compile pays nothing.
//!
//! # Machine code and windows
//!
//! A unit of machine code begins at a function's entry or at the header of a loop, works on the same window as the interpreter,
//! and may leave at any instruction: it has then written every register that is needed, and says where the interpreter goes on
//! ([`Jit::exit_pc`], [`Jit::exit_base`]). So nobody who looks at frames needs to know of it. What it has no code for it lets the
//! handler do ([`helpers::step`]), through a table that leads back.
//!
//! Units belong to one thread and are found by it alone; so are the values that they name, which are roots of its context.

pub mod facts;
pub mod helpers;
pub mod profile;
pub(super) mod tables;

use std::cell::Cell;
use std::sync::OnceLock;

use proto_core::os::CodeBlock;
use proto_core::{RootVec, Value};
use rustc_hash::FxHashMap;

use crate::ctx::Ctx;
use profile::{Profile, Recorder};

/// What machine code answers.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Out {
    /// [`RETURNED`] or [`LEFT`].
    pub status: u64,
    /// The function's result, if it has returned.
    pub value: u64,
}

/// The function has returned a value; its window still stands.
pub const RETURNED: u64 = 0;
/// The interpreter goes on at [`Jit::exit_pc`]; null: the run of the interpreter has ended.
pub const LEFT: u64 = 1;

/// The code of a unit.
pub type Code = unsafe extern "C" fn(base: *mut Value, cx: *mut Ctx) -> Out;

/// How the compiler is to work.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many times a loop's header or a function's entry is passed before it is compiled.
    pub threshold: u32,
    /// One in so many guards fails on purpose, chosen by this seed.
    pub exit_stress: Option<u64>,
}

/// What the compiler is asked for.
pub struct Request<'a> {
    /// The first instruction.
    pub target: *const u32,
    /// A function whose code holds it.
    pub function: Value,
    /// What has been seen.
    pub profile: &'a Profile,
    /// Number of the first of the unit's exits.
    pub first_exit: u32,
    /// How the compiler is to work.
    pub settings: Settings,
}

/// What the compiler has made.
pub struct Product {
    /// Machine code that may be put anywhere.
    pub code: Vec<u8>,
    /// The values that it names.
    pub roots: RootVec,
    /// Its exits: at which line and instruction they go on.
    pub exits: Vec<ExitPlace>,
    /// Whether it names shapes, whose numbers may be used again once they are dead.
    pub shapes: bool,
    /// Instructions that it stands for, those of several versions more than once.
    pub instructions: usize,
    /// Versions of blocks.
    pub versions: usize,
}

/// Where an exit goes on, for the report.
#[derive(Clone, Copy, Debug)]
pub struct ExitPlace {
    /// Line of the source.
    pub line: u32,
    /// Name of the instruction.
    pub op: &'static str,
}

/// The compiler.
pub type Compiler = fn(&mut Ctx, &Request) -> Result<Product, String>;

static COMPILER: OnceLock<Compiler> = OnceLock::new();
static SETTINGS: OnceLock<Settings> = OnceLock::new();

/// Says which compiler this build has.
pub fn provide(compiler: Compiler) {
    let _ = COMPILER.set(compiler);
}

/// Whether this build has a compiler for this processor.
pub fn is_available() -> bool {
    cfg!(tail_dispatch) && cfg!(target_arch = "x86_64") && COMPILER.get().is_some()
}

/// Lets this thread compile, and all that begin from now on. False if there is no way to.
pub fn enable(cx: &mut Ctx, settings: Settings) -> bool {
    if !is_available() || SETTINGS.set(settings).is_err() {
        return false;
    }
    cx.run.jit = Jit::default();
    super::trace::retable(cx);
    true
}

/// Whether threads compile.
pub fn is_enabled() -> bool {
    SETTINGS.get().is_some()
}

/// Units that a thread enters without a search.
const ENTRIES: usize = 1024;
/// After so many exits a unit is made again, with what has been learned since.
const PATIENCE: u32 = 200;
/// How often.
const GENERATIONS: u8 = 5;
/// Bytes of machine code that a thread makes at most.
const CODE_LIMIT: usize = 32 << 20;
/// How many times a place is looked at before it is compiled: the countdown runs this often.
const VISITS: u32 = 4;

/// A unit that can be entered.
#[derive(Clone, Copy)]
struct Entry {
    pc: *const u32,
    code: Option<Code>,
    epoch: u32,
    turn: u32,
}

/// A unit of machine code.
struct Unit {
    pc: *const u32,
    block: CodeBlock,
    epoch: u32,
    turn: u32,
    shapes: bool,
    /// It is not entered any more.
    retired: bool,
    exits: u32,
    generation: u8,
    _roots: RootVec,
}

/// What is known of a place that may be hot.
#[derive(Clone, Copy, Default)]
struct Heat {
    visits: u32,
    generation: u8,
    /// Number of the unit, counted from one.
    unit: u32,
    refused: bool,
}

/// What the report tells.
#[derive(Default)]
struct Stats {
    compiled: u32,
    refused: Vec<(String, String)>,
    instructions: usize,
    versions: usize,
    code: usize,
    nanoseconds: u128,
    names: Vec<String>,
}

/// The state of a thread that compiles.
pub struct Jit {
    /// Where the interpreter goes on, null: the run has ended.
    pub exit_pc: *const u32,
    /// In which window.
    pub exit_base: *mut Value,
    /// The exit that was taken, 0: none that is counted.
    pub exit: u64,
    /// Moves when machine code in use may be wrong: what runs leaves at its next call.
    turn: Cell<u32>,
    /// How often registers of a running frame were written from outside.
    rewrites: Cell<u32>,
    /// The instruction whose successor is looked at.
    edge_pc: *const u32,
    edge_base: *mut Value,
    /// What is about to be entered.
    entered: Option<Code>,
    countdown: u32,
    rest: Option<Box<Rest>>,
}

/// What is rarely looked at.
struct Rest {
    compiler: Compiler,
    settings: Settings,
    entries: Box<[Entry; ENTRIES]>,
    units: Vec<Unit>,
    heat: FxHashMap<usize, Heat>,
    /// By number: the unit, how often it was taken, where it goes on.
    exits: Vec<(u32, u32, ExitPlace)>,
    profile: Profile,
    recorder: Option<Recorder>,
    stats: Stats,
}

impl Default for Jit {
    fn default() -> Jit {
        let rest = COMPILER.get().zip(SETTINGS.get()).map(|(&compiler, &settings)| {
            Box::new(Rest {
                compiler,
                settings,
                entries: Box::new([Entry { pc: std::ptr::null(), code: None, epoch: 0, turn: 0 }; ENTRIES]),
                units: Vec::new(),
                heat: FxHashMap::default(),
                // Exit 0 is none.
                exits: vec![(0, 0, ExitPlace { line: 0, op: "" })],
                profile: Profile::default(),
                recorder: None,
                stats: Stats::default(),
            })
        });
        Jit {
            exit_pc: std::ptr::null(),
            exit_base: std::ptr::null_mut(),
            exit: 0,
            turn: Cell::new(0),
            rewrites: Cell::new(0),
            edge_pc: std::ptr::null(),
            edge_base: std::ptr::null_mut(),
            entered: None,
            countdown: rest.as_ref().map_or(u32::MAX, |rest| rest.period()),
            rest,
        }
    }
}

impl Rest {
    /// How many edges are passed between two that are looked at.
    fn period(&self) -> u32 {
        (self.settings.threshold / VISITS).max(1)
    }

    fn visits(&self) -> u32 {
        self.settings.threshold.clamp(1, VISITS)
    }

    /// Takes a unit out of use.
    fn retire(&mut self, unit: u32) {
        let u = &mut self.units[unit as usize];
        u.retired = true;
        let slot = &mut self.entries[slot_of(u.pc)];
        if slot.pc == u.pc {
            slot.code = None;
            slot.pc = std::ptr::null();
        }
        if let Some(heat) = self.heat.get_mut(&(u.pc as usize)) {
            *heat = Heat { generation: heat.generation + 1, ..Heat::default() };
            heat.refused = heat.generation >= GENERATIONS;
        }
    }
}

#[inline(always)]
fn slot_of(pc: *const u32) -> usize {
    (pc as usize >> 2) % ENTRIES
}

impl Jit {
    /// Whether this thread compiles.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.rest.is_some()
    }

    /// Shapes may have died, whose numbers are used again: units that name some are not entered any more, and left soon.
    pub fn forget(&self) {
        self.turn.set(self.turn.get().wrapping_add(1));
    }

    /// A register of a running frame was written from outside.
    pub fn note_rewrite(&self) {
        self.rewrites.set(self.rewrites.get().wrapping_add(1));
    }

    /// The thread's dispatch table while it is not traced.
    pub(super) fn table(&self) -> *const super::dispatch::Handler {
        match &self.rest {
            None => super::dispatch::table(),
            Some(rest) if rest.recorder.is_some() => tables::recording_table(),
            Some(_) => tables::counting_table(),
        }
    }

    /// Shows the addresses by which code lives.
    pub fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(Value::address(self.exit_pc));
        visit(Value::address(self.edge_pc));
        let Some(rest) = &self.rest else { return };
        for unit in &rest.units {
            visit(Value::address(unit.pc));
        }
        if let Some(recorder) = &rest.recorder {
            visit(Value::address(recorder.target));
        }
    }

    /// The unit that begins at `pc` and may be entered.
    #[inline(always)]
    fn code_at(&self, pc: *const u32, epoch: u32) -> Option<Code> {
        let rest = self.rest.as_ref()?;
        let e = &rest.entries[slot_of(pc)];
        if e.pc == pc && e.epoch == epoch && e.turn == self.turn.get() { e.code } else { None }
    }

    /// Counts the exit that was taken; a unit that is left too often is made again.
    fn count_exit(&mut self) {
        let exit = std::mem::take(&mut self.exit) as usize;
        let Some(rest) = &mut self.rest else { return };
        let Some(taken) = rest.exits.get_mut(exit).filter(|_| exit != 0) else { return };
        taken.1 += 1;
        let unit = taken.0;
        let u = &mut rest.units[unit as usize];
        u.exits += 1;
        if u.exits >= PATIENCE && !u.retired && rest.settings.exit_stress.is_none() {
            rest.retire(unit);
        }
    }

    /// What `PROTOPYTHON_DEBUG=jit` prints at exit.
    pub fn report(&self) -> String {
        use std::fmt::Write;
        let mut out = String::new();
        let Some(rest) = &self.rest else { return out };
        let s = &rest.stats;
        let _ = writeln!(
            out,
            "jit: {} units, {} instructions in {} versions, {} bytes, {:.1} ms, {} refused",
            s.compiled,
            s.instructions,
            s.versions,
            s.code,
            s.nanoseconds as f64 / 1e6,
            s.refused.len()
        );
        for (i, unit) in rest.units.iter().enumerate() {
            let retired = if unit.retired { ", retired" } else { "" };
            let _ = writeln!(
                out,
                "jit: unit {i}: {}, {} bytes, generation {}, {} exits{retired}",
                s.names[i],
                unit.block.bytes(),
                unit.generation,
                unit.exits
            );
            for &(_, count, place) in rest.exits.iter().skip(1).filter(|e| e.0 as usize == i && e.1 > 0) {
                let _ = writeln!(out, "jit:   {count} exits at line {}, {}", place.line, place.op);
            }
        }
        for (name, why) in &s.refused {
            let _ = writeln!(out, "jit: not compiled: {name}: {why}");
        }
        out
    }
}

/// Compiles what was recorded.
fn compile(cx: &mut Ctx, recorder: Recorder) {
    let (target, function) = (recorder.target, recorder.function.get());
    let Some(rest) = &mut cx.run.jit.rest else { return };
    let generation = rest.heat.entry(target as usize).or_default().generation;
    let (compiler, settings, first_exit) = (rest.compiler, rest.settings, rest.exits.len() as u32);
    // The compiler gets the context, too.
    let profile = std::mem::take(&mut rest.profile);
    let begin = std::time::Instant::now();
    let request = Request { target, function, profile: &profile, first_exit, settings };
    let (epoch, turn) = (crate::types::type_epoch(), cx.run.jit.turn.get());
    let made = compiler(cx, &request);
    let name = facts::name(target, function);
    let Some(rest) = &mut cx.run.jit.rest else { return };
    rest.profile = profile;
    rest.profile.forget_functions();
    rest.stats.nanoseconds += begin.elapsed().as_nanos();
    let block = made.and_then(|product| match CodeBlock::new(&product.code) {
        Some(block) => Ok((product, block)),
        None => Err("the system refuses memory for code".into()),
    });
    let heat = rest.heat.entry(target as usize).or_default();
    match block {
        Ok((product, block)) => {
            let unit = rest.units.len() as u32;
            heat.unit = unit + 1;
            // SAFETY: the compiler made a function of this type.
            let code = unsafe { std::mem::transmute::<*const u8, Code>(block.start()) };
            rest.entries[slot_of(target)] = Entry { pc: target, code: Some(code), epoch, turn };
            rest.stats.compiled += 1;
            rest.stats.instructions += product.instructions;
            rest.stats.versions += product.versions;
            rest.stats.code += block.bytes();
            rest.stats.names.push(name);
            rest.exits.extend(product.exits.iter().map(|&place| (unit, 0, place)));
            rest.units.push(Unit {
                pc: target,
                block,
                epoch,
                turn,
                shapes: product.shapes,
                retired: false,
                exits: 0,
                generation,
                _roots: product.roots,
            });
        }
        Err(why) => {
            heat.refused = true;
            rest.stats.refused.push((name, why));
        }
    }
}

/// An edge leads to `pc`, the countdown has run out: the place gets warmer, and is recorded when it is hot. True: from now on.
fn warm(cx: &mut Ctx, pc: *const u32) -> bool {
    let epoch = crate::types::type_epoch();
    let jit = &mut cx.run.jit;
    let turn = jit.turn.get();
    let Some(rest) = &mut jit.rest else { return false };
    jit.countdown = rest.period();
    let visits = rest.visits();
    let heat = rest.heat.entry(pc as usize).or_default();
    if heat.refused || rest.stats.code > CODE_LIMIT && heat.unit == 0 {
        return false;
    }
    if heat.unit != 0 {
        let unit = heat.unit - 1;
        let u = &mut rest.units[unit as usize];
        let entry = &rest.entries[slot_of(pc)];
        if u.epoch != epoch {
            // Classes have changed since.
            rest.retire(unit);
        } else if u.turn != turn && u.shapes {
            // It was no mistake: it is made again as often as it takes.
            let generation = heat.generation;
            rest.profile.forget_shapes();
            rest.retire(unit);
            rest.heat.insert(pc as usize, Heat { generation, ..Heat::default() });
        } else if entry.pc != pc || entry.turn != turn {
            // Another unit has its place, or a collection has made it doubtful.
            u.turn = turn;
            // SAFETY: as in `compile`.
            let code = unsafe { std::mem::transmute::<*const u8, Code>(u.block.start()) };
            rest.entries[slot_of(pc)] = Entry { pc, code: Some(code), epoch, turn };
        }
        return false;
    }
    heat.visits += 1;
    if heat.visits < visits || rest.recorder.is_some() {
        return false;
    }
    heat.visits = 0;
    true
}

/// Begins to record at `target`, which `function` is about to run.
fn record(cx: &mut Ctx, target: *const u32, function: Value) {
    let kept = proto_core::Root::new(cx, function);
    if let Some(rest) = &mut cx.run.jit.rest {
        let threshold = rest.settings.threshold;
        rest.recorder = Some(Recorder::new(target, kept, threshold));
        super::trace::retable(cx);
    }
}
