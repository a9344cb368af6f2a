//! `PROTOPYTHON_DEBUG=races`: finds updates that threads may lose, whatever their order in this run was.
//!
//! Every thread has a clock of all threads' times ([`Me`]). What orders threads (locks, queues, starts and joins) carries clocks from
//! one to the other, so two accesses are ordered if the later thread's clock knows the time of the earlier one. A thread remembers
//! what its running functions have read of shared objects; a write of the same place in the same call makes a *pair*: an update, or
//! an act after a check. A pair of one thread and a write of another, of which neither is ordered before the other, is what is
//! reported: the write may come between, and be lost or contradict the check. So is a check that another thread has acted upon. With `races=all` so is every unordered write, and
//! every read that is unordered with one.
//!
//! A place is an attribute of an object, a key of a dict, an item of a list, a global or a closure's variable; objects that no
//! other thread can see are not looked at. Histories are forgotten when shared objects are collected, whose addresses may name
//! others then. What is seen and when is `interp::racing`'s business; all instructions run as ever.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use engine_code::Code;
use proto_core::Value;
use proto_core::sync::{Ordering, StaticCounter, StaticCounter64, StaticMutex, static_lock};

use crate::ctx::Ctx;
use crate::frames::{self, View};
use crate::objects::Str;
use crate::types::{self, Type};

/// Reports that are kept; those beyond are counted.
const MOST: usize = 100;
/// Frames of a report.
const DEEPEST: usize = 12;
/// Reads that a call remembers.
const READS: usize = 64;
/// Places with a history; then all are forgotten.
const PLACES: usize = 1 << 20;

const PAIRS: u32 = 1;
const ALL: u32 = 2;

/// What is looked for; set before there are threads.
static ON: StaticCounter = StaticCounter::new(0);
/// The number of the next thread, and how often histories were forgotten.
static NEXT: StaticCounter = StaticCounter::new(0);
static FORGOT: StaticCounter64 = StaticCounter64::new(0);
static SHARED: StaticMutex<Option<Shared>> = StaticMutex::new(None);

/// Times of all threads, by their numbers.
type Clock = Vec<u32>;

/// What threads have in common.
#[derive(Default)]
struct Shared {
    places: HashMap<Place, History>,
    /// The clocks that locks and their like carry, by address.
    carried: HashMap<usize, Clock>,
    names: HashMap<u32, String>,
    reports: Vec<String>,
    known: HashSet<Vec<Line>>,
    more: u64,
}

fn with<R>(f: impl FnOnce(&mut Shared) -> R) -> R {
    f(static_lock(&SHARED).get_or_insert_default())
}

/// An instruction, and its line.
#[derive(Clone, Copy)]
struct Spot {
    at: u32,
    line: u32,
}

impl Spot {
    fn of(view: &View) -> Spot {
        let code = view.code();
        Spot { at: code.index_of(view.pc), line: code.line_at(view.pc).unwrap_or(code.code.firstlineno) }
    }
}

/// A place in a program, by which reports are told apart: the file's name by its address, which a report's history keeps, and a line.
type Line = (usize, u32);

/// What is read or written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Place {
    pub object: usize,
    pub what: What,
}

/// Which part of an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum What {
    /// An attribute, by the address of its name.
    Attribute(u64),
    /// The entry of a dict or set, by the hash of its key.
    Key(i64),
    /// An item of a list.
    Item(i64),
    /// The value of a cell.
    Cell,
}

/// A stack, the innermost frame first.
#[derive(Clone)]
struct Stack(Vec<(Arc<Code>, Spot)>);

impl Stack {
    fn of(cx: &mut Ctx) -> Stack {
        let innermost = frames::current(cx);
        let views = std::iter::successors(innermost, |view| frames::caller(cx, view));
        Stack(views.take(DEEPEST).map(|v| (v.code().code.clone(), Spot::of(&v))).collect())
    }

    /// The same, at another instruction of the innermost frame.
    fn at(&self, spot: Spot) -> Stack {
        let mut other = self.clone();
        if let Some(top) = other.0.first_mut() {
            top.1 = spot;
        }
        other
    }

