//! The sampling profiler, `-X profile=FILE`.
//!
//! A clock of its own, which runs no Python code, asks every thread a thousand times a second what it is doing, by a bit of its
//! poll word. The thread answers itself at its next poll, or when its wait ends; meanwhile the clock asks no more, but counts: what
//! the clock saw pass since the last answer is the weight of this one. So nobody is stopped, a thread that waits takes no time, and
//! all weights of a thread together are how long it lived.
//!
//! What the thread was doing when it was asked follows from how long it took to answer. Python code polls every few
//! microseconds. What took longer was a native function, whose call the thread had published when it was asked; or a collection; or the system had given
//! the processor to somebody else, which the thread's processor time tells.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use proto_core::os;
use proto_core::sync::{Ordering, StaticCounter, StaticCounter64};
use rustc_hash::FxHashMap;

use super::{Line, PROFILE, Recorded, Watch, is, native_name, now, quoted};
use crate::ctx::{Ctx, Runtime};
use crate::frames;

/// Nanoseconds between two questions.
const PERIOD: u64 = 1_000_000;
/// An answer that took longer did not come from Python code.
const SLOW: u64 = 100_000;
/// Samples of a thread that are kept in their order; older ones are added up by stack.
const IN_ORDER: usize = 1 << 18;
/// Frames of a sample; the outermost of more are left out.
const DEEPEST: usize = 500;

/// How many times the clock has asked, and when it did so the last times, in nanoseconds since recording began.
static ASKED: StaticCounter64 = StaticCounter64::new(0);
static TIMES: [StaticCounter64; 64] = [const { StaticCounter64::new(0) }; 64];
/// Clocks that were started. One that finds itself not the last ends: a forked child's first may have been copied while it was born.
static CLOCKS: StaticCounter = StaticCounter::new(0);

fn time_of(question: u64) -> u64 {
    TIMES[question as usize % TIMES.len()].load(Ordering::Relaxed)
}

/// Starts the thread that asks.
pub(super) fn start_clock(rt: &'static Runtime) -> std::io::Result<()> {
    let me = CLOCKS.fetch_add(1, Ordering::Relaxed) + 1;
    os::start_helper(Box::new(move || {
        let mut random = now() | 1;
        while is(PROFILE) && CLOCKS.load(Ordering::Relaxed) == me {
            // Not quite a regular beat: a program that does something every millisecond would be seen at the same thing each time.
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            std::thread::sleep(Duration::from_nanos(PERIOD / 4 * 3 + (random >> 33) % (PERIOD / 2)));
            let question = ASKED.load(Ordering::Relaxed) + 1;
            TIMES[question as usize % TIMES.len()].store(now(), Ordering::Relaxed);
            // Release, with the acquire of who answers: it finds the time.
            ASKED.store(question, Ordering::Release);
            rt.ask_all();
        }
    }))
}

/// What a thread was doing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
enum Doing {
    Python,
    Native,
    Collecting,
    NoProcessor,
    Waiting,
}

impl Doing {
    /// What stands on top of the Python frames.
    fn label(self) -> Option<&'static str> {
        match self {
            Doing::Python => None,
            Doing::Native => Some("[native]"),
            Doing::Collecting => Some("[garbage collection]"),
            Doing::NoProcessor => Some("[no processor]"),
            Doing::Waiting => Some("[waiting]"),
        }
    }

    fn is_wait(self) -> bool {
        matches!(self, Doing::Waiting | Doing::NoProcessor)
    }
}

/// A stack: the line on top, and the stack below it.
struct Stack {
    below: u32,
    line: u32,
}

/// No stack.
const NOTHING: u32 = u32::MAX;

/// A stack, what the thread did there, and what it called natively ([`NOTHING`]: nothing with a name).
type Seen = (u32, Doing, u32);

/// The samples of a thread.
pub(crate) struct Sampler {
    /// The last question that was answered, and when that was asked.
    answered: u64,
    until: u64,
    /// Clock, processor time and time spent on collections at the last answer, in nanoseconds.
    wall: u64,
    processor: u64,
    collected: u64,
    stacks: Vec<Stack>,
    numbers: FxHashMap<(u32, u32), u32>,
    /// The frames of the sample that is being made, the innermost first.
    frames: Vec<u32>,
    samples: Vec<(Seen, u64)>,
    older: HashMap<Seen, u64>,
}

impl Sampler {
    pub(super) fn new() -> Sampler {
        let now = now();
        Sampler {
            answered: ASKED.load(Ordering::Acquire),
            until: now,
            wall: now,
            processor: os::thread_time_ns().unwrap_or(0),
            collected: 0,
            stacks: Vec::new(),
            numbers: FxHashMap::default(),
            frames: Vec::new(),
            samples: Vec::new(),
            older: HashMap::new(),
        }
    }

