//! The parser's errors in CPython's words.

mod around;
mod literals;

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::{Expr, Mod};
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::errors::{Error, ErrorKind};
use crate::field_errors;
use crate::grammar::{self, Explained, Features, Shown};
use crate::lexcheck::{self, Lexical};
use crate::source::Source;
use crate::tree_find::{FindFor, kind_of};
use crate::{Parsed, SyntaxError};

/// Turns an error of the later passes into one with line and column: those of syntax trees, which count bytes.
pub fn locate(source: &Source<'_>, e: Error) -> SyntaxError {
    let range = e.range;
    let mut error = locate_chars(source, e);
    let place = |at: TextSize| source.line_col(at);
    if let Some(range) = range.filter(|_| error.line != 0) {
        let ((_, start), (line, end)) = (place(range.start()), place(range.end()));
        let to_line_end = error.end_line != line;
        error.col = start + 1;
        error.end_col = if to_line_end { start as i32 + 2 } else { end as i32 + 1 };
    }
    error
}

/// The same in characters, which the parser counts.
pub fn locate_chars(source: &Source<'_>, e: Error) -> SyntaxError {
    let mut error = SyntaxError {
        kind: e.kind,
        msg: e.msg,
        line: 0,
        col: 0,
        end_line: 0,
        end_col: 0,
        text: None,
        incomplete: false,
        warnings: Vec::new(),
        statement: None,
    };
    if let Some(range) = e.range {
        (error.line, error.col) = char_col(source, range.start());
        let (end_line, end_col) = char_col(source, range.end());
        (error.end_line, error.end_col) = (end_line, end_col as i32);
        if error.end_col == 1 && error.end_line == error.line + 1 && range.len() == TextSize::new(1) {
            // The end of a line stands for one character of that line.
            (error.end_line, error.end_col) = (error.line, error.col as i32 + 1);
        }
    }
    error
}

/// Line and column in characters, both from 1.
fn char_col(source: &Source<'_>, offset: TextSize) -> (u32, u32) {
    let (line, col) = source.line_col(offset);
    let text = source.line_text(line);
    let chars = text.get(..col as usize).map_or(col as usize, |t| t.chars().count());
    (line, chars as u32 + 1)
}

/// The same with the line it is on.
pub fn located_with_text(source: &Source<'_>, e: Error, incomplete: bool) -> SyntaxError {
    let mut error = locate_chars(source, e);
    if error.line != 0 {
        let text = source.line_text(error.line);
        error.text = Some(if text.ends_with('\n') { text.to_string() } else { format!("{text}\n") });
    }
    error.incomplete = incomplete;
    // CPython shows the line as it has read it, which it cuts before it goes on to the next.
    if error.msg.ends_with("was never closed") && (error.line as usize) < source.text.lines().count() {
        error.text = error.text.map(|t| t.trim_end_matches('\n').to_string());
    }
    // Where CPython knows no end.
    let msg = error.msg.as_str();
    let empty = error.end_line == error.line && error.end_col == error.col as i32;
    if msg == "unexpected indent"
        || msg.starts_with("unindent does not match")
        || msg == "unexpected EOF while parsing"
        || (msg.starts_with("expected an indented block") && empty)
        || (msg == "expected 'except' or 'finally' block" && incomplete)
    {
        error.end_col = -1;
    } else if msg.ends_with("was never closed")
        || error.kind == ErrorKind::Tab
        || msg == "unexpected character after line continuation character"
        || msg == "':' expected after dictionary key"
    {
        error.end_col = 0;
    }
    error
}

/// An error of the tokenizer, most of which show the line without its end.
fn of_tokenizer(source: &Source<'_>, lexical: Lexical) -> SyntaxError {
    let mut error = located_with_text(source, lexical.error, lexical.incomplete);
    let whole = error.msg == "unexpected EOF while parsing"
        || error.msg == "unexpected character after line continuation character"
        || error.msg.ends_with("was never closed");
    if error.kind == ErrorKind::Syntax && !whole {
        error.text = error.text.map(|t| t.trim_end_matches('\n').to_string());
    }
    error
}

/// Nothing ends the last line of what is no module: an error there shows it as it stands, and one at its end has no place.
pub fn without_added_end(mut error: SyntaxError, text: &str) -> SyntaxError {
    if !text.ends_with('\n') && error.line as usize == text.lines().count() {
        error.text = error.text.map(|t| t.trim_end_matches('\n').to_owned());
        let end = text.lines().last().map_or(0, |line| line.chars().count()) as u32 + 1;
        if error.msg == "invalid syntax" && error.col == end {
            (error.col, error.end_col) = (0, 0);
        }
        if text.ends_with('\\')
            && (error.msg == "unexpected EOF while parsing" || error.msg.ends_with("was never closed"))
        {
            error.msg = "unexpected character after line continuation character".into();
            (error.line, error.end_line) = (text.lines().count() as u32, text.lines().count() as u32);
            (error.col, error.end_col) = (end - 1, 0);
        }
    }
    error
}

/// Whether a line has no tokens.
fn is_blank(line: &str) -> bool {
    let rest = line.trim_start_matches([' ', '\t', '\x0C']);
    rest.is_empty() || rest.starts_with('#')
}

