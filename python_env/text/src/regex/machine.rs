//! The backtracking machine.

use super::charset::{Bits, Fold, Single, is_unicode_word, is_word};
use super::code::at;
use super::program::{First, Greed, Op, Program};
use crate::wtf8;

/// How characters lie in a text.
pub trait Text: Copy {
    /// Whether each byte is a character.
    const NARROW: bool;
    /// All bytes.
    fn bytes(&self) -> &[u8];
    /// The character at `pos`, which is inside, and its width.
    fn at(&self, pos: usize) -> (u32, usize);
    /// The character before `pos`, which is not 0, and its width.
    fn before(&self, pos: usize) -> (u32, usize);
}

/// One byte a character: bytes, and strings of ASCII.
#[derive(Clone, Copy, Debug)]
pub struct Narrow<'a>(pub &'a [u8]);

impl Text for Narrow<'_> {
    const NARROW: bool = true;
    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        self.0
    }
    #[inline(always)]
    fn at(&self, pos: usize) -> (u32, usize) {
        (u32::from(self.0[pos]), 1)
    }
    #[inline(always)]
    fn before(&self, pos: usize) -> (u32, usize) {
        (u32::from(self.0[pos - 1]), 1)
    }
}

/// Generalized UTF-8.
#[derive(Clone, Copy, Debug)]
pub struct Wide<'a>(pub &'a [u8]);

impl Text for Wide<'_> {
    const NARROW: bool = false;
    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        self.0
    }
    #[inline(always)]
    fn at(&self, pos: usize) -> (u32, usize) {
        match self.0[pos] {
            b if b < 0x80 => (u32::from(b), 1),
            _ => wtf8::decode(self.0, pos).unwrap_or((0xFFFD, 1)),
        }
    }
    #[inline(always)]
    fn before(&self, pos: usize) -> (u32, usize) {
        match self.0[pos - 1] {
            b if b < 0x80 => (u32::from(b), 1),
            _ => wtf8::decode_back(self.0, pos).unwrap_or((0xFFFD, 1)),
        }
    }
}

/// How to match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// At the start.
    Match,
    /// At the start and up to the end.
    Full,
    /// Anywhere.
    Search,
}

/// Where and how to match: byte offsets, `start <= end`.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Where to begin.
    pub start: usize,
    /// Behind the last character that may be looked at.
    pub end: usize,
    /// How.
    pub mode: Mode,
    /// Whether an empty match at the start does not count.
    pub must_advance: bool,
}

/// What a register holds that holds nothing.
const NONE: usize = usize::MAX;

/// What to do when the machine comes back to a choice.
#[derive(Clone, Copy, Debug)]
enum Tag {
    /// Go on at `pc` from position `a`.
    Retry,
    /// Restore register `a` to `b`, and fail on.
    Restore,
    /// Take one character less in a run that ends at `b`, not below `a`; then go on at `pc`.
    Shrink,
    /// Take one character more in the run at `pc`, which ends at `a` with `b` characters.
    Grow,
    /// Another turn of the lazy loop `pc` from position `a`; `b` turns were made.
    Turn,
    /// The start of an atomic part or a look (at `pc`) at position `b`; `a` is the barrier outside.
    Barrier,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: Tag,
    pc: u32,
    a: usize,
    b: usize,
}

/// A match was given up because its caller said so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stopped;

/// Work, in steps of some nanoseconds, between two questions whether to go on.
const FUEL: usize = 1 << 15;

/// Registers and stack: kept between matches for their memory. After a match the registers tell the groups.
#[derive(Debug, Default)]
pub struct Machine {
    registers: Vec<usize>,
    stack: Vec<Entry>,
    /// The place of the innermost barrier on the stack.
    barrier: usize,
    last: usize,
    start: usize,
    end: usize,
    /// Steps until the caller is asked again.
    fuel: usize,
}

impl Machine {
    /// Where the match begins.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Where it ends.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The span of group `i`, counted from 1; 0 is the whole match.
    #[inline]
    pub fn group(&self, i: usize) -> Option<(usize, usize)> {
        if i == 0 {
            return Some((self.start, self.end));
        }
        let (a, b) = (*self.registers.get(2 * i - 2)?, *self.registers.get(2 * i - 1)?);
        (a != NONE && b != NONE && a <= b).then_some((a, b))
    }

