//! What a program's threads do, for `-X profile` and `-X timeline`: each thread records itself, in memory of its own.
//!
//! Nothing is recorded by default; then a wait tests one word that nobody writes, and that is all. What a thread records lies in
//! its context ([`Place`]) until the thread ends or the program does: then it is taken from there, from other threads' contexts
//! while these are stopped. Nobody else is ever stopped or asked.
//!
//! [`profile`] has the samples, [`timeline`] the waits. Both name places by [`Lines`] and what is called natively by [`called`].

pub mod profile;
pub mod timeline;

use std::cell::Cell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use engine_code::Code;
use proto_core::sync::{AtomicUsize, Ordering, StaticCounter, StaticMutex, static_lock};
use proto_core::{Kind, Pauses, Value};
use rustc_hash::FxHashMap;

use crate::ctx::{Ctx, wake};
use crate::frames::{self, View};
use crate::interp::operands::Running;
use crate::native::NativeObj;
use crate::objects::Method;
use crate::types::{self, Type};
use crate::waits;

const PROFILE: u32 = 1;
const TIMELINE: u32 = 2;

/// What is recorded. Set before the first thread is started, taken back at the end and in forked children.
static ON: StaticCounter = StaticCounter::new(0);
/// Where files are written: as the user gave them, made absolute.
static FILES: StaticMutex<Files> = StaticMutex::new(Files { profile: None, timeline: None });
/// What threads recorded that have ended.
static ENDED: StaticMutex<Vec<Recorded>> = StaticMutex::new(Vec::new());

struct Files {
    profile: Option<PathBuf>,
    timeline: Option<PathBuf>,
}

/// When recording began.
fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

/// Nanoseconds since recording began.
fn since_epoch(at: Instant) -> u64 {
    u64::try_from(at.saturating_duration_since(epoch()).as_nanos()).unwrap_or(u64::MAX)
}

fn now() -> u64 {
    since_epoch(Instant::now())
}

#[inline(always)]
fn is(what: u32) -> bool {
    ON.load(Ordering::Relaxed) & what != 0
}

/// A place in a program.
#[derive(Clone)]
pub(crate) struct Line {
    code: Arc<Code>,
    line: u32,
}

impl Line {
    /// The file's name without its folders, and the line.
    fn short(&self) -> String {
        let file: &str = &self.code.filename;
        format!("{}:{}", file.rsplit('/').next().unwrap_or(file), self.line)
    }
}

/// The places that a thread has been at, numbered. Code is named by its address, which holds because the table has a share in it.
#[derive(Default)]
pub(crate) struct Lines {
    list: Vec<Line>,
    by_instruction: FxHashMap<(usize, u32), u32>,
    by_line: FxHashMap<(usize, u32), u32>,
}

impl Lines {
    fn of(&mut self, view: &View) -> u32 {
        let code = view.code();
        let owner = Arc::as_ptr(&code.code).addr();
        let at = code.index_of(view.pc);
        if let Some(&known) = self.by_instruction.get(&(owner, at)) {
            return known;
        }
        // What stands before a function's first line belongs to that.
        let line = code.line_at(view.pc).filter(|&n| n != 0).unwrap_or(code.code.firstlineno);
        let number = *self.by_line.entry((owner, line)).or_insert_with(|| {
            self.list.push(Line { code: code.code.clone(), line });
            (self.list.len() - 1) as u32
        });
        self.by_instruction.insert((owner, at), number);
        number
    }
}

