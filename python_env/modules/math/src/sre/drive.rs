//! How the matching engine walks over text: one byte a character for ASCII strings and bytes, generalized UTF-8 otherwise.

use super::pattern::Pattern;
use engine::objects::Bytes;
use engine::prelude::*;
use rustpython_sre_engine::{Request, State, StrDrive, StringCursor};
use rustpython_wtf8::Wtf8;
use std::sync::Arc;

/// Subjects of at least so many bytes are searched in a blocking region, so that collectors need not wait.
const LONG: usize = 64 << 10;

/// One byte a character.
#[derive(Clone, Copy)]
struct Narrow<'a>(&'a [u8]);

impl StrDrive for Narrow<'_> {
    #[inline]
    fn count(&self) -> usize {
        self.0.len()
    }
    #[inline]
    fn create_cursor(&self, n: usize) -> StringCursor {
        self.0.create_cursor(n)
    }
    #[inline]
    fn adjust_cursor(&self, cursor: &mut StringCursor, n: usize) {
        self.0.adjust_cursor(cursor, n);
    }
    #[inline]
    fn advance(cursor: &mut StringCursor) -> u32 {
        // The engine's own version for bytes looks one byte too far.
        let c = <&[u8] as StrDrive>::peek(cursor);
        <&[u8] as StrDrive>::skip(cursor, 1);
        c
    }
    #[inline]
    fn peek(cursor: &StringCursor) -> u32 {
        <&[u8] as StrDrive>::peek(cursor)
    }
    #[inline]
    fn skip(cursor: &mut StringCursor, n: usize) {
        <&[u8] as StrDrive>::skip(cursor, n);
    }
    #[inline]
    fn back_advance(cursor: &mut StringCursor) -> u32 {
        <&[u8] as StrDrive>::back_advance(cursor)
    }
    #[inline]
    fn back_peek(cursor: &StringCursor) -> u32 {
        <&[u8] as StrDrive>::back_peek(cursor)
    }
    #[inline]
    fn back_skip(cursor: &mut StringCursor, n: usize) {
        <&[u8] as StrDrive>::back_skip(cursor, n);
    }
}

/// Generalized UTF-8. Cursors start from a known place, so that a search in the middle of a text need not count from its start.
#[derive(Clone, Copy)]
struct Wide<'a> {
    bytes: &'a [u8],
    chars: usize,
    /// A character index and its byte offset.
    anchor: (usize, usize),
}

impl StrDrive for Wide<'_> {
    #[inline]
    fn count(&self) -> usize {
        self.chars
    }
    fn create_cursor(&self, n: usize) -> StringCursor {
        let from_start = n < self.anchor.0 / 2;
        let (index, offset) = if from_start { (0, 0) } else { self.anchor };
        let mut cursor = self.bytes.create_cursor(offset);
        cursor.position = index;
        walk(&mut cursor, n);
        cursor
    }
    fn adjust_cursor(&self, cursor: &mut StringCursor, n: usize) {
        // Every cursor that comes here was made above: the engine never makes one.
        walk(cursor, n);
    }
    #[inline]
    fn advance(cursor: &mut StringCursor) -> u32 {
        <&Wtf8 as StrDrive>::advance(cursor)
    }
    #[inline]
    fn peek(cursor: &StringCursor) -> u32 {
        <&Wtf8 as StrDrive>::peek(cursor)
    }
    #[inline]
    fn skip(cursor: &mut StringCursor, n: usize) {
        <&Wtf8 as StrDrive>::skip(cursor, n);
    }
    #[inline]
    fn back_advance(cursor: &mut StringCursor) -> u32 {
        <&Wtf8 as StrDrive>::back_advance(cursor)
    }
    #[inline]
    fn back_peek(cursor: &StringCursor) -> u32 {
        <&Wtf8 as StrDrive>::back_peek(cursor)
    }
    #[inline]
    fn back_skip(cursor: &mut StringCursor, n: usize) {
        <&Wtf8 as StrDrive>::back_skip(cursor, n);
    }
}

fn walk(cursor: &mut StringCursor, n: usize) {
    if cursor.position <= n {
        let by = n - cursor.position;
        <&Wtf8 as StrDrive>::skip(cursor, by);
    } else {
        let by = cursor.position - n;
        <&Wtf8 as StrDrive>::back_skip(cursor, by);
    }
}

/// What is searched.
pub enum Subject {
    /// A string, and its length in characters.
    Text(Str, usize),
    /// A bytes object.
    Bytes(Bytes),
    /// A copy of another bytes-like object.
    Copied(Vec<u8>),
}