/// What is no module and has no tokens: the place is the last line, whose blanks count if nothing ends it.
pub fn nothing_there(text: &str) -> Option<SyntaxError> {
    // Lines may be joined without anything in them, too.
    let joined = text.lines().count().saturating_sub(1);
    if !text.lines().enumerate().all(|(i, line)| is_blank(line) || i < joined && line.trim_start() == "\\") {
        return None;
    }
    let shown = text.split_inclusive('\n').next_back().unwrap_or_default();
    let indented = !shown.is_empty() && shown.chars().all(|c| matches!(c, ' ' | '\t'));
    let line = text.lines().count() as u32;
    let error = Error::syntax(if indented { "unexpected indent" } else { "invalid syntax" }, TextRange::default());
    let mut error = locate_chars(&Source::new("", ""), error);
    (error.line, error.end_line, error.col, error.end_col) = (line, line, 0, 0);
    if indented {
        (error.kind, error.col, error.end_col) = (ErrorKind::Indentation, shown.len() as u32, -1);
    }
    error.text = Some(shown.to_owned());
    error.incomplete = true;
    Some(error)
}

/// An expression must not end in a line of blanks that nothing ends.
pub fn indented_end(source: &Source<'_>) -> Option<SyntaxError> {
    let (_, last) = source.text.rsplit_once('\n')?;
    if last.is_empty() || !last.chars().all(|c| matches!(c, ' ' | '\t')) {
        return None;
    }
    let at = TextRange::empty(TextSize::new(source.text.len() as u32 - 1));
    let mut error = Error::syntax("unexpected indent", at);
    error.kind = ErrorKind::Indentation;
    Some(located_with_text(source, error, false))
}

/// What follows the line of simple statements that `single` reads, if anything does: the error, and where the line ends.
pub fn after_single(source: &Source<'_>) -> Option<(SyntaxError, usize)> {
    let scan = lexcheck::scan(source);
    let end = scan.tokens.iter().find(|t| t.kind == lexcheck::Kind::Newline)?;
    if source.text.get(end.read..)?.lines().all(is_blank) {
        return None;
    }
    let start = TextSize::new(end.start as u32);
    let last = TextSize::new((end.end as u32).saturating_sub(1)).max(start);
    let error = Error::syntax(MULTIPLE, TextRange::new(start, last));
    let mut error = located_with_text(source, error, false);
    error.end_col += 1;
    Some((error, end.read))
}

/// A statement after the one that `single` reads.
pub fn second_statement(source: &Source<'_>, start: TextSize) -> Error {
    let scan = lexcheck::scan(source);
    let token = scan.tokens.iter().find(|t| t.start == start.to_usize() && t.end > t.start);
    let end = token.map_or(start, |t| TextSize::new(t.end as u32));
    Error::syntax("invalid syntax", TextRange::new(start, end))
}

const MULTIPLE: &str = "multiple statements found while compiling a single statement";

/// Checks of the tokenizer that the parser does not make.
pub fn check_tokens(source: &Source<'_>) -> Option<SyntaxError> {
    let lexical = lexcheck::over_limits(source)?;
    let late = lexical.error.kind == ErrorKind::Tab || lexical.error.msg.starts_with("too many nested f-strings");
    if late && let Some(found) = grammar::explain(source, &lexcheck::scan(source), "file", Features::ALL) {
        // What is wrong before comes first.
        return Some(shown(source, found, lexical.incomplete));
    }
    let error = of_tokenizer(source, lexical);
    Some(SyntaxError { statement: Some((0, 0)), ..error })
}

/// The error to report for a parse, if it failed.
pub fn translate(source: &Source<'_>, parsed: &Parsed) -> Option<SyntaxError> {
    let mut first = translate_own(source, parsed)?;
    let entry = if matches!(parsed.syntax(), Mod::Expression(_)) { "eval" } else { "file" };
    let explained = grammar::explain(source, &lexcheck::scan(source), entry, Features::ALL);
    let last = source.text.len().saturating_sub(1);
    let earlier = |e: &Explained| e.error.range.is_some_and(|range| range.start().to_usize() < last);
    if entry == "eval" && source.text.ends_with('\\') && !explained.as_ref().is_some_and(earlier) {
        // Nothing adds the end of the line that could follow it.
        let at = TextSize::new(source.text.len() as u32 - 1);
        let msg = "unexpected character after line continuation character";
        let mut error = located_with_text(source, Error::syntax(msg, TextRange::empty(at)), first.incomplete);
        error.text = error.text.map(|t| t.trim_end_matches('\n').to_owned());
        error.statement = Some((0, 0));
        return Some(error);
    }
    let Some(explained) = explained else {
        first.statement = Some((0, 0));
        return Some(first);
    };
    Some(shown(source, explained, first.incomplete))
}

/// An error of the grammar or of the tokenizer, as it is shown.
pub fn shown(source: &Source<'_>, explained: Explained, incomplete: bool) -> SyntaxError {
    let Explained { error, shown, of_tokenizer, statement, reached_end } = explained;
    // More input mends only what the parser found nothing wrong with up to the end.
    let plain = error.msg == "invalid syntax" || error.msg.ends_with("was never closed");
    let incomplete = incomplete && (reached_end || !plain);
    let statement = statement.map_or((0, 0), |at| source.line_col(TextSize::new(at as u32)));
    if of_tokenizer {
        let error = self::of_tokenizer(source, Lexical { error, incomplete, hard: true });
        return SyntaxError { statement: Some(statement), ..error };
    }
    let mut error = located_with_text(source, error, incomplete);
    match shown {
        Shown::Range => {}
        Shown::NoEnd => error.end_col = -1,
        Shown::NoEndBefore => {
            error.col = error.col.saturating_sub(1);
            error.end_col = -1;
        }
        Shown::Line => (error.col, error.end_col) = (0, 0),
    }
    error.statement = Some(statement);
    error
}