    fn line(&self) -> Line {
        self.0.first().map_or((0, 0), |(code, at)| (Arc::as_ptr(code).addr(), at.at))
    }

    fn show(&self, text: &mut String, doing: &str) {
        let _ = writeln!(text, "races:   {doing}:");
        for (code, spot) in &self.0 {
            let _ = writeln!(text, "races:     File \"{}\", line {}, in {}", code.filename, spot.line, code.qualname);
        }
    }
}

/// An access that others are compared with.
#[derive(Clone)]
struct Access {
    thread: u32,
    time: u32,
    stack: Stack,
}

/// What happened at a place.
#[derive(Default)]
struct History {
    write: Option<Access>,
    /// The last pair: its write, and the instruction that read.
    pair: Option<(Access, Spot)>,
    /// `races=all`: the last read of each thread.
    reads: Vec<Access>,
}

/// What a running function has read.
struct Reads {
    base: usize,
    list: Vec<(Place, Spot)>,
}

/// A thread's part.
pub(crate) struct Me {
    number: u32,
    clock: Clock,
    reads: Vec<Reads>,
    /// How often histories had been forgotten when the reads were made.
    forgot: u64,
    /// Reports know its name.
    named: bool,
    /// What the instruction before tried to get: its address, and the register that says whether it did.
    wants: Option<(usize, usize)>,
}

/// Looks for races from now on, in threads that start from now on and in the calling one: `all` or only those that lose something.
pub fn start(cx: &mut Ctx, all: bool) {
    ON.store(if all { PAIRS | ALL } else { PAIRS }, Ordering::Relaxed);
    cx.races = of_new_thread(None);
    crate::interp::trace::retable(cx);
}

/// Whether races are looked for.
#[inline(always)]
pub fn is_on() -> bool {
    ON.load(Ordering::Relaxed) != 0
}

fn is_all() -> bool {
    ON.load(Ordering::Relaxed) & ALL != 0
}

/// The calling thread starts another: what that one is to know, if anything is looked for.
pub(crate) fn starts(cx: &mut Ctx) -> Option<Vec<u32>> {
    let me = cx.races.as_mut()?;
    let known = me.clock.clone();
    me.tick();
    Some(known)
}

/// What a new thread has, which knows what `from` says.
pub(crate) fn of_new_thread(from: Option<Vec<u32>>) -> Option<Box<Me>> {
    if !is_on() {
        return None;
    }
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut me =
        Me { number, clock: from.unwrap_or_default(), reads: Vec::new(), forgot: 0, named: false, wants: None };
    me.tick();
    Some(Box::new(me))
}

/// The calling thread lets go of what stands at `address`: whoever gets it knows what this thread has done.
pub fn released(cx: &mut Ctx, address: usize) {
    if let Some(me) = cx.races.as_mut() {
        with(|shared| join(shared.carried.entry(address).or_default(), &me.clock));
        me.tick();
    }
}

/// The calling thread has got what stands at `address`.
pub fn acquired(cx: &mut Ctx, address: usize) {
    if let Some(me) = cx.races.as_mut() {
        with(|shared| {
            if let Some(clock) = shared.carried.get(&address) {
                join(&mut me.clock, clock);
            }
        });
    }
}

fn join(clock: &mut Clock, other: &[u32]) {
    if clock.len() < other.len() {
        clock.resize(other.len(), 0);
    }
    clock.iter_mut().zip(other).for_each(|(a, &b)| *a = (*a).max(b));
}

impl Me {
    /// Gives the calling thread its name in reports: what the system calls it when it first touches something shared.
    fn name(&mut self) {
        if std::mem::replace(&mut self.named, true) {
            return;
        }
        let mut buffer = [0; 32];
        let name = proto_core::os::thread_name(proto_core::os::thread_number(), &mut buffer);
        let name = if self.number == 0 { "MainThread".into() } else { String::from_utf8_lossy(name).into_owned() };
        with(|shared| shared.names.insert(self.number, name));
    }

    fn tick(&mut self) {
        let at = self.number as usize;
        if self.clock.len() <= at {
            self.clock.resize(at + 1, 0);
        }
        self.clock[at] += 1;
    }

