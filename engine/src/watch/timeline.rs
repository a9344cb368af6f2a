//! `-X timeline=FILE`: when each thread ran, waited and collected, in the format of Chrome's traces, which Perfetto opens.
//!
//! A thread writes down its waits of [`SHOWN`] and more, with the line that waits and what for; the heap writes down its pauses
//! (`proto_core::Pauses`). What lies between is running. Both have an end ([`MOST`]); what came after it is counted, and said.

use std::time::Instant;

use proto_core::os;
use proto_core::{Pause, Why};

use super::{Recorded, Watch, quoted, since_epoch};

/// Waits that are kept of a thread.
const MOST: usize = 1 << 17;
/// Waits that nobody would see in a picture are not kept, in nanoseconds.
const SHOWN: u64 = 20_000;

/// A wait that is over.
pub(crate) struct Wait {
    start: u64,
    ns: u64,
    /// The thread worked meanwhile, in native code.
    worked: bool,
}

/// Where a thread waited, by its numbers of lines and words: the line that waits, what for, and the program's line.
pub(crate) struct Site {
    pub line: u32,
    pub what: u32,
    pub from: u32,
}

struct Kept {
    wait: Wait,
    site: Site,
    promoted: (u64, u64),
}

/// The waits of a thread.
#[derive(Default)]
pub(crate) struct Waits {
    kept: Vec<Kept>,
    dropped: u64,
    since: Option<(Instant, u64)>,
}

impl Waits {
    pub(super) fn begin(&mut self) {
        self.since = Some((Instant::now(), os::thread_time_ns().unwrap_or(0)));
    }

    /// The wait that began last, unless it is too short to be seen.
    pub(super) fn end(&mut self) -> Option<Wait> {
        let (start, processor) = self.since.take()?;
        let ns = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let worked = os::thread_time_ns().unwrap_or(0).saturating_sub(processor) > ns / 2;
        (ns >= SHOWN).then(|| Wait { start: since_epoch(start), ns, worked })
    }

    pub(super) fn keep(&mut self, wait: Wait, site: Site, promoted: (u64, u64)) {
        if self.kept.len() < MOST {
            self.kept.push(Kept { wait, site, promoted });
        } else {
            self.dropped += 1;
        }
    }
}

/// The events of a file, as they are added.
struct Events {
    text: String,
    process: u32,
}

fn us(ns: u64) -> f64 {
    ns as f64 / 1000.0
}

impl Events {
    fn raw(&mut self, event: &str) {
        self.text.push_str(if self.text.is_empty() { "" } else { ",\n" });
        self.text.push_str(event);
    }

    /// Something that lasted.
    fn slice(&mut self, thread: u32, (name, category): (&str, &str), (start, ns): (u64, u64), more: &str) {
        let event = format!(
            "{{\"name\":{},\"cat\":\"{category}\",\"ph\":\"X\",\"ts\":{:.3},\"dur\":{:.3},\"pid\":{},\"tid\":{thread},\"args\":{{{more}}}}}",
            quoted(name),
            us(start),
            us(ns),
            self.process
        );
        self.raw(&event);
    }

    /// What a thread is called.
    fn named(&mut self, thread: u32, name: &str) {
        let event = format!(
            "{{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":{},\"tid\":{thread},\"args\":{{\"name\":{}}}}}",
            self.process,
            quoted(name)
        );
        self.raw(&event);
    }

    /// How much a thread has promoted by then.
    fn promoted(&mut self, thread: &Recorded, at: u64, (objects, bytes): (u64, u64)) {
        let name = format!("promoted by {} ({})", thread.name, thread.watch.thread);
        let event = format!(
            "{{\"name\":{},\"cat\":\"promotions\",\"ph\":\"C\",\"ts\":{:.3},\"pid\":{},\"args\":{{\"objects\":{objects},\"KiB\":{}}}}}",
            quoted(&name),
            us(at),
            self.process,
            bytes >> 10
        );
        self.raw(&event);
    }
}

/// What the file is to hold.
pub(super) fn text(threads: &[Recorded]) -> String {
    let mut events = Events { text: String::new(), process: std::process::id() };
    let mut dropped = 0;
    for thread in threads {
        let Watch { waits: Some(waits), lines, words, thread: number, started, .. } = &*thread.watch else { continue };
        dropped += waits.dropped + thread.pauses.dropped;
        events.named(*number, &thread.name);
        let mut running = *started;
        for kept in &waits.kept {
            let Wait { start, ns, worked } = kept.wait;
            if start > running {
                events.slice(*number, ("run", "run"), (running, start - running), "");
            }
            let place = &lines.list[kept.site.line as usize];
            let what = &words.list[kept.site.what as usize];
            let (name, category) = match worked {
                true => (format!("native: {what}"), "native"),
                false => (format!("wait: {what}"), "wait"),
            };
            let more = format!(
                "\"from\":{},\"line\":{},\"function\":{}",
                quoted(&words.list[kept.site.from as usize]),
                quoted(&place.short()),
                quoted(&place.code.qualname)
            );
            events.slice(*number, (&name, category), (start, ns), &more);
            running = start + ns;
        }
        if thread.ended > running {
            events.slice(*number, ("run", "run"), (running, thread.ended - running), "");
        }
        for pause in &thread.pauses.list {
            paused(&mut events, *number, pause);
        }
        let counts = waits.kept.iter().map(|k| (k.wait.start + k.wait.ns, k.promoted));
        let counts = counts.chain(thread.pauses.list.iter().map(|p| (since_epoch(p.start), p.promoted)));
        let mut counts: Vec<_> = counts.chain([(thread.ended, thread.promoted)]).collect();
        counts.sort_unstable();
        counts.dedup_by_key(|(_, promoted)| *promoted);
        for (at, promoted) in counts {
            events.promoted(thread, at, promoted);
        }
    }
    format!(
        "{{\"displayTimeUnit\":\"ms\",\"otherData\":{{\"producer\":\"protopython {}\",\"events left out\":\"{dropped}\"}},\n\"traceEvents\":[\n{}\n]}}\n",
        env!("CARGO_PKG_VERSION"),
        events.text
    )
}

fn paused(events: &mut Events, thread: u32, pause: &Pause) {
    let span = (since_epoch(pause.start), pause.ns);
    match &pause.why {
        Why::Minor => events.slice(thread, ("local collection", "gc"), span, "\"of\":\"young objects\""),
        Why::Full => events.slice(thread, ("local collection", "gc"), span, "\"of\":\"all objects of the thread\""),
        Why::Global => events.slice(thread, ("global collection", "gc"), span, ""),
        Why::Stopped => events.slice(thread, ("stopped by another thread", "gc"), span, ""),
        Why::Object(what, line) => {
            let name = format!("wait: lock of a {what} object");
            events.slice(thread, (&name, "wait"), span, &format!("\"line\":{}", quoted(line)));
        }
    }
}
