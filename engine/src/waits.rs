//! `PROTOPYTHON_DEBUG=locks`: who holds `Lock`, `RLock`, `Condition` and queues, who waits for them, and whether that can end.
//!
//! Off by default; then each operation tests one word. On, every lock that is taken and every wait is entered in a table, with the
//! line of the program: of `threading` and `queue` themselves only the class is named that stands between.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use proto_core::sync::{Ordering, StaticCounter};

use crate::ctx::Ctx;
use crate::frames::{self, crash};

/// How often a thread that waits looks whether anything moves.
pub const LOOK: Duration = Duration::from_millis(250);
/// Lines of the report at exit.
const LINES: usize = 20;

static ON: StaticCounter = StaticCounter::new(0);

/// Something that is held.
struct Held {
    ident: u64,
    what: String,
    place: String,
}

/// A thread that waits.
struct Waiting {
    addr: usize,
    what: String,
    place: String,
    /// The holder's line when the wait began.
    holder: String,
    /// Without a time-out.
    forever: bool,
    /// The thread that it waits for, where it waits for one and not for a lock.
    after: Option<u64>,
    since: Instant,
}

#[derive(Copy, Clone, Default)]
struct Waits {
    count: u64,
    total: Duration,
    longest: Duration,
}

/// What was waited for, its address, the waiter's and the holder's line.
type Site = (String, usize, String, String);

#[derive(Default)]
struct Table {
    held: HashMap<usize, Held>,
    waiting: HashMap<u64, Waiting>,
    waits: HashMap<Site, Waits>,
    /// Goes up with each entry and each removal.
    changes: u64,
    /// `changes` when a look found that all wait, and when that was reported.
    stuck: u64,
    reported: u64,
    /// The cycle that a look found last, and those that were reported: each thread with the beginning of its wait.
    cycle: Vec<(u64, Instant)>,
    known: Vec<Vec<(u64, Instant)>>,
}

static TABLE: std::sync::Mutex<Option<Table>> = std::sync::Mutex::new(None);

fn with<R>(f: impl FnOnce(&mut Table) -> R) -> R {
    let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    f(table.get_or_insert_default())
}

/// Whether the table is kept.
#[inline(always)]
pub fn is_on() -> bool {
    ON.load(Ordering::Relaxed) != 0
}

/// From now on it is.
pub fn start() {
    ON.store(1, Ordering::Relaxed);
}

/// In a forked child nobody else holds or waits for anything.
pub fn forget_others() {
    // The table may be in the hands of a thread that is gone: then nothing is reported here.
    if let Ok(mut table) = TABLE.try_lock() {
        *table = None;
    } else {
        ON.store(0, Ordering::Relaxed);
    }
}

/// The class of `threading` or `queue` through which the program came here, if any, and the program's line.
pub(crate) fn site(cx: &Ctx, kind: &str) -> (String, String) {
    let mut what = kind;
    let mut view = frames::innermost(cx);
    let mut inner = None;
    while let Some(v) = view {
        let (file, line, function) = frames::place(&v);
        if !is_library(file) {
            return (what.to_owned(), format!("{file}:{line}"));
        }
        inner = inner.or(Some((file, line)));
        match function.split_once('.') {
            // What starts and runs every thread says nothing; who joins one comes with that kind.
            None | Some(("Thread", _)) => {}
            Some((class, _)) => what = class.trim_start_matches('_'),
        }
        view = frames::caller(cx, &v);
    }
    // A thread may run a method of a lock as a whole: then it is `threading` that calls.
    let place = inner.map_or_else(|| "no Python code".to_owned(), |(file, line)| format!("{file}:{line}"));
    (what.to_owned(), place)
}

fn is_library(file: &str) -> bool {
    file.ends_with("/lib/python3.14/threading.py") || file.ends_with("/lib/python3.14/queue.py")
}

