//! Matches tokens against the grammar: alternatives in order, results remembered by rule and place.

use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::notation::{Action, Alternative, Grammar, Item, Rule, What};
use crate::errors::{Error, ErrorKind};
use crate::lexcheck::{Kind, Lexical, Scan, Token};
use crate::source::Source;
use crate::symbols_build::with_stack;

/// In the place of a node: a look ahead made none.
pub const NOTHING: usize = usize::MAX;

/// Words that cannot be names.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Words that are keywords in some places.
const SOFT: &[&str] = &["_", "case", "match", "type"];

/// What a version of the language has.
#[derive(Clone, Copy)]
pub struct Features {
    /// The version's second number.
    pub minor: u32,
}

impl Features {
    /// Everything.
    pub const ALL: Features = Features { minor: u32::MAX };
}

/// An error with the way its end shows.
pub struct Explained {
    /// The error.
    pub error: Error,
    /// How its place shows.
    pub shown: Shown,
    /// The tokenizer found it.
    pub of_tokenizer: bool,
    /// Where the last compound statement before it begins.
    pub statement: Option<usize>,
    /// The parser had asked for the end of the input: more input could help.
    pub reached_end: bool,
}

/// How the place of an error shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// With both ends.
    Range,
    /// The end is unknown.
    NoEnd,
    /// The same, and the start is a column less.
    NoEndBefore,
    /// The line alone.
    Line,
}

/// The parser stops: an error has been found.
pub struct Stop;

/// A result that a stop interrupts.
pub type Step<T> = Result<T, Stop>;

/// A node of the tree, as little of it as explanations need.
pub struct Node {
    pub kind: &'static str,
    /// First token, and the one behind the last.
    pub start: usize,
    pub end: usize,
    pub kids: Vec<usize>,
}

/// A match: a node and where to go on.
type Found = Option<(usize, usize)>;

pub struct Matcher<'s> {
    pub source: &'s Source<'s>,
    pub tokens: &'s [Token],
    lexical: Option<&'s Lexical>,
    open: Option<(char, usize)>,
    grammar: &'static Grammar,
    pub nodes: Vec<Node>,
    memory: FxHashMap<(usize, usize), Found>,
    /// Rules that explain are tried.
    explaining: bool,
    pub mark: usize,
    /// How many tokens have been asked for.
    pub fill: usize,
    pub raised: Option<Explained>,
    /// The error is the tokenizer's, or one of indentation: nothing overrides it.
    of_tokenizer: bool,
    features: Features,
    /// The number of the rule of compound statements, and where the last one that matched begins.
    compound: Option<usize>,
    statement: Option<usize>,
}

/// The error that CPython reports for source that does not parse; None if it does, by this grammar.
pub fn explain(source: &Source<'_>, scan: &Scan, entry: &str, features: Features) -> Option<Explained> {
    let grammar = Grammar::get();
    let entry = grammar.rule(entry)?;
    let mut matcher = Matcher {
        source,
        tokens: &scan.tokens,
        lexical: scan.error.as_ref(),
        open: scan.open,
        grammar,
        nodes: Vec::new(),
        memory: FxHashMap::default(),
        explaining: false,
        mark: 0,
        fill: 0,
        raised: None,
        of_tokenizer: false,
        features,
        compound: grammar.rule("compound_stmt"),
        statement: None,
    };
    if let Ok(Some(_)) = matcher.rule(entry) {
        return None;
    }
    // Where a bracket is open the tokens have no end: to ask for more raises.
    let ends = scan.tokens.last().is_some_and(|token| token.kind == Kind::Eof);
    let reached_end = matcher.raised.is_some() || ends && matcher.fill >= scan.tokens.len();
    if matcher.raised.is_none() {
        let last = matcher.fill.saturating_sub(1);
        (matcher.explaining, matcher.mark) = (true, 0);
        matcher.memory.clear();
        matcher.nodes.clear();
        let _ = matcher.rule(entry);
        if matcher.raised.is_none() {
            matcher.plain(last);
        }
    }
    let statement = matcher.statement;
    matcher.finish().map(|found| Explained { statement, reached_end, ..found })
}

