//! The lexer: an automaton over the source, which arrives line by line. It never calls Python and holds no values.

use std::collections::VecDeque;

use super::strings::Mode;

pub const ENDMARKER: usize = 0;
pub const NAME: usize = 1;
pub const NUMBER: usize = 2;
pub const STRING: usize = 3;
pub const NEWLINE: usize = 4;
pub const INDENT: usize = 5;
pub const DEDENT: usize = 6;
pub const OP: usize = 55;
pub const FSTRING_START: usize = 59;
pub const FSTRING_MIDDLE: usize = 60;
pub const FSTRING_END: usize = 61;
/// What to add to a kind of f-string token for the same of a template string.
pub const TEMPLATE: usize = 3;
pub const COMMENT: usize = 65;
pub const NL: usize = 66;

/// Operators by their exact kind, longest first.
const OPERATORS: &[(&str, usize)] = &[
    ("**=", 46),
    ("//=", 48),
    (">>=", 45),
    ("<<=", 44),
    ("...", 52),
    ("==", 27),
    ("!=", 28),
    ("<=", 29),
    (">=", 30),
    ("<<", 33),
    (">>", 34),
    ("**", 35),
    ("+=", 36),
    ("-=", 37),
    ("*=", 38),
    ("/=", 39),
    ("%=", 40),
    ("&=", 41),
    ("|=", 42),
    ("^=", 43),
    ("//", 47),
    ("@=", 50),
    ("->", 51),
    (":=", 53),
    ("(", 7),
    (")", 8),
    ("[", 9),
    ("]", 10),
    (":", 11),
    (",", 12),
    (";", 13),
    ("+", 14),
    ("-", 15),
    ("*", 16),
    ("/", 17),
    ("|", 18),
    ("&", 19),
    ("<", 20),
    (">", 21),
    ("=", 22),
    (".", 23),
    ("%", 24),
    ("{", 25),
    ("}", 26),
    ("~", 31),
    ("^", 32),
    ("@", 49),
    ("!", 54),
];

/// A token as Python sees it.
pub struct Token {
    pub kind: usize,
    pub text: String,
    pub start: (usize, i64),
    pub end: (usize, i64),
    pub line: String,
}

/// Which exception a fault is.
pub enum Class {
    Syntax,
    Indentation,
    Tab,
}

/// Source that has no tokens.
pub struct Fault {
    pub class: Class,
    pub message: String,
    pub line: usize,
    pub column: usize,
    /// The line to show; None: only the place is told.
    pub text: Option<String>,
    /// Whether the place has an end.
    pub ranged: bool,
}

/// The outcome of a step.
pub enum Need {
    Token(Token),
    /// A line must be fed first.
    Line,
    End,
    Fault(Fault),
}

/// Why lexing stops for now.
pub enum Stop {
    Line,
    Fault(Fault),
}

/// The automaton.
pub struct Lexer {
    /// What was read, all of it.
    pub src: String,
    /// Where the lines of `src` start.
    pub starts: Vec<usize>,
    pub pos: usize,
    eof: bool,
    done: bool,
    at_line_start: bool,
    /// A logical line goes on over a backslash.
    continued: bool,
    indents: Vec<(usize, usize)>,
    /// Open brackets, in code outside of strings and in the fields of interpolated strings alike.
    pub brackets: usize,
    pub modes: Vec<Mode>,
    /// Of a string that goes on over lines: where its text starts, and up to where its end was searched for.
    pub searched: Option<(usize, usize)>,
    queue: VecDeque<Token>,
    /// A fault behind tokens that are still in the queue.
    fault: Option<Fault>,
    pub extra: bool,
    /// Whether the current logical line has tokens.
    seen: bool,
}

impl Lexer {
    pub fn new(extra: bool) -> Lexer {
        Lexer {
            src: String::new(),
            starts: Vec::new(),
            pos: 0,
            eof: false,
            done: false,
            at_line_start: true,
            continued: false,
            indents: vec![(0, 0)],
            brackets: 0,
            modes: Vec::new(),
            searched: None,
            queue: VecDeque::new(),
            fault: None,
            extra,
            seen: false,
        }
    }