    /// The last group that took part.
    pub fn last_group(&self) -> Option<usize> {
        self.registers.get(self.last).copied().filter(|&i| i != NONE)
    }

    /// Looks for a match. A match may take for ever: `go_on` is asked every now and then.
    ///
    /// # Errors
    /// `go_on` said no.
    pub fn find<T: Text>(
        &mut self,
        p: &Program,
        text: T,
        request: &Request,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<bool, Stopped> {
        let Request { start, end, mode, .. } = *request;
        self.last = 2 * p.groups;
        self.fuel = FUEL;
        if end.saturating_sub(start) < p.least {
            return Ok(false);
        }
        if mode != Mode::Search {
            let possible = !p.first.known || start < end && begins::<T>(&p.first, text.bytes()[start]);
            return Ok(possible && self.attempt(p, text, start, request, go_on)?);
        }
        if let Some(length) = p.whole {
            self.registers.clear();
            let at = candidate(p, text, start, end);
            if let Some(at) = at {
                (self.start, self.end) = (at, at + length);
            }
            return Ok(at.is_some());
        }
        let mut from = start;
        while let Some(at) = candidate(p, text, from, end) {
            if self.attempt(p, text, at, request, go_on)? {
                return Ok(true);
            }
            if p.at_start || at >= end {
                return Ok(false);
            }
            from = at + text.at(at).1;
            self.spend(1, go_on)?;
        }
        Ok(false)
    }

    /// Counts `n` steps.
    #[inline(always)]
    fn spend(&mut self, n: usize, go_on: &mut dyn FnMut() -> bool) -> Result<(), Stopped> {
        match self.fuel.checked_sub(n) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => self.ask(go_on),
        }
    }

    #[cold]
    fn ask(&mut self, go_on: &mut dyn FnMut() -> bool) -> Result<(), Stopped> {
        self.fuel = FUEL;
        if go_on() { Ok(()) } else { Err(Stopped) }
    }