/// The error to report for a parse, from what the parser says.
fn translate_own(source: &Source<'_>, parsed: &Parsed) -> Option<SyntaxError> {
    let first = parsed.errors().iter().min_by_key(|e| e.location.start());
    let unsupported = parsed.unsupported_syntax_errors().iter().min_by_key(|e| e.range.start());
    if first.is_none() && unsupported.is_none() {
        return None;
    }
    if let (None, Some(u)) | (Some(_), Some(u)) = (first, unsupported)
        && first.is_none_or(|f| u.range.start() <= f.location.start())
    {
        let context = Context::new(source, parsed);
        return Some(located_with_text(source, context.unsupported(u.range), false));
    }
    let first = first?;
    let scan = lexcheck::scan(source);
    // An unexpected indentation is the one error of the grammar that the tokenizer's do not override.
    let indent = matches!(first.error, ParseErrorType::UnexpectedIndentation);
    let later = |e: &Error| e.range.is_none_or(|r| r.start() > first.location.end());
    if let Some(Lexical { error, incomplete, hard }) = scan.error
        && !(indent && later(&error))
    {
        return Some(of_tokenizer(source, Lexical { error, incomplete, hard }));
    }
    let context = Context::new(source, parsed);
    let (mut error, mut incomplete) = context.translate(first);
    if error.msg.starts_with("Missing parentheses in call to") {
        // What follows the word has to be an expression.
        let line = source.line(first.location.start());
        let inside = |e: &ParseError| context.in_brackets(e.location.start());
        if parsed.errors().iter().any(|e| inside(e) && source.line(e.location.start()) == line) {
            error = context.invalid(first.location.start());
        }
    }
    if error.msg == "invalid syntax"
        && let Some(better) = error.range.and_then(|range| context.starred_group(range.start()))
    {
        error = better;
    }
    if error.msg == "invalid syntax"
        && let Some(range) = error.range
        && let Some(better) = field_errors::explain(source, parsed.tokens(), range.start())
    {
        error = better;
    }
    // A missing expression.
    incomplete |= matches!(parsed.syntax(), Mod::Expression(_)) && source.text.trim().is_empty();
    // An unclosed bracket explains whatever went wrong after its line, and what a plain error at the end means.
    if let Some((bracket, at)) = scan.open {
        let at = TextSize::new(at as u32);
        let reached = error.range.map_or(at, |r| r.end()).max(first.location.start());
        let at_end = context.at_end(first.location.start());
        if at_end || source.line(reached) > source.line(at) || context.eof_error(first) {
            let range = TextRange::empty(at);
            let e = Error::syntax(format!("'{bracket}' was never closed"), range);
            return Some(located_with_text(source, e, true));
        }
        incomplete = true;
    }
    Some(located_with_text(source, error, incomplete))
}

struct Context<'p> {
    source: &'p Source<'p>,
    tokens: &'p Tokens,
    tree: &'p Mod,
}

impl<'p> Context<'p> {
    fn new(source: &'p Source<'p>, parsed: &'p Parsed) -> Context<'p> {
        Context { source, tokens: parsed.tokens(), tree: parsed.syntax() }
    }

    /// Nothing but blanks and comments follows.
    fn at_end(&self, offset: TextSize) -> bool {
        !self.tokens.iter().any(|t| t.start() >= offset && !is_trivia(t.kind()) && t.kind() != TokenKind::Dedent)
    }

    fn eof_error(&self, e: &ParseError) -> bool {
        matches!(e.error, ParseErrorType::Lexical(LexicalErrorType::Eof))
    }

    /// The token at or after an offset.
    fn token(&self, offset: TextSize) -> Option<&'p Token> {
        let i = self.tokens.partition_point(|t| t.end() <= offset && !(t.range().is_empty() && t.start() == offset));
        self.tokens[i..].iter().find(|t| !matches!(t.kind(), TokenKind::NonLogicalNewline | TokenKind::Comment))
    }