    /// Gives a line, or the end of the source.
    pub fn feed(&mut self, line: Option<String>) {
        match line {
            Some(line) => {
                self.starts.push(self.src.len());
                self.src.push_str(&line);
            }
            None => self.eof = true,
        }
    }

    /// The next token, or what is needed for it. A step that lacks a line changes nothing, and is tried again with it.
    pub fn next(&mut self) -> Need {
        loop {
            if let Some(token) = self.queue.pop_front() {
                return Need::Token(token);
            }
            if let Some(fault) = self.fault.take() {
                return Need::Fault(fault);
            }
            if self.done {
                return Need::End;
            }
            match self.step() {
                Ok(()) => {}
                Err(Stop::Line) => return Need::Line,
                Err(Stop::Fault(fault)) => {
                    self.done = true;
                    self.fault = Some(fault);
                }
            }
        }
    }

    /// The line that a position is in, from 1, and where that line starts.
    pub fn line_of(&self, pos: usize) -> (usize, usize) {
        let n = self.starts.partition_point(|&s| s <= pos);
        (n, self.starts.get(n.wrapping_sub(1)).copied().unwrap_or(0))
    }

    /// Line and column, in code points.
    pub fn place(&self, pos: usize) -> (usize, i64) {
        let (line, start) = self.line_of(pos);
        (line, self.src[start..pos].chars().count() as i64)
    }

    /// The text of the lines from the one with `from` to the one with `to`.
    pub fn lines(&self, from: usize, to: usize) -> String {
        let (_, start) = self.line_of(from);
        let end = self.starts.get(self.line_of(to).0).copied().unwrap_or(self.src.len());
        self.src[start..end].to_owned()
    }

    pub fn push(&mut self, kind: usize, from: usize, to: usize) {
        // A token that ends with a line's end is of that line, unless it is text of a string.
        let line = if kind == STRING || (FSTRING_START..COMMENT).contains(&kind) {
            self.lines(from, to)
        } else {
            self.lines(from, from)
        };
        let (mut start, end) = (self.place(from), self.place(to));
        if to > from && self.src.as_bytes()[to - 1] == b'\n' && (kind == NEWLINE || kind == NL) {
            start = self.place(from);
            let text = self.src[from..to].to_owned();
            let end = (start.0, start.1 + text.chars().count() as i64);
            self.queue.push_back(Token { kind, text, start, end, line });
            return;
        }
        let text = self.src[from..to].to_owned();
        self.queue.push_back(Token { kind, text, start, end, line });
    }

    /// A fault at a position.
    pub fn fault(&self, message: impl Into<String>, pos: usize) -> Stop {
        let (line, column) = self.place(pos);
        let text = self.lines(pos, pos).trim_end_matches(['\n', '\r']).to_owned();
        Stop::Fault(Fault {
            class: Class::Syntax,
            message: message.into(),
            line,
            column: column as usize + 1,
            text: Some(text),
            ranged: true,
        })
    }

    /// Whether a line must be read before `pos` can be looked at.
    pub fn need(&self, pos: usize) -> Result<bool, Stop> {
        if pos < self.src.len() {
            return Ok(true);
        }
        if self.eof { Ok(false) } else { Err(Stop::Line) }
    }

    pub fn byte(&self, pos: usize) -> u8 {
        self.src.as_bytes().get(pos).copied().unwrap_or(0)
    }

    fn step(&mut self) -> Result<(), Stop> {
        if self.modes.last().is_some_and(|m| m.in_text) {
            return self.string_part();
        }
        if self.at_line_start {
            return self.line_start();
        }
        self.token()
    }