    fn attempt<T: Text>(
        &mut self,
        p: &Program,
        text: T,
        start: usize,
        request: &Request,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<bool, Stopped> {
        self.registers.clear();
        self.registers.resize(p.registers, NONE);
        self.stack.clear();
        self.barrier = NONE;
        let end = self.run(p, text, start, request, go_on)?;
        if let Some(end) = end {
            (self.start, self.end) = (start, end);
        }
        Ok(end.is_some())
    }

    /// Sets a register; what it held comes back when a choice that is open now is taken.
    #[inline(always)]
    fn set(&mut self, register: usize, v: usize) {
        let old = std::mem::replace(&mut self.registers[register], v);
        if !self.stack.is_empty() {
            self.stack.push(Entry { tag: Tag::Restore, pc: 0, a: register, b: old });
        }
    }

    /// Forgets the choices since the innermost barrier, which goes too. What restores registers stays.
    fn commit(&mut self) -> Option<Entry> {
        let at = self.barrier;
        let barrier = *self.stack.get(at)?;
        self.barrier = barrier.a;
        let mut kept = at;
        for i in at + 1..self.stack.len() {
            if let Tag::Restore = self.stack[i].tag {
                self.stack[kept] = self.stack[i];
                kept += 1;
            }
        }
        self.stack.truncate(kept);
        Some(barrier)
    }

    /// Restores what changed since the innermost barrier, which goes.
    fn roll_back(&mut self) {
        let at = self.barrier;
        while self.stack.len() > at
            && let Some(entry) = self.stack.pop()
        {
            match entry.tag {
                Tag::Restore => self.registers[entry.a] = entry.b,
                Tag::Barrier => self.barrier = entry.a,
                _ => {}
            }
        }
    }

    /// Runs the program from `start`: where the match ends.
    fn run<T: Text>(
        &mut self,
        p: &Program,
        text: T,
        start: usize,
        request: &Request,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<usize>, Stopped> {
        let (bytes, end) = (text.bytes(), request.end);
        let bytes = &bytes[..end];
        let (mut pc, mut pos) = (0usize, start);
        loop {
            let goes_on = match p.ops[pc] {
                Op::Fail => false,
                Op::Match => {
                    let refused = request.mode == Mode::Full && pos != end
                        || request.must_advance && pos == start && start == request.start;
                    if !refused {
                        return Ok(Some(pos));
                    }
                    false
                }
                Op::Char(c) => {
                    let fits = pos < end && {
                        let (found, width) = text.at(pos);
                        pos += width;
                        found == c
                    };
                    pc += 1;
                    fits
                }
                Op::Single(s) => {
                    let fits = pos < end && {
                        let (found, width) = text.at(pos);
                        pos += width;
                        is_in(p, &p.singles[s as usize], found)
                    };
                    pc += 1;
                    fits
                }
                Op::At(code) => {
                    pc += 1;
                    holds(text, code, pos, end)
                }
                Op::Mark(mark) => {
                    self.set(mark as usize, pos);
                    if mark & 1 == 1 {
                        self.set(2 * p.groups, mark as usize / 2 + 1);
                    }
                    pc += 1;
                    true
                }
                Op::Jump(to) => {
                    pc = to as usize;
                    true
                }
                Op::Branch(b) => {
                    let branch = &p.branches[b as usize];
                    let first = may_begin::<T>(&branch.first, bytes, pos);
                    if first && may_begin::<T>(&branch.second, bytes, pos) {
                        self.stack.push(Entry { tag: Tag::Retry, pc: branch.other, a: pos, b: 0 });
                    }
                    pc = if first { pc + 1 } else { branch.other as usize };
                    true
                }
                Op::Reference(group, fold) => {
                    pc += 1;
                    match self.group(group as usize + 1) {
                        Some((a, b)) => same(text, &mut pos, end, (a, b), fold),
                        None => false,
                    }
                }
                Op::IfGroup(group, other) => {
                    pc = if self.group(group as usize + 1).is_some() { pc + 1 } else { other as usize };
                    true
                }
                Op::Run(r) => {
                    let run = &p.runs[r as usize];
                    let single = &p.singles[run.single as usize];
                    let from = pos;
                    let fits = match count(p, single, text, pos, end, run.min) {
                        (least, n) if n == run.min => {
                            pos = least;
                            if run.greed == Greed::Least {
                                if run.max > run.min {
                                    self.stack.push(Entry { tag: Tag::Grow, pc: pc as u32, a: pos, b: n });
                                }
                            } else if run.max > run.min {
                                pos = count(p, single, text, pos, end, run.max - run.min).0;
                                let last = run.greed == Greed::Possessive || T::NARROW && run.final_narrow;
                                if !last && pos > least {
                                    self.stack.push(Entry { tag: Tag::Shrink, pc: pc as u32, a: least, b: pos });
                                    if run.hint.is_some_and(|c| bytes.get(pos) != Some(&c)) {
                                        // The next character cannot follow here: take fewer at once.
                                        pc = usize::MAX;
                                    }
                                }
                            }
                            let fails = pc == usize::MAX;
                            pc = pc.wrapping_add(1);
                            !fails
                        }
                        _ => false,
                    };
                    self.spend((pos - from) / 16, go_on)?;
                    fits
                }
                Op::Enter(l) => {
                    let l = &p.loops[l as usize];
                    self.set(l.registers, NONE);
                    self.set(l.registers + 1, NONE);
                    pc = l.next as usize;
                    true
                }
                Op::Next(index) => {
                    let l = &p.loops[index as usize];
                    self.spend(1, go_on)?;
                    // No turn made is NONE, the number before 0.
                    let turns = self.registers[l.registers].wrapping_add(1);
                    if turns < l.min {
                        self.set(l.registers, turns);
                        pc = l.body as usize;
                    } else if l.lazy {
                        self.stack.push(Entry { tag: Tag::Turn, pc: index, a: pos, b: turns });
                        pc += 1;
                    } else if turns < l.max && pos != self.registers[l.registers + 1] {
                        self.stack.push(Entry { tag: Tag::Retry, pc: pc as u32 + 1, a: pos, b: 0 });
                        self.set(l.registers, turns);
                        self.set(l.registers + 1, pos);
                        pc = l.body as usize;
                    } else {
                        pc += 1;
                    }
                    true
                }
                Op::Look(index) => {
                    let look = &p.looks[index as usize];
                    match back(text, pos, look.back) {
                        Some(from) => {
                            self.stack.push(Entry { tag: Tag::Barrier, pc: pc as u32, a: self.barrier, b: pos });
                            self.barrier = self.stack.len() - 1;
                            pos = from;
                            pc += 1;
                            true
                        }
                        None => {
                            pc = look.end as usize;
                            look.negative
                        }
                    }
                }
                Op::EndLook => {
                    let negative = match self.stack.get(self.barrier).map(|e| p.ops[e.pc as usize]) {
                        Some(Op::Look(index)) => p.looks[index as usize].negative,
                        _ => false,
                    };
                    if negative {
                        self.roll_back();
                    } else if let Some(barrier) = self.commit() {
                        pos = barrier.b;
                        pc += 1;
                    }
                    !negative
                }
                Op::Atomic => {
                    self.stack.push(Entry { tag: Tag::Barrier, pc: pc as u32, a: self.barrier, b: pos });
                    self.barrier = self.stack.len() - 1;
                    pc += 1;
                    true
                }
                Op::EndAtomic => {
                    self.commit();
                    pc += 1;
                    true
                }
            };
            if !goes_on {
                let from = pos;
                match self.next_choice(p, text, end) {
                    Some(choice) => (pc, pos) = choice,
                    None => return Ok(None),
                }
                // Finding the choice may have meant searching backwards or forwards for a character.
                self.spend(1 + from.abs_diff(pos) / 16, go_on)?;
            }
        }
    }

    /// Takes the choice that was left open last: where to go on. `None` when there is none.
    fn next_choice<T: Text>(&mut self, p: &Program, text: T, end: usize) -> Option<(usize, usize)> {
        loop {
            let Entry { tag, pc, a, b } = self.stack.pop()?;
            match tag {
                Tag::Restore => self.registers[a] = b,
                Tag::Retry => return Some((pc as usize, a)),
                Tag::Shrink => {
                    let Op::Run(r) = p.ops[pc as usize] else { continue };
                    let shorter = match p.runs[r as usize].hint {
                        // The hint is ASCII: its byte begins a character.
                        Some(c) => memchr::memrchr(c, &text.bytes()[a..b]).map(|n| a + n),
                        None => Some(b - text.before(b).1),
                    };
                    // Searched far, perhaps in vain: that counts, too.
                    self.fuel = self.fuel.saturating_sub((b - shorter.unwrap_or(a)) / 64);
                    let Some(pos) = shorter else { continue };
                    if pos > a {
                        self.stack.push(Entry { tag, pc, a, b: pos });
                    }
                    return Some((pc as usize + 1, pos));
                }
                Tag::Grow => {
                    let Op::Run(r) = p.ops[pc as usize] else { continue };
                    let run = &p.runs[r as usize];
                    let single = &p.singles[run.single as usize];
                    let (mut pos, mut n) = (a, b);
                    let grown = loop {
                        if pos >= end || n >= run.max {
                            break false;
                        }
                        let (c, width) = text.at(pos);
                        if !is_in(p, single, c) {
                            break false;
                        }
                        (pos, n) = (pos + width, n + 1);
                        if run.hint.is_none_or(|c| pos < end && text.bytes()[pos] == c) {
                            break true;
                        }
                    };
                    self.fuel = self.fuel.saturating_sub((pos - a) / 16);
                    if grown {
                        if n < run.max {
                            self.stack.push(Entry { tag, pc, a: pos, b: n });
                        }
                        return Some((pc as usize + 1, pos));
                    }
                }
                Tag::Turn => {
                    let l = &p.loops[pc as usize];
                    if b < l.max && a != self.registers[l.registers + 1] {
                        self.set(l.registers, b);
                        self.set(l.registers + 1, a);
                        return Some((l.body as usize, a));
                    }
                }
                Tag::Barrier => {
                    self.barrier = a;
                    if let Op::Look(index) = p.ops[pc as usize] {
                        let look = &p.looks[index as usize];
                        if look.negative {
                            return Some((look.end as usize, b));
                        }
                    }
                }
            }
        }
    }
}

/// Whether a match that begins with `first` can begin with the character whose first byte is `b`.
#[inline(always)]
fn begins<T: Text>(first: &First, b: u8) -> bool {
    if T::NARROW || b < 0x80 { first.bits.has(b) } else { first.wide }
}

/// The same at `pos`, also at the end of the text.
#[inline(always)]
fn may_begin<T: Text>(first: &First, bytes: &[u8], pos: usize) -> bool {
    !first.known || bytes.get(pos).is_some_and(|&b| begins::<T>(first, b))
}

/// The first place from `from` on where a match may begin.
fn candidate<T: Text>(p: &Program, text: T, from: usize, end: usize) -> Option<usize> {
    let bytes = &text.bytes()[..end];
    if let Some(prefix) = &p.prefix {
        return prefix.find(&bytes[from..]).map(|n| from + n);
    }
    if p.at_start {
        return (from == 0).then_some(0);
    }
    if p.at_line && from > 0 && bytes[from - 1] != b'\n' {
        return memchr::memchr(b'\n', &bytes[from..]).map(|n| from + n + 1);
    }
    if !p.first.known {
        return (from <= end).then_some(from);
    }
    if let Some(b) = p.first.only
        && (T::NARROW || !p.first.wide)
    {
        return memchr::memchr(b, &bytes[from..]).map(|n| from + n);
    }
    if T::NARROW {
        return bytes[from..].iter().position(|&b| p.first.bits.has(b)).map(|n| from + n);
    }
    bytes[from..].iter().position(|&b| b & 0xC0 != 0x80 && begins::<T>(&p.first, b)).map(|n| from + n)
}

#[inline(always)]
fn is_in(p: &Program, single: &Single, c: u32) -> bool {
    match u8::try_from(c) {
        Ok(b) => single.bits.has(b),
        Err(_) => p.beyond(single, c),
    }
}

/// Counts characters of `single` from `pos`, at most `max`: where they end, and their number.
#[inline]
fn count<T: Text>(p: &Program, single: &Single, text: T, pos: usize, end: usize, max: usize) -> (usize, usize) {
    if max == 0 {
        return (pos, 0);
    }
    if T::NARROW {
        let bytes = &text.bytes()[pos..pos + max.min(end - pos)];
        let n = match single.all_but {
            Some(b) if bytes.len() > 8 => memchr::memchr(b, bytes).unwrap_or(bytes.len()),
            _ => narrow_run(&single.bits, bytes),
        };
        return (pos + n, n);
    }
    let (mut at, mut n) = (pos, 0);
    while n < max && at < end {
        let (c, width) = text.at(at);
        if !is_in(p, single, c) {
            break;
        }
        (at, n) = (at + width, n + 1);
    }
    (at, n)
}

#[inline(always)]
fn narrow_run(bits: &Bits, bytes: &[u8]) -> usize {
    let mut n = 0;
    while n < bytes.len() && bits.has(bytes[n]) {
        n += 1;
    }
    n
}

/// The position `n` characters before `pos`.
fn back<T: Text>(text: T, mut pos: usize, n: usize) -> Option<usize> {
    if T::NARROW || n > pos {
        return pos.checked_sub(n);
    }
    for _ in 0..n {
        if pos == 0 {
            return None;
        }
        pos -= text.before(pos).1;
    }
    Some(pos)
}

/// Whether a position is as `code` wants it.
fn holds<T: Text>(text: T, code: u32, pos: usize, end: usize) -> bool {
    let newline = |at: usize| text.bytes()[at] == b'\n';
    let boundary = |word: fn(u32) -> bool| {
        let before = pos > 0 && word(text.before(pos).0);
        let after = pos < end && word(text.at(pos).0);
        before != after
    };
    match code {
        at::BEGINNING | at::BEGINNING_STRING => pos == 0,
        at::BEGINNING_LINE => pos == 0 || newline(pos - 1),
        at::END => pos == end || pos + 1 == end && newline(pos),
        at::END_LINE => pos == end || newline(pos),
        at::END_STRING => pos == end,
        at::BOUNDARY | at::LOC_BOUNDARY => boundary(is_word),
        at::NON_BOUNDARY | at::LOC_NON_BOUNDARY => !boundary(is_word),
        at::UNI_BOUNDARY => boundary(is_unicode_word),
        at::UNI_NON_BOUNDARY => !boundary(is_unicode_word),
        _ => false,
    }
}

/// Whether the text from `pos` on repeats the text `span`; moves `pos` behind it.
fn same<T: Text>(text: T, pos: &mut usize, end: usize, span: (usize, usize), fold: Fold) -> bool {
    let mut from = span.0;
    while from < span.1 {
        if *pos >= end {
            return false;
        }
        let ((c, width), (d, step)) = (text.at(from), text.at(*pos));
        if c != d && fold.lower(c) != fold.lower(d) {
            return false;
        }
        from += width;
        *pos += step;
    }
    true
}
