//! A second look at source that does not parse: finds what CPython's tokenizer would have complained about.
//!
//! CPython prefers its tokenizer's errors to those of the grammar wherever they are in the file. This scanner knows just
//! enough of the lexical structure: indentation, brackets, strings (nested f-strings included), numbers, continuations.

use ruff_text_size::{TextRange, TextSize};

use crate::errors::{Error, ErrorKind};
use crate::source::Source;

/// What the scan found.
pub struct Scan {
    /// The first error of the tokenizer, if any.
    pub error: Option<Lexical>,
    /// The innermost bracket open at the end: its character and offset.
    pub open: Option<(char, usize)>,
}

/// An error of the tokenizer.
pub struct Lexical {
    /// Message and place.
    pub error: Error,
    /// More input could help.
    pub incomplete: bool,
}

/// CPython's limits.
const MAX_BRACKETS: usize = 200;
const MAX_INDENTS: usize = 100;
const MAX_INTERPOLATED: usize = 150;

/// Scans a whole text.
pub fn scan(source: &Source<'_>) -> Scan {
    let mut scanner = Scanner {
        text: source.text,
        bytes: source.text.as_bytes(),
        at: 0,
        brackets: Vec::new(),
        fields: Vec::new(),
        source,
    };
    let error = scanner.run().err();
    let open = scanner.brackets.last().map(|b| (b.0, b.1));
    Scan { error, open }
}

/// The limits that apply to source that parses as well.
pub fn over_limits(source: &Source<'_>) -> Option<Lexical> {
    // Cheap tests first: most sources come nowhere near.
    let bytes = source.text.as_bytes();
    let opening = bytes.iter().filter(|b| matches!(b, b'(' | b'[' | b'{')).count();
    let tabs = bytes.contains(&b'\t');
    let deep = source.text.lines().any(|l| l.len() > MAX_INDENTS && l.starts_with(&" ".repeat(MAX_INDENTS)));
    if opening < MAX_INTERPOLATED && !tabs && !deep {
        return None;
    }
    let found = scan(source).error?;
    let known = found.error.kind == ErrorKind::Tab || found.error.msg.starts_with("too many");
    known.then_some(found)
}

type Outcome<T = ()> = Result<T, Lexical>;

struct Scanner<'s> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    /// Open brackets: character, offset.
    brackets: Vec<(char, usize)>,
    /// Replacement fields: which bracket each is, and the prefix of messages about it.
    fields: Vec<(usize, &'static str)>,
    source: &'s Source<'s>,
}

/// An error whose range is the one character before `end`, as CPython reports the tokenizer's.
fn before(end: usize) -> TextRange {
    TextRange::empty(TextSize::new(end.saturating_sub(1) as u32))
}

fn fail<T>(msg: impl Into<String>, range: TextRange) -> Outcome<T> {
    Err(Lexical { error: Error::syntax(msg, range), incomplete: false })
}

