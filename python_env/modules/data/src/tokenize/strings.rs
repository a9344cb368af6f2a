//! Strings in the lexer: plain ones are one token; interpolated ones change modes between text and code.

use super::lexer::{FSTRING_END, FSTRING_MIDDLE, FSTRING_START, Lexer, STRING, Stop, TEMPLATE};

/// An interpolated string that is open.
pub struct Mode {
    quote: u8,
    triple: bool,
    raw: bool,
    template: bool,
    /// Where it starts.
    start: usize,
    /// Whether the lexer is in its text (else in the code of a field).
    pub in_text: bool,
    /// Whether that text is a format specification.
    in_spec: bool,
    /// Number of open brackets in the code of the current field, the field's own brace included.
    pub depth: usize,
    /// `depth` of the fields around a nested one, whose specification goes on after it.
    outer: Vec<usize>,
}

impl Lexer {
    /// A string whose quote is at `quote`; its prefix starts at the current position.
    pub fn string(&mut self, quote: usize) -> Result<(), Stop> {
        let from = self.pos;
        let prefix = self.src[from..quote].to_ascii_lowercase();
        let q = self.byte(quote);
        let triple = self.byte(quote + 1) == q && self.byte(quote + 2) == q;
        let body = quote + if triple { 3 } else { 1 };
        let template = prefix.contains('t');
        if template || prefix.contains('f') {
            self.pos = body;
            self.push(FSTRING_START + if template { TEMPLATE } else { 0 }, from, body);
            self.modes.push(Mode {
                quote: q,
                triple,
                raw: prefix.contains('r'),
                template,
                start: from,
                in_text: true,
                in_spec: false,
                depth: 0,
                outer: Vec::new(),
            });
            return Ok(());
        }
        let mut at = self.resumed(from, body);
        loop {
            if !self.need_within(from, at)? {
                if let Some(stop) = self.missing_brace(q, triple, from) {
                    return Err(stop);
                }
                let n = self.starts.len();
                let message = if triple {
                    format!("unterminated triple-quoted string literal (detected at line {n})")
                } else {
                    format!("unterminated string literal (detected at line {n})")
                };
                return Err(self.fault(message, from));
            }
            match self.byte(at) {
                b'\\' => {
                    at += if self.byte(at + 1) == b'\r' && self.byte(at + 2) == b'\n' { 3 } else { 2 };
                    // A backslash before a character of several bytes covers its first; the others are no quotes.
                    at = at.min(self.src.len());
                }
                b'\n' if !triple => {
                    if let Some(stop) = self.missing_brace(q, triple, from) {
                        return Err(stop);
                    }
                    let (line, _) = self.line_of(at);
                    return Err(self.fault(format!("unterminated string literal (detected at line {line})"), from));
                }
                b if b == q && !triple => {
                    at += 1;
                    break;
                }
                b if b == q && self.byte(at + 1) == q && self.byte(at + 2) == q => {
                    at += 3;
                    break;
                }
                _ => at += 1,
            }
        }
        self.pos = at;
        self.push(STRING, from, at);
        Ok(())
    }

    /// Where to go on in the text that starts at `from`: it was searched for its end before its last line was read.
    fn resumed(&mut self, from: usize, start: usize) -> usize {
        self.searched.take().filter(|s| s.0 == from).map_or(start, |s| s.1)
    }

    /// As `need`; what was searched of the text from `from` on is not searched again once the line is there.
    fn need_within(&mut self, from: usize, at: usize) -> Result<bool, Stop> {
        let there = self.need(at);
        if there.is_err() {
            self.searched = Some((from, at));
        }
        there
    }

    /// An unterminated string inside a field, of the quotes of the string around, is that string's end: the field lacks its brace.
    fn missing_brace(&self, quote: u8, triple: bool, at: usize) -> Option<Stop> {
        let mode = self.modes.last().filter(|m| m.quote == quote && m.triple == triple)?;
        let kind = if mode.template { 't' } else { 'f' };
        Some(self.fault(format!("{kind}-string: expecting '}}'"), at))
    }