/// Names that a thread has used, numbered.
#[derive(Default)]
pub(crate) struct Words {
    list: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Words {
    fn of(&mut self, word: &str) -> u32 {
        if let Some(&known) = self.numbers.get(word) {
            return known;
        }
        let word: Arc<str> = word.into();
        self.list.push(word.clone());
        let number = (self.list.len() - 1) as u32;
        self.numbers.insert(word, number);
        number
    }
}

/// What one thread records.
pub(crate) struct Watch {
    lines: Lines,
    words: Words,
    sampler: Option<profile::Sampler>,
    waits: Option<timeline::Waits>,
    /// The number that the system gives the thread.
    thread: u32,
    is_main: bool,
    started: u64,
    /// The interpreter polls, not a native function.
    polls: bool,
}

/// Where a thread's record lies. Its thread takes it out to write to it; whoever takes it for good does so at the thread's end,
/// or while the thread is stopped, and it is never stopped while it has taken it out.
pub(crate) type Place = Cell<Option<Box<Watch>>>;

/// What a thread had published when the clock asked: addresses of a window and an instruction. Written by the clock before it asks,
/// read by the thread when it answers.
#[derive(Default)]
pub(crate) struct Asked {
    base: AtomicUsize,
    pc: AtomicUsize,
}

impl Asked {
    pub(crate) fn set(&self, base: usize, pc: usize) {
        self.base.store(base, Ordering::Relaxed);
        self.pc.store(pc, Ordering::Relaxed);
    }

    fn get(&self) -> (usize, usize) {
        (self.base.load(Ordering::Relaxed), self.pc.load(Ordering::Relaxed))
    }
}

/// What is left of a thread.
pub(crate) struct Recorded {
    watch: Box<Watch>,
    name: String,
    ended: u64,
    pauses: Pauses,
    promoted: (u64, u64),
}

/// The record of a thread that begins, if there is to be one.
pub(crate) fn of_new_thread() -> Place {
    if ON.load(Ordering::Relaxed) == 0 { Cell::new(None) } else { Cell::new(Some(Watch::new(false))) }
}

impl Watch {
    #[cold]
    fn new(is_main: bool) -> Box<Watch> {
        Box::new(Watch {
            lines: Lines::default(),
            words: Words::default(),
            sampler: is(PROFILE).then(profile::Sampler::new),
            waits: is(TIMELINE).then(timeline::Waits::default),
            thread: proto_core::os::thread_number(),
            is_main,
            started: now(),
            polls: false,
        })
    }
}

/// Begins to record, for the calling thread and all that start from now on. The file is made here, so that a name that cannot be
/// written to is refused before the program runs.
pub fn start(cx: &mut Ctx, profile: Option<&Path>, timeline: Option<&Path>) -> Result<(), String> {
    if profile.is_none() && timeline.is_none() {
        return Ok(());
    }
    epoch();
    let resolved = |path: Option<&Path>| path.map(resolve).transpose();
    let files = Files { profile: resolved(profile)?, timeline: resolved(timeline)? };
    let mut on = 0;
    for (path, what) in [(&files.profile, PROFILE), (&files.timeline, TIMELINE)] {
        if let Some(path) = path {
            touch(&numbered(path))?;
            on |= what;
        }
    }
    *static_lock(&FILES) = files;
    begin(cx, on)
}

fn begin(cx: &mut Ctx, on: u32) -> Result<(), String> {
    ON.store(on, Ordering::Relaxed);
    if on & PROFILE != 0 {
        profile::start_clock(cx.rt).map_err(|e| format!("the profiler cannot start its thread: {e}"))?;
    }
    cx.watch.set(Some(Watch::new(true)));
    Ok(())
}

fn resolve(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|e| format!("cannot write '{}': {e}", path.display()))
}

fn touch(path: &Path) -> Result<(), String> {
    let opened = std::fs::OpenOptions::new().write(true).create(true).truncate(true).open(path);
    opened.map(drop).map_err(|e| format!("cannot write '{}': {e}", path.display()))
}

/// The path with the number of the process in place of `%p`.
fn numbered(path: &Path) -> PathBuf {
    match path.to_str() {
        Some(text) => text.replace("%p", &std::process::id().to_string()).into(),
        None => path.to_path_buf(),
    }
}