    /// The last token before an offset.
    fn token_before(&self, offset: TextSize) -> Option<&'p Token> {
        let i = self.tokens.partition_point(|t| t.end() <= offset);
        self.tokens[..i].iter().rev().find(|t| !is_trivia(t.kind()) && t.kind() != TokenKind::Dedent)
    }

    /// The range that CPython shows for an unexpected token: at the end of a line one character.
    fn token_range(&self, offset: TextSize) -> TextRange {
        let one = |at: TextSize| TextRange::at(at, TextSize::new(1));
        let Some(token) = self.token(offset) else { return one(offset) };
        let range = token.range();
        if token.kind() == TokenKind::Newline || range.is_empty() || range.start() > offset {
            return one(offset);
        }
        range
    }

    fn invalid(&self, offset: TextSize) -> Error {
        Error::syntax("invalid syntax", self.token_range(offset))
    }

    fn unsupported(&self, range: TextRange) -> Error {
        let star = TextRange::at(range.start(), TextSize::new(2));
        match self.source.slice(range).starts_with("**") {
            true => Error::syntax("dict unpacking cannot be used in dict comprehension", star),
            false => Error::syntax("iterable unpacking cannot be used in comprehension", star),
        }
    }

    fn translate(&self, e: &ParseError) -> (Error, bool) {
        use ParseErrorType::*;
        let at = e.location.start();
        let syntax = |msg: &str| Error::syntax(msg, e.location);
        let at_token = |msg: &str| Error::syntax(msg, self.token_range(at));
        let plain = |error: Error| (error, false);
        match &e.error {
            InvalidAssignmentTarget => plain(self.assignment_target(e.location)),
            InvalidNamedAssignmentTarget => {
                plain(syntax(&format!("cannot use assignment expressions with {}", self.kind_at(e.location))))
            }
            InvalidAnnotatedAssignmentTarget => plain(syntax("illegal target for annotation")),
            InvalidAugmentedAssignmentTarget => {
                let kind = self.kind_at(e.location);
                plain(syntax(&format!("'{kind}' is an illegal expression for augmented assignment")))
            }
            InvalidDeleteTarget => plain(syntax(&format!("cannot delete {}", self.kind_at(e.location)))),
            PositionalAfterKeywordArgument => {
                plain(self.after(e.location, "positional argument follows keyword argument"))
            }
            PositionalAfterKeywordUnpacking => {
                plain(self.after(e.location, "positional argument follows keyword argument unpacking"))
            }
            InvalidArgumentUnpackingOrder => {
                let comma = self.token_before(at).map_or(at, |t| t.start());
                let range = span(comma, e.location.end());
                plain(Error::syntax("iterable argument unpacking follows keyword argument unpacking", range))
            }
            UnparenthesizedGeneratorExpression if self.in_class_header(at) => {
                let mut comprehension = FindFor { from: at, found: None };
                comprehension.search(self.tokens);
                plain(self.invalid(comprehension.found.unwrap_or(at)))
            }
            UnparenthesizedGeneratorExpression => plain(syntax("Generator expression must be parenthesized")),
            NonDefaultParamAfterDefaultParam => {
                plain(at_token("parameter without a default follows parameter with a default"))
            }
            ExpectedKeywordParam => plain(self.bare_star(at)),
            ParamAfterVarKeywordParam => plain(at_token("arguments cannot follow var-keyword argument")),
            VarParameterWithDefault => {
                let parameter = self.parameter_before(at);
                let kind = match parameter.first().map(|t| t.kind()) {
                    Some(TokenKind::DoubleStar) => "var-keyword",
                    _ => "var-positional",
                };
                // `*args: *T = ...`
                if parameter.get(3).is_some_and(|t| t.kind() == TokenKind::Star) {
                    return plain(self.invalid(at));
                }
                plain(at_token(&format!("{kind} argument cannot have default value")))
            }
            EmptyImportNames => {
                let range = TextRange::empty(at);
                plain(Error::syntax("Expected one or more names after 'import'", range))
            }
            EmptyTypeParams => plain(Error::syntax("Type parameter list cannot be empty", TextRange::empty(at))),
            UnexpectedIndentation => {
                let token = self.token(at);
                let end = token.map_or(e.location.end(), |t| t.end().min(e.location.end()));
                plain(indentation("unexpected indent", TextRange::empty(back(end))))
            }
            Lexical(kind) => plain(self.lexical(kind, e.location)),
            FStringError(kind) => plain(self.fstring(kind, e.location, "f")),
            TStringError(kind) => plain(self.fstring(kind, e.location, "t")),
            ExpectedToken { expected, found } => self.expected(*expected, *found, e.location),
            ExpectedExpression => self.expected_expression(at),
            SimpleStatementsOnSameLine => plain(self.two_expressions(at)),
            OtherError(msg) => self.other(msg, e.location),
            _ => plain(self.invalid(at)),
        }
    }

    /// `(*x)`: a starred expression alone in parentheses that are no call's.
    fn starred_group(&self, at: TextSize) -> Option<Error> {
        let star = self.token(at)?;
        let open = self.token_before(at).filter(|t| t.kind() == TokenKind::Lpar)?;
        let callee = self.token_before(open.start()).filter(|t| t.end() == open.start()).map(|t| t.kind());
        let call = matches!(callee, Some(TokenKind::Name | TokenKind::Rpar | TokenKind::Rsqb | TokenKind::String));
        if call || self.in_parameters(at) {
            return None;
        }
        let close = self.call_end(at)?;
        let mut depth = 0;
        for t in self.tokens.iter().filter(|t| t.start() > at && t.start() < close) {
            match t.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth -= 1,
                TokenKind::Comma | TokenKind::For if depth == 0 => return None,
                _ => {}
            }
        }
        let end = self.token_before(close).map(|t| t.end())?;
        match star.kind() {
            TokenKind::Star => Some(Error::syntax("cannot use starred expression here", span(at, end))),
            TokenKind::DoubleStar => Some(Error::syntax("cannot use double starred expression here", star.range())),
            _ => None,
        }
    }

    // ---- by kind -----------------------------------------------------------------------------------------------------

    fn expected(&self, expected: TokenKind, found: TokenKind, location: TextRange) -> (Error, bool) {
        let at = location.start();
        let newline = matches!(found, TokenKind::Newline | TokenKind::EndOfFile);
        let error = match (expected, found) {
            (TokenKind::Colon, TokenKind::Equal) => self.equal_in_condition(at),
            (TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::Comma, TokenKind::Equal) => {
                self.equal_in_condition(at)
            }
            (TokenKind::Colon, _) if newline => Error::syntax("expected ':'", self.token_range(at)),
            (TokenKind::Colon, _) if self.colon_is_forced(at) => Error::syntax("expected ':'", self.token_range(at)),
            (TokenKind::Colon, TokenKind::Rbrace | TokenKind::Comma) => {
                let before = self.token_before(at).map_or(location, |t| t.range());
                let range = TextRange::empty(back(before.end()));
                Error::syntax("':' expected after dictionary key", range)
            }
            (TokenKind::Lpar, _) => Error::syntax("expected '('", self.token_range(at)),
            (_, TokenKind::Dot | TokenKind::Lsqb | TokenKind::Lpar) if self.after_as(at).is_some() => {
                let start = self.after_as(at).unwrap_or(at);
                let (kind, end) = match found {
                    TokenKind::Dot => ("attribute", self.operand_after(at)),
                    TokenKind::Lsqb => ("subscript", self.matching_close(at)),
                    _ => ("function call", self.matching_close(at)),
                };
                let msg = match self.as_clause(at) {
                    "import" => format!("cannot use {kind} as import target"),
                    "pattern" => format!("cannot use {kind} as pattern target"),
                    clause => format!("cannot use {clause} statement with {kind}"),
                };
                Error::syntax(msg, span(start, end.unwrap_or(at)))
            }
            (_, TokenKind::For) if self.before_comprehension(at).is_some() => {
                let range = self.before_comprehension(at).unwrap_or(location);
                Error::syntax("did you forget parentheses around the comprehension target?", range)
            }
            (TokenKind::In, TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace) => {
                Error::syntax("'in' expected after for-loop variables", self.token_range(at))
            }
            (TokenKind::Else, _) => match self.ternary_at(at) {
                Some(range) => Error::syntax("expected 'else' after 'if' expression", range),
                None => self.invalid(at),
            },
            (TokenKind::Rpar, TokenKind::Lpar) if self.in_parameters(at) => {
                let end = self.matching_close(at).unwrap_or(location.end());
                Error::syntax("Function parameters cannot be parenthesized", span(at, end))
            }
            (TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::Comma | TokenKind::Colon, _) => {
                self.two_expressions(at)
            }
            (_, TokenKind::From) => self.two_expressions(at),
            _ => self.invalid(at),
        };
        (error, false)
    }

    /// `[x, y for ...]`: the elements before.
    fn before_comprehension(&self, at: TextSize) -> Option<TextRange> {
        let open = self.bracket_around(at)?;
        if !matches!(open.kind(), TokenKind::Lsqb | TokenKind::Lbrace) {
            return None;
        }
        let inner = |t: &&Token| t.start() > open.start() && t.start() < at;
        let commas = self.tokens.iter().filter(inner).filter(|t| t.kind() == TokenKind::Comma).count();
        let colons = self.tokens.iter().filter(inner).any(|t| t.kind() == TokenKind::Colon);
        let first = self.token(open.end())?;
        let last = self.token_before(at)?;
        (commas > 0 && !colons).then(|| span(first.start(), last.end()))
    }

    /// Something other than a name after `as`.
    fn bad_target(&self, at: TextSize) -> Error {
        let Some(token) = self.token(at) else { return self.invalid(at) };
        let kind = match token.kind() {
            TokenKind::Int | TokenKind::Float | TokenKind::Complex | TokenKind::String => "literal",
            TokenKind::Lpar => "tuple",
            TokenKind::Lsqb => "list",
            TokenKind::Lbrace => "dict literal",
            _ => return self.invalid(at),
        };
        let end = match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => self.matching_close(at).unwrap_or(token.end()),
            _ => token.end(),
        };
        let msg = match self.as_clause(at) {
            "import" => format!("cannot use {kind} as import target"),
            "pattern" => format!("cannot use {kind} as pattern target"),
            clause => format!("cannot use {clause} statement with {kind}"),
        };
        Error::syntax(msg, span(at, end))
    }

    /// What the `as` before belongs to.
    fn as_clause(&self, at: TextSize) -> &'static str {
        match self.first_of_line(at) {
            Some(TokenKind::Except) => {
                let line = self.source.line_text(self.source.line(at));
                let rest = line.trim_start().strip_prefix("except").unwrap_or("");
                if rest.trim_start().starts_with('*') { "except*" } else { "except" }
            }
            Some(TokenKind::Case) => "pattern",
            _ => "import",
        }
    }

    /// Start of the name between `as` and an offset.
    fn after_as(&self, at: TextSize) -> Option<TextSize> {
        let name = self.token_before(at)?;
        let word = self.token_before(name.start())?;
        (word.kind() == TokenKind::As).then(|| name.start())
    }

    /// `=` where a condition or an element was: a comparison was meant.
    fn equal_in_condition(&self, at: TextSize) -> Error {
        let Some(left) = self.expr_ending(at) else { return self.invalid(at) };
        match left {
            Expr::Name(_) => {
                let end = self.operand_after(at).unwrap_or(at);
                let msg = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                Error::syntax(msg, span(left.start(), end))
            }
            Expr::List(_) | Expr::Tuple(_) | Expr::Generator(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => {
                self.invalid(at)
            }
            left => {
                let kind = kind_of(left);
                let msg = format!("cannot assign to {kind} here. Maybe you meant '==' instead of '='?");
                Error::syntax(msg, left.range())
            }
        }
    }

    /// End of the simple operand after an operator.
    fn operand_after(&self, at: TextSize) -> Option<TextSize> {
        let operator = self.token(at)?;
        self.token(operator.end()).map(|t| t.end())
    }

    fn expected_expression(&self, at: TextSize) -> (Error, bool) {
        let before = self.token_before(at);
        let token = self.token(at);
        let kind = token.map(|t| t.kind());
        let previous = before.map(|t| t.kind());
        let error = match (previous, kind) {
            (Some(TokenKind::Else), k) if k != Some(TokenKind::Colon) && self.else_of_expression(before) => {
                Error::syntax("expected expression after 'else', but statement is given", self.token_range(at))
            }
            (Some(TokenKind::Less), Some(TokenKind::Greater)) if before.is_some_and(|t| t.end() == at) => {
                let range = span(back(at), at + TextSize::new(1));
                Error::syntax("invalid syntax.  Maybe you meant '!=' instead of '<>'?", range)
            }
            (Some(TokenKind::Star), Some(TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::Colon))
                if !self.in_fstring(at) && !self.in_parameters(at) =>
            {
                Error::syntax("Invalid star expression", self.token_range(at))
            }
            (
                Some(TokenKind::Lbrace),
                Some(TokenKind::Rbrace | TokenKind::Exclamation | TokenKind::Colon | TokenKind::Equal),
            ) if self.in_fstring(at) => {
                let text = self.source.slice(self.token_range(at));
                let prefix = field_errors::prefix(self.tokens, at);
                let msg = format!("{prefix}: valid expression required before '{text}'");
                Error::syntax(msg, self.token_range(at))
            }
            (Some(TokenKind::Colon), Some(TokenKind::Rbrace | TokenKind::Comma)) => {
                let range = before.map_or_else(|| self.token_range(at), |t| t.range());
                Error::syntax("expression expected after dictionary key and ':'", range)
            }
            (Some(TokenKind::Equal), Some(TokenKind::Rpar | TokenKind::Comma)) => {
                let equal = before.map_or(at, |t| t.start());
                let name = self.token_before(equal);
                if self.in_parameters(at) {
                    Error::syntax("expected default value expression", TextRange::at(equal, TextSize::new(1)))
                } else {
                    let start = name.map_or(equal, |t| t.start());
                    let range = span(start, equal + TextSize::new(1));
                    Error::syntax("expected argument value expression", range)
                }
            }
            _ => self.invalid(at),
        };
        (error, false)
    }

    /// The `else` belongs to a conditional expression: it does not begin a line.
    fn else_of_expression(&self, token: Option<&Token>) -> bool {
        token.is_some_and(|t| {
            let (line, col) = self.source.line_col(t.start());
            let text = self.source.line_text(line);
            !text.get(..col as usize).unwrap_or("").trim().is_empty()
        })
    }

    fn in_fstring(&self, at: TextSize) -> bool {
        let mut depth = 0i32;
        for t in self.tokens.iter().take_while(|t| t.start() < at) {
            match t.kind() {
                TokenKind::FStringStart | TokenKind::TStringStart => depth += 1,
                TokenKind::FStringEnd | TokenKind::TStringEnd => depth -= 1,
                _ => {}
            }
        }
        depth > 0
    }

    /// Two expressions side by side: a comma was forgotten if they are in brackets; an old-style `print` is recognized.
    fn two_expressions(&self, at: TextSize) -> Error {
        let Some(before) = self.token_before(at) else { return self.invalid(at) };
        let token = self.token(at).map(|t| t.kind());
        if token == Some(TokenKind::From) && self.first_of_line(at) == Some(TokenKind::Import) {
            let line = self.source.line(at);
            let on_line = |t: &&Token| self.source.line(t.start()) == line && !is_trivia(t.kind());
            let start = self.tokens.iter().find(on_line).map_or(at, |t| t.start());
            let end = self.tokens.iter().rev().find(on_line).map_or(at, |t| t.end());
            return Error::syntax("Did you mean to use 'from ... import ...' instead?", span(start, end));
        }
        if token == Some(TokenKind::Not) {
            // `a not b`: the word after is what cannot be.
            let next = self.token(at + TextSize::new(3)).map_or(at, |t| t.start());
            return self.invalid(next);
        }
        if before.kind() == TokenKind::Name
            && matches!(self.source.slice(before.range()), "print" | "exec")
            && let Some(right) = self.expr_starting(at)
        {
            let name = self.source.slice(before.range());
            let msg = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
            return Error::syntax(msg, span(before.start(), right));
        }
        if before.kind() == TokenKind::String
            && token == Some(TokenKind::Name)
            && let Some(end) = self.words_before_string(at)
        {
            let msg = "invalid syntax. Is this intended to be part of the string?";
            return Error::syntax(msg, span(at, end));
        }
        if !self.in_brackets(at) || before.kind() == TokenKind::Name && is_string(token) {
            return self.invalid(at);
        }
        if let (Some(left), Some(right)) = (self.expr_ending(at), self.expr_starting(at))
            && !matches!(left, Expr::Lambda(_) | Expr::If(_) | Expr::Starred(_) | Expr::Named(_) | Expr::Generator(_))
        {
            // An f-string that ends here is not the operand; what its field holds is.
            let mut start = left.start();
            if let (Expr::FString(_), Some(open)) = (left, self.bracket_around(at)) {
                start = self.token(open.end()).map_or(start, |t| t.start());
            }
            let range = span(start, right);
            return Error::syntax("invalid syntax. Perhaps you forgot a comma?", range);
        }
        self.invalid(at)
    }

    /// End of the words between two strings on a line.
    fn words_before_string(&self, at: TextSize) -> Option<TextSize> {
        let line = self.source.line(at);
        let mut end = None;
        for t in self.tokens.iter().filter(|t| t.start() >= at) {
            match t.kind() {
                _ if self.source.line(t.start()) != line => return None,
                TokenKind::String => return end,
                TokenKind::Newline | TokenKind::EndOfFile => return None,
                _ => end = Some(t.end()),
            }
        }
        None
    }

    fn other(&self, msg: &str, location: TextRange) -> (Error, bool) {
        let at = location.start();
        if let Some(clause) = msg.strip_prefix("Expected an indented block after ") {
            return self.missing_block(clause, at);
        }
        let at_token = |msg: &str| (Error::syntax(msg, self.token_range(at)), false);
        let whole = |msg: &str| (Error::syntax(msg, location), false);
        match msg {
            "Only single target (not list) can be annotated" => whole("only single target (not list) can be annotated"),
            "Only single target (not tuple) can be annotated" => {
                // CPython points at the first element unless there are parentheses.
                let first = self.token_range(at);
                let open = self.source.slice(first) == "(";
                let range = if open { location } else { first };
                (Error::syntax("only single target (not tuple) can be annotated", range), false)
            }
            "Expected a parameter name" => self.keyword_name(location),
            "Expected `except` or `finally` after `try` block" => {
                let (error, _) = at_token("expected 'except' or 'finally' block");
                (error, self.at_end(at))
            }
            "Cannot have both 'except' and 'except*' on the same 'try'" => {
                let range = TextRange::at(at, TextSize::new(6));
                (Error::syntax("cannot have both 'except' and 'except*' on the same 'try'", range), false)
            }
            "Expected one or more exception types" => at_token("expected one or more exception types"),
            "Only one '/' separator allowed" => at_token("/ may appear only once"),
            "Only one '*' parameter allowed" | "Only one '*' separator allowed" => {
                at_token("* argument may appear only once")
            }
            "Only one '**' parameter allowed" => at_token("arguments cannot follow var-keyword argument"),
            "'/' parameter must appear before '*' parameter" => at_token("/ must be ahead of *"),
            "Multiple exception types must be parenthesized when using `as`" => {
                let word = self.tokens.iter().find(|t| t.start() >= at && t.kind() == TokenKind::As);
                let end = word.and_then(|t| self.token(t.end())).map_or(location.end(), |t| t.end());
                let msg = "multiple exception types must be parenthesized when using 'as'";
                (Error::syntax(msg, span(at, end)), false)
            }
            "Positional patterns cannot follow keyword patterns" => {
                whole("positional patterns follow keyword patterns")
            }
            "Cannot mix t-string literals with string or bytes literals" => {
                whole("cannot mix t-string literals with string or bytes literals")
            }
            "Bytes literal cannot be mixed with non-bytes literals" => {
                let end = location.end();
                let range = TextRange::at(end, TextSize::new(1));
                (Error::syntax("cannot mix bytes and nonbytes literals", range), false)
            }
            "Trailing comma not allowed" => {
                let next = location.end();
                let from = self.tokens.iter().rev().find(|t| t.start() < at && t.kind() == TokenKind::Import);
                let is_from = from.and_then(|t| self.first_of_line(t.start())) == Some(TokenKind::From);
                if is_from {
                    let msg = "trailing comma not allowed without surrounding parentheses";
                    (Error::syntax(msg, self.token_range(next)), false)
                } else {
                    (self.invalid(next), false)
                }
            }
            "Star import must be the only import" => (self.invalid(at + TextSize::new(1)), false),
            "Expected class, function definition or async function definition after decorator" => {
                (self.invalid(at), self.at_end(at))
            }
            _ if msg.starts_with("Boolean 'not' expression cannot be used") => {
                let msg = "'not' after an operator must be parenthesized";
                (Error::syntax(msg, location), false)
            }
            "Position-only parameter separator not allowed as first parameter" => {
                let next = self.token(at + TextSize::new(1));
                if next.is_some_and(|t| t.kind() == TokenKind::Comma) {
                    return at_token("at least one argument must precede /");
                }
                (self.invalid(at), false)
            }
            "Expected symbol after `as`" | "Expected name after `as`" => (self.bad_target(at), false),
            "Expected an identifier" if self.token_before(at).is_some_and(|t| t.kind() == TokenKind::As) => {
                (self.bad_target(at), false)
            }
            _ if msg.starts_with("Expected an identifier, but found a keyword") => {
                if self.token_before(at).is_some_and(|t| t.kind() == TokenKind::Else)
                    && self.else_of_expression(self.token_before(at))
                {
                    return at_token("expected expression after 'else', but statement is given");
                }
                (self.invalid(at), false)
            }
            _ => (self.invalid(at), false),
        }
    }

    fn first_of_line(&self, at: TextSize) -> Option<TokenKind> {
        let line = self.source.line(at);
        self.tokens
            .iter()
            .find(|t| self.source.line(t.start()) == line && !is_trivia(t.kind()) && t.kind() != TokenKind::Dedent)
            .map(|t| t.kind())
    }

    /// `f(expression=value)`
    fn keyword_name(&self, location: TextRange) -> (Error, bool) {
        let text = self.source.slice(location);
        let equal = self.token(location.end()).map_or(location.end(), |t| t.end());
        let range = span(location.start(), equal);
        let error = match text {
            "True" | "False" | "None" => Error::syntax(format!("cannot assign to {text}"), range),
            _ => Error::syntax("expression cannot contain assignment, perhaps you meant \"==\"?", range),
        };
        (error, false)
    }

    /// A compound statement without its block.
    fn missing_block(&self, clause: &str, at: TextSize) -> (Error, bool) {
        let what = match clause {
            "function definition" => "function definition".to_string(),
            "`class` definition" => "class definition".to_string(),
            clause => match clause.split('`').nth(1) {
                Some("except*") => "'except*' statement".to_string(),
                Some(word) => format!("'{word}' statement"),
                None => clause.to_string(),
            },
        };
        // The clause's header: its keyword is the first token of the line that ends in the colon before.
        let mut header = self.token_before(at).map_or(at, |t| t.start());
        let keyword = self.header_start(clause, header);
        if let Some(start) = keyword {
            header = start;
        }
        let line = self.source.line(header);
        let msg = format!("expected an indented block after {what} on line {line}");
        let at_end = self.at_end(at);
        let range = match self.token(at) {
            Some(_) if at_end => {
                let end = self.token_before(at).map_or(at, |t| t.end());
                TextRange::empty(end)
            }
            Some(t) if t.kind() == TokenKind::Newline => {
                let next = self.tokens.iter().find(|n| n.start() > at && !is_trivia(n.kind()));
                next.map_or(t.range(), |n| n.range())
            }
            Some(t) => t.range(),
            None => TextRange::empty(at),
        };
        let mut error = Error::syntax(msg, range);
        error.kind = ErrorKind::Indentation;
        (error, at_end)
    }

    /// Where the header of a clause begins, which may be lines before its colon.
    fn header_start(&self, clause: &str, colon: TextSize) -> Option<TextSize> {
        let kind = match clause {
            "function definition" => TokenKind::Def,
            "`class` definition" => TokenKind::Class,
            clause => match clause.split('`').nth(1)? {
                "if" => TokenKind::If,
                "elif" => TokenKind::Elif,
                "else" => TokenKind::Else,
                "for" => TokenKind::For,
                "while" => TokenKind::While,
                "with" => TokenKind::With,
                "try" => TokenKind::Try,
                "except" | "except*" => TokenKind::Except,
                "finally" => TokenKind::Finally,
                "match" => TokenKind::Match,
                "case" => TokenKind::Case,
                _ => return None,
            },
        };
        self.tokens.iter().rev().find(|t| t.start() <= colon && t.kind() == kind).map(|t| t.start())
    }

    fn bare_star(&self, at: TextSize) -> Error {
        // For `*, **k` the parser points at the latter.
        let mut star = at;
        if self.token(at).is_some_and(|t| t.kind() != TokenKind::Star) {
            let before = self.tokens.iter().rev().find(|t| t.start() < at && t.kind() == TokenKind::Star);
            star = before.map_or(at, |t| t.start());
        }
        let lambda = self
            .tokens
            .iter()
            .rev()
            .find(|t| t.start() < star && matches!(t.kind(), TokenKind::Lambda | TokenKind::Def));
        if lambda.is_some_and(|t| t.kind() == TokenKind::Lambda) {
            star = self.token(star + TextSize::new(1)).map_or(star, |t| t.start());
        }
        Error::syntax("named arguments must follow bare *", TextRange::at(star, TextSize::new(1)))
    }

    /// At the token after an argument.
    fn after(&self, location: TextRange, msg: &str) -> Error {
        let close = self.call_end(location.end()).unwrap_or(location.end());
        Error::syntax(msg, TextRange::at(close, TextSize::new(1)))
    }

    fn assignment_target(&self, location: TextRange) -> Error {
        let Some(target) = self.expr_at(location) else {
            return Error::syntax("cannot assign to expression", location);
        };
        // `x == = y`: the parser took an unfinished comparison for the target.
        if let Some(last) = self.token_before(location.end())
            && last.kind() != TokenKind::Name
            && (last.kind().is_operator()
                && !matches!(last.kind(), TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::Ellipsis))
        {
            return self.invalid(
                location.end()
                    + TextSize::new(
                        self.source
                            .slice(span(
                                location.end(),
                                self.token(location.end()).map_or(location.end(), |t| t.start()),
                            ))
                            .len() as u32,
                    ),
            );
        }
        if let Expr::If(e) = target
            && self.token_before(location.start()).is_some_and(|t| t.kind() == TokenKind::For)
        {
            let word = self.token(e.body.end()).map_or(e.body.end(), |t| t.start());
            return Error::syntax("'in' expected after for-loop variables", self.token_range(word));
        }
        let parenthesized = self.token_before(location.start()).is_some_and(|t| t.kind() == TokenKind::Lpar);
        if matches!(target, Expr::Yield(_) | Expr::YieldFrom(_)) && !parenthesized {
            return Error::syntax("assignment to yield expression not possible", location);
        }
        let kind = kind_of(target);
        let plain = Error::syntax(format!("cannot assign to {kind}"), location);
        if matches!(target, Expr::Lambda(_) | Expr::If(_)) && !parenthesized {
            return plain;
        }
        let mut followed = self.token(location.end());
        while parenthesized && followed.is_some_and(|t| t.kind() == TokenKind::Rpar) {
            followed = followed.and_then(|t| self.token(t.end()));
        }
        let single = followed.is_some_and(|t| t.kind() == TokenKind::Equal && !self.another_equal(t.end()));
        let first = match target {
            Expr::List(_) | Expr::Tuple(_) | Expr::Generator(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => {
                false
            }
            _ => single && !self.is_chained(location.start()),
        };
        // Only a target directly before the `=`.
        if first
            && self
                .bracket_around(location.start())
                .is_none_or(|_| self.token_before(location.start()).is_some_and(|t| t.kind() == TokenKind::Lpar))
        {
            let msg = format!("cannot assign to {kind} here. Maybe you meant '==' instead of '='?");
            return Error::syntax(msg, location);
        }
        plain
    }
}

/// A range between two offsets in whatever order.
fn span(a: TextSize, b: TextSize) -> TextRange {
    TextRange::new(a.min(b), a.max(b))
}

/// The offset before.
fn back(at: TextSize) -> TextSize {
    at.checked_sub(TextSize::new(1)).unwrap_or_default()
}

fn indentation(msg: &str, range: TextRange) -> Error {
    let mut error = Error::syntax(msg, range);
    error.kind = ErrorKind::Indentation;
    error
}

fn is_trivia(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Newline
            | TokenKind::NonLogicalNewline
            | TokenKind::Comment
            | TokenKind::Indent
            | TokenKind::EndOfFile
    )
}

fn is_string(kind: Option<TokenKind>) -> bool {
    matches!(kind, Some(TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart))
}