impl Matcher<'_> {
    /// The error that nothing explains.
    fn plain(&mut self, last: usize) {
        let Some(token) = self.tokens.get(last).copied() else { return };
        match token.kind {
            Kind::Indent | Kind::Dedent => {
                let what = if token.kind == Kind::Indent { "unexpected indent" } else { "unexpected unindent" };
                self.raise_last(ErrorKind::Indentation, what);
                self.of_tokenizer = true;
            }
            Kind::Eof => {
                let text = self.source.text;
                let error = Error::syntax("invalid syntax", at(text.strip_suffix('\n').unwrap_or(text).len()));
                self.raised = Some(Explained {
                    error,
                    shown: Shown::Line,
                    of_tokenizer: false,
                    statement: None,
                    reached_end: true,
                });
            }
            _ => {
                let range = self.range_of(token);
                let barry = token.kind == Kind::Op && self.text(token) == "<>";
                let hint = if barry { ".  Maybe you meant '!=' instead of '<>'?" } else { "" };
                self.raise(Error::syntax(format!("invalid syntax{hint}"), range));
            }
        }
    }

    /// Whether the tokens end in a string with fields whose beginning has been asked for.
    fn in_string(&self) -> bool {
        let mut open = Vec::new();
        for (i, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Start(_) => open.push(i),
                Kind::End => drop(open.pop()),
                _ => {}
            }
        }
        open.first().is_some_and(|&start| start < self.fill)
    }

    /// The tokenizer's errors in what the parser has not seen come first, then brackets left open on lines before.
    fn finish(mut self) -> Option<Explained> {
        let found = self.raised.take()?;
        if self.of_tokenizer {
            return Some(found);
        }
        match self.lexical {
            Some(lexical) if lexical.hard && !self.in_string() => return Some(of_tokenizer(lexical)),
            Some(lexical) if lexical.hard => return Some(found),
            _ => {}
        }
        let line = |at: usize| self.source.line(TextSize::new(at as u32));
        let reached = self.fill.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |t| line(t.start));
        let stops = self.lexical.is_some() || self.tokens.last().is_none_or(|t| t.kind != Kind::Eof);
        match self.open {
            Some((bracket, at)) if stops && reached > line(at) => Some(never_closed(bracket, at)),
            _ => Some(found),
        }
    }

    /// Room for one more result. What is remembered is many times the source.
    fn room(&mut self) -> Step<()> {
        if self.memory.try_reserve(1).is_ok() && self.nodes.try_reserve(64).is_ok() {
            return Ok(());
        }
        (self.memory, self.nodes) = (FxHashMap::default(), Vec::new());
        self.raise(Error::too_big("source that does not parse"));
        self.of_tokenizer = true;
        Err(Stop)
    }

    pub fn raise(&mut self, error: Error) {
        if self.raised.is_none() {
            self.raised =
                Some(Explained { error, shown: Shown::Range, of_tokenizer: false, statement: None, reached_end: true });
        }
    }

    /// Raises at the last token that has been asked for.
    pub fn raise_last(&mut self, kind: ErrorKind, msg: &str) {
        let Some(token) = self.fill.checked_sub(1).and_then(|i| self.tokens.get(i)).copied() else { return };
        self.raise_token(kind, msg, token);
    }

    /// Raises at a token; those without text have no columns of their own.
    pub fn raise_token(&mut self, kind: ErrorKind, msg: &str, token: Token) {
        if self.raised.is_some() {
            return;
        }
        let bare = matches!(token.kind, Kind::Indent | Kind::Dedent | Kind::Eof);
        let text = self.source.text;
        let (range, shown) = match () {
            () if !bare => (self.range_of(token), Shown::Range),
            // Behind the end of the last line.
            () if token.start >= text.len() => (at(text.strip_suffix('\n').unwrap_or(text).len()), Shown::NoEnd),
            () => (at(token.read), Shown::NoEndBefore),
        };
        let mut error = Error::syntax(msg, range);
        error.kind = kind;
        self.raised = Some(Explained { error, shown, of_tokenizer: false, statement: None, reached_end: true });
    }

    /// What a token covers: the end of a line one character.
    pub fn range_of(&self, token: Token) -> TextRange {
        let line_end = self.source.text[token.start..].find('\n').map_or(self.source.text.len(), |i| token.start + i);
        let end = if token.kind == Kind::Newline { line_end.max(token.start + 1) } else { token.end };
        TextRange::new(TextSize::new(token.start as u32), TextSize::new(end.max(token.start) as u32))
    }

    pub fn text(&self, token: Token) -> &str {
        self.source.text.get(token.start..token.end).unwrap_or_default()
    }

    /// The token at a place; the tokenizer's error if there is none.
    pub fn token(&mut self, i: usize) -> Step<Token> {
        if let Some(&token) = self.tokens.get(i) {
            self.fill = self.fill.max(i + 1);
            return Ok(token);
        }
        self.of_tokenizer = true;
        if self.raised.is_none() {
            self.raised = match (self.lexical, self.open) {
                (Some(lexical), None) => Some(of_tokenizer(lexical)),
                (Some(lexical), _) if lexical.error.msg != "unexpected EOF while parsing" => {
                    Some(of_tokenizer(lexical))
                }
                (_, Some((bracket, at))) => Some(never_closed(bracket, at)),
                (None, None) => None,
            };
        }
        Err(Stop)
    }

    fn rule(&mut self, number: usize) -> Step<Option<usize>> {
        let grammar = self.grammar;
        let rule = &grammar.rules[number];
        if rule.explains && !self.explaining {
            return Ok(None);
        }
        let start = self.mark;
        // What is remembered of some rules holds whether or not mistakes were looked for: an explanation that was not looked
        // for at first is not given later.
        let key = (number * 2 + usize::from(self.explaining && !rule.shares), start);
        if let Some(found) = self.memory.get(&key) {
            return Ok(found.map(|(node, end)| {
                self.mark = end;
                node
            }));
        }
        let found = with_stack(|| if rule.recursive { self.grow(number, rule) } else { self.once(rule) })?;
        if rule.forgets && found.is_some() {
            self.memory.clear();
        }
        if self.compound == Some(number) && found.is_some() {
            self.note_statement(start);
        }
        self.room()?;
        self.memory.insert(key, found.map(|node| (node, self.mark)));
        Ok(found)
    }

    /// Remembers a compound statement, unless one that begins on a later line is known: that is inside of it.
    fn note_statement(&mut self, mut start: usize) {
        while self.tokens.get(start).is_some_and(|&t| t.kind == Kind::Op && self.text(t) == "@") {
            // The statement begins behind its decorators.
            start += self.tokens[start..].iter().position(|t| t.kind == Kind::Newline).map_or(1, |i| i + 1);
        }
        let Some(at) = self.tokens.get(start).map(|t| t.start) else { return };
        let line = |at: usize| self.source.line(TextSize::new(at as u32));
        if self.statement.is_none_or(|known| line(known) <= line(at)) {
            self.statement = Some(at);
        }
    }

    fn once(&mut self, rule: &'static Rule) -> Step<Option<usize>> {
        if !rule.quiet {
            return self.alternatives(&rule.alternatives);
        }
        let explaining = std::mem::replace(&mut self.explaining, false);
        let found = self.alternatives(&rule.alternatives);
        self.explaining = explaining;
        found
    }

    /// A rule that begins with itself: it fails at first, then each match is the beginning of the next.
    fn grow(&mut self, number: usize, rule: &'static Rule) -> Step<Option<usize>> {
        let start = self.mark;
        let mut best: Found = None;
        loop {
            self.room()?;
            self.memory.insert((number * 2 + usize::from(self.explaining && !rule.shares), start), best);
            self.mark = start;
            match self.alternatives(&rule.alternatives)? {
                Some(node) if best.is_none_or(|(_, end)| self.mark > end) => best = Some((node, self.mark)),
                _ => break,
            }
        }
        self.mark = best.map_or(start, |(_, end)| end);
        Ok(best.map(|(node, _)| node))
    }

    fn alternatives(&mut self, alternatives: &'static [Alternative]) -> Step<Option<usize>> {
        let start = self.mark;
        for alternative in alternatives {
            self.mark = start;
            let (found, cut) = self.alternative(alternative)?;
            if found.is_some() {
                return Ok(found);
            }
            self.mark = start;
            if cut {
                break;
            }
        }
        Ok(None)
    }

    fn alternative(&mut self, alternative: &'static Alternative) -> Step<(Option<usize>, bool)> {
        let start = self.mark;
        let mut cut = false;
        let mut made: Vec<usize> = Vec::with_capacity(alternative.items.len());
        for Item { what, .. } in &alternative.items {
            if matches!(what, What::Cut) {
                cut = true;
                made.push(NOTHING);
                continue;
            }
            match self.what(what)? {
                Some(_) if matches!(what, What::And(_) | What::Not(_) | What::Since(..)) => made.push(NOTHING),
                Some(node) => made.push(node),
                None => return Ok((None, cut)),
            }
        }
        let node = match &alternative.action {
            Action::Plain => {
                made.retain(|&node| node != NOTHING);
                Some(if made.len() == 1 { made[0] } else { self.node("", start, made) })
            }
            Action::Node(kind) => {
                let marked = alternative.items.iter().any(|item| item.child);
                let kids = alternative.items.iter().zip(&made).filter(|(item, _)| !marked || item.child);
                let kids: Vec<usize> = kids.map(|(_, &node)| node).filter(|&node| node != NOTHING).collect();
                // A group is what it holds.
                if *kind == "Group" { kids.first().copied() } else { Some(self.node(kind, start, kids)) }
            }
            Action::Explain(kind, names, message) => {
                let named = |name: &&str| {
                    let at = alternative.items.iter().position(|item| item.name == Some(*name));
                    at.map_or(NOTHING, |i| made[i])
                };
                let places: Vec<usize> = names.iter().map(named).collect();
                self.explain_by(kind, &places, message)?;
                // A check lets pass what is right.
                if matches!(*kind, "conversion" | "complex" | "bytes" | "escapes") {
                    Some(self.node("", start, Vec::new()))
                } else {
                    None
                }
            }
        };
        Ok((node, cut))
    }

    pub fn node(&mut self, kind: &'static str, start: usize, kids: Vec<usize>) -> usize {
        self.nodes.push(Node { kind, start, end: self.mark, kids });
        self.nodes.len() - 1
    }

    fn what(&mut self, what: &'static What) -> Step<Option<usize>> {
        let start = self.mark;
        match what {
            What::Rule(number) => self.rule(*number),
            What::Group(alternatives) => self.alternatives(alternatives),
            What::Text(text) => {
                let token = self.token(start)?;
                let fits = matches!(token.kind, Kind::Name | Kind::Op) && self.text(token) == *text;
                Ok(fits.then(|| self.taken("Token")))
            }
            What::Since(minor, _) if self.features.minor >= *minor => Ok(Some(NOTHING)),
            What::Since(minor, what) => {
                self.too_old(what, *minor);
                Err(Stop)
            }
            What::Class(class) => {
                let token = self.token(start)?;
                if *class == "NUMBER"
                    && token.kind == Kind::Number
                    && self.features.minor < 6
                    && self.text(token).contains('_')
                {
                    self.too_old("Underscores in numeric literals are", 6);
                    return Err(Stop);
                }
                Ok(self.is_of(token, class).then(|| self.taken(class)))
            }
            What::Optional(what) => {
                let found = self.what(what)?;
                if found.is_none() {
                    self.mark = start;
                    return Ok(Some(self.node("Nothing", start, Vec::new())));
                }
                Ok(found)
            }
            What::Repeat(what, least) => {
                let mut kids = Vec::new();
                loop {
                    let before = self.mark;
                    match self.what(what)? {
                        Some(node) if self.mark > before => kids.push(node),
                        _ => {
                            self.mark = before;
                            break;
                        }
                    }
                }
                let enough = kids.len() >= *least;
                Ok(enough.then(|| self.node("", start, kids)))
            }
            What::Gather(separator, element) => {
                let Some(first) = self.what(element)? else { return Ok(None) };
                let mut kids = vec![first];
                loop {
                    let before = self.mark;
                    if self.what(separator)?.is_some()
                        && let Some(node) = self.what(element)?
                    {
                        kids.push(node);
                        continue;
                    }
                    self.mark = before;
                    break;
                }
                Ok(Some(self.node("", start, kids)))
            }
            What::And(what) => {
                let found = self.what(what)?;
                self.mark = start;
                Ok(found.map(|_| self.node("Nothing", start, Vec::new())))
            }
            What::Not(what) => {
                let found = self.what(what)?;
                self.mark = start;
                Ok(if found.is_some() { None } else { Some(self.node("Nothing", start, Vec::new())) })
            }
            What::Forced(text) => {
                let token = self.token(start)?;
                if matches!(token.kind, Kind::Name | Kind::Op) && self.text(token) == *text {
                    return Ok(Some(self.taken("Token")));
                }
                if !self.explaining {
                    return Ok(None);
                }
                let range = self.range_of(token);
                self.raise(Error::syntax(format!("expected '{text}'"), range));
                Err(Stop)
            }
            What::Cut => Ok(None),
        }
    }

    fn too_old(&mut self, what: &str, minor: u32) {
        self.raise_last(ErrorKind::Syntax, &format!("{what} only supported in Python 3.{minor} and greater"));
    }

    /// The token here, as a node; the next is behind it.
    fn taken(&mut self, kind: &'static str) -> usize {
        let start = self.mark;
        self.mark += 1;
        self.node(kind, start, Vec::new())
    }

    fn is_of(&self, token: Token, class: &str) -> bool {
        match class {
            "NAME" => token.kind == Kind::Name && !KEYWORDS.contains(&self.text(token)),
            "SOFT" => token.kind == Kind::Name && SOFT.contains(&self.text(token)),
            "NUMBER" => token.kind == Kind::Number,
            "STRING" => token.kind == Kind::String,
            "NEWLINE" => token.kind == Kind::Newline,
            "INDENT" => token.kind == Kind::Indent,
            "DEDENT" => token.kind == Kind::Dedent,
            "START" => token.kind == Kind::Start(false),
            "TSTART" => token.kind == Kind::Start(true),
            "MIDDLE" => token.kind == Kind::Middle,
            "END" => token.kind == Kind::End,
            "TYPE_COMMENT" => token.kind == Kind::TypeComment,
            "EOF" => token.kind == Kind::Eof,
            _ => false,
        }
    }
}

fn at(offset: usize) -> TextRange {
    TextRange::empty(TextSize::new(offset as u32))
}

fn never_closed(bracket: char, offset: usize) -> Explained {
    let error = Error::syntax(format!("'{bracket}' was never closed"), at(offset));
    Explained { error, shown: Shown::Range, of_tokenizer: true, statement: None, reached_end: true }
}

fn of_tokenizer(lexical: &Lexical) -> Explained {
    Explained {
        error: lexical.error.clone(),
        shown: Shown::Range,
        of_tokenizer: true,
        statement: None,
        reached_end: true,
    }
}
