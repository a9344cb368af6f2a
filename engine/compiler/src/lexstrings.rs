//! Strings of source that does not parse, as CPython's tokenizer reads them: with fields, it changes between text and tokens.

use ruff_text_size::{TextRange, TextSize};

use crate::errors::Error;
use crate::lexcheck::{Kind, Lexical, Outcome, Scanner, before, fail};

/// CPython's limits.
pub(crate) const MAX_STRINGS: usize = 150;
const MAX_FIELDS: i32 = 3;

/// A string with fields that is open.
pub(crate) struct Mode {
    quote: u8,
    triple: bool,
    raw: bool,
    /// `f` or `t`
    pub(crate) letter: char,
    /// Brackets open in its fields.
    pub(crate) depth: i32,
    /// What `depth` was before the innermost field; -1: no field is open.
    pub(crate) field: i32,
    /// The text of a format specification is read.
    pub(crate) in_spec: bool,
    /// Text is read, no tokens.
    pub(crate) literal: bool,
    start: usize,
}

impl Scanner<'_> {
    /// A string whose first quote is here; `start` is where its prefix begins.
    pub(crate) fn string(&mut self, start: usize) -> Outcome {
        let prefix = self.text[start..self.at].to_ascii_lowercase();
        let quote = self.peek();
        let triple = self.byte(1) == quote && self.byte(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if let Some(letter) = prefix.chars().find(|c| matches!(c, 'f' | 't')) {
            if self.modes.len() + 1 >= MAX_STRINGS {
                return fail("too many nested f-strings or t-strings", before(self.at));
            }
            self.push(Kind::Start(letter == 't'), start);
            let raw = prefix.contains('r');
            self.modes.push(Mode {
                quote,
                triple,
                raw,
                letter,
                depth: 0,
                field: -1,
                in_spec: false,
                literal: true,
                start,
            });
            return Ok(());
        }
        loop {
            let b = self.peek();
            if self.done() || (b == b'\n' && !triple) {
                return self.unterminated(start, quote, triple);
            }
            match b {
                b'\\' => {
                    self.at += 1;
                    self.skip();
                }
                _ if b == quote && !triple => {
                    self.at += 1;
                    break;
                }
                _ if b == quote && self.byte(1) == quote && self.byte(2) == quote => {
                    self.at += 3;
                    break;
                }
                _ => self.at += 1,
            }
        }
        self.push(Kind::String, start);
        Ok(())
    }

    fn skip(&mut self) {
        if !self.done() {
            self.at += self.text[self.at..].chars().next().map_or(1, char::len_utf8);
        }
    }

    fn unterminated(&mut self, start: usize, quote: u8, triple: bool) -> Outcome {
        // A quote like those around the field: the brace is missing.
        if let Some(mode) = self.modes.last()
            && mode.quote == quote
            && mode.triple == triple
        {
            return fail(format!("{}-string: expecting '}}'", mode.letter), before(start + 1));
        }
        let line = self.line(self.at.saturating_sub(1)).max(1);
        let at = TextRange::empty(TextSize::new(start as u32));
        if triple {
            let text = self.text.strip_suffix('\n').unwrap_or(self.text);
            let line = self.line(text.len());
            let msg = format!("unterminated triple-quoted string literal (detected at line {line})");
            return Err(Lexical { error: Error::syntax(msg, at), incomplete: true, hard: true });
        }
        let body = &self.text[start..self.at];
        let escaped = body.matches(quote as char).count() > 1 && body.contains('\\');
        let hint = if escaped { "; perhaps you escaped the end quote?" } else { "" };
        let msg = format!("unterminated string literal (detected at line {line}){hint}");
        let incomplete = self.done() && self.text.ends_with("\\\n");
        Err(Lexical { error: Error::syntax(msg, at), incomplete, hard: true })
    }

    /// The text of a string with fields, up to a field or its end.
    pub(crate) fn middle(&mut self) -> Outcome {
        let start = self.at;
        let Some(mode) = self.modes.last_mut() else { return Ok(()) };
        let (quote, triple, raw, letter) = (mode.quote, mode.triple, mode.raw, mode.letter);
        let (in_spec, spec_depth) = (mode.in_spec && mode.field >= 0, mode.depth);
        let width = if triple { 3 } else { 1 };
        let quotes = [quote; 3];
        let ends = |s: &Self| s.bytes[s.at..].starts_with(&quotes[..width]);
        if ends(self) {
            self.at += width;
            self.modes.pop();
            self.push(Kind::End, start);
            return Ok(());
        }
        let mut named = false;
        loop {
            let b = self.peek();
            if self.done() || (b == b'\n' && !triple) {
                if in_spec && !self.done() {
                    let msg = "newlines are not allowed in format specifiers for single quoted";
                    return fail(format!("{letter}-string: {msg} {letter}-strings"), before(self.at + 1));
                }
                return self.unterminated_text();
            }
            if ends(self) {
                self.push(Kind::Middle, start);
                return Ok(());
            }
            match b {
                b'{' if self.byte(1) == b'{' && !in_spec => {
                    self.at += 1;
                    self.push(Kind::Middle, start);
                    self.at += 1;
                    return Ok(());
                }
                b'{' => {
                    if named {
                        self.at += 1;
                        continue;
                    }
                    if self.at > start {
                        self.push(Kind::Middle, start);
                    }
                    if let Some(mode) = self.modes.last_mut() {
                        mode.field += 1;
                        mode.literal = false;
                        if mode.field >= MAX_FIELDS {
                            return fail(
                                format!("{letter}-string: expressions nested too deeply"),
                                before(self.at + 1),
                            );
                        }
                    }
                    return Ok(());
                }
                b'}' if named => {
                    // The text up to here is a token of its own.
                    self.at += 1;
                    self.push(Kind::Middle, start);
                    return Ok(());
                }
                b'}' if self.byte(1) == b'}' && !in_spec && spec_depth == 0 => {
                    self.at += 1;
                    self.push(Kind::Middle, start);
                    self.at += 1;
                    return Ok(());
                }
                b'}' => {
                    if self.at > start {
                        self.push(Kind::Middle, start);
                    }
                    if let Some(mode) = self.modes.last_mut() {
                        mode.literal = false;
                    }
                    return Ok(());
                }
                b'\\' => {
                    self.at += 1;
                    match self.peek() {
                        b'{' | b'}' => {}
                        b'N' if !raw => {
                            self.at += 1;
                            if self.peek() == b'{' {
                                named = true;
                                self.at += 1;
                            }
                        }
                        _ => self.skip(),
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn unterminated_text(&mut self) -> Outcome {
        let Some(mode) = self.modes.last() else { return Ok(()) };
        let (letter, triple) = (mode.letter, mode.triple);
        let at = TextRange::empty(TextSize::new(mode.start as u32));
        let text = self.text.strip_suffix('\n').unwrap_or(self.text);
        let line = self.line(if triple { text.len() } else { self.at.min(self.bytes.len()) }).max(1);
        let which = if triple { "triple-quoted " } else { "" };
        let msg = format!("unterminated {which}{letter}-string literal (detected at line {line})");
        let incomplete = triple || self.done() && self.text.ends_with("\\\n");
        Err(Lexical { error: Error::syntax(msg, at), incomplete, hard: true })
    }

    /// Whether a character ends the expression of the innermost field: the colon before a format specification does.
    pub(crate) fn ends_expression(&mut self, b: u8) -> bool {
        match self.modes.last_mut() {
            Some(mode) if b == b':' && mode.field >= 0 && mode.depth - 1 == mode.field => {
                mode.literal = true;
                mode.in_spec = true;
                true
            }
            _ => false,
        }
    }
}

/// What is wrong with the first escape sequence of a text that cannot be decoded. Places are those in the text with
/// characters beyond ASCII written as escape sequences, as CPython decodes it.
pub(crate) fn bad_escape(text: &str) -> Option<String> {
    /// `\\U0001F40D`
    const WIDE: usize = 10;
    let mut chars = text.char_indices().peekable();
    let mut place = 0;
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { WIDE }).sum::<usize>();
    while let Some((i, c)) = chars.next() {
        if c != '\\' {
            place += if c.is_ascii() { 1 } else { WIDE };
            continue;
        }
        let (_, kind) = chars.next()?;
        let rest = &text[i + 1 + kind.len_utf8()..];
        let digits = |n: usize| rest.chars().take(n).take_while(char::is_ascii_hexdigit).count();
        let value = |n: usize| u32::from_str_radix(&rest[..digits(n)], 16).unwrap_or(u32::MAX);
        let found = match kind {
            'x' if digits(2) < 2 => Some((2 + digits(2), "truncated \\xXX escape")),
            'u' if digits(4) < 4 => Some((2 + digits(4), "truncated \\uXXXX escape")),
            'U' if digits(8) < 8 => Some((2 + digits(8), "truncated \\UXXXXXXXX escape")),
            'U' if value(8) > 0x10_FFFF => Some((WIDE, "illegal Unicode character")),
            'N' => match rest.strip_prefix('{').map(|name| (name, name.find('}'))) {
                None => Some((2, "malformed \\N character escape")),
                Some((name, None)) => Some((3 + width(name), "malformed \\N character escape")),
                Some((_, Some(0))) => Some((3, "malformed \\N character escape")),
                Some((name, Some(end))) => {
                    let literal = format!("\"\\N{{{}}}\"", &name[..end]);
                    let options = ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Expression);
                    let known = ruff_python_parser::parse_unchecked(&literal, options).errors().is_empty();
                    (!known).then(|| (4 + width(&name[..end]), "unknown Unicode character name"))
                }
            },
            _ => None,
        };
        if let Some((length, reason)) = found {
            let last = place + length - 1;
            let where_ = format!("position {place}-{last}");
            return Some(format!("(unicode error) 'unicodeescape' codec can't decode bytes in {where_}: {reason}"));
        }
        place += 1 + if kind.is_ascii() { 1 } else { WIDE };
    }
    None
}
