//! The push parser: takes a document's bytes in pieces, gives events one by one.

use std::collections::VecDeque;
use std::sync::Arc;

use memchr::{memchr, memchr2};
use parking_lot::Mutex;

use crate::chars::{Encoding, find_no_char, is_space, name_len, token_len};
use crate::dtd::{self, Dtd, Entity};
use crate::errors::*;
use crate::events::{Event, Fault, Names, Next, Place, What};
use crate::pieces::{advance, attribute_value, char_reference, declaration, declared, newlines, predefined, tag_len};

#[derive(PartialEq, Clone, Copy)]
enum Phase {
    Prolog,
    Content,
    Epilog,
    /// Of an external subset.
    Subset,
}

/// An open element.
struct Element {
    /// As written.
    name: String,
    /// As reported.
    expanded: String,
    /// How many namespaces it binds.
    bound: usize,
    /// In how many entities it was opened.
    sources: usize,
}

/// The replacement text of an entity that is being read.
struct Source {
    name: String,
    text: String,
    at: usize,
    /// Length of the reference, which is passed when the text is.
    reference: usize,
}

const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";
/// A document that is as large as this with its expanded entities must be large by itself.
pub const EXPANSION_LIMIT: u64 = 8 << 20;
/// How many times its size such a document may have with its entities.
const AMPLIFICATION: f32 = 100.0;
/// Text in another encoding than UTF-8 is given in pieces of as many bytes.
const PIECE: usize = 1024;

pub struct Parser {
    encoding: Option<Encoding>,
    /// The encoding does not depend on what the document says.
    fixed: bool,
    bytes: Vec<u8>,
    undecodable: bool,
    text: String,
    at: usize,
    place: Place,
    last: bool,
    phase: Phase,
    started: bool,
    doctype: bool,
    standalone: bool,
    open: Vec<Element>,
    sources: Vec<Source>,
    expanded: u64,
    fed: u64,
    /// When expanded entities are checked, and how much they may be.
    pub threshold: u64,
    pub max_factor: f32,
    /// How much was there when nothing of it could be read: it is not looked at again before there is twice as much.
    partial: usize,
    /// This piece waits for more.
    deferred: bool,
    /// Where the text begins, behind a byte order mark.
    origin: u64,
    /// Something was read of this piece.
    moved: bool,
    /// It parses an entity or the external subset of another document.
    pub external: bool,
    /// What external parsers of the document type's external subset have read.
    found: Arc<Mutex<Option<Dtd>>>,
    /// When external subsets are asked for: 0 never, 1 unless the document is standalone, 2 always.
    pub parameters: u8,
    /// To be told after what is queued.
    late: Option<Fault>,
    /// The external subset is asked for where there is none.
    foreign: bool,
    queue: VecDeque<Event>,
    dtd: Dtd,
    separator: Option<String>,
    bindings: Vec<(Option<String>, Option<String>)>,
    /// Events carry their text.
    pub raw: bool,
    /// Declarations of the document type go to the default handler, token by token.
    pub raw_doctype: bool,
    /// References to internal entities are left to the default handler.
    pub keep_references: bool,
    /// Names carry their prefix as a third part.
    pub triplets: bool,
}

type Res<T> = Result<T, Fault>;

impl Parser {
    /// `separator` turns on namespaces: it stands between the URI and the local part of a name.
    pub fn new(encoding: Option<Encoding>, separator: Option<String>) -> Parser {
        Parser {
            fixed: encoding.is_some(),
            encoding,
            bytes: Vec::new(),
            undecodable: false,
            text: String::new(),
            at: 0,
            place: Place { line: 1, column: 0, index: 0 },
            last: false,
            phase: Phase::Prolog,
            started: false,
            doctype: false,
            standalone: false,
            open: Vec::new(),
            sources: Vec::new(),
            expanded: 0,
            fed: 0,
            threshold: EXPANSION_LIMIT,
            max_factor: AMPLIFICATION,
            partial: 0,
            deferred: false,
            origin: 0,
            moved: false,
            external: false,
            found: Arc::default(),
            parameters: 0,
            late: None,
            foreign: false,
            queue: VecDeque::new(),
            dtd: Dtd::default(),
            separator,
            bindings: Vec::new(),
            raw: false,
            raw_doctype: false,
            keep_references: false,
            triplets: false,
        }
    }