/// In a forked child, which has the calling thread alone: it begins anew if its files have names of their own, and records nothing else.
pub(crate) fn after_fork(cx: &mut Ctx) {
    let on = ON.swap(0, Ordering::Relaxed);
    if on == 0 {
        return;
    }
    cx.watch.set(None);
    cx.take_pauses();
    // Whoever holds it is not here: what the parent's ended threads recorded is the parent's.
    if let Ok(mut ended) = ENDED.try_lock() {
        ended.clear();
    }
    let Ok(files) = FILES.try_lock() else { return };
    let own = |path: &Option<PathBuf>| path.as_ref().is_some_and(|p| p.to_string_lossy().contains("%p"));
    let (profile, timeline) = (own(&files.profile), own(&files.timeline));
    drop(files);
    let keep = if profile { PROFILE } else { 0 } | if timeline { TIMELINE } else { 0 };
    if on & keep != 0
        && let Err(text) = begin(cx, on & keep)
    {
        eprintln!("protopython: {text}");
        ON.store(0, Ordering::Relaxed);
    }
}

/// The calling thread ends.
pub(crate) fn ended(cx: &Ctx) {
    if let Some(watch) = cx.watch.take() {
        let recorded = record_of(cx, watch);
        static_lock(&ENDED).push(recorded);
    }
}

fn record_of(cx: &Ctx, watch: Box<Watch>) -> Recorded {
    let mut buffer = [0; 32];
    let name = match watch.is_main {
        true => "MainThread".to_owned(),
        false => String::from_utf8_lossy(proto_core::os::thread_name(watch.thread, &mut buffer)).into_owned(),
    };
    Recorded { name, ended: now(), pauses: cx.take_pauses(), promoted: cx.promoted(), watch }
}

/// The program ends: writes the files. What went wrong, a line each.
pub fn finish(cx: &mut Ctx) -> Vec<String> {
    let on = ON.swap(0, Ordering::Relaxed);
    if on == 0 {
        return Vec::new();
    }
    ended(cx);
    let running = cx.with_others_stopped(|others| {
        let others = others.iter().map(|c| frames::engine_context(c)).filter(|other| other.is_ready());
        others.filter_map(|other| Some(record_of(other, other.watch.take()?))).collect::<Vec<_>>()
    });
    let mut threads = std::mem::take(&mut *static_lock(&ENDED));
    threads.extend(running);
    threads.sort_by_key(|t| (!t.watch.is_main, t.watch.started));
    let files = static_lock(&FILES);
    let mut errors = Vec::new();
    let mut write = |path: &Option<PathBuf>, text: &dyn Fn(&Path) -> String| {
        if let Some(path) = path {
            let path = numbered(path);
            if let Err(e) = std::fs::write(&path, text(&path)) {
                errors.push(format!("cannot write '{}': {e}", path.display()));
            }
        }
    };
    write(&files.profile.clone().filter(|_| on & PROFILE != 0), &|path| profile::text(path, &threads));
    write(&files.timeline.clone().filter(|_| on & TIMELINE != 0), &|_| timeline::text(&threads));
    errors
}

/// Runs `f`, which is or holds a blocking region.
#[inline]
pub(crate) fn around<R>(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) -> R) -> R {
    if ON.load(Ordering::Relaxed) == 0 {
        return f(cx);
    }
    enters(cx);
    let r = f(cx);
    leaves(cx);
    r
}

/// Runs `f`, for which the region around it has been left.
#[inline]
pub(crate) fn inside<R>(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) -> R) -> R {
    if ON.load(Ordering::Relaxed) == 0 {
        return f(cx);
    }
    leaves(cx);
    let r = f(cx);
    enters(cx);
    r
}

/// A region begins: what the clock has asked before belongs to what ran.
#[cold]
fn enters(cx: &mut Ctx) {
    if take_request(cx) {
        with(cx, |watch, cx| watch.sampled(cx, false));
    }
    with(cx, |watch, _| {
        if let Some(waits) = &mut watch.waits {
            waits.begin();
        }
    });
}