    /// Text of an interpolated string, or its end, or the brace that opens a field.
    pub fn string_part(&mut self) -> Result<(), Stop> {
        let Some(mode) = self.modes.last() else { return Ok(()) };
        let (q, triple, raw, in_spec, start) = (mode.quote, mode.triple, mode.raw, mode.in_spec, mode.start);
        let shift = if mode.template { TEMPLATE } else { 0 };
        let kind = if mode.template { 't' } else { 'f' };
        let from = self.pos;
        let ends = |this: &Lexer, at: usize| {
            this.byte(at) == q && (!triple || this.byte(at + 1) == q && this.byte(at + 2) == q)
        };
        if !self.need(from)? {
            return Err(self.unterminated(kind, triple, start));
        }
        if !in_spec && ends(self, from) {
            let to = from + if triple { 3 } else { 1 };
            self.pos = to;
            self.push(FSTRING_END + shift, from, to);
            self.modes.pop();
            return Ok(());
        }
        if self.byte(from) == b'{' && (in_spec || self.byte(from + 1) != b'{') {
            return self.open_field();
        }
        let mut at = self.resumed(from, from);
        loop {
            if !self.need_within(from, at)? {
                return Err(self.unterminated(kind, triple, start));
            }
            if ends(self, at) {
                if in_spec {
                    return Err(self.fault(format!("{kind}-string: expecting '}}'"), at));
                }
                break;
            }
            match self.byte(at) {
                b'\n' if !triple => {
                    if in_spec {
                        break;
                    }
                    return Err(self.unterminated(kind, triple, start));
                }
                b'{' if !in_spec && self.byte(at + 1) == b'{' => {
                    // A doubled brace: the text ends with the first, the second is skipped.
                    self.push(FSTRING_MIDDLE + shift, from, at + 1);
                    self.pos = at + 2;
                    return Ok(());
                }
                b'{' => break,
                b'}' if in_spec => break,
                b'}' if self.byte(at + 1) == b'}' => {
                    self.push(FSTRING_MIDDLE + shift, from, at + 1);
                    self.pos = at + 2;
                    return Ok(());
                }
                b'}' => {
                    self.push(FSTRING_MIDDLE + shift, from, at);
                    self.pos = at;
                    return Err(self.fault(format!("{kind}-string: single '}}' is not allowed"), at));
                }
                b'\\' => {
                    let next = self.byte(at + 1);
                    at += 1;
                    if !raw && next == b'N' && self.byte(at + 1) == b'{' {
                        // A named character: its braces belong to the text.
                        while at < self.src.len() && !matches!(self.byte(at), b'}' | b'\n') {
                            at += 1;
                        }
                        at += usize::from(self.byte(at) == b'}');
                    } else if !matches!(next, b'{' | b'}') {
                        at += 1;
                    }
                }
                _ => at += 1,
            }
        }
        self.pos = at;
        self.push(FSTRING_MIDDLE + shift, from, at);
        if in_spec
            && matches!(self.byte(at), b'}' | b'\n')
            && let Some(mode) = self.modes.last_mut()
        {
            mode.in_text = false;
        }
        Ok(())
    }

    fn unterminated(&self, kind: char, triple: bool, start: usize) -> Stop {
        let n = self.starts.len();
        let message = if triple {
            format!("unterminated triple-quoted {kind}-string literal (detected at line {n})")
        } else {
            format!("unterminated {kind}-string literal (detected at line {n})")
        };
        self.fault(message, start)
    }

    /// The brace that opens a field: what follows is code.
    fn open_field(&mut self) -> Result<(), Stop> {
        let at = self.pos;
        self.brackets += 1;
        let depth = self.brackets;
        let kind = if self.extra { super::lexer::OP } else { 25 };
        if let Some(mode) = self.modes.last_mut() {
            if mode.in_spec {
                mode.outer.push(mode.depth);
            }
            mode.in_text = false;
            mode.in_spec = false;
            mode.depth = depth;
        }
        self.pos = at + 1;
        self.push(kind, at, at + 1);
        Ok(())
    }

    /// What an operator at the level of a field means: `:` starts its specification, `}` ends it.
    pub fn field_operator(&mut self, b: u8, len: usize) {
        let Some(mode) = self.modes.last_mut() else { return };
        match b {
            b':' if len == 1 => {
                mode.in_text = true;
                mode.in_spec = true;
            }
            b'}' => match mode.outer.pop() {
                // Back in the specification of the field around.
                Some(depth) => {
                    mode.in_text = true;
                    mode.in_spec = true;
                    mode.depth = depth;
                }
                None => {
                    mode.in_text = true;
                    mode.in_spec = false;
                    mode.depth = 0;
                }
            },
            _ => {}
        }
    }
}