    /// Indentation, blank lines and comment lines.
    fn line_start(&mut self) -> Result<(), Stop> {
        if !self.need(self.pos)? {
            return self.finish();
        }
        let from = self.pos;
        let (mut at, mut column, mut alt) = (from, 0, 0);
        loop {
            match self.byte(at) {
                b' ' => (column, alt) = (column + 1, alt + 1),
                b'\t' => (column, alt) = ((column / 8 + 1) * 8, alt + 1),
                b'\x0c' => (column, alt) = (0, 0),
                b'\\' if matches!(self.byte(at + 1), b'\n' | b'\r') => {
                    // The next line's indentation counts as if it followed here.
                    let next = at + if self.byte(at + 1) == b'\r' { 3 } else { 2 };
                    if !self.need(next)? {
                        return Err(self.unexpected_end(next));
                    }
                    at = next;
                    continue;
                }
                _ => break,
            }
            at += 1;
        }
        match self.byte(at) {
            b'#' | b'\n' | b'\r' => {
                self.pos = at;
                self.comment();
                self.newline(NL);
                return Ok(());
            }
            0 if at >= self.src.len() => {
                self.pos = at;
                if self.extra && at > from {
                    // Blanks at the very end are a blank line.
                    self.push(NL, at, at);
                }
                return Ok(());
            }
            _ => {}
        }
        self.pos = at;
        self.at_line_start = false;
        self.indent(from, at, column, alt)
    }

    fn indent(&mut self, from: usize, at: usize, column: usize, alt: usize) -> Result<(), Stop> {
        let bad = |this: &Lexer, class, message: &str| {
            let (line, _) = this.place(at);
            let text = this.lines(at, at);
            let text = text.trim_end_matches(['\n', '\r']);
            let column = text.chars().count() + 1;
            Stop::Fault(Fault {
                class,
                message: message.to_owned(),
                line,
                column,
                text: Some(text.to_owned()),
                ranged: false,
            })
        };
        const TABS: &str = "inconsistent use of tabs and spaces in indentation";
        let &(current, current_alt) = self.indents.last().unwrap_or(&(0, 0));
        if column == current {
            if alt != current_alt {
                return Err(bad(self, Class::Tab, TABS));
            }
        } else if column > current {
            if alt <= current_alt {
                return Err(bad(self, Class::Tab, TABS));
            }
            self.indents.push((column, alt));
            self.push(INDENT, from, at);
            self.hide_place();
        } else {
            while self.indents.last().is_some_and(|i| i.0 > column) {
                self.indents.pop();
                self.push(DEDENT, at, at);
                self.hide_place();
            }
            let &(current, current_alt) = self.indents.last().unwrap_or(&(0, 0));
            if column != current {
                return Err(bad(self, Class::Indentation, "unindent does not match any outer indentation level"));
            }
            if alt != current_alt {
                return Err(bad(self, Class::Tab, TABS));
            }
        }
        Ok(())
    }

    /// Without extra tokens, indentation has neither text nor columns.
    fn hide_place(&mut self) {
        if self.extra {
            return;
        }
        if let Some(t) = self.queue.back_mut() {
            t.text.clear();
            t.end = (t.end.0, -1);
            t.start = t.end;
        }
    }

    /// A comment, if one starts here.
    fn comment(&mut self) {
        if self.byte(self.pos) != b'#' {
            return;
        }
        let rest = &self.src.as_bytes()[self.pos..];
        let len = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
        let len = if len > 0 && rest[len - 1] == b'\r' { len - 1 } else { len };
        if self.extra {
            self.push(COMMENT, self.pos, self.pos + len);
        }
        self.pos += len;
    }

    /// The end of a line as a token of kind NEWLINE or NL.
    fn newline(&mut self, kind: usize) {
        let from = self.pos;
        let to = match (self.byte(from), self.byte(from + 1)) {
            (b'\r', b'\n') => from + 2,
            (b'\n' | b'\r', _) => from + 1,
            _ => from,
        };
        if self.extra {
            self.push(kind, from, to);
            if to == from
                && let Some(t) = self.queue.back_mut()
            {
                // The end that the source lacks has a width all the same.
                t.end.1 += 1;
            }
        } else if kind == NEWLINE {
            self.push(kind, from, from);
        }
        self.pos = to;
        if kind == NEWLINE {
            self.seen = false;
        }
        self.at_line_start = self.brackets == 0;
    }

