//! A second look at source that does not parse: its tokens as CPython has them, and what its tokenizer would complain about.
//!
//! The strings are in [`crate::lexstrings`].

use ruff_text_size::{TextRange, TextSize};

use crate::errors::{Error, ErrorKind};
use crate::extras;
use crate::lexstrings::{MAX_STRINGS, Mode};
use crate::source::Source;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Name,
    Number,
    String,
    Op,
    Newline,
    Indent,
    Dedent,
    /// Prefix and quotes of a string with fields; the flag: a template.
    Start(bool),
    /// Its text.
    Middle,
    /// Its end.
    End,
    /// A comment that says a type, where those are wanted.
    TypeComment,
    /// The end of the input.
    Eof,
}

/// A token of CPython's tokenizer.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// How many brackets are open behind it.
    pub level: usize,
    /// How far the tokenizer has read.
    pub read: usize,
}

/// What the scan found.
pub struct Scan {
    /// The tokens before the error.
    pub tokens: Vec<Token>,
    /// The first error of the tokenizer, if any.
    pub error: Option<Lexical>,
    /// The innermost bracket open at the end: its character and offset.
    pub open: Option<(char, usize)>,
    /// Comments that ask to ignore types: where they stand, and what follows the word.
    pub ignored: Vec<(usize, String)>,
}

/// An error of the tokenizer.
pub struct Lexical {
    /// Message and place.
    pub error: Error,
    /// More input could help.
    pub incomplete: bool,
    /// CPython prefers it to any error of the grammar that comes before.
    pub hard: bool,
}

/// Operators of several characters, the longer first.
const OPERATORS: &[&str] = &[
    "**=", "//=", ">>=", "<<=", "...", "!=", "->", ":=", "==", "<=", ">=", "<>", "+=", "-=", "*=", "/=", "%=", "&=",
    "|=", "^=", "@=", "**", "//", ">>", "<<",
];

/// CPython's limits.
const MAX_BRACKETS: usize = 200;
const MAX_INDENTS: usize = 100;

/// Scans a whole text.
pub fn scan(source: &Source<'_>) -> Scan {
    scan_with(source, false)
}

/// The same; comments that say types may be tokens.
pub fn scan_with(source: &Source<'_>, type_comments: bool) -> Scan {
    let mut scanner = Scanner {
        text: source.text,
        bytes: source.text.as_bytes(),
        at: 0,
        brackets: Vec::new(),
        modes: Vec::new(),
        tokens: Vec::new(),
        comment: None,
        type_comments,
        ignored: Vec::new(),
        source,
    };
    let error = scanner.run().err();
    let open = scanner.brackets.last().map(|b| (b.0, b.1));
    Scan { tokens: scanner.tokens, error, open, ignored: scanner.ignored }
}

/// The limits that apply to source that parses as well.
pub fn over_limits(source: &Source<'_>) -> Option<Lexical> {
    // Cheap tests first: most sources come nowhere near.
    let bytes = source.text.as_bytes();
    let opening = bytes.iter().filter(|b| matches!(b, b'(' | b'[' | b'{')).count();
    let tabs = bytes.contains(&b'\t');
    let deep = source.text.lines().any(|l| l.len() > MAX_INDENTS && l.starts_with(&" ".repeat(MAX_INDENTS)));
    // Readers of files have taken it off; in text it is a character like others.
    let mark = source.text.starts_with('\u{FEFF}');
    if opening < MAX_STRINGS && !tabs && !deep && !mark {
        return None;
    }
    let found = scan(source).error?;
    let known = found.error.kind == ErrorKind::Tab || mark || found.error.msg.starts_with("too many");
    known.then_some(found)
}

pub(crate) type Outcome<T = ()> = Result<T, Lexical>;

pub(crate) struct Scanner<'s> {
    pub(crate) text: &'s str,
    pub(crate) bytes: &'s [u8],
    pub(crate) at: usize,
    /// Open brackets: character, offset.
    pub(crate) brackets: Vec<(char, usize)>,
    /// Strings with fields that are open.
    pub(crate) modes: Vec<Mode>,
    pub(crate) tokens: Vec<Token>,
    /// Where a comment of this line begins: the end of the line does, too.
    comment: Option<usize>,
    /// Comments that say types are tokens.
    type_comments: bool,
    ignored: Vec<(usize, String)>,
    pub(crate) source: &'s Source<'s>,
}