    /// A parser of the external subset, or of an external entity of this document: its content is that of an element.
    pub fn for_entity(&self, subset: bool, encoding: Option<Encoding>) -> Parser {
        let mut p = Parser::new(encoding, self.separator.clone());
        p.external = true;
        p.standalone = self.standalone;
        p.dtd.entities = self.dtd.entities.clone();
        if subset {
            p.phase = Phase::Subset;
            p.parameters = self.parameters;
            p.found = Arc::clone(&self.found);
            return p;
        }
        p.phase = Phase::Content;
        p.dtd.incomplete = self.dtd.incomplete;
        p.bindings = self.bindings.clone();
        p.triplets = self.triplets;
        p.open.push(Element { name: String::new(), expanded: String::new(), bound: 0, sources: usize::MAX });
        p
    }

    /// Where the parser is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Behaves as if the document had an external subset: unknown entities are skipped.
    pub fn use_foreign_dtd(&mut self, flag: bool) {
        self.dtd.incomplete = flag;
        self.foreign = flag;
    }

    /// Takes more of the document; `last` says that there is no more. With `deferral` what could not be read is not looked
    /// at again before there is twice as much.
    pub fn feed(&mut self, data: &[u8], last: bool, deferral: bool) {
        self.text.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(data);
        self.fed += data.len() as u64;
        self.last = last;
        self.moved = false;
        self.deferred = deferral && !last && self.left() < 2 * self.partial;
    }

    /// How much was fed and not read.
    fn left(&self) -> usize {
        self.text.len() - self.at + self.bytes.len()
    }

    /// Everything that can be read now was read.
    fn wait(&mut self) -> Next {
        if !self.deferred {
            self.partial = if self.moved { 0 } else { self.left() };
        }
        Next::More
    }

    /// Takes what was read of the external subset.
    fn merge(&mut self) {
        let Some(found) = self.found.lock().take() else { return };
        for (name, entity) in found.entities {
            self.dtd.entities.entry(name).or_insert(entity);
        }
        for (element, attributes) in found.attributes {
            let known = self.dtd.attributes.entry(element).or_default();
            for a in attributes {
                if known.iter().all(|k| k.name != a.name) {
                    known.push(a);
                }
            }
        }
    }

    /// The text is given in UTF-8, whatever the document says.
    pub fn fix_utf8(&mut self) {
        if !self.started {
            self.encoding = Some(Encoding::Utf8);
            self.fixed = true;
        }
    }

    /// Answers [`Next::Encoding`].
    pub fn set_encoding(&mut self, encoding: Encoding) {
        self.encoding = Some(encoding);
        self.fixed = true;
    }

    fn fault<T>(&self, code: u8) -> Res<T> {
        Err(Fault { code, place: self.place })
    }

    /// A fault `n` bytes behind the current position.
    fn fault_at<T>(&self, code: u8, n: usize) -> Res<T> {
        let mut place = self.place;
        if self.sources.is_empty() {
            advance(&mut place, &self.rest()[..n]);
        }
        Err(Fault { code, place })
    }

    fn rest(&self) -> &str {
        match self.sources.last() {
            Some(s) => &s.text[s.at..],
            None => &self.text[self.at..],
        }
    }

    /// Whether nothing can follow what there is of the current source.
    fn complete(&self) -> bool {
        !self.sources.is_empty() || (self.last && (self.bytes.is_empty() || self.undecodable))
    }

    fn skip(&mut self, n: usize) {
        match self.sources.last_mut() {
            Some(s) => s.at += n,
            None => {
                advance(&mut self.place, &self.text[self.at..self.at + n]);
                self.at += n;
                self.moved |= n > 0;
            }
        }
    }

    /// Queues what `n` bytes of markup mean, and passes them.
    fn event(&mut self, what: What, n: usize) {
        let raw = if self.raw { self.rest()[..n].to_owned() } else { String::new() };
        self.queue.push_back(Event { what, raw, place: self.place });
        self.skip(n);
    }