/// The calling thread has taken the lock at `addr`. The lock that a condition makes for each wait, which nobody frees, is none
/// that could be held.
#[cold]
pub fn taken(cx: &Ctx, addr: usize, kind: &str) {
    if let Some(v) = frames::innermost(cx) {
        let (file, _, function) = frames::place(&v);
        if is_library(file) && function == "Condition.wait" {
            return;
        }
    }
    let (what, place) = site(cx, kind);
    with(|t| {
        t.changes += 1;
        t.held.insert(addr, Held { ident: cx.ident, what, place });
    });
}

/// The lock at `addr` is free.
#[cold]
pub fn freed(addr: usize) {
    with(|t| {
        t.changes += 1;
        t.held.remove(&addr);
    });
}

/// A wait in whose course another is made: handlers of signals and finalizers run meanwhile.
#[must_use]
pub struct Outer(Option<Waiting>);

/// The calling thread begins to wait.
pub fn begin(cx: &Ctx, addr: usize, kind: &str, forever: bool, after: Option<u64>) -> Outer {
    let (what, place) = site(cx, kind);
    with(|t| {
        t.changes += 1;
        let holder = t.held.get(&addr).map_or_else(String::new, |h| h.place.clone());
        let wait = Waiting { addr, what, place, holder, forever, after, since: Instant::now() };
        Outer(t.waiting.insert(cx.ident, wait))
    })
}

/// It waits no more, or for what it waited for before.
pub fn end(cx: &Ctx, outer: Outer) {
    with(|t| {
        t.changes += 1;
        let ended = t.waiting.remove(&cx.ident);
        if let Some(w) = outer.0 {
            t.waiting.insert(cx.ident, w);
        }
        let Some(w) = ended else { return };
        let waited = w.since.elapsed();
        let sum = t.waits.entry((w.what, w.addr, w.place, w.holder)).or_default();
        sum.count += 1;
        sum.total += waited;
        sum.longest = sum.longest.max(waited);
    });
}

impl Table {
    /// The thread that must act for `ident` to go on; None if any may.
    fn waits_for(&self, ident: u64) -> Option<u64> {
        let w = self.waiting.get(&ident).filter(|w| w.forever)?;
        // Who waits for a lock that it took itself waits for somebody to release it: a condition's way.
        w.after.or_else(|| self.held.get(&w.addr).map(|h| h.ident)).filter(|&other| other != ident)
    }

    /// The threads that wait for each other, beginning with `ident`.
    fn cycle(&self, ident: u64) -> Option<Vec<u64>> {
        let mut seen = vec![ident];
        loop {
            let next = self.waits_for(*seen.last()?)?;
            if next == ident {
                return Some(seen);
            }
            if seen.contains(&next) {
                return None;
            }
            seen.push(next);
        }
    }
}

/// Called by who waits, every [`LOOK`]: reports once if nothing has moved since the last look and nothing can.
pub fn look(cx: &mut Ctx) {
    let found = with(|t| {
        // What one look finds may end by itself: somebody may have been woken without having got so far.
        if let Some(cycle) = t.cycle(cx.ident) {
            let mut waits: Vec<_> = cycle.iter().filter_map(|i| Some((*i, t.waiting.get(i)?.since))).collect();
            waits.sort_unstable();
            if t.known.contains(&waits) {
                return None;
            }
            if t.cycle != waits {
                t.cycle = waits;
                return None;
            }
            t.known.push(waits);
            t.reported = t.changes;
            return Some(("deadlock: threads wait for each other", Some(cycle)));
        }
        if !crash::threads().all(|(ident, _)| t.waiting.get(&ident).is_some_and(|w| w.forever)) {
            return None;
        }
        let seen_before = std::mem::replace(&mut t.stuck, t.changes) == t.changes;
        if !seen_before || t.reported == t.changes {
            return None;
        }
        t.reported = t.changes;
        Some(("deadlock: all threads wait", None))
    });
    if let Some((title, cycle)) = found {
        say(cx, title, cycle);
    }
}

/// Tells on the standard error what every thread does, holds and waits for.
pub fn dump(cx: &mut Ctx, title: &str) {
    let cycle = with(|t| crash::threads().find_map(|(ident, _)| t.cycle(ident)));
    say(cx, title, cycle);
}

