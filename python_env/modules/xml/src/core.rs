//! The push parser: takes a document's bytes in pieces, gives events one by one.

use std::collections::{HashSet, VecDeque};

use crate::chars::{Encoding, is_char, is_space, name_len};
use crate::dtd::{self, Dtd, Entity, Model};
use crate::errors::*;

/// A position in the document.
#[derive(Clone, Copy)]
pub struct Place {
    /// From 1.
    pub line: u64,
    /// In characters, from 0.
    pub column: u64,
    /// In bytes of the document as UTF-8.
    pub index: u64,
}

/// Where the document is not well-formed.
#[derive(Clone, Copy)]
pub struct Fault {
    pub code: u8,
    pub place: Place,
}

/// What a handler is called with.
pub enum What {
    XmlDecl {
        version: String,
        encoding: Option<String>,
        standalone: i8,
    },
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        subset: bool,
    },
    EndDoctype,
    ElementDecl {
        name: String,
        model: Model,
    },
    AttlistDecl {
        element: String,
        name: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
    EntityDecl {
        name: String,
        parameter: bool,
        value: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    Unparsed {
        name: String,
        system: Option<String>,
        public: Option<String>,
        notation: String,
    },
    Notation {
        name: String,
        system: Option<String>,
        public: Option<String>,
    },
    StartNamespace {
        prefix: Option<String>,
        uri: Option<String>,
    },
    EndNamespace {
        prefix: Option<String>,
    },
    /// The attributes that the document gives, then those that have defaults.
    Start {
        name: String,
        attributes: Vec<(String, String)>,
        specified: usize,
    },
    End {
        name: String,
    },
    Text(String),
    StartCdata,
    EndCdata,
    Comment(String),
    Pi {
        target: String,
        data: String,
    },
    Skipped {
        name: String,
    },
    External {
        name: String,
        system: String,
        public: Option<String>,
    },
    /// For the default handler alone.
    Markup(String),
}

/// An event, its text in the document (where that is asked for) and its place.
pub struct Event {
    pub what: What,
    pub raw: String,
    pub place: Place,
}

/// What the parser has to say next.
pub enum Next {
    Event(Event),
    /// Everything that was fed is used up.
    More,
    /// The document is complete.
    End,
    /// The document names an encoding that only the caller can know: to be answered by `set_encoding`.
    Encoding(String),
}

#[derive(PartialEq, Clone, Copy)]
enum Phase {
    Prolog,
    Content,
    Epilog,
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
/// Expanded entities may not exceed this many bytes, unless the document itself is a hundredth of them.
const EXPANSION_LIMIT: usize = 8 << 20;

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
    expanded: usize,
    fed: usize,
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

    /// A parser of an external entity of this document: its content is that of an element.
    pub fn for_entity(&self, encoding: Option<Encoding>) -> Parser {
        let mut p = Parser::new(encoding, self.separator.clone());
        p.phase = Phase::Content;
        p.dtd.entities = self.dtd.entities.clone();
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
    }

    /// Takes more of the document; `last` says that there is no more.
    pub fn feed(&mut self, data: &[u8], last: bool) {
        self.text.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(data);
        self.fed += data.len();
        self.last = last;
    }

    /// The text is given in UTF-8, whatever the document says.
    pub fn fix_utf8(&mut self) {
        if self.encoding.is_none() {
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
            if let Some(name) = self.decode()? {
                return Ok(Next::Encoding(name));
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
                    return self.fault(INVALID_TOKEN);
                }
                if !self.complete() {
                    return Ok(Next::More);
                }
                let whole = match self.phase {
                    Phase::Prolog => false,
                    Phase::Content => self.open.len() == 1 && self.open[0].sources == usize::MAX,
                    Phase::Epilog => true,
                };
                return if whole { Ok(Next::End) } else { self.fault(NO_ELEMENTS) };
            }
            if !self.step()? {
                if self.undecodable {
                    return self.fault(INVALID_TOKEN);
                }
                return Ok(Next::More);
            }
        }
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
            [0, b'<', ..] => (0, Some(Encoding::Utf16 { big: true })),
            [b'<', 0, ..] => (0, Some(Encoding::Utf16 { big: false })),
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
        }
        self.started = true;
        Ok(Detected::Ready)
    }

    /// Reads one piece of the document; false where it is not whole yet.
    fn step(&mut self) -> Res<bool> {
        let rest = self.rest();
        if rest.starts_with('<') {
            return self.markup();
        }
        if self.phase == Phase::Content {
            return if rest.starts_with('&') { self.reference() } else { self.character_data() };
        }
        let spaces = rest.bytes().position(|b| !is_space(b)).unwrap_or(rest.len());
        if spaces == 0 {
            return match self.phase {
                Phase::Epilog => self.fault(JUNK_AFTER_DOC_ELEMENT),
                _ if rest.starts_with(is_char) => self.fault(SYNTAX),
                _ => self.fault(INVALID_TOKEN),
            };
        }
        if self.raw {
            let text = rest[..spaces].to_owned();
            self.event(What::Markup(text), spaces);
        } else {
            self.skip(spaces);
        }
        Ok(true)
    }

    fn unfinished(&self, code: u8) -> Res<bool> {
        if self.complete() && !self.undecodable { self.fault(code) } else { Ok(false) }
    }

    fn markup(&mut self) -> Res<bool> {
        let rest = self.rest();
        for start in ["<!--", "<![CDATA[", "<!DOCTYPE", "<?", "</"] {
            if rest.len() < start.len() && start.starts_with(rest) {
                return self.unfinished(UNCLOSED_TOKEN);
            }
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
        if rest.starts_with("<!") {
            return self.fault_at(INVALID_TOKEN, 2);
        }
        if self.phase == Phase::Epilog {
            return self.fault(JUNK_AFTER_DOC_ELEMENT);
        }
        if rest.starts_with("</") { self.end_tag() } else { self.start_tag() }
    }

    /// The `n` bytes at `from`, with line ends as newlines; faults at what is no character of XML.
    fn checked(&self, from: usize, n: usize) -> Res<String> {
        let text = &self.rest()[from..from + n];
        match text.find(|c| !is_char(c)) {
            Some(i) => self.fault_at(INVALID_TOKEN, from + i),
            None => Ok(newlines(text)),
        }
    }

    fn character_data(&mut self) -> Res<bool> {
        let rest = self.rest();
        let mut n = rest.find(['<', '&']).unwrap_or(rest.len());
        if let Some(i) = rest[..n].find("]]>") {
            return self.fault_at(INVALID_TOKEN, i + 2);
        }
        if n == rest.len() && !self.complete() {
            // Half of a line end, or of what must not stand here.
            n = rest.trim_end_matches([']', '\r']).len();
            if n == 0 {
                return Ok(false);
            }
        }
        // Line ends are reported alone.
        n = match rest[..n].find(['\n', '\r']) {
            Some(0) if rest.starts_with("\r\n") => 2,
            Some(0) => 1,
            Some(i) => i,
            None => n,
        };
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
                self.expanded += text.len();
                if self.expanded > EXPANSION_LIMIT && self.expanded / 100 > self.fed {
                    return self.fault(AMPLIFICATION_LIMIT_BREACH);
                }
                self.sources.push(Source { name, text, at: 0, reference: n });
            }
            Some(Entity::External { system, public }) => self.event(What::External { name, system, public }, n),
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
        let start = self.place.index == 0 && self.sources.is_empty();
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
        let read = dtd::Reader::new(&text, self.raw_doctype).read(&mut dtd, &normalize);
        self.dtd = dtd;
        self.doctype = true;
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
        let Some(n) = rest.find('>') else { return self.unfinished(UNCLOSED_TOKEN) };
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
        let Some(n) = tag_len(rest) else { return self.unfinished(UNCLOSED_TOKEN) };
        let name_end = 1 + name_len(&rest[1..]);
        if name_end == 1 {
            return self.fault_at(INVALID_TOKEN, 1);
        }
        let name = rest[1..name_end].to_owned();
        let (mut at, mut attributes, mut names) = (name_end, Vec::new(), HashSet::new());
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
            if let Some(i) = raw.find(|c| c == '<' || !is_char(c)) {
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
                && !names.contains(a.name.as_str())
            {
                attributes.push((a.name.clone(), default.clone()));
            }
        }
        let (mut expanded, before) = (name.clone(), self.bindings.len());
        if self.separator.is_some() {
            self.bind(&mut attributes, &mut specified)?;
            expanded = self.expand(&name, true)?;
            let mut seen = HashSet::new();
            for (key, _) in &mut attributes {
                *key = self.expand(key, false)?;
                if !seen.insert(key.clone()) {
                    return self.fault(DUPLICATE_ATTRIBUTE);
                }
            }
        }
        let bound = self.bindings.len() - before;
        self.phase = Phase::Content;
        self.open.push(Element { name, expanded: expanded.clone(), bound, sources: self.sources.len() });
        if empty {
            let place = self.place;
            self.event(What::Start { name: expanded, attributes, specified }, n);
            self.close(0);
            for event in self.queue.iter_mut() {
                event.place = place;
            }
        } else {
            self.event(What::Start { name: expanded, attributes, specified }, n);
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

fn advance(place: &mut Place, passed: &str) {
    place.index += passed.len() as u64;
    match passed.rfind('\n') {
        Some(i) => {
            place.line += passed.bytes().filter(|&b| b == b'\n').count() as u64;
            place.column = passed[i + 1..].chars().count() as u64;
        }
        None => place.column += passed.chars().count() as u64,
    }
}

/// Line ends as newlines.
fn newlines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// The length of a tag: up to the first `>` outside of quotes.
fn tag_len(text: &str) -> Option<usize> {
    let mut quote = None;
    for (i, b) in text.bytes().enumerate() {
        match (quote, b) {
            (None, b'"' | b'\'') => quote = Some(b),
            (None, b'>') => return Some(i + 1),
            // An unbalanced quote does not swallow the document.
            (Some(_), b'<') => return Some(i),
            (Some(q), _) if q == b => quote = None,
            _ => {}
        }
    }
    None
}

/// The encoding that the declaration at the start of the bytes names; None while it is not whole.
fn declared(bytes: &[u8]) -> Option<Option<String>> {
    let known = bytes.len().min(5);
    if bytes[..known] != b"<?xml"[..known] {
        return Some(None);
    }
    let end = bytes.windows(2).position(|w| w == b"?>")?;
    let text = String::from_utf8_lossy(&bytes[..end]);
    Some(declaration(text.get(5..)?).ok().and_then(|d| d.1))
}

/// `version="..." encoding="..." standalone="..."`, the last as 1, 0 or -1 (absent), or the offset of what is wrong. The
/// version may be missing where there is an encoding (a text declaration).
fn declaration(text: &str) -> Result<(String, Option<String>, i8), usize> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    let (mut version, mut encoding, mut standalone) = (None, None, -1);
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches(SPACE);
        let at = text.len() - trimmed.len();
        if trimmed.is_empty() {
            break;
        }
        if trimmed.len() == rest.len() {
            return Err(at);
        }
        let (key, after) = trimmed.split_once('=').ok_or(at)?;
        let after = after.trim_start_matches(SPACE);
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or(text.len() - after.len())?;
        let start = text.len() - after.len() + 1;
        let (value, tail) = after[1..].split_once(quote).ok_or(start)?;
        match key.trim_end_matches(SPACE) {
            "version" if version.is_none() && encoding.is_none() => {
                version = Some(value.to_owned()).filter(|v| v.starts_with("1."));
                version.as_ref().ok_or(start)?;
            }
            "encoding" if encoding.is_none() && standalone < 0 => {
                encoding = Some(value.to_owned()).filter(|v| v.starts_with(|c: char| c.is_ascii_alphabetic()));
                encoding.as_ref().ok_or(start)?;
            }
            "standalone" if standalone < 0 && version.is_some() => {
                standalone = match value {
                    "yes" => 1,
                    "no" => 0,
                    _ => return Err(start),
                };
            }
            _ => return Err(at),
        }
        rest = tail;
    }
    if version.is_none() && encoding.is_none() {
        return Err(0);
    }
    Ok((version.unwrap_or_default(), encoding, standalone))
}