    fn time(&self) -> u32 {
        self.clock.get(self.number as usize).copied().unwrap_or(0)
    }

    /// Whether the access is ordered before what this thread does now.
    fn knows(&self, access: &Access) -> bool {
        access.thread == self.number || self.clock.get(access.thread as usize).is_some_and(|&t| t >= access.time)
    }

    /// What the call at `base` has read; calls above it are over.
    fn reads_of(&mut self, base: usize) -> &mut Vec<(Place, Spot)> {
        let forgot = FORGOT.load(Ordering::Relaxed);
        if self.forgot != forgot {
            self.reads.clear();
            self.forgot = forgot;
        }
        while self.reads.last().is_some_and(|r| r.base > base) {
            self.reads.pop();
        }
        if self.reads.last().is_none_or(|r| r.base < base) {
            self.reads.push(Reads { base, list: Vec::new() });
        }
        let last = self.reads.len() - 1;
        &mut self.reads[last].list
    }
}

/// A call begins at `base`: what another one read there is over.
pub(crate) fn begins(cx: &mut Ctx, base: usize) {
    if let Some(me) = cx.races.as_mut() {
        while me.reads.last().is_some_and(|r| r.base >= base) {
            me.reads.pop();
        }
    }
}

/// The instruction that runs tries to get what stands at `address`; it has if `register` does not hold False afterwards.
pub(crate) fn wants(cx: &mut Ctx, address: usize, register: *const Value) {
    if let Some(me) = cx.races.as_mut() {
        me.wants = Some((address, register.addr()));
    }
}

/// What the instruction before tried to get, and its register.
pub(crate) fn wanted(cx: &mut Ctx) -> Option<(usize, usize)> {
    cx.races.as_mut()?.wants.take()
}

/// The published instruction of `view` reads.
pub(crate) fn reads(cx: &mut Ctx, view: &View, place: Place, names: &Named) {
    let Some(mut me) = cx.races.take() else { return };
    me.name();
    let at = Spot::of(view);
    let list = me.reads_of(view.base.addr());
    match list.iter_mut().find(|(p, _)| *p == place) {
        Some(known) => known.1 = at,
        None => {
            if list.len() == READS {
                list.remove(0);
            }
            list.push((place, at));
        }
    }
    // Where another thread has acted on this very check, this one might have, too.
    let checks = |history: &History| match &history.pair {
        Some((write, spot)) => {
            spot.at == at.at && write.stack.line().0 == Arc::as_ptr(&view.code().code).addr() && !me.knows(write)
        }
        None => false,
    };
    if with(|shared| shared.places.get(&place).is_some_and(checks)) {
        let access = Access { thread: me.number, time: me.time(), stack: Stack::of(cx) };
        with(|shared| {
            if let Some((write, spot)) = shared.places.get(&place).and_then(|history| history.pair.clone()) {
                let read = Access { stack: write.stack.at(spot), ..write.clone() };
                let accesses = [("checked it", &read), ("wrote it", &write), ("checks it", &access)];
                shared.report(cx, names, "check and act", &accesses);
            }
        });
    }
    if is_all() {
        let access = Access { thread: me.number, time: me.time(), stack: Stack::of(cx) };
        with(|shared| {
            let history = shared.places.entry(place).or_default();
            history.reads.retain(|a| a.thread != me.number);
            history.reads.push(access.clone());
            if let Some(write) = history.write.clone().filter(|write| !me.knows(write)) {
                shared.report(cx, names, "unordered read", &[("reads it", &access), ("wrote it", &write)]);
            }
        });
    }
    cx.races = Some(me);
}

