//! Reports for users: where threads waited for objects, and which stores made objects shared.
//!
//! `PROTOPYTHON_DEBUG=locks` and `=promotions`. Both are written by cold paths alone: a lock that is taken by somebody else,
//! a promotion. With the modes off these paths test one word of the configuration.

use crate::cell::header;
use crate::gc::pauses::Why;
use crate::heap::Heap;
use crate::space::Space;
use crate::sync::{ByteLock, Mutex, lock};
use crate::value::Value;
use std::collections::HashMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What a timeline shows of waits for objects: shorter ones are many and invisible.
const SHOWN: Duration = Duration::from_micros(5);
/// Lines of a report; what is beyond is summed up.
const LINES: usize = 20;

/// An object, by address and type, and the place of the code that waited for it.
type Waited = (usize, String, String);

/// How often and how long.
#[derive(Copy, Clone, Debug, Default)]
struct Waits {
    count: u64,
    total: Duration,
    longest: Duration,
}

/// What one place shared.
#[derive(Copy, Clone, Debug, Default)]
struct Promoted {
    stores: u64,
    objects: u64,
    bytes: u64,
}

/// What the space has collected for its reports.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    locks: Mutex<HashMap<Waited, Waits>>,
    promotions: Mutex<HashMap<String, Promoted>>,
}

impl Heap {
    /// Takes the lock of an object that somebody else holds.
    #[cold]
    #[inline(never)]
    pub(crate) fn lock_contended(&self, obj: Value, byte: &ByteLock) {
        let config = self.space().config();
        if !config.report_locks && !config.record_pauses {
            return byte.lock();
        }
        let start = Instant::now();
        byte.lock();
        let waited = start.elapsed();
        let space = self.space();
        // The lock is held meanwhile: the hook looks at code and types only, which need none.
        if config.record_pauses && waited >= SHOWN {
            self.note_pause(Why::Object(space.type_name(obj), space.place(self)), start);
        }
        if !config.report_locks {
            return;
        }
        let key = (obj.addr(), space.type_name(obj), space.place(self));
        let mut locks = lock(&space.reports.locks);
        let waits = locks.entry(key).or_default();
        waits.count += 1;
        waits.total += waited;
        waits.longest = waits.longest.max(waited);
    }

    /// Notes a promotion that a store has caused.
    #[cold]
    #[inline(never)]
    pub(crate) fn note_promotion(&self, objects: usize, bytes: usize) {
        let space = self.space();
        let place = space.place(self);
        let mut promotions = lock(&space.reports.promotions);
        let promoted = promotions.entry(place).or_default();
        promoted.stores += 1;
        promoted.objects += objects as u64;
        promoted.bytes += bytes as u64;
    }
}

impl Space {
    fn place(&self, heap: &Heap) -> String {
        let place = self.hooks.get().and_then(|h| h.place(heap));
        place.unwrap_or_else(|| "outside of Python code".to_owned())
    }

    fn type_name(&self, v: Value) -> String {
        // SAFETY: whoever locks an object holds it, so it lives.
        let shape = unsafe { header::shape(v.addr()) }.load(crate::sync::Ordering::Acquire);
        let name = self.try_shape(crate::space::ShapeId(shape)).and_then(|s| self.hooks.get()?.type_name(s.ty()));
        name.unwrap_or_else(|| format!("{:?}", v.kind_unchecked()).to_lowercase())
    }

    /// The reports that were asked for, for people; empty if none were.
    pub fn reports(&self) -> String {
        let mut text = String::new();
        if self.config().report_locks {
            self.report_locks(&mut text);
        }
        if self.config().report_promotions {
            self.report_promotions(&mut text);
        }
        text
    }

    fn report_locks(&self, text: &mut String) {
        let locks = lock(&self.reports.locks);
        let mut objects: HashMap<(usize, &str), (Waits, Vec<(&str, Waits)>)> = HashMap::new();
        for ((addr, ty, place), &waits) in locks.iter() {
            let (sum, places) = objects.entry((*addr, ty)).or_default();
            sum.count += waits.count;
            sum.total += waits.total;
            sum.longest = sum.longest.max(waits.longest);
            places.push((place, waits));
        }
        let mut objects: Vec<_> = objects.into_iter().collect();
        objects.sort_by_key(|(_, (sum, _))| std::cmp::Reverse(sum.total));
        let _ = writeln!(text, "locks: {} objects were waited for", objects.len());
        for ((addr, ty), (sum, places)) in objects.iter_mut().take(LINES) {
            let _ = writeln!(text, "locks: {ty} object at {addr:#x}: {}", describe(sum));
            places.sort_by_key(|(_, waits)| std::cmp::Reverse(waits.total));
            for (place, waits) in places.iter().take(LINES) {
                let _ = writeln!(text, "locks:     {place}: {}", describe(waits));
            }
        }
        rest(text, "locks", objects.len());
    }

    fn report_promotions(&self, text: &mut String) {
        let promotions = lock(&self.reports.promotions);
        let mut places: Vec<(&String, &Promoted)> = promotions.iter().collect();
        places.sort_by_key(|(place, p)| (std::cmp::Reverse(p.objects), place.as_str()));
        let (stores, objects) = places.iter().fold((0, 0), |(s, o), (_, p)| (s + p.stores, o + p.objects));
        let _ = writeln!(text, "promotions: {stores} stores shared {objects} objects");
        for (place, p) in places.iter().take(LINES) {
            let _ =
                writeln!(text, "promotions: {place}: {} stores, {} objects, {} bytes", p.stores, p.objects, p.bytes);
        }
        rest(text, "promotions", places.len());
    }
}

fn describe(w: &Waits) -> String {
    let us = |d: Duration| d.as_nanos() as f64 / 1000.0;
    format!("{} waits, {:.1} us in all, {:.1} us at most", w.count, us(w.total), us(w.longest))
}

fn rest(text: &mut String, what: &str, all: usize) {
    if all > LINES {
        let _ = writeln!(text, "{what}: and {} more", all - LINES);
    }
}