    fn unexpected_end(&self, pos: usize) -> Stop {
        let (line, column) = self.place(pos.min(self.src.len()));
        let column = if self.src.ends_with('\n') || self.brackets > 0 && self.modes.is_empty() {
            0
        } else {
            column as usize + 1
        };
        Stop::Fault(Fault {
            class: Class::Syntax,
            message: "unexpected EOF in multi-line statement".to_owned(),
            line,
            column,
            text: None,
            ranged: false,
        })
    }

    /// The end of the source.
    fn finish(&mut self) -> Result<(), Stop> {
        let line = self.starts.len() + 1;
        let mut end = |kind| {
            let place = if self.extra { (line, 0) } else { (line, -1) };
            self.queue.push_back(Token { kind, text: String::new(), start: place, end: place, line: String::new() });
        };
        for _ in 1..self.indents.len() {
            end(DEDENT);
        }
        end(ENDMARKER);
        self.done = true;
        Ok(())
    }

    /// One token inside a line.
    fn token(&mut self) -> Result<(), Stop> {
        while matches!(self.byte(self.pos), b' ' | b'\t' | b'\x0c') {
            self.pos += 1;
        }
        if !self.need(self.pos)? {
            if self.brackets > 0 || self.continued {
                if self.brackets > 0
                    && self.extra
                    && !self.src.ends_with('\n')
                    && self.queue.is_empty()
                    && !self.continued
                {
                    self.newline(NL);
                    self.continued = true;
                    return Ok(());
                }
                return Err(self.unexpected_end(self.pos));
            }
            if self.seen {
                self.newline(NEWLINE);
            } else {
                self.at_line_start = true;
            }
            return Ok(());
        }
        self.continued = false;
        let from = self.pos;
        let b = self.byte(from);
        match b {
            b'#' => {
                self.comment();
                Ok(())
            }
            b'\n' | b'\r' => {
                let kind = if self.brackets > 0 || !self.seen { NL } else { NEWLINE };
                self.newline(kind);
                Ok(())
            }
            b'\\' if matches!(self.byte(from + 1), b'\n' | b'\r') || from + 1 >= self.src.len() => {
                let next = from + if self.byte(from + 1) == b'\r' { 3 } else { 2 };
                let next = next.min(self.src.len());
                if !self.need(next)? {
                    return Err(self.unexpected_end(next));
                }
                self.pos = next;
                self.continued = true;
                Ok(())
            }
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(from + 1).is_ascii_digit() => self.number(),
            b'\'' | b'"' => self.string(from),
            _ if b == b'_' || b.is_ascii_alphabetic() || b >= 0x80 => self.word(),
            _ => self.operator(),
        }?;
        self.seen |= !matches!(b, b'#' | b'\n' | b'\r' | b'\\');
        Ok(())
    }

    /// A name, or a string with a prefix.
    fn word(&mut self) -> Result<(), Stop> {
        let from = self.pos;
        let mut at = from;
        while matches!(self.byte(at), b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | 0x80..) {
            at += 1;
        }
        if matches!(self.byte(at), b'\'' | b'"') && is_prefix(&self.src.as_bytes()[from..at]) {
            return self.string(at);
        }
        self.pos = at;
        self.push(NAME, from, at);
        Ok(())
    }