impl Subject {
    /// The subject in `v`.
    pub fn of(cx: &mut Ctx, v: Value) -> Res<Subject> {
        if let Some(s) = Str::of_sub(cx, v) {
            return Ok(Subject::Text(s, s.len_chars()));
        }
        if let Some(b) = Bytes::of_sub(cx, v) {
            return Ok(Subject::Bytes(b));
        }
        match protocol::buffer_bytes(cx, v)? {
            Some(b) => Ok(Subject::Copied(b)),
            None => {
                let name = type_name(cx, v);
                Err(cx.type_error(format!("expected string or bytes-like object, got '{name}'")))
            }
        }
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
        matches!(self, Subject::Text(..))
    }

    /// Length in characters.
    pub fn len(&self) -> usize {
        match self {
            Subject::Text(_, n) => *n,
            Subject::Bytes(b) => b.len(),
            Subject::Copied(b) => b.len(),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Subject::Text(s, _) => s.as_bytes(),
            Subject::Bytes(b) => b.as_slice(),
            Subject::Copied(b) => b,
        }
    }

    /// The characters `a..b` as an object.
    pub fn slice(&self, heap: &Heap, a: usize, b: usize) -> Value {
        let all = a == 0 && b == self.len();
        match self {
            Subject::Text(s, _) if all => s.value(),
            Subject::Text(s, _) => s.substr(heap, a, b),
            Subject::Bytes(s) if all => s.value(),
            Subject::Bytes(s) => Bytes::new(heap, s.as_slice().get(a..b).unwrap_or(&[])),
            Subject::Copied(s) => Bytes::new(heap, s.get(a..b).unwrap_or(&[])),
        }
    }

    /// Appends the characters `a..b` to `out`.
    pub fn push_to(&self, heap: &Heap, out: &mut Vec<u8>, a: usize, b: usize) {
        let (a, b) = match self {
            Subject::Text(s, _) if !s.is_ascii() => (s.byte_of_char(heap, a), s.byte_of_char(heap, b)),
            _ => (a, b),
        };
        out.extend_from_slice(self.bytes().get(a..b).unwrap_or(&[]));
    }
}

/// How to match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// At the start.
    Match,
    /// At the start and up to the end.
    Full,
    /// Anywhere.
    Search,
}

/// A match.
pub struct Found {
    /// First character.
    pub start: usize,
    /// The character after it.
    pub end: usize,
    state: State,
}

impl Found {
    /// The span of group `i`, counted from 1.
    pub fn group(&self, i: usize) -> Option<(usize, usize)> {
        if i == 0 {
            return Some((self.start, self.end));
        }
        let (a, b) = self.state.marks.get(i - 1);
        Some((a.into_option()?, b.into_option()?))
    }

    /// The last group that took part.
    pub fn last_index(&self) -> Option<usize> {
        usize::try_from(self.state.marks.last_index()).ok().filter(|&i| i > 0)
    }

    /// Where the next search starts, and whether it must not find an empty match there.
    pub fn next(&self) -> (usize, bool) {
        (self.end, self.start == self.end)
    }
}

fn find<S: StrDrive>(s: S, codes: &[u32], start: usize, end: usize, mode: Mode, must_advance: bool) -> Option<Found> {
    let request = Request { string: s, start, end, pattern_codes: codes, match_all: mode == Mode::Full, must_advance };
    let mut state = State::default();
    state.start = start;
    state.cursor = s.create_cursor(start);
    let found = match mode {
        Mode::Search => state.search(request),
        Mode::Match | Mode::Full => state.py_match(&request),
    };
    found.then_some(Found { start: state.start, end: state.cursor.position, state })
}

/// Matches `pattern` in the characters `start..end` of `subject`.
pub fn run(
    cx: &mut Ctx,
    pattern: Pattern,
    subject: &Subject,
    start: usize,
    end: usize,
    mode: Mode,
    must_advance: bool,
) -> Option<Found> {
    if start > end && mode == Mode::Search {
        return None;
    }
    let end = end.max(start);
    let anchor = match subject {
        Subject::Text(s, _) if !s.is_ascii() => Some((start, s.byte_of_char(cx, start))),
        _ => None,
    };
    let bytes = subject.bytes();
    let go = |codes: &[u32]| match anchor {
        Some(anchor) => find(Wide { bytes, chars: subject.len(), anchor }, codes, start, end, mode, must_advance),
        None => find(Narrow(bytes), codes, start, end, mode, must_advance),
    };
    if bytes.len() >= LONG {
        let codes = Arc::clone(&pattern.program(cx)?.codes);
        return cx.blocking(|| go(&codes));
    }
    go(&pattern.program(cx)?.codes)
}