/// The character of `&#...;`, given what stands between.
pub fn char_reference(number: &str) -> Result<char, u8> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(INVALID_TOKEN);
    }
    let code = u32::from_str_radix(digits, radix).ok();
    code.and_then(char::from_u32).filter(|&c| is_char(c)).ok_or(BAD_CHAR_REF)
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Appends a normalized value: references resolved, white space as spaces. `within` names the entities around.
fn attribute_value<'a>(
    dtd: &'a Dtd,
    standalone: bool,
    raw: &'a str,
    within: &mut Vec<&'a str>,
    out: &mut String,
) -> Result<(), u8> {
    let mut at = 0;
    while let Some(n) = raw[at..].find(['&', '\t', '\n', '\r', '<']) {
        out.push_str(&raw[at..at + n]);
        at += n;
        match raw.as_bytes()[at] {
            b'&' => {
                let end = raw[at..].find(';').ok_or(INVALID_TOKEN)?;
                let body = &raw[at + 1..at + end];
                at += end + 1;
                if let Some(number) = body.strip_prefix('#') {
                    out.push(char_reference(number)?);
                } else if let Some(c) = predefined(body) {
                    out.push(c);
                } else if body.is_empty() || name_len(body) != body.len() {
                    return Err(INVALID_TOKEN);
                } else {
                    match dtd.entities.get(body) {
                        Some(Entity::Internal(_)) if within.contains(&body) => return Err(RECURSIVE_ENTITY_REF),
                        Some(Entity::Internal(text)) => {
                            within.push(body);
                            if within.len() > 64 || out.len() > EXPANSION_LIMIT {
                                return Err(AMPLIFICATION_LIMIT_BREACH);
                            }
                            attribute_value(dtd, standalone, text, within, out)?;
                            within.pop();
                        }
                        Some(Entity::External { .. }) => return Err(ATTRIBUTE_EXTERNAL_ENTITY_REF),
                        Some(Entity::Unparsed) => return Err(BINARY_ENTITY_REF),
                        None if dtd.incomplete && !standalone => {}
                        None => return Err(UNDEFINED_ENTITY),
                    }
                }
            }
            b'<' => return Err(INVALID_TOKEN),
            _ => {
                out.push(' ');
                at += if raw[at..].starts_with("\r\n") { 2 } else { 1 };
            }
        }
    }
    out.push_str(&raw[at..]);
    Ok(())
}