impl Scanner<'_> {
    fn peek(&self) -> u8 {
        self.byte(0)
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn line(&self, at: usize) -> u32 {
        self.source.line(TextSize::new(at as u32))
    }

    fn run(&mut self) -> Outcome {
        let mut indents: Vec<(usize, usize)> = vec![(0, 0)];
        let mut line_start = true;
        while !self.done() {
            if line_start {
                line_start = false;
                self.indentation(&mut indents)?;
                continue;
            }
            if self.peek() == b'\n' {
                self.at += 1;
                line_start = self.brackets.is_empty();
                continue;
            }
            self.token()?;
        }
        Ok(())
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
            Err(Lexical { error, incomplete: false })
        };
        let (top, top_alt) = indents.last().copied().unwrap_or_default();
        if col == top {
            return if alt == top_alt { Ok(()) } else { inconsistent() };
        }
        if col > top {
            if indents.len() >= MAX_INDENTS {
                let mut error = Error::syntax("too many levels of indentation", before(self.at + 1));
                error.kind = ErrorKind::Indentation;
                return Err(Lexical { error, incomplete: false });
            }
            if alt <= top_alt {
                return inconsistent();
            }
            indents.push((col, alt));
            return Ok(());
        }
        while indents.last().is_some_and(|i| i.0 > col) {
            indents.pop();
        }
        let (top, top_alt) = indents.last().copied().unwrap_or_default();
        if col != top {
            let end = self.text[self.at..].find('\n').map_or(self.text.len(), |i| self.at + i);
            let msg = "unindent does not match any outer indentation level";
            let mut error = Error::syntax(msg, TextRange::empty(TextSize::new(end as u32)));
            error.kind = ErrorKind::Indentation;
            return Err(Lexical { error, incomplete: false });
        }
        if alt != top_alt { inconsistent() } else { Ok(()) }
    }

    fn token(&mut self) -> Outcome {
        let start = self.at;
        let b = self.peek();
        match b {
            b' ' | b'\t' | b'\x0C' | b'\n' => self.at += 1,
            b'#' => self.at = self.text[self.at..].find('\n').map_or(self.text.len(), |i| self.at + i),
            b'\\' => self.continuation()?,
            b'"' | b'\'' => self.string(start, false, false)?,
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_BRACKETS {
                    return fail("too many nested parentheses", before(start + 1));
                }
                self.brackets.push((b as char, start));
                self.at += 1;
            }
            b')' | b']' | b'}' => self.close(b as char)?,
            b'0'..=b'9' => self.number()?,
            b'.' if self.byte(1).is_ascii_digit() => self.number()?,
            _ if b.is_ascii_alphabetic() || b == b'_' || b >= 0x80 => self.name()?,
            _ if b < 0x20 || b == 0x7F => {
                return fail(format!("invalid non-printable character U+{b:04X}"), before(start + 1));
            }
            _ => self.at += 1,
        }
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
        let Some((opening, at)) = self.brackets.pop() else {
            return fail(format!("unmatched '{closing}'"), before(start + 1));
        };
        let matches = matches!((opening, closing), ('(', ')') | ('[', ']') | ('{', '}'));
        if !matches && let Some((_, prefix)) = self.fields.last().filter(|f| f.0 == self.brackets.len()) {
            return fail(format!("{prefix}: unmatched '{closing}'"), before(start + 1));
        }
        if !matches {
            let mut msg = format!("closing parenthesis '{closing}' does not match opening parenthesis '{opening}'");
            let line = self.line(at);
            if line != self.line(start) {
                msg += &format!(" on line {line}");
            }
            return fail(msg, before(start + 1));
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
            let interpolated = lower.contains(['f', 't']);
            return self.string(start, interpolated, lower.contains('t'));
        }
        Ok(())
    }

    /// A string whose first quote is here; `start` is where its prefix begins.
    fn string(&mut self, start: usize, interpolated: bool, template: bool) -> Outcome {
        let quote = self.peek();
        let triple = self.byte(1) == quote && self.byte(2) == quote;
        self.at += if triple { 3 } else { 1 };
        let kind = match (interpolated, template) {
            (true, true) => "t-string ",
            (true, false) => "f-string ",
            _ => "string ",
        };
        if interpolated && self.fields.len() >= MAX_INTERPOLATED {
            return fail("too many nested f-strings or t-strings", before(start + 1));
        }
        loop {
            let b = self.peek();
            if self.done() || (b == b'\n' && !triple) {
                let line = self.line(self.bytes.len().min(self.at)).max(1);
                let at = TextRange::empty(TextSize::new(start as u32));
                if triple {
                    let text = self.text.strip_suffix('\n').unwrap_or(self.text);
                    let line = self.line(text.len());
                    let msg = format!("unterminated triple-quoted {kind}literal (detected at line {line})");
                    return Err(Lexical { error: Error::syntax(msg, at), incomplete: true });
                }
                let quotes = self.text[start..self.at].matches(quote as char).count();
                let msg = if !interpolated && quotes > 1 && self.text[start..self.at].contains('\\') {
                    format!("unterminated {kind}literal (detected at line {line}); perhaps you escaped the end quote")
                } else {
                    format!("unterminated {kind}literal (detected at line {line})")
                };
                let incomplete = self.done() && self.text.ends_with("\\\n");
                return Err(Lexical { error: Error::syntax(msg, at), incomplete });
            }
            match b {
                b'\\' => {
                    self.at += 1;
                    if interpolated && matches!(self.peek(), b'{' | b'}') {
                        continue;
                    }
                    if !self.done() {
                        self.at += self.text[self.at..].chars().next().map_or(1, char::len_utf8);
                    }
                }
                _ if b == quote => {
                    if !triple {
                        self.at += 1;
                        return Ok(());
                    }
                    if self.byte(1) == quote && self.byte(2) == quote {
                        self.at += 3;
                        return Ok(());
                    }
                    self.at += 1;
                }
                b'{' if interpolated && self.byte(1) == b'{' => self.at += 2,
                b'{' if interpolated => {
                    self.field(quote, triple, if template { "t-string" } else { "f-string" })?;
                }
                b'}' if interpolated && self.byte(1) == b'}' => self.at += 2,
                b'}' if interpolated => {
                    let prefix = if template { "t" } else { "f" };
                    return fail(format!("{prefix}-string: single '}}' is not allowed"), before(self.at + 1));
                }
                _ => self.at += 1,
            }
        }
    }

    /// A replacement field, from its brace to the closing one.
    fn field(&mut self, quote: u8, triple: bool, prefix: &'static str) -> Outcome {
        let open = self.brackets.len();
        if open >= MAX_BRACKETS {
            return fail("too many nested parentheses", before(self.at + 1));
        }
        self.brackets.push(('{', self.at));
        self.fields.push((open, prefix));
        self.field_content(quote, triple, open, prefix)?;
        self.fields.pop();
        Ok(())
    }

    fn field_content(&mut self, quote: u8, triple: bool, open: usize, prefix: &'static str) -> Outcome {
        self.at += 1;
        while !self.done() {
            let b = self.peek();
            let level = self.brackets.len();
            if b == b'}' && level == open + 1 {
                self.brackets.pop();
                self.at += 1;
                return Ok(());
            }
            let ends = if triple {
                b == quote && self.byte(1) == quote && self.byte(2) == quote
            } else {
                b == quote && level == open + 1 && !self.closes_later(quote)
            };
            if ends {
                return fail(format!("{prefix}: expecting '}}'"), before(self.at + 1));
            }
            if level == open + 1 && b == b':' {
                self.at += 1;
                return self.spec(quote, triple, open, prefix);
            }
            self.token()?;
        }
        self.never_closed()
    }

    /// Whether a quote in a field starts a nested string, not ends the outer one: there is another in the same line.
    fn closes_later(&self, quote: u8) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let line = rest.split(|&b| b == b'\n').next().unwrap_or_default();
        line.contains(&quote)
    }

    fn never_closed(&self) -> Outcome {
        match self.brackets.last() {
            Some((c, at)) => {
                let range = TextRange::empty(TextSize::new(*at as u32));
                Err(Lexical { error: Error::syntax(format!("'{c}' was never closed"), range), incomplete: true })
            }
            None => Ok(()),
        }
    }

    /// A format specification up to the brace that ends its field.
    fn spec(&mut self, quote: u8, triple: bool, open: usize, prefix: &'static str) -> Outcome {
        while !self.done() {
            match self.peek() {
                b'}' => {
                    self.brackets.truncate(open);
                    self.at += 1;
                    return Ok(());
                }
                b'{' => self.field(quote, triple, prefix)?,
                b'\n' if !triple => {
                    let msg = "newlines are not allowed in format specifiers for single quoted";
                    return fail(format!("{prefix}: {msg} {prefix}s"), before(self.at + 1));
                }
                b if b == quote && !triple => {
                    let quote = TextRange::at(TextSize::new(self.at as u32), TextSize::new(1));
                    return fail(format!("{prefix}: expecting '}}', or format specs"), quote);
                }
                _ => self.at += 1,
            }
        }
        self.never_closed()
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
    Lexical { error, incomplete: false }
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
