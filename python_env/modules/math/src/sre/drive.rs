//! What patterns are run on, and what a run finds. Places are byte offsets; Python's character indices are made from them only
//! where Python sees them.

use super::pattern::{Pattern, Program, malformed};
use engine::objects::Bytes;
use engine::prelude::*;
use pytext::regex::{Machine, Narrow, Request, Stopped, Wide};
use pytext::wtf8;
use std::cell::Cell;

pub use pytext::regex::Mode;

/// Subjects of at least so many bytes are searched by the general way only.
const LONG: usize = 1 << 20;

enum Kind {
    Text(Str),
    Bytes(Bytes),
    /// A copy of another bytes-like object.
    Copied(Vec<u8>),
}

/// What is searched.
pub struct Subject {
    kind: Kind,
    /// Whether each byte is a character.
    narrow: bool,
    /// A byte offset and its character index: indices are counted from the last one asked for.
    known: Cell<(usize, usize)>,
}

impl Subject {
    /// The subject in `v`.
    pub fn of(cx: &mut Ctx, v: Value) -> Res<Subject> {
        let kind = if let Some(s) = Str::of_sub(cx, v) {
            Kind::Text(s)
        } else if let Some(b) = Bytes::of_sub(cx, v) {
            Kind::Bytes(b)
        } else {
            match protocol::buffer_bytes(cx, v)? {
                Some(b) => Kind::Copied(b),
                None => {
                    let name = type_name(cx, v);
                    return Err(cx.type_error(format!("expected string or bytes-like object, got '{name}'")));
                }
            }
        };
        Ok(Subject::new(kind))
    }

    fn new(kind: Kind) -> Subject {
        let narrow = match &kind {
            Kind::Text(s) => s.is_ascii(),
            _ => true,
        };
        Subject { kind, narrow, known: Cell::new((0, 0)) }
    }

    /// The subject in an exact str or bytes object, which `pattern` must be able to match; `None` for everything else.
    pub fn exact(heap: &Heap, pattern: Pattern, v: Value) -> Option<Subject> {
        let kind = match Str::of(v) {
            Some(s) => Kind::Text(s),
            None => Kind::Bytes(Bytes::of(v)?),
        };
        let is_text = matches!(kind, Kind::Text(_));
        (pattern.is_bytes(heap) != Some(is_text)).then(|| Subject::new(kind))
    }

    /// The subject in `v`, which `pattern` must be able to match.
    pub fn checked(cx: &mut Ctx, pattern: Pattern, v: Value) -> Res<Subject> {
        let subject = Subject::of(cx, v)?;
        match (pattern.is_bytes(cx), subject.is_text()) {
            (Some(true), true) => Err(cx.type_error("cannot use a bytes pattern on a string-like object")),
            (Some(false), false) => Err(cx.type_error("cannot use a string pattern on a bytes-like object")),
            _ => Ok(subject),
        }
    }

    /// Whether it is a string.
    pub fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text(_))
    }

    /// Length in characters.
    pub fn chars(&self) -> usize {
        match &self.kind {
            Kind::Text(s) => s.len_chars(),
            _ => self.len(),
        }
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.bytes().len()
    }

    fn bytes(&self) -> &[u8] {
        match &self.kind {
            Kind::Text(s) => s.as_bytes(),
            Kind::Bytes(b) => b.as_slice(),
            Kind::Copied(b) => b,
        }
    }

    /// The offset of character `i`.
    pub fn offset(&self, heap: &Heap, i: usize) -> usize {
        match &self.kind {
            Kind::Text(s) if !self.narrow => {
                let at = s.byte_of_char(heap, i);
                self.known.set((at, i.min(s.len_chars())));
                at
            }
            _ => i.min(self.len()),
        }
    }

    /// The index of the character at an offset.
    pub fn index(&self, at: usize) -> usize {
        if self.narrow {
            return at;
        }
        let (from, n) = self.known.get();
        let bytes = self.bytes();
        let index = if at >= from { n + wtf8::count(&bytes[from..at]) } else { n - wtf8::count(&bytes[at..from]) };
        self.known.set((at, index));
        index
    }

    /// The part `a..b` as an object.
    pub fn slice(&self, heap: &Heap, a: usize, b: usize) -> Value {
        match &self.kind {
            Kind::Text(s) => s.slice_bytes(heap, a, b),
            Kind::Bytes(s) if a == 0 && b == s.len() => s.value(),
            _ => Bytes::new(heap, self.bytes().get(a..b).unwrap_or(&[])),
        }
    }

    /// The characters `a..b` as an object.
    pub fn slice_chars(&self, heap: &Heap, a: usize, b: usize) -> Value {
        match &self.kind {
            Kind::Text(s) => s.substr(heap, a, b),
            _ => self.slice(heap, a, b),
        }
    }

    /// Appends the part `a..b` to `out`.
    pub fn push_to(&self, out: &mut Vec<u8>, a: usize, b: usize) {
        out.extend_from_slice(self.bytes().get(a..b).unwrap_or(&[]));
    }
}

