//! The document type declaration: entities, defaults of attributes, notations.

use std::collections::HashMap;

use crate::chars::{is_space, name_len, token_len};
use crate::errors::{INVALID_TOKEN, PARAM_ENTITY_REF, PUBLICID, SYNTAX, UNCLOSED_TOKEN};
use crate::events::What;

/// A general entity.
#[derive(Clone)]
pub enum Entity {
    Internal(String),
    External {
        system: String,
        public: Option<String>,
    },
    /// With `NDATA`: no XML.
    Unparsed,
}

/// What is declared of an attribute.
pub struct Attribute {
    pub name: String,
    /// Whether its type is CDATA: else its value is a list of tokens.
    pub cdata: bool,
    /// The normalized default value.
    pub default: Option<String>,
}

/// What a document's type declaration has said.
#[derive(Default)]
pub struct Dtd {
    pub entities: HashMap<String, Entity>,
    pub attributes: HashMap<String, Vec<Attribute>>,
    /// There is more than was read: an external subset or a reference to a parameter entity.
    pub incomplete: bool,
}

/// A model of element content: type, quantifier, name, children.
pub struct Model {
    pub kind: u8,
    pub quantifier: u8,
    pub name: Option<String>,
    pub children: Vec<Model>,
}

/// Numbers of [`Model::kind`] and [`Model::quantifier`], as in `pyexpat.model`.
pub const MODEL: &[(&str, u8)] = &[
    ("XML_CTYPE_EMPTY", 1),
    ("XML_CTYPE_ANY", 2),
    ("XML_CTYPE_MIXED", 3),
    ("XML_CTYPE_NAME", 4),
    ("XML_CTYPE_CHOICE", 5),
    ("XML_CTYPE_SEQ", 6),
    ("XML_CQUANT_NONE", 0),
    ("XML_CQUANT_OPT", 1),
    ("XML_CQUANT_REP", 2),
    ("XML_CQUANT_PLUS", 3),
];

/// Groups of an element's model may not nest deeper.
const MAX_DEPTH: usize = 200;

/// An error number and where it was found.
pub type Bad = (u8, usize);

/// The length of a declaration that starts with `<!DOCTYPE`; None while its end is missing.
pub fn doctype_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut subset) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            q @ (b'"' | b'\'') => at += 1 + bytes[at + 1..].iter().position(|&b| b == q)?,
            b'[' => subset = true,
            b']' => subset = false,
            b'<' if text[at..].starts_with("<!--") => at += 3 + text[at + 4..].find("-->")? + 3,
            b'<' if text[at..].starts_with("<?") => at += 1 + text[at + 2..].find("?>")? + 2,
            b'>' if !subset => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// What a reader has to know of the document.
#[derive(Clone, Copy)]
pub struct Options {
    /// Tokens for the default handler go into the events as well.
    pub raw: bool,
    pub standalone: bool,
    /// External subsets are asked for.
    pub external: bool,
    /// Even where there is none.
    pub foreign: bool,
}

/// Reads a whole declaration; `normalize` resolves the references in a default value of an attribute.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    options: Options,
    /// Each with its text, where another handler may want it.
    pub events: Vec<(What, String)>,
}