/// A region ends: what the clock has asked meanwhile belongs to the wait.
#[cold]
fn leaves(cx: &mut Ctx) {
    if take_request(cx) {
        with(cx, |watch, cx| watch.sampled(cx, true));
    }
    with(cx, |watch, cx| {
        if let Some(kept) = &mut watch.waits
            && let Some(wait) = kept.end()
            && let Some(view) = frames::current(cx)
        {
            let line = watch.lines.of(&view);
            // The class of `threading` or `queue` that waits, and the program's line: who waits knows neither's insides.
            let (class, from) = waits::site(cx, "");
            let what = described(cx, &view);
            let what = if class.is_empty() { what } else { format!("{class}, {what}") };
            let (what, from) = (watch.words.of(&what), watch.words.of(&from));
            kept.keep(wait, timeline::Site { line, what, from }, cx.promoted());
        }
    });
}

fn take_request(cx: &mut Ctx) -> bool {
    let word = cx.core().poll_word();
    word.load(Ordering::Relaxed) & wake::SAMPLE != 0
        && word.fetch_and(!wake::SAMPLE, Ordering::Relaxed) & wake::SAMPLE != 0
}

fn with(cx: &mut Ctx, f: impl FnOnce(&mut Watch, &mut Ctx)) {
    if let Some(mut watch) = cx.watch.take() {
        f(&mut watch, cx);
        cx.watch.set(Some(watch));
    }
}

/// The interpreter is about to pass a safepoint.
#[inline]
pub(crate) fn polls(cx: &mut Ctx) {
    if is(PROFILE) {
        with(cx, |watch, _| watch.polls = true);
    }
}

/// A safepoint that the clock asked for.
#[cold]
#[inline(never)]
pub(crate) fn sample(cx: &mut Ctx) {
    with(cx, |watch, cx| watch.sampled(cx, false));
}

/// What is called natively at a published position, if it is a call of something native.
fn called(cx: &Ctx, view: &View) -> Option<(Value, Value)> {
    // SAFETY: the published position of a frame of this thread: an instruction whose operands are registers of the frame.
    unsafe {
        let window = match Running::at(view.pc)? {
            Running::Call(i) => i.window(),
            Running::CallKw(i) => i.window(),
            Running::CallMethod(i) => i.window(),
            Running::CallMethodKw(i) => i.window(),
            Running::CallEx(i) => i.window(),
            _ => return None,
        };
        let end = view.base.add(window + 2);
        if end >= cx.top() {
            return None;
        }
        let (callee, receiver) = (*view.base.add(window), *end);
        let function = Method::of(callee).map_or(callee, Method::func);
        let native = function.is_kind(Kind::Native) || Type::of(function).is_some_and(|t| !t.is_heap());
        native.then_some((function, receiver))
    }
}

/// The name of what is called natively; None for what is no native function.
fn native_name(cx: &Ctx, view: &View) -> Option<String> {
    let (callee, _) = called(cx, view)?;
    if let Some(native) = NativeObj::of(callee) {
        let name = native.declared_name()?;
        return Some(match native.owner() {
            Some(owner) => format!("{}.{name}", owner.name_str()),
            None => match crate::objects::Str::of(native.module()) {
                Some(module) => format!("{}.{name}", module.to_string_lossy()),
                None => name.to_owned(),
            },
        });
    }
    Type::of(callee).map(|t| t.message_name())
}

/// What a thread waits for: the function that waits, and for a method its object.
fn described(cx: &Ctx, view: &View) -> String {
    let Some(name) = native_name(cx, view) else { return "native code".to_owned() };
    match called(cx, view) {
        Some((callee, receiver)) if NativeObj::of(callee).is_some_and(|n| n.owner().is_some()) => {
            let bound = NativeObj::of(callee).map_or(Value::EMPTY, NativeObj::receiver).non_empty();
            match bound.or(receiver.non_empty()).filter(|v| v.is_ptr()) {
                Some(v) if Type::of(v).is_none() => {
                    format!("{name} of {} at {:#x}", types::type_short_name(cx, v), v.addr())
                }
                _ => name,
            }
        }
        _ => name,
    }
}

/// A string of JSON.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