fn say(cx: &mut Ctx, title: &str, cycle: Option<Vec<u64>>) {
    // Nobody stops with the table in hands: no safepoint is passed meanwhile.
    let text = cx.with_others_stopped(|_| with(|t| describe(t, title, cycle.as_deref())));
    // Nobody is there to be told that the standard error is closed.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn describe(t: &Table, title: &str, cycle: Option<&[u64]>) -> String {
    let mut text = format!("locks: {title}\n");
    for (ident, number) in crash::threads() {
        let mut buffer = [0; 32];
        let name = String::from_utf8_lossy(proto_core::os::thread_name(number, &mut buffer)).into_owned();
        let _ = writeln!(text, "\nThread 0x{ident:016x} [{name}] (most recent call first):");
        let mut stack = Vec::new();
        crash::stack_of(&mut |part| stack.extend_from_slice(part), ident);
        text.push_str(&String::from_utf8_lossy(&stack));
        if let Some(w) = t.waiting.get(&ident) {
            let _ = write!(text, "  waits for {} at {:#x}", w.what, w.addr);
            match (w.after, t.held.get(&w.addr)) {
                (Some(other), _) => {
                    let _ = write!(text, ", the end of thread 0x{other:016x}");
                }
                (None, Some(h)) if h.ident != ident => {
                    let _ = write!(text, ", held by thread 0x{:016x} since {}", h.ident, h.place);
                }
                _ => {}
            }
            let _ = writeln!(text, ", in {}", w.place);
        }
        let mut held: Vec<_> = t.held.iter().filter(|(_, h)| h.ident == ident).collect();
        held.sort_by_key(|(addr, _)| **addr);
        for (addr, h) in held {
            let _ = writeln!(text, "  holds {} at {addr:#x}, taken in {}", h.what, h.place);
        }
    }
    if let Some(cycle) = cycle {
        let _ = writeln!(text, "\ncycle:");
        for (i, ident) in cycle.iter().enumerate() {
            let next = cycle[(i + 1) % cycle.len()];
            if let Some(w) = t.waiting.get(ident) {
                let _ = writeln!(
                    text,
                    "  thread 0x{ident:016x} waits in {} for {} at {:#x} of thread 0x{next:016x}",
                    w.place, w.what, w.addr
                );
            }
        }
    }
    text.push('\n');
    text
}

/// What is printed at exit; empty if the table is not kept.
pub fn report() -> String {
    if !is_on() {
        return String::new();
    }
    let mut text = String::new();
    with(|t| {
        let mut objects: HashMap<(&str, usize), (Waits, Vec<(&Site, &Waits)>)> = HashMap::new();
        for (site, waits) in &t.waits {
            let (sum, places) = objects.entry((&site.0, site.1)).or_default();
            sum.count += waits.count;
            sum.total += waits.total;
            sum.longest = sum.longest.max(waits.longest);
            places.push((site, waits));
        }
        let _ = writeln!(text, "locks: {} locks, conditions and queues were waited for", objects.len());
        let mut objects: Vec<_> = objects.into_iter().collect();
        objects.sort_by_key(|(key, (sum, _))| (std::cmp::Reverse(sum.total), *key));
        for ((what, addr), (sum, mut places)) in objects.into_iter().take(LINES) {
            let _ = writeln!(text, "locks: {what} at {addr:#x}: {}", amounts(&sum));
            places.sort_by_key(|(site, waits)| (std::cmp::Reverse(waits.total), *site));
            for (site, waits) in places.into_iter().take(LINES) {
                let holder = if site.3.is_empty() { String::new() } else { format!(", held since {}", site.3) };
                let _ = writeln!(text, "locks:     {}: {}{holder}", site.2, amounts(waits));
            }
        }
    });
    text
}

fn amounts(w: &Waits) -> String {
    let ms = |d: Duration| d.as_secs_f64() * 1000.0;
    format!("{} waits, {:.1} ms in all, {:.1} ms at most", w.count, ms(w.total), ms(w.longest))
}