/// An error whose range is the one character before `end`, as CPython reports the tokenizer's.
pub(crate) fn before(end: usize) -> TextRange {
    TextRange::empty(TextSize::new(end.saturating_sub(1) as u32))
}

pub(crate) fn fail<T>(msg: impl Into<String>, range: TextRange) -> Outcome<T> {
    Err(Lexical { error: Error::syntax(msg, range), incomplete: false, hard: true })
}

impl Scanner<'_> {
    pub(crate) fn peek(&self) -> u8 {
        self.byte(0)
    }

    pub(crate) fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(crate) fn done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn line(&self, at: usize) -> u32 {
        self.source.line(TextSize::new(at as u32))
    }

    pub(crate) fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, start, end: self.at, level: self.brackets.len(), read: self.at });
    }

    fn run(&mut self) -> Outcome {
        let mut indents: Vec<(usize, usize)> = vec![(0, 0)];
        let mut line_start = true;
        loop {
            if self.modes.last().is_some_and(|mode| mode.literal) {
                self.middle()?;
                continue;
            }
            if self.done() {
                break;
            }
            if line_start {
                line_start = false;
                self.indentation(&mut indents)?;
                continue;
            }
            if self.peek() == b'\n' {
                self.at += 1;
                if self.brackets.is_empty() {
                    line_start = true;
                    self.end_line(self.at - 1);
                }
                continue;
            }
            self.token()?;
        }
        if self.brackets.is_empty() {
            self.end_line(self.at);
            if let Some(last) = self.tokens.last_mut().filter(|t| t.kind == Kind::Newline && t.end == self.at) {
                // The tokenizer adds what ends the last line.
                last.read += usize::from(!self.text.ends_with('\n'));
            }
            for _ in 1..indents.len() {
                self.push(Kind::Dedent, self.at);
            }
            self.push(Kind::Eof, self.at);
        }
        Ok(())
    }

    /// The end of a line that had tokens.
    fn end_line(&mut self, start: usize) {
        let blank = self.tokens.last().is_none_or(|t| matches!(t.kind, Kind::Newline | Kind::Indent | Kind::Dedent));
        let start = self.comment.take().unwrap_or(start);
        if !blank {
            self.push(Kind::Newline, start);
        }
    }

    fn indentation(&mut self, indents: &mut Vec<(usize, usize)>) -> Outcome {
        let start = self.at;
        let (mut col, mut alt) = (0, 0);
        loop {
            match self.peek() {
                b' ' => {
                    col += 1;
                    alt += 1;
                }
                b'\t' => {
                    col = (col / 8 + 1) * 8;
                    alt += 1;
                }
                b'\x0C' => (col, alt) = (0, 0),
                b'\\' if self.byte(1) == b'\n' => {
                    if self.at + 2 >= self.bytes.len() {
                        let mut found = unexpected_eof(self.at + 1);
                        found.incomplete = true;
                        return Err(found);
                    }
                    self.at += 1;
                }
                _ => break,
            }
            self.at += 1;
        }
        if matches!(self.peek(), b'#' | b'\n') || self.done() {
            return Ok(());
        }
        let inconsistent = || {
            let range = TextRange::empty(TextSize::new(start as u32));
            let mut error = Error::syntax("inconsistent use of tabs and spaces in indentation", range);
            error.kind = ErrorKind::Tab;
            Err(Lexical { error, incomplete: false, hard: false })
        };
        let (top, top_alt) = indents.last().copied().unwrap_or_default();
        if col == top {
            return if alt == top_alt { Ok(()) } else { inconsistent() };
        }
        if col > top {
            if indents.len() >= MAX_INDENTS {
                let mut error = Error::syntax("too many levels of indentation", before(self.at + 1));
                error.kind = ErrorKind::Indentation;
                return Err(Lexical { error, incomplete: false, hard: false });
            }
            if alt <= top_alt {
                return inconsistent();
            }
            indents.push((col, alt));
            self.push(Kind::Indent, self.at);
            return Ok(());
        }
        let mut popped = 0;
        while indents.last().is_some_and(|i| i.0 > col) {
            indents.pop();
            popped += 1;
        }
        let (top, top_alt) = indents.last().copied().unwrap_or_default();
        if col != top {
            let end = self.text[self.at..].find('\n').map_or(self.text.len(), |i| self.at + i);
            let msg = "unindent does not match any outer indentation level";
            let mut error = Error::syntax(msg, TextRange::empty(TextSize::new(end as u32)));
            error.kind = ErrorKind::Indentation;
            return Err(Lexical { error, incomplete: false, hard: false });
        }
        if alt != top_alt {
            return inconsistent();
        }
        for _ in 0..popped {
            self.push(Kind::Dedent, self.at);
        }
        Ok(())
    }

    fn token(&mut self) -> Outcome {
        let start = self.at;
        let b = self.peek();
        match b {
            b' ' | b'\t' | b'\x0C' | b'\n' => {
                self.at += 1;
                return Ok(());
            }
            b'#' => {
                let end = self.text[self.at..].find('\n').map_or(self.text.len(), |i| self.at + i);
                self.at = end;
                if self.type_comments
                    && let Some(text) = extras::type_of(&self.text[start..end])
                {
                    match extras::ignored(text) {
                        Some(tag) => {
                            // One that has the line to itself ends behind it.
                            let line = self.text[..start].rfind('\n').map_or(0, |i| i + 1);
                            let alone = self.text[line..start].trim().is_empty() && end < self.text.len();
                            self.ignored.push((start, format!("{tag}{}", if alone { "\n" } else { "" })));
                        }
                        None => {
                            self.push(Kind::TypeComment, start);
                            return Ok(());
                        }
                    }
                }
                if self.brackets.is_empty() {
                    self.comment = Some(start);
                }
                return Ok(());
            }
            b'\\' => return self.continuation(),
            b'"' | b'\'' => return self.string(start),
            b'0'..=b'9' => self.number()?,
            b'.' if self.byte(1).is_ascii_digit() => self.number()?,
            _ if b.is_ascii_alphabetic() || b == b'_' || b >= 0x80 => return self.name(),
            _ if b < 0x20 || b == 0x7F => {
                return fail(format!("invalid non-printable character U+{b:04X}"), before(start + 1));
            }
            _ => return self.operator(),
        }
        self.push(Kind::Number, start);
        Ok(())
    }

    fn operator(&mut self) -> Outcome {
        let start = self.at;
        let b = self.peek();
        if self.ends_expression(b) {
            self.at += 1;
            self.push(Kind::Op, start);
            return Ok(());
        }
        let rest = &self.bytes[start..];
        if let Some(op) = OPERATORS.iter().find(|op| rest.starts_with(op.as_bytes())) {
            self.at += op.len();
            self.push(Kind::Op, start);
            return Ok(());
        }
        match b {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_BRACKETS {
                    return fail("too many nested parentheses", before(start + 1));
                }
                self.brackets.push((b as char, start));
                if let Some(mode) = self.modes.last_mut() {
                    mode.depth += 1;
                }
                self.at += 1;
            }
            b')' | b']' | b'}' => self.close(b as char)?,
            _ => self.at += 1,
        }
        self.push(Kind::Op, start);
        Ok(())
    }

    fn continuation(&mut self) -> Outcome {
        let start = self.at;
        match self.byte(1) {
            b'\n' => {
                self.at += 2;
                if self.done() {
                    let mut found = unexpected_eof(start + 1);
                    found.incomplete = true;
                    return Err(found);
                }
                Ok(())
            }
            0 if start + 1 >= self.bytes.len() => {
                let mut found = unexpected_eof(start + 1);
                found.incomplete = true;
                Err(found)
            }
            _ => fail("unexpected character after line continuation character", before(start + 2)),
        }
    }

    fn close(&mut self, closing: char) -> Outcome {
        let start = self.at;
        if closing == '}'
            && let Some(mode) = self.modes.last().filter(|mode| mode.depth == 0)
        {
            return fail(format!("{}-string: single '}}' is not allowed", mode.letter), before(start + 1));
        }
        let Some((opening, at)) = self.brackets.pop() else {
            return fail(format!("unmatched '{closing}'"), before(start + 1));
        };
        let matches = matches!((opening, closing), ('(', ')') | ('[', ']') | ('{', '}'));
        if !matches
            && opening == '{'
            && let Some(mode) = self.modes.last().filter(|mode| mode.depth - 1 == mode.field)
        {
            return fail(format!("{}-string: unmatched '{closing}'", mode.letter), before(start + 1));
        }
        if !matches {
            let mut msg = format!("closing parenthesis '{closing}' does not match opening parenthesis '{opening}'");
            let line = self.line(at);
            if line != self.line(start) {
                msg += &format!(" on line {line}");
            }
            return fail(msg, before(start + 1));
        }
        if let Some(mode) = self.modes.last_mut() {
            mode.depth -= 1;
            if mode.depth < 0 {
                return fail(format!("{}-string: unmatched '{closing}'", mode.letter), before(start + 1));
            }
            if closing == '}' && mode.depth == mode.field {
                mode.field -= 1;
                mode.literal = true;
                mode.in_spec = false;
            }
        }
        self.at += 1;
        Ok(())
    }

    fn name(&mut self) -> Outcome {
        let start = self.at;
        let rest = &self.text[start..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || !c.is_ascii())).unwrap_or(rest.len());
        let word = &rest[..end];
        // Combining marks and the like are alphanumeric or at least not symbols; what follows a bad character counts on.
        if let Some((i, c)) = word.char_indices().find(|(_, c)| !c.is_ascii() && !is_identifier_char(*c)) {
            let at = before(start + i + 1);
            let code = c as u32;
            return if c.is_whitespace() || c.is_control() || (0x2000..0x2010).contains(&code) || code == 0xFEFF {
                fail(format!("invalid non-printable character U+{code:04X}"), at)
            } else {
                fail(format!("invalid character '{c}' (U+{code:04X})"), at)
            };
        }
        self.at = start + end;
        let quote = matches!(self.peek(), b'"' | b'\'');
        let lower = word.to_ascii_lowercase();
        if quote && let Some((a, b)) = incompatible_prefixes(&lower) {
            let range = TextRange::new(TextSize::new(start as u32), TextSize::new(self.at as u32));
            return fail(format!("'{a}' and '{b}' prefixes are incompatible"), range);
        }
        if quote && matches!(lower.as_str(), "r" | "u" | "b" | "br" | "rb" | "f" | "fr" | "rf" | "t" | "tr" | "rt") {
            return self.string(start);
        }
        self.push(Kind::Name, start);
        Ok(())
    }

    // ---- numbers -----------------------------------------------------------------------------------------------------

    /// Digits with single underscores between; an error if an underscore is not followed by one.
    fn digits(&mut self, radix: u32, what: &str) -> Outcome {
        loop {
            while (self.peek() as char).is_digit(radix) {
                self.at += 1;
            }
            if self.peek() != b'_' {
                return Ok(());
            }
            self.at += 1;
            if !(self.peek() as char).is_digit(radix) {
                if self.peek().is_ascii_digit() {
                    let msg = format!("invalid digit '{}' in {what} literal", self.peek() as char);
                    return fail(msg, before(self.at + 1));
                }
                return fail(format!("invalid {what} literal"), before(self.at));
            }
        }
    }

    fn number(&mut self) -> Outcome {
        let start = self.at;
        let radix = match (self.peek(), self.byte(1)) {
            (b'0', b'x' | b'X') => Some((16, "hexadecimal")),
            (b'0', b'o' | b'O') => Some((8, "octal")),
            (b'0', b'b' | b'B') => Some((2, "binary")),
            _ => None,
        };
        if let Some((radix, what)) = radix {
            self.at += 2;
            if self.peek() == b'_' {
                self.at += 1;
            }
            if !(self.peek() as char).is_digit(radix) {
                if self.peek().is_ascii_digit() {
                    return fail(
                        format!("invalid digit '{}' in {what} literal", self.peek() as char),
                        before(self.at + 1),
                    );
                }
                return fail(format!("invalid {what} literal"), before(self.at));
            }
            self.digits(radix, what)?;
            if self.peek().is_ascii_digit() {
                return fail(format!("invalid digit '{}' in {what} literal", self.peek() as char), before(self.at + 1));
            }
            return self.end_of_number(what);
        }
        let mut what = "decimal";
        if self.peek() != b'.' {
            self.digits(10, what)?;
        }
        let integer = &self.text[start..self.at];
        let mut float = false;
        if self.peek() == b'.' {
            float = true;
            self.at += 1;
            if self.peek().is_ascii_digit() {
                self.digits(10, what)?;
            }
        }
        if matches!(self.peek(), b'e' | b'E') {
            let mut ahead = 1;
            if matches!(self.byte(1), b'+' | b'-') {
                ahead = 2;
                if !self.byte(2).is_ascii_digit() {
                    self.at += 2;
                    return fail("invalid decimal literal", before(self.at));
                }
            }
            if self.byte(ahead).is_ascii_digit() {
                float = true;
                self.at += ahead;
                self.digits(10, what)?;
            }
        }
        if matches!(self.peek(), b'j' | b'J') {
            self.at += 1;
            what = "imaginary";
        } else if !float
            && integer.len() > 1
            && integer.starts_with('0')
            && integer.contains(|c| matches!(c, '1'..='9'))
        {
            let zeros = integer.find(|c| matches!(c, '1'..='9')).unwrap_or(1);
            let range = TextRange::at(TextSize::new(start as u32), TextSize::new(zeros as u32));
            let msg =
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
            return fail(msg, range);
        }
        self.end_of_number(what)
    }

    /// A number may be followed by a keyword, but by no other name.
    fn end_of_number(&mut self, what: &str) -> Outcome {
        let rest = &self.text[self.at..];
        let Some(next) = rest.chars().next() else { return Ok(()) };
        if !(next.is_alphanumeric() || next == '_') {
            return Ok(());
        }
        let keyword = ["and", "else", "for", "if", "in", "is", "or", "not"].iter().any(|k| rest.starts_with(k));
        if keyword { Ok(()) } else { fail(format!("invalid {what} literal"), before(self.at)) }
    }
}