    /// The next event.
    pub fn next(&mut self) -> Res<Next> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Ok(Next::Event(event));
            }
            if let Some(fault) = self.late {
                return Err(fault);
            }
            if self.deferred {
                return Ok(self.wait());
            }
            if self.phase == Phase::Prolog {
                self.merge();
            }
            if let Some(name) = self.decode()? {
                let mut place = self.place;
                let at = self.bytes.windows(name.len()).position(|w| w == name.as_bytes()).unwrap_or(0);
                advance(&mut place, &String::from_utf8_lossy(&self.bytes[..at]));
                return Ok(Next::Encoding(name, place));
            }
            if self.rest().is_empty() {
                if let Some(source) = self.sources.pop() {
                    let depth = self.sources.len();
                    if self.open.last().is_some_and(|e| e.sources > depth && e.sources != usize::MAX) {
                        return self.fault(ASYNC_ENTITY);
                    }
                    self.skip(source.reference);
                    continue;
                }
                if self.undecodable {
                    return self.undecodable();
                }
                if !self.complete() {
                    return Ok(self.wait());
                }
                let whole = match self.phase {
                    Phase::Prolog => false,
                    Phase::Content => self.open.len() == 1 && self.open[0].sources == usize::MAX,
                    Phase::Epilog | Phase::Subset => true,
                };
                return if whole { Ok(Next::End) } else { self.fault(NO_ELEMENTS) };
            }
            if !self.step()? {
                if self.undecodable {
                    return self.undecodable();
                }
                return Ok(self.wait());
            }
        }
    }

    /// The fault of bytes that mean nothing, or of the first half of a character at the end.
    fn undecodable(&self) -> Res<Next> {
        let half = match &self.encoding {
            Some(Encoding::Utf16 { .. }) if self.bytes.len() == 1 => UNCLOSED_TOKEN,
            Some(Encoding::Utf16 { .. }) if self.bytes.len() < 4 => PARTIAL_CHAR,
            Some(Encoding::Utf8)
                if std::str::from_utf8(&self.bytes).is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none()) =>
            {
                PARTIAL_CHAR
            }
            _ => INVALID_TOKEN,
        };
        self.fault(half)
    }

    /// Turns bytes into text. Gives the name of an encoding that is not known.
    fn decode(&mut self) -> Res<Option<String>> {
        if self.encoding.is_none() || !self.started {
            match self.detect()? {
                Detected::Wait => return Ok(None),
                Detected::Unknown(name) => return Ok(Some(name)),
                Detected::Ready => {}
            }
        }
        if let Some(encoding) = &self.encoding
            && !self.bytes.is_empty()
            && !self.undecodable
        {
            self.undecodable = !encoding.decode(&mut self.bytes, &mut self.text);
            self.undecodable |= self.last && !self.bytes.is_empty();
        }
        Ok(None)
    }

    /// Finds the encoding by the first bytes and the declaration.
    fn detect(&mut self) -> Res<Detected> {
        let b = &self.bytes;
        if b.len() < 4 && !self.last {
            return Ok(Detected::Wait);
        }
        let (mark, by_mark) = match b.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => (3, Some(Encoding::Utf8)),
            [0xFE, 0xFF, ..] => (2, Some(Encoding::Utf16 { big: true })),
            [0xFF, 0xFE, ..] => (2, Some(Encoding::Utf16 { big: false })),
            // No document starts with the character 0.
            [0, ..] => (0, Some(Encoding::Utf16 { big: true })),
            [_, 0, ..] => (0, Some(Encoding::Utf16 { big: false })),
            _ => (0, None),
        };
        let wide = matches!(by_mark, Some(Encoding::Utf16 { .. }));
        let fixed_wide = matches!(self.encoding, Some(Encoding::Utf16 { .. }));
        if !self.fixed || (wide && fixed_wide) || matches!(self.encoding, Some(Encoding::Utf8)) && mark == 3 {
            if by_mark.is_none() && !self.fixed {
                match declared(b) {
                    None if !self.last => return Ok(Detected::Wait),
                    None | Some(None) => self.encoding = Some(Encoding::Utf8),
                    Some(Some(name)) => match Encoding::named(&name) {
                        Some(Encoding::Utf16 { .. }) => return self.fault(INCORRECT_ENCODING),
                        Some(known) => self.encoding = Some(known),
                        None => return Ok(Detected::Unknown(name)),
                    },
                }
            } else if by_mark.is_some() {
                self.encoding = by_mark;
            }
            self.bytes.drain(..mark);
            self.place.column += u64::from(mark > 0);
            self.place.index += mark as u64;
            self.origin = mark as u64;
        }
        self.started = true;
        Ok(Detected::Ready)
    }

    /// Reads one piece of the document; false where it is not whole yet.
    fn step(&mut self) -> Res<bool> {
        let rest = self.rest();
        if self.phase == Phase::Subset && !(self.place.index == self.origin && rest.starts_with("<?xml")) {
            return self.external_subset();
        }
        if rest.starts_with('<') {
            return self.markup();
        }
        if self.phase == Phase::Content {
            return if rest.starts_with('&') { self.reference() } else { self.character_data() };
        }
        let spaces = rest.bytes().position(|b| !is_space(b)).unwrap_or(rest.len());
        if spaces == 0 {
            return self.out_of_place();
        }
        if self.raw {
            let text = rest[..spaces].to_owned();
            self.event(What::Markup(text), spaces);
        } else {
            self.skip(spaces);
        }
        Ok(true)
    }

    /// What is wrong with text outside the element: it is no token, or one that does not belong there.
    fn out_of_place(&self) -> Res<bool> {
        let rest = self.rest();
        let wrong = if self.phase == Phase::Epilog { JUNK_AFTER_DOC_ELEMENT } else { SYNTAX };
        let behind = rest.get(1..).unwrap_or("");
        match rest.as_bytes().first() {
            Some(b',' | b'[' | b']' | b'(' | b')' | b'|' | b'>') => self.fault(wrong),
            Some(&quote @ (b'"' | b'\'')) if !behind.contains(char::from(quote)) => self.unfinished(UNCLOSED_TOKEN),
            Some(b'"' | b'\'') => self.fault(wrong),
            Some(b'%' | b'#') if behind.is_empty() => self.unfinished(UNCLOSED_TOKEN),
            Some(b'%') if behind.starts_with(|c| " \t\r\n%".contains(c)) => self.fault(wrong),
            Some(mark @ (b'%' | b'#')) => match token_len(behind) {
                n if n == behind.len() => self.unfinished(if *mark == b'#' { wrong } else { UNCLOSED_TOKEN }),
                n if n > 0 && *mark == b'#' => self.fault(wrong),
                n if n > 0 && behind[n..].starts_with(';') => {
                    self.fault(if self.phase == Phase::Epilog { wrong } else { PARAM_ENTITY_REF })
                }
                n => self.fault_at(INVALID_TOKEN, n + 1),
            },
            // A word is a token where something ends it that may stand after one.
            _ => match token_len(rest) {
                0 => self.fault(INVALID_TOKEN),
                n if n == rest.len() && self.undecodable => Ok(false),
                n if rest[n..].starts_with(|c| !" \t\r\n>),|[%?*+".contains(c)) => self.fault_at(INVALID_TOKEN, n),
                _ => self.fault(wrong),
            },
        }
    }

    fn unfinished(&self, code: u8) -> Res<bool> {
        if self.complete() && !self.undecodable { self.fault(code) } else { Ok(false) }
    }

    fn markup(&mut self) -> Res<bool> {
        let rest = self.rest();
        const STARTS: [&str; 5] = ["<!--", "<![CDATA[", "<!DOCTYPE", "<?", "</"];
        if rest.len() < 9 && STARTS.iter().any(|start| rest.len() < start.len() && start.starts_with(rest)) {
            return self.unfinished(UNCLOSED_TOKEN);
        }
        if let Some(body) = rest.strip_prefix("<!--") {
            let Some(n) = body.find("--") else { return self.unfinished(UNCLOSED_TOKEN) };
            if n + 2 == body.len() {
                return self.unfinished(UNCLOSED_TOKEN);
            }
            if body.as_bytes()[n + 2] != b'>' {
                return self.fault_at(INVALID_TOKEN, 4 + n + 2);
            }
            let text = self.checked(4, n)?;
            self.event(What::Comment(text), n + 7);
            return Ok(true);
        }
        if rest.starts_with("<?") {
            return self.instruction();
        }
        if self.phase == Phase::Content
            && let Some(body) = rest.strip_prefix("<![CDATA[")
        {
            let Some(n) = body.find("]]>") else {
                let all = rest.len();
                return if self.unfinished(UNCLOSED_CDATA_SECTION).is_err() {
                    self.fault_at(UNCLOSED_CDATA_SECTION, all)
                } else {
                    Ok(false)
                };
            };
            let text = self.checked(9, n)?;
            self.event(What::StartCdata, 9);
            if !text.is_empty() {
                self.event(What::Text(text), n);
            }
            self.event(What::EndCdata, 3);
            return Ok(true);
        }
        if rest.starts_with("<!DOCTYPE") {
            if self.phase != Phase::Prolog || self.doctype {
                return self.fault(if self.phase == Phase::Epilog { JUNK_AFTER_DOC_ELEMENT } else { SYNTAX });
            }
            let Some(n) = dtd::doctype_len(rest) else { return self.unfinished(UNCLOSED_TOKEN) };
            return self.document_type(n);
        }
        let outside = self.phase != Phase::Content;
        let wrong = if self.phase == Phase::Epilog { JUNK_AFTER_DOC_ELEMENT } else { SYNTAX };
        if let Some(behind) = rest.strip_prefix("<!") {
            return match behind.bytes().position(|b| !b.is_ascii_alphabetic()).unwrap_or(behind.len()) {
                0 if outside && behind.starts_with('[') => self.fault(wrong),
                n if n == 0 || !outside => self.fault_at(INVALID_TOKEN, 2),
                n if n == behind.len() => self.unfinished(UNCLOSED_TOKEN),
                n if is_space(behind.as_bytes()[n]) || behind.as_bytes()[n] == b'%' => self.fault(wrong),
                n => self.fault_at(INVALID_TOKEN, 2 + n),
            };
        }
        if outside && rest.starts_with("</") {
            return self.fault_at(INVALID_TOKEN, 1);
        }
        if self.phase == Phase::Epilog {
            return match token_len(&rest[1..]) {
                0 if rest.len() == 1 => self.unfinished(UNCLOSED_TOKEN),
                0 => self.fault_at(INVALID_TOKEN, 1),
                _ => self.fault(wrong),
            };
        }
        if rest.starts_with("</") { self.end_tag() } else { self.start_tag() }
    }

    /// The `n` bytes at `from`, with line ends as newlines; faults at what is no character of XML.
    fn checked(&self, from: usize, n: usize) -> Res<String> {
        let text = &self.rest()[from..from + n];
        match find_no_char(text) {
            Some(i) => self.fault_at(INVALID_TOKEN, from + i),
            None => Ok(newlines(text)),
        }
    }

    fn character_data(&mut self) -> Res<bool> {
        let rest = self.rest();
        let mut n = memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len());
        if let Some(first) = memchr(b']', &rest.as_bytes()[..n])
            && let Some(i) = rest[first..n].find("]]>")
        {
            return self.fault_at(INVALID_TOKEN, first + i + 2);
        }
        if n == rest.len() && !self.complete() {
            // Half of a line end, or of what must not stand here.
            n = rest.trim_end_matches([']', '\r']).len();
            if n == 0 {
                return Ok(false);
            }
        }
        // Line ends are reported alone.
        n = match memchr2(b'\n', b'\r', &rest.as_bytes()[..n]) {
            Some(0) if rest.starts_with("\r\n") => 2,
            Some(0) => 1,
            Some(i) => i,
            None => n,
        };
        if n > PIECE && !matches!(self.encoding, Some(Encoding::Utf8 | Encoding::Ascii)) {
            n = rest.floor_char_boundary(PIECE);
        }
        let text = self.checked(0, n)?;
        self.event(What::Text(text), n);
        Ok(true)
    }

    fn reference(&mut self) -> Res<bool> {
        let rest = self.rest();
        let Some(end) = rest.find(|c: char| c == ';' || c.is_whitespace() || matches!(c, '<' | '&' if c != '&')) else {
            return self.unfinished(UNCLOSED_TOKEN);
        };
        let body = &rest[1..end];
        if !rest[end..].starts_with(';') || body.is_empty() {
            return self.fault_at(INVALID_TOKEN, end);
        }
        let n = end + 1;
        if let Some(number) = body.strip_prefix('#') {
            return match char_reference(number) {
                Ok(c) => {
                    self.event(What::Text(c.to_string()), n);
                    Ok(true)
                }
                Err(INVALID_TOKEN) => {
                    let digits = if number.starts_with('x') { 3 } else { 2 };
                    let radix = if digits == 3 { 16 } else { 10 };
                    let good = rest[digits..].find(|c: char| !c.is_digit(radix)).unwrap_or(0);
                    self.fault_at(INVALID_TOKEN, digits + good)
                }
                Err(code) => self.fault(code),
            };
        }
        if name_len(body) != body.len() {
            return self.fault_at(INVALID_TOKEN, 1 + name_len(body));
        }
        let name = body.to_owned();
        if let Some(c) = predefined(&name) {
            self.event(What::Text(c.to_string()), n);
            return Ok(true);
        }
        match self.dtd.entities.get(&name).cloned() {
            Some(Entity::Internal(_)) if self.keep_references => self.event(What::Skipped { name }, n),
            Some(Entity::Internal(text)) => {
                if self.sources.iter().any(|s| s.name == name) {
                    return self.fault(RECURSIVE_ENTITY_REF);
                }
                self.expanded += text.len() as u64;
                let all = self.expanded + self.fed;
                if all >= self.threshold && all as f32 > self.max_factor * self.fed.max(1) as f32 {
                    return self.fault(AMPLIFICATION_LIMIT_BREACH);
                }
                self.sources.push(Source { name, text, at: 0, reference: n });
            }
            Some(Entity::External { system, public }) => {
                self.event(What::External { name: Some(name), system: Some(system), public }, n);
            }
            Some(Entity::Unparsed) => return self.fault(BINARY_ENTITY_REF),
            None if self.dtd.incomplete && !self.standalone => self.event(What::Skipped { name }, n),
            None => return self.fault(UNDEFINED_ENTITY),
        }
        Ok(true)
    }

    fn instruction(&mut self) -> Res<bool> {
        let rest = self.rest();
        let body = &rest[2..];
        let Some(n) = body.find("?>") else { return self.unfinished(UNCLOSED_TOKEN) };
        let target = name_len(body);
        if target == 0 || target > n {
            return self.fault_at(INVALID_TOKEN, 2);
        }
        let name = body[..target].to_owned();
        let start = self.place.index == self.origin && self.sources.is_empty();
        if name == "xml" && start {
            let declaration = declaration(&body[target..n]);
            let external = self.open.first().is_some_and(|e| e.sources == usize::MAX);
            let (version, encoding, standalone) = match declaration {
                Ok(declaration) => declaration,
                Err(at) => return self.fault_at(if external { TEXT_DECL } else { XML_DECL }, 2 + target + at),
            };
            self.standalone = standalone == 1;
            self.event(What::XmlDecl { version, encoding, standalone }, n + 4);
            return Ok(true);
        }
        if name.eq_ignore_ascii_case("xml") {
            return if name == "xml" { self.fault(MISPLACED_XML_PI) } else { self.fault_at(INVALID_TOKEN, 2) };
        }
        if target < n && !is_space(body.as_bytes()[target]) {
            return self.fault_at(INVALID_TOKEN, 2 + target);
        }
        let data = self.checked(2 + target, n - target)?;
        let data = data.trim_start_matches([' ', '\t', '\n']).to_owned();
        self.event(What::Pi { target: name, data }, n + 4);
        Ok(true)
    }

    fn document_type(&mut self, n: usize) -> Res<bool> {
        let text = self.rest()[..n].to_owned();
        let mut dtd = std::mem::take(&mut self.dtd);
        let normalize = |dtd: &Dtd, raw: &str| {
            let mut out = String::new();
            attribute_value(dtd, false, raw, &mut Vec::new(), &mut out).map(|()| out)
        };
        let options = dtd::Options {
            raw: self.raw_doctype,
            standalone: self.standalone,
            external: self.asks_for_subset(),
            foreign: self.foreign,
        };
        let read = dtd::Reader::new(&text, options).read(&mut dtd, &normalize);
        self.dtd = dtd;
        self.doctype = true;
        self.foreign = false;
        self.declared(read, n)
    }

    fn asks_for_subset(&self) -> bool {
        self.parameters == 2 || (self.parameters == 1 && !self.standalone)
    }

    /// Reads an external subset, once it is whole. What was declared up to a fault counts.
    fn external_subset(&mut self) -> Res<bool> {
        if !self.complete() {
            return Ok(false);
        }
        let text = self.rest().to_owned();
        let mut dtd = std::mem::take(&mut self.dtd);
        let normalize = |dtd: &Dtd, raw: &str| {
            let mut out = String::new();
            attribute_value(dtd, false, raw, &mut Vec::new(), &mut out).map(|()| out)
        };
        let options = dtd::Options { raw: self.raw, standalone: self.standalone, external: true, foreign: false };
        let (events, fault) = dtd::Reader::new(&text, options).read_external(&mut dtd, &normalize);
        *self.found.lock() = Some(dtd);
        let place = self.place;
        self.queue.extend(events.into_iter().map(|(what, raw)| Event { what, raw, place }));
        self.skip(text.len());
        match fault {
            Some((code, at)) => {
                let mut place = place;
                advance(&mut place, &text[..at]);
                self.late = Some(Fault { code, place });
                Ok(true)
            }
            None => Ok(true),
        }
    }

    /// Queues what a document type says in `n` bytes.
    fn declared(&mut self, read: Result<Vec<(What, String)>, dtd::Bad>, n: usize) -> Res<bool> {
        match read {
            Ok(events) => {
                let place = self.place;
                self.queue.extend(events.into_iter().map(|(what, raw)| Event { what, raw, place }));
                self.skip(n);
                Ok(true)
            }
            Err((code, at)) => self.fault_at(code, at),
        }
    }

    fn end_tag(&mut self) -> Res<bool> {
        let rest = self.rest();
        let Some(n) = memchr(b'>', rest.as_bytes()) else { return self.unfinished(UNCLOSED_TOKEN) };
        let name = name_len(&rest[2..]);
        if name == 0 || !rest[2 + name..n].bytes().all(is_space) {
            let spaces = rest[2 + name..].bytes().position(|b| !is_space(b)).unwrap_or(0);
            return self.fault_at(INVALID_TOKEN, 2 + name + spaces);
        }
        if self.open.last().is_none_or(|e| e.name != rest[2..2 + name]) {
            return if self.phase == Phase::Prolog {
                self.fault_at(INVALID_TOKEN, 1)
            } else {
                self.fault_at(TAG_MISMATCH, 2)
            };
        }
        if self.open.last().is_some_and(|e| e.sources != self.sources.len()) {
            return self.fault(ASYNC_ENTITY);
        }
        self.close(n + 1);
        Ok(true)
    }

    /// Ends the innermost element.
    fn close(&mut self, n: usize) {
        let Some(element) = self.open.pop() else { return };
        self.event(What::End { name: element.expanded }, n);
        for _ in 0..element.bound {
            if let Some((prefix, _)) = self.bindings.pop() {
                self.event(What::EndNamespace { prefix }, 0);
            }
        }
        if self.open.is_empty() {
            self.phase = Phase::Epilog;
        }
    }

    fn start_tag(&mut self) -> Res<bool> {
        let rest = self.rest();
        if self.foreign && self.phase == Phase::Prolog && self.asks_for_subset() {
            // Nobody knows that there is none before the first element.
            self.foreign = false;
            self.dtd.incomplete = false;
            self.event(What::External { name: None, system: None, public: None }, 0);
            return Ok(true);
        }
        let Some(n) = tag_len(rest) else { return self.unfinished(UNCLOSED_TOKEN) };
        let name_end = 1 + name_len(&rest[1..]);
        if name_end == 1 {
            return self.fault_at(INVALID_TOKEN, 1);
        }
        let name = rest[1..name_end].to_owned();
        let (mut at, mut attributes, mut names) = (name_end, Vec::new(), Names::default());
        let empty = loop {
            let spaces = rest[at..].bytes().position(|b| !is_space(b)).unwrap_or(0);
            at += spaces;
            if at + 1 == n {
                break false;
            }
            if rest[at..n] == *"/>" {
                break true;
            }
            let key = &rest[at..at + name_len(&rest[at..n])];
            if spaces == 0 || key.is_empty() {
                return self.fault_at(INVALID_TOKEN, at);
            }
            let from = at;
            at += key.len();
            let skip = |at: usize| at + rest[at..].bytes().position(|b| !is_space(b)).unwrap_or(0);
            at = skip(at);
            if !rest[at..].starts_with('=') {
                return self.fault_at(INVALID_TOKEN, at);
            }
            at = skip(at + 1);
            let Some(quote @ (b'"' | b'\'')) = rest.as_bytes().get(at).copied() else {
                return self.fault_at(INVALID_TOKEN, at);
            };
            let Some(length) = rest[at + 1..n].find(quote as char) else { return self.fault_at(INVALID_TOKEN, n) };
            let raw = &rest[at + 1..at + 1 + length];
            if let Some(i) = [memchr(b'<', raw.as_bytes()), find_no_char(raw)].into_iter().flatten().min() {
                return self.fault_at(INVALID_TOKEN, at + 1 + i);
            }
            let mut value = String::with_capacity(length);
            if let Err(code) = attribute_value(&self.dtd, self.standalone, raw, &mut Vec::new(), &mut value) {
                return self.fault_at(code, at + 1);
            }
            at += length + 2;
            if !names.insert(key) {
                return self.fault_at(DUPLICATE_ATTRIBUTE, from);
            }
            let listed = self.dtd.attributes.get(&name).and_then(|l| l.iter().find(|a| a.name == key));
            if listed.is_some_and(|a| !a.cdata) {
                value = dtd::tokens(&value);
            }
            attributes.push((key.to_owned(), value));
        };
        let mut specified = attributes.len();
        for a in self.dtd.attributes.get(&name).into_iter().flatten() {
            if let Some(default) = &a.default
                && !names.has(a.name.as_str())
            {
                attributes.push((a.name.clone(), default.clone()));
            }
        }
        let (mut expanded, before) = (name.clone(), self.bindings.len());
        if self.separator.is_some() {
            self.bind(&mut attributes, &mut specified)?;
            expanded = self.expand(&name, true)?;
            let mut seen = Names::default();
            for (key, _) in &mut attributes {
                *key = self.expand(key, false)?;
                if !seen.insert(key.as_str()) {
                    return self.fault(DUPLICATE_ATTRIBUTE);
                }
            }
        }
        let bound = self.bindings.len() - before;
        self.phase = Phase::Content;
        self.open.push(Element { name, expanded: expanded.clone(), bound, sources: self.sources.len() });
        self.event(What::Start { name: expanded, attributes, specified }, n);
        if empty {
            self.close(0);
        }
        Ok(true)
    }

    /// Takes the declarations of namespaces out of the attributes.
    fn bind(&mut self, attributes: &mut Vec<(String, String)>, specified: &mut usize) -> Res<()> {
        let mut at = 0;
        while at < attributes.len() {
            let prefix = match attributes[at].0.as_str() {
                "xmlns" => None,
                key => match key.strip_prefix("xmlns:") {
                    Some(prefix) => Some(prefix.to_owned()),
                    None => {
                        at += 1;
                        continue;
                    }
                },
            };
            let (_, uri) = attributes.remove(at);
            *specified -= usize::from(at < *specified);
            let code = match prefix.as_deref() {
                Some("xmlns") => RESERVED_PREFIX_XMLNS,
                Some("xml") if uri != XML_URI => RESERVED_PREFIX_XML,
                Some("xml") => 0,
                _ if uri == XML_URI || uri == XMLNS_URI => RESERVED_NAMESPACE_URI,
                Some(_) if uri.is_empty() => UNDECLARING_PREFIX,
                _ => 0,
            };
            if code != 0 {
                return self.fault(code);
            }
            let uri = Some(uri).filter(|u| !u.is_empty());
            self.bindings.push((prefix.clone(), uri.clone()));
            self.event(What::StartNamespace { prefix, uri }, 0);
        }
        Ok(())
    }

    /// The name with its namespace.
    fn expand(&self, name: &str, element: bool) -> Res<String> {
        let separator = self.separator.as_deref().unwrap_or_default();
        let (prefix, local) = match name.split_once(':') {
            Some((p, l)) if !p.is_empty() && name_len(l) == l.len() && !l.is_empty() && !l.contains(':') => {
                (Some(p), l)
            }
            Some(_) => return self.fault(INVALID_TOKEN),
            None if element => (None, name),
            None => return Ok(name.to_owned()),
        };
        let uri = match prefix {
            Some("xml") => Some(XML_URI),
            _ => match self.bindings.iter().rev().find(|b| b.0.as_deref() == prefix) {
                Some((_, uri)) => uri.as_deref(),
                None if prefix.is_some() => return self.fault(UNBOUND_PREFIX),
                None => None,
            },
        };
        Ok(match (uri, prefix) {
            (None, _) => name.to_owned(),
            (Some(uri), Some(p)) if self.triplets => format!("{uri}{separator}{local}{separator}{p}"),
            (Some(uri), _) => format!("{uri}{separator}{local}"),
        })
    }
}

enum Detected {
    Wait,
    Ready,
    Unknown(String),
}