thread_local! {
    /// A machine that nobody uses just now, for its memory.
    static SPARE: Cell<Option<Box<Machine>>> = const { Cell::new(None) };
}

/// A match.
pub struct Found {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// None while it is dropped.
    machine: Option<Box<Machine>>,
}

impl Drop for Found {
    fn drop(&mut self) {
        if let Some(machine) = self.machine.take() {
            give_back(machine);
        }
    }
}

fn give_back(machine: Box<Machine>) {
    // At the end of a thread there is nobody left to keep it for.
    let _ = SPARE.try_with(|spare| spare.set(Some(machine)));
}

impl Found {
    /// The span of group `i`, counted from 1.
    pub fn group(&self, i: usize) -> Option<(usize, usize)> {
        self.machine.as_ref()?.group(i)
    }

    /// The last group that took part.
    pub fn last_index(&self) -> Option<usize> {
        self.machine.as_ref()?.last_group()
    }

    /// Where the next search starts, and whether it must not find an empty match there.
    pub fn next(&self) -> (usize, bool) {
        (self.end, self.start == self.end)
    }
}

fn find(
    machine: &mut Machine,
    program: &pytext::regex::Program,
    subject: &Subject,
    request: &Request,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<bool, Stopped> {
    let bytes = subject.bytes();
    if subject.narrow {
        machine.find(program, Narrow(bytes), request, go_on)
    } else {
        machine.find(program, Wide(bytes), request, go_on)
    }
}

/// Whether a subject is short enough for the quick forms, which look for signals and collectors too seldom else.
pub fn is_short(subject: &Subject) -> bool {
    subject.len() < LONG
}

/// Runs `f` with a machine and wraps what it found.
fn with_machine(f: impl FnOnce(&mut Machine) -> Result<bool, Stopped>) -> Result<Option<Found>, Stopped> {
    let mut machine = SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default();
    match f(&mut machine) {
        Ok(true) => Ok(Some(Found { start: machine.start(), end: machine.end(), machine: Some(machine) })),
        other => {
            give_back(machine);
            other.map(|_| None)
        }
    }
}

/// Matches `pattern` in the part `start..end` of a short `subject`; gives up when that takes long.
pub fn run_short(
    heap: &Heap,
    pattern: Pattern,
    subject: &Subject,
    (start, end): (usize, usize),
    mode: Mode,
) -> Result<Option<Found>, Stopped> {
    if start > end && mode == Mode::Search {
        return Ok(None);
    }
    let request = Request { start, end: end.max(start), mode, must_advance: false };
    let Some(program) = pattern.program(heap).and_then(Program::lowered) else { return Err(Stopped) };
    with_machine(|machine| find(machine, program, subject, &request, &mut || false))
}

/// Matches `pattern` in the part `start..end` of `subject`. A safepoint: a match that takes long polls.
pub fn run(
    cx: &mut Ctx,
    pattern: Pattern,
    subject: &Subject,
    start: usize,
    end: usize,
    mode: Mode,
    must_advance: bool,
) -> Res<Option<Found>> {
    if start > end && mode == Mode::Search {
        return Ok(None);
    }
    let request = Request { start, end: end.max(start), mode, must_advance };
    let Some(program) = pattern.program(cx).and_then(Program::lowered).cloned() else { return Err(malformed(cx)) };
    let mut polled = Ok(());
    let found = with_machine(|machine| {
        find(machine, &program, subject, &request, &mut || {
            polled = cx.poll();
            polled.is_ok()
        })
    });
    polled?;
    Ok(found.unwrap_or(None))
}