type Res<T> = Result<T, Bad>;

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, options: Options) -> Reader<'a> {
        Reader { text, at: 0, options, events: Vec::new() }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn token(&mut self, n: usize) -> &'a str {
        let token = &self.rest()[..n];
        self.at += n;
        if self.options.raw && n > 0 {
            self.events.push((What::Markup(token.to_owned()), String::new()));
        }
        token
    }

    fn push(&mut self, what: What) {
        self.events.push((what, String::new()));
    }

    fn fail<T>(&self, code: u8) -> Res<T> {
        Err((code, self.at))
    }

    /// Skips white space; whether there was any.
    fn space(&mut self) -> bool {
        let n = self.rest().bytes().position(|b| !is_space(b)).unwrap_or(self.rest().len());
        self.token(n);
        n > 0
    }

    fn required_space(&mut self) -> Res<()> {
        if self.space() { Ok(()) } else { self.fail(INVALID_TOKEN) }
    }

    fn take(&mut self, word: &str) -> bool {
        let there = self.rest().starts_with(word);
        if there {
            self.token(word.len());
        }
        there
    }

    fn expect(&mut self, word: &str) -> Res<()> {
        if self.take(word) { Ok(()) } else { self.fail(SYNTAX) }
    }

    fn name(&mut self) -> Res<&'a str> {
        match name_len(self.rest()) {
            0 => self.fail(INVALID_TOKEN),
            n => Ok(self.token(n)),
        }
    }

    fn literal(&mut self) -> Res<&'a str> {
        let quote = match self.rest().bytes().next() {
            Some(q @ (b'"' | b'\'')) => q as char,
            _ => return self.fail(SYNTAX),
        };
        match self.rest()[1..].find(quote) {
            Some(n) => {
                let token = self.token(n + 2);
                Ok(&token[1..=n])
            }
            None => self.fail(UNCLOSED_TOKEN),
        }
    }

    /// `SYSTEM "..."` or `PUBLIC "..." "..."`, as (system, public).
    fn external_id(&mut self, system_optional: bool) -> Res<Option<(Option<String>, Option<String>)>> {
        if self.take("SYSTEM") {
            self.required_space()?;
            return Ok(Some((Some(self.literal()?.to_owned()), None)));
        }
        if !self.take("PUBLIC") {
            return Ok(None);
        }
        self.required_space()?;
        let from = self.at;
        let public = self.literal()?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-'()+,./:=?;!*#@$_% \r\n".contains(c);
        if !public.chars().all(allowed) {
            return Err((PUBLICID, from));
        }
        let public = public.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        let spaced = self.space();
        if system_optional && !self.rest().starts_with(['"', '\'']) {
            return Ok(Some((None, Some(public))));
        }
        if !spaced {
            return self.fail(INVALID_TOKEN);
        }
        Ok(Some((Some(self.literal()?.to_owned()), Some(public))))
    }

    /// The whole declaration.
    pub fn read(
        mut self,
        dtd: &mut Dtd,
        normalize: &dyn Fn(&Dtd, &str) -> Result<String, u8>,
    ) -> Res<Vec<(What, String)>> {
        self.expect("<!DOCTYPE")?;
        self.required_space()?;
        let name = self.name()?.to_owned();
        self.space();
        let place = self.events.len();
        let (system, public) = self.external_id(false)?.unwrap_or_default();
        self.space();
        dtd.incomplete |= system.is_some();
        let external = (system.clone(), public.clone());
        let subset = self.take("[");
        self.events.insert(place, (What::StartDoctype { name, system, public, subset }, String::new()));
        if external.0.is_some() && !self.options.standalone && !self.options.external {
            self.events.insert(place, (What::NotStandalone, String::new()));
        }
        if subset {
            self.subset(dtd, normalize, false)?;
            self.expect("]")?;
            self.space();
        }
        self.expect(">")?;
        if self.options.external && (external.0.is_some() || self.options.foreign) {
            dtd.incomplete = external.0.is_some();
            self.push(What::External { name: None, system: external.0, public: external.1 });
        }
        self.push(What::EndDoctype);
        Ok(self.events)
    }

    /// Reads an external subset: what it declares up to a fault.
    pub fn read_external(
        mut self,
        dtd: &mut Dtd,
        normalize: &dyn Fn(&Dtd, &str) -> Result<String, u8>,
    ) -> (Vec<(What, String)>, Option<Bad>) {
        let fault = self.subset(dtd, normalize, true).err();
        (self.events, fault)
    }

    /// Declarations, up to a bracket or, in a subset of its own, to the end.
    fn subset(
        &mut self,
        dtd: &mut Dtd,
        normalize: &dyn Fn(&Dtd, &str) -> Result<String, u8>,
        external: bool,
    ) -> Res<()> {
        loop {
            self.space();
            let rest = self.rest();
            if if external { rest.is_empty() } else { rest.starts_with(']') } {
                return Ok(());
            } else if let Some(body) = rest.strip_prefix("<!--") {
                let Some(n) = body.find("--") else { return self.fail(UNCLOSED_TOKEN) };
                if !body[n..].starts_with("-->") {
                    return Err((INVALID_TOKEN, self.at + 4 + n));
                }
                self.at += 4 + n + 3;
                self.events.push((What::Comment(body[..n].to_owned()), rest[..4 + n + 3].to_owned()));
            } else if let Some(body) = rest.strip_prefix("<?") {
                let Some(n) = body.find("?>") else { return self.fail(UNCLOSED_TOKEN) };
                self.at += 2 + n + 2;
                let target = name_len(body);
                let data = body[target..n].trim_start_matches(|c: char| c.is_ascii() && is_space(c as u8));
                let what = What::Pi { target: body[..target].to_owned(), data: data.to_owned() };
                self.events.push((what, rest[..2 + n + 2].to_owned()));
            } else if rest.starts_with('%') {
                self.token(1);
                self.name()?;
                self.expect(";")?;
                dtd.incomplete = true;
                if !self.options.standalone {
                    self.push(What::NotStandalone);
                }
            } else if self.take("<!ENTITY") {
                self.entity(dtd)?;
            } else if self.take("<!ATTLIST") {
                self.attlist(dtd, normalize)?;
            } else if self.take("<!ELEMENT") {
                self.required_space()?;
                let name = self.name()?.to_owned();
                self.required_space()?;
                let model = self.model()?;
                self.space();
                self.expect(">")?;
                self.push(What::ElementDecl { name, model });
            } else if self.take("<!NOTATION") {
                self.required_space()?;
                let name = self.name()?.to_owned();
                self.required_space()?;
                let Some((system, public)) = self.external_id(true)? else { return self.fail(SYNTAX) };
                self.space();
                self.expect(">")?;
                self.push(What::Notation { name, system, public });
            } else {
                return self.fail(if rest.is_empty() { UNCLOSED_TOKEN } else { SYNTAX });
            }
        }
    }

    fn entity(&mut self, dtd: &mut Dtd) -> Res<()> {
        self.required_space()?;
        let parameter = self.take("%");
        if parameter {
            self.required_space()?;
        }
        let name = self.name()?.to_owned();
        self.required_space()?;
        let (mut value, mut system, mut public, mut notation) = (None, None, None, None);
        if let Some((s, p)) = self.external_id(false)? {
            (system, public) = (s, p);
            let spaced = self.space();
            if !parameter && self.take("NDATA") {
                if !spaced {
                    return self.fail(INVALID_TOKEN);
                }
                self.required_space()?;
                notation = Some(self.name()?.to_owned());
            }
        } else {
            let from = self.at + 1;
            value = Some(entity_value(self.literal()?).map_err(|(code, at)| (code, from + at))?);
        }
        self.space();
        self.expect(">")?;
        if !parameter {
            // The first declaration counts, and nobody is told of others.
            if dtd.entities.contains_key(&name) {
                return Ok(());
            }
            let entity = match (&value, &system, &notation) {
                (_, _, Some(_)) => Entity::Unparsed,
                (Some(value), ..) => Entity::Internal(value.clone()),
                _ => Entity::External { system: system.clone().unwrap_or_default(), public: public.clone() },
            };
            dtd.entities.insert(name.clone(), entity);
        }
        self.push(match notation {
            Some(notation) => What::Unparsed { name, system, public, notation },
            None => What::EntityDecl { name, parameter, value, system, public },
        });
        Ok(())
    }

    fn attlist(&mut self, dtd: &mut Dtd, normalize: &dyn Fn(&Dtd, &str) -> Result<String, u8>) -> Res<()> {
        self.required_space()?;
        let element = self.name()?.to_owned();
        loop {
            let spaced = self.space();
            if self.take(">") {
                return Ok(());
            }
            if !spaced {
                return self.fail(INVALID_TOKEN);
            }
            let name = self.name()?.to_owned();
            self.required_space()?;
            let kind = self.attribute_type()?;
            self.required_space()?;
            let mut required = self.take("#REQUIRED");
            let mut default = None;
            if !required && !self.take("#IMPLIED") {
                if self.take("#FIXED") {
                    required = true;
                    self.required_space()?;
                }
                let from = self.at;
                let raw = self.literal()?;
                let value = normalize(dtd, raw).map_err(|code| (code, from))?;
                default = Some(if kind == "CDATA" { value } else { tokens(&value) });
            }
            let known = dtd.attributes.entry(element.clone()).or_default();
            if known.iter().all(|a| a.name != name) {
                known.push(Attribute { name: name.clone(), cdata: kind == "CDATA", default: default.clone() });
            }
            self.push(What::AttlistDecl { element: element.clone(), name, kind, default, required });
        }
    }

    fn attribute_type(&mut self) -> Res<String> {
        const TYPES: [&str; 8] = ["CDATA", "IDREFS", "IDREF", "ID", "ENTITIES", "ENTITY", "NMTOKENS", "NMTOKEN"];
        let word = &self.rest()[..token_len(self.rest())];
        if let Some(kind) = TYPES.iter().find(|&&kind| kind == word) {
            self.token(kind.len());
            return Ok((*kind).to_owned());
        }
        let mut kind = String::new();
        if self.take("NOTATION") {
            self.required_space()?;
            kind.push_str("NOTATION");
        }
        self.expect("(")?;
        kind.push('(');
        loop {
            self.space();
            match token_len(self.rest()) {
                0 => return self.fail(INVALID_TOKEN),
                n => kind.push_str(self.token(n)),
            }
            self.space();
            if self.take(")") {
                kind.push(')');
                return Ok(kind);
            }
            self.expect("|")?;
            kind.push('|');
        }
    }

    /// None for what nests too deep: nobody can be told of it.
    fn model(&mut self) -> Res<Option<Model>> {
        let leaf = |kind| Model { kind, quantifier: 0, name: None, children: Vec::new() };
        if self.take("EMPTY") {
            return Ok(Some(leaf(1)));
        }
        if self.take("ANY") {
            return Ok(Some(leaf(2)));
        }
        self.expect("(")?;
        let from = self.at;
        match self.group(0)? {
            Some(model) => Ok(Some(model)),
            None => {
                let mut depth = 1;
                let end = self.text[from..].find(|c| {
                    depth += i64::from(c == '(') - i64::from(c == ')');
                    depth == 0
                });
                self.at = from + end.ok_or((UNCLOSED_TOKEN, from))? + 1;
                self.quantifier();
                Ok(None)
            }
        }
    }

    /// What follows an opening parenthesis; None where it nests too deep.
    fn group(&mut self, depth: usize) -> Res<Option<Model>> {
        if depth > MAX_DEPTH {
            return Ok(None);
        }
        let (mut children, mut separator) = (Vec::new(), None);
        self.space();
        let mixed = self.take("#PCDATA");
        if !mixed {
            let Some(particle) = self.particle(depth)? else { return Ok(None) };
            children.push(particle);
        }
        loop {
            self.space();
            if self.take(")") {
                break;
            }
            let here = if self.take("|") { '|' } else { ',' };
            if here == ',' {
                self.expect(",")?;
            }
            if *separator.get_or_insert(here) != here || (mixed && here == ',') {
                return self.fail(SYNTAX);
            }
            self.space();
            let Some(particle) = self.particle(depth)? else { return Ok(None) };
            children.push(particle);
        }
        let kind = match separator {
            _ if mixed => 3,
            Some('|') => 5,
            _ => 6,
        };
        Ok(Some(Model { kind, quantifier: self.quantifier(), name: None, children }))
    }

    fn particle(&mut self, depth: usize) -> Res<Option<Model>> {
        if self.take("(") {
            return self.group(depth + 1);
        }
        let name = Some(self.name()?.to_owned());
        Ok(Some(Model { kind: 4, quantifier: self.quantifier(), name, children: Vec::new() }))
    }

    fn quantifier(&mut self) -> u8 {
        ["?", "*", "+"].iter().position(|q| self.take(q)).map_or(0, |i| i as u8 + 1)
    }
}

/// The replacement text of an internal entity: character references are resolved, others kept.
fn entity_value(raw: &str) -> Res<String> {
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(n) = raw[at..].find(['&', '%', '\r']) {
        out.push_str(&raw[at..at + n]);
        at += n;
        match raw.as_bytes()[at] {
            b'\r' => {
                out.push('\n');
                at += if raw[at..].starts_with("\r\n") { 2 } else { 1 };
            }
            b'%' => return Err((PARAM_ENTITY_REF, at)),
            _ => {
                let end = raw[at..].find(';').ok_or((INVALID_TOKEN, at))?;
                let body = &raw[at + 1..at + end];
                if let Some(number) = body.strip_prefix('#') {
                    out.push(crate::pieces::char_reference(number).map_err(|code| (code, at))?);
                } else if name_len(body) == body.len() && !body.is_empty() {
                    out.push_str(&raw[at..=at + end]);
                } else {
                    return Err((INVALID_TOKEN, at));
                }
                at += end + 1;
            }
        }
    }
    out.push_str(&raw[at..]);
    Ok(out)
}

/// A value of tokens: single spaces between, none around.
pub fn tokens(value: &str) -> String {
    value.split(' ').filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
}
