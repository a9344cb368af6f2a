//! What only syntax trees have: comments that say types, the rules of older versions, types of functions.

use ruff_text_size::{TextRange, TextSize};

use crate::SyntaxError;
use crate::grammar::{self, Features};
use crate::lexcheck::{self, Kind, Scan, Token};
use crate::parse_errors;
use crate::source::Source;

/// The comments about types of a source text.
#[derive(Debug, Default)]
pub struct TypeComments {
    /// Where a comment stands, and its type.
    pub types: Vec<(usize, String)>,
    /// Lines whose types are to be ignored, and what follows the word.
    pub ignored: Vec<(u32, String)>,
}

/// How a text is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// Statements.
    File,
    /// One expression.
    Eval,
    /// A statement at the prompt.
    Interactive,
    /// `(int, *str) -> bool`
    FunctionType,
}

impl Entry {
    fn rule(self) -> &'static str {
        match self {
            Entry::File => "file",
            Entry::Eval => "eval",
            Entry::Interactive => "interactive",
            Entry::FunctionType => "func_type",
        }
    }
}

/// Matches a text against the grammar of Python 3.`minor`, in which comments about types have their places.
///
/// # Errors
/// What is wrong with it.
pub fn check(
    text: &str,
    filename: &str,
    entry: Entry,
    type_comments: bool,
    minor: u32,
) -> Result<TypeComments, SyntaxError> {
    let source = Source::new(text, filename);
    let scan = scan(&source, entry, type_comments, minor)?;
    let types = scan.tokens.iter().filter(|t| t.kind == Kind::TypeComment);
    let types = types.map(|t| (t.start, type_of(&text[t.start..t.end]).unwrap_or_default().to_owned())).collect();
    let ignored = scan.ignored.iter().map(|(at, tag)| (source.line(TextSize::new(*at as u32)), tag.clone())).collect();
    Ok(TypeComments { types, ignored })
}

fn scan(source: &Source<'_>, entry: Entry, type_comments: bool, minor: u32) -> Result<Scan, SyntaxError> {
    let scan = lexcheck::scan_with(source, type_comments);
    match grammar::explain(source, &scan, entry.rule(), Features { minor }) {
        Some(found) => Err(parse_errors::shown(source, found, false)),
        None => Ok(scan),
    }
}

/// The ranges of the parameters' types and of the result's type.
///
/// # Errors
/// What is wrong with the text.
pub fn function_type(text: &str, filename: &str, minor: u32) -> Result<(Vec<TextRange>, TextRange), SyntaxError> {
    let source = Source::new(text, filename);
    let scan = scan(&source, Entry::FunctionType, false, minor)?;
    let is = |t: &Token, what: &str| t.kind == Kind::Op && &text[t.start..t.end] == what;
    let range = |from: &Token, to: &Token| TextRange::new((from.start as u32).into(), (to.end as u32).into());
    let tokens: Vec<&Token> = scan.tokens.iter().filter(|t| !matches!(t.kind, Kind::Newline | Kind::Eof)).collect();
    let close = tokens.iter().position(|t| t.level == 0).unwrap_or(0);
    let inside = tokens.get(1..close).unwrap_or_default();
    let mut parameters = Vec::new();
    for part in inside.split(|t| t.level == 1 && is(t, ",")) {
        let part = match part.split_first() {
            Some((first, rest)) if is(first, "*") || is(first, "**") => rest,
            _ => part,
        };
        if let (Some(first), Some(last)) = (part.first(), part.last()) {
            parameters.push(range(first, last));
        }
    }
    let result = tokens.get(close + 2..).unwrap_or_default();
    let result = match (result.first(), result.last()) {
        (Some(first), Some(last)) => range(first, last),
        _ => TextRange::default(),
    };
    Ok((parameters, result))
}

/// The text of a comment behind `# type: `, where each blank stands for any number of them.
pub(crate) fn type_of(comment: &str) -> Option<&str> {
    let blank = |text: &'_ str| text.trim_start_matches([' ', '\t']).len();
    let rest = comment.strip_prefix('#')?;
    let rest = rest[rest.len() - blank(rest)..].strip_prefix("type:")?;
    Some(&rest[rest.len() - blank(rest)..])
}

/// What follows `ignore` in a type that is to be ignored.
pub(crate) fn ignored(text: &str) -> Option<&str> {
    let tag = text.strip_prefix("ignore")?;
    let word = tag.bytes().next().is_some_and(|b| b >= 0x80 || b.is_ascii_alphanumeric());
    (!word).then_some(tag)
}