    fn stack(&mut self, below: u32, line: u32) -> u32 {
        *self.numbers.entry((below, line)).or_insert_with(|| {
            self.stacks.push(Stack { below, line });
            (self.stacks.len() - 1) as u32
        })
    }

    fn add(&mut self, seen: Seen, weight: u64) {
        match self.samples.last_mut() {
            Some((last, sum)) if *last == seen => *sum += weight,
            _ => self.samples.push((seen, weight)),
        }
        if self.samples.len() >= IN_ORDER {
            for (seen, weight) in self.samples.drain(..IN_ORDER / 2) {
                *self.older.entry(seen).or_default() += weight;
            }
        }
    }

    /// All samples, the oldest first.
    fn all(&self) -> Vec<(Seen, u64)> {
        let mut all: Vec<_> = self.older.iter().map(|(&seen, &weight)| (seen, weight)).collect();
        all.sort_unstable();
        all.extend(&self.samples);
        all
    }
}

impl Watch {
    /// Answers the clock.
    pub(super) fn sampled(&mut self, cx: &mut Ctx, waited: bool) {
        let Watch { lines, words, sampler: Some(sampler), polls, .. } = self else { return };
        let polls = std::mem::take(polls);
        let question = ASKED.load(Ordering::Acquire);
        let first = sampler.answered + 1;
        // The time of the first question since is forgotten when there were many.
        let asked = time_of(first.max(question.saturating_sub(TIMES.len() as u64 - 2)));
        let weight = time_of(question).saturating_sub(sampler.until);
        let (wall, processor) = (now(), os::thread_time_ns().unwrap_or(0));
        let collected = cx.collected_ns();
        let ran = processor.saturating_sub(sampler.processor);
        let away = wall.saturating_sub(sampler.wall).saturating_sub(ran);
        let collecting = collected.saturating_sub(sampler.collected);
        let late = wall.saturating_sub(asked);
        (sampler.answered, sampler.until) = (question, sampler.until.max(time_of(question)));
        (sampler.wall, sampler.processor, sampler.collected) = (wall, processor, collected);
        if question < first || weight == 0 {
            return;
        }
        let published = frames::current(cx);
        let doing = if waited {
            // Native work of its own goes on in regions, too.
            if ran > away { Doing::Native } else { Doing::Waiting }
        } else if late > SLOW && late.saturating_sub(collecting) <= SLOW {
            Doing::Collecting
        } else if late > SLOW && late.saturating_sub(collecting + away) <= SLOW {
            Doing::NoProcessor
        } else if late > SLOW || !polls && published.is_some_and(|view| native_name(cx, &view).is_some()) {
            Doing::Native
        } else {
            Doing::Python
        };
        // What was published when the clock asked is the native call, which may be over; its frame may still be there.
        let called = Some(cx.asked.get()).filter(|_| doing == Doing::Native && polls);
        let mut frames = std::mem::take(&mut sampler.frames);
        let (mut view, mut innermost) = (published, published);
        while let Some(mut v) = view {
            if frames.len() == DEEPEST {
                break;
            }
            view = frames::caller(cx, &v);
            if let Some((_, pc)) = called.filter(|c| c.0 == v.base.addr()) {
                let (entry, pc) = (v.code().entry(), std::ptr::without_provenance(pc));
                if v.code().contains(pc) {
                    // What is above was called later.
                    v.pc = entry.wrapping_byte_add(pc.addr() - entry.addr());
                    frames.clear();
                    innermost = Some(v);
                }
            }
            frames.push(lines.of(&v));
        }
        if let Some(innermost) = innermost {
            let named = (doing == Doing::Native || doing == Doing::Waiting) && !polls;
            let name = named.then(|| native_name(cx, &innermost)).flatten().map_or(NOTHING, |name| words.of(&name));
            let stack = frames.iter().rev().fold(NOTHING, |below, &line| sampler.stack(below, line));
            sampler.add((stack, doing, name), weight);
        }
        frames.clear();
        sampler.frames = frames;
    }
}

/// The lines of a stack, the outermost first.
fn unrolled(watch: &Watch, sampler: &Sampler, stack: u32) -> Vec<u32> {
    let mut out = Vec::new();
    let mut at = stack;
    while at != NOTHING {
        let Stack { below, line } = sampler.stacks[at as usize];
        out.push(line);
        at = below;
    }
    debug_assert!(out.iter().all(|&line| (line as usize) < watch.lines.list.len()));
    out.reverse();
    out
}

