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
        let hint = if escaped { "; perhaps you escaped the end quote" } else { "" };
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
                    named = false;
                    self.at += 1;
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