/// The published instruction of `view` writes.
pub(crate) fn writes(cx: &mut Ctx, view: &View, place: Place, names: &Named) {
    let Some(mut me) = cx.races.take() else { return };
    me.name();
    let list = me.reads_of(view.base.addr());
    let read = list.iter().position(|(p, _)| *p == place).map(|i| list.remove(i).1);
    let access = Access { thread: me.number, time: me.time(), stack: Stack::of(cx) };
    with(|shared| {
        if shared.places.len() >= PLACES {
            shared.places.clear();
        }
        let history = shared.places.entry(place).or_default();
        let (before, pair) = (history.write.replace(access.clone()), history.pair.take());
        let others = std::mem::take(&mut history.reads);
        history.pair = read.map(|at| (access.clone(), at)).or_else(|| pair.clone());
        let unknown = |other: &&Access| !me.knows(other);
        if let (Some(at), Some(other)) = (read, before.as_ref().filter(unknown)) {
            let read = Access { stack: access.stack.at(at), ..access.clone() };
            shared.report(
                cx,
                names,
                "lost update",
                &[("reads it", &read), ("writes it", &access), ("wrote it", other)],
            );
        } else if let Some((write, at)) = pair.as_ref().filter(|(write, _)| !me.knows(write)) {
            let read = Access { stack: write.stack.at(*at), ..write.clone() };
            shared.report(cx, names, "lost update", &[("read it", &read), ("wrote it", write), ("writes it", &access)]);
        } else if is_all() {
            if let Some(other) = before.as_ref().filter(unknown) {
                shared.report(cx, names, "unordered write", &[("writes it", &access), ("wrote it", other)]);
            }
            for other in others.iter().filter(unknown) {
                shared.report(cx, names, "unordered write", &[("writes it", &access), ("read it", other)]);
            }
        }
    });
    cx.races = Some(me);
}

/// What a place is called: the object and the part of it.
pub(crate) struct Named {
    pub object: Value,
    pub part: Value,
    pub what: What,
}

impl Named {
    fn text(&self, cx: &Ctx) -> String {
        let object = match Type::of(self.object) {
            Some(class) => format!("class {}", class.message_name()),
            None => format!("{} object at {:#x}", types::type_name(cx, self.object), self.object.addr()),
        };
        let part = match (Str::of(self.part), self.part.as_int()) {
            (Some(s), _) => format!("'{}'", s.to_string_lossy()),
            (None, Some(n)) => n.to_string(),
            _ => format!("of type {}", types::type_name(cx, self.part)),
        };
        match self.what {
            What::Attribute(_) => format!("attribute {part} of {object}"),
            What::Key(_) => format!("key {part} of {object}"),
            What::Item(_) => format!("item {part} of {object}"),
            What::Cell => format!("variable {part} of a closure"),
        }
    }
}

impl Shared {
    fn report(&mut self, cx: &Ctx, names: &Named, title: &str, accesses: &[(&str, &Access)]) {
        // An update is told once, whatever of it was seen.
        let mut lines: Vec<Line> = accesses.iter().map(|(_, a)| a.stack.line()).collect();
        lines.sort_unstable();
        lines.dedup();
        if !self.known.insert(lines) {
            return;
        }
        if self.reports.len() == MOST {
            self.more += 1;
            return;
        }
        let mut text = String::new();
        let _ = writeln!(text, "races: {title}: {}", names.text(cx));
        for (doing, access) in accesses {
            let who = self.names.get(&access.thread).cloned().unwrap_or_else(|| format!("thread {}", access.thread));
            access.stack.show(&mut text, &format!("{who} {doing}"));
        }
        self.reports.push(text);
    }
}

/// Shared objects were collected, with the world stopped: addresses name nothing any more.
pub(crate) fn forget() {
    if is_on() {
        FORGOT.fetch_add(1, Ordering::Relaxed);
        with(|shared| shared.places.clear());
    }
}

/// In a forked child: its threads are none of the parent's.
pub(crate) fn after_fork() {
    if is_on() {
        // Whoever holds it is not here.
        match SHARED.try_lock() {
            Ok(mut shared) => *shared = None,
            Err(_) => ON.store(0, Ordering::Relaxed),
        }
    }
}

/// What is printed at exit; empty if nothing is looked for.
pub fn report() -> String {
    if !is_on() {
        return String::new();
    }
    with(|shared| {
        let mut text = shared.reports.concat();
        let n = shared.reports.len() as u64 + shared.more;
        let _ = writeln!(text, "races: {n} found{}", if shared.more > 0 { ", the first of them shown" } else { "" });
        text
    })
}