/// What stands on top of the Python frames: what is called natively, then what the thread did.
fn on_top(watch: &Watch, (_, doing, name): Seen) -> impl Iterator<Item = String> {
    let name = (name != NOTHING).then(|| format!("{} [native]", watch.words.list[name as usize]));
    let plain = doing == Doing::Native && name.is_some();
    name.into_iter().chain(doing.label().filter(|_| !plain).map(str::to_owned))
}

/// What the file is to hold.
pub(super) fn text(path: &Path, threads: &[Recorded]) -> String {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")) {
        speedscope(path, threads)
    } else {
        collapsed(threads)
    }
}

/// One line for each stack: its frames, and how many microseconds. Flame graphs are made from these.
fn collapsed(threads: &[Recorded]) -> String {
    let mut sums: HashMap<String, u64> = HashMap::new();
    for thread in threads {
        let Some(sampler) = &thread.watch.sampler else { continue };
        for (seen, weight) in sampler.all() {
            let mut stack = clean(&thread.name);
            for line in unrolled(&thread.watch, sampler, seen.0) {
                let line = &thread.watch.lines.list[line as usize];
                let _ = write!(stack, ";{} ({})", clean(&line.code.qualname), clean(&line.short()));
            }
            for label in on_top(&thread.watch, seen) {
                let _ = write!(stack, ";{}", clean(&label));
            }
            *sums.entry(stack).or_default() += weight;
        }
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort();
    sums.iter().fold(String::new(), |mut text, (stack, ns)| {
        let _ = writeln!(text, "{stack} {}", ns / 1000);
        text
    })
}

/// Without what ends a frame or a line of collapsed stacks.
fn clean(text: &str) -> String {
    text.replace(';', ",").replace(['\n', '\r'], " ")
}

/// A frame of the file: name, file, line.
type Frame<'t> = (String, Option<(&'t str, u32)>);

/// The format of <https://www.speedscope.app>: two profiles for each thread, what ran and what waited.
fn speedscope(path: &Path, threads: &[Recorded]) -> String {
    let mut frames: Vec<Frame> = Vec::new();
    let mut numbers: HashMap<Frame, usize> = HashMap::new();
    let mut profiles = Vec::new();
    for thread in threads {
        let Some(sampler) = &thread.watch.sampler else { continue };
        let all = sampler.all();
        for waits in [false, true] {
            let (mut samples, mut weights, mut total) = (Vec::new(), Vec::new(), 0);
            for &(seen, weight) in all.iter().filter(|(seen, _)| seen.1.is_wait() == waits) {
                let mut stack: Vec<usize> = Vec::new();
                for line in unrolled(&thread.watch, sampler, seen.0) {
                    let Line { code, line } = &thread.watch.lines.list[line as usize];
                    stack.push(numbered(
                        &mut frames,
                        &mut numbers,
                        (code.qualname.to_string(), Some((&code.filename, *line))),
                    ));
                }
                for label in on_top(&thread.watch, seen) {
                    stack.push(numbered(&mut frames, &mut numbers, (label, None)));
                }
                samples.push(format!("{stack:?}"));
                weights.push(format!("{}", weight as f64 / 1e9));
                total += weight;
            }
            if !samples.is_empty() {
                let name = format!("{}{}", thread.name, if waits { ": waiting" } else { "" });
                profiles.push(format!(
                    "{{\"type\":\"sampled\",\"name\":{},\"unit\":\"seconds\",\"startValue\":0,\"endValue\":{},\"samples\":[{}],\"weights\":[{}]}}",
                    quoted(&name),
                    total as f64 / 1e9,
                    samples.join(","),
                    weights.join(",")
                ));
            }
        }
    }
    let frames: Vec<String> = frames
        .iter()
        .map(|(name, place)| match place {
            Some((file, line)) => {
                format!("{{\"name\":{},\"file\":{},\"line\":{line}}}", quoted(name), quoted(file))
            }
            None => format!("{{\"name\":{}}}", quoted(name)),
        })
        .collect();
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    format!(
        "{{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"exporter\":\"protopython@{}\",\"name\":{},\
         \"activeProfileIndex\":0,\"shared\":{{\"frames\":[{}]}},\n\"profiles\":[{}]}}\n",
        env!("CARGO_PKG_VERSION"),
        quoted(&name),
        frames.join(",\n"),
        profiles.join(",\n")
    )
}

fn numbered<'t>(frames: &mut Vec<Frame<'t>>, numbers: &mut HashMap<Frame<'t>, usize>, frame: Frame<'t>) -> usize {
    *numbers.entry(frame).or_insert_with_key(|frame| {
        frames.push(frame.clone());
        frames.len() - 1
    })
}