    fn operator(&mut self) -> Result<(), Stop> {
        let from = self.pos;
        let rest = &self.src[from..];
        let field = self.modes.last().is_some_and(|m| m.depth == self.brackets);
        let found = OPERATORS.iter().find(|(text, _)| rest.starts_with(text));
        // `!`, `:` and `}` of a replacement field stand alone.
        let found = match found {
            Some((":=", _)) if field => Some(&(":", 11)),
            other => other,
        };
        let (len, kind) = match found {
            Some((text, kind)) => (text.len(), *kind),
            None => (rest.chars().next().map_or(1, char::len_utf8), OP),
        };
        let b = self.byte(from);
        match b {
            b'(' | b'[' | b'{' => self.brackets += 1,
            b')' | b']' | b'}' if self.brackets > 0 => self.brackets -= 1,
            b')' | b']' | b'}' if !self.extra => {
                return Err(self.fault(format!("unmatched '{}'", b as char), from));
            }
            _ => {}
        }
        self.pos = from + len;
        self.push(if self.extra { OP } else { kind }, from, from + len);
        if field {
            self.field_operator(b, len);
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Stop> {
        let from = self.pos;
        let mut at = from;
        let radix = match (self.byte(at), self.byte(at + 1) | 0x20) {
            (b'0', b'x') => Some((16, "hexadecimal")),
            (b'0', b'o') => Some((8, "octal")),
            (b'0', b'b') => Some((2, "binary")),
            _ => None,
        };
        if let Some((radix, name)) = radix {
            at += 2;
            loop {
                if self.byte(at) == b'_' {
                    at += 1;
                }
                let digit = self.byte(at);
                if !(digit as char).is_digit(radix) {
                    if digit.is_ascii_digit() {
                        return Err(self.fault(format!("invalid digit '{}' in {name} literal", digit as char), at));
                    }
                    return Err(self.fault(format!("invalid {name} literal"), at - 1));
                }
                while (self.byte(at) as char).is_digit(radix) {
                    at += 1;
                }
                if self.byte(at) != b'_' {
                    break;
                }
            }
            if self.byte(at).is_ascii_digit() {
                return Err(self.fault(format!("invalid digit '{}' in {name} literal", self.byte(at) as char), at));
            }
            return self.number_end(from, at, name);
        }
        let mut name = "decimal";
        at = self.digits(at)?;
        if self.byte(at) == b'.' {
            at = if self.byte(at + 1).is_ascii_digit() { self.digits(at + 1)? } else { at + 1 };
        }
        if self.byte(at) | 0x20 == b'e' {
            let sign = usize::from(matches!(self.byte(at + 1), b'+' | b'-'));
            if self.byte(at + 1 + sign).is_ascii_digit() {
                at = self.digits(at + 1 + sign)?;
            } else if sign > 0 {
                return Err(self.fault("invalid decimal literal", at));
            }
        }
        if self.byte(at) | 0x20 == b'j' {
            at += 1;
            name = "imaginary";
        } else if !self.extra && self.src[from..at].bytes().all(|b| b.is_ascii_digit() || b == b'_') {
            let text = &self.src[from..at];
            if text.len() > 1 && text.starts_with('0') && text.bytes().any(|b| !matches!(b, b'0' | b'_')) {
                return Err(self.fault(
                    "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
                    from,
                ));
            }
        }
        self.number_end(from, at, name)
    }

    /// Digits with single underscores between them.
    fn digits(&self, mut at: usize) -> Result<usize, Stop> {
        loop {
            while self.byte(at).is_ascii_digit() {
                at += 1;
            }
            if self.byte(at) != b'_' {
                return Ok(at);
            }
            if !self.byte(at + 1).is_ascii_digit() {
                return Err(self.fault("invalid decimal literal", at));
            }
            at += 1;
        }
    }

    /// What follows a number may not look like a part of it.
    fn number_end(&mut self, from: usize, at: usize, name: &str) -> Result<(), Stop> {
        let rest = &self.src[at..];
        let keyword = ["and", "else", "for", "if", "in", "is", "or", "not"].iter().any(|k| rest.starts_with(k));
        let b = self.byte(at);
        // CPython's own exponent without digits ends the number before the letter.
        let lone_exponent = b | 0x20 == b'e' && name == "decimal";
        if !keyword && !lone_exponent && (b == b'_' || b.is_ascii_alphanumeric() || b >= 0x80) {
            return Err(self.fault(format!("invalid {name} literal"), at - 1));
        }
        self.pos = at;
        self.push(NUMBER, from, at);
        Ok(())
    }
}

/// Whether these letters may stand before a string.
fn is_prefix(word: &[u8]) -> bool {
    let lower: Vec<u8> = word.iter().map(u8::to_ascii_lowercase).collect();
    matches!(lower.as_slice(), b"r" | b"b" | b"u" | b"f" | b"t" | b"rb" | b"br" | b"rf" | b"fr" | b"rt" | b"tr")
}