/// Two letters of a string prefix that exclude each other.
fn incompatible_prefixes(prefix: &str) -> Option<(char, char)> {
    let letters: Vec<char> = prefix.chars().collect();
    let distinct = letters.iter().enumerate().all(|(i, c)| "burft".contains(*c) && !letters[..i].contains(c));
    let pairs = [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')];
    pairs.into_iter().find(|(a, b)| distinct && letters.contains(a) && letters.contains(b))
}

fn unexpected_eof(at: usize) -> Lexical {
    let error = Error::syntax("unexpected EOF while parsing", TextRange::empty(TextSize::new(at as u32)));
    Lexical { error, incomplete: false, hard: false }
}

/// Whether a non-ASCII character can stand in an identifier (approximately XID_Continue).
fn is_identifier_char(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c as u32,
            0xB7 | 0x300..=0x36F | 0x387 | 0x483..=0x487 | 0x591..=0x5BD | 0x610..=0x61A | 0x64B..=0x65F
            | 0x900..=0xDFF | 0xE31..=0xE4E | 0xEB1..=0xECD | 0xF18..=0xFBC | 0x102B..=0x109D | 0x135D..=0x135F
            | 0x1712..=0x1734 | 0x17B4..=0x17D3 | 0x1AB0..=0x1ACE | 0x1B00..=0x1C37 | 0x1CD0..=0x1CF9
            | 0x1DC0..=0x1DFF | 0x203F..=0x2040 | 0x2054 | 0x20D0..=0x20F0 | 0x2118 | 0x212E | 0x2CEF..=0x2CF1
            | 0x302A..=0x302F | 0x3099..=0x309C | 0xA66F..=0xA69F | 0xFE00..=0xFE2F | 0xFE33..=0xFE34
            | 0xFE4D..=0xFE4F | 0xFF3F | 0xE0100..=0xE01EF)
}
